#include "textflag.h"

// Of Context.
#define C_UC     0
#define C_FS     8
#define C_READY  16
#define C_STATUS 20
#define C_TID    24

// In the frame that the kernel builds for a handler.
#define UC_MASK 296

// The handler of the signal by which a thread parks, with the Context in siginfo
// (SI) and the ucontext in DX: it notes the frame and ends the thread. Anybody may
// send such a signal: then it goes to handler.
TEXT ·parkHandler(SB), NOSPLIT|NOFRAME, $0
	MOVQ 24(SI), R12
	MOVQ ·contexts(SB), AX
	TESTQ AX, AX
	JEQ  sent
	CMPQ R12, AX
	JB   sent
	CMPQ R12, ·contextsEnd(SB)
	JAE  sent
	TESTQ $31, R12
	JNE  sent
	MOVQ $186, AX // gettid
	SYSCALL
	CMPL C_TID(R12), AX
	JNE  sent
	MOVQ DX, C_UC(R12)
	MOVQ $-1, UC_MASK(DX) // the new thread blocks all signals until it has a slot
	MOVQ $158, AX // arch_prctl(ARCH_GET_FS)
	MOVQ $0x1003, DI
	LEAQ C_FS(R12), SI
	SYSCALL
	MOVL C_STATUS(R12), DI
	MOVL $60, AX // exit
	MOVL $1, C_READY(R12) // from here on this stack is another thread's
	SYSCALL
	INT  $3
sent:
	JMP  ·handler(SB)

// func cloneOn(nr, a0, a1, a2, a3, a4 uintptr) uintptr
TEXT ·cloneOn(SB), NOSPLIT, $0-56
	MOVQ nr+0(FP), AX
	MOVQ a0+8(FP), DI
	MOVQ a1+16(FP), SI
	MOVQ a2+24(FP), DX
	MOVQ a3+32(FP), R10
	MOVQ a4+40(FP), R8
	SYSCALL
	TESTQ AX, AX
	JEQ  child
	MOVQ AX, ret+48(FP)
	RET
child:
	MOVQ $15, AX // rt_sigreturn, with SP at the ucontext
	SYSCALL
	INT  $3

// func cloneNothing(flags uintptr) uintptr
TEXT ·cloneNothing(SB), NOSPLIT, $0-16
	MOVQ $56, AX // clone, on this stack, which the new thread does not touch
	MOVQ flags+0(FP), DI
	XORL SI, SI
	XORL DX, DX
	XORL R10, R10
	XORL R8, R8
	SYSCALL
	TESTQ AX, AX
	JEQ  child
	JLT  failed
	XORL AX, AX
failed:
	MOVQ AX, ret+8(FP)
	RET
child:
	MOVQ $60, AX // exit
	XORL DI, DI
	SYSCALL
	INT  $3

// func cloneHeld(flags uintptr, word *uint32) uintptr
TEXT ·cloneHeld(SB), NOSPLIT, $0-24
	MOVQ $56, AX // clone, on this stack, which the new thread does not touch
	MOVQ flags+0(FP), DI
	MOVQ word+8(FP), R12
	XORL SI, SI
	XORL DX, DX
	XORL R10, R10
	XORL R8, R8
	SYSCALL
	TESTQ AX, AX
	JEQ  held
	MOVQ AX, ret+16(FP)
	RET
held:
	CMPL (R12), $0
	JNE  end
	MOVQ $202, AX // futex(word, FUTEX_WAIT_PRIVATE, 0, 0)
	MOVQ R12, DI
	MOVQ $128, SI
	XORL DX, DX
	XORL R10, R10
	SYSCALL
	JMP  held
end:
	MOVQ $60, AX // exit
	XORL DI, DI
	SYSCALL
	INT  $3
