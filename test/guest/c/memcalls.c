/* The calls on memory, form by form and error by error: what mapping.c leaves out. Where a
 * number depends on the processor it is asked for in another way than on the other. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#define P 4096ul
#ifndef MAP_SYNC
#define MAP_SYNC 0x80000
#endif
#define F_SEAL_EXEC_ 0x20
#define MFD_NOEXEC_SEAL_ 8
#define MFD_EXEC_ 16

static long rc(long r) { return r == -1 ? -errno : r; }
static long ok(long r) { return r < 0 && r > -4096 ? r : 1; }	/* an address is 1 */
static long map(void *a, size_t n, int prot, int flags, int fd, off_t off) { return ok(syscall(SYS_mmap, a, n, prot, flags, fd, off) == -1 ? -errno : 1); }
#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)
static char *get(size_t n) { return mmap(NULL, n, RW, ANON, -1, 0); }

/* show prints up to 14 numbers, which are computed in their order. */
#define show(f, ...) ({ long v_[14] = { __VA_ARGS__ }; printf(f, v_[0], v_[1], v_[2], v_[3], v_[4], v_[5], v_[6], v_[7], v_[8], v_[9], v_[10], v_[11], v_[12], v_[13]); })

static sigjmp_buf env;
static void on_fault(int s, siginfo_t *i, void *u) { siglongjmp(env, s * 100 + i->si_code); }
static int touch(volatile char *p) { int s = sigsetjmp(env, 1); return s ? s : (*p, 0); }
static int poke(volatile char *p) { int s = sigsetjmp(env, 1); return s ? s : (*p = 1, 0); }

/* hole: three pages, the middle one not mapped. */
static char *hole(void) { char *p = get(3 * P); munmap(p + P, P); return p; }

