/*
 * Atomic operations of several threads on the same words, and litmus tests: outcomes that ARM's memory order forbids must not be seen.
 * Built with LSE instructions, with load and store exclusive, and with the C
 * library's choice at run time.
 */
#include "t.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>

enum { N = 4, ROUNDS = 30000 };

static _Atomic uint8_t a8;
static _Atomic uint16_t a16;
static _Atomic uint32_t a32;
static _Atomic uint64_t a64;
static _Atomic uint32_t bits, spin;
static uint64_t guarded;
static __int128 wide;

static void *counters(void *p)
{
	unsigned id = (unsigned)(intptr_t)p;
	for (unsigned i = 0; i < ROUNDS; i++) {
		atomic_fetch_add(&a8, 1);
		atomic_fetch_sub(&a16, 3);
		atomic_fetch_add_explicit(&a32, i, memory_order_relaxed);
		uint64_t o = atomic_load_explicit(&a64, memory_order_relaxed);
		while (!atomic_compare_exchange_weak(&a64, &o, o * 3 + 1 - o * 2))
			;
		atomic_fetch_xor(&bits, 1u << (i + id) % 32);
		atomic_fetch_or(&bits, 0);
		atomic_fetch_and(&bits, ~0u);
		while (atomic_exchange_explicit(&spin, 1, memory_order_acquire))
			while (atomic_load_explicit(&spin, memory_order_relaxed))
				sched_yield();
		guarded++;
		wide += id + 1;
		atomic_store_explicit(&spin, 0, memory_order_release);
	}
	return NULL;
}

/* Litmus tests: two threads run a step of each round, kept together by counters. */
static _Atomic int X, Y, rounds[2];
static int seen[2];
static int which;
static uint64_t forbidden[4];

static void meet(int id, int round)
{
	atomic_store(&rounds[id], round);
	for (int n = 0; atomic_load(&rounds[!id]) < round; n++)
		if (n > 200) /* the other may wait for this processor */
			sched_yield();
}

static void *litmus(void *p)
{
	int id = (int)(intptr_t)p;
	for (int i = 1; i <= ROUNDS; i++) {
		meet(id, 2 * i - 1);
		switch (which) {
		case 0: /* message passing */
			if (id == 0) {
				atomic_store_explicit(&X, i, memory_order_relaxed);
				atomic_store_explicit(&Y, i, memory_order_release);
			} else {
				seen[0] = atomic_load_explicit(&Y, memory_order_acquire);
				seen[1] = atomic_load_explicit(&X, memory_order_relaxed);
			}
			break;
		case 1: /* store buffering, sequentially consistent */
			atomic_store(id ? &Y : &X, i);
			seen[id] = atomic_load(id ? &X : &Y);
			break;
		case 2: /* store buffering with fences */
			atomic_store_explicit(id ? &Y : &X, i, memory_order_relaxed);
			atomic_thread_fence(memory_order_seq_cst);
			seen[id] = atomic_load_explicit(id ? &X : &Y, memory_order_relaxed);
			break;
		case 3: /* load buffering */
			seen[id] = atomic_load_explicit(id ? &X : &Y, memory_order_acquire);
			atomic_store_explicit(id ? &Y : &X, i, memory_order_release);
			break;
		}
		meet(id, 2 * i);
		if (id == 0)
			switch (which) {
			case 0:
				forbidden[0] += seen[0] == i && seen[1] != i;
				break;
			case 3:
				forbidden[3] += seen[0] == i && seen[1] == i;
				break;
			default:
				forbidden[which] += seen[0] != i && seen[1] != i;
			}
	}
	return p;
}

static void all(int n, void *(*f)(void *))
{
	pthread_t t[N];
	for (intptr_t i = 0; i < n; i++)
		pthread_create(&t[i], NULL, f, (void *)i);
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

int main(void)
{
	all(N, counters);
	printf("counters %u %u %u %" PRIu64 " %08x\n", a8, a16, a32, (uint64_t)a64, bits);
	printf("guarded %" PRIu64 " %" PRIu64 "\n", guarded, (uint64_t)wide);
	for (which = 0; which < 4; which++) {
		X = Y = rounds[0] = rounds[1] = 0;
		all(2, litmus);
		printf("litmus %d forbidden %" PRIu64 "\n", which, forbidden[which]);
	}
	return 0;
}
