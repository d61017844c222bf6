#include "textflag.h"

// Of frozenTable.
#define F_GEN    0
#define F_TAKEN  4
#define F_READY  8
#define F_LEAVE  12
#define F_THREAD 16
#define F_MAX    1024

// The handler of the signal that stops a thread of the runtime: it notes the
// ucontext in DX and FS, and waits.
TEXT ·freezeHandler(SB), NOSPLIT|NOFRAME, $0
	MOVQ ·frozen(SB), R12
	MOVL F_GEN(R12), R13
	TESTL $1, R13
	JEQ  out
	MOVL $1, R14
	LOCK
	XADDL R14, F_TAKEN(R12)
	CMPL R14, $F_MAX
	JAE  out
	SHLQ $4, R14
	LEAQ F_THREAD(R12)(R14*1), R14
	MOVQ DX, 0(R14)
	MOVQ $158, AX // arch_prctl(ARCH_GET_FS)
	MOVQ $0x1003, DI
	LEAQ 8(R14), SI
	SYSCALL
	LOCK
	INCL F_READY(R12)
	MOVQ $202, AX // futex(&ready, FUTEX_WAKE_PRIVATE, 1)
	LEAQ F_READY(R12), DI
	MOVQ $129, SI
	MOVQ $1, DX
	SYSCALL
wait:
	CMPL F_GEN(R12), R13
	JNE  woken
	MOVQ $202, AX // futex(&gen, FUTEX_WAIT_PRIVATE, gen, 0)
	MOVQ R12, DI
	MOVQ $128, SI
	MOVL R13, DX
	XORL R10, R10
	SYSCALL
	JMP  wait
woken:
	CMPL F_LEAVE(R12), $0
	JEQ  out
	MOVQ $60, AX // exit; another thread goes on from the frame
	XORL DI, DI
	SYSCALL
	INT  $3
out:
	RET

// func cloneAll(nr, a0, a1, a2, a3, a4 uintptr, f *frozenTable) uintptr
TEXT ·cloneAll(SB), NOSPLIT, $0-64
	MOVQ nr+0(FP), AX
	MOVQ a0+8(FP), DI
	MOVQ a1+16(FP), SI
	MOVQ a2+24(FP), DX
	MOVQ a3+32(FP), R10
	MOVQ a4+40(FP), R8
	SYSCALL
	TESTQ AX, AX
	JNE  done
	MOVQ f+48(FP), R12
	CALL ·startFrozen(SB)
	XORL AX, AX
done:
	MOVQ AX, ret+56(FP)
	RET

// func restart(f *frozenTable)
TEXT ·restart(SB), NOSPLIT, $0-8
	MOVQ f+0(FP), R12
	CALL ·startFrozen(SB)
	RET

DATA tick<>+0(SB)/8, $0
DATA tick<>+8(SB)/8, $1000000 // ns
GLOBL tick<>(SB), RODATA, $16

// startFrozen makes a thread for each of the table R12.
TEXT ·startFrozen(SB), NOSPLIT|NOFRAME, $0
	MOVL F_READY(R12), R13
	LEAQ F_THREAD(R12), R14
next:
	TESTL R13, R13
	JEQ  all
	MOVL $10000, R15 // tries, a millisecond each but for the first ones
try:
	MOVQ $56, AX
	// CLONE_VM, FS, FILES, SIGHAND, THREAD, SYSVSEM, SETTLS
	MOVQ $0xd0f00, DI
	MOVQ 0(R14), SI
	XORL DX, DX
	XORL R10, R10
	MOVQ 8(R14), R8
	SYSCALL
	TESTQ AX, AX
	JEQ  thread
	JGT  started
	MOVQ $24, AX // sched_yield
	CMPL R15, $9900
	JGE  pause
	LEAQ tick<>(SB), DI
	XORL SI, SI
	MOVQ $35, AX // nanosleep
pause:
	SYSCALL
	DECL R15
	JNZ  try
	// A runtime without its threads would hang some day.
	MOVQ $231, AX // exit_group
	MOVQ $125, DI
	SYSCALL
	INT  $3
thread:
	MOVQ $15, AX // rt_sigreturn, with SP at the ucontext
	SYSCALL
	INT  $3
started:
	ADDQ $16, R14
	DECL R13
	JMP  next
all:
	RET

// func getg() uintptr
TEXT ·getg(SB), NOSPLIT, $0-8
	MOVQ (TLS), AX
	MOVQ AX, ret+0(FP)
	RET
