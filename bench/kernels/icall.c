/* Calls through function pointers, as virtual methods are: targets vary. */
#include "bench.h"

struct shape { uint64_t (*area)(const struct shape *, uint64_t); uint64_t a, b; };

static NOINLINE uint64_t f0(const struct shape *s, uint64_t k) { return s->a * s->b + k; }
static NOINLINE uint64_t f1(const struct shape *s, uint64_t k) { return (s->a + s->b) ^ k; }
static NOINLINE uint64_t f2(const struct shape *s, uint64_t k) { return s->a - s->b + (k >> 1); }
static NOINLINE uint64_t f3(const struct shape *s, uint64_t k) { return s->a << (s->b & 7) | (k & 1); }
static NOINLINE uint64_t f4(const struct shape *s, uint64_t k) { return k > s->a ? s->b : k; }
static NOINLINE uint64_t f5(const struct shape *s, uint64_t k) { return k * 3 + s->b; }

uint64_t kernel(long n)
{
	static uint64_t (*const fn[])(const struct shape *, uint64_t) = { f0, f1, f2, f3, f4, f5 };
	static struct shape v[1000];
	for (int i = 0; i < 1000; i++)
		v[i] = (struct shape){ fn[rnd() % 6], rnd() % 1000, rnd() % 1000 };
	uint64_t s = 0;
	for (long k = 0; k < n; k++)
		for (int i = 0; i < 1000; i++)
			s += v[i].area(&v[i], s);
	return mix(0, s);
}
