package tree

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sort"
	"strings"

	"armature/rootfs/archive"

	"golang.org/x/sys/unix"
)

// Limits bound what a Writer writes.
type Limits struct {
	Bytes   int64 // sum of all files' sizes, holes included
	Entries int64
}

// ErrLimit is wrapped by the errors of entries beyond a limit.
var ErrLimit = errors.New("too large")

// Options of a Writer.
type Options struct {
	// KeepOwners gives files the owners that the archive names; that takes root,
	// if only in a user namespace. Without, all belong to the caller.
	KeepOwners bool
	Limits     Limits
	// FollowDirs lets an entry for a directory stand where a symbolic link to
	// one is, as in /lib of a Debian tree.
	FollowDirs bool
	// Warn is told what could not be kept, once for each kind.
	Warn func(string)
}

// Stats count what a Writer wrote.
type Stats struct {
	Entries int64
	Bytes   int64 // of files, holes included
	// Skipped are device nodes that only root of the machine can make.
	Skipped int64
}

// Writer writes entries below a directory. It is not safe for concurrent use.
type Writer struct {
	o      Options
	root   int // O_PATH descriptor
	parent int // of the last entry, or -1
	dir    string
	dirs   map[string]*archive.Entry // directories whose looks are still to be set
	layer  map[string]bool           // paths written since Layer; nil before
	warned map[string]bool
	buf    []byte
	stats  Stats
}

// New gives a writer below dir, which must exist.
func New(dir string, o Options) (*Writer, error) {
	fd, err := unix.Open(dir, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, &os.PathError{Op: "open", Path: dir, Err: err}
	}
	w := &Writer{o: o, root: fd, parent: -1, dirs: map[string]*archive.Entry{}, warned: map[string]bool{}, buf: make([]byte, 256<<10)}
	if o.Warn == nil {
		w.o.Warn = func(string) {}
	}
	fd, err = w.open("")
	if err == nil {
		unix.Close(fd)
	} else {
		w.Close()
		if errors.Is(err, unix.ENOSYS) || errors.Is(err, unix.EPERM) {
			err = fmt.Errorf("%w: unpacking safely needs the system call openat2 (Linux 5.6 or later, and no seccomp filter that forbids it)", err)
		}
		return nil, err
	}
	return w, nil
}

// Stats tells what has been written so far.
func (w *Writer) Stats() Stats { return w.stats }

// Close releases the writer. It does not set what Finish sets.
func (w *Writer) Close() {
	w.forget()
	unix.Close(w.root)
}

// Layer starts a layer of a container image: entries from now on may take the
// place of those before, but not of each other's.
func (w *Writer) Layer() { w.layer = map[string]bool{} }

func (w *Writer) warn(kind, format string, a ...any) {
	if !w.warned[kind] {
		w.warned[kind] = true
		w.o.Warn(fmt.Sprintf(format, a...))
	}
}

// open opens a directory below the root, "" for the root.
func (w *Writer) open(dir string) (int, error) {
	if dir == "" {
		dir = "."
	}
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_DIRECTORY | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT | unix.RESOLVE_NO_MAGICLINKS}
	for try := 0; ; try++ {
		fd, err := unix.Openat2(w.root, dir, &how)
		// EAGAIN: something was renamed on the way.
		if err != unix.EINTR && (err != unix.EAGAIN || try > 100) {
			return fd, err
		}
	}
}

// in gives the directory dir, made with its parents if it is not there. The
// descriptor stays the writer's.
func (w *Writer) in(dir string) (int, error) {
	if w.parent >= 0 && w.dir == dir {
		return w.parent, nil
	}
	fd, err := w.open(dir)
	if err == unix.ENOENT && dir != "" {
		up, leaf := split(dir)
		pfd, err2 := w.in(up)
		if err2 != nil {
			return -1, err2
		}
		if err := unix.Mkdirat(pfd, leaf, 0o755); err == unix.EEXIST {
			return -1, fmt.Errorf("%q: a symbolic link that leads nowhere is in the way", dir)
		} else if err != nil {
			return -1, &os.PathError{Op: "mkdir", Path: dir, Err: err}
		}
		if err := unix.Fchmodat(pfd, leaf, 0o755, 0); err != nil {
			return -1, &os.PathError{Op: "chmod", Path: dir, Err: err}
		}
		w.count(dir)
		fd, err = w.open(dir)
	}
	if err != nil {
		switch err {
		case unix.ENOTDIR:
			return -1, fmt.Errorf("%q: it is needed as a directory but is none", dir)
		case unix.ELOOP:
			return -1, fmt.Errorf("%q: a loop of symbolic links", dir)
		}
		return -1, &os.PathError{Op: "open", Path: dir, Err: err}
	}
	w.forget()
	w.parent, w.dir = fd, dir
	return fd, nil
}

