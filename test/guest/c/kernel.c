/* Calls whose flags or structures differ between arm64 and x86-64, and what the
 * kernel says to requests that nobody knows. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <mqueue.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __aarch64__
#define MACHINE "aarch64"
#define MACHINE32 "armv8l"
#else
#define MACHINE "x86_64"
#define MACHINE32 "i686"
#endif

static long rc(long r) { return r < 0 ? -errno : r; }

/* The names of status flags, so that their numbers do not show. */
static const char *flags(int f)
{
	static char out[100];
	snprintf(out, sizeof out, "%d%s%s%s%s%s", f & O_ACCMODE, f & O_DIRECT ? " direct" : "", f & O_APPEND ? " append" : "",
		 f & O_NONBLOCK ? " nonblock" : "", f & O_PATH ? " path" : "", (f & O_DIRECTORY) == O_DIRECTORY ? " directory" : "");
	return out;
}

/* Which error is found first when a pointer is bad and something else as well. */
static void pointers(void)
{
	static const unsigned long bad[] = { 0, 8, 0x7dff00000000, 1ul << 62, -8ul };
	int fds[2], file = open("/dev/zero", O_RDWR);
	socketpair(AF_UNIX, SOCK_DGRAM, 0, fds);
	char c = 'x';
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		void *p = (void *)bad[i];
		struct iovec v = { p, 1 }, half[2] = { { &c, 1 }, { p, 1 } }, negative = { &c, -1ul };
		struct msghdr h = { .msg_iov = &v, .msg_iovlen = 1 }, unused = { .msg_name = p, .msg_control = p };
		struct mmsghdr m = { .msg_hdr = h };
		printf("pointer %u: closed", i);
		printf(" %ld %ld %ld %ld %ld %ld %ld %ld %ld", rc(read(-1, p, 1)), rc(pread(-1, p, 1, 0)), rc(syscall(SYS_readv, -1, p, 1)),
		       rc(syscall(SYS_recvmsg, -1, p, 0)), rc(syscall(SYS_sendmsg, -1, p, 0)), rc(syscall(SYS_recvmmsg, -1, p, 1, 0, 0)),
		       rc(syscall(SYS_sendmmsg, -1, p, 1, 0)), rc(syscall(SYS_setsockopt, -1, SOL_SOCKET, 26, p, 16)), rc(syscall(SYS_getsockname, -1, p, p)));
		printf(" no socket %ld %ld %ld", rc(syscall(SYS_sendmsg, file, p, 0)), rc(syscall(SYS_recvmsg, file, &h, 0)), rc(syscall(SYS_sendmmsg, file, &m, 1, 0)));
		printf(" vector %ld %ld %ld %ld", rc(syscall(SYS_readv, file, p, 1)), rc(readv(file, &v, 1)), rc(syscall(SYS_readv, file, p, 1025)), rc(readv(file, &negative, 1)));
		printf(" second %ld", rc(readv(file, half, 2)));
		h.msg_iovlen = 1025;
		printf(" long %ld", rc(sendmsg(fds[0], &h, MSG_DONTWAIT)));
		h = (struct msghdr){ .msg_iov = &negative, .msg_iovlen = 1 };
		printf(" negative %ld unused %ld none %ld\n", rc(sendmsg(fds[0], &h, MSG_DONTWAIT)), rc(sendmsg(fds[0], &unused, MSG_DONTWAIT)),
		       rc(syscall(SYS_writev, file, p, 0)));
	}
	close(fds[0]), close(fds[1]), close(file);
}

