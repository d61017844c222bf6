/* LZ77 compression with a hash of four bytes, and decompression. */
#include "bench.h"

#define SIZE (256 << 10)
static uint8_t in[SIZE], out[SIZE * 2], back[SIZE];
static int32_t head[1 << 13];

static inline uint32_t get32(const uint8_t *p) { uint32_t v; memcpy(&v, p, 4); return v; }

static NOINLINE int compress(void)
{
	int o = 0, lit = 0;
	memset(head, -1, sizeof head);
	for (int i = 0; i < SIZE;) {
		int len = 0, dist = 0;
		if (i + 4 < SIZE) {
			uint32_t h = get32(in + i) * 2654435761u >> 19;
			int p = head[h];
			head[h] = i;
			if (p >= 0 && i - p < 65535 && get32(in + p) == get32(in + i)) {
				len = 4;
				while (i + len < SIZE && len < 255 && in[p + len] == in[i + len])
					len++;
				dist = i - p;
			}
		}
		if (!len && ++lit < 255 && i + 1 < SIZE) {
			i++;
			continue;
		}
		int start = i - lit + (len ? 0 : 1);
		out[o++] = (uint8_t)lit;
		for (int k = 0; k < lit; k++)
			out[o++] = in[start + k];
		out[o++] = (uint8_t)len;
		if (len) {
			out[o++] = (uint8_t)dist;
			out[o++] = (uint8_t)(dist >> 8);
			i += len;
		} else {
			i++;
		}
		lit = 0;
	}
	return o;
}

static NOINLINE int expand(int n)
{
	int o = 0;
	for (int i = 0; i < n;) {
		int lit = out[i++];
		while (lit--)
			back[o++] = out[i++];
		int len = out[i++];
		if (len) {
			int dist = out[i] | out[i + 1] << 8;
			i += 2;
			for (; len; len--, o++)
				back[o] = back[o - dist];
		}
	}
	return o;
}

uint64_t kernel(long n)
{
	uint64_t h = 0;
	for (int i = 0; i < SIZE;) {
		uint64_t r = rnd();
		if (i > 1000 && r & 1) {
			int len = (int)(r >> 8) % 40 + 4, from = (int)((r >> 20) % (uint64_t)(i - 100));
			for (int k = 0; k < len && i < SIZE; k++)
				in[i++] = in[from + k];
		} else {
			for (int k = 0; k < 6 && i < SIZE; k++)
				in[i++] = (uint8_t)(r >> (8 + k * 8)) & 63;
		}
	}
	for (long k = 0; k < n; k++) {
		in[k % SIZE] ^= 1;
		int c = compress();
		if (expand(c) != SIZE || memcmp(in, back, SIZE))
			abort();
		h = mix(h, (uint64_t)c);
	}
	return h;
}
