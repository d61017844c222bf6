package arm64

import "armature/tcg/ir"

// Loads and stores of general registers. Exclusives, ordered accesses and atomics are in
// atomic.go, SIMD&FP registers in the simd_ and fp_ files.
//
// Where a load's destination is also its written-back base, or both its destinations are one
// register, the manual leaves the result open (CONSTRAINED UNPREDICTABLE). Here the write-back
// comes last, and of a pair the first register.

// Load register (literal).

func (t *Translator) literal(i Inst) ea {
	return ea{base: t.c64(int64(t.pc) + signExtend(i.imm19(), 19)*4)}
}

func (t *Translator) trLDR_lit(i Inst) bool {
	t.setX(i.Rt(), t.load(ir.I64, uint8(2+i.x_30()), 0, t.literal(i)))
	return true
}

func (t *Translator) trLDRSW_lit(i Inst) bool {
	t.setX(i.Rt(), t.load(ir.I64, 2, ir.MemSigned, t.literal(i)))
	return true
}

// Prefetches do nothing: the host's own prefetcher knows better, and they may not fault.

func (t *Translator) trPRFM_lit(Inst) bool  { return true }
func (t *Translator) trPRFM_uns(Inst) bool  { return true }
func (t *Translator) trPRFM_reg(Inst) bool  { return true }
func (t *Translator) trPRFM_uimm(Inst) bool { return true }

// Load/store pair.

// index is how an access with an immediate uses it.
type index uint8

const (
	offset index = iota
	preIndex
	postIndex
)

// indexed gives the address of an access with base register n, and what to write back: base+imm.
func (t *Translator) indexed(n uint32, imm int64, how index) ea {
	if how == postIndex {
		imm = 0
	}
	return t.at(n, imm)
}

// writeBack updates base register n of an access at a, if how says so. It comes after the
// access, and after the results of a load have been put.
func (t *Translator) writeBack(n uint32, imm int64, how index, a ea) {
	if how != offset {
		t.bumpXSP(n, a.base, imm)
	}
}

func (t *Translator) trSTNP(i Inst) bool     { return t.storePair(i, offset) }
func (t *Translator) trSTP_off(i Inst) bool  { return t.storePair(i, offset) }
func (t *Translator) trSTP_pre(i Inst) bool  { return t.storePair(i, preIndex) }
func (t *Translator) trSTP_post(i Inst) bool { return t.storePair(i, postIndex) }

func (t *Translator) storePair(i Inst, how index) bool {
	ty := intType(i.x_31())
	size := uint8(2 + i.x_31())
	imm := signExtend(i.imm7(), 7) << size
	a := t.indexed(i.Rn(), imm, how)
	v1, v2 := t.R(ty, i.Rt()), t.R(ty, i.Rt2())
	t.store(ty, size, 0, a, v1)
	t.store(ty, size, 0, a.plus(1<<size), v2)
	t.writeBack(i.Rn(), imm, how, a)
	return true
}

func (t *Translator) trLDNP(i Inst) bool       { return t.loadPair(i, offset, uint8(2+i.x_31()), 0) }
func (t *Translator) trLDP_off(i Inst) bool    { return t.loadPair(i, offset, uint8(2+i.x_31()), 0) }
func (t *Translator) trLDP_pre(i Inst) bool    { return t.loadPair(i, preIndex, uint8(2+i.x_31()), 0) }
func (t *Translator) trLDP_post(i Inst) bool   { return t.loadPair(i, postIndex, uint8(2+i.x_31()), 0) }
func (t *Translator) trLDPSW_off(i Inst) bool  { return t.loadPair(i, offset, 2, ir.MemSigned) }
func (t *Translator) trLDPSW_pre(i Inst) bool  { return t.loadPair(i, preIndex, 2, ir.MemSigned) }
func (t *Translator) trLDPSW_post(i Inst) bool { return t.loadPair(i, postIndex, 2, ir.MemSigned) }

func (t *Translator) loadPair(i Inst, how index, size, flags uint8) bool {
	imm := signExtend(i.imm7(), 7) << size
	a := t.indexed(i.Rn(), imm, how)
	v1 := t.load(ir.I64, size, flags, a)
	v2 := t.load(ir.I64, size, flags, a.plus(1<<size))
	t.setX(i.Rt2(), v2)
	t.setX(i.Rt(), v1)
	t.writeBack(i.Rn(), imm, how, a)
	return true
}

// Load/store register with an immediate: unscaled, post-indexed, unprivileged, pre-indexed,
// and unsigned.

