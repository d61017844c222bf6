/* What is refused: the error, and that a program can tell and go on. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/io_uring.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <sys/auxv.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long rc(long r) { return r < 0 ? -errno : r; }

int main(void)
{
	union bpf_attr attr = { .map_type = BPF_MAP_TYPE_ARRAY, .key_size = 4, .value_size = 8, .max_entries = 1 };
	struct io_uring_params par = { .flags = IORING_SETUP_SQPOLL };
	int st;
	pid_t p = fork();
	if (p == 0) {
		pause();
		_exit(0);
	}
	printf("ptrace: traceme %ld attach %ld seize %ld", rc(ptrace(PTRACE_TRACEME, 0, 0, 0)), rc(ptrace(PTRACE_ATTACH, p, 0, 0)), rc(ptrace(PTRACE_SEIZE, p, 0, 0)));
	kill(p, SIGKILL);
	printf(" child %d\n", waitpid(p, &st, 0) == p && WTERMSIG(st) == SIGKILL);
	printf("bpf: map %ld program %ld size %ld\n", rc(syscall(SYS_bpf, BPF_MAP_CREATE, &attr, sizeof attr)), rc(syscall(SYS_bpf, BPF_PROG_LOAD, &attr, sizeof attr)), rc(syscall(SYS_bpf, 0, NULL, 0)));
	printf("rseq: %ld\n", rc(syscall(SYS_rseq, 0, 0, 0, 0)));
	printf("sqpoll: %ld", rc(syscall(SYS_io_uring_setup, 4, &par)));
	par = (struct io_uring_params){ 0 };
	printf(" without %d\n", syscall(SYS_io_uring_setup, 4, &par) >= 0);
	uint32_t action = SECCOMP_RET_USER_NOTIF;
	printf("userfaultfd: events");
	static const uint64_t events[] = { UFFD_FEATURE_EVENT_FORK, UFFD_FEATURE_EVENT_REMAP, UFFD_FEATURE_EVENT_REMOVE, UFFD_FEATURE_EVENT_UNMAP, 0 };
	for (size_t i = 0; i < COUNT(events); i++) {
		int fd = syscall(SYS_userfaultfd, 1 /* UFFD_USER_MODE_ONLY */);
		struct uffdio_api api = { .api = UFFD_API, .features = events[i] };
		long r = rc(ioctl(fd, UFFDIO_API, &api));
		printf(" %ld", r);
		if (r == 0)
			printf(" offered %d", (api.features & (UFFD_FEATURE_EVENT_FORK | UFFD_FEATURE_EVENT_REMAP | UFFD_FEATURE_EVENT_REMOVE | UFFD_FEATURE_EVENT_UNMAP)) != 0);
		close(fd);
	}
	printf("\n");
	printf("seccomp: listener %ld", rc(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action)));
	action = SECCOMP_RET_ERRNO;
	printf(" errno %ld\n", rc(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action)));
	printf("keys: %ld %ld\n", rc(syscall(SYS_pkey_alloc, 0, 0)), rc(syscall(SYS_pkey_free, 1)));
	printf("shadow stack %ld\n", rc(syscall(453, 0, 4096, 0)));
	printf("modules: %ld %ld %ld kexec %ld\n", rc(syscall(SYS_init_module, 0, 0, 0)), rc(syscall(SYS_finit_module, -1, 0, 0)), rc(syscall(SYS_delete_module, 0, 0)), rc(syscall(SYS_kexec_load, 0, 0, 0, 0)));
	/* Numbers without a call: the gaps of arm64's table, what is behind its end, what the host has there. */
	int other = 0;
	static const int gaps[][2] = { { 244, 259 }, { 295, 423 }, { 470, 700 } };
	for (size_t i = 0; i < COUNT(gaps); i++)
		for (int nr = gaps[i][0]; nr <= gaps[i][1]; nr++)
			other += rc(syscall(nr, 0, 0, 0, 0, 0, 0)) != -ENOSYS;
	printf("no call: %d of them something else, %ld %ld\n", other, rc(syscall(-1)), rc(syscall(1 << 20)));
	printf("auxv: vdso %d minsigstksz %lu\n", getauxval(AT_SYSINFO_EHDR) != 0, getauxval(51));
	return 0;
}
