/* SIGSEGV: code, address and pc for every kind of access; registers in the
 * frame; resuming after the instruction. */
#include "sig.h"

int main(void)
{
	uintptr_t at;
	char *m = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *ro = m + 4096, *none = m + 2 * 4096, *hole = m + 3 * 4096;
	memset(m, 7, 4096);
	mprotect(ro, 4096, PROT_READ);
	mprotect(none, 4096, PROT_NONE);
	munmap(hole, 4096);
	catch(SIGSEGV, 0);
	mode = SKIP;

	static const struct { const char *n; uintptr_t a; } bad[] = {
		{ "null", 0 }, { "small", 0x123 }, { "top of user", 0x0000ffffffffff00 }, { "kernel half", 0xffff800000000000 }, { "all ones", 0xfffffffffffffff8 },
	};
	for (size_t i = 0; i < COUNT(bad); i++) {
		uint64_t v = AT("ldr x0, [x1]", 42, bad[i].a);
		report(bad[i].n, bad[i].a, at);
		if (v != 42)
			printf("x0 changed to %" PRIx64 "\n", v);
	}
#define TRY(NAME, INSN, A) do { uint64_t v_ = AT(INSN, 42, A); if (!got.count) printf(NAME ": no signal\n"); else { report(NAME, (uintptr_t)(A), at); if (v_ != 42) printf(NAME ": x0 changed\n"); } } while (0)
	TRY("store ro", "str x0, [x1]", ro + 16);
	TRY("store byte ro", "strb w0, [x1]", ro + 17);
	TRY("read none", "ldrh w0, [x1]", none + 2);
	TRY("write none", "strh w0, [x1]", none + 4);
	TRY("read hole", "ldrsw x0, [x1]", hole + 8);
	TRY("write hole", "stp x0, x1, [x1]", hole + 16);
	TRY("read pair", "ldp x0, x2, [x1]", hole + 32);
	TRY("vector read", "ldr q0, [x1]", hole + 64);
	TRY("vector write", "str q0, [x1]", none + 64);
	TRY("structure", "ld4 {v0.16b, v1.16b, v2.16b, v3.16b}, [x1]", hole + 128);
	TRY("exclusive", "ldxr x0, [x1]", hole + 8);
	TRY("acquire", "ldar x0, [x1]", none + 8);
	TRY("release", "stlr x0, [x1]", ro + 8);
	TRY("atomic add", ".arch armv8.1-a\n\tldadd x0, x2, [x1]", ro + 24);
	TRY("cas", "cas x0, x2, [x1]", hole + 24);
	TRY("unprivileged", "ldtr x0, [x1]", none + 40);
	TRY("zero cache line", "dc zva, x1", none);
	/* Prefetch and cache maintenance by address. */
	AT("prfm pldl1keep, [x1]", 0, hole);
	printf("prefetch: %d signals\n", got.count);
	/* Write-back leaves the base alone when the access faults. */
	uint64_t v = AT("mov x0, x1\n\tadr x2, 2f\n2:\tldr x3, [x0], #8", 0, hole + 8);
	printf("post-index: base %s pc %s\n", v == (uintptr_t)hole + 8 ? "kept" : "changed", got.pc != at ? "right" : "wrong");
	got.count = 0;
	v = AT("mov x0, x1\n\tldr x3, [x0, #16]!", 0, none);
	printf("pre-index: base %s\n", v == (uintptr_t)none ? "kept" : "changed");
	/* An access across the end of a page faults at the second page, or at its
	 * start; Linux reports the address of the part that failed. */
	AT("ldr x0, [x1]", 0, none - 4);
	printf("across: code %d addr %s\n", got.code, got.addr == (uintptr_t)none || got.addr == (uintptr_t)none - 4 ? "within" : "elsewhere");
	got.count = 0;
	/* A store across into a read-only page changes nothing in the first. */
	AT("str x0, [x1]", ~0ull, ro - 4);
	printf("store across: code %d first page %s\n", got.code, m[4095] == 7 && m[4092] == 7 ? "kept" : "changed");
	/* Tagged pointers: the top byte is ignored. */
	m[100] = 99;
	v = AT("ldrb w0, [x1]", 0, (uintptr_t)(m + 100) | 0x5aull << 56);
	printf("tagged: %d, %d signals\n", (int)v, got.count - 1);
	got.count = 0;
	AT("strb w0, [x1]", 55, (uintptr_t)(m + 101) | 0xa5ull << 56);
	printf("tagged store: %d, %d signals\n", m[101], got.count);

	/* Every register, as it was at the fault. */
	uint64_t sp, bad_regs = 0;
	got.count = 0;
	__asm__ volatile(
		"stp x29, x30, [sp, #-16]!\n\t"
		"mov x0, #100\n\tmov x1, #101\n\tmov x2, #102\n\tmov x3, #103\n\tmov x4, #104\n\tmov x5, #105\n\tmov x6, #106\n\tmov x7, #107\n\t"
		"mov x8, #108\n\tmov x9, #109\n\tmov x10, #110\n\tmov x11, #111\n\tmov x12, #112\n\tmov x13, #113\n\tmov x14, #114\n\tmov x15, #115\n\t"
		"mov x16, #116\n\tmov x17, #117\n\tmov x18, #118\n\tmov x19, #119\n\tmov x20, #120\n\tmov x21, #121\n\tmov x22, #122\n\tmov x23, #123\n\t"
		"mov x24, #124\n\tmov x25, #125\n\tmov x26, #126\n\tmov x27, #127\n\tmov x28, #128\n\tmov x30, #130\n\t"
		"str xzr, [x0]\n\t"
		"ldp x29, x30, [sp], #16\n\tmov %0, sp"
		: "=r"(sp) : : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15", "x16", "x17", "x18",
		"x19", "x20", "x21", "x22", "x23", "x24", "x25", "x26", "x27", "x28", "memory");
	for (int i = 0; i < 31; i++)
		if (i != 29 && got.uc.uc_mcontext.regs[i] != (uint64_t)i + 100)
			bad_regs |= 1u << i;
	printf("registers: wrong %#" PRIx64 " sp %s addr %#lx\n", bad_regs, got.sp == sp - 16 ? "right" : "wrong", (long)got.addr);
	return 0;
}
