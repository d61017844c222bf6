package amd64

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"unsafe"

	"armature/tcg/interp"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Random regions against the interpreter: integers, flags, guest registers and control flow, in shapes that no front
// end makes too, at every level.

// irGen draws random regions.
type irGen struct {
	r    *rand.Rand
	reg  ir.Region
	vals [5][]ir.Ref // of the current block, by type
}

func (x *irGen) n(n int) int { return x.r.IntN(n) }

func (x *irGen) imm() int64 {
	switch x.n(6) {
	case 0:
		return int64(x.n(8))
	case 1:
		return -int64(x.n(300))
	case 2:
		return int64(1) << x.n(64)
	case 3:
		return int64(1)<<x.n(64) - 1
	case 4:
		return int64(int32(x.r.Uint32()))
	}
	return int64(x.r.Uint64())
}

// xreg draws a guest register but for the loop counter.
func (x *irGen) xreg() uint32 {
	for {
		if q := uint32(x.n(32)); q != counter {
			return q
		}
	}
}

const counter = 27

func (x *irGen) emit(in ir.Inst) ir.Ref {
	r := x.reg.Emit(in)
	if in.Type != ir.Void && in.Op.Info().Result != "" {
		x.vals[in.Type] = append(x.vals[in.Type], r)
	}
	return r
}

// val gives a value of type t, old or new.
func (x *irGen) val(t ir.Type) ir.Ref {
	if l := x.vals[t]; len(l) > 0 && x.n(8) > 0 {
		if x.n(2) == 0 {
			l = l[max(0, len(l)-4):] // a recent one
		}
		return l[x.n(len(l))]
	}
	switch t {
	case ir.I64:
		if x.n(3) == 0 {
			return x.emit(ir.Inst{Op: ir.Const, Type: t, Imm: x.imm()})
		}
		return x.emit(ir.Inst{Op: ir.GetX, Type: t, Aux: x.xreg()})
	case ir.I32:
		if x.n(3) == 0 {
			return x.emit(ir.Inst{Op: ir.Const, Type: t, Imm: int64(int32(x.imm()))})
		}
		return x.emit(ir.Inst{Op: ir.Trunc, Type: t, A: x.val(ir.I64)})
	case ir.V128:
		return x.emit(ir.Inst{Op: ir.GetV, Type: t, Aux: uint32(x.n(32))})
	}
	switch x.n(4) {
	case 0:
		return x.emit(ir.Inst{Op: ir.GetFlags, Type: t})
	case 1:
		return x.emit(ir.Inst{Op: ir.FlagsConst, Type: t, Imm: int64(x.n(16))})
	}
	return x.flagsOf()
}

var flagOps = []ir.Op{ir.Add, ir.Sub, ir.Sub, ir.Adc, ir.Sbc, ir.And, ir.AndNot}

func (x *irGen) flagsOf() ir.Ref {
	t := ir.I32 + ir.Type(x.n(2))
	in := ir.Inst{Op: flagOps[x.n(len(flagOps))], Type: t, A: x.val(t), B: x.val(t)}
	if in.Op == ir.Adc || in.Op == ir.Sbc {
		in.C = x.val(ir.Flags)
	}
	return x.emit(ir.Inst{Op: ir.FlagsOf, Type: ir.Flags, A: x.emit(in)})
}

var (
	binaryOps = []ir.Op{ir.Add, ir.Add, ir.Sub, ir.And, ir.Or, ir.Xor, ir.AndNot, ir.OrNot, ir.XorNot, ir.Shl, ir.Shr, ir.Sar, ir.Ror,
		ir.Mul, ir.UDiv, ir.SDiv}
	unaryOps = []ir.Op{ir.Not, ir.Neg, ir.Clz, ir.Cls, ir.RBit, ir.Rev, ir.Rev16, ir.Copy}
)

