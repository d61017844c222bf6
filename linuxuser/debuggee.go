package linuxuser

import (
	"cmp"
	"slices"
	"strconv"
	"sync/atomic"
	"syscall"
	"time"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/fault"
	"armature/tcg/state"
)

// What the server of a debugger sees of the process.

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
func (d *Debuggee) Release() {
	atomic.StoreUint32(&d.released, 1)
	host.Unhold(&d.released)
}

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

// Stopping tells whether threads are to stop, or have stopped.
func (d *Debuggee) Stopping() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.run != running
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
	d.Release()
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
