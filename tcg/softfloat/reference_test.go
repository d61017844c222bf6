package softfloat

import (
	"math/big"
	"testing"
)

// real is an exact number, (-1)^neg * (m + sticky*tiny) * 2^exp, where tiny is smaller than anything
// that rounding looks at.
type real struct {
	neg    bool
	m      *big.Int
	exp    int
	sticky bool
}

// decode returns the value of a finite operand.
func decode(ft *format, op uint64) real {
	field, frac := op&ft.mag>>ft.fbits, op&ft.frac
	if field == 0 {
		field = 1
	} else {
		frac |= 1 << ft.fbits
	}
	return real{op&ft.sign != 0, new(big.Int).SetUint64(frac), int(field) - int(ft.bias) - int(ft.fbits), false}
}

func (x real) signed() *big.Int {
	if x.neg {
		return new(big.Int).Neg(x.m)
	}
	return x.m
}

func (x real) plus(y real) real {
	exp := min(x.exp, y.exp)
	m := new(big.Int).Lsh(x.signed(), uint(x.exp-exp))
	m.Add(m, new(big.Int).Lsh(y.signed(), uint(y.exp-exp)))
	return real{m.Sign() < 0, m.Abs(m), exp, false}
}

func (x real) times(y real) real {
	return real{x.neg != y.neg, new(big.Int).Mul(x.m, y.m), x.exp + y.exp, false}
}

func (x real) over(y real) real {
	q, r := new(big.Int).QuoRem(new(big.Int).Lsh(x.m, 200), y.m, new(big.Int))
	return real{x.neg != y.neg, q, x.exp - y.exp - 200, r.Sign() != 0}
}

func (x real) root() real {
	shift := 200 + x.exp&1
	m := new(big.Int).Lsh(x.m, uint(shift))
	r := new(big.Int).Sqrt(m)
	return real{false, r, (x.exp - shift) / 2, new(big.Int).Mul(r, r).Cmp(m) != 0}
}

// cut splits x into an integer number of 2^exp and the rest: -1 for none, 0, 1, 2 for less than a
// half, a half, more.
func (x real) cut(exp int) (*big.Int, int) {
	if x.exp >= exp {
		rest := -1
		if x.sticky {
			rest = 0
		}
		return new(big.Int).Lsh(x.m, uint(x.exp-exp)), rest
	}
	n := uint(exp - x.exp)
	q := new(big.Int).Rsh(x.m, n)
	twice := new(big.Int).Sub(x.m, new(big.Int).Lsh(q, n))
	twice.Lsh(twice, 1)
	switch c := twice.Cmp(new(big.Int).Lsh(big.NewInt(1), n)); {
	case twice.Sign() == 0 && !x.sticky:
		return q, -1
	case c == 0 && x.sticky:
		return q, 2
	default:
		return q, c + 1
	}
}

// roundBig increments the magnitude q, of which rest was cut off, as the rounding mode says.
func roundBig(q *big.Int, rest int, neg bool, rm Rounding) *big.Int {
	up := false
	switch rm {
	case TieEven:
		up = rest == 2 || rest == 1 && q.Bit(0) == 1
	case TieAway:
		up = rest >= 1
	case PosInf:
		up = rest >= 0 && !neg
	case NegInf:
		up = rest >= 0 && neg
	case Odd:
		up = rest >= 0 && q.Bit(0) == 0
	}
	if up {
		return new(big.Int).Add(q, big.NewInt(1))
	}
	return q
}

// pack rounds x to a format, literally as FPRoundBase in the manual.
func (x real) pack(ft *format, fpcr uint32, rm Rounding) (result uint64, fpsr uint32) {
	var sign uint64
	if x.neg {
		sign = ft.sign
	}
	minimum := 1 - int(ft.bias)
	exponent := x.m.BitLen() - 1 + x.exp
	if fpcr&ft.fz != 0 && exponent < minimum {
		return sign, UFC
	}
	tiny := exponent < minimum
	q, rest := x.cut(max(exponent, minimum) - int(ft.fbits))
	if tiny && rest >= 0 {
		fpsr |= UFC
	}
	q = roundBig(q, rest, x.neg, rm)
	biased := max(exponent, minimum) - minimum
	top := uint64(biased)<<ft.fbits + q.Uint64() // biased exponent one is the leading one of q
	limit := uint64(ft.ones) << ft.fbits
	if ft.alt {
		limit = ft.mag + 1
	}
	if biased >= int(ft.ones)+1 || top >= limit {
		if ft.alt {
			return sign | ft.mag, IOC
		}
		if rm == TieEven || rm == PosInf && !x.neg || rm == NegInf && x.neg {
			return sign | ft.inf, OFC | IXC
		}
		return sign | (ft.inf - 1), OFC | IXC
	}
	if rest >= 0 {
		fpsr |= IXC
	}
	return sign | top, fpsr
}

