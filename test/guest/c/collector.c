/*
 * What garbage collectors do with faults: pages that are written to are noticed by a
 * SIGSEGV, with other threads writing meanwhile, and threads are stopped at a page that they
 * poll. No store may be lost, and no thread pass while they are stopped.
 */
#include "t.h"
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

enum { PAGES = 64, THREADS = 3, PAGE = 4096, ROUNDS = 40 };

static char *heap, *poll_page;
static _Atomic int dirty[PAGES], over;
static _Atomic long faults, stopped, moves[THREADS][PAGES];
static sem_t parked, go_on;

static void handler(int sig, siginfo_t *si, void *uc)
{
	(void)sig, (void)uc;
	char *at = si->si_addr;
	int e = errno;
	if (at >= poll_page && at < poll_page + PAGE) {
		stopped++;
		sem_post(&parked);
		while (sem_wait(&go_on))
			;
		stopped--;
	} else if (at >= heap && at < heap + PAGES * PAGE && si->si_code == SEGV_ACCERR) {
		int page = (int)((at - heap) / PAGE);
		faults++;
		dirty[page] = 1;
		if (mprotect(heap + page * PAGE, PAGE, PROT_READ | PROT_WRITE))
			_exit(2);
	} else
		_exit(3);
	errno = e;
}

static void *mutator(void *p)
{
	long me = (long)(intptr_t)p;
	uint64_t x = 88172645463325252ull + (uint64_t)me;
	while (!over) {
		x ^= x << 13, x ^= x >> 7, x ^= x << 17;
		int page = (int)(x % PAGES);
		/* a word of its own in the page, by stores of several sizes */
		volatile uint64_t *w = (volatile uint64_t *)(heap + page * PAGE + 64 * me);
		uint64_t v = *w + 1;
		if (x & 1 << 20) {
			((volatile uint32_t *)w)[1] = (uint32_t)(v >> 32);
			((volatile uint32_t *)w)[0] = (uint32_t)v;
		} else
			*w = v;
		moves[me][page]++;
		(void)*(volatile char *)poll_page;
	}
	return NULL;
}

int main(void)
{
	struct sigaction sa = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
	heap = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	poll_page = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	CHECK(heap != MAP_FAILED && poll_page != MAP_FAILED && sigaction(SIGSEGV, &sa, NULL) == 0);
	sem_init(&parked, 0, 0);
	sem_init(&go_on, 0, 0);
	pthread_t t[THREADS];
	for (long i = 0; i < THREADS; i++)
		CHECK(pthread_create(&t[i], NULL, mutator, (void *)(intptr_t)i) == 0);
	long noticed = 0, unnoticed = 0;
	static long before[THREADS][PAGES];
	for (int round = 0; round < ROUNDS; round++) {
		/* Stop all, look, protect all, let them go. */
		CHECK(mprotect(poll_page, PAGE, PROT_NONE) == 0);
		for (int i = 0; i < THREADS; i++)
			while (sem_wait(&parked))
				;
		CHECK(stopped == THREADS);
		for (int page = 0; page < PAGES; page++) {
			int written = 0;
			for (int i = 0; i < THREADS; i++) {
				written |= moves[i][page] != before[i][page];
				before[i][page] = moves[i][page];
				CHECK(*(uint64_t *)(heap + page * PAGE + 64 * i) == (uint64_t)moves[i][page]);
			}
			if (round > 0)
				*(written && !dirty[page] ? &unnoticed : &noticed) += written;
			dirty[page] = 0;
		}
		long was = faults;
		CHECK(mprotect(heap, PAGES * PAGE, PROT_READ) == 0);
		CHECK(mprotect(poll_page, PAGE, PROT_READ) == 0);
		for (int i = 0; i < THREADS; i++)
			sem_post(&go_on);
		while (stopped) /* or one is taken for the next round's */
			sched_yield();
		/* With pages protected again while they run: each is noticed or waits. */
		for (int i = 0; i < 20; i++)
			CHECK(mprotect(heap + (i * 7 + round) % PAGES * PAGE, PAGE, PROT_READ) == 0);
		while (faults < was + 10)
			sched_yield();
	}
	over = 1;
	for (int i = 0; i < THREADS; i++)
		CHECK(pthread_join(t[i], NULL) == 0);
	printf("noticed %d, unnoticed %ld, faults %d\n", noticed > ROUNDS, unnoticed, faults > ROUNDS);
	return 0;
}
