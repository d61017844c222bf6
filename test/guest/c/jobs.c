/*
 * What parents see of their children, and a terminal of its jobs: stops and
 * continuations, sessions and foreground groups on a pseudo-terminal, zombies, orphans
 * and who takes them, death signals, process descriptors.
 */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

static void ended(const char *name, pid_t pid)
{
	siginfo_t si = {0};
	CHECK(pid > 0);
	int r;
	while ((r = waitid(P_PID, pid, &si, WEXITED)) < 0 && errno == EINTR)
		;
	CHECK(r == 0);
	printf("%s: code %d status %d signal %d mine %d\n", name, si.si_code, si.si_status, si.si_signo == SIGCHLD, si.si_pid == pid);
	fflush(stdout);
}

static pid_t child(void (*f)(void *), void *arg)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		f(arg);
		fflush(stdout);
		_exit(0);
	}
	return pid;
}

static void *sleeps(void *p)
{
	for (;;)
		pause();
	return p;
}

static void *spins(void *p)
{
	for (;;)
		;
	return p;
}

/* Ways to die: with threads or without, by a signal to the process or to a thread. */
struct death { int sig; int threads; int how; };
static void dies(void *p)
{
	struct death *d = p;
	pthread_t t = pthread_self();
	struct rlimit none = {0, 0};
	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	for (int i = 0; i < d->threads; i++)
		CHECK(pthread_create(&t, NULL, i & 1 ? spins : sleeps, NULL) == 0);
	switch (d->how) {
	case 0:
		kill(getpid(), d->sig);
		break;
	case 1:
		pthread_kill(t, d->sig);
		break;
	case 2:
		*hide((volatile int *)8) = 1;
		break;
	case 3:
		__builtin_trap();
	}
	sleeps(NULL);
}

static void deaths(void)
{
	static const int sigs[] = {SIGHUP, SIGINT, SIGQUIT, SIGABRT, SIGFPE, SIGKILL, SIGSEGV, SIGBUS, SIGPIPE, SIGALRM, SIGTERM, SIGUSR1,
		SIGPROF, SIGVTALRM, SIGXCPU, SIGIO, SIGSYS, SIGTRAP, 34, 40, 64};
	char name[40];
	for (size_t i = 0; i < COUNT(sigs); i++)
		for (int threads = 0; threads < 3; threads += 2) {
			struct death d = {sigs[i], threads, threads ? 1 : 0};
			snprintf(name, sizeof name, "death by %d, %d threads", sigs[i], threads);
			ended(name, child(dies, &d));
		}
	struct death fault = {0, 2, 2};
	ended("death by a fault", child(dies, &fault));
}

/* Stops and continuations. */
static void counts(void *p)
{
	volatile uint64_t n = 0;
	if (p) {
		pthread_t t;
		CHECK(pthread_create(&t, NULL, spins, NULL) == 0);
	}
	for (;;)
		n++;
}

static void stops(void)
{
	for (int threads = 0; threads < 2; threads++) {
		pid_t pid = child(counts, threads ? &threads : NULL);
		static const int sigs[] = {SIGSTOP, SIGTSTP, SIGTTIN};
		for (size_t i = 0; i < COUNT(sigs); i++) {
			siginfo_t si = {0};
			kill(pid, sigs[i]);
			CHECK(waitid(P_PID, pid, &si, WSTOPPED) == 0);
			printf("stop %d: code %d status %d,", threads, si.si_code, si.si_status);
			int none = waitid(P_PID, pid, &si, WEXITED | WSTOPPED | WNOHANG);
			printf(" again %d %d,", none, si.si_pid == pid);
			kill(pid, SIGCONT);
			CHECK(waitid(P_PID, pid, &si, WCONTINUED) == 0);
			printf(" continued: code %d status %d\n", si.si_code, si.si_status == SIGCONT);
		}
		kill(pid, SIGSTOP);
		kill(pid, SIGKILL);
		ended("killed while stopped", pid);
	}
}

/* A shell's view of a terminal. */
static int master;
static char line[200];
static void reader(void *p)
{
	(void)p;
	setpgid(0, 0);
	ssize_t n = read(0, line, sizeof line - 1);
	_exit(n < 0 ? 100 + errno : (int)n);
}

static void writer(void *p)
{
	(void)p;
	setpgid(0, 0);
	struct termios t;
	tcgetattr(0, &t);
	tcsetattr(0, TCSANOW, &t); /* stops a background job in any case */
	_exit(5);
}

static void foreground(pid_t pid)
{
	setpgid(pid, pid);
	CHECK(tcsetpgrp(0, pid) == 0);
}

