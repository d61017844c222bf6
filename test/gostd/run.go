package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"time"
)

// A result is what a run of a package's tests came to.
type result struct {
	err    error         // it could not be run, or its end
	wall   time.Duration // from start to end
	cpu    time.Duration // of the process and its children that were waited for
	failed []string      // tests that failed
	native []string      // tests that fail natively, too
	log    string        // file of what it printed, if it failed
}

func (r *result) good() bool { return r.err == nil && len(r.failed) == 0 }

func (r *result) verdict() string {
	switch {
	case !r.good():
		return "FAIL"
	case len(r.native) > 0:
		return "as native"
	case r.wall == 0:
		return "no tests"
	}
	return "ok"
}

func (r *result) details() string {
	var parts []string
	add := func(label string, tests []string) {
		if len(tests) > 0 {
			parts = append(parts, label+strings.Join(tests, " "))
		}
	}
	add("", r.failed)
	if r.err != nil {
		parts = append(parts, r.err.Error())
	}
	add("native, too: ", r.native)
	if r.log != "" && !r.good() {
		parts = append(parts, r.log)
	}
	return strings.Join(parts, "; ")
}

// passLine says that all tests were run.
var passLine = regexp.MustCompile(`(?m)^PASS$`)

// failLine is a failed test or example; those that are indented are parts of one.
var failLine = regexp.MustCompile(`(?m)^--- FAIL: (\S+)`)

// failures lists the tests that failed by what they printed, each once.
func failures(out []byte) []string {
	var names []string
	for _, m := range failLine.FindAllSubmatch(out, -1) {
		if name := string(m[1]); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// test builds the tests of a package, if that has not been done, and runs them.
func (t *tree) test(ctx context.Context, emu []string, pkg string) *result {
	prog, dir, err := t.testProgram(ctx, pkg)
	r := &result{err: err}
	if prog == "" {
		return r
	}
	out, err := t.runApart(ctx, emu, pkg, r, prog, dir)
	if err == nil || ctx.Err() != nil {
		return r
	}
	r.err = err
	if f, err := os.CreateTemp(t.logs, strings.ReplaceAll(pkg, "/", "-")+"-*.log"); err == nil {
		f.Write(out)
		f.Close()
		r.log = f.Name()
	}
	if names := failures(out); len(names) > 0 {
		r.sort(pkg, names)
		if r.err == errFailed {
			r.err = nil
		}
	}
	return r
}

// testProgram gives the compiled tests of a package, "" if arm64 has none, and the folder to run them in.
func (t *tree) testProgram(ctx context.Context, pkg string) (prog, dir string, err error) {
	prog = filepath.Join(t.tests, strings.ReplaceAll(pkg, "/", "-")+".test")
	dir = filepath.Join(t.root, "src", pkg)
	if _, err := os.Stat(prog); err == nil {
		return prog, dir, nil
	}
	tmp := prog + ".new"
	if err := t.build(ctx, dir, "test", "-c", "-vet=off", "-o", tmp, "."); err != nil {
		return "", "", err
	}
	if _, err := os.Stat(tmp); errors.Is(err, os.ErrNotExist) {
		return "", "", nil
	}
	return prog, dir, os.Rename(tmp, prog)
}

// runApart runs the tests of a package, those of throughHost apart. Without armature
// itself beside it, the emulator is another one, which does these at once with the others.
func (t *tree) runApart(ctx context.Context, emu []string, pkg string, r *result, prog, dir string) ([]byte, error) {
	argv := slices.Concat(emu, []string{prog, "-test.short", "-test.timeout=" + limit.String()})
	if *testRun != "" {
		return r.run(ctx, append(argv, "-test.run="+*testRun), t, dir)
	}
	var skip []string
	if notRun[pkg] != "" {
		skip = append(skip, notRun[pkg])
	}
	apart, handler := throughHost[pkg], filepath.Join(filepath.Dir(emu[0]), "armature")
	if _, err := os.Stat(handler); err != nil {
		apart = ""
	}
	if apart != "" {
		skip = append(skip, apart)
	}
	if len(skip) == 0 {
		return r.run(ctx, argv, t, dir)
	}
	out, err := r.run(ctx, slices.Concat(argv, []string{"-test.skip=" + strings.Join(skip, "|")}), t, dir)
	if apart == "" || err != nil && err != errFailed {
		return out, err
	}
	more, err2 := r.run(ctx, slices.Concat(namespaced, []string{handler}, argv, []string{"-test.run=" + apart}), t, dir)
	return append(out, more...), cmp.Or(err2, err)
}

// errFailed is the end of a program that has run all tests, of which some failed.
var errFailed = errors.New("tests failed")

// run runs the program in a process group of its own, which it ends if time runs out.
func (r *result) run(ctx context.Context, argv []string, t *tree, dir string) ([]byte, error) {
	// The test's own limit prints what hangs; this one is for a test that does not get there.
	ctx, cancel := context.WithTimeout(ctx, *limit+30*time.Second)
	defer cancel()
	cmd := exec.CommandContext(ctx, argv[0], argv[1:]...)
	cmd.Dir = dir
	cmd.Env = t.env("PWD="+dir, "PATH="+filepath.Join(t.root, "bin")+":"+os.Getenv("PATH"))
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	cmd.WaitDelay = 10 * time.Second
	start := time.Now()
	out, err := cmd.CombinedOutput()
	wall := time.Since(start)
	r.wall += wall
	if cmd.ProcessState != nil {
		r.cpu += cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	}
	if ctx.Err() == context.DeadlineExceeded {
		err = fmt.Errorf("killed after %v", wall.Round(time.Second))
	} else if err == nil && !passLine.Match(out) {
		err = errors.New("ended early without an error")
	} else if e, ok := err.(*exec.ExitError); ok && e.ExitCode() == 1 && bytes.HasSuffix(out, []byte("\nFAIL\n")) {
		err = errFailed
	}
	return out, err
}

// sort says for each failed test whether it fails natively, too.
func (r *result) sort(pkg string, names []string) {
	cmd := exec.Command("go", "test", "-short", "-count=1", "-run", "^("+strings.Join(names, "|")+")$", pkg)
	cmd.Env = slices.DeleteFunc(os.Environ(), func(kv string) bool {
		return strings.HasPrefix(kv, "GO") || strings.HasPrefix(kv, "CGO_")
	})
	cmd.Env = append(cmd.Env, "CGO_ENABLED=0", "GOPROXY=off", "GOTOOLCHAIN=local")
	out, _ := cmd.CombinedOutput()
	native := failures(out)
	for _, name := range names {
		if slices.Contains(native, name) {
			r.native = append(r.native, name)
		} else {
			r.failed = append(r.failed, name)
		}
	}
}
