/*
 * Litmus tests of the memory order: what ARM forbids must not be seen. Two to four
 * threads run each test many times, on fresh words each time, and meet before every
 * batch; what they read is judged afterwards. Argument: rounds, in thousands.
 */
#include "t.h"
#include <pthread.h>
#include <stdatomic.h>

enum { BATCH = 1000, STRIDE = 16 /* words of 4 bytes: a cache line each */, MAXTHREADS = 4 };

static uint32_t mem[2][BATCH * STRIDE] __attribute__((aligned(64)));
static uint32_t *const X = mem[0], *const Y = mem[1];
static uint32_t out[MAXTHREADS][2][BATCH];

/* Accesses. */
#define P(i) (&X[(i) * STRIDE])
#define Q(i) (&Y[(i) * STRIDE])

#ifdef __aarch64__
static inline uint32_t ldr(uint32_t *p) { uint32_t v; __asm__ volatile("ldr %w0, %1" : "=r"(v) : "m"(*p) : "memory"); return v; }
static inline void str(uint32_t *p, uint32_t v) { __asm__ volatile("str %w1, %0" : "=m"(*p) : "r"(v) : "memory"); }
static inline uint32_t ldar(uint32_t *p) { uint32_t v; __asm__ volatile("ldar %w0, %1" : "=r"(v) : "Q"(*p) : "memory"); return v; }
static inline uint32_t ldapr(uint32_t *p) { uint32_t v; __asm__ volatile(".arch_extension rcpc\nldapr %w0, %1" : "=r"(v) : "Q"(*p) : "memory"); return v; }
static inline void stlr(uint32_t *p, uint32_t v) { __asm__ volatile("stlr %w1, %0" : "=Q"(*p) : "r"(v) : "memory"); }
static inline void dmb(void) { __asm__ volatile("dmb ish" ::: "memory"); }
static inline void dmbld(void) { __asm__ volatile("dmb ishld" ::: "memory"); }
static inline void dmbst(void) { __asm__ volatile("dmb ishst" ::: "memory"); }
/* A load whose address depends on v. */
static inline uint32_t ldr_after(uint32_t *p, uint32_t v)
{
	uint32_t r;
	uint64_t z;
	__asm__ volatile("eor %w1, %w3, %w3\n\tldr %w0, [%2, %1]" : "=r"(r), "=&r"(z) : "r"(p), "r"(v) : "memory");
	return r;
}
/* A store whose data depends on v. */
static inline void str_after(uint32_t *p, uint32_t x, uint32_t v)
{
	uint32_t z;
	__asm__ volatile("eor %w0, %w2, %w2\n\tadd %w0, %w0, %w3\n\tstr %w0, %1" : "=&r"(z), "=m"(*p) : "r"(v), "r"(x) : "memory");
}
static inline void swpal(uint32_t *p, uint32_t v) { __asm__ volatile(".arch_extension lse\nswpal %w1, %w1, %0" : "+Q"(*p), "+r"(v) :: "memory"); }
static inline void llsc(uint32_t *p, uint32_t v)
{
	uint32_t old, fail;
	do
		__asm__ volatile("ldaxr %w0, %2\n\tstlxr %w1, %w3, %2" : "=&r"(old), "=&r"(fail), "+Q"(*p) : "r"(v) : "memory");
	while (fail);
}
#else
/* Elsewhere all of them are sequentially consistent: the answers are the same. */
#define ldr(p) __atomic_load_n(p, __ATOMIC_SEQ_CST)
#define str(p, v) __atomic_store_n(p, v, __ATOMIC_SEQ_CST)
#define ldar ldr
#define ldapr ldr
#define stlr str
#define dmb() __atomic_thread_fence(__ATOMIC_SEQ_CST)
#define dmbld dmb
#define dmbst dmb
#define ldr_after(p, v) ((void)(v), ldr(p))
#define str_after(p, x, v) ((void)(v), str(p, x))
#define swpal(p, v) ((void)__atomic_exchange_n(p, v, __ATOMIC_SEQ_CST))
#define llsc swpal
#endif

#define OUT(t, k) out[t][k][i]

/* Each test: the threads' bodies for element i, and what is forbidden. */
#define BODY(name) static void name(int i)

