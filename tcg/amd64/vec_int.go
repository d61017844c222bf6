package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Integer arithmetic and comparison of lanes.

// By log2 of the lane's bytes; 0 where the level V2 and V3 have no such operation.
var (
	paddOp   = [4]asm.VOp{asm.PADDB, asm.PADDW, asm.PADDD, asm.PADDQ}
	psubOp   = [4]asm.VOp{asm.PSUBB, asm.PSUBW, asm.PSUBD, asm.PSUBQ}
	pmaxsOp  = [4]asm.VOp{asm.PMAXSB, asm.PMAXSW, asm.PMAXSD, 0}
	pminsOp  = [4]asm.VOp{asm.PMINSB, asm.PMINSW, asm.PMINSD, 0}
	pmaxuOp  = [4]asm.VOp{asm.PMAXUB, asm.PMAXUW, asm.PMAXUD, 0}
	pminuOp  = [4]asm.VOp{asm.PMINUB, asm.PMINUW, asm.PMINUD, 0}
	pcmpeqOp = [4]asm.VOp{asm.PCMPEQB, asm.PCMPEQW, asm.PCMPEQD, asm.PCMPEQQ}
	pcmpgtOp = [4]asm.VOp{asm.PCMPGTB, asm.PCMPGTW, asm.PCMPGTD, asm.PCMPGTQ}
	pabsOp   = [4]asm.VOp{asm.PABSB, asm.PABSW, asm.PABSD, 0}
	vpcmpOp  = [4]asm.VOp{asm.VPCMPB, asm.VPCMPW, asm.VPCMPD, asm.VPCMPQ}
	vpcmpuOp = [4]asm.VOp{asm.VPCMPUB, asm.VPCMPUW, asm.VPCMPUD, asm.VPCMPUQ}
	vptestOp = [4]asm.VOp{asm.VPTESTMB, asm.VPTESTMW, asm.VPTESTMD, asm.VPTESTMQ}
	maskToV  = [4]asm.VOp{asm.VPMOVM2B, asm.VPMOVM2W, asm.VPMOVM2D, asm.VPMOVM2Q}
)

// Immediates of VPCMP.
const (
	vpcmpLT = 1
	vpcmpGE = 5
	vpcmpGT = 6
)

// lanesConst has x in every lane of 1<<size bytes.
func lanesConst(size uint8, x uint64) uint64 {
	if size < 3 {
		x &= 1<<(8<<size) - 1
	}
	for s := size; s < 3; s++ {
		x |= x << (8 << s)
	}
	return x
}

// signBits is a constant with the sign bit of every lane.
func (g *gen) signBits(size uint8) asm.Mem {
	return g.const64(lanesConst(size, 1<<(8<<size-1)))
}

// direct has the operations on lanes that are one instruction, of which zeros make zero; the last is that of V4
// for 64 bits where the others lack it.
var direct = [ir.NumOps]*[4]asm.VOp{
	ir.VAdd: &paddOp, ir.VSub: &psubOp,
	ir.VSMax: {asm.PMAXSB, asm.PMAXSW, asm.PMAXSD, asm.VPMAXSQ},
	ir.VSMin: {asm.PMINSB, asm.PMINSW, asm.PMINSD, asm.VPMINSQ},
	ir.VUMax: {asm.PMAXUB, asm.PMAXUW, asm.PMAXUD, asm.VPMAXUQ},
	ir.VUMin: {asm.PMINUB, asm.PMINUW, asm.PMINUD, asm.VPMINUQ},
	ir.VMul:  {0, asm.PMULLW, asm.PMULLD, asm.VPMULLQ},
}

func lowerVDirect(g *gen, in *ir.Inst) bool {
	op := direct[in.Op][in.Size&3]
	switch {
	case op == 0:
		return g.mulBytes(in)
	case !op.HasVEX() && !g.v4:
		return false
	}
	live := g.live2(in)
	a, b := in.A, in.B
	if in.Op != ir.VSub && g.inRegister(b) && !g.inRegister(a) {
		a, b = b, a
	}
	x, y := g.useV(a), g.useM(b)
	d := g.defV(mayA | mayB)
	g.op3o(op, d, x, y)
	g.shapeV(in, d, live)
	return true
}

