package difftest

import (
	"flag"
	"regexp"
	"strings"
	"testing"
	"time"

	"armature/tcg/arm64"
	"armature/tcg/ir"
)

var (
	flagN    = flag.Int("difftest.n", 60000, "cases to compare with the reference")
	flagSeed = flag.Uint64("difftest.seed", 1, "seed of the cases")
	flagOps  = flag.String("difftest.ops", "", "only encodings whose name matches this")
	flagLen  = flag.Int("difftest.len", 4, "greatest number of instructions of a case")
	flagLoop = flag.Int("difftest.loop", 0, "make each case a loop of so many iterations")
	flagShow = flag.Int("difftest.show", 3, "differing cases to print for each encoding")
	flagQEMU = flag.String("difftest.qemu", "qemu-aarch64-static", "the reference")
)

// cpuN1 and cpuMax are the reference's CPUs: a Neoverse-N1 for all that it has, and one with the rest. The
// latter without pointer authentication and scalable vectors, which we do not have.
const (
	cpuN1  = "neoverse-n1"
	cpuMax = "max,pauth=off,sve=off"
)

// references starts both. The watchdog turns a case that never ends into an error.
func references(t testing.TB) func(neoverse bool) Executor {
	t.Helper()
	prog, err := BuildRunner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	n1 := NewRemote(*flagQEMU, "-cpu", cpuN1, prog)
	max := NewRemote(*flagQEMU, "-cpu", cpuMax, prog)
	n1.Timeout, max.Timeout = time.Minute, time.Minute
	t.Cleanup(func() {
		n1.Close()
		max.Close()
	})
	return func(neoverse bool) Executor {
		if neoverse {
			return n1
		}
		return max
	}
}

func options(t testing.TB) Options {
	re, err := regexp.Compile(*flagOps)
	if err != nil {
		t.Fatal(err)
	}
	return Options{N: *flagN, Seed: *flagSeed, MaxLen: *flagLen, Loop: *flagLoop,
		Ops: func(o arm64.Op) bool { return re.MatchString(o.String()) }}
}

// TestInterp compares the front end and the interpreter with the reference.
func TestInterp(t *testing.T) {
	l, err := NewLocal(&Interp{Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	o := options(t)
	o.Screen, o.Explain = l, QEMU
	counts := map[string]int{}
	start := time.Now()
	st, err := Soak(o, references(t), l, func(batch int, m *Mismatch) bool {
		key := m.Ops()
		if counts[key]++; counts[key] <= *flagShow {
			t.Errorf("seed %d, batch %d, case %d:\n%s", o.Seed, batch, m.Index, m)
		}
		return len(counts) < 100
	})
	if err != nil {
		t.Fatal(err)
	}
	for k, n := range counts {
		t.Logf("%6d of %s", n, k)
	}
	t.Logf("%d cases of %d encodings, %d instructions, %d faults, in %v", st.Cases, st.Encodings, st.Insts, st.Faults, time.Since(start))
	for why, n := range st.Explained {
		t.Logf("%6d explained: %s", n, why)
	}
}

// TestPasses compares the interpreter on optimised IR, each pass alone and all of them, with that on plain IR.
func TestPasses(t *testing.T) {
	plain, err := NewLocal(&Interp{})
	if err != nil {
		t.Fatal(err)
	}
	sets := []ir.PassSet{ir.AllPasses}
	for _, p := range ir.Passes {
		sets = append(sets, p.Set)
	}
	for _, set := range sets {
		l, err := NewLocal(&Interp{Verify: true, Passes: set})
		if err != nil {
			t.Fatal(err)
		}
		o := options(t)
		o.N, o.MaxLen, o.Screen, o.LooseFlags = o.N/4, 24, plain, true
		shown := 0
		st, err := Soak(o, func(bool) Executor { return plain }, l, func(batch int, m *Mismatch) bool {
			t.Errorf("%v: batch %d, case %d:\n%s", set, batch, m.Index, m)
			shown++
			return shown < *flagShow
		})
		if err != nil {
			t.Fatalf("%v: %v", set, err)
		}
		t.Logf("%v: %d cases, %d instructions", set, st.Cases, st.Insts)
	}
}

// flawed is an executor with one bug: it computes ADD (immediate) wrong.
type flawed struct{ Executor }

func (f flawed) Run(b *Batch) ([]Result, error) {
	res, err := f.Executor.Run(b)
	for i := range res {
		for _, w := range b.Cases[i].Words {
			if arm64.Decode(w) == arm64.OpADD_imm {
				res[i].X[w&31] ^= 4
			}
		}
	}
	return res, err
}

// TestFindsAndShrinks proves that a wrong instruction is found, and isolated.
func TestFindsAndShrinks(t *testing.T) {
	good, err := NewLocal(&Interp{})
	if err != nil {
		t.Fatal(err)
	}
	bad, err := NewLocal(&Interp{})
	if err != nil {
		t.Fatal(err)
	}
	found := 0
	_, err = Soak(Options{N: 4000, Seed: 3, MaxLen: 6}, func(bool) Executor { return good }, flawed{bad}, func(_ int, m *Mismatch) bool {
		found++
		if ops := strings.Fields(m.Ops()); len(ops) == 0 || ops[len(ops)-1] != "ADD_imm" && len(ops) > 2 {
			t.Errorf("not isolated:\n%s", m)
		}
		return found < 5
	})
	if err != nil || found == 0 {
		t.Fatalf("found %d, %v", found, err)
	}
}

// TestSameSeed proves that a seed gives the same cases.
func TestSameSeed(t *testing.T) {
	var a, b Batch
	for range 2 {
		NewGenerator(5, nil).Fill(&a, 100)
		NewGenerator(5, nil).Fill(&b, 100)
	}
	for i := range a.Cases {
		if a.Cases[i] != b.Cases[i] {
			t.Fatalf("case %d differs", i)
		}
	}
	if a.Page != b.Page {
		t.Fatal("the pages differ")
	}
}

// BenchmarkInterp measures the rate of cases on the interpreter.
func BenchmarkInterp(b *testing.B) {
	l, err := NewLocal(&Interp{})
	if err != nil {
		b.Fatal(err)
	}
	var batch Batch
	NewGenerator(1, nil).Fill(&batch, 1000)
	for b.Loop() {
		if _, err := l.Run(&batch); err != nil {
			b.Fatal(err)
		}
	}
}
