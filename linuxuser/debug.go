package linuxuser

import (
	"cmp"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/fault"
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

// debugged are the signals that a debugger sees although the guest has no handler: those that kill.
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
	p.catchAll = true
	for sig := 1; sig <= 64; sig++ {
		if p.actions[sig].Handler == host.Default {
			p.dispose(sig, host.Default, 0)
		}
	}
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

// undebug makes the process, whose own debugger is gone, an ordinary one.
func (p *Process) undebug() {
	p.sigMu.Lock()
	defer p.sigMu.Unlock()
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

// release lets a process end that waits in ends.
func (d *Debuggee) release() {
	atomic.StoreUint32(&d.released, 1)
	host.Unhold(&d.released)
}

// tryServe takes the lock for a guest thread that forks or executes; false means that it must try again later.
func (d *Debuggee) tryServe() bool { return d.serve.TryLock() }

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

// Lock takes the process for a piece of the server's work. It reports false if there is no
// more to be done, and the server is to end: the debugger has left, or this is a child.
func (d *Debuggee) Lock() bool {
	d.serve.Lock()
	if d.gone {
		d.serve.Unlock()
		return false
	}
	return true
}

// Unlock ends the piece of work.
func (d *Debuggee) Unlock() { d.serve.Unlock() }

// EventFD becomes readable when Event may have something to tell.
func (d *Debuggee) EventFD() int { return int(d.wake.FD()) }

// stuck is how long a thread may take to come to a stop. One that takes longer waits in the
// kernel where it should not.
const stuck = 2 * time.Second

// Event gives what the debugger is to be told, once all threads have stopped. If that may
// be the case soon, again is set.
func (d *Debuggee) Event() (e Event, again bool) {
	var b [8]byte
	syscall.Read(int(d.wake.FD()), b[:])
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.end.Kind != EventNone && d.run != stopped {
		return d.end, false
	}
	if d.run != stopping {
		return Event{}, false
	}
	threads := d.threads()
	for _, t := range threads {
		if !t.dbg.parked.Load() && atomic.LoadUint32(&t.Slot.Asleep) == 0 && time.Since(d.since) < stuck {
			return Event{}, true
		}
	}
	d.run = stopped
	pick := func(t *Thread) bool {
		if t.dbg.event.Kind == EventNone || e.Kind != EventNone {
			return false
		}
		e, t.dbg.event = t.dbg.event, Event{}
		return true
	}
	for _, t := range threads {
		if t == d.first {
			pick(t)
		}
	}
	for _, t := range threads {
		if !pick(t) && t.dbg.event.Kind != EventSignal {
			// It will come to the same breakpoint again, and of a step the debugger sees that it is done.
			t.dbg.event = Event{}
		}
	}
	switch {
	case e.Kind != EventNone:
	case d.asked && len(threads) > 0:
		e = Event{Kind: EventSignal, Signal: int(syscall.SIGINT), TID: threads[0].Slot.TID}
	default:
		e = Event{Kind: EventNoThreads}
	}
	d.first, d.asked = nil, false
	return e, false
}

// Release is called when the debugger has been told of EventExit or EventKill: the process ends.
func (d *Debuggee) Release() { d.release() }

// Interrupt makes all threads stop: Event will tell, with SIGINT if there is no other reason.
func (d *Debuggee) Interrupt() {
	d.mu.Lock()
	if d.run == running {
		d.asked, d.first = true, nil
		d.stopAll()
	}
	d.mu.Unlock()
	d.notify()
}

// Running tells whether threads run, or Event has not told yet that they have stopped.
func (d *Debuggee) Running() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.run != stopped
}

// Resume makes each thread go on as action says for its TID.
func (d *Debuggee) Resume(action func(tid uint32) Action) {
	d.mu.Lock()
	defer d.mu.Unlock()
	threads := d.threads()
	acts := make([]Action, len(threads))
	for i, t := range threads {
		acts[i] = action(t.Slot.TID)
		if acts[i].Run && t.dbg.event.Kind != EventNone {
			// It has stopped for something that the debugger does not know yet.
			d.run, d.since, d.first = stopping, time.Now(), t
			d.notify()
			return
		}
	}
	d.run = running
	for i, t := range threads {
		if !acts[i].Run {
			continue
		}
		if sig := acts[i].Signal; sig != 0 && !t.dbg.parked.Load() { // in a system call
			host.Raw(host.SysTgkill, uintptr(self()), uintptr(t.Slot.TID), uintptr(sig), 0, 0, 0)
			acts[i].Signal = 0
		}
		t.dbg.act, t.dbg.asleep = acts[i], false
		atomic.StoreUint32(&t.dbg.word, 0)
		host.Unhold(&t.dbg.word)
	}
}

// Detach lets the process go on without a debugger.
func (d *Debuggee) Detach() {
	p := d.p
	d.gone = true
	p.engine.Debug(nil, nil)
	d.mu.Lock()
	p.debug.Store(nil)
	p.undebug()
	threads := d.threads()
	for _, t := range threads {
		t.dbg.act = Action{}
		atomic.StoreUint32(&t.dbg.word, 0)
		host.Unhold(&t.dbg.word)
	}
	d.mu.Unlock()
	d.release()
}

// Kill ends the process at once.
func (d *Debuggee) Kill() { syscall.Kill(int(self()), syscall.SIGKILL) }

// Pass sets the signals that are delivered without a stop.
func (d *Debuggee) Pass(set host.Sigset) { d.pass.Store(set) }

// Catch sets the system calls that stop the process, nil for none.
func (d *Debuggee) Catch(c *Calls) { d.catch.Store(c) }

// Calls is a set of system calls by number.
type Calls struct {
	all bool
	set [syscalls.MaxNr/64 + 1]uint64
}

// AddAll adds all calls, also those that there are not.
func (c *Calls) AddAll() { c.all = true }

// Add adds one; a number that is no call's is left out.
func (c *Calls) Add(nr uint64) {
	if nr <= syscalls.MaxNr {
		c.set[nr/64] |= 1 << (nr % 64)
	}
}

func (c *Calls) has(nr uint64) bool {
	return c != nil && (c.all || nr <= syscalls.MaxNr && c.set[nr/64]>>(nr%64)&1 != 0)
}

// Passed is the set that Pass has set.
func (d *Debuggee) Passed() host.Sigset { return d.pass.Load() }

// threads lists the threads, the oldest first as far as their numbers tell.
func (d *Debuggee) threads() []*Thread {
	s := &d.p.threads
	s.mu.Lock()
	defer s.mu.Unlock()
	list := make([]*Thread, 0, len(s.byTID))
	for _, t := range s.byTID {
		list = append(list, t)
	}
	slices.SortFunc(list, func(a, b *Thread) int { return cmp.Compare(a.Slot.TID, b.Slot.TID) })
	return list
}

// Threads lists the TIDs.
func (d *Debuggee) Threads() []uint32 {
	var list []uint32
	for _, t := range d.threads() {
		list = append(list, t.Slot.TID)
	}
	return list
}

func (d *Debuggee) thread(tid uint32) *Thread {
	s := &d.p.threads
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.byTID[tid]
}

// PID is the process's number.
func (d *Debuggee) PID() uint32 { return uint32(self()) }

// ThreadName gives a thread's name, and the system call that it is in, if any.
func (d *Debuggee) ThreadName(tid uint32) (name, call string) {
	t := d.thread(tid)
	if t == nil {
		return "", ""
	}
	b, _ := readFile("/proc/self/task/" + strconv.FormatUint(uint64(tid), 10) + "/comm")
	if n := len(b); n > 0 && b[n-1] == '\n' {
		b = b[:n-1]
	}
	if !t.dbg.parked.Load() {
		call = "system call " + strconv.FormatUint(t.st.X[8], 10)
		if row := syscalls.Lookup(t.st.X[8]); row != nil {
			call = row.Name
		}
	}
	return string(b), call
}

// State gives the registers of a thread, nil if there is none of this number. They are
// for reading; SetState changes them. A system call that the thread is in is interrupted,
// and begins again when the thread goes on, so that they do not change by themselves.
func (d *Debuggee) State(tid uint32) *state.CPU {
	t := d.thread(tid)
	if t == nil {
		return nil
	}
	d.breakIn(t)
	return t.st
}

// SetState lets change change a thread's registers. It reports false if that cannot be done.
func (d *Debuggee) SetState(tid uint32, change func(*state.CPU)) bool {
	t := d.thread(tid)
	if t == nil || !d.breakIn(t) {
		return false
	}
	change(t.st)
	t.st.ExSize = 0
	return true
}

// breakIn brings a thread that is asleep in a system call to a stop, if that can be done: not
// that of a vfork's parent, for one.
func (d *Debuggee) breakIn(t *Thread) bool {
	if t.dbg.parked.Load() {
		return true
	}
	if t.dbg.asleep {
		return false
	}
	host.BreakIn(t.Slot.TID)
	for end := time.Now().Add(stuck / 4); !t.dbg.parked.Load(); time.Sleep(50 * time.Microsecond) {
		if time.Now().After(end) {
			t.dbg.asleep = true // do not try it for each register
			return false
		}
	}
	return true
}

// Alive tells whether there is a thread of this number.
func (d *Debuggee) Alive(tid uint32) bool { return d.thread(tid) != nil }

// Siginfo gives the siginfo of the signal that a thread has stopped with; of a breakpoint
// or a step, what Linux has there.
func (d *Debuggee) Siginfo(tid uint32) ([]byte, bool) {
	t := d.thread(tid)
	if t == nil || !t.dbg.parked.Load() {
		return nil, false
	}
	if t.dbg.info != nil {
		return slices.Clone(t.dbg.info[:]), true
	}
	info := faultInfo(sigTRAP, trapBrkpt, t.st.PC)
	return info[:], true
}

// memFile does what the ordinary copy cannot: memory that the guest may not access itself.
func memFile(flags int, do func(fd int) (int, error)) int {
	fd, err := syscall.Open("/proc/self/mem", flags|syscall.O_CLOEXEC, 0)
	if err != nil {
		return 0
	}
	defer syscall.Close(fd)
	n, _ := do(fd)
	return max(n, 0)
}

func guestRange(addr uint64, n int) bool {
	return n > 0 && syscalls.OK(addr) && syscalls.OK(addr+uint64(n)-1) && !reserved(addr, addr+uint64(n))
}

// ReadMemory reads guest memory and gives the number of bytes that could be read.
func (d *Debuggee) ReadMemory(b []byte, addr uint64) int {
	if !guestRange(addr, len(b)) {
		return 0
	}
	n := fault.CopyIn(b, addr)
	if n < len(b) {
		n += memFile(syscall.O_RDONLY, func(fd int) (int, error) { return syscall.Pread(fd, b[n:], int64(addr)+int64(n)) })
	}
	return n
}

// WriteMemory writes guest memory, also what the guest itself may not write, and reports whether
// all was written.
func (d *Debuggee) WriteMemory(addr uint64, b []byte) bool {
	if len(b) == 0 {
		return true
	}
	if !guestRange(addr, len(b)) {
		return false
	}
	n := fault.CopyOut(addr, b)
	if n < len(b) {
		n += memFile(syscall.O_RDWR, func(fd int) (int, error) { return syscall.Pwrite(fd, b[n:], int64(addr)+int64(n)) })
	}
	d.p.engine.Invalidate(addr, addr+uint64(len(b)))
	return n == len(b)
}

// SetBreakpoints sets the breakpoints and the watched memory, in place of those set before.
func (d *Debuggee) SetBreakpoints(breaks []uint64, watches []cpu.Watch) {
	d.p.engine.Debug(breaks, watches)
}

// Exe is the path of the program.
func (d *Debuggee) Exe() string { return d.p.fs.Exe }

// Path is where on the host a path of the guest is.
func (d *Debuggee) Path(path string) string { return d.p.fs.Redirect(path) }

// Auxv is the auxiliary vector.
func (d *Debuggee) Auxv() []byte { return d.p.started("auxv") }

// Proc makes the content of an open file of /proc, if the guest is to see another than
// the host's.
func (d *Debuggee) Proc(fd int) ([]byte, bool) {
	_, data, ok := d.p.procFile(uint64(fd))
	return data, ok
}
