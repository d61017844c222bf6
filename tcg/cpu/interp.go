package cpu

import (
	"sync"

	"armature/tcg/fault"
	"armature/tcg/interp"
	"armature/tcg/ir"
)

// tagged is guest memory as a tagged pointer sees it.
var tagged interp.Memory = fault.Direct{TopByteIgnore: true}

// regionCache holds the interpreter's regions. Unlike translations they lie on
// the Go heap: the interpreter is for checking, not for speed.
type regionCache struct {
	mu sync.RWMutex
	m  map[regionKey]*ir.Region
}

type regionKey struct {
	pc  uint64
	key ir.Key
}

func (r *regionCache) init() { r.m = make(map[regionKey]*ir.Region) }

func (r *regionCache) invalidate(lo, hi uint64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for k, g := range r.m {
		for _, d := range g.Deps {
			if d.Lo < hi && d.Hi > lo {
				delete(r.m, k)
			}
		}
		for i := range g.Blocks {
			if b := &g.Blocks[i]; b.PC < hi && b.EndPC > lo {
				delete(r.m, k)
				break
			}
		}
	}
}

// interpret runs the region at PC in the interpreter.
func (c *CPU) interpret(m interp.Memory) {
	e, k := c.e, regionKey{c.State.PC, c.key()}
	e.regions.mu.RLock()
	g := e.regions.m[k]
	e.regions.mu.RUnlock()
	if g == nil {
		t := e.translator()
		g = new(ir.Region)
		t.region(e, g, k.pc, k.key, 1, false)
		e.release(t)
		// A block that could not be fetched may be fetchable the next time.
		if g.Guest > 0 {
			e.regions.mu.Lock()
			e.regions.m[k] = g
			e.regions.mu.Unlock()
		}
	}
	if t := e.cfg.Tracer; t != nil && t.exec {
		t.traceExec(c)
	}
	if c.runner == nil {
		c.runner = new(interp.Runner)
	}
	c.runner.Run(g, c.State, m)
}

// step runs the one instruction at PC in the interpreter.
func (c *CPU) step(m interp.Memory) {
	if c.runner == nil {
		c.runner = new(interp.Runner)
	}
	t := c.e.translator()
	t.region(c.e, &t.ir, c.State.PC, c.key(), 0, c.over)
	c.runner.Run(&t.ir, c.State, m)
	c.e.release(t)
}
