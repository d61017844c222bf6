/*
 * The operations on futexes that thread_calls does not have: bitsets, requeues, clocks,
 * both forms of locking with priority inheritance, and the calls of Linux 6.7, on memory
 * that threads share and that processes share.
 */
#include "t.h"
#include <errno.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

enum { WAITV = 449, WAKE = 454, WAIT = 455, REQUEUE = 456, LOCK_PI2 = 13, SIZE32 = 2, PRIVATE = 128 };

static long rc(long r) { return r < 0 ? -errno : r; }
static long futex(void *a, int op, uint32_t val, const void *arg, void *b, uint32_t val3)
{
	return rc(syscall(SYS_futex, a, op, val, arg, b, val3));
}

struct waitv { uint64_t val, addr; uint32_t flags, reserved; };

/* Waiters, as threads or as processes. */
static uint32_t *words; /* shared with children */
static struct sleeper { uint32_t *word; int how; uint32_t bits; } sleepers[8];
enum { N = 6 };

static long sleeps(const struct sleeper *s)
{
	switch (s->how) {
	case 0:
		return futex(s->word, FUTEX_WAIT_BITSET, 0, NULL, NULL, s->bits);
	case 1:
		return rc(syscall(WAIT, s->word, 0ul, (unsigned long)s->bits, SIZE32, NULL, 0));
	case 2: {
		struct waitv v[2] = {{0, (uintptr_t)s->word, SIZE32, 0}, {0, (uintptr_t)&words[9], SIZE32, 0}};
		return rc(syscall(WAITV, v, 2, 0, NULL, 0));
	}
	}
	return -1;
}

static void *thread(void *p) { return (void *)(intptr_t)sleeps(p); }

static pthread_t threads[N];
static pid_t pids[N];
static int forked;

static void begin_sleep(int how)
{
	for (int i = 0; i < N; i++) {
		sleepers[i] = (struct sleeper){&words[0], how, 1u << i};
		if (forked) {
			fflush(stdout);
			if ((pids[i] = fork()) == 0)
				_exit((int)-sleeps(&sleepers[i]));
		} else
			CHECK(pthread_create(&threads[i], NULL, thread, &sleepers[i]) == 0);
	}
	/* All sleep: a requeue to the same word tells. */
	while (futex(&words[0], FUTEX_CMP_REQUEUE, 0, (void *)(intptr_t)N, &words[0], 0) != N)
		usleep(500);
}

static void end_sleep(const char *name)
{
	long sum = 0;
	for (int i = 0; i < N; i++) {
		if (forked) {
			int st;
			CHECK(waitpid(pids[i], &st, 0) == pids[i]);
			sum += st;
		} else {
			void *r;
			CHECK(pthread_join(threads[i], &r) == 0);
			sum += (long)(intptr_t)r;
		}
	}
	printf("%s%s: %ld\n", name, forked ? ", processes" : "", sum);
	fflush(stdout);
}

