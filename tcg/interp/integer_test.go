package interp

import (
	"hash/crc32"
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// evalInt is Eval on integers, or flags.
func evalInt(t *testing.T, c *state.CPU, in ir.Inst, args ...uint64) uint64 {
	t.Helper()
	for i, a := range args {
		c.HelperArg[i] = state.V{Lo: a, Hi: ^uint64(0)}
	}
	if !Eval(&in, c) {
		t.Fatalf("%v: not evaluated", in.Op)
	}
	if c.HelperRes[0].Hi != 0 {
		t.Errorf("%v: junk above the result", in.Op)
	}
	return c.HelperRes[0].Lo
}

// Values in which arithmetic goes wrong, and some others.
func interesting(rng *rand.Rand) uint64 {
	edge := [...]uint64{0, 1, 2, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff,
		1 << 32, 1<<63 - 1, 1 << 63, 1<<63 + 1, ^uint64(0), ^uint64(1), 0xaaaaaaaaaaaaaaaa}
	switch rng.IntN(3) {
	case 0:
		return edge[rng.IntN(len(edge))]
	case 1:
		return rng.Uint64() >> rng.IntN(64)
	}
	return rng.Uint64()
}

// Each operation against the obvious expression, at both widths, with rubbish in the upper halves of I32.
func TestInteger(t *testing.T) {
	type args struct {
		a, b uint64 // extended with zeros
		s, u int64  // a and b, extended with signs
		w    uint   // width
		c    uint64 // carry
	}
	for _, tc := range []struct {
		op   ir.Op
		want func(x args) uint64 // the rest above the width is cut off
	}{
		{ir.Copy, func(x args) uint64 { return x.a }},
		{ir.Add, func(x args) uint64 { return x.a + x.b }},
		{ir.Sub, func(x args) uint64 { return x.a - x.b }},
		{ir.Adc, func(x args) uint64 { return x.a + x.b + x.c }},
		{ir.Sbc, func(x args) uint64 { return x.a - x.b - (1 - x.c) }},
		{ir.And, func(x args) uint64 { return x.a & x.b }},
		{ir.Or, func(x args) uint64 { return x.a | x.b }},
		{ir.Xor, func(x args) uint64 { return x.a ^ x.b }},
		{ir.AndNot, func(x args) uint64 { return x.a & (x.b ^ ^uint64(0)) }},
		{ir.OrNot, func(x args) uint64 { return x.a | (x.b ^ ^uint64(0)) }},
		{ir.XorNot, func(x args) uint64 { return x.a ^ x.b ^ ^uint64(0) }},
		{ir.Not, func(x args) uint64 { return x.a ^ ^uint64(0) }},
		{ir.Neg, func(x args) uint64 { return 0 - x.a }},
		{ir.Shl, func(x args) uint64 { return x.a << (x.b % uint64(x.w)) }},
		{ir.Shr, func(x args) uint64 { return x.a >> (x.b % uint64(x.w)) }},
		{ir.Sar, func(x args) uint64 { return uint64(x.s >> (x.b % uint64(x.w))) }},
		{ir.Ror, func(x args) uint64 {
			n := x.b % uint64(x.w)
			return x.a>>n | x.a<<(uint64(x.w)-n)
		}},
		{ir.Mul, func(x args) uint64 { return x.a * x.b }},
		{ir.UDiv, func(x args) uint64 {
			if x.b == 0 {
				return 0
			}
			return x.a / x.b
		}},
		{ir.SDiv, func(x args) uint64 {
			if x.u == 0 {
				return 0
			}
			q := new(big.Int).Quo(big.NewInt(x.s), big.NewInt(x.u))
			return new(big.Int).And(q, new(big.Int).SetUint64(^uint64(0))).Uint64()
		}},
		{ir.Clz, func(x args) uint64 { return uint64(bits.LeadingZeros64(x.a)) - 64 + uint64(x.w) }},
		{ir.Cls, func(x args) uint64 {
			n := uint64(0)
			for i := int(x.w) - 2; i >= 0 && x.a>>i&1 == x.a>>(x.w-1); i-- {
				n++
			}
			return n
		}},
		{ir.RBit, func(x args) uint64 { return bits.Reverse64(x.a) >> (64 - x.w) }},
		{ir.Rev, func(x args) uint64 { return bits.ReverseBytes64(x.a) >> (64 - x.w) }},
		{ir.Rev16, func(x args) uint64 {
			r := uint64(0)
			for i := 0; i < 64; i += 16 {
				r |= uint64(bits.ReverseBytes16(uint16(x.a>>i))) << i
			}
			return r
		}},
	} {
		rng := rand.New(rand.NewPCG(1, uint64(tc.op)))
		for _, typ := range []ir.Type{ir.I32, ir.I64} {
			for n := 0; n < 300; n++ {
				c := &state.CPU{}
				a, b := interesting(rng), interesting(rng)
				nzcv := rng.Uint32N(16)
				x := args{a: a, b: b, s: int64(a), u: int64(b), w: 64, c: uint64(nzcv >> 1 & 1)}
				mask := ^uint64(0)
				if typ == ir.I32 {
					mask = 1<<32 - 1
					x = args{a: a & mask, b: b & mask, s: int64(int32(a)), u: int64(int32(b)), w: 32, c: x.c}
				}
				got := evalInt(t, c, ir.Inst{Op: tc.op, Type: typ}, a, b, uint64(state.PackNZCV(nzcv)))
				if want := tc.want(x) & mask; got != want {
					t.Fatalf("%v %v %#x, %#x = %#x, want %#x", tc.op, typ, a, b, got, want)
				}
			}
		}
	}
}

func TestIntegerFields(t *testing.T) {
	c := &state.CPU{}
	const v = 0x8123456789abcdef
	for _, tc := range []struct {
		in      ir.Inst
		a, b, w uint64
	}{
		{ir.Inst{Op: ir.Const, Type: ir.I64, Imm: -2}, 0, 0, 1<<64 - 2},
		{ir.Inst{Op: ir.Const, Type: ir.I32, Imm: -2}, 0, 0, 1<<32 - 2},
		{ir.Inst{Op: ir.Trunc, Type: ir.I32}, v, 0, 0x89abcdef},
		{ir.Inst{Op: ir.Rev32, Type: ir.I64}, v, 0, 0x67452381efcdab89},
		{ir.Inst{Op: ir.SMulH, Type: ir.I64}, 1<<64 - 1, 5, 1<<64 - 1},
		{ir.Inst{Op: ir.SMulH, Type: ir.I64}, 1 << 63, 1 << 63, 1 << 62},
		{ir.Inst{Op: ir.ZExt, Type: ir.I64, Size: 0}, v, 0, 0xef},
		{ir.Inst{Op: ir.ZExt, Type: ir.I32, Size: 1}, v, 0, 0xcdef},
		{ir.Inst{Op: ir.ZExt, Type: ir.I64, Size: 2}, v, 0, 0x89abcdef},
		{ir.Inst{Op: ir.SExt, Type: ir.I64, Size: 0}, v, 0, 0xffffffffffffffef},
		{ir.Inst{Op: ir.SExt, Type: ir.I32, Size: 1}, v, 0, 0xffffcdef},
		{ir.Inst{Op: ir.SExt, Type: ir.I64, Size: 2}, v, 0, 0xffffffff89abcdef},
		{ir.Inst{Op: ir.SExt, Type: ir.I64, Size: 0}, 0x7f, 0, 0x7f},
		{ir.Inst{Op: ir.UBfx, Type: ir.I64, Aux: 12<<8 | 4}, v, 0, 0xcde},
		{ir.Inst{Op: ir.UBfx, Type: ir.I64, Aux: 64 << 8}, v, 0, v},
		{ir.Inst{Op: ir.UBfx, Type: ir.I32, Aux: 8<<8 | 24}, v, 0, 0x89},
		{ir.Inst{Op: ir.SBfx, Type: ir.I64, Aux: 12<<8 | 4}, v, 0, 0xfffffffffffffcde},
		{ir.Inst{Op: ir.SBfx, Type: ir.I32, Aux: 8<<8 | 24}, v, 0, 0xffffff89},
		{ir.Inst{Op: ir.SBfx, Type: ir.I32, Aux: 8<<8 | 20}, v, 0, 0xffffff9a},
		{ir.Inst{Op: ir.SBfx, Type: ir.I32, Aux: 32 << 8}, v, 0, 0x89abcdef},
		{ir.Inst{Op: ir.Bfi, Type: ir.I64, Aux: 8<<8 | 16}, v, 0xf77, 0x812345678977cdef},
		{ir.Inst{Op: ir.Bfi, Type: ir.I64, Aux: 64 << 8}, v, 7, 7},
		{ir.Inst{Op: ir.Bfi, Type: ir.I32, Aux: 4<<8 | 28}, v, 7, 0x79abcdef},
		{ir.Inst{Op: ir.Extr, Type: ir.I64, Imm: 4}, 0x5, v, 0x58123456789abcde},
		{ir.Inst{Op: ir.Extr, Type: ir.I32, Imm: 4}, 0x5, v, 0x589abcde},
	} {
		if got := evalInt(t, c, tc.in, tc.a, tc.b); got != tc.w {
			t.Errorf("%v %+v %#x, %#x = %#x, want %#x", tc.in.Op, tc.in, tc.a, tc.b, got, tc.w)
		}
	}
	rng := rand.New(rand.NewPCG(2, 2))
	for n := 0; n < 1000; n++ {
		a, b := interesting(rng), interesting(rng)
		p := new(big.Int).Mul(big.NewInt(int64(a)), big.NewInt(int64(b)))
		p.Rsh(p, 64).And(p, new(big.Int).SetUint64(^uint64(0)))
		if got := evalInt(t, c, ir.Inst{Op: ir.SMulH, Type: ir.I64}, a, b); got != p.Uint64() {
			t.Fatalf("smulh %#x %#x = %#x", a, b, got)
		}
		p.Mul(new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)).Rsh(p, 64)
		if got := evalInt(t, c, ir.Inst{Op: ir.UMulH, Type: ir.I64}, a, b); got != p.Uint64() {
			t.Fatalf("umulh %#x %#x = %#x", a, b, got)
		}
	}
}

