package ir

// Op is an operation.
type Op uint16

// OpInfo describes an operation.
type OpInfo struct {
	Name   string
	Args   string // operand types in the order A, B, C: see Type.letter
	Result string // result type, "" for none, "=" for Inst.Type (I32 or I64; Load: also V128)
	Attr   Attr
}

// Attr are properties of an operation.
type Attr uint8

const (
	Effect  Attr = 1 << iota // has an effect besides its result: never dead
	Faults                   // may fault: guest state must be exact before it
	Term                     // ends a block
	ReadsX                   // reads guest state (GetX, GetV, GetFlags)
	FPEnv                    // depends on FPCR and may raise FPSR flags (never moved across their access, may be dropped only with its flags kept: treat as Effect)
	SetsQC                   // may set FPSR.QC
	Commute                  // A and B may be exchanged
)

// In Args and Result: i = I32 or I64 by Inst.Type, w = I32, x = I64, v = V128,
// f = Flags, a lower-case letter followed by ? is optional (Ref 0 = absent).
//
// Where there is a result, Inst.Type is its type, also in those that take an i of
// another type (FlagsOf: Flags; VFromX, VDup, VInsX, FFromSX: V128; StoreEx: I32;
// ZExt, SExt). Without one it is that of the i operand (BrZ, BrBitZ) or of C (Store).
//
// Integer operations work at the width of Inst.Type. Shift amounts are taken
// modulo the width.
var Ops = [...]OpInfo{
	Nop: {"nop", "", "", 0},
	// Insn begins a guest instruction: Imm is its address, Aux its word.
	Insn: {"insn", "", "", Effect},

	// Guest state. Aux is the register number (X: 31 is SP; V: 0..31).
	GetX:     {"getx", "", "x", ReadsX},
	PutX:     {"putx", "x", "", Effect},
	GetV:     {"getv", "", "v", ReadsX},
	PutV:     {"putv", "v", "", Effect},
	GetFlags: {"getflags", "", "f", ReadsX},
	PutFlags: {"putflags", "f", "", Effect},
	// GetSys and PutSys access a system register; Aux is a Sys constant.
	GetSys: {"getsys", "", "x", Effect},
	PutSys: {"putsys", "x", "", Effect},

	// Integer.
	Const:  {"const", "", "=", 0}, // Imm
	Copy:   {"copy", "i", "=", 0},
	Add:    {"add", "ii", "=", Commute},
	Sub:    {"sub", "ii", "=", 0},
	Adc:    {"adc", "iif", "=", 0}, // A + B + C.carry
	Sbc:    {"sbc", "iif", "=", 0}, // A - B - !C.carry
	And:    {"and", "ii", "=", Commute},
	Or:     {"or", "ii", "=", Commute},
	Xor:    {"xor", "ii", "=", Commute},
	AndNot: {"andnot", "ii", "=", 0}, // A &^ B
	OrNot:  {"ornot", "ii", "=", 0},  // A | ^B
	XorNot: {"xornot", "ii", "=", 0}, // A ^ ^B
	Not:    {"not", "i", "=", 0},
	Neg:    {"neg", "i", "=", 0},
	Shl:    {"shl", "ii", "=", 0}, // B has the type of the result
	Shr:    {"shr", "ii", "=", 0},
	Sar:    {"sar", "ii", "=", 0},
	Ror:    {"ror", "ii", "=", 0},
	Extr:   {"extr", "ii", "=", 0}, // (A:B) >> Imm, A the high half; 0 < Imm < width
	Mul:    {"mul", "ii", "=", Commute},
	UMulH:  {"umulh", "xx", "x", Commute},
	SMulH:  {"smulh", "xx", "x", Commute},
	UDiv:   {"udiv", "ii", "=", 0}, // x / 0 = 0
	SDiv:   {"sdiv", "ii", "=", 0}, // x / 0 = 0, min / -1 = min
	Clz:    {"clz", "i", "=", 0},
	Cls:    {"cls", "i", "=", 0}, // leading sign bits, without the sign bit
	RBit:   {"rbit", "i", "=", 0},
	Rev:    {"rev", "i", "=", 0},   // bytes of the whole value
	Rev16:  {"rev16", "i", "=", 0}, // bytes of each 16-bit part
	Rev32:  {"rev32", "x", "x", 0}, // bytes of each 32-bit part
	Trunc:  {"trunc", "x", "w", 0}, // low half
	ZExt:   {"zext", "i", "=", 0},  // of the low 1<<Size bytes of A (of either type; Size 0..2)
	SExt:   {"sext", "i", "=", 0},  // likewise
	// UBfx/SBfx extract Aux>>8 bits from bit Aux&0xff of A; Bfi inserts the low
	// Aux>>8 bits of B into A at bit Aux&0xff.
	UBfx:   {"ubfx", "i", "=", 0},
	SBfx:   {"sbfx", "i", "=", 0},
	Bfi:    {"bfi", "ii", "=", 0},
	Crc32:  {"crc32", "wi", "w", 0},  // A accumulator, low 1<<Size bytes of B (type by Size: 3 = I64)
	Crc32C: {"crc32c", "wi", "w", 0}, // likewise, Castagnoli

	// Flags. FlagsOf gives NZCV as the A64 flag-setting form of the instruction
	// that defines A would: A must be Add, Sub, Adc, Sbc (N Z C V) or And, AndNot
	// (N Z, C = V = 0). The verifier insists. A's value may be otherwise unused
	// (CMP, CMN, TST).
	FlagsOf: {"flagsof", "i", "f", 0},
	// FlagsConst is NZCV = Imm (nibble).
	FlagsConst: {"flagsconst", "", "f", 0},
	// FlagsSel is A if Cond holds in C, else B (CCMP, CCMN, FCCMP).
	FlagsSel: {"flagssel", "fff", "f", 0},
	// FlagsToX puts NZCV at bits 31:28; FlagsFromX takes them from there.
	FlagsToX:   {"flagstox", "f", "x", 0},
	FlagsFromX: {"flagsfromx", "x", "f", 0},
	// CSel is A if Cond holds in C, else B. CSet is 1 or 0; CSetM is -1 or 0.
	CSel:  {"csel", "iif", "=", 0},
	CSet:  {"cset", "f", "=", 0},
	CSetM: {"csetm", "f", "=", 0},

	// Memory. The address is A + B<<(Aux&7) + Imm; B is optional. Size is log2 of
	// the bytes, 0..4. Flags are Mem bits. A load of less than its type is zero
	// extended, or sign extended with MemSigned; into a V128, the rest is zero.
	Load:  {"load", "xx?", "=", Effect | Faults},
	Store: {"store", "xx?*", "", Effect | Faults}, // C: I32, I64 or V128
	// Atomics: A is the address, naturally aligned or a fault.
	// Result: the old value, zero extended. Size 0..3; Flags has MemAcquire, MemRelease.
	AtomAdd:  {"atomadd", "xi", "=", Effect | Faults},
	AtomClr:  {"atomclr", "xi", "=", Effect | Faults},
	AtomEor:  {"atomeor", "xi", "=", Effect | Faults},
	AtomSet:  {"atomset", "xi", "=", Effect | Faults},
	AtomSMax: {"atomsmax", "xi", "=", Effect | Faults},
	AtomSMin: {"atomsmin", "xi", "=", Effect | Faults},
	AtomUMax: {"atomumax", "xi", "=", Effect | Faults},
	AtomUMin: {"atomumin", "xi", "=", Effect | Faults},
	AtomSwp:  {"atomswp", "xi", "=", Effect | Faults},
	// Cas compares with B and stores C; CasP does so with 128 bits.
	Cas:  {"cas", "xii", "=", Effect | Faults},
	CasP: {"casp", "xvv", "v", Effect | Faults},
	// LoadEx and StoreEx use the exclusive monitor; Size 0..3, or 4 in the V
	// forms (pairs of X; pairs of W are Size 3). StoreEx gives 0 for success, else 1.
	// Of StoreEx, Imm is the low half of the instruction's address; of LoadEx, Aux is
	// that, and Imm that of the store exclusive it belongs to, or PairNone (state.Monitor).
	LoadEx:   {"loadex", "x", "=", Effect | Faults},
	LoadExV:  {"loadexv", "x", "v", Effect | Faults},
	StoreEx:  {"storeex", "xi", "w", Effect | Faults},
	StoreExV: {"storeexv", "xv", "w", Effect | Faults},
	ClearEx:  {"clearex", "", "", Effect},
	// Fence orders memory; Aux is a Fence constant.
	Fence: {"fence", "", "", Effect},
	// ZeroBlock is DC ZVA: clears the 64-byte block that holds address A.
	ZeroBlock: {"zeroblock", "x", "", Effect | Faults},
	// CheckSP leaves with ExitSPAlign, PC = Imm (the next instruction), when A is
	// not a multiple of 16. It follows a PutX of SP that may have misaligned it.
	CheckSP: {"checksp", "x", "", Effect},

	// Terminators. Succ of the block has the targets.
	Br:      {"br", "", "", Effect | Term},               // to Succ[0]
	BrCond:  {"brcond", "f", "", Effect | Term | ReadsX}, // Cond in A: Succ[0], else Succ[1]
	BrZ:     {"brz", "i", "", Effect | Term},             // A == 0: Succ[0], else Succ[1]
	BrNZ:    {"brnz", "i", "", Effect | Term},            // A != 0
	BrBitZ:  {"brbitz", "i", "", Effect | Term},          // bit Aux of A is 0
	BrBitNZ: {"brbitnz", "i", "", Effect | Term},         // bit Aux of A is 1
	Call:    {"call", "", "", Effect | Term},             // BL: Succ[0] the callee, Succ[1] the return address
	CallInd: {"callind", "x", "", Effect | Term},         // BLR to A; Succ[1] the return address
	JmpInd:  {"jmpind", "x", "", Effect | Term},          // BR to A
	Ret:     {"ret", "x", "", Effect | Term},             // RET to A
	Exit:    {"exit", "", "", Effect | Term | Faults},    // leave with reason Aux, ExitArg Imm, PC Succ[0].PC
	ExitX:   {"exitx", "x", "", Effect | Term | Faults},  // likewise with ExitArg = A

	// Between register files.
	VFromX:  {"vfromx", "i", "v", 0},   // low 1<<Size bytes (1, 2, 3) of A to lane 0, rest zero
	VFromXX: {"vfromxx", "xx", "v", 0}, // A low, B high
	XFromV:  {"xfromv", "v", "=", 0},   // lane Aux of 1<<Size bytes, zero extended
	XFromVS: {"xfromvs", "v", "=", 0},  // sign extended
	VDup:    {"vdup", "i", "v", 0},     // to all lanes of the shape
	VInsX:   {"vinsx", "vi", "v", 0},   // A with lane Aux replaced by B

	// Vector moves. VConst is Imm in both halves (ShapeQ) or the low one.
	VConst:   {"vconst", "", "v", 0},
	VMov:     {"vmov", "v", "v", 0},   // with a Shape and Size: D clears bits above 64, S above the lane
	VDupL:    {"vdupl", "v", "v", 0},  // lane Aux of A to all lanes; ShapeS: lane Aux to lane 0
	VInsL:    {"vinsl", "vv", "v", 0}, // A with lane Aux&0xff replaced by lane Aux>>8 of B
	VZip1:    {"vzip1", "vv", "v", 0},
	VZip2:    {"vzip2", "vv", "v", 0},
	VUzp1:    {"vuzp1", "vv", "v", 0},
	VUzp2:    {"vuzp2", "vv", "v", 0},
	VTrn1:    {"vtrn1", "vv", "v", 0},
	VTrn2:    {"vtrn2", "vv", "v", 0},
	VExt:     {"vext", "vv", "v", 0}, // EXT: B:A shifted right by Aux bytes
	VRev16:   {"vrev16", "v", "v", 0},
	VRev32:   {"vrev32", "v", "v", 0},
	VRev64:   {"vrev64", "v", "v", 0},
	VTbl:     {"vtbl", "vv", "v", 0},     // bytes of table A by index B; out of 0..15: 0
	VTbx:     {"vtbx", "vvv", "v", 0},    // table A, index B minus Aux; out of 0..15: byte of C
	VHigh:    {"vhigh", "v", "v", 0},     // upper 64 bits moved low, rest zero
	VCombine: {"vcombine", "vv", "v", 0}, // low 64 of A, low 64 of B above it (the "2" narrowing forms)

	VAnd:    {"vand", "vv", "v", Commute},
	VOr:     {"vor", "vv", "v", Commute},
	VXor:    {"vxor", "vv", "v", Commute},
	VAndNot: {"vandnot", "vv", "v", 0}, // A &^ B (BIC)
	VOrNot:  {"vornot", "vv", "v", 0},
	VNot:    {"vnot", "v", "v", 0},
	VBsl:    {"vbsl", "vvv", "v", 0}, // A&C | B&^C: C is the mask
	VXor3:   {"vxor3", "vvv", "v", 0},
	VBcax:   {"vbcax", "vvv", "v", 0}, // A ^ (B &^ C)
	VRax1:   {"vrax1", "vv", "v", 0},
	VXar:    {"vxar", "vv", "v", 0}, // Aux: rotation

	// Integer lanes: the A64 instruction of that name, one result lane per lane.
	VAdd:    {"vadd", "vv", "v", Commute},
	VSub:    {"vsub", "vv", "v", 0},
	VMul:    {"vmul", "vv", "v", Commute}, // Size 0..2
	VPMul:   {"vpmul", "vv", "v", Commute},
	VNeg:    {"vneg", "v", "v", 0},
	VAbs:    {"vabs", "v", "v", 0},
	VSQNeg:  {"vsqneg", "v", "v", SetsQC},
	VSQAbs:  {"vsqabs", "v", "v", SetsQC},
	VSMax:   {"vsmax", "vv", "v", Commute},
	VSMin:   {"vsmin", "vv", "v", Commute},
	VUMax:   {"vumax", "vv", "v", Commute},
	VUMin:   {"vumin", "vv", "v", Commute},
	VSHAdd:  {"vshadd", "vv", "v", Commute},
	VUHAdd:  {"vuhadd", "vv", "v", Commute},
	VSRHAdd: {"vsrhadd", "vv", "v", Commute},
	VURHAdd: {"vurhadd", "vv", "v", Commute},
	VSHSub:  {"vshsub", "vv", "v", 0},
	VUHSub:  {"vuhsub", "vv", "v", 0},
	VSQAdd:  {"vsqadd", "vv", "v", Commute | SetsQC},
	VUQAdd:  {"vuqadd", "vv", "v", Commute | SetsQC},
	VSQSub:  {"vsqsub", "vv", "v", SetsQC},
	VUQSub:  {"vuqsub", "vv", "v", SetsQC},
	VSUQAdd: {"vsuqadd", "vv", "v", SetsQC}, // A is Vd (accumulator), B is Vn
	VUSQAdd: {"vusqadd", "vv", "v", SetsQC},
	VSABD:   {"vsabd", "vv", "v", Commute},
	VUABD:   {"vuabd", "vv", "v", Commute},
	VAddP:   {"vaddp", "vv", "v", 0}, // pairs of A in the low lanes, of B in the high; ShapeS: the two D lanes of A
	VSMaxP:  {"vsmaxp", "vv", "v", 0},
	VSMinP:  {"vsminp", "vv", "v", 0},
	VUMaxP:  {"vumaxp", "vv", "v", 0},
	VUMinP:  {"vuminp", "vv", "v", 0},
	VCnt:    {"vcnt", "v", "v", 0}, // Size 0
	VClz:    {"vclz", "v", "v", 0},
	VCls:    {"vcls", "v", "v", 0},
	VRBit:   {"vrbit", "v", "v", 0}, // bits of each byte
	// Across lanes of the shape (Q or D), the result in lane 0, rest zero; the
	// L forms widen the result to twice the lane.
	VAddV:   {"vaddv", "v", "v", 0},
	VSMaxV:  {"vsmaxv", "v", "v", 0},
	VSMinV:  {"vsminv", "v", "v", 0},
	VUMaxV:  {"vumaxv", "v", "v", 0},
	VUMinV:  {"vuminv", "v", "v", 0},
	VSAddLV: {"vsaddlv", "v", "v", 0},
	VUAddLV: {"vuaddlv", "v", "v", 0},
	// Comparisons give all ones or zero.
	VCmEQ:  {"vcmeq", "vv", "v", Commute},
	VCmGT:  {"vcmgt", "vv", "v", 0}, // signed
	VCmGE:  {"vcmge", "vv", "v", 0},
	VCmHI:  {"vcmhi", "vv", "v", 0}, // unsigned
	VCmHS:  {"vcmhs", "vv", "v", 0},
	VCmTst: {"vcmtst", "vv", "v", Commute},

	// Shifts by the immediate Aux (A64 ranges: left 0..bits-1, right 1..bits).
	VShlI:    {"vshli", "v", "v", 0},
	VSShrI:   {"vsshri", "v", "v", 0},
	VUShrI:   {"vushri", "v", "v", 0},
	VSRShrI:  {"vsrshri", "v", "v", 0},
	VURShrI:  {"vurshri", "v", "v", 0},
	VSliI:    {"vslii", "vv", "v", 0}, // A is Vd, B is Vn
	VSriI:    {"vsrii", "vv", "v", 0},
	VSQShlI:  {"vsqshli", "v", "v", SetsQC},
	VUQShlI:  {"vuqshli", "v", "v", SetsQC},
	VSQShluI: {"vsqshlui", "v", "v", SetsQC},
	// Shifts by the signed low byte of each lane of B.
	VSShl:   {"vsshl", "vv", "v", 0},
	VUShl:   {"vushl", "vv", "v", 0},
	VSRShl:  {"vsrshl", "vv", "v", 0},
	VURShl:  {"vurshl", "vv", "v", 0},
	VSQShl:  {"vsqshl", "vv", "v", SetsQC},
	VUQShl:  {"vuqshl", "vv", "v", SetsQC},
	VSQRShl: {"vsqrshl", "vv", "v", SetsQC},
	VUQRShl: {"vuqrshl", "vv", "v", SetsQC},

	// Widening: Size is that of the source lanes; the low half of A (and B) is
	// widened, or with ShapeHi (bit) the high half. Results fill 128 bits.
	VSXtl:    {"vsxtl", "v", "v", 0},
	VUXtl:    {"vuxtl", "v", "v", 0},
	VSMull:   {"vsmull", "vv", "v", Commute},
	VUMull:   {"vumull", "vv", "v", Commute},
	VPMull:   {"vpmull", "vv", "v", Commute},            // Size 0, or 3 for 64x64->128
	VSQDMull: {"vsqdmull", "vv", "v", Commute | SetsQC}, // ShapeS: lane 0
	VSABDL:   {"vsabdl", "vv", "v", Commute},
	VUABDL:   {"vuabdl", "vv", "v", Commute},
	VSAddLP:  {"vsaddlp", "v", "v", 0}, // adjacent pairs; ShapeQ or D
	VUAddLP:  {"vuaddlp", "v", "v", 0},
	// Narrowing: Size is that of the result lanes; the result is the low 64 bits,
	// rest zero (ShapeS: lane 0). The right shift Aux (0: none) comes first, rounded in the R forms.
	VXtn:      {"vxtn", "v", "v", 0}, // Aux: SHRN
	VRShrn:    {"vrshrn", "v", "v", 0},
	VSQXtn:    {"vsqxtn", "v", "v", SetsQC},
	VUQXtn:    {"vuqxtn", "v", "v", SetsQC},
	VSQXtun:   {"vsqxtun", "v", "v", SetsQC},
	VSQRShrn:  {"vsqrshrn", "v", "v", SetsQC},
	VUQRShrn:  {"vuqrshrn", "v", "v", SetsQC},
	VSQRShrun: {"vsqrshrun", "v", "v", SetsQC},
	VAddHN:    {"vaddhn", "vv", "v", 0},
	VRAddHN:   {"vraddhn", "vv", "v", 0},
	VSubHN:    {"vsubhn", "vv", "v", 0},
	VRSubHN:   {"vrsubhn", "vv", "v", 0},
	// Saturating multiplies; in the accumulating ones C is Vd.
	VSQDMulH:  {"vsqdmulh", "vv", "v", Commute | SetsQC},
	VSQRDMulH: {"vsqrdmulh", "vv", "v", Commute | SetsQC},
	VSQRDMLAH: {"vsqrdmlah", "vvv", "v", SetsQC},
	VSQRDMLSH: {"vsqrdmlsh", "vvv", "v", SetsQC},
	// Dot products: Size is 0; four products a 32-bit lane added to C.
	VSDot:    {"vsdot", "vvv", "v", 0},
	VUDot:    {"vudot", "vvv", "v", 0},
	VUSDot:   {"vusdot", "vvv", "v", 0}, // A unsigned, B signed
	VSMmla:   {"vsmmla", "vvv", "v", 0},
	VUMmla:   {"vummla", "vvv", "v", 0},
	VUSMmla:  {"vusmmla", "vvv", "v", 0},
	VURecpe:  {"vurecpe", "v", "v", 0},
	VURsqrte: {"vursqrte", "v", "v", 0},

	// Cryptography: the instruction of that name; A is Vd where it is read.
	AESE:      {"aese", "vv", "v", 0},
	AESD:      {"aesd", "vv", "v", 0},
	AESMC:     {"aesmc", "v", "v", 0},
	AESIMC:    {"aesimc", "v", "v", 0},
	SHA1C:     {"sha1c", "vvv", "v", 0}, // Vd, Vn, Vm
	SHA1P:     {"sha1p", "vvv", "v", 0},
	SHA1M:     {"sha1m", "vvv", "v", 0},
	SHA1H:     {"sha1h", "v", "v", 0},
	SHA1SU0:   {"sha1su0", "vvv", "v", 0},
	SHA1SU1:   {"sha1su1", "vv", "v", 0},
	SHA256H:   {"sha256h", "vvv", "v", 0},
	SHA256H2:  {"sha256h2", "vvv", "v", 0},
	SHA256SU0: {"sha256su0", "vv", "v", 0},
	SHA256SU1: {"sha256su1", "vvv", "v", 0},
	SHA512H:   {"sha512h", "vvv", "v", 0},
	SHA512H2:  {"sha512h2", "vvv", "v", 0},
	SHA512SU0: {"sha512su0", "vv", "v", 0},
	SHA512SU1: {"sha512su1", "vvv", "v", 0},

	// Floating point: Size 1, 2, 3 (half, single, double); ShapeS for scalar.
	FAdd:   {"fadd", "vv", "v", FPEnv},
	FSub:   {"fsub", "vv", "v", FPEnv},
	FMul:   {"fmul", "vv", "v", FPEnv},
	FMulX:  {"fmulx", "vv", "v", FPEnv},
	FNMul:  {"fnmul", "vv", "v", FPEnv}, // scalar only
	FDiv:   {"fdiv", "vv", "v", FPEnv},
	FMax:   {"fmax", "vv", "v", FPEnv},
	FMin:   {"fmin", "vv", "v", FPEnv},
	FMaxNM: {"fmaxnm", "vv", "v", FPEnv},
	FMinNM: {"fminnm", "vv", "v", FPEnv},
	FAbd:   {"fabd", "vv", "v", FPEnv},
	FSqrt:  {"fsqrt", "v", "v", FPEnv},
	FAbs:   {"fabs", "v", "v", 0},
	FNeg:   {"fneg", "v", "v", 0},
	// Fused: C is the addend. FMla C+A*B; FMls C-A*B; FNMla -C-A*B; FNMls -C+A*B.
	FMla:    {"fmla", "vvv", "v", FPEnv},
	FMls:    {"fmls", "vvv", "v", FPEnv},
	FNMla:   {"fnmla", "vvv", "v", FPEnv},
	FNMls:   {"fnmls", "vvv", "v", FPEnv},
	FMlal:   {"fmlal", "vvv", "v", FPEnv}, // half products to single; Size 1, ShapeHi: the "2" forms; D or Q
	FMlsl:   {"fmlsl", "vvv", "v", FPEnv},
	FCAdd:   {"fcadd", "vv", "v", FPEnv},  // Aux: rotation 1 (90) or 3 (270)
	FCMla:   {"fcmla", "vvv", "v", FPEnv}, // Aux: rotation 0..3; C the accumulator. By element: B is VDupL'd in pairs
	FRecpe:  {"frecpe", "v", "v", FPEnv},
	FRsqrte: {"frsqrte", "v", "v", FPEnv},
	FRecpx:  {"frecpx", "v", "v", FPEnv},
	FRecps:  {"frecps", "vv", "v", FPEnv},
	FRsqrts: {"frsqrts", "vv", "v", FPEnv},
	FCmEQ:   {"fcmeq", "vv", "v", FPEnv}, // masks
	FCmGE:   {"fcmge", "vv", "v", FPEnv},
	FCmGT:   {"fcmgt", "vv", "v", FPEnv},
	FAcGE:   {"facge", "vv", "v", FPEnv},
	FAcGT:   {"facgt", "vv", "v", FPEnv},
	FAddP:   {"faddp", "vv", "v", FPEnv}, // ShapeS: lanes 0 and 1 of A
	FMaxP:   {"fmaxp", "vv", "v", FPEnv},
	FMinP:   {"fminp", "vv", "v", FPEnv},
	FMaxNMP: {"fmaxnmp", "vv", "v", FPEnv},
	FMinNMP: {"fminnmp", "vv", "v", FPEnv},
	FMaxV:   {"fmaxv", "v", "v", FPEnv},
	FMinV:   {"fminv", "v", "v", FPEnv},
	FMaxNMV: {"fmaxnmv", "v", "v", FPEnv},
	FMinNMV: {"fminnmv", "v", "v", FPEnv},
	// FCmp compares lane 0 of A and B: FCMP; FCmpE raises IOC for quiet NaNs too.
	FCmp:  {"fcmp", "vv", "f", FPEnv},
	FCmpE: {"fcmpe", "vv", "f", FPEnv},
	// FRInt rounds to integral; Aux is a Round constant, with RoundExact for FRINTX.
	FRInt:   {"frint", "v", "v", FPEnv},
	FRInt32: {"frint32", "v", "v", FPEnv}, // Aux: RoundZero, or RoundCur (with exactness) for the X form
	FRInt64: {"frint64", "v", "v", FPEnv},
	// Conversions. Aux is the rounding for the To forms, Imm the fraction bits.
	FToS:    {"ftos", "v", "v", FPEnv}, // lane to integer lane of the same size (FCVTxS vector and scalar)
	FToU:    {"ftou", "v", "v", FPEnv},
	FFromS:  {"ffroms", "v", "v", FPEnv},
	FFromU:  {"ffromu", "v", "v", FPEnv},
	FToSX:   {"ftosx", "v", "=", FPEnv}, // lane 0 of Size to a general register of Type
	FToUX:   {"ftoux", "v", "=", FPEnv},
	FFromSX: {"ffromsx", "i", "v", FPEnv}, // Size is the result's, Aux (2 or 3) the source's as A's type has it; Imm the fraction bits
	FFromUX: {"ffromux", "i", "v", FPEnv},
	FJcvt:   {"fjcvt", "v", "w", FPEnv}, // FJCVTZS without flags
	FJcvtZ:  {"fjcvtz", "v", "f", 0},    // its flags: Z when exact, rest zero
	// FCvt converts lane 0 from Size to Aux (log2 bytes; FCVT scalar).
	FCvt:   {"fcvt", "v", "v", FPEnv},
	FCvtL:  {"fcvtl", "v", "v", FPEnv},  // widen Size to Size+1; ShapeHi: from the high half
	FCvtN:  {"fcvtn", "v", "v", FPEnv},  // narrow Size+1 to Size, low 64 bits
	FCvtXN: {"fcvtxn", "v", "v", FPEnv}, // double to single, round to odd; ShapeS: lane 0
	// BFloat16.
	BFCvt:  {"bfcvt", "v", "v", FPEnv},  // scalar single to bfloat
	BFCvtN: {"bfcvtn", "v", "v", FPEnv}, // vector, low 64 bits
	BFDot:  {"bfdot", "vvv", "v", 0},
	BFMmla: {"bfmmla", "vvv", "v", 0},
	BFMlal: {"bfmlal", "vvv", "v", FPEnv}, // Aux 0: BFMLALB (even lanes), 1: BFMLALT (odd)

	// VCSel is A if Cond holds in C, else B; with a Shape and Size as VMov's (FCSEL, FCCMP).
	VCSel: {"vcsel", "vvf", "v", 0},
	// VDeint3 takes A:B:C as elements in memory order, A first, and gives every third of them from
	// Aux (0..2) on: one result of LD3. VInt3 is the inverse: A, B and C interleaved, and of that the
	// part Aux (0..2) as wide as the shape (ST3). ShapeQ or D.
	VDeint3: {"vdeint3", "vvv", "v", 0},
	VInt3:   {"vint3", "vvv", "v", 0},
}

