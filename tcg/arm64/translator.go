package arm64

import (
	"encoding/binary"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// Code gives the translator guest code.
type Code interface {
	// Fetch returns the executable bytes from pc to the end of its page or mapping; none if
	// nothing executable is there. The bytes are only read during Translate.
	Fetch(pc uint64) []byte
}

// Limits of a region.
const (
	maxBlock   = 64  // guest instructions in the block of tier 1
	maxRegion  = 512 // guest instructions in tier 2
	maxBlocks  = 64  // blocks in tier 2
	nearBlocks = 24  // of them where there is no loop

	// maxPerInst bounds the ir instructions of one guest instruction.
	maxPerInst = 64
)

// TierNear asks for a region of many blocks wherever that is possible.
const TierNear = 3

// A region of the greatest size fits.
const _ = uint(ir.MaxInsts - maxRegion*maxPerInst - maxBlocks)

// Translator turns guest code into ir. One per translating thread; it is reused and allocates
// nothing in the steady state.
//
// A translate function (tr and the encoding's name) emits the ir of one instruction and returns
// true. It returns false for a word that is undefined for a reason that a64.pat does not
// express; whatever it has emitted then is taken back. It may emit at most maxPerInst ir
// instructions, and puts results into guest registers after its last access that may fault.
type Translator struct {
	r    *ir.Region
	key  ir.Key
	pc   uint64 // of the instruction being translated
	next uint64 // pc + 4
	done bool   // the block has its terminator

	succ    [2]uint64 // targets of the terminator
	flagged bool      // the block has written NZCV

	code  Code
	win   []byte // what Fetch has last returned, from winPC on
	winPC uint64

	plan planner // of tier 2
}

// Translate fills r with the translation of the code at pc. Tier 1 gives one block, tier 2 a
// region of the blocks on the loops through pc. Where there is no loop, tier 2 reports false and
// gives one block; TierNear gives a region, of tier 2, of the blocks behind pc.
func (t *Translator) Translate(r *ir.Region, pc uint64, key ir.Key, tier uint8, code Code) bool {
	r.Reset(pc, key, min(tier, 2))
	t.r, t.key, t.code = r, key, code
	t.win, t.winPC = nil, 0
	_, ok := t.word(pc)
	if !ok {
		t.fetchExit(pc)
		ok = tier < 2
	} else if tier < 2 || !t.translateRegion(pc, tier >= TierNear) {
		t.block(pc, pc+4*maxBlock)
		t.look(&r.Blocks[0])
		ok = tier < 2
	}
	t.r, t.code, t.win = nil, nil, nil
	return ok
}

// Step fills r with the translation of the block at pc, cut off after n instructions at the most. It does not look
// ahead, which pays for code that is executed more than once.
func (t *Translator) Step(r *ir.Region, pc uint64, n int, key ir.Key, code Code) {
	r.Reset(pc, key, 1)
	t.r, t.key, t.code = r, key, code
	t.win, t.winPC = nil, 0
	if _, ok := t.word(pc); !ok {
		t.fetchExit(pc)
	} else {
		t.block(pc, pc+4*uint64(min(n, maxBlock)))
	}
	t.r, t.code, t.win = nil, nil, nil
}

// word fetches the instruction at pc.
func (t *Translator) word(pc uint64) (w uint32, ok bool) {
	off := pc - t.winPC
	if n := uint64(len(t.win)); n < 4 || off > n-4 {
		if pc&3 != 0 {
			return 0, false
		}
		t.win, t.winPC, off = t.code.Fetch(pc), pc, 0
		if len(t.win) < 4 {
			return 0, false
		}
	}
	return binary.LittleEndian.Uint32(t.win[off:]), true
}

// fetchExit makes the region of an address that cannot be fetched from. The mode knows better
// than FetchUnmapped whether something is mapped there.
func (t *Translator) fetchExit(pc uint64) {
	t.begin(pc)
	t.pc, t.next = pc, pc
	reason := int64(state.FetchUnmapped)
	if pc&3 != 0 {
		reason = state.FetchMisaligned
	}
	t.exit(state.ExitFetch, reason, pc)
	t.end(pc)
}

// begin opens a block.
func (t *Translator) begin(pc uint64) {
	t.r.Blocks = append(t.r.Blocks, ir.Block{First: int32(len(t.r.Insts)), PC: pc})
	t.done, t.flagged = false, false
	t.succ = [2]uint64{}
}

// end closes the block, all of whose targets are external so far.
func (t *Translator) end(endPC uint64) {
	b := &t.r.Blocks[len(t.r.Blocks)-1]
	b.End = int32(len(t.r.Insts))
	b.EndPC = endPC
	b.Succ[0] = ir.Target{PC: t.succ[0], Block: ir.External}
	b.Succ[1] = ir.Target{PC: t.succ[1], Block: ir.External}
}

// block translates one block from pc, which can be fetched, and at most up to limit.
func (t *Translator) block(pc, limit uint64) {
	t.begin(pc)
	for {
		w, ok := t.word(pc)
		if !ok || pc == limit {
			t.branch(pc)
			break
		}
		t.pc, t.next = pc, pc+4
		t.r.Guest++
		n, _ := t.r.Next()
		n.Op, n.Imm, n.Aux = ir.Insn, int64(pc), w
		mark := len(t.r.Insts)
		f := translate[Decode(w)]
		if f == nil || !f(t, Inst(w)) {
			t.r.Insts = t.r.Insts[:mark]
			t.undefined(w)
		}
		pc = t.next
		if t.done {
			break
		}
	}
	t.end(pc)
}

// Terminators. Each ends the block.

// branch goes to pc.
func (t *Translator) branch(pc uint64) {
	t.succ[0] = pc
	t.term(ir.Inst{Op: ir.Br})
}

// branch2 emits the two-way branch i, taken to pc.
func (t *Translator) branch2(i ir.Inst, pc uint64) {
	t.succ = [2]uint64{pc, t.next}
	t.term(i)
}

// exit leaves translated code with a state.Exit reason; the guest's PC is then pc.
func (t *Translator) exit(reason uint32, arg int64, pc uint64) {
	t.succ[0] = pc
	t.term(ir.Inst{Op: ir.Exit, Aux: reason, Imm: arg})
}

// exitX is exit with a value as argument.
func (t *Translator) exitX(reason uint32, arg ir.Ref, pc uint64) {
	t.succ[0] = pc
	t.term(ir.Inst{Op: ir.ExitX, A: arg, Aux: reason})
}

// undefined is the instruction's exception; the PC stays at it.
func (t *Translator) undefined(w uint32) { t.exit(state.ExitUndefined, int64(w), t.pc) }

func (t *Translator) term(i ir.Inst) {
	t.r.Emit(i)
	t.done = true
}

// Constants and plain operations.

// c64 is a constant of type I64.
func (t *Translator) c64(v int64) ir.Ref {
	return t.constant(ir.I64, v)
}

// c32 is a constant of type I32.
func (t *Translator) c32(v uint32) ir.Ref {
	return t.constant(ir.I32, int64(v))
}

// constant is a constant of type ty, cut to its width.
func (t *Translator) constant(ty ir.Type, v int64) ir.Ref {
	i, r := t.r.Next()
	i.Op, i.Type, i.Imm = ir.Const, ty, v
	if ty == ir.I32 {
		i.Imm = int64(uint32(v))
	}
	return r
}

func (t *Translator) op1(op ir.Op, ty ir.Type, a ir.Ref) ir.Ref {
	i, r := t.r.Next()
	i.Op, i.Type, i.A = op, ty, a
	return r
}

func (t *Translator) op2(op ir.Op, ty ir.Type, a, b ir.Ref) ir.Ref {
	i, r := t.r.Next()
	i.Op, i.Type, i.A, i.B = op, ty, a, b
	return r
}

func (t *Translator) op3(op ir.Op, ty ir.Type, a, b, c ir.Ref) ir.Ref {
	i, r := t.r.Next()
	i.Op, i.Type, i.A, i.B, i.C = op, ty, a, b, c
	return r
}

// zext extends the low 1<<size bytes of a (of either integer type) with zeros to ty.
func (t *Translator) zext(ty ir.Type, a ir.Ref, size uint8) ir.Ref {
	i, r := t.r.Next()
	i.Op, i.Type, i.A, i.Size = ir.ZExt, ty, a, size
	return r
}

// sext is zext with the sign.
func (t *Translator) sext(ty ir.Type, a ir.Ref, size uint8) ir.Ref {
	i, r := t.r.Next()
	i.Op, i.Type, i.A, i.Size = ir.SExt, ty, a, size
	return r
}

// General registers. X and W read register 31 as zero; XSP and WSP read it as SP. Of the
// setters likewise: setX and setW discard a write to register 31.

func (t *Translator) X(n uint32) ir.Ref {
	if n == 31 {
		return t.c64(0)
	}
	return t.XSP(n)
}

func (t *Translator) XSP(n uint32) ir.Ref {
	return t.get(ir.GetX, ir.I64, n)
}

func (t *Translator) W(n uint32) ir.Ref {
	if n == 31 {
		return t.c32(0)
	}
	return t.WSP(n)
}

func (t *Translator) WSP(n uint32) ir.Ref {
	return t.op1(ir.Trunc, ir.I32, t.XSP(n))
}

// get and put read and write register n of a file.
func (t *Translator) get(op ir.Op, ty ir.Type, n uint32) ir.Ref {
	i, r := t.r.Next()
	i.Op, i.Type, i.Aux = op, ty, n
	return r
}

func (t *Translator) put(op ir.Op, n uint32, v ir.Ref) {
	i, _ := t.r.Next()
	i.Op, i.A, i.Aux = op, v, n
}

// setX puts an I64.
func (t *Translator) setX(n uint32, v ir.Ref) {
	if n != 31 {
		t.put(ir.PutX, n, v)
	}
}

// setW puts an I32, the upper half of the register becoming zero.
func (t *Translator) setW(n uint32, v ir.Ref) {
	if n != 31 {
		t.put(ir.PutX, n, t.zext(ir.I64, v, 2))
	}
}

// setXSP puts an I64, with the check of SP's alignment that a write of 31 asks for.
func (t *Translator) setXSP(n uint32, v ir.Ref) {
	t.put(ir.PutX, n, v)
	if n == 31 {
		t.r.Emit(ir.Inst{Op: ir.CheckSP, A: v, Imm: int64(t.next)})
	}
}

// bumpXSP puts base + delta, base being what register n holds: a write-back, or ADD and SUB
// (immediate) of a register to itself. A multiple of 16 keeps SP aligned if it was.
func (t *Translator) bumpXSP(n uint32, base ir.Ref, delta int64) {
	v := t.op2(ir.Add, ir.I64, base, t.c64(delta))
	if delta&15 == 0 {
		t.put(ir.PutX, n, v)
	} else {
		t.setXSP(n, v)
	}
}

// intType is the type of an operation by its field sf.
func intType(sf uint32) ir.Type { return ir.I32 + ir.Type(sf) }

// R reads register n, 31 being zero, at the width of ty.
func (t *Translator) R(ty ir.Type, n uint32) ir.Ref {
	if ty == ir.I64 {
		return t.X(n)
	}
	return t.W(n)
}

// RSP reads register n, 31 being SP, at the width of ty.
func (t *Translator) RSP(ty ir.Type, n uint32) ir.Ref {
	if ty == ir.I64 {
		return t.XSP(n)
	}
	return t.WSP(n)
}

// setR puts a value of type ty to register n; 31 discards.
func (t *Translator) setR(ty ir.Type, n uint32, v ir.Ref) {
	if ty == ir.I64 {
		t.setX(n, v)
	} else {
		t.setW(n, v)
	}
}

// setRSP puts a value of type ty to register n, 31 being SP.
func (t *Translator) setRSP(ty ir.Type, n uint32, v ir.Ref) {
	if ty == ir.I32 {
		v = t.zext(ir.I64, v, 2)
	}
	t.setXSP(n, v)
}

// Flags.

func (t *Translator) flags() ir.Ref {
	return t.get(ir.GetFlags, ir.Flags, 0)
}

func (t *Translator) setFlags(f ir.Ref) {
	t.flagged = true
	t.put(ir.PutFlags, 0, f)
}

// setFlagsOf puts the flags of v, which an Add, Sub, Adc, Sbc, And or AndNot defines.
func (t *Translator) setFlagsOf(v ir.Ref) { t.setFlags(t.op1(ir.FlagsOf, ir.Flags, v)) }

// SIMD and floating-point registers.

func (t *Translator) V(n uint32) ir.Ref {
	return t.get(ir.GetV, ir.V128, n)
}

func (t *Translator) setV(n uint32, v ir.Ref) {
	t.put(ir.PutV, n, v)
}

// Memory.

// ea is an address: base + index<<scale + imm.
type ea struct {
	base, index ir.Ref
	scale       uint32
	imm         int64
	flags       uint8 // ir.MemSP if the base is SP
}

// at is the address in register n (31 is SP) plus imm.
func (t *Translator) at(n uint32, imm int64) ea {
	a := ea{base: t.XSP(n), imm: imm}
	if n == 31 {
		a.flags = ir.MemSP
	}
	return a
}

// plus moves the address by n bytes.
func (a ea) plus(n int64) ea {
	a.imm += n
	return a
}

// extended is the index register of a register-offset access: option says how Rm is extended.
func (t *Translator) extended(rm, option uint32) ir.Ref {
	switch option {
	case 2: // UXTW
		if rm == 31 {
			return t.c64(0)
		}
		return t.zext(ir.I64, t.XSP(rm), 2)
	case 6: // SXTW
		if rm == 31 {
			return t.c64(0)
		}
		return t.sext(ir.I64, t.XSP(rm), 2)
	}
	return t.X(rm) // LSL, SXTX
}

// load reads 1<<size bytes as a ty; flags are ir.Mem bits.
func (t *Translator) load(ty ir.Type, size uint8, flags uint8, a ea) ir.Ref {
	i, r := t.r.Next()
	i.Op, i.Type, i.Size, i.Flags = ir.Load, ty, size, flags|a.flags
	i.A, i.B, i.Aux, i.Imm = a.base, a.index, a.scale, a.imm
	return r
}

// store writes the low 1<<size bytes of v, a ty.
func (t *Translator) store(ty ir.Type, size uint8, flags uint8, a ea, v ir.Ref) {
	i, _ := t.r.Next()
	i.Op, i.Type, i.Size, i.Flags = ir.Store, ty, size, flags|a.flags
	i.A, i.B, i.C, i.Aux, i.Imm = a.base, a.index, v, a.scale, a.imm
}

// signExtend takes v as a two's complement number of the given width.
func signExtend(v uint32, width uint) int64 {
	return int64(v) << (64 - width) >> (64 - width)
}
