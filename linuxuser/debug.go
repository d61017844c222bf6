package linuxuser

import (
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/state"
)

// A process under a debugger. The server that talks to the debugger (package gdb)
// is one goroutine; guest threads stop at Debuggee.hold. Stopping is for all threads
// at once. A thread that is asleep in a system call counts as stopped, and goes on
// sleeping: a stop disturbs no time-out.

// Debugger is a server for a debugger.
type Debugger interface {
	// Connect gets in touch with the debugger and begins to serve it, in a goroutine
	// of its own. It is called before the program's first instruction. With run it
	// wants the program to run at once; else all threads are stopped, and it is the
	// debugger's turn.
	Connect(d *Debuggee) (run bool, err error)
	// Handover gives the emulator's option by which a server in a process that
	// replaces this one goes on. done is called if nothing came of it.
	Handover() (option string, done func())
	// Close ends the connection.
	Close()
}

// EventKind is what happened to the debugged process.
type EventKind int

// The kinds of events.
const (
	EventNone       EventKind = iota
	EventSignal               // a signal is to be delivered, or was asked for by Interrupt
	EventBreakpoint           // a breakpoint was reached: PC is its address
	EventWatch                // watched memory is about to be accessed, at Addr
	EventStep                 // a single step, or a range of them, is done
	EventSyscall              // a system call among Calls is about to be made, number Addr: PC is its SVC
	EventReturn               // it has been made
	EventExit                 // the process is about to exit with Status
	EventKill                 // the process is about to die of Signal
	EventNoThreads            // every thread that was to run has ended
)

// Event tells why the debugged process has stopped. The signal of a breakpoint, a
// watch and a step is SIGTRAP.
type Event struct {
	Kind   EventKind
	TID    uint32
	Signal int
	Addr   uint64
	Status int
}

// Action is how a thread is to be resumed.
type Action struct {
	Run    bool // false: it stays stopped
	Step   bool // execute one instruction, or all in [Lo, Hi)
	Lo, Hi uint64
	Signal int // to deliver: in place of the one that it stopped with; 0: none
}

// Debuggee is a process as its debugger sees it. But for Lock, Unlock, EventFD and
// Interrupt its methods are for the holder of the lock.
type Debuggee struct {
	p      *Process
	server Debugger

	// serve is held by the server while it does anything, and by a guest thread that
	// forks or executes: neither happens in the middle of a packet. A guest thread
	// only tries to take it.
	serve sync.Mutex
	gone  bool // detached, or in a forked child; under serve

	wake *host.Kept // an eventfd: something may have happened
	pass atomic.Uint64

	catch atomic.Pointer[Calls] // system calls that stop the guest

	mu       sync.Mutex // held for moments
	run      runState
	since    time.Time // when stopping began
	first    *Thread   // the thread whose event made the others stop
	asked    bool      // Interrupt was called
	end      Event     // of the process
	released uint32    // futex word: the debugger knows that the process ends
}

type runState int

const (
	stopped runState = iota
	running
	stopping
)

// threadDebug is what a Debuggee keeps of a thread. word and parked are atomic; the rest
// belongs to the server while the thread is parked, to the thread otherwise.
type threadDebug struct {
	word   uint32 // futex word: 1 while the thread is to be stopped
	parked atomic.Bool
	asleep bool // breakIn has failed since the last stop
	event  Event
	act    Action
	info   *siginfo // of the signal that it stopped with

	delivered bool   // a signal was let through after a stop: a step ends there
	caught    uint64 // PC after the SVC of a call that has stopped the thread, and is now to be made
	svcPC     uint64 // after the last SVC
	svcX0     uint64 // X0 before it
}

// debugged are the signals that a debugger, and a trace of system calls, see although the guest
// has no handler: those that kill.
const debugged = ^(host.Owned | host.Unblockable | ignoredByDefault | 1<<(20-1) | 1<<(21-1) | 1<<(22-1)) // TSTP, TTIN, TTOU

// startDebug puts the process under the debugger of its configuration. t is its only thread.
func (p *Process) startDebug(t *Thread) error {
	const hostEventfd2, cloexecNonblock = 290, 0x80800
	fd := rawCall(hostEventfd2, 0, cloexecNonblock)
	if e, bad := syscalls.Failed(fd); bad {
		return e
	}
	d := &Debuggee{p: p, server: p.cfg.Debugger}
	var e int
	d.wake, e = host.Keep(uintptr(fd))
	syscall.Close(int(fd))
	if e != 0 {
		return syscall.Errno(-e)
	}
	p.threads.mu.Lock()
	p.threads.moreProcs(16) // the server does not wait for a guest that computes
	p.threads.mu.Unlock()
	t.dbg.word = 1
	d.serve.Lock()
	defer d.serve.Unlock()
	run, err := d.server.Connect(d)
	if err != nil {
		return err
	}
	// Until now a ^C ends a process that waits for its debugger.
	p.catchFatal()
	p.debug.Store(d)
	if run {
		d.Resume(func(uint32) Action { return Action{Run: true} })
	}
	return nil
}

