/*
 * With arguments it runs some code that it does not run without: a few blocks for each.
 */
#include "t.h"

static __attribute__((noinline)) int count(const char *s)
{
	int n = 0;
	while (*s)
		n += *s++ == 'x';
	return n;
}

int main(int argc, char **argv)
{
	int n = 0;
	for (int i = 1; i < argc; i++)
		n += count(argv[i]);
	if (argc > 2)
		n ^= argc > 3 ? count(argv[2]) * 3 : count(argv[1]) * 5;
	printf("%d\n", n);
	return 0;
}
