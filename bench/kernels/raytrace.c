/* A ray tracer of spheres in float: compares, square roots, branches, structs
 * by value. */
#include "bench.h"
#include <math.h>

struct v3 { float x, y, z; };
struct sphere { struct v3 c; float r2, shine; };
#define COUNT 24
static struct sphere s[COUNT];

static inline struct v3 sub(struct v3 a, struct v3 b) { return (struct v3){ a.x - b.x, a.y - b.y, a.z - b.z }; }
static inline struct v3 madd(struct v3 a, struct v3 b, float t) { return (struct v3){ a.x + b.x * t, a.y + b.y * t, a.z + b.z * t }; }
static inline float dot(struct v3 a, struct v3 b) { return a.x * b.x + a.y * b.y + a.z * b.z; }
static inline struct v3 norm(struct v3 a)
{
	float l = 1.0f / sqrtf(dot(a, a));
	return (struct v3){ a.x * l, a.y * l, a.z * l };
}

static NOINLINE int hit(struct v3 o, struct v3 d, float *best)
{
	int which = -1;
	for (int i = 0; i < COUNT; i++) {
		struct v3 oc = sub(o, s[i].c);
		float b = dot(oc, d), q = b * b - dot(oc, oc) + s[i].r2;
		if (q < 0)
			continue;
		float t = -b - sqrtf(q);
		if (t > 1e-3f && t < *best) {
			*best = t;
			which = i;
		}
	}
	return which;
}

static float trace(struct v3 o, struct v3 d, int depth)
{
	float t = 1e9f;
	int i = hit(o, d, &t);
	if (i < 0)
		return 0.5f + 0.5f * d.y;
	struct v3 p = madd(o, d, t), n = norm(sub(p, s[i].c));
	float light = dot(n, (struct v3){ 0.57735f, 0.57735f, -0.57735f });
	float c = light > 0 ? light * 0.7f : 0.05f;
	if (depth < 3)
		c += s[i].shine * trace(p, madd(d, n, -2 * dot(d, n)), depth + 1);
	return c;
}

uint64_t kernel(long n)
{
	uint64_t h = 0;
	for (int i = 0; i < COUNT; i++) {
		s[i].c = (struct v3){ (float)(rnd() % 100) / 10 - 5, (float)(rnd() % 100) / 10 - 5, (float)(rnd() % 100) / 10 + 6 };
		s[i].r2 = (float)(rnd() % 100) / 50 + 0.5f;
		s[i].shine = (float)(rnd() % 10) / 12;
	}
	for (long y = 0; y < n; y++)
		for (long x = 0; x < n; x++) {
			struct v3 d = norm((struct v3){ (float)(x - n / 2) / (float)n, (float)(y - n / 2) / (float)n, 0.6f });
			float c = trace((struct v3){ 0, 0, 0 }, d, 0);
			h = mix(h, (uint64_t)(c * 1024));
		}
	return h;
}
