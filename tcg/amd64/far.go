package amd64

import (
	"encoding/binary"

	"armature/tcg/amd64/asm"
)

// Far stubs are what runs once or never: chain stubs, and ways out at a poll. They are written at the end of the buffer,
// from its end downwards, so that the code of neighbouring regions lies close together: most regions are shorter than
// their stubs. Each is a call and 8-byte words, which the called stub finds by its return address.

const farCallLen = 5

// farCall makes a far stub that calls an address, with room for n words; their offset in the buffer is behind the call.
func (g *gen) farCall(stub uint64, n int) (addr uintptr, off int) {
	g.far += farCallLen + 8*n
	off = len(g.buf) - g.far
	if off < g.a.Len() {
		g.fail(ErrNoSpace)
		return g.a.Base(), -1
	}
	addr = g.a.Base() + uintptr(off)
	d := int64(stub) - int64(addr) - farCallLen
	if !fits32(d) {
		g.fail(ErrInternal)
	}
	g.buf[off] = 0xe8 // CALL rel32
	binary.LittleEndian.PutUint32(g.buf[off+1:], uint32(d))
	return addr, off + farCallLen
}

func (g *gen) farWord(off, n int, x uint64) {
	if off >= 0 {
		binary.LittleEndian.PutUint64(g.buf[off+8*n:], x)
	}
}

// farExit gives a far stub that calls stub with a guest address behind the call.
func (g *gen) farExit(stub, pc uint64) uintptr {
	addr, off := g.farCall(stub, 1)
	g.farWord(off, 0, pc)
	return addr
}

// misfit is by how many bytes a 32-bit field skip bytes ahead must move to lie within 8 aligned bytes, so that a single
// locked store changes it for all who fetch it.
func (g *gen) misfit(skip int) int {
	if p := (int(g.a.PC()) + skip) & 7; p > 4 {
		return 8 - p
	}
	return 0
}

// slotJump is a jump out of the region to pc: a chain slot, which leads to a far stub until it is patched.
func (g *gen) slotJump(pc uint64) {
	addr, off := g.farCall(g.stubs.Chain, 2)
	for range g.misfit(1) {
		g.a.Byte(0x2e) // CS: no effect on a jump, and cheaper than a NOP before it
	}
	g.slot(pc, g.a.JmpTo(addr), off)
}

// slotJcc is slotJump on a condition.
func (g *gen) slotJcc(cc asm.Cond, pc uint64) {
	addr, off := g.farCall(g.stubs.Chain, 2)
	if n := g.misfit(2); n > 0 && g.a.Len() == g.cmpEnd && g.a.Status == asm.OK {
		// The NOP goes before the comparison, so that this and the jump stay together and are decoded as one.
		at, end := g.cmpAt, g.cmpEnd
		g.a.Nop(n)
		if g.a.Status == asm.OK {
			copy(g.buf[at+n:], g.buf[at:end])
			copy(g.buf[at:], [...]string{1: "\x90", 2: "\x66\x90", 3: "\x0f\x1f\x00"}[n])
		}
	} else {
		g.a.Nop(n)
	}
	g.slot(pc, g.a.JccTo(cc, addr), off)
}

// slotCall is slotJump as a call.
func (g *gen) slotCall(pc uint64) {
	addr, off := g.farCall(g.stubs.Chain, 2)
	g.a.Nop(g.misfit(1))
	g.slot(pc, g.a.CallTo(addr), off)
}

// slot registers a chain slot: its field is at pos, the ChainRecord at off.
func (g *gen) slot(pc uint64, pos, off int) {
	g.farWord(off, 0, pc)
	g.farWord(off, 1, uint64(g.a.Base())+uint64(pos))
	g.out.Slots = append(g.out.Slots, Slot{Off: uint32(pos), Stub: uint32(off - farCallLen), PC: pc})
}
