package linuxuser

import (
	"runtime"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/cpu"
)

// vfork makes a process that shares the memory, and waits until that has executed
// a program or ended.
//
// The child is a thread of the engine, and a process for the kernel; it has a
// Process of its own for what a process does not share with its vfork's child. It
// runs nested in the parent's call (host.Vfork).
func (t *Thread) vfork(a *cloneArgs) uint64 {
	p := t.p
	engine := p.engine
	if p.cfg.Engine.Interp || p.debug.Load() != nil {
		// The interpreter holds a lock as often as not, and a child that is killed
		// never gives it back. It is used under a debugger, too.
		cfg := p.cfg.Engine
		cfg.Memory, cfg.Interp = p.space, true
		if e, err := cpu.New(cfg); err == nil {
			engine = e
		}
	}
	c, err := engine.NewCPU()
	if err != nil {
		return syscalls.ENOMEM.Ret()
	}
	child := p.sharing()
	child.engine = engine
	n := &Thread{p: child, cpu: c, st: c.State, alt: altStack{flags: ssDisable}}
	c.SetCaller(n)
	n.Mask, n.Tagged = t.Mask, t.Tagged
	n.filters.Store(t.filters.Load())
	n.st.CopyGuest(t.st)
	n.st.X[0] = 0
	nr, args, e := t.hostCloneArgs(a)
	if e != 0 {
		c.Close()
		return e.Ret()
	}
	// A thread that the runtime starts for itself while the child runs must not be
	// the child's, to die with it: from a goroutine that has locked its thread, the
	// runtime leaves that to a thread which it keeps for the purpose.
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pid := host.Vfork(t.Slot, nr, args, &n.st.Stop, kickBit, func(s *host.Slot) {
		n.Ctx.Init(&child.fs, s)
		n.Vforked = true
		child.threads.add(n)
		n.inherit(a)
		host.SetMask(n.Mask)
		n.run()
		n.leave()
	})
	c.Abandon()
	c.Close()
	n.Ctx.Free()
	if a.flags&cloneSighand != 0 {
		p.sigMu.Lock()
		p.actions = child.actions
		p.sigMu.Unlock()
	}
	return uint64(pid)
}

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
