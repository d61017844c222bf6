/* 128-bit integers: carries, high products, shifts by any amount, division. */
#include "t.h"

typedef unsigned __int128 u128;
typedef __int128 s128;

static NOINLINE u128 add(u128 a, u128 b) { return a + b; }
static NOINLINE u128 sub(u128 a, u128 b) { return a - b; }
static NOINLINE u128 mul(u128 a, u128 b) { return a * b; }
static NOINLINE u128 udiv(u128 a, u128 b) { return b ? a / b : a; }
static NOINLINE u128 umod(u128 a, u128 b) { return b ? a % b : a; }
static NOINLINE u128 sdiv(u128 a, u128 b) { return b && b != (u128)-1 ? (u128)((s128)a / (s128)b) : a; }
static NOINLINE u128 smod(u128 a, u128 b) { return b && b != (u128)-1 ? (u128)((s128)a % (s128)b) : a; }
static NOINLINE u128 shl(u128 a, u128 b) { return a << ((unsigned)b & 127); }
static NOINLINE u128 shr(u128 a, u128 b) { return a >> ((unsigned)b & 127); }
static NOINLINE u128 sar(u128 a, u128 b) { return (u128)((s128)a >> ((unsigned)b & 127)); }
static NOINLINE u128 neg(u128 a, u128 b) { return -a ^ b; }
static NOINLINE u128 ult(u128 a, u128 b) { return (u128)(a < b) << 64 | (a == b); }
static NOINLINE u128 slt(u128 a, u128 b) { return (u128)((s128)a < (s128)b) << 3 | ((s128)a >= (s128)b); }
static NOINLINE u128 umulh(u128 a, u128 b) { return (u128)(uint64_t)a * (uint64_t)b; }
static NOINLINE u128 smulh(u128 a, u128 b) { return (u128)((s128)(int64_t)a * (int64_t)b); }
static NOINLINE u128 mixed(u128 a, u128 b) { return (u128)((s128)(int64_t)a * (uint64_t)b); }
static NOINLINE u128 todbl(u128 a, u128 b) { return b64((double)a) ^ b64((double)(s128)b); }
static NOINLINE u128 fromdbl(u128 a, u128 b) { return (u128)((double)(uint64_t)a * 1e15) + (u128)(s128)((double)(int64_t)b * 1e15); }

int main(void)
{
	static const struct { const char *n; u128 (*f)(u128, u128); } ops[] = {
		{ "add", add }, { "sub", sub }, { "mul", mul }, { "udiv", udiv }, { "umod", umod },
		{ "sdiv", sdiv }, { "smod", smod }, { "shl", shl }, { "shr", shr }, { "sar", sar },
		{ "neg", neg }, { "ult", ult }, { "slt", slt }, { "umulh", umulh }, { "smulh", smulh },
		{ "mixed", mixed }, { "todbl", todbl }, { "fromdbl", fromdbl },
	};
	for (size_t k = 0; k < COUNT(ops); k++) {
		begin(ops[k].n);
		for (size_t i = 0; i < COUNT(ints); i++)
			for (size_t j = 0; j < COUNT(ints); j++) {
				u128 a = (u128)ints[i] << 64 | ints[(i * 7 + 3) % COUNT(ints)];
				u128 b = (u128)ints[(j * 5 + 1) % COUNT(ints)] << 64 | ints[j];
				mix(ops[k].f(a, b));
				mix(ops[k].f((u128)(s128)(int64_t)ints[i], ints[j]));
			}
		for (int i = 0; i < 500; i++) {
			uint64_t hi = rnd(), lo = rnd();
			mix(ops[k].f((u128)hi << 64 | lo, rnd()));
		}
		end();
	}
	return 0;
}
