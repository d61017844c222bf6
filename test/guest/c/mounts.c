/* The mount API, new and old, in a mount namespace of the program's own; file handles, attributes,
 * watches, Landlock, counters. */
#define _GNU_SOURCE
#include "t.h"
#include <errno.h>
#include <fcntl.h>
#include <linux/fiemap.h>
#include <linux/fs.h>
#include <linux/landlock.h>
#include <linux/perf_event.h>
#include <poll.h>
#include <sched.h>
#include <sys/fanotify.h>
#include <sys/inotify.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static long rc(long r) { return r < 0 ? -errno : r; }
#define show(what, ...) ({ long v_[] = { __VA_ARGS__ }; printf("%s:", what); for (size_t i_ = 0; i_ < COUNT(v_); i_++) printf(" %ld", v_[i_]); printf("\n"); })
#define fd(e) ({ long fd_ = (e); fd_ < 0 ? -errno : 1; })	/* a descriptor is 1 */

static void save(const char *name, const char *text)
{
	int f = open(name, O_WRONLY);
	if (f < 0 || write(f, text, strlen(text)) < 0)
		printf("%s: %d\n", name, errno);
	close(f);
}

static void mounting(void)
{
	char map[40];
	int uid = getuid(), gid = getgid();
	if (unshare(CLONE_NEWUSER | CLONE_NEWNS)) {
		printf("no namespaces: %d\n", errno);
		return;
	}
	save("/proc/self/setgroups", "deny");
	sprintf(map, "0 %d 1", uid), save("/proc/self/uid_map", map);
	sprintf(map, "0 %d 1", gid), save("/proc/self/gid_map", map);
	mkdir("at", 0755), mkdir("copy", 0755);
	struct statfs sf;
	struct stat st;
	show("fsopen", rc(syscall(430, "no such type", 0)), rc(syscall(430, "tmpfs", 8)), rc(syscall(430, -8, 0)));
	int fs = syscall(430, "tmpfs", 1), m;
	show("fsconfig", rc(syscall(431, fs, 1, "size", "1M", 0)), rc(syscall(431, fs, 1, "mode", "0750", 0)), rc(syscall(431, fs, 1, "nothing", "1", 0)), rc(syscall(431, fs, 1, "size", NULL, 0)), rc(syscall(431, fs, 99, NULL, NULL, 0)), rc(syscall(431, fs, 6, NULL, NULL, 0)), rc(syscall(431, fs, 6, NULL, NULL, 0)));
	char log[200] = "";
	show("its words", read(fs, log, sizeof log) > 0, log[0]);
	show("fsmount", fd(m = syscall(432, fs, 1, 4)), rc(syscall(432, fs, 1, 0)), rc(syscall(432, 0, 0, 0)));
	show("move_mount", rc(syscall(429, m, "", AT_FDCWD, "at", 0)), rc(syscall(429, m, "", AT_FDCWD, "at", 4)), rc(syscall(429, m, "", AT_FDCWD, "at", 4)));
	show("is", rc(statfs("at", &sf)), sf.f_type, sf.f_blocks * sf.f_bsize, stat("at", &st), st.st_mode & 0777);
	int t;
	show("open_tree", fd(t = syscall(428, AT_FDCWD, "at", 1 | O_CLOEXEC)), rc(syscall(428, AT_FDCWD, "at", 2)), rc(syscall(429, t, "", AT_FDCWD, "copy", 4)));
	struct { uint64_t set, clr, propagation, userns; } a = { 1 /* RDONLY */ };
	show("mount_setattr", rc(syscall(442, AT_FDCWD, "copy", 0, &a, sizeof a)), rc(syscall(442, AT_FDCWD, "copy", 0, &a, 8)), rc(syscall(442, AT_FDCWD, "copy", 0, -8, 32)), fd(open("copy/x", O_CREAT | O_WRONLY, 0600)), fd(open("at/x", O_CREAT | O_WRONLY, 0600)), rc(access("copy/x", F_OK)));
	struct statx sx;
	statx(AT_FDCWD, "copy", 0, 0x4000 /* MNT_ID_UNIQUE */, &sx);
	uint64_t req[4] = { sizeof req - 8, sx.stx_mnt_id, 1 | 2 | 4 | 8 | 16 | 32 }, ids[64], rows[128] = { 0 };
	show("statmount", rc(syscall(457, req, rows, sizeof rows, 0)), (rows[0] >> 32) != 0, rows[1], rc(syscall(457, req, rows, 8, 0)), rc(syscall(457, req, -8, sizeof rows, 0)), rc(syscall(457, -8, rows, sizeof rows, 0)));
	req[1] = ~0ul, req[2] = 0;	/* LSMT_ROOT */
	show("listmount", rc(syscall(458, req, ids, 64, 0)) > 1, rc(syscall(458, req, ids, 1, 0)), rc(syscall(458, req, -8, 64, 0)), rc(syscall(458, req, ids, 64, 8)));
	show("fspick", fd(fs = syscall(433, AT_FDCWD, "at", 0)), rc(syscall(431, fs, 1, "size", "2M", 0)), rc(syscall(431, fs, 7, NULL, NULL, 0)), statfs("at", &sf), sf.f_blocks * sf.f_bsize);
	show("open_tree_attr", fd(syscall(467, AT_FDCWD, "at", 1, &a, sizeof a)), fd(syscall(467, AT_FDCWD, "at", 1, &a, 8)));
	show("old calls", rc(syscall(SYS_mount, "none", "copy", "tmpfs", 0, "size=64k,mode=700")), rc(syscall(SYS_mount, "copy", "at", NULL, MS_BIND, NULL)), rc(syscall(SYS_mount, NULL, "at", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL)), fd(open("at/y", O_CREAT | O_WRONLY, 0600)),
	     rc(syscall(SYS_mount, "none", "copy", "no such type", 0, NULL)), rc(syscall(SYS_mount, -8, "copy", "tmpfs", 0, NULL)), rc(syscall(SYS_umount2, "at", 2)), rc(syscall(SYS_umount2, "missing", 0)), rc(syscall(SYS_umount2, "copy", 64)));
	int x = (mount("none", "at", "tmpfs", MS_NOEXEC, NULL), open("at/x", O_CREAT | O_RDWR, 0755));
	ftruncate(x, 8192);
	char *in = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, x, 0);
	show("no programs there", rc(syscall(SYS_mmap, NULL, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, x, 0)), rc(syscall(SYS_mmap, in, 4096, PROT_EXEC, MAP_SHARED | MAP_FIXED, x, 0)), rc(mprotect(in, 4096, PROT_READ | PROT_EXEC)), (in[5000] = 1, in[0]), rc(access("at/x", X_OK)),
	     rc(execl("at/x", "x", NULL)), rc(syscall(SYS_mmap, NULL, 4096, PROT_EXEC, MAP_PRIVATE, open("/dev/zero", O_RDONLY), 0)) > 0);
	umount("at");
	FILE *f = fopen("/proc/self/mountinfo", "r");
	char line[4096];
	int mine = 0;
	while (fgets(line, sizeof line, f))
		mine += strstr(line, "/copy ") && strstr(line, " tmpfs ");
	fclose(f);
	show("mountinfo", mine);
}

