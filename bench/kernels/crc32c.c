/* CRC-32C by the CRC instructions of either architecture. */
#include "bench.h"
#ifdef __aarch64__
#include <arm_acle.h>
#define STEP(c, v) __crc32cd(c, v)
#else
#include <nmmintrin.h>
#define STEP(c, v) ((uint32_t)_mm_crc32_u64(c, v))
#endif

uint64_t kernel(long n)
{
	static uint64_t buf[8 << 10];
	for (size_t i = 0; i < sizeof buf / 8; i++)
		buf[i] = rnd();
	uint32_t c = ~0u;
	for (long k = 0; k < n; k++)
		for (size_t i = 0; i < sizeof buf / 8; i++)
			c = STEP(c, buf[i]);
	return mix(0, ~c);
}
