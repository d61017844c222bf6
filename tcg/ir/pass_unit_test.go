package ir

import (
	"strings"
	"testing"
)

// seq builds instructions by name: each gives its Ref, to be used by the next.
type seq struct{ ins []Inst }

func (s *seq) add(in Inst) Ref {
	s.ins = append(s.ins, in)
	return Ref(len(s.ins))
}
func (s *seq) x(n uint32) Ref         { return s.add(Inst{Op: GetX, Type: I64, Aux: n}) }
func (s *seq) c(v int64) Ref          { return s.add(Inst{Op: Const, Type: I64, Imm: v}) }
func (s *seq) w(a Ref) Ref            { return s.add(Inst{Op: Trunc, Type: I32, A: a}) }
func (s *seq) op(op Op, a, b Ref) Ref { return s.add(Inst{Op: op, Type: I64, A: a, B: b}) }
func (s *seq) zx(t Type, a Ref, n uint8) Ref {
	return s.add(Inst{Op: ZExt, Type: t, A: a, Size: n})
}
func (s *seq) field(op Op, a, b Ref, lsb, width uint32) Ref {
	return s.add(Inst{Op: op, Type: I64, A: a, B: b, Aux: lsb | width<<8})
}
func (s *seq) put(n uint32, a Ref) { s.add(Inst{Op: PutX, A: a, Aux: n}) }
func (s *seq) flags(a Ref) Ref     { return s.add(Inst{Op: FlagsOf, Type: Flags, A: a}) }
func (s *seq) load(size uint8, a, b Ref, scale uint32, disp int64) Ref {
	return s.add(Inst{Op: Load, Type: I64, Size: size, A: a, B: b, Aux: scale, Imm: disp})
}

