/*
 * POSIX threads: creation, joining, mutexes, condition variables, barriers,
 * read-write locks, thread-specific data, cancellation, robust and priority
 * inheritance mutexes, many threads, and signals between threads.
 */
#include "t.h"
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

enum { N = 8 };

static void *twice(void *p) { return (void *)(2 * (intptr_t)p); }

static void joining(void)
{
	uint64_t sum = 0;
	for (int round = 0; round < 100; round++) {
		pthread_t t[N];
		for (intptr_t i = 0; i < N; i++)
			CHECK(pthread_create(&t[i], NULL, twice, (void *)i) == 0);
		for (int i = 0; i < N; i++) {
			void *r;
			CHECK(pthread_join(t[i], &r) == 0);
			sum += (intptr_t)r;
		}
	}
	printf("joining %" PRIu64 "\n", sum);
}

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static uint64_t plain;
static _Atomic uint64_t counted;

static void *locked(void *p)
{
	for (int i = 0; i < 20000; i++) {
		pthread_mutex_lock(p);
		plain++;
		pthread_mutex_unlock(p);
		atomic_fetch_add(&counted, 1);
	}
	return NULL;
}

static void all(void *(*f)(void *), void *arg)
{
	pthread_t t[N];
	for (int i = 0; i < N; i++)
		CHECK(pthread_create(&t[i], NULL, f, arg) == 0);
	for (int i = 0; i < N; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
}

static void mutexes(void)
{
	all(locked, &mu);
	printf("mutex %" PRIu64 " %" PRIu64 "\n", plain, (uint64_t)counted);
	for (int proto = 0; proto < 2; proto++) {
		pthread_mutexattr_t a;
		pthread_mutex_t m;
		pthread_mutexattr_init(&a);
		pthread_mutexattr_settype(&a, PTHREAD_MUTEX_RECURSIVE);
		if (proto)
			CHECK(pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT) == 0);
		CHECK(pthread_mutex_init(&m, &a) == 0);
		plain = 0;
		all(locked, &m);
		printf("mutex %d %" PRIu64 "\n", proto, plain);
		pthread_mutex_destroy(&m);
	}
}

/* A bounded queue. */
static struct { pthread_mutex_t mu; pthread_cond_t more, less; int n, head, q[4]; } queue = {
	PTHREAD_MUTEX_INITIALIZER, PTHREAD_COND_INITIALIZER, PTHREAD_COND_INITIALIZER, 0, 0, {0}};

static void *producer(void *p)
{
	for (int i = 1; i <= 5000; i++) {
		pthread_mutex_lock(&queue.mu);
		while (queue.n == 4)
			pthread_cond_wait(&queue.less, &queue.mu);
		queue.q[(queue.head + queue.n++) % 4] = i;
		pthread_cond_signal(&queue.more);
		pthread_mutex_unlock(&queue.mu);
	}
	return p;
}

static void *consumer(void *p)
{
	uint64_t sum = 0;
	for (int i = 1; i <= 5000; i++) {
		pthread_mutex_lock(&queue.mu);
		while (queue.n == 0)
			pthread_cond_wait(&queue.more, &queue.mu);
		sum += queue.q[queue.head++ % 4];
		queue.head %= 4;
		queue.n--;
		pthread_cond_signal(&queue.less);
		pthread_mutex_unlock(&queue.mu);
	}
	atomic_fetch_add((_Atomic uint64_t *)p, sum);
	return NULL;
}

static void conditions(void)
{
	pthread_t p[3], c[3];
	_Atomic uint64_t sum = 0;
	for (int i = 0; i < 3; i++) {
		pthread_create(&p[i], NULL, producer, NULL);
		pthread_create(&c[i], NULL, consumer, &sum);
	}
	for (int i = 0; i < 3; i++) {
		pthread_join(p[i], NULL);
		pthread_join(c[i], NULL);
	}
	printf("queue %" PRIu64 "\n", (uint64_t)sum);
	struct timespec ts;
	clock_gettime(CLOCK_REALTIME, &ts);
	ts.tv_nsec += 20000000;
	if (ts.tv_nsec >= 1000000000)
		ts.tv_sec++, ts.tv_nsec -= 1000000000;
	pthread_mutex_lock(&mu);
	int r = pthread_cond_timedwait(&queue.more, &mu, &ts);
	pthread_mutex_unlock(&mu);
	printf("timed wait %d\n", r == ETIMEDOUT);
}

