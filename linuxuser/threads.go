package linuxuser

import (
	"runtime"
	"slices"
	"sync"
	"unsafe"

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
	mu      sync.Mutex
	byTID   map[uint32]*Thread
	coming  int // being made
	procs   int // GOMAXPROCS
	unusual bool
}

// add enters t, whose host thread is the calling one.
func (s *threadSet) add(t *Thread) {
	s.mu.Lock()
	if s.byTID == nil {
		s.byTID = map[uint32]*Thread{}
	}
	s.byTID[t.Slot.TID] = t
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
	if s.procs == 0 {
		s.procs = runtime.GOMAXPROCS(0)
		setMaxThreads(maxGuestThreads + 1000)
	}
	if want := n + 4; want > s.procs && s.procs < enough {
		s.procs = min(max(16, 2*want), enough)
		runtime.GOMAXPROCS(s.procs)
	}
	if n >= enough/2 {
		host.Crowded.Store(true)
	}
	s.coming++
	return true
}

func (s *threadSet) unreserve() {
	s.mu.Lock()
	s.coming--
	s.mu.Unlock()
}

// spawn makes a guest thread and gives its TID.
func (t *Thread) spawn(a *cloneArgs) uint64 {
	p := t.p
	if !p.threads.reserve() {
		return syscalls.EAGAIN.Ret()
	}
	defer p.threads.unreserve()
	c, err := p.engine.NewCPU()
	if err != nil {
		return syscalls.ENOMEM.Ret()
	}
	n := &Thread{p: p, cpu: c, st: c.State, alt: altStack{flags: ssDisable}}
	n.Mask, n.Tagged = t.Mask, t.Tagged
	n.st.CopyGuest(t.st)
	n.st.X[0] = 0
	if a.stack != 0 {
		n.st.X[31] = a.stack
	}
	if a.flags&cloneSettls != 0 {
		n.st.TPIDR = a.tls
	}
	from := t.heritage()
	born := make(chan uint64)
	if a.flags&cloneVfork != 0 {
		n.ended = make(chan struct{})
	}
	go n.life(a, from, born)
	r := <-born
	if _, bad := syscalls.Failed(r); !bad && n.ended != nil {
		<-n.ended
	}
	return r
}

// life is a thread from its first to its last moment. It tells the TID, or an
// error, to born.
func (t *Thread) life(a *cloneArgs, from *heritage, born chan<- uint64) {
	runtime.LockOSThread() // and never unlocked: the host thread ends with this goroutine
	tid := gettid()
	if e := t.start(a, from, tid); e != 0 {
		t.cpu.Close()
		born <- e.Ret()
		return
	}
	born <- uint64(tid)
	t.run()
	t.leave()
}

// start makes the calling host thread the guest's.
func (t *Thread) start(a *cloneArgs, from *heritage, tid uint32) syscalls.Errno {
	const hostUnshare, hostSetTidAddress = 272, 218
	if e := from.take(); e != 0 {
		return e
	}
	// The runtime's threads share everything; what this one does not share it leaves.
	if u := (cloneFS|cloneFiles|cloneSysvsem)&^a.flags | a.flags&cloneNamespaces; u != 0 {
		if e, bad := syscalls.Failed(rawCall(hostUnshare, u)); bad {
			return e
		}
	}
	if a.flags&clonePidfd != 0 {
		fd := rawCall(hostPidfdOpen, uint64(tid), pidfdThread)
		if e, bad := syscalls.Failed(fd); bad {
			return e
		}
		put32(a.pidfd, uint32(fd))
	}
	if a.flags&cloneParentSettid != 0 {
		put32(a.parentTID, tid)
	}
	if a.flags&cloneChildSettid != 0 {
		put32(a.childTID, tid)
	}
	if a.flags&cloneChildCleartid != 0 && syscalls.OK(a.childTID) {
		rawCall(hostSetTidAddress, a.childTID) // the kernel clears it when this host thread ends
	}
	t.Ctx.Init(&t.p.fs, host.Register(&t.st.Stop, kickBit))
	t.p.threads.add(t)
	host.SetMask(t.Mask)
	return 0
}

