/*
 * Every call that sleeps, interrupted: by a handler without and with SA_RESTART, by a
 * stop and continuation, by signals that are ignored. A call that Linux does not go on
 * with is interrupted until it returns; any other is interrupted a few times and then
 * gets what it waits for.
 */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/aio_abi.h>
#include <linux/futex.h>
#include <mqueue.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/sendfile.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

/* Where parent and child meet. */
static struct meeting {
	_Atomic int ready, done, handled, err;
	long ret;
	uint32_t word, words[2];
} *m;

/* What a trial has: descriptors to read from and write to, another one, an IPC object, a folder. */
static int in, out, other, id;
static char dir[] = "/tmp/interruptedXXXXXX", path[64];
static pid_t child;

static char buf[1 << 16];
static const struct timespec never = {1000, 0};
static struct iovec v = {buf, 1};
static struct msghdr h = {.msg_iov = &v, .msg_iovlen = 1};
static struct mmsghdr mm = {{.msg_iov = &v, .msg_iovlen = 1}, 0};
static struct sockaddr_un where = {.sun_family = AF_UNIX};

static long futex(void *a, int op, uint32_t val, const void *timeout, uint32_t val3)
{
	return syscall(SYS_futex, a, op, val, timeout, NULL, val3);
}

static struct timespec ahead(clockid_t clock)
{
	struct timespec t;
	clock_gettime(clock, &t);
	t.tv_sec += 1000;
	return t;
}

static void make_pipe(void)
{
	int p[2];
	CHECK(pipe(p) == 0);
	in = p[0], out = p[1];
	CHECK(pipe(p) == 0);
	other = p[1];
}

static void make_sockets(int timed)
{
	int p[2];
	struct timeval tv = {1000, 0};
	CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, p) == 0);
	in = p[0], out = p[1];
	for (int i = 0; timed && i < 2; i++)
		CHECK(setsockopt(p[i], SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv) == 0 &&
		      setsockopt(p[i], SOL_SOCKET, SO_SNDTIMEO, &tv, sizeof tv) == 0);
}

static void fill(int fd)
{
	int f = fcntl(fd, F_GETFL);
	fcntl(fd, F_SETFL, f | O_NONBLOCK);
	while (write(fd, buf, sizeof buf) > 0 || write(fd, buf, 1) > 0)
		;
	fcntl(fd, F_SETFL, f);
}

static void drain(void)
{
	fcntl(in, F_SETFL, O_NONBLOCK);
	while (read(in, buf, sizeof buf) > 0)
		;
}

static void feed(void) { CHECK(write(out, "x", 1) == 1); }
static void feed8(void) { uint64_t one = 1; CHECK(write(out, &one, 8) == 8); }
static void make_full(void) { make_pipe(); fill(out); }
static void plain_sockets(void) { make_sockets(0); }
static void timed_sockets(void) { make_sockets(1); }
static void full_sockets(void) { make_sockets(0); fill(out); }
static void full_timed(void) { make_sockets(1); fill(out); }

