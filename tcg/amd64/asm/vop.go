package asm

// VOp describes one vector (or VEX-encoded general-register) operation for all its encodings: legacy SSE, VEX and EVEX.
//
//	bits  0-7   opcode
//	bits  8-9   prefix: none, 66, F3, F2
//	bits 10-11  opcode map: 1 0F, 2 0F38, 3 0F3A
//	bit  12     VEX.W and, unless bit 34 is set, legacy REX.W
//	bit  13     EVEX.W
//	bits 14-16  ModRM.reg when no operand is there
//	bits 17-20  EVEX tuple type: the scale of disp8, and whether there is broadcast
//	bits 21-24  operand shape
//	bit  25     an immediate byte follows
//	bits 26-28  has an SSE, VEX, EVEX encoding
//	bit  29     the two sources may be exchanged with the same result, to the bit (so never floating point: NaNs)
//	bit  30     VEX.L is always 1 (mask-register arithmetic)
//	bits 31-32  works on 256 bits; does not work on 128 bits
//	bits 33-36  no register form; no REX.W; no memory form; no write mask
//	bits 40-    modifiers, set by methods: mask, zeroing, broadcast, rounding, force EVEX
type VOp uint64

// VLen is a vector length. Scalar operations and mask registers take L128.
type VLen uint8

const (
	L128 VLen = iota
	L256
)

const (
	n0F VOp = 1<<10 | iota<<8 // prefix and map
	p0F
	s0F
	d0F
)

const (
	n38 VOp = 2<<10 | iota<<8
	p38
	s38
	d38
)

const (
	n3A VOp = 3<<10 | iota<<8
	p3A
	s3A
	d3A
)

const (
	w1 VOp = 1<<12 | 1<<13 // W in VEX and EVEX
	ew VOp = 1 << 13       // W in EVEX, ignored by VEX
	vw VOp = 1 << 12       // W in VEX only

	extV VOp = 1 << 14

	shapeBits VOp = 15 << 21
	rm2       VOp = 0 << 21  // reg <- r/m
	mr2       VOp = 1 << 21  // r/m <- reg
	rvm       VOp = 2 << 21  // reg <- vvvv op r/m; legacy: reg <- reg op r/m
	vmi       VOp = 3 << 21  // vvvv <- r/m op imm; legacy: r/m <- r/m op imm
	rvmr      VOp = 4 << 21  // reg <- vvvv, r/m, imm8[7:4]
	gRVM      VOp = 8 << 21  // as rvm, on general registers
	gRMV      VOp = 9 << 21  // reg <- r/m op vvvv
	gRM       VOp = 10 << 21 // reg <- r/m
	gVM       VOp = 11 << 21 // vvvv <- r/m

	ib    VOp = 1 << 25
	sse   VOp = 1 << 26
	vex   VOp = 1 << 27
	evex  VOp = 1 << 28
	comm  VOp = 1 << 29
	lone  VOp = 1 << 30
	l256  VOp = 1 << 31 // has 256 bits
	only6 VOp = 1 << 32 // has no 128 bits
	noReg VOp = 1 << 33
	noRex VOp = 1 << 34
	noMem VOp = 1 << 35
	noK   VOp = 1 << 36

	modShift     = 40
	modK     VOp = 7 << 40
	modZ     VOp = 1 << 43
	modB     VOp = 1 << 44 // memory broadcast
	modER    VOp = 1 << 45 // static rounding or SAE
	modRCpos     = 46
	modForce VOp = 1 << 48

	sv  = sse | vex
	sve = sse | vex | evex
	ve  = vex | evex
	evo = evex | modForce // EVEX only
)

// EVEX tuple types (SDM volume 2A, table "Compressed Displacement"), named by what they read.
const (
	tFV  VOp = iota << 17 // full vector, broadcast allowed
	tFVM                  // full vector
	tHV                   // half, broadcast allowed
	tHVM                  // half
	tQVM                  // quarter
	tOVM                  // eighth
	t1                    // 1, 2, 4, 8, 16 bytes
	t2
	t4
	t8
	t16
	tDup // MOVDDUP
)

// tupleShift gives the base-2 logarithm of the disp8 scale by tuple and length.
var tupleShift = [16][2]uint8{{4, 5}, {4, 5}, {3, 4}, {3, 4}, {2, 3}, {1, 2}, {0, 0}, {1, 1}, {2, 2}, {3, 3},
	{4, 4}, {3, 5}}

// M makes the operation merge under mask k, keeping the destination's other elements: EVEX.
func (op VOp) M(k KReg) VOp { return op&^(modK|modZ) | VOp(k&7)<<modShift }

// Z makes the operation zero the elements that mask k excludes: EVEX.
func (op VOp) Z(k KReg) VOp { return op&^modK | VOp(k&7)<<modShift | modZ }

// Bcst makes the memory operand one element, 4 bytes or 8 by the operation, that is broadcast: EVEX.
func (op VOp) Bcst() VOp { return op | modB }

// EVEX forces the EVEX encoding.
func (op VOp) EVEX() VOp { return op | modForce }

// Rounding is a rounding mode, numbered as in MXCSR.RC.
type Rounding uint8

const (
	RoundNearest Rounding = iota
	RoundDown
	RoundUp
	RoundZero
)

// Round gives a scalar register operation a static rounding mode; MXCSR's mode, masks and flags play no part: EVEX.
func (op VOp) Round(r Rounding) VOp { return op&^(3<<modRCpos) | modER | VOp(r&3)<<modRCpos }

// SAE makes a scalar register operation that does not round leave MXCSR's flags alone: EVEX.
func (op VOp) SAE() VOp { return op.Round(RoundNearest) }

// HasSSE, HasVEX and HasEVEX tell which encodings an operation has; Commutes whether its sources may be exchanged.
func (op VOp) HasSSE() bool   { return op&sse != 0 }
func (op VOp) HasVEX() bool   { return op&vex != 0 }
func (op VOp) HasEVEX() bool  { return op&evex != 0 }
func (op VOp) Commutes() bool { return op&comm != 0 }