// forget drops the directory that in keeps open.
func (w *Writer) forget() {
	if w.parent >= 0 {
		unix.Close(w.parent)
		w.parent = -1
	}
}

// count notes that a path was written.
func (w *Writer) count(path string) {
	if w.layer != nil {
		w.layer[path] = true
	}
}

// Write writes an entry, with the data of a file from r.
func (w *Writer) Write(e *archive.Entry, r io.Reader) error {
	path, err := Clean(e.Name)
	if err != nil {
		return err
	}
	if w.stats.Entries++; w.stats.Entries > w.o.Limits.Entries {
		return fmt.Errorf("%w: more than %d entries", ErrLimit, w.o.Limits.Entries)
	}
	if e.Size < 0 || e.Size > w.o.Limits.Bytes-w.stats.Bytes {
		return fmt.Errorf("%w: %q, %d bytes long, makes it more than %d MiB", ErrLimit, path, e.Size, w.o.Limits.Bytes>>20)
	}
	w.stats.Bytes += e.Size
	if path == "" {
		if e.Type != archive.Dir {
			return fmt.Errorf("%q: a %v for the root", e.Name, e.Type)
		}
		c := *e
		w.dirs[""] = &c
		return nil
	}
	dir, leaf := split(path)
	fd, err := w.in(dir)
	if err != nil {
		return err
	}
	if err := w.makeWay(fd, leaf, path, e.Type); err != nil {
		return err
	}
	err = w.make(fd, leaf, path, e, r)
	if err != nil {
		var sys unix.Errno
		if err == unix.EEXIST {
			return fmt.Errorf("%q: a second entry of this name", path)
		} else if errors.As(err, &sys) && err == sys {
			return &os.PathError{Op: "write " + e.Type.String(), Path: path, Err: err}
		}
		return err
	}
	w.count(path)
	return nil
}

// makeWay removes what an earlier layer has at the entry's place.
func (w *Writer) makeWay(fd int, leaf, path string, t archive.Type) error {
	if w.layer == nil || w.layer[path] {
		return nil
	}
	var st unix.Stat_t
	if err := unix.Fstatat(fd, leaf, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return nil // nothing there
	}
	if t == archive.Dir && st.Mode&unix.S_IFMT == unix.S_IFDIR {
		return nil
	}
	return w.remove(fd, leaf, path)
}

// make makes the entry at leaf in the directory fd, which is path.
func (w *Writer) make(fd int, leaf, path string, e *archive.Entry, r io.Reader) error {
	switch e.Type {
	case archive.Dir:
		return w.mkdir(fd, leaf, path, e)
	case archive.File:
		f, err := unix.Openat(fd, leaf, unix.O_WRONLY|unix.O_CREAT|unix.O_EXCL|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0o600)
		if err != nil {
			return err
		}
		return w.file(fd, f, leaf, path, e, r)
	case archive.Hardlink:
		return w.link(fd, leaf, path, e, r)
	case archive.Symlink:
		if e.Link == "" || len(e.Link) > maxPath || strings.IndexByte(e.Link, 0) >= 0 {
			return fmt.Errorf("%q: a symbolic link to an impossible name", path)
		}
		if err := unix.Symlinkat(e.Link, fd, leaf); err != nil {
			return err
		}
	case archive.FIFO, archive.Socket, archive.Char, archive.Block:
		made, err := w.mknod(fd, leaf, path, e)
		if err != nil || !made {
			return err
		}
	default:
		return fmt.Errorf("%q: %v is not supported", path, e.Type)
	}
	return w.looks(fd, leaf, path, e)
}

func (w *Writer) mkdir(fd int, leaf, path string, e *archive.Entry) error {
	err := unix.Mkdirat(fd, leaf, 0o700)
	if err == unix.EEXIST {
		var st unix.Stat_t
		if err := unix.Fstatat(fd, leaf, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return err
		}
		switch st.Mode & unix.S_IFMT {
		case unix.S_IFDIR:
		case unix.S_IFLNK:
			if !w.o.FollowDirs {
				return unix.EEXIST
			}
			d, err := w.open(path)
			if err != nil {
				return fmt.Errorf("%q: a directory, but there is a symbolic link to none", path)
			}
			return unix.Close(d) // it keeps its own looks
		default:
			return unix.EEXIST
		}
	} else if err != nil {
		return err
	}
	c := *e
	w.dirs[path] = &c
	return nil
}

var deviceModes = map[archive.Type]uint32{
	archive.FIFO: unix.S_IFIFO, archive.Socket: unix.S_IFSOCK, archive.Char: unix.S_IFCHR, archive.Block: unix.S_IFBLK,
}

