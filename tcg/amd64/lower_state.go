package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
	"armature/tcg/state"
)

func lowerGetX(g *gen, in *ir.Inst) bool { g.get(&g.G, uint8(in.Aux&31)); return true }
func lowerPutX(g *gen, in *ir.Inst) bool { g.put(&g.G, uint8(in.Aux&31), in.A); return true }
func lowerGetV(g *gen, in *ir.Inst) bool { g.get(&g.V, uint8(in.Aux&31)); return true }
func lowerPutV(g *gen, in *ir.Inst) bool { g.put(&g.V, uint8(in.Aux&31), in.A); return true }

func lowerGetFlags(g *gen, in *ir.Inst) bool {
	switch {
	case g.fCur != 0:
		g.aliasTo(g.fCur)
	case g.fMem != 0 && g.v[g.fMem].loc != locNone:
		g.aliasTo(g.fMem)
	default:
		g.v[g.ref].loc = locFlags
		g.fMem = g.ref
	}
	return true
}

// lowerPutFlags makes a value the guest's NZCV; it is stored when it has to be.
func lowerPutFlags(g *gen, in *ir.Inst) bool {
	f := g.op[0]
	old := g.fCur
	if f == g.fMem {
		g.fCur = 0
	} else {
		g.fCur = f
		g.v[f].uses++
	}
	if old != 0 {
		g.drop(old)
	}
	return true
}

// lowerFlagsOf emits nothing: the instruction that it names has left its flags in EFLAGS, or is a comparison that is
// done where it is used.
func lowerFlagsOf(g *gen, in *ir.Inst) bool {
	p, v := &g.v[in.A], &g.v[g.ref]
	switch {
	case p.flags != g.ref:
		g.aliasTo(p.flags)
	case p.loc == locFused:
		v.loc, v.hold = locLazy, holdOperands
		if c := &g.insts[in.A]; g.isConst(c.A) && g.isConst(c.B) {
			g.settle(g.ref) // neither could be an immediate; constfold leaves none of these
		}
	}
	return true
}

// isConst tells whether a value is constant, wherever it is.
func (g *gen) isConst(r ir.Ref) bool { return g.insts[g.canon(r)].Op == ir.Const }

func lowerFlagsSel(g *gen, in *ir.Inst) bool {
	for _, o := range g.op[:3] {
		if g.comparesV(o) {
			g.settle(o)
		}
	}
	v := &g.v[g.ref]
	v.loc, v.hold = locLazy, holdOperands
	for _, o := range g.op[:3] {
		g.v[o].uses++
	}
	return true
}

// lowerCSel loads one value and replaces it by the other with CMOV. A selection on a FlagsSel jumps.
func lowerCSel(g *gen, in *ir.Inst) bool {
	f := g.op[2]
	g.prep(f)
	s := sz(in)
	a, b := g.op[0], g.op[1]
	c := in.Cond()
	if g.insts[f].Op == ir.FlagsSel && g.v[f].loc == locLazy && g.fE != f {
		x, xr := g.source(s, a)
		g.useIfConst(b)
		d := g.defG(mayB)
		g.noXor = true
		g.finalTo(d, s, b)
		no := g.a.NewLabel()
		g.branchNot(f, c, no)
		g.movRR(s, d, x, xr, a)
		g.a.Bind(no)
		return g.done32(s)
	}
	// The constants before the comparison, so that XOR can make a zero.
	g.useIfConst(a)
	g.useIfConst(b)
	x, xr := g.inReg(a)
	y, yr := g.inReg(b)
	d := g.defG(mayA | mayB)
	k := g.cond(f, c)
	if xr && d == x && !(yr && d == y) {
		k = k.not()
		a, b, x, y, xr, yr = b, a, y, x, yr, xr
	}
	g.noXor = true
	switch k.kind {
	case ccAlways:
		g.movRR(s, d, x, xr, a)
		return g.done32(s)
	case ccNever:
		g.finalTo(d, s, b)
		return g.done32(s)
	case ccAnd: // the opposite conditions select b
		if !xr || d != x {
			if yr && d == y { // b would be lost: a jump over the move
				g.finalTo(d, s, b)
				s1 := g.a.JccShort(k.cc ^ 1)
				s2 := g.a.JccShort(k.cc2 ^ 1)
				g.movRR(s, d, x, xr, a)
				g.a.Land(s1)
				g.a.Land(s2)
				return g.done32(s)
			}
			g.copyTo(d, s, a)
		}
		g.cmov(k.cc^1, s, d, b)
		g.cmov(k.cc2^1, s, d, b)
		return g.done32(s)
	}
	g.copyTo(d, s, b)
	g.cmovRR(k.cc, s, d, x, xr, a)
	if k.kind == ccOr {
		g.cmovRR(k.cc2, s, d, x, xr, a)
	}
	return g.done32(s)
}

