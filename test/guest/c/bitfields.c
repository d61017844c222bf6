/* Bit-fields, packed and unaligned members, unions, big-endian access. */
#include "t.h"

struct bf { int a : 3; unsigned b : 5; int c : 11; unsigned long d : 33; long e : 17; unsigned f : 1; int g : 31; };
struct __attribute__((packed)) pk { uint8_t a; uint16_t b; uint32_t c; uint64_t d; uint8_t e; double f; float g; int16_t h; };
union un { uint64_t u; uint32_t w[2]; uint16_t h[4]; uint8_t b[8]; double d; float f[2]; };
struct __attribute__((scalar_storage_order("big-endian"))) be { uint16_t a; uint32_t b; uint64_t c; int32_t d; };

static NOINLINE void set(struct bf *p, uint64_t v)
{
	p->a = (int)v; p->b = (unsigned)(v >> 3); p->c = (int)(v >> 7); p->d = v >> 5; p->e = (long)(v >> 20);
	p->f = (unsigned)(v >> 9) & 1; p->g = (int)(v >> 31);
}

static NOINLINE int64_t get(const struct bf *p)
{
	return p->a + p->b * 3l + p->c * 5l + (long)p->d * 7 + p->e * 11l + p->f * 13 + p->g * 17l;
}

static NOINLINE void bump(struct bf *p) { p->a++; p->b--; p->c += 100; p->d ^= 0x155555555; p->e -= 77; p->f ^= 1; p->g = -p->g; }

static NOINLINE void pack(struct pk *p, uint64_t v)
{
	p->a = (uint8_t)v; p->b = (uint16_t)(v >> 4); p->c = (uint32_t)(v >> 9); p->d = v * 3; p->e = (uint8_t)(v >> 30);
	p->f = (double)(int64_t)v; p->g = (float)(int32_t)v; p->h = (int16_t)(v >> 11);
}

static NOINLINE double unpack(const struct pk *p) { return p->a + p->b + (double)p->c + (double)p->d + p->e + p->f + p->g + p->h; }

int main(void)
{
	struct bf x;
	memset(&x, 0, sizeof x);
	begin("set get");
	for (size_t i = 0; i < COUNT(ints); i++) {
		set(&x, ints[i]);
		mix(get(&x));
		bump(&x);
		mix(get(&x));
	}
	end();
	begin("packed");
	char room[sizeof(struct pk) + 16];
	memset(room, 0, sizeof room);
	for (int off = 0; off < 16; off++)
		for (size_t i = 0; i < COUNT(ints); i++) {
			struct pk *p = (struct pk *)(room + off);
			pack(p, ints[i]);
			mix_d(unpack(p));
			mix_bytes(p, sizeof *p);
		}
	end();
	begin("union");
	for (size_t i = 0; i < COUNT(ints); i++) {
		union un u = { .u = hide(ints[i]) };
		u.h[1] += u.b[7];
		u.w[1] ^= u.h[0];
		u.b[3]++;
		mix(u.u);
	}
	end();
	begin("big-endian");
	for (size_t i = 0; i < COUNT(ints); i++) {
		struct be b;
		memset(&b, 0, sizeof b);
		b.a = (uint16_t)ints[i]; b.b = (uint32_t)ints[i]; b.c = ints[i]; b.d = (int32_t)(ints[i] >> 8);
		b.c += b.a; b.d -= (int32_t)b.b;
		mix_bytes((void *)&b, sizeof b);
	}
	end();
	return 0;
}
