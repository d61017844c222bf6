/*
 * Signals between threads, without one lost or doubled: sig_flood [N]. Four threads send
 * each other N real-time signals in all, which carry their number, by pthread_sigqueue,
 * rt_tgsigqueueinfo and tgkill, and N/8 to the process, by sigqueue. Each thread is hit
 * wherever it is: in a computation whose result must be right, in calls that sleep, in
 * calls that do not, in critical sections, in another handler.
 *
 * What a thread sends to another by one signal must arrive in order, so numbers are
 * compared at once; those to the process come to any thread, and are counted one by one.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define THREADS 4
#define WAYS 3    /* of sending to a thread */
#define WINDOW 24 /* signals under way for each pair and way: the user's limit is shared with others */

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

/* Signal of a way and sender: queues are by signal, so each keeps its order. */
#define SIGNAL(way, from) (SIGRTMIN + 1 + (way)*THREADS + (from))
#define TO_PROCESS (SIGRTMIN + 1 + WAYS * THREADS)

static pid_t tids[THREADS];
static pthread_t ids[THREADS];
static _Atomic long got[THREADS][WAYS][THREADS]; /* by receiver, way, sender */
static _Atomic long bad, got_process;
static _Atomic unsigned char *seen; /* of each number that went to the process */
static long each, all_process;
static _Atomic int at_start, done;
static __thread int self;
static __thread volatile int depth, deepest;

static void receive(int sig, siginfo_t *si, void *uc)
{
	(void)uc;
	int e = errno;
	if (++depth > deepest)
		deepest = depth;
	long v = si->si_value.sival_int;
	if (sig == TO_PROCESS) {
		if (si->si_code != SI_QUEUE || v < 0 || v >= all_process || atomic_fetch_add(&seen[v], 1) != 0)
			bad++;
		got_process++;
	} else {
		int way = (sig - SIGRTMIN - 1) / THREADS, from = (sig - SIGRTMIN - 1) % THREADS;
		/* tgkill gives no value. A signal that interrupts this handler is another one. */
		if (si->si_code != (way == 2 ? SI_TKILL : SI_QUEUE) || si->si_pid != getpid() ||
		    (way != 2 && v != got[self][way][from]))
			bad++;
		got[self][way][from]++;
	}
	depth--;
	errno = e;
}

/* 0, or -1 if the queue is full. */
static int send(int way, int to, long v)
{
	int sig = SIGNAL(way, self), r;
	union sigval val = {.sival_int = (int)v};
	switch (way) {
	case 0:
		r = pthread_sigqueue(ids[to], sig, val);
		break;
	case 1: {
		siginfo_t si = {.si_signo = sig, .si_code = SI_QUEUE};
		si.si_pid = getpid();
		si.si_uid = getuid();
		si.si_value = val;
		r = syscall(SYS_rt_tgsigqueueinfo, getpid(), tids[to], sig, &si) ? errno : 0;
		break;
	}
	default:
		r = syscall(SYS_tgkill, getpid(), tids[to], sig) ? errno : 0;
	}
	CHECK(r == 0 || r == EAGAIN);
	return r ? -1 : 0;
}

static uint32_t rnd(uint32_t *s)
{
	*s ^= *s << 13;
	*s ^= *s >> 17;
	return *s ^= *s << 5;
}

/* Integers, flags, floating point and vectors, with one right result. */
static uint64_t compute(int n)
{
	uint64_t x = 88172645463325252ull, sum = 0;
	double d = 1;
	float v[16] = {0};
	for (int i = 0; i < n; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		sum += x % 1000003 > 500000 ? x : x >> 3;
		d += (double)(x & 0xff) / 7;
		for (int k = 0; k < 16; k++)
			v[k] += (float)(k * (i & 3));
	}
	for (int k = 0; k < 16; k++)
		d += v[k];
	return sum ^ (uint64_t)d;
}

static uint64_t right;
static _Atomic long locked;
static long guarded_by_lock;
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;

