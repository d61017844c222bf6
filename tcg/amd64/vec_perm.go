package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Moves between registers and lanes, and permutations.

// Lane operations by log2 of the lane's bytes.
var (
	unpackLow  = [4]asm.VOp{asm.PUNPCKLBW, asm.PUNPCKLWD, asm.PUNPCKLDQ, asm.PUNPCKLQDQ}
	unpackHigh = [4]asm.VOp{asm.PUNPCKHBW, asm.PUNPCKHWD, asm.PUNPCKHDQ, asm.PUNPCKHQDQ}
	insertX    = [4]asm.VOp{asm.PINSRB, asm.PINSRW, asm.PINSRD, asm.PINSRQ}
	extractX   = [4]asm.VOp{asm.PEXTRB, asm.PEXTRW, asm.PEXTRD, asm.PEXTRQ}
	broadcast  = [4]asm.VOp{asm.VPBROADCASTB, asm.VPBROADCASTW, asm.VPBROADCASTD, asm.VPBROADCASTQ}
	broadcastX = [4]asm.VOp{asm.VPBROADCASTBr, asm.VPBROADCASTWr, asm.VPBROADCASTDr, asm.VPBROADCASTQr}
)

// none is the shuffle index that gives a zero byte.
const none = 0x80

// perm is a byte shuffle: the source of each byte of the result.
type perm [16]uint8

func (p *perm) words() (lo, hi uint64) {
	for i := range 8 {
		lo |= uint64(p[i]) << (8 * i)
		hi |= uint64(p[i+8]) << (8 * i)
	}
	return
}

// shuffle is d = the bytes of s that p names.
func (g *gen) shuffle(d, s asm.XReg, p *perm) {
	lo, hi := p.words()
	g.op3m(asm.PSHUFB, d, s, g.constV(lo, hi))
}

// lanePerm builds a shuffle of n lanes of 1<<size bytes, lane i from source lane f(i), with zero after them.
func lanePerm(size uint8, n int, f func(int) int) (p perm) {
	for i := range p {
		p[i] = none
		if l := i >> size; l < n {
			p[i] = uint8(f(l)<<size | i&(1<<size-1))
		}
	}
	return
}

// lanesOf is the number of lanes of the shape.
func lanesOf(in *ir.Inst) int { return 1 << (widthOf(in) - in.Size) }

func lowerVFromX(g *gen, in *ir.Inst) bool {
	x := g.useG(in.A)
	d := g.defV(0)
	g.setZeroAbove(in.Size)
	if in.Size == 3 {
		g.op2(asm.MOVQX, d, asm.G(x))
		return true
	}
	if in.Size < 2 {
		t := g.tmpG()
		g.a.RR([2]asm.Op{asm.MOVZX8, asm.MOVZX16}[in.Size], 4, t, x)
		x = t
	}
	g.op2(asm.MOVDX, d, asm.G(x))
	return true
}

func lowerVFromXX(g *gen, in *ir.Inst) bool {
	a, b := g.useG(in.A), g.useG(in.B)
	d := g.defV(0)
	g.op2(asm.MOVQX, d, asm.G(a))
	g.insert(3, d, d, b, 1)
	return true
}

