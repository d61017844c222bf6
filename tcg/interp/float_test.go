package interp

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"armature/tcg/ir"
	"armature/tcg/softfloat"
	"armature/tcg/state"
)

// number is the value of a lane of a floating-point format.
func number(x uint64, size uint8) float64 {
	switch size {
	case 1:
		var e softfloat.Env
		return math.Float64frombits(e.Convert(softfloat.F64, softfloat.F16, x, softfloat.TieEven))
	case 2:
		return float64(math.Float32frombits(uint32(x)))
	}
	return math.Float64frombits(x)
}

// lanesOf packs a number rounded to nearest: exact big.Float arithmetic in, one rounding.
func encode(x *big.Float, size uint8) uint64 {
	switch size {
	case 1:
		// To 11 bits, in the range of normal halves: exact as a double.
		f, _ := new(big.Float).SetPrec(11).SetMode(big.ToNearestEven).Set(x).Float64()
		var e softfloat.Env
		return e.Convert(softfloat.F16, softfloat.F64, math.Float64bits(f), softfloat.TieEven)
	case 2:
		f, _ := x.Float32()
		return uint64(math.Float32bits(f))
	}
	f, _ := x.Float64()
	return math.Float64bits(f)
}

func exact(x float64) *big.Float { return new(big.Float).SetPrec(4000).SetFloat64(x) }

func bigOp(f func(z, x, y *big.Float) *big.Float) func(a, b, d *big.Float) *big.Float {
	return func(a, b, d *big.Float) *big.Float { return f(new(big.Float).SetPrec(4000), a, b) }
}

func neg(x *big.Float) *big.Float { return new(big.Float).Neg(x) }
func mulAdd(d, a, b *big.Float) *big.Float {
	p := new(big.Float).SetPrec(4000).Mul(a, b)
	return p.Add(p, d)
}

func bool01(x bool) *big.Float {
	if x {
		return exact(1)
	}
	return exact(0)
}

