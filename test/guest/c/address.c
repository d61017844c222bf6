/* The address space as arm64 has it: tagged pointers in calls, protections that
 * need features, and limits. The results are what Linux gives on a Neoverse-N1. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define P 4096ul
static long rc(long r) { return r < 0 ? -errno : r; }
static void *tag(void *p, uint64_t t) { return (void *)((uint64_t)p | t << 56); }
static void *anon(size_t n, int prot) { return mmap(NULL, n, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0); }
static const char *res(void *p)
{
	static char buf[40];
	if (p != MAP_FAILED)
		return "ok";
	snprintf(buf, sizeof buf, "errno %d", errno);
	return buf;
}

static void calls(char *p, const char *what)
{
	int fds[2], v = 0;
	pipe(fds);
	char *q = tag(p, 0x5a);
	strcpy(p, "text");
	struct iovec iov = { q, 4 }, *tiov = tag(&iov, 1);
	printf("%s: write %ld", what, rc(write(fds[1], q, 4)));
	iov.iov_base = p;
	printf(" iov %ld", rc(writev(fds[1], tiov, 1)));
	iov.iov_base = q;
	printf(" iov base %ld", rc(writev(fds[1], &iov, 1)));
	struct msghdr m = { .msg_iov = tag(&iov, 2), .msg_iovlen = 1 };
	int sv[2];
	socketpair(AF_UNIX, SOCK_DGRAM, 0, sv);
	printf(" sendmsg %ld", rc(sendmsg(sv[0], &m, MSG_DONTWAIT)));
	printf(" recvmsg %ld", rc(recvmsg(sv[1], &m, MSG_DONTWAIT)));
	printf(" kept %d", m.msg_iov == tag(&iov, 2));
	strcpy(p, "/");
	printf(" access %ld", rc(access(q, F_OK)));
	printf(" futex %ld", rc(syscall(SYS_futex, tag(&v, 3), 0, 7, NULL)));
	struct timespec ts;
	printf(" clock %ld", rc(syscall(SYS_clock_gettime, 0, tag(&ts, 4))));
	sigset_t set;
	printf(" sigmask %ld\n", rc(syscall(SYS_rt_sigprocmask, 0, NULL, tag(&set, 5), 8)));
	/* Arguments that are addresses for some operations only. */
	int sem = semget(IPC_PRIVATE, 1, 0600);
	struct semid_ds ds;
	struct flock lock = { F_RDLCK };
	printf("%s: ioctl %ld", what, rc(ioctl(fds[0], FIONREAD, tag(&v, 6))));
	printf(" semctl %ld", rc(semctl(sem, 0, IPC_STAT, tag(&ds, 7))));
	printf(" fcntl %ld\n", rc(fcntl(fds[0], F_GETLK, tag(&lock, 8))));
	semctl(sem, 0, IPC_RMID);
	close(fds[0]), close(fds[1]), close(sv[0]), close(sv[1]);
}

/* Calls that manage the address space take tags always, but for new addresses. */
static void managing(void)
{
	char *p = anon(8 * P, PROT_READ | PROT_WRITE);
	unsigned char vec[8];
	printf("mprotect %ld", rc(mprotect(tag(p, 1), P, PROT_READ)));
	printf(" madvise %ld", rc(madvise(tag(p + P, 2), P, MADV_DONTNEED)));
	printf(" mlock %ld", rc(mlock(tag(p, 3), P)));
	printf(" munlock %ld", rc(munlock(tag(p, 3), P)));
	printf(" msync %ld", rc(msync(tag(p, 4), P, MS_ASYNC)));
	printf(" mincore %ld", rc(mincore(tag(p, 5), P, vec)));
	char *m = mremap(tag(p, 6), 8 * P, 4 * P, 0);
	printf(" mremap %d", m == p);
	printf(" new address %s", res(mremap(p, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, tag(p + 2 * P, 7))));
	printf(" munmap %ld", rc(munmap(tag(p + 3 * P, 8), P)));
	printf(" mmap fixed %s", res(mmap(tag(p + 3 * P, 9), P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)));
	void *b = sbrk(0);
	printf(" brk %d\n", (void *)syscall(SYS_brk, tag((char *)b + P, 1)) == b);
}

