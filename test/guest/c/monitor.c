/*
 * A store exclusive sees that its location was stored to, also when that has restored
 * the value: by every kind of store, of another thread, by its system calls, and by the exclusives of a
 * forked process, also when that has mapped the memory elsewhere. Between load and store exclusive it waits for the other one.
 */
#define _GNU_SOURCE
#include "t.h"
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <sys/uio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { ROUNDS = 50 };

/* The location has a page of its own, and is not near the flags. */
static struct shared {
	_Alignas(4096) uint64_t at[8];
	_Alignas(4096) _Atomic int go, done;
	int rounds;
} *s;

static void get(void)
{
	int fd[2];
	uint64_t v[2] = { 2, 1 };
	if (pipe(fd) || write(fd[1], v, sizeof v) != sizeof v)
		perror("pipe");
	for (int i = 0; i < 2; i++)
		if (read(fd[0], s->at, 8) != 8)
			perror("read");
	close(fd[0]);
	close(fd[1]);
}
static void vm(void)
{
	uint64_t v[2] = { 2, 1 };
	for (int i = 0; i < 2; i++) {
		struct iovec from = { &v[i], 8 }, to = { s->at, 8 };
		if (process_vm_writev(getpid(), &from, 1, &to, 1, 0) != 8)
			perror("process_vm_writev");
	}
}

#ifdef __aarch64__
#define LSE ".arch_extension lse\n\t"

static void plain(void) { *(volatile uint64_t *)s->at = 2; *(volatile uint64_t *)s->at = 1; }
static void byte(void) { *(volatile uint8_t *)s->at = 2; *(volatile uint8_t *)s->at = 1; }
static void pair(void) { __asm__ volatile("stp %1, xzr, [%0]" :: "r"(s->at), "r"(1ull) : "memory"); }
static void indexed(void) { __asm__ volatile("str %1, [%0, %2, lsl #3]" :: "r"(s->at - 1), "r"(1ull), "r"(1ull) : "memory"); }
static void constant(void) { __asm__ volatile("str wzr, [%0, #4]" :: "r"(s->at) : "memory"); }
static void vector(void)
{
	uint64_t v[2] = { 1, 0 };
	__asm__ volatile("ldr q0, %1\n\tstr q0, [%0]" :: "r"(s->at), "Q"(v) : "v0", "memory");
}
static void structure(void)
{
	uint64_t v[2] = { 1, 0 };
	__asm__ volatile("ldr q0, %1\n\tst1 {v0.d}[0], [%0]" :: "r"(s->at), "Q"(v) : "v0", "memory");
}
static void unaligned(void) { __asm__ volatile("stur xzr, [%0, #1]" :: "r"(s->at) : "memory"); }
static void before(void) { __asm__ volatile("stur %1, [%0, #-4]" :: "r"(s->at), "r"(1ull << 32) : "memory"); }
static void release(void) { __asm__ volatile("stlr %1, [%0]" :: "r"(s->at), "r"(1ull) : "memory"); }
static void swap(void) { __asm__ volatile(LSE "swp %1, xzr, [%0]" :: "r"(s->at), "r"(1ull) : "memory"); }
static void add(void)
{
	__asm__ volatile(LSE "stadd %1, [%0]\n\tstadd %2, [%0]" :: "r"(s->at), "r"(1ull), "r"(-1ull) : "memory");
}
static void cas(void)
{
	uint64_t x = 1;
	__asm__ volatile(LSE "casal %0, %2, [%1]" : "+r"(x) : "r"(s->at), "r"(1ull) : "memory");
}
static void casp(void)
{
	register uint64_t a __asm__("x4") = 1, b __asm__("x5") = 0, c __asm__("x6") = 1, d __asm__("x7") = 0;
	__asm__ volatile(LSE "caspal x4, x5, x6, x7, [%2]" : "+r"(a), "+r"(b) : "r"(s->at), "r"(c), "r"(d) : "memory");
}
static void simple(void)
{
	__asm__ volatile("1: ldaxr x9, [%0]\n\tstlxr w10, x9, [%0]\n\tcbnz w10, 1b" :: "r"(s->at) : "x9", "x10", "memory");
}
static void compound(void)
{
	__asm__ volatile("1: ldaxr x9, [%0]\n\tldr x11, [%0, #8]\n\tstlxr w10, x9, [%0]\n\tcbnz w10, 1b"
			 :: "r"(s->at) : "x9", "x10", "x11", "memory");
}


