package asm

// Size is an operand's width in bytes: 1, 2, 4 or 8. Any other value is a programming error with an undefined
// (but bounded) encoding. As on the machine, a 4-byte result clears the register's upper half, and 1- and 2-byte
// results leave the rest alone.
type Size uint8

// Op describes one integer operation: which opcode each operand form has, 0 meaning that there is no such form.
//
//	bits  0-7   reg <- r/m                 RR RM
//	bits  8-15  r/m <- reg                 RR MR
//	bits 16-23  r/m <- imm, full width     RI MI
//	bits 24-31  r/m <- imm8                RI MI
//	bits 32-39  r/m alone, or r/m by CL    R M
//	bits 40-47  accumulator <- imm         RI
//	bits 48-50  ModRM.reg of the last four
//	bits 51-52  opcode map                 none, 0F, 0F38
//	bits 53-54  prefix                     none, 66, F3, F2
//	bits 55-60  flags
type Op uint64

const (
	extShift, mapShift, ppShift    = 48, 51, 53
	map0F, map38                Op = 1 << mapShift, 2 << mapShift
	pp66, ppF3, ppF2            Op = 1 << ppShift, 2 << ppShift, 3 << ppShift
	mapBits, ppBits             Op = 3 << mapShift, 3 << ppShift
	sized                       Op = 1 << 55 // the opcode's low bit tells 1-byte from wider operands
	byOne                       Op = 1 << 56 // a count of 1 has an opcode of its own, 16 above the imm8 one
	srcByte                     Op = 1 << 57 // r/m is a byte register whatever the size
	srcOnly                     Op = 1 << 58 // the size is r/m's alone (CRC32)
	oneLen                      Op = 1 << 59 // the immediate is as wide as the operand, never a lone imm8 (MOV)
	// LOCK, added to an operation with a memory destination, makes it atomic: LOCK|ADD. XCHG needs none.
	LOCK Op = 1 << 60
)

const (
	aluOp   Op = sized | 0x83<<24 | 0x81<<16
	shiftOp Op = sized | byOne | 0xc1<<24 | 0xd3<<32
	f7      Op = sized | 0xf7<<32
	ff      Op = sized | 0xff<<32
	ext1    Op = 1 << extShift
)

// The integer operations. The comment names the forms that each has.
const (
	ADD = aluOp | 0*ext1 | 0x03 | 0x01<<8 | 0x05<<40 // RR RM MR RI MI, here to CMP
	OR  = aluOp | 1*ext1 | 0x0b | 0x09<<8 | 0x0d<<40
	ADC = aluOp | 2*ext1 | 0x13 | 0x11<<8 | 0x15<<40
	SBB = aluOp | 3*ext1 | 0x1b | 0x19<<8 | 0x1d<<40
	AND = aluOp | 4*ext1 | 0x23 | 0x21<<8 | 0x25<<40
	SUB = aluOp | 5*ext1 | 0x2b | 0x29<<8 | 0x2d<<40
	XOR = aluOp | 6*ext1 | 0x33 | 0x31<<8 | 0x35<<40
	CMP = aluOp | 7*ext1 | 0x3b | 0x39<<8 | 0x3d<<40

	TEST = sized | 0x85 | 0x85<<8 | 0xf7<<16 | 0xa9<<40 // RR RM MR RI MI
	MOV  = sized | oneLen | 0x8b | 0x89<<8 | 0xc7<<16   // RR RM MR RI MI; 8-byte immediates: MovImm
	XCHG = sized | 0x87 | 0x87<<8                       // RR RM MR; atomic with memory

	MOVZX8  = map0F | srcByte | 0xb6 // RR RM; the size is the destination's
	MOVZX16 = map0F | 0xb7
	MOVSX8  = map0F | srcByte | 0xbe
	MOVSX16 = map0F | 0xbf
	MOVSXD  = Op(0x63)
	LEA     = Op(0x8d)               // RM
	MOVBE   = map38 | 0xf0 | 0xf1<<8 // RM MR; v3
	MOVNTI  = map0F | 0xc3<<8        // MR

	ROL = shiftOp | 0*ext1 // RI MI by a constant, R M by CL; here to SAR
	ROR = shiftOp | 1*ext1
	RCL = shiftOp | 2*ext1
	RCR = shiftOp | 3*ext1
	SHL = shiftOp | 4*ext1
	SHR = shiftOp | 5*ext1
	SAR = shiftOp | 7*ext1

	SHLD = map0F | 0xa5<<8 | 0xa4<<24 // RR MR by CL, RRI MRI by a constant
	SHRD = map0F | 0xad<<8 | 0xac<<24

	NOT   = f7 | 2*ext1 // R M, here to DEC
	NEG   = f7 | 3*ext1
	MUL   = f7 | 4*ext1 // RDX:RAX = RAX * operand
	IMUL1 = f7 | 5*ext1
	DIV   = f7 | 6*ext1
	IDIV  = f7 | 7*ext1
	INC   = ff | 0*ext1
	DEC   = ff | 1*ext1

	IMUL   = map0F | 0xaf // RR RM; ImulRRI and ImulRMI for three operands
	BSF    = map0F | 0xbc // RR RM, here to ADOX
	BSR    = map0F | 0xbd
	TZCNT  = map0F | ppF3 | 0xbc // v3
	LZCNT  = map0F | ppF3 | 0xbd // v3
	POPCNT = map0F | ppF3 | 0xb8
	ADCX   = map38 | pp66 | 0xf6
	ADOX   = map38 | ppF3 | 0xf6
	CRC32  = map38 | ppF2 | srcOnly | sized | 0xf1 // the size is the source's; the destination is 32 bits

	BT  = map0F | 4*ext1 | 0xa3<<8 | 0xba<<24 // RR MR RI MI; with MR the bit offset reaches beyond the operand
	BTS = map0F | 5*ext1 | 0xab<<8 | 0xba<<24
	BTR = map0F | 6*ext1 | 0xb3<<8 | 0xba<<24
	BTC = map0F | 7*ext1 | 0xbb<<8 | 0xba<<24

	XADD       = map0F | sized | 0xc1<<8   // RR MR
	CMPXCHG    = map0F | sized | 0xb1<<8   // RR MR; compares with RAX
	CMPXCHG16B = map0F | 1*ext1 | 0xc7<<32 // M; size 8: RDX:RAX, RCX:RBX; size 4: CMPXCHG8B

	LDMXCSR     = map0F | 2*ext1 | 0xae<<32 // M with size 4, here to PREFETCHW
	STMXCSR     = map0F | 3*ext1 | 0xae<<32
	PREFETCHNTA = map0F | 0*ext1 | 0x18<<32
	PREFETCHT0  = map0F | 1*ext1 | 0x18<<32
	PREFETCHT1  = map0F | 2*ext1 | 0x18<<32
	PREFETCHT2  = map0F | 3*ext1 | 0x18<<32
	PREFETCHW   = map0F | 1*ext1 | 0x0d<<32
)

