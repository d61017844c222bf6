package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/state"
)

// EmitStubs writes the fixed routines for address base into buf and gives their addresses and the bytes used,
// or 0 when buf is too small (2 KiB do). All arenas of a process may share one set, if it is within 2 GiB of them.
func EmitStubs(buf []byte, base uint64) (n int, s Stubs) {
	var a asm.Asm
	a.Reset(buf, uintptr(base))
	here := func() uint64 { a.Align(16); return uint64(a.PC()) }

	s.Enter = here()
	moveHomes(&a, false)
	a.JmpR(asm.RAX)

	s.Exit = here()
	exit := a.NewLabel()
	a.Bind(exit)
	moveHomes(&a, true)
	leave := a.NewLabel()
	a.Bind(leave)
	a.M(asm.STMXCSR, 4, cpuMem(offMXCSR))
	a.MR(asm.MOV, 8, cpuMem(offJITSP), asm.RSP)
	a.RM(asm.MOV, 8, asm.RSP, cpuMem(offHostSP))
	a.N(asm.RET)

	// Chain: the return address is the ChainRecord's.
	s.Chain = here()
	a.Pop(asm.RAX)
	a.RM(asm.MOV, 8, asm.RCX, asm.B(asm.RAX, 0))
	a.MR(asm.MOV, 8, cpuMem(offPC), asm.RCX)
	lookupExit := a.NewLabel()
	a.Bind(lookupExit)
	a.MR(asm.MOV, 8, cpuMem(offArg), asm.RAX)
	a.MI(asm.MOV, 4, cpuMem(offReason), state.ExitLookup)
	a.Jmp(exit)

	// Sentinel falls into Lookup.
	s.Sentinel = here()
	a.RM(asm.MOV, 8, asm.RSP, cpuMem(offJITStack))
	s.Lookup = uint64(a.PC())
	stop, miss := a.NewLabel(), a.NewLabel()
	a.MI(asm.CMP, 4, cpuMem(offStop), 0)
	a.Jcc(asm.CcNE, stop)
	probe(&a)
	a.Jcc(asm.CcNE, miss)
	a.JmpM(jumpHost)
	a.Bind(miss)
	a.MR(asm.MOV, 8, cpuMem(offPC), asm.RAX)
	a.Zero(asm.RAX)
	a.Jmp(lookupExit)

	// The guest PC lies behind the call.
	s.stopAt = here()
	a.Pop(asm.RAX)
	a.RM(asm.MOV, 8, asm.RAX, asm.B(asm.RAX, 0))
	a.Jmp(stop)

	s.hotAt = here()
	a.Pop(asm.RAX)
	a.RM(asm.MOV, 8, asm.RAX, asm.B(asm.RAX, 0))
	a.MI(asm.MOV, 4, cpuMem(offReason), state.ExitHot)
	leavePC := a.JmpShort()
	a.Align(16)
	a.Bind(stop)
	s.stop = uint64(a.PC())
	a.MI(asm.MOV, 4, cpuMem(offReason), state.ExitStop)
	a.Land(leavePC)
	a.MR(asm.MOV, 8, cpuMem(offPC), asm.RAX)
	a.MI(asm.MOV, 8, cpuMem(offArg), 0)
	a.Jmp(exit)

	// Helper: behind the call lies the distance to the ir.Inst.
	s.Helper = here()
	moveAll(&a, true)
	a.RM(asm.MOV, 8, asm.RAX, asm.B(asm.RSP, 0))
	a.RM(asm.MOVSXD, 8, asm.RCX, asm.B(asm.RAX, 0))
	a.RR(asm.ADD, 8, asm.RCX, asm.RAX)
	a.MR(asm.MOV, 8, cpuMem(offHelperOp), asm.RCX)
	a.MI(asm.ADD, 8, asm.B(asm.RSP, 0), 4)
	a.MI(asm.MOV, 4, cpuMem(offReason), state.ExitHelper)
	a.Jmp(leave)

	s.Resume = here()
	a.M(asm.LDMXCSR, 4, cpuMem(offMXCSR))
	moveAll(&a, false)
	a.N(asm.RET)

	// Misaligned: RAX is the address; the return address finds the PC map's entry.
	s.Misaligned = here()
	a.MR(asm.MOV, 8, cpuMem(offFaultAddr), asm.RAX)
	a.Pop(asm.RAX)
	a.R(asm.DEC, 8, asm.RAX)
	a.MR(asm.MOV, 8, cpuMem(offFaultPC), asm.RAX)
	a.MI(asm.MOV, 8, cpuMem(offFaultSig), sigBUS)
	a.MI(asm.MOV, 8, cpuMem(offFaultCode), busADRALN)

	s.Fault = uint64(a.PC())
	moveAll(&a, true)
	a.MI(asm.MOV, 4, cpuMem(offReason), state.ExitFault)
	a.Jmp(leave)

	if a.Finish() != asm.OK {
		return 0, Stubs{}
	}
	return a.Len(), s
}

const (
	sigBUS    = 7
	busADRALN = 1
)

// jumpHost is the host address of the jump-cache entry that probe found.
var jumpHost = asm.BI(rCPU, asm.RCX, 4, offJump+8)

// probe looks RAX, a guest PC, up in the jump cache: ZF is set when it is there. RCX is the index: an entry has 16
// bytes and an instruction 4, so the masked address times 4 is the entry's offset.
func probe(a *asm.Asm) {
	a.RR(asm.MOV, 4, asm.RCX, asm.RAX)
	a.RI(asm.AND, 4, asm.RCX, (1<<state.JumpCacheBits-1)<<2)
	a.RM(asm.CMP, 8, asm.RAX, asm.BI(rCPU, asm.RCX, 4, offJump))
}

// moveHomes loads the global map, or stores it.
func moveHomes(a *asm.Asm, store bool) {
	for _, h := range homesG {
		moveG(a, store, asm.Reg(h.host), xMem(h.guest))
	}
	for _, h := range homesV {
		moveX(a, store, asm.XReg(h.host), vMem(h.guest))
	}
}

// moveAll saves every host register but RBP to CPU.Save, or loads all of them.
func moveAll(a *asm.Asm, store bool) {
	for r := asm.XMM0; r <= asm.XMM15; r++ {
		moveX(a, store, r, cpuMem(offSaveXMM+16*int32(r)))
	}
	for r := asm.RAX; r <= asm.R15; r++ {
		if r != rCPU {
			moveG(a, store, r, cpuMem(offSaveGPR+8*int32(r)))
		}
	}
}

func moveG(a *asm.Asm, store bool, r asm.Reg, m asm.Mem) {
	if store {
		a.MR(asm.MOV, 8, m, r)
	} else {
		a.RM(asm.MOV, 8, r, m)
	}
}

// moveX moves a vector register in SSE form: these stubs run at all levels, and between translated code, which keeps
// the upper halves of the YMM registers clear, and Go, whose code does so too.
func moveX(a *asm.Asm, store bool, r asm.XReg, m asm.Mem) {
	if store {
		a.S2M(asm.MOVUPSst, r, m)
	} else {
		a.S2M(asm.MOVUPS, r, m)
	}
}
