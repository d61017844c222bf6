/* Conversions between integers and floats, and between the precisions, within
 * the range where C defines them; fp_arm.c covers saturation. */
#include "t.h"
#include <math.h>

#define FROM(T, N) \
	static NOINLINE float N##_f(T v) { return (float)v; }  \
	static NOINLINE double N##_d(T v) { return (double)v; }
FROM(int8_t, s8) FROM(uint8_t, u8) FROM(int16_t, s16) FROM(uint16_t, u16)
FROM(int32_t, s32) FROM(uint32_t, u32) FROM(int64_t, s64) FROM(uint64_t, u64)

#define TO(T, N) \
	static NOINLINE T f_##N(float v) { return (T)v; }  \
	static NOINLINE T d_##N(double v) { return (T)v; }
TO(int8_t, s8) TO(uint8_t, u8) TO(int16_t, s16) TO(uint16_t, u16)
TO(int32_t, s32) TO(uint32_t, u32) TO(int64_t, s64) TO(uint64_t, u64)

static NOINLINE double widen(float f) { return f; }
static NOINLINE float narrow(double d) { return (float)d; }
static NOINLINE double fixed(int64_t v) { return (double)v / 65536; }
static NOINLINE int32_t tofixed(double v) { return (int32_t)(v * 256); }

int main(void)
{
#define F(T, N) begin(#N " to float"); for (size_t i = 0; i < COUNT(ints); i++) { mix_f(N##_f((T)ints[i])); mix_d(N##_d((T)ints[i])); } \
	for (int i = 0; i < 2000; i++) { T v = (T)(rnd() >> (rnd() & 63)); mix_f(N##_f(v)); mix_d(N##_d(v)); } end();
	F(int8_t, s8) F(uint8_t, u8) F(int16_t, s16) F(uint16_t, u16)
	F(int32_t, s32) F(uint32_t, u32) F(int64_t, s64) F(uint64_t, u64)
#define TT(T, N, LO, HI) begin("float to " #N); \
	for (size_t i = 0; i < COUNT(f32s); i++) { float v = f32(f32s[i]); if (v > (LO) - 1.0f && v < (HI)) mix(f_##N(v)); } \
	for (size_t i = 0; i < COUNT(f64s); i++) { double v = f64(f64s[i]); if (v > (LO) - 1.0 && v < (HI)) mix(d_##N(v)); } \
	for (int i = 0; i < 2000; i++) { double v = (double)(int64_t)rnd() / (double)(1ull << (rnd() % 63)); \
		if (v > (LO) - 1.0 && v < (HI)) { mix(d_##N(v)); } if ((float)v > (LO) - 1.0f && (float)v < (HI)) mix(f_##N((float)v)); } end();
	TT(int8_t, s8, -128, 128) TT(uint8_t, u8, 0, 256) TT(int16_t, s16, -32768, 32768) TT(uint16_t, u16, 0, 65536)
	TT(int32_t, s32, -2147483648.0f, 2147483648.0f) TT(uint32_t, u32, 0, 4294967296.0f)
	TT(int64_t, s64, -9223372036854775808.0f, 9223372036854775808.0f) TT(uint64_t, u64, 0, 18446744073709551616.0f)
	begin("widen");
	for (size_t i = 0; i < COUNT(f32s); i++)
		mix_d(widen(f32(f32s[i])));
	for (int i = 0; i < 3000; i++)
		mix_d(widen(f32((uint32_t)rnd())));
	end();
	begin("narrow");
	for (size_t i = 0; i < COUNT(f64s); i++)
		mix_f(narrow(f64(f64s[i])));
	for (int i = 0; i < 3000; i++) {
		uint64_t b = rnd();
		mix_f(narrow(f64(b)));
		mix_f(narrow(f64((b & 0x8fffffffffffffff) | 0x3000000000000000)));
	}
	end();
	begin("fixed");
	for (size_t i = 0; i < COUNT(ints); i++) {
		mix_d(fixed((int64_t)ints[i]));
		mix(tofixed((double)(int32_t)ints[i] / 300));
	}
	end();
	begin("classify");
	for (size_t i = 0; i < COUNT(f64s); i++) {
		double v = f64(f64s[i]);
		mix(fpclassify(v)); mix(signbit(v) != 0); mix(isfinite(v) != 0); mix(isnormal(v) != 0);
		int e = 0;
		mix_d(isfinite(v) ? frexp(v, &e) : 0);
		mix(e);
		mix_d(ldexp(v, 3)); mix_d(ldexp(v, -1000)); mix_d(scalbn(v, 77));
		mix_d(nextafter(v, 1.0)); mix_d(nextafter(v, -INFINITY));
		mix_d(logb(v)); mix_d(isfinite(v) ? modf(v, &v) : 0);
	}
	end();
	return 0;
}