// op emits one random operation.
func (x *irGen) op() {
	t := ir.I32 + ir.Type(x.n(2))
	w := 32 << (t - ir.I32)
	cond := uint8(x.n(16))
	switch x.n(26) {
	case 0, 1, 2, 3, 4:
		op := binaryOps[x.n(len(binaryOps))]
		a, b := x.val(t), x.val(t)
		if x.n(3) == 0 {
			b = x.emit(ir.Inst{Op: ir.Const, Type: t, Imm: int64(x.n(w))})
		}
		x.emit(ir.Inst{Op: op, Type: t, A: a, B: b})
	case 5:
		x.emit(ir.Inst{Op: unaryOps[x.n(len(unaryOps))], Type: t, A: x.val(t)})
	case 6:
		x.emit(ir.Inst{Op: ir.Extr, Type: t, A: x.val(t), B: x.val(t), Imm: int64(1 + x.n(w-1))})
	case 7:
		a, b := x.val(ir.I64), x.val(ir.I64)
		if x.n(2) == 0 {
			x.emit(ir.Inst{Op: ir.Mul, Type: ir.I64, A: a, B: b})
		}
		x.emit(ir.Inst{Op: []ir.Op{ir.UMulH, ir.SMulH}[x.n(2)], Type: ir.I64, A: a, B: b})
	case 8:
		x.emit(ir.Inst{Op: ir.Rev32, Type: ir.I64, A: x.val(ir.I64)})
	case 9:
		x.emit(ir.Inst{Op: []ir.Op{ir.ZExt, ir.SExt}[x.n(2)], Type: t, Size: uint8(x.n(3)), A: x.val(ir.I32 + ir.Type(x.n(2)))})
	case 10:
		n := 1 + x.n(w)
		lsb := x.n(w - n + 1)
		x.emit(ir.Inst{Op: []ir.Op{ir.UBfx, ir.SBfx}[x.n(2)], Type: t, A: x.val(t), Aux: uint32(n<<8 | lsb)})
	case 11:
		n := 1 + x.n(w)
		lsb := x.n(w - n + 1)
		x.emit(ir.Inst{Op: ir.Bfi, Type: t, A: x.val(t), B: x.val(t), Aux: uint32(n<<8 | lsb)})
	case 12:
		size := uint8(x.n(4))
		u := ir.I32
		if size == 3 {
			u = ir.I64
		}
		x.emit(ir.Inst{Op: []ir.Op{ir.Crc32, ir.Crc32C}[x.n(2)], Type: ir.I32, Size: size, A: x.val(ir.I32), B: x.val(u)})
	case 13:
		x.emit(ir.Inst{Op: []ir.Op{ir.Adc, ir.Sbc}[x.n(2)], Type: t, A: x.val(t), B: x.val(t), C: x.val(ir.Flags)})
	case 14, 15:
		x.flagsOf()
	case 16:
		x.emit(ir.Inst{Op: ir.FlagsSel, Type: ir.Flags, Flags: cond, A: x.val(ir.Flags), B: x.val(ir.Flags), C: x.val(ir.Flags)})
	case 17:
		if x.n(2) == 0 {
			x.emit(ir.Inst{Op: ir.FlagsToX, Type: ir.I64, A: x.val(ir.Flags)})
		} else {
			x.emit(ir.Inst{Op: ir.FlagsFromX, Type: ir.Flags, A: x.val(ir.I64)})
		}
	case 18:
		x.emit(ir.Inst{Op: ir.CSel, Type: t, Flags: cond, A: x.val(t), B: x.val(t), C: x.val(ir.Flags)})
	case 19:
		x.emit(ir.Inst{Op: []ir.Op{ir.CSet, ir.CSetM}[x.n(2)], Type: t, Flags: cond, A: x.val(ir.Flags)})
	case 20:
		x.emit(ir.Inst{Op: []ir.Op{ir.FCmp, ir.FCmpE}[x.n(2)], Type: ir.Flags, Shape: ir.ShapeS, Size: uint8(1 + x.n(3)), A: x.val(ir.V128), B: x.val(ir.V128)})
	case 21:
		x.emit(ir.Inst{Op: ir.PutV, A: x.val(ir.V128), Aux: uint32(x.n(32))})
	case 22:
		x.emit(ir.Inst{Op: ir.PutFlags, A: x.val(ir.Flags)})
	default:
		x.emit(ir.Inst{Op: ir.PutX, A: x.val(ir.I64), Aux: x.xreg()})
	}
}

// memOp emits an access to the buffer that addr points to.
func (x *irGen) memOp(addr uint64) {
	t := ir.I32 + ir.Type(x.n(2))
	size := uint8(x.n(int(t - ir.I32 + 3)))
	in := ir.Inst{Op: ir.Load, Type: t, Size: size, Imm: int64(x.n(64)), A: x.emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: int64(addr)})}
	if x.n(2) == 0 {
		in.A = x.emit(ir.Inst{Op: ir.And, Type: ir.I64, A: x.val(ir.I64), B: x.emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: 0x1f8})})
		in.A, in.B = x.emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: int64(addr)}), in.A
		in.Aux = uint32(x.n(3))
	}
	if x.n(2) == 0 {
		if size < uint8(t-ir.I32+2) && x.n(2) == 0 {
			in.Flags = ir.MemSigned
		}
		x.emit(in)
		return
	}
	in.Op, in.C = ir.Store, x.val(t)
	if x.n(6) == 0 {
		in.Flags = ir.MemRelease
	}
	x.emit(in)
}

