package amd64

import (
	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// cold is a piece of code that is seldom run. It is recorded with what it has to know, and written behind the region's
// code, so that the likely path falls through. (far.go: what is run even less.)
type cold struct {
	kind  coldKind
	flags FlagsWhere // where NZCV is
	dst   uint8      // result register
	reg   [3]uint8   // operands' registers
	ref   ir.Ref     // instruction, or what the kind says
	at    asm.Label  // where it starts
	back  asm.Label  // where it goes on, if it does
	mem   asm.Mem
	pc    uint64
	aux   uint64
}

type coldKind uint8

const (
	coldEdge       coldKind = iota // an edge of the block at pc, to block ref-1 or out to aux
	coldStop                       // leave with ExitStop at pc
	coldSPAlign                    // leave with ExitSPAlign at pc
	coldMisaligned                 // leave with a SIGBUS for address mem
	coldDiv                        // division by 0 or -1: RAX *= dst of pc bytes; then back
	coldHelper                     // the slow path of ref; then back
	coldOr                         // set the bits aux of the 32-bit field at mem; then back
	coldHotCall                    // leave with ExitHot at pc, which is called; it returns to back
	numColds
)

// coldTable has the emitter of each kind; those of vector and floating-point lowerings belong here too.
var coldTable [numColds]func(*gen, *cold)

func init() {
	coldTable = [numColds]func(*gen, *cold){
		coldEdge:       (*gen).emitEdge,
		coldStop:       (*gen).emitStop,
		coldSPAlign:    (*gen).emitSPAlign,
		coldMisaligned: (*gen).emitMisaligned,
		coldDiv:        (*gen).emitDivCold,
		coldHelper:     (*gen).emitHelperCold,
		coldOr:         (*gen).emitOr,
		coldHotCall:    (*gen).emitHotCall,
	}
}

// emitColds writes the cold fragments, which may record more of them.
func (g *gen) emitColds() {
	for i := 0; i < len(g.colds); i++ {
		g.frag = g.colds[i] // as the slice may move
		g.a.Bind(g.frag.at)
		coldTable[g.frag.kind](g, &g.frag)
	}
}

// orCold gives a cold fragment that sets bits of a 32-bit field of the CPU, such as FPSR.QC, and goes on at back.
func (g *gen) orCold(off int32, bits uint32) (at, back asm.Label) {
	at, back = g.a.NewLabel(), g.a.NewLabel()
	g.colds = append(g.colds, cold{kind: coldOr, at: at, back: back, mem: cpuMem(off), aux: uint64(bits)})
	return at, back
}

func (g *gen) emitOr(c *cold) {
	g.a.MI(asm.OR, 4, c.mem, int32(c.aux))
	g.a.Jmp(c.back)
}
