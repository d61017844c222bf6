package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/state"
)

// FPSR is what CPU.FPSR has and the sticky bits of MXCSR, in another order; see state.GetFPSR.

// mxcsrSticky has the exceptions of MXCSR, the denormal one included.
const mxcsrSticky = 0x3f

// getFPSR lowers GetSys of FPSR.
func (g *gen) getFPSR() bool {
	g.clobber()
	t := g.tmpG()
	d := g.defG(0)
	g.a.M(asm.STMXCSR, 4, cpuMem(offMXCSR))
	g.a.RM(asm.MOV, 4, t, cpuMem(offMXCSR))
	g.a.RR(asm.MOV, 4, d, t)
	g.a.RI(asm.AND, 4, t, state.FPSRIOC)
	g.a.RI(asm.SHR, 4, d, 1)
	g.a.RI(asm.AND, 4, d, state.FPSRDZC|state.FPSROFC|state.FPSRUFC|state.FPSRIXC)
	g.a.RR(asm.OR, 4, d, t)
	g.a.RM(asm.OR, 4, d, cpuMem(offFPSR))
	g.zeroUpper32()
	return true
}

// putFPSR lowers PutSys of FPSR.
func (g *gen) putFPSR(x asm.Reg) bool {
	t := g.tmpG()
	g.a.RR(asm.MOV, 4, t, x)
	g.a.RI(asm.AND, 4, t, state.FPSRMask)
	g.a.MR(asm.MOV, 4, cpuMem(offFPSR), t)
	g.a.M(asm.STMXCSR, 4, cpuMem(offMXCSR))
	g.a.MI(asm.AND, 4, cpuMem(offMXCSR), ^mxcsrSticky)
	g.a.M(asm.LDMXCSR, 4, cpuMem(offMXCSR))
	return true
}
