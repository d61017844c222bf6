package linuxuser

import (
	"armature/syscalls"
)

// emulated has the functions of the calls on the state of the process: those
// whose row says Emulate. They get the guest's arguments and give what goes to
// X0; one that changes PC has set all registers itself.
var emulated [syscalls.MaxNr + 1]func(*Thread, *[6]uint64) uint64

// Not an initial value: sysClone leads to the run loop, which looks here.
func init() {
	emulated = [syscalls.MaxNr + 1]func(*Thread, *[6]uint64) uint64{
		syscalls.NrIoSetup:              sysIoSetup,
		syscalls.NrIoDestroy:            sysIoDestroy,
		syscalls.NrExit:                 sysExit,
		syscalls.NrExitGroup:            sysExitGroup,
		syscalls.NrSetTidAddress:        sysSetTidAddress,
		syscalls.NrSigaltstack:          sysSigaltstack,
		syscalls.NrRtSigsuspend:         sysRtSigsuspend,
		syscalls.NrRtSigaction:          sysRtSigaction,
		syscalls.NrRtSigprocmask:        sysRtSigprocmask,
		syscalls.NrRtSigpending:         sysRtSigpending,
		syscalls.NrRtSigtimedwait:       sysRtSigtimedwait,
		syscalls.NrRtSigreturn:          sysRtSigreturn,
		syscalls.NrPrctl:                sysPrctl,
		syscalls.NrShmat:                sysShmat,
		syscalls.NrShmdt:                sysShmdt,
		syscalls.NrBrk:                  sysBrk,
		syscalls.NrMunmap:               sysMunmap,
		syscalls.NrMremap:               sysMremap,
		syscalls.NrClone:                sysClone,
		syscalls.NrExecve:               sysExecve,
		syscalls.NrMmap:                 sysMmap,
		syscalls.NrMprotect:             sysMprotect,
		syscalls.NrRemapFilePages:       sysRemapFilePages,
		syscalls.NrMsync:                sysMsync,
		syscalls.NrMlock:                sysMlock,
		syscalls.NrMunlock:              sysMunlock,
		syscalls.NrMlockall:             sysMlockall,
		syscalls.NrMunlockall:           sysMunlockall,
		syscalls.NrMincore:              sysMincore,
		syscalls.NrMadvise:              sysMadvise,
		syscalls.NrMbind:                sysMbind,
		syscalls.NrSeccomp:              sysSeccompCall,
		syscalls.NrExecveat:             sysExecveat,
		syscalls.NrMlock2:               sysMlock2,
		syscalls.NrPkeyMprotect:         sysPkeyMprotect,
		syscalls.NrClone3:               sysClone3,
		syscalls.NrMseal:                sysMseal,
		syscalls.NrSetMempolicyHomeNode: sysSetMempolicyHomeNode,
	}
}

func sysExitGroup(t *Thread, a *[6]uint64) uint64 {
	if t.p.strace != nil {
		t.straceExit(syscalls.NrExitGroup, 0)
	}
	if t.p.parks && t.p.threads.alone() {
		t.gone, t.status = true, int(a[0]&0xff)
		return 0
	}
	t.ends(Event{Kind: EventExit, Status: int(a[0] & 0xff)})
	t.p.exit(int(a[0] & 0xff))
	return 0
}

// sysSetTidAddress: the host kernel clears the word when the host thread ends.
func sysSetTidAddress(t *Thread, a *[6]uint64) uint64 {
	const hostSetTidAddress = 218
	if t.own != nil {
		t.own.clearTID = a[0]
		return selfTID()
	}
	if !syscalls.OK(a[0]) {
		return selfTID() // the kernel does not look at the address either, now
	}
	return rawCall(hostSetTidAddress, a[0])
}

// prctls says how many arguments an option has, and which are addresses.
type prctlRow struct {
	op   uint32
	name string
	ptrs uint8 // bit 1: arg2
}

// pointer is a pointer that the guest passes otherwise than as an argument whose
// type says so.
func (t *Thread) pointer(p uint64) uint64 {
	if t.Tagged {
		p = syscalls.Untag(p)
	}
	return p
}

