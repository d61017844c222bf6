package softfloat

import "math/bits"

// Add returns a + b (FPAdd).
func (e *Env) Add(f Format, a, b uint64) uint64 {
	return e.addSub(&formats[f], a, b, 0, e.Rounding())
}

// Sub returns a - b (FPSub).
func (e *Env) Sub(f Format, a, b uint64) uint64 {
	return e.addSub(&formats[f], a, b, 1, e.Rounding())
}

// addSub adds b, or subtracts it if neg is 1. A NaN is never negated.
func (e *Env) addSub(ft *format, a, b uint64, neg uint8, rm Rounding) uint64 {
	x, y := e.unpack(ft, a), e.unpack(ft, b)
	if x.isNaN() || y.isNaN() {
		return e.nan2(ft, x, y, a, b)
	}
	y.sign ^= neg
	switch {
	case x.class == infinity:
		if y.class == infinity && x.sign != y.sign {
			return e.invalid(ft)
		}
		return ft.infinity(x.sign)
	case y.class == infinity:
		return ft.infinity(y.sign)
	}
	return e.roundSum(ft, x, y, sum(x, y), rm)
}

// roundSum rounds r = x + y, giving a zero its sign.
func (e *Env) roundSum(ft *format, x, y, r num, rm Rounding) uint64 {
	if r.class == zero {
		if x.class == zero && y.class == zero && x.sign == y.sign {
			return ft.signBit(x.sign)
		}
		return ft.signBit(rm.zeroSign())
	}
	return e.round(ft, r, rm)
}

// sum adds two finite operands. They have at least ten zero bits at the end of frac, so
// that jamming loses nothing that rounding needs: where bits are lost, the exponents differ by
// more than that, and the difference has at most one leading zero.
func sum(x, y num) num {
	switch {
	case x.class == zero:
		return y
	case y.class == zero:
		return x
	}
	if x.exp < y.exp || x.exp == y.exp && x.frac < y.frac {
		x, y = y, x
	}
	f := shiftRightJam(y.frac, uint(x.exp-y.exp))
	if x.sign == y.sign {
		s, carry := bits.Add64(x.frac, f, 0)
		if carry != 0 {
			s = 1<<63 | s>>1 | s&1
			x.exp++
		}
		x.frac = s
		return x
	}
	s := x.frac - f
	if s == 0 {
		return num{}
	}
	lz := bits.LeadingZeros64(s)
	x.frac = s << lz
	x.exp -= int32(lz)
	return x
}

// Mul returns a * b (FPMul).
func (e *Env) Mul(f Format, a, b uint64) uint64 {
	return e.mul(&formats[f], a, b, false, e.Rounding())
}

// MulX returns a * b, where zero times infinity is two with the sign of the product (FPMulX).
func (e *Env) MulX(f Format, a, b uint64) uint64 {
	return e.mul(&formats[f], a, b, true, e.Rounding())
}

func (e *Env) mul(ft *format, a, b uint64, extended bool, rm Rounding) uint64 {
	x, y := e.unpack(ft, a), e.unpack(ft, b)
	if x.class == normal && y.class == normal {
		return e.round(ft, product(x, y), rm)
	}
	if x.isNaN() || y.isNaN() {
		return e.nan2(ft, x, y, a, b)
	}
	sign := x.sign ^ y.sign
	switch {
	case x.class == infinity || y.class == infinity:
		if x.class != zero && y.class != zero {
			return ft.infinity(sign)
		}
		if extended {
			return ft.signBit(sign) | ft.two()
		}
		return e.invalid(ft)
	}
	return ft.signBit(sign)
}

// two returns 2.0.
func (ft *format) two() uint64 { return uint64(ft.bias+1) << ft.fbits }

// onePointFive returns 1.5.
func (ft *format) onePointFive() uint64 { return uint64(ft.bias)<<ft.fbits | ft.quiet }

func product(x, y num) num {
	hi, lo := bits.Mul64(x.frac, y.frac)
	return normalize(x.sign^y.sign, x.exp+y.exp+1, hi, lo)
}

// Div returns a / b (FPDiv).
func (e *Env) Div(f Format, a, b uint64) uint64 {
	ft := &formats[f]
	x, y := e.unpack(ft, a), e.unpack(ft, b)
	sign := x.sign ^ y.sign
	switch {
	case x.class == normal && y.class == normal:
		return e.round(ft, quotient(x, y), e.Rounding())
	case x.isNaN() || y.isNaN():
		return e.nan2(ft, x, y, a, b)
	case x.class == y.class: // zero by zero, infinity by infinity
		return e.invalid(ft)
	case x.class == infinity:
		return ft.infinity(sign)
	case y.class == zero:
		e.FPSR |= DZC
		return ft.infinity(sign)
	}
	return ft.signBit(sign)
}

func quotient(x, y num) num {
	exp := x.exp - y.exp
	hi, lo := x.frac>>1, x.frac<<63
	if x.frac < y.frac {
		hi, lo = x.frac, 0
		exp--
	}
	q, rem := bits.Div64(hi, lo, y.frac)
	if rem != 0 {
		q |= 1
	}
	return num{frac: q, exp: exp, sign: x.sign ^ y.sign, class: normal}
}

// Sqrt returns the square root of a (FPSqrt).
func (e *Env) Sqrt(f Format, a uint64) uint64 {
	ft := &formats[f]
	x := e.unpack(ft, a)
	switch {
	case x.isNaN():
		return e.nan1(ft, x.class, a)
	case x.class == zero:
		return ft.signBit(x.sign)
	case x.sign != 0:
		return e.invalid(ft)
	case x.class == infinity:
		return ft.inf
	}
	// The radicand hi:lo is the number with an even exponent, scaled so that its root is a frac.
	hi, lo := x.frac>>1, x.frac<<63
	if x.exp&1 != 0 {
		hi, lo = x.frac, 0
	}
	x.frac = sqrt128(hi, lo)
	x.exp >>= 1
	return e.round(ft, x, e.Rounding())
}

