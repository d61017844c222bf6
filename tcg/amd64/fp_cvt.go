package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Conversions and rounding to integers.

var (
	cvtTrunc  = [2][2]asm.VOp{{asm.CVTTSS2SI, asm.CVTTSD2SI}, {asm.CVTTSS2SIq, asm.CVTTSD2SIq}} // by 64 bits, double
	cvtCur    = [2][2]asm.VOp{{asm.CVTSS2SI, asm.CVTSD2SI}, {asm.CVTSS2SIq, asm.CVTSD2SIq}}
	cvtTruncU = [2][2]asm.VOp{{asm.VCVTTSS2USI, asm.VCVTTSD2USI}, {asm.VCVTTSS2USIq, asm.VCVTTSD2USIq}}
	cvtCurU   = [2][2]asm.VOp{{asm.VCVTSS2USI, asm.VCVTSD2USI}, {asm.VCVTSS2USIq, asm.VCVTSD2USIq}}
	cvtFrom   = [2][2]asm.VOp{{asm.CVTSI2SS, asm.CVTSI2SD}, {asm.CVTSI2SSq, asm.CVTSI2SDq}}
	cvtFromU  = [2][2]asm.VOp{{asm.VCVTUSI2SS, asm.VCVTUSI2SD}, {asm.VCVTUSI2SSq, asm.VCVTUSI2SDq}}
)

// Immediates of ROUND.
const (
	roundQuiet = 8 // no exception for an inexact result
	roundTrunc = 3
)

// roundMode is the immediate of ROUND for a Round constant; ok is false for RoundAway, which x86 has not.
func roundMode(aux uint32) (imm uint8, ok bool) {
	switch aux &^ ir.RoundExact {
	case ir.RoundNearest:
		return 0, true
	case ir.RoundMinus:
		return 1, true
	case ir.RoundPlus:
		return 2, true
	case ir.RoundZero:
		return roundTrunc, true
	case ir.RoundCur:
		return 4, true
	}
	return 0, false
}

// lowerFRInt: ROUND, quiet unless the instruction is FRINTX.
func lowerFRInt(g *gen, in *ir.Inst) bool {
	imm, ok := roundMode(in.Aux)
	exact := in.Aux&ir.RoundExact != 0
	if !ok && exact || !g.inlineFP(in) {
		return false
	}
	if !exact {
		imm |= roundQuiet
	}
	return g.fpUnary(in, func(d, a asm.XReg) {
		op := fpRound.of(in)
		switch {
		case !ok:
			g.roundAway(in.Size, isScalar(in), d, a)
		case isScalar(in):
			g.op3i(op, d, a, a, imm)
		default:
			g.op2i(op, d, a, imm)
		}
	})
}

// roundAway is d = a rounded to integers, halves away from zero, without exceptions. What is beyond the lanes that
// matter must be zero.
func (g *gen) roundAway(size uint8, scalar bool, d, a asm.XReg) {
	t := g.tmp()
	sign := g.signBits(size)
	trunc := [2]asm.VOp{asm.ROUNDPS, asm.ROUNDPD}[size&1]
	if g.v4 && scalar {
		// Half is added to the magnitude, rounding to zero so that what is less than a half stays so.
		add := [2]asm.VOp{asm.ADDSS, asm.ADDSD}[size&1]
		g.op3m(asm.ANDPS, t, a, sign)
		g.op3m(asm.ORPS, t, t, g.const64(lanesConst(size, pow2(size, -1))))
		g.a.V3(add.Round(asm.RoundZero), asm.L128, t, a, t)
		g.op3i([2]asm.VOp{asm.ROUNDSS, asm.ROUNDSD}[size&1], d, a, t, roundTrunc|roundQuiet)
		return
	}
	// Numbers so large that they are integers, infinities and NaNs are taken out. Of the others, one is added to the
	// magnitude of the integer if that of the fraction is not less than a half; all of this is exact. The comparisons are of integers.
	m, u := g.tmp(), g.tmp()
	abs := g.const64(lanesConst(size, 1<<(8<<size-1)-1))
	g.op3m(asm.ANDPS, t, a, abs)
	g.loadV(m, g.const64(lanesConst(size, pow2(size, [2]int{23, 52}[size&1]))))
	g.op3(pcmpgtOp[size], m, m, t)
	g.op3(asm.PAND, u, a, m)
	g.op2i(trunc, t, u, roundTrunc|roundQuiet)
	g.op3(fpSub[size&1], u, u, t)
	g.op3m(asm.ANDPS, u, u, abs)
	half := g.tmp()
	g.loadV(half, g.const64(lanesConst(size, pow2(size, -1)-1)))
	g.op3(pcmpgtOp[size], u, u, half)
	g.op3m(asm.ANDPS, u, u, g.const64(lanesConst(size, pow2(size, 0))))
	g.op3m(asm.ANDPS, half, a, sign)
	g.op3(asm.ORPS, u, u, half)
	g.op3(fpAdd[size&1], t, t, u)
	g.op3(asm.PAND, t, t, m)
	g.op3(asm.PANDN, m, m, a)
	g.op3(asm.POR, d, t, m)
}

