package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// NZCV.
//
// The guest's flags as of the current instruction are g.fCur, a value of type Flags, or, when that is 0, what
// CPU.Flags holds. Most flag values are lazy: a comparison is emitted where its result is used, next to the jump that
// fuses with it, and again after something has clobbered EFLAGS; its operands are kept alive for that.
// g.fE tells which value EFLAGS hold just now. Whoever emits something that changes EFLAGS calls clobber before.

// More places of NZCV, within the back end.
const (
	flagsLogic  FlagsWhere = 0x10 + iota // EFLAGS after a logical operation: CF = OF = 0, as C = V = 0
	flagsFP                              // EFLAGS after UCOMIS a, b
	flagsFPSwap                          // EFLAGS after UCOMIS b, a
)

// What a lazy value keeps alive.
const (
	holdNone     = iota
	holdOperands // A and B of the instruction that FlagsOf names, which was not computed; or of FCmp; or the three of FlagsSel
	holdResult   // the result of that instruction, and B unless it is constant
)

// prep readies a value for cond, branch, pack or toE, which move no values and so may be emitted on one of several
// paths: it saves what these would destroy in EFLAGS, and takes RAX if they may need it. It comes before all else.
func (g *gen) prep(f ir.Ref) {
	f = g.canon(f)
	g.prepRest(f)
	if g.needRAX(f) {
		g.takeG(asm.RAX)
	}
}

// prepLast is prep for a lowering that changes EFLAGS after it has used them.
func (g *gen) prepLast(f ir.Ref) {
	f = g.canon(f)
	if v := &g.v[f]; g.fE == f && v.loc == locE && v.uses > 0 {
		g.saveE(f)
	}
	g.prep(f)
}

// prepRest is prep but for RAX.
func (g *gen) prepRest(f ir.Ref) {
	g.saveOther(f)
	g.prepV(f)
}

// saveOther saves a value that is in EFLAGS only, before f takes its place.
func (g *gen) saveOther(f ir.Ref) {
	if e := g.fE; e != 0 && e != f && g.v[e].loc == locE && g.wanted(e) {
		g.saveE(e)
	}
}

// exact makes the guest's NZCV recoverable at a fault, and tells where it is. The access that follows must be reached
// without a change of EFLAGS. It comes before all else.
func (g *gen) exact() FlagsWhere {
	f := g.fCur
	if f == 0 {
		return FlagsInMemory
	}
	if g.fE == f && g.fPol < flagsFP {
		return g.fPol
	}
	if v := &g.v[f]; v.loc == locLazy && g.insts[f].Op == ir.FlagsOf && v.hold == holdOperands {
		rax := g.scratch(f)
		g.prep(f)
		g.toE(f)
		if rax {
			g.giveG(asm.RAX)
		}
		return g.fPol
	}
	g.flush()
	return FlagsInMemory
}

// hold keeps what is needed to have the flags of the current instruction, an addition or subtraction, again. It comes
// before def, which might else give the result the register of the second operand.
func (g *gen) hold(in *ir.Inst) {
	f := g.v[g.ref].flags
	b := g.canon(in.B)
	if g.insts[b].Op == ir.Const && !g.fitsImm(sz(in), b) {
		g.v[f].loc = locE
		return
	}
	g.v[g.ref].uses++
	g.v[b].uses++
	g.v[f].loc, g.v[f].hold = locLazy, holdResult
}

// made records that the current instruction has left its flags in EFLAGS, if someone wants them.
func (g *gen) made(in *ir.Inst, pol FlagsWhere) {
	f := g.v[g.ref].flags
	if f == 0 {
		return
	}
	g.fE, g.fPol = f, pol
	switch v := &g.v[f]; in.Op {
	case ir.And, ir.AndNot:
		g.v[g.ref].uses++
		v.loc, v.hold = locLazy, holdResult
	case ir.Adc, ir.Sbc:
		v.loc = locE
	}
}

// clobber announces that EFLAGS will be changed. It may emit code, and RAX may change: it comes before all else.
func (g *gen) clobber() {
	f := g.fE
	g.fE = 0
	if f != 0 && g.v[f].loc == locE && g.v[f].uses > 0 {
		g.fE = f
		g.saveE(f)
		g.fE = 0
	}
}

