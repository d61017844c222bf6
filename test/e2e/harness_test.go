package e2e

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/gob"
	"encoding/hex"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"armature/test/cbuild"
)

var (
	emuFlag = flag.String("emu", "", "emulator under test, with options (default bin/armature-aarch64; ARMATURE_TEST_EMU)")
	oracle  = flag.String("oracle", "qemu-aarch64-static -cpu neoverse-n1", "emulator that gives reference results")
)

// crossLibs is where the cross compiler's packages keep the guest's libraries.
const crossLibs = "/usr/aarch64-linux-gnu"

// runLimit is the longest a guest may take: far above what any needs, so that a
// hang ends as a failure and a slow machine does not.
const runLimit = 2 * time.Minute

// longLimit is for what takes many seconds on a fast machine.
const longLimit = 10 * time.Minute

var (
	root    string
	emulate []string // command of the emulator under test
	refer   []string // command of the reference emulator
)

func TestMain(m *testing.M) {
	flag.Parse()
	heedSignals()
	if err := prepare(); err != nil {
		fmt.Fprintln(os.Stderr, "e2e:", err)
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// heedSignals sees to it that programs start with no signal ignored, even if this one did, as by nohup.
func heedSignals() {
	for sig := syscall.Signal(1); sig < 32; sig++ {
		if signal.Ignored(sig) {
			signal.Notify(make(chan os.Signal, 1), sig)
		}
	}
}

func prepare() error {
	var err error
	if root, err = cbuild.Root(); err != nil {
		return err
	}
	emu := *emuFlag
	if emu == "" {
		emu = os.Getenv("ARMATURE_TEST_EMU")
	}
	if emu == "" {
		emu = filepath.Join(root, "bin", "armature-aarch64")
	}
	emulate, refer = strings.Fields(emu), strings.Fields(*oracle)
	for _, cmd := range [][]string{emulate, refer} {
		path, err := exec.LookPath(cmd[0])
		if err != nil {
			return fmt.Errorf("%w (make build and test/setup.sh provide it)", err)
		}
		if cmd[0], err = filepath.Abs(path); err != nil {
			return err
		}
	}
	return nil
}

// needRoot fails a test that has several users, in namespaces of its own, which only root
// can give them.
func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() != 0 {
		t.Fatal("this test has several users, in namespaces of its own: run it as root")
	}
}

// outcome is how a program ended and what it printed.
type outcome struct {
	Stdout string
	Stderr string
	Exit   int    // exit status; 0 when killed
	Signal string // name of the signal that killed it; "" when it exited
	Hung   bool   // killed by the harness at the time limit
}

// end describes how the program ended, in one phrase.
func (o outcome) end() string {
	switch {
	case o.Hung:
		return "did not end within the time limit"
	case o.Signal != "":
		return "killed by " + o.Signal
	}
	return fmt.Sprintf("exit status %d", o.Exit)
}

// job is one run of a program.
type job struct {
	argv  []string
	env   []string // whole environment; nil for a small fixed one
	stdin string
	dir   string // working directory; "" for a fresh temporary one

	sys syscall.SysProcAttr // namespaces and the like

	limit time.Duration // if it takes long; 0: runLimit
}

// fixedEnv is the guests' environment unless a test gives another, so that their
// output does not depend on who runs them.
var fixedEnv = []string{"PATH=/usr/bin:/bin", "LC_ALL=C", "TZ=UTC", "HOME=/", "ARMATURE_TEST=1", "ARMATURE_CACHE=off"}

// slots limits the programs that run at once to the number of processors.
var slots = make(chan struct{}, runtime.NumCPU())

func run(t *testing.T, j job) outcome {
	t.Helper()
	slots <- struct{}{}
	defer func() { <-slots }()
	limit := runLimit
	if j.limit > 0 {
		limit = j.limit
	}
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, j.argv[0], j.argv[1:]...)
	cmd.Env = j.env
	if cmd.Env == nil {
		cmd.Env = fixedEnv
	}
	cmd.Dir = j.dir
	if cmd.Dir == "" {
		cmd.Dir = t.TempDir()
	}
	cmd.Stdin = strings.NewReader(j.stdin)
	var out, errOut limitedBuffer
	cmd.Stdout, cmd.Stderr = &out, &errOut
	// A process group of its own, and no core files from those meant to crash.
	cmd.SysProcAttr = &j.sys
	cmd.SysProcAttr.Setpgid = true
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 5 * time.Second
	err := cmd.Run()
	if cmd.Process != nil {
		syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) // what it left behind
	}
	o := outcome{Stdout: out.String(), Stderr: errOut.String(), Hung: ctx.Err() != nil}
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		t.Fatalf("%s: %v", strings.Join(j.argv, " "), err)
	}
	if ws, ok := cmd.ProcessState.Sys().(syscall.WaitStatus); ok && ws.Signaled() {
		o.Signal = signalName(ws.Signal())
	} else {
		o.Exit = cmd.ProcessState.ExitCode()
	}
	return o
}

