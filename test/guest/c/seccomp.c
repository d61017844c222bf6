/* Filters of system calls, strict mode, and who inherits them. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#ifdef __aarch64__
#define ARCH AUDIT_ARCH_AARCH64
#define RESULT(u) ((u)->uc_mcontext.regs[0])
#define PC(u) ((u)->uc_mcontext.pc)
#else
#define ARCH AUDIT_ARCH_X86_64
#define RESULT(u) ((u)->uc_mcontext.gregs[REG_RAX])
#define PC(u) ((u)->uc_mcontext.gregs[REG_RIP])
#endif

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define RET(v) BPF_STMT(BPF_RET | BPF_K, v)
#define IF(v, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, v, yes, no)
#define SET(f) set(f, sizeof f / sizeof *f, 0)

static long rc(long r) { return r < 0 ? -errno : r; }

static long set(struct sock_filter *f, int n, int flags)
{
	struct sock_fprog p = { n, f };
	return rc(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &p));
}

/* Call nr gets action. */
static long on(int nr, unsigned action, int flags)
{
	struct sock_filter f[] = {
		LOAD(arch), IF(ARCH, 1, 0), RET(SECCOMP_RET_KILL_PROCESS),
		LOAD(nr), IF(nr, 0, 1), RET(action), RET(SECCOMP_RET_ALLOW),
	};
	return set(f, sizeof f / sizeof *f, flags);
}

static void show(const char *what, int st)
{
	if (WIFSIGNALED(st))
		printf("%s: signal %d\n", what, WTERMSIG(st));
	else
		printf("%s: exit %d\n", what, WEXITSTATUS(st));
	fflush(stdout);
}

static void in_child(const char *what, void (*f)(void))
{
	int st;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		f();
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, &st, 0);
	show(what, st);
}

static long ppid(void) { return rc(syscall(SYS_getppid)); }

static void errnos(void)
{
	printf("set %ld", on(SYS_getppid, SECCOMP_RET_ERRNO | 77, 0));
	printf(" getppid %ld", ppid());
	printf(" getpid %d", getpid() > 0);
	printf(" large %ld", (on(SYS_getuid, SECCOMP_RET_ERRNO | 5000, 0), syscall(SYS_getuid) == -1 && errno == 4095));
	printf(" zero %ld", (on(SYS_getsid, SECCOMP_RET_ERRNO, 0), syscall(SYS_getsid, 0)));
	printf(" mode %d\n", prctl(PR_GET_SECCOMP));
	char buf[4096], *p;
	int fd = open("/proc/self/status", O_RDONLY);
	buf[read(fd, buf, sizeof buf - 1)] = 0;
	p = strstr(buf, "Seccomp:");
	printf("%.10s", p);
	p = strstr(buf, "Seccomp_filters:");
	printf("%.18s\n", p);
}

static void arguments(void)
{
	struct sock_filter f[] = {
		LOAD(nr), IF(SYS_getpgid, 0, 7),
		LOAD(args[0]), IF(0x11223344, 0, 5),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]) + 4), IF(0x55, 0, 3),
		LOAD(args[3]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, 8, 0, 1), RET(SECCOMP_RET_ERRNO | 33),
		RET(SECCOMP_RET_ALLOW),
	};
	printf("args %ld", SET(f));
	printf(" %ld", rc(syscall(SYS_getpgid, 0x5511223344, 0, 0, 8)));
	printf(" %ld", rc(syscall(SYS_getpgid, 0x5611223344, 0, 0, 8)));
	printf(" %ld\n", rc(syscall(SYS_getpgid, 0x5511223344, 0, 0, 4)));
}

static void stacked(void)
{
	on(SYS_getppid, SECCOMP_RET_ERRNO | 1, 0);
	on(SYS_getppid, SECCOMP_RET_ERRNO | 2, 0);
	on(SYS_getppid, SECCOMP_RET_LOG, 0);
	on(SYS_getuid, SECCOMP_RET_LOG, 0);
	on(SYS_getgid, SECCOMP_RET_TRACE | 5, 0);
	on(SYS_geteuid, SECCOMP_RET_USER_NOTIF, 0);
	printf("newest %ld log %d", ppid(), syscall(SYS_getuid) != -1);
	printf(" trace %ld", rc(syscall(SYS_getgid)));
	printf(" notify %ld\n", rc(syscall(SYS_geteuid)));
}

