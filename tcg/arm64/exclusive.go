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
	in.Aux, in.Imm = uint32(t.pc), int64(t.exPair())
	return r
}

// maxEx bounds the search for a store exclusive, in instructions.
const maxEx = 16

// exEnds has what ends the search besides loads and stores.
var exEnds = [NumOps]bool{
	OpBL: true, OpBLR: true, OpBR: true, OpRET: true, OpSVC: true, OpBRK: true, OpHLT: true, OpUDF: true, OpUndefined: true,
	OpDC_ZVA: true, OpIC_IVAU: true,
}

// exPair gives the low half of the address of the store exclusive that follows the load exclusive at t.pc, if
// nothing is accessed in between, or state.PairNone. A conditional branch on the way is one out of the sequence: should it
// lead to another store exclusive, that one will notice.
func (t *Translator) exPair() uint32 {
	mark := len(t.r.Deps)
	from := t.next
	pc := from
	for range maxEx {
		w, ok := t.word(pc)
		if !ok {
			break
		}
		op := Decode(w)
		if op == OpSTXR || op == OpSTLXR || op == OpSTXP || op == OpSTLXP {
			t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc + 4})
			return uint32(pc)
		}
		const group, loadsAndStores = 5 << 25, 4 << 25 // the manual's top-level encoding, bits 28:25: x1x0
		switch {
		case w&group == loadsAndStores || exEnds[op]:
			t.r.Deps = t.r.Deps[:mark]
			return state.PairNone
		case op == OpB:
			t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc + 4})
			pc += uint64(signExtend(Inst(w).imm26(), 26) * 4)
			from = pc
		default:
			pc += 4
		}
	}
	t.r.Deps = t.r.Deps[:mark]
	return state.PairNone
}
