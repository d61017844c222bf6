/* What ARM's floating point does beyond C: NaN payloads and their propagation,
 * saturating conversions, the FPCR's modes (rounding, flush to zero, default
 * NaN), the FPSR's cumulative flags, fused operations, min and max. */
#include "t.h"

static inline uint64_t fpcr(void) { uint64_t v; __asm__ volatile("mrs %0, fpcr" : "=r"(v)); return v; }
static inline void set_fpcr(uint64_t v) { __asm__ volatile("msr fpcr, %0" : : "r"(v)); }
static inline uint64_t fpsr(void) { uint64_t v; __asm__ volatile("mrs %0, fpsr" : "=r"(v)); return v; }
static inline void set_fpsr(uint64_t v) { __asm__ volatile("msr fpsr, %0" : : "r"(v)); }

#define F2(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { float r; __asm__ volatile(INSN " %s0, %s1, %s2" : "=&w"(r) : "w"(f32(a)), "w"(f32(b))); return b32(r); } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { double r; __asm__ volatile(INSN " %d0, %d1, %d2" : "=&w"(r) : "w"(f64(a)), "w"(f64(b))); return b64(r); }
#define F1(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { float r; (void)b; __asm__ volatile(INSN " %s0, %s1" : "=&w"(r) : "w"(f32(a))); return b32(r); } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { double r; (void)b; __asm__ volatile(INSN " %d0, %d1" : "=&w"(r) : "w"(f64(a))); return b64(r); }
#define F3(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { float r; __asm__ volatile(INSN " %s0, %s1, %s2, %s3" : "=&w"(r) : "w"(f32(a)), "w"(f32(b)), "w"(f32(a ^ b << 3))); return b32(r); } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { double r; __asm__ volatile(INSN " %d0, %d1, %d2, %d3" : "=&w"(r) : "w"(f64(a)), "w"(f64(b)), "w"(f64(a ^ b << 3))); return b64(r); }
#define TOI(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { uint32_t r; uint64_t x; (void)b; __asm__ volatile(INSN " %w0, %s2\n\t" INSN " %x1, %s2" : "=&r"(r), "=&r"(x) : "w"(f32(a))); return (uint32_t)(r ^ x ^ x >> 32 << 1); } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { uint32_t r; uint64_t x; (void)b; __asm__ volatile(INSN " %w0, %d2\n\t" INSN " %x1, %d2" : "=&r"(r), "=&r"(x) : "w"(f64(a))); return ((uint64_t)r << 1) ^ x; }
#define TOFIX(N, INSN, B) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { uint32_t r; uint64_t x; (void)b; __asm__ volatile(INSN " %w0, %s2, #" #B "\n\t" INSN " %x1, %s2, #" #B "+9" : "=&r"(r), "=&r"(x) : "w"(f32(a))); return (uint32_t)(r ^ x ^ x >> 32 << 1); } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { uint32_t r; uint64_t x; (void)b; __asm__ volatile(INSN " %w0, %d2, #" #B "\n\t" INSN " %x1, %d2, #" #B "+33" : "=&r"(r), "=&r"(x) : "w"(f64(a))); return ((uint64_t)r << 1) ^ x; }
#define FROMI(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { float r, s; __asm__ volatile(INSN " %s0, %w2\n\t" INSN " %s1, %x3" : "=&w"(r), "=&w"(s) : "r"(a), "r"((uint64_t)a << 32 | b)); return b32(r) ^ b32(s) << 1; } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { double r, s; __asm__ volatile(INSN " %d0, %w2\n\t" INSN " %d1, %x3" : "=&w"(r), "=&w"(s) : "r"((uint32_t)b), "r"(a)); return b64(r) ^ b64(s) << 1; }
#define FROMFIX(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { float r, s; __asm__ volatile(INSN " %s0, %w2, #7\n\t" INSN " %s1, %x3, #60" : "=&w"(r), "=&w"(s) : "r"(a), "r"((uint64_t)a << 32 | b)); return b32(r) ^ b32(s) << 1; } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { double r, s; __asm__ volatile(INSN " %d0, %w2, #32\n\t" INSN " %d1, %x3, #1" : "=&w"(r), "=&w"(s) : "r"((uint32_t)b), "r"(a)); return b64(r) ^ b64(s) << 1; }
#define CMP(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { uint64_t r; __asm__ volatile(INSN " %s1, %s2\n\tmrs %0, nzcv" : "=r"(r) : "w"(f32(a)), "w"(f32(b)) : "cc"); return (uint32_t)r; } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { uint64_t r; __asm__ volatile(INSN " %d1, %d2\n\tmrs %0, nzcv" : "=r"(r) : "w"(f64(a)), "w"(f64(b)) : "cc"); return r; }
#define CMPZ(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { uint64_t r; (void)b; __asm__ volatile(INSN " %s1, #0.0\n\tmrs %0, nzcv" : "=r"(r) : "w"(f32(a)) : "cc"); return (uint32_t)r; } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { uint64_t r; (void)b; __asm__ volatile(INSN " %d1, #0.0\n\tmrs %0, nzcv" : "=r"(r) : "w"(f64(a)) : "cc"); return r; }
#define CCMP(N, INSN) \
	static NOINLINE uint32_t N##_s(uint32_t a, uint32_t b) { uint64_t r; __asm__ volatile("cmp %w3, %w4\n\t" INSN " %s1, %s2, #6, hi\n\tmrs %0, nzcv" : "=r"(r) : "w"(f32(a)), "w"(f32(b)), "r"(a), "r"(b) : "cc"); return (uint32_t)r; } \
	static NOINLINE uint64_t N##_d(uint64_t a, uint64_t b) { uint64_t r; __asm__ volatile("cmp %3, %4\n\t" INSN " %d1, %d2, #9, le\n\tmrs %0, nzcv" : "=r"(r) : "w"(f64(a)), "w"(f64(b)), "r"(a), "r"(b) : "cc"); return r; }

