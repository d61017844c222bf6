// peak FILE PROG ARGS...: runs a program and writes to FILE its peak memory in KiB.
//
// The kernel counts what a process had before it executed a program, so a large process
// that starts a small one sees its own size. This one is small.
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char **argv) {
	if (argc < 3) return 2;
	int status;
	struct rusage r;
	pid_t pid = fork();
	if (pid == 0) {
		execvp(argv[2], argv + 2);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &r) < 0) return 1;
	FILE *f = fopen(argv[1], "w");
	if (!f || fprintf(f, "%ld\n", r.ru_maxrss) < 0 || fclose(f)) return 1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
