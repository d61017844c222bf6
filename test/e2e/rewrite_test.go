package e2e

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"armature/test/cbuild"
)

func init() { otherSources["rewrite"] = true }

// TestRewrite runs a guest that rewrites its code a million times. Old
// translations must not pile up: memory is bounded by the arena, here of 8 MiB.
func TestRewrite(t *testing.T) {
	if *emuFlag != "" {
		t.Log("not Armature: --arena is its option")
		return
	}
	guest, err := cbuild.Build(cbuild.Spec{
		Name: "rewrite", Target: cbuild.ARM64, Flags: []string{"-O2", "-static"},
		Srcs: []string{filepath.Join(root, "test", "guest", "c", "rewrite.c")},
	})
	if err != nil {
		t.Fatal(err)
	}
	argv := underTest([]string{"--arena=8"}, []string{guest})
	cmd := exec.Command(argv[0], argv[1:]...)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	sum := uint64(0)
	for i := range uint64(1000000) {
		sum = sum*3 ^ i
	}
	if got, want := strings.TrimSpace(string(out)), fmt.Sprintf("%x", sum); got != want {
		t.Errorf("sum %s, want %s", got, want)
	}
	const limit = 48 << 10 // KiB; a translation kept for each rewrite would take some 80 MiB
	if rss := cmd.ProcessState.SysUsage().(*syscall.Rusage).Maxrss; rss > limit {
		t.Errorf("%d KiB resident at the most, want no more than %d", rss, limit)
	}
}
