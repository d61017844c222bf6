/* A 3x3 box filter and threshold on 8-bit pixels, in GCC vector extensions:
 * widening, shifts, narrowing, compare and select on integer lanes. */
#include "bench.h"

#define W 512
#define H 128
typedef uint8_t u8x8 __attribute__((vector_size(8)));
typedef uint16_t u16x8 __attribute__((vector_size(16)));
static uint8_t img[2][H][W + 16];

static inline u16x8 wide(const uint8_t *p)
{
	u8x8 v;
	memcpy(&v, p, 8);
	return __builtin_convertvector(v, u16x8);
}

static NOINLINE void filter(int s)
{
	for (int y = 1; y < H - 1; y++) {
		for (int x = 1; x < W - 8; x += 8) {
			u16x8 t = wide(&img[s][y][x]) * 4;
			for (int d = -1; d <= 1; d++) {
				t += wide(&img[s][y - 1][x + d]) + wide(&img[s][y + 1][x + d]);
				if (d)
					t += wide(&img[s][y][x + d]) * 2;
			}
			t = (t * 5) >> 6;
			u16x8 big = t > 200;
			t = (t & ~big) | ((t - 90) & big);
			u8x8 r = __builtin_convertvector(t, u8x8);
			memcpy(&img[!s][y][x], &r, 8);
		}
	}
}

uint64_t kernel(long n)
{
	uint64_t h = 0;
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x++)
			img[0][y][x] = img[1][y][x] = (uint8_t)rnd();
	for (long k = 0; k < n; k++)
		filter((int)(k & 1));
	for (int y = 0; y < H; y++)
		for (int x = 0; x < W; x += 5)
			h = mix(h, img[n & 1][y][x]);
	return h;
}
