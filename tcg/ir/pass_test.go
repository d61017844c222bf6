package ir_test

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"testing"

	"armature/tcg/interp"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// memory is the guest's, from base on; elsewhere it faults.
type memory struct {
	bytes [1024]byte
}

const base = 0x10000

func (m *memory) at(c *state.CPU, addr uint64, size uint8, write uint64) []byte {
	off := addr - base
	if off < uint64(len(m.bytes)) && off+1<<size <= uint64(len(m.bytes)) {
		return m.bytes[off : off+1<<size]
	}
	c.FaultSig, c.FaultCode, c.FaultAddr, c.FaultErr = 11, 1, addr, write
	return nil
}

func toV(b []byte) state.V {
	var w [16]byte
	copy(w[:], b)
	return state.V{Lo: binary.LittleEndian.Uint64(w[:]), Hi: binary.LittleEndian.Uint64(w[8:])}
}

func fromV(b []byte, v state.V) {
	var w [16]byte
	binary.LittleEndian.PutUint64(w[:], v.Lo)
	binary.LittleEndian.PutUint64(w[8:], v.Hi)
	copy(b, w[:])
}

func (m *memory) Load(c *state.CPU, addr uint64, size uint8) (state.V, bool) {
	b := m.at(c, addr, size, 0)
	return toV(b), b != nil
}

func (m *memory) Store(c *state.CPU, addr uint64, size uint8, v state.V) bool {
	b := m.at(c, addr, size, 2)
	fromV(b, v)
	return b != nil
}

func (m *memory) Cas(c *state.CPU, addr uint64, size uint8, old, new state.V) (state.V, bool) {
	b := m.at(c, addr, size, 2)
	if b == nil {
		return state.V{}, false
	}
	was := toV(b)
	if was == old {
		fromV(b, new)
	}
	return was, true
}

// generator makes random regions.
type generator struct {
	*rand.Rand
	r    *ir.Region
	vals [ir.Flags + 1][]ir.Ref // of the block, by type
}

func (g *generator) value(t ir.Type) ir.Ref {
	if v := g.vals[t]; len(v) > 0 && g.IntN(6) != 0 {
		// The latest most often.
		if g.IntN(3) == 0 {
			return v[len(v)-1]
		}
		return v[len(v)-1-min(g.IntN(len(v)), g.IntN(len(v)))]
	}
	switch t {
	case ir.I32, ir.I64:
		if g.IntN(2) == 0 {
			return g.emit(ir.Inst{Op: ir.Const, Type: t, Imm: g.constant()})
		}
		x := g.emit(ir.Inst{Op: ir.GetX, Type: ir.I64, Aux: g.register()})
		if t == ir.I64 {
			return x
		}
		return g.emit(ir.Inst{Op: ir.Trunc, Type: t, A: x})
	case ir.V128:
		return g.emit(ir.Inst{Op: ir.GetV, Type: t, Aux: g.register()})
	}
	if g.IntN(3) == 0 {
		return g.emit(ir.Inst{Op: ir.FlagsConst, Type: t, Imm: g.Int64N(16)})
	}
	return g.emit(ir.Inst{Op: ir.GetFlags, Type: t})
}

func (g *generator) constant() int64 {
	switch g.IntN(6) {
	case 0:
		return 0
	case 1:
		return -1
	case 2:
		return 1<<(8<<g.IntN(3)) - 1
	case 3:
		return int64(g.Uint64() >> g.IntN(64))
	}
	return g.Int64N(40) - 4
}

// Few registers, so that they meet again.
func (g *generator) register() uint32 {
	if g.IntN(12) == 0 {
		return 31
	}
	return g.Uint32N(5)
}

func (g *generator) emit(in ir.Inst) ir.Ref {
	ref := g.r.Emit(in)
	if in.Op.Info().Result != "" {
		g.vals[in.Type] = append(g.vals[in.Type], ref)
	}
	return ref
}

