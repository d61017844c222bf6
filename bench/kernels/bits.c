/* Bit counting, reversal, rotation, byte swaps, leading and trailing zeros. */
#include "bench.h"

static inline uint64_t rol(uint64_t x, int n) { return x << n | x >> (64 - n); }

uint64_t kernel(long n)
{
	uint64_t x = 0x123456789abcdef1ull, h = 0;
	for (long i = 0; i < n; i++) {
		h += (uint64_t)__builtin_clzll(x | 1) + (uint64_t)__builtin_ctzll(x | 1ull << 63);
		h ^= __builtin_bswap64(x);
		uint64_t p = x - (x >> 1 & 0x5555555555555555ull);
		p = (p & 0x3333333333333333ull) + (p >> 2 & 0x3333333333333333ull);
		p = (p + (p >> 4)) & 0x0f0f0f0f0f0f0f0full;
		h += p * 0x0101010101010101ull >> 56;
		x = rol(x, 13) * 5 + (h & 255);
	}
	return mix(h, x);
}
