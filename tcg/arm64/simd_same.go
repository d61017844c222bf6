package arm64

import "armature/tcg/ir"

// Advanced SIMD scalar three same FP16.

func (t *Translator) trFMULX_sh(i Inst) bool   { return t.vBin(i, ir.FMulX, half, scalar) }
func (t *Translator) trFCMEQ_sh(i Inst) bool   { return t.vBin(i, ir.FCmEQ, half, scalar) }
func (t *Translator) trFRECPS_sh(i Inst) bool  { return t.vBin(i, ir.FRecps, half, scalar) }
func (t *Translator) trFRSQRTS_sh(i Inst) bool { return t.vBin(i, ir.FRsqrts, half, scalar) }
func (t *Translator) trFCMGE_sh(i Inst) bool   { return t.vBin(i, ir.FCmGE, half, scalar) }
func (t *Translator) trFACGE_sh(i Inst) bool   { return t.vBin(i, ir.FAcGE, half, scalar) }
func (t *Translator) trFABD_sh(i Inst) bool    { return t.vBin(i, ir.FAbd, half, scalar) }
func (t *Translator) trFCMGT_sh(i Inst) bool   { return t.vBin(i, ir.FCmGT, half, scalar) }
func (t *Translator) trFACGT_sh(i Inst) bool   { return t.vBin(i, ir.FAcGT, half, scalar) }

// Advanced SIMD scalar three same extra.

func (t *Translator) trSQRDMLAH_s(i Inst) bool { return t.vFma(i, ir.VSQRDMLAH, i.vsz(), scalar) }
func (t *Translator) trSQRDMLSH_s(i Inst) bool { return t.vFma(i, ir.VSQRDMLSH, i.vsz(), scalar) }

// Advanced SIMD scalar three same.

func (t *Translator) trSQADD_s(i Inst) bool    { return t.vBin(i, ir.VSQAdd, i.vsz(), scalar) }
func (t *Translator) trSQSUB_s(i Inst) bool    { return t.vBin(i, ir.VSQSub, i.vsz(), scalar) }
func (t *Translator) trCMGT_s(i Inst) bool     { return t.vBin(i, ir.VCmGT, i.vsz(), scalar) }
func (t *Translator) trCMGE_s(i Inst) bool     { return t.vBin(i, ir.VCmGE, i.vsz(), scalar) }
func (t *Translator) trSSHL_s(i Inst) bool     { return t.vBin(i, ir.VSShl, i.vsz(), scalar) }
func (t *Translator) trSQSHL_s(i Inst) bool    { return t.vBin(i, ir.VSQShl, i.vsz(), scalar) }
func (t *Translator) trSRSHL_s(i Inst) bool    { return t.vBin(i, ir.VSRShl, i.vsz(), scalar) }
func (t *Translator) trSQRSHL_s(i Inst) bool   { return t.vBin(i, ir.VSQRShl, i.vsz(), scalar) }
func (t *Translator) trADD_s(i Inst) bool      { return t.vBin(i, ir.VAdd, i.vsz(), scalar) }
func (t *Translator) trCMTST_s(i Inst) bool    { return t.vBin(i, ir.VCmTst, i.vsz(), scalar) }
func (t *Translator) trSQDMULH_s(i Inst) bool  { return t.vBin(i, ir.VSQDMulH, i.vsz(), scalar) }
func (t *Translator) trFMULX_s(i Inst) bool    { return t.vBin(i, ir.FMulX, i.fsz(), scalar) }
func (t *Translator) trFCMEQ_s(i Inst) bool    { return t.vBin(i, ir.FCmEQ, i.fsz(), scalar) }
func (t *Translator) trFRECPS_s(i Inst) bool   { return t.vBin(i, ir.FRecps, i.fsz(), scalar) }
func (t *Translator) trFRSQRTS_s(i Inst) bool  { return t.vBin(i, ir.FRsqrts, i.fsz(), scalar) }
func (t *Translator) trUQADD_s(i Inst) bool    { return t.vBin(i, ir.VUQAdd, i.vsz(), scalar) }
func (t *Translator) trUQSUB_s(i Inst) bool    { return t.vBin(i, ir.VUQSub, i.vsz(), scalar) }
func (t *Translator) trCMHI_s(i Inst) bool     { return t.vBin(i, ir.VCmHI, i.vsz(), scalar) }
func (t *Translator) trCMHS_s(i Inst) bool     { return t.vBin(i, ir.VCmHS, i.vsz(), scalar) }
func (t *Translator) trUSHL_s(i Inst) bool     { return t.vBin(i, ir.VUShl, i.vsz(), scalar) }
func (t *Translator) trUQSHL_s(i Inst) bool    { return t.vBin(i, ir.VUQShl, i.vsz(), scalar) }
func (t *Translator) trURSHL_s(i Inst) bool    { return t.vBin(i, ir.VURShl, i.vsz(), scalar) }
func (t *Translator) trUQRSHL_s(i Inst) bool   { return t.vBin(i, ir.VUQRShl, i.vsz(), scalar) }
func (t *Translator) trSUB_s(i Inst) bool      { return t.vBin(i, ir.VSub, i.vsz(), scalar) }
func (t *Translator) trCMEQ_s(i Inst) bool     { return t.vBin(i, ir.VCmEQ, i.vsz(), scalar) }
func (t *Translator) trSQRDMULH_s(i Inst) bool { return t.vBin(i, ir.VSQRDMulH, i.vsz(), scalar) }
func (t *Translator) trFCMGE_s(i Inst) bool    { return t.vBin(i, ir.FCmGE, i.fsz(), scalar) }
func (t *Translator) trFACGE_s(i Inst) bool    { return t.vBin(i, ir.FAcGE, i.fsz(), scalar) }
func (t *Translator) trFABD_s(i Inst) bool     { return t.vBin(i, ir.FAbd, i.fsz(), scalar) }
func (t *Translator) trFCMGT_s(i Inst) bool    { return t.vBin(i, ir.FCmGT, i.fsz(), scalar) }
func (t *Translator) trFACGT_s(i Inst) bool    { return t.vBin(i, ir.FAcGT, i.fsz(), scalar) }

