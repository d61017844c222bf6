/* Planetary n-body simulation: double multiply, add, divide and square root. */
#include "bench.h"
#include <math.h>

struct body { double x, y, z, vx, vy, vz, m; };
#define N 5

static void step(struct body *b, double dt)
{
	for (int i = 0; i < N; i++) {
		for (int j = i + 1; j < N; j++) {
			double dx = b[i].x - b[j].x, dy = b[i].y - b[j].y, dz = b[i].z - b[j].z;
			double d2 = dx * dx + dy * dy + dz * dz;
			double mag = dt / (d2 * sqrt(d2));
			b[i].vx -= dx * b[j].m * mag;
			b[i].vy -= dy * b[j].m * mag;
			b[i].vz -= dz * b[j].m * mag;
			b[j].vx += dx * b[i].m * mag;
			b[j].vy += dy * b[i].m * mag;
			b[j].vz += dz * b[i].m * mag;
		}
	}
	for (int i = 0; i < N; i++) {
		b[i].x += dt * b[i].vx;
		b[i].y += dt * b[i].vy;
		b[i].z += dt * b[i].vz;
	}
}

uint64_t kernel(long n)
{
	struct body b[N] = { { .m = 39.5 } };
	for (int i = 1; i < N; i++) {
		double a = i * 1.3, r = 2.0 + 4.0 * i;
		b[i] = (struct body){ r * cos(a), r * sin(a), 0.1 * i, -sin(a) * sqrt(39.5 / r), cos(a) * sqrt(39.5 / r), 0.01, 0.03 / i };
	}
	for (long i = 0; i < n; i++)
		step(b, 0.001);
	uint64_t h = 0;
	for (int i = 0; i < N; i++)
		h = mixd(mixd(h, b[i].x), b[i].vy);
	return h;
}
