/*
 * Threads by the kernel's interface: the clone flags, futexes of all kinds, robust
 * lists, names, a thousand threads, and how a process of many threads ends or executes
 * another program.
 */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <linux/sched.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define CHECK(c) do { if (!(c)) { printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); fflush(stdout); _exit(1); } } while (0)

static char *self;

static int gettid_(void) { return (int)syscall(SYS_gettid); }
static long futex(void *addr, int op, uint32_t val, void *timeout, void *addr2, uint32_t val3)
{
	return syscall(SYS_futex, addr, op, val, timeout, addr2, val3);
}

static void report(const char *name, long r)
{
	printf("%s: %ld %s\n", name, r, r < 0 ? strerror(errno) : "-");
}

static void status(const char *name, pid_t pid)
{
	int st;
	CHECK(pid > 0);
	CHECK(waitpid(pid, &st, 0) == pid);
	if (WIFEXITED(st))
		printf("%s: exit %d\n", name, WEXITSTATUS(st));
	else
		printf("%s: signal %d\n", name, WTERMSIG(st));
	fflush(stdout);
}

static void *forever(void *p)
{
	for (;;)
		pause();
	return p;
}

static void *busy(void *p)
{
	volatile uint64_t x = 0;
	for (;;)
		x++;
	return p;
}

static void *allocates(void *p)
{
	for (int i = 0;; i++)
		free(malloc(1 + i % 5000));
	return p;
}

static void *nothing(void *p) { return p; }

/* outlives ends after the thread that holds a robust mutex has. */
static void *outlives(void *p)
{
	if (pthread_mutex_lock(p) != EOWNERDEAD)
		_exit(98);
	return p;
}

static void start(void *(*f)(void *), int n)
{
	pthread_t t;
	pthread_attr_t a;
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, 64 << 10);
	while (n-- > 0)
		CHECK(pthread_create(&t, &a, f, NULL) == 0);
}

/* exec by a thread that is not the leader: it becomes the leader, with the PID for its
 * TID, and the others are gone. */
static void *execs(void *p)
{
	char pid[20];
	snprintf(pid, sizeof pid, "%d", getpid());
	execl(self, self, p, pid, (char *)NULL);
	_exit(99);
}

static void *execs_missing(void *p)
{
	execl("/does/not/exist", "x", (char *)NULL);
	*(int *)p = errno;
	return NULL;
}

static void exec_from_thread(void)
{
	for (int kind = 0; kind < 3; kind++) {
		fflush(stdout);
		pid_t pid = fork();
		if (pid == 0) {
			start(forever, 2);
			start(busy, kind == 1);
			pthread_t t;
			CHECK(pthread_create(&t, NULL, execs, "role-pid") == 0);
			if (kind == 2)
				syscall(SYS_exit, 0); /* the leader has ended before */
			forever(NULL);
		}
		status("exec from a thread", pid);
	}
	int e = 0;
	pthread_t t;
	CHECK(pthread_create(&t, NULL, execs_missing, &e) == 0);
	pthread_join(t, NULL);
	printf("exec of nothing: %s\n", strerror(e));
}

/* exit_group while others compute, sleep, allocate, fork and make threads. */
static void *creates(void *p)
{
	for (;;) {
		pthread_t t;
		if (pthread_create(&t, NULL, nothing, NULL) == 0)
			pthread_join(t, NULL);
	}
	return p;
}

static void *forks(void *p)
{
	for (;;) {
		pid_t pid = fork();
		if (pid == 0)
			_exit(0);
		waitpid(pid, NULL, 0);
	}
	return p;
}

