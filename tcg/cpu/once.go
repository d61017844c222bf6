package cpu

import (
	"sync/atomic"
	"unsafe"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// Most of the code of a short program, and of the start of any, is executed once: two thirds
// of the blocks of a dynamically linked hello. To interpret a block costs a fraction of its
// translation, of which the passes and the back end are most. So with Config.Lazy it is
// translated when it is met for the second time.
//
// That is not so where translations are kept for later processes, which find all of
// them ready.

// once is the set of addresses that have been executed or translated, or share their bit with one that has: these
// are not interpreted.
type once [1 << onceBits / 32]uint32

// onceBits has a bit for each instruction of a MiB: 32 KiB, of which neighbouring code touches few pages.
const onceBits = 18

// add adds pc and tells whether it is new.
func (o *once) add(pc uint64) bool {
	n := (pc>>2 ^ pc>>(2+onceBits)) & (1<<onceBits - 1)
	w, bit := &o[n/32], uint32(1)<<(n%32)
	if atomic.LoadUint32(w)&bit != 0 {
		return false
	}
	return atomic.OrUint32(w, bit)&bit == 0
}

// unseen tells whether the code at PC is to be interpreted, which it does once. What has been
// translated is in the set as well, so that the cache need not be asked.
func (c *CPU) unseen() bool {
	o := c.e.once
	return o != nil && !c.Eager && o.add(c.State.PC)
}

// onceInsts bounds the guest instructions that are interpreted at a time.
const onceInsts = 64

// once interprets the block at PC. The exit is set in the state, as translated code does.
func (c *CPU) once(key ir.Key) {
	s, e := c.State, c.e
	e.Stats.Once.Add(1)
	t := e.translator()
	t.code.mem, t.code.debug = e.cfg.Memory, e.debug.Load()
	t.front.Step(&t.ir, s.PC, onceInsts, key, &t.code)
	t.run.Run(&t.ir, s, e.mem)
	if s.ExitReason == state.ExitLookup {
		switch t.ir.Insts[t.ir.Blocks[0].End-1].Op {
		case ir.Call, ir.CallInd:
			c.pushReturn()
		case ir.Ret:
			c.popReturn()
		}
	}
	e.release(t)
}

// pushReturn and popReturn keep the JIT stack as deep as the guest's calls, so that the returns
// of translated callers find their addresses. The one that is pushed leads to a look-up.
func (c *CPU) pushReturn() {
	s := c.State
	sp := s.JITSP
	if sp == 0 {
		sp = s.JITStack
	}
	if sp -= 8; sp < s.JITLimit {
		s.JITSP = 0
		return
	}
	*(*uint64)(unsafe.Pointer(uintptr(sp))) = c.e.stubs.Lookup
	s.JITSP = sp
}

func (c *CPU) popReturn() {
	if s := c.State; s.JITSP != 0 && s.JITSP < s.JITStack {
		s.JITSP += 8
	}
}
