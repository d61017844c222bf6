package syscalls

import "armature/syscalls/host"

// Sizes of struct siginfo: all, and what of it the kernel keeps.
const (
	siginfoSize = 128
	siginfoKept = 48
)

// faultCodes is above all codes of faults.
const faultCodes = 0x800

// siginfoOf gives the address of a siginfo for the host in place of the guest's at p.
//
// Handlers of crashes send the signal that they got to their own thread again, with the
// siginfo as it was. The host's handler takes a SIGSEGV or SIGBUS with a code of the kernel's
// for a fault of the emulator's: so the code is changed for the way (host.Forwarded). A process
// may send such codes to itself only.
func (c *Ctx) siginfoOf(p uint64, sig uint64) (uint64, Errno) {
	if sig >= 64 || sig == 0 || host.Owned&host.Bit(int(sig)) == 0 {
		return Reach(p), 0
	}
	b := c.alloc(siginfoSize)
	if b == nil || !CopyIn(b, p) {
		return Reach(p), 0 // the kernel says what comes of it
	}
	switch code := int32(le32(b[8:])); {
	case code <= 0:
		return Reach(p), 0
	case code >= faultCodes:
		return 0, EINVAL // the kernel knows no such code, but would send it
	default:
		clear(b[siginfoKept:]) // as the kernel does for codes that it knows
		put32(b[8:], uint32(code-host.Forwarded))
		return addrOf(b), 0
	}
}

func sysRtSigqueueinfo(c *Ctx, a *[6]uint64) uint64 {
	return c.queueinfo(hostRtSigqueueinfo, *a, 2, a[1])
}

func sysRtTgsigqueueinfo(c *Ctx, a *[6]uint64) uint64 {
	return c.queueinfo(hostRtTgsigqueueinfo, *a, 3, a[2])
}

func sysPidfdSendSignal(c *Ctx, a *[6]uint64) uint64 {
	return c.queueinfo(hostPidfdSendSignal, *a, 2, a[1])
}

// queueinfo makes a call whose argument i points to a siginfo, or is null. It may be the
// thread's end, so that it is made as one that sleeps.
func (c *Ctx) queueinfo(nr uintptr, a [6]uint64, i int, sig uint64) uint64 {
	if a[i] != 0 {
		info, e := c.siginfoOf(a[i], uint64(uint32(sig)))
		if e != 0 {
			return e.Ret()
		}
		a[i] = info
	}
	return c.Block(nr, &a)
}
