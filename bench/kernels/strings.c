/* The C library's string functions over short and medium strings. On ARM these
 * are the hand-written SIMD versions that translators find hard. */
#include "bench.h"

#define COUNT 512
#define MAXLEN 256
static char text[COUNT][MAXLEN + 16];

uint64_t kernel(long n)
{
	uint64_t h = 0;
	static char buf[2 * MAXLEN + 64];
	for (int i = 0; i < COUNT; i++) {
		int len = (int)(rnd() % (i & 1 ? 24 : MAXLEN)) + 1;
		for (int j = 0; j < len; j++)
			text[i][j] = (char)('a' + rnd() % 20);
		text[i][len] = 0;
	}
	for (long k = 0; k < n; k++) {
		for (int i = 0; i < COUNT; i++) {
			const char *s = text[i], *t = text[(i * 7 + (int)k) % COUNT];
			size_t len = strlen(s);
			strcpy(buf + (i & 7), s);
			h += len + (size_t)(strcmp(s, t) > 0) + (size_t)(strcmp(buf + (i & 7), s) == 0);
			const char *c = strchr(s, 'q');
			h += c ? (size_t)(c - s) : 1000;
			c = strrchr(t, 'e');
			h += c ? (size_t)(c - t) : 1000;
			c = memchr(s, 'z', len);
			h += c ? 1 : 0;
			h += (size_t)(memcmp(s, t, len < 16 ? len : 16) < 0);
			strncat(buf, t, 40);
			h += strnlen(buf, sizeof buf);
		}
	}
	return mix(0, h);
}
