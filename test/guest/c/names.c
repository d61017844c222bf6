/* What a program is called, by each way to execute it: comm, AT_EXECFN, argv[0]. */
#define _GNU_SOURCE
#include "t.h"
#include <fcntl.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

static char me[4096];

static void show(const char *how, const char *argv0)
{
	char comm[32];
	int f = open("/proc/self/comm", O_RDONLY);
	comm[read(f, comm, sizeof comm) - 1] = 0;
	const char *fn = (const char *)getauxval(AT_EXECFN), *exe = strrchr(me, '/') + 1;
	printf("%s: comm %s file %s argv %s\n", how, strncmp(comm, exe, 15) ? comm : "(program)", !strcmp(fn, me) ? "(program)" : !strncmp(fn, "/proc/", 6) && fn[6] != 's' ? "(parent)" : fn, argv0);
}

int main(int argc, char **argv)
{
	me[readlink("/proc/self/exe", me, sizeof me - 1)] = 0;
	if (argc > 1) {
		show(argv[1], strcmp(argv[0], me) ? argv[0] : "(program)");
		return 0;
	}
	symlink(me, "alink"), symlink("alink", "blink");
	int fd = open(me, O_RDONLY), path = open(me, O_PATH | O_CLOEXEC), st;
	char name[40], *none[] = { NULL }, parent[40];
	dup2(fd, 77);
	sprintf(name, "/proc/self/fd/%d", 77), sprintf(parent, "/proc/%d/exe", getpid());
	FILE *s = fopen("script", "w");
	fprintf(s, "#!%s script\n", me);
	fclose(s), chmod("script", 0755);
	for (int i = 0; i < 8; i++) {
		static char *const how[] = { "/proc/self/exe", "a link", "a link to a link", "fexecve", "execveat", "a descriptor's path", "a script", "the parent's exe" };
		char *args[] = { "other", how[i], NULL };
		fflush(stdout);
		if (fork() == 0) {
			switch (i) {
			case 0: execv("/proc/self/exe", args); break;
			case 1: execv("./alink", args); break;
			case 2: execv("blink", args); break;
			case 3: fexecve(77, args, none); break;
			case 4: execveat(path, "", args, none, AT_EMPTY_PATH); break;
			case 5: execv(name, args); break;
			case 6: execv("script", args); break;
			case 7: execv(strcpy(name, parent), args); break;
			}
			_exit(1);
		}
		wait(&st);
		if (st)
			printf("%s: %x\n", how[i], st);
	}
	return 0;
}
