package interp

import (
	"armature/tcg/ir"
	"armature/tcg/state"
)

// sizeMask has the low 1<<size bytes set; size up to 3.
func sizeMask(size uint8) uint64 { return ^uint64(0) >> (64 - 8<<(size&3)) }

// signed sign extends the low 1<<size bytes of v; size up to 3.
func signed(v uint64, size uint8) int64 {
	unused := 64 - 8<<(size&3)
	return int64(v<<unused) >> unused
}

// carry is the guest's C of flags in the host form.
func carry(flags uint32) uint64 { return uint64(state.UnpackNZCV(flags) >> 1 & 1) }

// flagsOf is FlagsOf for def, the definition of its operand, with the operands of def.
func flagsOf(def *ir.Inst, a, b uint64, flags uint32) uint32 {
	return state.PackNZCV(def.NZCV(a, b, carry(flags)))
}

// flagsOp evaluates the operations FlagsConst..CSetM.
func flagsOp(in *ir.Inst, a, b uint64, d uint32) (uint64, bool) {
	switch in.Op {
	case ir.FlagsConst:
		return uint64(state.PackNZCV(uint32(in.Imm))), true
	case ir.FlagsSel, ir.CSel:
		if in.Cond().Holds(state.UnpackNZCV(d)) {
			return a, true
		}
		return b, true
	case ir.FlagsToX:
		return uint64(state.UnpackNZCV(uint32(a))) << 28, true
	case ir.FlagsFromX:
		return uint64(state.PackNZCV(uint32(a >> 28 & 15))), true
	case ir.CSet, ir.CSetM:
		switch {
		case !in.Cond().Holds(state.UnpackNZCV(uint32(a))):
			return 0, true
		case in.Op == ir.CSet:
			return 1, true
		}
		return ^uint64(0), true
	}
	return 0, false
}