// lowerFCvt converts lane 0.
func lowerFCvt(g *gen, in *ir.Inst) bool {
	from, to := in.Size, uint8(in.Aux)
	if g.slowFP || from == 3 && to == 1 || (from == 1 || to == 1) && !g.v3 {
		return false
	}
	g.clobber()
	k := keptNone
	// The packed forms work on a register that is zero beyond, and have no other operand to depend on.
	a := g.clean(in.A, g.useM(in.A), from)
	d := g.defV(0)
	g.setZeroAbove(to)
	if to == 1 {
		back := g.slowJump(g.tinyHalf(a), uint8(d), &k)
		g.a.V2I(asm.VCVTPS2PH, asm.L128, d, a, 4)
		g.a.Bind(back)
		return true
	}
	switch from<<4 | to {
	case 0x12:
		g.op2(asm.VCVTPH2PS, d, a)
	case 0x13:
		g.op2(asm.VCVTPH2PS, d, a)
		g.op2(asm.CVTPS2PD, d, d)
	case 0x23:
		g.op2(asm.CVTPS2PD, d, a)
	default:
		g.op2(asm.CVTPD2PS, d, a)
	}
	if to < from {
		g.tinyScalar(to, d)
		g.slowIfKept(asm.CcE, uint8(d), &k)
		return true
	}
	g.op2(fpUcomi[to&1], d, d)
	g.slowIfKept(asm.CcP, uint8(d), &k)
	return true
}

// lowerFCvtL widens the low or the high half.
func lowerFCvtL(g *gen, in *ir.Inst) bool {
	if g.slowFP || in.Size == 1 && !g.v3 {
		return false
	}
	g.clobber()
	op, from := asm.CVTPS2PD, g.useM(in.A)
	if in.Size == 1 {
		op = asm.VCVTPH2PS
	}
	d := g.defV(0)
	if isHi(in) {
		if from.isMem() {
			from.m.Disp += 8
		} else {
			g.op2i(asm.PSHUFD, d, from.r, 0xee)
			from = xop(d)
		}
	}
	g.op2o(op, d, from)
	g.unorderedLanes(in.Size+1, d, d)
	g.slowIf(asm.CcNE, uint8(d))
	return true
}

