package host

import (
	"sync/atomic"
	"unsafe"
)

// A vfork: the child runs on this thread's stack, deeper, as this thread for the
// Go runtime, until it executes a program or ends. The kernel keeps the parent's
// thread waiting in its clone call meanwhile.

// vforkStart is what the child gets.
type vforkStart struct {
	run  func(*Slot)
	stop *uint32
	kick uint64
	slot *Slot
}

// cloneVM makes call nr, clone or clone3 with CLONE_VM and CLONE_VFORK; the child
// calls vforkChild.
func cloneVM(nr, a0, a1, a2, a3, a4 uintptr, v *vforkStart) uintptr

// vforkChild is called in the child.
func vforkChild(v *vforkStart) {
	tableMu.Lock()
	v.slot = register(v.stop, v.kick)
	tableMu.Unlock()
	v.run(v.slot)
	for {
		Raw(SysExitGroup, 125, 0, 0, 0, 0, 0)
	}
}

// Of the runtime's g.
const (
	gPanic = 32
	gDefer = 40
)

// getg gives the address of the calling goroutine's g.
func getg() uintptr

func gWord(off uintptr) *uintptr { return (*uintptr)(Pointer(getg() + off)) }

// Vfork makes the clone call for a child that shares memory, and waits until the
// child has executed a program or ended. The child calls run with its slot, whose
// signals stop as those of Register; run does not return. a are the arguments of call
// nr, clone or clone3, with CLONE_VM and CLONE_VFORK and without a stack. It gives NotEntered
// like Call.
func Vfork(s *Slot, nr uintptr, a [5]uintptr, stop *uint32, kick uint32, run func(*Slot)) uintptr {
	v := &vforkStart{run: run, stop: stop, kick: uint64(kick)}
	growForChild(7)
	lo := *gWord(0)
	panics, defers := *gWord(gPanic), *gWord(gDefer)
	old := Mask()
	all := ^Sigset(0)
	Raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&all)), 0, 8, 0, 0)
	pid := uintptr(NotEntered)
	if s.Pending == 0 {
		atomic.StoreUint32(&s.Asleep, 1) // to a fork by another thread it is the child that counts
		pid = cloneVM(nr, a[0], a[1], a[2], a[3], a[4], v)
		atomic.StoreUint32(&s.Asleep, 0)
		if v.slot != nil {
			atomic.StoreUint32(&v.slot.Asleep, 1)
		}
		if Forking() {
			Gate(s)
		}
		if *gWord(0) != lo {
			panic("the stack moved under a vfork")
		}
		*gWord(gPanic), *gWord(gDefer) = panics, defers
		if v.slot != nil {
			Unregister(v.slot)
		}
	}
	Raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&old)), 0, 8, 0, 0)
	return pid
}

// leaveSyscall is called by cloneVM.
//
//go:nosplit
func leaveSyscall() { exitsyscall() }

// growForChild makes the stack large enough for all that a child may do: it must
// not move, as the parent's thread is on it.
//
//go:noinline
func growForChild(n int) byte {
	var a [60 << 10]byte // larger ones would go to the heap
	a[n] = byte(n)
	if n == 0 {
		return a[len(live)&1]
	}
	return growForChild(n-1) + a[n+len(live)&1]
}
