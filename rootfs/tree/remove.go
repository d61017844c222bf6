package tree

import (
	"errors"
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// Remove removes what an earlier layer has at the path that name means, if
// anything: a whiteout. What this layer wrote stays.
func (w *Writer) Remove(name string) error {
	path, err := Clean(name)
	if err != nil {
		return err
	}
	if path == "" {
		return fmt.Errorf("%q: removes the root", name)
	}
	if w.layer[path] {
		return nil
	}
	w.forget()
	dir, leaf := split(path)
	fd, err := w.open(dir)
	if err == unix.ENOENT || err == unix.ENOTDIR {
		return nil
	}
	if err != nil {
		return &os.PathError{Op: "open", Path: dir, Err: err}
	}
	defer unix.Close(fd)
	return w.remove(fd, leaf, path)
}

// Clear removes what earlier layers have in the directory that name means: an
// opaque whiteout. What this layer wrote stays.
func (w *Writer) Clear(name string) error {
	path := ""
	if name != "" {
		var err error
		if path, err = Clean(name); err != nil {
			return err
		}
	}
	w.forget()
	fd, err := w.open(path)
	if err == unix.ENOENT || err == unix.ENOTDIR {
		return nil
	}
	if err != nil {
		return &os.PathError{Op: "open", Path: path, Err: err}
	}
	defer unix.Close(fd)
	return w.clear(fd, path)
}

// clear removes the entries of the directory fd that this layer has not written.
func (w *Writer) clear(fd int, path string) error {
	names, err := list(fd)
	if err != nil {
		return &os.PathError{Op: "read", Path: path, Err: err}
	}
	for _, n := range names {
		p := n
		if path != "" {
			p = path + "/" + n
		}
		if !w.layer[p] {
			err = w.remove(fd, n, p)
		} else if d, err2 := unix.Openat(fd, n, unix.O_PATH|unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0); err2 == nil {
			err = w.clear(d, p)
			unix.Close(d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// remove removes leaf in fd with all below it, and what was to be set there.
func (w *Writer) remove(fd int, leaf, path string) error {
	if path == Marker {
		return nil // no layer's
	}
	for p := range w.dirs {
		if p == path || strings.HasPrefix(p, path+"/") {
			delete(w.dirs, p)
		}
	}
	if err := removeAll(fd, leaf); err != nil {
		return &os.PathError{Op: "remove", Path: path, Err: err}
	}
	return nil
}

// list gives the names in the directory fd, which may be an O_PATH descriptor.
func list(fd int) ([]string, error) {
	d, err := unix.Openat(fd, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	f := os.NewFile(uintptr(d), ".")
	defer f.Close()
	return f.Readdirnames(-1)
}

// ErrMounted says that something is mounted where all was to be removed.
var ErrMounted = errors.New("something is mounted there: umount it first")

// removeAll removes leaf in fd with all below it. It follows no link, enters nothing that is
// mounted, and enters directories of its owner that have no rights. That nothing is there is fine.
func removeAll(fd int, leaf string) error {
	err := unix.Unlinkat(fd, leaf, 0)
	if err == nil || err == unix.ENOENT {
		return nil
	}
	if err == unix.EBUSY {
		return ErrMounted
	}
	if err != unix.EISDIR && err != unix.EPERM {
		return err
	}
	d, err2 := unix.Openat2(fd, leaf, &unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_NOFOLLOW | unix.O_CLOEXEC, Resolve: unix.RESOLVE_NO_XDEV})
	if err2 == unix.EXDEV {
		return ErrMounted
	}
	if err2 != nil {
		return err
	}
	names, err2 := list(d)
	if err2 == unix.EACCES {
		if err2 = unix.Fchmodat(fd, leaf, 0o700, 0); err2 == nil {
			names, err2 = list(d)
		}
	}
	for i := 0; i < len(names) && err2 == nil; i++ {
		err2 = removeAll(d, names[i])
		if err2 == unix.EACCES {
			if err2 = unix.Fchmodat(fd, leaf, 0o700, 0); err2 == nil {
				err2 = removeAll(d, names[i])
			}
		}
	}
	unix.Close(d)
	if err2 != nil {
		return err2
	}
	return unix.Unlinkat(fd, leaf, unix.AT_REMOVEDIR)
}

// Empty removes all that is in dir except the named entries. It follows no link.
func Empty(dir string, except ...string) error {
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return &os.PathError{Op: "open", Path: dir, Err: err}
	}
	defer unix.Close(fd)
	names, err := list(fd)
	if err != nil {
		return &os.PathError{Op: "read", Path: dir, Err: err}
	}
next:
	for _, n := range names {
		for _, e := range except {
			if n == e {
				continue next
			}
		}
		if err := removeAll(fd, n); err != nil {
			return &os.PathError{Op: "remove", Path: dir + "/" + n, Err: err}
		}
	}
	return nil
}
