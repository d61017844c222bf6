#include "go_asm.h"
#include "textflag.h"

#define SYS_POLL       7
#define SYS_CLOSE      3
#define SYS_GETPID     39
#define SYS_KILL       62
#define SYS_GETTID     186
#define SYS_FUTEX      202
#define SYS_PIDFD_OPEN 434

// Times for futex.
DATA second<>+0(SB)/8, $1
DATA second<>+8(SB)/8, $0
GLOBL second<>(SB), RODATA, $16
DATA quarter<>+0(SB)/8, $0
DATA quarter<>+8(SB)/8, $250000000 // ns
GLOBL quarter<>(SB), RODATA, $16

// func perform(p *puppet, more uint32) (timeout uint32)
// The kernel clears the word and wakes as for a futex that processes share, and so do both sides.
TEXT ·perform(SB), NOSPLIT, $0-20
	MOVQ p+0(FP), BX
	CMPL more+8(FP), $0
	JNE  wait
	MOVL $const_puppetIdle, AX
	MOVL $const_puppetBusy, CX
	LOCK
	CMPXCHGL CX, puppet_word(BX)
	JNE  answered // it is gone
	MOVL $SYS_FUTEX, AX
	LEAQ puppet_word(BX), DI
	MOVL $1, SI // FUTEX_WAKE
	MOVL $1, DX
	SYSCALL
wait:
	CMPL puppet_word(BX), $const_puppetBusy
	JNE  answered
	MOVL $SYS_FUTEX, AX
	LEAQ puppet_word(BX), DI
	XORL SI, SI // FUTEX_WAIT
	MOVL $const_puppetBusy, DX
	LEAQ second<>(SB), R10
	SYSCALL
	CMPQ AX, $-110 // ETIMEDOUT
	JNE  wait
	MOVL $1, timeout+16(FP)
	RET
answered:
	MOVL $0, timeout+16(FP)
	RET

// func newPuppet(nr, a0, a1, a2, a3, a4 uintptr, p *puppet) uintptr
TEXT ·newPuppet(SB), NOSPLIT, $0-64
	MOVQ nr+0(FP), AX
	MOVQ a0+8(FP), DI
	MOVQ a1+16(FP), SI
	MOVQ a2+24(FP), DX
	MOVQ a3+32(FP), R10
	MOVQ a4+40(FP), R8
	MOVQ p+48(FP), BX
	SYSCALL
	TESTQ AX, AX
	JEQ  child
	MOVQ AX, ret+56(FP)
	RET
child:
	JMP ·puppetMain(SB)

// puppetMain is the puppet BX, on its own stack. It has the FS base of its master's thread, and uses it for
// nothing.
TEXT ·puppetMain(SB), NOSPLIT|NOFRAME, $0
begin:
	MOVL $SYS_GETTID, AX
	SYSCALL
	MOVL AX, puppet_tid(BX)
	MOVL $SYS_KILL, AX
	MOVL puppet_master(BX), DI
	XORL SI, SI
	SYSCALL
	CMPQ AX, $-3 // ESRCH
	JNE  answer
	MOVL $1, puppet_blind(BX)
answer:
	MOVL $const_puppetIdle, puppet_word(BX)
	MOVL $SYS_FUTEX, AX
	LEAQ puppet_word(BX), DI
	MOVL $1, SI // FUTEX_WAKE
	MOVL $1, DX
	SYSCALL
wait:
	CMPL puppet_word(BX), $const_puppetBusy
	JEQ  do
	CMPL puppet_word(BX), $const_puppetGone
	JEQ  orphan
	MOVL $SYS_FUTEX, AX
	LEAQ puppet_word(BX), DI
	XORL SI, SI // FUTEX_WAIT
	MOVL $const_puppetIdle, DX
	LEAQ quarter<>(SB), R10
	SYSCALL
	CMPQ AX, $-110 // ETIMEDOUT
	JNE  wait
	// Is there a master?
	CMPL puppet_blind(BX), $0
	JNE  wait
	MOVL $SYS_PIDFD_OPEN, AX
	MOVL puppet_master(BX), DI
	XORL SI, SI
	SYSCALL
	CMPQ AX, $-3
	JEQ  orphan
	TESTQ AX, AX
	JLT  ask
	// A zombie's can be read from.
	MOVQ AX, R12
	SUBQ $16, SP
	MOVL AX, 0(SP)
	MOVL $1, 4(SP) // POLLIN
	MOVL $SYS_POLL, AX
	MOVQ SP, DI
	MOVL $1, SI
	XORL DX, DX
	SYSCALL
	ADDQ $16, SP
	MOVQ AX, R13
	MOVL $SYS_CLOSE, AX
	MOVQ R12, DI
	SYSCALL
	CMPQ R13, $1
	JEQ  orphan
	JMP  wait
