// RLIMIT_NPROC exactly reached: forks and threads are refused with EAGAIN, and the process goes on. It takes root, to
// become a user without other processes.
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void *idle(void *arg) {
	pause();
	return arg;
}

int main(void) {
	enum { limit = 60 };
	struct rlimit l = {limit, limit};
	if (setrlimit(RLIMIT_NPROC, &l)) return 1;
	uid_t uid = 1000000 + (uid_t)getpid() * 2 + (sizeof(long) == 8);
	if (getuid() != 0 || setresuid(uid, uid, uid)) {
		printf("not root\n");
		return 0;
	}
	int pids[limit], forks = 0, threads = 0, e = 0, bad = 0, s = 0;
	for (; forks < limit && (pids[forks] = fork()) >= 0; forks++)
		if (pids[forks] == 0) {
			pause();
			_exit(1);
		}
	printf("forks refused: %s\n", forks < limit ? strerror(errno) : "no");
	pthread_t t;
	while (threads < limit && !(e = pthread_create(&t, 0, idle, 0))) threads++;
	printf("threads refused: %s\n", strerror(e));
	char *p[100] = {0};
	for (int i = 0; i < 3000; i++) {
		free(p[i % 100]);
		p[i % 100] = malloc(100000);
		memset(p[i % 100], i, 100000);
	}
	for (int i = 0; i < forks; i++) {
		kill(pids[i], SIGTERM);
		bad += waitpid(pids[i], &s, 0) != pids[i] || !WIFSIGNALED(s) || WTERMSIG(s) != SIGTERM;
	}
	int pid = fork();
	if (pid == 0) _exit(3);
	printf("some %d, bad %d, again %d\n", forks > 0, bad, pid > 0 && waitpid(pid, &s, 0) == pid && WEXITSTATUS(s) == 3);
	return 0;
}
