// Files, descriptors, waiting, and what the process sees of itself. Run in an
// empty directory with the path of a native program as its argument.
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <time.h>
#include <unistd.h>

static int fails;
#define CHECK(c) do { if (!(c)) { fails++; printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); } } while (0)
#define ERR(c, e) do { errno = 0; CHECK((c) == -1); CHECK(errno == (e)); } while (0)

static void files(void)
{
	struct stat st, st2;
	struct statx sx;
	int fd = open("f", O_RDWR | O_CREAT | O_EXCL, 0640);
	CHECK(fd >= 0 && write(fd, "hello world", 11) == 11);
	ERR(open("f", O_RDWR | O_CREAT | O_EXCL, 0640), EEXIST);
	ERR(open("f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	ERR(open("none", O_RDONLY), ENOENT);
	ERR(open((char *)1, O_RDONLY), EFAULT);
	CHECK(fstat(fd, &st) == 0 && st.st_size == 11 && S_ISREG(st.st_mode) && (st.st_mode & 0777) == 0640 && st.st_nlink == 1);
	CHECK(st.st_uid == getuid() && st.st_blksize == 4096 && st.st_mtim.tv_sec > 1600000000);
	CHECK(stat("f", &st2) == 0 && st2.st_ino == st.st_ino && st2.st_dev == st.st_dev && st2.st_mtim.tv_nsec == st.st_mtim.tv_nsec);
	CHECK(statx(AT_FDCWD, "f", 0, STATX_ALL, &sx) == 0 && sx.stx_size == 11 && sx.stx_ino == st.st_ino);
	ERR(fstat(99, &st), EBADF);
	ERR(syscall(SYS_fstat, fd, 1), EFAULT);
	CHECK(symlink("f", "l") == 0);
	ERR(open("l", O_RDONLY | O_NOFOLLOW), ELOOP);
	CHECK(lstat("l", &st2) == 0 && S_ISLNK(st2.st_mode));
	int flags = fcntl(fd, F_GETFL);
	CHECK((flags & O_ACCMODE) == O_RDWR && !(flags & (O_DIRECTORY | O_NOFOLLOW | O_DIRECT)));
	CHECK(fcntl(fd, F_SETFL, flags | O_APPEND) == 0 && (fcntl(fd, F_GETFL) & O_APPEND));
	int d = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CHECK(d >= 0 && (fcntl(d, F_GETFL) & O_DIRECTORY) && fcntl(d, F_GETFD) == FD_CLOEXEC);
	ERR(openat(d, "f", O_RDONLY | O_DIRECTORY), ENOTDIR);
	int o = open("f", O_PATH | O_NOFOLLOW);
	CHECK(o >= 0 && (fcntl(o, F_GETFL) & (O_PATH | O_NOFOLLOW)) == (O_PATH | O_NOFOLLOW));

	char a[4], b[16] = "";
	struct iovec iov[2] = { { a, 4 }, { b, 16 } };
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && readv(fd, iov, 2) == 11 && !memcmp(a, "hell", 4) && !strcmp(b, "o world"));
	CHECK(preadv(fd, iov, 1, 6) == 4 && !memcmp(a, "worl", 4));
	iov[1].iov_base = (void *)0x7e1048000000;
	CHECK(lseek(fd, 0, SEEK_SET) == 0 && readv(fd, iov, 2) == 4);
	ERR(readv(fd, iov + 1, 1), EFAULT);
	ERR(readv(fd, iov, 2000), EINVAL);
	CHECK(pread(fd, a, 2, 4) == 2 && !memcmp(a, "o ", 2));
	lseek(fd, 0, SEEK_SET);
	ERR(read(fd, (void *)1, 10), EFAULT);

	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 5 };
	CHECK(fcntl(fd, F_SETLK, &fl) == 0 && fcntl(fd, F_GETLK, &fl) == 0 && fl.l_type == F_UNLCK);
	CHECK(flock(fd, LOCK_EX | LOCK_NB) == 0);

	CHECK(mkdir("dir", 0755) == 0 && rename("f", "dir/g") == 0 && unlink("l") == 0);
	DIR *dir = opendir("dir");
	struct dirent *e;
	int n = 0;
	while ((e = readdir(dir)))
		n += !strcmp(e->d_name, "g") && e->d_type == DT_REG && e->d_ino == st.st_ino;
	closedir(dir);
	CHECK(n == 1);
	ERR(rmdir("dir"), ENOTEMPTY);
	struct statfs fs;
	CHECK(statfs(".", &fs) == 0 && fs.f_bsize > 0 && fs.f_namelen == 255);
	CHECK(unlink("dir/g") == 0 && rmdir("dir") == 0);
	char cwd[PATH_MAX];
	CHECK(getcwd(cwd, sizeof cwd) == cwd && cwd[0] == '/');

	int t = open(".", O_TMPFILE | O_RDWR, 0600);
	CHECK(t >= 0 || errno == EOPNOTSUPP);
	CHECK(ioctl(fd, 0x12345678, 0) == -1 && errno == ENOTTY);
	ERR(ioctl(99, 0x12345678, 0), EBADF);
	struct termios tio;
	ERR(tcgetattr(fd, &tio), ENOTTY);
	int pt = posix_openpt(O_RDWR | O_NOCTTY);
	if (pt >= 0) {
		struct winsize ws = { 24, 80 }, got;
		CHECK(tcgetattr(pt, &tio) == 0 && (tio.c_lflag & ICANON));
		CHECK(ioctl(pt, TIOCSWINSZ, &ws) == 0 && ioctl(pt, TIOCGWINSZ, &got) == 0 && got.ws_col == 80);
		CHECK(grantpt(pt) == 0 && unlockpt(pt) == 0 && ptsname(pt));
	}
}

