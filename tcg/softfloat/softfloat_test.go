package softfloat

import (
	"math"
	"testing"
)

// TestHost compares the default environment with the arithmetic of the host's processor, which is the
// same but for NaNs.
func TestHost(t *testing.T) {
	r := newRand()
	var grid [2][]uint64
	for i, f := range []Format{F32, F64} {
		grid[i] = append(grid[i], specials[f]...)
		for range 300 {
			grid[i] = append(grid[i], randFloat(r, f, 0))
		}
	}
	isNaN := func(f Format, v uint64) bool { return v&formats[f].mag > formats[f].inf }
	check := func(name string, f Format, got, want, a, b, c uint64) {
		if got != want && !(isNaN(f, got) && isNaN(f, want)) {
			t.Errorf("%s%d: a %x b %x c %x: got %x, want %x", name, f.Bits(), a, b, c, got, want)
		}
	}
	var e Env
	type op2 struct {
		name string
		soft func(Format, uint64, uint64) uint64
		f32  func(x, y float32) float32
		f64  func(x, y float64) float64
	}
	for _, op := range []op2{
		{"add", e.Add, func(x, y float32) float32 { return x + y }, func(x, y float64) float64 { return x + y }},
		{"sub", e.Sub, func(x, y float32) float32 { return x - y }, func(x, y float64) float64 { return x - y }},
		{"mul", e.Mul, func(x, y float32) float32 { return x * y }, func(x, y float64) float64 { return x * y }},
		{"div", e.Div, func(x, y float32) float32 { return x / y }, func(x, y float64) float64 { return x / y }},
		{"max", e.Max, func(x, y float32) float32 { return max(x, y) }, math.Max},
		{"min", e.Min, func(x, y float32) float32 { return min(x, y) }, math.Min},
	} {
		nanWins := op.name != "max" && op.name != "min" // math.Max(+Inf, NaN) is +Inf
		for _, a := range grid[0] {
			for _, b := range grid[0] {
				want := op.f32(math.Float32frombits(uint32(a)), math.Float32frombits(uint32(b)))
				check(op.name, F32, op.soft(F32, a, b), uint64(math.Float32bits(want)), a, b, 0)
			}
		}
		for _, a := range grid[1] {
			for _, b := range grid[1] {
				if !nanWins && (isNaN(F64, a) || isNaN(F64, b)) {
					continue
				}
				want := op.f64(math.Float64frombits(a), math.Float64frombits(b))
				check(op.name, F64, op.soft(F64, a, b), math.Float64bits(want), a, b, 0)
			}
		}
	}
	for range *cases * 10 {
		a := randFloat(r, F64, 0)
		b := randFloat(r, F64, a)
		c := randFloat(r, F64, e.Mul(F64, a, b))
		x, y, z := math.Float64frombits(a), math.Float64frombits(b), math.Float64frombits(c)
		check("muladd", F64, e.MulAdd(F64, c, a, b), math.Float64bits(math.FMA(x, y, z)), a, b, c)
		check("sqrt", F64, e.Sqrt(F64, a), math.Float64bits(math.Sqrt(x)), a, 0, 0)
		check("narrow", F32, e.Convert(F32, F64, a, TieEven), uint64(math.Float32bits(float32(x))), a, 0, 0)
		a32 := randFloat(r, F32, 0)
		x32 := math.Float32frombits(uint32(a32))
		check("widen", F64, e.Convert(F64, F32, a32, TieEven), math.Float64bits(float64(x32)), a32, 0, 0)
		check("sqrt", F32, e.Sqrt(F32, a32), uint64(math.Float32bits(float32(math.Sqrt(float64(x32))))), a32, 0, 0)
		for rm, round := range map[Rounding]func(float64) float64{
			TieEven: math.RoundToEven, PosInf: math.Ceil, NegInf: math.Floor, Zero: math.Trunc, TieAway: math.Round,
		} {
			check("rint", F64, e.RoundInt(F64, a, rm, true), math.Float64bits(round(x)), a, uint64(rm), 0)
		}
		i := randInt(r, 64)
		check("scvtf", F64, e.FromFixed(F64, i, 64, 0, false, TieEven), math.Float64bits(float64(int64(i))), i, 0, 0)
		check("ucvtf", F32, e.FromFixed(F32, i, 64, 0, true, TieEven), uint64(math.Float32bits(float32(i))), i, 0, 0)
		if math.Abs(x) < 1<<62 {
			if got := e.ToFixed(F64, a, 0, false, Zero, 64); got != uint64(int64(x)) {
				t.Errorf("fcvtzs: a %x: got %x, want %x", a, got, int64(x))
			}
		}
	}
}

