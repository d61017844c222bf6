package syscalls

import (
	"math"

	"armature/syscalls/host"
)

// The emulator's own descriptors are closed to the guest: Do sees to most calls.

const (
	hostDup3       = 292
	hostCloseRange = 436
)

func sysClose(c *Ctx, a *[6]uint64) uint64 {
	dropRings(uint32(a[0]), uint32(a[0]))
	return c.Block(hostClose, a)
}

func sysDup3(c *Ctx, a *[6]uint64) uint64 {
	const cloexecOnly = 0x80000
	if a[2]&math.MaxUint32&^cloexecOnly != 0 {
		return EINVAL.Ret()
	}
	// A vfork's child has a table of its own but shares the notes about it, so
	// nothing is moved there.
	if host.Own(uint32(a[1])) && (c.Vforked || !host.Vacate(uint32(a[1]))) {
		return EBADF.Ret()
	}
	r := raw(hostDup3, a[0], a[1], a[2])
	if _, bad := Failed(r); !bad {
		dropRings(uint32(a[1]), uint32(a[1]))
	}
	return r
}

func sysCloseRange(c *Ctx, a *[6]uint64) uint64 {
	first, last, flags := a[0]&math.MaxUint32, a[1]&math.MaxUint32, a[2]
	const cloexec = 4
	if flags&cloexec == 0 && first <= last {
		dropRings(uint32(first), uint32(last))
	}
	own := host.OwnFDs()
	for _, fd := range own {
		if first <= last && fd >= first && fd <= last {
			if fd > first {
				if r := raw(hostCloseRange, first, fd-1, flags); r != 0 {
					return r
				}
			}
			first = fd + 1
			if fd == last {
				return 0
			}
		}
	}
	return raw(hostCloseRange, first, last, flags)
}
