package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// A tree is a copy of the host's Go tree whose go command is an arm64 program.
// The host's own compiler lies in it beside the guest's and builds the tests.
type tree struct {
	hostGo string // the host's go command
	root   string // GOROOT of the copy
	cache  string // GOCACHE, the host's and the guest's: their compilers give the same
	tests  string // folder of the compiled tests
	logs   string // folder of what failed runs printed
}

// The parts of a Go tree that tests look at.
var treeParts = []string{"VERSION", "go.env", "LICENSE", "api", "doc", "lib", "misc", "src", "test", "pkg"}

// guestTools are the programs that a release of Go has in pkg/tool; the go command
// builds others when they are asked for.
var guestTools = []string{"asm", "cgo", "compile", "cover", "fix", "link", "preprofile", "vet"}

// makeTree makes the tree below dir, or finds it there. The folder must lie in no module: tests
// run the go command in the tree and mean the standard library.
func makeTree(ctx context.Context, dir string) (*tree, error) {
	out, err := exec.CommandContext(ctx, "go", "env", "GOROOT", "GOVERSION").Output()
	if err != nil {
		return nil, fmt.Errorf("go env: %w", err)
	}
	goroot, version, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	dir = filepath.Join(dir, version)
	t := &tree{
		hostGo: filepath.Join(goroot, "bin", "go"),
		root:   filepath.Join(dir, "go"),
		cache:  filepath.Join(dir, "cache"),
		tests:  filepath.Join(dir, "tests"),
		logs:   filepath.Join(filepath.Dir(dir), "logs"),
	}
	for _, d := range []string{t.cache, t.tests, t.logs} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			return nil, err
		}
	}
	if _, err := os.Stat(t.root); err == nil {
		return t, nil
	}
	fmt.Fprintf(os.Stderr, "gostd: making a Go tree for arm64 in %s\n", t.root)
	final := t.root
	t.root += ".new"
	if err := t.fill(ctx, goroot); err != nil {
		return nil, err
	}
	err = os.Rename(t.root, final)
	t.root = final
	return t, err
}

func (t *tree) fill(ctx context.Context, goroot string) error {
	if err := os.RemoveAll(t.root); err != nil {
		return err
	}
	tools := filepath.Join(t.root, "pkg", "tool", "linux_arm64")
	if err := os.MkdirAll(filepath.Join(t.root, "bin"), 0o755); err != nil {
		return err
	}
	for _, part := range treeParts {
		from := filepath.Join(goroot, part)
		if _, err := os.Stat(from); errors.Is(err, os.ErrNotExist) {
			continue
		}
		if msg, err := exec.CommandContext(ctx, "cp", "-r", from, t.root).CombinedOutput(); err != nil {
			return fmt.Errorf("cp %s: %w\n%s", from, err, msg)
		}
	}
	if err := os.MkdirAll(tools, 0o755); err != nil {
		return err
	}
	src := filepath.Join(t.root, "src")
	for _, tool := range guestTools {
		if err := t.build(ctx, src, "build", "-o", tools+"/", "cmd/"+tool); err != nil {
			return err
		}
	}
	return t.build(ctx, src, "build", "-o", filepath.Join(t.root, "bin")+"/", "cmd/go", "cmd/gofmt")
}

// env is the environment of the go command in the tree, the host's and the guest's.
// No module is ever fetched. Settings of Armature's own build must not go in.
func (t *tree) env(more ...string) []string {
	env := slices.DeleteFunc(os.Environ(), func(kv string) bool {
		return strings.HasPrefix(kv, "GO") || strings.HasPrefix(kv, "CGO_") || strings.HasPrefix(kv, "PWD=")
	})
	return append(append(env, "GOROOT="+t.root, "GOCACHE="+t.cache, "GOPROXY=off", "GOTOOLCHAIN=local", "GOENV=off",
		"CGO_ENABLED=0"), more...)
}

// build runs the host's go command for the guest's machine.
func (t *tree) build(ctx context.Context, dir string, args ...string) error {
	cmd := exec.CommandContext(ctx, t.hostGo, args...)
	cmd.Dir = dir
	cmd.Env = t.env("GOOS=linux", "GOARCH=arm64", "PWD="+dir)
	if msg, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go %s: %w\n%s", strings.Join(args, " "), err, msg)
	}
	return nil
}

// packages lists the packages with tests that the patterns name.
func (t *tree) packages(ctx context.Context, patterns []string) ([]string, error) {
	args := []string{"list", "-f", "{{if or .TestGoFiles .XTestGoFiles}}{{.ImportPath}}{{end}}"}
	cmd := exec.CommandContext(ctx, t.hostGo, append(args, patterns...)...)
	cmd.Dir = filepath.Join(t.root, "src")
	cmd.Env = t.env("GOOS=linux", "GOARCH=arm64", "PWD="+cmd.Dir)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w\n%s", err, stderr.Bytes())
	}
	pkgs := strings.Fields(string(out))
	pkgs = slices.DeleteFunc(pkgs, func(p string) bool { return strings.HasPrefix(p, "vendor/") })
	if len(pkgs) == 0 {
		return nil, fmt.Errorf("no package with tests matches %s", strings.Join(patterns, " "))
	}
	return pkgs, nil
}
