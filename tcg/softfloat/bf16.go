package softfloat

// BFMulAdd returns acc + a*b for BFloat16 a and b and single-precision acc, rounded once: an element
// of BFMLALB and BFMLALT.
func (e *Env) BFMulAdd(acc uint32, a, b uint16) uint32 {
	return uint32(e.MulAdd(F32, uint64(acc), uint64(a)<<16, uint64(b)<<16))
}

// BFDot returns acc + (a0*b0 + a1*b1): a single-precision element of BFDOT, where a and b hold two
// BFloat16 numbers each, the first in the lower half (BFDotAdd without FEAT_EBF16).
//
// Whatever FPCR says, each step rounds to odd, overflows to infinity, takes and makes no denormals,
// and gives the default NaN; and no step touches FPSR.
func BFDot(acc, a, b uint32) uint32 {
	e := Env{FPCR: FZ | DN}
	ft := &formats[F32]
	p := e.mul(ft, uint64(a<<16), uint64(b<<16), false, oddInf)
	q := e.mul(ft, uint64(a&^0xffff), uint64(b&^0xffff), false, oddInf)
	return uint32(e.addSub(ft, uint64(acc), e.addSub(ft, p, q, 0, oddInf), 0, oddInf))
}

// BFMatMulAdd returns acc plus the product of a row of four and a column of four BFloat16 numbers,
// the first in the lowest bits: a single-precision element of BFMMLA.
func BFMatMulAdd(acc uint32, a, b uint64) uint32 {
	acc = BFDot(acc, uint32(a), uint32(b))
	return BFDot(acc, uint32(a>>32), uint32(b>>32))
}