static void opening(void)
{
	int p[2];
	printf("pipe2 direct %ld", rc(pipe2(p, O_DIRECT | O_CLOEXEC)));
	printf(" %s", flags(fcntl(p[0], F_GETFL)));
	printf(" setfl %ld", rc(fcntl(p[0], F_SETFL, O_NONBLOCK)));
	printf(" %s", flags(fcntl(p[0], F_GETFL)));
	printf(" setfl %ld", rc(fcntl(p[0], F_SETFL, O_DIRECT)));
	printf(" %s", flags(fcntl(p[0], F_GETFL)));
	printf(" cloexec %d\n", fcntl(p[0], F_GETFD));
	printf("pipe2 directory %ld\n", rc(pipe2(p, O_DIRECTORY)));
	mkdir("d", 0755);
	symlink("d", "l");
	close(open("f", O_CREAT | O_WRONLY, 0644));
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW };
	long fd = syscall(SYS_openat2, AT_FDCWD, "d", &how, sizeof how);
	printf("openat2 dir %d %s", fd >= 0, flags(fcntl(fd, F_GETFL)));
	printf(" link %ld", rc(syscall(SYS_openat2, AT_FDCWD, "l", &how, sizeof how)));
	printf(" file %ld", rc(syscall(SYS_openat2, AT_FDCWD, "f", &how, sizeof how)));
	how.resolve = RESOLVE_NO_SYMLINKS;
	how.flags = O_PATH;
	printf(" resolve %ld", rc(syscall(SYS_openat2, AT_FDCWD, "l/x", &how, sizeof how)));
	how.flags = 1ull << 40;
	printf(" unknown %ld size %ld\n", rc(syscall(SYS_openat2, AT_FDCWD, "d", &how, sizeof how)), rc(syscall(SYS_openat2, AT_FDCWD, "d", &how, 8)));
	printf("open link nofollow %ld directory on file %ld", rc(open("l", O_RDONLY | O_NOFOLLOW)), rc(open("f", O_RDONLY | O_DIRECTORY)));
	fd = open(".", O_TMPFILE | O_RDWR, 0600);
	struct stat st;
	printf(" tmpfile %d links %d\n", fd >= 0, fstat(fd, &st) == 0 && st.st_nlink == 0);
	fd = open("f", O_PATH);
	printf("path %s\n", flags(fcntl(fd, F_GETFL)));
}

static void ipc(void)
{
	struct semid_ds sd;
	int id = semget(IPC_PRIVATE, 3, 0640 | IPC_CREAT);
	time_t now = time(NULL);
	printf("semctl %ld", rc(semctl(id, 0, IPC_STAT, &sd)));
	printf(" n %ld mode %o ctime %d otime %ld", (long)sd.sem_nsems, sd.sem_perm.mode & 0777, sd.sem_ctime >= now - 5 && sd.sem_ctime < now + 60, (long)sd.sem_otime);
	struct sembuf op = { 1, 2, 0 };
	semop(id, &op, 1);
	semctl(id, 0, IPC_STAT, &sd);
	printf(" otime set %d", sd.sem_otime >= now - 5);
	printf(" val %d", semctl(id, 1, GETVAL));
	sd.sem_perm.mode = 0600;
	printf(" set %ld", rc(semctl(id, 0, IPC_SET, &sd)));
	semctl(id, 0, IPC_STAT, &sd);
	unsigned short all[3];
	semctl(id, 0, GETALL, all);
	printf(" mode %o all %d %d %d", sd.sem_perm.mode & 0777, all[0], all[1], all[2]);
	printf(" rm %ld\n", rc(semctl(id, 0, IPC_RMID)));
	struct msqid_ds md;
	id = msgget(IPC_PRIVATE, 0600);
	struct { long t; char b[5]; } m = { 7, "hey" };
	printf("msg %ld", rc(msgsnd(id, &m, 5, 0)));
	msgctl(id, IPC_STAT, &md);
	printf(" n %ld bytes %ld lspid %d rm %ld\n", (long)md.msg_qnum, (long)md.__msg_cbytes, md.msg_lspid == getpid(), rc(msgctl(id, IPC_RMID, NULL)));
	struct shmid_ds hd;
	id = shmget(IPC_PRIVATE, 5000, 0600);
	char *a = shmat(id, NULL, 0);
	a[4999] = 1;
	shmctl(id, IPC_STAT, &hd);
	printf("shm size %ld attached %ld", (long)hd.shm_segsz, (long)hd.shm_nattch);
	pid_t pid = fork();
	if (pid == 0) {
		a[0] = 42;
		_exit(0);
	}
	waitpid(pid, NULL, 0);
	printf(" child's %d", a[0]);
	printf(" rm %ld", rc(shmctl(id, IPC_RMID, NULL)));
	printf(" dt %ld", rc(shmdt(a)));
	printf(" again %ld\n", rc(shmdt(a)));
}

