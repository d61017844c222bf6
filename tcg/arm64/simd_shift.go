package arm64

import "armature/tcg/ir"

// Advanced SIMD scalar shift by immediate.

func (t *Translator) trSSHR_si(i Inst) bool     { return t.vShr(i, ir.VSShrI, scalar) }
func (t *Translator) trSSRA_si(i Inst) bool     { return t.vSra(i, ir.VSShrI, scalar) }
func (t *Translator) trSRSHR_si(i Inst) bool    { return t.vShr(i, ir.VSRShrI, scalar) }
func (t *Translator) trSRSRA_si(i Inst) bool    { return t.vSra(i, ir.VSRShrI, scalar) }
func (t *Translator) trSHL_si(i Inst) bool      { return t.vShl(i, ir.VShlI, scalar) }
func (t *Translator) trSQSHL_si(i Inst) bool    { return t.vShl(i, ir.VSQShlI, scalar) }
func (t *Translator) trSQSHRN_si(i Inst) bool   { return t.vShrnS(i, ir.VSQXtn) }
func (t *Translator) trSQRSHRN_si(i Inst) bool  { return t.vShrnS(i, ir.VSQRShrn) }
func (t *Translator) trSCVTF_si(i Inst) bool    { return t.vFixed(i, ir.FFromS, scalar, 0) }
func (t *Translator) trFCVTZS_si(i Inst) bool   { return t.vFixed(i, ir.FToS, scalar, ir.RoundZero) }
func (t *Translator) trUSHR_si(i Inst) bool     { return t.vShr(i, ir.VUShrI, scalar) }
func (t *Translator) trUSRA_si(i Inst) bool     { return t.vSra(i, ir.VUShrI, scalar) }
func (t *Translator) trURSHR_si(i Inst) bool    { return t.vShr(i, ir.VURShrI, scalar) }
func (t *Translator) trURSRA_si(i Inst) bool    { return t.vSra(i, ir.VURShrI, scalar) }
func (t *Translator) trSRI_si(i Inst) bool      { return t.vShrIns(i, scalar) }
func (t *Translator) trSLI_si(i Inst) bool      { return t.vShlIns(i, scalar) }
func (t *Translator) trSQSHLU_si(i Inst) bool   { return t.vShl(i, ir.VSQShluI, scalar) }
func (t *Translator) trUQSHL_si(i Inst) bool    { return t.vShl(i, ir.VUQShlI, scalar) }
func (t *Translator) trSQSHRUN_si(i Inst) bool  { return t.vShrnS(i, ir.VSQXtun) }
func (t *Translator) trSQRSHRUN_si(i Inst) bool { return t.vShrnS(i, ir.VSQRShrun) }
func (t *Translator) trUQSHRN_si(i Inst) bool   { return t.vShrnS(i, ir.VUQXtn) }
func (t *Translator) trUQRSHRN_si(i Inst) bool  { return t.vShrnS(i, ir.VUQRShrn) }
func (t *Translator) trUCVTF_si(i Inst) bool    { return t.vFixed(i, ir.FFromU, scalar, 0) }
func (t *Translator) trFCVTZU_si(i Inst) bool   { return t.vFixed(i, ir.FToU, scalar, ir.RoundZero) }

// Advanced SIMD shift by immediate.

