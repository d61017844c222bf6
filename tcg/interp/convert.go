package interp

import (
	"armature/tcg/ir"
	"armature/tcg/softfloat"
	"armature/tcg/state"
)

// convert evaluates the operations FToSX..FCvtXN.
func convert(in *ir.Inst, e *softfloat.Env, a state.V) (r state.V, ok bool) {
	size := in.Size & 3
	switch in.Op {
	case ir.FToSX, ir.FToUX:
		width := uint(64)
		if in.Type == ir.I32 {
			width = 32
		}
		r.Lo = e.ToFixed(format(size), lane(a, 0, size), uint(in.Imm), in.Op == ir.FToUX, rounding(e, in.Aux), width)
	case ir.FFromSX, ir.FFromUX:
		width := uint(32)
		if in.Aux == 3 {
			width = 64
		}
		r.Lo = e.FromFixed(format(size), a.Lo, width, uint(in.Imm), in.Op == ir.FFromUX, e.Rounding())
	case ir.FJcvt:
		x, _ := e.ToInt32JS(a.Lo)
		r.Lo = uint64(x)
	case ir.FJcvtZ:
		nzcv := uint32(0)
		if _, exact := e.ToInt32JS(a.Lo); exact {
			nzcv = 4
		}
		r.Lo = uint64(state.PackNZCV(nzcv))
	case ir.FCvt:
		r.Lo = e.Convert(format(uint8(in.Aux&3)), format(size), lane(a, 0, size), e.Rounding())
	case ir.FCvtL:
		if in.Shape&ir.ShapeHi != 0 {
			a.Lo = a.Hi
		}
		for i := range 8 >> size {
			setLane(&r, i, size+1, e.Convert(format(size+1), format(size), lane(a, i, size), e.Rounding()))
		}
	case ir.FCvtN:
		for i := range 8 >> size {
			setLane(&r, i, size, e.Convert(format(size), format(size+1), lane(a, i, size+1), e.Rounding()))
		}
	case ir.FCvtXN:
		for i := range min(2, lanes(in.Shape, 2)) {
			setLane(&r, i, 2, e.Convert(softfloat.F32, softfloat.F64, lane(a, i, 3), softfloat.Odd))
		}
	default:
		return r, false
	}
	return r, true
}

// bfloat evaluates the operations BFCvt..BFMlal.
func bfloat(in *ir.Inst, e *softfloat.Env, a, b, d state.V) (r state.V, ok bool) {
	switch in.Op {
	case ir.BFCvt:
		r.Lo = e.Convert(softfloat.BF16, softfloat.F32, lane(a, 0, 2), e.Rounding())
	case ir.BFCvtN:
		for i := range 4 {
			setLane(&r, i, 1, e.Convert(softfloat.BF16, softfloat.F32, lane(a, i, 2), e.Rounding()))
		}
	case ir.BFDot:
		for i := range lanes(in.Shape, 2) {
			x := softfloat.BFDot(uint32(lane(d, i, 2)), uint32(lane(a, i, 2)), uint32(lane(b, i, 2)))
			setLane(&r, i, 2, uint64(x))
		}
	case ir.BFMmla:
		for i := range 4 {
			x := softfloat.BFMatMulAdd(uint32(lane(d, i, 2)), lane(a, i/2, 3), lane(b, i%2, 3))
			setLane(&r, i, 2, uint64(x))
		}
	case ir.BFMlal:
		for i := range 4 {
			x, y := lane(a, 2*i+int(in.Aux&1), 1), lane(b, 2*i+int(in.Aux&1), 1)
			setLane(&r, i, 2, uint64(e.BFMulAdd(uint32(lane(d, i, 2)), uint16(x), uint16(y))))
		}
	default:
		return r, false
	}
	return r, true
}
