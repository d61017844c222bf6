/* Half precision: storage conversions (__fp16) and arithmetic (ARMv8.2 FP16). */
#include "t.h"
#include <arm_fp16.h>
#include <arm_neon.h>

static inline float16_t h(uint16_t b) { float16_t v; memcpy(&v, &b, 2); return v; }
static inline uint16_t hb(float16_t v) { uint16_t b; memcpy(&b, &v, 2); return b; }
static inline void set_fpcr(uint64_t v) { __asm__ volatile("msr fpcr, %0" : : "r"(v)); }
static inline uint64_t fpsr(void) { uint64_t v; __asm__ volatile("mrs %0, fpsr" : "=r"(v)); return v; }
static inline void set_fpsr(uint64_t v) { __asm__ volatile("msr fpsr, %0" : : "r"(v)); }

static const uint16_t hs[] = {
	0, 0x8000, 1, 0x8001, 0x0200, 0x03ff, 0x83ff, 0x0400, 0x8400, 0x0401, 0x0800, 0x3800, 0x3801, 0x37ff, 0x3bff, 0x3c00,
	0xbc00, 0x3c01, 0x3e00, 0x4000, 0x4100, 0x4248, 0xc248, 0x5bf8, 0x63ff, 0x6400, 0x6800, 0x7800, 0x7bff, 0xfbff, 0x7c00,
	0xfc00, 0x7e00, 0xfe00, 0x7e55, 0x7c01, 0xfd23, 0x7dff,
};

#define B2(N, F) static NOINLINE uint64_t N(uint16_t a, uint16_t b) { return hb(F(h(a), h(b))); }
#define B1(N, F) static NOINLINE uint64_t N(uint16_t a, uint16_t b) { (void)b; return hb(F(h(a))); }
#define BI(N, F) static NOINLINE uint64_t N(uint16_t a, uint16_t b) { (void)b; return (uint64_t)F(h(a)); }
B2(add, vaddh_f16) B2(sub, vsubh_f16) B2(mul, vmulh_f16) B2(divi, vdivh_f16) B2(max, vmaxh_f16) B2(min, vminh_f16)
B2(maxnm, vmaxnmh_f16) B2(minnm, vminnmh_f16) B2(mulx, vmulxh_f16) B2(recps, vrecpsh_f16) B2(rsqrts, vrsqrtsh_f16) B2(abd, vabdh_f16)
B1(sqrt_, vsqrth_f16) B1(neg, vnegh_f16) B1(abs_, vabsh_f16) B1(rndn, vrndnh_f16) B1(rndp, vrndph_f16) B1(rndm, vrndmh_f16)
B1(rndz, vrndh_f16) B1(rnda, vrndah_f16) B1(rndx, vrndxh_f16) B1(rndi, vrndih_f16) B1(recpe, vrecpeh_f16) B1(rsqrte, vrsqrteh_f16) B1(recpx, vrecpxh_f16)
BI(s64_, vcvth_s64_f16) BI(u64_, vcvth_u64_f16) BI(s32_, vcvth_s32_f16) BI(u32_, vcvth_u32_f16) BI(s16_, vcvth_s16_f16) BI(u16_, vcvth_u16_f16)
BI(as64, vcvtah_s64_f16) BI(mu32, vcvtmh_u32_f16) BI(ns64, vcvtnh_s64_f16) BI(pu64, vcvtph_u64_f16)
static NOINLINE uint64_t fma_(uint16_t a, uint16_t b) { return hb(vfmah_f16(h(a), h(b), h(a ^ b))); }
static NOINLINE uint64_t fms_(uint16_t a, uint16_t b) { return hb(vfmsh_f16(h(a), h(b), h(a ^ b))); }
static NOINLINE uint64_t cmp(uint16_t a, uint16_t b) { return (uint64_t)(h(a) < h(b)) + 2 * (h(a) == h(b)) + 4 * (h(a) > h(b)) + 8 * vceqh_f16(h(a), h(b)) + 16 * vcageh_f16(h(a), h(b)); }
static NOINLINE uint64_t tofl(uint16_t a, uint16_t b) { return b32((float)h(a)) ^ b64((double)h(b)); }
static NOINLINE uint64_t fromi(uint16_t a, uint16_t b) { return hb(vcvth_f16_s64((int16_t)a * 3l)) ^ hb(vcvth_f16_u32(b)) << 16 ^ (uint64_t)hb(vcvth_f16_u16(a)) << 32 ^ (uint64_t)hb(vcvth_n_f16_s32(b, 9)) << 48; }