BODY(mp_w_stlr) { str(P(i), 1); stlr(Q(i), 1); }
BODY(mp_w_dmb) { str(P(i), 1); dmb(); str(Q(i), 1); }
BODY(mp_w_dmbst) { str(P(i), 1); dmbst(); str(Q(i), 1); }
BODY(mp_w_swp) { str(P(i), 1); swpal(Q(i), 1); }
BODY(mp_w_llsc) { str(P(i), 1); llsc(Q(i), 1); }
BODY(mp_r_ldar) { OUT(1, 0) = ldar(Q(i)); OUT(1, 1) = ldr(P(i)); }
BODY(mp_r_ldapr) { OUT(1, 0) = ldapr(Q(i)); OUT(1, 1) = ldr(P(i)); }
BODY(mp_r_dmb) { OUT(1, 0) = ldr(Q(i)); dmb(); OUT(1, 1) = ldr(P(i)); }
BODY(mp_r_dmbld) { OUT(1, 0) = ldr(Q(i)); dmbld(); OUT(1, 1) = ldr(P(i)); }
BODY(mp_r_addr) { uint32_t v = ldr(Q(i)); OUT(1, 0) = v; OUT(1, 1) = ldr_after(P(i), v); }
static int mp(int i) { return OUT(1, 0) == 1 && OUT(1, 1) == 0; }

BODY(sb0_dmb) { str(P(i), 1); dmb(); OUT(0, 0) = ldr(Q(i)); }
BODY(sb1_dmb) { str(Q(i), 1); dmb(); OUT(1, 0) = ldr(P(i)); }
BODY(sb0_stlr) { stlr(P(i), 1); OUT(0, 0) = ldar(Q(i)); }
BODY(sb1_stlr) { stlr(Q(i), 1); OUT(1, 0) = ldar(P(i)); }
BODY(sb0_swp) { swpal(P(i), 1); OUT(0, 0) = ldar(Q(i)); }
BODY(sb1_swp) { swpal(Q(i), 1); OUT(1, 0) = ldar(P(i)); }
BODY(sb0_llsc) { llsc(P(i), 1); dmb(); OUT(0, 0) = ldr(Q(i)); }
BODY(sb1_llsc) { llsc(Q(i), 1); dmb(); OUT(1, 0) = ldr(P(i)); }
static int sb(int i) { return OUT(0, 0) == 0 && OUT(1, 0) == 0; }

BODY(lb0_ldar) { OUT(0, 0) = ldar(P(i)); str(Q(i), 1); }
BODY(lb1_ldar) { OUT(1, 0) = ldar(Q(i)); str(P(i), 1); }
BODY(lb0_data) { uint32_t v = ldr(P(i)); OUT(0, 0) = v; str_after(Q(i), 1, v); }
BODY(lb1_data) { uint32_t v = ldr(Q(i)); OUT(1, 0) = v; str_after(P(i), 1, v); }
BODY(lb0_stlr) { OUT(0, 0) = ldr(P(i)); stlr(Q(i), 1); }
BODY(lb1_stlr) { OUT(1, 0) = ldr(Q(i)); stlr(P(i), 1); }
static int lb(int i) { return OUT(0, 0) == 1 && OUT(1, 0) == 1; }

BODY(w_x) { str(P(i), 1); }
BODY(w_y) { str(Q(i), 1); }
BODY(w_x_stlr) { stlr(P(i), 1); }
BODY(w_y_stlr) { stlr(Q(i), 1); }
BODY(iriw2_ldar) { OUT(2, 0) = ldar(P(i)); OUT(2, 1) = ldar(Q(i)); }
BODY(iriw3_ldar) { OUT(3, 0) = ldar(Q(i)); OUT(3, 1) = ldar(P(i)); }
BODY(iriw2_dmb) { OUT(2, 0) = ldr(P(i)); dmb(); OUT(2, 1) = ldr(Q(i)); }
BODY(iriw3_dmb) { OUT(3, 0) = ldr(Q(i)); dmb(); OUT(3, 1) = ldr(P(i)); }
BODY(iriw2_addr) { uint32_t v = ldr(P(i)); OUT(2, 0) = v; OUT(2, 1) = ldr_after(Q(i), v); }
BODY(iriw3_addr) { uint32_t v = ldr(Q(i)); OUT(3, 0) = v; OUT(3, 1) = ldr_after(P(i), v); }
static int iriw(int i) { return OUT(2, 0) == 1 && OUT(2, 1) == 0 && OUT(3, 0) == 1 && OUT(3, 1) == 0; }

BODY(w22a_dmb) { str(P(i), 1); dmb(); str(Q(i), 2); }
BODY(w22b_dmb) { str(Q(i), 1); dmb(); str(P(i), 2); }
BODY(w22a_stlr) { str(P(i), 1); stlr(Q(i), 2); }
BODY(w22b_stlr) { str(Q(i), 1); stlr(P(i), 2); }
BODY(w22a_dmbst) { str(P(i), 1); dmbst(); str(Q(i), 2); }
BODY(w22b_dmbst) { str(Q(i), 1); dmbst(); str(P(i), 2); }
static int w22(int i) { return *P(i) == 1 && *Q(i) == 1; }