// leave ends the guest thread after sysExit; the process, if it is the last one.
func (t *Thread) leave() {
	p := t.p
	tid := t.Slot.TID
	leader := uint64(tid) == self()
	s := &p.threads
	s.mu.Lock()
	delete(s.byTID, tid)
	last := len(s.byTID)+s.coming == 0
	s.mu.Unlock()
	if last {
		p.exit(t.status) // its status is the process's, since Linux 5.17
	}
	host.Unregister(t.Slot)
	t.cpu.Close()
	t.Ctx.Free()
	if t.ended != nil {
		close(t.ended)
	}
	if leader {
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

// heritage is what a new thread has from its parent and not from the process. It
// lies on the Go heap, since the host kernel fills it.
type heritage struct {
	name [16]byte

	// The rest only if a thread has ever set something of the kind.
	unusual  bool
	uid, gid [3]uint32
	ngroups  uint64
	groups   []uint32
	caps     [6]uint32
	affinity [1024]byte
	naff     uint64
	policy   [48]byte // struct sched_attr
	head     [2]uint32
}

const (
	hostGetgroups    = 115
	hostSetgroups    = 116
	hostSetresuid    = 117
	hostGetresuid    = 118
	hostSetresgid    = 119
	hostGetresgid    = 120
	hostCapget       = 125
	hostCapset       = 126
	hostSetaffinity  = 203
	hostGetaffinity  = 204
	hostSchedSetattr = 314
	hostSchedGetattr = 315

	prSetName     = 15
	prGetName     = 16
	prSetKeepcaps = 8

	capVersion = 0x20080522
	maxGroups  = 65536
)

// nrSet is a set of numbers of system calls.
type nrSet [syscalls.MaxNr/64 + 1]uint64

func setOf(list ...[]int) (set nrSet) {
	for _, l := range list {
		for _, nr := range l {
			set[nr/64] |= 1 << (nr % 64)
		}
	}
	return
}

func (s *nrSet) has(nr uint64) bool { return nr <= syscalls.MaxNr && s[nr/64]>>(nr%64)&1 != 0 }

// Calls that are looked at before they are made.
var (
	// ownToThread give a thread something that its children inherit and the process's
	// other threads do not have.
	ownToThread = []int{
		syscalls.NrSetuid, syscalls.NrSetgid, syscalls.NrSetreuid, syscalls.NrSetregid, syscalls.NrSetresuid,
		syscalls.NrSetresgid, syscalls.NrSetfsuid, syscalls.NrSetfsgid, syscalls.NrSetgroups, syscalls.NrCapset,
		syscalls.NrSchedSetaffinity, syscalls.NrSchedSetattr, syscalls.NrSchedSetparam, syscalls.NrSchedSetscheduler,
		syscalls.NrSetpriority,
	}
	// hidesProc may leave the process without its /proc.
	hidesProc = []int{
		syscalls.NrChroot, syscalls.NrPivotRoot, syscalls.NrSetns, syscalls.NrMount, syscalls.NrUmount2, syscalls.NrMoveMount,
	}

	hidesProcSet = setOf(hidesProc)
	watched      = setOf(ownToThread, hidesProc)
)

// watch prepares for a call among watched.
func (t *Thread) watch(nr uint64) {
	if hidesProcSet.has(nr) {
		host.KeepProc()
		return
	}
	t.p.threads.mu.Lock()
	t.p.threads.unusual = true
	t.p.threads.mu.Unlock()
}

func ptr[T any](p *T) uint64 { return uint64(uintptr(unsafe.Pointer(p))) }

// heritage notes what a child of t is to have.
func (t *Thread) heritage() *heritage {
	h := new(heritage)
	rawCall(hostPrctl, prGetName, ptr(&h.name))
	t.p.threads.mu.Lock()
	h.unusual = t.p.threads.unusual
	t.p.threads.mu.Unlock()
	if h.unusual {
		h.read()
	}
	runtime.KeepAlive(h)
	return h
}

// read fills in what is unusual, of the calling thread.
func (h *heritage) read() {
	rawCall(hostGetresuid, ptr(&h.uid[0]), ptr(&h.uid[1]), ptr(&h.uid[2]))
	rawCall(hostGetresgid, ptr(&h.gid[0]), ptr(&h.gid[1]), ptr(&h.gid[2]))
	h.groups = make([]uint32, maxGroups)
	if n := rawCall(hostGetgroups, maxGroups, ptr(&h.groups[0])); n <= maxGroups {
		h.ngroups = n
	}
	h.head = [2]uint32{capVersion, 0}
	rawCall(hostCapget, ptr(&h.head), ptr(&h.caps))
	if n := rawCall(hostGetaffinity, 0, uint64(len(h.affinity)), ptr(&h.affinity)); n <= uint64(len(h.affinity)) {
		h.naff = n
	}
	rawCall(hostSchedGetattr, 0, ptr(&h.policy), uint64(len(h.policy)), 0)
}

// take gives h to the calling thread. What a parent without privileges may not
// do, the runtime's threads, which have those of the start, may.
func (h *heritage) take() syscalls.Errno {
	rawCall(hostPrctl, prSetName, ptr(&h.name))
	if !h.unusual {
		return 0
	}
	now := &heritage{}
	now.read()
	do := func(nr uintptr, a ...uint64) (e syscalls.Errno) {
		e, _ = syscalls.Failed(rawCall(nr, a...))
		return e
	}
	if h.naff != 0 {
		do(hostSetaffinity, 0, h.naff, ptr(&h.affinity))
	}
	do(hostSchedSetattr, 0, ptr(&h.policy), 0)
	var e syscalls.Errno
	if !slices.Equal(now.groups[:now.ngroups], h.groups[:h.ngroups]) {
		e = do(hostSetgroups, h.ngroups, ptr(&h.groups[0]))
	}
	if e == 0 && now.gid != h.gid {
		e = do(hostSetresgid, uint64(h.gid[0]), uint64(h.gid[1]), uint64(h.gid[2]))
	}
	if e == 0 && now.uid != h.uid {
		do(hostPrctl, prSetKeepcaps, 1)
		e = do(hostSetresuid, uint64(h.uid[0]), uint64(h.uid[1]), uint64(h.uid[2]))
		do(hostPrctl, prSetKeepcaps, 0)
		now.read()
	}
	if e == 0 && now.caps != h.caps {
		h.head = [2]uint32{capVersion, 0}
		e = do(hostCapset, ptr(&h.head), ptr(&h.caps))
	}
	runtime.KeepAlive(h)
	runtime.KeepAlive(now)
	return e
}