// What the passes make of typical sequences.
func TestPasses(t *testing.T) {
	for _, tc := range []struct {
		name string
		make func(s *seq)
		want string
	}{
		{"movz and movk make one constant", func(s *seq) {
			s.put(1, s.c(0x5678))
			s.put(1, s.field(Bfi, s.x(1), s.c(0x1234), 16, 16))
			s.put(1, s.field(Bfi, s.x(1), s.c(0x9abc), 48, 16))
		}, "%9 = i64 const 0x9abc000012345678; putx x1, %9"},
		{"adrp and add", func(s *seq) {
			s.put(2, s.c(0x400000))
			s.put(2, s.op(Add, s.x(2), s.c(0x123)))
			s.put(3, s.load(3, s.x(2), 0, 0, 8))
		}, "%5 = i64 const 0x400123; putx x2, %5; %8 = i64 load.64 [%5 + 0x8]; putx x3, %8"},
		{"identities", func(s *seq) {
			a := s.op(Add, s.x(1), s.c(0))
			a = s.op(Or, a, s.c(0))
			a = s.op(And, a, a)
			a = s.op(Shl, a, s.c(64))
			a = s.op(Xor, a, s.c(0))
			a = s.op(Mul, s.c(1), a)
			s.put(2, a)
		}, "%1 = i64 getx x1; putx x2, %1"},
		{"what gives zero", func(s *seq) {
			a := s.x(1)
			s.put(2, s.op(Xor, a, a))
			s.put(3, s.op(And, s.c(0), a))
			s.put(4, s.field(UBfx, s.zx(I64, a, 0), 0, 8, 4))
		}, "%2 = i64 const 0x0; putx x2, %2; %5 = i64 const 0x0; putx x3, %5; %8 = i64 const 0x0; putx x4, %8"},
		{"a register is got once, and put values are forwarded", func(s *seq) {
			s.put(2, s.op(Add, s.x(1), s.x(1)))
			s.put(3, s.op(Add, s.x(2), s.x(1)))
			s.put(3, s.x(3))
		}, "%1 = i64 getx x1; %3 = i64 add %1, %1; putx x2, %3; %7 = i64 add %3, %1; putx x3, %7"},
		{"32-bit operations are chained without extensions", func(s *seq) {
			a := s.add(Inst{Op: Add, Type: I32, A: s.w(s.x(1)), B: s.w(s.x(2))})
			s.put(1, s.zx(I64, a, 2))
			b := s.add(Inst{Op: Add, Type: I32, A: s.w(s.x(1)), B: s.w(s.x(1))})
			s.put(1, s.zx(I64, b, 2))
		}, "%1 = i64 getx x1; %2 = i32 trunc %1; %3 = i64 getx x2; %4 = i32 trunc %3; %5 = i32 add %2, %4; " +
			"%12 = i32 add %5, %5; %13 = i64 zext.32 %12; putx x1, %13"},
		{"extensions of what is narrow", func(s *seq) {
			a := s.load(0, s.x(1), 0, 0, 0)
			s.put(2, s.field(UBfx, a, 0, 0, 8))
			s.put(3, s.op(And, a, s.c(0x1ff)))
			s.put(4, s.zx(I64, s.w(a), 2))
			s.put(5, s.field(SBfx, a, 0, 0, 16))
			s.put(6, s.op(Shr, s.op(Shl, a, s.c(4)), s.c(0)))
			s.put(7, s.zx(I64, s.op(Shr, s.x(9), s.c(48)), 1))
		}, "%1 = i64 getx x1; %2 = i64 load.8 [%1]; putx x2, %2; putx x3, %2; putx x4, %2; putx x5, %2; " +
			"%13 = i64 const 0x4; %14 = i64 shl %2, %13; putx x6, %14; %18 = i64 getx x9; %19 = i64 const 0x30; " +
			"%20 = i64 shr %18, %19; putx x7, %20"},
		{"but not of what is not", func(s *seq) {
			a := s.load(1, s.x(1), 0, 0, 0)
			s.put(2, s.op(And, a, s.c(0x7fff)))
			s.put(3, s.zx(I64, s.op(Shr, s.x(9), s.c(47)), 1))
			s.put(4, s.zx(I64, s.op(Shl, a, s.c(1)), 1))
			s.put(5, s.op(Or, s.x(7), a))
			s.put(6, s.zx(I64, s.x(5), 1))
		}, "%1 = i64 getx x1; %2 = i64 load.16 [%1]; %3 = i64 const 0x7fff; %4 = i64 and %2, %3; putx x2, %4; " +
			"%6 = i64 getx x9; %7 = i64 const 0x2f; %8 = i64 shr %6, %7; %9 = i64 zext.16 %8; putx x3, %9; " +
			"%11 = i64 const 0x1; %12 = i64 shl %2, %11; %13 = i64 zext.16 %12; putx x4, %13; " +
			"%15 = i64 getx x7; %16 = i64 or %15, %2; putx x5, %16; %19 = i64 zext.16 %16; putx x6, %19"},
		{"fields that are extensions", func(s *seq) {
			s.put(2, s.field(UBfx, s.x(1), 0, 0, 16))
			s.put(3, s.field(SBfx, s.x(1), 0, 0, 32))
		}, "%1 = i64 getx x1; %2 = i64 zext.16 %1; putx x2, %2; %5 = i64 sext.32 %1; putx x3, %5"},
		{"addresses", func(s *seq) {
			a := s.op(Add, s.x(1), s.c(16))
			a = s.op(Add, a, s.op(Shl, s.x(2), s.c(3)))
			s.put(3, s.load(3, a, 0, 0, -8))
			s.put(4, s.load(3, s.x(1), s.op(Sub, s.x(2), s.c(1)), 2, 0))
		}, "%1 = i64 getx x1; %4 = i64 getx x2; %8 = i64 load.64 [%1 + %4<<3 + 0x8]; putx x3, %8; " +
			"%14 = i64 load.64 [%1 + %4<<2 - 0x4]; putx x4, %14"},
		{"addresses whose parts are gone from the registers stay", func(s *seq) {
			s.put(1, s.op(Add, s.x(1), s.c(16)))
			s.put(2, s.load(3, s.x(1), 0, 0, 8))
			s.put(3, s.load(3, s.x(2), s.x(1), 4, 0))
		}, "%1 = i64 getx x1; %2 = i64 const 0x10; %3 = i64 add %1, %2; putx x1, %3; %6 = i64 load.64 [%3 + 0x8]; " +
			"putx x2, %6; %10 = i64 load.64 [%6 + %3<<4]; putx x3, %10"},
		{"displacements stay within 32 bits", func(s *seq) {
			s.put(2, s.load(3, s.op(Add, s.x(1), s.c(1<<31-8)), 0, 0, 8))
		}, "%1 = i64 getx x1; %2 = i64 const 0x7ffffff8; %3 = i64 add %1, %2; %4 = i64 load.64 [%3 + 0x8]; putx x2, %4"},
		{"flags of constants", func(s *seq) {
			s.add(Inst{Op: PutFlags, A: s.flags(s.op(Sub, s.c(5), s.c(5)))})
			s.put(1, s.add(Inst{Op: CSet, Type: I64, A: s.add(Inst{Op: GetFlags, Type: Flags}), Flags: uint8(EQ)}))
		}, "%4 = flags flagsconst 0110; putflags %4; %7 = i64 const 0x1; putx x1, %7"},
		{"flags of an operation that its value does not need", func(s *seq) {
			s.put(1, s.op(Sub, s.x(1), s.c(0)))
			a := s.op(Sub, s.x(1), s.c(0))
			s.add(Inst{Op: PutFlags, A: s.flags(a)})
			s.put(2, a)
		}, "%1 = i64 getx x1; %6 = i64 const 0x0; %7 = i64 sub %1, %6; %8 = flags flagsof %7; putflags %8; putx x2, %1"},
		{"dead flags", func(s *seq) {
			s.add(Inst{Op: PutFlags, A: s.flags(s.op(Add, s.x(1), s.x(2)))})
			s.put(3, s.load(3, s.x(1), 0, 0, 0))
			s.add(Inst{Op: PutFlags, A: s.flags(s.op(Sub, s.x(1), s.x(2)))})
		}, "%1 = i64 getx x1; %2 = i64 getx x2; %7 = i64 load.64 [%1]; putx x3, %7; %11 = i64 sub %1, %2; " +
			"%12 = flags flagsof %11; putflags %12"},
		{"dead stores, not across a fault", func(s *seq) {
			s.put(1, s.x(2))
			s.put(1, s.x(3))
			s.put(4, s.load(3, s.x(2), 0, 0, 0))
			s.put(1, s.x(4))
		}, "%1 = i64 getx x2; %3 = i64 getx x3; putx x1, %3; %6 = i64 load.64 [%1]; putx x4, %6; putx x1, %6"},
		{"division by zero", func(s *seq) { s.put(1, s.op(UDiv, s.x(2), s.c(0))) }, "%3 = i64 const 0x0; putx x1, %3"},
		{"MVN", func(s *seq) { s.put(1, s.op(OrNot, s.c(0), s.x(2))) }, "%2 = i64 getx x2; %3 = i64 not %2; putx x1, %3"},
		{"vectors", func(s *seq) {
			v := s.add(Inst{Op: GetV, Type: V128, Aux: 1})
			v = s.add(Inst{Op: VOr, Type: V128, A: v, B: v})
			s.add(Inst{Op: PutV, A: v, Aux: 2})
			v = s.add(Inst{Op: GetV, Type: V128, Aux: 2})
			s.add(Inst{Op: PutV, A: s.add(Inst{Op: VMov, Type: V128, A: v, Shape: ShapeD}), Aux: 2})
		}, "%1 = v128 getv v1; %5 = v128 vmov.8b %1; putv v2, %5"},
	} {
		var s seq
		tc.make(&s)
		r := build(append(s.ins, br)...)
		if err := Verify(r); err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		var o Optimizer
		o.Run(r, AllPasses)
		if err := Verify(r); err != nil {
			t.Fatalf("%s: %v", tc.name, err)
		}
		lines := strings.Split(strings.TrimSpace(r.String()), "\n")
		for i := range lines {
			lines[i] = strings.TrimSpace(lines[i])
		}
		got := strings.Join(lines[2:len(lines)-1], "; ")
		if got != tc.want {
			t.Errorf("%s:\n got %s\nwant %s", tc.name, got, tc.want)
		}
	}
}

