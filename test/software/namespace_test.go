package main

import (
	"bufio"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// TestMain makes the test program process 1 of a command's namespaces, too.
func TestMain(m *testing.M) {
	if len(os.Args) == 3 && os.Args[1] == insideCommand {
		inside(os.Args[2])
	}
	os.Exit(m.Run())
}

// shell runs a shell's script in namespaces, and gives what it prints.
func shell(t *testing.T, ctx context.Context, limit time.Duration, script string) (out string, err error) {
	t.Helper()
	f, err := os.Create(filepath.Join(t.TempDir(), "out"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	// The end of a pipe says that nobody has the other one.
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	o := order{Dir: "/", Args: []string{"/bin/sh", "-c", script}, Env: environment()}
	_, err = o.run(ctx, limit, f, w)
	w.Close()
	r.SetReadDeadline(time.Now().Add(time.Minute))
	if said, err := io.ReadAll(r); err != nil || len(said) > 0 {
		t.Errorf("%s: left behind, or said: %q, %v", script, said, err)
	}
	text, rerr := os.ReadFile(f.Name())
	if rerr != nil {
		t.Fatal(rerr)
	}
	return string(text), err
}

// TestRun: a command has processes, names and a network of its own, and what it has started ends with it.
func TestRun(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("root and nobody else can give it several users")
		return
	}
	out, err := shell(t, t.Context(), longStep, `echo $$; hostname; id -u; tail -n +3 /proc/net/dev | cut -d: -f1; sleep 100000 & exit 3`)
	if got := strings.Join(strings.Fields(out), " "); !strings.HasSuffix(got, " software 0 lo") || err == nil || err.Error() != "exit status 3" {
		t.Errorf("%q, %v", out, err)
	}
	if out, err := shell(t, t.Context(), longStep, "kill -SEGV $$"); err == nil || err.Error() != "exit status 139" {
		t.Errorf("killed by a signal: %q, %v", out, err)
	}
	if _, err := shell(t, t.Context(), 200*time.Millisecond, "sleep 100000 & sleep 100000"); !errors.Is(err, errLimit) {
		t.Errorf("beyond its time: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(100*time.Millisecond, cancel)
	if _, err := shell(t, ctx, longStep, "sleep 100000"); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	o := order{Root: filepath.Join(t.TempDir(), "none"), Args: []string{"/bin/sh"}}
	if _, err := o.run(t.Context(), longStep, nil, nil); err == nil || err.Error() != "exit status 125" {
		t.Errorf("no tree: %v", err)
	}
}

// TestCounted: the time of what is ended early is counted, too.
func TestCounted(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("root and nobody else can give it several users")
		return
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	ctx, cancel := context.WithCancel(t.Context())
	said := make(chan string, 1)
	go func() {
		line, _ := bufio.NewReader(r).ReadString('\n')
		said <- line
		cancel()
	}()
	o := order{Dir: "/", Args: []string{"/bin/sh", "-c", "(i=0; while [ $i -lt 200000 ]; do i=$((i+1)); done; times; sleep 100000) & wait"}, Env: environment()}
	u, err := o.run(ctx, longStep, w, os.Stderr)
	w.Close()
	user, _, _ := strings.Cut(<-said, " ")
	d, perr := time.ParseDuration(user)
	if !errors.Is(err, context.Canceled) || perr != nil || d == 0 || u.User < d {
		t.Errorf("%v, %v: %v of %v", err, perr, u.User, d)
	}
}
