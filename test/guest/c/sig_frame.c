/* The signal frame: vector registers, flags, masks, stacks; changes that the
 * handler makes to it take effect on return. */
#include "sig.h"

static volatile int step;
static uintptr_t handler_sp, frame_uc;

static void edit(int sig, siginfo_t *si, void *ctx)
{
	ucontext_t *uc = ctx;
	struct fpsimd_context *fp = fpsimd(uc);
	(void)si;
	handler_sp = (uintptr_t)__builtin_frame_address(0);
	frame_uc = (uintptr_t)uc;
	got.count++;
	got.sig = sig;
	memcpy(&got.uc, uc, sizeof *uc);
	uc->uc_mcontext.pc += 4;
	switch (step) {
	case 1: /* vector and control registers */
		if (!fp) {
			printf("no FPSIMD record\n");
			return;
		}
		printf("frame: v0 %016" PRIx64 " v31 %016" PRIx64 " fpsr %x fpcr %x\n", (uint64_t)fp->vregs[0], (uint64_t)(fp->vregs[31] >> 64), fp->fpsr & 0x9f, fp->fpcr);
		fp->vregs[1] = ((__uint128_t)0x1122334455667788 << 64) | 0x99aabbccddeeff00;
		fp->fpsr = 0x11;
		fp->fpcr = 3u << 22;
		break;
	case 2: /* general registers and flags */
		printf("frame: nzcv %x\n", (unsigned)(uc->uc_mcontext.pstate >> 28));
		uc->uc_mcontext.regs[5] = 0xdeadbeefcafe;
		uc->uc_mcontext.pstate ^= 0xf0000000;
		break;
	case 3: /* clobber everything: the frame must win */
		__asm__ volatile("movi v0.16b, #0x77\n\tmovi v8.16b, #0x77\n\tmsr fpsr, xzr\n\tmov x19, #1\n\tmsr nzcv, xzr" : : : "v0", "v8", "x19", "cc");
		break;
	}
}

static void on_stack(int sig, siginfo_t *si, void *ctx)
{
	(void)sig; (void)si;
	ucontext_t *uc = ctx;
	handler_sp = (uintptr_t)__builtin_frame_address(0);
	memcpy(&got.uc, uc, sizeof *uc);
	stack_t now;
	sigaltstack(NULL, &now);
	printf("in handler: ss_flags %d\n", now.ss_flags);
	uc->uc_mcontext.pc += 4;
}

static void landed(uint64_t a, uint64_t b)
{
	printf("landed with %" PRIu64 " %" PRIu64 "\n", a, b);
	siglongjmp(back, 1);
}

static void redirect(int sig, siginfo_t *si, void *ctx)
{
	(void)sig; (void)si;
	ucontext_t *uc = ctx;
	uc->uc_mcontext.pc = (uintptr_t)landed;
	uc->uc_mcontext.regs[0] = 11;
	uc->uc_mcontext.regs[1] = 22;
	uc->uc_mcontext.sp -= 256;
}

static volatile int nest;
static void nested(int sig, siginfo_t *si, void *ctx)
{
	(void)si;
	ucontext_t *uc = ctx;
	if (++nest < 5)
		__asm__ volatile("udf #0");
	if (sig == SIGILL)
		uc->uc_mcontext.pc += 4;
}

static void install(int sig, void (*f)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = { .sa_sigaction = f, .sa_flags = SA_SIGINFO | flags };
	sigemptyset(&sa.sa_mask);
	sigaddset(&sa.sa_mask, SIGUSR2);
	sigaction(sig, &sa, NULL);
}

