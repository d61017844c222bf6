package e2e

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"armature/test/cbuild"
)

// judge says where a program's right output comes from.
type judge int

const (
	byNative judge = iota // the host's build of the same source
	byOracle              // the reference emulator, running the same guest binary
	byFile                // the file NAME.want beside the source
)

// program is a guest program in C and how it is built and judged.
type program struct {
	name  string // test/guest/c/NAME.c
	judge judge
	flags []string // for both compilers
	arm   []string // for the guest's compiler only
	libs  []string
	few   bool // only fewVariants
	one   bool // only the first of them
	args  []string
	stdin string
	src   string // source file's base name when it is not the program's
}

// Flags for parts of the architecture, as a Neoverse-N1 has them.
var (
	v81     = []string{"-march=armv8.1-a"}
	fp16    = []string{"-march=armv8.2-a+fp16"}
	n1      = []string{"-march=armv8.2-a+fp16+dotprod+rcpc+crypto"}
	v80only = []string{"-march=armv8-a", "-mno-outline-atomics"}
)

var programs = []program{
	{name: "int_arith"},
	{name: "int_div"},
	{name: "int_bits"},
	{name: "int128"},
	{name: "overflow"},
	{name: "bitfields"},
	{name: "memory"},
	{name: "fp_arith"},
	{name: "fp_conv"},
	{name: "fp_round", flags: []string{"-frounding-math"}},
	{name: "fp_libm", judge: byOracle},
	{name: "fp_arm", judge: byOracle, few: true},
	{name: "fp_f16", judge: byOracle, arm: fp16, few: true},
	{name: "complex", judge: byOracle},
	{name: "quad"},
	{name: "neon_int", judge: byOracle, few: true},
	{name: "neon_shift", judge: byOracle, few: true},
	{name: "neon_narrow", judge: byOracle, few: true},
	{name: "neon_long", judge: byOracle, few: true},
	{name: "neon_fp", judge: byOracle, flags: []string{"-fno-builtin"}, few: true},
	{name: "neon_perm", judge: byOracle, few: true},
	{name: "neon_crypto", judge: byOracle, arm: n1, few: true},
	{name: "neon_v82", judge: byOracle, arm: n1, few: true},
	{name: "vector"},
	{name: "strings"},
	{name: "wide"},
	{name: "setjmp", flags: []string{"-Wno-infinite-recursion"}},
	{name: "calls"},
	{name: "calls_pac", src: "calls", arm: []string{"-mbranch-protection=standard"}, few: true},
	{name: "control"},
	{name: "sorting"},
	{name: "formats", flags: []string{"-Wno-format", "-Wno-format-security"}},
	{name: "heap"},
	{name: "bigint"},
	{name: "runtime", flags: []string{"-Wl,--no-warnings"}},
	{name: "processes", flags: []string{"-w", "-pthread"}},
	{name: "nproc", flags: []string{"-pthread"}, few: true},
	{name: "setns", flags: []string{"-pthread"}, few: true},
	{name: "vfork_kill", flags: []string{"-pthread"}, few: true},
	{name: "spawn_threads", flags: []string{"-pthread"}, few: true},
	{name: "clones", few: true},
	{name: "forks", flags: []string{"-pthread"}, args: []string{"200"}, one: true},
	{name: "collector", flags: []string{"-pthread"}, one: true},
	{name: "credentials", flags: []string{"-pthread"}, one: true},
	{name: "waiting", flags: []string{"-pthread"}, one: true},
	{name: "execs", flags: []string{"-pthread"}, few: true},
	{name: "roots", flags: []string{"-pthread", "-static"}, one: true}, // static, as there are no libraries there
	{name: "futexes", flags: []string{"-pthread"}, one: true},
	{name: "interrupted", few: true},
	{name: "mapping"},
	{name: "memcalls", flags: []string{"-w"}, few: true},
	{name: "layout", flags: []string{"-w"}, few: true},
	{name: "files"},
	{name: "address", judge: byFile, flags: []string{"-w"}, few: true},
	{name: "proc", flags: []string{"-w", "-pthread"}, few: true},
	{name: "procview", flags: []string{"-w", "-pthread"}, few: true},
	{name: "seccomp", flags: []string{"-w", "-pthread"}, few: true},
	{name: "uring", flags: []string{"-w", "-pthread"}, few: true},
	{name: "userfault", flags: []string{"-w", "-pthread"}, few: true},
	{name: "intruder", judge: byFile, flags: []string{"-w", "-pthread"}, few: true},
	{name: "kernel", flags: []string{"-w"}, few: true},
	{name: "errors", flags: []string{"-w"}, few: true},
	{name: "ioctls", flags: []string{"-w"}, libs: []string{"-lutil"}, few: true},
	{name: "ipc", flags: []string{"-w"}, libs: []string{"-lrt"}, few: true},
	{name: "mounts", flags: []string{"-w"}, few: true},
	{name: "names", flags: []string{"-w"}, few: true},
	{name: "refused", judge: byFile, flags: []string{"-w"}, few: true},
	{name: "sockets", flags: []string{"-w"}, few: true},
	{name: "args", args: []string{"one", "two words", "", "-x", "--=", "ünï\tcode"}},
	{name: "atomics", libs: []string{"-latomic"}},
	{name: "atomics_llsc", src: "atomics", arm: v80only, libs: []string{"-latomic"}, few: true},
	{name: "atomics_lse", src: "atomics", arm: v81, libs: []string{"-latomic"}, few: true},
	{name: "exclusive", judge: byOracle, arm: []string{"-Wno-uninitialized"}, few: true},
	{name: "threads", flags: []string{"-pthread"}, few: true},
	{name: "aba", flags: []string{"-pthread"}, few: true},
	{name: "aba_forked", src: "aba", flags: []string{"-pthread"}, arm: []string{"-DFORKED"}, few: true},
	{name: "aba_forked_mixed", src: "aba", flags: []string{"-pthread"}, arm: []string{"-DFORKED", "-DMIXED"}, few: true},
	{name: "aba_mixed", src: "aba", flags: []string{"-pthread"}, arm: []string{"-DMIXED"}, few: true},
	{name: "monitor", flags: []string{"-pthread"}, few: true},
	{name: "atomics_mt", flags: []string{"-pthread"}, few: true},
	{name: "atomics_mt_llsc", src: "atomics_mt", flags: []string{"-pthread"}, arm: v80only, few: true},
	{name: "atomics_mt_lse", src: "atomics_mt", flags: []string{"-pthread"}, arm: v81, few: true},
	{name: "soak", flags: []string{"-pthread"}, args: []string{"15"}, few: true},
	{name: "litmus", flags: []string{"-pthread"}, few: true, args: []string{"5"}},
	{name: "smc", judge: byFile, few: true},
	{name: "machine", judge: byFile, few: true},
	{name: "sig_segv", judge: byFile, few: true},
	{name: "sig_ill", judge: byFile, few: true},
	{name: "sig_bus", judge: byFile, few: true},
	{name: "sig_align", judge: byFile, few: true},
	{name: "sig_frame", judge: byFile, few: true},
	{name: "sig_stack", judge: byFile, flags: []string{"-Wno-infinite-recursion"}, few: true},
	{name: "sig_raise", judge: byFile, few: true},
	{name: "sig_async", flags: []string{"-pthread"}, few: true},
	{name: "sig_masked", flags: []string{"-pthread"}, few: true},
	{name: "sig_flood", flags: []string{"-pthread"}, args: []string{"100000"}, few: true},
	{name: "sig_flood_long", src: "sig_flood", flags: []string{"-pthread"}, args: []string{"1000000"}, one: true},
	{name: "sig_info", flags: []string{"-pthread"}, one: true},
	{name: "sig_pending", flags: []string{"-pthread"}, one: true},
	{name: "thread_calls", flags: []string{"-pthread"}, few: true},
	{name: "jobs", flags: []string{"-pthread"}, few: true},
}