const (
	Nop Op = iota
	Insn
	GetX
	PutX
	GetV
	PutV
	GetFlags
	PutFlags
	GetSys
	PutSys
	Const
	Copy
	Add
	Sub
	Adc
	Sbc
	And
	Or
	Xor
	AndNot
	OrNot
	XorNot
	Not
	Neg
	Shl
	Shr
	Sar
	Ror
	Extr
	Mul
	UMulH
	SMulH
	UDiv
	SDiv
	Clz
	Cls
	RBit
	Rev
	Rev16
	Rev32
	Trunc
	ZExt
	SExt
	UBfx
	SBfx
	Bfi
	Crc32
	Crc32C
	FlagsOf
	FlagsConst
	FlagsSel
	FlagsToX
	FlagsFromX
	CSel
	CSet
	CSetM
	Load
	Store
	AtomAdd
	AtomClr
	AtomEor
	AtomSet
	AtomSMax
	AtomSMin
	AtomUMax
	AtomUMin
	AtomSwp
	Cas
	CasP
	LoadEx
	LoadExV
	StoreEx
	StoreExV
	ClearEx
	Fence
	ZeroBlock
	CheckSP
	Br
	BrCond
	BrZ
	BrNZ
	BrBitZ
	BrBitNZ
	Call
	CallInd
	JmpInd
	Ret
	Exit
	ExitX
	VFromX
	VFromXX
	XFromV
	XFromVS
	VDup
	VInsX
	VConst
	VMov
	VDupL
	VInsL
	VZip1
	VZip2
	VUzp1
	VUzp2
	VTrn1
	VTrn2
	VExt
	VRev16
	VRev32
	VRev64
	VTbl
	VTbx
	VHigh
	VCombine
	VAnd
	VOr
	VXor
	VAndNot
	VOrNot
	VNot
	VBsl
	VXor3
	VBcax
	VRax1
	VXar
	VAdd
	VSub
	VMul
	VPMul
	VNeg
	VAbs
	VSQNeg
	VSQAbs
	VSMax
	VSMin
	VUMax
	VUMin
	VSHAdd
	VUHAdd
	VSRHAdd
	VURHAdd
	VSHSub
	VUHSub
	VSQAdd
	VUQAdd
	VSQSub
	VUQSub
	VSUQAdd
	VUSQAdd
	VSABD
	VUABD
	VAddP
	VSMaxP
	VSMinP
	VUMaxP
	VUMinP
	VCnt
	VClz
	VCls
	VRBit
	VAddV
	VSMaxV
	VSMinV
	VUMaxV
	VUMinV
	VSAddLV
	VUAddLV
	VCmEQ
	VCmGT
	VCmGE
	VCmHI
	VCmHS
	VCmTst
	VShlI
	VSShrI
	VUShrI
	VSRShrI
	VURShrI
	VSliI
	VSriI
	VSQShlI
	VUQShlI
	VSQShluI
	VSShl
	VUShl
	VSRShl
	VURShl
	VSQShl
	VUQShl
	VSQRShl
	VUQRShl
	VSXtl
	VUXtl
	VSMull
	VUMull
	VPMull
	VSQDMull
	VSABDL
	VUABDL
	VSAddLP
	VUAddLP
	VXtn
	VRShrn
	VSQXtn
	VUQXtn
	VSQXtun
	VSQRShrn
	VUQRShrn
	VSQRShrun
	VAddHN
	VRAddHN
	VSubHN
	VRSubHN
	VSQDMulH
	VSQRDMulH
	VSQRDMLAH
	VSQRDMLSH
	VSDot
	VUDot
	VUSDot
	VSMmla
	VUMmla
	VUSMmla
	VURecpe
	VURsqrte
	AESE
	AESD
	AESMC
	AESIMC
	SHA1C
	SHA1P
	SHA1M
	SHA1H
	SHA1SU0
	SHA1SU1
	SHA256H
	SHA256H2
	SHA256SU0
	SHA256SU1
	SHA512H
	SHA512H2
	SHA512SU0
	SHA512SU1
	FAdd
	FSub
	FMul
	FMulX
	FNMul
	FDiv
	FMax
	FMin
	FMaxNM
	FMinNM
	FAbd
	FSqrt
	FAbs
	FNeg
	FMla
	FMls
	FNMla
	FNMls
	FMlal
	FMlsl
	FCAdd
	FCMla
	FRecpe
	FRsqrte
	FRecpx
	FRecps
	FRsqrts
	FCmEQ
	FCmGE
	FCmGT
	FAcGE
	FAcGT
	FAddP
	FMaxP
	FMinP
	FMaxNMP
	FMinNMP
	FMaxV
	FMinV
	FMaxNMV
	FMinNMV
	FCmp
	FCmpE
	FRInt
	FRInt32
	FRInt64
	FToS
	FToU
	FFromS
	FFromU
	FToSX
	FToUX
	FFromSX
	FFromUX
	FJcvt
	FJcvtZ
	FCvt
	FCvtL
	FCvtN
	FCvtXN
	BFCvt
	BFCvtN
	BFDot
	BFMmla
	BFMlal
	VCSel
	VDeint3
	VInt3
	NumOps
)
