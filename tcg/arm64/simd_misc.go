package arm64

import "armature/tcg/ir"

// Advanced SIMD scalar two-register miscellaneous FP16.

func (t *Translator) trFCVTNS_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, scalar, ir.RoundNearest)
}
func (t *Translator) trFCVTMS_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, scalar, ir.RoundMinus)
}
func (t *Translator) trFCVTAS_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, scalar, ir.RoundAway)
}
func (t *Translator) trSCVTF_sh(i Inst) bool  { return t.vUn(i, ir.FFromS, half, scalar) }
func (t *Translator) trFCMGT_shz(i Inst) bool { return t.vZero(i, ir.FCmGT, half, scalar) }
func (t *Translator) trFCMEQ_shz(i Inst) bool { return t.vZero(i, ir.FCmEQ, half, scalar) }
func (t *Translator) trFCMLT_shz(i Inst) bool { return t.vZeroFirst(i, ir.FCmGT, half, scalar) }
func (t *Translator) trFCVTPS_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, scalar, ir.RoundPlus)
}
func (t *Translator) trFCVTZS_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, scalar, ir.RoundZero)
}
func (t *Translator) trFRECPE_sh(i Inst) bool { return t.vUn(i, ir.FRecpe, half, scalar) }
func (t *Translator) trFRECPX_sh(i Inst) bool { return t.vUn(i, ir.FRecpx, half, scalar) }
func (t *Translator) trFCVTNU_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, scalar, ir.RoundNearest)
}
func (t *Translator) trFCVTMU_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, scalar, ir.RoundMinus)
}
func (t *Translator) trFCVTAU_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, scalar, ir.RoundAway)
}
func (t *Translator) trUCVTF_sh(i Inst) bool  { return t.vUn(i, ir.FFromU, half, scalar) }
func (t *Translator) trFCMGE_shz(i Inst) bool { return t.vZero(i, ir.FCmGE, half, scalar) }
func (t *Translator) trFCMLE_shz(i Inst) bool { return t.vZeroFirst(i, ir.FCmGE, half, scalar) }
func (t *Translator) trFCVTPU_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, scalar, ir.RoundPlus)
}
func (t *Translator) trFCVTZU_sh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, scalar, ir.RoundZero)
}
func (t *Translator) trFRSQRTE_sh(i Inst) bool { return t.vUn(i, ir.FRsqrte, half, scalar) }

// Advanced SIMD scalar two-register miscellaneous.