/* attempt gives 0 when its store exclusive was done. With wait, the other one stores in between. */
static int attempt(int wait)
{
	uint64_t x;
	unsigned fail;
	__asm__ volatile(
		"	ldaxr %0, [%2]\n"
		"	cbz %w3, 2f\n"
		"	stlr %w3, [%4]\n"
		"1:	ldar %w1, [%5]\n"
		"	cmp %w1, %w3\n"
		"	b.ne 1b\n"
		"2:	stlxr %w1, %0, [%2]\n"
		: "=&r"(x), "=&r"(fail) : "r"(s->at), "r"(wait), "r"(&s->go), "r"(&s->done) : "memory", "cc");
	return fail;
}

/* attempt16 is the same for a pair. */
static int attempt16(int wait)
{
	uint64_t x, y;
	unsigned fail;
	__asm__ volatile(
		"	ldaxp %0, %1, [%3]\n"
		"	cbz %w4, 2f\n"
		"	stlr %w4, [%5]\n"
		"1:	ldar %w2, [%6]\n"
		"	cmp %w2, %w4\n"
		"	b.ne 1b\n"
		"2:	stlxp %w2, %0, %1, [%3]\n"
		: "=&r"(x), "=&r"(y), "=&r"(fail) : "r"(s->at), "r"(wait), "r"(&s->go), "r"(&s->done) : "memory", "cc");
	return fail;
}
#else
static int attempt(int wait)
{
	if (wait) {
		s->go = wait;
		while (s->done != wait)
			;
	}
	return wait;
}
#define attempt16 attempt
#define SAME(f) static void f(void) { }
SAME(plain) SAME(byte) SAME(pair) SAME(indexed) SAME(constant) SAME(vector) SAME(structure) SAME(unaligned) SAME(before)
SAME(release) SAME(swap) SAME(add) SAME(cas) SAME(casp) SAME(simple) SAME(compound)
#endif

static const struct kind {
	const char *name;
	void (*store)(void);
	int forked; /* such stores of another process are seen, too */
} kinds[] = {
#define KIND(f, forked) { #f, f, forked }
	KIND(plain, 0), KIND(byte, 0), KIND(pair, 0), KIND(indexed, 0), KIND(constant, 0), KIND(vector, 0),
	KIND(structure, 0), KIND(unaligned, 0), KIND(before, 0), KIND(release, 0), KIND(swap, 0), KIND(add, 0),
	KIND(cas, 0), KIND(casp, 0), KIND(simple, 0), KIND(get, 0), KIND(vm, 0), KIND(compound, 1),
};

/* other stores each time that go changes. */
static void *other(void *p)
{
	const struct kind *k = p;
	for (int i = 1; i <= s->rounds; i++) {
		while (s->go != i)
			sched_yield();
		k->store();
		s->done = i;
	}
	return NULL;
}

static void try(const struct kind *k, int (*attempt)(int), const char *who)
{
	int through = 0, stuck = 0;
	for (int i = 1; i <= s->rounds; i++) {
		through += !attempt(i);
		int n = 0;
		while (attempt(0) && ++n < 1000000)
			;
		stuck += n == 1000000;
	}
	printf("%s %s: through %d stuck %d\n", who, k->name, through, stuck);
	fflush(stdout);
}

static void reset(int rounds)
{
	s->at[0] = 1;
	s->at[1] = 0;
	s->go = s->done = 0;
	s->rounds = rounds;
}

int main(void)
{
	s = mmap(NULL, sizeof *s + 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	s = (struct shared *)((char *)s + 4096); /* one may store across the page's begin */
	for (size_t i = 0; i < COUNT(kinds); i++) {
		for (int wide = 0; wide < 2; wide++) {
			pthread_t t;
			reset(ROUNDS);
			pthread_create(&t, NULL, other, (void *)&kinds[i]);
			try(&kinds[i], wide ? attempt16 : attempt, wide ? "thread16" : "thread");
			pthread_join(t, NULL);
		}
		if (!kinds[i].forked)
			continue;
		for (int moved = 0; moved < 2; moved++) {
			reset(1 + ROUNDS / 10);
			pid_t pid = fork();
			if (pid == 0) {
				if (moved) {
					char *to = (char *)s + (1 << 26) + 7 * 4096;
					s = mremap(s, sizeof *s, sizeof *s, MREMAP_MAYMOVE | MREMAP_FIXED, to);
					if (s == MAP_FAILED)
						perror("mremap");
				}
				other((void *)&kinds[i]);
				_exit(0);
			}
			try(&kinds[i], attempt, moved ? "process elsewhere" : "process");
			waitpid(pid, NULL, 0);
		}
	}
	return 0;
}