// wanted tells whether a value has users to come, or is an operand of the current instruction.
func (g *gen) wanted(f ir.Ref) bool {
	return g.v[f].uses > 0 || g.op[0] == f || g.op[1] == f || g.op[2] == f
}

// keepE tells whether EFLAGS hold something that is still wanted, so that an instruction that leaves them alone
// is to be preferred.
func (g *gen) keepE() bool { return g.fE != 0 && g.v[g.fE].uses > 0 }

// saveE moves a value that is in EFLAGS only to CPU.Flags, if it is the guest's current one, or to a spill slot.
func (g *gen) saveE(f ir.Ref) {
	if g.fCur == f {
		g.flush()
		if g.v[f].uses > 0 {
			g.v[f].loc = locFlags
		}
		return
	}
	if g.fMem == f {
		g.v[f].loc = locFlags
		return
	}
	g.takeG(asm.RAX)
	g.packE()
	g.giveG(asm.RAX)
	g.spillFlags(f)
}

// spillFlags stores EAX, the host form of f, to a spill slot.
func (g *gen) spillFlags(f ir.Ref) {
	if g.G.slots == 0 {
		g.fail(ErrTooComplex)
		return
	}
	s := g.G.allocSlot()
	g.a.MR(asm.MOV, 8, g.G.slotMem(s), asm.RAX)
	g.v[f].loc, g.v[f].reg = locSpill, s
}

// packE puts EFLAGS into EAX in the host form. EFLAGS keep their value, in the polarity FlagsSub.
func (g *gen) packE() {
	if g.fPol != FlagsSub {
		g.a.N(asm.CMC)
		g.fPol = FlagsSub
	}
	g.a.N(asm.LAHF)
	g.a.R(asm.SET(asm.CcO), 1, asm.RAX)
}

// unpackE sets EFLAGS from the host form in EAX: adding 0x7f to 0 or 1 gives OF.
func (g *gen) unpackE() {
	g.a.RI(asm.ADD, 1, asm.RAX, 0x7f)
	g.a.N(asm.SAHF)
	g.fPol = FlagsSub
}

// flush brings CPU.Flags up to date. It may use RAX and EFLAGS, and comes before all else.
func (g *gen) flush() {
	f := g.fCur
	if f == 0 {
		return
	}
	if g.fMem != f {
		g.keepMem()
		g.prepRest(f)
		g.takeG(asm.RAX)
		if g.insts[f].Op == ir.FlagsConst {
			g.a.MI(asm.MOV, 4, cpuMem(offFlags), int32(state.PackNZCV(uint32(g.insts[f].Imm))))
		} else {
			g.pack(f)
			g.a.MR(asm.MOV, 4, cpuMem(offFlags), asm.RAX)
		}
		g.giveG(asm.RAX)
		g.fMem = f
	}
	g.fCur = 0
	g.drop(f)
}

// keepMem saves a value that only CPU.Flags holds before that is overwritten.
func (g *gen) keepMem() {
	f := g.fMem
	if f == 0 || g.v[f].loc != locFlags || !g.wanted(f) {
		return
	}
	g.takeG(asm.RAX)
	g.a.RM(asm.MOV, 4, asm.RAX, cpuMem(offFlags))
	g.giveG(asm.RAX)
	g.spillFlags(f)
}

// giveG gives a register that was taken back at once.
func (g *gen) giveG(t asm.Reg) {
	b := uint32(1) << t
	g.G.tmp &^= b
	g.G.pin &^= b
	g.G.free |= b
}