func (t *Translator) trSUQADD_s(i Inst) bool { return t.vRmw(i, ir.VSUQAdd, i.vsz(), scalar) }
func (t *Translator) trSQABS_s(i Inst) bool  { return t.vUn(i, ir.VSQAbs, i.vsz(), scalar) }
func (t *Translator) trCMGT_sz(i Inst) bool  { return t.vZero(i, ir.VCmGT, i.vsz(), scalar) }
func (t *Translator) trCMEQ_sz(i Inst) bool  { return t.vZero(i, ir.VCmEQ, i.vsz(), scalar) }
func (t *Translator) trCMLT_sz(i Inst) bool  { return t.vZeroFirst(i, ir.VCmGT, i.vsz(), scalar) }
func (t *Translator) trABS_s(i Inst) bool    { return t.vUn(i, ir.VAbs, i.vsz(), scalar) }
func (t *Translator) trSQXTN_s(i Inst) bool  { return t.vUnAux(i, ir.VSQXtn, i.vsz(), scalar, 0) }
func (t *Translator) trFCVTNS_s(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), scalar, ir.RoundNearest)
}
func (t *Translator) trFCVTMS_s(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), scalar, ir.RoundMinus)
}
func (t *Translator) trFCVTAS_s(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), scalar, ir.RoundAway)
}
func (t *Translator) trSCVTF_s(i Inst) bool  { return t.vUn(i, ir.FFromS, i.fsz(), scalar) }
func (t *Translator) trFCMGT_sz(i Inst) bool { return t.vZero(i, ir.FCmGT, i.fsz(), scalar) }
func (t *Translator) trFCMEQ_sz(i Inst) bool { return t.vZero(i, ir.FCmEQ, i.fsz(), scalar) }
func (t *Translator) trFCMLT_sz(i Inst) bool { return t.vZeroFirst(i, ir.FCmGT, i.fsz(), scalar) }
func (t *Translator) trFCVTPS_s(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), scalar, ir.RoundPlus)
}
func (t *Translator) trFCVTZS_s(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), scalar, ir.RoundZero)
}
func (t *Translator) trFRECPE_s(i Inst) bool { return t.vUn(i, ir.FRecpe, i.fsz(), scalar) }
func (t *Translator) trFRECPX_s(i Inst) bool { return t.vUn(i, ir.FRecpx, i.fsz(), scalar) }
func (t *Translator) trUSQADD_s(i Inst) bool { return t.vRmw(i, ir.VUSQAdd, i.vsz(), scalar) }
func (t *Translator) trSQNEG_s(i Inst) bool  { return t.vUn(i, ir.VSQNeg, i.vsz(), scalar) }
func (t *Translator) trCMGE_sz(i Inst) bool  { return t.vZero(i, ir.VCmGE, i.vsz(), scalar) }
func (t *Translator) trCMLE_sz(i Inst) bool  { return t.vZeroFirst(i, ir.VCmGE, i.vsz(), scalar) }
func (t *Translator) trNEG_s(i Inst) bool    { return t.vUn(i, ir.VNeg, i.vsz(), scalar) }
func (t *Translator) trSQXTUN_s(i Inst) bool { return t.vUnAux(i, ir.VSQXtun, i.vsz(), scalar, 0) }
func (t *Translator) trUQXTN_s(i Inst) bool  { return t.vUnAux(i, ir.VUQXtn, i.vsz(), scalar, 0) }
func (t *Translator) trFCVTNU_s(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), scalar, ir.RoundNearest)
}
func (t *Translator) trFCVTMU_s(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), scalar, ir.RoundMinus)
}
func (t *Translator) trFCVTAU_s(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), scalar, ir.RoundAway)
}
func (t *Translator) trUCVTF_s(i Inst) bool  { return t.vUn(i, ir.FFromU, i.fsz(), scalar) }
func (t *Translator) trFCMGE_sz(i Inst) bool { return t.vZero(i, ir.FCmGE, i.fsz(), scalar) }
func (t *Translator) trFCMLE_sz(i Inst) bool { return t.vZeroFirst(i, ir.FCmGE, i.fsz(), scalar) }
func (t *Translator) trFCVTPU_s(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), scalar, ir.RoundPlus)
}
func (t *Translator) trFCVTZU_s(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), scalar, ir.RoundZero)
}
func (t *Translator) trFRSQRTE_s(i Inst) bool { return t.vUn(i, ir.FRsqrte, i.fsz(), scalar) }

// Advanced SIMD scalar pairwise.

func (t *Translator) trADDP_s(i Inst) bool     { return t.vPairs(i, ir.VAddP, double) }
func (t *Translator) trFMAXNMP_sh(i Inst) bool { return t.vPairs(i, ir.FMaxNMP, half) }
func (t *Translator) trFADDP_sh(i Inst) bool   { return t.vPairs(i, ir.FAddP, half) }
func (t *Translator) trFMAXP_sh(i Inst) bool   { return t.vPairs(i, ir.FMaxP, half) }
func (t *Translator) trFMINNMP_sh(i Inst) bool { return t.vPairs(i, ir.FMinNMP, half) }
func (t *Translator) trFMINP_sh(i Inst) bool   { return t.vPairs(i, ir.FMinP, half) }
func (t *Translator) trFMAXNMP_s(i Inst) bool  { return t.vPairs(i, ir.FMaxNMP, i.fsz()) }
func (t *Translator) trFADDP_s(i Inst) bool    { return t.vPairs(i, ir.FAddP, i.fsz()) }
func (t *Translator) trFMAXP_s(i Inst) bool    { return t.vPairs(i, ir.FMaxP, i.fsz()) }
func (t *Translator) trFMINNMP_s(i Inst) bool  { return t.vPairs(i, ir.FMinNMP, i.fsz()) }
func (t *Translator) trFMINP_s(i Inst) bool    { return t.vPairs(i, ir.FMinP, i.fsz()) }

// Advanced SIMD two-register miscellaneous (FP16).

