package e2e

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"armature/test/cbuild"
)

func init() { otherSources["debuggee"] = true }

// debuggee builds the guest that is debugged, with symbols and without optimisation.
func debuggee(t *testing.T, static bool) string {
	flags := []string{"-g", "-O0", "-pthread"}
	if static {
		flags = append(flags, "-static")
	}
	return program{name: "debuggee"}.build(t, cbuild.ARM64, flags)
}

// gdbMark gives "file:line" of the line of the guest's source that bears a mark.
func gdbMark(t *testing.T, mark string) string {
	t.Helper()
	src, err := os.ReadFile(filepath.Join(root, "test", "guest", "c", "debuggee.c"))
	if err != nil {
		t.Fatal(err)
	}
	for i, line := range strings.Split(string(src), "\n") {
		if strings.HasSuffix(line, "// mark: "+mark) {
			return fmt.Sprintf("debuggee.c:%d", i+1)
		}
	}
	t.Fatalf("no mark %q", mark)
	return ""
}

// debugged is a guest that waits for a debugger, or runs under one.
type debugged struct {
	*exec.Cmd
	at  string // where it listens
	out *bufio.Reader
}

// startDebugged starts the emulator with -g and waits until it listens, at a socket.
func startDebugged(t *testing.T, opts []string, guest ...string) *debugged {
	t.Helper()
	return startDebuggedEnv(t, nil, append([]string{"-g", filepath.Join(t.TempDir(), "gdb")}, opts...), guest...)
}

// startDebuggedEnv is startDebugged with additions to the environment, and with -g among the options.
func startDebuggedEnv(t *testing.T, env, opts []string, guest ...string) *debugged {
	t.Helper()
	d := new(debugged)
	argv := underTest(opts, guest)
	ctx, cancel := context.WithTimeout(context.Background(), runLimit)
	d.Cmd = exec.CommandContext(ctx, argv[0], argv[1:]...)
	d.Env = slices.Concat(fixedEnv, env)
	pipe, err := d.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	d.out = bufio.NewReader(pipe)
	errs, err := d.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		d.Process.Kill()
		d.Wait()
		cancel()
	})
	line, err := bufio.NewReader(errs).ReadString('\n')
	m := regexp.MustCompile(`target remote ([^']+)'`).FindStringSubmatch(line)
	if m == nil {
		t.Fatalf("the emulator says %q: %v", line, err)
	}
	d.at = m[1]
	return d
}

// end waits for the guest's end and gives the rest of its output.
func (d *debugged) end() (string, syscall.WaitStatus) {
	out, _ := io.ReadAll(d.out)
	d.Wait()
	return string(out), d.ProcessState.Sys().(syscall.WaitStatus)
}

// gdb runs gdb on the guest and gives what it prints.
func (d *debugged) gdb(t *testing.T, program string, commands ...string) string {
	t.Helper()
	args := []string{"-q", "-nx", "-batch", "-ex", "set debuginfod enabled off", "-ex", "set width 0", "-ex", "set sysroot target:"}
	if program != "" {
		args = append(args, "-ex", "file "+program)
	}
	args = append(args, "-ex", "target remote "+d.at)
	for _, c := range commands {
		args = append(args, "-ex", c)
	}
	ctx, cancel := context.WithTimeout(context.Background(), runLimit)
	defer cancel()
	out, err := exec.CommandContext(ctx, "gdb-multiarch", args...).CombinedOutput()
	if ctx.Err() != nil {
		t.Fatalf("gdb did not end: %v\n%s", err, out)
	}
	return string(out)
}

// wantInOrder checks that regular expressions match one after the other.
func wantInOrder(t *testing.T, text string, want ...string) {
	t.Helper()
	rest := text
	for _, w := range want {
		at := regexp.MustCompile("(?m)" + w).FindStringIndex(rest)
		if at == nil {
			t.Errorf("gdb's output has no %q after what came before\n%s", w, text)
			return
		}
		rest = rest[at[1]:]
	}
}

// interrupt is a gdb command that continues, and interrupts as ^C does as soon as the guest
// has written its first line, which goes to the file.
func interrupt(flag string) string {
	return `python import threading, os, signal, time
def f():
  while not os.path.exists("` + flag + `"): time.sleep(0.01)
  os.kill(os.getpid(), signal.SIGINT)
threading.Thread(target=f, daemon=True).start()
gdb.execute("continue")`
}

