/* Runs batches of test cases on whatever executes AArch64 (an emulator or the
 * hardware) and reports the state that each one leaves.
 *
 * A case is a register file, a 128-byte slot of code and the shared data page.
 * It ends with the first signal: normally the SIGTRAP of the BRK words that
 * fill the slot behind its instructions. All the work is done in the handler,
 * which stores the interrupted case's state and loads the next case into the
 * signal frame, so that one signal return enters a case with every register
 * set exactly. See difftest/proto.go for the layout of the streams.
 */
#include <asm/sigcontext.h>
#include <asm/siginfo.h>
#include <asm/signal.h>
#include <asm/ucontext.h>
#include <linux/mman.h>
#include <asm/unistd.h>

typedef unsigned long u64;
typedef unsigned int u32;
typedef unsigned char u8;

#define CODE_BASE 0x5000000000UL
#define DATA_BASE 0x5010000000UL
#define SLOT_WORDS 32
#define MAX_CASES 4096
#define DATA_SIZE 4096
#define LINE 64

struct in {
	u64 x[32];
	u64 v[64];
	u64 pc;
	u32 nzcv, fpcr, fpsr, pad;
	u32 words[SLOT_WORDS];
};

struct out {
	u64 x[32];
	u64 v[64];
	u64 pc;
	u32 nzcv, fpcr, fpsr;
	int sig;
	int code, ndirty;
	u64 addr;
};

struct line {
	u64 off;
	u64 data[LINE / 8];
};

static struct in cases[MAX_CASES];
static u64 pristine[DATA_SIZE / 8];
static u8 outbuf[8 << 20] __attribute__((aligned(16)));
static u64 outlen;
static u32 ncases, cur;
static u8 altstack[128 << 10] __attribute__((aligned(16)));

static long sys6(long n, long a, long b, long c, long d, long e, long f)
{
	register long x8 __asm__("x8") = n;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;
	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory");
	return x0;
}

static void quit(int code)
{
	for (;;)
		sys6(__NR_exit_group, code, 0, 0, 0, 0, 0);
}

/* Reads exactly n bytes; at the end of the input exits. */
static void get(void *p, u64 n)
{
	u8 *b = p;
	while (n) {
		long r = sys6(__NR_read, 0, (long)b, n, 0, 0, 0);
		if (r <= 0)
			quit(r ? 3 : 0);
		b += r;
		n -= r;
	}
}

static void flush(void)
{
	u64 at = 0;
	while (at < outlen) {
		long r = sys6(__NR_write, 1, (long)(outbuf + at), outlen - at, 0, 0, 0);
		if (r <= 0)
			quit(4);
		at += r;
	}
	outlen = 0;
}

static void load_batch(void)
{
	u32 head[2];
	get(head, sizeof head);
	ncases = head[0];
	cur = 0;
	if (ncases == 0 || ncases > MAX_CASES)
		quit(5);
	get(pristine, sizeof pristine);
	get(cases, ncases * sizeof cases[0]);
	sys6(__NR_mprotect, CODE_BASE, MAX_CASES * SLOT_WORDS * 4, PROT_READ | PROT_WRITE, 0, 0, 0);
	u64 *code = (u64 *)CODE_BASE;
	for (u32 i = 0; i < ncases; i++) {
		u64 *w = (u64 *)cases[i].words;
		for (u32 j = 0; j < SLOT_WORDS / 2; j++)
			*code++ = w[j];
	}
	for (u64 a = CODE_BASE; a < (u64)code; a += 64)
		__asm__ volatile("dc cvau, %0" ::"r"(a) : "memory");
	__asm__ volatile("dsb ish");
	for (u64 a = CODE_BASE; a < (u64)code; a += 64)
		__asm__ volatile("ic ivau, %0" ::"r"(a) : "memory");
	__asm__ volatile("dsb ish; isb");
	sys6(__NR_mprotect, CODE_BASE, MAX_CASES * SLOT_WORDS * 4, PROT_READ | PROT_EXEC, 0, 0, 0);
	for (u32 i = 0; i < DATA_SIZE / 8; i++)
		((u64 *)DATA_BASE)[i] = pristine[i];
}

