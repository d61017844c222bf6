package interp

import (
	"armature/tcg/ir"
	"armature/tcg/state"
)

func unsignedEstimate(op ir.Op, x uint32) uint32                       { return 0 }
func float(in *ir.Inst, c *state.CPU, a, b, d state.V) (state.V, bool) { return state.V{}, false }
