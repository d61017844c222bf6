package host

import (
	"sync"
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
)

// Raw enters the host kernel at once: for calls that do not block. It gives
// what the kernel gives, -errno for errors.
//
//go:noescape
func Raw(nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr

// guarded is Raw, but gives NotEntered if *pending is set or gets set before the
// kernel is entered, and Restart.
//
//go:noescape
func guarded(pending *uint32, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr

//go:linkname entersyscall runtime.entersyscall
func entersyscall()

//go:linkname exitsyscall runtime.exitsyscall
func exitsyscall()

// Call enters the host kernel for a call that may block: the Go scheduler goes
// on without this thread, and a signal in s makes it return early. Pointers
// among the arguments must not be to Go memory that can move or be freed.
//
//go:nosplit
func Call(s *Slot, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	entersyscall()
	r := guarded(&s.Pending, nr, a0, a1, a2, a3, a4, a5)
	exitsyscall()
	return r
}

// Guarded is Call for calls that do not block, but must not be made while a
// signal waits in s.
//
//go:nosplit
func Guarded(s *Slot, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	return guarded(&s.Pending, nr, a0, a1, a2, a3, a4, a5)
}

// Slot is a thread's place for the one signal that the host handler has taken
// and the thread has not yet delivered. The signals in Owned cannot be blocked,
// so one of them has a place of its own; like any standard signal it may come
// again and be the same. A Slot lies off the Go heap. The handler addresses the
// fields by offset.
type Slot struct {
	Pending uint32    // bit 0 while Info holds a signal, bit 1 while Sent does
	TID     uint32    // the thread; 0: free
	Stop    *uint32   // where the engine is told to stop when a signal arrives
	Kick    uint64    // the bit to set there
	Info    [128]byte // siginfo
	Sent    [128]byte // siginfo of a signal among Owned that somebody sent
	_       [104]byte
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

func setup() {
	p := Raw(SysMmap, 0, unsafe.Sizeof(*table), 3, 0x4022, ^uintptr(0), 0) // RW, private, anonymous, noreserve
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
	tid := uint32(Raw(SysGettid, 0, 0, 0, 0, 0, 0))
	tableMu.Lock()
	defer tableMu.Unlock()
	for i := tid; ; i++ {
		s := &table[i&(maxThreads-1)]
		if s.TID == 0 {
			s.Pending, s.Stop, s.Kick = 0, stop, uint64(kick)
			s.TID = tid
			if leader == 0 {
				leader = tid
			}
			return s
		}
	}
}
