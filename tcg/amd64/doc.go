// Package amd64 is the back end for x86-64 hosts: it turns an ir.Region into machine code, in one backward and one
// forward pass over each block. docs/engine.md has the protocol between translated code and the run loop.
//
//	regs.go    the global register map         analyse.go  backward pass: uses, hints, fused values
//	value.go   where values are                flags.go    NZCV and EFLAGS (flags_fp.go: FCMP)
//	access.go  how lowerings get at values     cold.go     code behind the region; helper.go: the slow path
//	lower_*.go lowerings                       region.go   blocks, their order, the region's own register map
//	stubs.go   fixed routines                  far.go      chain slots and their stubs; recover.go: state after a fault
//	vec_*.go   lowerings of vectors            fp_*.go     and of floating point; fp_arith.go tells how NaNs come out right
//
// testdata/slow.txt lists what has no lowering, and testdata/counts.txt has numbers of instructions.
//
// # Values
//
// A value is a constant, in a temporary, in the home of a guest register (a host register or a field of the CPU), or in
// a spill slot. Get emits nothing: the value is where the register is. Put emits nothing when the value was computed in
// the register's home already: analyse gives each value a hint where it will be put, unless something in between reads
// the old register, may fault or leaves. So the guest's state is exact at every access. When a home is overwritten whose
// value is still needed, that moves to a temporary first.
//
// # Flags
//
// A comparison is emitted where its result is used, and again after something has clobbered EFLAGS; so is an addition's or
// subtraction's effect on NZCV, from its result and one operand. Only ADC and SBC chains are saved when they are
// clobbered. CPU.Flags is written where NZCV is wanted beyond the block, and before an access that may fault when the
// flags of the moment can be had neither from memory nor from EFLAGS. flags.go has the rules; what it emits on one
// of several paths must not move values.
//
// # Lowerings
//
// A lowering (table lower in lower_table.go) is func(*gen, *ir.Inst) bool. It emits code for one instruction, or emits
// and changes nothing and gives false: then the slow path is taken. Its steps, in this order:
//
//  1. g.clobber(), if the code will change EFLAGS in any way (ADD, AND, shifts, UCOMIS, PTEST, XOR-zeroing of a general
//     register; not MOV, LEA, SSE arithmetic, BMI2 shifts). If it has an operand of type Flags: g.prep(ref).
//     A memory access: w := g.exact() instead, then no change of EFLAGS before it; or g.flush() and g.clobber().
//  2. g.takeG(asm.RCX), g.takeV(asm.XMM0), if fixed registers are needed.
//  3. operands: g.useG(in.A), g.useV(in.B) give a register, not to be changed. g.memG, g.memV give the memory operand of
//     a value that is in memory (16-byte aligned). g.konst gives the value of a constant. g.useM: either.
//  4. temporaries: g.tmpG(), g.tmpV(): free until the end of the instruction, when everything is given back by itself.
//  5. result: g.defG(may), g.defV(may), once. The register may be that of operands named in may (mayA, mayB, mayC),
//     if they die here, and is never another operand's: def(0) for a result that is written before the last operand is
//     read, def(mayA) for op d, a, ...; and for a single three-operand instruction mayA|mayB. It may be the home of the
//     guest register, so it must not be written before the last instruction that may fault.
//     Before or after it, g.zeroUpper32() tells that the upper half of an integer's register is zero, and
//     g.setZeroAbove(n) that a vector is zero from byte 1<<n on. g.zeroAbove(ref, n) asks for it. Scalar results must be
//     zero above; the knowledge saves clearing them.
//     g.aliasTo(canonical operand) makes the result the same value as an operand, without code.
//
// g.op[0..2] are the operands A, B, C in canonical form (aliases resolved). Uses are counted down before the lowering
// runs: g.v[g.op[0]].uses == 0 says that A dies here.
//
// Rare cases: g.slowIf(cc, d) and its kin in fp_slow.go jump to a cold fragment that runs the instruction in the slow
// path, with the operands as they were, and puts its result into d. g.orCold sets bits (FPSR.QC). More kinds of cold
// fragments are entries in cold.go: a struct of registers and labels, no closure. When a cold fragment runs, nothing that
// the code knows about registers may have changed when it comes back; EFLAGS may.
//
// Scalar knowledge (zeroAbove) ends with the block. Carrying it across blocks, with two versions of a loop, was tried and
// gained nothing that could be measured.
//
// At V2 the operations of vec_emit.go (op2, op3...) put moves where the legacy forms overwrite their first operand.
package amd64