// region draws a region of blocks that jump forward, and back while a counter lasts.
func (x *irGen) region(pc uint64, blocks int, data uint64) {
	tier := uint8(1)
	if blocks > 1 {
		tier = 2
	}
	x.reg.Reset(pc, 0, tier)
	out := func() ir.Target { return ir.Target{PC: pc + 0x1000 + 4*uint64(x.n(64)), Block: ir.External} }
	for i := range blocks {
		x.vals = [5][]ir.Ref{}
		b := ir.Block{First: int32(len(x.reg.Insts)), PC: pc + uint64(i)*64, EndPC: pc + uint64(i)*64 + 60}
		for j := x.n(30); j >= 0; j-- {
			if x.n(3) == 0 {
				x.emit(ir.Inst{Op: ir.Insn, Imm: int64(b.PC) + 4*int64(j&15)})
			}
			if x.n(6) == 0 {
				x.memOp(data)
			} else {
				x.op()
			}
		}
		target := func() ir.Target {
			if n := i + 1 + x.n(3); n < blocks {
				return ir.Target{PC: pc + uint64(n)*64, Block: int32(n)}
			}
			return out()
		}
		b.Succ = [2]ir.Target{target(), target()}
		t := ir.I32 + ir.Type(x.n(2))
		switch k := x.n(9); {
		case i > 0 && k < 3: // a loop
			c := x.emit(ir.Inst{Op: ir.GetX, Type: ir.I64, Aux: counter})
			c = x.emit(ir.Inst{Op: ir.Sub, Type: ir.I64, A: c, B: x.emit(ir.Inst{Op: ir.Const, Type: ir.I64, Imm: 1})})
			x.emit(ir.Inst{Op: ir.PutX, A: c, Aux: counter})
			n := x.n(i + 1)
			b.Succ[0] = ir.Target{PC: pc + uint64(n)*64, Block: int32(n)}
			b.Succ[1] = target()
			x.emit(ir.Inst{Op: ir.BrBitZ, Type: ir.I64, A: c, Aux: 63})
		case k == 3:
			x.emit(ir.Inst{Op: ir.Br})
		case k == 4:
			x.emit(ir.Inst{Op: []ir.Op{ir.BrZ, ir.BrNZ}[x.n(2)], Type: t, A: x.val(t)})
		case k == 5:
			x.emit(ir.Inst{Op: []ir.Op{ir.BrBitZ, ir.BrBitNZ}[x.n(2)], Type: t, A: x.val(t), Aux: uint32(x.n(32))})
		case k == 6 && x.n(3) == 0:
			b.Succ[0] = out()
			x.emit(ir.Inst{Op: ir.Exit, Aux: state.ExitSyscall, Imm: x.imm()})
		case k == 6 && x.n(2) == 0:
			b.Succ[0] = out()
			x.emit(ir.Inst{Op: ir.Call})
		case k == 6:
			x.emit(ir.Inst{Op: []ir.Op{ir.JmpInd, ir.Ret}[x.n(2)], A: x.val(ir.I64)})
		default:
			x.emit(ir.Inst{Op: ir.BrCond, A: x.val(ir.Flags), Flags: uint8(x.n(16))})
		}
		b.End = int32(len(x.reg.Insts))
		x.reg.Blocks = append(x.reg.Blocks, b)
	}
}

// plain is the interpreter's view of this process's memory.
type plain struct{}

func (plain) Load(c *state.CPU, addr uint64, size uint8) (v state.V, ok bool) {
	copy(unsafe.Slice((*byte)(unsafe.Pointer(&v)), 1<<size), unsafe.Slice((*byte)(at(addr)), 1<<size))
	return v, true
}

func (plain) Store(c *state.CPU, addr uint64, size uint8, v state.V) bool {
	copy(unsafe.Slice((*byte)(at(addr)), 1<<size), unsafe.Slice((*byte)(unsafe.Pointer(&v)), 1<<size))
	return true
}

func (p plain) Cas(c *state.CPU, addr uint64, size uint8, old, new state.V) (state.V, bool) {
	v, _ := p.Load(c, addr, size)
	if v == old {
		p.Store(c, addr, size, new)
	}
	return v, true
}

// guestState is what a test compares.
type guestState struct {
	x           [32]uint64
	v           [32]state.V
	pc          uint64
	flags, fpsr uint32
	reason      uint32
	data        [2560]byte
}

