package host

import (
	"sync/atomic"
	"unsafe"
)

// A vfork's child.
//
// It shares the memory of its parent, the Go runtime's included. If it ran Go code and
// were killed there, a lock or one of the scheduler's processors would be lost for the
// parent. So it runs none: it is a puppet, a process that does nothing but to make the
// system calls that its parent's thread hands to it. That thread, which the vfork
// suspends, is the child's for the Go runtime and for the guest's code meanwhile: the
// guest's child runs on it, and only the kernel sees another process. Raw, Guarded and
// Call know from the goroutine whether the call is for a puppet.
//
// The puppet's word is where both wait for each other, and it is what the kernel clears
// when the puppet leaves the memory (CLONE_CHILD_CLEARTID): when it executes a program,
// ends, or is killed, at any time. Then every call gives ESRCH until the guest's child
// has been left.
//
// Signals for the child are taken by the handler on the puppet's own stack, into the
// child's slot, as for every guest thread.
//
// A puppet whose master is no more ends: it looks four times a second.

// puppet is the state of one; the assembly knows its fields by go_asm.h. It lies off the Go heap.
type puppet struct {
	word    uint32 // of the values below
	kind    uint32 // of the call
	nr      uintptr
	args    [6]uintptr
	pending uintptr // for callGuarded, its address; none are pointers, since they are set where no write barrier can be
	ret     uintptr

	nested uintptr // the new one, for callNested
	frozen uintptr // for callFork, as what follows: of the master's thread
	sp     uintptr
	bp     uintptr
	fs     uintptr
	alt    [3]uintptr // its signal stack

	born   uint32 // a nested one's PID, by the kernel
	tid    uint32 // as the puppet sees it
	pid    uint32 // as the master sees it
	master uint32 // the process
	blind  uint32 // the master is not in its PID namespace
	index  uint32 // in puppets
}

// Values of puppet.word.
const (
	puppetGone = 0 // by the kernel
	puppetIdle = 1 // it has answered
	puppetBusy = 2 // it has a call to make
)

// Kinds of calls.
const (
	callPlain   = 0
	callGuarded = 1 // by guarded
	callThread  = 2 // a clone whose child goes on from a signal's frame
	callNested  = 3 // a clone whose child is another puppet
	callFork    = 4 // a clone whose child goes on as the master's thread, from cloneVia
)

const (
	maxPuppets = 1024
	puppetSize = 64 << 10 // with its stack
)

var (
	puppets    uintptr             // where they lie; 0: none yet
	puppetTop  uint32              // as many have ever been used at a time
	puppetUsed [maxPuppets]bool    // under tableMu
	puppeteers [maxPuppets]uintptr // the g of the goroutine whose calls puppet i makes, or 0
	puppetLive int32               // as many entries are not 0
)

// perform has the puppet make the call that p says, and waits. It reports that a second has
// passed without an answer; then it is to be called again, with more set.
//
//go:noescape
func perform(p *puppet, more uint32) (timeout uint32)

// newPuppet makes the clone call for a puppet, p, on the calling thread.
//
//go:noescape
func newPuppet(nr, a0, a1, a2, a3, a4 uintptr, p *puppet) uintptr

// cloneVia is cloneAll by puppet p: the child goes on on the caller's stack.
//
//go:noescape
func cloneVia(p *puppet) uintptr

// getg gives the address of the calling goroutine's g.
func getg() uintptr

// current gives the puppet that makes the calling goroutine's system calls, nil if it
// makes them itself.
//
//go:nosplit
func current() *puppet {
	if atomic.LoadInt32(&puppetLive) == 0 {
		return nil
	}
	return find()
}

//go:nosplit
func find() *puppet {
	g := getg()
	for i := range atomic.LoadUint32(&puppetTop) {
		if atomic.LoadUintptr(&puppeteers[i]) == g {
			return puppetAt(i)
		}
	}
	return nil
}

//go:nosplit
func puppetAt(i uint32) *puppet { return (*puppet)(Pointer(puppets + uintptr(i)*puppetSize)) }

// attach makes p the one that makes the calling goroutine's calls, detach ends that.
//
//go:nosplit
func (p *puppet) attach() {
	atomic.StoreUintptr(&puppeteers[p.index], getg())
	atomic.AddInt32(&puppetLive, 1)
}

