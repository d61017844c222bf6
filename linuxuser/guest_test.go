package linuxuser_test

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// These tests run guest programs by the program as it is built for use: where it
// is linked matters.

var work string // a directory with armature, armature-aarch64 and the guests

const sysroot = "/usr/aarch64-linux-gnu"

func TestMain(m *testing.M) {
	os.Exit(func() int {
		var err error
		if work, err = os.MkdirTemp("", "guest"); err != nil {
			panic(err)
		}
		defer os.RemoveAll(work)
		build := exec.Command("go", "build", "-tags", "urfave_cli_no_docs", "-o", work+"/armature", "-ldflags",
			"-T 0x7e0000000000 -E armature/syscalls/host.rt0 -X runtime.godebugDefault=asyncpreemptoff=1,gcshrinkstackoff=1", "../cmd/armature")
		build.Env = append(os.Environ(), "CGO_ENABLED=0", "GOEXPERIMENT=norandomizedheapbase64")
		if out, err := build.CombinedOutput(); err != nil {
			fmt.Fprintf(os.Stderr, "building armature: %v\n%s", err, out)
			return 1
		}
		os.Symlink("armature", work+"/armature-aarch64")
		return m.Run()
	}())
}

// guest compiles a program of testdata.
func guest(t *testing.T, name string, flags ...string) string {
	t.Helper()
	out := filepath.Join(t.TempDir(), name)
	args := append([]string{"-w", "-O1", "-o", out, "testdata/" + name + ".c"}, flags...)
	if b, err := exec.Command("aarch64-linux-gnu-gcc", args...).CombinedOutput(); err != nil {
		t.Fatalf("compiling %s: %v\n%s", name, err, b)
	}
	return out
}

// run gives the output and the wait status of a guest. It has a minute.
func run(t *testing.T, dir string, args ...string) (string, syscall.WaitStatus) {
	t.Helper()
	var out bytes.Buffer
	cmd := exec.Command(work+"/armature-aarch64", args...)
	cmd.Stdout, cmd.Stderr, cmd.Dir = &out, &out, dir
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
	defer stop.Stop()
	cmd.Wait()
	return out.String(), cmd.ProcessState.Sys().(syscall.WaitStatus)
}

var engines = []string{"--engine=auto", "--engine=jit", "--engine=interp"}

func TestGuests(t *testing.T) {
	for _, name := range []string{"signals", "memory", "files"} {
		static, dynamic := guest(t, name, "-static"), guest(t, name)
		for _, e := range engines {
			for kind, args := range map[string][]string{
				"static": {e, "--crash", static}, "dynamic": {e, "--crash", "-L", sysroot, dynamic},
			} {
				t.Run(name+"/"+kind+"/"+e[9:], func(t *testing.T) {
					out, ws := run(t, t.TempDir(), args...)
					if ws.ExitStatus() != 0 || !strings.HasSuffix(out, "ok\n") || strings.Contains(out, "FAIL") {
						t.Errorf("status %#x\n%s", ws, out)
					}
				})
			}
		}
	}
}

// TestDeath: the parent sees the signal that killed the guest.
func TestDeath(t *testing.T) {
	prog := guest(t, "signals", "-static")
	for _, c := range []struct {
		args []string
		sig  syscall.Signal // 0: exits with 99
	}{
		{[]string{"6"}, syscall.SIGABRT}, {[]string{"15"}, syscall.SIGTERM}, {[]string{"11"}, syscall.SIGSEGV},
		{[]string{"7"}, syscall.SIGBUS}, {[]string{"8"}, syscall.SIGFPE}, {[]string{"4"}, syscall.SIGILL},
		{[]string{"13"}, syscall.SIGPIPE}, {[]string{"40"}, syscall.Signal(40)}, {[]string{"17"}, 0}, {[]string{"28"}, 0},
		{[]string{"6", "fault"}, syscall.SIGSEGV}, {[]string{"6", "blocked"}, syscall.SIGSEGV},
		{[]string{"6", "frame"}, syscall.SIGSEGV}, {[]string{"6", "overflow"}, syscall.SIGSEGV},
	} {
		out, ws := run(t, "", append([]string{prog}, c.args...)...)
		if c.sig == 0 && ws.ExitStatus() != 99 || c.sig != 0 && (!ws.Signaled() || ws.Signal() != c.sig) || out != "" {
			t.Errorf("%v: status %#x, want signal %d\n%s", c.args, ws, c.sig, out)
		}
	}
	out, ws := run(t, "", "--crash", prog, "6", "fault")
	for _, want := range []string{"SIGSEGV", "<main+", "=> ", "nzcv", "str"} {
		if !strings.Contains(out, want) {
			t.Errorf("status %#x: no %q in the crash report\n%s", ws, want, out)
		}
	}
}

