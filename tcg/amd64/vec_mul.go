package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Saturating and polynomial multiplications, dot products, and counting bits.

// lowerVSQDMulH: the high half of twice the product. PMULHRSW is just that for words, rounded. The one product that is
// too large is that of the two least numbers, and only it gives the least number.
func lowerVSQDMulH(g *gen, in *ir.Inst) bool {
	round := in.Op == ir.VSQRDMulH
	live, w := g.live2(in), widthOf(in)
	g.clobber()
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(0)
	t := g.tmp()
	if in.Size == 1 {
		if round {
			g.op3(asm.PMULHRSW, d, a, b)
		} else {
			g.op3(asm.PMULLW, t, a, b)
			g.op3(asm.PMULHW, d, a, b)
			g.op2i(asm.PSRLWi, t, t, 15)
			g.op3(asm.PADDW, d, d, d)
			g.op3(asm.POR, d, d, t)
		}
	} else {
		u := g.tmp()
		g.op3(asm.PMULDQ, t, a, b)
		g.op2i(asm.PSRLQi, d, a, 32)
		g.op2i(asm.PSRLQi, u, b, 32)
		g.op3(asm.PMULDQ, d, d, u)
		if round { // half of what is the last bit after the doubling
			m := g.const64(1 << 30)
			g.op3m(asm.PADDQ, t, t, m)
			g.op3m(asm.PADDQ, d, d, m)
		}
		g.op3(asm.PADDQ, t, t, t)
		g.op3(asm.PADDQ, d, d, d)
		g.op2i(asm.PSRLQi, t, t, 32)
		g.op3i(asm.PBLENDW, d, t, d, 0xcc)
	}
	g.shapeV(in, d, live)
	g.op3m(pcmpeqOp[in.Size], t, d, g.signBits(in.Size))
	if w < 4 {
		g.keepLow(t, xop(t), w)
	}
	g.op2(asm.PTEST, t, t)
	g.slowIf(asm.CcNE, uint8(d))
	return true
}

// lowerVPMull: carry-less products of 64 bits. Those of bytes are left to the slow path.
func lowerVPMull(g *gen, in *ir.Inst) bool {
	if in.Size != 3 || !g.feat.PCLMUL {
		return false
	}
	a, b := g.useV(in.A), g.useM(in.B)
	which := uint8(0)
	if isHi(in) {
		which = 0x11
	}
	g.op3io(asm.PCLMULQDQ, g.defV(mayA|mayB), a, b, which)
	return true
}

// lowerVDot: the even and the odd bytes as words, multiplied and added in pairs by PMADDWD.
func lowerVDot(g *gen, in *ir.Inst) bool {
	w := widthOf(in)
	a, b, c := g.useV(in.A), g.useV(in.B), g.useM(in.C)
	if g.v4 && g.feat.VNNI {
		g.dotVNNI(in, a, b, c)
		return true
	}
	d := g.defV(0)
	t, u := g.tmp(), g.tmp()
	even := func(r, s asm.XReg, signed bool) {
		if signed {
			g.op2i(asm.PSLLWi, r, s, 8)
			g.op2i(asm.PSRAWi, r, r, 8)
		} else {
			g.op3m(asm.PAND, r, s, g.const64(0x00ff00ff00ff00ff))
		}
	}
	odd := func(r, s asm.XReg, signed bool) {
		if signed {
			g.op2i(asm.PSRAWi, r, s, 8)
		} else {
			g.op2i(asm.PSRLWi, r, s, 8)
		}
	}
	sa, sb := in.Op == ir.VSDot, in.Op != ir.VUDot
	even(t, a, sa)
	even(u, b, sb)
	g.op3(asm.PMADDWD, t, t, u)
	odd(d, a, sa)
	odd(u, b, sb)
	g.op3(asm.PMADDWD, d, d, u)
	g.op3(asm.PADDD, d, d, t)
	g.op3o(asm.PADDD, d, d, c)
	g.keepLow(d, xop(d), w)
	g.setZeroAbove(w)
	return true
}

// dotVNNI has signed bytes made unsigned, or the other way round, by a change of their sign bits, which adds 128, and
// takes 128 times the sum of the other factors away again.
func (g *gen) dotVNNI(in *ir.Inst, a, b asm.XReg, c opnd) {
	w := widthOf(in)
	d := g.defV(mayC)
	g.copyV(d, c)
	switch in.Op {
	case ir.VUSDot:
		g.op3(asm.VPDPBUSD, d, a, b)
	case ir.VUDot:
		t := g.tmp()
		half := g.const64(0x4040404040404040)
		g.op3m(asm.PXOR, t, b, g.signBits(0))
		g.op3(asm.VPDPBUSD, d, a, t)
		g.op3m(asm.VPDPBUSD, d, a, half)
		g.op3m(asm.VPDPBUSD, d, a, half)
	default:
		t, u := g.tmp(), g.tmp()
		g.loadV(t, g.signBits(0))
		g.zeroV(u)
		g.op3(asm.VPDPBUSD, u, t, b)
		g.op3(asm.PXOR, t, t, a)
		g.op3(asm.VPDPBUSD, d, t, b)
		g.op3(asm.PSUBD, d, d, u)
	}
	g.keepLow(d, xop(d), w)
	g.setZeroAbove(w)
}

