package arm64

import "armature/tcg/ir"

// Advanced SIMD scalar x indexed element.

func (t *Translator) trSQDMLAL_se(i Inst) bool  { return t.vElemLongAccS(i, ir.VSQAdd, ir.VSQDMull) }
func (t *Translator) trSQDMLSL_se(i Inst) bool  { return t.vElemLongAccS(i, ir.VSQSub, ir.VSQDMull) }
func (t *Translator) trSQDMULL_se(i Inst) bool  { return t.vElem(i, ir.VSQDMull, i.vsz(), scalar) }
func (t *Translator) trSQDMULH_se(i Inst) bool  { return t.vElem(i, ir.VSQDMulH, i.vsz(), scalar) }
func (t *Translator) trSQRDMULH_se(i Inst) bool { return t.vElem(i, ir.VSQRDMulH, i.vsz(), scalar) }
func (t *Translator) trFMLA_seh(i Inst) bool    { return t.vElemAcc(i, ir.FMla, half, scalar) }
func (t *Translator) trFMLS_seh(i Inst) bool    { return t.vElemAcc(i, ir.FMls, half, scalar) }
func (t *Translator) trFMUL_seh(i Inst) bool    { return t.vElem(i, ir.FMul, half, scalar) }
func (t *Translator) trFMLA_se(i Inst) bool     { return t.vElemAcc(i, ir.FMla, i.fsz(), scalar) }
func (t *Translator) trFMLS_se(i Inst) bool     { return t.vElemAcc(i, ir.FMls, i.fsz(), scalar) }
func (t *Translator) trFMUL_se(i Inst) bool     { return t.vElem(i, ir.FMul, i.fsz(), scalar) }
func (t *Translator) trSQRDMLAH_se(i Inst) bool { return t.vElemAcc(i, ir.VSQRDMLAH, i.vsz(), scalar) }
func (t *Translator) trSQRDMLSH_se(i Inst) bool { return t.vElemAcc(i, ir.VSQRDMLSH, i.vsz(), scalar) }
func (t *Translator) trFMULX_seh(i Inst) bool   { return t.vElem(i, ir.FMulX, half, scalar) }
func (t *Translator) trFMULX_se(i Inst) bool    { return t.vElem(i, ir.FMulX, i.fsz(), scalar) }

// Advanced SIMD vector x indexed element.