// sqrt128 returns the square root of hi:lo with a sticky last bit. The top two bits of hi must not
// both be zero.
func sqrt128(hi, lo uint64) uint64 {
	// The upper half of the root is the root of the upper half, found bit by bit.
	var s, rem uint64 = 0, hi
	for bit := uint64(1) << 31; bit != 0; bit >>= 1 {
		if t := (2*s + bit) * bit; t <= rem {
			rem -= t
			s += bit
		}
	}
	// The lower half is the remainder divided by twice the upper half, or one less
	// (P. Zimmermann, "Karatsuba Square Root", INRIA RR-3805).
	q, _ := bits.Div64(rem>>32, rem<<32|lo>>32, 2*s)
	q = min(q, 1<<32-1)
	s = s<<32 | q
	for {
		h, l := bits.Mul64(s, s)
		switch {
		case h > hi || h == hi && l > lo:
			s--
		case h == hi && l == lo:
			return s
		default:
			return s | 1
		}
	}
}

// MulAdd returns addend + a * b, rounded once (FPMulAdd). Callers negate operands for the
// subtracting and negating forms.
func (e *Env) MulAdd(f Format, addend, a, b uint64) uint64 {
	ft := &formats[f]
	z, x, y := e.unpack(ft, addend), e.unpack(ft, a), e.unpack(ft, b)
	zeroTimesInf := x.class == zero && y.class == infinity || x.class == infinity && y.class == zero
	if z.isNaN() || x.isNaN() || y.isNaN() {
		if z.class == quietNaN && zeroTimesInf {
			return e.invalid(ft)
		}
		return e.nan3(ft, z, x, y, addend, a, b)
	}
	if zeroTimesInf {
		return e.invalid(ft)
	}
	p := num{sign: x.sign ^ y.sign}
	switch {
	case x.class == infinity || y.class == infinity:
		if z.class == infinity && z.sign != p.sign {
			return e.invalid(ft)
		}
		return ft.infinity(p.sign)
	case z.class == infinity:
		return ft.infinity(z.sign)
	case x.class == normal && y.class == normal:
		p.class = normal
	}
	return e.roundSum(ft, z, p, sumProduct(z, x, y), e.Rounding())
}

// sumProduct returns z + x*y, for finite operands.
func sumProduct(z, x, y num) num {
	switch {
	case x.class == zero || y.class == zero:
		return z
	case z.class == zero:
		return product(x, y)
	}
	sign, exp := x.sign^y.sign, x.exp+y.exp+1
	hi, lo := bits.Mul64(x.frac, y.frac)
	if hi>>63 == 0 {
		hi, lo = hi<<1|lo>>63, lo<<1
		exp--
	}
	zhi, zlo := z.frac, uint64(0)
	// Let hi:lo be the larger magnitude.
	if exp < z.exp || exp == z.exp && hi < zhi {
		hi, zhi = zhi, hi
		lo, zlo = zlo, lo
		sign, z.sign = z.sign, sign
		exp, z.exp = z.exp, exp
	}
	zhi, zlo = shiftRightJam128(zhi, zlo, uint(exp-z.exp))
	if sign != z.sign {
		var borrow uint64
		lo, borrow = bits.Sub64(lo, zlo, 0)
		hi, _ = bits.Sub64(hi, zhi, borrow)
		return normalize(sign, exp, hi, lo)
	}
	var carry uint64
	lo, carry = bits.Add64(lo, zlo, 0)
	hi, carry = bits.Add64(hi, zhi, carry)
	if carry != 0 {
		lo = lo>>1 | hi<<63 | lo&1
		hi = 1<<63 | hi>>1
		exp++
	}
	return normalize(sign, exp, hi, lo)
}

// RecipStep returns 2 - a*b, rounded once: the Newton-Raphson step of FRECPS (FPRecipStepFused).
// A NaN in a comes out negated, as the manual has it.
func (e *Env) RecipStep(f Format, a, b uint64) uint64 {
	return e.step(&formats[f], a, b, num{frac: 1 << 63, exp: 1, class: normal}, 0, formats[f].two())
}

// RSqrtStep returns (3 - a*b) / 2, rounded once: the Newton-Raphson step of FRSQRTS
// (FPRSqrtStepFused). A NaN in a comes out negated, as the manual has it.
func (e *Env) RSqrtStep(f Format, a, b uint64) uint64 {
	return e.step(&formats[f], a, b, num{frac: 3 << 62, exp: 1, class: normal}, 1, formats[f].onePointFive())
}

// step returns (z - a*b) / 2^halve, or special if a*b is zero times infinity.
func (e *Env) step(ft *format, a, b uint64, z num, halve int32, special uint64) uint64 {
	a ^= ft.sign
	x, y := e.unpack(ft, a), e.unpack(ft, b)
	if x.isNaN() || y.isNaN() {
		return e.nan2(ft, x, y, a, b)
	}
	if x.class == infinity || y.class == infinity {
		if x.class == zero || y.class == zero {
			return special
		}
		return ft.infinity(x.sign ^ y.sign)
	}
	rm := e.Rounding()
	r := sumProduct(z, x, y)
	if r.class == zero {
		return ft.signBit(rm.zeroSign())
	}
	r.exp -= halve
	return e.round(ft, r, rm)
}
