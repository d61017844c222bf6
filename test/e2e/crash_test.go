package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"armature/test/cbuild"
)

func init() { otherSources["crash"] = true }

// crashed is how a crash looks from outside.
type crashed struct {
	status syscall.WaitStatus
	stdout string
	stderr string
	left   []string // files
	alive  bool     // a process of the group was left
}

// crash runs a program in a folder and a process group of its own.
func crash(t *testing.T, argv ...string) (c crashed) {
	t.Helper()
	slots <- struct{}{}
	defer func() { <-slots }()
	dir := t.TempDir()
	cmd := exec.Command(argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Env = []string{"HOME=" + dir, "TMPDIR=" + dir, "ARMATURE_CACHE=off"}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	var out, errs bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &errs
	cmd.WaitDelay = 5 * time.Second
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	hang := time.AfterFunc(runLimit, func() { syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) })
	cmd.Wait()
	hang.Stop()
	c.status = cmd.ProcessState.Sys().(syscall.WaitStatus)
	c.stdout, c.stderr = out.String(), errs.String()
	// A child that was being forked may have some moments to live.
	for end := time.Now().Add(runLimit); ; time.Sleep(10 * time.Millisecond) {
		c.alive = syscall.Kill(-cmd.Process.Pid, 0) == nil
		if !c.alive || time.Now().After(end) {
			break
		}
	}
	syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	files, _ := os.ReadDir(dir)
	for _, f := range files {
		c.left = append(c.left, f.Name())
	}
	return c
}

// TestCrashes: whatever a guest was doing when it died, its parent sees what it would see of
// a native program, and nothing is left.
func TestCrashes(t *testing.T) {
	p := program{name: "crash", flags: []string{"-pthread", "-Wno-infinite-recursion", "-Wno-cast-function-type"}}
	for _, c := range []struct {
		how    string
		signal syscall.Signal // 0: exits with 0
		stdout string
		report int // crash reports
	}{
		{"main", syscall.SIGSEGV, "", 1},
		{"thread", syscall.SIGSEGV, "", 1},
		{"threads", syscall.SIGSEGV, "", 1},
		{"forking", syscall.SIGSEGV, "", 1},
		{"handler", syscall.SIGSEGV, "", 1},
		{"twice", syscall.SIGSEGV, "", 1},
		{"thread-overflow", syscall.SIGSEGV, "", 1},
		{"abort-thread", syscall.SIGABRT, "", 0},
		{"leader-gone", syscall.SIGSEGV, "", 1},
		{"fork", syscall.SIGSEGV, "child 11\n", 2},
		{"vfork", syscall.SIGSEGV, "child 11\n", 2},
		{"exec", syscall.SIGSEGV, "", 1},
		{"exec-busy", syscall.SIGSEGV, "", 1},
		{"handled", 0, "handled\n", 0},
	} {
		t.Run(c.how, func(t *testing.T) {
			t.Parallel()
			guest := p.build(t, cbuild.ARM64, []string{"-O2", "-static"})
			native := p.build(t, cbuild.Native, []string{"-O2"})
			for _, core := range []string{"", "core"} {
				args := []string{c.how}
				if core != "" {
					args = append(args, core)
				}
				want := crash(t, append([]string{native}, args...)...)
				for _, opts := range [][]string{nil, {"--crash"}} {
					got := crash(t, underTest(opts, append([]string{guest}, args...))...)
					if got.status != want.status || c.signal != 0 && got.status.Signal() != c.signal || c.signal == 0 && got.status != 0 {
						t.Errorf("%q %s: status %#x, native %#x", opts, core, got.status, want.status)
					}
					if got.stdout != c.stdout || got.alive {
						t.Errorf("%q %s: output %q, processes left: %v", opts, core, got.stdout, got.alive)
					}
					n := strings.Count(got.stderr, "killed by SIG")
					if opts == nil && got.stderr != "" || opts != nil && n != c.report {
						t.Errorf("%q %s: %d reports:\n%s", opts, core, n, got.stderr)
					}
					if len(got.left) != len(want.left) {
						t.Errorf("%q %s: left %q, native %q", opts, core, got.left, want.left)
					}
				}
			}
		})
	}
}

// TestCrashReport: a report names the program by its path, and the place by its symbol.
func TestCrashReport(t *testing.T) {
	guest := program{name: "crash", flags: []string{"-pthread", "-Wno-infinite-recursion", "-Wno-cast-function-type"}}.build(t, cbuild.ARM64, []string{"-O2", "-static"})
	got := crash(t, underTest([]string{"--crash"}, []string{guest, "thread"})...)
	for _, want := range []string{filepath.Base(guest) + ": killed by SIGSEGV", "addr=0x8", "<faulting", "=> ", "x30"} {
		if !strings.Contains(got.stderr, want) {
			t.Errorf("the report has no %q:\n%s", want, got.stderr)
		}
	}
}

// TestStraceDeath: a trace of system calls ends with the signal that killed the program, also
// with one that it sent itself.
func TestStraceDeath(t *testing.T) {
	guest := program{name: "crash", flags: []string{"-pthread", "-Wno-infinite-recursion", "-Wno-cast-function-type"}}.build(t, cbuild.ARM64, []string{"-O2", "-static"})
	for how, sig := range map[string]string{"abort-thread": "SIGABRT", "main": "SIGSEGV"} {
		got := crash(t, underTest([]string{"--strace"}, []string{guest, how})...)
		lines := strings.Split(strings.TrimSpace(got.stderr), "\n")
		last := lines[len(lines)-1]
		if !strings.Contains(last, "--- "+sig+" ") || !strings.HasSuffix(last, " killed ---") || !got.status.Signaled() {
			t.Errorf("%s: status %#x, the trace ends with %q", how, got.status, last)
		}
	}
}
