package syscalls

import "armature/syscalls/host"

// Masked makes a call that replaces the signal mask while it sleeps. set is the
// address of the guest's mask, 0 for none. do gets the address of the host's, and the size
// to tell the kernel, which says what is wrong with them in its turn.
//
// The kernel swaps the masks of the host thread; Mask follows, so that a signal
// that ends the call is delivered with the call's mask, and the mask before it
// is what the frame restores.
func (c *Ctx) Masked(set, size uint64, do func(set, size uint64) uint64) uint64 {
	if set == 0 || size != 8 {
		return do(Reach(set), size)
	}
	m := c.alloc(8)
	if m == nil || !CopyIn(m, set) {
		return do(nobodys, size)
	}
	old := c.Mask
	c.Mask = le64(m) &^ host.Unblockable
	put64(m, c.Mask&^host.Owned)
	r := do(addrOf(m), size)
	if r != NotEntered && (c.Slot.Pending != 0 || c.Soon) {
		c.Saved, c.Restore, c.Soon = old, true, false
	} else {
		c.Mask = old
	}
	return r
}

func sysPpoll(c *Ctx, a *[6]uint64) uint64 {
	return c.Masked(a[3], a[4], func(m, size uint64) uint64 {
		return c.Block(hostPpoll, &[6]uint64{Reach(a[0]), a[1], Reach(a[2]), m, size})
	})
}

func sysPselect6(c *Ctx, a *[6]uint64) uint64 {
	return c.maskedPair(hostPselect6, a)
}

// maskedPair makes call nr, whose last argument is the address of a pair, of a mask's address
// and size, as pselect6 and io_pgetevents have it.
func (c *Ctx) maskedPair(nr uintptr, a *[6]uint64) uint64 {
	b := *a
	for i := 1; i < 5; i++ {
		b[i] = Reach(a[i]) // or a count
	}
	var v [2]uint64
	if a[5] == 0 || !In(&v, a[5]) {
		if a[5] != 0 {
			b[5] = nobodys
		}
		return c.Block(nr, &b)
	}
	return c.Masked(c.ptr(v[0]), v[1], func(m, size uint64) uint64 {
		arg := c.alloc(16)
		put64(arg, m)
		put64(arg[8:], size)
		b[5] = addrOf(arg)
		return c.Block(nr, &b)
	})
}

func sysIoPgetevents(c *Ctx, a *[6]uint64) uint64 {
	return c.maskedPair(hostIoPgetevents, a)
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
	n := uint64(uint32(a[2]))
	if n > (1<<31-1)/epollGuest {
		n = 0 // as wrong for the kernel
	}
	timeout := a[3]
	if nr == hostEpollPwait2 {
		timeout = Reach(timeout)
	}
	// The host's events go to the guest's buffer, which has room for them, and are
	// made arm64's there.
	r := c.Masked(a[4], a[5], func(m, size uint64) uint64 {
		return c.Block(nr, &[6]uint64{a[0], Reach(a[1]), n, timeout, m, size})
	})
	if r != 0 && r <= n && !widenEvents(a[1], int(r)) {
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
	futexWake          = 1
	futexRequeue       = 3
	futexCmpRequeue    = 4
	futexWakeOp        = 5
	futexLockPI        = 6
	futexWaitBitset    = 9
	futexWakeBitset    = 10
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

// futexStores tells whether the futex operation op may store to the futex.
//
//go:nosplit
func futexStores(op uint64) bool {
	const not = 1<<futexWait | 1<<futexWake | 1<<futexRequeue | 1<<futexCmpRequeue | 1<<futexWaitBitset | 1<<futexWakeBitset
	return not>>(op&0x7f)&1 == 0
}

func sysFutex(c *Ctx, a *[6]uint64) uint64 {
	if c.Tagged {
		a[4] = Untag(a[4])
		switch a[1] & 0x7f {
		case futexWait, futexLockPI, futexWaitBitset, futexLockPI2, futexWaitRequeuePI:
			a[3] = Untag(a[3])
		}
	}
	b := *a
	b[0], b[4] = Reach(a[0]), Reach(a[4])
	switch op := a[1] & 0x7f; op {
	case futexWait, futexLockPI, futexWaitBitset, futexLockPI2, futexWaitRequeuePI:
		b[3] = Reach(a[3]) // a timeout, for others a count
		r := c.Block(hostFutex, &b)
		if r == Restart && restartsAlways(op) {
			r = NotEntered
		}
		return r
	}
	return raw(hostFutex, b[:]...)
}

// waiters copies n struct futex_waitv, with the addresses as Reach has them, and gives the
// copy's address. What the kernel refuses is nowhere, or no address as the guest's.
func (c *Ctx) waiters(addr, n uint64) uint64 {
	const size, uaddr = 24, 8
	if n == 0 || n > 128 || addr == 0 {
		return Reach(addr)
	}
	v := c.alloc(int(n) * size)
	if !CopyIn(v, addr) {
		return nobodys
	}
	for i := 0; i < len(v); i += size {
		put64(v[i+uaddr:], Reach(c.ptr(le64(v[i+uaddr:]))))
	}
	return addrOf(v)
}

func sysFutexWaitv(c *Ctx, a *[6]uint64) uint64 {
	v := c.waiters(a[0], a[1]&0xffffffff)
	return c.Block(hostFutexWaitv, &[6]uint64{v, a[1], a[2], Reach(a[3]), a[4]})
}

func sysFutexRequeue(c *Ctx, a *[6]uint64) uint64 {
	return raw(hostFutexRequeue, c.waiters(a[0], 2), a[1], a[2], a[3])
}
