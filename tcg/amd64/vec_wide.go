package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Widening, narrowing and reductions across lanes.

var (
	pmovsx = [3]asm.VOp{asm.PMOVSXBW, asm.PMOVSXWD, asm.PMOVSXDQ}
	pmovzx = [3]asm.VOp{asm.PMOVZXBW, asm.PMOVZXWD, asm.PMOVZXDQ}
)

// widenV is d = the low lanes of 1<<size bytes of s, or with hi the high ones, widened.
func (g *gen) widenV(size uint8, signed, hi bool, d asm.XReg, s opnd) {
	op := pmovzx[size]
	if signed {
		op = pmovsx[size]
	}
	if hi {
		if s.isMem() {
			s.m.Disp += 8
		} else {
			g.op2i(asm.PSHUFD, d, s.r, 0xee)
			s = xop(d)
		}
	}
	g.op2o(op, d, s)
}

func isHi(in *ir.Inst) bool { return in.Shape&ir.ShapeHi != 0 }

func lowerVXtl(g *gen, in *ir.Inst) bool {
	a := g.useM(in.A)
	g.widenV(in.Size, in.Op == ir.VSXtl, isHi(in), g.defV(mayA), a)
	return true
}

// lowerVMull. Words: the low and the high halves of the products, interleaved. Doublewords: PMULDQ takes the even ones.
func lowerVMull(g *gen, in *ir.Inst) bool {
	signed := in.Op == ir.VSMull || in.Op == ir.VSQDMull
	hi := isHi(in)
	switch in.Size {
	case 0:
		a, b := g.useM(in.A), g.useM(in.B)
		t := g.tmp()
		g.widenV(0, signed, hi, t, b)
		d := g.defV(mayA)
		g.widenV(0, signed, hi, d, a)
		g.op3(asm.PMULLW, d, d, t)
		return true
	case 1:
		a, b := g.useV(in.A), g.useV(in.B)
		mulh := asm.PMULHUW
		if signed {
			mulh = asm.PMULHW
		}
		t := g.tmp()
		g.op3(mulh, t, a, b)
		d := g.defV(mayA | mayB)
		g.op3(asm.PMULLW, d, a, b)
		unpack := asm.PUNPCKLWD
		if hi {
			unpack = asm.PUNPCKHWD
		}
		g.op3(unpack, d, d, t)
		return true
	case 2:
		a, b := g.useM(in.A), g.useM(in.B)
		g.mulLong(g.defV(0), a, b, signed, hi)
		return true
	}
	return false
}

// mulLong is d = the products of the low or high doublewords of a and b. d is neither's register.
func (g *gen) mulLong(d asm.XReg, a, b opnd, signed, hi bool) {
	order := uint8(0x50)
	if hi {
		order = 0xfa
	}
	t := g.tmp()
	g.op2io(asm.PSHUFD, t, b, order)
	g.op2io(asm.PSHUFD, d, a, order)
	if signed {
		g.op3(asm.PMULDQ, d, d, t)
	} else {
		g.op3(asm.PMULUDQ, d, d, t)
	}
}

// lowerVSQDMull doubles the products; only that of the two least numbers becomes too large for it.
func lowerVSQDMull(g *gen, in *ir.Inst) bool {
	scalar := in.Shape&ir.ShapeMask == ir.ShapeS
	g.clobber()
	hi := isHi(in)
	var d, t asm.XReg
	if in.Size == 1 {
		a, b := g.useV(in.A), g.useV(in.B)
		d, t = g.defV(0), g.tmp()
		g.op3(asm.PMULHW, t, a, b)
		g.op3(asm.PMULLW, d, a, b)
		if hi {
			g.op3(asm.PUNPCKHWD, d, d, t)
		} else {
			g.op3(asm.PUNPCKLWD, d, d, t)
		}
		g.op3(asm.PADDD, d, d, d)
	} else {
		a, b := g.useM(in.A), g.useM(in.B)
		d = g.defV(0)
		g.mulLong(d, a, b, true, hi)
		t = g.tmp()
		g.op3(asm.PADDQ, d, d, d)
	}
	g.op3m(pcmpeqOp[in.Size+1], t, d, g.signBits(in.Size+1))
	x := g.tmpG()
	g.signs(x, t, in.Size+1)
	if scalar {
		g.keepLow(d, xop(d), in.Size+1)
		g.setZeroAbove(in.Size + 1)
		g.a.RI(asm.TEST, 1, x, 1)
	} else {
		g.a.RR(asm.TEST, 4, x, x)
	}
	g.slowIf(asm.CcNE, uint8(d))
	return true
}

