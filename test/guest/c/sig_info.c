/*
 * What signals say of themselves: siginfo of every way to send one, of children, timers of
 * every kind and clock, descriptors, limits and message queues; and crash handlers that send
 * the signal of a fault to themselves again, with its siginfo.
 */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

static siginfo_t last;
static volatile sig_atomic_t count;
static pid_t kid;

static void handler(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)uc;
	memcpy(&last, si, sizeof last);
	count++;
}

static void install(int sig, int flags)
{
	struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
	CHECK(sigaction(sig, &sa, NULL) == 0);
}

static const char *who(pid_t p) { return p == getpid() ? "self" : p && p == kid ? "child" : p ? "other" : "0"; }

/* show waits for one signal and prints it. */
static void show(const char *name)
{
	while (count == 0)
		sum_++; /* a timer may count the time that the process uses */
	printf("%s: %d errno %d code %d", name, last.si_signo, last.si_errno, last.si_code);
	if (last.si_code == SI_TIMER)
		printf(" overrun %d", last.si_overrun > 0);
	else
		printf(" from %s uid %d", who(last.si_pid), last.si_uid == getuid());
	if (last.si_signo == SIGCHLD)
		printf(" status %d", last.si_status);
	else
		printf(" value %lx", (long)(intptr_t)last.si_value.sival_ptr);
	printf(" times %d\n", count);
	fflush(stdout);
	count = 0;
}

static long queue(int how, int sig, int code)
{
	siginfo_t si = {0};
	si.si_signo = 99; /* the kernel puts the right one */
	si.si_code = code;
	si.si_errno = 77;
	si.si_pid = 1234;
	si.si_uid = 4321;
	si.si_value.sival_ptr = (void *)0x1122334455667788;
	long r;
	if (how == 0)
		r = syscall(SYS_rt_sigqueueinfo, getpid(), sig, &si);
	else if (how == 1)
		r = syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), sig, &si);
	else {
		int fd = (int)syscall(434, getpid(), 0);
		si.si_signo = sig;
		r = syscall(424, fd, sig, &si, 0);
		close(fd);
	}
	return r < 0 ? -errno : r;
}

static void *kills(void *p)
{
	CHECK(pthread_kill(*(pthread_t *)p, SIGUSR1) == 0);
	return NULL;
}

static void sent(void)
{
	kill(getpid(), SIGUSR1);
	show("kill");
	raise(SIGUSR1);
	show("raise");
	syscall(SYS_tkill, syscall(SYS_gettid), SIGUSR2);
	show("tkill");
	pthread_t t, me = pthread_self();
	CHECK(pthread_create(&t, NULL, kills, &me) == 0 && pthread_join(t, NULL) == 0);
	show("pthread_kill");
	sigqueue(getpid(), SIGUSR2, (union sigval){.sival_ptr = (void *)0x123456789abcdef0});
	show("sigqueue");
	static const int codes[] = {SI_USER, SI_KERNEL, SI_QUEUE, SI_MESGQ, SI_ASYNCIO, SI_SIGIO, SI_TKILL, SI_ASYNCNL, -7, -8, -100, 1, 2, 3, 4, 9, 50};
	const int sigs[] = {SIGUSR1, SIGRTMIN + 3, SIGSEGV, SIGBUS};
	for (size_t c = 0; c < COUNT(codes); c++)
		for (size_t s = 0; s < COUNT(sigs); s++)
			for (int how = 0; how < 3; how++) {
				char name[60];
				long r = queue(how, sigs[s], codes[c]);
				snprintf(name, sizeof name, "queued %d as %d by %d: %ld", sigs[s], codes[c], how, r);
				if (r == 0)
					show(name);
				else
					printf("%s\n", name);
			}
	if ((kid = fork()) == 0)
		for (;;)
			pause();
	for (int code = -7; code < 3; code++) {
		siginfo_t si = {.si_code = code};
		long a = syscall(SYS_rt_sigqueueinfo, kid, 0, &si), b = syscall(SYS_rt_tgsigqueueinfo, kid, kid, 0, &si);
		printf("to another as %d: %ld %ld\n", code, a, b);
	}
	kill(kid, SIGKILL);
	show("killed");
	waitpid(kid, NULL, 0);
}

/* A crash handler: it takes the default action back, sends the signal again, and returns. */
static void crash(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	signal(sig, SIG_DFL);
	if (syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), sig, si) != 0)
		_exit(3);
	_exit(4); /* it comes at once, unless it is blocked, as here, until the return */
}

static void crash_unblocked(int sig, siginfo_t *si, void *uc)
{
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, sig);
	sigprocmask(SIG_UNBLOCK, &s, NULL);
	crash(sig, si, uc);
}

