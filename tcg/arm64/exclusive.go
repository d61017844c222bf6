package arm64

import (
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Load and store exclusive. How they fit together is told in package state.

func (t *Translator) trSTXR(i Inst) bool  { return t.storeEx(i, 0) }
func (t *Translator) trSTLXR(i Inst) bool { return t.storeEx(i, ir.MemRelease) }
func (t *Translator) trLDXR(i Inst) bool  { return t.loadEx(i, 0) }
func (t *Translator) trLDAXR(i Inst) bool { return t.loadEx(i, ir.MemAcquire) }

func (t *Translator) storeEx(i Inst, flags uint8) bool {
	size := i.size_31_30()
	v := t.R(sizeType(size), i.Rt())
	t.setW(i.Rs(), t.exStore(ir.StoreEx, size, flags, i.Rn(), v))
	return true
}

func (t *Translator) loadEx(i Inst, flags uint8) bool {
	size := i.size_31_30()
	ty := sizeType(size)
	t.setR(ty, i.Rt(), t.exLoad(ir.LoadEx, ty, size, flags, i.Rn()))
	return true
}

// A pair of W registers is one access of 64 bits.

func (t *Translator) trSTXP(i Inst) bool  { return t.storeExPair(i, 0) }
func (t *Translator) trSTLXP(i Inst) bool { return t.storeExPair(i, ir.MemRelease) }
func (t *Translator) trLDXP(i Inst) bool  { return t.loadExPair(i, 0) }
func (t *Translator) trLDAXP(i Inst) bool { return t.loadExPair(i, ir.MemAcquire) }

func (t *Translator) storeExPair(i Inst, flags uint8) bool {
	var ok ir.Ref
	if i.sz_30() == 0 {
		ok = t.exStore(ir.StoreEx, 3, flags, i.Rn(), t.pairW(i.Rt(), i.Rt2()))
	} else {
		ok = t.exStore(ir.StoreExV, 4, flags, i.Rn(), t.pairX(i.Rt(), i.Rt2()))
	}
	t.setW(i.Rs(), ok)
	return true
}

func (t *Translator) loadExPair(i Inst, flags uint8) bool {
	if i.sz_30() == 0 {
		t.setPairW(i.Rt(), i.Rt2(), t.exLoad(ir.LoadEx, ir.I64, 3, flags, i.Rn()))
	} else {
		t.setPairX(i.Rt(), i.Rt2(), t.exLoad(ir.LoadExV, ir.V128, 4, flags, i.Rn()))
	}
	return true
}

func (t *Translator) exStore(op ir.Op, size uint32, flags uint8, n uint32, v ir.Ref) ir.Ref {
	r := t.atomic(op, ir.I32, size, flags, n, v, 0)
	t.r.Insts[r].Imm = int64(uint32(t.pc))
	return r
}

func (t *Translator) exLoad(op ir.Op, ty ir.Type, size uint32, flags uint8, n uint32) ir.Ref {
	r := t.atomic(op, ty, size, flags, n, 0, 0)
	in := &t.r.Insts[r]
	pair := t.exPair(t.next, maxEx, maxExBranches)
	if pair == exSeveral {
		pair = state.PairNone
	}
	in.Aux, in.Imm = uint32(t.pc), int64(pair)
	return r
}

// maxEx and maxExBranches bound the search for a store exclusive, in instructions and conditional branches
// along one path.
const (
	maxEx         = 16
	maxExBranches = 3
)

// exEnds has what ends the search besides loads and stores.
var exEnds = [NumOps]bool{
	OpBL: true, OpBLR: true, OpBR: true, OpRET: true, OpSVC: true, OpBRK: true, OpHLT: true, OpUDF: true, OpUndefined: true,
	OpDC_ZVA: true, OpIC_IVAU: true,
}

// exPair gives the low half of the address of the one store exclusive that follows from pc on, behind a load exclusive,
// if nothing is accessed on the way to it; else state.PairNone. It looks along both ways of branches, as compilers
// place the store behind a branch forwards or backwards, and the code for another value on the other way. The
// code on the way to the store is added to the region's Deps.
func (t *Translator) exPair(pc uint64, n, branches int) uint32 {
	mark := len(t.r.Deps)
	from := pc
	pair := uint32(state.PairNone)
search:
	for ; n > 0; n-- {
		w, ok := t.word(pc)
		if !ok {
			break
		}
		const group, loadsAndStores = 5 << 25, 4 << 25 // the manual's top-level encoding, bits 28:25: x1x0
		switch op := Decode(w); {
		case op == OpSTXR || op == OpSTLXR || op == OpSTXP || op == OpSTLXP:
			t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc + 4})
			return t.exOne(mark, pair, uint32(pc))
		case w&group == loadsAndStores || exEnds[op]:
			break search
		case op == OpB:
			t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc + 4})
			pc += uint64(signExtend(Inst(w).imm26(), 26) * 4)
			from = pc
			continue
		case flagEffects[op] == flagsBranch || op == OpB_cond:
			if branches == 0 {
				break search
			}
			branches--
			if pair = t.exOne(mark, pair, t.exPair(condTarget(op, Inst(w), pc), n-1, branches)); pair == exSeveral {
				return pair
			}
		}
		pc += 4
	}
	if pair == state.PairNone {
		t.r.Deps = t.r.Deps[:mark]
	} else {
		t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc})
	}
	return pair
}

// exSeveral is for store exclusives on more than one way, of which one cannot be told.
const exSeveral = 0

// exOne joins what was found on two ways.
func (t *Translator) exOne(mark int, a, b uint32) uint32 {
	switch {
	case a == b || b == state.PairNone:
		return a
	case a == state.PairNone:
		return b
	}
	t.r.Deps = t.r.Deps[:mark]
	return exSeveral
}