static void handles(void)
{
	char b[8 + 128];
	unsigned *h = (unsigned *)b;
	int id = -1, f = open("file", O_CREAT | O_RDWR, 0640);
	h[0] = 0;
	show("handle size", rc(syscall(SYS_name_to_handle_at, AT_FDCWD, "file", h, &id, 0)), h[0] > 0 || errno == EOPNOTSUPP);
	h[0] = 128;
	show("handle", rc(syscall(SYS_name_to_handle_at, f, "", h, &id, AT_EMPTY_PATH)) <= 0, rc(syscall(SYS_name_to_handle_at, f, "", h, &id, 0x8000)), rc(syscall(SYS_name_to_handle_at, AT_FDCWD, "missing", h, &id, 0)));
	struct { uint64_t xflags; uint32_t extsize, nextents, projid, cow; } a = { 0 };
	show("file_getattr", rc(syscall(468, AT_FDCWD, "file", &a, sizeof a, 0)) <= 0, rc(syscall(468, AT_FDCWD, "file", &a, 8, 0)), rc(syscall(468, AT_FDCWD, "missing", &a, sizeof a, 0)), rc(syscall(469, AT_FDCWD, "file", -8, sizeof a, 0)));
	int flags = 0;
	struct { uint64_t start, len; uint32_t flags, mapped, count, reserved; } fm = { 0, -1ul, 1, 0, 0 };
	pwrite(f, "data", 4, 0);
	long e = rc(ioctl(f, FS_IOC_FIEMAP, &fm));
	show("fiemap", e == 0 || e == -EOPNOTSUPP, e ? 1 : fm.mapped, rc(ioctl(f, FICLONE, 99)), rc(ioctl(f, FIGETBSZ, &flags)), flags >= 512, rc(ioctl(f, FIONREAD, &flags)), flags, rc(ioctl(f, 0x5460 /* FIOQSIZE */, &(long){ 0 })));
	show("fallocate", rc(fallocate(f, 0, 0, 8192)), rc(fallocate(f, FALLOC_FL_PUNCH_HOLE, 0, 8192)), rc(fallocate(f, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 0, 4096)), rc(fallocate(f, 0, -1, 1)), rc(fallocate(f, 0x1000, 0, 1)), rc(lseek(f, 0, SEEK_HOLE)), rc(lseek(f, 8192, SEEK_DATA)));
	struct { uint64_t off, len; } range = { 0, 0 };
	uint64_t stat_[5];
	show("cachestat", rc(syscall(451, f, &range, stat_, 0)), rc(syscall(451, f, &range, stat_, 1)), rc(syscall(451, 99, &range, stat_, 0)));
	int p[2];
	pipe(p);
	off_t in = 0, out = 4096;
	show("copies", rc(copy_file_range(f, &in, f, &out, 100, 0)), in, out - 4096, rc(copy_file_range(f, NULL, p[1], NULL, 5, 0)), rc(splice(f, &in, p[1], NULL, 50, 0)), in, rc(tee(p[0], p[1], 5, 0)), rc(splice(p[0], NULL, p[1], NULL, 1, 8 << 10)));
	show("deleted", rc(unlink("file")), access("/proc/self/fd/3", F_OK));
	close(f), close(p[0]), close(p[1]);
}

