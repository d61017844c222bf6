/* Frame of the signal programs: a handler that records what it was given and
 * resumes where the test says. AArch64 only. */
#ifndef SIG_H
#define SIG_H

#include "t.h"
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <ucontext.h>
#include <unistd.h>
#include <asm/sigcontext.h>

static struct {
	volatile int count;
	int sig, code;
	uintptr_t addr, pc, sp;
	ucontext_t uc;
} got;

static sigjmp_buf back;

/* How the handler ends: skip the instruction (4 bytes), or jump back. */
static volatile enum { SKIP, JUMP } mode;

static void record(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;
	got.count++;
	got.sig = sig;
	got.code = si->si_code;
	got.addr = (uintptr_t)si->si_addr;
	got.pc = uc->uc_mcontext.pc;
	got.sp = uc->uc_mcontext.sp;
	if (si->si_signo != sig)
		printf("si_signo %d differs from %d\n", si->si_signo, sig);
	memcpy(&got.uc, uc, sizeof *uc);
	if (mode == JUMP)
		siglongjmp(back, 1);
	uc->uc_mcontext.pc += 4;
}

static inline void catch(int sig, int flags)
{
	struct sigaction sa = { .sa_sigaction = record, .sa_flags = SA_SIGINFO | flags };
	sigemptyset(&sa.sa_mask);
	if (sigaction(sig, &sa, NULL))
		perror("sigaction");
}

/* fpsimd finds the floating-point record in a signal frame, NULL when the chain of
 * records is broken. */
static inline struct fpsimd_context *fpsimd(ucontext_t *uc)
{
	char *p = (char *)uc->uc_mcontext.__reserved, *end = p + sizeof uc->uc_mcontext.__reserved;
	while (p + sizeof(struct _aarch64_ctx) <= end) {
		struct _aarch64_ctx *h = (struct _aarch64_ctx *)p;
		if (h->magic == FPSIMD_MAGIC)
			return h->size >= sizeof(struct fpsimd_context) ? (struct fpsimd_context *)p : NULL;
		if (h->magic == 0 || h->size < 8 || h->size % 16)
			return NULL;
		p += h->size;
	}
	return NULL;
}

/* report prints what was caught, addresses only relative to those expected. */
static inline void report(const char *what, uintptr_t addr, uintptr_t pc)
{
	printf("%s: signal %d code %d", what, got.sig, got.code);
	if (got.addr == addr)
		printf(" addr right");
	else
		printf(" addr %#lx, want %#lx", (long)got.addr, (long)addr);
	if (got.pc == pc)
		printf(" pc right\n");
	else
		printf(" pc %#lx, want %#lx\n", (long)got.pc, (long)pc);
	memset(&got, 0, sizeof got);
}

/* AT runs one instruction with x1 = ARG and x0 = VAL, at a known place. */
#define AT(INSN, VAL, ARG)                                                                     \
	({                                                                                     \
		uint64_t val_ = (uint64_t)(VAL), at_;                                          \
		__asm__ volatile("mov x0, %[v]\n\tmov x1, %[a]\n\tadr %[at], 1f\n1:\t" INSN "\n\tmov %[v], x0" \
				 : [v] "+r"(val_), [at] "=&r"(at_)                             \
				 : [a] "r"((uint64_t)(ARG))                                    \
				 : "x0", "x1", "x2", "x3", "x4", "v0", "v1", "v2", "v3", "cc", "memory"); \
		at = at_;                                                                      \
		val_;                                                                          \
	})

#endif
