/* Multi-precision arithmetic: factorial and Fibonacci by 64-bit limbs with
 * 128-bit products and carries. */
#include "bench.h"

#define MAX 1024
struct big { int n; uint64_t d[MAX]; };

static NOINLINE void mul1(struct big *a, uint64_t m)
{
	unsigned __int128 c = 0;
	for (int i = 0; i < a->n; i++) {
		c += (unsigned __int128)a->d[i] * m;
		a->d[i] = (uint64_t)c;
		c >>= 64;
	}
	if (c)
		a->d[a->n++] = (uint64_t)c;
}

static NOINLINE void add(struct big *a, const struct big *b)
{
	unsigned __int128 c = 0;
	int n = a->n > b->n ? a->n : b->n;
	for (int i = 0; i < n; i++) {
		c += (unsigned __int128)(i < a->n ? a->d[i] : 0) + (i < b->n ? b->d[i] : 0);
		a->d[i] = (uint64_t)c;
		c >>= 64;
	}
	a->n = n;
	if (c)
		a->d[a->n++] = (uint64_t)c;
}

static NOINLINE uint64_t mod(const struct big *a, uint32_t m)
{
	uint64_t r = 0;
	for (int i = a->n - 1; i >= 0; i--) {
		r = (r << 32 | a->d[i] >> 32) % m;
		r = (r << 32 | (a->d[i] & 0xffffffff)) % m;
	}
	return r;
}

uint64_t kernel(long n)
{
	static struct big f, x, y;
	uint64_t h = 0;
	for (long k = 0; k < n; k++) {
		f = (struct big){ 1, { 1 } };
		x = (struct big){ 1, { (uint64_t)k } };
		y = (struct big){ 1, { 1 } };
		for (long i = 1; i <= 6000; i++) {
			mul1(&f, (uint64_t)i);
			if (i % 100 == 0)
				h = mix(h, mod(&f, 1000003u * 4001u + (uint32_t)i));
		}
		for (long i = 0; i < 3000; i++) {
			add(&x, &y);
			add(&y, &x);
		}
		for (int i = 0; i < y.n; i++)
			h = mix(h, y.d[i]);
	}
	return h;
}
