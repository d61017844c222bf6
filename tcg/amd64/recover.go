package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/state"
)

// Recover completes cpu after an ExitFault: it rebuilds X, V and Flags from what stubs.Fault saved to cpu.Save.
// regs is the region's Code.Regs (GlobalMap unless Code.Local) and flags the PCEntry's. PC is left to the caller.
func Recover(cpu *state.CPU, regs *RegMap, flags FlagsWhere) {
	if flags == FlagsRDI {
		cpu.Save.GPR[asm.RDI] = cpu.Spill[spillRDI]
	}
	for i, h := range regs.X {
		if h != InMemory {
			cpu.X[i] = cpu.Save.GPR[h&15]
		}
	}
	for i, h := range regs.V {
		if h != InMemory {
			x := &cpu.Save.XMM[h&31]
			cpu.V[i] = state.V{Lo: x[0], Hi: x[1]}
		}
	}
	switch flags {
	case FlagsSub:
		cpu.Flags = hostFlags(cpu.FaultFlag)
	case FlagsAdd:
		cpu.Flags = hostFlags(cpu.FaultFlag) ^ state.FlagCF
	}
}

// hostFlags turns EFLAGS (SF bit 7, ZF bit 6, CF bit 0, OF bit 11) into the form that LAHF and SETO leave in AX.
func hostFlags(e uint64) uint32 {
	return uint32(e)&0xff<<8 | uint32(e)>>11&1
}
