package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// SHA-512. The hash updates are two steps, of which the second needs the first's result: they are done in general registers.

// stored gives the two halves of a vector operand in memory, for which one in a register is stored as an argument of the
// slow path would be.
func (g *gen) stored(k int, r ir.Ref) (lo, hi asm.Mem) {
	lo, ok := g.memV(r)
	if !ok {
		lo = argMem(k)
		g.storeV(lo, g.useV(r))
	}
	hi = lo
	hi.Disp += 8
	return
}

// rotations is d = s rotated right by a, b and c, 0 < a < b < c < 64, these xored. d is not s.
func (g *gen) rotations(d, s asm.Reg, a, b, c int32) {
	g.a.RR(asm.MOV, 8, d, s)
	g.a.RI(asm.ROR, 8, d, c-b)
	g.a.RR(asm.XOR, 8, d, s)
	g.a.RI(asm.ROR, 8, d, b-a)
	g.a.RR(asm.XOR, 8, d, s)
	g.a.RI(asm.ROR, 8, d, a)
}

// lowerSHA512H: with W = A, X = B, Y = C, and Ch(e, f, g) = (f ^ g) & e ^ g, Maj(a, b, c) = (a | b) & c | a & b.
func lowerSHA512H(g *gen, in *ir.Inst) bool {
	g.clobber()
	wl, wh := g.stored(0, in.A)
	xl, xh := g.stored(1, in.B)
	yl, yh := g.stored(2, in.C)
	d := g.defV(0)
	y, t, u, v := g.tmpG(), g.tmpG(), g.tmpG(), g.tmpG()
	if in.Op == ir.SHA512H {
		g.a.RM(asm.MOV, 8, y, yh)
		g.rotations(t, y, 14, 18, 41)
		g.a.RM(asm.MOV, 8, u, xl)
		g.a.RM(asm.XOR, 8, u, xh)
		g.a.RR(asm.AND, 8, u, y)
		g.a.RM(asm.XOR, 8, u, xh)
		g.a.RR(asm.ADD, 8, t, u)
		g.a.RM(asm.ADD, 8, t, wh) // the upper half
		g.a.RM(asm.MOV, 8, v, yl)
		g.a.RR(asm.ADD, 8, v, t)
		g.a.RM(asm.XOR, 8, y, xl)
		g.a.RR(asm.AND, 8, y, v)
		g.a.RM(asm.XOR, 8, y, xl)
		g.rotations(u, v, 14, 18, 41)
		g.a.RR(asm.ADD, 8, u, y)
	} else {
		g.a.RM(asm.MOV, 8, y, yl)
		g.rotations(t, y, 28, 34, 39)
		g.a.RR(asm.MOV, 8, u, y)
		g.a.RM(asm.OR, 8, u, yh)
		g.a.RR(asm.MOV, 8, v, u)
		g.a.RM(asm.AND, 8, u, xl)
		g.a.RM(asm.AND, 8, y, yh) // what both have
		g.a.RR(asm.OR, 8, u, y)
		g.a.RR(asm.ADD, 8, t, u)
		g.a.RM(asm.ADD, 8, t, wh) // the upper half
		g.a.RR(asm.AND, 8, v, t)
		g.a.RR(asm.OR, 8, v, y)
		g.rotations(u, t, 28, 34, 39)
		g.a.RR(asm.ADD, 8, u, v)
	}
	g.a.RM(asm.ADD, 8, u, wl)
	g.op2(asm.MOVQX, d, asm.G(u))
	g.insert(3, d, d, t, 1)
	return true
}

// lowerSHA512S: the message schedule, two words at once. SU0 is A + s0 of the words from A's second on, SU1 A + s1(B) + C.
func lowerSHA512S(g *gen, in *ir.Inst) bool {
	su1 := in.Op == ir.SHA512SU1
	a, b := g.useV(in.A), g.useV(in.B)
	var c opnd
	if su1 {
		c = g.useM(in.C)
	}
	d := g.defV(0)
	t, u := g.tmp(), g.tmp()
	s, rot := b, [3]uint8{19, 61, 6}
	if !su1 {
		s, rot = g.tmp(), [3]uint8{1, 8, 7}
		g.op3i(asm.PALIGNR, s, b, a, 8)
	}
	g.op2i(asm.PSRLQi, d, s, rot[2])
	for _, n := range rot[:2] {
		if g.v4 {
			g.op2i(asm.VPRORQi, t, s, n)
			g.op3(asm.PXOR, d, d, t)
			continue
		}
		g.op2i(asm.PSRLQi, t, s, n)
		g.op2i(asm.PSLLQi, u, s, 64-n)
		g.op3(asm.PXOR, d, d, t)
		g.op3(asm.PXOR, d, d, u)
	}
	g.op3(asm.PADDQ, d, d, a)
	if su1 {
		g.op3o(asm.PADDQ, d, d, c)
	}
	return true
}
