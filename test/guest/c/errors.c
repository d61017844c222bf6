/* Which error a call gives when several things are wrong with it, and what a file of /proc is to
 * the calls on descriptors. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#define BAD ((void *)-8ul)

static long rc(long r) { return r < 0 ? -errno : r; }

/* show prints the results, which are computed in their order. */
#define show(what, ...) ({ long v_[] = { __VA_ARGS__ }; printf("%s:", what); for (size_t i_ = 0; i_ < COUNT(v_); i_++) printf(" %ld", v_[i_]); printf("\n"); })
#define S(name, ...) rc(syscall(SYS_##name, ##__VA_ARGS__))

static void waits(void)
{
	uint64_t set = 0, pair[2] = { (uintptr_t)&set, 7 };
	int ep = epoll_create1(0);
	struct epoll_event e;
	show("masks of a wrong size", S(ppoll, BAD, 1, BAD, &set, 8), S(ppoll, BAD, 1, NULL, &set, 7), S(ppoll, NULL, 0, NULL, BAD, 8),
	     S(pselect6, 1, BAD, NULL, NULL, NULL, pair), S(pselect6, 1, BAD, NULL, NULL, NULL, BAD), S(pselect6, -1, NULL, NULL, NULL, NULL, NULL),
	     S(epoll_pwait, ep, BAD, 1, 0, &set, 7), S(epoll_pwait, ep, BAD, 1, 0, NULL, 8), S(epoll_pwait, ep, &e, 0, 0, BAD, 8), S(epoll_pwait, ep, &e, 0, 0, NULL, 8),
	     S(epoll_pwait, 99, BAD, 1, 0, NULL, 8), S(epoll_pwait, 99, &e, 1, 0, NULL, 8), S(rt_sigsuspend, NULL, 7), S(rt_sigsuspend, NULL, 8));
	close(ep);
	uint32_t w = 0;
	struct { uint64_t val, uaddr; uint32_t flags, reserved; } v[2] = { { 0, (uintptr_t)&w, 2, 1 }, { 0, (uintptr_t)BAD, 2, 0 } };
	show("futex", S(futex, BAD, 99, 0, NULL, BAD, 0), S(futex, BAD, FUTEX_REQUEUE, -1, -1, BAD, 0), S(futex, BAD, FUTEX_WAIT, 0, BAD), S(futex, (char *)&w + 1, FUTEX_WAKE, 1),
	     S(futex, -7ul, FUTEX_WAKE, 1), S(futex, BAD, FUTEX_WAKE | FUTEX_CLOCK_REALTIME, 1));
	show("futexes", rc(syscall(449, BAD, 1, 1, NULL, 0)), rc(syscall(449, BAD, 0, 0, NULL, 0)), rc(syscall(449, BAD, 129, 0, BAD, 0)), rc(syscall(449, v, 1, 0, BAD, 1)), rc(syscall(449, v, 1, 0, NULL, 1)),
	     rc(syscall(449, v + 1, 1, 0, NULL, 1)), rc(syscall(449, NULL, 1, 0, NULL, 1)), rc(syscall(456, v, 1, 1, 1)), rc(syscall(456, v, 0, 1, 1)), rc(syscall(456, NULL, 0, 1, 1)), rc(syscall(456, v + 1, 0, -1, 1)));
}

