// Package softfloat is Arm floating point computed bit by bit in integer arithmetic.
//
// It is the oracle for translated code and the slow path it falls back on: every operation
// gives exactly the result and the cumulative FPSR flags that the shared pseudocode of the Arm
// Architecture Reference Manual (DDI 0487, section J1.3, "shared/functions/float") defines for a
// processor without FEAT_AFP, such as the Neoverse-N1: FPCR.{AH, FIZ, NEP} and the trap enables
// are RES0.
//
// # Use
//
// An [Env] holds FPCR and FPSR. Operations are its methods. They take the [Format] of their
// operands ([F16], [F32], [F64]) and the operands as raw bits, right-aligned in a uint64; bits
// above the format's width are ignored on input and zero in results.
//
//	e := softfloat.Env{FPCR: guestFPCR, FPSR: guestFPSR}
//	d := e.MulAdd(softfloat.F32, addend, n, m) // FMADD Sd, Sn, Sm, Sa
//	guestFPSR = e.FPSR
//
// Instructions that negate an operand or a result (FNMUL, FMSUB, FNMADD, FABD, FCADD, FCMLA) do so
// at the caller's by flipping the sign bit, as the manual does. Operations that take a
// rounding mode from the instruction have a [Rounding] argument; [Env.Rounding] is the one
// in FPCR.
//
// # What happens where
//
//   - FZ flushes denormal inputs to zero of the same sign and sets IDC (F32, F64); FZ16 does so for
//     F16, without IDC.
//   - Results are tiny if they are below the smallest normal number before rounding. FZ (F16: FZ16)
//     makes a tiny result zero and sets UFC alone; otherwise a tiny, inexact result sets UFC and IXC.
//   - NaN operands are chosen in the order: first signalling operand, then first quiet one. With
//     DN, and for invalid operations, the result is the default NaN: positive, quiet, no payload.
//   - Conversions to and from F16 ignore FZ16 and obey AHP; everything else ignores AHP.
//
// # How it works
//
// Operands are unpacked to one format for all widths, a sign, an exponent and a 64-bit fraction
// whose top bit is one; an operation makes an unrounded result of the same shape, in which the
// last bit of the fraction is sticky; and round packs it. Products and sums of products are 128 bits
// wide on the way. Nothing allocates and nothing panics for any operand.
//
// Not here: the loops over vector elements, and the instructions that select or move without looking
// at the number (FCSEL, FMOV, FABS, FNEG).
package softfloat