func (t *Translator) trSTR_uns(i Inst) bool   { return t.storeImm9(i, offset, 0) }
func (t *Translator) trSTR_post(i Inst) bool  { return t.storeImm9(i, postIndex, 0) }
func (t *Translator) trSTR_priv(i Inst) bool  { return t.storeImm9(i, offset, ir.MemUser) }
func (t *Translator) trSTR_pre(i Inst) bool   { return t.storeImm9(i, preIndex, 0) }
func (t *Translator) trLDR_uns(i Inst) bool   { return t.loadImm9(i, offset, 0) }
func (t *Translator) trLDR_post(i Inst) bool  { return t.loadImm9(i, postIndex, 0) }
func (t *Translator) trLDR_priv(i Inst) bool  { return t.loadImm9(i, offset, ir.MemUser) }
func (t *Translator) trLDR_pre(i Inst) bool   { return t.loadImm9(i, preIndex, 0) }
func (t *Translator) trLDRS_uns(i Inst) bool  { return t.loadSImm9(i, offset, 0) }
func (t *Translator) trLDRS_post(i Inst) bool { return t.loadSImm9(i, postIndex, 0) }
func (t *Translator) trLDRS_priv(i Inst) bool { return t.loadSImm9(i, offset, ir.MemUser) }
func (t *Translator) trLDRS_pre(i Inst) bool  { return t.loadSImm9(i, preIndex, 0) }

// sizeType is the type of a general register's access of 1<<size bytes.
func sizeType(size uint32) ir.Type {
	if size == 3 {
		return ir.I64
	}
	return ir.I32
}

func (t *Translator) storeImm9(i Inst, how index, flags uint8) bool {
	ty := sizeType(i.size_31_30())
	imm := signExtend(i.imm9(), 9)
	a := t.indexed(i.Rn(), imm, how)
	t.store(ty, uint8(i.size_31_30()), flags, a, t.R(ty, i.Rt()))
	t.writeBack(i.Rn(), imm, how, a)
	return true
}

func (t *Translator) loadImm9(i Inst, how index, flags uint8) bool {
	imm := signExtend(i.imm9(), 9)
	a := t.indexed(i.Rn(), imm, how)
	t.setX(i.Rt(), t.load(ir.I64, uint8(i.size_31_30()), flags, a))
	t.writeBack(i.Rn(), imm, how, a)
	return true
}

// loadSigned is a sign-extending load to Rt, which is 32 bits wide if w is set.
func (t *Translator) loadSigned(i Inst, flags uint8, a ea) {
	size := uint8(i.size_31_30())
	if i.w() == 0 {
		t.setX(i.Rt(), t.load(ir.I64, size, flags|ir.MemSigned, a))
	} else {
		t.setW(i.Rt(), t.load(ir.I32, size, flags|ir.MemSigned, a))
	}
}

func (t *Translator) loadSImm9(i Inst, how index, flags uint8) bool {
	imm := signExtend(i.imm9(), 9)
	a := t.indexed(i.Rn(), imm, how)
	t.loadSigned(i, flags, a)
	t.writeBack(i.Rn(), imm, how, a)
	return true
}

// uimm is the address of an unsigned-offset access of 1<<size bytes.
func (t *Translator) uimm(i Inst, size uint32) ea {
	return t.at(i.Rn(), int64(i.imm12())<<size)
}

func (t *Translator) trSTR_uimm(i Inst) bool {
	size := i.size_31_30()
	ty := sizeType(size)
	a := t.uimm(i, size)
	t.store(ty, uint8(size), 0, a, t.R(ty, i.Rt()))
	return true
}

func (t *Translator) trLDR_uimm(i Inst) bool {
	size := i.size_31_30()
	t.setX(i.Rt(), t.load(ir.I64, uint8(size), 0, t.uimm(i, size)))
	return true
}

func (t *Translator) trLDRS_uimm(i Inst) bool {
	t.loadSigned(i, 0, t.uimm(i, i.size_31_30()))
	return true
}

// Load/store register (register offset).

// regOffset is the address of a register-offset access of 1<<size bytes.
func (t *Translator) regOffset(i Inst, size uint32) ea {
	a := t.at(i.Rn(), 0)
	if i.Rm() != 31 {
		a.index = t.extended(i.Rm(), i.option())
		a.scale = size * i.S()
	}
	return a
}

func (t *Translator) trSTR_reg(i Inst) bool {
	size := i.size_31_30()
	ty := sizeType(size)
	a := t.regOffset(i, size)
	t.store(ty, uint8(size), 0, a, t.R(ty, i.Rt()))
	return true
}

func (t *Translator) trLDR_reg(i Inst) bool {
	size := i.size_31_30()
	t.setX(i.Rt(), t.load(ir.I64, uint8(size), 0, t.regOffset(i, size)))
	return true
}

func (t *Translator) trLDRS_reg(i Inst) bool {
	t.loadSigned(i, 0, t.regOffset(i, i.size_31_30()))
	return true
}
