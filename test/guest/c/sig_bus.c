/* SIGBUS: pages beyond the end of a file, misaligned pc and sp; faults on
 * instruction fetch are SIGSEGV at the target. */
#include "sig.h"

static NOINLINE void jump(uintptr_t to)
{
	if (sigsetjmp(back, 1) == 0)
		((void (*)(void))to)();
}

int main(void)
{
	uintptr_t at;
	static char alt[65536];
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof alt };
	sigaltstack(&ss, NULL);
	catch(SIGBUS, SA_ONSTACK);
	catch(SIGSEGV, SA_ONSTACK);
	catch(SIGILL, SA_ONSTACK);

	char path[] = "busXXXXXX";
	int fd = mkstemp(path);
	unlink(path);
	if (ftruncate(fd, 100))
		return 1;
	char *m = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	mode = SKIP;
	printf("within: %d\n", m[4095]);
	AT("ldr x0, [x1]", 0, m + 4096 + 8);
	report("beyond end, read", (uintptr_t)m + 4096 + 8, at);
	AT("str x0, [x1]", 0, m + 8192);
	report("beyond end, write", (uintptr_t)m + 8192, at);

	/* Misaligned stack pointer: SIGBUS on access, not on arithmetic. */
	uintptr_t sp;
	__asm__ volatile("mov x9, sp\n\tsub x10, x9, #1000\n\tadd x10, x10, #4\n\tmov sp, x10\n\tadd sp, sp, #0\n\tadr %0, 1f\n1:\tldr x11, [sp, #8]\n\tmov sp, x9\n\tmov %1, x10"
			 : "=&r"(at), "=&r"(sp) : : "x9", "x10", "x11", "memory");
	report("sp", sp, at);
	__asm__ volatile("mov x9, sp\n\tsub x10, x9, #1000\n\tmov sp, x10\n\tadr %0, 1f\n1:\tstp x9, x9, [sp, #-32]!\n\tmov sp, x9\n\tmov %1, x10"
			 : "=&r"(at), "=&r"(sp) : : "x9", "x10", "memory");
	report("sp store pair", sp, at);

	mode = JUMP;
	uintptr_t code = (uintptr_t)main;
	jump(code + 2);
	report("pc + 2", code + 2, code + 2);
	jump(code + 1);
	report("pc + 1", code + 1, code + 1);
	/* Targets that cannot be executed. */
	jump(0);
	report("jump null", 0, 0);
	char *data = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	jump((uintptr_t)data);
	report("jump data", (uintptr_t)data, (uintptr_t)data);
	munmap(data + 4096, 4096);
	jump((uintptr_t)data + 4096);
	report("jump hole", (uintptr_t)data + 4096, (uintptr_t)data + 4096);
	jump(0x0000fffffffff000);
	report("jump high", 0x0000fffffffff000, 0x0000fffffffff000);
	uint32_t stack_code[4] = { 0xd65f03c0, 0xd65f03c0 };
	__builtin___clear_cache((char *)stack_code, (char *)(stack_code + 4));
	jump((uintptr_t)stack_code);
	report("jump stack", (uintptr_t)stack_code, (uintptr_t)stack_code);
	/* Code that runs off its page: two instructions, then the end. */
	char *two = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	uint32_t nops[2] = { 0xd503201f, 0xd503201f };
	memcpy(two + 4096 - 8, nops, 8);
	__builtin___clear_cache(two, two + 4096);
	mprotect(two, 4096, PROT_READ | PROT_EXEC);
	jump((uintptr_t)two + 4096 - 8);
	report("run off the page", (uintptr_t)two + 4096, (uintptr_t)two + 4096);
	munmap(two + 4096, 4096);
	jump((uintptr_t)two + 4096 - 8);
	report("run off the mapping", (uintptr_t)two + 4096, (uintptr_t)two + 4096);
	/* Execute permission alone, and its loss. */
	mprotect(two, 4096, PROT_READ);
	jump((uintptr_t)two);
	report("permission lost", (uintptr_t)two, (uintptr_t)two);
	return 0;
}
