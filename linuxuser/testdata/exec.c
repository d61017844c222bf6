// execve in its forms: exec FORM PATH ARGS... ; with FORM "show" it prints what
// it was started with.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

extern char **environ;

int main(int argc, char **argv)
{
	char *form = argc > 1 ? argv[1] : "show";
	if (!strcmp(form, "show")) {
		sigset_t set;
		struct sigaction sa;
		char exe[4096] = "";
		for (int i = 0; i < argc; i++)
			printf("[%s]", argv[i]);
		sigprocmask(SIG_BLOCK, 0, &set);
		sigaction(SIGHUP, 0, &sa);
		readlink("/proc/self/exe", exe, sizeof exe - 1);
		char *base = strrchr(exe, '/');
		printf(" VAR=%s usr1 %s hup %s execfn %s exe %s fd9 %s files %ld\n", getenv("VAR"),
		       sigismember(&set, SIGUSR1) ? "blocked" : "open", sa.sa_handler == SIG_IGN ? "ignored" : "default",
		       strrchr((char *)getauxval(AT_EXECFN), '/'), base, fcntl(9, F_GETFD) < 0 ? "closed" : "open", sysconf(_SC_OPEN_MAX));
		return 7;
	}
	sigset_t set;
	sigemptyset(&set);
	sigaddset(&set, SIGUSR1);
	sigprocmask(SIG_BLOCK, &set, 0);
	signal(SIGHUP, SIG_IGN);
	setenv("VAR", "value", 1);
	dup2(1, 9);
	if (!strcmp(form, "cloexec"))
		fcntl(9, F_SETFD, FD_CLOEXEC);
	char **args = argv + 3;
	if (!strcmp(form, "fexecve")) {
		int fd = open(argv[2], O_RDONLY | O_CLOEXEC);
		fexecve(fd, args, environ);
	} else if (!strcmp(form, "memfd")) {
		char buf[65536];
		int in = open(argv[2], O_RDONLY), fd = memfd_create("prog", MFD_CLOEXEC), n;
		while ((n = read(in, buf, sizeof buf)) > 0)
			write(fd, buf, n);
		fexecve(fd, args, environ);
	} else if (!strcmp(form, "self")) {
		execv("/proc/self/exe", args);
	} else if (!strcmp(form, "empty")) {
		char *none[] = { 0 };
		execve(argv[2], none, environ);
	} else if (!strcmp(form, "fault")) {
		syscall(SYS_execve, argv[2], 8, 0);
	} else {
		execve(argv[2], args, environ);
	}
	printf("errno %d\n", errno);
	return 1;
}
