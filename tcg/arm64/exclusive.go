package arm64

import (
	"slices"

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

// maxEx and maxExBranches bound the search for a store exclusive, in instructions and conditional branches
// along one path.
const (
	maxEx         = 16
	maxExBranches = 3
)

// exRole is what an instruction means to that search.
type exRole uint8

const (
	exOther  exRole = iota
	exAccess        // accesses memory, or leads to code that may
	exStore         // a store exclusive
	exEnd           // another load exclusive, or goes who knows where
	exJump
	exBranch
)

// exRoles lists the encodings that are not exOther, but for most loads and stores.
var exRoles = [NumOps]exRole{
	OpSTXR: exStore, OpSTLXR: exStore, OpSTXP: exStore, OpSTLXP: exStore,
	OpLDXR: exEnd, OpLDAXR: exEnd, OpLDXP: exEnd, OpLDAXP: exEnd,
	OpBR: exEnd, OpRET: exEnd, OpBRK: exEnd, OpHLT: exEnd, OpUDF: exEnd, OpUndefined: exEnd,
	OpBL: exAccess, OpBLR: exAccess, OpSVC: exAccess, OpDC_ZVA: exAccess, OpIC_IVAU: exAccess,
	OpB: exJump, OpB_cond: exBranch, OpCBZ: exBranch, OpCBNZ: exBranch, OpTBZ: exBranch, OpTBNZ: exBranch,
}

// exSearch has the store exclusives that follow a load exclusive, by the low half of their addresses.
type exSearch struct {
	plain  uint32 // reached without an access, or state.PairNone
	behind [4]uint32
	n      int  // of behind, reached behind an access
	many   bool // more than fit
}

func (s *exSearch) add(pc uint32, access bool) {
	switch {
	case access && s.n == len(s.behind):
		s.many = true
	case access:
		s.behind[s.n] = pc
		s.n++
	case s.plain == state.PairNone || s.plain == pc:
		s.plain = pc
	default:
		s.many = true
	}
}

// exPair gives the low half of the address of the one store exclusive that follows the load exclusive at t.pc
// without an access on the way, and on no way with one; else state.PairNone. The search takes both ways of branches, as compilers
// place the store behind a branch forwards or backwards, and the code for another value on the other way. The
// code on the way to the store is added to the region's Deps.
func (t *Translator) exPair() uint32 {
	mark := len(t.r.Deps)
	s := exSearch{plain: state.PairNone}
	t.exWalk(&s, t.next, maxEx, maxExBranches, false)
	if s.plain == state.PairNone || s.many || slices.Contains(s.behind[:s.n], s.plain) {
		t.r.Deps = t.r.Deps[:mark]
		return state.PairNone
	}
	return s.plain
}

// exWalk searches from pc on, at most n instructions and some branches far. It tells whether it has met
// the store exclusive without an access.
func (t *Translator) exWalk(s *exSearch, pc uint64, n, branches int, access bool) (met bool) {
	from := pc
search:
	for ; n > 0; n-- {
		w, ok := t.word(pc)
		if !ok {
			break
		}
		op := Decode(w)
		switch exRoles[op] {
		case exStore:
			s.add(uint32(pc), access)
			met = met || !access
			pc += 4
			break search
		case exEnd:
			break search
		case exAccess:
			access = true
		case exJump:
			t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc + 4})
			pc += uint64(signExtend(Inst(w).imm26(), 26) * 4)
			from = pc
			continue
		case exBranch:
			if branches == 0 {
				break search
			}
			branches--
			met = t.exWalk(s, condTarget(op, Inst(w), pc), n-1, branches, access) || met
		default:
			const group, loadsAndStores = 5 << 25, 4 << 25 // the manual's top-level encoding, bits 28:25: x1x0
			access = access || w&group == loadsAndStores
		}
		pc += 4
	}
	if met {
		t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc})
	}
	return met
}