func (a *guestState) diff(b *guestState) string {
	var s strings.Builder
	for i := range a.x {
		if a.x[i] != b.x[i] {
			fmt.Fprintf(&s, "x%d = %#x, want %#x\n", i, b.x[i], a.x[i])
		}
	}
	for i := range a.v {
		if a.v[i] != b.v[i] {
			fmt.Fprintf(&s, "v%d = %x, want %x\n", i, b.v[i], a.v[i])
		}
	}
	if a.pc != b.pc || a.flags != b.flags || a.reason != b.reason || a.fpsr != b.fpsr {
		fmt.Fprintf(&s, "pc %#x flags %04b reason %d fpsr %#x, want %#x %04b %d %#x\n", b.pc, b.flags, b.reason, b.fpsr, a.pc, a.flags, a.reason, a.fpsr)
	}
	if a.data != b.data {
		for i := range a.data {
			if a.data[i] != b.data[i] {
				fmt.Fprintf(&s, "byte %#x = %#x, want %#x\n", i, b.data[i], a.data[i])
			}
		}
	}
	return s.String()
}

func TestRandomRegions(t *testing.T) {
	m := newMachine(t)
	data := &m.mem[len(m.mem)-4096]
	addr := uint64(uintptr(unsafe.Pointer(data)))
	bytes := unsafe.Slice(data, 2560)
	names, feats := levels(t)
	n := 4000
	if testing.Short() {
		n = 1000
	}
	failed := 0
	complex := 0
	for seed := uint64(0); seed < uint64(n); seed++ {
		if only := os.Getenv("SEED"); only != "" {
			seed, _ = strconv.ParseUint(only, 10, 64)
			n = 0
		}
		x := &irGen{r: rand.New(rand.NewPCG(seed, 1))}
		blocks := 1
		if seed%2 == 1 {
			blocks = 2 + x.n(8)
		}
		x.region(0x40000, blocks, addr)
		r := &x.reg
		if err := ir.Verify(r); err != nil {
			t.Fatalf("seed %d: %v", seed, err)
		}
		if seed%4 >= 2 {
			new(ir.Optimizer).Run(r, ir.AllPasses)
		}
		start := func() {
			s := rand.New(rand.NewPCG(seed, 2))
			c := m.cpu
			for i := range c.X {
				c.X[i] = s.Uint64() >> (s.IntN(4) * 16)
				c.V[i] = state.V{Lo: s.Uint64(), Hi: s.Uint64()}
				if s.IntN(4) == 0 {
					c.V[i].Lo = [...]uint64{0, 1 << 63, 0x7ff0 << 48, 0x7ff8 << 48, 0x3ff0 << 48, 0x7f800000, 0x7fc00000}[s.IntN(7)]
				}
			}
			c.X[counter] = uint64(s.IntN(5))
			c.Flags = state.PackNZCV(uint32(s.IntN(16)))
			c.SetFPCR(0)
			c.SetFPSR(0)
			c.ExSize = 0
			for i := range bytes {
				bytes[i] = byte(s.Uint32())
			}
		}
		after := func() *guestState {
			c := m.cpu
			g := &guestState{x: c.X, v: c.V, pc: c.PC, flags: state.UnpackNZCV(c.Flags), reason: c.ExitReason, fpsr: c.GetFPSR()}
			copy(g.data[:], bytes)
			return g
		}
		start()
		interp.Run(r, m.cpu, plain{})
		want := after()
		for k, f := range feats {
			c := NewCompiler(f, m.stubs)
			var out Code
			if err := m.compile(c, r, &out); err != nil {
				if err == ErrTooComplex {
					complex++
					continue
				}
				t.Fatalf("seed %d, %s: %v at %%%d\n%s", seed, names[k], err, c.g.errRef, r)
			}
			start()
			m.run(&out)
			if d := want.diff(after()); d != "" {
				t.Errorf("seed %d, %s:\n%s", seed, names[k], d)
				if failed++; failed > 2 {
					t.Fatal("enough")
				}
				if p := os.Getenv("DUMP"); p != "" {
					os.WriteFile(p, m.mem[m.code:m.code+out.Text], 0o644)
				}
				if failed == 1 {
					t.Log("\n" + r.String())
				}
				break
			}
		}
	}
	t.Logf("%d too complex", complex)
}

// at is the host's view of a guest address.
func at(addr uint64) unsafe.Pointer { return *(*unsafe.Pointer)(unsafe.Pointer(&addr)) }