static void exits(void)
{
	for (int i = 0; i < 8; i++) {
		fflush(stdout);
		pid_t pid = fork();
		if (pid == 0) {
			start(forever, 3);
			start(busy, 1);
			start(allocates, 1);
			start(creates, 1);
			start(forks, i & 1);
			usleep(3000 * i);
			switch (i % 4) {
			case 0:
				_exit(30 + i);
			case 1:
				exit(30 + i);
			case 2:
				kill(getpid(), SIGTERM);
				for (;;)
					pause();
			default:
				abort();
			}
		}
		status("exit under load", pid);
	}
	pid_t pid = fork();
	if (pid == 0) {
		pthread_t t;
		pthread_mutexattr_t a;
		pthread_mutex_t mu;
		pthread_mutexattr_init(&a);
		pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
		pthread_mutex_init(&mu, &a);
		pthread_mutex_lock(&mu);
		CHECK(pthread_create(&t, NULL, outlives, &mu) == 0);
		syscall(SYS_exit, 7); /* the leader; the status is the last thread's, since Linux 5.17 */
	}
	status("leader's exit", pid);
}

static sem_t go_on;
static _Atomic int alive;
static void *sits(void *p)
{
	alive++;
	while (sem_wait(&go_on))
		;
	alive--;
	return p;
}

/* Raw clones. */
static long clone_raw(unsigned long flags, void *stack, int *ptid, void *tls, int *ctid)
{
#ifdef __aarch64__
	return syscall(SYS_clone, flags, stack, ptid, tls, ctid);
#else
	return syscall(SYS_clone, flags, stack, ptid, ctid, tls);
#endif
}

static char stacks[4][65536] __attribute__((aligned(16)));
static volatile int ran, waited;

static int child(void *arg)
{
	usleep(20000);
	ran = (int)(intptr_t)arg;
	syscall(SYS_exit, 0);
	return 0;
}

static void clones(void)
{
	const unsigned long thread = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM;
	volatile int ctid = -1;
	/* A vfork's thread: the caller waits for its end. */
	CHECK(clone(child, stacks[0] + sizeof stacks[0], thread | CLONE_VFORK | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID,
		(void *)1, NULL, NULL, &ctid) > 0);
	printf("CLONE_VFORK thread: ran %d\n", ran);
	while (ctid != 0)
		sched_yield();
	/* CLONE_CHILD_CLEARTID wakes a waiter. */
	int ptid = -1;
	ctid = 1;
	int tid = clone(child, stacks[1] + sizeof stacks[1], thread | CLONE_CHILD_CLEARTID | CLONE_PARENT_SETTID, (void *)2, &ptid, NULL, &ctid);
	CHECK(tid > 0);
	while (ctid == 1)
		futex((void *)&ctid, FUTEX_WAIT, 1, NULL, NULL, 0);
	printf("CLONE_CHILD_CLEARTID: %d, parent's word %d, ran %d\n", ctid, ptid == tid, ran);
	/* Without sharing files and directories. */
	int fd = dup(1);
	ctid = -1;
	CHECK(clone(child, stacks[2] + sizeof stacks[2], (thread & ~(CLONE_FILES | CLONE_FS)) | CLONE_CHILD_CLEARTID | CLONE_CHILD_SETTID,
		(void *)3, NULL, NULL, &ctid) > 0);
	while (ctid != 0)
		sched_yield();
	printf("own files: ran %d, %d\n", ran, close(fd));
	static const unsigned long bad[] = {
		CLONE_THREAD, CLONE_THREAD | CLONE_SIGHAND, CLONE_SIGHAND, CLONE_VM | CLONE_SIGHAND | CLONE_THREAD | CLONE_NEWPID,
		CLONE_FS | CLONE_NEWNS, CLONE_FS | CLONE_NEWUSER, CLONE_PIDFD | CLONE_DETACHED,
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		printf("flags %#lx, ", bad[i]);
		report("clone", clone_raw(bad[i], stacks[3] + sizeof stacks[3], NULL, NULL, NULL));
	}
	printf("set_tid_address %d, getpid %d\n", syscall(SYS_set_tid_address, NULL) == gettid_(), getpid() == gettid_());
}

