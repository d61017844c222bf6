package interp

import (
	"armature/tcg/ir"
	"armature/tcg/state"
)

// shift is x * 2^by, by from -128 to 127, rounded down, or to nearest with halves up. What grows out of
// 128 bits counts as huge: it saturates as such, and its low bits are zero.
func shift(x i128, by int, round bool) i128 {
	switch {
	case by >= 64:
		if x == (i128{}) {
			return x
		}
		return i128{hi: 1<<62 | x.hi>>63<<62} // low 64 bits 0, sign kept
	case by >= 0:
		return x.shl(uint(by))
	}
	n := uint(-by)
	if round && n < 127 {
		x = x.add(i128{lo: 1}.shlWide(n - 1))
	} else if round {
		return i128{} // a lane plus half of 2^n is between 0 and 2^n
	}
	return x.shr(min(n, 127))
}

// shlWide is shl by 0..126.
func (x i128) shlWide(n uint) i128 {
	if n >= 64 {
		return i128{hi: int64(x.lo << (n - 64))}
	}
	return x.shl(n)
}

// How a shift treats its lanes.
const (
	shSigned     = 1 << iota // source lanes are signed
	shRound                  // right shifts round to nearest
	shSaturate               // results saturate as the source's kind
	shToUnsigned             // to unsigned ones
	shLeft                   // Aux is a left shift
)

// By operation, VShlI..VUQRShl.
var shiftModes = [...]uint8{
	ir.VShlI - ir.VShlI:    shLeft,
	ir.VSShrI - ir.VShlI:   shSigned,
	ir.VUShrI - ir.VShlI:   0,
	ir.VSRShrI - ir.VShlI:  shSigned | shRound,
	ir.VURShrI - ir.VShlI:  shRound,
	ir.VSliI - ir.VShlI:    shLeft,
	ir.VSriI - ir.VShlI:    0,
	ir.VSQShlI - ir.VShlI:  shLeft | shSigned | shSaturate,
	ir.VUQShlI - ir.VShlI:  shLeft | shSaturate,
	ir.VSQShluI - ir.VShlI: shLeft | shSigned | shSaturate | shToUnsigned,
	ir.VSShl - ir.VShlI:    shSigned,
	ir.VUShl - ir.VShlI:    0,
	ir.VSRShl - ir.VShlI:   shSigned | shRound,
	ir.VURShl - ir.VShlI:   shRound,
	ir.VSQShl - ir.VShlI:   shSigned | shSaturate,
	ir.VUQShl - ir.VShlI:   shSaturate,
	ir.VSQRShl - ir.VShlI:  shSigned | shSaturate | shRound,
	ir.VUQRShl - ir.VShlI:  shSaturate | shRound,
}

// shiftOp evaluates the operations VShlI..VUQRShl.
func shiftOp(in *ir.Inst, c *state.CPU, a, b state.V) (r state.V, ok bool) {
	mode := shiftModes[in.Op-ir.VShlI]
	size := in.Size & 3
	isSigned := mode&shSigned != 0
	src := a
	if in.Op == ir.VSliI || in.Op == ir.VSriI {
		src = b
	}
	by := int(in.Aux)
	if mode&shLeft == 0 {
		by = -by
	}
	saturated := false
	for i := range lanes(in.Shape, size) {
		if in.Op >= ir.VSShl {
			by = int(int8(lane(b, i, size)))
		}
		x := shift(extended(lane(src, i, size), size, isSigned), by, mode&shRound != 0)
		y := x.lo
		switch {
		case in.Op == ir.VSliI:
			y |= lane(a, i, size) & (1<<in.Aux - 1)
		case in.Op == ir.VSriI:
			y |= lane(a, i, size) &^ (sizeMask(size) >> in.Aux)
		case mode&shSaturate != 0:
			var sat bool
			y, sat = x.saturate(size, isSigned && mode&shToUnsigned == 0)
			saturated = saturated || sat
		}
		setLane(&r, i, size, y)
	}
	setQC(c, saturated)
	return r, true
}

