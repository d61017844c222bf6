package amd64

import "armature/tcg/ir"

// analyse runs once over a block, backwards: it counts uses, finds last users and dead values, values that their only
// user computes, and hints: a value that a later Put writes to a guest register, with nothing in between that reads
// the register, may fault or leaves, may be computed straight into that register's home.
func (g *gen) analyse(first, end int32) {
	insts, v := g.insts, g.v
	var candX, candV [32]ir.Ref // the value of the next Put of each register
	var actX, actV uint32       // registers for which there is one
	for i := end - 1; i >= first; i-- {
		in := &insts[i]
		e := &v[i]
		if e.uses == 0 && !in.Op.Has(ir.Effect|ir.FPEnv|ir.SetsQC) {
			e.loc = locDead
			continue
		}
		if h := e.hint; h != 0 {
			if in.Type == ir.V128 {
				actV &^= 1 << (h - 1)
			} else {
				actX &^= 1 << (h - 1)
			}
		}
		switch in.Op {
		case ir.GetX:
			if b := uint32(1) << (in.Aux & 31); actX&b != 0 {
				actX &^= b
				v[candX[in.Aux&31]].hint = 0
			}
			continue
		case ir.GetV:
			if b := uint32(1) << (in.Aux & 31); actV&b != 0 {
				actV &^= b
				v[candV[in.Aux&31]].hint = 0
			}
			continue
		case ir.PutX:
			q := in.Aux & 31
			if b := uint32(1) << q; actX&b != 0 {
				v[candX[q]].hint = 0
				actX &^= b
			}
			// The first of several Puts counts, unless only a later one has a host register.
			if h := v[in.A].hint; h == 0 || g.G.home[q] != InMemory {
				if h != 0 {
					actX &^= 1 << (h - 1)
				}
				v[in.A].hint = uint8(q) + 1
				candX[q] = in.A
				actX |= 1 << q
			}
		case ir.PutV:
			q := in.Aux & 31
			if b := uint32(1) << q; actV&b != 0 {
				v[candV[q]].hint = 0
				actV &^= b
			}
			if h := v[in.A].hint; h == 0 || g.V.home[q] != InMemory {
				if h != 0 {
					actV &^= 1 << (h - 1)
				}
				v[in.A].hint = uint8(q) + 1
				candV[q] = in.A
				actV |= 1 << q
			}
		case ir.Copy, ir.Trunc, ir.ZExt:
			// Often the same value as its operand: the hint goes on to that.
			if h := e.hint; h != 0 && in.Type != ir.V128 && v[in.A].hint == 0 {
				v[in.A].hint = h
				candX[h-1] = in.A
				actX |= 1 << (h - 1)
			}
		case ir.FlagsOf:
			v[in.A].flags = ir.Ref(i)
		case ir.Add:
			g.fuseShl(e, in)
		case ir.Clz:
			if b := in.A; insts[b].Op == ir.RBit && v[b].uses == 0 {
				v[b].loc = locFused
			}
		case ir.AESMC, ir.AESIMC:
			// With the round before it, one instruction.
			if b := in.A; insts[b].Op == in.Op-ir.AESMC+ir.AESE && v[b].uses == 0 && g.feat.AES {
				v[b].loc = locFused
			}
		case ir.CheckSP:
			actX, actV = g.forget(actX, &candX), g.forget(actV, &candV)
		default:
			if in.Op.MayFault() {
				actX, actV = g.forget(actX, &candX), g.forget(actV, &candV)
			}
		}
		if h := e.hint; h != 0 && twoAddress(in.Op) {
			// The operand that the result replaces may be computed there too, if it has no other user.
			a := in.A
			if o := insts[a].Op; (o == ir.GetX || o == ir.Const) && in.Op.Has(ir.Commute) {
				a = in.B
			}
			if p := &v[a]; p.uses == 0 && p.hint == 0 && actX>>(h-1)&1 == 0 {
				p.hint = h
				candX[h-1] = a
				actX |= 1 << (h - 1)
			}
		}
		if e.flags != 0 && e.uses == 1 && compares(in.Op) {
			e.loc = locFused
		} else if e.loc == locFused && (e.uses != 1 || e.flags != 0) {
			e.loc = locNone
		}
		if o := in.A; o != 0 {
			v[o].use(i)
			if o = in.B; o != 0 {
				v[o].use(i)
			}
			if o = in.C; o != 0 {
				v[o].use(i)
			}
		}
	}
	v[0] = val{uses: 1 << 15}
}

// use counts a use by instruction i; the first one met is the last.
func (v *val) use(i int32) {
	if v.uses == 0 {
		v.last = ir.Ref(i)
	}
	v.uses++
}

// twoAddress tells whether the code for an operation overwrites the register of its first operand.
func twoAddress(op ir.Op) bool {
	return op >= ir.Add && op <= ir.Mul || op >= ir.Rev && op <= ir.Rev32 || op >= ir.ZExt && op <= ir.Crc32C
}

// forget cancels the hints of the registers in act.
func (g *gen) forget(act uint32, cand *[32]ir.Ref) uint32 {
	for q := 0; act != 0; q, act = q+1, act>>1 {
		if act&1 != 0 {
			g.v[cand[q]].hint = 0
		}
	}
	return 0
}

// compares tells whether an operation can be done for its flags only, at any later place.
func compares(op ir.Op) bool { return op == ir.Add || op == ir.Sub || op == ir.And }

// fuseShl marks an operand of an addition that is a shift by 1, 2 or 3 and has no user behind the addition: LEA does
// both. When it turns out to have another user, analyse takes the mark off.
func (g *gen) fuseShl(e *val, in *ir.Inst) {
	if e.flags != 0 {
		return
	}
	for _, o := range [2]ir.Ref{in.B, in.A} {
		s := &g.insts[o]
		if s.Op == ir.Shl && g.v[o].uses == 0 && in.A != in.B && s.Type == in.Type {
			if c := &g.insts[s.B]; c.Op == ir.Const && c.Imm >= 1 && c.Imm <= 3 {
				g.v[o].loc = locFused
				return
			}
		}
	}
}
