/* Complex arithmetic: the compiler's own multiplication and division, with
 * infinities and NaNs. */
#include "t.h"
#include <complex.h>
#include <math.h>

#define OPS(T, N)                                                                          \
	static NOINLINE T complex N##_mul(T complex a, T complex b) { return a * b; }      \
	static NOINLINE T complex N##_div(T complex a, T complex b) { return a / b; }      \
	static NOINLINE T complex N##_add(T complex a, T complex b) { return a + b; }      \
	static NOINLINE T complex N##_sub(T complex a, T complex b) { return a - ~b; }     \
	static NOINLINE T complex N##_mix(T complex a, T complex b) { return a == b ? a : -a * __real__ b + __imag__ a; }
OPS(float, f)
OPS(double, d)

int main(void)
{
	static const double v[] = { 0.0, -0.0, 1, -1, 0.5, 3.25, -7.5, 1e300, -1e-300, 1e38, 5e-324, INFINITY, -INFINITY, NAN };
	double complex (*const dops[])(double complex, double complex) = { d_mul, d_div, d_add, d_sub, d_mix };
	float complex (*const fops[])(float complex, float complex) = { f_mul, f_div, f_add, f_sub, f_mix };
	static const char *const names[] = { "mul", "div", "add", "sub", "mix" };
	for (size_t k = 0; k < COUNT(dops); k++) {
		begin(names[k]);
		for (size_t i = 0; i < COUNT(v); i++)
			for (size_t j = 0; j < COUNT(v); j++)
				for (size_t l = 0; l < COUNT(v); l++)
					for (size_t m = 0; m < COUNT(v); m += 3) {
						double complex r = dops[k](CMPLX(v[i], v[j]), CMPLX(v[l], v[m]));
						mix_d(creal(r));
						mix_d(cimag(r));
						float complex s = fops[k](CMPLXF((float)v[i], (float)v[j]), CMPLXF((float)v[l], (float)v[m]));
						mix_f(crealf(s));
						mix_f(cimagf(s));
					}
		end();
	}
	return 0;
}
