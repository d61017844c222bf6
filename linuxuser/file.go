package linuxuser

import (
	"io"
	"runtime"
	"strings"
	"syscall"

	"armature/syscalls/host"
	"armature/tcg/hostfile"
)

// file is an open file of the host. os.Open would make the Go runtime's poller,
// with descriptors that the guest sees and may close, and allocate.
type file int

// openFile opens a file for reading. A FIFO does not make it wait.
func openFile(path string) (file, error) {
	for {
		fd, err := syscall.Open(path, syscall.O_RDONLY|syscall.O_CLOEXEC|syscall.O_NONBLOCK, 0)
		if err != syscall.EINTR {
			return file(fd), err
		}
	}
}

// ReadAt is io.ReaderAt's.
func (f file) ReadAt(b []byte, off int64) (int, error) { return hostfile.File(f).ReadAt(b, off) }

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
	if err := syscall.Fstat(int(f), &st); err != nil {
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
func (f file) Close() error { return syscall.Close(int(f)) }

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