static void mmaps(void)
{
	char *a = get(8 * P);
	int fd = memfd_create("m", 0), ro = open("/proc/self/exe", O_RDONLY), dir = open("/", O_RDONLY), wo = open("wo", O_WRONLY | O_CREAT, 0600);
	ftruncate(fd, 4 * P);
	int pip[2];
	pipe(pip);
	show("types: 0 %ld 1 %ld 2 %ld 3 %ld 4 %ld\n", map(0, P, RW, MAP_ANONYMOUS, -1, 0), map(0, P, RW, MAP_ANONYMOUS | 1, -1, 0),
	       map(0, P, RW, MAP_ANONYMOUS | 2, -1, 0), map(0, P, RW, MAP_ANONYMOUS | 3, -1, 0), map(0, P, RW, MAP_ANONYMOUS | 4, -1, 0));
	show("files: pipe %ld dir %ld write-only %ld shared write of ro %ld private write of ro %ld closed %ld\n", map(0, P, PROT_READ, MAP_PRIVATE, pip[0], 0),
	       map(0, P, PROT_READ, MAP_PRIVATE, dir, 0), map(0, P, PROT_READ, MAP_SHARED, wo, 0), map(0, P, RW, MAP_SHARED, ro, 0), map(0, P, RW, MAP_PRIVATE, ro, 0), map(0, P, RW, MAP_SHARED, 900, 0));
	show("offset: beyond %ld negative %ld overflow %ld odd %ld\n", map(0, P, PROT_READ, MAP_SHARED, fd, 100 * P), map(0, P, PROT_READ, MAP_SHARED, fd, -P),
	       map(0, 4 * P, PROT_READ, MAP_SHARED, fd, 0x7ffffffffffff000), map(0, P, PROT_READ, MAP_SHARED, fd, 1));
	show("length: 0 %ld max %ld huge %ld not a page %ld\n", map(0, 0, RW, ANON, -1, 0), map(0, -1, RW, ANON, -1, 0), map(0, 1ul << 47, RW, ANON, -1, 0), map(0, 1, RW, ANON, -1, 0));
	show("prot: none %ld write %ld exec %ld odd %ld\n", map(0, P, 0, ANON, -1, 0), map(0, P, PROT_WRITE, ANON, -1, 0), map(0, P, PROT_EXEC, ANON, -1, 0), map(0, P, 8, ANON, -1, 0));
	show("fixed: 0 %ld odd %ld top %ld over the top %ld noreplace taken %ld noreplace odd %ld both %ld\n", map(0, P, RW, ANON | MAP_FIXED, -1, 0) == 1 ? 1 : map(0, P, RW, ANON | MAP_FIXED, -1, 0) < 0,
	       map(a + 1, P, RW, ANON | MAP_FIXED, -1, 0), map((void *)-P, P, RW, ANON | MAP_FIXED, -1, 0), map((void *)(1ul << 62), P, RW, ANON | MAP_FIXED, -1, 0),
	       map(a, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), map(a + 1, P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), map(a, P, RW, ANON | MAP_FIXED_NOREPLACE | MAP_FIXED, -1, 0));
	show("part taken %ld value kept %ld\n", map(a - P, 2 * P, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), a[0]);
	show("flags: locked %ld noreserve %ld populate %ld nonblock %ld stack %ld growsdown %ld denywrite %ld unknown %ld\n", map(0, P, RW, ANON | MAP_LOCKED, -1, 0), map(0, P, RW, ANON | MAP_NORESERVE, -1, 0),
	       map(0, P, RW, ANON | MAP_POPULATE, -1, 0), map(0, P, RW, ANON | MAP_POPULATE | MAP_NONBLOCK, -1, 0), map(0, P, RW, ANON | MAP_STACK, -1, 0), map(0, P, RW, ANON | MAP_GROWSDOWN, -1, 0),
	       map(0, P, RW, ANON | MAP_DENYWRITE | MAP_EXECUTABLE, -1, 0), map(0, P, RW, ANON | 0x1000000, -1, 0));
	show("growsdown shared %ld of a file %ld\n", map(0, P, RW, MAP_SHARED | MAP_ANONYMOUS | MAP_GROWSDOWN, -1, 0), map(0, P, PROT_READ, MAP_SHARED | MAP_GROWSDOWN, fd, 0));
	show("validate: plain %ld sync %ld unknown %ld sync alone %ld anonymous %ld private sync %ld\n", map(0, P, PROT_READ, MAP_SHARED_VALIDATE, fd, 0), map(0, P, PROT_READ, MAP_SHARED_VALIDATE | MAP_SYNC, fd, 0),
	       map(0, P, PROT_READ, MAP_SHARED_VALIDATE | 0x1000000, fd, 0), map(0, P, PROT_READ, MAP_SHARED | MAP_SYNC, fd, 0), map(0, P, RW, MAP_SHARED_VALIDATE | MAP_ANONYMOUS | MAP_SYNC, -1, 0), map(0, P, PROT_READ, MAP_PRIVATE | MAP_SYNC, fd, 0));
	show("hugetlb: 2M %ld 1G %ld odd %ld file %ld\n", map(0, 2 << 20, RW, ANON | MAP_HUGETLB, -1, 0), map(0, 1 << 30, RW, ANON | MAP_HUGETLB | 30 << 26, -1, 0), map(0, P, RW, ANON | MAP_HUGETLB | 13 << 26, -1, 0), map(0, P, RW, MAP_PRIVATE | MAP_HUGETLB, fd, 0));
	char *z = mmap(NULL, 2 * P, RW, MAP_PRIVATE, open("/dev/zero", O_RDWR), 0);
	show("zero %ld past the end: in the last page %ld, behind %ld write %ld\n", touch(z + P), ({ ftruncate(fd, P + 10); char *m = mmap(NULL, 3 * P, RW, MAP_SHARED, fd, 0); touch(m + P + 100); }),
	       touch((char *)mmap(NULL, 3 * P, RW, MAP_SHARED, fd, 0) + 2 * P), poke((char *)mmap(NULL, 3 * P, RW, MAP_PRIVATE, fd, 0) + 2 * P));
	close(wo);
	unlink("wo");
}