F2(add, "fadd") F2(sub, "fsub") F2(mul, "fmul") F2(nmul, "fnmul") F2(divi, "fdiv") F2(max, "fmax") F2(min, "fmin")
F2(maxnm, "fmaxnm") F2(minnm, "fminnm") F2(mulx, "fmulx") F2(recps, "frecps") F2(rsqrts, "frsqrts") F2(abd, "fabd")
F2(cmeq, "fcmeq") F2(cmge, "fcmge") F2(cmgt, "fcmgt") F2(acge, "facge") F2(acgt, "facgt")
F1(sqr, "fsqrt") F1(neg, "fneg") F1(abso, "fabs") F1(mov, "fmov") F1(recpe, "frecpe") F1(rsqrte, "frsqrte") F1(recpx, "frecpx")
F1(rintn, "frintn") F1(rintp, "frintp") F1(rintm, "frintm") F1(rintz, "frintz") F1(rinta, "frinta") F1(rintx, "frintx") F1(rinti, "frinti")
F3(madd, "fmadd") F3(msub, "fmsub") F3(nmadd, "fnmadd") F3(nmsub, "fnmsub")
TOI(cvtns, "fcvtns") TOI(cvtnu, "fcvtnu") TOI(cvtps, "fcvtps") TOI(cvtpu, "fcvtpu") TOI(cvtms, "fcvtms") TOI(cvtmu, "fcvtmu")
TOI(cvtzs, "fcvtzs") TOI(cvtzu, "fcvtzu") TOI(cvtas, "fcvtas") TOI(cvtau, "fcvtau")
TOFIX(fixs, "fcvtzs", 5) TOFIX(fixu, "fcvtzu", 31)
FROMI(scvtf, "scvtf") FROMI(ucvtf, "ucvtf") FROMFIX(sfix, "scvtf") FROMFIX(ufix, "ucvtf")
CMP(cmp, "fcmp") CMP(cmpe, "fcmpe") CMPZ(cmpz, "fcmp") CMPZ(cmpez, "fcmpe") CCMP(ccmp, "fccmp") CCMP(ccmpe, "fccmpe")

static NOINLINE uint32_t cvt_s(uint32_t a, uint32_t b)
{
	double d;
	uint16_t h;
	float back, r;
	(void)b;
	__asm__ volatile("fcvt %d0, %s3\n\tfcvt %h1, %s3\n\tfcvt %s2, %h1" : "=&w"(d), "=&w"(r), "=&w"(back) : "w"(f32(a)));
	memcpy(&h, &r, 2);
	return (uint32_t)(b64(d) ^ b64(d) >> 31) ^ h ^ b32(back) << 3;
}