func (t *Translator) trFRINTN_vh(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, half, i.arr(), ir.RoundNearest)
}
func (t *Translator) trFRINTM_vh(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, half, i.arr(), ir.RoundMinus)
}
func (t *Translator) trFCVTNS_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, i.arr(), ir.RoundNearest)
}
func (t *Translator) trFCVTMS_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, i.arr(), ir.RoundMinus)
}
func (t *Translator) trFCVTAS_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, i.arr(), ir.RoundAway)
}
func (t *Translator) trSCVTF_vh(i Inst) bool  { return t.vUn(i, ir.FFromS, half, i.arr()) }
func (t *Translator) trFCMGT_vhz(i Inst) bool { return t.vZero(i, ir.FCmGT, half, i.arr()) }
func (t *Translator) trFCMEQ_vhz(i Inst) bool { return t.vZero(i, ir.FCmEQ, half, i.arr()) }
func (t *Translator) trFCMLT_vhz(i Inst) bool { return t.vZeroFirst(i, ir.FCmGT, half, i.arr()) }
func (t *Translator) trFABS_vh(i Inst) bool   { return t.vUn(i, ir.FAbs, half, i.arr()) }
func (t *Translator) trFRINTP_vh(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, half, i.arr(), ir.RoundPlus)
}
func (t *Translator) trFRINTZ_vh(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, half, i.arr(), ir.RoundZero)
}
func (t *Translator) trFCVTPS_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, i.arr(), ir.RoundPlus)
}
func (t *Translator) trFCVTZS_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToS, half, i.arr(), ir.RoundZero)
}
func (t *Translator) trFRECPE_vh(i Inst) bool { return t.vUn(i, ir.FRecpe, half, i.arr()) }
func (t *Translator) trFRINTA_vh(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, half, i.arr(), ir.RoundAway)
}
func (t *Translator) trFRINTX_vh(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, half, i.arr(), ir.RoundCur|ir.RoundExact)
}
func (t *Translator) trFCVTNU_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, i.arr(), ir.RoundNearest)
}
func (t *Translator) trFCVTMU_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, i.arr(), ir.RoundMinus)
}
func (t *Translator) trFCVTAU_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, i.arr(), ir.RoundAway)
}
func (t *Translator) trUCVTF_vh(i Inst) bool  { return t.vUn(i, ir.FFromU, half, i.arr()) }
func (t *Translator) trFCMGE_vhz(i Inst) bool { return t.vZero(i, ir.FCmGE, half, i.arr()) }
func (t *Translator) trFCMLE_vhz(i Inst) bool { return t.vZeroFirst(i, ir.FCmGE, half, i.arr()) }
func (t *Translator) trFNEG_vh(i Inst) bool   { return t.vUn(i, ir.FNeg, half, i.arr()) }
func (t *Translator) trFRINTI_vh(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, half, i.arr(), ir.RoundCur)
}
func (t *Translator) trFCVTPU_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, i.arr(), ir.RoundPlus)
}
func (t *Translator) trFCVTZU_vh(i Inst) bool {
	return t.vUnAux(i, ir.FToU, half, i.arr(), ir.RoundZero)
}
func (t *Translator) trFRSQRTE_vh(i Inst) bool { return t.vUn(i, ir.FRsqrte, half, i.arr()) }
func (t *Translator) trFSQRT_vh(i Inst) bool   { return t.vUn(i, ir.FSqrt, half, i.arr()) }

// Advanced SIMD two-register miscellaneous.