static void munmaps(void)
{
	char *a = get(8 * P);
	show("munmap: odd %ld 0 %ld twice %ld %ld inside %ld wraps %ld top %ld\n", rc(munmap(a + 1, P)), rc(munmap(a, 0)), rc(munmap(a, P)), rc(munmap(a, P)), rc(munmap(a + 3 * P, P)), rc(munmap(a, -P)), rc(munmap((void *)-P, P)));
	show("then %ld %ld %ld\n", touch(a), touch(a + 2 * P), touch(a + 3 * P));
}

static void mprotects(void)
{
	char *a = get(8 * P), *h = hole();
	show("mprotect: odd %ld 0 %ld hole %ld both bits %ld wraps %ld unknown %ld growsdown %ld growsup %ld\n", rc(mprotect(a + 1, P, RW)), rc(mprotect(a, 0, RW)), rc(mprotect(h, 3 * P, PROT_READ)),
	       rc(mprotect(a, P, 0x03000000)), rc(mprotect(a, -P, RW)), rc(mprotect(a, P, 0x100)), rc(mprotect(a, P, RW | 0x01000000)), rc(mprotect(a, P, RW | 0x02000000)));
	show("before the hole %ld behind %ld\n", poke(h), poke(h + 2 * P));
	mprotect(a, P, 0);
	mprotect(a + P, P, PROT_READ);
	show("none %ld %ld read %ld %ld\n", touch(a), poke(a), touch(a + P), poke(a + P));
	mprotect(a + 2 * P, P, PROT_WRITE);
	show("write only %ld\n", poke(a + 2 * P));
	int fd = open("/proc/self/exe", O_RDONLY);
	char *ro = mmap(NULL, P, PROT_READ, MAP_SHARED, fd, 0), *pr = mmap(NULL, P, PROT_READ, MAP_PRIVATE, fd, 0);
	show("shared ro %ld private %ld\n", rc(mprotect(ro, P, RW)), rc(mprotect(pr, P, RW)));
	show("pkey_mprotect -1 %ld free key %ld\n", rc(syscall(SYS_pkey_mprotect, a, P, RW, -1)), rc(syscall(SYS_pkey_mprotect, a, P, RW, 77)));
}

