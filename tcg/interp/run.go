package interp

import (
	"sync"
	"sync/atomic"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// Runner executes regions. It keeps its buffers from one to the next; one thread at a time may use it.
type Runner struct {
	vals []state.V // by Ref
}

var runners = sync.Pool{New: func() any { return new(Runner) }}

// Run is Runner.Run for who has no Runner at hand.
func Run(r *ir.Region, c *state.CPU, m Memory) {
	i := runners.Get().(*Runner)
	i.Run(r, c, m)
	runners.Put(i)
}

// Run executes r, which ir.Verify must accept, from its entry until it leaves, as translated code would: then
// c is complete, with PC, ExitReason and ExitArg set.
//
//   - Out of the region, directly or indirectly: ExitLookup, PC the target.
//   - Before a branch backwards, within the region or out of it, or an indirect one, if c.Stop is not
//     zero: ExitStop, PC the target.
//   - A fault: ExitFault, PC the faulting instruction, the Fault fields as Memory set them. A misaligned
//     SP as base, or a misaligned atomic or ordered access: SIGBUS, BUS_ADRALN.
//   - Exit and CheckSP: as they say.
func (i *Runner) Run(r *ir.Region, c *state.CPU, m Memory) {
	if len(i.vals) < len(r.Insts) {
		i.vals = make([]state.V, max(512, len(r.Insts)+len(r.Insts)/2))
	}
	c.ExitArg = 0
	for block := int32(0); block >= 0; {
		block = i.block(r, &r.Blocks[block], c, m)
	}
}

func leave(c *state.CPU, reason uint32, pc uint64) int32 {
	c.ExitReason, c.PC = reason, pc
	return ir.External
}

// block executes one block, and gives the index of the next, or External with the exit set in c.
func (i *Runner) block(r *ir.Region, blk *ir.Block, c *state.CPU, m Memory) int32 {
	vals := i.vals
	pc := blk.PC
	for ref := blk.First; ref < blk.End; ref++ {
		in := &r.Insts[ref]
		switch in.Op {
		case ir.Nop:
		case ir.Insn:
			pc = uint64(in.Imm)
		case ir.GetX:
			vals[ref] = state.V{Lo: c.X[in.Aux&31]}
		case ir.PutX:
			c.X[in.Aux&31] = vals[in.A].Lo
		case ir.GetV:
			vals[ref] = c.V[in.Aux&31]
		case ir.PutV:
			c.V[in.Aux&31] = vals[in.A]
		case ir.GetFlags:
			vals[ref] = state.V{Lo: uint64(c.Flags)}
		case ir.PutFlags:
			c.Flags = uint32(vals[in.A].Lo)
		case ir.FlagsOf:
			def := &r.Insts[in.A]
			vals[ref] = state.V{Lo: uint64(flagsOf(def, vals[def.A].Lo, vals[def.B].Lo, uint32(vals[def.C].Lo)))}
		case ir.ClearEx:
			c.ExSize = 0
		case ir.Fence:
			if in.Aux == ir.FenceFull {
				fullFence()
			}
		case ir.CheckSP:
			if vals[in.A].Lo&15 != 0 {
				return leave(c, state.ExitSPAlign, uint64(in.Imm))
			}
		default:
			var ok bool
			switch {
			case in.Op.IsTerm():
				return i.terminate(in, blk, c, pc)
			case in.Op.MayFault():
				if vals[ref], ok = access(in, c, m, vals[in.A], vals[in.B], vals[in.C]); !ok {
					return leave(c, state.ExitFault, pc)
				}
			default:
				if vals[ref], ok = eval(in, c, vals[in.A], vals[in.B], vals[in.C]); !ok {
					// Not an operation: the region was not verified.
					c.ExitArg = 0
					return leave(c, state.ExitUndefined, pc)
				}
			}
		}
	}
	return leave(c, state.ExitUndefined, pc)
}

func (i *Runner) terminate(in *ir.Inst, blk *ir.Block, c *state.CPU, pc uint64) int32 {
	a := i.vals[in.A].Lo
	taken := true
	switch in.Op {
	case ir.BrCond:
		taken = in.Cond().Holds(state.UnpackNZCV(uint32(a)))
	case ir.BrZ, ir.BrNZ:
		if in.Type == ir.I32 {
			a = uint64(uint32(a))
		}
		taken = (a == 0) == (in.Op == ir.BrZ)
	case ir.BrBitZ, ir.BrBitNZ:
		taken = (a>>(in.Aux&63)&1 == 0) == (in.Op == ir.BrBitZ)
	case ir.CallInd, ir.JmpInd, ir.Ret:
		if atomic.LoadUint32(&c.Stop) != 0 {
			return leave(c, state.ExitStop, a)
		}
		return leave(c, state.ExitLookup, a)
	case ir.Exit, ir.ExitX:
		c.ExitArg = uint64(in.Imm)
		if in.Op == ir.ExitX {
			c.ExitArg = a
		}
		return leave(c, in.Aux, blk.Succ[0].PC)
	}
	target := &blk.Succ[0]
	if !taken {
		target = &blk.Succ[1]
	}
	if target.PC <= pc && atomic.LoadUint32(&c.Stop) != 0 {
		return leave(c, state.ExitStop, target.PC)
	}
	if target.Block >= 0 {
		return target.Block
	}
	return leave(c, state.ExitLookup, target.PC)
}
