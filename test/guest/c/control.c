/* Control flow: dense and sparse switches, computed goto, loops with many exits,
 * tail calls, duff's device, short-circuit chains. */
#include "t.h"

static NOINLINE int dense(int x)
{
	switch (x) {
	case 0: return 5; case 1: return x * 7; case 2: return 11; case 3: return x + 100; case 4: return -1; case 5: return 31;
	case 6: return 77; case 7: x += 3; /* fall through */ case 8: return x ^ 9; case 9: return 2; case 10: return 64;
	case 11: case 12: case 13: return x << 4; case 14: return 1; case 15: return 0; case 16: return 99; case 17: return x / 3;
	default: return -100;
	}
}

static NOINLINE int sparse(int x)
{
	switch (x) {
	case -1000000: return 1; case -1: return 2; case 0: return 3; case 17: return 4; case 1000: return 5; case 1 << 20: return 6;
	case 0x7fffffff: return 7; case 42: return 8; case 43: return 9; case 44: return 10; case 5000: return 11; case -77: return 12;
	default: return 0;
	}
}

static NOINLINE const char *names(unsigned x)
{
	switch (x) {
	case 0: return "zero"; case 1: return "one"; case 2: return "two"; case 3: return "three"; case 4: return "four"; case 5: return "five";
	default: return "many";
	}
}

static NOINLINE uint64_t gotos(const uint8_t *p, size_t n)
{
	static const void *const t[] = { &&a, &&b, &&c, &&d, &&e };
	uint64_t acc = 1;
	size_t i = 0;
next:
	if (i == n)
		return acc;
	goto *t[p[i++] % 5];
a:	acc += 3; goto next;
b:	acc *= 5; goto next;
c:	acc ^= acc >> 7; goto next;
d:	acc = acc << 1 | acc >> 63; goto next;
e:	if (acc & 1) goto a;
	acc--;
	goto next;
}

static NOINLINE void duff(char *to, const char *from, int count)
{
	int n = (count + 7) / 8;
	switch (count % 8) {
	case 0: do { *to++ = *from++; /* fall through */
	case 7: *to++ = *from++; /* fall through */
	case 6: *to++ = *from++; /* fall through */
	case 5: *to++ = *from++; /* fall through */
	case 4: *to++ = *from++; /* fall through */
	case 3: *to++ = *from++; /* fall through */
	case 2: *to++ = *from++; /* fall through */
	case 1: *to++ = *from++;
		} while (--n > 0);
	}
}

static NOINLINE uint64_t tail(uint64_t n, uint64_t acc) { return n == 0 ? acc : tail(n - 1, acc * 31 + n); }

static NOINLINE int exits(const int *v, int n)
{
	int s = 0;
	for (int i = 0; i < n; i++) {
		if (v[i] == 13)
			break;
		if (v[i] % 7 == 3)
			continue;
		for (int j = i; j < n; j++) {
			if (v[j] > 900)
				goto out;
			if ((v[j] & 3) == 0 && v[i] < v[j])
				break;
			s += v[j];
		}
		s ^= i;
	}
out:
	return s;
}

static NOINLINE int crc_state(const uint8_t *p, size_t n)
{
	enum { START, WORD, NUMBER, SPACE, QUOTE } st = START;
	int words = 0, numbers = 0, quotes = 0;
	for (size_t i = 0; i < n; i++) {
		int c = p[i] & 0x7f;
		switch (st) {
		case START: case SPACE: st = c >= 'a' && c <= 'z' ? (words++, WORD) : c >= '0' && c <= '9' ? (numbers++, NUMBER) : c == '"' ? QUOTE : SPACE; break;
		case WORD: if (c < 'a' || c > 'z') st = SPACE; break;
		case NUMBER: if (c < '0' || c > '9') st = c == '"' ? QUOTE : SPACE; break;
		case QUOTE: if (c == '"') { quotes++; st = SPACE; } break;
		}
	}
	return words * 10000 + numbers * 100 + quotes;
}

int main(void)
{
	begin("dense");
	for (int i = -5; i < 30; i++)
		mix(dense(hide(i)));
	end();
	begin("sparse");
	static const int xs[] = { -1000000, -1, 0, 17, 1000, 1 << 20, 0x7fffffff, 42, 43, 44, 5000, -77, 1, 2, -2, 1001 };
	for (size_t i = 0; i < COUNT(xs); i++)
		mix(sparse(xs[i]));
	end();
	for (unsigned i = 0; i < 8; i++)
		printf("%s ", names(hide(i)));
	printf("\n");
	static uint8_t data[5000];
	for (size_t i = 0; i < sizeof data; i++)
		data[i] = (uint8_t)(rnd() >> 17);
	begin("gotos");
	for (size_t n = 0; n < sizeof data; n += 97)
		mix(gotos(data, n));
	end();
	begin("duff");
	for (int n = 1; n < 200; n++) {
		char out[256] = { 0 };
		duff(out, (const char *)data + n, n);
		mix_bytes(out, sizeof out);
	}
	end();
	printf("tail %" PRIx64 "\n", tail(10000, 1));
	begin("exits");
	for (int k = 0; k < 200; k++) {
		int v[60];
		for (int i = 0; i < 60; i++)
			v[i] = (int)(rnd() >> 20) % 1000;
		mix(exits(v, 60));
	}
	end();
	begin("states");
	for (size_t n = 0; n < sizeof data; n += 311)
		mix(crc_state(data, n));
	end();
	return 0;
}
