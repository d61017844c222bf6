/*
 * Another root, by pivot_root and by chroot, with and without a /proc below it: programs
 * and scripts there are executed, spawned and missed, threads and forks go on, and the old
 * root is gone. In user and mount namespaces of its own. It also runs itself, as the program.
 */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <spawn.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

extern char **environ;
static char self[300], dir[] = "/tmp/rootsXXXXXX";

static long rc(long r) { return r < 0 ? -errno : r; }

static const char *in(const char *name)
{
	static char path[4][100];
	static int n;
	char *p = path[n++ % 4];
	snprintf(p, sizeof path[0], "%s/%s", dir, name);
	return p;
}

static void put(const char *path, int mode, const char *text)
{
	int fd = open(path, O_WRONLY | (mode ? O_CREAT : 0), mode);
	CHECK(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
}

static void own_namespaces(void)
{
	char map[2][40];
	snprintf(map[0], sizeof map[0], "0 %d 1", getuid());
	snprintf(map[1], sizeof map[1], "0 %d 1", getgid());
	CHECK(unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0);
	put("/proc/self/setgroups", 0, "deny");
	put("/proc/self/uid_map", 0, map[0]);
	put("/proc/self/gid_map", 0, map[1]);
}

static void make_tree(int proc)
{
	static char buf[1 << 16];
	static const char *const folders[] = {"bin", "old", "proc", "tmp"};
	CHECK(mount("none", dir, "tmpfs", 0, NULL) == 0);
	for (size_t i = 0; i < COUNT(folders); i++)
		CHECK(mkdir(in(folders[i]), 0755) == 0);
	int a = open(self, O_RDONLY), b = open(in("bin/prog"), O_CREAT | O_WRONLY, 0755);
	for (ssize_t n; (n = read(a, buf, sizeof buf)) > 0;)
		CHECK(write(b, buf, (size_t)n) == n);
	close(a), close(b);
	put(in("bin/script"), 0755, "#!/bin/prog script\n");
	if (proc)
		CHECK(mount("/proc", in("proc"), NULL, MS_BIND | MS_REC, NULL) == 0);
}

static void *sets(void *p) { *(int *)p = 6; return p; }

static void try(const char *name, const char *file)
{
	char *args[] = {"zero", "argument", NULL}, cwd[200] = "";
	int st = -1, set = 0;
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		execve(file, args, environ);
		_exit(100 + errno);
	}
	CHECK(waitpid(pid, &st, 0) == pid);
	printf("%s: exec %#x", name, st);
	int e = posix_spawn(&pid, file, NULL, NULL, args, environ);
	if (e == 0)
		CHECK(waitpid(pid, &st, 0) == pid);
	printf(" spawn %d %#x", e, st);
	printf(" none %d", posix_spawn(&pid, "/none", NULL, NULL, args, environ));
	pthread_t t;
	CHECK(pthread_create(&t, NULL, sets, &set) == 0 && pthread_join(t, NULL) == 0);
	long r = rc(syscall(SYS_getcwd, cwd, sizeof cwd));
	printf(" thread %d cwd %s\n", set, r < 0 ? "none" : strncmp(cwd, "(unreachable)", 13) ? cwd : "unreachable");
}

static void other_root(int how)
{
	int proc = how & 1;
	own_namespaces();
	make_tree(proc);
	switch (how / 2) {
	case 0:
		printf("bad %ld", rc(syscall(SYS_pivot_root, "/none", "/tmp")));
		printf(" %ld", rc(syscall(SYS_pivot_root, "/tmp", "/tmp")));
		printf(" pivot_root %ld\n", rc(syscall(SYS_pivot_root, dir, in("old"))));
		CHECK(chdir("/") == 0);
		try("the old root is there", "/bin/prog");
		printf("umount %ld\n", rc(umount2("/old", MNT_DETACH)));
		break;
	case 1:
		CHECK(chdir(dir) == 0);
		printf("pivot_root %ld", rc(syscall(SYS_pivot_root, ".", ".")));
		printf(" umount %ld\n", rc(umount2(".", MNT_DETACH)));
		break;
	default:
		printf("bad %ld", rc(chroot("/none")));
		printf(" %ld", rc(chroot("/etc/passwd")));
		printf(" chroot %ld\n", rc(chroot(dir)));
		if (how / 2 == 2)
			CHECK(chdir("/") == 0);
	}
	try("program", "/bin/prog");
	try("script", "/bin/script");
	try("relative", "bin/prog");
	try("not there", "/bin/none");
	try("outside", "/etc/passwd");
	if (proc)
		try("itself", "/proc/self/exe"); /* which is outside */
	printf("/etc %ld /bin %ld\n", rc(access("/etc", F_OK)), rc(access("/bin", F_OK)));
	fflush(stdout);
	int st;
	pid_t pid = fork();
	if (pid == 0) {
		try("in a child", "/bin/script");
		exit(3);
	}
	CHECK(waitpid(pid, &st, 0) == pid);
	printf("child %#x", st);
	fflush(stdout);
	if ((pid = fork()) == 0) {
		struct rlimit none = {0, 0};
		setrlimit(RLIMIT_CORE, &none);
		*hide((volatile int *)8) = 1;
	}
	CHECK(waitpid(pid, &st, 0) == pid);
	printf(" fault %#x\n", st);
}

int main(int argc, char **argv)
{
	if (argc > 1) {
		printf("  %d:", argc);
		for (int i = 1; i < argc; i++)
			printf(" %s", argv[i]);
		char exe[300] = "";
		if (access("/proc/self", F_OK) == 0 && readlink("/proc/self/exe", exe, sizeof exe - 1) > 0)
			printf(" exe %s", strcmp(exe, "/bin/prog") ? "outside" : exe);
		printf("\n");
		return 5;
	}
	CHECK(readlink("/proc/self/exe", self, sizeof self - 1) > 0 && mkdtemp(dir));
	for (int how = 0; how < 8; how++) {
		fflush(stdout);
		int st;
		pid_t pid = fork();
		if (pid == 0) {
			other_root(how);
			exit(0);
		}
		CHECK(waitpid(pid, &st, 0) == pid);
		printf("%d: %#x\n", how, st);
	}
	CHECK(rmdir(dir) == 0);
	return 0;
}
