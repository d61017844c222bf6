package softfloat

import "math/bits"

// round packs a normal num, rounding it and raising what that raises: FPRound in the manual, or,
// with formats halfCV and halfAlt, FPRoundCV.
func (e *Env) round(ft *format, n num, rm Rounding) uint64 {
	sign := ft.signBit(n.sign)
	biased := n.exp + ft.bias
	m := n.frac
	if biased <= 0 {
		if e.FPCR&ft.fz != 0 {
			// Flushing raises Underflow alone: no Inexact, and never a trap.
			e.FPSR |= UFC
			return sign
		}
		m = shiftRightJam(m, uint(1-biased))
		biased = 0
	} else if biased > ft.ones {
		return e.overflow(ft, n.sign, rm)
	}
	shift := 63 - ft.fbits
	low := m & (1<<shift - 1)
	m >>= shift
	if low != 0 && biased == 0 {
		e.FPSR |= UFC // tiny before rounding
	}
	if rm.roundsUp(n.sign, m, low, 1<<(shift-1)) {
		m++
	}
	if low != 0 && (rm == Odd || rm == oddInf) {
		m |= 1
	}
	// The leading one of a normal m, and a carry out of rounding, add to the exponent field.
	if biased > 0 {
		m += uint64(biased-1) << ft.fbits
	}
	if ft.alt {
		if m > ft.mag {
			return e.overflow(ft, n.sign, rm)
		}
	} else if m >= ft.inf {
		return e.overflow(ft, n.sign, rm)
	}
	if low != 0 {
		e.FPSR |= IXC
	}
	return sign | m
}

// overflow is the result of rounding a number that is too large.
func (e *Env) overflow(ft *format, sign uint8, rm Rounding) uint64 {
	if ft.alt {
		e.FPSR |= IOC
		return ft.signBit(sign) | ft.mag
	}
	e.FPSR |= OFC | IXC
	if rm.overflowsToInf(sign) {
		return ft.infinity(sign)
	}
	return ft.maxNormal(sign)
}

// shiftRightJam shifts v right by n bits and sets the last bit if a one was lost.
func shiftRightJam(v uint64, n uint) uint64 {
	r := v >> n
	if r<<n != v {
		r |= 1
	}
	return r
}

// shiftRightJam128 shifts hi:lo right by n bits and sets the last bit if a one was lost.
func shiftRightJam128(hi, lo uint64, n uint) (uint64, uint64) {
	var lost uint64
	switch {
	case n == 0:
		return hi, lo
	case n < 64:
		lost = lo << (64 - n)
		lo = lo>>n | hi<<(64-n)
		hi >>= n
	case n < 128:
		lost = hi<<(128-n) | lo
		lo = hi >> (n - 64)
		hi = 0
	default:
		lost = hi | lo
		hi, lo = 0, 0
	}
	if lost != 0 {
		lo |= 1
	}
	return hi, lo
}

// normalize makes a num of the magnitude hi:lo / 2^127 * 2^exp; it is zero if hi:lo is.
func normalize(sign uint8, exp int32, hi, lo uint64) num {
	if hi == 0 {
		if lo == 0 {
			return num{}
		}
		hi, lo = lo, 0
		exp -= 64
	}
	if lz := bits.LeadingZeros64(hi); lz != 0 {
		hi = hi<<lz | lo>>(64-lz)
		lo <<= lz
		exp -= int32(lz)
	}
	if lo != 0 {
		hi |= 1
	}
	return num{frac: hi, exp: exp, sign: sign, class: normal}
}
