package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Reciprocal and square-root estimates of single precision, and their Newton-Raphson steps.
//
// Arm's estimates are exact functions of the first eight bits of the fraction. x86 has better ones, which differ between
// makers, but are good to within one of the integer that is wanted, and a multiplication tells which it is. None
// of this raises exceptions. What is not an ordinary number takes the slow path.

func (g *gen) const32(x uint32) asm.Mem { return g.const64(uint64(x) | uint64(x)<<32) }

// slowUnless goes to the slow path unless every lane of t that the shape has is all ones.
func (g *gen) slowUnless(in *ir.Inst, t asm.XReg, x asm.Reg, d asm.XReg) asm.Label {
	g.signs(x, t, in.Size)
	n := int32(1)<<lanesOf(in) - 1
	if widthOf(in) < 4 {
		g.a.RI(asm.AND, 4, x, n)
	}
	g.a.RI(asm.CMP, 4, x, n)
	k := keptNone
	return g.slowJump(asm.CcNE, uint8(d), &k)
}

// lowerFEstimate: FRecpe and FRsqrte.
//
// With c the odd integer 2a+1 of nine or ten bits that stands for the operand, or twice that, the reciprocal has b =
// floor(2^19/c), the square root the greatest b with c*b*b < 2^28; b has ten bits, and the fraction is (b+1)/2 less its top bit.
func lowerFEstimate(g *gen, in *ir.Inst) bool {
	if g.slowFP || in.Size != 2 {
		return false
	}
	g.clobber()
	root := in.Op == ir.FRsqrte
	a := g.useV(in.A)
	d := g.defV(0)
	t, u, v, w := g.tmp(), g.tmp(), g.tmp(), g.tmp()
	x := g.tmpG()
	g.setZeroAbove(widthOf(in))

	// Positive normal numbers for the root, and those whose reciprocal is normal.
	from, span := uint32(1<<23), uint32(0x7effffff)
	g.movV(t, a)
	if !root {
		g.op3m(asm.PAND, t, t, g.const32(0x7f800000))
		span = 251<<23 | 0x7fffff
	}
	g.op3m(asm.PSUBD, u, t, g.const32(from))
	g.op3m(asm.PMINUD, v, u, g.const32(span))
	g.op3(asm.PCMPEQD, v, v, u)
	back := g.slowUnless(in, v, x, d)

	if root {
		// The exponent is (380 - e) / 2. An even one has 2 <= y < 4, an odd one 1 <= y < 2.
		g.loadV(u, g.const32(380))
		g.op2i(asm.PSRLDi, t, a, 23)
		g.op3(asm.PSUBD, u, u, t)
		g.op2i(asm.PSRLDi, u, u, 1)
		g.op2i(asm.PSLLDi, u, u, 23)
		g.op3m(asm.PANDN, w, a, g.const32(1<<23))
		g.op3m(asm.PAND, d, a, g.const32(0x7f0000))
		g.op3m(asm.PADDD, d, d, g.const32(0x3f808000))
		g.op3(asm.PADDD, d, d, w)
		// c = 256 y
		g.op3m(asm.PAND, v, d, g.const32(0x7f8000))
		g.op2i(asm.PSRLDi, v, v, 15)
		g.op3m(asm.POR, v, v, g.const32(256))
		g.op2i(asm.PSLLDi, w, w, 8)
		g.op2i(asm.PSRADi, w, w, 31)
		g.op3(asm.PAND, w, w, v)
		g.op3(asm.PADDD, v, v, w)
		g.op2(asm.RSQRTPS, d, d)
	} else {
		g.loadV(u, g.const32(253<<23))
		g.op3(asm.PSUBD, u, u, t)
		g.op3m(asm.PAND, d, a, g.const32(0x7f8000))
		g.op3m(asm.POR, d, d, g.const32(0x3f804000))
		g.op2i(asm.PSRLDi, v, d, 14)
		g.op3m(asm.PAND, v, v, g.const32(0x1ff))
		g.op3m(asm.POR, v, v, g.const32(0x200))
		g.op2(asm.RCPPS, d, d)
		g.op3m(asm.PAND, t, a, g.const32(1<<31))
		g.op3(asm.POR, u, u, t)
	}
	// The estimate is at least 1/2 and less than 1: b is the first bits of its fraction.
	g.op2i(asm.PSRLDi, d, d, 14)
	g.op3m(asm.PSUBD, d, d, g.const32(0x3f000000>>14-512))
	if root {
		g.op3(asm.PMULLD, t, d, d)
		g.op3(asm.PMULLD, t, t, v)
		g.loadV(w, g.const32(1<<28))
		g.op3(asm.PCMPGTD, w, w, t) // -1 if b is not too large
		g.op3(asm.PSUBD, d, d, w)   // b or b+1 from here, the one to be tried next
		g.op3(asm.PMULLD, t, d, d)
		g.op3(asm.PMULLD, t, t, v)
		g.loadV(w, g.const32(1<<28))
		g.op3(asm.PCMPGTD, w, w, t)
		g.op3(asm.PSUBD, d, d, w) // b+1
	} else {
		g.op3(asm.PMULLD, t, d, v)
		g.loadV(w, g.const32(1<<19))
		g.op3(asm.PSUBD, w, w, t) // remainder
		g.op2i(asm.PSRADi, t, w, 31)
		g.op3(asm.PCMPGTD, v, v, w)
		g.op3(asm.PADDD, d, d, t) // less one if it is negative
		g.op3(asm.PADDD, d, d, v) // b-1, so that b is one more if the remainder is not less than c
		g.op3m(asm.PADDD, d, d, g.const32(2))
	}
	g.op2i(asm.PSRLDi, d, d, 1)
	g.op3m(asm.PAND, d, d, g.const32(0xff))
	g.op2i(asm.PSLLDi, d, d, 15)
	g.op3(asm.POR, d, d, u)
	g.keepLow(d, xop(d), widthOf(in))
	g.a.Bind(back)
	return true
}

