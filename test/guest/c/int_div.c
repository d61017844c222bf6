/* Division and remainder: every sign, by variables and by constants (which the
 * compiler turns into multiplications by the high half). */
#include "t.h"

#define DIV(T, N, MIN)                                                             \
	static NOINLINE T N##_div(T a, T b) { return a / b; }                      \
	static NOINLINE T N##_mod(T a, T b) { return a % b; }                      \
	static NOINLINE T N##_const(T a)                                           \
	{                                                                          \
		return (T)(a / 3 ^ a / 7 ^ a / 10 ^ a % 10 ^ a / 16 ^ a % 16 ^ a / 1000 ^ a % 127 ^ a / 641); \
	}                                                                          \
	static void N##_run(void)                                                  \
	{                                                                          \
		for (int op = 0; op < 3; op++) {                                   \
			static const char *const names[] = { #N " div", #N " mod", #N " const" }; \
			begin(names[op]);                                          \
			for (size_t i = 0; i < COUNT(ints); i++)                   \
				for (size_t j = 0; j < COUNT(ints); j++) {         \
					T a = (T)ints[i], b = (T)ints[j];          \
					if (b == 0 || (MIN && a == (T)MIN && b == (T)-1)) \
						continue;                          \
					mix(op == 0 ? N##_div(a, b) : op == 1 ? N##_mod(a, b) : N##_const(a)); \
				}                                                  \
			for (int i = 0; i < 1000; i++) {                           \
				T a = (T)rnd(), b = (T)((T)rnd() >> (rnd() % (sizeof(T) * 8 - 1))); \
				if (b == 0 || (MIN && a == (T)MIN && b == (T)-1)) \
					continue;                                  \
				mix(op == 0 ? N##_div(a, b) : op == 1 ? N##_mod(a, b) : N##_const(a)); \
			}                                                          \
			end();                                                     \
		}                                                                  \
	}

DIV(int8_t, s8, INT8_MIN)
DIV(uint8_t, u8, 0)
DIV(int16_t, s16, INT16_MIN)
DIV(uint16_t, u16, 0)
DIV(int32_t, s32, INT32_MIN)
DIV(uint32_t, u32, 0)
DIV(int64_t, s64, INT64_MIN)
DIV(uint64_t, u64, 0)

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
