package arm64

import (
	"math/bits"

	"armature/tcg/ir"
)

// Lane sizes as ir.Inst.Size has them, and the shape of the scalar forms.
const (
	half   uint8 = 1
	single uint8 = 2
	double uint8 = 3
	scalar       = ir.ShapeS
)

// arr is the arrangement's shape: 64 or 128 bits by Q.
func (i Inst) arr() uint8 {
	if i.Q() == 0 {
		return ir.ShapeD
	}
	return ir.ShapeQ
}

// hi is the shape of an operation that widens: the lower or, with Q, the upper half of its operands.
func (i Inst) hi() uint8 {
	if i.Q() == 0 {
		return ir.ShapeQ
	}
	return ir.ShapeQ | ir.ShapeHi
}

// vsz is the lane size of the integer forms, fsz that of the floating-point ones with a bit sz.
func (i Inst) vsz() uint8 { return uint8(i.size_23_22()) }
func (i Inst) fsz() uint8 { return single + uint8(i.sz_22()) }

// fty is the lane size that ptype means in the scalar floating-point classes.
func (i Inst) fty() uint8 { return [4]uint8{single, double, 0, half}[i.ptype()] }

// vPut writes a vector register. It ends most translate functions, so it returns what they do.
func (t *Translator) vPut(n uint32, v ir.Ref) bool {
	t.setV(n, v)
	return true
}

func (t *Translator) vOp(op ir.Op, size, shape uint8, a, b, c ir.Ref) ir.Ref {
	return t.r.Emit(ir.Inst{Op: op, Type: ir.V128, Size: size, Shape: shape, A: a, B: b, C: c})
}

func (t *Translator) vOpAux(op ir.Op, size, shape uint8, aux uint32, a, b, c ir.Ref) ir.Ref {
	return t.r.Emit(ir.Inst{Op: op, Type: ir.V128, Size: size, Shape: shape, Aux: aux, A: a, B: b, C: c})
}

// vConst is v in both halves (ShapeQ) or the low one (ShapeD).
func (t *Translator) vConst(v uint64, shape uint8) ir.Ref {
	return t.r.Emit(ir.Inst{Op: ir.VConst, Type: ir.V128, Size: double, Shape: shape, Imm: int64(v)})
}

// vUn is Vd = op(Vn).
func (t *Translator) vUn(i Inst, op ir.Op, size, shape uint8) bool {
	return t.vPut(i.Rd(), t.vOp(op, size, shape, t.V(i.Rn()), 0, 0))
}

// vUnAux is vUn with an Aux.
func (t *Translator) vUnAux(i Inst, op ir.Op, size, shape uint8, aux uint32) bool {
	return t.vPut(i.Rd(), t.vOpAux(op, size, shape, aux, t.V(i.Rn()), 0, 0))
}

// vBin is Vd = op(Vn, Vm).
func (t *Translator) vBin(i Inst, op ir.Op, size, shape uint8) bool {
	return t.vPut(i.Rd(), t.vOp(op, size, shape, t.V(i.Rn()), t.V(i.Rm()), 0))
}

// vFma is Vd = op(Vn, Vm, Vd): the accumulator comes last.
func (t *Translator) vFma(i Inst, op ir.Op, size, shape uint8) bool {
	return t.vPut(i.Rd(), t.vOp(op, size, shape, t.V(i.Rn()), t.V(i.Rm()), t.V(i.Rd())))
}

// vRmw is Vd = op(Vd, Vn).
func (t *Translator) vRmw(i Inst, op ir.Op, size, shape uint8) bool {
	return t.vPut(i.Rd(), t.vOp(op, size, shape, t.V(i.Rd()), t.V(i.Rn()), 0))
}

// vAccum is Vd = acc(Vd, op(Vn, Vm)).
func (t *Translator) vAccum(i Inst, acc, op ir.Op) bool {
	x := t.vOp(op, i.vsz(), i.arr(), t.V(i.Rn()), t.V(i.Rm()), 0)
	return t.vPut(i.Rd(), t.vOp(acc, i.vsz(), i.arr(), t.V(i.Rd()), x, 0))
}

// vPutHalf is the end of the narrowing instructions: low is the result, and the
// "2" forms put it above Vd's lower half.
func (t *Translator) vPutHalf(i Inst, low ir.Ref) bool {
	if i.Q() == 1 {
		low = t.vOp(ir.VCombine, double, ir.ShapeQ, t.V(i.Rd()), low, 0)
	}
	return t.vPut(i.Rd(), low)
}

// immShift takes immh:immb apart: the log2 of the lane's bytes, the lane's bits, and the field's value.
func (i Inst) immShift() (size uint8, esize, v uint32) {
	v = uint32(i) >> 16 & 0x7f
	size = uint8(bits.Len32(v>>3)) - 1
	return size, 8 << size, v
}
