/* The machine as a program sees it: hardware capabilities, identification
 * registers that Linux emulates, counters, cache geometry, the vdso. */
#include "t.h"
#include <elf.h>
#include <sys/auxv.h>
#include <sys/utsname.h>
#include <time.h>
#include <asm/hwcap.h>
#include <sys/time.h>

#define MRS(R) ({ uint64_t v_; __asm__ volatile("mrs %0, " #R : "=r"(v_)); v_; })
#define FIELD(V, POS) ((unsigned)((V) >> (POS) & 15))

static void *symbol(const char *name)
{
	const Elf64_Ehdr *eh = (const Elf64_Ehdr *)getauxval(AT_SYSINFO_EHDR);
	if (!eh)
		return NULL;
	const Elf64_Phdr *ph = (const Elf64_Phdr *)((const char *)eh + eh->e_phoff);
	const Elf64_Dyn *dyn = NULL;
	uintptr_t base = (uintptr_t)eh;
	for (int i = 0; i < eh->e_phnum; i++) {
		if (ph[i].p_type == PT_LOAD && ph[i].p_offset == 0)
			base = (uintptr_t)eh - ph[i].p_vaddr;
		if (ph[i].p_type == PT_DYNAMIC)
			dyn = (const Elf64_Dyn *)((const char *)eh + ph[i].p_offset);
	}
	const Elf64_Sym *sym = NULL;
	const char *str = NULL;
	unsigned nsym = 0;
	for (; dyn && dyn->d_tag; dyn++) {
		if (dyn->d_tag == DT_SYMTAB) sym = (const Elf64_Sym *)(base + dyn->d_un.d_ptr);
		if (dyn->d_tag == DT_STRTAB) str = (const char *)(base + dyn->d_un.d_ptr);
		if (dyn->d_tag == DT_HASH) nsym = ((const uint32_t *)(base + dyn->d_un.d_ptr))[1];
	}
	for (unsigned i = 0; sym && str && i < nsym; i++)
		if (strcmp(str + sym[i].st_name, name) == 0)
			return (void *)(base + sym[i].st_value);
	return NULL;
}

