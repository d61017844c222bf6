// Package command has what the commands that test and measure (bench, test/gostd, test/software)
// share: their end, programs that they are given, a line about the machine, and sections of
// documents that they write.
package command

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"time"
)

// Main runs a command, whose context ends with a signal that asks it to end, and exits: with status 1 after
// an error, or if something failed.
func Main(name string, run func(context.Context) (failed int, err error)) {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	failed, err := run(ctx)
	if err != nil {
		fmt.Fprintf(os.Stderr, "%s: %v\n", name, err)
	}
	if err != nil || failed > 0 {
		os.Exit(1)
	}
}

// Program returns the absolute path of a program that is named by a path or found in PATH.
func Program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}

// Machine describes the processor and the system in one line.
func Machine() string {
	model := "unknown processor"
	if text, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.SplitSeq(string(text), "\n") {
			if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "model name" {
				model = strings.TrimSpace(v)
				break
			}
		}
	}
	release := ""
	if text, err := os.ReadFile("/proc/sys/kernel/osrelease"); err == nil {
		release = ", Linux " + strings.TrimSpace(string(text))
	}
	return fmt.Sprintf("%s, %d cores%s", model, runtime.NumCPU(), release)
}

// Today is the date as reports have it.
func Today() string { return time.Now().Format(time.DateOnly) }

// ReplaceSection puts text between two marks of a file, and leaves the rest alone. It returns
// an error if the file has not both marks.
func ReplaceSection(path, begin, end, text string) error {
	old, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	head, rest, ok := strings.Cut(string(old), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		return fmt.Errorf("%s: no %s ... %s section", path, begin, end)
	}
	return os.WriteFile(path, []byte(head+begin+"\n\n"+text+"\n"+end+tail), 0o644)
}
