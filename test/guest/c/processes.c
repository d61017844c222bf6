// Processes: fork in all forms, vfork, posix_spawn, exec, waiting, job control. What it prints does not
// depend on PIDs or on time. It also runs itself, as a child with a role in argv[1].
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

#define ERRNO(what, call) do { long r_ = (call); printf("%s: %ld %s\n", what, r_, strerror(errno)); } while (0)

static void say(const char *what, int pid, int status) {
	printf("%s: %s, ", what, pid > 0 ? "child" : strerror(errno));
	if (WIFEXITED(status)) printf("exit %d\n", WEXITSTATUS(status));
	else if (WIFSIGNALED(status)) printf("signal %d\n", WTERMSIG(status));
	else if (WIFSTOPPED(status)) printf("stopped %d\n", WSTOPSIG(status));
	else if (WIFCONTINUED(status)) printf("continued\n");
	else printf("status %#x\n", status);
	fflush(stdout);
}

static int reap(const char *what, int pid) {
	int s = -1, r;
	while ((r = waitpid(pid, &s, 0)) < 0 && errno == EINTR) {
	}
	say(what, r, s);
	return s;
}

static long clone_raw(unsigned long flags, void *stack, int *ptid, void *tls, int *ctid) {
#ifdef __aarch64__
	return syscall(SYS_clone, flags, stack, ptid, tls, ctid);
#else
	return syscall(SYS_clone, flags, stack, ptid, ctid, tls);
#endif
}

// tree forks a binary tree of processes and gives the number of its leaves.
static int tree(int depth) {
	if (depth == 0) return 1;
	int sum = 0, pid[2];
	for (int i = 0; i < 2; i++)
		if ((pid[i] = fork()) == 0) _exit(tree(depth - 1));
	for (int i = 0; i < 2; i++) {
		int s;
		if (waitpid(pid[i], &s, 0) == pid[i] && WIFEXITED(s)) sum += WEXITSTATUS(s);
	}
	return sum;
}

static volatile sig_atomic_t chld;
static void on_chld(int s) { chld++; }
static volatile sig_atomic_t usr;
static void on_usr(int s) { usr++; }

