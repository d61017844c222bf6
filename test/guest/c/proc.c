/* /proc shows this program and nothing else: for itself, and for other processes. */
#define _GNU_SOURCE
#include "t.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static char text[1 << 20];
static int dirfd_ = AT_FDCWD;

static long slurp(const char *path)
{
	int fd = openat(dirfd_, path, O_RDONLY);
	long n = 0, k;
	if (fd < 0)
		return -errno;
	while ((k = read(fd, text + n, sizeof text - 1 - n)) > 0)
		n += k;
	close(fd);
	text[n] = 0;
	return n;
}

static long field(const char *path, const char *key)
{
	if (slurp(path) < 0)
		return -1;
	char *p = strstr(text, key);
	return p ? strtol(p + strlen(key) + 1, NULL, 0) : -2;
}

static unsigned long hex(const char *path, const char *key)
{
	slurp(path);
	char *p = strstr(text, key);
	return p ? strtoul(p + strlen(key) + 1, NULL, 16) : 0;
}

/* Field of stat, from 3 on. */
static long statfield(const char *path, int n)
{
	if (slurp(path) < 0)
		return -1;
	char *p = strrchr(text, ')') + 1;
	for (int i = 3; i < n; i++)
		p = strchr(p + 1, ' ');
	return strtol(p, NULL, 10);
}

static int entries(const char *path, int show)
{
	DIR *d = opendir(path);
	int n = 0;
	for (struct dirent *e; d && (e = readdir(d));)
		if (e->d_name[0] != '.') {
			n++;
			if (show && atoi(e->d_name) != dirfd(d))
				printf(" %s", e->d_name);
		}
	if (d)
		closedir(d);
	return n;
}

static pthread_barrier_t barrier;
static int done;
static void *wait_(void *arg)
{
	prctl(PR_SET_NAME, arg);
	pthread_barrier_wait(&barrier);
	while (!__atomic_load_n(&done, __ATOMIC_SEQ_CST))
		usleep(1000);
	return NULL;
}

static void threads(int n)
{
	pthread_t t;
	pthread_barrier_init(&barrier, NULL, n + 1);
	for (int i = 0; i < n; i++)
		pthread_create(&t, NULL, wait_, "worker");
	pthread_barrier_wait(&barrier);
}

static void handler(int sig) { (void)sig; }

static char path[200];
static const char *of(int pid, const char *name)
{
	snprintf(path, sizeof path, "/proc/%d/%s", pid, name);
	return path;
}

static char self[4096];
static const char *link_(const char *p)
{
	static char buf[4096];
	ssize_t n = readlinkat(dirfd_, p, buf, sizeof buf - 1);
	if (n < 0)
		return strerror(errno);
	buf[n] = 0;
	return strcmp(buf, self) ? buf : "self";
}

/* What "name:" says in a status file at its start. */
static const char *says(int fd, const char *name, int at)
{
	static char text[4096], value[64];
	long n = at ? pread(fd, text, sizeof text - 1, 0) : lseek(fd, 0, SEEK_SET) == 0 ? read(fd, text, sizeof text - 1) : -1;
	text[n < 0 ? 0 : n] = 0;
	char *p = strstr(text, name);
	return p && sscanf(p + strlen(name), "%*[ \t]%60s", value) == 1 ? value : "?";
}

