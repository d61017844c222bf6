package difftest

import (
	"strings"

	"armature/tcg/arm64"
	"armature/tcg/state"
)

// Signals.
const (
	sigILL  = 4
	sigTRAP = 5
	sigBUS  = 7
	sigSEGV = 11
)

// delta says where two results differ.
type delta struct {
	x, v                 uint32 // registers, as bits
	pc, nzcv, fpcr, fpsr bool
	sig, code, addr, mem bool
	last                 arm64.Inst // the instruction at the reference's PC, if it is in the slot
	op                   arm64.Op
	ours                 arm64.Inst // that at ours
	oursOp               arm64.Op
	c                    *Case
	want, got            *Result
}

func newDelta(c *Case, want, got *Result) delta {
	d := delta{
		pc: want.PC != got.PC, nzcv: want.NZCV != got.NZCV, fpcr: want.FPCR != got.FPCR, fpsr: want.FPSR != got.FPSR,
		sig: want.Sig != got.Sig, code: want.Code != got.Code, addr: want.Addr != got.Addr, mem: !sameLines(want, got),
		c: c, want: want, got: got,
	}
	for i := range want.X {
		if want.X[i] != got.X[i] {
			d.x |= 1 << i
		}
		if want.V[i] != got.V[i] {
			d.v |= 1 << i
		}
	}
	at := func(pc uint64) (arm64.Inst, arm64.Op) {
		if off := pc - c.PC; off < SlotSize && off&3 == 0 {
			w := c.Words[off/4]
			return arm64.Inst(w), arm64.Decode(w)
		}
		return 0, arm64.OpUndefined
	}
	d.last, d.op = at(want.PC)
	d.ours, d.oursOp = at(got.PC)
	return d
}

func sameLines(a, b *Result) bool {
	x, y := *a, *b
	x.State, x.Sig, x.Code, x.Addr = State{}, 0, 0, 0
	y.State, y.Sig, y.Code, y.Addr = State{}, 0, 0, 0
	return same(&x, &y)
}

// only says that nothing differs besides what allow lists: x, v, mem, addr, code.
func (d *delta) only(allow string) bool {
	has := func(s string) bool { return strings.Contains(allow, s) }
	return !d.pc && !d.nzcv && !d.fpcr && !d.fpsr && !d.sig &&
		(d.x == 0 || has("x")) && (d.v == 0 || has("v")) && (!d.mem || has("mem")) && (!d.addr || has("addr")) && (!d.code || has("code"))
}

// faults says that both ended by the same memory fault.
func (d *delta) faults() bool {
	return !d.sig && !d.pc && (d.want.Sig == sigSEGV || d.want.Sig == sigBUS)
}

// explanations are the known differences from qemu 7.2, each with its reason.
var explanations = []struct {
	why string
	is  func(d *delta) bool
}{
	{"SIGILL: si_code is ILL_ILLOPC under Linux (arch/arm64/kernel/traps.c), qemu gives ILL_ILLOPN",
		func(d *delta) bool {
			return d.want.Sig == sigILL && d.want.Code == 2 && d.got.Code == 1 && d.only("code")
		}},
	{"the address of the fault: qemu gives what the host does for an address that is not canonical there: 0",
		func(d *delta) bool {
			return d.faults() && d.want.Addr == 0 && d.got.Addr>>47 != 0 && d.only("addr code")
		}},
	{"a store that faults may have been done in part (the manual, B2.2.1)",
		func(d *delta) bool { return d.faults() && d.only("mem addr") && storesOf(d.op) }},
	{"a load that faults leaves its destinations UNKNOWN",
		func(d *delta) bool {
			x, v := destinations(d.last, d.op)
			return d.faults() && d.only("x v addr") && d.x&^x == 0 && d.v&^v == 0
		}},
	{"qemu's open monitor is at address -1, so that STXRB to there is done, and faults",
		func(d *delta) bool {
			return d.want.Sig == sigSEGV && d.want.Addr == ^uint64(0) && isStoreExclusive(d.op)
		}},
	{"a store exclusive to a misaligned address faults even if the monitor is open; qemu looks at the monitor first",
		func(d *delta) bool { return d.got.Sig == sigBUS && isStoreExclusive(d.oursOp) }},
	{"DC ZVA that faults: qemu's PC is that of its translation block",
		func(d *delta) bool {
			same := d.want.Sig == d.got.Sig
			d.pc = false
			return same && d.want.Sig == sigSEGV && d.oursOp == arm64.OpDC_ZVA && d.only("addr")
		}},
	{"a misaligned SP as base faults; qemu's user mode does not check",
		func(d *delta) bool {
			return d.got.Sig == sigBUS && d.got.X[31]&15 != 0 && d.got.Addr == untag(d.got.X[31]) && kindOf(d.oursOp) == kindLoad && d.ours.Rn() == 31
		}},
	{"an ordered access that is misaligned faults without FEAT_LSE2; qemu does not check",
		func(d *delta) bool { return d.got.Sig == sigBUS && isOrdered(d.oursOp) }},
	{"LDXP with equal destinations is CONSTRAINED UNPREDICTABLE",
		func(d *delta) bool { return hasEqualPair(d.c) && d.only("x") }},
	{"a store exclusive of another size than the load exclusive may fail (the manual, B2.12.5); ours does",
		func(d *delta) bool { return mixedExclusives(d.c) && !d.sig && !d.pc && !d.fpcr && !d.fpsr }},
	{"qemu's user mode has its stack and mappings from 0x5500000000 on",
		func(d *delta) bool { return d.got.Sig == sigSEGV && d.got.Addr-0x5500000000 < 0x100000000 }},
	{"a misaligned PC takes priority over what is mapped there",
		func(d *delta) bool {
			return d.got.Sig == sigBUS && d.got.PC&3 != 0 && d.want.Sig == sigSEGV && d.want.PC == d.got.PC
		}},
	{"DC CVAC, CVAU, CVAP, CIVAC and IC IVAU fault where nothing is mapped; qemu ignores them",
		func(d *delta) bool { return d.got.Sig == sigSEGV && isMaintenance(d.oursOp) }},
	{"DC CVAP is not there in qemu's user mode",
		func(d *delta) bool { return d.want.Sig == sigILL && d.op == arm64.OpDC_CVAP }},
	{"FPCR.Len and Stride are RES0 here, as on a Neoverse-N1; qemu keeps them",
		func(d *delta) bool {
			const lenStride = 0x370000
			diff := d.want.FPCR ^ d.got.FPCR
			d.fpcr = false
			return diff != 0 && diff&^lenStride == 0 && d.only("x") && (d.x == 0 || contains(d.c, arm64.OpMRS))
		}},
	{"FJCVTZS of a positive subnormal that is flushed to zero clears Z (FPToFixedJS); qemu sets it",
		func(d *delta) bool {
			d.nzcv = false
			return contains(d.c, arm64.OpFJCVTZS) && d.c.FPCR&state.FPCRFZ != 0 && d.want.NZCV == 4 && d.got.NZCV == 0 && d.only("")
		}},
	{"FCVTZS (scalar, fixed-point) to a halfword: qemu leaves the sign in bits 31:16",
		func(d *delta) bool {
			w := arm64.Inst(d.c.Words[0])
			if !contains(d.c, arm64.OpFCVTZS_si) || d.v != 1<<w.Rd() || !d.only("v") {
				return false
			}
			a, b := d.want.V[w.Rd()], d.got.V[w.Rd()]
			return a.Hi == b.Hi && a.Lo == b.Lo|0xffff0000
		}},
	{"FPSR has AArch32's N, Z, C and V in qemu, which are RES0 in AArch64",
		func(d *delta) bool {
			diff := d.want.FPSR ^ d.got.FPSR
			d.fpsr = false
			return diff != 0 && diff&^(15<<28) == 0 && d.only("x") && (d.x == 0 || contains(d.c, arm64.OpMRS))
		}},
	{"CRm of CFINV, XAFLAG and AXFLAG should be zero and is ignored by processors; qemu wants it",
		func(d *delta) bool { return d.want.Sig == sigILL && isFlagOp(d.op) && d.last>>8&15 != 0 }},
}

