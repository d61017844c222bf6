package amd64

import (
	"math/bits"

	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// This file is what the vector and floating-point lowerings (vec_*.go, fp_*.go) share: operations with three operands
// at every level, operands that may stay in memory, and what is known to be zero.
//
// The lowerings are written as if every operation had a destination of its own. At V2, where the first operand is
// overwritten, op3 and op2i put a move before; it costs no latency on anything but the oldest machines.

// opnd is a vector operand: a register, or memory when r is noX. Memory is a guest register or a spill slot, both
// aligned to 16 bytes, or a constant.
type opnd struct {
	r asm.XReg
	m asm.Mem
}

const noX asm.XReg = 0xff

func xop(r asm.XReg) opnd { return opnd{r: r} }
func mop(m asm.Mem) opnd  { return opnd{r: noX, m: m} }
func (o opnd) isMem() bool {
	return o.r == noX
}

// useM gives a vector operand in a register, or where it is in memory if this is its last use. An operand with further
// uses is loaded: the next user finds it in a register.
func (g *gen) useM(r ir.Ref) opnd {
	v := &g.v[g.canon(r)]
	if (v.loc == locMem || v.loc == locSpill) && v.uses == 0 {
		return mop(g.mem(&g.V, v))
	}
	return xop(g.useV(r))
}

// inPlace gives a vector operand where it is, for a lowering that is short of temporaries.
func (g *gen) inPlace(r ir.Ref) opnd {
	if m, ok := g.memV(r); ok {
		return mop(m)
	}
	return xop(g.useV(r))
}

// live is log2 of the bytes of an operand that may be other than zero.
func (g *gen) live(r ir.Ref) uint8 { return liveOf(g.v[g.canon(r)].zero) }

// liveOf turns val.zero of a vector into log2 of the bytes that may be other than zero.
func liveOf(zero uint8) uint8 {
	if zero == 0 {
		return 4
	}
	return zero - 1
}

// live1 and live2 are that of a result whose lanes depend on those of A, or of A and B, alone, and are zero where they
// are.
func (g *gen) live1(in *ir.Inst) uint8 { return max(g.live(in.A), in.Size) }
func (g *gen) live2(in *ir.Inst) uint8 { return max(g.live(in.A), g.live(in.B), in.Size) }

// op2 is op d, s.
func (g *gen) op2(op asm.VOp, d, s asm.XReg) {
	if g.v3 {
		g.a.V2(op, asm.L128, d, s)
	} else {
		g.a.S2(op, d, s)
	}
}

// op2o is op2 with an operand that may be memory.
func (g *gen) op2o(op asm.VOp, d asm.XReg, s opnd) {
	switch {
	case !s.isMem():
		g.op2(op, d, s.r)
	case g.v3:
		g.a.V2M(op, asm.L128, d, s.m)
	default:
		g.a.S2M(op, d, s.m)
	}
}

// op2m loads or stores.
func (g *gen) op2m(op asm.VOp, d asm.XReg, m asm.Mem) { g.op2o(op, d, mop(m)) }

// op2i is op d, s, imm: a shuffle, or a shift by a constant.
func (g *gen) op2i(op asm.VOp, d, s asm.XReg, imm uint8) {
	switch {
	case g.v3:
		g.a.V2I(op, asm.L128, d, s, imm)
	case isShiftI(op):
		g.movV(d, s)
		g.a.S2I(op, d, d, imm)
	default:
		g.a.S2I(op, d, s, imm)
	}
}

func (g *gen) op2io(op asm.VOp, d asm.XReg, s opnd, imm uint8) {
	switch {
	case !s.isMem():
		g.op2i(op, d, s.r, imm)
	case isShiftI(op):
		g.loadV(d, s.m)
		g.op2i(op, d, d, imm)
	case g.v3:
		g.a.V2MI(op, asm.L128, d, s.m, imm)
	default:
		g.a.S2MI(op, d, s.m, imm)
	}
}

// isShiftI tells the operations that shift by a constant in place when they are in legacy form.
func isShiftI(op asm.VOp) bool {
	switch op {
	case asm.PSLLWi, asm.PSLLDi, asm.PSLLQi, asm.PSRLWi, asm.PSRLDi, asm.PSRLQi, asm.PSRAWi, asm.PSRADi, asm.PSLLDQ, asm.PSRLDQ:
		return true
	}
	return false
}

// op3 is op d, x, y.
func (g *gen) op3(op asm.VOp, d, x, y asm.XReg) {
	switch {
	case g.v3:
		g.a.V3(op, asm.L128, d, x, y)
	case d == x:
		g.a.S2(op, d, y)
	case d != y:
		g.movV(d, x)
		g.a.S2(op, d, y)
	case op.Commutes():
		g.a.S2(op, d, x)
	default:
		t := g.tmp()
		g.movV(t, y)
		g.movV(d, x)
		g.a.S2(op, d, t)
	}
}

// op3o is op3 with a second operand that may be memory.
func (g *gen) op3o(op asm.VOp, d, x asm.XReg, y opnd) {
	switch {
	case !y.isMem():
		g.op3(op, d, x, y.r)
	case g.v3:
		g.a.V3M(op, asm.L128, d, x, y.m)
	default:
		g.movV(d, x)
		g.a.S2M(op, d, y.m)
	}
}

func (g *gen) op3m(op asm.VOp, d, x asm.XReg, m asm.Mem) { g.op3o(op, d, x, mop(m)) }

// op3i is op d, x, y, imm.
func (g *gen) op3i(op asm.VOp, d, x, y asm.XReg, imm uint8) {
	switch {
	case g.v3:
		g.a.V3I(op, asm.L128, d, x, y, imm)
	case d == x:
		g.a.S2I(op, d, y, imm)
	case d != y:
		g.movV(d, x)
		g.a.S2I(op, d, y, imm)
	default:
		t := g.tmp()
		g.movV(t, y)
		g.movV(d, x)
		g.a.S2I(op, d, t, imm)
	}
}

func (g *gen) op3io(op asm.VOp, d, x asm.XReg, y opnd, imm uint8) {
	switch {
	case !y.isMem():
		g.op3i(op, d, x, y.r, imm)
	case g.v3:
		g.a.V3MI(op, asm.L128, d, x, y.m, imm)
	default:
		g.movV(d, x)
		g.a.S2MI(op, d, y.m, imm)
	}
}

// tern is d = f(a, b, c) bit by bit, f a truth table with a = 0xf0, b = 0xcc, c = 0xaa: AVX-512.
func (g *gen) tern(d, a, b asm.XReg, c opnd, f uint8) {
	if !c.isMem() && d == c.r {
		a, c = c.r, xop(a)
		f = ternSwap(f, 0, 2)
	}
	if d == b {
		a, b = b, a
		f = ternSwap(f, 1, 2)
		// The table's inputs are numbered from the low end: c is 0, b is 1, a is 2.
	}
	g.movV(d, a)
	if c.isMem() {
		g.a.V3MI(asm.VPTERNLOGQ, asm.L128, d, b, c.m, f)
	} else {
		g.a.V3I(asm.VPTERNLOGQ, asm.L128, d, b, c.r, f)
	}
}

// ternSwap exchanges inputs i and j of a truth table.
func ternSwap(f uint8, i, j uint) uint8 {
	r := uint8(0)
	for n := uint8(0); n < 8; n++ {
		x := (n>>i ^ n>>j) & 1
		r |= f >> (n ^ x<<i ^ x<<j) & 1 << n
	}
	return r
}

// onesV sets all bits.
func (g *gen) onesV(d asm.XReg) { g.op3(asm.PCMPEQD, d, d, d) }

// keepLow is d = s with all but its low 1<<log2 bytes cleared.
func (g *gen) keepLow(d asm.XReg, s opnd, log2 uint8) {
	switch {
	case log2 >= 4:
		g.copyV(d, s)
	case log2 == 3:
		g.op2o(asm.MOVQ, d, s)
	case log2 == 2:
		switch {
		case s.isMem():
			g.op2o(asm.MOVSSld, d, s)
		case g.v3:
			g.a.V3I(asm.INSERTPS, asm.L128, d, s.r, s.r, 0x0e)
		default:
			g.a.S2I(asm.INSERTPS, d, s.r, 0x0e)
		}
	default:
		m := g.constV(1<<(8<<log2)-1, 0)
		if s.isMem() {
			g.loadV(d, s.m)
			s = xop(d)
		}
		g.op3m(asm.PAND, d, s.r, m)
	}
}

func (g *gen) copyV(d asm.XReg, s opnd) {
	if s.isMem() {
		g.loadV(d, s.m)
	} else {
		g.movV(d, s.r)
	}
}

// widthOf is log2 of the bytes that a result of this shape and lane size has.
func widthOf(in *ir.Inst) uint8 {
	switch in.Shape & ir.ShapeMask {
	case ir.ShapeD:
		return 3
	case ir.ShapeS:
		return in.Size
	}
	return 4
}

// shapeV clears what is beyond the shape of the result in d, unless only the low 1<<live bytes can be other than
// zero, and records what is zero then.
func (g *gen) shapeV(in *ir.Inst, d asm.XReg, live uint8) {
	w := widthOf(in)
	if in.Op.Has(ir.FPEnv) {
		live = max(live, in.Size) // 0 as an operand does not make 0 of the result, as in 0 >= x
	}
	if live > w {
		g.keepLow(d, xop(d), w)
		live = w
	}
	g.setZeroAbove(live)
}

// clean gives o, of which the low 1<<log2 bytes matter, in a register whose other bytes are zero: itself, if they
// are known to be, or a temporary.
func (g *gen) clean(r ir.Ref, o opnd, log2 uint8) asm.XReg {
	if !o.isMem() && g.live(r) <= log2 {
		return o.r
	}
	t := g.tmp()
	g.keepLow(t, o, log2)
	return t
}

// reg gives o in a register.
func (g *gen) reg(o opnd) asm.XReg {
	if !o.isMem() {
		return o.r
	}
	t := g.tmp()
	g.loadV(t, o.m)
	return t
}

// tmp gives a temporary until the end of the instruction. The core has four, which is enough for three operands and the
// result; when more are needed, a home lends its register and gets its value back when the instruction is over.
//
// What the allocation emits must not be jumped over: all temporaries are asked for before slowJump.
func (g *gen) tmp() asm.XReg {
	f := &g.V
	if n := len(g.colds); n > 0 && g.colds[n-1].kind == coldHelper && g.colds[n-1].ref == g.ref && g.a.Offset(g.colds[n-1].back) < 0 {
		g.fail(ErrInternal)
	}
	left := bits.OnesCount32(f.free | f.temps&^f.pin)
	if g.v[g.ref].loc == locNone {
		left-- // the result's
	}
	if left > 0 {
		return asm.XReg(g.alloc(f, f.temps))
	}
	return g.borrow()
}

// borrowed is a home whose value is in a spill slot.
type borrowed struct{ reg, slot uint8 }

func (g *gen) borrow() asm.XReg {
	f := &g.V
	v := &g.v[g.ref]
	busy := f.temps
	if v.loc == locReg {
		busy |= 1 << (v.reg & 31)
	}
	if v.hint != 0 && f.home[v.hint-1] != InMemory {
		busy |= 1 << (f.home[v.hint-1] & 31)
	}
	for _, o := range g.op {
		if ov := &g.v[o]; o != 0 && ov.loc == locReg && g.insts[o].Type == ir.V128 {
			busy |= 1 << (ov.reg & 31)
		}
	}
	for _, l := range g.lent {
		busy |= 1 << (l.reg & 31)
	}
	free := uint16(^busy)
	if free == 0 || f.slots == 0 {
		g.fail(ErrTooComplex)
		return asm.XMM0
	}
	l := borrowed{reg: uint8(bits.TrailingZeros16(free)), slot: f.allocSlot()}
	g.storeV(f.slotMem(l.slot), asm.XReg(l.reg))
	g.lent = append(g.lent, l)
	return asm.XReg(l.reg)
}

// giveBack reloads the homes that lent their registers to the current instruction.
func (g *gen) giveBack() {
	f := &g.V
	for _, l := range g.lent {
		g.loadV(asm.XReg(l.reg), f.slotMem(l.slot))
		f.slots |= 1 << l.slot
	}
	g.lent = g.lent[:0]
}