/* Two processes in one memory, both running. */
static volatile int go_ahead, child_pid, child_saw;
static int other_process(void *p)
{
	child_pid = getpid();
	while (!go_ahead)
		sched_yield();
	child_saw = go_ahead;
	if (p)
		kill(getpid(), SIGKILL);
	close(1);
	_exit(21);
}

static void sharing(void)
{
	for (int how = 0; how < 3; how++) {
		int st;
		go_ahead = child_pid = child_saw = 0;
		unsigned long flags = how == 1 ? CLONE_VM | CLONE_FS | CLONE_SIGHAND | SIGCHLD : CLONE_VM | SIGCHLD;
		pid_t pid = clone(other_process, stacks[0] + sizeof stacks[0], flags, how == 2 ? self : NULL);
		CHECK(pid > 0);
		while (!child_pid)
			sched_yield();
		pid_t second = fork(); /* while it runs */
		if (second == 0)
			_exit(3);
		CHECK(waitpid(second, &st, 0) == second && WEXITSTATUS(st) == 3);
		go_ahead = 8;
		CHECK(waitpid(pid, &st, 0) == pid);
		printf("CLONE_VM: own PID %d, saw %d, status %#x\n", child_pid == pid, child_saw, st);
		second = fork();
		if (second == 0)
			_exit(4);
		CHECK(waitpid(second, &st, 0) == second && WEXITSTATUS(st) == 4);
	}
}

/* What a thread has from its parent. */
static void *inherits(void *p)
{
	char name[16] = "";
	cpu_set_t set;
	prctl(PR_GET_NAME, name);
	CHECK(sched_getaffinity(0, sizeof set, &set) == 0);
	mode_t m = umask(0);
	umask(m);
	printf("inherited: %s, keepcaps %d, slack %d, scheduler %d, processors %d, umask %o\n", name, prctl(PR_GET_KEEPCAPS),
		prctl(PR_GET_TIMERSLACK), sched_getscheduler(0), CPU_COUNT(&set), m);
	return p;
}

/* The slack of timers is that of the program's start, of threads as well, and what 0 restores. */
static void *slack(void *p)
{
	int first = prctl(PR_GET_TIMERSLACK);
	CHECK(prctl(PR_SET_TIMERSLACK, 777) == 0);
	int changed = prctl(PR_GET_TIMERSLACK);
	CHECK(prctl(PR_SET_TIMERSLACK, 0) == 0);
	printf("slack: %d, %d, %d\n", first, changed, prctl(PR_GET_TIMERSLACK));
	return p;
}

static void *changes(void *p)
{
	cpu_set_t set;
	struct sched_param sp = {0};
	pthread_t t;
	slack(NULL);
	CHECK(pthread_create(&t, NULL, slack, NULL) == 0);
	pthread_join(t, NULL);
	CPU_ZERO(&set);
	CPU_SET(0, &set);
	CHECK(sched_setaffinity(0, sizeof set, &set) == 0);
	CHECK(sched_setscheduler(0, SCHED_BATCH, &sp) == 0);
	CHECK(prctl(PR_SET_NAME, "parent") == 0 && prctl(PR_SET_KEEPCAPS, 1) == 0 && prctl(PR_SET_TIMERSLACK, 12345) == 0);
	CHECK(unshare(CLONE_FS) == 0);
	umask(0123);
	CHECK(pthread_create(&t, NULL, inherits, NULL) == 0);
	pthread_join(t, NULL);
	return p;
}

static void inheritance(void)
{
	pthread_t t;
	CHECK(pthread_create(&t, NULL, changes, NULL) == 0);
	pthread_join(t, NULL);
	prctl(PR_SET_NAME, "main");
	CHECK(pthread_create(&t, NULL, inherits, NULL) == 0);
	pthread_join(t, NULL);
}

/* Namespaces: some the kernel gives only to a process of one thread. */
static void *uid_of(void *p)
{
	printf("thread: uid %d\n", getuid());
	return p;
}

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY);
	if (fd >= 0 && write(fd, text, strlen(text)) < 0)
		printf("%s: %s\n", path, strerror(errno));
	close(fd);
}

