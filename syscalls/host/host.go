package host

import (
	"slices"
	"sync"
	"sync/atomic"
	"unsafe"
)

// What Call returns beside the kernel's results, in numbers that the kernel
// keeps to itself.
const (
	// Restart: a signal ended the call, which is one to restart if the action of
	// the signal says so, and to fail with EINTR otherwise (ERESTARTSYS, 512).
	Restart = ^uintptr(511)
	// NotEntered: a signal came before the kernel was entered. The call is to be
	// made after its delivery (513).
	NotEntered = ^uintptr(512)
)

// Call numbers of x86-64 that this package and its users name.
const (
	SysMmap         = 9
	SysRtSigaction  = 13
	SysRtSigprocmsk = 14
	SysGetpid       = 39
	SysGettid       = 186
	SysTgkill       = 234
	SysExitGroup    = 231
	sysExit         = 60
)

// Raw enters the host kernel at once: for calls that do not block. It gives
// what the kernel gives, -errno for errors. For a vfork's child it is the child's call.
//
//go:nosplit
func Raw(nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	if p := current(); p != nil {
		return p.call(nr, a0, a1, a2, a3, a4, a5)
	}
	return raw(nr, a0, a1, a2, a3, a4, a5)
}

// raw is Raw on the calling thread, whoever runs there.
//
//go:noescape
func raw(nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr

// guarded is Raw, but gives NotEntered if *pending is set or gets set before the
// kernel is entered, and Restart.
//
//go:noescape
func guarded(pending *uint32, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr

//go:linkname entersyscall runtime.entersyscall
func entersyscall()

//go:linkname exitsyscall runtime.exitsyscall
func exitsyscall()

//go:linkname entersyscallblock runtime.entersyscallblock
func entersyscallblock()

// Crowded is set when there are so many guest threads that one that sleeps in the
// kernel must give its processor of the Go scheduler away at once.
var Crowded atomic.Bool

// Call enters the host kernel for a call that may block: the Go scheduler goes
// on without this thread, and a signal in s makes it return early. Pointers
// among the arguments must not be to Go memory that can move or be freed.
//
//go:nosplit
func Call(s *Slot, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	if Crowded.Load() {
		entersyscallblock()
	} else {
		entersyscall()
	}
	atomic.StoreUint32(&s.Asleep, 1)
	var r uintptr
	if p := current(); p != nil {
		r = p.do(callGuarded, &s.Pending, nr, a0, a1, a2, a3, a4, a5)
	} else {
		r = guarded(&s.Pending, nr, a0, a1, a2, a3, a4, a5)
	}
	gate(s)
	exitsyscall()
	return r
}

// Enter is the first half of Call, for a thread that the Go scheduler takes to be in a
// system call already; Awake, or Rest if that says no, is the second.
//
//go:nosplit
func Enter(s *Slot, nr uintptr, a *[6]uint64) uintptr {
	// No fence: a fork that does not see it yet waits a moment longer.
	s.Asleep = 1
	return guarded(&s.Pending, nr, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5]))
}

// Awake ends what Enter began. It reports false if a fork is under way: then the
// thread must not go on before Rest, which waits for the fork's end, has returned.
// What it has stored before is visible when it has returned.
//
//go:nosplit
func Awake(s *Slot) bool {
	atomic.StoreUint32(&s.Asleep, 0)
	return atomic.LoadUint32(&forking) == 0
}

// Rest is Gate for a thread that the Go scheduler takes to be in a system call.
//
//go:nosplit
func Rest(s *Slot) { gate(s) }

// Guarded is Call for calls that do not block, but must not be made while a
// signal waits in s.
//
//go:nosplit
func Guarded(s *Slot, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	if p := current(); p != nil {
		return p.guarded(&s.Pending, nr, a0, a1, a2, a3, a4, a5)
	}
	return guarded(&s.Pending, nr, a0, a1, a2, a3, a4, a5)
}

// Slot is a thread's place for the one signal that the host handler has taken
// and the thread has not yet delivered. The signals in Owned cannot be blocked,
// so one of them has a place of its own; like any standard signal it may come
// again and be the same. A Slot lies off the Go heap. The handler addresses the
// fields by offset.
type Slot struct {
	Pending uint32    // bit 0 while Info holds a signal, bit 1 while Sent does
	TID     uint32    // the thread; 0 or slotLeft: free
	Stop    *uint32   // where the engine is told to stop when a signal arrives
	Kick    uint64    // the bit to set there
	Info    [128]byte // siginfo
	Sent    [128]byte // siginfo of a signal among Owned that somebody sent
	Asleep  uint32    // the thread is in a system call, and passes Gate before it does anything; see Fork
	_       [100]byte
}

