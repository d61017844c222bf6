/* Random system calls with hostile arguments: syscall_fuzz SEED CHILDREN CALLS.
 *
 * Each of CHILDREN processes makes CALLS calls and may die of them in any way but
 * one: exit status 2 and 125 are the emulator's own failures. It is to be run in
 * namespaces of its own, in an empty directory. Says how many children ended how. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static uint64_t state;
static uint64_t rnd(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state * 0x2545f4914f6cdd1dull;
}
static uint64_t below(uint64_t n) { return (rnd() >> 11) % n; }

enum { PAGE = 4096, SCRATCH = 64 * PAGE };
static char *scratch, *edge, *readonly;

/* Strings that name something. */
static const char *const names[] = {
	".", "a", "b/c", "", "/proc/self/maps", "/proc/self/exe", "/proc/self/fd", "/proc/thread-self/status",
	"/proc/self/mem", "/dev/null", "/dev/zero", "user.x", "tmpfs", "/proc/self/fd/3", "/proc/self/task",
};

static uint64_t pointer(void)
{
	switch (below(14)) {
	case 0: return 0;
	case 1: return 1;
	case 2: return (uint64_t)edge + PAGE - below(128);	/* ends in a hole */
	case 3: return (uint64_t)readonly + below(PAGE);
	case 4: return 0x7dff00000000 - below(64);	/* the emulator's range */
	case 5: return 0x7e0000000000 + below(1 << 24);
	case 6: return 0x7e1048000000 + below(1 << 24);
	case 7: return 0x7e1000000000 - below(64);
	case 8: return (1ull << (40 + below(24))) - below(2);
	case 9: return (uint64_t)scratch | (below(256) << 56);
	case 10: strcpy(scratch + SCRATCH / 2, names[below(sizeof names / sizeof *names)]); return (uint64_t)scratch + SCRATCH / 2;
	default: return (uint64_t)scratch + below(SCRATCH - PAGE);
	}
}

static uint64_t argument(void)
{
	switch (below(12)) {
	case 0: return 0;
	case 1: return below(16);
	case 2: return 3 + below(8);
	case 3: return 1ull << below(64);
	case 4: return (1ull << below(64)) - 1;
	case 5: return -below(200);
	case 6: return rnd();
	case 7: return 900 + below(200);	/* descriptors of the emulator's */
	case 8: return below(4) * PAGE;
	default: return pointer();
	}
}

/* Random structures, with pointers and small numbers in them. */
static void fill(void)
{
	uint64_t *w = (uint64_t *)scratch;
	for (int i = 0; i < SCRATCH / 8; i++)
		w[i] = below(4) ? 0 : argument();
}

static int skip(long nr)
{
	static const short no[] = {
		SYS_exit, SYS_exit_group, SYS_kill, SYS_tkill, SYS_tgkill, SYS_rt_sigqueueinfo, SYS_rt_tgsigqueueinfo,
		SYS_pidfd_send_signal, SYS_reboot, SYS_clone, SYS_clone3, SYS_setpriority, SYS_swapon, SYS_swapoff, SYS_sync,
		SYS_syncfs, SYS_vhangup, SYS_prlimit64, SYS_setrlimit, SYS_ioprio_set, SYS_process_mrelease,
		SYS_sched_setattr, SYS_sched_setscheduler, SYS_migrate_pages, SYS_settimeofday, SYS_clock_settime,
		SYS_rt_sigreturn, SYS_quotactl, SYS_syslog, SYS_mlockall,
	};
	for (unsigned i = 0; i < sizeof no / sizeof *no; i++)
		if (no[i] == nr)
			return 1;
	return 0;
}

