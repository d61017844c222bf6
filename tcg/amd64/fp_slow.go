package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Ways from a vector or floating-point lowering to the slow path.

// kept has the registers with the values that operands had, where the result's register was an operand's.
type kept [3]asm.XReg

var keptNone = kept{noX, noX, noX}

// keep saves the operands that are in register d, which will be overwritten, before it is; x gives their registers.
func (g *gen) keep(k *kept, d asm.XReg, x ...asm.XReg) {
	t := noX
	for i, r := range x {
		if r != d || k[i] != noX {
			continue
		}
		if t == noX {
			t = g.tmp()
			g.movV(t, d)
		}
		k[i] = t
	}
}

// cleaned notes that what matters of an operand is also in r, a temporary.
func (k *kept) cleaned(g *gen, ref ir.Ref, i int, r asm.XReg) {
	if v := &g.v[g.canon(ref)]; r != noX && v.loc == locReg && asm.XReg(v.reg) != r {
		k[i] = r
	}
}

// Vector operands of a coldHelper that are in memory: the guest register, or the spill slot.
const (
	coldHome = 0x80
	coldSlot = 0xc0
)

// slowJump jumps to the slow path of the current instruction if cc holds, where operands are in the registers k or where
// they have been all the time. The result, of either kind, comes into d; then the code goes on where the
// label is bound.
func (g *gen) slowJump(cc asm.Cond, d uint8, k *kept) asm.Label {
	var reg [3]uint8
	for i, o := range g.op[:3] {
		switch {
		case o == 0:
		case k[i] != noX:
			reg[i] = uint8(k[i])
		default:
			reg[i] = g.coldOperand(o)
		}
	}
	at, back := g.a.NewLabel(), g.a.NewLabel()
	g.colds = append(g.colds, cold{kind: coldHelper, at: at, back: back, ref: g.ref, dst: d, reg: reg})
	g.a.Jcc(cc, at)
	return back
}

// coldOperand tells where an operand is, as cold.reg has it.
func (g *gen) coldOperand(o ir.Ref) uint8 {
	v := &g.v[o]
	switch v.loc {
	case locReg:
		return v.reg
	case locMem:
		return coldHome | v.reg
	case locSpill:
		return coldSlot | v.reg
	}
	g.fail(ErrInternal)
	return 0
}

// slowIfKept is slowJump at the end of a lowering.
func (g *gen) slowIfKept(cc asm.Cond, d uint8, k *kept) {
	g.a.Bind(g.slowJump(cc, d, k))
}

// slowIf is slowIfKept for a result that shares no register with an operand.
func (g *gen) slowIf(cc asm.Cond, d uint8) {
	k := keptNone
	g.slowIfKept(cc, d, &k)
}

// coldArgs stores the operands of a coldHelper. What is in memory goes through the result's register, which may
// be that of another operand: it comes last.
func (g *gen) coldArgs(c *cold, in *ir.Inst) {
	refs := [3]ir.Ref{in.A, in.B, in.C}
	for k, o := range refs {
		r := c.reg[k]
		switch {
		case o == 0:
		case g.insts[o].Type != ir.V128:
			g.a.MR(asm.MOV, 8, argMem(k), asm.Reg(r))
		case r < coldHome:
			g.storeV(argMem(k), asm.XReg(r))
		}
	}
	for k, o := range refs {
		r := c.reg[k]
		if o == 0 || g.insts[o].Type != ir.V128 || r < coldHome {
			continue
		}
		m := g.V.slotMem(r &^ coldSlot)
		if r < coldSlot {
			m = vMem(r &^ coldHome)
		}
		if in.Type == ir.V128 {
			g.loadV(asm.XReg(c.dst), m)
			g.storeV(argMem(k), asm.XReg(c.dst))
			continue
		}
		for i := int32(0); i < 16; i += 8 {
			from, to := m, argMem(k)
			from.Disp += i
			to.Disp += i
			g.a.RM(asm.MOV, 8, asm.Reg(c.dst), from)
			g.a.MR(asm.MOV, 8, to, asm.Reg(c.dst))
		}
	}
}

// coldQC sets FPSR.QC if cc holds.
func (g *gen) coldQC(cc asm.Cond) {
	at, back := g.orCold(offFPSR, state.FPSRQC)
	g.a.Jcc(cc, at)
	g.a.Bind(back)
}
