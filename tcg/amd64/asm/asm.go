package asm

import (
	"encoding/binary"
	"unsafe"
)

// Status is the sticky outcome of an assembly. The first problem wins; emission goes on harmlessly after it,
// so that a caller checks once, at the end of a translation block.
type Status uint8

const (
	OK         Status = iota
	Overflow          // the window is too small: retry with a larger one
	BadForm           // the operation has no such operand form, or a register needs an encoding it has not
	OutOfRange        // a jump or RIP-relative operand cannot reach its target
	Unbound           // Finish found a jump to a label that was never bound
)

var statusNames = [...]string{"ok", "overflow", "no such operand form", "target out of range", "label not bound"}

func (s Status) String() string {
	if int(s) < len(statusNames) {
		return statusNames[s]
	}
	return "unknown status"
}

const (
	// reserve is the room that must be left in the window before an instruction is written. No instruction is
	// longer than 15 bytes, and the stores below never reach further than 16.
	reserve = 16
	// MaxWindow bounds a window, in bytes: fix-up chains keep 29-bit positions.
	MaxWindow = 1 << 28
)

// Asm assembles into a window of memory that the caller owns. The zero value reports Overflow until Reset.
// It must not be copied, and it is for one goroutine.
//
// Bytes of the window after the current position may be overwritten with garbage. The last 15 bytes of a window
// may stay unused: an instruction is written only when 16 bytes are free.
type Asm struct {
	p       unsafe.Pointer // start of the window, or of scratch after an overflow
	n       int            // current position, in bytes from p
	end     int            // instructions may start before this position; 0 until Reset
	base    uintptr        // run-time address of the window's first byte
	Status  Status
	lost    bool // overflowed: positions mean nothing any more
	pending int  // forward references not yet resolved
	labels  []label
	scratch [4 * reserve]byte
}

type label struct {
	pos  int32  // position in the window, or -1
	link uint32 // newest unresolved reference: position<<3 | bytes between the field and the instruction's end
}

// noLink ends a chain of references.
const noLink = ^uint32(0)

// Label names a position in the code. Labels are dense, from 0, in the order of NewLabel.
type Label int32

// Reset starts a new assembly into window, whose first byte will run at address base.
// It keeps the label table's memory.
func (a *Asm) Reset(window []byte, base uintptr) {
	a.Status, a.lost = OK, false
	a.n, a.base, a.pending = 0, base, 0
	a.labels = a.labels[:0]
	a.p = unsafe.Pointer(unsafe.SliceData(window))
	a.end = min(len(window), MaxWindow) - reserve + 1
	if a.end <= 0 {
		a.overflow()
	}
}

// Len is the number of bytes assembled so far.
func (a *Asm) Len() int { return a.n }

// PC is the run-time address of the next instruction.
func (a *Asm) PC() uintptr { return a.base + uintptr(a.n) }

// Base is the run-time address of the window's first byte.
func (a *Asm) Base() uintptr { return a.base }

// Finish reports the outcome: OK, or the first problem, or Unbound when a referenced label was never bound.
func (a *Asm) Finish() Status {
	if a.Status == OK && a.pending != 0 {
		a.Status = Unbound
	}
	return a.Status
}

func (a *Asm) fail(s Status) {
	if a.Status == OK {
		a.Status = s
	}
}

// overflow turns emission to scratch memory, where it goes round in circles without harm.
func (a *Asm) overflow() {
	a.fail(Overflow)
	a.lost = true
	a.p, a.n, a.end = unsafe.Pointer(&a.scratch), 0, len(a.scratch)-reserve+1
}

// room gives the place of the next instruction, with at least reserve bytes behind it.
func (a *Asm) room() unsafe.Pointer {
	if a.n >= a.end {
		a.overflow()
	}
	return unsafe.Add(a.p, a.n)
}

// put writes an instruction of n bytes, 8 at the most.
func (a *Asm) put(w uint64, n int) {
	i := a.n
	if i >= a.end {
		a.overflow()
		i = 0
	}
	put64(unsafe.Add(a.p, i), w)
	a.n = i + n
}

// bad records a misuse and leaves an instruction that traps in its place.
func (a *Asm) bad() {
	a.fail(BadForm)
	a.put(0x0b0f, 2) // UD2
}

func put8(p unsafe.Pointer, v uint8)   { *(*uint8)(p) = v }
func put16(p unsafe.Pointer, v uint16) { *(*uint16)(p) = v }
func put32(p unsafe.Pointer, v uint32) { *(*uint32)(p) = v }
func put64(p unsafe.Pointer, v uint64) { *(*uint64)(p) = v }

// at gives the place of an earlier position.
func (a *Asm) at(pos int) unsafe.Pointer { return unsafe.Add(a.p, pos) }

// Byte emits one byte: data, or a prefix for the next instruction (0x65 for GS).
func (a *Asm) Byte(b uint8) {
	put8(a.room(), b)
	a.n++
}

// U32 emits a little-endian 32-bit datum.
func (a *Asm) U32(v uint32) {
	put32(a.room(), v)
	a.n += 4
}

// U64 emits a little-endian 64-bit datum.
func (a *Asm) U64(v uint64) {
	put64(a.room(), v)
	a.n += 8
}

// Bytes emits data.
func (a *Asm) Bytes(b []byte) {
	for len(b) >= 8 {
		a.U64(binary.LittleEndian.Uint64(b))
		b = b[8:]
	}
	for _, c := range b {
		a.Byte(c)
	}
}

// nops holds the recommended multi-byte NOPs (Intel SDM volume 2B, NOP), by length; the ninth byte is separate.
var nops = [9]uint64{0, 0x90, 0x9066, 0x001f0f, 0x00401f0f, 0x0000441f0f, 0x0000441f0f66, 0x00000000801f0f,
	0x0000000000841f0f}

// Nop emits n bytes of NOPs, in as few instructions as possible.
func (a *Asm) Nop(n int) {
	for n > 0 {
		p, k := a.room(), min(n, 9)
		if k == 9 {
			put8(p, 0x66)
			put64(unsafe.Add(p, 1), nops[8])
		} else {
			put64(p, nops[k])
		}
		a.n += k
		n -= k
	}
}

// Align pads with NOPs until the run-time address is a multiple of n, a power of two.
func (a *Asm) Align(n int) {
	a.Nop(int(-a.PC() & uintptr(n-1)))
}

// AlignForPatch pads with NOPs until a 32-bit field skip bytes ahead is 4-byte aligned, so that one atomic store
// changes it (an aligned field never crosses a cache line). skip is 1 for JMP and CALL rel32, and 2 for Jcc.
func (a *Asm) AlignForPatch(skip int) {
	a.Nop(int(-(a.PC() + uintptr(skip)) & 3))
}