static pthread_barrier_t barrier;
static int phase[N];
static _Atomic int serial, nextid;

static void *phases(void *p)
{
	int id = atomic_fetch_add(&nextid, 1);
	for (int i = 0; i < 500; i++) {
		phase[id] = i;
		if (pthread_barrier_wait(&barrier) == PTHREAD_BARRIER_SERIAL_THREAD)
			atomic_fetch_add(&serial, 1);
		for (int k = 0; k < N; k++)
			CHECK(phase[k] == i);
		pthread_barrier_wait(&barrier);
	}
	return p;
}

static pthread_rwlock_t rw = PTHREAD_RWLOCK_INITIALIZER;
static uint64_t left, right;

static void *readwrite(void *p)
{
	for (int i = 0; i < 3000; i++) {
		if (i % 8 == 0) {
			pthread_rwlock_wrlock(&rw);
			left++, right++;
		} else {
			pthread_rwlock_rdlock(&rw);
			CHECK(left == right);
		}
		pthread_rwlock_unlock(&rw);
	}
	return p;
}

static __thread int tls = 7;
static _Thread_local char big[5000];
static pthread_key_t key;
static pthread_once_t once = PTHREAD_ONCE_INIT;
static _Atomic int destroyed, onces;

static void initonce(void) { atomic_fetch_add(&onces, 1); }
static void destroy(void *p) { atomic_fetch_add(&destroyed, (int)(intptr_t)p); }

static void *specific(void *p)
{
	pthread_once(&once, initonce);
	CHECK(tls == 7);
	for (size_t i = 0; i < sizeof big; i++)
		CHECK(big[i] == 0);
	tls = (int)(intptr_t)p;
	memset(big, tls, sizeof big);
	pthread_setspecific(key, (void *)(intptr_t)3);
	sched_yield();
	CHECK(tls == (int)(intptr_t)p);
	return NULL;
}

static sem_t sem;
static _Atomic int cleaned;
static void cleanup(void *p) { atomic_fetch_add(&cleaned, (int)(intptr_t)p); }

static void *sleeper(void *p)
{
	pthread_cleanup_push(cleanup, (void *)5);
	sem_post(&sem);
	pause();
	pthread_cleanup_pop(0);
	return p;
}

static void *spinner(void *p)
{
	pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
	sem_post(&sem);
	for (volatile int i = 0;; i++)
		;
	return p;
}

static void cancelling(void)
{
	int cancelled = 0;
	for (int i = 0; i < 50; i++) {
		pthread_t t;
		void *r;
		pthread_create(&t, NULL, i % 2 ? sleeper : spinner, NULL);
		sem_wait(&sem);
		CHECK(pthread_cancel(t) == 0);
		CHECK(pthread_join(t, &r) == 0);
		cancelled += r == PTHREAD_CANCELED;
	}
	printf("cancelled %d cleaned %d\n", cancelled, (int)cleaned);
}

static pthread_mutex_t robust;
static void *die_locked(void *p) { pthread_mutex_lock(&robust); return p; }
static void *die_raw(void *p) { pthread_mutex_lock(&robust); syscall(SYS_exit, 0); return p; }

static void robustness(void)
{
	for (int pi = 0; pi < 2; pi++) {
		pthread_mutexattr_t a;
		pthread_mutexattr_init(&a);
		pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
		if (pi)
			pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT);
		pthread_mutex_init(&robust, &a);
		int dead = 0;
		for (int i = 0; i < 50; i++) {
			pthread_t t;
			pthread_create(&t, NULL, i % 2 ? die_locked : die_raw, NULL);
			if (i % 4 < 2)
				pthread_join(t, NULL);
			else {
				while (pthread_mutex_trylock(&robust) == 0)
					pthread_mutex_unlock(&robust);
				if (pthread_mutex_consistent(&robust) == 0) {
					dead++;
					pthread_mutex_unlock(&robust);
					pthread_join(t, NULL);
					continue;
				}
				pthread_join(t, NULL);
			}
			int r = pthread_mutex_lock(&robust);
			if (r == EOWNERDEAD) {
				dead++;
				pthread_mutex_consistent(&robust);
			}
			pthread_mutex_unlock(&robust);
		}
		printf("robust %d dead %d\n", pi, dead);
	}
}

