package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"
)

var (
	rounds  = flag.Int("n", 1, "how often to run each package")
	jobs    = flag.Int("j", 2, "packages at a time")
	emuPath = flag.String("emu", "bin/armature-aarch64", "emulator with options")
	limit   = flag.Duration("limit", 15*time.Minute, "wall time for a package")
	testRun = flag.String("run", "", "only tests that match, as with go test")
)

func main() {
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: gostd [options] [packages]")
		flag.PrintDefaults()
	}
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	failed, err := run(ctx, flag.Args())
	if err != nil {
		fmt.Fprintln(os.Stderr, "gostd:", err)
		os.Exit(1)
	}
	if failed > 0 {
		os.Exit(1)
	}
}

// run tests the packages that patterns name and returns how many runs failed.
func run(ctx context.Context, patterns []string) (failed int, err error) {
	emu := strings.Fields(*emuPath)
	if len(emu) == 0 {
		return 0, errors.New("no emulator given (-emu)")
	}
	if emu[0], err = program(emu[0]); err != nil {
		return 0, err
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return 0, err
	}
	tree, err := makeTree(ctx, filepath.Join(cache, "armature-gostd"))
	if err != nil {
		return 0, err
	}
	if len(patterns) == 0 {
		patterns = []string{"std"}
	}
	pkgs, err := tree.packages(ctx, patterns)
	if err != nil {
		return 0, err
	}

	fmt.Printf("%-36s %-9s %7s %7s  %s\n", "package", "result", "wall", "cpu", "failures")
	var (
		mu    sync.Mutex
		wg    sync.WaitGroup
		slots = make(chan struct{}, max(*jobs, 1))
		wall  time.Duration
		cpu   time.Duration
		runs  int
	)
	for range *rounds {
		for _, pkg := range pkgs {
			slots <- struct{}{}
			if ctx.Err() != nil {
				break
			}
			wg.Go(func() {
				defer func() { <-slots }()
				r := tree.test(ctx, emu, pkg)
				if ctx.Err() != nil {
					return
				}
				mu.Lock()
				defer mu.Unlock()
				runs++
				wall += r.wall
				cpu += r.cpu
				if !r.good() {
					failed++
				}
				fmt.Printf("%-36s %-9s %7.1f %7.1f  %s\n", pkg, r.verdict(), r.wall.Seconds(), r.cpu.Seconds(), r.details())
			})
		}
	}
	wg.Wait()
	if ctx.Err() != nil {
		return failed, errors.New("interrupted")
	}
	fmt.Printf("%d runs of %d packages, %d failed; %.0f s of wall time, %.0f s of CPU time\n",
		runs, len(pkgs), failed, wall.Seconds(), cpu.Seconds())
	return failed, nil
}

// program returns the absolute path of a program that is named by a path or found in PATH.
func program(name string) (string, error) {
	path, err := exec.LookPath(name)
	if err != nil {
		return "", err
	}
	return filepath.Abs(path)
}
