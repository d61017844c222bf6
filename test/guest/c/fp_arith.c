/* Floating-point arithmetic in both precisions over special values. NaNs are
 * folded into one; fp_nan.c looks at their payloads. */
#include "t.h"
#include <math.h>

#define OPS(T, N, X)                                                            \
	static NOINLINE T N##_add(T a, T b) { return a + b; }                   \
	static NOINLINE T N##_sub(T a, T b) { return a - b; }                   \
	static NOINLINE T N##_mul(T a, T b) { return a * b; }                   \
	static NOINLINE T N##_nmul(T a, T b) { return -(a * b); }               \
	static NOINLINE T N##_div(T a, T b) { return a / b; }                   \
	static NOINLINE T N##_sqrt(T a, T b) { (void)b; return __builtin_sqrt##X(a); } \
	static NOINLINE T N##_neg(T a, T b) { (void)b; return -a; }             \
	static NOINLINE T N##_abs(T a, T b) { (void)b; return __builtin_fabs##X(a); }  \
	static NOINLINE T N##_abd(T a, T b) { return __builtin_fabs##X(a - b); } \
	static NOINLINE T N##_cpysgn(T a, T b) { return __builtin_copysign##X(a, b); } \
	static NOINLINE T N##_max(T a, T b) { return a > b ? a : b; }           \
	static NOINLINE T N##_min(T a, T b) { return a < b ? a : b; }           \
	static NOINLINE T N##_sel(T a, T b) { return a == b ? 1 : a != a ? 2 : a >= b ? 3 : 4; } \
	static NOINLINE T N##_un(T a, T b) { return (T)(__builtin_isunordered(a, b) + 2 * __builtin_isless(a, b) + 4 * __builtin_islessequal(a, b) + 8 * __builtin_isgreater(a, b) + 16 * __builtin_islessgreater(a, b)); } \
	static NOINLINE T N##_cmp(T a, T b) { return (T)((a < b) + 2 * (a <= b) + 4 * (a > b) + 8 * (a >= b) + 16 * (a == b) + 32 * (a != b)); } \
	static NOINLINE T N##_bool(T a, T b) { return (T)((a && b) + 2 * (a || b) + 4 * !a + 8 * (a > 0 && b < 1)); } \
	static NOINLINE T N##_chain(T a, T b) { return (a + 1) * (b - 2) / (a * a + 3) - b; } \
	static NOINLINE T N##_sqr(T a, T b) { return (a - b) * (a - b) + a; }

OPS(float, f, f)
OPS(double, d, )

#define LIST(N) { #N " add", N##_add }, { #N " sub", N##_sub }, { #N " mul", N##_mul }, { #N " nmul", N##_nmul }, \
	{ #N " div", N##_div }, { #N " sqrt", N##_sqrt }, { #N " neg", N##_neg }, { #N " abs", N##_abs }, { #N " abd", N##_abd }, \
	{ #N " cpysgn", N##_cpysgn }, { #N " max", N##_max }, { #N " min", N##_min }, { #N " sel", N##_sel }, \
	{ #N " un", N##_un }, { #N " cmp", N##_cmp }, { #N " bool", N##_bool }, { #N " chain", N##_chain }, { #N " sqr", N##_sqr }

static const struct { const char *n; float (*f)(float, float); } fops[] = { LIST(f) };
static const struct { const char *n; double (*f)(double, double); } dops[] = { LIST(d) };

int main(void)
{
	for (size_t k = 0; k < COUNT(fops); k++) {
		begin(fops[k].n);
		for (size_t i = 0; i < COUNT(f32s); i++)
			for (size_t j = 0; j < COUNT(f32s); j++)
				mix_f(fops[k].f(f32(f32s[i]), f32(f32s[j])));
		for (int i = 0; i < 3000; i++) {
			float a = f32((uint32_t)rnd()), b = f32((uint32_t)rnd());
			mix_f(fops[k].f(a, b));
			mix_f(fops[k].f(a, a * 1.0009765f));
		}
		end();
	}
	for (size_t k = 0; k < COUNT(dops); k++) {
		begin(dops[k].n);
		for (size_t i = 0; i < COUNT(f64s); i++)
			for (size_t j = 0; j < COUNT(f64s); j++)
				mix_d(dops[k].f(f64(f64s[i]), f64(f64s[j])));
		for (int i = 0; i < 3000; i++) {
			double a = f64(rnd()), b = f64(rnd());
			mix_d(dops[k].f(a, b));
			mix_d(dops[k].f(a, a * 1.0000000009));
		}
		end();
	}
	return 0;
}