static void test_fork(void) {
	printf("leaves %d\n", tree(4));
	int *shared = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int *private = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int pid = fork();
	if (pid == 0) {
		*shared = 42;
		*private = 43;
		_exit(7);
	}
	reap("fork", pid);
	printf("shared %d, private %d\n", *shared, *private);
	for (int sig = 1; sig <= 15; sig += 2) {
		if ((pid = fork()) == 0) {
			struct rlimit none = {0, 0};
			setrlimit(RLIMIT_CORE, &none);
			if (sig == 11) *(volatile int *)8 = 1;
			raise(sig);
			_exit(99);
		}
		reap("killed", pid);
	}
	int ptid = -1, ctid = -1;
	pid = clone_raw(SIGCHLD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID, 0, &ptid, 0, &ctid);
	if (pid == 0) _exit(ctid == getpid() && ctid == (int)syscall(SYS_gettid) ? 1 : 2);
	printf("settid %d %d\n", ptid == pid, ctid);
	reap("settid", pid);
	int fd = -1;
	pid = clone_raw(SIGCHLD | CLONE_PIDFD, 0, &fd, 0, 0);
	if (pid == 0) _exit(4);
	siginfo_t si;
	int r = waitid(P_PIDFD, fd, &si, WEXITED);
	printf("pidfd %d, code %d status %d, cloexec %d\n", r, si.si_code, si.si_status, fcntl(fd, F_GETFD));
	close(fd);
	pid = clone_raw(SIGUSR1, 0, 0, 0, 0); // another exit signal
	if (pid == 0) _exit(5);
	int s;
	ERRNO("wait without __WALL", waitpid(pid, &s, 0));
	printf("with: %d", waitpid(pid, &s, __WALL) == pid);
	printf(" status %d, signals %d\n", WEXITSTATUS(s), usr);
	pid = clone_raw(0, 0, 0, 0, 0); // none
	if (pid == 0) _exit(6);
	printf("no signal: %d", waitpid(pid, &s, __WALL) == pid);
	printf(" status %d, signals %d\n", WEXITSTATUS(s), usr);
	int f = open("/dev/null", O_RDONLY);
	pid = clone_raw(SIGCHLD | CLONE_FILES | CLONE_FS, 0, 0, 0, 0);
	if (pid == 0) {
		umask(0123);
		_exit(close(f));
	}
	reap("files", pid);
	printf("closed by the child: %d, umask %o\n", close(f), umask(022));
	ERRNO("bad flags", clone_raw(SIGCHLD | CLONE_THREAD, 0, 0, 0, 0));
	ERRNO("bad flags", clone_raw(SIGCHLD | CLONE_SIGHAND, 0, 0, 0, 0));
	ERRNO("bad flags", clone_raw(SIGCHLD | CLONE_NEWNS | CLONE_FS, 0, 0, 0, 0));
	signal(SIGUSR2, on_usr);
	struct clone_args ca = {.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
	pid = syscall(SYS_clone3, &ca, sizeof ca);
	if (pid == 0) {
		raise(SIGUSR2);
		_exit(3);
	}
	reap("clear_sighand", pid);
	int fd2 = -1, ptid2 = -1;
	struct clone_args cb = {.flags = CLONE_PIDFD | CLONE_PARENT_SETTID, .pidfd = (uintptr_t)&fd2, .parent_tid = (uintptr_t)&ptid2, .exit_signal = SIGCHLD};
	pid = syscall(SYS_clone3, &cb, sizeof cb);
	if (pid == 0) _exit(3);
	printf("clone3 %d %d\n", fd2 >= 0, ptid2 == pid);
	close(fd2);
	reap("clone3", pid);
}

static int asked[2], answered[2];

static void *helper(void *arg) {
	char c;
	while (read(asked[0], &c, 1) == 1 && c != 'q')
		if (write(answered[1], &c, 1) != 1) _exit(1);
	return arg;
}

// CLONE_VFORK alone: memory of its own, and only the calling thread waits. The children wait for another one.
static void test_vfork_alone(const char *self) {
	volatile int own = 1;
	pthread_t t;
	char c;
	if (pipe(asked) || pipe(answered) || pthread_create(&t, 0, helper, 0)) _exit(1);
	for (int i = 0; i < 4; i++) {
		int held[2], pid = syscall(SYS_clone, CLONE_VFORK | SIGCHLD, 0, 0, 0, 0);
		if (pid == 0) {
			own = 2;
			if (write(asked[1], "x", 1) != 1 || read(answered[0], &c, 1) != 1 || pipe(held)) _exit(1);
			if (fork() == 0) { // it does not keep the parent's parent waiting
				close(held[1]);
				_exit(read(held[0], &c, 1));
			}
			if (i % 2) execl(self, self, "exit6", (char *)0);
			if (i == 2) raise(SIGKILL);
			_exit(4);
		}
		printf("memory of its own: %d\n", own == 1);
		reap("vfork alone", pid);
	}
	if (write(asked[1], "q", 1) != 1 || pthread_join(t, 0)) _exit(1);
}

static void test_vfork(const char *self) {
	volatile int shared = 1;
	int pid = vfork();
	if (pid == 0) {
		shared = 2;
		_exit(7);
	}
	printf("vfork shares: %d\n", shared);
	reap("vfork", pid);
	if ((pid = vfork()) == 0) {
		raise(SIGKILL);
		_exit(1);
	}
	reap("vfork killed", pid);
	if ((pid = vfork()) == 0) {
		if (shared) *(volatile int *)16 = 1;
		_exit(1);
	}
	reap("vfork fault", pid);
	// Killed in the midst of running code, and in a system call.
	for (int i = 0; i < 6; i++) {
		int killer, p[2];
		if (pipe(p)) _exit(1);
		if ((killer = fork()) == 0) {
			int victim;
			if (read(p[0], &victim, sizeof victim) != sizeof victim) _exit(1);
			usleep(3000 * i);
			_exit(kill(victim, SIGKILL));
		}
		if ((pid = vfork()) == 0) {
			int me = syscall(SYS_getpid);
			if (write(p[1], &me, sizeof me) != sizeof me) _exit(1);
			if (i % 2) for (;;) pause();
			for (;;) shared++;
		}
		int s;
		if (waitpid(pid, &s, 0) != pid || !WIFSIGNALED(s) || WTERMSIG(s) != SIGKILL) say("vfork victim", pid, s);
		if (waitpid(killer, &s, 0) != killer || s) say("killer", killer, s);
		close(p[0]);
		close(p[1]);
	}
	printf("vfork victims\n");
	if ((pid = vfork()) == 0) {
		int q = fork();
		if (q == 0) _exit(5);
		int s;
		waitpid(q, &s, 0);
		_exit(WEXITSTATUS(s) + 1);
	}
	reap("fork in vfork", pid);
	if ((pid = vfork()) == 0) {
		int q = vfork();
		if (q == 0) _exit(5);
		int s;
		waitpid(q, &s, 0);
		_exit(WEXITSTATUS(s) + 2);
	}
	reap("vfork in vfork", pid);
	signal(SIGUSR2, on_usr);
	usr = 0;
	if ((pid = vfork()) == 0) {
		signal(SIGUSR2, SIG_DFL);
		_exit(0);
	}
	reap("vfork signal", pid);
	raise(SIGUSR2);
	printf("handler kept: %d\n", usr);
	for (int i = 0; i < 20; i++) {
		char role[20];
		sprintf(role, "exit%d", i);
		if ((pid = vfork()) == 0) {
			execl(self, self, role, (char *)0);
			_exit(127);
		}
		int s;
		if (waitpid(pid, &s, 0) != pid || WEXITSTATUS(s) != i) say("vfork exec", pid, s);
	}
	char *none[] = {"none", 0};
	printf("spawn of none: %s\n", strerror(posix_spawn(&pid, "/nonexistent/prog", 0, 0, none, environ)));
	printf("spawn of a folder: %s\n", strerror(posix_spawn(&pid, "/tmp", 0, 0, none, environ)));
	posix_spawn_file_actions_t fa;
	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 5, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addclose(&fa, 0);
	char *fds[] = {(char *)self, "fds", 0};
	int spawned = posix_spawn(&pid, self, &fa, 0, fds, environ);
	reap("spawn", pid);
	printf("spawn: %d\n", spawned);
	FILE *p = popen("echo from a shell; exit 3", "r");
	char line[100];
	printf("popen: %s", fgets(line, sizeof line, p));
	printf("pclose: %d\n", WEXITSTATUS(pclose(p)));
	printf("system: %d %d\n", WEXITSTATUS(system("exit 4")), WTERMSIG(system("kill -9 $$")));
}

static void script(const char *name, const char *text, int mode) {
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0700);
	if (write(fd, text, strlen(text)) < 0) perror("write");
	fchmod(fd, mode);
	close(fd);
}

