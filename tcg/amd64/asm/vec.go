package asm

// legacy puts the prefixes of an SSE instruction before its n bytes w, which begin with the opcode, and returns the
// whole and its length in bytes.
func legacy(op VOp, w uint64, n int, rex uint64) (uint64, int) {
	switch op >> 10 & 3 {
	case 2:
		w = w<<8 | 0x38
		n++
	case 3:
		w = w<<8 | 0x3a
		n++
	}
	w = w<<8 | 0x0f
	rex |= uint64(op>>12&^(op>>34)) & 1 << 3
	if rex != 0 {
		w = w<<8 | rex | 0x40
		n++
	}
	if pp := op >> 8 & 3; pp != 0 {
		w = w<<8 | 0xf2f36600>>(pp*8)&0xff
		n++
	}
	return w, n + 1
}

// vexHead gives the VEX prefix, the opcode and a byte tail, and the length of the first two; xb holds the bits X and
// B of r/m.
func vexHead(op VOp, l VLen, reg, v, xb, tail uint64) (w uint64, n int) {
	r := ^reg & 8 << 4
	b2 := ^v&15<<3 | (uint64(l)|uint64(op>>30)&1)<<2 | uint64(op>>8)&3
	m, o := uint64(op>>10)&3, uint64(op)&0xff
	if m == 1 && op&vw == 0 && xb == 0 {
		return 0xc5 | (r|b2)<<8 | o<<16 | tail<<24, 3
	}
	return 0xc4 | (r|(^xb&3)<<5|m)<<8 | (uint64(op)>>5&0x80|b2)<<16 | o<<24 | tail<<32, 4
}

// evexHead gives the EVEX prefix and the opcode; xb holds the bits X and B, b is EVEX.b and l EVEX.L'L.
func evexHead(op VOp, l, reg, v, xb, b uint64) uint64 {
	p0 := ^reg&8<<4 | ^xb&3<<5 | ^reg&16 | uint64(op>>10)&3
	p1 := uint64(op)>>6&0x80 | ^v&15<<3 | 4 | uint64(op>>8)&3
	p2 := uint64(op>>43)&1<<7 | l<<5 | b<<4 | ^v&16>>1 | uint64(op>>modShift)&7
	return 0x62 | p0<<8 | p1<<16 | p2<<24 | uint64(op)&0xff<<32
}

// length checks that an operation works on vectors of length l.
func (op VOp) length(l VLen) bool {
	return l <= 1 && uint64(l) <= uint64(op>>31)&1 && uint64(l) >= uint64(op>>32)&1
}

// vrr emits a register form: reg and rm go to ModRM, v to vvvv.
func (a *Asm) vrr(op VOp, l VLen, reg, v, rm XReg) bool {
	modrm := uint64(0xc0 | reg&7<<3 | rm&7)
	if op>>modShift == 0 && (reg|v|rm) < 16 {
		if op&(vex|noReg) != vex || !op.length(l) {
			a.bad()
			return false
		}
		w, n := vexHead(op, l, uint64(reg), uint64(v), uint64(rm>>3), modrm)
		a.put(w, n+1)
		return true
	}
	b, ll := uint64(0), uint64(l)
	if op&modER != 0 {
		// Packed operations of less than 512 bits have no static rounding.
		if op&l256 != 0 || op>>17&15 < t4>>17 {
			a.bad()
			return false
		}
		b, ll = 1, uint64(op>>modRCpos)&3
	}
	if op&(evex|noReg|modB) != evex || !op.length(l) || (reg|v|rm) > 31 || op&noK != 0 && op&(modK|modZ) != 0 {
		a.bad()
		return false
	}
	a.put(evexHead(op, ll, uint64(reg), uint64(v), uint64(rm>>3), b)|modrm<<40, 6)
	return true
}

// vrm emits a memory form.
func (a *Asm) vrm(op VOp, l VLen, reg, v XReg, m Mem, imm int) bool {
	if op>>modShift == 0 && (reg|v) < 16 {
		if op&(vex|noMem) != vex || !op.length(l) {
			a.bad()
			return false
		}
		w, n := vexHead(op, l, uint64(reg), uint64(v), m.rex(), 0)
		a.mem(w, n, uint64(reg), m, imm, 0)
		return true
	}
	t := op >> 17 & 15
	shift, b := tupleShift[t][l&1], uint64(0)
	if op&modB != 0 {
		if t != tFV>>17 && t != tHV>>17 {
			a.bad()
			return false
		}
		shift, b = 2+uint8(op>>13)&1, 1
	}
	if op&(evex|noMem|modER) != evex || !op.length(l) || (reg|v) > 31 || op&noK != 0 && op&(modK|modZ) != 0 {
		a.bad()
		return false
	}
	a.mem(evexHead(op, uint64(l), uint64(reg), uint64(v), m.rex(), b), 5, uint64(reg), m, imm, shift)
	return true
}

