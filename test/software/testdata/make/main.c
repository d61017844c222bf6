#include "calc.h"

#include <stdio.h>

int main(void)
{
	char line[1000];
	while (fgets(line, sizeof line, stdin)) {
		double      v;
		const char *error;
		if (calc(line, &v, &error))
			printf("error: %s\n", error);
		else
			printf("%.15g\n", v);
	}
	return 0;
}
