package rootfs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"armature/rootfs/archive"
	"armature/rootfs/oci"
	"armature/rootfs/tree"

	"golang.org/x/sys/unix"
)

// UnpackOptions are how Unpack works. The zero value is fine for a user who is
// not root.
type UnpackOptions struct {
	// KeepOwners gives files the owners that the archive names, which takes root,
	// if only in a user namespace.
	KeepOwners bool
	// MaxSize limits the sum of the files' sizes, in bytes, holes included. 0 is
	// the free space of the file system, and then a compression ratio beyond reason
	// is refused as well.
	MaxSize int64
	// Platform and Image choose from an archive of several container images.
	Platform oci.Platform // default: linux/arm64
	Image    string
	// Input is read in place of the archive when the name is "-".
	Input io.Reader
	// Log is told, in lines, what goes on and what could not be kept.
	Log func(format string, a ...any)
	// Progress is told how many bytes of the archive have been read, and of how
	// many; 0 if that is unknown.
	Progress func(done, total int64)
}

// Unpack unpacks the archive src, whose format is told by its content, into the
// directory dir, which must be empty or not exist. Nothing is written outside of
// it. When Unpack fails or ctx is cancelled, dir is as it was before.
func Unpack(ctx context.Context, src, dir string, o UnpackOptions) (stats tree.Stats, err error) {
	o.setDefaults()
	s, err := openSource(src, o.Input)
	if err != nil {
		return stats, err
	}
	defer s.close()
	t, err := newTarget(dir, o.Log)
	if err != nil {
		return stats, err
	}
	return unpackTo(ctx, t, s, o)
}

func (o *UnpackOptions) setDefaults() {
	if o.Log == nil {
		o.Log = func(string, ...any) {}
	}
	if o.Progress == nil {
		o.Progress = func(int64, int64) {}
	}
	if o.Platform == (oci.Platform{}) {
		o.Platform = oci.Platform{OS: "linux", Architecture: "arm64"}
	}
}

// unpackTo is Unpack to a directory that is its own by now.
func unpackTo(ctx context.Context, t *target, s *source, o UnpackOptions) (stats tree.Stats, err error) {
	defer func() { err = t.failed(ctx, err, "what was unpacked") }()
	dir := t.dir
	limits, err := limitsOf(dir, o.MaxSize)
	if err != nil {
		return stats, err
	}
	u := &unpacker{ctx: ctx, o: o, src: s, dir: dir, trust: o.MaxSize > 0}
	u.w, err = tree.New(dir, tree.Options{KeepOwners: o.KeepOwners, Limits: limits, FollowDirs: s.debs != nil,
		Warn: func(m string) { o.Log("%s", m) }})
	if err != nil {
		return stats, err
	}
	defer u.w.Close()
	if err := u.run(); err != nil {
		if errors.Is(err, tree.ErrLimit) && o.MaxSize == 0 {
			err = fmt.Errorf("%w, which is all that %s has room for (a greater limit can be set: sparse files count in full)", err, dir)
		}
		return u.w.Stats(), err
	}
	// The marker goes before the root directory's time is set.
	if err := t.done(); err != nil {
		return u.w.Stats(), err
	}
	return u.w.Stats(), u.w.Finish()
}

// limitsOf gives what the file system of dir has room for, or size bytes.
func limitsOf(dir string, size int64) (tree.Limits, error) {
	var st unix.Statfs_t
	if err := unix.Statfs(dir, &st); err != nil {
		return tree.Limits{}, &fs.PathError{Op: "statfs", Path: dir, Err: err}
	}
	l := tree.Limits{Bytes: int64(st.Bavail) * st.Bsize, Entries: 50_000_000}
	if st.Files > 0 && int64(st.Ffree) < l.Entries { // btrfs has no count of inodes
		l.Entries = int64(st.Ffree)
	}
	if size > 0 {
		l.Bytes = size
	}
	return l, nil
}

// source is what is unpacked: one of a stream, a directory of an image, and .deb
// files.
type source struct {
	name  string
	file  *os.File // the stream, if it is a file that can be read again
	r     io.Reader
	image string
	debs  []string
	total int64
}

