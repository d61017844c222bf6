package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// FCMP by UCOMIS: unordered sets ZF, PF and CF; less sets CF, equal ZF, greater none. Which operand comes first depends
// on the condition, so that most are one jump: the first user's order is taken, and another emits it again.

func isFCmp(op ir.Op) bool { return op == ir.FCmp || op == ir.FCmpE }

// swapped tells whether a condition wants the operands exchanged.
func swapped(c ir.Cond) bool {
	return c >= ir.CS && c <= ir.PL || c == ir.HI || c == ir.LS
}

var ccFP = [16]asm.Cond{
	ir.CS: asm.CcBE, ir.CC: asm.CcA, ir.MI: asm.CcA, ir.PL: asm.CcBE, ir.HI: asm.CcB, ir.LS: asm.CcAE, // swapped
	ir.GE: asm.CcAE, ir.LT: asm.CcB, ir.GT: asm.CcA, ir.LE: asm.CcBE, ir.VS: asm.CcP, ir.VC: asm.CcNP,
}

// lowerFCmp emits the comparison at once, for its exceptions, in the order that the next user wants.
func lowerFCmp(g *gen, in *ir.Inst) bool {
	if g.slowFP || in.Size < 2 {
		return false
	}
	g.clobber()
	v := &g.v[g.ref]
	if v.uses > 0 {
		v.loc, v.hold = locLazy, holdOperands
		g.v[g.op[0]].uses++
		g.v[g.op[1]].uses++
	}
	a, b := g.useV(in.A), g.useV(in.B)
	swap := false
	for i := int(g.ref) + 1; i < len(g.insts) && i < int(g.ref)+8; i++ {
		u := &g.insts[i]
		if u.Op == ir.BrCond || u.Op == ir.CSet || u.Op == ir.CSetM || u.Op == ir.CSel || u.Op == ir.FlagsSel {
			swap = swapped(u.Cond())
			break
		}
	}
	g.ucomis(g.ref, in, a, b, swap)
	return true
}

// prepV brings the operands of a comparison into registers.
func (g *gen) prepV(f ir.Ref) {
	in, v := &g.insts[f], &g.v[f]
	if v.loc != locLazy {
		return
	}
	switch {
	case isFCmp(in.Op):
		pin := g.V.pin
		g.V.pin |= 1 << g.useV(in.A)
		g.useV(in.B)
		g.V.pin = pin
	case in.Op == ir.FlagsSel:
		// To settle one may take the registers of another.
		for again := true; again; {
			again = false
			for _, o := range [3]ir.Ref{in.A, in.B, in.C} {
				o = g.canon(o)
				if p := &g.insts[o]; isFCmp(p.Op) && g.v[o].loc == locLazy && !g.inRegs(p) {
					g.settle(o)
					again = true
				}
			}
		}
	}
}

// comparesV tells whether f is a selection that needs vector registers when it is made. Such a one is not an operand
// of another, nor used where vector registers are, so that four temporaries always do.
func (g *gen) comparesV(f ir.Ref) bool {
	in := &g.insts[f]
	if in.Op != ir.FlagsSel || g.v[f].loc != locLazy {
		return false
	}
	for _, o := range [3]ir.Ref{in.A, in.B, in.C} {
		if o = g.canon(o); isFCmp(g.insts[o].Op) && g.v[o].loc == locLazy {
			return true
		}
	}
	return false
}

func (g *gen) inRegs(in *ir.Inst) bool {
	return g.v[g.canon(in.A)].loc == locReg && g.v[g.canon(in.B)].loc == locReg
}

// settle computes a lazy value into a spill slot. It comes before all else: the current instruction's operands may move.
func (g *gen) settle(f ir.Ref) {
	g.V.pin = g.V.tmp
	defer g.pinV()
	g.saveOther(f)
	g.prepV(f)
	g.takeG(asm.RAX)
	g.pack(f)
	g.giveG(asm.RAX)
	v := &g.v[f]
	g.releaseFlags(f, v)
	g.spillFlags(f)
}

// pinV pins the vector operands of the current instruction, and nothing else.
func (g *gen) pinV() {
	g.V.pin = g.V.tmp
	for _, o := range g.op {
		if o != 0 && g.v[o].loc == locReg && g.insts[o].Type == ir.V128 {
			g.V.pin |= 1 << (g.v[o].reg & 31)
		}
	}
}

// compareV emits FCmp f again; its operands are in registers.
func (g *gen) compareV(f ir.Ref, in *ir.Inst, swap bool) {
	a, b := &g.v[g.canon(in.A)], &g.v[g.canon(in.B)]
	if a.loc != locReg || b.loc != locReg {
		g.fail(ErrInternal)
		return
	}
	g.ucomis(f, in, asm.XReg(a.reg), asm.XReg(b.reg), swap)
}

// ucomis compares a with b for FCmp f.
func (g *gen) ucomis(f ir.Ref, in *ir.Inst, a, b asm.XReg, swap bool) {
	g.fE, g.fPol = f, flagsFP
	if swap {
		a, b = b, a
		g.fPol = flagsFPSwap
	}
	op := asm.UCOMISD
	switch {
	case in.Op == ir.FCmpE && in.Size == 3:
		op = asm.COMISD
	case in.Op == ir.FCmpE:
		op = asm.COMISS
	case in.Size == 2:
		op = asm.UCOMISS
	}
	g.op2(op, a, b)
}

// condFP is cond for a comparison that is in EFLAGS, in one order or the other.
func (g *gen) condFP(f ir.Ref, in *ir.Inst, c ir.Cond) ccond {
	switch c {
	case ir.EQ:
		return ccond{ccAnd, asm.CcNP, asm.CcE}
	case ir.NE:
		return ccond{ccOr, asm.CcP, asm.CcNE}
	case ir.VS, ir.VC:
	default:
		if swapped(c) != (g.fPol == flagsFPSwap) {
			g.compareV(f, in, swapped(c))
		}
	}
	return ccond{cc: ccFP[c]}
}

// packFP puts the host form of a comparison into EAX.
func (g *gen) packFP(f ir.Ref, in *ir.Inst) {
	if g.fE != f {
		g.compareV(f, in, false)
	}
	less := asm.CcB
	if g.fPol == flagsFPSwap {
		less = asm.CcA
	}
	g.a.RI(asm.MOV, 4, asm.RAX, 0x0001) // V, and C as CF is its inverse
	u := g.a.JccShort(asm.CcP)
	g.a.RI(asm.MOV, 4, asm.RAX, 0x4000)
	e := g.a.JccShort(asm.CcE)
	g.a.RI(asm.MOV, 4, asm.RAX, 0x8100)
	l := g.a.JccShort(less)
	g.a.RI(asm.MOV, 4, asm.RAX, 0)
	g.a.Land(u)
	g.a.Land(e)
	g.a.Land(l)
}
