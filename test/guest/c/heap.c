/* The allocator: random sizes and lifetimes, alignment, realloc, large blocks
 * that are mapped, trimming; contents must stay what was written. */
#include "t.h"
#include <malloc.h>

#define SLOTS 600
static unsigned char *p[SLOTS];
static size_t n[SLOTS];
static unsigned char tag[SLOTS];

static void check(int i)
{
	for (size_t k = 0; k < n[i]; k += n[i] > 4096 ? 509 : 1)
		if (p[i][k] != (unsigned char)(tag[i] + k)) {
			printf("slot %d byte %zu is wrong\n", i, k);
			exit(1);
		}
}

static void write_tag(int i, unsigned char t)
{
	tag[i] = t;
	for (size_t k = 0; k < n[i]; k++)
		p[i][k] = (unsigned char)(t + k);
}

int main(void)
{
	uint64_t total = 0, misaligned = 0;
	for (int i = 0; i < 60000; i++) {
		int s = (int)(rnd() >> 33) % SLOTS;
		uint64_t r = rnd();
		if (p[s]) {
			check(s);
			if (r & 1) {
				size_t old = n[s];
				n[s] = (size_t)(r >> 20) % (r & 0x300 ? 300 : 30000) + 1;
				p[s] = realloc(p[s], n[s]);
				size_t keep = old < n[s] ? old : n[s], save = n[s];
				n[s] = keep;
				check(s);
				n[s] = save;
				write_tag(s, (unsigned char)r);
			} else {
				free(p[s]);
				p[s] = NULL;
			}
			continue;
		}
		n[s] = (size_t)(r >> 24) % (r & 0xff ? 500 : 300000) + 1;
		switch (r >> 60 & 3) {
		case 0: p[s] = calloc(1, n[s]); for (size_t k = 0; k < n[s]; k++) total += p[s][k]; break;
		case 1: if (posix_memalign((void **)&p[s], 256, n[s])) return 2; misaligned += (uintptr_t)p[s] % 256; break;
		case 2: p[s] = aligned_alloc(64, (n[s] + 63) & ~63ul); misaligned += (uintptr_t)p[s] % 64; break;
		default: p[s] = malloc(n[s]); misaligned += (uintptr_t)p[s] % 16;
		}
		total += n[s];
		write_tag(s, (unsigned char)(r >> 8));
	}
	printf("total %" PRIu64 " misaligned %" PRIu64 "\n", total, misaligned);
	for (int i = 0; i < SLOTS; i++)
		if (p[i]) {
			check(i);
			free(p[i]);
		}
	malloc_trim(0);
	char *big = malloc(200 << 20);
	for (size_t i = 0; i < 200ul << 20; i += 4096 * 64)
		big[i] = (char)i;
	big = realloc(big, 300 << 20);
	uint64_t s = 0;
	for (size_t i = 0; i < 200ul << 20; i += 4096 * 64)
		s += (unsigned char)big[i];
	free(big);
	printf("big %" PRIu64 "\n", s);
	printf("huge %s\n", malloc((size_t)hide(1ll << 62)) ? "given" : "refused");
	return 0;
}