static void memory(void)
{
	char *high = (char *)0xffff800000000000, *p = mmap(NULL, 8192, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	unsigned char vec;
	show("flags and ranges", S(mlock2, high, 4096, 2), S(mlock2, high, 4096, 0), rc(syscall(462, high, 4096, 1)), rc(syscall(462, high, 4096, 0)), S(msync, 1, -4096ul, MS_ASYNC), S(msync, high, 4096, 8),
	     S(mincore, high, 4096, BAD), S(mincore, p, 4096, BAD), S(mincore, p + 1, 4096, BAD), S(mincore, high, 4096, &vec), S(mbind, p, 4096, 99, BAD, 8, 0), S(mbind, high, 4096, 0, NULL, 0, 0),
	     S(mbind, 1, 4096, 0, NULL, 0, 0), S(madvise, high, 4096, 999), S(madvise, high, 4096, MADV_DONTNEED));
	int node = 0, status = 99;
	void *page = p;
	show("nodes", S(get_mempolicy, BAD, BAD, 0, 0, 8), S(get_mempolicy, BAD, NULL, 0, NULL, 0), S(move_pages, 0, 1, BAD, NULL, BAD, 1), S(move_pages, 99999999, 1, BAD, NULL, BAD, 0),
	     S(move_pages, 0, 1, BAD, NULL, &status, 0), S(move_pages, 0, 0, BAD, NULL, BAD, 0), S(move_pages, 0, 1, &page, NULL, BAD, 0), S(move_pages, 0, 1, &page, &node, &status, 0), status);
	show("limits", S(getrlimit, 99, BAD), S(getrlimit, 99, NULL), S(getrlimit, 1, NULL), S(setrlimit, 99, NULL), S(prlimit64, 99999999, 1, NULL, BAD), S(prlimit64, 99999999, 1, BAD, NULL), S(prlimit64, 0, 99, NULL, BAD));
}

static void files(void)
{
	struct { uint64_t flags, mode, resolve, more; } how = { 0, 0, 0, 1 };
	struct { uint64_t value; uint32_t size, flags; uint64_t more; } xa = { 0, 0, 0, 1 };
	char b[64];
	int f = open("file", O_CREAT | O_RDWR, 0600);
	show("open", S(openat, AT_FDCWD, BAD, O_TMPFILE | O_RDONLY), S(openat, 99, BAD, O_RDONLY), S(openat2, 99, BAD, &how, 8), S(openat2, 99, BAD, &how, 32), S(openat2, 99, BAD, &how, 5000), S(openat2, 99, BAD, BAD, 24),
	     S(pipe2, BAD, 1), S(pipe2, BAD, 0), S(fcntl, 99, F_GETLK, BAD), S(fcntl, f, F_GETLK, BAD));
	show("stat", S(newfstatat, AT_FDCWD, BAD, b, 0x8000000), S(statx, AT_FDCWD, BAD, 0x6000, 0, BAD), S(statx, AT_FDCWD, "file", 0, 0x7ff, BAD), S(readlinkat, AT_FDCWD, BAD, b, 0), S(readlinkat, AT_FDCWD, "missing", BAD, 8),
	     S(readlinkat, AT_FDCWD, "file", BAD, 8), S(getdents64, f, BAD, 99), S(getdents64, 99, BAD, 99));
	show("attributes", rc(syscall(464, 99, BAD, 0, BAD, &xa, 8)), rc(syscall(464, 99, BAD, 0, BAD, &xa, 24)), rc(syscall(464, 99, BAD, 0, BAD, BAD, 16)), rc(syscall(464, 99, BAD, 0, BAD, &xa, 5000)), rc(syscall(463, 99, BAD, 1, BAD, &xa, 16)));
	show("ioctl", rc(ioctl(f, TCGETS, BAD)), rc(ioctl(99, TCGETS, BAD)), rc(ioctl(f, FIONREAD, BAD)), rc(ioctl(f, 0x541e, BAD)), rc(ioctl(f, 0x8912, BAD)), rc(ioctl(99, 0x8912, BAD)), rc(ioctl(f, 0x8946, BAD)));
	show("of another machine", rc(ioctl(f, 0xae00, 0)), rc(ioctl(99, 0xae00, 0)), rc(ioctl(epoll_create1(0), 0xae01, 0)), rc(ioctl(open("file", O_PATH), 0xc02063a0, 0)));
	close(f);
	show("semctl", S(semctl, -1, 0, 1, 8), S(semctl, 1 << 20, 0, 1, 8));
	show("prctl", S(prctl, 31, 0, 0, 0, 0), S(prctl, 32, 0, 0, 0, 0), S(prctl, 77, 2, 0, 0, 0), S(prctl, 77, 2, 1, 0, 0), S(prctl, 78, 2, 0, 0, 0) >= 0, S(prctl, 78, 9, 0, 0, 0), S(prctl, 999, BAD, BAD, BAD, BAD), S(prctl, 2, BAD, 0, 0, 0));
}

/* What is mapped, and by which descriptor. */
static void mappings(void)
{
	char *p = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *q = p + 4 * 4096;
	munmap(q, 4096);
	mprotect(p + 4096, 4096, PROT_READ);
	show("mmap", S(mmap, NULL, 0, 1, MAP_PRIVATE, 99, 0), S(mmap, NULL, -4096ul, 1, MAP_PRIVATE, 99, 0), S(mmap, p + 1, 4096, 1, MAP_PRIVATE | MAP_FIXED, 99, 0), S(mmap, p, 4096, 1, MAP_PRIVATE | MAP_FIXED_NOREPLACE, 99, 0),
	     S(mmap, NULL, 4096, 1, MAP_PRIVATE, 99, 1), S(mmap, NULL, 4096, 1, MAP_PRIVATE, 1000, 0));
	show("mprotect", S(mprotect, q, 8192, PROT_READ | PROT_GROWSDOWN), S(mprotect, q, 4096, PROT_READ | PROT_GROWSDOWN), S(mprotect, q, 8192, PROT_READ | PROT_GROWSUP), S(mprotect, p, 4096, PROT_READ | PROT_GROWSUP), S(mprotect, p, 4096, PROT_READ | PROT_GROWSDOWN));
	show("mremap", S(mremap, p, 0, 4096, MREMAP_MAYMOVE, 0), S(mremap, p, 8192, 8192, MREMAP_MAYMOVE | 4, 0), S(mremap, p, 8192, 12288, 0, 0), S(mremap, p, 8192, 4096l << 34, MREMAP_MAYMOVE, 0), S(mremap, p, 8192, 8192, MREMAP_MAYMOVE | 4, p + 1));
	show("locks", S(mlock, 1, -4096ul), S(munlock, 1, -4096ul), S(msync, 1, -4096ul, 0));
	void *pages[] = { p, p };
	int nodes[] = { 9999, 0 }, status[2];
	show("pages", S(move_pages, 0, 1 << 20, (char *)pages + 0, nodes, status, 2));
	struct rlimit old, small = { 4096, RLIM_INFINITY };
	for (int i = 0; i < 2; i++) {
		getrlimit(i ? RLIMIT_DATA : RLIMIT_AS, &old);
		small.rlim_max = old.rlim_max;
		setrlimit(i ? RLIMIT_DATA : RLIMIT_AS, &small);
		show("over a limit", S(mmap, p, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) < 0, S(mmap, p, 4096, 1, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) < 0, S(mprotect, p, 4096, 3));
		setrlimit(i ? RLIMIT_DATA : RLIMIT_AS, &old);
	}
	char *none = mmap(NULL, 64 << 20, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	small.rlim_cur = 32 << 20;
	setrlimit(RLIMIT_DATA, &small);
	show("data in what was reserved", S(mmap, none, 64 << 20, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) > 0, S(mmap, none, 4096, 3, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0));
	setrlimit(RLIMIT_DATA, &old);
	show("madvise nothing", S(madvise, p + 8192, 0, MADV_DONTFORK));
	char line[256], *at;
	int odd = 0;
	for (FILE *f = fopen("/proc/self/maps", "r"); fgets(line, sizeof line, f); odd += strtoul(line, &at, 16) == strtoul(at + 1, NULL, 16))
		;
	show("empty mappings", odd);
}

/* The link to a program is followed by the calls that follow links only: it cannot be removed. */
static void links(void)
{
	static const char exe[] = "/proc/self/exe";
	char b[64];
	struct stat st;
	show("exe", rc(lgetxattr(exe, "user.x", b, 8)) != -ENODATA, rc(lsetxattr(exe, "user.x", b, 1, 0)) < 0, S(unlinkat, AT_FDCWD, exe, 0), rc(rename(exe, "moved")), rc(rename("file", exe)) < 0, rc(mkdir(exe, 0755)), rc(symlink("x", exe)),
	     rc(link("file", exe)), rc(mknod(exe, S_IFIFO | 0600, 0)), rc(stat(exe, &st)), rc(access(exe, X_OK)));
}

static void descriptors(void)
{
	static const char *const names[] = { "/proc/self/status", "/proc/self/maps", "/proc/self/stat", "/proc/cpuinfo", "/proc/self/cmdline" };
	for (size_t i = 0; i < COUNT(names); i++) {
		int fd = open(names[i], O_RDONLY);
		struct stat st;
		struct statfs sf;
		struct statx sx;
		char b[8];
		fstat(fd, &st);
		fstatfs(fd, &sf);
		statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &sx);
		printf("%s: mode %o %o size %ld %ld links %ld type %lx flags %o", names[i], st.st_mode, sx.stx_mode, (long)st.st_size, (long)sx.stx_size, (long)st.st_nlink, (long)sf.f_type, fcntl(fd, F_GETFL) & (O_ACCMODE | O_APPEND | O_NONBLOCK));
		show("", rc(write(fd, b, 1)), rc(ftruncate(fd, 0)), rc(read(fd, b, 8)) > 0, rc(pread(fd, b, 4, 0)), rc(lseek(fd, 0, SEEK_END)), rc(lseek(fd, 2, SEEK_CUR)), rc(lseek(fd, 0, SEEK_SET)), rc(read(fd, b, 8)) > 0);
		close(fd);
	}
}

int main(void)
{
	waits();
	memory();
	files();
	mappings();
	links();
	descriptors();
	return 0;
}
