package main

import (
	"cmp"
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// scripts has a folder for each kind of item, with run.sh and what that uses.
//
//go:embed testdata
var scripts embed.FS

// An item is something that real software does.
type item struct {
	name string // folder in scripts, or FOLDER/ARGUMENT
	what string // a few words
}

// The items that make the tree.
const (
	secondStage = "second-stage"
	install     = "packages"
)

// items are all of them, in the order that they are run in.
var items = []item{
	{name: secondStage, what: "debootstrap --second-stage, buildd variant"},
	{name: install, what: "apt-get update, and install of what the items use"},
	{name: "make", what: "C library and programs, built and tested"},
	{name: "cmake", what: "C++ project by cmake, ninja, ctest"},
	{name: "go", what: "go build, vet and test of a package"},
	{name: "perl", what: "prove of three scripts"},
	{name: "openssl", what: "digests, ciphers, signatures, TLS 1.3"},
	{name: "git", what: "commits, merge, gc, fsck, clone, bisect"},
	{name: "node/cpu", what: "CPU work"},
	{name: "node/threads", what: "worker threads, child, TCP"},
	{name: "java/Cpu", what: "CPU work, exceptions by faults"},
	{name: "java/Threads", what: "threads, locks, process, TCP"},
	{name: "postgresql", what: "initdb, pgbench, sums, crash"},
	{name: "redis", what: "redis-benchmark, script, bgsave"},
	{name: "python/test_threading", what: "CPython's own tests"},
	{name: "python/test_subprocess", what: "CPython's own tests"},
	{name: "python/test_signal", what: "CPython's own tests"},
	{name: "python/test_socket", what: "CPython's own tests"},
	{name: "python/test_mmap", what: "CPython's own tests"},
	{name: "python/test_asyncio", what: "CPython's own tests"},
	{name: "python/test_multiprocessing_fork", what: "CPython's own tests"},
	{name: "python/test_multiprocessing_forkserver", what: "CPython's own tests"},
	{name: "python/test_multiprocessing_spawn", what: "CPython's own tests"},
	{name: "stress-ng/signal", what: "each stressor for a second, --verify"},
	{name: "stress-ng/cpu", what: "each stressor for a second, --verify"},
	{name: "stress-ng/memory", what: "each stressor for a second, --verify"},
	{name: "stress-ng/scheduler", what: "each stressor for a second, --verify"},
	{name: "stress-ng/pipe", what: "each stressor for a second, --verify"},
	{name: "stress-ng/filesystem", what: "each stressor for a second, --verify"},
	{name: "stress-ng/vm", what: "each stressor for a second, --verify"},
}

// selected gives the items that names, separated by commas, mean: an item, or the folder of several.
func selected(names string) (list []item, err error) {
	if names == "" {
		return items, nil
	}
	chosen := map[string]bool{}
	for name := range strings.SplitSeq(names, ",") {
		name = strings.TrimSpace(name)
		found := false
		for _, it := range items {
			if it.name == name || strings.HasPrefix(it.name, name+"/") {
				chosen[it.name], found = true, true
			}
		}
		if !found {
			return nil, fmt.Errorf("no item %q (-list lists them)", name)
		}
	}
	for _, it := range items {
		if chosen[it.name] {
			list = append(list, it)
		}
	}
	return list, nil
}

// An emulator runs a tree's programs.
type emulator struct {
	key     string        // in -emulators and results
	handler string        // program that the kernel is to start
	limit   time.Duration // for an item
}

func (e emulator) ours() bool { return e.key == "armature" }

// workDir is where an item's files are, in the tree.
const workDir = "/srv/software"

// A runner runs items.
type runner struct {
	trees trees
	logs  string // folder
}

// log makes a file for what a run prints.
func (r *runner) log(it, emulator, kind string) (*os.File, error) {
	return os.Create(filepath.Join(r.logs, strings.ReplaceAll(it, "/", "-")+"."+emulator+"."+kind))
}

// script runs an item in a tree, and judges it. An error says that it could not be run.
func (r *runner) script(ctx context.Context, it item, e emulator, tree string) (res result, err error) {
	folder, arg, _ := strings.Cut(it.name, "/")
	dir := filepath.Join(tree, workDir)
	if err := os.RemoveAll(dir); err != nil {
		return res, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	want, err := unpack(folder, dir)
	if err != nil {
		return res, err
	}
	out, err := r.log(it.name, e.key, "out")
	if err != nil {
		return res, err
	}
	defer out.Close()
	stderr, err := r.log(it.name, e.key, "err")
	if err != nil {
		return res, err
	}
	defer stderr.Close()
	o := order{Root: tree, Dir: workDir, Args: []string{"/bin/sh", "-eu", "run.sh", arg}, Env: environment("PWD=" + workDir), Handler: e.handler}
	u, runErr := o.run(ctx, e.limit, out, stderr)
	if ctx.Err() != nil {
		return res, context.Cause(ctx)
	}
	text, err := os.ReadFile(out.Name())
	if err != nil {
		return res, err
	}
	said, err := os.ReadFile(stderr.Name())
	if err != nil {
		return res, err
	}
	res = newResult(it, e, u)
	res.judge(string(text), string(said), cmp.Or(want[arg], want[""]), runErr)
	return res, nil
}

// unpack writes the files of an item to a new folder dir, and gives the texts that it is to print: those of
// the files want.ARGUMENT, and want for all others.
func unpack(folder, dir string) (want map[string]string, err error) {
	from, err := fs.Sub(scripts, "testdata/"+folder)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return nil, err
	}
	if err := os.CopyFS(dir, from); err != nil {
		return nil, fmt.Errorf("item %s: %w", folder, err)
	}
	want = map[string]string{}
	names, err := fs.Glob(from, "want*")
	for _, name := range names {
		text, err := fs.ReadFile(from, name)
		if err != nil {
			return nil, err
		}
		want[strings.TrimPrefix(strings.TrimPrefix(name, "want"), ".")] = string(text)
	}
	return want, err
}

// judge fills in what an item came to: what it printed to its two outputs, what it should have, and its end.
func (res *result) judge(out, said, want string, err error) {
	text, notes := splitNotes(out)
	res.Notes = notes
	var own []string
	if res.Emulator == "armature" {
		own = messages(said, false)
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit) && exit.ExitCode() == statusBad:
		res.Failure = "could not be run: " + lastLine(said)
	case err != nil:
		res.Failure = err.Error()
	case text != want:
		res.Failure = "output: " + firstDifference(text, want)
	case len(own) > 0:
		res.Failure = "message: " + own[0]
	}
}

func lastLine(text string) string {
	text = strings.TrimRight(text, "\n")
	return text[strings.LastIndexByte(text, '\n')+1:]
}
