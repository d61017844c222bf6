package lease

import (
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"
)

func open(t *testing.T, name string) *os.File {
	t.Helper()
	f, err := os.OpenFile(name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

func TestLease(t *testing.T) {
	name := filepath.Join(t.TempDir(), "lease")
	first, err := Take(open(t, name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Take(open(t, name)); !errors.Is(err, ErrHeld) {
		t.Errorf("of one that is held: %v", err)
	}
	if !Held(name) || Held(name+"x") {
		t.Errorf("held: %v, one that is not there: %v", Held(name), Held(name+"x"))
	}
	// A process of the first holder's outlives it.
	cmd := exec.Command("cat")
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	if err := first.Add(cmd.Process.Pid); err != nil {
		t.Fatal(err)
	}
	first.Close()
	if Held(name) {
		t.Error("it is held after the end")
	}
	second := open(t, name)
	taken := make(chan error, 1)
	go func() { _, err := Take(second); taken <- err }()
	select {
	case err := <-taken:
		t.Fatalf("it did not wait: %v", err)
	case <-time.After(100 * time.Millisecond): // no proof, but it would have been quick
	}
	in.Close()
	if err := <-taken; err != nil { // before anybody has waited for the process
		t.Error(err)
	}
	cmd.Wait()
	if b, _ := os.ReadFile(name); len(b) != 0 {
		t.Errorf("the lease still names %q", b)
	}
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	late := open(t, filepath.Join(t.TempDir(), "late"))
	if err := os.Remove(late.Name()); err != nil {
		t.Fatal(err)
	}
	if _, err := Take(late); !errors.Is(err, ErrRemoved) {
		t.Errorf("of a file that was removed: %v", err)
	}
}

// TestGone: processes that are not those that were meant, and what is no process.
func TestGone(t *testing.T) {
	self, err := startTime(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	if gone(os.Getpid(), self, time.Now()) {
		t.Error("this process is gone")
	}
	if !gone(os.Getpid(), self+"0", time.Now()) {
		t.Error("one of the same number that was started at another time counts")
	}
	f := open(t, filepath.Join(t.TempDir(), "lease"))
	io.WriteString(f, "nonsense\n-1 5\n0 0\n1\n99999999999 1\n")
	f.Seek(0, io.SeekStart)
	if _, err := Take(f); err != nil {
		t.Error(err)
	}
}
