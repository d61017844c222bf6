package syscalls

import (
	"math/bits"
	"syscall"
	"unsafe"

	"armature/syscalls/host"
	"armature/tcg/fault"
)

// GuestTop is the end of the guest's addresses. The emulator is linked at 0x7e0000000000,
// with the arena of translated code below that, and all else that is its own above.
// 256 MiB behind GuestTop are nobody's, so that no transfer that starts in the guest's
// memory reaches the emulator's.
const GuestTop = host.GuestTop

// OK tells whether the host kernel may be given p as a pointer of the guest.
//
//go:nosplit
func OK(p uint64) bool { return p < GuestTop }

// nobodys is an address where nothing is ever mapped, in the part behind GuestTop.
const nobodys = GuestTop + 1<<16

// inPage is the part of an address that its alignment is told by.
const inPage = 1<<12 - 1

// Reach gives what the host's kernel gets in the place of the guest's pointer p: one that
// the guest cannot have is a bad address to it as well. So the kernel itself finds the
// error, in its turn among others, and only if the call uses the pointer.
//
//go:nosplit
func Reach(p uint64) uint64 {
	switch {
	case OK(p):
		return p
	case p < 1<<48: // on arm64, an address of the process's half
		return nobodys | p&inPage
	}
	return 1<<63 | p&inPage
}

// Reserved tells whether [lo, hi) meets addresses that are the emulator's, or wraps.
func Reserved(lo, hi uint64) bool {
	return hi > GuestTop || hi < lo
}

// Untag clears the top byte of an address of the guest's half of the address space.
func Untag(p uint64) uint64 {
	if p>>55&1 == 0 {
		p &= 1<<56 - 1
	}
	return p
}

// ptr is a pointer that the guest has put into a structure.
func (c *Ctx) ptr(p uint64) uint64 {
	if c.Tagged {
		p = Untag(p)
	}
	return p
}

// UntagArgs clears the tags of the pointers among the arguments of r.
func (r *Row) UntagArgs(a *[6]uint64) {
	for m := r.ptr; m != 0; m &= m - 1 {
		i := bits.TrailingZeros8(m)
		a[i] = Untag(a[i])
	}
}

// FS is the guest's view of the file system, shared by its threads.
type FS struct {
	// Sysroot is tried first for absolute paths; "" for none. No slash at the end.
	Sysroot string
	// Exe is the absolute path of the guest program when it was started.
	Exe string
	// ExeFD gives the emulator's own descriptor of it, as its name may go, or become another file's; nil: there is none.
	ExeFD func() uintptr
	// Release is that of the kernel, as uname tells it; "" for the host's.
	Release string

	// ProcFile makes the content that the guest is to see of an open file on a proc
	// file system, and gives its name; false for the host's. ProcHides gives what
	// tells the names in an open folder there that the guest is not to see; nil if
	// there are none. ExeOf gives the program of another process, whose number is
	// pid, if that is a guest too. Each may be nil.
	ProcFile  func(fd uint64) (name string, data []byte, ok bool)
	ProcHides func(fd uint64) func(name string) bool
	ExeOf     func(pid string) (string, bool)

	// GrowStack is told the new limit of the stack, in bytes.
	GrowStack func(limit uint64)
	// Waits is called once, when an access to the guest's memory may begin to wait for
	// another guest thread. May be nil.
	Waits func()
	// MemoryOpened is told when a process's memory is opened as a file, for
	// writing: that can change what is mapped as not writable. May be nil.
	MemoryOpened func()
}

// Ctx is what a guest thread brings to a system call.
type Ctx struct {
	FS   *FS
	Slot *host.Slot

	// Mask is the guest's signal mask. While Restore is set a call has replaced it
	// for its duration, Saved was the mask before, and a signal is about to be
	// delivered: its frame gets Saved.
	Mask, Saved host.Sigset
	Restore     bool
	Soon        bool // a signal that is not in Slot ended the call

	Vforked bool // the process shares the memory of its parent

	// Tagged: calls take pointers with a tag in their top byte
	// (PR_TAGGED_ADDR_ENABLE); otherwise such a pointer is a bad address.
	Tagged bool

	scratch []byte // off the Go heap: what the host kernel reads in the guest's place
	used    int
}

const scratchSize = 256 << 10

// Init prepares c. slot is its thread's.
func (c *Ctx) Init(fs *FS, slot *host.Slot) {
	c.FS, c.Slot = fs, slot
}

// clockMem is the address of host.ClockStack bytes, 0 if there are none.
func (c *Ctx) clockMem() uintptr {
	if c.scratch == nil && c.alloc(0) == nil {
		return 0
	}
	return uintptr(addrOf(c.scratch)) + scratchSize
}

// alloc gives n zeroed bytes, 16-aligned, that last until the end of the call;
// nil if there are not that many.
func (c *Ctx) alloc(n int) []byte {
	if c.scratch == nil {
		p := host.Map(scratchSize + host.ClockStack)
		if _, bad := Failed(uint64(p)); bad {
			return nil
		}
		c.scratch = unsafe.Slice((*byte)(host.Pointer(p)), scratchSize)
	}
	if n < 0 || n > len(c.scratch)-c.used {
		return nil
	}
	b := c.scratch[c.used : c.used+n : c.used+n]
	c.used += (n + 15) &^ 15
	clear(b)
	return b
}

// Scratch gives n zeroed bytes off the Go heap that last until the end of the
// call; nil if there are not that many.
func (c *Ctx) Scratch(n int) []byte { return c.alloc(n) }

