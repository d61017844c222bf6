package jit

import (
	"flag"
	"reflect"
	"regexp"
	"testing"

	"armature/tcg/arm64"
	"armature/tcg/cpu"
	"armature/tcg/difftest"
)

var (
	flagN    = flag.Int("difftest.n", 10000, "cases to compare, for each engine")
	flagSeed = flag.Uint64("difftest.seed", 1, "seed of the cases")
	flagOps  = flag.String("difftest.ops", "", "only encodings whose name matches this")
	flagLen  = flag.Int("difftest.len", 8, "greatest number of instructions of a case")
	flagShow = flag.Int("difftest.show", 3, "differing cases to print for each encoding")
)

// TestEngines compares every engine with the confined interpreter.
func TestEngines(t *testing.T) {
	for _, c := range []struct {
		name string
		cfg  cpu.Config
	}{
		{"interp", cpu.Config{Interp: true}},
		{"v2", cpu.Config{HostCPU: "v2"}},
		{"v3", cpu.Config{HostCPU: "v3"}},
		{"v4", cpu.Config{HostCPU: "v4"}},
		{"eager", cpu.Config{Eager: true}},
		{"lazy", cpu.Config{Lazy: true}},
		{"strict", cpu.Config{Strict: true}},
		{"strict interp", cpu.Config{Strict: true, Interp: true}},
		{"no-passes", cpu.Config{Opt: "-all"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := New(c.cfg)
			if err != nil {
				t.Log(err)
				return // a level that this host does not have
			}
			t.Run("straight", func(t *testing.T) { compare(t, got, *flagN, 0) })
			// Often enough for a region of tier 2.
			t.Run("loops", func(t *testing.T) { compare(t, got, *flagN/50, 1500) })
		})
	}
}

// explain knows the one difference.
//
// The host does not tell the address of an access that is not canonical.
func explain(c *difftest.Case, want, got *difftest.Result) string {
	w := *want
	w.Addr, w.Dirty = got.Addr, nil
	g := *got
	g.Dirty = nil
	known := got.Addr == 0 || got.Addr == uint64(int64(want.Addr)<<8>>8)
	if want.Sig == 11 && want.Addr>>47 != 0 && known && reflect.DeepEqual(w, g) && reflect.DeepEqual(want.Dirty, got.Dirty) {
		return "no si_addr for an address that is not canonical on the host"
	}
	return ""
}

func compare(t *testing.T, got *difftest.Local, n, loop int) {
	re, err := regexp.Compile(*flagOps)
	if err != nil {
		t.Fatal(err)
	}
	ref, err := difftest.NewLocal(&difftest.Interp{})
	if err != nil {
		t.Fatal(err)
	}
	counts := map[string]int{}
	st, err := difftest.Soak(difftest.Options{N: n, Seed: *flagSeed, MaxLen: *flagLen, Loop: loop, Screen: ref, LooseFlags: true, Explain: explain,
		Ops: func(o arm64.Op) bool { return re.MatchString(o.String()) }},
		func(bool) difftest.Executor { return ref }, got,
		func(batch int, m *difftest.Mismatch) bool {
			key := m.Ops()
			if counts[key]++; counts[key] <= *flagShow {
				t.Errorf("seed %d, batch %d, case %d:\n%s", *flagSeed, batch, m.Index, m)
			}
			return len(counts) < 100
		})
	if err != nil {
		t.Fatal(err)
	}
	for why, n := range st.Explained {
		t.Logf("%6d explained: %s", n, why)
	}
	for k, n := range counts {
		t.Logf("%6d of %s", n, k)
	}
	t.Logf("%d cases, %d instructions, %d faults, %d skipped", st.Cases, st.Insts, st.Faults, st.Skipped)
}
