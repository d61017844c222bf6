package ir

import "math/bits"

// typeWidth is what is known of the width of any value, by type.
var typeWidth = [8]uint8{I32: 32, I64: 64}

// ones has the low n bits set, n up to 64.
func ones(n uint8) uint64 { return ^uint64(0) >> (64 - uint(n)) }

// forward is the sweep of ConstFold, CopyProp and Address over one block.
//
// A value that turns out to be another one gets that as its alias, which users then take as they come.
// FlagsOf does not: it means its operand's operation, which is therefore never changed to another, or removed,
// but for a constant whose NZCV is known.
func (o *Optimizer) forward(r *Region, b *Block, s PassSet) {
	insts, nodes := r.Insts[:b.End], o.nodes[:b.End]
	clear(o.curX[:])
	clear(o.curV[:])
	curX, curV := &o.curX, &o.curV
	curF := Ref(0)
	nodes[0] = node{}
	for i := int(b.First); i < len(insts); i++ {
		in, nd := &insts[i], &nodes[i]
		*nd = node{alias: Ref(i), width: typeWidth[in.Type&7]}
		switch in.Op {
		case Nop, Insn:
			continue
		case GetX:
			if get(in, nd, nodes, &curX[in.Aux&31], i, s) {
				continue
			}
		case GetV:
			if get(in, nd, nodes, &curV[in.Aux&31], i, s) {
				continue
			}
		case GetFlags:
			if get(in, nd, nodes, &curF, i, s) {
				in.Aux = flagReader
				continue
			}
		case PutX:
			in.A = nodes[in.A].alias
			put(in, nodes, &curX[in.Aux&31], s)
		case PutV:
			in.A = nodes[in.A].alias
			put(in, nodes, &curV[in.Aux&31], s)
		case PutFlags:
			in.A = nodes[in.A].alias
			put(in, nodes, &curF, s)
		case Const:
			v := uint64(in.Imm)
			if in.Type == I32 {
				v = uint64(uint32(v))
			}
			nd.width = uint8(bits.Len64(v))
		case FlagsOf:
			if def := &nodes[in.A]; def.nzcv&hasNZCV != 0 {
				*in = Inst{Op: FlagsConst, Type: Flags, Imm: int64(def.nzcv &^ hasNZCV)}
			}
		default:
			in.A, in.B, in.C = nodes[in.A].alias, nodes[in.B].alias, nodes[in.C].alias
			switch {
			case in.Op <= Bfi:
				o.integer(insts, nodes, in, nd, s)
			case in.Op <= CSetM:
				o.conditional(insts, nodes, in, nd, s)
			case in.Op <= Store:
				if s&Address != 0 {
					address(insts, nodes, in)
				}
				if in.Op == Load && in.Flags&MemSigned == 0 && in.Size < 4 {
					nd.width = min(nd.width, 8<<in.Size)
				}
			case in.Op == VMov || in.Op == VAnd || in.Op == VOr:
				if s&CopyProp != 0 && in.Shape == ShapeQ && (in.Op == VMov || in.A == in.B) {
					nd.alias = in.A
				}
			case in.Op.IsTerm():
				branch(insts, in, b, s)
			}
		}
	}
}

// get handles the Get of a register that holds *cur, and reports whether it is gone.
func get(in *Inst, nd *node, nodes []node, cur *Ref, i int, s PassSet) bool {
	if *cur != 0 {
		if s&CopyProp != 0 {
			nd.alias = *cur
			in.Op = Nop
			return true
		}
		nodes[*cur].homes--
	}
	*cur = Ref(i)
	nd.homes = 1
	return false
}

// flagReader in Aux of a Nop says that a GetFlags was there, which has been forwarded. What used it may be folded
// away, but if the block is left before, by a fault, the guest comes to that instruction again and reads NZCV.
const flagReader = 1 << 16 // no register

// put handles the Put to a register that holds *cur: gone if it holds that value already.
func put(in *Inst, nodes []node, cur *Ref, s PassSet) {
	if *cur == in.A {
		if s&CopyProp != 0 {
			in.Op, in.A = Nop, 0
		}
		return
	}
	if *cur != 0 {
		nodes[*cur].homes--
	}
	*cur = in.A
	nodes[in.A].homes++
}

// setsFlags reports whether FlagsOf may mean o.
func (o Op) setsFlags() bool { return o >= Add && o <= And || o == AndNot }

// setConst makes in, an integer operation, the constant v.
func setConst(in *Inst, nd *node, v uint64) {
	*in = Inst{Op: Const, Type: in.Type, Imm: int64(v)}
	nd.width = uint8(bits.Len64(v))
}

