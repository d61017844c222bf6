package interp

import (
	"armature/tcg/ir"
	"armature/tcg/softfloat"
	"armature/tcg/state"
)

// format is softfloat's for lanes of 1<<size bytes, size 1..3.
func format(size uint8) softfloat.Format { return softfloat.Format(size - 1) }

func unsignedEstimate(op ir.Op, x uint32) uint32 {
	if op == ir.VURecpe {
		return softfloat.URecpE(x)
	}
	return softfloat.URSqrtE(x)
}

// float evaluates the operations FAdd..BFMlal.
func float(in *ir.Inst, c *state.CPU, a, b, d state.V) (state.V, bool) {
	e := softfloat.Env{FPCR: c.FPCR}
	var r state.V
	ok := true
	switch op := in.Op; {
	case op >= ir.FMlal && op <= ir.FCMla:
		r, ok = fused(in, &e, a, b, d)
	case op >= ir.FAddP && op <= ir.FMinNMP:
		r = pairwise(in, &e, a, b)
	case op >= ir.FMaxV && op <= ir.FMinNMV:
		r = reduce(in, &e, a)
	case op == ir.FCmp || op == ir.FCmpE:
		size := in.Size & 3
		nzcv := e.Compare(format(size), lane(a, 0, size), lane(b, 0, size), op == ir.FCmpE)
		r.Lo = uint64(state.PackNZCV(uint32(nzcv)))
	case op >= ir.FToSX && op <= ir.FCvtXN:
		r, ok = convert(in, &e, a)
	case op >= ir.BFCvt:
		r, ok = bfloat(in, &e, a, b, d)
	default:
		size := in.Size & 3
		for i := range lanes(in.Shape, size) {
			var x uint64
			if x, ok = floatLane(in, &e, size, lane(a, i, size), lane(b, i, size), lane(d, i, size)); !ok {
				break
			}
			setLane(&r, i, size, x)
		}
	}
	if in.Op.Has(ir.FPEnv) {
		c.FPSR |= e.FPSR
	}
	return r, ok
}

// rounding is the Round constant aux.
func rounding(e *softfloat.Env, aux uint32) softfloat.Rounding {
	switch aux &^ ir.RoundExact {
	case ir.RoundNearest:
		return softfloat.TieEven
	case ir.RoundPlus:
		return softfloat.PosInf
	case ir.RoundMinus:
		return softfloat.NegInf
	case ir.RoundZero:
		return softfloat.Zero
	case ir.RoundAway:
		return softfloat.TieAway
	}
	return e.Rounding()
}

// floatLane is one lane of the operations that work on each by itself.
func floatLane(in *ir.Inst, e *softfloat.Env, size uint8, a, b, d uint64) (uint64, bool) {
	f := format(size)
	sign := uint64(1) << (8<<size - 1)
	width := uint(8) << size
	switch in.Op {
	case ir.FAdd:
		return e.Add(f, a, b), true
	case ir.FSub:
		return e.Sub(f, a, b), true
	case ir.FMul:
		return e.Mul(f, a, b), true
	case ir.FMulX:
		return e.MulX(f, a, b), true
	case ir.FNMul:
		return e.Mul(f, a, b) ^ sign, true
	case ir.FDiv:
		return e.Div(f, a, b), true
	case ir.FMax:
		return e.Max(f, a, b), true
	case ir.FMin:
		return e.Min(f, a, b), true
	case ir.FMaxNM:
		return e.MaxNum(f, a, b), true
	case ir.FMinNM:
		return e.MinNum(f, a, b), true
	case ir.FAbd:
		return e.Sub(f, a, b) &^ sign, true
	case ir.FSqrt:
		return e.Sqrt(f, a), true
	case ir.FAbs:
		return a &^ sign, true
	case ir.FNeg:
		return a ^ sign, true
	case ir.FMla:
		return e.MulAdd(f, d, a, b), true
	case ir.FMls:
		return e.MulAdd(f, d, a^sign, b), true
	case ir.FNMla:
		return e.MulAdd(f, d^sign, a^sign, b), true
	case ir.FNMls:
		return e.MulAdd(f, d^sign, a, b), true
	case ir.FRecpe:
		return e.RecipEstimate(f, a), true
	case ir.FRsqrte:
		return e.RSqrtEstimate(f, a), true
	case ir.FRecpx:
		return e.RecpX(f, a), true
	case ir.FRecps:
		return e.RecipStep(f, a, b), true
	case ir.FRsqrts:
		return e.RSqrtStep(f, a, b), true
	case ir.FCmEQ:
		return allOnes(e.CompareEQ(f, a, b)), true
	case ir.FCmGE:
		return allOnes(e.CompareGE(f, a, b)), true
	case ir.FCmGT:
		return allOnes(e.CompareGT(f, a, b)), true
	case ir.FAcGE:
		return allOnes(e.CompareGE(f, a&^sign, b&^sign)), true
	case ir.FAcGT:
		return allOnes(e.CompareGT(f, a&^sign, b&^sign)), true
	case ir.FRInt:
		return e.RoundInt(f, a, rounding(e, in.Aux), in.Aux&ir.RoundExact != 0), true
	case ir.FRInt32:
		return e.RoundIntN(f, a, rounding(e, in.Aux), 32), true
	case ir.FRInt64:
		return e.RoundIntN(f, a, rounding(e, in.Aux), 64), true
	case ir.FToS, ir.FToU:
		return e.ToFixed(f, a, uint(in.Imm), in.Op == ir.FToU, rounding(e, in.Aux), width), true
	case ir.FFromS, ir.FFromU:
		return e.FromFixed(f, a, width, uint(in.Imm), in.Op == ir.FFromU, e.Rounding()), true
	}
	return 0, false
}

