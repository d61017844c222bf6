package arm64

import (
	"math/bits"

	"armature/tcg/ir"
)

// imm5 of the copy instructions holds the lane's size as its lowest set bit, and the lane above it.
func (i Inst) lane5() (size uint8, lane uint32) {
	size = uint8(bits.TrailingZeros32(i.imm5()))
	return size, i.imm5() >> (size + 1)
}

// Advanced SIMD copy.

func (t *Translator) trDUP_s(i Inst) bool {
	size, lane := i.lane5()
	return t.vUnAux(i, ir.VDupL, size, scalar, lane)
}

func (t *Translator) trDUP_ve(i Inst) bool {
	size, lane := i.lane5()
	return t.vUnAux(i, ir.VDupL, size, i.arr(), lane)
}

func (t *Translator) trDUP_gen(i Inst) bool {
	size, _ := i.lane5()
	return t.vPut(i.Rd(), t.vOp(ir.VDup, size, i.arr(), t.vGeneral(i.Rn(), size), 0, 0))
}

func (t *Translator) trSMOV(i Inst) bool {
	size, lane := i.lane5()
	return t.vToGeneral(i, ir.XFromVS, i.Q(), size, lane)
}

func (t *Translator) trUMOV(i Inst) bool {
	size, lane := i.lane5()
	return t.vToGeneral(i, ir.XFromV, i.Q(), size, lane)
}

func (t *Translator) trINS_gen(i Inst) bool {
	size, lane := i.lane5()
	x := t.vGeneral(i.Rn(), size)
	return t.vPut(i.Rd(), t.vOpAux(ir.VInsX, size, ir.ShapeQ, lane, t.V(i.Rd()), x, 0))
}

func (t *Translator) trINS_ve(i Inst) bool {
	size, lane := i.lane5()
	from := i.imm4() >> size
	return t.vPut(i.Rd(), t.vOpAux(ir.VInsL, size, ir.ShapeQ, lane|from<<8, t.V(i.Rd()), t.V(i.Rn()), 0))
}

// vGeneral is a general register as wide as a lane needs it.
func (t *Translator) vGeneral(n uint32, size uint8) ir.Ref {
	if size == double {
		return t.X(n)
	}
	return t.W(n)
}

// vToGeneral moves a lane to Xd or Wd by sf.
func (t *Translator) vToGeneral(i Inst, op ir.Op, sf uint32, size uint8, lane uint32) bool {
	ty := intType(sf)
	t.setR(ty, i.Rd(), t.r.Emit(ir.Inst{Op: op, Type: ty, Size: size, A: t.V(i.Rn()), Aux: lane}))
	return true
}

// Advanced SIMD permute.

func (t *Translator) trUZP1(i Inst) bool { return t.vBin(i, ir.VUzp1, i.vsz(), i.arr()) }
func (t *Translator) trTRN1(i Inst) bool { return t.vBin(i, ir.VTrn1, i.vsz(), i.arr()) }
func (t *Translator) trZIP1(i Inst) bool { return t.vBin(i, ir.VZip1, i.vsz(), i.arr()) }
func (t *Translator) trUZP2(i Inst) bool { return t.vBin(i, ir.VUzp2, i.vsz(), i.arr()) }
func (t *Translator) trTRN2(i Inst) bool { return t.vBin(i, ir.VTrn2, i.vsz(), i.arr()) }
func (t *Translator) trZIP2(i Inst) bool { return t.vBin(i, ir.VZip2, i.vsz(), i.arr()) }

// Advanced SIMD extract.

func (t *Translator) trEXT(i Inst) bool {
	return t.vPut(i.Rd(), t.vOpAux(ir.VExt, 0, i.arr(), i.imm4(), t.V(i.Rn()), t.V(i.Rm()), 0))
}

// Advanced SIMD table lookup. Each of up to four registers, from Vn on, is a table of 16 bytes that
// leaves the bytes alone which index another.

func (t *Translator) trTBL(i Inst) bool {
	index := t.V(i.Rm())
	return t.vTable(i, 1, index, t.vOp(ir.VTbl, 0, i.arr(), t.V(i.Rn()), index, 0))
}

