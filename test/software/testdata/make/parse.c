#include "calc.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

static double sum(struct calc *c);

static _Noreturn void fail(struct calc *c, const char *why)
{
	c->error = why;
	longjmp(c->out, 1);
}

static int take(struct calc *c, char want)
{
	while (isspace((unsigned char)*c->at))
		c->at++;
	if (*c->at != want)
		return 0;
	c->at++;
	return 1;
}

static double atom(struct calc *c)
{
	if (take(c, '-'))
		return -atom(c);
	if (take(c, '(')) {
		double v = sum(c);
		if (!take(c, ')'))
			fail(c, "missing )");
		return v;
	}
	if (isalpha((unsigned char)*c->at)) {
		const char *name = c->at;
		double      v;
		while (isalnum((unsigned char)*c->at))
			c->at++;
		size_t len = c->at - name;
		if (!take(c, '('))
			fail(c, "missing (");
		v = sum(c);
		if (!take(c, ')'))
			fail(c, "missing )");
		if (!call(name, len, v, &v))
			fail(c, "no such function");
		return v;
	}
	char  *end;
	double v = strtod(c->at, &end);
	if (end == c->at)
		fail(c, "no number");
	c->at = end;
	return v;
}

static double power(struct calc *c)
{
	double v = atom(c);
	return take(c, '^') ? pow(v, power(c)) : v;
}

static double product(struct calc *c)
{
	double v = power(c);
	for (;;) {
		if (take(c, '*')) {
			v *= power(c);
		} else if (take(c, '/')) {
			v /= power(c);
		} else if (take(c, '%')) {
			v = fmod(v, power(c));
		} else {
			return v;
		}
	}
}

static double sum(struct calc *c)
{
	double v = product(c);
	for (;;) {
		if (take(c, '+'))
			v += product(c);
		else if (take(c, '-'))
			v -= product(c);
		else
			return v;
	}
}

int calc(const char *text, double *value, const char **error)
{
	struct calc c = {.at = text};
	if (setjmp(c.out)) {
		*error = c.error;
		return -1;
	}
	*value = sum(&c);
	if (!take(&c, '\0'))
		fail(&c, "text after the expression");
	return 0;
}
