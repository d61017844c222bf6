package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

func width(in *ir.Inst) int64 {
	if in.Type == ir.I32 {
		return 32
	}
	return 64
}

func lowerShift(g *gen, in *ir.Inst) bool {
	s := sz(in)
	a, b := g.op[0], g.op[1]
	if k, ok := g.konst(b); ok {
		return g.shiftImm(in, s, a, uint8(k&(width(in)-1)))
	}
	op, x := asm.SHL, asm.SHLX
	switch in.Op {
	case ir.Shr:
		op, x = asm.SHR, asm.SHRX
	case ir.Sar:
		op, x = asm.SAR, asm.SARX
	case ir.Ror:
		op = asm.ROR
	}
	if g.v3 && op != asm.ROR {
		y := g.useG(b)
		if m, ok := g.memG(a); ok {
			g.a.X3M(x, s, g.defG(mayB), y, m)
		} else {
			v := g.useG(a)
			g.a.X3(x, s, g.defG(mayA|mayB), v, y)
		}
		return g.done32(s)
	}
	g.clobber()
	g.into(asm.RCX, b)
	d := g.defG(mayA)
	g.noXor = false
	g.copyTo(d, s, a)
	g.a.R(op, s, d)
	return g.done32(s)
}

func (g *gen) shiftImm(in *ir.Inst, s asm.Size, a ir.Ref, n uint8) bool {
	if n == 0 {
		g.aliasTo(a)
		return true
	}
	keep := g.keepE()
	op := asm.SHL
	switch in.Op {
	case ir.Shr:
		op = asm.SHR
	case ir.Sar:
		op = asm.SAR
	case ir.Ror:
		if g.v3 {
			if m, ok := g.memG(a); ok {
				g.a.X2MI(asm.RORX, s, g.defG(mayA), m, n)
			} else {
				x := g.useG(a)
				g.a.X2I(asm.RORX, s, g.defG(mayA), x, n)
			}
			return g.done32(s)
		}
		op = asm.ROR
	default:
		if x, ok := g.inReg(a); ok && (n == 1 || keep && n <= 3) {
			d := g.defG(mayA)
			switch {
			case keep && n > 1:
				g.a.RM(asm.LEA, s, d, asm.BI(asm.NoReg, x, 1<<n, 0))
			case keep || d != x:
				g.a.RM(asm.LEA, s, d, asm.BI(x, x, 1, 0))
			default:
				g.fE = 0
				g.a.RR(asm.ADD, s, d, d)
			}
			return g.done32(s)
		}
	}
	if keep && g.v3 { // the count in a register leaves EFLAGS alone
		x := g.useG(a)
		t := g.tmpG()
		g.a.RI(asm.MOV, 4, t, int32(n))
		g.a.X3([...]asm.VOp{asm.SHLX, asm.SHRX, asm.SARX}[in.Op-ir.Shl], s, g.defG(mayA), x, t)
		return g.done32(s)
	}
	g.clobber()
	d := g.defG(mayA)
	g.copyTo(d, s, a)
	g.a.RI(op, s, d, int32(n))
	return g.done32(s)
}

// lowerExtr: SHRD is slow on some hosts, so that a rotation is taken where it is one.
func lowerExtr(g *gen, in *ir.Inst) bool {
	s := sz(in)
	a, b := g.op[0], g.op[1]
	n := uint8(in.Imm)
	if a == b {
		r := *in
		r.Op = ir.Ror
		return g.shiftImm(&r, s, a, n)
	}
	g.clobber()
	x := g.useG(a)
	d := g.defG(mayB)
	g.copyTo(d, s, b)
	g.a.RRI(asm.SHRD, s, d, x, n)
	return g.done32(s)
}

