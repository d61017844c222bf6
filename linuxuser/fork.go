package linuxuser

import (
	"runtime"
	"unsafe"

	"armature/syscalls"
	"armature/syscalls/host"
)

const (
	hostClone  = 56
	hostClone3 = 435
)

// hostCloneArgs is the kernel's struct clone_args.
type hostCloneArgs struct {
	flags, pidfd, childTID, parentTID, exitSignal, stack, stackSize, tls, setTID, setTIDSize, cgroup uint64
}

// fork makes a process, and gives its PID, or 0 in the child: the same Go program
// goes on there (host.Fork), with t as its only guest thread.
func (t *Thread) fork(a *cloneArgs) uint64 {
	switch {
	case a.flags&(cloneVM|cloneVfork) == cloneVM|cloneVfork:
		return t.vfork(a)
	case a.flags&cloneVM != 0:
		return t.spawn(a)
	}
	p := t.p
	d := p.debug.Load()
	if d != nil && !d.serve.TryLock() {
		runtime.Gosched()
		return syscalls.NotEntered
	}
	p.engine.Fork()
	b := *a
	end := newEnd(&b)
	r, child := t.hostFork(&b)
	if !child {
		if d != nil {
			d.Unlock()
		}
		end.parent(t, r)
		return r
	}
	end.child(p)
	p.engine.Forked(t.cpu)
	p.space.forked()
	p.threads.forked(t)
	if d != nil {
		d.forked(p, a.flags&cloneFiles != 0)
	}
	p.straceLast = nil
	t.soft = nil
	t.own.leave()
	t.own, t.Vforked = nil, false
	t.inherit(a)
	if a.flags&cloneClearSighand != 0 {
		p.clearHandlers()
	}
	return 0
}

// forkEnd is a pipe by which a parent sees that its child has executed a program or ended, for
// CLONE_VFORK without CLONE_VM: if the kernel waited, the parent's other threads would do so too,
// which are stopped for the call.
type forkEnd struct{ read, write *host.Kept }

// newEnd makes one if a asks for it, and takes the flag away; else it gives nil. Where the
// pipe cannot be had, and where the child shares the descriptors, the kernel waits.
func newEnd(a *cloneArgs) *forkEnd {
	if a.flags&(cloneVfork|cloneFiles) != cloneVfork {
		return nil
	}
	const hostPipe2, cloexec = 293, 0x80000
	var fds [2]int32
	if host.Raw(hostPipe2, uintptr(unsafe.Pointer(&fds)), cloexec, 0, 0, 0, 0) != 0 {
		return nil
	}
	e := &forkEnd{}
	e.read, _ = host.Keep(uintptr(fds[0]))
	e.write, _ = host.Keep(uintptr(fds[1]))
	rawCall(hostClose, uint64(fds[0]))
	rawCall(hostClose, uint64(fds[1]))
	if e.read == nil || e.write == nil {
		e.close()
		return nil
	}
	a.flags &^= cloneVfork
	return e
}

func (e *forkEnd) close() {
	for _, k := range []*host.Kept{e.read, e.write} {
		if k != nil {
			k.Close()
		}
	}
}

// parent waits for the child, if r says that there is one. Only a signal that kills ends that
// early, as in the kernel.
func (e *forkEnd) parent(t *Thread, r uint64) {
	if e == nil {
		return
	}
	e.write.Close()
	if _, bad := syscalls.Failed(r); !bad {
		host.SetMask(^host.Sigset(0))
		host.AwaitEnd(t.Slot, e.read.FD())
		host.SetMask(t.Mask)
	}
	e.read.Close()
}

// child keeps the child's end, and drops one that is its parent's. e may be nil.
func (e *forkEnd) child(p *Process) {
	if p.end != nil {
		p.end.Close()
		p.end = nil
	}
	if e != nil {
		e.read.Close()
		p.end = e.write
	}
}

// inherit sets what the caller of clone chose for the child.
func (t *Thread) inherit(a *cloneArgs) {
	if a.stack != 0 {
		t.st.X[31] = a.stack
	}
	if a.flags&cloneSettls != 0 {
		t.st.TPIDR = a.tls
	}
	t.st.ExSize = 0
}

// clearHandlers resets all handlers to the default, as CLONE_CLEAR_SIGHAND does.
// The host is not asked for it, as the emulator's own would go with them. The caller is the
// child, whose dispositions they are.
func (p *Process) clearHandlers() {
	p.sigMu.Lock()
	defer p.sigMu.Unlock()
	for sig := 1; sig <= 64; sig++ {
		if a := &p.actions[sig]; a.Handler != host.Ignore && a.Handler != host.Default {
			*a = host.Action{}
			p.dispose(sig, host.Default, 0)
		}
	}
	p.showOwned()
}

// hostCloneArgs gives the call of the host to make, with its arguments. What is
// not on the Go heap of them lasts until the next call.
func (t *Thread) hostCloneArgs(a *cloneArgs) (nr uintptr, args [5]uintptr, e syscalls.Errno) {
	flags := a.flags &^ (cloneClearSighand | cloneSettls | cloneDetached)
	// The kernel ignores it when it cannot store a TID; it could, to the emulator's own memory.
	if !syscalls.OK(a.parentTID) {
		flags &^= cloneParentSettid
	}
	if !syscalls.OK(a.childTID) {
		flags &^= cloneChildSettid | cloneChildCleartid
	}
	if flags&^cloneLegacy == 0 && flags&cloneNewTime == 0 && a.setTIDSize == 0 && (flags&clonePidfd == 0 || a.pidfd == a.parentTID) {
		return hostClone, [5]uintptr{uintptr(flags | a.exitSignal), 0, uintptr(a.parentTID), uintptr(a.childTID)}, 0
	}
	t.Reset()
	b := t.Scratch(int(unsafe.Sizeof(hostCloneArgs{})))
	if b == nil {
		return 0, args, syscalls.ENOMEM
	}
	*(*hostCloneArgs)(host.Pointer(host.Addr(b))) = hostCloneArgs{
		flags: flags, pidfd: a.pidfd, childTID: a.childTID, parentTID: a.parentTID,
		exitSignal: a.exitSignal, setTID: a.setTID, setTIDSize: a.setTIDSize, cgroup: a.cgroup,
	}
	return hostClone3, [5]uintptr{host.Addr(b), uintptr(len(b))}, 0
}

// hostFork makes the call of the host.
func (t *Thread) hostFork(a *cloneArgs) (r uint64, child bool) {
	if t.p.cfg.Atexit != nil {
		t.p.cfg.Atexit() // what is buffered would be written twice
	}
	nr, args, e := t.hostCloneArgs(a)
	if e != 0 {
		return e.Ret(), false
	}
	pid, slot := host.Fork(t.Slot, nr, args)
	if pid == 0 {
		t.Slot = slot
		return 0, true
	}
	return uint64(pid), false
}

// forked makes t the only thread.
func (s *threadSet) forked(t *Thread) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.byTID = map[uint32]*Thread{t.Slot.TID: t}
	s.identity.only(t.Slot.TID)
	s.coming = 0 // idle workers are in the child as they are here
}