int main(void)
{
	unsigned long cap = getauxval(AT_HWCAP);
	static const struct { const char *n; unsigned long bit; } caps[] = {
		{ "fp", HWCAP_FP }, { "asimd", HWCAP_ASIMD }, { "aes", HWCAP_AES }, { "pmull", HWCAP_PMULL }, { "sha1", HWCAP_SHA1 }, { "sha2", HWCAP_SHA2 },
		{ "crc32", HWCAP_CRC32 }, { "atomics", HWCAP_ATOMICS }, { "fphp", HWCAP_FPHP }, { "asimdhp", HWCAP_ASIMDHP }, { "cpuid", HWCAP_CPUID },
		{ "asimdrdm", HWCAP_ASIMDRDM }, { "lrcpc", HWCAP_LRCPC }, { "asimddp", HWCAP_ASIMDDP },
	};
	for (size_t i = 0; i < COUNT(caps); i++)
		printf("%s %d\n", caps[i].n, (cap & caps[i].bit) != 0);
	printf("not advertised: sve %d paca %d pacg %d\n", (cap & HWCAP_SVE) != 0, (cap & HWCAP_PACA) != 0, (cap & HWCAP_PACG) != 0);
	/* Identification registers agree with the capabilities. */
	uint64_t isar0 = MRS(id_aa64isar0_el1), isar1 = MRS(id_aa64isar1_el1), pfr0 = MRS(id_aa64pfr0_el1);
	printf("isar0: aes %d sha1 %d sha2 %d crc %d atomic %d rdm %d dp %d\n", FIELD(isar0, 4) >= 2, FIELD(isar0, 8) >= 1, FIELD(isar0, 12) >= 1, FIELD(isar0, 16) >= 1,
	       FIELD(isar0, 20) >= 2, FIELD(isar0, 28) >= 1, FIELD(isar0, 44) >= 1);
	printf("consistent: sha3 %d jscvt %d fcma %d flagm %d\n", (FIELD(isar0, 32) >= 1) == !!(cap & HWCAP_SHA3), (FIELD(isar1, 12) >= 1) == !!(cap & HWCAP_JSCVT),
	       (FIELD(isar1, 16) >= 1) == !!(cap & HWCAP_FCMA), (FIELD(isar0, 52) >= 1) == !!(cap & HWCAP_FLAGM));
	printf("pfr0: el0 %d fp %d asimd %d\n", FIELD(pfr0, 0) >= 1, FIELD(pfr0, 16), FIELD(pfr0, 20));
	printf("midr set %d mpidr set %d revidr %d\n", MRS(midr_el1) != 0, (MRS(mpidr_el1) >> 31 & 1) == 1, (MRS(revidr_el1), 1));
	(void)MRS(id_aa64mmfr0_el1); (void)MRS(id_aa64mmfr1_el1); (void)MRS(id_aa64dfr0_el1); (void)MRS(S3_0_C0_C4_4);
	/* Cache geometry. */
	uint64_t ctr = MRS(ctr_el0), dcz = MRS(dczid_el0);
	printf("ctr: lines plausible %d %d bit31 %d\n", FIELD(ctr, 0) >= 2 && FIELD(ctr, 0) <= 6, FIELD(ctr, 16) >= 2 && FIELD(ctr, 16) <= 6, (int)(ctr >> 31 & 1));
	printf("dczid: allowed %d\n", (dcz & 16) == 0);
	size_t block = 4ul << (dcz & 15);
	static char buf[8192] __attribute__((aligned(4096)));
	memset(buf, 1, sizeof buf);
	__asm__ volatile("dc zva, %0" : : "r"(buf + 4096 + 3) : "memory");
	size_t zeros = 0, first = 0;
	for (size_t i = sizeof buf; i-- > 0;)
		if (buf[i] == 0) { zeros++; first = i; }
	printf("dc zva: block %d at %zu\n", zeros == block, first);
	__asm__ volatile("dc cvac, %0\n\tdc civac, %0\n\tdc cvau, %0\n\tic ivau, %0\n\tdsb sy\n\tisb" : : "r"(buf) : "memory");
	/* Counters. */
	uint64_t freq = MRS(cntfrq_el0), t0 = MRS(cntvct_el0);
	struct timespec a, b;
	clock_gettime(CLOCK_MONOTONIC, &a);
	do
		clock_gettime(CLOCK_MONOTONIC, &b);
	while ((b.tv_sec - a.tv_sec) * 1000000000l + b.tv_nsec - a.tv_nsec < 20000000);
	uint64_t t1 = MRS(cntvct_el0);
	printf("counter runs %d rate plausible %d\n", t1 > t0, (double)(t1 - t0) / (double)freq > 0.015 && (double)(t1 - t0) / (double)freq < 2);
	uint64_t last = 0, steps = 1;
	for (int i = 0; i < 100000; i++) {
		uint64_t t = MRS(cntvct_el0);
		steps &= t >= last;
		last = t;
	}
	printf("counter monotonic %d\n", (int)steps);
	/* Thread pointer and NZCV can be written and read. */
	uint64_t tp = MRS(tpidr_el0);
	__asm__ volatile("msr tpidr_el0, %1\n\tmrs %0, tpidr_el0\n\tmsr tpidr_el0, %2" : "=&r"(t0) : "r"(0x123456789abcull), "r"(tp));
	printf("tpidr %" PRIx64 " tpidrro %d\n", t0, (MRS(tpidrro_el0), 1));
	for (uint64_t f = 0; f < 16; f += 5) {
		__asm__ volatile("msr nzcv, %1\n\tmrs %0, nzcv" : "=r"(t0) : "r"(f << 28) : "cc");
		printf("nzcv %" PRIx64 " ", t0 >> 28);
	}
	printf("\n");
	/* The kernel's page of code. */
	long (*gettime)(int, struct timespec *) = symbol("__kernel_clock_gettime");
	int (*tod)(struct timeval *, void *) = symbol("__kernel_gettimeofday");
	long (*res)(int, struct timespec *) = symbol("__kernel_clock_getres");
	printf("vdso %d %d %d %d\n", gettime != NULL, tod != NULL, res != NULL, symbol("__kernel_rt_sigreturn") != NULL);
	if (gettime && tod && res) {
		struct timespec c, d, r;
		struct timeval tv;
		clock_gettime(CLOCK_MONOTONIC, &a);
		printf("call %ld", gettime(CLOCK_MONOTONIC, &c));
		clock_gettime(CLOCK_MONOTONIC, &d);
		printf(" between %d", (c.tv_sec > a.tv_sec || (c.tv_sec == a.tv_sec && c.tv_nsec >= a.tv_nsec)) && (d.tv_sec > c.tv_sec || (d.tv_sec == c.tv_sec && d.tv_nsec >= c.tv_nsec)));
		printf(" bad clock %ld", gettime(1000, &c));
		time_t now = time(NULL);
		printf(" tod %d %d", tod(&tv, NULL), labs(tv.tv_sec - now) <= 2);
		printf(" res %ld %ld\n", res(CLOCK_MONOTONIC, &r), r.tv_nsec);
	} else {
		printf("no vdso functions\n");
	}
	struct utsname u;
	uname(&u);
	printf("uname %s %s\n", u.sysname, u.machine);
	printf("minsigstksz %d\n", getauxval(AT_MINSIGSTKSZ) >= 4720 && getauxval(AT_MINSIGSTKSZ) < 65536);
	return 0;
}
