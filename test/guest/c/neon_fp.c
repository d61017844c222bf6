/* Advanced SIMD on single and double precision, with flags, under the FPCR's modes. */
#include "neon.h"

#define OPS(OP) \
	OP(float32x2_t, addf32, vadd_f32(a, b)) OP(float32x2_t, subf32, vsub_f32(a, b)) OP(float32x2_t, mulf32, vmul_f32(a, b)) \
	OP(float32x2_t, divf32, vdiv_f32(a, b)) OP(float32x2_t, maxf32, vmax_f32(a, b)) OP(float32x2_t, minf32, vmin_f32(a, b)) \
	OP(float32x2_t, maxnmf32, vmaxnm_f32(a, b)) OP(float32x2_t, minnmf32, vminnm_f32(a, b)) OP(float32x2_t, mulxf32, vmulx_f32(a, b)) \
	OP(float32x2_t, recpsf32, vrecps_f32(a, b)) OP(float32x2_t, rsqrtsf32, vrsqrts_f32(a, b)) OP(float32x2_t, abdf32, vabd_f32(a, b)) \
	OP(float32x2_t, paddf32, vpadd_f32(a, b)) OP(float32x2_t, pmaxf32, vpmax_f32(a, b)) OP(float32x2_t, pminf32, vpmin_f32(a, b)) \
	OP(float32x2_t, pmaxnmf32, vpmaxnm_f32(a, b)) OP(float32x2_t, pminnmf32, vpminnm_f32(a, b)) OP(float32x2_t, ceqf32, vceq_f32(a, b)) \
	OP(float32x2_t, cgef32, vcge_f32(a, b)) OP(float32x2_t, cgtf32, vcgt_f32(a, b)) OP(float32x2_t, calef32, vcale_f32(a, b)) \
	OP(float32x2_t, cagef32, vcage_f32(a, b)) OP(float32x2_t, cagtf32, vcagt_f32(a, b)) OP(float32x2_t, negf32, vneg_f32(a)) \
	OP(float32x2_t, absf32, vabs_f32(a)) OP(float32x2_t, sqrtf32, vsqrt_f32(a)) OP(float32x2_t, recpef32, vrecpe_f32(a)) \
	OP(float32x2_t, rsqrtef32, vrsqrte_f32(a)) OP(float32x2_t, rndf32, vrnd_f32(a)) OP(float32x2_t, rndnf32, vrndn_f32(a)) \
	OP(float32x2_t, rndmf32, vrndm_f32(a)) OP(float32x2_t, rndpf32, vrndp_f32(a)) OP(float32x2_t, rndaf32, vrnda_f32(a)) \
	OP(float32x2_t, rndif32, vrndi_f32(a)) OP(float32x2_t, rndxf32, vrndx_f32(a)) OP(float32x2_t, ceqzf32, vceqz_f32(a)) \
	OP(float32x2_t, cgezf32, vcgez_f32(a)) OP(float32x2_t, cgtzf32, vcgtz_f32(a)) OP(float32x2_t, clezf32, vclez_f32(a)) \
	OP(float32x2_t, cltzf32, vcltz_f32(a)) OP(float32x2_t, cvtsf32, vcvt_s32_f32(a)) OP(float32x2_t, cvtuf32, vcvt_u32_f32(a)) \
	OP(float32x2_t, cvtasf32, vcvta_s32_f32(a)) OP(float32x2_t, cvtauf32, vcvta_u32_f32(a)) OP(float32x2_t, cvtmsf32, vcvtm_s32_f32(a)) \
	OP(float32x2_t, cvtmuf32, vcvtm_u32_f32(a)) OP(float32x2_t, cvtnsf32, vcvtn_s32_f32(a)) OP(float32x2_t, cvtnuf32, vcvtn_u32_f32(a)) \
	OP(float32x2_t, cvtpsf32, vcvtp_s32_f32(a)) OP(float32x2_t, cvtpuf32, vcvtp_u32_f32(a)) OP(float32x2_t, fixsf32_1, vcvt_n_s32_f32(a, 1)) \
	OP(float32x2_t, fixuf32_1, vcvt_n_u32_f32(a, 1)) OP(float32x2_t, sfixf32_1, vcvt_n_f32_s32(vreinterpret_s32_f32(a), 1)) \
	OP(float32x2_t, ufixf32_1, vcvt_n_f32_u32(vreinterpret_u32_f32(a), 1)) OP(float32x2_t, fixsf32_17, vcvt_n_s32_f32(a, 17)) \
	OP(float32x2_t, fixuf32_17, vcvt_n_u32_f32(a, 17)) OP(float32x2_t, sfixf32_17, vcvt_n_f32_s32(vreinterpret_s32_f32(a), 17)) \
	OP(float32x2_t, ufixf32_17, vcvt_n_f32_u32(vreinterpret_u32_f32(a), 17)) OP(float32x2_t, fixsf32_32, vcvt_n_s32_f32(a, 32)) \
	OP(float32x2_t, fixuf32_32, vcvt_n_u32_f32(a, 32)) OP(float32x2_t, sfixf32_32, vcvt_n_f32_s32(vreinterpret_s32_f32(a), 32)) \
	OP(float32x2_t, ufixf32_32, vcvt_n_f32_u32(vreinterpret_u32_f32(a), 32)) OP(float32x2_t, scvtff32, vcvt_f32_s32(vreinterpret_s32_f32(a))) \
	OP(float32x2_t, ucvtff32, vcvt_f32_u32(vreinterpret_u32_f32(a))) OP(float32x2_t, fmaf32, vfma_f32(c, a, b)) \
	OP(float32x2_t, fmsf32, vfms_f32(c, a, b)) OP(float32x2_t, mullanef32, vmul_laneq_f32(a, vcombine_f32(b, c), 1)) \
	OP(float32x2_t, fmalanef32, vfma_laneq_f32(c, a, vcombine_f32(b, c), 1)) \
	OP(float32x2_t, fmslanef32, vfms_laneq_f32(c, a, vcombine_f32(b, c), 0)) \
	OP(float32x2_t, mulxlanef32, vmulx_laneq_f32(a, vcombine_f32(b, c), 1)) OP(float32x4_t, addqf32, vaddq_f32(a, b)) \
	OP(float32x4_t, subqf32, vsubq_f32(a, b)) OP(float32x4_t, mulqf32, vmulq_f32(a, b)) OP(float32x4_t, divqf32, vdivq_f32(a, b)) \
	OP(float32x4_t, maxqf32, vmaxq_f32(a, b)) OP(float32x4_t, minqf32, vminq_f32(a, b)) OP(float32x4_t, maxnmqf32, vmaxnmq_f32(a, b)) \
	OP(float32x4_t, minnmqf32, vminnmq_f32(a, b)) OP(float32x4_t, mulxqf32, vmulxq_f32(a, b)) OP(float32x4_t, recpsqf32, vrecpsq_f32(a, b)) \
	OP(float32x4_t, rsqrtsqf32, vrsqrtsq_f32(a, b)) OP(float32x4_t, abdqf32, vabdq_f32(a, b)) OP(float32x4_t, paddqf32, vpaddq_f32(a, b)) \
	OP(float32x4_t, pmaxqf32, vpmaxq_f32(a, b)) OP(float32x4_t, pminqf32, vpminq_f32(a, b)) OP(float32x4_t, pmaxnmqf32, vpmaxnmq_f32(a, b)) \
	OP(float32x4_t, pminnmqf32, vpminnmq_f32(a, b)) OP(float32x4_t, ceqqf32, vceqq_f32(a, b)) OP(float32x4_t, cgeqf32, vcgeq_f32(a, b)) \
	OP(float32x4_t, cgtqf32, vcgtq_f32(a, b)) OP(float32x4_t, caleqf32, vcaleq_f32(a, b)) OP(float32x4_t, cageqf32, vcageq_f32(a, b)) \
	OP(float32x4_t, cagtqf32, vcagtq_f32(a, b)) OP(float32x4_t, negqf32, vnegq_f32(a)) OP(float32x4_t, absqf32, vabsq_f32(a)) \
	OP(float32x4_t, sqrtqf32, vsqrtq_f32(a)) OP(float32x4_t, recpeqf32, vrecpeq_f32(a)) OP(float32x4_t, rsqrteqf32, vrsqrteq_f32(a)) \
	OP(float32x4_t, rndqf32, vrndq_f32(a)) OP(float32x4_t, rndnqf32, vrndnq_f32(a)) OP(float32x4_t, rndmqf32, vrndmq_f32(a)) \
	OP(float32x4_t, rndpqf32, vrndpq_f32(a)) OP(float32x4_t, rndaqf32, vrndaq_f32(a)) OP(float32x4_t, rndiqf32, vrndiq_f32(a)) \
	OP(float32x4_t, rndxqf32, vrndxq_f32(a)) OP(float32x4_t, ceqzqf32, vceqzq_f32(a)) OP(float32x4_t, cgezqf32, vcgezq_f32(a)) \
	OP(float32x4_t, cgtzqf32, vcgtzq_f32(a)) OP(float32x4_t, clezqf32, vclezq_f32(a)) OP(float32x4_t, cltzqf32, vcltzq_f32(a)) \
	OP(float32x4_t, cvtsqf32, vcvtq_s32_f32(a)) OP(float32x4_t, cvtuqf32, vcvtq_u32_f32(a)) OP(float32x4_t, cvtasqf32, vcvtaq_s32_f32(a)) \
	OP(float32x4_t, cvtauqf32, vcvtaq_u32_f32(a)) OP(float32x4_t, cvtmsqf32, vcvtmq_s32_f32(a)) OP(float32x4_t, cvtmuqf32, vcvtmq_u32_f32(a)) \
	OP(float32x4_t, cvtnsqf32, vcvtnq_s32_f32(a)) OP(float32x4_t, cvtnuqf32, vcvtnq_u32_f32(a)) OP(float32x4_t, cvtpsqf32, vcvtpq_s32_f32(a)) \
	OP(float32x4_t, cvtpuqf32, vcvtpq_u32_f32(a)) OP(float32x4_t, fixsqf32_1, vcvtq_n_s32_f32(a, 1)) \
	OP(float32x4_t, fixuqf32_1, vcvtq_n_u32_f32(a, 1)) OP(float32x4_t, sfixqf32_1, vcvtq_n_f32_s32(vreinterpretq_s32_f32(a), 1)) \
	OP(float32x4_t, ufixqf32_1, vcvtq_n_f32_u32(vreinterpretq_u32_f32(a), 1)) OP(float32x4_t, fixsqf32_17, vcvtq_n_s32_f32(a, 17)) \
	OP(float32x4_t, fixuqf32_17, vcvtq_n_u32_f32(a, 17)) OP(float32x4_t, sfixqf32_17, vcvtq_n_f32_s32(vreinterpretq_s32_f32(a), 17)) \
	OP(float32x4_t, ufixqf32_17, vcvtq_n_f32_u32(vreinterpretq_u32_f32(a), 17)) OP(float32x4_t, fixsqf32_32, vcvtq_n_s32_f32(a, 32)) \
	OP(float32x4_t, fixuqf32_32, vcvtq_n_u32_f32(a, 32)) OP(float32x4_t, sfixqf32_32, vcvtq_n_f32_s32(vreinterpretq_s32_f32(a), 32)) \
	OP(float32x4_t, ufixqf32_32, vcvtq_n_f32_u32(vreinterpretq_u32_f32(a), 32)) \
	OP(float32x4_t, scvtfqf32, vcvtq_f32_s32(vreinterpretq_s32_f32(a))) OP(float32x4_t, ucvtfqf32, vcvtq_f32_u32(vreinterpretq_u32_f32(a))) \
	OP(float32x4_t, fmaqf32, vfmaq_f32(c, a, b)) OP(float32x4_t, fmsqf32, vfmsq_f32(c, a, b)) \
	OP(float32x4_t, mullaneqf32, vmulq_laneq_f32(a, b, 1)) OP(float32x4_t, fmalaneqf32, vfmaq_laneq_f32(c, a, b, 1)) \
	OP(float32x4_t, fmslaneqf32, vfmsq_laneq_f32(c, a, b, 0)) OP(float32x4_t, mulxlaneqf32, vmulxq_laneq_f32(a, b, 1)) \
	OP(float64x2_t, addqf64, vaddq_f64(a, b)) OP(float64x2_t, subqf64, vsubq_f64(a, b)) OP(float64x2_t, mulqf64, vmulq_f64(a, b)) \
	OP(float64x2_t, divqf64, vdivq_f64(a, b)) OP(float64x2_t, maxqf64, vmaxq_f64(a, b)) OP(float64x2_t, minqf64, vminq_f64(a, b)) \
	OP(float64x2_t, maxnmqf64, vmaxnmq_f64(a, b)) OP(float64x2_t, minnmqf64, vminnmq_f64(a, b)) OP(float64x2_t, mulxqf64, vmulxq_f64(a, b)) \
	OP(float64x2_t, recpsqf64, vrecpsq_f64(a, b)) OP(float64x2_t, rsqrtsqf64, vrsqrtsq_f64(a, b)) OP(float64x2_t, abdqf64, vabdq_f64(a, b)) \
	OP(float64x2_t, paddqf64, vpaddq_f64(a, b)) OP(float64x2_t, pmaxqf64, vpmaxq_f64(a, b)) OP(float64x2_t, pminqf64, vpminq_f64(a, b)) \
	OP(float64x2_t, pmaxnmqf64, vpmaxnmq_f64(a, b)) OP(float64x2_t, pminnmqf64, vpminnmq_f64(a, b)) OP(float64x2_t, ceqqf64, vceqq_f64(a, b)) \
	OP(float64x2_t, cgeqf64, vcgeq_f64(a, b)) OP(float64x2_t, cgtqf64, vcgtq_f64(a, b)) OP(float64x2_t, caleqf64, vcaleq_f64(a, b)) \
	OP(float64x2_t, cageqf64, vcageq_f64(a, b)) OP(float64x2_t, cagtqf64, vcagtq_f64(a, b)) OP(float64x2_t, negqf64, vnegq_f64(a)) \
	OP(float64x2_t, absqf64, vabsq_f64(a)) OP(float64x2_t, sqrtqf64, vsqrtq_f64(a)) OP(float64x2_t, recpeqf64, vrecpeq_f64(a)) \
	OP(float64x2_t, rsqrteqf64, vrsqrteq_f64(a)) OP(float64x2_t, rndqf64, vrndq_f64(a)) OP(float64x2_t, rndnqf64, vrndnq_f64(a)) \
	OP(float64x2_t, rndmqf64, vrndmq_f64(a)) OP(float64x2_t, rndpqf64, vrndpq_f64(a)) OP(float64x2_t, rndaqf64, vrndaq_f64(a)) \
	OP(float64x2_t, rndiqf64, vrndiq_f64(a)) OP(float64x2_t, rndxqf64, vrndxq_f64(a)) OP(float64x2_t, ceqzqf64, vceqzq_f64(a)) \
	OP(float64x2_t, cgezqf64, vcgezq_f64(a)) OP(float64x2_t, cgtzqf64, vcgtzq_f64(a)) OP(float64x2_t, clezqf64, vclezq_f64(a)) \
	OP(float64x2_t, cltzqf64, vcltzq_f64(a)) OP(float64x2_t, cvtsqf64, vcvtq_s64_f64(a)) OP(float64x2_t, cvtuqf64, vcvtq_u64_f64(a)) \
	OP(float64x2_t, cvtasqf64, vcvtaq_s64_f64(a)) OP(float64x2_t, cvtauqf64, vcvtaq_u64_f64(a)) OP(float64x2_t, cvtmsqf64, vcvtmq_s64_f64(a)) \
	OP(float64x2_t, cvtmuqf64, vcvtmq_u64_f64(a)) OP(float64x2_t, cvtnsqf64, vcvtnq_s64_f64(a)) OP(float64x2_t, cvtnuqf64, vcvtnq_u64_f64(a)) \
	OP(float64x2_t, cvtpsqf64, vcvtpq_s64_f64(a)) OP(float64x2_t, cvtpuqf64, vcvtpq_u64_f64(a)) \
	OP(float64x2_t, fixsqf64_1, vcvtq_n_s64_f64(a, 1)) OP(float64x2_t, fixuqf64_1, vcvtq_n_u64_f64(a, 1)) \
	OP(float64x2_t, sfixqf64_1, vcvtq_n_f64_s64(vreinterpretq_s64_f64(a), 1)) \
	OP(float64x2_t, ufixqf64_1, vcvtq_n_f64_u64(vreinterpretq_u64_f64(a), 1)) OP(float64x2_t, fixsqf64_17, vcvtq_n_s64_f64(a, 17)) \
	OP(float64x2_t, fixuqf64_17, vcvtq_n_u64_f64(a, 17)) OP(float64x2_t, sfixqf64_17, vcvtq_n_f64_s64(vreinterpretq_s64_f64(a), 17)) \
	OP(float64x2_t, ufixqf64_17, vcvtq_n_f64_u64(vreinterpretq_u64_f64(a), 17)) OP(float64x2_t, fixsqf64_64, vcvtq_n_s64_f64(a, 64)) \
	OP(float64x2_t, fixuqf64_64, vcvtq_n_u64_f64(a, 64)) OP(float64x2_t, sfixqf64_64, vcvtq_n_f64_s64(vreinterpretq_s64_f64(a), 64)) \
	OP(float64x2_t, ufixqf64_64, vcvtq_n_f64_u64(vreinterpretq_u64_f64(a), 64)) \
	OP(float64x2_t, scvtfqf64, vcvtq_f64_s64(vreinterpretq_s64_f64(a))) OP(float64x2_t, ucvtfqf64, vcvtq_f64_u64(vreinterpretq_u64_f64(a))) \
	OP(float64x2_t, fmaqf64, vfmaq_f64(c, a, b)) OP(float64x2_t, fmsqf64, vfmsq_f64(c, a, b)) \
	OP(float64x2_t, mullaneqf64, vmulq_laneq_f64(a, b, 1)) OP(float64x2_t, fmalaneqf64, vfmaq_laneq_f64(c, a, b, 1)) \
	OP(float64x2_t, fmslaneqf64, vfmsq_laneq_f64(c, a, b, 0)) OP(float64x2_t, mulxlaneqf64, vmulxq_laneq_f64(a, b, 1)) \
	OP(float32x4_t, maxvf32, vmaxvq_f32(a)) OP(float64x2_t, maxvf64, vmaxvq_f64(a)) OP(float32x4_t, minvf32, vminvq_f32(a)) \
	OP(float64x2_t, minvf64, vminvq_f64(a)) OP(float32x4_t, maxnmvf32, vmaxnmvq_f32(a)) OP(float64x2_t, maxnmvf64, vmaxnmvq_f64(a)) \
	OP(float32x4_t, minnmvf32, vminnmvq_f32(a)) OP(float64x2_t, minnmvf64, vminnmvq_f64(a)) OP(float32x4_t, addvf32, vaddvq_f32(a)) \
	OP(float64x2_t, addvf64, vaddvq_f64(a)) OP(float32x4_t, cvtl, vcvt_f64_f32(vget_low_f32(a))) OP(float32x4_t, cvtl2, vcvt_high_f64_f32(a)) \
	OP(float64x2_t, cvtn, vcvt_f32_f64(a)) OP(float64x2_t, cvtxn, vcvtx_f32_f64(a)) \
	OP(float64x2_t, cvtxn2, vcvtx_high_f32_f64(vcvtx_f32_f64(b), a)) OP(float32x4_t, cvtnh, vcvt_f16_f32(a)) \
	OP(float16x4_t, cvtlh, vcvt_f32_f16(a)) OP(uint32x4_t, urecpe, vrecpeq_u32(a)) OP(uint32x4_t, ursqrte, vrsqrteq_u32(a)) \
	OP(float64x2_t, paddd, vpaddd_f64(a)) OP(float32x2_t, pmaxnms, vpmaxnms_f32(a))