func TestCRC(t *testing.T) {
	castagnoli := crc32.MakeTable(crc32.Castagnoli)
	c := &state.CPU{}
	for size := uint8(0); size < 4; size++ {
		v := uint64(0x8123456789abcdef)
		var buf [8]byte
		for i := range buf {
			buf[i] = byte(v >> (8 * i))
		}
		const acc = 0x12345678
		for op, table := range map[ir.Op]*crc32.Table{ir.Crc32: crc32.IEEETable, ir.Crc32C: castagnoli} {
			want := ^crc32.Update(^uint32(acc), table, buf[:1<<size])
			if got := evalInt(t, c, ir.Inst{Op: op, Type: ir.I32, Size: size}, acc, v); got != uint64(want) {
				t.Errorf("%v size %d: %#x, want %#x", op, size, got, want)
			}
		}
	}
}

func TestFlagsOf(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 3))
	for _, op := range []ir.Op{ir.Add, ir.Sub, ir.Adc, ir.Sbc, ir.And, ir.AndNot} {
		for _, typ := range []ir.Type{ir.I32, ir.I64} {
			for n := 0; n < 1000; n++ {
				a, b, nzcv := interesting(rng), interesting(rng), rng.Uint32N(16)
				w := uint(64)
				ua, ub := new(big.Int).SetUint64(a), new(big.Int).SetUint64(b)
				sa, sb := big.NewInt(int64(a)), big.NewInt(int64(b))
				if typ == ir.I32 {
					w = 32
					ua, ub = big.NewInt(int64(uint32(a))), big.NewInt(int64(uint32(b)))
					sa, sb = big.NewInt(int64(int32(a))), big.NewInt(int64(int32(b)))
				}
				// AddWithCarry of the manual.
				cin := int64(nzcv >> 1 & 1)
				all := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), w), big.NewInt(1))
				switch op {
				case ir.Add:
					cin = 0
				case ir.Sub:
					cin = 1
				}
				if op == ir.Sub || op == ir.Sbc {
					ub.Sub(all, ub)
					sb.Not(sb)
				}
				us := ua.Add(ua, ub).Add(ua, big.NewInt(cin))
				ss := sa.Add(sa, sb).Add(sa, big.NewInt(cin))
				var want uint32
				res := new(big.Int).And(us, all)
				if op == ir.And || op == ir.AndNot {
					v := a & b
					if op == ir.AndNot {
						v = a &^ b
					}
					res.And(new(big.Int).SetUint64(v), all)
				} else {
					if us.Cmp(all) > 0 {
						want |= 2
					}
					lim := new(big.Int).Lsh(big.NewInt(1), w-1)
					if ss.Cmp(lim) >= 0 || ss.Cmp(lim.Neg(lim)) < 0 {
						want |= 1
					}
				}
				if res.Bit(int(w-1)) != 0 {
					want |= 8
				}
				if res.Sign() == 0 {
					want |= 4
				}
				got := flagsOf(&ir.Inst{Op: op, Type: typ}, a, b, state.PackNZCV(nzcv))
				if state.UnpackNZCV(got) != want {
					t.Fatalf("%v %v %#x %#x with %04b: %04b, want %04b", op, typ, a, b, nzcv, state.UnpackNZCV(got), want)
				}
			}
		}
	}
}