// lowerVABDL: the difference fits the narrow lane if it is taken as unsigned.
func lowerVABDL(g *gen, in *ir.Inst) bool {
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(mayA | mayB)
	g.absDiff(in.Size, in.Op == ir.VSABDL, d, a, b)
	g.widenV(in.Size, false, isHi(in), d, xop(d))
	return true
}

// lowerVAddLP adds neighbours: PMADD with ones, or the even and the odd lanes moved into place.
func lowerVAddLP(g *gen, in *ir.Inst) bool {
	live := max(g.live(in.A), in.Size+1)
	d, ok := g.addPairs(in, in.Op == ir.VSAddLP)
	if ok {
		g.shapeV(in, d, live)
	}
	return ok
}

func (g *gen) addPairs(in *ir.Inst, signed bool) (d asm.XReg, ok bool) {
	ones := g.const64(lanesConst(in.Size, 1))
	switch {
	case in.Size == 0 && signed: // the signed operand is the second
		a := g.useM(in.A)
		d = g.defV(0)
		g.loadV(d, ones)
		g.op3o(asm.PMADDUBSW, d, d, a)
	case in.Size == 0:
		a := g.useV(in.A)
		d = g.defV(mayA)
		g.op3m(asm.PMADDUBSW, d, a, ones)
	case in.Size == 1 && signed:
		a := g.useV(in.A)
		d = g.defV(mayA)
		g.op3m(asm.PMADDWD, d, a, ones)
	case in.Size == 1:
		a := g.useV(in.A)
		t := g.tmp()
		g.op2i(asm.PSRLDi, t, a, 16)
		d = g.defV(mayA)
		g.op3m(asm.PAND, d, a, g.const64(0x0000ffff0000ffff))
		g.op3(asm.PADDD, d, d, t)
	case in.Size == 2 && signed:
		a := g.useV(in.A)
		t, u := g.tmp(), g.tmp()
		g.op2i(asm.PSRLQi, t, a, 32)
		g.loadV(u, ones)
		g.op3(asm.PMULDQ, t, t, u)
		d = g.defV(mayA)
		g.op3(asm.PMULDQ, d, a, u)
		g.op3(asm.PADDQ, d, d, t)
	case in.Size == 2:
		a := g.useV(in.A)
		t := g.tmp()
		g.op2i(asm.PSRLQi, t, a, 32)
		d = g.defV(mayA)
		g.op3m(asm.PAND, d, a, g.const64(0x00000000ffffffff))
		g.op3(asm.PADDQ, d, d, t)
	default:
		return 0, false
	}
	return d, true
}

// narrowing is the shuffle that takes the low halves of lanes twice as wide, or the high ones, and clears the rest.
func narrowing(size uint8, n int, high bool) perm {
	odd := 0
	if high {
		odd = 1
	}
	return lanePerm(size, n, func(i int) int { return 2*i + odd })
}

// narrowLanes is the number of lanes of a narrowing's result.
func narrowLanes(in *ir.Inst) int {
	if in.Shape&ir.ShapeMask == ir.ShapeS {
		return 1
	}
	return 8 >> in.Size
}

// narrowLive records what the result of a narrowing has.
func (g *gen) narrowLive(in *ir.Inst) {
	if in.Shape&ir.ShapeMask == ir.ShapeS {
		g.setZeroAbove(in.Size)
	} else {
		g.setZeroAbove(3)
	}
}