//go:nosplit
func (p *puppet) detach() {
	atomic.AddInt32(&puppetLive, -1)
	atomic.StoreUintptr(&puppeteers[p.index], 0)
}

// do has p make a call. The Go runtime takes the thread to be in a system call, or may
// wait for it.
//
//go:nosplit
func (p *puppet) do(kind uint32, pending *uint32, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	p.kind, p.pending, p.nr = kind, uintptr(unsafe.Pointer(pending)), nr
	p.args[0], p.args[1], p.args[2], p.args[3], p.args[4], p.args[5] = a0, a1, a2, a3, a4, a5
	p.await(0)
	if p.gone() {
		return ^uintptr(3 - 1) // ESRCH
	}
	return p.ret
}

// await waits until p has answered, or is gone.
//
//go:nosplit
func (p *puppet) await(more uint32) {
	for perform(p, more) != 0 {
		if p.dead() {
			atomic.StoreUint32(&p.word, puppetGone)
			return
		}
		more = 1
	}
}

// dead tells whether the puppet has ended: kernels before 5.17 do not clear the word of
// a process that dumps core.
//
//go:nosplit
func (p *puppet) dead() bool {
	const (
		sysKill, sysWaitid = 62, 247
		esrch              = ^uintptr(3 - 1)
		byPID              = 1
		options            = 1 | 4 | 0x01000000 | 0x40000000 // WNOHANG, WEXITED, WNOWAIT, __WALL
	)
	var info [16]uint64
	pid := uintptr(p.pid)
	if raw(sysKill, pid, 0, 0, 0, 0, 0) == esrch {
		return true
	}
	return raw(sysWaitid, byPID, pid, uintptr(unsafe.Pointer(&info)), options, 0, 0) == 0 && info[0] != 0
}

//go:nosplit
func (p *puppet) gone() bool { return atomic.LoadUint32(&p.word) == puppetGone }

// call is do for a call that does not block, from Go code like any other.
//
//go:nosplit
func (p *puppet) call(nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	entersyscall() // the puppet may be stopped
	r := p.do(callPlain, nil, nr, a0, a1, a2, a3, a4, a5)
	exitsyscall()
	return r
}

// guarded is call for a call that must not be made while *pending is set.
//
//go:nosplit
func (p *puppet) guarded(pending *uint32, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	entersyscall()
	r := p.do(callGuarded, pending, nr, a0, a1, a2, a3, a4, a5)
	exitsyscall()
	return r
}

// fork has p make a clone call for a process with memory of its own, while the runtime's
// threads are frozen. It returns twice, as cloneAll does.
func (p *puppet) fork(nr uintptr, a [5]uintptr) uintptr {
	p.kind, p.nr, p.frozen = callFork, nr, uintptr(unsafe.Pointer(frozen))
	p.args = [6]uintptr{a[0], a[1], a[2], a[3], a[4]}
	return cloneVia(p)
}

// left is what a goroutine panics with to leave a child that is gone.
type left struct{}

// exit ends the puppet by a call, and does not return.
func (p *puppet) exit(nr, status uintptr) {
	for !p.gone() {
		p.call(nr, status, 0, 0, 0, 0, 0)
	}
	panic(left{})
}

// die ends the puppet by a signal with the default action, and does not return.
func (p *puppet) die(sig int) {
	m := ^Bit(sig)
	p.call(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&m)), 0, 8, 0, 0)
	p.call(SysTgkill, p.call(SysGetpid, 0, 0, 0, 0, 0, 0), uintptr(p.tid), uintptr(sig), 0, 0, 0)
	p.exit(SysExitGroup, uintptr(128+sig))
}

// takePuppet gives a free one; nil if there is none.
func takePuppet() *puppet {
	tableMu.Lock()
	defer tableMu.Unlock()
	if puppets == 0 {
		m := Map(maxPuppets * puppetSize)
		if int(m) < 0 && int(m) > -4096 {
			return nil
		}
		puppets = m
	}
	for i := range puppetUsed {
		if !puppetUsed[i] {
			puppetUsed[i] = true
			if n := uint32(i) + 1; n > puppetTop {
				atomic.StoreUint32(&puppetTop, n)
			}
			p := puppetAt(uint32(i))
			*p = puppet{word: puppetBusy, index: uint32(i), master: uint32(raw(SysGetpid, 0, 0, 0, 0, 0, 0))}
			return p
		}
	}
	return nil
}

