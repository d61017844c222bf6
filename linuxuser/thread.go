package linuxuser

import (
	"fmt"
	"os"
	"sync/atomic"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/state"
)

// Thread is a guest thread: a goroutine locked to its host thread. Its fields
// are its own; other threads reach it only by host signals and cpu.Kick.
type Thread struct {
	syscalls.Ctx
	p   *Process
	cpu *cpu.CPU
	st  *state.CPU

	alt altStack
	// What the kernel keeps as thread.fault_address and fault_code: of the last
	// fault, shown by every later signal frame.
	faultAddr, faultCode uint64

	soft        []siginfo // signals among host.Owned that were sent, and wait
	interrupted bool      // the call at PC-4 is to be restarted, or to fail with EINTR

	args       [6]uint64 // of the call under way; here, since a local copy would be allocated
	straceArgs [6]uint64

	dbg     threadDebug                  // of a process under a debugger
	filters atomic.Pointer[seccompState] // nil: none

	gone    bool       // sysExit was called
	status  int        // its argument
	clears  bool       // the handlers, before anything else (CLONE_CLEAR_SIGHAND)
	waiting *host.Slot // of the thread that waits for this one's end (CLONE_VFORK); else nil
	own     *vforked   // nil: it is not a vfork's child

	frame [frameSize + recordSize]byte
}

// kickBit is the bit of state.CPU.Stop that makes Run return with ExitStop; the
// signal handler sets it.
const kickBit = 1

// newThread makes the main thread of the calling host thread.
func (p *Process) newThread() (*Thread, error) {
	c, err := p.engine.NewCPU()
	if err != nil {
		return nil, err
	}
	t := &Thread{p: p, cpu: c, st: c.State, alt: altStack{flags: ssDisable}}
	t.Ctx.Init(&p.fs, host.Register(&c.State.Stop, kickBit))
	c.SetCaller(t)
	p.threads.add(t)
	return t, nil
}

// run executes the guest thread until it ends.
func (t *Thread) run() {
	if d := t.p.debug.Load(); d != nil {
		t.runDebugged(d)
	}
	for !t.gone && !t.own.gone() {
		if t.Slot.Pending != 0 || len(t.soft) != 0 {
			t.deliver()
		}
		if host.Forking() {
			host.Gate(t.Slot)
		}
		if x := t.cpu.Run(); x.Reason == state.ExitSyscall {
			t.syscall()
		} else {
			t.exit(x)
		}
	}
}

// Syscall is part of cpu.Caller: it makes calls that need nothing but the host's kernel.
//
//go:nosplit
func (t *Thread) Syscall() bool {
	st := t.st
	nr := uint64(uint32(st.X[8]))
	p := t.p
	if t.Slot.Pending != 0 || p.strace != nil || t.filters.Load() != nil || p.debug.Load() != nil || host.Crowded.Load() ||
		unshares.has(nr) || hidesProc.has(nr) {
		return false
	}
	t.args = [6]uint64(st.X[:6])
	hostNr, ok := t.Quick(nr, &t.args)
	if !ok {
		return false
	}
	st.ExSize = 0
	t.cpu.Away()
	r := uint64(host.Enter(t.Slot, hostNr, &t.args))
	t.cpu.Back()
	if !host.Awake(t.Slot) {
		t.cpu.Away()
		host.Rest(t.Slot)
	}
	t.result(nr, r)
	return true
}

// result ends call nr with what Do gives.
//
//go:nosplit
func (t *Thread) result(nr, r uint64) {
	if syscalls.MayStore(nr, t.args[1]) {
		t.cpu.KernelStored()
	}
	switch r {
	case syscalls.NotEntered:
		t.st.PC -= 4
	case syscalls.Restart:
		t.interrupted = true
	default:
		t.st.X[0] = r
	}
}

// exit does what an exit of the engine asks for.
func (t *Thread) exit(x cpu.Exit) {
	switch x.Reason {
	case state.ExitSyscall:
		t.syscall()
	case state.ExitStop:
	case state.ExitFault:
		t.memoryFault(x)
	case state.ExitFetch:
		t.fetchFault(x.Arg)
	case state.ExitUndefined:
		t.faultAddr, t.faultCode = 0, 0
		t.force(sigILL, illOpcode, t.st.PC)
	case state.ExitBreak:
		if t.p.engine.Breakpoint(t.st.PC) {
			t.pass()
			return
		}
		t.force(sigTRAP, trapBrkpt, t.st.PC)
	default:
		fmt.Fprintf(os.Stderr, "armature: engine left with unknown reason %d at %#x\n", x.Reason, t.st.PC)
		t.p.exit(125)
	}
}

// Signals and codes of synchronous faults.
const (
	sigILL  = 4
	sigTRAP = 5
	sigBUS  = 7
	sigSEGV = 11

	segvMapErr = 1
	segvAccErr = 2
	busAdrAln  = 1
	busAdrErr  = 2
	illOpcode  = 1
	trapBrkpt  = 1
)

