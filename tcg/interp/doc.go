// Package interp executes the intermediate representation of package ir.
//
// It is four things at once: the oracle that translated code is checked against, the engine where no
// back end exists (--engine=interp), what executes code that is not worth a translation yet (package cpu, once.go),
// and the slow path of the back end, which leaves the operations it
// does not lower inline, and the rare cases of those it does, to [Eval].
//
// So it is written to be right by inspection, not fast: an operation on lanes is a loop over lanes, with the
// arithmetic in 128 bits where 64 might not do, and floating point is package softfloat's.
//
// # What is where
//
//	eval.go     Eval, and the way from an operation to its implementation
//	integer.go  flags; integers are ir.Inst.Eval
//	moves.go    permutations, moves, bitwise operations
//	lanes.go    integer arithmetic on lanes
//	shift.go    shifts of lanes; widening and narrowing
//	crypto.go   AES, SHA-1, SHA-2
//	float.go    floating point; convert.go its conversions
//	run.go      Runner: regions, control flow and exits
//	memory.go   Memory, accesses, atomics, the exclusive monitor
//
// A value is a state.V. An integer is in Lo; of an I32, the upper half of what is produced is zero, and
// of what is taken is ignored, as translated code leaves anything there. Flags are in Lo in the host form
// (state.PackNZCV).
//
// Nothing here allocates, or panics on anything that ir.Verify accepts.
package interp