static void protections(void)
{
	char *p = anon(2 * P, PROT_READ);
	printf("bti %ld mte %ld", rc(mprotect(p, P, PROT_READ | 0x10)), rc(mprotect(p, P, PROT_READ | 0x20)));
	printf(" mmap bti %s", res(anon(P, PROT_READ | 0x10)));
	printf(" mte %s", res(anon(P, PROT_READ | 0x20)));
	printf(" sem %ld", rc(mprotect(p, P, PROT_READ | 8)));
	printf(" growsup %ld", rc(mprotect(p, P, PROT_READ | PROT_GROWSUP)));
	printf(" pkey %ld %ld %ld\n", rc(syscall(SYS_pkey_alloc, 0, 0)), rc(syscall(SYS_pkey_mprotect, p, P, PROT_READ, 0)),
	       rc(syscall(SYS_pkey_mprotect, p, P, PROT_READ, -1)));
	/* 32-bit mappings are x86's alone: the flag is not known. */
	int fd = syscall(SYS_memfd_create, "m", 2);
	ftruncate(fd, 4 * P);
	printf("32bit ignored %s", res(mmap(NULL, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | 0x40, -1, 0)));
	printf(" validated %s", res(mmap(NULL, P, PROT_READ, 3 | 0x40, fd, 0)));
	printf(" not replacing %s", res(mmap(p, P, PROT_READ, 3 | MAP_FIXED_NOREPLACE, fd, 0)));
	printf(" plain %s\n", res(mmap(NULL, P, PROT_READ, 3, fd, 0)));
	char *s = mmap(NULL, 4 * P, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	printf("seal busy %ld", rc(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)));
	munmap(s, 4 * P);
	printf(" free %ld", rc(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE | F_SEAL_SHRINK)));
	printf(" shared write %s", res(mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)));
	printf(" shrink %ld seals %x\n", rc(ftruncate(fd, P)), fcntl(fd, F_GET_SEALS));
	printf("emulator's %s", res(mmap((void *)0x7e0000000000, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)));
	printf(" heap %s", res(mmap((void *)0x7e1048000000, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)));
	printf(" move %s", res(mremap(p, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, 0x7e1048000000)));
	printf(" madvise %ld mprotect %ld", rc(madvise((void *)0x7e1048000000, P, MADV_DONTNEED)), rc(mprotect((void *)0x7e0000000000, P, 0)));
	struct iovec l = { p, 8 }, r = { (void *)0x7e1048000000, 8 };
	printf(" vm_readv %ld\n", rc(process_vm_readv(getpid(), &l, 1, &r, 1, 0)));
}

static void forks(void)
{
	char *d = anon(4 * P, PROT_READ | PROT_WRITE), *w = anon(P, PROT_READ | PROT_WRITE);
	char *s = mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	w[0] = 7, d[P] = 8;
	printf("dontfork %ld wipe %ld", rc(madvise(d + P, P, MADV_DONTFORK)), rc(madvise(w, P, MADV_WIPEONFORK)));
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		s[0] = w[0] == 0;
		/* The hole can be filled, and is one for mprotect. */
		s[1] = rc(mprotect(d, 4 * P, PROT_READ | PROT_WRITE)) == -ENOMEM;
		s[2] = mmap(d + P, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == d + P;
		_exit(0);
	}
	int st;
	waitpid(pid, &st, 0);
	printf(" child %x: wiped %d hole %d filled %d; here %d %d\n", st, s[0], s[1], s[2], w[0], d[P]);
	/* Another process's memory. */
	int p[2];
	pipe(p);
	pid = fork();
	if (pid == 0) {
		d[0] = 'c';
		write(p[1], "r", 1);
		pause();
		_exit(0);
	}
	char c;
	read(p[0], &c, 1);
	char out[2] = "";
	struct iovec l = { out, 1 }, r = { d, 1 };
	printf("vm_readv child %ld", rc(process_vm_readv(pid, &l, 1, &r, 1, 0)));
	printf(" %s", out);
	out[0] = 'w';
	printf(" vm_writev %ld", rc(process_vm_writev(pid, &l, 1, &r, 1, 0)));
	printf(" hidden %ld", rc(process_vm_readv(pid, &l, 1, &(struct iovec){ (void *)0x7e0000000000, 8 }, 1, 0)));
	kill(pid, SIGKILL);
	waitpid(pid, &st, 0);
	printf(" end %x\n", st);
}

