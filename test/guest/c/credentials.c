/*
 * Users, groups and capabilities, which each thread has for itself to the kernel and which
 * the C library keeps the same; the options of prctl; unshare and setns beside other
 * threads and alone.
 */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

enum { THREADS = 3 };

static long rc(long r) { return r < 0 ? -errno : r; }

/* Threads do what they are told, one at a time; 0 is the main one. */
static sem_t go[THREADS + 1], done[THREADS + 1];
static void (*job)(int);

static void *worker(void *p)
{
	for (int i = (int)(intptr_t)p;; sem_post(&done[i])) {
		while (sem_wait(&go[i]))
			;
		job(i);
	}
	return NULL;
}

static void on(int i, void (*f)(int))
{
	if (i == 0) {
		f(0);
		return;
	}
	job = f;
	sem_post(&go[i]);
	while (sem_wait(&done[i]))
		;
}

static struct __user_cap_header_struct head = {_LINUX_CAPABILITY_VERSION_3, 0};
static struct __user_cap_data_struct caps[2];

static void shows(int i)
{
	uid_t r, e, s;
	gid_t a, b, c, list[100];
	CHECK(getresuid(&r, &e, &s) == 0 && getresgid(&a, &b, &c) == 0 && syscall(SYS_capget, &head, caps) == 0);
	printf("  thread %d: %d %d %d, %d %d %d, %d groups, fs %d %d,", i, r, e, s, a, b, c, getgroups(100, list), setfsuid((uid_t)-1), setfsgid((gid_t)-1));
	printf(" caps %x %x %x, %x %x %x,", caps[0].effective, caps[0].permitted, caps[0].inheritable, caps[1].effective, caps[1].permitted, caps[1].inheritable);
	printf(" keep %d secure %x nnp %d ambient %d bounding %d dumpable %d\n", prctl(PR_GET_KEEPCAPS), prctl(PR_GET_SECUREBITS), prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0),
	       prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, 5, 0, 0), prctl(PR_CAPBSET_READ, 7), prctl(PR_GET_DUMPABLE));
}

static void all(const char *name, long r)
{
	printf("%s: %ld\n", name, r);
	for (int i = 0; i <= THREADS; i++)
		on(i, shows);
}

static void alone_setuid(int i) { (void)i; printf("  the call itself: %ld\n", rc(syscall(SYS_setresuid, 5, 5, -1))); }
static void setgids(int i) { (void)i; printf("  setegid %ld", rc(setegid(12))); printf(" setresgid %ld\n", rc(setresgid(20, 30, 40))); }
static void drops(int i)
{
	(void)i;
	CHECK(syscall(SYS_capget, &head, caps) == 0);
	caps[0].effective &= ~0x20u;
	caps[0].inheritable |= 0x20;
	printf("  capset %ld", rc(syscall(SYS_capset, &head, caps)));
	printf(" ambient %ld", rc(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, 5, 0, 0)));
	printf(" bounding %ld", rc(prctl(PR_CAPBSET_DROP, 7)));
	caps[0].permitted |= 1u << 30;
	caps[1].permitted = ~0u;
	printf(" more %ld", rc(syscall(SYS_capset, &head, caps)));
	struct __user_cap_header_struct old = {0x12345, 0}, other = {_LINUX_CAPABILITY_VERSION_3, 1};
	printf(" version %ld", rc(syscall(SYS_capget, &old, caps)));
	printf(" %x", old.version);
	printf(" another's %ld\n", rc(syscall(SYS_capset, &other, caps)));
}

static void identities(void)
{
	gid_t groups[] = {7, 8, 9};
	all("start", 0);
	on(1, alone_setuid);
	all("one thread", 0);
	on(2, setgids);
	all("groups", rc(setgroups(3, groups)));
	on(3, drops);
	all("capabilities", 0);
	CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	all("setresuid", rc(setresuid(1000, 1000, 1000)));
	all("back", rc(setuid(0)));
	all("securebits", rc(prctl(PR_SET_SECUREBITS, 0x2f)));
	printf("setfsuid %d", setfsuid(1));
	printf(" %d\n", setfsuid(1));
}

