/* AES, SHA-1, SHA-256, polynomial multiplication and CRC instructions. */
#include "neon.h"
#include <arm_acle.h>

#define OPS(OP) \
	OP(uint8x16_t, aese, vaeseq_u8(a, b)) OP(uint8x16_t, aesd, vaesdq_u8(a, b)) OP(uint8x16_t, aesmc, vaesmcq_u8(a)) OP(uint8x16_t, aesimc, vaesimcq_u8(a)) \
	OP(uint8x16_t, aesround, vaesmcq_u8(vaeseq_u8(a, b))) OP(uint8x16_t, aesdround, vaesimcq_u8(vaesdq_u8(a, b))) \
	OP(uint32x4_t, sha1c, vsha1cq_u32(a, vgetq_lane_u32(b, 0), c)) OP(uint32x4_t, sha1p, vsha1pq_u32(a, vgetq_lane_u32(b, 0), c)) \
	OP(uint32x4_t, sha1m, vsha1mq_u32(a, vgetq_lane_u32(b, 0), c)) OP(uint32x4_t, sha1h, vsha1h_u32(vgetq_lane_u32(a, 0))) \
	OP(uint32x4_t, sha1su0, vsha1su0q_u32(a, b, c)) OP(uint32x4_t, sha1su1, vsha1su1q_u32(a, b)) \
	OP(uint32x4_t, sha256h, vsha256hq_u32(a, b, c)) OP(uint32x4_t, sha256h2, vsha256h2q_u32(a, b, c)) \
	OP(uint32x4_t, sha256su0, vsha256su0q_u32(a, b)) OP(uint32x4_t, sha256su1, vsha256su1q_u32(a, b, c)) \
	OP(poly64x2_t, pmull64, vmull_p64(vgetq_lane_p64(a, 0), vgetq_lane_p64(b, 0))) OP(poly64x2_t, pmull2_64, vmull_high_p64(a, b)) \
	OP(uint64x2_t, crc32b, __crc32b((uint32_t)a[0], (uint8_t)b[0])) OP(uint64x2_t, crc32h, __crc32h((uint32_t)a[0], (uint16_t)b[0])) \
	OP(uint64x2_t, crc32w, __crc32w((uint32_t)a[0], (uint32_t)b[0])) OP(uint64x2_t, crc32x, __crc32d((uint32_t)a[0], b[0])) \
	OP(uint64x2_t, crc32cb, __crc32cb((uint32_t)a[0], (uint8_t)b[0])) OP(uint64x2_t, crc32ch, __crc32ch((uint32_t)a[0], (uint16_t)b[0])) \
	OP(uint64x2_t, crc32cw, __crc32cw((uint32_t)a[0], (uint32_t)b[0])) OP(uint64x2_t, crc32cx, __crc32cd((uint32_t)a[0], b[0]))

OPS(FN)

/* Known answers: FIPS 197 appendix B by the instructions, FIPS 180-4 "abc". */
static void aes_known(void)
{
	static const uint8_t key[16] = { 0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6, 0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c };
	static const uint8_t in[16] = { 0x32, 0x43, 0xf6, 0xa8, 0x88, 0x5a, 0x30, 0x8d, 0x31, 0x31, 0x98, 0xa2, 0xe0, 0x37, 0x07, 0x34 };
	uint8_t rk[11][16], out[16];
	memcpy(rk[0], key, 16);
	uint8_t rcon = 1;
	for (int i = 1; i < 11; i++) {
		/* SubBytes of the rotated last word, by AESE with a zero key on a
		 * vector of four equal words (which ShiftRows leaves alone). */
		uint32_t w;
		memcpy(&w, rk[i - 1] + 12, 4);
		w = w >> 8 | w << 24;
		w = vgetq_lane_u32(vreinterpretq_u32_u8(vaeseq_u8(vreinterpretq_u8_u32(vdupq_n_u32(w)), vdupq_n_u8(0))), 0) ^ rcon;
		for (int k = 0; k < 4; k++) {
			uint32_t p;
			memcpy(&p, rk[i - 1] + 4 * k, 4);
			w ^= p;
			memcpy(rk[i] + 4 * k, &w, 4);
		}
		rcon = (uint8_t)(rcon << 1 ^ (rcon & 0x80 ? 0x1b : 0));
	}
	uint8x16_t s = vld1q_u8(in);
	for (int i = 0; i < 9; i++)
		s = vaesmcq_u8(vaeseq_u8(s, vld1q_u8(rk[i])));
	vst1q_u8(out, veorq_u8(vaeseq_u8(s, vld1q_u8(rk[9])), vld1q_u8(rk[10])));
	printf("aes128 ");
	for (int i = 0; i < 16; i++)
		printf("%02x", out[i]);
	printf("\n");
}

int main(void)
{
	OPS(RUNV)
	aes_known();
	return 0;
}