func lowerXFromV(g *gen, in *ir.Inst) bool {
	signed := in.Op == ir.XFromVS
	if in.Size == 3 && in.Type == ir.I32 {
		return false
	}
	o := g.useM(in.A)
	d := g.defG(0)
	if o.isMem() {
		m := o.m
		m.Disp += int32(in.Aux) << in.Size
		switch {
		case in.Size == 3:
			g.a.RM(asm.MOV, 8, d, m)
		case in.Size == 2 && signed && in.Type == ir.I64:
			g.a.RM(asm.MOVSXD, 8, d, m)
		case in.Size == 2:
			g.a.RM(asm.MOV, 4, d, m)
		case signed:
			g.a.RM([2]asm.Op{asm.MOVSX8, asm.MOVSX16}[in.Size], sz(in), d, m)
		default:
			g.a.RM([2]asm.Op{asm.MOVZX8, asm.MOVZX16}[in.Size], 4, d, m)
		}
	} else {
		lane := uint8(in.Aux)
		switch {
		case in.Size == 3 && lane == 0:
			g.op2(asm.MOVQG, asm.G(d), o.r)
		case in.Size == 2 && lane == 0:
			g.op2(asm.MOVDG, asm.G(d), o.r)
		default:
			g.op2i(extractX[in.Size], asm.G(d), o.r, lane)
		}
		if signed {
			switch {
			case in.Size == 2 && in.Type == ir.I64:
				g.a.RR(asm.MOVSXD, 8, d, d)
			case in.Size < 2:
				g.a.RR([2]asm.Op{asm.MOVSX8, asm.MOVSX16}[in.Size], sz(in), d, d)
			}
		}
	}
	if !signed && in.Size < 3 || in.Type == ir.I32 {
		g.zeroUpper32()
	}
	return true
}

func lowerVDup(g *gen, in *ir.Inst) bool {
	w := widthOf(in)
	if w == in.Size {
		return lowerVFromX(g, in)
	}
	x := g.useG(in.A)
	d := g.defV(0)
	switch {
	case w == 4 && g.v4:
		g.a.V2(broadcastX[in.Size], asm.L128, d, asm.G(x))
	case w == 4 && in.Size == 3:
		g.op2(asm.MOVQX, d, asm.G(x))
		g.op3(asm.PUNPCKLQDQ, d, d, d)
	case w == 4 && g.v3:
		g.op2(asm.MOVDX, d, asm.G(x))
		g.op2(broadcast[in.Size], d, d)
	case w == 4 && in.Size == 2:
		g.op2(asm.MOVDX, d, asm.G(x))
		g.op2i(asm.PSHUFD, d, d, 0)
	case in.Size == 2: // two lanes, the rest zero as MOVD left it
		g.op2(asm.MOVDX, d, asm.G(x))
		g.op2i(asm.PSHUFD, d, d, 0xe0)
	default:
		p := lanePerm(in.Size, lanesOf(in), func(int) int { return 0 })
		g.op2(asm.MOVDX, d, asm.G(x))
		g.shuffle(d, d, &p)
	}
	g.setZeroAbove(w)
	return true
}

func lowerVDupL(g *gen, in *ir.Inst) bool {
	w, lane := widthOf(in), uint8(in.Aux)
	if w == in.Size && lane == 0 {
		return lowerVMov(g, in)
	}
	if w == 4 && lane == 0 && g.v3 {
		o := g.useM(in.A)
		g.op2o(broadcast[in.Size], g.defV(mayA), o)
		return true
	}
	switch {
	case w == 4 && in.Size >= 2, w == 3 && in.Size == 3:
		o := g.useM(in.A)
		d := g.defV(mayA)
		switch {
		case w == 3:
			if o.isMem() {
				o.m.Disp += 8
				g.op2o(asm.MOVQ, d, o)
			} else {
				g.op2i(asm.PSRLDQ, d, o.r, 8)
			}
		case in.Size == 2:
			g.op2io(asm.PSHUFD, d, o, lane*0x55)
		default:
			g.op2io(asm.PSHUFD, d, o, 0x44+lane*0xaa)
		}
	case w == 2 && in.Size == 2:
		o := g.useM(in.A)
		d := g.defV(mayA)
		if o.isMem() {
			o.m.Disp += 4 * int32(lane)
			g.op2o(asm.MOVSSld, d, o)
		} else {
			g.op3i(asm.INSERTPS, d, o.r, o.r, lane<<6|0x0e)
		}
	default:
		p := lanePerm(in.Size, lanesOf(in), func(int) int { return int(lane) })
		a := g.useV(in.A)
		d := g.defV(mayA)
		g.shuffle(d, a, &p)
	}
	g.setZeroAbove(w)
	return true
}