// pack puts a value into EAX in the host form; RAX has been taken. No values move: this may be emitted on one of
// several paths. What it does to EFLAGS is recorded.
func (g *gen) pack(f ir.Ref) {
	f = g.canon(f)
	if g.fE == f && g.fPol < flagsFP {
		g.packE()
		return
	}
	in, v := &g.insts[f], &g.v[f]
	switch {
	case v.loc == locConst:
		g.a.RI(asm.MOV, 4, asm.RAX, int32(state.PackNZCV(uint32(in.Imm))))
	case v.loc == locSpill:
		g.a.RM(asm.MOV, 4, asm.RAX, g.G.slotMem(v.reg))
	case v.loc == locFlags || f == g.fMem:
		g.a.RM(asm.MOV, 4, asm.RAX, cpuMem(offFlags))
	case in.Op == ir.FlagsSel:
		no, end := g.a.NewLabel(), g.a.NewLabel()
		g.branchNot(in.C, in.Cond(), no)
		g.pack(in.A)
		g.a.Jmp(end)
		g.a.Bind(no)
		g.fE = 0
		g.pack(in.B)
		g.a.Bind(end)
		g.fE = 0
	case isFCmp(in.Op):
		g.packFP(f, in)
	case v.loc == locLazy:
		g.toE(f)
		g.packE()
	default:
		g.fail(ErrInternal)
	}
}

// toE gets a value into EFLAGS, with EAX as scratch if scratch(f) says so. No values move.
func (g *gen) toE(f ir.Ref) {
	f = g.canon(f)
	if g.fE == f && g.fPol < flagsFP {
		return
	}
	in, v := &g.insts[f], &g.v[f]
	if v.loc != locLazy || in.Op != ir.FlagsOf {
		g.pack(f)
		g.unpackE()
		g.fE = f
		return
	}
	p := &g.insts[in.A]
	g.cmpAt = g.a.Len()
	if v.hold == holdOperands {
		g.fPol = g.compare(p.Op, sz(p), g.canon(p.A), g.canon(p.B))
	} else {
		g.again(p, in.A)
	}
	g.cmpEnd = g.a.Len()
	g.fE = f
}

// scratch tells whether toE might need EAX for a value, be it that temporaries are evicted before it runs.
func (g *gen) scratch(f ir.Ref) bool {
	f = g.canon(f)
	if g.fE == f {
		return g.fPol >= flagsFP
	}
	in, v := &g.insts[f], &g.v[f]
	if v.loc != locLazy || in.Op != ir.FlagsOf || v.hold != holdOperands {
		return true
	}
	p := &g.insts[in.A]
	a, b := g.canon(p.A), g.canon(p.B)
	if p.Op == ir.And && g.insts[a].Op == ir.Const {
		a, b = b, a
	}
	switch {
	case p.Op == ir.Add || g.insts[a].Op == ir.Const:
		return true
	case g.insts[b].Op == ir.Const:
		return !g.fitsImm(sz(p), b)
	}
	return !g.stays(a) && !g.stays(b)
}

// stays tells whether a value is in a register that it will not have to leave: a home.
func (g *gen) stays(r ir.Ref) bool {
	v := &g.v[r]
	return v.loc == locReg && g.G.temps>>v.reg&1 == 0
}

// immOf gives a constant as an immediate of an operation of size sz.
func (g *gen) immOf(sz asm.Size, r ir.Ref) (int32, bool) {
	x := g.insts[r].Imm
	if sz == 4 {
		return int32(x), true
	}
	x = g.imm(r)
	return int32(x), fits32(x)
}

func (g *gen) fitsImm(sz asm.Size, r ir.Ref) bool {
	_, ok := g.immOf(sz, r)
	return ok
}

// rax copies a value to RAX. EFLAGS are about to be set, so they do not matter.
func (g *gen) rax(r ir.Ref) asm.Reg {
	e := g.fE
	g.fE = 0
	g.fetch(&g.G, uint8(asm.RAX), r, &g.v[r])
	g.fE = e
	return asm.RAX
}

