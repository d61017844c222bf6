/* The C library's mathematics. Its last bits depend on the machine's use of
 * fused multiply-add, so the reference is another emulator. */
#include "t.h"
#include <complex.h>
#include <math.h>

int main(void)
{
#define D1(F) begin(#F); for (size_t i = 0; i < COUNT(f64s); i++) mix_d(F(f64(f64s[i]))); \
	for (int i = 0; i < 400; i++) mix_d(F((double)(int64_t)rnd() / 4e17)); end();
#define F1(F) begin(#F); for (size_t i = 0; i < COUNT(f32s); i++) mix_f(F(f32(f32s[i]))); \
	for (int i = 0; i < 400; i++) mix_f(F((float)(int64_t)rnd() / 4e17f)); end();
#define D2(F) begin(#F); for (size_t i = 0; i < COUNT(f64s); i++) for (size_t j = 0; j < COUNT(f64s); j += 5) mix_d(F(f64(f64s[i]), f64(f64s[j]))); \
	for (int i = 0; i < 400; i++) mix_d(F((double)(int64_t)rnd() / 4e17, 1.7 * i)); end();
	D1(sin) D1(cos) D1(tan) D1(asin) D1(acos) D1(atan) D1(sinh) D1(cosh) D1(tanh) D1(asinh) D1(acosh) D1(atanh)
	D1(exp) D1(exp2) D1(expm1) D1(log) D1(log2) D1(log10) D1(log1p) D1(cbrt) D1(erf) D1(erfc) D1(tgamma) D1(lgamma) D1(j0) D1(y1)
	F1(sinf) F1(cosf) F1(tanf) F1(asinf) F1(atanf) F1(expf) F1(exp2f) F1(logf) F1(log2f) F1(cbrtf) F1(erff) F1(tanhf) F1(lgammaf)
	D2(pow) D2(atan2) D2(hypot) D2(fmod) D2(remainder) D2(fdim) D2(fmax) D2(fmin) D2(copysign) D2(nextafter)
	begin("complex");
	for (int i = 0; i < 200; i++) {
		double x = (double)(int64_t)rnd() / 4e18, y = (double)(int64_t)rnd() / 4e18;
		double complex z = x + y * I, r[] = { cexp(z), clog(z), csqrt(z), cpow(z, z), csin(z), ctanh(z), cacos(z) };
		for (size_t k = 0; k < COUNT(r); k++) {
			mix_d(creal(r[k]));
			mix_d(cimag(r[k]));
		}
		mix_d(cabs(z));
		mix_d(carg(z));
	}
	end();
	return 0;
}
