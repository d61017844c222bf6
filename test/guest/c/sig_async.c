/*
 * Asynchronous signals: queues and their order, masks that calls change for their
 * duration, alternate stacks, handlers within handlers and out of them by longjmp,
 * descriptors and timers of signals, and many signals between threads.
 */
#include "t.h"
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/poll.h>
#include <sys/select.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#ifndef SS_AUTODISARM
#define SS_AUTODISARM (1U << 31)
#endif
#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

static volatile sig_atomic_t seen;
static void note(int sig) { (void)sig; seen++; }

static void install(int sig, void (*f)(int, siginfo_t *, void *), int flags)
{
	struct sigaction sa = {.sa_sigaction = f, .sa_flags = SA_SIGINFO | flags};
	sigemptyset(&sa.sa_mask);
	CHECK(sigaction(sig, &sa, NULL) == 0);
}

static void plain(int sig, int flags)
{
	struct sigaction sa = {.sa_handler = note, .sa_flags = flags};
	sigemptyset(&sa.sa_mask);
	CHECK(sigaction(sig, &sa, NULL) == 0);
}

static sigset_t set_of(int a, int b)
{
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, a);
	if (b)
		sigaddset(&s, b);
	return s;
}

/* Real-time signals queue, lowest number first, each with its value; others do not. */
static volatile int got[64], ngot;
static void collect(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	if (ngot < 64)
		got[ngot++] = (sig >= SIGRTMIN ? sig - SIGRTMIN : -sig) * 100 + si->si_value.sival_int;
}

static void queues(void)
{
	sigset_t all, old;
	sigfillset(&all);
	install(SIGRTMIN + 1, collect, 0);
	install(SIGRTMIN + 2, collect, 0);
	install(SIGUSR1, collect, 0);
	CHECK(sigprocmask(SIG_SETMASK, &all, &old) == 0);
	for (int i = 0; i < 5; i++) {
		CHECK(sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = i}) == 0);
		CHECK(sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = 10 + i}) == 0);
		CHECK(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 20 + i}) == 0);
	}
	sigset_t pending;
	sigpending(&pending);
	printf("pending %d %d %d %d\n", sigismember(&pending, SIGUSR1), sigismember(&pending, SIGRTMIN + 1),
		sigismember(&pending, SIGRTMIN + 2), sigismember(&pending, SIGRTMIN + 3));
	CHECK(sigprocmask(SIG_SETMASK, &old, NULL) == 0);
	printf("queues %d:", ngot);
	/* Handlers nest at delivery, so the last taken runs first. */
	for (int i = 0; i < ngot; i++)
		printf(" %d", got[i]);
	printf("\n");
	/* One at a time, from the queue. */
	sigset_t two = set_of(SIGRTMIN + 1, SIGRTMIN + 2);
	sigprocmask(SIG_BLOCK, &two, NULL);
	for (int i = 0; i < 3; i++) {
		sigqueue(getpid(), SIGRTMIN + 2, (union sigval){.sival_int = i});
		sigqueue(getpid(), SIGRTMIN + 1, (union sigval){.sival_int = i});
	}
	siginfo_t si;
	struct timespec none = {0, 0};
	int sig;
	printf("sigtimedwait:");
	while ((sig = sigtimedwait(&two, &si, &none)) > 0)
		printf(" %d/%d/%d", sig - SIGRTMIN, si.si_value.sival_int, si.si_code == SI_QUEUE);
	printf(" then %s\n", strerror(errno));
	plain(SIGALRM, 0);
	struct itimerval it = {.it_value = {0, 20000}};
	setitimer(ITIMER_REAL, &it, NULL);
	errno = 0;
	sig = sigwaitinfo(&two, &si);
	printf("sigwaitinfo, a handler ran: %d %s\n", sig, strerror(errno));
	sigprocmask(SIG_UNBLOCK, &two, NULL);
}

/* Calls that change the mask for their duration. A signal that is pending and that the
 * call's mask lets in ends it at once; afterwards the old mask is back. */
static volatile int blocked_in_handler;
static void inspect(int sig, siginfo_t *si, void *uc)
{
	(void)si;
	(void)uc;
	sigset_t now;
	sigprocmask(SIG_BLOCK, NULL, &now);
	blocked_in_handler = sigismember(&now, sig) * 2 + sigismember(&now, SIGUSR2);
	seen++;
}

