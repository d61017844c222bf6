package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"armature/test/cbuild"
)

// goStd are tests of Go's standard library that lean on threads, signals, processes
// and timers.
var goStd = []struct {
	pkg  string
	args []string
}{
	{"context", nil},
	{"os/exec", nil},
	// nohup is a native program that executes the test: the kernel needs a handler for that.
	{"os/signal", []string{"-test.skip=TestDetectNohup|TestNohup"}},
	{"sync", nil},
	{"sync/atomic", nil},
	{"time", []string{"-test.run=TestSleep|TestAfterFunc"}},
}

// goStdTest builds the tests of a package for arm64, once for each release of Go, and
// gives the program and the folder to run it in.
func goStdTest(t *testing.T, pkg string) (prog, dir string) {
	t.Helper()
	guests, err := cbuild.Dir()
	if err != nil {
		t.Fatal(err)
	}
	goroot, err := exec.Command("go", "env", "GOROOT").Output()
	if err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(strings.TrimSpace(string(goroot)), "src", pkg)
	prog = filepath.Join(guests, "std-"+strings.ReplaceAll(pkg, "/", "-")+"-"+runtime.Version()[:len("go1.99")]+".test")
	if _, err := os.Stat(prog); err == nil {
		return prog, dir
	}
	tmp := prog + ".new"
	cmd := exec.Command("go", "test", "-c", "-o", tmp, ".")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOEXPERIMENT=", "GOFLAGS=")
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go test -c %s: %v\n%s", pkg, err, msg)
	}
	if err := os.Rename(tmp, prog); err != nil {
		t.Fatal(err)
	}
	return prog, dir
}

func TestGoStd(t *testing.T) {
	for _, s := range goStd {
		t.Run(s.pkg, func(t *testing.T) {
			t.Parallel()
			prog, dir := goStdTest(t, s.pkg)
			args := append([]string{prog, "-test.short"}, s.args...)
			o := run(t, job{argv: underTest(nil, args), dir: dir, env: append(os.Environ(), "PWD="+dir)})
			if o.Exit != 0 || o.Signal != "" || !strings.HasSuffix(o.Stdout, "PASS\n") {
				t.Errorf("%s\n%s\n%s", o.end(), tail(o.Stdout, 30), tail(o.Stderr, 30))
			}
		})
	}
}
