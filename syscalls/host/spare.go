package host

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Limited is set when the process may soon be refused threads (RLIMIT_NPROC).
var Limited atomic.Bool

// Spare makes threads for the Go runtime in advance, so that it needs no more of the
// kernel's: where the kernel refuses one, the runtime ends the process. It does for as many
// as there are processors of the scheduler, since only that many can be in use beside those
// of guest threads. If there cannot be that many, it does nothing.
func Spare() {
	n := int32(runtime.GOMAXPROCS(0)) + 2
	if room(int(n)) {
		reserve(n)
	}
}

// Replace makes one thread again for the runtime in the place of one of Spare's that a guest
// thread has taken. Room says before whether it can be had.
func Replace() { reserve(int32(runtime.GOMAXPROCS(0)) + 2) }

// Room tells whether the kernel lets the process have n more threads now.
func Room(n int) bool { return room(n) }

// reserve has n threads of the runtime in use at a time.
func reserve(n int32) {
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

// cloneHeld makes a thread that uses no stack, and ends when *word is not 0. It gives its TID or -errno.
func cloneHeld(flags uintptr, word *uint32) uintptr

var (
	roomWord uint32
	roomTIDs [maxFrozen + 2]uint32
	roomMu   uint32
)

// room tells whether the kernel lets the process have n more threads now. It takes no lock of
// the runtime's and allocates nothing.
func room(n int) bool {
	const flags = 0x50f00 // see MayClone
	if n > len(roomTIDs) || !atomic.CompareAndSwapUint32(&roomMu, 0, 1) {
		return false
	}
	var old Sigset
	all := ^Sigset(0)
	raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&all)), uintptr(unsafe.Pointer(&old)), 8, 0, 0)
	atomic.StoreUint32(&roomWord, 0)
	made := 0
	for made < n {
		tid := cloneHeld(flags, &roomWord)
		if int(tid) < 0 {
			break
		}
		roomTIDs[made] = uint32(tid)
		made++
	}
	atomic.StoreUint32(&roomWord, 1)
	raw(sysFutex, uintptr(unsafe.Pointer(&roomWord)), futexWake, 1<<30, 0, 0, 0)
	pid := raw(SysGetpid, 0, 0, 0, 0, 0, 0)
	for i := 0; i < made; {
		if int(raw(SysTgkill, pid, uintptr(roomTIDs[i]), 0, 0, 0, 0)) == -3 {
			i++
			continue
		}
		raw(24, 0, 0, 0, 0, 0, 0) // sched_yield
	}
	raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&old)), 0, 8, 0, 0)
	atomic.StoreUint32(&roomMu, 0)
	return made == n
}

// settled is a word that a child sets when it has its threads, on a page that it shares with its
// parent; nil if there is none.
var settled *uint32

// prepareSettle makes the word, if children may be refused threads.
func prepareSettle() {
	if !Limited.Load() {
		settled = nil
		return
	}
	if settled == nil {
		p := raw(SysMmap, 0, 4096, 3, 0x21, ^uintptr(0), 0) // shared, anonymous
		if int(p) < 0 && int(p) > -4096 {
			return
		}
		settled = (*uint32)(Pointer(p))
	}
	atomic.StoreUint32(settled, 0)
}

// settle tells the parent.
func settle() {
	if settled != nil {
		atomic.StoreUint32(settled, 1)
		raw(sysFutex, uintptr(unsafe.Pointer(settled)), 1, 1<<30, 0, 0, 0)
		raw(11, uintptr(unsafe.Pointer(settled)), 4096, 0, 0, 0, 0) // munmap: the parent's
		settled = nil
	}
}

// awaitSettled waits until the child has its threads, for a second at most: so the next call
// that asks for room knows how much there is.
//
//go:nosplit
func awaitSettled() {
	if settled == nil {
		return
	}
	entersyscallblock()
	ts := [2]uint64{0, 20e6}
	for i := 0; i < 50 && atomic.LoadUint32(settled) == 0; i++ {
		raw(sysFutex, uintptr(unsafe.Pointer(settled)), 0, 0, uintptr(unsafe.Pointer(&ts)), 0, 0)
	}
	exitsyscall()
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
