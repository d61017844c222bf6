package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// packagePrepare and packageBuild are a packager's day: $A is Armature, $T a folder.
const (
	packageBootstrap = `$A rootfs bootstrap --variant minbase debian:bookworm $T/tree
`
	// Where there are no tools for it; the signal comes when the tree's programs are at work.
	bootstrapByApt = `unshare --mount /bin/sh -euc '
for t in debootstrap mmdebstrap; do mount --bind /dev/null $(command -v $t); done
exec $A rootfs bootstrap --variant minbase debian:bookworm $T/other'`
	packageTree = `tree() { $A chroot --env DEBIAN_FRONTEND=noninteractive --workdir /root $T/tree "$@"; }
`
	packagePrepare = packageBootstrap + packageTree + `
sed -n 's/^deb /deb-src /p' $T/tree/etc/apt/sources.list >$T/src
cat $T/src >>$T/tree/etc/apt/sources.list
tree apt-get -qq update
tree apt-get -qq -y --no-install-recommends install build-essential
tree apt-get -qq -y --no-install-recommends build-dep zlib
tree apt-get -qq source zlib
cp -a $T/tree/root/zlib-*/ $T/project
`
	packageBuild = packageTree + `
tree sh -c 'cd zlib-*/ && dpkg-buildpackage -us -uc -b'
tree sh -c 'dpkg -i zlib1g_*_arm64.deb zlib1g-dev_*_arm64.deb
printf "#include <zlib.h>\n#include <stdio.h>\nint main(void) { puts(zlibVersion()); }\n" >z.c
gcc z.c -lz -o z && echo "version $(./z) $(uname -m)"'
`
	// With a handler, the kernel runs the tree's programs: as a tool that knows nothing of
	// Armature would, and out of the tree.
	packageRegister = `
$A binfmt install
chroot $TREE sh -c 'cd /root; ./z; uname -m; dpkg --print-architecture; cp z /z'
$TREE/root/z 2>/dev/null || echo "its libraries are not the host's"
$A chroot $TREE gcc -static -o /root/zs /root/z.c -lz
$TREE/root/zs
rm $TREE/z
$A binfmt remove
$TREE/root/zs 2>/dev/null || echo "exit $?"
`
)

func itoa(n int) string { return strconv.Itoa(n) }

// packager runs Armature's commands on a folder.
type packager struct {
	t   *testing.T
	dir string
	env []string
}

// command is a script in a process group of its own.
func (p *packager) command(script string) *exec.Cmd {
	cmd := exec.Command("/bin/sh", "-euc", script)
	cmd.Env, cmd.Dir = p.env, p.dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	return cmd
}

func (p *packager) run(script string) string {
	p.t.Helper()
	start := time.Now()
	cmd := p.command(script)
	stop := p.t.Context()
	done := make(chan struct{})
	defer close(done)
	go func() {
		select {
		case <-stop.Done():
			syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
		case <-done:
		}
	}()
	out, err := cmd.CombinedOutput()
	if err != nil {
		p.t.Fatalf("%v\n%s", err, tail(string(out), 60))
	}
	p.t.Logf("%v", time.Since(start).Round(time.Second))
	return string(out)
}

// watched is output that tells when it has had some text.
type watched struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	text string
	seen chan struct{}
}

func (w *watched) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	before := bytes.Contains(w.buf.Bytes(), []byte(w.text))
	w.buf.Write(b)
	if !before && bytes.Contains(w.buf.Bytes(), []byte(w.text)) {
		close(w.seen)
	}
	return len(b), nil
}

func (w *watched) String() string {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.buf.String()
}

// kill starts a script, waits until its output has the text when, and sends it a signal,
// or with group its process group. Nothing may be left then.
func (p *packager) kill(name, script, when string, sig syscall.Signal, group bool) {
	p.t.Run(name, func(t *testing.T) {
		w := &watched{text: when, seen: make(chan struct{})}
		cmd := p.command("exec " + script)
		cmd.Stdout, cmd.Stderr = w, w
		// What outlives it and has its output keeps Wait for no longer than that.
		cmd.WaitDelay = runLimit
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- cmd.Wait() }()
		select {
		case <-w.seen:
		case err := <-ended:
			t.Fatalf("it ended too early: %v\n%s", err, tail(w.String(), 30))
		}
		pid := cmd.Process.Pid
		if group {
			pid = -pid
		}
		syscall.Kill(pid, sig)
		if err := <-ended; err == nil {
			t.Errorf("it ended well:\n%s", tail(w.String(), 10))
		}
		nothingLeft(t, p.dir)
	})
}