static void mremaps(void)
{
	char *a = get(16 * P), *h = hole(), *to = get(16 * P);
	memset(a, 7, 16 * P);
	show("mremap: odd %ld size 0 %ld unmapped %ld flags %ld fixed alone %ld over itself %ld odd target %ld wraps %ld\n", ok(rc((long)mremap(a + 1, P, P, 0))), ok(rc((long)mremap(a, P, 0, 0))), ok(rc((long)mremap(h + P, P, 2 * P, MREMAP_MAYMOVE))),
	       ok(rc((long)mremap(a, P, P, 8))), ok(rc((long)mremap(a, P, P, MREMAP_FIXED, to))), ok(rc((long)mremap(a, 2 * P, 2 * P, MREMAP_FIXED | MREMAP_MAYMOVE, a + P))), ok(rc((long)mremap(a, P, P, MREMAP_FIXED | MREMAP_MAYMOVE, to + 1))), ok(rc((long)mremap(a, P, -P, MREMAP_MAYMOVE))));
	show("into the neighbour %ld across a hole %ld\n", ok(rc((long)mremap(a, P, 2 * P, 0))), ok(rc((long)mremap(h, 3 * P, 4 * P, MREMAP_MAYMOVE))));
	show("dup of private %ld", ok(rc((long)mremap(a, 0, P, MREMAP_MAYMOVE))));
	char *s = mmap(NULL, 2 * P, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	s[0] = 'x';
	char *d = mremap(s, 0, 2 * P, MREMAP_MAYMOVE);
	show(" of shared %ld", d[0]);
	d[1] = 'y';
	show(" same %ld fixed %ld not maymove %ld\n", s[1], ok(rc((long)mremap(s, 0, P, MREMAP_MAYMOVE | MREMAP_FIXED, to))), ok(rc((long)mremap(s, 0, P, 0))));
	char *k = mremap(a, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, 0);
	show("dontunmap %ld value %ld old %ld", k != MAP_FAILED && k != a, k[0], a[0]);
	show(" other size %ld without maymove %ld", ok(rc((long)mremap(a, P, 2 * P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP))), ok(rc((long)mremap(a, P, P, MREMAP_DONTUNMAP))));
	show(" fixed %ld shared %ld\n", mremap(a + 2 * P, P, P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP | MREMAP_FIXED, to + 4 * P) == to + 4 * P && to[4 * P] == 7, ok(rc((long)mremap(s, P, P, MREMAP_MAYMOVE | MREMAP_DONTUNMAP))));
	char *f = mremap(a + 4 * P, P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, to + 6 * P);
	show("fixed grows %ld old gone %ld shrinks in place %ld tail gone %ld\n", f == to + 6 * P && f[P] == 0, touch(a + 4 * P), mremap(a + 8 * P, 4 * P, P, 0) == a + 8 * P, touch(a + 9 * P));
	mprotect(a + 13 * P, P, PROT_READ);
	show("two mappings %ld\n", ok(rc((long)mremap(a + 12 * P, 2 * P, 3 * P, MREMAP_MAYMOVE))));
	int fd = memfd_create("r", 0);
	ftruncate(fd, 8 * P);
	pwrite(fd, "second", 6, P);
	char *m = mmap(NULL, P, RW, MAP_SHARED, fd, 0), *g = mremap(m, P, 8 * P, MREMAP_MAYMOVE);
	printf("file grows %s\n", g + P);
	char *lock = mmap(NULL, P, RW, ANON | MAP_LOCKED, -1, 0);
	show("locked %ld\n", ok(rc((long)mremap(lock, P, 4 * P, MREMAP_MAYMOVE))));
}

static void advice(void)
{
	static const int all[] = { 0, 1, 2, 3, 4, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 5, 26, 99, 102, 103, -1 };
	for (int i = 0; i < COUNT(all); i++) {
		char *a = get(2 * P), *h = hole(), *s = mmap(NULL, P, RW, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
		memset(a, 1, 2 * P);
		int v = all[i];
		printf("madvise %d:", v);
		show(" %ld", rc(madvise(a, P, v)));
		show(" hole %ld 0 %ld odd %ld shared %ld wraps %ld none %ld", rc(madvise(h, 3 * P, v)), rc(madvise(a, 0, v)), rc(madvise(a + 1, P, v)), rc(madvise(s, P, v)), rc(madvise(a, -P, v)), rc(madvise(h + P, P, v)));
		show(" then %ld %ld %ld\n", touch(a), touch(a) ? 0 : a[0], a[P]);
		if (v == 102) {
			show("guard: write %ld", poke(a));
			madvise(a, P, 103);
			show(" removed %ld value %ld\n", touch(a), a[0]);
		}
	}
	char *w = get(P), *df = get(P), *ex = get(P);
	w[0] = df[0] = 5;
	madvise(w, P, MADV_WIPEONFORK);
	madvise(df, P, MADV_DONTFORK);
	pid_t pid = fork();
	if (pid == 0)
		_exit(w[0] + 10 * touch(df) / 1101);
	int st;
	waitpid(pid, &st, 0);
	show("wipe and dontfork %ld here %ld %ld\n", WEXITSTATUS(st), w[0], df[0]);
	madvise(w, P, MADV_KEEPONFORK);
	pid = fork();
	if (pid == 0)
		_exit(w[0]);
	waitpid(pid, &st, 0);
	show("keep %ld\n", WEXITSTATUS(st));
	int fd = memfd_create("punch", 0);
	ftruncate(fd, 2 * P);
	char *m = mmap(NULL, 2 * P, RW, MAP_SHARED, fd, 0);
	m[0] = m[P] = 4;
	show("remove %ld %ld %ld\n", rc(madvise(m, P, MADV_REMOVE)), m[0], m[P]);
	mlock(m, P);
	show("dontneed locked %ld", rc(madvise(m, P, MADV_DONTNEED)));
	char *lk = get(P);
	lk[0] = 6;
	mlock(lk, P);
	show(" %ld %ld really %ld %ld\n", rc(madvise(lk, P, MADV_DONTNEED)), lk[0], rc(madvise(lk, P, 24)), lk[0]);
	char *ro = mmap(NULL, P, PROT_READ, ANON, -1, 0), *no = mmap(NULL, P, 0, ANON, -1, 0);
	show("populate: read of none %ld write of read-only %ld beyond a file %ld\n", rc(madvise(no, P, 22)), rc(madvise(ro, P, 23)), ({ char *b = mmap(NULL, 4 * P, RW, MAP_SHARED, fd, 0); rc(madvise(b + 2 * P, P, 22)); }));
	int pfd = syscall(SYS_pidfd_open, getpid(), 0);
	struct iovec v[2] = { { ex, P }, { w, P } };
	show("process_madvise: cold %ld pageout %ld willneed %ld collapse %ld bad %ld flags %ld no such %ld\n", rc(syscall(SYS_process_madvise, pfd, v, 2, MADV_COLD, 0)), rc(syscall(SYS_process_madvise, pfd, v, 2, MADV_PAGEOUT, 0)) > 0,
	       rc(syscall(SYS_process_madvise, pfd, v, 1, MADV_WILLNEED, 0)), ({ long r = rc(syscall(SYS_process_madvise, pfd, v, 1, 25, 0)); r; }), rc(syscall(SYS_process_madvise, pfd, v, 1, 9999, 0)),
	       rc(syscall(SYS_process_madvise, pfd, v, 1, MADV_COLD, 1)), rc(syscall(SYS_process_madvise, 900, v, 1, MADV_COLD, 0)));
	show("process_mrelease: living %ld flags %ld bad %ld\n", rc(syscall(448, pfd, 0)), rc(syscall(448, pfd, 1)), rc(syscall(448, 900, 0)));
}

static void syncs(void)
{
	char *a = get(4 * P), *h = hole(), *lk = get(P);
	int fd = memfd_create("s", 0);
	ftruncate(fd, 4 * P);
	char *m = mmap(NULL, 4 * P, RW, MAP_SHARED, fd, 0);
	mlock(m, P);
	show("msync: %ld async %ld invalidate %ld both %ld unknown %ld odd %ld hole %ld 0 %ld busy %ld wraps %ld no flags %ld\n", rc(msync(m, 4 * P, MS_SYNC)), rc(msync(m, P, MS_ASYNC)), rc(msync(m + P, P, MS_INVALIDATE)), rc(msync(m, P, MS_SYNC | MS_ASYNC)),
	       rc(msync(m, P, 8)), rc(msync(m + 1, P, MS_SYNC)), rc(msync(h, 3 * P, MS_SYNC)), rc(msync(a, 0, MS_SYNC)), rc(msync(m, P, MS_SYNC | MS_INVALIDATE)), rc(msync(m, -P, MS_SYNC)), rc(msync(m, P, 0)));
	unsigned char v[8] = { 9, 9, 9, 9, 9, 9, 9, 9 };
	memset(a, 1, P);
	show("mincore: %ld %ld%ld hole %ld 0 %ld odd %ld vector %ld none %ld untouched byte %ld\n", rc(mincore(a, 2 * P, v)), v[0] & 1, v[1] & 1, rc(mincore(h, 3 * P, v)), rc(mincore(a, 0, v)), rc(mincore(a + 1, P, v)), rc(mincore(a, P, (void *)8)), rc(mincore(a, -P, v)), v[5]);
	struct { uint64_t off, len; } r = { 0, 0 };
	struct { uint64_t cache, dirty, wb, ev, rev; } cs;
	show("cachestat %ld %ld flags %ld fd %ld\n", rc(syscall(451, fd, &r, &cs, 0)), (int)cs.cache >= 0, rc(syscall(451, fd, &r, &cs, 1)), rc(syscall(451, 900, &r, &cs, 0)));
	(void)lk;
}

static void locks(void)
{
	char *a = get(64 * P), *h = hole();
	show("mlock: %ld odd %ld 0 %ld hole %ld wraps %ld munlock %ld hole %ld\n", rc(mlock(a, P)), rc(mlock(a + 5, P)), rc(mlock(a, 0)), rc(mlock(h, 3 * P)), rc(mlock(a, -P)), rc(munlock(a, 4 * P)), rc(munlock(h, 3 * P)));
	show("mlock2: %ld onfault %ld unknown %ld none %ld\n", rc(syscall(SYS_mlock2, a, P, 0)), rc(syscall(SYS_mlock2, a + P, P, 1)), rc(syscall(SYS_mlock2, a, P, 2)), rc(mlock(mmap(NULL, P, 0, ANON, -1, 0), P)));
	show("mlockall: 0 %ld onfault %ld unknown %ld\n", rc(mlockall(0)), rc(mlockall(4)), rc(mlockall(8)));
	munlockall();
	/* Without the privilege, up to the limit. */
	pid_t p = fork();
	if (p == 0) {
		struct rlimit l = { 16 * P, 16 * P };
		setrlimit(RLIMIT_MEMLOCK, &l);
		setgroups(0, NULL);
		setresgid(65534, 65534, 65534);
		setresuid(65534, 65534, 65534);
		char *b = mmap(NULL, 64 * P, RW, ANON, -1, 0);
		show("limit: %ld more %ld again %ld all %ld", rc(mlock(b, 10 * P)), rc(mlock(b + 10 * P, 10 * P)), rc(mlock(b, 10 * P)), rc(mlockall(MCL_CURRENT)));
		show(" mmap %ld fits %ld", map(0, 20 * P, RW, ANON | MAP_LOCKED, -1, 0), map(0, P, RW, ANON | MAP_LOCKED, -1, 0));
		show(" mremap %ld", ok(rc((long)mremap(b, 10 * P, 30 * P, MREMAP_MAYMOVE))));
		show(" future %ld", rc(mlockall(MCL_FUTURE)));
		show(" then %ld %ld", map(0, P, RW, ANON, -1, 0), map(0, 30 * P, RW, ANON, -1, 0));
		munlockall();
		show(" after %ld", map(0, 30 * P, RW, ANON, -1, 0));
		l = (struct rlimit){ 0, 0 };
		setrlimit(RLIMIT_MEMLOCK, &l);
		show(" zero %ld %ld %ld\n", rc(mlock(b, P)), rc(mlockall(MCL_CURRENT)), map(0, P, RW, ANON | MAP_LOCKED, -1, 0));
		fflush(stdout);
		_exit(0);
	}
	waitpid(p, NULL, 0);
}

static void seals(void)
{
	int fd = memfd_create("x", MFD_ALLOW_SEALING);
	ftruncate(fd, 2 * P);
	char *m = mmap(NULL, P, RW, MAP_SHARED, fd, 0);
	show("seals %ld write while mapped %ld future %ld", rc(fcntl(fd, F_GET_SEALS)), rc(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)), rc(fcntl(fd, F_ADD_SEALS, 0x10)));
	show(" map %ld old writes %ld pwrite %ld read map %ld", map(0, P, RW, MAP_SHARED, fd, 0), poke(m), rc(pwrite(fd, "x", 1, 0)), map(0, P, PROT_READ, MAP_SHARED, fd, 0));
	char *ro = mmap(NULL, P, PROT_READ, MAP_SHARED, fd, 0);
	show(" mprotect %ld private %ld\n", rc(mprotect(ro, P, RW)), map(0, P, RW, MAP_PRIVATE, fd, 0));
	munmap(m, P);
	show("write %ld grow %ld shrink %ld seal %ld more %ld get %ld", rc(fcntl(fd, F_ADD_SEALS, F_SEAL_WRITE)), rc(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)), rc(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK)), rc(fcntl(fd, F_ADD_SEALS, F_SEAL_SEAL)), rc(fcntl(fd, F_ADD_SEALS, F_SEAL_GROW)), rc(fcntl(fd, F_GET_SEALS)));
	show(" ftruncate %ld %ld punch %ld\n", rc(ftruncate(fd, P)), rc(ftruncate(fd, 4 * P)), rc(fallocate(fd, 3, 0, P)));
	int nx = memfd_create("n", MFD_NOEXEC_SEAL_), ex = memfd_create("e", MFD_EXEC_ | MFD_ALLOW_SEALING);
	struct stat st;
	fstat(nx, &st);
	show("noexec: mode %lo seals %ld chmod %ld exec map %ld", st.st_mode & 0777, rc(fcntl(nx, F_GET_SEALS)), rc(fchmod(nx, 0777)), (ftruncate(nx, P), map(0, P, PROT_READ | PROT_EXEC, MAP_SHARED, nx, 0)));
	fstat(ex, &st);
	show(" exec: mode %lo seal %ld seals %ld chmod %ld both flags %ld unknown %ld name %ld\n", st.st_mode & 0777, rc(fcntl(ex, F_ADD_SEALS, F_SEAL_EXEC_)), rc(fcntl(ex, F_GET_SEALS)), rc(fchmod(ex, 0666)), rc(memfd_create("b", 24)), rc(memfd_create("b", 0x4000)), rc(memfd_create((char *)memset(get(P), 'a', 300), 0)));
	int huge = memfd_create("h", MFD_HUGETLB);
	show("huge %ld", huge > 0);
	show(" truncate odd %ld\n", rc(ftruncate(huge, 4096)));
	int sec = syscall(447, 0);
	if (sec >= 0) {
		ftruncate(sec, P);
		char *s = mmap(NULL, P, RW, MAP_SHARED, sec, 0);
		show("secret %ld write %ld private %ld read %ld pipe %ld\n", s != MAP_FAILED, poke(s), map(0, P, RW, MAP_PRIVATE, sec, 0), rc(read(sec, s, 1)), ({ int q[2]; pipe(q); rc(write(q[1], s, 1)); }));
	} else
		show("no secret memory %ld\n", errno);
}

