/* Open-addressing hash table: insert, look up, delete with random keys. */
#include "bench.h"

#define BITS 17
#define SIZE (1u << BITS)
static uint64_t keys[SIZE];
static uint32_t vals[SIZE];

static inline uint32_t slot(uint64_t k) { return (uint32_t)(k * 0x9e3779b97f4a7c15ull >> (64 - BITS)); }

static NOINLINE uint32_t *find(uint64_t k, int insert)
{
	uint32_t i = slot(k);
	while (keys[i] && keys[i] != k)
		i = (i + 1) & (SIZE - 1);
	if (!keys[i]) {
		if (!insert)
			return NULL;
		keys[i] = k;
		vals[i] = 0;
	}
	return &vals[i];
}

uint64_t kernel(long n)
{
	uint64_t h = 0, hits = 0;
	for (long i = 0; i < n; i++) {
		uint64_t r = rnd();
		uint64_t k = (r >> 20) % 90000 + 1;
		if (r & 3) {
			uint32_t *v = find(k, 0);
			if (v)
				hits += *v;
		} else {
			*find(k, 1) += (uint32_t)r & 255;
		}
	}
	for (uint32_t i = 0; i < SIZE; i += 61)
		h = mix(h, keys[i] ^ vals[i]);
	return mix(h, hits);
}
