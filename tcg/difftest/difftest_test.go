package difftest

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"testing"
	"time"

	"armature/tcg/arm64"
)

var (
	flagN    = flag.Int("difftest.n", 20000, "cases to compare with the reference")
	flagSeed = flag.Uint64("difftest.seed", 1, "seed of the cases")
	flagOps  = flag.String("difftest.ops", "", "only encodings whose name matches this")
	flagLen  = flag.Int("difftest.len", 4, "greatest number of instructions of a case")
	flagShow = flag.Int("difftest.show", 5, "differing cases to print for each encoding")
	flagQEMU = flag.String("difftest.qemu", "qemu-aarch64-static", "the reference")
)

// cpuN1 and cpuMax are the reference's CPUs: a Neoverse-N1 for all that it has, and one with the rest. The
// latter without pointer authentication and scalable vectors, which we do not have.
var (
	cpuN1  = "neoverse-n1"
	cpuMax = "max,pauth=off,sve=off"
)

func references(t testing.TB) (n1, max *Remote) {
	t.Helper()
	prog, err := BuildRunner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	n1 = NewRemote(*flagQEMU, "-cpu", cpuN1, prog)
	max = NewRemote(*flagQEMU, "-cpu", cpuMax, prog)
	t.Cleanup(func() {
		n1.Kill()
		max.Kill()
	})
	return n1, max
}

// TestInterp compares the front end and the interpreter with the reference.
func TestInterp(t *testing.T) {
	l, err := NewLocal(&Interp{Verify: true})
	if err != nil {
		t.Fatal(err)
	}
	compare(t, l)
}

func compare(t *testing.T, got Executor) {
	re, err := regexp.Compile(*flagOps)
	if err != nil {
		t.Fatal(err)
	}
	n1, max := references(t)
	const perBatch = 2000
	var st Stats
	shown := map[string]int{}
	counts := map[string]int{}
	gens := []*Generator{
		NewGenerator(*flagSeed, func(o arm64.Op) bool { return re.MatchString(o.String()) && Neoverse(o) }),
		NewGenerator(*flagSeed+1<<32, func(o arm64.Op) bool { return re.MatchString(o.String()) && !Neoverse(o) }),
	}
	refs := []*Remote{n1, max}
	start := time.Now()
	var b Batch
	for i := 0; st.Cases < *flagN; i++ {
		k := 0
		if i%8 == 7 && gens[1].Ops() > 0 || gens[0].Ops() == 0 {
			k = 1
		}
		if gens[k].Ops() == 0 {
			t.Fatal("no encoding matches")
		}
		gens[k].MaxLen = *flagLen
		gens[k].Fill(&b, min(perBatch, *flagN-st.Cases))
		watch := time.AfterFunc(time.Minute, refs[k].Kill) // against a case that never ends
		bad, err := Check(&b, refs[k], got, &st)
		watch.Stop()
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range bad {
			m = Shrink(m, refs[k], got)
			key := ""
			for _, w := range m.Case.Words[:m.Case.Len()] {
				if w != nop {
					key += fmt.Sprint(arm64.Decode(w), " ")
				}
			}
			counts[key]++
			if shown[key]++; shown[key] <= *flagShow && len(shown) < 100 {
				t.Errorf("seed %d, batch %d, case %d:\n%s", *flagSeed, i, m.Index, &m)
			}
			t.Fail()
		}
		if len(counts) > 300 {
			t.Fatal("too many differences")
		}
	}
	for k, n := range counts {
		t.Logf("%6d of %s", n, k)
	}
	t.Logf("%d cases of %d encodings, %d instructions, %d faults, in %v", st.Cases, gens[0].Ops()+gens[1].Ops(), st.Insts, st.Faults, time.Since(start))
	for why, n := range st.Explained {
		t.Logf("%d explained: %s", n, why)
	}
}

func TestMain(m *testing.M) {
	flag.Parse()
	os.Exit(m.Run())
}
