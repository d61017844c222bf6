package syscalls

import (
	"sync"
	"sync/atomic"
)

// A file on /proc that is made for the guest (shown) is a memory file with the content of
// its opening. Linux makes the content anew whenever such a file is read from its start, and
// programs that watch a process keep it open for that. So what a memory file stands for is
// remembered by its device and inode, which duplicates of the descriptor and a fork's child
// have as well; who seeks to 0, or reads at offset 0, has the content made again. After an
// exec it is not.
var made struct {
	any  atomic.Bool
	mu   sync.Mutex
	list [64]madeFile // the last ones
	next int
}

type madeFile struct {
	dev, ino uint64
	path     string
}

// inode gives the device and inode of a descriptor.
func (c *Ctx) inode(fd uint64) (dev, ino uint64, ok bool) {
	b := c.alloc(144) // struct stat
	if b == nil || raw(hostFstat, fd, addrOf(b)) != 0 {
		return 0, 0, false
	}
	return le64(b), le64(b[8:]), true
}

// madeFrom gives the path of the file that a memory file stands for, or "".
func madeFrom(dev, ino uint64) (path string) {
	made.mu.Lock() // not held over calls: a vfork's child may end in one
	defer made.mu.Unlock()
	for i := range made.list {
		if f := &made.list[i]; f.dev == dev && f.ino == ino {
			path = f.path
		}
	}
	return path
}

// madeLink gives the path that a link on /proc to an open file is to show, if the n bytes at
// addr name a memory file there that stands for another.
func (c *Ctx) madeLink(dirfd, path, addr, n uint64) (string, bool) {
	const memory = "/memfd:"
	var head [len(memory)]byte
	if !made.any.Load() || int64(n) < int64(len(head)) || !CopyIn(head[:], addr) || string(head[:]) != memory {
		return "", false
	}
	b := c.alloc(144)
	if b == nil || raw(hostNewfstatat, dirfd, path, addrOf(b), 0) != 0 {
		return "", false
	}
	from := madeFrom(le64(b), le64(b[8:]))
	return from, from != ""
}

// remember notes that memory file fd stands for the file at path.
func (c *Ctx) remember(fd uint64, path string) {
	dev, ino, ok := c.inode(fd)
	if !ok {
		return
	}
	made.mu.Lock()
	made.list[made.next] = madeFile{dev, ino, path}
	made.next = (made.next + 1) % len(made.list)
	made.mu.Unlock()
	made.any.Store(true)
}

// remake makes the content of fd again, if it is a file that has been made.
func (c *Ctx) remake(fd uint64) {
	if !made.any.Load() {
		return
	}
	mark := c.used
	defer func() { c.used = mark }()
	dev, ino, ok := c.inode(fd)
	if !ok {
		return
	}
	path := madeFrom(dev, ino)
	if path == "" {
		return
	}
	var data []byte
	src := raw(hostOpenat, atFDCWD, c.cstr(path), oCloexec)
	if _, bad := Failed(src); !bad {
		if _, data, ok = c.FS.ProcFile(src); !ok { // as a zombie's
			data = c.content(src)
		}
		raw(hostClose, src)
	} else if !c.exists(c.cstr("/proc/self/stat")) {
		return // not the process is gone, but /proc, by a chroot
	}
	const rdwr = 2
	if w := c.reopen(fd, rdwr|oCloexec); OK(w) {
		fill(w, data)
		raw(hostFtruncate, w, uint64(len(data)))
		raw(hostClose, w)
	}
}

// standsFor gives the address of the path of the file that descriptor fd stands for, 0 if it is
// as any other.
func (c *Ctx) standsFor(fd uint64) uint64 {
	if !made.any.Load() {
		return 0
	}
	if dev, ino, ok := c.inode(fd); ok {
		if path := madeFrom(dev, ino); path != "" {
			return c.cstr(path)
		}
	}
	return 0
}

// itself is standsFor for a call that takes a path below dirfd, if that with the flags is
// dirfd's own file.
func (c *Ctx) itself(dirfd, path, flags uint64) uint64 {
	var b [1]byte
	if flags&atEmptyPath == 0 || !made.any.Load() || path != 0 && (!CopyIn(b[:], path) || b[0] != 0) {
		return 0
	}
	return c.standsFor(dirfd)
}

// content reads a file from its start.
func (c *Ctx) content(fd uint64) (data []byte) {
	b := c.alloc(4096)
	for b != nil {
		n := raw(hostPread64, fd, addrOf(b), uint64(len(b)), uint64(len(data)))
		if _, bad := Failed(n); bad || n == 0 {
			break
		}
		data = append(data, b[:n]...)
	}
	return data
}