func (t *Translator) trSMLAL_ve(i Inst) bool    { return t.vElemLongAcc(i, ir.VAdd, ir.VSMull) }
func (t *Translator) trSQDMLAL_ve(i Inst) bool  { return t.vElemLongAcc(i, ir.VSQAdd, ir.VSQDMull) }
func (t *Translator) trSMLSL_ve(i Inst) bool    { return t.vElemLongAcc(i, ir.VSub, ir.VSMull) }
func (t *Translator) trSQDMLSL_ve(i Inst) bool  { return t.vElemLongAcc(i, ir.VSQSub, ir.VSQDMull) }
func (t *Translator) trMUL_ve(i Inst) bool      { return t.vElem(i, ir.VMul, i.vsz(), i.arr()) }
func (t *Translator) trSMULL_ve(i Inst) bool    { return t.vElemLong(i, ir.VSMull) }
func (t *Translator) trSQDMULL_ve(i Inst) bool  { return t.vElemLong(i, ir.VSQDMull) }
func (t *Translator) trSQDMULH_ve(i Inst) bool  { return t.vElem(i, ir.VSQDMulH, i.vsz(), i.arr()) }
func (t *Translator) trSQRDMULH_ve(i Inst) bool { return t.vElem(i, ir.VSQRDMulH, i.vsz(), i.arr()) }
func (t *Translator) trFMLA_veh(i Inst) bool    { return t.vElemAcc(i, ir.FMla, half, i.arr()) }
func (t *Translator) trFMLS_veh(i Inst) bool    { return t.vElemAcc(i, ir.FMls, half, i.arr()) }
func (t *Translator) trFMUL_veh(i Inst) bool    { return t.vElem(i, ir.FMul, half, i.arr()) }
func (t *Translator) trFMLA_ve(i Inst) bool     { return t.vElemAcc(i, ir.FMla, i.fsz(), i.arr()) }
func (t *Translator) trFMLS_ve(i Inst) bool     { return t.vElemAcc(i, ir.FMls, i.fsz(), i.arr()) }
func (t *Translator) trFMUL_ve(i Inst) bool     { return t.vElem(i, ir.FMul, i.fsz(), i.arr()) }
func (t *Translator) trMLA_ve(i Inst) bool      { return t.vElemAccum(i, ir.VAdd, ir.VMul) }
func (t *Translator) trUMLAL_ve(i Inst) bool    { return t.vElemLongAcc(i, ir.VAdd, ir.VUMull) }
func (t *Translator) trMLS_ve(i Inst) bool      { return t.vElemAccum(i, ir.VSub, ir.VMul) }
func (t *Translator) trUMLSL_ve(i Inst) bool    { return t.vElemLongAcc(i, ir.VSub, ir.VUMull) }
func (t *Translator) trUMULL_ve(i Inst) bool    { return t.vElemLong(i, ir.VUMull) }
func (t *Translator) trSQRDMLAH_ve(i Inst) bool { return t.vElemAcc(i, ir.VSQRDMLAH, i.vsz(), i.arr()) }
func (t *Translator) trSQRDMLSH_ve(i Inst) bool { return t.vElemAcc(i, ir.VSQRDMLSH, i.vsz(), i.arr()) }
func (t *Translator) trFMULX_veh(i Inst) bool   { return t.vElem(i, ir.FMulX, half, i.arr()) }
func (t *Translator) trFMULX_ve(i Inst) bool    { return t.vElem(i, ir.FMulX, i.fsz(), i.arr()) }

func (t *Translator) trSDOT_ve(i Inst) bool { return t.vElemQuad(i, ir.VSDot, 0) }
func (t *Translator) trUDOT_ve(i Inst) bool { return t.vElemQuad(i, ir.VUDot, 0) }
func (t *Translator) trBFDOT_ve(i Inst) bool {
	return t.vElemQuad(i, ir.BFDot, half)
}
func (t *Translator) trUSDOT_ve(i Inst) bool { return t.vElemQuad(i, ir.VUSDot, 0) }

// trSUDOT_ve has the signed bytes in Vn, unlike USDOT, and so its operands go the other way round.
func (t *Translator) trSUDOT_ve(i Inst) bool {
	m := t.vElement(i, single, i.arr())
	return t.vPut(i.Rd(), t.vOp(ir.VUSDot, 0, i.arr(), m, t.V(i.Rn()), t.V(i.Rd())))
}

// vElemQuad takes 32 bits of Vm as four bytes or two halves.
func (t *Translator) vElemQuad(i Inst, op ir.Op, size uint8) bool {
	m := t.vElement(i, single, i.arr())
	return t.vPut(i.Rd(), t.vOp(op, size, i.arr(), t.V(i.Rn()), m, t.V(i.Rd())))
}

func (t *Translator) trBFMLAL_ve(i Inst) bool {
	m := t.vElement(i, half, ir.ShapeQ)
	return t.vPut(i.Rd(), t.vOpAux(ir.BFMlal, half, ir.ShapeQ, i.Q(), t.V(i.Rn()), m, t.V(i.Rd())))
}

func (t *Translator) trFMLAL_ve(i Inst) bool  { return t.vElemHalf(i, ir.FMlal, i.arr()) }
func (t *Translator) trFMLSL_ve(i Inst) bool  { return t.vElemHalf(i, ir.FMlsl, i.arr()) }
func (t *Translator) trFMLAL2_ve(i Inst) bool { return t.vElemHalf(i, ir.FMlal, i.arr()|ir.ShapeHi) }
func (t *Translator) trFMLSL2_ve(i Inst) bool { return t.vElemHalf(i, ir.FMlsl, i.arr()|ir.ShapeHi) }

