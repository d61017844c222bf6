/* Loads and stores: widths, extensions, addressing modes, unaligned and page
 * crossing accesses, pairs, large offsets. */
#include "t.h"
#include <sys/mman.h>

struct far { char pad0[20000]; int32_t a; char pad1[200000]; int64_t b; char pad2[5000000]; uint8_t c; };

#define ACCESS(T, N)                                                                       \
	static NOINLINE int64_t N##_idx(const T *p, int32_t i) { return (int64_t)p[i]; }   \
	static NOINLINE int64_t N##_uidx(const T *p, uint32_t i) { return (int64_t)p[i]; } \
	static NOINLINE int64_t N##_neg(const T *p) { return (int64_t)p[-1] + (int64_t)p[-31] * 3 + (int64_t)p[63]; } \
	static NOINLINE int64_t N##_post(const T *p, int n) { int64_t s = 0; while (n--) s = s * 3 + (int64_t)*p++; return s; } \
	static NOINLINE int64_t N##_pre(const T *p, int n) { int64_t s = 0; while (n--) s = s * 5 + (int64_t)*--p; return s; }  \
	static NOINLINE void N##_store(T *p, int32_t i, int64_t v) { p[i] = (T)v; p[-i] = (T)(v >> 3); } \
	static NOINLINE int64_t N##_un(const char *p) { T v; memcpy(&v, p, sizeof v); return (int64_t)v; } \
	static NOINLINE void N##_unst(char *p, int64_t x) { T v = (T)x; memcpy(p, &v, sizeof v); }
ACCESS(int8_t, s8) ACCESS(uint8_t, u8) ACCESS(int16_t, s16) ACCESS(uint16_t, u16)
ACCESS(int32_t, s32) ACCESS(uint32_t, u32) ACCESS(int64_t, s64) ACCESS(uint64_t, u64)

static NOINLINE int32_t wsx(const int8_t *p, const int16_t *q) { return *p + *q; }
static NOINLINE void pairs(int64_t *d, const int64_t *s) { int64_t a = s[0], b = s[1], c = s[2], e = s[3]; d[0] = b; d[1] = a; d[2] = e; d[3] = c; }
static NOINLINE void wpairs(int32_t *d, const int32_t *s) { int32_t a = s[0], b = s[1], c = s[2], e = s[3]; d[0] = b; d[1] = a; d[2] = e; d[3] = c; }
static NOINLINE int64_t sxpair(const int32_t *s) { return (int64_t)s[0] * 3 + (int64_t)s[1]; }

int main(void)
{
	static uint64_t area[1 << 10];
	for (size_t i = 0; i < COUNT(area); i++)
		area[i] = rnd();
#define RUN(T, N)                                                                 \
	begin(#N);                                                                \
	for (int i = -40; i < 40; i++) {                                          \
		T *p = (T *)(area + 512);                                         \
		mix(N##_idx(p, i));                                               \
		mix(N##_uidx(p, (uint32_t)(i + 40)));                             \
		mix(N##_neg(p + i));                                              \
		mix(N##_post(p, (i + 40) / 2));                                   \
		mix(N##_pre(p, (i + 40) / 2));                                    \
		N##_store(p, i, (int64_t)rnd());                                  \
		mix(N##_un((char *)p + i));                                       \
		N##_unst((char *)p - i * 3, (int64_t)rnd());                      \
	}                                                                         \
	mix_bytes(area, sizeof area);                                             \
	end();
	RUN(int8_t, s8) RUN(uint8_t, u8) RUN(int16_t, s16) RUN(uint16_t, u16)
	RUN(int32_t, s32) RUN(uint32_t, u32) RUN(int64_t, s64) RUN(uint64_t, u64)

	begin("pairs");
	for (int off = 0; off < 8; off++) {
		pairs((int64_t *)area + off, (int64_t *)area + 4 + off);
		wpairs((int32_t *)area + off, (int32_t *)area + 100 + off);
		mix(sxpair((int32_t *)area + off));
		mix(wsx((int8_t *)area + off, (int16_t *)area + off));
	}
	mix_bytes(area, sizeof area);
	end();

	begin("far");
	struct far *f = calloc(1, sizeof *f);
	for (int i = 0; i < 10; i++) {
		f->a += i; f->b -= f->a; f->c ^= (uint8_t)f->b;
		mix(f->a); mix(f->b); mix(f->c);
	}
	free(f);
	end();

	begin("page crossing");
	char *m = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 3 * 4096; i++)
		m[i] = (char)rnd();
	for (int off = 4096 - 17; off < 4096 + 2; off++) {
		mix(s16_un(m + off)); mix(u32_un(m + off)); mix(u64_un(m + off));
		u16_unst(m + off, off * 77); u64_unst(m + off + 1, (int64_t)rnd());
		struct { uint64_t a, b; } v;
		memcpy(&v, m + off, 16);
		mix(v);
	}
	mix_bytes(m, 3 * 4096);
	end();
	return 0;
}
