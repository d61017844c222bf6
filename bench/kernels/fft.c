/* Radix-2 fast Fourier transform of 4096 complex doubles, forth and back. */
#include "bench.h"
#include <math.h>

#define N 4096
static double re[N], im[N], wr[N / 2], wi[N / 2];

static NOINLINE void fft(int inverse)
{
	for (unsigned i = 1, j = 0; i < N; i++) {
		unsigned bit = N >> 1;
		for (; j & bit; bit >>= 1)
			j ^= bit;
		j |= bit;
		if (i < j) {
			double t = re[i]; re[i] = re[j]; re[j] = t;
			t = im[i]; im[i] = im[j]; im[j] = t;
		}
	}
	for (unsigned len = 2; len <= N; len <<= 1) {
		unsigned half = len / 2, stride = N / len;
		for (unsigned i = 0; i < N; i += len) {
			for (unsigned k = 0; k < half; k++) {
				double c = wr[k * stride], s = inverse ? -wi[k * stride] : wi[k * stride];
				unsigned p = i + k, q = p + half;
				double xr = re[q] * c - im[q] * s, xi = re[q] * s + im[q] * c;
				re[q] = re[p] - xr;
				im[q] = im[p] - xi;
				re[p] += xr;
				im[p] += xi;
			}
		}
	}
	if (inverse)
		for (unsigned i = 0; i < N; i++) {
			re[i] /= N;
			im[i] /= N;
		}
}

uint64_t kernel(long n)
{
	for (int i = 0; i < N / 2; i++) {
		wr[i] = cos(2 * M_PI * i / N);
		wi[i] = -sin(2 * M_PI * i / N);
	}
	for (int i = 0; i < N; i++) {
		re[i] = (double)(rnd() % 1000) / 1000;
		im[i] = (double)(rnd() % 1000) / 1000;
	}
	for (long k = 0; k < n; k++) {
		fft(0);
		fft(1);
	}
	uint64_t h = 0;
	for (int i = 0; i < N; i += 17)
		h = mixd(mixd(h, re[i]), im[i]);
	return h;
}
