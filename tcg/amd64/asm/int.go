package asm

import "unsafe"

// head puts prefixes before an instruction's n bytes w, which begin with the opcode, and returns the whole and its
// length in bytes. rex holds the REX bits RXB, and bit 6 when a REX prefix is needed in any case.
//
// Everything is built from the back, so that all shifts are by constants.
func head(op Op, w uint64, n int, sz Size, rex uint64) (uint64, int) {
	rex |= uint64(sz & 8)
	if op&(LOCK|mapBits|ppBits) != 0 || sz < 4 {
		return prefixes(op, w, n, sz, rex)
	}
	if rex != 0 {
		return w<<8 | rex | 0x40, n + 1
	}
	return w, n
}

// prefixes is head for everything beyond REX and one-byte opcodes.
func prefixes(op Op, w uint64, n int, sz Size, rex uint64) (uint64, int) {
	if op&sized != 0 && sz == 1 {
		w &^= 1
	}
	switch op & mapBits {
	case map0F:
		w = w<<8 | 0x0f
		n++
	case map38:
		w = w<<16 | 0x380f
		n += 2
	}
	if rex != 0 {
		w = w<<8 | rex | 0x40
		n++
	}
	if op&ppBits != 0 {
		w = w<<8 | 0xf2f36600>>(op>>ppShift&3*8)&0xff
		n++
	}
	if op&LOCK != 0 {
		w = w<<8 | 0xf0
		n++
	}
	if sz == 2 {
		w = w<<8 | 0x66
		n++
	}
	return w, n
}

// byteRex asks for a REX prefix where a byte register would else read as AH, CH, DH or BH.
func byteRex(r Reg) uint64 {
	if r >= 4 {
		return 0x40
	}
	return 0
}

// RR is op dst, src.
func (a *Asm) RR(op Op, sz Size, dst, src Reg) {
	opc, reg, rm := uint64(op>>8)&0xff, src, dst
	if opc == 0 {
		opc, reg, rm = uint64(op)&0xff, dst, src
	}
	if opc == 0 || op&LOCK != 0 || (dst|src) > 15 {
		a.bad()
		return
	}
	rex := uint64(reg>>3)<<2 | uint64(rm>>3)
	if sz == 1 || op&srcByte != 0 {
		rex |= byteRex(rm)
		if op&(srcByte|srcOnly) == 0 {
			rex |= byteRex(reg)
		}
	}
	w := opc | uint64(0xc0|reg&7<<3|rm&7)<<8
	if rex |= uint64(sz & 8); sz >= 4 && op&(mapBits|ppBits) == 0 { // the usual case, without a call
		if rex != 0 {
			a.put(w<<8|rex|0x40, 3)
		} else {
			a.put(w, 2)
		}
		return
	}
	a.put(prefixes(op, w, 2, sz, rex))
}

// RM is op dst, [m].
func (a *Asm) RM(op Op, sz Size, dst Reg, m Mem) {
	opc := uint64(op) & 0xff
	if opc == 0 || op&LOCK != 0 || dst > 15 {
		a.bad()
		return
	}
	rex := m.rex() | uint64(dst>>3)<<2
	if sz == 1 && op&(srcByte|srcOnly) == 0 {
		rex |= byteRex(dst)
	}
	w, k := head(op, opc, 1, sz, rex)
	a.mem(w, k, uint64(dst), m, 0, 0)
}

// MR is op [m], src.
func (a *Asm) MR(op Op, sz Size, m Mem, src Reg) {
	opc := uint64(op>>8) & 0xff
	if opc == 0 || src > 15 {
		a.bad()
		return
	}
	rex := m.rex() | uint64(src>>3)<<2
	if sz == 1 {
		rex |= byteRex(src)
	}
	w, k := head(op, opc, 1, sz, rex)
	a.mem(w, k, uint64(src), m, 0, 0)
}

// imm appends the low n bytes of an immediate; room was made by the instruction before it.
func (a *Asm) imm(v int32, n int) {
	put32(a.at(a.n), uint32(v))
	a.n += n
}

