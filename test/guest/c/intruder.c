/* System calls with the emulator's own addresses, as arguments and inside of structures: each
 * must fail as if nothing were there, and the emulator must live. Says which do not.
 * The addresses are where docs/process.md says; on a machine of its own nothing is there. */
#define _GNU_SOURCE
#include "t.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/filter.h>
#include <linux/futex.h>
#include <linux/io_uring.h>
#include <linux/sched.h>
#include <linux/userfaultfd.h>
#include <net/if.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/sem.h>
#include <sys/shm.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define P 4096
static int tried, wrong;
static uint64_t at;	/* the emulator's */
static long rc(long r) { return r == -1 ? -errno : r; }

static void check(const char *what, long r, int want)
{
	tried++;
	if (r == -want)
		return;
	wrong++;
	printf("%s at %#" PRIx64 ": %ld, not %d\n", what, at, r, -want);
}

static long sys(long nr, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) { return rc(syscall(nr, a, b, c, d, e, f)); }
#define SYS(want, nr, ...) check(#nr, SYS_(nr, __VA_ARGS__, 0, 0, 0, 0, 0, 0), want)
#define SYS_(nr, a, b, c, d, e, f, ...) sys(nr, (uint64_t)(a), (uint64_t)(b), (uint64_t)(c), (uint64_t)(d), (uint64_t)(e), (uint64_t)(f))

/* The error of a call, 0 for none. */
#define errors(...) (syscall(__VA_ARGS__) < 0 ? errno : 0)

static char *own, *name;	/* memory, a path in it */
static int in[2], file, mem, sv[2];

