/* Stack overflow caught on the alternate stack, and recovery, repeatedly. */
#include "sig.h"
#include <sys/resource.h>

static uintptr_t low = ~0ull;

static NOINLINE int down(int n)
{
	volatile char pad[512];
	pad[n & 511] = (char)n;
	if ((uintptr_t)pad < low)
		low = (uintptr_t)pad;
	return down(n + 1) + pad[n & 511];
}

int main(void)
{
	static char alt[65536];
	stack_t ss = { .ss_sp = alt, .ss_size = sizeof alt };
	struct rlimit rl;
	getrlimit(RLIMIT_STACK, &rl);
	sigaltstack(&ss, NULL);
	catch(SIGSEGV, SA_ONSTACK);
	mode = JUMP;
	for (volatile int i = 0; i < 3; i++) {
		memset(&got, 0, sizeof got);
		low = ~0ull;
		if (sigsetjmp(back, 1) == 0)
			printf("returned %d\n", down(0));
		uintptr_t here = (uintptr_t)__builtin_frame_address(0);
		printf("overflow %d: signal %d code %d, near sp %d, depth plausible %d\n", (int)i, got.sig, got.code,
		       got.addr - got.sp + 8192 < 16384, here - low > 1 << 20 && here - low <= rl.rlim_cur);
	}
	return 0;
}
