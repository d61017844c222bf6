package syscalls

import (
	"os"
	"os/exec"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// later are the calls that came after the headers that distributions have: up to
// Linux 6.18, include/uapi/asm-generic/unistd.h.
var later = map[int]string{
	451: "cachestat", 452: "fchmodat2", 453: "map_shadow_stack", 454: "futex_wake", 455: "futex_wait", 456: "futex_requeue",
	457: "statmount", 458: "listmount", 459: "lsm_get_self_attr", 460: "lsm_set_self_attr", 461: "lsm_list_modules",
	462: "mseal", 463: "setxattrat", 464: "getxattrat", 465: "listxattrat", 466: "removexattrat", 467: "open_tree_attr",
	468: "file_getattr", 469: "file_setattr",
}

// renamed are the header's names that are macros for another.
var renamed = map[string]string{
	"fcntl64": "", "statfs64": "", "fstatfs64": "", "truncate64": "", "ftruncate64": "", "llseek": "", "sendfile64": "",
	"fstatat64": "", "fstat64": "", "mmap2": "", "fadvise64_64": "", "stat64": "", "lstat64": "",
	"syscalls": "", "arch_specific_syscall": "", "sync_file_range2": "", "io_getevents_time64": "", "memfd_secret": "memfd_secret",
}

// TestComplete holds the table against the kernel's header.
func TestComplete(t *testing.T) {
	header := ""
	for _, p := range []string{"/usr/aarch64-linux-gnu/include/asm-generic/unistd.h", "/usr/include/asm-generic/unistd.h"} {
		if b, err := os.ReadFile(p); err == nil {
			header = string(b)
			break
		}
	}
	if header == "" {
		t.Fatal("asm-generic/unistd.h is not there: install the cross compiler (make setup)")
	}
	want := map[int]string{}
	for _, m := range regexp.MustCompile(`#define __NR(?:3264)?_(\w+)\s+(\d+)`).FindAllStringSubmatch(header, -1) {
		nr, _ := strconv.Atoi(m[2])
		if _, skip := renamed[m[1]]; skip && m[1] != "memfd_secret" {
			continue
		}
		if strings.HasSuffix(m[1], "_time64") || nr >= 403 && nr < 424 { // 32-bit only
			continue
		}
		want[nr] = m[1]
	}
	for nr, name := range later {
		want[nr] = name
	}
	if len(want) < 320 {
		t.Fatalf("only %d calls found in the header", len(want))
	}
	names := map[string]string{"fstat": "fstat", "fstatat": "newfstatat", "umount": "umount2"}
	for nr, name := range want {
		if n, ok := names[name]; ok {
			name = n
		}
		switch {
		case nr > MaxNr || Table[nr].How == Absent:
			t.Errorf("%d %s has no row", nr, name)
		case Table[nr].Name != name:
			t.Errorf("%d is %s, its row says %s", nr, name, Table[nr].Name)
		}
	}
	for nr := range Table {
		if Table[nr].How != Absent && want[nr] == "" {
			t.Errorf("%d %s is not a call of arm64", nr, Table[nr].Name)
		}
	}
}

func TestTable(t *testing.T) {
	seen := map[string]bool{}
	for nr := range Table {
		r := &Table[nr]
		if r.How == Absent {
			continue
		}
		if seen[r.Name] {
			t.Errorf("two rows for %s", r.Name)
		}
		seen[r.Name] = true
		if (r.How == Translate) != (translators[nr] != nil) {
			t.Errorf("%s: handling %d and its function do not agree", r.Name, r.How)
		}
		if r.How == Refuse && r.Errno == 0 {
			t.Errorf("%s: refused with success", r.Name)
		}
		if r.How == Pass && r.Host < 0 {
			t.Errorf("%s: passed to no call", r.Name)
		}
		if r.path&^r.ptr != 0 || r.newpath&^r.path != 0 {
			t.Errorf("%s: a path must be a pointer", r.Name)
		}
	}
}

// TestFresh makes sure that the generated files are what arm64.txt says.
func TestFresh(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("go", "run", "./gen", "-o", dir).CombinedOutput(); err != nil {
		t.Fatalf("gen: %v\n%s", err, out)
	}
	for _, f := range []struct{ made, kept string }{{"table_gen.go", "table_gen.go"}, {"syscalls.md", "../docs/syscalls.md"}} {
		a, err := os.ReadFile(dir + "/" + f.made)
		if err != nil {
			t.Fatal(err)
		}
		if b, _ := os.ReadFile(f.kept); string(a) != string(b) {
			t.Errorf("%s is not what arm64.txt says: run go generate", f.kept)
		}
	}
}

// hostNumbers are checked against the host's header by name.
func TestHostNumbers(t *testing.T) {
	b, err := os.ReadFile("/usr/include/x86_64-linux-gnu/asm/unistd_64.h")
	if err != nil {
		t.Fatal(err)
	}
	nr := func(name string) int {
		m := regexp.MustCompile(`__NR_` + name + ` (\d+)`).FindStringSubmatch(string(b))
		if m == nil {
			return -1
		}
		n, _ := strconv.Atoi(m[1])
		return n
	}
	for name, got := range map[string]int{
		"ftruncate": hostFtruncate, "fstat": hostFstat, "close": hostClose, "fstatfs": hostFstatfs, "getdents64": hostGetdents64, "lseek": hostLseek, "munmap": hostMunmap, "ioctl": hostIoctl,
		"preadv": hostPreadv, "pwritev": hostPwritev, "readv": hostReadv, "writev": hostWritev, "sendmsg": hostSendmsg,
		"recvmsg": hostRecvmsg, "setsockopt": hostSetsockopt, "uname": hostUname, "semctl": hostSemctl, "fcntl": hostFcntl,
		"personality": hostPersonality, "futex": hostFutex, "io_submit": hostIoSubmit, "epoll_ctl": hostEpollCtl,
		"mq_open": hostMqOpen, "keyctl": hostKeyctl, "openat": hostOpenat, "newfstatat": hostNewfstatat,
		"readlinkat": hostReadlinkat, "pselect6": hostPselect6, "ppoll": hostPpoll, "rt_sigqueueinfo": hostRtSigqueueinfo,
		"rt_tgsigqueueinfo": hostRtTgsigqueueinfo, "pidfd_send_signal": hostPidfdSendSignal, "vmsplice": hostVmsplice,
		"epoll_pwait": hostEpollPwait, "signalfd4": hostSignalfd4, "recvmmsg": hostRecvmmsg, "fanotify_init": hostFanotifyInit,
		"prlimit64": hostPrlimit64, "open_by_handle_at": hostOpenByHandle, "sendmmsg": hostSendmmsg,
		"process_vm_readv": hostProcessReadv, "process_vm_writev": hostProcessWritev, "memfd_create": hostMemfdCreate,
		"preadv2": hostPreadv2, "pwritev2": hostPwritev2, "statx": hostStatx, "io_pgetevents": hostIoPgetevents,
		"clock_gettime": hostClockGettime, "openat2": hostOpenat2, "process_madvise": hostProcMadvise,
		"epoll_pwait2": hostEpollPwait2, "pipe2": hostPipe2, "dup3": hostDup3, "close_range": hostCloseRange, "futex_waitv": hostFutexWaitv, "statfs": hostStatfs,
	} {
		if want := nr(name); got != want {
			t.Errorf("%s is %d, not %d", name, want, got)
		}
	}
}
