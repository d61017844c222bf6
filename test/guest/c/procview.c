/* What each file of /proc/PID tells of this process, held against what the process itself
 * knows: values that differ from run to run are compared here, and what they were is not shown. */
#define _GNU_SOURCE
#include "t.h"
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define P 4096ul
static char text[1 << 20];
static long size;

static long slurp(const char *path)
{
	int fd = open(path, O_RDONLY);
	if (fd < 0)
		return size = -errno;
	long n;
	for (size = 0; (n = read(fd, text + size, sizeof text - 1 - size)) > 0; size += n)
		;
	if (n < 0 && size == 0)
		size = -errno;
	text[size < 0 ? 0 : size] = 0;
	close(fd);
	return size;
}

static const char *of(const char *dir, const char *name)
{
	static char p[128];
	snprintf(p, sizeof p, "%s/%s", dir, name);
	return p;
}

/* value gives what a line of a file of "key: value" has, without blanks around it. */
static const char *value(const char *key)
{
	static char v[256];
	size_t n = strlen(key);
	for (char *l = text; l; l = strchr(l, '\n') ? strchr(l, '\n') + 1 : NULL)
		if (!strncmp(l, key, n) && l[n] == ':') {
			l += n + 1 + strspn(l + n + 1, " \t");
			snprintf(v, sizeof v, "%.*s", (int)strcspn(l, "\n"), l);
			return v;
		}
	return "none";
}

static int data = 1, bss;
static char **args;
static char **env;

static void status(const char *dir)
{
	slurp(of(dir, "status"));
	printf("%s status:", dir);
	for (char *l = text; *l; l = strchr(l, '\n') + 1)
		if (strncmp(l, "x86_", 4))
			printf(" %.*s", (int)strcspn(l, ":"), l);
	printf("\n");
	static const char *const exact[] = { "Umask", "TracerPid", "Groups", "VmLck", "VmPin", "Threads", "SigPnd", "ShdPnd", "SigBlk", "SigIgn", "SigCgt", "CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb", "NoNewPrivs", "Seccomp", "Seccomp_filters", "Kthread", "CoreDumping", "THP_enabled", "untag_mask", "Cpus_allowed_list", "Mems_allowed_list", "HugetlbPages", "Uid", "Gid" };
	for (int i = 0; i < COUNT(exact); i++)
		printf(" %s=%s", exact[i], value(exact[i]));
	printf("\n ids %d %d %d\n", atoi(value("Tgid")) == getpid(), atoi(value("Pid")) == gettid() || strchr(dir, 's') == NULL, atoi(value("PPid")) == getppid());
	int size = atoi(value("VmSize")), peak = atoi(value("VmHWM")), rss = atoi(value("VmRSS")), sum = atoi(value("RssAnon")) + atoi(value("RssFile")) + atoi(value("RssShmem"));
	printf(" sizes: stack %d rss %d of %d peak %d data %d\n", atoi(value("VmStk")) >= 8, rss > 0 && rss <= size && atoi(value("VmExe")) + atoi(value("VmLib")) <= size, rss - sum > -500 && rss - sum < 500, peak >= rss && peak <= size, atoi(value("VmData")) > 0);
	slurp(of(dir, "statm"));
	long pages[3] = { 0 };
	sscanf(text, "%ld %ld %ld", &pages[0], &pages[1], &pages[2]);
	printf(" statm: resident %d shared %d\n", pages[1] > 0 && pages[1] <= pages[0], pages[2] > 0 && pages[2] <= pages[1]);
}

