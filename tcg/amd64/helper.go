package amd64

import (
	"encoding/binary"
	"unsafe"

	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// The slow path. `call stubs.Helper` is followed by the 32-bit distance from there to a copy of the ir.Inst, behind the
// region's code. The stub saves every register, so that the code around it may keep values in temporaries.

// helpRec is a reference to a copy of an ir.Inst.
type helpRec struct {
	ref   ir.Ref
	pos   int32 // of the 32-bit field
	whole bool  // HelperArg[0] is the whole address of the access
}

// callHelper emits the call. Operands are in CPU.HelperArg.
func (g *gen) callHelper(r ir.Ref) {
	g.a.CallTo(uintptr(g.stubs.Helper))
	g.helps = append(g.helps, helpRec{ref: r, pos: int32(g.a.Len())})
	g.a.U32(0)
}

// emitInsts writes the copies and completes the references.
func (g *gen) emitInsts(buf []byte) {
	if len(g.helps) == 0 {
		return
	}
	g.a.Align(8)
	for i := range g.helps {
		h := &g.helps[i]
		in := g.insts[h.ref]
		if h.whole {
			in.B, in.Aux, in.Imm = 0, 0, 0
		}
		if pos := int(h.pos); pos >= 0 && pos+4 <= len(buf) {
			binary.LittleEndian.PutUint32(buf[pos:], uint32(g.a.Len()-pos))
		}
		w := (*[unsafe.Sizeof(in) / 8]uint64)(unsafe.Pointer(&in))
		for _, x := range w {
			g.a.U64(x)
		}
	}
}

// helper is the slow path in line, for any operation with a result of any type.
func (g *gen) helper(in *ir.Inst) {
	for k, o := range g.op[:3] {
		if o != 0 && g.insts[o].Type == ir.Flags {
			g.prepLast(o)
			if g.G.tmp>>asm.RAX&1 == 0 {
				g.takeG(asm.RAX)
			}
			g.pack(o)
			g.a.MR(asm.MOV, 8, argMem(k), asm.RAX)
		}
	}
	g.clobber()
	for k, o := range g.op[:3] {
		if o != 0 {
			g.arg(k, o)
		}
	}
	g.fE = 0
	g.callHelper(g.ref)
	res := cpuMem(offHelperRes)
	switch in.Type {
	case ir.Void:
	case ir.V128:
		if g.v[g.ref].uses > 0 && ir.Ops[in.Op].Result != "" {
			g.loadV(g.defV(mayA|mayB|mayC), res)
		}
	case ir.Flags:
		if g.v[g.ref].uses > 0 {
			t := g.tmpG()
			g.a.RM(asm.MOV, 8, t, res)
			if g.G.slots == 0 {
				g.fail(ErrTooComplex)
				return
			}
			s := g.G.allocSlot()
			g.a.MR(asm.MOV, 8, g.G.slotMem(s), t)
			g.v[g.ref].loc, g.v[g.ref].reg = locSpill, s
		}
	default:
		if g.v[g.ref].uses > 0 && ir.Ops[in.Op].Result != "" {
			s := sz(in)
			g.a.RM(asm.MOV, s, g.defG(mayA|mayB|mayC), res)
			g.done32(s)
		}
	}
}

func argMem(k int) asm.Mem { return cpuMem(offHelperArg + 16*int32(k)) }

// arg stores operand k for the slow path.
func (g *gen) arg(k int, o ir.Ref) {
	switch g.insts[o].Type {
	case ir.Flags:
	case ir.V128:
		g.storeV(argMem(k), g.useV(o))
	default:
		if x, ok := g.konst(o); ok && fits32(x) && g.v[o].loc == locConst {
			g.a.MI(asm.MOV, 8, argMem(k), int32(x))
		} else {
			g.a.MR(asm.MOV, 8, argMem(k), g.useG(o))
		}
	}
}

func (g *gen) emitHelperCold(c *cold) {
	in := &g.insts[c.ref]
	g.coldArgs(c, in)
	if in.Op.MayFault() {
		g.pc = c.pc
		g.note(c.flags)
	}
	g.callHelper(c.ref)
	if in.Type == ir.V128 {
		g.loadV(asm.XReg(c.dst), cpuMem(offHelperRes))
	} else {
		g.a.RM(asm.MOV, sz(in), asm.Reg(c.dst), cpuMem(offHelperRes))
	}
	g.a.Jmp(c.back)
}