static void run(const char *what, const char *file, char **argv, char **envp) {
	fflush(stdout);
	int pid = fork();
	if (pid == 0) {
		execve(file, argv, envp);
		printf("%s: %s\n", what, strerror(errno));
		fflush(stdout);
		_exit(126);
	}
	reap(what, pid);
}

static void test_exec(const char *self) {
	char *env[] = {"A=1", "A=2", "EMPTY=", "noequals", 0}, *noenv[] = {0};
	char *args[] = {"argv zero", "args", "", "two words", "--", "-x", "\xff\x01", 0};
	run("arguments", self, args, env);
	run("no environment", self, args, noenv);
	char line[PATH_MAX + 100], dir[] = "/tmp/processesXXXXXX", path[100];
	if (!mkdtemp(dir)) perror("mkdtemp");
	if (chdir(dir)) perror("chdir");
	sprintf(line, "#! %s args one arg\nnothing\n", self);
	script("s1", line, 0700);
	char *sargs[] = {"ignored", "a1", "a2", 0};
	run("script", "./s1", sargs, noenv);
	sprintf(line, "#!%s/s1\n", dir);
	script("s2", line, 0700);
	run("script of a script", "./s2", sargs, noenv);
	script("s3", "#!/nonexistent/interp\n", 0700);
	run("no interpreter", "./s3", sargs, noenv);
	script("s4", "just text\n", 0700);
	run("text", "./s4", sargs, noenv);
	script("s5", "", 0700);
	run("empty", "./s5", sargs, noenv);
	sprintf(line, "#!%s/s6\n", dir);
	script("s6", line, 0700);
	run("loop", "./s6", sargs, noenv);
	script("s7", "#!/bin/sh\necho shell \"$@\"\n", 0700);
	run("sh script", "./s7", sargs, noenv);
	run("none", "./none", sargs, noenv);
	run("not a folder", "./s1/x", sargs, noenv);
	run("folder", ".", sargs, noenv);
	run("empty path", "", sargs, noenv);
	char *nat[] = {"sh", "-c", "echo native $0 $A", "zero", 0};
	run("native", "/bin/sh", nat, env);
	if (symlink(self, "link")) perror("symlink");
	run("link", "./link", args, noenv);

	int fd = open(self, O_RDONLY), mem = memfd_create("prog", 0), pid;
	char buf[65536];
	for (int n; (n = read(fd, buf, sizeof buf)) > 0;)
		if (write(mem, buf, n) != n) perror("write");
	char *e5[] = {"x", "exit5", 0};
	fflush(stdout);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, mem, "", e5, noenv, AT_EMPTY_PATH), errno));
	reap("memfd", pid);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, fd, "", e5, noenv, AT_EMPTY_PATH), errno));
	reap("execveat", pid);
	int cloexec = open(self, O_RDONLY | O_CLOEXEC);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, cloexec, "", e5, noenv, AT_EMPTY_PATH), errno));
	reap("execveat cloexec", pid);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, fd, "", e5, noenv, 0), errno));
	reap("execveat without flag", pid);
	if ((pid = fork()) == 0) {
		fexecve(fd, e5, noenv);
		_exit(errno);
	}
	reap("fexecve", pid);
	int d = open(dir, O_RDONLY | O_DIRECTORY);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, d, "link", e5, noenv, 0), errno));
	reap("execveat relative", pid);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, d, "link", e5, noenv, AT_SYMLINK_NOFOLLOW), errno));
	reap("execveat nofollow", pid);
	if ((pid = fork()) == 0) _exit((execve("/proc/self/exe", e5, noenv), errno));
	reap("/proc/self/exe", pid);

	// By names of descriptors that the exec closes, as systemd starts services.
	char name[64];
	int dir2 = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), opath = open(self, O_PATH | O_CLOEXEC), script2 = open("s1", O_RDONLY | O_CLOEXEC);
	int closed[] = {cloexec, opath, memfd_create("prog2", MFD_CLOEXEC)};
	lseek(fd, 0, SEEK_SET);
	for (int n; (n = read(fd, buf, sizeof buf)) > 0;)
		if (write(closed[2], buf, n) != n) perror("write");
	for (int i = 0; i < 3; i++)
		for (int how = 0; how < 3; how++) {
			const char *format[] = {"/proc/self/fd/%d", "/dev/fd/%d", "/proc/%2$d/fd/%1$d"};
			fflush(stdout);
			if ((pid = fork()) == 0) {
				sprintf(name, format[how], closed[i], getpid());
				_exit((execve(name, e5, noenv), errno));
			}
			reap("closed", pid);
			sprintf(name, format[how], closed[i], getpid());
			int e = posix_spawn(&pid, name, 0, 0, e5, noenv);
			if (e) printf("posix_spawn: %s\n", strerror(e));
			else reap("spawned", pid);
		}
	sprintf(name, "/proc/self/fd/%d/link", dir2);
	fflush(stdout);
	if ((pid = fork()) == 0) _exit((execve(name, e5, noenv), errno));
	reap("in a closed folder", pid);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, dir2, "link", e5, noenv, 0), errno));
	reap("execveat in a closed folder", pid);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, opath, "", e5, noenv, AT_EMPTY_PATH), errno));
	reap("execveat O_PATH", pid);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, script2, "", sargs, noenv, AT_EMPTY_PATH), errno));
	reap("script that is closed", pid);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, 999, "link", e5, noenv, 0), errno));
	reap("execveat without folder", pid);
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, dir2, "s1", sargs, noenv, 0), errno));
	reap("script in a folder that is closed", pid);
	char *efds[] = {"x", "fds", 0};
	if ((pid = fork()) == 0) _exit((syscall(SYS_execveat, opath, "", efds, noenv, AT_EMPTY_PATH), errno));
	reap("descriptors", pid);
	close(dir2), close(opath), close(script2), close(closed[2]);
	close(fd), close(mem), close(cloexec), close(d);

	int keep = fcntl(1, F_DUPFD, 50), drop = fcntl(1, F_DUPFD_CLOEXEC, 60);
	char *fds[] = {"x", "fds", 0};
	signal(SIGUSR1, SIG_IGN);
	signal(SIGUSR2, on_usr);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, 0);
	run("inherited", self, fds, noenv);
	sigprocmask(SIG_UNBLOCK, &set, 0);
	signal(SIGUSR1, on_usr);
	close(keep), close(drop);

	char *big = malloc(140000), *bargs[] = {"x", big, 0};
	memset(big, 'b', 139999);
	big[139999] = 0;
	run("string too long", self, bargs, noenv);
	big[100000] = 0;
	run("long string", self, bargs, noenv);
	char **many = calloc(900001, sizeof *many);
	for (int i = 0; i < 900000; i++) many[i] = "0123456789";
	run("list too long", self, many, noenv);
	many[1] = "args";
	many[2000] = 0;
	run("long list", self, many, noenv);
	ERRNO("bad address", execve((char *)8, e5, noenv));
	ERRNO("bad address", execve(self, (char **)8, noenv));
	for (const char *const *n = (const char *const[]){"s1", "s2", "s3", "s4", "s5", "s6", "s7", "link", 0}; *n; n++) unlink(*n);
	sprintf(path, "%s", dir);
	if (chdir("/") || rmdir(path)) perror("rmdir");
}

