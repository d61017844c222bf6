package main

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"armature/test/cbuild"
)

// peaks runs the benchmark once more by each engine, and returns its peak memory in KiB by
// the engine's name. What cannot be run or measured is left out: its failure shows elsewhere.
func peaks(ctx context.Context, engines []engine, b bench, root string, timeout time.Duration) (map[string]int64, error) {
	peak, err := cbuild.Build(cbuild.Spec{
		Name: "peak", Target: cbuild.Native, Flags: []string{"-O2", "-static", "-Wall", "-Wextra", "-Werror"},
		Srcs: []string{filepath.Join(root, "bench", "process", "peak.c")},
	})
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "peak")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	file := filepath.Join(dir, "kib")
	all := map[string]int64{}
	for _, e := range engines {
		if kib, err := peakOf(ctx, peak, file, e, b, timeout); err == nil {
			all[e.name] = kib
		}
	}
	return all, nil
}

// peakOf gives the peak memory of one run; peak is the program that measures it, to file.
func peakOf(ctx context.Context, peak, file string, e engine, b bench, timeout time.Duration) (int64, error) {
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	cmd := exec.CommandContext(ctx, peak, append([]string{file}, e.command(b)...)...)
	cmd.Env = slices.Concat(os.Environ(), b.env, e.env)
	if err := cmd.Run(); err != nil {
		return 0, err
	}
	text, err := os.ReadFile(file)
	if err != nil {
		return 0, err
	}
	return strconv.ParseInt(strings.TrimSpace(string(text)), 10, 64)
}
