package e2e

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"armature/test/cbuild"
)

var goRounds = flag.Int("go-rounds", 5, "how often each part of the Go guest runs")

// goGuest builds the Go program of test/guest/go for an architecture.
func goGuest(t *testing.T, arch string) string {
	t.Helper()
	dir, err := cbuild.Dir()
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(dir, "go-"+arch)
	cmd := exec.Command("go", "build", "-trimpath", "-o", out, "./test/guest/go")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS=linux", "GOARCH="+arch, "CGO_ENABLED=0", "GOEXPERIMENT=", "GOFLAGS=")
	if msg, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("go build: %v\n%s", err, msg)
	}
	return out
}

// TestGo: Go's runtime as a guest does what it does natively, time and again.
func TestGo(t *testing.T) {
	native, guest := goGuest(t, "amd64"), goGuest(t, "arm64")
	want := run(t, job{argv: []string{native}})
	if want.Exit != 0 || want.Stdout == "" {
		t.Fatalf("native: %s\n%s", want.end(), tail(want.Stderr, 20))
	}
	for i := range *goRounds {
		t.Run(fmt.Sprint(i), func(t *testing.T) {
			t.Parallel()
			j := job{argv: underTest(nil, []string{guest})}
			compare(t, j, run(t, j), want)
		})
	}
}
