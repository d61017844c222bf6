/* Advanced SIMD: permutations, table look-ups, lane moves, and the structure
 * loads and stores (LD1 to LD4, ST1 to ST4, lanes, replication). */
#include "neon.h"

#define PERM(OP, T, S, LAST)                                                              \
	OP(T, zip1_##S, vzip1q_##S(a, b)) OP(T, zip2_##S, vzip2q_##S(a, b))               \
	OP(T, uzp1_##S, vuzp1q_##S(a, b)) OP(T, uzp2_##S, vuzp2q_##S(a, b))               \
	OP(T, trn1_##S, vtrn1q_##S(a, b)) OP(T, trn2_##S, vtrn2q_##S(a, b))               \
	OP(T, ext0_##S, vextq_##S(a, b, 0)) OP(T, ext1_##S, vextq_##S(a, b, LAST))        \
	OP(T, dup0_##S, vdupq_laneq_##S(a, 0)) OP(T, dupl_##S, vdupq_laneq_##S(a, LAST))  \
	OP(T, ins_##S, vcopyq_laneq_##S(a, LAST, b, 0)) OP(T, set_##S, vsetq_lane_##S(vgetq_lane_##S(b, 1), a, 0)) \
	OP(T, dupn_##S, vdupq_n_##S(vgetq_lane_##S(a, LAST)))                             \
	OP(T, comb_##S, vcombine_##S(vget_high_##S(a), vget_low_##S(b)))                  \
	OP(T, ld2_##S, vld2q_##S((const void *)x)) OP(T, ld3_##S, vld3q_##S((const void *)x)) \
	OP(T, ld1x2_##S, vld1q_##S##_x2((const void *)x)) OP(T, ld1x3_##S, vld1q_##S##_x3((const void *)x)) \
	OP(T, ld1r_##S, vld1q_dup_##S((const void *)x)) OP(T, ld2r_##S, vld2q_dup_##S((const void *)x)) \
	OP(T, ld3r_##S, vld3q_dup_##S((const void *)x)) OP(T, ld4r_##S, vld4q_dup_##S((const void *)x)) \
	OP(T, ld1l_##S, vld1q_lane_##S((const void *)x, b, LAST))                         \
	OP(T, st1l_##S, ({ T o[2] = { c, c }; vst1q_lane_##S((void *)o, a, LAST); *(struct { T v[2]; } *)o; })) \
	OP(T, st2_##S, ({ T o[2]; __typeof__(vld2q_##S((const void *)x)) v = { { a, b } }; vst2q_##S((void *)o, v); *(struct { T v[2]; } *)o; })) \
	OP(T, st3_##S, ({ T o[3]; __typeof__(vld3q_##S((const void *)x)) v = { { a, b, c } }; vst3q_##S((void *)o, v); *(struct { T v[3]; } *)o; })) \
	OP(T, st4_##S, ({ T o[4]; __typeof__(vld4q_##S((const void *)x)) v = { { a, b, c, a } }; vst4q_##S((void *)o, v); *(struct { T v[4]; } *)o; })) \
	OP(T, st1x4_##S, ({ T o[4]; __typeof__(vld1q_##S##_x4((const void *)x)) v = { { a, b, c, b } }; vst1q_##S##_x4((void *)o, v); *(struct { T v[4]; } *)o; })) \
	OP(T, ld2l_##S, ({ __typeof__(vld2q_##S((const void *)x)) v = { { a, b } }; vld2q_lane_##S((const void *)x, v, LAST); })) \
	OP(T, ld3l_##S, ({ __typeof__(vld3q_##S((const void *)x)) v = { { a, b, c } }; vld3q_lane_##S((const void *)x, v, 0); })) \
	OP(T, ld4l_##S, ({ __typeof__(vld4q_##S((const void *)x)) v = { { a, b, c, a } }; vld4q_lane_##S((const void *)x, v, LAST); })) \
	OP(T, st3l_##S, ({ T o[2] = { c, c }; __typeof__(vld3q_##S((const void *)x)) v = { { a, b, c } }; vst3q_lane_##S((void *)o, v, LAST); *(struct { T v[2]; } *)o; })) \
	OP(T, st4l_##S, ({ T o[2] = { c, c }; __typeof__(vld4q_##S((const void *)x)) v = { { a, b, c, b } }; vst4q_lane_##S((void *)o, v, 1); *(struct { T v[2]; } *)o; }))

#define HALF(OP, T, S) \
	OP(T, zip_##S, vzip_##S(a, b)) OP(T, uzp_##S, vuzp_##S(a, b)) OP(T, trn_##S, vtrn_##S(a, b)) OP(T, ext_##S, vext_##S(a, b, 1)) \
	OP(T, hld2_##S, vld2_##S((const void *)x)) OP(T, hld3_##S, vld3_##S((const void *)x)) \
	OP(T, hst3_##S, ({ T o[3]; __typeof__(vld3_##S((const void *)x)) v = { { a, b, c } }; vst3_##S((void *)o, v); *(struct { T v[3]; } *)o; }))

#define OPS(OP) \
	PERM(OP, uint8x16_t, u8, 15) PERM(OP, int16x8_t, s16, 7) PERM(OP, uint32x4_t, u32, 3) PERM(OP, float32x4_t, f32, 3) \
	PERM(OP, int64x2_t, s64, 1) PERM(OP, float64x2_t, f64, 1) \
	HALF(OP, uint8x8_t, u8) HALF(OP, int16x4_t, s16) HALF(OP, float32x2_t, f32) \
	OP(uint8x16_t, tbl1, vqtbl1q_u8(a, vandq_u8(b, vdupq_n_u8(0x1f)))) \
	OP(uint8x16_t, tbl2, vqtbl2q_u8((uint8x16x2_t){ { a, b } }, vandq_u8(c, vdupq_n_u8(0x3f)))) \
	OP(uint8x16_t, tbl3, vqtbl3q_u8((uint8x16x3_t){ { a, b, c } }, vandq_u8(veorq_u8(a, b), vdupq_n_u8(0x3f)))) \
	OP(uint8x16_t, tbl4, vqtbl4q_u8((uint8x16x4_t){ { a, b, c, a } }, vandq_u8(veorq_u8(a, c), vdupq_n_u8(0x7f)))) \
	OP(uint8x16_t, tbx1, vqtbx1q_u8(c, a, vandq_u8(b, vdupq_n_u8(0x1f)))) \
	OP(uint8x16_t, tbx2, vqtbx2q_u8(c, (uint8x16x2_t){ { a, b } }, vandq_u8(c, vdupq_n_u8(0x3f)))) \
	OP(uint8x16_t, tbx4, vqtbx4q_u8(c, (uint8x16x4_t){ { a, b, c, a } }, vandq_u8(veorq_u8(a, c), vdupq_n_u8(0x7f)))) \
	OP(uint8x8_t, tbl1d, vtbl1_u8(a, vand_u8(b, vdup_n_u8(0xf)))) OP(uint8x8_t, tbx2d, vtbx2_u8(c, (uint8x8x2_t){ { a, b } }, vand_u8(b, vdup_n_u8(0x1f)))) \
	OP(uint8x16_t, umov, (uint64_t)vgetq_lane_u8(a, 15) << 32 | vgetq_lane_u8(a, 3)) \
	OP(int8x16_t, smov, (int64_t)vgetq_lane_s8(a, 9) * 3 + (int32_t)vgetq_lane_s8(a, 1)) \
	OP(int16x8_t, smovh, (int64_t)vgetq_lane_s16(a, 6) * 3 + (int32_t)vgetq_lane_s16(a, 1)) \
	OP(int32x4_t, smovs, (int64_t)vgetq_lane_s32(a, 2) * 3) \
	OP(uint32x4_t, movi, ({ uint32x4_t v = vdupq_n_u32(0xab0000); v ^= vdupq_n_u32(0xffff12ff); v ^ vreinterpretq_u32_u64(vdupq_n_u64(0xff00ffff00ff0000)) ^ a; })) \
	OP(float32x4_t, fmovi, vaddq_f32(vdupq_n_f32(-1.9375f), vdupq_n_f32(31.0f))) \
	OP(uint16x8_t, immlog, vbicq_u16(vorrq_u16(a, vdupq_n_u16(0x4500)), vdupq_n_u16(0x71)))

OPS(FN)

/* Post-indexed forms, by a loop that the compiler gives them to, and by hand. */
static NOINLINE void deinterleave(const uint8_t *p, uint8_t *r, uint8_t *g, uint8_t *b, int n)
{
	for (; n > 0; n -= 16, p += 48, r += 16, g += 16, b += 16) {
		uint8x16x3_t v = vld3q_u8(p);
		vst1q_u8(r, v.val[0]);
		vst1q_u8(g, v.val[1]);
		vst1q_u8(b, v.val[2]);
	}
}

static NOINLINE uint64_t post(uint8_t *p)
{
	uint8_t *q = p;
	uint64_t step = 5;
	__asm__ volatile(
		"ld1 {v0.16b, v1.16b}, [%0], #32\n\t"
		"ld1 {v2.h}[3], [%0], #2\n\t"
		"ld4 {v4.2s, v5.2s, v6.2s, v7.2s}, [%0], %1\n\t"
		"ld1r {v3.4h}, [%0], #2\n\t"
		"ld2r {v16.16b, v17.16b}, [%0], %1\n\t"
		"st2 {v0.8h, v1.8h}, [%0], #32\n\t"
		"st1 {v2.d}[1], [%0], #8\n\t"
		"st4 {v4.b, v5.b, v6.b, v7.b}[9], [%0], %1\n\t"
		"st1 {v3.1d, v4.1d, v5.1d}, [%0], #24\n\t"
		"ldp q0, q1, [%0, #-64]!\n\tstp d0, d1, [%0], #24\n\t"
		"ldr q2, [%0], #7\n\tstr s2, [%0, #-3]!\n\tstr h2, [%0, #40]\n\tldur d3, [%0, #-9]\n\tstur q3, [%0, #13]\n\t"
		"ldr b4, [%0, %1]\n\tstr b4, [%0, %w1, uxtw]\n\tldp s5, s6, [%0, #8]\n\tstp s6, s5, [%0, #-8]\n\t"
		"ldnp q6, q7, [%0, #16]\n\tstnp q7, q6, [%0, #48]\n\t"
		: "+r"(p) : "r"(step) : "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v16", "v17", "memory");
	return (uint64_t)(p - q);
}

int main(void)
{
	OPS(RUNV)
	static uint8_t rgb[48 * 40], r[640], g[640], b[640];
	for (size_t i = 0; i < sizeof rgb; i++)
		rgb[i] = (uint8_t)rnd();
	begin("deinterleave");
	deinterleave(rgb, r, g, b, 640);
	mix_bytes(r, 640); mix_bytes(g, 640); mix_bytes(b, 640);
	end();
	begin("post");
	for (int i = 0; i < 20; i++)
		mix(post(rgb + 100 + i * 3));
	mix_bytes(rgb, sizeof rgb);
	end();
	return 0;
}
