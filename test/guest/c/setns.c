// setns: a process enters the namespaces that another one has made, one by one and all at once by a pidfd, and
// sees what is in there; its threads, children and programs go on.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <net/if.h>
#include <unistd.h>

static const char *const names[] = {"user", "mnt", "net", "uts", "ipc", "pid"};
static const int types[] = {CLONE_NEWUSER, CLONE_NEWNS, CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWPID};
enum { spaces = sizeof types / sizeof types[0], all = CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID };

static int up[2], down[2];

static void put(const char *path, const char *text) {
	int fd = open(path, O_WRONLY);
	if (fd < 0 || write(fd, text, strlen(text)) < 0) printf("%s: %s\n", path, strerror(errno));
	close(fd);
}

// The process whose namespaces the others enter; its child is the first one in the PID namespace.
static int holder(void) {
	int pid = fork();
	if (pid) return pid;
	close(down[1]); // the main process's end ends this one
	char c = 'y', map[40];
	int uid = getuid(), gid = getgid();
	if (unshare(all)) c = 'n';
	else {
		put("/proc/self/setgroups", "deny");
		sprintf(map, "0 %d 1", uid);
		put("/proc/self/uid_map", map);
		sprintf(map, "0 %d 1", gid);
		put("/proc/self/gid_map", map);
		sethostname("inside", 6);
		mount("none", "/", 0, MS_REC | MS_PRIVATE, 0);
		if (mount("marker", "/mnt", "tmpfs", 0, "size=64k")) c = 'm';
		mkdir("/mnt/inside", 0700);
		if (fork() == 0) {
			if (write(up[1], &c, 1) != 1) _exit(1);
			_exit((int)read(down[0], &c, 1));
		}
	}
	if (c != 'y' && write(up[1], &c, 1) != 1) _exit(1);
	_exit((int)read(down[0], &c, 1));
}

static void *brief(void *arg) {
	return arg;
}

// What a process sees that has entered the namespaces types.
static void look(const char *self, int pid, int entered) {
	struct utsname u;
	struct stat st;
	char path[64], a[64] = "", b[64] = "";
	uname(&u);
	printf("  name inside %d, mount inside %d, only lo %d\n", !strcmp(u.nodename, "inside"), stat("/mnt/inside", &st) == 0,
	       if_nametoindex("lo") == 1 && if_nametoindex("eth0") == 0);
	for (int i = 0; i < spaces; i++) {
		sprintf(path, "/proc/self/ns/%s%s", names[i], types[i] == CLONE_NEWPID ? "_for_children" : "");
		if (readlink(path, a, sizeof a - 1) < 0) strcpy(a, "?");
		sprintf(path, "/proc/%d/ns/%s%s", pid, names[i], types[i] == CLONE_NEWPID ? "_for_children" : "");
		if (readlink(path, b, sizeof b - 1) < 0) strcpy(b, "-");
		if (!(entered & CLONE_NEWUSER)) printf("  %s %d\n", names[i], !strcmp(a, b));
	}
	pthread_t t;
	void *r = 0;
	int e = pthread_create(&t, 0, brief, &st);
	if (!e) pthread_join(t, &r);
	printf("  thread: %s, %d\n", strerror(e), r == &st);
	fflush(stdout);
	int s, child = fork();
	if (child == 0) {
		int first = getpid() < 50; // few have been there
		_exit(entered & CLONE_NEWPID ? first : 1);
	}
	printf("  fork: %d", child > 0);
	if (child > 0 && waitpid(child, &s, 0) == child) printf(", %x", s);
	child = vfork();
	if (child == 0) {
		execl("/proc/self/exe", self, "run", (char *)0);
		_exit(127);
	}
	if (child > 0 && waitpid(child, &s, 0) == child) printf(", vfork and exec: %x", s);
	printf("\n");
}

int main(int argc, char **argv) {
	(void)argv;
	if (argc > 1) return 5;
	setvbuf(stdout, 0, _IOLBF, 4096);
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);
	self[n < 0 ? 0 : n] = 0;
	char c;
	if (pipe(up) || pipe(down)) return 1;
	int pid = holder();
	if (read(up[0], &c, 1) != 1) return 1;
	printf("holder: %c\n", c);
	// Namespaces by their files, the user's first, as it gives the right to the others; and none of the user's.
	for (int from = 0; from < 2; from++) {
		fflush(stdout);
		int child = fork(), s;
		if (child == 0) {
			int fd[spaces];
			char path[64];
			for (int i = 0; i < spaces; i++) {
				sprintf(path, "/proc/%d/ns/%s%s", pid, names[i], types[i] == CLONE_NEWPID ? "_for_children" : "");
				fd[i] = open(path, O_RDONLY | O_CLOEXEC);
			}
			int entered = 0;
			for (int i = from; i < spaces; i++) {
				int r = setns(fd[i], types[i]);
				printf("setns %s: %d %s\n", names[i], r, r ? strerror(errno) : "");
				if (!r) entered |= types[i];
				int wrong = setns(fd[i], types[(i + 1) % spaces]);
				printf("  for another: %d %s\n", wrong, strerror(errno));
			}
			look(self, pid, entered);
			_exit(0);
		}
		waitpid(child, &s, 0);
		printf("by files: %x\n", s);
	}
	fflush(stdout);
	int child = fork(), s;
	if (child == 0) {
		int fd = (int)syscall(SYS_pidfd_open, pid, 0);
		int r = setns(fd, all & ~CLONE_NEWPID);
		printf("setns by a pidfd: %d %s\n", r, r ? strerror(errno) : "");
		look(self, pid, r ? 0 : all & ~CLONE_NEWPID);
		_exit(0);
	}
	waitpid(child, &s, 0);
	printf("by a pidfd: %x\n", s);
	// A time namespace is for processes of one thread, too.
	fflush(stdout);
	if ((pid = fork()) == 0) {
		int r = unshare(CLONE_NEWUSER | CLONE_NEWTIME), fd = open("/proc/self/ns/time_for_children", O_RDONLY | O_CLOEXEC);
		printf("unshare time: %d", r);
		r = setns(fd, CLONE_NEWTIME);
		printf(" setns: %d %s\n", r, r ? strerror(errno) : "");
		look(self, getpid(), CLONE_NEWUSER);
		fflush(stdout);
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	int bad = setns(-1, 0);
	printf("bad: %d %d", bad, errno);
	bad = setns(up[0], CLONE_NEWNET);
	printf(" %d %d\n", bad, errno);
	close(down[1]);
	waitpid(pid, &s, 0);
	printf("holder: %x\n", s);
	return 0;
}
