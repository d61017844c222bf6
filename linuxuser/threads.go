package linuxuser

import (
	"fmt"
	"os"
	"runtime"
	"sync"
	_ "unsafe" // for go:linkname

	"armature/syscalls"
	"armature/syscalls/host"
)

// setMaxThreads is runtime/debug's, which is initialised late; see cmd/armature/early.
//
//go:linkname setMaxThreads runtime/debug.setMaxThreads
func setMaxThreads(n int) int

// maxGuestThreads bounds the threads of a process, as the kernel's limits would.
const maxGuestThreads = 30000

// threadSet is the live guest threads of a process.
type threadSet struct {
	mu     sync.Mutex
	byTID  map[uint32]*Thread
	coming int       // being made
	procs  int       // GOMAXPROCS
	idle   []*worker // without a thread

	identity *identity // shows them to others; may be nil
}

// add enters t, whose host thread is the calling one.
func (s *threadSet) add(t *Thread) {
	s.mu.Lock()
	if s.byTID == nil {
		s.byTID = map[uint32]*Thread{}
	}
	s.byTID[t.Slot.TID] = t
	s.identity.add(t.Slot.TID)
	s.mu.Unlock()
}

// reserve makes room for one more thread.
//
// A host thread that leaves translated code or a system call needs one of the Go
// scheduler's processors, which others keep for a while after they have entered
// theirs. With as many processors as threads nobody waits.
func (s *threadSet) reserve() bool {
	const enough = 64
	s.mu.Lock()
	defer s.mu.Unlock()
	n := len(s.byTID) + s.coming
	if n >= maxGuestThreads {
		return false
	}
	if want := n + 4; want > s.procs && s.procs < enough {
		s.moreProcs(min(max(16, 2*want), enough))
	}
	if n >= enough/2 {
		host.Crowded.Store(true)
	}
	s.coming++
	return true
}

// moreProcs makes the Go scheduler use at least n processors. The caller has s.mu.
func (s *threadSet) moreProcs(n int) {
	if s.procs == 0 {
		s.procs = runtime.GOMAXPROCS(0)
		setMaxThreads(maxGuestThreads + 1000)
	}
	if host.Limited.Load() {
		n = min(n, 4) // each may want a thread
	}
	if n > s.procs {
		s.procs = n
		runtime.GOMAXPROCS(n)
		if host.Limited.Load() {
			host.Spare()
		}
	}
}

// alone tells whether there is one thread only.
func (s *threadSet) alone() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.byTID)+s.coming == 1
}

func (s *threadSet) unreserve() {
	s.mu.Lock()
	s.coming--
	s.mu.Unlock()
}

// worker is a place for guest threads to run, one after the other: a goroutine.
type worker struct {
	home *threadSet
	ctx  *host.Context
	t    *Thread
	up   chan struct{} // closed when it is about to park for the first time
}

// maxIdle bounds the workers without a thread that are kept.
const maxIdle = 256

// worker gives a place for a new thread.
func (s *threadSet) worker() (*worker, syscalls.Errno) {
	s.mu.Lock()
	n := len(s.idle)
	if n > 0 {
		w := s.idle[n-1]
		s.idle = s.idle[:n-1]
		s.mu.Unlock()
		w.ctx.Await()
		return w, 0
	}
	s.mu.Unlock()
	if e, bad := syscalls.Failed(uint64(host.MayClone())); bad {
		return nil, e
	}
	limited := host.Limited.Load()
	if limited && !host.Room(2) { // the guest's, and one for what becomes its place
		return nil, syscalls.EAGAIN
	}
	w := &worker{home: s, ctx: host.NewContext(), up: make(chan struct{})}
	if w.ctx == nil {
		return nil, syscalls.EAGAIN
	}
	go w.loop()
	<-w.up
	w.ctx.Await()
	if limited {
		host.Replace()
	}
	return w, 0
}

// keep takes back a worker that is parked, or about to. It reports false if there
// are enough.
func (s *threadSet) keep(w *worker) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(s.idle) >= maxIdle {
		return false
	}
	s.idle = append(s.idle, w)
	return true
}

// loop runs guest threads. Between them there is no host thread.
func (w *worker) loop() {
	runtime.LockOSThread() // and never unlocked
	close(w.up)
	for status := 0; ; {
		w.ctx.Park(status)
		t := w.t
		t.begin()
		t.run()
		status = t.status
		w.t = nil
		t.leave()
		if !w.home.keep(w) {
			w.ctx.Drop()
			return // and the runtime ends the thread
		}
	}
}

