// Package ir is the intermediate representation between the front ends (guest
// decoders) and what runs it: the back end and the interpreter.
//
// A Region is one unit of translation: basic blocks in flat slices, without
// pointers. Blocks[0] is the entry. In tier 1 a region is one block; a hot loop
// becomes a region of many. Within a block values are in SSA form: a Ref names
// the instruction that defines the value, and every operand is defined earlier
// in the same block. Between blocks, values live only in the guest state (X, V,
// Flags), through the Get and Put operations.
//
// Types are I32, I64, V128 and Flags. An I32 value says nothing about the upper
// half of the host register that holds it. Scalar floating point lives in V128
// values whose remaining lanes are zero, as the architecture has it.
//
// Vector operations carry the A64 meaning of their names on lanes of 1<<Size
// bytes, and a Shape: ShapeQ works on 128 bits; ShapeD on the low 64 and
// clears the rest; ShapeS on lane 0 and clears the rest. They are as coarse as
// an A64 instruction where finer ones would only have to be put together again.
// A back end lowers what it can and leaves the rest to the slow path, which is
// the interpreter's implementation of the same operation; so every operation is
// there from the first day, and exact.
//
// Exceptions are precise: when an instruction that may fault (Op.MayFault) does,
// all Puts before it, and none after it, have taken effect. A front end puts a
// guest instruction's results after its last access that may fault. Flags that
// are dead on every path without a fault are the exception: the dead-flag pass
// removes them.
package ir
