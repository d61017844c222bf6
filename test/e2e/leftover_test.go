package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// leftovers lists what is still there of work in the folder dir: mounts, and processes
// that have it in their mounts or their command lines.
func leftovers(dir string) (left []string) {
	self, _ := os.ReadFile("/proc/self/mountinfo")
	for line := range strings.Lines(string(self)) {
		if strings.Contains(line, dir) {
			left = append(left, "mounted: "+strings.TrimSpace(line))
		}
	}
	processes, _ := filepath.Glob("/proc/[0-9]*")
	for _, p := range processes {
		cmdline, err := os.ReadFile(p + "/cmdline")
		if err != nil || p == "/proc/"+itoa(os.Getpid()) {
			continue // gone, or this test
		}
		mounts, _ := os.ReadFile(p + "/mountinfo")
		if strings.Contains(string(cmdline), dir) || strings.Contains(string(mounts), dir) {
			left = append(left, "running: "+p+" "+strings.ReplaceAll(string(cmdline), "\x00", " "))
		}
	}
	return left
}

// nothingLeft waits until there are no leftovers.
func nothingLeft(t *testing.T, dir string) {
	t.Helper()
	var left []string
	for end := time.Now().Add(runLimit); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		if left = leftovers(dir); left == nil {
			return
		}
	}
	t.Errorf("left behind:\n%s", strings.Join(left, "\n"))
}

// handlers lists the handlers that are registered with the machine.
func handlers() string {
	names, _ := filepath.Glob("/proc/sys/fs/binfmt_misc/*")
	return strings.Join(names, "\n")
}