func lowerUBfx(g *gen, in *ir.Inst) bool {
	a := g.op[0]
	lsb, w := int64(in.Aux&0xff), int64(in.Aux>>8)
	bits := width(in)
	s := sz(in)
	if lsb+w <= 32 {
		s = 4 // what lies above does not matter
	}
	switch {
	case lsb == 0 && w == bits:
		g.aliasTo(a)
		return true
	case lsb == 0 && (w == 8 || w == 16 || w == 32):
		g.extend([...]asm.Op{1: asm.MOVZX8, 2: asm.MOVZX16, 4: asm.MOV}[w/8], 4, a)
		return g.done32(4)
	}
	if m, ok := g.memG(a); ok && lsb&7 == 0 && (w == 8 || w == 16 || w == 32) { // a part of it in memory
		m.Disp += int32(lsb / 8)
		g.a.RM([...]asm.Op{1: asm.MOVZX8, 2: asm.MOVZX16, 4: asm.MOV}[w/8], 4, g.defG(mayA), m)
		return g.done32(4)
	}
	g.clobber()
	d := g.defG(mayA)
	switch {
	case lsb == 0 && w < 32:
		g.copyTo(d, 4, a)
		g.a.RI(asm.AND, 4, d, int32(1<<w-1))
		return g.done32(4)
	case lsb+w == 32 || lsb+w == bits:
		g.copyTo(d, s, a)
		g.a.RI(asm.SHR, s, d, int32(lsb))
	case w == 8 || w == 16 || w == 32:
		g.copyTo(d, s, a)
		g.a.RI(asm.SHR, s, d, int32(lsb))
		g.a.RR([...]asm.Op{1: asm.MOVZX8, 2: asm.MOVZX16, 4: asm.MOV}[w/8], 4, d, d)
		return g.done32(4)
	case w < 32:
		g.copyTo(d, s, a)
		g.a.RI(asm.SHR, s, d, int32(lsb))
		g.a.RI(asm.AND, 4, d, int32(1<<w-1))
		return g.done32(4)
	default:
		g.copyTo(d, 8, a)
		g.a.RI(asm.SHL, 8, d, int32(64-lsb-w))
		g.a.RI(asm.SHR, 8, d, int32(64-w))
	}
	if s == 4 || w <= 32 {
		g.zeroUpper32()
	}
	return true
}

func lowerSBfx(g *gen, in *ir.Inst) bool {
	a := g.op[0]
	lsb, w := int64(in.Aux&0xff), int64(in.Aux>>8)
	bits := width(in)
	s := sz(in)
	if lsb == 0 && w == bits {
		g.aliasTo(a)
		return true
	}
	if lsb == 0 && (w == 8 || w == 16 || w == 32) {
		g.extend([...]asm.Op{1: asm.MOVSX8, 2: asm.MOVSX16, 4: asm.MOVSXD}[w/8], s, a)
		return g.done32(s)
	}
	g.clobber()
	d := g.defG(mayA)
	switch {
	case lsb+w == 32 && bits == 64: // of the low half
		g.copyTo(d, 4, a)
		g.a.RI(asm.SAR, 4, d, int32(lsb))
		g.a.RR(asm.MOVSXD, 8, d, d)
	case lsb+w == bits:
		g.copyTo(d, s, a)
		g.a.RI(asm.SAR, s, d, int32(lsb))
	case w == 8 || w == 16 || w == 32:
		g.copyTo(d, s, a)
		g.a.RI(asm.SHR, s, d, int32(lsb))
		g.a.RR([...]asm.Op{1: asm.MOVSX8, 2: asm.MOVSX16, 4: asm.MOVSXD}[w/8], s, d, d)
	default:
		g.copyTo(d, s, a)
		g.a.RI(asm.SHL, s, d, int32(bits-lsb-w))
		g.a.RI(asm.SAR, s, d, int32(bits-w))
	}
	return g.done32(s)
}

// lowerBfi inserts by masks; without immediate masks, by rotating the field to the top and shifting it in from there.
func lowerBfi(g *gen, in *ir.Inst) bool {
	a, b := g.op[0], g.op[1]
	lsb, w := int64(in.Aux&0xff), int64(in.Aux>>8)
	bits := width(in)
	s := sz(in)
	if w == bits {
		g.aliasTo(b)
		return true
	}
	if k, ok := g.konst(b); ok && w == 16 {
		return g.movk(s, a, lsb, int32(k&0xffff))
	}
	if lsb == 0 && (w == 8 || w == 16) {
		y := g.useG(b)
		x, xr := g.inReg(a)
		d := g.defG(mayA)
		g.copyTo(d, s, a)
		g.a.RR(asm.MOV, asm.Size(w/8), d, y)
		if !xr || x != d || g.v[a].zero != 0 { // else the upper half is as it was
			g.done32(s)
		}
		return true
	}
	g.clobber()
	mask := (uint64(1)<<w - 1) << lsb
	if keep := int64(^mask); s == 8 && !fits32(keep) && keep>>32 != 0 {
		y := g.useG(b)
		d := g.defG(mayA)
		g.copyTo(d, 8, a)
		// The field's right end goes to bit 0, then B's bits come in at the top as it leaves.
		if lsb != 0 {
			g.a.RI(asm.ROR, 8, d, int32(lsb))
		}
		g.a.RRI(asm.SHRD, 8, d, y, uint8(w))
		g.a.RI(asm.ROL, 8, d, int32((lsb+w)&63))
		return true
	}
	// B's part in a temporary, A without the field in the result.
	t := g.tmpG()
	switch {
	case lsb+w == bits:
		g.copyTo(t, s, b)
		g.a.RI(asm.SHL, s, t, int32(lsb))
	case w == 8 || w == 16:
		if m, ok := g.memG(b); ok {
			g.a.RM([...]asm.Op{1: asm.MOVZX8, 2: asm.MOVZX16}[w/8], 4, t, m)
		} else {
			g.a.RR([...]asm.Op{1: asm.MOVZX8, 2: asm.MOVZX16}[w/8], 4, t, g.useG(b))
		}
		if lsb != 0 {
			g.a.RI(asm.SHL, s, t, int32(lsb))
		}
	case w < 32:
		g.copyTo(t, 4, b)
		g.a.RI(asm.AND, 4, t, int32(1<<w-1))
		if lsb != 0 {
			g.a.RI(asm.SHL, s, t, int32(lsb))
		}
	default:
		g.copyTo(t, 8, b)
		g.a.RI(asm.SHL, 8, t, int32(64-w))
		g.a.RI(asm.SHR, 8, t, int32(64-w-lsb))
	}
	d := g.defG(mayA)
	g.copyTo(d, s, a)
	switch keep := int64(^mask); {
	case s == 4:
		g.a.RI(asm.AND, 4, d, int32(keep))
	case fits32(keep):
		g.a.RI(asm.AND, 8, d, int32(keep))
	default: // the field is the top half and more
		g.a.RI(asm.AND, 4, d, int32(keep))
	}
	g.a.RR(asm.OR, s, d, t)
	return g.done32(s)
}

