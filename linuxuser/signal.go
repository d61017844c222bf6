package linuxuser

import (
	"sync/atomic"

	"armature/syscalls"
	"armature/syscalls/host"
)

// Signals whose default action is to do nothing, and to stop.
const (
	ignoredByDefault = 1<<(17-1) | 1<<(18-1) | 1<<(23-1) | 1<<(28-1) // CHLD, CONT, URG, WINCH
	siKernel         = 0x80
)

// action gives the action of sig, and if it is to be used once, resets it.
func (p *Process) action(sig int) host.Action {
	p.sigMu.Lock()
	defer p.sigMu.Unlock()
	a := p.actions[sig]
	if a.Flags&host.SAResetHand != 0 && a.Handler > host.Ignore {
		p.actions[sig].Handler = host.Default
		p.dispose(sig, host.Default, a.Flags)
	}
	return a
}

// Bits of host.Slot.Pending.
const (
	slotInfo = 1
	slotSent = 2
)

// post queues a signal among host.Owned that was sent: the host's mask does not
// hold it back, so it waits here. Standard signals do not queue.
func (t *Thread) post(info *siginfo) {
	for _, s := range t.soft {
		if s.sig() == info.sig() {
			return
		}
	}
	t.soft = append(t.soft, *info)
}

// deliver delivers the signal in the slot and those that replace it, until none
// is left that the mask lets in.
func (t *Thread) deliver() {
	for {
		switch pending := atomic.LoadUint32(&t.Slot.Pending); {
		case pending&slotInfo != 0:
			info := siginfo(t.Slot.Info)
			if t.Mask&host.Bit(info.sig()) == 0 {
				t.handle(&info)
			} else { // blocked by the handler of a fault that came after it was taken
				t.soft = append(t.soft, info)
			}
			atomic.AndUint32(&t.Slot.Pending, ^uint32(slotInfo))
			// With the new mask the kernel hands over the next one at once.
			host.SetMask(t.Mask)
			continue
		case pending&slotSent != 0:
			info := siginfo(t.Slot.Sent)
			atomic.AndUint32(&t.Slot.Pending, ^uint32(slotSent))
			if info.code() == host.BreakInCode {
				t.again()
				continue
			}
			t.post(&info)
			continue
		}
		if !t.deliverSoft() {
			break
		}
	}
	if t.Restore { // no handler ran
		t.Mask, t.Restore = t.Saved, false
		host.SetMaskGuarded(t.Slot, t.Mask)
	}
	if t.interrupted {
		t.interrupted = false
		t.st.PC -= 4
	}
}

// deliverSoft delivers one signal from t.soft that is not blocked.
func (t *Thread) deliverSoft() bool {
	for i := range t.soft {
		if info := t.soft[i]; t.Mask&host.Bit(info.sig()) == 0 {
			t.soft = append(t.soft[:i:i], t.soft[i+1:]...)
			t.handle(&info)
			host.SetMaskGuarded(t.Slot, t.Mask)
			return true
		}
	}
	return false
}

// handle does what the guest wants done with a signal that is delivered now.
func (t *Thread) handle(info *siginfo) {
	if sig := info.sig(); sig < 1 || sig > 64 {
		return
	}
	if d := t.p.debug.Load(); d == nil || d.signal(t, info) {
		t.act(info)
	}
}

// act is handle, past the debugger.
func (t *Thread) act(info *siginfo) {
	sig := info.sig()
	act := t.p.action(sig)
	switch {
	case act.Handler == host.Ignore:
		t.straceSignal(info, "ignored")
	case act.Handler == host.Default && ignoredByDefault&host.Bit(sig) != 0:
		t.straceSignal(info, "ignored")
	case act.Handler == host.Default && (host.Owned&host.Bit(sig) != 0 || t.p.catchAll && debugged&host.Bit(sig) != 0):
		t.die(sig, info)
	case act.Handler == host.Default:
		// The action changed after the signal was taken. The host has the default
		// action now: let it act.
		pid, tid := host.Raw(host.SysGetpid, 0, 0, 0, 0, 0, 0), host.Raw(host.SysGettid, 0, 0, 0, 0, 0, 0)
		host.Raw(host.SysTgkill, pid, tid, uintptr(sig), 0, 0, 0)
	default:
		t.enter(info, &act)
	}
}

