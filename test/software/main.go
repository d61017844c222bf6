package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"armature/test/cbuild"
	"armature/test/command"

	"golang.org/x/sys/unix"
)

var (
	names     = flag.String("run", "", "items to run, separated by commas: names, or what is before the / of several (default: all)")
	emuNames  = flag.String("emulators", "", "armature, qemu or both (default: armature, and qemu for the second stage if that has to be made)")
	fresh     = flag.Bool("fresh", false, "make the tree anew")
	list      = flag.Bool("list", false, "list the items and exit")
	md        = flag.String("md", "", "replace the results section of this Markdown file by all results that are kept")
	limit     = flag.Duration("limit", time.Hour, "wall time for an item under Armature")
	peerLimit = flag.Duration("peerlimit", 10*time.Minute, "wall time for an item under QEMU")
	emuPath   = flag.String("emu", "bin/armature-aarch64", "Armature's program")
	qemuPath  = flag.String("qemu", "", "QEMU's program (default: that which its package registers, or qemu-aarch64-static)")
)

func main() {
	if len(os.Args) == 3 && os.Args[1] == insideCommand {
		inside(os.Args[2])
	}
	flag.Usage = func() {
		fmt.Fprintln(flag.CommandLine.Output(), "usage: software [options]")
		flag.PrintDefaults()
	}
	flag.Parse()
	command.Main("software", run)
}

// run runs what was asked for, and gives how many items failed under Armature.
func run(ctx context.Context) (failed int, err error) {
	if flag.NArg() > 0 {
		return 0, fmt.Errorf("unexpected argument %q", flag.Arg(0))
	}
	chosen, err := selected(*names)
	if err != nil {
		return 0, err
	}
	if *list {
		for _, it := range items {
			fmt.Printf("%-40s %s\n", it.name, it.what)
		}
		return 0, nil
	}
	if os.Geteuid() != 0 {
		return 0, errors.New("the tree has several users, which only root can give it: run this as root")
	}
	emulators, err := findEmulators(*emuNames)
	if err != nil {
		return 0, err
	}
	root, err := cbuild.Root()
	if err != nil {
		return 0, err
	}
	dir := filepath.Join(root, "build", "software")
	s := &session{runner: runner{trees{dir}, filepath.Join(dir, "logs")}, store: filepath.Join(dir, "results.json"), emulators: emulators}
	if err := os.MkdirAll(s.logs, 0o755); err != nil {
		return 0, err
	}
	unlock, err := lock(filepath.Join(dir, "lock"))
	if err != nil {
		return 0, err
	}
	defer unlock()
	if s.kept, err = loadResults(s.store); err != nil {
		return 0, err
	}
	if *fresh {
		if err := s.trees.removeAll(); err != nil {
			return 0, err
		}
	}
	err = s.run(ctx, chosen, *names != "")
	if len(s.now) > 0 {
		fmt.Printf("\n%s", s.now.table())
	}
	if err != nil {
		return 0, err
	}
	for _, r := range s.now {
		if r.Failure != "" && r.Emulator == "armature" {
			failed++
		}
	}
	if *md != "" {
		return failed, s.kept.writeSection(*md)
	}
	return failed, nil
}

// lock keeps others out of a folder's trees.
func lock(path string) (unlock func() error, err error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB); err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w (is another run going on?)", path, err), f.Close())
	}
	return f.Close, nil
}

// findEmulators gives the emulators that are named, or with no name both.
func findEmulators(names string) (list []emulator, err error) {
	if names == "" {
		names = "armature,qemu"
	}
	for key := range strings.SplitSeq(names, ",") {
		e := emulator{key: strings.TrimSpace(key)}
		if slices.ContainsFunc(list, func(other emulator) bool { return other.key == e.key }) {
			return nil, fmt.Errorf("-emulators %q: %s is there twice", names, e.key)
		}
		switch e.key {
		case "armature":
			e.limit = *limit
			e.handler, err = command.Program(*emuPath)
		case "qemu":
			e.limit = *peerLimit
			e.handler, err = qemu(*qemuPath)
		default:
			err = fmt.Errorf("-emulators %q: want armature, qemu, or both with a comma", names)
		}
		if err != nil {
			return nil, err
		}
		list = append(list, e)
	}
	return list, nil
}