static void one(int verbose)
{
	long nr = below(480);
	if (skip(nr) || (nr >= 245 && nr < 260) || (nr > 294 && nr < 424))
		return;
	uint64_t a[6];
	for (int i = 0; i < 6; i++)
		a[i] = argument();
	if (a[0] < 3)	/* the emulator's last words go to descriptor 2 */
		a[0] = 3;
	switch (nr) {
	case SYS_close: case SYS_dup3:	/* what the parent listens to stays open */
		a[nr == SYS_dup3] = 3 + below(1100);
		break;
	case SYS_close_range:
		a[0] = 3 + below(1100);
		break;
	case SYS_fcntl:
		a[0] = 3 + below(1100);
		a[1] = below(2) ? below(40) : 1024 + below(18);
		break;
	case SYS_mmap: case SYS_mremap: case SYS_munmap: case SYS_madvise:
		if (a[1] > 1 << 24 && nr != SYS_munmap)
			a[1] = below(1 << 24);
		if (a[2] > 1 << 24)
			a[2] = below(1 << 24);
		break;
	case SYS_brk:
		a[0] = (uint64_t)sbrk(0) + below(1 << 20);
		break;
	case SYS_fallocate: case SYS_ftruncate: case SYS_truncate:
		a[0] = 3 + below(50);
		a[1] = below(4);
		a[2] &= 0xfffff;
		a[3] &= 0xfffff;
		break;
	case SYS_ioctl:
		a[0] = 3 + below(20);
		if (below(2))
			a[1] = (below(4) << 30) | (below(64) << 16) | (uint64_t)"TfVPBXr\x89\x12\x94"[below(10)] << 8 | below(256);
		break;
	case SYS_prctl:
		a[0] = below(80);
		break;
	case SYS_unshare: case SYS_setns:
		a[0] &= ~0x100ull;
		break;
	}
	if (verbose) {
		dprintf(2, "%ld(%#lx, %#lx, %#lx, %#lx, %#lx, %#lx)\n", nr, a[0], a[1], a[2], a[3], a[4], a[5]);
	}
	syscall(nr, a[0], a[1], a[2], a[3], a[4], a[5]);
}

static void child(uint64_t seed, int calls, int verbose)
{
	state = seed;
	scratch = mmap(NULL, SCRATCH, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	edge = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(edge + PAGE, PAGE);
	readonly = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	int p[2];
	if (pipe2(p, O_NONBLOCK) || open(".", O_RDONLY) < 0 || open("file", O_RDWR | O_CREAT, 0600) < 0 ||
	    syscall(SYS_memfd_create, "m", 0) < 0 || syscall(SYS_socket, 1, 1, 0) < 0 || syscall(SYS_socket, 2, 2, 0) < 0 ||
	    syscall(SYS_epoll_create1, 0) < 0 || syscall(SYS_eventfd2, 1, O_NONBLOCK) < 0 || open("/proc/self/maps", O_RDONLY) < 0)
		_exit(77);
	for (int i = 0; i < calls; i++) {
		struct itimerval tv = { .it_value = { 0, 20000 } };
		if (i % 16 == 0)
			fill();
		setitimer(ITIMER_REAL, &tv, NULL);
		one(verbose);
	}
	_exit(0);
}

static void nothing(int sig) { (void)sig; }

int main(int argc, char **argv)
{
	if (argc < 4)
		return 64;
	uint64_t seed = strtoull(argv[1], NULL, 0);
	int children = atoi(argv[2]), calls = atoi(argv[3]);
	int exited = 0, killed = 0, hung = 0, bad = 0;
	struct rlimit fsize = { 1 << 24, 1 << 24 }, core = { 0, 0 };
	setrlimit(RLIMIT_FSIZE, &fsize);
	setrlimit(RLIMIT_CORE, &core);
	signal(SIGXFSZ, SIG_IGN);
	struct sigaction sa = { .sa_handler = nothing };	/* calls that sleep end */
	sigaction(SIGALRM, &sa, NULL);
	for (int i = 0; i < children; i++) {
		uint64_t s = (seed + (uint64_t)i) * 0x9e3779b97f4a7c15ull | 1;
		pid_t pid = fork();
		if (pid < 0) {
			perror("fork");
			return 65;
		}
		if (pid == 0) {
			setpgid(0, 0);
			child(s, calls, argc > 4);
		}
		int st = 0, t, got = 0;
		for (t = 0; t < 3000 && got == 0; t++) {
			got = waitpid(pid, &st, WNOHANG);
			if (got == 0) {
				struct timespec ms = { 0, 1000000 };
				nanosleep(&ms, NULL);
			}
		}
		if (got == 0) {
			hung++;
			kill(pid, SIGKILL);
			waitpid(pid, &st, 0);
		} else if (WIFSIGNALED(st)) {
			killed++;
		} else if (WEXITSTATUS(st) == 2 || WEXITSTATUS(st) == 125 || WEXITSTATUS(st) == 77) {
			printf("seed %llu: exit status %d\n", (unsigned long long)seed + i, WEXITSTATUS(st));
			bad++;
		} else {
			exited++;
		}
		/* Whatever it left in its process group. */
		kill(-pid, SIGKILL);
		while (waitpid(-1, NULL, WNOHANG) > 0)
			;
	}
	fprintf(stderr, "%d exited, %d killed, %d did not end\n", exited, killed, hung);
	printf("bad %d\n", bad);
	return bad != 0;
}
