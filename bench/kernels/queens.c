/* N queens by backtracking: recursion with state in memory and bit tricks. */
#include "bench.h"

struct board {
	int n;
	int row[32];
	uint64_t sum;
	long found;
};

static NOINLINE void place(struct board *b, int r, uint32_t cols, uint32_t d1, uint32_t d2)
{
	if (r == b->n) {
		b->found++;
		b->sum = mix(b->sum, (uint64_t)b->row[0] * 31 + (uint64_t)b->row[b->n - 1]);
		return;
	}
	uint32_t open = ~(cols | d1 | d2) & ((1u << b->n) - 1);
	while (open) {
		uint32_t bit = open & -open;
		open ^= bit;
		b->row[r] = __builtin_ctz(bit);
		place(b, r + 1, cols | bit, (d1 | bit) << 1, (d2 | bit) >> 1);
	}
}

uint64_t kernel(long n)
{
	struct board b = { .n = (int)n };
	place(&b, 0, 0, 0, 0);
	return mix(b.sum, (uint64_t)b.found);
}
