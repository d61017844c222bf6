/*
 * The flags of clone and clone3, each pair of them alone, on top of a thread's and on top
 * of a vfork's, and some hundred more: what Linux refuses, and what words, signals and
 * waits show of what it does not. Needs root for the namespaces among them, and prints what
 * is so without.
 */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

/* raw makes the call; the child, which may be on another stack, ends at once with status 7. */
static long raw(long nr, unsigned long a0, void *a1, int *a2, int *a3, void *tls)
{
#ifdef __aarch64__
	register long x8 __asm__("x8") = nr, x0 __asm__("x0") = (long)a0;
	register void *x1 __asm__("x1") = a1, *x2 __asm__("x2") = a2, *x3 __asm__("x3") = tls, *x4 __asm__("x4") = a3;
	__asm__ volatile("svc 0\n\tcbnz x0, 1f\n\tmov x0, 7\n\tmov x8, 93\n\tsvc 0\n1:"
			 : "+r"(x0), "+r"(x8) : "r"(x1), "r"(x2), "r"(x3), "r"(x4) : "memory");
	return x0;
#else
	register void *r10 __asm__("r10") = a3, *r8 __asm__("r8") = tls;
	__asm__ volatile("syscall\n\ttest %%rax, %%rax\n\tjnz 1f\n\tmov $7, %%edi\n\tmov $60, %%eax\n\tsyscall\n1:"
			 : "+a"(nr) : "D"(a0), "S"(a1), "d"(a2), "r"(r10), "r"(r8) : "rcx", "r11", "memory");
	return nr;
#endif
}

static char stack[65536] __attribute__((aligned(64))), tls[4096] __attribute__((aligned(64)));
static volatile sig_atomic_t chld, usr1;
static void on(int sig) { *(sig == SIGCHLD ? &chld : &usr1) += 1; }

static _Alignas(8) volatile int ptid, ctid, pidfd;

static void outcome(unsigned long flags, int sig, long r, int *where)
{
	printf("%#lx %d:", flags, sig);
	if (r < 0) {
		printf(" errno %ld\n", -r);
		return;
	}
	if (flags & CLONE_PIDFD) {
		printf(" pidfd %d", *where >= 0 && fcntl(*where, F_GETFD) == FD_CLOEXEC);
		close(*where);
	}
	if (flags & CLONE_PARENT_SETTID && ptid != *where)
		printf(" ptid %d", ptid == r);
	int st = -1;
	if (flags & CLONE_THREAD)
		while (syscall(SYS_tgkill, getpid(), r, 0) == 0)
			sched_yield();
	else if (flags & CLONE_PARENT) {
		int w = waitpid((pid_t)r, &st, __WALL);
		printf(" wait %d %s", w, strerror(errno));
		while (kill((pid_t)r, 0) == 0) /* until the parent has taken it */
			sched_yield();
	} else {
		int w = waitpid((pid_t)r, &st, __WALL);
		printf(" wait %d status %#x", w == r, st);
	}
	printf(" chld %d usr1 %d", chld, usr1);
	if (!(flags & CLONE_VM) || flags & CLONE_CHILD_CLEARTID)
		printf(" ctid %d", ctid);
	else if (!(flags & CLONE_NEWPID))
		printf(" ctid %d", flags & CLONE_CHILD_SETTID ? ctid == r : ctid);
	printf("\n");
}

/* A first process of a PID namespace that shares its handlers leaves SIGCHLD ignored, so they are set each time. */
static void prepare(void)
{
	struct sigaction sa = {.sa_handler = on, .sa_flags = SA_RESTART};
	CHECK(sigaction(SIGCHLD, &sa, NULL) == 0 && sigaction(SIGUSR1, &sa, NULL) == 0);
	ptid = ctid = pidfd = -1, chld = usr1 = 0;
}

static void try_clone(unsigned long flags, int sig)
{
	prepare();
	fflush(stdout);
	long r = raw(SYS_clone, flags | (unsigned long)sig, stack + sizeof stack, (int *)&ptid, (int *)&ctid, flags & CLONE_SETTLS ? tls + 2048 : NULL);
	outcome(flags, sig, r, (int *)&ptid);
}

static void try_clone3(unsigned long flags, int sig)
{
	struct clone_args a = {.flags = flags, .pidfd = (uintptr_t)&pidfd, .child_tid = (uintptr_t)&ctid, .parent_tid = (uintptr_t)&ptid,
		.exit_signal = (uint64_t)sig, .stack = (uintptr_t)stack, .stack_size = sizeof stack, .tls = flags & CLONE_SETTLS ? (uintptr_t)tls + 2048 : 0};
	prepare();
	fflush(stdout);
	long r = raw(435, (uintptr_t)&a, (void *)sizeof a, NULL, NULL, NULL);
	printf("clone3 ");
	outcome(flags, sig, r, (int *)&pidfd);
}

/* Bits 8 to 31, but CLONE_NEWNET: taking such a namespace down takes the kernel long. */
enum { FIRST = 8, LAST = 31 };
static unsigned long bit(int i) { return 1ul << i & ~(unsigned long)CLONE_NEWNET; }

static void pairs(void (*f)(unsigned long, int), unsigned long base, int sig)
{
	for (int i = FIRST; i <= LAST; i++)
		for (int j = i; j <= LAST; j++)
			f(base ^ (bit(i) | bit(j)), sig);
}

static void each(void)
{
	const unsigned long thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	pairs(try_clone, 0, SIGCHLD);
	pairs(try_clone, thread, 0);
	pairs(try_clone, CLONE_VM | CLONE_VFORK, SIGUSR1);
	for (int i = FIRST; i <= LAST; i++) {
		try_clone3(bit(i), SIGCHLD);
		try_clone3(thread ^ bit(i), 0);
		try_clone3((CLONE_VM | CLONE_VFORK) ^ bit(i), SIGUSR1);
		try_clone3(CLONE_CLEAR_SIGHAND | bit(i), 0);
		try_clone3(CLONE_INTO_CGROUP | bit(i), 0);
	}
	for (int sig = 0; sig < 256; sig = sig * 2 + 1)
		try_clone(0, sig), try_clone3(0, sig), try_clone3(1ul << 34, sig);
	for (int i = 0; i < 300; i++) {
		unsigned long flags = (rnd() & rnd() & 0xffffff) << FIRST & ~(unsigned long)(CLONE_NEWNET | CLONE_DETACHED);
		if (i & 1)
			flags |= CLONE_VM;
		if (i & 2)
			flags &= ~(unsigned long)CLONE_NEWUSER;
		try_clone(flags, i & 4 ? SIGCHLD : 0);
		if (!(flags & CLONE_PARENT && flags & CLONE_PIDFD)) /* that closes what it has just printed */
			try_clone3(flags, i & 8 ? SIGCHLD : 0);
	}
}

int main(void)
{
	static char out[1 << 16];
	setvbuf(stdout, out, _IOFBF, sizeof out);
	pid_t pid = fork(), w;
	if (pid == 0) {
		each();
		fflush(stdout);
		_exit(3);
	}
	/* The parent of those with CLONE_PARENT. */
	int st, others = 0, bad = 0;
	while ((w = waitpid(-1, &st, __WALL)) != pid) {
		CHECK(w > 0);
		others++;
		bad += st != 7 << 8;
	}
	printf("end %#x, others %d, bad %d\n", st, others, bad);
	return 0;
}
