/* setjmp and longjmp: values, callee-saved registers of both kinds, deep stacks,
 * jumps out of callbacks, many times over. */
#include "t.h"
#include <setjmp.h>

static jmp_buf env;
static sigjmp_buf senv;

static NOINLINE void deep(int n, int v)
{
	volatile char pad[100];
	pad[n % 100] = (char)n;
	if (n == 0)
		longjmp(env, v);
	deep(n - 1, v);
	pad[0]++;
}

static int cmp(const void *a, const void *b)
{
	static int calls;
	if (++calls % 50 == 0)
		longjmp(env, calls);
	return *(const int *)a - *(const int *)b;
}

static NOINLINE uint64_t saved(int v)
{
	/* Values that live in callee-saved registers across the setjmp. */
	uint64_t a = hide(v * 3ull), b = hide(v * 5ull), c = hide(v * 7ull), d = hide(v * 11ull);
	double x = hide(v * 1.5), y = hide(v * 2.25), z = hide(v * 3.125);
	int r = setjmp(env);
	if (r == 0)
		deep(v % 20, v + 1);
	return (a ^ b << 8 ^ c << 16 ^ d << 24) + (uint64_t)(x + y * 100 + z * 10000) + (uint64_t)r;
}

int main(void)
{
	volatile int count = 0;
	int r = setjmp(env);
	printf("setjmp %d\n", r);
	if (count++ < 5)
		longjmp(env, r + 1);
	if (count == 6)
		longjmp(env, 0); /* arrives as 1 */
	begin("saved");
	for (int i = 0; i < 200; i++)
		mix(saved(i));
	end();
	int v[200];
	volatile int rounds = 0;
	begin("callback");
	r = setjmp(env);
	mix(r);
	if (rounds++ < 10) {
		for (int i = 0; i < 200; i++)
			v[i] = (int)((rounds * 7919 + i * 104729) % 1000);
		qsort(v, 200, sizeof *v, cmp);
	}
	end();
	volatile int n = 0;
	begin("loop");
	if (_setjmp(env) < 100000 && n++ < 100000)
		longjmp(env, n);
	mix((int)n);
	end();
	r = sigsetjmp(senv, 1);
	if (r < 3)
		siglongjmp(senv, r + 1);
	printf("sigsetjmp %d count %d\n", r, (int)count);
	return 0;
}