// RI is op dst, imm in its shortest form. The immediate is sign-extended to the operand's size (for sizes 1 and 2 the
// upper bits are dropped); shifts, rotates and bit tests take a count from 0 to 255.
func (a *Asm) RI(op Op, sz Size, dst Reg, v int32) {
	if dst > 15 || op&LOCK != 0 {
		a.bad()
		return
	}
	rex := uint64(dst >> 3)
	if sz == 1 {
		rex |= byteRex(dst)
	}
	if op&oneLen != 0 && sz != 8 { // MOV reg, imm has an opcode for each register
		opc := 0xb8 | uint64(dst&7)
		if sz == 1 {
			opc &^= 8
		}
		a.put(head(op&^sized, opc, 1, sz, rex))
		a.imm(v, int(sz))
		return
	}
	opc, n := immForm(op, sz, v)
	if opc == 0 {
		a.bad()
		return
	}
	if acc := uint64(op>>40) & 0xff; acc != 0 && dst == RAX && (n > 1 || sz == 1) {
		a.put(head(op, acc, 1, sz, rex))
	} else {
		a.put(head(op, opc|uint64(0xc0|uint8(op>>extShift)&7<<3|uint8(dst&7))<<8, 2, sz, rex))
	}
	a.imm(v, n)
}

// immForm picks the opcode for an immediate, and the immediate's length in bytes.
func immForm(op Op, sz Size, v int32) (opc uint64, n int) {
	opc, full := uint64(op>>24)&0xff, uint64(op>>16)&0xff
	switch {
	case full == 0: // shifts, rotates and bit tests
		if op&byOne != 0 && v == 1 {
			return opc + 0x10, 0
		}
		return opc, 1
	case sz == 1:
		return full, 1
	case opc != 0 && (fits8(v) || sz == 2 && fits8(int32(int16(v)))):
		return opc, 1
	default:
		return full, min(int(sz), 4)
	}
}

// MI is op [m], imm; see RI for the immediate.
func (a *Asm) MI(op Op, sz Size, m Mem, v int32) {
	opc, n := immForm(op, sz, v)
	if opc == 0 {
		a.bad()
		return
	}
	w, k := head(op, opc, 1, sz, m.rex())
	a.mem(w, k, uint64(op>>extShift), m, n, 0)
	a.imm(v, n)
}

// R is op r: one operand, or a shift or rotate of r by CL.
func (a *Asm) R(op Op, sz Size, r Reg) {
	opc := uint64(op>>32) & 0xff
	if opc == 0 || r > 15 || op&LOCK != 0 {
		a.bad()
		return
	}
	rex := uint64(r >> 3)
	if sz == 1 {
		rex |= byteRex(r)
	}
	a.put(head(op, opc|uint64(0xc0|uint8(op>>extShift)&7<<3|uint8(r&7))<<8, 2, sz, rex))
}

// M is op [m]: one operand, or a shift or rotate by CL.
func (a *Asm) M(op Op, sz Size, m Mem) {
	opc := uint64(op>>32) & 0xff
	if opc == 0 {
		a.bad()
		return
	}
	w, k := head(op, opc, 1, sz, m.rex())
	a.mem(w, k, uint64(op>>extShift), m, 0, 0)
}

// RRI is SHLD or SHRD dst, src, count.
func (a *Asm) RRI(op Op, sz Size, dst, src Reg, count uint8) {
	if op>>8&0xff == 0 || op>>24&0xff == 0 || op>>extShift&7 != 0 || op&sized != 0 || (dst|src) > 15 {
		a.bad()
		return
	}
	w := uint64(op>>24)&0xff | uint64(0xc0|src&7<<3|dst&7)<<8
	a.put(head(op, w, 2, sz, uint64(src>>3)<<2|uint64(dst>>3)))
	a.imm(int32(count), 1)
}

// MRI is SHLD or SHRD [m], src, count.
func (a *Asm) MRI(op Op, sz Size, m Mem, src Reg, count uint8) {
	if op>>8&0xff == 0 || op>>24&0xff == 0 || op>>extShift&7 != 0 || op&sized != 0 || src > 15 {
		a.bad()
		return
	}
	w, k := head(op, uint64(op>>24)&0xff, 1, sz, m.rex()|uint64(src>>3)<<2)
	a.mem(w, k, uint64(src), m, 1, 0)
	a.imm(int32(count), 1)
}