// TestHalf compares all half-precision square roots, integer roundings and widenings, and the
// narrowing of all single-precision numbers around half-precision ones, with double arithmetic.
func TestHalf(t *testing.T) {
	value := func(h uint64) float64 {
		m, exp := float64(h&0x3ff), int(h>>10&31)
		if exp == 0 {
			exp = 1
		} else {
			m += 1024
		}
		if h>>15 != 0 {
			m = -m
		}
		return math.Ldexp(m, exp-25)
	}
	narrow := func(x float64) uint64 {
		// The nearest of all the finite numbers; the even one of two.
		lo, hi := uint64(0), uint64(0x7c00) // value(0x7c00) is 65536, where infinity starts
		abs := math.Abs(x)
		for hi-lo > 1 {
			if mid := (lo + hi) / 2; value(mid) <= abs {
				lo = mid
			} else {
				hi = mid
			}
		}
		if d := (abs - value(lo)) - (value(hi) - abs); d > 0 || d == 0 && lo&1 != 0 {
			lo = hi
		}
		if math.Signbit(x) {
			lo |= 0x8000
		}
		return lo
	}
	var e Env
	for h := range uint64(1 << 16) {
		if h&0x7c00 == 0x7c00 {
			continue
		}
		x := value(h)
		if h == 0x8000 {
			x = math.Copysign(0, -1)
		}
		if got := e.Convert(F64, F16, h, TieEven); got != math.Float64bits(x) {
			t.Errorf("widen %04x: got %x, want %x", h, got, math.Float64bits(x))
		}
		if h <= 0x8000 {
			if got, want := e.Sqrt(F16, h), narrow(math.Sqrt(x)); got != want {
				t.Errorf("sqrt %04x: got %04x, want %04x", h, got, want)
			}
		}
		if got, want := e.RoundInt(F16, h, TieEven, true), narrow(math.RoundToEven(x)); got != want {
			t.Errorf("rint %04x: got %04x, want %04x", h, got, want)
		}
		s := uint64(math.Float32bits(float32(x)))
		for _, d := range []uint64{0, 1, 1<<12 - 1, 1 << 12, 1<<12 + 1, 1<<13 - 1} {
			s := s + d
			want := narrow(float64(math.Float32frombits(uint32(s))))
			if got := e.Convert(F16, F32, s, TieEven); got != want {
				t.Errorf("narrow %08x: got %04x, want %04x", s, got, want)
			}
		}
	}
}

// TestSqrt128 checks roots next to perfect squares, where the estimate is most likely to be off.
func TestSqrt128(t *testing.T) {
	r := newRand()
	for range *cases {
		s := 1<<63 | randInt(r, 64)
		for _, d := range []int{-1, 0, 1} {
			x := real{m: decodeWords(s, s, d)}
			if x.m.BitLen() > 128 {
				continue
			}
			hi, lo := x.words()
			want := x.root()
			w := want.m.Rsh(want.m, 100).Uint64() // root scales by 2^100
			if !isSquare(x) {
				w |= 1
			}
			if got := sqrt128(hi, lo); got != w {
				t.Errorf("sqrt128(%x, %x) = %x, want %x", hi, lo, got, w)
			}
		}
	}
}

// TestEstimates compares the table-free estimates with the loops of the manual.
func TestEstimates(t *testing.T) {
	for a := uint32(128); a < 512; a++ {
		x := a
		if x < 256 {
			x = x*2 + 1
		} else {
			x = (x>>1<<1 + 1) * 2
		}
		b := uint32(512)
		for uint64(x)*uint64(b+1)*uint64(b+1) < 1<<28 {
			b++
		}
		if got, want := recipSqrtEstimate(a), (b+1)/2; got != want || want < 256 || want > 511 {
			t.Errorf("recipSqrtEstimate(%d) = %d, want %d", a, got, want)
		}
	}
	for a := uint32(256); a < 512; a++ {
		if got := recipEstimate(a); got < 256 || got > 511 {
			t.Errorf("recipEstimate(%d) = %d", a, got)
		}
	}
}