// Fields of ESR_EL1: class, instruction length, write-not-read, fault status.
const (
	ecInsnAbort = 0x20 << 26
	ecPCAlign   = 0x22 << 26
	ecDataAbort = 0x24 << 26
	ecSPAlign   = 0x26 << 26
	esrIL       = 1 << 25
	esrWnR      = 1 << 6

	fscTranslation0 = 0x04
	fscTranslation3 = 0x07
	fscPermission3  = 0x0f
	fscExternal     = 0x10
	fscAlignment    = 0x21
)

// abort gives the fault status for a code of SIGSEGV at addr, and the code: the
// emulator's own memory is not there for the guest.
func abort(addr uint64, code int) (fsc uint64, c int) {
	switch {
	case addr >= 1<<48:
		return fscTranslation0, segvMapErr
	case code == segvAccErr && !reserved(addr, addr+1):
		return fscPermission3, segvAccErr
	}
	return fscTranslation3, segvMapErr
}

func (t *Thread) memoryFault(x cpu.Exit) {
	var wnr uint64
	if x.Write {
		wnr = esrWnR
	}
	switch {
	case x.Signal == cpu.SignalWatch:
		t.pass()
	case x.Signal == sigBUS && x.Code == busAdrAln && t.st.X[31]&15 != 0:
		t.faultAddr, t.faultCode = 0, ecSPAlign|esrIL
		t.force(sigBUS, busAdrAln, t.st.X[31])
	case x.Signal == sigBUS && x.Code == busAdrAln:
		t.faultAddr, t.faultCode = x.Addr, ecDataAbort|esrIL|fscAlignment|wnr
		t.force(sigBUS, busAdrAln, x.Addr)
	case x.Signal == sigBUS:
		t.faultAddr, t.faultCode = x.Addr, ecDataAbort|esrIL|fscTranslation3|wnr
		t.force(sigBUS, x.Code, x.Addr)
	default:
		fsc, code := abort(x.Addr, x.Code)
		t.faultAddr, t.faultCode = x.Addr, ecDataAbort|esrIL|fsc|wnr
		t.force(sigSEGV, code, x.Addr)
	}
}

func (t *Thread) fetchFault(why uint64) {
	pc := t.st.PC
	if why != state.FetchMisaligned {
		// The engine may have kept that there was nothing to fetch.
		t.p.engine.Invalidate(pc, pc+4)
		if t.p.space.fetchable(pc) {
			return
		}
	}
	switch why {
	case state.FetchMisaligned:
		t.faultAddr, t.faultCode = 0, ecPCAlign|esrIL
		t.force(sigBUS, busAdrAln, pc)
	case fetchBeyond:
		t.faultAddr, t.faultCode = pc, ecInsnAbort|esrIL|fscTranslation3
		t.force(sigBUS, busAdrErr, pc)
	default:
		code := segvMapErr
		if why == state.FetchNoExec {
			code = segvAccErr
		}
		fsc, code := abort(pc, code)
		t.faultAddr, t.faultCode = pc, ecInsnAbort|esrIL|fsc
		t.force(sigSEGV, code, pc)
	}
}

// syscall makes the call that the guest's SVC asks for. PC is after it.
func (t *Thread) syscall() {
	st := t.st
	if t.Slot.Pending != 0 {
		st.PC -= 4 // the signal came first
		return
	}
	st.ExSize = 0 // an exception return opens the exclusive monitor
	nr := uint64(uint32(st.X[8]))
	if t.p.strace != nil {
		t.straceEnter(nr)
	}
	if s := t.filters.Load(); s != nil && !t.seccomp(s, uint32(nr)) {
		if t.p.strace != nil {
			t.straceExit(nr, st.X[0])
		}
		return
	}
	var r uint64
	if nr <= syscalls.MaxNr && emulated[nr] != nil {
		t.Reset()
		pc := st.PC
		a := (*[6]uint64)(st.X[:6])
		if t.Tagged {
			t.args = *a
			a = &t.args
			syscalls.Table[nr].UntagArgs(a)
		}
		r = emulated[nr](t, a)
		if st.PC != pc || nr == syscalls.NrRtSigreturn {
			if t.p.strace != nil {
				t.straceExit(nr, r)
			}
			return // it set all registers
		}
	} else {
		if hidesProc.has(nr) {
			host.KeepProc()
		}
		t.args = [6]uint64(st.X[:6])
		if unshares.has(nr) {
			r = t.unshare(nr, &t.args)
		} else if t.p.parks && kills.has(nr) {
			// It may be this thread's end, which must not come while it holds one of the
			// Go scheduler's processors: another process goes on with them.
			r = t.Block(uintptr(syscalls.Lookup(nr).Host), &t.args)
		} else {
			r = t.Do(nr, &t.args)
		}
	}
	if t.p.strace != nil {
		t.straceExit(nr, r)
	}
	t.result(nr, r)
}
