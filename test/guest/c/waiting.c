/*
 * wait4 and waitid: each option and kind of target, what they tell of how a child ended, with
 * and without a core, and of what it has used; alternate stacks and scheduling in all their
 * forms, as the kernel tells of them.
 */
#include "t.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

static long rc(long r) { return r < 0 ? -errno : r; }

static void refused(void)
{
	static const int options[] = {0, WNOHANG, WUNTRACED, WEXITED, WSTOPPED, WCONTINUED, WNOWAIT, WEXITED | WNOHANG, WSTOPPED | WNOHANG, __WALL,
		__WCLONE, __WNOTHREAD, 0x100, 0x10, -1, WEXITED | __WCLONE | WNOHANG, WEXITED | __WNOTHREAD | WNOHANG, WEXITED | __WALL | WNOHANG};
	int st;
	siginfo_t si;
	for (size_t i = 0; i < COUNT(options); i++) {
		printf("%x: wait4 %ld waitid", options[i], rc(syscall(SYS_wait4, -1, &st, options[i], NULL)));
		for (int kind = 0; kind < 5; kind++)
			printf(" %ld", rc(syscall(SYS_waitid, kind, 0, &si, options[i], NULL)));
		printf(" not mine %ld\n", rc(syscall(SYS_waitid, P_PID, 1, &si, options[i], NULL)));
	}
	printf("least %ld group %ld\n", rc(syscall(SYS_wait4, INT32_MIN, &st, 0, NULL)), rc(syscall(SYS_wait4, -99999, &st, WNOHANG, NULL)));
}

static void told(void)
{
	int st, go[2];
	char c;
	siginfo_t si;
	struct rusage ru;
	CHECK(pipe(go) == 0);
	pid_t pid = fork();
	if (pid == 0) {
		char *p = malloc(20 << 20);
		struct timespec t;
		memset(p, 1, 20 << 20);
		do
			clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		while (t.tv_nsec < 20000000 && t.tv_sec == 0);
		CHECK(read(go[0], &c, 1) == 1);
		_exit(0x1ff);
	}
	memset(&si, 0x55, sizeof si);
	long r = rc(waitid(P_PID, pid, &si, WEXITED | WNOHANG));
	printf("runs: %ld %d %d\n", r, si.si_pid, si.si_signo);
	CHECK(write(go[1], "x", 1) == 1);
	printf("without siginfo %ld", rc(syscall(SYS_waitid, P_PID, pid, NULL, WEXITED | WNOWAIT, NULL)));
	memset(&ru, 0, sizeof ru);
	printf(" with usage %ld", rc(syscall(SYS_waitid, P_PID, pid, &si, WEXITED | WNOWAIT, &ru)));
	printf(" %d %d %d %d, time %d memory %d\n", si.si_signo, si.si_code, si.si_status, si.si_pid == pid, ru.ru_utime.tv_usec + ru.ru_utime.tv_sec + ru.ru_stime.tv_usec > 0,
	       ru.ru_maxrss > 20000);
	r = rc(syscall(SYS_wait4, pid, 8, WNOHANG, NULL));
	printf("bad status %ld", r);
	printf(" and then %ld\n", rc(waitpid(pid, &st, 0)));
	if ((pid = fork()) == 0) {
		setpgid(0, 0);
		for (;;)
			pause();
	}
	while (getpgid(pid) != pid)
		usleep(100);
	printf("own group %ld", rc(waitpid(0, &st, WNOHANG)));
	printf(" its %ld", rc(waitid(P_PGID, (id_t)pid, &si, WEXITED | WNOHANG)));
	kill(pid, SIGKILL);
	printf(" killed %d", waitpid(-pid, &st, 0) == pid);
	printf(" %#x\n", st);
	if ((pid = fork()) == 0) {
		raise(SIGSTOP);
		raise(SIGTSTP);
		_exit(9);
	}
	for (int i = 0; i < 2; i++) {
		CHECK(waitid(P_PID, (id_t)pid, &si, WSTOPPED | WNOWAIT) == 0);
		printf("stopped %d %d", si.si_code, si.si_status);
		CHECK(waitpid(pid, &st, WUNTRACED) == pid);
		printf(" %#x again %ld\n", st, rc(waitpid(pid, &st, WUNTRACED | WNOHANG)));
		kill(pid, SIGCONT);
	}
	CHECK(waitpid(pid, &st, 0) == pid);
	printf("ended %#x\n", st);
}

static void *sleeps(void *p)
{
	for (;;)
		pause();
	return p;
}

