package enter

import (
	"slices"
	"testing"
)

// said is what cc1plus -v says, in part.
const said = `ignoring nonexistent directory "/usr/local/include/aarch64-linux-gnu"
#include "..." search starts here:
#include <...> search starts here:
 /usr/include/c++/12
 /usr/include/aarch64-linux-gnu/c++/12
 /usr/lib/gcc/aarch64-linux-gnu/12/include
 /usr/lib/gcc/aarch64-linux-gnu/12/../../../../include
End of search list.
GNU C++17 (Debian 12.2.0-14+deb12u1) version 12.2.0 (aarch64-linux-gnu)
	compiled by GNU C version 12.2.0, GMP version 6.2.1, MPFR version 4.2.0, MPC version 1.3.1, isl version isl-0.25-GMP

GGC heuristics: --param ggc-min-expand=100 --param ggc-min-heapsize=131072
GNU C++17 (Debian 12.2.0-14+deb12u1) version 12.2.0 (aarch64-linux-gnu)
`

func TestCompilerSays(t *testing.T) {
	d := searchDirs(said)
	if !slices.Equal(d.CXX, []string{"/usr/include/c++/12", "/usr/include/aarch64-linux-gnu/c++/12"}) ||
		!slices.Equal(d.C, []string{"/usr/lib/gcc/aarch64-linux-gnu/12/include", "/usr/include"}) {
		t.Errorf("folders: %q", d)
	}
	const want = `GNU C++17 version 12.2.0 (aarch64-linux-gnu)
	compiled by GNU C version 12.2.0, GMP version 6.2.1, MPFR version 4.2.0, MPC version 1.3.1, isl version isl-0.25-GMP
`
	if got := versionLines(said); got != want {
		t.Errorf("version: %q", got)
	}
	if d := searchDirs("nothing of the kind"); d.C != nil || d.CXX != nil {
		t.Errorf("folders of nothing: %q", d)
	}
	if got := versionLines("nothing of the kind\n"); got != "" {
		t.Errorf("version of nothing: %q", got)
	}
}
