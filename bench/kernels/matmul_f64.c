/* Matrix multiplication in double, row times row with the inner loop over columns,
 * so that the compiler vectorises it. */
#include "bench.h"

#define N 256
static double a[N][N], b[N][N], c[N][N];

static __attribute__((noinline, optimize("O3"))) void mul(void)
{
	for (int i = 0; i < N; i++) {
		for (int k = 0; k < N; k++) {
			double x = a[i][k];
			for (int j = 0; j < N; j++)
				c[i][j] += x * b[k][j];
		}
	}
}

uint64_t kernel(long n)
{
	for (int i = 0; i < N; i++)
		for (int j = 0; j < N; j++) {
			a[i][j] = (double)(rnd() % 1000) / (double)997;
			b[i][j] = (double)(rnd() % 1000) / (double)991;
		}
	uint64_t h = 0;
	for (long k = 0; k < n; k++)
		mul();
	for (int i = 0; i < N; i += 3)
		for (int j = 0; j < N; j += 7)
			h = mixd(h, (double)c[i][j]);
	return h;
}
