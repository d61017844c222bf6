package arm64

import "armature/tcg/ir"

// Loads and stores of structures: LD1 to LD4 and ST1 to ST4.

// vPostIndex is the write-back of the post-indexed forms: Rm, or the bytes accessed when Rm is 31.
// The other forms have zeros in Rm's place and bit 23 clear.
func (t *Translator) vPostIndex(i Inst, base ir.Ref, bytes int64) bool {
	switch {
	case i>>23&1 == 0:
	case i.Rm() == 31:
		t.bumpXSP(i.Rn(), base, bytes)
	default:
		t.setXSP(i.Rn(), t.op2(ir.Add, ir.I64, base, t.X(i.Rm())))
	}
	return true
}

// Multiple structures without interleaving.

func (t *Translator) trLD1x1_mult(i Inst) bool      { return t.vLd1(i, 1) }
func (t *Translator) trLD1x2_mult(i Inst) bool      { return t.vLd1(i, 2) }
func (t *Translator) trLD1x3_mult(i Inst) bool      { return t.vLd1(i, 3) }
func (t *Translator) trLD1x4_mult(i Inst) bool      { return t.vLd1(i, 4) }
func (t *Translator) trLD1x1_mult_post(i Inst) bool { return t.vLd1(i, 1) }
func (t *Translator) trLD1x2_mult_post(i Inst) bool { return t.vLd1(i, 2) }
func (t *Translator) trLD1x3_mult_post(i Inst) bool { return t.vLd1(i, 3) }
func (t *Translator) trLD1x4_mult_post(i Inst) bool { return t.vLd1(i, 4) }
func (t *Translator) trST1x1_mult(i Inst) bool      { return t.vSt1(i, 1) }
func (t *Translator) trST1x2_mult(i Inst) bool      { return t.vSt1(i, 2) }
func (t *Translator) trST1x3_mult(i Inst) bool      { return t.vSt1(i, 3) }
func (t *Translator) trST1x4_mult(i Inst) bool      { return t.vSt1(i, 4) }
func (t *Translator) trST1x1_mult_post(i Inst) bool { return t.vSt1(i, 1) }
func (t *Translator) trST1x2_mult_post(i Inst) bool { return t.vSt1(i, 2) }
func (t *Translator) trST1x3_mult_post(i Inst) bool { return t.vSt1(i, 3) }
func (t *Translator) trST1x4_mult_post(i Inst) bool { return t.vSt1(i, 4) }

// vLoadRegs reads n registers of 64 or 128 bits each from consecutive addresses.
func (t *Translator) vLoadRegs(i Inst, a ea, n uint32) (v [4]ir.Ref) {
	size := double + uint8(i.Q())
	for k := range v[:n] {
		v[k] = t.vLoad(size, a.plus(int64(k)<<size))
	}
	return v
}

// vPutRegs writes consecutive registers from Vt on, modulo 32, after the last access.
func (t *Translator) vPutRegs(i Inst, v []ir.Ref) {
	for k, r := range v {
		t.setV((i.Rt()+uint32(k))&31, r)
	}
}

// vStoreRegs is the inverse of vLoadRegs.
func (t *Translator) vStoreRegs(i Inst, a ea, v []ir.Ref) {
	size := double + uint8(i.Q())
	for k, r := range v {
		t.vStore(size, a.plus(int64(k)<<size), r)
	}
}

func (t *Translator) vGetRegs(i Inst, n uint32) (v [4]ir.Ref) {
	for k := range v[:n] {
		v[k] = t.V((i.Rt() + uint32(k)) & 31)
	}
	return v
}

func (t *Translator) vLd1(i Inst, n uint32) bool {
	a := t.at(i.Rn(), 0)
	v := t.vLoadRegs(i, a, n)
	t.vPutRegs(i, v[:n])
	return t.vPostIndex(i, a.base, int64(n)<<(double+uint8(i.Q())))
}

func (t *Translator) vSt1(i Inst, n uint32) bool {
	a := t.at(i.Rn(), 0)
	v := t.vGetRegs(i, n)
	t.vStoreRegs(i, a, v[:n])
	return t.vPostIndex(i, a.base, int64(n)<<(double+uint8(i.Q())))
}

// Multiple structures with interleaving: of n registers, lane k of register r is element n*k+r in memory.

