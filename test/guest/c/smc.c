/* Self-modifying code: a small JIT that writes functions and runs them, rewrites
 * them in place many times, moves them, aliases them, and takes their permission
 * away, with the cache maintenance that the architecture asks for. */
#include "t.h"
#include <sys/mman.h>
#include <unistd.h>

#define P 4096
typedef uint64_t (*fn)(uint64_t);

#define RET 0xd65f03c0u
static inline uint32_t movz(int rd, uint32_t imm) { return 0xd2800000u | (imm & 0xffff) << 5 | (uint32_t)rd; }
static inline uint32_t movk16(int rd, uint32_t imm) { return 0xf2a00000u | (imm & 0xffff) << 5 | (uint32_t)rd; }
static inline uint32_t addi(int rd, int rn, uint32_t imm) { return 0x91000000u | (imm & 0xfff) << 10 | (uint32_t)rn << 5 | (uint32_t)rd; }
static inline uint32_t eor(int rd, int rn, int rm) { return 0xca000000u | (uint32_t)rm << 16 | (uint32_t)rn << 5 | (uint32_t)rd; }
static inline uint32_t branch(long words) { return 0x14000000u | ((uint32_t)words & 0x3ffffff); }
static inline uint32_t subs(int rd, int rn, uint32_t imm) { return 0xf1000000u | imm << 10 | (uint32_t)rn << 5 | (uint32_t)rd; }
static inline uint32_t bne(long words) { return 0x54000001u | ((uint32_t)words & 0x7ffff) << 5; }

static void flush(void *p, size_t n) { __builtin___clear_cache(p, (char *)p + n); }

static NOINLINE uint64_t call(void *p, uint64_t x) { return ((fn)p)(x); }