var signalNames = map[syscall.Signal]string{
	syscall.SIGILL: "SIGILL", syscall.SIGTRAP: "SIGTRAP", syscall.SIGABRT: "SIGABRT", syscall.SIGBUS: "SIGBUS",
	syscall.SIGFPE: "SIGFPE", syscall.SIGKILL: "SIGKILL", syscall.SIGSEGV: "SIGSEGV", syscall.SIGTERM: "SIGTERM",
	syscall.SIGSYS: "SIGSYS", syscall.SIGPIPE: "SIGPIPE", syscall.SIGALRM: "SIGALRM", syscall.SIGUSR1: "SIGUSR1",
}

func signalName(s syscall.Signal) string {
	if n, ok := signalNames[s]; ok {
		return n
	}
	return fmt.Sprintf("signal %d", int(s))
}

// underTest returns the command line that runs a guest under the emulator that
// is tested; opts are options such as -L.
func underTest(opts, guest []string) []string { return slices.Concat(emulate, opts, guest) }

// ignored is the set of signals that programs are started with ignored, which some of them show. heedSignals
// cannot change that for those which the Go runtime leaves alone.
var ignored = sync.OnceValue(func() string {
	b, _ := os.ReadFile("/proc/self/status")
	_, set, _ := strings.Cut(string(b), "SigIgn:")
	set, _, _ = strings.Cut(set, "\n")
	return strings.TrimSpace(set)
})

// reference runs a job once and keeps its outcome beside the built programs, so
// that the reference emulator is not run again for a program that has not
// changed. The program's name has its contents' hash in it.
func reference(t *testing.T, j job) outcome {
	t.Helper()
	dir, err := cbuild.Dir()
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(fmt.Appendf(nil, "%q %q %q %s", j.argv, j.env, j.stdin, ignored()))
	path := filepath.Join(dir, "ref-"+hex.EncodeToString(sum[:12]))
	var o outcome
	if data, err := os.ReadFile(path); err == nil && gob.NewDecoder(bytes.NewReader(data)).Decode(&o) == nil {
		return o
	}
	o = run(t, j)
	var data bytes.Buffer
	if err := gob.NewEncoder(&data).Encode(o); err != nil {
		t.Fatal(err)
	}
	tmp, err := os.CreateTemp(dir, "tmp-")
	if err != nil {
		t.Fatal(err)
	}
	defer os.Remove(tmp.Name())
	if _, err := tmp.Write(data.Bytes()); err != nil {
		t.Fatal(err)
	}
	tmp.Close()
	if err := os.Rename(tmp.Name(), path); err != nil {
		t.Fatal(err)
	}
	return o
}

// compare reports the first difference between two outcomes.
func compare(t *testing.T, j job, got, want outcome) {
	t.Helper()
	again := "repeat: " + quoteCommand(j)
	if got.end() != want.end() {
		t.Errorf("%s, want %s\nstderr: %s\nlast lines: %s\n%s", got.end(), want.end(), tail(got.Stderr, 12), tail(got.Stdout, 4), again)
		return
	}
	if got.Stdout != want.Stdout {
		t.Errorf("output differs: %s\nstderr: %s\n%s", difference(want.Stdout, got.Stdout), tail(got.Stderr, 8), again)
	}
	if strings.Contains(got.Stderr, "goroutine ") {
		t.Errorf("the emulator itself crashed:\n%s\n%s", tail(got.Stderr, 30), again)
	}
}

// difference describes how many lines differ and quotes the first few.
func difference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	var b strings.Builder
	n := 0
	for i := range max(len(w), len(g)) {
		x, y := "(nothing)", "(nothing)"
		if i < len(w) {
			x = w[i]
		}
		if i < len(g) {
			y = g[i]
		}
		if x == y {
			continue
		}
		if n++; n <= 6 {
			fmt.Fprintf(&b, "\n  line %d: got  %s\n  line %d: want %s", i+1, readable(y), i+1, readable(x))
		}
	}
	return fmt.Sprintf("%d of %d lines%s", n, len(w), b.String())
}

// readable quotes a line that is not plain text, and cuts a long one.
func readable(s string) string {
	const most = 300
	cut := ""
	if len(s) > most {
		s, cut = s[:most], "..."
	}
	if strings.IndexFunc(s, func(r rune) bool { return !strconv.IsPrint(r) && r != '\t' }) >= 0 {
		s = strconv.Quote(s)
	}
	return s + cut
}

func tail(s string, n int) string {
	lines := strings.Split(strings.TrimRight(s, "\n"), "\n")
	if len(lines) > n {
		lines = lines[len(lines)-n:]
	}
	return strings.Join(lines, "\n")
}

func quoteCommand(j job) string {
	var b strings.Builder
	for i, a := range j.argv {
		if i > 0 {
			b.WriteByte(' ')
		}
		if a == "" || strings.ContainsAny(a, " '\"$&|;<>()*?[]\\\n") {
			a = "'" + strings.ReplaceAll(a, "'", `'\''`) + "'"
		}
		b.WriteString(a)
	}
	return b.String()
}

// limitedBuffer keeps the first bytes written to it and drops the rest, so that a
// guest gone wild does not fill the memory.
type limitedBuffer struct {
	bytes.Buffer
}

const outputLimit = 8 << 20

func (b *limitedBuffer) Write(p []byte) (int, error) {
	if room := outputLimit - b.Len(); room > 0 {
		b.Buffer.Write(p[:min(len(p), room)])
	}
	return len(p), nil
}
