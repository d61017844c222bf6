package host

import "unsafe"

// Sigset is a signal mask: bit n-1 is signal n.
type Sigset = uint64

// Bit is the mask with one signal, 1..64.
func Bit(sig int) Sigset { return 1 << (sig - 1) }

// Owned are the signals that the emulator itself needs: accesses to guest
// memory fault. They are never blocked, and their host actions never change
// while the guest runs.
const Owned Sigset = 1<<(7-1) | 1<<(11-1) // SIGBUS, SIGSEGV

// Forwarded is taken from the si_code of a signal on its way to a guest thread when the kernel or the
// handler must not see the code: the handler adds it again. Codes of less than 0x800 either
// way can be changed so.
const Forwarded = 0x6000

// Unblockable are SIGKILL and SIGSTOP.
const Unblockable Sigset = 1<<(9-1) | 1<<(19-1)

// Action is the kernel's struct sigaction, the same for x86-64 and arm64.
type Action struct {
	Handler  uint64 // 0 default, 1 ignore
	Flags    uint64
	Restorer uint64
	Mask     Sigset
}

// Dispositions and flags of Action.
const (
	Default = 0
	Ignore  = 1

	SANoCldStop = 1
	SANoCldWait = 2
	SASiginfo   = 4
	SARestorer  = 0x04000000
	SAOnStack   = 0x08000000
	SARestart   = 0x10000000
	SANoDefer   = 0x40000000
	SAResetHand = 0x80000000
)

func sigaction(sig int, set, old *Action) uintptr {
	return Raw(SysRtSigaction, uintptr(sig), uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(old)), 8, 0, 0)
}

// Catch lets the handler take sig from the kernel. flags may hold SANoCldStop
// and SANoCldWait. It gives 0 or -errno.
func Catch(sig int, flags uint64) uintptr {
	a := Action{
		Handler: uint64(handlerAddr()),
		// With SA_RESTART the kernel itself sorts interrupted calls: it goes back to
		// the SYSCALL instruction if the call is one to restart.
		Flags:    flags&(SANoCldStop|SANoCldWait) | SASiginfo | SAOnStack | SARestart | SARestorer,
		Restorer: uint64(restorerAddr()),
		Mask:     ^Sigset(0),
	}
	return sigaction(sig, &a, nil)
}

// Dispose sets sig to Default or Ignore. It gives 0 or -errno.
func Dispose(sig int, what uint64, flags uint64) uintptr {
	a := Action{Handler: what, Flags: flags&(SANoCldStop|SANoCldWait) | SARestorer, Restorer: uint64(restorerAddr())}
	return sigaction(sig, &a, nil)
}

// SetMask gives the calling host thread the guest's mask m.
func SetMask(m Sigset) {
	m &^= Owned
	Raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&m)), 0, 8, 0, 0)
}

// SetMaskGuarded is SetMask, unless a signal waits in s: then it gives NotEntered.
func SetMaskGuarded(s *Slot, m Sigset) uintptr {
	m &^= Owned
	return Guarded(s, SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&m)), 0, 8, 0, 0)
}

// ForExec blocks and ignores those of Owned that the guest has blocked and ignores, for the time of
// an exec, which hands them on. undo, for when the exec has failed, gets the guest's whole mask.
func ForExec(blocked, ignored Sigset) (undo func(mask Sigset)) {
	blocked, ignored = blocked&Owned, ignored&Owned
	if blocked|ignored == 0 {
		return func(Sigset) {}
	}
	var old [65]Action
	for sig := range old {
		if sig > 0 && ignored&Bit(sig) != 0 {
			sigaction(sig, &Action{Handler: Ignore}, &old[sig])
		}
	}
	Raw(SysRtSigprocmsk, 0, uintptr(unsafe.Pointer(&blocked)), 0, 8, 0, 0)
	return func(mask Sigset) {
		SetMask(mask)
		for sig := range old {
			if sig > 0 && ignored&Bit(sig) != 0 {
				sigaction(sig, &old[sig], nil)
			}
		}
	}
}

// Mask is the calling host thread's mask.
func Mask() (m Sigset) {
	Raw(SysRtSigprocmsk, 0, 0, uintptr(unsafe.Pointer(&m)), 8, 0, 0)
	return m
}

// Pending is the set of signals that wait for the calling host thread.
func Pending() (m Sigset) {
	Raw(127, uintptr(unsafe.Pointer(&m)), 8, 0, 0, 0, 0)
	return m
}

// Handlers behind front.
var oldBUS, oldSEGV uintptr

// RestoreFiles undoes what the Go runtime did to the limit of open files, which it
// raises, and to the standard descriptors, which it opens if they are not.
func RestoreFiles() {
	for fd := range uintptr(3) {
		if rt0Closed>>fd&1 != 0 {
			raw(sysClose, fd, 0, 0, 0, 0, 0)
		}
	}
	if rt0Ran != 0 {
		filesLimit(&rt0Files)
	}
}