// lowerVXtn: what stays is a shuffle; a right shift by the width of the result picks the high halves.
func lowerVXtn(g *gen, in *ir.Inst) bool {
	a := g.useV(in.A)
	d := g.defV(mayA)
	n := uint8(in.Aux)
	width := uint8(8) << in.Size
	src, high := a, n == width
	if in.Op == ir.VRShrn && n > 0 {
		g.op3m(paddOp[in.Size+1], d, a, g.const64(lanesConst(in.Size+1, 1<<(n-1))))
		src = d
	}
	if n > 0 && !high {
		g.op2i(psrlI[in.Size+1], d, src, n)
		src = d
	}
	p := narrowing(in.Size, narrowLanes(in), high)
	g.shuffle(d, src, &p)
	g.narrowLive(in)
	return true
}

func lowerVAddHN(g *gen, in *ir.Inst) bool {
	wide := in.Size + 1
	op := paddOp[wide]
	if in.Op == ir.VSubHN || in.Op == ir.VRSubHN {
		op = psubOp[wide]
	}
	a, b := g.useV(in.A), g.useM(in.B)
	d := g.defV(mayA | mayB)
	g.op3o(op, d, a, b)
	if in.Op == ir.VRAddHN || in.Op == ir.VRSubHN {
		g.op3m(paddOp[wide], d, d, g.const64(lanesConst(wide, 1<<(8<<in.Size-1))))
	}
	p := narrowing(in.Size, narrowLanes(in), true)
	g.shuffle(d, d, &p)
	g.narrowLive(in)
	return true
}

// lowerVSatNarrow: the packs saturate; QC is set if widening does not give back what there was. From 64 bits the slow
// path saturates.
func lowerVSatNarrow(g *gen, in *ir.Inst) bool {
	n, size, wide := uint8(in.Aux), in.Size, in.Size+1
	signed := in.Op != ir.VUQXtn && in.Op != ir.VUQRShrn
	toUnsigned := !signed || in.Op == ir.VSQXtun || in.Op == ir.VSQRShrun
	round := in.Op == ir.VSQRShrn || in.Op == ir.VUQRShrn || in.Op == ir.VSQRShrun
	scalar := in.Shape&ir.ShapeMask == ir.ShapeS
	g.clobber()
	a := g.useV(in.A)
	d := g.defV(0)
	s := a
	if n > 0 {
		s = g.tmp()
		if round {
			g.rshr(wide, signed, s, a, n)
		} else {
			g.shr(wide, signed, s, a, n)
		}
	}
	t := g.tmp()
	if size == 2 {
		p := narrowing(2, narrowLanes(in), false)
		g.shuffle(d, s, &p)
	} else {
		g.zeroV(t)
		from := s
		if !signed {
			g.op3m(pminuOp[wide], d, s, g.const64(lanesConst(wide, 1<<(8<<size)-1)))
			from = d
		}
		pack := [2][2]asm.VOp{{asm.PACKSSWB, asm.PACKSSDW}, {asm.PACKUSWB, asm.PACKUSDW}}[b2i(toUnsigned)][size]
		g.op3(pack, d, from, t)
		if scalar {
			g.keepLow(d, xop(d), size)
		}
	}
	g.narrowLive(in)
	g.widenV(size, !toUnsigned, false, t, xop(d))
	g.op3(asm.PXOR, t, t, s)
	if scalar {
		g.keepLow(t, xop(t), wide)
	}
	g.op2(asm.PTEST, t, t)
	if size == 2 {
		g.slowIf(asm.CcNE, uint8(d))
	} else {
		g.coldQC(asm.CcNE)
	}
	return true
}

// lowerVAddV: PSADBW adds bytes; else halves are added until one lane is left.
func lowerVAddV(g *gen, in *ir.Inst) bool {
	w := widthOf(in)
	if in.Size == 3 {
		return false
	}
	if in.Size == 0 {
		g.sumBytes(in, false)
		d := g.resultV()
		g.keepLow(d, xop(d), 0)
		g.setZeroAbove(0)
		return true
	}
	a := g.useV(in.A)
	d := g.defV(0)
	t := g.tmp()
	op := paddOp[in.Size]
	if w == 4 {
		g.op2i(asm.PSHUFD, t, a, 0xee)
		g.op3(op, d, t, a)
		a = d
	}
	g.op2i(asm.PSHUFD, t, a, 0x55)
	g.op3(op, d, t, a)
	if in.Size == 1 {
		g.op2i(asm.PSRLDi, t, d, 16)
		g.op3(op, d, d, t)
	}
	g.keepLow(d, xop(d), in.Size)
	g.setZeroAbove(in.Size)
	return true
}

