package doctor

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"armature/binfmt"
	"armature/rootfs"

	"golang.org/x/sys/unix"
)

// Check looks at one thing that a mode needs.
type Check struct {
	Mode string
	Name string
	look func(*machine) finding
}

// Checks are all of them.
var Checks = []Check{
	{"run", "processor", checkCPU},
	{"run", "address space", checkAddressSpace},
	{"run", "an ARM program", checkDirect},
	{"binfmt", "kernel support", checkBinfmt},
	{"binfmt", "handler", checkHandler},
	{"binfmt", "an ARM program by the kernel", checkLive},
	{"binfmt", "at the next boot", checkPersist},
	{"chroot", "rights", checkRights},
	{"chroot", "kernel", checkMounts},
	{"chroot", "user IDs", checkSubIDs},
	{"chroot", "own binfmt_misc", checkOwnBinfmt},
	{"build", "overlay file system", checkOverlay},
	{"build", "a tree", checkTrees},
	{"rootfs", "kernel", checkOpenat2},
	{"rootfs", "bootstrap", checkBootstrap},
	{"rootfs", "keys of the distribution", checkKeyring},
	{"image", "mke2fs", checkMke2fs},
	{"cache", "directory", checkCache},
	{"gdb", "debugger", checkGDB},
}

type finding struct {
	status     Status
	found, fix string
}

func ok(format string, a ...any) finding { return finding{OK, fmt.Sprintf(format, a...), ""} }

// machine keeps what several checks look at.
type machine struct {
	status    *binfmt.Status
	statusErr error
}

func (m *machine) binfmt() (*binfmt.Status, error) {
	if m.status == nil && m.statusErr == nil {
		m.status, m.statusErr = binfmt.Inspect(binfmt.AArch64, "")
	}
	return m.status, m.statusErr
}

func root() bool { return os.Geteuid() == 0 }

// sudo puts the word before a command if the user needs it.
func sudo(command string) string {
	if root() {
		return command
	}
	return "sudo " + command
}

// install names the command that installs a package.
func install(pkg string) string {
	if _, err := exec.LookPath("apt"); err == nil {
		return sudo("apt install " + pkg)
	}
	return "install it with your distribution's tools (Debian's package is " + pkg + ")"
}

// kernel gives the kernel's version.
func kernel() (major, minor int, release string) {
	var u unix.Utsname
	if unix.Uname(&u) == nil {
		release = unix.ByteSliceToString(u.Release[:])
		fmt.Sscanf(release, "%d.%d", &major, &minor)
	}
	return
}

func kernelAtLeast(major, minor int) bool {
	ma, mi, _ := kernel()
	return ma > major || ma == major && mi >= minor
}

// readInt reads a file with a number; -1 if there is none.
func readInt(path string) int {
	b, err := os.ReadFile(path)
	n, err2 := strconv.Atoi(strings.TrimSpace(string(b)))
	if err != nil || err2 != nil {
		return -1
	}
	return n
}

func checkCPU(*machine) finding {
	if runtime.GOARCH != "amd64" {
		return finding{Problem, "not an x86-64 machine", "Armature runs on x86-64 only"}
	}
	b, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		return finding{Problem, err.Error(), "mount /proc"}
	}
	has := map[string]bool{}
	for line := range strings.Lines(string(b)) {
		if name, list, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "flags" {
			for _, f := range strings.Fields(list) {
				has[f] = true
			}
			break
		}
	}
	lacks := func(names ...string) (list []string) {
		for _, n := range names {
			if !has[n] {
				list = append(list, n)
			}
		}
		return list
	}
	if l := lacks("cx16", "popcnt", "ssse3", "sse4_1", "sse4_2"); l != nil {
		return finding{Problem, "it lacks " + strings.Join(l, ", "), "take a machine, or for a virtual one a CPU model, of level x86-64-v2 or later"}
	}
	if l := lacks("avx", "avx2", "bmi1", "bmi2", "fma", "movbe", "f16c"); l != nil {
		return finding{Limited, "it lacks " + strings.Join(l, ", ") + ", so SIMD and floating point are slower", "give a virtual machine the host's CPU model"}
	}
	return ok("x86-64-v3 or later")
}

