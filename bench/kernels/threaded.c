/* A stack machine with computed gotos (direct-threaded code): indirect branches
 * spread over many sites. The program computes a linear congruence in a loop. */
#include "bench.h"

uint64_t kernel(long n)
{
	enum { PUSH, DUP, ADD, MUL, XOR, SHR, SWAP, DEC, JNZ, END };
	static const void *const label[] = {
		&&push, &&dup, &&add, &&mul, &&xor, &&shr, &&swap, &&dec, &&jnz, &&end,
	};
	static const int64_t prog[] = {
		/* stack: counter acc */
		PUSH, 1664525, MUL, PUSH, 1013904223, ADD, DUP, SHR, 17, XOR,
		SWAP, DEC, DUP, JNZ, -15, END,
	};
	const void *tcode[sizeof prog / sizeof *prog];
	for (size_t i = 0; i < sizeof prog / sizeof *prog; i++) {
		tcode[i] = label[prog[i] >= 0 && prog[i] <= END ? prog[i] : 0];
		if (prog[i] == PUSH || prog[i] == SHR || prog[i] == JNZ) {
			tcode[i + 1] = (const void *)(intptr_t)prog[i + 1];
			i++;
		}
	}
	uint64_t stack[16], *sp = stack;
	const void *const *pc = tcode;
	*sp++ = (uint64_t)n;
	*sp++ = 12345;
#define NEXT goto **pc++
	NEXT;
push: *sp++ = (uint64_t)(intptr_t)*pc++; NEXT;
dup:  sp[0] = sp[-1]; sp++; NEXT;
add:  sp--; sp[-1] += sp[0]; NEXT;
mul:  sp--; sp[-1] *= sp[0]; NEXT;
xor:  sp--; sp[-1] ^= sp[0]; NEXT;
shr:  sp[-1] >>= (intptr_t)*pc++; NEXT;
swap: { uint64_t t = sp[-1]; sp[-1] = sp[-2]; sp[-2] = t; } NEXT;
dec:  sp[-1]--; NEXT;
jnz:  sp--;
	if (sp[0]) {
		/* counter is on top again below acc: restore the order and loop */
		uint64_t t = sp[-1]; sp[-1] = sp[-2]; sp[-2] = t;
		pc = tcode;
		NEXT;
	}
	pc++;
	NEXT;
end:
	return mix(sp[-2], sp[-1]);
}