// compare emits the comparison op a, b for its flags and gives their polarity.
func (g *gen) compare(op ir.Op, sz asm.Size, a, b ir.Ref) FlagsWhere {
	pol, x := FlagsSub, asm.CMP
	va, vb := &g.v[a], &g.v[b]
	switch op {
	case ir.Add:
		if g.isConst(a) && g.isConst(b) {
			g.useG(b)
		}
		if va.loc == locConst {
			a, b, va, vb = b, a, vb, va
		}
		// a + i has the flags of a - -i, C included, but for 0 and the least number.
		if i, ok := g.immOf(sz, b); vb.loc == locConst && ok && i != 0 && i != -1<<31 && va.loc != locConst {
			g.aluI(asm.CMP, sz, va, a, -i)
			return FlagsSub
		}
		if vb.loc == locConst && !g.fitsImm(sz, b) {
			a, b, va, vb = b, a, vb, va
		}
		g.alu(asm.ADD, sz, g.rax(a), b)
		return FlagsAdd
	case ir.And:
		pol, x = flagsLogic, asm.TEST
		if va.loc == locConst || va.loc != locReg && vb.loc == locReg {
			a, b, va, vb = b, a, vb, va
		}
	}
	if g.isConst(a) && g.isConst(b) { // FlagsOf settles these, and then a register may be loaded
		g.useG(a)
		g.useG(b)
	}
	if vb.loc == locConst {
		if i, ok := g.immOf(sz, b); ok {
			g.aluI(x, sz, va, a, i)
			return pol
		}
		if va.loc == locReg {
			g.a.RR(x, sz, asm.Reg(va.reg), g.rax(b))
		} else {
			g.a.MR(x, sz, g.mem(&g.G, va), g.rax(b))
		}
		return pol
	}
	switch {
	case va.loc == locReg:
		g.alu(x, sz, asm.Reg(va.reg), b)
	case vb.loc == locReg && va.loc != locConst:
		g.a.MR(x, sz, g.mem(&g.G, va), asm.Reg(vb.reg))
	default:
		g.alu(x, sz, g.rax(a), b)
	}
	return pol
}

// aluI is op a, i on a value in a register or in memory.
func (g *gen) aluI(op asm.Op, sz asm.Size, v *val, r ir.Ref, i int32) {
	if v.loc == locReg {
		g.aluReg(op, sz, asm.Reg(v.reg), i)
		return
	}
	if op == asm.TEST && i >= 0 && i < 0x80 {
		sz = 1
	}
	g.a.MI(op, sz, g.mem(&g.G, v), i)
}

// aluReg is op r, i for CMP and TEST, in the shortest form.
func (g *gen) aluReg(op asm.Op, sz asm.Size, r asm.Reg, i int32) {
	switch {
	case op == asm.CMP && i == 0: // the same flags
		g.a.RR(asm.TEST, sz, r, r)
	case op == asm.TEST && i == -1:
		g.a.RR(asm.TEST, sz, r, r)
	case op == asm.TEST && i >= 0 && i < 0x80:
		g.a.RI(asm.TEST, 1, r, i)
	case op == asm.TEST && i >= 0:
		g.a.RI(asm.TEST, 4, r, i)
	default:
		g.a.RI(op, sz, r, i)
	}
}

// again sets EFLAGS as instruction p, whose result is value r, has done, from the result and the second operand.
func (g *gen) again(p *ir.Inst, r ir.Ref) {
	s := sz(p)
	v := &g.v[r]
	switch p.Op {
	case ir.And, ir.AndNot:
		g.testSelf(s, v)
		g.fPol = flagsLogic
	case ir.Sub:
		g.rax(r)
		g.alu(asm.ADD, s, asm.RAX, g.canon(p.B))
		g.alu(asm.CMP, s, asm.RAX, g.canon(p.B))
		g.fPol = FlagsSub
	case ir.Add:
		g.rax(r)
		g.alu(asm.SUB, s, asm.RAX, g.canon(p.B))
		g.alu(asm.ADD, s, asm.RAX, g.canon(p.B))
		g.fPol = FlagsAdd
	default:
		g.fail(ErrInternal)
	}
}

// testSelf sets EFLAGS by a value.
func (g *gen) testSelf(s asm.Size, v *val) {
	g.cmpAt = g.a.Len()
	if v.loc == locReg {
		g.a.RR(asm.TEST, s, asm.Reg(v.reg), asm.Reg(v.reg))
	} else {
		g.a.MI(asm.CMP, s, g.mem(&g.G, v), 0)
	}
	g.cmpEnd = g.a.Len()
}

