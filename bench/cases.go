package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"syscall"

	"armature/test/cbuild"
	"armature/test/sysroot"
)

// A group is a section of the report with a geometric mean of its own.
type group string

const (
	kernels group = "kernels"
	startup group = "start-up"
	large   group = "large programs"
)

// kernel describes a source file of bench/kernels.
type kernel struct {
	name string
	n    int      // argument for 0.1 to 0.4 s of native time (less where the peer is very slow)
	fma  bool     // the ARM compiler contracts to FMA: results differ from native in the last bits
	x86  []string // extra compiler flags for the host
	arm  []string // extra compiler flags for the guest
}

var (
	crypto = []string{"-march=armv8-a+crypto"}
	crc    = []string{"-march=armv8-a+crc"}
)

var kernelTable = []kernel{
	{name: "fib", n: 41},
	{name: "queens", n: 14},
	{name: "icall", n: 55000},
	{name: "switch", n: 2200},
	{name: "bytecode", n: 160000},
	{name: "threaded", n: 16000000},
	{name: "json", n: 1300},
	{name: "sieve", n: 34},
	{name: "sort", n: 2400000},
	{name: "hash", n: 40000000},
	{name: "tree", n: 1100000},
	{name: "chase", n: 80000000},
	{name: "malloc", n: 10000000},
	{name: "sha256", n: 1600},
	{name: "crc32", n: 2200},
	{name: "bits", n: 120000000},
	{name: "edit", n: 150},
	{name: "lz", n: 400},
	{name: "bignum", n: 120},
	{name: "quad", n: 1800000},
	{name: "atomics", n: 30000000},
	{name: "strings", n: 8000},
	{name: "memcpy", n: 7000000},
	{name: "printf", n: 350000},
	{name: "nbody", n: 2600000, fma: true},
	{name: "mandel", n: 1400, fma: true},
	{name: "spectral", n: 1400, fma: true},
	{name: "fft", n: 2400, fma: true},
	{name: "raytrace", n: 1500, fma: true},
	{name: "libm", n: 2000000, fma: true},
	{name: "matmul_f32", n: 50, fma: true},
	{name: "matmul_f64", n: 40, fma: true},
	{name: "dot_i8", n: 1000000, x86: []string{"-msse4.1"}},
	{name: "blur_u8", n: 4500},
	{name: "lookup_simd", n: 80000, x86: []string{"-mssse3"}},
	{name: "aes", n: 14000, x86: []string{"-maes"}, arm: crypto},
	{name: "crc32c", n: 35000, x86: []string{"-msse4.2"}, arm: crc},
}

// bench is one line of the report, ready to run.
type bench struct {
	name   string
	group  group
	native []string // command line for the host
	guest  []string // program and arguments, to follow the emulator's own
	spawn  []string // guest program, with arguments, that the guest executes: the last of its arguments
	opts   []string // emulator options, such as -L
	env    []string // additions to the environment
	reps   int      // runs within one measurement, for short programs
	cross  bool     // native and guest print the same
	base   *bench   // run right before each run, to compare with; nil: nothing
	output string   // file that the program writes, compared as stdout is; "" if none

	// Of a bench that is more than one program: what comes before a measurement, what is
	// measured, and the most rounds that it is worth.
	prepare func(engine) error
	enter   func(engine) (argv, env []string, sys *syscall.SysProcAttr)
	rounds  int
}

// prepared is a bench that is listed before it is built.
type prepared struct {
	name  string
	group group
	build func() (bench, error)
}

// allCases lists every benchmark. scale multiplies the work of the kernels.
func allCases(root, peer string, scale float64) []prepared {
	var list []prepared
	for _, k := range kernelTable {
		list = append(list, prepared{k.name, kernels, func() (bench, error) { return buildKernel(root, k, scale) }})
	}
	for _, static := range []bool{true, false} {
		name := "hello-dynamic"
		if static {
			name = "hello-static"
		}
		list = append(list, prepared{name, startup, func() (bench, error) { return buildHello(root, name, static) }})
	}
	list = append(list, processCases(root, scale)...)
	list = append(list,
		prepared{"cc1", large, func() (bench, error) { return buildCC1(root) }},
		prepared{"python3", large, func() (bench, error) { return buildPython(root) }},
	)
	return append(list, buildCases(root, peer)...)
}

