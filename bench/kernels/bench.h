/*
 * Frame shared by all benchmark kernels: each kernel file defines
 *
 *     uint64_t kernel(long n);
 *
 * which does work proportional to n and returns a checksum of its results.
 * main prints the checksum, so a wrong translation shows as a wrong line, and
 * the compiler cannot drop the work. The same source is compiled for the host
 * and for the guest.
 */
#ifndef BENCH_H
#define BENCH_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

uint64_t kernel(long n);

/* mix folds v into the running hash h (a multiply-xorshift step). */
static inline uint64_t mix(uint64_t h, uint64_t v)
{
	h ^= v + 0x9e3779b97f4a7c15ull + (h << 6) + (h >> 2);
	return h * 0xff51afd7ed558ccdull;
}

/* mixd folds a double in by its bit pattern. */
static inline uint64_t mixd(uint64_t h, double d)
{
	uint64_t v;
	memcpy(&v, &d, 8);
	return mix(h, v);
}

static uint64_t rnd_state = 88172645463325252ull;

/* rnd is a deterministic 64-bit xorshift generator. */
static inline uint64_t rnd(void)
{
	rnd_state ^= rnd_state << 13;
	rnd_state ^= rnd_state >> 7;
	rnd_state ^= rnd_state << 17;
	return rnd_state;
}

#define NOINLINE __attribute__((noinline))

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1;

	printf("%016llx\n", (unsigned long long)kernel(n));
	return 0;
}

#endif
