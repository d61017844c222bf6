/* Overflow detection, saturation, carry chains: what the flags are for. */
#include "t.h"

#define W(T, N)                                                                              \
	static NOINLINE int N##_addo(T a, T b, T *r) { return __builtin_add_overflow(a, b, r); } \
	static NOINLINE int N##_subo(T a, T b, T *r) { return __builtin_sub_overflow(a, b, r); } \
	static NOINLINE int N##_mulo(T a, T b, T *r) { return __builtin_mul_overflow(a, b, r); } \
	static void N##_run(void)                                                            \
	{                                                                                    \
		int (*const f[])(T, T, T *) = { N##_addo, N##_subo, N##_mulo };              \
		static const char *const n[] = { #N " add", #N " sub", #N " mul" };          \
		for (int k = 0; k < 3; k++) {                                                \
			begin(n[k]);                                                         \
			for (size_t i = 0; i < COUNT(ints); i++)                             \
				for (size_t j = 0; j < COUNT(ints); j++) {                   \
					T r;                                                 \
					int o = f[k]((T)ints[i], (T)ints[j], &r);            \
					mix(o);                                              \
					mix(r);                                              \
				}                                                            \
			end();                                                               \
		}                                                                            \
	}
W(int8_t, s8) W(uint8_t, u8) W(int16_t, s16) W(uint16_t, u16)
W(int32_t, s32) W(uint32_t, u32) W(int64_t, s64) W(uint64_t, u64)

static NOINLINE int32_t sat32(int64_t v) { return v > INT32_MAX ? INT32_MAX : v < INT32_MIN ? INT32_MIN : (int32_t)v; }

static NOINLINE uint64_t chain(const uint64_t *a, const uint64_t *b, uint64_t *r, int n, int sub)
{
	unsigned char c = 0;
	for (int i = 0; i < n; i++) {
		uint64_t t, u;
		if (sub) {
			unsigned char x = __builtin_sub_overflow(a[i], b[i], &t);
			x |= __builtin_sub_overflow(t, (uint64_t)c, &u);
			c = x;
		} else {
			unsigned char x = __builtin_add_overflow(a[i], b[i], &t);
			x |= __builtin_add_overflow(t, (uint64_t)c, &u);
			c = x;
		}
		r[i] = u;
	}
	return c;
}

static NOINLINE int cond(int64_t a, int64_t b, uint64_t c, uint64_t d)
{
	int r = 0;
	r = r * 3 + (a == b && c < d);
	r = r * 3 + (a != b || c > d);
	r = r * 3 + (a < b && c >= d && a > -5);
	r = r * 3 + (a <= 31 && a >= -31);
	r = r * 3 + (c - 10 < 20);
	r = r * 3 + (a > b ? a == 7 : d == 7);
	r = r * 3 + ((a & 8) && (c & 0x8000000000000000));
	r = r * 3 + ((int32_t)a < (int32_t)b && (uint32_t)c > (uint32_t)d);
	return r;
}

static NOINLINE int64_t sel(int64_t a, int64_t b)
{
	int64_t x = a < b ? a + 1 : b, y = a == 0 ? ~b : b, z = a > b ? -a : b, w = (uint64_t)a > (uint64_t)b;
	int64_t m = a != b ? -1 : 0;
	return x ^ y * 3 ^ z * 5 ^ w ^ m;
}

int main(void)
{
	s8_run(); u8_run(); s16_run(); u16_run(); s32_run(); u32_run(); s64_run(); u64_run();
	begin("sat32");
	for (size_t i = 0; i < COUNT(ints); i++)
		mix(sat32((int64_t)ints[i]));
	end();
	begin("chain");
	for (int k = 0; k < 400; k++) {
		uint64_t a[8], b[8], r[8];
		for (int i = 0; i < 8; i++) {
			a[i] = ints[rnd() % COUNT(ints)];
			b[i] = ints[rnd() % COUNT(ints)];
		}
		mix(chain(a, b, r, 8, k & 1));
		mix_bytes(r, sizeof r);
	}
	end();
	begin("cond");
	for (size_t i = 0; i < COUNT(ints); i++)
		for (size_t j = 0; j < COUNT(ints); j++)
			mix(cond((int64_t)ints[i], (int64_t)ints[j], ints[(j * 3 + 1) % COUNT(ints)], ints[(i + j) % COUNT(ints)]));
	end();
	begin("sel");
	for (size_t i = 0; i < COUNT(ints); i++)
		for (size_t j = 0; j < COUNT(ints); j++)
			mix(sel((int64_t)ints[i], (int64_t)ints[j]));
	end();
	return 0;
}
