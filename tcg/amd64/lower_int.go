package amd64

import (
	"math/bits"

	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// alu is op d, r for a value wherever it is.
func (g *gen) alu(op asm.Op, s asm.Size, d asm.Reg, r ir.Ref) {
	v := &g.v[r]
	switch v.loc {
	case locReg:
		g.a.RR(op, s, d, asm.Reg(v.reg))
	case locMem, locSpill:
		g.a.RM(op, s, d, g.mem(&g.G, v))
	case locConst:
		if i, ok := g.immOf(s, r); ok {
			g.a.RI(op, s, d, i)
			return
		}
		g.a.RR(op, s, d, g.useG(r))
	default:
		g.fail(ErrInternal)
	}
}

// inReg gives the register of a value that is in one.
func (g *gen) inReg(r ir.Ref) (asm.Reg, bool) {
	v := &g.v[r]
	return asm.Reg(v.reg), v.loc == locReg
}

// source gives the register of a value that is in one, or that is a constant too large for an immediate.
func (g *gen) source(s asm.Size, r ir.Ref) (asm.Reg, bool) {
	if g.v[r].loc == locConst && !g.fitsImm(s, r) {
		return g.useG(r), true
	}
	return g.inReg(r)
}

// copyTo moves a value to d, which is to be changed. EFLAGS are about to be overwritten or are not in use.
func (g *gen) copyTo(d asm.Reg, s asm.Size, r ir.Ref) {
	v := &g.v[r]
	switch {
	case v.loc == locReg:
		if asm.Reg(v.reg) != d {
			g.a.RR(asm.MOV, s, d, asm.Reg(v.reg))
		}
	case v.loc == locMem || v.loc == locSpill:
		g.a.RM(asm.MOV, s, d, g.mem(&g.G, v))
	default:
		g.fetch(&g.G, uint8(d), r, v)
	}
}

// done32 marks the result of a 32-bit operation.
func (g *gen) done32(s asm.Size) bool {
	if s == 4 {
		g.v[g.ref].zero = zUpper
	}
	return true
}

// rmw does an operation in place on a guest register without a host register, when the result goes there and
// nowhere else.
func (g *gen) rmw(op asm.Op, in *ir.Inst, a, b ir.Ref) bool {
	v, va, vb := &g.v[g.ref], &g.v[a], &g.v[b]
	want := uint16(1)
	if f := v.flags; f != 0 { // FlagsOf is another user, and its hold
		want = 2 + uint16(g.v[f].hold/holdResult)
	}
	if v.hint == 0 || v.uses != want || va.loc != locMem || va.reg != v.hint-1 || va.uses != 0 || in.Type != ir.I64 ||
		g.G.home[v.hint-1] != InMemory || g.G.cur[va.reg] != a && g.G.cur[va.reg] != 0 {
		return false
	}
	m := xMem(va.reg)
	if i, ok := g.immOf(8, b); vb.loc == locConst && ok {
		g.a.MI(op, 8, m, i)
	} else if vb.loc == locReg {
		g.a.MR(op, 8, m, asm.Reg(vb.reg))
	} else {
		return false
	}
	g.G.cur[va.reg] = g.ref
	v.loc, v.reg = locMem, va.reg
	return true
}

func lowerCopy(g *gen, in *ir.Inst) bool {
	g.aliasTo(g.op[0])
	return true
}

func lowerZExt(g *gen, in *ir.Inst) bool {
	a := g.op[0]
	v := &g.v[a]
	if in.Size == 2 {
		if v.zero&zUpper != 0 || g.insts[a].Op == ir.Const && g.imm(a)>>32 == 0 {
			g.aliasTo(a)
			return true
		}
	}
	g.extend([3]asm.Op{asm.MOVZX8, asm.MOVZX16, asm.MOV}[in.Size%3], 4, a)
	return g.done32(4)
}

func lowerSExt(g *gen, in *ir.Inst) bool {
	a := g.op[0]
	if in.Size == 2 && in.Type == ir.I32 {
		g.aliasTo(a)
		return true
	}
	g.extend([3]asm.Op{asm.MOVSX8, asm.MOVSX16, asm.MOVSXD}[in.Size%3], sz(in), a)
	return g.done32(sz(in))
}

// extend is an extending move of a.
func (g *gen) extend(op asm.Op, s asm.Size, a ir.Ref) {
	if m, ok := g.memG(a); ok {
		g.a.RM(op, s, g.defG(mayA), m)
		return
	}
	x := g.useG(a)
	g.a.RR(op, s, g.defG(mayA), x)
}

func lowerAdd(g *gen, in *ir.Inst) bool {
	s := sz(in)
	a, b := g.op[0], g.op[1]
	if g.v[g.ref].flags != 0 {
		return g.addFlags(asm.ADD, in, FlagsAdd)
	}
	if g.v[b].loc == locFused {
		return g.addShifted(in, a, b)
	}
	if g.v[a].loc == locFused {
		return g.addShifted(in, b, a)
	}
	if g.v[a].loc == locConst || g.v[a].loc != locReg && g.v[b].loc == locReg && !g.hintMem(a) {
		a, b = b, a
	}
	return g.add(in, s, a, b)
}

// hintMem tells whether the result goes to the guest register in memory that is value a.
func (g *gen) hintMem(a ir.Ref) bool {
	v, va := &g.v[g.ref], &g.v[a]
	return v.hint != 0 && va.loc == locMem && va.reg == v.hint-1 && v.uses == 1
}

// add emits a + b without wanted flags: LEA where it saves a move or EFLAGS.
func (g *gen) add(in *ir.Inst, s asm.Size, a, b ir.Ref) bool {
	keep := g.keepE()
	if !keep && g.rmw(asm.ADD, in, a, b) {
		g.fE = 0
		return true
	}
	if i, ok := g.immOf(s, b); g.v[b].loc == locConst && ok {
		g.addImm(s, a, i, keep)
		return g.done32(s)
	}
	if m, ok := g.memG(b); ok && !keep {
		x, isReg := g.inReg(a)
		d := g.defG(mayA)
		if !isReg || x != d {
			g.copyTo(d, s, a)
		}
		g.fE = 0
		g.a.RM(asm.ADD, s, d, m)
		return g.done32(s)
	}
	x, y := g.useG(a), g.useG(b)
	d := g.defG(mayA | mayB)
	switch {
	case keep || d != x && d != y:
		g.a.RM(asm.LEA, s, d, asm.BI(x, y, 1, 0))
	case d == x:
		g.fE = 0
		g.a.RR(asm.ADD, s, d, y)
	default:
		g.fE = 0
		g.a.RR(asm.ADD, s, d, x)
	}
	return g.done32(s)
}

// addImm emits a + i.
func (g *gen) addImm(s asm.Size, a ir.Ref, i int32, keep bool) {
	x, isReg := g.inReg(a)
	d := g.defG(mayA | mayB)
	if !isReg {
		g.copyTo(d, s, a)
		x = d
	}
	switch {
	case d != x || keep:
		g.a.RM(asm.LEA, s, d, asm.B(x, i))
	case i == 128: // -128 has a short form
		g.fE = 0
		g.a.RI(asm.SUB, s, d, -128)
	default:
		g.fE = 0
		g.a.RI(asm.ADD, s, d, i)
	}
}

// addShifted emits a + x<<n, where b is the shift, fused.
func (g *gen) addShifted(in *ir.Inst, a, b ir.Ref) bool {
	s := sz(in)
	sh := &g.insts[b]
	x := g.canon(sh.A)
	g.op[3] = x
	g.v[x].uses--
	if v := &g.v[x]; v.loc == locReg {
		g.G.pin |= 1 << v.reg
	}
	scale := uint8(1) << (g.insts[sh.B].Imm & 3)
	y := g.useG(x)
	if i, ok := g.immOf(s, a); g.v[a].loc == locConst && ok {
		d := g.defG(mayD)
		g.a.RM(asm.LEA, s, d, asm.BI(asm.NoReg, y, scale, i))
		return g.done32(s)
	}
	r := g.useG(a)
	g.a.RM(asm.LEA, s, g.defG(mayA|mayB|mayD), asm.BI(r, y, scale, 0))
	return g.done32(s)
}

// addFlags emits an addition or subtraction whose flags are wanted.
func (g *gen) addFlags(op asm.Op, in *ir.Inst, pol FlagsWhere) bool {
	g.clobber()
	s := sz(in)
	a, b := g.op[0], g.op[1]
	may := uint8(mayA)
	if op == asm.ADD {
		if g.v[a].loc == locConst {
			a, b = b, a
		}
		may |= mayB
	}
	g.hold(in)
	if g.rmw(op, in, a, b) {
		g.made(in, pol)
		return true
	}
	x, xr := g.inReg(a)
	y, yr := g.source(s, b)
	d := g.defG(may)
	if op == asm.ADD && yr && d == y && !(xr && d == x) {
		g.alu(op, s, d, a)
	} else {
		g.copyTo(d, s, a)
		g.aluRR(op, s, d, y, yr, b)
	}
	g.made(in, pol)
	return g.done32(s)
}

func lowerSub(g *gen, in *ir.Inst) bool {
	s := sz(in)
	a, b := g.op[0], g.op[1]
	if g.v[g.ref].flags != 0 {
		return g.addFlags(asm.SUB, in, FlagsSub)
	}
	keep := g.keepE()
	if i, ok := g.immOf(s, b); g.v[b].loc == locConst && ok && i != -1<<31 {
		if !keep && g.rmw(asm.SUB, in, a, b) {
			g.fE = 0
			return true
		}
		g.addImm(s, a, -i, keep)
		return g.done32(s)
	}
	if keep {
		g.clobber()
	}
	if g.rmw(asm.SUB, in, a, b) {
		g.fE = 0
		return true
	}
	y, yr := g.source(s, b)
	d := g.defG(mayA | mayB)
	g.fE = 0
	if x, xr := g.inReg(a); yr && d == y && !(xr && x == y) {
		g.a.R(asm.NEG, s, d)
		g.alu(asm.ADD, s, d, a)
		return g.done32(s)
	}
	g.copyTo(d, s, a)
	g.aluRR(asm.SUB, s, d, y, yr, b)
	return g.done32(s)
}

// lowerAdc: x86 has the same operations, with a borrow for the inverse of Arm's carry.
func lowerAdc(g *gen, in *ir.Inst) bool {
	f := g.op[2]
	g.prepLast(f)
	s := sz(in)
	a, b := g.op[0], g.op[1]
	op, pol := asm.ADC, FlagsAdd
	if in.Op == ir.Sbc {
		op, pol = asm.SBB, FlagsSub
	}
	y, yr := g.source(s, b)
	d := g.defG(mayA)
	g.carry(f, pol)
	g.noXor = true
	g.copyTo(d, s, a)
	g.aluRR(op, s, d, y, yr, b)
	g.fE = 0
	g.made(in, pol)
	return g.done32(s)
}

// carry gets the carry of f into CF: as it is, or inverted with pol FlagsSub.
func (g *gen) carry(f ir.Ref, pol FlagsWhere) {
	v := &g.v[f]
	if g.fE != f {
		switch {
		case v.loc == locConst:
			g.fE = 0
			if g.insts[f].Imm>>1&1 != 0 == (pol == FlagsAdd) {
				g.a.N(asm.STC)
			} else {
				g.a.N(asm.CLC)
			}
			return
		case v.loc == locFlags || v.loc == locSpill:
			m := cpuMem(offFlags)
			if v.loc == locSpill {
				m = g.G.slotMem(v.reg)
			}
			g.fE = 0
			g.a.MI(asm.BT, 4, m, 8)
			if pol == FlagsAdd {
				g.a.N(asm.CMC)
			}
			return
		}
		g.toE(f)
	} else if g.fPol >= flagsFP {
		g.toE(f)
	}
	if (g.fPol == FlagsSub) != (pol == FlagsSub) {
		g.a.N(asm.CMC)
		g.fPol = pol // of a logic operation: C is 0, and CF 0 or 1 as for an addition or a subtraction
	}
}

func lowerLogic(g *gen, in *ir.Inst) bool {
	op := asm.OR
	if in.Op == ir.Xor {
		op = asm.XOR
	}
	return g.logic(op, in)
}

func (g *gen) logic(op asm.Op, in *ir.Inst) bool {
	g.clobber()
	s := sz(in)
	a, b := g.op[0], g.op[1]
	if g.v[a].loc == locConst || g.v[a].loc != locReg && g.v[b].loc == locReg && !g.hintMem(a) {
		a, b = b, a
	}
	if g.rmw(op, in, a, b) {
		g.made(in, flagsLogic)
		return true
	}
	x, xr := g.inReg(a)
	y, yr := g.source(s, b)
	d := g.defG(mayA | mayB)
	if yr && d == y && !(xr && d == x) {
		g.alu(op, s, d, a)
	} else {
		g.copyTo(d, s, a)
		g.aluRR(op, s, d, y, yr, b)
	}
	g.made(in, flagsLogic)
	return g.done32(s)
}

func lowerAnd(g *gen, in *ir.Inst) bool {
	if g.v[g.ref].flags == 0 {
		a, b := g.op[0], g.op[1]
		if g.v[a].loc == locConst {
			a, b = b, a
		}
		if g.insts[b].Op == ir.Const {
			switch m := g.imm(b); {
			case m == 0xff:
				g.extendAB(asm.MOVZX8, a)
				return g.done32(4)
			case m == 0xffff:
				g.extendAB(asm.MOVZX16, a)
				return g.done32(4)
			case m == 0xffffffff && in.Type == ir.I64:
				g.extendAB(asm.MOV, a)
				return g.done32(4)
			case m >= 0 && m <= 0x7fffffff && in.Type == ir.I64:
				g.clobber()
				d := g.defG(mayA | mayB)
				g.copyTo(d, 4, a)
				g.a.RI(asm.AND, 4, d, int32(m))
				return g.done32(4)
			case in.Type == ir.I64 && !fits32(m) && m > 0 && m&(m+1) == 0: // a long mask of low bits
				g.clobber()
				n := int32(bits.LeadingZeros64(uint64(m)))
				d := g.defG(mayA | mayB)
				g.copyTo(d, 8, a)
				g.a.RI(asm.SHL, 8, d, n)
				g.a.RI(asm.SHR, 8, d, n)
				return true
			}
		}
	}
	return g.logic(asm.AND, in)
}

// extendAB is a zero-extending move of one of the operands.
func (g *gen) extendAB(op asm.Op, a ir.Ref) {
	if m, ok := g.memG(a); ok {
		g.a.RM(op, 4, g.defG(mayA|mayB), m)
		return
	}
	x := g.useG(a)
	g.a.RR(op, 4, g.defG(mayA|mayB), x)
}

func lowerAndNot(g *gen, in *ir.Inst) bool {
	g.clobber()
	s := sz(in)
	a, b := g.op[0], g.op[1]
	if g.v3 {
		y := g.useG(b)
		if m, ok := g.memG(a); ok {
			g.a.X3M(asm.ANDN, s, g.defG(mayB), y, m)
		} else {
			x := g.useG(a)
			g.a.X3(asm.ANDN, s, g.defG(mayA|mayB), y, x)
		}
	} else {
		x, xr := g.source(s, a)
		d := g.defG(mayB)
		g.copyTo(d, s, b)
		g.a.R(asm.NOT, s, d)
		g.aluRR(asm.AND, s, d, x, xr, a)
	}
	g.made(in, flagsLogic)
	return g.done32(s)
}

func lowerOrNot(g *gen, in *ir.Inst) bool { return g.invert(asm.OR, in) }

func lowerXorNot(g *gen, in *ir.Inst) bool { return g.invert(asm.XOR, in) }

// invert emits A op ^B.
func (g *gen) invert(op asm.Op, in *ir.Inst) bool {
	g.clobber()
	s := sz(in)
	x, xr := g.source(s, g.op[0])
	d := g.defG(mayB)
	g.copyTo(d, s, g.op[1])
	g.a.R(asm.NOT, s, d)
	g.aluRR(op, s, d, x, xr, g.op[0])
	return g.done32(s)
}

// aluRR is op d, x if isReg, else op d, r.
func (g *gen) aluRR(op asm.Op, s asm.Size, d, x asm.Reg, isReg bool, r ir.Ref) {
	if isReg {
		g.a.RR(op, s, d, x)
	} else {
		g.alu(op, s, d, r)
	}
}

func lowerNot(g *gen, in *ir.Inst) bool {
	s := sz(in)
	op := asm.NOT
	if in.Op == ir.Neg {
		g.clobber()
		op = asm.NEG
	}
	d := g.defG(mayA)
	g.copyTo(d, s, g.op[0])
	g.a.R(op, s, d)
	return g.done32(s)
}

func lowerMul(g *gen, in *ir.Inst) bool {
	if j := g.highHalf(in); j != 0 {
		return g.mulPair(in, j)
	}
	g.clobber()
	s := sz(in)
	a, b := g.op[0], g.op[1]
	if g.v[a].loc == locConst || g.v[a].loc != locReg && g.v[b].loc == locReg {
		a, b = b, a
	}
	if i, ok := g.immOf(s, b); g.insts[b].Op == ir.Const && ok {
		if m, ok := g.memG(a); ok {
			g.a.ImulRMI(s, g.defG(mayA|mayB), m, i)
		} else {
			x := g.useG(a)
			g.a.ImulRRI(s, g.defG(mayA|mayB), x, i)
		}
		return g.done32(s)
	}
	x, xr := g.inReg(a)
	y, yr := g.source(s, b)
	d := g.defG(mayA | mayB)
	if yr && d == y && !(xr && d == x) {
		g.alu(asm.IMUL, s, d, a)
	} else {
		g.copyTo(d, s, a)
		g.aluRR(asm.IMUL, s, d, y, yr, b)
	}
	return g.done32(s)
}

// highHalf gives the UMULH or SMULH of the same operands that follows a MUL soon, as it does for a full product, or 0.
func (g *gen) highHalf(in *ir.Inst) ir.Ref {
	if in.Type != ir.I64 {
		return 0
	}
	for j := g.ref + 1; j < g.ref+5 && int(j) < len(g.insts); j++ {
		h := &g.insts[j]
		if h.Op.IsTerm() {
			return 0
		}
		if (h.Op == ir.UMulH || h.Op == ir.SMulH) && g.v[j].uses > 0 &&
			(h.A == in.A && h.B == in.B || h.A == in.B && h.B == in.A) {
			return j
		}
	}
	return 0
}

// mulPair computes both halves of a product, the high one for instruction j.
func (g *gen) mulPair(in *ir.Inst, j ir.Ref) bool {
	a, b := g.op[0], g.op[1]
	if g.insts[j].Op == ir.UMulH && g.v3 {
		g.takeG(asm.RDX)
		y := g.useG(b)
		g.fetch(&g.G, uint8(asm.RDX), a, &g.v[a])
		hi := g.tmpG()
		g.a.X3(asm.MULX, 8, hi, g.defG(mayA|mayB), y)
		g.bind(&g.G, j, uint8(hi))
		return true
	}
	g.clobber()
	g.takeG(asm.RDX)
	g.takeG(asm.RAX)
	op := asm.MUL
	if g.insts[j].Op == ir.SMulH {
		op = asm.IMUL1
	}
	y := g.useG(b)
	g.fetch(&g.G, uint8(asm.RAX), a, &g.v[a])
	g.a.R(op, 8, y)
	g.bind(&g.G, j, uint8(asm.RDX))
	g.setG(asm.RAX)
	return true
}

func lowerMulH(g *gen, in *ir.Inst) bool {
	if g.v[g.ref].loc != locNone {
		return true // MUL has done it
	}
	a, b := g.op[0], g.op[1]
	if in.Op == ir.UMulH && g.v3 { // MULX leaves EFLAGS alone
		g.takeG(asm.RDX)
		y := g.useG(b)
		g.fetch(&g.G, uint8(asm.RDX), a, &g.v[a])
		g.a.X3(asm.MULX, 8, g.defG(mayB), asm.RDX, y)
		return true
	}
	g.clobber()
	g.takeG(asm.RDX)
	g.takeG(asm.RAX)
	op := asm.MUL
	if in.Op == ir.SMulH {
		op = asm.IMUL1
	}
	y := g.useG(b)
	g.fetch(&g.G, uint8(asm.RAX), a, &g.v[a])
	g.a.R(op, 8, y)
	g.setG(asm.RDX)
	return true
}

// setG makes temporary t, which was taken, the result of the current instruction, or moves it to the home hinted at.
func (g *gen) setG(t asm.Reg) {
	v := &g.v[g.ref]
	if q := v.hint - 1; v.hint != 0 && g.G.home[q] != InMemory && g.homeFree(&g.G, q, g.G.home[q], mayA|mayB|mayC|mayD) {
		h := g.G.home[q]
		v.loc, v.reg = locReg, h
		g.G.cur[q] = g.ref
		g.move(&g.G, h, uint8(t))
		return
	}
	g.bind(&g.G, g.ref, uint8(t))
}

// lowerDiv divides in RDX:RAX. Both operands may be anything: divisors 0 and, signed, -1 go to a cold multiplication,
// which gives the right result for both (0, and the negative, which wraps for the least number).
func lowerDiv(g *gen, in *ir.Inst) bool {
	g.clobber()
	s := sz(in)
	a, b := g.op[0], g.op[1]
	g.takeG(asm.RDX)
	g.takeG(asm.RAX)
	y := g.useG(b)
	g.noXor = false
	g.copyTo(asm.RAX, s, a)
	signed := in.Op == ir.SDiv
	if k, ok := g.konst(b); !ok || k == 0 || k == -1 || uint32(k) == ^uint32(0) || uint32(k) == 0 {
		at, back := g.a.NewLabel(), g.a.NewLabel()
		if signed {
			g.a.RM(asm.LEA, s, asm.RDX, asm.B(y, 1))
			g.a.RI(asm.CMP, s, asm.RDX, 1)
			g.a.Jcc(asm.CcBE, at)
		} else {
			g.a.RR(asm.TEST, s, y, y)
			g.a.Jcc(asm.CcE, at)
		}
		g.colds = append(g.colds, cold{kind: coldDiv, at: at, back: back, dst: uint8(y), pc: uint64(s)})
		g.divide(s, signed, y)
		g.a.Bind(back)
	} else {
		g.divide(s, signed, y)
	}
	g.setG(asm.RAX)
	return g.done32(s)
}

func (g *gen) divide(s asm.Size, signed bool, y asm.Reg) {
	switch {
	case !signed:
		g.a.Zero(asm.RDX)
		g.a.R(asm.DIV, s, y)
	case s == 4:
		g.a.N(asm.CDQ)
		g.a.R(asm.IDIV, s, y)
	default:
		g.a.N(asm.CQO)
		g.a.R(asm.IDIV, s, y)
	}
}

func (g *gen) emitDivCold(c *cold) {
	g.a.RR(asm.IMUL, asm.Size(c.pc), asm.RAX, asm.Reg(c.dst))
	g.a.Jmp(c.back)
}