func TestGDB(t *testing.T) {
	static, dynamic := debuggee(t, true), debuggee(t, false)
	leaf, after, worker := gdbMark(t, "leaf"), gdbMark(t, "after leaf"), gdbMark(t, "worker")
	number := func(at string) string { _, n, _ := strings.Cut(at, ":"); return n }
	for _, c := range []struct {
		name, arg string
		commands  []string
		want      []string
		out       string
		status    int
		killed    syscall.Signal
	}{
		{
			name: "calls", arg: "calls",
			commands: []string{
				"break leaf", "continue", "backtrace", "info locals", "print n", "next", "print twice", "stepi", "x/i $pc", "finish",
				"step", "info registers sp pc cpsr", "tbreak use", "delete 1", "print table[1] = 77", "print leaf(50)", "continue",
				"print $v0.s.f", "print vector", "info auxv", "x/2xw table", "continue",
			},
			want: []string{
				`^Breakpoint 1, leaf \(n=3\) at .*` + leaf, `^#0  leaf \(n=3\)`, `^#1 .* in middle \(n=3\)`, `^#2 .* in calls \(\)`, `^#3 .* in main \(argc=2`,
				`^twice = `, `^\$1 = 3$`, `steps \+= twice;`, `^\$2 = 6$`, `=> 0x\w+ <leaf\+\d+>:`, `in middle \(n=3\)`, `Value returned is \$3 = 7`,
				`^` + number(after), `^sp +0x7`, `^pc .*<middle\+\d+>`, `^cpsr +0x`, `Temporary breakpoint 2`, `^\$4 = 77$`, `^\$5 = 101$`, `^Temporary breakpoint 2, use`,
				`^\$6 = \{1\.5, 2\.5, -3\.5, 4\.5\}`, `^\$7 = \{1\.5, 2\.5, -3\.5, 4\.5\}`, `AT_HWCAP `, `AT_ENTRY`, `AT_PLATFORM.*"aarch64"`, `0x0000000a\s+0x0000004d`,
				`exited with code 022\]`,
			},
			out: "sum 18, table 77\n", status: 18,
		},
		{
			name: "threads", arg: "threads",
			commands: []string{
				"break " + worker, "continue", "info threads", "thread apply all backtrace -frame-info short-location 2", "thread apply all print mine", "set scheduler-locking on", "stepi", "stepi", "set scheduler-locking off", "delete",
				"break leaf", "continue", "continue", "continue", "continue", "continue", "continue", "delete", "break " + gdbMark(t, "joined"), "continue", "info threads", "continue",
			},
			want: []string{
				`hit Breakpoint 1, worker`, `^  1 +Thread .* "debuggee`, `^\* 2 +Thread .* "second"`, `Thread 2 `, `worker`, `Thread 1 `,
				`Thread 2 `, `= 22$`, `Thread 1 `, `= 11$`,
				`Breakpoint 2, leaf`, `Breakpoint 2, leaf`, `Breakpoint 2, leaf`, `Breakpoint 2, leaf`, `Breakpoint 2, leaf`, `Breakpoint 2, leaf`,
				`Breakpoint 3, threads`, `^\* 1 +Thread .*threads \(\)`, `exited normally`,
			},
			out: "threads 12 66\n",
		},
		{
			name: "watch", arg: "watch",
			commands: []string{"watch watched", "continue", "delete", "rwatch watched", "continue", "continue"},
			want: []string{
				`^Hardware watchpoint 1: watched`, `^Old value = 0$`, `^New value = 1000$`, `^Hardware read watchpoint 2: watched`, `^Value = 1000$`, `exited normally`,
			},
			out: "watched 1000\n",
		},
		{
			name: "signals", arg: "signals",
			commands: []string{
				"continue", "signal 0", "signal SIGUSR1", "break " + gdbMark(t, "handler"), "handle SIGUSR1 nostop", "continue", "print ticks", "backtrace 2",
				"continue", "print $_siginfo.si_signo", "print $_siginfo._sifields._sigfault.si_addr", "continue",
			},
			want: []string{
				`received signal SIGUSR1`, `received signal SIGUSR1`, `received signal SIGUSR1`, `Breakpoint 1, handler`, `^\$1 = 10$`, `<signal handler called>`,
				`received signal SIGSEGV`, `= 11$`, `= \(void \*\) 0x40$`, `terminated with signal SIGSEGV`,
			},
			out: "ticks 20\n", killed: syscall.SIGSEGV,
		},
		{
			name: "syscalls", arg: "calls",
			commands: []string{"catch syscall write", "continue", "print $x8", "x/i $pc", "continue", "print $x0", "continue"},
			want:     []string{`Catchpoint 1 \(call to syscall write\)`, `^\$1 = 64`, `svc`, `returned from syscall write`, `^\$2 = 17`, `exited with code 022\]`},
			out:      "sum 18, table 20\n", status: 18,
		},
		{
			name: "children", arg: "children",
			commands: []string{"break leaf", "continue", "continue"},
			want:     []string{`Breakpoint 1, leaf \(n=100\)`, `exited normally`},
			out:      "children 233\n",
		},
		{
			name: "exec", arg: "exec",
			commands: []string{"break leaf", "catch exec", "continue", "continue", "backtrace", "delete", "continue"},
			want:     []string{`is executing new program: .*debuggee`, `Catchpoint 2 \(exec'd .*debuggee`, `Breakpoint 1, leaf \(n=3\)`, `in calls \(\)`, `exited with code 022\]`},
			out:      "sum 18, table 20\n", status: 18,
		},
		{
			name: "detach", arg: "calls",
			commands: []string{"break leaf", "continue", "detach"},
			want:     []string{`Breakpoint 1, leaf`, `detached`},
			out:      "sum 18, table 20\n", status: 18,
		},
		{
			name: "kill", arg: "calls",
			commands: []string{"break leaf", "continue", "kill"},
			want:     []string{`Breakpoint 1, leaf`, `killed`},
			killed:   syscall.SIGKILL,
		},
	} {
		for _, e := range []struct {
			name string
			opts []string
			path string
		}{{"jit", nil, static}, {"interp", []string{"--engine=interp"}, static}, {"dynamic", []string{"-L", crossLibs}, dynamic}} {
			if e.name != "jit" && c.name != "calls" && c.name != "threads" && c.name != "signals" {
				continue
			}
			t.Run(c.name+"/"+e.name, func(t *testing.T) {
				t.Parallel()
				d := startDebugged(t, e.opts, e.path, c.arg)
				got := d.gdb(t, e.path, c.commands...)
				wantInOrder(t, got, c.want...)
				out, ws := d.end()
				if out != c.out || ws.ExitStatus() != c.status && c.killed == 0 || c.killed != 0 && (!ws.Signaled() || ws.Signal() != c.killed) {
					t.Errorf("status %#x, output %q\n%s", ws, out, got)
				}
			})
		}
	}
}

