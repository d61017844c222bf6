/* Extensions of ARMv8.1 and 8.2 that a Neoverse-N1 has: RDM, DotProd, RCPC. */
#include "neon.h"

static NOINLINE uint64_t ldapr(const void *p)
{
	uint64_t x;
	uint32_t w, h, b;
	__asm__ volatile("ldapr %0, [%4]\n\tldapr %w1, [%4]\n\tldaprh %w2, [%4]\n\tldaprb %w3, [%4]"
			 : "=&r"(x), "=&r"(w), "=&r"(h), "=&r"(b) : "r"(p) : "memory");
	return x ^ (uint64_t)w << 7 ^ (uint64_t)h << 21 ^ b;
}

#define OPS(OP) \
	OP(int16x8_t, qrdmlah16, vqrdmlahq_s16(c, a, b)) OP(int32x4_t, qrdmlah32, vqrdmlahq_s32(c, a, b)) \
	OP(int16x8_t, qrdmlsh16, vqrdmlshq_s16(c, a, b)) OP(int32x4_t, qrdmlsh32, vqrdmlshq_s32(c, a, b)) \
	OP(int16x4_t, qrdmlah16d, vqrdmlah_s16(c, a, b)) OP(int32x2_t, qrdmlsh32d, vqrdmlsh_s32(c, a, b)) \
	OP(int16x8_t, qrdmlahl16, vqrdmlahq_laneq_s16(c, a, b, 7)) OP(int32x4_t, qrdmlshl32, vqrdmlshq_laneq_s32(c, a, b, 2)) \
	OP(int16x8_t, qrdmlahh, vqrdmlahh_s16(c[0], a[1], b[2])) OP(int32x4_t, qrdmlshs, vqrdmlshs_s32(c[0], a[1], b[2])) \
	OP(int8x16_t, sdot, vdotq_s32(vreinterpretq_s32_s8(c), a, b)) OP(uint8x16_t, udot, vdotq_u32(vreinterpretq_u32_u8(c), a, b)) \
	OP(int8x8_t, sdotd, vdot_s32(vreinterpret_s32_s8(c), a, b)) OP(uint8x8_t, udotd, vdot_u32(vreinterpret_u32_u8(c), a, b)) \
	OP(int8x16_t, sdotl, vdotq_laneq_s32(vreinterpretq_s32_s8(c), a, b, 3)) OP(uint8x16_t, udotl, vdotq_laneq_u32(vreinterpretq_u32_u8(c), a, b, 1)) \
	OP(uint64x2_t, rcpc, ldapr(x))

OPS(FN)

int main(void)
{
	OPS(RUNV)
	return 0;
}