// finalTo is copyTo for a result that nothing more may be done to: it clears the upper half of a 32-bit one also
// where the value is in d already.
func (g *gen) finalTo(d asm.Reg, s asm.Size, r ir.Ref) {
	if x, ok := g.inReg(r); ok && x == d && s == 4 && g.v[r].zero&zUpper == 0 {
		g.a.RR(asm.MOV, 4, d, d)
		return
	}
	g.copyTo(d, s, r)
}

// useIfConst loads a constant operand into a register, which CMOV needs.
func (g *gen) useIfConst(r ir.Ref) {
	if v := &g.v[r]; v.loc == locConst {
		v.uses++
		g.use(&g.G, r)
		v.uses--
	}
}

func (g *gen) cmov(cc asm.Cond, s asm.Size, d asm.Reg, r ir.Ref) {
	x, xr := g.inReg(r)
	g.cmovRR(cc, s, d, x, xr, r)
}

func (g *gen) cmovRR(cc asm.Cond, s asm.Size, d, x asm.Reg, isReg bool, r ir.Ref) {
	if isReg {
		g.a.RR(asm.CMOV(cc), s, d, x)
	} else {
		g.a.RM(asm.CMOV(cc), s, d, g.mem(&g.G, &g.v[r]))
	}
}

func (g *gen) movRR(s asm.Size, d, x asm.Reg, isReg bool, r ir.Ref) {
	if isReg {
		g.a.RR(asm.MOV, s, d, x)
	} else {
		g.copyTo(d, s, r)
	}
}

// lowerCSet is also CSetM, the negative of it.
func lowerCSet(g *gen, in *ir.Inst) bool {
	f := g.op[0]
	g.prepLast(f)
	c := in.Cond()
	d := g.defG(0)
	if g.insts[f].Op == ir.FlagsSel && g.v[f].loc == locLazy && g.fE != f {
		g.boolOf(f, c, d)
	} else if k := g.cond(f, c); k.kind >= ccNever {
		x := int64(0)
		if k.kind == ccAlways {
			x = 1
			if in.Op == ir.CSetM {
				x = int64(^uint64(0) >> (64 - width(in)))
			}
		}
		g.noXor = true
		g.movImm(d, x)
		if in.Type == ir.I32 || x >= 0 {
			g.zeroUpper32()
		}
		return true
	} else {
		g.setcc(k, d)
	}
	g.a.RR(asm.MOVZX8, 4, d, d)
	if in.Op == ir.CSetM {
		g.clobberNow()
		g.a.R(asm.NEG, sz(in), d)
		return g.done32(sz(in))
	}
	g.zeroUpper32()
	return true
}

// clobberNow is clobber in the middle of a lowering whose flag operand is in EFLAGS.
func (g *gen) clobberNow() {
	if g.keepE() && g.v[g.fE].loc == locE {
		g.fail(ErrInternal)
	}
	g.fE = 0
}

