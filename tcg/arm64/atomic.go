package arm64

import "armature/tcg/ir"

// Ordered accesses, compare and swap, atomic memory operations. All must be
// naturally aligned: Neoverse N1 has no FEAT_LSE2.

// order gives the Mem bits of acquire and release.
func order(acquire, release uint32) uint8 {
	var f uint8
	if acquire != 0 {
		f |= ir.MemAcquire
	}
	if release != 0 {
		f |= ir.MemRelease
	}
	return f
}

// atomic emits an operation on the memory that register n points to.
func (t *Translator) atomic(op ir.Op, ty ir.Type, size uint32, flags uint8, n uint32, b, c ir.Ref) ir.Ref {
	a := t.at(n, 0)
	return t.r.Emit(ir.Inst{Op: op, Type: ty, Size: uint8(size), Flags: flags | a.flags | ir.MemAlign, A: a.base, B: b, C: c})
}

// Pairs of registers as one value.

// pairW is two W registers as one I64, the first in the low half.
func (t *Translator) pairW(lo, hi uint32) ir.Ref {
	return t.r.Emit(ir.Inst{Op: ir.Bfi, Type: ir.I64, A: t.X(lo), B: t.X(hi), Aux: 32 | 32<<8})
}

// setPairW is the inverse of pairW. Of LDXP to the same register twice, the second value stays;
// the manual leaves it open.
func (t *Translator) setPairW(lo, hi uint32, v ir.Ref) {
	t.setX(lo, t.zext(ir.I64, v, 2))
	t.setX(hi, t.op2(ir.Shr, ir.I64, v, t.c64(32)))
}

// pairX is two X registers as one V128.
func (t *Translator) pairX(lo, hi uint32) ir.Ref {
	a := t.X(lo)
	return t.op2(ir.VFromXX, ir.V128, a, t.X(hi))
}

// setPairX is the inverse of pairX; see setPairW.
func (t *Translator) setPairX(lo, hi uint32, v ir.Ref) {
	t.setX(lo, t.r.Emit(ir.Inst{Op: ir.XFromV, Type: ir.I64, A: v, Size: 3}))
	t.setX(hi, t.r.Emit(ir.Inst{Op: ir.XFromV, Type: ir.I64, A: v, Size: 3, Aux: 1}))
}

// Load/store ordered. The LOR forms order accesses within a limited region only, of which there
// is none: they are the full ones.

func (t *Translator) trSTLR(i Inst) bool  { return t.storeOrdered(i, 0) }
func (t *Translator) trSTLLR(i Inst) bool { return t.storeOrdered(i, 0) }
func (t *Translator) trLDAR(i Inst) bool  { return t.loadOrdered(i, ir.MemAcquire, 0) }
func (t *Translator) trLDLAR(i Inst) bool { return t.loadOrdered(i, ir.MemAcquire, 0) }
func (t *Translator) trLDAPR(i Inst) bool {
	return t.loadOrdered(i, ir.MemAcquire|ir.MemAcqPC, 0)
}

func (t *Translator) storeOrdered(i Inst, imm int64) bool {
	size := i.size_31_30()
	ty := sizeType(size)
	a := t.at(i.Rn(), imm)
	t.store(ty, uint8(size), ir.MemRelease|ir.MemAlign, a, t.R(ty, i.Rt()))
	return true
}

func (t *Translator) loadOrdered(i Inst, flags uint8, imm int64) bool {
	t.setX(i.Rt(), t.load(ir.I64, uint8(i.size_31_30()), flags|ir.MemAlign, t.at(i.Rn(), imm)))
	return true
}

// LDAPR/STLR (unscaled immediate).

func (t *Translator) trSTLUR(i Inst) bool { return t.storeOrdered(i, signExtend(i.imm9(), 9)) }

func (t *Translator) trLDAPUR(i Inst) bool {
	return t.loadOrdered(i, ir.MemAcquire|ir.MemAcqPC, signExtend(i.imm9(), 9))
}

func (t *Translator) trLDAPURS(i Inst) bool {
	t.loadSigned(i, ir.MemAcquire|ir.MemAcqPC|ir.MemAlign, t.at(i.Rn(), signExtend(i.imm9(), 9)))
	return true
}

// Compare and swap.

func (t *Translator) trCAS(i Inst) bool {
	size := i.size_31_30()
	ty := sizeType(size)
	want, v := t.R(ty, i.Rs()), t.R(ty, i.Rt())
	t.setR(ty, i.Rs(), t.atomic(ir.Cas, ty, size, order(i.A_22(), i.R_15()), i.Rn(), want, v))
	return true
}

func (t *Translator) trCASP(i Inst) bool {
	flags := order(i.A_22(), i.R_15())
	s, d := i.Rs(), i.Rt()
	if i.sz_30() == 0 {
		want, v := t.pairW(s, s+1), t.pairW(d, d+1)
		t.setPairW(s, s+1, t.atomic(ir.Cas, ir.I64, 3, flags, i.Rn(), want, v))
	} else {
		want, v := t.pairX(s, s+1), t.pairX(d, d+1)
		t.setPairX(s, s+1, t.atomic(ir.CasP, ir.V128, 4, flags, i.Rn(), want, v))
	}
	return true
}

// Atomic memory operations.

func (t *Translator) trLDADD(i Inst) bool  { return t.atomicOp(i, ir.AtomAdd) }
func (t *Translator) trLDCLR(i Inst) bool  { return t.atomicOp(i, ir.AtomClr) }
func (t *Translator) trLDEOR(i Inst) bool  { return t.atomicOp(i, ir.AtomEor) }
func (t *Translator) trLDSET(i Inst) bool  { return t.atomicOp(i, ir.AtomSet) }
func (t *Translator) trLDSMAX(i Inst) bool { return t.atomicOp(i, ir.AtomSMax) }
func (t *Translator) trLDSMIN(i Inst) bool { return t.atomicOp(i, ir.AtomSMin) }
func (t *Translator) trLDUMAX(i Inst) bool { return t.atomicOp(i, ir.AtomUMax) }
func (t *Translator) trLDUMIN(i Inst) bool { return t.atomicOp(i, ir.AtomUMin) }
func (t *Translator) trSWP(i Inst) bool    { return t.atomicOp(i, ir.AtomSwp) }

func (t *Translator) atomicOp(i Inst, op ir.Op) bool {
	size := i.size_31_30()
	ty := sizeType(size)
	v := t.R(ty, i.Rs())
	t.setR(ty, i.Rt(), t.atomic(op, ty, size, order(i.A_23(), i.R_22()), i.Rn(), v, 0))
	return true
}
