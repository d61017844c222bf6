/* The C library's qsort with a comparison callback. */
#include "bench.h"

static int cmp(const void *a, const void *b)
{
	int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
	return (x > y) - (x < y);
}

uint64_t kernel(long n)
{
	int32_t *v = malloc((size_t)n * sizeof *v);
	uint64_t h = 0;
	for (long i = 0; i < n; i++)
		v[i] = (int32_t)rnd();
	qsort(v, (size_t)n, sizeof *v, cmp);
	for (long i = 0; i < n; i += 97)
		h = mix(h, (uint64_t)(uint32_t)v[i]);
	free(v);
	return h;
}
