/* Byte shuffles: base64 encoding by table-lookup instructions (TBL, PSHUFB). */
#include "bench.h"
#ifdef __aarch64__
#include <arm_neon.h>
#else
#include <tmmintrin.h>
#endif

static const uint8_t spread[16] = { 1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10 };

static NOINLINE void encode(const uint8_t *in, uint8_t *out, int blocks)
{
	static const int8_t offsets[16] = { 65, 71, -4, -4, -4, -4, -4, -4, -4, -4, -4, -4, -19, -16, 0, 0 };
#ifdef __aarch64__
	uint8x16_t sp = vld1q_u8(spread), off = vreinterpretq_u8_s8(vld1q_s8(offsets));
	for (; blocks--; in += 12, out += 16) {
		uint32x4_t v = vreinterpretq_u32_u8(vqtbl1q_u8(vld1q_u8(in), sp));
		uint32x4_t a = vandq_u32(vshrq_n_u32(v, 10), vdupq_n_u32(0x3f));
		uint32x4_t b = vandq_u32(vshlq_n_u32(v, 4), vdupq_n_u32(0x3f00));
		uint32x4_t c = vandq_u32(vshrq_n_u32(v, 6), vdupq_n_u32(0x3f0000));
		uint32x4_t d = vandq_u32(vshlq_n_u32(v, 8), vdupq_n_u32(0x3f000000));
		uint8x16_t i = vreinterpretq_u8_u32(vorrq_u32(vorrq_u32(a, b), vorrq_u32(c, d)));
		uint8x16_t r = vsubq_u8(vqsubq_u8(i, vdupq_n_u8(51)), vcgtq_u8(i, vdupq_n_u8(25)));
		vst1q_u8(out, vaddq_u8(i, vqtbl1q_u8(off, r)));
	}
#else
	__m128i sp = _mm_loadu_si128((const __m128i *)spread), off = _mm_loadu_si128((const __m128i *)offsets);
	for (; blocks--; in += 12, out += 16) {
		__m128i v = _mm_shuffle_epi8(_mm_loadu_si128((const __m128i *)in), sp);
		__m128i a = _mm_and_si128(_mm_srli_epi32(v, 10), _mm_set1_epi32(0x3f));
		__m128i b = _mm_and_si128(_mm_slli_epi32(v, 4), _mm_set1_epi32(0x3f00));
		__m128i c = _mm_and_si128(_mm_srli_epi32(v, 6), _mm_set1_epi32(0x3f0000));
		__m128i d = _mm_and_si128(_mm_slli_epi32(v, 8), _mm_set1_epi32(0x3f000000));
		__m128i i = _mm_or_si128(_mm_or_si128(a, b), _mm_or_si128(c, d));
		__m128i r = _mm_sub_epi8(_mm_subs_epu8(i, _mm_set1_epi8(51)), _mm_cmpgt_epi8(i, _mm_set1_epi8(25)));
		_mm_storeu_si128((__m128i *)out, _mm_add_epi8(i, _mm_shuffle_epi8(off, r)));
	}
#endif
}

uint64_t kernel(long n)
{
	static uint8_t in[12 * 1024 + 16], out[16 * 1024];
	uint64_t h = 0, v;
	for (size_t i = 0; i < sizeof in; i++)
		in[i] = (uint8_t)rnd();
	for (long k = 0; k < n; k++) {
		encode(in, out, 1024);
		memcpy(in + k % 12000, out + 3 * k % 16000, 8);
	}
	for (size_t i = 0; i < sizeof out; i += 8) {
		memcpy(&v, out + i, 8);
		h = mix(h, v);
	}
	return h;
}