// TestPackage makes a Debian tree, and in it builds a package of Debian's from its
// source, with its test suite, and uses it. On the way, each step is begun and killed:
// what is there goes on, and nothing else is left.
func TestPackage(t *testing.T) {
	if *emuFlag != "" {
		t.Log("not Armature")
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	a, cache, registered := filepath.Join(root, "bin", "armature"), filepath.Join(dir, "cache"), handlers()
	p := &packager{t: t, dir: dir, env: append(os.Environ(), "A="+a, "T="+dir, "ARMATURE_CACHE="+cache, "XDG_CACHE_HOME="+cache)}
	if err := os.Mkdir(cache, 0o700); err != nil {
		t.Fatal(err)
	}
	tree := filepath.Join(dir, "tree")
	p.kill("bootstrap killed", packageBootstrap, "Extracting libc6", syscall.SIGKILL, false)
	if _, err := os.Stat(tree); err != nil {
		t.Errorf("after SIGKILL there is nothing to go on with: %v", err)
	}
	if out := p.run(packagePrepare); !strings.Contains(out, "starting again") {
		t.Errorf("the interrupted bootstrap did not start again:\n%s", out)
	}
	if st, err := os.Stat(filepath.Join(tree, "run/lock")); err != nil || st.Mode() != os.ModeDir|os.ModeSticky|0o777 {
		t.Errorf("/run/lock of the tree: %v, %v", st, err)
	}
	build := `$A build --rootfs $T/tree --project $T/project `
	p.kill("bootstrap by apt interrupted", bootstrapByApt, "Setting up base-passwd", syscall.SIGINT, false)
	if _, err := os.Stat(filepath.Join(dir, "other")); !os.IsNotExist(err) {
		t.Errorf("after SIGINT the directory is there: %v", err)
	}
	p.kill("apt killed", build+`-- apt-get -y install bc`, "Unpacking bc", syscall.SIGKILL, false)
	for _, c := range []struct {
		name  string
		sig   syscall.Signal
		group bool
	}{{"SIGTERM", syscall.SIGTERM, false}, {"SIGINT to all", syscall.SIGINT, true}, {"SIGKILL to all", syscall.SIGKILL, true}} {
		p.kill("build, "+c.name, build+`-- sh -c './configure && exec make'`, "adler32.o", c.sig, c.group)
	}
	// A handler of its own goes with those who use it.
	p.kill("registered and killed", `unshare --user --map-root-user --mount --pid --fork --kill-child /bin/sh -euc '
mount -t proc proc /proc; $A binfmt install; chroot $T/tree sh -c "uname -m; sleep 1000"'`, "aarch64\n", syscall.SIGKILL, false)

	out := p.run(packageBuild)
	for _, want := range []string{"*** zlib test OK ***", "*** zlib 64-bit test OK ***", "dpkg-deb: building package 'zlib1g'", "version 1.2.13 aarch64"} {
		if !strings.Contains(out, want) {
			t.Errorf("no %q in\n%s", want, tail(out, 60))
		}
	}
	expectLong(t, "TREE="+tree+packageRegister, `
			aarch64 programs now run by $A-aarch64 (flags POCF)
			1.2.13
			aarch64
			arm64
			its libraries are not the host's
			1.2.13
			removed armature-aarch64
			exit 126`)
	nativePrograms(p)
	systemd(p)
	nothingLeft(t, dir)
	if out, err := exec.Command(a, "rootfs", "remove", tree).CombinedOutput(); err != nil {
		t.Errorf("remove: %v\n%s", err, out)
	}
	if _, err := os.Lstat(tree); !os.IsNotExist(err) {
		t.Errorf("the tree is still there: %v", err)
	}
	if now := handlers(); now != registered {
		t.Errorf("handlers of the machine were\n%s\nand are\n%s", registered, now)
	}
}

// nativePrograms: with --native-tools the tree's shell and make are the host's where they
// are the same, root needs no handler for it, and the results are the same.
func nativePrograms(p *packager) {
	const script = `
$A chroot --native-tools $T/tree sh -euc '
	echo "programs $(grep -c -x -e /usr/bin/dash -e /usr/bin/make -e /usr/bin/cat /run/armature/native/programs)"
	kind() { head -c 19 $1 | tail -c 1 | od -An -tu1; }
	echo "machine $(uname -m)" $(kind /proc/self/exe) $(kind /bin/uname)
	echo "make" $(echo "x:; @echo \$(MAKE_HOST)" | make -f - x)
	echo "preloaded" $(LD_PRELOAD=libc.so.6 head -c 19 /proc/self/exe | tail -c 1 | od -An -tu1)
	cd /root; gcc -O2 -flto -o lto z.c -lz; ./lto
	rm -rf same; mkdir same; cd same; tar -xf ../zlib_*.orig.tar.*; cd zlib-*; ./configure >/dev/null; make -s libz.so.1.2.13 minigzip >/dev/null 2>&1
	aarch64-linux-gnu-objcopy -R .comment -R .note.gnu.build-id minigzip /root/fast'
$A chroot --native-compiler $T/tree sh -euc 'test ! -e /run/armature/native/programs && echo compiler; uname -m'
$A chroot $T/tree sh -euc '
	cd /root/same/zlib-*; ./configure >/dev/null; make -s clean >/dev/null 2>&1; ./configure >/dev/null; make -s libz.so.1.2.13 minigzip >/dev/null 2>&1
	objcopy -R .comment -R .note.gnu.build-id minigzip /root/slow; cmp /root/fast /root/slow && echo same'
`
	out := p.run(script)
	for _, want := range []string{"machine aarch64 62 183\n", "make aarch64-unknown-linux-gnu\n", "preloaded 183\n", "1.2.13\n", "compiler\naarch64\nsame\n"} {
		if !strings.Contains(out, want) {
			p.t.Errorf("no %q in\n%s", want, out)
		}
	}
}
