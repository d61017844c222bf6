package interp

import (
	"math/bits"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// move evaluates the operations VFromX..VXar and VCSel..VInt3: between register files, permutations and
// bitwise logic.
func move(in *ir.Inst, a, b, d state.V) (r state.V, ok bool) {
	size := in.Size & 3
	n := lanes(in.Shape, size)
	aux := int(in.Aux)
	switch in.Op {
	case ir.VFromX:
		r.Lo = a.Lo & sizeMask(size)
	case ir.VFromXX:
		r = state.V{Lo: a.Lo, Hi: b.Lo}
	case ir.XFromV:
		r.Lo = lane(a, aux, size)
	case ir.XFromVS:
		r.Lo = uint64(slane(a, aux, size))
		if in.Type == ir.I32 {
			r.Lo = uint64(uint32(r.Lo))
		}
	case ir.VDup:
		for i := range n {
			setLane(&r, i, size, a.Lo)
		}
	case ir.VInsX:
		r = a
		setLane(&r, aux, size, b.Lo)
	case ir.VConst:
		r = shaped(state.V{Lo: uint64(in.Imm), Hi: uint64(in.Imm)}, in.Shape, size)
	case ir.VMov:
		r = shaped(a, in.Shape, size)
	case ir.VDupL:
		for i := range n {
			setLane(&r, i, size, lane(a, aux, size))
		}
	case ir.VInsL:
		r = a
		setLane(&r, aux&0xff, size, lane(b, aux>>8, size))
	case ir.VZip1, ir.VZip2:
		for i := range n {
			src, j := a, i/2
			if i&1 != 0 {
				src = b
			}
			if in.Op == ir.VZip2 {
				j += n / 2
			}
			setLane(&r, i, size, lane(src, j, size))
		}
	case ir.VUzp1, ir.VUzp2:
		for i := range n {
			src, j := a, 2*i
			if j >= n {
				src, j = b, j-n
			}
			setLane(&r, i, size, lane(src, j+int(in.Op-ir.VUzp1), size))
		}
	case ir.VTrn1, ir.VTrn2:
		for i := range n {
			src := a
			if i&1 != 0 {
				src = b
			}
			setLane(&r, i, size, lane(src, i&^1+int(in.Op-ir.VTrn1), size))
		}
	case ir.VExt:
		n := lanes(in.Shape, 0)
		for i := range n {
			src, j := a, i+aux
			if j >= n {
				src, j = b, j-n
			}
			setLane(&r, i, 0, lane(src, j, 0))
		}
	case ir.VRev16, ir.VRev32, ir.VRev64:
		// Lanes in reverse order within containers of 2, 4 or 8 bytes.
		per := 2 << (in.Op - ir.VRev16) >> size
		for i := range n {
			setLane(&r, i, size, lane(a, i^(per-1), size))
		}
	case ir.VTbl, ir.VTbx:
		for i := range lanes(in.Shape, 0) {
			index := int(lane(b, i, 0))
			x := uint64(0)
			if in.Op == ir.VTbx {
				index -= aux
				x = lane(d, i, 0)
			}
			if index >= 0 && index < 16 {
				x = lane(a, index, 0)
			}
			setLane(&r, i, 0, x)
		}
	case ir.VHigh:
		r.Lo = a.Hi
	case ir.VCombine:
		r = state.V{Lo: a.Lo, Hi: b.Lo}
	case ir.VCSel:
		r = b
		if in.Cond().Holds(state.UnpackNZCV(uint32(d.Lo))) {
			r = a
		}
		r = shaped(r, in.Shape, size)
	case ir.VDeint3, ir.VInt3:
		from := [3]state.V{a, b, d}
		for i := range n {
			// Result lane i is element j of the three sources in a row, or turn by turn.
			if j := 3*i + aux; in.Op == ir.VDeint3 {
				setLane(&r, i, size, lane(from[j/n], j%n, size))
			} else {
				j = aux*n + i
				setLane(&r, i, size, lane(from[j%3], j/3, size))
			}
		}
	default:
		r.Lo, ok = bitwise(in, a.Lo, b.Lo, d.Lo)
		r.Hi, _ = bitwise(in, a.Hi, b.Hi, d.Hi)
		return shaped(r, in.Shape, size), ok
	}
	return r, true
}

func bitwise(in *ir.Inst, a, b, d uint64) (uint64, bool) {
	switch in.Op {
	case ir.VAnd:
		return a & b, true
	case ir.VOr:
		return a | b, true
	case ir.VXor:
		return a ^ b, true
	case ir.VAndNot:
		return a &^ b, true
	case ir.VOrNot:
		return a | ^b, true
	case ir.VNot:
		return ^a, true
	case ir.VBsl:
		return a&d | b&^d, true
	case ir.VXor3:
		return a ^ b ^ d, true
	case ir.VBcax:
		return a ^ b&^d, true
	case ir.VRax1:
		return a ^ bits.RotateLeft64(b, 1), true
	case ir.VXar:
		return bits.RotateLeft64(a^b, -int(in.Aux&63)), true
	}
	return 0, false
}