static sem_t go_on;
static _Atomic int alive;
static void *waits(void *p)
{
	atomic_fetch_add(&alive, 1);
	sem_post(&sem);
	while (sem_wait(&go_on))
		;
	return p;
}

static void many(void)
{
	enum { M = 1000 };
	static pthread_t t[M];
	pthread_attr_t a;
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, PTHREAD_STACK_MIN + 65536);
	for (int i = 0; i < M; i++)
		CHECK(pthread_create(&t[i], &a, waits, (void *)(intptr_t)i) == 0);
	for (int i = 0; i < M; i++)
		sem_wait(&sem);
	for (int i = 0; i < M; i++)
		sem_post(&go_on);
	intptr_t sum = 0;
	for (int i = 0; i < M; i++) {
		void *r;
		CHECK(pthread_join(t[i], &r) == 0);
		sum += (intptr_t)r;
	}
	printf("many %d %ld\n", (int)alive, (long)sum);
}

/* Signals between threads: every queued one arrives, with its value, in order. */
static _Atomic uint64_t rtsum, rtcount, wrong;
static _Thread_local int lastval;
static void onrt(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)uc;
	if (si->si_value.sival_int != lastval + 1)
		atomic_fetch_add(&wrong, 1);
	lastval = si->si_value.sival_int;
	atomic_fetch_add(&rtsum, (uint64_t)lastval);
	atomic_fetch_add(&rtcount, 1);
}

static _Atomic int stop;
static void *target(void *p)
{
	sem_post(&sem);
	while (!stop) {
		if ((intptr_t)p & 1)
			usleep(50);
	}
	return p;
}

static void signalling(void)
{
	struct sigaction sa = {.sa_sigaction = onrt, .sa_flags = SA_SIGINFO | SA_RESTART};
	sigaction(SIGRTMIN + 1, &sa, NULL);
	pthread_t t[4];
	for (intptr_t i = 0; i < 4; i++) {
		pthread_create(&t[i], NULL, target, (void *)i);
		sem_wait(&sem);
	}
	enum { SIGS = 5000 };
	for (int v = 1; v <= SIGS; v++)
		for (int i = 0; i < 4; i++) {
			int r;
			while ((r = pthread_sigqueue(t[i], SIGRTMIN + 1, (union sigval){.sival_int = v})) == EAGAIN)
				sched_yield();
			CHECK(r == 0);
		}
	while (rtcount < 4 * SIGS)
		usleep(100);
	stop = 1;
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	printf("signals %" PRIu64 " sum %" PRIu64 " out of order %" PRIu64 "\n", (uint64_t)rtcount, (uint64_t)rtsum, (uint64_t)wrong);
}

/* A signal to the process goes to a thread that lets it in. */
static _Atomic int takers, badtaker;
static pthread_t willing;
static void onusr(int sig)
{
	(void)sig;
	if (!pthread_equal(pthread_self(), willing))
		badtaker = 1;
	atomic_fetch_add(&takers, 1);
}
static void *will(void *p)
{
	sigset_t s;
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	pthread_sigmask(SIG_UNBLOCK, &s, NULL);
	sem_post(&sem);
	while (!atomic_load(&takers))
		usleep(100);
	return p;
}
static void process_signal(void)
{
	sigset_t s, old;
	sigemptyset(&s);
	sigaddset(&s, SIGUSR1);
	pthread_sigmask(SIG_BLOCK, &s, &old);
	signal(SIGUSR1, onusr);
	for (int i = 0; i < 50; i++) {
		takers = 0;
		pthread_t t;
		pthread_create(&t, NULL, will, NULL);
		willing = t;
		sem_wait(&sem);
		kill(getpid(), SIGUSR1);
		pthread_join(t, NULL);
		CHECK(takers == 1);
	}
	printf("to the process: %d\n", (int)badtaker);
	kill(getpid(), SIGUSR1);
	kill(getpid(), SIGUSR1);
	int sig;
	CHECK(sigwait(&s, &sig) == 0);
	sigpending(&old);
	printf("waited %d, pending %d\n", sig, sigismember(&old, SIGUSR1));
}