// variant is one way to build a program.
type variant struct {
	name    string
	flags   []string
	dynamic bool
}

// fewVariants are the builds of programs whose matter is single instructions or
// the kernel's interface, not what a compiler makes of the source.
var fewVariants = []string{"O2-static", "O0-static", "O3-lto-dynamic"}

// variants returns the builds that the tests go through: three levels of
// optimisation, with and without link-time optimisation, static and dynamic.
func variants(few bool) []variant {
	var list []variant
	for _, opt := range []string{"-O2", "-O0", "-O3"} {
		for _, lto := range []bool{false, true} {
			for _, dynamic := range []bool{false, true} {
				v := variant{name: opt[1:], flags: []string{opt}, dynamic: dynamic}
				if lto {
					v.name += "-lto"
					v.flags = append(v.flags, "-flto")
				}
				if dynamic {
					v.name += "-dynamic"
				} else {
					v.name += "-static"
					v.flags = append(v.flags, "-static")
				}
				if few && !slices.Contains(fewVariants, v.name) {
					continue
				}
				list = append(list, v)
				if testing.Short() {
					return list
				}
			}
		}
	}
	return list
}

// common is for every build: results must not depend on what the compilers make
// of C's latitude, so no contraction to FMA. Warnings are errors.
var common = []string{
	"-std=gnu17", "-ffp-contract=off", "-Wall", "-Wextra", "-Werror",
	"-Wno-misleading-indentation", "-Wno-unknown-pragmas", "-fno-strict-aliasing",
}