// fused evaluates FMlal, FMlsl, FCAdd and FCMla.
func fused(in *ir.Inst, e *softfloat.Env, a, b, d state.V) (r state.V, ok bool) {
	size := in.Size & 3
	f := format(size)
	sign := uint64(1) << (8<<size - 1)
	switch in.Op {
	case ir.FMlal, ir.FMlsl:
		n := lanes(in.Shape, 2)
		part := 0
		if in.Shape&ir.ShapeHi != 0 {
			part = n
		}
		for i := range n {
			x, y := lane(a, part+i, 1), lane(b, part+i, 1)
			if in.Op == ir.FMlsl {
				x ^= 0x8000
			}
			setLane(&r, i, 2, e.MulAdd(softfloat.F32, lane(d, i, 2), widenHalf(e, x), widenHalf(e, y)))
		}
	case ir.FCAdd:
		for i := 0; i < lanes(in.Shape, size); i += 2 {
			re, im := lane(b, i, size), lane(b, i+1, size)
			if in.Aux == 1 {
				im ^= sign
			} else {
				re ^= sign
			}
			setLane(&r, i, size, e.Add(f, lane(a, i, size), im))
			setLane(&r, i+1, size, e.Add(f, lane(a, i+1, size), re))
		}
	case ir.FCMla:
		for i := 0; i < lanes(in.Shape, size); i += 2 {
			// The real part of A times B, or the imaginary part times i*B; negated by 180 degrees.
			x, re, im := lane(a, i, size), lane(b, i, size), lane(b, i+1, size)
			if in.Aux&1 != 0 {
				x, re, im = lane(a, i+1, size), im^sign, re
			}
			if in.Aux&2 != 0 {
				re, im = re^sign, im^sign
			}
			setLane(&r, i, size, e.MulAdd(f, lane(d, i, size), x, re))
			setLane(&r, i+1, size, e.MulAdd(f, lane(d, i+1, size), x, im))
		}
	default:
		return r, false
	}
	return r, true
}

// widenHalf is the single of the same value as the half h: exact, also for NaNs, which stay as they are.
// FZ16 flushes denormals; AHP does not count, as it is no conversion to the guest.
func widenHalf(e *softfloat.Env, h uint64) uint64 {
	sign, exp, frac := h>>15&1<<31, h>>10&31, h&0x3ff
	switch {
	case exp == 31:
		exp = 255
	case exp != 0:
		exp += 127 - 15
	case frac == 0 || e.FPCR&softfloat.FZ16 != 0:
		frac = 0
	default:
		for exp = 127 - 14; frac&0x400 == 0; exp-- {
			frac <<= 1
		}
		frac &= 0x3ff
	}
	return sign | exp<<23 | frac<<13
}

// pairOps are what the operations FAddP..FMinNMP, FMaxV..FMinNMV do with two lanes.
var pairOps = [...]ir.Op{ir.FAdd, ir.FMax, ir.FMin, ir.FMaxNM, ir.FMinNM}

// pairwise evaluates the operations FAddP..FMinNMP.
func pairwise(in *ir.Inst, e *softfloat.Env, a, b state.V) (r state.V) {
	size := in.Size & 3
	each := ir.Inst{Op: pairOps[in.Op-ir.FAddP]}
	n := lanes(in.Shape, size)
	for i := range n {
		src, j := a, 2*i
		if j >= n && n > 1 {
			src, j = b, j-n
		}
		x, _ := floatLane(&each, e, size, lane(src, j, size), lane(src, j+1, size), 0)
		setLane(&r, i, size, x)
	}
	return r
}

// reduce evaluates the operations FMaxV..FMinNMV: neighbours first, then neighbours of these, which matters
// for which NaN wins.
func reduce(in *ir.Inst, e *softfloat.Env, a state.V) state.V {
	size := in.Size & 3
	each := ir.Inst{Op: pairOps[in.Op-ir.FMaxV+1]}
	for n := lanes(in.Shape, size) / 2; n > 0; n /= 2 {
		var r state.V
		for i := range n {
			x, _ := floatLane(&each, e, size, lane(a, 2*i, size), lane(a, 2*i+1, size), 0)
			setLane(&r, i, size, x)
		}
		a = r
	}
	return a
}
