package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Shifts of lanes. x86 has none of bytes: they are shifted as words and masked, or, with GFNI, multiplied by a matrix
// of bits; and before AVX-512 no arithmetic one of 64 bits.

var (
	psllI = [4]asm.VOp{asm.PSLLWi, asm.PSLLWi, asm.PSLLDi, asm.PSLLQi}
	psrlI = [4]asm.VOp{asm.PSRLWi, asm.PSRLWi, asm.PSRLDi, asm.PSRLQi}
	psraI = [4]asm.VOp{0, asm.PSRAWi, asm.PSRADi, asm.VPSRAQi}
)

// bitMatrix builds a matrix for GF2P8AFFINEQB: bit i of each result byte is bit f(i) of the source byte, or 0 when
// that is no bit.
func bitMatrix(f func(int) int) (m uint64) {
	for i := range 8 {
		if j := f(i); j >= 0 && j < 8 {
			m |= 1 << j << (8 * (7 - i))
		}
	}
	return
}

// affine is d = s with the bits of each byte rearranged.
func (g *gen) affine(d, s asm.XReg, m uint64) {
	g.op3io(asm.GF2P8AFFINEQB, d, s, mop(g.const64(m)), 0)
}

// shl is d = s << n on lanes.
func (g *gen) shl(size uint8, d, s asm.XReg, n uint8) {
	switch {
	case n == 0:
		g.movV(d, s)
	case size > 0:
		g.op2i(psllI[size], d, s, n)
	case n == 1:
		g.op3(asm.PADDB, d, s, s)
	case g.feat.GFNI:
		g.affine(d, s, bitMatrix(func(i int) int { return i - int(n) }))
	default:
		g.op2i(asm.PSLLWi, d, s, n)
		g.op3m(asm.PAND, d, d, g.const64(lanesConst(0, 0xff<<n)))
	}
}

// shr is d = s >> n on lanes, 0 <= n <= width. Only 64-bit signed shifts need a temporary.
func (g *gen) shr(size uint8, signed bool, d, s asm.XReg, n uint8) {
	width := uint8(8) << size
	switch {
	case n == 0:
		g.movV(d, s)
	case signed && (n >= width-1) && (size == 0 && !g.feat.GFNI || size == 3 && !g.v4):
		t := g.tmp()
		g.zeroV(t)
		g.op3(pcmpgtOp[size], t, t, s)
		g.movV(d, t)
	case size > 0 && !signed:
		g.op2i(psrlI[size], d, s, n)
	case size > 0 && (size < 3 || g.v4):
		g.op2i(psraI[size], d, s, n)
	case size == 3:
		t := g.tmp()
		g.zeroV(t)
		g.op3(asm.PCMPGTQ, t, t, s)
		g.op2i(asm.PSLLQi, t, t, 64-n)
		g.op2i(asm.PSRLQi, d, s, n)
		g.op3(asm.POR, d, d, t)
	case g.feat.GFNI:
		g.affine(d, s, bitMatrix(func(i int) int {
			if signed {
				return min(i+int(n), 7)
			}
			return i + int(n)
		}))
	default:
		g.op2i(asm.PSRLWi, d, s, n)
		g.op3m(asm.PAND, d, d, g.const64(lanesConst(0, 0xff>>n)))
		if signed {
			m := g.const64(lanesConst(0, 0x80>>n))
			g.op3m(asm.PXOR, d, d, m)
			g.op3m(asm.PSUBB, d, d, m)
		}
	}
}

// rshr is d = s >> n rounded to nearest: the shifted value plus the last bit that went out. 1 <= n <= width.
func (g *gen) rshr(size uint8, signed bool, d, s asm.XReg, n uint8) {
	width := uint8(8) << size
	if size == 0 && !g.feat.GFNI {
		// PAVGB with 0 shifts by one and rounds; signed bytes move up by 0x80 for it, and down again after.
		if signed && n == 8 {
			g.zeroV(d)
			return
		}
		t := g.tmp()
		if signed {
			g.op3m(asm.PXOR, d, s, g.signBits(0))
			s = d
		}
		g.shr(0, false, d, s, n-1)
		g.zeroV(t)
		g.op3(asm.PAVGB, d, d, t)
		if signed {
			g.op3m(asm.PSUBB, d, d, g.const64(lanesConst(0, 0x80>>n)))
		}
		return
	}
	t := g.tmp()
	if size == 0 {
		g.affine(t, s, bitMatrix(func(i int) int {
			if i == 0 {
				return int(n) - 1
			}
			return -1
		}))
	} else {
		if n < width {
			g.op2i(psllI[size], t, s, width-n)
			g.op2i(psrlI[size], t, t, width-1)
		} else {
			g.op2i(psrlI[size], t, s, width-1)
		}
	}
	g.shr(size, signed, d, s, n)
	g.op3(paddOp[size], d, d, t)
}