OPS(FN)

static inline void set_fpcr(uint64_t v) { __asm__ volatile("msr fpcr, %0" : : "r"(v)); }

/* fillf fills with floats by preference special ones; the type tells the width. */
static void fillf(void *p, size_t n, size_t elem)
{
	for (size_t i = 0; i < n; i += elem) {
		uint64_t r = rnd(), v = r;
		if (r & 1 << 9)
			v = elem == 8 ? f64s[(r >> 20) % COUNT(f64s)] : elem == 4 ? f32s[(r >> 20) % COUNT(f32s)] : r;
		else if (r & 1 << 10 && i)
			memcpy(&v, (char *)p + i - elem, elem), v ^= r & 3;
		memcpy((char *)p + i, &v, elem);
	}
}

#define FRUN(T, NAME, EXPR)                                             \
	for (size_t m_ = 0; m_ < COUNT(modes); m_++) {                  \
		snprintf(label, sizeof label, #NAME " %x", modes[m_]);  \
		begin(label);                                           \
		for (int try_ = 0; try_ < TRIES; try_++) {              \
			T x_[3];                                        \
			uint8_t out_[128];                              \
			fillf(x_, sizeof x_, sizeof x_[0][0]);          \
			set_fpcr(modes[m_]);                            \
			neon_clear();                                   \
			size_t n_ = NAME(x_, out_);                     \
			uint32_t s_ = neon_fpsr();                      \
			set_fpcr(0);                                    \
			mix_bytes(out_, n_);                            \
			mix(s_);                                        \
		}                                                       \
		end();                                                  \
	}

int main(void)
{
	static const unsigned modes[] = { 0, 1u << 22, 2u << 22, 3u << 22, 1u << 24, 1u << 25, 3u << 24 };
	char label[64];

	OPS(FRUN)
	return 0;
}
