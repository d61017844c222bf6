package main

import (
	"bufio"
	"fmt"
	"io"
	"math/rand/v2"
)

// generateC writes about the given number of lines of preprocessed C: structs,
// loops, switches, calls, float and integer arithmetic, varied by a fixed seed
// so that the text is the same everywhere.
func generateC(out io.Writer, lines int) {
	w := bufio.NewWriter(out)
	defer w.Flush()
	r := rand.New(rand.NewPCG(1, 2))
	n := 0
	put := func(format string, args ...any) {
		fmt.Fprintf(w, format+"\n", args...)
		n++
	}
	put("typedef unsigned int u32; typedef unsigned long u64;")
	put("struct rec { u32 id, flags; double weight; struct rec *next; char name[24]; };")
	put("extern void *memcpy(void *, const void *, u64);")
	put("extern int note(const char *, ...);")
	ops := []string{"+", "-", "*", "^", "|", "&"}
	op := func() string { return ops[r.IntN(len(ops))] }
	for f := 0; n < lines; f++ {
		// What a preprocessed file is half made of: the declarations of headers.
		for i := 0; i < 70; i++ {
			switch r.IntN(4) {
			case 0:
				put("extern int decl_%d_%d(const struct rec *, u32, u64, const char *restrict, ...) __attribute__((nothrow, leaf));", f, i)
			case 1:
				put("typedef struct { u32 a, b; struct rec *r; u64 bits : %d; } type_%d_%d;", 1+r.IntN(60), f, i)
			case 2:
				put("enum { CONST_%d_%d = %d, OTHER_%d_%d };", f, i, r.IntN(1000), f, i)
			case 3:
				put("")
			}
		}
		put("static u32 table_%d[%d] = {", f, 8+f%8)
		for i := 0; i < 2; i++ {
			put("\t%du, %du, %du, %du,", r.Uint32(), r.Uint32(), r.Uint32()>>9, r.Uint32()>>20)
		}
		put("};")
		put("u64 work_%d(struct rec *list, u32 n, const double *v)", f)
		put("{")
		put("\tu64 a = %d, b = n %s %d;", r.IntN(1000), op(), r.IntN(100))
		put("\tdouble s = %d.%d;", r.IntN(50), r.IntN(100))
		put("\tfor (struct rec *p = list; p; p = p->next) {")
		for i := 0; i < 3+r.IntN(4); i++ {
			switch r.IntN(5) {
			case 0:
				put("\t\tif ((p->flags & %du) && a %% %d == %d)", 1<<r.IntN(31), 3+r.IntN(60), r.IntN(3))
				put("\t\t\ts += p->weight * v[p->id %% %d];", 2+r.IntN(30))
			case 1:
				put("\t\ta = (a << %d) %s (b >> %d) %s table_%d[p->id & 7];", 1+r.IntN(30), op(), 1+r.IntN(30), op(), f)
			case 2:
				put("\t\tp->name[%d] = (char)(p->id %s %d);", r.IntN(24), op(), r.IntN(256))
			case 3:
				put("\t\twhile (b > %d) { b /= %d; a++; }", 100+r.IntN(1000), 2+r.IntN(9))
			case 4:
				put("\t\tmemcpy(p->name, p->name + %d, %d);", 1+r.IntN(8), 1+r.IntN(12))
			}
		}
		put("\t\tswitch ((a %s p->id) & 15) {", op())
		for i := 0; i < 6+r.IntN(6); i++ {
			put("\t\tcase %d: b %s= %du; s *= %d.5; break;", i, op(), r.Uint32()>>8, 1+r.IntN(9))
		}
		put("\t\tdefault: a %s= n; break;", op())
		put("\t\t}")
		put("\t}")
		put("\tfor (u32 i = 0; i < n; i++)")
		put("\t\tfor (u32 j = i; j < %d; j++)", 8+r.IntN(64))
		put("\t\t\ttable_%d[j & 7] %s= (u32)(a >> (j & %d)) + i * %d;", f, op(), 15+16*r.IntN(3), r.IntN(300))
		if f > 0 {
			put("\tif (s > %d.0)", r.IntN(100000))
			put("\t\ta += work_%d(list ? list->next : list, n - 1, v);", r.IntN(f))
		}
		put("\tnote(\"work_%d %%lu %%g\\n\", a, s);", f)
		put("\treturn a %s b;", op())
		put("}")
		put("")
	}
}
