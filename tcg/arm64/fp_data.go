package arm64

import "armature/tcg/ir"

// Floating-point data-processing (1 source).

func (t *Translator) trFABS_f(i Inst) bool  { return t.vUn(i, ir.FAbs, i.fty(), scalar) }
func (t *Translator) trFNEG_f(i Inst) bool  { return t.vUn(i, ir.FNeg, i.fty(), scalar) }
func (t *Translator) trFSQRT_f(i Inst) bool { return t.vUn(i, ir.FSqrt, i.fty(), scalar) }
func (t *Translator) trFRINTN_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fty(), scalar, ir.RoundNearest)
}
func (t *Translator) trFRINTP_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fty(), scalar, ir.RoundPlus)
}
func (t *Translator) trFRINTM_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fty(), scalar, ir.RoundMinus)
}
func (t *Translator) trFRINTZ_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fty(), scalar, ir.RoundZero)
}
func (t *Translator) trFRINTA_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fty(), scalar, ir.RoundAway)
}
func (t *Translator) trFRINTX_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fty(), scalar, ir.RoundCur|ir.RoundExact)
}
func (t *Translator) trFRINTI_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fty(), scalar, ir.RoundCur)
}
func (t *Translator) trFRINT32Z_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt32, i.fsz(), scalar, ir.RoundZero)
}
func (t *Translator) trFRINT32X_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt32, i.fsz(), scalar, ir.RoundCur)
}
func (t *Translator) trFRINT64Z_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt64, i.fsz(), scalar, ir.RoundZero)
}
func (t *Translator) trFRINT64X_f(i Inst) bool {
	return t.vUnAux(i, ir.FRInt64, i.fsz(), scalar, ir.RoundCur)
}

// Floating-point data-processing (2 source).

func (t *Translator) trFMUL_f(i Inst) bool   { return t.vBin(i, ir.FMul, i.fty(), scalar) }
func (t *Translator) trFDIV_f(i Inst) bool   { return t.vBin(i, ir.FDiv, i.fty(), scalar) }
func (t *Translator) trFADD_f(i Inst) bool   { return t.vBin(i, ir.FAdd, i.fty(), scalar) }
func (t *Translator) trFSUB_f(i Inst) bool   { return t.vBin(i, ir.FSub, i.fty(), scalar) }
func (t *Translator) trFMAX_f(i Inst) bool   { return t.vBin(i, ir.FMax, i.fty(), scalar) }
func (t *Translator) trFMIN_f(i Inst) bool   { return t.vBin(i, ir.FMin, i.fty(), scalar) }
func (t *Translator) trFMAXNM_f(i Inst) bool { return t.vBin(i, ir.FMaxNM, i.fty(), scalar) }
func (t *Translator) trFMINNM_f(i Inst) bool { return t.vBin(i, ir.FMinNM, i.fty(), scalar) }
func (t *Translator) trFNMUL_f(i Inst) bool  { return t.vBin(i, ir.FNMul, i.fty(), scalar) }

func (t *Translator) trFMOV_f(i Inst) bool { return t.vUn(i, ir.VMov, i.fty(), scalar) }
func (t *Translator) trFMOV_fi(i Inst) bool {
	return t.vPut(i.Rd(), t.vConst(fpImm(i.imm8(), i.fty()), ir.ShapeD))
}

// Floating-point data-processing (3 source). The addend is Va.

func (t *Translator) trFMADD(i Inst) bool  { return t.fFma(i, ir.FMla) }
func (t *Translator) trFMSUB(i Inst) bool  { return t.fFma(i, ir.FMls) }
func (t *Translator) trFNMADD(i Inst) bool { return t.fFma(i, ir.FNMla) }
func (t *Translator) trFNMSUB(i Inst) bool { return t.fFma(i, ir.FNMls) }

func (t *Translator) fFma(i Inst, op ir.Op) bool {
	return t.vPut(i.Rd(), t.vOp(op, i.fty(), scalar, t.V(i.Rn()), t.V(i.Rm()), t.V(i.Ra())))
}

// Floating-point compare. The E forms raise Invalid Operation for quiet NaNs too.

func (t *Translator) trFCMP(i Inst) bool    { return t.fCmp(i, ir.FCmp, t.V(i.Rm())) }
func (t *Translator) trFCMPE(i Inst) bool   { return t.fCmp(i, ir.FCmpE, t.V(i.Rm())) }
func (t *Translator) trFCMP_z(i Inst) bool  { return t.fCmp(i, ir.FCmp, t.vConst(0, ir.ShapeQ)) }
func (t *Translator) trFCMPE_z(i Inst) bool { return t.fCmp(i, ir.FCmpE, t.vConst(0, ir.ShapeQ)) }

func (t *Translator) fCmp(i Inst, op ir.Op, m ir.Ref) bool {
	t.setFlags(t.fCompare(op, i.fty(), t.V(i.Rn()), m))
	return true
}

func (t *Translator) fCompare(op ir.Op, size uint8, n, m ir.Ref) ir.Ref {
	return t.r.Emit(ir.Inst{Op: op, Type: ir.Flags, Size: size, Shape: scalar, A: n, B: m})
}

// Floating-point conditional compare.

func (t *Translator) trFCCMP(i Inst) bool  { return t.fCcmp(i, ir.FCmp) }
func (t *Translator) trFCCMPE(i Inst) bool { return t.fCcmp(i, ir.FCmpE) }

// fCcmp compares zero with zero when the condition fails, for there must be no exception then.
func (t *Translator) fCcmp(i Inst, op ir.Op) bool {
	cond := uint8(i.cond_15_12())
	if cond >= uint8(ir.AL) {
		return t.fCmp(i, op, t.V(i.Rm()))
	}
	old := t.flags()
	zero := t.vConst(0, ir.ShapeQ)
	n := t.fSel(i.fty(), cond, t.V(i.Rn()), zero, old)
	m := t.fSel(i.fty(), cond, t.V(i.Rm()), zero, old)
	t.setFlags(t.r.Emit(ir.Inst{Op: ir.FlagsSel, Type: ir.Flags, Flags: cond,
		A: t.fCompare(op, i.fty(), n, m),
		B: t.r.Emit(ir.Inst{Op: ir.FlagsConst, Type: ir.Flags, Imm: int64(i.nzcv())}),
		C: old}))
	return true
}

// fSel is a if cond holds in flags, else b.
func (t *Translator) fSel(size, cond uint8, a, b, flags ir.Ref) ir.Ref {
	return t.r.Emit(ir.Inst{Op: ir.VCSel, Type: ir.V128, Size: size, Shape: scalar, Flags: cond, A: a, B: b, C: flags})
}

// Floating-point conditional select.

func (t *Translator) trFCSEL(i Inst) bool {
	cond := uint8(i.cond_15_12())
	if cond >= uint8(ir.AL) {
		return t.vUn(i, ir.VMov, i.fty(), scalar)
	}
	return t.vPut(i.Rd(), t.fSel(i.fty(), cond, t.V(i.Rn()), t.V(i.Rm()), t.flags()))
}