func (t *Translator) trREV64_v(i Inst) bool  { return t.vUn(i, ir.VRev64, i.vsz(), i.arr()) }
func (t *Translator) trREV16_v(i Inst) bool  { return t.vUn(i, ir.VRev16, 0, i.arr()) }
func (t *Translator) trSADDLP_v(i Inst) bool { return t.vUn(i, ir.VSAddLP, i.vsz(), i.arr()) }
func (t *Translator) trSUQADD_v(i Inst) bool { return t.vRmw(i, ir.VSUQAdd, i.vsz(), i.arr()) }
func (t *Translator) trCLS_v(i Inst) bool    { return t.vUn(i, ir.VCls, i.vsz(), i.arr()) }
func (t *Translator) trCNT_v(i Inst) bool    { return t.vUn(i, ir.VCnt, 0, i.arr()) }
func (t *Translator) trSQABS_v(i Inst) bool  { return t.vUn(i, ir.VSQAbs, i.vsz(), i.arr()) }
func (t *Translator) trCMGT_vz(i Inst) bool  { return t.vZero(i, ir.VCmGT, i.vsz(), i.arr()) }
func (t *Translator) trCMEQ_vz(i Inst) bool  { return t.vZero(i, ir.VCmEQ, i.vsz(), i.arr()) }
func (t *Translator) trCMLT_vz(i Inst) bool  { return t.vZeroFirst(i, ir.VCmGT, i.vsz(), i.arr()) }
func (t *Translator) trABS_v(i Inst) bool    { return t.vUn(i, ir.VAbs, i.vsz(), i.arr()) }
func (t *Translator) trXTN_v(i Inst) bool    { return t.vNarrow(i, ir.VXtn, i.vsz(), 0) }
func (t *Translator) trSQXTN_v(i Inst) bool  { return t.vNarrow(i, ir.VSQXtn, i.vsz(), 0) }
func (t *Translator) trFRINTN_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fsz(), i.arr(), ir.RoundNearest)
}
func (t *Translator) trFRINTM_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fsz(), i.arr(), ir.RoundMinus)
}
func (t *Translator) trFCVTNS_v(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), i.arr(), ir.RoundNearest)
}
func (t *Translator) trFCVTMS_v(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), i.arr(), ir.RoundMinus)
}
func (t *Translator) trFCVTAS_v(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), i.arr(), ir.RoundAway)
}
func (t *Translator) trSCVTF_v(i Inst) bool { return t.vUn(i, ir.FFromS, i.fsz(), i.arr()) }
func (t *Translator) trFRINT32Z_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt32, i.fsz(), i.arr(), ir.RoundZero)
}
func (t *Translator) trFRINT64Z_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt64, i.fsz(), i.arr(), ir.RoundZero)
}
func (t *Translator) trFCMGT_vz(i Inst) bool { return t.vZero(i, ir.FCmGT, i.fsz(), i.arr()) }
func (t *Translator) trFCMEQ_vz(i Inst) bool { return t.vZero(i, ir.FCmEQ, i.fsz(), i.arr()) }
func (t *Translator) trFCMLT_vz(i Inst) bool { return t.vZeroFirst(i, ir.FCmGT, i.fsz(), i.arr()) }
func (t *Translator) trFABS_v(i Inst) bool   { return t.vUn(i, ir.FAbs, i.fsz(), i.arr()) }
func (t *Translator) trFRINTP_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fsz(), i.arr(), ir.RoundPlus)
}
func (t *Translator) trFRINTZ_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fsz(), i.arr(), ir.RoundZero)
}
func (t *Translator) trFCVTPS_v(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), i.arr(), ir.RoundPlus)
}
func (t *Translator) trFCVTZS_v(i Inst) bool {
	return t.vUnAux(i, ir.FToS, i.fsz(), i.arr(), ir.RoundZero)
}
func (t *Translator) trFRECPE_v(i Inst) bool { return t.vUn(i, ir.FRecpe, i.fsz(), i.arr()) }
func (t *Translator) trREV32_v(i Inst) bool  { return t.vUn(i, ir.VRev32, i.vsz(), i.arr()) }
func (t *Translator) trUADDLP_v(i Inst) bool { return t.vUn(i, ir.VUAddLP, i.vsz(), i.arr()) }
func (t *Translator) trUSQADD_v(i Inst) bool { return t.vRmw(i, ir.VUSQAdd, i.vsz(), i.arr()) }
func (t *Translator) trCLZ_v(i Inst) bool    { return t.vUn(i, ir.VClz, i.vsz(), i.arr()) }
func (t *Translator) trRBIT_v(i Inst) bool   { return t.vUn(i, ir.VRBit, 0, i.arr()) }
func (t *Translator) trSQNEG_v(i Inst) bool  { return t.vUn(i, ir.VSQNeg, i.vsz(), i.arr()) }
func (t *Translator) trCMGE_vz(i Inst) bool  { return t.vZero(i, ir.VCmGE, i.vsz(), i.arr()) }
func (t *Translator) trCMLE_vz(i Inst) bool  { return t.vZeroFirst(i, ir.VCmGE, i.vsz(), i.arr()) }
func (t *Translator) trNEG_v(i Inst) bool    { return t.vUn(i, ir.VNeg, i.vsz(), i.arr()) }
func (t *Translator) trSQXTUN_v(i Inst) bool { return t.vNarrow(i, ir.VSQXtun, i.vsz(), 0) }
func (t *Translator) trUQXTN_v(i Inst) bool  { return t.vNarrow(i, ir.VUQXtn, i.vsz(), 0) }
func (t *Translator) trFRINTA_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fsz(), i.arr(), ir.RoundAway)
}
func (t *Translator) trFRINTX_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fsz(), i.arr(), ir.RoundCur|ir.RoundExact)
}
func (t *Translator) trFCVTNU_v(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), i.arr(), ir.RoundNearest)
}
func (t *Translator) trFCVTMU_v(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), i.arr(), ir.RoundMinus)
}
func (t *Translator) trFCVTAU_v(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), i.arr(), ir.RoundAway)
}
func (t *Translator) trUCVTF_v(i Inst) bool { return t.vUn(i, ir.FFromU, i.fsz(), i.arr()) }
func (t *Translator) trFRINT32X_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt32, i.fsz(), i.arr(), ir.RoundCur)
}
func (t *Translator) trFRINT64X_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt64, i.fsz(), i.arr(), ir.RoundCur)
}
func (t *Translator) trFCMGE_vz(i Inst) bool { return t.vZero(i, ir.FCmGE, i.fsz(), i.arr()) }
func (t *Translator) trFCMLE_vz(i Inst) bool { return t.vZeroFirst(i, ir.FCmGE, i.fsz(), i.arr()) }
func (t *Translator) trFNEG_v(i Inst) bool   { return t.vUn(i, ir.FNeg, i.fsz(), i.arr()) }
func (t *Translator) trFRINTI_v(i Inst) bool {
	return t.vUnAux(i, ir.FRInt, i.fsz(), i.arr(), ir.RoundCur)
}
func (t *Translator) trFCVTPU_v(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), i.arr(), ir.RoundPlus)
}
func (t *Translator) trFCVTZU_v(i Inst) bool {
	return t.vUnAux(i, ir.FToU, i.fsz(), i.arr(), ir.RoundZero)
}
func (t *Translator) trFRSQRTE_v(i Inst) bool { return t.vUn(i, ir.FRsqrte, i.fsz(), i.arr()) }
func (t *Translator) trFSQRT_v(i Inst) bool   { return t.vUn(i, ir.FSqrt, i.fsz(), i.arr()) }

