package e2e

import (
	"slices"
	"strings"
	"testing"

	"armature/test/cbuild"
)

// TestStrict: only programs that access more between load and store exclusive run strict code,
// which is slower. In it, exclusives take the slow path.
func TestStrict(t *testing.T) {
	for _, c := range []struct {
		program string
		strict  bool
	}{
		{"atomics_llsc", false},
		{"atomics_mt_llsc", false},
		{"aba", true},
		{"monitor", true},
	} {
		t.Run(c.program, func(t *testing.T) {
			t.Parallel()
			i := slices.IndexFunc(programs, func(p program) bool { return p.name == c.program })
			guest := programs[i].build(t, cbuild.ARM64, []string{"-O2", "-static"})
			j := job{argv: underTest([]string{"--stats", "--cache=off"}, []string{guest})}
			r := run(t, j)
			if strict := strings.Contains(r.Stderr, " storeex "); strict != c.strict {
				t.Errorf("strict: %v\n%s", strict, tail(r.Stderr, 10))
			}
		})
	}
}
