package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// addr gives the memory operand of a Load or Store. It leaves EFLAGS alone.
func (g *gen) addr(in *ir.Inst) asm.Mem {
	a, b := g.op[0], g.op[1]
	disp := in.Imm
	n := uint8(in.Aux & 7)
	if k, ok := g.konst(b); b != 0 && ok {
		disp += k << n
		b = 0
	}
	m := asm.Mem{Base: asm.NoReg}
	if k, ok := g.konst(a); ok {
		disp += k
		if !fits32(disp) {
			m.Base = g.tmpG()
			g.movImm(m.Base, disp)
			disp = 0
		}
	} else {
		m.Base = g.useG(a)
		if !fits32(disp) {
			t := g.tmpG()
			g.movImm(t, disp)
			g.a.RM(asm.LEA, 8, t, asm.BI(m.Base, t, 1, 0))
			m.Base, disp = t, 0
		}
	}
	m.Disp = int32(disp)
	if b == 0 {
		return m
	}
	m.Index = g.useG(b)
	if n > 3 {
		t := g.tmpG()
		g.a.RM(asm.LEA, 8, t, asm.BI(asm.NoReg, m.Index, 8, 0))
		m.Index = t
		n -= 3
	}
	m.Scale = 1 << n
	return m
}

// loadOps by MemSigned, then size.
var loadOps = [2][4]asm.Op{
	{asm.MOVZX8, asm.MOVZX16, asm.MOV, asm.MOV},
	{asm.MOVSX8, asm.MOVSX16, asm.MOVSXD, asm.MOV},
}

func lowerLoad(g *gen, in *ir.Inst) bool {
	if in.Flags&ir.MemAlign != 0 && in.Size > 0 {
		g.flush()
		g.clobber()
		m := g.addr(in)
		g.aligned(m, in.Size)
		g.loadTo(in, m, FlagsInMemory)
		return true
	}
	w := g.exact()
	g.loadTo(in, g.addr(in), w)
	return true
}

// loadTo emits the access of a load; NZCV is at w.
func (g *gen) loadTo(in *ir.Inst, m asm.Mem, w FlagsWhere) {
	if in.Type == ir.V128 {
		switch in.Size {
		case 4:
			d := g.defV(mayA)
			g.note(w)
			g.loadV(d, m)
		case 3:
			d := g.defV(mayA)
			g.note(w)
			g.op2m(asm.MOVQ, d, m)
			g.setZeroAbove(3)
		case 2:
			d := g.defV(mayA)
			g.note(w)
			g.op2m(asm.MOVSSld, d, m)
			g.setZeroAbove(2)
		default:
			t := g.tmpG()
			g.note(w)
			g.a.RM(loadOps[0][in.Size&3], 4, t, m)
			g.op2(asm.MOVDX, g.defV(mayA), asm.XReg(t))
			g.setZeroAbove(in.Size)
		}
		return
	}
	d := g.defG(mayA | mayB)
	g.note(w)
	if in.Flags&ir.MemSigned != 0 {
		s := sz(in)
		if in.Size == 2 && s == 4 {
			g.a.RM(asm.MOV, 4, d, m)
		} else {
			g.a.RM(loadOps[1][in.Size&3], s, d, m)
		}
		g.done32(s)
		return
	}
	if in.Size == 3 {
		g.a.RM(asm.MOV, 8, d, m)
		return
	}
	g.a.RM(loadOps[0][in.Size&3], 4, d, m)
	g.done32(4)
}

func lowerStore(g *gen, in *ir.Inst) bool {
	var w FlagsWhere
	release := in.Flags&ir.MemRelease != 0 && g.lock != 0
	check := in.Flags&ir.MemAlign != 0 && in.Size > 0
	if release || check {
		g.flush()
		g.clobber()
	} else {
		w = g.exact()
	}
	m := g.addr(in)
	if check {
		m = g.aligned(m, in.Size)
	}
	c := g.op[2]
	if g.insts[c].Type == ir.V128 {
		x := g.useV(c)
		g.note(w)
		g.storeLow(in.Size, m, x)
		return true
	}
	s := asm.Size(1) << in.Size
	if release { // an exchange is the store and the fence in one
		t := g.tmpG()
		g.copyTo(t, 8, c)
		g.note(w)
		g.a.MR(asm.XCHG, s, m, t)
		return true
	}
	if k, ok := g.konst(c); ok && g.v[c].loc == locConst && (s < 8 || fits32(k)) {
		g.note(w)
		g.a.MI(asm.MOV, s, m, int32(k))
		return true
	}
	x := g.useG(c)
	g.note(w)
	g.a.MR(asm.MOV, s, m, x)
	return true
}

// storeLow stores the low 1<<size bytes of x.
func (g *gen) storeLow(size uint8, m asm.Mem, x asm.XReg) {
	switch size {
	case 4:
		g.storeV(m, x)
	case 3:
		g.op2m(asm.MOVQst, x, m)
	case 2:
		g.op2m(asm.MOVSSst, x, m)
	case 1:
		g.op2io(asm.PEXTRWst, x, mop(m), 0)
	default:
		g.op2io(asm.PEXTRB, x, mop(m), 0)
	}
}

// aligned makes an access of 1<<size bytes at m leave with SIGBUS when m is not a multiple of that. EFLAGS are not in
// use. It gives m, perhaps in an easier form.
func (g *gen) aligned(m asm.Mem, size uint8) asm.Mem {
	r := m.Base
	if m.Scale != 0 || m.Disp != 0 || m.Base == asm.NoReg {
		r = g.tmpG()
		g.a.RM(asm.LEA, 8, r, m)
		m = asm.B(r, 0)
	}
	at := g.a.NewLabel()
	g.a.RI(asm.TEST, 1, r, 1<<size-1)
	g.a.Jcc(asm.CcNE, at)
	g.colds = append(g.colds, cold{kind: coldMisaligned, at: at, mem: m, pc: g.pc})
	return m
}

func (g *gen) emitMisaligned(c *cold) {
	g.pc = c.pc
	g.note(FlagsInMemory)
	g.a.RM(asm.LEA, 8, asm.RAX, c.mem)
	g.a.CallTo(uintptr(g.stubs.Misaligned))
}

// lowerFence: only a full fence orders a store before a later load, which x86 does not do by itself.
func lowerFence(g *gen, in *ir.Inst) bool {
	if in.Aux != ir.FenceFull || g.lock == 0 {
		return true
	}
	if g.keepE() {
		g.a.N(asm.MFENCE)
		return true
	}
	g.fE = 0
	g.a.MI(asm.LOCK|asm.OR, 4, asm.B(asm.RSP, -8), 0) // faster than MFENCE; below the stack: nobody's
	return true
}

func lowerZeroBlock(g *gen, in *ir.Inst) bool {
	g.flush()
	g.clobber()
	d := g.tmpG()
	g.copyTo(d, 8, g.op[0])
	g.a.RI(asm.AND, 8, d, -64)
	x := g.tmpV()
	g.zeroV(x)
	g.note(FlagsInMemory)
	for i := int32(0); i < 64; i += 16 {
		g.op2m(asm.MOVAPSst, x, asm.B(d, i))
	}
	return true
}
