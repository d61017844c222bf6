package linuxuser_test

import (
	"bytes"
	"fmt"
	"os/exec"
	"strconv"
	"strings"
	"testing"
)

// TestFileLimit: under a low limit of open files the emulator's own descriptors are
// as far out of the guest's way as under a high one.
func TestFileLimit(t *testing.T) {
	prog := guest(t, "nofile", "-static")
	start := func(option string, limit int) (string, int) {
		cmd := exec.Command("sh", "-c", fmt.Sprintf(`ulimit -%sn %d && exec "$@"`, option, limit), "sh", work+"/armature-aarch64", prog)
		var out bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &out
		cmd.Run()
		return out.String(), cmd.ProcessState.ExitCode()
	}
	for _, limit := range []int{8, 20, 300, 999, 1001, 1002, 1024} {
		t.Run(strconv.Itoa(limit), func(t *testing.T) {
			out, status := start("S", limit)
			want := ""
			for _, s := range []struct {
				when  string
				limit int
			}{{"start", limit}, {"child", limit}, {"lower", 8}, {"child", 8}} {
				n := s.limit - 3
				if s.limit > 1000 { // above the emulator's
					n = -1
				}
				want += fmt.Sprintf("%s %d 3 %d\n", s.when, s.limit, n)
			}
			if status != 0 || !alike(out, want) {
				t.Errorf("status %d, %q, want %q", status, out, want)
			}
		})
	}
	for _, limit := range []int{20, 300, 1001} {
		t.Run(fmt.Sprintf("hard%d", limit), func(t *testing.T) {
			// Without the privilege to raise the limit, the emulator's two count.
			out, status := start("", limit)
			want := fmt.Sprintf("start %d 3 -1\nchild %[1]d 3 -1\nlower 8 3 -1\nchild 8 3 -1\n", limit)
			if status != 0 || !alike(out, want) {
				t.Errorf("status %d, %q, want %q", status, out, want)
			}
		})
	}
	t.Run("none", func(t *testing.T) {
		// With the privilege to raise the limit the program starts.
		out, status := start("", 3)
		if !(status == 125 && strings.Contains(out, "too many open files (see ulimit -n)")) && !strings.HasPrefix(out, "start 3 -1 0\n") {
			t.Errorf("status %d, %q", status, out)
		}
	})
}

// alike tells whether the lines of got are those of want, in which a last word of -1
// stands for any.
func alike(got, want string) bool {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	if len(g) != len(w) {
		return false
	}
	for i := range w {
		any, ok := strings.CutSuffix(w[i], "-1")
		if g[i] != w[i] && !(ok && strings.HasPrefix(g[i], any)) {
			return false
		}
	}
	return true
}
