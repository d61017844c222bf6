// What is left of a limit of open files: prints the limit, the first descriptor that can be had and
// how many can be, after each of: the start, a fork, a lower limit, a fork under that. In between
// all descriptors that a program may know of are closed, as daemons do, and threads and processes made.
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void *doze(void *arg)
{
	usleep(1000);
	return arg;
}

static void close_all(void)
{
	for (int fd = 3; fd < 2000; fd++)
		close(fd);
}

static void show(const char *when)
{
	struct rlimit limit;
	getrlimit(RLIMIT_NOFILE, &limit);
	int first = -1, n = 0, fd;
	while ((fd = open("/dev/null", O_RDONLY)) >= 0) {
		if (n++ == 0)
			first = fd;
	}
	printf("%s %d %d %d\n", when, (int)limit.rlim_cur, first, n);
	fflush(stdout);
	close_all();
	pthread_t thread;
	if (pthread_create(&thread, NULL, doze, NULL))
		exit(2);
	pthread_join(thread, NULL);
	if (system("exit 5") != 5 << 8)
		exit(3);
}

static void fork_and_show(const char *when)
{
	int status;
	pid_t child = fork();
	if (child == 0) {
		show(when);
		exit(0);
	}
	if (waitpid(child, &status, 0) != child || status != 0)
		exit(4);
}

int main(void)
{
	close_all(); // what the test's caller left
	show("start");
	fork_and_show("child");
	struct rlimit limit = {8, 8};
	if (setrlimit(RLIMIT_NOFILE, &limit))
		exit(1);
	show("lower");
	fork_and_show("child");
	return 0;
}