// vElemHalf is FMLAL's family; the element goes to every lane that either half may read.
func (t *Translator) vElemHalf(i Inst, op ir.Op, shape uint8) bool {
	m := t.vElement(i, half, ir.ShapeQ)
	return t.vPut(i.Rd(), t.vOp(op, half, shape, t.V(i.Rn()), m, t.V(i.Rd())))
}

// trFCMLA_ve indexes pairs of lanes: real and imaginary part.
func (t *Translator) trFCMLA_ve(i Inst) bool {
	pair := i.vsz() + 1
	m := t.vElement(i, pair, i.arr())
	return t.vPut(i.Rd(), t.vOpAux(ir.FCMla, i.vsz(), i.arr(), i.rot_14_13(), t.V(i.Rn()), m, t.V(i.Rd())))
}

// element tells the register and the lane of size that an indexed instruction names. The number of a
// half-precision element takes the bit M from the register's.
func (i Inst) element(size uint8) (reg, lane uint32) {
	switch size {
	case half:
		return i.Rm4(), i.H()<<2 | i.L()<<1 | i.M()
	case single:
		return i.M()<<4 | i.Rm4(), i.H()<<1 | i.L()
	}
	return i.M()<<4 | i.Rm4(), i.H()
}

// vElement gives the indexed element of Vm in all lanes of shape.
func (t *Translator) vElement(i Inst, size, shape uint8) ir.Ref {
	reg, lane := i.element(size)
	m := t.V(reg)
	if shape == scalar && lane == 0 {
		return m // scalar operations do not look beyond
	}
	return t.vOpAux(ir.VDupL, size, shape, lane, m, 0, 0)
}

// vElem is Vd = op(Vn, Vm[index]).
func (t *Translator) vElem(i Inst, op ir.Op, size, shape uint8) bool {
	m := t.vElement(i, size, shape)
	return t.vPut(i.Rd(), t.vOp(op, size, shape, t.V(i.Rn()), m, 0))
}

// vElemAcc is Vd = op(Vn, Vm[index], Vd).
func (t *Translator) vElemAcc(i Inst, op ir.Op, size, shape uint8) bool {
	m := t.vElement(i, size, shape)
	return t.vPut(i.Rd(), t.vOp(op, size, shape, t.V(i.Rn()), m, t.V(i.Rd())))
}

// vElemAccum is Vd = acc(Vd, op(Vn, Vm[index])).
func (t *Translator) vElemAccum(i Inst, acc, op ir.Op) bool {
	x := t.vOp(op, i.vsz(), i.arr(), t.V(i.Rn()), t.vElement(i, i.vsz(), i.arr()), 0)
	return t.vPut(i.Rd(), t.vOp(acc, i.vsz(), i.arr(), t.V(i.Rd()), x, 0))
}

// vElemLong is Vd = op(Vn, Vm[index]) on lanes twice as wide as the operands'.
func (t *Translator) vElemLong(i Inst, op ir.Op) bool {
	m := t.vElement(i, i.vsz(), ir.ShapeQ)
	return t.vPut(i.Rd(), t.vOp(op, i.vsz(), i.hi(), t.V(i.Rn()), m, 0))
}

// vElemLongAcc is Vd = acc(Vd, op(Vn, Vm[index])); vElemLongAccS its scalar form.
func (t *Translator) vElemLongAcc(i Inst, acc, op ir.Op) bool {
	m := t.vElement(i, i.vsz(), ir.ShapeQ)
	x := t.vOp(op, i.vsz(), i.hi(), t.V(i.Rn()), m, 0)
	return t.vPut(i.Rd(), t.vOp(acc, i.vsz()+1, ir.ShapeQ, t.V(i.Rd()), x, 0))
}

func (t *Translator) vElemLongAccS(i Inst, acc, op ir.Op) bool {
	x := t.vOp(op, i.vsz(), scalar, t.V(i.Rn()), t.vElement(i, i.vsz(), scalar), 0)
	return t.vPut(i.Rd(), t.vOp(acc, i.vsz()+1, scalar, t.V(i.Rd()), x, 0))
}