func checkAddressSpace(*machine) finding {
	var l unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_AS, &l); err == nil && l.Cur != unix.RLIM_INFINITY {
		return finding{Limited, fmt.Sprintf("limited to %d MiB; the emulator reserves more than it uses", l.Cur>>20), "ulimit -v unlimited"}
	}
	if n := readInt("/proc/sys/vm/mmap_min_addr"); n > 0x10000 {
		return finding{Limited, fmt.Sprintf("nothing may lie below %#x, where some programs want to be", n), sudo("sysctl vm.mmap_min_addr=65536")}
	}
	return ok("not limited")
}

// probeTime is how long the test program may take on a busy machine.
const probeTime = 20 * time.Second

func checkDirect(*machine) finding {
	prog, err := binfmt.TestProgram(binfmt.AArch64)
	if err != nil {
		return finding{Problem, "a test program cannot be made: " + err.Error(), "make room in TMPDIR"}
	}
	defer prog.Close()
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "/proc/self/fd/3")
	cmd.Args[0] = "armature-aarch64"
	cmd.ExtraFiles = []*os.File{prog}
	cmd.Env = []string{}
	var msg bytes.Buffer
	cmd.Stderr = &msg
	cmd.Stdin, err = os.Open(os.DevNull)
	if err != nil {
		return finding{Problem, err.Error(), "make " + os.DevNull}
	}
	err = cmd.Run()
	var exit *exec.ExitError
	if errors.As(err, &exit) && exit.ExitCode() == binfmt.TestStatus {
		return ok("runs")
	}
	return finding{Problem, fmt.Sprintf("does not run (%v): %s", err, strings.TrimSpace(msg.String())),
		"see whether a security module or seccomp filter forbids executable memory"}
}

func checkBinfmt(m *machine) finding {
	s, err := m.binfmt()
	switch {
	case err != nil:
		return finding{Problem, err.Error(), ""}
	case !s.Mounted:
		return finding{Limited, "binfmt_misc is not mounted", sudo("armature binfmt install") + " mounts it (the kernel's module is binfmt_misc)"}
	case !s.Enabled:
		return finding{Problem, "binfmt_misc is switched off", "echo 1 > /proc/sys/fs/binfmt_misc/status, as root"}
	}
	return ok("mounted and enabled")
}

func checkHandler(m *machine) finding {
	s, err := m.binfmt()
	if err != nil {
		return finding{Problem, err.Error(), ""}
	}
	var other string
	for _, h := range s.Handlers {
		switch {
		case !h.Ours && h.Enabled:
			other = h.Name + " (" + h.Interpreter + ")"
		case !h.Ours:
		case !h.Enabled:
			return finding{Problem, "Armature is registered, but disabled", "echo 1 > /proc/sys/fs/binfmt_misc/" + h.Name + ", as root"}
		case h.Stale:
			return finding{Limited, h.Problem, sudo("armature binfmt install") + " registers the program as it is now"}
		case !h.Flags.Has('C'):
			return finding{Limited, h.Interpreter + ", without flag C: sudo and su do not work in a chroot", sudo("armature binfmt install --flags POCF")}
		default:
			return ok("%s, flags %s", h.Interpreter, h.Flags)
		}
	}
	if other != "" {
		return finding{Problem, "ARM programs are handled by " + other, sudo("armature binfmt install --replace") + " takes its place until binfmt remove"}
	}
	return finding{Problem, "no handler of ARM programs", sudo("armature binfmt install")}
}

func checkLive(m *machine) finding {
	s, err := m.binfmt()
	switch {
	case err != nil:
		return finding{Problem, err.Error(), ""}
	case !s.Live.OK:
		return finding{Problem, s.Live.Error, sudo("armature binfmt install")}
	}
	return ok("run by %s", s.Live.Interpreter)
}

func checkPersist(m *machine) finding {
	s, err := m.binfmt()
	switch {
	case err != nil:
		return finding{Problem, err.Error(), ""}
	case s.Persisted == "":
		return finding{Limited, "Armature is not registered then", sudo("armature binfmt install --persist")}
	}
	return ok("registered by %s", s.Persisted)
}

