#include "calc.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
	const char *text;
	double      value;
	const char *error;
} cases[] = {
	{"1 + 2 * 3", 7, 0},
	{"(1 + 2) * 3", 9, 0},
	{"2 ^ 3 ^ 2", 512, 0},
	{"-2 - -3", 1, 0},
	{"7.5 % 2", 1.5, 0},
	{"1 / 0", INFINITY, 0},
	{"sqrt(2) * sqrt(2)", 2.0000000000000004, 0},
	{"gamma(6)", 120, 0},
	{"exp(log(10))", 10.000000000000002, 0},
	{"(1", 0, "missing )"},
	{"cosh(1)", 0, "no such function"},
	{"co(1)", 0, "no such function"},
	{"1 2", 0, "text after the expression"},
	{"", 0, "no number"},
};

int main(void)
{
	int failed = 0;
	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
		double      v = 0;
		const char *error = 0;
		calc(cases[i].text, &v, &error);
		if ((!error && v != cases[i].value) || !error != !cases[i].error || (error && strcmp(error, cases[i].error))) {
			printf("%s: %.17g, %s\n", cases[i].text, v, error ? error : "no error");
			failed++;
		}
	}
	printf("%zu cases, %d failed\n", sizeof cases / sizeof *cases, failed);
	return failed != 0;
}
