// Package arm64 is the A64 front end: it decodes instruction words and translates them to ir.
//
// a64.pat lists every encoding in the order and under the names of the Arm Architecture
// Reference Manual, and is the only place where instruction bits are written down. From it,
// "go generate" makes the decoder, the accessors of instruction fields, the random-instruction
// generator, the table of translate functions, and docs/instructions.md; see gen.
//
// To find an instruction: look its encoding up in a64.pat; the method of Translator named "tr"
// and that name emits it. The files follow the manual's sections:
//
//	dp_imm.go      data processing, immediate
//	branch.go      branches and exception generation
//	system.go      hints, barriers, PSTATE, cache maintenance, system registers
//	ldst.go        loads and stores of general registers
//	atomic.go      exclusives, ordered accesses, compare and swap, atomic memory operations
//	dp_reg.go      data processing, register
//	fp_*.go        scalar floating point
//	simd_*.go      Advanced SIMD, cryptography, and loads and stores of SIMD&FP registers
//	translator.go  regions, blocks and the helpers that translate functions share
//
// The package knows neither Linux nor a board: what leaves translated code does so by an ir.Exit.
package arm64

//go:generate go run ./gen
