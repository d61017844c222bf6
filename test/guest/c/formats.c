/* printf and scanf: every conversion with flags, widths and precisions; strtol,
 * strtod and their errors. */
#include "t.h"
#include <errno.h>
#include <math.h>

int main(void)
{
	static const char *const ifmt[] = { "%d", "%5d", "%-8d|", "%+d", "% d", "%08d", "%.5d", "%x", "%#x", "%X", "%o", "%#o", "%u", "%'d", "%12.7d", "%c", "%hhd", "%hd" };
	static const int iv[] = { 0, 1, -1, 42, -12345, 2147483647, -2147483647 - 1, 65 };
	for (size_t i = 0; i < COUNT(ifmt); i++)
		for (size_t j = 0; j < COUNT(iv); j++) {
			if (ifmt[i][1] == 'c' && iv[j] != 65)
				continue;
			printf("[");
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
			printf(ifmt[i], iv[j]);
#pragma GCC diagnostic pop
			printf("]%s", j == COUNT(iv) - 1 ? "\n" : "");
		}
	static const char *const dfmt[] = { "%f", "%.0f", "%#.0f", "%.3f", "%10.2f", "%-10.1f|", "%+.4e", "%E", "%g", "%G", "%.10g", "%#g", "%a", "%.3a", "%020.6f", "% f", "%.17g", "%.40f" };
	static const double dv[] = { 0, -0.0, 1, -1.5, 3.14159265358979, 1e10, 1.23456789e-7, 1e100, 5e-324, 1.7976931348623157e308, 0.1, 0.5, 1.5, 2.5, 999999.5, INFINITY, -INFINITY };
	for (size_t i = 0; i < COUNT(dfmt); i++)
		for (size_t j = 0; j < COUNT(dv); j++) {
			printf("[");
			printf(dfmt[i], dv[j]);
			printf("]%s", j == COUNT(dv) - 1 ? "\n" : "");
		}
	printf("%s|%10s|%-10s|%.3s|%*s|%-*s|%%|%5c\n", "abc", "abc", "abc", "abcdef", 7, "w", 7, "l", 'q');
	printf("%lld %llu %zx %jd %td %hhu %hu\n", -1ll, ~0ull, (size_t)255, (intmax_t)-5, (ptrdiff_t)9, (unsigned char)300, (unsigned short)70000);
	printf("%2$s %1$d %3$.2f\n", 7, "positional", 2.25);
	int n = 0;
	printf("count%n ", &n);
	printf("%d %p\n", n, (void *)0x1234);
	char buf[16];
	printf("%d %s\n", snprintf(buf, sizeof buf, "%s", "longer than the buffer"), buf);

	int a, b;
	unsigned x;
	float f;
	double d;
	char s[20], t[20], c;
	long l;
	printf("%d ", sscanf("12 -34 0xff 2.5 1e3 word x 99", "%d %d %x %f %lf %19s %c %ld", &a, &b, &x, &f, &d, s, &c, &l));
	printf("%d %d %x %g %g %s %c %ld\n", a, b, x, f, d, s, c, l);
	printf("%d ", sscanf("abc123,def", "%19[a-z]%d,%19[^0-9]", s, &a, t));
	printf("%s %d %s\n", s, a, t);
	printf("%d %d\n", sscanf("xyz", "%d", &a), sscanf("", "%d", &a));
	printf("%d ", sscanf("077 0x1f 12", "%i %i %*d%n", &a, &b, &n));
	printf("%d %d %d\n", a, b, n);

	static const char *const nums[] = { "0", "-1", "+77", "  42abc", "9223372036854775807", "9223372036854775808", "-9223372036854775809", "0x7f", "0b1", "zz", "", "017", "18446744073709551615", "18446744073709551616" };
	for (size_t i = 0; i < COUNT(nums); i++)
		for (int base = 0; base <= 36; base += 1 + base / 2 * 3) {
			if (base == 1)
				continue;
			char *e;
			errno = 0;
			long v = strtol(nums[i], &e, base);
			printf("%ld/%d/%ld ", v, errno, (long)(e - nums[i]));
			errno = 0;
			unsigned long u = strtoul(nums[i], &e, base);
			printf("%lu/%d%s", u, errno, base == 36 ? "\n" : " ");
		}
	printf("\n");
	static const char *const reals[] = { "0", "-0", "1e400", "1e-400", "4.9e-324", "2.4703282292062327e-324", "2.4703282292062328e-324", "0x1.8p3", "inf", "-nan", "1.7976931348623159e308",
		"9007199254740993", "0.1", "123456789012345678901234567890", "1e", ".5", "1.00000017881393432617187499", "8.5e-46", "abc", "3.4028236e38" };
	for (size_t i = 0; i < COUNT(reals); i++) {
		char *e;
		errno = 0;
		double v = strtod(reals[i], &e);
		int err = errno;
		float w = strtof(reals[i], NULL);
		if (v != v)
			printf("nan ");
		else
			printf("%016" PRIx64 " %08" PRIx32 " ", b64(v), b32(w));
		printf("%d %ld\n", err, (long)(e - reals[i]));
	}
	return 0;
}