// Operations that the passes know, more often than the others.
var favourites = []ir.Op{ir.Const, ir.Copy, ir.Add, ir.Add, ir.Add, ir.Sub, ir.Adc, ir.Sbc, ir.And, ir.And, ir.Or, ir.Xor,
	ir.AndNot, ir.OrNot, ir.XorNot, ir.Not, ir.Neg, ir.Shl, ir.Shl, ir.Shr, ir.Sar, ir.Ror, ir.Extr, ir.Mul, ir.UDiv, ir.SDiv,
	ir.Trunc, ir.Trunc, ir.ZExt, ir.ZExt, ir.ZExt, ir.SExt, ir.SExt, ir.UBfx, ir.UBfx, ir.SBfx, ir.SBfx, ir.Bfi, ir.Bfi,
	ir.FlagsOf, ir.FlagsOf, ir.FlagsSel, ir.FlagsToX, ir.FlagsFromX, ir.CSel, ir.CSel, ir.CSet, ir.CSetM,
	ir.Load, ir.Load, ir.Load, ir.Store, ir.Store, ir.VMov, ir.VAnd, ir.VOr, ir.VSQAdd, ir.FAdd}

// op emits a random operation that is no terminator.
func (g *generator) op() {
	switch g.IntN(12) {
	case 0, 1, 2:
		g.emit(ir.Inst{Op: ir.PutX, A: g.value(ir.I64), Aux: g.register()})
		return
	case 3:
		g.emit(ir.Inst{Op: ir.PutV, A: g.value(ir.V128), Aux: g.register()})
		return
	case 4:
		g.emit(ir.Inst{Op: ir.PutFlags, A: g.value(ir.Flags)})
		return
	case 5: // an address within memory, most likely
		x := g.emit(ir.Inst{Op: ir.GetX, Type: ir.I64, Aux: 5 + g.Uint32N(2)})
		d := g.emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: g.Int64N(64) - 32})
		op := ir.Add
		if g.IntN(2) == 0 {
			op = ir.Sub
		}
		x = g.emit(ir.Inst{Op: op, Type: ir.I64, A: x, B: d})
		if g.IntN(2) == 0 {
			g.emit(ir.Inst{Op: ir.PutX, A: x, Aux: 5 + g.Uint32N(2)})
		}
		g.load(x)
		return
	}
	op := favourites[g.IntN(len(favourites))]
	if g.IntN(4) == 0 {
		op = ir.Op(g.IntN(int(ir.NumOps)))
	}
	switch {
	case op.IsTerm(), op == ir.Insn, op == ir.GetSys, op == ir.PutSys: // the clock is not reproducible
		return
	}
	in := ir.Inst{Op: op, Type: []ir.Type{ir.I32, ir.I64}[g.IntN(2)]}
	switch op.Info().Result {
	case "x":
		in.Type = ir.I64
	case "w":
		in.Type = ir.I32
	case "v":
		in.Type = ir.V128
	case "f":
		in.Type = ir.Flags
	}
	if (op == ir.Load || op == ir.Store) && g.IntN(3) == 0 {
		in.Type = ir.V128
	}
	args := op.Info().Args
	for _, a := range []*ir.Ref{&in.A, &in.B, &in.C} {
		if args == "" {
			break
		}
		t := map[byte]ir.Type{'i': in.Type, 'w': ir.I32, 'x': ir.I64, 'v': ir.V128, 'f': ir.Flags, '*': in.Type}[args[0]]
		if args[0] == 'i' && t > ir.I64 || op == ir.ZExt || op == ir.SExt {
			t = []ir.Type{ir.I32, ir.I64}[g.IntN(2)]
		}
		optional := len(args) > 1 && args[1] == '?'
		args = args[1:]
		if optional {
			args = args[1:]
			if g.IntN(2) == 0 {
				continue
			}
		}
		*a = g.value(t)
	}
	if args := op.Info().Args; len(args) > 1 && args[0] == args[1] && g.IntN(10) == 0 {
		in.B = in.A
	}
	if op.MayFault() && g.IntN(16) != 0 {
		in.A = g.emit(ir.Inst{Op: ir.GetX, Type: ir.I64, Aux: 5 + g.Uint32N(2)})
		if in.B != 0 && op == ir.Load || op == ir.Store {
			in.B = 0
		}
	}
	g.fields(&in)
}