// unprivileged are the settings that keep user namespaces from users.
var unprivileged = []struct {
	path string
	bad  int
	fix  string
}{
	{"/proc/sys/user/max_user_namespaces", 0, "sysctl user.max_user_namespaces=15000"},
	{"/proc/sys/kernel/unprivileged_userns_clone", 0, "sysctl kernel.unprivileged_userns_clone=1"},
	{"/proc/sys/kernel/apparmor_restrict_unprivileged_userns", 1, "sysctl kernel.apparmor_restrict_unprivileged_userns=0"},
}

func checkRights(*machine) finding {
	var fixes []string
	for _, s := range unprivileged {
		if readInt(s.path) == s.bad {
			fixes = append(fixes, sudo(s.fix))
		}
	}
	if root() {
		// A container's root may lack the right to mount.
		if err := try(syscall.CLONE_NEWNS | syscall.CLONE_NEWPID); err != nil {
			return finding{Problem, "root, but not allowed to make namespaces: " + err.Error(), "give the container CAP_SYS_ADMIN, or run armature as a user in it"}
		}
		if fixes != nil {
			return finding{Limited, "works for root; users cannot make user namespaces", strings.Join(fixes, "; ")}
		}
		return ok("root, and users by user namespaces")
	}
	if err := try(syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID); err != nil {
		if fixes == nil {
			fixes = []string{"be root; a container or security module forbids user namespaces"}
		}
		return finding{Problem, "no user namespaces: " + err.Error(), strings.Join(fixes, "; ")}
	}
	return ok("not root, by user namespaces")
}

// try starts a program in new namespaces.
func try(flags uintptr) error {
	ctx, cancel := context.WithTimeout(context.Background(), probeTime)
	defer cancel()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", "version")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
	return cmd.Run()
}

func checkMounts(*machine) finding {
	_, _, release := kernel()
	switch {
	case !kernelAtLeast(5, 2):
		return finding{Problem, "Linux " + release + " is too old", "use Linux 5.12 or later"}
	case !kernelAtLeast(5, 12):
		return finding{Limited, "Linux " + release + ": nothing can be bound read-only, nor a project mapped to its owner", "use Linux 5.12 or later"}
	}
	return ok("Linux %s", release)
}

func checkSubIDs(*machine) finding {
	if root() {
		return ok("root has all of them")
	}
	name := strconv.Itoa(os.Getuid())
	ids := []string{name}
	if u, err := user.Current(); err == nil {
		name = u.Username
		ids = append(ids, name)
	}
	const limited = "only root exists inside, so apt, dpkg and sudo may fail: "
	for _, file := range []string{"/etc/subuid", "/etc/subgid"} {
		b, _ := os.ReadFile(file)
		found := false
		for line := range strings.Lines(string(b)) {
			who, _, _ := strings.Cut(line, ":")
			found = found || who == ids[0] || who == ids[len(ids)-1]
		}
		if !found {
			return finding{Limited, limited + file + " has no range for " + name,
				"sudo usermod --add-subuids 100000-165535 --add-subgids 100000-165535 " + name}
		}
	}
	for _, p := range []string{"newuidmap", "newgidmap"} {
		if _, err := rootfs.FindTool(p); err != nil {
			return finding{Limited, limited + p + " is not installed", install("uidmap")}
		}
	}
	return ok("subordinate IDs for %s", name)
}

func checkOwnBinfmt(*machine) finding {
	_, _, release := kernel()
	if root() {
		return finding{} // it uses the machine's
	}
	if !kernelAtLeast(6, 7) {
		return finding{Limited, "Linux " + release + ": native programs in a tree start ARM ones only with a handler on the machine", sudo("armature binfmt install") + ", or Linux 6.7 or later"}
	}
	return ok("Linux %s has one in each user namespace", release)
}

func checkOverlay(*machine) finding {
	b, _ := os.ReadFile("/proc/filesystems")
	if !strings.Contains(string(b), "\toverlay\n") {
		_, _, release := kernel()
		if m, _ := filepath.Glob("/lib/modules/" + release + "/kernel/fs/overlayfs/*"); len(m) > 0 {
			return finding{Limited, "not loaded", sudo("modprobe overlay")}
		}
		return finding{Problem, "the kernel has none", "use a kernel with CONFIG_OVERLAY_FS"}
	}
	if !root() && !kernelAtLeast(5, 11) {
		_, _, release := kernel()
		return finding{Problem, "Linux " + release + " has none for users", "be root, or use Linux 5.11 or later"}
	}
	return ok("there")
}