// TestSent: signals that come from another process.
func TestSent(t *testing.T) {
	prog := guest(t, "signals", "-static")
	for _, c := range []struct {
		sig  syscall.Signal
		mode string
		want string // "": killed by the signal
	}{
		{syscall.SIGTERM, "default", ""}, {syscall.SIGINT, "default", ""}, {syscall.SIGSEGV, "default", ""},
		{syscall.SIGBUS, "default", ""}, {syscall.SIGFPE, "default", ""}, {syscall.SIGQUIT, "default", ""},
		{syscall.SIGPIPE, "default", ""}, {syscall.SIGPROF, "default", ""}, {syscall.Signal(34), "default", ""},
		{syscall.SIGTERM, "handled", "got 15 from kill\n"}, {syscall.SIGSEGV, "handled", "got 11 from kill\n"},
		{syscall.SIGBUS, "handled", "got 7 from kill\n"}, {syscall.SIGURG, "handled", "got 23 from kill\n"},
		{syscall.SIGCHLD, "handled", "got 17 from kill\n"}, {syscall.SIGPROF, "handled", "got 27 from kill\n"},
		{syscall.Signal(34), "handled", "got 34 from kill\n"},
		{syscall.SIGTERM, "waited", "got 15\n"}, {syscall.SIGINT, "waited", "got 2\n"}, {syscall.SIGHUP, "waited", "got 1\n"},
	} {
		for _, e := range engines {
			cmd := exec.Command(work+"/armature-aarch64", e, prog, fmt.Sprint(int(c.sig)), c.mode)
			out, _ := cmd.StdoutPipe()
			var errs bytes.Buffer
			cmd.Stderr = &errs
			if err := cmd.Start(); err != nil {
				t.Fatal(err)
			}
			stop := time.AfterFunc(time.Minute, func() { cmd.Process.Kill() })
			r := bufio.NewReader(out)
			r.ReadString('\n')
			cmd.Process.Signal(c.sig)
			got, _ := io.ReadAll(r)
			cmd.Wait()
			stop.Stop()
			ws := cmd.ProcessState.Sys().(syscall.WaitStatus)
			if string(got) != c.want || (c.want == "") != ws.Signaled() || ws.Signaled() && ws.Signal() != c.sig || errs.Len() != 0 {
				t.Errorf("%v %s %s: status %#x, %q, %q", c.sig, c.mode, e, ws, got, errs.String())
			}
		}
	}
}

// TestInherited: what the process was started with is the guest's, not the Go
// runtime's.
func TestInherited(t *testing.T) {
	prog := guest(t, "exec", "-static")
	out, err := exec.Command("sh", "-c", "trap '' HUP PIPE; ulimit -Sn 777; exec \"$@\"", "sh", work+"/armature-aarch64", prog).Output()
	if !strings.Contains(string(out), "hup ignored") || !strings.Contains(string(out), "files 777") {
		t.Errorf("%v: %s", err, out)
	}
}

func TestExec(t *testing.T) {
	prog, hello := guest(t, "exec", "-static"), guest(t, "exec")
	dir := t.TempDir()
	write := func(name, text string, mode os.FileMode) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte(text), mode); err != nil {
			t.Fatal(err)
		}
		return p
	}
	script := write("script", "#!"+prog+" show\n", 0o755)
	native := write("native", "#!/bin/sh\necho native $VAR $1\n", 0o755)
	plain := write("plain", "no program\n", 0o755)
	noexec := filepath.Join(dir, "noexec")
	if b, err := os.ReadFile(prog); err != nil || os.WriteFile(noexec, b, 0o644) != nil {
		t.Fatal(err)
	}
	loop := write("loop", "#!"+filepath.Join(dir, "loop")+"\n", 0o755)
	var lim syscall.Rlimit
	syscall.Getrlimit(syscall.RLIMIT_NOFILE, &lim)
	files := fmt.Sprint(" files ", lim.Cur, "\n")
	const tail = " VAR=value usr1 blocked hup ignored execfn /exec exe /exec fd9 "
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"plain", prog, "zero", "show", "two"}, "[zero][show][two]" + tail + "open" + files},
		{[]string{"cloexec", prog, "zero", "show"}, "[zero][show]" + tail + "closed" + files},
		{[]string{"self", prog, "zero", "show"}, "[zero][show]" + strings.Replace(tail, "execfn /exec", "execfn /exe", 1) + "open" + files},
		{[]string{"empty", prog}, "[]" + tail + "open" + files},
		{[]string{"plain", script, "zero", "two"}, "[" + prog + "][show][" + script + "][two] VAR=value usr1 blocked hup ignored execfn /script exe /exec fd9 open" + files},
		{[]string{"plain", native, "zero", "two"}, "native value two\n"},
		{[]string{"plain", "/bin/echo", "echo", "two"}, "two\n"},
		{[]string{"plain", dir + "/none", "x"}, "errno 2\n"},
		{[]string{"plain", plain, "x"}, "errno 8\n"},
		{[]string{"plain", noexec, "x"}, "errno 13\n"},
		{[]string{"plain", dir, "x"}, "errno 13\n"},
		{[]string{"plain", loop, "x"}, "errno 40\n"},
		{[]string{"fault", prog}, "errno 14\n"},
		{[]string{"fexecve", prog, "zero", "show"}, "[zero][show] VAR=value usr1 blocked hup ignored execfn /3 exe /exec fd9 open" + files},
		{[]string{"plain", hello, "zero", "show"}, "[zero][show]" + tail + "open" + files},
	} {
		out, _ := run(t, dir, append([]string{"-L", sysroot, prog}, c.args...)...)
		if out != c.want {
			t.Errorf("%v:\n got %q\nwant %q", c.args, out, c.want)
		}
	}
	if out, ws := run(t, dir, prog, "memfd", prog, "zero", "show"); !strings.HasPrefix(out, "[zero][show] VAR=value") || ws.ExitStatus() != 7 {
		t.Errorf("memfd: %#x %q", ws, out)
	}
}