static void result(const char *name, int r)
{
	int e = errno;
	sigset_t now;
	sigprocmask(SIG_BLOCK, NULL, &now);
	printf("%s: %d %s, ran %d, mask in the handler %d, after %d\n", name, r, r < 0 ? strerror(e) : "-", (int)seen,
		blocked_in_handler, sigismember(&now, SIGUSR1) * 2 + sigismember(&now, SIGUSR2));
	seen = 0;
	blocked_in_handler = -1;
}

static void masks(void)
{
	install(SIGUSR1, inspect, SA_RESTART);
	seen = 0;
	sigset_t usr1 = set_of(SIGUSR1, 0), usr2 = set_of(SIGUSR2, 0);
	sigprocmask(SIG_BLOCK, &usr1, NULL);
	int ep = epoll_create1(0), efd = eventfd(0, 0);
	struct epoll_event ev = {.events = EPOLLIN};
	epoll_ctl(ep, EPOLL_CTL_ADD, efd, &ev);
	struct timespec second = {1, 0}, none = {0, 0};
	for (int ready = 0; ready < 2; ready++) {
		if (ready) {
			uint64_t one = 1;
			CHECK(write(efd, &one, 8) == 8);
		}
		raise(SIGUSR1);
		result("epoll_pwait", epoll_pwait(ep, &ev, 1, 1000, &usr2));
		struct pollfd p = {.fd = efd, .events = POLLIN};
		raise(SIGUSR1);
		result("ppoll", ppoll(&p, 1, &second, &usr2));
		raise(SIGUSR1);
		fd_set r;
		FD_ZERO(&r);
		FD_SET(efd, &r);
		result("pselect", pselect(efd + 1, &r, NULL, NULL, &second, &usr2));
		/* A signal that stays pending after a call that did not wait. */
		if (seen == 0 && ready) {
			sigset_t pend;
			sigpending(&pend);
			printf("pending still: %d\n", sigismember(&pend, SIGUSR1));
			sigtimedwait(&usr1, NULL, &none);
		}
	}
	raise(SIGUSR1);
	result("sigsuspend", sigsuspend(&usr2));
	sigprocmask(SIG_UNBLOCK, &usr1, NULL);
	close(ep);
	close(efd);
}

/* Restart: which calls go on after a handler, and which say EINTR. The timer ticks
 * until it is stopped, so none of its signals must come at the right moment. */
static int feed;
static void on_tick(int sig)
{
	(void)sig;
	seen++;
	if (feed > 0 && write(feed, "x", 1) == 1)
		feed = 0;
}

static void restart(void)
{
	static const struct itimerval tick = {{0, 5000}, {0, 5000}}, none;
	int fd[2];
	CHECK(pipe(fd) == 0);
	for (int flags = 0; flags < 2; flags++) {
		struct sigaction sa = {.sa_handler = on_tick, .sa_flags = flags ? SA_RESTART : 0};
		CHECK(sigaction(SIGALRM, &sa, NULL) == 0);
		seen = 0;
		feed = flags ? fd[1] : 0; /* what a call that goes on waits for */
		setitimer(ITIMER_REAL, &tick, NULL);
		char c;
		errno = 0;
		int r = read(fd[0], &c, 1);
		printf("read: %d %s, ran %d\n", r, r < 0 ? strerror(errno) : "-", seen > 0);
		struct timespec long_ = {10, 0}, rest = {99, 9};
		r = nanosleep(&long_, &rest);
		printf("nanosleep: %d %s, rest %d\n", r, strerror(errno), rest.tv_sec < 10);
		struct pollfd p = {.fd = fd[0], .events = POLLIN};
		r = poll(&p, 1, 10000);
		printf("poll: %d %s\n", r, r < 0 ? strerror(errno) : "-");
		setitimer(ITIMER_REAL, &none, NULL);
	}
	/* A stop is no signal handler: sleeping goes on. */
	pid_t pid = fork();
	if (pid == 0) {
		struct timespec t = {1, 0}, rest;
		_exit(nanosleep(&t, &rest) == 0 ? 5 : 6);
	}
	usleep(20000);
	int st;
	kill(pid, SIGSTOP);
	CHECK(waitpid(pid, &st, WUNTRACED) == pid && WIFSTOPPED(st));
	kill(pid, SIGCONT);
	CHECK(waitpid(pid, &st, 0) == pid);
	printf("stopped in nanosleep: exit %d\n", WEXITSTATUS(st));
	close(fd[0]);
	close(fd[1]);
}

