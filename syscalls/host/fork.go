package host

import (
	"runtime"
	"slices"
	"sync/atomic"
	"unsafe"
)

// A fork of the whole process, the Go runtime included.
//
// fork gives the child the calling thread alone, but a Go runtime needs its
// others: the monitor, collectors, idle ones. So they are made again. Before the
// fork each of them is sent a signal whose handler notes where the kernel saved
// its registers, and waits there. The child starts a new thread for each that
// goes on from the noted frame by rt_sigreturn, as the original does in the
// parent; it finds every lock, stack and list as it was. A system call that the
// signal ended is made again or gives EINTR, which the runtime is used to.
//
// Guest threads are not for the child. Each is at a place where the Go runtime
// takes it to be in a system call (Slot.Asleep), so that in the child it is in one that
// never ends. Between Asleep and the runtime stands Gate, which holds it during a fork.

// freezeCode is the si_code of the signal that stops a thread of the runtime.
const freezeCode = -0x4652

const (
	maxFrozen = 1024
	maxListed = 40000 // threads of all kinds
)

// frozenTable is where stopped threads are noted. The assembly knows its layout.
type frozenTable struct {
	gen    uint32 // odd: threads are to stop, until it changes
	taken  uint32 // entries taken
	ready  uint32 // entries filled
	leave  uint32 // the threads are to end when gen changes
	thread [maxFrozen]struct {
		uc uintptr // the ucontext that the kernel saved
		fs uintptr // FS base
	}

	// The stopping thread's own.
	tids [maxFrozen]uint32
	n    int
	info [128]byte
	path [64]byte
	stat [256]byte
	dir  [32 << 10]byte
	list [maxListed]uint32
}

var (
	frozen   *frozenTable
	forking  uint32  // a fork is under way: guest threads stay out of Go
	live     []*Slot // of all guest threads; under tableMu
	home     uint32  // the process that the runtime's threads are in; 0: not known yet
	forkMu   uint32  // held by the forking thread
	departed uint32  // the main thread, once it has ended: it is still listed
	forkOld  Sigset  // the forking thread's mask
)

const (
	sysFutex     = 202
	sysOpenat    = 257
	sysClose     = 3
	sysRead      = 0
	sysFcntl     = 72
	sysGetdents  = 217
	sysQueueinfo = 297 // rt_tgsigqueueinfo
	sysPrlimit   = 302 // prlimit64

	sysClone3  = 435
	cloneFiles = 0x400

	futexWait = 128 // private
	futexWake = 129
)

//go:linkname procPin runtime.procPin
func procPin() int

//go:linkname procUnpin runtime.procUnpin
func procUnpin()

// cloneAll makes call nr, clone or clone3; in the child it starts a thread for each of the
// frozen ones first. It gives what the kernel gives.
//
//go:noescape
func cloneAll(nr, a0, a1, a2, a3, a4 uintptr, f *frozenTable) uintptr

// Forking tells whether a guest thread is to go to Gate.
func Forking() bool { return atomic.LoadUint32(&forking) != 0 }

// gate holds the calling thread, which is in a system call as far as the Go
// runtime knows, until no fork is under way. Asleep is clear on return.
//
//go:nosplit
func gate(s *Slot) {
	for {
		atomic.StoreUint32(&s.Asleep, 0)
		if atomic.LoadUint32(&forking) == 0 {
			return
		}
		atomic.StoreUint32(&s.Asleep, 1)
		raw(sysFutex, uintptr(unsafe.Pointer(&forking)), futexWait, 1, 0, 0, 0)
	}
}

// Gate waits until no fork is under way. The caller holds no lock.
//
//go:nosplit
func Gate(s *Slot) {
	entersyscall()
	gate(s)
	exitsyscall()
}

