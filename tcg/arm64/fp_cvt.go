package arm64

import "armature/tcg/ir"

// Conversion between floating-point and integer.

func (t *Translator) trFCVTNS_f(i Inst) bool { return t.vToInt(i, ir.FToSX, ir.RoundNearest, 0) }
func (t *Translator) trFCVTNU_f(i Inst) bool { return t.vToInt(i, ir.FToUX, ir.RoundNearest, 0) }
func (t *Translator) trSCVTF_f(i Inst) bool  { return t.vFromInt(i, ir.FFromSX, 0) }
func (t *Translator) trUCVTF_f(i Inst) bool  { return t.vFromInt(i, ir.FFromUX, 0) }
func (t *Translator) trFCVTAS_f(i Inst) bool { return t.vToInt(i, ir.FToSX, ir.RoundAway, 0) }
func (t *Translator) trFCVTAU_f(i Inst) bool { return t.vToInt(i, ir.FToUX, ir.RoundAway, 0) }
func (t *Translator) trFCVTPS_f(i Inst) bool { return t.vToInt(i, ir.FToSX, ir.RoundPlus, 0) }
func (t *Translator) trFCVTPU_f(i Inst) bool { return t.vToInt(i, ir.FToUX, ir.RoundPlus, 0) }
func (t *Translator) trFCVTMS_f(i Inst) bool { return t.vToInt(i, ir.FToSX, ir.RoundMinus, 0) }
func (t *Translator) trFCVTMU_f(i Inst) bool { return t.vToInt(i, ir.FToUX, ir.RoundMinus, 0) }
func (t *Translator) trFCVTZS_f(i Inst) bool { return t.vToInt(i, ir.FToSX, ir.RoundZero, 0) }
func (t *Translator) trFCVTZU_f(i Inst) bool { return t.vToInt(i, ir.FToUX, ir.RoundZero, 0) }

// Conversion between floating-point and fixed-point.

func (t *Translator) trSCVTF_fix(i Inst) bool { return t.vFromInt(i, ir.FFromSX, 64-i.scale()) }
func (t *Translator) trUCVTF_fix(i Inst) bool { return t.vFromInt(i, ir.FFromUX, 64-i.scale()) }
func (t *Translator) trFCVTZS_fix(i Inst) bool {
	return t.vToInt(i, ir.FToSX, ir.RoundZero, 64-i.scale())
}
func (t *Translator) trFCVTZU_fix(i Inst) bool {
	return t.vToInt(i, ir.FToUX, ir.RoundZero, 64-i.scale())
}

// vToInt converts Vn to Wd or Xd, with fbits fraction bits.
func (t *Translator) vToInt(i Inst, op ir.Op, round, fbits uint32) bool {
	ty := intType(i.sf())
	t.setR(ty, i.Rd(), t.r.Emit(ir.Inst{Op: op, Type: ty, Size: i.fty(), Shape: scalar, A: t.V(i.Rn()), Aux: round, Imm: int64(fbits)}))
	return true
}

// vFromInt converts Wn or Xn, with fbits fraction bits, to Vd.
func (t *Translator) vFromInt(i Inst, op ir.Op, fbits uint32) bool {
	from := single + uint8(i.sf())
	return t.vPut(i.Rd(), t.r.Emit(ir.Inst{Op: op, Type: ir.V128, Size: i.fty(), Shape: scalar,
		A: t.vGeneral(i.Rn(), from), Aux: uint32(from), Imm: int64(fbits)}))
}

// FMOV between a general register and (part of) a vector register.

func (t *Translator) trFMOV_togen(i Inst) bool {
	return t.vToGeneral(i, ir.XFromV, i.sf(), i.fty(), 0)
}

func (t *Translator) trFMOV_fromgen(i Inst) bool {
	return t.vPut(i.Rd(), t.vOp(ir.VFromX, i.fty(), scalar, t.vGeneral(i.Rn(), i.fty()), 0, 0))
}

func (t *Translator) trFMOV_tophigh(i Inst) bool {
	return t.vToGeneral(i, ir.XFromV, 1, double, 1)
}

func (t *Translator) trFMOV_fromhigh(i Inst) bool {
	return t.vPut(i.Rd(), t.vOpAux(ir.VInsX, double, ir.ShapeQ, 1, t.V(i.Rd()), t.X(i.Rn()), 0))
}

// trFJCVTZS is JavaScript's conversion: modulo 2**32, with Z set if nothing was lost.
func (t *Translator) trFJCVTZS(i Inst) bool {
	n := t.V(i.Rn())
	w := t.r.Emit(ir.Inst{Op: ir.FJcvt, Type: ir.I32, Size: double, Shape: scalar, A: n})
	f := t.r.Emit(ir.Inst{Op: ir.FJcvtZ, Type: ir.Flags, Size: double, Shape: scalar, A: n})
	t.setW(i.Rd(), w)
	t.setFlags(f)
	return true
}

// Conversion between precisions.

func (t *Translator) trFCVT(i Inst) bool {
	to := [4]uint32{uint32(single), uint32(double), 0, uint32(half)}[i.opc_16_15()]
	return t.vUnAux(i, ir.FCvt, i.fty(), scalar, to)
}

func (t *Translator) trBFCVT(i Inst) bool { return t.vUn(i, ir.BFCvt, half, scalar) }