// TestReference compares the arithmetic on finite operands, in all rounding modes, with exact
// arithmetic in integers of any size.
func TestReference(t *testing.T) {
	r := newRand()
	for f := F16; f <= F64; f++ {
		ft := &formats[f]
		finite := func(fpcr uint32, near uint64) uint64 {
			for {
				v := randFloat(r, f, near)
				flushed := fpcr&ft.fz != 0 && v&ft.inf == 0
				if v&ft.inf != ft.inf && v&ft.mag != 0 && !flushed {
					return v
				}
			}
		}
		check := func(name string, e Env, got uint64, want real, a, b, c uint64) {
			t.Helper()
			rm := e.Rounding()
			var bits uint64
			var fpsr uint32
			switch {
			case want.m.Sign() != 0:
				bits, fpsr = want.pack(ft, e.FPCR, rm)
			case rm == NegInf: // an exact zero that is the sum of opposite numbers
				bits = ft.sign
			}
			if got != bits || e.FPSR != fpsr {
				t.Errorf("%s%d: fpcr %08x a %x b %x c %x: got %x fpsr %02x, want %x fpsr %02x",
					name, f.Bits(), e.FPCR, a, b, c, got, e.FPSR, bits, fpsr)
			}
		}
		two := real{false, big.NewInt(2), 0, false}
		three := real{false, big.NewInt(3), 0, false}
		for range *cases {
			fpcr := randFPCR(r)
			env := Env{FPCR: fpcr}
			a := finite(fpcr, 0)
			b := finite(fpcr, a)
			c := finite(fpcr, a)
			x, y, z := decode(ft, a), decode(ft, b), decode(ft, c)
			minusX := real{!x.neg, x.m, x.exp, false}
			for _, op := range []struct {
				name string
				run  func(*Env) uint64
				want real
			}{
				{"add", func(e *Env) uint64 { return e.Add(f, a, b) }, x.plus(y)},
				{"sub", func(e *Env) uint64 { return e.Sub(f, b, a) }, y.plus(minusX)},
				{"mul", func(e *Env) uint64 { return e.Mul(f, a, b) }, x.times(y)},
				{"div", func(e *Env) uint64 { return e.Div(f, a, b) }, x.over(y)},
				{"muladd", func(e *Env) uint64 { return e.MulAdd(f, c, a, b) }, z.plus(x.times(y))},
				{"recps", func(e *Env) uint64 { return e.RecipStep(f, a, b) }, two.plus(minusX.times(y))},
				{"rsqrts", func(e *Env) uint64 { return e.RSqrtStep(f, a, b) }, half(three.plus(minusX.times(y)))},
				{"sqrt", func(e *Env) uint64 { return e.Sqrt(f, a&ft.mag) }, x.root()},
			} {
				e := env
				got := op.run(&e)
				check(op.name, e, got, op.want, a, b, c)
			}
			// The product and an addend within two units of it.
			e := env
			c = e.Mul(f, a, b) ^ ft.sign
			c += uint64(r.IntN(5) - 2)
			if c&ft.inf == 0 || c&ft.inf == ft.inf {
				continue
			}
			e = env
			got := e.MulAdd(f, c, a, b)
			check("muladd", e, got, decode(ft, c).plus(x.times(y)), a, b, c)
		}
	}
}

func half(x real) real { x.exp--; return x }

