/* AES-128 in counter mode by the AES instructions of either architecture. */
#include "bench.h"
#ifdef __aarch64__
#include <arm_neon.h>
typedef uint8x16_t block;
static inline block load(const void *p) { return vld1q_u8(p); }
static inline void store(void *p, block b) { vst1q_u8(p, b); }
static inline block encrypt(block b, const block *rk)
{
	for (int i = 0; i < 9; i++)
		b = vaesmcq_u8(vaeseq_u8(b, rk[i]));
	return veorq_u8(vaeseq_u8(b, rk[9]), rk[10]);
}
#else
#include <wmmintrin.h>
typedef __m128i block;
static inline block load(const void *p) { return _mm_loadu_si128(p); }
static inline void store(void *p, block b) { _mm_storeu_si128(p, b); }
static inline block encrypt(block b, const block *rk)
{
	b = _mm_xor_si128(b, rk[0]);
	for (int i = 1; i < 10; i++)
		b = _mm_aesenc_si128(b, rk[i]);
	return _mm_aesenclast_si128(b, rk[10]);
}
#endif

uint64_t kernel(long n)
{
	/* Round keys are random: the key schedule is not what is measured. */
	static uint8_t keys[11][16];
	static uint8_t buf[16 << 10];
	block rk[11];
	for (int i = 0; i < 11; i++) {
		for (int j = 0; j < 16; j++)
			keys[i][j] = (uint8_t)rnd();
		rk[i] = load(keys[i]);
	}
	uint64_t ctr[2] = { 0, 42 };
	for (long k = 0; k < n; k++) {
		for (size_t i = 0; i < sizeof buf; i += 16) {
			uint8_t ks[16];
			ctr[0]++;
			store(ks, encrypt(load(ctr), rk));
			uint64_t x[2], y[2];
			memcpy(x, ks, 16);
			memcpy(y, buf + i, 16);
			y[0] ^= x[0];
			y[1] ^= x[1];
			memcpy(buf + i, y, 16);
		}
	}
	uint64_t h = 0, v;
	for (size_t i = 0; i < sizeof buf; i += 8) {
		memcpy(&v, buf + i, 8);
		h = mix(h, v);
	}
	return h;
}
