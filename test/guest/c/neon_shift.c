/* Advanced SIMD: shifts by immediate. */
#include "neon.h"

#define OPS(OP) \
	OP(int8x8_t, shls8_0, vshl_n_s8(a, 0)) OP(int8x8_t, shls8_1, vshl_n_s8(a, 1)) OP(int8x8_t, shls8_4, vshl_n_s8(a, 4)) \
	OP(int8x8_t, shls8_7, vshl_n_s8(a, 7)) OP(int8x8_t, qshls8_0, vqshl_n_s8(a, 0)) OP(int8x8_t, qshls8_5, vqshl_n_s8(a, 5)) \
	OP(int8x8_t, qshls8_7, vqshl_n_s8(a, 7)) OP(int8x8_t, shrs8_1, vshr_n_s8(a, 1)) OP(int8x8_t, rshrs8_1, vrshr_n_s8(a, 1)) \
	OP(int8x8_t, sras8_1, vsra_n_s8(c, a, 1)) OP(int8x8_t, rsras8_1, vrsra_n_s8(c, a, 1)) OP(int8x8_t, sris8_1, vsri_n_s8(c, a, 1)) \
	OP(int8x8_t, shrs8_4, vshr_n_s8(a, 4)) OP(int8x8_t, rshrs8_4, vrshr_n_s8(a, 4)) OP(int8x8_t, sras8_4, vsra_n_s8(c, a, 4)) \
	OP(int8x8_t, rsras8_4, vrsra_n_s8(c, a, 4)) OP(int8x8_t, sris8_4, vsri_n_s8(c, a, 4)) OP(int8x8_t, shrs8_8, vshr_n_s8(a, 8)) \
	OP(int8x8_t, rshrs8_8, vrshr_n_s8(a, 8)) OP(int8x8_t, sras8_8, vsra_n_s8(c, a, 8)) OP(int8x8_t, rsras8_8, vrsra_n_s8(c, a, 8)) \
	OP(int8x8_t, sris8_8, vsri_n_s8(c, a, 8)) OP(int8x8_t, slis8_0, vsli_n_s8(c, a, 0)) OP(int8x8_t, slis8_5, vsli_n_s8(c, a, 5)) \
	OP(int8x8_t, qshlus8_0, vqshlu_n_s8(a, 0)) OP(int8x8_t, qshlus8_4, vqshlu_n_s8(a, 4)) OP(int8x16_t, shlqs8_0, vshlq_n_s8(a, 0)) \
	OP(int8x16_t, shlqs8_1, vshlq_n_s8(a, 1)) OP(int8x16_t, shlqs8_4, vshlq_n_s8(a, 4)) OP(int8x16_t, shlqs8_7, vshlq_n_s8(a, 7)) \
	OP(int8x16_t, qshlqs8_0, vqshlq_n_s8(a, 0)) OP(int8x16_t, qshlqs8_5, vqshlq_n_s8(a, 5)) OP(int8x16_t, qshlqs8_7, vqshlq_n_s8(a, 7)) \
	OP(int8x16_t, shrqs8_1, vshrq_n_s8(a, 1)) OP(int8x16_t, rshrqs8_1, vrshrq_n_s8(a, 1)) OP(int8x16_t, sraqs8_1, vsraq_n_s8(c, a, 1)) \
	OP(int8x16_t, rsraqs8_1, vrsraq_n_s8(c, a, 1)) OP(int8x16_t, sriqs8_1, vsriq_n_s8(c, a, 1)) OP(int8x16_t, shrqs8_4, vshrq_n_s8(a, 4)) \
	OP(int8x16_t, rshrqs8_4, vrshrq_n_s8(a, 4)) OP(int8x16_t, sraqs8_4, vsraq_n_s8(c, a, 4)) OP(int8x16_t, rsraqs8_4, vrsraq_n_s8(c, a, 4)) \
	OP(int8x16_t, sriqs8_4, vsriq_n_s8(c, a, 4)) OP(int8x16_t, shrqs8_8, vshrq_n_s8(a, 8)) OP(int8x16_t, rshrqs8_8, vrshrq_n_s8(a, 8)) \
	OP(int8x16_t, sraqs8_8, vsraq_n_s8(c, a, 8)) OP(int8x16_t, rsraqs8_8, vrsraq_n_s8(c, a, 8)) OP(int8x16_t, sriqs8_8, vsriq_n_s8(c, a, 8)) \
	OP(int8x16_t, sliqs8_0, vsliq_n_s8(c, a, 0)) OP(int8x16_t, sliqs8_5, vsliq_n_s8(c, a, 5)) OP(int8x16_t, qshluqs8_0, vqshluq_n_s8(a, 0)) \
	OP(int8x16_t, qshluqs8_4, vqshluq_n_s8(a, 4)) OP(uint8x8_t, shlu8_0, vshl_n_u8(a, 0)) OP(uint8x8_t, shlu8_1, vshl_n_u8(a, 1)) \
	OP(uint8x8_t, shlu8_4, vshl_n_u8(a, 4)) OP(uint8x8_t, shlu8_7, vshl_n_u8(a, 7)) OP(uint8x8_t, qshlu8_0, vqshl_n_u8(a, 0)) \
	OP(uint8x8_t, qshlu8_5, vqshl_n_u8(a, 5)) OP(uint8x8_t, qshlu8_7, vqshl_n_u8(a, 7)) OP(uint8x8_t, shru8_1, vshr_n_u8(a, 1)) \
	OP(uint8x8_t, rshru8_1, vrshr_n_u8(a, 1)) OP(uint8x8_t, srau8_1, vsra_n_u8(c, a, 1)) OP(uint8x8_t, rsrau8_1, vrsra_n_u8(c, a, 1)) \
	OP(uint8x8_t, sriu8_1, vsri_n_u8(c, a, 1)) OP(uint8x8_t, shru8_4, vshr_n_u8(a, 4)) OP(uint8x8_t, rshru8_4, vrshr_n_u8(a, 4)) \
	OP(uint8x8_t, srau8_4, vsra_n_u8(c, a, 4)) OP(uint8x8_t, rsrau8_4, vrsra_n_u8(c, a, 4)) OP(uint8x8_t, sriu8_4, vsri_n_u8(c, a, 4)) \
	OP(uint8x8_t, shru8_8, vshr_n_u8(a, 8)) OP(uint8x8_t, rshru8_8, vrshr_n_u8(a, 8)) OP(uint8x8_t, srau8_8, vsra_n_u8(c, a, 8)) \
	OP(uint8x8_t, rsrau8_8, vrsra_n_u8(c, a, 8)) OP(uint8x8_t, sriu8_8, vsri_n_u8(c, a, 8)) OP(uint8x8_t, sliu8_0, vsli_n_u8(c, a, 0)) \
	OP(uint8x8_t, sliu8_5, vsli_n_u8(c, a, 5)) OP(uint8x16_t, shlqu8_0, vshlq_n_u8(a, 0)) OP(uint8x16_t, shlqu8_1, vshlq_n_u8(a, 1)) \
	OP(uint8x16_t, shlqu8_4, vshlq_n_u8(a, 4)) OP(uint8x16_t, shlqu8_7, vshlq_n_u8(a, 7)) OP(uint8x16_t, qshlqu8_0, vqshlq_n_u8(a, 0)) \
	OP(uint8x16_t, qshlqu8_5, vqshlq_n_u8(a, 5)) OP(uint8x16_t, qshlqu8_7, vqshlq_n_u8(a, 7)) OP(uint8x16_t, shrqu8_1, vshrq_n_u8(a, 1)) \
	OP(uint8x16_t, rshrqu8_1, vrshrq_n_u8(a, 1)) OP(uint8x16_t, sraqu8_1, vsraq_n_u8(c, a, 1)) OP(uint8x16_t, rsraqu8_1, vrsraq_n_u8(c, a, 1)) \
	OP(uint8x16_t, sriqu8_1, vsriq_n_u8(c, a, 1)) OP(uint8x16_t, shrqu8_4, vshrq_n_u8(a, 4)) OP(uint8x16_t, rshrqu8_4, vrshrq_n_u8(a, 4)) \
	OP(uint8x16_t, sraqu8_4, vsraq_n_u8(c, a, 4)) OP(uint8x16_t, rsraqu8_4, vrsraq_n_u8(c, a, 4)) \
	OP(uint8x16_t, sriqu8_4, vsriq_n_u8(c, a, 4)) OP(uint8x16_t, shrqu8_8, vshrq_n_u8(a, 8)) OP(uint8x16_t, rshrqu8_8, vrshrq_n_u8(a, 8)) \
	OP(uint8x16_t, sraqu8_8, vsraq_n_u8(c, a, 8)) OP(uint8x16_t, rsraqu8_8, vrsraq_n_u8(c, a, 8)) \
	OP(uint8x16_t, sriqu8_8, vsriq_n_u8(c, a, 8)) OP(uint8x16_t, sliqu8_0, vsliq_n_u8(c, a, 0)) OP(uint8x16_t, sliqu8_5, vsliq_n_u8(c, a, 5)) \
	OP(int16x4_t, shls16_0, vshl_n_s16(a, 0)) OP(int16x4_t, shls16_1, vshl_n_s16(a, 1)) OP(int16x4_t, shls16_8, vshl_n_s16(a, 8)) \
	OP(int16x4_t, shls16_15, vshl_n_s16(a, 15)) OP(int16x4_t, qshls16_0, vqshl_n_s16(a, 0)) OP(int16x4_t, qshls16_9, vqshl_n_s16(a, 9)) \
	OP(int16x4_t, qshls16_15, vqshl_n_s16(a, 15)) OP(int16x4_t, shrs16_1, vshr_n_s16(a, 1)) OP(int16x4_t, rshrs16_1, vrshr_n_s16(a, 1)) \
	OP(int16x4_t, sras16_1, vsra_n_s16(c, a, 1)) OP(int16x4_t, rsras16_1, vrsra_n_s16(c, a, 1)) OP(int16x4_t, sris16_1, vsri_n_s16(c, a, 1)) \
	OP(int16x4_t, shrs16_8, vshr_n_s16(a, 8)) OP(int16x4_t, rshrs16_8, vrshr_n_s16(a, 8)) OP(int16x4_t, sras16_8, vsra_n_s16(c, a, 8)) \
	OP(int16x4_t, rsras16_8, vrsra_n_s16(c, a, 8)) OP(int16x4_t, sris16_8, vsri_n_s16(c, a, 8)) OP(int16x4_t, shrs16_16, vshr_n_s16(a, 16)) \
	OP(int16x4_t, rshrs16_16, vrshr_n_s16(a, 16)) OP(int16x4_t, sras16_16, vsra_n_s16(c, a, 16)) \
	OP(int16x4_t, rsras16_16, vrsra_n_s16(c, a, 16)) OP(int16x4_t, sris16_16, vsri_n_s16(c, a, 16)) \
	OP(int16x4_t, slis16_0, vsli_n_s16(c, a, 0)) OP(int16x4_t, slis16_13, vsli_n_s16(c, a, 13)) OP(int16x4_t, qshlus16_0, vqshlu_n_s16(a, 0)) \
	OP(int16x4_t, qshlus16_8, vqshlu_n_s16(a, 8)) OP(int16x8_t, shlqs16_0, vshlq_n_s16(a, 0)) OP(int16x8_t, shlqs16_1, vshlq_n_s16(a, 1)) \
	OP(int16x8_t, shlqs16_8, vshlq_n_s16(a, 8)) OP(int16x8_t, shlqs16_15, vshlq_n_s16(a, 15)) OP(int16x8_t, qshlqs16_0, vqshlq_n_s16(a, 0)) \
	OP(int16x8_t, qshlqs16_9, vqshlq_n_s16(a, 9)) OP(int16x8_t, qshlqs16_15, vqshlq_n_s16(a, 15)) OP(int16x8_t, shrqs16_1, vshrq_n_s16(a, 1)) \
	OP(int16x8_t, rshrqs16_1, vrshrq_n_s16(a, 1)) OP(int16x8_t, sraqs16_1, vsraq_n_s16(c, a, 1)) \
	OP(int16x8_t, rsraqs16_1, vrsraq_n_s16(c, a, 1)) OP(int16x8_t, sriqs16_1, vsriq_n_s16(c, a, 1)) \
	OP(int16x8_t, shrqs16_8, vshrq_n_s16(a, 8)) OP(int16x8_t, rshrqs16_8, vrshrq_n_s16(a, 8)) OP(int16x8_t, sraqs16_8, vsraq_n_s16(c, a, 8)) \
	OP(int16x8_t, rsraqs16_8, vrsraq_n_s16(c, a, 8)) OP(int16x8_t, sriqs16_8, vsriq_n_s16(c, a, 8)) \
	OP(int16x8_t, shrqs16_16, vshrq_n_s16(a, 16)) OP(int16x8_t, rshrqs16_16, vrshrq_n_s16(a, 16)) \
	OP(int16x8_t, sraqs16_16, vsraq_n_s16(c, a, 16)) OP(int16x8_t, rsraqs16_16, vrsraq_n_s16(c, a, 16)) \
	OP(int16x8_t, sriqs16_16, vsriq_n_s16(c, a, 16)) OP(int16x8_t, sliqs16_0, vsliq_n_s16(c, a, 0)) \
	OP(int16x8_t, sliqs16_13, vsliq_n_s16(c, a, 13)) OP(int16x8_t, qshluqs16_0, vqshluq_n_s16(a, 0)) \
	OP(int16x8_t, qshluqs16_8, vqshluq_n_s16(a, 8)) OP(uint16x4_t, shlu16_0, vshl_n_u16(a, 0)) OP(uint16x4_t, shlu16_1, vshl_n_u16(a, 1)) \
	OP(uint16x4_t, shlu16_8, vshl_n_u16(a, 8)) OP(uint16x4_t, shlu16_15, vshl_n_u16(a, 15)) OP(uint16x4_t, qshlu16_0, vqshl_n_u16(a, 0)) \
	OP(uint16x4_t, qshlu16_9, vqshl_n_u16(a, 9)) OP(uint16x4_t, qshlu16_15, vqshl_n_u16(a, 15)) OP(uint16x4_t, shru16_1, vshr_n_u16(a, 1)) \
	OP(uint16x4_t, rshru16_1, vrshr_n_u16(a, 1)) OP(uint16x4_t, srau16_1, vsra_n_u16(c, a, 1)) OP(uint16x4_t, rsrau16_1, vrsra_n_u16(c, a, 1)) \
	OP(uint16x4_t, sriu16_1, vsri_n_u16(c, a, 1)) OP(uint16x4_t, shru16_8, vshr_n_u16(a, 8)) OP(uint16x4_t, rshru16_8, vrshr_n_u16(a, 8)) \
	OP(uint16x4_t, srau16_8, vsra_n_u16(c, a, 8)) OP(uint16x4_t, rsrau16_8, vrsra_n_u16(c, a, 8)) \
	OP(uint16x4_t, sriu16_8, vsri_n_u16(c, a, 8)) OP(uint16x4_t, shru16_16, vshr_n_u16(a, 16)) OP(uint16x4_t, rshru16_16, vrshr_n_u16(a, 16)) \
	OP(uint16x4_t, srau16_16, vsra_n_u16(c, a, 16)) OP(uint16x4_t, rsrau16_16, vrsra_n_u16(c, a, 16)) \
	OP(uint16x4_t, sriu16_16, vsri_n_u16(c, a, 16)) OP(uint16x4_t, sliu16_0, vsli_n_u16(c, a, 0)) \
	OP(uint16x4_t, sliu16_13, vsli_n_u16(c, a, 13)) OP(uint16x8_t, shlqu16_0, vshlq_n_u16(a, 0)) OP(uint16x8_t, shlqu16_1, vshlq_n_u16(a, 1)) \
	OP(uint16x8_t, shlqu16_8, vshlq_n_u16(a, 8)) OP(uint16x8_t, shlqu16_15, vshlq_n_u16(a, 15)) OP(uint16x8_t, qshlqu16_0, vqshlq_n_u16(a, 0)) \
	OP(uint16x8_t, qshlqu16_9, vqshlq_n_u16(a, 9)) OP(uint16x8_t, qshlqu16_15, vqshlq_n_u16(a, 15)) \
	OP(uint16x8_t, shrqu16_1, vshrq_n_u16(a, 1)) OP(uint16x8_t, rshrqu16_1, vrshrq_n_u16(a, 1)) \
	OP(uint16x8_t, sraqu16_1, vsraq_n_u16(c, a, 1)) OP(uint16x8_t, rsraqu16_1, vrsraq_n_u16(c, a, 1)) \
	OP(uint16x8_t, sriqu16_1, vsriq_n_u16(c, a, 1)) OP(uint16x8_t, shrqu16_8, vshrq_n_u16(a, 8)) \
	OP(uint16x8_t, rshrqu16_8, vrshrq_n_u16(a, 8)) OP(uint16x8_t, sraqu16_8, vsraq_n_u16(c, a, 8)) \
	OP(uint16x8_t, rsraqu16_8, vrsraq_n_u16(c, a, 8)) OP(uint16x8_t, sriqu16_8, vsriq_n_u16(c, a, 8)) \
	OP(uint16x8_t, shrqu16_16, vshrq_n_u16(a, 16)) OP(uint16x8_t, rshrqu16_16, vrshrq_n_u16(a, 16)) \
	OP(uint16x8_t, sraqu16_16, vsraq_n_u16(c, a, 16)) OP(uint16x8_t, rsraqu16_16, vrsraq_n_u16(c, a, 16)) \
	OP(uint16x8_t, sriqu16_16, vsriq_n_u16(c, a, 16)) OP(uint16x8_t, sliqu16_0, vsliq_n_u16(c, a, 0)) \
	OP(uint16x8_t, sliqu16_13, vsliq_n_u16(c, a, 13)) OP(int32x2_t, shls32_0, vshl_n_s32(a, 0)) OP(int32x2_t, shls32_1, vshl_n_s32(a, 1)) \
	OP(int32x2_t, shls32_16, vshl_n_s32(a, 16)) OP(int32x2_t, shls32_31, vshl_n_s32(a, 31)) OP(int32x2_t, qshls32_0, vqshl_n_s32(a, 0)) \
	OP(int32x2_t, qshls32_17, vqshl_n_s32(a, 17)) OP(int32x2_t, qshls32_31, vqshl_n_s32(a, 31)) OP(int32x2_t, shrs32_1, vshr_n_s32(a, 1)) \
	OP(int32x2_t, rshrs32_1, vrshr_n_s32(a, 1)) OP(int32x2_t, sras32_1, vsra_n_s32(c, a, 1)) OP(int32x2_t, rsras32_1, vrsra_n_s32(c, a, 1)) \
	OP(int32x2_t, sris32_1, vsri_n_s32(c, a, 1)) OP(int32x2_t, shrs32_16, vshr_n_s32(a, 16)) OP(int32x2_t, rshrs32_16, vrshr_n_s32(a, 16)) \
	OP(int32x2_t, sras32_16, vsra_n_s32(c, a, 16)) OP(int32x2_t, rsras32_16, vrsra_n_s32(c, a, 16)) \
	OP(int32x2_t, sris32_16, vsri_n_s32(c, a, 16)) OP(int32x2_t, shrs32_32, vshr_n_s32(a, 32)) OP(int32x2_t, rshrs32_32, vrshr_n_s32(a, 32)) \
	OP(int32x2_t, sras32_32, vsra_n_s32(c, a, 32)) OP(int32x2_t, rsras32_32, vrsra_n_s32(c, a, 32)) \
	OP(int32x2_t, sris32_32, vsri_n_s32(c, a, 32)) OP(int32x2_t, slis32_0, vsli_n_s32(c, a, 0)) OP(int32x2_t, slis32_29, vsli_n_s32(c, a, 29)) \
	OP(int32x2_t, qshlus32_0, vqshlu_n_s32(a, 0)) OP(int32x2_t, qshlus32_16, vqshlu_n_s32(a, 16)) OP(int32x4_t, shlqs32_0, vshlq_n_s32(a, 0)) \
	OP(int32x4_t, shlqs32_1, vshlq_n_s32(a, 1)) OP(int32x4_t, shlqs32_16, vshlq_n_s32(a, 16)) OP(int32x4_t, shlqs32_31, vshlq_n_s32(a, 31)) \
	OP(int32x4_t, qshlqs32_0, vqshlq_n_s32(a, 0)) OP(int32x4_t, qshlqs32_17, vqshlq_n_s32(a, 17)) \
	OP(int32x4_t, qshlqs32_31, vqshlq_n_s32(a, 31)) OP(int32x4_t, shrqs32_1, vshrq_n_s32(a, 1)) OP(int32x4_t, rshrqs32_1, vrshrq_n_s32(a, 1)) \
	OP(int32x4_t, sraqs32_1, vsraq_n_s32(c, a, 1)) OP(int32x4_t, rsraqs32_1, vrsraq_n_s32(c, a, 1)) \
	OP(int32x4_t, sriqs32_1, vsriq_n_s32(c, a, 1)) OP(int32x4_t, shrqs32_16, vshrq_n_s32(a, 16)) \
	OP(int32x4_t, rshrqs32_16, vrshrq_n_s32(a, 16)) OP(int32x4_t, sraqs32_16, vsraq_n_s32(c, a, 16)) \
	OP(int32x4_t, rsraqs32_16, vrsraq_n_s32(c, a, 16)) OP(int32x4_t, sriqs32_16, vsriq_n_s32(c, a, 16)) \
	OP(int32x4_t, shrqs32_32, vshrq_n_s32(a, 32)) OP(int32x4_t, rshrqs32_32, vrshrq_n_s32(a, 32)) \
	OP(int32x4_t, sraqs32_32, vsraq_n_s32(c, a, 32)) OP(int32x4_t, rsraqs32_32, vrsraq_n_s32(c, a, 32)) \
	OP(int32x4_t, sriqs32_32, vsriq_n_s32(c, a, 32)) OP(int32x4_t, sliqs32_0, vsliq_n_s32(c, a, 0)) \
	OP(int32x4_t, sliqs32_29, vsliq_n_s32(c, a, 29)) OP(int32x4_t, qshluqs32_0, vqshluq_n_s32(a, 0)) \
	OP(int32x4_t, qshluqs32_16, vqshluq_n_s32(a, 16)) OP(uint32x2_t, shlu32_0, vshl_n_u32(a, 0)) OP(uint32x2_t, shlu32_1, vshl_n_u32(a, 1)) \
	OP(uint32x2_t, shlu32_16, vshl_n_u32(a, 16)) OP(uint32x2_t, shlu32_31, vshl_n_u32(a, 31)) OP(uint32x2_t, qshlu32_0, vqshl_n_u32(a, 0)) \
	OP(uint32x2_t, qshlu32_17, vqshl_n_u32(a, 17)) OP(uint32x2_t, qshlu32_31, vqshl_n_u32(a, 31)) OP(uint32x2_t, shru32_1, vshr_n_u32(a, 1)) \
	OP(uint32x2_t, rshru32_1, vrshr_n_u32(a, 1)) OP(uint32x2_t, srau32_1, vsra_n_u32(c, a, 1)) OP(uint32x2_t, rsrau32_1, vrsra_n_u32(c, a, 1)) \
	OP(uint32x2_t, sriu32_1, vsri_n_u32(c, a, 1)) OP(uint32x2_t, shru32_16, vshr_n_u32(a, 16)) OP(uint32x2_t, rshru32_16, vrshr_n_u32(a, 16)) \
	OP(uint32x2_t, srau32_16, vsra_n_u32(c, a, 16)) OP(uint32x2_t, rsrau32_16, vrsra_n_u32(c, a, 16)) \
	OP(uint32x2_t, sriu32_16, vsri_n_u32(c, a, 16)) OP(uint32x2_t, shru32_32, vshr_n_u32(a, 32)) \
	OP(uint32x2_t, rshru32_32, vrshr_n_u32(a, 32)) OP(uint32x2_t, srau32_32, vsra_n_u32(c, a, 32)) \
	OP(uint32x2_t, rsrau32_32, vrsra_n_u32(c, a, 32)) OP(uint32x2_t, sriu32_32, vsri_n_u32(c, a, 32)) \
	OP(uint32x2_t, sliu32_0, vsli_n_u32(c, a, 0)) OP(uint32x2_t, sliu32_29, vsli_n_u32(c, a, 29)) OP(uint32x4_t, shlqu32_0, vshlq_n_u32(a, 0)) \
	OP(uint32x4_t, shlqu32_1, vshlq_n_u32(a, 1)) OP(uint32x4_t, shlqu32_16, vshlq_n_u32(a, 16)) OP(uint32x4_t, shlqu32_31, vshlq_n_u32(a, 31)) \
	OP(uint32x4_t, qshlqu32_0, vqshlq_n_u32(a, 0)) OP(uint32x4_t, qshlqu32_17, vqshlq_n_u32(a, 17)) \
	OP(uint32x4_t, qshlqu32_31, vqshlq_n_u32(a, 31)) OP(uint32x4_t, shrqu32_1, vshrq_n_u32(a, 1)) \
	OP(uint32x4_t, rshrqu32_1, vrshrq_n_u32(a, 1)) OP(uint32x4_t, sraqu32_1, vsraq_n_u32(c, a, 1)) \
	OP(uint32x4_t, rsraqu32_1, vrsraq_n_u32(c, a, 1)) OP(uint32x4_t, sriqu32_1, vsriq_n_u32(c, a, 1)) \
	OP(uint32x4_t, shrqu32_16, vshrq_n_u32(a, 16)) OP(uint32x4_t, rshrqu32_16, vrshrq_n_u32(a, 16)) \
	OP(uint32x4_t, sraqu32_16, vsraq_n_u32(c, a, 16)) OP(uint32x4_t, rsraqu32_16, vrsraq_n_u32(c, a, 16)) \
	OP(uint32x4_t, sriqu32_16, vsriq_n_u32(c, a, 16)) OP(uint32x4_t, shrqu32_32, vshrq_n_u32(a, 32)) \
	OP(uint32x4_t, rshrqu32_32, vrshrq_n_u32(a, 32)) OP(uint32x4_t, sraqu32_32, vsraq_n_u32(c, a, 32)) \
	OP(uint32x4_t, rsraqu32_32, vrsraq_n_u32(c, a, 32)) OP(uint32x4_t, sriqu32_32, vsriq_n_u32(c, a, 32)) \
	OP(uint32x4_t, sliqu32_0, vsliq_n_u32(c, a, 0)) OP(uint32x4_t, sliqu32_29, vsliq_n_u32(c, a, 29)) \
	OP(int64x1_t, shls64_0, vshl_n_s64(a, 0)) OP(int64x1_t, shls64_1, vshl_n_s64(a, 1)) OP(int64x1_t, shls64_32, vshl_n_s64(a, 32)) \
	OP(int64x1_t, shls64_63, vshl_n_s64(a, 63)) OP(int64x1_t, qshls64_0, vqshl_n_s64(a, 0)) OP(int64x1_t, qshls64_33, vqshl_n_s64(a, 33)) \
	OP(int64x1_t, qshls64_63, vqshl_n_s64(a, 63)) OP(int64x1_t, shrs64_1, vshr_n_s64(a, 1)) OP(int64x1_t, rshrs64_1, vrshr_n_s64(a, 1)) \
	OP(int64x1_t, sras64_1, vsra_n_s64(c, a, 1)) OP(int64x1_t, rsras64_1, vrsra_n_s64(c, a, 1)) OP(int64x1_t, sris64_1, vsri_n_s64(c, a, 1)) \
	OP(int64x1_t, shrs64_32, vshr_n_s64(a, 32)) OP(int64x1_t, rshrs64_32, vrshr_n_s64(a, 32)) OP(int64x1_t, sras64_32, vsra_n_s64(c, a, 32)) \
	OP(int64x1_t, rsras64_32, vrsra_n_s64(c, a, 32)) OP(int64x1_t, sris64_32, vsri_n_s64(c, a, 32)) \
	OP(int64x1_t, shrs64_64, vshr_n_s64(a, 64)) OP(int64x1_t, rshrs64_64, vrshr_n_s64(a, 64)) OP(int64x1_t, sras64_64, vsra_n_s64(c, a, 64)) \
	OP(int64x1_t, rsras64_64, vrsra_n_s64(c, a, 64)) OP(int64x1_t, sris64_64, vsri_n_s64(c, a, 64)) \
	OP(int64x1_t, slis64_0, vsli_n_s64(c, a, 0)) OP(int64x1_t, slis64_61, vsli_n_s64(c, a, 61)) OP(int64x1_t, qshlus64_0, vqshlu_n_s64(a, 0)) \
	OP(int64x1_t, qshlus64_32, vqshlu_n_s64(a, 32)) OP(int64x2_t, shlqs64_0, vshlq_n_s64(a, 0)) OP(int64x2_t, shlqs64_1, vshlq_n_s64(a, 1)) \
	OP(int64x2_t, shlqs64_32, vshlq_n_s64(a, 32)) OP(int64x2_t, shlqs64_63, vshlq_n_s64(a, 63)) OP(int64x2_t, qshlqs64_0, vqshlq_n_s64(a, 0)) \
	OP(int64x2_t, qshlqs64_33, vqshlq_n_s64(a, 33)) OP(int64x2_t, qshlqs64_63, vqshlq_n_s64(a, 63)) \
	OP(int64x2_t, shrqs64_1, vshrq_n_s64(a, 1)) OP(int64x2_t, rshrqs64_1, vrshrq_n_s64(a, 1)) OP(int64x2_t, sraqs64_1, vsraq_n_s64(c, a, 1)) \
	OP(int64x2_t, rsraqs64_1, vrsraq_n_s64(c, a, 1)) OP(int64x2_t, sriqs64_1, vsriq_n_s64(c, a, 1)) \
	OP(int64x2_t, shrqs64_32, vshrq_n_s64(a, 32)) OP(int64x2_t, rshrqs64_32, vrshrq_n_s64(a, 32)) \
	OP(int64x2_t, sraqs64_32, vsraq_n_s64(c, a, 32)) OP(int64x2_t, rsraqs64_32, vrsraq_n_s64(c, a, 32)) \
	OP(int64x2_t, sriqs64_32, vsriq_n_s64(c, a, 32)) OP(int64x2_t, shrqs64_64, vshrq_n_s64(a, 64)) \
	OP(int64x2_t, rshrqs64_64, vrshrq_n_s64(a, 64)) OP(int64x2_t, sraqs64_64, vsraq_n_s64(c, a, 64)) \
	OP(int64x2_t, rsraqs64_64, vrsraq_n_s64(c, a, 64)) OP(int64x2_t, sriqs64_64, vsriq_n_s64(c, a, 64)) \
	OP(int64x2_t, sliqs64_0, vsliq_n_s64(c, a, 0)) OP(int64x2_t, sliqs64_61, vsliq_n_s64(c, a, 61)) \
	OP(int64x2_t, qshluqs64_0, vqshluq_n_s64(a, 0)) OP(int64x2_t, qshluqs64_32, vqshluq_n_s64(a, 32)) \
	OP(uint64x1_t, shlu64_0, vshl_n_u64(a, 0)) OP(uint64x1_t, shlu64_1, vshl_n_u64(a, 1)) OP(uint64x1_t, shlu64_32, vshl_n_u64(a, 32)) \
	OP(uint64x1_t, shlu64_63, vshl_n_u64(a, 63)) OP(uint64x1_t, qshlu64_0, vqshl_n_u64(a, 0)) OP(uint64x1_t, qshlu64_33, vqshl_n_u64(a, 33)) \
	OP(uint64x1_t, qshlu64_63, vqshl_n_u64(a, 63)) OP(uint64x1_t, shru64_1, vshr_n_u64(a, 1)) OP(uint64x1_t, rshru64_1, vrshr_n_u64(a, 1)) \
	OP(uint64x1_t, srau64_1, vsra_n_u64(c, a, 1)) OP(uint64x1_t, rsrau64_1, vrsra_n_u64(c, a, 1)) \
	OP(uint64x1_t, sriu64_1, vsri_n_u64(c, a, 1)) OP(uint64x1_t, shru64_32, vshr_n_u64(a, 32)) OP(uint64x1_t, rshru64_32, vrshr_n_u64(a, 32)) \
	OP(uint64x1_t, srau64_32, vsra_n_u64(c, a, 32)) OP(uint64x1_t, rsrau64_32, vrsra_n_u64(c, a, 32)) \
	OP(uint64x1_t, sriu64_32, vsri_n_u64(c, a, 32)) OP(uint64x1_t, shru64_64, vshr_n_u64(a, 64)) \
	OP(uint64x1_t, rshru64_64, vrshr_n_u64(a, 64)) OP(uint64x1_t, srau64_64, vsra_n_u64(c, a, 64)) \
	OP(uint64x1_t, rsrau64_64, vrsra_n_u64(c, a, 64)) OP(uint64x1_t, sriu64_64, vsri_n_u64(c, a, 64)) \
	OP(uint64x1_t, sliu64_0, vsli_n_u64(c, a, 0)) OP(uint64x1_t, sliu64_61, vsli_n_u64(c, a, 61)) OP(uint64x2_t, shlqu64_0, vshlq_n_u64(a, 0)) \
	OP(uint64x2_t, shlqu64_1, vshlq_n_u64(a, 1)) OP(uint64x2_t, shlqu64_32, vshlq_n_u64(a, 32)) OP(uint64x2_t, shlqu64_63, vshlq_n_u64(a, 63)) \
	OP(uint64x2_t, qshlqu64_0, vqshlq_n_u64(a, 0)) OP(uint64x2_t, qshlqu64_33, vqshlq_n_u64(a, 33)) \
	OP(uint64x2_t, qshlqu64_63, vqshlq_n_u64(a, 63)) OP(uint64x2_t, shrqu64_1, vshrq_n_u64(a, 1)) \
	OP(uint64x2_t, rshrqu64_1, vrshrq_n_u64(a, 1)) OP(uint64x2_t, sraqu64_1, vsraq_n_u64(c, a, 1)) \
	OP(uint64x2_t, rsraqu64_1, vrsraq_n_u64(c, a, 1)) OP(uint64x2_t, sriqu64_1, vsriq_n_u64(c, a, 1)) \
	OP(uint64x2_t, shrqu64_32, vshrq_n_u64(a, 32)) OP(uint64x2_t, rshrqu64_32, vrshrq_n_u64(a, 32)) \
	OP(uint64x2_t, sraqu64_32, vsraq_n_u64(c, a, 32)) OP(uint64x2_t, rsraqu64_32, vrsraq_n_u64(c, a, 32)) \
	OP(uint64x2_t, sriqu64_32, vsriq_n_u64(c, a, 32)) OP(uint64x2_t, shrqu64_64, vshrq_n_u64(a, 64)) \
	OP(uint64x2_t, rshrqu64_64, vrshrq_n_u64(a, 64)) OP(uint64x2_t, sraqu64_64, vsraq_n_u64(c, a, 64)) \
	OP(uint64x2_t, rsraqu64_64, vrsraq_n_u64(c, a, 64)) OP(uint64x2_t, sriqu64_64, vsriq_n_u64(c, a, 64)) \
	OP(uint64x2_t, sliqu64_0, vsliq_n_u64(c, a, 0)) OP(uint64x2_t, sliqu64_61, vsliq_n_u64(c, a, 61))

OPS(FN)

int main(void)
{
	OPS(RUNV)
	return 0;
}
