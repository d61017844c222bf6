package state

import "unsafe"

// V is one 128-bit vector register, little-endian: Lo holds bits 63:0.
type V struct{ Lo, Hi uint64 }

// JumpCacheBits is the log2 of the number of entries of the per-CPU jump cache.
const JumpCacheBits = 14

// JumpCacheEntry maps a guest address to the host address of its translation.
// A free entry has the PC of JumpCacheFree.
type JumpCacheEntry struct {
	PC   uint64
	Host uint64
}

// JumpCacheIndex is the entry that caches pc.
func JumpCacheIndex(pc uint64) uint64 { return pc >> 2 & (1<<JumpCacheBits - 1) }

// JumpCacheFree is the PC of a free entry: one that the look-up never compares with
// it, misaligned ones included, as it belongs to another entry. It is 0 for all but
// entry 0, so fresh memory is nearly a cache.
func JumpCacheFree(entry uint64) uint64 {
	if entry == 0 {
		return 4
	}
	return 0
}

// HostSave is the host register file as an exit stub stores it.
type HostSave struct {
	GPR [16]uint64    // by hardware number: rax rcx rdx rbx rsp rbp rsi rdi r8..r15
	XMM [32][2]uint64 // low 128 bits of xmm0..31; 16..31 only with AVX-512
}

// CPU is the state of one guest CPU. Translated code keeps its address plus
// Bias in RBP, so that X is within the reach of 8-bit displacements. The order
// of fields is part of the contract with the back end, which takes its offsets
// from here with unsafe.Offsetof.
type CPU struct {
	X [32]uint64 // X0..X30 and, as X[31], SP

	PC    uint64 // address of the next instruction, exact at every exit
	Flags uint32 // NZCV in the host form; see PackNZCV
	FPCR  uint32 // control bits as the manual lays them out
	FPSR  uint32 // cumulative bits without those still in MXCSR; QC is bit 27
	MXCSR uint32 // guest's MXCSR: rounding from FPCR, all masked, sticky flags

	Stop       uint32 // non-zero: leave translated code at the next poll
	ExitReason uint32 // why translated code returned, an Exit constant
	ExitArg    uint64 // meaning depends on ExitReason
	TPIDR      uint64 // TPIDR_EL0
	TPIDRRO    uint64 // TPIDRRO_EL0

	// Exclusive monitor. ExSize is 0 when it is open, else the bytes that the
	// load exclusive covered (1, 2, 4, 8 or 16); ExVal is what it read.
	ExAddr uint64
	ExVal  [2]uint64
	ExSize uint64

	// See Monitor.
	ExMonitor uint64 // its address; 0: there is no other CPU
	ExGen     uint64 // low half: the location's count at a compound load exclusive; high: the kernel's
	ExWant    uint64 // what is to be armed, with StopStrict
	ExPair    uint32 // low half of the address of the store exclusive that the load belongs to, or a Pair constant
	ExLoad    uint32 // that of the load, as far as known

	HelperArg [4]V   // operands of a slow-path operation; integers in Lo
	HelperRes [2]V   // its results
	HelperOp  uint64 // which: back end's choice

	HostSP   uint64 // Go's stack pointer while translated code runs
	JITStack uint64 // initial RSP of translated code: points at the sentinel return address
	JITSP    uint64 // RSP when translated code last left; 0: begin with an empty stack
	_        uint64 // keeps V aligned
	JITLimit uint64 // lowest usable byte of that stack; the page below is a guard
	Cookie   uint64 // the engine's own handle of this CPU

	// A host fault inside translated code, filled by the signal handler.
	FaultSig  uint64 // host signal number; 0 when there is none
	FaultCode uint64 // si_code
	FaultAddr uint64 // si_addr
	FaultPC   uint64 // host PC
	FaultErr  uint64 // x86 page-fault error code (bit 1: write)
	FaultFlag uint64 // EFLAGS

	Scratch [32]V // the back end's spill slots
	Spill   [32]uint64

	V [32]V // V0..V31, 16-byte aligned

	Save HostSave

	JumpCache [1 << JumpCacheBits]JumpCacheEntry

	// Hot counts backward branches of tier-1 code by HotIndex of the target. A counter that two loops share
	// overflows early, which does no harm.
	Hot [1 << HotBits]uint16
}

// HotBits is the log2 of the number of counters in CPU.Hot.
const HotBits = 11

// HotIndex is the counter of a loop head.
func HotIndex(pc uint64) uint64 { return pc >> 2 & (1<<HotBits - 1) }

// Bias is what translated code adds to a CPU's address to form RBP.
const Bias = 128

// Size is the number of bytes of a CPU.
const Size = unsafe.Sizeof(CPU{})

// Exit reasons: why translated code (or the interpreter) came back.
const (
	ExitNone      = iota
	ExitLookup    // PC has no known translation (ExitArg: 0, or the chain slot to patch)
	ExitStop      // Stop was seen; PC is where to go on
	ExitSyscall   // SVC; PC is the instruction after it, ExitArg its immediate
	ExitBreak     // BRK; PC is its own address, ExitArg its immediate
	ExitUndefined // undefined instruction; PC is its own address, ExitArg the word
	ExitFault     // host fault in a guest access; the Fault fields and PC are set
	ExitFetch     // PC cannot be fetched from: ExitArg is FetchMisaligned, ...
	ExitHelper    // slow-path operation HelperOp wanted; resumes where it left
	ExitFlush     // instruction-cache maintenance: ExitArg is the address; PC goes on after it
	ExitHot       // a branch or call target grew hot: PC is its address
	ExitSPAlign   // SP has become misaligned: PC is that of the next instruction, for the interpreter to go on from
)

