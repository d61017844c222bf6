package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Compiler translates regions to x86-64 code. One per translating thread; its buffers are reused.
type Compiler struct{ g gen }

// NewCompiler makes a compiler whose code uses f and calls s.
func NewCompiler(f Features, s Stubs) *Compiler {
	c := &Compiler{}
	g := &c.g
	g.feat, g.stubs = f, s
	g.lock = asm.LOCK
	g.v3 = f.Level >= V3
	g.v4 = f.Level >= V4
	g.G.temps, g.V.temps, g.V.vec = tempsG, tempsV, true
	// Large enough for most regions at once: growing step by step would touch twice the memory.
	g.v = make([]val, 0, 4096)
	g.info = make([]blockInfo, 0, maxBlocks)
	g.order = make([]int16, 0, maxBlocks)
	g.colds = make([]cold, 0, 64)
	g.helps = make([]helpRec, 0, 64)
	g.lits = make([]literal, 0, 64)
	g.a.Reserve(512)
	return c
}

// OneThread makes c's code such as a guest of one thread, which shares no memory, could do with: without fences and
// locked instructions. It is there to measure what those cost.
func (c *Compiler) OneThread() { c.g.lock = 0 }

// Compile translates r to code that will run at address base, writes it into buf, and describes it in out. The code is at
// the start of buf, stubs that seldom run are at its end, and what is between is left for the next region.
// The entry is at base+out.Entry. On an error nothing is kept, and bytes of buf may have been overwritten.
func (c *Compiler) Compile(r *ir.Region, buf []byte, base uint64, out *Code) error {
	g := &c.g
	g.start(r, buf, base, out)
	g.region()
	g.finish()
	return g.err
}

// gen is the state of one compilation.
type gen struct {
	a     asm.Asm
	feat  Features
	v3    bool // VEX forms and BMI are there
	v4    bool
	lock  asm.Op // the LOCK prefix; 0 for code of one thread
	stubs Stubs

	r      *ir.Region
	insts  []ir.Inst
	out    *Code
	buf    []byte
	far    int // bytes of far stubs at the end of buf
	err    error
	errRef ir.Ref // where it happened, for tests

	v    []val     // by Ref
	G, V regFile   // general and vector registers
	ref  ir.Ref    // current instruction
	op   [4]ir.Ref // its operands, canonical; the fourth is the operand of a fused one
	pc   uint64    // current guest instruction
	blk  int       // current block
	next int       // the block that follows in the code, or -1

	// NZCV.
	fCur          ir.Ref     // the guest's, if CPU.Flags is not current; else 0
	fE            ir.Ref     // what EFLAGS hold, or 0
	fPol          FlagsWhere // in which polarity: FlagsSub, FlagsAdd or flagsLogic
	fMem          ir.Ref     // the value that CPU.Flags holds, if a Ref has it
	slowFP        bool       // Region.Key has KeySlowFP
	strict        bool       // it has KeyStrict
	cmpAt, cmpEnd int        // where the last comparison is in the code
	noXor         bool       // EFLAGS are in use beyond what fE tells

	info             []blockInfo // of each block
	order            []int16     // in which the blocks are laid out
	swapG            []exchange  // homes that the region uses in its own way
	swapV            []exchange
	colds            []cold
	frag             cold       // the one that is being written
	lent             []borrowed // homes that lent their registers to the current instruction
	lits             []literal
	helps            []helpRec
	regMap           RegMap // of this region
	local            bool   // it is not the global one
	loops            bool   // its loops are known, and their heads poll
	mapSet, wasLocal bool   // a map is set, and is not the global one
}

func (g *gen) fail(err error) {
	if g.err == nil {
		g.err, g.errRef = err, g.ref
	}
}

// start prepares for a region.
func (g *gen) start(r *ir.Region, buf []byte, base uint64, out *Code) {
	g.a.Reset(buf, uintptr(base))
	g.buf, g.far = buf, 0
	g.cmpAt, g.cmpEnd = 0, -1
	g.r, g.insts, g.out, g.err = r, r.Insts, out, nil
	g.slowFP, g.strict = r.Key&ir.KeySlowFP != 0, r.Key&ir.KeyStrict != 0
	*out = Code{PC: r.PC, Slots: out.Slots[:0], PCs: out.PCs[:0]}
	if n := len(r.Insts); cap(g.v) < n {
		g.v = make([]val, n, n+n/2)
	} else {
		g.v = g.v[:n]
		clear(g.v)
	}
	g.colds = g.colds[:0]
	g.lits = g.lits[:0]
	g.helps = g.helps[:0]
	g.pc = r.PC
}

