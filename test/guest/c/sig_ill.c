/* SIGILL and SIGTRAP: undefined instructions, privileged ones, BRK, each at the
 * right address, with the right code. */
#include "sig.h"

#define ENC(X) ".inst " #X
#define TRY(NAME, INSN)                                           \
	do {                                                      \
		got.count = 0;                                    \
		AT(INSN, 42, 0);                                  \
		if (got.count)                                    \
			report(NAME, at, at);                     \
		else                                              \
			printf(NAME ": no signal\n");             \
	} while (0)

int main(void)
{
	uintptr_t at;
	catch(SIGILL, 0);
	catch(SIGTRAP, 0);
	mode = SKIP;
	TRY("udf 0", ENC(0x00000000));
	TRY("udf 0x1234", ENC(0x00001234));
	TRY("unallocated", ENC(0x00010000));
	TRY("add, bad shift", ENC(0x0bc20020));         /* shift type 3 */
	TRY("add w, shift 40", ENC(0x0b02a020));        /* imm6 > 31 in 32 bits */
	TRY("logical imm N with 32 bits", ENC(0x12400000));
	TRY("bitfield mismatch", ENC(0x53400000));
	TRY("movk 32-bit hw 2", ENC(0x72c00000));
	TRY("extend amount 5", ENC(0x8b2217ff));
	TRY("ldr option 0", ENC(0xf8620820));
	TRY("ld1 bad", ENC(0x0c403c20));                /* opcode 0011 */
	TRY("advsimd reserved size", ENC(0x0ee08400)); /* add v.1d */
	TRY("fp type 2", ENC(0x1ea02800));
	TRY("mrs sctlr_el1", ENC(0xd5381000));
	TRY("msr ttbr0_el1", ENC(0xd5182000));
	TRY("msr daifset", ENC(0xd50342df));
	TRY("eret", ENC(0xd69f03e0));
	TRY("hvc", ENC(0xd4000002));
	TRY("smc", ENC(0xd4000003));
	TRY("tlbi", ENC(0xd508871f));
	TRY("dc isw", ENC(0xd5087640));
	TRY("dc ivac", ENC(0xd5087621));
	TRY("drps", ENC(0xd6bf03e0));
	TRY("brk 0", "brk #0");
	TRY("brk 1000", "brk #1000");
	TRY("brk 0xffff", "brk #0xffff");
	/* Must do nothing. */
	TRY("hints", "nop\n\tyield\n\tsev\n\tsevl\n\t.inst 0xd503245f\n\t.inst 0xd503233f\n\t.inst 0xd50323bf\n\t.inst 0xd503201f | (0x7f << 5)");
	return 0;
}