static void mseals(void)
{
	char *a = get(4 * P);
	madvise(a, 4 * P, MADV_NORMAL);
	a[0] = 3;
	show("mseal: flags %ld odd %ld 0 %ld hole %ld", rc(syscall(462, a, P, 1)), rc(syscall(462, a + 1, P, 0)), rc(syscall(462, a, 0, 0)), rc(syscall(462, hole(), 3 * P, 0)));
	show(" %ld again %ld\n", rc(syscall(462, a, 2 * P, 0)), rc(syscall(462, a, 2 * P, 0)));
	mprotect(a + 2 * P, P, PROT_READ);
	show("sealed: mprotect %ld munmap %ld part %ld mremap %ld dontneed %ld fixed %ld", rc(mprotect(a, P, PROT_READ)), rc(munmap(a, P)), rc(munmap(a + P, 2 * P)), ok(rc((long)mremap(a, P, 2 * P, MREMAP_MAYMOVE))), rc(madvise(a, P, MADV_DONTNEED)), map(a, P, RW, ANON | MAP_FIXED, -1, 0));
	show(" onto %ld beyond %ld value %ld write %ld\n", ok(rc((long)mremap(a + 2 * P, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, a))), rc(mprotect(a + 3 * P, P, PROT_READ)), a[0], poke(a));
	show("behind the seal %ld\n", touch(a + 2 * P));
}

