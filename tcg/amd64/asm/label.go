package asm

import (
	"slices"
	"sync/atomic"
	"unsafe"
)

// NewLabel makes a label that is not bound yet.
func (a *Asm) NewLabel() Label {
	a.labels = append(a.labels, label{-1, noLink})
	return Label(len(a.labels) - 1)
}

// Reserve makes room for n labels.
func (a *Asm) Reserve(n int) { a.labels = slices.Grow(a.labels[:0], n) }

// Labels makes n labels and returns the first; the others follow it.
func (a *Asm) Labels(n int) Label {
	first := Label(len(a.labels))
	for range n {
		a.labels = append(a.labels, label{-1, noLink})
	}
	return first
}

// Bind places a label here and resolves the references to it. Binding it twice is BadForm.
func (a *Asm) Bind(l Label) {
	if uint(l) >= uint(len(a.labels)) || a.labels[l].pos >= 0 {
		a.fail(BadForm)
		return
	}
	e := &a.labels[l]
	e.pos = int32(a.n)
	if a.lost {
		return
	}
	for link := e.link; link != noLink; {
		pos, tail := int(link>>3), int(link&7)
		f := a.at(pos)
		link = *(*uint32)(f)
		put32(f, uint32(a.n-pos-4-tail))
		a.pending--
	}
	e.link = noLink
}

// Offset is a bound label's position in the window, in bytes, or -1.
func (a *Asm) Offset(l Label) int {
	if uint(l) >= uint(len(a.labels)) {
		return -1
	}
	return int(a.labels[l].pos)
}

// refer gives the content of a 32-bit field at position pos, tail bytes before the end of its instruction, that is to
// hold the distance to l: the distance, or a link in the label's chain of references.
func (a *Asm) refer(l Label, pos, tail int) int32 {
	if uint(l) >= uint(len(a.labels)) {
		a.fail(BadForm)
		return 0
	}
	e := &a.labels[l]
	if e.pos >= 0 {
		return e.pos - int32(pos+4+tail)
	}
	prev := e.link
	e.link = uint32(pos)<<3 | uint32(tail)
	a.pending++
	return int32(prev)
}

// Cond is a condition code, as in Jcc, SETcc and CMOVcc. Cond^1 is its opposite.
type Cond uint8

const (
	CcO  Cond = iota // overflow
	CcNO             // no overflow
	CcB              // below, carry
	CcAE             // above or equal, no carry
	CcE              // equal, zero
	CcNE             // not equal, not zero
	CcBE             // below or equal
	CcA              // above
	CcS              // sign
	CcNS             // no sign
	CcP              // parity even, unordered
	CcNP             // parity odd, ordered
	CcL              // less, signed
	CcGE             // greater or equal, signed
	CcLE             // less or equal, signed
	CcG              // greater, signed
)

// Jmp jumps to a label: rel8 when the label is bound and near, else rel32.
func (a *Asm) Jmp(l Label) {
	if a.near(l) {
		p := a.room()
		put16(p, uint16(0xeb|(int(a.labels[l].pos)-a.n-2)<<8))
		a.n += 2
		return
	}
	a.rel32(0xe9, 8, l)
}

// Jcc jumps to a label when cc holds: rel8 when the label is bound and near, else rel32.
func (a *Asm) Jcc(cc Cond, l Label) {
	if a.near(l) {
		p := a.room()
		put16(p, uint16(0x70|int(cc&15)|(int(a.labels[l].pos)-a.n-2)<<8))
		a.n += 2
		return
	}
	a.rel32(0x800f|uint64(cc&15)<<8, 16, l)
}

// Call calls a label.
func (a *Asm) Call(l Label) { a.rel32(0xe8, 8, l) }

// near tells whether a bound label is in reach of a two-byte jump.
func (a *Asm) near(l Label) bool {
	return uint(l) < uint(len(a.labels)) && a.labels[l].pos >= 0 && a.n+2-int(a.labels[l].pos) <= 128
}

