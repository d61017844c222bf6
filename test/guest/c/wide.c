/* Wide characters and multibyte conversions. */
#include "t.h"
#include <locale.h>
#include <wchar.h>
#include <wctype.h>

int main(void)
{
	printf("locale %s\n", setlocale(LC_ALL, "C.UTF-8") ? "set" : setlocale(LC_ALL, "C"));
	static wchar_t a[600], b[600];
	begin("wcs");
	for (size_t n = 0; n < 300; n += 3) {
		for (size_t i = 0; i < n; i++)
			a[i] = (wchar_t)(L'a' + rnd() % 20);
		a[n] = 0;
		wcscpy(b + (n & 3), a);
		mix(wcslen(a)); mix(wcscmp(a, b + (n & 3))); mix(wcschr(a, L'k') ? wcschr(a, L'k') - a : -1); mix(wcsrchr(a, L'b') ? wcsrchr(a, L'b') - a : -1);
		mix(wmemchr(a, L'c', n) ? wmemchr(a, L'c', n) - a : -1); mix(wcsspn(a, L"abcdefgh")); mix(wcsnlen(a, n / 2));
		wmemset(b, L'x', n); wmemmove(b + 3, b, n); wcsncat(b, L"end", 2);
		mix_bytes(b, sizeof b);
		mix(wmemcmp(a, b, n) > 0);
	}
	end();
	begin("multibyte");
	char buf[2000];
	for (wchar_t c = 1; c < 0x3000; c += 7) {
		char out[16];
		mbstate_t st = { 0 };
		size_t n = wcrtomb(out, c, &st);
		mix((int)n);
		if (n == (size_t)-1)
			continue;
		wchar_t back = 0;
		memset(&st, 0, sizeof st);
		mix((int)mbrtowc(&back, out, n, &st));
		mix(back);
		mix(towupper((wint_t)c)); mix(!!iswalpha((wint_t)c) + 2 * !!iswupper((wint_t)c)); mix(wcwidth(c));
	}
	end();
	wcscpy(a, L"wide text 12345 -9.5");
	printf("%zu %ls %d\n", wcstombs(buf, a, sizeof buf), a, swprintf(b, 600, L"%d %ls %f", -5, L"in", 2.5));
	printf("%ld %g\n", wcstol(L"-123", NULL, 10), wcstod(L"2.75e3", NULL));
	return 0;
}