func (t *Translator) trLD2_mult(i Inst) bool      { return t.vLdn(i, 2) }
func (t *Translator) trLD3_mult(i Inst) bool      { return t.vLdn(i, 3) }
func (t *Translator) trLD4_mult(i Inst) bool      { return t.vLdn(i, 4) }
func (t *Translator) trLD2_mult_post(i Inst) bool { return t.vLdn(i, 2) }
func (t *Translator) trLD3_mult_post(i Inst) bool { return t.vLdn(i, 3) }
func (t *Translator) trLD4_mult_post(i Inst) bool { return t.vLdn(i, 4) }
func (t *Translator) trST2_mult(i Inst) bool      { return t.vStn(i, 2) }
func (t *Translator) trST3_mult(i Inst) bool      { return t.vStn(i, 3) }
func (t *Translator) trST4_mult(i Inst) bool      { return t.vStn(i, 4) }
func (t *Translator) trST2_mult_post(i Inst) bool { return t.vStn(i, 2) }
func (t *Translator) trST3_mult_post(i Inst) bool { return t.vStn(i, 3) }
func (t *Translator) trST4_mult_post(i Inst) bool { return t.vStn(i, 4) }

func (t *Translator) vLdn(i Inst, n uint32) bool {
	a := t.at(i.Rn(), 0)
	v := t.vLoadRegs(i, a, n)
	switch n {
	case 2:
		v[0], v[1] = t.vUnzip(i, v[0], v[1])
	case 3:
		v = t.vThree(i, ir.VDeint3, v)
	case 4:
		// Even and odd elements first, then the halves of those.
		even01, odd01 := t.vUnzip(i, v[0], v[1])
		even23, odd23 := t.vUnzip(i, v[2], v[3])
		v[0], v[2] = t.vUnzip(i, even01, even23)
		v[1], v[3] = t.vUnzip(i, odd01, odd23)
	}
	t.vPutRegs(i, v[:n])
	return t.vPostIndex(i, a.base, int64(n)<<(double+uint8(i.Q())))
}

func (t *Translator) vStn(i Inst, n uint32) bool {
	a := t.at(i.Rn(), 0)
	v := t.vGetRegs(i, n)
	switch n {
	case 2:
		v[0], v[1] = t.vZip(i, v[0], v[1])
	case 3:
		v = t.vThree(i, ir.VInt3, v)
	case 4:
		low02, high02 := t.vZip(i, v[0], v[2])
		low13, high13 := t.vZip(i, v[1], v[3])
		v[0], v[1] = t.vZip(i, low02, low13)
		v[2], v[3] = t.vZip(i, high02, high13)
	}
	t.vStoreRegs(i, a, v[:n])
	return t.vPostIndex(i, a.base, int64(n)<<(double+uint8(i.Q())))
}

// vUnzip parts the even from the odd elements of a and b; vZip is the inverse.
func (t *Translator) vUnzip(i Inst, a, b ir.Ref) (even, odd ir.Ref) {
	size := uint8(i.size_11_10())
	return t.vOp(ir.VUzp1, size, i.arr(), a, b, 0), t.vOp(ir.VUzp2, size, i.arr(), a, b, 0)
}

func (t *Translator) vZip(i Inst, a, b ir.Ref) (low, high ir.Ref) {
	size := uint8(i.size_11_10())
	return t.vOp(ir.VZip1, size, i.arr(), a, b, 0), t.vOp(ir.VZip2, size, i.arr(), a, b, 0)
}

// vThree applies VDeint3 or VInt3, one operation for each result.
func (t *Translator) vThree(i Inst, op ir.Op, v [4]ir.Ref) (r [4]ir.Ref) {
	for k := range uint32(3) {
		r[k] = t.vOpAux(op, uint8(i.size_11_10()), i.arr(), k, v[0], v[1], v[2])
	}
	return r
}

// Single structures: one lane of each register.