int main(void)
{
	uint32_t *c = mmap(NULL, 16 * P, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c == MAP_FAILED)
		return 1;

	/* One function, rewritten in place, run after every change. */
	begin("rewrite");
	for (uint32_t i = 0; i < 50000; i++) {
		c[0] = movz(1, i);
		c[1] = movk16(1, i >> 3);
		c[2] = eor(0, 0, 1);
		c[3] = RET;
		flush(c, 16);
		mix(call(c, i * 3ull));
	}
	end();

	/* Only the second instruction of a warm function changes. */
	begin("patch");
	c[0] = addi(0, 0, 1); c[1] = addi(0, 0, 0); c[2] = RET;
	flush(c, 12);
	for (int i = 0; i < 1000; i++)
		mix(call(c, 1));
	for (uint32_t i = 0; i < 3000; i++) {
		c[1] = addi(0, 0, i);
		flush(c + 1, 4);
		mix(call(c, 1));
	}
	end();

	/* A hot loop whose callee is patched from outside every thousand calls. */
	begin("hot");
	for (uint32_t k = 0; k < 50; k++) {
		c[0] = addi(0, 0, k); c[1] = RET;
		flush(c, 8);
		uint64_t x = 0;
		for (int i = 0; i < 1000; i++)
			x = call(c, x);
		mix(x);
	}
	end();

	/* Functions that chain by branches across pages; a target in the middle is
	 * replaced. */
	begin("chain");
	for (int i = 0; i < 15; i++) {
		uint32_t *p = c + i * (P / 4);
		p[0] = addi(0, 0, (uint32_t)i);
		p[1] = i < 14 ? branch(P / 4 - 1) : RET;
	}
	flush(c, 16 * P);
	for (int i = 0; i < 100; i++)
		mix(call(c, (uint64_t)i));
	for (uint32_t k = 0; k < 200; k++) {
		uint32_t *p = c + (k % 14) * (P / 4);
		p[0] = addi(0, 0, k);
		flush(p, 4);
		mix(call(c, k));
	}
	end();

	/* Code that crosses a page boundary, each page replaced in turn. */
	begin("crossing");
	for (uint32_t k = 0; k < 100; k++) {
		uint32_t *p = c + P / 4 - 2;
		p[0] = addi(0, 0, k); p[1] = addi(0, 0, 1); p[2] = addi(0, 0, k & 1 ? 5 : 7); p[3] = RET;
		flush(k % 3 ? p : p + 2, k % 3 ? 16 : 8);
		if (k % 3 == 0)
			flush(p, 8);
		mix(call(p, 0));
	}
	end();

	/* A loop that modifies its own later iterations. */
	begin("self");
	{
		/* x0 counts iterations. Each adds #imm to the sum, then raises the
		 * immediate (bit 10 of the word) of that very ADD by one. */
		static const uint32_t body[] = {
			0xaa0003e3, /* mov x3, x0 */
			0xd2800000, /* mov x0, #0 */
			0x10000064, /* adr x4, 1f */
			0xb9400085, /* loop: ldr w5, [x4] */
			0xd503201f, /* nop */
			0x91000400, /* 1: add x0, x0, #1 */
			0x111000a5, /* add w5, w5, #0x400 */
			0xb9000085, /* str w5, [x4] */
			0xd50b7b24, /* dc cvau, x4 */
			0xd5033b9f, /* dsb ish */
			0xd50b7524, /* ic ivau, x4 */
			0xd5033b9f, /* dsb ish */
			0xd5033fdf, /* isb */
			0xf1000463, /* subs x3, x3, #1 */
			0x54fffea1, /* b.ne loop */
			RET,
		};
		memcpy(c, body, sizeof body);
		flush(c, sizeof body);
		for (uint64_t n = 1; n < 40; n++) {
			c[5] = addi(0, 0, 1);
			flush(c + 5, 4);
			uint64_t sum = call(c, n);
			if (sum != n * (n + 1) / 2)
				printf("self: %" PRIu64 " for %" PRIu64 "\n", sum, n);
			mix(sum);
		}
	}
	end();

	/* Write, then switch to read-execute, and back: W^X as runtimes do. */
	begin("wx");
	for (uint32_t k = 0; k < 300; k++) {
		mprotect(c, P, PROT_READ | PROT_WRITE);
		c[0] = movz(0, k); c[1] = RET;
		mprotect(c, P, PROT_READ | PROT_EXEC);
		flush(c, 8);
		mix(call(c, 0));
	}
	end();

	/* Unmap and map again at the same address, other code, without any cache
	 * maintenance by the program: the kernel's mapping is fresh. */
	begin("remap");
	int fd[3];
	for (uint32_t k = 0; k < 3; k++) {
		uint32_t code[2] = { movz(0, 1000 + k), RET };
		fd[k] = memfd_create("code", 0);
		if (write(fd[k], code, sizeof code) != (ssize_t)sizeof code || ftruncate(fd[k], P))
			return 1;
	}
	uint32_t *f = mmap(NULL, P, PROT_READ | PROT_EXEC, MAP_PRIVATE, fd[0], 0);
	for (int k = 0; k < 300; k++) {
		if (k & 1)
			munmap(f, P);
		uint32_t *g = mmap(f, P, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, fd[k % 3], 0);
		mix(g == f);
		mix(call(f, 0));
	}
	end();

	/* mremap moves code; the old place is gone, the new one runs. */
	begin("move");
	uint32_t *m = mmap(NULL, P, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	m[0] = addi(0, 0, 77); m[1] = RET;
	flush(m, 8);
	mix(call(m, 1));
	uint32_t *room = mmap(NULL, 2 * P, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t *n = mremap(m, P, P, MREMAP_MAYMOVE | MREMAP_FIXED, room);
	mix(call(n, 2));
	uint32_t *again = mmap(m, P, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	again[0] = addi(0, 0, 88); again[1] = RET;
	flush(again, 8);
	mix(call(again, 1));
	end();

	/* Two views of one page: written through one, run through the other. */
	begin("alias");
	int mf = memfd_create("jit", 0);
	if (ftruncate(mf, P))
		return 1;
	uint32_t *w = mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_SHARED, mf, 0);
	uint32_t *x = mmap(NULL, P, PROT_READ | PROT_EXEC, MAP_SHARED, mf, 0);
	for (uint32_t k = 0; k < 500; k++) {
		w[0] = movz(0, k * 7); w[1] = RET;
		flush(w, 8);
		flush(x, 8);
		mix(call(x, 0));
	}
	end();

	/* Large generated code: more blocks than anything else here, twice. */
	begin("large");
	uint32_t *big = mmap(NULL, 4 << 20, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	for (uint32_t round = 0; round < 2; round++) {
		size_t k = 0;
		for (uint32_t i = 0; i < 40000; i++) {
			big[k++] = addi(0, 0, i * (round + 1) & 0xfff);
			big[k++] = subs(1, 0, 1);
			big[k++] = bne(1);
		}
		big[k++] = RET;
		flush(big, k * 4);
		mix(call(big, round));
		mix(call(big, round + 5));
	}
	end();

	/* Stale code after the program writes but before it flushes may be either;
	 * after the flush it must be new. Reading the code gives what was written. */
	c = mmap(NULL, P, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	c[0] = movz(0, 1); c[1] = RET;
	flush(c, 8);
	uint64_t v = call(c, 0);
	c[0] = movz(0, 2);
	printf("read back %d before %d", c[0] == movz(0, 2), (int)v);
	flush(c, 8);
	printf(" after %d\n", (int)call(c, 0));
	return 0;
}
