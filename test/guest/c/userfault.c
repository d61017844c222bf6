/* userfaultfd: missing and write-protected pages, met by loads, stores and atomics, by
 * system calls of every kind of argument, by the delivery of a signal and by the fetch of
 * code, with a thread that provides them. */
#define _GNU_SOURCE
#include "t.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define P 4096
#define PAGES 512
#ifndef UFFD_USER_MODE_ONLY
#define UFFD_USER_MODE_ONLY 1
#endif
struct move { uint64_t dst, src, len, mode; int64_t moved; };
struct poison { struct uffdio_range range; uint64_t mode; int64_t updated; };
#define MOVE _IOWR(UFFDIO, 5, struct move)
#define POISON _IOWR(UFFDIO, 8, struct poison)
#define EVENTS (UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMAP | UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP)

static long rc(long r) { return r < 0 ? -errno : r; }

static char *area, *source;	/* a page of area comes from the same place of source */
static volatile int missing, protected, forked = -1, fork_next;
static int ufd, quit[2];
static volatile int epoch = 1, seen[2][PAGES];	/* a page may be asked for twice: a thread may wake for any reason */

static int open_uffd(int flags, uint64_t features)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK | flags);
	if (fd < 0)
		return -errno;
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	if (ioctl(fd, UFFDIO_API, &api))
		return -errno;
	return fd;
}

static long register_range(int fd, void *p, size_t n, uint64_t mode)
{
	struct uffdio_register r = { .range = { (uintptr_t)p, n }, .mode = mode };
	return rc(ioctl(fd, UFFDIO_REGISTER, &r));
}

static long provide(int fd, void *dst, const void *src, uint64_t mode)
{
	struct uffdio_copy c = { .dst = (uintptr_t)dst, .src = (uintptr_t)src, .len = P, .mode = mode };
	return ioctl(fd, UFFDIO_COPY, &c) ? -errno : c.copy;
}

static void *serve(void *arg)
{
	for (;;) {
		struct pollfd p[2] = { { ufd, POLLIN, 0 }, { quit[0], POLLIN, 0 } };
		poll(p, 2, -1);
		if (p[1].revents)
			return NULL;
		struct uffd_msg m;
		if (read(ufd, &m, sizeof m) != sizeof m)
			continue;
		if (m.event != UFFD_EVENT_PAGEFAULT) {
			printf("event %d\n", m.event);
			continue;
		}
		if (fork_next) {	/* the thread that waits for the page is not in the child */
			fork_next = 0;
			pid_t pid = fork();
			if (pid == 0) {
				char *b = malloc(100000);
				memset(b, 7, 100000);
				_exit(b[99999]);
			}
			int status;
			forked = waitpid(pid, &status, 0) == pid && WIFEXITED(status) ? WEXITSTATUS(status) : 1000;
		}
		/* Memory of its own, system calls on the address space. */
		char *own = malloc(P * 40);
		char *a = (char *)(m.arg.pagefault.address & ~(uint64_t)(P - 1));
		memcpy(own, source + (a - area), P);
		if (m.arg.pagefault.flags & UFFD_PAGEFAULT_FLAG_WP) {
			protected += seen[1][(a - area) / P] != epoch;
			seen[1][(a - area) / P] = epoch;
			struct uffdio_writeprotect w = { { (uintptr_t)a, P }, 0 };
			ioctl(ufd, UFFDIO_WRITEPROTECT, &w);
		} else {
			missing += !seen[0][(a - area) / P];
			seen[0][(a - area) / P] = 1;
			long r = provide(ufd, a, own, 0);
			if (r == -EEXIST) {
				struct uffdio_range w = { (uintptr_t)a, P };
				ioctl(ufd, UFFDIO_WAKE, &w);
			} else if (r != P)
				printf("copy %ld\n", r);
		}
		free(own);
	}
}

static int next_page;
/* fresh gives a missing page that will have the given content, at its end if that is what matters. */
static void *fresh(const void *content, size_t n, size_t at)
{
	int i = next_page++;
	if (i >= PAGES)
		abort();
	memset(source + i * P, 0, P);
	if (content)
		memcpy(source + i * P + at, content, n);
	return area + i * P + at;
}

static int was, wasp;
static void say(const char *what, long r)
{
	epoch++;
	printf("%s: %ld, pages %d %d\n", what, r, missing - was, protected - wasp);
	was = missing, wasp = protected;
}

static volatile sig_atomic_t signals;
static void on_signal(int s) { signals++; }
static sigjmp_buf env;
static void on_fault(int s, siginfo_t *i, void *u) { siglongjmp(env, i->si_code == BUS_ADRERR || i->si_code == 4 || i->si_code == 5 ? s : 1000 + i->si_code); }

