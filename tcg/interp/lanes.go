package interp

import (
	"math/bits"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// lane is lane i of 1<<size bytes of v, zero extended.
func lane(v state.V, i int, size uint8) uint64 {
	off := uint(i) << (3 + size)
	if off >= 64 {
		return v.Hi >> (off - 64) & sizeMask(size)
	}
	return v.Lo >> off & sizeMask(size)
}

// slane is lane sign extended.
func slane(v state.V, i int, size uint8) int64 { return signed(lane(v, i, size), size) }

// setLane replaces lane i of v by the low bytes of x.
func setLane(v *state.V, i int, size uint8, x uint64) {
	off, mask := uint(i)<<(3+size), sizeMask(size)
	w := &v.Lo
	if off >= 64 {
		w, off = &v.Hi, off-64
	}
	*w = *w&^(mask<<off) | x&mask<<off
}

// lanes is how many lanes of the size a shape has.
func lanes(shape, size uint8) int {
	switch shape & ir.ShapeMask {
	case ir.ShapeD:
		return 8 >> size
	case ir.ShapeS:
		return 1
	}
	return 16 >> size
}

// shaped clears what is beyond the shape.
func shaped(v state.V, shape, size uint8) state.V {
	switch shape & ir.ShapeMask {
	case ir.ShapeD:
		v.Hi = 0
	case ir.ShapeS:
		v = low(v, size)
	}
	return v
}

// i128 is a signed integer of 128 bits: what the manual's unbounded integers need at most.
type i128 struct {
	hi int64
	lo uint64
}

func fromSigned(x int64) i128    { return i128{x >> 63, uint64(x)} }
func fromUnsigned(x uint64) i128 { return i128{0, x} }

// extended is x, a lane of the size, as a number.
func extended(x uint64, size uint8, isSigned bool) i128 {
	if isSigned {
		return fromSigned(signed(x, size))
	}
	return fromUnsigned(x & sizeMask(size))
}

func (x i128) add(y i128) i128 {
	lo, c := bits.Add64(x.lo, y.lo, 0)
	return i128{x.hi + y.hi + int64(c), lo}
}

func (x i128) sub(y i128) i128 {
	lo, c := bits.Sub64(x.lo, y.lo, 0)
	return i128{x.hi - y.hi - int64(c), lo}
}

// shl shifts left by n, 0..63.
func (x i128) shl(n uint) i128 {
	return i128{x.hi<<n | int64(x.lo>>(64-n)), x.lo << n} // Go: a shift by 64 gives 0
}

// shr shifts right by n, 0..127, rounding down.
func (x i128) shr(n uint) i128 {
	if n >= 64 {
		return i128{x.hi >> 63, uint64(x.hi >> (n - 64))}
	}
	return i128{x.hi >> n, x.lo>>n | uint64(x.hi)<<(64-n)}
}

func mul(x, y int64) i128 {
	hi, lo := bits.Mul64(uint64(x), uint64(y))
	return i128{int64(hi) - x&(y>>63) - y&(x>>63), lo}
}

// saturate is SatQ: x to a lane of the size, and whether that changed it.
func (x i128) saturate(size uint8, isSigned bool) (uint64, bool) {
	mask := sizeMask(size)
	if isSigned {
		max := mask >> 1
		switch {
		case x.hi < 0 && (x.hi != -1 || x.lo < ^max):
			return (max + 1) & mask, true
		case x.hi >= 0 && (x.hi != 0 || x.lo > max):
			return max, true
		}
		return x.lo & mask, false
	}
	switch {
	case x.hi < 0:
		return 0, true
	case x.hi > 0 || x.lo > mask:
		return mask, true
	}
	return x.lo, false
}

// setQC records saturation in FPSR.
func setQC(c *state.CPU, saturated bool) {
	if saturated {
		c.FPSR |= state.FPSRQC
	}
}

// lanesOp evaluates the operations VAdd..VCmTst.
func lanesOp(in *ir.Inst, c *state.CPU, a, b state.V) (r state.V, ok bool) {
	size := in.Size & 3
	n := lanes(in.Shape, size)
	switch op := in.Op; {
	case op >= ir.VAddV && op <= ir.VUAddLV:
		return across(op, n, size, a), true
	case op == ir.VAddP && in.Shape&ir.ShapeMask == ir.ShapeS:
		return state.V{Lo: (lane(a, 0, size) + lane(a, 1, size)) & sizeMask(size)}, true
	case op >= ir.VAddP && op <= ir.VUMinP:
		for i := range n {
			src, j := a, 2*i
			if j >= n {
				src, j = b, j-n
			}
			setLane(&r, i, size, pairOp(op, size, lane(src, j, size), lane(src, j+1, size)))
		}
		return r, true
	}
	saturated := false
	for i := range n {
		x, sat := laneOp(in.Op, size, lane(a, i, size), lane(b, i, size))
		setLane(&r, i, size, x)
		saturated = saturated || sat
	}
	setQC(c, saturated)
	return r, true
}

func pairOp(op ir.Op, size uint8, x, y uint64) uint64 {
	switch op {
	case ir.VSMaxP:
		op = ir.VSMax
	case ir.VSMinP:
		op = ir.VSMin
	case ir.VUMaxP:
		op = ir.VUMax
	case ir.VUMinP:
		op = ir.VUMin
	default:
		op = ir.VAdd
	}
	r, _ := laneOp(op, size, x, y)
	return r
}

// across evaluates the operations VAddV..VUAddLV on n lanes.
func across(op ir.Op, n int, size uint8, a state.V) state.V {
	r := lane(a, 0, size)
	if op == ir.VSAddLV {
		r = uint64(signed(r, size))
	}
	for i := 1; i < n; i++ {
		x := lane(a, i, size)
		switch op {
		case ir.VAddV, ir.VUAddLV:
			r += x
		case ir.VSAddLV:
			r += uint64(signed(x, size))
		case ir.VSMaxV:
			r, _ = laneOp(ir.VSMax, size, r, x)
		case ir.VSMinV:
			r, _ = laneOp(ir.VSMin, size, r, x)
		case ir.VUMaxV:
			r = max(r, x)
		case ir.VUMinV:
			r = min(r, x)
		}
	}
	if op == ir.VSAddLV || op == ir.VUAddLV {
		size++
	}
	return state.V{Lo: r & sizeMask(size)}
}

func allOnes(x bool) uint64 {
	if x {
		return ^uint64(0)
	}
	return 0
}

// laneOp is one lane of the operations that work on each by itself: x and y zero extended, the
// bits of the result above the lane without meaning.
func laneOp(op ir.Op, size uint8, x, y uint64) (r uint64, saturated bool) {
	sx, sy := signed(x, size), signed(y, size)
	ix, iy := fromSigned(sx), fromSigned(sy)
	ux, uy := fromUnsigned(x), fromUnsigned(y)
	switch op {
	case ir.VAdd:
		return x + y, false
	case ir.VSub:
		return x - y, false
	case ir.VMul:
		return x * y, false
	case ir.VPMul:
		_, lo := polyMul(x, y)
		return lo, false
	case ir.VNeg:
		return -x, false
	case ir.VAbs:
		if sx < 0 {
			return -x, false
		}
		return x, false
	case ir.VSQNeg:
		return i128{}.sub(ix).saturate(size, true)
	case ir.VSQAbs:
		if sx < 0 {
			return i128{}.sub(ix).saturate(size, true)
		}
		return x, false
	case ir.VSMax:
		return uint64(max(sx, sy)), false
	case ir.VSMin:
		return uint64(min(sx, sy)), false
	case ir.VUMax:
		return max(x, y), false
	case ir.VUMin:
		return min(x, y), false
	case ir.VSHAdd:
		return ix.add(iy).shr(1).lo, false
	case ir.VUHAdd:
		return ux.add(uy).shr(1).lo, false
	case ir.VSRHAdd:
		return ix.add(iy).add(i128{lo: 1}).shr(1).lo, false
	case ir.VURHAdd:
		return ux.add(uy).add(i128{lo: 1}).shr(1).lo, false
	case ir.VSHSub:
		return ix.sub(iy).shr(1).lo, false
	case ir.VUHSub:
		return ux.sub(uy).shr(1).lo, false
	case ir.VSQAdd:
		return ix.add(iy).saturate(size, true)
	case ir.VUQAdd:
		return ux.add(uy).saturate(size, false)
	case ir.VSQSub:
		return ix.sub(iy).saturate(size, true)
	case ir.VUQSub:
		return ux.sub(uy).saturate(size, false)
	case ir.VSUQAdd: // x is signed, y unsigned
		return ix.add(uy).saturate(size, true)
	case ir.VUSQAdd:
		return ux.add(iy).saturate(size, false)
	case ir.VSABD:
		return uint64(max(sx, sy) - min(sx, sy)), false
	case ir.VUABD:
		return max(x, y) - min(x, y), false
	case ir.VCnt:
		return uint64(bits.OnesCount64(x)), false
	case ir.VClz:
		return uint64(bits.LeadingZeros64(x)) - (64 - 8<<size), false
	case ir.VCls:
		return uint64(bits.LeadingZeros64(uint64(sx^sx>>63))) - (64 - 8<<size) - 1, false
	case ir.VRBit:
		return uint64(bits.Reverse8(uint8(x))), false
	case ir.VCmEQ:
		return allOnes(x == y), false
	case ir.VCmGT:
		return allOnes(sx > sy), false
	case ir.VCmGE:
		return allOnes(sx >= sy), false
	case ir.VCmHI:
		return allOnes(x > y), false
	case ir.VCmHS:
		return allOnes(x >= y), false
	case ir.VCmTst:
		return allOnes(x&y != 0), false
	}
	return 0, false
}

// polyMul is the product of polynomials over {0, 1}.
func polyMul(x, y uint64) (hi, lo uint64) {
	for i := uint(0); i < 64; i++ {
		if y>>i&1 != 0 {
			lo ^= x << i
			hi ^= x >> (64 - i)
		}
	}
	return hi, lo
}

// multiply evaluates the operations VSQDMulH..VURsqrte.
func multiply(in *ir.Inst, c *state.CPU, a, b, d state.V) (r state.V, ok bool) {
	size := in.Size & 3
	switch in.Op {
	case ir.VSQDMulH, ir.VSQRDMulH, ir.VSQRDMLAH, ir.VSQRDMLSH:
		// The high half of twice the product, plus or minus, from the accumulator as high half.
		saturated := false
		width := uint(8) << size
		for i := range lanes(in.Shape, size) {
			p := mul(slane(a, i, size), slane(b, i, size)).shl(1)
			acc := i128{}
			if in.Op != ir.VSQDMulH {
				acc.lo = 1 << (width - 1)
			}
			if in.Op == ir.VSQRDMLAH || in.Op == ir.VSQRDMLSH {
				acc = fromSigned(slane(d, i, size)).shl(width).add(acc)
			}
			if in.Op == ir.VSQRDMLSH {
				acc = acc.sub(p)
			} else {
				acc = acc.add(p)
			}
			x, sat := acc.shr(width).saturate(size, true)
			setLane(&r, i, size, x)
			saturated = saturated || sat
		}
		setQC(c, saturated)
	case ir.VSDot, ir.VUDot, ir.VUSDot:
		for i := range lanes(in.Shape, 2) {
			setLane(&r, i, 2, lane(d, i, 2)+dot(in.Op, a, b, 4*i, 4*i, 4))
		}
	case ir.VSMmla, ir.VUMmla, ir.VUSMmla:
		for i := range 4 {
			setLane(&r, i, 2, lane(d, i, 2)+dot(in.Op, a, b, i/2*8, i%2*8, 8))
		}
	case ir.VURecpe, ir.VURsqrte:
		for i := range lanes(in.Shape, 2) {
			setLane(&r, i, 2, uint64(unsignedEstimate(in.Op, uint32(lane(a, i, 2)))))
		}
	default:
		return r, false
	}
	return r, true
}

// dot is the dot product of n bytes of a from i and of b from j.
func dot(op ir.Op, a, b state.V, i, j, n int) uint64 {
	sum := int64(0)
	for k := range n {
		x, y := slane(a, i+k, 0), slane(b, j+k, 0)
		switch op {
		case ir.VUDot, ir.VUMmla:
			x, y = x&0xff, y&0xff
		case ir.VUSDot, ir.VUSMmla:
			x &= 0xff
		}
		sum += x * y
	}
	return uint64(sum)
}