static void listening(void)
{
	CHECK((in = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
	snprintf(where.sun_path, sizeof where.sun_path, "%s/socket", dir);
	unlink(where.sun_path);
	CHECK(bind(in, (struct sockaddr *)&where, sizeof where) == 0 && listen(in, 0) == 0);
	CHECK((out = socket(AF_UNIX, SOCK_STREAM, 0)) >= 0);
}
static void connects(void) { CHECK(connect(out, (struct sockaddr *)&where, sizeof where) == 0); }
static void busy(void) { listening(); connects(); other = socket(AF_UNIX, SOCK_STREAM, 0); }
static void accepts(void) { CHECK(accept(in, NULL, NULL) >= 0); }

static void fifo(void)
{
	snprintf(path, sizeof path, "%s/fifo", dir);
	unlink(path);
	CHECK(mkfifo(path, 0600) == 0);
}
static void open_fifo(void) { CHECK((in = open(path, O_RDWR)) >= 0); }

static void locked(void)
{
	snprintf(path, sizeof path, "%s/lock", dir);
	CHECK((in = open(path, O_RDWR | O_CREAT, 0600)) >= 0 && (out = open(path, O_RDWR)) >= 0);
	CHECK(flock(in, LOCK_EX) == 0);
}
static void unlocks(void) { CHECK(flock(in, LOCK_UN) == 0); }
static struct flock all = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
static void posix_locked(void)
{
	locked();
	struct flock l = all;
	CHECK(fcntl(in, F_SETLK, &l) == 0);
}
static void posix_unlocks(void)
{
	struct flock l = all;
	l.l_type = F_UNLCK;
	CHECK(fcntl(in, F_SETLK, &l) == 0);
}
static void ofd_locked(void)
{
	locked();
	struct flock l = all;
	CHECK(fcntl(in, F_OFD_SETLK, &l) == 0);
}
static void ofd_unlocks(void)
{
	struct flock l = all;
	l.l_type = F_UNLCK;
	CHECK(fcntl(in, F_OFD_SETLK, &l) == 0);
}

static void nothing(void) {}
static void wakes(void)
{
	while (futex(&m->word, FUTEX_WAKE, 1, NULL, 0) != 1)
		usleep(200);
}
static void pi_locked(void) { CHECK(futex(&m->word, FUTEX_LOCK_PI, 0, NULL, 0) == 0); }
static void pi_unlocks(void) { CHECK(futex(&m->word, FUTEX_UNLOCK_PI, 0, NULL, 0) == 0); }
static struct { uint64_t val, addr; uint32_t flags, reserved; } waitv[1];
static void waits_any(void)
{
	waitv[0].addr = (uintptr_t)&m->word;
	waitv[0].flags = 2;
}

static void queue(void) { CHECK((id = msgget(IPC_PRIVATE, 0600)) >= 0); }
static struct { long type; char text[8]; } msg = {1, "text"};
static void sends(void) { CHECK(msgsnd(id, &msg, 8, 0) == 0); }
static void full_queue(void)
{
	queue();
	while (msgsnd(id, &msg, 8, IPC_NOWAIT) == 0)
		;
}
static void takes(void) { CHECK(msgrcv(id, &msg, 8, 0, 0) == 8); }
static void no_queue(void) { CHECK(msgctl(id, IPC_RMID, NULL) == 0); }
static struct sembuf down = {0, -1, 0}, up = {0, 1, 0};
static void semaphore(void) { CHECK((id = semget(IPC_PRIVATE, 1, 0600)) >= 0); }
static void raises(void) { CHECK(semop(id, &up, 1) == 0); }
static void no_semaphore(void) { CHECK(semctl(id, 0, IPC_RMID) == 0); }
static void mq(void)
{
	struct mq_attr a = {.mq_maxmsg = 1, .mq_msgsize = 8};
	snprintf(path, sizeof path, "/interrupted%d-%d", getpid(), (int)sizeof(void *));
	CHECK((in = out = mq_open(path, O_RDWR | O_CREAT | O_EXCL, 0600, &a)) >= 0);
	mq_unlink(path);
}
static void mq_full(void) { mq(); CHECK(mq_send(in, "x", 1, 0) == 0); }
static void mq_sends(void) { CHECK(mq_send(in, "x", 1, 0) == 0); }
static void mq_takes(void) { CHECK(mq_receive(in, buf, 8, NULL) == 1); }
static struct timespec until;
static void mq_until(void) { mq(); until = ahead(CLOCK_REALTIME); }

static void epolls(void)
{
	struct epoll_event e = {.events = EPOLLIN};
	make_pipe();
	CHECK((other = epoll_create1(0)) >= 0 && epoll_ctl(other, EPOLL_CTL_ADD, in, &e) == 0);
}
static struct epoll_event got;
static struct pollfd pfd;
static fd_set set;
static void polls(void) { make_pipe(); pfd = (struct pollfd){.fd = in, .events = POLLIN}; FD_ZERO(&set); FD_SET(in, &set); }
static sigset_t usr2;
static void blocks(void) { CHECK(sigprocmask(SIG_BLOCK, &usr2, NULL) == 0); }
static void unblocks(void) { CHECK(sigprocmask(SIG_UNBLOCK, &usr2, NULL) == 0); }
static void sends_usr2(void) { CHECK(kill(child, SIGUSR2) == 0); }
static void sigfd(void) { blocks(); CHECK((in = signalfd(-1, &usr2, 0)) >= 0); }
static void event(void) { CHECK((in = out = eventfd(0, 0)) >= 0); }
static void full_event(void)
{
	uint64_t most = -2ull;
	event();
	CHECK(write(in, &most, 8) == 8);
}
static void reads8(void) { CHECK(read(in, buf, 8) == 8); }
static void timer(void) { CHECK((in = timerfd_create(CLOCK_MONOTONIC, 0)) >= 0); }
static void expires(void)
{
	struct itimerspec s = {.it_value = {0, 1}};
	CHECK(timerfd_settime(in, 0, &s, NULL) == 0);
}
static void notify(void) { CHECK((in = inotify_init1(0)) >= 0 && inotify_add_watch(in, dir, IN_CREATE) >= 0); }
static void creates(void)
{
	snprintf(path, sizeof path, "%s/new", dir);
	CHECK(close(open(path, O_CREAT | O_WRONLY, 0600)) == 0 && unlink(path) == 0);
}
static aio_context_t aio;
static void aios(void) { aio = 0; make_pipe(); }
static long aio_poll(void)
{
	struct iocb cb = {.aio_lio_opcode = IOCB_CMD_POLL, .aio_fildes = in, .aio_buf = POLLIN}, *list[] = {&cb};
	struct io_event ev;
	if (!aio)
		CHECK(syscall(SYS_io_setup, 1, &aio) == 0 && syscall(SYS_io_submit, aio, 1, list) == 1);
	return syscall(SYS_io_getevents, aio, 1l, 1l, &ev, NULL);
}
static pid_t grandchild;
static long waits(int how)
{
	siginfo_t si;
	int st;
	if ((grandchild = fork()) == 0) {
		signal(SIGUSR1, SIG_IGN);
		close(out);
		_exit((int)read(in, buf, 1));
	}
	close(out);
	return how == 2 ? waitid(P_ALL, 0, &si, WEXITED) : how == 1 ? waitpid(-1, &st, 0) == grandchild : wait4(grandchild, &st, 0, NULL) == grandchild;
}
static long suspends(void)
{
	sigset_t none;
	sigemptyset(&none);
	return sigsuspend(&none);
}

/* The calls: what prepares, the call itself, what gives it what it waits for, what cleans up, and the ways of
 * interruption after which Linux does not go on with it: a handler always, unless it says NEVER. */
enum { HANDLER = 1, RESTART = 2, STOP = 4, NEVER = 8 };

#define CALLS(X) \
	X(read, "read", make_pipe, read(in, buf, 10), feed, nothing, 0) \
	X(readv, "readv", make_pipe, readv(in, &v, 1), feed, nothing, 0) \
	X(preadv2, "preadv2", make_pipe, syscall(SYS_preadv2, in, &v, 1, -1l, -1l, 0), feed, nothing, 0) \
	X(write, "write", make_full, write(out, buf, 1), drain, nothing, 0) \
	X(writev, "writev", make_full, writev(out, &v, 1), drain, nothing, 0) \
	X(splice, "splice", make_pipe, splice(in, NULL, other, NULL, 1, 0), feed, nothing, 0) \
	X(tee, "tee", make_pipe, tee(in, other, 1, 0), feed, nothing, 0) \
	X(vmsplice, "vmsplice", make_full, vmsplice(out, &v, 1, 0), drain, nothing, 0) \
	X(open, "open", fifo, open(path, O_RDONLY) >= 0 ? 0 : -1, open_fifo, nothing, 0) \
	X(recvfrom, "recvfrom", plain_sockets, recv(in, buf, 1, 0), feed, nothing, 0) \
	X(recvmsg, "recvmsg", plain_sockets, recvmsg(in, &h, 0), feed, nothing, 0) \
	X(recvmmsg, "recvmmsg", plain_sockets, syscall(SYS_recvmmsg, in, &mm, 1, 0, NULL), feed, nothing, 0) \
	X(sendto, "sendto", full_sockets, send(out, buf, 1, 0), drain, nothing, 0) \
	X(sendmsg, "sendmsg", full_sockets, sendmsg(out, &h, 0), drain, nothing, 0) \
	X(sendmmsg, "sendmmsg", full_sockets, syscall(SYS_sendmmsg, out, &mm, 1, 0), drain, nothing, 0) \
	X(recvfrom_timed, "recvfrom, timed", timed_sockets, recv(in, buf, 1, 0), feed, nothing, RESTART | STOP) \
	X(recvmsg_timed, "recvmsg, timed", timed_sockets, recvmsg(in, &h, 0), feed, nothing, RESTART | STOP) \
	X(read_timed, "read, timed", timed_sockets, read(in, buf, 1), feed, nothing, RESTART | STOP) \
	X(sendto_timed, "sendto, timed", full_timed, send(out, buf, 1, 0), drain, nothing, RESTART | STOP) \
	X(write_timed, "write, timed", full_timed, write(out, buf, 1), drain, nothing, RESTART | STOP) \
	X(accept, "accept", listening, accept(in, NULL, NULL) >= 0 ? 0 : -1, connects, nothing, 0) \
	X(accept4, "accept4", listening, accept4(in, NULL, NULL, SOCK_CLOEXEC) >= 0 ? 0 : -1, connects, nothing, 0) \
	X(connect, "connect", busy, connect(other, (struct sockaddr *)&where, sizeof where), accepts, nothing, 0) \
	X(flock, "flock", locked, flock(out, LOCK_EX), unlocks, nothing, 0) \
	X(F_SETLKW, "F_SETLKW", posix_locked, fcntl(out, F_SETLKW, &all), posix_unlocks, nothing, 0) \
	X(F_OFD_SETLKW, "F_OFD_SETLKW", ofd_locked, fcntl(out, F_OFD_SETLKW, &all), ofd_unlocks, nothing, 0) \
	X(futex, "futex", nothing, futex(&m->word, FUTEX_WAIT, 0, NULL, 0), wakes, nothing, 0) \
	X(futex_timed, "futex, timed", nothing, futex(&m->word, FUTEX_WAIT, 0, &never, 0), wakes, nothing, RESTART) \
	X(futex_until, "futex, until", nothing, (until = ahead(CLOCK_MONOTONIC), futex(&m->word, FUTEX_WAIT_BITSET, 0, &until, 1)), wakes, nothing, RESTART) \
	X(futex_PI, "futex, PI", pi_locked, futex(&m->word, FUTEX_LOCK_PI, 0, NULL, 0), pi_unlocks, nothing, NEVER) \
	X(futex_waitv, "futex_waitv", waits_any, syscall(449, waitv, 1, 0, NULL, 0), wakes, nothing, 0) \
	X(futex_waitv_until, "futex_waitv, until", waits_any, (until = ahead(CLOCK_MONOTONIC), syscall(449, waitv, 1, 0, &until, CLOCK_MONOTONIC)), wakes, nothing, 0) \
	X(wait4, "wait4", make_pipe, waits(0), feed, nothing, 0) \
	X(wait4_of_any, "wait4 of any", make_pipe, waits(1), feed, nothing, 0) \
	X(waitid, "waitid", make_pipe, waits(2), feed, nothing, 0) \
	X(msgrcv, "msgrcv", queue, msgrcv(id, &msg, 8, 0, 0), sends, no_queue, RESTART) \
	X(msgsnd, "msgsnd", full_queue, msgsnd(id, &msg, 8, 0), takes, no_queue, RESTART) \
	X(semop, "semop", semaphore, semop(id, &down, 1), raises, no_semaphore, RESTART | STOP) \
	X(semtimedop, "semtimedop", semaphore, semtimedop(id, &down, 1, &never), raises, no_semaphore, RESTART | STOP) \
	X(mq_receive, "mq_receive", mq, mq_receive(in, buf, 8, NULL), mq_sends, nothing, 0) \
	X(mq_timedreceive, "mq_timedreceive", mq_until, mq_timedreceive(in, buf, 8, NULL, &until), mq_sends, nothing, 0) \
	X(mq_send, "mq_send", mq_full, mq_send(in, "x", 1, 0), mq_takes, nothing, 0) \
	X(epoll_wait, "epoll_wait", epolls, epoll_wait(other, &got, 1, -1), feed, nothing, RESTART | STOP) \
	X(epoll_pwait, "epoll_pwait", epolls, epoll_pwait(other, &got, 1, 1000000, &usr2), feed, nothing, RESTART | STOP) \
	X(epoll_pwait2, "epoll_pwait2", epolls, syscall(441, other, &got, 1, &never, NULL, 0), feed, nothing, RESTART | STOP) \
	X(ppoll, "ppoll", polls, ppoll(&pfd, 1, NULL, NULL), feed, nothing, RESTART) \
	X(ppoll_timed, "ppoll, timed", polls, ppoll(&pfd, 1, &never, &usr2), feed, nothing, RESTART) \
	X(pselect, "pselect", polls, pselect(in + 1, &set, NULL, NULL, NULL, NULL), feed, nothing, RESTART) \
	X(pselect_timed, "pselect, timed", polls, pselect(in + 1, &set, NULL, NULL, &never, &usr2), feed, nothing, RESTART) \
	X(sigsuspend, "sigsuspend", nothing, suspends(), NULL, nothing, RESTART) \
	X(sigtimedwait, "sigtimedwait", blocks, sigtimedwait(&usr2, NULL, &never), sends_usr2, unblocks, RESTART | STOP) \
	X(sigwaitinfo, "sigwaitinfo", blocks, sigwaitinfo(&usr2, NULL), sends_usr2, unblocks, RESTART | STOP) \
	X(nanosleep, "nanosleep", nothing, nanosleep(&never, NULL), NULL, nothing, RESTART) \
	X(clock_nanosleep, "clock_nanosleep", nothing, -clock_nanosleep(CLOCK_REALTIME, 0, &never, NULL), NULL, nothing, RESTART) \
	X(clock_nanosleep_until, "clock_nanosleep, until", nothing, (until = ahead(CLOCK_MONOTONIC), -clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL)), NULL, nothing, RESTART) \
	X(io_getevents, "io_getevents", aios, aio_poll(), feed, nothing, RESTART | STOP) \
	X(inotify, "inotify", notify, read(in, buf, sizeof buf) > 0, creates, nothing, 0) \
	X(eventfd, "eventfd", event, read(in, buf, 8), feed8, nothing, 0) \
	X(eventfd_full, "eventfd, full", full_event, write(in, &never, 8), reads8, nothing, 0) \
	X(timerfd, "timerfd", timer, read(in, buf, 8), expires, nothing, 0) \
	X(signalfd, "signalfd", sigfd, read(in, buf, sizeof buf) > 0, sends_usr2, unblocks, 0)

#define FUNCTION(id, name, prepare, expr, fulfil, clean, ends) static long call_##id(void) { return (expr); }
CALLS(FUNCTION)

#define ROW(id, name, prepare, expr, fulfil, clean, ends) {name, prepare, call_##id, fulfil, clean, (ends) | HANDLER},
static const struct {
	const char *name;
	void (*prepare)(void);
	long (*call)(void);
	void (*fulfil)(void); /* NULL: it is not waited for */
	void (*clean)(void);
	int ends;
} calls[] = {CALLS(ROW)};

static void handler(int sig) { (void)sig; m->handled++; }

static void until_asleep(void)
{
	char name[40], line[400];
	snprintf(name, sizeof name, "/proc/%d/stat", child);
	for (;;) {
		int fd = open(name, O_RDONLY);
		ssize_t n = fd < 0 ? 0 : read(fd, line, sizeof line - 1);
		close(fd);
		line[n > 0 ? n : 0] = 0;
		char *e = strrchr(line, ')');
		if (m->done || (e && e[2] == 'S'))
			return;
		usleep(500);
	}
}

static void interrupt(int how)
{
	int before = m->handled, st;
	switch (how) {
	case STOP:
		CHECK(kill(child, SIGSTOP) == 0 && waitpid(child, &st, WUNTRACED) == child && WIFSTOPPED(st));
		CHECK(kill(child, SIGCONT) == 0 && waitpid(child, &st, WCONTINUED) == child && WIFCONTINUED(st));
		break;
	case 0:
		CHECK(kill(child, SIGWINCH) == 0 && kill(child, SIGCHLD) == 0 && kill(child, SIGHUP) == 0);
		break;
	default:
		CHECK(kill(child, SIGUSR1) == 0);
		while (m->handled == before && !m->done)
			usleep(200);
	}
}

static void trial(int i, int how)
{
	memset(m, 0, sizeof *m);
	in = out = other = id = -1;
	calls[i].prepare();
	fflush(stdout);
	if ((child = fork()) == 0) {
		struct sigaction sa = {.sa_handler = handler, .sa_flags = how == RESTART ? SA_RESTART : 0};
		sigaction(SIGUSR1, &sa, NULL);
		signal(SIGHUP, SIG_IGN);
		errno = 0;
		m->ready = 1;
		m->ret = calls[i].call();
		m->err = errno;
		m->done = 1;
		for (;;) /* a signal may still be on its way */
			pause();
	}
	while (!m->ready)
		usleep(200);
	int ends = how & calls[i].ends && !(calls[i].ends & NEVER);
	for (int n = 0; ends ? !m->done : n < 3; n++) {
		until_asleep();
		interrupt(how);
		if (ends)
			usleep(500);
	}
	if (!ends && calls[i].fulfil)
		calls[i].fulfil();
	if (!ends && !calls[i].fulfil) {
		until_asleep();
		printf(" %s", m->done ? "ended" : "goes on");
	} else {
		while (!m->done)
			usleep(200);
		printf(" %ld %d", m->ret, m->err);
	}
	int st;
	CHECK(kill(child, SIGKILL) == 0 && waitpid(child, &st, 0) == child && WIFSIGNALED(st));
	calls[i].clean();
	for (int fd = 3; fd < 20; fd++)
		close(fd);
}

int main(int argc, char **argv)
{
	m = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CHECK(m != MAP_FAILED && mkdtemp(dir));
	sigemptyset(&usr2);
	sigaddset(&usr2, SIGUSR2);
	static const int ways[] = {HANDLER, RESTART, STOP, 0};
	for (int i = 0; i < (int)COUNT(calls); i++) {
		if (argc > 1 && strcmp(argv[1], calls[i].name))
			continue;
		printf("%s:", calls[i].name);
		for (size_t k = 0; k < COUNT(ways); k++)
			trial(i, ways[k]);
		printf("\n");
		fflush(stdout);
	}
	for (const char *const *n = (const char *const[]){"socket", "fifo", "lock", NULL}; *n; n++) {
		snprintf(path, sizeof path, "%s/%s", dir, *n);
		unlink(path);
	}
	rmdir(dir);
	return 0;
}
