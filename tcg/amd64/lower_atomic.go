package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Atomics are full fences by their LOCK prefix, whatever MemAcquire and MemRelease say. They are not so hot that NZCV
// is kept in EFLAGS across them. Code for one thread (Compiler.OneThread) does without the prefix.

// atomic prepares an atomic access: flags to memory, RAX taken if wanted, address in a register and checked.
func (g *gen) atomic(in *ir.Inst, rax bool) asm.Mem {
	g.flush()
	g.clobber()
	if rax {
		g.takeG(asm.RAX)
	}
	m := asm.B(g.useG(g.op[0]), 0)
	if in.Size > 0 {
		g.aligned(m, in.Size)
	}
	return m
}

// setOld makes t, which holds 1<<Size bytes, zero-extended or not, the result.
func (g *gen) setOld(in *ir.Inst, t asm.Reg) {
	if g.v[g.ref].uses == 0 {
		return
	}
	switch in.Size {
	case 0:
		g.a.RR(asm.MOVZX8, 4, t, t)
	case 1:
		g.a.RR(asm.MOVZX16, 4, t, t)
	}
	if in.Size < 3 {
		g.zeroUpper32()
	}
	g.setG(t)
}

func lowerAtomAdd(g *gen, in *ir.Inst) bool {
	m := g.atomic(in, false)
	s := asm.Size(1) << in.Size
	b := g.op[1]
	if g.v[g.ref].uses == 0 {
		g.lockOp(asm.ADD, s, m, b)
		return true
	}
	t := g.tmpG()
	g.copyTo(t, 8, b)
	g.note(FlagsInMemory)
	g.a.MR(g.lock|asm.XADD, s, m, t)
	g.setOld(in, t)
	return true
}

// lockOp is a locked operation whose old value nobody wants.
func (g *gen) lockOp(op asm.Op, s asm.Size, m asm.Mem, b ir.Ref) {
	if k, ok := g.konst(b); ok && (s < 8 || fits32(k)) {
		g.note(FlagsInMemory)
		g.a.MI(g.lock|op, s, m, int32(k))
		return
	}
	x := g.useG(b)
	g.note(FlagsInMemory)
	g.a.MR(g.lock|op, s, m, x)
}

func lowerAtomLogic(g *gen, in *ir.Inst) bool {
	op := [...]asm.Op{asm.AND, asm.XOR, asm.OR}[in.Op-ir.AtomClr]
	s := asm.Size(1) << in.Size
	b := g.op[1]
	if g.v[g.ref].uses == 0 {
		m := g.atomic(in, false)
		if in.Op != ir.AtomClr {
			g.lockOp(op, s, m, b)
			return true
		}
		t := g.tmpG()
		g.copyTo(t, 8, b)
		g.a.R(asm.NOT, 8, t)
		g.note(FlagsInMemory)
		g.a.MR(g.lock|op, s, m, t)
		return true
	}
	m := g.atomic(in, true)
	t := g.tmpG()
	g.note(FlagsInMemory)
	g.a.RM(loadOps[0][in.Size&3], max(4, s), asm.RAX, m)
	again := g.a.NewLabel()
	g.a.Bind(again)
	g.copyTo(t, 8, b)
	if in.Op == ir.AtomClr {
		g.a.R(asm.NOT, 8, t)
	}
	g.a.RR(op, 8, t, asm.RAX)
	g.a.MR(g.lock|asm.CMPXCHG, s, m, t)
	g.a.Jcc(asm.CcNE, again)
	g.setOld(in, asm.RAX)
	return true
}

// lowerAtomMinMax: the old value stays when it compares so with the operand.
func lowerAtomMinMax(g *gen, in *ir.Inst) bool {
	cc := [...]asm.Cond{asm.CcGE, asm.CcLE, asm.CcAE, asm.CcBE}[in.Op-ir.AtomSMax]
	s := asm.Size(1) << in.Size
	m := g.atomic(in, true)
	b := g.op[1]
	y := g.useG(b)
	t := g.tmpG()
	g.note(FlagsInMemory)
	g.a.RM(loadOps[0][in.Size&3], max(4, s), asm.RAX, m)
	again := g.a.NewLabel()
	g.a.Bind(again)
	g.a.RR(asm.MOV, 8, t, y)
	g.a.RR(asm.CMP, s, asm.RAX, y)
	g.a.RR(asm.CMOV(cc), 8, t, asm.RAX)
	g.a.MR(g.lock|asm.CMPXCHG, s, m, t)
	g.a.Jcc(asm.CcNE, again)
	g.setOld(in, asm.RAX)
	return true
}

