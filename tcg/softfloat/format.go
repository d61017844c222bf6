package softfloat

import "math/bits"

// Format names a floating-point format.
type Format uint8

const (
	F16  Format = iota // IEEE half precision
	F32                // IEEE single precision
	F64                // IEEE double precision
	BF16               // BFloat16; only as the destination of Convert

	halfCV  // half precision as conversions see it: never flushed
	halfAlt // Arm alternative half precision: the top exponent holds numbers, not infinities and NaNs

	numFormats
)

// Bits returns the width of the format in bits.
func (f Format) Bits() uint { return formats[f].width }

// DefaultNaN returns the default NaN of the format: positive and quiet, with no payload.
func (f Format) DefaultNaN() uint64 { return formats[f].inf | formats[f].quiet }

// format is what the operations need to know about a Format.
type format struct {
	width uint   // in bits
	fbits uint   // bits of fraction
	bias  int32  // exponent bias; also the exponent of the largest finite numbers
	ones  int32  // the exponent field with all bits set
	sign  uint64 // the sign bit
	mag   uint64 // all bits but the sign
	frac  uint64 // the fraction bits
	quiet uint64 // the fraction bit set in quiet NaNs
	inf   uint64 // plus infinity
	fz    uint32 // FPCR bit that flushes denormals of this format, or 0
	idc   uint32 // FPSR bit set when an input is flushed, or 0
	alt   bool   // alternative half precision
}

func makeFormat(width, fbits uint, fz, idc uint32, alt bool) format {
	ebits := width - 1 - fbits
	return format{
		width: width,
		fbits: fbits,
		bias:  1<<(ebits-1) - 1,
		ones:  1<<ebits - 1,
		sign:  1 << (width - 1),
		mag:   1<<(width-1) - 1,
		frac:  1<<fbits - 1,
		quiet: 1 << (fbits - 1),
		inf:   (1<<ebits - 1) << fbits,
		fz:    fz,
		idc:   idc,
		alt:   alt,
	}
}

var formats = [numFormats]format{
	F16:     makeFormat(16, 10, FZ16, 0, false),
	F32:     makeFormat(32, 23, FZ, IDC, false),
	F64:     makeFormat(64, 52, FZ, IDC, false),
	BF16:    makeFormat(16, 7, FZ, IDC, false),
	halfCV:  makeFormat(16, 10, 0, 0, false),
	halfAlt: makeFormat(16, 10, 0, 0, true),
}

// class sorts the values of a num. The NaNs come last.
type class uint8

const (
	zero class = iota
	normal
	infinity
	quietNaN
	signallingNaN
)

// num is an unpacked number. If its class is normal, its magnitude is frac/2^63 * 2^exp, where
// the top bit of frac is one. The last bit of frac in an unrounded result is sticky: it
// is set if the exact result is not a multiple of the bit above it.
type num struct {
	frac  uint64
	exp   int32
	sign  uint8
	class class
}

func (n num) isNaN() bool { return n.class >= quietNaN }

// unpack takes an operand apart: FPUnpack in the manual, or, with formats halfCV and halfAlt,
// FPUnpackCV.
func (e *Env) unpack(ft *format, op uint64) num {
	sign := uint8(op >> (ft.width - 1) & 1)
	exp := int32(op & ft.mag >> ft.fbits)
	frac := op & ft.frac
	switch {
	case exp == 0:
		if frac == 0 {
			return num{sign: sign}
		}
		if e.FPCR&ft.fz != 0 {
			e.FPSR |= ft.idc
			return num{sign: sign}
		}
		lz := bits.LeadingZeros64(frac)
		return num{frac: frac << lz, exp: 64 - ft.bias - int32(ft.fbits) - int32(lz), sign: sign, class: normal}
	case exp == ft.ones && !ft.alt:
		switch {
		case frac == 0:
			return num{sign: sign, class: infinity}
		case frac&ft.quiet == 0:
			return num{sign: sign, class: signallingNaN}
		}
		return num{sign: sign, class: quietNaN}
	}
	return num{frac: 1<<63 | frac<<(63-ft.fbits), exp: exp - ft.bias, sign: sign, class: normal}
}

func (ft *format) signBit(sign uint8) uint64 { return uint64(sign) << (ft.width - 1) }

func (ft *format) infinity(sign uint8) uint64 { return ft.signBit(sign) | ft.inf }

func (ft *format) maxNormal(sign uint8) uint64 { return ft.signBit(sign) | (ft.inf - 1) }

// invalid raises Invalid Operation and returns the default NaN.
func (e *Env) invalid(ft *format) uint64 {
	e.FPSR |= IOC
	return ft.inf | ft.quiet
}

// nan1 is FPProcessNaN: the result of an operation whose operand op, of class c, is a NaN.
func (e *Env) nan1(ft *format, c class, op uint64) uint64 {
	if c == signallingNaN {
		e.FPSR |= IOC
	}
	if e.FPCR&DN != 0 {
		return ft.inf | ft.quiet
	}
	return op&(ft.sign|ft.mag) | ft.quiet
}

// nan2 is FPProcessNaNs, for the case that at least one operand is a NaN.
func (e *Env) nan2(ft *format, x, y num, a, b uint64) uint64 {
	switch {
	case x.class == signallingNaN:
		return e.nan1(ft, x.class, a)
	case y.class == signallingNaN:
		return e.nan1(ft, y.class, b)
	case x.class == quietNaN:
		return e.nan1(ft, x.class, a)
	}
	return e.nan1(ft, y.class, b)
}

// nan3 is FPProcessNaNs3, for the case that at least one operand is a NaN.
func (e *Env) nan3(ft *format, x, y, z num, a, b, c uint64) uint64 {
	switch {
	case x.class == signallingNaN:
		return e.nan1(ft, x.class, a)
	case y.class == signallingNaN:
		return e.nan1(ft, y.class, b)
	case z.class == signallingNaN:
		return e.nan1(ft, z.class, c)
	case x.class == quietNaN:
		return e.nan1(ft, x.class, a)
	case y.class == quietNaN:
		return e.nan1(ft, y.class, b)
	}
	return e.nan1(ft, z.class, c)
}