// Fork makes the clone system call for a new process with memory of its own.
// It returns twice, in the child with 0 and a slot that replaces s. Guest threads
// but the caller are not in the child. It gives NotEntered when a signal waits in
// s or another thread forks: then the caller is to come back by way of Gate.
//
// a are the arguments of call nr, clone or clone3, without CLONE_VM, and with no stack.
func Fork(s *Slot, nr uintptr, a [5]uintptr) (pid uintptr, slot *Slot) {
	if e := beginFork(); e != 0 {
		return e, s
	}
	waitAsleep(s)
	tableMu.Lock()
	forkOld = Mask()
	all := ^Sigset(0)
	Raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&all)), 0, 8, 0, 0)
	pid = NotEntered
	if s.Pending == 0 {
		growStack()
		prepareSettle()
		p := current()
		if p != nil {
			p.detach() // the runtime's threads are this process's
		}
		procPin() // from here to procUnpin: no allocation, no lock of the runtime
		switch {
		case !freeze(s), Limited.Load() && !room(int(frozen.ready)+1):
			pid = ^uintptr(11 - 1) // EAGAIN
		case p != nil:
			pid = p.fork(nr, a)
		default:
			pid = cloneAll(nr, a[0], a[1], a[2], a[3], a[4], frozen)
		}
		if pid == 0 {
			frozen.gen++
			forkMu, forking = 0, 0
			home = uint32(raw(SysGetpid, 0, 0, 0, 0, 0, 0))
			procUnpin()
			flags := a[0]
			if nr == sysClone3 {
				flags = *(*uintptr)(Pointer(a[0]))
			}
			settle()
			s = reborn(s, flags)
		} else {
			thaw()
			procUnpin()
			if p != nil {
				p.attach()
			}
		}
	}
	tableMu.Unlock()
	if int(pid) > 0 {
		awaitSettled()
	}
	Raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&forkOld)), 0, 8, 0, 0)
	if pid != 0 {
		endFork()
	}
	return pid, s
}

// beginFork keeps the other guest threads out. It gives 0, or what the call is to give.
func beginFork() uintptr {
	if !atomic.CompareAndSwapUint32(&forkMu, 0, 1) {
		return NotEntered
	}
	atomic.StoreUint32(&forking, 1)
	if frozen == nil {
		p := Map(unsafe.Sizeof(*frozen))
		if int(p) < 0 && int(p) > -4096 {
			endFork()
			return p
		}
		frozen = (*frozenTable)(Pointer(p))
	}
	return 0
}

// endFork lets the other guest threads go on.
func endFork() {
	atomic.StoreUint32(&forking, 0)
	raw(sysFutex, uintptr(unsafe.Pointer(&forking)), futexWake, 1<<30, 0, 0, 0)
	atomic.StoreUint32(&forkMu, 0)
}

// waitAsleep waits until all guest threads but that of s are in a system call or
// at the gate.
func waitAsleep(s *Slot) {
	quiet := 0 // passes in a row; the thread of a vfork's parent may wake as its child ends
	for i := 0; ; i++ {
		tableMu.Lock()
		awake := atomic.LoadInt32(&births) != 0
		for _, o := range live {
			if o != s && atomic.LoadUint32(&o.Asleep) == 0 {
				awake = true
				if o.Stop != nil {
					atomic.OrUint32(o.Stop, uint32(o.Kick))
				}
			}
		}
		tableMu.Unlock()
		if !awake {
			if quiet++; quiet == 2 {
				return
			}
			continue
		}
		quiet = 0
		if i < 20 {
			runtime.Gosched()
			continue
		}
		ts := [2]uint64{0, 20000}
		raw(35, uintptr(unsafe.Pointer(&ts)), 0, 0, 0, 0, 0)
		if i%100 == 0 {
			forgetDead()
		}
	}
}

// forgetDead drops the slots of threads that are no more: of processes that shared
// this memory and were killed.
func forgetDead() {
	const sysTkill = 200
	tableMu.Lock()
	defer tableMu.Unlock()
	live = slices.DeleteFunc(live, func(o *Slot) bool {
		dead := int(raw(sysTkill, uintptr(o.TID), 0, 0, 0, 0, 0)) == -3
		if dead {
			atomic.StoreUint32(&o.TID, slotLeft)
		}
		return dead
	})
}

