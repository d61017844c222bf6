/* int8 dot products by SIMD intrinsics: SMULL/SADALP on ARM, PMADDWD on x86. */
#include "bench.h"
#ifdef __aarch64__
#include <arm_neon.h>
#else
#include <smmintrin.h>
#endif

#define LEN 4096
static int8_t a[LEN] __attribute__((aligned(16))), b[LEN] __attribute__((aligned(16)));

static NOINLINE int32_t dot(const int8_t *x, const int8_t *y, int n)
{
#ifdef __aarch64__
	int32x4_t s0 = vdupq_n_s32(0), s1 = s0;
	for (int i = 0; i < n; i += 16) {
		int8x16_t u = vld1q_s8(x + i), v = vld1q_s8(y + i);
		s0 = vpadalq_s16(s0, vmull_s8(vget_low_s8(u), vget_low_s8(v)));
		s1 = vpadalq_s16(s1, vmull_high_s8(u, v));
	}
	return vaddvq_s32(vaddq_s32(s0, s1));
#else
	__m128i s0 = _mm_setzero_si128(), s1 = s0;
	for (int i = 0; i < n; i += 16) {
		__m128i u = _mm_load_si128((const __m128i *)(x + i)), v = _mm_load_si128((const __m128i *)(y + i));
		s0 = _mm_add_epi32(s0, _mm_madd_epi16(_mm_cvtepi8_epi16(u), _mm_cvtepi8_epi16(v)));
		s1 = _mm_add_epi32(s1, _mm_madd_epi16(_mm_cvtepi8_epi16(_mm_srli_si128(u, 8)), _mm_cvtepi8_epi16(_mm_srli_si128(v, 8))));
	}
	int32_t t[4];
	_mm_storeu_si128((__m128i *)t, _mm_add_epi32(s0, s1));
	return t[0] + t[1] + t[2] + t[3];
#endif
}

uint64_t kernel(long n)
{
	uint64_t h = 0;
	for (int i = 0; i < LEN; i++) {
		a[i] = (int8_t)rnd();
		b[i] = (int8_t)rnd();
	}
	for (long k = 0; k < n; k++) {
		h += (uint64_t)(int64_t)dot(a, b, LEN) * (uint64_t)(k | 1);
		a[k & (LEN - 1)] ^= 0x55;
	}
	return mix(0, h);
}
