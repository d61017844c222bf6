package softfloat

// NZCV nibbles that Compare returns: N is bit 3, V is bit 0.
const (
	Less      uint8 = 0b1000
	Equal     uint8 = 0b0110
	Greater   uint8 = 0b0010
	Unordered uint8 = 0b0011
)

// order returns an integer that sorts as the numbers do; n is op unpacked, and not a NaN.
func (ft *format) order(n num, op uint64) int64 {
	if n.class == zero {
		return 0
	}
	m := int64(op & ft.mag)
	if n.sign != 0 {
		return -m
	}
	return m
}

// Compare compares a with b and returns the NZCV flags (FPCompare). Signalling NaNs raise Invalid
// Operation, and so do quiet ones if signalAll is set (FCMPE, FCCMPE).
func (e *Env) Compare(f Format, a, b uint64, signalAll bool) uint8 {
	ft := &formats[f]
	x, y := e.unpack(ft, a), e.unpack(ft, b)
	if x.isNaN() || y.isNaN() {
		if signalAll || x.class == signallingNaN || y.class == signallingNaN {
			e.FPSR |= IOC
		}
		return Unordered
	}
	switch p, q := ft.order(x, a), ft.order(y, b); {
	case p == q:
		return Equal
	case p < q:
		return Less
	}
	return Greater
}

// CompareEQ reports whether a equals b (FPCompareEQ); only signalling NaNs raise Invalid Operation.
func (e *Env) CompareEQ(f Format, a, b uint64) bool { return e.Compare(f, a, b, false) == Equal }

// CompareGE reports whether a is b or greater (FPCompareGE); any NaN raises Invalid Operation.
func (e *Env) CompareGE(f Format, a, b uint64) bool {
	r := e.Compare(f, a, b, true)
	return r == Equal || r == Greater
}

// CompareGT reports whether a is greater than b (FPCompareGT); any NaN raises Invalid Operation.
func (e *Env) CompareGT(f Format, a, b uint64) bool { return e.Compare(f, a, b, true) == Greater }

// Max returns the larger of a and b, or a NaN if one of them is (FPMax); +0 is larger than -0.
func (e *Env) Max(f Format, a, b uint64) uint64 {
	ft := &formats[f]
	return e.minMax(ft, e.unpack(ft, a), e.unpack(ft, b), a, b, true)
}

// Min returns the smaller of a and b, or a NaN if one of them is (FPMin); -0 is smaller than +0.
func (e *Env) Min(f Format, a, b uint64) uint64 {
	ft := &formats[f]
	return e.minMax(ft, e.unpack(ft, a), e.unpack(ft, b), a, b, false)
}

// MaxNum is Max, but the result is the number if just one operand is a quiet NaN (FPMaxNum).
func (e *Env) MaxNum(f Format, a, b uint64) uint64 { return e.minMaxNum(&formats[f], a, b, true) }

// MinNum is Min, but the result is the number if just one operand is a quiet NaN (FPMinNum).
func (e *Env) MinNum(f Format, a, b uint64) uint64 { return e.minMaxNum(&formats[f], a, b, false) }

func (e *Env) minMaxNum(ft *format, a, b uint64, larger bool) uint64 {
	x, y := e.unpack(ft, a), e.unpack(ft, b)
	// A lone quiet NaN counts as the infinity that never wins. Beside a signalling NaN it is replaced
	// too, so that the signalling one is what is propagated.
	never := num{class: infinity}
	if larger {
		never.sign = 1
	}
	switch {
	case x.class == quietNaN && y.class != quietNaN:
		x, a = never, ft.infinity(never.sign)
	case y.class == quietNaN && x.class != quietNaN:
		y, b = never, ft.infinity(never.sign)
	}
	return e.minMax(ft, x, y, a, b, larger)
}

func (e *Env) minMax(ft *format, x, y num, a, b uint64, larger bool) uint64 {
	if x.isNaN() || y.isNaN() {
		return e.nan2(ft, x, y, a, b)
	}
	if x.class == zero && y.class == zero {
		if larger {
			return ft.signBit(x.sign & y.sign)
		}
		return ft.signBit(x.sign | y.sign)
	}
	if (ft.order(x, a) > ft.order(y, b)) != larger {
		x, a = y, b
	}
	if x.class == zero {
		return ft.signBit(x.sign)
	}
	return a & (ft.sign | ft.mag)
}
