package syscalls

import (
	"math"
	"unsafe"

	"armature/syscalls/host"
)

// Resource numbers.
const (
	RlimitData  = 2
	RlimitStack = 3
	RlimitAS    = 9
)

// Infinite is the limit that is none.
const Infinite = math.MaxUint64

// A memoryLimit is one that the host kernel is not told of, since the emulator's own
// memory would count: package linuxuser holds the guest to it.
type memoryLimit struct {
	known bool      // else the host's counts
	val   [2]uint64 // soft, hard
}

var guestLimits [16]memoryLimit

// SetLimit sets the guest's RlimitAS or RlimitData, soft and hard.
func SetLimit(res int, val [2]uint64) { guestLimits[res] = memoryLimit{true, val} }

// SoftLimit is the guest's RlimitAS or RlimitData in bytes.
func SoftLimit(res int) uint64 {
	if g := &guestLimits[res]; g.known {
		return g.val[0]
	}
	return Infinite
}

// Limits are both limits of RlimitAS or RlimitData.
func Limits(res int) [2]uint64 {
	if g := &guestLimits[res]; g.known {
		return g.val
	}
	return [2]uint64{Infinite, Infinite}
}

// TellHost gives the host kernel the guest's limits of memory, or with off set
// takes them back as far as that can be: for the time of an execve of a program that
// the emulator does not run.
func TellHost(off bool) {
	for _, res := range []int{RlimitAS, RlimitData} {
		v := Limits(res)
		if v[0] == Infinite {
			continue
		}
		if off {
			if host.Raw(hostPrlimit64, 0, uintptr(res), uintptr(unsafe.Pointer(&[2]uint64{Infinite, Infinite})), 0, 0, 0) == 0 {
				continue
			}
			v[0] = v[1]
		}
		host.Raw(hostPrlimit64, 0, uintptr(res), uintptr(unsafe.Pointer(&v)), 0, 0, 0)
	}
}

func hidden(res uint64) bool { return (res == RlimitData || res == RlimitAS) && guestLimits[res].known }

func sysGetrlimit(c *Ctx, a *[6]uint64) uint64 {
	if a[1] == 0 {
		return EFAULT.Ret()
	}
	return sysPrlimit64(c, &[6]uint64{0, a[0], 0, a[1]})
}

func sysSetrlimit(c *Ctx, a *[6]uint64) uint64 {
	if a[1] == 0 {
		return EFAULT.Ret()
	}
	return sysPrlimit64(c, &[6]uint64{0, a[0], a[1], 0})
}

func sysPrlimit64(c *Ctx, a *[6]uint64) uint64 {
	if !OK(a[2]) || !OK(a[3]) {
		return EFAULT.Ret()
	}
	res := a[1] & 0xffffffff
	own := uint32(a[0]) == 0 || uintptr(uint32(a[0])) == host.Raw(host.SysGetpid, 0, 0, 0, 0, 0, 0)
	if !hidden(res) || !own {
		r := raw(hostPrlimit64, a[0], a[1], a[2], a[3])
		if r == 0 && res == RlimitStack && own && a[2] != 0 && c.FS.GrowStack != nil {
			c.FS.GrowStack(Limit(RlimitStack))
		}
		return r
	}
	g := &guestLimits[res]
	old := g.val
	if a[2] != 0 {
		var v [2]uint64
		switch {
		case !In(&v, a[2]):
			return EFAULT.Ret()
		case v[0] > v[1]:
			return EINVAL.Ret()
		case v[1] > old[1] && !Capable(capSysResource):
			return EPERM.Ret()
		}
		g.val = v
	}
	if a[3] != 0 && !Out(a[3], &old) {
		return EFAULT.Ret()
	}
	return 0
}

// Limit is the soft limit of a resource as the guest sees it.
func Limit(res int) uint64 {
	if g := &guestLimits[res]; g.known {
		return g.val[0]
	}
	var b [2]uint64
	if host.Raw(hostPrlimit64, 0, uintptr(res), 0, uintptr(unsafe.Pointer(&b)), 0, 0) != 0 {
		return Infinite
	}
	return b[0]
}

// Capabilities.
const (
	CapSysAdmin    = 21
	capSysResource = 24
)

// Capable tells whether the calling thread has a capability, in its user name space.
func Capable(c int) bool {
	const capget, version = 125, 0x20080522
	head := [2]uint32{version, 0}
	var caps [6]uint32 // effective, permitted, inheritable; twice
	return host.Raw(capget, uintptr(unsafe.Pointer(&head)), uintptr(unsafe.Pointer(&caps)), 0, 0, 0, 0) == 0 && caps[c/32*3]>>(c%32)&1 != 0
}
