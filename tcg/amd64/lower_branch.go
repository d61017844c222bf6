package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Edges. A block ends with one or two of them. An edge brings NZCV to CPU.Flags if it is wanted there, polls when it
// goes backward, restores the global map when it leaves the region, and jumps. An edge that has nothing to do but to
// jump is simple: a conditional jump may be that jump. NZCV on an edge is in memory or in EFLAGS, at g.edgeFlags.

// flagsLive tells whether edge k needs NZCV that is not in CPU.Flags.
func (g *gen) flagsLive(k int) bool {
	return g.fCur != 0 && g.edgeLive(g.blk, k)
}

// flushUnlessDead brings CPU.Flags up to date if any of n edges needs it.
func (g *gen) flushUnlessDead(n int) {
	for k := range n {
		if g.flagsLive(k) {
			g.flush()
			return
		}
	}
}

// simple tells whether an edge to t has nothing to do but to jump; w tells where the flags that it needs are.
func (g *gen) simple(t ir.Target, w FlagsWhere) bool {
	if w != FlagsInMemory {
		return false
	}
	if t.Block >= 0 {
		return !g.polls(t)
	}
	return !g.backward(t) && !g.local
}

// backward tells whether the branch to t closes a loop, perhaps.
func (g *gen) backward(t ir.Target) bool { return t.PC <= g.pc }

// polls tells whether an edge within the region has to poll. In a region whose loops are known, their heads do.
func (g *gen) polls(t ir.Target) bool { return !g.loops && g.backward(t) }

// isNext tells whether t comes next in the code.
func (g *gen) isNext(t ir.Target) bool { return t.Block >= 0 && int(t.Block) == g.next }

// edge emits the work of an edge and the jump, which is left out if the block comes next.
func (g *gen) edge(t ir.Target, w FlagsWhere, next int) {
	if w != FlagsInMemory {
		g.fPol = w
		g.packE()
		g.a.MR(asm.MOV, 4, cpuMem(offFlags), asm.RAX)
	}
	if t.Block >= 0 {
		if g.polls(t) {
			g.poll(t.PC)
		}
		if int(t.Block) != next {
			g.a.Jmp(g.info[t.Block].at)
		}
		return
	}
	g.pollOut(t)
	g.leaveMap()
	g.slotJump(t.PC)
}

// poll leaves with ExitStop at pc when asked to.
func (g *gen) poll(pc uint64) {
	g.a.MI(asm.CMP, 4, cpuMem(offStop), 0)
	if !g.local {
		g.a.JccTo(asm.CcNE, g.farExit(g.stubs.stopAt, pc))
		return
	}
	at := g.a.NewLabel()
	g.a.Jcc(asm.CcNE, at)
	g.colds = append(g.colds, cold{kind: coldStop, at: at, pc: pc})
}

// pollOut polls before a backward branch out of the region, or counts it.
func (g *gen) pollOut(t ir.Target) {
	switch {
	case !g.backward(t):
	case g.r.Tier > 1:
		g.poll(t.PC)
	default:
		g.count(t.PC)
		g.a.JccTo(asm.CcB, g.farExit(g.stubs.hotAt, t.PC))
	}
}

// count counts a branch or call to pc; the carry is set every HotThreshold times.
func (g *gen) count(pc uint64) {
	g.a.MI(asm.ADD, 2, cpuMem(offHot+2*int32(state.HotIndex(pc))), 65536/HotThreshold)
}

// emitHotCall leaves with ExitHot at what is called, with a return address on the JIT stack, as without it the returns
// of all callers would be predicted wrongly.
func (g *gen) emitHotCall(c *cold) {
	g.a.CallTo(g.farExit(g.stubs.hotAt, c.pc))
	g.a.Jmp(c.back)
}

func (g *gen) emitStop(c *cold) {
	g.leaveMap()
	g.a.MovImm(asm.RAX, c.pc)
	g.a.JmpTo(uintptr(g.stubs.stop))
}

func (g *gen) emitEdge(c *cold) {
	g.blk, g.pc = int(c.dst), c.pc
	g.edge(ir.Target{PC: uint64(c.aux), Block: int32(c.ref) - 1}, c.flags, -1)
}

// coldEdge records an edge that is emitted behind the code, and gives its label.
func (g *gen) coldEdge(t ir.Target, w FlagsWhere) asm.Label {
	at := g.a.NewLabel()
	g.colds = append(g.colds, cold{kind: coldEdge, at: at, flags: w, ref: ir.Ref(t.Block + 1), pc: g.pc, aux: t.PC})
	return at
}

