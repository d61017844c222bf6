/* The C library's string functions over every alignment and many lengths, with
 * strings that end at an inaccessible page: reading past the end would fault. */
#include "t.h"
#include <ctype.h>
#include <strings.h>
#include <sys/mman.h>

static char *edge;  /* end of a readable page; the next is not accessible */
static char *edge2;

static char *guarded(void)
{
	char *p = mmap(NULL, 3 * 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED || mprotect(p + 2 * 65536, 65536, PROT_NONE))
		exit(2);
	return p + 2 * 65536;
}

static void text(char *p, size_t n, int alphabet)
{
	for (size_t i = 0; i < n; i++)
		p[i] = (char)('a' + rnd() % (unsigned)alphabet);
	p[n] = 0;
}

static int64_t off(const char *base, const char *p) { return p ? p - base : -1; }
static int sgn(int v) { return (v > 0) - (v < 0); }

static void lengths(void)
{
	begin("strlen");
	for (size_t n = 0; n < 300; n++)
		for (size_t tailroom = 0; tailroom < 17; tailroom += 1 + n / 40) {
			char *s = edge - n - 1 - tailroom;
			text(s, n, 26);
			mix(strlen(s)); mix(strnlen(s, n / 2)); mix(strnlen(s, n + 5 < n + 1 + tailroom ? n + 5 : n + 1));
			mix(off(s, rawmemchr(s, 0))); mix(off(s, strchrnul(s, 'q')));
		}
	end();
	begin("strchr");
	for (size_t n = 0; n < 200; n++) {
		char *s = edge - n - 1 - (n & 3);
		text(s, n, 26);
		for (int c = 'a'; c < 'h'; c++) {
			mix(off(s, strchr(s, c))); mix(off(s, strrchr(s, c))); mix(off(s, memchr(s, c, n))); mix(off(s, memrchr(s, c, n)));
			mix(off(s, index(s, c))); mix(off(s, rindex(s, c)));
		}
		mix(off(s, strchr(s, 0))); mix(off(s, strrchr(s, 0)));
		mix(strspn(s, "abcdefghijklm")); mix(strcspn(s, "xyz")); mix(off(s, strpbrk(s, "zyx")));
	}
	end();
}

static void compares(void)
{
	begin("strcmp");
	for (size_t n = 0; n < 150; n++)
		for (size_t a = 0; a < 17; a += 1 + n / 30) {
			char *s = edge - n - 1 - a, *t = edge2 - n - 1 - (a * 7 & 15);
			text(s, n, 3);
			memcpy(t, s, n + 1);
			mix(sgn(strcmp(s, t))); mix(sgn(memcmp(s, t, n)));
			if (n) {
				t[rnd() % n] ^= (char)(rnd() & 0x80 ? 0x80 : 1);
				mix(sgn(strcmp(s, t))); mix(sgn(strncmp(s, t, n / 2))); mix(sgn(memcmp(s, t, n)));
				mix(sgn(memcmp(s, t, n / 3))); mix(sgn(strcasecmp(s, t))); mix(sgn(strncasecmp(s, t, n / 2)));
				mix(bcmp(s, t, n) != 0); mix(sgn(strcoll(s, t))); mix(sgn(strverscmp(s, t)));
			}
		}
	end();
	begin("strstr");
	for (int n = 0; n < 400; n++) {
		char *s = edge - n - 1, needle[16];
		text(s, (size_t)n, 2);
		text(needle, rnd() % 12, 2);
		mix(off(s, strstr(s, needle))); mix(off(s, memmem(s, (size_t)n, needle, strlen(needle)))); mix(off(s, strcasestr(s, needle)));
	}
	end();
}

static void copies(void)
{
	static char a[9000], b[9000];
	begin("memcpy");
	for (size_t n = 0; n < 600; n += 1 + n / 100)
		for (size_t s = 0; s < 20; s += 3)
			for (size_t d = 0; d < 20; d += 5) {
				text(a, 700, 26);
				memset(b, 'Z', sizeof b);
				mix((int64_t)((char *)memcpy(b + d, a + s, n) - b));
				mix_bytes(b, d + n + 8);
			}
	end();
	begin("memmove");
	for (size_t n = 0; n < 500; n += 1 + n / 60)
		for (int d = -40; d <= 40; d += 7) {
			text(a, 800, 26);
			memmove(a + 100 + d, a + 100, n);
			mix_bytes(a, 800);
		}
	end();
	begin("memset");
	for (size_t n = 0; n < 900; n += 1 + n / 50)
		for (size_t d = 0; d < 17; d += 4) {
			memset(b, 1, 1000);
			memset(b + d, (int)n, n);
			mix_bytes(b, 1000);
			memset(b + d, 0, n);
			mix_bytes(b, 1000);
		}
	for (size_t n = 1000; n < 9000; n += 777) {
		memset(a, 0, n);
		memcpy(b, a, n);
		mempcpy(a, b + 3, n - 3);
		bzero(b + 5, n - 9);
		mix_bytes(b, n);
	}
	end();
	begin("strcpy");
	for (size_t n = 0; n < 200; n++)
		for (size_t d = 0; d < 16; d += 3) {
			char *s = edge - n - 1;
			text(s, n, 26);
			memset(b, 'Q', 600);
			mix((int64_t)(strcpy(b + d, s) - b)); mix((int64_t)(stpcpy(b + 210, s) - b));
			strncpy(b + 420, s, n / 2 + 3); mix((int64_t)(stpncpy(b + 530, s, 20) - b));
			strcat(b + d, "tail"); strncat(b + d, s, 5);
			mix_bytes(b, 600);
			memccpy(b, s, 'm', n); mix_bytes(b, 40);
		}
	end();
	begin("strdup tok");
	for (int i = 0; i < 50; i++) {
		char line[200], *save;
		text(line, 190, 5);
		char *dup = strdup(line), *nd = strndup(line, 20);
		for (char *t = strtok_r(dup, "ae", &save); t; t = strtok_r(NULL, "ae", &save))
			mix_bytes(t, strlen(t));
		char *p = line;
		for (char *t; (t = strsep(&p, "b"));)
			mix(strlen(t));
		mix_bytes(nd, 21);
		free(dup);
		free(nd);
	}
	for (int c = 0; c < 256; c++) {
		mix(toupper(c)); mix(tolower(c));
		mix(!!isalpha(c) + 2 * !!isdigit(c) + 4 * !!isspace(c) + 8 * !!ispunct(c) + 16 * !!isprint(c) + 32 * !!isxdigit(c));
	}
	end();
}

int main(void)
{
	edge = guarded();
	edge2 = guarded();
	lengths();
	compares();
	copies();
	return 0;
}
