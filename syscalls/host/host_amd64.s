#include "go_asm.h"
#include "textflag.h"

// func raw(nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr
TEXT ·raw(SB), NOSPLIT, $0-64
	MOVQ nr+0(FP), AX
	MOVQ a0+8(FP), DI
	MOVQ a1+16(FP), SI
	MOVQ a2+24(FP), DX
	MOVQ a3+32(FP), R10
	MOVQ a4+40(FP), R8
	MOVQ a5+48(FP), R9
	SYSCALL
	MOVQ AX, ret+56(FP)
	RET

// func guarded(pending *uint32, nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr
// From its first instruction up to and including SYSCALL, the signal handler
// may move the PC to interrupted or notEntered, which have the same (empty) frame.
TEXT ·guarded(SB), NOSPLIT|NOFRAME, $0-72
	MOVQ pending+0(FP), R12
	MOVQ nr+8(FP), AX
	MOVQ a0+16(FP), DI
	MOVQ a1+24(FP), SI
	MOVQ a2+32(FP), DX
	MOVQ a3+40(FP), R10
	MOVQ a4+48(FP), R8
	MOVQ a5+56(FP), R9
	XORL CX, CX // SYSCALL sets it: tells whether the kernel was entered
	CMPL (R12), $0
	JNE  no
	SYSCALL
	MOVQ AX, ret+64(FP)
	RET
no:
	JMP ·notEntered(SB)

TEXT ·interrupted(SB), NOSPLIT|NOFRAME, $0
	MOVQ $-512, AX
	MOVQ AX, 72(SP) // ret+64(FP) of guarded
	RET

TEXT ·notEntered(SB), NOSPLIT|NOFRAME, $0
	MOVQ $-513, AX
	MOVQ AX, 72(SP)
	RET

// Offsets in the frame that the kernel builds for a handler.
#define UC_RCX  152
#define UC_RIP  168
#define UC_MASK 296

// Offsets in Slot, and its size.
#define SLOT_PENDING 0
#define SLOT_TID     4
#define SLOT_STOP    8
#define SLOT_KICK    16
#define SLOT_INFO    24
#define SLOT_OWNED   152
#define SLOT_SHIFT   7 // of 3 times 128: sizeof(Slot) = 384

// Forwarded: what is taken from the si_code of a signal that is passed on; freezeCode
// and parkCode are not within 0x800 of its negative.
#define FORWARDED const_Forwarded

// Handler of caught signals: DI signal, SI siginfo, DX ucontext. Every signal
// is blocked while it runs. The kernel restores all registers after it.
TEXT ·handler(SB), NOSPLIT|NOFRAME, $0
	MOVQ DX, BX
	MOVQ SI, R12
	MOVQ DI, R13
	MOVQ $186, AX // gettid
	SYSCALL
	MOVQ ·table(SB), R14
	MOVL AX, CX
	MOVL $32768, R15 // look at no more than all slots
find:
	MOVL CX, DX
	ANDL $32767, DX
	LEAQ (DX)(DX*2), DX
	SHLQ $SLOT_SHIFT, DX
	ADDQ R14, DX
	CMPL SLOT_TID(DX), AX
	JEQ  found
	CMPL SLOT_TID(DX), $0
	JEQ  foreign
	INCL CX
	DECL R15
	JNZ  find
foreign:
	// Not a guest thread: pass the signal on. The kernel lets only a process's first
	// thread say that a signal is from kill or tgkill: the code is changed for the way,
	// if it is not already.
	MOVL 8(R12), AX
	CMPL AX, $-(FORWARDED-0x800)
	JGT  change
	CMPL AX, $-(FORWARDED+0x800)
	JGE  forward
change:
	SUBL $FORWARDED, 8(R12)
forward:
	MOVQ $39, AX // getpid
	SYSCALL
	MOVQ AX, DI
	MOVL ·leader(SB), SI
	MOVQ R13, DX
	MOVQ R12, R10
	MOVQ $297, AX // rt_tgsigqueueinfo
	SYSCALL
	RET
found:
	MOVQ R12, SI
	LEAQ SLOT_INFO(DX), DI
	MOVL $1, R8
	CMPL R13, $7
	JEQ  owned
	CMPL R13, $11
	JNE  copy
owned:
	LEAQ SLOT_OWNED(DX), DI
	MOVL $2, R8