static void test_wait(const char *self) {
	int s, pid;
	ERRNO("no child", waitpid(-1, &s, 0));
	signal(SIGCHLD, on_chld);
	chld = 0;
	if ((pid = fork()) == 0) _exit(1);
	while (!chld) usleep(1000);
	printf("SIGCHLD %d\n", chld);
	siginfo_t si;
	memset(&si, 0, sizeof si);
	int r = waitid(P_PID, pid, &si, WEXITED | WNOWAIT);
	printf("zombie: %d %d %d %d\n", r, si.si_code == CLD_EXITED, si.si_status, si.si_pid == pid);
	printf("still there: %d\n", kill(pid, 0));
	reap("zombie", pid);
	signal(SIGCHLD, SIG_IGN);
	if ((pid = fork()) == 0) _exit(1);
	r = waitpid(pid, &s, 0);
	printf("ignored: %d %d\n", r, errno);
	signal(SIGCHLD, SIG_DFL);

	if ((pid = fork()) == 0)
		for (;;) pause();
	kill(pid, SIGSTOP);
	r = waitpid(pid, &s, WUNTRACED);
	say("stop", r, s);
	kill(pid, SIGCONT);
	r = waitpid(pid, &s, WCONTINUED);
	say("continue", r, s);
	printf("nohang %d\n", waitpid(pid, &s, WNOHANG));
	kill(pid, SIGTERM);
	struct rusage ru;
	r = wait4(pid, &s, 0, &ru);
	say("terminated", r, s);

	// Job control: a group of two, waited for by group.
	int g[2];
	for (int i = 0; i < 2; i++) {
		if ((g[i] = fork()) == 0) {
			setpgid(0, i ? g[0] : 0);
			for (;;) pause();
		}
		setpgid(g[i], g[0]);
	}
	printf("group: %d %d\n", getpgid(g[1]) == g[0], getpgrp() != g[0]);
	kill(-g[0], SIGINT);
	for (int i = 0; i < 2; i++) {
		r = waitpid(-g[0], &s, 0);
		say("group", r, s);
	}
	if ((pid = fork()) == 0) {
		int a = setsid() == getpid(), b = getsid(0) == getpid(), c = getpgrp() == getpid(), e = setsid() == -1 && errno == EPERM;
		_exit(a + 2 * b + 4 * c + 8 * e);
	}
	reap("session", pid);

	// An orphan goes to the subreaper; its exit is seen there.
	prctl(PR_SET_CHILD_SUBREAPER, 1);
	int p[2];
	if (pipe(p)) perror("pipe");
	if ((pid = fork()) == 0) {
		int parent = getpid();
		if (fork() == 0) {
			while (getppid() == parent) usleep(1000);
			char c = 'o';
			if (write(p[1], &c, 1) != 1) _exit(1);
			_exit(getppid() == getsid(0) || getppid() > 1 ? 21 : 22);
		}
		_exit(20);
	}
	reap("parent", pid);
	char c = 0;
	if (read(p[0], &c, 1) != 1) perror("read");
	reap("orphan", -1);
	prctl(PR_SET_CHILD_SUBREAPER, 0);
	if ((pid = fork()) == 0) { // dies with its parent
		int child = fork();
		if (child == 0) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			c = 'r';
			if (write(p[1], &c, 1) != 1) _exit(1);
			close(p[0]);
			for (;;) pause();
		}
		if (read(p[0], &c, 1) != 1) _exit(1);
		_exit(0);
	}
	reap("pdeathsig", pid);
	close(p[1]);
	printf("end of file when it has died: %d\n", (int)read(p[0], &c, 1));
	close(p[0]);
}

