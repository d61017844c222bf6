package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Load and store exclusive, and the stores of strict code; see state.Monitor.

// lowerLoadEx notes address, value and size for the store exclusive, which compares with them, and which one that is.
func lowerLoadEx(g *gen, in *ir.Inst) bool {
	m := g.atomic(in, false)
	if in.Op == ir.LoadExV {
		d := g.defV(0)
		g.note(FlagsInMemory)
		g.op2m(asm.MOVAPS, d, m) // atomic on all processors with AVX
		g.storeV(cpuMem(offExVal), d)
	} else {
		d := g.defG(0)
		g.note(FlagsInMemory)
		g.a.RM(loadOps[0][in.Size&3], max(4, asm.Size(1)<<in.Size), d, m)
		if in.Size < 3 {
			g.zeroUpper32()
		}
		g.a.MR(asm.MOV, 8, cpuMem(offExVal), d)
	}
	g.a.MR(asm.MOV, 8, cpuMem(offExAddr), m.Base)
	g.a.MI(asm.MOV, 8, cpuMem(offExSize), 1<<in.Size)
	g.a.MI(asm.MOV, 4, cpuMem(offExPair), int32(in.Imm))
	return true
}

// monitor jumps to fail, with ZF clear, when the exclusive monitor does not cover the access, and to the slow path if
// the load exclusive was another's. That comes to back with the status in EAX; it finds the value to be stored where
// value says (cold.reg), and NZCV and X0's home where flags does.
func (g *gen) monitor(in *ir.Inst, addr asm.Reg, value uint8, flags FlagsWhere, fail asm.Label) (back asm.Label) {
	g.a.RM(asm.CMP, 8, addr, cpuMem(offExAddr))
	g.a.Jcc(asm.CcNE, fail)
	g.a.MI(asm.CMP, 8, cpuMem(offExSize), 1<<in.Size)
	g.a.Jcc(asm.CcNE, fail)
	g.a.MI(asm.CMP, 4, cpuMem(offExPair), int32(in.Imm))
	at, back := g.a.NewLabel(), g.a.NewLabel()
	g.a.Jcc(asm.CcNE, at)
	g.colds = append(g.colds, cold{kind: coldHelper, at: at, back: back, ref: g.ref, pc: g.pc, flags: flags,
		dst: uint8(asm.RAX), reg: [3]uint8{uint8(addr), value}})
	return back
}

// status opens the monitor and makes the result of ZF: 0 when it is set. The slow path goes on behind that. swapped
// is as wide gave it.
func (g *gen) status(back asm.Label, swapped bool) {
	g.a.MI(asm.MOV, 8, cpuMem(offExSize), 0)
	g.a.R(asm.SET(asm.CcNE), 1, asm.RAX)
	g.a.RR(asm.MOVZX8, 4, asm.RAX, asm.RAX)
	g.a.Bind(back)
	g.restoreRDI(swapped) // before the result comes there
	g.zeroUpper32()
	g.setG(asm.RAX)
}

func lowerStoreEx(g *gen, in *ir.Inst) bool {
	m := g.atomic(in, true)
	b := g.useG(g.op[1])
	fail := g.a.NewLabel()
	back := g.monitor(in, m.Base, uint8(b), FlagsInMemory, fail)
	g.a.RM(asm.MOV, 8, asm.RAX, cpuMem(offExVal))
	g.note(FlagsInMemory)
	g.a.MR(g.lock|asm.CMPXCHG, asm.Size(1)<<in.Size, m, b)
	g.a.Bind(fail)
	g.status(back, false)
	return true
}

func lowerStoreExV(g *gen, in *ir.Inst) bool {
	m, swapped := g.wide(g.op[0])
	flags := FlagsInMemory
	if swapped {
		flags = FlagsRDI
	}
	fail := g.a.NewLabel()
	back := g.monitor(in, m.Base, g.coldOperand(g.op[1]), flags, fail)
	g.halves(asm.RBX, asm.RCX, g.op[1])
	g.a.RM(asm.MOV, 8, asm.RAX, cpuMem(offExVal))
	g.a.RM(asm.MOV, 8, asm.RDX, cpuMem(offExVal+8))
	g.noteWide(swapped)
	g.a.M(g.lock|asm.CMPXCHG16B, 8, m)
	g.a.Bind(fail)
	g.status(back, swapped)
	return true
}

func lowerClearEx(g *gen, in *ir.Inst) bool {
	g.a.MI(asm.MOV, 8, cpuMem(offExSize), 0)
	return true
}

// strictAccess makes an atomic or exclusive access of strict code, which always takes the slow path.
func strictAccess(g *gen, in *ir.Inst) bool {
	g.flush()
	g.clobber()
	g.note(FlagsInMemory)
	g.helper(in)
	return true
}

// strictStore is lowerStore of strict code: to an armed page by the slow path. Both ways leave the registers'
// contents the same, so that operands are asked for before they part.
func strictStore(g *gen, in *ir.Inst) bool {
	if in.Flags&(ir.MemAlign|ir.MemRelease) != 0 {
		return strictAccess(g, in)
	}
	g.flush()
	g.clobber()
	m, c := g.addr(in), g.op[2]
	var x asm.XReg
	var y asm.Reg
	vector := g.insts[c].Type == ir.V128
	if vector {
		x = g.useV(c)
	} else {
		y = g.useG(c)
	}
	t := g.tmpG()
	plain, done := g.a.NewLabel(), g.a.NewLabel()
	g.a.RM(asm.LEA, 8, t, m)
	g.a.RI(asm.SHR, 4, t, state.PageShift)
	g.a.RI(asm.AND, 4, t, state.PageMask)
	g.a.RM(asm.ADD, 8, t, cpuMem(offExMonitor))
	g.a.MI(asm.CMP, 1, asm.B(t, 0), 0) // Monitor.armed
	g.a.Jcc(asm.CcE, plain)
	g.a.RM(asm.LEA, 8, t, m)
	g.a.MR(asm.MOV, 8, argMem(0), t)
	if vector {
		g.storeV(argMem(2), x)
	} else {
		g.a.MR(asm.MOV, 8, argMem(2), y)
	}
	g.note(FlagsInMemory)
	g.callHelper(g.ref)
	g.helps[len(g.helps)-1].whole = true
	g.a.Jmp(done)
	g.a.Bind(plain)
	if vector {
		g.storeLow(in.Size, m, x)
	} else {
		g.a.MR(asm.MOV, asm.Size(1)<<in.Size, m, y)
	}
	g.a.Bind(done)
	return true
}
