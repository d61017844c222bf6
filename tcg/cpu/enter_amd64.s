#include "textflag.h"

// func enter(stub, code, rbp, rsp uint64, hostSP *uint64, mxcsr *uint32)
// Runs translated code from stub (with RAX = code) on stack rsp until it leaves.
// The goroutine must be in the syscall state and locked to its thread. All
// registers but SP and BP are the callee's to clobber, by ABI0; Go's MXCSR is
// kept. The code leaves with RSP = *hostSP and RET.
TEXT ·enter(SB), NOSPLIT, $16-48
	STMXCSR 8(SP)
	MOVQ BP, 0(SP)
	MOVQ stub+0(FP), DX
	MOVQ code+8(FP), AX
	MOVQ rsp+24(FP), CX
	MOVQ hostSP+32(FP), BX
	MOVQ mxcsr+40(FP), SI
	LDMXCSR (SI)
	MOVQ rbp+16(FP), BP
	CALL switchStack<>(SB)
	MOVQ 0(SP), BP
	LDMXCSR 8(SP)
	RET

// DX stub, AX code, CX the new SP, BX where to keep this SP: the
// return address on top of it is how translated code gets back to enter.
TEXT switchStack<>(SB), NOSPLIT|NOFRAME, $0
	MOVQ SP, (BX)
	MOVQ CX, SP
	JMP  DX