static void job(const char *name, pid_t pid)
{
	int st;
	CHECK(waitpid(pid, &st, WUNTRACED) == pid);
	CHECK(tcsetpgrp(0, getpgrp()) == 0);
	if (WIFSTOPPED(st))
		printf("%s: stopped %d\n", name, WSTOPSIG(st));
	else if (WIFSIGNALED(st))
		printf("%s: signal %d\n", name, WTERMSIG(st));
	else
		printf("%s: exit %d\n", name, WEXITSTATUS(st));
	fflush(stdout);
}

static void type(const char *s)
{
	CHECK(write(master, s, strlen(s)) == (ssize_t)strlen(s));
}

/* waits until pid sleeps in a read: /proc says so of its first thread. */
static void until_asleep(pid_t pid)
{
	char path[40], buf[400];
	snprintf(path, sizeof path, "/proc/%d/stat", pid);
	for (;;) {
		int fd = open(path, O_RDONLY);
		ssize_t n = fd < 0 ? 0 : read(fd, buf, sizeof buf - 1);
		close(fd);
		buf[n > 0 ? n : 0] = 0;
		char *e = strrchr(buf, ')');
		if (e && e[2] == 'S')
			return;
		usleep(2000);
	}
}

static void shell(void *name)
{
	CHECK(setsid() > 0);
	int tty = open(name, O_RDWR);
	CHECK(tty >= 0);
	ioctl(tty, TIOCSCTTY, 0);
	dup2(tty, 0);
	struct termios t;
	CHECK(tcgetattr(0, &t) == 0);
	t.c_lflag = (t.c_lflag | ISIG | ICANON) & ~(tcflag_t)ECHO;
	CHECK(tcsetattr(0, TCSANOW, &t) == 0);
	signal(SIGTTOU, SIG_IGN);
	printf("session %d, group %d, foreground %d\n", getsid(0) == getpid(), getpgrp() == getpid(), tcgetpgrp(0) == getpid());
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		signal(SIGTTOU, SIG_DFL);
		reader(NULL);
	}
	job("background read", pid);
	foreground(pid);
	kill(-pid, SIGCONT);
	until_asleep(pid);
	type("hello\n");
	job("foreground read", pid);
	if ((pid = fork()) == 0) {
		signal(SIGTTOU, SIG_DFL);
		writer(NULL);
	}
	job("background tcsetattr", pid);
	foreground(pid);
	kill(-pid, SIGCONT);
	job("foreground tcsetattr", pid);
	static const struct { const char *keys, *name; } keys[] = {{"\003", "interrupt"}, {"\034", "quit"}, {"\032", "suspend"}, {"\004", "end of file"}};
	for (size_t i = 0; i < COUNT(keys); i++) {
		if ((pid = fork()) == 0) {
			struct rlimit none = {0, 0};
			setrlimit(RLIMIT_CORE, &none);
			signal(SIGTTOU, SIG_DFL);
			setpgid(0, 0);
			while (tcgetpgrp(0) != getpid())
				usleep(1000);
			reader(NULL);
		}
		foreground(pid);
		until_asleep(pid);
		usleep(20000); /* asleep in the read, not in the loop before it; if not, it comes just later */
		type(keys[i].keys);
		job(keys[i].name, pid);
		if (i == 2) {
			kill(-pid, SIGKILL);
			waitpid(pid, NULL, 0);
		}
	}
	struct winsize w = {.ws_row = 33, .ws_col = 77}, got = {0};
	CHECK(ioctl(0, TIOCSWINSZ, &w) == 0 && ioctl(0, TIOCGWINSZ, &got) == 0);
	printf("window %d %d\n", got.ws_row, got.ws_col);
}

