package amd64

import (
	"math"

	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Floating-point arithmetic.
//
// x86 computes what Arm computes, with the same exceptions, but for NaNs: which operand a NaN result comes from, and the
// sign of the default NaN, differ, and FPCR.DN is unknown. So a lowering computes, and goes to the slow path
// when the result is a NaN, with the operands as they were; the exceptions that x86 has raised by then are
// right. Regions with KeySlowFP (FZ, FZ16, AHP) take the slow path always. One deviation is known: x86 tells
// underflow after rounding, Arm before, so that UFC is not raised when a result that was too small is rounded up to the
// least normal number.
//
// Lanes beyond the shape may hold anything, which may neither raise exceptions nor be taken for a NaN: the operands of
// ShapeD operations are cleaned before.

// Packed and scalar operations, single and double.
type fpOp [4]asm.VOp

func (o *fpOp) of(in *ir.Inst) asm.VOp {
	return o[in.Size&1|uint8(b2i(isScalar(in)))<<1]
}

func isScalar(in *ir.Inst) bool { return in.Shape&ir.ShapeMask == ir.ShapeS }

var (
	fpAdd   = fpOp{asm.ADDPS, asm.ADDPD, asm.ADDSS, asm.ADDSD}
	fpSub   = fpOp{asm.SUBPS, asm.SUBPD, asm.SUBSS, asm.SUBSD}
	fpMul   = fpOp{asm.MULPS, asm.MULPD, asm.MULSS, asm.MULSD}
	fpDiv   = fpOp{asm.DIVPS, asm.DIVPD, asm.DIVSS, asm.DIVSD}
	fpMax   = fpOp{asm.MAXPS, asm.MAXPD, asm.MAXSS, asm.MAXSD}
	fpMin   = fpOp{asm.MINPS, asm.MINPD, asm.MINSS, asm.MINSD}
	fpSqrt  = fpOp{asm.SQRTPS, asm.SQRTPD, asm.SQRTSS, asm.SQRTSD}
	fpRange = fpOp{asm.VRANGEPS, asm.VRANGEPD, asm.VRANGESS, asm.VRANGESD}
	fpRound = fpOp{asm.ROUNDPS, asm.ROUNDPD, asm.ROUNDSS, asm.ROUNDSD}
	fpCmp   = fpOp{asm.CMPPS, asm.CMPPD, asm.CMPSS, asm.CMPSD}
	fpCmpK  = fpOp{asm.VCMPPSk, asm.VCMPPDk, asm.VCMPSSk, asm.VCMPSDk}
	fpUcomi = [2]asm.VOp{asm.UCOMISS, asm.UCOMISD}
)

// unordered is the predicate of CMP for it.
const unordered = 3

// inlineFP tells whether x86 arithmetic may be used for an instruction, and prepares for a comparison.
func (g *gen) inlineFP(in *ir.Inst) bool {
	if g.slowFP || in.Size < 2 {
		return false
	}
	g.clobber()
	return true
}

// fpIn gives an operand of a floating-point operation such that what is beyond the shape does no harm: scalar ones as
// they are, those of ShapeD with the upper half clear.
func (g *gen) fpIn(in *ir.Inst, r ir.Ref) asm.XReg {
	w := widthOf(in)
	o := g.useM(r)
	switch {
	case isScalar(in), w == 4:
		return g.scalarReg(o, w)
	}
	return g.clean(r, o, 3)
}

// scalarReg gives o in a register, loading no more than the scalar.
func (g *gen) scalarReg(o opnd, w uint8) asm.XReg {
	if !o.isMem() {
		return o.r
	}
	t := g.tmp()
	g.keepLow(t, o, w)
	return t
}

// rounds tells which operations may have a result that is tiny before rounding and the least normal number after it.
// Sums and differences that small are exact.
func rounds(op ir.Op) bool {
	switch op {
	case ir.FMul, ir.FNMul, ir.FMulX, ir.FDiv, ir.FMla, ir.FMls, ir.FNMla, ir.FNMls, ir.FCMla, ir.FRecps, ir.FRsqrts, ir.FCvt, ir.FCvtN:
		return true
	}
	return false
}

// leastNormal has the bits of the least normal numbers by lane size.
var leastNormal = [4]uint64{1: 1 << 10, 2: 1 << 23, 3: 1 << 52}

// tinyScalar sets ZF if the scalar of 1<<size bytes in d is a NaN or a least normal number, for which x86, which
// looks for tininess after rounding, may have missed an underflow; otherwise it clears ZF.
func (g *gen) tinyScalar(size uint8, d asm.XReg) {
	t := g.above()
	g.op3m(asm.ANDPS, t, d, g.constV(1<<(8<<size-1)-1, 0))
	g.op2m(fpUcomi[size&1], t, g.constV(leastNormal[size], 0))
}

// above gives a register for a moment: one that needs EVEX where there is that, or a temporary.
func (g *gen) above() asm.XReg {
	if g.v4 {
		return asm.XMM16
	}
	return g.tmp()
}

// nanCheck goes to the slow path if a lane of d is a NaN, or may be tiny.
func (g *gen) nanCheck(in *ir.Inst, d asm.XReg, k *kept) {
	if rounds(in.Op) {
		if isScalar(in) {
			g.tinyScalar(in.Size, d)
			g.slowIfKept(asm.CcE, uint8(d), k)
			return
		}
		g.tinyLanes(in, d)
		g.slowIfKept(asm.CcNE, uint8(d), k)
		return
	}
	if isScalar(in) {
		g.op2(fpUcomi[in.Size&1], d, d)
		g.slowIfKept(asm.CcP, uint8(d), k)
		return
	}
	g.unorderedLanes(in.Size, d, d)
	g.slowIfKept(asm.CcNE, uint8(d), k)
}

// unorderedLanes clears ZF if a lane of a or of b is a NaN.
func (g *gen) unorderedLanes(size uint8, a, b asm.XReg) {
	if g.v4 {
		g.a.V3I(fpCmpK[size&1], asm.L128, asm.K(asm.K1), a, b, unordered)
		g.a.V2(asm.KORTESTB, asm.L128, asm.K(asm.K1), asm.K(asm.K1))
		return
	}
	t, x := g.tmp(), g.tmpG()
	g.op3i(fpCmp[size&1], t, a, b, unordered)
	g.signs(x, t, size)
	g.a.RR(asm.TEST, 4, x, x)
}

// tinyLanes clears ZF if a lane of d is a NaN or a least normal number.
func (g *gen) tinyLanes(in *ir.Inst, d asm.XReg) {
	const equalUnordered, equal = 8, 0
	size := in.Size
	least := g.const64(lanesConst(size, leastNormal[size]))
	t := g.above()
	g.op3m(asm.ANDPS, t, d, g.const64(lanesConst(size, 1<<(8<<size-1)-1)))
	if g.v4 {
		g.a.V3MI(fpCmpK[size&1], asm.L128, asm.K(asm.K1), t, least, equalUnordered)
		g.a.V2(asm.KORTESTB, asm.L128, asm.K(asm.K1), asm.K(asm.K1))
		return
	}
	x := g.tmpG()
	if g.v3 {
		g.a.V3MI(fpCmp[size&1], asm.L128, t, t, least, equalUnordered)
		g.signs(x, t, size)
	} else {
		y := g.tmpG()
		g.a.S2MI(fpCmp[size&1], t, least, equal)
		g.signs(y, t, size)
		g.movV(t, d)
		g.op3i(fpCmp[size&1], t, t, t, unordered)
		g.signs(x, t, size)
		g.a.RR(asm.OR, 4, x, y)
	}
	g.a.RR(asm.TEST, 4, x, x)
}

// lowerFBin: FAdd, FSub, FMul, FNMul, FDiv, FAbd.
func lowerFBin(g *gen, in *ir.Inst) bool {
	if in.Size == 1 {
		return g.halfArith(in)
	}
	if !g.inlineFP(in) {
		return false
	}
	var ops *fpOp
	comm := false
	switch in.Op {
	case ir.FAdd:
		ops, comm = &fpAdd, true
	case ir.FSub, ir.FAbd:
		ops = &fpSub
	case ir.FDiv:
		ops = &fpDiv
	default:
		ops, comm = &fpMul, true
	}
	op := ops.of(in)
	k := keptNone
	w := widthOf(in)
	var d asm.XReg
	if isScalar(in) {
		// What is beyond the lane comes from the first operand.
		i, j := 0, 1
		if comm {
			za, zb := g.zeroAbove(in.A, w), g.zeroAbove(in.B, w)
			if zb && (!za || !g.inRegister(in.A) && g.inRegister(in.B)) || !za && g.hinted(in.A) {
				i, j = 1, 0 // a sum, say: better no more than the addition between it and the next
			}
		}
		r := [2]ir.Ref{in.A, in.B}
		x, y := g.useM(r[i]), g.useM(r[j])
		a := x.r
		if x.isMem() || !g.zeroAbove(r[i], w) {
			a = g.tmp()
			g.keepLow(a, x, w)
			k[i] = a
		}
		d = g.defV(mayA | mayB)
		if i == 0 {
			g.keep(&k, d, x.r, y.r)
		} else {
			g.keep(&k, d, y.r, x.r)
		}
		if !y.isMem() && y.r == d && a != d {
			y.r = k[j]
		}
		g.op3o(op, d, a, y)
		g.setZeroAbove(w)
	} else if w == 3 && in.Op == ir.FDiv {
		// No 0/0 in the upper half: the lower one twice.
		a, b := g.useM(in.A), g.useM(in.B)
		x, y := g.tmp(), g.tmp()
		g.op2o(asm.MOVDDUP, x, a)
		g.op2o(asm.MOVDDUP, y, b)
		d = g.defV(mayA | mayB)
		k[0], k[1] = x, y
		g.op3(op, d, x, y)
		g.shapeV(in, d, 4)
	} else {
		a := g.fpIn(in, in.A)
		var y opnd
		if w == 4 {
			y = g.useM(in.B)
		} else {
			y = xop(g.fpIn(in, in.B))
		}
		d = g.defV(mayA | mayB)
		k.cleaned(g, in.A, 0, a)
		k.cleaned(g, in.B, 1, y.r)
		g.keep(&k, d, a, y.r)
		if !y.isMem() && y.r == d && a != d {
			y.r = k[1]
		}
		g.op3o(op, d, a, y)
		live := w
		if in.Op == ir.FSub && w == 3 {
			live = 4 // 0 - 0 is -0 when rounding down
		}
		g.shapeV(in, d, live)
	}
	switch in.Op {
	case ir.FNMul:
		g.op3m(asm.XORPS, d, d, g.signMask(in))
	case ir.FAbd:
		g.op3m(asm.ANDPS, d, d, g.absMask(in))
	}
	g.nanCheck(in, d, &k)
	return true
}

// hinted tells whether the result of the current instruction is to come where operand r is.
func (g *gen) hinted(r ir.Ref) bool {
	h, v := g.v[g.ref].hint, &g.v[g.canon(r)]
	return h != 0 && v.loc == locReg && g.V.home[h-1] == v.reg
}

// signMask is a constant with the sign bits of the lanes of the shape, absMask one with all others.
func (g *gen) signMask(in *ir.Inst) asm.Mem { return g.laneMask(in, 1<<(8<<in.Size-1)) }
func (g *gen) absMask(in *ir.Inst) asm.Mem  { return g.laneMask(in, 1<<(8<<in.Size-1)-1) }

// laneMask is a constant with x in the lanes of the shape and zero beyond.
func (g *gen) laneMask(in *ir.Inst, x uint64) asm.Mem {
	w := widthOf(in)
	x = lanesConst(in.Size, x)
	switch {
	case w == 4:
		return g.const64(x)
	case w < 3:
		x &= 1<<(8<<w) - 1
	}
	return g.constV(x, 0)
}

func lowerFSign(g *gen, in *ir.Inst) bool {
	if in.Size == 0 {
		return false
	}
	a := g.useV(in.A)
	d := g.defV(mayA)
	if in.Op == ir.FAbs {
		g.op3m(asm.ANDPS, d, a, g.absMask(in))
		g.setZeroAbove(widthOf(in))
		return true
	}
	g.op3m(asm.XORPS, d, a, g.signMask(in))
	g.shapeV(in, d, max(g.live(in.A), widthOf(in))) // the negative of 0 is not all zeros
	return true
}

func lowerFSqrt(g *gen, in *ir.Inst) bool {
	if in.Size == 1 {
		return g.halfArith(in)
	}
	if !g.inlineFP(in) {
		return false
	}
	return g.fpUnary(in, func(d, a asm.XReg) {
		op := fpSqrt.of(in)
		if isScalar(in) {
			g.op3(op, d, a, a)
		} else {
			g.op2(op, d, a)
		}
	})
}

// fpUnary is an operation with one operand whose result is a NaN if that is, which f emits.
func (g *gen) fpUnary(in *ir.Inst, f func(d, a asm.XReg)) bool {
	k := keptNone
	w := widthOf(in)
	a := g.clean(in.A, g.useM(in.A), w)
	d := g.defV(mayA)
	k.cleaned(g, in.A, 0, a)
	g.keep(&k, d, a)
	f(d, a)
	g.setZeroAbove(w)
	g.nanCheck(in, d, &k)
	return true
}

// lowerFMinMax: FMax, FMin, FMaxNM, FMinNM. x86's MAX and MIN give the second operand for two zeros; done both ways
// round, the results differ in their signs only for these. VRANGE orders the zeros, and takes a number rather
// than a quiet NaN, as the NM forms want it.
func lowerFMinMax(g *gen, in *ir.Inst) bool {
	if !g.inlineFP(in) {
		return false
	}
	k := keptNone
	w := widthOf(in)
	a, b := g.fpIn(in, in.A), g.fpIn(in, in.B)
	isMax := in.Op == ir.FMax || in.Op == ir.FMaxNM
	if g.v4 && (in.Op == ir.FMaxNM || in.Op == ir.FMinNM) {
		d := g.defV(mayA | mayB)
		k.cleaned(g, in.A, 0, a)
		k.cleaned(g, in.B, 1, b)
		g.keep(&k, d, a, b)
		live := g.minMax(in, isMax, d, a, b, noX)
		g.shapeV(in, d, live)
		g.nanCheck(in, d, &k)
		return true
	}
	if isScalar(in) {
		g.op2(fpUcomi[in.Size&1], a, b)
	} else {
		g.unorderedLanes(in.Size, a, b)
	}
	d := g.defV(mayA | mayB)
	t := noX
	if !g.v4 {
		t = g.tmp()
	}
	back := g.slowJump(nanCC(in), uint8(d), &k)
	live := g.minMax(in, isMax, d, a, b, t)
	if !isScalar(in) {
		live = w
	}
	g.shapeV(in, d, live)
	g.a.Bind(back)
	return true
}

// nanCC is the condition for a NaN after UCOMIS or unorderedLanes.
func nanCC(in *ir.Inst) asm.Cond {
	if isScalar(in) {
		return asm.CcP
	}
	return asm.CcNE
}

// minMax is d = the greater or lesser of a and b, lane by lane, none of them a NaN. It gives log2 of the bytes that may
// be other than zero. Below V4 it needs a temporary.
func (g *gen) minMax(in *ir.Inst, isMax bool, d, a, b, t asm.XReg) uint8 {
	la, lb := g.live(in.A), g.live(in.B)
	if g.v4 {
		g.op3i(fpRange.of(in), d, a, b, 4|uint8(b2i(isMax)))
		return max(la, lb)
	}
	op, join, live := fpMin.of(in), asm.ORPS, max(la, lb)
	if isMax {
		op, join, live = fpMax.of(in), asm.ANDPS, min(la, lb)
	}
	if d == a {
		a, b = b, a // so that no operation's second operand is overwritten by its first
	}
	g.op3(op, t, a, b)
	g.op3(op, d, b, a)
	g.op3(join, d, d, t)
	return live
}

// lowerFPairs: the operations on pairs, on all lanes but for one of FMaxV and the like. The even and the odd lanes
// are brought to two registers; those of ShapeD and ShapeS twice, so that there is nothing else in these.
func lowerFPairs(g *gen, in *ir.Inst) bool {
	if !g.inlineFP(in) {
		return false
	}
	across := in.Op >= ir.FMaxV && in.Op <= ir.FMinNMV
	w := widthOf(in)
	double := in.Size == 3
	d, e, o := noX, noX, noX
	switch {
	case isScalar(in) || across:
		a := g.useV(in.A)
		d = g.defV(0)
		e, o = g.tmp(), g.tmp()
		if double {
			g.op3(asm.PUNPCKLQDQ, e, a, a)
			g.op3(asm.PUNPCKHQDQ, o, a, a)
		} else if across && w == 4 {
			g.op2i(asm.PSHUFD, e, a, 0x88)
			g.op2i(asm.PSHUFD, o, a, 0xdd)
		} else {
			g.op2i(asm.PSHUFD, e, a, 0)
			g.op2i(asm.PSHUFD, o, a, 0x55)
		}
	case w == 3 && double:
		return false
	default:
		a, b := g.useV(in.A), g.useV(in.B)
		d = g.defV(0)
		e, o = g.tmp(), g.tmp()
		switch {
		case double:
			g.op3(asm.PUNPCKLQDQ, e, a, b)
			g.op3(asm.PUNPCKHQDQ, o, a, b)
		case w == 4:
			g.op3i(asm.SHUFPS, e, a, b, 0x88)
			g.op3i(asm.SHUFPS, o, a, b, 0xdd)
		default:
			g.op3(asm.PUNPCKLQDQ, o, a, b)
			g.op2i(asm.PSHUFD, e, o, 0x88)
			g.op2i(asm.PSHUFD, o, o, 0xdd)
		}
	}
	lanes := *in
	lanes.Shape = ir.ShapeQ
	k := keptNone
	switch in.Op {
	case ir.FAddP:
		g.op3(fpAdd.of(&lanes), d, e, o)
		g.keepLow(d, xop(d), w)
		g.setZeroAbove(w)
		g.nanCheck(in, d, &k)
		return true
	case ir.FMaxNMP, ir.FMinNMP, ir.FMaxNMV, ir.FMinNMV:
		if g.v4 {
			isMax := in.Op == ir.FMaxNMP || in.Op == ir.FMaxNMV
			g.minMax(&lanes, isMax, d, e, o, noX)
			if across && w == 4 {
				g.op2i(asm.PSHUFD, e, d, 0x55)
				g.minMax(&lanes, isMax, d, d, e, noX)
			}
			if across {
				w = in.Size
			}
			g.keepLow(d, xop(d), w)
			g.setZeroAbove(w)
			g.nanCheck(in, d, &k)
			return true
		}
	}
	isMax := in.Op == ir.FMaxP || in.Op == ir.FMaxNMP || in.Op == ir.FMaxV || in.Op == ir.FMaxNMV
	t := noX
	if !g.v4 {
		t = g.tmp()
	}
	if across {
		w = in.Size
	}
	g.setZeroAbove(w)
	g.unorderedLanes(in.Size, e, o)
	back := g.slowJump(asm.CcNE, uint8(d), &k)
	g.minMax(&lanes, isMax, d, e, o, t)
	if across && widthOf(in) == 4 {
		g.op2i(asm.PSHUFD, e, d, 0x55)
		g.movV(o, d)
		g.minMax(&lanes, isMax, d, o, e, t)
	}
	g.keepLow(d, xop(d), w)
	g.a.Bind(back)
	return true
}

// lowerFCompare: FCmEQ is quiet, the others are not, as are the predicates of CMP.
func lowerFCompare(g *gen, in *ir.Inst) bool {
	if g.slowFP || in.Size < 2 {
		return false
	}
	w := widthOf(in)
	var a, b asm.XReg
	live := uint8(4) // 0 equals 0
	switch in.Op {
	case ir.FAcGE, ir.FAcGT:
		x, y := g.useV(in.A), g.useV(in.B)
		a, b = g.tmp(), g.tmp()
		g.op3m(asm.ANDPS, a, x, g.absMask(in))
		g.op3m(asm.ANDPS, b, y, g.absMask(in))
		if isScalar(in) {
			live = w
		}
	default:
		a, b = g.fpIn(in, in.A), g.fpIn(in, in.B)
		if isScalar(in) {
			live = g.live(in.A)
		}
	}
	ge := in.Op == ir.FCmGE || in.Op == ir.FAcGE
	d := g.defV(mayA | mayB)
	op := fpCmp.of(in)
	switch {
	case in.Op == ir.FCmEQ:
		g.op3i(op, d, a, b, 0)
	case g.v3 && ge:
		g.op3i(op, d, a, b, 0x0d)
	case g.v3:
		g.op3i(op, d, a, b, 0x0e)
	default:
		if isScalar(in) {
			live = 4
		}
		g.op3i(op, d, b, a, uint8(1+b2i(ge)))
	}
	g.shapeV(in, d, live)
	return true
}

// halfArith does arithmetic on half-precision scalars in single precision, which has more than twice the bits, so that
// rounding twice does no harm.
func (g *gen) halfArith(in *ir.Inst) bool {
	if g.slowFP || !g.v3 || !isScalar(in) {
		return false
	}
	var op asm.VOp
	switch in.Op {
	case ir.FAdd:
		op = asm.ADDSS
	case ir.FSub:
		op = asm.SUBSS
	case ir.FMul:
		op = asm.MULSS
	case ir.FDiv:
		op = asm.DIVSS
	case ir.FSqrt:
		op = asm.SQRTSS
	default:
		return false
	}
	g.clobber()
	t := g.single(in.A)
	u := t
	if in.B != 0 {
		u = g.single(in.B)
	}
	d := g.defV(0)
	g.op3(op, t, t, u)
	k := keptNone
	cc := asm.CcP
	if rounds(in.Op) {
		cc = g.tinyHalf(t)
	} else {
		g.op2(asm.UCOMISS, t, t)
	}
	back := g.slowJump(cc, uint8(d), &k)
	g.a.V2I(asm.VCVTPS2PH, asm.L128, d, t, 4) // rounded as MXCSR says
	g.setZeroAbove(1)
	g.a.Bind(back)
	return true
}

// tinyHalf compares the single t, which is to be narrowed, with the least normal half: the condition that it gives
// holds for a NaN and for what may be tiny.
func (g *gen) tinyHalf(t asm.XReg) asm.Cond {
	x := g.above()
	g.op3m(asm.ANDPS, x, t, g.constV(1<<31-1, 0))
	g.op2m(asm.UCOMISS, x, g.constV(pow2(2, -14), 0))
	return asm.CcBE
}

// single widens the half-precision scalar r into a temporary, the rest of which is zero.
func (g *gen) single(r ir.Ref) asm.XReg {
	o := g.useM(r)
	t := g.tmp()
	if o.isMem() || !g.zeroAbove(r, 1) {
		g.keepLow(t, o, 1)
		o = xop(t)
	}
	g.op2(asm.VCVTPH2PS, t, o.r)
	return t
}

// Bits of powers of two.
func pow2(size uint8, n int) uint64 {
	if size == 3 {
		return math.Float64bits(math.Ldexp(1, n))
	}
	return uint64(math.Float32bits(float32(math.Ldexp(1, n))))
}
