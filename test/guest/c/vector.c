/* Loops that compilers turn into vector code, and GCC's vector extensions, over
 * every element type. */
#include "t.h"

#define N 203
#define LOOPS(T, S, U)                                                                       \
	static T S##_x[N], S##_y[N], S##_z[N];                                               \
	static NOINLINE void S##_ops(void)                                                   \
	{                                                                                    \
		for (int i = 0; i < N; i++) S##_z[i] = (T)((U)S##_x[i] + (U)S##_y[i]);       \
		for (int i = 0; i < N; i++) S##_z[i] = (T)((U)S##_z[i] * 3 - (U)S##_y[N - 1 - i]); \
		for (int i = 0; i < N; i++) S##_z[i] = S##_z[i] > S##_x[i] ? S##_z[i] : (T)(S##_x[i] ^ 5); \
		for (int i = 0; i < N; i++) S##_y[i] = (T)(S##_z[i] >> 3);                   \
		for (int i = 0; i < N; i++) S##_y[i] = (T)((U)S##_y[i] << 1 | (S##_z[i] < S##_x[i])); \
		for (int i = 0; i < N; i++) S##_x[i] = S##_x[i] == S##_z[i] ? (T)7 : (T)-(U)S##_y[i]; \
		for (int i = 0; i < N / 2; i++) S##_z[i] = (T)((U)S##_x[2 * i] - (U)S##_x[2 * i + 1]); \
		for (int i = 0; i < N / 3; i++) S##_z[3 * i + 1] = S##_y[i];                 \
	}                                                                                    \
	static NOINLINE T S##_sum(void) { U s = 0; for (int i = 0; i < N; i++) s += (U)S##_x[i]; return (T)s; } \
	static NOINLINE T S##_max(void) { T s = S##_x[0]; for (int i = 0; i < N; i++) s = S##_x[i] > s ? S##_x[i] : s; return s; } \
	static NOINLINE T S##_dot(void) { U s = 0; for (int i = 0; i < N; i++) s += (U)S##_x[i] * (U)S##_y[i]; return (T)s; } \
	static NOINLINE int S##_count(void) { int c = 0; for (int i = 0; i < N; i++) c += S##_x[i] > S##_y[i]; return c; } \
	static NOINLINE uint64_t S##_wide(void) { uint64_t s = 0; for (int i = 0; i < N; i++) s += (uint64_t)S##_x[i]; return s; } \
	typedef T S##_v __attribute__((vector_size(16)));                                    \
	static NOINLINE S##_v S##_vec(S##_v a, S##_v b) { S##_v m = (S##_v)(a > b); return ((a + b) & m) | ((a ^ b) & ~m) | (a * b - (a >> 2)); }

LOOPS(int8_t, s8, uint32_t) LOOPS(uint8_t, u8, uint32_t) LOOPS(int16_t, s16, uint32_t) LOOPS(uint16_t, u16, uint32_t)
LOOPS(int32_t, s32, uint32_t) LOOPS(uint32_t, u32, uint32_t) LOOPS(int64_t, s64, uint64_t) LOOPS(uint64_t, u64, uint64_t)

static float fx[N], fy[N];
static double dx[N], dy[N];
static int32_t ix[N];

static NOINLINE void floats(void)
{
	for (int i = 0; i < N; i++) fy[i] = fx[i] * 1.5f + fy[i] / 3.0f;
	for (int i = 0; i < N; i++) dy[i] = dx[i] * dx[i] - dy[i];
	for (int i = 0; i < N; i++) ix[i] = (int32_t)fx[i];
	for (int i = 0; i < N; i++) dx[i] = fx[i];
	for (int i = 0; i < N; i++) fx[i] = (float)dy[i];
	for (int i = 0; i < N; i++) fy[i] = fx[i] > fy[i] ? fx[i] : fy[i];
	for (int i = 0; i < N; i++) dy[i] = ix[i];
	for (int i = 0; i < N; i++) dy[i] = __builtin_sqrt(__builtin_fabs(dy[i]));
}

static NOINLINE void convert(void)
{
	for (int i = 0; i < N; i++) s16_x[i] = s8_x[i];
	for (int i = 0; i < N; i++) s32_x[i] = s16_y[i];
	for (int i = 0; i < N; i++) u64_x[i] = u32_y[i];
	for (int i = 0; i < N; i++) u8_x[i] = (uint8_t)u16_y[i];
	for (int i = 0; i < N; i++) u16_x[i] = (uint16_t)(u8_x[i] * u8_y[i]);
	for (int i = 0; i < N; i++) s32_y[i] = s16_x[i] * s16_y[i];
	for (int i = 0; i < N; i++) u8_y[i] = (uint8_t)((u8_x[i] + u8_y[i] + 1) >> 1);
	for (int i = 0; i < N; i++) u32_z[i] = (uint32_t)__builtin_popcount(u32_x[i]);
	for (int i = 0; i < N; i++) u32_y[i] = __builtin_bswap32(u32_x[i]);
}

int main(void)
{
#define RUN(T, S)                                                                       \
	begin(#S);                                                                      \
	for (int k = 0; k < 20; k++) {                                                  \
		for (int i = 0; i < N; i++) { S##_x[i] = (T)rnd(); S##_y[i] = (T)rnd(); } \
		S##_ops();                                                              \
		mix(S##_sum()); mix(S##_max()); mix(S##_dot()); mix(S##_count()); mix(S##_wide()); \
		mix_bytes(S##_x, sizeof S##_x); mix_bytes(S##_y, sizeof S##_y); mix_bytes(S##_z, sizeof S##_z); \
		S##_v a, b;                                                             \
		memcpy(&a, S##_x, 16); memcpy(&b, S##_y, 16);                           \
		a = S##_vec(a, b);                                                      \
		mix_bytes(&a, 16);                                                      \
	}                                                                               \
	end();
	RUN(int8_t, s8) RUN(uint8_t, u8) RUN(int16_t, s16) RUN(uint16_t, u16)
	RUN(int32_t, s32) RUN(uint32_t, u32) RUN(int64_t, s64) RUN(uint64_t, u64)
	begin("floats");
	for (int k = 0; k < 20; k++) {
		for (int i = 0; i < N; i++) {
			fx[i] = (float)(int32_t)rnd() / 777;
			fy[i] = (float)(int32_t)rnd() / 3;
			dx[i] = (double)(int64_t)rnd() / 1e15;
			dy[i] = (double)(int32_t)rnd() / 9;
		}
		floats();
		mix_bytes(fx, sizeof fx); mix_bytes(fy, sizeof fy); mix_bytes(dx, sizeof dx); mix_bytes(dy, sizeof dy); mix_bytes(ix, sizeof ix);
	}
	end();
	begin("convert");
	for (int k = 0; k < 5; k++) {
		convert();
		mix_bytes(s16_x, sizeof s16_x); mix_bytes(s32_x, sizeof s32_x); mix_bytes(u64_x, sizeof u64_x);
		mix_bytes(u8_x, sizeof u8_x); mix_bytes(u8_y, sizeof u8_y); mix_bytes(s32_y, sizeof s32_y); mix_bytes(u32_z, sizeof u32_z); mix_bytes(u32_y, sizeof u32_y);
	}
	end();
	return 0;
}
