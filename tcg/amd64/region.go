package amd64

// region compiles all blocks.
func (g *gen) region() {
	g.regMap, g.local = GlobalMap, false
	g.setMap(&g.regMap)
	g.out.Regs, g.out.Local = g.regMap, g.local
	g.out.Entry = 0
	n := len(g.r.Blocks)
	for range n {
		g.blocks = append(g.blocks, g.a.NewLabel())
	}
	for i := range n {
		g.a.Bind(g.blocks[i])
		g.next = i + 1
		if g.next == n {
			g.next = -1
		}
		g.block(i)
	}
}

// leaveMap turns the region's map into the global one, enterMap the other way. They leave EFLAGS and RAX alone.
func (g *gen) leaveMap() {}
func (g *gen) enterMap() {}
