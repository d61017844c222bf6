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

// The limits of memory, soft and hard, of which the host kernel is not told, since the
// emulator's own memory would count: package linuxuser holds the guest to them. Unless
// limitsKnown the host's count.
var (
	guestLimits [2][2]uint64 // of RlimitAS, RlimitData
	limitsKnown [2]bool
)

// slot is the place of RlimitAS or RlimitData in guestLimits.
func slot(res int) int {
	if res == RlimitAS {
		return 0
	}
	return 1
}

// LimitsAt is the address of the limits of RlimitAS and RlimitData, soft and hard, LimitsSize bytes:
// for other processes.
func LimitsAt() uint64 { return uint64(uintptr(unsafe.Pointer(&guestLimits))) }

// LimitsSize is the size of what is at LimitsAt, in bytes.
const LimitsSize = uint64(unsafe.Sizeof(guestLimits))

// SetLimit sets the guest's RlimitAS or RlimitData, soft and hard.
func SetLimit(res int, val [2]uint64) {
	guestLimits[slot(res)], limitsKnown[slot(res)] = val, true
}

// SoftLimit is the guest's RlimitAS or RlimitData in bytes.
func SoftLimit(res int) uint64 {
	if i := slot(res); limitsKnown[i] {
		return guestLimits[i][0]
	}
	return Infinite
}

// Limits are both limits of RlimitAS or RlimitData.
func Limits(res int) [2]uint64 {
	if i := slot(res); limitsKnown[i] {
		return guestLimits[i]
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

func hidden(res uint64) bool {
	return (res == RlimitData || res == RlimitAS) && limitsKnown[slot(int(res))]
}

// notNull is p, or if that is 0, which has a meaning to prlimit64, another bad address.
func notNull(p uint64) uint64 {
	if p == 0 {
		return nobodys
	}
	return p
}

func sysGetrlimit(c *Ctx, a *[6]uint64) uint64 {
	return sysPrlimit64(c, &[6]uint64{0, a[0], 0, notNull(a[1])})
}

func sysSetrlimit(c *Ctx, a *[6]uint64) uint64 {
	return sysPrlimit64(c, &[6]uint64{0, a[0], notNull(a[1]), 0})
}

func sysPrlimit64(c *Ctx, a *[6]uint64) uint64 {
	res := a[1] & 0xffffffff
	own := uint32(a[0]) == 0 || uintptr(uint32(a[0])) == host.Raw(host.SysGetpid, 0, 0, 0, 0, 0, 0)
	if !hidden(res) || !own {
		if res == rlimitNproc && own && a[2] != 0 {
			var v [2]uint64
			if In(&v, a[2]) {
				limitThreads(v[0])
			}
		}
		r := raw(hostPrlimit64, a[0], a[1], Reach(a[2]), Reach(a[3]))
		if r == 0 && res == RlimitStack && own && a[2] != 0 && c.FS.GrowStack != nil {
			c.FS.GrowStack(Limit(RlimitStack))
		}
		return r
	}
	g := &guestLimits[slot(int(res))]
	old := *g
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
		*g = v
	}
	if a[3] != 0 && !Out(a[3], &old) {
		return EFAULT.Ret()
	}
	return 0
}

const (
	rlimitNproc = 6
	fewThreads  = 4096 // a limit below is taken for one that may be reached
)

// LimitThreads prepares for the limit of processes that the process was started with.
func LimitThreads() { limitThreads(Limit(rlimitNproc)) }

// limitThreads prepares for a limit of n processes and threads: the emulator's must not be
// refused when it has been reached.
func limitThreads(n uint64) {
	if n < fewThreads && !host.Limited.Swap(true) {
		host.Spare()
	}
}

// Limit is the soft limit of a resource as the guest sees it.
func Limit(res int) uint64 {
	if hidden(uint64(res)) {
		return guestLimits[slot(res)][0]
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
