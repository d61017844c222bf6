package amd64

import "armature/tcg/amd64/asm"

// movV, loadV and storeV copy 128 bits. Memory need not be aligned.
func (g *gen) movV(d, s asm.XReg) {
	switch {
	case d == s:
	case !g.v3:
		g.a.S2(asm.MOVAPS, d, s)
	case s > 7 && d < 8: // the store form has the shorter prefix
		g.a.V2(asm.MOVAPSst, asm.L128, d, s)
	default:
		g.a.V2(asm.MOVAPS, asm.L128, d, s)
	}
}

func (g *gen) loadV(d asm.XReg, m asm.Mem)  { g.op2m(asm.MOVUPS, d, m) }
func (g *gen) storeV(m asm.Mem, s asm.XReg) { g.op2m(asm.MOVUPSst, s, m) }

// zeroV clears a register.
func (g *gen) zeroV(d asm.XReg) { g.op3(asm.PXOR, d, d, d) }
