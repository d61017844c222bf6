/* The C library's allocator: random sizes, random lifetimes. */
#include "bench.h"

#define SLOTS 4096

uint64_t kernel(long n)
{
	static uint8_t *slot[SLOTS];
	static uint32_t size[SLOTS];
	uint64_t h = 0;
	for (long i = 0; i < n; i++) {
		uint64_t r = rnd();
		uint32_t s = (uint32_t)(r % SLOTS);
		if (slot[s]) {
			h += (uint64_t)slot[s][0] + slot[s][size[s] - 1];
			if (r >> 60 == 0) {
				size[s] += 64;
				slot[s] = realloc(slot[s], size[s]);
				slot[s][size[s] - 1] = (uint8_t)i;
				continue;
			}
			free(slot[s]);
			slot[s] = NULL;
			continue;
		}
		size[s] = (uint32_t)(r >> 32) % (r >> 62 == 0 ? 4000 : 200) + 1;
		slot[s] = malloc(size[s]);
		slot[s][0] = slot[s][size[s] - 1] = (uint8_t)i;
	}
	return mix(h, 1);
}