/* A file that is open tells what is now, when it is read from its start. */
static void again(void)
{
	int fd = open("/proc/self/status", O_RDONLY), other = dup(fd), p[2];
	prctl(PR_SET_NAME, "first");
	printf("again: %s", says(fd, "Name:", 0));
	prctl(PR_SET_NAME, "second");
	printf(" %s", says(other, "Name:", 0));
	prctl(PR_SET_NAME, "third-is-longer");
	printf(" %s", says(other, "Name:", 1));
	prctl(PR_SET_NAME, "4");
	printf(" %s", says(fd, "Name:", 1));
	char path[40], c;
	sprintf(path, "/proc/self/fd/%d", fd);
	const char *name = link_(path);
	printf(" %s", strrchr(name, '/') ? strrchr(name, '/') : name);
	close(fd);
	close(other);
	int pid = pipe(p) ? -1 : fork();
	if (pid == 0) {
		close(p[1]);
		_exit(read(p[0], &c, 1) != 0);
	}
	sprintf(path, "/proc/%d/status", pid);
	fd = open(path, O_RDONLY);
	close(p[1]);
	while (strcmp(says(fd, "State:", 0), "Z"))
		usleep(1000);
	waitpid(pid, 0, 0);
	printf(" %s\n", says(fd, "State:", 0));
	close(fd);
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "child")) {
		threads(2);
		write(1, "r", 1);
		pause();
		return 0;
	}
	self[readlink("/proc/self/exe", self, sizeof self - 1)] = 0;
	const char *base = strrchr(self, '/') + 1, *given = strrchr(argv[0], '/');
	printf("exe %d", !strcmp(base, given ? given + 1 : argv[0]));
	printf(" thread-self %s pid %s", link_("/proc/thread-self/exe"), link_(of(getpid(), "exe")));
	printf(" task %s", link_(of(getpid(), "task/self/exe")));
	struct stat a, b;
	printf(" stat %d\n", stat("/proc/self/exe", &a) == 0 && stat(self, &b) == 0 && a.st_ino == b.st_ino);
	/* The link itself, and not followed. */
	struct open_how { uint64_t flags, mode, resolve; } how = { O_RDONLY, 0, 2 /* RESOLVE_NO_MAGICLINKS */ };
	int fd = open("/proc/self/exe", O_PATH | O_NOFOLLOW);
	printf("link %d", fstat(fd, &a) == 0 && S_ISLNK(a.st_mode));
	char to[4096];
	to[readlinkat(fd, "", to, sizeof to - 1)] = 0;
	printf(" %d open %d", !strcmp(to, self), (close(fd), open("/proc/self/exe", O_RDONLY | O_NOFOLLOW)));
	printf(" %s", strerror(errno));
	printf(" openat2 %d", (int)syscall(437, AT_FDCWD, "/proc/self/exe", &how, sizeof how));
	printf(" %s\n", strerror(errno));
	long n = slurp("/proc/self/cmdline");
	printf("cmdline %d end %d", !strcmp(text, argv[0]), n == (long)strlen(argv[0]) + 1);
	argv[0][0] = 'X';
	slurp("/proc/self/cmdline");
	printf(" changed %d", text[0] == 'X');
	n = slurp(of(getpid(), "environ"));
	printf(" environ %d\n", n > 0 && memmem(text, n, "ARMATURE_TEST=1", 16) != NULL);
	printf("comm %d threads %ld", slurp("/proc/self/comm") == (long)strlen(text) && !strncmp(text, base, 15), field("/proc/self/status", "Threads:"));
	printf(" stat %ld tasks %d", statfield("/proc/self/stat", 20), entries("/proc/self/task", 0));
	signal(SIGUSR1, handler);
	signal(SIGHUP, SIG_IGN);
	printf(" caught %lx", hex("/proc/self/status", "SigCgt:") & 0x7fffffff);
	printf(" ignored %lx stat %lx\n", hex("/proc/self/status", "SigIgn:"), statfield("/proc/self/stat", 33));
	/* Descriptors: those of the standard, and the one that reads. */
	close(open("/dev/null", O_RDONLY));
	for (int fd = 3; fd < 300; fd++)
		close(fd);
	int count = entries("/proc/self/fd", 0);
	printf("fds %d:", count);
	entries("/proc/self/fd", 1);
	printf(" info %d\n", entries("/proc/self/fdinfo", 0));
	/* From below a folder, and by odd paths. */
	int d = open("/proc/self", O_RDONLY | O_DIRECTORY);
	dirfd_ = d;
	printf("at: exe %s threads %ld maps %d", link_("exe"), field("status", "Threads:"), slurp("maps") > 0 && strstr(text, "[stack]") != NULL);
	dirfd_ = AT_FDCWD;
	printf(" odd %d", slurp("/proc/self/../self//task/../maps") > 0 && strstr(text, "[stack]") != NULL);
	char cwd[4096];
	getcwd(cwd, sizeof cwd);
	chdir("/proc/self");
	printf(" cwd: exe %s threads %ld\n", link_("exe"), field("status", "Threads:"));
	chdir(cwd);
	/* Memory. */
	long kb = field("/proc/self/status", "VmSize:");
	printf("size %d statm %d stat %d", kb > 100 && kb < 100000, labs(strtol((slurp("/proc/self/statm"), text), NULL, 10) * 4 - kb) < 300,
	       labs(statfield("/proc/self/stat", 23) / 1024 - kb) < 300);
	mmap(NULL, 64 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf(" more %d\n", field("/proc/self/status", "VmSize:") - kb >= 64 << 10);
	slurp("/proc/self/maps");
	int text_ = 0, heap = strstr(text, "[heap]") != NULL, stack = strstr(text, "[stack]") != NULL, vdso = strstr(text, "[vdso]") != NULL;
	unsigned long here = (unsigned long)main, lo, hi;
	char perm[5];
	for (char *l = strtok(text, "\n"); l; l = strtok(NULL, "\n"))
		if (sscanf(l, "%lx-%lx %4s", &lo, &hi, perm) == 3 && lo <= here && here < hi)
			text_ = !strcmp(perm, "r-xp") && strstr(l, base) != NULL;
	printf("maps: text %d stack %d vdso %d", text_, stack, vdso);
	slurp("/proc/self/smaps");
	printf(" smaps %d\n", strstr(text, "[stack]") != NULL && strstr(text, "Rss:") != NULL);
	/* Threads. */
	threads(3);
	printf("threads %ld tasks %d stat %ld", field("/proc/self/status", "Threads:"), entries("/proc/self/task", 0), statfield("/proc/self/stat", 20));
	DIR *dir = opendir("/proc/self/task");
	int workers = 0;
	for (struct dirent *e; (e = readdir(dir));) {
		snprintf(path, sizeof path, "/proc/self/task/%s/comm", e->d_name);
		if (e->d_name[0] != '.' && slurp(path) > 0)
			workers += !strcmp(text, "worker\n");
	}
	closedir(dir);
	printf(" named %d task's own %ld\n", workers, field(of(getpid(), "task/../status"), "Threads:"));
	done = 1;
	/* Another process: a fork, and one that executed. */
	int p[2];
	pipe(p);
	for (int how = 0; how < 2; how++) {
		fflush(stdout);
		pid_t pid = fork();
		if (pid == 0) {
			dup2(p[1], 1);
			if (how)
				execl(self, "other name", "child", "third", NULL);
			write(1, "r", 1);
			pause();
			_exit(0);
		}
		char c;
		read(p[0], &c, 1);
		printf("%s: exe %s threads %ld", how ? "executed" : "forked", link_(of(pid, "exe")), field(of(pid, "status"), "Threads:"));
		printf(" tasks %d stat %ld", entries(of(pid, "task"), 0), statfield(of(pid, "stat"), 20));
		n = slurp(of(pid, "cmdline"));
		printf(" args %d", how ? n == 23 && !memcmp(text, "other name\0child\0third", 23) : text[0] == 'X');
		printf(" maps %d", slurp(of(pid, "maps")) > 0 && strstr(text, base) != NULL);
		long k = field(of(pid, "status"), "VmSize:");
		printf(" size %d", k > 100 && k < 200000);
		int high = 0;
		dir = opendir(of(pid, "fd"));
		for (struct dirent *e; (e = readdir(dir));)
			high += atoi(e->d_name) > 500;
		closedir(dir);
		int fd = open(of(pid, "exe"), O_RDONLY);
		printf(" fds above 500 %d file %d\n", high, fstat(fd, &a) == 0 && a.st_ino == b.st_ino);
		close(fd);
		kill(pid, SIGKILL);
		waitpid(pid, NULL, 0);
	}
	again();
	return 0;
}