// fields fills in fields of in at random until it is valid, and emits it.
func (g *generator) fields(in *ir.Inst) {
	for range 40 {
		in.Size, in.Shape = uint8(g.IntN(5)), uint8(g.IntN(8))
		in.Aux = g.Uint32N(32)
		switch {
		case in.Op >= ir.UBfx && in.Op <= ir.Bfi:
			in.Aux = g.Uint32N(64) | (g.Uint32N(64)+1)<<8
			if g.IntN(3) == 0 {
				in.Aux = []uint32{8, 16, 32, 64}[g.IntN(4)] << 8
			}
		case in.Op == ir.Load || in.Op == ir.Store:
			in.Aux, in.Imm = g.Uint32N(5), g.Int64N(64)-8
			if in.B == 0 {
				in.Aux = 0
			}
			in.Flags = uint8(g.IntN(2))
			if g.IntN(8) == 0 {
				in.Flags |= ir.MemAlign | ir.MemSP
			}
		case in.Op > ir.Store && in.Op <= ir.StoreExV:
			in.Aux = 0
		case in.Op == ir.VInsL:
			in.Aux |= g.Uint32N(16) << 8
		}
		if in.Op == ir.Extr || in.Op >= ir.FAdd {
			in.Imm = g.Int64N(64)
		} else if in.Op == ir.FlagsConst {
			in.Imm = g.Int64N(16)
		} else if in.Op == ir.Const || in.Op == ir.VConst {
			in.Imm = g.constant()
		}
		switch in.Op {
		case ir.CSel, ir.CSet, ir.CSetM, ir.FlagsSel, ir.VCSel:
			in.Flags = uint8(g.IntN(16))
		case ir.FlagsOf:
			switch g.r.Insts[in.A].Op {
			case ir.Add, ir.Sub, ir.Adc, ir.Sbc, ir.And, ir.AndNot:
			default:
				return
			}
		}
		// Valid together with what it uses?
		probe := &ir.Region{}
		probe.Reset(0, 0, 1)
		probe.Insts = append(append(probe.Insts[:0], g.r.Insts...), *in, ir.Inst{Op: ir.Br})
		probe.Blocks = append(probe.Blocks, ir.Block{First: g.first(), End: int32(len(probe.Insts)),
			Succ: [2]ir.Target{{Block: ir.External}, {Block: ir.External}}})
		if ir.Verify(probe) == nil {
			ref := g.emit(*in)
			switch in.Op {
			case ir.Add, ir.Sub, ir.Adc, ir.Sbc, ir.And, ir.AndNot:
				if g.IntN(3) == 0 {
					f := g.emit(ir.Inst{Op: ir.FlagsOf, Type: ir.Flags, A: ref})
					g.emit(ir.Inst{Op: ir.PutFlags, A: f})
				}
			}
			if in.Type == ir.I64 && in.Op.Info().Result != "" && g.IntN(4) == 0 {
				g.emit(ir.Inst{Op: ir.PutX, A: ref, Aux: g.register()})
			}
			return
		}
	}
}

// first is where the present block begins.
func (g *generator) first() int32 {
	if n := len(g.r.Blocks); n > 0 {
		return g.r.Blocks[n-1].End
	}
	return 1
}

