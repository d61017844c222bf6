/* Calling convention: many arguments of mixed kinds, structs by value of every
 * size, homogeneous aggregates, varargs, function pointers, recursion. */
#include "t.h"
#include <stdarg.h>

struct s1 { char a; };
struct s3 { char a[3]; };
struct s8 { int a, b; };
struct s12 { int a, b, c; };
struct s16 { long a, b; };
struct s17 { char a[17]; };
struct s40 { long a[5]; };
struct hf2 { float a, b; };
struct hf4 { float a, b, c, d; };
struct hd3 { double a, b, c; };
struct mixd { double a; int b; };
struct nest { struct hf2 a, b; };
typedef int v4 __attribute__((vector_size(16)));
struct hv2 { v4 a, b; };

#define BYVAL(S) static NOINLINE struct S pass_##S(int i, struct S s, double d, struct S t) \
	{ struct S r = i & 1 ? s : t; ((unsigned char *)&r)[0] = (unsigned char)(((unsigned char *)&r)[0] + i + (int)d); return r; }
BYVAL(s1) BYVAL(s3) BYVAL(s8) BYVAL(s12) BYVAL(s16) BYVAL(s17) BYVAL(s40) BYVAL(hf2) BYVAL(hf4) BYVAL(hd3) BYVAL(mixd) BYVAL(nest) BYVAL(hv2)

static NOINLINE double many(int8_t a, double b, int64_t c, float d, uint16_t e, double f, int g, float h, int64_t i, double j, uint8_t k,
			    double l, int m, double n, long o, float p, int16_t q, double r, struct hf4 s, struct s16 t, struct s40 u)
{
	return a + b * 2 + (double)c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8 + (double)i * 9 + j * 10 + k * 11 + l * 12 + m * 13 + n * 14 +
	       (double)o * 15 + p * 16 + q * 17 + r * 18 + s.a + s.d * 2 + (double)t.b + (double)u.a[4];
}

static NOINLINE double sumv(const char *kinds, ...)
{
	va_list ap, copy;
	double s = 0;
	va_start(ap, kinds);
	va_copy(copy, ap);
	for (int pass = 0; pass < 2; pass++) {
		int i = 1;
		for (const char *k = kinds; *k; k++, i++) {
			switch (*k) {
			case 'i': s += i * va_arg(ap, int); break;
			case 'l': s += i * (double)va_arg(ap, long); break;
			case 'd': s += i * va_arg(ap, double); break;
			case 'p': s += i * *va_arg(ap, int *); break;
			case 's': { struct s16 v = va_arg(ap, struct s16); s += i * (double)(v.a - v.b); break; }
			case 'f': { struct hf4 v = va_arg(ap, struct hf4); s += i * (v.a + v.b * 2 + v.c * 3 + v.d * 4); break; }
			case 'b': { struct s40 v = va_arg(ap, struct s40); s += i * (double)(v.a[0] + v.a[4]); break; }
			case 'L': s += (double)(i * va_arg(ap, long double)); break;
			}
		}
		va_end(ap);
		if (pass == 0)
			va_copy(ap, copy);
	}
	va_end(copy);
	return s;
}

static NOINLINE int vfmt(char *out, const char *fmt, ...)
{
	va_list ap;
	va_start(ap, fmt);
	int n = vsnprintf(out, 200, fmt, ap);
	va_end(ap);
	return n;
}

static NOINLINE unsigned ack(unsigned m, unsigned n) { return m == 0 ? n + 1 : n == 0 ? ack(m - 1, 1) : ack(m - 1, ack(m, n - 1)); }
static NOINLINE int odd(unsigned n);
static NOINLINE int even(unsigned n) { return n == 0 ? 1 : odd(n - 1); }
static NOINLINE int odd(unsigned n) { return n == 0 ? 0 : even(n - 1); }
static NOINLINE uint64_t depth(int n, uint64_t x) { volatile uint64_t pad[20]; pad[n % 20] = x; return n ? depth(n - 1, x * 3 + 1) + pad[n % 20] : x; }

typedef int (*fn)(int);
static int f0(int x) { return x + 1; }
static int f1(int x) { return x * 3; }
static int f2(int x) { return x ^ 0x55; }
static int f3(int x) { return -x; }
static NOINLINE fn pick(int i) { static const fn t[] = { f0, f1, f2, f3 }; return t[i & 3]; }
static NOINLINE int apply(fn f, int x, int n) { while (n--) x = f(x) & 0xffff; return x; }

static NOINLINE long vla(int n)
{
	long a[n], s = 0;
	char *b = __builtin_alloca((size_t)n * 3 + 1);
	for (int i = 0; i < n; i++) { a[i] = i * n; b[i * 3] = (char)i; }
	for (int i = 0; i < n; i++) s += a[i] + b[i * 3];
	return s + (long)((uintptr_t)a & 15) + (long)((uintptr_t)b & 15);
}

int main(void)
{
#define PASS(S)                                                                     \
	begin(#S);                                                                  \
	for (int i = 0; i < 20; i++) {                                              \
		struct S a, b;                                                      \
		for (size_t k = 0; k < sizeof a; k++) { ((uint8_t *)&a)[k] = (uint8_t)(rnd() >> 9) & 0x3f; ((uint8_t *)&b)[k] = (uint8_t)(rnd() >> 9) & 0x3f; } \
		struct S (*volatile f)(int, struct S, double, struct S) = pass_##S; \
		struct S r = f(i, a, i * 0.5, b);                                   \
		r = pass_##S(i + 1, r, 1, a);                                       \
		mix_bytes(&r, sizeof r);                                            \
	}                                                                           \
	end();
	PASS(s1) PASS(s3) PASS(s8) PASS(s12) PASS(s16) PASS(s17) PASS(s40) PASS(hf2) PASS(hf4) PASS(hd3) PASS(nest) PASS(hv2)
	struct mixd md = pass_mixd(1, (struct mixd){ 1.5, 2 }, 0, (struct mixd){ 3, 4 });
	printf("mixd %g %d\n", md.a, md.b);
	printf("many %.17g\n", many(-1, 2.5, 1ll << 40, 3.25f, 65535, -1e10, -7, 0.5f, -99, 1e-3, 200, 7, -8, 9, 10, 11.5f, -300, 1.0 / 3,
				    (struct hf4){ 1, 2, 3, 4 }, (struct s16){ 5, 6 }, (struct s40){ { 1, 2, 3, 4, 5 } }));
	int x = 41;
	printf("sumv %.17g\n", sumv("ildpsfbLiiiidddddddddlll", 1, 2l, 3.5, &x, (struct s16){ 9, 4 }, (struct hf4){ 1, 2, 3, 4 },
				    (struct s40){ { 7, 0, 0, 0, 8 } }, (long double)2.5, 5, 6, 7, 8, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 10l, 11l, 12l));
	char buf[200];
	int n = vfmt(buf, "%d %s %f %c %ld %x %5.2e", 5, "str", 2.5, 'z', 1l << 40, 0xbeef, 12345.678);
	printf("vfmt %d %s\n", n, buf);
	printf("ack %u\n", ack(2, 300));
	printf("even %d %d\n", even(10000), odd(9999));
	printf("depth %" PRIx64 "\n", depth(20000, 1));
	begin("pointers");
	for (int i = 0; i < 1000; i++)
		mix(apply(pick(i * 7 / 3), i, i % 13));
	end();
	begin("vla");
	for (int i = 1; i < 100; i++)
		mix(vla(i));
	end();
	return 0;
}
