package e2e

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"armature/test/cbuild"
)

// Offsets in an ELF64 header and program header (gABI, chapters 4 and 5).
const (
	ehType, ehMachine, ehVersion, ehEntry, ehPhoff, ehPhentsize, ehPhnum = 16, 18, 20, 24, 32, 54, 56
	phType, phFlags, phOffset, phVaddr, phFilesz, phMemsz, phAlign       = 0, 4, 8, 16, 32, 40, 48
	phSize                                                               = 56
)

// TestBadPrograms gives the emulator files that are not programs it can run. It
// must say so and exit with a status other than zero, in short time and without
// a crash of its own; it may not run them.
func TestBadPrograms(t *testing.T) {
	guest, err := cbuild.Build(cbuild.Spec{
		Name: "hello-static", Target: cbuild.ARM64, Flags: []string{"-O2", "-static"},
		Srcs: []string{filepath.Join(root, "bench", "kernels", "hello.c")},
	})
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(guest)
	if err != nil {
		t.Fatal(err)
	}
	phoff := int(binary.LittleEndian.Uint64(good[ehPhoff:]))
	load := -1 // offset of the first PT_LOAD header
	for i := range int(binary.LittleEndian.Uint16(good[ehPhnum:])) {
		if p := phoff + i*phSize; binary.LittleEndian.Uint32(good[p+phType:]) == 1 {
			load = p
			break
		}
	}
	if load < 0 {
		t.Fatal("the good program has no PT_LOAD")
	}
	put16 := func(off int, v uint16) func([]byte) []byte {
		return func(b []byte) []byte { binary.LittleEndian.PutUint16(b[off:], v); return b }
	}
	put64 := func(off int, v uint64) func([]byte) []byte {
		return func(b []byte) []byte { binary.LittleEndian.PutUint64(b[off:], v); return b }
	}
	setByte := func(off int, v byte) func([]byte) []byte {
		return func(b []byte) []byte { b[off] = v; return b }
	}
	cut := func(n int) func([]byte) []byte { return func(b []byte) []byte { return b[:n] } }
	cases := []struct {
		name string
		edit func([]byte) []byte
	}{
		{"empty", cut(0)},
		{"one byte", cut(1)},
		{"only magic", cut(4)},
		{"ident only", cut(16)},
		{"half a header", cut(40)},
		{"header without program headers", cut(64)},
		{"half the program headers", cut(phoff + phSize + 20)},
		{"text file", func([]byte) []byte { return []byte("this is not a program\n") }},
		{"bad magic", setByte(1, 'F')},
		{"32-bit class", setByte(4, 1)},
		{"class 0", setByte(4, 0)},
		{"big-endian", setByte(5, 2)},
		{"x86-64", put16(ehMachine, 62)},
		{"relocatable", put16(ehType, 1)},
		{"core file", put16(ehType, 4)},
		{"type 0", put16(ehType, 0)},
		{"no program headers", put16(ehPhnum, 0)},
		{"too many program headers", put16(ehPhnum, 0xffff)},
		{"header entry size 1", put16(ehPhentsize, 1)},
		{"header entry size 0", put16(ehPhentsize, 0)},
		{"headers beyond the file", put64(ehPhoff, 1<<40)},
		{"headers at a negative offset", put64(ehPhoff, 1<<63+64)},
		{"segment size wraps", put64(load+phMemsz, ^uint64(0))},
		{"segment at the top", put64(load+phVaddr, 0xfffffffffffff000)},
		{"segment outside user space", put64(load+phVaddr, 1<<48)},
		{"file size above memory size", put64(load+phFilesz, 1<<30)},
		{"segment of petabytes", put64(load+phMemsz, 1<<52)},
		{"offset misaligned with address", put64(load+phOffset, 123)},
		{"offset beyond any file", put64(load+phOffset, 1<<62)},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			rejected(t, c.edit(append([]byte{}, good...)))
		})
	}
	t.Run("directory", func(t *testing.T) { checkRejected(t, t.TempDir()) })
	t.Run("missing", func(t *testing.T) { checkRejected(t, filepath.Join(t.TempDir(), "nothing")) })
}

// TestDamagedPrograms changes bytes of a good program at random. Whatever comes
// of it, the emulator may not crash or hang itself; the guest may die of any
// signal that a guest can get.
func TestDamagedPrograms(t *testing.T) {
	guest, err := cbuild.Build(cbuild.Spec{
		Name: "hello-dynamic", Target: cbuild.ARM64, Flags: []string{"-O2"},
		Srcs: []string{filepath.Join(root, "bench", "kernels", "hello.c")},
	})
	if err != nil {
		t.Fatal(err)
	}
	good, err := os.ReadFile(guest)
	if err != nil {
		t.Fatal(err)
	}
	n := 120
	if testing.Short() {
		n = 10
	}
	for seed := range n {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			r := rand.New(rand.NewPCG(uint64(seed), 1))
			b := append([]byte{}, good...)
			limit := 64 + 13*phSize // headers
			if seed%4 == 3 {
				limit = len(b)
			}
			for range 1 + r.IntN(4) {
				b[16+r.IntN(limit-16)] = byte(r.Uint32())
			}
			if seed%5 == 4 {
				b = b[:64+r.IntN(len(b)-64)]
			}
			path := writeProgram(t, b)
			j := job{argv: underTest([]string{"-L", crossLibs}, []string{path})}
			noCrash(t, j, run(t, j))
		})
	}
}

func writeProgram(t *testing.T, data []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prog")
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	return path
}

func rejected(t *testing.T, data []byte) {
	t.Helper()
	checkRejected(t, writeProgram(t, data))
}

func checkRejected(t *testing.T, path string) {
	t.Helper()
	j := job{argv: underTest(nil, []string{path})}
	o := run(t, j)
	noCrash(t, j, o)
	if o.Signal == "" && o.Exit == 0 {
		t.Errorf("exit status 0, stdout %q", o.Stdout)
	}
	if strings.Contains(o.Stdout, "hello") {
		t.Errorf("the program ran: %q", o.Stdout)
	}
	if o.Signal == "" && o.Stderr == "" {
		t.Errorf("no error message")
	}
}

// noCrash fails the test when the emulator itself crashed or hung.
func noCrash(t *testing.T, j job, o outcome) {
	t.Helper()
	for _, mark := range []string{"goroutine ", "panic:", "fatal error:", "runtime error"} {
		if strings.Contains(o.Stderr, mark) {
			t.Errorf("the emulator crashed:\n%s\nrepeat: %s", tail(o.Stderr, 30), quoteCommand(j))
			return
		}
	}
	if o.Hung {
		t.Errorf("the emulator hangs; repeat: %s", quoteCommand(j))
	}
}