static char altmem[65536] __attribute__((aligned(16)));
static volatile int onalt, altflags[8], naltflags; /* raise is a leaf to the compiler */
static void alt(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)si;
	(void)uc;
	stack_t now;
	sigaltstack(NULL, &now);
	uintptr_t here = hide((uintptr_t)&now);
	onalt += here > (uintptr_t)altmem && here < (uintptr_t)altmem + sizeof altmem;
	if (naltflags < 8)
		altflags[naltflags++] = now.ss_flags;
	if (naltflags == 1)
		raise(SIGUSR2); /* SA_ONSTACK too */
}

static void altstacks(void)
{
	install(SIGUSR1, alt, SA_ONSTACK);
	install(SIGUSR2, alt, SA_ONSTACK);
	for (unsigned auto_ = 0; auto_ < 2; auto_++) {
		stack_t s = {.ss_sp = altmem, .ss_size = sizeof altmem, .ss_flags = auto_ ? (int)SS_AUTODISARM : 0}, now;
		CHECK(sigaltstack(&s, NULL) == 0);
		onalt = naltflags = 0;
		raise(SIGUSR1);
		sigaltstack(NULL, &now);
		printf("altstack: %d on it, flags %#x %#x, after %#x %d\n", onalt, altflags[0], altflags[1], now.ss_flags, now.ss_sp == altmem);
	}
	stack_t s = {.ss_flags = SS_DISABLE}, small = {.ss_sp = altmem, .ss_size = 100}, bad = {.ss_sp = altmem, .ss_size = 8192, .ss_flags = 8};
	int a = sigaltstack(&small, NULL), ea = errno, b = sigaltstack(&bad, NULL), eb = errno;
	printf("altstack: %d %s, %d %s\n", a, strerror(ea), b, strerror(eb));
	CHECK(sigaltstack(&s, NULL) == 0);
}

static volatile int depth;
static void nest(int sig)
{
	if (++depth < 100)
		raise(sig);
}

static sigjmp_buf env;
static void jump(int sig) { siglongjmp(env, sig); }

static void nesting(void)
{
	struct sigaction sa = {.sa_handler = nest, .sa_flags = SA_NODEFER};
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0);
	raise(SIGUSR1);
	printf("nested %d\n", depth);
	sa.sa_handler = jump;
	sa.sa_flags = 0;
	CHECK(sigaction(SIGUSR1, &sa, NULL) == 0 && sigaction(SIGALRM, &sa, NULL) == 0);
	volatile int jumps = 0;
	for (volatile int i = 0; i < 1000; i++)
		if (sigsetjmp(env, 1) == 0)
			raise(SIGUSR1);
		else
			jumps++;
	/* Out of a loop that makes no calls, and out of a call that waits. */
	volatile uint64_t spins = 0;
	struct itimerval it = {.it_value = {0, 2000}}, none = {0};
	for (volatile int i = 0; i < 20; i++) {
		if (sigsetjmp(env, 1) == 0) {
			setitimer(ITIMER_REAL, &it, NULL);
			if (i & 1)
				for (;;)
					pause();
			for (;;)
				spins++;
		}
		jumps++;
	}
	setitimer(ITIMER_REAL, &none, NULL);
	printf("longjmps %d\n", jumps);
}

static void descriptors(void)
{
	sigset_t s = set_of(SIGRTMIN + 3, SIGCHLD);
	sigprocmask(SIG_BLOCK, &s, NULL);
	int fd = signalfd(-1, &s, SFD_NONBLOCK);
	CHECK(fd >= 0);
	for (int i = 0; i < 3; i++)
		sigqueue(getpid(), SIGRTMIN + 3, (union sigval){.sival_int = 7 + i});
	struct signalfd_siginfo in[4];
	ssize_t n = read(fd, in, sizeof in);
	printf("signalfd %d:", (int)(n / (ssize_t)sizeof in[0]));
	for (int i = 0; i < 3; i++)
		printf(" %d %d %d", in[i].ssi_signo - SIGRTMIN, in[i].ssi_int, in[i].ssi_pid == (uint32_t)getpid());
	n = read(fd, in, sizeof in);
	printf(" then %s\n", strerror(errno));
	pid_t pid = fork();
	if (pid == 0)
		_exit(42);
	struct pollfd p = {.fd = fd, .events = POLLIN};
	int r = poll(&p, 1, 10000);
	n = read(fd, in, sizeof in[0]);
	printf("signalfd of a child: %d, %d %d\n", r, in[0].ssi_signo == SIGCHLD && in[0].ssi_pid == (uint32_t)pid, in[0].ssi_status);
	waitpid(pid, NULL, 0);
	close(fd);
	sigprocmask(SIG_UNBLOCK, &s, NULL);
}

