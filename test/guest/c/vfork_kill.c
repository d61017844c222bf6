// Children of vfork that are killed by another thread at any time: in their code, in system calls, while they execute
// a program, fork, or vfork themselves. The parent, whose memory they share, must go on as if nothing had happened.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static volatile int victim, round_no, finished, killed_round = -1;

static unsigned next(unsigned *seed) {
	return (*seed = *seed * 1103515245 + 12345) >> 8;
}

static long now(void) {
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000L + t.tv_nsec;
}

static void *killer(void *arg) {
	unsigned seed = 1;
	for (int done = -1; !finished;) {
		int r = round_no, pid = victim; /* in this order: never the last round's child in this round */
		if (!pid || r == done) {
			sched_yield();
			continue;
		}
		// From at once to some milliseconds later, more often soon.
		for (long end = now() + (long)(next(&seed) % 1000) * (next(&seed) % 1000) * 3; now() < end && victim == pid;)
			sched_yield();
		kill(pid, r % 4 == 3 ? SIGTERM : SIGKILL);
		done = killed_round = r;
	}
	return arg;
}

static int order(const void *a, const void *b) {
	return *(const int *)a - *(const int *)b;
}

static int leave(void *arg) {
	(void)arg;
	syscall(SYS_exit_group, 3);
	return 0;
}

// What a child does, until it is killed: nothing that holds a lock of the library's, which would be lost.
static void child(int kind, char *self) {
	victim = (int)syscall(SYS_getpid);
	for (volatile unsigned n = 0;; n++) switch (kind) {
	case 0: // code alone
		break;
	case 1: { // calls
		int fd = open("/", O_RDONLY | O_DIRECTORY);
		if (fd < 0 || lseek(fd, 0, SEEK_SET) != 0) _exit(errno);
		close(dup2(fd, 100));
		close(fd);
		break;
	}
	case 2: { // memory, and code that was not run before
		char *p = mmap(0, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		int v[32];
		for (int i = 0; i < 32; i++) v[i] = (int)(n * 7919 * i % 101);
		qsort(v, 32, sizeof v[0], order);
		snprintf(p, 8192, "%d %g %s", v[0], v[1] / 3.0, self);
		munmap(p, 8192);
		break;
	}
	case 3: // a program
		execl("/nonexistent", "none", (char *)0);
		if (n == 3) execl(self, self, "run", (char *)0);
		break;
	case 4: { // a child of its own
		int s, pid = (int)syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0); // the library's fork takes locks
		if (pid == 0) syscall(SYS_exit_group, 3);
		if (waitpid(pid, &s, 0) != pid || WEXITSTATUS(s) != 3) _exit(pid < 0 ? errno : 2);
		break;
	}
	case 5: { // of the same kind, which outlives this one: on a stack of its own
		static char stacks[64][4096] __attribute__((aligned(16)));
		int s, pid = clone(leave, stacks[round_no / 7 % 64] + sizeof stacks[0], CLONE_VM | CLONE_VFORK | SIGCHLD, 0);
		if (waitpid(pid, &s, 0) != pid || WEXITSTATUS(s) != 3) _exit(pid < 0 ? errno : 2);
		break;
	}
	case 6: { // signals, and sleep
		sigset_t all;
		sigfillset(&all);
		sigprocmask(SIG_BLOCK, &all, 0);
		signal(SIGUSR1, SIG_IGN);
		sigprocmask(SIG_UNBLOCK, &all, 0);
		usleep(50);
		break;
	}
	}
}

static void *brief(void *arg) {
	return malloc(100) ? arg : 0;
}

int main(int argc, char **argv) {
	if (argc > 1 && !strcmp(argv[1], "run"))
		for (;;) pause();
	int rounds = argc > 1 ? atoi(argv[1]) : 280;
	pthread_t t, b;
	pthread_create(&t, 0, killer, 0);
	for (int i = 0; i < rounds; i++) {
		round_no = i;
		int pid = vfork(), s;
		if (pid == 0) {
			child(i % 7, argv[0]);
			_exit(1);
		}
		while (killed_round != i) sched_yield();
		victim = 0;
		if (waitpid(pid, &s, 0) != pid || !WIFSIGNALED(s) || WTERMSIG(s) != (i % 4 == 3 ? SIGTERM : SIGKILL))
			printf("round %d: status %#x\n", i, s);
		void *r = 0;
		if (i % 16 == 0 && (pthread_create(&b, 0, brief, &t) || pthread_join(b, &r) || r != &t)) printf("round %d: no thread\n", i);
	}
	finished = 1;
	pthread_join(t, 0);
	printf("%d rounds\n", rounds);
	return 0;
}
