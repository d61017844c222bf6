package ir

import (
	"fmt"
	"strings"
)

// PassSet is a set of passes.
type PassSet uint8

// The passes. Each can be switched off by its name, so that a wrong result can be traced to one of them.
const (
	// ConstFold evaluates integer operations on constants, and NZCV of them. With CopyProp, that
	// makes one constant of a chain of MOVZ and MOVK, or ADRP and ADD.
	ConstFold PassSet = 1 << iota
	// CopyProp replaces a Get by the value that the block has got or put before, and drops operations that give
	// one of their operands: x+0, x&x, zero extension of what is narrow already.
	CopyProp
	// Address moves additions and shifts into the addressing of loads and stores.
	Address
	// DeadFlags drops each PutFlags whose flags are overwritten before they are read, in the block or behind
	// it as Block.FlagsDead has it. Between, they may be wrong in what a fault shows, but for flags that are read
	// behind it: the guest may go on there.
	DeadFlags
	// DeadStore drops each PutX and PutV that is overwritten with no read, fault or exit in between.
	DeadStore
	// DeadCode drops what has neither users nor effects.
	DeadCode

	AllPasses = 1<<iota - 1

	// Threads is no pass, and not one of all: without it code is for a guest of one thread, which is to tell what
	// the others cost. It is on by default.
	Threads PassSet = 1 << 7
)

// Pass describes one pass.
type Pass struct {
	Set  PassSet // it alone
	Name string
	Doc  string
	On   bool // by default
}

// Run runs the pass on r.
func (p *Pass) Run(r *Region) {
	var o Optimizer
	o.Run(r, p.Set)
}

// Passes lists the passes. Their order is only that of the list: the first three are done in one sweep forwards
// over each block, the others in one sweep backwards after it.
var Passes = [...]Pass{
	{ConstFold, "constfold", "evaluate operations on constants", true},
	{CopyProp, "copyprop", "forward register contents within a block; algebraic identities", true},
	{Address, "address", "fold additions and shifts into load and store addresses", true},
	{DeadFlags, "deadflags", "drop flags that are overwritten before they are read", true},
	{DeadStore, "deadstore", "drop register writes that are overwritten unseen", true},
	{DeadCode, "deadcode", "drop operations without users or effects", true},
}

// ParsePasses gives the passes that are on by default, changed by a list of names separated by commas: "-name"
// switches one off, "name" or "+name" on, and "all" stands for all of them.
func ParsePasses(list string) (PassSet, error) {
	s := Threads
	for i := range Passes {
		if Passes[i].On {
			s |= Passes[i].Set
		}
	}
	for item := range strings.SplitSeq(list, ",") {
		item = strings.TrimSpace(item)
		if item == "" {
			continue
		}
		name, off := strings.CutPrefix(item, "-")
		name = strings.TrimPrefix(name, "+")
		p := passNamed(name)
		switch {
		case p == 0:
			return 0, fmt.Errorf("no pass %q: there are %s", name, passNames())
		case off:
			s &^= p
		default:
			s |= p
		}
	}
	return s, nil
}

func passNamed(name string) PassSet {
	if name == "all" {
		return AllPasses
	}
	if name == "threads" {
		return Threads
	}
	for i := range Passes {
		if Passes[i].Name == name {
			return Passes[i].Set
		}
	}
	return 0
}

func passNames() string {
	names := make([]string, 0, len(Passes)+1)
	for i := range Passes {
		names = append(names, Passes[i].Name)
	}
	return strings.Join(append(names, "all"), ", ")
}

// String is the list of names.
func (s PassSet) String() string {
	var names []string
	for i := range Passes {
		if s&Passes[i].Set != 0 {
			names = append(names, Passes[i].Name)
		}
	}
	return strings.Join(names, ",")
}

// Optimizer runs passes. It keeps its buffers from one region to the next; one thread at a time may use it.
type Optimizer struct {
	nodes []node // by Ref
	used  []bool // by Ref: the value has users
	curX  [32]Ref
	curV  [32]Ref
}

// node is what the forward sweep knows about a value.
type node struct {
	alias Ref   // the value to use instead, or itself
	width uint8 // an integer's bits above the low width ones are zero, as far as its type goes
	homes uint8 // guest registers that hold it now
	nzcv  uint8 // hasNZCV, and what FlagsOf gives for it: of a folded constant
}

const hasNZCV = 0x10

// Run runs the passes of s on r, which must be as Verify has it, and leaves it so.
func (o *Optimizer) Run(r *Region, s PassSet) {
	if n := len(r.Insts); len(o.nodes) < n {
		n = max(n+n/2, 4096) // enough for most at once; what is not used is not touched
		o.nodes = make([]node, n)
		o.used = make([]bool, n)
	}
	for i := range r.Blocks {
		b := &r.Blocks[i]
		if s&(ConstFold|CopyProp|Address) != 0 {
			o.forward(r, b, s)
		}
		if s&(DeadFlags|DeadStore|DeadCode) != 0 {
			o.backward(r, b, s)
		}
	}
}
