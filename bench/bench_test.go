package main

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestMedian(t *testing.T) {
	for _, c := range []struct {
		v    []float64
		want float64
	}{
		{[]float64{3}, 3},
		{[]float64{3, 1}, 2},
		{[]float64{9, 1, 5}, 5},
		{[]float64{4, 1, 3, 2}, 2.5},
	} {
		if got := median(c.v); got != c.want {
			t.Errorf("median(%v) = %v, want %v", c.v, got, c.want)
		}
	}
	if got := median(nil); !math.IsNaN(got) {
		t.Errorf("median of nothing = %v", got)
	}
}

func TestGeomean(t *testing.T) {
	if got, n := geomean([]float64{2, 8, math.NaN()}); math.Abs(got-4) > 1e-12 || n != 2 {
		t.Errorf("geomean = %v of %d", got, n)
	}
	if got, n := geomean(nil); !math.IsNaN(got) || n != 0 {
		t.Errorf("geomean of nothing = %v of %d", got, n)
	}
}

// fakeEngine is a shell script in place of an emulator.
func fakeEngine(t *testing.T, name, script string) engine {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	return engine{name: name, argv: []string{path}}
}

func TestRunBench(t *testing.T) {
	engines := []engine{
		{name: nativeName},
		fakeEngine(t, "right", `echo sum 42`),
		fakeEngine(t, "wrong", `echo sum 43`),
		fakeEngine(t, "dies", `echo oops >&2; exit 3`),
	}
	b := bench{name: "x", group: kernels, reps: 2, cross: true, native: []string{"/bin/echo", "sum", "42"}, guest: []string{"prog"}}
	res := runBench(t.Context(), engines, b, 3, time.Minute)
	if n := len(res.Samples[nativeName]); n != 3 {
		t.Errorf("%d native samples", n)
	}
	if n := len(res.Samples["right"]); n != 3 {
		t.Errorf("%d samples of the right engine: %v", n, res.Errors)
	}
	if !strings.Contains(res.Errors["wrong"], `"sum 43", want "sum 42"`) || len(res.Samples["wrong"]) != 0 {
		t.Errorf("wrong answer: %q, %d samples", res.Errors["wrong"], len(res.Samples["wrong"]))
	}
	if !strings.Contains(res.Errors["dies"], "oops") {
		t.Errorf("failure: %q", res.Errors["dies"])
	}
	if !math.IsNaN(res.ratio("wrong", nativeName, false)) {
		t.Error("an engine that answers wrongly has a ratio")
	}
}

func TestStatsLine(t *testing.T) {
	e := fakeEngine(t, "emu", `[ "$1" = --stats ] && echo "armature: 10 regions (2 hot), 500 guest instructions translated, 8000 bytes of code (16.0 an instruction), 1.5ms translating (3000 ns an instruction)" >&2; true`)
	s := ownStats(t.Context(), e, bench{guest: []string{"prog"}}, time.Minute)
	if s == nil || s.Regions != 10 || s.GuestInsts != 500 || s.CodeBytes != 8000 || s.TranslateSec != 0.0015 {
		t.Errorf("stats %+v", s)
	}
	if s := ownStats(t.Context(), fakeEngine(t, "other", "exit 0"), bench{guest: []string{"prog"}}, time.Minute); s != nil {
		t.Errorf("stats of an emulator that tells none: %+v", s)
	}
}

func TestUpdateMarkdown(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.md")
	text := "head\n" + beginMark + "\nold\n" + endMark + "\ntail\n"
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	rep := report{Date: "2020-01-02", Machine: "a machine", Rounds: 3, Clock: "wall", Peer: "peer 1", Scale: 1, Results: []result{{
		Name: "fib", Group: kernels,
		Samples: map[string][]sample{nativeName: {{Wall: 1}}, peerName: {{Wall: 8}}, oursName: {{Wall: 2}}},
		Peak:    map[string]int64{nativeName: 1024, oursName: 6656},
	}}}
	for range 2 { // twice: it must replace, not add
		if err := updateMarkdown(path, rep); err != nil {
			t.Fatal(err)
		}
	}
	out, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"head\n", "\ntail\n", "a machine", "| fib ", "2.00", "8.00", "4.00", "| fib | 1.0 | - | 6.5 |"} {
		if !bytes.Contains(out, []byte(want)) {
			t.Errorf("no %q in\n%s", want, out)
		}
	}
	if bytes.Contains(out, []byte("old")) || bytes.Count(out, []byte("| fib ")) != 2 { // times and memory
		t.Errorf("not replaced once:\n%s", out)
	}
	if err := os.WriteFile(path, []byte("no marks"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := updateMarkdown(path, rep); err == nil {
		t.Error("no error for a file without the section")
	}
}

func TestGenerateC(t *testing.T) {
	var a, b bytes.Buffer
	generateC(&a, 10000)
	generateC(&b, 10000)
	if !bytes.Equal(a.Bytes(), b.Bytes()) {
		t.Error("the text is not the same twice")
	}
	if n := bytes.Count(a.Bytes(), []byte("\n")); n < 10000 || n > 10300 {
		t.Errorf("%d lines", n)
	}
}

// TestTable checks that every kernel has a row and every row a kernel.
func TestTable(t *testing.T) {
	rows := map[string]bool{"hello": true}
	for _, k := range kernelTable {
		rows[k.name] = true
		if _, err := os.Stat(filepath.Join("kernels", k.name+".c")); err != nil {
			t.Error(err)
		}
	}
	files, err := filepath.Glob("kernels/*.c")
	if err != nil || len(files) < 24 {
		t.Fatalf("%d kernels: %v", len(files), err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".c"); !rows[name] {
			t.Errorf("%s is in no table", name)
		}
	}
}

func TestCountTrace(t *testing.T) {
	host, guest := countTrace(strings.NewReader("IN: 0x1 tier 1\nOUT: 0x400580: 12 guest instructions, 73 bytes\n" +
		"  0x7f00  4531ed  \txor r13d, r13d\n  0x7f03  c3  \tret\nOUT: 0x400600: 1 guest instructions, 5 bytes\n  0x7f10  e9  \tjmp 0\n"))
	if host != 3 || guest != 13 {
		t.Errorf("%d host and %d guest instructions, want 3 and 13", host, guest)
	}
}