static void mappings(void)
{
	void *x = (void *)at;
	SYS(ENOMEM, SYS_mmap, at, P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1);
	long r = SYS_(SYS_mmap, at, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0, 0);
	check("noreplace", r == -EEXIST ? -ENOMEM : r, ENOMEM);
	check("hint", mmap(x, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == x ? 0 : -1, 1);
	/* Reaching in from below. */
	SYS(ENOMEM, SYS_mmap, at - (1ull << 34), 1ull << 35, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED | MAP_NORESERVE, -1);
	munmap(x, P);
	if (at != 0x7dff00000000) /* the guest's stack is just below */
		munmap(x - (1ull << 30), 2ull << 30);
	SYS(ENOMEM, SYS_mprotect, at, P, PROT_NONE);
	SYS(ENOMEM, SYS_mprotect, at, P, PROT_READ | PROT_WRITE);
	SYS(EFAULT, SYS_mremap, at, P, 2 * P, MREMAP_MAYMOVE);
	SYS(EFAULT, SYS_mremap, at, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, own);
	SYS(ENOMEM, SYS_mremap, own, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, at);
	SYS(ENOMEM, SYS_mremap, own, P, P, MREMAP_MAYMOVE | MREMAP_FIXED | 4, at);
	uint64_t brk0 = syscall(SYS_brk, 0);
	check("brk", syscall(SYS_brk, at) == brk0 ? -1 : 0, 1);
	int id = shmget(IPC_PRIVATE, P, 0600);
	SYS(EINVAL, SYS_shmat, id, at, 0);
	SYS(EINVAL, SYS_shmat, id, at, SHM_REMAP);
	shmctl(id, IPC_RMID, NULL);
	SYS(EINVAL, SYS_shmdt, at);
	static const int advice[] = { 0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 102, 103 };
	for (int i = 0; i < COUNT(advice); i++) {
		long r = SYS_(SYS_madvise, at, P, advice[i], 0, 0, 0, 0);
		check("madvise", r == -EINVAL || r == -EPERM ? -ENOMEM : r, ENOMEM);
	}
	SYS(ENOMEM, SYS_mlock, at, P);
	SYS(ENOMEM, SYS_mlock2, at, P, 1);
	SYS(ENOMEM, SYS_munlock, at, P);
	SYS(ENOMEM, SYS_msync, at, P, MS_SYNC);
	SYS(ENOMEM, SYS_mincore, at, P, own);
	SYS(EFAULT, SYS_mincore, own, P, at);
	SYS(ENOMEM, 462 /* mseal */, at, P, 0);
	r = SYS_(SYS_mbind, at, P, 0, 0, 0, 0, 0);
	check("mbind", r == -EFAULT ? -ENOMEM : r, ENOMEM);
	SYS(EINVAL, SYS_remap_file_pages, at, P, 0, 0, 0);
	SYS(ENOMEM, SYS_pkey_mprotect, at, P, PROT_READ, -1);
	SYS(ENOMEM, SYS_prctl, 0x53564d41, 0, at, P, "x");
	int pid = syscall(SYS_pidfd_open, getpid(), 0);
	struct iovec v = { x, P };
	r = SYS_(SYS_process_madvise, pid, &v, 1, MADV_COLD, 0, 0, 0);
	check("process_madvise", r == -EFAULT ? -ENOMEM : r, ENOMEM);
	close(pid);
	for (int op = 1; op <= 15; op++)	/* PR_SET_MM: where code, data, stack and so on are */
		if (op != 14 && op != 13) {
			r = SYS_(SYS_prctl, 35, op, at, op == 12 ? 16 : 0, 0, 0, 0);
			check("PR_SET_MM", r == -EPERM || r == -EFAULT ? -EINVAL : r, EINVAL);
		}
	void *pages[1] = { x };
	int status[1] = { 0 };
	r = SYS_(SYS_move_pages, 0, 1, pages, NULL, status, 0, 0);
	check("move_pages", r == 0 ? status[0] : -EFAULT, EFAULT);
	int node;
	r = SYS_(SYS_get_mempolicy, &node, NULL, 0, at, 3 /* MPOL_F_NODE|MPOL_F_ADDR */, 0, 0);
	check("get_mempolicy", r == -ENOSYS ? -EFAULT : r, EFAULT);
}

static void userfault(void)
{
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC | UFFD_USER_MODE_ONLY);
	if (fd < 0)
		return;
	struct uffdio_api api = { .api = UFFD_API };
	ioctl(fd, UFFDIO_API, &api);
	struct uffdio_register reg = { .range = { at, P }, .mode = UFFDIO_REGISTER_MODE_MISSING };
	SYS(EINVAL, SYS_ioctl, fd, UFFDIO_REGISTER, &reg);
	char *m = mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (uintptr_t)m;
	ioctl(fd, UFFDIO_REGISTER, &reg);
	struct uffdio_copy c = { .dst = (uintptr_t)m, .src = at, .len = P };
	SYS(EINVAL, SYS_ioctl, fd, UFFDIO_COPY, &c);
	c = (struct uffdio_copy){ .dst = at, .src = (uintptr_t)own, .len = P };
	SYS(EINVAL, SYS_ioctl, fd, UFFDIO_COPY, &c);
	SYS(EINVAL, SYS_ioctl, fd, _IOWR(UFFDIO, 5, struct uffdio_copy), &c); /* move */
	struct uffdio_zeropage z = { { at, P } };
	SYS(EINVAL, SYS_ioctl, fd, UFFDIO_ZEROPAGE, &z);
	SYS(EFAULT, SYS_ioctl, fd, UFFDIO_ZEROPAGE, at);
	munmap(m, P);
	close(fd);
}

