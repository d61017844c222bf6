package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// This file is what lowerings use to get at values; doc.go explains the rules.

// useG gives a register with the value of an integer operand. The register must not be changed.
func (g *gen) useG(r ir.Ref) asm.Reg { return asm.Reg(g.use(&g.G, r)) }

// useV is useG for a vector.
func (g *gen) useV(r ir.Ref) asm.XReg { return asm.XReg(g.use(&g.V, r)) }

// memG gives the memory operand of a value that is in memory and not in a register.
func (g *gen) memG(r ir.Ref) (asm.Mem, bool) { return g.inMem(&g.G, r) }

// memV is memG for a vector. The operand is aligned to 16 bytes.
func (g *gen) memV(r ir.Ref) (asm.Mem, bool) { return g.inMem(&g.V, r) }

func (g *gen) inMem(f *regFile, r ir.Ref) (asm.Mem, bool) {
	v := &g.v[g.canon(r)]
	if v.loc == locMem || v.loc == locSpill {
		return g.mem(f, v), true
	}
	return asm.Mem{}, false
}

// defG gives the register for the result of the current instruction, once, after the operands have been asked for.
// It may be that of an operand in may (mayA, mayB...) whose last use this is; it is no other operand's.
func (g *gen) defG(may uint8) asm.Reg { return asm.Reg(g.def(&g.G, may)) }

// defV is defG for a vector.
func (g *gen) defV(may uint8) asm.XReg { return asm.XReg(g.def(&g.V, may)) }

// tmpG gives a temporary that is free until the end of the current instruction.
func (g *gen) tmpG() asm.Reg { return asm.Reg(g.alloc(&g.G, g.G.temps)) }

// tmpV is tmpG for a vector.
func (g *gen) tmpV() asm.XReg { return asm.XReg(g.alloc(&g.V, g.V.temps)) }

// takeG makes a certain temporary (RAX, RCX, RDX, RBX) free until the end of the current instruction. It comes before
// all useG, as operands may move.
func (g *gen) takeG(t asm.Reg) { g.take(&g.G, uint8(t)) }

// takeV is takeG for xmm0 to xmm3.
func (g *gen) takeV(t asm.XReg) { g.take(&g.V, uint8(t)) }

// konst gives the value of an operand if it is a constant.
func (g *gen) konst(r ir.Ref) (int64, bool) {
	r = g.canon(r)
	if g.insts[r].Op == ir.Const {
		return g.imm(r), true
	}
	return 0, false
}

// zeroUpper32 records that the upper half of the result's register is zero, as after every 32-bit operation.
func (g *gen) zeroUpper32() { g.v[g.ref].zero = zUpper }

// setZeroAbove records that the result is zero from byte 1<<log2 on: 3 says that bits 127:64 are zero, 2 that bits
// 127:32 are. The knowledge goes with the value, also through PutV and GetV.
func (g *gen) setZeroAbove(log2 uint8) { g.v[g.ref].zero = log2 + 1 }

// zeroAbove tells whether a vector operand is known to be zero from byte 1<<log2 on.
func (g *gen) zeroAbove(r ir.Ref, log2 uint8) bool {
	z := g.v[g.canon(r)].zero
	return z != 0 && z <= log2+1
}

// literal is 16 bytes of data behind the code.
type literal struct {
	lo, hi uint64
	at     asm.Label
}

// constV gives 16 bytes of read-only data, aligned.
func (g *gen) constV(lo, hi uint64) asm.Mem {
	for i := range g.lits {
		if l := &g.lits[i]; l.lo == lo && l.hi == hi {
			return g.a.RipLabel(l.at)
		}
	}
	at := g.a.NewLabel()
	g.lits = append(g.lits, literal{lo, hi, at})
	return g.a.RipLabel(at)
}

// emitLiterals writes the data.
func (g *gen) emitLiterals() {
	if len(g.lits) == 0 {
		return
	}
	g.a.Align(16)
	for i := range g.lits {
		l := &g.lits[i]
		g.a.Bind(l.at)
		g.a.U64(l.lo)
		g.a.U64(l.hi)
	}
}
