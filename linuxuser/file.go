package linuxuser

import (
	"io"
	"runtime"
	"strings"
	"syscall"
	"unsafe"

	"armature/syscalls"
	"armature/syscalls/host"
)

// file is an open file of the host, in a vfork's child of its own descriptors. os.Open would make the Go runtime's poller,
// with descriptors that the guest sees and may close, and allocate.
type file int

// openFile opens a file for reading. A FIFO does not make it wait.
func openFile(path string) (file, error) {
	const hostOpenat = 257
	b := append([]byte(path), 0)
	defer runtime.KeepAlive(b)
	for {
		cwd := atFDCWD
		r := uint64(host.Raw(hostOpenat, uintptr(cwd), host.Addr(b), syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0, 0, 0))
		if e, bad := syscalls.Failed(r); !bad {
			return file(r), nil
		} else if e != syscalls.EINTR {
			return -1, syscall.Errno(e)
		}
	}
}

// ReadAt is io.ReaderAt's.
func (f file) ReadAt(b []byte, off int64) (int, error) {
	const hostPread = 17
	n := 0
	for n < len(b) {
		k := uint64(host.Raw(hostPread, uintptr(f), host.Addr(b[n:]), uintptr(len(b)-n), uintptr(off)+uintptr(n), 0, 0))
		switch e, bad := syscalls.Failed(k); {
		case e == syscalls.EINTR && bad:
			continue
		case bad:
			return n, syscall.Errno(e)
		case k == 0:
			return n, io.EOF
		}
		n += int(k)
	}
	runtime.KeepAlive(b)
	return n, nil
}

// stat is fstat.
func (f file) stat(st *syscall.Stat_t) error {
	const hostFstat = 5
	if e, bad := syscalls.Failed(uint64(host.Raw(hostFstat, uintptr(f), uintptr(unsafe.Pointer(st)), 0, 0, 0, 0))); bad {
		return syscall.Errno(e)
	}
	return nil
}

// readFile is os.ReadFile.
func readFile(path string) ([]byte, error) {
	f, err := openFile(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return f.readAll()
}

// readAll reads a file from its start to its end.
func (f file) readAll() ([]byte, error) {
	b := make([]byte, 0, 16<<10)
	for {
		n, err := f.ReadAt(b[len(b):cap(b)], int64(len(b)))
		b = b[:len(b)+n]
		if err == io.EOF {
			return b, nil
		}
		if err != nil {
			return nil, err
		}
		b = append(b, 0)[:len(b)]
	}
}

// gains tells whether a process that executes the file may gain rights: it has a
// set-ID bit or capabilities.
func (f file) gains() bool {
	var st syscall.Stat_t
	if err := f.stat(&st); err != nil {
		return false
	}
	const setgid = syscall.S_ISGID | syscall.S_IXGRP // else the bit is for locking
	if st.Mode&syscall.S_ISUID != 0 || st.Mode&setgid == setgid {
		return true
	}
	const hostFgetxattr = 193
	name := []byte("security.capability\x00")
	r := rawCall(hostFgetxattr, uint64(f), uint64(host.Addr(name)), 0, 0)
	runtime.KeepAlive(name)
	return int64(r) > 0
}

// Close closes the descriptor.
func (f file) Close() error {
	rawCall(hostClose, uint64(f))
	return nil
}

// realPath is the absolute path without symbolic links, as far as these can be
// read: what /proc/self/exe shows of a program. That of a name below /proc/self/fd
// is the path of the open file.
func realPath(path string) string {
	if !strings.HasPrefix(path, "/") {
		if wd, err := syscall.Getwd(); err == nil {
			path = wd + "/" + path
		}
	}
	const maxLinks = 40 // Linux's
	var b [4096]byte
	links, done := 0, ""
	for path != "" {
		var part string
		part, path, _ = strings.Cut(path, "/")
		switch part {
		case "", ".":
			continue
		case "..":
			done = done[:max(strings.LastIndexByte(done, '/'), 0)]
			continue
		}
		n, err := syscall.Readlink(done+"/"+part, b[:])
		if err != nil || n == 0 || links == maxLinks {
			done += "/" + part
			continue
		}
		links++
		if b[0] == '/' {
			done = ""
		}
		path = string(b[:n]) + "/" + path
	}
	if done == "" {
		return "/"
	}
	return done
}