/* read and write position of /proc/self/mem, in every way. */
static void memory_file(void)
{
	struct iovec v = { own, 8 }, there = { (void *)at, 8 };
	SYS(EIO, SYS_pread64, mem, own, 8, at);
	SYS(EIO, SYS_pwrite64, mem, own, 8, at);
	SYS(EIO, SYS_preadv, mem, &v, 1, at, 0);
	SYS(EIO, SYS_pwritev, mem, &v, 1, at, 0);
	SYS(EIO, SYS_preadv2, mem, &v, 1, at, 0, 0);
	SYS(EIO, SYS_pwritev2, mem, &v, 1, at, 0, 0);
	lseek(mem, at, SEEK_SET);
	SYS(EIO, SYS_read, mem, own, 8);
	SYS(EIO, SYS_write, mem, own, 8);
	lseek(mem, (uintptr_t)own, SEEK_SET);
	lseek(mem, at - (uintptr_t)own, SEEK_CUR);
	SYS(EIO, SYS_write, mem, own, 8);
	SYS(EFAULT, SYS_process_vm_writev, getpid(), &v, 1, &there, 1, 0);
	SYS(EFAULT, SYS_process_vm_readv, getpid(), &v, 1, &there, 1, 0);
	SYS(EFAULT, SYS_process_vm_readv, getpid(), &there, 1, &v, 1, 0);
	SYS(EFAULT, SYS_process_vm_readv, getpid(), at, 1, &v, 1, 0);
	SYS(EFAULT, SYS_process_vm_readv, getpid(), &v, 1, at, 1, 0);
}

