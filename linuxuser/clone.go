package linuxuser

import (
	"armature/syscalls"
)

// Flags of clone and clone3.
const (
	cloneSignal        = 0xff
	cloneNewTime       = 0x80 // in the place of signal bits: clone3 and unshare only
	cloneVM            = 0x100
	cloneFS            = 0x200
	cloneFiles         = 0x400
	cloneSighand       = 0x800
	clonePidfd         = 0x1000
	cloneVfork         = 0x4000
	cloneParent        = 0x8000
	cloneThread        = 0x10000
	cloneNewNS         = 0x20000
	cloneSysvsem       = 0x40000
	cloneSettls        = 0x80000
	cloneParentSettid  = 0x100000
	cloneChildCleartid = 0x200000
	cloneDetached      = 0x400000
	cloneChildSettid   = 0x1000000
	cloneNewCgroup     = 0x2000000
	cloneNewUTS        = 0x4000000
	cloneNewIPC        = 0x8000000
	cloneNewUser       = 0x10000000
	cloneNewPID        = 0x20000000
	cloneNewNet        = 0x40000000
	cloneClearSighand  = 1 << 32
	cloneIntoCgroup    = 1 << 33

	cloneLegacy = 0xffffffff
)

// cloneArgs is what clone and clone3 ask for.
type cloneArgs struct {
	flags      uint64 // without the signal
	exitSignal uint64
	stack      uint64 // the child's SP; 0: the parent's
	tls        uint64
	parentTID  uint64 // addresses
	childTID   uint64
	pidfd      uint64
	setTID     uint64 // of clone3 only: the TIDs that the child wants
	setTIDSize uint64
	cgroup     uint64
}

// check gives the error for combinations of flags that Linux refuses.
func (a *cloneArgs) check() syscalls.Errno {
	f := a.flags
	both := func(m uint64) bool { return f&m == m }
	switch {
	case both(cloneNewNS | cloneFS), both(cloneNewUser | cloneFS),
		f&cloneThread != 0 && f&cloneSighand == 0,
		f&cloneSighand != 0 && f&cloneVM == 0,
		f&cloneThread != 0 && f&(cloneNewUser|cloneNewPID) != 0,
		both(cloneNewIPC | cloneSysvsem),
		both(clonePidfd | cloneDetached),
		both(clonePidfd|cloneParentSettid) && a.pidfd == a.parentTID,
		both(cloneSighand | cloneClearSighand):
		return syscalls.EINVAL
	}
	return 0
}

func sysClone(t *Thread, a *[6]uint64) uint64 {
	c := cloneArgs{
		flags: a[0] & cloneLegacy &^ cloneSignal, exitSignal: a[0] & cloneSignal,
		stack: a[1], parentTID: a[2], pidfd: a[2], tls: a[3], childTID: a[4],
	}
	return t.clone(&c)
}

func sysClone3(t *Thread, a *[6]uint64) uint64 {
	const (
		version0, version2 = 64, 88 // sizes of struct clone_args
		maxTIDs            = 32
	)
	size := a[1]
	switch {
	case size > pageSize:
		return syscalls.E2BIG.Ret()
	case size < version0:
		return syscalls.EINVAL.Ret()
	}
	var v [pageSize / 8]uint64
	b := t.Scratch(int(size))
	if b == nil || !syscalls.CopyIn(b, a[0]) {
		return syscalls.EFAULT.Ret()
	}
	for i, x := range b {
		v[i/8] |= uint64(x) << (i % 8 * 8)
	}
	for _, x := range v[version2/8:] {
		if x != 0 {
			return syscalls.E2BIG.Ret()
		}
	}
	c := cloneArgs{
		flags: v[0], pidfd: v[1], childTID: v[2], parentTID: v[3], exitSignal: v[4], tls: v[7],
		setTID: v[8], setTIDSize: v[9], cgroup: v[10],
	}
	const known = cloneLegacy | cloneClearSighand | cloneIntoCgroup
	stack, stackSize := v[5], v[6]
	switch {
	case c.setTIDSize > maxTIDs, (c.setTID == 0) != (c.setTIDSize == 0),
		c.exitSignal&^cloneSignal != 0, c.exitSignal > 64,
		c.flags&cloneIntoCgroup != 0 && (c.cgroup > 1<<31-1 || size < version2),
		c.flags&^known != 0, c.flags&(cloneDetached|cloneSignal&^cloneNewTime) != 0,
		c.flags&(cloneThread|cloneParent) != 0 && c.exitSignal != 0,
		(stack == 0) != (stackSize == 0):
		return syscalls.EINVAL.Ret()
	}
	if stack != 0 {
		if !syscalls.OK(stack) || stackSize > syscalls.GuestTop || !syscalls.OK(stack+stackSize-1) {
			return syscalls.EINVAL.Ret()
		}
		c.stack = stack + stackSize
	}
	return t.clone(&c)
}

// clone makes a thread or a process.
func (t *Thread) clone(a *cloneArgs) uint64 {
	if e := a.check(); e != 0 {
		return e.Ret()
	}
	if !syscalls.OK(a.pidfd) {
		a.pidfd = 0
	}
	if a.flags&cloneThread == 0 {
		return t.fork(a)
	}
	return t.spawn(a)
}
