/* Exclusives and LSE by hand: which STXR succeed, register forms, status values,
 * CLREX, pairs, every LSE operation with each ordering. */
#include "t.h"

static uint64_t cell[8] __attribute__((aligned(64)));

#define LLSC(N, LD, ST, R, T)                                                                  \
	static NOINLINE uint64_t N(T *p, T v)                                                  \
	{                                                                                      \
		uint64_t old = 0;                                                              \
		uint32_t st;                                                                   \
		__asm__ volatile(LD " %" R "0, [%2]\n\t" ST " %w1, %" R "3, [%2]" : "=&r"(old), "=&r"(st) : "r"(p), "r"(v) : "memory"); \
		return old << 1 | st;                                                          \
	}
LLSC(ll8, "ldxrb", "stxrb", "w", uint8_t) LLSC(ll16, "ldxrh", "stxrh", "w", uint16_t) LLSC(ll32, "ldxr", "stxr", "w", uint32_t) LLSC(ll64, "ldxr", "stxr", "x", uint64_t)
LLSC(la8, "ldaxrb", "stlxrb", "w", uint8_t) LLSC(la16, "ldaxrh", "stlxrh", "w", uint16_t) LLSC(la32, "ldaxr", "stlxr", "w", uint32_t) LLSC(la64, "ldaxr", "stlxr", "x", uint64_t)

#define LSE(N, INSN, R, T) \
	static NOINLINE uint64_t N(T *p, T v) { uint64_t old = 0; __asm__ volatile(".arch armv8.1-a\n\t" INSN " %" R "2, %" R "0, [%1]" : "=&r"(old) : "r"(p), "r"(v) : "memory"); return old; }