// Every lane operation whose result is a rounded real number, or a mask, against exact arithmetic.
func TestFloatLanes(t *testing.T) {
	type fn = func(a, b, d *big.Float) *big.Float
	for _, tc := range []struct {
		op     ir.Op
		shapes string
		mask   bool
		f      fn
	}{
		{ir.FAdd, "QDS", false, bigOp((*big.Float).Add)},
		{ir.FSub, "QDS", false, bigOp((*big.Float).Sub)},
		{ir.FMul, "QDS", false, bigOp((*big.Float).Mul)},
		{ir.FMulX, "QDS", false, bigOp((*big.Float).Mul)},
		{ir.FNMul, "S", false, func(a, b, d *big.Float) *big.Float { return neg(bigOp((*big.Float).Mul)(a, b, d)) }},
		{ir.FDiv, "QDS", false, bigOp((*big.Float).Quo)},
		{ir.FMax, "QDS", false, func(a, b, d *big.Float) *big.Float {
			if a.Cmp(b) > 0 {
				return a
			}
			return b
		}},
		{ir.FMaxNM, "QDS", false, func(a, b, d *big.Float) *big.Float {
			if a.Cmp(b) > 0 {
				return a
			}
			return b
		}},
		{ir.FMin, "QDS", false, func(a, b, d *big.Float) *big.Float {
			if a.Cmp(b) < 0 {
				return a
			}
			return b
		}},
		{ir.FMinNM, "QDS", false, func(a, b, d *big.Float) *big.Float {
			if a.Cmp(b) < 0 {
				return a
			}
			return b
		}},
		{ir.FAbd, "QDS", false, func(a, b, d *big.Float) *big.Float {
			x := bigOp((*big.Float).Sub)(a, b, d)
			return x.Abs(x)
		}},
		{ir.FSqrt, "QDS", false, func(a, b, d *big.Float) *big.Float {
			if a.Sign() < 0 {
				return nil // the default NaN
			}
			return new(big.Float).SetPrec(4000).Sqrt(a)
		}},
		{ir.FAbs, "QDS", false, func(a, b, d *big.Float) *big.Float { return new(big.Float).Abs(a) }},
		{ir.FNeg, "QDS", false, func(a, b, d *big.Float) *big.Float { return neg(a) }},
		{ir.FMla, "QDS", false, func(a, b, d *big.Float) *big.Float { return mulAdd(d, a, b) }},
		{ir.FMls, "QDS", false, func(a, b, d *big.Float) *big.Float { return mulAdd(d, neg(a), b) }},
		{ir.FNMla, "S", false, func(a, b, d *big.Float) *big.Float { return mulAdd(neg(d), neg(a), b) }},
		{ir.FNMls, "S", false, func(a, b, d *big.Float) *big.Float { return mulAdd(neg(d), a, b) }},
		{ir.FRecps, "QDS", false, func(a, b, d *big.Float) *big.Float { return mulAdd(exact(2), neg(a), b) }},
		{ir.FRsqrts, "QDS", false, func(a, b, d *big.Float) *big.Float {
			x := mulAdd(exact(3), neg(a), b)
			return x.Quo(x, exact(2))
		}},
		{ir.FCmEQ, "QDS", true, func(a, b, d *big.Float) *big.Float { return bool01(a.Cmp(b) == 0) }},
		{ir.FCmGE, "QDS", true, func(a, b, d *big.Float) *big.Float { return bool01(a.Cmp(b) >= 0) }},
		{ir.FCmGT, "QDS", true, func(a, b, d *big.Float) *big.Float { return bool01(a.Cmp(b) > 0) }},
		{ir.FAcGE, "QDS", true, func(a, b, d *big.Float) *big.Float {
			return bool01(new(big.Float).Abs(a).Cmp(new(big.Float).Abs(b)) >= 0)
		}},
		{ir.FAcGT, "QDS", true, func(a, b, d *big.Float) *big.Float {
			return bool01(new(big.Float).Abs(a).Cmp(new(big.Float).Abs(b)) > 0)
		}},
	} {
		rng := rand.New(rand.NewPCG(12, uint64(tc.op)))
		c := newCPU()
		for _, sh := range tc.shapes {
			for size := uint8(1); size < 4; size++ {
				n, shape := laneCount(byte(sh), size)
				for range 20 {
					var args [3]state.V
					for k := range args {
						for i := range 16 >> size {
							x := (rng.Float64()*4 + 0.5) * float64(1-2*rng.IntN(2))
							if rng.IntN(4) == 0 {
								x = 1.5 // equal ones
							}
							setLane(&args[k], i, size, encode(exact(x), size))
						}
					}
					var want state.V
					for i := range n {
						f := tc.f(exact(number(lane(args[0], i, size), size)), exact(number(lane(args[1], i, size), size)),
							exact(number(lane(args[2], i, size), size)))
						switch {
						case f == nil:
							setLane(&want, i, size, format(size).DefaultNaN())
						case tc.mask:
							setLane(&want, i, size, -uint64(f.Sign()))
						default:
							setLane(&want, i, size, encode(f, size))
						}
					}
					in := ir.Inst{Op: tc.op, Type: ir.V128, Size: size, Shape: shape}
					if got := evalV(t, c, in, args[:]...); got != want {
						t.Fatalf("%v size %d shape %c %#x: %#x, want %#x", tc.op, size, sh, args, got, want)
					}
				}
			}
		}
	}
}

func vecs(xs ...float32) (v state.V) {
	for i, x := range xs {
		setLane(&v, i, 2, uint64(math.Float32bits(x)))
	}
	return v
}

func vecd(xs ...float64) (v state.V) {
	for i, x := range xs {
		setLane(&v, i, 3, math.Float64bits(x))
	}
	return v
}

func vech(xs ...float32) (v state.V) {
	for i, x := range xs {
		setLane(&v, i, 1, encode(exact(float64(x)), 1))
	}
	return v
}

func ints32(xs ...int32) state.V {
	var w [4]uint32
	for i, x := range xs {
		w[i] = uint32(x)
	}
	return words(w[0], w[1], w[2], w[3])
}

