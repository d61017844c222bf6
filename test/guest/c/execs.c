/*
 * execve at its edges: empty lists, the longest strings, scripts of every form and depth,
 * files that are no programs, what goes on over it and what does not; and a program that is
 * executed by the link of a process that runs it, when its file has no name any more.
 */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

extern char **environ;
static char self[400], dir[] = "/tmp/execsXXXXXX";
static uintptr_t main_address;
static char *none[] = {NULL}, *show[] = {"zero", "show", NULL};

/* The name of a file without its folder; of this program, which has several builds, what is common. */
static const char *base(const char *s)
{
	const char *b = strrchr(s, '/') ? strrchr(s, '/') : s;
	return strncmp(b, "/execs", 6) ? b : "/execs";
}

static void signals(const char *name, const sigset_t *s)
{
	printf(" %s", name);
	for (int sig = 1; sig <= 64; sig++)
		if (sigismember(s, sig) == 1)
			printf(" %d", sig);
}

/* What a program has been given. */
static void shows(int argc, char **argv)
{
	char comm[20] = "";
	sigset_t set;
	struct itimerval it;
	stack_t ss;
	struct rlimit files, core;
	int death = -1, reaper = -1;
	prctl(PR_GET_NAME, comm);
	printf("  %d:", argc);
	for (int i = 1; i < argc; i++)
		printf(" [%.40s]", base(argv[i]));
	printf(" comm %.5s execfn %s", comm, base((char *)getauxval(AT_EXECFN)));
	sigprocmask(0, NULL, &set);
	signals("blocked", &set);
	sigpending(&set);
	signals("pending", &set);
	printf(" ignored");
	for (int sig = 1; sig <= 64; sig++) {
		struct sigaction sa;
		if (sigaction(sig, NULL, &sa) == 0 && sa.sa_handler != SIG_DFL)
			printf(" %d/%d", sig, sa.sa_handler == SIG_IGN);
	}
	getitimer(ITIMER_REAL, &it);
	sigaltstack(NULL, &ss);
	prctl(PR_GET_PDEATHSIG, &death);
	prctl(PR_GET_CHILD_SUBREAPER, &reaper);
	getrlimit(RLIMIT_NOFILE, &files);
	getrlimit(RLIMIT_CORE, &core);
	struct itimerspec its;
	printf("\n  first timer %ld", syscall(SYS_timer_gettime, 0, &its));
	printf(" timer %d stack %d death %d reaper %d keepcaps %d nnp %d slack %d umask %o nice %d files %d core %d persona %x leader %d\n",
		it.it_value.tv_sec > 0, ss.ss_flags, death, reaper, prctl(PR_GET_KEEPCAPS), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
		prctl(PR_GET_TIMERSLACK) == 333333, umask(0), getpriority(PRIO_PROCESS, 0), files.rlim_cur == 77, core.rlim_cur == 4096,
		personality(0xffffffff), syscall(SYS_gettid) == getpid());
	fflush(stdout);
}

static void status(const char *name, pid_t pid)
{
	int st;
	CHECK(pid > 0 && waitpid(pid, &st, 0) == pid);
	printf("%s: %#x\n", name, st);
	fflush(stdout);
}

static void run(const char *name, const char *file, char **argv, char **envp)
{
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		execve(file, argv, envp);
		_exit(100 + errno);
	}
	status(name, pid);
}

static void put(const char *name, const void *text, size_t n, mode_t mode)
{
	unlink(name);
	int fd = open(name, O_CREAT | O_TRUNC | O_WRONLY, 0700);
	CHECK(fd >= 0 && write(fd, text, n) == (ssize_t)n && fchmod(fd, mode) == 0);
	close(fd);
}

static void copy(int to)
{
	static char buf[1 << 16];
	int fd = open(self, O_RDONLY);
	for (ssize_t n; (n = read(fd, buf, sizeof buf)) > 0;)
		CHECK(write(to, buf, (size_t)n) == n);
	close(fd);
}

