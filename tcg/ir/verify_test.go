package ir

import (
	"strings"
	"testing"
)

// build makes a region of one block at 0x1000 out of ins; the first is %1.
func build(ins ...Inst) *Region {
	r := &Region{}
	r.Reset(0x1000, 0, 1)
	for _, in := range ins {
		r.Emit(in)
	}
	r.Blocks = append(r.Blocks, Block{First: 1, End: int32(len(r.Insts)), PC: 0x1000, EndPC: 0x1004,
		Succ: [2]Target{{PC: 0x2000, Block: External}, {PC: 0x1004, Block: External}}})
	return r
}

var br = Inst{Op: Br}

func TestVerify(t *testing.T) {
	getx := Inst{Op: GetX, Type: I64, Aux: 1}
	getv := Inst{Op: GetV, Type: V128, Aux: 1}
	for _, tc := range []struct {
		want string // part of the error; "" for none
		ins  []Inst
	}{
		{"", []Inst{br}},
		{"", []Inst{getx, {Op: Add, Type: I64, A: 1, B: 1}, {Op: PutX, A: 2}, br}},
		{"", []Inst{getx, {Op: Load, Type: V128, Size: 4, A: 1, B: 1, Aux: 4, Imm: -16}, br}},
		{"", []Inst{getx, getv, {Op: Store, Type: V128, Size: 2, A: 1, C: 2}, br}},
		{"", []Inst{getx, {Op: Sub, Type: I64, A: 1, B: 1}, {Op: FlagsOf, Type: Flags, A: 2}, {Op: BrCond, A: 3, Flags: 11}}},
		{"", []Inst{getx, {Op: ZExt, Type: I32, A: 1}, {Op: SExt, Type: I64, Size: 2, A: 2}, br}},
		{"terminator inside", []Inst{br, br}},
		{"without a terminator", []Inst{getx}},
		{"not defined", []Inst{{Op: PutX, A: 1}, br}},
		{"not defined", []Inst{{Op: PutX, A: 2}, getx, br}},
		{"missing", []Inst{getx, {Op: Add, Type: I64, A: 1}, br}},
		{"too many", []Inst{getx, {Op: Not, Type: I64, A: 1, B: 1}, br}},
		{"is i64", []Inst{getx, {Op: Not, Type: I32, A: 1}, br}},
		{"is v128", []Inst{getv, {Op: PutX, A: 1}, br}},
		{"has no value", []Inst{{Op: Insn}, {Op: PutX, A: 1}, br}},
		{"type flags", []Inst{{Op: GetX, Type: Flags}, br}},
		{"aux 0x20", []Inst{{Op: GetX, Type: I64, Aux: 32}, br}},
		{"its operand is getx", []Inst{getx, {Op: FlagsOf, Type: Flags, A: 1}, br}},
		{"sign extend", []Inst{getx, {Op: Load, Type: I64, Size: 3, A: 1, Flags: MemSigned}, br}},
		{"size 3 of i32", []Inst{getx, {Op: Load, Type: I32, Size: 3, A: 1}, br}},
		{"scale 1", []Inst{getx, {Op: Load, Type: I32, Size: 2, A: 1, Aux: 1}, br}},
		{"aux 0x2001", []Inst{getx, {Op: UBfx, Type: I32, A: 2, Aux: 32<<8 | 1}, br}[1:]},
		{"shape 2", []Inst{getv, {Op: VZip1, Type: V128, A: 1, B: 1, Shape: ShapeS}, br}},
		{"size 3", []Inst{getv, {Op: VMul, Type: V128, A: 1, B: 1, Size: 3}, br}},
		{"shape 4", []Inst{getv, {Op: VAdd, Type: V128, A: 1, B: 1, Shape: ShapeHi}, br}},
		{"aux 0x0", []Inst{getv, {Op: VSShrI, Type: V128, A: 1}, br}},
		{"no such operation", []Inst{{Op: NumOps}, br}},
	} {
		ins := tc.ins
		if ins[0].Op == UBfx {
			ins = append([]Inst{{Op: Const, Type: I32}}, ins...)
			ins[1].A = 1
		}
		r := build(ins...)
		err := Verify(r)
		switch {
		case tc.want == "" && err != nil:
			t.Errorf("%v\n%v", err, r)
		case tc.want != "" && err == nil:
			t.Errorf("no error, want %q\n%v", tc.want, r)
		case tc.want != "" && !strings.Contains(err.Error(), tc.want):
			t.Errorf("error %q, want %q\n%v", err, tc.want, r)
		}
	}
}

func TestVerifyTargets(t *testing.T) {
	r := build(br)
	r.Blocks[0].Succ[0] = Target{PC: 0x1000, Block: 0}
	if err := Verify(r); err != nil {
		t.Error(err)
	}
	r.Blocks[0].Succ[0].PC = 0x1004
	if Verify(r) == nil {
		t.Error("target is not where its block is")
	}
	r.Blocks[0].Succ[0].Block = 1
	if Verify(r) == nil {
		t.Error("target block does not exist")
	}
	r.Blocks = nil
	if Verify(r) == nil {
		t.Error("no blocks")
	}
}

// Every vector operation has its rule, and just one.
func TestVectorRules(t *testing.T) {
	next := VFromX
	for _, v := range vectorRules {
		if v.first != next || v.last < v.first {
			t.Errorf("rule %v..%v does not follow %v", v.first, v.last, next-1)
		}
		next = v.last + 1
	}
	if next != NumOps {
		t.Errorf("rules end before %v", next)
	}
}

func TestPrint(t *testing.T) {
	r := build(
		Inst{Op: Insn, Imm: 0x1000, Aux: 0x91000421},
		Inst{Op: GetX, Type: I64, Aux: 31},
		Inst{Op: Load, Type: I64, A: 2, B: 2, Aux: 3, Imm: -8, Size: 2, Flags: MemSigned | MemSP},
		Inst{Op: Store, Type: I64, A: 2, C: 3, Size: 3},
		Inst{Op: Sub, Type: I64, A: 2, B: 3},
		Inst{Op: FlagsOf, Type: Flags, A: 5},
		Inst{Op: GetV, Type: V128, Aux: 7},
		Inst{Op: VUMull, Type: V128, A: 7, B: 7, Size: 1, Shape: ShapeHi},
		Inst{Op: FRInt, Type: V128, A: 7, Size: 3, Shape: ShapeS, Aux: RoundCur | RoundExact},
		Inst{Op: BrCond, A: 6, Flags: uint8(GE)},
	)
	r.Blocks[0].FlagsDead[1] = true
	if err := Verify(r); err != nil {
		t.Fatal(err)
	}
	want := `region 0x1000 tier 1 key 0: 0 guest instructions
b0: 0x1000..0x1004
  ; 0x1000: 91000421
  %2 = i64 getx sp
  %3 = i64 load.32 [%2 + %2<<3 - 0x8] signed sp
  store.64 [%2], %3
  %5 = i64 sub %2, %3
  %6 = flags flagsof %5
  %7 = v128 getv v7
  %8 = v128 vumull.8h! %7, %7
  %9 = v128 frint.d cur exact, %7
  brcond ge, %6 -> out 0x2000, out 0x1004 (flags dead)
`
	if got := r.String(); got != want {
		t.Errorf("got:\n%swant:\n%s", got, want)
	}
}
