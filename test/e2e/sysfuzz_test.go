package e2e

import (
	"bytes"
	"context"
	"flag"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"armature/test/cbuild"
)

func init() { otherSources["syscall_fuzz"] = true }

var (
	fuzzChildren = flag.Int("sysfuzz.n", 150, "processes of TestSyscallFuzz, of 200 calls each")
	fuzzSeed     = flag.Int("sysfuzz.seed", 1, "seed of the first of them")
)

// TestSyscallFuzz makes random system calls with hostile arguments. A guest may die
// of them, the emulator may not: a Go trace or one of its own exit statuses is a
// failure. It runs in namespaces of its own, where root has no power over the
// machine. A longer run: go test ./test/e2e -run SyscallFuzz -sysfuzz.n 20000
func TestSyscallFuzz(t *testing.T) {
	built := program{name: "syscall_fuzz"}.build(t, cbuild.ARM64, []string{"-O1", "-static"})
	dir := t.TempDir()
	guest := filepath.Join(dir, "fuzz") // a copy: calls may truncate it
	copyFile(t, guest, built)
	cwd := filepath.Join(dir, "empty")
	if err := os.Mkdir(cwd, 0o755); err != nil {
		t.Fatal(err)
	}
	defer exec.Command("chmod", "-R", "u+rwx", dir).Run() // or it cannot be removed
	// Not as the host's root, who owns /dev/null: the calls include chmod.
	uid, gid := os.Getuid(), os.Getgid()
	if uid == 0 {
		uid, gid = nobody, nobody
		for _, f := range []string{filepath.Dir(dir), dir, guest, cwd} {
			if err := os.Chown(f, uid, gid); err != nil {
				t.Fatal(err)
			}
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), longLimit+time.Duration(*fuzzChildren)*50*time.Millisecond)
	defer cancel()
	args := underTest(nil, []string{guest, strconv.Itoa(*fuzzSeed), strconv.Itoa(*fuzzChildren), "200"})
	cmd := exec.CommandContext(ctx, args[0], args[1:]...)
	cmd.Dir, cmd.Env = cwd, fixedEnv
	var out, errOut bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWUSER | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWNS |
			syscall.CLONE_NEWUTS | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: gid, Size: 1}},
		Credential:  &syscall.Credential{NoSetGroups: true},
	}
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	for _, sign := range []string{"goroutine ", "panic", "fatal error", "runtime:"} {
		if strings.Contains(errOut.String(), sign) {
			t.Fatalf("the emulator failed (%q):\n%s", sign, tail(errOut.String(), 6000))
		}
	}
	if err != nil || !strings.Contains(out.String(), "bad 0\n") {
		t.Errorf("%v\n%s\n%s", err, tail(out.String(), 500), tail(errOut.String(), 2000))
	}
}

// nobody is the user without files of its own.
const nobody = 65534

func copyFile(t *testing.T, to, from string) {
	t.Helper()
	src, err := os.Open(from)
	if err != nil {
		t.Fatal(err)
	}
	defer src.Close()
	dst, err := os.OpenFile(to, os.O_CREATE|os.O_WRONLY, 0o755)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.Copy(dst, src); err != nil {
		t.Fatal(err)
	}
	if err := dst.Close(); err != nil {
		t.Fatal(err)
	}
}