// sumBytes puts the sum of the bytes of A into the low half of the result, the rest zero. Signed bytes are taken as
// 128 more, and this is subtracted again.
func (g *gen) sumBytes(in *ir.Inst, signed bool) {
	w := widthOf(in)
	a := g.useM(in.A)
	d := g.defV(0)
	t := g.tmp()
	if w == 3 {
		g.keepLow(d, a, 3)
	} else {
		g.copyV(d, a)
	}
	if signed {
		bias := uint64(0x8080808080808080)
		if w == 3 {
			g.op3m(asm.PXOR, d, d, g.constV(bias, 0))
		} else {
			g.op3m(asm.PXOR, d, d, g.const64(bias))
		}
	}
	g.zeroV(t)
	g.op3(asm.PSADBW, d, d, t)
	if w == 4 {
		g.op2i(asm.PSRLDQ, t, d, 8)
		g.op3(asm.PADDD, d, d, t)
		g.keepLow(d, xop(d), 3)
	}
	if signed {
		g.op3m(asm.PSUBW, d, d, g.constV(128<<w, 0))
	}
	g.setZeroAbove(3)
}

// lowerVAddLV: as PADDLP, then the sum of what is twice as wide.
func lowerVAddLV(g *gen, in *ir.Inst) bool {
	signed := in.Op == ir.VSAddLV
	w := widthOf(in)
	if in.Size == 0 {
		g.sumBytes(in, signed)
		g.setZeroAbove(1)
		return true
	}
	d, ok := g.addPairs(in, signed)
	if !ok {
		return false
	}
	wide := in.Size + 1
	t := g.tmp()
	if w == 4 {
		g.op2i(asm.PSHUFD, t, d, 0xee)
		g.op3(paddOp[wide], d, d, t)
	}
	if wide == 2 {
		g.op2i(asm.PSHUFD, t, d, 0x55)
		g.op3(asm.PADDD, d, d, t)
	}
	g.keepLow(d, xop(d), wide)
	g.setZeroAbove(wide)
	return true
}

// lowerVMinMaxV: PHMINPOSUW finds the least of eight unsigned words. Bytes become words that are the lesser of two,
// maxima and signed lanes are turned into unsigned minima by changes of bits, which a change of the result undoes.
func lowerVMinMaxV(g *gen, in *ir.Inst) bool {
	w, size := widthOf(in), in.Size
	if size > 2 {
		return false
	}
	a := g.useV(in.A)
	d := g.defV(0)
	t := g.tmp()
	if size == 2 {
		op := [4]asm.VOp{asm.PMAXSD, asm.PMINSD, asm.PMAXUD, asm.PMINUD}[in.Op-ir.VSMaxV]
		if w == 4 {
			g.op2i(asm.PSHUFD, t, a, 0xee)
			g.op3(op, d, t, a)
			a = d
		}
		g.op2i(asm.PSHUFD, t, a, 0x55)
		g.op3(op, d, t, a)
		g.keepLow(d, xop(d), 2)
		g.setZeroAbove(2)
		return true
	}
	width := uint(8) << size
	flip := [4]uint64{1<<(width-1) - 1, 1 << (width - 1), 1<<width - 1, 0}[in.Op-ir.VSMaxV]
	if w == 3 {
		g.op2i(asm.PSHUFD, d, a, 0x44)
		a = d
	}
	if flip != 0 {
		g.op3m(asm.PXOR, d, a, g.const64(lanesConst(size, flip)))
		a = d
	}
	if size == 0 {
		g.op2i(asm.PSRLWi, t, a, 8)
		g.op3(asm.PMINUB, d, t, a)
		a = d
	}
	g.op2(asm.PHMINPOSUW, d, a)
	// Word 1 is the index of the word; the rest is zero.
	g.op3m(asm.PAND, d, d, g.constV(1<<width-1, 0))
	if flip != 0 {
		g.op3m(asm.PXOR, d, d, g.constV(flip, 0))
	}
	g.setZeroAbove(size)
	return true
}
