/* Every request of the common families to files of many kinds: which of them a file knows, and what
 * it says to the others. Without privileges, and with nothing in the argument. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pty.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <unistd.h>

/* Those that wait, end something, or tell of what others do. */
static int skipped(unsigned r)
{
	static const unsigned list[] = { 0x5409, 0x540e, 0x5411, 0x5412, 0x541b, 0x541d, 0x5425, 0x5437, 0x5460, 0x8906, 0x8907, 0x8912, 0x80045430, 0x5441 };
	for (size_t i = 0; i < COUNT(list); i++)
		if (r == list[i])
			return 1;
	return 0;
}

static void nothing(int s) { (void)s; }

int main(void)
{
	static const unsigned char types[] = { 0x00, 0x03, 0x12, 0x15, 0x24, 0x3e, 0x4b, 0x4c, 0x52, 0x54, 0x56, 0x58, 'f', 'v', 'r', 'p', 0x89, 0x8b, 0x94, 0x99, 0xae, 0xaf, 0xb7, 0xdd, 'U', 'V', 'E', 'c', 0xff };
	static const unsigned dirs[] = { 0, 0x80040000, 0x40040000, 0x80080000, 0x40080000, 0xc0180000, 0x80100000 };
	int p[2], sv[2], m, s;
	pipe(p), socketpair(AF_UNIX, SOCK_STREAM, 0, sv), openpty(&m, &s, NULL, NULL, NULL);
	struct { const char *name; int fd; } files[] = {
		{ "file", open("file", O_CREAT | O_RDWR, 0600) }, { "directory", open(".", O_RDONLY) }, { "pipe", p[0] }, { "unix", sv[0] }, { "udp", socket(AF_INET, SOCK_DGRAM, 0) },
		{ "netlink", socket(AF_NETLINK, SOCK_RAW, 0) }, { "master", m }, { "terminal", s }, { "null", open("/dev/null", O_RDWR) }, { "random", open("/dev/urandom", O_RDONLY) }, { "epoll", epoll_create1(0) },
		{ "eventfd", eventfd(0, 0) }, { "timerfd", timerfd_create(CLOCK_MONOTONIC, 0) }, { "inotify", inotify_init1(0) }, { "memory", memfd_create("m", 0) }, { "mounts", open("/proc/self/mounts", O_RDONLY) },
		{ "namespace", open("/proc/self/ns/uts", O_RDONLY) }, { "closed", 99 }, { "path", open("file", O_PATH) },
	};
	setgroups(0, NULL), setresgid(65534, 65534, 65534), setresuid(65534, 65534, 65534);
	static uint64_t arg[512];
	sigaction(SIGALRM, &(struct sigaction){ .sa_handler = nothing }, NULL);
	signal(SIGTTOU, SIG_IGN), signal(SIGHUP, SIG_IGN);
	for (size_t f = 0; f < COUNT(files); f++)
		for (size_t t = 0; t < COUNT(types); t++) {
			int unknown = 0, fine = 0;
			begin(files[f].name);
			for (unsigned r = types[t] << 8; r < (types[t] + 1u) << 8; r++)
				for (size_t d = 0; d < COUNT(dirs); d++) {
					if (skipped(r | dirs[d]))
						continue;
					memset(arg, 0, sizeof arg);
					struct itimerval limit = { { 1, 0 }, { 1, 0 } };
					if (r % 64 == 0 && d == 0)
						setitimer(ITIMER_REAL, &limit, NULL);
					int e = ioctl(files[f].fd, r | dirs[d], arg) < 0 ? errno : 0;
					unknown += e == ENOTTY, fine += e == 0;
					mix(e);
#ifdef ALL
					if (e != ENOTTY)
						printf("  %s %x: %d\n", files[f].name, r | dirs[d], e);
#endif
				}
			printf("%x: unknown %d, fine %d, ", types[t], unknown, fine);
			end();
		}
	return 0;
}