// mulBytes multiplies bytes as words: the even ones as they are; the odd ones with the even ones of a cleared, so
// that the product is where it belongs.
func (g *gen) mulBytes(in *ir.Inst) bool {
	live := g.live2(in)
	a, b := g.useV(in.A), g.useV(in.B)
	m := g.const64(0x00ff00ff00ff00ff)
	t, u := g.tmp(), g.tmp()
	g.op2i(asm.PSRLWi, t, b, 8)
	g.op3m(asm.PAND, u, a, g.const64(0xff00ff00ff00ff00))
	g.op3(asm.PMULLW, t, t, u)
	d := g.defV(mayA | mayB)
	g.op3(asm.PMULLW, d, a, b)
	g.op3m(asm.PAND, d, d, m)
	g.op3(asm.POR, d, d, t)
	g.shapeV(in, d, live)
	return true
}

func lowerVNeg(g *gen, in *ir.Inst) bool {
	live := g.live1(in)
	a := g.useM(in.A)
	t := g.tmp()
	g.zeroV(t)
	d := g.defV(mayA)
	if !a.isMem() && a.r == d && !g.v3 {
		g.op3o(psubOp[in.Size], t, t, a)
		g.movV(d, t)
	} else {
		g.op3o(psubOp[in.Size], d, t, a)
	}
	g.shapeV(in, d, live)
	return true
}

func lowerVAbs(g *gen, in *ir.Inst) bool {
	live := g.live1(in)
	op := pabsOp[in.Size]
	if op == 0 && g.v4 {
		op = asm.VPABSQ
	}
	if op != 0 {
		a := g.useM(in.A)
		d := g.defV(mayA)
		g.op2o(op, d, a)
		g.shapeV(in, d, live)
		return true
	}
	a := g.useV(in.A)
	t := g.tmp()
	g.zeroV(t)
	g.op3(asm.PCMPGTQ, t, t, a)
	d := g.defV(mayA)
	g.op3(asm.PXOR, d, a, t)
	g.op3(asm.PSUBQ, d, d, t)
	g.shapeV(in, d, live)
	return true
}

// lowerVHalve: halving additions and subtractions. PAVG is (a + b + 1) >> 1 of unsigned bytes and words. The others:
//
//	(a + b) >> 1     = (a & b) + ((a ^ b) >> 1)
//	(a + b + 1) >> 1 = (a | b) - ((a ^ b) >> 1)
//	(a - b) >> 1     = ((a ^ b) >> 1) - (^a & b), or a - pavg(a, b)
//
// Signed bytes and words become unsigned ones by a change of their sign bits.
func lowerVHalve(g *gen, in *ir.Inst) bool {
	live := g.live2(in)
	signed := in.Op == ir.VSHAdd || in.Op == ir.VSRHAdd || in.Op == ir.VSHSub
	round := in.Op == ir.VSRHAdd || in.Op == ir.VURHAdd
	sub := in.Op == ir.VSHSub || in.Op == ir.VUHSub
	size := in.Size
	if size == 3 {
		return false
	}
	if size == 2 || size == 1 && !round && !(sub && !signed) {
		shift := [2][2]asm.VOp{{asm.PSRLWi, asm.PSRLDi}, {asm.PSRAWi, asm.PSRADi}}[b2i(signed)][size-1]
		a, b := g.useV(in.A), g.useV(in.B)
		t := g.tmp()
		g.op3(asm.PXOR, t, a, b)
		g.op2i(shift, t, t, 1)
		d := g.defV(mayA | mayB)
		switch {
		case sub:
			g.op3(asm.PANDN, d, a, b)
			g.op3(psubOp[size], d, t, d)
		case round:
			g.op3(asm.POR, d, a, b)
			g.op3(psubOp[size], d, d, t)
		default:
			g.op3(asm.PAND, d, a, b)
			g.op3(paddOp[size], d, d, t)
		}
		g.shapeV(in, d, live)
		return true
	}
	pavg := [2]asm.VOp{asm.PAVGB, asm.PAVGW}[size]
	a, b := g.useV(in.A), g.useV(in.B)
	var sign asm.Mem
	if signed {
		sign = g.signBits(size)
		t, u := g.tmp(), g.tmp()
		g.op3m(asm.PXOR, t, a, sign)
		g.op3m(asm.PXOR, u, b, sign)
		a, b = t, u
	}
	d := g.defV(mayA | mayB)
	switch {
	case round:
		g.op3(pavg, d, a, b)
	case sub:
		t := b
		if !signed {
			t = g.tmp()
		}
		g.op3(pavg, t, a, b)
		g.op3(psubOp[size], d, a, t)
		signed = false // the changes cancel out
	default:
		// Rounded up less the bit that was rounded.
		t := g.tmp()
		g.op3(asm.PXOR, t, a, b)
		g.op3m(asm.PAND, t, t, g.const64(lanesConst(size, 1)))
		g.op3(pavg, d, a, b)
		g.op3(psubOp[size], d, d, t)
	}
	if signed {
		g.op3m(asm.PXOR, d, d, sign)
	}
	g.shapeV(in, d, live)
	return true
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}

