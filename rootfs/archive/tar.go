package archive

import (
	"archive/tar"
	"bytes"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"math"
	"net/url"
	"strings"
)

// tarReader reads all that archive/tar does: V7, USTAR, PAX, GNU, sparse files.
type tarReader struct {
	t    *tar.Reader
	end  *endReader
	done error
}

// NewTarReader gives the entries of an uncompressed tar archive.
func NewTarReader(r io.Reader) Reader {
	e := &endReader{r: r}
	return &tarReader{t: tar.NewReader(e), end: e}
}

// endReader notes whether the archive's end came with the block of zeros that
// marks it: archive/tar does not tell.
type endReader struct {
	r     io.Reader
	eof   bool
	since int64 // bytes read since the data of the last entry
	zeros int64 // zeros that were read last
}

func (e *endReader) Read(p []byte) (int, error) {
	n, err := e.r.Read(p)
	e.since += int64(n)
	run := int64(n - len(bytes.TrimRight(p[:n], "\x00")))
	if run == int64(n) {
		run += e.zeros
	}
	e.zeros = run
	if err == io.EOF {
		e.eof = true
	}
	return n, err
}

// cut tells whether the end came without a block of zeros.
func (e *endReader) cut() bool { return e.eof && min(e.since, e.zeros) < blockSize }

func (t *tarReader) Read(p []byte) (int, error) { return t.t.Read(p) }

func (t *tarReader) Next() (*Entry, error) {
	if t.done != nil {
		return nil, t.done
	}
	e, err := t.next()
	if err != nil {
		t.done = err
	}
	return e, err
}

var tarTypes = map[byte]Type{
	tar.TypeReg:       File,
	'\x00':            File,
	tar.TypeCont:      File,
	tar.TypeGNUSparse: File,
	tar.TypeDir:       Dir,
	tar.TypeSymlink:   Symlink,
	tar.TypeLink:      Hardlink,
	tar.TypeChar:      Char,
	tar.TypeBlock:     Block,
	tar.TypeFifo:      FIFO,
}

func (t *tarReader) next() (*Entry, error) {
	// The data's rest may be zeros as well.
	if err := drain(t.t); err != nil {
		return nil, fmt.Errorf("tar: %w", err)
	}
	t.end.since = 0
	for {
		h, err := t.t.Next()
		if err == io.EOF {
			if t.end.cut() {
				return nil, fmt.Errorf("tar: no end marker: %w", io.ErrUnexpectedEOF)
			}
			if err := drain(t.end.r); err != nil {
				return nil, err
			}
			return nil, io.EOF
		}
		if err != nil {
			if errors.Is(err, tar.ErrHeader) {
				err = errors.New("damaged header")
			}
			return nil, fmt.Errorf("tar: %w", err)
		}
		if h.Typeflag == tar.TypeXGlobalHeader {
			continue // comments, as git archive writes
		}
		e, err := tarEntry(h)
		if err != nil {
			return nil, fmt.Errorf("tar: entry %q: %w", h.Name, err)
		}
		return e, nil
	}
}

func tarEntry(h *tar.Header) (*Entry, error) {
	typ, ok := tarTypes[h.Typeflag]
	if !ok {
		return nil, fmt.Errorf("type %q is not supported", h.Typeflag)
	}
	uid, gid, err := ids(int64(h.Uid), int64(h.Gid))
	if err != nil {
		return nil, err
	}
	if len(h.Name) > maxName || len(h.Linkname) > maxName {
		return nil, errors.New("name longer than Linux permits")
	}
	e := &Entry{Name: h.Name, Type: typ, Mode: uint32(h.Mode & 0o7777), UID: uid, GID: gid,
		ModTime: h.ModTime, Link: h.Linkname}
	switch typ {
	case File:
		e.Size = h.Size
	case Char, Block:
		if h.Devmajor < 0 || h.Devminor < 0 || h.Devmajor > math.MaxUint32 || h.Devminor > math.MaxUint32 {
			return nil, fmt.Errorf("device %d:%d is out of range", h.Devmajor, h.Devminor)
		}
		e.Major, e.Minor = uint32(h.Devmajor), uint32(h.Devminor)
	}
	for k, v := range h.PAXRecords {
		name := ""
		if s, ok := strings.CutPrefix(k, "SCHILY.xattr."); ok {
			name = s
		} else if s, ok := strings.CutPrefix(k, "LIBARCHIVE.xattr."); ok {
			// The same once more, in base 64 and with an escaped name.
			if name, err = url.PathUnescape(s); err != nil {
				return nil, fmt.Errorf("extended attribute %q: damaged name", s)
			}
			if _, both := h.PAXRecords["SCHILY.xattr."+name]; both {
				continue
			}
			raw, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(v, "="))
			if err != nil {
				return nil, fmt.Errorf("extended attribute %q: damaged value", name)
			}
			v = string(raw)
		}
		if name == "" {
			continue
		}
		if e.Xattrs == nil {
			e.Xattrs = map[string]string{}
		}
		e.Xattrs[name] = v
	}
	return e, nil
}
