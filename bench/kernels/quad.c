/* 128-bit floating point, in software on both sides: the C compiler's support
 * library, all integer work. */
#include "bench.h"
#ifdef __aarch64__
typedef long double quad;
#else
typedef __float128 quad;
#endif

uint64_t kernel(long n)
{
	quad s = 0, t = 1;
	for (long i = 1; i <= n; i++) {
		t = t * (quad)(i % 17 + 1) / (quad)(i % 13 + 2) + (quad)1 / i;
		s = s + t - (quad)(int)(i & 7);
		if (t > 1000)
			t = t / 1024;
	}
	return mixd(mixd(0, (double)s), (double)t);
}
