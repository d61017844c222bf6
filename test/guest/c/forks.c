/*
 * fork while other threads run, allocate, hold locks, come and go: forks [N]. Children
 * take the locks that fork leaves in order, allocate, start threads of their own, fork or
 * execute, and must all end well.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

static volatile int over;
static _Atomic long worked[4];
static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static long first, second; /* equal while nobody has mu */

static void *allocates(void *p)
{
	char *kept[32] = {0};
	for (unsigned i = 0; !over; i++, worked[0]++) {
		size_t n = 1 + i * 7919 % (i % 64 ? 3000 : 300000);
		free(kept[i % 32]);
		CHECK((kept[i % 32] = malloc(n)) != NULL);
		memset(kept[i % 32], (int)i, n);
	}
	for (int i = 0; i < 32; i++)
		free(kept[i]);
	return p;
}

static void *locks(void *p)
{
	for (; !over; worked[1]++) {
		CHECK(pthread_mutex_lock(&mu) == 0);
		first++;
		sched_yield();
		second++;
		CHECK(pthread_mutex_unlock(&mu) == 0);
		usleep(20); /* or nobody else gets it */
	}
	return p;
}

static void *prints(void *p)
{
	FILE *f = fopen("/dev/null", "w");
	CHECK(f);
	for (; !over; worked[2]++)
		fprintf(f, "%ld %s %g\n", (long)worked[2], "text", (double)worked[2] / 3);
	fclose(f);
	return p;
}

static void *nothing(void *p) { return p; }

static void *comes(void *p)
{
	for (; !over; worked[3]++) {
		pthread_t t;
		CHECK(pthread_create(&t, NULL, nothing, (void *)&mu) == 0);
		CHECK(pthread_join(t, NULL) == 0);
	}
	return p;
}

/* The lock is in order in the child only if the forking thread had it. */
static void before(void) { pthread_mutex_lock(&mu); }
static void after(void) { pthread_mutex_unlock(&mu); }

static int child(int i, char *self)
{
	CHECK(first == second);
	CHECK(pthread_mutex_lock(&mu) == 0 && pthread_mutex_unlock(&mu) == 0);
	char *p = malloc(100000);
	CHECK(p);
	memset(p, i, 100000);
	free(p);
	if (i % 16 == 1) {
		pthread_t t;
		void *r;
		CHECK(pthread_create(&t, NULL, nothing, (void *)&mu) == 0 && pthread_join(t, &r) == 0 && r == &mu);
	}
	if (i % 64 == 2) {
		int s;
		pid_t pid = fork();
		if (pid == 0)
			_exit(9);
		CHECK(waitpid(pid, &s, 0) == pid && WEXITSTATUS(s) == 9);
	}
	if (i % 64 == 3)
		execl(self, self, "child", (char *)NULL);
	return 5;
}

int main(int argc, char **argv)
{
	if (argc > 1 && strcmp(argv[1], "child") == 0)
		return 5;
	int n = argc > 1 ? atoi(argv[1]) : 500;
	void *(*const kinds[])(void *) = {allocates, locks, prints, comes};
	pthread_t t[4];
	CHECK(pthread_atfork(before, after, after) == 0);
	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&t[i], NULL, kinds[i], NULL) == 0);
	for (int i = 0; i < n; i++) {
		int s;
		pid_t pid = fork();
		if (pid == 0)
			_exit(child(i, argv[0]));
		CHECK(pid > 0 && waitpid(pid, &s, 0) == pid);
		if (s != 5 << 8)
			printf("child %d: %#x\n", i, s);
	}
	over = 1;
	for (int i = 0; i < 4; i++) {
		CHECK(pthread_join(t[i], NULL) == 0);
		CHECK(worked[i] > 0);
	}
	printf("%d forks\n", n);
	return 0;
}