/* Somewhere to be hit. */
static void be_somewhere(uint32_t *s, int zero, const int *pipe)
{
	char c;
	switch (rnd(s) % 10) {
	case 0: case 1: case 2:
		CHECK(compute(3000) == right);
		break;
	case 3:
		for (int i = 0; i < 20; i++)
			CHECK(syscall(SYS_gettid) == tids[self]);
		break;
	case 4:
		for (int i = 0; i < 20; i++) /* the handlers' actions have SA_RESTART */
			CHECK(read(zero, &c, 1) == 1 && c == 0);
		break;
	case 5: {
		struct timespec ts = {0, 20000};
		int r = clock_nanosleep(CLOCK_MONOTONIC, 0, &ts, NULL);
		CHECK(r == 0 || r == EINTR);
		break;
	}
	case 6: {
		struct pollfd p = {.fd = pipe[0], .events = POLLIN};
		CHECK(poll(&p, 1, 0) == 0 || errno == EINTR);
		CHECK(write(pipe[1], "x", 1) == 1);
		CHECK(read(pipe[0], &c, 1) == 1 && c == 'x');
		break;
	}
	case 7:
		CHECK(pthread_mutex_lock(&mu) == 0);
		guarded_by_lock++;
		locked++;
		sched_yield();
		CHECK(pthread_mutex_unlock(&mu) == 0);
		break;
	case 8: { /* they wait meanwhile, and all come at the end */
		sigset_t m, old;
		sigfillset(&m);
		CHECK(pthread_sigmask(SIG_SETMASK, &m, &old) == 0);
		int before = deepest;
		CHECK(compute(3000) == right);
		CHECK(deepest == before && depth == 0);
		CHECK(pthread_sigmask(SIG_SETMASK, &old, NULL) == 0);
		break;
	}
	default: {
		sigset_t m;
		struct timespec ts = {0, 20000};
		sigemptyset(&m);
		CHECK(ppoll(NULL, 0, &ts, &m) == 0 || errno == EINTR);
	}
	}
}

static void *run(void *p)
{
	self = (int)(intptr_t)p;
	tids[self] = (pid_t)syscall(SYS_gettid);
	ids[self] = pthread_self();
	uint32_t s = 0x9e3779b9u * (unsigned)(self + 1);
	int zero = open("/dev/zero", O_RDONLY), pipes[2];
	CHECK(zero >= 0 && pipe(pipes) == 0);
	for (at_start++; at_start < THREADS;)
		sched_yield();
	long sent[WAYS][THREADS] = {{0}}, process = self, left = WAYS * THREADS * each;
	while (left > 0 || process < all_process) {
		long n = 0;
		for (int burst = 0; burst < 16; burst++) {
			int way = (int)(rnd(&s) % WAYS), to = (int)(rnd(&s) % THREADS);
			if (sent[way][to] < each && sent[way][to] - got[to][way][self] < WINDOW &&
			    send(way, to, sent[way][to]) == 0) {
				sent[way][to]++;
				left--;
				n++;
			}
		}
		if (process < all_process && process - got_process < WINDOW) {
			union sigval val = {.sival_int = (int)process};
			if (sigqueue(getpid(), TO_PROCESS, val) == 0) {
				process += THREADS;
				n++;
			} else
				CHECK(errno == EAGAIN);
		}
		be_somewhere(&s, zero, pipes);
		if (n == 0)
			sched_yield();
	}
	/* Until all have come: each waits for its own, and those of the process. */
	for (;;) {
		long mine = got_process;
		for (int way = 0; way < WAYS; way++)
			for (int from = 0; from < THREADS; from++)
				mine += got[self][way][from];
		if (mine >= all_process + WAYS * THREADS * each)
			break;
		be_somewhere(&s, zero, pipes);
	}
	for (done++; done < THREADS;) /* one too many would come now */
		be_somewhere(&s, zero, pipes);
	close(zero);
	close(pipes[0]);
	close(pipes[1]);
	return NULL;
}

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 20000;
	each = n / (WAYS * THREADS * THREADS);
	all_process = n / 8 / THREADS * THREADS;
	seen = calloc((size_t)all_process + 1, 1);
	CHECK(seen != NULL);
	right = compute(3000);
	struct sigaction sa = {.sa_sigaction = receive, .sa_flags = SA_SIGINFO | SA_RESTART};
	sigemptyset(&sa.sa_mask);
	for (int sig = SIGRTMIN + 1; sig <= TO_PROCESS; sig++)
		CHECK(sigaction(sig, &sa, NULL) == 0);
	pthread_t t[THREADS];
	/* This thread takes the process's signals as well while it waits. */
	for (long i = 0; i < THREADS; i++)
		CHECK(pthread_create(&t[i], NULL, run, (void *)(intptr_t)i) == 0);
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	CHECK(guarded_by_lock == locked);
	CHECK(got_process == all_process);
	for (long i = 0; i < all_process; i++)
		CHECK(seen[i] == 1);
	for (int to = 0; to < THREADS; to++)
		for (int way = 0; way < WAYS; way++)
			for (int from = 0; from < THREADS; from++)
				CHECK(got[to][way][from] == each);
	CHECK(bad == 0);
	printf("%ld to threads in order, %ld to the process, none lost, none twice\n",
	       each * WAYS * THREADS * THREADS, all_process);
	return 0;
}