// Tables by nibble.
const (
	cntLo, cntHi   = 0x0302020102010100, 0x0403030203020201 // set bits
	clzLo, clzHi   = 0x0505050506060708, 0x0404040404040404 // leading zeros of the lower nibble, 8 for none set
	clzLo4, clzHi4 = 0x0101010102020308, 0x0000000000000000 // of the upper one
	rbitLo, rbitHi = 0xe060a020c0408000, 0xf070b030d0509010 // reversed, of the lower nibble
	rbitL4, rbitH4 = 0x0e060a020c040800, 0x0f070b030d050901 // and of the upper one
	nibbles        = 0x0f0f0f0f0f0f0f0f
)

// byNibbles is d, t = the bytes that two tables have for the lower and the upper nibbles of the bytes of s. d is not s.
func (g *gen) byNibbles(d, t, s asm.XReg, lo, hi asm.Mem) {
	m := g.const64(nibbles)
	u := g.tmp()
	g.op2i(asm.PSRLWi, u, s, 4)
	g.op3m(asm.PAND, u, u, m)
	g.loadV(t, hi)
	g.op3(asm.PSHUFB, t, t, u)
	g.op3m(asm.PAND, u, s, m)
	g.loadV(d, lo)
	g.op3(asm.PSHUFB, d, d, u)
}

func lowerVCnt(g *gen, in *ir.Inst) bool {
	live := g.live1(in)
	if g.v4 && g.feat.BITALG {
		a := g.useM(in.A)
		d := g.defV(mayA)
		g.op2o(asm.VPOPCNTB, d, a)
		g.shapeV(in, d, live)
		return true
	}
	a := g.useV(in.A)
	d := g.defV(0)
	t := g.tmp()
	table := g.constV(cntLo, cntHi)
	g.byNibbles(d, t, a, table, table)
	g.op3(asm.PADDB, d, d, t)
	g.shapeV(in, d, live)
	return true
}

func lowerVRBit(g *gen, in *ir.Inst) bool {
	live := g.live1(in)
	a := g.useV(in.A)
	if g.feat.GFNI {
		d := g.defV(mayA)
		g.affine(d, a, bitMatrix(func(i int) int { return 7 - i }))
		g.shapeV(in, d, live)
		return true
	}
	d := g.defV(0)
	t := g.tmp()
	g.byNibbles(d, t, a, g.constV(rbitLo, rbitHi), g.constV(rbitL4, rbitH4))
	g.op3(asm.POR, d, d, t)
	g.shapeV(in, d, live)
	return true
}

// lowerVClz counts leading zeros, of bytes by nibbles; wider lanes from those of their halves, where the lower half counts only
// if the upper one is zero. CLS is CLZ of the lane xored with its sign, less one.
func lowerVClz(g *gen, in *ir.Inst) bool {
	size := in.Size
	if size == 3 {
		return false
	}
	a := g.useV(in.A)
	d := g.defV(0)
	t := g.tmp()
	if in.Op == ir.VCls {
		if size == 0 {
			g.zeroV(t)
			g.op3(asm.PCMPGTB, t, t, a)
		} else {
			g.op2i(psraI[size], t, a, 8<<size-1)
		}
		s := g.tmp()
		g.op3(asm.PXOR, s, t, a)
		a = s
	}
	if size == 2 && g.v4 {
		g.op2(asm.VPLZCNTD, d, a)
	} else {
		g.byNibbles(d, t, a, g.constV(clzLo, clzHi), g.constV(clzLo4, clzHi4))
		g.op3(asm.PMINUB, d, d, t)
		for s := uint8(1); s <= size; s++ {
			// d has the counts of lanes of half the size. t = the lower one where the upper one is full, which
			// is then added to the upper one, moved down.
			half := uint8(4) << s
			u := g.tmp()
			g.op2i(psrlI[s], u, d, half) // the upper counts
			g.op3m(pcmpeqOp[s], t, u, g.const64(lanesConst(s, uint64(half))))
			g.op3(asm.PAND, t, t, d)
			g.op3m(asm.PAND, t, t, g.const64(lanesConst(s, 1<<half-1)))
			g.op3(paddOp[s], d, u, t)
		}
	}
	if in.Op == ir.VCls {
		g.onesV(t)
		g.op3(paddOp[size], d, d, t)
	}
	g.shapeV(in, d, 4)
	return true
}

// lowerVMmla: products of rows of eight bytes: A's two with B's two. As words, PMADDWD multiplies and adds pairs, and two
// levels of PHADDD do the rest for all four.
func lowerVMmla(g *gen, in *ir.Inst) bool {
	a, b, c := g.useV(in.A), g.useV(in.B), g.useM(in.C)
	sa, sb := in.Op == ir.VSMmla, in.Op != ir.VUMmla
	d := g.defV(0)
	t, u, v := g.tmp(), g.tmp(), g.tmp()
	g.widenV(0, sb, false, u, xop(b))
	g.widenV(0, sb, true, v, xop(b))
	g.widenV(0, sa, false, d, xop(a))
	g.op3(asm.PMADDWD, t, d, v)
	g.op3(asm.PMADDWD, d, d, u)
	g.op3(asm.PHADDD, d, d, t)
	g.widenV(0, sa, true, t, xop(a))
	g.op3(asm.PMADDWD, u, u, t)
	g.op3(asm.PMADDWD, t, t, v)
	g.op3(asm.PHADDD, u, u, t)
	g.op3(asm.PHADDD, d, d, u)
	g.op3o(asm.PADDD, d, d, c)
	return true
}