// lowerFCvtN narrows to the low half.
func lowerFCvtN(g *gen, in *ir.Inst) bool {
	if g.slowFP || in.Size == 1 && !g.v3 {
		return false
	}
	g.clobber()
	if in.Size == 1 {
		a := g.useV(in.A)
		d := g.defV(0)
		k := keptNone
		t, x := g.tmp(), g.tmpG()
		g.op3m(asm.ANDPS, t, a, g.const64(1<<63-1&^(1<<31)))
		const notGreater = 0x1a // or unordered
		g.a.V3MI(fpCmp[0], asm.L128, t, t, g.const64(lanesConst(2, pow2(2, -14))), notGreater)
		g.signs(x, t, 2)
		g.a.RR(asm.TEST, 4, x, x)
		back := g.slowJump(asm.CcNE, uint8(d), &k)
		g.a.V2I(asm.VCVTPS2PH, asm.L128, d, a, 4)
		g.setZeroAbove(3)
		g.a.Bind(back)
		return true
	}
	a := g.useM(in.A)
	d := g.defV(0)
	g.op2o(asm.CVTPD2PS, d, a)
	g.setZeroAbove(3)
	g.tinyLanes(in, d)
	g.slowIf(asm.CcNE, uint8(d))
	return true
}

// lowerFToX: x86 gives the least number (unsigned: the greatest) for what it cannot convert, and raises the exception
// that Arm does; the slow path saturates then. A rounding mode of the instruction's own is a ROUND before: quiet, for a
// result out of range must not be called inexact too, and again, for the exception, if it was in range.
func lowerFToX(g *gen, in *ir.Inst) bool {
	unsigned := in.Op == ir.FToUX
	imm, ok := roundMode(in.Aux)
	if in.Imm != 0 && (imm != roundTrunc || unsigned && !g.v4) || !g.inlineFP(in) {
		return false
	}
	wide, double := b2i(in.Type == ir.I64), in.Size&1
	if unsigned && !g.v4 {
		return g.toUnsigned(in, imm, ok)
	}
	a := g.useM(in.A)
	d := g.defG(0)
	cvt := &cvtTrunc
	switch {
	case unsigned && imm == 4:
		cvt = &cvtCurU
	case unsigned:
		cvt = &cvtTruncU
	case imm == 4:
		cvt = &cvtCur
	}
	src := a
	var huge asm.Label
	if in.Imm != 0 {
		// A power of two times as much. It must not become infinite, so that a look at the exponent comes first.
		t := g.tmp()
		a = xop(g.reg(a))
		g.op2([2]asm.VOp{asm.MOVDG, asm.MOVQG}[double], asm.G(d), a.r)
		s := asm.Size(4 << double)
		g.a.RI(asm.SHL, s, d, 1)
		g.a.RI(asm.SHR, s, d, [2]int32{24, 53}[double])
		g.a.RI(asm.CMP, 4, d, [2]int32{127 + 62, 1023 + 62}[double])
		k := keptNone
		huge = g.slowJump(asm.CcA, uint8(d), &k)
		g.op3m(fpMul[scalarOp(in)], t, a.r, g.constV(pow2(in.Size, int(in.Imm)), 0))
		src = xop(t)
	}
	own := !ok || imm != roundTrunc && imm != 4
	if own {
		t := g.tmp()
		if ok {
			g.op3io(fpRound[scalarOp(in)], t, t, a, imm|roundQuiet)
		} else {
			a = xop(g.clean(in.A, a, in.Size))
			g.roundAway(in.Size, true, t, a.r)
		}
		src = xop(t)
	}
	op := cvt[wide][double]
	g.op2o(op, asm.G(d), src)
	s := sz(in)
	cc := asm.CcO
	if unsigned {
		g.a.RI(asm.CMP, s, d, -1)
		cc = asm.CcE
	} else {
		g.a.RI(asm.CMP, s, d, 1)
	}
	if s == 4 {
		g.zeroUpper32()
	}
	k := keptNone
	back := g.slowJump(cc, uint8(d), &k)
	if own {
		t := src.r
		g.op3io(fpRound[scalarOp(in)], t, t, a, 0)
	}
	if in.Imm != 0 {
		g.a.Bind(huge)
	}
	g.a.Bind(back)
	return true
}

// scalarOp is the index of the scalar operation in an fpOp.
func scalarOp(in *ir.Inst) int { return 2 + int(in.Size&1) }