static _Atomic int ticks;
static pid_t ticktid;
static void ontick(int sig)
{
	(void)sig;
	if (gettid() != ticktid)
		badtaker = 2;
	ticks++;
}
static void *ticked(void *p)
{
	ticktid = gettid();
	struct sigevent ev = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN + 2};
	ev._sigev_un._tid = ticktid;
	timer_t tm;
	CHECK(timer_create(CLOCK_MONOTONIC, &ev, &tm) == 0);
	struct itimerspec its = {{0, 2000000}, {0, 2000000}};
	CHECK(timer_settime(tm, 0, &its, NULL) == 0);
	while (ticks < 20)
		;
	timer_delete(tm);
	return p;
}

static void *named(void *p)
{
	char a[32], b[32], path[64];
	CHECK(pthread_setname_np(pthread_self(), "a thread's name") == 0);
	CHECK(prctl(PR_GET_NAME, a) == 0);
	snprintf(path, sizeof path, "/proc/self/task/%d/comm", gettid());
	FILE *f = fopen(path, "r");
	CHECK(f && fgets(b, sizeof b, f));
	fclose(f);
	printf("name %s comm %s", a, b);
	return p;
}

static void refused(void)
{
	static const unsigned long bad[] = {
		0x10000, 0x10800, 0x800, 0x10d00 & ~0x100ul, 0x10f00 | 0x10000000, 0x10f00 | 0x20000000, 0x20200,
		0x8040000 | 0x10f00, 0x10000200,
	};
	begin("refused");
	for (size_t i = 0; i < COUNT(bad); i++) {
		long r = syscall(SYS_clone, bad[i], 0, 0, 0, 0);
		mix((int)r);
		mix(errno);
	}
	struct { uint64_t v[16]; } c = {{0}};
	c.v[0] = 0x10f00, c.v[4] = 17; /* a thread with an exit signal */
	mix((int)syscall(435, &c, 64));
	mix(errno);
	c.v[4] = 0, c.v[5] = 4096; /* a stack without a size */
	mix((int)syscall(435, &c, 64));
	mix(errno);
	mix((int)syscall(435, &c, 63));
	mix(errno);
	mix((int)syscall(435, &c, 5000));
	mix(errno);
	c.v[5] = 0, c.v[15] = 1;
	mix((int)syscall(435, &c, 128));
	mix(errno);
	mix((int)syscall(435, NULL, 64));
	mix(errno);
	end();
}

static void *last(void *p)
{
	pthread_join(*(pthread_t *)p, NULL);
	printf("the main thread has ended\n");
	fflush(stdout);
	exit(9);
}

int main(void)
{
	sem_init(&sem, 0, 0);
	sem_init(&go_on, 0, 0);
	joining();
	mutexes();
	conditions();
	pthread_barrier_init(&barrier, NULL, N);
	all(phases, NULL);
	printf("barrier %d\n", (int)serial);
	all(readwrite, NULL);
	printf("rwlock %" PRIu64 " %" PRIu64 "\n", left, right);
	pthread_key_create(&key, destroy);
	for (int i = 0; i < 10; i++)
		all(specific, (void *)(intptr_t)i);
	printf("specific %d once %d\n", (int)destroyed, (int)onces);
	cancelling();
	robustness();
	many();
	signalling();
	process_signal();
	signal(SIGRTMIN + 2, ontick);
	pthread_t t;
	pthread_create(&t, NULL, ticked, NULL);
	pthread_join(t, NULL);
	printf("ticks %d\n", (int)badtaker);
	pthread_create(&t, NULL, named, NULL);
	pthread_join(t, NULL);
	refused();
	fflush(stdout);
	static pthread_t me;
	me = pthread_self();
	pthread_create(&t, NULL, last, &me);
	pthread_exit(NULL);
}
