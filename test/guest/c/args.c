/* What a program is started with: arguments, environment, auxiliary vector,
 * stack layout. */
#include "t.h"
#include <elf.h>
#include <sys/auxv.h>
#include <sys/resource.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	printf("argc %d\n", argc);
	for (int i = 0; i < argc; i++)
		printf("argv[%d] %s\n", i, i == 0 ? (strrchr(argv[0], '/') ? strrchr(argv[0], '/') != argv[0] ? "path" : argv[0] : argv[0]) : argv[i]);
	printf("argv end %d\n", argv[argc] == NULL);
	int n = 0;
	for (char **e = environ; *e; e++, n++)
		printf("env %s\n", *e);
	printf("environ after argv %d\n", environ == argv + argc + 1);
	char **p = environ + n + 1;
	const Elf64_auxv_t *av = (const Elf64_auxv_t *)p;
	int count = 0;
	for (; av->a_type != AT_NULL && count < 60; av++)
		count++;
	printf("auxv ends %d\n", count < 60);
	printf("pagesz %lu\n", getauxval(AT_PAGESZ));
	printf("clktck %lu\n", getauxval(AT_CLKTCK));
	printf("phent %lu phnum plausible %d\n", getauxval(AT_PHENT), getauxval(AT_PHNUM) > 2 && getauxval(AT_PHNUM) < 20);
	const Elf64_Phdr *ph = (const Elf64_Phdr *)getauxval(AT_PHDR);
	int load = 0;
	for (unsigned long i = 0; i < getauxval(AT_PHNUM); i++)
		load += ph[i].p_type == PT_LOAD;
	printf("loads %d\n", load >= 1);
	printf("entry set %d\n", getauxval(AT_ENTRY) != 0);
	printf("uid %d euid %d gid %d egid %d\n", getauxval(AT_UID) == getuid(), getauxval(AT_EUID) == geteuid(), getauxval(AT_GID) == getgid(), getauxval(AT_EGID) == getegid());
	printf("secure %lu\n", getauxval(AT_SECURE));
	const unsigned char *r = (const unsigned char *)getauxval(AT_RANDOM);
	int bits = 0;
	for (int i = 0; i < 16; i++)
		bits += __builtin_popcount(r[i]);
	printf("random plausible %d\n", bits > 20 && bits < 108);
	printf("platform %s\n", (const char *)getauxval(AT_PLATFORM) ? "set" : "none");
	const char *fn = (const char *)getauxval(AT_EXECFN);
	printf("execfn %d\n", fn && strcmp(fn, argv[0]) == 0);
	printf("stack aligned %d argv above %d\n", ((uintptr_t)argv & 15) == 8, (uintptr_t)argv > (uintptr_t)__builtin_frame_address(0));
	printf("strings ordered %d\n", argc < 2 || argv[0] < argv[1]);
	return 0;
}
