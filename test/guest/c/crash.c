/* Ways to die of a signal, in the middle of things. The argument chooses one; "core"
 * behind it lifts the limit of core dumps. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static volatile int *volatile nowhere = (volatile int *)8;
static sigjmp_buf env;
static char *self;

static void fault(void) { *nowhere = 1; }
static void *faulting(void *p) { (void)p; fault(); return NULL; }
static void *sleeping(void *p) { (void)p; for (;;) pause(); return NULL; }
static void *computing(void *p) { (void)p; for (volatile unsigned i = 0;; i++) ; return NULL; }
static void *forking(void *p)
{
	(void)p;
	for (;;) {
		pid_t c = fork();
		if (c == 0)
			_exit(0);
		if (c > 0)
			waitpid(c, NULL, 0);
	}
	return NULL;
}
static void in_handler(int sig) { (void)sig; fault(); }
static void back(int sig) { siglongjmp(env, sig); }
static int recurse(int n) { volatile char pad[4000]; pad[n % 4000] = 1; return recurse(n + 1) + pad[0]; }
static void *overflow(void *p) { (void)p; return (void *)(intptr_t)recurse(0); }

static void spawn(void *(*f)(void *), int n)
{
	pthread_t t;
	for (int i = 0; i < n; i++)
		if (pthread_create(&t, NULL, f, NULL))
			exit(9);
}

static void child(pid_t p)
{
	int st = 0;
	if (waitpid(p, &st, 0) != p)
		exit(9);
	printf("child %d\n", WIFSIGNALED(st) ? WTERMSIG(st) : -1);
	fflush(stdout);
}

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	self = argv[0];
#define IS(s) (strcmp(how, s) == 0)
	struct rlimit core = {0, 0};
	getrlimit(RLIMIT_CORE, &core);
	core.rlim_cur = argc > 2 ? core.rlim_max : 0;
	setrlimit(RLIMIT_CORE, &core);
	if (IS("main"))
		fault();
	if (IS("thread")) {
		spawn(faulting, 1);
		sleeping(NULL);
	}
	if (IS("threads")) {
		spawn(sleeping, 10);
		spawn(computing, 3);
		spawn(faulting, 5);
		sleeping(NULL);
	}
	if (IS("forking")) {
		spawn(forking, 2);
		spawn(computing, 1);
		usleep(20000);
		fault();
	}
	if (IS("handler")) {
		signal(SIGUSR1, in_handler);
		raise(SIGUSR1);
	}
	if (IS("twice")) { /* SIGSEGV is blocked in its handler */
		signal(SIGSEGV, in_handler);
		fault();
	}
	if (IS("thread-overflow")) {
		spawn(overflow, 1);
		sleeping(NULL);
	}
	if (IS("abort-thread")) {
		spawn((void *(*)(void *))abort, 1);
		sleeping(NULL);
	}
	if (IS("leader-gone")) {
		pthread_t t;
		pthread_create(&t, NULL, forking, NULL);
		spawn(faulting, 1);
		pthread_exit(NULL);
	}
	if (IS("fork")) {
		pid_t p = fork();
		if (p == 0)
			fault();
		child(p);
		fault();
	}
	if (IS("vfork")) {
		pid_t p = vfork();
		if (p == 0)
			fault();
		child(p);
		fault();
	}
	if (IS("exec")) /* in the new program */
		execl(self, self, "main", NULL);
	if (IS("exec-busy")) { /* while threads run that the exec is to end */
		spawn(sleeping, 5);
		spawn(computing, 2);
		execl(self, self, "thread", NULL);
	}
	if (IS("handled")) { /* by the program: not a crash */
		struct sigaction sa = {.sa_handler = back};
		sigaction(SIGSEGV, &sa, NULL);
		for (volatile int i = 0; i < 100; i++)
			if (sigsetjmp(env, 1) == 0)
				fault();
		printf("handled\n");
		return 0;
	}
	return 9;
}