func openSource(name string, input io.Reader) (*source, error) {
	if name == "-" {
		if input == nil {
			input = os.Stdin
		}
		if f, ok := input.(*os.File); ok {
			if st, err := f.Stat(); err == nil && st.Mode().IsRegular() {
				return &source{name: "standard input", file: f, r: f, total: st.Size()}, nil
			}
		}
		return &source{name: "standard input", r: input}, nil
	}
	st, err := os.Stat(name)
	if err != nil {
		return nil, err
	}
	if st.IsDir() {
		return dirSource(name)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	s := &source{name: name, r: f}
	if st.Mode().IsRegular() {
		s.file, s.total = f, st.Size()
	}
	return s, nil
}

func dirSource(dir string) (*source, error) {
	for _, n := range []string{"oci-layout", "index.json", "manifest.json"} {
		if _, err := os.Lstat(filepath.Join(dir, n)); err == nil {
			return &source{name: dir, image: dir}, nil
		}
	}
	names, err := os.ReadDir(dir) // sorted
	if err != nil {
		return nil, err
	}
	s := &source{name: dir}
	for _, n := range names {
		if strings.HasSuffix(n.Name(), ".deb") {
			st, err := os.Stat(filepath.Join(dir, n.Name()))
			if err != nil {
				return nil, err
			}
			s.total += st.Size()
			s.debs = append(s.debs, filepath.Join(dir, n.Name()))
		}
	}
	if s.debs == nil {
		return nil, fmt.Errorf("%s: a directory with neither an OCI image layout nor .deb files", dir)
	}
	return s, nil
}

func (s *source) close() {
	if c, ok := s.r.(io.Closer); ok && s.r != os.Stdin {
		c.Close()
	}
}

type unpacker struct {
	ctx   context.Context
	o     UnpackOptions
	src   *source
	dir   string
	trust bool
	w     *tree.Writer
	done  int64 // bytes read
	total int64
}

// watch gives a reader that reports progress and ends with the context.
func (u *unpacker) watch(r io.Reader) io.Reader { return &watched{u, r} }

type watched struct {
	u *unpacker
	r io.Reader
}

func (w *watched) Read(p []byte) (int, error) {
	if err := w.u.wait(w.r); err != nil {
		return 0, err
	}
	n, err := w.r.Read(p)
	w.u.done += int64(n)
	w.u.o.Progress(w.u.done, w.u.total)
	return n, err
}

// wait waits until there is something to read from r, or the context ends, which
// a read from a pipe would not notice.
func (u *unpacker) wait(r io.Reader) error {
	f, ok := r.(*os.File)
	pipe := ok && u.src.file == nil && r == u.src.r
	for {
		if err := u.ctx.Err(); err != nil || !pipe {
			return err
		}
		fds := []unix.PollFd{{Fd: int32(f.Fd()), Events: unix.POLLIN}}
		if n, err := unix.Poll(fds, 100); n > 0 || err != nil && err != unix.EINTR {
			return nil // the read tells
		}
	}
}

func (u *unpacker) run() error {
	u.total = u.src.total
	switch {
	case u.src.debs != nil:
		return u.debs()
	case u.src.image != "":
		s, err := oci.OpenDir(u.src.image)
		if err != nil {
			return err
		}
		defer s.Close()
		return u.named(u.image(s))
	}
	return u.named(u.stream())
}

// named puts the archive's name before an error.
func (u *unpacker) named(err error) error {
	if err == nil || u.ctx.Err() != nil {
		return err
	}
	return fmt.Errorf("%s: %w", u.src.name, cut(err))
}

// cut says in words that an archive is cut off.
func cut(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it is cut off (%w)", err)
	}
	return err
}

func (u *unpacker) debs() error {
	for _, d := range u.src.debs {
		f, err := os.Open(d)
		if err != nil {
			return err
		}
		a, err := archive.Open(u.watch(f), archive.Options{Trust: u.trust})
		if err == nil && a.Format != archive.Deb {
			err = errors.New("no Debian package")
		}
		if err == nil {
			err = u.entries(a)
		}
		f.Close()
		if err != nil && u.ctx.Err() == nil {
			return fmt.Errorf("%s: %w", d, cut(err))
		} else if err != nil {
			return err
		}
	}
	return nil
}

// stream unpacks an archive, which may turn out to be that of an image.
func (u *unpacker) stream() error {
	r := bufio.NewReaderSize(u.watch(u.src.r), 128<<10)
	d, err := archive.Decompress(r, u.trust)
	if err != nil {
		return err
	}
	br := bufio.NewReaderSize(d, 128<<10)
	if name, ok := archive.FirstName(br); ok && oci.IsImage(name) {
		return u.imageStream(br)
	}
	a, err := archive.Open(br, archive.Options{Trust: u.trust})
	if err != nil {
		return err
	}
	return u.entries(a)
}