// FlagsDead of the block behind the branch counts.
func TestDeadFlagsBehind(t *testing.T) {
	for _, dead := range [][2]bool{{false, false}, {true, false}, {false, true}, {true, true}} {
		r := build(
			Inst{Op: GetX, Type: I64},
			Inst{Op: Add, Type: I64, A: 1, B: 1},
			Inst{Op: FlagsOf, Type: Flags, A: 2},
			Inst{Op: PutFlags, A: 3},
			Inst{Op: BrCond, A: 3, Flags: uint8(NE)})
		r.Blocks[0].FlagsDead = dead
		new(Optimizer).Run(r, AllPasses)
		if gone := r.Insts[4].Op == Nop; gone != (dead[0] && dead[1]) {
			t.Errorf("dead %v: put removed %v", dead, gone)
		}
	}
}

// Flags that are forwarded past what may fault stay in the guest state, for who goes on from there.
func TestDeadFlagsForwarded(t *testing.T) {
	load := Inst{Op: Load, Type: I64, Size: 3, A: 1}
	check := Inst{Op: CheckSP, A: 1}
	for _, between := range []Inst{{Op: Fence}, load, check} {
		r := build(
			Inst{Op: GetX, Type: I64},
			Inst{Op: Add, Type: I64, A: 1, B: 1},
			Inst{Op: FlagsOf, Type: Flags, A: 2},
			Inst{Op: PutFlags, A: 3},
			between,
			Inst{Op: GetFlags, Type: Flags},
			Inst{Op: BrCond, A: 6, Flags: uint8(NE)})
		r.Blocks[0].FlagsDead = [2]bool{true, true}
		new(Optimizer).Run(r, AllPasses)
		if r.Insts[7].A != 3 {
			t.Errorf("%v: not forwarded", between.Op)
		}
		if gone := r.Insts[4].Op == Nop; gone != (between.Op == Fence) {
			t.Errorf("%v: put removed %v", between.Op, gone)
		}
	}
}

