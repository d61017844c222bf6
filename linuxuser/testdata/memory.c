// Mappings, protections and code that changes, in one process.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <unistd.h>

static int fails;
#define CHECK(c) do { if (!(c)) { fails++; printf("FAIL line %d: %s (errno %d)\n", __LINE__, #c, errno); } } while (0)
#define ERR(c, e) do { errno = 0; CHECK((c) == -1); CHECK(errno == (e)); } while (0)
#define ERRP(c, e) do { errno = 0; CHECK((c) == MAP_FAILED); CHECK(errno == (e)); } while (0)

#define ANON (MAP_PRIVATE | MAP_ANONYMOUS)
#define RW (PROT_READ | PROT_WRITE)
#define EMULATOR ((char *)0x7e0000000000)
#define HEAP ((char *)0x7e1048000000)

static sigjmp_buf env;
static void on_segv(int sig) { siglongjmp(env, sig); }
static int faults(volatile char *p, int write)
{
	int r = sigsetjmp(env, 1);
	if (!r) {
		if (write)
			*p = 1;
		else
			(void)*p;
	}
	return r;
}

static void mappings(void)
{
	char *p = mmap(0, 0x5000, RW, ANON, -1, 0);
	CHECK(p != MAP_FAILED && ((uintptr_t)p & 4095) == 0);
	p[0x4fff] = 1;
	CHECK(munmap(p + 0x1000, 0x1000) == 0);
	CHECK(faults(p + 0x1000, 0) == SIGSEGV && !faults(p, 1) && !faults(p + 0x2000, 1));
	CHECK(mmap(p + 0x1000, 0x1000, PROT_READ, ANON | MAP_FIXED, -1, 0) == p + 0x1000);
	CHECK(faults(p + 0x1000, 1) == SIGSEGV && !faults(p + 0x1000, 0));
	ERRP(mmap(p, 0x1000, RW, ANON | MAP_FIXED_NOREPLACE, -1, 0), EEXIST);
	ERRP(mmap(p + 1, 0x1000, RW, ANON | MAP_FIXED, -1, 0), EINVAL);
	ERRP(mmap(0, 0, RW, ANON, -1, 0), EINVAL);
	ERRP(mmap(0, 4096, RW, MAP_PRIVATE, -1, 0), EBADF);
	ERRP(mmap(0, 4096, RW, MAP_ANONYMOUS, -1, 0), EINVAL);
	ERRP(mmap(0, ~0UL, RW, ANON, -1, 0), ENOMEM);
	CHECK(mprotect(p, 0x2000, PROT_READ) == 0);
	CHECK(faults(p, 1) == SIGSEGV);
	CHECK(mprotect(p, 0x5000, RW) == 0 && !faults(p, 1));
	munmap(p + 0x3000, 0x1000);
	ERR(mprotect(p, 0x5000, PROT_NONE), ENOMEM);
	CHECK(faults(p, 0) == SIGSEGV && !faults(p + 0x4000, 0));
	ERR(mprotect(p + 1, 1, RW), EINVAL);
	CHECK(mprotect(p, 0, RW) == 0);
	CHECK(munmap(p, 0x5000) == 0 && munmap(p, 0x5000) == 0);
	ERR(munmap(p + 1, 1), EINVAL);
	ERR(munmap(p, 0), EINVAL);

	// A hint is taken if the place is free.
	p = mmap((void *)0x123456000, 4096, RW, ANON, -1, 0);
	CHECK(p == (void *)0x123456000);
	char *q = mmap((void *)0x123456000, 4096, RW, ANON, -1, 0);
	CHECK(q != p && q != MAP_FAILED);
	munmap(p, 4096);
	munmap(q, 4096);
}