func lowerVShiftI(g *gen, in *ir.Inst) bool {
	live := g.live1(in)
	a := g.useV(in.A)
	d := g.defV(mayA)
	n := uint8(in.Aux)
	switch in.Op {
	case ir.VShlI:
		g.shl(in.Size, d, a, n)
	case ir.VSShrI, ir.VUShrI:
		g.shr(in.Size, in.Op == ir.VSShrI, d, a, n)
	default:
		g.rshr(in.Size, in.Op == ir.VSRShrI, d, a, n)
	}
	g.shapeV(in, d, live)
	return true
}

// lowerVInsertShift: SLI and SRI put B, shifted, into A.
func lowerVInsertShift(g *gen, in *ir.Inst) bool {
	live := g.live2(in)
	a, b := g.useV(in.A), g.useV(in.B)
	n := uint8(in.Aux)
	full := lanesConst(in.Size, ^uint64(0)>>(64-8<<in.Size))
	op, m := psllI[in.Size], full<<n
	if in.Op == ir.VSriI {
		op, m = psrlI[in.Size], ^uint64(0)>>(64-8<<in.Size)>>n
	}
	m = lanesConst(in.Size, m) // the bits that come from B
	t := g.tmp()
	g.op2i(op, t, b, n)
	d := g.defV(mayA | mayB)
	if g.v4 {
		g.tern(d, a, t, mop(g.const64(m)), 0xf0&0x55|0xcc&0xaa)
	} else {
		g.op3(asm.PXOR, t, t, a)
		g.op3m(asm.PAND, t, t, g.const64(m))
		g.op3(asm.PXOR, d, t, a)
	}
	g.shapeV(in, d, live)
	return true
}

// lowerVSatShiftI: a shift to the left that loses nothing comes back by a shift to the right; else the slow path
// saturates.
func lowerVSatShiftI(g *gen, in *ir.Inst) bool {
	n := uint8(in.Aux)
	if in.Op == ir.VSQShluI && n == 0 {
		return false
	}
	live, w := g.live1(in), widthOf(in)
	g.clobber()
	a := g.useV(in.A)
	d := g.defV(0)
	t := g.tmp()
	g.shl(in.Size, d, a, n)
	g.shr(in.Size, in.Op == ir.VSQShlI, t, d, n)
	g.op3(asm.PXOR, t, t, a)
	if live > w {
		g.keepLow(t, xop(t), w)
	}
	g.shapeV(in, d, live)
	g.op2(asm.PTEST, t, t)
	g.slowIf(asm.CcNE, uint8(d))
	return true
}

// lowerVShift: by the signed low byte of each lane of B. Variable shifts by more than the width give 0, or the sign, so
// that the left and the right shift can both be done and put together: shift counts are taken modulo 256, and of
// those of a left and of a right shift one is always beyond the width, or both are 0.
func lowerVShift(g *gen, in *ir.Inst) bool {
	signed := in.Op == ir.VSShl || in.Op == ir.VSRShl
	round := in.Op == ir.VSRShl || in.Op == ir.VURShl
	size := in.Size
	if size == 0 && !round {
		return g.shiftBytes(in)
	}
	if !g.v3 || size == 0 {
		return false
	}
	live := g.live1(in)
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(0)
	t, u := g.tmp(), noX
	if signed && !g.v4 {
		u = g.tmp()
	}
	if size > 1 || g.v4 {
		g.shiftV(size, signed, round, d, a, b, t, u)
		g.shapeV(in, d, live)
		return true
	}
	// Words as doublewords, of which the low halves are packed together then.
	x, y, e := g.tmp(), g.tmp(), g.tmp()
	low := g.const64(0x0000ffff0000ffff)
	for i, r := range [2]asm.XReg{e, d} {
		g.widenV(1, signed, i == 0, x, xop(a))
		g.widenV(1, true, i == 0, y, xop(b))
		g.shiftV(2, signed, round, r, x, y, t, u)
		g.op3m(asm.PAND, r, r, low)
	}
	g.op3(asm.PACKUSDW, d, d, e)
	g.shapeV(in, d, live)
	return true
}

