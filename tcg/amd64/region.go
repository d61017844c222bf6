package amd64

import (
	"math/bits"

	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

// blockInfo is what a look at the whole region tells of a block.
type blockInfo struct {
	preds  uint64 // by index
	edges  uint8  // see gen.edges
	depth  uint8  // loops around it
	head   bool   // of a loop
	reads  bool   // NZCV before it is written
	writes bool   // NZCV
	live   bool   // NZCV is wanted on entry
	at     asm.Label
}

// maxBlocks bounds the regions that are analysed: their sets of blocks are single words.
const maxBlocks = 64

// exchange is a home that the region gives to another guest register than the global map does.
type exchange struct {
	host, mine, global uint8
	written            bool // mine is, somewhere in the region
}

// region compiles all blocks, in an order in which loops are contiguous and likely edges fall through.
func (g *gen) region() {
	n := len(g.r.Blocks)
	g.info = g.info[:0]
	for range n {
		g.info = append(g.info, blockInfo{at: g.a.NewLabel(), live: true})
	}
	g.regMap, g.local, g.loops = GlobalMap, false, false
	g.swapG, g.swapV = g.swapG[:0], g.swapV[:0]
	g.order = g.order[:0]
	if g.r.Tier > 1 && n <= maxBlocks {
		g.findLoops()
		g.loops = true
		g.flagsLiveness()
		g.layout()
		g.chooseMap()
	} else {
		for i := range n {
			g.info[i].edges = g.edges(&g.r.Blocks[i])
			g.order = append(g.order, int16(i))
		}
		if n > 1 {
			g.flagsLiveness()
		}
	}
	g.setMap(&g.regMap)
	g.out.Regs, g.out.Local = g.regMap, g.local
	g.enterMap()
	for k, b := range g.order {
		g.next = -1
		if k+1 < n {
			g.next = int(g.order[k+1])
		}
		if g.info[b].head && k > 0 {
			g.a.Align(16)
		}
		g.a.Bind(g.info[b].at)
		if g.info[b].head {
			g.poll(g.r.Blocks[b].PC)
		}
		g.block(int(b))
	}
}

// edges tells which of the block's Succ are edges within a region or out of it: bit k for Succ[k]. What is called is none.
func (g *gen) edges(b *ir.Block) uint8 {
	switch g.insts[b.End-1].Op {
	case ir.Br:
		return 1
	case ir.BrCond, ir.BrZ, ir.BrNZ, ir.BrBitZ, ir.BrBitNZ:
		return 3
	case ir.Call, ir.CallInd:
		return 2
	}
	return 0
}

// succ gives the block of the region to which edge k of block b leads, or External.
func (g *gen) succ(b, k int) int {
	if k := uint(k); g.info[b].edges>>k&1 != 0 {
		return int(g.r.Blocks[b].Succ[k&1].Block)
	}
	return ir.External
}

// findLoops finds the loops: an edge to a block on the way to it (in a depth-first walk) closes one, and what reaches
// the edge without passing the head belongs to it.
func (g *gen) findLoops() {
	blocks, info := g.r.Blocks, g.info
	for i := range blocks {
		info[i].edges = g.edges(&blocks[i])
		for k := range 2 {
			if s := g.succ(i, k); s >= 0 {
				info[s].preds |= 1 << i
			}
		}
	}
	var body [maxBlocks]uint64 // by head
	var stack [maxBlocks]struct {
		b    int8
		edge uint8
	}
	var seen, path uint64
	stack[0].b = 0
	seen, path = 1, 1
	for top := 0; top >= 0; {
		f := &stack[top]
		if f.edge == 2 {
			path &^= 1 << f.b
			top--
			continue
		}
		s := g.succ(int(f.b), int(f.edge))
		f.edge++
		switch {
		case s < 0:
		case path>>s&1 != 0:
			in := body[s] | 1<<s
			for todo := uint64(1) << f.b &^ in; todo != 0; {
				b := bits.TrailingZeros64(todo)
				in |= 1 << b
				todo = (todo | info[b].preds) &^ in
			}
			body[s] = in
			info[s].head = true
		case seen>>s&1 == 0:
			seen |= 1 << s
			path |= 1 << s
			top++
			stack[top].b, stack[top].edge = int8(s), 0
		}
	}
	for h := range blocks {
		for m := body[h]; m != 0; m &= m - 1 {
			info[bits.TrailingZeros64(m)].depth++
		}
	}
}

// flagsLiveness finds out where NZCV is wanted on entry to blocks.
func (g *gen) flagsLiveness() {
	for i := range g.r.Blocks {
		b, f := &g.r.Blocks[i], &g.info[i]
		for j := b.First; j < b.End; j++ {
			switch g.insts[j].Op {
			case ir.GetFlags, ir.CheckSP:
				f.reads = f.reads || !f.writes
			case ir.PutFlags:
				f.writes = true
			}
		}
		f.live = f.reads
	}
	for changed := true; changed; {
		changed = false
		for i := len(g.r.Blocks) - 1; i >= 0; i-- {
			if f := &g.info[i]; !f.live && !f.writes && (g.edgeLive(i, 0) || g.edgeLive(i, 1)) {
				f.live, changed = true, true
			}
		}
	}
}

// edgeLive tells whether NZCV is wanted beyond Succ[k] of block i: by a block of the region, by one out of it, or by
// what is called; wherever else the block leads, it is.
func (g *gen) edgeLive(i, k int) bool {
	b := &g.r.Blocks[i]
	if s := b.Succ[k].Block; s >= 0 && g.info[i].edges>>k&1 != 0 {
		if g.info[i].edges != 2 {
			return g.info[s].live
		}
		return false // what comes back from a call is another NZCV
	}
	switch g.insts[b.End-1].Op {
	case ir.Br:
		return k == 0 && !b.FlagsDead[0]
	case ir.BrCond, ir.BrZ, ir.BrNZ, ir.BrBitZ, ir.BrBitNZ, ir.Call:
		return !b.FlagsDead[k]
	}
	return true
}

// layout orders the blocks: after each, the successor that is in the most loops, or else the earliest that is left.
func (g *gen) layout() {
	left := ^uint64(0) >> (64 - len(g.r.Blocks))
	b := 0
	for {
		g.order = append(g.order, int16(b))
		left &^= 1 << b
		if left == 0 {
			return
		}
		next := -1
		for k := 1; k >= 0; k-- {
			if s := g.succ(b, k); s >= 0 && left>>s&1 != 0 && (next < 0 || g.info[s].depth > g.info[next].depth) {
				next = s
			}
		}
		if next < 0 {
			next = bits.TrailingZeros64(left)
		}
		b = next
	}
}

// Costs of the choice of a map, in memory operations; a value in memory also takes longer.
const costGet, costPut = 2, 3

// loopWeight is log2 of the runs that a loop is taken to make: many in a region that was made for a loop, few in one
// that was made for a function, or that calls others.
func (g *gen) loopWeight() uint8 {
	if !g.info[0].head {
		return 1
	}
	for i := range g.info {
		if op := g.insts[g.r.Blocks[i].End-1].Op; op == ir.Call || op == ir.CallInd {
			return 2
		}
	}
	return 3
}

// chooseMap gives homes to other guest registers than the global map does, if that saves more than the exchange costs
// on the way in and out and around calls.
func (g *gen) chooseMap() {
	var useX, useV [32]uint64
	var putX, putV uint32
	shift := g.loopWeight()
	cost := uint64(2) // of the exchange of one home: on entry...
	for i := range g.r.Blocks {
		b := &g.r.Blocks[i]
		d := min(g.info[i].depth, 5)
		w := uint64(1) << (shift * d)
		for j := b.First; j < b.End; j++ {
			in := &g.insts[j]
			q := in.Aux & 31
			switch in.Op {
			case ir.GetX:
				useX[q] += costGet * w
			case ir.PutX:
				useX[q] += costPut * w
				putX |= 1 << q
			case ir.GetV:
				useV[q] += costGet * w
			case ir.PutV:
				useV[q] += costPut * w
				putV |= 1 << q
			}
		}
		rare := max(1, w>>shift) // a loop is left once
		switch g.insts[b.End-1].Op {
		case ir.Call, ir.CallInd:
			cost += 2 * w
			if b.Succ[1].Block >= 0 {
				cost += 2 * w
			}
		case ir.BrCond, ir.BrZ, ir.BrNZ, ir.BrBitZ, ir.BrBitNZ:
			for _, s := range b.Succ {
				if s.Block < 0 {
					cost += 2 * rare
				}
			}
		default:
			if b.Succ[0].Block < 0 {
				cost += 2 * rare
			}
		}
	}
	g.swapG = chooseHomes(g.swapG, &g.regMap.X, homesG[:], &useX, putX, cost)
	g.swapV = chooseHomes(g.swapV, &g.regMap.V, homesV[:], &useV, putV, cost)
	g.local = len(g.swapG)+len(g.swapV) > 0
}

// chooseHomes pairs the most used registers without a home with the least used ones that have one.
func chooseHomes(swaps []exchange, m *[32]uint8, homes []home, use *[32]uint64, put uint32, cost uint64) []exchange {
	var taken uint32 // homes that are exchanged, by index
	for {
		best := -1
		for q := range m {
			if m[q] == InMemory && use[q] > cost && (best < 0 || use[q] > use[best]) {
				best = q
			}
		}
		if best < 0 {
			return swaps
		}
		least := -1
		for i, h := range homes {
			if taken>>i&1 == 0 && (least < 0 || use[h.guest] < use[homes[least].guest]) {
				least = i
			}
		}
		if least < 0 || use[homes[least].guest]+cost >= use[best] {
			return swaps
		}
		h := homes[least]
		taken |= 1 << least
		m[h.guest], m[best] = InMemory, h.host
		swaps = append(swaps, exchange{host: h.host, mine: uint8(best), global: h.guest, written: put>>best&1 != 0})
		use[h.guest] = 0 // out for good
	}
}

// enterMap turns the global map into the region's, leaveMap the other way. They leave EFLAGS and RAX alone.
func (g *gen) enterMap() {
	g.exchange(&g.G, g.swapG, true)
	g.exchange(&g.V, g.swapV, true)
}

func (g *gen) leaveMap() {
	g.exchange(&g.G, g.swapG, false)
	g.exchange(&g.V, g.swapV, false)
}

func (g *gen) exchange(f *regFile, swaps []exchange, enter bool) {
	for _, x := range swaps {
		if enter {
			g.store(f, f.homeMem(x.global), x.host)
			g.load(f, x.host, f.homeMem(x.mine))
			continue
		}
		if x.written {
			g.store(f, f.homeMem(x.mine), x.host)
		}
		g.load(f, x.host, f.homeMem(x.global))
	}
}