static void store(struct out *o, int sig, siginfo_t *si, struct sigcontext *sc, struct fpsimd_context *fp)
{
	for (int i = 0; i < 31; i++)
		o->x[i] = sc->regs[i];
	o->x[31] = sc->sp;
	o->pc = sc->pc;
	o->nzcv = sc->pstate >> 28;
	o->fpcr = fp->fpcr;
	o->fpsr = fp->fpsr;
	o->sig = sig;
	o->code = si->si_code;
	o->addr = (u64)si->si_addr;
	u64 *v = (u64 *)fp->vregs;
	for (int i = 0; i < 64; i++)
		o->v[i] = v[i];
	o->ndirty = 0;
	u64 *d = (u64 *)DATA_BASE;
	for (u32 at = 0; at < DATA_SIZE / 8; at += LINE / 8) {
		u64 x = 0;
		for (int i = 0; i < LINE / 8; i++)
			x |= d[at + i] ^ pristine[at + i];
		if (!x)
			continue;
		struct line *l = (struct line *)(outbuf + outlen);
		outlen += sizeof *l;
		l->off = at * 8;
		for (int i = 0; i < LINE / 8; i++) {
			l->data[i] = d[at + i];
			d[at + i] = pristine[at + i];
		}
		o->ndirty++;
	}
}

static void handler(int sig, siginfo_t *si, void *p)
{
	struct ucontext *uc = p;
	struct sigcontext *sc = (struct sigcontext *)&uc->uc_mcontext;
	struct fpsimd_context *fp = (struct fpsimd_context *)sc->__reserved;
	static int started;

	if (fp->head.magic != FPSIMD_MAGIC)
		quit(6);
	if (!started) {
		started = 1;
		load_batch();
	} else {
		struct out *o = (struct out *)(outbuf + outlen);
		outlen += sizeof *o;
		store(o, sig, si, sc, fp);
		if (outlen > sizeof outbuf - DATA_SIZE * 2 - sizeof *o)
			flush();
		if (++cur == ncases) {
			flush();
			load_batch();
		}
	}
	struct in *c = &cases[cur];
	__asm__ volatile("msr tpidr_el0, xzr");
	for (int i = 0; i < 31; i++)
		sc->regs[i] = c->x[i];
	sc->sp = c->x[31];
	sc->pc = c->pc;
	sc->pstate = (u64)c->nzcv << 28;
	fp->fpcr = c->fpcr;
	fp->fpsr = c->fpsr;
	u64 *v = (u64 *)fp->vregs;
	for (int i = 0; i < 64; i++)
		v[i] = c->v[i];
}

void restorer(void);
__asm__(".globl restorer\nrestorer: mov x8, #139\nsvc 0\n");

static void start(void)
{
	struct {
		void (*handler)(int, siginfo_t *, void *);
		u64 flags;
		void (*restorer)(void);
		u64 mask;
	} sa = { handler, SA_SIGINFO | SA_ONSTACK | SA_RESTORER, restorer, 0 };
	stack_t ss = { altstack, 0, sizeof altstack };
	static const int sigs[] = { SIGTRAP, SIGSEGV, SIGBUS, SIGILL, SIGFPE };
	long fixed = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;

	if (sys6(__NR_mmap, CODE_BASE, MAX_CASES * SLOT_WORDS * 4, PROT_READ | PROT_WRITE, fixed, -1, 0) != CODE_BASE)
		quit(7);
	if (sys6(__NR_mmap, DATA_BASE, DATA_SIZE, PROT_READ | PROT_WRITE, fixed, -1, 0) != DATA_BASE)
		quit(7);
	if (sys6(__NR_sigaltstack, (long)&ss, 0, 0, 0, 0, 0))
		quit(8);
	for (u32 i = 0; i < sizeof sigs / sizeof sigs[0]; i++)
		if (sys6(__NR_rt_sigaction, sigs[i], (long)&sa, 0, 8, 0, 0))
			quit(8);
	__asm__ volatile("brk 1");
	quit(9);
}

__asm__(".globl _start\n_start: bl start_c\n");
void __attribute__((used)) start_c(void) { start(); }
