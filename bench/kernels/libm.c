/* The C library's sin, cos, exp, log, pow, atan2 and rounding functions. */
#include "bench.h"
#include <math.h>

uint64_t kernel(long n)
{
	double s = 0;
	for (long i = 0; i < n; i++) {
		double x = (double)(rnd() >> 40) / 4096 + 0.25;
		s += sin(x) + cos(x) * exp(-x / 64) + log(x) + pow(x, 0.3) + atan2(x, 3);
		s += floor(x) - rint(x) + fabs(fmod(x, 1.5));
	}
	return mixd(0, s);
}