static void events(void)
{
	int ep = epoll_create1(0), p[2], q[2];
	pipe(p), pipe(q);
	struct epoll_event e = { EPOLLIN, { .u64 = 0x1122334455667788 } }, out[3];
	epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e);
	e.data.u64 = 0x99aabbccddeeff00, e.events = EPOLLIN | EPOLLONESHOT;
	epoll_ctl(ep, EPOLL_CTL_ADD, q[0], &e);
	write(p[1], "x", 1), write(q[1], "y", 1);
	int n = epoll_wait(ep, out, 3, 1000);
	uint64_t sum = 0;
	for (int i = 0; i < n; i++)
		sum += out[i].data.u64 ^ out[i].events;
	printf("epoll %d %" PRIx64 " again %d", n, sum, epoll_wait(ep, out, 3, 0));
	printf(" null %ld add twice %ld\n", rc(epoll_ctl(ep, EPOLL_CTL_ADD, q[1], NULL)), rc(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &e)));
	close(p[0]), close(q[0]);
	struct rlimit lim;
	getrlimit(RLIMIT_NOFILE, &lim);
	lim.rlim_cur = lim.rlim_max;
	setrlimit(RLIMIT_NOFILE, &lim);
	int first = eventfd(1, 0), last = first, added = 0;
	e.events = EPOLLIN;
	for (int fd = first; fd >= 0 && added < 6000; fd = dup(first)) { /* more at a time than a program's usual buffer */
		e.data.u64 = 0xabcd00000000ull + added;
		if (epoll_ctl(ep, EPOLL_CTL_ADD, last = fd, &e) == 0)
			added++;
	}
	struct epoll_event *many = calloc(8000, sizeof *many);
	n = epoll_wait(ep, many, 8000, 0);
	sum = 0;
	for (int i = 0; i < n; i++)
		sum += many[i].data.u64 - 0xabcd00000000ull + (many[i].events == EPOLLIN);
	printf("epoll of many %d %d beyond %d\n", n == added, sum == (uint64_t)added * (added + 1) / 2, many[n].events);
	close_range(first, last, 0);
	free(many), close(ep);
	aio_context_t ctx = 0;
	int fd = open("aio", O_RDWR | O_CREAT, 0600);
	char buf[8] = "aiodata";
	struct iovec iov = { buf, 7 };
	struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PWRITEV, .aio_fildes = fd, .aio_buf = (uintptr_t)&iov, .aio_nbytes = 1, .aio_data = 77 }, *list[] = { &cb };
	struct io_event ev[2];
	printf("aio %ld", rc(syscall(SYS_io_setup, 4, &ctx)));
	printf(" submit %ld", rc(syscall(SYS_io_submit, ctx, 1, list)));
	printf(" events %ld", rc(syscall(SYS_io_getevents, ctx, 1, 2, ev, NULL)));
	printf(" data %lld res %lld", (long long)ev[0].data, (long long)ev[0].res);
	printf(" destroy %ld %d\n", rc(syscall(SYS_io_destroy, ctx)), pread(fd, buf, 7, 0) == 7 && !memcmp(buf, "aiodata", 7));
}

