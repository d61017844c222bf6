package arm64

import "armature/tcg/ir"

// Data processing, register.

// Data-processing (2 source).

func (t *Translator) trUDIV(i Inst) bool { return t.twoSource(i, ir.UDiv) }
func (t *Translator) trSDIV(i Inst) bool { return t.twoSource(i, ir.SDiv) }
func (t *Translator) trLSLV(i Inst) bool { return t.twoSource(i, ir.Shl) }
func (t *Translator) trLSRV(i Inst) bool { return t.twoSource(i, ir.Shr) }
func (t *Translator) trASRV(i Inst) bool { return t.twoSource(i, ir.Sar) }
func (t *Translator) trRORV(i Inst) bool { return t.twoSource(i, ir.Ror) }

func (t *Translator) twoSource(i Inst, op ir.Op) bool {
	ty := intType(i.sf())
	a := t.R(ty, i.Rn())
	t.setR(ty, i.Rd(), t.op2(op, ty, a, t.R(ty, i.Rm())))
	return true
}

func (t *Translator) trCRC32(i Inst) bool  { return t.crc(i, ir.Crc32) }
func (t *Translator) trCRC32C(i Inst) bool { return t.crc(i, ir.Crc32C) }

func (t *Translator) crc(i Inst, op ir.Op) bool {
	acc := t.W(i.Rn())
	data := t.R(intType(i.sf()), i.Rm())
	t.setW(i.Rd(), t.r.Emit(ir.Inst{Op: op, Type: ir.I32, A: acc, B: data, Size: uint8(i.sz_11_10())}))
	return true
}

// Data-processing (1 source).

func (t *Translator) trRBIT(i Inst) bool  { return t.oneSource(i, ir.RBit) }
func (t *Translator) trREV16(i Inst) bool { return t.oneSource(i, ir.Rev16) }
func (t *Translator) trCLZ(i Inst) bool   { return t.oneSource(i, ir.Clz) }
func (t *Translator) trCLS(i Inst) bool   { return t.oneSource(i, ir.Cls) }

func (t *Translator) oneSource(i Inst, op ir.Op) bool {
	ty := intType(i.sf())
	t.setR(ty, i.Rd(), t.op1(op, ty, t.R(ty, i.Rn())))
	return true
}

func (t *Translator) trREV_w(i Inst) bool {
	t.setW(i.Rd(), t.op1(ir.Rev, ir.I32, t.W(i.Rn())))
	return true
}

func (t *Translator) trREV32(i Inst) bool {
	t.setX(i.Rd(), t.op1(ir.Rev32, ir.I64, t.X(i.Rn())))
	return true
}

func (t *Translator) trREV_x(i Inst) bool {
	t.setX(i.Rd(), t.op1(ir.Rev, ir.I64, t.X(i.Rn())))
	return true
}

// Logical (shifted register).

var shiftOps = [4]ir.Op{ir.Shl, ir.Shr, ir.Sar, ir.Ror}

// shifted is Rm shifted by the constant of a shifted-register form.
func (t *Translator) shifted(ty ir.Type, i Inst) ir.Ref {
	return t.shiftConst(shiftOps[i.shift()], ty, t.R(ty, i.Rm()), i.imm6_15_10())
}

func (t *Translator) logical(i Inst, op ir.Op) ir.Ref {
	ty := intType(i.sf())
	a := t.R(ty, i.Rn())
	return t.op2(op, ty, a, t.shifted(ty, i))
}

func (t *Translator) setLogical(i Inst, op ir.Op) bool {
	t.setR(intType(i.sf()), i.Rd(), t.logical(i, op))
	return true
}

func (t *Translator) setLogicalFlags(i Inst, op ir.Op) bool {
	v := t.logical(i, op)
	t.setFlagsOf(v)
	t.setR(intType(i.sf()), i.Rd(), v)
	return true
}

func (t *Translator) trAND_shift(i Inst) bool  { return t.setLogical(i, ir.And) }
func (t *Translator) trBIC_shift(i Inst) bool  { return t.setLogical(i, ir.AndNot) }
func (t *Translator) trEOR_shift(i Inst) bool  { return t.setLogical(i, ir.Xor) }
func (t *Translator) trEON_shift(i Inst) bool  { return t.setLogical(i, ir.XorNot) }
func (t *Translator) trANDS_shift(i Inst) bool { return t.setLogicalFlags(i, ir.And) }
func (t *Translator) trBICS_shift(i Inst) bool { return t.setLogicalFlags(i, ir.AndNot) }