// setcc puts a condition into the low byte of d.
func (g *gen) setcc(k ccond, d asm.Reg) {
	g.a.R(asm.SET(k.cc), 1, d)
	if k.kind == ccOne {
		return
	}
	t := g.tmpG()
	g.a.R(asm.SET(k.cc2), 1, t)
	op := asm.AND
	if k.kind == ccOr {
		op = asm.OR
	}
	g.clobberNow()
	g.a.RR(op, 1, d, t)
}

// boolOf puts condition c of the selection f into the low byte of d, with RAX as scratch: without a jump, if the other
// side is constant, as it is for CCMP.
func (g *gen) boolOf(f ir.Ref, c ir.Cond, d asm.Reg) {
	f = g.canon(f)
	in := &g.insts[f]
	simple := in.Op != ir.FlagsSel || g.v[f].loc != locLazy || g.fE == f
	if simple {
		switch k := g.cond(f, c); k.kind {
		case ccOne:
			g.a.R(asm.SET(k.cc), 1, d)
			return
		case ccNever, ccAlways:
			g.a.RI(asm.MOV, 4, d, int32(k.kind-ccNever))
			return
		}
	}
	b := g.canon(in.B)
	a := g.canon(in.A)
	if simple || g.v[b].loc != locConst || g.insts[a].Op == ir.FlagsSel || isFCmp(g.insts[a].Op) || in.Cond() >= ir.AL {
		yes, end := g.a.NewLabel(), g.a.NewLabel()
		g.branch(f, c, yes)
		g.a.RI(asm.MOV, 4, d, 0)
		g.a.Jmp(end)
		g.a.Bind(yes)
		g.a.RI(asm.MOV, 4, d, 1)
		g.a.Bind(end)
		g.fE = 0
		return
	}
	op, first := asm.AND, in.Cond()
	if c.Holds(uint32(g.insts[b].Imm)) {
		op, first = asm.OR, first^1
	}
	g.boolOf(in.C, first, d)
	k := g.cond(a, c)
	switch k.kind {
	case ccOne:
		g.a.R(asm.SET(k.cc), 1, asm.RAX)
		g.fE = 0
		g.a.RR(op, 1, d, asm.RAX)
	case ccNever, ccAlways:
		if (k.kind == ccAlways) == (op == asm.OR) {
			g.a.RI(asm.MOV, 4, d, int32(k.kind-ccNever))
		}
	default:
		g.fail(ErrInternal)
	}
}

func lowerGetSys(g *gen, in *ir.Inst) bool {
	off := offTPIDR
	switch in.Aux {
	case ir.SysTPIDR:
	case ir.SysTPIDRRO:
		off = offTPIDRRO
	case ir.SysFPCR:
		g.a.RM(asm.MOV, 4, g.defG(0), cpuMem(offFPCR))
		return g.done32(4)
	case ir.SysFPSR:
		return g.getFPSR()
	default:
		return false
	}
	g.a.RM(asm.MOV, 8, g.defG(0), cpuMem(off))
	return true
}

func lowerPutSys(g *gen, in *ir.Inst) bool {
	switch in.Aux {
	case ir.SysTPIDR:
	case ir.SysFPSR:
		g.clobber()
		return g.putFPSR(g.useG(in.A))
	default:
		return false
	}
	g.a.MR(asm.MOV, 8, cpuMem(offTPIDR), g.useG(in.A))
	return true
}

func lowerCheckSP(g *gen, in *ir.Inst) bool {
	g.flush()
	g.clobber()
	at := g.a.NewLabel()
	if m, ok := g.memG(in.A); ok {
		g.a.MI(asm.TEST, 1, m, 15)
	} else {
		g.a.RI(asm.TEST, 1, g.useG(in.A), 15)
	}
	g.a.Jcc(asm.CcNE, at)
	g.colds = append(g.colds, cold{kind: coldSPAlign, at: at, pc: uint64(in.Imm)})
	return true
}

func (g *gen) emitSPAlign(c *cold) {
	g.leave(state.ExitSPAlign, c.pc)
}