func TestFlagsOps(t *testing.T) {
	c := &state.CPU{}
	for nzcv := uint32(0); nzcv < 16; nzcv++ {
		f := uint64(state.PackNZCV(nzcv))
		if got := evalInt(t, c, ir.Inst{Op: ir.FlagsConst, Type: ir.Flags, Imm: int64(nzcv)}); got != f {
			t.Errorf("flagsconst %04b: %#x", nzcv, got)
		}
		if got := evalInt(t, c, ir.Inst{Op: ir.FlagsToX, Type: ir.I64}, f|0x2a00); got != uint64(nzcv)<<28 {
			t.Errorf("flagstox %04b: %#x", nzcv, got)
		}
		if got := evalInt(t, c, ir.Inst{Op: ir.FlagsFromX, Type: ir.Flags}, uint64(nzcv)<<28|0xf0fffffff); got != f {
			t.Errorf("flagsfromx %04b: %#x", nzcv, got)
		}
		for cond := ir.EQ; cond <= ir.NV; cond++ {
			sel, set, setm := uint64(222), uint64(0), uint64(0)
			if cond.Holds(nzcv) {
				sel, set, setm = 111, 1, 1<<32-1
			}
			if got := evalInt(t, c, ir.Inst{Op: ir.CSel, Type: ir.I64, Flags: uint8(cond)}, 111, 222, f); got != sel {
				t.Errorf("csel %v %04b: %d", cond, nzcv, got)
			}
			if got := evalInt(t, c, ir.Inst{Op: ir.FlagsSel, Type: ir.Flags, Flags: uint8(cond)}, 111, 222, f); got != sel {
				t.Errorf("flagssel %v %04b: %d", cond, nzcv, got)
			}
			if got := evalInt(t, c, ir.Inst{Op: ir.CSet, Type: ir.I32, Flags: uint8(cond)}, f); got != set {
				t.Errorf("cset %v %04b: %d", cond, nzcv, got)
			}
			if got := evalInt(t, c, ir.Inst{Op: ir.CSetM, Type: ir.I32, Flags: uint8(cond)}, f); got != setm {
				t.Errorf("csetm %v %04b: %#x", cond, nzcv, got)
			}
		}
	}
}

