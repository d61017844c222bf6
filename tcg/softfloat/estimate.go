package softfloat

// recipEstimate returns the nine-bit estimate of 1/a, where a stands for a/512 in [1/2, 1) and
// the result for r/256 in [1, 2) (RecipEstimate).
func recipEstimate(a uint32) uint32 {
	a = 2*a + 1
	return (1<<19/a + 1) / 2
}

// recipSqrtEstimate returns the nine-bit estimate of 1/sqrt(a), where a stands for a/512 in
// [1/4, 1) and the result for r/256 in [1, 2) (RecipSqrtEstimate).
func recipSqrtEstimate(a uint32) uint32 {
	if a < 256 {
		a = 2*a + 1
	} else {
		a = (a&^1 + 1) * 2
	}
	// The largest b in 512..1023 with a*b*b < 2^28.
	b := uint32(512)
	for bit := uint32(256); bit != 0; bit >>= 1 {
		if t := b | bit; uint64(a)*uint64(t)*uint64(t) < 1<<28 {
			b = t
		}
	}
	return (b + 1) / 2
}

// URecpE is the unsigned reciprocal estimate of URECPE (UnsignedRecipEstimate): a stands for
// a/2^32 and the result for r/2^31. Operands below one half saturate.
func URecpE(a uint32) uint32 {
	if a>>31 == 0 {
		return 1<<32 - 1
	}
	return recipEstimate(a>>23) << 23
}

// URSqrtE is the unsigned reciprocal square root estimate of URSQRTE (UnsignedRSqrtEstimate): a
// stands for a/2^32 and the result for r/2^31. Operands below one quarter saturate.
func URSqrtE(a uint32) uint32 {
	if a>>30 == 0 {
		return 1<<32 - 1
	}
	return recipSqrtEstimate(a>>23) << 23
}

// RecipEstimate returns the eight-bit estimate of 1/a that FRECPE gives (FPRecipEstimate).
func (e *Env) RecipEstimate(f Format, a uint64) uint64 {
	ft := &formats[f]
	x := e.unpack(ft, a)
	switch {
	case x.isNaN():
		return e.nan1(ft, x.class, a)
	case x.class == infinity:
		return ft.signBit(x.sign)
	case x.class == zero:
		e.FPSR |= DZC
		return ft.infinity(x.sign)
	case x.exp < -ft.bias-1:
		return e.overflow(ft, x.sign, e.Rounding())
	case x.exp >= ft.bias-1 && e.FPCR&ft.fz != 0:
		e.FPSR |= UFC
		return ft.signBit(x.sign)
	}
	m := uint64(recipEstimate(uint32(x.frac>>55))) << (ft.fbits - 8)
	exp := ft.bias - 1 - x.exp
	if exp <= 0 {
		// One or two bits too small: the estimate is cut, without an exception.
		return ft.signBit(x.sign) | m>>uint(1-exp)
	}
	return ft.signBit(x.sign) | uint64(exp)<<ft.fbits | m&ft.frac
}

// RSqrtEstimate returns the eight-bit estimate of 1/sqrt(a) that FRSQRTE gives (FPRSqrtEstimate).
func (e *Env) RSqrtEstimate(f Format, a uint64) uint64 {
	ft := &formats[f]
	x := e.unpack(ft, a)
	switch {
	case x.isNaN():
		return e.nan1(ft, x.class, a)
	case x.class == zero:
		e.FPSR |= DZC
		return ft.infinity(x.sign)
	case x.sign != 0:
		return e.invalid(ft)
	case x.class == infinity:
		return 0
	}
	// Scale by an even power of two into [1/4, 1).
	scaled := uint32(x.frac >> 55)
	exp := x.exp + 1
	if exp&1 != 0 {
		scaled >>= 1
		exp++
	}
	m := uint64(recipSqrtEstimate(scaled)) << (ft.fbits - 8)
	return uint64(ft.bias-exp>>1)<<ft.fbits | m&ft.frac
}

// RecpX returns a power of two near 1/a: the exponent of a inverted (FPRecpX).
func (e *Env) RecpX(f Format, a uint64) uint64 {
	ft := &formats[f]
	if x := e.unpack(ft, a); x.isNaN() {
		return e.nan1(ft, x.class, a)
	}
	exp := a & ft.inf
	if exp == 0 {
		return a&ft.sign | ft.inf - 1<<ft.fbits
	}
	return a&ft.sign | exp ^ ft.inf
}
