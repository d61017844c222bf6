/* A just-in-time compiler at its worst: one function, rewritten a million times
 * and run after each. */
#include <stdint.h>
#include <stdio.h>
#include <sys/mman.h>

int main(void)
{
	uint32_t *c = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (c == MAP_FAILED)
		return 1;
	uint64_t sum = 0;
	for (uint32_t i = 0; i < 1000000; i++) {
		c[0] = 0xd2800001u | (i & 0xffff) << 5;         /* movz x1, #low */
		c[1] = 0xf2a00001u | (i >> 16 & 0xffff) << 5;   /* movk x1, #high, lsl #16 */
		c[2] = 0xca010000u;                             /* eor x0, x0, x1 */
		c[3] = 0xd65f03c0u;                             /* ret */
		__builtin___clear_cache((char *)c, (char *)(c + 4));
		sum = ((uint64_t (*)(uint64_t))c)(sum * 3);
	}
	printf("%llx\n", (unsigned long long)sum);
	return 0;
}