// shiftV is d = a shifted by the low bytes of b. d is neither. It needs VEX, and V4 for words; u is wanted for signed
// lanes below V4.
func (g *gen) shiftV(size uint8, signed, round bool, d, a, b, t, u asm.XReg) {
	sll := [4]asm.VOp{0, asm.VPSLLVW, asm.VPSLLVD, asm.VPSLLVQ}[size]
	srl := [4]asm.VOp{0, asm.VPSRLVW, asm.VPSRLVD, asm.VPSRLVQ}[size]
	sra := [4]asm.VOp{0, asm.VPSRAVW, asm.VPSRAVD, asm.VPSRAVQ}[size]
	low := g.const64(lanesConst(size, 0xff))
	g.zeroV(t)
	g.op3(psubOp[size], t, t, b)
	g.op3m(asm.PAND, t, t, low) // count of the right shift
	g.op3m(asm.PAND, d, b, low) // of the left shift
	g.op3(sll, d, a, d)
	switch {
	case !signed:
		g.op3(srl, t, a, t)
		g.op3(asm.POR, d, d, t)
	case g.v4:
		g.a.V3M(vptestOp[size], asm.L128, asm.K(asm.K1), b, g.const64(lanesConst(size, 0x80)))
		g.a.V3(sra.M(asm.K1), asm.L128, d, a, t)
	default:
		g.sraV(size, t, a, t, u)
		if size == 2 {
			g.op2i(asm.PSLLDi, u, b, 24)
			g.a.V4(asm.VBLENDVPS, asm.L128, d, d, t, u)
		} else {
			g.op2i(asm.PSLLQi, u, b, 56)
			g.a.V4(asm.VBLENDVPD, asm.L128, d, d, t, u)
		}
	}
	if !round {
		return
	}
	// Plus the last bit that went out: the count of the right shift less one is ^B modulo 256. A left shift has no
	// such bit: its count is beyond the width, where the logical shift gives 0.
	g.op3m(asm.PANDN, t, b, low)
	switch {
	case !signed:
		g.op3(srl, t, a, t)
	case g.v4:
		g.a.V3(sra.Z(asm.K1), asm.L128, t, a, t)
	default:
		g.sraV(size, t, a, t, u)
		g.op2i(psllI[size], u, b, 8<<size-8) // the sign of B as the last bit
		g.op2i(psrlI[size], u, u, 8<<size-1)
		g.op3(asm.PAND, t, t, u)
	}
	g.op3m(asm.PAND, t, t, g.const64(lanesConst(size, 1)))
	g.op3(paddOp[size], d, d, t)
}

// sraV is d = a >> n with the sign, of 32 and, by changing negative lanes to their complement and back, 64 bits. d may be n.
func (g *gen) sraV(size uint8, d, a, n, u asm.XReg) {
	if size == 2 {
		g.op3(asm.VPSRAVD, d, a, n)
		return
	}
	g.zeroV(u)
	g.op3(asm.PCMPGTQ, u, u, a)
	v := g.tmp()
	g.op3(asm.PXOR, v, a, u)
	g.op3(asm.VPSRLVQ, d, v, n)
	g.op3(asm.PXOR, d, d, u)
}

// shiftBytes multiplies words by powers of two: with a byte x extended to a word and a shift s from -8 to 7,
// x * 2^(s+8) has the result in its upper byte. The powers come from two tables of 16 bytes.
func (g *gen) shiftBytes(in *ir.Inst) bool {
	signed := in.Op == ir.VSShl
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(0)
	p, q := g.tmp(), g.tmp()
	g.op3m(asm.PMAXSB, d, b, g.const64(0xf8f8f8f8f8f8f8f8))
	g.op3m(asm.PADDB, d, d, g.const64(0x0808080808080808))
	g.op3m(asm.PADDUSB, d, d, g.const64(0x7070707070707070)) // beyond 15: PSHUFB gives 0
	g.loadV(p, g.constV(0x8040201008040201, 0))
	g.loadV(q, g.constV(0, 0x8040201008040201))
	g.op3(asm.PSHUFB, p, p, d)
	g.op3(asm.PSHUFB, q, q, d)
	g.op3(asm.PUNPCKLBW, d, p, q)
	g.op3(asm.PUNPCKHBW, p, p, q)
	ext := asm.PMOVZXBW
	if signed {
		ext = asm.PMOVSXBW
	}
	g.op2(ext, q, a)
	g.op3(asm.PMULLW, d, d, q)
	g.op2i(asm.PSRLDQ, q, a, 8)
	g.op2(ext, q, q)
	g.op3(asm.PMULLW, p, p, q)
	g.op2i(asm.PSRLWi, d, d, 8)
	g.op2i(asm.PSRLWi, p, p, 8)
	g.op3(asm.PACKUSWB, d, d, p)
	g.shapeV(in, d, g.live1(in))
	return true
}
