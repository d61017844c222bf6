/* Pointer chasing through a random cycle that fits the second-level cache. */
#include "bench.h"

struct node { struct node *next; uint64_t v; };
#define COUNT 16384
static struct node nodes[COUNT];

uint64_t kernel(long n)
{
	static uint32_t perm[COUNT];
	for (uint32_t i = 0; i < COUNT; i++)
		perm[i] = i;
	for (uint32_t i = COUNT - 1; i > 0; i--) {
		uint32_t j = (uint32_t)(rnd() % (i + 1)), t = perm[i];
		perm[i] = perm[j];
		perm[j] = t;
	}
	for (uint32_t i = 0; i < COUNT; i++) {
		nodes[perm[i]].next = &nodes[perm[(i + 1) % COUNT]];
		nodes[perm[i]].v = rnd();
	}
	uint64_t sum = 0;
	struct node *p = nodes;
	for (long i = 0; i < n; i++) {
		sum += p->v;
		p = p->next;
	}
	return mix(sum, (uint64_t)(p - nodes));
}
