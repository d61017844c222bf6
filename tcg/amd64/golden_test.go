package amd64

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"armature/tcg/ir"

	"golang.org/x/arch/x86/x86asm"
)

var updateGolden = flag.Bool("update.golden", false, "write testdata/golden.txt anew")

// listing disassembles integer code. What x/arch does not know (VEX) is shown as bytes, by the table's lengths.
func listing(code []byte, base uint64) (text string, insts int) {
	var s strings.Builder
	for off := 0; off < len(code); {
		in, err := x86asm.Decode(code[off:], 64)
		if n := vexLen(code[off:]); n > 0 {
			fmt.Fprintf(&s, "\t%x\n", code[off:off+n])
			off += n
			insts++
			continue
		}
		if err != nil {
			fmt.Fprintf(&s, "\t%x ?\n", code[off])
			off++
			continue
		}
		t := strings.ToLower(x86asm.IntelSyntax(in, base+uint64(off), nil))
		fmt.Fprintf(&s, "\t%s\n", strings.NewReplacer(" ptr [", " [", "ptr [", "[").Replace(t))
		off += in.Len
		insts++
	}
	return s.String(), insts
}

// vexLen is the length of a VEX-encoded instruction with ModRM, or 0.
func vexLen(b []byte) int {
	n, m := 0, byte(1)
	switch {
	case len(b) > 4 && b[0] == 0xc5:
		n = 3
	case len(b) > 5 && b[0] == 0xc4:
		n, m = 4, b[1]&31
	default:
		return 0
	}
	modrm := b[n]
	n++
	if modrm>>6 != 3 && modrm&7 == 4 {
		n++
	}
	switch modrm >> 6 {
	case 0:
		if modrm&7 == 5 {
			n += 4
		}
	case 1:
		n++
	case 2:
		n += 4
	}
	if m == 3 {
		n++
	}
	return n
}

// irBuilder helps to write IR by hand.
type irBuilder struct{ r ir.Region }

func (b *irBuilder) x(q uint32) ir.Ref { return b.r.Emit(ir.Inst{Op: ir.GetX, Type: ir.I64, Aux: q}) }
func (b *irBuilder) w(q uint32) ir.Ref {
	return b.r.Emit(ir.Inst{Op: ir.Trunc, Type: ir.I32, A: b.x(q)})
}
func (b *irBuilder) k(t ir.Type, x int64) ir.Ref {
	return b.r.Emit(ir.Inst{Op: ir.Const, Type: t, Imm: x})
}
func (b *irBuilder) op(op ir.Op, t ir.Type, a ...ir.Ref) ir.Ref {
	in := ir.Inst{Op: op, Type: t}
	for i, r := range a {
		*[...]*ir.Ref{&in.A, &in.B, &in.C}[i] = r
	}
	return b.r.Emit(in)
}
func (b *irBuilder) putx(q uint32, a ir.Ref) { b.r.Emit(ir.Inst{Op: ir.PutX, Aux: q, A: a}) }
func (b *irBuilder) putw(q uint32, a ir.Ref) {
	b.putx(q, b.r.Emit(ir.Inst{Op: ir.ZExt, Type: ir.I64, Size: 2, A: a}))
}
func (b *irBuilder) insn(i int) { b.r.Emit(ir.Inst{Op: ir.Insn, Imm: int64(b.r.PC) + 4*int64(i)}) }
func (b *irBuilder) load(t ir.Type, size uint8, a ir.Ref, disp int64) ir.Ref {
	return b.r.Emit(ir.Inst{Op: ir.Load, Type: t, Size: size, A: a, Imm: disp})
}
func (b *irBuilder) store(size uint8, a ir.Ref, disp int64, c ir.Ref) {
	b.r.Emit(ir.Inst{Op: ir.Store, Type: ir.I64, Size: size, A: a, C: c, Imm: disp})
}

// cmp is a comparison whose flags go to the guest too.
func (b *irBuilder) cmp(t ir.Type, x, y ir.Ref) ir.Ref {
	f := b.op(ir.FlagsOf, ir.Flags, b.op(ir.Sub, t, x, y))
	b.r.Emit(ir.Inst{Op: ir.PutFlags, A: f})
	return f
}
func (b *irBuilder) brcond(f ir.Ref, c ir.Cond) {
	b.r.Emit(ir.Inst{Op: ir.BrCond, A: f, Flags: uint8(c)})
}

