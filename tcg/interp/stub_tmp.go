package interp

import (
	"armature/tcg/ir"
	"armature/tcg/state"
)

func move(in *ir.Inst, a, b, d state.V) (state.V, bool)                   { return state.V{}, false }
func lanesOp(in *ir.Inst, c *state.CPU, a, b state.V) (state.V, bool)     { return state.V{}, false }
func shiftOp(in *ir.Inst, c *state.CPU, a, b state.V) (state.V, bool)     { return state.V{}, false }
func widen(in *ir.Inst, c *state.CPU, a, b state.V) (state.V, bool)       { return state.V{}, false }
func narrow(in *ir.Inst, c *state.CPU, a, b state.V) (state.V, bool)      { return state.V{}, false }
func multiply(in *ir.Inst, c *state.CPU, a, b, d state.V) (state.V, bool) { return state.V{}, false }
func crypto(in *ir.Inst, a, b, d state.V) (state.V, bool)                 { return state.V{}, false }
func float(in *ir.Inst, c *state.CPU, a, b, d state.V) (state.V, bool)    { return state.V{}, false }
