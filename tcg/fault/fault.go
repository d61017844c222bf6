package fault

import (
	"fmt"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"armature/tcg/state"
)

// Info tells what a failed access met, as in siginfo.
type Info struct {
	Sig  uint64 // SIGSEGV or SIGBUS; 0: no fault
	Code uint64 // si_code
	Addr uint64 // si_addr
	Err  uint64 // x86 page-fault error code; bit 1: write
}

// Operations of access. The size in log2 is added to those with one.
const (
	opLoad  = 0  // 0..4: *p = *addr
	opStore = 8  // 0..4: *addr = *p
	opCas   = 16 // 0..4: p is [3][2]uint64: old, new, and the value found
	opIn    = 24 // copy n bytes from addr to p
	opOut   = 25 // copy n bytes from p to addr
	opFetch = 26 // copy n bytes, a multiple of 4, from addr to p: all or none
)

// access does op on guest memory. It gives 0, or at a fault 1 or the number of
// bytes not copied, and fills f.
//
//go:noescape
func access(op, addr uint64, p unsafe.Pointer, n uint64, f *Info) uint64

// Doze and Wake bracket accesses to guest memory once SetWaits has been called: see there.
var (
	doze  func() uintptr
	wake  func(uintptr)
	waits atomic.Bool
)

// SetWaits says that from now on an access to guest memory may wait until another guest
// thread has provided the page (userfaultfd). To the Go scheduler an access is a system
// call then; d is called before it and gives what w gets after it. Both are called in the
// state of a system call: they are nosplit, allocate nothing, and write no heap pointers.
func SetWaits(d func() uintptr, w func(uintptr)) {
	if !waits.Load() {
		doze, wake = d, w
		waits.Store(true)
	}
}

// Waits tells whether SetWaits was called.
func Waits() bool { return waits.Load() }

// Doze is to be called before something that may touch guest memory, after entersyscall;
// Wake with its result after it, before exitsyscall.
//
//go:nosplit
func Doze() uintptr {
	if !waits.Load() {
		return 0
	}
	return doze()
}

// Wake ends what Doze began.
//
//go:nosplit
func Wake(token uintptr) {
	if token != 0 {
		wake(token)
	}
}

//go:linkname entersyscall runtime.entersyscall
func entersyscall()

//go:linkname exitsyscall runtime.exitsyscall
func exitsyscall()

// touch is access where that may wait.
func touch(op, addr uint64, p unsafe.Pointer, n uint64, f *Info) uint64 {
	if waits.Load() {
		return patient(op, addr, p, n, f)
	}
	return access(op, addr, p, n, f)
}

//go:nosplit
func patient(op, addr uint64, p unsafe.Pointer, n uint64, f *Info) uint64 {
	entersyscall()
	token := doze()
	r := access(op, addr, p, n, f)
	Wake(token)
	exitsyscall()
	return r
}

func accessAddr() uintptr
func accessFailAddr() uintptr
func handlerAddr() uintptr

// Read by the signal handler.
var (
	codeLo, codeHi, codeStub uintptr
	accessLo, accessHi       uintptr
	accessFail               uintptr
	oldSEGV, oldBUS          uintptr
)

type sigaction struct {
	handler, flags, restorer uintptr
	mask                     uint64
}

var install = sync.OnceValue(func() error {
	accessLo = accessAddr()
	accessFail = accessFailAddr()
	// The end of access is marked by bytes that cannot occur before it.
	for p := accessLo; ; p++ {
		if *(*uint64)(unsafe.Pointer(p)) == 0xcccccccccccccccc {
			accessHi = p
			break
		}
	}
	for _, s := range []struct {
		sig uintptr
		old *uintptr
	}{{11, &oldSEGV}, {7, &oldBUS}} {
		var a sigaction
		if _, _, e := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, s.sig, 0, uintptr(unsafe.Pointer(&a)), 8, 0, 0); e != 0 {
			return fmt.Errorf("reading the action of signal %d: %w", s.sig, e)
		}
		*s.old = a.handler
		a.handler = handlerAddr()
		if _, _, e := syscall.RawSyscall6(syscall.SYS_RT_SIGACTION, s.sig, uintptr(unsafe.Pointer(&a)), 0, 8, 0, 0); e != 0 {
			return fmt.Errorf("setting the action of signal %d: %w", s.sig, e)
		}
	}
	return nil
})

// Install puts the handler in place, once.
func Install() error { return install() }