// SET is SETcc: R M with size 1.
func SET(cc Cond) Op { return map0F | (0x90+Op(cc&15))<<32 }

// CMOV is CMOVcc: RR RM with size 2, 4 or 8. Size 4 clears the upper half even when cc is false.
func CMOV(cc Cond) Op { return map0F | 0x40 + Op(cc&15) }

// NOp is an instruction without operands: its bytes, and their number in the top byte.
type NOp uint64

const (
	RET        NOp = 0xc3 | 1<<56
	PUSHF      NOp = 0x9c | 1<<56
	POPF       NOp = 0x9d | 1<<56
	LAHF       NOp = 0x9f | 1<<56
	SAHF       NOp = 0x9e | 1<<56
	CMC        NOp = 0xf5 | 1<<56
	CLC        NOp = 0xf8 | 1<<56
	STC        NOp = 0xf9 | 1<<56
	CLD        NOp = 0xfc | 1<<56
	CWD        NOp = 0x9966 | 2<<56 // DX = sign of AX
	CDQ        NOp = 0x99 | 1<<56   // EDX = sign of EAX
	CQO        NOp = 0x9948 | 2<<56 // RDX = sign of RAX
	CBW        NOp = 0x9866 | 2<<56 // AX = sign-extended AL
	CWDE       NOp = 0x98 | 1<<56   // EAX = sign-extended AX
	CDQE       NOp = 0x9848 | 2<<56 // RAX = sign-extended EAX
	INT3       NOp = 0xcc | 1<<56
	UD2        NOp = 0x0b0f | 2<<56
	PAUSE      NOp = 0x90f3 | 2<<56
	MFENCE     NOp = 0xf0ae0f | 3<<56
	LFENCE     NOp = 0xe8ae0f | 3<<56
	SFENCE     NOp = 0xf8ae0f | 3<<56
	RDTSC      NOp = 0x310f | 2<<56
	RDTSCP     NOp = 0xf9010f | 3<<56
	CPUID      NOp = 0xa20f | 2<<56
	LEAVE      NOp = 0xc9 | 1<<56
	REPMOVSB   NOp = 0xa4f3 | 2<<56
	REPSTOSQ   NOp = 0xab48f3 | 3<<56
	VZEROUPPER NOp = 0x77f8c5 | 3<<56
	ENDBR64    NOp = 0xfa1e0ff3 | 4<<56
)
