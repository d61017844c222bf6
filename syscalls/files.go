package syscalls

import (
	"math"
	"strings"

	"armature/syscalls/host"
)

// The four open flags whose bits differ.
const (
	armDirectory = 0o40000
	armNofollow  = 0o100000
	armDirect    = 0o200000
	armLargefile = 0o400000

	hostDirect    = 0o40000
	hostLargefile = 0o100000
	hostDirectory = 0o200000
	hostNofollow  = 0o400000

	allFour = 0o740000

	oCreat   = 0o100
	oExcl    = 0o200
	oCloexec = 0o2000000
	oAccmode = 3
)

// openToHost turns arm64's open flags into x86-64's.
func openToHost(f uint64) uint64 {
	return f&^allFour | f&armDirectory<<2 | f&armNofollow<<2 | f&armDirect>>2 | f&armLargefile>>2
}

// openToGuest is the inverse.
func openToGuest(f uint64) uint64 {
	return f&^allFour | f&hostDirectory>>2 | f&hostNofollow>>2 | f&hostDirect<<2 | f&hostLargefile<<2
}

func sysOpenat(c *Ctx, a *[6]uint64) uint64 {
	return c.open(a, func(path uint64) uint64 {
		b := [6]uint64{a[0], path, openToHost(a[2]), a[3]}
		return c.Block(hostOpenat, &b)
	}, a[2], a[2]&armNofollow == 0)
}

// sized copies the structure at addr of the given size, at least min bytes, as calls take that may
// grow, and gives the copy with its address. If it is nil the kernel refuses the address that
// comes with it and the size.
func (c *Ctx) sized(addr, size, min uint64) ([]byte, uint64) {
	const pageSize = 4096
	if size < min || size > pageSize {
		return nil, Reach(addr)
	}
	b := c.alloc(int(size))
	if b == nil || !CopyIn(b, addr) {
		return nil, nobodys
	}
	return b, addrOf(b)
}

func sysOpenat2(c *Ctx, a *[6]uint64) uint64 {
	how, e := c.sized(a[2], a[3], 24)
	if how == nil { // the kernel says why
		return raw(hostOpenat2, a[0], Reach(a[1]), e, a[3])
	}
	const noMagiclinks, noSymlinks = 2, 4
	flags, resolve := le64(how), le64(how[16:])
	put64(how, openToHost(flags))
	return c.open(a, func(path uint64) uint64 {
		b := [6]uint64{a[0], path, addrOf(how), a[3]}
		return c.Block(hostOpenat2, &b)
	}, flags, flags&armNofollow == 0 && resolve&(noMagiclinks|noSymlinks) == 0)
}

// open opens the path a[1] by do. Of some files of /proc the guest sees another content, and
// the link to a process's program leads elsewhere if follow says that it is followed at all.
func (c *Ctx) open(a *[6]uint64, do func(path uint64) uint64, flags uint64, follow bool) uint64 {
	if !OK(a[1]) {
		return do(Reach(a[1])) // which fails
	}
	path := c.path(a[1], true, follow)
	switch t := pathTail(a[1]); {
	case t.is("mem") && flags&oAccmode != 0 && c.FS.MemoryOpened != nil:
		c.FS.MemoryOpened()
	case follow && t.is("exe") && path == a[1]:
		if exe, ok := c.exeAt(a[0], path); ok {
			path = c.cstr(exe)
		}
	}
	r := do(path)
	if r > math.MaxInt32 {
		return r
	}
	return c.shown(r, a[1], flags)
}

func sysPipe2(c *Ctx, a *[6]uint64) uint64 {
	return raw(hostPipe2, Reach(a[0]), openToHost(a[1]))
}

func sysOpenByHandleAt(c *Ctx, a *[6]uint64) uint64 {
	b := [6]uint64{a[0], Reach(a[1]), openToHost(a[2])}
	return c.Block(hostOpenByHandle, &b)
}

func sysMqOpen(c *Ctx, a *[6]uint64) uint64 {
	return raw(hostMqOpen, Reach(a[0]), openToHost(a[1]), a[2], Reach(a[3]))
}

func sysFanotifyInit(c *Ctx, a *[6]uint64) uint64 {
	return raw(hostFanotifyInit, a[0], openToHost(a[1]))
}

// Commands of fcntl that differ, or take an address.
const (
	fGetfl = 3
	fSetfl = 4
)

// fcntlPointer tells whether the argument of a command is an address.
func fcntlPointer(cmd uint64) bool {
	switch cmd {
	case 5, 6, 7, // GETLK, SETLK, SETLKW
		15, 16, 17, // SETOWN_EX, GETOWN_EX, GETOWNER_UIDS
		36, 37, 38, // OFD_GETLK, OFD_SETLK, OFD_SETLKW
		1035, 1036, 1037, 1038, 1039, 1040: // RW_HINT
		return true
	}
	return false
}

func sysFcntl(c *Ctx, a *[6]uint64) uint64 {
	b := *a
	cmd := a[1] & 0xffffffff
	switch {
	case cmd == fGetfl:
		r := raw(hostFcntl, a[0], fGetfl)
		if _, bad := Failed(r); bad {
			return r
		}
		return openToGuest(r)
	case cmd == fSetfl:
		return raw(hostFcntl, a[0], fSetfl, openToHost(a[2]))
	case fcntlPointer(cmd):
		b[2] = Reach(c.ptr(a[2]))
	}
	return c.Block(hostFcntl, &b)
}

