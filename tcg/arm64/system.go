package arm64

import (
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Hints, barriers, PSTATE, cache maintenance and system registers.

// Hints. WFE and WFI may complete at any time, and Linux lets EL0 execute them. The rest of the
// space holds pointer authentication and branch targets among others, which are not advertised.

func (t *Translator) trYIELD(Inst) bool { return true }
func (t *Translator) trWFE(Inst) bool   { return true }
func (t *Translator) trWFI(Inst) bool   { return true }
func (t *Translator) trSEV(Inst) bool   { return true }
func (t *Translator) trSEVL(Inst) bool  { return true }
func (t *Translator) trHINT(Inst) bool  { return true }

// Barriers. DSB and DMB say in CRm[1:0] what they order; the shareability domain is always the
// whole system.

func (t *Translator) trCLREX(Inst) bool {
	t.r.Emit(ir.Inst{Op: ir.ClearEx})
	return true
}

func (t *Translator) trDSB(i Inst) bool { return t.barrier(i) }
func (t *Translator) trDMB(i Inst) bool { return t.barrier(i) }

func (t *Translator) barrier(i Inst) bool {
	kind := uint32(ir.FenceFull)
	switch i.CRm() & 3 {
	case 1:
		kind = ir.FenceLoad
	case 2:
		kind = ir.FenceStore
	}
	t.r.Emit(ir.Inst{Op: ir.Fence, Aux: kind})
	return true
}

// ISB needs no more than its place in the order: IC IVAU, by whichever CPU, leaves translated
// code and drops what was made of the old instructions.
func (t *Translator) trISB(Inst) bool {
	t.r.Emit(ir.Inst{Op: ir.Fence, Aux: ir.FenceISB})
	return true
}

// SB is about speculation, of which a guest sees nothing.
func (t *Translator) trSB(Inst) bool { return true }

// PSTATE.

func (t *Translator) trCFINV(Inst) bool {
	t.setFlagsFromX(t.x2(ir.Xor, t.flagsToX(), bitC))
	return true
}

// XAFLAG converts the result of a floating-point comparison from another format:
// N = !C & !Z, Z = Z & C, C = C | Z, V = !C & Z.
func (t *Translator) trXAFLAG(Inst) bool {
	f := t.flagsToX()
	z := t.x2(ir.And, t.x2(ir.Shr, f, 30), 1)
	c := t.x2(ir.And, t.x2(ir.Shr, f, 29), 1)
	notC := t.x2(ir.Xor, c, 1)
	notZ := t.x2(ir.Xor, z, 1)
	v := t.x2(ir.Shl, t.op2(ir.And, ir.I64, notC, notZ), 31)
	v = t.op2(ir.Or, ir.I64, v, t.x2(ir.Shl, t.op2(ir.And, ir.I64, z, c), 30))
	v = t.op2(ir.Or, ir.I64, v, t.x2(ir.Shl, t.op2(ir.Or, ir.I64, z, c), 29))
	v = t.op2(ir.Or, ir.I64, v, t.x2(ir.Shl, t.op2(ir.And, ir.I64, notC, z), 28))
	t.setFlagsFromX(v)
	return true
}

// AXFLAG: N = 0, Z = Z | V, C = C & !V, V = 0.
func (t *Translator) trAXFLAG(Inst) bool {
	f := t.flagsToX()
	z := t.op2(ir.Or, ir.I64, f, t.x2(ir.Shl, f, 2)) // V moved to Z
	c := t.op2(ir.AndNot, ir.I64, f, t.x2(ir.Shl, f, 1))
	t.setFlagsFromX(t.op2(ir.Or, ir.I64, t.x2(ir.And, z, bitZ), t.x2(ir.And, c, bitC)))
	return true
}

// System instructions. Data-cache maintenance does nothing on a coherent host but fault where
// the address cannot be read, as on the processor.

func (t *Translator) trDC_ZVA(i Inst) bool {
	t.r.Emit(ir.Inst{Op: ir.ZeroBlock, A: t.X(i.Rt())})
	return true
}

func (t *Translator) trDC_CVAC(i Inst) bool  { return t.clean(i) }
func (t *Translator) trDC_CVAU(i Inst) bool  { return t.clean(i) }
func (t *Translator) trDC_CVAP(i Inst) bool  { return t.clean(i) }
func (t *Translator) trDC_CIVAC(i Inst) bool { return t.clean(i) }

func (t *Translator) clean(i Inst) bool {
	t.load(ir.I32, 0, 0, ea{base: t.X(i.Rt())})
	return true
}

func (t *Translator) trIC_IVAU(i Inst) bool {
	t.exitX(state.ExitFlush, t.X(i.Rt()), t.next)
	return true
}

// System register move; the registers are in sysregs.go.

// sysreg is the encoding of a register: o0 (op0-2), op1, CRn, CRm, op2.
func (i Inst) sysreg() uint32 { return uint32(i) >> 5 & 0x7fff }

func (t *Translator) trMRS(i Inst) bool {
	reg := findSysReg(i.sysreg())
	if reg == nil {
		if !isIDSpace(i.sysreg()) {
			return false
		}
		t.setX(i.Rt(), t.c64(0)) // reserved, reads as zero
		return true
	}
	switch reg.kind {
	case regNZCV:
		t.setX(i.Rt(), t.flagsToX())
	case regConst:
		t.setX(i.Rt(), t.c64(int64(reg.value)))
	case regSys:
		t.setX(i.Rt(), t.r.Emit(ir.Inst{Op: ir.GetSys, Type: ir.I64, Aux: uint32(reg.value)}))
	}
	return true
}

func (t *Translator) trMSR_reg(i Inst) bool {
	reg := findSysReg(i.sysreg())
	if reg == nil || !reg.writable {
		return false
	}
	if reg.kind == regNZCV {
		t.setFlagsFromX(t.X(i.Rt()))
		return true
	}
	t.r.Emit(ir.Inst{Op: ir.PutSys, A: t.X(i.Rt()), Aux: uint32(reg.value)})
	if uint32(reg.value) == ir.SysFPCR {
		// What follows may need another translation of the same code (ir.Key).
		t.exit(state.ExitLookup, 0, t.next)
	}
	return true
}