// mknod tells also whether it made the node.
func (w *Writer) mknod(fd int, leaf, path string, e *archive.Entry) (bool, error) {
	dev := 0
	device := e.Type == archive.Char || e.Type == archive.Block
	if device {
		if e.Major >= 1<<12 || e.Minor >= 1<<20 {
			return false, fmt.Errorf("%q: Linux has no device %d:%d", path, e.Major, e.Minor)
		}
		dev = int(unix.Mkdev(e.Major, e.Minor))
	}
	err := unix.Mknodat(fd, leaf, deviceModes[e.Type]|0o600, dev)
	if err == unix.EPERM && device {
		w.stats.Skipped++
		w.warn("device", "device nodes such as %s are left out: only root can make them", path)
		return false, nil
	}
	return err == nil, err
}

func (w *Writer) link(fd int, leaf, path string, e *archive.Entry, r io.Reader) error {
	target, err := Clean(e.Link)
	if err != nil {
		return fmt.Errorf("%q: a hard link to %w", path, err)
	}
	tdir, tleaf := split(target)
	tfd, err := w.open(tdir)
	if err == nil && tleaf != "" {
		err = unix.Linkat(tfd, tleaf, fd, leaf, 0)
	} else if err == nil {
		err = unix.EPERM
	}
	if tfd >= 0 {
		unix.Close(tfd)
	}
	switch err {
	case nil:
	case unix.ENOENT:
		return fmt.Errorf("%q: a hard link to %q, which does not exist", path, target)
	case unix.EPERM:
		return fmt.Errorf("%q: a hard link to %q, which cannot have any", path, target)
	default:
		return err
	}
	if e.Size == 0 {
		return nil // an archive says all about the file at its first name
	}
	// Opening a device or FIFO would do something.
	var st unix.Stat_t
	if err := unix.Fstatat(fd, leaf, &st, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return err
	}
	if st.Mode&unix.S_IFMT != unix.S_IFREG {
		return fmt.Errorf("%q: data for what is no file", path)
	}
	const flags = unix.O_WRONLY | unix.O_TRUNC | unix.O_NOFOLLOW | unix.O_NONBLOCK | unix.O_CLOEXEC
	f, err := unix.Openat(fd, leaf, flags, 0)
	if err == unix.EACCES {
		// Its owner, who is not root, may not write it as it is.
		if err = unix.Fchmodat(fd, leaf, 0o600, 0); err == nil {
			f, err = unix.Openat(fd, leaf, flags, 0)
		}
	}
	if err != nil {
		return err
	}
	return w.file(fd, f, leaf, path, e, r)
}

// holeSize is the least run of zeros that becomes a hole, and what it is aligned to.
const holeSize = 4096

var zeros [holeSize]byte

// file fills the open file f, closes it, and sets its looks.
func (w *Writer) file(fd, f int, leaf, path string, e *archive.Entry, r io.Reader) error {
	file := os.NewFile(uintptr(f), path)
	defer file.Close()
	var off int64 // where the next byte of r goes
	for off < e.Size {
		n, err := io.ReadFull(r, w.buf[:min(int64(len(w.buf)), e.Size-off)])
		if err == io.EOF {
			err = io.ErrUnexpectedEOF
		}
		if err != nil {
			return fmt.Errorf("%q: %w", path, err)
		}
		if err := writeSparse(file, w.buf[:n], off); err != nil {
			return err
		}
		off += int64(n)
	}
	if e.Size > 0 {
		// The reader's own end may tell of a checksum.
		if n, err := r.Read(w.buf[:1]); n > 0 || err != nil && err != io.EOF {
			return fmt.Errorf("%q: %w", path, cmp.Or(err, errors.New("more data than its size")))
		}
	}
	if err := file.Truncate(e.Size); err != nil {
		return err
	}
	if w.o.KeepOwners {
		if err := file.Chown(int(e.UID), int(e.GID)); err != nil {
			return w.chownError(path, e, err)
		}
	}
	if err := unix.Fchmod(f, e.Mode&0o7777); err != nil {
		return err
	}
	for k, v := range e.Xattrs {
		if err := w.xattr(path, k, func() error { return unix.Fsetxattr(f, k, []byte(v), 0) }); err != nil {
			return err
		}
	}
	if err := file.Close(); err != nil {
		return err
	}
	return w.times(fd, leaf, e)
}

