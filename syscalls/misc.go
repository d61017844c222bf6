package syscalls

import "armature/syscalls/host"

func sysUname(c *Ctx, a *[6]uint64) uint64 {
	const field = 65 // sysname, nodename, release, version, machine, domainname
	b := c.alloc(6 * field)
	if r := raw(hostUname, addrOf(b)); r != 0 {
		return r
	}
	const per, linux32 = 0xff, 8
	machine := "aarch64"
	if raw(hostPersonality, 0xffffffff)&per == linux32 {
		machine = "armv8l"
	}
	set := func(i int, v string) {
		f := b[i*field:][:field]
		clear(f)
		copy(f[:field-1], v)
	}
	set(4, machine)
	if c.FS != nil && c.FS.Release != "" {
		set(2, c.FS.Release)
	}
	if !CopyOut(a[0], b) {
		return EFAULT.Ret()
	}
	return 0
}

func sysClockGettime(c *Ctx, a *[6]uint64) uint64 {
	if !OK(a[1]) {
		return EFAULT.Ret()
	}
	if ts, ok := host.ClockGettime(uint32(a[0]), c.clockMem()); ok {
		if !Out(a[1], &ts) {
			return EFAULT.Ret()
		}
		return 0
	}
	return raw(hostClockGettime, a[0], a[1])
}

// semPerm is the size of sem_perm, the first field of struct semid64_ds. After
// it, x86-64 has a spare word behind each time.
const semPerm = 48

func sysSemctl(c *Ctx, a *[6]uint64) uint64 {
	const ipcSet, ipcStat, semStat, semStatAny = 1, 2, 18, 20
	const getAll, setAll, ipcInfo, semInfo = 13, 17, 3, 19
	arg := c.ptr(a[3])
	switch a[2] & 0xffffffff {
	case ipcStat, semStat, semStatAny:
		b := c.alloc(104)
		r := raw(hostSemctl, a[0], a[1], a[2], addrOf(b))
		if _, bad := Failed(r); bad {
			return r
		}
		var g [88]byte
		copy(g[:], b[:semPerm])
		put64(g[48:], le64(b[48:])) // sem_otime
		put64(g[56:], le64(b[64:])) // sem_ctime
		put64(g[64:], le64(b[80:])) // sem_nsems
		if !CopyOut(arg, g[:]) {
			return EFAULT.Ret()
		}
		return r
	case ipcSet:
		b := c.alloc(104)
		if !CopyIn(b[:semPerm], arg) {
			return raw(hostSemctl, a[0], a[1], a[2], nobodys)
		}
		return raw(hostSemctl, a[0], a[1], a[2], addrOf(b))
	case getAll, setAll, ipcInfo, semInfo:
		return raw(hostSemctl, a[0], a[1], a[2], Reach(arg))
	}
	return raw(hostSemctl, a[0], a[1], a[2], a[3])
}

// keyctlPointers has for each operation of keyctl a bit for each argument that
// is an address (bit 1: arg2), and bit 0 if the operation is known. Structures are
// the same on both.
var keyctlPointers = [...]uint8{
	0: 1, 1: 1 | 1<<1, 2: 1 | 1<<2, 3: 1, 4: 1, 5: 1, 6: 1 | 1<<2, 7: 1, 8: 1, 9: 1,
	10: 1 | 1<<2 | 1<<3, 11: 1 | 1<<2, 12: 1 | 1<<2, 13: 1, 14: 1, 15: 1, 16: 1, 17: 1 | 1<<2, 18: 1, 19: 1,
	20: 1 | 1<<2, 21: 1, 22: 1, 23: 1 | 1<<1 | 1<<2 | 1<<4, 24: 1 | 1<<3 | 1<<4,
	25: 1 | 1<<1 | 1<<2 | 1<<3 | 1<<4, 26: 1 | 1<<1 | 1<<2 | 1<<3 | 1<<4, 27: 1 | 1<<1 | 1<<2 | 1<<3 | 1<<4,
	28: 1 | 1<<1 | 1<<2 | 1<<3 | 1<<4, 29: 1 | 1<<2 | 1<<3, 30: 1, 31: 1 | 1<<1, 32: 1,
}

func sysKeyctl(c *Ctx, a *[6]uint64) uint64 {
	op := a[0] & 0xffffffff
	if op >= uint64(len(keyctlPointers)) || keyctlPointers[op] == 0 {
		return EOPNOTSUPP.Ret()
	}
	m := keyctlPointers[op]
	b := *a
	for i := 1; i < 5; i++ {
		if m>>i&1 != 0 {
			b[i] = Reach(c.ptr(a[i]))
		}
	}
	return c.Block(hostKeyctl, &b)
}