// Advanced SIMD across lanes.

func (t *Translator) trSADDLV(i Inst) bool    { return t.vUn(i, ir.VSAddLV, i.vsz(), i.arr()) }
func (t *Translator) trSMAXV(i Inst) bool     { return t.vUn(i, ir.VSMaxV, i.vsz(), i.arr()) }
func (t *Translator) trSMINV(i Inst) bool     { return t.vUn(i, ir.VSMinV, i.vsz(), i.arr()) }
func (t *Translator) trADDV(i Inst) bool      { return t.vUn(i, ir.VAddV, i.vsz(), i.arr()) }
func (t *Translator) trFMAXNMV_h(i Inst) bool { return t.vUn(i, ir.FMaxNMV, half, i.arr()) }
func (t *Translator) trFMAXV_h(i Inst) bool   { return t.vUn(i, ir.FMaxV, half, i.arr()) }
func (t *Translator) trFMINNMV_h(i Inst) bool { return t.vUn(i, ir.FMinNMV, half, i.arr()) }
func (t *Translator) trFMINV_h(i Inst) bool   { return t.vUn(i, ir.FMinV, half, i.arr()) }
func (t *Translator) trUADDLV(i Inst) bool    { return t.vUn(i, ir.VUAddLV, i.vsz(), i.arr()) }
func (t *Translator) trUMAXV(i Inst) bool     { return t.vUn(i, ir.VUMaxV, i.vsz(), i.arr()) }
func (t *Translator) trUMINV(i Inst) bool     { return t.vUn(i, ir.VUMinV, i.vsz(), i.arr()) }
func (t *Translator) trFMAXNMV(i Inst) bool   { return t.vUn(i, ir.FMaxNMV, single, i.arr()) }
func (t *Translator) trFMAXV(i Inst) bool     { return t.vUn(i, ir.FMaxV, single, i.arr()) }
func (t *Translator) trFMINNMV(i Inst) bool   { return t.vUn(i, ir.FMinNMV, single, i.arr()) }
func (t *Translator) trFMINV(i Inst) bool     { return t.vUn(i, ir.FMinV, single, i.arr()) }

