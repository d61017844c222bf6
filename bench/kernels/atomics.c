/* Uncontended atomics: counters, compare-and-swap loops, a spin lock. The guest
 * build chooses LSE or exclusives at run time (outline atomics), as Debian's. */
#include "bench.h"
#include <stdatomic.h>

static _Atomic uint64_t a, b, c;
static _Atomic uint32_t lock;

uint64_t kernel(long n)
{
	uint64_t guarded = 0;
	for (long i = 0; i < n; i++) {
		atomic_fetch_add_explicit(&a, (uint64_t)i, memory_order_relaxed);
		atomic_fetch_xor(&b, (uint64_t)i * 3);
		uint64_t v = atomic_load_explicit(&c, memory_order_acquire);
		while (!atomic_compare_exchange_weak(&c, &v, v * 5 + 1))
			;
		while (atomic_exchange_explicit(&lock, 1, memory_order_acquire))
			;
		guarded += v;
		atomic_store_explicit(&lock, 0, memory_order_release);
	}
	return mix(mix(mix(guarded, a), b), c);
}