func (a *Asm) rel32(w uint64, k uint, l Label) {
	p := a.room()
	n := int(k >> 3)
	put64(p, w)
	put32(unsafe.Add(p, n), uint32(a.refer(l, a.n+n, 0)))
	a.n += n + 4
}

// JmpTo jumps to an absolute run-time address by rel32, and returns the position of the 32-bit field.
func (a *Asm) JmpTo(addr uintptr) int { return a.rel32To(0xe9, 8, addr) }

// CallTo calls an absolute run-time address by rel32, and returns the position of the 32-bit field.
func (a *Asm) CallTo(addr uintptr) int { return a.rel32To(0xe8, 8, addr) }

// JccTo jumps to an absolute run-time address when cc holds, by rel32, and returns the position of the 32-bit field.
func (a *Asm) JccTo(cc Cond, addr uintptr) int { return a.rel32To(0x800f|uint64(cc&15)<<8, 16, addr) }

func (a *Asm) rel32To(w uint64, k uint, addr uintptr) int {
	p := a.room()
	n := int(k >> 3)
	d := int64(addr - (a.PC() + uintptr(n) + 4))
	if !fits32(d) {
		a.fail(OutOfRange)
	}
	put64(p, w)
	put32(unsafe.Add(p, n), uint32(d))
	a.n += n + 4
	return a.n - 4
}

// Reaches tells whether a rel32 jump emitted anywhere in the window's first n bytes reaches addr.
func (a *Asm) Reaches(addr uintptr, n int) bool {
	d := int64(addr - a.base)
	return fits32(d) && fits32(d-int64(n))
}

// JmpR and CallR go to the address in a register; JmpM and CallM to the one in memory.
func (a *Asm) JmpR(r Reg)  { a.one(0xff, 4, r) }
func (a *Asm) CallR(r Reg) { a.one(0xff, 2, r) }
func (a *Asm) JmpM(m Mem)  { a.oneM(0xff, 4, m) }
func (a *Asm) CallM(m Mem) { a.oneM(0xff, 2, m) }

// Short is a two-byte forward jump that waits for its target.
type Short int32

// JmpShort jumps forward by at most 127 bytes, to where Land is called with its result.
func (a *Asm) JmpShort() Short {
	put16(a.room(), 0xeb)
	a.n += 2
	return Short(a.n)
}

// JccShort jumps forward by at most 127 bytes when cc holds, to where Land is called with its result.
func (a *Asm) JccShort(cc Cond) Short {
	put16(a.room(), 0x70|uint16(cc&15))
	a.n += 2
	return Short(a.n)
}

// Land makes the current position the target of a short jump.
func (a *Asm) Land(s Short) {
	if a.lost {
		return
	}
	d := a.n - int(s)
	if s < 2 || uint(d) > 127 {
		a.fail(OutOfRange)
		return
	}
	put8(a.at(int(s)-1), uint8(d))
}

// Patch redirects the rel32 jump or call whose 32-bit field is at position pos of code, which runs at base, to addr,
// with one atomic store; other threads may be running it. It reports false, and changes nothing, when the field is
// not aligned (AlignForPatch), not inside code, or the target is out of reach.
func Patch(code []byte, base uintptr, pos int, addr uintptr) bool {
	if pos < 0 || pos > len(code)-4 {
		return false
	}
	f := unsafe.Pointer(&code[pos])
	d := int64(addr - (base + uintptr(pos) + 4))
	if !fits32(d) || uintptr(f)&3 != 0 || (base+uintptr(pos))&3 != 0 {
		return false
	}
	atomic.StoreUint32((*uint32)(f), uint32(d))
	return true
}

// Target reads where the rel32 field at position pos of code, which runs at base, leads.
func Target(code []byte, base uintptr, pos int) uintptr {
	if pos < 0 || pos > len(code)-4 {
		return 0
	}
	d := *(*int32)(unsafe.Pointer(&code[pos]))
	return base + uintptr(pos) + 4 + uintptr(int64(d))
}
