package syscalls

import "armature/syscalls/host"

// Masked makes a call that replaces the signal mask while it sleeps. set is the
// address of the guest's mask, 0 for none. do gets the address of the host's.
//
// The kernel swaps the masks of the host thread; Mask follows, so that a signal
// that ends the call is delivered with the call's mask, and the mask before it
// is what the frame restores.
func (c *Ctx) Masked(set, size uint64, do func(set uint64) uint64) uint64 {
	if set == 0 {
		return do(0)
	}
	if size != 8 {
		return EINVAL.Ret()
	}
	m := c.alloc(8)
	if m == nil || !CopyIn(m, set) {
		return EFAULT.Ret()
	}
	old := c.Mask
	c.Mask = le64(m) &^ host.Unblockable
	put64(m, c.Mask&^host.Owned)
	r := do(addrOf(m))
	if r != NotEntered && (c.Slot.Pending != 0 || c.Soon) {
		c.Saved, c.Restore, c.Soon = old, true, false
	} else {
		c.Mask = old
	}
	return r
}

func sysPpoll(c *Ctx, a *[6]uint64) uint64 {
	if !OK(a[0]) || !OK(a[2]) {
		return EFAULT.Ret()
	}
	return c.Masked(a[3], a[4], func(m uint64) uint64 {
		return c.Block(hostPpoll, &[6]uint64{a[0], a[1], a[2], m, 8})
	})
}

func sysPselect6(c *Ctx, a *[6]uint64) uint64 {
	for _, p := range a[1:5] {
		if !OK(p) {
			return EFAULT.Ret()
		}
	}
	set, size, e := c.sigArg(a[5])
	if e != 0 {
		return e.Ret()
	}
	return c.Masked(set, size, func(m uint64) uint64 {
		arg := c.alloc(16)
		put64(arg, m)
		put64(arg[8:], 8)
		return c.Block(hostPselect6, &[6]uint64{a[0], a[1], a[2], a[3], a[4], addrOf(arg)})
	})
}

// sigArg reads the pair of a mask's address and size that pselect6 and
// io_pgetevents take.
func (c *Ctx) sigArg(addr uint64) (set, size uint64, e Errno) {
	if addr == 0 {
		return 0, 8, 0
	}
	var v [2]uint64
	if !In(&v, addr) {
		return 0, 0, EFAULT
	}
	return c.ptr(v[0]), v[1], 0
}

func sysIoPgetevents(c *Ctx, a *[6]uint64) uint64 {
	if !OK(a[3]) || !OK(a[4]) {
		return EFAULT.Ret()
	}
	set, size, e := c.sigArg(a[5])
	if e != 0 {
		return e.Ret()
	}
	return c.Masked(set, size, func(m uint64) uint64 {
		arg := c.alloc(16)
		put64(arg, m)
		put64(arg[8:], 8)
		return c.Block(hostIoPgetevents, &[6]uint64{a[0], a[1], a[2], a[3], a[4], addrOf(arg)})
	})
}

// x86-64 packs struct epoll_event into 12 bytes; arm64 has 16, data at 8.
const (
	epollHost  = 12
	epollGuest = 16
)

func sysEpollCtl(c *Ctx, a *[6]uint64) uint64 {
	const del = 2
	ev := c.alloc(epollHost)
	if uint32(a[1]) != del {
		var g [epollGuest]byte
		if !CopyIn(g[:], a[3]) {
			return EFAULT.Ret()
		}
		copy(ev, g[:4])
		copy(ev[4:], g[8:])
	}
	return raw(hostEpollCtl, a[0], a[1], a[2], addrOf(ev))
}

func sysEpollPwait(c *Ctx, a *[6]uint64) uint64  { return c.epollWait(hostEpollPwait, a) }
func sysEpollPwait2(c *Ctx, a *[6]uint64) uint64 { return c.epollWait(hostEpollPwait2, a) }

func (c *Ctx) epollWait(nr uintptr, a *[6]uint64) uint64 {
	n := int64(int32(a[2]))
	if n <= 0 || n > (1<<31-1)/epollGuest {
		return EINVAL.Ret()
	}
	if !OK(a[1]) || nr == hostEpollPwait2 && !OK(a[3]) {
		return EFAULT.Ret()
	}
	// The host's events go to the guest's buffer, which has room for them, and are
	// made arm64's there.
	r := c.Masked(a[4], a[5], func(m uint64) uint64 {
		return c.Block(nr, &[6]uint64{a[0], a[1], uint64(n), a[3], m, 8})
	})
	if r != 0 && r <= uint64(n) && !widenEvents(a[1], int(r)) {
		return EFAULT.Ret()
	}
	return r
}

