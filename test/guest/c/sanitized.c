/* Bugs for the compiler's sanitizers to find. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static volatile int zero, forty = 40;

int main(int argc, char **argv)
{
	const char *bug = argc > 1 ? argv[1] : "";
	char *p = malloc(10 + zero);
	volatile char a[10];
	puts("begins");
	fflush(stdout);
	memset(p, 1, 10);
	a[zero] = 1;
	if (strcmp(bug, "overflow") == 0)
		zero = p[10 + zero];
	if (strcmp(bug, "stack") == 0)
		zero = a[10 + zero];
	if (strcmp(bug, "shift") == 0)
		zero = 1 << forty;
	free(p);
	if (strcmp(bug, "free") == 0)
		zero = p[0];
	puts("ends");
	return 0;
}