/* Buffers and structures that the kernel would read or write. */
static void pointers(void)
{
	uint64_t x = at;
	write(in[1], "0123456789abcdef", 16);
	SYS(EFAULT, SYS_read, in[0], x, 1);
	SYS(EFAULT, SYS_write, in[1], x, 1);
	SYS(EFAULT, SYS_pread64, file, x, 1, 0);
	SYS(EFAULT, SYS_pwrite64, file, x, 1, 0);
	SYS(EFAULT, SYS_readv, in[0], x, 1);
	SYS(EFAULT, SYS_openat, AT_FDCWD, x, O_RDONLY);
	SYS(EFAULT, SYS_openat2, AT_FDCWD, "/", x, 24);
	SYS(EFAULT, SYS_newfstatat, AT_FDCWD, x, own, 0);
	SYS(EFAULT, SYS_newfstatat, AT_FDCWD, "/", x, 0);
	SYS(EFAULT, SYS_fstat, file, x);
	SYS(EFAULT, SYS_statx, AT_FDCWD, "/", 0, 0x7ff, x);
	SYS(EFAULT, SYS_statfs, "/", x);
	SYS(EFAULT, SYS_readlinkat, AT_FDCWD, "/proc/self/exe", x, 64);
	SYS(EFAULT, SYS_getcwd, x, 64);
	SYS(EFAULT, SYS_chdir, x);
	SYS(EFAULT, SYS_mkdirat, AT_FDCWD, x, 0777);
	SYS(EFAULT, SYS_renameat2, AT_FDCWD, "nothing", AT_FDCWD, x, 0);
	SYS(EFAULT, SYS_utimensat, AT_FDCWD, ".", x, 0);
	SYS(errors(SYS_getxattr, ".", "user.x", own, 16), SYS_getxattr, ".", "user.x", x, 16);
	SYS(EFAULT, SYS_getxattr, ".", x, own, 16);
	int dir = open("/", O_RDONLY | O_DIRECTORY);
	SYS(EFAULT, SYS_getdents64, dir, x, 1024);
	close(dir);
	SYS(EFAULT, SYS_pipe2, x, 0);
	SYS(EFAULT, SYS_ioctl, in[0], FIONREAD, x);
	SYS(EFAULT, SYS_ioctl, sv[0], SIOCGIFCONF, x);
	struct ifconf ifc = { .ifc_len = 400, .ifc_buf = (void *)x };
	SYS(EFAULT, SYS_ioctl, sv[0], SIOCGIFCONF, &ifc);
	SYS(EFAULT, SYS_fcntl, file, F_GETLK, x);
	SYS(EFAULT, SYS_fcntl, file, F_GETOWN_EX, x);
	SYS(EFAULT, SYS_uname, x);
	SYS(EFAULT, SYS_sysinfo, x);
	SYS(EFAULT, SYS_times, x);
	SYS(EFAULT, SYS_getrusage, 0, x);
	SYS(EFAULT, SYS_prlimit64, 0, RLIMIT_CORE, 0, x);
	SYS(EFAULT, SYS_prlimit64, 0, RLIMIT_CORE, x, 0);
	SYS(EFAULT, SYS_getrandom, x, 8, 0);
	SYS(EFAULT, SYS_clock_gettime, CLOCK_MONOTONIC, x);
	SYS(EFAULT, SYS_clock_getres, CLOCK_MONOTONIC, x);
	SYS(EFAULT, SYS_gettimeofday, x, 0);
	SYS(EFAULT, SYS_nanosleep, x, 0);
	SYS(EFAULT, SYS_getcpu, x, 0);
	SYS(EFAULT, SYS_setitimer, ITIMER_REAL, x, 0);
	SYS(EFAULT, SYS_getitimer, ITIMER_REAL, x);
	SYS(EFAULT, SYS_timer_create, CLOCK_MONOTONIC, x, own);
	SYS(EFAULT, SYS_timer_create, CLOCK_MONOTONIC, 0, x);
	SYS(EFAULT, SYS_getresuid, x, own, own);
	SYS(syscall(SYS_getgroups, 0, 0) ? EFAULT : 0, SYS_getgroups, 100, x);
	SYS(EFAULT, SYS_sched_getaffinity, 0, 128, x);
	SYS(EFAULT, SYS_sched_setaffinity, 0, 128, x);
	SYS(EFAULT, SYS_sched_getattr, 0, x, 48, 0);
	SYS(EFAULT, SYS_sched_getparam, 0, x);
	SYS(EFAULT, SYS_capget, x, own);
	SYS(EFAULT, SYS_prctl, PR_SET_NAME, x);
	SYS(EFAULT, SYS_prctl, PR_GET_NAME, x);
	SYS(EFAULT, SYS_prctl, PR_GET_PDEATHSIG, x);
	SYS(EFAULT, SYS_prctl, PR_GET_CHILD_SUBREAPER, x);
	SYS(EFAULT, SYS_prctl, 0x41555856, x, 64);	/* PR_GET_AUXV */
	SYS(EFAULT, SYS_rt_sigaction, SIGUSR1, x, 0, 8);
	SYS(EFAULT, SYS_rt_sigaction, SIGUSR1, 0, x, 8);
	SYS(EFAULT, SYS_rt_sigprocmask, SIG_BLOCK, x, 0, 8);
	SYS(EFAULT, SYS_rt_sigprocmask, SIG_BLOCK, 0, x, 8);
	SYS(EFAULT, SYS_rt_sigpending, x, 8);
	SYS(EFAULT, SYS_rt_sigsuspend, x, 8);
	SYS(EFAULT, SYS_rt_sigtimedwait, x, 0, 0, 8);
	SYS(EFAULT, SYS_rt_sigqueueinfo, getpid(), SIGCONT, x);
	SYS(EFAULT, SYS_sigaltstack, x, 0);
	SYS(EFAULT, SYS_sigaltstack, 0, x);
	SYS(EFAULT, SYS_signalfd4, -1, x, 8, 0);
	SYS(EFAULT, SYS_futex, x, FUTEX_WAIT, 0, 0, 0, 0);
	SYS(EFAULT, SYS_futex, x, FUTEX_WAKE, 1, 0, 0, 0);
	SYS(EFAULT, SYS_futex, own, FUTEX_REQUEUE, 1, 1, x, 0);
	SYS(EFAULT, SYS_futex, own, FUTEX_WAKE_OP, 1, 1, x, 0);
	SYS(EFAULT, SYS_futex, x, FUTEX_LOCK_PI, 0, 0, 0, 0);
	SYS(EFAULT, SYS_futex, x, FUTEX_UNLOCK_PI, 0, 0, 0, 0);
	struct { uint64_t val, uaddr; uint32_t flags, r; } w = { 0, x, 2, 0 };
	SYS(EFAULT, SYS_futex_waitv, &w, 1, 0, 0, 0);
	SYS(EFAULT, SYS_futex_waitv, x, 1, 0, 0, 0);
	SYS(0, SYS_set_robust_list, x, 24); /* which is read at the end of the thread */
	SYS(EFAULT, SYS_get_robust_list, 0, x, own);
	SYS(EFAULT, SYS_waitid, P_ALL, 0, x, WEXITED | WNOHANG, 0);
	SYS(EFAULT, SYS_execve, x, 0, 0);
	SYS(EFAULT, SYS_execve, "/nonexistent/x", x, 0);
	uint64_t argv[2] = { x, 0 };
	SYS(EFAULT, SYS_execve, "/", argv, 0);
	SYS(EFAULT, SYS_clone3, x, 88);
	struct clone_args ca = { .flags = CLONE_PIDFD, .exit_signal = SIGCHLD, .pidfd = x };
	SYS(EFAULT, SYS_clone3, &ca, sizeof ca);
	struct pollfd pf;
	SYS(EFAULT, SYS_ppoll, x, 1, 0, 0, 8);
	SYS(EFAULT, SYS_ppoll, &pf, 0, x, 0, 8);
	SYS(EFAULT, SYS_ppoll, &pf, 0, 0, x, 8);
	SYS(EFAULT, SYS_pselect6, 5, x, 0, 0, 0, 0);
	SYS(EFAULT, SYS_pselect6, 0, 0, 0, 0, 0, x);
	uint64_t sel[2] = { x, 8 };
	SYS(EFAULT, SYS_pselect6, 0, 0, 0, 0, 0, sel);
	int ep = epoll_create1(0);
	SYS(EFAULT, SYS_epoll_ctl, ep, EPOLL_CTL_ADD, in[0], x);
	struct epoll_event ee = { EPOLLIN };
	epoll_ctl(ep, EPOLL_CTL_ADD, in[0], &ee);
	SYS(EFAULT, SYS_epoll_pwait, ep, x, 1, 0, 0, 8);
	SYS(EFAULT, SYS_epoll_pwait, ep, own, 1, 0, x, 8);
	close(ep);
	SYS(EFAULT, SYS_copy_file_range, file, x, file, 0, 1, 0);
	SYS(EFAULT, SYS_splice, file, x, in[1], 0, 1, 0);
	SYS(EFAULT, SYS_sendfile, in[1], file, x, 1);
	SYS(EFAULT, SYS_memfd_create, x, 0);
	SYS(EFAULT, SYS_mq_open, x, O_RDONLY, 0, 0);
	SYS(EFAULT, SYS_msgsnd, 0, x, 1, 0);
	SYS(EFAULT, SYS_semtimedop, 0, x, 1, 0);
	SYS(EFAULT, SYS_add_key, x, "d", own, 1, 0);
	SYS(EFAULT, SYS_keyctl, 1 /* JOIN_SESSION_KEYRING */, x);
	SYS(EFAULT, SYS_seccomp, 1, 0, x);
	struct sock_fprog fp = { 1, (void *)x };
	SYS(EFAULT, SYS_seccomp, 1, 0, &fp);
	SYS(EFAULT, SYS_sched_setscheduler, 0, 0, x);
	SYS(EFAULT, SYS_adjtimex, x);
	SYS(EFAULT, SYS_name_to_handle_at, AT_FDCWD, "/", x, own, 0);
	SYS(EFAULT, SYS_perf_event_open, x, 0, -1, -1, 0);
	SYS(EFAULT, SYS_landlock_create_ruleset, x, 8, 0);
	SYS(EFAULT, 451 /* cachestat */, file, x, own, 0);
	SYS(EFAULT, 451, file, own, x, 0);
	memset(own, 0, 4); /* a size too small for any; the kernel puts the right one there */
	int small = errors(461 /* lsm_list_modules */, own + 8, own, 0);
	memset(own, 0, 4);
	SYS(small, 461, x, own, 0);

	/* Sockets. */
	SYS(EFAULT, SYS_socketpair, AF_UNIX, SOCK_STREAM, 0, x);
	SYS(EFAULT, SYS_bind, sv[0], x, 16);
	SYS(EFAULT, SYS_connect, sv[0], x, 16);
	SYS(EFAULT, SYS_getsockname, sv[0], x, own);
	SYS(EFAULT, SYS_getsockname, sv[0], own, x);
	SYS(EFAULT, SYS_getsockopt, sv[0], SOL_SOCKET, SO_TYPE, x, own);
	SYS(EFAULT, SYS_getsockopt, sv[0], SOL_SOCKET, SO_TYPE, own, x);
	SYS(EFAULT, SYS_setsockopt, sv[0], SOL_SOCKET, SO_RCVBUF, x, 4);
	SYS(EFAULT, SYS_setsockopt, sv[0], SOL_SOCKET, SO_ATTACH_FILTER, &fp, sizeof fp);
	SYS(EFAULT, SYS_sendto, sv[0], x, 1, 0, 0, 0);
	SYS(EFAULT, SYS_sendto, sv[0], own, 1, 0, x, 16);
	send(sv[1], "abc", 3, 0);
	SYS(EFAULT, SYS_recvfrom, sv[0], x, 3, MSG_DONTWAIT, 0, 0);
	SYS(EFAULT, SYS_sendmsg, sv[0], x, 0);
	SYS(EFAULT, SYS_recvmsg, sv[0], x, MSG_DONTWAIT);
	struct iovec bad = { (void *)x, 8 }, two[2] = { { own, 4 }, { (void *)x, 8 } };
	struct msghdr h = { .msg_iov = &bad, .msg_iovlen = 1 };
	SYS(EFAULT, SYS_sendmsg, sv[0], &h, 0);
	send(sv[1], "abc", 3, 0);
	SYS(EFAULT, SYS_recvmsg, sv[0], &h, MSG_DONTWAIT);
	h.msg_iov = two, h.msg_iovlen = 2;
	SYS(EFAULT, SYS_sendmsg, sv[0], &h, 0);
	h = (struct msghdr){ .msg_iov = (void *)x, .msg_iovlen = 1 };
	SYS(EFAULT, SYS_sendmsg, sv[0], &h, 0);
	h = (struct msghdr){ .msg_control = (void *)x, .msg_controllen = 64 };
	SYS(EFAULT, SYS_sendmsg, sv[0], &h, 0);
	h = (struct msghdr){ .msg_name = (void *)x, .msg_namelen = 16 };
	SYS(EFAULT, SYS_sendmsg, sv[0], &h, 0);
	struct mmsghdr mm = { { .msg_iov = &bad, .msg_iovlen = 1 } };
	SYS(EFAULT, SYS_sendmmsg, sv[0], &mm, 1, 0);
	send(sv[1], "abc", 3, 0);
	SYS(EFAULT, SYS_recvmmsg, sv[0], &mm, 1, MSG_DONTWAIT, 0);
	SYS(EFAULT, SYS_writev, in[1], &bad, 1);
	SYS(EFAULT, SYS_vmsplice, in[1], &bad, 1, 0);
	SYS(EFAULT, SYS_preadv, file, &bad, 1, 0, 0);
	char drain[64];
	read(in[0], drain, sizeof drain);
	while (recv(sv[0], drain, sizeof drain, MSG_DONTWAIT) > 0)
		;
}

