// Command demo builds ARM programs from this repository's sources and runs them
// under Armature, saying what it does. `make demo` runs it.
package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"armature/test/cbuild"
)

// A step is one program of the demonstration.
type step struct {
	title string
	build func(root string) (string, error) // returns the guest's path
	opts  []string                          // emulator options
}

func c(name, src string, flags ...string) func(string) (string, error) {
	return func(root string) (string, error) {
		return cbuild.Build(cbuild.Spec{
			Name: name, Target: cbuild.ARM64, Flags: append([]string{"-O2"}, flags...), Srcs: []string{filepath.Join(root, src)},
		})
	}
}

// goGuest builds the Go guest with the Go toolchain alone: no cross compiler.
func goGuest(root string) (string, error) {
	out := filepath.Join(root, "build", "guests", "demo-go")
	cmd := exec.Command("go", "build", "-trimpath", "-o", out, "./test/guest/demo")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH=arm64", "CGO_ENABLED=0", "GOEXPERIMENT=")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("go build: %w\n%s", err, msg)
	}
	return out, nil
}

var steps = []step{
	{title: "a static C program", build: c("hello-static", "bench/kernels/hello.c", "-static")},
	{title: "the same, dynamically linked, with the ARM C library", build: c("hello-dynamic", "bench/kernels/hello.c"), opts: []string{"-L", "/usr/aarch64-linux-gnu"}},
	{title: "floating point, SHA instructions, a fault caught", build: c("demo", "test/guest/c/demo.c", "-static", "-march=armv8-a+crypto")},
	{title: "a Go program", build: goGuest},
}

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "demo:", err)
		os.Exit(1)
	}
}

func run() error {
	root, err := cbuild.Root()
	if err != nil {
		return err
	}
	emulator := filepath.Join(root, "bin", "armature")
	for i, s := range steps {
		guest, err := s.build(root)
		if err != nil {
			return err
		}
		kind, err := exec.Command("file", "-b", guest).Output()
		if err != nil { // file(1) is a nicety
			kind = []byte("AArch64 program")
		}
		fmt.Printf("\n--- %d. %s\n    %s\n", i+1, s.title, cut(strings.TrimSpace(string(kind)), 70))
		args := append(append([]string{"run"}, s.opts...), guest)
		fmt.Printf("    $ armature %s\n", strings.Join(args, " "))
		cmd := exec.Command(emulator, args...)
		cmd.Stdout = os.Stdout
		cmd.Stderr = os.Stderr
		if err := cmd.Run(); err != nil {
			return fmt.Errorf("%s: %w", s.title, err)
		}
	}
	fmt.Printf("\n%d programs, built for ARM, ran on this x86-64 machine.\n", len(steps))
	return nil
}

func cut(s string, n int) string {
	if len(s) > n {
		return s[:n] + "..."
	}
	return s
}
