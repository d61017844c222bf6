package interp

import (
	"encoding/binary"
	"testing"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// flat is memory from base on; elsewhere it faults.
type flat struct {
	base  uint64
	bytes []byte
}

func (f *flat) at(c *state.CPU, addr uint64, size uint8, write uint64) []byte {
	off := addr - f.base
	if n := uint64(1) << size; off < uint64(len(f.bytes)) && off+n <= uint64(len(f.bytes)) {
		return f.bytes[off : off+n]
	}
	c.FaultSig, c.FaultCode, c.FaultAddr, c.FaultErr = 11, 1, addr, write
	return nil
}

func fromBytes(b []byte) state.V {
	var w [16]byte
	copy(w[:], b)
	return state.V{Lo: binary.LittleEndian.Uint64(w[:]), Hi: binary.LittleEndian.Uint64(w[8:])}
}

func toBytes(v state.V) (w [16]byte) {
	binary.LittleEndian.PutUint64(w[:], v.Lo)
	binary.LittleEndian.PutUint64(w[8:], v.Hi)
	return w
}

func (f *flat) Load(c *state.CPU, addr uint64, size uint8) (state.V, bool) {
	b := f.at(c, addr, size, 0)
	return fromBytes(b), b != nil
}

func (f *flat) Store(c *state.CPU, addr uint64, size uint8, v state.V) bool {
	b := f.at(c, addr, size, faultWrite)
	w := toBytes(v)
	copy(b, w[:])
	return b != nil
}

func (f *flat) Cas(c *state.CPU, addr uint64, size uint8, old, new state.V) (state.V, bool) {
	b := f.at(c, addr, size, faultWrite)
	if b == nil {
		return state.V{}, false
	}
	was := fromBytes(b)
	if was == old {
		w := toBytes(new)
		copy(b, w[:])
	}
	return was, true
}

// region makes one block at 0x1000 of a guest instruction at 0x1000 and ins, the first of which is %2.
func region(t *testing.T, ins ...ir.Inst) *ir.Region {
	t.Helper()
	r := &ir.Region{}
	r.Reset(0x1000, 0, 1)
	r.Emit(ir.Inst{Op: ir.Insn, Imm: 0x1000})
	for _, in := range ins {
		r.Emit(in)
	}
	r.Blocks = append(r.Blocks, ir.Block{First: 1, End: int32(len(r.Insts)), PC: 0x1000, EndPC: 0x1004,
		Succ: [2]ir.Target{{PC: 0x2000, Block: ir.External}, {PC: 0x1004, Block: ir.External}}})
	if err := ir.Verify(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func newCPU() *state.CPU {
	c := &state.CPU{}
	c.Init()
	return c
}

func x(n uint32) ir.Inst { return ir.Inst{Op: ir.GetX, Type: ir.I64, Aux: n} }
func v(n uint32) ir.Inst { return ir.Inst{Op: ir.GetV, Type: ir.V128, Aux: n} }

var br = ir.Inst{Op: ir.Br}

func TestRunExits(t *testing.T) {
	brz := func(op ir.Op, typ ir.Type, v int64, aux uint32) []ir.Inst {
		return []ir.Inst{{Op: ir.Const, Type: typ, Imm: v}, {Op: op, Type: typ, A: 2, Aux: aux}}
	}
	for _, tc := range []struct {
		name   string
		reason uint32
		pc     uint64
		arg    uint64
		ins    []ir.Inst
	}{
		{"br", state.ExitLookup, 0x2000, 0, []ir.Inst{br}},
		{"call", state.ExitLookup, 0x2000, 0, []ir.Inst{{Op: ir.Call}}},
		{"callind", state.ExitLookup, 0x7770, 0, []ir.Inst{x(7), {Op: ir.CallInd, A: 2}}},
		{"jmpind", state.ExitLookup, 0x7770, 0, []ir.Inst{x(7), {Op: ir.JmpInd, A: 2}}},
		{"ret", state.ExitLookup, 0x7770, 0, []ir.Inst{x(7), {Op: ir.Ret, A: 2}}},
		{"exit", state.ExitSyscall, 0x2000, 5, []ir.Inst{{Op: ir.Exit, Aux: state.ExitSyscall, Imm: 5}}},
		{"exitx", state.ExitFlush, 0x2000, 0x7770, []ir.Inst{x(7), {Op: ir.ExitX, Aux: state.ExitFlush, A: 2}}},
		{"brz taken", state.ExitLookup, 0x2000, 0, brz(ir.BrZ, ir.I32, 0, 0)},
		{"brz not", state.ExitLookup, 0x1004, 0, brz(ir.BrZ, ir.I64, 1<<32, 0)},
		{"brnz taken", state.ExitLookup, 0x2000, 0, brz(ir.BrNZ, ir.I64, 1<<32, 0)},
		{"brnz not", state.ExitLookup, 0x1004, 0, brz(ir.BrNZ, ir.I32, 1<<32, 0)},
		{"brbitz taken", state.ExitLookup, 0x2000, 0, brz(ir.BrBitZ, ir.I64, ^(1 << 40), 40)},
		{"brbitz not", state.ExitLookup, 0x1004, 0, brz(ir.BrBitZ, ir.I64, 1<<40, 40)},
		{"brbitnz taken", state.ExitLookup, 0x2000, 0, brz(ir.BrBitNZ, ir.I32, 1<<31, 31)},
		{"brbitnz not", state.ExitLookup, 0x1004, 0, brz(ir.BrBitNZ, ir.I32, 1<<30, 31)},
		{"brcond taken", state.ExitLookup, 0x2000, 0,
			[]ir.Inst{{Op: ir.FlagsConst, Type: ir.Flags, Imm: 4}, {Op: ir.BrCond, A: 2, Flags: uint8(ir.EQ)}}},
		{"brcond not", state.ExitLookup, 0x1004, 0,
			[]ir.Inst{{Op: ir.FlagsConst, Type: ir.Flags, Imm: 4}, {Op: ir.BrCond, A: 2, Flags: uint8(ir.NE)}}},
		{"checksp ok", state.ExitLookup, 0x2000, 0, []ir.Inst{{Op: ir.Const, Type: ir.I64, Imm: 16}, {Op: ir.CheckSP, A: 2, Imm: 0x1004}, br}},
		{"checksp", state.ExitSPAlign, 0x1004, 0, []ir.Inst{{Op: ir.Const, Type: ir.I64, Imm: 8}, {Op: ir.CheckSP, A: 2, Imm: 0x1004}, br}},
	} {
		c := newCPU()
		c.X[7] = 0x7770
		Run(region(t, tc.ins...), c, &flat{})
		if c.ExitReason != tc.reason || c.PC != tc.pc || c.ExitArg != tc.arg {
			t.Errorf("%s: reason %d PC %#x arg %#x, want %d %#x %#x", tc.name, c.ExitReason, c.PC, c.ExitArg, tc.reason, tc.pc, tc.arg)
		}
	}
}

// A loop of two blocks: x1 = sum of 1..x0.
func loop(t *testing.T) *ir.Region {
	r := &ir.Region{}
	r.Reset(0x1000, 0, 2)
	r.Emit(ir.Inst{Op: ir.Insn, Imm: 0x1000})
	r.Emit(x(1))
	r.Emit(x(0))
	r.Emit(ir.Inst{Op: ir.Add, Type: ir.I64, A: 2, B: 3})
	r.Emit(ir.Inst{Op: ir.PutX, A: 4, Aux: 1})
	r.Emit(br)
	r.Emit(ir.Inst{Op: ir.Insn, Imm: 0x1004})
	r.Emit(x(0))
	r.Emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: 1})
	r.Emit(ir.Inst{Op: ir.Sub, Type: ir.I64, A: 8, B: 9})
	r.Emit(ir.Inst{Op: ir.PutX, A: 10})
	r.Emit(ir.Inst{Op: ir.FlagsOf, Type: ir.Flags, A: 10})
	r.Emit(ir.Inst{Op: ir.PutFlags, A: 12})
	r.Emit(ir.Inst{Op: ir.BrCond, A: 12, Flags: uint8(ir.NE)})
	r.Blocks = append(r.Blocks,
		ir.Block{First: 1, End: 7, PC: 0x1000, EndPC: 0x1004, Succ: [2]ir.Target{{PC: 0x1004, Block: 1}}},
		ir.Block{First: 7, End: 15, PC: 0x1004, EndPC: 0x1008,
			Succ: [2]ir.Target{{PC: 0x1000, Block: 0}, {PC: 0x1008, Block: ir.External}}})
	if err := ir.Verify(r); err != nil {
		t.Fatal(err)
	}
	return r
}

func TestRunLoop(t *testing.T) {
	r := loop(t)
	c := newCPU()
	c.X[0] = 100
	Run(r, c, &flat{})
	if c.X[1] != 5050 || c.PC != 0x1008 || c.ExitReason != state.ExitLookup || state.UnpackNZCV(c.Flags) != 6 {
		t.Errorf("sum %d, PC %#x, reason %d, flags %04b", c.X[1], c.PC, c.ExitReason, state.UnpackNZCV(c.Flags))
	}
	c = newCPU()
	c.X[0], c.Stop = 100, 1
	Run(r, c, &flat{})
	if c.X[1] != 100 || c.PC != 0x1000 || c.ExitReason != state.ExitStop {
		t.Errorf("stopped: sum %d, PC %#x, reason %d", c.X[1], c.PC, c.ExitReason)
	}
	var i Runner
	if n := testing.AllocsPerRun(10, func() {
		c.X[0], c.Stop = 100, 0
		i.Run(r, c, nil)
	}); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}

func TestRunMemory(t *testing.T) {
	m := &flat{base: 0x8000, bytes: make([]byte, 256)}
	for i := range m.bytes {
		m.bytes[i] = byte(i)*3 + 0x80
	}
	c := newCPU()
	c.X[0], c.X[1] = 0x8000, 2
	Run(region(t, x(0), x(1),
		ir.Inst{Op: ir.Load, Type: ir.I64, Size: 1, A: 2, B: 3, Aux: 2, Imm: -4},
		ir.Inst{Op: ir.PutX, A: 4, Aux: 2},
		ir.Inst{Op: ir.Load, Type: ir.I64, Size: 1, A: 2, Flags: ir.MemSigned},
		ir.Inst{Op: ir.PutX, A: 6, Aux: 3},
		ir.Inst{Op: ir.Load, Type: ir.I32, Size: 0, A: 2, Flags: ir.MemSigned},
		ir.Inst{Op: ir.ZExt, Type: ir.I64, Size: 2, A: 8},
		ir.Inst{Op: ir.PutX, A: 9, Aux: 4},
		ir.Inst{Op: ir.Load, Type: ir.V128, Size: 4, A: 2, Imm: 1},
		ir.Inst{Op: ir.PutV, A: 11, Aux: 5},
		ir.Inst{Op: ir.Load, Type: ir.V128, Size: 2, A: 2, Imm: 1},
		ir.Inst{Op: ir.PutV, A: 13, Aux: 6},
		ir.Inst{Op: ir.Store, Type: ir.V128, Size: 4, A: 2, C: 11, Imm: 0x41, Flags: ir.MemRelease},
		ir.Inst{Op: ir.Store, Type: ir.I64, Size: 2, A: 2, C: 2, Imm: 0x61},
		x(0), ir.Inst{Op: ir.Const, Type: ir.I64, Imm: 0xff}, ir.Inst{Op: ir.Add, Type: ir.I64, A: 17, B: 18},
		ir.Inst{Op: ir.ZeroBlock, A: 19},
		br), c, m)
	if c.ExitReason != state.ExitLookup {
		t.Fatalf("reason %d, fault at %#x", c.ExitReason, c.FaultAddr)
	}
	le := binary.LittleEndian
	if w := uint64(le.Uint16([]byte{0x8c, 0x8f})); c.X[2] != w {
		t.Errorf("x2 = %#x, want %#x", c.X[2], w)
	}
	if c.X[3] != 0xffffffffffff8380 {
		t.Errorf("x3 = %#x", c.X[3])
	}
	if c.X[4] != 0xffffff80 {
		t.Errorf("x4 = %#x", c.X[4])
	}
	if want := (state.V{Lo: le.Uint64(m.bytes[1:]), Hi: le.Uint64(m.bytes[9:])}); c.V[5] != want || fromBytes(m.bytes[0x41:0x51]) != want {
		t.Errorf("v5 = %#x, want %#x", c.V[5], want)
	}
	if want := (state.V{Lo: uint64(le.Uint32(m.bytes[1:]))}); c.V[6] != want {
		t.Errorf("v6 = %#x, want %#x", c.V[6], want)
	}
	if le.Uint32(m.bytes[0x61:]) != 0x8000 || m.bytes[0x65] != byte((0x65*3+0x80)&0xff) {
		t.Errorf("store of 32 bits: % x", m.bytes[0x60:0x68])
	}
	for i := 0xc0; i < 0x100; i++ {
		if m.bytes[i] != 0 {
			t.Errorf("zeroblock left byte %#x", i)
		}
	}
	if m.bytes[0xbf] == 0 {
		t.Error("zeroblock cleared too much")
	}
}

func TestRunFaults(t *testing.T) {
	for _, tc := range []struct {
		name      string
		x0, sp    uint64
		sig, code uint64
		addr      uint64
		write     bool
		ins       []ir.Inst
	}{
		{"load", 0x9000, 0, 11, 1, 0x9008, false, []ir.Inst{x(0), {Op: ir.Load, Type: ir.I64, Size: 3, A: 2, Imm: 8}}},
		{"store", 0x9000, 0, 11, 1, 0x9008, true, []ir.Inst{x(0), {Op: ir.Store, Type: ir.I64, Size: 3, A: 2, C: 2, Imm: 8}}},
		{"atomic", 0x9000, 0, 11, 1, 0x9000, false, []ir.Inst{x(0), {Op: ir.AtomAdd, Type: ir.I64, Size: 3, A: 2, B: 2}}},
		{"sp load", 0x8000, 0x8008, 7, 1, 0x8008, false, []ir.Inst{x(31), {Op: ir.Load, Type: ir.I64, Size: 3, A: 2, Flags: ir.MemSP}}},
		{"sp fine", 0x8000, 0x8010, 0, 0, 0, false, []ir.Inst{x(31), {Op: ir.Load, Type: ir.I64, Size: 3, A: 2, Imm: 3, Flags: ir.MemSP}}},
		{"ordered", 0x8004, 0, 7, 1, 0x8004, false, []ir.Inst{x(0), {Op: ir.Load, Type: ir.I64, Size: 3, A: 2, Flags: ir.MemAlign | ir.MemAcquire}}},
		{"exclusive", 0x8002, 0, 7, 1, 0x8002, true, []ir.Inst{x(0), {Op: ir.StoreEx, Type: ir.I32, Size: 2, A: 2, B: 2}}},
		{"cas", 0x8002, 0, 7, 1, 0x8002, true, []ir.Inst{x(0), {Op: ir.Cas, Type: ir.I64, Size: 2, A: 2, B: 2, C: 2}}},
		{"zero", 0x9000, 0, 11, 1, 0x9000, true, []ir.Inst{x(0), {Op: ir.ZeroBlock, A: 2}}},
	} {
		c := newCPU()
		c.X[0], c.X[31], c.X[9] = tc.x0, tc.sp, 7
		m := &flat{base: 0x8000, bytes: make([]byte, 64)}
		ins := []ir.Inst{tc.ins[0]}
		ins = append(ins, tc.ins[1:]...)
		ins = append(ins, ir.Inst{Op: ir.PutX, A: 2, Aux: 9}, br)
		Run(region(t, ins...), c, m)
		if tc.sig == 0 {
			if c.ExitReason != state.ExitLookup {
				t.Errorf("%s: reason %d", tc.name, c.ExitReason)
			}
			continue
		}
		if c.ExitReason != state.ExitFault || c.PC != 0x1000 || c.FaultSig != tc.sig || c.FaultCode != tc.code ||
			c.FaultAddr != tc.addr || (c.FaultErr&faultWrite != 0) != tc.write {
			t.Errorf("%s: reason %d PC %#x signal %d code %d address %#x error %#x", tc.name,
				c.ExitReason, c.PC, c.FaultSig, c.FaultCode, c.FaultAddr, c.FaultErr)
		}
		if c.X[9] != 7 {
			t.Errorf("%s: executed past the fault", tc.name)
		}
	}
}

func TestAtomics(t *testing.T) {
	for _, tc := range []struct {
		op           ir.Op
		old, v, want uint64 // bytes
	}{
		{ir.AtomAdd, 0xfe, 0x103, 0x01},
		{ir.AtomClr, 0xff, 0x0f, 0xf0},
		{ir.AtomEor, 0xff, 0x0f, 0xf0},
		{ir.AtomSet, 0xf0, 0x01, 0xf1},
		{ir.AtomSMax, 0x80, 0x7f, 0x7f},
		{ir.AtomSMax, 0x7f, 0x80, 0x7f},
		{ir.AtomSMin, 0x80, 0x7f, 0x80},
		{ir.AtomSMin, 0x7f, 0x80, 0x80},
		{ir.AtomUMax, 0x80, 0x7f, 0x80},
		{ir.AtomUMax, 0x7f, 0x80, 0x80},
		{ir.AtomUMin, 0x80, 0x7f, 0x7f},
		{ir.AtomUMin, 0x7f, 0x80, 0x7f},
		{ir.AtomSwp, 0x12, 0xff34, 0x34},
	} {
		for size := uint8(0); size < 4; size++ {
			// The byte in the highest place, the value's bits above it in the wider register.
			shift := 8<<size - 8
			m := &flat{base: 0x8000, bytes: make([]byte, 16)}
			binary.LittleEndian.PutUint64(m.bytes, tc.old<<shift)
			m.bytes[1<<size] = 0xee
			c := newCPU()
			c.X[0], c.X[1] = 0x8000, tc.v<<shift
			typ := ir.I64
			Run(region(t, x(0), x(1), ir.Inst{Op: tc.op, Type: typ, Size: size, A: 2, B: 3}, ir.Inst{Op: ir.PutX, A: 4, Aux: 2}, br), c, m)
			if c.X[2] != tc.old<<shift {
				t.Errorf("%v size %d: gives %#x, want %#x", tc.op, size, c.X[2], tc.old<<shift)
			}
			if got := fromBytes(m.bytes[:1<<size]).Lo >> shift; got != tc.want {
				t.Errorf("%v size %d: stores %#x, want %#x", tc.op, size, got, tc.want)
			}
			if m.bytes[1<<size] != 0xee {
				t.Errorf("%v size %d: stores too much", tc.op, size)
			}
		}
	}
}

func TestCas(t *testing.T) {
	m := &flat{base: 0x8000, bytes: make([]byte, 32)}
	m.bytes[0], m.bytes[2], m.bytes[3] = 5, 8, 9
	cas := region(t, x(0), x(1), x(2), ir.Inst{Op: ir.Cas, Type: ir.I64, Size: 1, A: 2, B: 3, C: 4}, ir.Inst{Op: ir.PutX, A: 5, Aux: 3}, br)
	c := newCPU()
	c.X[0], c.X[1], c.X[2] = 0x8000, 0xffff0004, 0xffff0102
	Run(cas, c, m)
	if c.X[3] != 5 || m.bytes[0] != 5 {
		t.Errorf("failing cas: %d, memory %d", c.X[3], m.bytes[0])
	}
	c.X[1]++
	Run(cas, c, m)
	if c.X[3] != 5 || m.bytes[0] != 2 || m.bytes[1] != 1 || m.bytes[2] != 8 {
		t.Errorf("cas: %d, memory % x", c.X[3], m.bytes[:4])
	}
	casp := region(t, x(0), v(1), v(2), ir.Inst{Op: ir.CasP, Type: ir.V128, Size: 4, A: 2, B: 3, C: 4}, ir.Inst{Op: ir.PutV, A: 5, Aux: 3}, br)
	old := fromBytes(m.bytes[:16])
	c.V[1], c.V[2] = old, state.V{Lo: 77, Hi: 88}
	Run(casp, c, m)
	if c.V[3] != old || fromBytes(m.bytes[:16]) != c.V[2] {
		t.Errorf("casp: %v, memory % x", c.V[3], m.bytes[:16])
	}
}

func TestExclusive(t *testing.T) {
	m := &flat{base: 0x8000, bytes: make([]byte, 32)}
	m.bytes[0] = 5
	ld := func(size uint8) *ir.Region {
		return region(t, x(0), ir.Inst{Op: ir.LoadEx, Type: ir.I64, Size: size, A: 2}, ir.Inst{Op: ir.PutX, A: 3, Aux: 2}, br)
	}
	st := func(size uint8) *ir.Region {
		return region(t, x(0), x(1), ir.Inst{Op: ir.StoreEx, Type: ir.I32, Size: size, A: 2, B: 3},
			ir.Inst{Op: ir.ZExt, Type: ir.I64, Size: 2, A: 4}, ir.Inst{Op: ir.PutX, A: 5, Aux: 2}, br)
	}
	ldv := region(t, x(0), ir.Inst{Op: ir.LoadExV, Type: ir.V128, Size: 4, A: 2}, ir.Inst{Op: ir.PutV, A: 3, Aux: 2}, br)
	stv := region(t, x(0), v(1), ir.Inst{Op: ir.StoreExV, Type: ir.I32, Size: 4, A: 2, B: 3},
		ir.Inst{Op: ir.ZExt, Type: ir.I64, Size: 2, A: 4}, ir.Inst{Op: ir.PutX, A: 5, Aux: 2}, br)
	clrex := region(t, ir.Inst{Op: ir.ClearEx}, br)
	c := newCPU()
	c.X[0], c.X[1] = 0x8000, 0xff0a
	c.V[1] = state.V{Lo: 1, Hi: 2}
	run := func(rs ...*ir.Region) uint64 {
		c.ExSize = 0
		m.bytes[0] = 5
		for _, r := range rs {
			Run(r, c, m)
		}
		return c.X[2]
	}
	if s := run(ld(0), st(0)); s != 0 || m.bytes[0] != 10 {
		t.Errorf("pair: status %d, memory %d", s, m.bytes[0])
	}
	if s := run(ld(0), st(0), st(0)); s != 1 {
		t.Errorf("second store: status %d", s)
	}
	if s := run(st(0)); s != 1 || m.bytes[0] != 5 {
		t.Errorf("store alone: status %d", s)
	}
	if s := run(ld(0), clrex, st(0)); s != 1 || m.bytes[0] != 5 {
		t.Errorf("after clrex: status %d", s)
	}
	if s := run(ld(1), st(0)); s != 1 || m.bytes[0] != 5 {
		t.Errorf("other size: status %d", s)
	}
	run(ld(0))
	m.bytes[0] = 6
	if Run(st(0), c, m); c.X[2] != 1 || m.bytes[0] != 6 {
		t.Errorf("after a store by another: status %d", c.X[2])
	}
	run(ld(0))
	c.X[0]++
	if Run(st(0), c, m); c.X[2] != 1 {
		t.Errorf("other address: status %d", c.X[2])
	}
	c.X[0]--
	if s := run(ldv, stv); s != 0 || fromBytes(m.bytes[:16]) != c.V[1] {
		t.Errorf("pair of 128 bits: status %d, memory % x", s, m.bytes[:16])
	}
}
