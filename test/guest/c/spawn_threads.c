// A main thread that spawns processes while threads come and go: what the emulator starts of its own in
// a vfork's child must not end with the child.
#define _GNU_SOURCE
#include <pthread.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static volatile int done;

static void *brief(void *arg) {
	return arg;
}

static void *busy(void *arg) {
	long n = 0;
	while (!done) {
		pthread_t t;
		if (pthread_create(&t, NULL, brief, arg)) {
			perror("pthread_create");
			exit(1);
		}
		pthread_join(t, NULL);
		n++;
	}
	return (void *)n;
}

int main(int argc, char **argv) {
	if (argc > 1) return 7;
	enum { threads = 3, rounds = 150 };
	pthread_t t[threads];
	for (int i = 0; i < threads; i++) pthread_create(&t[i], NULL, busy, NULL);
	int exited = 0, missing = 0;
	for (int i = 0; i < rounds; i++) {
		pid_t pid;
		int st;
		char *args[] = { argv[0], "child", NULL }, *none[] = { "none", NULL };
		if (posix_spawn(&pid, argv[0], NULL, NULL, args, environ) == 0 && waitpid(pid, &st, 0) == pid && WEXITSTATUS(st) == 7)
			exited++;
		missing += posix_spawn(&pid, "/nonexistent", NULL, NULL, none, environ) != 0;
	}
	done = 1;
	int worked = 0;
	for (int i = 0; i < threads; i++) {
		void *n;
		pthread_join(t[i], &n);
		worked += (long)n > 0;
	}
	printf("exited %d, missing %d, worked %d\n", exited, missing, worked);
	return 0;
}