// vZero compares Vn with zero: op(Vn, 0); vZeroFirst is op(0, Vn), for less than and less or equal.
func (t *Translator) vZero(i Inst, op ir.Op, size, shape uint8) bool {
	return t.vPut(i.Rd(), t.vOp(op, size, shape, t.V(i.Rn()), t.vConst(0, ir.ShapeQ), 0))
}

func (t *Translator) vZeroFirst(i Inst, op ir.Op, size, shape uint8) bool {
	return t.vPut(i.Rd(), t.vOp(op, size, shape, t.vConst(0, ir.ShapeQ), t.V(i.Rn()), 0))
}

// vPairs is a scalar pairwise operation on lanes 0 and 1 of Vn.
func (t *Translator) vPairs(i Inst, op ir.Op, size uint8) bool {
	n := t.V(i.Rn())
	return t.vPut(i.Rd(), t.vOp(op, size, scalar, n, n, 0))
}

// vNarrow halves the lanes of Vn after a right shift.
func (t *Translator) vNarrow(i Inst, op ir.Op, size uint8, shift uint32) bool {
	return t.vPutHalf(i, t.vOpAux(op, size, ir.ShapeQ, shift, t.V(i.Rn()), 0, 0))
}

func (t *Translator) trNOT_v(i Inst) bool     { return t.vUn(i, ir.VNot, double, i.arr()) }
func (t *Translator) trURECPE_v(i Inst) bool  { return t.vUn(i, ir.VURecpe, single, i.arr()) }
func (t *Translator) trURSQRTE_v(i Inst) bool { return t.vUn(i, ir.VURsqrte, single, i.arr()) }

func (t *Translator) trSADALP_v(i Inst) bool { return t.vAddLong(i, ir.VSAddLP) }
func (t *Translator) trUADALP_v(i Inst) bool { return t.vAddLong(i, ir.VUAddLP) }

// vAddLong adds the sums of pairs, of twice the width, to Vd.
func (t *Translator) vAddLong(i Inst, op ir.Op) bool {
	x := t.vOp(op, i.vsz(), i.arr(), t.V(i.Rn()), 0, 0)
	return t.vPut(i.Rd(), t.vOp(ir.VAdd, i.vsz()+1, i.arr(), t.V(i.Rd()), x, 0))
}

// trSHLL_v shifts by the width of the lane, which SSHLL and USHLL cannot.
func (t *Translator) trSHLL_v(i Inst) bool {
	x := t.vOp(ir.VUXtl, i.vsz(), i.hi(), t.V(i.Rn()), 0, 0)
	return t.vPut(i.Rd(), t.vOpAux(ir.VShlI, i.vsz()+1, ir.ShapeQ, 8<<i.vsz(), x, 0, 0))
}

// Conversions between precisions. sz is that of the wider side, less one.

func (t *Translator) trFCVTL_v(i Inst) bool {
	return t.vUn(i, ir.FCvtL, half+uint8(i.sz_22()), i.hi())
}

func (t *Translator) trFCVTN_v(i Inst) bool {
	return t.vPutHalf(i, t.vOp(ir.FCvtN, half+uint8(i.sz_22()), ir.ShapeQ, t.V(i.Rn()), 0, 0))
}

func (t *Translator) trFCVTXN_v(i Inst) bool {
	return t.vPutHalf(i, t.vOp(ir.FCvtXN, single, ir.ShapeQ, t.V(i.Rn()), 0, 0))
}

func (t *Translator) trFCVTXN_s(i Inst) bool { return t.vUn(i, ir.FCvtXN, single, scalar) }

func (t *Translator) trBFCVTN_v(i Inst) bool {
	return t.vPutHalf(i, t.vOp(ir.BFCvtN, half, ir.ShapeQ, t.V(i.Rn()), 0, 0))
}
