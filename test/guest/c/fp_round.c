/* Rounding: the library's rounding functions, and arithmetic, square root and
 * conversions under each of the four dynamic rounding modes. */
#include "t.h"
#include <fenv.h>
#include <math.h>
#pragma STDC FENV_ACCESS ON

static NOINLINE double dop(int k, double a, double b)
{
	a = hide(a);
	b = hide(b);
	switch (k) {
	case 0: return hide(a + b);
	case 1: return hide(a - b);
	case 2: return hide(a * b);
	case 3: return hide(a / b);
	case 4: return hide(sqrt(a));
	case 5: return (double)hide((float)a);
	case 6: return rint(a);
	case 7: return nearbyint(a);
	case 8: return floor(a);
	case 9: return ceil(a);
	case 10: return trunc(a);
	case 11: return round(a);
	case 12: return fabs(a) < 1e18 ? (double)lrint(a) : 0;
	case 13: return fabs(a) < 1e18 ? (double)llround(a) : 0;
	case 14: return fabs(a) < 1e18 ? (double)(long)a : 0;
	case 15: return (double)hide((float)hide((float)a * (float)b));
	case 16: return (double)hide((float)hide((float)a + (float)b));
	case 17: return (double)hide((float)hide((float)a / (float)b));
	case 18: return (double)hide(sqrtf((float)a));
	case 19: return (double)rintf((float)a);
	case 20: return (double)floorf((float)a);
	case 21: return (double)ceilf((float)a);
	case 22: return (double)truncf((float)a);
	case 23: return (double)roundf((float)a);
	case 24: return fma(a, b, 1e-3);
	case 25: return (double)fmaf((float)a, (float)b, 1e-3f);
	case 26: { int64_t v = (int64_t)b64(a); v = hide(v); return hide((double)v); }
	case 27: { uint64_t v = b64(a); v = hide(v); return (double)hide((float)v); }
	default: return a;
	}
}

int main(void)
{
	static const struct { int mode; const char *n; } modes[] = {
		{ FE_TONEAREST, "nearest" }, { FE_UPWARD, "up" }, { FE_DOWNWARD, "down" }, { FE_TOWARDZERO, "zero" },
	};
	for (size_t m = 0; m < COUNT(modes); m++) {
		for (int k = 0; k < 28; k++) {
			char name[40];
			fesetround(FE_TONEAREST);
			snprintf(name, sizeof name, "%s op %d", modes[m].n, k);
			begin(name);
			fesetround(modes[m].mode);
			mix(fegetround() == modes[m].mode);
			for (size_t i = 0; i < COUNT(f64s); i++)
				for (size_t j = 0; j < COUNT(f64s); j += 3)
					mix_d(dop(k, f64(f64s[i]), f64(f64s[j])));
			for (int i = -60; i <= 60; i++) {
				mix_d(dop(k, i * 0.25, 3.0));
				mix_d(dop(k, i * 0.1, -7.0));
			}
			fesetround(FE_TONEAREST);
			end();
		}
	}
	return 0;
}