func (t *Translator) trORR_shift(i Inst) bool {
	if i.Rn() == 31 { // MOV
		ty := intType(i.sf())
		t.setR(ty, i.Rd(), t.shifted(ty, i))
		return true
	}
	return t.setLogical(i, ir.Or)
}

func (t *Translator) trORN_shift(i Inst) bool {
	if i.Rn() == 31 { // MVN
		ty := intType(i.sf())
		t.setR(ty, i.Rd(), t.op1(ir.Not, ty, t.shifted(ty, i)))
		return true
	}
	return t.setLogical(i, ir.OrNot)
}

// Add/subtract (shifted register).

func (t *Translator) addSub(i Inst, op ir.Op) bool {
	ty := intType(i.sf())
	a := t.R(ty, i.Rn())
	t.setR(ty, i.Rd(), t.op2(op, ty, a, t.shifted(ty, i)))
	return true
}

func (t *Translator) addSubFlags(i Inst, op ir.Op) bool {
	ty := intType(i.sf())
	a := t.R(ty, i.Rn())
	v := t.op2(op, ty, a, t.shifted(ty, i))
	t.setFlagsOf(v)
	t.setR(ty, i.Rd(), v)
	return true
}

func (t *Translator) trADD_shift(i Inst) bool  { return t.addSub(i, ir.Add) }
func (t *Translator) trADDS_shift(i Inst) bool { return t.addSubFlags(i, ir.Add) }
func (t *Translator) trSUBS_shift(i Inst) bool { return t.addSubFlags(i, ir.Sub) }

func (t *Translator) trSUB_shift(i Inst) bool {
	if i.Rn() == 31 { // NEG
		ty := intType(i.sf())
		t.setR(ty, i.Rd(), t.op1(ir.Neg, ty, t.shifted(ty, i)))
		return true
	}
	return t.addSub(i, ir.Sub)
}

// Add/subtract (extended register).

// extendReg is ExtendReg: Rm at the width of ty, extended as option says, shifted left by imm3.
func (t *Translator) extendReg(ty ir.Type, i Inst) ir.Ref {
	option := i.option()
	size := uint8(option & 3)
	v := t.R(ty, i.Rm())
	if i.Rm() != 31 && size < uint8(ty-ir.I32)+2 {
		if option&4 != 0 {
			v = t.sext(ty, v, size)
		} else {
			v = t.zext(ty, v, size)
		}
	}
	return t.shiftConst(ir.Shl, ty, v, i.imm3())
}

func (t *Translator) addSubExt(i Inst, op ir.Op) (ir.Type, ir.Ref) {
	ty := intType(i.sf())
	a := t.RSP(ty, i.Rn())
	return ty, t.op2(op, ty, a, t.extendReg(ty, i))
}

func (t *Translator) trADD_ext(i Inst) bool {
	ty, v := t.addSubExt(i, ir.Add)
	t.setRSP(ty, i.Rd(), v)
	return true
}

func (t *Translator) trSUB_ext(i Inst) bool {
	ty, v := t.addSubExt(i, ir.Sub)
	t.setRSP(ty, i.Rd(), v)
	return true
}

func (t *Translator) trADDS_ext(i Inst) bool {
	ty, v := t.addSubExt(i, ir.Add)
	t.setFlagsOf(v)
	t.setR(ty, i.Rd(), v)
	return true
}

func (t *Translator) trSUBS_ext(i Inst) bool {
	ty, v := t.addSubExt(i, ir.Sub)
	t.setFlagsOf(v)
	t.setR(ty, i.Rd(), v)
	return true
}

// Add/subtract (with carry).

func (t *Translator) withCarry(i Inst, op ir.Op) (ir.Type, ir.Ref) {
	ty := intType(i.sf())
	a := t.R(ty, i.Rn())
	b := t.R(ty, i.Rm())
	return ty, t.op3(op, ty, a, b, t.flags())
}

func (t *Translator) trADC(i Inst) bool {
	ty, v := t.withCarry(i, ir.Adc)
	t.setR(ty, i.Rd(), v)
	return true
}

func (t *Translator) trSBC(i Inst) bool {
	ty, v := t.withCarry(i, ir.Sbc)
	t.setR(ty, i.Rd(), v)
	return true
}