// leave stores PC and the reason and returns to Go.
func (g *gen) leave(reason int32, pc uint64) {
	g.leaveMap()
	g.a.MovImm(asm.RAX, pc)
	g.a.MR(asm.MOV, 8, cpuMem(offPC), asm.RAX)
	g.a.MI(asm.MOV, 4, cpuMem(offReason), reason)
	g.a.JmpTo(uintptr(g.stubs.Exit))
}

func lowerBr(g *gen, in *ir.Inst) bool {
	g.flushUnlessDead(1)
	g.edge(g.r.Blocks[g.blk].Succ[0], FlagsInMemory, g.next)
	return true
}

// twoWay ends a block with a jump on c to Succ[0], else to Succ[1]. w0 and w1 tell where the flags that the edges
// need are.
func (g *gen) twoWay(c ccond, w [2]FlagsWhere) {
	s := &g.r.Blocks[g.blk].Succ
	switch c.kind {
	case ccAlways:
		g.edge(s[0], w[0], g.next)
		return
	case ccNever:
		g.edge(s[1], w[1], g.next)
		return
	}
	// The edge that is not jumped to follows in line: the one to the next block, or one with something to do, or of two
	// such a backward one, which is probably the hot one.
	in := 1
	if g.isNext(s[0]) || !g.isNext(s[1]) && !g.simple(s[0], w[0]) && (g.simple(s[1], w[1]) || g.backward(s[0])) {
		in = 0
		c = c.not()
	}
	t := s[1-in]
	switch {
	case !g.simple(t, w[1-in]):
		g.jcc(c, g.coldEdge(t, w[1-in]))
	case t.Block >= 0:
		g.jcc(c, g.info[t.Block].at)
	case c.kind == ccAnd:
		sh := g.a.JccShort(c.cc ^ 1)
		g.slotJcc(c.cc2, t.PC)
		g.a.Land(sh)
	default:
		g.slotJcc(c.cc, t.PC)
		if c.kind == ccOr {
			g.slotJcc(c.cc2, t.PC)
		}
	}
	g.edge(s[in], w[in], g.next)
}

func lowerBrCond(g *gen, in *ir.Inst) bool {
	f := g.op[0]
	sel := g.insts[f].Op == ir.FlagsSel && g.v[f].loc == locLazy && g.fE != f
	l0, l1 := g.flagsLive(0), g.flagsLive(1)
	if sel && l0 != l1 && g.fCur == f && g.fMem != f {
		g.branchSel(f, in.Cond(), b2i(l1))
		return true
	}
	if l0 && l1 || (l0 || l1) && (g.fCur != f || sel || isFCmp(g.insts[f].Op) || g.v[f].loc != locLazy) {
		g.flush()
	}
	g.prep(f)
	if sel {
		s := &g.r.Blocks[g.blk].Succ
		if g.fMem == f {
			g.twoWay(g.cond(f, in.Cond()), [2]FlagsWhere{})
			return true
		}
		at := g.coldOrBlock(s[0])
		g.branch(f, in.Cond(), at)
		g.edge(s[1], FlagsInMemory, g.next)
		return true
	}
	if (g.flagsLive(0) || g.flagsLive(1)) && g.fE != f {
		g.toE(f) // not just Z or N
	}
	c := g.cond(f, in.Cond())
	var w [2]FlagsWhere
	for k := range w {
		if g.flagsLive(k) {
			w[k] = g.fPol
		}
	}
	g.twoWay(c, w)
	return true
}

// branchSel ends a block with a jump on c in selection f, which is the guest's NZCV, where only edge live needs that:
// it is stored behind the jump to the other one.
func (g *gen) branchSel(f ir.Ref, c ir.Cond, live int) {
	g.prep(f)
	s := &g.r.Blocks[g.blk].Succ
	at := g.coldOrBlock(s[1-live])
	if live == 1 {
		g.branch(f, c, at)
	} else {
		g.branchNot(f, c, at)
	}
	g.pack(f)
	g.a.MR(asm.MOV, 4, cpuMem(offFlags), asm.RAX)
	g.edge(s[live], FlagsInMemory, g.next)
}

// coldOrBlock gives a label for a simple internal edge, or that of a cold one.
func (g *gen) coldOrBlock(t ir.Target) asm.Label {
	if t.Block >= 0 && g.simple(t, FlagsInMemory) {
		return g.info[t.Block].at
	}
	return g.coldEdge(t, FlagsInMemory)
}

func lowerBrZ(g *gen, in *ir.Inst) bool {
	g.flushUnlessDead(2)
	g.clobber()
	s := sz(in)
	a := g.op[0]
	c := ccond{cc: asm.CcE}
	if in.Op == ir.BrNZ {
		c.cc = asm.CcNE
	}
	if k, ok := g.konst(a); ok {
		if s == 4 {
			k = int64(uint32(k))
		}
		c = ccConst((k == 0) == (in.Op == ir.BrZ))
	} else {
		g.testSelf(s, &g.v[a])
	}
	g.twoWay(c, [2]FlagsWhere{})
	return true
}