// dispose sets the host's disposition of a signal for which the guest has no handler.
func (p *Process) dispose(sig int, what, flags uint64) {
	switch {
	case host.Owned&host.Bit(sig) != 0: // the emulator's
	case p.catchAll && what == host.Default && debugged&host.Bit(sig) != 0:
		host.Catch(sig, flags)
	default:
		host.Dispose(sig, what, flags)
	}
}

// catchFatal makes the emulator see the signals that kill, before they do.
func (p *Process) catchFatal() {
	p.catchAll = true
	for sig := 1; sig <= 64; sig++ {
		if p.actions[sig].Handler == host.Default {
			p.dispose(sig, host.Default, 0)
		}
	}
}

// undebug makes the process, whose own debugger is gone, an ordinary one.
func (p *Process) undebug() {
	p.sigMu.Lock()
	defer p.sigMu.Unlock()
	if p.strace != nil {
		return
	}
	p.catchAll = false
	for sig := 1; sig <= 64; sig++ {
		if a := &p.actions[sig]; a.Handler == host.Default && debugged&host.Bit(sig) != 0 {
			host.Dispose(sig, host.Default, a.Flags)
		}
	}
}

// pass executes the instruction at PC although there is a breakpoint, or memory is watched: those are not
// for this process, which only shares the engine of one with a debugger.
func (t *Thread) pass() {
	if x := t.cpu.Pass(); x.Reason != state.ExitNone {
		t.exit(x)
	}
}

// runDebugged is run for a thread under a debugger, until it ends or the debugger leaves.
func (t *Thread) runDebugged(d *Debuggee) {
	g := &t.dbg
	for !t.gone && t.p.debug.Load() == d {
		if t.Slot.Pending != 0 || len(t.soft) != 0 {
			t.deliver()
		}
		if host.Forking() {
			host.Gate(t.Slot)
		}
		if atomic.LoadUint32(&g.word) != 0 {
			d.hold(t)
			continue
		}
		if g.delivered {
			if g.delivered = false; g.act.Step {
				d.stop(t, Event{Kind: EventStep, Signal: sigTRAP})
				continue
			}
		}
		if g.act.Step {
			t.stepDebugged(d)
			continue
		}
		t.handleDebugged(d, t.cpu.Run())
	}
}

// stepDebugged makes the steps that the debugger wants.
func (t *Thread) stepDebugged(d *Debuggee) {
	g, st := &t.dbg, t.st
	for {
		x := t.cpu.Step()
		if x.Reason != state.ExitNone && t.handleDebugged(d, x) || t.gone {
			return
		}
		if t.Slot.Pending != 0 && x.Reason == state.ExitSyscall {
			return // the call may not have been made yet
		}
		if st.PC < g.act.Lo || st.PC >= g.act.Hi || t.p.engine.Breakpoint(st.PC) {
			d.stop(t, Event{Kind: EventStep, Signal: sigTRAP})
			return
		}
		if t.Slot.Pending != 0 || len(t.soft) != 0 || host.Forking() || atomic.LoadUint32(&g.word) != 0 {
			return
		}
	}
}

// handleDebugged is exit for a thread under a debugger. It reports whether the thread has stopped for it.
func (t *Thread) handleDebugged(d *Debuggee, x cpu.Exit) bool {
	g, st := &t.dbg, t.st
	switch {
	case x.Reason == state.ExitBreak && t.p.engine.Breakpoint(st.PC):
		d.stop(t, Event{Kind: EventBreakpoint, Signal: sigTRAP})
		return true
	case x.Reason == state.ExitFault && x.Signal == cpu.SignalWatch:
		d.stop(t, Event{Kind: EventWatch, Signal: sigTRAP, Addr: x.Addr})
		return true
	case x.Reason == state.ExitSyscall:
		nr, pc := st.X[8], st.PC
		catch := d.catch.Load().has(nr)
		if catch && g.caught != pc {
			// The call is made when the thread comes here again, whatever the debugger does meanwhile.
			g.caught = pc
			st.PC -= 4
			d.stop(t, Event{Kind: EventSyscall, Signal: sigTRAP, Addr: nr})
			return true
		}
		g.caught = 0
		g.svcPC, g.svcX0 = pc, st.X[0]
		t.exit(x)
		if catch && !t.gone && st.PC == pc && !t.interrupted && t.p.debug.Load() == d {
			d.stop(t, Event{Kind: EventReturn, Signal: sigTRAP, Addr: nr})
			return true
		}
		return false
	}
	t.exit(x)
	return x.Reason != state.ExitStop
}