// movk is MOVK: 16 bits of a are replaced by k. Narrow moves of immediates would stall some decoders.
func (g *gen) movk(s asm.Size, a ir.Ref, lsb int64, k int32) bool {
	g.clobber()
	d := g.defG(mayA)
	g.copyTo(d, s, a)
	top := int64(s)*8 - 16
	switch {
	case lsb == top:
		g.a.RI(asm.SHL, s, d, 16)
	case lsb != 0:
		g.a.RI(asm.ROR, s, d, int32(lsb))
		fallthrough
	default:
		g.a.RI(asm.AND, s, d, -1<<16)
	}
	if k != 0 {
		g.a.RI(asm.OR, s, d, k)
	}
	switch {
	case lsb == top:
		g.a.RI(asm.ROR, s, d, 16)
	case lsb != 0:
		g.a.RI(asm.ROL, s, d, int32(lsb))
	}
	return g.done32(s)
}

// lowerClz: also of RBit, which counts trailing zeros.
func lowerClz(g *gen, in *ir.Inst) bool {
	g.clobber()
	s := sz(in)
	a := g.op[0]
	op := asm.LZCNT
	if g.v[a].loc == locFused {
		op = asm.TZCNT
		a = g.canon(g.insts[a].A)
		g.op[3] = a
		g.v[a].uses--
	}
	if g.v3 {
		if m, ok := g.memG(a); ok {
			g.a.RM(op, s, g.defG(0), m)
		} else {
			x := g.useG(a)
			g.a.RR(op, s, g.defG(mayA|mayD), x)
		}
		return g.done32(s)
	}
	x := g.useG(a)
	d := g.defG(0)
	t := g.tmpG()
	n := int32(width(in))
	if op == asm.TZCNT {
		g.a.RI(asm.MOV, 4, d, n)
		g.a.RR(asm.BSF, s, t, x)
		g.a.RR(asm.CMOV(asm.CcNE), s, d, t)
		return g.done32(s)
	}
	g.a.RI(asm.MOV, 4, d, 2*n-1)
	g.a.RR(asm.BSR, s, t, x)
	g.a.RR(asm.CMOV(asm.CcNE), s, d, t)
	g.a.RI(asm.XOR, 4, d, n-1)
	return g.done32(s)
}

// lowerCls counts the leading zeros of the value folded upon its sign; a 1 below stops it at the last bit.
func lowerCls(g *gen, in *ir.Inst) bool {
	g.clobber()
	s := sz(in)
	a := g.op[0]
	n := int32(width(in))
	t := g.tmpG()
	g.copyTo(t, s, a)
	g.a.RI(asm.SAR, s, t, n-1)
	g.alu(asm.XOR, s, t, a)
	g.a.RM(asm.LEA, s, t, asm.BI(t, t, 1, 1))
	d := g.defG(mayA)
	if g.v3 {
		g.a.RR(asm.LZCNT, s, d, t)
		return g.done32(s)
	}
	g.a.RR(asm.BSR, s, d, t)
	g.a.RI(asm.XOR, 4, d, n-1)
	return g.done32(s)
}

func lowerRev(g *gen, in *ir.Inst) bool {
	s := sz(in)
	d := g.defG(mayA)
	g.copyTo(d, s, g.op[0])
	g.a.Bswap(s, d)
	return g.done32(s)
}