// qemu finds QEMU. Debian's package has a name by which it keeps argv[0], as Armature does.
func qemu(path string) (string, error) {
	if path != "" {
		return command.Program(path)
	}
	if path, err := command.Program("/usr/libexec/qemu-binfmt/aarch64-binfmt-P"); err == nil {
		return path, nil
	}
	return command.Program("qemu-aarch64-static")
}

// A session is one run of this command.
type session struct {
	runner
	store     string // file of the results
	emulators []emulator
	now, kept results // of this run, and all
}

// run runs the items, and before them what makes the tree if that is not there. Items that make it run again only if they are
// named.
func (s *session) run(ctx context.Context, chosen []item, named bool) error {
	again := func(name, tree string) bool {
		return (named || !s.trees.have(tree)) && slices.ContainsFunc(chosen, func(it item) bool { return it.name == name })
	}
	scripted := slices.ContainsFunc(chosen, func(it item) bool { return it.name != secondStage && it.name != install })
	needFull := scripted && !s.trees.have(full)
	installing := needFull || again(install, full)
	if needBase := installing && !s.trees.have(base); needBase || again(secondStage, base) {
		if err := s.firstStage(ctx); err != nil {
			return err
		}
		if err := s.step(ctx, items[0], s.emulators, base, needBase, s.secondStage); err != nil {
			return err
		}
	}
	if installing {
		if err := s.step(ctx, items[1], s.besides(), full, needFull, s.install); err != nil {
			return err
		}
	}
	if scripted && len(s.now) == 0 {
		fmt.Println("the tree of an earlier run is used again (-fresh makes it anew)")
	}
	for _, it := range chosen {
		if it.name == secondStage || it.name == install {
			continue
		}
		for _, e := range s.besides() {
			if err := s.one(ctx, it, e); err != nil {
				return err
			}
		}
	}
	return nil
}

// besides are the emulators that items run under: Armature's alone unless they are named.
func (s *session) besides() []emulator {
	if *emuNames != "" {
		return s.emulators
	}
	return s.emulators[:1]
}

// step runs what makes a tree under emulators, Armature among them if the tree is needed, and compares: at the same time, so
// that whatever else the machine has to do is the same for all.
func (s *session) step(ctx context.Context, it item, emulators []emulator, tree string, needed bool,
	do func(context.Context, item, emulator) (result, string, error)) error {
	if needed && !slices.ContainsFunc(emulators, emulator.ours) {
		ours, err := findEmulators("armature")
		if err != nil {
			return err
		}
		emulators = append(ours, emulators...)
	}
	made, logs, errs := make([]result, len(emulators)), make([]string, len(emulators)), make([]error, len(emulators))
	var wg sync.WaitGroup
	for i, e := range emulators {
		wg.Go(func() { made[i], logs[i], errs[i] = do(ctx, it, e) })
	}
	wg.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i := range made {
		for j := range made {
			if made[i].Emulator == "armature" && made[j].Emulator != "armature" {
				pair(&made[i], &made[j], logs[i], logs[j])
			}
		}
	}
	for _, res := range made {
		if err := s.add(res); err != nil {
			return err
		}
	}
	if needed && !s.trees.have(tree) {
		return fmt.Errorf("%s failed, and there is no tree to go on with", it.name)
	}
	return nil
}

// one runs an item.
func (s *session) one(ctx context.Context, it item, e emulator) error {
	tree := full
	if !e.ours() {
		if tree = beside; !s.trees.have(beside) {
			dir, err := s.trees.copied(ctx, full, beside, "copy")
			if err != nil {
				return err
			}
			if err := s.trees.finished(dir, beside); err != nil {
				return err
			}
		}
	}
	res, err := s.script(ctx, it, e, s.trees.path(tree))
	if err != nil {
		return err
	}
	return s.add(res)
}

// add prints and keeps a result.
func (s *session) add(r result) error {
	fmt.Printf("%-38s %-9s %7.1f s %7.1f + %.1f  %s\n", r.Item, r.Emulator, r.Wall, r.User, r.System, r.verdict())
	s.now.put(r)
	s.kept.put(r)
	return s.kept.save(s.store)
}