func (t *Translator) trTBX(i Inst) bool {
	return t.vTable(i, 0, t.V(i.Rm()), t.V(i.Rd()))
}

func (t *Translator) vTable(i Inst, from uint32, index, v ir.Ref) bool {
	for k := from; k <= i.len(); k++ {
		v = t.vOpAux(ir.VTbx, 0, i.arr(), 16*k, t.V((i.Rn()+k)&31), index, v)
	}
	return t.vPut(i.Rd(), v)
}

// Advanced SIMD modified immediate.

func (t *Translator) trMOVI_vi(i Inst) bool { return t.vPut(i.Rd(), t.vConst(i.modImm(), i.arr())) }
func (t *Translator) trMVNI_vi(i Inst) bool { return t.vPut(i.Rd(), t.vConst(^i.modImm(), i.arr())) }
func (t *Translator) trORR_vi(i Inst) bool  { return t.vModImm(i, ir.VOr) }
func (t *Translator) trBIC_vi(i Inst) bool  { return t.vModImm(i, ir.VAndNot) }
func (t *Translator) trMOVI_vdi(i Inst) bool {
	return t.vPut(i.Rd(), t.vConst(byteMask(i.abcdefgh()), i.arr()))
}
func (t *Translator) trFMOV_vi(i Inst) bool  { return t.vFPImm(i, single) }
func (t *Translator) trFMOV_vhi(i Inst) bool { return t.vFPImm(i, half) }
func (t *Translator) trFMOV_vdi(i Inst) bool { return t.vFPImm(i, double) }

func (t *Translator) vModImm(i Inst, op ir.Op) bool {
	c := t.vConst(i.modImm(), i.arr())
	return t.vPut(i.Rd(), t.vOp(op, double, i.arr(), t.V(i.Rd()), c, 0))
}

func (t *Translator) vFPImm(i Inst, size uint8) bool {
	return t.vPut(i.Rd(), t.vConst(replicate(fpImm(i.abcdefgh(), size), size), i.arr()))
}

func (i Inst) abcdefgh() uint32 { return i.abc()<<5 | i.defgh() }

// modImm expands the immediate of MOVI, MVNI, ORR and BIC (AdvSIMDExpandImm) but for the 64-bit form.
func (i Inst) modImm() uint64 {
	v, cmode := uint64(i.abcdefgh()), i.cmode()
	switch {
	case cmode < 8: // in one byte of a word
		return replicate(v<<(8*(cmode>>1)), single)
	case cmode < 12: // in one byte of a halfword
		return replicate(v<<(8*(cmode>>1&1)), half)
	case cmode == 12: // ones shifted in from the right
		return replicate(v<<8|0xff, single)
	case cmode == 13:
		return replicate(v<<16|0xffff, single)
	}
	return v * 0x0101010101010101
}

// replicate fills 64 bits with a value of 1<<size bytes.
func replicate(v uint64, size uint8) uint64 {
	switch size {
	case half:
		return v * 0x0001000100010001
	case single:
		return v * 0x0000000100000001
	}
	return v
}

// byteMask makes each bit of v a byte of zeros or ones.
func byteMask(v uint32) (m uint64) {
	for k := 0; k < 8; k++ {
		if v>>k&1 != 0 {
			m |= 0xff << (8 * k)
		}
	}
	return m
}

// fpImm is VFPExpandImm: imm8 = a:b:cdefgh as a floating-point number of 1<<size bytes. The
// exponent is NOT(b), copies of b, and cd; the fraction begins with efgh.
func fpImm(imm8 uint32, size uint8) uint64 {
	expBits := [4]uint{half: 5, single: 8, double: 11}[size]
	fracBits := uint(8)<<size - 1 - expBits
	exp := uint64(imm8 >> 4 & 3)
	if imm8&0x40 != 0 {
		exp |= (1<<(expBits-3) - 1) << 2
	} else {
		exp |= 1 << (expBits - 1)
	}
	return uint64(imm8>>7)<<(8<<size-1) | exp<<fracBits | uint64(imm8&15)<<(fracBits-4)
}
