package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// Fused multiply-add: FMA3, whose result comes where one of the operands is. Below V3 there is only the slow path.

var (
	// By FMla, FMls, FNMla, FNMls: d = x*y + d, and d = x*d + y.
	fma231 = [4]fpOp{
		{asm.VFMADD231PS, asm.VFMADD231PD, asm.VFMADD231SS, asm.VFMADD231SD},
		{asm.VFNMADD231PS, asm.VFNMADD231PD, asm.VFNMADD231SS, asm.VFNMADD231SD},
		{asm.VFNMSUB231PS, asm.VFNMSUB231PD, asm.VFNMSUB231SS, asm.VFNMSUB231SD},
		{asm.VFMSUB231PS, asm.VFMSUB231PD, asm.VFMSUB231SS, asm.VFMSUB231SD},
	}
	fma213 = [4]fpOp{
		{asm.VFMADD213PS, asm.VFMADD213PD, asm.VFMADD213SS, asm.VFMADD213SD},
		{asm.VFNMADD213PS, asm.VFNMADD213PD, asm.VFNMADD213SS, asm.VFNMADD213SD},
		{asm.VFNMSUB213PS, asm.VFNMSUB213PD, asm.VFNMSUB213SS, asm.VFNMSUB213SD},
		{asm.VFMSUB213PS, asm.VFMSUB213PD, asm.VFMSUB213SS, asm.VFMSUB213SD},
	}
)

// lowerFMla: FMla, FMls, FNMla, FNMls.
func lowerFMla(g *gen, in *ir.Inst) bool {
	if !g.v3 || !g.inlineFP(in) {
		return false
	}
	w, scalar := widthOf(in), isScalar(in)
	n := in.Op - ir.FMla
	r := [3]ir.Ref{in.A, in.B, in.C}
	var x [3]opnd
	for i := range x {
		if w == 3 && !scalar {
			x[i] = xop(g.fpIn(in, r[i]))
		} else {
			x[i] = g.useM(r[i])
		}
	}
	p, q := 0, 1 // the factors; only the second may be in memory
	if x[0].isMem() && !x[1].isMem() {
		p, q = 1, 0
	}
	if x[p].isMem() {
		x[p] = xop(g.scalarReg(x[p], w))
	}
	inMem := x[q].isMem()
	k := keptNone
	if scalar && !g.zeroAbove(in.C, w) && (g.zeroAbove(r[p], w) || !inMem && g.zeroAbove(r[q], w)) {
		// A factor in the result's place has the zeros, and the sum, for which the next addition may wait, is not cleared.
		if !g.zeroAbove(r[p], w) {
			p, q = q, p
		}
		d := g.defV(mayA | mayB | mayC)
		t := g.tmp()
		if x[q].isMem() {
			x[q] = xop(g.scalarReg(x[q], w))
		}
		g.setZeroAbove(w)
		g.movV(t, x[p].r)
		g.op3o(fma213[n].of(in), t, x[q].r, x[2])
		g.tinyScalar(in.Size, t)
		back := g.slowJump(asm.CcE, uint8(d), &k)
		g.movV(d, t)
		g.a.Bind(back)
		return true
	}
	d := g.defV(mayA | mayB | mayC)
	for i := range x {
		k.cleaned(g, r[i], i, x[i].r)
	}
	var live uint8
	switch same := !inMem && x[p].r == x[q].r; {
	case x[2].r == d:
		// Into the sum. A factor may be in the same register.
		if k[2] == noX || x[p].r == d || x[q].r == d {
			g.moveAway(&x, &k, d)
		}
		g.op3o(fma231[n].of(in), d, x[p].r, x[q])
		live = g.live(in.C)
	case x[p].r == d && !same && !inMem, x[q].r == d && !same:
		// Into a factor.
		if x[q].r == d {
			p, q = q, p
		}
		if k[p] == noX {
			k[p] = g.tmp()
			g.movV(k[p], d)
		}
		g.op3o(fma213[n].of(in), d, x[q].r, x[2])
		live = g.live(r[p])
	default:
		if x[p].r == d || x[q].r == d { // both factors, or one with the other in memory
			g.moveAway(&x, &k, d)
		}
		if scalar && !g.zeroAbove(in.C, w) || x[2].isMem() {
			g.keepLow(d, x[2], w)
		} else {
			g.movV(d, x[2].r)
		}
		g.op3o(fma231[n].of(in), d, x[p].r, x[q])
		live = w
	}
	if !scalar {
		live = w
		if w == 3 && in.Op == ir.FMls {
			live = 4 // 0 - 0 is -0 when rounding down
		}
	}
	g.shapeV(in, d, live)
	g.nanCheck(in, d, &k)
	return true
}

// moveAway copies register d to a temporary, where the operands that were in it are for the slow path, and the factors also
// for the operation.
func (g *gen) moveAway(x *[3]opnd, k *kept, d asm.XReg) {
	t := g.tmp()
	g.movV(t, d)
	for i := range x {
		if x[i].r == d {
			k[i] = t
			if i < 2 {
				x[i].r = t
			}
		}
	}
}