static sigjmp_buf env;
static volatile int chained;
static void chain(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	if (chained++ == 0) {
		if (syscall(SYS_rt_tgsigqueueinfo, getpid(), syscall(SYS_gettid), sig, si) != 0)
			_exit(3);
		return; /* the fault comes again, and what was sent */
	}
	printf("chained: %d code %d address %lx\n", sig, si->si_code, (long)(intptr_t)si->si_addr);
	siglongjmp(env, 1);
}

static void crashes(void)
{
	for (int how = 0; how < 2; how++) {
		fflush(stdout);
		if ((kid = fork()) == 0) {
			struct rlimit none = {0, 0};
			setrlimit(RLIMIT_CORE, &none);
			struct sigaction sa = {.sa_sigaction = how ? crash_unblocked : crash, .sa_flags = SA_SIGINFO};
			sigaction(SIGSEGV, &sa, NULL);
			*hide((volatile int *)16) = 1;
		}
		int st;
		CHECK(waitpid(kid, &st, 0) == kid);
		count = 0;
		printf("crash handler %d: %#x\n", how, st);
	}
	struct sigaction sa = {.sa_sigaction = chain, .sa_flags = SA_SIGINFO}, old;
	sigaction(SIGSEGV, &sa, &old);
	if (sigsetjmp(env, 1) == 0)
		*hide((volatile int *)16) = 1;
	sigaction(SIGSEGV, &old, NULL);
}

static void children(void)
{
	int st;
	if ((kid = fork()) == 0)
		_exit(44);
	show("exited");
	waitpid(kid, NULL, 0);
	if ((kid = fork()) == 0)
		for (;;)
			pause();
	kill(kid, SIGSTOP);
	show("stopped");
	kill(kid, SIGCONT);
	show("continued");
	install(SIGCHLD, SA_NOCLDSTOP);
	kill(kid, SIGSTOP);
	CHECK(waitpid(kid, &st, WUNTRACED) == kid);
	kill(kid, SIGCONT);
	CHECK(waitpid(kid, &st, WCONTINUED) == kid);
	printf("SA_NOCLDSTOP: %d\n", count);
	kill(kid, SIGKILL);
	show("terminated");
	waitpid(kid, NULL, 0);
	install(SIGCHLD, SA_NOCLDWAIT);
	if ((kid = fork()) == 0)
		_exit(9);
	int r = waitpid(kid, &st, 0);
	printf("SA_NOCLDWAIT: %d %s\n", r, strerror(errno));
	show("without a zombie");
	install(SIGCHLD, 0);
}

static void timers(void)
{
	static const int clocks[] = {CLOCK_REALTIME, CLOCK_MONOTONIC, CLOCK_BOOTTIME, CLOCK_PROCESS_CPUTIME_ID, CLOCK_THREAD_CPUTIME_ID,
		CLOCK_TAI, CLOCK_MONOTONIC_RAW, CLOCK_MONOTONIC_COARSE, 99};
	static const int kinds[] = {SIGEV_SIGNAL, SIGEV_THREAD_ID, SIGEV_NONE};
	struct itimerval soon = {.it_value = {0, 1000}};
	for (int which = ITIMER_REAL; which <= ITIMER_PROF; which++) {
		setitimer(which, &soon, NULL);
		show("setitimer");
	}
	for (size_t c = 0; c < COUNT(clocks); c++)
		for (size_t k = 0; k < COUNT(kinds); k++) {
			struct sigevent ev = {.sigev_notify = kinds[k], .sigev_signo = SIGRTMIN + 7, .sigev_value.sival_ptr = (void *)0xabcdef0123456789};
			ev._sigev_un._tid = (int)syscall(SYS_gettid);
			int id = -1;
			long r = syscall(SYS_timer_create, clocks[c], &ev, &id);
			printf("timer %d %d: %ld %s\n", clocks[c], kinds[k], r, r ? strerror(errno) : "-");
			if (r)
				continue;
			for (int again = 0; again < 2; again++) {
				struct itimerspec its = {.it_value = {0, 1000000}, .it_interval = {0, again ? 1000000 : 0}}, now;
				CHECK(syscall(SYS_timer_settime, id, 0, &its, NULL) == 0);
				if (kinds[k] != SIGEV_NONE) {
					while (count < (again ? 3 : 1))
						sum_++;
					its = (struct itimerspec){0};
					CHECK(syscall(SYS_timer_settime, id, 0, &its, NULL) == 0);
					printf("  code %d value %lx\n", last.si_code, (long)(intptr_t)last.si_value.sival_ptr);
					count = 0;
				} else if (!again)
					do
						CHECK(syscall(SYS_timer_gettime, id, &now) == 0);
					while (now.it_value.tv_nsec);
			}
			CHECK(syscall(SYS_timer_delete, id) == 0);
			count = 0;
		}
	/* What comes of a timer whose signal is blocked is counted. */
	sigset_t rt, old;
	siginfo_t si;
	int id, overrun;
	sigemptyset(&rt);
	sigaddset(&rt, SIGRTMIN);
	sigprocmask(SIG_BLOCK, &rt, &old);
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
	struct itimerspec its = {.it_value = {0, 100000}, .it_interval = {0, 100000}};
	CHECK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id) == 0 && syscall(SYS_timer_settime, id, 0, &its, NULL) == 0);
	usleep(20000);
	CHECK(sigwaitinfo(&rt, &si) == SIGRTMIN);
	overrun = (int)syscall(SYS_timer_getoverrun, id);
	printf("overrun %d, the same %d\n", si.si_overrun >= 100, overrun == si.si_overrun);
	CHECK(syscall(SYS_timer_delete, id) == 0);
	sigprocmask(SIG_SETMASK, &old, NULL);
	count = 0;
	int bad[4];
	static const int wrong[][3] = {{99, 10, 0}, {SIGEV_SIGNAL, 65, 0}, {SIGEV_SIGNAL, 0, 0}, {SIGEV_THREAD_ID, 10, 1}};
	for (int i = 0; i < 4; i++) {
		ev = (struct sigevent){.sigev_notify = wrong[i][0], .sigev_signo = wrong[i][1]};
		ev._sigev_un._tid = wrong[i][2];
		bad[i] = syscall(SYS_timer_create, CLOCK_MONOTONIC, &ev, &id) ? errno : 0;
	}
	printf("bad events %d %d %d %d\n", bad[0], bad[1], bad[2], bad[3]);
}