static void in_namespace(int flags)
{
	char map[40];
	uid_t uid = getuid();
	gid_t gid = getgid();
	report("unshare", unshare(flags));
	put("/proc/self/setgroups", "deny");
	snprintf(map, sizeof map, "0 %d 1\n", uid);
	put("/proc/self/uid_map", map);
	snprintf(map, sizeof map, "0 %d 1\n", gid);
	put("/proc/self/gid_map", map);
	printf("uid %d gid %d\n", getuid(), getgid());
	report("sethostname", sethostname("guest", 5));
	pid_t pid = fork();
	if (pid == 0) {
		printf("first process: %d\n", getpid() == 1);
		exit(6);
	}
	status("in the namespace", pid);
	if (flags & CLONE_NEWPID)
		return;
	pthread_t t;
	CHECK(pthread_create(&t, NULL, uid_of, NULL) == 0);
	pthread_join(t, NULL);
	report("chroot", chroot(".")); /* where there is no /proc */
	if ((pid = fork()) == 0)
		_exit(7);
	status("in a chroot", pid);
}

static void namespaces(void)
{
	static const int flags[] = {CLONE_NEWUSER | CLONE_NEWUTS, CLONE_NEWUSER | CLONE_NEWUTS | CLONE_NEWPID | CLONE_NEWNS};
	for (size_t i = 0; i < COUNT(flags); i++) {
		fflush(stdout);
		pid_t pid = fork();
		if (pid == 0) {
			in_namespace(flags[i]);
			exit(8);
		}
		status("namespaces", pid);
	}
	for (int i = 0; i < 20; i++) {
		pid_t pid = fork();
		int st;
		if (pid == 0)
			_exit(unshare(CLONE_NEWUSER) == 0 && unshare(CLONE_VM | CLONE_SIGHAND | CLONE_THREAD) == 0 ? 0 : errno);
		CHECK(waitpid(pid, &st, 0) == pid);
		if (st)
			printf("unshare: %#x\n", st);
	}
	report("unshare of nothing", unshare(0));
	report("unshare of memory", unshare(CLONE_VM));
	report("unshare of rubbish", unshare(1));
}

/* Futexes. */
static uint32_t word, word2, pi_;
static _Atomic int inside, done;

static void *waits(void *p)
{
	inside++;
	long r = futex(&word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0);
	done++;
	return (void *)(r == 0 ? p : (void *)-1);
}

/* asleep waits until n threads sleep on addr: a requeue of none tells. */
static void asleep(uint32_t *addr, int op, int n)
{
	(void)op;
	while (futex(addr, FUTEX_CMP_REQUEUE_PRIVATE, 0, (void *)(intptr_t)n, addr, *addr) != n)
		usleep(1000);
}

static void *waits_pi(void *p)
{
	inside++;
	long r = futex(&word, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, NULL, &pi_, 0);
	if (r == 0) {
		CHECK((pi_ & FUTEX_TID_MASK) == (uint32_t)gettid_());
		done++;
		if (!__sync_bool_compare_and_swap(&pi_, gettid_(), 0))
			CHECK(futex(&pi_, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0) == 0);
	} else
		printf("WAIT_REQUEUE_PI: %s\n", strerror(errno));
	return p;
}

/* A signal does not end a wait with priority inheritance, whatever its action says. */
static atomic_int handled;
static void handler(int sig) { (void)sig, handled++; }

static void *locks_once(void *p)
{
	long r = futex(&pi_, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0);
	if (r == 0)
		CHECK(futex(&pi_, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0) == 0);
	return (void *)(r < 0 ? -(intptr_t)errno : r);
	(void)p;
}

