/* Advanced SIMD: narrowing operations. */
#include "neon.h"

#define OPS(OP) \
	OP(int16x8_t, shrn_s16_1, vshrn_n_s16(a, 1)) OP(int16x8_t, shrn2_s16_1, vshrn_high_n_s16(vmovn_s16(b), a, 1)) \
	OP(int16x8_t, rshrn_s16_1, vrshrn_n_s16(a, 1)) OP(int16x8_t, rshrn2_s16_1, vrshrn_high_n_s16(vmovn_s16(b), a, 1)) \
	OP(int16x8_t, qshrn_s16_1, vqshrn_n_s16(a, 1)) OP(int16x8_t, qshrn2_s16_1, vqshrn_high_n_s16(vmovn_s16(b), a, 1)) \
	OP(int16x8_t, qrshrn_s16_1, vqrshrn_n_s16(a, 1)) OP(int16x8_t, qrshrn2_s16_1, vqrshrn_high_n_s16(vmovn_s16(b), a, 1)) \
	OP(int16x8_t, qshrun_s16_1, vqshrun_n_s16(a, 1)) OP(int16x8_t, qrshrun_s16_1, vqrshrun_n_s16(a, 1)) \
	OP(int16x8_t, shrn_s16_7, vshrn_n_s16(a, 7)) OP(int16x8_t, shrn2_s16_7, vshrn_high_n_s16(vmovn_s16(b), a, 7)) \
	OP(int16x8_t, rshrn_s16_7, vrshrn_n_s16(a, 7)) OP(int16x8_t, rshrn2_s16_7, vrshrn_high_n_s16(vmovn_s16(b), a, 7)) \
	OP(int16x8_t, qshrn_s16_7, vqshrn_n_s16(a, 7)) OP(int16x8_t, qshrn2_s16_7, vqshrn_high_n_s16(vmovn_s16(b), a, 7)) \
	OP(int16x8_t, qrshrn_s16_7, vqrshrn_n_s16(a, 7)) OP(int16x8_t, qrshrn2_s16_7, vqrshrn_high_n_s16(vmovn_s16(b), a, 7)) \
	OP(int16x8_t, qshrun_s16_7, vqshrun_n_s16(a, 7)) OP(int16x8_t, qrshrun_s16_7, vqrshrun_n_s16(a, 7)) \
	OP(int16x8_t, shrn_s16_8, vshrn_n_s16(a, 8)) OP(int16x8_t, shrn2_s16_8, vshrn_high_n_s16(vmovn_s16(b), a, 8)) \
	OP(int16x8_t, rshrn_s16_8, vrshrn_n_s16(a, 8)) OP(int16x8_t, rshrn2_s16_8, vrshrn_high_n_s16(vmovn_s16(b), a, 8)) \
	OP(int16x8_t, qshrn_s16_8, vqshrn_n_s16(a, 8)) OP(int16x8_t, qshrn2_s16_8, vqshrn_high_n_s16(vmovn_s16(b), a, 8)) \
	OP(int16x8_t, qrshrn_s16_8, vqrshrn_n_s16(a, 8)) OP(int16x8_t, qrshrn2_s16_8, vqrshrn_high_n_s16(vmovn_s16(b), a, 8)) \
	OP(int16x8_t, qshrun_s16_8, vqshrun_n_s16(a, 8)) OP(int16x8_t, qrshrun_s16_8, vqrshrun_n_s16(a, 8)) OP(int16x8_t, movn_s16, vmovn_s16(a)) \
	OP(int16x8_t, movn2_s16, vmovn_high_s16(vmovn_s16(b), a)) OP(int16x8_t, qmovn_s16, vqmovn_s16(a)) \
	OP(int16x8_t, qmovn2_s16, vqmovn_high_s16(vqmovn_s16(b), a)) OP(int16x8_t, qmovun_s16, vqmovun_s16(a)) \
	OP(int16x8_t, addhn_s16, vaddhn_s16(a, b)) OP(int16x8_t, addhn2_s16, vaddhn_high_s16(vmovn_s16(c), a, b)) \
	OP(int16x8_t, raddhn_s16, vraddhn_s16(a, b)) OP(int16x8_t, raddhn2_s16, vraddhn_high_s16(vmovn_s16(c), a, b)) \
	OP(int16x8_t, subhn_s16, vsubhn_s16(a, b)) OP(int16x8_t, subhn2_s16, vsubhn_high_s16(vmovn_s16(c), a, b)) \
	OP(int16x8_t, rsubhn_s16, vrsubhn_s16(a, b)) OP(int16x8_t, rsubhn2_s16, vrsubhn_high_s16(vmovn_s16(c), a, b)) \
	OP(uint16x8_t, shrn_u16_1, vshrn_n_u16(a, 1)) OP(uint16x8_t, shrn2_u16_1, vshrn_high_n_u16(vmovn_u16(b), a, 1)) \
	OP(uint16x8_t, rshrn_u16_1, vrshrn_n_u16(a, 1)) OP(uint16x8_t, rshrn2_u16_1, vrshrn_high_n_u16(vmovn_u16(b), a, 1)) \
	OP(uint16x8_t, qshrn_u16_1, vqshrn_n_u16(a, 1)) OP(uint16x8_t, qshrn2_u16_1, vqshrn_high_n_u16(vmovn_u16(b), a, 1)) \
	OP(uint16x8_t, qrshrn_u16_1, vqrshrn_n_u16(a, 1)) OP(uint16x8_t, qrshrn2_u16_1, vqrshrn_high_n_u16(vmovn_u16(b), a, 1)) \
	OP(uint16x8_t, shrn_u16_7, vshrn_n_u16(a, 7)) OP(uint16x8_t, shrn2_u16_7, vshrn_high_n_u16(vmovn_u16(b), a, 7)) \
	OP(uint16x8_t, rshrn_u16_7, vrshrn_n_u16(a, 7)) OP(uint16x8_t, rshrn2_u16_7, vrshrn_high_n_u16(vmovn_u16(b), a, 7)) \
	OP(uint16x8_t, qshrn_u16_7, vqshrn_n_u16(a, 7)) OP(uint16x8_t, qshrn2_u16_7, vqshrn_high_n_u16(vmovn_u16(b), a, 7)) \
	OP(uint16x8_t, qrshrn_u16_7, vqrshrn_n_u16(a, 7)) OP(uint16x8_t, qrshrn2_u16_7, vqrshrn_high_n_u16(vmovn_u16(b), a, 7)) \
	OP(uint16x8_t, shrn_u16_8, vshrn_n_u16(a, 8)) OP(uint16x8_t, shrn2_u16_8, vshrn_high_n_u16(vmovn_u16(b), a, 8)) \
	OP(uint16x8_t, rshrn_u16_8, vrshrn_n_u16(a, 8)) OP(uint16x8_t, rshrn2_u16_8, vrshrn_high_n_u16(vmovn_u16(b), a, 8)) \
	OP(uint16x8_t, qshrn_u16_8, vqshrn_n_u16(a, 8)) OP(uint16x8_t, qshrn2_u16_8, vqshrn_high_n_u16(vmovn_u16(b), a, 8)) \
	OP(uint16x8_t, qrshrn_u16_8, vqrshrn_n_u16(a, 8)) OP(uint16x8_t, qrshrn2_u16_8, vqrshrn_high_n_u16(vmovn_u16(b), a, 8)) \
	OP(uint16x8_t, movn_u16, vmovn_u16(a)) OP(uint16x8_t, movn2_u16, vmovn_high_u16(vmovn_u16(b), a)) OP(uint16x8_t, qmovn_u16, vqmovn_u16(a)) \
	OP(uint16x8_t, qmovn2_u16, vqmovn_high_u16(vqmovn_u16(b), a)) OP(uint16x8_t, addhn_u16, vaddhn_u16(a, b)) \
	OP(uint16x8_t, addhn2_u16, vaddhn_high_u16(vmovn_u16(c), a, b)) OP(uint16x8_t, raddhn_u16, vraddhn_u16(a, b)) \
	OP(uint16x8_t, raddhn2_u16, vraddhn_high_u16(vmovn_u16(c), a, b)) OP(uint16x8_t, subhn_u16, vsubhn_u16(a, b)) \
	OP(uint16x8_t, subhn2_u16, vsubhn_high_u16(vmovn_u16(c), a, b)) OP(uint16x8_t, rsubhn_u16, vrsubhn_u16(a, b)) \
	OP(uint16x8_t, rsubhn2_u16, vrsubhn_high_u16(vmovn_u16(c), a, b)) OP(int32x4_t, shrn_s32_1, vshrn_n_s32(a, 1)) \
	OP(int32x4_t, shrn2_s32_1, vshrn_high_n_s32(vmovn_s32(b), a, 1)) OP(int32x4_t, rshrn_s32_1, vrshrn_n_s32(a, 1)) \
	OP(int32x4_t, rshrn2_s32_1, vrshrn_high_n_s32(vmovn_s32(b), a, 1)) OP(int32x4_t, qshrn_s32_1, vqshrn_n_s32(a, 1)) \
	OP(int32x4_t, qshrn2_s32_1, vqshrn_high_n_s32(vmovn_s32(b), a, 1)) OP(int32x4_t, qrshrn_s32_1, vqrshrn_n_s32(a, 1)) \
	OP(int32x4_t, qrshrn2_s32_1, vqrshrn_high_n_s32(vmovn_s32(b), a, 1)) OP(int32x4_t, qshrun_s32_1, vqshrun_n_s32(a, 1)) \
	OP(int32x4_t, qrshrun_s32_1, vqrshrun_n_s32(a, 1)) OP(int32x4_t, shrn_s32_15, vshrn_n_s32(a, 15)) \
	OP(int32x4_t, shrn2_s32_15, vshrn_high_n_s32(vmovn_s32(b), a, 15)) OP(int32x4_t, rshrn_s32_15, vrshrn_n_s32(a, 15)) \
	OP(int32x4_t, rshrn2_s32_15, vrshrn_high_n_s32(vmovn_s32(b), a, 15)) OP(int32x4_t, qshrn_s32_15, vqshrn_n_s32(a, 15)) \
	OP(int32x4_t, qshrn2_s32_15, vqshrn_high_n_s32(vmovn_s32(b), a, 15)) OP(int32x4_t, qrshrn_s32_15, vqrshrn_n_s32(a, 15)) \
	OP(int32x4_t, qrshrn2_s32_15, vqrshrn_high_n_s32(vmovn_s32(b), a, 15)) OP(int32x4_t, qshrun_s32_15, vqshrun_n_s32(a, 15)) \
	OP(int32x4_t, qrshrun_s32_15, vqrshrun_n_s32(a, 15)) OP(int32x4_t, shrn_s32_16, vshrn_n_s32(a, 16)) \
	OP(int32x4_t, shrn2_s32_16, vshrn_high_n_s32(vmovn_s32(b), a, 16)) OP(int32x4_t, rshrn_s32_16, vrshrn_n_s32(a, 16)) \
	OP(int32x4_t, rshrn2_s32_16, vrshrn_high_n_s32(vmovn_s32(b), a, 16)) OP(int32x4_t, qshrn_s32_16, vqshrn_n_s32(a, 16)) \
	OP(int32x4_t, qshrn2_s32_16, vqshrn_high_n_s32(vmovn_s32(b), a, 16)) OP(int32x4_t, qrshrn_s32_16, vqrshrn_n_s32(a, 16)) \
	OP(int32x4_t, qrshrn2_s32_16, vqrshrn_high_n_s32(vmovn_s32(b), a, 16)) OP(int32x4_t, qshrun_s32_16, vqshrun_n_s32(a, 16)) \
	OP(int32x4_t, qrshrun_s32_16, vqrshrun_n_s32(a, 16)) OP(int32x4_t, movn_s32, vmovn_s32(a)) \
	OP(int32x4_t, movn2_s32, vmovn_high_s32(vmovn_s32(b), a)) OP(int32x4_t, qmovn_s32, vqmovn_s32(a)) \
	OP(int32x4_t, qmovn2_s32, vqmovn_high_s32(vqmovn_s32(b), a)) OP(int32x4_t, qmovun_s32, vqmovun_s32(a)) \
	OP(int32x4_t, addhn_s32, vaddhn_s32(a, b)) OP(int32x4_t, addhn2_s32, vaddhn_high_s32(vmovn_s32(c), a, b)) \
	OP(int32x4_t, raddhn_s32, vraddhn_s32(a, b)) OP(int32x4_t, raddhn2_s32, vraddhn_high_s32(vmovn_s32(c), a, b)) \
	OP(int32x4_t, subhn_s32, vsubhn_s32(a, b)) OP(int32x4_t, subhn2_s32, vsubhn_high_s32(vmovn_s32(c), a, b)) \
	OP(int32x4_t, rsubhn_s32, vrsubhn_s32(a, b)) OP(int32x4_t, rsubhn2_s32, vrsubhn_high_s32(vmovn_s32(c), a, b)) \
	OP(uint32x4_t, shrn_u32_1, vshrn_n_u32(a, 1)) OP(uint32x4_t, shrn2_u32_1, vshrn_high_n_u32(vmovn_u32(b), a, 1)) \
	OP(uint32x4_t, rshrn_u32_1, vrshrn_n_u32(a, 1)) OP(uint32x4_t, rshrn2_u32_1, vrshrn_high_n_u32(vmovn_u32(b), a, 1)) \
	OP(uint32x4_t, qshrn_u32_1, vqshrn_n_u32(a, 1)) OP(uint32x4_t, qshrn2_u32_1, vqshrn_high_n_u32(vmovn_u32(b), a, 1)) \
	OP(uint32x4_t, qrshrn_u32_1, vqrshrn_n_u32(a, 1)) OP(uint32x4_t, qrshrn2_u32_1, vqrshrn_high_n_u32(vmovn_u32(b), a, 1)) \
	OP(uint32x4_t, shrn_u32_15, vshrn_n_u32(a, 15)) OP(uint32x4_t, shrn2_u32_15, vshrn_high_n_u32(vmovn_u32(b), a, 15)) \
	OP(uint32x4_t, rshrn_u32_15, vrshrn_n_u32(a, 15)) OP(uint32x4_t, rshrn2_u32_15, vrshrn_high_n_u32(vmovn_u32(b), a, 15)) \
	OP(uint32x4_t, qshrn_u32_15, vqshrn_n_u32(a, 15)) OP(uint32x4_t, qshrn2_u32_15, vqshrn_high_n_u32(vmovn_u32(b), a, 15)) \
	OP(uint32x4_t, qrshrn_u32_15, vqrshrn_n_u32(a, 15)) OP(uint32x4_t, qrshrn2_u32_15, vqrshrn_high_n_u32(vmovn_u32(b), a, 15)) \
	OP(uint32x4_t, shrn_u32_16, vshrn_n_u32(a, 16)) OP(uint32x4_t, shrn2_u32_16, vshrn_high_n_u32(vmovn_u32(b), a, 16)) \
	OP(uint32x4_t, rshrn_u32_16, vrshrn_n_u32(a, 16)) OP(uint32x4_t, rshrn2_u32_16, vrshrn_high_n_u32(vmovn_u32(b), a, 16)) \
	OP(uint32x4_t, qshrn_u32_16, vqshrn_n_u32(a, 16)) OP(uint32x4_t, qshrn2_u32_16, vqshrn_high_n_u32(vmovn_u32(b), a, 16)) \
	OP(uint32x4_t, qrshrn_u32_16, vqrshrn_n_u32(a, 16)) OP(uint32x4_t, qrshrn2_u32_16, vqrshrn_high_n_u32(vmovn_u32(b), a, 16)) \
	OP(uint32x4_t, movn_u32, vmovn_u32(a)) OP(uint32x4_t, movn2_u32, vmovn_high_u32(vmovn_u32(b), a)) OP(uint32x4_t, qmovn_u32, vqmovn_u32(a)) \
	OP(uint32x4_t, qmovn2_u32, vqmovn_high_u32(vqmovn_u32(b), a)) OP(uint32x4_t, addhn_u32, vaddhn_u32(a, b)) \
	OP(uint32x4_t, addhn2_u32, vaddhn_high_u32(vmovn_u32(c), a, b)) OP(uint32x4_t, raddhn_u32, vraddhn_u32(a, b)) \
	OP(uint32x4_t, raddhn2_u32, vraddhn_high_u32(vmovn_u32(c), a, b)) OP(uint32x4_t, subhn_u32, vsubhn_u32(a, b)) \
	OP(uint32x4_t, subhn2_u32, vsubhn_high_u32(vmovn_u32(c), a, b)) OP(uint32x4_t, rsubhn_u32, vrsubhn_u32(a, b)) \
	OP(uint32x4_t, rsubhn2_u32, vrsubhn_high_u32(vmovn_u32(c), a, b)) OP(int64x2_t, shrn_s64_1, vshrn_n_s64(a, 1)) \
	OP(int64x2_t, shrn2_s64_1, vshrn_high_n_s64(vmovn_s64(b), a, 1)) OP(int64x2_t, rshrn_s64_1, vrshrn_n_s64(a, 1)) \
	OP(int64x2_t, rshrn2_s64_1, vrshrn_high_n_s64(vmovn_s64(b), a, 1)) OP(int64x2_t, qshrn_s64_1, vqshrn_n_s64(a, 1)) \
	OP(int64x2_t, qshrn2_s64_1, vqshrn_high_n_s64(vmovn_s64(b), a, 1)) OP(int64x2_t, qrshrn_s64_1, vqrshrn_n_s64(a, 1)) \
	OP(int64x2_t, qrshrn2_s64_1, vqrshrn_high_n_s64(vmovn_s64(b), a, 1)) OP(int64x2_t, qshrun_s64_1, vqshrun_n_s64(a, 1)) \
	OP(int64x2_t, qrshrun_s64_1, vqrshrun_n_s64(a, 1)) OP(int64x2_t, shrn_s64_31, vshrn_n_s64(a, 31)) \
	OP(int64x2_t, shrn2_s64_31, vshrn_high_n_s64(vmovn_s64(b), a, 31)) OP(int64x2_t, rshrn_s64_31, vrshrn_n_s64(a, 31)) \
	OP(int64x2_t, rshrn2_s64_31, vrshrn_high_n_s64(vmovn_s64(b), a, 31)) OP(int64x2_t, qshrn_s64_31, vqshrn_n_s64(a, 31)) \
	OP(int64x2_t, qshrn2_s64_31, vqshrn_high_n_s64(vmovn_s64(b), a, 31)) OP(int64x2_t, qrshrn_s64_31, vqrshrn_n_s64(a, 31)) \
	OP(int64x2_t, qrshrn2_s64_31, vqrshrn_high_n_s64(vmovn_s64(b), a, 31)) OP(int64x2_t, qshrun_s64_31, vqshrun_n_s64(a, 31)) \
	OP(int64x2_t, qrshrun_s64_31, vqrshrun_n_s64(a, 31)) OP(int64x2_t, shrn_s64_32, vshrn_n_s64(a, 32)) \
	OP(int64x2_t, shrn2_s64_32, vshrn_high_n_s64(vmovn_s64(b), a, 32)) OP(int64x2_t, rshrn_s64_32, vrshrn_n_s64(a, 32)) \
	OP(int64x2_t, rshrn2_s64_32, vrshrn_high_n_s64(vmovn_s64(b), a, 32)) OP(int64x2_t, qshrn_s64_32, vqshrn_n_s64(a, 32)) \
	OP(int64x2_t, qshrn2_s64_32, vqshrn_high_n_s64(vmovn_s64(b), a, 32)) OP(int64x2_t, qrshrn_s64_32, vqrshrn_n_s64(a, 32)) \
	OP(int64x2_t, qrshrn2_s64_32, vqrshrn_high_n_s64(vmovn_s64(b), a, 32)) OP(int64x2_t, qshrun_s64_32, vqshrun_n_s64(a, 32)) \
	OP(int64x2_t, qrshrun_s64_32, vqrshrun_n_s64(a, 32)) OP(int64x2_t, movn_s64, vmovn_s64(a)) \
	OP(int64x2_t, movn2_s64, vmovn_high_s64(vmovn_s64(b), a)) OP(int64x2_t, qmovn_s64, vqmovn_s64(a)) \
	OP(int64x2_t, qmovn2_s64, vqmovn_high_s64(vqmovn_s64(b), a)) OP(int64x2_t, qmovun_s64, vqmovun_s64(a)) \
	OP(int64x2_t, addhn_s64, vaddhn_s64(a, b)) OP(int64x2_t, addhn2_s64, vaddhn_high_s64(vmovn_s64(c), a, b)) \
	OP(int64x2_t, raddhn_s64, vraddhn_s64(a, b)) OP(int64x2_t, raddhn2_s64, vraddhn_high_s64(vmovn_s64(c), a, b)) \
	OP(int64x2_t, subhn_s64, vsubhn_s64(a, b)) OP(int64x2_t, subhn2_s64, vsubhn_high_s64(vmovn_s64(c), a, b)) \
	OP(int64x2_t, rsubhn_s64, vrsubhn_s64(a, b)) OP(int64x2_t, rsubhn2_s64, vrsubhn_high_s64(vmovn_s64(c), a, b)) \
	OP(uint64x2_t, shrn_u64_1, vshrn_n_u64(a, 1)) OP(uint64x2_t, shrn2_u64_1, vshrn_high_n_u64(vmovn_u64(b), a, 1)) \
	OP(uint64x2_t, rshrn_u64_1, vrshrn_n_u64(a, 1)) OP(uint64x2_t, rshrn2_u64_1, vrshrn_high_n_u64(vmovn_u64(b), a, 1)) \
	OP(uint64x2_t, qshrn_u64_1, vqshrn_n_u64(a, 1)) OP(uint64x2_t, qshrn2_u64_1, vqshrn_high_n_u64(vmovn_u64(b), a, 1)) \
	OP(uint64x2_t, qrshrn_u64_1, vqrshrn_n_u64(a, 1)) OP(uint64x2_t, qrshrn2_u64_1, vqrshrn_high_n_u64(vmovn_u64(b), a, 1)) \
	OP(uint64x2_t, shrn_u64_31, vshrn_n_u64(a, 31)) OP(uint64x2_t, shrn2_u64_31, vshrn_high_n_u64(vmovn_u64(b), a, 31)) \
	OP(uint64x2_t, rshrn_u64_31, vrshrn_n_u64(a, 31)) OP(uint64x2_t, rshrn2_u64_31, vrshrn_high_n_u64(vmovn_u64(b), a, 31)) \
	OP(uint64x2_t, qshrn_u64_31, vqshrn_n_u64(a, 31)) OP(uint64x2_t, qshrn2_u64_31, vqshrn_high_n_u64(vmovn_u64(b), a, 31)) \
	OP(uint64x2_t, qrshrn_u64_31, vqrshrn_n_u64(a, 31)) OP(uint64x2_t, qrshrn2_u64_31, vqrshrn_high_n_u64(vmovn_u64(b), a, 31)) \
	OP(uint64x2_t, shrn_u64_32, vshrn_n_u64(a, 32)) OP(uint64x2_t, shrn2_u64_32, vshrn_high_n_u64(vmovn_u64(b), a, 32)) \
	OP(uint64x2_t, rshrn_u64_32, vrshrn_n_u64(a, 32)) OP(uint64x2_t, rshrn2_u64_32, vrshrn_high_n_u64(vmovn_u64(b), a, 32)) \
	OP(uint64x2_t, qshrn_u64_32, vqshrn_n_u64(a, 32)) OP(uint64x2_t, qshrn2_u64_32, vqshrn_high_n_u64(vmovn_u64(b), a, 32)) \
	OP(uint64x2_t, qrshrn_u64_32, vqrshrn_n_u64(a, 32)) OP(uint64x2_t, qrshrn2_u64_32, vqrshrn_high_n_u64(vmovn_u64(b), a, 32)) \
	OP(uint64x2_t, movn_u64, vmovn_u64(a)) OP(uint64x2_t, movn2_u64, vmovn_high_u64(vmovn_u64(b), a)) OP(uint64x2_t, qmovn_u64, vqmovn_u64(a)) \
	OP(uint64x2_t, qmovn2_u64, vqmovn_high_u64(vqmovn_u64(b), a)) OP(uint64x2_t, addhn_u64, vaddhn_u64(a, b)) \
	OP(uint64x2_t, addhn2_u64, vaddhn_high_u64(vmovn_u64(c), a, b)) OP(uint64x2_t, raddhn_u64, vraddhn_u64(a, b)) \
	OP(uint64x2_t, raddhn2_u64, vraddhn_high_u64(vmovn_u64(c), a, b)) OP(uint64x2_t, subhn_u64, vsubhn_u64(a, b)) \
	OP(uint64x2_t, subhn2_u64, vsubhn_high_u64(vmovn_u64(c), a, b)) OP(uint64x2_t, rsubhn_u64, vrsubhn_u64(a, b)) \
	OP(uint64x2_t, rsubhn2_u64, vrsubhn_high_u64(vmovn_u64(c), a, b))

OPS(FN)

int main(void)
{
	OPS(RUNV)
	return 0;
}
