package arm64

import (
	"math/bits"

	"armature/tcg/ir"
)

// Data processing, immediate.

// PC-rel. addressing.

func (t *Translator) trADR(i Inst) bool {
	imm := signExtend(i.immhi()<<2|i.immlo(), 21)
	t.setX(i.Rd(), t.c64(int64(t.pc)+imm))
	return true
}

func (t *Translator) trADRP(i Inst) bool {
	imm := signExtend(i.immhi()<<2|i.immlo(), 21) << 12
	t.setX(i.Rd(), t.c64(int64(t.pc&^0xfff)+imm))
	return true
}

// Add/subtract (immediate).

func (i Inst) addImm() int64 { return int64(i.imm12()) << (12 * i.sh()) }

func (t *Translator) trADD_imm(i Inst) bool {
	ty := intType(i.sf())
	imm := i.addImm()
	if ty == ir.I64 && i.Rn() == i.Rd() {
		t.bumpXSP(i.Rd(), t.XSP(i.Rn()), imm)
		return true
	}
	a := t.RSP(ty, i.Rn())
	if imm != 0 { // else a MOV from or to SP
		a = t.op2(ir.Add, ty, a, t.constant(ty, imm))
	}
	t.setRSP(ty, i.Rd(), a)
	return true
}

func (t *Translator) trSUB_imm(i Inst) bool {
	ty := intType(i.sf())
	if ty == ir.I64 && i.Rn() == i.Rd() {
		t.bumpXSP(i.Rd(), t.XSP(i.Rn()), -i.addImm())
		return true
	}
	t.setRSP(ty, i.Rd(), t.op2(ir.Sub, ty, t.RSP(ty, i.Rn()), t.constant(ty, i.addImm())))
	return true
}

func (t *Translator) trADDS_imm(i Inst) bool { return t.addSubsImm(i, ir.Add) }
func (t *Translator) trSUBS_imm(i Inst) bool { return t.addSubsImm(i, ir.Sub) }

func (t *Translator) addSubsImm(i Inst, op ir.Op) bool {
	ty := intType(i.sf())
	v := t.op2(op, ty, t.RSP(ty, i.Rn()), t.constant(ty, i.addImm()))
	t.setFlagsOf(v)
	t.setR(ty, i.Rd(), v)
	return true
}

// Logical (immediate).

// bitmask is DecodeBitMasks: the immediate of a logical instruction.
func (i Inst) bitmask() uint64 {
	n := 31 - bits.LeadingZeros32(i.N()<<6|^i.imms()&0x3f)
	size := uint(1) << n // of the element, in bits
	ones := uint(i.imms())&(size-1) + 1
	rot := uint(i.immr()) & (size - 1)
	elem := uint64(1)<<ones - 1
	mask := ^uint64(0) >> (64 - size)
	elem = (elem>>rot | elem<<(size-rot)) & mask
	for ; size < 64; size *= 2 {
		elem |= elem << size
	}
	return elem
}

func (t *Translator) logicalImm(i Inst, op ir.Op) ir.Ref {
	ty := intType(i.sf())
	if i.Rn() == 31 && op != ir.And { // ORR and EOR with zero: the constant
		return t.constant(ty, int64(i.bitmask()))
	}
	return t.op2(op, ty, t.R(ty, i.Rn()), t.constant(ty, int64(i.bitmask())))
}

func (t *Translator) trAND_imm(i Inst) bool {
	if i.Rd() == 31 && i.sf() == 1 && i.bitmask()&15 == 0 { // aligns SP
		t.r.Emit(ir.Inst{Op: ir.PutX, A: t.logicalImm(i, ir.And), Aux: 31})
		return true
	}
	t.setRSP(intType(i.sf()), i.Rd(), t.logicalImm(i, ir.And))
	return true
}

func (t *Translator) trORR_imm(i Inst) bool {
	t.setRSP(intType(i.sf()), i.Rd(), t.logicalImm(i, ir.Or))
	return true
}

func (t *Translator) trEOR_imm(i Inst) bool {
	t.setRSP(intType(i.sf()), i.Rd(), t.logicalImm(i, ir.Xor))
	return true
}

func (t *Translator) trANDS_imm(i Inst) bool {
	v := t.logicalImm(i, ir.And)
	t.setFlagsOf(v)
	t.setR(intType(i.sf()), i.Rd(), v)
	return true
}

// Move wide (immediate).