// again makes the thread repeat the system call that a signal ended of which the guest is to see nothing.
func (t *Thread) again() {
	if g, st := &t.dbg, t.st; st.PC == g.svcPC && st.X[0] == syscalls.EINTR.Ret() {
		st.X[0] = g.svcX0
		st.PC -= 4
	}
	t.dbg.svcPC = 0
}

// signal stops the thread for a signal that is about to be delivered, and reports whether
// to deliver it; info may be another's then.
func (d *Debuggee) signal(t *Thread, info *siginfo) bool {
	g, st := &t.dbg, t.st
	if d.pass.Load()&host.Bit(info.sig()) != 0 {
		g.delivered = true
		return true
	}
	// The debugger sees a call that is to be restarted at its SVC.
	restart := t.interrupted
	if restart {
		t.interrupted = false
		st.PC -= 4
	}
	pc := st.PC
	g.info = info
	d.stop(t, Event{Kind: EventSignal, Signal: info.sig()})
	g.info = nil
	if restart && st.PC == pc {
		st.PC += 4
		t.interrupted = true
	}
	if d.p.debug.Load() != d {
		return true
	}
	sig := g.act.Signal
	g.act.Signal = 0
	switch {
	case sig == 0:
		t.again()
		return false
	case sig != info.sig():
		*info = sentInfo(sig)
	}
	g.delivered = true
	return true
}

// sentInfo makes the siginfo of a signal that the debugger sends.
func sentInfo(sig int) (s siginfo) {
	s.put32(0, uint32(sig))
	s.put32(16, uint32(self()))
	return s
}

// stop stops all threads because of what happened to t, and holds t.
func (d *Debuggee) stop(t *Thread, e Event) {
	e.TID = t.Slot.TID
	d.mu.Lock()
	if d.p.debug.Load() != d {
		d.mu.Unlock()
		return
	}
	t.dbg.event = e
	if d.run == running {
		d.first = t
	}
	d.stopAll()
	d.mu.Unlock()
	d.hold(t)
}

// stopAll makes every thread stop. The caller has d.mu.
func (d *Debuggee) stopAll() {
	if d.run == running {
		d.run, d.since = stopping, time.Now()
	}
	d.p.threads.mu.Lock()
	defer d.p.threads.mu.Unlock()
	for _, o := range d.p.threads.byTID {
		atomic.StoreUint32(&o.dbg.word, 1)
		o.cpu.Kick()
	}
}

// hold keeps t until it is resumed, and delivers the signal that it is resumed with, unless it
// stopped for one.
func (d *Debuggee) hold(t *Thread) {
	g := &t.dbg
	g.parked.Store(true)
	d.notify()
	host.Hold(t.Slot, &g.word, 1)
	g.parked.Store(false)
	if sig := g.act.Signal; sig != 0 && g.info == nil && d.p.debug.Load() == d {
		g.act.Signal = 0
		info := sentInfo(sig)
		g.delivered = true
		t.act(&info)
		host.SetMaskGuarded(t.Slot, t.Mask)
	}
}

// notify wakes the server.
func (d *Debuggee) notify() {
	const hostWrite = 1
	one := [8]byte{1}
	host.Raw(hostWrite, d.wake.FD(), host.Addr(one[:]), 8, 0, 0, 0)
}

// born is called for a thread before its first instruction.
func (d *Debuggee) born(t *Thread) {
	d.mu.Lock()
	if d.run != running {
		t.dbg.word = 1
	}
	d.mu.Unlock()
}

// left is called when a thread has ended.
func (d *Debuggee) left() {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.run != running {
		return
	}
	d.p.threads.mu.Lock()
	defer d.p.threads.mu.Unlock()
	for _, o := range d.p.threads.byTID {
		if atomic.LoadUint32(&o.dbg.word) == 0 {
			return
		}
	}
	d.run, d.first = stopping, nil
	d.notify()
}

// ends tells the debugger, if there is one, that the process is about to end, and waits until it knows.
func (t *Thread) ends(e Event) {
	d := t.p.debug.Load()
	if d == nil {
		return
	}
	e.TID = t.Slot.TID
	d.mu.Lock()
	if d.end.Kind == EventNone {
		d.end = e
	}
	d.mu.Unlock()
	d.notify()
	host.Hold(t.Slot, &d.released, 0)
}

// forked makes the child of a fork an ordinary process. The caller holds the lock.
func (d *Debuggee) forked(p *Process, sharedFiles bool) {
	d.gone = true
	p.debug.Store(nil)
	p.undebug()
	p.engine.Debug(nil, nil)
	if !sharedFiles {
		d.server.Close()
		d.wake.Close()
	}
	d.serve.Unlock()
}
