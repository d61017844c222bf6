#include "textflag.h"

// Offsets in the signal frame: DX is the ucontext, SI the siginfo.
#define UC_R8   40
#define UC_RBP  120
#define UC_RCX  152
#define UC_RSP  160
#define UC_RIP  168
#define UC_EFL  176
#define UC_ERR  192
#define SI_CODE 8
#define SI_ADDR 16

// Handler of SIGSEGV and SIGBUS, called by the kernel on Go's signal stack:
// DI signal, SI siginfo, DX ucontext. It may clobber any register, since the
// kernel restores them all, and does not touch Go's scheduler or its g.
TEXT ·handler(SB), NOSPLIT|NOFRAME, $0
	MOVQ UC_RIP(DX), AX
	CMPQ AX, ·codeLo(SB)
	JB   notCode
	CMPQ AX, ·codeHi(SB)
	JAE  notCode
	MOVQ UC_RBP(DX), BX
	SUBQ $128, BX            // state.Bias
	MOVQ SI_ADDR(SI), CX
	MOVQ ·offJITLimit(SB), R8
	MOVQ (BX)(R8*1), R9
	CMPQ CX, R9
	JAE  guest
	SUBQ $4096, R9
	CMPQ CX, R9
	JB   guest
	// The JIT stack is full of calls that did not return: forget them.
	MOVQ ·offJITStack(SB), R8
	MOVQ (BX)(R8*1), R9
	MOVQ R9, UC_RSP(DX)
	RET
guest:
	MOVQ ·offFault(SB), R8
	ADDQ R8, BX
	MOVQ DI, 0(BX)           // FaultSig
	MOVLQSX SI_CODE(SI), R9
	MOVQ R9, 8(BX)           // FaultCode
	MOVQ CX, 16(BX)          // FaultAddr
	MOVQ AX, 24(BX)          // FaultPC
	MOVQ UC_ERR(DX), R9
	MOVQ R9, 32(BX)          // FaultErr
	MOVQ UC_EFL(DX), R9
	MOVQ R9, 40(BX)          // FaultFlag
	MOVQ ·codeStub(SB), R9
	MOVQ R9, UC_RIP(DX)
	RET
notCode:
	CMPQ AX, ·accessLo(SB)
	JB   goHandler
	CMPQ AX, ·accessHi(SB)
	JAE  goHandler
	MOVQ UC_R8(DX), BX       // the access's *Info
	MOVQ DI, 0(BX)
	MOVLQSX SI_CODE(SI), R9
	MOVQ R9, 8(BX)
	MOVQ SI_ADDR(SI), R9
	MOVQ R9, 16(BX)
	MOVQ UC_ERR(DX), R9
	MOVQ R9, 24(BX)
	MOVQ ·accessFail(SB), R9
	MOVQ R9, UC_RIP(DX)
	RET
goHandler:
	CMPQ DI, $7
	JEQ  bus
	MOVQ ·oldSEGV(SB), AX
	JMP  AX
bus:
	MOVQ ·oldBUS(SB), AX
	JMP  AX

// func access(op, addr uint64, p unsafe.Pointer, n uint64, f *Info) uint64
// While it touches guest memory, R8 is f and CX what a failure returns. It has
// no frame, so that accessFail can return in its place.
TEXT ·access(SB), NOSPLIT|NOFRAME, $0-48
	MOVQ op+0(FP), AX
	MOVQ addr+8(FP), SI
	MOVQ p+16(FP), DI
	MOVQ n+24(FP), CX
	MOVQ f+32(FP), R8
	CMPQ AX, $24
	JEQ  in
	CMPQ AX, $25
	JEQ  out
	JA   fetch
	MOVQ $1, CX
	CMPQ AX, $16
	JAE  cas
	CMPQ AX, $8
	JAE  store
	CMPQ AX, $3
	JEQ  load8
	JA   load16
	CMPQ AX, $1
	JEQ  load2
	JA   load4
	MOVB (SI), AX
	MOVB AX, (DI)
	JMP  ok