static void waiting(void)
{
	int p[2];
	CHECK(pipe2(p, O_NONBLOCK) == 0);
	char c;
	ERR(read(p[0], &c, 1), EAGAIN);
	struct pollfd pfd[2] = { { p[0], POLLIN }, { p[1], POLLOUT } };
	CHECK(poll(pfd, 2, 0) == 1 && pfd[1].revents == POLLOUT);
	int ep = epoll_create1(EPOLL_CLOEXEC);
	struct epoll_event ev[4] = { { EPOLLIN, { .u64 = 0x1122334455667788 } } }, in;
	in = ev[0];
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &in) == 0);
	in.events = EPOLLOUT;
	in.data.u64 = 0xa1a2a3a4a5a6a7a8;
	CHECK(epoll_ctl(ep, EPOLL_CTL_ADD, p[1], &in) == 0);
	CHECK(write(p[1], "x", 1) == 1);
	CHECK(epoll_wait(ep, ev, 4, 100) == 2);
	for (int i = 0; i < 2; i++)
		CHECK(ev[i].data.u64 == (ev[i].events == EPOLLIN ? 0x1122334455667788 : 0xa1a2a3a4a5a6a7a8));
	ERR(epoll_wait(ep, ev, 0, 0), EINVAL);
	ERR(epoll_ctl(ep, EPOLL_CTL_ADD, p[0], &in), EEXIST);
	CHECK(epoll_ctl(ep, EPOLL_CTL_DEL, p[0], 0) == 0);

	fd_set r;
	FD_ZERO(&r);
	FD_SET(p[0], &r);
	struct timespec ts = { 0, 0 };
	CHECK(pselect(p[0] + 1, &r, 0, 0, &ts, 0) == 1 && FD_ISSET(p[0], &r));
	int ef = eventfd(3, EFD_NONBLOCK);
	uint64_t v;
	CHECK(read(ef, &v, 8) == 8 && v == 3);
	int tf = timerfd_create(CLOCK_MONOTONIC, 0);
	struct itimerspec its = { { 0, 0 }, { 0, 1000000 } };
	CHECK(timerfd_settime(tf, 0, &its, 0) == 0 && read(tf, &v, 8) == 8 && v == 1);
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, 0);
	int sf = signalfd(-1, &set, SFD_NONBLOCK);
	struct signalfd_siginfo si;
	ERR(read(sf, &si, sizeof si), EAGAIN);
	raise(SIGUSR1);
	CHECK(read(sf, &si, sizeof si) == sizeof si && si.ssi_signo == SIGUSR1 && si.ssi_pid == getpid());
}

static void sockets(void)
{
	int s[2];
	CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, s) == 0);
	char buf[16] = "ping", ctl[CMSG_SPACE(sizeof(int))];
	struct iovec iov = { buf, 4 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = ctl, .msg_controllen = sizeof ctl };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int fd = eventfd(5, 0), got;
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof fd);
	CHECK(sendmsg(s[0], &m, 0) == 4);
	memset(ctl, 0, sizeof ctl);
	memset(buf, 0, sizeof buf);
	iov.iov_len = sizeof buf;
	CHECK(recvmsg(s[1], &m, 0) == 4 && !strcmp(buf, "ping") && m.msg_iov == &iov);
	memcpy(&got, CMSG_DATA(CMSG_FIRSTHDR(&m)), sizeof got);
	uint64_t v;
	CHECK(read(got, &v, 8) == 8 && v == 5);
	iov.iov_base = (void *)0x7e0000001000;
	ERR(recvmsg(s[1], &m, MSG_DONTWAIT), EAGAIN);
	struct mmsghdr mm[2];
	struct iovec io[2] = { { "ab", 2 }, { "cd", 2 } };
	memset(mm, 0, sizeof mm);
	for (int i = 0; i < 2; i++) {
		mm[i].msg_hdr.msg_iov = &io[i];
		mm[i].msg_hdr.msg_iovlen = 1;
	}
	CHECK(sendmmsg(s[0], mm, 2, 0) == 2 && mm[1].msg_len == 2 && mm[1].msg_hdr.msg_iov == &io[1]);
	CHECK(recv(s[1], buf, sizeof buf, 0) == 4 && !memcmp(buf, "abcd", 4));
	int n;
	socklen_t l = sizeof n;
	CHECK(getsockopt(s[0], SOL_SOCKET, SO_TYPE, &n, &l) == 0 && n == SOCK_STREAM && l == 4);
	close(s[1]);
	signal(SIGPIPE, SIG_IGN);
	ERR(send(s[0], "x", 1, 0), EPIPE);
}