// One case or more for each operation with a shape or a field of its own.
func TestFloatOps(t *testing.T) {
	nan := float32(math.NaN())
	const q, d, s = ir.ShapeQ, ir.ShapeD, ir.ShapeS
	var zero state.V
	for _, tc := range []struct {
		in      ir.Inst
		a, b, d state.V
		want    state.V
	}{
		{ir.Inst{Op: ir.FAddP, Size: 2, Shape: q}, vecs(1, 2, 3, 4), vecs(10, 20, 30, 40), zero, vecs(3, 7, 30, 70)},
		{ir.Inst{Op: ir.FAddP, Size: 2, Shape: d}, vecs(1, 2, 3, 4), vecs(10, 20, 30, 40), zero, vecs(3, 30)},
		{ir.Inst{Op: ir.FAddP, Size: 3, Shape: q}, vecd(1, 2), vecd(10, 20), zero, vecd(3, 30)},
		{ir.Inst{Op: ir.FAddP, Size: 3, Shape: s}, vecd(1, 2), zero, zero, vecd(3)},
		{ir.Inst{Op: ir.FAddP, Size: 1, Shape: s}, vech(1, 2, 4), zero, zero, vech(3)},
		{ir.Inst{Op: ir.FMaxP, Size: 2, Shape: q}, vecs(1, 2, 4, 3), vecs(10, 20, 40, 30), zero, vecs(2, 4, 20, 40)},
		{ir.Inst{Op: ir.FMinP, Size: 2, Shape: q}, vecs(1, 2, 4, 3), vecs(10, 20, 40, 30), zero, vecs(1, 3, 10, 30)},
		{ir.Inst{Op: ir.FMaxNMP, Size: 2, Shape: q}, vecs(1, nan, 4, 3), vecs(10, 20, 40, 30), zero, vecs(1, 4, 20, 40)},
		{ir.Inst{Op: ir.FMinNMP, Size: 2, Shape: q}, vecs(1, nan, 4, 3), vecs(10, 20, 40, 30), zero, vecs(1, 3, 10, 30)},
		{ir.Inst{Op: ir.FMaxV, Size: 2, Shape: q}, vecs(1, 7, 4, 3), zero, zero, vecs(7)},
		{ir.Inst{Op: ir.FMinV, Size: 2, Shape: q}, vecs(5, 7, 4, 3), zero, zero, vecs(3)},
		{ir.Inst{Op: ir.FMaxNMV, Size: 2, Shape: q}, vecs(1, 7, nan, 3), zero, zero, vecs(7)},
		{ir.Inst{Op: ir.FMinNMV, Size: 2, Shape: q}, vecs(nan, 7, 4, 3), zero, zero, vecs(3)},
		{ir.Inst{Op: ir.FMaxV, Size: 1, Shape: q}, vech(1, 2, 3, 4, 5, 6, 8, 7), zero, zero, vech(8)},
		{ir.Inst{Op: ir.FMaxV, Size: 1, Shape: d}, vech(1, 2, 3, 4, 5, 6, 8, 7), zero, zero, vech(4)},
		// The NaN of the first pair wins.
		{ir.Inst{Op: ir.FMaxV, Size: 2, Shape: q}, ints32(0, 0x7fc00002, 0x7fc00001, 0), zero, zero, ints32(0x7fc00002)},
		{ir.Inst{Op: ir.FMulX, Size: 2, Shape: s}, vecs(0), vecs(float32(math.Inf(-1))), zero, vecs(-2)},
		// Signs of NaNs: FABD clears, FNMUL flips, FMLS negates the operand.
		{ir.Inst{Op: ir.FAbd, Size: 2, Shape: s}, ints32(-0x3ffffe), vecs(1), zero, ints32(0x7fc00002)},
		{ir.Inst{Op: ir.FNMul, Size: 2, Shape: s}, ints32(0x7fc00002), vecs(1), zero, ints32(-0x3ffffe)},
		{ir.Inst{Op: ir.FMls, Size: 2, Shape: s}, ints32(0x7fc00002), vecs(1), vecs(1), ints32(-0x3ffffe)},
		{ir.Inst{Op: ir.FNMls, Size: 2, Shape: s}, vecs(1), vecs(1), ints32(0x7fc00002), ints32(-0x3ffffe)},
		{ir.Inst{Op: ir.FMlal, Size: 1, Shape: q}, vech(1, 2, 3, 4, 5, 6, 7, 8), vech(2, 2, 2, 2, 3, 3, 3, 3), vecs(1, 1, 1, 1), vecs(3, 5, 7, 9)},
		{ir.Inst{Op: ir.FMlal, Size: 1, Shape: q | ir.ShapeHi}, vech(1, 2, 3, 4, 5, 6, 7, 8), vech(2, 2, 2, 2, 3, 3, 3, 3), vecs(1, 1, 1, 1), vecs(16, 19, 22, 25)},
		{ir.Inst{Op: ir.FMlal, Size: 1, Shape: d | ir.ShapeHi}, vech(1, 2, 3, 4, 5, 6, 7, 8), vech(2, 2, 2, 2, 3, 3, 3, 3), vecs(1, 1, 1, 1), vecs(7, 9)},
		{ir.Inst{Op: ir.FMlsl, Size: 1, Shape: d}, vech(1, 2, 3, 4), vech(2, 2, 2, 2), vecs(1, 1, 1, 1), vecs(-1, -3)},
		{ir.Inst{Op: ir.FCAdd, Size: 2, Shape: q, Aux: 1}, vecs(1, 2, 3, 4), vecs(10, 20, 30, 40), zero, vecs(-19, 12, -37, 34)},
		{ir.Inst{Op: ir.FCAdd, Size: 2, Shape: d, Aux: 3}, vecs(1, 2, 3, 4), vecs(10, 20, 30, 40), zero, vecs(21, -8)},
		{ir.Inst{Op: ir.FCMla, Size: 2, Shape: d, Aux: 0}, vecs(2, 3), vecs(10, 20), vecs(1, 1), vecs(21, 41)},
		{ir.Inst{Op: ir.FCMla, Size: 2, Shape: d, Aux: 1}, vecs(2, 3), vecs(10, 20), vecs(1, 1), vecs(-59, 31)},
		{ir.Inst{Op: ir.FCMla, Size: 2, Shape: d, Aux: 2}, vecs(2, 3), vecs(10, 20), vecs(1, 1), vecs(-19, -39)},
		{ir.Inst{Op: ir.FCMla, Size: 3, Shape: q, Aux: 3}, vecd(2, 3), vecd(10, 20), vecd(1, 1), vecd(61, -29)},
		{ir.Inst{Op: ir.FRecpe, Size: 2, Shape: q}, vecs(1, 2, 4, 0.5), zero, zero, vecs(0.998046875, 0.4990234375, 0.24951171875, 1.99609375)},
		{ir.Inst{Op: ir.FRsqrte, Size: 3, Shape: q}, vecd(1, 4), zero, zero, vecd(0.998046875, 0.4990234375)},
		{ir.Inst{Op: ir.FRecpx, Size: 2, Shape: s}, vecs(8), zero, zero, vecs(0.25)},
		{ir.Inst{Op: ir.FRInt, Size: 2, Shape: q, Aux: ir.RoundNearest}, vecs(2.5, -2.5, 3.5, 0.5), zero, zero, vecs(2, -2, 4, 0)},
		{ir.Inst{Op: ir.FRInt, Size: 2, Shape: q, Aux: ir.RoundAway}, vecs(2.5, -2.5, 3.5, 0.5), zero, zero, vecs(3, -3, 4, 1)},
		{ir.Inst{Op: ir.FRInt, Size: 2, Shape: q, Aux: ir.RoundPlus}, vecs(2.5, -2.5, 3.5, 0.5), zero, zero, vecs(3, -2, 4, 1)},
		{ir.Inst{Op: ir.FRInt, Size: 2, Shape: q, Aux: ir.RoundMinus}, vecs(2.5, -2.5, 3.5, 0.5), zero, zero, vecs(2, -3, 3, 0)},
		{ir.Inst{Op: ir.FRInt, Size: 1, Shape: d, Aux: ir.RoundZero}, vech(2.5, -2.5, 3.5, 0.5), zero, zero, vech(2, -2, 3, 0)},
		{ir.Inst{Op: ir.FRInt32, Size: 2, Shape: d, Aux: ir.RoundZero}, vecs(2.5, 1e10), zero, zero, vecs(2, -1<<31)},
		{ir.Inst{Op: ir.FRInt64, Size: 2, Shape: d, Aux: ir.RoundZero}, vecs(2.5, 1e10), zero, zero, vecs(2, 1e10)},
		{ir.Inst{Op: ir.FToS, Size: 2, Shape: q, Aux: ir.RoundZero}, vecs(2.7, -2.7, 1e10, nan), zero, zero, ints32(2, -2, math.MaxInt32, 0)},
		{ir.Inst{Op: ir.FToU, Size: 2, Shape: q, Aux: ir.RoundAway}, vecs(2.5, -2.7, 1e10, 7), zero, zero, ints32(3, 0, -1, 7)},
		{ir.Inst{Op: ir.FToS, Size: 2, Shape: s, Aux: ir.RoundZero, Imm: 4}, vecs(2.5, 9), zero, zero, ints32(40)},
		{ir.Inst{Op: ir.FFromS, Size: 2, Shape: q}, ints32(1, -2, 3, math.MinInt32), zero, zero, vecs(1, -2, 3, -1<<31)},
		{ir.Inst{Op: ir.FFromU, Size: 2, Shape: d, Imm: 1}, ints32(1, -1<<31, 3), zero, zero, vecs(0.5, 1<<30)},
		{ir.Inst{Op: ir.FToSX, Type: ir.I64, Size: 2, Shape: s, Aux: ir.RoundMinus}, vecs(-2.5), zero, zero, state.V{Lo: 1<<64 - 3}},
		{ir.Inst{Op: ir.FToSX, Type: ir.I32, Size: 3, Shape: s, Aux: ir.RoundCur}, vecd(-2.5), zero, zero, state.V{Lo: 1<<32 - 2}},
		{ir.Inst{Op: ir.FToUX, Type: ir.I32, Size: 3, Shape: s, Aux: ir.RoundZero, Imm: 8}, vecd(2.5), zero, zero, state.V{Lo: 640}},
		{ir.Inst{Op: ir.FToUX, Type: ir.I64, Size: 3, Shape: s, Aux: ir.RoundZero}, vecd(1e19), zero, zero, state.V{Lo: 1e19}},
		{ir.Inst{Op: ir.FFromSX, Size: 3, Shape: s, Aux: 2}, state.V{Lo: 0x5ffffffff}, zero, zero, vecd(-1)},
		{ir.Inst{Op: ir.FFromSX, Size: 2, Shape: s, Aux: 3}, state.V{Lo: 1<<64 - 5}, zero, zero, vecs(-5)},
		{ir.Inst{Op: ir.FFromUX, Size: 3, Shape: s, Aux: 3}, state.V{Lo: 1 << 63}, zero, zero, vecd(1 << 63)},
		{ir.Inst{Op: ir.FFromUX, Size: 2, Shape: s, Aux: 2, Imm: 2}, state.V{Lo: 0xf00000006}, zero, zero, vecs(1.5)},
		{ir.Inst{Op: ir.FJcvt, Type: ir.I32}, vecd(1<<33 + 5.5), zero, zero, state.V{Lo: 5}},
		{ir.Inst{Op: ir.FJcvtZ, Type: ir.Flags}, vecd(5), zero, zero, state.V{Lo: uint64(state.PackNZCV(4))}},
		{ir.Inst{Op: ir.FJcvtZ, Type: ir.Flags}, vecd(5.5), zero, zero, state.V{Lo: uint64(state.PackNZCV(0))}},
		{ir.Inst{Op: ir.FCvt, Size: 2, Aux: 3}, vecs(2.5, 1), zero, zero, vecd(2.5)},
		{ir.Inst{Op: ir.FCvt, Size: 3, Aux: 1}, vecd(2.5, 1), zero, zero, vech(2.5)},
		{ir.Inst{Op: ir.FCvt, Size: 1, Aux: 2}, vech(2.5, 1), zero, zero, vecs(2.5)},
		{ir.Inst{Op: ir.FCvtL, Size: 1}, vech(1, 2, 3, 4, 5, 6, 7, 8), zero, zero, vecs(1, 2, 3, 4)},
		{ir.Inst{Op: ir.FCvtL, Size: 2, Shape: ir.ShapeHi}, vecs(1, 2, 3, 4), zero, zero, vecd(3, 4)},
		{ir.Inst{Op: ir.FCvtN, Size: 1}, vecs(1, 2, 3, 4), zero, zero, vech(1, 2, 3, 4)},
		{ir.Inst{Op: ir.FCvtN, Size: 2}, vecd(1, 2), zero, zero, vecs(1, 2)},
		{ir.Inst{Op: ir.FCvtXN}, vecd(1+1e-15, 2), zero, zero, ints32(0x3f800001, 0x40000000)},
		{ir.Inst{Op: ir.FCvtXN, Shape: s}, vecd(1+1e-15, 2), zero, zero, ints32(0x3f800001)},
		{ir.Inst{Op: ir.BFCvt}, vecs(1.5, 7), zero, zero, state.V{Lo: 0x3fc0}},
		{ir.Inst{Op: ir.BFCvtN}, vecs(1.5, -1.5, 2, 0), zero, zero, state.V{Lo: 0x4000_bfc0_3fc0}},
		// Pairs of BFloat16: 1 and 2 in a word; 3 and 4.
		{ir.Inst{Op: ir.BFDot, Shape: q}, ints32(0x40003f80, 0x40003f80, 0, 0x40003f80), ints32(0x40804040, 0x3f80, 1, 0x40804040), vecs(1, 1, 1, 1), vecs(12, 2, 1, 12)},
		{ir.Inst{Op: ir.BFMmla}, ints32(0x40003f80, 0x40003f80, 0x3f80, 0), ints32(0x40804040, 0, 0x3f80, 0x3f800000), vecs(1, 1, 1, 1), vecs(12, 4, 4, 2)},
		{ir.Inst{Op: ir.BFMlal, Aux: 0}, ints32(0x40003f80, 0x40003f80, 0, 0x40003f80), ints32(0x40804040, 0x3f80, 1, 0x40804040), vecs(1, 1, 1, 1), vecs(4, 2, 1, 4)},
		{ir.Inst{Op: ir.BFMlal, Aux: 1}, ints32(0x40003f80, 0x40003f80, 0, 0x40003f80), ints32(0x40804040, 0x3f80, 1, 0x40804040), vecs(1, 1, 1, 1), vecs(9, 1, 1, 9)},
		{ir.Inst{Op: ir.VURecpe, Size: 2, Shape: q}, ints32(math.MinInt32, -1, 1, 0), zero, zero, ints32(-0x800000, math.MinInt32, -1, -1)},
		{ir.Inst{Op: ir.VURsqrte, Size: 2, Shape: d}, ints32(0x40000000, -1), zero, zero, ints32(-0x800000, math.MinInt32)},
	} {
		c := newCPU()
		if tc.in.Type == ir.Void {
			tc.in.Type = ir.V128
		}
		if got := evalV(t, c, tc.in, tc.a, tc.b, tc.d); got != tc.want {
			t.Errorf("%v %+v: %#x, want %#x", tc.in.Op, tc.in, got, tc.want)
		}
	}
}