// QEMU gives the reason for a difference between qemu 7.2 and us, if it is a known one, else "".
func QEMU(c *Case, want, got *Result) string {
	d := newDelta(c, want, got)
	for i := range explanations {
		d := d // an explanation may change it
		if explanations[i].is(&d) {
			return explanations[i].why
		}
	}
	return ""
}

func storesOf(o arm64.Op) bool {
	return kindOf(o) == kindLoad && strings.HasPrefix(o.String(), "ST") || o == arm64.OpDC_ZVA
}

func isStoreExclusive(o arm64.Op) bool {
	switch o {
	case arm64.OpSTXR, arm64.OpSTLXR, arm64.OpSTXP, arm64.OpSTLXP:
		return true
	}
	return false
}

func isOrdered(o arm64.Op) bool {
	switch o {
	case arm64.OpLDAR, arm64.OpSTLR, arm64.OpLDAPR, arm64.OpLDLAR, arm64.OpSTLLR, arm64.OpLDAPUR, arm64.OpLDAPURS, arm64.OpSTLUR:
		return true
	}
	return false
}

// mixedExclusives says whether c has exclusives of several sizes.
func mixedExclusives(c *Case) bool {
	sizes := map[uint32]bool{}
	for _, w := range c.Words[:c.Len()] {
		if w>>24&0x3f == 8 && w>>23&1 == 0 { // exclusives: size, pair
			sizes[w>>30<<1|w>>21&1] = true
		}
	}
	return len(sizes) > 1
}

func isMaintenance(o arm64.Op) bool {
	switch o {
	case arm64.OpDC_CVAC, arm64.OpDC_CVAU, arm64.OpDC_CVAP, arm64.OpDC_CIVAC, arm64.OpIC_IVAU:
		return true
	}
	return false
}

func isFlagOp(o arm64.Op) bool {
	return o == arm64.OpCFINV || o == arm64.OpXAFLAG || o == arm64.OpAXFLAG
}

func contains(c *Case, o arm64.Op) bool {
	for _, w := range c.Words[:c.Len()] {
		if arm64.Decode(w) == o {
			return true
		}
	}
	return false
}

func hasEqualPair(c *Case) bool {
	for _, w := range c.Words[:c.Len()] {
		switch arm64.Decode(w) {
		case arm64.OpLDXP, arm64.OpLDAXP:
			if w&31 == w>>10&31 {
				return true
			}
		}
	}
	return false
}

// destinations are the registers that a load may have written when it faults, as bits.
func destinations(i arm64.Inst, o arm64.Op) (x, v uint32) {
	if k := kindOf(o); k != kindLoad && k != kindLiteral {
		return 0, 0
	}
	regs := uint32(1) << i.Rt()
	for _, f := range o.Fields() {
		if f.Name == "Rt2" {
			regs |= 1 << i.Rt2()
		}
	}
	if _, value := o.Bits(); value>>26&1 == 0 {
		return regs, 0
	}
	if strings.HasPrefix(o.String(), "LD") && o.String()[2] >= '1' && o.String()[2] <= '4' { // structures
		for k := uint32(1); k < 4; k++ {
			regs |= 1 << ((i.Rt() + k) & 31)
		}
	}
	return 0, regs
}