func (t *Translator) trADCS(i Inst) bool {
	ty, v := t.withCarry(i, ir.Adc)
	t.setFlagsOf(v)
	t.setR(ty, i.Rd(), v)
	return true
}

func (t *Translator) trSBCS(i Inst) bool {
	ty, v := t.withCarry(i, ir.Sbc)
	t.setFlagsOf(v)
	t.setR(ty, i.Rd(), v)
	return true
}

// Rotate right into flags; evaluate into flags. These are rare: they go through a general
// register, NZCV being at bits 31:28 of it.

const (
	bitN = 1 << 31
	bitZ = 1 << 30
	bitC = 1 << 29
	bitV = 1 << 28
)

func (t *Translator) flagsToX() ir.Ref       { return t.op1(ir.FlagsToX, ir.I64, t.flags()) }
func (t *Translator) setFlagsFromX(v ir.Ref) { t.setFlags(t.op1(ir.FlagsFromX, ir.Flags, v)) }

// x2 is an I64 operation with a constant.
func (t *Translator) x2(op ir.Op, a ir.Ref, v int64) ir.Ref {
	return t.op2(op, ir.I64, a, t.c64(v))
}

func (t *Translator) trRMIF(i Inst) bool {
	mask := int64(i.mask()) << 28
	if mask == 0 {
		return true
	}
	v := t.shiftConst(ir.Ror, ir.I64, t.X(i.Rn()), i.imm6_20_15())
	v = t.x2(ir.And, t.x2(ir.Shl, v, 28), mask)
	old := t.x2(ir.And, t.flagsToX(), (bitN|bitZ|bitC|bitV)&^mask)
	t.setFlagsFromX(t.op2(ir.Or, ir.I64, old, v))
	return true
}

func (t *Translator) trSETF8(i Inst) bool  { return t.evaluate(i, 8) }
func (t *Translator) trSETF16(i Inst) bool { return t.evaluate(i, 16) }

// evaluate sets N and Z as of the low width bits of Rn, V when bit width differs from the sign,
// and leaves C.
func (t *Translator) evaluate(i Inst, width int64) bool {
	w := t.W(i.Rn())
	top := t.op2(ir.Shl, ir.I32, w, t.c32(uint32(32-width)))
	nz := t.op1(ir.FlagsToX, ir.I64, t.op1(ir.FlagsOf, ir.Flags, t.op2(ir.And, ir.I32, top, top)))
	x := t.X(i.Rn())
	v := t.op2(ir.Xor, ir.I64, x, t.x2(ir.Shl, x, 1)) // bit width is V
	v = t.x2(ir.And, t.x2(ir.Shl, v, 28-width), bitV)
	c := t.x2(ir.And, t.flagsToX(), bitC)
	t.setFlagsFromX(t.op2(ir.Or, ir.I64, t.op2(ir.Or, ir.I64, nz, v), c))
	return true
}

// Conditional compare.

func (t *Translator) trCCMN_reg(i Inst) bool {
	return t.condCompare(i, ir.Add, t.R(intType(i.sf()), i.Rm()))
}

func (t *Translator) trCCMP_reg(i Inst) bool {
	return t.condCompare(i, ir.Sub, t.R(intType(i.sf()), i.Rm()))
}

func (t *Translator) trCCMN_imm(i Inst) bool {
	return t.condCompare(i, ir.Add, t.constant(intType(i.sf()), int64(i.imm5())))
}

func (t *Translator) trCCMP_imm(i Inst) bool {
	return t.condCompare(i, ir.Sub, t.constant(intType(i.sf()), int64(i.imm5())))
}

func (t *Translator) condCompare(i Inst, op ir.Op, b ir.Ref) bool {
	ty := intType(i.sf())
	f := t.op1(ir.FlagsOf, ir.Flags, t.op2(op, ty, t.R(ty, i.Rn()), b))
	t.setFlags(t.selectFlags(ir.Cond(i.cond_15_12()), f, i.nzcv()))
	return true
}

// selectFlags is f if cond holds, else the constant nzcv.
func (t *Translator) selectFlags(cond ir.Cond, f ir.Ref, nzcv uint32) ir.Ref {
	if cond >= ir.AL {
		return f
	}
	other := t.r.Emit(ir.Inst{Op: ir.FlagsConst, Type: ir.Flags, Imm: int64(nzcv)})
	return t.r.Emit(ir.Inst{Op: ir.FlagsSel, Type: ir.Flags, A: f, B: other, C: t.flags(), Flags: uint8(cond)})
}

