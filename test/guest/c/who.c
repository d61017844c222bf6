/* Who runs it, and as what: for tests of how it was started. With arguments
 * "exec PATH ARGV..." it executes another program, or with "spawn" waits for it. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	if (argc > 3 && (strcmp(argv[1], "exec") == 0 || strcmp(argv[1], "spawn") == 0)) {
		int status = 0;
		if (argv[1][0] == 's' && fork() > 0) {
			wait(&status);
			return WIFEXITED(status) ? WEXITSTATUS(status) : 99;
		}
		execv(argv[2], argv + 3);
		printf("exec: %s\n", strerror(errno));
		return 98;
	}
	printf("argv");
	for (int i = 0; i < argc; i++)
		printf(" [%s]", argv[i]);
	printf("\nexecfn %s\n", (const char *)getauxval(AT_EXECFN));
	printf("uid %d euid %d secure %lu\n", (int)getuid(), (int)geteuid(), getauxval(AT_SECURE));
	const char *v = getenv("WHO");
	printf("WHO %s\n", v ? v : "(none)");
	return 7;
}