func (t *Translator) trSSHR_vi(i Inst) bool     { return t.vShr(i, ir.VSShrI, i.arr()) }
func (t *Translator) trSSRA_vi(i Inst) bool     { return t.vSra(i, ir.VSShrI, i.arr()) }
func (t *Translator) trSRSHR_vi(i Inst) bool    { return t.vShr(i, ir.VSRShrI, i.arr()) }
func (t *Translator) trSRSRA_vi(i Inst) bool    { return t.vSra(i, ir.VSRShrI, i.arr()) }
func (t *Translator) trSHL_vi(i Inst) bool      { return t.vShl(i, ir.VShlI, i.arr()) }
func (t *Translator) trSQSHL_vi(i Inst) bool    { return t.vShl(i, ir.VSQShlI, i.arr()) }
func (t *Translator) trSHRN_vi(i Inst) bool     { return t.vShrn(i, ir.VXtn) }
func (t *Translator) trRSHRN_vi(i Inst) bool    { return t.vShrn(i, ir.VRShrn) }
func (t *Translator) trSQSHRN_vi(i Inst) bool   { return t.vShrn(i, ir.VSQXtn) }
func (t *Translator) trSQRSHRN_vi(i Inst) bool  { return t.vShrn(i, ir.VSQRShrn) }
func (t *Translator) trSSHLL_vi(i Inst) bool    { return t.vShll(i, ir.VSXtl) }
func (t *Translator) trSCVTF_vi(i Inst) bool    { return t.vFixed(i, ir.FFromS, i.arr(), 0) }
func (t *Translator) trFCVTZS_vi(i Inst) bool   { return t.vFixed(i, ir.FToS, i.arr(), ir.RoundZero) }
func (t *Translator) trUSHR_vi(i Inst) bool     { return t.vShr(i, ir.VUShrI, i.arr()) }
func (t *Translator) trUSRA_vi(i Inst) bool     { return t.vSra(i, ir.VUShrI, i.arr()) }
func (t *Translator) trURSHR_vi(i Inst) bool    { return t.vShr(i, ir.VURShrI, i.arr()) }
func (t *Translator) trURSRA_vi(i Inst) bool    { return t.vSra(i, ir.VURShrI, i.arr()) }
func (t *Translator) trSRI_vi(i Inst) bool      { return t.vShrIns(i, i.arr()) }
func (t *Translator) trSLI_vi(i Inst) bool      { return t.vShlIns(i, i.arr()) }
func (t *Translator) trSQSHLU_vi(i Inst) bool   { return t.vShl(i, ir.VSQShluI, i.arr()) }
func (t *Translator) trUQSHL_vi(i Inst) bool    { return t.vShl(i, ir.VUQShlI, i.arr()) }
func (t *Translator) trSQSHRUN_vi(i Inst) bool  { return t.vShrn(i, ir.VSQXtun) }
func (t *Translator) trSQRSHRUN_vi(i Inst) bool { return t.vShrn(i, ir.VSQRShrun) }
func (t *Translator) trUQSHRN_vi(i Inst) bool   { return t.vShrn(i, ir.VUQXtn) }
func (t *Translator) trUQRSHRN_vi(i Inst) bool  { return t.vShrn(i, ir.VUQRShrn) }
func (t *Translator) trUSHLL_vi(i Inst) bool    { return t.vShll(i, ir.VUXtl) }
func (t *Translator) trUCVTF_vi(i Inst) bool    { return t.vFixed(i, ir.FFromU, i.arr(), 0) }
func (t *Translator) trFCVTZU_vi(i Inst) bool   { return t.vFixed(i, ir.FToU, i.arr(), ir.RoundZero) }

// vShr shifts right by twice the lane's bits less immh:immb; vSra adds the result to Vd.
func (t *Translator) vShr(i Inst, op ir.Op, shape uint8) bool {
	size, esize, v := i.immShift()
	return t.vUnAux(i, op, size, shape, 2*esize-v)
}

func (t *Translator) vSra(i Inst, op ir.Op, shape uint8) bool {
	size, esize, v := i.immShift()
	x := t.vOpAux(op, size, shape, 2*esize-v, t.V(i.Rn()), 0, 0)
	return t.vPut(i.Rd(), t.vOp(ir.VAdd, size, shape, t.V(i.Rd()), x, 0))
}

// vShl shifts left by immh:immb less the lane's bits.
func (t *Translator) vShl(i Inst, op ir.Op, shape uint8) bool {
	size, esize, v := i.immShift()
	return t.vUnAux(i, op, size, shape, v-esize)
}

// vShlIns and vShrIns keep the bits of Vd that the shift leaves free.
func (t *Translator) vShlIns(i Inst, shape uint8) bool {
	size, esize, v := i.immShift()
	return t.vPut(i.Rd(), t.vOpAux(ir.VSliI, size, shape, v-esize, t.V(i.Rd()), t.V(i.Rn()), 0))
}

func (t *Translator) vShrIns(i Inst, shape uint8) bool {
	size, esize, v := i.immShift()
	return t.vPut(i.Rd(), t.vOpAux(ir.VSriI, size, shape, 2*esize-v, t.V(i.Rd()), t.V(i.Rn()), 0))
}

// vShrn shifts right and narrows; immh tells the narrow lane. vShrnS is its scalar form.
func (t *Translator) vShrn(i Inst, op ir.Op) bool {
	size, esize, v := i.immShift()
	return t.vNarrow(i, op, size, 2*esize-v)
}

func (t *Translator) vShrnS(i Inst, op ir.Op) bool {
	size, esize, v := i.immShift()
	return t.vUnAux(i, op, size, scalar, 2*esize-v)
}

// vShll widens and shifts left; without a shift it is SXTL or UXTL.
func (t *Translator) vShll(i Inst, widen ir.Op) bool {
	size, esize, v := i.immShift()
	x := t.vOp(widen, size, i.hi(), t.V(i.Rn()), 0, 0)
	if v != esize {
		x = t.vOpAux(ir.VShlI, size+1, ir.ShapeQ, v-esize, x, 0, 0)
	}
	return t.vPut(i.Rd(), x)
}

// vFixed converts between floating point and fixed point, whose fraction bits are twice the lane's
// bits less immh:immb.
func (t *Translator) vFixed(i Inst, op ir.Op, shape uint8, round uint32) bool {
	size, esize, v := i.immShift()
	return t.vPut(i.Rd(), t.r.Emit(ir.Inst{Op: op, Type: ir.V128, Size: size, Shape: shape,
		A: t.V(i.Rn()), Aux: round, Imm: int64(2*esize - v)}))
}