func lowerVInsX(g *gen, in *ir.Inst) bool {
	a, x := g.useV(in.A), g.useG(in.B)
	d := g.defV(mayA)
	g.insert(in.Size, d, a, x, uint8(in.Aux))
	return true
}

// insert is d = a with a lane replaced by x.
func (g *gen) insert(size uint8, d, a asm.XReg, x asm.Reg, lane uint8) {
	if g.v3 {
		g.a.V3I(insertX[size], asm.L128, d, a, asm.G(x), lane)
		return
	}
	g.movV(d, a)
	g.a.S2I(insertX[size], d, asm.G(x), lane)
}

func lowerVInsL(g *gen, in *ir.Inst) bool {
	to, from := uint8(in.Aux), uint8(in.Aux>>8)
	a := g.useV(in.A)
	switch {
	case in.Size == 2:
		b := g.useV(in.B)
		g.op3i(asm.INSERTPS, g.defV(mayA|mayB), a, b, from<<6|to<<4)
	case in.Size == 3 && to != from:
		b := g.useV(in.B)
		d := g.defV(mayA | mayB)
		if to == 1 {
			g.op3(asm.PUNPCKLQDQ, d, a, b)
		} else {
			g.op3(asm.MOVHLPS, d, a, b)
		}
	case in.Size == 3:
		b := g.useM(in.B)
		g.op3io(asm.PBLENDW, g.defV(mayA), a, b, 0x0f<<(4*to))
	case in.Size == 1 && to == from:
		b := g.useM(in.B)
		g.op3io(asm.PBLENDW, g.defV(mayA), a, b, 1<<to)
	default:
		b := g.useV(in.B)
		d := g.defV(mayA | mayB)
		t := g.tmpG()
		g.op2i(extractX[in.Size], asm.G(t), b, from)
		g.insert(in.Size, d, a, t, to)
	}
	return true
}

func lowerVMov(g *gen, in *ir.Inst) bool {
	w := widthOf(in)
	if g.zeroAbove(in.A, w) {
		g.aliasTo(g.op[0])
		return true
	}
	o := g.useM(in.A)
	g.keepLow(g.defV(mayA), o, w)
	g.setZeroAbove(w)
	return true
}

// lowerVConst loads from the region's data what no instruction makes.
func lowerVConst(g *gen, in *ir.Inst) bool {
	d, w, x := g.defV(0), widthOf(in), uint64(in.Imm)
	if w < 3 {
		x &= 1<<(8<<w) - 1
	}
	switch {
	case x == 0:
		g.zeroV(d)
		w = 0
	case x == ^uint64(0) && w == 4:
		g.onesV(d)
	case w < 4:
		g.op2o(asm.MOVQ, d, mop(g.constV(x, 0)))
	default:
		g.op2o(asm.MOVDDUP, d, mop(g.constV(x, x)))
	}
	g.setZeroAbove(w)
	return true
}

func lowerVHigh(g *gen, in *ir.Inst) bool {
	o := g.useM(in.A)
	d := g.defV(mayA)
	if o.isMem() {
		o.m.Disp += 8
		g.op2o(asm.MOVQ, d, o)
	} else {
		g.op2i(asm.PSRLDQ, d, o.r, 8)
	}
	g.setZeroAbove(3)
	return true
}

func lowerVCombine(g *gen, in *ir.Inst) bool {
	a, b := g.useV(in.A), g.useM(in.B)
	if b.isMem() {
		g.op3o(asm.MOVHPS, g.defV(mayA), a, b)
	} else {
		g.op3(asm.PUNPCKLQDQ, g.defV(mayA|mayB), a, b.r)
	}
	return true
}