static const struct { const char *n; uint64_t (*f)(uint16_t, uint16_t); } ops[] = {
#define E(N) { #N, N }
	E(add), E(sub), E(mul), E(divi), E(max), E(min), E(maxnm), E(minnm), E(mulx), E(recps), E(rsqrts), E(abd), E(sqrt_), E(neg), E(abs_),
	E(rndn), E(rndp), E(rndm), E(rndz), E(rnda), E(rndx), E(rndi), E(recpe), E(rsqrte), E(recpx), E(s64_), E(u64_), E(s32_), E(u32_),
	E(s16_), E(u16_), E(as64), E(mu32), E(ns64), E(pu64), E(fma_), E(fms_), E(cmp), E(tofl), E(fromi),
};

static NOINLINE float16x8_t vec(int k, float16x8_t a, float16x8_t b)
{
	switch (k) {
	case 0: return vaddq_f16(a, b);
	case 1: return vmulq_f16(a, b);
	case 2: return vfmaq_f16(a, b, a);
	case 3: return vdivq_f16(a, b);
	case 4: return vsqrtq_f16(a);
	case 5: return vpaddq_f16(a, b);
	case 6: return vpmaxq_f16(a, b);
	case 7: return vreinterpretq_f16_u16(vcltq_f16(a, b));
	case 8: return vcvtq_f16_s16(vcvtq_s16_f16(a));
	case 9: return vrndaq_f16(b);
	case 10: return vmaxnmq_f16(a, b);
	case 11: return vmulq_laneq_f16(a, b, 5);
	case 12: return vfmsq_laneq_f16(a, b, a, 7);
	case 13: return vdupq_n_f16(vmaxvq_f16(a));
	case 14: return vdupq_n_f16(vminnmvq_f16(b));
	case 15: return vcvtq_n_f16_u16(vcvtq_n_u16_f16(a, 3), 5);
	case 16: return vrecpeq_f16(a);
	case 17: return vmulxq_f16(a, b);
	default: return vabdq_f16(a, b);
	}
}

int main(void)
{
	static const uint64_t modes[] = { 0, 1u << 22, 2u << 22, 3u << 22, 1u << 19, 1u << 25, 1u << 24 };
	char name[40];
	for (size_t m = 0; m < COUNT(modes); m++)
		for (size_t k = 0; k < COUNT(ops); k++) {
			snprintf(name, sizeof name, "%s fpcr %x", ops[k].n, (unsigned)modes[m]);
			begin(name);
			set_fpcr(modes[m]);
			for (size_t i = 0; i < COUNT(hs); i++) {
				for (size_t j = 0; j < COUNT(hs); j++) {
					set_fpsr(0);
					mix(ops[k].f(hs[i], hs[j]));
					mix((uint32_t)fpsr());
				}
			}
			set_fpcr(0);
			end();
		}
	for (int k = 0; k < 19; k++) {
		snprintf(name, sizeof name, "vec %d", k);
		begin(name);
		for (int i = 0; i < 2000; i++) {
			uint16_t a[8], b[8];
			for (int j = 0; j < 8; j++) {
				a[j] = i & 1 ? hs[rnd() % COUNT(hs)] : (uint16_t)rnd();
				b[j] = i & 2 ? hs[rnd() % COUNT(hs)] : (uint16_t)rnd();
			}
			set_fpsr(0);
			float16x8_t r = vec(k, vld1q_f16((float16_t *)a), vld1q_f16((float16_t *)b));
			uint64_t f = fpsr();
			mix_bytes(&r, 16);
			mix(f);
		}
		end();
	}
	begin("storage");
	for (size_t i = 0; i < COUNT(f32s); i++) {
		volatile __fp16 v = (__fp16)f32(f32s[i]);
		mix_f((float)v);
	}
	for (size_t i = 0; i < COUNT(f64s); i++) {
		volatile __fp16 v = (__fp16)f64(f64s[i]);
		mix_d((double)v);
	}
	end();
	return 0;
}