// writeSparse writes b at off, but for blocks of zeros.
func writeSparse(f *os.File, b []byte, off int64) error {
	for len(b) > 0 {
		n, data := 0, false
		for n < len(b) {
			block := b[n:min(len(b), n+holeSize)]
			if d := !bytes.Equal(block, zeros[:len(block)]); n == 0 {
				data = d
			} else if d != data {
				break
			}
			n += len(block)
		}
		if data {
			if _, err := f.WriteAt(b[:n], off); err != nil {
				return err
			}
		}
		b, off = b[n:], off+int64(n)
	}
	return nil
}

// looks sets owner, mode, attributes and times of what is no file or directory.
func (w *Writer) looks(fd int, leaf, path string, e *archive.Entry) error {
	if w.o.KeepOwners {
		if err := unix.Fchownat(fd, leaf, int(e.UID), int(e.GID), unix.AT_SYMLINK_NOFOLLOW); err != nil {
			return w.chownError(path, e, err)
		}
	}
	if e.Type != archive.Symlink {
		// Without AT_SYMLINK_NOFOLLOW, which takes Linux 6.6: the name is what was
		// just made, in a directory where nobody else writes.
		if err := unix.Fchmodat(fd, leaf, e.Mode&0o7777, 0); err != nil {
			return err
		}
	}
	for k, v := range e.Xattrs {
		p := fmt.Sprintf("/proc/self/fd/%d/%s", fd, leaf)
		if err := w.xattr(path, k, func() error { return unix.Lsetxattr(p, k, []byte(v), 0) }); err != nil {
			return err
		}
	}
	return w.times(fd, leaf, e)
}

func (w *Writer) chownError(path string, e *archive.Entry, err error) error {
	if errors.Is(err, unix.EINVAL) {
		return fmt.Errorf("%q: owner %d:%d is not mapped in this user namespace (/etc/subuid and /etc/subgid have too few IDs, or leave owners away)", path, e.UID, e.GID)
	}
	return &os.PathError{Op: "chown", Path: path, Err: err}
}

func (w *Writer) times(fd int, leaf string, e *archive.Entry) error {
	t, err := unix.TimeToTimespec(e.ModTime)
	if err != nil {
		return err
	}
	return unix.UtimesNanoAt(fd, leaf, []unix.Timespec{t, t}, unix.AT_SYMLINK_NOFOLLOW)
}

// xattr sets one attribute by set, or warns when that is not possible here.
func (w *Writer) xattr(path, name string, set func() error) error {
	if strings.HasPrefix(name, "trusted.overlay.") || strings.HasPrefix(name, "user.overlay.") {
		w.warn("overlay", "attributes such as %s of %s are left out: they would direct an overlay file system", name, path)
		return nil
	}
	switch err := set(); err {
	case nil:
		return nil
	case unix.ENOTSUP, unix.EPERM, unix.EACCES:
		space, _, _ := strings.Cut(name, ".")
		w.warn("xattr "+space, "attributes such as %s of %s cannot be kept: %v", name, path, err)
		return nil
	default:
		return fmt.Errorf("%q: set attribute %q: %w", path, name, err)
	}
}

// Finish sets the looks of the directories, the innermost first. The writer can
// only be closed after it.
func (w *Writer) Finish() error {
	w.forget()
	paths := make([]string, 0, len(w.dirs))
	for p := range w.dirs {
		paths = append(paths, p)
	}
	sort.Slice(paths, func(i, j int) bool { return paths[i] > paths[j] })
	for _, p := range paths {
		if err := w.finish(p, w.dirs[p]); err != nil {
			return &os.PathError{Op: "set owner, mode or time of directory", Path: filepath.Join("/", p), Err: err}
		}
	}
	return nil
}

func (w *Writer) finish(path string, e *archive.Entry) error {
	d, err := w.open(path)
	if err == unix.ENOENT || err == unix.ENOTDIR {
		return nil // a later layer removed it under another name
	}
	if err != nil {
		return err
	}
	defer unix.Close(d)
	// The O_PATH descriptor takes no fchmod or fsetxattr. As root a directory
	// without rights opens as well, and nobody else has made one here yet.
	f, err := unix.Openat(d, ".", unix.O_RDONLY|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(f)
	if w.o.KeepOwners {
		if err := unix.Fchown(f, int(e.UID), int(e.GID)); err != nil {
			return w.chownError(path, e, err)
		}
	}
	for k, v := range e.Xattrs {
		if err := w.xattr(path, k, func() error { return unix.Fsetxattr(f, k, []byte(v), 0) }); err != nil {
			return err
		}
	}
	t, err := unix.TimeToTimespec(e.ModTime)
	if err != nil {
		return err
	}
	// Before the mode, which may take away the right to search.
	if err := unix.UtimesNanoAt(f, ".", []unix.Timespec{t, t}, 0); err != nil {
		return err
	}
	return unix.Fchmod(f, e.Mode&0o7777)
}