func (g *generator) load(addr ir.Ref) {
	in := ir.Inst{Op: ir.Load, Type: ir.I64, A: addr}
	if g.IntN(2) == 0 {
		in = ir.Inst{Op: ir.Store, Type: ir.I64, A: addr, C: g.value(ir.I64)}
	}
	if g.IntN(2) == 0 {
		x := g.value(ir.I64)
		m := g.emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: 15})
		x = g.emit(ir.Inst{Op: ir.And, Type: ir.I64, A: x, B: m})
		switch g.IntN(3) {
		case 0:
			k := g.emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: g.Int64N(5)})
			x = g.emit(ir.Inst{Op: ir.Shl, Type: ir.I64, A: x, B: k})
		case 1:
			k := g.emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: g.Int64N(9) - 4})
			x = g.emit(ir.Inst{Op: ir.Add, Type: ir.I64, A: x, B: k})
		}
		if g.IntN(2) == 0 {
			in.B = x
		} else {
			in.A = g.emit(ir.Inst{Op: ir.Add, Type: ir.I64, A: addr, B: x})
		}
	}
	g.fields(&in)
}

// region makes one of a few blocks, which branch forwards only.
func (g *generator) region(r *ir.Region) {
	g.r = r
	r.Reset(0x1000, 0, 2)
	n := 1 + g.IntN(3)
	for b := range n {
		for t := range g.vals {
			g.vals[t] = g.vals[t][:0]
		}
		pc := uint64(0x1000 * (b + 1))
		first := g.first()
		for i := range 2 + g.IntN(8) {
			g.emit(ir.Inst{Op: ir.Insn, Imm: int64(pc) + int64(4*i)})
			for range 1 + g.IntN(6) {
				g.op()
			}
		}
		term := []ir.Inst{
			{Op: ir.Br}, {Op: ir.Call}, {Op: ir.CallInd, A: 1}, {Op: ir.Ret, A: 1}, {Op: ir.Exit, Aux: state.ExitSyscall, Imm: 1},
			{Op: ir.ExitX, Aux: state.ExitFlush, A: 1},
			{Op: ir.BrCond, Flags: uint8(g.IntN(16))}, {Op: ir.BrCond, Flags: uint8(g.IntN(16))}, {Op: ir.BrCond, Flags: uint8(g.IntN(16))},
			{Op: ir.BrZ, Type: ir.I64, A: 1}, {Op: ir.BrNZ, Type: ir.I64, A: 1}, {Op: ir.BrZ, Type: ir.I32}, {Op: ir.BrNZ, Type: ir.I32},
			{Op: ir.BrBitZ, Type: ir.I64, A: 1, Aux: g.Uint32N(64)}, {Op: ir.BrBitNZ, Type: ir.I32, Aux: g.Uint32N(32)},
		}[g.IntN(15)]
		switch {
		case term.Op == ir.BrCond:
			term.A = g.value(ir.Flags)
		case term.A != 0:
			term.A = g.value(ir.I64)
		case term.Type == ir.I32:
			term.A = g.value(ir.I32)
		}
		g.emit(term)
		blk := ir.Block{First: first, End: int32(len(r.Insts)), PC: pc, EndPC: pc + 0x100}
		for k := range blk.Succ {
			blk.Succ[k] = ir.Target{PC: pc + 0x800 + uint64(k)*4, Block: ir.External}
			if b+1 < n && g.IntN(2) == 0 && !(term.Op == ir.Call && k == 0) && term.Op < ir.Exit {
				next := b + 1 + g.IntN(n-b-1)
				blk.Succ[k] = ir.Target{PC: uint64(0x1000 * (next + 1)), Block: int32(next)}
			} else {
				blk.FlagsDead[k] = g.IntN(2) == 0
			}
		}
		r.Blocks = append(r.Blocks, blk)
	}
}

// flagsMatter reports whether NZCV must be right after a run of r that ended as c shows: not behind a fault, nor
// where the front end says that they are dead.
func flagsMatter(r *ir.Region, c *state.CPU) bool {
	if c.ExitReason == state.ExitFault || c.ExitReason == state.ExitSPAlign {
		return false
	}
	for i := range r.Blocks {
		b := &r.Blocks[i]
		for k, t := range b.Succ {
			if t.Block == ir.External && t.PC == c.PC && b.FlagsDead[k] && c.ExitReason == state.ExitLookup {
				return false
			}
		}
	}
	return true
}