// integer handles the operations Copy..Bfi.
func (o *Optimizer) integer(insts []Inst, nodes []node, in *Inst, nd *node, s PassSet) {
	a, b := &insts[in.A], &insts[in.B]
	if a.Op == Const && s&ConstFold != 0 {
		if (b.Op == Const || in.B == 0) && (in.C == 0 || insts[in.C].Op == FlagsConst) {
			carry := uint64(insts[in.C].Imm) >> 1 & 1
			if v, ok := in.Eval(uint64(a.Imm), uint64(b.Imm), carry); ok {
				if in.Op.setsFlags() {
					nd.nzcv = hasNZCV | uint8(in.NZCV(uint64(a.Imm), uint64(b.Imm), carry))
				}
				setConst(in, nd, v)
				return
			}
		}
		if in.Op.Has(Commute) {
			in.A, in.B = in.B, in.A
			a, b = b, a
		}
	}
	all := ones(nd.width)
	wa := nodes[in.A].width
	if b.Op == Const {
		// With a constant on the right.
		c := uint64(b.Imm) & all
		switch in.Op {
		case Add, Sub, Or, Xor, AndNot:
			if c == 0 && s&CopyProp != 0 {
				nd.alias = in.A
			} else if in.Op == AndNot {
				nd.width = wa
			}
		case Shl, Shr, Sar, Ror:
			n := uint8(c) & (nd.width - 1)
			switch {
			case n == 0:
				if s&CopyProp != 0 {
					nd.alias = in.A
				}
			case in.Op == Shr:
				nd.width = wa - min(n, wa)
			case in.Op == Shl:
				nd.width = min(nd.width, wa+n)
			}
		case And:
			switch {
			case c == 0:
				if s&ConstFold != 0 {
					nd.nzcv = hasNZCV | 4
					setConst(in, nd, 0)
				}
			case c&ones(wa) == ones(wa):
				if s&CopyProp != 0 {
					nd.alias = in.A
				}
			default:
				nd.width = min(wa, uint8(bits.Len64(c)))
			}
		case OrNot, XorNot:
			if c == 0 && in.Op == XorNot && s&CopyProp != 0 {
				in.Op, in.B = Not, 0
			}
		case Mul:
			switch {
			case c == 0 && s&ConstFold != 0:
				setConst(in, nd, 0)
			case c == 1 && s&CopyProp != 0:
				nd.alias = in.A
			}
		case UDiv:
			switch {
			case c == 0 && s&ConstFold != 0:
				setConst(in, nd, 0)
			case c == 1 && s&CopyProp != 0:
				nd.alias = in.A
			default:
				nd.width = wa
			}
		case Bfi:
			if in.Aux>>8 == uint32(nd.width) && s&CopyProp != 0 {
				nd.alias = in.B
			}
		}
		return
	}
	if s&CopyProp == 0 {
		return
	}
	switch in.Op {
	case Copy:
		nd.alias = in.A
	case And:
		if in.A == in.B {
			nd.alias = in.A
		} else {
			nd.width = min(wa, nodes[in.B].width)
		}
	case Or:
		if in.A == in.B {
			nd.alias = in.A
		} else {
			nd.width = max(wa, nodes[in.B].width)
		}
	case Sub, Xor, AndNot:
		if in.A == in.B {
			if s&ConstFold != 0 {
				nd.nzcv = hasNZCV | 4
				if in.Op == Sub {
					nd.nzcv |= 2
				}
				setConst(in, nd, 0)
			}
		} else if in.Op == Xor {
			nd.width = max(wa, nodes[in.B].width)
		}
	case OrNot, XorNot: // MVN: 0 | ^B
		if a.Op == Const && uint64(a.Imm)&all == 0 {
			*in = Inst{Op: Not, Type: in.Type, A: in.B}
		}
	case Clz, Cls:
		nd.width = 7
	case Bfi:
		if in.Aux>>8 == uint32(nd.width) {
			nd.alias = in.B
		}
	case Trunc:
		nd.width = min(32, wa)
		if a.Op == ZExt && a.Size == 2 {
			if insts[a.A].Type == I32 {
				nd.alias = a.A
			} else {
				in.A = a.A
			}
		}
	case ZExt:
		zext(insts, nodes, in, nd)
	case SExt:
		limit := uint8(8) << in.Size
		switch {
		case wa < limit:
			if a.Type == in.Type {
				nd.alias = in.A
			} else {
				in.Op = ZExt
				zext(insts, nodes, in, nd)
			}
		case a.Op == SExt && a.Size <= in.Size:
			in.A, in.Size = a.A, a.Size
		case a.Op == Trunc:
			in.A = a.A
		}
	case UBfx:
		lsb, w := uint8(in.Aux), uint8(in.Aux>>8)
		switch {
		case wa <= lsb:
			if s&ConstFold != 0 {
				setConst(in, nd, 0)
			}
		case lsb == 0 && wa <= w:
			nd.alias = in.A
		case lsb == 0 && (w == 8 || w == 16 || w == 32):
			*in = Inst{Op: ZExt, Type: in.Type, A: in.A, Size: w >> 4}
			zext(insts, nodes, in, nd)
		default:
			nd.width = min(w, wa-lsb)
		}
	case SBfx:
		lsb, w := uint8(in.Aux), uint8(in.Aux>>8)
		switch {
		case lsb != 0:
		case w == nd.width || wa < w:
			nd.alias = in.A
		case w == 8 || w == 16 || w == 32:
			*in = Inst{Op: SExt, Type: in.Type, A: in.A, Size: w >> 4}
		}
	}
}

