/* Advanced SIMD on integers: three-register operations of every type and width. */
#include "neon.h"

#define BIN(T, NAME, EXPR)                                     \
	static NOINLINE T NAME(T a, T b, T c)                  \
	{                                                      \
		(void)a; (void)b; (void)c;                     \
		return EXPR;                                   \
	}

/* For every element type: NAME is the suffix of the intrinsics. */
#define ALL(X) \
	X(int8x8_t, s8, ) X(int16x4_t, s16, ) X(int32x2_t, s32, ) X(uint8x8_t, u8, ) X(uint16x4_t, u16, ) X(uint32x2_t, u32, ) \
	X(int8x16_t, s8, q) X(int16x8_t, s16, q) X(int32x4_t, s32, q) X(uint8x16_t, u8, q) X(uint16x8_t, u16, q) X(uint32x4_t, u32, q)
#define WIDE(X) X(int64x1_t, s64, ) X(uint64x1_t, u64, ) X(int64x2_t, s64, q) X(uint64x2_t, u64, q)

#define COMMON(T, S, Q)                                                        \
	BIN(T, add##Q##S, vadd##Q##_##S(a, b))                                 \
	BIN(T, sub##Q##S, vsub##Q##_##S(a, b))                                 \
	BIN(T, qadd##Q##S, vqadd##Q##_##S(a, b))                               \
	BIN(T, qsub##Q##S, vqsub##Q##_##S(a, b))                               \
	BIN(T, and##Q##S, vand##Q##_##S(a, b))                                 \
	BIN(T, bic##Q##S, vbic##Q##_##S(a, b))                                 \
	BIN(T, orr##Q##S, vorr##Q##_##S(a, b))                                 \
	BIN(T, orn##Q##S, vorn##Q##_##S(a, b))                                 \
	BIN(T, eor##Q##S, veor##Q##_##S(a, b))                                 \
	BIN(T, ceq##Q##S, (T)vceq##Q##_##S(a, b))                              \
	BIN(T, cgt##Q##S, (T)vcgt##Q##_##S(a, b))                              \
	BIN(T, cge##Q##S, (T)vcge##Q##_##S(a, b))                              \
	BIN(T, ceqz##Q##S, (T)vceqz##Q##_##S(a))                               \
	BIN(T, tst##Q##S, (T)vtst##Q##_##S(a, b))

#define NARROW(T, S, Q)                                                        \
	COMMON(T, S, Q)                                                        \
	BIN(T, mul##Q##S, vmul##Q##_##S(a, b))                                 \
	BIN(T, mla##Q##S, vmla##Q##_##S(c, a, b))                              \
	BIN(T, mls##Q##S, vmls##Q##_##S(c, a, b))                              \
	BIN(T, max##Q##S, vmax##Q##_##S(a, b))                                 \
	BIN(T, min##Q##S, vmin##Q##_##S(a, b))                                 \
	BIN(T, abd##Q##S, vabd##Q##_##S(a, b))                                 \
	BIN(T, aba##Q##S, vaba##Q##_##S(c, a, b))                              \
	BIN(T, hadd##Q##S, vhadd##Q##_##S(a, b))                               \
	BIN(T, rhadd##Q##S, vrhadd##Q##_##S(a, b))                             \
	BIN(T, hsub##Q##S, vhsub##Q##_##S(a, b))                               \
	BIN(T, padd##Q##S, vpadd##Q##_##S(a, b))                               \
	BIN(T, pmax##Q##S, vpmax##Q##_##S(a, b))                               \
	BIN(T, pmin##Q##S, vpmin##Q##_##S(a, b))                               \
	BIN(T, clz##Q##S, (T)vclz##Q##_##S(a))
ALL(NARROW)
WIDE(COMMON)

#define SIGNED(X) \
	X(int8x8_t, s8, ) X(int16x4_t, s16, ) X(int32x2_t, s32, ) X(int64x1_t, s64, ) \
	X(int8x16_t, s8, q) X(int16x8_t, s16, q) X(int32x4_t, s32, q) X(int64x2_t, s64, q)
#define UNSIGNED(X) \
	X(uint8x8_t, u8, s8, ) X(uint16x4_t, u16, s16, ) X(uint32x2_t, u32, s32, ) X(uint64x1_t, u64, s64, ) \
	X(uint8x16_t, u8, s8, q) X(uint16x8_t, u16, s16, q) X(uint32x4_t, u32, s32, q) X(uint64x2_t, u64, s64, q)
#define SOPS(T, S, Q)                                                          \
	BIN(T, abs##Q##S, vabs##Q##_##S(a))                                    \
	BIN(T, neg##Q##S, vneg##Q##_##S(a))                                    \
	BIN(T, qabs##Q##S, vqabs##Q##_##S(a))                                  \
	BIN(T, qneg##Q##S, vqneg##Q##_##S(a))                                  \
	BIN(T, cltz##Q##S, (T)vcltz##Q##_##S(a))                               \
	BIN(T, clez##Q##S, (T)vclez##Q##_##S(a))                               \
	BIN(T, cgtz##Q##S, (T)vcgtz##Q##_##S(a))                               \
	BIN(T, cgez##Q##S, (T)vcgez##Q##_##S(a))                               \
	BIN(T, shl##Q##S, vshl##Q##_##S(a, b))                                 \
	BIN(T, qshl##Q##S, vqshl##Q##_##S(a, b))                               \
	BIN(T, rshl##Q##S, vrshl##Q##_##S(a, b))                               \
	BIN(T, qrshl##Q##S, vqrshl##Q##_##S(a, b))
#define UOPS(T, S, I, Q)                                                       \
	BIN(T, shl##Q##S, vshl##Q##_##S(a, vreinterpret##Q##_##I##_##S(b)))    \
	BIN(T, qshl##Q##S, vqshl##Q##_##S(a, vreinterpret##Q##_##I##_##S(b)))  \
	BIN(T, rshl##Q##S, vrshl##Q##_##S(a, vreinterpret##Q##_##I##_##S(b)))  \
	BIN(T, qrshl##Q##S, vqrshl##Q##_##S(a, vreinterpret##Q##_##I##_##S(b))) \
	BIN(T, sqadd##Q##S, vsqadd##Q##_##S(a, vreinterpret##Q##_##I##_##S(b)))
SIGNED(SOPS)
UNSIGNED(UOPS)

BIN(int8x16_t, uqadd8, vuqaddq_s8(a, vreinterpretq_u8_s8(b)))
BIN(int16x8_t, uqadd16, vuqaddq_s16(a, vreinterpretq_u16_s16(b)))
BIN(int32x4_t, uqadd32, vuqaddq_s32(a, vreinterpretq_u32_s32(b)))
BIN(int64x2_t, uqadd64, vuqaddq_s64(a, vreinterpretq_u64_s64(b)))
BIN(int8x16_t, cls8, vclsq_s8(a))
BIN(int16x8_t, cls16, vclsq_s16(a))
BIN(int32x4_t, cls32, vclsq_s32(a))
BIN(uint8x16_t, cnt, vcntq_u8(a))
BIN(uint8x16_t, mvn, vmvnq_u8(a))
BIN(uint8x16_t, rbit, vrbitq_u8(a))
BIN(uint8x16_t, rev16, vrev16q_u8(a))
BIN(uint8x16_t, rev32, vrev32q_u8(a))
BIN(uint16x8_t, rev32h, vrev32q_u16(a))
BIN(uint8x16_t, rev64, vrev64q_u8(a))
BIN(uint16x8_t, rev64h, vrev64q_u16(a))
BIN(uint32x4_t, rev64s, vrev64q_u32(a))
BIN(uint8x16_t, bsl, vbslq_u8(a, b, c))
BIN(uint8x16_t, bit, vbslq_u8(c, b, a))
BIN(poly8x16_t, pmul, vmulq_p8(a, b))
BIN(int16x8_t, qdmulh16, vqdmulhq_s16(a, b))
BIN(int32x4_t, qdmulh32, vqdmulhq_s32(a, b))
BIN(int16x8_t, qrdmulh16, vqrdmulhq_s16(a, b))
BIN(int32x4_t, qrdmulh32, vqrdmulhq_s32(a, b))
BIN(int16x4_t, qdmulh16d, vqdmulh_lane_s16(a, b, 3))
BIN(int32x4_t, qrdmulh32l, vqrdmulhq_laneq_s32(a, b, 2))
BIN(int16x8_t, mullane16, vmulq_laneq_s16(a, b, 7))
BIN(int32x4_t, mlalane32, vmlaq_laneq_s32(c, a, b, 1))
BIN(uint16x8_t, mlslane16, vmlsq_laneq_u16(c, a, b, 4))
BIN(int32x4_t, muln32, vmulq_n_s32(a, vgetq_lane_s32(b, 3)))
BIN(uint8x16_t, paddl8, vreinterpretq_u8_u16(vpaddlq_u8(a)))
BIN(int16x8_t, paddl16, vreinterpretq_s16_s32(vpaddlq_s16(a)))
BIN(uint32x4_t, paddl32, vreinterpretq_u32_u64(vpaddlq_u32(a)))
BIN(uint16x8_t, padal8, vpadalq_u8(c, vreinterpretq_u8_u16(a)))
BIN(int32x4_t, padal16, vpadalq_s16(c, vreinterpretq_s16_s32(a)))
BIN(int64x2_t, padal32, vpadalq_s32(c, vreinterpretq_s32_s64(a)))
BIN(int64x2_t, padd64, vpaddq_s64(a, b))

/* Scalar forms and reductions. */
#define RED(NAME, T, EXPR) static NOINLINE uint64_t NAME(T a, T b, T c) { (void)b; (void)c; return (uint64_t)(EXPR); }
RED(addv8, uint8x16_t, vaddvq_u8(a)) RED(addv16, int16x8_t, vaddvq_s16(a)) RED(addv32, uint32x4_t, vaddvq_u32(a)) RED(addv64, int64x2_t, vaddvq_s64(a))
RED(addlv8, uint8x16_t, vaddlvq_u8(a)) RED(saddlv8, int8x16_t, vaddlvq_s8(a)) RED(addlv16, uint16x8_t, vaddlvq_u16(a)) RED(saddlv16, int16x8_t, vaddlvq_s16(a)) RED(saddlv32, int32x4_t, vaddlvq_s32(a))
RED(maxv8, uint8x16_t, vmaxvq_u8(a)) RED(smaxv8, int8x16_t, vmaxvq_s8(a)) RED(maxv16, uint16x8_t, vmaxvq_u16(a)) RED(smaxv32, int32x4_t, vmaxvq_s32(a))
RED(minv8, uint8x16_t, vminvq_u8(a)) RED(sminv8, int8x16_t, vminvq_s8(a)) RED(minv16, uint16x8_t, vminvq_u16(a)) RED(sminv32, int32x4_t, vminvq_s32(a))
RED(sqaddb, int8x16_t, vqaddb_s8(vgetq_lane_s8(a, 0), vgetq_lane_s8(b, 5))) RED(uqsubh, uint16x8_t, vqsubh_u16(vgetq_lane_u16(a, 1), vgetq_lane_u16(b, 2)))
RED(sqdmulls, int32x4_t, vqdmulls_s32(vgetq_lane_s32(a, 1), vgetq_lane_s32(b, 3))) RED(sqdmlalh, int16x8_t, vqdmlalh_s16(vgetq_lane_s16(c, 0), vgetq_lane_s16(a, 1), vgetq_lane_s16(b, 3)))
RED(sqabsd, int64x2_t, vqabsd_s64(vgetq_lane_s64(a, 1))) RED(uqrshld, uint64x2_t, vqrshld_u64(vgetq_lane_u64(a, 1), (int64_t)vgetq_lane_u64(b, 0)))

int main(void)
{
#define RUNC(T, S, Q) RUN(T, add##Q##S) RUN(T, sub##Q##S) RUN(T, qadd##Q##S) RUN(T, qsub##Q##S) RUN(T, and##Q##S) RUN(T, bic##Q##S) \
	RUN(T, orr##Q##S) RUN(T, orn##Q##S) RUN(T, eor##Q##S) RUN(T, ceq##Q##S) RUN(T, cgt##Q##S) RUN(T, cge##Q##S) RUN(T, ceqz##Q##S) RUN(T, tst##Q##S)
#define RUNN(T, S, Q) RUNC(T, S, Q) RUN(T, mul##Q##S) RUN(T, mla##Q##S) RUN(T, mls##Q##S) RUN(T, max##Q##S) RUN(T, min##Q##S) \
	RUN(T, abd##Q##S) RUN(T, aba##Q##S) RUN(T, hadd##Q##S) RUN(T, rhadd##Q##S) RUN(T, hsub##Q##S) RUN(T, padd##Q##S) RUN(T, pmax##Q##S) RUN(T, pmin##Q##S) RUN(T, clz##Q##S)
#define RUNS(T, S, Q) RUN(T, abs##Q##S) RUN(T, neg##Q##S) RUN(T, qabs##Q##S) RUN(T, qneg##Q##S) RUN(T, cltz##Q##S) RUN(T, clez##Q##S) \
	RUN(T, cgtz##Q##S) RUN(T, cgez##Q##S) RUN(T, shl##Q##S) RUN(T, qshl##Q##S) RUN(T, rshl##Q##S) RUN(T, qrshl##Q##S)
#define RUNU(T, S, I, Q) RUN(T, shl##Q##S) RUN(T, qshl##Q##S) RUN(T, rshl##Q##S) RUN(T, qrshl##Q##S) RUN(T, sqadd##Q##S)
	ALL(RUNN)
	WIDE(RUNC)
	SIGNED(RUNS)
	UNSIGNED(RUNU)
	RUN(int8x16_t, uqadd8) RUN(int16x8_t, uqadd16) RUN(int32x4_t, uqadd32) RUN(int64x2_t, uqadd64) RUN(int8x16_t, cls8) RUN(int16x8_t, cls16) RUN(int32x4_t, cls32)
	RUN(uint8x16_t, cnt) RUN(uint8x16_t, mvn) RUN(uint8x16_t, rbit) RUN(uint8x16_t, rev16) RUN(uint8x16_t, rev32) RUN(uint16x8_t, rev32h)
	RUN(uint8x16_t, rev64) RUN(uint16x8_t, rev64h) RUN(uint32x4_t, rev64s) RUN(uint8x16_t, bsl) RUN(uint8x16_t, bit) RUN(poly8x16_t, pmul)
	RUN(int16x8_t, qdmulh16) RUN(int32x4_t, qdmulh32) RUN(int16x8_t, qrdmulh16) RUN(int32x4_t, qrdmulh32) RUN(int16x4_t, qdmulh16d) RUN(int32x4_t, qrdmulh32l)
	RUN(int16x8_t, mullane16) RUN(int32x4_t, mlalane32) RUN(uint16x8_t, mlslane16) RUN(int32x4_t, muln32)
	RUN(uint8x16_t, paddl8) RUN(int16x8_t, paddl16) RUN(uint32x4_t, paddl32) RUN(uint16x8_t, padal8) RUN(int32x4_t, padal16) RUN(int64x2_t, padal32) RUN(int64x2_t, padd64)
	RUN(uint8x16_t, addv8) RUN(int16x8_t, addv16) RUN(uint32x4_t, addv32) RUN(int64x2_t, addv64) RUN(uint8x16_t, addlv8) RUN(int8x16_t, saddlv8)
	RUN(uint16x8_t, addlv16) RUN(int16x8_t, saddlv16) RUN(int32x4_t, saddlv32) RUN(uint8x16_t, maxv8) RUN(int8x16_t, smaxv8) RUN(uint16x8_t, maxv16) RUN(int32x4_t, smaxv32)
	RUN(uint8x16_t, minv8) RUN(int8x16_t, sminv8) RUN(uint16x8_t, minv16) RUN(int32x4_t, sminv32)
	RUN(int8x16_t, sqaddb) RUN(uint16x8_t, uqsubh) RUN(int32x4_t, sqdmulls) RUN(int16x8_t, sqdmlalh) RUN(int64x2_t, sqabsd) RUN(uint64x2_t, uqrshld)
	return 0;
}