// give returns p, which is gone.
func (p *puppet) give() {
	tableMu.Lock()
	puppetUsed[p.index] = false
	tableMu.Unlock()
}

// dropPuppets forgets those of the parent, in a fork's child. The caller has tableMu.
func dropPuppets() {
	clear(puppetUsed[:])
	clear(puppeteers[:])
	puppetLive, puppetTop = 0, 0
}

// Child is a vfork's child.
type Child struct{ p *puppet }

// Gone tells whether it has executed a program or ended.
func (c Child) Gone() bool { return c.p.gone() }

// PID is its number, as its parent knows it.
func (c Child) PID() uint32 { return c.p.pid }

// Vfork makes the clone call for a child that shares memory, and calls run, which does what
// the guest's child does, until that has executed a program or ended: all system calls
// that the goroutine makes by this package are the child's. Signals for the child stop
// as those of Register. It returns the child's PID, or NotEntered as Call does.
//
// a are the arguments of call nr, clone or clone3, with CLONE_VM, and without a stack,
// CLONE_VFORK, CLONE_PARENT_SETTID, CLONE_CHILD_SETTID and CLONE_CHILD_CLEARTID; if with
// CLONE_PIDFD, of clone3.
func Vfork(s *Slot, nr uintptr, a [5]uintptr, stop *uint32, kick uint32, run func(*Slot, Child)) uintptr {
	p := takePuppet()
	if p == nil {
		return ^uintptr(11 - 1) // EAGAIN
	}
	defer p.give()
	outer := current()
	mask := Mask()
	all := ^Sigset(0)
	Raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&all)), 0, 8, 0, 0)
	pid := uintptr(NotEntered)
	if s.Pending == 0 {
		pid = p.start(outer, nr, a)
	}
	if int(pid) > 0 {
		p.pid = uint32(pid)
		p.await(1)                       // it tells its number
		atomic.StoreUint32(&s.Asleep, 1) // to a fork by another thread it is the child that counts
		tableMu.Lock()
		slot := register(p.tid, stop, uint64(kick))
		tableMu.Unlock()
		own := ^Owned // the guest's code faults here
		raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&own)), 0, 8, 0, 0)
		if outer != nil {
			outer.detach()
		}
		p.attach()
		p.play(slot, run)
		p.detach()
		if outer != nil {
			outer.attach()
		}
		atomic.StoreUint32(&s.Asleep, 0)
		Unregister(slot)
	}
	Raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&mask)), 0, 8, 0, 0)
	if Forking() {
		Gate(s)
	}
	return pid
}

// start makes the clone call.
func (p *puppet) start(outer *puppet, nr uintptr, a [5]uintptr) uintptr {
	const (
		clearTID     = 0x200000
		parentSetTID = 0x100000
	)
	stack := uintptr(unsafe.Pointer(p)) + puppetSize
	flags, parentTID := &a[0], &a[2]
	if nr == sysClone3 {
		const fields = 7
		args := (*[fields]uintptr)(Pointer(a[0]))
		flags, parentTID = &args[0], &args[3]
		args[2], args[5], args[6] = uintptr(unsafe.Pointer(&p.word)), stack-puppetSize/2, puppetSize/2
	} else {
		a[1], a[3] = stack, uintptr(unsafe.Pointer(&p.word))
	}
	*flags |= clearTID
	if outer == nil {
		return newPuppet(nr, a[0], a[1], a[2], a[3], a[4], p)
	}
	// The outer one may be killed when the new one is made, but its number not yet told.
	*flags |= parentSetTID
	*parentTID = uintptr(unsafe.Pointer(&p.born))
	outer.nested = uintptr(unsafe.Pointer(p))
	entersyscall()
	r := outer.do(callNested, nil, nr, a[0], a[1], a[2], a[3], a[4], 0)
	exitsyscall()
	if born := atomic.LoadUint32(&p.born); outer.gone() && born != 0 {
		r = uintptr(born)
	}
	return r
}

// play calls run, and ends the child if that has not.
func (p *puppet) play(slot *Slot, run func(*Slot, Child)) {
	defer func() {
		if v := recover(); v != nil && v != any(left{}) {
			panic(v)
		}
	}()
	run(slot, Child{p})
	p.exit(SysExitGroup, 125)
}