// A ring of pipes: a number goes round through processes that each add one.
static void test_pipes(void) {
	int in = -1, first[2];
	if (pipe(first)) perror("pipe");
	in = first[0];
	int pids[12];
	for (int i = 0; i < 12; i++) {
		int p[2];
		if (pipe(p)) perror("pipe");
		if ((pids[i] = fork()) == 0) {
			close(first[1]);
			close(p[0]);
			int v;
			while (read(in, &v, sizeof v) == sizeof v) {
				v++;
				if (write(p[1], &v, sizeof v) != sizeof v) _exit(1);
			}
			_exit(0);
		}
		close(in);
		close(p[1]);
		in = p[0];
	}
	long sum = 0;
	for (int i = 0; i < 50; i++) {
		int v = i;
		if (write(first[1], &v, sizeof v) != sizeof v || read(in, &v, sizeof v) != sizeof v) perror("ring");
		sum += v;
	}
	close(first[1]);
	close(in);
	int bad = 0, s;
	for (int i = 0; i < 12; i++) bad += waitpid(pids[i], &s, 0) != pids[i] || s;
	printf("ring %ld, %d bad\n", sum, bad);
}

static void test_many(int n) {
	int bad = 0;
	for (int i = 0; i < n; i++) {
		int s, pid = fork();
		if (pid == 0) _exit(i & 127);
		bad += waitpid(pid, &s, 0) != pid || !WIFEXITED(s) || WEXITSTATUS(s) != (i & 127);
	}
	printf("%d forks, %d bad\n", n, bad);
	int pids[40];
	for (int i = 0; i < 40; i++)
		if ((pids[i] = fork()) == 0) _exit(i);
	bad = 0;
	for (int i = 39; i >= 0; i--) {
		int s;
		bad += waitpid(pids[i], &s, 0) != pids[i] || WEXITSTATUS(s) != i;
	}
	printf("40 at once, %d bad\n", bad);
}