// Advanced SIMD three same (FP16).

func (t *Translator) trFMAXNM_vh(i Inst) bool  { return t.vBin(i, ir.FMaxNM, half, i.arr()) }
func (t *Translator) trFMLA_vh(i Inst) bool    { return t.vFma(i, ir.FMla, half, i.arr()) }
func (t *Translator) trFADD_vh(i Inst) bool    { return t.vBin(i, ir.FAdd, half, i.arr()) }
func (t *Translator) trFMULX_vh(i Inst) bool   { return t.vBin(i, ir.FMulX, half, i.arr()) }
func (t *Translator) trFCMEQ_vh(i Inst) bool   { return t.vBin(i, ir.FCmEQ, half, i.arr()) }
func (t *Translator) trFMAX_vh(i Inst) bool    { return t.vBin(i, ir.FMax, half, i.arr()) }
func (t *Translator) trFRECPS_vh(i Inst) bool  { return t.vBin(i, ir.FRecps, half, i.arr()) }
func (t *Translator) trFMINNM_vh(i Inst) bool  { return t.vBin(i, ir.FMinNM, half, i.arr()) }
func (t *Translator) trFMLS_vh(i Inst) bool    { return t.vFma(i, ir.FMls, half, i.arr()) }
func (t *Translator) trFSUB_vh(i Inst) bool    { return t.vBin(i, ir.FSub, half, i.arr()) }
func (t *Translator) trFMIN_vh(i Inst) bool    { return t.vBin(i, ir.FMin, half, i.arr()) }
func (t *Translator) trFRSQRTS_vh(i Inst) bool { return t.vBin(i, ir.FRsqrts, half, i.arr()) }
func (t *Translator) trFMAXNMP_vh(i Inst) bool { return t.vBin(i, ir.FMaxNMP, half, i.arr()) }
func (t *Translator) trFADDP_vh(i Inst) bool   { return t.vBin(i, ir.FAddP, half, i.arr()) }
func (t *Translator) trFMUL_vh(i Inst) bool    { return t.vBin(i, ir.FMul, half, i.arr()) }
func (t *Translator) trFCMGE_vh(i Inst) bool   { return t.vBin(i, ir.FCmGE, half, i.arr()) }
func (t *Translator) trFACGE_vh(i Inst) bool   { return t.vBin(i, ir.FAcGE, half, i.arr()) }
func (t *Translator) trFMAXP_vh(i Inst) bool   { return t.vBin(i, ir.FMaxP, half, i.arr()) }
func (t *Translator) trFDIV_vh(i Inst) bool    { return t.vBin(i, ir.FDiv, half, i.arr()) }
func (t *Translator) trFMINNMP_vh(i Inst) bool { return t.vBin(i, ir.FMinNMP, half, i.arr()) }
func (t *Translator) trFABD_vh(i Inst) bool    { return t.vBin(i, ir.FAbd, half, i.arr()) }
func (t *Translator) trFCMGT_vh(i Inst) bool   { return t.vBin(i, ir.FCmGT, half, i.arr()) }
func (t *Translator) trFACGT_vh(i Inst) bool   { return t.vBin(i, ir.FAcGT, half, i.arr()) }
func (t *Translator) trFMINP_vh(i Inst) bool   { return t.vBin(i, ir.FMinP, half, i.arr()) }