// goldenCases are blocks whose code is kept in testdata/golden.txt, to the byte. Each ends at 0x1000 + 64.
var goldenCases = []struct {
	name string
	dead bool // NZCV is dead on both edges
	f    func(b *irBuilder)
}{
	{"add three registers", true, func(b *irBuilder) {
		b.putx(0, b.op(ir.Add, ir.I64, b.x(1), b.x(2)))
		b.op(ir.Br, ir.Void)
	}},
	{"add in place, 32 bits", true, func(b *irBuilder) {
		b.putw(0, b.op(ir.Add, ir.I32, b.w(0), b.k(ir.I32, 1)))
		b.op(ir.Br, ir.Void)
	}},
	{"add shifted", true, func(b *irBuilder) {
		b.putx(3, b.op(ir.Add, ir.I64, b.x(1), b.op(ir.Shl, ir.I64, b.x(2), b.k(ir.I64, 3))))
		b.op(ir.Br, ir.Void)
	}},
	{"register in memory, in place", true, func(b *irBuilder) {
		b.putx(9, b.op(ir.Add, ir.I64, b.x(9), b.k(ir.I64, 8)))
		b.op(ir.Br, ir.Void)
	}},
	{"load with post-index", true, func(b *irBuilder) {
		p := b.x(1)
		v := b.load(ir.I64, 3, p, 0)
		b.putx(0, v)
		b.putx(1, b.op(ir.Add, ir.I64, p, b.k(ir.I64, 8)))
		b.op(ir.Br, ir.Void)
	}},
	{"push a pair", true, func(b *irBuilder) {
		sp := b.x(31)
		b.store(3, sp, -32, b.x(29))
		b.store(3, sp, -24, b.x(30))
		b.putx(31, b.op(ir.Add, ir.I64, sp, b.k(ir.I64, -32)))
		b.op(ir.Br, ir.Void)
	}},
	{"compare and branch, flags dead", true, func(b *irBuilder) {
		b.brcond(b.cmp(ir.I64, b.x(0), b.x(1)), ir.HI)
	}},
	{"compare and branch, flags live", false, func(b *irBuilder) {
		b.brcond(b.cmp(ir.I64, b.x(0), b.k(ir.I64, 10)), ir.LT)
	}},
	{"compare, load, branch", true, func(b *irBuilder) {
		f := b.cmp(ir.I32, b.w(0), b.k(ir.I32, 7))
		b.insn(1)
		b.putx(2, b.load(ir.I64, 3, b.x(1), 16))
		b.brcond(f, ir.EQ)
	}},
	{"comparison, other arithmetic, branch", true, func(b *irBuilder) {
		f := b.cmp(ir.I64, b.x(0), b.x(1))
		b.putx(2, b.op(ir.Xor, ir.I64, b.x(2), b.x(3)))
		b.brcond(f, ir.GE)
	}},
	{"count down", true, func(b *irBuilder) {
		v := b.op(ir.Sub, ir.I64, b.x(0), b.k(ir.I64, 1))
		f := b.op(ir.FlagsOf, ir.Flags, v)
		b.putx(0, v)
		b.r.Emit(ir.Inst{Op: ir.PutFlags, A: f})
		b.putx(1, b.op(ir.Add, ir.I64, b.x(1), b.k(ir.I64, 8)))
		b.brcond(f, ir.NE)
	}},
	{"conditional comparison", true, func(b *irBuilder) {
		c := b.cmp(ir.I64, b.x(0), b.k(ir.I64, 0))
		a := b.op(ir.FlagsOf, ir.Flags, b.op(ir.Sub, ir.I64, b.x(1), b.x(2)))
		k := b.r.Emit(ir.Inst{Op: ir.FlagsConst, Type: ir.Flags, Imm: 4})
		s := b.r.Emit(ir.Inst{Op: ir.FlagsSel, Type: ir.Flags, Flags: uint8(ir.NE), A: a, B: k, C: c})
		b.r.Emit(ir.Inst{Op: ir.PutFlags, A: s})
		b.brcond(s, ir.EQ)
	}},
	{"conditional select and set", true, func(b *irBuilder) {
		f := b.op(ir.FlagsOf, ir.Flags, b.op(ir.Sub, ir.I64, b.x(0), b.x(1)))
		b.putx(2, b.r.Emit(ir.Inst{Op: ir.CSel, Type: ir.I64, A: b.x(0), B: b.x(1), C: f, Flags: uint8(ir.GT)}))
		b.putx(3, b.r.Emit(ir.Inst{Op: ir.CSet, Type: ir.I64, A: f, Flags: uint8(ir.CC)}))
		b.op(ir.Br, ir.Void)
	}},
	{"128-bit addition", true, func(b *irBuilder) {
		lo := b.op(ir.Add, ir.I64, b.x(0), b.x(2))
		f := b.op(ir.FlagsOf, ir.Flags, lo)
		b.putx(0, lo)
		b.putx(1, b.op(ir.Adc, ir.I64, b.x(1), b.x(3), f))
		b.op(ir.Br, ir.Void)
	}},
	{"full product", true, func(b *irBuilder) {
		x, y := b.x(0), b.x(1)
		b.putx(2, b.op(ir.Mul, ir.I64, x, y))
		b.putx(3, b.op(ir.UMulH, ir.I64, x, y))
		b.op(ir.Br, ir.Void)
	}},
	{"division", true, func(b *irBuilder) {
		b.putx(0, b.op(ir.UDiv, ir.I64, b.x(0), b.x(1)))
		b.putw(2, b.op(ir.SDiv, ir.I32, b.w(2), b.k(ir.I32, 10)))
		b.op(ir.Br, ir.Void)
	}},
	{"bit fields", true, func(b *irBuilder) {
		b.putx(0, b.r.Emit(ir.Inst{Op: ir.UBfx, Type: ir.I64, A: b.x(1), Aux: 8<<8 | 16}))
		b.putx(2, b.r.Emit(ir.Inst{Op: ir.SBfx, Type: ir.I64, A: b.x(3), Aux: 12<<8 | 4}))
		b.putx(19, b.r.Emit(ir.Inst{Op: ir.Bfi, Type: ir.I64, A: b.x(19), B: b.x(20), Aux: 8<<8 | 8}))
		b.op(ir.Br, ir.Void)
	}},
	{"variable shift", true, func(b *irBuilder) {
		b.putx(0, b.op(ir.Shl, ir.I64, b.x(1), b.x(2)))
		b.op(ir.Br, ir.Void)
	}},
	{"trailing zeros", true, func(b *irBuilder) {
		b.putx(0, b.op(ir.Clz, ir.I64, b.op(ir.RBit, ir.I64, b.x(1))))
		b.op(ir.Br, ir.Void)
	}},
	{"load-acquire and store-release", true, func(b *irBuilder) {
		p := b.x(0)
		b.putx(1, b.r.Emit(ir.Inst{Op: ir.Load, Type: ir.I64, Size: 3, A: p, Flags: ir.MemAcquire | ir.MemAlign}))
		b.insn(1)
		b.r.Emit(ir.Inst{Op: ir.Store, Type: ir.I64, Size: 3, A: p, C: b.x(2), Flags: ir.MemRelease | ir.MemAlign})
		b.op(ir.Br, ir.Void)
	}},
	{"atomic add", true, func(b *irBuilder) {
		b.putw(0, b.r.Emit(ir.Inst{Op: ir.AtomAdd, Type: ir.I32, Size: 2, A: b.x(1), B: b.w(2)}))
		b.op(ir.Br, ir.Void)
	}},
	{"branch on a bit", true, func(b *irBuilder) {
		b.r.Emit(ir.Inst{Op: ir.BrBitNZ, Type: ir.I64, A: b.x(0), Aux: 3})
	}},
	{"call", true, func(b *irBuilder) {
		b.putx(30, b.k(ir.I64, 0x1004))
		b.op(ir.Call, ir.Void)
	}},
	{"return", true, func(b *irBuilder) {
		b.op(ir.Ret, ir.Void, b.x(30))
	}},
	{"indirect jump", true, func(b *irBuilder) {
		b.op(ir.JmpInd, ir.Void, b.x(16))
	}},
	{"slow path", true, func(b *irBuilder) {
		v := b.r.Emit(ir.Inst{Op: ir.GetV, Type: ir.V128, Aux: 0})
		b.r.Emit(ir.Inst{Op: ir.PutV, Aux: 1, A: b.op(ir.SHA512SU0, ir.V128, v, v)})
		b.op(ir.Br, ir.Void)
	}},
	{"system call", true, func(b *irBuilder) {
		b.r.Emit(ir.Inst{Op: ir.Exit, Aux: 3})
	}},
}

