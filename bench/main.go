package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"time"

	"armature/test/cbuild"
	"armature/test/command"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

func run() error {
	var (
		pattern = flag.String("run", "", "run only the benchmarks whose names match this regular expression")
		only    = flag.String("group", "", "run only the groups whose names match this regular expression")
		rounds  = flag.Int("rounds", 5, "rounds of paired runs")
		scale   = flag.Float64("scale", 1, "multiply the kernels' work by this")
		emu     = flag.String("emu", "", "Armature's command, with options (default bin/armature-aarch64)")
		peer    = flag.String("peer", "qemu-aarch64-static", "the emulator to compare with; empty for none")
		clock   = flag.String("time", "wall", "clock to compare by: wall or cpu (user + system)")
		timeout = flag.Duration("timeout", 3*time.Minute, "longest time of one run")
		jsonOut = flag.String("json", "", "write all samples to this file")
		md      = flag.String("md", "", "replace the results section of this Markdown file")
		stats   = flag.Bool("stats", true, "run once more with --stats and once for the peak memory, and report the translator's work")
		list    = flag.Bool("list", false, "list the benchmarks and exit")
		build   = flag.Bool("build", false, "build the programs, print the guests' command lines and exit")
	)
	flag.Parse()
	if flag.NArg() > 0 || *rounds < 1 || *scale <= 0 || (*clock != "wall" && *clock != "cpu") {
		flag.Usage()
		return fmt.Errorf("bad arguments: %s", strings.Join(os.Args[1:], " "))
	}
	re, err := regexp.Compile(*pattern)
	if err != nil {
		return fmt.Errorf("-run: %w", err)
	}
	groups, err := regexp.Compile(*only)
	if err != nil {
		return fmt.Errorf("-group: %w", err)
	}
	root, err := cbuild.Root()
	if err != nil {
		return err
	}
	engines := []engine{{name: nativeName}}
	if *peer != "" {
		engines = append(engines, engine{name: peerName, argv: strings.Fields(*peer)})
	}
	ours := strings.Fields(*emu)
	if len(ours) == 0 {
		ours = []string{filepath.Join(root, "bin", "armature-aarch64")}
	}
	// Translations are kept between runs only where a column says so.
	cold := engine{name: oursName, argv: ours, env: []string{"ARMATURE_CACHE=off"}, own: true}
	engines = append(engines, cold)
	cache, err := os.MkdirTemp("", "bench")
	if err != nil {
		return err
	}
	defer os.RemoveAll(cache)
	warm := engine{name: warmName, argv: ours, env: []string{"ARMATURE_CACHE=" + cache}, own: true}

	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	rep := report{
		Date: command.Today(), Machine: command.Machine(), Rounds: *rounds, Clock: *clock, Scale: *scale,
		Peer: version(strings.Fields(*peer)),
	}
	failed := 0
	for _, p := range allCases(root, *peer, *scale) {
		if !re.MatchString(p.name) || !groups.MatchString(string(p.group)) {
			continue
		}
		if *list {
			fmt.Printf("%-16s %s\n", p.name, p.group)
			continue
		}
		b, err := p.build()
		if err != nil {
			return fmt.Errorf("%s: %w", p.name, err)
		}
		if *build {
			if b.enter != nil {
				continue
			}
			fmt.Println(strings.Join(append(append([]string{}, b.opts...), b.guest...), " "))
			continue
		}
		if len(rep.Results) == 0 && p.group != builds {
			writeHeader(os.Stdout)
		}
		with := engines
		if p.group == builds {
			if p := first(rep.Results, builds); p == nil {
				writeBuildHeader(os.Stdout)
			}
			with = append(slices.Clip(engines), warm, engine{name: nativeToolsName, own: true})
		} else if p.group == startup || p.group == large || b.spawn != nil {
			fill(ctx, warm, b, *timeout)
			with = append(slices.Clip(engines), warm)
		}
		if p.group == kernels && *emu == "" {
			single := cold
			single.name, single.argv = singleName, append(slices.Clip(ours), "--opt=-threads")
			with = append(slices.Clip(with), single)
		}
		res := runBench(ctx, with, b, *rounds, *timeout)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if *stats && b.enter == nil && res.Errors[oursName] == "" {
			res.Stats = ownStats(ctx, cold, b, *timeout)
			if res.Peak, err = peaks(ctx, engines, b, root, *timeout); err != nil {
				return err
			}
		}
		rep.Results = append(rep.Results, res)
		if p.group == builds {
			writeBuildRow(os.Stdout, res, *clock == "cpu")
		} else {
			writeRow(os.Stdout, res, *clock == "cpu")
		}
		for e, msg := range res.Errors {
			failed++
			fmt.Printf("  %s: %s\n", e, msg)
		}
	}
	if len(rep.Results) == 0 {
		return nil
	}
	for _, g := range []group{kernels, startup, process, large} {
		if first(rep.Results, g) != nil {
			fmt.Printf("%s:\n", g)
			writeMeans(os.Stdout, rep.Results, g, *clock == "cpu")
		}
	}
	writeThreads(os.Stdout, rep)
	writeStats(os.Stdout, rep)
	if *jsonOut != "" {
		data, err := json.MarshalIndent(rep, "", "\t")
		if err != nil {
			return err
		}
		if err := os.WriteFile(*jsonOut, append(data, '\n'), 0o644); err != nil {
			return err
		}
	}
	if *md != "" {
		if err := updateMarkdown(*md, rep); err != nil {
			return err
		}
	}
	if failed > 0 {
		return fmt.Errorf("%d failures", failed)
	}
	return nil
}

// first gives the first result of a group; nil if there is none.
func first(results []result, g group) *result {
	for i := range results {
		if results[i].Group == g {
			return &results[i]
		}
	}
	return nil
}