static void lists(void)
{
	char *empty[] = {"EMPTY=1", NULL}, name[40];
	run("argv null", self, NULL, empty);
	run("argv empty", self, none, empty);
	run("environment null", self, show, NULL);
	for (int more = -1; more <= 1; more++) {
		char *s = malloc(131072 + more);
		CHECK(s);
		memset(s, 'a', 131072 + more);
		s[131072 - 1 + more] = 0;
		char *args[] = {"zero", "show", s, NULL}, *env[] = {s, NULL};
		snprintf(name, sizeof name, "argument of 128 KiB%+d", more);
		run(name, self, args, none);
		snprintf(name, sizeof name, "variable of 128 KiB%+d", more);
		run(name, self, show, env);
		free(s);
	}
}

static void scripts(void)
{
	char line[700], name[30], *args[] = {"zero", "last", NULL};
	for (int i = 0; i <= 7; i++) { /* each the interpreter of the next */
		snprintf(name, sizeof name, "./r%d", i);
		if (i == 0)
			snprintf(line, sizeof line, "#!%s show\n", self);
		else
			snprintf(line, sizeof line, "#!%s/r%d -n%d\n", dir, i - 1, i);
		put(name, line, strlen(line), 0700);
		run(name, name, args, none);
	}
	static const char *const forms[] = {"#!", "#! ", "#!\n", "#! \n", "#!\t/bin/sh\t-c\texit 5\n", "#!/bin/sh", "#!/bin/sh\r\n", "# !/bin/sh\n",
		" #!/bin/sh\n", "#!/none\n", "#!/tmp\n", "#!/etc/passwd\n", "#!relative\n", "#!/bin/sh   \nexit 9\n", "\n", "", "#!/bin/echo a  b   c  \n",
		"\177ELF", "\177ELF\2\1\1"};
	for (size_t i = 0; i < COUNT(forms); i++) {
		put("form", forms[i], strlen(forms[i]), 0700);
		snprintf(name, sizeof name, "form %d", (int)i);
		run(name, "./form", args, none);
	}
	for (size_t n = 253; n <= 259; n++) { /* of which the kernel looks at 256 bytes */
		memset(line, '/', n);
		memcpy(line, "#!", 2);
		memcpy(line + n - 6, "bin/sh\nexit 3\n", 15);
		put("form", line, n + 8, 0700);
		run("long name", "./form", args, none);
		snprintf(line, sizeof line, "#!%s show", self);
		memset(line + strlen(line), 'z', n);
		line[n] = '\n';
		put("form", line, n + 1, 0700);
		run("long argument", "./form", args, none);
	}
	put("form", "#!/bin/sh\nexit 3\n", 17, 0600);
	run("not executable", "./form", args, none);
	put("outer", "#!./form\n", 9, 0700);
	run("interpreter not executable", "./outer", args, none);
	char bad[200] = "\177ELF\2\1\1";
	put("form", bad, sizeof bad, 0700);
	run("an empty header", "./form", args, none);
}

static void places(void)
{
	char name[5000], *wrong[] = {"zero", (char *)8, NULL};
	memset(name, 'a', sizeof name);
	name[4999] = 0;
	run("long path", name, show, none);
	name[300] = 0;
	run("long name", name, show, none);
	CHECK(symlink("loop", "loop") == 0 && mkfifo("fifo", 0700) == 0);
	run("loop", "./loop", show, none);
	run("below a file", "./form/", show, none);
	run("fifo", "./fifo", show, none);
	run("device", "/dev/null", show, none);
	run("bad argument", self, wrong, none);
	run("bad variable", self, show, wrong);
	run("bad path", (char *)8, show, none);
	run("bad list", self, (char **)8, none);
}

static void *execs(void *p)
{
	execv(self, show);
	return p;
}