// TestAnyBits runs the operations on operands with random bits above the format, and with random
// FPCR, and looks for panics, bits above the format in results, and stray flags.
func TestAnyBits(t *testing.T) {
	r := newRand()
	for f := F16; f <= F64; f++ {
		for range *cases {
			e := Env{FPCR: r.Uint32()}
			a, b, c := r.Uint64(), r.Uint64(), r.Uint64()
			if r.IntN(2) == 0 {
				a = randFloat(r, f, 0) | a<<f.Bits()
				b = randFloat(r, f, a) | b<<f.Bits()
			}
			rm := Rounding(r.IntN(int(Odd)))
			results := []uint64{
				e.Add(f, a, b), e.Sub(f, a, b), e.Mul(f, a, b), e.MulX(f, a, b), e.Div(f, a, b), e.Sqrt(f, a),
				e.MulAdd(f, c, a, b), e.Max(f, a, b), e.Min(f, a, b), e.MaxNum(f, a, b), e.MinNum(f, a, b),
				e.RecipStep(f, a, b), e.RSqrtStep(f, a, b), e.RecipEstimate(f, a), e.RSqrtEstimate(f, a),
				e.RecpX(f, a), e.RoundInt(f, a, rm, true), e.FromFixed(f, a, 64, r.UintN(65), true, Rounding(r.IntN(4))),
				e.ToFixed(f, a, r.UintN(17), true, rm, 16), e.Convert(f, F64, a, TieEven),
			}
			for i, v := range results {
				if f != F64 && i != 18 && v>>f.Bits() != 0 || i == 18 && v>>16 != 0 {
					t.Fatalf("operation %d on format %d, a %x b %x c %x: %x is too wide", i, f.Bits(), a, b, c, v)
				}
			}
			sink = e.RoundIntN(max(f, F32), a, rm, 64)
			if e.FPSR&^(IOC|DZC|OFC|UFC|IXC|IDC) != 0 {
				t.Fatalf("FPSR %x", e.FPSR)
			}
		}
	}
}

func TestNoAllocation(t *testing.T) {
	e := Env{}
	one := uint64(0x3fe5555555555555)
	if n := testing.AllocsPerRun(10, func() {
		sink = e.MulAdd(F64, one, one, e.Div(F64, one, e.Sqrt(F64, e.Add(F64, one, one))))
		sink += uint64(BFDot(1, 2, 3)) + e.Convert(F16, F64, one, Odd) + e.ToFixed(F64, one, 3, false, Zero, 64)
	}); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

var sink uint64

func BenchmarkOps(b *testing.B) {
	const x, y, z = 0x3fe5555555555555, 0x4009876543210fed, 0x3ff0123456789abc
	for _, op := range []struct {
		name string
		run  func(e *Env) uint64
	}{
		{"add", func(e *Env) uint64 { return e.Add(F64, x, y) }},
		{"mul", func(e *Env) uint64 { return e.Mul(F64, x, y) }},
		{"div", func(e *Env) uint64 { return e.Div(F64, x, y) }},
		{"sqrt", func(e *Env) uint64 { return e.Sqrt(F64, x) }},
		{"muladd", func(e *Env) uint64 { return e.MulAdd(F64, z, x, y) }},
		{"max", func(e *Env) uint64 { return e.Max(F64, x, y) }},
		{"compare", func(e *Env) uint64 { return uint64(e.Compare(F64, x, y, false)) }},
		{"tofixed", func(e *Env) uint64 { return e.ToFixed(F64, y, 0, false, Zero, 64) }},
		{"fromfixed", func(e *Env) uint64 { return e.FromFixed(F64, y, 64, 0, false, TieEven) }},
		{"narrow", func(e *Env) uint64 { return e.Convert(F32, F64, x, TieEven) }},
		{"rsqrte", func(e *Env) uint64 { return e.RSqrtEstimate(F64, x) }},
	} {
		b.Run(op.name, func(b *testing.B) {
			var e Env
			for b.Loop() {
				sink = op.run(&e)
			}
		})
	}
}
