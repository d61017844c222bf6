/* A lexer-like state machine over a switch of 64 dense cases. */
#include "bench.h"

static NOINLINE uint32_t step(uint32_t s, uint32_t c, uint32_t *acc)
{
	switch (s * 8 + (c & 7)) {
	case 0: *acc += c; return 3;
	case 1: *acc ^= c << 1; return 0;
	case 2: *acc = *acc * 33 + 2; return 5;
	case 3: if (*acc & 8) return 4; return 2;
	case 4: *acc -= c >> 3; return 7;
	case 5: *acc += c; return 4;
	case 6: *acc ^= c << 6; return 1;
	case 7: *acc = *acc * 33 + 7; return 6;
	case 8: if (*acc & 2) return 1; return 3;
	case 9: *acc -= c >> 3; return 0;
	case 10: *acc += c; return 5;
	case 11: *acc ^= c << 11; return 2;
	case 12: *acc = *acc * 33 + 12; return 7;
	case 13: if (*acc & 64) return 6; return 4;
	case 14: *acc -= c >> 3; return 1;
	case 15: *acc += c; return 6;
	case 16: *acc ^= c << 3; return 3;
	case 17: *acc = *acc * 33 + 17; return 0;
	case 18: if (*acc & 16) return 3; return 5;
	case 19: *acc -= c >> 3; return 2;
	case 20: *acc += c; return 7;
	case 21: *acc ^= c << 8; return 4;
	case 22: *acc = *acc * 33 + 22; return 1;
	case 23: if (*acc & 4) return 0; return 6;
	case 24: *acc -= c >> 3; return 3;
	case 25: *acc += c; return 0;
	case 26: *acc ^= c << 0; return 5;
	case 27: *acc = *acc * 33 + 27; return 2;
	case 28: if (*acc & 1) return 5; return 7;
	case 29: *acc -= c >> 3; return 4;
	case 30: *acc += c; return 1;
	case 31: *acc ^= c << 5; return 6;
	case 32: *acc = *acc * 33 + 32; return 3;
	case 33: if (*acc & 32) return 2; return 0;
	case 34: *acc -= c >> 3; return 5;
	case 35: *acc += c; return 2;
	case 36: *acc ^= c << 10; return 7;
	case 37: *acc = *acc * 33 + 37; return 4;
	case 38: if (*acc & 8) return 7; return 1;
	case 39: *acc -= c >> 3; return 6;
	case 40: *acc += c; return 3;
	case 41: *acc ^= c << 2; return 0;
	case 42: *acc = *acc * 33 + 42; return 5;
	case 43: if (*acc & 2) return 4; return 2;
	case 44: *acc -= c >> 3; return 7;
	case 45: *acc += c; return 4;
	case 46: *acc ^= c << 7; return 1;
	case 47: *acc = *acc * 33 + 47; return 6;
	case 48: if (*acc & 64) return 1; return 3;
	case 49: *acc -= c >> 3; return 0;
	case 50: *acc += c; return 5;
	case 51: *acc ^= c << 12; return 2;
	case 52: *acc = *acc * 33 + 52; return 7;
	case 53: if (*acc & 16) return 6; return 4;
	case 54: *acc -= c >> 3; return 1;
	case 55: *acc += c; return 6;
	case 56: *acc ^= c << 4; return 3;
	case 57: *acc = *acc * 33 + 57; return 0;
	case 58: if (*acc & 4) return 3; return 5;
	case 59: *acc -= c >> 3; return 2;
	case 60: *acc += c; return 7;
	case 61: *acc ^= c << 9; return 4;
	case 62: *acc = *acc * 33 + 62; return 1;
	case 63: if (*acc & 1) return 0; return 6;
	}
	return 0;
}

uint64_t kernel(long n)
{
	static uint8_t buf[16 << 10];
	uint32_t s = 0, acc = 1;
	for (size_t i = 0; i < sizeof buf; i++)
		buf[i] = (uint8_t)(rnd() >> 11);
	for (long k = 0; k < n; k++)
		for (size_t i = 0; i < sizeof buf; i++)
			s = step(s, buf[i], &acc);
	return mix(s, acc);
}