// widen evaluates the operations VSXtl..VUAddLP.
func widen(in *ir.Inst, c *state.CPU, a, b state.V) (r state.V, ok bool) {
	size := in.Size & 3
	if in.Op == ir.VSAddLP || in.Op == ir.VUAddLP {
		for i := range lanes(in.Shape, size) / 2 {
			if in.Op == ir.VSAddLP {
				setLane(&r, i, size+1, uint64(slane(a, 2*i, size)+slane(a, 2*i+1, size)))
			} else {
				setLane(&r, i, size+1, lane(a, 2*i, size)+lane(a, 2*i+1, size))
			}
		}
		return r, true
	}
	if in.Shape&ir.ShapeHi != 0 {
		a.Lo, b.Lo = a.Hi, b.Hi
	}
	if in.Op == ir.VPMull && size == 3 {
		r.Hi, r.Lo = polyMul(a.Lo, b.Lo)
		return r, true
	}
	n := 8 >> size
	if in.Shape&ir.ShapeMask == ir.ShapeS {
		n = 1
	}
	saturated := false
	for i := range n {
		x, y := lane(a, i, size), lane(b, i, size)
		sx, sy := slane(a, i, size), slane(b, i, size)
		var z uint64
		switch in.Op {
		case ir.VSXtl:
			z = uint64(sx)
		case ir.VUXtl:
			z = x
		case ir.VSMull:
			z = uint64(sx * sy)
		case ir.VUMull:
			z = x * y
		case ir.VPMull:
			_, z = polyMul(x, y)
		case ir.VSQDMull:
			var sat bool
			z, sat = mul(sx, sy).shl(1).saturate(size+1, true)
			saturated = saturated || sat
		case ir.VSABDL:
			z = uint64(max(sx, sy) - min(sx, sy))
		case ir.VUABDL:
			z = max(x, y) - min(x, y)
		default:
			return r, false
		}
		setLane(&r, i, size+1, z)
	}
	setQC(c, saturated)
	return r, true
}

// By operation, VXtn..VSQRShrun.
var narrowModes = [...]uint8{
	ir.VXtn - ir.VXtn:      0,
	ir.VRShrn - ir.VXtn:    shRound,
	ir.VSQXtn - ir.VXtn:    shSigned | shSaturate,
	ir.VUQXtn - ir.VXtn:    shSaturate,
	ir.VSQXtun - ir.VXtn:   shSigned | shSaturate | shToUnsigned,
	ir.VSQRShrn - ir.VXtn:  shSigned | shSaturate | shRound,
	ir.VUQRShrn - ir.VXtn:  shSaturate | shRound,
	ir.VSQRShrun - ir.VXtn: shSigned | shSaturate | shToUnsigned | shRound,
}

// narrow evaluates the operations VXtn..VRSubHN.
func narrow(in *ir.Inst, c *state.CPU, a, b state.V) (r state.V, ok bool) {
	size := in.Size & 3
	n := 8 >> size
	if in.Shape&ir.ShapeMask == ir.ShapeS {
		n = 1
	}
	saturated := false
	for i := range n {
		wide := lane(a, i, size+1)
		var z uint64
		switch in.Op {
		case ir.VAddHN, ir.VRAddHN, ir.VSubHN, ir.VRSubHN:
			if in.Op == ir.VAddHN || in.Op == ir.VRAddHN {
				wide += lane(b, i, size+1)
			} else {
				wide -= lane(b, i, size+1)
			}
			if in.Op == ir.VRAddHN || in.Op == ir.VRSubHN {
				wide += 1 << (8<<size - 1)
			}
			z = wide >> (8 << size)
		default:
			mode := narrowModes[in.Op-ir.VXtn]
			isSigned := mode&shSigned != 0
			x := shift(extended(wide, size+1, isSigned), -int(in.Aux), mode&shRound != 0 && in.Aux != 0)
			z = x.lo
			if mode&shSaturate != 0 {
				var sat bool
				z, sat = x.saturate(size, isSigned && mode&shToUnsigned == 0)
				saturated = saturated || sat
			}
		}
		setLane(&r, i, size, z)
	}
	setQC(c, saturated)
	return r, true
}
