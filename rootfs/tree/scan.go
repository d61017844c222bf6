package tree

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"armature/rootfs/archive"

	"golang.org/x/sys/unix"
)

// Scan lists what is in dir as entries in a fixed order, each directory before
// what is in it, names as "usr/bin", the root as ".". The second and later names of
// a file are Hardlinks. What is mounted below dir is not entered. warn is told what
// is left out.
func Scan(dir string, warn func(string, ...any)) ([]*archive.Entry, error) {
	var list []*archive.Entry
	type inode struct{ dev, ino uint64 }
	first := map[inode]*archive.Entry{}
	var device uint64
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		if name == Marker && len(list) > 0 {
			return fmt.Errorf("%s is incomplete: what made it was interrupted", dir)
		}
		var st unix.Stat_t
		if err := unix.Lstat(path, &st); err != nil {
			return &os.PathError{Op: "stat", Path: path, Err: err}
		}
		e := &archive.Entry{Name: name, Mode: st.Mode & 0o7777, UID: st.Uid, GID: st.Gid, ModTime: time.Unix(st.Mtim.Unix())}
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFDIR:
			e.Type = archive.Dir
		case unix.S_IFREG:
			e.Type, e.Size = archive.File, st.Size
		case unix.S_IFLNK:
			e.Type = archive.Symlink
			if e.Link, err = os.Readlink(path); err != nil {
				return err
			}
		case unix.S_IFCHR, unix.S_IFBLK:
			e.Type = archive.Char
			if st.Mode&unix.S_IFMT == unix.S_IFBLK {
				e.Type = archive.Block
			}
			e.Major, e.Minor = unix.Major(st.Rdev), unix.Minor(st.Rdev)
		case unix.S_IFIFO:
			e.Type = archive.FIFO
		case unix.S_IFSOCK:
			warn("%s: a socket, left out", path)
			return nil
		}
		id := inode{st.Dev, st.Ino}
		if e.Type == archive.Dir {
			if name == "." {
				device = st.Dev
			}
		} else if o := first[id]; o != nil {
			o.Linked = true
			e.Type, e.Link, e.Size = archive.Hardlink, o.Name, 0
			list = append(list, e)
			return nil
		} else if st.Nlink > 1 {
			first[id] = e
		}
		if e.Xattrs, err = xattrs(path); err != nil {
			return err
		}
		list = append(list, e)
		if e.Type == archive.Dir && st.Dev != device {
			warn("%s: something is mounted there, which is left out", path)
			return fs.SkipDir
		}
		return nil
	})
	return list, err
}

// Marker is the name of the file that a directory holds while it is being filled.
const Marker = ".armature-incomplete"

// xattrs gives the extended attributes of a file. ACLs are among them; attributes
// that the kernel makes up are not listed by it.
func xattrs(path string) (map[string]string, error) {
	n, err := unix.Llistxattr(path, nil)
	if n == 0 || errors.Is(err, unix.ENOTSUP) {
		return nil, nil
	}
	names := make([]byte, n)
	if err == nil {
		n, err = unix.Llistxattr(path, names)
	}
	if err != nil {
		return nil, &os.PathError{Op: "listxattr", Path: path, Err: err}
	}
	m := map[string]string{}
	for start, i := 0, 0; i < n; i++ {
		if names[i] != 0 {
			continue
		}
		name := string(names[start:i])
		start = i + 1
		size, err := unix.Lgetxattr(path, name, nil)
		value := make([]byte, max(size, 0))
		if err == nil && size > 0 {
			size, err = unix.Lgetxattr(path, name, value)
		}
		if errors.Is(err, unix.ENODATA) || errors.Is(err, unix.EPERM) {
			continue // gone, or not for this user
		}
		if err != nil {
			return nil, &os.PathError{Op: "getxattr " + name, Path: path, Err: err}
		}
		m[name] = string(value[:size])
	}
	return m, nil
}

// Segments tells where an open file of the size has data.
func Segments(f *os.File, size int64) ([]archive.Segment, error) {
	segs := []archive.Segment{}
	fd := int(f.Fd())
	for off := int64(0); off < size; {
		data, err := unix.Seek(fd, off, unix.SEEK_DATA)
		if errors.Is(err, unix.ENXIO) {
			break // only a hole follows
		}
		if err != nil {
			return []archive.Segment{{Off: 0, Len: size}}, nil // the file system does not know
		}
		hole, err := unix.Seek(fd, data, unix.SEEK_HOLE)
		if err != nil {
			return nil, &os.PathError{Op: "seek", Path: f.Name(), Err: err}
		}
		data, hole = min(data, size), min(hole, size)
		if data < hole {
			segs = append(segs, archive.Segment{Off: data, Len: hole - data})
		}
		off = hole
	}
	return segs, nil
}
