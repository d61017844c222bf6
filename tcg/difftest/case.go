package difftest

import (
	"fmt"
	"unsafe"

	"armature/tcg/state"
)

// Where the memory of a case is, in the guest and in this process. All else is unmapped.
const (
	CodeBase  = 0x5000000000 // readable, executable
	DataBase  = 0x5010000000 // readable, writable
	DataSize  = 4096
	SlotWords = 32
	SlotSize  = 4 * SlotWords
	MaxCases  = 4096 // of a batch
	CodeSize  = MaxCases * SlotSize
	lineSize  = 64
)

// brk fills slots: a case ends when it runs into one. The immediate tells it from a BRK that was drawn.
const brk = 0xd4200000 | 0xda7<<5

// State is the register file. It is what guest/runner.c calls x, v, pc, nzcv, fpcr and fpsr.
type State struct {
	X    [32]uint64 // X[31] is SP
	V    [32]state.V
	PC   uint64
	NZCV uint32 // a nibble
	FPCR uint32
	FPSR uint32
	_    uint32
}

// Case is one test. Its layout is struct in of guest/runner.c.
type Case struct {
	State
	Words [SlotWords]uint32 // brk from Len on
}

// Len is the number of words before the filling.
func (c *Case) Len() int {
	n := SlotWords
	for n > 0 && c.Words[n-1] == brk {
		n--
	}
	return n
}

// Slot is where case i of a batch lies.
func Slot(i int) uint64 { return CodeBase + uint64(i)*SlotSize }

// Batch is what one executor runs in one go.
type Batch struct {
	Page  [DataSize]byte // data that each case finds
	Cases []Case
	// Wild marks cases that access addresses which may well be this process' own memory, or is nil. An
	// engine that really accesses them must not run them here. Screen finds them.
	Wild []bool
}

// Result is what a case leaves. It ends by a signal: normally SIGTRAP.
type Result struct {
	State
	Sig, Code int32
	Addr      uint64
	Dirty     []Line // what it has changed of the page, in order
	Skipped   bool   // the executor did not run it: see Batch.Wild
}

// Line is a part of the data page.
type Line struct {
	Off  uint64
	Data [lineSize]byte
}

// Executor runs batches.
type Executor interface {
	// Run gives a result for each case. The results are good until the next Run.
	Run(b *Batch) ([]Result, error)
}

// wireResult is struct out of guest/runner.c. Its dirty lines follow it in the stream.
type wireResult struct {
	X      [32]uint64
	V      [32]state.V
	PC     uint64
	NZCV   uint32
	FPCR   uint32
	FPSR   uint32
	Sig    int32
	Code   int32
	NDirty int32
	Addr   uint64
}

// bytesOf views a value without pointers as bytes; the host is little-endian, as the guest is.
func bytesOf[T any](p *T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(p)), unsafe.Sizeof(*p))
}

func (s *State) String() string {
	return fmt.Sprintf("pc=%#x nzcv=%04b fpcr=%#x fpsr=%#x", s.PC, s.NZCV, s.FPCR, s.FPSR)
}