// growStack makes room for what runs between freeze and thaw.
//
//go:noinline
func growStack() byte {
	var a [16 << 10]byte
	return a[len(live)&1]
}

// reborn makes the table of slots anew in a child: s is its only guest thread.
func reborn(s *Slot, flags uintptr) *Slot {
	old := *s
	raw(28, uintptr(unsafe.Pointer(table)), unsafe.Sizeof(*table), 4, 0, 0, 0) // madvise(MADV_DONTNEED)
	live, leader, departed = live[:0], 0, 0
	dropPuppets()
	n := register(ownTID(), old.Stop, old.Kick)
	n.Pending, n.Info, n.Sent = old.Pending, old.Info, old.Sent
	if flags&cloneFiles == 0 {
		newPoller()
	}
	return n
}

// freeze stops all threads of the runtime. It reports false if that cannot be done;
// thaw is due in either case.
func freeze(s *Slot) bool {
	f := frozen
	f.taken, f.ready, f.n = 0, 0, 0
	atomic.AddUint32(&f.gen, 1)
	if home == 0 {
		home = uint32(raw(SysGetpid, 0, 0, 0, 0, 0, 0))
	}
	code := int32(freezeCode)
	*(*int32)(unsafe.Pointer(&f.info[0])) = 7
	*(*int32)(unsafe.Pointer(&f.info[8])) = code
	*(*uintptr)(unsafe.Pointer(&f.info[24])) = uintptr(unsafe.Pointer(f))
	for {
		n := f.n
		if !f.signalAll(s) {
			return false
		}
		if f.n == n {
			return true // nobody was left who could have started one more
		}
		f.wait()
	}
}

// wait waits until all threads that got the signal have stopped.
func (f *frozenTable) wait() {
	for {
		r := atomic.LoadUint32(&f.ready)
		if int(r) >= f.n {
			return
		}
		ts := [2]uint64{0, 300e3}
		if int(raw(sysFutex, uintptr(unsafe.Pointer(&f.ready)), futexWait, uintptr(r), uintptr(unsafe.Pointer(&ts)), 0, 0)) != -110 {
			continue
		}
		// It may have ended with the signal on its way.
		for i := 0; i < f.n; i++ {
			if int(raw(SysTgkill, uintptr(home), uintptr(f.tids[i]), 0, 0, 0, 0)) == -3 {
				f.n--
				f.tids[i] = f.tids[f.n]
				i--
			}
		}
	}
}

func thaw() {
	atomic.AddUint32(&frozen.gen, 1)
	raw(sysFutex, uintptr(unsafe.Pointer(&frozen.gen)), futexWake, 1<<30, 0, 0, 0)
}

// signalAll sends the signal to all threads of the runtime that have not got it.
func (f *frozenTable) signalAll(s *Slot) bool {
	self := uint32(raw(SysGettid, 0, 0, 0, 0, 0, 0))
	own := uint32(raw(SysGetpid, 0, 0, 0, 0, 0, 0)) == home
	count, found := f.listTasks(^uintptr(99), "/proc/", own, self)
	if !found { // nothing mounted there, or the /proc of another PID namespace
		if fd := Proc(); fd >= 0 {
			count, found = f.listTasks(uintptr(fd), "", own, self)
		}
	}
	if !found {
		return f.probe(self, count)
	}
	for _, tid := range f.list[:count] {
		if !f.signal(tid, self) {
			return false
		}
	}
	return true
}