// Reasons of ExitFetch in ExitArg.
const (
	FetchMisaligned = iota + 1 // PC is not a multiple of 4: BUS_ADRALN
	FetchUnmapped              // nothing is mapped there: SEGV_MAPERR
	FetchNoExec                // mapped, but not executable: SEGV_ACCERR
)

// FPSR and FPCR bits.
const (
	FPSRIOC = 1 << 0
	FPSRDZC = 1 << 1
	FPSROFC = 1 << 2
	FPSRUFC = 1 << 3
	FPSRIXC = 1 << 4
	FPSRIDC = 1 << 7
	FPSRQC  = 1 << 27

	FPCRFZ16  = 1 << 19
	FPCRRMode = 3 << 22 // 0 nearest, 1 plus infinity, 2 minus infinity, 3 zero
	FPCRFZ    = 1 << 24
	FPCRDN    = 1 << 25
	FPCRAHP   = 1 << 26

	// FPCRMask has the bits that Neoverse N1 implements; no trap enables.
	FPCRMask = FPCRFZ16 | FPCRRMode | FPCRFZ | FPCRDN | FPCRAHP
	// FPSRMask has the implemented FPSR bits.
	FPSRMask = FPSRIOC | FPSRDZC | FPSROFC | FPSRUFC | FPSRIXC | FPSRIDC | FPSRQC
)

// The host form of NZCV in CPU.Flags is what "lahf; seto al" leaves in AX
// after a CMP: AH holds SF (bit 15), ZF (bit 14) and CF (bit 8), and CF is the
// inverse of the guest's C, as x86 borrows where Arm does not carry; AL bit 0
// holds V. Other bits are ignored. "add al, 0x7f; sahf" restores EFLAGS.
const (
	FlagSF = 1 << 15
	FlagZF = 1 << 14
	FlagCF = 1 << 8
	FlagOF = 1 << 0
)

// PackNZCV turns a nibble N=8 Z=4 C=2 V=1 into the host form.
func PackNZCV(nzcv uint32) uint32 {
	f := nzcv&8<<12 | nzcv&4<<12 | nzcv&1
	if nzcv&2 == 0 {
		f |= FlagCF
	}
	return f
}

// UnpackNZCV is the inverse of PackNZCV.
func UnpackNZCV(f uint32) uint32 {
	return f>>12&8 | f>>12&4 | (^f >> 7 & 2) | f&1
}

// MXCSR bits: sticky exceptions, all masked, and the rounding field.
const (
	mxcsrIE      = 1 << 0
	mxcsrZE      = 1 << 2
	mxcsrOE      = 1 << 3
	mxcsrUE      = 1 << 4
	mxcsrPE      = 1 << 5
	mxcsrSticky  = 0x3f
	mxcsrMasked  = 0x3f << 7
	mxcsrRCShift = 13
)

// SetFPCR stores a new FPCR and derives the rounding field of MXCSR from it.
// FZ is not mirrored there: translated code takes the exact path when it is set.
func (c *CPU) SetFPCR(v uint32) {
	c.FPCR = v & FPCRMask
	// Arm: nearest, +inf, -inf, zero. x86: nearest, -inf, +inf, zero.
	rc := [4]uint32{0, 2, 1, 3}[v>>22&3]
	c.MXCSR = c.MXCSR&mxcsrSticky | mxcsrMasked | rc<<mxcsrRCShift
}

// GetFPSR gives the architectural FPSR, merging the sticky bits of MXCSR.
func (c *CPU) GetFPSR() uint32 {
	m, f := c.MXCSR, c.FPSR
	f |= m & mxcsrIE
	f |= m >> 1 & (FPSRDZC | FPSROFC | FPSRUFC | FPSRIXC)
	return f & FPSRMask
}

// SetFPSR stores a new FPSR and clears the sticky bits of MXCSR.
func (c *CPU) SetFPSR(v uint32) {
	c.FPSR = v & FPSRMask
	c.MXCSR &^= mxcsrSticky
}

// Init prepares c, which must be zeroed memory, as a CPU at reset.
func (c *CPU) Init() {
	c.MXCSR = mxcsrMasked
	c.Flags = PackNZCV(0)
	c.JumpCache[0].PC = JumpCacheFree(0)
}

// CopyGuest copies what a guest program sees of a CPU from o: the registers. The
// monitor is open in the copy.
func (c *CPU) CopyGuest(o *CPU) {
	c.X, c.V = o.X, o.V
	c.PC, c.Flags = o.PC, o.Flags
	c.FPCR, c.FPSR, c.MXCSR = o.FPCR, o.FPSR, o.MXCSR
	c.TPIDR, c.TPIDRRO = o.TPIDR, o.TPIDRRO
	c.ExSize = 0
}

// ClearJumpCache forgets all cached branch targets.
func (c *CPU) ClearJumpCache() {
	clear(c.JumpCache[:])
	c.JumpCache[0].PC = JumpCacheFree(0)
}
