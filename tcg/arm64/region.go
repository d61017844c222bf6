package arm64

import (
	"slices"

	"armature/tcg/ir"
)

// planner finds the blocks of a tier-2 region before any is translated, so that a block ends
// where another begins.
type planner struct {
	blocks []planned // in the order found: breadth first from the head, which is blocks[0]
	order  []int32   // those that are kept, in the order of translation

	index [4 * planBlocks]int16 // blocks by a hash of their pc: 1 + the number, 0 is free

	// Instructions within blocks that have been scanned, but for the first of each: a filter.
	inside [1 << insideBits / 64]uint64
}

const insideBits = 13

// planned is a block found by the planner.
type planned struct {
	pc, end uint64
	succ    [2]int32 // indices in blocks of direct successors, and of a call's return; or -1
	succPC  [2]uint64
	nsucc   int
	loops   bool // the head can be reached again from here
	kept    bool
	index   int32 // in Region.Blocks
}

// The planner looks farther than a region may grow, so that a loop's way back is found.
const (
	planBlocks    = 2 * maxBlocks
	planInsts     = 2 * maxRegion
	maxPlanStride = 128 // instructions in one block
)

// translateRegion translates the loops through head. When there is none it reports false, and has
// done nothing, or with near set translates what lies nearest behind head.
func (t *Translator) translateRegion(head uint64, near bool) bool {
	p := &t.plan
	t.discover(head)
	p.markLoops()
	if !p.blocks[0].loops && !near {
		return false
	}
	p.choose()
	r := t.r
	for i, n := range p.order {
		p.blocks[n].index = int32(i)
	}
	for _, n := range p.order {
		b := &p.blocks[n]
		t.block(b.pc, b.end)
		// The flags of the last block show whether looking ahead is worth it.
		t.look(&r.Blocks[len(r.Blocks)-1])
	}
	// A block may have ended before its planned end (at an access to a system register that is
	// not there), so targets are looked up by address.
	for i := range r.Blocks {
		b := &r.Blocks[i]
		last := &r.Insts[b.End-1]
		for k := range b.Succ {
			if !last.HasSucc(k) || last.Op == ir.Exit || last.Op == ir.ExitX || last.Op == ir.Call && k == 0 {
				continue
			}
			if n := p.find(b.Succ[k].PC); n >= 0 && p.blocks[n].kept {
				b.Succ[k].Block = p.blocks[n].index
			}
		}
	}
	return true
}

// find gives the block that begins at pc, or -1.
func (p *planner) find(pc uint64) int32 {
	for h := pc >> 2; ; h++ {
		n := int32(p.index[h%uint64(len(p.index))]) - 1
		if n < 0 || p.blocks[n].pc == pc {
			return n
		}
	}
}

// append adds a block.
func (p *planner) append(b planned) {
	p.blocks = append(p.blocks, b)
	h := b.pc >> 2
	for p.index[h%uint64(len(p.index))] != 0 {
		h++
	}
	p.index[h%uint64(len(p.index))] = int16(len(p.blocks))
}

// discover fills p.blocks.
func (t *Translator) discover(head uint64) {
	p := &t.plan
	if p.blocks == nil {
		p.blocks = make([]planned, 0, planBlocks)
		p.order = make([]int32, 0, maxBlocks)
	}
	p.blocks = p.blocks[:0]
	clear(p.index[:])
	clear(p.inside[:])
	p.append(planned{pc: head})
	insts := 0
	for n := 0; n < len(p.blocks); n++ {
		insts += t.scan(n)
		succ := p.blocks[n].succPC // add may split the block itself
		for _, pc := range succ[:p.blocks[n].nsucc] {
			if p.find(pc) < 0 && len(p.blocks) < planBlocks && insts < planInsts {
				if _, ok := t.word(pc); ok {
					p.add(pc, n)
				}
			}
		}
	}
	for i := range p.blocks {
		b := &p.blocks[i]
		for k := range b.nsucc {
			b.succ[k] = p.find(b.succPC[k])
		}
	}
}