static void kill_process(void) { on(SYS_getppid, SECCOMP_RET_KILL_PROCESS, 0); ppid(); }
static void kill_thread(void) { on(SYS_getppid, SECCOMP_RET_KILL_THREAD, 0); ppid(); }
static void unknown_action(void) { on(SYS_getppid, 0x12340000, 0); ppid(); }

static void *killed(void *arg)
{
	on(SYS_getppid, SECCOMP_RET_KILL_THREAD, 0);
	ppid();
	*(int *)arg = 1;
	return NULL;
}

static void one_thread(void)
{
	pthread_t t;
	int alive = 0;
	pthread_create(&t, NULL, killed, &alive);
	pthread_join(t, NULL);
	printf("thread went on %d, the rest %d\n", alive, ppid() > 0);
}

static volatile sig_atomic_t trapped;
static siginfo_t got;
static void on_sys(int sig, siginfo_t *info, void *uc)
{
	got = *info;
	trapped++;
	RESULT((ucontext_t *)uc) = 4242;
	if ((char *)info->si_call_addr != (char *)PC((ucontext_t *)uc))
		trapped += 100;
}

static void trap(void)
{
	struct sigaction sa = { .sa_sigaction = on_sys, .sa_flags = SA_SIGINFO };
	sigaction(SIGSYS, &sa, NULL);
	on(SYS_getppid, SECCOMP_RET_TRAP | 1234, 0);
	long r = syscall(SYS_getppid);
	printf("trap %ld times %d code %d errno %d syscall %d arch %d\n", r, trapped, got.si_code, got.si_errno,
	       got.si_syscall == SYS_getppid, (unsigned)got.si_arch == ARCH);
}

static void trap_blocked(void)
{
	struct sigaction sa = { .sa_sigaction = on_sys, .sa_flags = SA_SIGINFO };
	sigaction(SIGSYS, &sa, NULL);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGSYS);
	sigprocmask(SIG_BLOCK, &set, NULL);
	on(SYS_getppid, SECCOMP_RET_TRAP, 0);
	ppid();
}

static void trap_default(void) { on(SYS_getppid, SECCOMP_RET_TRAP, 0); ppid(); }

static void *thread(void *arg) { *(long *)arg = ppid(); return NULL; }
static char self[4096];
static void inherited(void)
{
	int st;
	long r = 0;
	pthread_t t;
	on(SYS_getppid, SECCOMP_RET_ERRNO | 77, 0);
	pthread_create(&t, NULL, thread, &r);
	pthread_join(t, NULL);
	printf("thread %ld\n", r);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(-ppid());
	waitpid(pid, &st, 0);
	show("fork", st);
	char *args[] = { "seccomp", "inherited", NULL }, *env[] = { NULL };
	posix_spawn(&pid, self, NULL, NULL, args, env);
	waitpid(pid, &st, 0);
	show("spawn", st);
	if ((pid = fork()) == 0) {
		on(SYS_getsid, SECCOMP_RET_ERRNO | 3, 0);
		execve(self, args, env);
		_exit(99);
	}
	waitpid(pid, &st, 0);
	show("exec of two", st);
	if ((pid = fork()) == 0) {
		execl("/nonexistent", "x", NULL);
		_exit(errno);
	}
	waitpid(pid, &st, 0);
	show("exec of none", st);
	int native = EACCES;
#ifdef __aarch64__
	/* Nobody would hold a program of the host's to the filter. */
	if ((pid = fork()) == 0) {
		execl("/proc/1/exe", "x", NULL);
		_exit(errno);
	}
	waitpid(pid, &st, 0);
	native = WEXITSTATUS(st);
#endif
	printf("native %d\n", native);
}

static pthread_barrier_t barrier;
static long before, after;
static void *synced(void *arg)
{
	before = ppid();
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	after = ppid();
	return NULL;
}