// imageStream unpacks an image from a tar archive: from the file itself if that
// is not compressed, else from an uncompressed copy beside the target.
func (u *unpacker) imageStream(r *bufio.Reader) error {
	f := u.src.file
	if f != nil && !archive.IsPlainTar(f) {
		f = nil
	}
	if f == nil {
		tmp, err := namelessFile(filepath.Dir(filepath.Clean(u.dir)))
		if err != nil {
			return err
		}
		defer tmp.Close()
		limits, err := limitsOf(u.dir, u.o.MaxSize)
		if err != nil {
			return err
		}
		n, err := io.Copy(tmp, io.LimitReader(r, limits.Bytes+1))
		if err != nil {
			return err
		}
		if n > limits.Bytes {
			return fmt.Errorf("%w: the image has more than %d MiB", tree.ErrLimit, limits.Bytes>>20)
		}
		f = tmp
	}
	s, err := oci.OpenTar(f)
	if err == nil && oci.Has(s) {
		return u.image(s)
	}
	// It only looked like one.
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	u.done = 0
	a, err := archive.Open(u.watch(f), archive.Options{Trust: u.trust})
	if err != nil {
		return err
	}
	return u.entries(a)
}

// namelessFile makes a file that is gone when it is closed.
func namelessFile(dir string) (*os.File, error) {
	f, err := os.OpenFile(dir, os.O_RDWR|unix.O_TMPFILE, 0o600)
	if err == nil {
		return f, nil
	}
	if f, err = os.CreateTemp(dir, ".armature-image-*"); err == nil {
		os.Remove(f.Name())
	}
	return f, err
}

// image unpacks the layers of an image.
func (u *unpacker) image(s oci.Store) error {
	img, err := oci.Find(s, u.o.Platform, u.o.Image)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("an image archive that lacks something: %w", err)
	}
	if err != nil {
		return err
	}
	u.o.Log("image %s for %v, %d layers", img.Name, img.Platform, len(img.Layers))
	u.done, u.total = 0, 0
	for _, l := range img.Layers {
		u.total += l.Size
	}
	for i, l := range img.Layers {
		if err := u.layer(&l); err != nil {
			return fmt.Errorf("layer %d: %w", i+1, err)
		}
	}
	return nil
}

func (u *unpacker) layer(l *oci.Layer) error {
	f, err := l.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	blob := u.watch(f)
	d, err := archive.Decompress(blob, u.trust)
	if err != nil {
		return err
	}
	v, err := oci.Verify(d, l.DiffID, -1)
	if err != nil {
		return err
	}
	u.w.Layer()
	a := archive.NewTarReader(bufio.NewReader(v))
	for {
		e, err := a.Next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		if err := u.layerEntry(e, a); err != nil {
			return err
		}
	}
	// What follows the compressed data counts in the blob's digest.
	_, err = io.Copy(io.Discard, blob)
	return err
}

// Whiteouts of a layer: files that remove what lower layers have.
const (
	whiteout = ".wh."
	opaque   = ".wh..wh..opq" // removes all in the directory
	reserved = ".wh..wh."     // of aufs, and means nothing here
)

func (u *unpacker) layerEntry(e *archive.Entry, r io.Reader) error {
	path, err := tree.Clean(e.Name)
	if err != nil {
		return err
	}
	dir, leaf := filepath.Split(path)
	switch {
	case leaf == opaque:
		return u.w.Clear(dir)
	case strings.HasPrefix(leaf, reserved) || strings.Contains("/"+dir, "/"+reserved):
		return nil
	case strings.HasPrefix(leaf, whiteout):
		leaf = strings.TrimPrefix(leaf, whiteout)
		if leaf == "" || leaf == "." || leaf == ".." {
			return fmt.Errorf("%q: a whiteout of no file", e.Name)
		}
		return u.w.Remove(dir + leaf)
	}
	return u.w.Write(e, r)
}

// entries unpacks a plain archive.
func (u *unpacker) entries(a archive.Reader) error {
	for {
		e, err := a.Next()
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return err
		}
		if err := u.w.Write(e, a); err != nil {
			return err
		}
	}
}