static void *moves_once(void *p)
{
	long r = futex(&word, FUTEX_WAIT_REQUEUE_PI_PRIVATE, 0, NULL, &pi_, 0);
	if (r == 0)
		CHECK(futex(&pi_, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0) == 0);
	return (void *)(r < 0 ? -(intptr_t)errno : r);
	(void)p;
}

static void interrupted_pi(void)
{
	struct sigaction sa = { .sa_handler = handler };
	sigaction(SIGUSR1, &sa, NULL);
	pthread_t t;
	void *locked, *moved;
	pi_ = gettid_();
	CHECK(pthread_create(&t, NULL, locks_once, NULL) == 0);
	while (!(__atomic_load_n(&pi_, __ATOMIC_ACQUIRE) & FUTEX_WAITERS))
		usleep(1000);
	for (int i = handled; i < 5; i = handled) {
		pthread_kill(t, SIGUSR1);
		while (handled == i)
			usleep(1000);
	}
	CHECK(futex(&pi_, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0) == 0);
	pthread_join(t, &locked);
	pi_ = gettid_();
	CHECK(pthread_create(&t, NULL, moves_once, NULL) == 0);
	for (int i = handled; i < 15; i = handled) {
		usleep(1000); /* it is to sleep again, but need not */
		pthread_kill(t, SIGUSR1);
		while (handled == i)
			usleep(1000);
	}
	while (futex(&word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)10, &pi_, 0) != 1)
		usleep(1000);
	CHECK(futex(&pi_, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0) == 0);
	pthread_join(t, &moved);
	printf("interrupted: lock_pi %ld requeue_pi %ld\n", (long)(intptr_t)locked, (long)(intptr_t)moved);
}

static void *locks_pi(void *p)
{
	for (int i = 0; i < 2000; i++) {
		uint32_t me = gettid_();
		if (!__sync_bool_compare_and_swap(&pi_, 0, me))
			CHECK(futex(&pi_, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0) == 0);
		ran++;
		if (!__sync_bool_compare_and_swap(&pi_, me, 0))
			CHECK(futex(&pi_, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0) == 0);
	}
	return p;
}

struct waitv { uint64_t val, uaddr; uint32_t flags, reserved; };
static uint32_t many_words[3];
static void *waits_any(void *p)
{
	struct waitv w[3];
	for (int i = 0; i < 3; i++)
		w[i] = (struct waitv){0, (uintptr_t)&many_words[i], 2 | 128 /* 32 bits, private */, 0};
	inside++;
	long r = syscall(449, w, 3, 0, NULL, 0);
	return (void *)(r < 0 ? -(intptr_t)errno : r);
	(void)p;
}

