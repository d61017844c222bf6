package archive

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// An ar archive: its magic, then for each member a header of 60 bytes (name of 16,
// times and owner, size in decimal of 10 at 48, "`\n") and the data, to an even size.
const (
	arMagic   = "!<arch>\n"
	arHeader  = 60
	arTrailer = "`\n"
)

// arReader reads the members of an ar archive.
type arReader struct {
	r    *bufio.Reader
	left int64 // of the current member
	pad  bool
}

func newArReader(r *bufio.Reader) (*arReader, error) {
	var m [len(arMagic)]byte
	if _, err := io.ReadFull(r, m[:]); err != nil {
		return nil, unexpected(err)
	}
	if string(m[:]) != arMagic {
		return nil, errors.New("no ar archive")
	}
	return &arReader{r: r}, nil
}

// next goes to the next member. It returns io.EOF after the last.
func (a *arReader) next() (name string, size int64, err error) {
	if _, err := io.Copy(io.Discard, a); err != nil {
		return "", 0, err
	}
	if a.pad {
		// Some programs leave it out at the end.
		if _, err := a.r.ReadByte(); err != nil {
			return "", 0, err
		}
	}
	var h [arHeader]byte
	if n, err := io.ReadFull(a.r, h[:]); err != nil {
		if n > 0 {
			err = io.ErrUnexpectedEOF
		}
		return "", 0, err
	}
	size, err = strconv.ParseInt(strings.TrimRight(string(h[48:58]), " "), 10, 64)
	if err != nil || size < 0 || string(h[58:]) != arTrailer {
		return "", 0, errors.New("damaged header of an ar archive")
	}
	a.left, a.pad = size, size&1 == 1
	return strings.TrimSuffix(strings.TrimRight(string(h[:16]), " "), "/"), size, nil
}

func (a *arReader) Read(p []byte) (int, error) {
	if a.left == 0 {
		return 0, io.EOF
	}
	n, err := a.r.Read(p[:min(int64(len(p)), a.left)])
	a.left -= int64(n)
	return n, unexpected(err)
}

// debReader gives the files of a Debian package.
type debReader struct {
	Reader
	ar   *arReader
	r    *bufio.Reader
	done bool
}

// newDebReader goes to the files in a package: debian-binary, control.tar.*,
// data.tar.*, in this order (deb(5)), with members of a name in "_" between.
func newDebReader(r *bufio.Reader, o Options) (Reader, error) {
	a, err := newArReader(r)
	if err != nil {
		return nil, err
	}
	for i := 0; ; i++ {
		name, size, err := a.next()
		if err == io.EOF {
			return nil, errors.New("deb: it has no data.tar")
		}
		if err != nil {
			return nil, fmt.Errorf("deb: %w", err)
		}
		switch {
		case i == 0:
			if name != "debian-binary" || size > 64 {
				return nil, fmt.Errorf("%w: an ar archive, but no Debian package", ErrFormat)
			}
			v, err := io.ReadAll(a)
			if err != nil {
				return nil, fmt.Errorf("deb: %w", err)
			}
			if !strings.HasPrefix(string(v), "2.") {
				return nil, fmt.Errorf("deb: format version %q is not supported", strings.TrimSpace(string(v)))
			}
		case name == "data.tar" || strings.HasPrefix(name, "data.tar."):
			data, _, err := decompress(a, o.Trust)
			if err != nil {
				return nil, fmt.Errorf("deb: %s: %w", name, err)
			}
			if f, err := sniff(data); err != nil && !errors.Is(err, ErrFormat) {
				return nil, fmt.Errorf("deb: %s: %w", name, err)
			} else if err != nil || f != Tar {
				return nil, fmt.Errorf("deb: %s is no tar archive of a known compression", name)
			}
			return &debReader{Reader: NewTarReader(data), ar: a, r: r}, nil
		case name == "control.tar" || strings.HasPrefix(name, "control.tar.") || strings.HasPrefix(name, "_"):
		default:
			return nil, fmt.Errorf("deb: unknown member %q", name)
		}
	}
}

func (d *debReader) Next() (*Entry, error) {
	e, err := d.Reader.Next()
	if err == io.EOF && !d.done {
		d.done = true
		if err := drain(d.ar); err != nil {
			return nil, fmt.Errorf("deb: %w", err)
		}
		if err := drain(d.r); err != nil {
			return nil, fmt.Errorf("deb: %w", err)
		}
	}
	return e, err
}