copy:
	MOVL 8(R12), AX
	CMPL AX, $-(FORWARDED-0x800)
	JGT  direct
	CMPL AX, $-(FORWARDED+0x800)
	JLT  direct
	ADDL $FORWARDED, 8(R12)
direct:
	MOVQ $16, CX
	CLD
	REP; MOVSQ
	LOCK
	ORL  R8, SLOT_PENDING(DX)
	MOVQ SLOT_STOP(DX), AX
	MOVL SLOT_KICK(DX), CX
	LOCK
	ORL  CX, (AX)
	// Return with all but Owned blocked, if the slot for the others is taken now.
	CMPL R8, $1
	JNE  window
	MOVQ $0xfffffffffffffbbf, AX
	MOVQ AX, UC_MASK(BX)
window:
	// Take a thread out of guarded's window.
	MOVQ UC_RIP(BX), AX
	CMPQ AX, ·codeLo(SB)
	JB   out
	CMPQ AX, ·codeAt(SB)
	JA   out
	LEAQ ·notEntered(SB), CX
	JB   leave
	CMPQ UC_RCX(BX), $0
	JEQ  leave
	LEAQ ·interrupted(SB), CX
leave:
	MOVQ CX, UC_RIP(BX)
out:
	RET

// In front of the handlers of SIGSEGV and SIGBUS: one that somebody sent is a
// signal like others; a fault is theirs.
TEXT ·front(SB), NOSPLIT|NOFRAME, $0
	CMPL 8(SI), $0 // si_code: SI_USER, SI_QUEUE, SI_TKILL, ... are not positive
	JGT  fault
	CMPL 8(SI), $-0x4653 // parkCode
	JEQ  park
	CMPL 8(SI), $-0x4652 // freezeCode
	JNE  sent
	MOVQ ·frozen(SB), AX
	TESTQ AX, AX
	JEQ  sent
	CMPQ 24(SI), AX
	JNE  sent
	JMP  ·freezeHandler(SB)
park:
	JMP  ·parkHandler(SB)
sent:
	JMP  ·handler(SB)
fault:
	CMPQ DI, $7
	JEQ  bus
	MOVQ ·oldSEGV(SB), AX
	JMP  AX
bus:
	MOVQ ·oldBUS(SB), AX
	JMP  AX

TEXT ·restorer(SB), NOSPLIT|NOFRAME, $0
	MOVQ $15, AX // rt_sigreturn
	SYSCALL
	INT  $3

