// What a debugger is pointed at; see e2e/gdb_test.go, which looks for lines by their marks.
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

typedef float vec4 __attribute__((vector_size(16)));

volatile int watched, ticks, steps;
__thread int mine __attribute__((aligned(64)));
int table[4] = {10, 20, 30, 40};
vec4 vector = {1.5f, 2.5f, -3.5f, 4.5f};
static pthread_barrier_t barrier;

__attribute__((noinline)) int leaf(int n)
{
	int twice = 2 * n; // mark: leaf
	steps += twice;
	return twice + 1;
}

__attribute__((noinline)) int middle(int n)
{
	int r = leaf(n);
	return r + 1; // mark: after leaf
}

__attribute__((noinline)) void use(vec4 v)
{
	__asm__ volatile("" : : "w"(v)); // mark: use
}

static void handler(int sig)
{
	ticks += sig; // mark: handler
}

static void *worker(void *arg)
{
	pthread_setname_np(pthread_self(), "second");
	mine = 22;
	pthread_barrier_wait(&barrier); // mark: worker
	int *sum = arg;
	for (int i = 0; i < 3; i++)
		*sum += middle(i);
	pthread_barrier_wait(&barrier);
	return NULL;
}

static int calls(void)
{
	int sum = middle(3);
	sum += middle(4);
	use(vector);
	printf("sum %d, table %d\n", sum, table[1]);
	return sum;
}

static int threads(void)
{
	pthread_t t;
	int a = 0, b = 0;
	mine = 11;
	pthread_barrier_init(&barrier, NULL, 2);
	pthread_create(&t, NULL, worker, &a);
	pthread_barrier_wait(&barrier);
	for (int i = 0; i < 3; i++)
		b += middle(10 * i);
	pthread_barrier_wait(&barrier);
	pthread_join(t, NULL);
	printf("threads %d %d\n", a, b); // mark: joined
	return 0;
}

static int watch(void)
{
	for (int i = 0; i < 1000; i++)
		ticks++;
	watched = ticks; // mark: watched
	printf("watched %d\n", watched);
	return 0;
}

static int signals(void)
{
	struct sigaction sa = {.sa_handler = handler};
	sigaction(SIGUSR1, &sa, NULL);
	for (int i = 0; i < 3; i++)
		raise(SIGUSR1);
	printf("ticks %d\n", ticks);
	fflush(stdout);
	*(volatile int *)64L = 1; // mark: fault
	return 0;
}

static int children(void)
{
	int sum = 0;
	for (int i = 0; i < 5; i++) {
		pid_t p = fork();
		if (p == 0)
			_exit(leaf(i)); // no breakpoint is here
		int status = 0;
		if (waitpid(p, &status, 0) == p && WIFEXITED(status))
			sum += WEXITSTATUS(status);
	}
	sum += WEXITSTATUS(system("exit 7"));
	sum += leaf(100);
	printf("children %d\n", sum);
	return 0;
}

static int waiting(void)
{
	struct timespec t = {1, 0};
	printf("waiting\n");
	fflush(stdout);
	for (int i = 0; i < 100 && !watched; i++) {
		int r = nanosleep(&t, NULL);
		if (r != 0)
			printf("interrupted\n");
	}
	printf("watched %d\n", watched);
	return 0;
}

static int spin(void)
{
	printf("spinning\n");
	fflush(stdout);
	while (!watched)
		ticks++;
	printf("watched %d\n", watched);
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 1 ? argv[1] : "";
	if (!strcmp(what, "calls"))
		return calls();
	if (!strcmp(what, "threads"))
		return threads();
	if (!strcmp(what, "watch"))
		return watch();
	if (!strcmp(what, "signals"))
		return signals();
	if (!strcmp(what, "children"))
		return children();
	if (!strcmp(what, "waiting"))
		return waiting();
	if (!strcmp(what, "spin"))
		return spin();
	if (!strcmp(what, "exec"))
		execl(argv[0], argv[0], "calls", NULL);
	return 9;
}
