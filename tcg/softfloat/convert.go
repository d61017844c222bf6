package softfloat

import "math/bits"

// Convert converts a between formats, as FCVT, FCVTL and FCVTN do with the rounding mode of FPCR,
// FCVTXN with Odd, and BFCVT with BF16 as destination (FPConvert, FPConvertBF).
func (e *Env) Convert(to, from Format, a uint64, rm Rounding) uint64 {
	src, dst := &formats[e.half(from)], &formats[e.half(to)]
	x := e.unpack(src, a)
	switch x.class {
	case zero:
		return dst.signBit(x.sign)
	case normal:
		return e.round(dst, x, rm)
	case infinity:
		if dst.alt {
			return e.overflow(dst, x.sign, rm)
		}
		return dst.infinity(x.sign)
	}
	if x.class == signallingNaN || dst.alt {
		e.FPSR |= IOC
	}
	switch {
	case dst.alt:
		return dst.signBit(x.sign)
	case e.FPCR&DN != 0:
		return dst.inf | dst.quiet
	}
	// The payload keeps its upper bits.
	payload := a & src.frac << (63 - src.fbits) >> (63 - dst.fbits)
	return dst.infinity(x.sign) | dst.quiet | payload
}

// half replaces F16 by what it means in a conversion.
func (e *Env) half(f Format) Format {
	switch {
	case f != F16:
		return f
	case e.FPCR&AHP != 0:
		return halfAlt
	}
	return halfCV
}

// integer rounds the magnitude of n*2^scale to an integer. It is not ok if that is 2^64 or more.
func (n num) integer(scale int32, rm Rounding) (m uint64, inexact, ok bool) {
	if n.class == zero {
		return 0, false, true
	}
	exp := n.exp + scale
	if exp >= 64 {
		return 0, false, false
	}
	// The binary point of frac: m is what is above it, low what is below, left-aligned.
	var low uint64
	switch shift := uint(63 - exp); {
	case shift == 0:
		m = n.frac
	case shift < 64:
		m, low = n.frac>>shift, n.frac<<(64-shift)
	case shift == 64:
		low = n.frac
	default:
		low = 1
	}
	if rm.roundsUp(n.sign, m, low, 1<<63) {
		m++ // a number with low bits is below 2^63
	}
	return m, low != 0, true
}

// RoundInt rounds a to an integer in the same format (FPRoundInt). Only if exact is set (FRINTX)
// does a result that differs from a raise Inexact.
func (e *Env) RoundInt(f Format, a uint64, rm Rounding, exact bool) uint64 {
	ft := &formats[f]
	x := e.unpack(ft, a)
	switch {
	case x.isNaN():
		return e.nan1(ft, x.class, a)
	case x.class == zero:
		return ft.signBit(x.sign)
	case x.class == infinity || x.exp >= int32(ft.fbits):
		return a & (ft.sign | ft.mag)
	}
	m, inexact, _ := x.integer(0, rm)
	if exact && inexact {
		e.FPSR |= IXC
	}
	return ft.packInteger(x.sign, m)
}

// packInteger returns the number of magnitude m, which must be representable.
func (ft *format) packInteger(sign uint8, m uint64) uint64 {
	if m == 0 {
		return ft.signBit(sign)
	}
	lz := bits.LeadingZeros64(m)
	// The leading one adds to the exponent.
	return ft.signBit(sign) | uint64(ft.bias+62-int32(lz))<<ft.fbits + m<<lz>>(63-ft.fbits)
}

// RoundIntN rounds a, in format F32 or F64, to a signed integer of size bits, 32 or 64, in the same
// format: FRINT32Z, FRINT32X, FRINT64Z and FRINT64X (FPRoundIntN). What does not fit, and any
// NaN, gives the most negative integer and raises Invalid Operation; else what differs from a
// raises Inexact.
func (e *Env) RoundIntN(f Format, a uint64, rm Rounding, size uint) uint64 {
	ft := &formats[f]
	x := e.unpack(ft, a)
	if x.class <= normal {
		m, inexact, ok := x.integer(0, rm)
		if limit := uint64(1) << (size - 1); ok && (m < limit || m == limit && x.sign != 0) {
			if inexact {
				e.FPSR |= IXC
			}
			return ft.packInteger(x.sign, m)
		}
	}
	e.FPSR |= IOC
	return ft.packInteger(1, 1<<(size-1))
}

// ToFixed converts a to an integer of width bits (16, 32 or 64) that counts units of 2^-fbits
// (FPToFixed). What is too large or too small saturates, a NaN gives zero, and both raise Invalid
// Operation; else what differs from a raises Inexact. A signed result is in two's
// complement, with the bits above width zero.
func (e *Env) ToFixed(f Format, a uint64, fbits uint, unsigned bool, rm Rounding, width uint) uint64 {
	x := e.unpack(&formats[f], a)
	if x.isNaN() {
		e.FPSR |= IOC
		return 0
	}
	limit := uint64(1)<<(width-1) - 1 // the largest magnitude
	switch {
	case unsigned && x.sign != 0:
		limit = 0
	case unsigned:
		limit = limit<<1 | 1
	case x.sign != 0:
		limit++
	}
	var m uint64
	var inexact, ok bool
	if x.class != infinity {
		m, inexact, ok = x.integer(int32(fbits), rm)
	}
	if !ok || m > limit {
		m = limit
		e.FPSR |= IOC
	} else if inexact {
		e.FPSR |= IXC
	}
	if x.sign != 0 {
		m = -m & (1<<width - 1)
	}
	return m
}

// FromFixed converts an integer of width bits (16, 32 or 64) that counts units of 2^-fbits
// (FixedToFP). Bits of v above width are ignored.
func (e *Env) FromFixed(f Format, v uint64, width, fbits uint, unsigned bool, rm Rounding) uint64 {
	v <<= 64 - width
	var x num
	if !unsigned && v>>63 != 0 {
		x.sign = 1
		v = -v
	}
	if v == 0 {
		return 0
	}
	lz := bits.LeadingZeros64(v)
	x.frac = v << lz
	x.exp = int32(width) - 1 - int32(lz) - int32(fbits)
	x.class = normal
	return e.round(&formats[f], x, rm)
}

// ToInt32JS converts a double to an integer as JavaScript does: towards zero, modulo 2^32
// (FJCVTZS, FPToFixedJS). The flag, PSTATE.Z, says that nothing was lost: a was a 32-bit integer
// and not -0.
func (e *Env) ToInt32JS(a uint64) (r uint32, exact bool) {
	ft := &formats[F64]
	x := e.unpack(ft, a)
	switch x.class {
	case zero:
		// Not exact if it is -0 or was flushed to zero.
		return 0, a == 0
	case infinity, quietNaN, signallingNaN:
		e.FPSR |= IOC
		return 0, false
	}
	if x.exp < 63 {
		m, inexact, _ := x.integer(0, Zero)
		r = uint32(m)
		switch {
		case m > 1<<31-1+uint64(x.sign):
			e.FPSR |= IOC
		case inexact:
			e.FPSR |= IXC
		default:
			exact = true
		}
	} else {
		e.FPSR |= IOC
		r = uint32(x.frac << uint(x.exp-63))
	}
	if x.sign != 0 {
		r = -r
	}
	return r, exact
}