static void itself(const char *self)
{
	struct utsname u;
	CHECK(uname(&u) == 0 && !strcmp(u.machine, "aarch64") && !strcmp(u.sysname, "Linux"));
	char buf[4096], real[PATH_MAX];
	CHECK(realpath(self, real) != 0);
	ssize_t n = readlink("/proc/self/exe", buf, sizeof buf);
	CHECK(n == strlen(real) && !memcmp(buf, real, n));
	int fd = open("/proc/self/exe", O_RDONLY);
	CHECK(read(fd, buf, 20) == 20 && buf[18] == (char)183);
	close(fd);
	fd = open("/proc/self/cmdline", O_RDONLY);
	n = read(fd, buf, sizeof buf);
	CHECK(n > 0 && !strcmp(buf, self));
	close(fd);
	fd = open("/proc/self/comm", O_RDONLY);
	n = read(fd, buf, sizeof buf);
	CHECK(n == 6 && !memcmp(buf, "files\n", 6));
	close(fd);
	fd = open("/proc/self/auxv", O_RDONLY);
	n = read(fd, buf, sizeof buf);
	CHECK(n > 100 && n % 16 == 0);
	close(fd);
	fd = open("/proc/cpuinfo", O_RDONLY);
	n = read(fd, buf, sizeof buf - 1);
	buf[n > 0 ? n : 0] = 0;
	CHECK(strstr(buf, "asimd") && strstr(buf, "0xd0c"));
	struct rlimit rl;
	CHECK(getrlimit(RLIMIT_NOFILE, &rl) == 0 && rl.rlim_cur > 0);
	rl.rlim_cur = rl.rlim_max = 1 << 30;
	CHECK(setrlimit(RLIMIT_AS, &rl) == 0);
	rl.rlim_cur = 0;
	CHECK(getrlimit(RLIMIT_AS, &rl) == 0 && rl.rlim_cur == 1 << 30);
	rl.rlim_cur = 2L << 30;
	ERR(setrlimit(RLIMIT_AS, &rl), EINVAL);
	CHECK(prctl(PR_SET_NAME, "renamed") == 0 && prctl(PR_GET_NAME, buf) == 0 && !strcmp(buf, "renamed"));
	ERR(prctl(0x7777), EINVAL);
	ERR(syscall(9999), ENOSYS);
	ERR(syscall(SYS_clone3, 0, 0), EINVAL);
	struct timespec a, b;
	CHECK(clock_gettime(CLOCK_MONOTONIC, &a) == 0 && clock_gettime(CLOCK_MONOTONIC, &b) == 0);
	CHECK(b.tv_sec > a.tv_sec || b.tv_sec == a.tv_sec && b.tv_nsec >= a.tv_nsec);
	CHECK(clock_gettime(CLOCK_REALTIME, &a) == 0 && a.tv_sec > 1600000000);
	CHECK(clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &a) == 0);
	ERR(clock_gettime(77, &a), EINVAL);
	ERR(syscall(SYS_clock_gettime, CLOCK_MONOTONIC, (void *)8), EFAULT);
	struct timeval tv;
	CHECK(gettimeofday(&tv, 0) == 0 && tv.tv_sec - a.tv_sec >= 0);
	struct sysinfo si;
	CHECK(sysinfo(&si) == 0 && si.mem_unit >= 1 && si.totalram > 0);
	int id = semget(IPC_PRIVATE, 3, IPC_CREAT | 0600);
	if (id >= 0) {
		struct semid_ds ds;
		CHECK(semctl(id, 0, IPC_STAT, &ds) == 0 && ds.sem_nsems == 3 && ds.sem_ctime > 1600000000);
		CHECK(semctl(id, 1, SETVAL, 5) == 0 && semctl(id, 1, GETVAL) == 5);
		semctl(id, 0, IPC_RMID);
	}
}

int main(int argc, char **argv)
{
	setvbuf(stdout, 0, _IOLBF, 0);
	files();
	waiting();
	sockets();
	itself(argv[0]);
	printf(fails ? "failed\n" : "ok\n");
	return fails != 0;
}
