package store

import (
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"syscall"

	"armature/tcg/hostfile"
)

// Dir is a directory that may hold snapshots.
type Dir struct {
	Path string // absolute
	Make bool   // make it when something is to be saved, in its parent if that is there
}

// Store is a list of directories. Snapshots are taken from the first that has one,
// and put into the first that belongs to the effective user.
type Store struct {
	Dirs     []Dir
	ReadOnly bool
}

// Limit is how many bytes a directory may hold before the oldest files are removed.
var Limit int64 = 1 << 30

var errUntrusted = errors.New("others can write it")

// euid is asked for each time, as the guest may change it.
func euid() uint32 {
	r, _, _ := syscall.RawSyscall(syscall.SYS_GETEUID, 0, 0, 0)
	return uint32(r)
}

// trusted checks an open file or directory.
func trusted(fd int, kind uint32, st *syscall.Stat_t) error {
	if err := syscall.Fstat(fd, st); err != nil {
		return err
	}
	if st.Mode&syscall.S_IFMT != kind || st.Mode&0o022 != 0 || st.Uid != 0 && st.Uid != euid() {
		return errUntrusted
	}
	return nil
}

func open(dir int, name string, flags int, perm uint32) (int, error) {
	for {
		fd, err := syscall.Openat(dir, name, flags|syscall.O_CLOEXEC|syscall.O_NOFOLLOW, perm)
		if err != syscall.EINTR {
			return fd, err
		}
	}
}

const atFDCWD = -100

// oPath is O_PATH.
const oPath = 0x200000

// openDir opens a directory of the store.
func openDir(path string) (fd int, st syscall.Stat_t, err error) {
	fd, err = open(atFDCWD, path, oPath|syscall.O_DIRECTORY, 0)
	if err != nil {
		return -1, st, err
	}
	if err = trusted(fd, syscall.S_IFDIR, &st); err != nil {
		syscall.Close(fd)
		return -1, st, fmt.Errorf("%s: %w", path, err)
	}
	return fd, st, nil
}

// File is an open snapshot.
type File struct {
	FD   int
	Stat syscall.Stat_t
}

// Close closes it.
func (f *File) Close() { syscall.Close(f.FD) }

// ReadAt is io.ReaderAt's.
func (f *File) ReadAt(b []byte, off int64) (int, error) { return hostfile.File(f.FD).ReadAt(b, off) }

func openIn(dir int, name string) (*File, error) {
	f := new(File)
	var err error
	if f.FD, err = open(dir, name, syscall.O_RDONLY|syscall.O_NONBLOCK, 0); err != nil {
		return nil, err
	}
	if err := trusted(f.FD, syscall.S_IFREG, &f.Stat); err != nil {
		f.Close()
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return f, nil
}

// Open opens the snapshot of the given name.
func (s *Store) Open(name string) (*File, error) {
	err := error(syscall.ENOENT)
	for _, d := range s.Dirs {
		var dir int
		if dir, _, err = openDir(d.Path); err != nil {
			continue
		}
		var f *File
		f, err = openIn(dir, name)
		syscall.Close(dir)
		if err == nil {
			return f, nil
		}
	}
	return nil, err
}

// Touch gives f the present time, if it belongs to the effective user.
func (f *File) Touch() {
	if f.Stat.Uid == euid() {
		syscall.Syscall6(syscall.SYS_UTIMENSAT, uintptr(f.FD), 0, 0, 0, 0, 0)
	}
}

// home opens the directory that snapshots are saved in.
func (s *Store) home() (int, error) {
	err := error(syscall.ENOENT)
	if s.ReadOnly {
		return -1, syscall.EROFS
	}
	for _, d := range s.Dirs {
		var fd int
		var st syscall.Stat_t
		fd, st, err = openDir(d.Path)
		if err == syscall.ENOENT && d.Make && makeDir(d.Path) == nil {
			fd, st, err = openDir(d.Path)
		}
		if err != nil {
			continue
		}
		if st.Uid == euid() {
			return fd, nil
		}
		syscall.Close(fd)
		err = syscall.EACCES
	}
	return -1, err
}

// makeDir makes a directory in one that is there and the user's own.
func makeDir(path string) error {
	parent := path[:max(strings.LastIndexByte(path, '/'), 1)]
	var st syscall.Stat_t
	if err := syscall.Stat(parent, &st); err != nil {
		return err
	}
	if st.Uid != euid() {
		return syscall.EACCES
	}
	return syscall.Mkdir(path, 0o700)
}

// tmpPrefix begins the names of files that are being written.
const tmpPrefix = "tmp."

// Replace saves a snapshot under the given name. worth is called with the one that
// is there now, nil if there is none, and tells whether to go on; write writes the
// new one and gives its size in bytes, of at most most.
func (s *Store) Replace(name string, most int64, worth func(old *File) bool, write func(w io.WriterAt) (int64, error)) error {
	// Beyond its limit for files a process is killed.
	var lim syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_FSIZE, &lim); err != nil || lim.Cur < uint64(most) {
		return syscall.EFBIG
	}
	dir, err := s.home()
	if err != nil {
		return err
	}
	defer syscall.Close(dir)
	old, err := openIn(dir, name)
	ok := worth(old)
	if err == nil {
		old.Close()
	}
	if !ok {
		return nil
	}
	pid, _, _ := syscall.RawSyscall(syscall.SYS_GETPID, 0, 0, 0)
	tmp := tmpPrefix + strconv.Itoa(int(pid))
	fd, err := open(dir, tmp, syscall.O_WRONLY|syscall.O_CREAT|syscall.O_EXCL, 0o644)
	if err == syscall.EEXIST { // left behind by a process that was killed
		syscall.Unlinkat(dir, tmp)
		fd, err = open(dir, tmp, syscall.O_WRONLY|syscall.O_CREAT|syscall.O_EXCL, 0o644)
	}
	if err != nil {
		return err
	}
	if fd, err = out(fd); err != nil {
		syscall.Unlinkat(dir, tmp)
		return err
	}
	size, err := write(writer(fd))
	if err == nil {
		err = syscall.Ftruncate(fd, size)
	}
	if err == nil {
		err = syscall.Fchmod(fd, 0o644) // the guest's umask is not for this
	}
	syscall.Close(fd)
	if err == nil {
		err = syscall.Renameat(dir, tmp, dir, name)
	}
	if err != nil {
		syscall.Unlinkat(dir, tmp)
		return err
	}
	if pid%pruneEvery == 0 {
		prune(dir)
	}
	return nil
}

// out moves descriptor fd out of the guest's way: one of its threads may be writing
// to the number, which it knows as that of a file that it has closed.
func out(fd int) (int, error) {
	const dupfdCloexec, first = 1030, 900
	n, _, e := syscall.Syscall(syscall.SYS_FCNTL, uintptr(fd), dupfdCloexec, first)
	syscall.Close(fd)
	if e != 0 {
		return -1, e
	}
	return int(n), nil
}

// writer is a file that is being written.
type writer int

// WriteAt is io.WriterAt's.
func (w writer) WriteAt(b []byte, off int64) (int, error) {
	n := 0
	for n < len(b) {
		k, err := syscall.Pwrite(int(w), b[n:], off+int64(n))
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return n, err
		}
		n += k
	}
	return n, nil
}