// The program and its libraries are read from the guest when gdb has none of its own, and
// their symbols are there.
func TestGDBRemoteFiles(t *testing.T) {
	t.Parallel()
	d := startDebugged(t, []string{"-L", crossLibs}, debuggee(t, false), "calls")
	got := d.gdb(t, "", "break leaf", "continue", "info sharedlibrary", "x/i printf", "info proc exe", "info proc mappings", "kill")
	wantInOrder(t, got, `Breakpoint 1, leaf \(n=3\)`, `Yes.*ld-linux-aarch64\.so\.1`, `Yes.*libc\.so\.6`, `0x\w+ <printf>:`, `exe = '.*debuggee`, `r-xp +.*debuggee`, `\[stack\]`)
}

// The port may be the kernel's choice, and come from the environment. What the guest executes is not
// to wait for a debugger of its own.
func TestGDBPort(t *testing.T) {
	guest := debuggee(t, true)
	for _, c := range []struct {
		name      string
		env, opts []string
	}{{"option", nil, []string{"-g", "0"}}, {"variable", []string{"QEMU_GDB=127.0.0.1:0"}, nil}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := startDebuggedEnv(t, c.env, c.opts, guest, "exec")
			if !strings.HasPrefix(d.at, "127.0.0.1:") {
				t.Errorf("listens at %s", d.at)
			}
			got := d.gdb(t, guest, "break leaf", "continue", "detach")
			wantInOrder(t, got, `is executing new program`, `Breakpoint 1, leaf \(n=3\)`)
			if out, ws := d.end(); out != "sum 18, table 20\n" || ws.ExitStatus() != 18 {
				t.Errorf("status %#x, output %q\n%s", ws, out, got)
			}
			// A program without a debugger that executes another.
			d = startDebuggedEnv(t, c.env, c.opts, guest, "exec")
			d.gdb(t, guest, "detach")
			if out, ws := d.end(); out != "sum 18, table 20\n" || ws.ExitStatus() != 18 {
				t.Errorf("detached: status %#x, output %q", ws, out)
			}
		})
	}
}

// ^C stops a guest that computes, and one that sleeps in a system call, which does not notice.
func TestGDBInterrupt(t *testing.T) {
	guest := debuggee(t, true)
	for _, c := range []struct{ arg, where string }{{"spin", `^#0 .*spin \(\)`}, {"waiting", `^#0 .*nanosleep \(\)`}} {
		t.Run(c.arg, func(t *testing.T) {
			t.Parallel()
			d := startDebugged(t, nil, guest, c.arg)
			flag := filepath.Join(t.TempDir(), "flag")
			script := flag + ".py"
			// gdb's -ex takes no text of several lines.
			if err := os.WriteFile(script, []byte(strings.TrimPrefix(interrupt(flag), "python ")), 0o644); err != nil {
				t.Fatal(err)
			}
			first := make(chan string, 1)
			go func() {
				line, _ := d.out.ReadString('\n')
				os.WriteFile(flag, nil, 0o644)
				first <- line
			}()
			got := d.gdb(t, guest, "source "+script, "backtrace", "print leaf(5)", "print watched = 5", "continue")
			wantInOrder(t, got, `received signal SIGINT`, c.where, `^\$1 = 11$`, `^\$2 = 5$`, `exited normally`)
			<-first
			if out, ws := d.end(); out != "watched 5\n" || ws.ExitStatus() != 0 {
				t.Errorf("status %#x, output %q\n%s", ws, out, got)
			}
		})
	}
}

