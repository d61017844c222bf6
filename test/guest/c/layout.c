/* How an address space is laid out and grows: stacks, mappings that grow down, what is random
 * from one run to the next, memory that may not become executable. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define P 4096ul
#define RW (PROT_READ | PROT_WRITE)
#define RX (PROT_READ | PROT_EXEC)
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
static long rc(long r) { return r == -1 ? -errno : r; }
static long ok(void *p) { return p == MAP_FAILED ? -errno : 1; }

static sigjmp_buf env;
static void on_fault(int s, siginfo_t *i, void *u) { siglongjmp(env, s * 100 + i->si_code); }
static int poke(volatile char *p) { int s = sigsetjmp(env, 1); return s ? s : (*p = 1, 0); }

/* shown gives the size of the mapping at p as /proc/self/maps shows it. */
static long shown(void *p, char *perm)
{
	FILE *f = fopen("/proc/self/maps", "r");
	unsigned long lo, hi;
	char line[512], pr[8];
	long n = 0;
	while (fgets(line, sizeof line, f))
		if (sscanf(line, "%lx-%lx %7s", &lo, &hi, pr) == 3 && (unsigned long)p >= lo && (unsigned long)p < hi) {
			n = (hi - lo) / P;
			if (perm)
				strcpy(perm, pr);
		}
	fclose(f);
	return n;
}

/* show prints up to 10 numbers, which are computed in their order. */
#define show(f, ...) ({ long v_[10] = { __VA_ARGS__ }; printf(f, v_[0], v_[1], v_[2], v_[3], v_[4], v_[5], v_[6], v_[7], v_[8], v_[9]); })