static void state(void)
{
	static const int blocked[] = {SIGHUP, SIGSEGV, SIGBUS, SIGWINCH};
	sigset_t set, old;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		static char alt[40000];
		stack_t ss = {.ss_sp = alt, .ss_size = sizeof alt};
		struct itimerval it = {.it_value = {1000, 0}};
		struct rlimit files = {77, 77}, core = {4096, 4096};
		signal(SIGUSR1, SIG_IGN);
		signal(SIGSEGV, SIG_IGN);
		signal(SIGBUS, SIG_IGN);
		signal(SIGUSR2, (void (*)(int))main_address);
		sigemptyset(&set);
		for (size_t i = 0; i < COUNT(blocked); i++)
			sigaddset(&set, blocked[i]);
		sigprocmask(SIG_BLOCK, &set, NULL);
		raise(SIGHUP);
		CHECK(setitimer(ITIMER_REAL, &it, NULL) == 0 && sigaltstack(&ss, NULL) == 0);
		CHECK(prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0 && prctl(PR_SET_KEEPCAPS, 1) == 0 && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
		CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0 && prctl(PR_SET_TIMERSLACK, 333333) == 0 && prctl(PR_SET_NAME, "other") == 0);
		umask(0137);
		CHECK(nice(3) == 3 && setrlimit(RLIMIT_CORE, &core) == 0 && setrlimit(RLIMIT_NOFILE, &files) == 0 && personality(ADDR_NO_RANDOMIZE) >= 0);
		int id = -1; /* a program has no timer at its start */
		CHECK(syscall(SYS_timer_create, CLOCK_MONOTONIC, NULL, &id) == 0 && id == 0);
		execve(self, show, none);
		_exit(1);
	}
	status("state", pid);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		pthread_t t;
		prctl(PR_SET_PDEATHSIG, SIGUSR1);
		sigemptyset(&set);
		sigaddset(&set, SIGUSR2);
		pthread_sigmask(SIG_BLOCK, &set, &old);
		CHECK(pthread_create(&t, NULL, execs, NULL) == 0);
		pthread_sigmask(SIG_SETMASK, &old, NULL);
		for (;;)
			pause();
	}
	status("from a thread", pid);
}

static void links(void)
{
	char *args[] = {"zero", "link", NULL}, name[60];
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		int fd = memfd_create("program", MFD_CLOEXEC);
		copy(fd);
		fexecve(fd, args, none);
		_exit(1);
	}
	status("memfd", pid);
	int fd = open("deleted", O_CREAT | O_WRONLY, 0700);
	copy(fd);
	close(fd);
	args[0] = "deleted";
	run("deleted", "./deleted", args, none);
	snprintf(name, sizeof name, "/proc/%d/exe", getpid());
	args[1] = "linked";
	run("another's", name, args, none);
}

/* What runs by the link sees of its own file. */
static int linked(char **argv)
{
	struct stat st;
	char name[400] = "", magic[4] = "";
	int n = stat("/proc/self/exe", &st), fd = open("/proc/self/exe", O_RDONLY);
	CHECK(readlink("/proc/self/exe", name, sizeof name - 1) > 0);
	n += (int)read(fd, magic, 4);
	printf("  links %d, %s, read %d\n", (int)st.st_nlink, strstr(name, " (deleted)") ? "deleted" : "named", n == 4 && !memcmp(magic, "\177ELF", 4));
	fflush(stdout);
	if (strcmp(argv[1], "linked") == 0)
		return 4;
	if (strcmp(argv[0], "deleted") == 0)
		CHECK(unlink("deleted") == 0);
	char *args[] = {"zero", "linked", NULL};
	execve("/proc/self/exe", args, none);
	return 100 + errno;
}

int main(int argc, char **argv)
{
	if (getenv("EMPTY")) {
		printf("  %d [%s]\n", argc, argv[0]);
		return 11;
	}
	if (argc > 1 && strncmp(argv[1], "show", 4) == 0) {
		shows(argc, argv);
		return 7;
	}
	if (argc > 1)
		return linked(argv);
	CHECK(readlink("/proc/self/exe", self, sizeof self - 1) > 0 && mkdtemp(dir) && chdir(dir) == 0);
	main_address = (uintptr_t)main;
	lists();
	scripts();
	places();
	state();
	links();
	static const char *const files[] = {"r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "form", "outer", "loop", "fifo"};
	for (size_t i = 0; i < COUNT(files); i++)
		unlink(files[i]);
	CHECK(chdir("/") == 0 && rmdir(dir) == 0);
	return 0;
}