static void options(void)
{
	static const unsigned long values[] = {0, 1, 2, 77, -1ul};
	for (int op = 1; op <= 80; op++) {
		/* Not what has a pointer (12: of old), ends the calling of more, or is of one machine. */
		static const int not[] = {22, 25, 26, 35, 55, 56, 59};
		int skip = 0;
		for (size_t i = 0; i < COUNT(not); i++)
			skip |= op == not[i];
		for (size_t i = 0; !skip && i < COUNT(values); i++) {
			printf("%d %ld: %ld", op, (long)values[i], rc(prctl(op, values[i], 0, 0, 0)));
			printf(" %ld\n", rc(prctl(op, values[i], 1, 1, 1)));
		}
		fflush(stdout);
	}
}

static void spaces(void)
{
	static const struct { const char *name; int flag; } kinds[] = {{"user", CLONE_NEWUSER}, {"pid", CLONE_NEWPID}, {"mnt", CLONE_NEWNS},
		{"uts", CLONE_NEWUTS}, {"ipc", CLONE_NEWIPC}, {"net", CLONE_NEWNET}, {"cgroup", CLONE_NEWCGROUP}, {"time", 0x80},
		{"pid_for_children", CLONE_NEWPID}, {"time_for_children", 0x80}};
	static const int more[] = {CLONE_FS, CLONE_FILES, CLONE_SYSVSEM, CLONE_THREAD, CLONE_SIGHAND, CLONE_VM, CLONE_VFORK, CLONE_VM | CLONE_THREAD,
		CLONE_PARENT, CLONE_SETTLS, 1};
	char path[60];
	for (size_t i = 0; i < COUNT(kinds); i++) {
		snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i].name);
		int fd = open(path, O_RDONLY);
		printf("%s: setns %ld", kinds[i].name, rc(setns(fd, kinds[i].flag)));
		printf(" any %ld", rc(setns(fd, 0)));
		printf(" wrong %ld\n", rc(setns(fd, CLONE_NEWIPC | CLONE_NEWUTS)));
		close(fd);
	}
	int fd = (int)syscall(434, getpid(), 0);
	for (size_t i = 0; i < COUNT(kinds); i++)
		printf("pidfd %s: %ld\n", kinds[i].name, rc(setns(fd, kinds[i].flag)));
	printf("none %ld", rc(setns(fd, 0)));
	printf(" all %ld bad %ld\n", rc(setns(fd, -1)), rc(setns(-1, 0)));
	close(fd);
	for (size_t i = 0; i < COUNT(more); i++)
		printf("unshare %x: %ld\n", more[i], rc(unshare(more[i])));
	static const size_t order[] = {2, 3, 4, 6, 7, 0, 1};
	for (size_t i = 0; i < COUNT(order); i++)
		printf("unshare %s: %ld\n", kinds[order[i]].name, rc(unshare(kinds[order[i]].flag)));
	for (size_t i = 0; i < COUNT(more); i++) /* when children are in another PID namespace */
		if (more[i] != CLONE_FS)
			printf("unshare %x: %ld\n", more[i], rc(unshare(more[i])));
}

static void in_child(const char *name, void (*f)(void), int threads)
{
	fflush(stdout);
	int st;
	pid_t pid = fork();
	if (pid == 0) {
		for (int i = 1; i <= threads; i++) {
			pthread_t t;
			CHECK(sem_init(&go[i], 0, 0) == 0 && sem_init(&done[i], 0, 0) == 0 && pthread_create(&t, NULL, worker, (void *)(intptr_t)i) == 0);
		}
		f();
		fflush(stdout);
		_exit(0);
	}
	CHECK(waitpid(pid, &st, 0) == pid);
	printf("%s: %#x\n", name, st);
}

int main(void)
{
	in_child("identities", identities, THREADS);
	in_child("options", options, 0);
	in_child("namespaces beside threads", spaces, THREADS);
	in_child("namespaces", spaces, 0);
	return 0;
}