// toUnsigned goes by the exponent of the rounded number: one that is positive and less than 2^63, or 2^32, is converted as a
// signed number of 64 bits.
func (g *gen) toUnsigned(in *ir.Inst, imm uint8, ok bool) bool {
	own := !ok || imm != roundTrunc
	a := g.useM(in.A)
	d := g.defG(0)
	src := a
	if own {
		t := g.tmp()
		if ok {
			g.op3io(fpRound[scalarOp(in)], t, t, a, imm|roundQuiet)
		} else {
			a = xop(g.clean(in.A, a, in.Size))
			g.roundAway(in.Size, true, t, a.r)
		}
		src = xop(t)
	}
	g.exponent(in.Size, d, src)
	limit := exponentBias(in.Size) + 63
	if in.Type == ir.I32 {
		limit -= 31
		g.zeroUpper32()
	}
	g.a.RI(asm.CMP, 4, d, limit)
	k := keptNone
	back := g.slowJump(asm.CcAE, uint8(d), &k)
	g.op2o(cvtTrunc[1][in.Size&1], asm.G(d), src)
	if own {
		g.op3io(fpRound[scalarOp(in)], src.r, src.r, a, 0)
	}
	g.a.Bind(back)
	return true
}

func exponentBias(size uint8) int32 { return [2]int32{127, 1023}[size&1] }

// exponent is x = the exponent of a scalar, and its sign above that.
func (g *gen) exponent(size uint8, x asm.Reg, a opnd) {
	s := asm.Size(1 << size)
	g.lowX(s, x, a)
	g.a.RI(asm.SHR, s, x, [2]int32{23, 52}[size&1])
}

// lowerFFromX: the register is cleared before, as the conversion keeps what is beyond the lane. A fraction is a
// division by a power of two, which is exact.
func lowerFFromX(g *gen, in *ir.Inst) bool {
	if g.slowFP || in.Size < 2 {
		return false
	}
	unsigned := in.Op == ir.FFromUX
	wide := b2i(in.Aux == 3)
	if unsigned && wide == 1 && !g.v4 {
		g.clobber()
	}
	x := g.useG(in.A)
	d := g.defV(0)
	t, u := asm.Reg(0), asm.Reg(0)
	if unsigned && !g.v4 {
		t, u = g.tmpG(), g.tmpG()
	}
	g.fromInt(in.Size, wide, unsigned, d, x, t, u)
	if in.Imm != 0 {
		g.op3m(fpMul[scalarOp(in)], d, d, g.constV(pow2(in.Size, -int(in.Imm)), 0))
	}
	g.setZeroAbove(in.Size)
	return true
}

// fromInt is d = the integer in x. Below V4, unsigned ones want the temporaries t and u; t may be x.
func (g *gen) fromInt(size uint8, wide int, unsigned bool, d asm.XReg, x, t, u asm.Reg) {
	double := size & 1
	g.zeroV(d)
	switch {
	case !unsigned:
		g.op3(cvtFrom[wide][double], d, d, asm.G(x))
	case g.v4:
		g.op3(cvtFromU[wide][double], d, d, asm.G(x))
	case wide == 0:
		g.a.RR(asm.MOV, 4, t, x)
		g.op3(cvtFrom[1][double], d, d, asm.G(t))
	default:
		// The upper half of the range is halved, with the last bit kept as a sticky one, converted and doubled.
		g.a.RR(asm.TEST, 8, x, x)
		big := g.a.JccShort(asm.CcS)
		g.op3(cvtFrom[1][double], d, d, asm.G(x))
		end := g.a.JmpShort()
		g.a.Land(big)
		g.a.RR(asm.MOV, 4, u, x)
		if t != x {
			g.a.RR(asm.MOV, 8, t, x)
		}
		g.a.RI(asm.SHR, 8, t, 1)
		g.a.RI(asm.AND, 4, u, 1)
		g.a.RR(asm.OR, 8, t, u)
		g.op3(cvtFrom[1][double], d, d, asm.G(t))
		g.op3(fpAdd[2+int(double)], d, d, d)
		g.a.Land(end)
	}
}