// imul3 gives the opcode of IMUL with an immediate, and the immediate's length.
func imul3(sz Size, v int32) (uint64, int) {
	if fits8(v) || sz == 2 && fits8(int32(int16(v))) {
		return 0x6b, 1
	}
	return 0x69, min(int(sz), 4)
}

// ImulRRI is IMUL dst, src, imm with size 2, 4 or 8.
func (a *Asm) ImulRRI(sz Size, dst, src Reg, v int32) {
	if sz == 1 || (dst|src) > 15 {
		a.bad()
		return
	}
	opc, n := imul3(sz, v)
	a.put(head(0, opc|uint64(0xc0|dst&7<<3|src&7)<<8, 2, sz, uint64(dst>>3)<<2|uint64(src>>3)))
	a.imm(v, n)
}

// ImulRMI is IMUL dst, [m], imm with size 2, 4 or 8.
func (a *Asm) ImulRMI(sz Size, dst Reg, m Mem, v int32) {
	if sz == 1 || dst > 15 {
		a.bad()
		return
	}
	opc, n := imul3(sz, v)
	w, k := head(0, opc, 1, sz, m.rex()|uint64(dst>>3)<<2)
	a.mem(w, k, uint64(dst), m, n, 0)
	a.imm(v, n)
}

// MovImm loads a 64-bit constant in 5, 7 or 10 bytes and leaves the flags alone.
func (a *Asm) MovImm(r Reg, v uint64) {
	switch {
	case r > 15:
		a.bad()
	case v == uint64(uint32(v)):
		a.RI(MOV, 4, r, int32(v))
	case v == uint64(int32(v)):
		a.RI(MOV, 8, r, int32(v))
	default:
		p := a.room()
		put16(p, uint16(0x48|r>>3)|uint16(0xb8|r&7)<<8)
		put64(unsafe.Add(p, 2), v)
		a.n += 10
	}
}

// Zero clears a register with XOR, in 2 or 3 bytes, and clobbers the flags.
func (a *Asm) Zero(r Reg) { a.RR(XOR, 4, r, r) }

// N emits an instruction without operands.
func (a *Asm) N(op NOp) {
	a.put(uint64(op), int(op>>56))
}

// opReg emits an instruction whose opcode's low bits are the register.
func (a *Asm) opReg(op Op, sz Size, opc uint64, r Reg) {
	if r > 15 {
		a.bad()
		return
	}
	a.put(head(op, opc|uint64(r&7), 1, sz, uint64(r>>3)))
}

// Push and Pop move 8 bytes.
func (a *Asm) Push(r Reg) { a.opReg(0, 4, 0x50, r) }
func (a *Asm) Pop(r Reg)  { a.opReg(0, 4, 0x58, r) }

// PushM and PopM move 8 bytes.
func (a *Asm) PushM(m Mem) { a.oneM(0xff, 6, m) }
func (a *Asm) PopM(m Mem)  { a.oneM(0x8f, 0, m) }

// PushI pushes a sign-extended immediate.
func (a *Asm) PushI(v int32) {
	p := a.room()
	if fits8(v) {
		put16(p, 0x6a|uint16(uint8(v))<<8)
		a.n += 2
		return
	}
	put64(p, 0x68|uint64(uint32(v))<<8)
	a.n += 5
}

// Bswap reverses a register's 4 or 8 bytes.
func (a *Asm) Bswap(sz Size, r Reg) {
	if sz < 4 {
		a.bad()
		return
	}
	a.opReg(map0F, sz, 0xc8, r)
}

// one and oneM emit an instruction with one operand and no size.
func (a *Asm) one(opc, ext uint64, r Reg) {
	if r > 15 {
		a.bad()
		return
	}
	a.put(head(0, opc|(0xc0|ext<<3|uint64(r&7))<<8, 2, 4, uint64(r>>3)))
}

func (a *Asm) oneM(opc, ext uint64, m Mem) {
	w, k := head(0, opc, 1, 4, m.rex())
	a.mem(w, k, ext, m, 0, 0)
}