// releaseFlags lets go of what a flag value keeps alive.
func (g *gen) releaseFlags(f ir.Ref, v *val) {
	in := &g.insts[f]
	switch v.loc {
	case locSpill:
		g.G.slots |= 1 << v.reg
	case locLazy:
		hold := v.hold
		v.hold = holdNone
		switch {
		case in.Op != ir.FlagsOf: // FlagsSel, FCmp
			for _, o := range [3]ir.Ref{in.A, in.B, in.C} {
				if o != 0 {
					g.drop(g.canon(o))
				}
			}
		case hold == holdOperands:
			p := &g.insts[in.A]
			g.drop(g.canon(p.A))
			g.drop(g.canon(p.B))
		case hold == holdResult:
			g.drop(in.A)
			if p := &g.insts[in.A]; p.Op == ir.Add || p.Op == ir.Sub {
				g.drop(g.canon(p.B))
			}
		}
	}
	v.loc = locNone
}

// x86 condition for an A64 one, after a comparison (CF = not C).
var ccSub = [16]asm.Cond{
	ir.EQ: asm.CcE, ir.NE: asm.CcNE, ir.CS: asm.CcAE, ir.CC: asm.CcB, ir.MI: asm.CcS, ir.PL: asm.CcNS,
	ir.VS: asm.CcO, ir.VC: asm.CcNO, ir.HI: asm.CcA, ir.LS: asm.CcBE, ir.GE: asm.CcGE, ir.LT: asm.CcL,
	ir.GT: asm.CcG, ir.LE: asm.CcLE,
}

// ccond is a condition as x86 code can test it: cc, or cc and/or cc2, or a constant.
type ccond struct {
	kind    uint8
	cc, cc2 asm.Cond
}

const (
	ccOne = iota
	ccAnd // both
	ccOr  // either
	ccNever
	ccAlways
)

// not is the opposite condition.
func (c ccond) not() ccond {
	switch c.kind {
	case ccAnd:
		return ccond{ccOr, c.cc ^ 1, c.cc2 ^ 1}
	case ccOr:
		return ccond{ccAnd, c.cc ^ 1, c.cc2 ^ 1}
	case ccNever:
		return ccond{kind: ccAlways}
	case ccAlways:
		return ccond{kind: ccNever}
	}
	return ccond{ccOne, c.cc ^ 1, 0}
}

func ccConst(b bool) ccond {
	if b {
		return ccond{kind: ccAlways}
	}
	return ccond{kind: ccNever}
}

// needRAX tells whether cond may need EAX for a value.
func (g *gen) needRAX(f ir.Ref) bool {
	f = g.canon(f)
	if in := &g.insts[f]; in.Op == ir.FlagsSel && g.v[f].loc == locLazy {
		return true
	}
	return g.scratch(f)
}

// wrongOrder tells that EFLAGS have the comparison f in the order that c does not want, and that its operands, which
// another would need, are gone: what was saved must do.
func (g *gen) wrongOrder(f ir.Ref, in *ir.Inst, c ir.Cond) bool {
	return isFCmp(in.Op) && g.v[f].loc != locLazy && c >= ir.CS && c != ir.VS && c != ir.VC &&
		swapped(c) != (g.fPol == flagsFPSwap)
}