// lowerFTo: lane to integer lane.
func lowerFTo(g *gen, in *ir.Inst) bool {
	unsigned := in.Op == ir.FToU
	imm, ok := roundMode(in.Aux)
	if in.Imm != 0 && imm != roundTrunc || !ok {
		return false
	}
	if isScalar(in) {
		return in.Imm == 0 && g.toLane(in, imm)
	}
	if !g.v4 && in.Size == 3 && (unsigned || imm != roundTrunc || widthOf(in) < 4 || in.Imm != 0) ||
		!g.v4 && unsigned && in.Imm != 0 || !g.inlineFP(in) {
		return false
	}
	if !g.v4 && in.Size == 3 {
		return g.toDoublewords(in)
	}
	small := unsigned && !g.v4
	trunc := [2][2]asm.VOp{{asm.CVTTPS2DQ, asm.VCVTTPD2QQ}, {asm.VCVTTPS2UDQ, asm.VCVTTPD2UQQ}}
	cur := [2][2]asm.VOp{{asm.CVTPS2DQ, asm.VCVTPD2QQ}, {asm.VCVTPS2UDQ, asm.VCVTPD2UQQ}}
	k := keptNone
	a := g.fpIn(in, in.A)
	k.cleaned(g, in.A, 0, a)
	d := g.defV(0)
	t := g.tmp()
	src, own := a, imm != roundTrunc && imm != 4
	x := g.tmpG()
	if small {
		// What is positive and less than 2^31 is converted as a signed number.
		m := g.const64(0x4effffff4effffff)
		g.op3m(asm.PMINUD, t, a, m)
		g.op3(asm.PCMPEQD, t, t, a)
		g.signs(x, t, 2)
		g.a.RI(asm.CMP, 4, x, 15)
		g.setZeroAbove(widthOf(in))
		back := g.slowJump(asm.CcNE, uint8(d), &k)
		if own {
			g.op2i(asm.ROUNDPS, t, a, imm)
			src = t
		}
		if imm == 4 {
			g.op2(asm.CVTPS2DQ, d, src)
		} else {
			g.op2(asm.CVTTPS2DQ, d, src)
		}
		g.a.Bind(back)
		return true
	}
	var huge asm.Label
	if in.Imm != 0 {
		// A power of two times as much, which must not become infinite.
		limit := lanesConst(in.Size, [2]uint64{(127+63)<<23 - 1, (1023+63)<<52 - 1}[in.Size&1])
		u := g.tmp()
		g.op3m(asm.ANDPS, t, a, g.absMask(in))
		g.loadV(u, g.const64(limit))
		g.op3(pcmpgtOp[in.Size], t, t, u)
		g.signs(x, t, in.Size)
		g.a.RR(asm.TEST, 4, x, x)
		huge = g.slowJump(asm.CcNE, uint8(d), &k)
		g.op3m(fpMul[in.Size&1], t, a, g.const64(lanesConst(in.Size, pow2(in.Size, int(in.Imm)))))
		src = t
	}
	if own {
		g.op2i(fpRound[in.Size&1], t, a, imm|roundQuiet)
		src = t
	}
	if imm == 4 {
		g.op2(cur[b2i(unsigned)][in.Size&1], d, src)
	} else {
		g.op2(trunc[b2i(unsigned)][in.Size&1], d, src)
	}
	g.setZeroAbove(widthOf(in))
	if unsigned {
		g.onesV(t)
		g.op3(pcmpeqOp[in.Size], t, t, d)
	} else {
		g.op3m(pcmpeqOp[in.Size], t, d, g.signBits(in.Size))
	}
	g.signs(x, t, in.Size)
	g.a.RR(asm.TEST, 4, x, x)
	back := g.slowJump(asm.CcNE, uint8(d), &k)
	if own {
		g.op2i(fpRound[in.Size&1], t, a, imm)
	}
	if in.Imm != 0 {
		g.a.Bind(huge)
	}
	g.a.Bind(back)
	return true
}