func (t *Translator) trLD1_single(i Inst) bool      { return t.vLdLane(i, 1) }
func (t *Translator) trLD2_single(i Inst) bool      { return t.vLdLane(i, 2) }
func (t *Translator) trLD3_single(i Inst) bool      { return t.vLdLane(i, 3) }
func (t *Translator) trLD4_single(i Inst) bool      { return t.vLdLane(i, 4) }
func (t *Translator) trLD1_single_post(i Inst) bool { return t.vLdLane(i, 1) }
func (t *Translator) trLD2_single_post(i Inst) bool { return t.vLdLane(i, 2) }
func (t *Translator) trLD3_single_post(i Inst) bool { return t.vLdLane(i, 3) }
func (t *Translator) trLD4_single_post(i Inst) bool { return t.vLdLane(i, 4) }
func (t *Translator) trST1_single(i Inst) bool      { return t.vStLane(i, 1) }
func (t *Translator) trST2_single(i Inst) bool      { return t.vStLane(i, 2) }
func (t *Translator) trST3_single(i Inst) bool      { return t.vStLane(i, 3) }
func (t *Translator) trST4_single(i Inst) bool      { return t.vStLane(i, 4) }
func (t *Translator) trST1_single_post(i Inst) bool { return t.vStLane(i, 1) }
func (t *Translator) trST2_single_post(i Inst) bool { return t.vStLane(i, 2) }
func (t *Translator) trST3_single_post(i Inst) bool { return t.vStLane(i, 3) }
func (t *Translator) trST4_single_post(i Inst) bool { return t.vStLane(i, 4) }

// structLane tells lane and size: the index is Q:S:size without the bits that the size leaves no room for.
func (i Inst) structLane() (size uint8, lane uint32) {
	size = uint8(i.esz())
	lane = i.Q()<<3 | i.S()<<2 | i.size_11_10()
	if size == single && i.size_11_10() == 1 {
		size = double
	}
	return size, lane >> size
}

// laneType is the type of a general register that holds a lane.
func laneType(size uint8) ir.Type {
	if size == double {
		return ir.I64
	}
	return ir.I32
}

func (t *Translator) vLdLane(i Inst, n uint32) bool {
	size, lane := i.structLane()
	a := t.at(i.Rn(), 0)
	var x, v [4]ir.Ref
	for k := range x[:n] {
		x[k] = t.load(laneType(size), size, 0, a.plus(int64(k)<<size))
	}
	for k := range x[:n] {
		v[k] = t.vOpAux(ir.VInsX, size, ir.ShapeQ, lane, t.V((i.Rt()+uint32(k))&31), x[k], 0)
	}
	t.vPutRegs(i, v[:n])
	return t.vPostIndex(i, a.base, int64(n)<<size)
}

func (t *Translator) vStLane(i Inst, n uint32) bool {
	size, lane := i.structLane()
	a := t.at(i.Rn(), 0)
	for k := range n {
		v, at := t.V((i.Rt()+k)&31), a.plus(int64(k)<<size)
		if lane == 0 {
			t.vStore(size, at, v)
			continue
		}
		ty := laneType(size)
		x := t.r.Emit(ir.Inst{Op: ir.XFromV, Type: ty, Size: size, A: v, Aux: lane})
		t.store(ty, size, 0, at, x)
	}
	return t.vPostIndex(i, a.base, int64(n)<<size)
}

// Single structures replicated to all lanes.

func (t *Translator) trLD1R(i Inst) bool      { return t.vLdRep(i, 1) }
func (t *Translator) trLD2R(i Inst) bool      { return t.vLdRep(i, 2) }
func (t *Translator) trLD3R(i Inst) bool      { return t.vLdRep(i, 3) }
func (t *Translator) trLD4R(i Inst) bool      { return t.vLdRep(i, 4) }
func (t *Translator) trLD1R_post(i Inst) bool { return t.vLdRep(i, 1) }
func (t *Translator) trLD2R_post(i Inst) bool { return t.vLdRep(i, 2) }
func (t *Translator) trLD3R_post(i Inst) bool { return t.vLdRep(i, 3) }
func (t *Translator) trLD4R_post(i Inst) bool { return t.vLdRep(i, 4) }

func (t *Translator) vLdRep(i Inst, n uint32) bool {
	size := uint8(i.size_11_10())
	a := t.at(i.Rn(), 0)
	var x [4]ir.Ref
	for k := range x[:n] {
		x[k] = t.vLoad(size, a.plus(int64(k)<<size))
	}
	for k := range x[:n] {
		x[k] = t.vOpAux(ir.VDupL, size, i.arr(), 0, x[k], 0, 0)
	}
	t.vPutRegs(i, x[:n])
	return t.vPostIndex(i, a.base, int64(n)<<size)
}