int main(void)
{
	uint64_t a, b, c, d;
	install(SIGSEGV, edit, 0);

	step = 1;
	__asm__ volatile(
		"movi v0.2d, #0x00ff00ff00ff00ff\n\tmov x2, #0x4321\n\tins v31.d[1], x2\n\tmov x2, #0x400000\n\tmsr fpcr, x2\n\tmov x2, #0x10\n\tmsr fpsr, x2\n\t"
		"mov x1, #64\n\tldr x1, [x1]\n\t"
		"mov %0, v1.d[0]\n\tmov %1, v1.d[1]\n\tmrs %2, fpsr\n\tmrs %3, fpcr\n\tmsr fpcr, xzr"
		: "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d) : : "x1", "x2", "v0", "v1", "v31", "memory");
	printf("after: v1 %016" PRIx64 " %016" PRIx64 " fpsr %" PRIx64 " fpcr %" PRIx64 "\n", b, a, c & 0x9f, d);
	printf("handler stack aligned %d, context aligned %d\n", handler_sp % 16 == 0, frame_uc % 16 == 0);

	step = 2;
	__asm__ volatile("mov x5, #1\n\tmov x2, #0x60000000\n\tmsr nzcv, x2\n\tmov x1, #64\n\tldr x1, [x1]\n\tmov %0, x5\n\tmrs %1, nzcv" : "=&r"(a), "=&r"(b) : : "x1", "x2", "x5", "cc", "memory");
	printf("after: x5 %" PRIx64 " nzcv %" PRIx64 "\n", a, b >> 28);

	step = 3;
	__asm__ volatile(
		"movi v0.16b, #0x12\n\tmovi v8.16b, #0x34\n\tmov x2, #0x8\n\tmsr fpsr, x2\n\tmov x19, #1234\n\tmov x2, #0x90000000\n\tmsr nzcv, x2\n\tmov x1, #64\n\tldr x1, [x1]\n\t"
		"mrs %3, nzcv\n\tmov %0, v0.d[1]\n\tmov %1, v8.d[0]\n\tmrs %2, fpsr\n\tadd %0, %0, x19"
		: "=&r"(a), "=&r"(b), "=&r"(c), "=&r"(d) : : "x1", "x2", "x19", "v0", "v8", "cc", "memory");
	printf("kept: %" PRIx64 " %" PRIx64 " %" PRIx64 " %" PRIx64 "\n", a, b, c & 0x9f, d >> 28);

	/* Masks: the frame holds the one before; the handler runs with more. */
	sigset_t set, old;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	step = 0;
	uintptr_t at __attribute__((unused));
	AT("ldr x0, [x1]", 0, 64);
	printf("mask in frame: usr1 %d usr2 %d segv %d\n", sigismember(&got.uc.uc_sigmask, SIGUSR1), sigismember(&got.uc.uc_sigmask, SIGUSR2), sigismember(&got.uc.uc_sigmask, SIGSEGV));
	sigprocmask(SIG_SETMASK, NULL, &old);
	printf("mask after: usr1 %d usr2 %d segv %d\n", sigismember(&old, SIGUSR1), sigismember(&old, SIGUSR2), sigismember(&old, SIGSEGV));

	/* The alternate stack. */
	static char alt[65536];
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof alt }, was;
	printf("sigaltstack %d\n", sigaltstack(&ss, &was));
	printf("before: flags %d\n", was.ss_flags);
	install(SIGSEGV, on_stack, SA_ONSTACK);
	AT("ldr x0, [x1]", 0, 64);
	printf("on it %d, in frame %d %d\n", handler_sp > (uintptr_t)alt && handler_sp < (uintptr_t)alt + sizeof alt, got.uc.uc_stack.ss_sp == alt, got.uc.uc_stack.ss_size == sizeof alt);
	install(SIGSEGV, on_stack, 0);
	AT("ldr x0, [x1]", 0, 64);
	printf("off it %d\n", handler_sp > (uintptr_t)alt && handler_sp < (uintptr_t)alt + sizeof alt);
	ss.ss_flags = SS_DISABLE;
	sigaltstack(&ss, NULL);
	ss.ss_flags = 0;
	ss.ss_size = 100;
	printf("too small: %d\n", sigaltstack(&ss, NULL));

	/* The handler sends the program elsewhere. */
	install(SIGSEGV, redirect, 0);
	if (sigsetjmp(back, 1) == 0)
		AT("ldr x0, [x1]", 0, 64);
	sigprocmask(SIG_SETMASK, NULL, &old);
	printf("mask after jump: segv %d\n", sigismember(&old, SIGSEGV));

	/* Faults inside the handler of the same signal, with SA_NODEFER. */
	install(SIGILL, nested, SA_NODEFER);
	__asm__ volatile("udf #0");
	printf("nested %d\n", nest);

	/* SA_RESETHAND: the second time is the default action. */
	install(SIGILL, nested, SA_RESETHAND);
	__asm__ volatile("udf #0");
	struct sigaction sa;
	sigaction(SIGILL, NULL, &sa);
	printf("reset to default %d\n", sa.sa_handler == SIG_DFL);

	/* Many faults in a row, each fixed by the handler. */
	catch(SIGSEGV, 0);
	mode = SKIP;
	got.count = 0;
	for (int i = 0; i < 20000; i++)
		AT("ldr x0, [x1]", 0, i & 0xfff);
	printf("many %d\n", got.count);
	mode = JUMP;
	got.count = 0;
	for (volatile int i = 0; i < 5000; i++)
		if (sigsetjmp(back, 1) == 0)
			*(volatile char *)(uintptr_t)(i & 0xff) = 1;
	printf("jumps %d\n", got.count);
	return 0;
}