// MemoryLimits are RLIMIT_AS and RLIMIT_DATA, soft and hard, that the process was
// started with; ok is false if the binary was linked without rt0. The process's own
// are as high as they can be.
func MemoryLimits() (as, data [2]uint64, ok bool) {
	return rt0Memory[0], rt0Memory[1], rt0Ran != 0
}

// raiseFiles undoes rt0's limit of open files, and makes a low one larger if it can, until the guest
// starts (RestoreFiles): what is opened before does not count to it.
func raiseFiles() {
	files := rt0Files
	if files[0] < filesEnough {
		files = [2]uint64{filesEnough, max(files[1], filesEnough)}
		if filesLimit(&files); filesLimit(nil) == files {
			return
		}
		files = [2]uint64{rt0Files[1], rt0Files[1]} // more takes privileges
	}
	filesLimit(&files)
}

// Filled by rt0 before the Go runtime starts.
var (
	rt0Ran    uint32
	rt0Closed uint32 // bit i: descriptor i, 0 to 2, was not open
	tamed     uint32 // the runtime's table of signals was found and changed
	rt0Mask   Sigset
	rt0Ign    Sigset       // signals that were ignored
	rt0Files  [2]uint64    // RLIMIT_NOFILE, soft and hard
	rt0Memory [2][2]uint64 // RLIMIT_AS, RLIMIT_DATA
	rt0SP     uintptr      // stack pointer at entry: argc, argv, envp, auxv
)

// Aux gives the value of an entry of the process's own auxiliary vector; ok is
// false if there is none, or if the binary was linked without rt0.
func Aux(tag uint64) (v uint64, ok bool) {
	if rt0Ran == 0 {
		return 0, false
	}
	at := func(p uintptr) uint64 { return *(*uint64)(Pointer(p)) }
	p := rt0SP + 8*uintptr(at(rt0SP)) + 16
	for ; at(p) != 0; p += 8 {
	}
	for p += 8; at(p) != 0; p += 16 {
		if at(p) == tag {
			return at(p + 8), true
		}
	}
	return 0, false
}

// Inherited gives the mask and the set of ignored signals that the process was
// started with. ok is false if the binary was linked without rt0; then they are
// what the Go runtime left.
func Inherited() (mask, ignored Sigset, ok bool) {
	if rt0Ran == 0 {
		return Mask(), 0, false
	}
	return rt0Mask, rt0Ign, true
}

// TakeSignals undoes what the Go runtime did to the dispositions: all but Owned
// get back the disposition that the process was started with.
//
// The handlers of Owned must be in place: signals among them that are sent, in
// contrast to faults, are taken out in front of them.
func TakeSignals() {
	const sigpipe = 13
	for _, o := range []struct {
		sig int
		old *uintptr
	}{{7, &oldBUS}, {11, &oldSEGV}} {
		var a Action
		sigaction(o.sig, nil, &a)
		*o.old = uintptr(a.Handler)
		a.Handler = uint64(frontAddr())
		sigaction(o.sig, &a, nil)
	}
	_, ign, _ := Inherited()
	if tamed != 0 {
		// It did nothing but to SIGPIPE.
		Dispose(sigpipe, ign>>(sigpipe-1)&1*Ignore, 0)
		return
	}
	for sig := 1; sig <= 64; sig++ {
		if (Owned|Unblockable)&Bit(sig) != 0 {
			continue
		}
		what := uint64(Default)
		if ign&Bit(sig) != 0 {
			what = Ignore
		}
		Dispose(sig, what, 0)
	}
}

// Die ends the process by sig as if it had never been caught, with the core
// dump that is due. It does not return, and panics to leave a vfork's child.
func Die(sig int) {
	Dispose(sig, Default, 0)
	if p := current(); p != nil {
		p.die(sig)
	}
	dieNow(sig)
}

// dieNow raises sig. To the Go runtime, which another process may share (CLONE_VM),
// the thread is in a system call.
//
//go:nosplit
func dieNow(sig int) {
	entersyscallblock()
	m := ^Bit(sig)
	raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&m)), 0, 8, 0, 0)
	pid := raw(SysGetpid, 0, 0, 0, 0, 0, 0)
	tid := raw(SysGettid, 0, 0, 0, 0, 0, 0)
	raw(SysTgkill, pid, tid, uintptr(sig), 0, 0, 0)
	for { // not reached, but for a signal that does not kill
		raw(SysExitGroup, uintptr(128+sig), 0, 0, 0, 0, 0)
	}
}

// Exit ends the process. It does not return, and panics to leave a vfork's child.
func Exit(status int) {
	if p := current(); p != nil {
		p.exit(SysExitGroup, uintptr(status))
	}
	exitNow(status)
}

//go:nosplit
func exitNow(status int) {
	entersyscallblock()
	for {
		raw(SysExitGroup, uintptr(status), 0, 0, 0, 0, 0)
	}
}
