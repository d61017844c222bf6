package cpu

import (
	"encoding/binary"
	"slices"

	"armature/tcg/interp"
	"armature/tcg/state"
)

// What a debugger needs: breakpoints, watched data, single steps.
//
// A breakpoint changes no memory: the translator finds BRK in its copy of the
// code. While data are watched, guest code is interpreted, through a view of
// memory in which the accesses in question fault. Without either nothing of this
// is on the path of the guest.

// Range is the addresses [Lo, Hi).
type Range struct{ Lo, Hi uint64 }

// Watch is a range of guest memory and the kinds of access that stop the guest.
type Watch struct {
	Range
	Load, Store bool
}

// SignalWatch is Exit.Signal of an access to watched memory, an ExitFault: PC is the
// instruction, which has not been executed, and Addr what it would have accessed.
const SignalWatch = 5

// debug is what the debugger has set. It is not changed, but replaced.
type debug struct {
	breaks  []uint64 // ascending
	watches []Watch
}

// brk is BRK #0.
const brk = 0xd4200000

// patch puts breakpoints into a copy of the code at pc.
func (d *debug) patch(code []byte, pc uint64) {
	i, _ := slices.BinarySearch(d.breaks, pc)
	for ; i < len(d.breaks) && d.breaks[i]-pc < uint64(len(code)); i++ {
		binary.LittleEndian.PutUint32(code[d.breaks[i]-pc:], brk)
	}
}

// Debug sets the breakpoints, instruction addresses at which a CPU leaves with
// ExitBreak, and what is watched, in place of those set before. It waits until no
// CPU runs, and must not be called from one that does.
func (e *Engine) Debug(breaks []uint64, watches []Watch) {
	var d *debug
	if len(breaks)+len(watches) > 0 {
		d = &debug{slices.Clone(breaks), slices.Clone(watches)}
		slices.Sort(d.breaks)
		d.breaks = slices.Compact(d.breaks)
	}
	e.Exclusive(func() {
		if d != nil {
			e.forsake() // translations with breakpoints are for nobody else
		}
		old := e.debug.Swap(d)
		if e.regions.m = nil; d != nil || e.cfg.Interp {
			e.regions.init()
		}
		for _, set := range []*debug{old, d} {
			if set == nil {
				continue
			}
			for _, pc := range set.breaks {
				e.Invalidate(pc, pc+4)
			}
		}
	})
}

// Breakpoint tells whether there is a breakpoint at pc: if not, ExitBreak is the
// guest's own. It may be called from any thread.
func (e *Engine) Breakpoint(pc uint64) bool {
	d := e.debug.Load()
	if d == nil {
		return false
	}
	_, ok := slices.BinarySearch(d.breaks, pc)
	return ok
}

// Step executes the one instruction at PC, whatever breakpoint is there, and looks
// like Run otherwise. The reason is ExitNone if the instruction did nothing that
// the mode must handle.
func (c *CPU) Step() Exit { return c.single(c.e.watched(c.e.mem)) }

// Pass is Step, but what is watched does not count either.
func (c *CPU) Pass() Exit { return c.single(c.e.mem) }

func (c *CPU) single(m interp.Memory) Exit {
	c.begin()
	defer c.end()
	s := c.State
	s.PC = branchTarget(s.PC)
	if s.PC&3 != 0 {
		return Exit{Reason: state.ExitFetch, Arg: state.FetchMisaligned}
	}
	s.ExitReason, s.JITSP = state.ExitNone, 0
	c.over = true
	defer func() { c.over = false }()
	c.step(m)
	if x, ok := c.left(); ok {
		return x
	}
	return Exit{Reason: state.ExitNone}
}

// watching tells whether data are watched, so that code must be interpreted.
func (e *Engine) watching() bool {
	d := e.debug.Load()
	return d != nil && len(d.watches) > 0
}

// watched is m for the interpreter, in which what is watched faults.
func (e *Engine) watched(m interp.Memory) interp.Memory {
	if d := e.debug.Load(); d != nil && len(d.watches) > 0 {
		return watched{m, d.watches}
	}
	return m
}

// watched is memory in which accesses of some kinds fault.
type watched struct {
	interp.Memory
	watches []Watch
}

func (w watched) hit(c *state.CPU, addr uint64, size uint8, load, store bool) bool {
	a := addr << 8 >> 8
	for _, r := range w.watches {
		if a < r.Hi && a+1<<size > r.Lo && (load && r.Load || store && r.Store) {
			// What the debugger asks for, so that it knows which it is.
			c.FaultSig, c.FaultCode, c.FaultAddr, c.FaultErr = SignalWatch, 0, max(a, r.Lo), 0
			return true
		}
	}
	return false
}

func (w watched) Load(c *state.CPU, addr uint64, size uint8) (state.V, bool) {
	if w.hit(c, addr, size, true, false) {
		return state.V{}, false
	}
	return w.Memory.Load(c, addr, size)
}

func (w watched) Store(c *state.CPU, addr uint64, size uint8, v state.V) bool {
	return !w.hit(c, addr, size, false, true) && w.Memory.Store(c, addr, size, v)
}

func (w watched) Cas(c *state.CPU, addr uint64, size uint8, old, new state.V) (state.V, bool) {
	if w.hit(c, addr, size, true, true) {
		return state.V{}, false
	}
	return w.Memory.Cas(c, addr, size, old, new)
}