static void waking(void)
{
	begin_sleep(0);
	long a = futex(&words[0], FUTEX_WAKE_BITSET, 10, NULL, NULL, 0x21), b = futex(&words[0], FUTEX_WAKE_BITSET, 10, NULL, NULL, 0x21),
	     c = futex(&words[0], FUTEX_WAKE_BITSET, 1, NULL, NULL, 0x0e), d = futex(&words[0], FUTEX_REQUEUE, 1, (void *)1, &words[1], 0),
	     e = futex(&words[1], FUTEX_WAKE, 10, NULL, NULL, 0), f = futex(&words[0], FUTEX_WAKE, 10, NULL, NULL, 0);
	printf("bitsets %ld %ld %ld, requeue %ld, rest %ld %ld\n", a, b, c, d, e, f);
	end_sleep("bitsets");
	begin_sleep(1);
	a = rc(syscall(WAKE, &words[0], 0x3ul, 10, SIZE32)), b = rc(syscall(WAKE, &words[0], 0x3cul, 1, SIZE32));
	struct waitv v[2] = {{0, (uintptr_t)&words[0], SIZE32, 0}, {0, (uintptr_t)&words[1], SIZE32, 0}};
	c = rc(syscall(REQUEUE, v, 0, 1, 1)), v[0].val = 5, d = rc(syscall(REQUEUE, v, 0, 1, 1));
	e = rc(syscall(WAKE, &words[1], ~0ul & 0xffffffff, 10, SIZE32)), f = rc(syscall(WAKE, &words[0], 0xfffffffful, 10, SIZE32));
	printf("futex_wake %ld %ld, futex_requeue %ld %ld, rest %ld %ld\n", a, b, c, d, e, f);
	end_sleep("futex_wait");
	begin_sleep(2);
	for (a = 0; a < N; usleep(500)) /* which they wait for last */
		a += futex(&words[9], FUTEX_WAKE, 10, NULL, NULL, 0);
	end_sleep("futex_waitv");
	static const int ops[] = {FUTEX_OP_SET, FUTEX_OP_ADD, FUTEX_OP_OR, FUTEX_OP_ANDN, FUTEX_OP_XOR, FUTEX_OP_SET | FUTEX_OP_OPARG_SHIFT, 7};
	for (size_t i = 0; i < COUNT(ops); i++)
		for (int cmp = 0; cmp < 7; cmp++) {
			words[2] = 0x35;
			long r = futex(&words[3], FUTEX_WAKE_OP, 1, (void *)1, &words[2], FUTEX_OP(ops[i], 0x13, cmp, 0x35));
			if (cmp == 0 || r)
				printf("wake_op %d %d: %ld %#x\n", ops[i], cmp, r, words[2]);
		}
}

static void *pi_thread(void *p)
{
	int op = *(int *)p;
	struct timespec t;
	clock_gettime(op == LOCK_PI2 ? CLOCK_MONOTONIC : CLOCK_REALTIME, &t);
	t.tv_nsec += 5000000;
	if (t.tv_nsec >= 1000000000)
		t.tv_sec++, t.tv_nsec -= 1000000000;
	long a = futex(&words[4], op, 0, &t, NULL, 0), b = futex(&words[4], FUTEX_TRYLOCK_PI, 0, NULL, NULL, 0), c = futex(&words[4], FUTEX_UNLOCK_PI, 0, NULL, NULL, 0);
	printf("lock_pi %d: %ld %ld %ld\n", op, a, b, c);
	return NULL;
}

static void *dies_with(void *p) { CHECK(futex(&words[4], FUTEX_LOCK_PI, 0, NULL, NULL, 0) == 0); return p; }

