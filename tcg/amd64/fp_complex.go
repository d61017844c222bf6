package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// lowerFComplex: FCADD and FCMLA, on pairs of a real and an imaginary part. B, turned by a multiple of 90 degrees, is added to
// A, or multiplied by the real or, if turned by an odd one, the imaginary parts of A and added to C.
func lowerFComplex(g *gen, in *ir.Inst) bool {
	mul := in.Op == ir.FCMla
	if mul && !g.v3 || widthOf(in) == 3 && in.Size == 3 || !g.inlineFP(in) {
		return false
	}
	w, size := widthOf(in), in.Size
	a, b := g.fpIn(in, in.A), g.fpIn(in, in.B)
	c := noX
	if mul {
		c = g.fpIn(in, in.C)
	}
	d := g.defV(0)
	t := g.tmp()
	turn := in.Aux
	if turn&1 != 0 { // exchange the parts
		if size == 2 {
			g.op2i(asm.PSHUFD, t, b, 0xb1)
		} else {
			g.op2i(asm.PSHUFD, t, b, 0x4e)
		}
		b = t
	}
	// Which signs change: by 90 degrees those of the real parts, by 180 all, by 270 those of the imaginary ones.
	sign := uint64(1) << (8<<size - 1)
	re, im := sign*uint64((turn+1)>>1&1), sign*uint64(turn>>1&1)
	if turn != 0 {
		m := g.constV(re, im)
		if size == 2 {
			m = g.const64(re | im<<32)
		}
		g.op3m(asm.XORPS, t, b, m)
		b = t
	}
	k := keptNone
	if mul {
		x := g.tmp()
		switch {
		case size == 2 && turn&1 == 0:
			g.op2(asm.MOVSLDUP, x, a)
		case size == 2:
			g.op2(asm.MOVSHDUP, x, a)
		case turn&1 == 0:
			g.op3(asm.PUNPCKLQDQ, x, a, a)
		default:
			g.op3(asm.PUNPCKHQDQ, x, a, a)
		}
		g.movV(d, c)
		g.op3(fma231[0][size&1], d, x, b)
	} else {
		g.op3(fpAdd[size&1], d, a, b)
	}
	g.shapeV(in, d, 4)
	if w == 3 {
		g.setZeroAbove(3)
	}
	g.nanCheck(in, d, &k)
	return true
}