ask:
	MOVL $SYS_KILL, AX
	MOVL puppet_master(BX), DI
	XORL SI, SI
	SYSCALL
	CMPQ AX, $-3
	JNE  wait
orphan:
	MOVL $SYS_GETPID, AX
	SYSCALL
	MOVQ AX, DI
	MOVL $SYS_KILL, AX
	MOVL $9, SI
	SYSCALL
	JMP  wait

do:
	CMPL puppet_kind(BX), $const_callGuarded
	JEQ  guarded
	MOVQ puppet_nr(BX), AX
	MOVQ (puppet_args+0)(BX), DI
	MOVQ (puppet_args+8)(BX), SI
	MOVQ (puppet_args+16)(BX), DX
	MOVQ (puppet_args+24)(BX), R10
	MOVQ (puppet_args+32)(BX), R8
	MOVQ (puppet_args+40)(BX), R9
	SYSCALL
	TESTQ AX, AX
	JNE  done
	MOVL puppet_kind(BX), CX
	CMPL CX, $const_callThread
	JEQ  thread
	CMPL CX, $const_callNested
	JEQ  nested
	CMPL CX, $const_callFork
	JEQ  fork
done:
	MOVQ AX, puppet_ret(BX)
	JMP  answer
guarded:
	SUBQ $72, SP
	MOVQ puppet_pending(BX), AX
	MOVQ AX, 0(SP)
	MOVQ puppet_nr(BX), AX
	MOVQ AX, 8(SP)
	MOVQ (puppet_args+0)(BX), AX
	MOVQ AX, 16(SP)
	MOVQ (puppet_args+8)(BX), AX
	MOVQ AX, 24(SP)
	MOVQ (puppet_args+16)(BX), AX
	MOVQ AX, 32(SP)
	MOVQ (puppet_args+24)(BX), AX
	MOVQ AX, 40(SP)
	MOVQ (puppet_args+32)(BX), AX
	MOVQ AX, 48(SP)
	MOVQ (puppet_args+40)(BX), AX
	MOVQ AX, 56(SP)
	CALL ·guarded(SB) // it leaves BX alone
	MOVQ 64(SP), AX
	ADDQ $72, SP
	JMP  done
thread:
	MOVL $15, AX // rt_sigreturn, with SP at the ucontext
	SYSCALL
	INT  $3
nested:
	MOVQ puppet_nested(BX), BX
	JMP  begin
fork: // a process of its own, which goes on as the master's thread at cloneVia
	MOVL $158, AX // arch_prctl(ARCH_SET_FS)
	MOVL $0x1002, DI
	MOVQ puppet_fs(BX), SI
	SYSCALL
	MOVL $131, AX // sigaltstack
	LEAQ puppet_alt(BX), DI
	XORL SI, SI
	SYSCALL
	MOVQ puppet_frozen(BX), R12
	MOVQ puppet_sp(BX), SP
	MOVQ puppet_bp(BX), BP
	CALL ·startFrozen(SB)
	MOVQ $0, 16(SP) // cloneVia's result
	RET

// func cloneVia(p *puppet) uintptr
TEXT ·cloneVia(SB), NOSPLIT|NOFRAME, $0-16
	MOVQ p+0(FP), BX
	MOVQ SP, puppet_sp(BX)
	MOVQ BP, puppet_bp(BX)
	MOVL $158, AX // arch_prctl(ARCH_GET_FS)
	MOVL $0x1003, DI
	LEAQ puppet_fs(BX), SI
	SYSCALL
	MOVL $131, AX // sigaltstack
	XORL DI, DI
	LEAQ puppet_alt(BX), SI
	SYSCALL
	XORL CX, CX
again:
	SUBQ $24, SP
	MOVQ BX, 0(SP)
	MOVL CX, 8(SP)
	CALL ·perform(SB)
	MOVL 16(SP), CX
	ADDQ $24, SP
	TESTL CX, CX
	JNE  again
	MOVQ puppet_ret(BX), AX
	CMPL puppet_word(BX), $const_puppetGone
	JNE  done
	MOVQ $-3, AX // ESRCH
done:
	MOVQ AX, ret+8(FP)
	RET