static void aio(void)
{
	aio_context_t ctx = 0;
	SYS(EFAULT, SYS_io_setup, 4, at);
	syscall(SYS_io_setup, 4, &ctx);
	struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PREAD, .aio_fildes = file, .aio_buf = at, .aio_nbytes = 8 }, *list[1] = { &cb };
	struct iovec bad = { (void *)at, 8 };
	SYS(EFAULT, SYS_io_submit, ctx, 1, list);
	cb.aio_lio_opcode = IOCB_CMD_PREADV, cb.aio_buf = (uintptr_t)&bad, cb.aio_nbytes = 1;
	SYS(EFAULT, SYS_io_submit, ctx, 1, list);
	list[0] = (void *)at;
	SYS(EFAULT, SYS_io_submit, ctx, 1, list);
	SYS(EFAULT, SYS_io_submit, ctx, 1, at);
	cb.aio_lio_opcode = IOCB_CMD_PREAD, cb.aio_buf = (uintptr_t)own, cb.aio_nbytes = 8;
	list[0] = &cb;
	syscall(SYS_io_submit, ctx, 1, list);
	SYS(EFAULT, SYS_io_getevents, ctx, 1, 1, at, 0);
	syscall(SYS_io_destroy, ctx);
	long r = SYS_(SYS_io_destroy, at, 0, 0, 0, 0, 0, 0);
	check("io_destroy", r, EINVAL);
}

