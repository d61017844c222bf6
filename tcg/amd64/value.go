package amd64

import (
	"math/bits"

	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// loc is the kind of place where a value is.
type loc uint8

const (
	locNone  loc = iota // not computed yet, or dead
	locConst            // the Imm of its ir.Const or ir.FlagsConst
	locReg              // host register reg, a temporary or a home
	locMem              // the home in memory of guest register reg
	locSpill            // spill slot reg
	locFused            // never computed: its only user does it from this value's own operands
	locDead             // not computed: without users or effects

	// For NZCV alone, in addition to locConst and locSpill (the host form in 16 bits).
	locLazy  // computed again wherever needed; the operands are kept alive for it
	locE     // in EFLAGS and nowhere else: saved when something clobbers them
	locFlags // CPU.Flags
)

// val is what is known about the value that an instruction defines.
type val struct {
	alias ir.Ref // another value that this one is identical to, or 0; never an alias itself
	uses  uint16 // uses to come; in the lowering of the last user it is 0
	last  ir.Ref // last user
	flags ir.Ref // the FlagsOf that wants this instruction's flags
	hint  uint8  // 1 + the guest register that it may be computed into
	alt   uint8  // 1 + a guest register into which it was put: a copy, if that register still has it
	loc   loc
	reg   uint8
	zero  uint8 // integer: zUpper; vector: 1 + log2 of the bytes beyond which it is known to be zero, 0 unknown
	hold  uint8 // locLazy: what it keeps alive, a hold constant
}

// zUpper says that the upper half of an integer's register is zero.
const zUpper = 1

// regFile is one of the two register files: where the homes are and what the temporaries hold.
type regFile struct {
	home  [32]uint8  // guest register -> host register or InMemory
	guest [32]uint8  // host register -> guest register whose home it is, or InMemory
	cur   [32]ir.Ref // the value that each guest register has now, 0 when none that is known
	occ   [32]ir.Ref // the value in each temporary, by host number
	temps uint32     // host registers that are temporaries
	free  uint32     // of these, free
	pin   uint32     // not to be taken away before the current instruction ends
	tmp   uint32     // to be freed when the current instruction ends
	slots uint32     // free spill slots
	vec   bool
}

// operand masks for def.
const (
	mayA = 1 << iota
	mayB
	mayC
	mayD // the operand of a fused operand
)

func (g *gen) canon(r ir.Ref) ir.Ref {
	if a := g.v[r].alias; a != 0 {
		return a
	}
	return r
}

// move, load and store copy a whole register. They leave EFLAGS alone.
func (g *gen) move(f *regFile, d, s uint8) {
	switch {
	case d == s:
	case f.vec:
		g.movV(asm.XReg(d), asm.XReg(s))
	default:
		g.a.RR(asm.MOV, 8, asm.Reg(d), asm.Reg(s))
	}
}

func (g *gen) load(f *regFile, d uint8, m asm.Mem) {
	if f.vec {
		g.loadV(asm.XReg(d), m)
	} else {
		g.a.RM(asm.MOV, 8, asm.Reg(d), m)
	}
}

func (g *gen) store(f *regFile, m asm.Mem, s uint8) {
	if f.vec {
		g.storeV(m, asm.XReg(s))
	} else {
		g.a.MR(asm.MOV, 8, m, asm.Reg(s))
	}
}

// homeMem is the place of a guest register in memory, slotMem that of a spill slot.
func (f *regFile) homeMem(guest uint8) asm.Mem {
	if f.vec {
		return vMem(guest)
	}
	return xMem(guest)
}

func (f *regFile) slotMem(slot uint8) asm.Mem {
	if f.vec {
		return cpuMem(offScratch + 16*int32(slot))
	}
	return cpuMem(offSpill + 8*int32(slot))
}

// file is the register file of a value.
func (g *gen) file(r ir.Ref) *regFile {
	if g.insts[r].Type == ir.V128 {
		return &g.V
	}
	return &g.G
}

// mem is the memory operand of a value that is in memory.
func (g *gen) mem(f *regFile, v *val) asm.Mem {
	if v.loc == locMem {
		return f.homeMem(v.reg)
	}
	return f.slotMem(v.reg)
}

// alloc takes a temporary out of mask until the end of the instruction.
func (g *gen) alloc(f *regFile, mask uint32) uint8 {
	m := f.free & mask
	if m == 0 {
		m = g.makeRoom(f, mask)
	}
	r := uint8(31 - bits.LeadingZeros32(m))
	b := uint32(1) << (r & 31)
	f.free &^= b
	f.pin |= b
	f.tmp |= b
	return r
}

// makeRoom takes a temporary out of mask away from the value whose last use is farthest.
func (g *gen) makeRoom(f *regFile, mask uint32) uint32 {
	best, far := -1, ir.Ref(0)
	for m := f.temps & mask &^ f.pin; m != 0; m &= m - 1 {
		r := bits.TrailingZeros32(m)
		if o := f.occ[r]; best < 0 || g.v[o].last > far {
			best, far = r, g.v[o].last
		}
	}
	if best < 0 {
		g.fail(ErrTooComplex)
		return mask & f.temps
	}
	g.evict(f, uint8(best))
	return 1 << best
}

// evict moves the value in temporary t to where it costs nothing, or to a spill slot, and frees t.
func (g *gen) evict(f *regFile, t uint8) {
	r := f.occ[t]
	f.occ[t] = 0
	f.free |= 1 << t
	v := &g.v[r]
	if g.elsewhere(f, r, v, InMemory) {
		return
	}
	if f.slots == 0 {
		g.fail(ErrTooComplex)
		return
	}
	s := f.allocSlot()
	g.store(f, f.slotMem(s), t)
	v.loc, v.reg = locSpill, s
}

// allocSlot takes a spill slot; there is one.
func (f *regFile) allocSlot() uint8 {
	s := uint8(bits.TrailingZeros32(f.slots))
	f.slots &^= 1 << s
	return s
}

// elsewhere makes another place of v its location, if there is one that needs no code. not is a guest register that
// does not count.
func (g *gen) elsewhere(f *regFile, r ir.Ref, v *val, not uint8) bool {
	if g.insts[r].Op == ir.Const { // the flags rely on this: a constant is an immediate or in a register
		v.loc = locConst
		return true
	}
	if q := v.alt - 1; v.alt != 0 && q != not && f.cur[q] == r {
		g.atHome(f, v, q)
		return true
	}
	return false
}

// atHome makes the home of guest register q the location of v.
func (g *gen) atHome(f *regFile, v *val, q uint8) {
	if h := f.home[q]; h != InMemory {
		v.loc, v.reg = locReg, h
	} else {
		v.loc, v.reg = locMem, q
	}
}

// isHome tells whether v is located in the home of guest register q.
func (f *regFile) isHome(v *val, q uint8) bool {
	if h := f.home[q]; h != InMemory {
		return v.loc == locReg && v.reg == h
	}
	return v.loc == locMem && v.reg == q
}

// bind makes temporary t the location of value r.
func (g *gen) bind(f *regFile, r ir.Ref, t uint8) {
	f.tmp &^= 1 << (t & 31)
	f.occ[t] = r
	v := &g.v[r]
	v.loc, v.reg = locReg, t
}

// use gives a register with the value of r, which must not be changed.
func (g *gen) use(f *regFile, r ir.Ref) uint8 {
	r = g.canon(r)
	v := &g.v[r]
	if v.loc == locReg {
		return v.reg
	}
	t := g.alloc(f, f.temps)
	g.fetch(f, t, r, v)
	if v.uses > 0 {
		switch v.loc {
		case locMem:
			v.alt = v.reg + 1
		case locSpill:
			f.slots |= 1 << v.reg
		}
		g.bind(f, r, t)
	}
	return t
}

// fetch copies a value into register d. It leaves EFLAGS alone if they hold something.
func (g *gen) fetch(f *regFile, d uint8, r ir.Ref, v *val) {
	switch v.loc {
	case locReg:
		g.move(f, d, v.reg)
	case locConst:
		g.movImm(asm.Reg(d), g.imm(r))
	case locMem, locSpill:
		g.load(f, d, g.mem(f, v))
	default:
		g.fail(ErrInternal)
	}
}

// movImm loads a constant.
func (g *gen) movImm(d asm.Reg, x int64) {
	if x == 0 && g.fE == 0 && !g.noXor {
		g.a.Zero(d)
		return
	}
	g.a.MovImm(d, uint64(x))
}

// imm is the value of a constant, I32 ones zero-extended.
func (g *gen) imm(r ir.Ref) int64 {
	in := &g.insts[r]
	if in.Type == ir.I32 {
		return int64(uint32(in.Imm))
	}
	return in.Imm
}

// def gives the register for the current instruction's result, which is from then on its location. It is the home that
// the hint names, when that is free, or a temporary. It may be the register of an operand that dies here and is
// in may, but of no other operand. Operands' registers have to be asked for before.
func (g *gen) def(f *regFile, may uint8) uint8 {
	v := &g.v[g.ref]
	if v.hint != 0 {
		if h := f.home[v.hint-1]; h != InMemory && g.homeFree(f, v.hint-1, h, may) {
			v.loc, v.reg = locReg, h
			f.cur[v.hint-1] = g.ref
			return h
		}
	}
	for k := range g.op {
		if may>>k&1 == 0 {
			continue
		}
		o := g.op[k]
		ov := &g.v[o]
		if o == 0 || ov.uses != 0 || ov.loc != locReg {
			continue
		}
		if f.occ[ov.reg] == o && f.temps>>ov.reg&1 != 0 && g.insts[o].Type == ir.V128 == f.vec && g.sharedBy(ov.reg, may) {
			f.occ[ov.reg] = g.ref
			v.loc, v.reg = locReg, ov.reg
			return ov.reg
		}
	}
	t := g.alloc(f, f.temps)
	g.bind(f, g.ref, t)
	return t
}

// sharedBy tells whether all operands in register r are among may.
func (g *gen) sharedBy(r uint8, may uint8) bool {
	for k, o := range g.op {
		if may>>k&1 == 0 && o != 0 && g.v[o].loc == locReg && g.v[o].reg == r {
			return false
		}
	}
	return true
}

// homeFree tells whether the home h of guest register q may be written now: the value in it has no further use, and
// is not an operand that must not share the result's register.
func (g *gen) homeFree(f *regFile, q, h, may uint8) bool {
	if o := f.cur[q]; o != 0 {
		if ov := &g.v[o]; ov.uses != 0 && ov.loc == locReg && ov.reg == h {
			return false
		}
	}
	for k, o := range g.op {
		if may>>k&1 == 0 && o != 0 {
			if ov := &g.v[o]; ov.loc == locReg && ov.reg == h && g.insts[o].Type == ir.V128 == f.vec {
				return false
			}
		}
	}
	return true
}

// vacate makes the home of guest register q ready to be overwritten, by moving a value away that is still needed.
func (g *gen) vacate(f *regFile, q uint8) {
	o := f.cur[q]
	if o == 0 {
		return
	}
	v := &g.v[o]
	if v.uses == 0 || !f.isHome(v, q) || g.elsewhere(f, o, v, q) {
		return
	}
	t := g.alloc(f, f.temps)
	g.fetch(f, t, o, v)
	g.bind(f, o, t)
}

// valid tells whether a value that may have died is still where its location says.
func (g *gen) valid(f *regFile, r ir.Ref) bool {
	v := &g.v[r]
	switch v.loc {
	case locConst:
		return true
	case locReg:
		if f.temps>>v.reg&1 != 0 {
			return f.occ[v.reg] == r
		}
		q := f.guest[v.reg]
		return q != InMemory && f.cur[q] == r
	case locMem:
		return f.cur[v.reg] == r
	}
	return false
}

// get lowers GetX and GetV: the value is where the guest register is.
func (g *gen) get(f *regFile, q uint8) {
	v := &g.v[g.ref]
	if c := f.cur[q]; c != 0 && g.valid(f, c) {
		g.aliasTo(c)
		return
	}
	g.atHome(f, v, q)
	f.cur[q] = g.ref
}

// aliasTo makes the current instruction's value the same as c, which is canonical.
func (g *gen) aliasTo(c ir.Ref) {
	v, o := &g.v[g.ref], &g.v[c]
	v.alias = c
	o.uses += v.uses
	o.last = max(o.last, v.last)
}

// put lowers PutX and PutV.
func (g *gen) put(f *regFile, q uint8, r ir.Ref) {
	r = g.canon(r)
	v := &g.v[r]
	if f.cur[q] == r && f.isHome(v, q) {
		return
	}
	if h := f.home[q]; h != InMemory {
		g.vacate(f, q)
		g.fetch(f, h, r, v)
		switch {
		case v.loc == locConst:
		case v.loc == locReg && f.temps>>v.reg&1 == 0: // stays in its own home
			v.alt = q + 1
		case v.loc == locMem:
			v.alt = v.reg + 1
			v.loc, v.reg = locReg, h
		default:
			g.free(f, r, v)
			v.loc, v.reg = locReg, h
		}
	} else {
		if v.loc == locConst && fits32(g.imm(r)) {
			g.vacate(f, q)
			g.a.MI(asm.MOV, 8, xMem(q), int32(g.imm(r)))
		} else {
			// In this order: getting r into a register may evict the old value to its home.
			x := g.use(f, r)
			g.vacate(f, q)
			g.store(f, f.homeMem(q), x)
		}
		v.alt = q + 1
	}
	f.cur[q] = r
}

// free gives the temporary or spill slot of value r back.
func (g *gen) free(f *regFile, r ir.Ref, v *val) {
	switch v.loc {
	case locReg:
		if f.occ[v.reg] == r && f.temps>>v.reg&1 != 0 {
			f.occ[v.reg] = 0
			f.free |= 1 << v.reg
		}
	case locSpill:
		f.slots |= 1 << v.reg
	}
}

// release is called when the last use of a value is over.
func (g *gen) release(r ir.Ref) {
	in := &g.insts[r]
	v := &g.v[r]
	if in.Type == ir.Flags {
		g.releaseFlags(r, v)
		return
	}
	f := g.file(r)
	if v.loc == locSpill || v.loc == locReg && f.temps>>v.reg&1 != 0 && f.occ[v.reg] == r {
		g.free(f, r, v)
		if !g.elsewhere(f, r, v, InMemory) {
			v.loc = locNone
		}
	}
}

// drop takes one use away from r outside of the operands of the current instruction.
func (g *gen) drop(r ir.Ref) {
	v := &g.v[r]
	if v.uses--; v.uses != 0 {
		return
	}
	for _, o := range g.op {
		if o == r {
			return // an operand of the current instruction: when that is over
		}
	}
	g.release(r)
}

// endUse releases an operand if this was its last use.
func (g *gen) endUse(k int, o ir.Ref) {
	g.op[k&3] = 0
	if g.v[o].uses == 0 {
		g.release(o)
	}
}

// endInst frees what the current instruction used up.
func (g *gen) endInst() {
	if o := g.op[0]; o != 0 {
		g.endUse(0, o)
		if o = g.op[1]; o != 0 {
			g.endUse(1, o)
		}
		if o = g.op[2]; o != 0 {
			g.endUse(2, o)
		}
		if o = g.op[3]; o != 0 {
			g.endUse(3, o)
		}
	}
	if t := g.G.tmp; t != 0 {
		g.G.free |= t
		g.G.tmp = 0
	}
	if t := g.V.tmp; t != 0 {
		g.V.free |= t
		g.V.tmp = 0
	}
	if len(g.lent) > 0 {
		g.giveBack()
	}
	g.G.pin, g.V.pin = 0, 0
	g.noXor = false
}

// take makes temporary t free for the current instruction; a value in it moves. Registers have to be taken before
// operands are asked for, as these may move.
func (g *gen) take(f *regFile, t uint8) {
	b := uint32(1) << (t & 31)
	if f.free&b == 0 {
		if o := f.occ[t]; o != 0 {
			if m := f.free &^ f.pin; m != 0 {
				n := uint8(31 - bits.LeadingZeros32(m))
				f.free &^= 1 << n
				g.move(f, n, t)
				f.occ[t] = 0
				f.occ[n] = o
				g.v[o].reg = n
				if f.pin&b != 0 {
					f.pin |= 1 << n
				}
			} else {
				g.evict(f, t)
			}
		} else if f.tmp&b != 0 {
			g.fail(ErrInternal) // already in use by this instruction
		}
	}
	f.free &^= b
	f.tmp |= b
	f.pin |= b
}

// into puts a copy of r that may be changed into temporary t, which must not be another operand's register then.
// It takes t.
func (g *gen) into(t asm.Reg, r ir.Ref) {
	r = g.canon(r)
	v := &g.v[r]
	f := &g.G
	if v.loc == locReg && v.reg == uint8(t) && v.uses == 0 && f.occ[t] == r {
		f.occ[t] = 0
		f.tmp |= 1 << t
		return
	}
	if v.loc == locReg && v.reg == uint8(t) && f.occ[t] == r {
		g.takeG(t) // moves the value; v.reg has changed
		if v.loc == locReg {
			g.move(f, uint8(t), v.reg)
		}
		return // else it was spilled or is elsewhere, and t still has it
	}
	g.takeG(t)
	g.fetch(f, uint8(t), r, v)
}

func fits32(x int64) bool { return x == int64(int32(x)) }
