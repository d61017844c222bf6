/* A process that lives long: threads come and go, children are forked and
 * spawned, memory is mapped and unmapped, code is rewritten, timers and signals
 * arrive, pipes fill. It prints a line a round, and runs as many as it is told, or
 * until SIGTERM. */
#define _GNU_SOURCE
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static volatile sig_atomic_t stop, alarms, users;

static void on_term(int s) { (void)s; stop = 1; }
static void on_alarm(int s) { (void)s; alarms++; }
static void on_user(int s) { (void)s; users++; }

static void check(int ok, const char *what)
{
	if (!ok) {
		printf("failed: %s\n", what);
		exit(1);
	}
}

static void *worker(void *arg)
{
	char *p[64];
	for (int k = 0; k < 50; k++) {
		for (int i = 0; i < 64; i++)
			memset(p[i] = malloc(100 + 97 * i), i, 100);
		for (int i = 0; i < 64; i++) {
			if (p[i][99] != i)
				return NULL;
			free(p[i]);
		}
	}
	pthread_kill(*(pthread_t *)arg, SIGUSR1);
	return arg;
}

static void threads(void)
{
	pthread_t self = pthread_self(), t[8];
	users = 0;
	for (int i = 0; i < 8; i++)
		check(!pthread_create(&t[i], NULL, worker, &self), "pthread_create");
	for (int i = 0; i < 8; i++) {
		void *r;
		check(!pthread_join(t[i], &r) && r == &self, "thread");
	}
	check(users > 0, "signals of threads");
}

static void processes(const char *me)
{
	for (int i = 0; i < 4; i++) {
		int p[2], status;
		char c = 0;
		check(!pipe(p), "pipe");
		pid_t pid = fork();
		if (pid == 0) {
			c = (char)i;
			_exit(write(p[1], &c, 1) == 1 ? 40 + i : 1);
		}
		check(pid > 0 && waitpid(pid, &status, 0) == pid && WEXITSTATUS(status) == 40 + i, "fork");
		check(read(p[0], &c, 1) == 1 && c == i, "pipe of a child");
		close(p[0]);
		close(p[1]);
	}
	char *argv[] = { (char *)me, "child", NULL };
	pid_t pid;
	int status;
	check(!posix_spawn(&pid, "/proc/self/exe", NULL, NULL, argv, environ), "posix_spawn");
	check(waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 9, "spawned child");
	check(posix_spawn(&pid, "/no/such/program", NULL, NULL, argv, environ) != 0, "spawn of nothing");
	pid = fork();
	if (pid == 0)
		raise(SIGKILL);
	check(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "killed child");
}

static void memory(void)
{
	for (int i = 0; i < 20; i++) {
		size_t n = (size_t)(1 + i) << 16;
		char *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		check(p != MAP_FAILED, "mmap");
		memset(p, 1, n);
		check(!mprotect(p, n / 2, PROT_NONE), "mprotect");
		char *q = mremap(p + n / 2, n / 2, n, MREMAP_MAYMOVE);
		check(q != MAP_FAILED && q[0] == 1 && q[n - 1] == 0, "mremap");
		munmap(p, n / 2);
		munmap(q, n);
	}
}

static void code(void)
{
#ifdef __aarch64__
	uint32_t *c = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	check(c != MAP_FAILED, "mmap of code");
	for (uint32_t i = 0; i < 2000; i++) {
		c[0] = 0x91000000u | (i & 0xfff) << 10; /* add x0, x0, #i */
		c[1] = 0xd65f03c0u;                     /* ret */
		__builtin___clear_cache((char *)c, (char *)(c + 2));
		check(((uint64_t (*)(uint64_t))c)(5) == 5 + (i & 0xfff), "rewritten code");
	}
	munmap(c, 4096);
#endif
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "child"))
		return 9;
	unsigned long rounds = argc > 1 ? strtoul(argv[1], NULL, 10) : ~0ul;
	struct sigaction sa = { .sa_flags = SA_RESTART };
	sa.sa_handler = on_term;
	sigaction(SIGTERM, &sa, NULL);
	sa.sa_handler = on_alarm;
	sigaction(SIGALRM, &sa, NULL);
	sa.sa_handler = on_user;
	sigaction(SIGUSR1, &sa, NULL);
	struct itimerval every = { { 0, 3000 }, { 0, 3000 } };
	setitimer(ITIMER_REAL, &every, NULL);
	for (unsigned long round = 1; !stop && round <= rounds; round++) {
		threads();
		processes(argv[0]);
		memory();
		code();
		printf("%lu\n", round);
		fflush(stdout);
	}
	check(alarms > 0, "timer");
	return 0;
}