// Conditional select.

func (t *Translator) trCSEL(i Inst) bool { return t.condSelect(i, ir.Nop, ir.Nop) }

// CSINC and CSINV of two zero registers are CSET and CSETM, of the opposite condition.
func (t *Translator) trCSINC(i Inst) bool { return t.condSelect(i, ir.Add, ir.CSet) }
func (t *Translator) trCSINV(i Inst) bool { return t.condSelect(i, ir.Not, ir.CSetM) }
func (t *Translator) trCSNEG(i Inst) bool { return t.condSelect(i, ir.Neg, ir.Nop) }

// condSelect is Rn if the condition holds, else Rm after op (Add: of one; Nop: as it is).
func (t *Translator) condSelect(i Inst, op, ofZero ir.Op) bool {
	ty := intType(i.sf())
	cond := ir.Cond(i.cond_15_12())
	if cond >= ir.AL {
		t.setR(ty, i.Rd(), t.R(ty, i.Rn()))
		return true
	}
	if ofZero != ir.Nop && i.Rn() == 31 && i.Rm() == 31 {
		t.setR(ty, i.Rd(), t.r.Emit(ir.Inst{Op: ofZero, Type: ty, A: t.flags(), Flags: uint8(cond ^ 1)}))
		return true
	}
	a, b := t.R(ty, i.Rn()), t.R(ty, i.Rm())
	switch op {
	case ir.Add:
		b = t.op2(ir.Add, ty, b, t.constant(ty, 1))
	case ir.Not, ir.Neg:
		b = t.op1(op, ty, b)
	}
	t.setR(ty, i.Rd(), t.r.Emit(ir.Inst{Op: ir.CSel, Type: ty, A: a, B: b, C: t.flags(), Flags: uint8(cond)}))
	return true
}

// Data-processing (3 source).

func (t *Translator) trMADD(i Inst) bool {
	ty := intType(i.sf())
	a := t.R(ty, i.Rn())
	return t.accumulate(i, ty, ir.Add, t.op2(ir.Mul, ty, a, t.R(ty, i.Rm())))
}

func (t *Translator) trMSUB(i Inst) bool {
	ty := intType(i.sf())
	a := t.R(ty, i.Rn())
	return t.accumulate(i, ty, ir.Sub, t.op2(ir.Mul, ty, a, t.R(ty, i.Rm())))
}

// accumulate puts Ra plus or minus v.
func (t *Translator) accumulate(i Inst, ty ir.Type, op ir.Op, v ir.Ref) bool {
	switch {
	case i.Ra() != 31:
		v = t.op2(op, ty, t.R(ty, i.Ra()), v)
	case op == ir.Sub:
		v = t.op1(ir.Neg, ty, v)
	}
	t.setR(ty, i.Rd(), v)
	return true
}

func (t *Translator) trSMADDL(i Inst) bool { return t.long(i, ir.SExt, ir.Add) }
func (t *Translator) trSMSUBL(i Inst) bool { return t.long(i, ir.SExt, ir.Sub) }
func (t *Translator) trUMADDL(i Inst) bool { return t.long(i, ir.ZExt, ir.Add) }
func (t *Translator) trUMSUBL(i Inst) bool { return t.long(i, ir.ZExt, ir.Sub) }

// long multiplies 32-bit registers to 64 bits.
func (t *Translator) long(i Inst, ext, op ir.Op) bool {
	a := t.r.Emit(ir.Inst{Op: ext, Type: ir.I64, A: t.X(i.Rn()), Size: 2})
	b := t.r.Emit(ir.Inst{Op: ext, Type: ir.I64, A: t.X(i.Rm()), Size: 2})
	return t.accumulate(i, ir.I64, op, t.op2(ir.Mul, ir.I64, a, b))
}

func (t *Translator) trSMULH(i Inst) bool {
	a := t.X(i.Rn())
	t.setX(i.Rd(), t.op2(ir.SMulH, ir.I64, a, t.X(i.Rm())))
	return true
}

func (t *Translator) trUMULH(i Inst) bool {
	a := t.X(i.Rn())
	t.setX(i.Rd(), t.op2(ir.UMulH, ir.I64, a, t.X(i.Rm())))
	return true
}
