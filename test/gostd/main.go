package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"armature/test/command"
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
	command.Main("gostd", func(ctx context.Context) (int, error) { return run(ctx, flag.Args()) })
}

// run tests the packages that patterns name and returns how many runs failed.
func run(ctx context.Context, patterns []string) (failed int, err error) {
	emu := strings.Fields(*emuPath)
	if len(emu) == 0 {
		return 0, errors.New("no emulator given (-emu)")
	}
	if emu[0], err = command.Program(emu[0]); err != nil {
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
