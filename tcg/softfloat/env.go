package softfloat

// FPCR control bits (DDI 0487, C5.2 "FPCR, Floating-point Control Register").
const (
	FZ16  uint32 = 1 << 19 // flush half-precision denormals to zero
	RMode uint32 = 3 << 22 // rounding mode: 0 nearest even, 1 up, 2 down, 3 to zero
	FZ    uint32 = 1 << 24 // flush single- and double-precision denormals to zero
	DN    uint32 = 1 << 25 // NaN results are the default NaN
	AHP   uint32 = 1 << 26 // conversions use the alternative half-precision format
)

const rmodeShift = 22

// FPSR cumulative exception bits (DDI 0487, C5.2 "FPSR, Floating-point Status Register").
const (
	IOC uint32 = 1 << 0 // invalid operation
	DZC uint32 = 1 << 1 // division by zero
	OFC uint32 = 1 << 2 // overflow
	UFC uint32 = 1 << 3 // underflow
	IXC uint32 = 1 << 4 // inexact
	IDC uint32 = 1 << 7 // input denormal flushed to zero
)

// Env is the floating-point environment of one processor. Operations read FPCR and set bits in
// FPSR; they never clear one.
type Env struct {
	FPCR uint32
	FPSR uint32
}

// Rounding says how a result that does not fit is rounded. The first four have the values of
// FPCR.RMode.
type Rounding uint8

const (
	TieEven Rounding = iota // to nearest, ties to even
	PosInf                  // towards plus infinity
	NegInf                  // towards minus infinity
	Zero                    // towards zero
	TieAway                 // to nearest, ties away from zero; only for rounding to integers
	Odd                     // inexact results get their last bit set; overflow gives the largest number

	// oddInf is the rounding of the BFloat16 dot products: Odd, but overflow gives infinity.
	oddInf
)

// Rounding returns the rounding mode selected by FPCR.RMode.
func (e *Env) Rounding() Rounding { return Rounding(e.FPCR & RMode >> rmodeShift) }

// overflowsToInf reports whether a result of the given sign that is too large becomes
// infinity; otherwise it becomes the largest finite number.
func (rm Rounding) overflowsToInf(sign uint8) bool {
	switch rm {
	case TieEven, TieAway, oddInf:
		return true
	case PosInf:
		return sign == 0
	case NegInf:
		return sign != 0
	}
	return false
}

// roundsUp reports whether the magnitude m is to be incremented, where low is what was cut off
// below it (nonzero if anything was) and half the weight of one half in low.
func (rm Rounding) roundsUp(sign uint8, m, low, half uint64) bool {
	switch rm {
	case TieEven:
		return low > half || low == half && m&1 != 0
	case PosInf:
		return low != 0 && sign == 0
	case NegInf:
		return low != 0 && sign != 0
	case TieAway:
		return low >= half
	}
	return false
}

// zeroSign is the sign of an exact zero that is the sum of two opposite numbers.
func (rm Rounding) zeroSign() uint8 {
	if rm == NegInf {
		return 1
	}
	return 0
}