/* Coherence: two reads of a word do not go back. */
BODY(co_w) { str(P(i), 1); str(P(i), 2); }
BODY(co_r) { OUT(1, 0) = ldr(P(i)); OUT(1, 1) = ldr(P(i)); }
static int corr(int i) { return OUT(1, 0) > OUT(1, 1); }

static const struct test {
	const char *name;
	int threads;
	void (*body[MAXTHREADS])(int);
	int (*forbidden)(int);
} tests[] = {
	{"MP stlr ldar", 2, {mp_w_stlr, mp_r_ldar}, mp},
	{"MP stlr ldapr", 2, {mp_w_stlr, mp_r_ldapr}, mp},
	{"MP dmb dmb", 2, {mp_w_dmb, mp_r_dmb}, mp},
	{"MP dmb.st dmb.ld", 2, {mp_w_dmbst, mp_r_dmbld}, mp},
	{"MP dmb.st address", 2, {mp_w_dmbst, mp_r_addr}, mp},
	{"MP swpal ldar", 2, {mp_w_swp, mp_r_ldar}, mp},
	{"MP stlxr dmb.ld", 2, {mp_w_llsc, mp_r_dmbld}, mp},
	{"SB dmb", 2, {sb0_dmb, sb1_dmb}, sb},
	{"SB stlr ldar", 2, {sb0_stlr, sb1_stlr}, sb},
	{"SB swpal ldar", 2, {sb0_swp, sb1_swp}, sb},
	{"SB stlxr dmb", 2, {sb0_llsc, sb1_llsc}, sb},
	{"LB ldar", 2, {lb0_ldar, lb1_ldar}, lb},
	{"LB data", 2, {lb0_data, lb1_data}, lb},
	{"LB stlr", 2, {lb0_stlr, lb1_stlr}, lb},
	{"IRIW ldar", 4, {w_x, w_y, iriw2_ldar, iriw3_ldar}, iriw},
	{"IRIW stlr ldar", 4, {w_x_stlr, w_y_stlr, iriw2_ldar, iriw3_ldar}, iriw},
	{"IRIW dmb", 4, {w_x, w_y, iriw2_dmb, iriw3_dmb}, iriw},
	{"IRIW address", 4, {w_x, w_y, iriw2_addr, iriw3_addr}, iriw},
	{"2+2W dmb", 2, {w22a_dmb, w22b_dmb}, w22},
	{"2+2W stlr", 2, {w22a_stlr, w22b_stlr}, w22},
	{"2+2W dmb.st", 2, {w22a_dmbst, w22b_dmbst}, w22},
	{"CoRR", 2, {co_w, co_r}, corr},
};

static const struct test *test;
static long batches;
static _Atomic int arrived, phase;

/* meet waits for all threads; they spin, so that they start together, but give the
 * processor away before long, as there may be fewer of those. */
static void meet(void)
{
	int p = phase;
	if (++arrived == test->threads) {
		arrived = 0;
		phase = p + 1;
		return;
	}
	for (int n = 0; phase == p; n++)
		if (n > 2000)
			sched_yield();
}

static void *run(void *arg)
{
	int me = (int)(intptr_t)arg;
	void (*body)(int) = test->body[me];
	long seen = 0;
	for (long b = 0; b < batches; b++) {
		if (me == 0) {
			memset(mem, 0, sizeof mem);
			memset(out, 0, sizeof out);
		}
		meet();
		for (int i = 0; i < BATCH; i++)
			body(i);
		meet();
		if (me == 0)
			for (int i = 0; i < BATCH; i++)
				seen += test->forbidden(i);
	}
	return (void *)seen;
}

int main(int argc, char **argv)
{
	batches = (argc > 1 ? atol(argv[1]) : 50) * 1000 / BATCH;
	for (size_t k = 0; k < COUNT(tests); k++) {
		if (argc > 2 && !strstr(tests[k].name, argv[2]))
			continue;
		test = &tests[k];
		pthread_t t[MAXTHREADS];
		void *seen;
		for (intptr_t i = 1; i < test->threads; i++)
			pthread_create(&t[i], NULL, run, (void *)i);
		seen = run(NULL);
		for (int i = 1; i < test->threads; i++)
			pthread_join(t[i], NULL);
		printf("%s: %ld\n", test->name, (long)seen);
		fflush(stdout);
	}
	return 0;
}