// Each pass does its own part only.
func TestPassesApart(t *testing.T) {
	for i := range Passes {
		p := &Passes[i]
		r := build(
			Inst{Op: GetX, Type: I64},                // 1
			Inst{Op: GetX, Type: I64},                // 2: copyprop
			Inst{Op: Const, Type: I64, Imm: 8},       // 3
			Inst{Op: Add, Type: I64, A: 3, B: 3},     // 4: constfold
			Inst{Op: Add, Type: I64, A: 2, B: 3},     // 5
			Inst{Op: PutX, Aux: 1, A: 4},             // 6: deadstore
			Inst{Op: PutX, Aux: 1, A: 1},             // 7
			Inst{Op: Load, Type: I64, Size: 3, A: 5}, // 8: address
			Inst{Op: FlagsConst, Type: Flags},        // 9
			Inst{Op: PutFlags, A: 9},                 // 10: deadflags
			Inst{Op: PutFlags, A: 9},                 // 11
			Inst{Op: Const, Type: I64, Imm: 5},       // 12: deadcode
			br)
		if p.Name == "copyprop" {
			r.Insts[10].A, r.Insts[11].A = 9, 9
		}
		p.Run(r)
		if err := Verify(r); err != nil {
			t.Errorf("%s: %v", p.Name, err)
		}
		done := map[string]bool{
			"copyprop":  r.Insts[2].Op == Nop,
			"constfold": r.Insts[4].Op == Const,
			"address":   r.Insts[8].Imm != 0,
			"deadstore": r.Insts[6].Op == Nop,
			"deadflags": r.Insts[10].Op == Nop,
			"deadcode":  r.Insts[12].Op == Nop,
		}
		for name, is := range done {
			if is != (name == p.Name) {
				t.Errorf("%s: the work of %s done: %v\n%v", p.Name, name, is, r)
			}
		}
		if !p.On {
			t.Errorf("%s is off", p.Name)
		}
	}
}

func TestParsePasses(t *testing.T) {
	for _, tc := range []struct {
		list string
		want PassSet
		err  string
	}{
		{"", AllPasses, ""},
		{"-constfold", AllPasses &^ ConstFold, ""},
		{"-all", 0, ""},
		{"-all,copyprop, +deadcode", CopyProp | DeadCode, ""},
		{"-deadflags,-deadstore", AllPasses &^ (DeadFlags | DeadStore), ""},
		{"-threads", AllPasses | Threads, ""}, // it is on in all the others
		{"-nosuch", 0, `no pass "nosuch": there are constfold, copyprop, address, deadflags, deadstore, deadcode, all`},
	} {
		got, err := ParsePasses(tc.list)
		if err != nil && err.Error() != tc.err || err == nil && (tc.err != "" || got != tc.want^Threads) {
			t.Errorf("%q: %v, %v", tc.list, got, err)
		}
	}
	if s := (ConstFold | DeadCode).String(); s != "constfold,deadcode" {
		t.Error(s)
	}
}

func TestOptimizerDoesNotAllocate(t *testing.T) {
	var s seq
	for range 50 {
		s.put(1, s.op(Add, s.x(1), s.c(0)))
	}
	r := build(append(s.ins, br)...)
	work := *r
	work.Insts = append([]Inst(nil), r.Insts...)
	var o Optimizer
	o.Run(&work, AllPasses)
	if n := testing.AllocsPerRun(10, func() {
		copy(work.Insts, r.Insts)
		o.Run(&work, AllPasses)
	}); n != 0 {
		t.Errorf("%v allocations a run", n)
	}
}
