package arm64

import "armature/tcg/ir"

// Loads and stores of SIMD&FP registers. A load fills the rest of the register with zeros.

// vSizeOf is log2 of the bytes of the single-register forms: size, or 16 bytes with q.
func (i Inst) vSizeOf() uint8 { return uint8(i.size_31_30() + 4*i.q()) }

// vPairSize is that of the pairs and of the literal: S, D or Q.
func (i Inst) vPairSize() uint8 { return single + uint8(i.opc_31_30()) }

func (t *Translator) vLoad(size uint8, a ea) ir.Ref { return t.load(ir.V128, size, 0, a) }

func (t *Translator) vStore(size uint8, a ea, v ir.Ref) { t.store(ir.V128, size, 0, a, v) }

// Load register (literal).

func (t *Translator) trLDR_f_lit(i Inst) bool {
	addr := t.c64(int64(t.pc) + signExtend(i.imm19(), 19)*4)
	return t.vPut(i.Rt(), t.vLoad(i.vPairSize(), ea{base: addr}))
}

// Load/store register, with the address in every form. bump is added to the base afterwards.

func (t *Translator) vLdr(i Inst, a ea, bump int64) bool {
	v := t.vLoad(i.vSizeOf(), a)
	t.vPut(i.Rt(), v)
	if bump != 0 {
		t.bumpXSP(i.Rn(), a.base, bump)
	}
	return true
}

func (t *Translator) vStr(i Inst, a ea, bump int64) bool {
	t.vStore(i.vSizeOf(), a, t.V(i.Rt()))
	if bump != 0 {
		t.bumpXSP(i.Rn(), a.base, bump)
	}
	return true
}

func (i Inst) offset9() int64 { return signExtend(i.imm9(), 9) }

func (t *Translator) trLDR_f_uns(i Inst) bool  { return t.vLdr(i, t.at(i.Rn(), i.offset9()), 0) }
func (t *Translator) trSTR_f_uns(i Inst) bool  { return t.vStr(i, t.at(i.Rn(), i.offset9()), 0) }
func (t *Translator) trLDR_f_post(i Inst) bool { return t.vLdr(i, t.at(i.Rn(), 0), i.offset9()) }
func (t *Translator) trSTR_f_post(i Inst) bool { return t.vStr(i, t.at(i.Rn(), 0), i.offset9()) }
func (t *Translator) trLDR_f_pre(i Inst) bool {
	return t.vLdr(i, t.at(i.Rn(), i.offset9()), i.offset9())
}
func (t *Translator) trSTR_f_pre(i Inst) bool {
	return t.vStr(i, t.at(i.Rn(), i.offset9()), i.offset9())
}
func (t *Translator) trLDR_f_uimm(i Inst) bool { return t.vLdr(i, t.vScaled(i), 0) }
func (t *Translator) trSTR_f_uimm(i Inst) bool { return t.vStr(i, t.vScaled(i), 0) }
func (t *Translator) trLDR_f_reg(i Inst) bool  { return t.vLdr(i, t.vIndexed(i), 0) }
func (t *Translator) trSTR_f_reg(i Inst) bool  { return t.vStr(i, t.vIndexed(i), 0) }

func (t *Translator) vScaled(i Inst) ea {
	return t.at(i.Rn(), int64(i.imm12())<<i.vSizeOf())
}

func (t *Translator) vIndexed(i Inst) ea {
	a := t.at(i.Rn(), 0)
	a.index = t.extended(i.Rm(), i.option())
	if i.S() == 1 {
		a.scale = uint32(i.vSizeOf())
	}
	return a
}

// Load/store pair. The no-allocate forms are the same to us.

func (t *Translator) trLDNP_f(i Inst) bool     { return t.vLdp(i, i.vOffset7(), 0) }
func (t *Translator) trSTNP_f(i Inst) bool     { return t.vStp(i, i.vOffset7(), 0) }
func (t *Translator) trLDP_f_off(i Inst) bool  { return t.vLdp(i, i.vOffset7(), 0) }
func (t *Translator) trSTP_f_off(i Inst) bool  { return t.vStp(i, i.vOffset7(), 0) }
func (t *Translator) trLDP_f_post(i Inst) bool { return t.vLdp(i, 0, i.vOffset7()) }
func (t *Translator) trSTP_f_post(i Inst) bool { return t.vStp(i, 0, i.vOffset7()) }
func (t *Translator) trLDP_f_pre(i Inst) bool  { return t.vLdp(i, i.vOffset7(), i.vOffset7()) }
func (t *Translator) trSTP_f_pre(i Inst) bool  { return t.vStp(i, i.vOffset7(), i.vOffset7()) }

func (i Inst) vOffset7() int64 { return signExtend(i.imm7(), 7) << i.vPairSize() }

func (t *Translator) vLdp(i Inst, offset, bump int64) bool {
	size := i.vPairSize()
	a := t.at(i.Rn(), offset)
	v, v2 := t.vLoad(size, a), t.vLoad(size, a.plus(1<<size))
	t.setV(i.Rt(), v)
	t.setV(i.Rt2(), v2)
	if bump != 0 {
		t.bumpXSP(i.Rn(), a.base, bump)
	}
	return true
}

func (t *Translator) vStp(i Inst, offset, bump int64) bool {
	size := i.vPairSize()
	a := t.at(i.Rn(), offset)
	t.vStore(size, a, t.V(i.Rt()))
	t.vStore(size, a.plus(1<<size), t.V(i.Rt2()))
	if bump != 0 {
		t.bumpXSP(i.Rn(), a.base, bump)
	}
	return true
}