func TestFCmp(t *testing.T) {
	nan := float32(math.NaN())
	for _, tc := range []struct {
		op   ir.Op
		a, b float32
		nzcv uint32
		fpsr uint32
	}{
		{ir.FCmp, 1, 2, 8, 0},
		{ir.FCmp, 2, 2, 6, 0},
		{ir.FCmp, 3, 2, 2, 0},
		{ir.FCmp, nan, 2, 3, 0},
		{ir.FCmpE, nan, 2, 3, state.FPSRIOC},
		{ir.FCmpE, 1, 2, 8, 0},
	} {
		c := newCPU()
		got := evalV(t, c, ir.Inst{Op: tc.op, Type: ir.Flags, Size: 2, Shape: ir.ShapeS}, vecs(tc.a, 9), vecs(tc.b, 8))
		if state.UnpackNZCV(uint32(got.Lo)) != tc.nzcv || c.FPSR != tc.fpsr {
			t.Errorf("%v %v %v: %04b, FPSR %#x", tc.op, tc.a, tc.b, state.UnpackNZCV(uint32(got.Lo)), c.FPSR)
		}
	}
}

// FPCR goes in, FPSR comes out, and accumulates.
func TestFloatEnvironment(t *testing.T) {
	c := newCPU()
	c.FPSR = state.FPSRQC
	div := ir.Inst{Op: ir.FDiv, Type: ir.V128, Size: 2, Shape: ir.ShapeS}
	for _, tc := range []struct {
		mode uint32
		want float32
	}{{0, 1. / 3}, {1, math.Nextafter32(1./3, 1)}, {2, 1. / 3}, {3, 1. / 3}} {
		c.SetFPCR(tc.mode << 22)
		got := evalV(t, c, div, vecs(1), vecs(3))
		lo := math.Nextafter32(1./3, 0)
		if float64(float32(1./3)) < 1./3 {
			lo = 1. / 3
		}
		want := map[uint32]float32{0: 1. / 3, 1: math.Nextafter32(lo, 1), 2: lo, 3: lo}[tc.mode]
		if got != vecs(want) {
			t.Errorf("1/3 with RMode %d: %#x, want %#x", tc.mode, got, vecs(want))
		}
	}
	if c.FPSR != state.FPSRQC|state.FPSRIXC {
		t.Errorf("FPSR %#x", c.FPSR)
	}
	evalV(t, c, div, vecs(1), vecs(0))
	if c.FPSR != state.FPSRQC|state.FPSRIXC|state.FPSRDZC {
		t.Errorf("FPSR %#x", c.FPSR)
	}
	c.SetFPCR(state.FPCRDN)
	if got := evalV(t, c, ir.Inst{Op: ir.FAdd, Type: ir.V128, Size: 2, Shape: ir.ShapeS}, ints32(0x7fc00005), vecs(1)); got != ints32(0x7fc00000) {
		t.Errorf("default NaN: %#x", got)
	}
	// FRINTX raises inexact, FRINTI does not.
	c.FPSR = 0
	evalV(t, c, ir.Inst{Op: ir.FRInt, Type: ir.V128, Size: 3, Shape: ir.ShapeS, Aux: ir.RoundCur}, vecd(2.5))
	if c.FPSR != 0 {
		t.Errorf("FRINTI: FPSR %#x", c.FPSR)
	}
	evalV(t, c, ir.Inst{Op: ir.FRInt, Type: ir.V128, Size: 3, Shape: ir.ShapeS, Aux: ir.RoundCur | ir.RoundExact}, vecd(2.5))
	if c.FPSR != state.FPSRIXC {
		t.Errorf("FRINTX: FPSR %#x", c.FPSR)
	}
	// What is no FPEnv operation leaves FPSR alone.
	c.FPSR = 0
	evalV(t, c, ir.Inst{Op: ir.FJcvtZ, Type: ir.Flags}, vecd(math.NaN()))
	evalV(t, c, ir.Inst{Op: ir.FNeg, Type: ir.V128, Size: 2}, ints32(0x7f800001))
	evalV(t, c, ir.Inst{Op: ir.BFDot, Type: ir.V128}, ints32(0x7f81), ints32(1))
	if c.FPSR != 0 {
		t.Errorf("FPSR %#x", c.FPSR)
	}
}

