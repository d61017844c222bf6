package ir

import (
	"slices"
	"strings"
)

// Ref names a value: the index of the instruction that defines it. 0 is none.
type Ref uint16

// Type is the type of a value.
type Type uint8

// Types.
const (
	Void Type = iota
	I32
	I64
	V128
	Flags
)

var typeNames = [...]string{"void", "i32", "i64", "v128", "flags"}

func (t Type) String() string { return typeNames[t] }

// Cond is an A64 condition code.
type Cond uint8

// Conditions in their encoding; a condition's inverse is it ^ 1, but for AL and NV, which both always hold.
const (
	EQ Cond = iota
	NE
	CS
	CC
	MI
	PL
	VS
	VC
	HI
	LS
	GE
	LT
	GT
	LE
	AL
	NV
)

var condNames = [...]string{"eq", "ne", "cs", "cc", "mi", "pl", "vs", "vc", "hi", "ls", "ge", "lt", "gt", "le", "al", "nv"}

func (c Cond) String() string { return condNames[c&15] }

// Holds reports whether c holds for nzcv (N=8 Z=4 C=2 V=1).
func (c Cond) Holds(nzcv uint32) bool {
	n, z, cf, v := nzcv&8 != 0, nzcv&4 != 0, nzcv&2 != 0, nzcv&1 != 0
	var r bool
	switch c >> 1 {
	case 0:
		r = z
	case 1:
		r = cf
	case 2:
		r = n
	case 3:
		r = v
	case 4:
		r = cf && !z
	case 5:
		r = n == v
	case 6:
		r = n == v && !z
	default:
		return true
	}
	return r != (c&1 != 0)
}

// Shapes of vector operations; see the package comment. ShapeHi is a bit beside them.
const (
	ShapeQ uint8 = iota
	ShapeD
	ShapeS
	ShapeHi   uint8 = 4
	ShapeMask uint8 = 3
)

// Mem flags in Inst.Flags.
const (
	MemSigned  uint8 = 1 << iota // sign extend
	MemAcquire                   // LDAR, LDAPR, LDAXR and the A forms
	MemRelease                   // STLR, STLXR and the L forms
	MemAlign                     // must be naturally aligned (ordered accesses)
	MemSP                        // the base is SP: see CheckSP; the interpreter checks
	MemUser                      // unprivileged access (LDTR, STTR): another MMU index
	MemAcqPC                     // acquire is LDAPR's weaker kind
)

// Fences in Inst.Aux.
const (
	FenceFull = iota
	FenceLoad
	FenceStore
	FenceISB
)

// System registers of GetSys and PutSys in Inst.Aux.
const (
	SysTPIDR uint32 = iota // TPIDR_EL0
	SysTPIDRRO
	SysFPCR // a PutSys of it must be followed by the end of the block
	SysFPSR
	SysCNTVCT
	SysCNTFRQ
)

// Rounding in Inst.Aux.
const (
	RoundNearest uint32 = iota // to even
	RoundPlus
	RoundMinus
	RoundZero
	RoundAway         // nearest, ties away
	RoundCur          // FPCR.RMode
	RoundExact = 0x10 // bit: raise IXC (FRINTX)
)

// Inst is one instruction. 24 bytes; see Ops for what the fields mean in each.
type Inst struct {
	Op    Op
	Type  Type  // type of the result, or the width of the operands where there is none
	Size  uint8 // log2 of the bytes of a memory access or lane
	Shape uint8
	Flags uint8 // Mem bits, or a Cond
	A     Ref
	B     Ref
	C     Ref
	Aux   uint32
	Imm   int64
}

// Cond is the condition of BrCond, CSel, CSet, CSetM and FlagsSel.
func (in *Inst) Cond() Cond { return Cond(in.Flags) }

// Target is where a terminator goes: a block of the region, or out of it.
type Target struct {
	PC    uint64
	Block int32 // index in Region.Blocks; External if it leaves the region
}

// External marks a target outside of the region.
const External = -1

// Block is a basic block: Insts[First:End], the last being its terminator.
type Block struct {
	First, End int32
	PC         uint64    // of its first guest instruction
	EndPC      uint64    // after its last
	Succ       [2]Target // as the terminator says
	FlagsDead  [2]bool   // NZCV is dead on entry to Succ[i]: the front end looked ahead
}

// Key tells apart translations of the same address.
type Key uint8

// Key bits.
const (
	// KeySlowFP: FPCR has FZ, FZ16 or AHP set, so that floating point takes the exact slow path.
	KeySlowFP Key = 1 << iota
	// KeyStrict: stores count (state.Monitor).
	KeyStrict
)

// Range is a range of guest addresses, Hi exclusive.
type Range struct{ Lo, Hi uint64 }

// Region is one unit of translation. Its slices are reused from one to the next.
type Region struct {
	PC     uint64
	Key    Key
	Tier   uint8 // 1: one block; 2: a hot region
	Insts  []Inst
	Blocks []Block
	Deps   []Range // code outside of the blocks from which something was concluded: FlagsDead, LoadEx
	Guest  int     // guest instructions translated
}

// Reset empties r for the translation of pc.
func (r *Region) Reset(pc uint64, key Key, tier uint8) {
	r.PC, r.Key, r.Tier, r.Guest = pc, key, tier, 0
	r.Insts = append(r.Insts[:0], Inst{})
	r.Blocks = r.Blocks[:0]
	r.Deps = r.Deps[:0]
}

// MaxInsts bounds Insts, so that a Ref fits; front ends stop well before.
const MaxInsts = 60000

// Emit appends an instruction and returns its Ref.
func (r *Region) Emit(i Inst) Ref {
	p, n := r.Next()
	*p = i
	return n
}

// Next appends an empty instruction, to be filled in. It is for front ends' most frequent emissions: a literal that
// Emit copies is made of small stores and read by large loads at once, for which a processor waits.
func (r *Region) Next() (*Inst, Ref) {
	n := len(r.Insts)
	if n == cap(r.Insts) {
		r.grow()
	}
	r.Insts = r.Insts[:n+1]
	p := &r.Insts[n]
	*p = Inst{}
	return p, Ref(n)
}

//go:noinline
func (r *Region) grow() { r.Insts = slices.Grow(r.Insts, max(64, len(r.Insts))) }

// Info describes o.
func (o Op) Info() *OpInfo { return &Ops[o] }

func (o Op) String() string {
	if int(o) < len(Ops) {
		return Ops[o].Name
	}
	return "op?"
}

// Has reports whether o has any of the attributes.
func (o Op) Has(a Attr) bool { return attrs[o]&a != 0 }

// MayFault reports whether o may fault.
func (o Op) MayFault() bool { return attrs[o]&Faults != 0 }

// IsTerm reports whether o ends a block.
func (o Op) IsTerm() bool { return attrs[o]&Term != 0 }

// attrs is a dense copy of the table's attributes, for the passes' inner loops.
var attrs = func() (a [NumOps]Attr) {
	for i := range Ops {
		a[i] = Ops[i].Attr
		if Op(i) != PutFlags && strings.Contains(Ops[i].Args, "f") {
			a[i] |= usesFlags
		}
	}
	return
}()

// usesFlags, beside the attributes of the table: an operand is NZCV, and is looked at.
const usesFlags Attr = 1 << 7
