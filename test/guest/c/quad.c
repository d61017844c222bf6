/* 128-bit floating point in software: long double on ARM, __float128 on x86. */
#include "t.h"
#ifdef __aarch64__
typedef long double quad;
#else
typedef __float128 quad;
#endif

static NOINLINE quad op(int k, quad a, quad b)
{
	switch (k) {
	case 0: return a + b;
	case 1: return a - b;
	case 2: return a * b;
	case 3: return a / b;
	case 4: return -a;
	case 5: return a < b ? a : b;
	case 6: return (a == b) + 2 * (a <= b) + 4 * (a > b) + 8 * (a != b);
	case 7: return (quad)(double)a;
	case 8: return (quad)(float)b;
	case 9: return a > -1e18 && a < 1e18 ? (quad)(int64_t)a : 0;
	case 10: return a >= 0 && a < 1e9 ? (quad)(uint32_t)a : 1;
	case 11: return a > -1e37 && a < 1e37 ? (quad)(__int128)a : 2;
	default: return (a + 1) * (b - 1) / 3;
	}
}

static void mix_q(quad q)
{
	if (q != q) {
		mix_d(f64(0x7ff8000000000000));
		return;
	}
	mix(q);
}

int main(void)
{
	for (int k = 0; k < 13; k++) {
		char name[16];
		snprintf(name, sizeof name, "op %d", k);
		begin(name);
		for (size_t i = 0; i < COUNT(f64s); i++)
			for (size_t j = 0; j < COUNT(f64s); j++)
				mix_q(op(k, (quad)f64(f64s[i]) / 3, f64(f64s[j])));
		for (size_t i = 0; i < COUNT(ints); i++) {
			mix_q(op(k, (quad)(int64_t)ints[i], (quad)ints[COUNT(ints) - 1 - i] * 7));
			mix_q(op(k, (quad)(uint32_t)ints[i], (quad)(__int128)(int64_t)ints[i] * 12345));
		}
		end();
	}
	return 0;
}
