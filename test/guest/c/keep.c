/* Code that comes from files and goes: for the cache of translations, which must
 * see every way in which what lies at an address changes between runs, or in one.
 * Each file of code has, on each page, a function that returns a number. */
#include "t.h"
#include <dlfcn.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#define P 4096
typedef int (*fn)(void);

static void show(void *p) { printf("%d\n", ((fn)p)()); }

static int must(int v, const char *what)
{
	if (v < 0) {
		perror(what);
		exit(1);
	}
	return v;
}

static void *map(const char *file, off_t off, void *at)
{
	int fd = must(open(file, O_RDONLY), file);
	void *p = mmap(at, P, PROT_READ | PROT_EXEC, MAP_PRIVATE | (at ? MAP_FIXED : 0), fd, off);
	if (p == MAP_FAILED) {
		perror("mmap");
		exit(1);
	}
	close(fd);
	return p;
}

/* number is MOVZ W0, #v. */
static uint32_t number(uint32_t v) { return 0x52800000u | v << 5; }

static void flush(void *p) { __builtin___clear_cache(p, (char *)p + 8); }

static void patch(uint32_t *p, uint32_t v)
{
	must(mprotect(p, P, PROT_READ | PROT_WRITE | PROT_EXEC), "mprotect");
	*p = number(v);
	flush(p);
	must(mprotect(p, P, PROT_READ | PROT_EXEC), "mprotect");
}

static void put(const char *file, uint32_t word, off_t off)
{
	int fd = must(open(file, O_RDWR), file);
	must((int)pwrite(fd, &word, sizeof word, off), "pwrite");
	close(fd);
}

static void library(const char *name)
{
	void *h = dlopen(name, RTLD_NOW);
	fn f = h ? (fn)dlsym(h, "value") : NULL;
	if (!f) {
		fprintf(stderr, "%s\n", dlerror());
		exit(1);
	}
	printf("%d\n", f());
	dlclose(h);
}

int main(int argc, char **argv)
{
	if (argc < 3)
		return 2;
	const char *how = argv[1], *file = argv[2];
	if (!strcmp(how, "lib")) {
		for (int k = 2; k < argc; k++)
			library(argv[k]);
		return 0;
	}
	if (!strcmp(how, "shared")) {
		int fd = must(open(file, O_RDWR), file);
		uint32_t *w = mmap(NULL, P, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0), old;
		void *p = mmap(NULL, P, PROT_READ | PROT_EXEC, MAP_SHARED, fd, 0);
		old = w[0];
		w[0] = number(77); /* the first call comes after that */
		flush(w);
		show(p);
		w[0] = old;
		flush(p);
		show(p);
		return 0;
	}
	uint32_t *p = map(file, 0, NULL);
	if (!strcmp(how, "page")) {
		p = map(file, atoi(argv[3]) * P, p);
		show(p);
	} else if (!strcmp(how, "patch")) {
		patch(p, 501);
		show(p);
	} else if (!strcmp(how, "repatch")) {
		show(p);
		patch(p, 502);
		show(p);
		patch(p, 503);
		show(p);
	} else if (!strcmp(how, "write")) { /* private pages that were not touched show the file */
		uint32_t old = p[0];
		show(p);
		put(file, number(504), 0);
		flush(p);
		show(p);
		put(file, old, 0);
		flush(p);
		show(p);
	} else if (!strncmp(how, "mem", 3)) {
		uint32_t w = number(505);
		const char *mem = "/proc/self/mem";
		if (how[3]) { /* mem-link: under a name that tells the emulator nothing */
			must(symlink(mem, "link"), "symlink");
			mem = "link";
		}
		int fd = must(open(mem, O_RDWR), "mem");
		must((int)pwrite(fd, &w, sizeof w, (off_t)(uintptr_t)p), "pwrite");
		close(fd);
		show(p);
	} else if (!strcmp(how, "replace")) {
		show(p);
		map(argv[3], 0, p);
		show(p);
		map(file, 0, p);
		show(p);
		munmap(p, P);
		map(argv[3], 0, p);
		show(p);
		mmap(p, P, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
		p[0] = number(506);
		p[1] = 0xd65f03c0;
		flush(p);
		show(p);
	}
	return 0;
}