func buildKernel(root string, k kernel, scale float64) (bench, error) {
	src := []string{filepath.Join(root, "bench", "kernels", k.name+".c")}
	flags := func(extra []string) []string {
		return append([]string{"-O2", "-static", "-Wall", "-Wextra", "-Werror"}, extra...)
	}
	native, err := cbuild.Build(cbuild.Spec{Name: k.name, Target: cbuild.Native, Flags: flags(k.x86), Srcs: src, Libs: []string{"-lm"}})
	if err != nil {
		return bench{}, err
	}
	guest, err := cbuild.Build(cbuild.Spec{Name: k.name, Target: cbuild.ARM64, Flags: flags(k.arm), Srcs: src, Libs: []string{"-lm"}})
	if err != nil {
		return bench{}, err
	}
	n := k.n
	// The few kernels whose work is not linear in n keep their size.
	if k.name != "fib" && k.name != "queens" {
		n = max(1, int(float64(n)*scale))
	}
	arg := strconv.Itoa(n)
	return bench{
		name: k.name, group: kernels, reps: 1, cross: !k.fma,
		native: []string{native, arg}, guest: []string{guest, arg},
	}, nil
}

func buildHello(root, name string, static bool) (bench, error) {
	flags := []string{"-O2"}
	var opts []string
	if static {
		flags = append(flags, "-static")
	} else {
		opts = []string{"-L", "/usr/aarch64-linux-gnu"}
	}
	src := []string{filepath.Join(root, "bench", "kernels", "hello.c")}
	native, err := cbuild.Build(cbuild.Spec{Name: name, Target: cbuild.Native, Flags: flags, Srcs: src})
	if err != nil {
		return bench{}, err
	}
	guest, err := cbuild.Build(cbuild.Spec{Name: name, Target: cbuild.ARM64, Flags: flags, Srcs: src})
	if err != nil {
		return bench{}, err
	}
	return bench{
		name: name, group: startup, reps: 20, cross: true,
		native: []string{native}, guest: []string{guest}, opts: opts,
	}, nil
}

// buildCC1 compares the same compiler (gcc 12 for AArch64) built for the host,
// which is the cross compiler's, with Debian's own arm64 build of it. Both
// compile the same preprocessed text and must write the same assembly.
func buildCC1(root string) (bench, error) {
	tree, err := sysroot.Ensure(root)
	if err != nil {
		return bench{}, err
	}
	guest, err := tree.Find("usr/lib/gcc/aarch64-linux-gnu/*/cc1")
	if err != nil {
		return bench{}, err
	}
	native, err := printProgName("aarch64-linux-gnu-gcc-12", "cc1")
	if err != nil {
		return bench{}, err
	}
	dir := filepath.Join(root, "build", "bench")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return bench{}, err
	}
	src := filepath.Join(dir, "large.i")
	var text bytes.Buffer
	generateC(&text, 10000)
	if err := os.WriteFile(src, text.Bytes(), 0o644); err != nil {
		return bench{}, err
	}
	asm := filepath.Join(dir, "large.s")
	args := []string{"-quiet", "-fpreprocessed", "-fno-ident", "-O2", src, "-o", asm}
	return bench{
		name: "cc1", group: large, reps: 1, cross: true, output: asm,
		native: append([]string{native}, args...),
		guest:  append([]string{guest}, args...),
		opts:   []string{"-L", tree.Path},
	}, nil
}

func buildPython(root string) (bench, error) {
	tree, err := sysroot.Ensure(root)
	if err != nil {
		return bench{}, err
	}
	guest, err := tree.Find("usr/bin/python3.*[0-9]")
	if err != nil {
		return bench{}, err
	}
	const native = "/usr/bin/python3"
	if _, err := os.Stat(native); err != nil {
		return bench{}, fmt.Errorf("%w (test/setup.sh installs it)", err)
	}
	args := []string{"-c", "print('hello from python', sum(range(1000)))"}
	return bench{
		name: "python3", group: large, reps: 3, cross: true,
		native: append([]string{native}, args...),
		guest:  append([]string{guest}, args...),
		opts:   []string{"-L", tree.Path},
		env:    []string{"PYTHONDONTWRITEBYTECODE=1", "PYTHONHASHSEED=0"},
	}, nil
}
