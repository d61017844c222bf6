/* Mandelbrot set in doubles: a dependent scalar floating-point loop. */
#include "bench.h"

uint64_t kernel(long n)
{
	uint64_t h = 0;
	for (long py = 0; py < n; py++) {
		for (long px = 0; px < n; px++) {
			double cx = 3.0 * (double)px / (double)n - 2.0, cy = 2.0 * (double)py / (double)n - 1.0;
			double x = 0, y = 0;
			int i = 0;
			for (; i < 200; i++) {
				double x2 = x * x, y2 = y * y;
				if (x2 + y2 > 4.0)
					break;
				y = 2 * x * y + cy;
				x = x2 - y2 + cx;
			}
			h += (uint64_t)i * (uint64_t)(px ^ py);
		}
	}
	return mix(0, h);
}
