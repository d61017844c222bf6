/*
 * What becomes of a signal that is sent: blocked, ignored, waited for, read from a
 * descriptor, taken by another thread, or let in by a call, with signals of all kinds;
 * the limit of what is queued; and what the calls refuse.
 */
#include "t.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

static long rc(long r) { return r < 0 ? -errno : r; }

static volatile sig_atomic_t count, last;
static void handler(int sig) { count++, last = sig; }

static void tell(const char *name)
{
	sigset_t set;
	sigpending(&set);
	printf("%s: %d of %d, pending", name, count, last);
	for (int sig = 1; sig <= 64; sig++)
		if (sigismember(&set, sig) == 1)
			printf(" %d", sig);
	printf("\n");
	count = 0;
}

static sem_t ready;
static _Atomic int over;
static _Thread_local int willing_one;
static _Atomic int others;

static void checks(int sig)
{
	if (!willing_one)
		others++;
	handler(sig);
}

static void *willing(void *p)
{
	sigset_t set = *(sigset_t *)p;
	willing_one = 1;
	pthread_sigmask(SIG_UNBLOCK, &set, NULL);
	sem_post(&ready);
	while (!over)
		usleep(200);
	return p;
}

static void *waits(void *p)
{
	int sig = 0;
	sem_post(&ready);
	CHECK(sigwait(p, &sig) == 0);
	return (void *)(intptr_t)sig;
}

static void wait_ready(void)
{
	while (sem_wait(&ready))
		;
}

static void ends(const char *name, pid_t pid)
{
	int st;
	CHECK(waitpid(pid, &st, 0) == pid);
	printf("%s: %#x\n", name, st);
}

/* Those of faults, when they are sent and blocked, wait in the thread that has got them: docs/process.md. */
static void one(int sig, int of_fault)
{
	struct sigaction sa = {.sa_handler = handler};
	struct timespec now = {0, 0};
	struct rlimit nocore = {0, 0};
	sigset_t set, none;
	siginfo_t si;
	pid_t me = getpid(), pid;
	sigemptyset(&none);
	sigemptyset(&set);
	sigaddset(&set, sig);
	printf("signal %d\n", sig);
	CHECK(sigaction(sig, &sa, NULL) == 0);
	kill(me, sig);
	tell("kill");
	raise(sig);
	tell("raise");
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(me, sig);
	tell("blocked");
	kill(me, sig);
	if (!of_fault)
		raise(sig);
	tell("once more");
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	tell("unblocked");
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(me, sig);
	signal(sig, SIG_IGN);
	tell("ignored while pending");
	sigaction(sig, &sa, NULL);
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	tell("and unblocked");
	signal(sig, SIG_IGN);
	kill(me, sig);
	raise(sig);
	tell("ignored");
	sigaction(sig, &sa, NULL);
	sigprocmask(SIG_BLOCK, &set, NULL);
	kill(me, sig);
	printf("sigtimedwait %ld", rc(sigtimedwait(&set, &si, &now)));
	printf(" code %d again %ld\n", si.si_code, rc(sigtimedwait(&set, &si, &now)));
	if (!of_fault) {
		int fd = signalfd(-1, &set, SFD_NONBLOCK);
		struct signalfd_siginfo in;
		struct pollfd p = {.fd = fd, .events = POLLIN};
		printf("signalfd: empty %ld", rc(read(fd, &in, sizeof in)));
		kill(me, sig);
		printf(" poll %d", poll(&p, 1, 0));
		printf(" read %ld", rc(read(fd, &in, sizeof in)));
		raise(sig);
		printf(" %ld,", rc(read(fd, &in, sizeof in)));
		printf(" %d %d\n", in.ssi_signo == (uint32_t)sig, in.ssi_code);
		close(fd);
		pthread_t t;
		void *got;
		over = 0;
		sa.sa_handler = checks;
		sigaction(sig, &sa, NULL);
		CHECK(pthread_create(&t, NULL, willing, &set) == 0);
		wait_ready();
		for (int i = 0; i < 20; i++) {
			kill(me, sig);
			while (count <= i)
				usleep(100);
		}
		over = 1;
		CHECK(pthread_join(t, NULL) == 0);
		sa.sa_handler = handler;
		sigaction(sig, &sa, NULL);
		printf("by others than the willing: %d\n", others);
		tell("taken");
		for (int own = 0; own < 2; own++) {
			CHECK(pthread_create(&t, NULL, waits, &set) == 0);
			wait_ready();
			CHECK((own ? pthread_kill(t, sig) : kill(me, sig)) == 0);
			CHECK(pthread_join(t, &got) == 0);
			printf("sigwait %d\n", (int)(intptr_t)got);
		}
	}
	kill(me, sig);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		sigset_t now_;
		sigpending(&now_);
		_exit(sigismember(&now_, sig));
	}
	ends("pending in a child", pid);
	sigtimedwait(&set, NULL, &now);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		setrlimit(RLIMIT_CORE, &nocore);
		kill(getpid(), sig);
		signal(sig, SIG_DFL);
		sigprocmask(SIG_UNBLOCK, &set, NULL);
		_exit(5);
	}
	ends("default, unblocked", pid);
	for (int how = 0; how < 5; how++) { /* let in by a call */
		static const char *const names[] = {"sigsuspend", "ppoll", "pselect", "epoll_pwait", "sigsuspend, raised"};
		if (of_fault && how > 0 && how < 4)
			continue;
		struct epoll_event ev;
		int ep = epoll_create1(0);
		if (how == 4)
			raise(sig);
		else
			kill(me, sig);
		long r = rc(how == 1 ? ppoll(NULL, 0, NULL, &none) : how == 2 ? pselect(0, NULL, NULL, NULL, NULL, &none)
			: how == 3 ? epoll_pwait(ep, &ev, 1, -1, &none) : sigsuspend(&none));
		close(ep);
		printf("%ld ", r);
		tell(names[how]);
	}
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	tell("end");
}

