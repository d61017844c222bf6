/* Sieve of Eratosthenes over 4 MiB of bytes, n times: byte stores in a stride. */
#include "bench.h"

#define SIZE (4 << 20)
static uint8_t composite[SIZE];

uint64_t kernel(long n)
{
	uint64_t h = 0;
	for (long k = 0; k < n; k++) {
		memset(composite, 0, SIZE);
		long count = 0;
		for (long i = 2; i < SIZE; i++) {
			if (composite[i])
				continue;
			count++;
			for (long j = i * i; j < SIZE; j += i)
				composite[j] = 1;
		}
		h = mix(h, (uint64_t)count);
	}
	return h;
}