static void stat_(const char *dir, int others)
{
	slurp(of(dir, "stat"));
	char *p = strrchr(text, ')');
	unsigned long long f[60] = { 0 };
	int n = 3;
	char state = p[2];
	for (char *q = p + 3; *q && n < 59;) {
		while (*q == ' ')
			q++;
		if (*q == '\n' || !*q)
			break;
		f[++n] = strtoull(q, &q, 10);
	}
	printf("%s stat: fields %d comm %.*s state %c parent %d group %d session %d threads %d exit signal %llu\n", dir, n, (int)(p - strchr(text, '(') + 1), strchr(text, '('), state, f[4] == (unsigned)getppid(), f[5] == (unsigned)getpgrp(), f[6] == (unsigned)getsid(0), (int)f[20], f[38]);
	unsigned long code = (uintptr_t)&status;
	printf(" code %d data %d brk %d stack %d esp %llu eip %llu", f[26] <= code && code < f[27], f[45] <= (uintptr_t)&data && (uintptr_t)&data < f[46], f[47] <= (uintptr_t)sbrk(0) && f[47] >= f[46], f[28] <= (uintptr_t)args[0] && f[28] > (uintptr_t)&n - 100000, f[29], f[30]);
	printf(" rss %d", f[24] > 0 && f[24] * 4096 <= f[23]);
	printf(" args %d %d env %d %d exit %llu", f[48] == (uintptr_t)args[0], f[49] >= f[48] && f[49] <= (uintptr_t)env[0], f[50] == (uintptr_t)env[0], f[51] > f[50], f[52]);
	printf(" pending %llx blocked %llx ignored %llx caught %llx rsslimit %llx nice %lld\n", f[31], f[32], f[33], f[34], f[25], f[19]);
}

static volatile int stop;
static void *idle(void *arg) { prctl(PR_SET_NAME, "idler"); *(volatile int *)arg = gettid(); while (!stop) usleep(1000); return NULL; }

static int listed(const char *dir)
{
	DIR *d = opendir(dir);
	int n = 0;
	if (!d)
		return -errno;
	for (struct dirent *e; (e = readdir(d));)
		n += e->d_name[0] != '.';
	closedir(d);
	return n;
}

static const char *link_(const char *p)
{
	static char b[4096];
	long n = readlink(p, b, sizeof b - 1);
	if (n < 0)
		return strerror(errno);
	b[n] = 0;
	return b;
}

