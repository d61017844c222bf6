/*
 * Frame shared by the guest programs of the end-to-end tests. A program prints
 * one line for each group of operations it tries, "name value", so that the first
 * line that differs from the reference says what went wrong. Values are mostly
 * checksums over many inputs; the macro TRACE (-DTRACE) prints every input as well.
 */
#ifndef T_H
#define T_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <inttypes.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NOINLINE __attribute__((noinline, noclone))
#define COUNT(a) (sizeof(a) / sizeof *(a))

/* hide keeps the compiler from knowing a value, so that it cannot fold what is
 * to be computed at run time. */
#define hide(x) ({ __typeof__((void)0, (x)) hidden_ = (x); __asm__ volatile("" : "+m"(hidden_)); hidden_; })

static uint64_t sum_;        /* running checksum of the current group */
static const char *name_ = "";

static inline void mix_bytes(const void *p, size_t n)
{
	const unsigned char *b = p;
	for (size_t i = 0; i < n; i++)
		sum_ = (sum_ ^ b[i]) * 0x100000001b3ull;
#ifdef TRACE
	printf("  %s:", name_);
	for (size_t i = 0; i < n; i++)
		printf(" %02x", b[i]);
	printf("\n");
#endif
}

/* mix folds an object's bytes into the checksum. */
#define mix(x) ({ __typeof__((void)0, (x)) mixed_ = (x); mix_bytes(&mixed_, sizeof mixed_); })

static inline void begin(const char *name)
{
	name_ = name;
	sum_ = 0xcbf29ce484222325ull;
}

static inline void end(void)
{
	printf("%s %016" PRIx64 "\n", name_, sum_);
}

/* mix_f and mix_d fold a floating-point result in, all NaNs alike: the
 * architectures choose different ones. */
static inline void mix_f(float v)
{
	uint32_t b;
	memcpy(&b, &v, 4);
	if (v != v)
		b = 0x7fc00000;
	mix(b);
}

static inline void mix_d(double v)
{
	uint64_t b;
	memcpy(&b, &v, 8);
	if (v != v)
		b = 0x7ff8000000000000ull;
	mix(b);
}

static uint64_t rnd_ = 0x2545f4914f6cdd1dull;

static inline uint64_t rnd(void)
{
	rnd_ ^= rnd_ << 13;
	rnd_ ^= rnd_ >> 7;
	rnd_ ^= rnd_ << 17;
	return rnd_;
}

/* Integers where something usually changes: signs, carries, widths. */
static const uint64_t ints[] = {
	0, 1, 2, 3, 5, 7, 8, 15, 16, 31, 32, 33, 63, 64, 100, 127, 128, 129, 255, 256, 257, 1000,
	0x7fff, 0x8000, 0x8001, 0xffff, 0x10000, 0x12345678, 0x55555555, 0x7fffffff, 0x80000000,
	0x80000001, 0xaaaaaaaa, 0xfffffffe, 0xffffffff, 0x100000000, 0x100000001, 0x123456789abcdef0,
	0x5555555555555555, 0x7ffffffffffffffe, 0x7fffffffffffffff, 0x8000000000000000,
	0x8000000000000001, 0xaaaaaaaaaaaaaaaa, 0xffffffff00000000, 0xffffffff7fffffff,
	0xffffffff80000000, 0xffffffffffff8000, 0xffffffffffffff80, 0xfffffffffffffffe, 0xffffffffffffffff,
};

/* Floats by bit pattern: zeros, denormals, the ends of the range, numbers where
 * rounding and conversions turn, infinities, NaNs. */
static const uint32_t f32s[] = {
	0x00000000, 0x80000000, 0x00000001, 0x80000001, 0x00400000, 0x007fffff, 0x807fffff, 0x00800000,
	0x80800000, 0x00800001, 0x01000000, 0x33800000, 0x34000000, 0x3effffff, 0x3f000000, 0x3f000001,
	0x3f7fffff, 0x3f800000, 0xbf800000, 0x3f800001, 0x3fc00000, 0x40000000, 0x40200000, 0x40490fdb,
	0xc0490fdb, 0x42fe0000, 0x43000000, 0x437f0000, 0x477fff00, 0x4b000000, 0x4b7fffff, 0x4b800000,
	0x4effffff, 0x4f000000, 0xcf000000, 0x4f7fffff, 0x4f800000, 0x5effffff, 0x5f000000, 0xdf000000,
	0x5f7fffff, 0x5f800000, 0x7e967699, 0x7f7fffff, 0xff7fffff, 0x7f800000, 0xff800000,
	0x7fc00000, 0xffc00000, 0x7fc12345, 0x7f800001, 0xff812345, 0x7fbfffff,
};

static const uint64_t f64s[] = {
	0x0000000000000000, 0x8000000000000000, 0x0000000000000001, 0x8000000000000001,
	0x0008000000000000, 0x000fffffffffffff, 0x800fffffffffffff, 0x0010000000000000,
	0x8010000000000000, 0x0010000000000001, 0x0020000000000000, 0x380fffffffffffff,
	0x36a0000000000000, 0x3690000000000001, 0x3ca0000000000000, 0x3fdfffffffffffff,
	0x3fe0000000000000, 0x3fe0000000000001, 0x3fefffffffffffff, 0x3ff0000000000000,
	0xbff0000000000000, 0x3ff0000000000001, 0x3ff0000010000000, 0x3ff0000030000000,
	0x3ff8000000000000, 0x4000000000000000, 0x4004000000000000, 0x400921fb54442d18,
	0xc00921fb54442d18, 0x405fc00000000000, 0x406fe00000000000, 0x40dfffc000000000,
	0x40effff000000000, 0x41dfffffffc00000, 0x41e0000000000000, 0xc1e0000000200000,
	0x41efffffffe00000, 0x41f0000000000000, 0x4330000000000000, 0x433fffffffffffff,
	0x4340000000000000, 0x43dfffffffffffff, 0x43e0000000000000, 0xc3e0000000000000,
	0x43efffffffffffff, 0x43f0000000000000, 0x47efffffe0000000, 0x47effffff0000000,
	0x7fd2ced32a16a1b1, 0x7fefffffffffffff, 0xffefffffffffffff, 0x7ff0000000000000,
	0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000000, 0x7ff8000012345678,
	0x7ff0000000000001, 0xfff123456789abcd, 0x7ff7ffffffffffff,
};

static inline float f32(uint32_t b) { float f; memcpy(&f, &b, 4); return f; }
static inline double f64(uint64_t b) { double d; memcpy(&d, &b, 8); return d; }
static inline uint32_t b32(float f) { uint32_t b; memcpy(&b, &f, 4); return b; }
static inline uint64_t b64(double d) { uint64_t b; memcpy(&b, &d, 8); return b; }

#endif