static void watches(void)
{
	char b[1024] __attribute__((aligned(8)));
	int in = inotify_init1(IN_NONBLOCK), w = inotify_add_watch(in, ".", IN_CREATE | IN_MOVE | IN_DELETE | IN_CLOSE_WRITE);
	close(open("one", O_CREAT | O_WRONLY, 0600));
	rename("one", "two"), unlink("two");
	long n = read(in, b, sizeof b);
	uint32_t cookie = 0;
	printf("inotify:");
	for (char *p = b; p < b + n; p += sizeof(struct inotify_event) + ((struct inotify_event *)p)->len) {
		struct inotify_event *e = (void *)p;
		printf(" %x %s %d", e->mask, e->name, e->cookie ? (cookie ? e->cookie == cookie : (cookie = e->cookie, 2)) : 0);
	}
	printf("\n");
	show("and", rc(read(in, b, sizeof b)), rc(read(in, b, 1)), rc(inotify_rm_watch(in, w)), rc(inotify_rm_watch(in, w)), rc(inotify_add_watch(in, "missing", IN_CREATE)), rc(inotify_add_watch(in, ".", 0)), rc(inotify_init1(1)));
	int fa = fanotify_init(FAN_CLASS_NOTIF | FAN_REPORT_FID | FAN_NONBLOCK, O_RDONLY | O_NOFOLLOW);
	show("fanotify", fd(fa), rc(fanotify_mark(fa, FAN_MARK_ADD, FAN_CREATE | FAN_ONDIR, AT_FDCWD, ".")) <= 0, rc(fanotify_mark(fa, 0x40000000, FAN_CREATE, AT_FDCWD, ".")), rc(fanotify_init(0xffff, 0)));
	close(in), close(fa);
}

static void fences(void)
{
	fflush(stdout);
	pid_t p = fork();
	if (p == 0) {
		struct landlock_ruleset_attr a = { .handled_access_fs = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE };
		show("landlock", rc(syscall(444, NULL, 0, 1)) > 0, rc(syscall(444, NULL, 0, 9)), rc(syscall(444, &a, 4, 0)), rc(syscall(444, -8, 8, 0)));
		mkdir("in", 0755), close(open("in/f", O_CREAT | O_WRONLY, 0600)), close(open("out", O_CREAT | O_WRONLY, 0600));
		int r = syscall(444, &a, 8, 0);
		struct landlock_path_beneath_attr in = { LANDLOCK_ACCESS_FS_READ_FILE, open("in", O_PATH) };
		show("rule", fd(r), rc(syscall(445, r, 1, &in, 0)), rc(syscall(445, r, 77, &in, 0)), rc(syscall(445, r, 1, -8, 0)), rc(syscall(446, r, 0x100)));
		prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
		show("restricted", rc(syscall(446, r, 0)), fd(open("in/f", O_RDONLY)), fd(open("in/f", O_WRONLY)), fd(open("out", O_RDONLY)), fd(open("/proc/self/status", O_RDONLY)));
		fflush(stdout);
		if (fork() == 0) {
			show("in a child", fd(open("in/f", O_RDONLY)), fd(open("out", O_RDONLY)));
			fflush(stdout);
			_exit(0);
		}
		wait(NULL);
		_exit(0);
	}
	waitpid(p, NULL, 0);
	struct perf_event_attr pe = { .type = PERF_TYPE_SOFTWARE, .size = sizeof pe, .config = PERF_COUNT_SW_TASK_CLOCK, .disabled = 1, .exclude_kernel = 1, .exclude_hv = 1 };
	int e = syscall(SYS_perf_event_open, &pe, 0, -1, -1, 0);
	uint64_t n = 0, id = 0;
	show("perf", fd(e), rc(ioctl(e, PERF_EVENT_IOC_ENABLE, 0)));
	for (volatile int i = 0; i < 100000; i++)
		;
	show("counts", rc(ioctl(e, PERF_EVENT_IOC_DISABLE, 0)), rc(read(e, &n, 8)), n > 0 || e < 0, rc(ioctl(e, PERF_EVENT_IOC_ID, &id)), rc(ioctl(e, PERF_EVENT_IOC_ID, -8)));
	pe.type = 999;
	show("none such", rc(syscall(SYS_perf_event_open, &pe, 0, -1, -1, 0)), rc(syscall(SYS_perf_event_open, &pe, 0, -1, -1, 1 << 20)), rc(syscall(SYS_perf_event_open, -8, 0, -1, -1, 0)));
}

int main(void)
{
	setvbuf(stdout, NULL, _IOLBF, 0);
	handles();
	watches();
	fences();
	mounting();
	return 0;
}
