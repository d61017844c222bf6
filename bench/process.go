package main

import (
	"path/filepath"
	"strconv"

	"armature/test/cbuild"
)

// The group process: what the operating system does for a process. All of it is one
// program, bench/process/process.c, which is told what to do and how often.
const process group = "processes"

// processTable has a number of rounds that take the host 0.05 to 0.5 s. The two
// of parallel are long beside what starting a program and a thread takes.
var processTable = []struct {
	name  string
	what  string // the program's first argument
	n     int
	spawn string // the hello to execute, "static" or "dynamic"; "" for none
	base  string // another "what", run right before each run, to compare with; "" for none
}{
	{name: "getppid", what: "getppid", n: 1000000},
	{name: "read-1", what: "read", n: 1000000},
	{name: "signal", what: "signal", n: 200000},
	{name: "fork", what: "fork", n: 500},
	{name: "fork-threads", what: "fork-threads", n: 200},
	{name: "spawn-static", what: "spawn", n: 40, spawn: "static"},
	{name: "spawn-dynamic", what: "spawn", n: 40, spawn: "dynamic"},
	{name: "thread", what: "thread", n: 2000},
	{name: "mutex", what: "mutex", n: 2000000},
	{name: "pipe", what: "pipe", n: 30000},
	{name: "parallel-1", what: "parallel1", n: 160000000},
	{name: "parallel-2", what: "parallel2", n: 160000000, base: "parallel1"},
}

// processCases lists the group's benchmarks.
func processCases(root string, scale float64) (list []prepared) {
	for _, p := range processTable {
		n := max(1, int(float64(p.n)*scale))
		list = append(list, prepared{p.name, process, func() (bench, error) {
			b, err := buildProcess(root, p.name, p.what, n)
			if p.base != "" && err == nil {
				base, err := buildProcess(root, p.name, p.base, n)
				b.base = &base
				return b, err
			}
			if err != nil || p.spawn == "" {
				return b, err
			}
			return b, addSpawn(root, &b, p.spawn)
		}})
	}
	return list
}

func buildProcess(root, name, what string, n int) (bench, error) {
	src := []string{filepath.Join(root, "bench", "process", "process.c")}
	flags := []string{"-O2", "-static", "-pthread", "-Wall", "-Wextra", "-Werror"}
	args := []string{what, strconv.Itoa(n)}
	b := bench{name: name, group: process, reps: 1, cross: true}
	for _, t := range []struct {
		target cbuild.Target
		argv   *[]string
	}{{cbuild.Native, &b.native}, {cbuild.ARM64, &b.guest}} {
		path, err := cbuild.Build(cbuild.Spec{Name: "process", Target: t.target, Flags: flags, Srcs: src})
		if err != nil {
			return bench{}, err
		}
		*t.argv = append([]string{path}, args...)
	}
	return b, nil
}

// addSpawn makes b execute a hello program.
func addSpawn(root string, b *bench, kind string) error {
	h, err := buildHello(root, "hello-"+kind, kind == "static")
	if err != nil {
		return err
	}
	b.native = append(b.native, h.native...)
	b.opts, b.spawn = h.opts, h.guest
	return nil
}