static void limit(void)
{
	sigset_t set;
	struct rlimit five = {5, 5};
	struct timespec now = {0, 0};
	struct sigevent ev = {.sigev_signo = SIGRTMIN};
	timer_t t;
	int n = 0, got = 0;
	sigemptyset(&set);
	sigaddset(&set, SIGRTMIN);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, NULL);
	CHECK(setrlimit(RLIMIT_SIGPENDING, &five) == 0);
	if (getuid() == 0) /* one that has none */
		CHECK(setuid(1000000 + (uid_t)getpid()) == 0);
	else
		return;
	while (sigqueue(getpid(), SIGRTMIN, (union sigval){.sival_int = n}) == 0)
		n++;
	printf("queued %d, %s", n, strerror(errno));
	printf(" another %ld", rc(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 0})));
	printf(" kill %ld", rc(kill(getpid(), SIGRTMIN)));
	printf(" timer %ld", rc(timer_create(CLOCK_MONOTONIC, &ev, &t)));
	while (sigtimedwait(&set, NULL, &now) > 0)
		got++;
	printf(" taken %d\n", got);
}

static void refused(void)
{
	sigset_t set, old;
	struct sigaction sa = {.sa_handler = handler};
	struct timespec bad = {0, 2000000000};
	sigfillset(&set);
	printf("sigaction");
	for (int sig = -1; sig < 68; sig++)
		printf(" %ld", rc(syscall(SYS_rt_sigaction, sig, &sa, NULL, 8)));
	printf("\nsize %ld", rc(syscall(SYS_rt_sigaction, 10, &sa, NULL, 4)));
	printf(" new %ld", rc(syscall(SYS_rt_sigaction, 10, 8, NULL, 8)));
	printf(" old %ld", rc(syscall(SYS_rt_sigaction, 10, NULL, 8, 8)));
	printf(" of SIGKILL %ld\nsigprocmask", rc(syscall(SYS_rt_sigaction, 9, NULL, &sa, 8)));
	for (int how = -1; how < 5; how++) {
		printf(" %ld", rc(syscall(SYS_rt_sigprocmask, how, &set, NULL, 8)));
		printf(" %ld", rc(syscall(SYS_rt_sigprocmask, how, NULL, &old, 8)));
	}
	printf(" size %ld", rc(syscall(SYS_rt_sigprocmask, 0, &set, NULL, 4)));
	printf(" new %ld", rc(syscall(SYS_rt_sigprocmask, 0, 8, NULL, 8)));
	printf(" old %ld\n", rc(syscall(SYS_rt_sigprocmask, 0, NULL, 8, 8)));
	sigprocmask(0, NULL, &old);
	printf("blocked: SIGKILL %d SIGSTOP %d\nsigpending", sigismember(&old, SIGKILL), sigismember(&old, SIGSTOP));
	sigemptyset(&set);
	sigprocmask(SIG_SETMASK, &set, NULL);
	for (int n = 0; n < 18; n++)
		printf(" %ld", rc(syscall(SYS_rt_sigpending, &set, n)));
	printf("\nkill %ld", rc(kill(getpid(), 65)));
	printf(" %ld", rc(kill(getpid(), -1)));
	printf(" %ld", rc(kill(99999999, 0)));
	printf(" %ld tkill %ld", rc(kill(getpid(), 0)), rc(syscall(SYS_tkill, 0, 0)));
	printf(" %ld", rc(syscall(SYS_tkill, -1, 0)));
	printf(" %ld tgkill %ld", rc(syscall(SYS_tkill, 99999999, 0)), rc(syscall(SYS_tgkill, 0, 1, 0)));
	printf(" %ld", rc(syscall(SYS_tgkill, getpid(), 1, 0)));
	printf(" %ld\n", rc(syscall(SYS_tgkill, getpid(), getpid(), 99)));
	printf("sigtimedwait %ld", rc(syscall(SYS_rt_sigtimedwait, &set, NULL, &bad, 8)));
	printf(" %ld", rc(syscall(SYS_rt_sigtimedwait, 8, NULL, NULL, 8)));
	printf(" %ld\n", rc(syscall(SYS_rt_sigtimedwait, &set, NULL, 8, 8)));
}

int main(void)
{
	const int sigs[] = {SIGFPE, SIGILL, SIGTRAP, SIGSYS, SIGUSR1, SIGPROF, SIGVTALRM, SIGURG, SIGRTMIN, SIGRTMAX};
	sem_init(&ready, 0, 0);
	for (size_t i = 0; i < COUNT(sigs); i++)
		one(sigs[i], 0);
	one(SIGSEGV, 1);
	one(SIGBUS, 1);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		limit();
		fflush(stdout);
		_exit(0);
	}
	ends("limit", pid);
	refused();
	return 0;
}