// spawn makes a guest thread, or for a clone with CLONE_VM alone a process that shares the
// memory, and gives its ID.
func (t *Thread) spawn(a *cloneArgs) uint64 {
	p := t.p
	p.needsThreads()
	if !p.threads.reserve() {
		return syscalls.EAGAIN.Ret()
	}
	w, e := p.threads.worker()
	if e != 0 {
		p.threads.unreserve()
		return e.Ret()
	}
	r := t.start(w, a)
	if _, bad := syscalls.Failed(r); bad {
		w.t = nil
		w.home.keep(w)
		p.threads.unreserve()
	}
	return r
}

// needsThreads ends a process that others share memory with if its code is not made for that.
func (p *Process) needsThreads() {
	if p.engine.OneThread() {
		fmt.Fprintln(os.Stderr, "armature: --opt=-threads is for programs of one thread without shared memory; leave it out for this one")
		p.exit(125)
	}
}

// start makes the guest thread for spawn.
func (t *Thread) start(w *worker, a *cloneArgs) uint64 {
	c, err := t.p.engine.NewCPU()
	if err != nil {
		return syscalls.ENOMEM.Ret()
	}
	n := &Thread{p: t.p, cpu: c, st: c.State, alt: altStack{flags: ssDisable}}
	c.SetCaller(n)
	n.Mask, n.Tagged = t.Mask, t.Tagged
	n.filters.Store(t.filters.Load())
	n.st.CopyGuest(t.st)
	n.st.X[0] = 0
	if a.flags&cloneThread == 0 {
		c.Eager = true
		n.p = t.p.sharing()
		n.p.parks = true
		n.p.threads.procs = t.p.threads.procs
		n.p.threads.coming = 1
	}
	n.inherit(a)
	n.clears = a.flags&cloneClearSighand != 0
	wait := a.flags&cloneVfork != 0
	if wait {
		n.waiting, n.alt = t.Slot, t.alt
	}
	nr, args, e := t.hostCloneArgs(a)
	if e != 0 {
		c.Close()
		return e.Ret()
	}
	w.t = n
	r := uint64(w.ctx.Start(t.Slot, nr, args, wait))
	if _, bad := syscalls.Failed(r); bad {
		c.Close()
	} else if a.flags&cloneThread == 0 {
		t.p.threads.unreserve()
	}
	return r
}

// begin makes the calling host thread, which start has made, t's.
func (t *Thread) begin() {
	t.Ctx.Init(&t.p.fs, host.Born(&t.st.Stop, kickBit, t.waiting))
	t.p.threads.add(t)
	t.p.threads.unreserve() // not before
	if d := t.p.debug.Load(); d != nil {
		d.born(t)
	}
	if t.clears {
		t.p.clearHandlers()
	}
	host.SetMask(t.Mask)
}

// leave ends the guest thread after sysExit; the process, if it is the last one.
func (t *Thread) leave() {
	p := t.p
	tid := t.Slot.TID
	leader := uint64(tid) == self()
	s := &p.threads
	s.mu.Lock()
	delete(s.byTID, tid)
	s.identity.remove(tid)
	last := len(s.byTID)+s.coming == 0
	s.mu.Unlock()
	if d := p.debug.Load(); d != nil && !last {
		d.left()
	}
	if last && !p.parks {
		t.ends(Event{Kind: EventExit, Status: t.status})
		p.exit(t.status) // its status is the process's, since Linux 5.17
	}
	if last {
		p.finish()
	}
	host.Unregister(t.Slot)
	t.cpu.Close()
	t.Ctx.Free()
	if leader && !p.parks {
		// The Go runtime would not end its first thread, only put it to sleep.
		host.ExitThread(t.status)
	}
}

// sysExit ends the thread. The kernel wakes who waits for the word that is to be
// cleared, and marks the robust futexes, when the host thread ends: both are its
// own (set_tid_address and set_robust_list pass through).
func sysExit(t *Thread, a *[6]uint64) uint64 {
	if host.SetMaskGuarded(t.Slot, ^host.Sigset(0)) == host.NotEntered {
		return syscalls.NotEntered // what the handler has taken is delivered first
	}
	t.gone, t.status = true, int(a[0]&0xff)
	return 0
}

// nrSet is a set of numbers of system calls.
type nrSet [syscalls.MaxNr/64 + 1]uint64

func setOf(list ...int) (set nrSet) {
	for _, nr := range list {
		set[nr/64] |= 1 << (nr % 64)
	}
	return
}

//go:nosplit
func (s *nrSet) has(nr uint64) bool { return nr <= syscalls.MaxNr && s[nr/64]>>(nr%64)&1 != 0 }

// kills are the calls that send signals, but those with a siginfo, which take care of it themselves.
var kills = setOf(syscalls.NrKill, syscalls.NrTkill, syscalls.NrTgkill)

// hidesProc are the calls that may leave the process without its /proc.
var hidesProc = setOf(
	syscalls.NrChroot, syscalls.NrPivotRoot, syscalls.NrSetns, syscalls.NrMount, syscalls.NrUmount2, syscalls.NrMoveMount,
)
