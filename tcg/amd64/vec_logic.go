package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Bitwise operations. A truth table of VPTERNLOG numbers its inputs from A, 0xf0, over B, 0xcc, to C, 0xaa.

// logic has the operations that are one instruction, and what of them is zero where both operands are.
var logic = [ir.NumOps]asm.VOp{ir.VAnd: asm.PAND, ir.VOr: asm.POR, ir.VXor: asm.PXOR, ir.VAndNot: asm.PANDN}

func lowerVLogic(g *gen, in *ir.Inst) bool {
	op := logic[in.Op]
	la, lb := g.live(in.A), g.live(in.B)
	live := max(la, lb)
	a, b := in.A, in.B
	switch in.Op {
	case ir.VAnd:
		live = min(la, lb)
	case ir.VAndNot:
		live = la
		a, b = b, a // PANDN inverts the first
	}
	if in.Op != ir.VAndNot && g.inRegister(b) && !g.inRegister(a) {
		a, b = b, a
	}
	if g.op[0] == g.op[1] && in.Op == ir.VXor {
		g.zeroV(g.defV(mayA | mayB))
		g.setZeroAbove(0)
		return true
	}
	x, y := g.useV(a), g.useM(b)
	d := g.defV(mayA | mayB)
	g.op3o(op, d, x, y)
	g.shapeV(in, d, live)
	return true
}

// inRegister tells whether a vector operand is in a register already.
func (g *gen) inRegister(r ir.Ref) bool { return g.v[g.canon(r)].loc == locReg }

func lowerVNot(g *gen, in *ir.Inst) bool {
	a := g.useV(in.A)
	if g.v4 {
		d := g.defV(mayA)
		g.a.V3I(asm.VPTERNLOGQ, asm.L128, d, a, a, 0x55)
		g.shapeV(in, d, 4)
		return true
	}
	t := g.tmp()
	g.onesV(t)
	d := g.defV(mayA)
	g.op3(asm.PXOR, d, t, a)
	g.shapeV(in, d, 4)
	return true
}

func lowerVOrNot(g *gen, in *ir.Inst) bool {
	a, b := g.useV(in.A), g.useV(in.B)
	if g.v4 {
		d := g.defV(mayA | mayB)
		g.a.V3I(asm.VPTERNLOGQ, asm.L128, d, a, b, 0xdd)
		g.shapeV(in, d, 4)
		return true
	}
	t := g.tmp()
	g.onesV(t)
	g.op3(asm.PXOR, t, t, b)
	d := g.defV(mayA | mayB)
	g.op3(asm.POR, d, a, t)
	g.shapeV(in, d, 4)
	return true
}

// lowerVBsl: with C all the way through the selection, B ^ (A^B)&C needs one temporary at most.
func lowerVBsl(g *gen, in *ir.Inst) bool {
	a, b, c := g.useV(in.A), g.useV(in.B), g.useV(in.C)
	live := max(g.live(in.A), g.live(in.B))
	if g.v4 {
		d := g.defV(mayA | mayB | mayC)
		g.tern(d, a, b, xop(c), 0xe4)
		g.shapeV(in, d, live)
		return true
	}
	t := g.tmp()
	g.op3(asm.PXOR, t, a, b)
	g.op3(asm.PAND, t, t, c)
	d := g.defV(mayA | mayB | mayC)
	g.op3(asm.PXOR, d, t, b)
	g.shapeV(in, d, live)
	return true
}

func lowerVXor3(g *gen, in *ir.Inst) bool {
	a, b := g.useV(in.A), g.useV(in.B)
	c := g.useM(in.C)
	if g.v4 {
		d := g.defV(mayA | mayB | mayC)
		g.tern(d, a, b, c, 0x96)
		g.shapeV(in, d, 4)
		return true
	}
	t := g.tmp()
	g.op3(asm.PXOR, t, a, b)
	d := g.defV(mayA | mayB | mayC)
	g.op3o(asm.PXOR, d, t, c)
	g.shapeV(in, d, 4)
	return true
}

func lowerVBcax(g *gen, in *ir.Inst) bool {
	a, b, c := g.useV(in.A), g.useV(in.B), g.useV(in.C)
	if g.v4 {
		d := g.defV(mayA | mayB | mayC)
		g.tern(d, a, b, xop(c), 0xf0^0x44)
		g.shapeV(in, d, 4)
		return true
	}
	t := g.tmp()
	g.op3(asm.PANDN, t, c, b)
	d := g.defV(mayA | mayB | mayC)
	g.op3(asm.PXOR, d, t, a)
	g.shapeV(in, d, 4)
	return true
}

func lowerVRax1(g *gen, in *ir.Inst) bool {
	a, b := g.useV(in.A), g.useV(in.B)
	t := g.tmp()
	if g.v4 {
		g.op2i(asm.VPROLQi, t, b, 1)
	} else {
		u := g.tmp()
		g.op2i(asm.PSRLQi, u, b, 63)
		g.op3(asm.PADDQ, t, b, b)
		g.op3(asm.POR, t, t, u)
	}
	d := g.defV(mayA | mayB)
	g.op3(asm.PXOR, d, t, a)
	g.shapeV(in, d, 4)
	return true
}

func lowerVXar(g *gen, in *ir.Inst) bool {
	a, b := g.useV(in.A), g.useM(in.B)
	n := uint8(in.Aux & 63)
	d := g.defV(mayA | mayB)
	g.op3o(asm.PXOR, d, a, b)
	switch {
	case n == 0:
	case g.v4:
		g.op2i(asm.VPRORQi, d, d, n)
	default:
		t := g.tmp()
		g.op2i(asm.PSLLQi, t, d, 64-n)
		g.op2i(asm.PSRLQi, d, d, n)
		g.op3(asm.POR, d, d, t)
	}
	g.shapeV(in, d, 4)
	return true
}
