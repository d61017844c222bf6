// Signals of a single-threaded program. Each check prints a line; the test looks
// for "ok" at the end and for no line with FAIL.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

static int fails;
#define CHECK(c) do { if (!(c)) { fails++; printf("FAIL line %d: %s\n", __LINE__, #c); } } while (0)

static siginfo_t last;
static ucontext_t lastuc;
static uint64_t esr;
static volatile int count;
static sigjmp_buf env;

static uint64_t find_esr(ucontext_t *uc, int *fpsimd)
{
	uint64_t v = 0;
	char *p = (char *)uc->uc_mcontext.__reserved;
	*fpsimd = 0;
	for (;;) {
		uint32_t magic, size;
		memcpy(&magic, p, 4);
		memcpy(&size, p + 4, 4);
		if (magic == 0)
			break;
		if (magic == 0x46508001 && size == 528)
			*fpsimd = 1;
		if (magic == 0x45535201)
			memcpy(&v, p + 8, 8);
		p += size;
	}
	return v;
}

static void on_fault(int sig, siginfo_t *si, void *u)
{
	int fp;
	last = *si;
	memcpy(&lastuc, u, sizeof lastuc);
	esr = find_esr(u, &fp);
	CHECK(fp);
	CHECK(sig == si->si_signo);
	siglongjmp(env, 1);
}

static void handle(int sig, void (*f)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa;
	memset(&sa, 0, sizeof sa);
	sa.sa_sigaction = f;
	sa.sa_flags = SA_SIGINFO | flags;
	CHECK(sigaction(sig, &sa, 0) == 0);
}

static void on_skip(int sig, siginfo_t *si, void *u)
{
	ucontext_t *uc = u;
	last = *si;
	uc->uc_mcontext.pc += 4;
	uc->uc_mcontext.regs[3] = 4711;
	count++;
}

static void on_count(int sig, siginfo_t *si, void *u)
{
	last = *si;
	count++;
}

static void on_nested(int sig, siginfo_t *si, void *u)
{
	if (++count < 20)
		raise(sig);
}

static char altstack[65536];
static volatile int on_alt;

static void on_overflow(int sig, siginfo_t *si, void *u)
{
	char here;
	stack_t ss;
	on_alt = &here > altstack && &here < altstack + sizeof altstack;
	sigaltstack(0, &ss);
	CHECK(ss.ss_flags == SS_ONSTACK);
	last = *si;
	siglongjmp(env, 1);
}

static int recurse(int n)
{
	volatile char pad[512];
	pad[0] = n;
	return recurse(n + 1) + pad[0];
}