// Advanced SIMD three-register extension.

func (t *Translator) trSQRDMLAH_v(i Inst) bool { return t.vFma(i, ir.VSQRDMLAH, i.vsz(), i.arr()) }
func (t *Translator) trSQRDMLSH_v(i Inst) bool { return t.vFma(i, ir.VSQRDMLSH, i.vsz(), i.arr()) }

// Advanced SIMD three same.

func (t *Translator) trSHADD_v(i Inst) bool    { return t.vBin(i, ir.VSHAdd, i.vsz(), i.arr()) }
func (t *Translator) trSQADD_v(i Inst) bool    { return t.vBin(i, ir.VSQAdd, i.vsz(), i.arr()) }
func (t *Translator) trSRHADD_v(i Inst) bool   { return t.vBin(i, ir.VSRHAdd, i.vsz(), i.arr()) }
func (t *Translator) trSHSUB_v(i Inst) bool    { return t.vBin(i, ir.VSHSub, i.vsz(), i.arr()) }
func (t *Translator) trSQSUB_v(i Inst) bool    { return t.vBin(i, ir.VSQSub, i.vsz(), i.arr()) }
func (t *Translator) trCMGT_v(i Inst) bool     { return t.vBin(i, ir.VCmGT, i.vsz(), i.arr()) }
func (t *Translator) trCMGE_v(i Inst) bool     { return t.vBin(i, ir.VCmGE, i.vsz(), i.arr()) }
func (t *Translator) trSSHL_v(i Inst) bool     { return t.vBin(i, ir.VSShl, i.vsz(), i.arr()) }
func (t *Translator) trSQSHL_v(i Inst) bool    { return t.vBin(i, ir.VSQShl, i.vsz(), i.arr()) }
func (t *Translator) trSRSHL_v(i Inst) bool    { return t.vBin(i, ir.VSRShl, i.vsz(), i.arr()) }
func (t *Translator) trSQRSHL_v(i Inst) bool   { return t.vBin(i, ir.VSQRShl, i.vsz(), i.arr()) }
func (t *Translator) trSMAX_v(i Inst) bool     { return t.vBin(i, ir.VSMax, i.vsz(), i.arr()) }
func (t *Translator) trSMIN_v(i Inst) bool     { return t.vBin(i, ir.VSMin, i.vsz(), i.arr()) }
func (t *Translator) trSABD_v(i Inst) bool     { return t.vBin(i, ir.VSABD, i.vsz(), i.arr()) }
func (t *Translator) trSABA_v(i Inst) bool     { return t.vAccum(i, ir.VAdd, ir.VSABD) }
func (t *Translator) trADD_v(i Inst) bool      { return t.vBin(i, ir.VAdd, i.vsz(), i.arr()) }
func (t *Translator) trCMTST_v(i Inst) bool    { return t.vBin(i, ir.VCmTst, i.vsz(), i.arr()) }
func (t *Translator) trMLA_v(i Inst) bool      { return t.vAccum(i, ir.VAdd, ir.VMul) }
func (t *Translator) trMUL_v(i Inst) bool      { return t.vBin(i, ir.VMul, i.vsz(), i.arr()) }
func (t *Translator) trSMAXP_v(i Inst) bool    { return t.vBin(i, ir.VSMaxP, i.vsz(), i.arr()) }
func (t *Translator) trSMINP_v(i Inst) bool    { return t.vBin(i, ir.VSMinP, i.vsz(), i.arr()) }
func (t *Translator) trSQDMULH_v(i Inst) bool  { return t.vBin(i, ir.VSQDMulH, i.vsz(), i.arr()) }
func (t *Translator) trADDP_v(i Inst) bool     { return t.vBin(i, ir.VAddP, i.vsz(), i.arr()) }
func (t *Translator) trFMAXNM_v(i Inst) bool   { return t.vBin(i, ir.FMaxNM, i.fsz(), i.arr()) }
func (t *Translator) trFMLA_v(i Inst) bool     { return t.vFma(i, ir.FMla, i.fsz(), i.arr()) }
func (t *Translator) trFADD_v(i Inst) bool     { return t.vBin(i, ir.FAdd, i.fsz(), i.arr()) }
func (t *Translator) trFMULX_v(i Inst) bool    { return t.vBin(i, ir.FMulX, i.fsz(), i.arr()) }
func (t *Translator) trFCMEQ_v(i Inst) bool    { return t.vBin(i, ir.FCmEQ, i.fsz(), i.arr()) }
func (t *Translator) trFMAX_v(i Inst) bool     { return t.vBin(i, ir.FMax, i.fsz(), i.arr()) }
func (t *Translator) trFRECPS_v(i Inst) bool   { return t.vBin(i, ir.FRecps, i.fsz(), i.arr()) }
func (t *Translator) trFMINNM_v(i Inst) bool   { return t.vBin(i, ir.FMinNM, i.fsz(), i.arr()) }
func (t *Translator) trFMLS_v(i Inst) bool     { return t.vFma(i, ir.FMls, i.fsz(), i.arr()) }
func (t *Translator) trFSUB_v(i Inst) bool     { return t.vBin(i, ir.FSub, i.fsz(), i.arr()) }
func (t *Translator) trFMIN_v(i Inst) bool     { return t.vBin(i, ir.FMin, i.fsz(), i.arr()) }
func (t *Translator) trFRSQRTS_v(i Inst) bool  { return t.vBin(i, ir.FRsqrts, i.fsz(), i.arr()) }
func (t *Translator) trUHADD_v(i Inst) bool    { return t.vBin(i, ir.VUHAdd, i.vsz(), i.arr()) }
func (t *Translator) trUQADD_v(i Inst) bool    { return t.vBin(i, ir.VUQAdd, i.vsz(), i.arr()) }
func (t *Translator) trURHADD_v(i Inst) bool   { return t.vBin(i, ir.VURHAdd, i.vsz(), i.arr()) }
func (t *Translator) trUHSUB_v(i Inst) bool    { return t.vBin(i, ir.VUHSub, i.vsz(), i.arr()) }
func (t *Translator) trUQSUB_v(i Inst) bool    { return t.vBin(i, ir.VUQSub, i.vsz(), i.arr()) }
func (t *Translator) trCMHI_v(i Inst) bool     { return t.vBin(i, ir.VCmHI, i.vsz(), i.arr()) }
func (t *Translator) trCMHS_v(i Inst) bool     { return t.vBin(i, ir.VCmHS, i.vsz(), i.arr()) }
func (t *Translator) trUSHL_v(i Inst) bool     { return t.vBin(i, ir.VUShl, i.vsz(), i.arr()) }
func (t *Translator) trUQSHL_v(i Inst) bool    { return t.vBin(i, ir.VUQShl, i.vsz(), i.arr()) }
func (t *Translator) trURSHL_v(i Inst) bool    { return t.vBin(i, ir.VURShl, i.vsz(), i.arr()) }
func (t *Translator) trUQRSHL_v(i Inst) bool   { return t.vBin(i, ir.VUQRShl, i.vsz(), i.arr()) }
func (t *Translator) trUMAX_v(i Inst) bool     { return t.vBin(i, ir.VUMax, i.vsz(), i.arr()) }
func (t *Translator) trUMIN_v(i Inst) bool     { return t.vBin(i, ir.VUMin, i.vsz(), i.arr()) }
func (t *Translator) trUABD_v(i Inst) bool     { return t.vBin(i, ir.VUABD, i.vsz(), i.arr()) }
func (t *Translator) trUABA_v(i Inst) bool     { return t.vAccum(i, ir.VAdd, ir.VUABD) }
func (t *Translator) trSUB_v(i Inst) bool      { return t.vBin(i, ir.VSub, i.vsz(), i.arr()) }
func (t *Translator) trCMEQ_v(i Inst) bool     { return t.vBin(i, ir.VCmEQ, i.vsz(), i.arr()) }
func (t *Translator) trMLS_v(i Inst) bool      { return t.vAccum(i, ir.VSub, ir.VMul) }
func (t *Translator) trPMUL_v(i Inst) bool     { return t.vBin(i, ir.VPMul, i.vsz(), i.arr()) }
func (t *Translator) trUMAXP_v(i Inst) bool    { return t.vBin(i, ir.VUMaxP, i.vsz(), i.arr()) }
func (t *Translator) trUMINP_v(i Inst) bool    { return t.vBin(i, ir.VUMinP, i.vsz(), i.arr()) }
func (t *Translator) trSQRDMULH_v(i Inst) bool { return t.vBin(i, ir.VSQRDMulH, i.vsz(), i.arr()) }
func (t *Translator) trFMAXNMP_v(i Inst) bool  { return t.vBin(i, ir.FMaxNMP, i.fsz(), i.arr()) }
func (t *Translator) trFADDP_v(i Inst) bool    { return t.vBin(i, ir.FAddP, i.fsz(), i.arr()) }
func (t *Translator) trFMUL_v(i Inst) bool     { return t.vBin(i, ir.FMul, i.fsz(), i.arr()) }
func (t *Translator) trFCMGE_v(i Inst) bool    { return t.vBin(i, ir.FCmGE, i.fsz(), i.arr()) }
func (t *Translator) trFACGE_v(i Inst) bool    { return t.vBin(i, ir.FAcGE, i.fsz(), i.arr()) }
func (t *Translator) trFMAXP_v(i Inst) bool    { return t.vBin(i, ir.FMaxP, i.fsz(), i.arr()) }
func (t *Translator) trFDIV_v(i Inst) bool     { return t.vBin(i, ir.FDiv, i.fsz(), i.arr()) }
func (t *Translator) trFMINNMP_v(i Inst) bool  { return t.vBin(i, ir.FMinNMP, i.fsz(), i.arr()) }
func (t *Translator) trFABD_v(i Inst) bool     { return t.vBin(i, ir.FAbd, i.fsz(), i.arr()) }
func (t *Translator) trFCMGT_v(i Inst) bool    { return t.vBin(i, ir.FCmGT, i.fsz(), i.arr()) }
func (t *Translator) trFACGT_v(i Inst) bool    { return t.vBin(i, ir.FAcGT, i.fsz(), i.arr()) }
func (t *Translator) trFMINP_v(i Inst) bool    { return t.vBin(i, ir.FMinP, i.fsz(), i.arr()) }