// packet frames data for the remote protocol.
func packet(data string) string {
	var sum byte
	for i := range len(data) {
		sum += data[i]
	}
	return fmt.Sprintf("$%s#%02x", data, sum)
}

// A client that is no debugger does no harm: the guest goes on when it leaves.
func TestGDBBadClient(t *testing.T) {
	guest := debuggee(t, true)
	junk := make([]byte, 1<<20)
	x := uint32(1)
	for i := range junk {
		x = x*1664525 + 1013904223
		junk[i] = byte(x >> 24)
		if junk[i] == 'k' || junk[i] == 'D' {
			junk[i] = 0
		}
	}
	for name, say := range map[string][]string{
		"silent":   nil,
		"junk":     {string(junk)},
		"long":     {"$" + strings.Repeat("m", 1<<20) + "#00", packet("?")},
		"lengths":  {packet("m0,ffffffffffffffff"), packet("mffffffffffffffff,ffffffffffffffff"), packet("x0,7fffffffffffffff"), packet("M0,ffffffffffffffff:00"), packet("X400000,ffffffffffffffff:"), packet("qXfer:auxv:read::ffffffffffffffff,ffffffffffffffff"), packet("vFile:pread:0,ffffffffffffffff,ffffffffffffffff")},
		"emulator": {packet("m7e0000000000,1000"), packet("M7e0000000000,1:00"), packet("m7e1048000000,1000"), packet("M7e1048000000,4:00000000"), packet("Z0,7e0000000000,4"), packet("X7e0000000000,4:aaaa")},
		"breaks":   {packet("Z2,0,ffffffffffffffff"), packet("Z0,3,4"), packet("z0,0,0"), packet("Z9,0,0"), packet("Z2,400000,8"), packet("vCont;s:p-1.-1"), "\x03"},
		"resumed":  {packet("vCont;c"), packet("g"), packet("vCont;c"), packet("m400000,10"), "\x03\x03\x03"},
		"half":     {"$qSupp"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := startDebugged(t, nil, guest, "calls")
			c, err := net.Dial("unix", d.at)
			if err != nil {
				t.Fatal(err)
			}
			var got bytes.Buffer
			done := make(chan bool)
			go func() { io.Copy(&got, c); close(done) }()
			c.SetDeadline(time.Now().Add(runLimit))
			for _, s := range say {
				if _, err := io.WriteString(c, s); err != nil && name != "resumed" {
					t.Error(err)
				}
			}
			c.(*net.UnixConn).CloseWrite()
			out, ws := d.end()
			<-done
			if out != "sum 18, table 20\n" || ws.ExitStatus() != 18 {
				t.Errorf("status %#x, output %q, replies %.500q", ws, out, got.Bytes())
			}
			if name == "long" && !strings.Contains(got.String(), "-+$T05") {
				t.Errorf("replies %.100q", got.Bytes())
			}
		})
	}
}

// TestGDBOptions: what is wrong is said at once.
func TestGDBOptions(t *testing.T) {
	guest := debuggee(t, true)
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	port := fmt.Sprint(taken.Addr().(*net.TCPAddr).Port)
	for _, c := range []struct {
		argv []string
		env  string
		want string
		exit int
	}{
		{[]string{"-g", "nowhere", guest}, "", "want a port", 2},
		{[]string{"-g", port, guest}, "", "address already in use", 125},
		{[]string{guest}, "ARMATURE_GDB=x", "want a port", 2},
		{[]string{guest}, "QEMU_GDB=" + port, "address already in use", 125},
		{[]string{"-g", "none", guest}, "QEMU_GDB=1", "", 9},
		{[]string{"-g", "/none/x/y", guest}, "", "no debugger can connect to /none/x/y: no such file", 125},
	} {
		o := run(t, job{argv: underTest(nil, c.argv), env: slices.Concat(fixedEnv, []string{c.env})})
		if o.Exit != c.exit || !strings.Contains(o.Stderr, c.want) {
			t.Errorf("%q, %s: %s, %q", c.argv, c.env, o.end(), o.Stderr)
		}
	}
}
