/* A recursive-descent parser of JSON text: byte loads, compares, branches. */
#include "bench.h"

static const char *p;
static uint64_t h;

static void skip(void) { while (*p == ' ' || *p == '\n') p++; }

static NOINLINE void value(void)
{
	skip();
	switch (*p) {
	case '{':
	case '[': {
		char close = *p++ == '{' ? '}' : ']';
		for (skip(); *p != close; skip()) {
			if (*p == ',' || *p == ':') p++;
			value();
		}
		p++;
		h = mix(h, (uint64_t)close);
		break;
	}
	case '"': {
		uint32_t k = 5381;
		for (p++; *p != '"'; p++) {
			if (*p == '\\') p++;
			k = k * 33 ^ (uint8_t)*p;
		}
		p++;
		h += k;
		break;
	}
	case 't': p += 4; h++; break;
	case 'f': p += 5; h += 2; break;
	case 'n': p += 4; h += 3; break;
	default: {
		int neg = *p == '-';
		int64_t v = 0;
		if (neg) p++;
		while (*p >= '0' && *p <= '9') v = v * 10 + (*p++ - '0');
		if (*p == '.')
			for (p++; *p >= '0' && *p <= '9'; p++) v += *p - '0';
		h += (uint64_t)(neg ? -v : v);
	}
	}
}

static char *emit(char *o, int depth)
{
	uint64_t r = rnd();
	int kind = depth > 5 ? 2 + (int)(r % 4) : (int)(r % 6);
	switch (depth ? kind : 1) {
	case 0:
		*o++ = '{';
		for (int i = 0; i < 4; i++) {
			o += sprintf(o, "%s\"key%d\": ", i ? ", " : "", (int)(rnd() % 100));
			o = emit(o, depth + 1);
		}
		*o++ = '}';
		return o;
	case 1:
		*o++ = '[';
		for (int i = 0; i < 6; i++) {
			if (i) *o++ = ',';
			o = emit(o, depth + 1);
		}
		*o++ = ']';
		return o;
	case 2: return o + sprintf(o, "%ld", (long)(int32_t)(r >> 20));
	case 3: return o + sprintf(o, "%d.%02d", (int)(r >> 50), (int)((r >> 8) % 100));
	case 4: return o + sprintf(o, "\"str %x \\\" end\"", (unsigned)(r >> 30));
	default: return o + sprintf(o, "%s", r & 64 ? "true" : r & 128 ? "false" : "null");
	}
}

uint64_t kernel(long n)
{
	static char text[8 << 20];
	char *o = text;
	*o++ = '[';
	for (int i = 0; i < 60; i++) {
		if (i) *o++ = ',';
		o = emit(o, 0);
	}
	*o++ = ']';
	*o = 0;
	for (long k = 0; k < n; k++) {
		p = text;
		value();
	}
	return mix(h, (uint64_t)(o - text));
}