func TestWidenHalf(t *testing.T) {
	var e softfloat.Env
	for h := uint64(0); h < 1<<16; h++ {
		want := e.Convert(softfloat.F32, softfloat.F16, h, softfloat.TieEven)
		if h&0x7c00 == 0x7c00 && h&0x3ff != 0 && h&0x200 == 0 {
			want &^= 1 << 22 // signalling ones stay so
		}
		if got := widenHalf(&e, h); got != want {
			t.Fatalf("%#x: %#x, want %#x", h, got, want)
		}
	}
	e.FPCR = softfloat.FZ16
	if got := widenHalf(&e, 0x83ff); got != 1<<31 {
		t.Errorf("flushed: %#x", got)
	}
}

// Every operation but those that are not on values alone is there: Eval takes it.
func TestEvalComplete(t *testing.T) {
	c := newCPU()
	for op := ir.Nop; op < ir.NumOps; op++ {
		in := ir.Inst{Op: op, Type: ir.I64, Size: 2, Aux: 1, Imm: 1}
		switch op {
		case ir.Rev32, ir.UMulH:
		case ir.PutSys:
			in.Aux = ir.SysFPSR
		case ir.FCvt, ir.FFromSX, ir.FFromUX:
			in.Aux = 3
		}
		want := true
		switch {
		case op >= ir.GetX && op <= ir.PutFlags, op == ir.FlagsOf, op >= ir.Load && op <= ir.ExitX:
			want = false
		}
		if got := Eval(&in, c); got != want {
			t.Errorf("%v: %v", op, got)
		}
	}
}
