/* io_uring: requests whose flags or structures differ between the machines, and the
 * rings themselves, also those of the older AIO. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <linux/openat2.h>
#include <pthread.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

struct ring {
	int fd;
	unsigned *head, *tail, *mask, *array, *chead, *ctail, *cmask, entries, pending;
	struct io_uring_sqe *sqes;
	struct io_uring_cqe *cqes;
	char *sq, *cq;
	size_t sqsize, cqsize;
};

static long rc(long r) { return r < 0 ? -errno : r; }

static long open_ring(struct ring *r, unsigned n, unsigned flags)
{
	struct io_uring_params p = { .flags = flags };
	memset(r, 0, sizeof *r);
	r->fd = rc(syscall(__NR_io_uring_setup, n, &p));
	if (r->fd < 0)
		return r->fd;
	r->entries = p.sq_entries;
	r->sqsize = p.sq_off.array + p.sq_entries * 4;
	r->cqsize = p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe);
	r->sq = mmap(NULL, r->sqsize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_SQ_RING);
	r->cq = mmap(NULL, r->cqsize, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_CQ_RING);
	r->sqes = mmap(NULL, p.sq_entries * sizeof(struct io_uring_sqe), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, r->fd, IORING_OFF_SQES);
	if (r->sq == MAP_FAILED || r->cq == MAP_FAILED || r->sqes == MAP_FAILED)
		return -errno;
	r->head = (void *)(r->sq + p.sq_off.head), r->tail = (void *)(r->sq + p.sq_off.tail);
	r->mask = (void *)(r->sq + p.sq_off.ring_mask), r->array = (void *)(r->sq + p.sq_off.array);
	r->chead = (void *)(r->cq + p.cq_off.head), r->ctail = (void *)(r->cq + p.cq_off.tail);
	r->cmask = (void *)(r->cq + p.cq_off.ring_mask), r->cqes = (void *)(r->cq + p.cq_off.cqes);
	return 0;
}

static long close_ring(struct ring *r)
{
	long e = rc(munmap(r->sq, r->sqsize)) | rc(munmap(r->cq, r->cqsize)) | rc(munmap(r->sqes, r->entries * sizeof(struct io_uring_sqe)));
	return e | rc(close(r->fd));
}

static struct io_uring_sqe *get(struct ring *r, int op, int fd, const void *addr, unsigned len, uint64_t off)
{
	unsigned t = *r->tail + r->pending++, i = t & *r->mask;
	struct io_uring_sqe *s = &r->sqes[i];
	memset(s, 0, sizeof *s);
	s->opcode = op, s->fd = fd, s->addr = (uintptr_t)addr, s->len = len, s->off = off;
	r->array[i] = i;
	return s;
}

static long enter(struct ring *r, unsigned wait)
{
	unsigned n = r->pending;
	__atomic_store_n(r->tail, *r->tail + n, __ATOMIC_RELEASE);
	r->pending = 0;
	return rc(syscall(__NR_io_uring_enter, r->fd, n, wait, wait ? IORING_ENTER_GETEVENTS : 0, NULL, 0));
}

static int next(struct ring *r, struct io_uring_cqe *out)
{
	unsigned h = *r->chead;
	if (h == __atomic_load_n(r->ctail, __ATOMIC_ACQUIRE))
		return 0;
	*out = r->cqes[h & *r->cmask];
	__atomic_store_n(r->chead, h + 1, __ATOMIC_RELEASE);
	return 1;
}

/* One request: its result. */
static long one(struct ring *r)
{
	struct io_uring_cqe c;
	long n = enter(r, 1);
	if (n != 1)
		return n - 100000;
	return next(r, &c) ? c.res : -99999;
}

static const char *opened(long fd)
{
	static char b[40];
	if (fd < 0)
		snprintf(b, sizeof b, "%ld", fd);
	else
		snprintf(b, sizeof b, "fd %d", (fcntl(fd, F_GETFL) & O_DIRECTORY) == O_DIRECTORY), close(fd);
	return b;
}

