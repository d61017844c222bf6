package cpu

import (
	"runtime"
	"sync/atomic"
	"unsafe"

	"armature/tcg/amd64"
	"armature/tcg/code"
	"armature/tcg/fault"
	"armature/tcg/interp"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Exit tells why Run came back. State.PC and all other state are exact.
type Exit struct {
	Reason uint32 // a state.Exit constant: Stop, Syscall, Break, Undefined, Fault, Fetch
	Arg    uint64 // its ExitArg
	// Of ExitFault.
	Signal int
	Code   int
	Addr   uint64
	Write  bool
}

//go:linkname entersyscall runtime.entersyscall
func entersyscall()

//go:linkname exitsyscall runtime.exitsyscall
func exitsyscall()

//go:noescape
func enter(stub, code, rbp, rsp uint64, hostSP *uint64, mxcsr *uint32)

// A Caller makes a guest CPU's system calls right where translated code has left, which
// spares the way to Go's scheduler and back.
type Caller interface {
	// Syscall makes the call that the SVC before PC asks for, and reports true; false
	// if it is none for here: it will be one for who has called Run. It runs as
	// translated code does, see call: it and all that it calls are go:nosplit, by
	// 400 bytes of stack. For the time of the call it says CPU.Away. What is left
	// to do when it has reported true, it says by State.Stop.
	Syscall() bool
}

// SetCaller makes s the one that makes c's system calls.
func (c *CPU) SetCaller(s Caller) {
	if !c.e.noChain() {
		c.caller = s
	}
}

// call runs translated code. Between entersyscall and exitsyscall nothing may
// allocate, grow the stack or write a heap pointer.
//
//go:nosplit
func (c *CPU) call(stub, code, rsp uint64) {
	s := c.State
	entersyscall()
	token := fault.Doze()
	enter(stub, code, uint64(uintptr(unsafe.Pointer(s)))+state.Bias, rsp, &s.HostSP, &s.MXCSR)
	fault.Wake(token)
	made := false
	for s.ExitReason == state.ExitSyscall && c.caller != nil && !fault.Waits() {
		if !c.caller.Syscall() {
			break
		}
		made = true
		c.exits[state.ExitSyscall]++
		s.ExitReason = state.ExitNone
		if c.busy == 0 || c.e.pending.Load() || atomic.LoadUint32(&s.Stop) != 0 || s.Cookie != uint64(c.key()) {
			break
		}
		je := &s.JumpCache[state.JumpCacheIndex(s.PC)]
		if je.PC != s.PC {
			break
		}
		rsp = s.JITSP
		if rsp == 0 {
			rsp = s.JITStack
		}
		enter(c.e.stubs.Enter, je.Host, uint64(uintptr(unsafe.Pointer(s)))+state.Bias, rsp, &s.HostSP, &s.MXCSR)
	}
	exitsyscall()
	if made {
		c.begin() // c was away
	}
}

// Run runs the guest until something happens that the mode must handle. The
// calling goroutine must be locked to its thread.
func (c *CPU) Run() Exit {
	c.begin()
	x := c.run()
	c.end()
	return x
}

func (c *CPU) run() Exit {
	s, e := c.State, c.e
	for {
		if stop := atomic.LoadUint32(&s.Stop); stop != 0 {
			s.JITSP = 0 // code may have been dropped to which the JIT stack returns
			if stop&stopKick != 0 {
				atomic.AndUint32(&s.Stop, ^uint32(stopKick|stopDrop))
				return Exit{Reason: state.ExitStop}
			}
			atomic.AndUint32(&s.Stop, ^uint32(stopDrop))
			if stop&stopStrict != 0 {
				c.arm()
			}
			if stop&stopExclusive != 0 {
				c.end()
				runtime.Gosched()
				c.begin()
			}
		}
		s.PC = branchTarget(s.PC)
		if s.PC&3 != 0 {
			return Exit{Reason: state.ExitFetch, Arg: state.FetchMisaligned}
		}
		s.ExitReason = state.ExitNone
		switch {
		case e.cfg.Interp, e.watching():
			c.interpret(e.watched(e.mem))
		case s.X[31]&15 != 0:
			c.step(e.mem)
		default:
			c.translated()
		}
		if s.ExitReason == state.ExitSyscall { // the most frequent one
			c.exits[state.ExitSyscall]++
			return Exit{Reason: state.ExitSyscall, Arg: s.ExitArg}
		}
		if x, ok := c.left(); ok {
			return x
		}
	}
}

// left handles an exit, or gives it, with ok set, to the mode.
func (c *CPU) left() (x Exit, ok bool) {
	s, e := c.State, c.e
	c.exits[s.ExitReason&15]++
	switch s.ExitReason {
	case state.ExitLookup, state.ExitStop, state.ExitNone, state.ExitSPAlign, state.ExitHot:
		return Exit{}, false
	case state.ExitFlush:
		line := s.ExitArg &^ 63
		e.Invalidate(line, line+64)
		return Exit{}, false
	case state.ExitFetch:
		return Exit{Reason: state.ExitFetch, Arg: e.cfg.Memory.FetchFault(s.PC)}, true
	case state.ExitFault:
		x, goesOn := c.fault()
		return x, !goesOn
	}
	return Exit{Reason: s.ExitReason, Arg: s.ExitArg}, true
}

// key is the variant of translations for the present state.
func (c *CPU) key() (k ir.Key) {
	if c.State.FPCR&(state.FPCRFZ|state.FPCRFZ16|state.FPCRAHP) != 0 {
		k = ir.KeySlowFP
	}
	if c.e.monitor.Strict() {
		k |= ir.KeyStrict
	}
	return k
}

// translated runs translated code from PC until an exit that is not merely the
// wish for another translation or a slow path.
func (c *CPU) translated() {
	s, e := c.State, c.e
	if t := e.cfg.Tracer; t != nil && t.exec {
		t.traceExec(c)
	}
	key := c.key()
	if s.Cookie != uint64(key) {
		// The jump cache and the JIT stack lead to translations of one key at a time.
		s.ClearJumpCache()
		s.JITSP = 0
		s.Cookie = uint64(key)
	}
	if c.unseen() {
		c.once(key)
		return
	}
	tb := e.block(s.PC, key, e.first())
	if tb == nil {
		// No room left: empty the arena. Or the block is beyond the back end: interpret it.
		if e.wantFlush.Load() {
			c.flush()
		} else {
			c.step(e.mem)
		}
		return
	}
	if c.caller != nil && s.JumpCache[state.JumpCacheIndex(s.PC)].PC != s.PC {
		c.cacheJump(tb) // call looks here
	}
	for {
		sp := s.JITSP
		if sp == 0 {
			sp = s.JITStack
		}
		c.call(e.stubs.Enter, tb.Host, sp)
		for s.ExitReason == state.ExitHelper {
			in := (*ir.Inst)(unsafe.Pointer(uintptr(s.HelperOp)))
			if e.cfg.Stats {
				e.Stats.Helpers[in.Op].Add(1)
			}
			if in.Op.MayFault() {
				if !interp.Access(in, s, e.mem) {
					// The fault is that of the call, whose return address the stub has advanced by 4.
					s.FaultPC = *(*uint64)(unsafe.Pointer(uintptr(s.Save.GPR[4]))) - 5
					s.ExitReason = state.ExitFault
					return
				}
			} else if !interp.Eval(in, s) {
				panic("slow path for an operation that has none: " + in.Op.String())
			}
			c.call(e.stubs.Resume, 0, s.Save.GPR[4])
		}
		switch s.ExitReason {
		case state.ExitLookup:
			c.exits[state.ExitLookup]++
			s.PC = branchTarget(s.PC)
			if s.PC&3 != 0 || atomic.LoadUint32(&s.Stop) != 0 || c.key() != key {
				return
			}
			if c.unseen() {
				c.once(key)
				return
			}
			rec := s.ExitArg
			gen := e.cache.Flushes
			if tb = e.block(s.PC, key, e.first()); tb == nil {
				return
			}
			if rec == 0 {
				c.cacheJump(tb)
			} else if gen == e.cache.Flushes && !e.noChain() {
				r := (*amd64.ChainRecord)(unsafe.Pointer(uintptr(rec)))
				e.cache.Link(r.Site, rec-chainCall, tb)
			}
		case state.ExitHot:
			if e.cfg.NoTier2 || atomic.LoadUint32(&s.Stop) != 0 {
				return
			}
			if tb = e.hot(s.PC, key); tb == nil {
				return
			}
			c.cacheJump(tb)
		default:
			return
		}
		if t := e.cfg.Tracer; t != nil && t.exec {
			t.traceExec(c)
		}
	}
}

// branchTarget drops the tag of a user address, as indirect branches do with their target (AArch64.BranchAddr
// with TBI). Such a branch misses the jump cache each time.
func branchTarget(pc uint64) uint64 {
	if pc>>55&1 == 0 {
		pc &= 1<<56 - 1
	}
	return pc
}

// cacheJump enters t into the jump cache.
func (c *CPU) cacheJump(t *code.TB) {
	k := state.JumpCacheIndex(t.PC)
	je := &c.State.JumpCache[k]
	atomic.StoreUint64(&je.PC, state.JumpCacheFree(k))
	atomic.StoreUint64(&je.Host, t.Host)
	atomic.StoreUint64(&je.PC, t.PC)
	if c.e.cache.Dead(t) {
		atomic.StoreUint64(&je.PC, state.JumpCacheFree(k)) // it was dropped meanwhile
	}
}

// chainCall is the length of the call in a cold stub, which a ChainRecord follows.
const chainCall = 5

// noChain: with an execution trace every block must come back.
func (e *Engine) noChain() bool { return e.cfg.Tracer != nil && e.cfg.Tracer.exec }

// fault finishes the state after a host fault. It reports true when the guest can
// go on, as after an access through a tagged pointer.
func (c *CPU) fault() (Exit, bool) {
	s, e := c.State, c.e
	if s.FaultPC != 0 && !e.cfg.Interp {
		tb := e.cache.Find(s.FaultPC)
		if tb == nil {
			panic("fault in translated code outside of any block")
		}
		v, ok := e.cache.MapEntry(tb, s.FaultPC)
		if !ok {
			panic("fault in translated code where no access is")
		}
		delta, flags := unpackMap(v)
		regs := &amd64.GlobalMap
		if m := e.cache.Meta(tb); m != nil {
			regs = (*amd64.RegMap)(unsafe.Pointer(m))
		}
		amd64.Recover(s, regs, flags)
		s.PC = tb.PC + uint64(int64(delta))
		s.FaultPC, s.JITSP = 0, 0
		c.faulted = tb
	} else {
		c.faulted = nil
	}
	const kernelCode = 0x80 // si_code of a general protection fault: a non-canonical address
	if s.FaultSig == 11 && int32(s.FaultCode) == kernelCode {
		// Top-byte-ignore: do this one instruction with the tag stripped.
		s.ExitReason = state.ExitNone
		c.step(e.watched(tagged))
		if s.ExitReason != state.ExitFault {
			return Exit{}, true
		}
		if int32(s.FaultCode) == kernelCode {
			s.FaultCode = 1 // SEGV_MAPERR: no guest address is that large
		}
	}
	return Exit{
		Reason: state.ExitFault, Signal: int(s.FaultSig), Code: int(int32(s.FaultCode)),
		Addr: s.FaultAddr, Write: s.FaultErr&2 != 0,
	}, false
}
