#ifndef CALC_H
#define CALC_H

#include <setjmp.h>
#include <stddef.h>

/* An error leaves the parser by longjmp. */
struct calc {
	const char *at;
	const char *error;
	jmp_buf     out;
};

/* calc evaluates an expression of + - * / % ^, parentheses and functions. */
int calc(const char *text, double *value, const char **error);

/* call applies the function of that name; 0 if there is none. */
int call(const char *name, size_t len, double arg, double *value);

#endif
