/* Frame of the Advanced SIMD programs: vectors of special and random elements,
 * each operation with the FPSR's flags (saturation, exceptions) it leaves. */
#ifndef NEON_H
#define NEON_H

#include "t.h"
#include <arm_neon.h>

static inline uint32_t neon_fpsr(void) { uint64_t v; __asm__ volatile("mrs %0, fpsr" : "=r"(v)); return (uint32_t)v & 0x0800009f; }
static inline void neon_clear(void) { __asm__ volatile("msr fpsr, xzr" : : : "memory"); }

/* fill writes n bytes of lanes: random bytes, bytes near the limits, shift counts
 * or repeated patterns, by turns. */
static inline void fill(void *p, size_t n)
{
	static const uint8_t edge[] = { 0, 1, 0x7f, 0x80, 0xff, 0xfe, 0x81, 0x40, 0xc0, 7, 8, 9, 15, 16, 17, 31, 32, 33, 63, 64, 65, 0xf8, 0xf0, 0xe0 };
	uint8_t *b = p;
	uint64_t r = rnd();
	switch (r & 7) {
	case 0: case 1: case 2:
		for (size_t i = 0; i < n; i++)
			b[i] = (uint8_t)(rnd() >> 23);
		break;
	case 3: case 4:
		for (size_t i = 0; i < n; i++)
			b[i] = edge[(rnd() >> 11) % sizeof edge];
		break;
	case 5: /* wide lanes at the limits */
		for (size_t i = 0; i < n; i += 8) {
			uint64_t v = ints[(rnd() >> 9) % COUNT(ints)];
			memcpy(b + i, &v, 8);
		}
		break;
	case 6: /* small counts in every lane width */
		memset(b, 0, n);
		for (size_t i = 0; i < n; i += (size_t)1 << ((r >> 8) & 3))
			b[i] = (uint8_t)(rnd() >> 30) & 0x4f;
		break;
	default:
		for (size_t i = 0; i < n; i++)
			b[i] = (uint8_t)(r >> 8 * (i & (r & 8 ? 1 : 3)));
	}
}

#ifndef TRIES
#define TRIES 60
#endif

/* FN defines a function that computes EXPR, of any type, from the vectors a, b and
 * c; RUNV applies it. Both take the same arguments, so that a list of operations
 * is written once and expanded twice. */
#define FN(T, NAME, EXPR)                                              \
	static NOINLINE size_t NAME(const T *x, void *out)             \
	{                                                              \
		T a = x[0], b = x[1], c = x[2];                        \
		(void)a; (void)b; (void)c;                             \
		__auto_type r = (EXPR);                                \
		memcpy(out, &r, sizeof r);                             \
		return sizeof r;                                       \
	}

#define RUNV(T, NAME, EXPR)                                            \
	begin(#NAME);                                                  \
	for (int try_ = 0; try_ < TRIES; try_++) {                     \
		T x_[3];                                               \
		uint8_t out_[128];                                     \
		fill(x_, sizeof x_);                                   \
		neon_clear();                                          \
		size_t n_ = NAME(x_, out_);                            \
		uint32_t s_ = neon_fpsr();                             \
		mix_bytes(out_, n_);                                   \
		mix(s_);                                               \
	}                                                              \
	end();

/* RUN applies F to triples of vectors of type T. */
#define RUN(T, F)                                                   \
	begin(#F);                                                  \
	for (int try_ = 0; try_ < TRIES; try_++) {                  \
		T x_[3];                                            \
		fill(x_, sizeof x_);                                \
		neon_clear();                                       \
		__auto_type r_ = F(x_[0], x_[1], x_[2]);            \
		uint32_t s_ = neon_fpsr();                          \
		mix_bytes(&r_, sizeof r_);                          \
		mix(s_);                                            \
	}                                                           \
	end();

#endif