/* With a core or without, as the limit and PR_SET_DUMPABLE say. */
static void cores(void)
{
	static const int sigs[] = {SIGHUP, SIGQUIT, SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGKILL, SIGSEGV, SIGSYS, SIGXCPU, SIGTERM, SIGIO, 40};
	struct rlimit limit;
	CHECK(getrlimit(RLIMIT_CORE, &limit) == 0);
	for (int how = 0; how < 6; how++)
		for (size_t i = 0; i < COUNT(sigs); i++) {
			siginfo_t si;
			int st;
			if (how > 3 && i % 4 != 0) /* a core takes time */
				continue;
			fflush(stdout);
			pid_t pid = fork();
			if (pid == 0) {
				limit.rlim_cur = how & 4 && limit.rlim_max > 0 ? limit.rlim_max : 0;
				CHECK(setrlimit(RLIMIT_CORE, &limit) == 0 && prctl(PR_SET_DUMPABLE, !(how & 1)) == 0);
				pthread_t t;
				if (how & 2)
					CHECK(pthread_create(&t, NULL, sleeps, NULL) == 0);
				if (sigs[i] == SIGSEGV && how & 2)
					*hide((volatile int *)8) = 1;
				raise(sigs[i]);
				_exit(0);
			}
			CHECK(waitid(P_PID, (id_t)pid, &si, WEXITED | WNOWAIT) == 0 && waitpid(pid, &st, 0) == pid);
			printf("death %d %d: %#x code %d status %d\n", how, sigs[i], st, si.si_code, si.si_status);
			unlink("core");
		}
}

/* Alternate stacks. */
static char a[65536], b[65536];
static volatile int depth;

static void tell(const char *name)
{
	stack_t s;
	sigaltstack(NULL, &s);
	printf("  %s: flags %x size %zu at %s\n", name, (unsigned)s.ss_flags, s.ss_size, s.ss_sp == a ? "a" : s.ss_sp == b ? "b" : s.ss_sp ? "another" : "none");
}

static void handler(int sig)
{
	(void)sig;
	char here, *at = hide(&here);
	tell("in the handler");
	stack_t s = {.ss_sp = b, .ss_size = sizeof b};
	printf("  runs on %s,", at > a && at < a + sizeof a ? "a" : at > b && at < b + sizeof b ? "b" : "none");
	printf(" change %ld", rc(sigaltstack(&s, NULL)));
	s.ss_flags = SS_DISABLE;
	printf(" disable %ld\n", rc(sigaltstack(&s, NULL)));
	if (!depth++)
		raise(SIGUSR2);
}

static void *in_thread(void *p) { tell("in a thread"); return p; }

static void stacks(void)
{
	static const unsigned flags[] = {0, SS_DISABLE, SS_ONSTACK, 1u << 31, 1u << 31 | SS_DISABLE, 1u << 31 | SS_ONSTACK, 4, 8, 3};
	static const size_t sizes[] = {sizeof a, 1024, 0};
	struct sigaction sa = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
	sigaction(SIGUSR1, &sa, NULL);
	sigaction(SIGUSR2, &sa, NULL);
	stack_t off = {.ss_flags = SS_DISABLE};
	for (size_t i = 0; i < COUNT(flags); i++)
		for (size_t k = 0; k < COUNT(sizes); k++) {
			stack_t s = {.ss_sp = a, .ss_size = sizes[k], .ss_flags = (int)flags[i]};
			printf("stack %x %zu: %ld\n", flags[i], sizes[k], rc(sigaltstack(&s, NULL)));
			tell("now");
			if (k == 0) {
				depth = 0;
				raise(SIGUSR1);
				tell("after");
				pthread_t t;
				CHECK(pthread_create(&t, NULL, in_thread, NULL) == 0 && pthread_join(t, NULL) == 0);
			}
			CHECK(sigaltstack(&off, NULL) == 0);
		}
	printf("bad %ld", rc(sigaltstack((void *)8, NULL)));
	printf(" %ld\n", rc(sigaltstack(NULL, (void *)8)));
	stack_t s = {.ss_sp = a, .ss_size = sizeof a};
	CHECK(sigaltstack(&s, NULL) == 0);
	for (int how = 0; how < 2; how++) {
		int st;
		fflush(stdout);
		pid_t pid = how ? vfork() : fork();
		if (pid == 0) {
			stack_t now;
			sigaltstack(NULL, &now);
			_exit(now.ss_sp == a ? now.ss_flags : 99);
		}
		CHECK(waitpid(pid, &st, 0) == pid);
		printf("child %d: %#x\n", how, st);
	}
	CHECK(sigaltstack(&off, NULL) == 0);
}