// widenEvents makes n events at addr those of arm64, the last ones first: they get longer.
func widenEvents(addr uint64, n int) bool {
	const chunk = 32
	var in [chunk * epollHost]byte
	var out [chunk * epollGuest]byte
	for n > 0 {
		k := (n-1)%chunk + 1
		n -= k
		if !CopyIn(in[:k*epollHost], addr+uint64(n)*epollHost) {
			return false
		}
		for i := range k {
			copy(out[i*epollGuest:], in[i*epollHost:][:4])
			copy(out[i*epollGuest+8:], in[i*epollHost+4:][:8])
		}
		if !CopyOut(addr+uint64(n)*epollGuest, out[:k*epollGuest]) {
			return false
		}
	}
	return true
}

func sysSignalfd4(c *Ctx, a *[6]uint64) uint64 {
	if a[2] != 8 {
		return EINVAL.Ret()
	}
	m := c.alloc(8)
	if !CopyIn(m, a[1]) {
		return EFAULT.Ret()
	}
	put64(m, le64(m)&^(host.Owned|host.Unblockable))
	return raw(hostSignalfd4, a[0], addrOf(m), 8, a[3])
}

// Operations of futex; the low bits of its second argument.
const (
	futexWait          = 0
	futexRequeue       = 3
	futexCmpRequeue    = 4
	futexWakeOp        = 5
	futexLockPI        = 6
	futexWaitBitset    = 9
	futexWaitRequeuePI = 11
	futexCmpRequeuePI  = 12
	futexLockPI2       = 13
	futexPrivate       = 128
	futexRealtime      = 256
)

// restartsAlways tells whether a signal never ends the futex operation op with EINTR: the
// kernel says ERESTARTNOINTR, whatever the signal's action. The C library counts on it and
// would take a mutex with priority inheritance for locked.
//
//go:nosplit
func restartsAlways(op uint64) bool {
	const ops = 1<<futexLockPI | 1<<futexLockPI2 | 1<<futexWaitRequeuePI
	return ops>>(op&0x7f)&1 != 0
}

func sysFutex(c *Ctx, a *[6]uint64) uint64 {
	if c.Tagged {
		a[4] = Untag(a[4])
		switch a[1] & 0x7f {
		case futexWait, futexLockPI, futexWaitBitset, futexLockPI2, futexWaitRequeuePI:
			a[3] = Untag(a[3])
		}
	}
	if !OK(a[0]) {
		return EFAULT.Ret()
	}
	switch op := a[1] & 0x7f &^ (futexPrivate | futexRealtime); op {
	case futexWait, futexLockPI, futexWaitBitset, futexLockPI2, futexWaitRequeuePI:
		if !OK(a[3]) || op == futexWaitRequeuePI && !OK(a[4]) {
			return EFAULT.Ret()
		}
		b := *a
		r := c.Block(hostFutex, &b)
		if r == Restart && restartsAlways(op) {
			r = NotEntered
		}
		return r
	case futexRequeue, futexCmpRequeue, futexWakeOp, futexCmpRequeuePI:
		if !OK(a[4]) {
			return EFAULT.Ret()
		}
	}
	return raw(hostFutex, a[0], a[1], a[2], a[3], a[4], a[5])
}

// waiters copies and checks n struct futex_waitv.
func (c *Ctx) waiters(addr, n uint64) (uint64, Errno) {
	const size, uaddr = 24, 8
	if n == 0 || n > 128 || addr == 0 {
		return 0, EINVAL
	}
	v := c.alloc(int(n) * size)
	if !CopyIn(v, addr) {
		return 0, EFAULT
	}
	for i := 0; i < len(v); i += size {
		p := c.ptr(le64(v[i+uaddr:]))
		if !OK(p) {
			return 0, EFAULT
		}
		put64(v[i+uaddr:], p)
	}
	return addrOf(v), 0
}

func sysFutexWaitv(c *Ctx, a *[6]uint64) uint64 {
	if !OK(a[3]) {
		return EFAULT.Ret()
	}
	v, e := c.waiters(a[0], a[1]&0xffffffff)
	if e != 0 {
		return e.Ret()
	}
	return c.Block(hostFutexWaitv, &[6]uint64{v, a[1], a[2], a[3], a[4]})
}

func sysFutexRequeue(c *Ctx, a *[6]uint64) uint64 {
	v, e := c.waiters(a[0], 2)
	if e != 0 {
		return e.Ret()
	}
	return raw(hostFutexRequeue, v, a[1], a[2], a[3])
}