TEXT ·guardedAddr(SB), NOSPLIT, $0-8
	LEAQ ·guarded(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·handlerAddr(SB), NOSPLIT, $0-8
	LEAQ ·handler(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·frontAddr(SB), NOSPLIT, $0-8
	LEAQ ·front(SB), AX
	MOVQ AX, ret+0(FP)
	RET

TEXT ·restorerAddr(SB), NOSPLIT, $0-8
	LEAQ ·restorer(SB), AX
	MOVQ AX, ret+0(FP)
	RET

// The process's entry point: SP as the kernel left it. It notes the mask, the
// ignored signals and the limit of open files, blocks all asynchronous signals, so that the runtime's
// own threads never get one, and starts the Go runtime.
TEXT ·rt0(SB), NOSPLIT|NOFRAME, $0
	MOVQ SP, ·rt0SP(SB)
	SUBQ $48, SP
	MOVQ $0xfffffffffffffbbf, AX // all but Owned
	MOVQ AX, 0(SP)
	MOVQ $14, AX // rt_sigprocmask(SIG_SETMASK, SP, &rt0Mask, 8)
	MOVQ $2, DI
	MOVQ SP, SI
	LEAQ ·rt0Mask(SB), DX
	MOVQ $8, R10
	SYSCALL
	XORL R12, R12 // ignored
	MOVL $1, R13  // signal
next:
	MOVQ $13, AX // rt_sigaction(sig, 0, SP, 8)
	MOVQ R13, DI
	XORL SI, SI
	MOVQ SP, DX
	MOVQ $8, R10
	SYSCALL
	TESTQ AX, AX
	JNE  skip
	CMPQ 0(SP), $1
	JNE  skip
	MOVQ R13, CX
	DECQ CX
	BTSQ CX, R12
skip:
	INCL R13
	CMPL R13, $64
	JBE  next
	MOVQ R12, ·rt0Ign(SB)
	// The runtime's monitor looks around every 20 us at first, which makes a hundred switches
	// in a small guest's life: the threads that the runtime starts before the package's init
	// have timers that may be late.
	MOVQ $157, AX // prctl(PR_GET_TIMERSLACK)
	MOVL $30, DI
	SYSCALL
	MOVQ AX, ·rt0Slack(SB)
	MOVQ $157, AX // prctl(PR_SET_TIMERSLACK, 2 ms)
	MOVL $29, DI
	MOVQ $2000000, SI
	SYSCALL
	// The limit of open files is 3 while the runtime starts: so it does not read
	// the cgroup's limits and the size of huge pages from files, which takes a
	// third of its start. It can still open /dev/null in place of a standard
	// descriptor that is closed. The package's init undoes this.
	MOVQ $302, AX // prlimit64(0, RLIMIT_NOFILE, 0, &rt0Files)
	XORL DI, DI
	MOVL $7, SI
	XORL DX, DX
	LEAQ ·rt0Files(SB), R10
	SYSCALL
	XORL R12, R12
	MOVQ $-1, R14
	MOVL $2, R13
fds: // fcntl(fd, F_GETFD): the runtime will open those of 0, 1, 2 that are closed
	MOVQ $72, AX
	MOVQ R13, DI
	MOVQ $1, SI
	SYSCALL
	SHLQ $1, AX // carry: an error
	ADCL R12, R12
	SHRQ $1, AX
	JNE  closed
	MOVL R13, R14 // an open one
closed:
	DECL R13
	JGE  fds
	MOVL R12, ·rt0Closed(SB)
	// Make the kernel's table of descriptors large now, by a descriptor 1000. Later,
	// with threads, each time that it grows takes the kernel some milliseconds.
	MOVQ $72, AX // fcntl(fd, F_DUPFD, 1000)
	MOVQ R14, DI
	XORL SI, SI
	MOVQ $1000, DX
	SYSCALL
	TESTQ AX, AX
	JLT  small
	MOVQ AX, DI
	MOVQ $3, AX // close
	SYSCALL
small:
	MOVQ ·rt0Files+8(SB), AX
	MOVQ AX, 8(SP)
	MOVQ $3, 0(SP)
	CMPQ ·rt0Files(SB), $3
	JBE  limited
	MOVQ $302, AX
	XORL DI, DI
	MOVL $7, SI
	MOVQ SP, DX
	XORL R10, R10
	SYSCALL
limited:
	// Limits of memory are for the guest, which linuxuser holds to them: the Go
	// runtime, which reserves much that it never uses, gets all that can be had.
	MOVL $9, R13 // RLIMIT_AS, then RLIMIT_DATA
	LEAQ ·rt0Memory(SB), R14
memory:
	MOVQ $302, AX // prlimit64(0, R13, 0, R14)
	XORL DI, DI
	MOVQ R13, SI
	XORL DX, DX
	MOVQ R14, R10
	SYSCALL
	CMPQ 0(R14), $-1
	JEQ  unlimited
	MOVQ $-1, 0(SP)
	MOVQ $-1, 8(SP)
	MOVQ $302, AX
	XORL DI, DI
	MOVQ R13, SI
	MOVQ SP, DX
	XORL R10, R10
	SYSCALL
	TESTQ AX, AX
	JEQ  unlimited
	MOVQ 8(R14), AX // without privileges, up to the hard limit
	MOVQ AX, 0(SP)
	MOVQ AX, 8(SP)
	MOVQ ·rt0Needs(SB), CX
	CMPL R13, $9
	JEQ  space
	SHRQ $1, CX // half is only reserved
space:
	CMPQ AX, CX
	JB   toolow
	MOVQ $302, AX
	SYSCALL
unlimited:
	ADDQ $16, R14
	CMPL R13, $2
	MOVL $2, R13
	JNE  memory
	MOVL $1, ·rt0Ran(SB)
	CALL ·tameRuntime(SB)
	LEAQ ·rt0Map(SB), AX
	MOVQ AX, _cgo_mmap(SB)
	ADDQ $48, SP
	JMP  ·rt0Env(SB)
toolow: // write(2, rt0TooLow, len(rt0TooLow)), exit_group(125)
	MOVQ $1, AX
	MOVL $2, DI
	MOVQ ·rt0TooLow(SB), SI
	MOVQ ·rt0TooLow+8(SB), DX
	SYSCALL
	MOVQ $231, AX
	MOVL $125, DI
	SYSCALL
	INT $3

// rt0Env starts the Go runtime with a copy of argc, argv and auxv, below the
// original, and an environment of its own: see "Entry" in the package comment.
TEXT ·rt0Env(SB), NOSPLIT|NOFRAME, $0
	MOVQ ·rt0SP(SB), R8
	MOVQ (R8), AX
	LEAQ 16(R8)(AX*8), R9 // envp
	MOVQ R9, SI
env:
	ADDQ $8, SI
	CMPQ -8(SI), $0
	JNE  env
	MOVQ SI, R10 // auxv
aux:
	ADDQ $16, SI
	CMPQ -16(SI), $0
	JNE  aux
	MOVQ SI, R11 // its end
	SUBQ R8, SI
	SUBQ SI, SP
	SUBQ $16, SP // two more variables
	ANDQ $~15, SP
	MOVQ SP, DI
	MOVQ R8, SI
	MOVQ R9, CX
	SUBQ R8, CX
	SHRQ $3, CX
	CLD
	REP; MOVSQ
	MOVQ $0x45525554414d5241, BX // "ARMATURE"
next:
	MOVQ (SI), AX
	ADDQ $8, SI
	TESTQ AX, AX
	JEQ  last
	CMPQ BX, (AX) // behind the last string are eight bytes
	JNE  next
	MOVL 8(AX), CX
	ANDL $0xffffff, CX
	CMPL CX, $0x4f475f // "_GO"
	JNE  next
	ADDQ $9, AX
	MOVQ AX, (DI)
	ADDQ $8, DI
	JMP  next
last:
	MOVQ ·rt0Procs(SB), AX
	MOVQ AX, (DI)
	MOVQ ·rt0Debug(SB), AX
	MOVQ AX, 8(DI)
	MOVQ $0, 16(DI)
	ADDQ $24, DI
	MOVQ R10, SI
	MOVQ R11, CX
	SUBQ R10, CX
	SHRQ $3, CX
	MOVQ DI, R8
	REP; MOVSQ
	MOVQ $const_GuestTop, CX
vdso: // a vDSO among the guest's addresses, by an unlimited stack, is not used
	MOVQ (R8), AX
	ADDQ $16, R8
	CMPQ AX, $33 // AT_SYSINFO_EHDR
	JNE  other
	CMPQ -8(R8), CX
	JAE  start
	MOVQ $0, -8(R8)
other:
	TESTQ AX, AX
	JNE  vdso
start:
	JMP  _rt0_amd64_linux(SB)

// rt0Map is mmap to the Go runtime (_cgo_mmap, by C's convention): all that is the runtime's is to
// lie above the guest's addresses. The places for the heap that the runtime tries first, from
// 0xc000000000 on, lie among them, where AddressSanitizer for one wants its shadow: it is told that
// there is no room, and then asks for any place.
TEXT ·rt0Map(SB), NOSPLIT|NOFRAME, $0
	MOVQ CX, R10 // flags
	TESTQ DI, DI
	JNE  place
	LEAQ 4095(SI), DI
	ANDQ $~4095, DI
	CMPQ SI, $(128<<20) // the heap, which grows upwards
	JNE  any
	MOVQ $(16<<30), DI
any:
	LOCK
	XADDQ DI, ·rt0Place(SB)
	JMP  map
place:
	TESTQ $16, CX // MAP_FIXED
	JNE  map
	MOVQ $const_GuestTop, AX
	CMPQ DI, AX
	JAE  map
	MOVL $12, AX // ENOMEM
	RET
map:
	MOVQ $9, AX
	SYSCALL
	CMPQ AX, $0xfffffffffffff001
	JCS  mapped
	NEGQ AX // the runtime takes what is less than 4096 for an error
mapped:
	RET

// func vdsoCall(fn, stack, id, ts uintptr) int32
// The vDSO is C code that may need more stack than a goroutine has.
TEXT ·vdsoCall(SB), NOSPLIT, $0-36
	MOVQ fn+0(FP), AX
	MOVQ stack+8(FP), CX
	MOVQ id+16(FP), DI
	MOVQ ts+24(FP), SI
	MOVQ SP, BX // preserved by C, as R14 is
	MOVQ CX, SP
	ANDQ $~15, SP
	CALL AX
	MOVQ BX, SP
	MOVL AX, ret+32(FP)
	RET

// tameRuntime changes the Go runtime's table of signals before the runtime reads
// it. The table is a word of flags and a string for each signal. The runtime
// would catch most signals, and every thread of its own would unblock those that
// end a process. Their flags become _SigNotify | _SigDefault: the runtime leaves
// the disposition and the mask alone until os/signal asks for the signal.
//
// The linker lets nobody name runtime.sigtable, so this looks for it in the
// image's writable data: entries 0 and 1 are {0, "SIGNONE: no trap"} and
// {_SigNotify | _SigKill, "SIGHUP: terminal line hangup"}. If it is not found,
// tamed stays 0.
TEXT ·tameRuntime(SB), NOSPLIT|NOFRAME, $0
	MOVQ ·rt0SP(SB), SI
	MOVQ (SI), AX
	LEAQ 16(SI)(AX*8), SI // envp
env:
	ADDQ $8, SI
	CMPQ -8(SI), $0
	JNE  env
	XORL DI, DI // AT_PHDR
	XORL R8, R8 // AT_PHNUM
aux:
	MOVQ 0(SI), AX
	MOVQ 8(SI), BX
	ADDQ $16, SI
	CMPQ AX, $3
	CMOVQEQ BX, DI
	CMPQ AX, $5
	CMOVQEQ BX, R8
	TESTQ AX, AX
	JNE  aux
	TESTQ DI, DI
	JEQ  none
	MOVQ DI, R9
	ANDQ $~0xfff, R9 // the headers are on the image's first page
	LEAQ ·rt0(SB), R15
	SUBQ R9, R15
	CMPQ R15, $0x10000000 // are we at the addresses that the headers say?
	JAE  none
segment:
	TESTQ R8, R8
	JEQ  none
	CMPL 0(DI), $1 // PT_LOAD
	JNE  skip
	TESTL $2, 4(DI) // PF_W
	JEQ  skip
	MOVQ 16(DI), SI // p_vaddr
	CMPQ SI, R9
	JB   skip // position independent: these are not addresses
	MOVQ 32(DI), R10 // p_filesz
	SUBQ $(65*24), R10
	JLE  skip
	MOVQ SI, R13 // of the segment
	ADDQ SI, R10
	ADDQ $16, SI
probe:
	// The table is longer than the step, so one probe is in it: at one of the
	// three words of an entry.
	LEAQ -16(SI), BX
	MOVL $3, R11
phase:
	MOVQ BX, R12
entry: // does this look like one? Back to the first of them.
	CMPQ R12, R13
	JB   no
	CMPQ 0(R12), $512
	JAE  no
	MOVQ 8(R12), AX
	CMPQ AX, R9
	JB   no
	CMPQ AX, R13
	JAE  no
	MOVQ 16(R12), CX
	CMPQ CX, $64
	JA   no
	SUBQ $24, R12
	CMPQ CX, $16
	JNE  entry
	CMPQ 24(R12), $0
	JNE  entry
	CMPQ 48(R12), $3
	JNE  entry
	CMPQ 64(R12), $28
	JNE  entry
	MOVQ $0x3a454e4f4e474953, CX // "SIGNONE:"
	CMPQ CX, (AX)
	JNE  entry
	LEAQ 24(R12), SI
	JMP  found
no:
	ADDQ $8, BX
	DECL R11
	JNZ  phase
	ADDQ $1440, SI
	CMPQ SI, R10
	JB   probe
skip:
	ADDQ $56, DI
	DECQ R8
	JMP  segment
found:
	MOVL $1, ·tamed(SB)
	MOVL $1, CX
	MOVQ $0xffffffffffffebbf, AX // all but SIGBUS, SIGSEGV, SIGPIPE
flag:
	ADDQ $24, SI
	BTQ  $0, AX
	JCC  keep
	CMPL (SI), $0
	JEQ  keep
	MOVL $17, (SI)
keep:
	SHRQ $1, AX
	INCL CX
	CMPL CX, $64
	JBE  flag
none:
	RET
