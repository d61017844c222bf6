/* Plain recursion: calls and returns, almost no work between them. */
#include "bench.h"

static NOINLINE uint64_t fib(unsigned n)
{
	return n < 2 ? n : fib(n - 1) + fib(n - 2);
}

uint64_t kernel(long n)
{
	return mix(0, fib((unsigned)n));
}