static void *toucher(void *arg)
{
	char *base = arg;
	long sum = 0;
	for (int i = 0; i < 32; i++)
		sum += base[i * P] + open(base + i * P + 8, O_RDONLY);
	return (void *)sum;
}

static void *forker(void *arg)
{
	long bad = 0;
	for (int i = 0; i < 20; i++) {
		pid_t p = fork();
		if (p == 0)
			_exit(5);
		int st;
		if (waitpid(p, &st, 0) != p || WEXITSTATUS(st) != 5)
			bad++;
	}
	return (void *)bad;
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	area = mmap(NULL, PAGES * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	source = mmap(NULL, PAGES * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("bad flags %ld\n", rc(syscall(SYS_userfaultfd, 0x40000000)));
	ufd = syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (ufd < 0) {
		printf("no userfaultfd %d\n", errno);
		return 0;
	}
	printf("flags %x %x\n", fcntl(ufd, F_GETFD), fcntl(ufd, F_GETFL) & O_NONBLOCK);
	struct uffdio_api api = { .api = 1 };
	printf("api 1: %ld", rc(ioctl(ufd, UFFDIO_API, &api)));
	printf(" unknown feature: %ld", (api = (struct uffdio_api){ .api = UFFD_API, .features = 1ull << 60 }, rc(ioctl(ufd, UFFDIO_API, &api))));
	printf(" register before api: %ld\n", register_range(ufd, area, P, UFFDIO_REGISTER_MODE_MISSING));
	api = (struct uffdio_api){ .api = UFFD_API };
	printf("api: %ld", rc(ioctl(ufd, UFFDIO_API, &api)));
	printf(" features %llx ioctls %llx\n", (unsigned long long)(api.features & ~EVENTS), (unsigned long long)api.ioctls);
	printf("bad pointer %ld, again %ld, not such a file %ld\n", rc(ioctl(ufd, UFFDIO_REGISTER, (void *)8)),
	       rc(ioctl(ufd, UFFDIO_API, &api)), (long)(ioctl(1, UFFDIO_API, &api) < 0 && errno != EFAULT));
	printf("nothing to read %ld", rc(read(ufd, source, 32)));
	struct uffdio_register reg = { .range = { (uintptr_t)area, PAGES * P }, .mode = UFFDIO_REGISTER_MODE_MISSING | UFFDIO_REGISTER_MODE_WP };
	printf(" register: %ld", rc(ioctl(ufd, UFFDIO_REGISTER, &reg)));
	printf(" ioctls %llx\n", (unsigned long long)reg.ioctls & 0x1ff);
	printf("misaligned %ld no mode %ld length 0 %ld other's %ld\n", register_range(ufd, area + 1, P, 1), register_range(ufd, source, P, 0),
	       register_range(ufd, source, 0, 1), ({ int o = open_uffd(0, 0); long r = register_range(o, area, P, 1); close(o); r; }));

	pipe(quit);
	pthread_t server;
	pthread_create(&server, NULL, serve, NULL);

	/* By instructions. */
	uint64_t word = 0x1122334455667788;
	say("load", *(volatile uint64_t *)fresh(&word, 8, 8) == word);
	uint64_t *w = fresh(&word, 8, 16);
	*(volatile uint8_t *)w = 0xff;
	say("store", *w == (word | 0xff));
	w = fresh(&word, 8, 24);
	say("add", __atomic_fetch_add(w, 5, __ATOMIC_SEQ_CST) == word && *w == word + 5);
	w = fresh(&word, 8, 32);
	uint64_t want = word;
	say("compare and swap", __atomic_compare_exchange_n(w, &want, 1, 0, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST) && *w == 1);
	char *cross = fresh("abcd", 4, P - 4);
	fresh("efgh", 4, 0);
	memcpy(&word, cross, 8);
	say("across two", memcmp(&word, "abcdefgh", 8) == 0);
	char *text = fresh("text", 5, 100);
	say("library", strlen(text));
#ifdef __aarch64__
	static const uint32_t code[] = { 0x52800540, 0xd65f03c0 };
#else
	static const uint8_t code[] = { 0xb8, 42, 0, 0, 0, 0xc3 };
#endif
	char *fn = fresh(code, sizeof code, 0);
	say("mprotect", rc(mprotect(fn, P, PROT_READ | PROT_EXEC)));
	say("code", ((int (*)(void))fn)());

	/* By the kernel, for a call: buffers, paths, structures. */
	int fds[2];
	say("pipe2", rc(pipe2(fresh(NULL, 0, 64), 0)));
	pipe(fds);
	say("write", rc(write(fds[1], fresh("hello", 5, 10), 5)));
	char *in = fresh(NULL, 0, 10);
	say("ioctl", rc(ioctl(fds[0], FIONREAD, in)));
	in = fresh(NULL, 0, 10);
	say("read", rc(read(fds[0], in, 5)));
	say("it", memcmp(in, "hello", 5) == 0);
	say("open", rc(open(fresh("/nonexistent/x", 15, 50), O_RDONLY)));
	say("open across two", ({ char *p = fresh("/dev", 4, P - 4); fresh("/null", 6, 0); rc(open(p, O_RDONLY)) > 0; }));
	say("open /proc", rc(open(fresh("/proc/self/maps", 16, 0), O_RDONLY)) > 0);
	say("chdir", rc(chdir(fresh("/nonexistent/x", 15, 50))));
	say("stat", rc(stat(fresh("/", 2, 0), fresh(NULL, 0, 8))));
	say("statfs", rc(statfs(fresh("/", 2, 0), fresh(NULL, 0, 8))));
	say("statx", rc(statx(AT_FDCWD, fresh("/", 2, 0), 0, STATX_ALL, fresh(NULL, 0, 8))));
	say("readlink", rc(readlink(fresh("/proc/self/exe", 15, 0), fresh(NULL, 0, 0), 1)));
	say("getcwd", rc(syscall(SYS_getcwd, fresh(NULL, 0, 0), 1000)) > 0);
	say("access", rc(access(fresh("/", 2, 0), R_OK)));
	int dir = open("/", O_RDONLY | O_DIRECTORY);
	say("getdents", rc(syscall(SYS_getdents64, dir, fresh(NULL, 0, 0), 1000)) > 0);
	struct iovec vec[2] = { { fresh("abc", 3, 0), 3 }, { fresh("de", 2, 7), 2 } };
	say("writev", rc(writev(fds[1], fresh(vec, sizeof vec, 16), 2)));
	struct iovec back[2] = { { fresh(NULL, 0, 0), 2 }, { fresh(NULL, 0, 7), 9 } };
	say("readv", rc(readv(fds[0], fresh(back, sizeof back, 16), 2)));
	int sv[2];
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	struct iovec one = { fresh("dgram", 5, 0), 5 };
	struct msghdr h = { .msg_iov = fresh(&one, sizeof one, 0), .msg_iovlen = 1 };
	say("sendmsg", rc(sendmsg(sv[0], fresh(&h, sizeof h, 0), 0)));
	one.iov_base = fresh(NULL, 0, 0);
	h.msg_iov = fresh(&one, sizeof one, 0);
	say("recvmsg", rc(recvmsg(sv[1], fresh(&h, sizeof h, 0), 0)));
	struct sockaddr_un un = { AF_UNIX, "/nonexistent/socket" };
	say("connect", rc(connect(sv[0], fresh(&un, sizeof un, 0), sizeof un)));
	int on = 1;
	say("setsockopt", rc(setsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, fresh(&on, 4, 0), 4)));
	socklen_t four = 4;
	say("getsockopt", rc(getsockopt(sv[0], SOL_SOCKET, SO_PASSCRED, fresh(NULL, 0, 0), fresh(&four, 4, 0))));
	int ep = epoll_create1(0);
	struct epoll_event ev = { EPOLLIN | EPOLLOUT, { .u64 = 77 } };
	say("epoll_ctl", rc(epoll_ctl(ep, EPOLL_CTL_ADD, sv[0], fresh(&ev, sizeof ev, 0))));
	say("epoll_wait", rc(epoll_wait(ep, fresh(NULL, 0, 0), 1, 0)));
	struct pollfd pf = { sv[0], POLLOUT, 0 };
	say("poll", rc(poll(fresh(&pf, sizeof pf, 0), 1, 0)));
	fd_set set;
	FD_ZERO(&set);
	FD_SET(sv[0], &set);
	struct timeval tv = { 0, 1 };
	say("select", rc(select(sv[0] + 1, NULL, fresh(&set, sizeof set, 0), NULL, fresh(&tv, sizeof tv, 0))));
	say("uname", rc(uname(fresh(NULL, 0, 0))));
	say("sysinfo", rc(sysinfo(fresh(NULL, 0, 0))));
	say("times", rc(times(fresh(NULL, 0, 0))) != 0);
	say("getrusage", rc(getrusage(RUSAGE_SELF, fresh(NULL, 0, 0))));
	say("getrlimit", rc(syscall(SYS_prlimit64, 0, RLIMIT_NOFILE, NULL, fresh(NULL, 0, 0))));
	struct timespec ts = { 0, 1 };
	say("nanosleep", rc(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, fresh(&ts, sizeof ts, 0), NULL)));
	say("clock_gettime", rc(syscall(SYS_clock_gettime, CLOCK_BOOTTIME, fresh(NULL, 0, 0))));
	say("clock_gettime, vDSO", rc(clock_gettime(CLOCK_MONOTONIC, fresh(NULL, 0, 0))));
	int zero = 0;
	say("futex wait", rc(syscall(SYS_futex, fresh(&zero, 4, 0), FUTEX_WAIT, 1, fresh(&ts, sizeof ts, 0), NULL, 0)));
	say("futex wake", rc(syscall(SYS_futex, fresh(&zero, 4, 0), FUTEX_WAKE, 1, NULL, NULL, 0)));
	say("prctl", rc(prctl(PR_GET_NAME, fresh(NULL, 0, 0))));
	uint64_t mask = 0;
	say("sigprocmask", rc(syscall(SYS_rt_sigprocmask, SIG_BLOCK, fresh(&mask, 8, 0), fresh(NULL, 0, 0), 8)));
	say("sigaction", rc(syscall(SYS_rt_sigaction, SIGUSR2, NULL, fresh(NULL, 0, 0), 8)));
	say("sigpending", rc(syscall(SYS_rt_sigpending, fresh(NULL, 0, 0), 8)));
	say("sched_getaffinity", rc(syscall(SYS_sched_getaffinity, 0, 128, fresh(NULL, 0, 0))) > 0);
	say("getrandom", rc(syscall(SYS_getrandom, fresh(NULL, 0, 0), 16, 0)));
	say("getgroups", rc(getgroups(0, fresh(NULL, 0, 0))) >= 0);
	say("mincore", rc(mincore(source, P, fresh(NULL, 0, 0))));
	say("process_vm_readv", ({ struct iovec l = { fresh(NULL, 0, 0), 8 }, r = { fresh("abcdefgh", 8, 0), 8 };
		rc(syscall(SYS_process_vm_readv, getpid(), fresh(&l, 16, 0), 1, fresh(&r, 16, 0), 1, 0)); }));
	char *av[] = { fresh("x", 2, 0), NULL };
	printf("execve %ld\n", rc(execve(fresh("/nonexistent/x", 15, 50), fresh(av, sizeof av, 0), NULL)));
	was = missing;
	say("mlock", rc(mlock(fresh(NULL, 0, 0), P)));

	/* The frame of a signal. */
	stack_t st = { .ss_sp = area + next_page * P, .ss_size = 16 * P };
	next_page += 16;
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
	sigaltstack(&st, NULL);
	sigaction(SIGUSR1, &sa, NULL);
	raise(SIGUSR1);
	printf("signal on missing stack %d, pages %d\n", (int)signals, missing > 0);
	st.ss_flags = SS_DISABLE;
	sigaltstack(&st, NULL);
	was = missing;

	/* Write protection. */
	char *wp = fresh("protected", 10, 0);
	*(volatile char *)wp = 'P';
	struct uffdio_writeprotect prot = { { (uintptr_t)wp, P }, UFFDIO_WRITEPROTECT_MODE_WP };
	say("writeprotect", rc(ioctl(ufd, UFFDIO_WRITEPROTECT, &prot)));
	say("load", wp[1]);
	wp[2] = 'O';
	say("store", memcmp(wp, "PrOtected", 9) == 0);
	ioctl(ufd, UFFDIO_WRITEPROTECT, &prot);
	write(fds[1], "x", 1);
	say("read", rc(read(fds[0], wp, 1)));
	ioctl(ufd, UFFDIO_WRITEPROTECT, &prot);
	say("uname", rc(uname((void *)wp)));
	ioctl(ufd, UFFDIO_WRITEPROTECT, &prot);
	__atomic_fetch_or((int *)wp, 1, __ATOMIC_SEQ_CST);
	say("atomic", 0);

	/* A fork by the thread that serves, while another one waits; forks beside many that do. */
	fork_next = 1;
	say("load during fork", *(volatile char *)fresh("f", 1, 0) == 'f');
	printf("the child %d\n", forked);
	fork_next = 1;
	say("open during fork", rc(open(fresh("/nonexistent", 13, 50), O_RDONLY)));
	printf("the child %d\n", forked);
	pthread_t t[8];
	int first = next_page;
	for (int i = 0; i < 6; i++) {
		for (int k = 0; k < 32; k++)
			fresh("\1       /nonexistent", 20, 0);
		pthread_create(&t[i], NULL, toucher, area + (first + i * 32) * P);
	}
	pthread_create(&t[6], NULL, forker, NULL);
	long sum = 0;
	for (int i = 0; i < 7; i++) {
		void *r;
		pthread_join(t[i], &r);
		sum += (long)r;
	}
	say("threads", sum);

	/* In a child nothing is registered. */
	char *inherited = fresh("gone", 4, 0);
	pid_t pid = fork();
	if (pid == 0)
		_exit(inherited[0] == 0 && rc(open(inherited, O_RDONLY)) == -ENOENT ? 3 : 4);
	int status;
	waitpid(pid, &status, 0);
	say("child", WEXITSTATUS(status));

	write(quit[1], "q", 1);
	pthread_join(server, NULL);
	printf("unregister %ld", rc(ioctl(ufd, UFFDIO_UNREGISTER, &reg.range)));
	close(ufd);
	printf(" then %d\n", inherited[0]);

	/* Without a thread: pages beforehand, and features that make faults fail. */
	struct sigaction bus = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	sigaction(SIGBUS, &bus, NULL);
	char *b = mmap(NULL, 16 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int fd = open_uffd(0, UFFD_FEATURE_SIGBUS);
	printf("register %ld\n", register_range(fd, b, 16 * P, UFFDIO_REGISTER_MODE_MISSING));
	int s = sigsetjmp(env, 1);
	if (!s)
		s = *(volatile char *)b;
	printf("load %d read %ld open %ld sigaction %ld uname %ld\n", s, ({ write(fds[1], "x", 1); rc(read(fds[0], b, 1)); }), rc(open(b, O_RDONLY)),
	       rc(syscall(SYS_rt_sigaction, SIGUSR2, b, NULL, 8)), rc(uname((void *)b)));
	memset(source, 'c', P);
	struct uffdio_zeropage z = { { (uintptr_t)(b + P), P }, 0, 0 };
	printf("copy %ld", provide(fd, b, source, 0));
	printf(" again %ld", provide(fd, b, source, 0));
	printf(" zeropage %ld", rc(ioctl(fd, UFFDIO_ZEROPAGE, &z)));
	printf(" wake %ld", rc(ioctl(fd, UFFDIO_WAKE, &z.range)));
	printf(" misaligned %ld no source %ld outside %ld\n", provide(fd, b + 2 * P + 1, source, 0), provide(fd, b + 2 * P, (void *)8, 0), provide(fd, source, source, 0));
	printf("values %d %d\n", b[0], b[P]);
	char *from = mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	from[0] = 'm';
	struct move mv = { (uintptr_t)(b + 3 * P), (uintptr_t)from, P, 0, 0 };
	printf("move %ld", rc(ioctl(fd, MOVE, &mv)));
	printf(" %ld", (long)mv.moved);
	if (mv.moved == P)
		printf(" value %d source %d\n", b[3 * P], from[0]);
	struct poison po = { { (uintptr_t)(b + 4 * P), P }, 0, 0 };
	printf("poison %ld", rc(ioctl(fd, POISON, &po)));
	s = sigsetjmp(env, 1);
	if (!s)
		s = b[4 * P];
	printf(" load %d unknown request %ld\n", s, rc(ioctl(fd, _IOWR(UFFDIO, 9, struct poison), &po)));
	close(fd);

	fd = open_uffd(UFFD_USER_MODE_ONLY, 0);
	printf("user mode only: register %ld", register_range(fd, b + 8 * P, 4 * P, UFFDIO_REGISTER_MODE_MISSING));
	printf(" read %ld", ({ write(fds[1], "x", 1); rc(read(fds[0], b + 8 * P, 1)); }));
	printf(" open %ld", rc(open(b + 8 * P, O_RDONLY)));
	printf(" sigaction %ld", rc(syscall(SYS_rt_sigaction, SIGUSR2, b + 8 * P, NULL, 8)));
	printf(" uname %ld", rc(uname((void *)(b + 8 * P))));
	printf(" clock_gettime %ld\n", rc(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, b + 8 * P)));
	close(fd);
	int dev = open("/dev/userfaultfd", O_RDWR | O_CLOEXEC);
	if (dev >= 0) {
		fd = ioctl(dev, USERFAULTFD_IOC_NEW, O_CLOEXEC);
		api = (struct uffdio_api){ .api = UFFD_API };
		printf("device %d %ld\n", fd > 0, rc(ioctl(fd, UFFDIO_API, &api)));
	} else
		printf("no device\n");
	return 0;
}
