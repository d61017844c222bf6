package archive

import (
	"archive/tar"
	"fmt"
	"io"
	"math"
	"path"
	"sort"
	"strconv"
	"strings"
	"time"
)

// Segment is a part of a file that holds data; between segments are holes.
type Segment struct{ Off, Len int64 }

// Writer makes an archive. The same entries give the same bytes.
type Writer interface {
	// Write adds an entry. Of a File, r has the content and segs tells in order
	// where there is some; nil is all of it.
	Write(e *Entry, r io.ReaderAt, segs []Segment) error
	// Close completes the archive. It leaves what is below open.
	Close() error
}

// tarWriter writes PAX archives, sparse files as GNU tar does since 1.15 (PAX
// records GNU.sparse.*, format 1.0).
type tarWriter struct {
	w io.Writer
	t *tar.Writer
}

// NewTarWriter gives a writer of a tar archive to w.
func NewTarWriter(w io.Writer) Writer { return &tarWriter{w, tar.NewWriter(w)} }

var tarFlags = map[Type]byte{
	File: tar.TypeReg, Dir: tar.TypeDir, Symlink: tar.TypeSymlink, Hardlink: tar.TypeLink,
	Char: tar.TypeChar, Block: tar.TypeBlock, FIFO: tar.TypeFifo,
}

func (t *tarWriter) Write(e *Entry, r io.ReaderAt, segs []Segment) error {
	flag, ok := tarFlags[e.Type]
	if !ok {
		return fmt.Errorf("%s: tar has no %v", e.Name, e.Type)
	}
	if e.Type == File && segs != nil && sum(segs) < e.Size {
		return t.sparse(e, r, segs)
	}
	h := &tar.Header{Typeflag: flag, Name: e.Name, Linkname: e.Link, Mode: int64(e.Mode), Uid: int(e.UID), Gid: int(e.GID),
		ModTime: e.ModTime, Devmajor: int64(e.Major), Devminor: int64(e.Minor), Format: tar.FormatPAX}
	if e.Type == File {
		h.Size = e.Size
	}
	for k, v := range e.Xattrs {
		if h.PAXRecords == nil {
			h.PAXRecords = map[string]string{}
		}
		h.PAXRecords["SCHILY.xattr."+k] = v
	}
	if err := t.t.WriteHeader(h); err != nil {
		return err
	}
	if e.Type != File {
		return nil
	}
	return copyFrom(t.t, r, e.Name, 0, e.Size)
}

func sum(segs []Segment) (n int64) {
	for _, s := range segs {
		n += s.Len
	}
	return n
}

// copyFrom copies n bytes of r from off to w.
func copyFrom(w io.Writer, r io.ReaderAt, name string, off, n int64) error {
	got, err := io.Copy(w, io.NewSectionReader(r, off, n))
	if err == nil && got < n {
		err = fmt.Errorf("%s: it became shorter while it was read", name)
	}
	return err
}

