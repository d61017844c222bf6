package arm64

import "armature/tcg/ir"

// Advanced SIMD scalar three different.

func (t *Translator) trSQDMLAL_s(i Inst) bool { return t.vLongAccS(i, ir.VSQAdd, ir.VSQDMull) }
func (t *Translator) trSQDMLSL_s(i Inst) bool { return t.vLongAccS(i, ir.VSQSub, ir.VSQDMull) }
func (t *Translator) trSQDMULL_s(i Inst) bool { return t.vBin(i, ir.VSQDMull, i.vsz(), scalar) }

// Advanced SIMD three different.

func (t *Translator) trSADDL_v(i Inst) bool   { return t.vWide2(i, ir.VAdd, ir.VSXtl) }
func (t *Translator) trSADDW_v(i Inst) bool   { return t.vWide1(i, ir.VAdd, ir.VSXtl) }
func (t *Translator) trSSUBL_v(i Inst) bool   { return t.vWide2(i, ir.VSub, ir.VSXtl) }
func (t *Translator) trSSUBW_v(i Inst) bool   { return t.vWide1(i, ir.VSub, ir.VSXtl) }
func (t *Translator) trADDHN_v(i Inst) bool   { return t.vNarrow2(i, ir.VAddHN) }
func (t *Translator) trSABAL_v(i Inst) bool   { return t.vLongAcc(i, ir.VAdd, ir.VSABDL) }
func (t *Translator) trSUBHN_v(i Inst) bool   { return t.vNarrow2(i, ir.VSubHN) }
func (t *Translator) trSABDL_v(i Inst) bool   { return t.vLong(i, ir.VSABDL, i.vsz()) }
func (t *Translator) trSMLAL_v(i Inst) bool   { return t.vLongAcc(i, ir.VAdd, ir.VSMull) }
func (t *Translator) trSQDMLAL_v(i Inst) bool { return t.vLongAcc(i, ir.VSQAdd, ir.VSQDMull) }
func (t *Translator) trSMLSL_v(i Inst) bool   { return t.vLongAcc(i, ir.VSub, ir.VSMull) }
func (t *Translator) trSQDMLSL_v(i Inst) bool { return t.vLongAcc(i, ir.VSQSub, ir.VSQDMull) }
func (t *Translator) trSMULL_v(i Inst) bool   { return t.vLong(i, ir.VSMull, i.vsz()) }
func (t *Translator) trSQDMULL_v(i Inst) bool { return t.vLong(i, ir.VSQDMull, i.vsz()) }
func (t *Translator) trPMULL_v(i Inst) bool   { return t.vLong(i, ir.VPMull, 0) }
func (t *Translator) trPMULL_vd(i Inst) bool  { return t.vLong(i, ir.VPMull, double) }
func (t *Translator) trUADDL_v(i Inst) bool   { return t.vWide2(i, ir.VAdd, ir.VUXtl) }
func (t *Translator) trUADDW_v(i Inst) bool   { return t.vWide1(i, ir.VAdd, ir.VUXtl) }
func (t *Translator) trUSUBL_v(i Inst) bool   { return t.vWide2(i, ir.VSub, ir.VUXtl) }
func (t *Translator) trUSUBW_v(i Inst) bool   { return t.vWide1(i, ir.VSub, ir.VUXtl) }
func (t *Translator) trRADDHN_v(i Inst) bool  { return t.vNarrow2(i, ir.VRAddHN) }
func (t *Translator) trUABAL_v(i Inst) bool   { return t.vLongAcc(i, ir.VAdd, ir.VUABDL) }
func (t *Translator) trRSUBHN_v(i Inst) bool  { return t.vNarrow2(i, ir.VRSubHN) }
func (t *Translator) trUABDL_v(i Inst) bool   { return t.vLong(i, ir.VUABDL, i.vsz()) }
func (t *Translator) trUMLAL_v(i Inst) bool   { return t.vLongAcc(i, ir.VAdd, ir.VUMull) }
func (t *Translator) trUMLSL_v(i Inst) bool   { return t.vLongAcc(i, ir.VSub, ir.VUMull) }
func (t *Translator) trUMULL_v(i Inst) bool   { return t.vLong(i, ir.VUMull, i.vsz()) }

// vWide2 widens both operands, vWide1 the second only (the W forms).
func (t *Translator) vWide2(i Inst, op, widen ir.Op) bool {
	n := t.vOp(widen, i.vsz(), i.hi(), t.V(i.Rn()), 0, 0)
	m := t.vOp(widen, i.vsz(), i.hi(), t.V(i.Rm()), 0, 0)
	return t.vPut(i.Rd(), t.vOp(op, i.vsz()+1, ir.ShapeQ, n, m, 0))
}

func (t *Translator) vWide1(i Inst, op, widen ir.Op) bool {
	m := t.vOp(widen, i.vsz(), i.hi(), t.V(i.Rm()), 0, 0)
	return t.vPut(i.Rd(), t.vOp(op, i.vsz()+1, ir.ShapeQ, t.V(i.Rn()), m, 0))
}

// vLong is Vd = op(Vn, Vm), with lanes twice as wide as the operands'.
func (t *Translator) vLong(i Inst, op ir.Op, size uint8) bool {
	return t.vBin(i, op, size, i.hi())
}

// vLongAcc is Vd = acc(Vd, op(Vn, Vm)); vLongAccS its scalar form.
func (t *Translator) vLongAcc(i Inst, acc, op ir.Op) bool {
	x := t.vOp(op, i.vsz(), i.hi(), t.V(i.Rn()), t.V(i.Rm()), 0)
	return t.vPut(i.Rd(), t.vOp(acc, i.vsz()+1, ir.ShapeQ, t.V(i.Rd()), x, 0))
}

func (t *Translator) vLongAccS(i Inst, acc, op ir.Op) bool {
	x := t.vOp(op, i.vsz(), scalar, t.V(i.Rn()), t.V(i.Rm()), 0)
	return t.vPut(i.Rd(), t.vOp(acc, i.vsz()+1, scalar, t.V(i.Rd()), x, 0))
}

// vNarrow2 gives the upper halves of the lanes of op(Vn, Vm).
func (t *Translator) vNarrow2(i Inst, op ir.Op) bool {
	return t.vPutHalf(i, t.vOp(op, i.vsz(), ir.ShapeQ, t.V(i.Rn()), t.V(i.Rm()), 0))
}
