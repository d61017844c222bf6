package arm64

import (
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Branches and exception generation.

// Conditional branch (immediate).

func (t *Translator) trB_cond(i Inst) bool {
	target := t.pc + uint64(signExtend(i.imm19(), 19)*4)
	cond := ir.Cond(i.cond_3_0())
	if cond >= ir.AL {
		t.branch(target)
		return true
	}
	t.branch2(ir.Inst{Op: ir.BrCond, A: t.flags(), Flags: uint8(cond)}, target)
	return true
}

// Exception generation.

func (t *Translator) trSVC(i Inst) bool {
	t.exit(state.ExitSyscall, int64(i.imm16_20_5()), t.next)
	return true
}

func (t *Translator) trBRK(i Inst) bool {
	t.exit(state.ExitBreak, int64(i.imm16_20_5()), t.pc)
	return true
}

// HLT is undefined when halting debug is not enabled, and UDF always is.

func (t *Translator) trHLT(Inst) bool { return false }
func (t *Translator) trUDF(Inst) bool { return false }

// Unconditional branch (register). The target is read before X30 is written.

func (t *Translator) trBR(i Inst) bool {
	t.term(ir.Inst{Op: ir.JmpInd, A: t.X(i.Rn())})
	return true
}

func (t *Translator) trBLR(i Inst) bool {
	target := t.X(i.Rn())
	t.setX(30, t.c64(int64(t.next)))
	t.succ[1] = t.next
	t.term(ir.Inst{Op: ir.CallInd, A: target})
	return true
}

func (t *Translator) trRET(i Inst) bool {
	t.term(ir.Inst{Op: ir.Ret, A: t.X(i.Rn())})
	return true
}

// Unconditional branch (immediate).

func (t *Translator) trB(i Inst) bool {
	t.branch(t.pc + uint64(signExtend(i.imm26(), 26)*4))
	return true
}

func (t *Translator) trBL(i Inst) bool {
	t.setX(30, t.c64(int64(t.next)))
	t.branch2(ir.Inst{Op: ir.Call}, t.pc+uint64(signExtend(i.imm26(), 26)*4))
	return true
}

// Compare and branch (immediate).

func (t *Translator) trCBZ(i Inst) bool  { return t.compareBranch(i, ir.BrZ) }
func (t *Translator) trCBNZ(i Inst) bool { return t.compareBranch(i, ir.BrNZ) }

func (t *Translator) compareBranch(i Inst, op ir.Op) bool {
	ty := intType(i.sf())
	t.branch2(ir.Inst{Op: op, Type: ty, A: t.R(ty, i.Rt())}, t.pc+uint64(signExtend(i.imm19(), 19)*4))
	return true
}

// Test and branch (immediate).

func (t *Translator) trTBZ(i Inst) bool  { return t.testBranch(i, ir.BrBitZ) }
func (t *Translator) trTBNZ(i Inst) bool { return t.testBranch(i, ir.BrBitNZ) }

func (t *Translator) testBranch(i Inst, op ir.Op) bool {
	t.branch2(ir.Inst{Op: op, Type: ir.I64, A: t.X(i.Rt()), Aux: i.b5()<<5 | i.b40()},
		t.pc+uint64(signExtend(i.imm14(), 14)*4))
	return true
}
