/*
 * What an operating system does for a process, many times: process WHAT N [ARG...].
 * Prints one line that does not depend on the speed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static void check(int ok, const char *what)
{
	if (!ok) {
		fprintf(stderr, "%s: %s\n", what, strerror(errno));
		exit(1);
	}
}

static long getppids(long n)
{
	long pid = syscall(SYS_getppid), same = 0;
	for (long i = 0; i < n; i++)
		same += syscall(SYS_getppid) == pid;
	return same;
}

static long reads(long n)
{
	char c;
	long got = 0;
	int fd = open("/dev/zero", O_RDONLY);
	check(fd >= 0, "/dev/zero");
	for (long i = 0; i < n; i++)
		got += read(fd, &c, 1);
	return got;
}

static volatile long caught;

static void catch(int sig)
{
	(void)sig;
	caught++;
}

static long signals(long n)
{
	struct sigaction sa = {.sa_handler = catch};
	check(sigaction(SIGUSR1, &sa, NULL) == 0, "sigaction");
	for (long i = 0; i < n; i++)
		raise(SIGUSR1);
	return caught;
}

static long ended(pid_t pid)
{
	int st;
	check(pid > 0, "fork");
	check(waitpid(pid, &st, 0) == pid, "waitpid");
	return WIFEXITED(st) && WEXITSTATUS(st) == 0;
}

static long forks(long n)
{
	long ok = 0;
	for (long i = 0; i < n; i++) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(0);
		ok += ended(pid);
	}
	return ok;
}

static _Atomic int stop;
static pthread_mutex_t fork_mu[4] = {
	PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER, PTHREAD_MUTEX_INITIALIZER};

/* A thread that allocates and holds locks while others fork; it sleeps a little, as
 * four of them on two processors would measure the scheduler. */
static void *allocate(void *p)
{
	pthread_mutex_t *mu = p;
	while (!stop) {
		pthread_mutex_lock(mu);
		for (int i = 0; i < 100; i++) {
			char *b = malloc(1 + i * 40);
			*b = 1;
			free(b);
		}
		pthread_mutex_unlock(mu);
		usleep(100);
	}
	return NULL;
}

static long threaded_forks(long n)
{
	pthread_t t[4];
	for (int i = 0; i < 4; i++)
		check(pthread_create(&t[i], NULL, allocate, &fork_mu[i]) == 0, "pthread_create");
	long ok = forks(n);
	stop = 1;
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	return ok;
}

extern char **environ;

static long spawns(long n, char **argv)
{
	posix_spawn_file_actions_t fa;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	long ok = 0;
	for (long i = 0; i < n; i++) {
		pid_t pid;
		int e = posix_spawnp(&pid, argv[0], &fa, NULL, argv, environ);
		if (e) {
			errno = e;
			check(0, argv[0]);
		}
		ok += ended(pid);
	}
	return ok;
}

static void *nothing(void *p) { return p; }

static long creations(long n)
{
	long ok = 0;
	for (long i = 0; i < n; i++) {
		pthread_t t;
		void *r;
		check(pthread_create(&t, NULL, nothing, (void *)1) == 0, "pthread_create");
		pthread_join(t, &r);
		ok += (intptr_t)r;
	}
	return ok;
}

static pthread_mutex_t mu = PTHREAD_MUTEX_INITIALIZER;
static long counted;

static void *count(void *p)
{
	for (long i = *(long *)p; i > 0; i--) {
		pthread_mutex_lock(&mu);
		counted++;
		pthread_mutex_unlock(&mu);
	}
	return NULL;
}

static void all(int n, void *(*f)(void *), void *arg)
{
	pthread_t t[8];
	for (int i = 0; i < n; i++)
		check(pthread_create(&t[i], NULL, f, arg) == 0, "pthread_create");
	for (int i = 0; i < n; i++)
		pthread_join(t[i], NULL);
}

static long contended(long n)
{
	n /= 4;
	all(4, count, &n);
	return counted;
}

static long pingpong(long n)
{
	int there[2], back[2];
	char c = 0;
	check(pipe(there) == 0 && pipe(back) == 0, "pipe");
	pid_t pid = fork();
	if (pid == 0) {
		close(there[1]);
		while (read(there[0], &c, 1) == 1)
			if (write(back[1], &c, 1) != 1)
				_exit(1);
		_exit(0);
	}
	close(there[0]);
	long ok = 0;
	for (long i = 0; i < n; i++)
		ok += write(there[1], &c, 1) == 1 && read(back[0], &c, 1) == 1;
	close(there[1]);
	ended(pid);
	return ok;
}

static _Atomic uint64_t total;

static void *compute(void *p)
{
	uint64_t x = 88172645463325252ull, sum = 0;
	for (long i = *(long *)p; i > 0; i--) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		sum += x % 1000003;
	}
	total += sum;
	return NULL;
}

/* n rounds on each of so many threads. */
static long parallel(int threads, long n)
{
	all(threads, compute, &n);
	return (long)(total / threads);
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	long n = argc > 2 ? atol(argv[2]) : 0, r;
#define IS(name) (strcmp(what, name) == 0)
	if (IS("getppid"))
		r = getppids(n);
	else if (IS("read"))
		r = reads(n);
	else if (IS("signal"))
		r = signals(n);
	else if (IS("fork"))
		r = forks(n);
	else if (IS("fork-threads"))
		r = threaded_forks(n);
	else if (IS("spawn") && argc > 3)
		r = spawns(n, argv + 3);
	else if (IS("thread"))
		r = creations(n);
	else if (IS("mutex"))
		r = contended(n);
	else if (IS("pipe"))
		r = pingpong(n);
	else if (IS("parallel1"))
		r = parallel(1, n);
	else if (IS("parallel2"))
		r = parallel(2, n);
	else {
		fprintf(stderr, "usage: process WHAT N [PROGRAM ARG...]\n");
		return 2;
	}
	printf("%s %ld\n", what, r);
	return 0;
}