// lowerVABD: the greater minus the lesser.
func lowerVABD(g *gen, in *ir.Inst) bool {
	if in.Size == 3 {
		return false
	}
	live := g.live2(in)
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(mayA | mayB)
	g.absDiff(in.Size, in.Op == ir.VSABD, d, a, b)
	g.shapeV(in, d, live)
	return true
}

// absDiff is d = |a - b|.
func (g *gen) absDiff(size uint8, signed bool, d, a, b asm.XReg) {
	lo, hi := pminuOp[size], pmaxuOp[size]
	if signed {
		lo, hi = pminsOp[size], pmaxsOp[size]
	}
	t := g.tmp()
	g.op3(lo, t, a, b)
	g.op3(hi, d, a, b)
	g.op3(psubOp[size], d, d, t)
}

// lowerVCompare. At V4 any comparison makes a mask, and the mask a vector; below that there are only equality and
// signed greater:
//
//	a >= b         = max(a, b) == a, or not b > a
//	a > b unsigned = the same signed, with the sign bits changed
func lowerVCompare(g *gen, in *ir.Inst) bool {
	size := in.Size
	live := uint8(4) // zero equals zero
	if in.Op == ir.VCmGT || in.Op == ir.VCmHI || in.Op == ir.VCmTst {
		live = g.live2(in)
	}
	switch in.Op {
	case ir.VCmEQ, ir.VCmGT:
		a, b := in.A, in.B
		if in.Op == ir.VCmEQ && g.inRegister(b) && !g.inRegister(a) {
			a, b = b, a
		}
		op := pcmpgtOp[size]
		if in.Op == ir.VCmEQ {
			op = pcmpeqOp[size]
		}
		x, y := g.useV(a), g.useM(b)
		d := g.defV(mayA | mayB)
		g.op3o(op, d, x, y)
		g.shapeV(in, d, live)
		return true
	}
	a, b := g.useV(in.A), g.useV(in.B)
	switch {
	case g.v4:
		switch in.Op {
		case ir.VCmTst:
			g.a.V3(vptestOp[size], asm.L128, asm.K(asm.K1), a, b)
		case ir.VCmGE:
			g.a.V3I(vpcmpOp[size], asm.L128, asm.K(asm.K1), a, b, vpcmpGE)
		case ir.VCmHI:
			g.a.V3I(vpcmpuOp[size], asm.L128, asm.K(asm.K1), a, b, vpcmpGT)
		case ir.VCmHS:
			g.a.V3I(vpcmpuOp[size], asm.L128, asm.K(asm.K1), a, b, vpcmpGE)
		}
		d := g.defV(mayA | mayB)
		g.a.V2(maskToV[size], asm.L128, d, asm.K(asm.K1))
		g.shapeV(in, d, live)
		return true
	case in.Op == ir.VCmTst:
		t := g.tmp()
		g.zeroV(t)
		d := g.defV(mayA | mayB)
		g.op3(asm.PAND, d, a, b)
		g.op3(pcmpeqOp[size], d, d, t)
		g.op3(pcmpeqOp[size], t, t, t)
		g.op3(asm.PXOR, d, d, t)
		g.shapeV(in, d, live)
		return true
	case in.Op != ir.VCmHI && size < 3:
		op := pmaxsOp[size]
		if in.Op == ir.VCmHS {
			op = pmaxuOp[size]
		}
		t := g.tmp()
		g.op3(op, t, a, b)
		d := g.defV(mayA | mayB)
		g.op3(pcmpeqOp[size], d, t, a)
		g.shapeV(in, d, live)
		return true
	}
	if in.Op != ir.VCmGE {
		t, u := g.tmp(), g.tmp()
		g.loadV(t, g.signBits(size))
		g.op3(asm.PXOR, u, t, b)
		g.op3(asm.PXOR, t, t, a)
		a, b = t, u
	}
	if in.Op == ir.VCmHI {
		d := g.defV(mayA | mayB)
		g.op3(pcmpgtOp[size], d, a, b)
		g.shapeV(in, d, live)
		return true
	}
	// Not b > a.
	t := g.tmp()
	g.op3(pcmpgtOp[size], t, b, a)
	d := g.defV(mayA | mayB)
	g.onesV(d)
	g.op3(asm.PXOR, d, d, t)
	g.shapeV(in, d, live)
	return true
}

