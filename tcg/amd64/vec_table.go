package amd64

import "armature/tcg/ir"

// lowerVec: vectors of integers, and cryptography.
var lowerVec = []lowering{
	{ir.XFromVS, lowerXFromV}, {ir.VDup, lowerVDup}, {ir.VDupL, lowerVDupL}, {ir.VInsX, lowerVInsX}, {ir.VInsL, lowerVInsL},
	{ir.VZip1, lowerVZip}, {ir.VZip2, lowerVZip}, {ir.VUzp1, lowerVUzp}, {ir.VUzp2, lowerVUzp},
	{ir.VTrn1, lowerVTrn}, {ir.VTrn2, lowerVTrn}, {ir.VExt, lowerVExt},
	{ir.VRev16, lowerVRev}, {ir.VRev32, lowerVRev}, {ir.VRev64, lowerVRev},
	{ir.VTbl, lowerVTbl}, {ir.VTbx, lowerVTbx}, {ir.VHigh, lowerVHigh}, {ir.VCombine, lowerVCombine},
	{ir.VCSel, lowerVCSel}, {ir.VDeint3, lowerVThree}, {ir.VInt3, lowerVThree},

	{ir.VAnd, lowerVLogic}, {ir.VOr, lowerVLogic}, {ir.VXor, lowerVLogic}, {ir.VAndNot, lowerVLogic},
	{ir.VOrNot, lowerVOrNot}, {ir.VNot, lowerVNot}, {ir.VBsl, lowerVBsl},
	{ir.VXor3, lowerVXor3}, {ir.VBcax, lowerVBcax}, {ir.VRax1, lowerVRax1}, {ir.VXar, lowerVXar},

	{ir.VAdd, lowerVDirect}, {ir.VSub, lowerVDirect}, {ir.VMul, lowerVDirect},
	{ir.VSMax, lowerVDirect}, {ir.VSMin, lowerVDirect}, {ir.VUMax, lowerVDirect}, {ir.VUMin, lowerVDirect},
	{ir.VNeg, lowerVNeg}, {ir.VAbs, lowerVAbs}, {ir.VSQNeg, lowerVSatUnary}, {ir.VSQAbs, lowerVSatUnary},
	{ir.VSHAdd, lowerVHalve}, {ir.VUHAdd, lowerVHalve}, {ir.VSRHAdd, lowerVHalve}, {ir.VURHAdd, lowerVHalve},
	{ir.VSHSub, lowerVHalve}, {ir.VUHSub, lowerVHalve},
	{ir.VSQAdd, lowerVSatAdd}, {ir.VUQAdd, lowerVSatAdd}, {ir.VSQSub, lowerVSatAdd}, {ir.VUQSub, lowerVSatAdd},
	{ir.VSUQAdd, lowerVSatMixed}, {ir.VUSQAdd, lowerVSatMixed},
	{ir.VSABD, lowerVABD}, {ir.VUABD, lowerVABD},
	{ir.VAddP, lowerVPairs}, {ir.VSMaxP, lowerVPairs}, {ir.VSMinP, lowerVPairs}, {ir.VUMaxP, lowerVPairs}, {ir.VUMinP, lowerVPairs},
	{ir.VCnt, lowerVCnt}, {ir.VClz, lowerVClz}, {ir.VCls, lowerVClz}, {ir.VRBit, lowerVRBit},
	{ir.VAddV, lowerVAddV}, {ir.VSAddLV, lowerVAddLV}, {ir.VUAddLV, lowerVAddLV},
	{ir.VSMaxV, lowerVMinMaxV}, {ir.VSMinV, lowerVMinMaxV}, {ir.VUMaxV, lowerVMinMaxV}, {ir.VUMinV, lowerVMinMaxV},
	{ir.VCmEQ, lowerVCompare}, {ir.VCmGT, lowerVCompare}, {ir.VCmGE, lowerVCompare}, {ir.VCmHI, lowerVCompare},
	{ir.VCmHS, lowerVCompare}, {ir.VCmTst, lowerVCompare},

	{ir.VShlI, lowerVShiftI}, {ir.VSShrI, lowerVShiftI}, {ir.VUShrI, lowerVShiftI}, {ir.VSRShrI, lowerVShiftI},
	{ir.VURShrI, lowerVShiftI}, {ir.VSliI, lowerVInsertShift}, {ir.VSriI, lowerVInsertShift},
	{ir.VSQShlI, lowerVSatShiftI}, {ir.VUQShlI, lowerVSatShiftI}, {ir.VSQShluI, lowerVSatShiftI},
	{ir.VSShl, lowerVShift}, {ir.VUShl, lowerVShift}, {ir.VSRShl, lowerVShift}, {ir.VURShl, lowerVShift},

	{ir.VSXtl, lowerVXtl}, {ir.VUXtl, lowerVXtl}, {ir.VSMull, lowerVMull}, {ir.VUMull, lowerVMull},
	{ir.VPMull, lowerVPMull}, {ir.VSQDMull, lowerVSQDMull}, {ir.VSABDL, lowerVABDL}, {ir.VUABDL, lowerVABDL},
	{ir.VSAddLP, lowerVAddLP}, {ir.VUAddLP, lowerVAddLP},
	{ir.VXtn, lowerVXtn}, {ir.VRShrn, lowerVXtn},
	{ir.VSQXtn, lowerVSatNarrow}, {ir.VUQXtn, lowerVSatNarrow}, {ir.VSQXtun, lowerVSatNarrow},
	{ir.VSQRShrn, lowerVSatNarrow}, {ir.VUQRShrn, lowerVSatNarrow}, {ir.VSQRShrun, lowerVSatNarrow},
	{ir.VAddHN, lowerVAddHN}, {ir.VRAddHN, lowerVAddHN}, {ir.VSubHN, lowerVAddHN}, {ir.VRSubHN, lowerVAddHN},
	{ir.VSQDMulH, lowerVSQDMulH}, {ir.VSQRDMulH, lowerVSQDMulH},
	{ir.VSDot, lowerVDot}, {ir.VUDot, lowerVDot}, {ir.VUSDot, lowerVDot},
	{ir.VSMmla, lowerVMmla}, {ir.VUMmla, lowerVMmla}, {ir.VUSMmla, lowerVMmla},

	{ir.AESE, lowerAES}, {ir.AESD, lowerAES}, {ir.AESMC, lowerAESMC}, {ir.AESIMC, lowerAESMC},
	{ir.SHA1C, lowerSHA1}, {ir.SHA1P, lowerSHA1}, {ir.SHA1M, lowerSHA1}, {ir.SHA1H, lowerSHA1H},
	{ir.SHA1SU0, lowerSHA1SU0}, {ir.SHA1SU1, lowerSHA1SU1},
	{ir.SHA256H, lowerSHA256H}, {ir.SHA256H2, lowerSHA256H}, {ir.SHA256SU0, lowerSHA256SU0}, {ir.SHA256SU1, lowerSHA256SU1},
	{ir.SHA512H, lowerSHA512H}, {ir.SHA512H2, lowerSHA512H}, {ir.SHA512SU0, lowerSHA512S}, {ir.SHA512SU1, lowerSHA512S},
}