func lowerRev16(g *gen, in *ir.Inst) bool {
	g.clobber()
	a := g.op[0]
	if in.Type == ir.I32 {
		d := g.defG(mayA)
		g.copyTo(d, 4, a)
		g.a.Bswap(4, d)
		g.a.RI(asm.ROL, 4, d, 16)
		return g.done32(4)
	}
	m := g.tmpG()
	g.a.MovImm(m, 0x00ff00ff00ff00ff)
	t := g.tmpG()
	g.copyTo(t, 8, a)
	g.a.RI(asm.SHR, 8, t, 8)
	g.a.RR(asm.AND, 8, t, m)
	d := g.defG(mayA)
	g.copyTo(d, 8, a)
	g.a.RR(asm.AND, 8, d, m)
	g.a.RI(asm.SHL, 8, d, 8)
	g.a.RR(asm.OR, 8, d, t)
	return true
}

func lowerRev32(g *gen, in *ir.Inst) bool {
	g.clobber()
	d := g.defG(mayA)
	g.copyTo(d, 8, g.op[0])
	g.a.Bswap(8, d)
	g.a.RI(asm.ROL, 8, d, 32)
	return true
}

// lowerRBit reverses the bytes, and the bits of each by exchanging halves, pairs and neighbours.
func lowerRBit(g *gen, in *ir.Inst) bool {
	g.clobber()
	s := sz(in)
	d := g.defG(mayA)
	g.copyTo(d, s, g.op[0])
	t, m := g.tmpG(), g.tmpG()
	g.a.Bswap(s, d)
	for _, x := range [3]struct {
		mask uint64
		n    int32
	}{{0x0f0f0f0f0f0f0f0f, 4}, {0x3333333333333333, 2}, {0x5555555555555555, 1}} {
		if s == 4 {
			g.a.MovImm(m, x.mask&0xffffffff)
		} else {
			g.a.MovImm(m, x.mask)
		}
		g.a.RR(asm.MOV, s, t, d)
		g.a.RI(asm.SHR, s, t, x.n)
		g.a.RR(asm.AND, s, t, m)
		g.a.RR(asm.AND, s, d, m)
		g.a.RI(asm.SHL, s, d, x.n)
		g.a.RR(asm.OR, s, d, t)
	}
	return g.done32(s)
}

func lowerCrc32C(g *gen, in *ir.Inst) bool {
	s := asm.Size(1) << in.Size
	if m, ok := g.memG(g.op[1]); ok {
		d := g.defG(mayA)
		g.copyTo(d, 4, g.op[0])
		g.a.RM(asm.CRC32, s, d, m)
	} else {
		y := g.useG(in.B)
		d := g.defG(mayA)
		g.copyTo(d, 4, g.op[0])
		g.a.RR(asm.CRC32, s, d, y)
	}
	g.zeroUpper32()
	return true
}

// The polynomial of CRC32, bits reversed, and the quotient of x^64 by it, for Barrett's reduction.
const (
	crcPoly = 0x1db710641
	crcMu   = 0x1f7011641
)

// lowerCrc32 multiplies without carries: x86 has an instruction for the other polynomial only.
func lowerCrc32(g *gen, in *ir.Inst) bool {
	if !g.feat.PCLMUL {
		return false
	}
	g.clobber()
	a, b := g.op[0], g.op[1]
	x := g.tmpG()
	v := g.tmpV()
	g.copyTo(x, 4, a)
	switch in.Size {
	case 3:
		hi := g.tmpG()
		g.copyTo(hi, 8, b)
		g.a.RR(asm.XOR, 4, x, hi)
		g.a.RI(asm.SHR, 8, hi, 32)
		g.crcReduce(x, v)
		g.a.RR(asm.XOR, 4, x, hi)
		g.crcReduce(x, v)
	case 2:
		g.alu(asm.XOR, 4, x, b)
		g.crcReduce(x, v)
	default:
		n := int32(8) << in.Size
		g.alu(asm.XOR, 4, x, b)
		g.a.RI(asm.SHL, 4, x, 32-n)
		g.crcReduce(x, v)
		t := g.tmpG()
		g.copyTo(t, 4, a)
		g.a.RI(asm.SHR, 4, t, n)
		g.a.RR(asm.XOR, 4, x, t)
	}
	g.zeroUpper32()
	g.setG(x)
	return true
}

// crcReduce makes x the remainder of x times the 32nd power of the variable; v is a temporary.
func (g *gen) crcReduce(x asm.Reg, v asm.XReg) {
	g.op2(asm.MOVDX, v, asm.G(x))
	g.op3io(asm.PCLMULQDQ, v, v, mop(g.constV(crcMu, 0)), 0)
	g.op2i(asm.PSLLQi, v, v, 32)
	g.op2i(asm.PSRLQi, v, v, 32)
	g.op3io(asm.PCLMULQDQ, v, v, mop(g.constV(crcPoly, 0)), 0)
	g.op2i(asm.PEXTRD, asm.G(x), v, 1)
}
