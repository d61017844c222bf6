package main

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"os"
	"os/exec"
	"slices"
	"strings"
	"syscall"
	"time"
)

// engine is one way to run a benchmark.
type engine struct {
	name string
	argv []string // the emulator's command; empty for native
	env  []string // besides the bench's
	own  bool     // Armature: executes a guest's programs by itself
}

// sample is one measurement: times in seconds for one run of the program (the
// mean, when a benchmark runs it several times).
type sample struct {
	Wall float64 `json:"wall_s"`
	CPU  float64 `json:"cpu_s"`
	Base float64 `json:"base_wall_s,omitempty"` // wall time of the bench's base, just before
}

// result holds the samples of one benchmark, by engine and round.
type result struct {
	Name    string              `json:"name"`
	Group   group               `json:"group"`
	Samples map[string][]sample `json:"samples"`
	Errors  map[string]string   `json:"errors,omitempty"` // by engine; such an engine has no samples
	Stats   *engineStats        `json:"stats,omitempty"`
	Peak    map[string]int64    `json:"peak_rss_kib,omitempty"` // by engine
}

// command returns the command line of a benchmark under an engine.
func (e engine) command(b bench) []string {
	if len(e.argv) == 0 {
		return b.native
	}
	argv := slices.Concat(e.argv, b.opts, b.guest)
	if b.spawn != nil && !e.own {
		// Armature runs a guest's program by itself. For the peer a handler would have to
		// be registered with the kernel: it is told to execute itself.
		argv = slices.Concat(argv, e.argv, b.opts)
	}
	return append(argv, b.spawn...)
}

// measure runs the benchmark once (b.reps times in a row) and returns the time
// of a run and the output of the last.
func measure(ctx context.Context, e engine, b bench, timeout time.Duration) (sample, string, error) {
	var s sample
	var out bytes.Buffer
	var argv, env []string
	var sys *syscall.SysProcAttr
	if b.enter == nil {
		argv = e.command(b)
	} else {
		argv, env, sys = b.enter(e)
		if err := b.prepare(e); err != nil {
			return s, "", err
		}
		timeout *= 10
	}
	if b.output != "" {
		if err := os.Remove(b.output); err != nil && !os.IsNotExist(err) {
			return s, "", err
		}
	}
	for range b.reps {
		out.Reset()
		cctx, cancel := context.WithTimeout(ctx, timeout)
		cmd := exec.CommandContext(cctx, argv[0], argv[1:]...)
		cmd.Env = slices.Concat(os.Environ(), b.env, e.env, env)
		cmd.SysProcAttr = sys
		var errOut bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errOut
		start := time.Now()
		err := cmd.Run()
		s.Wall += time.Since(start).Seconds()
		if cctx.Err() != nil && ctx.Err() == nil {
			err = fmt.Errorf("no end after %v", timeout)
		}
		cancel()
		if err != nil {
			return s, "", fmt.Errorf("%s: %w: %s", strings.Join(argv, " "), err, firstLine(errOut.String()))
		}
		s.CPU += (cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()).Seconds()
	}
	s.Wall /= float64(b.reps)
	s.CPU /= float64(b.reps)
	text := out.String()
	if b.output != "" {
		data, err := os.ReadFile(b.output)
		if err != nil {
			return s, "", err
		}
		text += string(data)
	}
	return s, text, nil
}

// measureBoth measures the benchmark, and its base first.
func measureBoth(ctx context.Context, e engine, b bench, timeout time.Duration) (sample, string, error) {
	if b.base == nil {
		return measure(ctx, e, b, timeout)
	}
	base, _, err := measure(ctx, e, *b.base, timeout)
	if err != nil {
		return base, "", err
	}
	s, out, err := measure(ctx, e, b, timeout)
	s.Base = base.Wall
	return s, out, err
}

// fill runs a benchmark so that its translations are kept for later runs. Those of
// a file that was written in the last two seconds would not be. Failures show
// when it is measured.
func fill(ctx context.Context, e engine, b bench, timeout time.Duration) {
	time.Sleep(2100 * time.Millisecond)
	for range 2 {
		measure(ctx, e, b, timeout)
	}
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(s), "\n")
	return line
}

// runBench runs one benchmark under all engines for a number of rounds. An
// engine that fails or answers wrongly is reported in Errors and dropped; what
// "right" is comes from the native run where the program's results do not depend
// on the architecture, and otherwise from the first emulator that ran.
func runBench(ctx context.Context, engines []engine, b bench, rounds int, timeout time.Duration) result {
	res := result{Name: b.name, Group: b.group, Samples: map[string][]sample{}, Errors: map[string]string{}}
	want, from := "", ""
	if b.rounds > 0 {
		rounds = min(rounds, b.rounds)
	}
	for round := range rounds {
		for i := range engines {
			// Native runs first in the first round, to say what is right; later
			// rounds rotate the order, so that no engine always follows the same one.
			e := engines[(i+round)%len(engines)]
			if b.enter != nil {
				e = engines[i] // each has the caches that the one before leaves
			}
			if res.Errors[e.name] != "" || ctx.Err() != nil {
				continue
			}
			s, out, err := measureBoth(ctx, e, b, timeout)
			if err == nil && (len(e.argv) > 0 || b.cross) {
				if from == "" {
					want, from = out, e.name
				} else if out != want {
					err = fmt.Errorf("output differs from that of %s: %s", from, firstDifference(want, out))
				}
			}
			if err != nil {
				res.Errors[e.name] = err.Error()
				delete(res.Samples, e.name)
				continue
			}
			res.Samples[e.name] = append(res.Samples[e.name], s)
		}
	}
	return res
}

// firstDifference quotes the first line in which two texts differ.
func firstDifference(want, got string) string {
	w, g := strings.Split(want, "\n"), strings.Split(got, "\n")
	for i := range max(len(w), len(g)) {
		a, b := "(end)", "(end)"
		if i < len(w) {
			a = w[i]
		}
		if i < len(g) {
			b = g[i]
		}
		if a != b {
			return fmt.Sprintf("line %d is %q, want %q", i+1, b, a)
		}
	}
	return "no difference"
}

// times returns the wall or CPU times of an engine's samples.
func (r result) times(engine string, cpu bool) []float64 {
	var t []float64
	for _, s := range r.Samples[engine] {
		if cpu {
			t = append(t, s.CPU)
		} else {
			t = append(t, s.Wall)
		}
	}
	return t
}

// ratio returns the median over the rounds of a's time by b's, NaN when either
// did not run.
func (r result) ratio(a, b string, cpu bool) float64 {
	x, y := r.times(a, cpu), r.times(b, cpu)
	n := min(len(x), len(y))
	q := make([]float64, n)
	for i := range n {
		q[i] = x[i] / y[i]
	}
	return median(q)
}

// median returns the middle value, the mean of the two middle ones of an even
// number, and NaN of none.
func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	v = slices.Sorted(slices.Values(v))
	m := len(v) / 2
	if len(v)%2 == 1 {
		return v[m]
	}
	return (v[m-1] + v[m]) / 2
}

// geomean returns the geometric mean of the values that are numbers, and how
// many they are; NaN of none.
func geomean(v []float64) (float64, int) {
	sum, n := 0.0, 0
	for _, x := range v {
		if !math.IsNaN(x) && x > 0 {
			sum += math.Log(x)
			n++
		}
	}
	if n == 0 {
		return math.NaN(), 0
	}
	return math.Exp(sum / float64(n)), n
}