// TestStart: what is said of programs that cannot be started, and how arguments
// get through.
func TestStart(t *testing.T) {
	prog := guest(t, "exec", "-static")
	dir := t.TempDir()
	os.WriteFile(dir+"/text", []byte("hello\n"), 0o755)
	os.WriteFile(dir+"/script", []byte("#!"+prog+"\n"), 0o755)
	os.WriteFile(dir+"/orphan", []byte("#!/none/sh\n"), 0o755)
	os.WriteFile(dir+"/anonymous", []byte("#!\n"), 0o755)
	os.WriteFile(dir+"/loop", []byte("#!"+dir+"/loop\n"), 0o755)
	dynamic := guest(t, "exec")
	for _, c := range []struct {
		args   []string
		status int
		want   string
	}{
		{[]string{dir + "/none"}, 127, dir + "/none: no such file or directory"},
		{[]string{dir}, 126, dir + ": a directory, not a program"},
		{[]string{"/dev/null"}, 126, "/dev/null: not a regular file"},
		{[]string{dir + "/text"}, 126, "text: not an ELF file, nor a script"},
		{[]string{dir + "/orphan"}, 127, dir + "/orphan: its interpreter cannot be used: /none/sh: no such file or directory (-L DIR"},
		{[]string{dir + "/anonymous"}, 126, dir + "/anonymous: a script whose first line names no interpreter"},
		{[]string{dir + "/loop"}, 126, dir + "/loop: a script whose interpreter is a script"},
		{[]string{"/bin/true"}, 126, "a program for x86-64, not AArch64"},
		{[]string{dynamic}, 127, "its interpreter cannot be used: /lib/ld-linux-aarch64.so.1: no such file or directory (-L DIR"},
		{[]string{}, 2, "no program"},
		{[]string{"--nonsense", prog}, 2, "unknown option --nonsense"},
		{[]string{"--engine=x", prog}, 2, "want auto, jit or interp"},
		{[]string{"--opt=-x", prog}, 2, "--opt=-x: no pass \"x\""},
		{[]string{"--host-cpu=v9", prog}, 2, "want v2, v3 or v4"},
		{[]string{"--arena=1x", prog}, 2, "want a number of MiB"},
		{[]string{"-L"}, 2, "needs a value"},
		{[]string{prog, "show", "a b", ""}, 7, "[show][a b][] VAR="},
		{[]string{"-0", "zero", prog, "show"}, 7, "[zero][show]"},
		{[]string{"-E", "VAR=set", prog}, 7, "VAR=set"},
		{[]string{"-E", "VAR=set", "-U", "VAR", prog}, 7, "VAR=(null)"},
		{[]string{"-cpu", "max", "--", prog, "show", "-x"}, 7, "[-x]"},
		{[]string{"--strace", prog}, 7, `exit_group(7) = ?`},
		{[]string{dir + "/script"}, 1, "errno"},
	} {
		out, ws := run(t, "", c.args...)
		if ws.ExitStatus() != c.status || !strings.Contains(out, c.want) {
			t.Errorf("%q: status %d, want %d; %q, want ...%s...", c.args, ws.ExitStatus(), c.status, out, c.want)
		}
	}
}