// Logical operations work on the whole register and have no lane size.

func (t *Translator) trAND_v(i Inst) bool { return t.vBin(i, ir.VAnd, double, i.arr()) }
func (t *Translator) trBIC_v(i Inst) bool { return t.vBin(i, ir.VAndNot, double, i.arr()) }
func (t *Translator) trORN_v(i Inst) bool { return t.vBin(i, ir.VOrNot, double, i.arr()) }
func (t *Translator) trEOR_v(i Inst) bool { return t.vBin(i, ir.VXor, double, i.arr()) }

// trORR_v is MOV when both operands are the same.
func (t *Translator) trORR_v(i Inst) bool {
	if i.Rn() == i.Rm() {
		return t.vUn(i, ir.VMov, double, i.arr())
	}
	return t.vBin(i, ir.VOr, double, i.arr())
}

// BSL, BIT and BIF differ in which operand is the mask: Vd, Vm, and the inverse of Vm.

func (t *Translator) trBSL_v(i Inst) bool { return t.vBsl(i, i.Rn(), i.Rm(), i.Rd()) }
func (t *Translator) trBIT_v(i Inst) bool { return t.vBsl(i, i.Rn(), i.Rd(), i.Rm()) }
func (t *Translator) trBIF_v(i Inst) bool { return t.vBsl(i, i.Rd(), i.Rn(), i.Rm()) }

