/* Memory mapping: what mmap, munmap, mremap, mprotect, msync, mincore, madvise
 * and brk do, with their errors. Prints nothing that depends on addresses. */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define P 4096
static const char *res(void *p)
{
	static char buf[40];
	if (p != MAP_FAILED)
		return "ok";
	snprintf(buf, sizeof buf, "errno %d", errno);
	return buf;
}
static int rc(int r) { return r < 0 ? -errno : r; }

/* hole returns the address of a page that is not mapped, between two that are.
 * A later mmap may fill it: use it at once. */
static char *hole(void)
{
	char *p = mmap(NULL, 3 * P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(p + P, P);
	return p + P;
}

int main(void)
{
	char *a = mmap(NULL, 16 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int zero = 1;
	for (int i = 0; i < 16 * P; i++)
		zero &= a[i] == 0;
	printf("anonymous zero %d aligned %d\n", zero, (uintptr_t)a % P == 0);
	for (int i = 0; i < 16; i++)
		a[i * P] = (char)(i + 1);
	/* Punch a hole, map over it, check neighbours. */
	printf("munmap middle %d\n", rc(munmap(a + 4 * P, 2 * P)));
	char *b = mmap(a + 4 * P, P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	printf("fixed %d value %d neighbours %d %d\n", b == a + 4 * P, b[0], a[3 * P], a[6 * P]);
	void *c = mmap(a + 5 * P, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	printf("noreplace free %d\n", c == a + 5 * P);
	c = mmap(a + 5 * P, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	printf("noreplace taken %s\n", res(c));
	c = mmap(a + 6 * P, P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	printf("fixed over: cleared %d\n", ((char *)c)[0] == 0);
	char *hint = mmap(a + 7 * P, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("hint taken: elsewhere %d\n", hint != a + 7 * P && hint != MAP_FAILED);
	munmap(a + 9 * P, P);
	hint = mmap(a + 9 * P, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	printf("hint free: there %d\n", hint == a + 9 * P);

	/* Errors. */
	printf("length 0 %s\n", res(mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
	printf("misaligned fixed %s\n", res(mmap(a + 100, P, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0)));
	printf("misaligned offset %s\n", res(mmap(NULL, P, PROT_READ, MAP_PRIVATE, 0, 100)));
	printf("bad fd %s\n", res(mmap(NULL, P, PROT_READ, MAP_PRIVATE, 999, 0)));
	printf("no type %s\n", res(mmap(NULL, P, PROT_READ, MAP_ANONYMOUS, -1, 0)));
	printf("too large %s\n", res(mmap(NULL, 1ul << 62, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)));
	printf("munmap misaligned %d, length 0 %d, hole %d\n", rc(munmap(a + 1, P)), rc(munmap(a, 0)), rc(munmap(hole(), P)));
	printf("mprotect hole %d misaligned %d\n", rc(mprotect(hole(), P, PROT_READ)), rc(mprotect(a + 3, P, PROT_READ)));

	/* Protection across pieces. */
	printf("mprotect %d", rc(mprotect(a, 3 * P, PROT_READ)));
	printf(" read %d", a[2 * P]);
	printf(" back %d\n", rc(mprotect(a + P, P, PROT_READ | PROT_WRITE)));
	a[P] = 99;

	/* mremap: shrink, grow in place or by moving, fixed. */
	char *m = mmap(NULL, 4 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (int i = 0; i < 4; i++)
		m[i * P] = (char)(10 + i);
	char *n = mremap(m, 4 * P, 2 * P, 0);
	printf("shrink %d %d\n", n == m, n[P]);
	n = mremap(n, 2 * P, 64 * P, MREMAP_MAYMOVE);
	printf("grow %d %d %d %d\n", n != MAP_FAILED, n[0], n[P], n[63 * P]);
	char *at = mmap(NULL, 8 * P, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *moved = mremap(n, 2 * P, 2 * P, MREMAP_MAYMOVE | MREMAP_FIXED, at + P);
	printf("move fixed %d %d %d\n", moved == at + P, moved[0], moved[P]);
	enum { DONTUNMAP = MREMAP_MAYMOVE | 4 };
	char *room = mmap(NULL, 64 * P, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(room, 64 * P);
	moved[0] = 1;
	char *twice = (char *)syscall(SYS_mremap, moved, P, P, DONTUNMAP, room + P);
	printf("dontunmap at the hint %d %d %d", twice == room + P, twice[0], moved[0]);
	printf(" elsewhere %d", (char *)syscall(SYS_mremap, moved, P, P, DONTUNMAP, at) != at);
	printf(" misaligned %s", res((char *)syscall(SYS_mremap, moved, P, P, DONTUNMAP, room + 1)));
	printf(" same %s\n", res((char *)syscall(SYS_mremap, moved, P, P, DONTUNMAP, moved)));
	printf("mremap bad %s", res(mremap(n + 1, P, P, 0)));
	printf(" hole %s", res(mremap(n, P, 2 * P, MREMAP_MAYMOVE)));
	printf(" zero %s\n", res(mremap(moved, P, 0, 0)));

	/* Files: private copies, shared writes, past the end. */
	char path[] = "mapXXXXXX";
	int fd = mkstemp(path);
	char line[3 * P];
	for (int i = 0; i < 3 * P; i++)
		line[i] = (char)(i * 7);
	printf("write %d\n", (int)write(fd, line, sizeof line - 1000));
	char *pr = mmap(NULL, 3 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
	char *sh = mmap(NULL, 2 * P, PROT_READ | PROT_WRITE, MAP_SHARED, fd, P);
	printf("same %d rest zero %d\n", memcmp(pr, line, sizeof line - 1000) == 0 && memcmp(sh, line + P, P) == 0, pr[3 * P - 1] == 0);
	pr[0] = 'p';
	sh[5] = 's';
	char back[8];
	printf("pread %d", (int)pread(fd, back, 1, 0));
	printf(" private %d", back[0] == line[0]);
	printf(" %d", (int)pread(fd, back, 1, P + 5));
	printf(" shared %d seen by private %d\n", back[0] == 's', pr[P + 5] == 's');
	printf("msync %d, async|sync %d, unmapped %d\n", rc(msync(sh, P, MS_SYNC)), rc(msync(sh, P, MS_SYNC | MS_ASYNC)), rc(msync(hole(), P, MS_SYNC)));
	int ro = open(path, O_RDONLY);
	printf("shared write on read-only %s\n", res(mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_SHARED, ro, 0)));
	char *rom = mmap(NULL, P, PROT_READ, MAP_SHARED, ro, 0);
	printf("mprotect it %d\n", rc(mprotect(rom, P, PROT_READ | PROT_WRITE)));
	close(ro);
	printf("after close %d\n", rom[1] == line[1]);
	printf("dev zero: ");
	int dz = open("/dev/zero", O_RDWR);
	char *z = mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_PRIVATE, dz, 0);
	printf("%d\n", z[17]);
	unlink(path);

	/* madvise, mincore, mlock. */
	char *d = mmap(NULL, 2 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	d[0] = d[P] = 5;
	printf("dontneed %d", rc(madvise(d, P, MADV_DONTNEED)));
	printf(" %d %d bad %d\n", d[0], d[P], rc(madvise(d, P, 12345)));
	unsigned char vec[4];
	printf("mincore %d", rc(mincore(d, 2 * P, vec)));
	printf(" %d hole %d\n", vec[1] & 1, rc(mincore(hole(), P, vec)));
	printf("mlock %d %d\n", rc(mlock(d, P)), rc(munlock(d, P)));

	/* brk. */
	char *brk0 = sbrk(0);
	printf("sbrk %d", sbrk(5 * P + 100) == brk0);
	memset(brk0, 1, 5 * P + 100);
	printf(" end %d", (char *)sbrk(0) == brk0 + 5 * P + 100);
	printf(" shrink %d", brk(brk0 + P));
	printf(" regrown zero %d", sbrk(4 * P) != (void *)-1 && brk0[3 * P] == 0);
	printf(" huge %d\n", sbrk(1l << 46) == (void *)-1 && errno == ENOMEM);

	/* A grows-down mapping and guard. */
	char *g = mmap(NULL, 64 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_STACK, -1, 0);
	printf("stack mapping %s", res(g));
	g[63 * P] = 1;
	char *pop = mmap(NULL, 4 * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	printf(" populate %s %d\n", res(pop), pop[3 * P]);

	/* Very many mappings, interleaved with unmappings. */
	char *many[400];
	uint64_t sum = 0;
	for (int round = 0; round < 5; round++) {
		for (int i = 0; i < 400; i++) {
			many[i] = mmap(NULL, (size_t)(1 + (i * 7 + round) % 5) * P, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
			many[i][0] = (char)i;
		}
		for (int i = 0; i < 400; i++)
			sum = sum * 31 + (unsigned char)many[i][0];
		for (int i = 0; i < 400; i += 2)
			munmap(many[i], (size_t)(1 + (i * 7 + round) % 5) * P);
		for (int i = 1; i < 400; i += 2)
			munmap(many[i], (size_t)(1 + (i * 7 + round) % 5) * P);
	}
	printf("many %" PRIx64 "\n", sum);
	return 0;
}