static void requests(void)
{
	int fd = open("f", O_RDWR), n = -1, p[2];
	pipe(p);
	write(p[1], "abc", 3);
	printf("ioctl unknown %ld %ld", rc(ioctl(fd, 0x40086b01, &n)), rc(ioctl(fd, 0xdead, 0)));
	printf(" bad fd %ld", rc(ioctl(77, 0xdead, 0)));
	printf(" kvm %ld uffd %ld", rc(ioctl(fd, 0xae01, 0)), rc(ioctl(fd, 0xaa00, 0)));
	printf(" fionread %ld", rc(ioctl(p[0], FIONREAD, &n)));
	printf(" %d tcgets %ld fault %ld\n", n, rc(ioctl(p[0], TCGETS, &n)), rc(ioctl(p[0], FIONREAD, 1)));
	printf("unknown call %ld prctl %ld keyctl %ld negate %ld\n", rc(syscall(600)), rc(prctl(9999, 0, 0, 0, 0)),
	       rc(syscall(SYS_keyctl, 999)), rc(syscall(SYS_keyctl, KEYCTL_NEGATE, 1, 2, 3)));
	struct flock fl = { F_WRLCK, SEEK_SET, 10, 20, 0 };
	printf("lock %ld", rc(fcntl(fd, F_SETLK, &fl)));
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		struct flock g = { F_RDLCK, SEEK_SET, 0, 0, 0 };
		fcntl(fd, F_GETLK, &g);
		printf(" seen %d %ld %ld %d\n", g.l_type == F_WRLCK, (long)g.l_start, (long)g.l_len, g.l_pid == getppid());
		fflush(stdout);
		_exit(0);
	}
	fflush(stdout);
	waitpid(pid, NULL, 0);
	struct statfs sf;
	printf("statfs proc %d", statfs("/proc", &sf));
	printf(" %lx\n", (long)sf.f_type);
	struct f_owner_ex own = { F_OWNER_TID, getpid() }, got = { 0 };
	printf("owner %ld", rc(fcntl(p[0], F_SETOWN_EX, &own)));
	printf(" %ld", rc(fcntl(p[0], F_GETOWN_EX, &got)));
	printf(" %d\n", got.type == F_OWNER_TID && got.pid == getpid());
	struct utsname u;
	uname(&u);
	printf("uname %d", strcmp(u.machine, MACHINE) == 0);
	printf(" personality %d", personality(PER_LINUX32));
	uname(&u);
	printf(" uname %d", strcmp(u.machine, MACHINE32) == 0);
	printf(" back %d", personality(PER_LINUX));
	printf(" any %d", personality(0x17));
	printf(" back %x\n", personality(PER_LINUX));
}

/* What the emulator has open does not show and does not suffer. */
static void descriptors(void)
{
	struct rlimit rl;
	getrlimit(RLIMIT_NOFILE, &rl);
	rl.rlim_cur = rl.rlim_max < 4096 ? rl.rlim_max : 4096;
	setrlimit(RLIMIT_NOFILE, &rl);
	int open_ = 0, p[2];
	for (int fd = 500; fd < (int)rl.rlim_cur; fd++)
		open_ += fcntl(fd, F_GETFD) != -1;
	printf("open above 500: %d\n", open_);
	for (int fd = 20; fd < (int)rl.rlim_cur; fd++)
		close(fd);
	pipe(p);
	for (int fd = 895; fd < 1100; fd++)
		if (dup2(p[0], fd) != fd)
			printf("dup2 to %d: %d\n", fd, errno);
	write(p[1], "d", 1);
	char c;
	printf("read by a dup %zd\n", read(1003, &c, 1));
	printf("close_range %ld", rc(syscall(SYS_close_range, 20, ~0u, 0)));
	printf(" %ld\n", rc(fcntl(1003, F_GETFD)));
	/* The runtime below still works: children, timers, threads of its own. */
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();
		if (pid == 0) {
			syscall(SYS_close_range, 3, ~0u, 0);
			usleep(100);
			_exit(pipe(p) != 0 || p[0] != 3);
		}
		int st;
		waitpid(pid, &st, 0);
		if (st)
			printf("child %d: %x\n", i, st);
	}
	struct itimerspec ts = { .it_value = { 0, 1000000 } };
	int t = timerfd_create(CLOCK_MONOTONIC, 0);
	timerfd_settime(t, 0, &ts, NULL);
	uint64_t v;
	printf("timer %zd\n", read(t, &v, sizeof v));
}

static void limits(void)
{
	struct rlimit a = { 1ul << 40, 1ul << 41 }, b;
	printf("setrlimit %ld", rc(setrlimit(RLIMIT_AS, &a)));
	b.rlim_cur = 0;
	printf(" get %ld", rc(syscall(SYS_getrlimit, RLIMIT_AS, &b)));
	printf(" %d", b.rlim_cur == 1ul << 40 && b.rlim_max == 1ul << 41);
	printf(" prlimit %ld", rc(prlimit(getpid(), RLIMIT_AS, NULL, &b)));
	printf(" %d", b.rlim_cur == 1ul << 40);
	printf(" bad %ld null %ld\n", rc(syscall(SYS_getrlimit, 99, &b)), rc(syscall(SYS_getrlimit, RLIMIT_AS, 0)));
}

int main(void)
{
	pointers();
	opening();
	ipc();
	events();
	requests();
	limits();
	fflush(stdout);
	descriptors();
	return 0;
}