func (t *Translator) trMOVZ(i Inst) bool {
	t.setX(i.Rd(), t.c64(int64(uint64(i.imm16_20_5())<<(16*i.hw()))))
	return true
}

func (t *Translator) trMOVN(i Inst) bool {
	v := ^(uint64(i.imm16_20_5()) << (16 * i.hw()))
	if i.sf() == 0 {
		v = uint64(uint32(v))
	}
	t.setX(i.Rd(), t.c64(int64(v)))
	return true
}

func (t *Translator) trMOVK(i Inst) bool {
	ty := intType(i.sf())
	old := t.R(ty, i.Rd())
	t.setR(ty, i.Rd(), t.r.Emit(ir.Inst{Op: ir.Bfi, Type: ty, A: old, B: t.constant(ty, int64(i.imm16_20_5())), Aux: 16*i.hw() | 16<<8}))
	return true
}

// Bitfield.

// bitfield extracts width bits from bit lsb of a.
func (t *Translator) bitfield(op ir.Op, ty ir.Type, a ir.Ref, lsb, width uint32) ir.Ref {
	return t.r.Emit(ir.Inst{Op: op, Type: ty, A: a, Aux: lsb | width<<8})
}

func (t *Translator) shiftConst(op ir.Op, ty ir.Type, a ir.Ref, n uint32) ir.Ref {
	if n == 0 {
		return a
	}
	return t.op2(op, ty, a, t.constant(ty, int64(n)))
}

func (t *Translator) trSBFM(i Inst) bool { return t.bitfieldMove(i, ir.SBfx, ir.Sar, ir.SExt) }
func (t *Translator) trUBFM(i Inst) bool { return t.bitfieldMove(i, ir.UBfx, ir.Shr, ir.ZExt) }

// bitfieldMove is SBFM or UBFM, whose aliases are the shifts by a constant, SXTB and the like,
// and the extractions and insertions of a field.
func (t *Translator) bitfieldMove(i Inst, bfx, right, ext ir.Op) bool {
	ty := intType(i.sf())
	n := uint32(32) << i.sf()
	r, s := i.immr(), i.imms()
	a := t.R(ty, i.Rn())
	switch {
	case s == n-1: // ASR, LSR
		a = t.shiftConst(right, ty, a, r)
	case s >= r:
		if size := extSize(r, s); size >= 0 {
			a = t.r.Emit(ir.Inst{Op: ext, Type: ty, A: a, Size: uint8(size)})
		} else {
			a = t.bitfield(bfx, ty, a, r, s-r+1)
		}
	default: // s < r: the low s+1 bits move up to bit n-r
		if s+1 != r { // else they reach the top: LSL
			a = t.bitfield(bfx, ty, a, 0, s+1)
		}
		a = t.shiftConst(ir.Shl, ty, a, n-r)
	}
	t.setR(ty, i.Rd(), a)
	return true
}

// extSize is the Size of the ZExt or SExt that extracts bits s:r, or -1.
func extSize(r, s uint32) int {
	if r != 0 {
		return -1
	}
	switch s {
	case 7:
		return 0
	case 15:
		return 1
	case 31:
		return 2
	}
	return -1
}

func (t *Translator) trBFM(i Inst) bool {
	ty := intType(i.sf())
	n := uint32(32) << i.sf()
	r, s := i.immr(), i.imms()
	old, src := t.R(ty, i.Rd()), t.R(ty, i.Rn())
	var lsb, width uint32
	if s >= r { // BFXIL
		src = t.shiftConst(ir.Shr, ty, src, r)
		lsb, width = 0, s-r+1
	} else { // BFI
		lsb, width = n-r, s+1
	}
	t.setR(ty, i.Rd(), t.r.Emit(ir.Inst{Op: ir.Bfi, Type: ty, A: old, B: src, Aux: lsb | width<<8}))
	return true
}

// Extract.

func (t *Translator) trEXTR(i Inst) bool {
	ty := intType(i.sf())
	lsb := i.imms()
	lo := t.R(ty, i.Rm())
	switch {
	case lsb == 0:
	case i.Rn() == i.Rm(): // ROR
		lo = t.shiftConst(ir.Ror, ty, lo, lsb)
	default:
		hi := t.R(ty, i.Rn())
		lo = t.r.Emit(ir.Inst{Op: ir.Extr, Type: ty, A: hi, B: lo, Imm: int64(lsb)})
	}
	t.setR(ty, i.Rd(), lo)
	return true
}
