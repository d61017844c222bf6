/* CRC-32, byte at a time by table: a load chain with shifts. */
#include "bench.h"

uint64_t kernel(long n)
{
	static uint32_t table[256];
	static uint8_t buf[64 << 10];
	for (uint32_t i = 0; i < 256; i++) {
		uint32_t c = i;
		for (int k = 0; k < 8; k++)
			c = c & 1 ? 0xedb88320u ^ c >> 1 : c >> 1;
		table[i] = c;
	}
	for (size_t i = 0; i < sizeof buf; i++)
		buf[i] = (uint8_t)rnd();
	uint32_t c = ~0u;
	for (long k = 0; k < n; k++)
		for (size_t i = 0; i < sizeof buf; i++)
			c = table[(c ^ buf[i]) & 255] ^ c >> 8;
	return mix(0, ~c);
}