// SetCode tells the handler where translated code lies and the Fault stub to
// resume at. Translated code runs with RBP = its state.CPU + state.Bias.
func SetCode(lo, hi, stub uint64) {
	codeLo, codeHi, codeStub = uintptr(lo), uintptr(hi), uintptr(stub)
}

// Load reads 1<<size bytes (size 0..4) at addr, zero extended.
func Load(addr uint64, size uint8, f *Info) (v state.V, ok bool) {
	ok = touch(opLoad+uint64(size), addr, unsafe.Pointer(&v), 0, f) == 0
	return
}

// Store writes the low 1<<size bytes (size 0..4) of v to addr.
func Store(addr uint64, size uint8, v state.V, f *Info) bool {
	return touch(opStore+uint64(size), addr, unsafe.Pointer(&v), 0, f) == 0
}

// Cas atomically replaces the 1<<size bytes at addr (naturally aligned) by new
// if they equal old, and gives what it found.
func Cas(addr uint64, size uint8, old, new state.V, f *Info) (state.V, bool) {
	p := [3]state.V{old, new}
	ok := touch(opCas+uint64(size), addr, unsafe.Pointer(&p), 0, f) == 0
	return p[2], ok
}

// CopyIn copies guest memory at addr to dst and gives the number of bytes
// copied, fewer than len(dst) if part of it cannot be read.
func CopyIn(dst []byte, addr uint64) int {
	if len(dst) == 0 {
		return 0
	}
	var f Info
	return len(dst) - int(touch(opIn, addr, unsafe.Pointer(&dst[0]), uint64(len(dst)), &f))
}

// Fetch copies guest code at addr to dst, whose length is a multiple of 4, and
// reports whether all of it could be read.
func Fetch(dst []byte, addr uint64) bool {
	var f Info
	return touch(opFetch, addr, unsafe.Pointer(unsafe.SliceData(dst)), uint64(len(dst)), &f) == 0
}

// CopyOut copies src to guest memory at addr and gives the number of bytes
// copied, fewer than len(src) if part of it cannot be written.
func CopyOut(addr uint64, src []byte) int {
	if len(src) == 0 {
		return 0
	}
	var f Info
	return len(src) - int(touch(opOut, addr, unsafe.Pointer(&src[0]), uint64(len(src)), &f))
}

// Direct is guest memory at guest base 0, for the interpreter. With TopByteIgnore
// set, bits 63:56 of addresses are ignored, as for EL0 under Linux.
type Direct struct{ TopByteIgnore bool }

func (d Direct) addr(a uint64) uint64 {
	if d.TopByteIgnore {
		return uint64(int64(a<<8) >> 8)
	}
	return a
}

func (d Direct) note(c *state.CPU, f *Info, a uint64) {
	c.FaultSig, c.FaultCode, c.FaultAddr, c.FaultErr = f.Sig, f.Code, f.Addr, f.Err
	const kernelCode = 0x80 // a non-canonical address, which the host does not tell
	if int32(f.Code) == kernelCode {
		c.FaultAddr = a
		if a>>55&1 == 0 { // Linux leaves the tag of an address in the upper half
			c.FaultAddr = a << 8 >> 8
		}
	}
}

// Load reads for the interpreter; on a fault it fills the CPU's Fault fields.
func (d Direct) Load(c *state.CPU, addr uint64, size uint8) (state.V, bool) {
	var f Info
	v, ok := Load(d.addr(addr), size, &f)
	if !ok {
		d.note(c, &f, addr)
	}
	return v, ok
}

// Store writes for the interpreter; on a fault it fills the CPU's Fault fields.
func (d Direct) Store(c *state.CPU, addr uint64, size uint8, v state.V) bool {
	var f Info
	ok := Store(d.addr(addr), size, v, &f)
	if !ok {
		d.note(c, &f, addr)
	}
	return ok
}

// Cas compares and exchanges for the interpreter; on a fault it fills the CPU's Fault fields.
func (d Direct) Cas(c *state.CPU, addr uint64, size uint8, old, new state.V) (state.V, bool) {
	var f Info
	v, ok := Cas(d.addr(addr), size, old, new, &f)
	if !ok {
		d.note(c, &f, addr)
	}
	return v, ok
}

// Offsets in state.CPU, for the handler.
var (
	offJITLimit = unsafe.Offsetof(state.CPU{}.JITLimit)
	offJITStack = unsafe.Offsetof(state.CPU{}.JITStack)
	offFault    = unsafe.Offsetof(state.CPU{}.FaultSig)
)