/* io_uring: buffers in entries, in vectors, registered, and rings. */
static struct io_uring_params par;
static unsigned *tail, *mask, *array, *chead, *ctail, *cmask;
static struct io_uring_sqe *sqes;
static struct io_uring_cqe *cqes;
static int ring;

static void entry(const char *what, struct io_uring_sqe e, int want)
{
	sqes[*tail & *mask] = e;
	array[*tail & *mask] = *tail & *mask;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	long r = SYS_(SYS_io_uring_enter, ring, 1, 1, IORING_ENTER_GETEVENTS, 0, 0, 0);
	if (r == 1) {
		r = cqes[*chead & *cmask].res;
		__atomic_store_n(chead, *chead + 1, __ATOMIC_RELEASE);
	}
	check(what, r, want);
}

static void uring(void)
{
	SYS(EFAULT, SYS_io_uring_setup, 4, at);
	memset(&par, 0, sizeof par);
	ring = syscall(SYS_io_uring_setup, 4, &par);
	if (ring < 0)
		return;
	size_t ss = par.sq_off.array + 16, cs = par.cq_off.cqes + par.cq_entries * 16, es = par.sq_entries * 64;
	char *sq = mmap(NULL, ss, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	char *cq = mmap(NULL, cs, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_CQ_RING);
	sqes = mmap(NULL, es, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQES);
	tail = (void *)(sq + par.sq_off.tail), mask = (void *)(sq + par.sq_off.ring_mask), array = (void *)(sq + par.sq_off.array);
	chead = (void *)(cq + par.cq_off.head), ctail = (void *)(cq + par.cq_off.tail), cmask = (void *)(cq + par.cq_off.ring_mask);
	cqes = (void *)(cq + par.cq_off.cqes);
	struct iovec bad = { (void *)at, 8 }, good = { own, 8 };
	struct msghdr h = { .msg_iov = &bad, .msg_iovlen = 1 };
#define E(op, f, a, l, ...) (struct io_uring_sqe){ .opcode = op, .fd = f, .addr = (uint64_t)(a), .len = l, __VA_ARGS__ }
	entry("uring read", E(IORING_OP_READ, file, at, 8), EFAULT);
	entry("uring write", E(IORING_OP_WRITE, file, at, 8), EFAULT);
	entry("uring readv", E(IORING_OP_READV, file, &bad, 1), EFAULT);
	entry("uring writev", E(IORING_OP_WRITEV, file, &bad, 1), EFAULT);
	entry("uring readv, vector", E(IORING_OP_READV, file, at, 1), EFAULT);
	entry("uring openat", E(IORING_OP_OPENAT, AT_FDCWD, at, 0), EFAULT);
	entry("uring statx", E(IORING_OP_STATX, AT_FDCWD, "/", 0x7ff, .addr2 = at), EFAULT);
	entry("uring send", E(IORING_OP_SEND, sv[0], at, 1), EFAULT);
	send(sv[1], "abc", 3, 0);
	entry("uring recv", E(IORING_OP_RECV, sv[0], at, 3), EFAULT);
	entry("uring sendmsg", E(IORING_OP_SENDMSG, sv[0], &h, 1), EFAULT);
	entry("uring recvmsg", E(IORING_OP_RECVMSG, sv[0], &h, 1), EFAULT);
	entry("uring connect", E(IORING_OP_CONNECT, sv[0], at, 0, .off = 16), EFAULT);
	entry("uring timeout", E(IORING_OP_TIMEOUT, -1, at, 1), EFAULT);
	entry("uring mkdirat", E(IORING_OP_MKDIRAT, AT_FDCWD, at, 0777), EFAULT);
	entry("uring unlinkat", E(IORING_OP_UNLINKAT, AT_FDCWD, at, 0), EFAULT);
	entry("uring renameat", E(IORING_OP_RENAMEAT, AT_FDCWD, "x", AT_FDCWD, .addr2 = at), EFAULT);
	entry("uring fsetxattr", E(IORING_OP_FSETXATTR, file, "user.x", 8, .addr2 = at), EFAULT);
	entry("uring madvise", E(IORING_OP_MADVISE, -1, at, P, .fadvise_advice = MADV_DONTNEED), ENOMEM);
	entry("uring provide buffers", E(IORING_OP_PROVIDE_BUFFERS, 1, at, 64), EFAULT);
	entry("uring mem", E(IORING_OP_WRITE, mem, own, 8, .off = at), EIO);
	SYS(EFAULT, SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &bad, 1);
	SYS(EFAULT, SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, at, 1);
	munmap(sq, ss), munmap(cq, cs), munmap(sqes, es);
	close(ring);
	(void)good;
}

static volatile int left;
static int thread(void *p) { left = 1; return 0; }

/* TID words that are the emulator's are not written, and stacks there are not usable. */
static void threads(void)
{
	static char stack[65536];
	int tid = clone(thread, stack + sizeof stack, CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_PARENT_SETTID |
		CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD, NULL, at, NULL, at);
	if (tid > 0)
		waitpid(tid, NULL, __WALL);
	tried++;
	pid_t p = fork();
	if (p == 0) {
		syscall(SYS_set_tid_address, at);
		stack_t st = { .ss_sp = (void *)at, .ss_size = 65536 };
		sigaltstack(&st, NULL);
		struct sigaction sa = { .sa_handler = (void (*)(int))thread, .sa_flags = SA_ONSTACK };
		sigaction(SIGUSR1, &sa, NULL);
		signal(SIGSEGV, SIG_DFL);
		struct rlimit none = { 0, 0 };
		setrlimit(RLIMIT_CORE, &none);
		raise(SIGUSR1);
		_exit(0);
	}
	int status;
	waitpid(p, &status, 0);
	check("handler on such a stack", WIFSIGNALED(status) ? -WTERMSIG(status) : -WEXITSTATUS(status), SIGSEGV);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	own = mmap(NULL, 16 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	pipe(in);
	fcntl(in[0], F_SETFL, O_NONBLOCK);
	socketpair(AF_UNIX, SOCK_DGRAM | SOCK_NONBLOCK, 0, sv);
	file = memfd_create("file", 0);
	char data[P];
	memset(data, 1, P);
	write(file, data, P);
	mem = open("/proc/self/mem", O_RDWR);
	/* The gap, the emulator's text, data and heap, and what the kernel has put above. */
	static const uint64_t where[] = { 0x7dff00000000, 0x7dff80000000, 0x7e0000000000, 0x7e0000900000, 0x7e1000000000, 0x7e1048000000, 0x7ffff0000000, 0xfffffffff000 };
	for (int i = 0; i < COUNT(where); i++) {
		at = where[i];
		mappings();
		userfault();
		memory_file();
		pointers();
		aio();
		uring();
		threads();
	}
	printf("%s\n", wrong ? "some were not refused" : "all refused");
	return 0;
}
