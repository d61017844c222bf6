/* Bit manipulation: counts, reversals, rotates, fields, masks. */
#include "t.h"

#define FN(N, T, EXPR) static NOINLINE T N(T x, unsigned n) { (void)n; return (T)(EXPR); }
FN(clz32, uint32_t, x ? __builtin_clz(x) : 32)
FN(ctz32, uint32_t, x ? __builtin_ctz(x) : 32)
FN(pop32, uint32_t, __builtin_popcount(x))
FN(par32, uint32_t, __builtin_parity(x))
FN(ffs32, uint32_t, __builtin_ffs((int)x))
FN(cls32, uint32_t, __builtin_clrsb((int)x))
FN(swap32, uint32_t, __builtin_bswap32(x))
FN(swap16, uint32_t, __builtin_bswap16((uint16_t)x))
FN(rol32, uint32_t, x << (n & 31) | x >> (-n & 31))
FN(ror32, uint32_t, x >> (n & 31) | x << (-n & 31))
FN(ror32c, uint32_t, x >> 7 | x << 25)
FN(ext32, uint32_t, (x >> 5 & 0x7ff) ^ (uint32_t)((int32_t)(x << 9) >> 20))
FN(ins32, uint32_t, (x & ~0xff00u) | (n & 0xff) << 8)
FN(rev32, uint32_t, ({ uint32_t r = 0; for (int i = 0; i < 32; i++) r |= (x >> i & 1) << (31 - i); r; }))
FN(clz64, uint64_t, x ? __builtin_clzll(x) : 64)
FN(ctz64, uint64_t, x ? __builtin_ctzll(x) : 64)
FN(pop64, uint64_t, __builtin_popcountll(x))
FN(par64, uint64_t, __builtin_parityll(x))
FN(ffs64, uint64_t, __builtin_ffsll((long long)x))
FN(cls64, uint64_t, __builtin_clrsbll((long long)x))
FN(swap64, uint64_t, __builtin_bswap64(x))
FN(swaph64, uint64_t, (x & 0xff00ff00ff00ff00) >> 8 | (x & 0x00ff00ff00ff00ff) << 8)
FN(rol64, uint64_t, x << (n & 63) | x >> (-n & 63))
FN(ror64, uint64_t, x >> (n & 63) | x << (-n & 63))
FN(ror64c, uint64_t, x >> 17 | x << 47)
FN(extr64, uint64_t, (x << 23) | ((x * 3) >> 41))
FN(ext64, uint64_t, (x >> 13 & 0xfffffff) ^ (uint64_t)((int64_t)(x << 3) >> 33))
FN(ins64, uint64_t, (x & ~0xffff000000ull) | (uint64_t)(n & 0xffff) << 24)
FN(low64, uint64_t, x & -x)
FN(clear64, uint64_t, x & (x - 1))
FN(mask64, uint64_t, x & ((1ull << (n & 63)) - 1))
FN(asr64, uint64_t, (uint64_t)((int64_t)x >> (n & 63)))
FN(asr32, uint32_t, (uint32_t)((int32_t)x >> (n & 31)))
FN(bit64, uint64_t, (x >> (n & 63) & 1) ? 0x1234 : 0x4321)
FN(logic64, uint64_t, (x & 0x3ffc0003ffc000) | (~x & 0xaaaaaaaaaaaaaaaa))

int main(void)
{
#define R(N, T)                                                   \
	begin(#N);                                                \
	for (size_t i = 0; i < COUNT(ints); i++)                  \
		for (unsigned n = 0; n < 70; n += 1 + n / 8)      \
			mix(N((T)ints[i], n));                    \
	for (int i = 0; i < 2000; i++) {                          \
		T x = (T)rnd();                                   \
		mix(N(x, (unsigned)rnd()));                       \
	}                                                         \
	end();
#define R32(N) R(N, uint32_t)
#define R64(N) R(N, uint64_t)
	R32(clz32) R32(ctz32) R32(pop32) R32(par32) R32(ffs32) R32(cls32) R32(swap32) R32(swap16)
	R32(rol32) R32(ror32) R32(ror32c) R32(ext32) R32(ins32) R32(rev32) R32(asr32)
	R64(clz64) R64(ctz64) R64(pop64) R64(par64) R64(ffs64) R64(cls64) R64(swap64) R64(swaph64)
	R64(rol64) R64(ror64) R64(ror64c) R64(extr64) R64(ext64) R64(ins64) R64(low64) R64(clear64)
	R64(mask64) R64(asr64) R64(bit64) R64(logic64)
	return 0;
}