// listTasks fills f.list with the process's threads, from the proc file system at
// prefix below the folder at, and reports whether the thread self is among them.
func (f *frozenTable) listTasks(at uintptr, prefix string, own bool, self uint32) (count int, found bool) {
	p := append(f.path[:0], prefix...)
	if own {
		p = append(p, "self"...)
	} else { // in a vfork's child
		var digits [10]byte
		d := len(digits)
		for v := home; v != 0; v /= 10 {
			d--
			digits[d] = byte('0' + v%10)
		}
		p = append(p, digits[d:]...)
	}
	p = append(append(p, "/task"...), 0)
	fd := raw(sysOpenat, at, Addr(p), 0x90000, 0, 0, 0) // O_DIRECTORY|O_CLOEXEC
	if int(fd) < 0 {
		return maxListed, false
	}
	found = !own
	for {
		n := int(raw(sysGetdents, fd, Addr(f.dir[:]), uintptr(len(f.dir)), 0, 0, 0))
		if n <= 0 {
			break
		}
		for b := f.dir[:n]; len(b) > 19; {
			size := int(*(*uint16)(unsafe.Pointer(&b[16])))
			tid := uint32(0)
			for _, c := range b[19:size] {
				if c < '0' || c > '9' {
					break
				}
				tid = 10*tid + uint32(c-'0')
			}
			b = b[size:]
			if tid != 0 && count < maxListed && !(KernelWorkers.Load() && f.worker(fd, tid)) {
				f.list[count] = tid
				count++
			}
			found = found || tid == self
		}
	}
	raw(sysClose, fd, 0, 0, 0, 0, 0)
	return count, found
}

// KernelWorkers is set when the process may have threads of the kernel's among its
// own, such as io_uring's. They stop for no signal, and a child does not have them.
var KernelWorkers atomic.Bool

// worker tells whether thread tid, in the open folder task, is the kernel's.
func (f *frozenTable) worker(task uintptr, tid uint32) bool {
	const (
		userWorker = 0x4010 // PF_USER_WORKER, PF_IO_WORKER
		flagsField = 7      // behind the name
	)
	var digits [10]byte
	d := len(digits)
	for v := tid; v != 0; v /= 10 {
		d--
		digits[d] = byte('0' + v%10)
	}
	p := append(append(append(f.path[:0], digits[d:]...), "/stat"...), 0)
	fd := raw(sysOpenat, task, Addr(p), 0x80000, 0, 0, 0)
	if int(fd) < 0 {
		return false
	}
	n := int(raw(sysRead, fd, Addr(f.stat[:]), uintptr(len(f.stat)), 0, 0, 0))
	raw(sysClose, fd, 0, 0, 0, 0, 0)
	start := 0
	for i := 0; i < n; i++ {
		if f.stat[i] == ')' {
			start = i
		}
	}
	field, flags := 0, uint32(0)
	for _, c := range f.stat[start:max(n, start)] {
		switch {
		case c == ' ':
			field++
		case field == flagsField && c >= '0' && c <= '9':
			flags = 10*flags + uint32(c-'0')
		}
	}
	return flags&userWorker != 0
}

// probe is signalAll where there is no /proc, or not that of this PID namespace: it tries
// every number until it has found count threads.
func (f *frozenTable) probe(self uint32, count int) bool {
	const pidMax = 4 << 20
	if KernelWorkers.Load() {
		return false
	}
	for tid := uint32(1); tid <= pidMax && count > 0; tid++ {
		if raw(SysTgkill, uintptr(home), uintptr(tid), 0, 0, 0, 0) == 0 {
			count--
			if !f.signal(tid, self) {
				return false
			}
		}
	}
	return true
}

// signal sends thread tid the signal if it is the runtime's and has not got it.
func (f *frozenTable) signal(tid, self uint32) bool {
	if tid == self || tid == departed {
		return true
	}
	for _, o := range live {
		if o.TID == tid {
			return true
		}
	}
	for i := 0; i < f.n; i++ {
		if f.tids[i] == tid {
			return true
		}
	}
	if f.n == maxFrozen {
		return false
	}
	r := int(raw(sysQueueinfo, uintptr(home), uintptr(tid), 7, uintptr(unsafe.Pointer(&f.info)), 0, 0))
	if r == -3 { // it ended
		return true
	}
	f.tids[f.n] = tid
	f.n++
	return r == 0
}
