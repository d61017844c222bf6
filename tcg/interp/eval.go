package interp

import (
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Eval evaluates one operation in the midst of translated code: operands A, B and C from c.HelperArg, the
// result to c.HelperRes[0]. Of c, it reads and writes nothing else but FPCR, FPSR, the other system
// registers, and MXCSR as far as those are there too.
//
// It takes every operation except those that are not one on values alone: Get and Put, FlagsOf (which depends
// on the operands of its operand), memory accesses (see Access) and terminators. For these it returns false.
func Eval(in *ir.Inst, c *state.CPU) bool {
	r, ok := eval(in, c, c.HelperArg[0], c.HelperArg[1], c.HelperArg[2])
	if ok {
		c.HelperRes[0] = r
	}
	return ok
}

func eval(in *ir.Inst, c *state.CPU, a, b, d state.V) (state.V, bool) {
	op := in.Op
	switch {
	case op >= ir.Const && op <= ir.Crc32C:
		r, ok := in.Eval(a.Lo, b.Lo, carry(uint32(d.Lo)))
		return state.V{Lo: r}, ok
	case op >= ir.FlagsOf && op <= ir.CSetM:
		r, ok := flagsOp(in, a.Lo, b.Lo, uint32(d.Lo))
		if in.Type == ir.I32 {
			r = uint64(uint32(r))
		}
		return state.V{Lo: r}, ok
	case op == ir.Nop || op == ir.Insn:
		return state.V{}, true
	case op == ir.GetSys:
		return state.V{Lo: getSys(c, in.Aux)}, true
	case op == ir.PutSys:
		return state.V{}, putSys(c, in.Aux, a.Lo)
	case op >= ir.VFromX && op <= ir.VXar, op >= ir.VCSel && op <= ir.VInt3:
		return move(in, a, b, d)
	case op >= ir.VAdd && op <= ir.VCmTst:
		return lanesOp(in, c, a, b)
	case op >= ir.VShlI && op <= ir.VUQRShl:
		return shiftOp(in, c, a, b)
	case op >= ir.VSXtl && op <= ir.VUAddLP:
		return widen(in, c, a, b)
	case op >= ir.VXtn && op <= ir.VRSubHN:
		return narrow(in, c, a, b)
	case op >= ir.VSQDMulH && op <= ir.VURsqrte:
		return multiply(in, c, a, b, d)
	case op >= ir.AESE && op <= ir.SHA512SU1:
		return crypto(in, a, b, d)
	case op >= ir.FAdd && op <= ir.BFMlal:
		return float(in, c, a, b, d)
	}
	return state.V{}, false
}

// Frequency of the guest's virtual counter in Hz (CNTFRQ_EL0). CNTVCT_EL0 is the host's monotonic clock in ns.
const counterFrequency = 1_000_000_000

func getSys(c *state.CPU, reg uint32) uint64 {
	switch reg {
	case ir.SysTPIDR:
		return c.TPIDR
	case ir.SysTPIDRRO:
		return c.TPIDRRO
	case ir.SysFPCR:
		return uint64(c.FPCR)
	case ir.SysFPSR:
		return uint64(c.GetFPSR())
	case ir.SysCNTVCT:
		return uint64(nanotime())
	case ir.SysCNTFRQ:
		return counterFrequency
	}
	return 0
}

func putSys(c *state.CPU, reg uint32, v uint64) bool {
	switch reg {
	case ir.SysTPIDR:
		c.TPIDR = v
	case ir.SysFPCR:
		c.SetFPCR(uint32(v))
	case ir.SysFPSR:
		c.SetFPSR(uint32(v))
	default:
		return false
	}
	return true
}