static void scheduling(void)
{
	static const int policies[] = {SCHED_OTHER, SCHED_BATCH, SCHED_IDLE, 4, 6, 7, 0x40000000, 0x40000000 | SCHED_BATCH, -1};
	struct sched_param sp;
	cpu_set_t set, now;
	for (size_t i = 0; i < COUNT(policies); i++)
		for (int p = -1; p < 2; p++) {
			sp.sched_priority = p;
			printf("policy %x %d: %ld", policies[i], p, rc(syscall(SYS_sched_setscheduler, 0, policies[i], &sp)));
			printf(" now %ld", rc(syscall(SYS_sched_getscheduler, 0)));
			printf(" %ld\n", rc(syscall(SYS_sched_getparam, 0, &sp)));
			sp.sched_priority = 0;
			CHECK(syscall(SYS_sched_setscheduler, 0, SCHED_OTHER, &sp) == 0);
		}
	for (int p = -1; p < 9; p++)
		printf("priorities %d: %ld %ld\n", p, rc(sched_get_priority_min(p)), rc(sched_get_priority_max(p)));
	CHECK(sched_getaffinity(0, sizeof now, &now) == 0);
	for (size_t n = 0; n < 40; n += 4) {
		memset(&set, 0xff, sizeof set);
		printf("affinity in %zu: get %ld", n, rc(syscall(SYS_sched_getaffinity, 0, n, &set)));
		memset(&set, 0xff, sizeof set);
		printf(" set %ld\n", rc(syscall(SYS_sched_setaffinity, 0, n, &set)));
	}
	CPU_ZERO(&set);
	printf("no processor %ld", rc(sched_setaffinity(0, sizeof set, &set)));
	CPU_SET(1000, &set);
	printf(" a far one %ld", rc(sched_setaffinity(0, sizeof set, &set)));
	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++)
		if (CPU_ISSET(cpu, &now)) {
			unsigned on = 9999, node;
			CPU_ZERO(&set);
			CPU_SET(cpu, &set);
			CHECK(sched_setaffinity(0, sizeof set, &set) == 0 && syscall(SYS_getcpu, &on, &node, NULL) == 0);
			if ((int)on != cpu || sched_getcpu() != cpu)
				printf(" processor %d: on %u", cpu, on);
		}
	CHECK(sched_setaffinity(0, sizeof now, &now) == 0);
	printf(" of nobody %ld %ld\n", rc(sched_getaffinity(99999999, sizeof set, &set)), rc(syscall(SYS_sched_getaffinity, -1, sizeof set, &set)));
	struct { uint32_t size, policy; uint64_t flags; int32_t nice; uint32_t prio; uint64_t run, deadline, period; uint32_t min, max; } at = {0};
	printf("attributes %ld", rc(syscall(SYS_sched_getattr, 0, &at, sizeof at, 0)));
	printf(" %u %u %d", at.size, at.policy, at.nice);
	at.policy = SCHED_BATCH, at.nice = 5;
	printf(" set %ld", rc(syscall(SYS_sched_setattr, 0, &at, 0)));
	printf(" nice %d policy %d", getpriority(PRIO_PROCESS, 0), sched_getscheduler(0));
	at.size = 10;
	printf(" small %ld", rc(syscall(SYS_sched_setattr, 0, &at, 0)));
	at.size = 4096;
	printf(" large %ld\n", rc(syscall(SYS_sched_setattr, 0, &at, 0)));
	printf("nice %ld", rc(setpriority(PRIO_PROCESS, 0, 10)));
	printf(" %ld", rc(syscall(SYS_getpriority, PRIO_PROCESS, 0)));
	printf(" of nobody %ld kind %ld\n", rc(setpriority(PRIO_PGRP, 99999999, 1)), rc(syscall(SYS_getpriority, 9, 0)));
	for (int kind = 0; kind < 3; kind++) { /* not all of the user's */
		printf("I/O %d: %ld", kind, rc(syscall(SYS_ioprio_get, kind, 0)));
		printf(" %ld\n", rc(syscall(SYS_ioprio_set, kind, 0, 2 << 13 | 4)));
	}
	long rseq = rc(syscall(SYS_rseq, 0, 0, 0, 0)); /* registered by the library, or not there */
	printf("rseq %d\n", rseq == -EINVAL || rseq == -ENOSYS);
}

int main(void)
{
	refused();
	told();
	cores();
	stacks();
	scheduling();
	return 0;
}
