/* Accesses that must be aligned: exclusives, atomics, acquire and release. A
 * Neoverse-N1 faults with SIGBUS, code BUS_ADRALN. Others may be anywhere. */
#include "sig.h"

int main(void)
{
	static char room[64] __attribute__((aligned(64)));
	uintptr_t at;
	catch(SIGBUS, 0);
	mode = SKIP;
#define TRY(NAME, INSN, OFF) do { got.count = 0; AT(INSN, 1, room + (OFF)); if (got.count) report(NAME, (uintptr_t)room + (OFF), at); else printf(NAME ": no signal\n"); } while (0)
	TRY("ldxr", "ldxr x0, [x1]", 4);
	TRY("ldaxr w", "ldaxr w0, [x1]", 2);
	TRY("ldxrh", "ldxrh w0, [x1]", 1);
	TRY("ldxp", "ldxp x0, x2, [x1]", 8);
	TRY("ldar", "ldar x0, [x1]", 1);
	TRY("stlr", "stlr w0, [x1]", 3);
	TRY("ldadd", ".arch armv8.1-a\n\tldadd x0, x2, [x1]", 12);
	TRY("swp h", "swph w0, w2, [x1]", 7);
	TRY("cas", "cas w0, w2, [x1]", 30);
	TRY("ldr", "ldr x0, [x1]", 1);
	TRY("str q", "str q0, [x1]", 3);
	TRY("ldp", "ldp x0, x2, [x1]", 5);
	TRY("ld1", "ld1 {v0.4s}, [x1]", 1);
	return 0;
}