int main(int argc, char **argv, char **envp)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	args = argv, env = envp;
	alarm(60);
	prctl(PR_SET_NAME, "view of (proc)");
	signal(SIGUSR1, SIG_IGN);
	signal(SIGSEGV, (void (*)(int))_exit);
	signal(SIGUSR2, (void (*)(int))exit);
	sigset_t b;
	sigemptyset(&b);
	sigaddset(&b, SIGHUP);
	sigaddset(&b, SIGRTMIN + 5);
	sigprocmask(SIG_BLOCK, &b, NULL);
	raise(SIGHUP);
	char own[64], pid[32];
	snprintf(pid, sizeof pid, "/proc/%d", getpid());
	(void)own;
	status("/proc/self");
	status("/proc/thread-self");
	stat_("/proc/self", 0);
	stat_("/proc/thread-self", 0);

	slurp("/proc/self/auxv");
	uint64_t *a = (uint64_t *)text;
	int same = 0, wrong = 0;
	for (; a[0]; a += 2)
		if (getauxval(a[0]) == a[1] || a[0] == 51)
			same++;
		else
			wrong++;
	printf("auxv: %d\n", same > 15 && wrong < 2);

	struct rlimit lim = { 1ull << 40, 1ull << 41 }, old;
	getrlimit(RLIMIT_AS, &old);
	setrlimit(RLIMIT_AS, &lim);
	lim = (struct rlimit){ 1 << 30, 1ull << 41 };
	setrlimit(RLIMIT_DATA, &lim);
	lim = (struct rlimit){ 123, 456 };
	setrlimit(RLIMIT_NOFILE, &lim);
	slurp("/proc/self/limits");
	static const struct { const char *name; int res; } limits[] = { { "Max address space", RLIMIT_AS }, { "Max data size", RLIMIT_DATA }, { "Max open files", RLIMIT_NOFILE }, { "Max stack size", RLIMIT_STACK }, { "Max core file size", RLIMIT_CORE } };
	for (int i = 0; i < COUNT(limits); i++) {
		char *l = strstr(text, limits[i].name), want[2][32];
		getrlimit(limits[i].res, &lim);
		unsigned long v[2] = { lim.rlim_cur, lim.rlim_max };
		char got[2][32] = { "", "" };
		if (l)
			sscanf(l + 26, "%31s %31s", got[0], got[1]);
		for (int k = 0; k < 2; k++)
			if (v[k] == RLIM_INFINITY)
				strcpy(want[k], "unlimited");
			else
				sprintf(want[k], "%lu", v[k]);
		printf("%s: %d %d\n", limits[i].name, !strcmp(got[0], want[0]), !strcmp(got[1], want[1]));
	}
	printf("lines %d\n", ({ int n = 0; for (char *l = text; (l = strchr(l, '\n')); l++) n++; n; }));

	/* Small files. */
	static const char *const small[] = { "wchan", "oom_adj", "oom_score_adj", "personality", "timerslack_ns", "coredump_filter", "setgroups", "uid_map", "loginuid", "sessionid", "comm", "patch_state", "cpu_resctrl_groups", "nonexistent" };
	for (int i = 0; i < COUNT(small); i++) {
		long n = slurp(of("/proc/self", small[i]));
		printf("%s: %ld %s\n", small[i], n, n > 0 && n < 100 && strcmp(small[i], "sessionid") ? text : "");
	}
	static const char *const readable[] = { "cgroup", "cpuset", "io", "sched", "schedstat", "mountinfo", "mounts", "mountstats", "numa_maps", "smaps", "smaps_rollup", "maps", "statm", "environ", "cmdline", "oom_score", "autogroup", "latency", "projid_map", "gid_map", "timens_offsets", "net/dev", "stack", "timers" };
	for (int i = 0; i < COUNT(readable); i++) {
		long n = slurp(of("/proc/self", readable[i]));
		printf("%s: %ld\n", readable[i], n > 0 ? 1 : n);
	}

	/* Whatever lists addresses lists ours. */
	slurp("/proc/self/maps");
	int lines = 0, files = 0, high = 0;
	char last[64] = "";
	for (char *l = text; *l; l = strchr(l, '\n') + 1) {
		unsigned long lo, hi;
		char perm[8];
		unsigned long off, ino;
		unsigned ma, mi;
		sscanf(l, "%lx-%lx %s %lx %x:%x %lu", &lo, &hi, perm, &off, &ma, &mi, &ino);
		lines++;
		files += ino != 0;
		high += memmem(l, strcspn(l, "\n"), "rwxp", 4) || memmem(l, strcspn(l, "\n"), "armature", 8);
	}
	printf("maps: %d odd %d", lines > 4, high);
	/* Those of files, which the host may have in larger pieces. */
	static char maps[1 << 16];
	memcpy(maps, text, size < sizeof maps ? size + 1 : sizeof maps);
	DIR *mf = opendir("/proc/self/map_files");
	int alien = 0;
	for (struct dirent *e; (e = readdir(mf));)
		if (e->d_name[0] != '.') {
			char *at = strndup(e->d_name, strcspn(e->d_name, "-")), want[40];
			snprintf(want, sizeof want, "%s-", at);
			alien += strstr(maps, want) == NULL;
		}
	closedir(mf);
	printf(" map_files %d\n", alien);
	slurp("/proc/self/smaps");
	int sl = 0, rss = 0;
	for (char *l = text; *l; l = strchr(l, '\n') + 1)
		sl += strspn(l, "0123456789abcdef") >= 8 && strchr(l, '-') - l == (long)strspn(l, "0123456789abcdef"), rss += !strncmp(l, "Rss:", 4);
	printf("smaps: as maps %d with sizes %d\n", sl == lines || sl == lines - 1, rss > 4);
	slurp("/proc/self/numa_maps");
	int nl = 0;
	for (char *l = text; *l; l = strchr(l, '\n') + 1) {
		char want[40];
		snprintf(want, sizeof want, "%.*s-", (int)strcspn(l, " "), l);
		nl += strstr(maps, want) == NULL && strncmp(l, "7ff", 3);
	}
	printf("numa_maps: %d\n", nl);

	/* Memory as a file. */
	int fd = open("/proc/self/mem", O_RDWR);
	int v = 0;
	printf("mem: %zd", pread(fd, &v, 4, (uintptr_t)&data));
	printf(" %d", v);
	v = 77;
	printf(" %zd", pwrite(fd, &v, 4, (uintptr_t)&data));
	printf(" %d", *(volatile int *)&data);
	char *ro = mmap(NULL, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf(" read-only %zd", pwrite(fd, "z", 1, (uintptr_t)ro));
	printf(" %d unmapped %zd\n", ro[0], pread(fd, &v, 4, 4096));
	close(fd);
	fd = open("/proc/self/pagemap", O_RDONLY);
	uint64_t pm[2];
	char *two = mmap(NULL, 2 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	madvise(two, 2 * P, MADV_NOHUGEPAGE);
	two[0] = 1;
	pread(fd, pm, 16, (uintptr_t)two / P * 8);
	printf("pagemap: present %d %d\n", (int)(pm[0] >> 63), (int)(pm[1] >> 63));
	close(fd);

	/* Links. */
	char cwd[4096];
	getcwd(cwd, sizeof cwd);
	printf("links: cwd %d", !strcmp(link_("/proc/self/cwd"), cwd));
	printf(" root %s", link_("/proc/self/root"));
	printf(" exe %d", strstr(link_("/proc/self/exe"), strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0]) != NULL);
	printf(" ns %d self %d thread-self %d\n", listed("/proc/self/ns") >= 7, atoi(link_("/proc/self")) == getpid(), atoi(strrchr(link_("/proc/thread-self"), '/') + 1) == gettid());

	/* Descriptors. */
	int fds[4] = { dup(1), open("/dev/null", O_WRONLY | O_CLOEXEC), memfd_create("m", 0), timer_create(CLOCK_MONOTONIC, NULL, &(timer_t){ 0 }) };
	printf("fd: %d", listed("/proc/self/fd"));
	printf(" fdinfo %d", listed("/proc/self/fdinfo"));
	slurp("/proc/self/fdinfo/2");
	printf(" flags %d", *value("flags") != 0);
	char fdn[64];
	snprintf(fdn, sizeof fdn, "/proc/self/fdinfo/%d", fds[1]);
	slurp(fdn);
	printf(" %lo\n", strtol(value("flags"), NULL, 8) & (O_ACCMODE | O_CLOEXEC));
	for (int i = 3; i < 2000; i++) {
		char n[64];
		struct stat st;
		snprintf(n, sizeof n, "/proc/self/fd/%d", i);
		if (lstat(n, &st) == 0 && fcntl(i, F_GETFD) < 0)
			printf("descriptor %s is nobody's\n", i > 100 ? "of three digits" : "of two digits");
	}
	slurp("/proc/self/timers");
	printf("timers: %.6s notify %d\n", text, strstr(text, "signal/pid.") != NULL);

	/* Another thread. */
	volatile int tid = 0;
	pthread_t t;
	pthread_create(&t, NULL, idle, (void *)&tid);
	while (!tid)
		usleep(1000);
	char dir[64];
	snprintf(dir, sizeof dir, "/proc/self/task/%d", tid);
	slurp(of(dir, "comm"));
	printf("thread: %.5s", text);
	slurp(of(dir, "status"));
	printf(" %s", value("Name"));
	printf(" pid %d group %d threads %d", atoi(value("Pid")) == tid, atoi(value("Tgid")) == getpid(), atoi(value("Threads")));
	int c = open(of(dir, "comm"), O_WRONLY);
	printf(" rename %zd", write(c, "other", 5));
	close(c);
	slurp(of(dir, "comm"));
	printf(" %.5s", text);
	slurp(of(dir, "children"));
	printf(" children %ld", size);
	printf(" by its own number %d", ({ snprintf(dir, sizeof dir, "/proc/%d", tid); slurp(of(dir, "status")); atoi(value("Pid")) == tid; }));
	printf(" hidden %d", ({ int seen = 0; DIR *d = opendir("/proc"); for (struct dirent *e; (e = readdir(d));) seen |= atoi(e->d_name) == tid; closedir(d); !seen; }));
	printf(" exe %d", !strcmp(link_(of(dir, "exe")), link_(of(dir, "exe"))) && strstr(link_(of(dir, "exe")), "procview") != NULL);
	printf(" maps %d\n", slurp(of(dir, "maps")) > 0 && strstr(text, "[stack]") != NULL && !strstr(text, "armature"));
	snprintf(dir, sizeof dir, "/proc/self/task/%d", tid);
	int asleep = 0;
	for (int i = 0; i < 10000 && !asleep; i++) {
		slurp(of(dir, "syscall"));
		asleep = atoi(text) == SYS_clock_nanosleep;
		usleep(1000);
	}
	unsigned long long w[8] = { 0 };
	sscanf(text, "%*d %llx %llx %llx %llx %llx %llx %llx %llx", w, w + 1, w + 2, w + 3, w + 4, w + 5, w + 6, w + 7);
	printf("its call: %d on its stack %d %d\n", asleep, w[2] - w[6] < 65536, w[7] > 4096);
	stop = 1;
	pthread_join(t, NULL);
	printf("tasks %d\n", listed("/proc/self/task"));

	/* What can be set. */
	fd = open("/proc/self/oom_score_adj", O_WRONLY);
	printf("set: oom %zd", write(fd, "100", 3));
	close(fd);
	slurp("/proc/self/oom_score_adj");
	printf(" %.3s", text);
	fd = open("/proc/self/comm", O_WRONLY);
	printf(" comm %zd", write(fd, "a name", 6));
	close(fd);
	char name[16];
	prctl(PR_GET_NAME, name);
	printf(" %s", name);
	fd = open("/proc/self/clear_refs", O_WRONLY);
	printf(" clear_refs %zd", write(fd, "1", 1));
	close(fd);
	fd = open("/proc/self/coredump_filter", O_WRONLY);
	printf(" filter %zd\n", write(fd, "0x3", 3));
	close(fd);
	slurp("/proc/cpuinfo");
	printf("cpuinfo %d\n", size > 0 && strstr(text, "armature") == NULL);

	/* A child, asked by number. */
	int go[2];
	pipe(go);
	pid_t k = fork();
	if (k == 0) {
		char c;
		close(go[1]);
		read(go[0], &c, 1);
		_exit(0);
	}
	snprintf(dir, sizeof dir, "/proc/%d", k);
	for (int i = 0; i < 20000; i++) {	/* until it sleeps in its read */
		long nr = -1;
		unsigned long fd = 0;
		slurp(of(dir, "syscall"));
		sscanf(text, "%ld %lx", &nr, &fd);
		slurp(of(dir, "stat"));
		if (nr == SYS_read && fd == (unsigned)go[0] && strstr(text, ") S "))
			break;
		usleep(1000);
	}
	slurp(of(dir, "status"));
	printf("child: %s", value("Name"));
	static const char *const keys[] = { "Threads", "SigIgn", "SigCgt", "SigBlk", "Seccomp" };
	for (int i = 0; i < COUNT(keys); i++)
		printf(" %s %s", keys[i], value(keys[i]));
	printf(" parent %d", atoi(value("PPid")) == getpid());
	printf(" exe %d", strstr(link_(of(dir, "exe")), "procview") != NULL);
	slurp(of(dir, "maps"));
	printf(" executable %d stack %d odd %d\n", strstr(text, "r-xp") != NULL, strstr(text, "[stack]") != NULL, strstr(text, "armature") != NULL);
	slurp(of(dir, "limits"));
	printf("limits %d", strstr(text, "1099511627776") != NULL);
	printf(" fds %d", listed(of(dir, "fd")) - listed("/proc/self/fd"));
	printf(" call %d\n", slurp(of(dir, "syscall")) > 0 && atoi(text) == SYS_read);
	close(go[1]);
	waitpid(k, NULL, 0);
	return 0;
}