func lowerBrBit(g *gen, in *ir.Inst) bool {
	g.flushUnlessDead(2)
	g.clobber()
	a := g.op[0]
	n := in.Aux & 63
	c := ccond{cc: asm.CcNE} // bit set
	g.cmpAt = g.a.Len()
	if k, ok := g.konst(a); ok {
		c = ccConst(k>>n&1 != 0)
	} else if m, ok := g.memG(a); ok {
		m.Disp += int32(n / 8)
		g.a.MI(asm.TEST, 1, m, 1<<(n&7))
	} else {
		switch x := g.useG(a); {
		case n < 8:
			g.a.RI(asm.TEST, 1, x, 1<<n)
		case n == 31:
			g.a.RR(asm.TEST, 4, x, x)
			c.cc = asm.CcS
		case n == 63:
			g.a.RR(asm.TEST, 8, x, x)
			c.cc = asm.CcS
		case n < 32:
			g.a.RI(asm.TEST, 4, x, 1<<n)
		default:
			g.a.RI(asm.BT, 8, x, int32(n))
			c.cc = asm.CcB
		}
	}
	g.cmpEnd = g.a.Len()
	if in.Op == ir.BrBitZ {
		c = c.not()
	}
	g.twoWay(c, [2]FlagsWhere{})
	return true
}

// lowerCall pushes the landing as the host's return address, so that the host predicts the guest's return.
func lowerCall(g *gen, in *ir.Inst) bool {
	g.flushUnlessDead(1)
	s := &g.r.Blocks[g.blk].Succ
	g.leaveMap()
	if g.backward(s[0]) { // half of them: to count all calls was tried, and cost cc1 4 to 9 %
		at, back := g.a.NewLabel(), g.a.NewLabel()
		g.count(s[0].PC)
		g.a.Jcc(asm.CcB, at)
		g.colds = append(g.colds, cold{kind: coldHotCall, at: at, back: back, pc: s[0].PC})
		g.slotCall(s[0].PC)
		g.a.Bind(back)
	} else {
		g.slotCall(s[0].PC)
	}
	g.landing(s[1])
	return true
}

// landing is where a call comes back, RAX being the guest's return address, with the global map.
func (g *gen) landing(t ir.Target) {
	if fits32(int64(t.PC)) {
		g.a.RI(asm.CMP, 8, asm.RAX, int32(t.PC))
	} else {
		g.a.RM(asm.CMP, 8, asm.RAX, g.constV(t.PC, 0))
	}
	if t.Block < 0 {
		g.slotJcc(asm.CcE, t.PC)
		g.a.JmpTo(uintptr(g.stubs.Lookup))
		return
	}
	g.a.JccTo(asm.CcNE, uintptr(g.stubs.Lookup))
	g.enterMap()
	g.edge(t, FlagsInMemory, g.next)
}

// target gets a branch target into RAX, at the end of a block.
func (g *gen) target() {
	g.flush()
	g.into(asm.RAX, g.op[0])
	g.leaveMap()
}

func lowerJmpInd(g *gen, in *ir.Inst) bool {
	g.target()
	g.a.MI(asm.CMP, 4, cpuMem(offStop), 0)
	g.a.JccTo(asm.CcNE, uintptr(g.stubs.Lookup))
	probe(&g.a)
	g.a.JccTo(asm.CcNE, uintptr(g.stubs.Lookup))
	if in.Op == ir.JmpInd {
		g.a.JmpM(jumpHost)
		return true
	}
	g.a.CallM(jumpHost)
	g.landing(g.r.Blocks[g.blk].Succ[1])
	return true
}

func lowerRet(g *gen, in *ir.Inst) bool {
	g.target()
	g.a.N(asm.RET)
	return true
}

func lowerExit(g *gen, in *ir.Inst) bool {
	g.flush()
	if in.Op == ir.ExitX {
		g.a.MR(asm.MOV, 8, cpuMem(offArg), g.useG(in.A))
	} else if fits32(in.Imm) {
		g.a.MI(asm.MOV, 8, cpuMem(offArg), int32(in.Imm))
	} else {
		g.takeG(asm.RAX)
		g.a.MovImm(asm.RAX, uint64(in.Imm))
		g.a.MR(asm.MOV, 8, cpuMem(offArg), asm.RAX)
	}
	g.leave(int32(in.Aux), g.r.Blocks[g.blk].Succ[0].PC)
	return true
}
