/* A balanced (treap) map built of malloc'd nodes: insert, find, erase. */
#include "bench.h"

struct node { struct node *l, *r; uint32_t key, prio; };

static NOINLINE void split(struct node *t, uint32_t key, struct node **l, struct node **r)
{
	if (!t) {
		*l = *r = NULL;
	} else if (t->key < key) {
		split(t->r, key, &t->r, r);
		*l = t;
	} else {
		split(t->l, key, l, &t->l);
		*r = t;
	}
}

static NOINLINE struct node *merge(struct node *a, struct node *b)
{
	if (!a) return b;
	if (!b) return a;
	if (a->prio > b->prio) {
		a->r = merge(a->r, b);
		return a;
	}
	b->l = merge(a, b->l);
	return b;
}

uint64_t kernel(long n)
{
	struct node *root = NULL;
	uint64_t h = 0;
	for (long i = 0; i < n; i++) {
		uint64_t r = rnd();
		uint32_t key = (uint32_t)(r >> 16) % 20000;
		struct node *a, *b, *c;
		split(root, key, &a, &b);
		split(b, key + 1, &b, &c);
		if (!b) {
			b = malloc(sizeof *b);
			*b = (struct node){ NULL, NULL, key, (uint32_t)(r >> 32) };
		} else if (r & 1) {
			free(b);
			b = NULL;
			h += key;
		}
		root = merge(merge(a, b), c);
	}
	for (struct node *p = root; p; p = p->key & 1 ? p->l : p->r)
		h = mix(h, p->key);
	return h;
}