func clone(r *ir.Region) *ir.Region {
	n := *r
	n.Insts = append([]ir.Inst(nil), r.Insts...)
	n.Blocks = append([]ir.Block(nil), r.Blocks...)
	return &n
}

// Random regions do the same before and after the passes, one by one and together.
func TestPassesKeepMeaning(t *testing.T) {
	regions := 4000
	if testing.Short() {
		regions = 400
	}
	var opt ir.Optimizer
	sets := []ir.PassSet{ir.AllPasses, ir.AllPasses &^ ir.CopyProp, ir.AllPasses &^ ir.ConstFold}
	for i := range ir.Passes {
		sets = append(sets, ir.Passes[i].Set)
	}
	var before, after int
	reasons := map[uint32]int{}
	start, want, got := &state.CPU{}, &state.CPU{}, &state.CPU{}
	for _, c := range []*state.CPU{start, want, got} {
		c.Init()
	}
	var mem, wantMem, gotMem memory
	for seed := range uint64(regions) {
		g := &generator{Rand: rand.New(rand.NewPCG(seed, 42))}
		r := &ir.Region{}
		g.region(r)
		if err := ir.Verify(r); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		for i := range start.X {
			start.X[i] = g.Uint64() >> g.IntN(64)
			start.V[i] = state.V{Lo: g.Uint64(), Hi: g.Uint64()}
		}
		start.X[0] = g.Uint64N(16)
		start.X[5], start.X[6] = base+256, base+512
		start.X[31] = base + 512 + g.Uint64N(2)*8
		start.Flags = state.PackNZCV(g.Uint32N(16))
		for i := range mem.bytes {
			mem.bytes[i] = byte(g.Uint32())
		}
		run := func(r *ir.Region, c *state.CPU, m *memory) {
			c.X, c.V, c.Flags, c.FPSR = start.X, start.V, start.Flags, 0
			c.ExSize, c.ExAddr, c.FaultAddr, c.ExitReason = 0, 0, 0, 0
			*m = mem
			interp.Run(r, c, m)
		}
		run(r, want, &wantMem)
		reasons[want.ExitReason]++
		for _, set := range sets {
			p := clone(r)
			opt.Run(p, set)
			if err := ir.Verify(p); err != nil {
				t.Fatalf("seed %d, %v: %v\n%v\nfrom\n%v", seed, set, err, p, r)
			}
			run(p, got, &gotMem)
			if !flagsMatter(r, want) {
				got.Flags = want.Flags
			}
			if d := difference(got, want); d != "" || gotMem != wantMem {
				t.Fatalf("seed %d, %v: %s\n%v\nfrom\n%v", seed, set, d, p, r)
			}
			if set == ir.AllPasses {
				before += len(r.Insts)
				for i := range p.Insts {
					if p.Insts[i].Op != ir.Nop {
						after++
					}
				}
			}
		}
	}
	t.Logf("%d operations become %d; exits %v", before, after, reasons)
	for _, reason := range []uint32{state.ExitLookup, state.ExitFault, state.ExitSyscall} {
		if reasons[reason] < regions/50 {
			t.Errorf("only %d of %d regions end with reason %d", reasons[reason], regions, reason)
		}
	}
}

func difference(a, b *state.CPU) string {
	var s []string
	for i := range a.X {
		if a.X[i] != b.X[i] {
			s = append(s, "X")
		}
		if a.V[i] != b.V[i] {
			s = append(s, "V")
		}
	}
	if a.Flags != b.Flags {
		s = append(s, "flags")
	}
	if a.PC != b.PC || a.ExitReason != b.ExitReason || a.ExitArg != b.ExitArg {
		s = append(s, "exit")
	}
	if a.FaultAddr != b.FaultAddr {
		s = append(s, "fault address")
	}
	if a.ExSize != b.ExSize || a.ExAddr != b.ExAddr {
		s = append(s, "monitor")
	}
	if a.FPSR != b.FPSR {
		s = append(s, "FPSR")
	}
	return strings.Join(s, " ")
}
