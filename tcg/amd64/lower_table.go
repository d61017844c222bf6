package amd64

import "armature/tcg/ir"

// lower has the inline lowering of each operation: it emits code for the instruction, or emits nothing and gives
// false, and then the slow path is taken, as for an operation without an entry. Operations that every block has
// (Insn, Const) are the block loop's own.
var lower [ir.NumOps]func(*gen, *ir.Inst) bool

func init() {
	for _, t := range [][]lowering{lowerCore, lowerInt, lowerMem, lowerBranch, lowerVec, lowerFP} {
		for _, l := range t {
			lower[l.op] = l.f
		}
	}
	lowerStrict[ir.Store], lowerStrict[ir.ZeroBlock] = strictStore, strictAccess
	for op := ir.AtomAdd; op <= ir.StoreExV; op++ {
		lowerStrict[op] = strictAccess
	}
}

// lowerStrict takes the place of lower in strict code, where it has an entry: of all that stores.
var lowerStrict [ir.NumOps]func(*gen, *ir.Inst) bool

type lowering struct {
	op ir.Op
	f  func(*gen, *ir.Inst) bool
}

// lowerCore: guest state, flags and moves.
var lowerCore = []lowering{
	{ir.GetX, lowerGetX}, {ir.PutX, lowerPutX}, {ir.GetV, lowerGetV}, {ir.PutV, lowerPutV},
	{ir.GetFlags, lowerGetFlags}, {ir.PutFlags, lowerPutFlags},
	{ir.GetSys, lowerGetSys}, {ir.PutSys, lowerPutSys},
	{ir.FlagsOf, lowerFlagsOf}, {ir.FlagsSel, lowerFlagsSel}, {ir.FCmp, lowerFCmp}, {ir.FCmpE, lowerFCmp},
	{ir.CSel, lowerCSel}, {ir.CSet, lowerCSet}, {ir.CSetM, lowerCSet},
	{ir.CheckSP, lowerCheckSP},
	{ir.VConst, lowerVConst}, {ir.VMov, lowerVMov}, {ir.VFromX, lowerVFromX}, {ir.VFromXX, lowerVFromXX},
	{ir.XFromV, lowerXFromV},
}

// lowerInt: integers.
var lowerInt = []lowering{
	{ir.Copy, lowerCopy}, {ir.Trunc, lowerCopy}, {ir.ZExt, lowerZExt}, {ir.SExt, lowerSExt},
	{ir.Add, lowerAdd}, {ir.Sub, lowerSub}, {ir.Adc, lowerAdc}, {ir.Sbc, lowerAdc},
	{ir.And, lowerAnd}, {ir.Or, lowerLogic}, {ir.Xor, lowerLogic},
	{ir.AndNot, lowerAndNot}, {ir.OrNot, lowerOrNot}, {ir.XorNot, lowerXorNot},
	{ir.Not, lowerNot}, {ir.Neg, lowerNot},
	{ir.Shl, lowerShift}, {ir.Shr, lowerShift}, {ir.Sar, lowerShift}, {ir.Ror, lowerShift}, {ir.Extr, lowerExtr},
	{ir.Mul, lowerMul}, {ir.UMulH, lowerMulH}, {ir.SMulH, lowerMulH}, {ir.UDiv, lowerDiv}, {ir.SDiv, lowerDiv},
	{ir.Clz, lowerClz}, {ir.Cls, lowerCls}, {ir.RBit, lowerRBit},
	{ir.Rev, lowerRev}, {ir.Rev16, lowerRev16}, {ir.Rev32, lowerRev32},
	{ir.UBfx, lowerUBfx}, {ir.SBfx, lowerSBfx}, {ir.Bfi, lowerBfi},
	{ir.Crc32, lowerCrc32}, {ir.Crc32C, lowerCrc32C},
}

// lowerMem: memory.
var lowerMem = []lowering{
	{ir.Load, lowerLoad}, {ir.Store, lowerStore},
	{ir.AtomAdd, lowerAtomAdd}, {ir.AtomClr, lowerAtomLogic}, {ir.AtomEor, lowerAtomLogic}, {ir.AtomSet, lowerAtomLogic},
	{ir.AtomSMax, lowerAtomMinMax}, {ir.AtomSMin, lowerAtomMinMax},
	{ir.AtomUMax, lowerAtomMinMax}, {ir.AtomUMin, lowerAtomMinMax},
	{ir.AtomSwp, lowerAtomSwp}, {ir.Cas, lowerCas}, {ir.CasP, lowerCasP},
	{ir.LoadEx, lowerLoadEx}, {ir.LoadExV, lowerLoadEx}, {ir.StoreEx, lowerStoreEx}, {ir.StoreExV, lowerStoreExV},
	{ir.ClearEx, lowerClearEx}, {ir.Fence, lowerFence}, {ir.ZeroBlock, lowerZeroBlock},
}

// lowerBranch: terminators.
var lowerBranch = []lowering{
	{ir.Br, lowerBr}, {ir.BrCond, lowerBrCond}, {ir.BrZ, lowerBrZ}, {ir.BrNZ, lowerBrZ},
	{ir.BrBitZ, lowerBrBit}, {ir.BrBitNZ, lowerBrBit},
	{ir.Call, lowerCall}, {ir.CallInd, lowerJmpInd}, {ir.JmpInd, lowerJmpInd}, {ir.Ret, lowerRet},
	{ir.Exit, lowerExit}, {ir.ExitX, lowerExit},
}