// sparse writes a file with holes. archive/tar has no way to; the records of the
// extended header and the two headers are made here.
func (t *tarWriter) sparse(e *Entry, r io.ReaderAt, segs []Segment) error {
	if err := t.t.Flush(); err != nil {
		return err
	}
	if n := len(segs); n == 0 || segs[n-1].Off+segs[n-1].Len < e.Size {
		segs = append(segs[:n:n], Segment{e.Size, 0}) // a hole at the end
	}
	var m strings.Builder
	fmt.Fprintf(&m, "%d\n", len(segs))
	for _, s := range segs {
		fmt.Fprintf(&m, "%d\n%d\n", s.Off, s.Len)
	}
	table := pad(m.String())
	size := int64(len(table)) + sum(segs)

	records := map[string]string{
		"GNU.sparse.major": "1", "GNU.sparse.minor": "0",
		"GNU.sparse.name": e.Name, "GNU.sparse.realsize": strconv.FormatInt(e.Size, 10),
		"mtime": paxTime(e.ModTime),
		"uid":   strconv.FormatUint(uint64(e.UID), 10),
		"gid":   strconv.FormatUint(uint64(e.GID), 10),
		"size":  strconv.FormatInt(size, 10),
	}
	for k, v := range e.Xattrs {
		records["SCHILY.xattr."+k] = v
	}
	keys := make([]string, 0, len(records))
	for k := range records {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	var x strings.Builder
	for _, k := range keys {
		x.WriteString(paxRecord(k, records[k]))
	}
	// The names matter only to programs that know no PAX.
	dir, base := path.Split(path.Clean(e.Name))
	name := func(kind string) string {
		s := path.Join(dir, kind, base)
		return s[:min(len(s), 100)]
	}
	for _, b := range []string{
		ustarBlock(name("PaxHeaders.0"), tar.TypeXHeader, e, int64(x.Len())), pad(x.String()),
		ustarBlock(name("GNUSparseFile.0"), tar.TypeReg, e, size), table,
	} {
		if _, err := io.WriteString(t.w, b); err != nil {
			return err
		}
	}
	for _, s := range segs {
		if err := copyFrom(t.w, r, e.Name, s.Off, s.Len); err != nil {
			return err
		}
	}
	_, err := t.w.Write(make([]byte, -size&(blockSize-1)))
	return err
}

// pad fills the last block with zeros.
func pad(s string) string { return s + string(make([]byte, -len(s)&(blockSize-1))) }

// paxRecord is "LENGTH KEY=VALUE\n", where the length counts itself.
func paxRecord(k, v string) string {
	n := len(k) + len(v) + 3
	size := n + len(strconv.Itoa(n))
	if s := n + len(strconv.Itoa(size)); s != size {
		size = s
	}
	return fmt.Sprintf("%d %s=%s\n", size, k, v)
}

// paxTime writes a time in seconds, with nanoseconds if there are any.
func paxTime(t time.Time) string {
	sec, nsec := t.Unix(), int64(t.Nanosecond())
	if nsec == 0 {
		return strconv.FormatInt(sec, 10)
	}
	sign := ""
	if sec < 0 {
		sign, sec, nsec = "-", -(sec + 1), 1e9-nsec
	}
	return strings.TrimRight(fmt.Sprintf("%s%d.%09d", sign, sec, nsec), "0")
}

// ustarBlock makes a header. Numbers too large for it are in the extended header
// and 0 here.
func ustarBlock(name string, flag byte, e *Entry, size int64) string {
	var b [blockSize]byte
	octal := func(at, digits int, v int64) {
		if v < 0 || v >= 1<<(3*digits) {
			v = 0
		}
		copy(b[at:], fmt.Sprintf("%0*o", digits, v))
	}
	copy(b[:100], name)
	octal(100, 7, int64(e.Mode))
	octal(108, 7, int64(e.UID))
	octal(116, 7, int64(e.GID))
	octal(124, 11, size)
	octal(136, 11, e.ModTime.Unix())
	copy(b[148:156], "        ")
	b[156] = flag
	copy(b[257:], "ustar\x0000")
	octal(329, 7, 0)
	octal(337, 7, 0)
	sum := int64(0)
	for _, c := range b {
		sum += int64(c)
	}
	octal(148, 6, sum)
	b[154] = 0
	return string(b[:])
}

func (t *tarWriter) Close() error { return t.t.Close() }

// cpioWriter writes newc archives.
type cpioWriter struct {
	w     io.Writer
	ino   uint32
	links map[string]uint32 // inode numbers of files with several names, by the first
}

// NewCpioWriter gives a writer of a cpio archive of the newc format to w. Extended
// attributes are lost, holes are written as zeros. A file of several names is
// written as a File and Hardlinks; each may have the data, its last entry should.
func NewCpioWriter(w io.Writer) Writer {
	return &cpioWriter{w: w, links: map[string]uint32{}}
}

var typeModes = func() map[Type]uint32 {
	m := map[Type]uint32{Hardlink: 0o100000}
	for mode, t := range modeTypes {
		m[t] = mode
	}
	return m
}()

func (c *cpioWriter) Write(e *Entry, r io.ReaderAt, _ []Segment) error {
	if e.Size > math.MaxUint32 {
		return fmt.Errorf("%s: cpio has no files of 4 GiB or more; make a tar archive", e.Name)
	}
	mtime := e.ModTime.Unix()
	if mtime < 0 || mtime > math.MaxUint32 {
		return fmt.Errorf("%s: cpio cannot hold the time %v; give a --mtime, or make a tar archive", e.Name, e.ModTime)
	}
	c.ino++
	var f [newcFields]uint32
	f[newcIno], f[newcNlink] = c.ino, 1
	switch e.Type {
	case Dir:
		f[newcNlink] = 2
	case Hardlink:
		first, ok := c.links[e.Link]
		if !ok {
			return fmt.Errorf("%s: a link to %s, which was not written", e.Name, e.Link)
		}
		f[newcIno], f[newcNlink] = first, 2
	}
	if e.Linked {
		c.links[e.Name] = c.ino
		f[newcNlink] = 2
	}
	f[newcMode] = typeModes[e.Type] | e.Mode
	f[newcUID], f[newcGID] = e.UID, e.GID
	f[newcMtime] = uint32(mtime)
	f[newcRdevMajor], f[newcRdevMinor] = e.Major, e.Minor
	f[newcNameSize] = uint32(len(e.Name) + 1)
	f[newcSize] = uint32(e.Size)
	if e.Type == Symlink {
		f[newcSize] = uint32(len(e.Link))
	}
	if err := c.header(f, e.Name); err != nil {
		return err
	}
	switch {
	case e.Type == Symlink:
		if _, err := io.WriteString(c.w, e.Link); err != nil {
			return err
		}
	case e.Size > 0:
		if err := copyFrom(c.w, r, e.Name, 0, e.Size); err != nil {
			return err
		}
	}
	return c.zeros(-int(f[newcSize]) & 3)
}

func (c *cpioWriter) header(f [newcFields]uint32, name string) error {
	var b strings.Builder
	b.WriteString(newcMagic)
	for _, v := range f {
		fmt.Fprintf(&b, "%08X", v)
	}
	b.WriteString(name)
	b.WriteByte(0)
	n := b.Len()
	if _, err := io.WriteString(c.w, b.String()); err != nil {
		return err
	}
	return c.zeros(-n & 3)
}

func (c *cpioWriter) zeros(n int) error {
	_, err := c.w.Write(make([]byte, n))
	return err
}

func (c *cpioWriter) Close() error {
	var f [newcFields]uint32
	f[newcNlink], f[newcNameSize] = 1, uint32(len(newcTrailer)+1)
	return c.header(f, newcTrailer)
}
