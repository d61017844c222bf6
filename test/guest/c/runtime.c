/* What start-up code and the linker set up: thread-local storage, constructors,
 * destructors, atexit, initialised data, weak symbols, indirect functions,
 * nested functions (which need an executable stack). */
#include "t.h"

static __thread int tls_a = 7;
static __thread char tls_big[5000];
__thread long tls_global = -3;
static int order;
static int *relocated = &order;
static int (*const table[])(const char *, ...) = { printf };
extern int absent(void) __attribute__((weak));
static const double constants[] = { 1.5, 2.5, -3.5 };

__attribute__((constructor(101))) static void first(void) { order = order * 10 + 1; }
__attribute__((constructor(102))) static void second(void) { order = order * 10 + 2; }
__attribute__((constructor)) static void third(void) { order = order * 10 + 3; }
__attribute__((destructor)) static void last(void) { printf("destructor %d\n", tls_a); fflush(stdout); }
static void at1(void) { printf("atexit 1\n"); }
static void at2(void) { printf("atexit 2\n"); }

static int impl_a(int x) { return x + 1; }
static int impl_b(int x) { return x + 2; }
static int (*resolve(void))(int) { return sizeof(long) == 8 ? impl_b : impl_a; }
int chosen(int x) __attribute__((ifunc("resolve")));

#ifdef __clang__
#error "nested functions need gcc"
#endif
static NOINLINE int call(int (*f)(int), int n) { int s = 0; for (int i = 0; i < n; i++) s += f(i); return s; }

static NOINLINE int nested(int k)
{
	int count = 0;
	int add(int x) { count++; return x * k; }
	int s = call(add, 10);
	return s * 100 + count;
}

int main(int argc, char **argv)
{
	(void)argv;
	printf("argc %d\n", argc);
	printf("order %d %d\n", order, *relocated);
	tls_a += 5;
	tls_big[4999] = 'x';
	printf("tls %d %c %d %ld\n", tls_a, tls_big[4999], tls_big[0], tls_global);
	table[0]("table %g\n", constants[hide(2)]);
	printf("weak %d\n", absent != NULL);
	printf("ifunc %d\n", chosen(40));
	printf("nested %d %d\n", nested(3), nested(7));
	atexit(at1);
	atexit(at2);
	printf("stack %d\n", (int)((uintptr_t)__builtin_frame_address(0) & 15));
	return 0;
}