// toDoublewords is FCVTZS of two lanes through general registers.
func (g *gen) toDoublewords(in *ir.Inst) bool {
	a := g.useV(in.A)
	d := g.defV(0)
	t, x := g.tmp(), g.tmpG()
	g.op3(asm.PUNPCKHQDQ, t, a, a)
	g.op2(asm.CVTTSD2SIq, asm.G(x), a)
	g.op2(asm.MOVQX, d, asm.G(x))
	g.op2(asm.CVTTSD2SIq, asm.G(x), t)
	g.insert(3, d, d, x, 1)
	g.op3m(asm.PCMPEQQ, t, d, g.signBits(3))
	g.signs(x, t, 3)
	g.a.RR(asm.TEST, 4, x, x)
	g.setZeroAbove(4)
	g.slowIf(asm.CcNE, uint8(d))
	return true
}

// toLane is FCVTZS and its kind on a scalar register: through a general one.
func (g *gen) toLane(in *ir.Inst, imm uint8) bool {
	unsigned := in.Op == ir.FToU
	if imm != roundTrunc || !g.inlineFP(in) {
		return false
	}
	wide := in.Size & 1
	a := g.useM(in.A)
	d := g.defV(0)
	x := g.tmpG()
	cc := asm.CcO
	switch {
	case unsigned && !g.v4:
		g.exponent(in.Size, x, a)
		g.a.RI(asm.CMP, 4, x, exponentBias(in.Size)+[2]int32{32, 63}[wide])
		cc = asm.CcAE
	case unsigned:
		g.op2o(cvtTruncU[wide][wide], asm.G(x), a)
		g.a.RI(asm.CMP, asm.Size(4<<wide), x, -1)
		cc = asm.CcE
	default:
		g.op2o(cvtTrunc[wide][wide], asm.G(x), a)
		g.a.RI(asm.CMP, asm.Size(4<<wide), x, 1)
	}
	k := keptNone
	back := g.slowJump(cc, uint8(d), &k)
	if unsigned && !g.v4 {
		g.op2o(cvtTrunc[1][wide], asm.G(x), a)
	}
	if wide == 1 {
		g.op2(asm.MOVQX, d, asm.G(x))
	} else {
		g.op2(asm.MOVDX, d, asm.G(x))
	}
	g.setZeroAbove(in.Size)
	g.a.Bind(back)
	return true
}

