/* Advanced SIMD: widening and long operations. */
#include "neon.h"

#define OPS(OP) \
	OP(int8x16_t, shll_s8_0, vshll_n_s8(vget_low_s8(a), 0)) OP(int8x16_t, shll2_s8_0, vshll_high_n_s8(a, 0)) \
	OP(int8x16_t, shll_s8_1, vshll_n_s8(vget_low_s8(a), 1)) OP(int8x16_t, shll2_s8_1, vshll_high_n_s8(a, 1)) \
	OP(int8x16_t, shll_s8_7, vshll_n_s8(vget_low_s8(a), 7)) OP(int8x16_t, shll2_s8_7, vshll_high_n_s8(a, 7)) \
	OP(int8x16_t, shllmax_s8, vshll_n_s8(vget_low_s8(a), 8)) OP(int8x16_t, movl_s8, vmovl_s8(vget_low_s8(a))) \
	OP(int8x16_t, movl2_s8, vmovl_high_s8(a)) OP(int8x16_t, addl_s8, vaddl_s8(vget_low_s8(a), vget_low_s8(b))) \
	OP(int8x16_t, addl2_s8, vaddl_high_s8(a, b)) OP(int8x16_t, subl_s8, vsubl_s8(vget_low_s8(a), vget_low_s8(b))) \
	OP(int8x16_t, subl2_s8, vsubl_high_s8(a, b)) OP(int8x16_t, mull_s8, vmull_s8(vget_low_s8(a), vget_low_s8(b))) \
	OP(int8x16_t, mull2_s8, vmull_high_s8(a, b)) OP(int8x16_t, abdl_s8, vabdl_s8(vget_low_s8(a), vget_low_s8(b))) \
	OP(int8x16_t, abdl2_s8, vabdl_high_s8(a, b)) OP(int8x16_t, addw_s8, vaddw_s8(vreinterpretq_s16_s8(c), vget_low_s8(a))) \
	OP(int8x16_t, addw2_s8, vaddw_high_s8(vreinterpretq_s16_s8(c), a)) \
	OP(int8x16_t, subw_s8, vsubw_s8(vreinterpretq_s16_s8(c), vget_low_s8(a))) \
	OP(int8x16_t, subw2_s8, vsubw_high_s8(vreinterpretq_s16_s8(c), a)) \
	OP(int8x16_t, mlal_s8, vmlal_s8(vreinterpretq_s16_s8(c), vget_low_s8(a), vget_low_s8(b))) \
	OP(int8x16_t, mlal2_s8, vmlal_high_s8(vreinterpretq_s16_s8(c), a, b)) \
	OP(int8x16_t, mlsl_s8, vmlsl_s8(vreinterpretq_s16_s8(c), vget_low_s8(a), vget_low_s8(b))) \
	OP(int8x16_t, mlsl2_s8, vmlsl_high_s8(vreinterpretq_s16_s8(c), a, b)) \
	OP(int8x16_t, abal_s8, vabal_s8(vreinterpretq_s16_s8(c), vget_low_s8(a), vget_low_s8(b))) \
	OP(int8x16_t, abal2_s8, vabal_high_s8(vreinterpretq_s16_s8(c), a, b)) OP(uint8x16_t, shll_u8_0, vshll_n_u8(vget_low_u8(a), 0)) \
	OP(uint8x16_t, shll2_u8_0, vshll_high_n_u8(a, 0)) OP(uint8x16_t, shll_u8_1, vshll_n_u8(vget_low_u8(a), 1)) \
	OP(uint8x16_t, shll2_u8_1, vshll_high_n_u8(a, 1)) OP(uint8x16_t, shll_u8_7, vshll_n_u8(vget_low_u8(a), 7)) \
	OP(uint8x16_t, shll2_u8_7, vshll_high_n_u8(a, 7)) OP(uint8x16_t, shllmax_u8, vshll_n_u8(vget_low_u8(a), 8)) \
	OP(uint8x16_t, movl_u8, vmovl_u8(vget_low_u8(a))) OP(uint8x16_t, movl2_u8, vmovl_high_u8(a)) \
	OP(uint8x16_t, addl_u8, vaddl_u8(vget_low_u8(a), vget_low_u8(b))) OP(uint8x16_t, addl2_u8, vaddl_high_u8(a, b)) \
	OP(uint8x16_t, subl_u8, vsubl_u8(vget_low_u8(a), vget_low_u8(b))) OP(uint8x16_t, subl2_u8, vsubl_high_u8(a, b)) \
	OP(uint8x16_t, mull_u8, vmull_u8(vget_low_u8(a), vget_low_u8(b))) OP(uint8x16_t, mull2_u8, vmull_high_u8(a, b)) \
	OP(uint8x16_t, abdl_u8, vabdl_u8(vget_low_u8(a), vget_low_u8(b))) OP(uint8x16_t, abdl2_u8, vabdl_high_u8(a, b)) \
	OP(uint8x16_t, addw_u8, vaddw_u8(vreinterpretq_u16_u8(c), vget_low_u8(a))) \
	OP(uint8x16_t, addw2_u8, vaddw_high_u8(vreinterpretq_u16_u8(c), a)) \
	OP(uint8x16_t, subw_u8, vsubw_u8(vreinterpretq_u16_u8(c), vget_low_u8(a))) \
	OP(uint8x16_t, subw2_u8, vsubw_high_u8(vreinterpretq_u16_u8(c), a)) \
	OP(uint8x16_t, mlal_u8, vmlal_u8(vreinterpretq_u16_u8(c), vget_low_u8(a), vget_low_u8(b))) \
	OP(uint8x16_t, mlal2_u8, vmlal_high_u8(vreinterpretq_u16_u8(c), a, b)) \
	OP(uint8x16_t, mlsl_u8, vmlsl_u8(vreinterpretq_u16_u8(c), vget_low_u8(a), vget_low_u8(b))) \
	OP(uint8x16_t, mlsl2_u8, vmlsl_high_u8(vreinterpretq_u16_u8(c), a, b)) \
	OP(uint8x16_t, abal_u8, vabal_u8(vreinterpretq_u16_u8(c), vget_low_u8(a), vget_low_u8(b))) \
	OP(uint8x16_t, abal2_u8, vabal_high_u8(vreinterpretq_u16_u8(c), a, b)) OP(int16x8_t, shll_s16_0, vshll_n_s16(vget_low_s16(a), 0)) \
	OP(int16x8_t, shll2_s16_0, vshll_high_n_s16(a, 0)) OP(int16x8_t, shll_s16_1, vshll_n_s16(vget_low_s16(a), 1)) \
	OP(int16x8_t, shll2_s16_1, vshll_high_n_s16(a, 1)) OP(int16x8_t, shll_s16_15, vshll_n_s16(vget_low_s16(a), 15)) \
	OP(int16x8_t, shll2_s16_15, vshll_high_n_s16(a, 15)) OP(int16x8_t, shllmax_s16, vshll_n_s16(vget_low_s16(a), 16)) \
	OP(int16x8_t, movl_s16, vmovl_s16(vget_low_s16(a))) OP(int16x8_t, movl2_s16, vmovl_high_s16(a)) \
	OP(int16x8_t, addl_s16, vaddl_s16(vget_low_s16(a), vget_low_s16(b))) OP(int16x8_t, addl2_s16, vaddl_high_s16(a, b)) \
	OP(int16x8_t, subl_s16, vsubl_s16(vget_low_s16(a), vget_low_s16(b))) OP(int16x8_t, subl2_s16, vsubl_high_s16(a, b)) \
	OP(int16x8_t, mull_s16, vmull_s16(vget_low_s16(a), vget_low_s16(b))) OP(int16x8_t, mull2_s16, vmull_high_s16(a, b)) \
	OP(int16x8_t, abdl_s16, vabdl_s16(vget_low_s16(a), vget_low_s16(b))) OP(int16x8_t, abdl2_s16, vabdl_high_s16(a, b)) \
	OP(int16x8_t, addw_s16, vaddw_s16(vreinterpretq_s32_s16(c), vget_low_s16(a))) \
	OP(int16x8_t, addw2_s16, vaddw_high_s16(vreinterpretq_s32_s16(c), a)) \
	OP(int16x8_t, subw_s16, vsubw_s16(vreinterpretq_s32_s16(c), vget_low_s16(a))) \
	OP(int16x8_t, subw2_s16, vsubw_high_s16(vreinterpretq_s32_s16(c), a)) \
	OP(int16x8_t, mlal_s16, vmlal_s16(vreinterpretq_s32_s16(c), vget_low_s16(a), vget_low_s16(b))) \
	OP(int16x8_t, mlal2_s16, vmlal_high_s16(vreinterpretq_s32_s16(c), a, b)) \
	OP(int16x8_t, mlsl_s16, vmlsl_s16(vreinterpretq_s32_s16(c), vget_low_s16(a), vget_low_s16(b))) \
	OP(int16x8_t, mlsl2_s16, vmlsl_high_s16(vreinterpretq_s32_s16(c), a, b)) \
	OP(int16x8_t, abal_s16, vabal_s16(vreinterpretq_s32_s16(c), vget_low_s16(a), vget_low_s16(b))) \
	OP(int16x8_t, abal2_s16, vabal_high_s16(vreinterpretq_s32_s16(c), a, b)) \
	OP(int16x8_t, mull_lane_s16, vmull_laneq_s16(vget_low_s16(a), b, 4)) \
	OP(int16x8_t, mlal_lane_s16, vmlal_high_laneq_s16(vreinterpretq_s32_s16(c), a, b, 7)) \
	OP(int16x8_t, mlsl_lane_s16, vmlsl_laneq_s16(vreinterpretq_s32_s16(c), vget_low_s16(a), b, 1)) \
	OP(int16x8_t, qdmull_s16, vqdmull_s16(vget_low_s16(a), vget_low_s16(b))) OP(int16x8_t, qdmull2_s16, vqdmull_high_s16(a, b)) \
	OP(int16x8_t, qdmlal_s16, vqdmlal_s16(vreinterpretq_s32_s16(c), vget_low_s16(a), vget_low_s16(b))) \
	OP(int16x8_t, qdmlal2_s16, vqdmlal_high_s16(vreinterpretq_s32_s16(c), a, b)) \
	OP(int16x8_t, qdmlsl_s16, vqdmlsl_s16(vreinterpretq_s32_s16(c), vget_low_s16(a), vget_low_s16(b))) \
	OP(int16x8_t, qdmlsl2_s16, vqdmlsl_high_s16(vreinterpretq_s32_s16(c), a, b)) \
	OP(int16x8_t, qdmull_lane_s16, vqdmull_laneq_s16(vget_low_s16(a), b, 3)) \
	OP(int16x8_t, qdmlal_lane_s16, vqdmlal_high_laneq_s16(vreinterpretq_s32_s16(c), a, b, 2)) \
	OP(uint16x8_t, shll_u16_0, vshll_n_u16(vget_low_u16(a), 0)) OP(uint16x8_t, shll2_u16_0, vshll_high_n_u16(a, 0)) \
	OP(uint16x8_t, shll_u16_1, vshll_n_u16(vget_low_u16(a), 1)) OP(uint16x8_t, shll2_u16_1, vshll_high_n_u16(a, 1)) \
	OP(uint16x8_t, shll_u16_15, vshll_n_u16(vget_low_u16(a), 15)) OP(uint16x8_t, shll2_u16_15, vshll_high_n_u16(a, 15)) \
	OP(uint16x8_t, shllmax_u16, vshll_n_u16(vget_low_u16(a), 16)) OP(uint16x8_t, movl_u16, vmovl_u16(vget_low_u16(a))) \
	OP(uint16x8_t, movl2_u16, vmovl_high_u16(a)) OP(uint16x8_t, addl_u16, vaddl_u16(vget_low_u16(a), vget_low_u16(b))) \
	OP(uint16x8_t, addl2_u16, vaddl_high_u16(a, b)) OP(uint16x8_t, subl_u16, vsubl_u16(vget_low_u16(a), vget_low_u16(b))) \
	OP(uint16x8_t, subl2_u16, vsubl_high_u16(a, b)) OP(uint16x8_t, mull_u16, vmull_u16(vget_low_u16(a), vget_low_u16(b))) \
	OP(uint16x8_t, mull2_u16, vmull_high_u16(a, b)) OP(uint16x8_t, abdl_u16, vabdl_u16(vget_low_u16(a), vget_low_u16(b))) \
	OP(uint16x8_t, abdl2_u16, vabdl_high_u16(a, b)) OP(uint16x8_t, addw_u16, vaddw_u16(vreinterpretq_u32_u16(c), vget_low_u16(a))) \
	OP(uint16x8_t, addw2_u16, vaddw_high_u16(vreinterpretq_u32_u16(c), a)) \
	OP(uint16x8_t, subw_u16, vsubw_u16(vreinterpretq_u32_u16(c), vget_low_u16(a))) \
	OP(uint16x8_t, subw2_u16, vsubw_high_u16(vreinterpretq_u32_u16(c), a)) \
	OP(uint16x8_t, mlal_u16, vmlal_u16(vreinterpretq_u32_u16(c), vget_low_u16(a), vget_low_u16(b))) \
	OP(uint16x8_t, mlal2_u16, vmlal_high_u16(vreinterpretq_u32_u16(c), a, b)) \
	OP(uint16x8_t, mlsl_u16, vmlsl_u16(vreinterpretq_u32_u16(c), vget_low_u16(a), vget_low_u16(b))) \
	OP(uint16x8_t, mlsl2_u16, vmlsl_high_u16(vreinterpretq_u32_u16(c), a, b)) \
	OP(uint16x8_t, abal_u16, vabal_u16(vreinterpretq_u32_u16(c), vget_low_u16(a), vget_low_u16(b))) \
	OP(uint16x8_t, abal2_u16, vabal_high_u16(vreinterpretq_u32_u16(c), a, b)) \
	OP(uint16x8_t, mull_lane_u16, vmull_laneq_u16(vget_low_u16(a), b, 4)) \
	OP(uint16x8_t, mlal_lane_u16, vmlal_high_laneq_u16(vreinterpretq_u32_u16(c), a, b, 7)) \
	OP(uint16x8_t, mlsl_lane_u16, vmlsl_laneq_u16(vreinterpretq_u32_u16(c), vget_low_u16(a), b, 1)) \
	OP(int32x4_t, shll_s32_0, vshll_n_s32(vget_low_s32(a), 0)) OP(int32x4_t, shll2_s32_0, vshll_high_n_s32(a, 0)) \
	OP(int32x4_t, shll_s32_1, vshll_n_s32(vget_low_s32(a), 1)) OP(int32x4_t, shll2_s32_1, vshll_high_n_s32(a, 1)) \
	OP(int32x4_t, shll_s32_31, vshll_n_s32(vget_low_s32(a), 31)) OP(int32x4_t, shll2_s32_31, vshll_high_n_s32(a, 31)) \
	OP(int32x4_t, shllmax_s32, vshll_n_s32(vget_low_s32(a), 32)) OP(int32x4_t, movl_s32, vmovl_s32(vget_low_s32(a))) \
	OP(int32x4_t, movl2_s32, vmovl_high_s32(a)) OP(int32x4_t, addl_s32, vaddl_s32(vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, addl2_s32, vaddl_high_s32(a, b)) OP(int32x4_t, subl_s32, vsubl_s32(vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, subl2_s32, vsubl_high_s32(a, b)) OP(int32x4_t, mull_s32, vmull_s32(vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, mull2_s32, vmull_high_s32(a, b)) OP(int32x4_t, abdl_s32, vabdl_s32(vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, abdl2_s32, vabdl_high_s32(a, b)) OP(int32x4_t, addw_s32, vaddw_s32(vreinterpretq_s64_s32(c), vget_low_s32(a))) \
	OP(int32x4_t, addw2_s32, vaddw_high_s32(vreinterpretq_s64_s32(c), a)) \
	OP(int32x4_t, subw_s32, vsubw_s32(vreinterpretq_s64_s32(c), vget_low_s32(a))) \
	OP(int32x4_t, subw2_s32, vsubw_high_s32(vreinterpretq_s64_s32(c), a)) \
	OP(int32x4_t, mlal_s32, vmlal_s32(vreinterpretq_s64_s32(c), vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, mlal2_s32, vmlal_high_s32(vreinterpretq_s64_s32(c), a, b)) \
	OP(int32x4_t, mlsl_s32, vmlsl_s32(vreinterpretq_s64_s32(c), vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, mlsl2_s32, vmlsl_high_s32(vreinterpretq_s64_s32(c), a, b)) \
	OP(int32x4_t, abal_s32, vabal_s32(vreinterpretq_s64_s32(c), vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, abal2_s32, vabal_high_s32(vreinterpretq_s64_s32(c), a, b)) \
	OP(int32x4_t, mull_lane_s32, vmull_laneq_s32(vget_low_s32(a), b, 2)) \
	OP(int32x4_t, mlal_lane_s32, vmlal_high_laneq_s32(vreinterpretq_s64_s32(c), a, b, 3)) \
	OP(int32x4_t, mlsl_lane_s32, vmlsl_laneq_s32(vreinterpretq_s64_s32(c), vget_low_s32(a), b, 1)) \
	OP(int32x4_t, qdmull_s32, vqdmull_s32(vget_low_s32(a), vget_low_s32(b))) OP(int32x4_t, qdmull2_s32, vqdmull_high_s32(a, b)) \
	OP(int32x4_t, qdmlal_s32, vqdmlal_s32(vreinterpretq_s64_s32(c), vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, qdmlal2_s32, vqdmlal_high_s32(vreinterpretq_s64_s32(c), a, b)) \
	OP(int32x4_t, qdmlsl_s32, vqdmlsl_s32(vreinterpretq_s64_s32(c), vget_low_s32(a), vget_low_s32(b))) \
	OP(int32x4_t, qdmlsl2_s32, vqdmlsl_high_s32(vreinterpretq_s64_s32(c), a, b)) \
	OP(int32x4_t, qdmull_lane_s32, vqdmull_laneq_s32(vget_low_s32(a), b, 3)) \
	OP(int32x4_t, qdmlal_lane_s32, vqdmlal_high_laneq_s32(vreinterpretq_s64_s32(c), a, b, 2)) \
	OP(uint32x4_t, shll_u32_0, vshll_n_u32(vget_low_u32(a), 0)) OP(uint32x4_t, shll2_u32_0, vshll_high_n_u32(a, 0)) \
	OP(uint32x4_t, shll_u32_1, vshll_n_u32(vget_low_u32(a), 1)) OP(uint32x4_t, shll2_u32_1, vshll_high_n_u32(a, 1)) \
	OP(uint32x4_t, shll_u32_31, vshll_n_u32(vget_low_u32(a), 31)) OP(uint32x4_t, shll2_u32_31, vshll_high_n_u32(a, 31)) \
	OP(uint32x4_t, shllmax_u32, vshll_n_u32(vget_low_u32(a), 32)) OP(uint32x4_t, movl_u32, vmovl_u32(vget_low_u32(a))) \
	OP(uint32x4_t, movl2_u32, vmovl_high_u32(a)) OP(uint32x4_t, addl_u32, vaddl_u32(vget_low_u32(a), vget_low_u32(b))) \
	OP(uint32x4_t, addl2_u32, vaddl_high_u32(a, b)) OP(uint32x4_t, subl_u32, vsubl_u32(vget_low_u32(a), vget_low_u32(b))) \
	OP(uint32x4_t, subl2_u32, vsubl_high_u32(a, b)) OP(uint32x4_t, mull_u32, vmull_u32(vget_low_u32(a), vget_low_u32(b))) \
	OP(uint32x4_t, mull2_u32, vmull_high_u32(a, b)) OP(uint32x4_t, abdl_u32, vabdl_u32(vget_low_u32(a), vget_low_u32(b))) \
	OP(uint32x4_t, abdl2_u32, vabdl_high_u32(a, b)) OP(uint32x4_t, addw_u32, vaddw_u32(vreinterpretq_u64_u32(c), vget_low_u32(a))) \
	OP(uint32x4_t, addw2_u32, vaddw_high_u32(vreinterpretq_u64_u32(c), a)) \
	OP(uint32x4_t, subw_u32, vsubw_u32(vreinterpretq_u64_u32(c), vget_low_u32(a))) \
	OP(uint32x4_t, subw2_u32, vsubw_high_u32(vreinterpretq_u64_u32(c), a)) \
	OP(uint32x4_t, mlal_u32, vmlal_u32(vreinterpretq_u64_u32(c), vget_low_u32(a), vget_low_u32(b))) \
	OP(uint32x4_t, mlal2_u32, vmlal_high_u32(vreinterpretq_u64_u32(c), a, b)) \
	OP(uint32x4_t, mlsl_u32, vmlsl_u32(vreinterpretq_u64_u32(c), vget_low_u32(a), vget_low_u32(b))) \
	OP(uint32x4_t, mlsl2_u32, vmlsl_high_u32(vreinterpretq_u64_u32(c), a, b)) \
	OP(uint32x4_t, abal_u32, vabal_u32(vreinterpretq_u64_u32(c), vget_low_u32(a), vget_low_u32(b))) \
	OP(uint32x4_t, abal2_u32, vabal_high_u32(vreinterpretq_u64_u32(c), a, b)) \
	OP(uint32x4_t, mull_lane_u32, vmull_laneq_u32(vget_low_u32(a), b, 2)) \
	OP(uint32x4_t, mlal_lane_u32, vmlal_high_laneq_u32(vreinterpretq_u64_u32(c), a, b, 3)) \
	OP(uint32x4_t, mlsl_lane_u32, vmlsl_laneq_u32(vreinterpretq_u64_u32(c), vget_low_u32(a), b, 1)) \
	OP(poly8x16_t, pmull8, vmull_p8(vget_low_p8(a), vget_low_p8(b))) OP(poly8x16_t, pmull8h, vmull_high_p8(a, b))

OPS(FN)

int main(void)
{
	OPS(RUNV)
	return 0;
}