// prctls are the options that pass to the host. Those of arm64 itself (SVE, SME,
// pointer authentication, memory tags) say EINVAL, as on a CPU without the
// feature, and so do those of other architectures. PR_SET_MM would change what the host knows of
// the emulator: EINVAL, as of a kernel without checkpoints.
var prctls = [...]prctlRow{
	{1, "PR_SET_PDEATHSIG", 0}, {2, "PR_GET_PDEATHSIG", 2}, {3, "PR_GET_DUMPABLE", 0}, {4, "PR_SET_DUMPABLE", 0},
	{7, "PR_GET_KEEPCAPS", 0}, {8, "PR_SET_KEEPCAPS", 0}, {13, "PR_GET_TIMING", 0}, {14, "PR_SET_TIMING", 0},
	{15, "PR_SET_NAME", 2}, {16, "PR_GET_NAME", 2}, {23, "PR_CAPBSET_READ", 0}, {24, "PR_CAPBSET_DROP", 0},
	{27, "PR_GET_SECUREBITS", 0}, {28, "PR_SET_SECUREBITS", 0}, {29, "PR_SET_TIMERSLACK", 0}, {30, "PR_GET_TIMERSLACK", 0},
	{31, "PR_TASK_PERF_EVENTS_DISABLE", 0}, {32, "PR_TASK_PERF_EVENTS_ENABLE", 0},
	{33, "PR_MCE_KILL", 0}, {34, "PR_MCE_KILL_GET", 0}, {36, "PR_SET_CHILD_SUBREAPER", 0}, {37, "PR_GET_CHILD_SUBREAPER", 2},
	{38, "PR_SET_NO_NEW_PRIVS", 0}, {39, "PR_GET_NO_NEW_PRIVS", 0}, {40, "PR_GET_TID_ADDRESS", 2},
	{41, "PR_SET_THP_DISABLE", 0}, {42, "PR_GET_THP_DISABLE", 0}, {47, "PR_CAP_AMBIENT", 0},
	{52, "PR_GET_SPECULATION_CTRL", 0}, {53, "PR_SET_SPECULATION_CTRL", 0}, {57, "PR_SET_IO_FLUSHER", 0},
	{58, "PR_GET_IO_FLUSHER", 0}, {62, "PR_SCHED_CORE", 0}, {67, "PR_SET_MEMORY_MERGE", 0}, {68, "PR_GET_MEMORY_MERGE", 0},
	{77, "PR_TIMER_CREATE_RESTORE_IDS", 0}, {78, "PR_FUTEX_HASH", 0},
	{0x59616d61, "PR_SET_PTRACER", 0},
}

const (
	prSetVMA       = 0x53564d41
	prGetSeccomp   = 21
	prSetSeccomp   = 22
	prGetAuxv      = 0x41555856
	prSetTagged    = 55
	prGetTagged    = 56
	taggedEnable   = 1
	hostPrctl      = 157
	prSetVMAAnonNm = 0
)

func sysPrctl(t *Thread, a *[6]uint64) uint64 {
	op := uint32(a[0])
	switch op {
	case prGetSeccomp:
		mode, _ := t.seccompMode()
		return uint64(mode)
	case prSetSeccomp:
		return t.prctlSeccomp(a[1], a[2])
	case prSetTagged:
		if a[1]&^taggedEnable != 0 || a[2]|a[3]|a[4] != 0 {
			return syscalls.EINVAL.Ret()
		}
		t.Tagged = a[1] != 0
		return 0
	case prGetTagged:
		if a[1]|a[2]|a[3]|a[4] != 0 {
			return syscalls.EINVAL.Ret()
		}
		if t.Tagged {
			return taggedEnable
		}
		return 0
	case prSetMDWE:
		return t.setMDWE(a)
	case prGetMDWE:
		return t.getMDWE(a)
	case prGetAuxv:
		b := t.p.started("auxv")
		if a[3]|a[4] != 0 {
			return syscalls.EINVAL.Ret()
		}
		if !syscalls.CopyOut(t.pointer(a[1]), b[:min(uint64(len(b)), a[2])]) {
			return syscalls.EFAULT.Ret()
		}
		return uint64(len(b))
	case prSetVMA:
		name := t.pointer(a[4])
		if a[1] != prSetVMAAnonNm || !syscalls.OK(name) {
			return syscalls.EINVAL.Ret()
		}
		a[4] = name
		if reserved(a[2], a[2]+pageUp(a[3])) {
			return syscalls.ENOMEM.Ret()
		}
		return touching(hostPrctl, a)
	}
	for i := range prctls {
		if r := &prctls[i]; r.op == op {
			b := *a
			for k := 1; k < 5; k++ {
				if r.ptrs>>k&1 == 0 {
					continue
				}
				if b[k] = t.pointer(a[k]); !syscalls.OK(b[k]) {
					return syscalls.EFAULT.Ret()
				}
			}
			return touching(hostPrctl, &b)
		}
	}
	return syscalls.EINVAL.Ret()
}
