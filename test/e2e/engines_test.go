package e2e

import (
	"os"
	"slices"
	"strings"
	"testing"

	"armature/test/cbuild"
)

// engineOptions are the ways to run Armature that must not change any result.
var engineOptions = []struct {
	name string
	opts []string
	cpu  []string // flags of /proc/cpuinfo that the host needs
	slow bool     // runs quickPrograms only
	only []string // the programs to run; nil: enginePrograms
}{
	{name: "v2", opts: []string{"--host-cpu=v2", "--engine=jit"}},
	{name: "v3", opts: []string{"--host-cpu=v3", "--engine=jit"}, cpu: []string{"avx2", "fma", "bmi2", "movbe"}},
	{name: "v4", opts: []string{"--host-cpu=v4", "--engine=jit"}, cpu: []string{"avx512f", "avx512bw", "avx512vl", "avx512dq", "avx512cd"}},
	{name: "no-passes", opts: []string{"--opt=-all"}},
	{name: "no-tier2", opts: []string{"--no-tier2"}},
	{name: "tiny-arena", opts: []string{"--arena=1"}},
	{name: "one-thread", opts: []string{"--opt=-threads"}, only: []string{"atomics", "atomics_llsc", "atomics_lse", "exclusive", "sig_align"}},
	{name: "interpreter", opts: []string{"--engine=interp"}, slow: true},
}

// enginePrograms are those that every option is tried on, and quickPrograms
// those among them that the interpreter gets through in a second or two.
var (
	quickPrograms  = []string{"int_div", "overflow", "calls", "control", "setjmp", "neon_v82", "neon_crypto", "exclusive", "sig_segv", "sig_frame", "sig_bus"}
	enginePrograms = append([]string{"int_arith", "memory", "fp_arith", "fp_round", "fp_arm", "fp_f16", "neon_int", "neon_narrow", "neon_fp", "neon_perm",
		"vector", "strings", "smc", "mapping", "atomics_lse", "heap"}, quickPrograms...)
)

// TestEngines runs a choice of programs under each of Armature's engines and
// host levels. With another emulator (-emu) there is nothing to choose.
func TestEngines(t *testing.T) {
	if *emuFlag != "" || os.Getenv("ARMATURE_TEST_EMU") != "" {
		t.Log("not Armature's own build: nothing to choose")
		return
	}
	flags := hostFlags(t)
	for _, e := range engineOptions {
		if !containsAll(flags, e.cpu) {
			t.Logf("this host is below %s", e.name)
			continue
		}
		names := enginePrograms
		if e.slow || testing.Short() {
			names = quickPrograms
		}
		if e.only != nil {
			names = e.only
		}
		t.Run(e.name, func(t *testing.T) {
			for _, name := range names {
				t.Run(name, func(t *testing.T) {
					t.Parallel()
					i := slices.IndexFunc(programs, func(p program) bool { return p.name == name })
					if i < 0 {
						t.Fatalf("no program %s", name)
					}
					p := programs[i]
					guest := p.build(t, cbuild.ARM64, []string{"-O2", "-static"})
					j := job{argv: underTest(e.opts, append([]string{guest}, p.args...)), stdin: p.stdin}
					compare(t, j, run(t, j), p.want(t, nil, guest))
				})
			}
		})
	}
}

// TestOneThread: with code for one thread a program that needs another code ends, and
// does not go on with the wrong one.
func TestOneThread(t *testing.T) {
	if *emuFlag != "" || os.Getenv("ARMATURE_TEST_EMU") != "" {
		t.Log("not Armature's own build: it has no such option")
		return
	}
	for _, name := range []string{"atomics_mt", "mapping"} { // threads, and shared memory
		p := programs[slices.IndexFunc(programs, func(p program) bool { return p.name == name })]
		guest := p.build(t, cbuild.ARM64, []string{"-O2", "-static"})
		got := run(t, job{argv: underTest([]string{"--opt=-threads"}, []string{guest})})
		if got.Exit != 125 || !strings.Contains(got.Stderr, "--opt=-threads is for programs of one thread") {
			t.Errorf("%s: %s, stderr %q", name, got.end(), got.Stderr)
		}
	}
}

// hostFlags returns the first processor's feature flags.
func hostFlags(t *testing.T) []string {
	t.Helper()
	text, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.SplitSeq(string(text), "\n") {
		if k, v, ok := strings.Cut(line, ":"); ok && strings.TrimSpace(k) == "flags" {
			return strings.Fields(v)
		}
	}
	t.Fatal("no flags in /proc/cpuinfo")
	return nil
}

func containsAll(have, want []string) bool {
	for _, w := range want {
		if !slices.Contains(have, w) {
			return false
		}
	}
	return true
}