// lowerVSatAdd: PADDS and their kind do it, and QC is set if a result differs from the sum that wraps. Words of 32
// and 64 bits saturate so seldom that the slow path may do it.
func lowerVSatAdd(g *gen, in *ir.Inst) bool {
	size, w := in.Size, widthOf(in)
	sub := in.Op == ir.VSQSub || in.Op == ir.VUQSub
	unsigned := in.Op == ir.VUQAdd || in.Op == ir.VUQSub
	wrap := paddOp[size]
	if sub {
		wrap = psubOp[size]
	}
	live := g.live2(in)
	g.clobber()
	a, b := g.useV(in.A), g.useV(in.B)
	if size < 2 {
		sat := [2][2][2]asm.VOp{
			{{asm.PADDSB, asm.PADDSW}, {asm.PADDUSB, asm.PADDUSW}},
			{{asm.PSUBSB, asm.PSUBSW}, {asm.PSUBUSB, asm.PSUBUSW}},
		}[b2i(sub)][b2i(unsigned)][size]
		t := g.tmp()
		g.op3(wrap, t, a, b)
		d := g.defV(mayA | mayB)
		g.op3(sat, d, a, b)
		g.op3(asm.PXOR, t, t, d)
		if live > w {
			g.keepLow(t, xop(t), w)
		}
		g.shapeV(in, d, live)
		g.qcIf(t)
		return true
	}
	// The sign of t tells whether a lane overflows:
	//	signed a + b: (a ^ d) & (b ^ d); a - b: (a ^ b) & (a ^ d)
	//	unsigned a + b: a & b | (a | b) &^ d; a - b: ^a & b | ^(a ^ b) & d
	t := g.tmp()
	d := g.defV(0)
	g.op3(wrap, d, a, b)
	if g.v4 {
		f := uint8((0xf0 ^ 0xaa) & (0xcc ^ 0xaa)) // of a, b, d
		switch in.Op {
		case ir.VSQSub:
			f = (0xf0 ^ 0xcc) & (0xf0 ^ 0xaa)
		case ir.VUQAdd:
			f = 0xf0&0xcc | (0xf0|0xcc)&0x55
		case ir.VUQSub:
			f = 0x0f&0xcc | (0xff^0xf0^0xcc)&0xaa
		}
		g.tern(t, a, b, xop(d), f)
	} else {
		u := g.tmp()
		switch in.Op {
		case ir.VSQAdd:
			g.op3(asm.PXOR, t, a, d)
			g.op3(asm.PXOR, u, b, d)
			g.op3(asm.PAND, t, t, u)
		case ir.VSQSub:
			g.op3(asm.PXOR, t, a, b)
			g.op3(asm.PXOR, u, a, d)
			g.op3(asm.PAND, t, t, u)
		case ir.VUQAdd:
			g.op3(asm.POR, t, a, b)
			g.op3(asm.PANDN, u, d, t)
			g.op3(asm.PAND, t, a, b)
			g.op3(asm.POR, t, t, u)
		case ir.VUQSub:
			g.op3(asm.PXOR, t, a, b)
			g.op3(asm.PANDN, t, t, d)
			g.op3(asm.PANDN, u, a, b)
			g.op3(asm.POR, t, t, u)
		}
	}
	g.shapeV(in, d, live)
	x := g.tmpG()
	g.signs(x, t, size)
	all := int32(1)<<(16>>size) - 1
	if n := 1 << w >> size; live > w && n < 16>>size {
		g.a.RI(asm.TEST, 1, x, 1<<n-1)
	} else {
		_ = all
		g.a.RR(asm.TEST, 4, x, x)
	}
	g.slowIf(asm.CcNE, uint8(d))
	return true
}