const formBits = shapeBits | ib

// V2 is op d, s.
func (a *Asm) V2(op VOp, l VLen, d, s XReg) {
	switch op & formBits {
	case rm2:
		a.vrr(op, l, d, 0, s)
	case mr2:
		a.vrr(op, l, s, 0, d)
	default:
		a.bad()
	}
}

// V2I is op d, s, imm.
func (a *Asm) V2I(op VOp, l VLen, d, s XReg, imm uint8) {
	ok := false
	switch op & formBits {
	case rm2 | ib:
		ok = a.vrr(op, l, d, 0, s)
	case mr2 | ib:
		ok = a.vrr(op, l, s, 0, d)
	case vmi | ib:
		ok = a.vrr(op, l, XReg(op>>14&7), d, s)
	default:
		a.bad()
	}
	if ok {
		a.imm(int32(imm), 1)
	}
}

// V2M is op r, [m] for a load and op [m], r for a store.
func (a *Asm) V2M(op VOp, l VLen, r XReg, m Mem) {
	if op&formBits&^mr2 != rm2 {
		a.bad()
		return
	}
	a.vrm(op, l, r, 0, m, 0)
}

// V2MI is op r, [m], imm for a load and op [m], r, imm for a store.
func (a *Asm) V2MI(op VOp, l VLen, r XReg, m Mem, imm uint8) {
	ok := false
	switch op & formBits {
	case rm2 | ib, mr2 | ib:
		ok = a.vrm(op, l, r, 0, m, 1)
	case vmi | ib: // EVEX only
		ok = a.vrm(op|modForce, l, XReg(op>>14&7), r, m, 1)
	default:
		a.bad()
	}
	if ok {
		a.imm(int32(imm), 1)
	}
}

// V3 is op d, x, y.
func (a *Asm) V3(op VOp, l VLen, d, x, y XReg) {
	if op&formBits != rvm {
		a.bad()
		return
	}
	if op&comm != 0 && y > 7 && x < 8 { // the short VEX prefix reaches high registers in vvvv, not in r/m
		x, y = y, x
	}
	a.vrr(op, l, d, x, y)
}

// V3I is op d, x, y, imm.
func (a *Asm) V3I(op VOp, l VLen, d, x, y XReg, imm uint8) {
	if op&formBits != rvm|ib {
		a.bad()
		return
	}
	if a.vrr(op, l, d, x, y) {
		a.imm(int32(imm), 1)
	}
}

// V3M is op d, x, [m].
func (a *Asm) V3M(op VOp, l VLen, d, x XReg, m Mem) {
	if op&formBits != rvm {
		a.bad()
		return
	}
	a.vrm(op, l, d, x, m, 0)
}

// V3MI is op d, x, [m], imm.
func (a *Asm) V3MI(op VOp, l VLen, d, x XReg, m Mem, imm uint8) {
	if op&formBits != rvm|ib {
		a.bad()
		return
	}
	if a.vrm(op, l, d, x, m, 1) {
		a.imm(int32(imm), 1)
	}
}

// V4 is op d, x, y, z: the VEX blends, which take y where z's sign bit is set.
func (a *Asm) V4(op VOp, l VLen, d, x, y, z XReg) {
	if op&formBits != rvmr || z > 15 {
		a.bad()
		return
	}
	if a.vrr(op, l, d, x, y) {
		a.imm(int32(z)<<4, 1)
	}
}

// V4M is op d, x, [m], z.
func (a *Asm) V4M(op VOp, l VLen, d, x XReg, m Mem, z XReg) {
	if op&formBits != rvmr || z > 15 {
		a.bad()
		return
	}
	if a.vrm(op, l, d, x, m, 1) {
		a.imm(int32(z)<<4, 1)
	}
}

// srr emits a legacy register form.
func (a *Asm) srr(op VOp, reg, rm XReg) bool {
	if op&(sse|noReg) != sse || (reg|rm) > 15 || op>>modShift != 0 {
		a.bad()
		return false
	}
	w := uint64(op)&0xff | uint64(0xc0|reg&7<<3|rm&7)<<8
	a.put(legacy(op, w, 2, uint64(reg>>3)<<2|uint64(rm>>3)))
	return true
}

