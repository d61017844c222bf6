/* Ways to end: the argument chooses one; the harness knows what status each must
 * give. */
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

static NOINLINE int recurse(int n) { volatile char pad[1000]; pad[n % 1000] = 1; return recurse(n + 1) + pad[0]; }
static void quit(int sig) { _exit(sig + 100); }

int main(int argc, char **argv)
{
	const char *how = argc > 1 ? argv[1] : "";
	setvbuf(stdout, NULL, _IONBF, 0);
	printf("%s\n", how);
#define IS(s) (strcmp(how, s) == 0)
	if (strncmp(how, "exit", 4) == 0) exit(atoi(how + 4));
	if (strncmp(how, "_exit", 5) == 0) _exit(atoi(how + 5));
	if (IS("thread-exit")) syscall(SYS_exit, 21);
	if (IS("return")) return 33;
	if (IS("abort")) abort();
	if (IS("null")) *(volatile int *)hide((uintptr_t)0) = 1;
	if (IS("read-high")) return *(volatile int *)hide((uintptr_t)0x0000800000000000);
	if (IS("rodata")) *(volatile char *)(uintptr_t)hide("constant") = 'x';
	if (IS("text")) *(volatile int *)hide((uintptr_t)main) = 0;
	if (IS("call-null")) ((void (*)(void))hide((uintptr_t)0))();
	if (IS("call-data")) { static uint32_t code[] = { 0xd65f03c0 }; ((void (*)(void))hide((uintptr_t)code))(); }
	if (IS("call-wild")) ((void (*)(void))hide((uintptr_t)0x123456789000))();
	if (IS("call-odd")) ((void (*)(void))(hide((uintptr_t)main) + 2))();
	if (IS("overflow")) return recurse(0);
	if (IS("raise-term")) raise(SIGTERM);
	if (IS("kill")) kill(getpid(), SIGKILL);
	if (IS("pipe")) { int p[2]; if (pipe(p)) return 1; close(p[0]); if (write(p[1], "x", 1)) return 1; }
	if (IS("fpe")) raise(SIGFPE);
	if (IS("alarm")) { alarm(1); pause(); }
	if (IS("sigsys")) raise(SIGSYS);
	if (IS("ignored-segv")) { signal(SIGSEGV, SIG_IGN); *(volatile int *)hide((uintptr_t)16) = 1; }
	if (IS("blocked-segv")) { sigset_t s; sigfillset(&s); sigprocmask(SIG_SETMASK, &s, NULL); *(volatile int *)hide((uintptr_t)16) = 1; }
	if (IS("handler-exit")) { signal(SIGSEGV, quit); *(volatile int *)hide((uintptr_t)16) = 1; }
	if (IS("fault-in-handler")) { signal(SIGSEGV, (void (*)(int))hide((uintptr_t)0x1000)); *(volatile int *)hide((uintptr_t)16) = 1; }
	if (IS("closed-stdout")) { close(1); errno = 0; ssize_t n = write(1, "x", 1); return n < 0 && errno == EBADF ? 7 : 8; }
#ifdef __aarch64__
	if (IS("udf")) __asm__ volatile("udf #7");
	if (IS("brk")) __asm__ volatile("brk #7");
	if (IS("trap")) __builtin_trap();
	if (IS("sp-zero")) __asm__ volatile("mov x1, #0\n\tmov sp, x1\n\tstr x0, [sp, #-16]!" : : : "x1", "memory");
	if (IS("sp-odd")) __asm__ volatile("mov x1, sp\n\tadd x1, x1, #4\n\tmov sp, x1\n\tldr x0, [sp]" : : : "x0", "x1", "memory");
	if (IS("bad-stack-signal")) { signal(SIGSEGV, quit); __asm__ volatile("mov x1, #0x1000\n\tmov sp, x1\n\tldr x0, [sp]" : : : "x0", "x1", "memory"); }
	if (IS("unknown-syscall")) { register long x8 __asm__("x8") = 5000, x0 __asm__("x0") = 1; __asm__ volatile("svc #0" : "+r"(x0) : "r"(x8) : "memory"); return x0 == -38 ? 5 : 6; }
	if (IS("svc-imm")) { register long x8 __asm__("x8") = SYS_getpid, x0 __asm__("x0"); __asm__ volatile("svc #0x123" : "=r"(x0) : "r"(x8) : "memory"); return x0 == getpid() ? 5 : 6; }
#endif
	printf("nothing happened\n");
	return 99;
}
