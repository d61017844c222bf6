package amd64

import (
	"math/bits"

	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Cryptography on AES-NI and SHA-NI.

// lowerAES: AESE adds the key first and x86 last, so the key of the x86 instruction is 0. Its last round is AESE's:
// without MixColumns.
func lowerAES(g *gen, in *ir.Inst) bool {
	if !g.feat.AES {
		return false
	}
	op := asm.AESENCLAST
	if in.Op == ir.AESD {
		op = asm.AESDECLAST
	}
	g.aesRound(op, in.A, in.B, mayA|mayB)
	return true
}

// aesRound is a round op on a xor b.
func (g *gen) aesRound(op asm.VOp, a, b ir.Ref, may uint8) {
	if g.inRegister(b) && !g.inRegister(a) {
		a, b = b, a
	}
	x, y := g.useV(a), g.useM(b)
	t := g.tmp()
	g.zeroV(t)
	d := g.defV(may)
	g.op3o(asm.PXOR, d, x, y)
	g.op3(op, d, d, t)
}

// lowerAESMC: a full round after a last round the other way is MixColumns alone. With AESE, or AESD for AESIMC, before it, which
// analyse leaves to it then, it is a full round.
func lowerAESMC(g *gen, in *ir.Inst) bool {
	if !g.feat.AES {
		return false
	}
	if e := g.op[0]; g.v[e].loc == locFused {
		a, b := g.canon(g.insts[e].A), g.canon(g.insts[e].B)
		g.op[1], g.op[2] = a, b
		for _, o := range g.op[1:3] {
			v := &g.v[o]
			v.uses--
			if v.loc == locReg {
				g.V.pin |= 1 << (v.reg & 31)
			}
		}
		op := asm.AESENC
		if in.Op == ir.AESIMC {
			op = asm.AESDEC
		}
		g.aesRound(op, a, b, mayB|mayC)
		return true
	}
	if in.Op == ir.AESIMC {
		a := g.useM(in.A)
		g.op2o(asm.AESIMC, g.defV(mayA), a)
		return true
	}
	a := g.useV(in.A)
	t := g.tmp()
	g.zeroV(t)
	d := g.defV(mayA)
	g.op3(asm.AESDECLAST, d, a, t)
	g.op3(asm.AESENC, d, d, t)
	return true
}

// SHA1RNDS4 has A in the highest lane where Arm has it in the lowest, and adds the round constant, which Arm's code has
// added to the schedule already.
var sha1K = [3]uint64{0x5a8279995a827999, 0x6ed9eba16ed9eba1, 0x8f1bbcdc8f1bbcdc}

func lowerSHA1(g *gen, in *ir.Inst) bool {
	if !g.feat.SHA {
		return false
	}
	f := uint8(in.Op - ir.SHA1C) // SHA1C, SHA1P, SHA1M: choose, parity, majority
	a, b, c := g.useV(in.A), g.useV(in.B), g.useV(in.C)
	d := g.defV(0)
	t, u := g.tmp(), g.tmp()
	g.op3m(asm.PSUBD, t, c, g.const64(sha1K[f]))
	g.keepLow(u, xop(b), 2)
	g.op3(asm.PADDD, t, t, u) // E goes into the first word
	g.op2i(asm.PSHUFD, t, t, 0x1b)
	g.op2i(asm.PSHUFD, d, a, 0x1b)
	g.a.S2I(asm.SHA1RNDS4, d, t, f)
	g.op2i(asm.PSHUFD, d, d, 0x1b)
	return true
}

// lowerSHA1H rotates lane 0 left by 30.
func lowerSHA1H(g *gen, in *ir.Inst) bool {
	a := g.useV(in.A)
	d := g.defV(0)
	t := g.tmp()
	g.op2i(asm.PSLLDi, t, a, 30)
	g.op2i(asm.PSRLDi, d, a, 2)
	g.op3(asm.POR, d, d, t)
	g.keepLow(d, xop(d), 2)
	g.setZeroAbove(2)
	return true
}

// lowerSHA1SU0 is (B:A) >> 64 xored with A and C.
func lowerSHA1SU0(g *gen, in *ir.Inst) bool {
	a, b, c := g.useV(in.A), g.useV(in.B), g.useV(in.C)
	t := g.tmp()
	g.op3i(asm.PALIGNR, t, b, a, 8)
	d := g.defV(mayA | mayB | mayC)
	if g.v4 {
		g.tern(d, a, c, xop(t), 0x96)
		return true
	}
	g.op3(asm.PXOR, t, t, a)
	g.op3(asm.PXOR, d, t, c)
	return true
}

// lowerSHA1SU1: T = A xor B >> 32, rotated left by 1, and the last lane also xored with T's first rotated by 2.
func lowerSHA1SU1(g *gen, in *ir.Inst) bool {
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(0)
	t, u := g.tmp(), g.tmp()
	rol := func(r, s asm.XReg, n uint8) { // r is neither s nor u
		if g.v4 {
			g.op2i(asm.VPROLDi, r, s, n)
			return
		}
		g.op2i(asm.PSLLDi, r, s, n)
		g.op2i(asm.PSRLDi, u, s, 32-n)
		g.op3(asm.POR, r, r, u)
	}
	g.op2i(asm.PSRLDQ, t, b, 4)
	g.op3(asm.PXOR, t, t, a)
	rol(d, t, 1)
	g.op2i(asm.PSLLDQ, t, t, 12)
	v := g.tmp()
	rol(v, t, 2)
	g.op3(asm.PXOR, d, d, v)
	return true
}

// lowerSHA256H: x86 keeps the state as ABEF and CDGH, A in the highest lane, and does two rounds at once, after which
// the new CDGH is the old ABEF.
func lowerSHA256H(g *gen, in *ir.Inst) bool {
	if !g.feat.SHA {
		return false
	}
	if bits.OnesCount32(g.V.pin&g.V.temps) > 2 {
		return false // XMM0 and the result want two
	}
	g.takeV(asm.XMM0)
	abcd, efgh, c := g.inPlace(in.A), g.inPlace(in.B), g.inPlace(in.C)
	if in.Op == ir.SHA256H2 {
		abcd, efgh = efgh, abcd
	}
	d := g.defV(0)
	t := g.tmp()
	g.copyV(d, efgh)
	g.copyV(t, efgh)
	g.op3io(asm.SHUFPS, d, d, abcd, 0xbb) // CDGH
	g.op3io(asm.SHUFPS, t, t, abcd, 0x11) // ABEF
	g.copyV(asm.XMM0, c)
	g.a.S2(asm.SHA256RNDS2, d, t) // d = ABEF after two rounds
	g.op2i(asm.PSHUFD, asm.XMM0, asm.XMM0, 0xee)
	g.a.S2(asm.SHA256RNDS2, t, d) // t = ABEF after four, d is CDGH
	order := uint8(0xbb)
	if in.Op == ir.SHA256H2 {
		order = 0x11
	}
	g.op3i(asm.SHUFPS, t, t, d, order)
	g.movV(d, t)
	return true
}

func lowerSHA256SU0(g *gen, in *ir.Inst) bool {
	if !g.feat.SHA {
		return false
	}
	a, b := g.useV(in.A), g.useV(in.B)
	d := g.defV(mayA)
	g.movV(d, a)
	g.a.S2(asm.SHA256MSG1, d, b)
	return true
}

func lowerSHA256SU1(g *gen, in *ir.Inst) bool {
	if !g.feat.SHA {
		return false
	}
	a, b, c := g.useV(in.A), g.useV(in.B), g.useV(in.C)
	t := g.tmp()
	g.op3i(asm.PALIGNR, t, c, b, 4)
	d := g.defV(mayA | mayB)
	g.op3(asm.PADDD, d, t, a)
	g.a.S2(asm.SHA256MSG2, d, c)
	return true
}
