/* Integer arithmetic, logic, shifts and comparison at every width. */
#include "t.h"

#define OPS(T, N, U)                                                                       \
	static NOINLINE T N##_add(T a, T b) { return (T)((U)a + (U)b); }                   \
	static NOINLINE T N##_sub(T a, T b) { return (T)((U)a - (U)b); }                   \
	static NOINLINE T N##_mul(T a, T b) { return (T)((U)a * (U)b); }                   \
	static NOINLINE T N##_and(T a, T b) { return a & b; }                              \
	static NOINLINE T N##_bic(T a, T b) { return (T)(a & ~b); }                        \
	static NOINLINE T N##_or(T a, T b) { return a | b; }                               \
	static NOINLINE T N##_orn(T a, T b) { return (T)(a | ~b); }                        \
	static NOINLINE T N##_xor(T a, T b) { return a ^ b; }                              \
	static NOINLINE T N##_eon(T a, T b) { return (T)(a ^ ~b); }                        \
	static NOINLINE T N##_neg(T a, T b) { (void)b; return (T)(0 - (U)a); }             \
	static NOINLINE T N##_not(T a, T b) { (void)b; return (T)~a; }                     \
	static NOINLINE T N##_shl(T a, T b) { return (T)((U)a << (b & (sizeof(T) * 8 - 1))); } \
	static NOINLINE T N##_shr(T a, T b) { return (T)(a >> (b & (sizeof(T) * 8 - 1))); }    \
	static NOINLINE T N##_lt(T a, T b) { return a < b; }                               \
	static NOINLINE T N##_le(T a, T b) { return a <= b; }                              \
	static NOINLINE T N##_eq(T a, T b) { return a == b; }                              \
	static NOINLINE T N##_max(T a, T b) { return a > b ? a : b; }                      \
	static NOINLINE T N##_min(T a, T b) { return a < b ? a : b; }                      \
	static NOINLINE T N##_madd(T a, T b) { return (T)((U)a * (U)b + (U)(a ^ 5)); }     \
	static NOINLINE T N##_msub(T a, T b) { return (T)((U)(b ^ 9) - (U)a * (U)b); }     \
	static NOINLINE T N##_mneg(T a, T b) { return (T)(0 - (U)a * (U)b); }              \
	static NOINLINE T N##_addsh(T a, T b) { return (T)((U)a + ((U)b << 3)); }          \
	static NOINLINE T N##_subsh(T a, T b) { return (T)((U)a - (U)(b >> 5)); }          \
	static NOINLINE T N##_imm(T a, T b) { (void)b; return (T)((((U)a + 0x123) & 0xff0) ^ 0x3f); } \
	static const struct { const char *n; T (*f)(T, T); } N##_ops[] = {                 \
		{ #N " add", N##_add }, { #N " sub", N##_sub }, { #N " mul", N##_mul },    \
		{ #N " and", N##_and }, { #N " bic", N##_bic }, { #N " or", N##_or },      \
		{ #N " orn", N##_orn }, { #N " xor", N##_xor }, { #N " eon", N##_eon },    \
		{ #N " neg", N##_neg }, { #N " not", N##_not }, { #N " shl", N##_shl },    \
		{ #N " shr", N##_shr }, { #N " lt", N##_lt }, { #N " le", N##_le },        \
		{ #N " eq", N##_eq }, { #N " max", N##_max }, { #N " min", N##_min },      \
		{ #N " madd", N##_madd }, { #N " msub", N##_msub }, { #N " mneg", N##_mneg }, \
		{ #N " addsh", N##_addsh }, { #N " subsh", N##_subsh }, { #N " imm", N##_imm }, \
	};                                                                                 \
	static void N##_run(void)                                                          \
	{                                                                                  \
		for (size_t k = 0; k < COUNT(N##_ops); k++) {                              \
			begin(N##_ops[k].n);                                               \
			for (size_t i = 0; i < COUNT(ints); i++)                           \
				for (size_t j = 0; j < COUNT(ints); j++)                   \
					mix(N##_ops[k].f((T)ints[i], (T)ints[j]));         \
			for (int i = 0; i < 500; i++) {                                    \
				T a = (T)rnd(), b = (T)rnd();                              \
				mix(N##_ops[k].f(a, b));                                   \
			}                                                                  \
			end();                                                             \
		}                                                                          \
	}

OPS(int8_t, s8, uint32_t)
OPS(uint8_t, u8, uint32_t)
OPS(int16_t, s16, uint32_t)
OPS(uint16_t, u16, uint32_t)
OPS(int32_t, s32, uint32_t)
OPS(uint32_t, u32, uint32_t)
OPS(int64_t, s64, uint64_t)
OPS(uint64_t, u64, uint64_t)

int main(void)
{
	s8_run();
	u8_run();
	s16_run();
	u16_run();
	s32_run();
	u32_run();
	s64_run();
	u64_run();
	return 0;
}