static void faults(void)
{
	volatile int *bad = (int *)0x10;
	handle(SIGSEGV, on_fault, SA_NODEFER);
	handle(SIGBUS, on_fault, 0);
	handle(SIGILL, on_fault, 0);
	handle(SIGTRAP, on_fault, 0);

	if (!sigsetjmp(env, 1)) { (void)*bad; CHECK(!"read"); }
	CHECK(last.si_signo == SIGSEGV && last.si_code == SEGV_MAPERR && last.si_addr == (void *)0x10);
	CHECK(lastuc.uc_mcontext.fault_address == 0x10);
	CHECK(esr >> 26 == 0x24 && !(esr & 0x40) && (esr & 0x3f) >= 4 && (esr & 0x3f) <= 7);

	char *ro = mmap(0, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!sigsetjmp(env, 1)) { ((volatile char *)ro)[4097] = 1; CHECK(!"write"); }
	CHECK(last.si_signo == SIGSEGV && last.si_code == SEGV_ACCERR && last.si_addr == ro + 4097);
	CHECK(esr >> 26 == 0x24 && (esr & 0x40) && (esr & 0x3f) == 0xf);

	if (!sigsetjmp(env, 1)) { ((void (*)(void))ro)(); CHECK(!"execute"); }
	CHECK(last.si_signo == SIGSEGV && last.si_code == SEGV_ACCERR && last.si_addr == ro);
	CHECK(esr >> 26 == 0x20 && lastuc.uc_mcontext.pc == (uintptr_t)ro);

	if (!sigsetjmp(env, 1)) { ((void (*)(void))0x1000)(); CHECK(!"jump"); }
	CHECK(last.si_signo == SIGSEGV && last.si_code == SEGV_MAPERR && last.si_addr == (void *)0x1000);

	if (!sigsetjmp(env, 1)) { ((void (*)(void))(ro + 2))(); CHECK(!"misaligned pc"); }
	CHECK(last.si_signo == SIGBUS && last.si_code == BUS_ADRALN && last.si_addr == ro + 2);
	CHECK(esr >> 26 == 0x22);

	if (!sigsetjmp(env, 1)) { (void)*(volatile char *)0x0100000000001000; CHECK(!"tagged null page"); }
	CHECK(last.si_signo == SIGSEGV && last.si_code == SEGV_MAPERR);

	if (!sigsetjmp(env, 1)) { (void)*(volatile char *)0x0001234500001000; CHECK(!"beyond"); }
	CHECK(last.si_signo == SIGSEGV && last.si_code == SEGV_MAPERR);

	munmap(ro, 4096);
	if (!sigsetjmp(env, 1)) { (void)*(volatile char *)ro; CHECK(!"unmapped"); }
	CHECK(last.si_signo == SIGSEGV && last.si_code == SEGV_MAPERR && last.si_addr == ro);

	int fd = memfd_create("x", 0);
	char *f = mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd, 0);
	if (!sigsetjmp(env, 1)) { (void)*(volatile char *)f; CHECK(!"beyond the file"); }
	CHECK(last.si_signo == SIGBUS && last.si_code == BUS_ADRERR && last.si_addr == f);
	if (!sigsetjmp(env, 1)) { ((void (*)(void))f)(); CHECK(!"code beyond the file"); }
	CHECK(last.si_signo == SIGBUS && last.si_code == BUS_ADRERR && last.si_addr == f);

	char *buf = malloc(64);
	if (!sigsetjmp(env, 1)) {
		asm volatile("ldxr w1, [%0]" :: "r"(buf + 1) : "w1", "memory");
		CHECK(!"misaligned exclusive");
	}
	CHECK(last.si_signo == SIGBUS && last.si_code == BUS_ADRALN && last.si_addr == buf + 1);

	if (!sigsetjmp(env, 1)) {
		asm volatile("mov x9, sp\n add x10, sp, #8\n mov sp, x10\n ldr x11, [sp]\n mov sp, x9" ::: "x9", "x10", "x11");
		CHECK(!"misaligned sp");
	}
	CHECK(last.si_signo == SIGBUS && last.si_code == BUS_ADRALN && ((uintptr_t)last.si_addr & 15) == 8);
	CHECK(esr >> 26 == 0x26);

	uint64_t pc;
	if (!sigsetjmp(env, 1)) { asm volatile("udf #0"); CHECK(!"udf"); }
	CHECK(last.si_signo == SIGILL && last.si_code == ILL_ILLOPC && (uintptr_t)last.si_addr == lastuc.uc_mcontext.pc);
	if (!sigsetjmp(env, 1)) { asm volatile("adr %0, 1f\n1: brk #7" : "=r"(pc)); CHECK(!"brk"); }
	CHECK(last.si_signo == SIGTRAP && last.si_code == TRAP_BRKPT && (uintptr_t)last.si_addr == lastuc.uc_mcontext.pc);

	// A handler that changes registers; flags and vectors survive.
	handle(SIGILL, on_skip, 0);
	register uint64_t x3 asm("x3") = 1;
	uint64_t flags;
	double d = 1.5, e;
	asm volatile("fmov d20, %d3\n mov x5, #0\n cmp x5, #1\n udf #0\n mrs %1, nzcv\n fmov %d2, d20"
		     : "+r"(x3), "=&r"(flags), "=&w"(e) : "w"(d) : "d20", "x5", "cc");
	CHECK(x3 == 4711 && flags >> 28 == 8 && e == 1.5);
}

static void stacks(void)
{
	stack_t ss = { .ss_sp = altstack, .ss_size = sizeof altstack }, old;
	CHECK(sigaltstack(0, &old) == 0 && old.ss_flags == SS_DISABLE);
	CHECK(sigaltstack(&ss, 0) == 0);
	handle(SIGSEGV, on_overflow, SA_ONSTACK);
	if (!sigsetjmp(env, 1)) { recurse(0); CHECK(!"overflow"); }
	CHECK(on_alt && last.si_code == SEGV_MAPERR);
	ss.ss_size = 100;
	CHECK(sigaltstack(&ss, 0) == -1 && errno == ENOMEM);
	ss.ss_flags = 77;
	CHECK(sigaltstack(&ss, 0) == -1 && errno == EINVAL);
	ss.ss_flags = SS_DISABLE;
	CHECK(sigaltstack(&ss, &old) == 0 && old.ss_sp == altstack && old.ss_flags == 0);
	signal(SIGSEGV, SIG_DFL);
}

