/* memcpy, memmove and memset at many sizes and alignments. */
#include "bench.h"

uint64_t kernel(long n)
{
	static uint8_t a[70000], b[70000];
	uint64_t h = 0;
	for (size_t i = 0; i < sizeof a; i++)
		a[i] = (uint8_t)rnd();
	for (long k = 0; k < n; k++) {
		uint64_t r = rnd();
		size_t len = (size_t)(r >> 40) & (r & 1 ? 63 : r & 2 ? 511 : 4095);
		size_t x = (r >> 8) & 0xffff, y = (r >> 24) & 0xffff;
		if (x + len > sizeof a) x = 0;
		if (y + len > sizeof a) y = 1;
		memcpy(b + y, a + x, len);
		memmove(b + x, b + y, len);
		memset(a + y, (int)k, len & 127);
		h += b[x] + a[y];
	}
	for (size_t i = 0; i < sizeof a; i += 37)
		h = mix(h, (uint64_t)a[i] << 8 | b[i]);
	return h;
}