static void terminals(void)
{
	master = posix_openpt(O_RDWR | O_NOCTTY);
	CHECK(master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
	char name[64];
	CHECK(ptsname_r(master, name, sizeof name) == 0);
	ended("session leader", child(shell, name));
	/* The leader's death hangs the terminal up. */
	char c;
	ssize_t n = read(master, &c, 1);
	printf("hung up: %d %s\n", (int)n, n < 0 ? strerror(errno) : "-");
	close(master);
}

/* Orphans. */
static int go[2], told[2];
static void orphan(void *p)
{
	(void)p;
	char c;
	pid_t parent = getppid();
	CHECK(write(told[1], "o", 1) == 1);
	while (getppid() == parent)
		usleep(1000);
	CHECK(read(go[0], &c, 1) == 1);
	_exit(17);
}

static void dying_parent(void *p)
{
	char c;
	CHECK(child(orphan, NULL) > 0);
	CHECK(read(told[0], &c, 1) == 1);
	(void)p;
	_exit(3);
}

static void orphans(void)
{
	CHECK(pipe(go) == 0 && pipe(told) == 0);
	CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
	int is = 0;
	CHECK(prctl(PR_GET_CHILD_SUBREAPER, &is) == 0);
	pid_t pid = child(dying_parent, NULL);
	ended("parent of the orphan", pid);
	CHECK(write(go[1], "g", 1) == 1);
	int st;
	pid_t who = wait(&st);
	printf("subreaper %d: another %d, exit %d\n", is, who > 0 && who != pid, WEXITSTATUS(st));
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	/* A zombie stays until it is waited for, and is told without being taken. */
	pid = fork();
	if (pid == 0)
		_exit(9);
	siginfo_t si = {0};
	CHECK(waitid(P_PID, pid, &si, WEXITED | WNOWAIT) == 0);
	printf("zombie: kill %d, status %d,", kill(pid, 0), si.si_status);
	struct rusage ru;
	CHECK(wait4(pid, &st, 0, &ru) == pid);
	int r = kill(pid, 0);
	printf(" then %d %s\n", r, strerror(errno));
	signal(SIGCHLD, SIG_IGN); /* no zombies */
	pid = fork();
	if (pid == 0)
		_exit(9);
	r = waitpid(pid, &st, 0);
	printf("ignored children: %d %s\n", r, strerror(errno));
	signal(SIGCHLD, SIG_DFL);
}

static volatile sig_atomic_t deaths_seen;
static void on_death(int sig) { (void)sig; deaths_seen++; }

static void leaves(void *p)
{
	int *fd = p, ready[2];
	CHECK(pipe(ready) == 0);
	char c;
	int both[2] = {fd[0], ready[1]};
	fflush(stdout);
	if (fork() == 0) {
		signal(SIGUSR1, on_death);
		CHECK(prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0);
		CHECK(write(both[1], "r", 1) == 1);
		while (!deaths_seen)
			usleep(1000);
		CHECK(write(fd[1], "d", 1) == 1);
		_exit(0);
	}
	CHECK(read(ready[0], &c, 1) == 1);
}

static void death_signals(void)
{
	int fd[2];
	char c;
	CHECK(pipe(fd) == 0);
	ended("leaves", child(leaves, fd));
	CHECK(read(fd[0], &c, 1) == 1);
	printf("PR_SET_PDEATHSIG: %c\n", c);
}

static void waits_fd(void *p)
{
	char c;
	CHECK(read(*(int *)p, &c, 1) == 1);
	_exit(23);
}

static void descriptors(void)
{
	int fd[2];
	CHECK(pipe(fd) == 0);
	pid_t pid = child(waits_fd, fd);
	int pfd = (int)syscall(SYS_pidfd_open, pid, 0);
	CHECK(pfd >= 0);
	struct pollfd p = {.fd = pfd, .events = POLLIN};
	printf("pidfd: running %d,", poll(&p, 1, 0));
	CHECK(write(fd[1], "x", 1) == 1);
	printf(" ended %d,", poll(&p, 1, 10000));
	siginfo_t si = {0};
	CHECK(waitid(P_PIDFD, pfd, &si, WEXITED) == 0);
	printf(" status %d,", si.si_status);
	long r = syscall(SYS_pidfd_send_signal, pfd, SIGTERM, NULL, 0);
	printf(" signal afterwards %ld %s\n", r, strerror(errno));
	close(pfd);
	pid = child(counts, NULL);
	pfd = (int)syscall(SYS_pidfd_open, pid, 0);
	CHECK(syscall(SYS_pidfd_send_signal, pfd, SIGTERM, NULL, 0) == 0);
	ended("pidfd_send_signal", pid);
	close(pfd);
	int mine = (int)syscall(SYS_pidfd_open, getpid(), 0), got = (int)syscall(SYS_pidfd_getfd, mine, fd[0], 0);
	struct stat a, b;
	printf("pidfd_getfd %d\n", mine >= 0 && got >= 0 && fstat(got, &a) == 0 && fstat(fd[0], &b) == 0 && a.st_ino == b.st_ino);
}

/* What each process has used is its parent's to see. */
static void usage(void)
{
	struct rusage before, after;
	getrusage(RUSAGE_CHILDREN, &before);
	pid_t pid = fork();
	if (pid == 0) {
		struct timespec t;
		do
			clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
		while (t.tv_sec == 0 && t.tv_nsec < 30000000);
		_exit(0);
	}
	ended("uses time", pid);
	getrusage(RUSAGE_CHILDREN, &after);
	long us = (after.ru_utime.tv_sec + after.ru_stime.tv_sec - before.ru_utime.tv_sec - before.ru_stime.tv_sec) * 1000000 +
		after.ru_utime.tv_usec + after.ru_stime.tv_usec - before.ru_utime.tv_usec - before.ru_stime.tv_usec;
	printf("rusage of children: %d\n", us >= 25000);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	alarm(100);
	deaths();
	stops();
	terminals();
	orphans();
	death_signals();
	descriptors();
	usage();
	return 0;
}