// lowerFP: floating point; FCmp is among the flags.
var lowerFP = []lowering{
	{ir.FAdd, lowerFBin}, {ir.FSub, lowerFBin}, {ir.FMul, lowerFBin}, {ir.FNMul, lowerFBin}, {ir.FDiv, lowerFBin},
	{ir.FAbd, lowerFBin}, {ir.FSqrt, lowerFSqrt}, {ir.FAbs, lowerFSign}, {ir.FNeg, lowerFSign},
	{ir.FMla, lowerFMla}, {ir.FMls, lowerFMla}, {ir.FNMla, lowerFMla}, {ir.FNMls, lowerFMla},
	{ir.FMax, lowerFMinMax}, {ir.FMin, lowerFMinMax}, {ir.FMaxNM, lowerFMinMax}, {ir.FMinNM, lowerFMinMax},
	{ir.FCmEQ, lowerFCompare}, {ir.FCmGE, lowerFCompare}, {ir.FCmGT, lowerFCompare},
	{ir.FAcGE, lowerFCompare}, {ir.FAcGT, lowerFCompare},
	{ir.FAddP, lowerFPairs}, {ir.FMaxP, lowerFPairs}, {ir.FMinP, lowerFPairs}, {ir.FMaxNMP, lowerFPairs}, {ir.FMinNMP, lowerFPairs},
	{ir.FMaxV, lowerFPairs}, {ir.FMinV, lowerFPairs}, {ir.FMaxNMV, lowerFPairs}, {ir.FMinNMV, lowerFPairs},
	{ir.FRecpe, lowerFEstimate}, {ir.FRsqrte, lowerFEstimate}, {ir.FRecps, lowerFStep}, {ir.FRsqrts, lowerFStep},
	{ir.FRInt, lowerFRInt}, {ir.FCvt, lowerFCvt}, {ir.FCvtL, lowerFCvtL}, {ir.FCvtN, lowerFCvtN},
	{ir.FToSX, lowerFToX}, {ir.FToUX, lowerFToX}, {ir.FFromSX, lowerFFromX}, {ir.FFromUX, lowerFFromX},
	{ir.FToS, lowerFTo}, {ir.FToU, lowerFTo}, {ir.FFromS, lowerFFrom}, {ir.FFromU, lowerFFrom},
	{ir.FJcvt, lowerFJcvt}, {ir.FJcvtZ, lowerFJcvtZ}, {ir.FCAdd, lowerFComplex}, {ir.FCMla, lowerFComplex},
}