#define LSEALL(OP, F)                                                                   \
	F(OP##b, #OP "b", "w", uint8_t) F(OP##h, #OP "h", "w", uint16_t) F(OP##w, #OP, "w", uint32_t) F(OP##x, #OP, "x", uint64_t) \
	F(OP##ab, #OP "ab", "w", uint8_t) F(OP##lh, #OP "lh", "w", uint16_t) F(OP##alw, #OP "al", "w", uint32_t) F(OP##alx, #OP "al", "x", uint64_t)
LSEALL(ldadd, LSE) LSEALL(ldclr, LSE) LSEALL(ldeor, LSE) LSEALL(ldset, LSE) LSEALL(ldsmax, LSE) LSEALL(ldsmin, LSE) LSEALL(ldumax, LSE) LSEALL(ldumin, LSE) LSEALL(swp, LSE)
#define CAS(N, INSN, R, T) \
	static NOINLINE uint64_t N(T *p, T v) { uint64_t old = hide((uint64_t)*p ^ (v & 1)); __asm__ volatile(".arch armv8.1-a\n\t" INSN " %" R "0, %" R "2, [%1]" : "+r"(old) : "r"(p), "r"(v) : "memory"); return old; }
LSEALL(cas, CAS)
#define ST(N, INSN, R, T) \
	static NOINLINE uint64_t N(T *p, T v) { __asm__ volatile(".arch armv8.1-a\n\t" INSN " %" R "1, [%0]" : : "r"(p), "r"(v) : "memory"); return 0; }
ST(stadd, "stadd", "x", uint64_t) ST(stclrb, "stclrb", "w", uint8_t) ST(steorh, "steorh", "w", uint16_t) ST(stsetl, "stsetl", "w", uint32_t) ST(stsmax, "stsmax", "x", uint64_t) ST(stumin, "stumin", "w", uint32_t)

int main(void)
{
#define RUN(F, T)                                                  \
	begin(#F);                                                 \
	for (size_t i = 0; i < COUNT(ints); i++)                   \
		for (size_t j = 0; j < 8; j++) {                   \
			T *p = (T *)((char *)cell + j % (8 / sizeof(T)) * sizeof(T)); \
			mix(F(p, (T)ints[(i + j * 5) % COUNT(ints)])); \
			mix_bytes(cell, 16);                       \
		}                                                  \
	end();
	RUN(ll8, uint8_t) RUN(ll16, uint16_t) RUN(ll32, uint32_t) RUN(ll64, uint64_t) RUN(la8, uint8_t) RUN(la16, uint16_t) RUN(la32, uint32_t) RUN(la64, uint64_t)
#define R8(OP) RUN(OP##b, uint8_t) RUN(OP##h, uint16_t) RUN(OP##w, uint32_t) RUN(OP##x, uint64_t) RUN(OP##ab, uint8_t) RUN(OP##lh, uint16_t) RUN(OP##alw, uint32_t) RUN(OP##alx, uint64_t)
	R8(ldadd) R8(ldclr) R8(ldeor) R8(ldset) R8(ldsmax) R8(ldsmin) R8(ldumax) R8(ldumin) R8(swp) R8(cas)
	RUN(stadd, uint64_t) RUN(stclrb, uint8_t) RUN(steorh, uint16_t) RUN(stsetl, uint32_t) RUN(stsmax, uint64_t) RUN(stumin, uint32_t)

	uint32_t st, st2;
	uint64_t a, b, *p = cell;
	/* A store-exclusive without a load-exclusive fails and stores nothing. */
	p[0] = 1;
	__asm__ volatile("clrex\n\tstxr %w0, %1, [%2]" : "=&r"(st) : "r"(5ull), "r"(p) : "memory");
	printf("no reservation: status %u value %" PRIu64 "\n", st, p[0]);
	__asm__ volatile("ldxr %1, [%3]\n\tclrex\n\tstxr %w0, %2, [%3]" : "=&r"(st), "=&r"(a) : "r"(6ull), "r"(p) : "memory");
	printf("cleared: status %u value %" PRIu64 "\n", st, p[0]);
	__asm__ volatile("ldxr %2, [%4]\n\tstxr %w0, %3, [%4]\n\tstxr %w1, %3, [%4]" : "=&r"(st), "=&r"(st2), "=&r"(a) : "r"(7ull), "r"(p) : "memory");
	printf("twice: status %u %u value %" PRIu64 "\n", st, st2, p[0]);
	/* Pairs. */
	p[2] = 10; p[3] = 20;
	__asm__ volatile("ldxp %1, %2, [%4]\n\tstxp %w0, %2, %3, [%4]" : "=&r"(st), "=&r"(a), "=&r"(b) : "r"(30ull), "r"(p + 2) : "memory");
	printf("pair: status %u read %" PRIu64 " %" PRIu64 " now %" PRIu64 " %" PRIu64 "\n", st, a, b, p[2], p[3]);
	__asm__ volatile("ldaxp %w1, %w2, [%4]\n\tstlxp %w0, %w2, %w3, [%4]" : "=&r"(st), "=&r"(a), "=&r"(b) : "r"(31ull), "r"(p + 2) : "memory");
	printf("word pair: status %u read %" PRIu64 " %" PRIu64 " now %" PRIx64 "\n", st, a, b, p[2]);
	/* CASP, both ways. */
	register uint64_t x0 __asm__("x0") = 1, x1 __asm__("x1") = 2, x2 __asm__("x2") = 3, x3 __asm__("x3") = 4;
	p[4] = 1; p[5] = 2;
	__asm__ volatile(".arch armv8.1-a\n\tcaspal x0, x1, x2, x3, [%4]" : "+r"(x0), "+r"(x1) : "r"(x2), "r"(x3), "r"(p + 4) : "memory");
	uint64_t o0 = x0, o1 = x1;
	printf("casp: %" PRIu64 " %" PRIu64 " now %" PRIu64 " %" PRIu64 "\n", o0, o1, p[4], p[5]);
	x0 = 9; x1 = 9; x2 = 8; x3 = 8;
	__asm__ volatile("caspa w0, w1, w2, w3, [%4]" : "+r"(x0), "+r"(x1) : "r"(x2), "r"(x3), "r"(p + 4) : "memory");
	o0 = x0; o1 = x1;
	printf("casp words: %" PRIu64 " %" PRIu64 " now %" PRIu64 " %" PRIu64 "\n", o0, o1, p[4], p[5]);
	/* A loop with work between the two, as compilers make. */
	for (int i = 0; i < 100000; i++)
		__asm__ volatile("1: ldaxr %0, [%3]\n\tadd %1, %0, #3\n\teor %1, %1, %1, lsl #7\n\tstlxr %w2, %1, [%3]\n\tcbnz %w2, 1b"
				 : "=&r"(a), "=&r"(b), "=&r"(st) : "r"(p) : "memory");
	printf("loop %" PRIx64 "\n", p[0]);
	/* The value comes back between load and store by this same thread: the
	 * architecture lets the store succeed or fail; memory must agree with it. */
	p[0] = 100;
	__asm__ volatile("ldxr %1, [%2]\n\tstr xzr, [%2]\n\tstr %1, [%2]\n\tstxr %w0, %3, [%2]" : "=&r"(st), "=&r"(a) : "r"(p), "r"(200ull) : "memory");
	printf("own store between: consistent %d\n", p[0] == (st ? 100u : 200u));
	return 0;
}