// cond makes EFLAGS such that the ccond that it gives tells whether condition c holds in value f. RAX may change if
// needRAX says so, and no values move. Not for FlagsSel.
func (g *gen) cond(f ir.Ref, c ir.Cond) ccond {
	f = g.canon(f)
	if c >= ir.AL {
		return ccond{kind: ccAlways}
	}
	in, v := &g.insts[f], &g.v[f]
	switch {
	case g.fE == f && !g.wrongOrder(f, in, c):
	case v.loc == locConst:
		return ccConst(c.Holds(uint32(in.Imm)))
	case v.loc == locFlags || f == g.fMem && in.Op != ir.FlagsOf:
		if r, ok := g.testMem(cpuMem(offFlags), c); ok {
			return r
		}
		g.toE(f)
	case v.loc == locSpill:
		if r, ok := g.testMem(g.G.slotMem(v.reg), c); ok {
			return r
		}
		g.toE(f)
	case isFCmp(in.Op):
		g.compareV(f, in, swapped(c))
	case v.hold == holdResult && (c < ir.CS || c == ir.MI || c == ir.PL): // Z and N are seen in the result itself
		g.testSelf(sz(&g.insts[in.A]), &g.v[in.A])
		g.fE = 0
		return ccond{cc: ccSub[c]}
	default:
		g.toE(f)
	}
	switch g.fPol {
	case FlagsSub:
		return ccond{cc: ccSub[c]}
	case flagsFP, flagsFPSwap:
		return g.condFP(f, in, c)
	case flagsLogic:
		switch c {
		case ir.CS, ir.HI, ir.VS:
			return ccond{kind: ccNever}
		case ir.CC, ir.LS, ir.VC:
			return ccond{kind: ccAlways}
		case ir.GE:
			return ccond{cc: asm.CcNS}
		case ir.LT:
			return ccond{cc: asm.CcS}
		}
		return ccond{cc: ccSub[c]}
	}
	switch c { // FlagsAdd
	case ir.CS, ir.CC:
		return ccond{cc: ccSub[c] ^ 1}
	case ir.HI, ir.LS:
		g.a.N(asm.CMC)
		g.fPol = FlagsSub
	}
	return ccond{cc: ccSub[c]}
}

// testMem tests a condition on flags in memory in the host form, where one TEST can tell.
func (g *gen) testMem(m asm.Mem, c ir.Cond) (ccond, bool) {
	var i int32
	cc := asm.CcNE
	switch c &^ 1 {
	case ir.EQ:
		i = state.FlagZF >> 8
	case ir.CS:
		i, cc = state.FlagCF>>8, asm.CcE
	case ir.MI:
		i = state.FlagSF >> 8
	case ir.VS:
		g.a.MI(asm.TEST, 1, m, state.FlagOF)
		g.fE = 0
		return ccond{cc: asm.CcNE ^ asm.Cond(c&1)}, true
	case ir.HI:
		i, cc = (state.FlagCF|state.FlagZF)>>8, asm.CcE
	default:
		return ccond{}, false
	}
	m.Disp++
	g.a.MI(asm.TEST, 1, m, i)
	g.fE = 0
	return ccond{cc: cc ^ asm.Cond(c&1)}, true
}

// jcc jumps to l if c holds.
func (g *gen) jcc(c ccond, l asm.Label) {
	switch c.kind {
	case ccOne:
		g.a.Jcc(c.cc, l)
	case ccOr:
		g.a.Jcc(c.cc, l)
		g.a.Jcc(c.cc2, l)
	case ccAnd:
		s := g.a.JccShort(c.cc ^ 1)
		g.a.Jcc(c.cc2, l)
		g.a.Land(s)
	case ccAlways:
		g.a.Jmp(l)
	}
}

// branch jumps to l if condition c holds in value f, else falls through. RAX has been taken if needRAX; no values move.
func (g *gen) branch(f ir.Ref, c ir.Cond, l asm.Label) {
	f = g.canon(f)
	in := &g.insts[f]
	if in.Op != ir.FlagsSel || g.v[f].loc != locLazy || g.fE == f || g.fMem == f {
		g.jcc(g.cond(f, c), l)
		return
	}
	b := g.canon(in.B)
	if g.v[b].loc == locConst {
		if c.Holds(uint32(g.insts[b].Imm)) { // the condition of the selection fails, or c holds in A
			g.branchNot(in.C, in.Cond(), l)
			g.branch(in.A, c, l)
		} else {
			no := g.a.NewLabel()
			g.branchNot(in.C, in.Cond(), no)
			g.branch(in.A, c, l)
			g.a.Bind(no)
		}
	} else {
		no, end := g.a.NewLabel(), g.a.NewLabel()
		g.branchNot(in.C, in.Cond(), no)
		g.branch(in.A, c, l)
		g.a.Jmp(end)
		g.a.Bind(no)
		g.fE = 0
		g.branch(b, c, l)
		g.a.Bind(end)
	}
	g.fE = 0 // another value on each path
}

// branchNot jumps to l if condition c does not hold in f.
func (g *gen) branchNot(f ir.Ref, c ir.Cond, l asm.Label) {
	if c < ir.AL {
		g.branch(f, c^1, l)
	}
}