static void sending(void)
{
	sigset_t set, old, pend;
	handle(SIGUSR1, on_count, 0);
	count = 0;
	raise(SIGUSR1);
	CHECK(count == 1 && last.si_code == SI_TKILL && last.si_pid == getpid());
	kill(getpid(), SIGUSR1);
	CHECK(count == 2 && last.si_code == SI_USER && last.si_uid == getuid());
	union sigval v = { .sival_int = 1234 };
	sigqueue(getpid(), SIGUSR1, v);
	CHECK(count == 3 && last.si_code == SI_QUEUE && last.si_value.sival_int == 1234);

	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0 && !sigismember(&old, SIGUSR1));
	raise(SIGUSR1);
	raise(SIGUSR1);
	CHECK(count == 3);
	CHECK(sigpending(&pend) == 0 && sigismember(&pend, SIGUSR1));
	CHECK(sigprocmask(SIG_SETMASK, &old, 0) == 0 && count == 4);

	// Real-time signals queue, in order.
	handle(SIGRTMIN, on_count, 0);
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &set, 0);
	for (int i = 0; i < 5; i++) {
		v.sival_int = i;
		sigqueue(getpid(), SIGRTMIN, v);
	}
	for (int i = 0; i < 3; i++) {
		siginfo_t si;
		CHECK(sigwaitinfo(&set, &si) == SIGRTMIN && si.si_value.sival_int == i);
	}
	count = 0;
	sigprocmask(SIG_UNBLOCK, &set, 0);
	CHECK(count == 2);
	struct timespec ts = { 0, 1000000 };
	CHECK(sigtimedwait(&set, 0, &ts) == -1 && errno == EAGAIN);

	// Synchronous signals that are sent.
	handle(SIGSEGV, on_count, 0);
	count = 0;
	raise(SIGSEGV);
	CHECK(count == 1 && last.si_code == SI_TKILL);
	sigemptyset(&set);
	sigaddset(&set, SIGSEGV);
	sigprocmask(SIG_BLOCK, &set, 0);
	kill(getpid(), SIGSEGV);
	CHECK(count == 1 && sigpending(&pend) == 0 && sigismember(&pend, SIGSEGV));
	sigprocmask(SIG_UNBLOCK, &set, 0);
	CHECK(count == 2 && last.si_code == SI_USER);

	count = 0;
	handle(SIGUSR2, on_nested, SA_NODEFER);
	raise(SIGUSR2);
	CHECK(count == 20);
	handle(SIGUSR2, on_count, SA_RESETHAND);
	raise(SIGUSR2);
	struct sigaction sa;
	CHECK(sigaction(SIGUSR2, 0, &sa) == 0 && sa.sa_handler == SIG_DFL);
	signal(SIGUSR2, SIG_IGN);
	raise(SIGUSR2);
	CHECK(sigaction(SIGKILL, &sa, 0) == -1 && errno == EINVAL);
	CHECK(sigaction(SIGKILL, 0, &sa) == 0);
}

static void on_alarm_write(int sig, siginfo_t *si, void *u)
{
	int *fds = *(int **)&last.si_value.sival_ptr;
	count++;
	(void)fds;
}

static int pfd[2];
static void on_alarm_pipe(int sig, siginfo_t *si, void *u)
{
	count++;
	CHECK(write(pfd[1], "x", 1) == 1);
}

static void alarm_in(int us)
{
	struct itimerval it = { .it_value = { 0, us } };
	setitimer(ITIMER_REAL, &it, 0);
}

