package amd64

import (
	"errors"
)

// Errors of Compile.
var (
	// ErrNoSpace: the code does not fit into the buffer; a larger one (or a fresh arena) will do.
	ErrNoSpace = errors.New("amd64: no space for the translation")
	// ErrTooComplex: the region needs more spill slots or labels than there are. The engine interprets it.
	ErrTooComplex = errors.New("amd64: region too complex")
	// ErrInternal: a contradiction inside of the back end, which is a mistake in it. The engine interprets the region.
	ErrInternal = errors.New("amd64: internal error")
)

// Stubs are the host addresses of the fixed routines at the start of an arena; docs/engine.md tells their protocol.
type Stubs struct {
	Enter      uint64 // RBP and RSP set, RAX = host code: loads the global map and jumps
	Exit       uint64 // stores the global map and MXCSR and returns to Go; ExitReason, ExitArg and PC are set
	Chain      uint64 // called with a ChainRecord behind the call
	Lookup     uint64 // RAX = guest PC: jump cache, else ExitLookup
	Sentinel   uint64 // return address at the top of an empty JIT stack; RAX = guest PC
	Helper     uint64 // called, a 32-bit distance to the ir.Inst behind the call: leaves with ExitHelper
	Resume     uint64 // Go goes here (RBP set) after an ExitHelper: reloads everything, returns to Helper's caller
	Fault      uint64 // the signal handler goes here: saves every host register, leaves with ExitFault
	Misaligned uint64 // called with RAX = address: leaves with ExitFault, SIGBUS, BUS_ADRALN

	stop          uint64 // RAX = guest PC: leaves with ExitStop
	stopAt, hotAt uint64 // called, the guest PC behind the call: leave with ExitStop, ExitHot
}

// HotThreshold is how often a backward branch of tier-1 code runs before it leaves with ExitHot. The counters are
// 16 bits wide, in CPU.Hot, and count by 65536/HotThreshold, so that the carry tells and they re-arm themselves.
const HotThreshold = 1024

// ChainRecord lies behind the `call stubs.Chain` of a chain slot's stub. Its address is ExitArg of the ExitLookup.
type ChainRecord struct {
	PC   uint64 // guest address wanted
	Site uint64 // host address of the rel32 field (of a JMP, Jcc or CALL; 4-byte aligned) to patch
}

// Slot is a chain slot: a direct branch out of the region. Patching the field at Off to lead to the entry of the
// translation of PC chains it; to lead to Stub again, unchains it.
type Slot struct {
	Off  uint32 // offset of the rel32 field in the code
	Stub uint32 // offset of its stub
	PC   uint64 // guest address it leads to
}

// FlagsWhere says where the guest's NZCV is at a host PC, in two bits.
type FlagsWhere uint8

// Places of NZCV.
const (
	FlagsInMemory FlagsWhere = iota // CPU.Flags is current
	FlagsSub                        // in EFLAGS; CF is the inverse of C
	FlagsAdd                        // in EFLAGS; CF is C
	FlagsRDI                        // CPU.Flags is current; the guest register whose home is RDI is in Spill[spillRDI] (lent to CMPXCHG16B)
)

// PCEntry maps host code, from Off to the next entry, to its guest instruction.
type PCEntry struct {
	Off   uint32 // offset in the code
	Delta int32  // guest PC - Code.PC
	Flags FlagsWhere
}

// RegMap tells where each guest register is while a region's code runs: a host register number, or InMemory.
type RegMap struct {
	X [32]uint8
	V [32]uint8
}

// Valid tells whether m could be a region's: Recover takes it then.
func (m *RegMap) Valid() bool {
	for i := range m.X {
		if m.X[i] > 15 && m.X[i] != InMemory || m.V[i] > 31 && m.V[i] != InMemory {
			return false
		}
	}
	return true
}

// InMemory marks a guest register without a home.
const InMemory = 0xff

// Code is what Compile gives beside the bytes. Its slices are reused by the next Compile: copy what is kept.
type Code struct {
	PC    uint64 // guest address of the region
	Size  int    // bytes written from the start of the buffer, data included
	Far   int    // bytes written at the end of the buffer: stubs
	Text  int    // bytes of instructions; constants and copies of ir.Inst follow
	Entry uint32 // offset of the entry, for jumps from other regions and from Enter
	Slots []Slot
	PCs   []PCEntry // by ascending Off
	Local bool      // Regs differs from GlobalMap
	Regs  RegMap
}