static _Atomic int by_thread, by_other;
static _Thread_local int mine;
static void on_timer(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	if (mine && si->si_code == SI_TIMER && si->si_value.sival_int == 77)
		by_thread++;
	else
		by_other++;
}

static void *timer_thread(void *p)
{
	mine = 1;
	timer_t t;
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 4, .sigev_value.sival_int = 77};
	ev.sigev_notify_thread_id = (int)syscall(SYS_gettid);
	CHECK(timer_create(CLOCK_MONOTONIC, &ev, &t) == 0);
	struct itimerspec it = {.it_value = {0, 1000000}, .it_interval = {0, 1000000}};
	CHECK(timer_settime(t, 0, &it, NULL) == 0);
	while (by_thread < 10) {
	}
	timer_delete(t);
	return p;
}

static _Atomic int notified;
static void notify(union sigval v) { notified += v.sival_int; }

static void timers(void)
{
	install(SIGRTMIN + 4, on_timer, SA_RESTART);
	pthread_t t;
	CHECK(pthread_create(&t, NULL, timer_thread, NULL) == 0);
	pthread_join(t, NULL);
	printf("SIGEV_THREAD_ID: %d, others %d\n", by_thread >= 10, by_other);
	timer_t id;
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD, .sigev_notify_function = notify, .sigev_value.sival_int = 5};
	CHECK(timer_create(CLOCK_REALTIME, &ev, &id) == 0);
	struct itimerspec it = {.it_value = {0, 1000000}};
	CHECK(timer_settime(id, 0, &it, NULL) == 0);
	while (notified == 0)
		usleep(1000);
	printf("SIGEV_THREAD: %d\n", notified);
	timer_delete(id);
	int fd = timerfd_create(CLOCK_MONOTONIC, 0);
	CHECK(timerfd_settime(fd, 0, &it, NULL) == 0);
	uint64_t n = 0;
	CHECK(read(fd, &n, 8) == 8);
	printf("timerfd %d\n", (int)n);
	close(fd);
	/* Profilers: SIGPROF comes while the program computes. */
	seen = 0;
	plain(SIGPROF, SA_RESTART);
	plain(SIGVTALRM, SA_RESTART);
	struct itimerval prof = {.it_interval = {0, 1000}, .it_value = {0, 1000}}, none = {0};
	for (int which = ITIMER_VIRTUAL; which <= ITIMER_PROF; which++) {
		seen = 0;
		setitimer(which, &prof, NULL);
		while (seen < 10)
			sum_ = sum_ * 3 + 1;
		setitimer(which, &none, NULL);
		printf("timer %d ran\n", which);
	}
}

/* Each of two threads sends the other so many signals with numbers, none may be lost. */
enum { PAIRS = 2, MANY = 30000 };
static _Atomic long received[PAIRS], total[PAIRS];
static _Thread_local int me;
static pthread_t pair[PAIRS];
static pthread_barrier_t both;
static void count(int sig, siginfo_t *si, void *uc)
{
	(void)sig;
	(void)uc;
	received[me]++;
	total[me] += si->si_value.sival_int;
}

static void *sender(void *p)
{
	me = (int)(intptr_t)p;
	pthread_barrier_wait(&both);
	for (int i = 0; i < MANY; i++)
		while (pthread_sigqueue(pair[1 - me], SIGRTMIN + 5, (union sigval){.sival_int = i}) == EAGAIN)
			sched_yield();
	while (received[me] < MANY)
		sched_yield();
	pthread_barrier_wait(&both);
	return NULL;
}

static void flood(void)
{
	install(SIGRTMIN + 5, count, SA_RESTART);
	pthread_barrier_init(&both, NULL, PAIRS);
	for (intptr_t i = 0; i < PAIRS; i++)
		CHECK(pthread_create(&pair[i], NULL, sender, (void *)i) == 0);
	for (int i = 0; i < PAIRS; i++)
		pthread_join(pair[i], NULL);
	printf("flood %ld %ld %ld %ld\n", received[0], total[0], received[1], total[1]);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	queues();
	masks();
	restart();
	altstacks();
	nesting();
	descriptors();
	timers();
	flood();
	return 0;
}
