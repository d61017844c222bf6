/* Formatting and parsing by the C library: snprintf, strtol, strtod, sscanf. */
#include "bench.h"

uint64_t kernel(long n)
{
	char buf[256];
	uint64_t h = 0;
	for (long i = 0; i < n; i++) {
		uint64_t r = rnd();
		double d = (double)(int64_t)(r >> 11) / 65536.0;
		int len = snprintf(buf, sizeof buf, "%ld %08x %s %-12d|%.6f %g", i, (unsigned)r, "abc", (int)(r >> 33), d, d * 1e-9);
		char *end;
		h += (uint64_t)len + (uint64_t)strtol(buf, &end, 10) + strtoul(end, &end, 16);
		end = strchr(end, '|') + 1;
		d = strtod(end, &end);
		h = mixd(h, d);
		int x = 0;
		sscanf(buf, "%d", &x);
		h += (uint64_t)x;
	}
	return h;
}
