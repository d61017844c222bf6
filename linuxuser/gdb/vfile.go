package gdb

import (
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"strings"
	"syscall"
)

// vFile: gdb reads the program, its libraries and /proc as the guest has them.

const maxFiles = 64

// openFile is a file that gdb has open: on the host, or one of /proc that is made here.
type openFile struct {
	fd   int // -1: data
	data []byte
}

// fileErrors are the protocol's numbers, which are not all Linux's.
var fileErrors = map[syscall.Errno]int{
	syscall.EPERM: 1, syscall.ENOENT: 2, syscall.EINTR: 4, syscall.EIO: 5, syscall.EBADF: 9, syscall.EACCES: 13, syscall.EFAULT: 14,
	syscall.EBUSY: 16, syscall.EEXIST: 17, syscall.ENODEV: 19, syscall.ENOTDIR: 20, syscall.EISDIR: 21, syscall.EINVAL: 22,
	syscall.ENFILE: 23, syscall.EMFILE: 24, syscall.EFBIG: 27, syscall.ENOSPC: 28, syscall.ESPIPE: 29, syscall.EROFS: 30,
	syscall.ENOSYS: 88, syscall.ENAMETOOLONG: 91,
}

func fileError(err error) []byte {
	const other = 9999
	n := other
	if e, is := err.(syscall.Errno); is && fileErrors[e] != 0 {
		n = fileErrors[e]
	}
	return fmt.Appendf(nil, "F-1,%x", n)
}

// attachment is a result with data behind it, of which it sends what fits.
func attachment(data []byte) []byte {
	const head = 16
	body, n := escape(nil, data, packetSize-head)
	return append(fmt.Appendf(nil, "F%x;", n), body...)
}

// file handles a vFile packet, past its prefix.
func (s *Server) file(text string) []byte {
	op, arg, _ := strings.Cut(text, ":")
	args := strings.Split(arg, ",")
	var num [3]uint64
	switch op {
	case "setfs", "close", "pread", "fstat":
		for i := range min(len(args), len(num)) {
			var valid bool
			if num[i], valid = number(args[i]); !valid {
				return fileError(syscall.EINVAL)
			}
		}
	}
	path := func() (string, bool) {
		b, err := hex.DecodeString(args[0])
		return string(b), err == nil && len(b) > 0
	}
	switch {
	case op == "setfs" && len(args) == 1:
		return []byte("F0") // there is one view: the guest's
	case op == "open" && len(args) == 3:
		name, valid := path()
		flags, valid2 := number(args[1])
		if !valid || !valid2 {
			return fileError(syscall.EINVAL)
		}
		return s.openFile(name, flags)
	case op == "close" && len(args) == 1:
		if num[0] >= maxFiles || s.files[num[0]] == nil {
			return fileError(syscall.EBADF)
		}
		s.closeFile(int(num[0]))
		return []byte("F0")
	case op == "pread" && len(args) == 3:
		return s.pread(num[0], num[1], num[2])
	case op == "fstat" && len(args) == 1:
		return s.fstat(num[0])
	case op == "readlink" && len(args) == 1:
		name, valid := path()
		if !valid {
			return fileError(syscall.EINVAL)
		}
		if s.ownExe(name) {
			return attachment([]byte(s.p.Exe()))
		}
		b := make([]byte, 4096)
		n, err := syscall.Readlink(s.p.Path(name), b)
		if err != nil {
			return fileError(err)
		}
		return attachment(b[:n])
	}
	return nil
}

// ownExe tells whether a path is that of the process's link to its program.
func (s *Server) ownExe(path string) bool {
	return path == "/proc/self/exe" || path == fmt.Sprintf("/proc/%d/exe", s.p.PID())
}

// openFile opens a file for reading: a debugger has no need to write.
func (s *Server) openFile(path string, flags uint64) []byte {
	const accessMode = 3
	if flags&accessMode != 0 {
		return fileError(syscall.EROFS)
	}
	slot := -1
	for i, f := range s.files {
		if f == nil {
			slot = i
			break
		}
	}
	if slot < 0 {
		return fileError(syscall.EMFILE)
	}
	host := s.p.Path(path)
	if s.ownExe(path) {
		host = s.p.Exe()
	}
	// A FIFO or a terminal does not make the server wait.
	fd, err := syscall.Open(host, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK|syscall.O_NOCTTY, 0)
	if err != nil {
		return fileError(err)
	}
	f := &openFile{fd: fd}
	if strings.HasPrefix(path, "/proc/") {
		if data, made := s.p.Proc(fd); made {
			syscall.Close(fd)
			f.fd, f.data = -1, data
		}
	}
	s.files[slot] = f
	return fmt.Appendf(nil, "F%x", slot)
}

func (s *Server) closeFile(i int) {
	if f := s.files[i]; f != nil && f.fd >= 0 {
		syscall.Close(f.fd)
	}
	s.files[i] = nil
}

// opened gives an open file.
func (s *Server) opened(n uint64) *openFile {
	if n >= maxFiles {
		return nil
	}
	return s.files[n]
}

func (s *Server) pread(n, count, off uint64) []byte {
	f := s.opened(n)
	if f == nil {
		return fileError(syscall.EBADF)
	}
	if off > 1<<62 {
		return fileError(syscall.EINVAL)
	}
	if f.fd < 0 {
		off = min(off, uint64(len(f.data)))
		return attachment(f.data[off:min(off+min(count, packetSize), uint64(len(f.data)))])
	}
	b := make([]byte, min(count, packetSize))
	got, err := syscall.Pread(f.fd, b, int64(off))
	if err != nil {
		return fileError(err)
	}
	return attachment(b[:got])
}

// fstat tells of a file in the protocol's own form, which is big-endian.
func (s *Server) fstat(n uint64) []byte {
	f := s.opened(n)
	if f == nil {
		return fileError(syscall.EBADF)
	}
	st := syscall.Stat_t{Mode: syscall.S_IFREG | 0o444, Nlink: 1, Size: int64(len(f.data)), Blksize: 4096}
	if f.fd >= 0 {
		if err := syscall.Fstat(f.fd, &st); err != nil {
			return fileError(err)
		}
	}
	var b []byte
	be := binary.BigEndian
	for _, v := range []uint64{st.Dev, st.Ino, uint64(st.Mode), st.Nlink, uint64(st.Uid), uint64(st.Gid), st.Rdev} {
		b = be.AppendUint32(b, uint32(v))
	}
	for _, v := range []int64{st.Size, st.Blksize, st.Blocks} {
		b = be.AppendUint64(b, uint64(v))
	}
	for _, v := range []int64{st.Atim.Sec, st.Mtim.Sec, st.Ctim.Sec} {
		b = be.AppendUint32(b, uint32(v))
	}
	return attachment(b)
}