static void *own_filter(void *arg)
{
	on(SYS_getsid, SECCOMP_RET_ERRNO | 3, 0);
	*(long *)arg = syscall(SYS_gettid);
	pthread_barrier_wait(&barrier);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static void tsync(void)
{
	pthread_t t;
	long tid;
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&t, NULL, synced, NULL);
	pthread_barrier_wait(&barrier);
	printf("tsync %ld", on(SYS_getppid, SECCOMP_RET_ERRNO | 7, SECCOMP_FILTER_FLAG_TSYNC));
	pthread_barrier_wait(&barrier);
	pthread_join(t, NULL);
	printf(" before %d after %ld", before > 0, after);
	pthread_create(&t, NULL, own_filter, &tid);
	pthread_barrier_wait(&barrier);
	printf(" diverged %d", on(SYS_getppid, SECCOMP_RET_ERRNO | 8, SECCOMP_FILTER_FLAG_TSYNC) == tid);
	printf(" esrch %ld\n", on(SYS_getppid, SECCOMP_RET_ERRNO | 8, SECCOMP_FILTER_FLAG_TSYNC | 16));
	pthread_barrier_wait(&barrier);
	pthread_join(t, NULL);
}

static void clock_(void)
{
	struct timespec ts;
	on(SYS_clock_gettime, SECCOMP_RET_ERRNO | 9, 0);
	printf("vdso %d", clock_gettime(CLOCK_MONOTONIC, &ts));
	printf(" call %ld\n", rc(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, &ts)));
}

static void strict(void)
{
	syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL);
	write(1, "strict writes\n", 14);
	syscall(SYS_getpid);
	write(1, "not here\n", 9);
}

static void strict_exit(void)
{
	prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT);
	syscall(SYS_exit, 5);
}

static void wrong(void)
{
	struct sock_filter none[1], jump[] = { BPF_STMT(BPF_JMP | BPF_JA, 5), RET(0) }, end[] = { LOAD(nr) };
	struct sock_filter load[] = { BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), RET(0) }, packet[] = { BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), RET(0) };
	struct sock_filter good[] = { RET(SECCOMP_RET_ALLOW) };
	struct sock_fprog p = { 1, (void *)16 };
	printf("empty %ld jump %ld end %ld", set(none, 0, 0), SET(jump), SET(end));
	printf(" load %ld packet %ld", SET(load), SET(packet));
	printf(" fault %ld %ld", rc(syscall(SYS_seccomp, 1, 0, &p)), rc(syscall(SYS_seccomp, 1, 0, 16)));
	printf(" flags %ld", set(good, 1, 1 << 20));
	printf(" op %ld", rc(syscall(SYS_seccomp, 99, 0, NULL)));
	printf(" strict with flags %ld", rc(syscall(SYS_seccomp, 0, 1, NULL)));
	printf(" mode %ld\n", rc(prctl(PR_SET_SECCOMP, 7, NULL)));
	unsigned a[] = { SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_TRAP, SECCOMP_RET_ERRNO, SECCOMP_RET_LOG, SECCOMP_RET_ALLOW, 0x12340000 };
	printf("actions");
	for (int i = 0; i < 7; i++)
		printf(" %ld", rc(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &a[i])));
	printf(" good %ld", SET(good));
	printf(" strict after %ld\n", rc(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT)));
	long r = 0;
	static struct sock_filter big[4096];
	for (int i = 0; i < 4095; i++)
		big[i] = (struct sock_filter)LOAD(nr);
	big[4095] = (struct sock_filter)RET(SECCOMP_RET_ALLOW);
	int n = 0;
	while ((r = SET(big)) == 0)
		n++;
	printf("too many after %d: %ld\n", n, r);
}

static void unprivileged(void)
{
	struct sock_filter good[] = { RET(SECCOMP_RET_ALLOW) };
	syscall(SYS_setresgid, 65534, 65534, 65534);
	syscall(SYS_setresuid, 65534, 65534, 65534);
	printf("without no_new_privs %ld", SET(good));
	prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	printf(" with %ld\n", SET(good));
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return ppid() == -77 ? (syscall(SYS_getsid, 0) == -1 && errno == 3 ? 43 : 42) : 1;
	self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		if (geteuid() == 0)
			unprivileged();
		else
			printf("without no_new_privs -13 with 0\n");
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	in_child("errnos", errnos);
	in_child("arguments", arguments);
	in_child("stacked", stacked);
	in_child("kill process", kill_process);
	in_child("kill thread", kill_thread);
	in_child("unknown action", unknown_action);
	in_child("one thread", one_thread);
	in_child("trap", trap);
	in_child("trap blocked", trap_blocked);
	in_child("trap default", trap_default);
	in_child("inherited", inherited);
	in_child("tsync", tsync);
	in_child("clock", clock_);
	in_child("strict", strict);
	in_child("strict exit", strict_exit);
	in_child("wrong", wrong);
	return 0;
}