// Reset frees what alloc gave, at the start of a call.
func (c *Ctx) Reset() { c.used = 0 }

// Free gives the scratch memory back, at the end of a thread.
func (c *Ctx) Free() { c.free() }

// free gives the scratch memory back.
func (c *Ctx) free() {
	if c.scratch != nil {
		raw(hostMunmap, addrOf(c.scratch), scratchSize+host.ClockStack)
		c.scratch = nil
	}
}

// addrOf is the address of the first byte of b.
func addrOf(b []byte) uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(b)))) }

// copyIn is fault.CopyIn, but made by the kernel where pages may be missing.
func copyIn(dst []byte, addr uint64) int {
	if host.Waits.Load() {
		if n, ok := host.Copy(dst, uintptr(addr), false); ok {
			return n
		}
	}
	return fault.CopyIn(dst, addr)
}

// copyOut is fault.CopyOut, but made by the kernel where pages may be missing.
func copyOut(addr uint64, src []byte) int {
	if host.Waits.Load() {
		if n, ok := host.Copy(src, uintptr(addr), true); ok {
			return n
		}
	}
	return fault.CopyOut(addr, src)
}

// CopyIn reads guest memory at addr into dst, all of it or it reports false.
func CopyIn(dst []byte, addr uint64) bool {
	if len(dst) == 0 {
		return true
	}
	return OK(addr) && OK(addr+uint64(len(dst))-1) && copyIn(dst, addr) == len(dst)
}

// CopyOut writes src to guest memory at addr, all of it or it reports false.
func CopyOut(addr uint64, src []byte) bool {
	if len(src) == 0 {
		return true
	}
	return OK(addr) && OK(addr+uint64(len(src))-1) && copyOut(addr, src) == len(src)
}

// bytesOf views a value without pointers as its bytes.
func bytesOf[T any](v *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(v)), unsafe.Sizeof(*v))
}

// In reads a value without pointers from guest memory.
func In[T any](v *T, addr uint64) bool { return CopyIn(bytesOf(v), addr) }

// Out writes a value without pointers to guest memory.
func Out[T any](addr uint64, v *T) bool { return CopyOut(addr, bytesOf(v)) }

// pathMax is Linux's limit on a path with its terminator.
const pathMax = 4096

// String reads a string of at most max-1 bytes with its terminator.
func String(addr uint64, max int) (string, Errno) {
	var buf [256]byte
	var out []byte
	for len(out) < max {
		n := min(len(buf)-int(addr&255), max-len(out))
		if !OK(addr) {
			return "", EFAULT
		}
		got := copyIn(buf[:n], addr)
		for i, b := range buf[:got] {
			if b == 0 {
				if out == nil {
					return string(buf[:i]), 0
				}
				return string(append(out, buf[:i]...)), 0
			}
		}
		if got < n {
			return "", EFAULT
		}
		out = append(out, buf[:got]...)
		addr += uint64(got)
	}
	return "", ENAMETOOLONG
}

// cstr puts s with a terminator where the host kernel can read it.
func (c *Ctx) cstr(s string) uint64 {
	b := c.alloc(len(s) + 1)
	if b == nil {
		return 0
	}
	copy(b, s)
	return addrOf(b)
}

// Path maps the path at addr: into the sysroot if redirect is set and the file
// exists there, and /proc/self/exe to the guest program. It gives the address of
// the path to use, which is addr itself for nearly all.
func (c *Ctx) Path(addr uint64, redirect bool) uint64 { return c.path(addr, redirect, true) }

// path is Path, and leaves links to programs as they are if follow is not set.
func (c *Ctx) path(addr uint64, redirect, follow bool) uint64 {
	var head [6]byte
	n := copyIn(head[:], addr)
	if n == 0 || head[0] != '/' {
		return addr
	}
	proc := string(head[:]) == "/proc/"
	if !proc && (!redirect || c.FS.Sysroot == "") {
		return addr
	}
	s, e := String(addr, pathMax)
	if e != 0 {
		return addr
	}
	if proc {
		if exe, ok := c.Program(s); ok && follow {
			return c.cstr(exe)
		}
		if c.ownFD(s) {
			return c.cstr(noFD)
		}
	}
	if redirect {
		if m, ok := c.inSysroot(s); ok {
			return m
		}
	}
	return addr
}

// inSysroot gives the address of the path that s has in the sysroot, if there is
// such a file.
func (c *Ctx) inSysroot(s string) (uint64, bool) {
	if c.FS.Sysroot == "" || len(s) == 0 || s[0] != '/' {
		return 0, false
	}
	mark := c.used
	p := c.cstr(c.FS.Sysroot + s)
	if !c.exists(p) {
		c.used = mark
		return 0, false
	}
	return p, true
}

// exists tells whether there is a file of the host's path at p; 0: none.
func (c *Ctx) exists(p uint64) bool {
	return p != 0 && raw(hostNewfstatat, atFDCWD, p, addrOf(c.alloc(144)), atSymlinkNofollow) == 0
}

// Redirect maps a path of the guest to the host's: into the sysroot if the file
// exists there.
func (fs *FS) Redirect(s string) string {
	if fs.Sysroot != "" && len(s) > 0 && s[0] == '/' {
		const hostLstat = 6
		var st syscall.Stat_t
		b := append([]byte(fs.Sysroot+s), 0)
		if host.Raw(hostLstat, host.Addr(b), uintptr(unsafe.Pointer(&st)), 0, 0, 0, 0) == 0 {
			return fs.Sysroot + s
		}
	}
	return s
}
