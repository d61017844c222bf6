package oci

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"
)

// Store holds the files of an image by their paths, as "blobs/sha256/...".
type Store interface {
	// Open gives a file and its size. The error is fs.ErrNotExist if there is none.
	Open(name string) (io.ReadCloser, int64, error)
	Close() error
}

type dirStore struct{ root *os.Root }

// OpenDir gives the files below a directory. Links that lead out of it are
// errors.
func OpenDir(dir string) (Store, error) {
	r, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	return dirStore{r}, nil
}

func (d dirStore) Close() error { return d.root.Close() }

func (d dirStore) Open(name string) (io.ReadCloser, int64, error) {
	// A FIFO would be waited for.
	st, err := d.root.Stat(name)
	if err != nil {
		return nil, 0, err
	}
	if !st.Mode().IsRegular() {
		return nil, 0, fmt.Errorf("%s is no file", name)
	}
	f, err := d.root.Open(name)
	if err != nil {
		return nil, 0, err
	}
	return f, st.Size(), nil
}

// tarStore finds the files of an uncompressed tar archive by their offsets.
type tarStore struct {
	f     *os.File
	files map[string]tarFile
}

type tarFile struct {
	off, size int64
	link      string // of a link, the path it leads to
}

// maxFiles is how many files an image archive may have; a thousand layers are
// some five thousand.
const maxFiles = 100_000

// OpenTar gives the files of an uncompressed tar archive, which the store then
// owns.
func OpenTar(f *os.File) (Store, error) {
	s := &tarStore{f, map[string]tarFile{}}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return nil, err
	}
	t := tar.NewReader(f)
	for {
		h, err := t.Next()
		if err == io.EOF {
			return s, nil
		}
		if err != nil {
			return nil, fmt.Errorf("tar: %w", err)
		}
		off, err := f.Seek(0, io.SeekCurrent)
		if err != nil {
			return nil, err
		}
		name := path.Clean(h.Name)
		e := tarFile{off: off, size: h.Size}
		switch h.Typeflag {
		case tar.TypeReg:
		case tar.TypeSymlink: // docker save of old: a layer that an other image has as well
			e.link = path.Join(path.Dir(name), h.Linkname)
		case tar.TypeLink:
			e.link = path.Clean(h.Linkname)
		default:
			continue
		}
		if _, twice := s.files[name]; twice {
			return nil, fmt.Errorf("%q: a second entry of this name", h.Name)
		}
		if len(s.files) >= maxFiles {
			return nil, fmt.Errorf("more than %d files in an image", maxFiles)
		}
		s.files[name] = e
	}
}

func (s *tarStore) Close() error { return s.f.Close() }

func (s *tarStore) Open(name string) (io.ReadCloser, int64, error) {
	for range 8 {
		e, ok := s.files[path.Clean(name)]
		if !ok {
			break
		}
		if e.link == "" {
			return io.NopCloser(io.NewSectionReader(s.f, e.off, e.size)), e.size, nil
		}
		name = e.link
	}
	return nil, 0, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
}

// IsImage tells whether the first entry of a tar archive is what archives of
// images begin with; a file system does not.
func IsImage(first string) bool {
	first = path.Clean(first)
	switch first {
	case "oci-layout", "index.json", "manifest.json", "repositories", "blobs":
		return true
	}
	if strings.HasPrefix(first, "blobs/") {
		return true
	}
	id, rest, deeper := strings.Cut(strings.TrimPrefix(first, "sha256:"), "/")
	if !deeper {
		// Configurations and layers, as docker, podman, skopeo, crane and kaniko name them.
		for _, ext := range []string{".json", ".tar", ".tar.gz"} {
			if hex, ok := strings.CutSuffix(id, ext); ok {
				id = hex
				break
			}
		}
		return isHex(id, 64)
	}
	return isHex(id, 64) && (rest == "VERSION" || rest == "json" || rest == "layer.tar")
}

func isHex(s string, n int) bool {
	return len(s) == n && strings.Trim(s, "0123456789abcdef") == ""
}

// Has tells whether a store has an image at all.
func Has(s Store) bool {
	for _, n := range []string{"index.json", "manifest.json"} {
		if ok, err := exists(s, n); ok || err != nil {
			return true
		}
	}
	return false
}

// exists tells whether a store has a file.
func exists(s Store, name string) (bool, error) {
	r, _, err := s.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	return true, r.Close()
}
