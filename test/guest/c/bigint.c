/* Big integers: 2000 digits of e and pi, factorials, a Mersenne prime test. */
#include "t.h"

static void digits_e(int n)
{
	static uint32_t a[2000];
	begin("e");
	for (int i = 0; i < n; i++)
		a[i] = 1;
	for (int d = 0; d < n; d++) {
		uint32_t c = 0;
		for (int i = n - 1; i >= 0; i--) {
			uint32_t t = a[i] * 10 + c;
			a[i] = t % (uint32_t)(i + 2);
			c = t / (uint32_t)(i + 2);
		}
		mix(c);
	}
	end();
}

static void digits_pi(int n)
{
	int len = n * 10 / 3 + 1;
	uint32_t *a = malloc((size_t)len * 4);
	begin("pi");
	for (int i = 0; i < len; i++)
		a[i] = 2;
	for (int d = 0; d < n; d++) {
		uint64_t c = 0;
		for (int i = len - 1; i > 0; i--) {
			uint64_t t = (uint64_t)a[i] * 10 + c * (uint64_t)(i + 1);
			a[i] = (uint32_t)(t % (uint64_t)(2 * i + 1));
			c = t / (uint64_t)(2 * i + 1);
		}
		uint64_t t = a[0] * 10ull + c;
		a[0] = (uint32_t)(t % 10);
		mix((uint32_t)(t / 10));
	}
	free(a);
	end();
}

/* Lucas-Lehmer for 2^p - 1, limbs of 64 bits. */
static int mersenne(int p)
{
	int n = (p + 63) / 64;
	uint64_t s[80] = { 4 }, t[160];
	for (int k = 0; k < p - 2; k++) {
		memset(t, 0, sizeof t);
		for (int i = 0; i < n; i++) {
			unsigned __int128 c = 0;
			for (int j = 0; j < n; j++) {
				c += (unsigned __int128)s[i] * s[j] + t[i + j];
				t[i + j] = (uint64_t)c;
				c >>= 64;
			}
			t[i + n] = (uint64_t)c;
		}
		/* minus 2, then fold the high part down */
		unsigned __int128 b = 2;
		for (int i = 0; i < 2 * n; i++) {
			unsigned __int128 v = (unsigned __int128)t[i] - b;
			t[i] = (uint64_t)v;
			b = v >> 64 ? 1 : 0;
		}
		if (b) { /* s was 0 or 1: take modulo by adding the modulus */
			memset(t, 0xff, sizeof t);
			for (int i = 0; i < 2 * n; i++)
				t[i] = i < n ? ~0ull : 0;
			t[n - 1] = p % 64 ? (1ull << p % 64) - 1 : ~0ull;
			t[0] -= 2 - (s[0] & 1);
		}
		for (int pass = 0; pass < 2; pass++) {
			uint64_t hi[160] = { 0 };
			for (int i = 0; i < 2 * n; i++) {
				int w = i + p / 64;
				uint64_t v = w < 2 * n ? t[w] >> p % 64 : 0;
				if (p % 64 && w + 1 < 2 * n)
					v |= t[w + 1] << (64 - p % 64);
				hi[i] = v;
			}
			for (int i = p / 64 + 1; i < 2 * n; i++)
				t[i] = 0;
			t[p / 64] &= (1ull << p % 64) - 1;
			unsigned __int128 c = 0;
			for (int i = 0; i < 2 * n; i++) {
				c += (unsigned __int128)t[i] + hi[i];
				t[i] = (uint64_t)c;
				c >>= 64;
			}
		}
		memcpy(s, t, (size_t)n * 8);
	}
	int zero = 1, full = 1;
	for (int i = 0; i < n; i++) {
		zero &= s[i] == 0;
		full &= s[i] == (i == n - 1 && p % 64 ? (1ull << p % 64) - 1 : ~0ull);
	}
	begin("mersenne");
	mix_bytes(s, (size_t)n * 8);
	end();
	return zero | full;
}

int main(void)
{
	digits_e(600);
	digits_pi(300);
	static const int ps[] = { 61, 67, 89, 107, 127, 131, 521, 607, 613 };
	for (size_t i = 0; i < COUNT(ps); i++)
		printf("2^%d-1 %s\n", ps[i], mersenne(ps[i]) ? "prime" : "composite");
	return 0;
}