int main(int argc, char **argv) {
	const char *role = argc > 1 ? argv[1] : "";
	if (!strncmp(role, "exit", 4)) return atoi(role + 4);
	if (!strncmp(role, "args", 4)) {
		int show = argc > 20 ? 2 : argc;
		printf("  %d arguments:", argc);
		for (int i = strcmp(argv[0], "argv zero") ? 1 : 0; i < show; i++) // of a script, argv[0] is the program's path
			printf(" [%s]", strncmp(argv[i], "/tmp/", 5) ? argv[i] : strrchr(argv[i], '/'));
		printf("\n  environment:");
		for (char **e = environ; *e; e++) printf(" [%s]", *e);
		printf("\n");
		return 0;
	}
	if (!strcmp(role, "fds")) {
		struct sigaction a, b;
		sigset_t set;
		sigaction(SIGUSR1, 0, &a);
		sigaction(SIGUSR2, 0, &b);
		sigprocmask(0, 0, &set);
		printf("  fds:");
		for (int i = 0; i < 1000; i++)
			if (fcntl(i, F_GETFD) >= 0 && (i < 1 || i > 2)) printf(" %d", i);
		printf(", ignored %d %d, blocked %d\n", a.sa_handler == SIG_IGN, b.sa_handler == SIG_DFL, sigismember(&set, SIGWINCH));
		return 0;
	}
	if (argc > 1 && role[0] == 'b') return strlen(role) % 251;
	setvbuf(stdout, 0, _IOLBF, 0);
	signal(SIGUSR1, on_usr);
	char self[PATH_MAX];
	int n = readlink("/proc/self/exe", self, sizeof self - 1);
	self[n] = 0;
	for (int i = 3; i < 4096; i++) close(i);
	syscall(SYS_close_range, 3, ~0u, 0);
	close(0);
	open("/dev/null", O_RDWR);
	alarm(110);
	test_fork();
	test_vfork(self);
	test_vfork_alone(self);
	test_exec(self);
	test_wait(self);
	test_pipes();
	test_many(300);
	return 0;
}
