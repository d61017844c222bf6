package e2e

import (
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"armature/test/cbuild"
	"armature/test/sysroot"
)

// tree unpacks Debian's arm64 packages once for all tests that use them.
var tree = sync.OnceValues(func() (sysroot.Tree, error) { return sysroot.Ensure(root) })

func debian(t *testing.T) sysroot.Tree {
	t.Helper()
	tr, err := tree()
	if err != nil {
		t.Fatal(err)
	}
	return tr
}

// muslPrograms are those of the table that musl's C library can build.
var muslPrograms = []string{
	"int_arith", "fp_arith", "fp_conv", "fp_libm", "complex", "quad", "calls", "control", "setjmp", "sorting", "formats", "bigint",
	"args",
}

// TestMusl runs programs linked against musl, statically and dynamically: other
// start-up code, another loader, another allocator than glibc's.
func TestMusl(t *testing.T) {
	m := filepath.Join(debian(t).Path, "usr", "lib", "aarch64-linux-musl")
	libc := filepath.Join(debian(t).Path, "lib", "aarch64-linux-musl", "libc.so")
	inc, err := exec.Command(cbuild.ARM64.Compiler(), "-print-file-name=include").Output()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range muslPrograms {
		i := slices.IndexFunc(programs, func(p program) bool { return p.name == name })
		if i < 0 {
			t.Fatalf("no program %s", name)
		}
		p := programs[i]
		for _, dynamic := range []bool{false, true} {
			t.Run(name+map[bool]string{false: "/static", true: "/dynamic"}[dynamic], func(t *testing.T) {
				t.Parallel()
				start, link, lib := "crt1.o", []string{"-static"}, "-lc"
				if dynamic {
					start, link, lib = "Scrt1.o", []string{"-pie", "-fPIE", "-Wl,-dynamic-linker,/lib/ld-musl-aarch64.so.1"}, libc
				}
				flags := slices.Concat(common, p.flags, p.arm, link, []string{
					"-O2", "-w", "-nostdinc", "-nostdlib", "-isystem", filepath.Join(debian(t).Path, "usr", "include", "aarch64-linux-musl"),
					"-isystem", strings.TrimSpace(string(inc)), filepath.Join(m, start), filepath.Join(m, "crti.o"), "-L" + m,
				})
				guest, err := cbuild.Build(cbuild.Spec{
					Name: name + ".musl", Target: cbuild.ARM64, Flags: flags, Srcs: p.sources(),
					Libs: slices.Concat(p.libs, []string{"-lm", lib, "-lgcc", filepath.Join(m, "crtn.o")}),
				})
				if err != nil {
					t.Fatal(err)
				}
				opts := []string{"-L", debian(t).Path}
				argv := append([]string{guest}, p.args...)
				want := reference(t, job{argv: slices.Concat(refer, opts, argv)})
				if name == "args" {
					// The reference emulator is wrong here: take the host's answer.
					want = p.want(t, nil, "")
				}
				if want.Hung || want.Signal != "" {
					t.Fatalf("no reference: %s", want.end())
				}
				j := job{argv: underTest(opts, argv)}
				compare(t, j, run(t, j), want)
			})
		}
	}
}