static void files(struct ring *r)
{
	mkdir("d", 0755), symlink("d", "l"), close(open("f", O_CREAT | O_RDWR, 0644));
	get(r, IORING_OP_OPENAT, AT_FDCWD, "d", 0, 0)->open_flags = O_RDONLY | O_DIRECTORY;
	printf("openat dir %s", opened(one(r)));
	get(r, IORING_OP_OPENAT, AT_FDCWD, "f", 0, 0)->open_flags = O_RDONLY | O_DIRECTORY;
	printf(" file %s", opened(one(r)));
	get(r, IORING_OP_OPENAT, AT_FDCWD, "l", 0, 0)->open_flags = O_RDONLY | O_NOFOLLOW;
	printf(" link %s", opened(one(r)));
	get(r, IORING_OP_OPENAT, AT_FDCWD, "new", 0600, 0)->open_flags = O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC;
	long fd = one(r);
	printf(" new %d cloexec %d\n", fd >= 0, fcntl(fd, F_GETFD));
	struct open_how how = { .flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW };
	get(r, IORING_OP_OPENAT2, AT_FDCWD, "d", sizeof how, (uintptr_t)&how);
	printf("openat2 dir %s", opened(one(r)));
	get(r, IORING_OP_OPENAT2, AT_FDCWD, "l", sizeof how, (uintptr_t)&how);
	printf(" link %s how kept %d", opened(one(r)), how.flags == (O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
	get(r, IORING_OP_OPENAT2, AT_FDCWD, "d", sizeof how, 16);
	printf(" fault %s\n", opened(one(r)));
	char a[6] = "hello", b[7] = " world", in[16] = "";
	struct iovec iov[] = { { a, 5 }, { b, 6 } };
	get(r, IORING_OP_WRITEV, fd, iov, 2, 0);
	printf("writev %ld", one(r));
	get(r, IORING_OP_READ, fd, in, 11, 0);
	printf(" read %ld", one(r));
	printf(" %s", in);
	struct statx sx;
	get(r, IORING_OP_STATX, AT_FDCWD, "new", STATX_SIZE, (uintptr_t)&sx);
	printf(" statx %ld", one(r));
	printf(" size %lld", (long long)sx.stx_size);
	get(r, IORING_OP_CLOSE, fd, NULL, 0, 0);
	printf(" close %ld", one(r));
	printf(" closed %ld\n", rc(fcntl(fd, F_GETFD)));
}

static void events(struct ring *r)
{
	int ep = epoll_create1(0), p[2];
	pipe(p);
	struct epoll_event e = { EPOLLIN, { .u64 = 0x1122334455667788 } }, out = { 0 };
	struct io_uring_sqe *s = get(r, IORING_OP_EPOLL_CTL, ep, &e, EPOLL_CTL_ADD, p[0]);
	printf("epoll_ctl %ld", one(r));
	write(p[1], "x", 1);
	printf(" wait %d", epoll_wait(ep, &out, 1, 1000));
	printf(" data %llx", (long long)out.data.u64);
	get(r, IORING_OP_EPOLL_CTL, ep, NULL, EPOLL_CTL_DEL, p[0]);
	printf(" del %ld", one(r));
	get(r, IORING_OP_EPOLL_CTL, ep, (void *)16, EPOLL_CTL_ADD, p[0]);
	printf(" fault %ld\n", one(r));
	get(r, IORING_OP_POLL_ADD, p[0], NULL, 0, 0)->poll32_events = EPOLLIN;
	printf("poll %ld", one(r));
	get(r, 0xfe, 0, NULL, 0, 0);
	printf(" unknown %ld\n", one(r));
	/* Many, and a chain that breaks. */
	int total = 0, results = 0;
	struct io_uring_cqe c;
	for (int round = 0; round < 50; round++) {
		for (unsigned i = 0; i < r->entries; i++)
			get(r, i & 1 ? IORING_OP_OPENAT : IORING_OP_NOP, AT_FDCWD, "d", 0, 0)->open_flags = i & 1 ? O_DIRECTORY | O_PATH : 0;
		long n = enter(r, r->entries);
		total += n;
		while (next(r, &c)) {
			results += c.res >= 0;
			if (c.res > 0)
				close(c.res);
		}
	}
	printf("many %d %d\n", total == 50 * (int)r->entries, results == total);
	get(r, IORING_OP_NOP, 0, NULL, 0, 0)->flags = IOSQE_IO_LINK;
	s = get(r, IORING_OP_OPENAT, AT_FDCWD, "f", 0, 0);
	s->open_flags = O_DIRECTORY, s->flags = IOSQE_IO_LINK;
	get(r, IORING_OP_NOP, 0, NULL, 0, 0);
	printf("chain %ld:", enter(r, 3));
	while (next(r, &c))
		printf(" %d", c.res);
	printf("\n");
}

static volatile sig_atomic_t alarms;
static void on_alarm(int sig) { alarms++; }

static void waiting(struct ring *r)
{
	struct timespec ts = { 0, 5000000 };
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&ts };
	printf("timeout %ld", rc(syscall(__NR_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, sizeof arg)));
	struct sigaction sa = { .sa_handler = on_alarm, .sa_flags = SA_RESTART };
	sigaction(SIGALRM, &sa, NULL);
	struct itimerval tv = { { 0, 0 }, { 0, 10000 } };
	sigset_t block, none;
	sigemptyset(&none), sigemptyset(&block), sigaddset(&block, SIGALRM);
	sigprocmask(SIG_BLOCK, &block, NULL);
	setitimer(ITIMER_REAL, &tv, NULL);
	printf(" signal %ld", rc(syscall(__NR_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS, &none, 8)));
	printf(" handled %d", alarms);
	setitimer(ITIMER_REAL, &tv, NULL);
	ts.tv_sec = 600; /* the alarm comes first */
	arg.sigmask = (uintptr_t)&none, arg.sigmask_sz = 8;
	printf(" with arg %ld", rc(syscall(__NR_io_uring_enter, r->fd, 0, 1, IORING_ENTER_GETEVENTS | IORING_ENTER_EXT_ARG, &arg, sizeof arg)));
	printf(" handled %d\n", alarms);
	sigprocmask(SIG_UNBLOCK, &block, NULL);
}

static void *thread(void *arg)
{
	struct ring r;
	long bad = open_ring(&r, 8, 0);
	for (int i = 0; i < 300 && !bad; i++) {
		get(&r, IORING_OP_OPENAT, AT_FDCWD, "d", 0, 0)->open_flags = O_DIRECTORY;
		long fd = one(&r);
		bad = fd < 0;
		close(fd);
	}
	bad |= close_ring(&r);
	return (void *)bad;
}

/* Asynchronous input and output with the ring moved before and after a request: the
 * context has the ring's new address for a name. */
static void aio(void)
{
	struct head { unsigned id, nr; volatile unsigned head, tail; } *h;
	aio_context_t ctx = 0, old;
	printf("aio fault %ld", rc(syscall(__NR_io_setup, 4, 16)));
	printf(" setup %ld", rc(syscall(__NR_io_setup, 4, &ctx)));
	size_t n = (32 + ((struct head *)ctx)->nr * sizeof(struct io_event) + 4095) & -4096ul;
	int fd = open("aio", O_CREAT | O_TRUNC | O_RDWR, 0600);
	for (int i = 0; i < 2; i++) {
		struct iocb cb = { .aio_lio_opcode = IOCB_CMD_PWRITE, .aio_fildes = fd, .aio_buf = (uintptr_t)"hello", .aio_nbytes = 5, .aio_data = 7 + i }, *list = &cb;
		if (i)
			printf(" submit %ld", rc(syscall(__NR_io_submit, ctx, 1, &list)));
		old = ctx;
		ctx = (aio_context_t)mmap(NULL, n, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		printf(" moved %d", mremap((void *)old, n, n, MREMAP_MAYMOVE | MREMAP_FIXED, ctx) == (void *)ctx);
		if (!i)
			printf(" submit %ld", rc(syscall(__NR_io_submit, ctx, 1, &list)));
		h = (void *)ctx;
		while (h->head == h->tail)
			;
		__atomic_thread_fence(__ATOMIC_ACQUIRE);
		struct io_event *e = (struct io_event *)(ctx + 32) + h->head;
		printf(" event %d %lld", (int)e->data, (long long)e->res);
		h->head = (h->head + 1) % h->nr;
	}
	unsigned char in[64];
	printf(" old name %ld", rc(syscall(__NR_io_destroy, old)));
	printf(" destroy %ld", rc(syscall(__NR_io_destroy, ctx)));
	printf(" gone %ld\n", rc(mincore((void *)ctx, 4096, in)));
	close(fd);
}

int main(void)
{
	struct ring r;
	aio();
	struct io_uring_params p = { .flags = 1u << 30 };
	printf("flags %ld", rc(syscall(__NR_io_uring_setup, 4, &p)));
	printf(" fault %ld", rc(syscall(__NR_io_uring_setup, 4, 16)));
	memset(&p, 0, sizeof p);
	printf(" none %ld", rc(syscall(__NR_io_uring_setup, 0, &p)));
	printf(" not a ring %ld %ld\n", rc(syscall(__NR_io_uring_enter, 0, 1, 0, 0, NULL, 0)), rc(syscall(__NR_io_uring_enter, 77, 1, 0, 0, NULL, 0)));
	printf("setup %ld", open_ring(&r, 8, 0));
	printf(" entries %u fixed %d\n", r.entries, mmap(r.array, 4096, PROT_READ, MAP_SHARED | MAP_FIXED_NOREPLACE, r.fd, 0) == MAP_FAILED);
	files(&r);
	events(&r);
	waiting(&r);
	pthread_t t[4];
	long bad = 0;
	for (int i = 0; i < 4; i++)
		pthread_create(&t[i], NULL, thread, NULL);
	for (int i = 0; i < 4; i++) {
		void *v;
		pthread_join(t[i], &v);
		bad |= (long)v;
	}
	printf("threads %ld\n", bad);
	fflush(stdout);
	pid_t pid = fork();
	if (pid == 0) {
		get(&r, IORING_OP_OPENAT, AT_FDCWD, "d", 0, 0)->open_flags = O_DIRECTORY;
		_exit(one(&r) >= 0 ? 5 : 6);
	}
	int st;
	waitpid(pid, &st, 0);
	printf("child %d\n", WEXITSTATUS(st));
	printf("close %ld", close_ring(&r));
	/* The number is another file's now. */
	int fd = open("f", O_RDONLY);
	printf(" again %ld", rc(syscall(__NR_io_uring_enter, fd, 1, 0, 0, NULL, 0)));
	for (int i = 0; i < 200; i++) {
		if ((bad = open_ring(&r, 4, 0)))
			break;
		close_ring(&r);
	}
	printf(" many rings %ld\n", bad);
	return 0;
}