static void futexes(void)
{
	enum { N = 6 };
	pthread_t t[N];
	struct timespec soon = {0, 5000000};
	report("wait on another value", futex(&word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0));
	report("timeout", futex(&word, FUTEX_WAIT_PRIVATE, 0, &soon, NULL, 0));
	for (int i = 0; i < N; i++)
		CHECK(pthread_create(&t[i], NULL, waits, NULL) == 0);
	asleep(&word, 0, N);
	long woke = futex(&word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
	long moved = futex(&word, FUTEX_CMP_REQUEUE_PRIVATE, 1, (void *)2, &word2, 0);
	long more = futex(&word2, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0);
	long rest = futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0);
	printf("requeue: woke %ld, requeued %ld, woke %ld and %ld\n", woke, moved, more, rest);
	for (int i = 0; i < N; i++)
		pthread_join(t[i], NULL);
	for (int i = 0; i < 2; i++)
		CHECK(pthread_create(&t[i], NULL, waits, NULL) == 0);
	asleep(&word, 0, 2);
	word2 = 5; /* word2 += 1, wake one at word, and as that was 5 one at word2 */
	long op = futex(&word, FUTEX_WAKE_OP_PRIVATE, 1, (void *)1, &word2, FUTEX_OP(FUTEX_OP_ADD, 1, FUTEX_OP_CMP_EQ, 5));
	printf("wake_op: %ld, %u\n", op, word2);
	futex(&word, FUTEX_WAKE_PRIVATE, 100, NULL, NULL, 0);
	for (int i = 0; i < 2; i++)
		pthread_join(t[i], NULL);
	/* Priority inheritance. */
	ran = 0;
	for (int i = 0; i < 4; i++)
		CHECK(pthread_create(&t[i], NULL, locks_pi, NULL) == 0);
	for (int i = 0; i < 4; i++)
		pthread_join(t[i], NULL);
	printf("lock_pi: %d, word %#x\n", ran, pi_);
	done = 0;
	for (int i = 0; i < 3; i++)
		CHECK(pthread_create(&t[i], NULL, waits_pi, NULL) == 0);
	int moved_pi = 0;
	while (moved_pi < 3) { /* those that sleep already */
		long r = futex(&word, FUTEX_CMP_REQUEUE_PI_PRIVATE, 1, (void *)10, &pi_, 0);
		if (r > 0)
			moved_pi += r;
		usleep(1000);
	}
	for (int i = 0; i < 3; i++)
		pthread_join(t[i], NULL);
	printf("requeue_pi: %d, %d have had it, word %#x\n", moved_pi, done, pi_);
	interrupted_pi();
	report("trylock_pi", futex(&pi_, FUTEX_TRYLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	report("again", futex(&pi_, FUTEX_LOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	report("unlock", futex(&pi_, FUTEX_UNLOCK_PI_PRIVATE, 0, NULL, NULL, 0));
	/* Many at once. */
	void *r;
	CHECK(pthread_create(&t[0], NULL, waits_any, NULL) == 0);
	while (futex(&many_words[1], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 0)
		usleep(1000);
	pthread_join(t[0], &r);
	printf("futex_waitv: %ld\n", (long)(intptr_t)r);
	report("bad op", futex(&word, 99, 0, NULL, NULL, 0));
	report("bad address", futex((void *)16, FUTEX_WAIT, 0, NULL, NULL, 0));
	report("misaligned", futex((char *)&word + 1, FUTEX_WAIT, 0, NULL, NULL, 0));
}

/* Robust lists: what a dead thread or process held is marked, and one waiter wakes. */
static struct { struct robust_list_head head; } lists;
struct lock { struct robust_list list; uint32_t word; };
static void *dies_with(void *p)
{
	struct lock *l = p;
	static struct robust_list_head h;
	h.list.next = &l->list;
	l->list.next = &h.list;
	h.futex_offset = (long)offsetof(struct lock, word) - (long)offsetof(struct lock, list);
	h.list_op_pending = NULL;
	CHECK(syscall(SYS_set_robust_list, &h, sizeof h) == 0);
	struct robust_list_head *got_ = NULL;
	size_t len = 0;
	CHECK(syscall(SYS_get_robust_list, 0, &got_, &len) == 0);
	CHECK(got_ == &h && len == sizeof h);
	l->word = gettid_() | FUTEX_WAITERS;
	return NULL;
}

static void robust(void)
{
	(void)lists;
	static struct lock l;
	pthread_t t;
	CHECK(pthread_create(&t, NULL, dies_with, &l) == 0);
	pthread_join(t, NULL);
	for (int i = 0; i < 1000 && !(l.word & FUTEX_OWNER_DIED); i++)
		usleep(1000);
	printf("robust: %#x\n", l.word & ~FUTEX_TID_MASK);
	struct shared { pthread_mutex_t mu; } *s = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pthread_mutexattr_t a;
	pthread_mutexattr_init(&a);
	pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST);
	pthread_mutexattr_setpshared(&a, PTHREAD_PROCESS_SHARED);
	for (int how = 0; how < 4; how++) {
		CHECK(pthread_mutex_init(&s->mu, &a) == 0);
		int ready[2];
		CHECK(pipe(ready) == 0);
		pid_t pid = fork();
		if (pid == 0) {
			pthread_mutex_lock(&s->mu);
			CHECK(write(ready[1], "x", 1) == 1);
			if (how == 0)
				_exit(0);
			if (how == 1)
				kill(getpid(), SIGKILL);
			if (how == 2)
				execl(self, self, "role-sleep", (char *)NULL);
			forever(NULL);
		}
		char c;
		CHECK(read(ready[0], &c, 1) == 1);
		if (how == 3)
			kill(pid, SIGKILL);
		int r = pthread_mutex_lock(&s->mu);
		printf("robust, process %d: %s,", how, strerror(r));
		printf(" consistent %d,", pthread_mutex_consistent(&s->mu));
		printf(" unlock %d\n", pthread_mutex_unlock(&s->mu));
		waitpid(pid, NULL, 0);
		close(ready[0]);
		close(ready[1]);
	}
}

static void thousand(void)
{
	enum { N = 1000 };
	static pthread_t t[N];
	pthread_attr_t a;
	pthread_attr_init(&a);
	pthread_attr_setstacksize(&a, 64 << 10);
	sem_init(&go_on, 0, 0);
	int made = 0;
	for (int i = 0; i < N; i++)
		made += pthread_create(&t[i], &a, sits, NULL) == 0;
	while (alive < made)
		usleep(1000);
	int most = alive;
	for (int i = 0; i < N; i++)
		sem_post(&go_on);
	for (int i = 0; i < made; i++)
		pthread_join(t[i], NULL);
	printf("thousand: made %d, at once %d, left %d\n", made, most, alive);
}

static _Atomic int named;
static void *has_name(void *p)
{
	pthread_setname_np(pthread_self(), "a-thread-name");
	named = 1;
	while (named != 2)
		usleep(1000);
	return p;
}

static void names(void)
{
	pthread_t t;
	char name[32] = "";
	prctl(PR_SET_NAME, "leader-name-is-too-long");
	prctl(PR_GET_NAME, name);
	printf("name %s\n", name);
	CHECK(pthread_create(&t, NULL, has_name, NULL) == 0);
	while (named != 1)
		usleep(1000);
	CHECK(pthread_getname_np(t, name, sizeof name) == 0);
	printf("name of another: %s\n", name);
	CHECK(pthread_setname_np(t, "renamed") == 0);
	CHECK(pthread_getname_np(t, name, sizeof name) == 0);
	printf("renamed: %s\n", name);
	named = 2;
	pthread_join(t, NULL);
	cpu_set_t set;
	CHECK(sched_getaffinity(0, sizeof set, &set) == 0);
	printf("affinity of %d processors\n", CPU_COUNT(&set) > 0);
	struct sched_param sp = {0};
	report("scheduler", sched_getscheduler(0));
	report("batch", sched_setscheduler(0, SCHED_BATCH, &sp));
	report("scheduler", sched_getscheduler(0));
	report("param", sched_getparam(0, &sp));
	sched_setscheduler(0, SCHED_OTHER, &sp);
	printf("membarrier %d %d\n", syscall(SYS_membarrier, 0, 0, 0) > 0, (int)syscall(SYS_membarrier, 16, 0, 0));
	report("tgkill", syscall(SYS_tgkill, getpid(), gettid_(), 0));
	report("tgkill of another process", syscall(SYS_tgkill, getpid(), 1, 0));
}


int main(int argc, char **argv)
{
	self = argv[0];
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (argc > 1 && strcmp(argv[1], "role-pid") == 0) {
		return atoi(argv[2]) == getpid() && gettid_() == getpid() && argc == 3 ? 40 : 1;
	}
	if (argc > 1 && strcmp(argv[1], "role-sleep") == 0) {
		usleep(200000);
		return 0;
	}
	exec_from_thread();
	exits();
	clones();
	sharing();
	inheritance();
	namespaces();

	futexes();
	robust();
	thousand();
	names();
	return 0;
}