func lowerVZip(g *gen, in *ir.Inst) bool {
	if lanesOf(in) < 2 {
		return false
	}
	a := g.useV(in.A)
	second := in.Op == ir.VZip2
	if widthOf(in) == 3 {
		b := g.useV(in.B)
		d := g.defV(mayA | mayB)
		g.op3(unpackLow[in.Size], d, a, b)
		if second {
			g.op2i(asm.PSRLDQ, d, d, 8)
		} else {
			g.keepLow(d, xop(d), 3)
		}
		g.setZeroAbove(3)
		return true
	}
	b := g.useM(in.B)
	d := g.defV(mayA | mayB)
	if second {
		g.op3o(unpackHigh[in.Size], d, a, b)
	} else {
		g.op3o(unpackLow[in.Size], d, a, b)
	}
	return true
}

// evens and odds build the shuffle that brings the even lanes of 1<<size bytes to the low half and the odd ones to
// the high half.
func deinterleave(size uint8) perm {
	n := 16 >> size
	return lanePerm(size, n, func(i int) int {
		if i < n/2 {
			return 2 * i
		}
		return 2*(i-n/2) + 1
	})
}

func lowerVUzp(g *gen, in *ir.Inst) bool {
	if lanesOf(in) < 2 {
		return false
	}
	a, b := g.useV(in.A), g.useV(in.B)
	second := in.Op == ir.VUzp2
	if widthOf(in) == 3 {
		// Both operands in one register, then one shuffle.
		d := g.defV(mayA | mayB)
		g.op3(asm.PUNPCKLQDQ, d, a, b)
		odd := 0
		if second {
			odd = 1
		}
		p := lanePerm(in.Size, 8>>in.Size, func(i int) int { return 2*i + odd })
		g.shuffle(d, d, &p)
		g.setZeroAbove(3)
		return true
	}
	if in.Size >= 2 {
		d := g.defV(mayA | mayB)
		switch {
		case in.Size == 2:
			g.op3i(asm.SHUFPS, d, a, b, [2]uint8{0x88, 0xdd}[b2i(second)])
		case second:
			g.op3(asm.PUNPCKHQDQ, d, a, b)
		default:
			g.op3(asm.PUNPCKLQDQ, d, a, b)
		}
		return true
	}
	// Words and bytes: what is to stay is in the low half of each pair, or comes there, and a pack narrows it.
	t := g.tmp()
	d := g.defV(mayA | mayB)
	shift, pack, mask := asm.PSRLWi, asm.PACKUSWB, uint64(0x00ff00ff00ff00ff)
	if in.Size == 1 {
		shift, pack, mask = asm.PSRLDi, asm.PACKUSDW, 0x0000ffff0000ffff
	}
	if second {
		g.op2i(shift, t, b, 8<<in.Size)
		g.op2i(shift, d, a, 8<<in.Size)
	} else {
		m := g.constV(mask, mask)
		g.op3m(asm.PAND, t, b, m)
		g.op3m(asm.PAND, d, a, m)
	}
	g.op3(pack, d, d, t)
	return true
}

func lowerVTrn(g *gen, in *ir.Inst) bool {
	if lanesOf(in) < 2 {
		return false
	}
	a, b := g.useV(in.A), g.useV(in.B)
	second := in.Op == ir.VTrn2
	switch in.Size {
	case 3:
		d := g.defV(mayA | mayB)
		if second {
			g.op3(asm.PUNPCKHQDQ, d, a, b)
		} else {
			g.op3(asm.PUNPCKLQDQ, d, a, b)
		}
	case 2, 1:
		shift, unshift, blend := asm.PSLLQi, asm.PSRLQi, uint8(0xcc)
		if in.Size == 1 {
			shift, unshift, blend = asm.PSLLDi, asm.PSRLDi, 0xaa
		}
		t := g.tmp()
		if second {
			g.op2i(unshift, t, a, 8<<in.Size)
			d := g.defV(mayA | mayB)
			g.op3i(asm.PBLENDW, d, t, b, blend)
			g.shapeV(in, d, max(g.live(in.A), g.live(in.B), in.Size+1))
		} else {
			g.op2i(shift, t, b, 8<<in.Size)
			d := g.defV(mayA | mayB)
			g.op3i(asm.PBLENDW, d, a, t, blend)
			g.shapeV(in, d, max(g.live(in.A), g.live(in.B), in.Size+1))
		}
		return true
	default:
		t := g.tmp()
		d := g.defV(mayA | mayB)
		m := uint64(0x00ff00ff00ff00ff)
		keep := b
		if second {
			g.op2i(asm.PSRLWi, t, a, 8)
			m = ^m
		} else {
			g.op2i(asm.PSLLWi, t, b, 8)
			keep = a
		}
		g.op3m(asm.PAND, d, keep, g.constV(m, m))
		g.op3(asm.POR, d, d, t)
	}
	g.shapeV(in, g.resultV(), max(g.live(in.A), g.live(in.B), in.Size+1))
	return true
}