// enter makes the guest run a handler.
func (t *Thread) enter(info *siginfo, act *host.Action) {
	if t.interrupted {
		t.interrupted = false
		if act.Flags&host.SARestart != 0 {
			t.st.PC -= 4
		} else {
			t.st.X[0] = syscalls.EINTR.Ret()
		}
	}
	t.st.ExSize = 0
	t.straceSignal(info, "")
	sig := info.sig()
	if !t.pushFrame(info, act) {
		t.forceSegv(sig)
		return
	}
	t.cpu.KernelStored()
	t.Restore = false
	m := t.Mask | act.Mask
	if act.Flags&host.SANoDefer == 0 {
		m |= host.Bit(sig)
	}
	t.Mask = m &^ host.Unblockable
}

// force delivers a synchronous signal: if it is blocked or ignored, the process
// dies of it.
func (t *Thread) force(sig, code int, addr uint64) {
	info := faultInfo(sig, code, addr)
	t.forceInfo(&info)
}

func (t *Thread) forceInfo(info *siginfo) {
	if d := t.p.debug.Load(); d != nil && !d.signal(t, info) {
		return
	}
	sig := info.sig()
	t.p.sigMu.Lock()
	h := t.p.actions[sig].Handler
	t.p.sigMu.Unlock()
	if h == host.Default || h == host.Ignore || t.Mask&host.Bit(sig) != 0 {
		t.die(sig, info)
	}
	act := t.p.action(sig)
	t.enter(info, &act)
	host.SetMaskGuarded(t.Slot, t.Mask)
}

// forceSegv is what happens when the frame of sig cannot be written.
func (t *Thread) forceSegv(sig int) {
	info := faultInfo(sigSEGV, siKernel, 0)
	if sig == sigSEGV {
		t.die(sig, &info)
	}
	t.forceInfo(&info)
}

// die ends the process by a signal.
func (t *Thread) die(sig int, info *siginfo) {
	t.straceSignal(info, "killed")
	t.ends(Event{Kind: EventKill, Signal: sig})
	t.p.endMu.Lock()   // for good
	if t.p.cfg.Crash { // that of the first one
		t.crash(sig, info)
	}
	t.p.finish()
	host.Die(sig)
}

// badFrame is rt_sigreturn's answer to a frame that is none.
func (t *Thread) badFrame() {
	sp := t.st.X[31]
	code := segvMapErr
	t.p.space.mu.RLock()
	if t.p.space.find(sp) != nil {
		code = segvAccErr
	}
	t.p.space.mu.RUnlock()
	t.faultAddr, t.faultCode = 0, 0
	t.force(sigSEGV, code, sp)
}

func sysRtSigreturn(t *Thread, a *[6]uint64) uint64 {
	mask, ok := t.popFrame()
	if !ok {
		t.badFrame()
		return 0
	}
	t.Mask = mask
	if host.SetMaskGuarded(t.Slot, mask) == host.NotEntered {
		return 0 // deliver sets it
	}
	return 0
}

// Calls on signals.

const sigsetSize = 8

func sysRtSigaction(t *Thread, a *[6]uint64) uint64 {
	sig := int(int32(a[0]))
	if a[3] != sigsetSize {
		return syscalls.EINVAL.Ret()
	}
	var act host.Action
	if a[1] != 0 && !syscalls.In(&act, a[1]) {
		return syscalls.EFAULT.Ret()
	}
	if sig < 1 || sig > 64 || a[1] != 0 && host.Unblockable&host.Bit(sig) != 0 {
		return syscalls.EINVAL.Ret()
	}
	p := t.p
	p.sigMu.Lock()
	old := p.actions[sig]
	if a[1] != 0 {
		const known = host.SANoCldStop | host.SANoCldWait | host.SASiginfo | host.SAOnStack | host.SARestart |
			host.SANoDefer | host.SAResetHand | host.SARestorer | 0x800 // SA_EXPOSE_TAGBITS
		act.Flags &= known
		act.Mask &^= host.Unblockable
		p.actions[sig] = act
		if host.Owned&host.Bit(sig) == 0 {
			if act.Handler == host.Default || act.Handler == host.Ignore {
				p.dispose(sig, act.Handler, act.Flags)
			} else {
				host.Catch(sig, act.Flags)
			}
		} else {
			if act.Handler == host.Ignore {
				t.dropSoft(sig)
			}
			p.showOwned()
		}
	}
	p.sigMu.Unlock()
	if a[2] != 0 && !syscalls.Out(a[2], &old) {
		return syscalls.EFAULT.Ret()
	}
	return 0
}

