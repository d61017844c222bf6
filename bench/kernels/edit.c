/* Edit distance by dynamic programming: minimum of three, short loads. */
#include "bench.h"

#define LEN 1000

uint64_t kernel(long n)
{
	static char s[LEN], t[LEN];
	static uint16_t row[LEN + 1];
	uint64_t h = 0;
	for (long k = 0; k < n; k++) {
		for (int i = 0; i < LEN; i++) {
			s[i] = (char)(rnd() % 4);
			t[i] = (char)(rnd() % 4);
		}
		for (int j = 0; j <= LEN; j++)
			row[j] = (uint16_t)j;
		for (int i = 1; i <= LEN; i++) {
			uint16_t diag = row[0];
			row[0] = (uint16_t)i;
			for (int j = 1; j <= LEN; j++) {
				uint16_t up = row[j], best = (uint16_t)(diag + (s[i - 1] != t[j - 1]));
				if (up + 1 < best) best = (uint16_t)(up + 1);
				if (row[j - 1] + 1 < best) best = (uint16_t)(row[j - 1] + 1);
				diag = up;
				row[j] = best;
			}
		}
		h = mix(h, row[LEN]);
	}
	return h;
}