func lowerVExt(g *gen, in *ir.Inst) bool {
	n := uint8(in.Aux)
	if widthOf(in) == 3 {
		a, b := g.useV(in.A), g.useV(in.B)
		d := g.defV(mayA | mayB)
		g.op3(asm.PUNPCKLQDQ, d, a, b)
		g.op2i(asm.PSRLDQ, d, d, n)
		g.keepLow(d, xop(d), 3)
		g.setZeroAbove(3)
		return true
	}
	b, a := g.useV(in.B), g.useM(in.A)
	if g.op[0] == g.op[1] && n&3 == 0 { // a rotation
		d := g.defV(mayA | mayB)
		k := n / 4
		g.op2i(asm.PSHUFD, d, b, (k&3)|((k+1)&3)<<2|((k+2)&3)<<4|((k+3)&3)<<6)
		return true
	}
	g.op3io(asm.PALIGNR, g.defV(mayA|mayB), b, a, n)
	return true
}

func lowerVRev(g *gen, in *ir.Inst) bool {
	per := 2 << (in.Op - ir.VRev16) >> in.Size
	n := lanesOf(in)
	if n == 4 && per == 2 && in.Size == 2 {
		o := g.useM(in.A)
		g.op2io(asm.PSHUFD, g.defV(mayA), o, 0xb1)
		return true
	}
	p := lanePerm(in.Size, n, func(i int) int { return i ^ (per - 1) })
	a := g.useV(in.A)
	g.shuffle(g.defV(mayA), a, &p)
	g.setZeroAbove(widthOf(in))
	return true
}

// An index into a table of 16 bytes plus 0x70 has its top bit set when it is 16 or more, and PSHUFB gives 0 then.
func lowerVTbl(g *gen, in *ir.Inst) bool {
	a, b := g.useV(in.A), g.useV(in.B)
	t := g.tmp()
	g.op3m(asm.PADDUSB, t, b, g.const64(0x7070707070707070))
	d := g.defV(mayA | mayB)
	g.op3(asm.PSHUFB, d, a, t)
	g.shapeV(in, d, 4)
	return true
}

func lowerVTbx(g *gen, in *ir.Inst) bool {
	a, b, c := g.useV(in.A), g.useV(in.B), g.useV(in.C)
	t := g.tmp()
	base := uint64(in.Aux&0xff) * 0x0101010101010101
	if base != 0 {
		g.op3m(asm.PSUBB, t, b, g.const64(base))
		b = t
	}
	g.op3m(asm.PADDUSB, t, b, g.const64(0x7070707070707070))
	switch {
	case g.v3:
		u := g.tmp()
		g.op3(asm.PSHUFB, u, a, t)
		d := g.defV(mayA | mayB | mayC)
		g.a.V4(asm.VPBLENDVB, asm.L128, d, u, c, t)
		g.shapeV(in, d, 4)
	default:
		// mask = index out of range; d = table byte, which is 0 then, or the byte of C under the mask.
		u := g.tmp()
		g.zeroV(u)
		g.op3(asm.PCMPGTB, u, u, t)
		g.op3(asm.PAND, u, u, c)
		d := g.defV(mayA | mayB | mayC)
		g.op3(asm.PSHUFB, d, a, t)
		g.op3(asm.POR, d, d, u)
		g.shapeV(in, d, 4)
	}
	return true
}