func (t *Translator) vBsl(i Inst, one, zero, mask uint32) bool {
	return t.vPut(i.Rd(), t.vOp(ir.VBsl, double, i.arr(), t.V(one), t.V(zero), t.V(mask)))
}

// FMLAL and FMLSL multiply half precision into single; the "2" forms take the upper half of their operands.

func (t *Translator) trFMLAL_v(i Inst) bool  { return t.vFma(i, ir.FMlal, half, i.arr()) }
func (t *Translator) trFMLSL_v(i Inst) bool  { return t.vFma(i, ir.FMlsl, half, i.arr()) }
func (t *Translator) trFMLAL2_v(i Inst) bool { return t.vFma(i, ir.FMlal, half, i.arr()|ir.ShapeHi) }
func (t *Translator) trFMLSL2_v(i Inst) bool { return t.vFma(i, ir.FMlsl, half, i.arr()|ir.ShapeHi) }

// Advanced SIMD three-register extension.

func (t *Translator) trSDOT_v(i Inst) bool  { return t.vFma(i, ir.VSDot, 0, i.arr()) }
func (t *Translator) trUDOT_v(i Inst) bool  { return t.vFma(i, ir.VUDot, 0, i.arr()) }
func (t *Translator) trUSDOT_v(i Inst) bool { return t.vFma(i, ir.VUSDot, 0, i.arr()) }
func (t *Translator) trSMMLA(i Inst) bool   { return t.vFma(i, ir.VSMmla, 0, ir.ShapeQ) }
func (t *Translator) trUMMLA(i Inst) bool   { return t.vFma(i, ir.VUMmla, 0, ir.ShapeQ) }
func (t *Translator) trUSMMLA(i Inst) bool  { return t.vFma(i, ir.VUSMmla, 0, ir.ShapeQ) }
func (t *Translator) trBFDOT_v(i Inst) bool { return t.vFma(i, ir.BFDot, half, i.arr()) }
func (t *Translator) trBFMMLA(i Inst) bool  { return t.vFma(i, ir.BFMmla, half, ir.ShapeQ) }

// trBFMLAL_v is BFMLALB or, with Q, BFMLALT; both work on 128 bits.
func (t *Translator) trBFMLAL_v(i Inst) bool {
	return t.vPut(i.Rd(), t.vOpAux(ir.BFMlal, half, ir.ShapeQ, i.Q(), t.V(i.Rn()), t.V(i.Rm()), t.V(i.Rd())))
}

// Complex numbers: pairs of lanes, rotated by multiples of 90 degrees.

func (t *Translator) trFCADD_v(i Inst) bool {
	return t.vPut(i.Rd(), t.vOpAux(ir.FCAdd, i.vsz(), i.arr(), 1+2*i.rot_12(), t.V(i.Rn()), t.V(i.Rm()), 0))
}

func (t *Translator) trFCMLA_v(i Inst) bool {
	return t.vPut(i.Rd(), t.vOpAux(ir.FCMla, i.vsz(), i.arr(), i.rot_12_11(), t.V(i.Rn()), t.V(i.Rm()), t.V(i.Rd())))
}