// zext simplifies a ZExt.
func zext(insts []Inst, nodes []node, in *Inst, nd *node) {
	a := &insts[in.A]
	limit := uint8(8) << in.Size
	if a.Op == Trunc {
		// The low bytes are those of what was truncated.
		in.A = a.A
		a = &insts[in.A]
	}
	if a.Op == ZExt {
		in.A, in.Size = a.A, min(a.Size, in.Size)
		a, limit = &insts[in.A], 8<<in.Size
	}
	w := nodes[in.A].width
	if w <= limit && a.Type == in.Type {
		nd.alias = in.A
	}
	nd.width = min(w, limit)
}

// conditional handles the operations Crc32..CSetM.
func (o *Optimizer) conditional(insts []Inst, nodes []node, in *Inst, nd *node, s PassSet) {
	flags := in.C
	switch in.Op {
	case CSet, CSetM, FlagsToX:
		flags = in.A
	case FlagsSel, CSel:
		if in.A == in.B && s&CopyProp != 0 {
			nd.alias = in.A
			return
		}
	default:
		return
	}
	if in.Op == CSel {
		nd.width = max(nodes[in.A].width, nodes[in.B].width)
	} else if in.Op == CSet {
		nd.width = 1
	}
	if insts[flags].Op != FlagsConst || s&ConstFold == 0 {
		return
	}
	nzcv := uint32(insts[flags].Imm)
	holds := in.Cond().Holds(nzcv)
	switch in.Op {
	case FlagsToX:
		setConst(in, nd, uint64(nzcv)<<28)
	case CSet, CSetM:
		v := uint64(0)
		if holds && in.Op == CSet {
			v = 1
		} else if holds {
			v = ones(typeWidth[in.Type&7])
		}
		setConst(in, nd, v)
	default:
		nd.alias = in.B
		if holds {
			nd.alias = in.A
		}
	}
}

// A displacement that an address keeps fits 32 bits, as hosts have it.
func fits(v int64) bool { return v == int64(int32(v)) }

// maxScale is the largest shift of an index that is made of two: that of hosts.
const maxScale = 3

// address folds what computes the address of a Load or Store into it. It goes through a sum that a guest
// register holds only while its operand is in one, too: else the operand would have to be kept elsewhere for it.
func address(insts []Inst, nodes []node, in *Inst) {
	for {
		a := &insts[in.A]
		if a.Op != Add && a.Op != Sub {
			break
		}
		held := nodes[in.A].homes != 0
		if c := &insts[a.B]; c.Op == Const {
			d := c.Imm
			if a.Op == Sub {
				d = -d
			}
			if held && nodes[a.A].homes == 0 || !fits(d) || !fits(in.Imm+d) {
				break
			}
			in.A, in.Imm = a.A, in.Imm+d
			continue
		}
		if a.Op == Sub || in.B != 0 || held {
			break
		}
		in.A, in.B = a.A, a.B
	}
	for in.B != 0 {
		b := &insts[in.B]
		held := nodes[in.B].homes != 0 && nodes[b.A].homes == 0
		c := &insts[b.B]
		if c.Op != Const || held {
			break
		}
		if b.Op == Shl {
			n := uint32(c.Imm & 63)
			if in.Aux+n > maxScale {
				break
			}
			in.B, in.Aux = b.A, in.Aux+n
			continue
		}
		d := c.Imm
		switch b.Op {
		case Sub:
			d = -d
		case Add:
		default:
			return
		}
		if !fits(d) || !fits(in.Imm+d<<in.Aux) {
			break
		}
		in.B, in.Imm = b.A, in.Imm+d<<in.Aux
	}
}

// branch makes a conditional branch on a constant an unconditional one.
func branch(insts []Inst, in *Inst, b *Block, s PassSet) {
	a := &insts[in.A]
	if s&ConstFold == 0 || a.Op != Const && a.Op != FlagsConst {
		return
	}
	v := uint64(a.Imm)
	if in.Type == I32 {
		v = uint64(uint32(v))
	}
	var taken bool
	switch in.Op {
	case BrCond:
		taken = in.Cond().Holds(uint32(v))
	case BrZ:
		taken = v == 0
	case BrNZ:
		taken = v != 0
	case BrBitZ:
		taken = v>>(in.Aux&63)&1 == 0
	case BrBitNZ:
		taken = v>>(in.Aux&63)&1 != 0
	default:
		return
	}
	if !taken {
		b.Succ[0], b.FlagsDead[0] = b.Succ[1], b.FlagsDead[1]
	}
	*in = Inst{Op: Br}
}
