package host

import (
	"runtime"
	"sync/atomic"
	"unsafe"
)

// Places for guest threads to run.
//
// A guest thread is made by the guest thread that wants it, with the guest's own
// clone call, so that the kernel gives it what a thread inherits: credentials,
// namespaces, affinity, a name, and says EAGAIN when it may not be. But what it is to
// run on is the Go runtime's: an M with its stacks, and a goroutine locked to it. So
// such places are made beforehand: Park ends the host thread of a place and keeps the
// frame of a signal from which another host thread goes on; the Go runtime takes the
// place to be in a system call meanwhile. Start makes that other thread. A guest
// thread that ends parks its place again, for the next one.

// Context is a place. It lies off the Go heap; the assembly knows its layout.
type Context struct {
	uc      uintptr // the ucontext that the kernel saved
	fs      uintptr // FS base
	ready   uint32  // 1: the host thread has ended, or does nothing more but to end
	status  uint32  // its exit status
	tid     uint32  // of the host thread that parks; 0: none
	resumed uint32  // Start has made a new one
}

const (
	parkCode    = -0x4653 // si_code of the signal by which a thread parks
	maxContexts = 32768
)

var (
	contexts    *[maxContexts]Context
	contextsEnd uintptr
	contextNum  uint32
	spare       []*Context // that nobody uses

	births int32 // guest threads that Start makes, and that have not called Born
)

// NewContext gives a Context for Park; nil if there is no room.
func NewContext() *Context {
	tableMu.Lock()
	defer tableMu.Unlock()
	if contexts == nil {
		p := Map(unsafe.Sizeof(*contexts))
		if int(p) < 0 && int(p) > -4096 {
			return nil
		}
		contextsEnd = p + unsafe.Sizeof(*contexts)
		contexts = (*[maxContexts]Context)(Pointer(p))
	}
	if n := len(spare); n > 0 {
		c := spare[n-1]
		spare = spare[:n-1]
		*c = Context{}
		return c
	}
	if contextNum == maxContexts {
		return nil
	}
	contextNum++
	return &contexts[contextNum-1]
}

// Park ends the calling host thread with an exit status, and returns in the thread
// that Start makes in its place, with all signals blocked. The caller is locked to
// its thread.
//
//go:nosplit
func (c *Context) Park(status int) {
	c.status = uint32(status & 0xff)
	m := ^Owned
	raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&m)), 0, 8, 0, 0)
	entersyscallblock()
	atomic.StoreUint32(&c.resumed, 0)
	var info [16]uint64
	*(*int32)(unsafe.Pointer(&info[0])) = 7
	*(*int32)(Pointer(uintptr(unsafe.Pointer(&info)) + 8)) = parkCode
	info[3] = uint64(uintptr(unsafe.Pointer(c)))
	for atomic.LoadUint32(&c.resumed) == 0 { // in a fork's child the thread is another all of a sudden
		c.tid = uint32(raw(SysGettid, 0, 0, 0, 0, 0, 0))
		raw(sysQueueinfo, raw(SysGetpid, 0, 0, 0, 0, 0, 0), uintptr(c.tid), 7, uintptr(unsafe.Pointer(&info)), 0, 0)
	}
	exitsyscall()
}

// Drop ends the use of c.
func (c *Context) Drop() {
	tableMu.Lock()
	spare = append(spare, c)
	tableMu.Unlock()
}

// Await waits until the thread that parks c, or is about to, has done so.
func (c *Context) Await() {
	for i := 0; atomic.LoadUint32(&c.ready) == 0; i++ {
		if i < 100 {
			runtime.Gosched()
			continue
		}
		ts := [2]uint64{0, 50000}
		raw(35, uintptr(unsafe.Pointer(&ts)), 0, 0, 0, 0, 0)
	}
}

// cloneOn makes call nr, clone or clone3, with a stack that is the frame of a signal,
// from which the new thread goes on.
//
//go:noescape
func cloneOn(nr, a0, a1, a2, a3, a4 uintptr) uintptr

// Start makes the clone system call of the guest thread with slot s; the new thread
// goes on in c, where it returns from Park and calls Born. It gives what the kernel
// gives. a are the arguments of call nr, clone or clone3, with CLONE_VM, and with no
// stack and no TLS. wait says that CLONE_VFORK is among the flags.
func (c *Context) Start(s *Slot, nr uintptr, a [5]uintptr, wait bool) uintptr {
	const settls = 0x80000
	if nr == sysClone3 {
		const fields = 8
		args := (*[fields]uintptr)(Pointer(a[0]))
		args[0] |= settls
		args[5], args[6], args[7] = c.uc-16, 16, c.fs
	} else {
		a[0] |= settls
		a[1], a[4] = c.uc, c.fs
	}
	c.ready, c.tid = 0, 0
	atomic.AddInt32(&births, 1)
	atomic.StoreUint32(&c.resumed, 1)
	var r uintptr
	if wait {
		r = cloneWait(s, nr, a)
	} else {
		r = cloneThread(nr, a)
	}
	if int(r) < 0 {
		atomic.AddInt32(&births, -1)
		atomic.StoreUint32(&c.resumed, 0)
		c.ready = 1
	}
	return r
}

// cloneThread is cloneOn, for a vfork's child as well.
//
//go:nosplit
func cloneThread(nr uintptr, a [5]uintptr) uintptr {
	if p := current(); p != nil {
		return p.do(callThread, nil, nr, a[0], a[1], a[2], a[3], a[4], 0)
	}
	return cloneOn(nr, a[0], a[1], a[2], a[3], a[4])
}

// cloneWait is cloneThread for a call that waits for the child's end; Born says when
// this thread is asleep.
//
//go:nosplit
func cloneWait(s *Slot, nr uintptr, a [5]uintptr) uintptr {
	entersyscallblock()
	r := cloneThread(nr, a)
	gate(s)
	exitsyscall()
	return r
}

// Born is Register for the thread that Start has made. parent is the slot of one that
// waits for its end, else nil.
func Born(stop *uint32, kick uint32, parent *Slot) *Slot {
	tableMu.Lock()
	s := register(ownTID(), stop, uint64(kick))
	tableMu.Unlock()
	if parent != nil {
		atomic.StoreUint32(&parent.Asleep, 1)
	}
	atomic.AddInt32(&births, -1)
	return s
}

// MayClone tells whether the kernel lets the process have one more thread: the Go
// runtime does not survive a no. It gives 0 or -errno.
func MayClone() uintptr {
	// CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM. The thread has this one's stack, and
	// so must take no signal; it ends at once. Not CLONE_VFORK: a SIGSTOP that stops the
	// thread and not the one that waits for it would never be complete.
	const flags = 0x50f00
	var old Sigset
	all := ^Sigset(0)
	raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&all)), uintptr(unsafe.Pointer(&old)), 8, 0, 0)
	r := cloneNothing(flags)
	raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&old)), 0, 8, 0, 0)
	return r
}

// cloneNothing makes a thread that uses no stack and ends. It gives 0 or -errno.
func cloneNothing(flags uintptr) uintptr
