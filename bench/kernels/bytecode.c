/* A bytecode interpreter with a switch in a loop, running a small program that
 * counts Collatz steps: an unpredictable indirect jump for each operation. */
#include "bench.h"

enum op { HALT, LDI, MOV, ADD, ADDI, MULI, SHRI, ANDI, JZ, JNZ, JMP, JLT, HASH };
struct insn { uint8_t op, a, b; int32_t imm; };

static NOINLINE uint64_t run(const struct insn *code, uint64_t *r)
{
	uint64_t hash = 0;
	for (const struct insn *p = code;; p++) {
		switch ((enum op)p->op) {
		case HALT: return hash;
		case LDI:  r[p->a] = (uint64_t)(int64_t)p->imm; break;
		case MOV:  r[p->a] = r[p->b]; break;
		case ADD:  r[p->a] += r[p->b]; break;
		case ADDI: r[p->a] += (uint64_t)(int64_t)p->imm; break;
		case MULI: r[p->a] *= (uint64_t)(int64_t)p->imm; break;
		case SHRI: r[p->a] >>= p->imm; break;
		case ANDI: r[p->a] = r[p->b] & (uint64_t)(int64_t)p->imm; break;
		case JZ:   if (!r[p->a]) p = code + p->imm - 1; break;
		case JNZ:  if (r[p->a]) p = code + p->imm - 1; break;
		case JMP:  p = code + p->imm - 1; break;
		case JLT:  if (r[p->a] < r[p->b]) p = code + p->imm - 1; break;
		case HASH: hash = mix(hash, r[p->a]); break;
		}
	}
}

uint64_t kernel(long n)
{
	static const struct insn code[] = {
		/* 0 */ { LDI, 0, 0, 1 },    /* i = 1 */
		/* 1 */ { MOV, 1, 0, 0 },    /* x = i */
		/* 2 */ { LDI, 2, 0, 0 },    /* steps = 0 */
		/* 3 */ { MOV, 4, 1, 0 },
		/* 4 */ { ADDI, 4, 0, -1 },
		/* 5 */ { JZ, 4, 0, 13 },    /* x == 1: done */
		/* 6 */ { ADDI, 2, 0, 1 },
		/* 7 */ { ANDI, 4, 1, 1 },
		/* 8 */ { JNZ, 4, 0, 11 },
		/* 9 */ { SHRI, 1, 0, 1 },   /* x /= 2 */
		/* 10 */ { JMP, 0, 0, 3 },
		/* 11 */ { MULI, 1, 0, 3 },  /* x = 3x + 1 */
		/* 12 */ { JMP, 0, 0, 17 },
		/* 13 */ { HASH, 2, 0, 0 },
		/* 14 */ { ADDI, 0, 0, 1 },
		/* 15 */ { JLT, 0, 3, 1 },
		/* 16 */ { HALT, 0, 0, 0 },
		/* 17 */ { ADDI, 1, 0, 1 },
		/* 18 */ { JMP, 0, 0, 3 },
	};
	uint64_t r[8] = { 0 };
	r[3] = (uint64_t)n;
	return run(code, r);
}