static NOINLINE uint64_t cvt_d(uint64_t a, uint64_t b)
{
	float s, h;
	double back;
	uint16_t hb;
	(void)b;
	__asm__ volatile("fcvt %s0, %d3\n\tfcvt %h1, %d3\n\tfcvt %d2, %h1" : "=&w"(s), "=&w"(h), "=&w"(back) : "w"(f64(a)));
	memcpy(&hb, &h, 2);
	return b32(s) ^ (uint64_t)hb << 40 ^ b64(back) << 1;
}

static const struct { const char *n; uint32_t (*s)(uint32_t, uint32_t); uint64_t (*d)(uint64_t, uint64_t); } ops[] = {
#define E(N) { #N, N##_s, N##_d }
	E(add), E(sub), E(mul), E(nmul), E(divi), E(max), E(min), E(maxnm), E(minnm), E(mulx), E(recps), E(rsqrts), E(abd),
	E(cmeq), E(cmge), E(cmgt), E(acge), E(acgt), E(sqr), E(neg), E(abso), E(mov), E(recpe), E(rsqrte), E(recpx),
	E(rintn), E(rintp), E(rintm), E(rintz), E(rinta), E(rintx), E(rinti), E(madd), E(msub), E(nmadd), E(nmsub),
	E(cvtns), E(cvtnu), E(cvtps), E(cvtpu), E(cvtms), E(cvtmu), E(cvtzs), E(cvtzu), E(cvtas), E(cvtau), E(fixs), E(fixu),
	E(scvtf), E(ucvtf), E(sfix), E(ufix), E(cmp), E(cmpe), E(cmpz), E(cmpez), E(ccmp), E(ccmpe), E(cvt),
};

#define RM(m) ((uint64_t)(m) << 22)
#define FZ (1u << 24)
#define DN (1u << 25)
#define AHP (1u << 26)

int main(void)
{
	static const struct { uint64_t v; const char *n; } modes[] = {
		{ 0, "" }, { RM(1), " up" }, { RM(2), " down" }, { RM(3), " zero" }, { FZ, " fz" }, { DN, " dn" },
		{ FZ | DN | RM(1), " fz dn up" }, { AHP, " ahp" }, { FZ | RM(2), " fz down" },
	};
	char name[64];
	for (size_t m = 0; m < COUNT(modes); m++) {
		for (size_t k = 0; k < COUNT(ops); k++) {
			for (int prec = 0; prec < 2; prec++) {
				snprintf(name, sizeof name, "%s.%c%s", ops[k].n, "sd"[prec], modes[m].n);
				begin(name);
				set_fpcr(modes[m].v);
				/* Flags: after each operation alone for the first mode, and the
				 * union over a row otherwise, as they accumulate. */
				for (size_t i = 0; i < COUNT(f32s); i++) {
					set_fpsr(0);
					for (size_t j = 0; j < COUNT(f32s); j++) {
						if (m == 0)
							set_fpsr(0);
						if (prec)
							mix(ops[k].d(f64s[i], f64s[j]));
						else
							mix(ops[k].s(f32s[i], f32s[j]));
						if (m == 0)
							mix((uint32_t)fpsr());
					}
					mix((uint32_t)fpsr());
				}
				for (int i = 0; i < 60; i++) {
					uint64_t a = rnd(), b = rnd();
					set_fpsr(0);
					if (prec)
						mix(ops[k].d(a, a ^ (b & 0x001fffffffffffff)));
					else
						mix(ops[k].s((uint32_t)a, (uint32_t)(a ^ (b & 0xffffff))));
					mix((uint32_t)fpsr());
				}
				mix(fpcr());
				set_fpcr(0);
				end();
			}
		}
	}
	/* Bits that only AArch32 has may stick or not. */
	printf("fpcr %" PRIx64, (set_fpcr(~0ull), fpcr() & 0x07c80000));
	set_fpcr(0);
	printf(" fpsr %" PRIx64 "\n", (set_fpsr(0xffffffff), fpsr() & 0x0800009f));
	return 0;
}
