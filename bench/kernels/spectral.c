/* Spectral norm: double divisions and conversions from integers. */
#include "bench.h"
#include <math.h>

#define N 200
static inline double A(int i, int j) { return 1.0 / ((i + j) * (i + j + 1) / 2 + i + 1); }

static NOINLINE void mul(const double *v, double *r, int t)
{
	for (int i = 0; i < N; i++) {
		double s = 0;
		for (int j = 0; j < N; j++)
			s += (t ? A(j, i) : A(i, j)) * v[j];
		r[i] = s;
	}
}

uint64_t kernel(long n)
{
	double u[N], v[N], w[N];
	for (int i = 0; i < N; i++)
		u[i] = 1;
	for (long k = 0; k < n; k++) {
		mul(u, w, 0);
		mul(w, v, 1);
		mul(v, w, 0);
		mul(w, u, 1);
	}
	double a = 0, b = 0;
	for (int i = 0; i < N; i++) {
		a += u[i] * v[i];
		b += v[i] * v[i];
	}
	return mixd(0, sqrt(a / b));
}
