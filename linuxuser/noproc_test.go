package linuxuser_test

import (
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
)

// TestExecWithoutProc: where the emulator cannot name itself, a program is not handed to a shell as a
// script. In a user namespace without a PID namespace nobody can mount another /proc.
func TestExecWithoutProc(t *testing.T) {
	prog := guest(t, "exec", "-static")
	cmd := exec.Command("sh", "-c", `mount -t tmpfs none /proc && exec "$@"`, "sh", work+"/armature-aarch64", prog, "plain", prog, "zero", "show")
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: []syscall.SysProcIDMap{{HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{HostID: os.Getgid(), Size: 1}},
	}
	b, err := cmd.CombinedOutput()
	out := string(b)
	if registered := strings.HasPrefix(out, "[zero][show]"); registered {
		return // the machine has a handler of ARM programs
	}
	if want := "errno 1\n"; !strings.HasSuffix(out, want) || !strings.Contains(out, "nothing is mounted on /proc") {
		t.Errorf("%v, %q, want %q and what to do", err, out, want)
	}
}
