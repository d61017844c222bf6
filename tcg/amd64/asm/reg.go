package asm

import (
	"math"
	"unsafe"
)

// Reg is a general-purpose register. Byte operations use AL, CL, DL, BL, SPL, BPL, SIL, DIL, R8B..R15B;
// AH, CH, DH and BH are not available.
type Reg uint8

const (
	RAX Reg = iota
	RCX
	RDX
	RBX
	RSP
	RBP
	RSI
	RDI
	R8
	R9
	R10
	R11
	R12
	R13
	R14
	R15

	// NoReg as Mem.Base: no base, an absolute 32-bit (sign-extended) address or index*scale alone.
	// Bit 3 of these stays clear: it is what goes into REX.
	NoReg    Reg = 16
	ripBase  Reg = 17 // Disp is relative to the window's first byte
	ripLabel Reg = 18 // Disp is a Label
)

// XReg is a vector register, XMM or YMM by the operation's length. XMM16..XMM31 need AVX-512VL and are reached
// by the V methods only.
type XReg uint8

const (
	XMM0 XReg = iota
	XMM1
	XMM2
	XMM3
	XMM4
	XMM5
	XMM6
	XMM7
	XMM8
	XMM9
	XMM10
	XMM11
	XMM12
	XMM13
	XMM14
	XMM15
	XMM16
	XMM17
	XMM18
	XMM19
	XMM20
	XMM21
	XMM22
	XMM23
	XMM24
	XMM25
	XMM26
	XMM27
	XMM28
	XMM29
	XMM30
	XMM31
)

// KReg is an AVX-512 opmask register. K0 as a write mask means none.
type KReg uint8

const (
	K0 KReg = iota
	K1
	K2
	K3
	K4
	K5
	K6
	K7
)

// G passes a general-purpose register where a vector operation has one (MOVD, PEXTRB, CVTSI2SD...).
func G(r Reg) XReg { return XReg(r) }

// K passes an opmask register where a vector operation has one (KMOVW, VPMOVM2B, VPCMPB...).
func K(k KReg) XReg { return XReg(k) }

// Mem is a memory operand: Base + Index*Scale + Disp. Scale 0 means that there is no index, whatever Index says,
// so that Mem{Base: RBX, Disp: 8} is what it looks like; else Scale is 1, 2, 4 or 8, and Index is not RSP.
type Mem struct {
	Base, Index Reg
	Scale       uint8
	Disp        int32
}

// B is [base+disp].
func B(base Reg, disp int32) Mem { return Mem{Base: base, Disp: disp} }

// BI is [base+index*scale+disp].
func BI(base, index Reg, scale uint8, disp int32) Mem {
	return Mem{Base: base, Index: index, Scale: scale, Disp: disp}
}

// Abs is the absolute address disp, sign-extended.
func Abs(disp int32) Mem { return Mem{Base: NoReg, Disp: disp} }

// Rip is a RIP-relative operand that names an absolute run-time address. It is good until the next Reset.
func (a *Asm) Rip(addr uintptr) Mem {
	d := int64(addr - a.base)
	if d != int64(int32(d)) {
		a.fail(OutOfRange)
	}
	return Mem{Base: ripBase, Disp: int32(d)}
}

// RipLabel is a RIP-relative operand that names a label, bound already or later: a literal behind the code.
func (a *Asm) RipLabel(l Label) Mem { return Mem{Base: ripLabel, Disp: int32(l)} }

// rex gives the X and B bits of a memory operand.
func (m Mem) rex() uint64 {
	x := uint64(m.Base>>3) & 1
	if m.Scale != 0 {
		x |= uint64(m.Index>>3) & 1 << 1
	}
	return x
}

// scaleBits maps a scale to the SIB field; anything but 1, 2, 4 and 8 is refused.
var scaleBits = [16]uint8{0xff, 0, 1 << 6, 0xff, 2 << 6, 0xff, 0xff, 0xff, 3 << 6,
	0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// mem completes an instruction with ModRM, SIB and displacement, and writes it. w holds the k bytes before ModRM, reg
// is ModRM.reg, imm the number of immediate bytes that the caller will append, and shift the scale of disp8 (EVEX).
func (a *Asm) mem(w uint64, k int, reg uint64, m Mem, imm int, shift uint8) {
	i := a.n
	if i >= a.end {
		a.overflow()
		i = 0
	}
	disp, dlen := m.Disp, 0
	tail := reg & 7 << 3 // ModRM, then SIB
	tlen := 1
	if m.Base < 16 {
		b := uint64(m.Base & 7)
		if disp != 0 || b == 5 {
			d8 := disp >> (shift & 31)
			if d8 == int32(int8(d8)) && d8<<(shift&31) == disp {
				tail |= 0x40
				disp, dlen = d8, 1
			} else {
				tail |= 0x80
				dlen = 4
			}
		}
		switch {
		case m.Scale != 0:
			tail |= 4 | b<<8
			tlen = 2
		case b == 4: // RSP and R12 as a base need a SIB byte
			tail |= 0x2404
			tlen = 2
		default:
			tail |= b
		}
	} else {
		dlen = 4
		end := i + k + 5 + imm // of a RIP-relative instruction
		switch {
		case m.Base == NoReg:
			tail |= 0x504
			tlen = 2
			if m.Scale == 0 {
				tail |= 0x2000
			}
		case m.Scale == 0 && m.Base == ripBase:
			tail |= 5
			d := int64(disp) - int64(end)
			if !fits32(d) {
				a.fail(OutOfRange)
			}
			disp = int32(d)
		case m.Scale == 0 && m.Base == ripLabel:
			tail |= 5
			disp = a.refer(Label(disp), i+k+1, imm)
		default:
			a.bad()
			return
		}
	}
	if m.Scale != 0 {
		s := scaleBits[m.Scale&15]
		if s == 0xff || m.Scale > 8 || m.Index == RSP || m.Index > 15 {
			a.bad()
			return
		}
		tail |= uint64(s)<<8 | uint64(m.Index&7)<<11
	}
	p := unsafe.Add(a.p, i)
	put64(p, w|tail<<(k*8&63))
	k += tlen
	put32(unsafe.Add(p, k), uint32(disp))
	a.n = i + k + dlen
}

func fits8(v int32) bool { return v == int32(int8(v)) }

func fits32(v int64) bool { return v >= math.MinInt32 && v <= math.MaxInt32 }