/* roomy gives a page that grows down, with more free below than a mapping keeps. */
static char *roomy(void)
{
	char *p = mmap(NULL, 1024 * P, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
	munmap(p, 1024 * P);
	return mmap(p + 1000 * P, P, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
}

static void growing(void)
{
	/* Room of a known size, with a neighbour below. */
	char *room = mmap(NULL, 4096 * P, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
	char *top = room + 4096 * P;
	munmap(room + P, 4095 * P);
	char *g = mmap(top - 2 * P, 2 * P, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	show("growsdown: at %ld shown %ld", g == top - 2 * P, shown(g, NULL));
	show(" touch below %ld", poke(g - P));
	show(" far below %ld", poke(g - 100 * P));
	show(" shown %ld value %ld", shown(g, NULL), g[-100 * (long)P]);
	show(" read %ld kernel %ld\n", ((volatile char *)g)[-150 * (long)P], rc(syscall(SYS_getcwd, g - 200 * P, P)) > 0);
	show("shown %ld", shown(g, NULL));
	/* The record of what is mapped knows it: no other mapping gets there. */
	show(" noreplace %ld", ok(mmap(g - 50 * P, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0)));
	show(" hint %ld", mmap(g - 50 * P, P, RW, ANON, -1, 0) != g - 50 * P);
	show(" mprotect %ld %ld", rc(mprotect(g - 60 * P, P, PROT_READ)), poke(g - 60 * P));
	show(" whole %ld", rc(mprotect(g - 10 * P, P, RW | PROT_GROWSDOWN)));
	show(" %ld", shown(g, NULL));
	show(" madvise %ld %ld", rc(madvise(g - 100 * P, P, MADV_DONTNEED)), g[-100 * (long)P]);
	show(" munmap %ld %ld\n", rc(munmap(g - 20 * P, P)), poke(g - 20 * P));
	/* Near the neighbour it stops. */
	munmap(room, 4096 * P);
	room = mmap(NULL, 1024 * P, PROT_NONE, ANON | MAP_NORESERVE, -1, 0);
	munmap(room, 1024 * P);
	mmap(room, P, RW, ANON | MAP_FIXED, -1, 0);
	g = mmap(room + 600 * P, P, RW, ANON | MAP_GROWSDOWN | MAP_FIXED, -1, 0);
	show("down to the gap %ld at the gap %ld\n", poke(room + 260 * P), poke(room + 250 * P));
	/* What is mapped next is not right below it. */
	char *a = roomy(), *c = roomy();
	show("grows %ld %ld\n", poke(a - P), poke(a - 128 * P));
	struct rlimit l, small = { 64 * P, RLIM_INFINITY };
	getrlimit(RLIMIT_STACK, &l);
	small.rlim_max = l.rlim_max;
	setrlimit(RLIMIT_STACK, &small);
	show("limit: within %ld beyond %ld\n", poke(c - 32 * P), poke(c - 100 * P));
	setrlimit(RLIMIT_STACK, &l);
	int near = 0;
	for (int i = 0; i < 50; i++) {
		char *b = mmap(NULL, 100 * P, RW, ANON, -1, 0);
		near |= b < a && b > a - 256 * P;
	}
	show("room below: %ld\n", !near);
	pid_t p = fork();
	if (p == 0)
		_exit(poke(a - 10 * P) + poke(a - 120 * P));
	int st;
	waitpid(p, &st, 0);
	show("in a child %ld, here %ld\n", WEXITSTATUS(st), shown(a, NULL) >= 129 && shown(a, NULL) < 140);
}

static NOINLINE int deep(int n) { volatile char b[1000]; b[0] = n; return n == 0 ? b[0] : ({ int r = deep(n - 1); r + b[0] * 0; }); }

static void stacks(void)
{
	char here, perm[8];
	show("stack: shown %ld", shown(&here, perm) >= 3);
	printf(" %s deep %d\n", perm, deep(7000));
	fflush(stdout);
	static char alt[65536];
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof alt };
	sigaltstack(&ss, NULL);
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO | SA_ONSTACK };
	sigaction(SIGSEGV, &sa, NULL);
	int s = sigsetjmp(env, 1);
	if (!s)
		deep(1 << 30);
	show("overflow %ld\n", s);
	ss.ss_flags = SS_DISABLE;
	sigaltstack(&ss, NULL);
}

static void denied(void)
{
	char *was = mmap(NULL, P, RX, ANON, -1, 0), *rw = mmap(NULL, P, RW, ANON, -1, 0);
	show("mdwe: get %ld bad %ld inherit alone %ld args %ld", rc(prctl(66, 0, 0, 0, 0)), rc(prctl(65, 8, 0, 0, 0)), rc(prctl(65, 2, 0, 0, 0)), rc(prctl(65, 1, 1, 0, 0)));
	show(" get args %ld", rc(prctl(66, 1, 0, 0, 0)));
	show(" set %ld", rc(prctl(65, 1, 0, 0, 0)));
	show(" again %ld off %ld other %ld get %ld\n", rc(prctl(65, 1, 0, 0, 0)), rc(prctl(65, 0, 0, 0, 0)), rc(prctl(65, 3, 0, 0, 0)), rc(prctl(66, 0, 0, 0, 0)));
	show("map rwx %ld wx %ld rx %ld rw %ld", ok(mmap(NULL, P, RW | PROT_EXEC, ANON, -1, 0)), ok(mmap(NULL, P, PROT_WRITE | PROT_EXEC, ANON, -1, 0)), ok(mmap(NULL, P, RX, ANON, -1, 0)), ok(mmap(NULL, P, RW, ANON, -1, 0)));
	show(" gain %ld", rc(mprotect(rw, P, RX)));
	show(" keep %ld", rc(mprotect(was, P, RX)));
	show(" lose %ld", rc(mprotect(was, P, PROT_READ)));
	show(" regain %ld", rc(mprotect(was, P, RX)));
	show(" write %ld\n", poke(rw));
}

static void child_of_denied(const char *self)
{
	fflush(stdout);
	pid_t p = fork();
	if (p == 0) {
		show("in a child %ld %ld\n", rc(prctl(66, 0, 0, 0, 0)), ok(mmap(NULL, P, RW | PROT_EXEC, ANON, -1, 0)));
		fflush(stdout);
		execl(self, self, "mdwe", NULL);
		_exit(1);
	}
	waitpid(p, NULL, 0);
}

static void addresses(const char *self)
{
	/* What two runs have in common: asked of themselves. */
	uint64_t seen[4][3];
	for (int i = 0; i < 4; i++) {
		int pip[2];
		pipe(pip);
		pid_t p = fork();
		if (p == 0) {
			if (i >= 2)
				personality(personality(0xffffffff) | ADDR_NO_RANDOMIZE);
			dup2(pip[1], 1);
			execl(self, self, "where", NULL);
			_exit(1);
		}
		read(pip[0], seen[i], sizeof seen[i]);
		waitpid(p, NULL, 0);
		close(pip[0]), close(pip[1]);
	}
	static const char *const what[] = { "stack", "brk", "mmap" };
	for (int k = 0; k < 3; k++)
		printf("%s: random %d, without %d\n", what[k], seen[0][k] != seen[1][k], seen[2][k] != seen[3][k]);
}

int main(int argc, char **argv)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && strcmp(argv[1], "where") == 0) {
		uint64_t w[3] = { (uintptr_t)&argc & -P, (uintptr_t)sbrk(0) & -P, (uintptr_t)mmap(NULL, P, RW, ANON, -1, 0) };
		write(1, w, sizeof w);
		return 0;
	}
	if (argc > 1 && strcmp(argv[1], "mdwe") == 0) {
		printf("executed %ld %ld\n", rc(prctl(66, 0, 0, 0, 0)), ok(mmap(NULL, P, RW | PROT_EXEC, ANON, -1, 0)));
		return 0;
	}
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &sa, NULL);
	growing();
	stacks();
	addresses("/proc/self/exe");
	denied();
	child_of_denied("/proc/self/exe");
	return 0;
}