// lowerVSatMixed: SUQADD and USQADD, whose operands differ in their signs. A change of A's sign bits makes it of the kind of
// B, and moves what saturates to the limits of that.
func lowerVSatMixed(g *gen, in *ir.Inst) bool {
	size, w := in.Size, widthOf(in)
	if size > 1 {
		return false
	}
	sat := [2][2]asm.VOp{{asm.PADDUSB, asm.PADDUSW}, {asm.PADDSB, asm.PADDSW}}[b2i(in.Op == ir.VUSQAdd)][size]
	live := g.live2(in)
	g.clobber()
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(0)
	t := g.tmp()
	sign := g.signBits(size)
	g.op3m(asm.PXOR, d, a, sign)
	g.op3(paddOp[size], t, d, b)
	g.op3(sat, d, d, b)
	g.op3(asm.PXOR, t, t, d)
	g.op3m(asm.PXOR, d, d, sign)
	if live > w {
		g.keepLow(t, xop(t), w)
	}
	g.shapeV(in, d, 4)
	g.qcIf(t)
	return true
}

// signs puts the sign bits of the lanes (Size 0, 2, 3) of v into x.
func (g *gen) signs(x asm.Reg, v asm.XReg, size uint8) {
	op := [4]asm.VOp{asm.PMOVMSKB, asm.PMOVMSKB, asm.MOVMSKPS, asm.MOVMSKPD}[size]
	g.op2(op, asm.G(x), v)
}

// qcIf sets FPSR.QC if any bit of t is set.
func (g *gen) qcIf(t asm.XReg) {
	g.op2(asm.PTEST, t, t)
	g.coldQC(asm.CcNE)
}

// lowerVSatUnary: SQABS and SQNEG saturate the least number only, and then the result of the plain operation is still
// negative where the operand is.
func lowerVSatUnary(g *gen, in *ir.Inst) bool {
	live := g.live1(in)
	g.clobber()
	a := g.useV(in.A)
	t := g.tmp()
	d := g.defV(0)
	size := in.Size
	if in.Op == ir.VSQNeg || size == 3 && !g.v4 {
		g.zeroV(t)
		if in.Op == ir.VSQAbs {
			g.op3(asm.PCMPGTQ, t, t, a)
			g.op3(asm.PXOR, d, a, t)
			g.op3(asm.PSUBQ, d, d, t)
		} else {
			g.op3(psubOp[size], d, t, a)
		}
	} else {
		op := pabsOp[size]
		if size == 3 {
			op = asm.VPABSQ
		}
		g.op2(op, d, a)
	}
	g.op3(asm.PAND, t, a, d)
	if size == 1 { // the signs of words are every other one of bytes
		g.op2i(asm.PSRAWi, t, t, 15)
	}
	x := g.tmpG()
	g.signs(x, t, size)
	g.shapeV(in, d, live)
	if w := widthOf(in); live > w {
		n := 1 << w >> size
		if size == 1 {
			n *= 2
		}
		g.a.RI(asm.TEST, 4, x, 1<<n-1)
	} else {
		g.a.RR(asm.TEST, 4, x, x)
	}
	g.slowIf(asm.CcNE, uint8(d))
	return true
}

