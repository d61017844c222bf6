// Package difftest runs random A64 instructions on several executors and compares what they leave.
//
// A Case is a register file and a slot of up to 32 words; a Batch is many of them with a page of data. An
// Executor runs a batch. There are two kinds:
//
//   - Remote: a process that runs guest/runner.c, such as "qemu-aarch64-static runner" (the reference),
//     real hardware, or Armature itself from the outside;
//   - Local: an Engine inside of this process, given a state.CPU: the interpreter (Interp), or the back
//     end's translated code. Its memory is mapped at the same addresses.
//
// A Generator draws cases from the pattern table of package arm64, by a seed: special values of integers and
// of every floating-point format are over-represented, as are addresses near the ends of the data page. Check
// compares results, sorts what differs into explained differences (explain.go: a list with reasons) and
// others, shrinks those, and prints a case that can be run again.
//
//	gen.go      Generator            case.go     Case, Result, Batch
//	remote.go   Remote               local.go    Local, Engine
//	interp.go   Interp               check.go    Soak, Check, Shrink, Mismatch
//	explain.go  QEMU: the known differences
//
// The package's test is the short seeded run of the interpreter against qemu. Flags after -args make it long, or
// narrow: -difftest.n (cases), .seed, .len (instructions of a case), .loop (iterations), .ops (encodings, a regular
// expression). Package jit, below, does the same for translated code against the interpreter.
package difftest
