/* qsort and bsearch with callbacks, tsearch, hsearch, lsearch; heap and radix sort. */
#include "t.h"
#include <search.h>

struct rec { int key; char name[20]; double w; };

static int by_key(const void *a, const void *b) { const struct rec *x = a, *y = b; return (x->key > y->key) - (x->key < y->key); }
static int by_name(const void *a, const void *b) { return strcmp(((const struct rec *)a)->name, ((const struct rec *)b)->name); }
static int by_weight(const void *a, const void *b, void *sign) { double x = ((const struct rec *)a)->w, y = ((const struct rec *)b)->w; return *(int *)sign * ((x > y) - (x < y)); }
static int by_int(const void *a, const void *b) { int x = *(const int *)a, y = *(const int *)b; return (x > y) - (x < y); }
static int by_ptr(const void *a, const void *b) { return **(char *const *)a - **(char *const *)b; }

static uint64_t walk_sum;
static void walk(const void *node, VISIT v, int depth) { if (v == postorder || v == leaf) walk_sum = walk_sum * 31 + (uint64_t)(**(int *const *)node + depth * 0); }

static NOINLINE void heap_sort(int *v, int n)
{
	for (int i = n / 2 - 1; i >= 0; i--)
		for (int k = i, c; (c = 2 * k + 1) < n; k = c) {
			if (c + 1 < n && v[c + 1] > v[c]) c++;
			if (v[k] >= v[c]) break;
			int t = v[k]; v[k] = v[c]; v[c] = t;
		}
	for (int m = n - 1; m > 0; m--) {
		int t = v[0]; v[0] = v[m]; v[m] = t;
		for (int k = 0, c; (c = 2 * k + 1) < m; k = c) {
			if (c + 1 < m && v[c + 1] > v[c]) c++;
			if (v[k] >= v[c]) break;
			t = v[k]; v[k] = v[c]; v[c] = t;
		}
	}
}

static NOINLINE void radix_sort(uint32_t *v, uint32_t *tmp, int n)
{
	for (int sh = 0; sh < 32; sh += 8) {
		int cnt[257] = { 0 };
		for (int i = 0; i < n; i++) cnt[(v[i] >> sh & 255) + 1]++;
		for (int i = 0; i < 256; i++) cnt[i + 1] += cnt[i];
		for (int i = 0; i < n; i++) tmp[cnt[v[i] >> sh & 255]++] = v[i];
		memcpy(v, tmp, (size_t)n * 4);
	}
}

int main(void)
{
	static struct rec r[3000];
	for (size_t i = 0; i < COUNT(r); i++) {
		r[i].key = (int)(rnd() >> 40) % 100000 * 3000 + (int)i;
		snprintf(r[i].name, sizeof r[i].name, "n%06x", (unsigned)(rnd() >> 40) ^ (unsigned)i);
		r[i].w = (double)(rnd() >> 30) / 7 + (double)i * 1e-3;
	}
	begin("by key");
	qsort(r, COUNT(r), sizeof *r, by_key);
	for (size_t i = 0; i < COUNT(r); i++) mix(r[i].key);
	end();
	begin("bsearch");
	for (int i = 0; i < 2000; i++) {
		struct rec k = { .key = i & 1 ? r[rnd() % COUNT(r)].key : (int)(rnd() >> 34) };
		struct rec *f = bsearch(&k, r, COUNT(r), sizeof *r, by_key);
		mix(f ? f - r : -1l);
	}
	end();
	begin("by name");
	qsort(r, COUNT(r), sizeof *r, by_name);
	for (size_t i = 0; i < COUNT(r); i++) mix_bytes(r[i].name, strlen(r[i].name));
	end();
	begin("by weight");
	int sign = -1;
	qsort_r(r, COUNT(r), sizeof *r, by_weight, &sign);
	for (size_t i = 0; i < COUNT(r); i++) mix_d(r[i].w);
	end();
	static int v[20000];
	static uint32_t u[20000], tmp[20000];
	for (size_t i = 0; i < COUNT(v); i++) { v[i] = (int)rnd(); u[i] = (uint32_t)v[i]; }
	begin("heap radix");
	heap_sort(v, COUNT(v));
	radix_sort(u, tmp, COUNT(u));
	for (size_t i = 0; i < COUNT(v); i += 7) { mix(v[i]); mix(u[i]); }
	end();
	begin("tsearch");
	void *root = NULL;
	for (int i = 0; i < 3000; i++) tsearch(&v[(i * 7919) % 20000], &root, by_int);
	twalk(root, walk);
	mix(walk_sum);
	for (int i = 0; i < 1000; i++) mix(tfind(&v[i], &root, by_int) != NULL);
	for (int i = 0; i < 2000; i++) tdelete(&v[(i * 7919) % 20000], &root, by_int);
	walk_sum = 0;
	twalk(root, walk);
	mix(walk_sum);
	end();
	const char *p[] = { "zeta", "beta", "alpha", "gamma", "delta" };
	qsort(p, 5, sizeof *p, by_ptr);
	for (int i = 0; i < 5; i++) printf("%s ", p[i]);
	printf("\n");
	return 0;
}