// TreeDirs gives the directories where trees are found by name. The command line
// sets it.
var TreeDirs = func() []string { return nil }

func checkTrees(*machine) finding {
	n := 0
	for _, d := range TreeDirs() {
		list, _ := os.ReadDir(d)
		for _, e := range list {
			if e.IsDir() {
				if _, err := os.Lstat(filepath.Join(d, e.Name(), rootfs.Marker)); err != nil {
					n++
				}
			}
		}
	}
	if n == 0 {
		dir := "DIR"
		if d := TreeDirs(); len(d) > 0 {
			dir = filepath.Join(d[0], "bookworm")
		}
		return finding{Limited, "none of a name yet", "armature rootfs bootstrap debian:bookworm " + dir}
	}
	return ok("%s", count(n, "tree"))
}

func checkOpenat2(*machine) finding {
	how := unix.OpenHow{Flags: unix.O_PATH | unix.O_CLOEXEC, Resolve: unix.RESOLVE_IN_ROOT}
	fd, err := unix.Openat2(unix.AT_FDCWD, ".", &how)
	if err != nil {
		return finding{Problem, "openat2 does not work: " + err.Error(), "use Linux 5.6 or later, and no seccomp filter that forbids it"}
	}
	unix.Close(fd)
	return ok("can confine an archive to its directory")
}

func checkBootstrap(m *machine) finding {
	var have []string
	for _, p := range []string{"debootstrap", "mmdebstrap", "apt-get"} {
		if _, err := rootfs.FindTool(p); err == nil {
			have = append(have, p)
		}
	}
	if have == nil {
		return finding{Problem, "neither debootstrap nor mmdebstrap nor apt is installed", install("debootstrap")}
	}
	return ok("%s", strings.Join(have, ", "))
}

func checkKeyring(*machine) finding {
	if _, err := os.Stat(rootfs.DebianKeyring); err != nil {
		return finding{Limited, "Debian's are not installed, so its packages cannot be verified", install("debian-archive-keyring")}
	}
	if _, err := rootfs.FindTool("gpgv"); err != nil {
		return finding{Limited, "gpgv, which verifies with them, is not installed", install("gpgv")}
	}
	return ok("Debian's")
}

func checkMke2fs(*machine) finding {
	p, err := rootfs.FindTool("mke2fs")
	if err != nil {
		return finding{Problem, "it is not installed", install("e2fsprogs")}
	}
	return ok("%s", p)
}

// CacheDirs gives the directories where translations are kept, in the order in which
// they are tried. The command line sets it.
var CacheDirs = func() []string { return nil }

func checkCache(*machine) finding {
	dirs := CacheDirs()
	for _, d := range dirs {
		// What is not there is made, if the nearest folder above permits.
		at := d
		for at != "/" && at != "." {
			if _, err := os.Stat(at); err == nil {
				break
			}
			at = filepath.Dir(at)
		}
		if unix.Access(at, unix.W_OK) == nil {
			return ok("translations are kept in %s", d)
		}
	}
	return finding{Limited, "no directory for translations can be written", "set HOME, XDG_CACHE_HOME or ARMATURE_CACHE to one that can"}
}

func checkGDB(*machine) finding {
	for _, p := range []string{"gdb-multiarch", "aarch64-linux-gnu-gdb"} {
		if path, err := rootfs.FindTool(p); err == nil {
			return ok("%s", path)
		}
	}
	if path, err := rootfs.FindTool("gdb"); err == nil {
		ctx, cancel := context.WithTimeout(context.Background(), probeTime)
		defer cancel()
		out, _ := exec.CommandContext(ctx, path, "-nx", "-batch", "-ex", "set architecture aarch64").CombinedOutput()
		if strings.Contains(string(out), `set to "aarch64"`) {
			return ok("%s", path)
		}
		return finding{Problem, path + " knows no ARM", install("gdb-multiarch")}
	}
	return finding{Problem, "none that knows ARM is installed", install("gdb-multiarch")}
}