// Conditions against the manual's table.
func TestCond(t *testing.T) {
	for f := uint32(0); f < 16; f++ {
		n, z, c, v := f&8 != 0, f&4 != 0, f&2 != 0, f&1 != 0
		want := [...]bool{z, !z, c, !c, n, !n, v, !v, c && !z, !c || z, n == v, n != v, !z && n == v, z || n != v, true, true}
		for cond, w := range want {
			if ir.Cond(cond).Holds(f) != w {
				t.Errorf("%v %04b: %v", ir.Cond(cond), f, !w)
			}
		}
	}
}

func TestSys(t *testing.T) {
	c := &state.CPU{}
	c.Init()
	c.MXCSR |= 0x21 // invalid, inexact
	for _, tc := range []struct {
		reg     uint32
		v, want uint64
	}{
		{ir.SysTPIDR, 0x123456789abc, 0x123456789abc},
		{ir.SysFPCR, ^uint64(0), state.FPCRMask},
		{ir.SysFPSR, state.FPSRQC | state.FPSRIDC, state.FPSRQC | state.FPSRIDC},
	} {
		evalInt(t, c, ir.Inst{Op: ir.PutSys, Aux: tc.reg}, tc.v)
		if got := evalInt(t, c, ir.Inst{Op: ir.GetSys, Type: ir.I64, Aux: tc.reg}); got != tc.want {
			t.Errorf("system register %d: %#x, want %#x", tc.reg, got, tc.want)
		}
	}
	c.TPIDRRO = 9
	if got := evalInt(t, c, ir.Inst{Op: ir.GetSys, Type: ir.I64, Aux: ir.SysTPIDRRO}); got != 9 {
		t.Errorf("tpidrro: %d", got)
	}
	if got := evalInt(t, c, ir.Inst{Op: ir.GetSys, Type: ir.I64, Aux: ir.SysCNTFRQ}); got != 1e9 {
		t.Errorf("cntfrq: %d", got)
	}
	before := evalInt(t, c, ir.Inst{Op: ir.GetSys, Type: ir.I64, Aux: ir.SysCNTVCT})
	if after := evalInt(t, c, ir.Inst{Op: ir.GetSys, Type: ir.I64, Aux: ir.SysCNTVCT}); before == 0 || after < before {
		t.Errorf("cntvct: %d, then %d", before, after)
	}
}
