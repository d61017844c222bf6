package amd64

import (
	"unsafe"

	"armature/tcg/amd64/asm"
	"armature/tcg/state"
)

// Displacements from RBP of the fields of state.CPU.
const (
	offX         = int32(unsafe.Offsetof(state.CPU{}.X)) - state.Bias
	offPC        = int32(unsafe.Offsetof(state.CPU{}.PC)) - state.Bias
	offFlags     = int32(unsafe.Offsetof(state.CPU{}.Flags)) - state.Bias
	offFPCR      = int32(unsafe.Offsetof(state.CPU{}.FPCR)) - state.Bias
	offFPSR      = int32(unsafe.Offsetof(state.CPU{}.FPSR)) - state.Bias
	offMXCSR     = int32(unsafe.Offsetof(state.CPU{}.MXCSR)) - state.Bias
	offStop      = int32(unsafe.Offsetof(state.CPU{}.Stop)) - state.Bias
	offReason    = int32(unsafe.Offsetof(state.CPU{}.ExitReason)) - state.Bias
	offArg       = int32(unsafe.Offsetof(state.CPU{}.ExitArg)) - state.Bias
	offTPIDR     = int32(unsafe.Offsetof(state.CPU{}.TPIDR)) - state.Bias
	offTPIDRRO   = int32(unsafe.Offsetof(state.CPU{}.TPIDRRO)) - state.Bias
	offExAddr    = int32(unsafe.Offsetof(state.CPU{}.ExAddr)) - state.Bias
	offExVal     = int32(unsafe.Offsetof(state.CPU{}.ExVal)) - state.Bias
	offExSize    = int32(unsafe.Offsetof(state.CPU{}.ExSize)) - state.Bias
	offExMonitor = int32(unsafe.Offsetof(state.CPU{}.ExMonitor)) - state.Bias
	offExPair    = int32(unsafe.Offsetof(state.CPU{}.ExPair)) - state.Bias
	offHelperArg = int32(unsafe.Offsetof(state.CPU{}.HelperArg)) - state.Bias
	offHelperRes = int32(unsafe.Offsetof(state.CPU{}.HelperRes)) - state.Bias
	offHelperOp  = int32(unsafe.Offsetof(state.CPU{}.HelperOp)) - state.Bias
	offHostSP    = int32(unsafe.Offsetof(state.CPU{}.HostSP)) - state.Bias
	offJITStack  = int32(unsafe.Offsetof(state.CPU{}.JITStack)) - state.Bias
	offJITSP     = int32(unsafe.Offsetof(state.CPU{}.JITSP)) - state.Bias
	offFaultSig  = int32(unsafe.Offsetof(state.CPU{}.FaultSig)) - state.Bias
	offFaultCode = int32(unsafe.Offsetof(state.CPU{}.FaultCode)) - state.Bias
	offFaultAddr = int32(unsafe.Offsetof(state.CPU{}.FaultAddr)) - state.Bias
	offFaultPC   = int32(unsafe.Offsetof(state.CPU{}.FaultPC)) - state.Bias
	offFaultFlag = int32(unsafe.Offsetof(state.CPU{}.FaultFlag)) - state.Bias
	offScratch   = int32(unsafe.Offsetof(state.CPU{}.Scratch)) - state.Bias
	offSpill     = int32(unsafe.Offsetof(state.CPU{}.Spill)) - state.Bias
	offV         = int32(unsafe.Offsetof(state.CPU{}.V)) - state.Bias
	offSaveGPR   = int32(unsafe.Offsetof(state.CPU{}.Save)+unsafe.Offsetof(state.HostSave{}.GPR)) - state.Bias
	offSaveXMM   = int32(unsafe.Offsetof(state.CPU{}.Save)+unsafe.Offsetof(state.HostSave{}.XMM)) - state.Bias
	offJump      = int32(unsafe.Offsetof(state.CPU{}.JumpCache)) - state.Bias
	offHot       = int32(unsafe.Offsetof(state.CPU{}.Hot)) - state.Bias

	numSpillG = len(state.CPU{}.Spill)
	numSpillV = len(state.CPU{}.Scratch)
)

// Guest vector registers and spill slots may be operands of legacy SSE operations, which insist on alignment.
const _ = -(uint(unsafe.Offsetof(state.CPU{}.V)) & 15) - (uint(unsafe.Offsetof(state.CPU{}.Scratch)) & 15)

// cpuMem is the field at displacement off.
func cpuMem(off int32) asm.Mem { return asm.B(rCPU, off) }

// xMem and vMem are the places of guest registers in memory.
func xMem(r uint8) asm.Mem { return asm.B(rCPU, offX+8*int32(r)) }
func vMem(r uint8) asm.Mem { return asm.B(rCPU, offV+16*int32(r)) }