// dropSoft forgets pending signals that have become ignored.
func (t *Thread) dropSoft(sig int) {
	keep := t.soft[:0]
	for _, s := range t.soft {
		if s.sig() != sig {
			keep = append(keep, s)
		}
	}
	t.soft = keep
}

func sysRtSigprocmask(t *Thread, a *[6]uint64) uint64 {
	if a[3] != sigsetSize {
		return syscalls.EINVAL.Ret()
	}
	old := t.Mask
	if a[1] != 0 {
		var set host.Sigset
		if !syscalls.In(&set, a[1]) {
			return syscalls.EFAULT.Ret()
		}
		set &^= host.Unblockable
		m := old
		switch int32(a[0]) {
		case 0:
			m |= set
		case 1:
			m &^= set
		case 2:
			m = set
		default:
			return syscalls.EINVAL.Ret()
		}
		if m != old {
			if host.SetMaskGuarded(t.Slot, m) == host.NotEntered {
				return syscalls.NotEntered
			}
			t.Mask = m
		}
	}
	if a[2] != 0 && !syscalls.Out(a[2], &old) {
		return syscalls.EFAULT.Ret()
	}
	return 0
}

func sysRtSigpending(t *Thread, a *[6]uint64) uint64 {
	if a[1] > sigsetSize {
		return syscalls.EINVAL.Ret()
	}
	var set [8]byte
	v := host.Pending() &^ host.Owned
	for _, s := range t.soft {
		v |= host.Bit(s.sig())
	}
	v &= t.Mask
	for i := range set {
		set[i] = byte(v >> (8 * i))
	}
	if !syscalls.CopyOut(a[0], set[:a[1]]) {
		return syscalls.EFAULT.Ret()
	}
	return 0
}

func sysRtSigsuspend(t *Thread, a *[6]uint64) uint64 {
	const hostSigsuspend = 130
	if a[0] == 0 { // no mask to others, but a bad address here
		return rawCall(hostSigsuspend, syscalls.Reach(syscalls.GuestTop), a[1])
	}
	return t.Masked(a[0], a[1], func(m, size uint64) uint64 {
		for _, s := range t.soft {
			if t.Mask&host.Bit(s.sig()) == 0 {
				t.Soon = true
				return syscalls.EINTR.Ret()
			}
		}
		return t.Block(hostSigsuspend, &[6]uint64{m, size})
	})
}

func sysRtSigtimedwait(t *Thread, a *[6]uint64) uint64 {
	const hostSigtimedwait = 128
	var set host.Sigset
	if a[3] != sigsetSize {
		return syscalls.EINVAL.Ret()
	}
	if !syscalls.In(&set, a[0]) || !syscalls.OK(a[1]) || !syscalls.OK(a[2]) {
		return syscalls.EFAULT.Ret()
	}
	for i, s := range t.soft {
		if set&host.Bit(s.sig()) != 0 {
			if a[1] != 0 && !syscalls.CopyOut(a[1], s[:]) {
				return syscalls.EFAULT.Ret()
			}
			t.soft = append(t.soft[:i:i], t.soft[i+1:]...)
			return uint64(s.sig())
		}
	}
	m := t.Scratch(8)
	for i := range m {
		m[i] = byte(set &^ host.Owned >> (8 * i))
	}
	return t.Block(hostSigtimedwait, &[6]uint64{uint64(host.Addr(m)), a[1], a[2], sigsetSize})
}

func sysSigaltstack(t *Thread, a *[6]uint64) uint64 {
	old := t.alt
	var in altStack
	if a[0] != 0 && !syscalls.In(&in, a[0]) {
		return syscalls.EFAULT.Ret()
	}
	switch {
	case old.size == 0:
		old.flags = old.flags&ssAutodisarm | ssDisable
	case old.on(t.st.X[31]):
		old.flags = old.flags&ssAutodisarm | ssOnstack
	default:
		old.flags &= ssAutodisarm
	}
	if a[0] != 0 {
		if e := t.setAltStack(&in); e != 0 {
			return e.Ret()
		}
	}
	if a[1] != 0 && !syscalls.Out(a[1], &old) {
		return syscalls.EFAULT.Ret()
	}
	return 0
}

func self() uint64    { return uint64(host.Raw(host.SysGetpid, 0, 0, 0, 0, 0, 0)) }
func selfTID() uint64 { return uint64(host.Raw(host.SysGettid, 0, 0, 0, 0, 0, 0)) }