func (p program) sources() []string {
	src := p.src
	if src == "" {
		src = p.name
	}
	return []string{filepath.Join(root, "test", "guest", "c", src+".c")}
}

// build builds the program for a target and returns its path.
func (p program) build(t *testing.T, target cbuild.Target, flags []string) string {
	t.Helper()
	all := slices.Concat(common, p.flags, flags)
	if target == cbuild.ARM64 {
		all = append(all, p.arm...)
	}
	path, err := cbuild.Build(cbuild.Spec{
		Name: p.name, Target: target, Flags: all, Srcs: p.sources(), Libs: append(slices.Clone(p.libs), "-lm"),
	})
	if err != nil {
		t.Fatal(err)
	}
	return path
}

// want returns the right outcome for a guest binary.
func (p program) want(t *testing.T, opts []string, guest string) outcome {
	t.Helper()
	switch p.judge {
	case byOracle:
		j := job{argv: slices.Concat(refer, opts, []string{guest}, p.args), stdin: p.stdin}
		return reference(t, j)
	case byFile:
		return outcome{Stdout: readGolden(t, p.name)}
	}
	native := p.build(t, cbuild.Native, []string{"-O1"})
	return reference(t, job{argv: append([]string{native}, p.args...), stdin: p.stdin})
}

func TestPrograms(t *testing.T) {
	for _, p := range programs {
		t.Run(p.name, func(t *testing.T) {
			list := variants(p.few)
			if p.one {
				list = list[:1]
			}
			for _, v := range list {
				t.Run(v.name, func(t *testing.T) {
					t.Parallel()
					guest := p.build(t, cbuild.ARM64, v.flags)
					var opts []string
					if v.dynamic {
						opts = []string{"-L", crossLibs}
					}
					want := p.want(t, opts, guest)
					if want.Stdout == "" || want.Hung || want.Signal != "" {
						t.Fatalf("no reference: %s, stdout %q, stderr %q", want.end(), want.Stdout, want.Stderr)
					}
					j := job{argv: underTest(opts, append([]string{guest}, p.args...)), stdin: p.stdin}
					compare(t, j, run(t, j), want)
				})
			}
		})
	}
}

// TestTable checks that every source has a row, and every row a source.
func TestTable(t *testing.T) {
	rows := map[string]bool{}
	for _, p := range programs {
		if rows[p.name] {
			t.Errorf("%s is listed twice", p.name)
		}
		rows[p.name] = true
		rows[strings.TrimSuffix(filepath.Base(p.sources()[0]), ".c")] = true
	}
	for name := range otherSources {
		rows[name] = true
	}
	files, err := filepath.Glob(filepath.Join(root, "test", "guest", "c", "*.c"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no guest sources: %v", err)
	}
	for _, f := range files {
		if name := strings.TrimSuffix(filepath.Base(f), ".c"); !rows[name] {
			t.Errorf("%s is in no table", name)
		}
	}
}
