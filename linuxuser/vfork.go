package linuxuser

import (
	"sync"
	"sync/atomic"
	"time"

	"armature/syscalls"
	"armature/syscalls/host"
)

// vfork makes a process that shares the memory, and waits until that has executed
// a program or ended.
//
// To the kernel the child is a process of its own; its code runs here, on the parent's
// thread (host.Vfork), with a Process of its own for what a process does not share with its
// vfork's child.
func (t *Thread) vfork(a *cloneArgs) uint64 {
	p := t.p
	c, err := p.engine.NewCPU()
	if err != nil {
		return syscalls.ENOMEM.Ret()
	}
	defer c.Close()
	child := p.sharing()
	// Without cpu.Caller: its calls are the child's, not this thread's.
	n := &Thread{p: child, cpu: c, st: c.State, alt: t.alt}
	n.Mask, n.Tagged = t.Mask, t.Tagged
	n.filters.Store(t.filters.Load())
	n.st.CopyGuest(t.st)
	n.st.X[0] = 0
	// What the kernel would do with the words of TIDs is done here: there is one of
	// host.Vfork's.
	b := *a
	b.flags &^= cloneVfork | cloneParentSettid | cloneChildSettid | cloneChildCleartid
	b.parentTID = b.pidfd // one place for both to clone, which has flags that clone3 refuses
	nr, args, e := t.hostCloneArgs(&b)
	if e != 0 {
		return e.Ret()
	}
	pid := host.Vfork(t.Slot, nr, args, &n.st.Stop, kickBit, func(s *host.Slot, c host.Child) {
		n.Ctx.Init(&child.fs, s)
		n.Vforked = true
		n.own = &vforked{child: c, stop: &n.st.Stop}
		n.own.watch()
		defer n.own.leave()
		child.threads.add(n)
		n.inherit(a)
		if a.flags&cloneClearSighand != 0 {
			child.clearHandlers()
		}
		if pid := c.PID(); a.flags&cloneParentSettid != 0 {
			syscalls.Out(a.parentTID, &pid)
		}
		if tid := uint32(selfTID()); a.flags&cloneChildSettid != 0 {
			syscalls.Out(a.childTID, &tid)
		}
		if a.flags&cloneChildCleartid != 0 {
			n.own.clearTID = a.childTID
		}
		host.SetMask(n.Mask)
		n.run()
		if n.gone {
			n.leave()
		}
	})
	if n.own != nil {
		n.own.clear()
	}
	n.Ctx.Free()
	if a.flags&cloneSighand != 0 {
		p.sigMu.Lock()
		p.actions = child.actions
		p.sigMu.Unlock()
	}
	return uint64(pid)
}

// vforked is what the thread of a vfork's child has beside others.
type vforked struct {
	child    host.Child
	clearTID uint64  // the word to clear at its end (CLONE_CHILD_CLEARTID); 0: none
	stop     *uint32 // of its CPU

	mu    sync.Mutex // of what follows
	timer *time.Timer
	over  bool
}

// watchEvery is how often it is looked whether the child was killed while the guest's
// code, which makes no system call, runs.
const watchEvery = 5 * time.Millisecond

// watch begins to look.
func (v *vforked) watch() {
	v.mu.Lock()
	v.timer = time.AfterFunc(watchEvery, v.look)
	v.mu.Unlock()
}

func (v *vforked) look() {
	v.mu.Lock()
	defer v.mu.Unlock()
	switch {
	case v.over:
	case v.child.Gone():
		atomic.OrUint32(v.stop, kickBit)
	default:
		v.timer.Reset(watchEvery)
	}
}

// leave ends what watch began. v may be nil.
func (v *vforked) leave() {
	if v == nil {
		return
	}
	v.mu.Lock()
	v.over = true
	v.timer.Stop()
	v.mu.Unlock()
}

// clear clears the word of the child's TID and wakes who waits for it, as the kernel does.
func (v *vforked) clear() {
	const hostFutex, wake = 202, 1
	if v.clearTID != 0 && syscalls.OK(v.clearTID) {
		var zero uint32
		syscalls.Out(v.clearTID, &zero)
		rawCall(hostFutex, v.clearTID, wake, 1, 0, 0, 0)
	}
}

// gone tells whether the child has executed a program or ended. v may be nil.
func (v *vforked) gone() bool { return v != nil && v.child.Gone() }

// sharing gives what a process that shares p's memory has for itself.
func (p *Process) sharing() *Process {
	p.sigMu.Lock()
	defer p.sigMu.Unlock()
	c := &Process{
		cfg: p.cfg, fs: p.fs, space: p.space, engine: p.engine, actions: p.actions,
		auxv: p.auxv, sigreturn: p.sigreturn, vdso: p.vdso, strace: p.strace, args: p.args, identity: p.identity, mapped: p.mapped,
		shares: true, catchAll: p.catchAll,
	}
	c.fs.ProcFile, c.fs.ProcHides = c.procFile, c.procHides
	return c
}