// hostStat is x86-64's struct stat.
type hostStat struct {
	dev, ino, nlink      uint64
	mode, uid, gid, _    uint32
	rdev                 uint64
	size, blksize, block int64
	times                [6]uint64 // atime, mtime, ctime with nanoseconds
	_                    [3]int64
}

// armStat is arm64's.
type armStat struct {
	dev, ino              uint64
	mode, nlink, uid, gid uint32
	rdev, _               uint64
	size                  int64
	blksize, _            int32
	blocks                int64
	times                 [6]uint64
	_                     [2]uint32
}

// stat converts the host's struct stat at h to the guest's at addr.
func putStat(h *hostStat, addr uint64) uint64 {
	g := armStat{
		dev: h.dev, ino: h.ino, mode: h.mode, nlink: uint32(h.nlink), uid: h.uid, gid: h.gid, rdev: h.rdev,
		size: h.size, blksize: int32(h.blksize), blocks: h.block, times: h.times,
	}
	if !Out(addr, &g) {
		return EFAULT.Ret()
	}
	return 0
}

func sysFstat(c *Ctx, a *[6]uint64) uint64 {
	b := c.alloc(144)
	if r := raw(hostFstat, a[0], addrOf(b)); r != 0 {
		return r
	}
	if p := c.standsFor(a[0]); p != 0 {
		raw(hostNewfstatat, atFDCWD, p, addrOf(b), 0)
	}
	return putStat((*hostStat)(host.Pointer(uintptr(addrOf(b)))), a[1])
}

func sysNewfstatat(c *Ctx, a *[6]uint64) uint64 {
	b := c.alloc(144)
	if r := raw(hostNewfstatat, a[0], c.statPath(Reach(a[1]), a[3]), addrOf(b), a[3]); r != 0 {
		return r
	}
	if p := c.itself(a[0], a[1], a[3]); p != 0 {
		raw(hostNewfstatat, atFDCWD, p, addrOf(b), 0)
	}
	return putStat((*hostStat)(host.Pointer(uintptr(addrOf(b)))), a[2])
}

// statPath is Path, but /proc/self/exe is not followed where the call does not.
func (c *Ctx) statPath(addr, flags uint64) uint64 {
	if flags&atSymlinkNofollow != 0 {
		if s, ok := c.procPath(addr); ok {
			if c.ownFD(s) {
				return c.cstr(noFD)
			}
			return addr
		}
	}
	return c.Path(addr, true)
}

func sysStatx(c *Ctx, a *[6]uint64) uint64 {
	r := raw(hostStatx, a[0], c.statPath(Reach(a[1]), a[2]), a[2], a[3], Reach(a[4]))
	if r == 0 {
		if p := c.itself(a[0], a[1], a[2]); p != 0 {
			raw(hostStatx, atFDCWD, p, a[2]&^atEmptyPath, a[3], a[4])
		}
	}
	return r
}

func sysFstatfs(c *Ctx, a *[6]uint64) uint64 {
	r := raw(hostFstatfs, a[0], Reach(a[1]))
	if r == 0 {
		if p := c.standsFor(a[0]); p != 0 {
			raw(hostStatfs, p, a[1])
		}
	}
	return r
}

func sysReadlinkat(c *Ctx, a *[6]uint64) uint64 {
	if !OK(a[1]) || !OK(a[2]) {
		return raw(hostReadlinkat, a[0], Reach(a[1]), Reach(a[2]), a[3])
	}
	exe, ok := c.exeAt(a[0], a[1])
	if !ok && pathTail(a[1]).n == 0 { // the link that the descriptor is of
		if link, isLink := c.readlink(fdLink(a[0])); isLink {
			exe, ok = c.Program(link)
		}
	}
	if ok && strings.HasPrefix(exe, fdLinks) {
		return raw(hostReadlinkat, atFDCWD, c.cstr(exe), a[2], a[3])
	}
	if ok {
		return linkText(exe, a)
	}
	path := a[1]
	if _, ok := c.procPath(path); !ok {
		path = c.Path(path, true)
	}
	r := raw(hostReadlinkat, a[0], path, a[2], a[3])
	if from, ok := c.madeLink(a[0], path, a[2], r); ok {
		return linkText(from, a)
	}
	return r
}

// linkText is readlinkat's answer s.
func linkText(s string, a *[6]uint64) uint64 {
	if int32(a[3]) <= 0 {
		return EINVAL.Ret()
	}
	n := min(len(s), int(int32(a[3])))
	if !CopyOut(a[2], []byte(s[:n])) {
		return EFAULT.Ret()
	}
	return uint64(n)
}

// xattrArgs is struct xattr_args: value, size, flags.
func (c *Ctx) xattrat(nr uintptr, a *[6]uint64) uint64 {
	args, at := c.sized(a[4], a[5], 16)
	if args != nil {
		put64(args, Reach(c.ptr(le64(args))))
	}
	path := c.path(Reach(a[1]), false, a[2]&atSymlinkNofollow == 0)
	return raw(nr, a[0], path, a[2], Reach(a[3]), at, a[5])
}

func sysSetxattrat(c *Ctx, a *[6]uint64) uint64 { return c.xattrat(hostSetxattrat, a) }
func sysGetxattrat(c *Ctx, a *[6]uint64) uint64 { return c.xattrat(hostGetxattrat, a) }

// sysChroot: in the new root, the sysroot has no meaning any more.
func sysChroot(c *Ctx, a *[6]uint64) uint64 {
	r := raw(hostChroot, c.Path(Reach(a[0]), false))
	if r == 0 {
		c.FS.Sysroot = ""
	}
	return r
}