const maxThreads = 32768 // size of the table of slots; a power of two

// table is searched by the handler from the hash of its TID on.
var (
	table    *[maxThreads]Slot
	leader   uint32 // TID that signals on other threads are passed to
	codeLo   uintptr
	codeAt   uintptr // the SYSCALL instruction of guarded
	tableMu  sync.Mutex
	tableOne sync.Once
)

func guardedAddr() uintptr
func handlerAddr() uintptr
func frontAddr() uintptr
func restorerAddr() uintptr

// Pointer makes a pointer of an address outside the Go heap.
func Pointer(a uintptr) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&a)) }

// Addr is the address of the first byte of b.
func Addr(b []byte) uintptr { return uintptr(unsafe.Pointer(unsafe.SliceData(b))) }

// GuestTop is the end of the guest's addresses.
const GuestTop = 0x7dff00000000

// Map gives n bytes of new memory above the guest's addresses, or -errno.
func Map(n uintptr) uintptr {
	return raw(SysMmap, Above(n), n, 3, 0x4022, ^uintptr(0), 0) // RW, private, anonymous, noreserve
}

// Above is the place for a mapping of n bytes above the guest's addresses. If it is taken
// for once, the kernel finds another one. 0 is any: a program that was not started by rt0, a
// test, is anywhere.
func Above(n uintptr) uintptr {
	if rt0Ran == 0 {
		return 0
	}
	n = (n + 4095) &^ 4095
	return atomic.AddUintptr(&rt0Place, n) - n
}

func setup() {
	p := Map(unsafe.Sizeof(*table))
	if int(p) < 0 && int(p) > -4096 {
		panic("host: no memory for the table of threads")
	}
	table = (*[maxThreads]Slot)(Pointer(p))
	codeLo = guardedAddr()
	for a := codeLo; ; a++ {
		if *(*uint16)(Pointer(a)) == 0x050f {
			codeAt = a
			return
		}
	}
}

// Register makes the calling thread, locked to its goroutine, a guest thread,
// whose signals go to the slot that it gives. The bit kick is set in *stop, which
// is off the Go heap, when one arrives.
func Register(stop *uint32, kick uint32) *Slot {
	tableOne.Do(setup)
	tableMu.Lock()
	defer tableMu.Unlock()
	return register(ownTID(), stop, uint64(kick))
}

func ownTID() uint32 { return uint32(raw(SysGettid, 0, 0, 0, 0, 0, 0)) }

// register is Register for thread tid, under tableMu.
func register(tid uint32, stop *uint32, kick uint64) *Slot {
	for i := tid; ; i++ {
		s := &table[i&(maxThreads-1)]
		if s.TID == 0 || s.TID == slotLeft {
			s.Pending, s.Asleep, s.Stop, s.Kick = 0, 0, stop, kick
			atomic.StoreUint32(&s.TID, tid)
			live = append(live, s)
			if leader == 0 {
				leader = tid
			}
			return s
		}
	}
}

// slotLeft is the TID of a free slot that the search must pass, as behind it lie
// others with the same hash.
const slotLeft = ^uint32(0)

// Unregister ends what Register began: the calling thread, which blocks every
// signal, is no guest thread any more. It is the last that such a thread does.
func Unregister(s *Slot) {
	tableMu.Lock()
	defer tableMu.Unlock()
	if k := slices.Index(live, s); k >= 0 {
		live = slices.Delete(live, k, k+1)
	}
	if leader == s.TID && len(live) > 0 {
		atomic.StoreUint32(&leader, live[0].TID)
	}
	at := func(i int) *Slot { return &table[i&(maxThreads-1)] }
	i := int((uintptr(unsafe.Pointer(s)) - uintptr(unsafe.Pointer(table))) / unsafe.Sizeof(*s))
	s.Stop = nil
	if at(i+1).TID != 0 {
		atomic.StoreUint32(&s.TID, slotLeft)
		return
	}
	atomic.StoreUint32(&s.TID, 0)
	for i--; at(i).TID == slotLeft; i-- {
		atomic.StoreUint32(&at(i).TID, 0)
	}
}

// ExitThread ends the calling host thread behind the Go runtime's back, which
// goes on believing that it is in a system call.
func ExitThread(status int) {
	if p := current(); p != nil {
		p.exit(sysExit, uintptr(status))
	}
	exitThread(status)
}

//go:nosplit
func exitThread(status int) {
	entersyscallblock()
	departed = uint32(raw(SysGettid, 0, 0, 0, 0, 0, 0))
	for {
		raw(sysExit, uintptr(status), 0, 0, 0, 0, 0)
	}
}