static void interrupted(void)
{
	char c;
	CHECK(pipe(pfd) == 0);
	count = 0;
	handle(SIGALRM, on_alarm_write, 0);
	alarm_in(20000);
	CHECK(read(pfd[0], &c, 1) == -1 && errno == EINTR && count == 1);
	handle(SIGALRM, on_alarm_pipe, SA_RESTART);
	alarm_in(20000);
	CHECK(read(pfd[0], &c, 1) == 1 && c == 'x' && count == 2);
	alarm_in(20000);
	CHECK(pause() == -1 && errno == EINTR && count == 3);
	struct pollfd p = { .fd = pfd[1], .events = POLLIN };
	alarm_in(20000);
	CHECK(poll(&p, 1, 5000) == -1 && errno == EINTR && count == 4);
	struct timespec ts = { 5, 0 }, rem = { 0, 0 };
	alarm_in(20000);
	CHECK(nanosleep(&ts, &rem) == -1 && errno == EINTR && rem.tv_sec == 4 && count == 5);

	sigset_t set, none, now;
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
	sigprocmask(SIG_BLOCK, &set, 0);
	alarm_in(1000);
	usleep(20000);
	CHECK(count == 5);
	CHECK(sigsuspend(&none) == -1 && errno == EINTR && count == 6);
	sigprocmask(SIG_BLOCK, 0, &now);
	CHECK(sigismember(&now, SIGALRM));
	alarm_in(1000);
	usleep(20000);
	ts.tv_sec = 5;
	CHECK(ppoll(&p, 1, &ts, &none) == -1 && errno == EINTR && count == 7);
	sigprocmask(SIG_BLOCK, 0, &now);
	CHECK(sigismember(&now, SIGALRM));
	sigprocmask(SIG_UNBLOCK, &set, 0);

	// A loop without calls sees it.
	handle(SIGALRM, on_count, 0);
	count = 0;
	alarm_in(20000);
	while (!count)
		;

	signal(SIGPIPE, SIG_IGN);
	close(pfd[0]);
	CHECK(write(pfd[1], "x", 1) == -1 && errno == EPIPE);
	handle(SIGPIPE, on_count, 0);
	count = 0;
	CHECK(write(pfd[1], "x", 1) == -1 && errno == EPIPE && count == 1);
}

// storm: a timer as fast as it goes, while the program computes and calls.
static volatile uint64_t ticks;
static void on_tick(int sig, siginfo_t *si, void *u) { ticks++; }

static void storm(void)
{
	struct itimerval it = { { 0, 100 }, { 0, 100 } };
	handle(SIGALRM, on_tick, 0);
	setitimer(ITIMER_REAL, &it, 0);
	uint64_t sum = 0;
	double f = 0;
	for (int i = 0; i < 400000; i++) {
		sum += i * (uint64_t)i;
		f += 1.0 / (i + 1);
		if (i % 64 == 0)
			CHECK(getppid() > 0);
	}
	memset(&it, 0, sizeof it);
	setitimer(ITIMER_REAL, &it, 0);
	uint64_t n = 400000, want = (n - 1) * n / 2 * (2 * n - 1) / 3;
	CHECK(sum == want);
	CHECK(f > 13.476 && f < 13.477);
	CHECK(ticks > 0);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, 0, _IOLBF, 0);
	if (argc > 1) {
		int sig = atoi(argv[1]);
		if (argc > 2 && !strcmp(argv[2], "fault"))
			*(volatile int *)8 = 1;
		if (argc > 2 && !strcmp(argv[2], "blocked")) {
			sigset_t set;
			sigfillset(&set);
			sigprocmask(SIG_BLOCK, &set, 0);
			handle(SIGSEGV, on_count, 0);
			*(volatile int *)8 = 1;
		}
		if (argc > 2 && !strcmp(argv[2], "frame")) { // sigreturn to garbage
			asm volatile("mov x8, #139\n svc #0" ::: "x8");
		}
		if (argc > 2 && !strcmp(argv[2], "overflow")) {
			handle(SIGSEGV, on_count, 0);
			recurse(0);
		}
		if (argc > 2 && !strcmp(argv[2], "handled")) { // from outside
			handle(sig, on_count, 0);
			puts("ready");
			while (!count) // pause would miss one that comes before it
				usleep(1000);
			printf("got %d from %s\n", last.si_signo, last.si_code == SI_USER ? "kill" : "elsewhere");
			return 0;
		}
		if (argc > 2 && !strcmp(argv[2], "waited")) {
			sigset_t set;
			int got;
			sigfillset(&set);
			sigprocmask(SIG_BLOCK, &set, 0);
			puts("ready");
			sigwait(&set, &got);
			printf("got %d\n", got);
			return 0;
		}
		if (argc > 2 && !strcmp(argv[2], "default")) {
			puts("ready");
			for (;;)
				if (sig == 0)
					pause();
		}
		raise(sig);
		return 99;
	}
	faults();
	stacks();
	sending();
	interrupted();
	storm();
	printf(fails ? "failed\n" : "ok\n");
	return fails != 0;
}