// TestGolden compares the code for some blocks, at V2 and V3, with what it was.
func TestGolden(t *testing.T) {
	stubs := Stubs{Chain: 0x8000, Lookup: 0x8100, Helper: 0x8200, Exit: 0x8300, Misaligned: 0x8400, stop: 0x8500,
		stopAt: 0x8600, hotAt: 0x8700}
	var got strings.Builder
	buf := make([]byte, 4096)
	for _, l := range []Level{V2, V3} {
		c := NewCompiler(Features{Level: l}, stubs)
		for _, g := range goldenCases {
			b := &irBuilder{}
			b.r.Reset(0x1000, 0, 1)
			b.insn(0)
			g.f(b)
			b.r.Blocks = append(b.r.Blocks, ir.Block{First: 1, End: int32(len(b.r.Insts)), PC: 0x1000, EndPC: 0x1040,
				Succ: [2]ir.Target{{PC: 0x2000, Block: ir.External}, {PC: 0x1040, Block: ir.External}}, FlagsDead: [2]bool{g.dead, g.dead}})
			if err := ir.Verify(&b.r); err != nil {
				t.Fatalf("%s: %v", g.name, err)
			}
			var out Code
			if err := c.Compile(&b.r, buf, 0x10000, &out); err != nil {
				t.Fatalf("%s: %v", g.name, err)
			}
			text, n := listing(buf[:out.Text], 0x10000)
			fmt.Fprintf(&got, "%s, %v: %d instructions, %d bytes, %d far\n%s\n", g.name, l, n, out.Size, out.Far, text)
		}
	}
	const file = "testdata/golden.txt"
	if *updateGolden {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got.String()), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	a, b := strings.Split(string(want), "\n\n"), strings.Split(got.String(), "\n\n")
	for i := range max(len(a), len(b)) {
		switch {
		case i >= len(a):
			t.Errorf("new:\n%s", b[i])
		case i >= len(b):
			t.Errorf("missing:\n%s", a[i])
		case a[i] != b[i]:
			t.Errorf("got:\n%s\nwant:\n%s", b[i], a[i])
		}
	}
}