func lowerAtomSwp(g *gen, in *ir.Inst) bool {
	m := g.atomic(in, g.lock == 0)
	s := asm.Size(1) << in.Size
	if g.lock == 0 { // XCHG locks without being asked
		x := g.useG(g.op[1])
		g.note(FlagsInMemory)
		g.a.RM(loadOps[0][in.Size&3], max(4, s), asm.RAX, m)
		g.note(FlagsInMemory)
		g.a.MR(asm.MOV, s, m, x)
		g.setOld(in, asm.RAX)
		return true
	}
	t := g.tmpG()
	g.copyTo(t, 8, g.op[1])
	g.note(FlagsInMemory)
	g.a.MR(asm.XCHG, s, m, t)
	g.setOld(in, t)
	return true
}

func lowerCas(g *gen, in *ir.Inst) bool {
	m := g.atomic(in, true)
	c := g.useG(g.op[2])
	g.copyTo(asm.RAX, max(4, asm.Size(1)<<in.Size), g.op[1])
	g.note(FlagsInMemory)
	g.a.MR(g.lock|asm.CMPXCHG, asm.Size(1)<<in.Size, m, c)
	g.setOld(in, asm.RAX)
	return true
}

// spillRDI is the spill slot that keeps X0's home while CMPXCHG16B, which needs all temporaries, has its address there.
const spillRDI = uint8(numSpillG - 1)

// wide prepares CMPXCHG16B at address a: it takes all temporaries and gives the memory operand. swapped says that the
// address is in RDI, whose own value restoreRDI brings back.
func (g *gen) wide(a ir.Ref) (m asm.Mem, swapped bool) {
	g.flush()
	g.clobber()
	for _, t := range [4]asm.Reg{asm.RAX, asm.RDX, asm.RCX, asm.RBX} {
		g.takeG(t)
	}
	g.fE = 0
	if x, ok := g.inReg(a); ok {
		m = asm.B(x, 0)
		g.aligned(m, 4)
		return m, false
	}
	g.copyTo(asm.RAX, 8, a)
	g.aligned(asm.B(asm.RAX, 0), 4)
	g.a.MR(asm.MOV, 8, g.G.slotMem(spillRDI), asm.RDI)
	g.a.RR(asm.MOV, 8, asm.RDI, asm.RAX)
	return asm.B(asm.RDI, 0), true
}

// noteWide is note for the access itself.
func (g *gen) noteWide(swapped bool) {
	if swapped {
		g.note(FlagsRDI)
	} else {
		g.note(FlagsInMemory)
	}
}

func (g *gen) restoreRDI(swapped bool) {
	if swapped {
		g.a.RM(asm.MOV, 8, asm.RDI, g.G.slotMem(spillRDI))
	}
}

// halves moves the halves of a vector to two general registers.
func (g *gen) halves(lo, hi asm.Reg, r ir.Ref) {
	if m, ok := g.memV(r); ok {
		g.a.RM(asm.MOV, 8, lo, m)
		m.Disp += 8
		g.a.RM(asm.MOV, 8, hi, m)
		return
	}
	x := g.useV(r)
	g.op2(asm.MOVQG, asm.XReg(lo), x)
	g.op2i(asm.PEXTRQ, asm.XReg(hi), x, 1)
}

func lowerCasP(g *gen, in *ir.Inst) bool {
	m, swapped := g.wide(g.op[0])
	g.halves(asm.RAX, asm.RDX, g.op[1])
	g.halves(asm.RBX, asm.RCX, g.op[2])
	g.noteWide(swapped)
	g.a.M(g.lock|asm.CMPXCHG16B, 8, m)
	g.restoreRDI(swapped)
	d := g.defV(mayB | mayC)
	g.op2(asm.MOVQX, d, asm.XReg(asm.RAX))
	g.op3i(asm.PINSRQ, d, d, asm.XReg(asm.RDX), 1)
	return true
}
