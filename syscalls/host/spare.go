package host

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Spare makes threads for the Go runtime in advance, so that it needs no more of the
// kernel's: where the kernel refuses one, the runtime ends the process. It does for as many
// as there are processors of the scheduler, since only that many can be in use beside those
// of guest threads. The caller, a guest thread, has no lock.
func Spare() {
	n := int32(runtime.GOMAXPROCS(0)) + 2
	s := &spares{}
	for range n {
		go s.hold()
	}
	// Each takes a thread of the runtime's for itself, until all have one.
	for atomic.LoadInt32(&s.held) != n {
		spareTick()
	}
	atomic.StoreUint32(&s.word, 1)
	raw(sysFutex, uintptr(unsafe.Pointer(&s.word)), futexWake, 1<<30, 0, 0, 0)
	for atomic.LoadInt32(&s.held) != 0 {
		spareTick()
	}
}

// spares is what holds threads until there are enough.
type spares struct {
	word uint32 // a futex: 1 lets them go
	held int32
}

func (s *spares) hold() {
	s.wait()
	atomic.AddInt32(&s.held, -1)
}

//go:nosplit
func (s *spares) wait() {
	entersyscallblock()
	atomic.AddInt32(&s.held, 1)
	for atomic.LoadUint32(&s.word) == 0 {
		raw(sysFutex, uintptr(unsafe.Pointer(&s.word)), futexWait, 0, 0, 0, 0)
	}
	exitsyscall()
}

// spareTick lets other goroutines run.
//
//go:nosplit
func spareTick() {
	entersyscallblock()
	ts := [2]uint64{0, 20000}
	raw(35, uintptr(unsafe.Pointer(&ts)), 0, 0, 0, 0, 0)
	exitsyscall()
}