static int deep(int n)
{
	volatile char b[P];
	b[0] = (char)n;
	return n == 0 ? b[0] : deep(n - 1) + b[0] * 0;
}

static long mib(long n) { return n << 20; }

static void limits(void)
{
	struct rlimit old, l;
	getrlimit(RLIMIT_AS, &old);
	l = old, l.rlim_cur = mib(200);
	setrlimit(RLIMIT_AS, &l);
	void *a = anon(mib(150), PROT_NONE);
	printf("as 150M %s", res(a));
	printf(" 100M %s", res(anon(mib(100), PROT_NONE)));
	printf(" over it %s", res(mmap(a, mib(150), PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)));
	printf(" grow %s", res(mremap(a, mib(150), mib(250), MREMAP_MAYMOVE)));
	printf(" brk %d", sbrk(mib(100)) == (void *)-1);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0)
		_exit(anon(mib(100), PROT_NONE) != MAP_FAILED);
	int st;
	waitpid(pid, &st, 0);
	printf(" child %x", st);
	fflush(stdout);
	pid = vfork();
	if (pid == 0) {
		execl("/proc/self/exe", "address", "limited", NULL);
		_exit(99);
	}
	waitpid(pid, &st, 0);
	printf(" exec %x", st);
	munmap(a, mib(150));
	printf(" freed %s", res(a = anon(mib(150), PROT_NONE)));
	munmap(a, mib(150));
	setrlimit(RLIMIT_AS, &old);
	a = anon(mib(300), PROT_NONE);
	printf(" lifted %s\n", res(a));
	getrlimit(RLIMIT_DATA, &old);
	l = old, l.rlim_cur = mib(64);
	setrlimit(RLIMIT_DATA, &l);
	printf("data rw %s", res(anon(mib(100), PROT_READ | PROT_WRITE)));
	printf(" ro %s", res(anon(mib(100), PROT_READ)));
	printf(" shared %s", res(mmap(NULL, mib(100), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0)));
	printf(" mprotect %ld", rc(mprotect(a, mib(100), PROT_READ | PROT_WRITE)));
	printf(" less %ld", rc(mprotect(a, mib(30), PROT_READ | PROT_WRITE)));
	printf(" brk %d\n", sbrk(mib(100)) == (void *)-1);
	setrlimit(RLIMIT_DATA, &old);
	getrlimit(RLIMIT_STACK, &l);
	if (l.rlim_max >= (rlim_t)mib(64)) {
		l.rlim_cur = mib(64);
		setrlimit(RLIMIT_STACK, &l);
	}
	printf("deep %d\n", deep(mib(40) / (P + 64)));
}

int main(int argc, char **argv)
{
	if (argc > 1)
		return argv[1][0] == 'l' && anon(mib(150), PROT_NONE) != MAP_FAILED && anon(mib(100), PROT_NONE) == MAP_FAILED ? 42 : 1;
	char *p = anon(P, PROT_READ | PROT_WRITE);
	printf("get %ld", rc(prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0)));
	printf(" mte bits %ld\n", rc(prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE | 2, 0, 0, 0)));
	calls(p, "untagged");
	printf("set %ld", rc(prctl(PR_SET_TAGGED_ADDR_CTRL, PR_TAGGED_ADDR_ENABLE, 0, 0, 0)));
	printf(" get %ld\n", rc(prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0)));
	calls(p, "tagged");
	fflush(stdout);
	int st;
	pid_t pid = fork();
	if (pid == 0)
		_exit(prctl(PR_GET_TAGGED_ADDR_CTRL, 0, 0, 0, 0));
	waitpid(pid, &st, 0);
	printf("child %d", WEXITSTATUS(st));
	prctl(PR_SET_TAGGED_ADDR_CTRL, 0, 0, 0, 0);
	printf(" off %ld\n", rc(write(1, tag(p, 1), 1)));
	managing();
	protections();
	forks();
	unsigned long aux[80];
	long n = prctl(0x41555856, aux, sizeof aux, 0, 0);
	printf("auxv %d %d\n", n > 100 && n < (long)sizeof aux, aux[0] == AT_SYSINFO_EHDR && aux[1] == getauxval(AT_SYSINFO_EHDR));
	limits();
	return 0;
}