// lowerFStep: FRecps is 2 - a*b, FRsqrts (3 - a*b)/2, rounded once: with a halved before, which is exact unless it is tiny.
// Infinities, whose products with zero are special, and NaNs take the slow path, and so does a product so large that the exponents
// of the factors have all bits between them, which is a false alarm.
func lowerFStep(g *gen, in *ir.Inst) bool {
	if !g.v3 || !g.inlineFP(in) {
		return false
	}
	root := in.Op == ir.FRsqrts
	size, w := in.Size, widthOf(in)
	a, b := g.fpIn(in, in.A), g.fpIn(in, in.B)
	d := g.defV(0)
	t := g.tmp()
	u := noX
	if root {
		u = g.tmp()
	}
	x := g.tmpG()
	g.setZeroAbove(w)
	exp := lanesConst(size, [2]uint64{0x7f800000, 0x7ff << 52}[size&1])
	m := g.const64(exp)
	g.op3(asm.POR, t, a, b)
	g.op3m(asm.PAND, t, t, m)
	g.op3m(pcmpeqOp[size], t, t, m)
	if root {
		// |a| * 2 < 2^(2-bias) * 2, as integers
		g.op3(paddOp[size], u, a, a)
		if size == 2 {
			g.op3m(asm.PMINUD, d, u, g.const32(2<<24-1))
			g.op3(asm.PCMPEQD, d, d, u)
		} else {
			g.op2i(asm.PSRLQi, u, u, 1)
			g.loadV(d, g.const64(2<<52))
			g.op3(asm.PCMPGTQ, d, d, u)
		}
		g.op3(asm.POR, t, t, d)
	}
	g.signs(x, t, size)
	g.a.RI(asm.TEST, 1, x, 1<<lanesOf(in)-1)
	k := keptNone
	back := g.slowJump(asm.CcNE, uint8(d), &k)
	z := pow2(size, 1)
	if root {
		z = [2]uint64{0x3fc00000, 0x3ff8 << 48}[size&1] // 1.5
		g.op3m(fpMul.of(in), u, a, g.const64(lanesConst(size, pow2(size, -1))))
		a = u
	}
	op := fma231[1][size&1]
	if isScalar(in) {
		op = fma231[1][2+int(size&1)]
		g.op2o([2]asm.VOp{asm.MOVSSld, asm.MOVSDld}[size&1], d, mop(g.constV(z, 0)))
	} else {
		g.loadV(d, g.const64(lanesConst(size, z)))
	}
	g.op3(op, d, a, b)
	if !isScalar(in) {
		g.keepLow(d, xop(d), w)
	}
	g.a.Bind(back)
	return true
}