static void others(void)
{
	int p[2], s[2];
	CHECK(pipe(p) == 0 && fcntl(p[0], F_SETOWN, getpid()) == 0 && fcntl(p[0], F_SETFL, O_ASYNC) == 0);
	CHECK(write(p[1], "x", 1) == 1);
	while (count == 0)
		;
	printf("SIGIO: %d code %d\n", last.si_signo, last.si_code);
	count = 0;
	CHECK(fcntl(p[0], F_SETSIG, SIGRTMIN + 5) == 0 && write(p[1], "x", 1) == 1);
	while (count == 0)
		;
	printf("F_SETSIG: %d code %d band %lx fd %d\n", last.si_signo, last.si_code, (long)last.si_band, last.si_fd == p[0]);
	count = 0;
	close(p[0]);
	count = 0;
	CHECK(write(p[1], "x", 1) < 0);
	show("broken pipe");
	close(p[1]);
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, s) == 0);
	close(s[0]);
	CHECK(send(s[1], "x", 1, MSG_NOSIGNAL) < 0);
	printf("MSG_NOSIGNAL: %d\n", count);
	CHECK(send(s[1], "x", 1, 0) < 0);
	show("broken socket");
	close(s[1]);
	fflush(stdout);
	if ((kid = fork()) == 0) {
		struct rlimit size = {100, 100000};
		char b[200] = "";
		int f = memfd_create("f", 0);
		CHECK(setrlimit(RLIMIT_FSIZE, &size) == 0);
		long first = pwrite(f, b, 200, 0), second = pwrite(f, b, 200, 100);
		int e = errno;
		printf("RLIMIT_FSIZE: %ld %ld %s, %d times %d code %d\n", first, second, strerror(e), last.si_signo, count, last.si_code);
		setrlimit(RLIMIT_CPU, &(struct rlimit){1, 4});
		count = 0;
		show("RLIMIT_CPU");
		_exit(0);
	}
	int st;
	CHECK(waitpid(kid, &st, 0) == kid);
	show("limited");
	struct mq_attr a = {.mq_maxmsg = 2, .mq_msgsize = 8};
	char name[60];
	snprintf(name, sizeof name, "/sig_info%d", getpid());
	mqd_t q = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &a);
	CHECK(q != (mqd_t)-1 && mq_unlink(name) == 0);
	struct sigevent ev = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 9, .sigev_value.sival_ptr = (void *)0x55aa55aa12345678};
	CHECK(mq_notify(q, &ev) == 0 && mq_send(q, "x", 1, 0) == 0);
	show("mq_notify");
}

int main(void)
{
	for (int sig = 1; sig <= 64; sig++)
		if (sig != SIGKILL && sig != SIGSTOP && sig != 32 && sig != 33)
			install(sig, 0);
	sent();
	crashes();
	children();
	timers();
	others();
	return 0;
}