// lowerVAddP and the pairwise minima and maxima: the even lanes of A and B against the odd ones.
func lowerVPairs(g *gen, in *ir.Inst) bool {
	size := in.Size
	var op asm.VOp
	switch in.Op {
	case ir.VAddP:
		op = paddOp[size]
	case ir.VSMaxP:
		op = pmaxsOp[size]
	case ir.VSMinP:
		op = pminsOp[size]
	case ir.VUMaxP:
		op = pmaxuOp[size]
	case ir.VUMinP:
		op = pminuOp[size]
	}
	if op == 0 {
		return false
	}
	w := widthOf(in)
	if w == 4 {
		a, b := g.useV(in.A), g.useV(in.B)
		d := g.defV(mayA | mayB)
		if in.Op == ir.VAddP && (size == 1 || size == 2) {
			g.op3([2]asm.VOp{asm.PHADDW, asm.PHADDD}[size-1], d, a, b)
			return true
		}
		t := g.tmp()
		if size >= 2 {
			even, odd := [2]asm.VOp{asm.SHUFPS, asm.PUNPCKLQDQ}[size-2], [2]asm.VOp{asm.SHUFPS, asm.PUNPCKHQDQ}[size-2]
			if size == 2 {
				g.op3i(even, t, a, b, 0x88)
				g.op3i(odd, d, a, b, 0xdd)
			} else {
				g.op3(even, t, a, b)
				g.op3(odd, d, a, b)
			}
		} else if g.op[0] == g.op[1] {
			even := lanePerm(size, 16>>size, func(i int) int { return 2 * i & (16>>size - 1) })
			odd := lanePerm(size, 16>>size, func(i int) int { return 2*i&(16>>size-1) + 1 })
			g.shuffle(t, a, &even)
			g.shuffle(d, a, &odd)
		} else {
			p := deinterleave(size)
			u := g.tmp()
			g.shuffle(t, a, &p)
			g.shuffle(u, b, &p)
			g.op3(asm.PUNPCKHQDQ, d, t, u)
			g.op3(asm.PUNPCKLQDQ, t, t, u)
		}
		g.op3(op, d, d, t)
		return true
	}
	if w < 3 {
		return false
	}
	if in.Shape&ir.ShapeMask == ir.ShapeS { // the two D lanes of A
		a := g.useV(in.A)
		t := g.tmp()
		g.op2i(asm.PSRLDQ, t, a, 8)
		d := g.defV(mayA)
		g.op3(op, d, a, t)
		g.keepLow(d, xop(d), 3)
		g.setZeroAbove(3)
		return true
	}
	if size == 3 {
		return false
	}
	a, b := g.useV(in.A), g.useV(in.B)
	t := g.tmp()
	g.op3(asm.PUNPCKLQDQ, t, a, b)
	d := g.defV(mayA | mayB)
	if in.Op == ir.VAddP && size > 0 {
		g.op3([2]asm.VOp{asm.PHADDW, asm.PHADDD}[size-1], d, t, t)
	} else {
		p := deinterleave(size)
		g.shuffle(t, t, &p)
		g.op2i(asm.PSRLDQ, d, t, 8)
		g.op3(op, d, d, t)
	}
	g.keepLow(d, xop(d), 3)
	g.setZeroAbove(3)
	return true
}