static void misc(void)
{
	char *a = get(4 * P);
	int fd = memfd_create("rfp", 0);
	ftruncate(fd, 4 * P);
	char *m = mmap(NULL, 4 * P, RW, MAP_SHARED, fd, 0);
	for (int i = 0; i < 4; i++)
		m[i * P] = i;
	show("remap_file_pages: %ld value %ld prot %ld private %ld odd %ld outside %ld 0 %ld\n", rc(syscall(SYS_remap_file_pages, m, P, 0, 2, 0)), m[0], rc(syscall(SYS_remap_file_pages, m, P, PROT_READ, 2, 0)), rc(syscall(SYS_remap_file_pages, a, P, 0, 0, 0)),
	       rc(syscall(SYS_remap_file_pages, m + 1, P, 0, 3, 0)), rc(syscall(SYS_remap_file_pages, m, 5 * P, 0, 0, 0)), rc(syscall(SYS_remap_file_pages, m, 0, 0, 0, 0)));
	m[0] = 77;
	char c;
	pread(fd, &c, 1, 2 * P);
	show("through %ld, two pages %ld %ld %ld\n", c, rc(syscall(SYS_remap_file_pages, m, 2 * P, 0, 1, 0)), m[0], m[P]);
	int id = shmget(IPC_PRIVATE, 3 * P - 100, 0600);
	char *s = shmat(id, NULL, 0), *t = shmat(id, NULL, SHM_RDONLY);
	s[0] = 8;
	show("shm: %ld write to ro %ld odd %ld taken %ld", t[0], poke(t), rc((long)shmat(id, a + 1, 0)), rc((long)shmat(id, a, 0)));
	show(" remap %ld rounded %ld", shmat(id, get(4 * P), SHM_REMAP) != (void *)-1, shmat(id, get(8 * P) + 1, SHM_REMAP | SHM_RND) != (void *)-1);
	struct shmid_ds ds;
	shmctl(id, IPC_STAT, &ds);
	show(" attached %ld size %ld removed %ld", (int)ds.shm_nattch, (int)ds.shm_segsz, rc(shmctl(id, IPC_RMID, NULL)));
	show(" detach %ld twice %ld odd %ld other %ld\n", rc(shmdt(s)), rc(shmdt(s)), rc(shmdt(t + 1)), rc(shmdt(a)));
	show("shmat no such %ld remap at 0 %ld\n", rc((long)shmat(99999999, NULL, 0)), rc((long)shmat(id, NULL, SHM_REMAP)));
	show("anon name %ld bad %ld hole %ld off %ld\n", rc(prctl(0x53564d41, 0, a, P, "a name")), rc(prctl(0x53564d41, 0, a, P, "bad[name")), rc(prctl(0x53564d41, 0, hole(), 3 * P, "x")), rc(prctl(0x53564d41, 0, a, P, 0)));
	char *brk0 = sbrk(0);
	show("brk: lower than the start %ld odd %ld", syscall(SYS_brk, 4096) == (long)brk0, brk(brk0 + 12345) == 0 && poke(brk0 + 12344) == 0);
	struct rlimit l;
	getrlimit(RLIMIT_DATA, &l);
	struct rlimit small = { 4 << 20, l.rlim_max };
	setrlimit(RLIMIT_DATA, &small);
	show(" limit %ld", rc((long)brk(brk0 + (64 << 20))));
	setrlimit(RLIMIT_DATA, &l);
	show(" then %ld", rc((long)brk(brk0 + (8 << 20))));
	show(" back %ld gone %ld\n", rc((long)brk(brk0)), touch(brk0 + (4 << 20)));
	char *on = sbrk(P);
	on = (char *)(((uintptr_t)brk0 + 64 * P) & -P);
	mmap(on, P, PROT_READ, ANON | MAP_FIXED_NOREPLACE, -1, 0);
	show("into a mapping %ld up to it %ld\n", rc((long)brk(on + 1)), rc((long)brk(on - 8 * P)));
	getrlimit(RLIMIT_AS, &l);
	small = (struct rlimit){ 100 << 20, l.rlim_max };
	setrlimit(RLIMIT_AS, &small);
	show("address space: %ld small %ld\n", map(0, 200 << 20, RW, ANON, -1, 0), map(0, 1 << 20, RW, ANON, -1, 0));
	setrlimit(RLIMIT_AS, &l);
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	struct sigaction sa = { .sa_sigaction = on_fault, .sa_flags = SA_SIGINFO };
	sigaction(SIGSEGV, &sa, NULL);
	sigaction(SIGBUS, &sa, NULL);
	mmaps();
	munmaps();
	mprotects();
	mremaps();
	advice();
	syncs();
	locks();
	seals();
	mseals();
	misc();
	return 0;
}