// lowerFFrom: integer lane to lane. Unsigned doublewords before AVX-512 are converted in halves, which is exact, so that
// the sum rounds once.
func lowerFFrom(g *gen, in *ir.Inst) bool {
	unsigned := in.Op == ir.FFromU
	if g.slowFP || in.Size < 2 {
		return false
	}
	w := widthOf(in)
	var d asm.XReg
	switch {
	case isScalar(in):
		double := in.Size & 1
		if unsigned && double == 1 && !g.v4 {
			g.clobber()
		}
		a := g.useM(in.A)
		d = g.defV(0)
		x := g.tmpG()
		switch {
		case a.isMem():
			g.a.RM(asm.MOV, asm.Size(4<<double), x, a.m)
		case double == 1:
			g.op2(asm.MOVQG, asm.G(x), a.r)
		default:
			g.op2(asm.MOVDG, asm.G(x), a.r)
		}
		g.fromInt(in.Size, int(double), unsigned, d, x, x, g.tmpG())
	case in.Size == 3 && !g.v4:
		if w < 4 {
			return false
		}
		if unsigned {
			g.clobber()
		}
		a := g.useV(in.A)
		d = g.defV(0)
		t, x, u := g.tmp(), g.tmpG(), g.tmpG()
		g.op2i(extractX[3], asm.G(x), a, 1)
		g.fromInt(3, 1, unsigned, t, x, x, u)
		g.op2(asm.MOVQG, asm.G(x), a)
		g.fromInt(3, 1, unsigned, d, x, x, u)
		g.op3(asm.PUNPCKLQDQ, d, d, t)
	case in.Size == 3 || g.v4 && unsigned:
		op := [2][2]asm.VOp{{0, asm.VCVTQQ2PD}, {asm.VCVTUDQ2PS, asm.VCVTUQQ2PD}}[b2i(unsigned)][in.Size&1]
		a := g.fpIn(in, in.A)
		d = g.defV(mayA)
		g.op2(op, d, a)
	case !unsigned:
		a := g.fpIn(in, in.A)
		d = g.defV(mayA)
		g.op2(asm.CVTDQ2PS, d, a)
	default:
		a := g.fpIn(in, in.A)
		t := g.tmp()
		g.op2i(asm.PSRLDi, t, a, 16)
		d = g.defV(mayA)
		g.op3m(asm.PAND, d, a, g.const64(0x0000ffff0000ffff))
		g.op2(asm.CVTDQ2PS, t, t)
		g.op2(asm.CVTDQ2PS, d, d)
		g.op3m(asm.MULPS, t, t, g.const64(lanesConst(2, pow2(2, 16))))
		g.op3(asm.ADDPS, d, d, t)
	}
	if in.Imm != 0 {
		p := lanesConst(in.Size, pow2(in.Size, -int(in.Imm)))
		g.op3m(fpMul.of(in), d, d, g.const64(p))
	}
	g.setZeroAbove(w)
	return true
}

// lowerFJcvt: FJCVTZS is a conversion to 32 bits, invalid if that is not enough; but then the result is what the low bits
// of the integer are, which 64 bits mostly hold.
func lowerFJcvt(g *gen, in *ir.Inst) bool {
	if g.slowFP {
		return false
	}
	g.clobber()
	a := g.reg(g.useM(in.A))
	d := g.defG(0)
	t := g.tmp()
	g.zeroUpper32()
	g.op2(asm.CVTTSD2SI, asm.G(d), a)
	g.a.RI(asm.CMP, 4, d, 1)
	end := g.a.JccShort(asm.CcNO)
	g.op3i(asm.ROUNDSD, t, t, a, roundTrunc|roundQuiet) // so that it is not inexact, too
	g.op2(asm.CVTTSD2SIq, asm.G(d), t)
	g.a.RI(asm.CMP, 8, d, 1)
	k := keptNone
	back := g.slowJump(asm.CcO, uint8(d), &k)
	g.a.RR(asm.MOV, 4, d, d)
	g.a.Bind(back)
	g.a.Land(end)
	return true
}

// lowerFJcvtZ: Z if nothing is lost, that is if the 32-bit integer converts back to the same bits; so not for -0. The
// exceptions are those of the FJcvt beside it, once more.
func lowerFJcvtZ(g *gen, in *ir.Inst) bool {
	if g.slowFP || g.G.slots == 0 {
		return false
	}
	g.clobber()
	a := g.reg(g.useM(in.A))
	x, y, t := g.tmpG(), g.tmpG(), g.tmp()
	g.op2(asm.CVTTSD2SI, asm.G(x), a)
	g.zeroV(t)
	g.op3(asm.CVTSI2SD, t, t, asm.G(x))
	g.op2(asm.MOVQG, asm.G(x), t)
	g.op2(asm.MOVQG, asm.G(y), a)
	g.a.RR(asm.CMP, 8, x, y)
	g.a.RI(asm.MOV, 4, y, int32(state.PackNZCV(0)))
	g.a.RI(asm.MOV, 4, x, int32(state.PackNZCV(4)))
	g.a.RR(asm.CMOV(asm.CcE), 4, y, x)
	s := g.G.allocSlot()
	g.a.MR(asm.MOV, 8, g.G.slotMem(s), y)
	g.v[g.ref].loc, g.v[g.ref].reg = locSpill, s
	return true
}
