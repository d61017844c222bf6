package amd64

// The vector and floating-point lowerings (vec_*.go, fp_*.go) need this of the core; the names are a proposal, the
// core's author has the last word and this comment goes when the API is there.
//
//	g.a *asm.Asm, g.feat Features, g.key (KeySlowFP)
//	g.useV(ref) asm.XReg           operand in a register: its home, or loaded into a temporary. A lowering must not
//	                               change it unless g.lastUse(ref, reg) says that it is a temporary that dies here
//	g.memV(ref) (asm.Mem, bool)    operand that is in memory (16-byte aligned) and may be used from there
//	g.defV() asm.XReg              where the result is to be put: may be the register of an operand. Asked for once,
//	                               after the operands. (g.defV of a PutV'd value is the home.)
//	g.tmpV() / g.tmpVat(asm.XMM0)  a temporary that is free until the end of the lowering; XMM0 is implicit in some
//	g.useX, g.defX, g.tmpX         the same for general registers
//	g.upperZero(ref) bool          bits 127:64 of the value are known to be zero; g.setUpperZero(): those of the result
//	                               (or by a table op/shape -> zero, so that a value in a home keeps its mark over PutV)
//	g.constV(lo, hi) asm.Mem       16 bytes of the region's data, deduplicated
//	g.coldHelper(cc, a, b, c)      jcc to a cold fragment that runs the generic slow path with these operand REGISTERS
//	                               (where the operand is at that point: an operand that the result has overwritten
//	                               was saved to a temporary before), loads the result to defV and jumps back here
//	g.coldOr(cc, off, imm)         jcc to a cold fragment: or dword [rbp+off], imm; jmp back (FPSR.QC)
//	g.cold() label + resume label  custom cold fragment, emitted by a small enum + registers, no closures
//	g.clobberFlags                 which ops clobber EFLAGS: by table (all lowerings with a cold branch do)