load2:
	MOVW (SI), AX
	MOVW AX, (DI)
	JMP  ok
load4:
	MOVL (SI), AX
	MOVL AX, (DI)
	JMP  ok
load8:
	MOVQ (SI), AX
	MOVQ AX, (DI)
	JMP  ok
load16:
	MOVOU (SI), X0
	MOVOU X0, (DI)
	JMP  ok
store:
	CMPQ AX, $11
	JEQ  store8
	JA   store16
	CMPQ AX, $9
	JEQ  store2
	JA   store4
	MOVB (DI), AX
	MOVB AX, (SI)
	JMP  ok
store2:
	MOVW (DI), AX
	MOVW AX, (SI)
	JMP  ok
store4:
	MOVL (DI), AX
	MOVL AX, (SI)
	JMP  ok
store8:
	MOVQ (DI), AX
	MOVQ AX, (SI)
	JMP  ok
store16:
	MOVOU (DI), X0
	MOVOU X0, (SI)
	JMP  ok
cas:
	MOVQ AX, R9
	MOVQ 0(DI), AX
	MOVQ 16(DI), R10
	CMPQ R9, $19
	JEQ  cas8
	JA   cas16
	CMPQ R9, $17
	JEQ  cas2
	JA   cas4
	LOCK
	CMPXCHGB R10, (SI)
	MOVBQZX AX, AX
	JMP  casDone
cas2:
	LOCK
	CMPXCHGW R10, (SI)
	MOVWQZX AX, AX
	JMP  casDone
cas4:
	LOCK
	CMPXCHGL R10, (SI)
	MOVL AX, AX
	JMP  casDone
cas8:
	LOCK
	CMPXCHGQ R10, (SI)
	JMP  casDone
cas16:
	MOVQ 8(DI), DX
	MOVQ R10, BX
	MOVQ 24(DI), CX
	LOCK
	CMPXCHG16B (SI)
	MOVQ DX, 40(DI)
	MOVQ AX, 32(DI)
	JMP  ok
casDone:
	MOVQ AX, 32(DI)
	MOVQ $0, 40(DI)
	JMP  ok
fetch: // as in, quickly for few bytes; a multiple of 4
	SUBQ $16, CX
	JCS  words
	MOVOU (SI), X0
	MOVOU X0, (DI)
	ADDQ $16, SI
	ADDQ $16, DI
	JMP  fetch
words:
	ADDQ $16, CX
word:
	JEQ  ok
	MOVL (SI), AX
	MOVL AX, (DI)
	ADDQ $4, SI
	ADDQ $4, DI
	SUBQ $4, CX
	JMP  word
in:
	REP; MOVSB
	JMP  ok
out:
	XCHGQ SI, DI
	REP; MOVSB
ok:
	MOVQ $0, ret+40(FP)
	RET
	// The end mark that Install looks for.
	BYTE $0xcc; BYTE $0xcc; BYTE $0xcc; BYTE $0xcc
	BYTE $0xcc; BYTE $0xcc; BYTE $0xcc; BYTE $0xcc

// The handler resumes here, on access's frame, when its memory access failed.
// The 128-bit form may hold a 0 in CX, so the result is at least 1.
TEXT ·failed(SB), NOSPLIT|NOFRAME, $0
	CMPQ CX, $0
	JNE  some
	MOVQ $1, CX
some:
	MOVQ CX, 48(SP)          // ret+40(FP) of access
	RET

TEXT ·accessAddr(SB), NOSPLIT, $0-8
	LEAQ ·access(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·accessFailAddr(SB), NOSPLIT, $0-8
	LEAQ ·failed(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·handlerAddr(SB), NOSPLIT, $0-8
	LEAQ ·handler(SB), AX
	MOVQ AX, ret+0(FP)
	RET