static void emulator(void)
{
	char *places[] = { EMULATOR, HEAP, EMULATOR + 0x100000, (char *)0x7f0000000000, (char *)0x7ffffffde000 };
	int zero = open("/dev/zero", O_RDONLY); /* /dev/null does not look at the address */
	for (int i = 0; i < 5; i++) {
		ERRP(mmap(places[i], 4096, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
		CHECK(munmap(places[i], 1 << 20) == 0 || errno == EINVAL);
		ERR(mprotect(places[i], 4096, PROT_NONE), ENOMEM);
		ERR(madvise(places[i], 4096, MADV_DONTNEED), ENOMEM);
		ERRP(mremap(places[i], 4096, 8192, MREMAP_MAYMOVE), EFAULT);
		ERR(read(zero, places[i], 1), EFAULT);
		ERR(open(places[i], O_RDONLY), EFAULT);
		ERR(pipe((int *)places[i]), EFAULT);
	}
	char *p = mmap(0, 4096, RW, ANON, -1, 0);
	ERRP(mremap(p, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, EMULATOR), ENOMEM);
	// A request that would reach into the gap before the heap.
	ERRP(mmap(HEAP - 4096, 8192, RW, ANON | MAP_FIXED, -1, 0), ENOMEM);
	puts("still here");
}

static void moving(void)
{
	char *p = mmap(0, 0x3000, RW, ANON, -1, 0);
	strcpy(p, "text");
	char *q = mremap(p, 0x3000, 0x100000, MREMAP_MAYMOVE);
	CHECK(q != MAP_FAILED && !strcmp(q, "text"));
	q[0xfffff] = 1;
	CHECK(mremap(q, 0x100000, 0x1000, 0) == q && faults(q + 0x1000, 0) == SIGSEGV);
	char *r = mmap(0, 0x10000, PROT_NONE, ANON, -1, 0);
	CHECK(mremap(q, 0x1000, 0x2000, MREMAP_MAYMOVE | MREMAP_FIXED, r) == r && !strcmp(r, "text"));
	CHECK(faults(q, 0) == SIGSEGV && !faults(r + 0x1000, 1) && faults(r + 0x2000, 0) == SIGSEGV);
	ERRP(mremap((void *)0x1000, 4096, 8192, MREMAP_MAYMOVE), EFAULT);
	ERRP(mremap(r, 4096, 0, 0), EINVAL);
	CHECK(mmap(r + 0x2000, 4096, RW, ANON | MAP_FIXED, -1, 0) == r + 0x2000);
	ERRP(mremap(r, 0x2000, 0x4000, 0), ENOMEM);
}

static void breaks(void)
{
	char *b = sbrk(0);
	CHECK(sbrk(0x10000) == b);
	memset(b, 7, 0x10000);
	CHECK(brk(b) == 0 && sbrk(0) == b);
	CHECK(sbrk(0x10000) == b && b[0] == 0 && b[0xffff] == 0);
	if (HEAP > b)
		ERR(brk(HEAP), ENOMEM);
	ERR(brk((char *)0x7d0000000000), ENOMEM);
	CHECK(sbrk(0) == b + 0x10000);
}

static void code(void)
{
	uint32_t *p = mmap(0, 4096, RW, ANON, -1, 0);
	int (*f)(void) = (void *)p;
	for (int i = 0; i < 1000; i++) {
		CHECK(mprotect(p, 4096, RW) == 0);
		p[0] = 0x52800000 | i << 5; // mov w0, #i
		p[1] = 0xd65f03c0;          // ret
		CHECK(mprotect(p, 4096, PROT_READ | PROT_EXEC) == 0);
		__builtin___clear_cache((char *)p, (char *)(p + 2));
		CHECK(f() == i);
	}
	uint32_t *w = mmap(0, 4096, RW | PROT_EXEC, ANON, -1, 0);
	f = (void *)w;
	for (int i = 0; i < 1000; i++) {
		w[0] = 0x52800000 | i << 5;
		w[1] = 0xd65f03c0;
		__builtin___clear_cache((char *)w, (char *)(w + 2));
		CHECK(f() == i);
	}
	// Another page in its place, without any cache maintenance in between.
	w[0] = 0x52800000 | 1 << 5;
	__builtin___clear_cache((char *)w, (char *)(w + 1));
	CHECK(f() == 1);
	p[0] = p[0]; // still readable
	CHECK(mprotect(p, 4096, RW) == 0);
	p[0] = 0x52800000 | 2 << 5;
	CHECK(mremap(p, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, w) == w);
	CHECK(sigsetjmp(env, 1) != 0 || (f(), 0)); // not executable now
	CHECK(mprotect(w, 4096, PROT_EXEC) == 0 && f() == 2);
	CHECK(munmap(w, 4096) == 0);
	CHECK(sigsetjmp(env, 1) != 0 || (f(), 0));

	// Shared memory with two views: write one, execute the other.
	int fd = memfd_create("code", 0);
	CHECK(ftruncate(fd, 4096) == 0);
	w = mmap(0, 4096, RW, MAP_SHARED, fd, 0);
	uint32_t *x = mmap(0, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
	f = (void *)x;
	for (int i = 0; i < 100; i++) {
		w[0] = 0x52800000 | i << 5;
		w[1] = 0xd65f03c0;
		__builtin___clear_cache((char *)x, (char *)(x + 2));
		CHECK(f() == i);
	}
	CHECK(madvise(x, 4096, MADV_NORMAL) == 0);
}

static void various(void)
{
	char *p = mmap(0, 0x4000, RW, ANON, -1, 0);
	unsigned char vec[4];
	p[0x1000] = 1;
	CHECK(mincore(p, 0x4000, vec) == 0 && (vec[1] & 1));
	ERR(mincore(p + 1, 0x4000, vec), EINVAL);
	CHECK(madvise(p, 0x4000, MADV_DONTNEED) == 0 && p[0x1000] == 0);
	ERR(madvise(p, 4096, 9999), EINVAL);
	CHECK(msync(p, 0x4000, MS_SYNC) == 0);
	munmap(p, 0x1000);
	ERR(msync(p, 0x4000, MS_SYNC), ENOMEM);
	ERR(mincore(p, 0x4000, vec), ENOMEM);

	int id = shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600);
	if (id >= 0) {
		char *a = shmat(id, 0, 0), *b = shmat(id, 0, SHM_RDONLY);
		CHECK(a != (void *)-1 && b != (void *)-1);
		a[9999] = 5;
		CHECK(b[9999] == 5 && faults(b, 1) == SIGSEGV);
		CHECK(shmdt(a) == 0 && shmdt(b) == 0);
		ERR(shmdt(a), EINVAL);
		CHECK(faults(a, 0) == SIGSEGV);
		shmctl(id, IPC_RMID, 0);
	}

	char line[512], *what[] = { "[stack]", "[heap]", "[vdso]" };
	int seen[3] = { 0 }, exec = 0;
	FILE *f = fopen("/proc/self/maps", "r");
	while (fgets(line, sizeof line, f)) {
		unsigned long lo, hi;
		char perm[8];
		CHECK(sscanf(line, "%lx-%lx %4s", &lo, &hi, perm) == 3);
		CHECK(hi <= 0x7dff00000000);
		for (int i = 0; i < 3; i++)
			seen[i] |= strstr(line, what[i]) != 0;
		if (lo <= (uintptr_t)various && (uintptr_t)various < hi)
			exec = !strcmp(perm, "r-xp");
	}
	fclose(f);
	CHECK(seen[0] && seen[1] && seen[2] && exec);
	CHECK(getauxval(AT_SYSINFO_EHDR) && !memcmp((void *)getauxval(AT_SYSINFO_EHDR), "\177ELF", 4));
	CHECK(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_CLKTCK) == 100);
	CHECK(!strcmp((char *)getauxval(AT_PLATFORM), "aarch64"));
}

int main(void)
{
	struct sigaction sa = { .sa_handler = on_segv, .sa_flags = SA_NODEFER };
	setvbuf(stdout, 0, _IOLBF, 0);
	sigaction(SIGSEGV, &sa, 0);
	sigaction(SIGBUS, &sa, 0);
	mappings();
	moving();
	breaks();
	code();
	various();
	emulator();
	printf(fails ? "failed\n" : "ok\n");
	return fails != 0;
}