// srm emits a legacy memory form.
func (a *Asm) srm(op VOp, reg XReg, m Mem, imm int) bool {
	if op&(sse|noMem) != sse || reg > 15 || op>>modShift != 0 {
		a.bad()
		return false
	}
	w, n := legacy(op, uint64(op)&0xff, 1, m.rex()|uint64(reg>>3)<<2)
	a.mem(w, n, uint64(reg), m, imm, 0)
	return true
}

// S2 is the legacy op d, s; for an operation with two sources, d is the first.
func (a *Asm) S2(op VOp, d, s XReg) {
	switch op & formBits {
	case rm2, rvm:
		a.srr(op, d, s)
	case mr2:
		a.srr(op, s, d)
	default:
		a.bad()
	}
}

// S2I is the legacy op d, s, imm. A shift by an immediate works in place: d and s must be the same.
func (a *Asm) S2I(op VOp, d, s XReg, imm uint8) {
	ok := false
	switch op & formBits {
	case rm2 | ib, rvm | ib:
		ok = a.srr(op, d, s)
	case mr2 | ib:
		ok = a.srr(op, s, d)
	case vmi | ib:
		if d == s {
			ok = a.srr(op, XReg(op>>14&7), d)
		} else {
			a.bad()
		}
	default:
		a.bad()
	}
	if ok {
		a.imm(int32(imm), 1)
	}
}

// S2M is the legacy op r, [m] for a load and op [m], r for a store. Loads of 16 bytes by arithmetic must be aligned.
func (a *Asm) S2M(op VOp, r XReg, m Mem) {
	switch op & formBits {
	case rm2, rvm, mr2:
		a.srm(op, r, m, 0)
	default:
		a.bad()
	}
}

// S2MI is the legacy op r, [m], imm for a load and op [m], r, imm for a store.
func (a *Asm) S2MI(op VOp, r XReg, m Mem, imm uint8) {
	switch op & formBits {
	case rm2 | ib, rvm | ib, mr2 | ib:
		if a.srm(op, r, m, 1) {
			a.imm(int32(imm), 1)
		}
	default:
		a.bad()
	}
}

// wide sets W for 8-byte general registers; VEX has no narrower ones than 4.
func (op VOp) wide(sz Size) VOp { return op | VOp(sz&8)<<9 }

// X2 is the BMI op d, s with size 4 or 8.
func (a *Asm) X2(op VOp, sz Size, d, s Reg) {
	if op&formBits != gVM || sz < 4 {
		a.bad()
		return
	}
	a.vrr(op.wide(sz), L128, XReg(op>>14&7), XReg(d), XReg(s))
}

// X2M is the BMI op d, [m] with size 4 or 8.
func (a *Asm) X2M(op VOp, sz Size, d Reg, m Mem) {
	if op&formBits != gVM || sz < 4 {
		a.bad()
		return
	}
	a.vrm(op.wide(sz), L128, XReg(op>>14&7), XReg(d), m, 0)
}

// X2I is RORX d, s, imm with size 4 or 8.
func (a *Asm) X2I(op VOp, sz Size, d, s Reg, imm uint8) {
	if op&formBits != gRM|ib || sz < 4 {
		a.bad()
		return
	}
	if a.vrr(op.wide(sz), L128, XReg(d), 0, XReg(s)) {
		a.imm(int32(imm), 1)
	}
}

// X2MI is RORX d, [m], imm with size 4 or 8.
func (a *Asm) X2MI(op VOp, sz Size, d Reg, m Mem, imm uint8) {
	if op&formBits != gRM|ib || sz < 4 {
		a.bad()
		return
	}
	if a.vrm(op.wide(sz), L128, XReg(d), 0, m, 1) {
		a.imm(int32(imm), 1)
	}
}

// X3 is the BMI op d, x, y with size 4 or 8, in Intel's order: ANDN's inverted operand is x, a shift's count is y,
// and MULX (d high, x low) multiplies RDX by y.
func (a *Asm) X3(op VOp, sz Size, d, x, y Reg) {
	switch {
	case sz < 4:
		a.bad()
	case op&formBits == gRVM:
		a.vrr(op.wide(sz), L128, XReg(d), XReg(x), XReg(y))
	case op&formBits == gRMV:
		a.vrr(op.wide(sz), L128, XReg(d), XReg(y), XReg(x))
	default:
		a.bad()
	}
}

// X3M is X3 with one source in memory: y of ANDN, PDEP, PEXT and MULX, and x, the value, of the others; r is the
// other source.
func (a *Asm) X3M(op VOp, sz Size, d, r Reg, m Mem) {
	if s := op & formBits; s != gRVM && s != gRMV || sz < 4 {
		a.bad()
		return
	}
	a.vrm(op.wide(sz), L128, XReg(d), XReg(r), m, 0)
}