// add makes pc the start of a block; a block that has been scanned (up to number scanned) and
// that pc lies within is split there.
func (p *planner) add(pc uint64, scanned int) {
	nb := planned{pc: pc}
	if bit := pc >> 2 & (1<<insideBits - 1); p.inside[bit/64]>>(bit&63)&1 == 0 {
		p.append(nb)
		return
	}
	for i := range p.blocks[:scanned+1] {
		b := &p.blocks[i]
		if pc > b.pc && pc < b.end && pc&3 == 0 {
			nb.end, nb.succPC, nb.nsucc = b.end, b.succPC, b.nsucc
			b.end, b.succPC, b.nsucc = pc, [2]uint64{pc}, 1
			break
		}
	}
	p.append(nb)
}

// scan walks block n to its end and says how many instructions it has.
func (t *Translator) scan(n int) int {
	p := &t.plan
	b := &p.blocks[n]
	if b.end != 0 {
		return 0 // split off a block that was scanned
	}
	pc := b.pc
	count := 0
	for {
		if pc != b.pc && p.find(pc) >= 0 || count == maxPlanStride {
			b.succPC[0], b.nsucc = pc, 1
			break
		}
		w, ok := t.word(pc)
		if !ok {
			b.nsucc = 0
			break
		}
		if pc != b.pc {
			bit := pc >> 2 & (1<<insideBits - 1)
			p.inside[bit/64] |= 1 << (bit & 63)
		}
		pc += 4
		count++
		if goesOn(w) {
			continue
		}
		if ends, succ, ns := flow(w, pc-4); ends {
			b.succPC, b.nsucc = succ, ns
			break
		}
	}
	b.end = pc
	return count
}

// goesOn tells of most instructions that do not end a block that they do not, by their group:
// neither reserved, nor branches, exceptions and system instructions. An undefined one among them
// ends the block when it is translated.
func goesOn(w uint32) bool {
	group := w >> 25 & 15
	return group != 0 && group&^1 != 10
}

// flow says whether w, at pc, ends a block, and where it may go on within the region.
func flow(w uint32, pc uint64) (ends bool, succ [2]uint64, n int) {
	i := Inst(w)
	next := pc + 4
	op := Decode(w)
	switch op {
	case OpB:
		return true, [2]uint64{pc + uint64(signExtend(i.imm26(), 26)*4)}, 1
	case OpB_cond, OpCBZ, OpCBNZ, OpTBZ, OpTBNZ:
		return true, [2]uint64{condTarget(op, i, pc), next}, 2
	case OpBL, OpBLR:
		return true, [2]uint64{next}, 1
	case OpBR, OpRET, OpSVC, OpBRK, OpHLT, OpUDF, OpIC_IVAU:
		return true, succ, 0
	}
	return translate[op] == nil, succ, 0
}

// condTarget is where the conditional branch i at pc goes when it is taken.
func condTarget(op Op, i Inst, pc uint64) uint64 {
	if op == OpTBZ || op == OpTBNZ {
		return pc + uint64(signExtend(i.imm14(), 14)*4)
	}
	return pc + uint64(signExtend(i.imm19(), 19)*4)
}

// markLoops finds the blocks from which the head is reached again.
func (p *planner) markLoops() {
	for changed := true; changed; {
		changed = false
		for i := len(p.blocks) - 1; i >= 0; i-- {
			b := &p.blocks[i]
			if b.loops {
				continue
			}
			for k := range b.nsucc {
				if s := b.succ[k]; s == 0 || s > 0 && p.blocks[s].loops {
					b.loops, changed = true, true
				}
			}
		}
	}
}

// choose keeps blocks on loops, nearest to the head first, within the limits, and puts them in
// the order of addresses from the head on, so that most fall through to the next. Where there is
// no loop it keeps the blocks nearest to the head.
func (p *planner) choose() {
	p.order = p.order[:0]
	insts := 0
	loops, blocks := p.blocks[0].loops, maxBlocks
	if !loops {
		blocks = nearBlocks
	}
	for i := range p.blocks {
		b := &p.blocks[i]
		n := int(b.end-b.pc) / 4
		if b.loops == loops && len(p.order) < blocks && (insts+n <= maxRegion || i == 0) {
			b.kept = true
			insts += n
			p.order = append(p.order, int32(i))
		}
	}
	head := p.blocks[0].pc
	slices.SortFunc(p.order, func(a, b int32) int {
		// Distances wrap round: addresses below the head come last.
		x, y := p.blocks[a].pc-head, p.blocks[b].pc-head
		if x < y {
			return -1
		}
		return 1
	})
}