// resultV is the register that defV gave.
func (g *gen) resultV() asm.XReg { return asm.XReg(g.v[g.ref].reg) }

// const64 is a constant with x in both halves.
func (g *gen) const64(x uint64) asm.Mem { return g.constV(x, x) }

// lowerVCSel selects scalars in general registers, where there is CMOV; a selection by another, or of whole vectors,
// jumps over a move.
func lowerVCSel(g *gen, in *ir.Inst) bool {
	f := g.op[2]
	if g.comparesV(f) {
		g.settle(f)
	}
	g.prep(f)
	c := in.Cond()
	sel := g.insts[f].Op == ir.FlagsSel && g.v[f].loc == locLazy && g.fE != f
	w := widthOf(in)
	var k ccond
	if !sel {
		k = g.cond(f, c) // before anything moves that it compares; nothing from here on changes EFLAGS
		g.noXor = true
	}
	if !sel && (w == 2 || w == 3) {
		a, b := g.useM(in.A), g.useM(in.B)
		x, y := g.tmpG(), g.tmpG()
		d := g.defV(0)
		s := asm.Size(1 << w)
		g.lowX(s, x, a)
		g.lowX(s, y, b)
		switch k.kind {
		case ccAlways:
			y = x
		case ccOne:
			g.a.RR(asm.CMOV(k.cc), s, y, x)
		case ccOr:
			g.a.RR(asm.CMOV(k.cc), s, y, x)
			g.a.RR(asm.CMOV(k.cc2), s, y, x)
		case ccAnd: // either of the opposites selects B
			g.a.RR(asm.CMOV(k.cc^1), s, x, y)
			g.a.RR(asm.CMOV(k.cc2^1), s, x, y)
			y = x
		}
		if s == 8 {
			g.op2(asm.MOVQX, d, asm.G(y))
		} else {
			g.op2(asm.MOVDX, d, asm.G(y))
		}
		g.setZeroAbove(w)
		return true
	}
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(0)
	g.movV(d, b)
	no := g.a.NewLabel()
	if sel {
		g.branchNot(f, c, no)
	} else {
		g.jcc(k.not(), no)
	}
	g.movV(d, a)
	g.a.Bind(no)
	g.shapeV(in, d, max(g.live(in.A), g.live(in.B)))
	return true
}

// lowX is x = the low 4 or 8 bytes of o.
func (g *gen) lowX(s asm.Size, x asm.Reg, o opnd) {
	switch {
	case o.isMem():
		g.a.RM(asm.MOV, s, x, o.m)
	case s == 8:
		g.op2(asm.MOVQG, asm.G(x), o.r)
	default:
		g.op2(asm.MOVDG, asm.G(x), o.r)
	}
}

// lowerVThree: every third element of A:B:C, or one part of their interleaving, shuffled from each and put together.
func lowerVThree(g *gen, in *ir.Inst) bool {
	n, part := lanesOf(in), int(in.Aux)
	var p [3]perm
	for i := range p {
		for j := range p[i] {
			p[i][j] = none
		}
	}
	for i := range n {
		j := 3*i + part
		src, lane := j/n, j%n
		if in.Op == ir.VInt3 {
			j = part*n + i
			src, lane = j%3, j/3
		}
		for k := 0; k < 1<<in.Size; k++ {
			p[src][i<<in.Size|k] = uint8(lane<<in.Size | k)
		}
	}
	x := [3]asm.XReg{g.useV(in.A), g.useV(in.B), g.useV(in.C)}
	d := g.defV(0)
	t := noX
	empty := perm{none, none, none, none, none, none, none, none, none, none, none, none, none, none, none, none}
	for i := range p {
		switch {
		case p[i] == empty:
		case t == noX:
			t = g.tmp()
			g.shuffle(d, x[i], &p[i])
		default:
			g.shuffle(t, x[i], &p[i])
			g.op3(asm.POR, d, d, t)
		}
	}
	g.setZeroAbove(widthOf(in))
	return true
}