// TestReferenceConvert compares conversions of finite numbers with exact arithmetic, in all formats,
// rounding modes and integer widths.
func TestReferenceConvert(t *testing.T) {
	r := newRand()
	for range *cases {
		for from := F16; from <= F64; from++ {
			e := Env{FPCR: randFPCR(r)}
			rm := Rounding(r.IntN(int(Odd)))
			src := &formats[e.half(from)]
			a := randFloat(r, from, 0)
			if a&src.mag == 0 || a&src.inf == src.inf && !src.alt || e.FPCR&src.fz != 0 && a&src.inf == 0 {
				continue
			}
			x := decode(src, a)
			for to := F16; to <= BF16; to++ {
				if to == from || rm == TieAway {
					continue
				}
				e, rm := Env{FPCR: e.FPCR}, rm
				if to == F32 && from == F64 && r.IntN(2) == 0 {
					rm = Odd
				}
				got := e.Convert(to, from, a, rm)
				want, fpsr := x.pack(&formats[e.half(to)], e.FPCR, rm)
				if got != want || e.FPSR != fpsr {
					t.Errorf("convert %d to %d: fpcr %08x rounding %d a %x: got %x fpsr %02x, want %x fpsr %02x",
						from.Bits(), to.Bits(), e.FPCR, rm, a, got, e.FPSR, want, fpsr)
				}
			}
			if src.alt || e.FPCR&formats[from].fz != 0 && a&src.inf == 0 {
				continue
			}
			for _, width := range []uint{16, 32, 64} {
				for _, unsigned := range []bool{false, true} {
					fbits := r.UintN(width + 1)
					e := Env{FPCR: e.FPCR}
					got := e.ToFixed(from, a, fbits, unsigned, rm, width)
					q, rest := x.cut(-int(fbits))
					q = roundBig(q, rest, x.neg, rm)
					low, high := new(big.Int), new(big.Int).Lsh(big.NewInt(1), width)
					if !unsigned {
						high.Rsh(high, 1)
						low.Neg(high)
					}
					high.Sub(high, big.NewInt(1))
					q = real{neg: x.neg, m: q}.signed()
					var fpsr uint32
					switch {
					case q.Cmp(low) < 0:
						q, fpsr = low, IOC
					case q.Cmp(high) > 0:
						q, fpsr = high, IOC
					case rest >= 0:
						fpsr = IXC
					}
					want := new(big.Int).And(q, new(big.Int).SetUint64(1<<width-1)).Uint64()
					if got != want || e.FPSR != fpsr {
						t.Errorf("%d to fixed %d.%d unsigned %t rounding %d a %x: got %x fpsr %02x, want %x fpsr %02x",
							from.Bits(), width, fbits, unsigned, rm, a, got, e.FPSR, want, fpsr)
					}

					if rm == TieAway {
						continue
					}
					v := randInt(r, width)
					n := new(big.Int).SetUint64(v)
					if !unsigned && v>>(width-1) != 0 {
						n.Sub(n, new(big.Int).Lsh(big.NewInt(1), width))
					}
					y := real{n.Sign() < 0, new(big.Int).Abs(n), -int(fbits), false}
					e.FPSR, fpsr, want = 0, 0, 0
					got = e.FromFixed(from, v, width, fbits, unsigned, rm)
					if n.Sign() != 0 {
						want, fpsr = y.pack(&formats[from], e.FPCR, rm)
					}
					if got != want || e.FPSR != fpsr {
						t.Errorf("%d from fixed %d.%d unsigned %t rounding %d v %x: got %x fpsr %02x, want %x fpsr %02x",
							from.Bits(), width, fbits, unsigned, rm, v, got, e.FPSR, want, fpsr)
					}
				}
			}
		}
	}
}

// decodeWords returns x*y + d.
func decodeWords(x, y uint64, d int) *big.Int {
	m := new(big.Int).Mul(new(big.Int).SetUint64(x), new(big.Int).SetUint64(y))
	return m.Add(m, big.NewInt(int64(d)))
}

// words returns the upper and lower halves of the 128-bit integer x.
func (x real) words() (hi, lo uint64) {
	lo = new(big.Int).And(x.m, new(big.Int).SetUint64(1<<64-1)).Uint64()
	return new(big.Int).Rsh(x.m, 64).Uint64(), lo
}

func isSquare(x real) bool {
	s := new(big.Int).Sqrt(x.m)
	return s.Mul(s, s).Cmp(x.m) == 0
}