// finish writes what stands behind the code and completes out.
func (g *gen) finish() {
	g.emitColds()
	g.out.Text = g.a.Len()
	g.emitLiterals()
	g.emitInsts(g.buf)
	g.out.Size, g.out.Far = g.a.Len(), g.far
	if g.err == nil && g.a.Len()+16 > len(g.buf)-g.far {
		g.err = ErrNoSpace
	}
	if s := g.a.Finish(); s != asm.OK {
		if s == asm.Overflow {
			g.err = ErrNoSpace
		} else {
			g.fail(ErrInternal)
		}
	}
}

// block compiles one block.
func (g *gen) block(n int) {
	b := &g.r.Blocks[n]
	g.blk = n
	g.pc = b.PC
	g.startBlock()
	g.analyse(b.First, b.End)
	insts, v := g.insts, g.v
	for i := b.First; i < b.End; i++ {
		in := &insts[i]
		switch in.Op {
		case ir.Insn:
			g.pc = uint64(in.Imm)
			continue
		case ir.Nop:
			continue
		case ir.Const, ir.FlagsConst:
			v[i].loc = locConst
			continue
		}
		if l := v[i].loc; l == locDead || l == locFused {
			continue
		}
		g.ref = ir.Ref(i)
		if in.Op == ir.GetX { // the most frequent one has no operands and emits nothing
			g.get(&g.G, uint8(in.Aux&31))
			continue
		}
		g.op = [4]ir.Ref{g.operand(in.A), g.operand(in.B), g.operand(in.C), 0}
		f := lower[in.Op]
		if g.strict && lowerStrict[in.Op] != nil {
			f = lowerStrict[in.Op]
		}
		if f == nil || !f(g, in) {
			g.helper(in)
		}
		g.endInst()
	}
}

// operand notes that the current instruction uses r.
func (g *gen) operand(r ir.Ref) ir.Ref {
	if r == 0 {
		return 0
	}
	r = g.canon(r)
	v := &g.v[r]
	v.uses--
	if v.loc == locReg {
		if g.insts[r].Type == ir.V128 {
			g.V.pin |= 1 << (v.reg & 31)
		} else {
			g.G.pin |= 1 << (v.reg & 31)
		}
	}
	return r
}

// startBlock forgets everything about values: between blocks, only the guest's registers have any.
func (g *gen) startBlock() {
	for _, f := range [2]*regFile{&g.G, &g.V} {
		f.cur = [32]ir.Ref{}
		f.occ = [32]ir.Ref{}
		f.free, f.pin, f.tmp = f.temps, 0, 0
	}
	g.G.slots = 1<<spillRDI - 1
	g.V.slots = 1<<numSpillV - 1
	g.fCur, g.fE, g.fMem = 0, 0, 0
}

// setMap makes m the map of the region.
func (g *gen) setMap(m *RegMap) {
	if g.mapSet && !g.local && !g.wasLocal {
		return // the global one, as before
	}
	g.mapSet, g.wasLocal = true, g.local
	g.G.home, g.V.home = m.X, m.V
	for i := range g.G.guest {
		g.G.guest[i], g.V.guest[i] = InMemory, InMemory
	}
	for q := range m.X {
		if h := m.X[q]; h != InMemory {
			g.G.guest[h&31] = uint8(q)
		}
		if h := m.V[q]; h != InMemory {
			g.V.guest[h&31] = uint8(q)
		}
	}
}

// note records that the code from here on may fault on behalf of the current guest instruction.
func (g *gen) note(w FlagsWhere) {
	if w == flagsLogic {
		w = FlagsAdd
	}
	d := int32(g.pc - g.r.PC)
	p := g.out.PCs
	if n := len(p); n > 0 && p[n-1].Delta == d && p[n-1].Flags == w {
		return
	}
	g.out.PCs = append(p, PCEntry{uint32(g.a.Len()), d, w})
}

// sz is the operand size of an integer instruction.
func sz(in *ir.Inst) asm.Size {
	if in.Type == ir.I32 {
		return 4
	}
	return 8
}
