// Package asm is the assembler of the amd64 back end: it writes x86-64 instructions into a window of memory, a few
// nanoseconds each, without allocating. It knows no IR and no register allocation, and it never panics.
//
//	var a asm.Asm                       // kept and reused by one translator
//	a.Reset(window, base)               // window: where to write; base: where its first byte will run
//	a.RM(asm.MOV, 8, asm.RAX, asm.B(asm.RBP, 16))
//	a.RI(asm.ADD, 4, asm.RAX, 1)
//	if a.Finish() == asm.Overflow { ... } // sticky status: check it once, at the end of the block
//
// Operations are data, and methods are operand forms, destination first: R register, M memory, I immediate.
//
//	integer   RR RM MR RI MI R M RRI MRI   (Op: op.go lists each operation with its forms)
//	          ImulRRI ImulRMI MovImm Zero Bswap Push PushM PushI Pop PopM
//	          SET(cc) and CMOV(cc) are operations; LOCK|op is the locked one; N(op) takes no operands
//	control   Jmp Jcc Call (labels)  JmpTo JccTo CallTo (run-time addresses)  JmpR JmpM CallR CallM
//	          JmpShort JccShort Land (two bytes, forward)  AlignForPatch Patch Target
//	labels    NewLabel Labels Bind Offset; RipLabel and Rip make memory operands
//	vector    S2 S2I S2M S2MI                    legacy SSE, destructive
//	          V2 V2I V2M V2MI V3 V3I V3M V3MI V4 V4M  VEX, or EVEX when xmm16-31 or a modifier ask for it
//	          (VOp: vop_*.go; one VOp does all its encodings, named as in SSE where that has it,
//	          else as in AVX; st marks a store, ld a load only, i a constant count, q a 64-bit register)
//	          VOp modifiers: op.M(k) op.Z(k) masking, op.Bcst() broadcast memory operand, op.SAE(), op.Round(rc),
//	          op.EVEX(); G(reg) and K(kreg) pass a general or mask register as a vector operand
//	BMI       X2 X2M X2I X2MI X3 X3M (general registers, VEX-encoded: ANDN, SHLX, RORX...)
//	data      Byte U32 U64 Bytes Nop Align Len PC Base
//
// Operand order is Intel's everywhere. A stored vector (MOVUPSst) has the register first in S2M and V2M all the same.
//
// Size is 1, 2, 4 or 8 bytes and has the machine's meaning: size 4 zeroes the upper half of the register, sizes 1 and 2
// leave the rest. Byte registers are the REX ones, never AH..DH.
//
// A misuse (a form that the operation lacks, xmm16 with an operation that has no EVEX form, a short jump that does not
// reach) never writes a wrong instruction silently: it sets Status, and Finish reports it.
//
// HostFeatures tells what this machine has, and the levels V2, V3 and V4 are masks to restrict it to.
//
// The tests assemble every operation over its operand forms and compare each byte with GNU as.
package asm