static void inheriting(void)
{
	static int ops[] = {FUTEX_LOCK_PI, LOCK_PI2};
	pthread_t t;
	CHECK(futex(&words[4], FUTEX_LOCK_PI, 0, NULL, NULL, 0) == 0);
	for (size_t i = 0; i < COUNT(ops); i++)
		CHECK(pthread_create(&t, NULL, pi_thread, &ops[i]) == 0 && pthread_join(t, NULL) == 0);
	printf("unlock %ld", futex(&words[4], FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	printf(" again %ld\n", futex(&words[4], FUTEX_UNLOCK_PI, 0, NULL, NULL, 0));
	words[4] = 0;
	CHECK(pthread_create(&t, NULL, dies_with, NULL) == 0 && pthread_join(t, NULL) == 0);
	printf("owner is gone: %ld\n", futex(&words[4], FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	words[4] = 0x3fffffff;
	printf("no owner: %ld\n", futex(&words[4], FUTEX_LOCK_PI, 0, NULL, NULL, 0));
	words[4] = 0;
}

/* Clocks, and what is refused. */
static void limits(void)
{
	struct timespec past = {1, 0}, soon = {0, 1000000}, bad = {0, 1000000000}, neg = {-1, 0};
	words[5] = 0;
	static const int ops[] = {FUTEX_WAIT, FUTEX_WAIT_BITSET, FUTEX_WAIT_BITSET | FUTEX_CLOCK_REALTIME, FUTEX_WAIT | FUTEX_CLOCK_REALTIME,
		FUTEX_WAKE | FUTEX_CLOCK_REALTIME, FUTEX_LOCK_PI | FUTEX_CLOCK_REALTIME, FUTEX_WAIT_REQUEUE_PI, FUTEX_FD, 14, 77, FUTEX_WAKE_BITSET, FUTEX_CMP_REQUEUE_PI};
	for (size_t i = 0; i < COUNT(ops); i++) {
		printf("op %#x:", ops[i]);
		const struct timespec *times[] = {ops[i] == FUTEX_WAIT || ops[i] == (FUTEX_WAIT | FUTEX_CLOCK_REALTIME) ? &soon : &past, &bad, &neg, (void *)8};
		for (int k = 0; k < 4; k++)
			printf(" %ld", futex(&words[5], ops[i], 0, times[k], &words[6], 1));
		printf(" no bits %ld\n", futex(&words[5], ops[i], 0, times[0], &words[6], 0));
		words[5] = words[6] = 0;
	}
	struct waitv v[1] = {{0, (uintptr_t)&words[5], SIZE32, 0}};
	printf("futex_waitv: past %ld", rc(syscall(WAITV, v, 1, 0, &past, CLOCK_MONOTONIC)));
	printf(" realtime %ld", rc(syscall(WAITV, v, 1, 0, &past, CLOCK_REALTIME)));
	printf(" clock %ld", rc(syscall(WAITV, v, 1, 0, &past, 5)));
	printf(" flags %ld none %ld many %ld", rc(syscall(WAITV, v, 1, 1, NULL, 0)), rc(syscall(WAITV, v, 0, 0, NULL, 0)), rc(syscall(WAITV, v, 129, 0, NULL, 0)));
	v[0].val = 1;
	printf(" value %ld", rc(syscall(WAITV, v, 1, 0, NULL, 0)));
	v[0].val = 0, v[0].flags = 3;
	printf(" size %ld", rc(syscall(WAITV, v, 1, 0, &past, 1)));
	v[0].flags = SIZE32, v[0].reserved = 1;
	printf(" reserved %ld", rc(syscall(WAITV, v, 1, 0, &past, 1)));
	v[0].reserved = 0, v[0].addr += 2;
	printf(" odd %ld", rc(syscall(WAITV, v, 1, 0, &past, 1)));
	v[0].addr = 8;
	printf(" address %ld\n", rc(syscall(WAITV, v, 1, 0, &past, 1)));
	printf("futex_wait: past %ld", rc(syscall(WAIT, &words[5], 0ul, 1ul, SIZE32, &past, 1)));
	printf(" value %ld bits %ld flags %ld address %ld\n", rc(syscall(WAIT, &words[5], 1ul, 1ul, SIZE32, NULL, 0)), rc(syscall(WAIT, &words[5], 0ul, 0ul, SIZE32, NULL, 0)),
		rc(syscall(WAIT, &words[5], 0ul, 1ul, 99, NULL, 0)), rc(syscall(WAIT, 8ul, 0ul, 1ul, SIZE32, NULL, 0)));
	printf("futex_wake: bits %ld flags %ld address %ld\n", rc(syscall(WAKE, &words[5], 0ul, 1, SIZE32)), rc(syscall(WAKE, &words[5], 1ul, 1, 99)), rc(syscall(WAKE, 8ul, 1ul, 1, SIZE32)));
	/* Lists of robust futexes. */
	char head[24];
	void *got;
	size_t len;
	pid_t parent = getppid();
	printf("robust: %ld", rc(syscall(SYS_set_robust_list, head, 23)));
	printf(" %ld", rc(syscall(SYS_set_robust_list, head, 24)));
	printf(" %ld", rc(syscall(SYS_get_robust_list, 0, &got, &len)));
	printf(" %d %zu", got == head, len);
	printf(" none %ld pointer %ld other %d\n", rc(syscall(SYS_get_robust_list, 99999999, &got, &len)), rc(syscall(SYS_get_robust_list, 0, 8, &len)),
		syscall(SYS_get_robust_list, parent, &got, &len) == 0 || errno == EPERM);
	syscall(SYS_set_robust_list, NULL, 24);
	for (int cmd = 0; cmd < 1024; cmd = cmd ? cmd * 2 : 1)
		printf("membarrier %#x: %ld %ld\n", cmd, rc(syscall(SYS_membarrier, cmd, 0, 0)), rc(syscall(SYS_membarrier, cmd, 2, 0)));
}

int main(void)
{
	words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(words != MAP_FAILED);
	for (forked = 0; forked < 2; forked++)
		waking();
	inheriting();
	limits();
	return 0;
}
