package amd64

import (
	"encoding/binary"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"sync"
	"syscall"
	"testing"
	"unsafe"

	"armature/tcg/amd64/asm"
	"armature/tcg/interp"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// The vector and floating-point lowerings against the interpreter: every operation with every size and shape that the
// verifier takes, at every level that this machine has, with operands and results in homes and in memory, shared
// and not, on random and on special values; and what still takes the slow path is listed.

// machine runs translated code without package cpu.
type machine struct {
	mem   []byte // writable and executable: trampoline, stubs, code
	cpu   *state.CPU
	rbp   uintptr
	stubs Stubs
	code  int // offset of the code in mem
	enter func(rbp, stub, code, rsp uintptr)
}

const jitStack = 64 << 10

func newMachine(t testing.TB) *machine {
	t.Helper()
	mem, err := syscall.Mmap(-1, 0, 1<<20, syscall.PROT_READ|syscall.PROT_WRITE|syscall.PROT_EXEC, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	data, err := syscall.Mmap(-1, 0, int(state.Size)+jitStack, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(mem); syscall.Munmap(data) })
	m := &machine{mem: mem, cpu: (*state.CPU)(unsafe.Pointer(&data[jitStack]))}
	m.cpu.Init()
	m.rbp = uintptr(unsafe.Pointer(m.cpu)) + state.Bias
	base := uintptr(unsafe.Pointer(&mem[0]))

	// The trampoline has the arguments in RAX, RBX, RCX and RDI, as a Go function has, and keeps RBP, R14 and X15.
	var a asm.Asm
	a.Reset(mem[:256], base)
	off := func(f uintptr) asm.Mem { return asm.B(asm.RBP, int32(f)-state.Bias) }
	inner := a.NewLabel()
	a.Push(asm.RBP)
	a.Push(asm.R14)
	a.RI(asm.SUB, 8, asm.RSP, 16)
	a.M(asm.STMXCSR, 4, asm.B(asm.RSP, 0))
	a.RR(asm.MOV, 8, asm.RBP, asm.RAX)
	a.Call(inner)
	a.M(asm.LDMXCSR, 4, asm.B(asm.RSP, 0))
	a.RI(asm.ADD, 8, asm.RSP, 16)
	a.Pop(asm.R14)
	a.Pop(asm.RBP)
	a.S2(asm.XORPS, asm.XMM15, asm.XMM15)
	a.N(asm.RET)
	a.Bind(inner)
	a.MR(asm.MOV, 8, off(unsafe.Offsetof(state.CPU{}.HostSP)), asm.RSP)
	a.M(asm.LDMXCSR, 4, off(unsafe.Offsetof(state.CPU{}.MXCSR)))
	a.RR(asm.MOV, 8, asm.RDX, asm.RBX)
	a.RR(asm.MOV, 8, asm.RAX, asm.RCX)
	a.RR(asm.MOV, 8, asm.RSP, asm.RDI)
	a.JmpR(asm.RDX)
	if s := a.Finish(); s != asm.OK {
		t.Fatal(s)
	}
	entry := &struct{ pc uintptr }{base}
	m.enter = *(*func(_, _, _, _ uintptr))(unsafe.Pointer(&entry))
	n, s := EmitStubs(mem[256:16<<10], uint64(base)+256)
	if n == 0 {
		t.Fatal("stubs do not fit")
	}
	m.stubs, m.code = s, 16<<10
	m.cpu.JITStack = uint64(m.rbp) - state.Bias - 256
	*(*uint64)(unsafe.Pointer(&data[jitStack-256])) = s.Sentinel
	return m
}

func (m *machine) compile(c *Compiler, r *ir.Region, out *Code) error {
	return c.Compile(r, m.mem[m.code:], uint64(uintptr(unsafe.Pointer(&m.mem[m.code]))), out)
}

// run runs the code that was compiled last until it leaves, and counts its slow paths.
func (m *machine) run(out *Code) (slow int) {
	s := m.cpu
	s.ExitReason = state.ExitNone
	m.enter(m.rbp, uintptr(m.stubs.Enter), uintptr(unsafe.Pointer(&m.mem[m.code]))+uintptr(out.Entry), uintptr(s.JITStack))
	for s.ExitReason == state.ExitHelper {
		slow++
		interp.Eval(*(**ir.Inst)(unsafe.Pointer(&s.HelperOp)), s)
		m.enter(m.rbp, uintptr(m.stubs.Resume), 0, uintptr(s.Save.GPR[4]))
	}
	return slow
}

// host gives the features of this machine and what remains of them at each level, also without the extensions that no
// level implies.
func levels(t testing.TB) (names []string, fs []Features) {
	f, ok := Host()
	if !ok {
		t.Fatal("below x86-64-v2")
	}
	for l := V2; l <= f.Level; l++ {
		names, fs = append(names, l.String()), append(fs, f.At(l))
	}
	plain := Features{Level: f.Level}
	return append(names, "plain "+f.Level.String(), "plain v3"), append(fs, plain, Features{Level: min(V3, f.Level)})
}

// variants gives the instructions of an operation to be tried: every size, shape and auxiliary value that the
// verifier takes, or some of them where there are many. Operand references are put in later.
func variants(op ir.Op) (ins []ir.Inst) {
	info := op.Info()
	types := []ir.Type{ir.V128}
	switch info.Result {
	case "=":
		types = []ir.Type{ir.I32, ir.I64}
	case "w":
		types = []ir.Type{ir.I32}
	case "f":
		types = []ir.Type{ir.Flags}
	}
	auxes, imms := []uint32{0}, []int64{0}
	switch op {
	case ir.XFromV, ir.XFromVS, ir.VInsX, ir.VDupL, ir.VExt:
		auxes = upTo(15)
	case ir.VInsL:
		auxes = nil
		for i := range uint32(16) {
			auxes = append(auxes, i, i<<8, i|i<<8, i|(15-i)<<8, i|1<<8, i|2<<8)
		}
	case ir.VShlI, ir.VSliI, ir.VSQShlI, ir.VUQShlI, ir.VSQShluI, ir.VSShrI, ir.VUShrI, ir.VSRShrI, ir.VURShrI, ir.VSriI,
		ir.VXtn, ir.VRShrn, ir.VSQXtn, ir.VUQXtn, ir.VSQXtun, ir.VSQRShrn, ir.VUQRShrn, ir.VSQRShrun, ir.VXar:
		auxes = upTo(64)
	case ir.GetSys, ir.PutSys:
		auxes, types = []uint32{ir.SysFPSR}, []ir.Type{ir.I64}
	case ir.VTbx:
		auxes = []uint32{0, 16, 32, 48}
	case ir.FRInt:
		for _, a := range upTo(ir.RoundCur) {
			auxes = append(auxes, a, a|ir.RoundExact)
		}
	case ir.FToS, ir.FToU, ir.FToSX, ir.FToUX:
		auxes, imms = upTo(ir.RoundCur), []int64{0, 5}
	case ir.FFromS, ir.FFromU:
		imms = []int64{0, 1, 16, 32}
	case ir.FFromSX, ir.FFromUX:
		auxes, imms = []uint32{2, 3}, []int64{0, 1, 32}
	case ir.FCvt:
		auxes = upTo(3)
	case ir.FCAdd, ir.FCMla, ir.BFMlal, ir.VDeint3, ir.VInt3, ir.FRInt32, ir.FRInt64:
		auxes = upTo(5)
	case ir.VConst:
		imms = []int64{0, -1, 0x0123456789abcdef, 0xff, -256}
	}
	for _, ty := range types {
		for size := range uint8(4) {
			for _, shape := range []uint8{ir.ShapeQ, ir.ShapeD, ir.ShapeS, ir.ShapeHi, ir.ShapeHi | ir.ShapeD, ir.ShapeHi | ir.ShapeS} {
				for _, aux := range auxes {
					for _, imm := range imms {
						ins = append(ins, ir.Inst{Op: op, Type: ty, Size: size, Shape: shape, Aux: aux, Imm: imm})
					}
				}
			}
		}
	}
	return ins
}

func upTo(n uint32) (s []uint32) {
	for i := range n + 1 {
		s = append(s, i)
	}
	return
}

// Guest registers of a case. Homes are V0..V10 and V16, and some of X.
type situation struct {
	name       string
	a, b, c, d uint8 // operands and result
	busy       bool  // all temporaries hold values that are used later
	clean      uint8 // operands that are known to be zero beyond 64 bits, or beyond the lane: A is 1, B 2, C 4
}

var situations = []situation{
	{name: "homes", a: 0, b: 1, c: 2, d: 3},
	{name: "memory", a: 20, b: 21, c: 22, d: 23},
	{name: "into A", a: 0, b: 21, c: 2, d: 0},
	{name: "into B", a: 20, b: 1, c: 22, d: 1},
	{name: "into C", a: 0, b: 1, c: 2, d: 2},
	{name: "A is B", a: 4, b: 4, c: 1, d: 4},
	{name: "all one", a: 5, b: 5, c: 5, d: 5},
	{name: "B is C in memory", a: 1, b: 25, c: 25, d: 1},
	{name: "busy", a: 20, b: 21, c: 22, d: 3, busy: true},
	{name: "busy, into A", a: 8, b: 21, c: 8, d: 8, busy: true},
	{name: "clean", a: 0, b: 21, c: 2, d: 0, clean: 7},
	{name: "clean, into C", a: 0, b: 1, c: 2, d: 2, clean: 7},
	{name: "clean A, into C", a: 0, b: 1, c: 2, d: 2, clean: 1},
	{name: "clean A, into A", a: 0, b: 21, c: 2, d: 0, clean: 1},
	{name: "clean B, into C", a: 20, b: 1, c: 2, d: 2, clean: 2},
	{name: "clean B, into A", a: 0, b: 1, c: 22, d: 0, clean: 2},
	{name: "clean C", a: 0, b: 1, c: 22, d: 24, clean: 4},
}

// buildCase makes the region of a case. sinks are guest registers that get values which were alive over the operation.
func buildCase(r *ir.Region, in ir.Inst, s *situation) (ref ir.Ref) {
	r.Reset(0x1000, 0, 1)
	first := int32(len(r.Insts))
	info := in.Op.Info()
	var alive [4]ir.Ref
	if s.busy {
		for i := range alive {
			x := r.Emit(ir.Inst{Op: ir.GetV, Type: ir.V128, Aux: uint32(26 + i)})
			alive[i] = r.Emit(ir.Inst{Op: ir.VNot, Type: ir.V128, A: x})
		}
	}
	operand := func(kind byte, i int) ir.Ref {
		q := [3]uint8{s.a, s.b, s.c}[i]
		switch kind {
		case 'v':
			x := r.Emit(ir.Inst{Op: ir.GetV, Type: ir.V128, Aux: uint32(q)})
			if s.clean>>i&1 != 0 {
				sh := ir.ShapeD
				size := uint8(3)
				if in.Shape&ir.ShapeMask == ir.ShapeS {
					sh, size = ir.ShapeS, in.Size
				}
				x = r.Emit(ir.Inst{Op: ir.VMov, Type: ir.V128, Size: size, Shape: sh, A: x})
				r.Emit(ir.Inst{Op: ir.PutV, A: x, Aux: uint32(q)})
			}
			return x
		case 'f':
			return r.Emit(ir.Inst{Op: ir.GetFlags, Type: ir.Flags})
		}
		x := r.Emit(ir.Inst{Op: ir.GetX, Type: ir.I64, Aux: uint32(q)})
		if kind == 'w' || kind == 'i' && in.Type == ir.I32 || (in.Op == ir.FFromSX || in.Op == ir.FFromUX) && in.Aux == 2 {
			x = r.Emit(ir.Inst{Op: ir.Trunc, Type: ir.I32, A: x})
		}
		return x
	}
	for i, kind := range []byte(info.Args) {
		ref := operand(kind, i)
		*[3]*ir.Ref{&in.A, &in.B, &in.C}[i] = ref
	}
	ref = r.Emit(in)
	switch {
	case info.Result == "":
	case in.Type == ir.V128:
		r.Emit(ir.Inst{Op: ir.PutV, A: ref, Aux: uint32(s.d)})
	case in.Type == ir.Flags:
		r.Emit(ir.Inst{Op: ir.PutFlags, A: ref})
	case in.Type == ir.I32:
		x := r.Emit(ir.Inst{Op: ir.ZExt, Type: ir.I64, Size: 2, A: ref})
		r.Emit(ir.Inst{Op: ir.PutX, A: x, Aux: uint32(s.d)})
	default:
		r.Emit(ir.Inst{Op: ir.PutX, A: ref, Aux: uint32(s.d)})
	}
	if s.busy {
		for i, x := range alive {
			r.Emit(ir.Inst{Op: ir.PutV, A: x, Aux: uint32(26 + i)})
		}
	}
	r.Emit(ir.Inst{Op: ir.Exit, Aux: state.ExitBreak})
	r.Blocks = append(r.Blocks[:0], ir.Block{First: first, End: int32(len(r.Insts)), PC: r.PC, EndPC: r.PC + 4,
		Succ: [2]ir.Target{{PC: 0x2000, Block: ir.External}}})
	return ref
}

var special = [4][]uint64{
	{0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x40, 8, 0xf8, 7},
	{0, 0x8000, 1, 0x8001, 0x03ff, 0x0400, 0x8400, 0x3c00, 0xbc00, 0x3800, 0x7bff, 0xfbff, 0x7c00, 0xfc00, 0x7e00, 0xfe00, 0x7c01, 0xfd55,
		0x7fff, 0xffff, 0x4248, 0x0100, 0x00ff, 0x0080, 0xff80},
	{0, 0x80000000, 1, 0x80000001, 0x007fffff, 0x00800000, 0x80800000, 0x3f800000, 0xbf800000, 0x3f000000, 0xbf000000, 0x3effffff, 0x3fc00000,
		0x40200000, 0xc0200000, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fc12345, 0x7f800001, 0xff812345,
		0x7fffffff, 0xffffffff, 0x4b000000, 0x4b000001, 0x4effffff, 0x4f000000, 0xcf000000, 0xcf000001, 0x4f7fffff, 0x4f800000, 0x5f000000,
		0x5f7fffff, 0x5f800000, 0x33800000, 0x477fe000, 0x477ff000, 0x38800000, 0x0000ffff, 0x00010000, 0xffff8000},
	{0, 1 << 63, 1, 1<<63 | 1, 0x000fffffffffffff, 0x0010000000000000, 0x8010000000000000, 0x3ff0000000000000, 0xbff0000000000000,
		0x3fe0000000000000, 0xbfe0000000000000, 0x3fdfffffffffffff, 0x3ff8000000000000, 0x4004000000000000, 0xc004000000000000,
		0x7fefffffffffffff, 0xffefffffffffffff, 0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000000,
		0x7ff8000012345678, 0x7ff0000000000001, 0xfff4000000001234, 0x7fffffffffffffff, 0xffffffffffffffff, 0x4330000000000000,
		0x4330000000000001, 0x433fffffffffffff, 0x41dfffffffc00000, 0x41e0000000000000, 0x41dfffffffe00000, 0xc1e0000000000000, 0xc1e0000000200000,
		0x41efffffffe00000, 0x41f0000000000000, 0x43dfffffffffffff, 0x43e0000000000000, 0xc3e0000000000000, 0x43efffffffffffff,
		0x43f0000000000000, 0x47efffffe0000000, 0x47effffff0000000, 0x3810000000000000, 0x380fffffffffffff, 0x36a0000000000000},
}

// value draws a vector: lanes of one size, each special, random, or near another.
func value(rng *rand.Rand, size uint8) (v state.V) {
	mode := rng.UintN(8)
	if mode == 0 {
		return state.V{Lo: rng.Uint64(), Hi: rng.Uint64()}
	}
	width := uint(8) << size
	for i := uint(0); i < 128; i += width {
		var x uint64
		switch k := rng.UintN(8); {
		case k < 4 || mode == 1:
			x = special[size][rng.IntN(len(special[size]))]
		case k == 4 && size > 0: // a small number, with a fraction
			f := float64(rng.IntN(2000)-1000) / float64(int(1)<<rng.UintN(5))
			switch size {
			case 3:
				x = math.Float64bits(f)
			case 2:
				x = uint64(math.Float32bits(float32(f)))
			default:
				x = uint64(rng.IntN(65536))
			}
		case k == 5:
			x = uint64(rng.IntN(256)) - 128
		default:
			x = rng.Uint64()
		}
		if mode == 2 && size >= 2 { // no NaNs: ordinary numbers
			if size == 3 {
				x = x&0x800fffffffffffff | uint64(0x3f0+rng.UintN(32))<<52
			} else {
				x = x&0x807fffff | uint64(0x70+rng.UintN(32))<<23
			}
		}
		if width < 64 {
			x &= 1<<width - 1
		}
		if i < 64 {
			v.Lo |= x << i
		} else {
			v.Hi |= x << (i - 64)
		}
	}
	return v
}

const poolSize = 1 << 14

// pool has values by lane size, as drawing them takes longer than what they are for.
var pool = sync.OnceValue(func() *[4][poolSize]state.V {
	p := new([4][poolSize]state.V)
	rng := rand.New(rand.NewPCG(2, 3))
	for size := range p {
		for i := range p[size] {
			p[size][i] = value(rng, uint8(size))
		}
	}
	return p
})

// laneSize is the lane size for which the values of an operation's operands are special.
func laneSize(in *ir.Inst, rng *rand.Rand) uint8 {
	size := in.Size
	switch {
	case in.Op >= ir.VXtn && in.Op <= ir.VRSubHN, in.Op == ir.FCvtN, in.Op == ir.FCvtXN, in.Op == ir.BFCvtN:
		size++
	case in.Op == ir.VSDot || in.Op == ir.VUDot:
		size = uint8(rng.UintN(3))
	}
	if rng.UintN(8) == 0 {
		size = uint8(rng.UintN(4))
	}
	return size & 3
}

// inline tells whether the last compilation has lowered instruction ref other than by a call of the slow path in line.
func (c *Compiler) inline(ref ir.Ref) bool {
	if !slices.ContainsFunc(c.g.helps, func(h helpRec) bool { return h.ref == ref }) {
		return true
	}
	return slices.ContainsFunc(c.g.colds, func(x cold) bool { return x.kind == coldHelper && x.ref == ref })
}

type vecCase struct {
	m            *machine
	c            *Compiler
	rng          *rand.Rand
	r            ir.Region
	out          Code
	ref          ir.Ref
	run          interp.Runner
	want, before *state.CPU
}

func newCase(m *machine, f Features, seed uint64) *vecCase {
	return &vecCase{m: m, c: NewCompiler(f, m.stubs), rng: rand.New(rand.NewPCG(1, seed)), want: new(state.CPU), before: new(state.CPU)}
}

// copyCPU copies all but the jump cache and what follows it.
func copyCPU(to, from *state.CPU) {
	const n = unsafe.Offsetof(state.CPU{}.JumpCache)
	copy((*[n]byte)(unsafe.Pointer(to))[:], (*[n]byte)(unsafe.Pointer(from))[:])
}

func (v *vecCase) try(t *testing.T, in ir.Inst, s *situation) (inline, ok bool) {
	v.ref = buildCase(&v.r, in, s)
	if ir.Verify(&v.r) != nil {
		return false, false
	}
	if err := v.m.compile(v.c, &v.r, &v.out); err != nil {
		t.Errorf("%v, %s: %v\n%s", v.r.FormatInst(v.ref), s.name, err, v.c.g.feat.Level)
		return false, true
	}
	return v.c.inline(v.ref), true
}

// check runs the region that try has compiled on one draw of operands, and the interpreter on the same.
func (v *vecCase) check(t *testing.T, s *situation) bool {
	in := &v.r.Insts[v.ref]
	cpu, rng := v.m.cpu, v.rng
	cpu.SetFPCR(rng.Uint32() & (state.FPCRRMode | state.FPCRDN) * uint32(rng.UintN(2)))
	cpu.SetFPSR(0)
	if rng.UintN(4) == 0 {
		cpu.SetFPSR(rng.Uint32())
		cpu.MXCSR |= rng.Uint32() & mxcsrSticky
	}
	cpu.Flags = state.PackNZCV(rng.Uint32() & 15)
	size := laneSize(in, rng)
	values := pool()
	for i := range cpu.V {
		cpu.V[i] = values[size][rng.Uint64()%poolSize]
		cpu.X[i] = values[3][rng.Uint64()%poolSize].Lo
	}
	if s.clean != 0 || in.Op == ir.VTbl || in.Op == ir.VTbx {
		cpu.V[s.b].Lo &= 0x3f1f3f1f3f1f3f1f | -uint64(rng.UintN(2))
	}
	copyCPU(v.want, cpu)
	copyCPU(v.before, cpu)
	v.run.Run(&v.r, v.want, nil)
	before, want := v.before, v.want
	v.m.run(&v.out)
	bad := ""
	for i := range cpu.V {
		if cpu.V[i] != want.V[i] {
			bad += fmt.Sprintf("  V%d = %016x_%016x, want %016x_%016x\n", i, cpu.V[i].Hi, cpu.V[i].Lo, want.V[i].Hi, want.V[i].Lo)
		}
		if cpu.X[i] != want.X[i] {
			bad += fmt.Sprintf("  X%d = %#x, want %#x\n", i, cpu.X[i], want.X[i])
		}
	}
	got, exp := cpu.GetFPSR(), want.GetFPSR()
	if got&^state.FPSRUFC == exp&^state.FPSRUFC && exp&state.FPSRUFC != 0 && roundedUp(&cpu.V[s.d], in) {
		got |= state.FPSRUFC // the known deviation
	}
	if in.Op == ir.FJcvtZ {
		exp = got // it raises again what the FJcvt beside it has raised
	}
	if got != exp {
		bad += fmt.Sprintf("  FPSR = %#x, want %#x\n", got, exp)
	}
	if in.Type == ir.Flags && state.UnpackNZCV(cpu.Flags) != state.UnpackNZCV(want.Flags) {
		bad += fmt.Sprintf("  NZCV = %x, want %x\n", state.UnpackNZCV(cpu.Flags), state.UnpackNZCV(want.Flags))
	}
	if bad == "" {
		return true
	}
	text := ""
	for i, q := range [3]uint8{s.a, s.b, s.c} {
		text += fmt.Sprintf("  %c: V%d = %016x_%016x, X%d = %#x\n", 'A'+i, q, before.V[q].Hi, before.V[q].Lo, q, before.X[q])
	}
	t.Errorf("%v size %d shape %d aux %#x imm %d, %v, %s, FPCR %#x, into %d\n%s%s%s", in.Op, in.Size, in.Shape, in.Aux, in.Imm,
		v.c.g.feat, s.name, before.FPCR, s.d, text, bad, v.dump())
	return false
}

func (v *vecCase) dump() string {
	return fmt.Sprintf("  % x\n", v.m.mem[v.m.code:v.m.code+v.out.Text])
}

// roundedUp tells whether a lane of the result is the least normal number, where x86 does not see the underflow.
func roundedUp(v *state.V, in *ir.Inst) bool {
	size := in.Size
	if in.Op == ir.FCvt {
		size = uint8(in.Aux)
	}
	var b [16]byte
	binary.LittleEndian.PutUint64(b[:], v.Lo)
	binary.LittleEndian.PutUint64(b[8:], v.Hi)
	for i := 0; i < 16; i += 1 << size {
		switch size {
		case 1:
			if binary.LittleEndian.Uint16(b[i:])&0x7fff == 0x0400 {
				return true
			}
		case 2:
			if binary.LittleEndian.Uint32(b[i:])&0x7fffffff == 0x00800000 {
				return true
			}
		case 3:
			if binary.LittleEndian.Uint64(b[i:])&^(1<<63) == 1<<52 {
				return true
			}
		}
	}
	return false
}

// vecOps are the operations on vectors, and those on FPSR.
func vecOps() (ops []ir.Op) {
	ops = append(ops, ir.GetSys, ir.PutSys)
	for op := ir.VFromX; op < ir.NumOps; op++ {
		ops = append(ops, op)
	}
	return
}

// TestVector tries everything.
func TestVector(t *testing.T) {
	draws := 8
	if testing.Short() {
		draws = 3
	}
	names, feats := levels(t)
	m := newMachine(t)
	for i, f := range feats {
		t.Run(names[i], func(t *testing.T) {
			v := newCase(m, f, uint64(i))
			failed := 0
			for _, op := range vecOps() {
				bad := false
				for _, in := range variants(op) {
					for k := range situations {
						s := &situations[k]
						inline, ok := v.try(t, in, s)
						if !ok {
							break
						}
						n := draws
						if !inline {
							n = 1
						}
						for ; n > 0 && !bad; n-- {
							bad = !v.check(t, s)
						}
					}
					if bad {
						break
					}
				}
				if bad {
					if failed++; failed > 20 {
						t.Fatal("too many")
					}
				}
			}
		})
	}
}

// TestEstimates tries all fractions that make a difference to FRECPE and FRSQRTE, with many exponents.
func TestEstimates(t *testing.T) {
	names, feats := levels(t)
	m := newMachine(t)
	for i, f := range feats {
		for _, op := range []ir.Op{ir.FRecpe, ir.FRsqrte} {
			v := newCase(m, f, 0)
			if _, ok := v.try(t, ir.Inst{Op: op, Type: ir.V128, Size: 2}, &situations[0]); !ok {
				t.Fatal("not an operation")
			}
			m.cpu.SetFPCR(0)
			for x := range uint64(1 << 16) { // exponent, eight bits of the fraction
				lo := x<<15 | x<<15<<32 | 0x7fff<<32
				m.cpu.V[0] = state.V{Lo: lo, Hi: lo ^ (1<<31|1<<63)&-(x&1)}
				copyCPU(v.want, m.cpu)
				v.run.Run(&v.r, v.want, nil)
				m.run(&v.out)
				if m.cpu.V[3] != v.want.V[3] {
					t.Fatalf("%s: %v of %x: %x, want %x", names[i], op, m.cpu.V[0], m.cpu.V[3], v.want.V[3])
				}
			}
		}
	}
}

// TestVectorNoAllocation: a compilation reuses its buffers.
func TestVectorNoAllocation(t *testing.T) {
	m := newMachine(t)
	for _, f := range models {
		v := newCase(m, f, 0)
		for _, op := range vecOps() {
			for i, in := range variants(op) {
				if i%7 != 0 && i > 40 {
					continue
				}
				if _, ok := v.try(t, in, &situations[8]); !ok {
					continue
				}
				if n := testing.AllocsPerRun(2, func() { m.compile(v.c, &v.r, &v.out) }); n != 0 {
					t.Fatalf("%v at %v: %v allocations", op, f.Level, n)
				}
			}
		}
	}
}

// BenchmarkVectorCompile compiles regions of one vector operation each, with its operands and its exit.
func BenchmarkVectorCompile(b *testing.B) {
	m := newMachine(b)
	for _, f := range models {
		b.Run(f.Level.String(), func(b *testing.B) {
			v := newCase(m, f, 0)
			var regions []*ir.Region
			for _, op := range vecOps() {
				for _, in := range variants(op) {
					r := new(ir.Region)
					if buildCase(r, in, &situations[0]); ir.Verify(r) == nil {
						regions = append(regions, r)
						break
					}
				}
			}
			b.ReportAllocs()
			for i := 0; b.Loop(); i++ {
				m.compile(v.c, regions[i%len(regions)], &v.out)
			}
		})
	}
}
