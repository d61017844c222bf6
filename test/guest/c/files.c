/* System calls on files and descriptors in one thread, with their errors, bad
 * pointers included. Runs in an empty directory of its own. */
#include "t.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysinfo.h>
#include <sys/times.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

static long rc(long r) { return r < 0 ? -errno : r; }
#define SHOW(E) printf("%s = %ld\n", #E, rc((long)(E)))

static int by_name(const void *a, const void *b) { return strcmp(*(char *const *)a, *(char *const *)b); }

int main(void)
{
	char buf[256], *bad = hide((char *)8);
	char *ro = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(ro + 4096, 4096);
	int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0640);
	printf("open %d\n", fd >= 0);
	SHOW(open("file", O_RDWR | O_CREAT | O_EXCL, 0640));
	SHOW(open("missing", O_RDONLY));
	SHOW(open("missing/x", O_RDONLY));
	SHOW(open("file/x", O_RDONLY));
	SHOW(open(bad, O_RDONLY));
	SHOW(open(".", O_WRONLY));
	SHOW(open("file", O_RDONLY | O_DIRECTORY));
	SHOW(write(fd, "hello, world", 12));
	SHOW(lseek(fd, -5, SEEK_END));
	SHOW(read(fd, buf, 100));
	SHOW(memcmp(buf, "world", 5));
	SHOW(read(fd, buf, 100));
	SHOW(pread(fd, buf, 4, 2));
	SHOW(pwrite(fd, "J", 1, 0));
	SHOW(read(fd, bad, 10));
	SHOW(pread(fd, ro, 10, 0));
	SHOW(write(fd, bad, 10));
	SHOW(write(fd, ro + 4090, 100));
	SHOW(read(99, buf, 1));
	SHOW(lseek(fd, -100, SEEK_SET));
	SHOW(lseek(fd, 0, 77));
	SHOW(lseek(fd, 100, SEEK_SET));
	SHOW(write(fd, "end", 3));
	struct iovec iv[3] = { { buf, 5 }, { buf + 10, 0 }, { buf + 20, 30 } };
	SHOW(lseek(fd, 0, SEEK_SET));
	SHOW(readv(fd, iv, 3));
	SHOW(writev(fd, iv, 2));
	SHOW(preadv(fd, iv, 3, 90));
	iv[1] = (struct iovec){ bad, 5 };
	SHOW(readv(fd, iv, 3));
	SHOW(readv(fd, iv, hide(-1)));
	SHOW(ftruncate(fd, 50));
	SHOW(truncate("file", 40));
	SHOW(truncate("file", -1));
	struct stat st;
	SHOW(fstat(fd, &st));
	printf("mode %o size %ld nlink %d uid %d blksize %d regular %d\n", st.st_mode & 0777, (long)st.st_size, (int)st.st_nlink, st.st_uid == getuid(), st.st_blksize > 0, S_ISREG(st.st_mode));
	SHOW(stat("missing", &st));
	SHOW(stat("file", (struct stat *)bad));
	SHOW(fstatat(AT_FDCWD, ".", &st, 0));
	printf("directory %d\n", S_ISDIR(st.st_mode));
	struct statx sx;
	SHOW(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &sx));
	printf("statx size %ld mode %o\n", (long)sx.stx_size, sx.stx_mode & 0777);
	SHOW(chmod("file", 0400));
	SHOW(access("file", R_OK));
	SHOW(faccessat(AT_FDCWD, "missing", F_OK, 0));
	SHOW(link("file", "link"));
	SHOW(symlink("file", "sym"));
	SHOW(readlink("sym", buf, sizeof buf));
	SHOW(readlink("file", buf, sizeof buf));
	SHOW(lstat("sym", &st));
	printf("symlink %d size %ld\n", S_ISLNK(st.st_mode), (long)st.st_size);
	SHOW(mkdir("dir", 0755));
	SHOW(mkdir("dir", 0755));
	SHOW(rename("link", "dir/moved"));
	SHOW(rename("missing", "x"));
	SHOW(rmdir("dir"));
	SHOW(unlink("dir"));
	SHOW(mkfifo("fifo", 0600));
	SHOW(open("fifo", O_WRONLY | O_NONBLOCK));
	struct timespec ts[2] = { { 1000000000, 5 }, { 1234567890, 123456789 } };
	SHOW(utimensat(AT_FDCWD, "file", ts, 0));
	stat("file", &st);
	printf("times %ld %ld.%09ld\n", (long)st.st_atim.tv_sec, (long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);

	/* Directories. */
	DIR *d = opendir(".");
	char *names[20];
	int n = 0;
	for (struct dirent *e; (e = readdir(d)) && n < 20;) {
		char line[300];
		snprintf(line, sizeof line, "%s:%d", e->d_name, e->d_type);
		names[n++] = strdup(line);
	}
	closedir(d);
	qsort(names, (size_t)n, sizeof *names, by_name);
	for (int i = 0; i < n; i++)
		printf("%s ", names[i]);
	printf("\n");
	SHOW(syscall(SYS_getdents64, fd, buf, sizeof buf));
	SHOW(chdir("dir"));
	printf("cwd ends %s\n", getcwd(buf, sizeof buf) ? strrchr(buf, '/') : "?");
	SHOW(syscall(SYS_getcwd, buf, 2));
	SHOW(chdir(".."));
	SHOW(chdir("file"));

	/* Descriptors. */
	int fd2 = dup(fd);
	SHOW(lseek(fd, 7, SEEK_SET));
	SHOW(lseek(fd2, 0, SEEK_CUR));
	SHOW(dup2(fd, 50));
	SHOW(dup3(fd, 51, O_CLOEXEC));
	SHOW(dup3(fd, fd, 0));
	SHOW(fcntl(51, F_GETFD));
	SHOW(fcntl(50, F_SETFD, FD_CLOEXEC));
	SHOW(fcntl(50, F_GETFD));
	SHOW(fcntl(fd, F_DUPFD, 60));
	printf("flags %o\n", fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
	SHOW(fcntl(fd, F_SETFL, O_APPEND | O_NONBLOCK));
	printf("flags append %d nonblock %d\n", !!(fcntl(fd, F_GETFL) & O_APPEND), !!(fcntl(fd, F_GETFL) & O_NONBLOCK));
	struct flock fl = { .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10 };
	SHOW(fcntl(fd, F_SETLK, &fl));
	SHOW(fcntl(fd, F_GETLK, &fl));
	printf("lock type %d\n", fl.l_type == F_UNLCK);
	SHOW(flock(fd, LOCK_EX | LOCK_NB));
	SHOW(fcntl(fd, 9999));
	SHOW(close(99));
	SHOW(fsync(fd));
	SHOW(ioctl(fd, TCGETS, buf));
	SHOW(ioctl(fd, 0x12345678, buf));
	SHOW(ioctl(fd, FIONREAD, &n));
	int dirfd = open("dir", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	SHOW(openat(dirfd, "moved", O_RDONLY) > 0);
	SHOW(open("sym", O_RDONLY | O_NOFOLLOW));
	int tmp = open(".", O_TMPFILE | O_RDWR, 0600);
	printf("tmpfile %d\n", tmp >= 0 || errno == EOPNOTSUPP);
	int direct = open("file", O_RDONLY | O_DIRECT);
	printf("direct %d\n", direct >= 0 || errno == EINVAL);

	/* Pipes, sockets, polling. */
	int p[2], s[2];
	SHOW(pipe2(p, O_NONBLOCK));
	SHOW(read(p[0], buf, 1));
	SHOW(write(p[1], "abcdef", 6));
	struct pollfd pf[2] = { { p[0], POLLIN, 0 }, { p[1], POLLOUT, 0 } };
	SHOW(poll(pf, 2, 0));
	printf("revents %x %x\n", pf[0].revents, pf[1].revents);
	fd_set rd;
	FD_ZERO(&rd);
	FD_SET(p[0], &rd);
	struct timeval tv = { 0, 1000 };
	SHOW(select(p[0] + 1, &rd, NULL, NULL, &tv));
	printf("isset %d\n", FD_ISSET(p[0], &rd) != 0);
	SHOW(read(p[0], buf, 100));
	SHOW(ppoll(pf, 1, &(struct timespec){ 0, 2000000 }, NULL));
	close(p[1]);
	SHOW(read(p[0], buf, 1));
	SHOW(socketpair(AF_UNIX, SOCK_STREAM, 0, s));
	SHOW(send(s[0], "message", 7, 0));
	SHOW(recv(s[1], buf, 3, MSG_PEEK));
	SHOW(recv(s[1], buf, 100, 0));
	SHOW(shutdown(s[0], SHUT_WR));
	SHOW(recv(s[1], buf, 100, 0));
	SHOW(socket(AF_INET, 999, 0));
	SHOW(lseek(fd, 0, SEEK_SET));
	off_t off = 0;
	SHOW(sendfile(s[1], fd, &off, 20));
	SHOW(off);

	/* Limits, identity, time. */
	struct rlimit rl;
	SHOW(getrlimit(RLIMIT_NOFILE, &rl));
	SHOW(rl.rlim_cur > 0);
	SHOW(getrlimit(999, &rl));
	rl.rlim_cur = rl.rlim_max < 1000 ? rl.rlim_max : 64;
	SHOW(setrlimit(RLIMIT_NOFILE, &rl));
	SHOW(dup2(fd, 2000));
	printf("umask %o", umask(027));
	printf(" %o\n", umask(022));
	SHOW(getpid() == (int)syscall(SYS_gettid));
	SHOW(getppid() > 0);
	SHOW(getuid() == geteuid() && getgid() == getegid());
	struct tms tms;
	SHOW(times(&tms) != -1);
	struct sysinfo si;
	SHOW(sysinfo(&si));
	SHOW(si.totalram > 0);
	struct statfs sf;
	SHOW(statfs(".", &sf));
	SHOW(sf.f_bsize > 0);
	struct rusage ru;
	SHOW(getrusage(RUSAGE_SELF, &ru));
	SHOW(clock_gettime(999, ts));
	SHOW(syscall(SYS_clock_gettime, CLOCK_REALTIME, ro));
	SHOW(nanosleep(&(struct timespec){ 0, 1000000 }, NULL));
	SHOW(nanosleep(&(struct timespec){ 0, 2000000000 }, NULL));
	SHOW(sysconf(_SC_PAGESIZE));
	SHOW(syscall(SYS_getrandom, buf, 16, 0));
	SHOW(syscall(SYS_getrandom, bad, 16, 0));
	SHOW(syscall(SYS_getrandom, buf, 16, 0xffff));
	SHOW(syscall(9999));
	return 0;
}
