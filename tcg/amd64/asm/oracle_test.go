package asm

import (
	"bytes"
	"debug/elf"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// oracle compares what Asm writes with what GNU as makes of the same instructions in text. Each case is assembled
// alone by us, and all cases of a test at once by as, with a label on each so that lengths are compared as well.
type oracle struct {
	t     *testing.T
	a     Asm
	buf   []byte
	ends  []int // our position after each case
	src   strings.Builder
	lines []string
}

const oracleBase = 0x10000000

func newOracle(t *testing.T) *oracle {
	o := &oracle{t: t, buf: make([]byte, 16<<20)}
	o.a.Reset(o.buf, oracleBase)
	o.src.WriteString(".intel_syntax noprefix\n.text\nW0:\n")
	return o
}

// line gives the text of the instruction just emitted.
func (o *oracle) line(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	// A RIP-relative operand in our terms is relative to the window's start, which is label W0.
	s = strings.ReplaceAll(s, "[rip+W0+-", "[rip+W0-")
	fmt.Fprintf(&o.src, "%s\n", s)
	o.lines = append(o.lines, s)
	o.ends = append(o.ends, o.a.Len())
}

func (o *oracle) check() {
	t := o.t
	t.Helper()
	if s := o.a.Finish(); s != OK {
		t.Fatalf("status %v", s)
	}
	dir := t.TempDir()
	in, obj := filepath.Join(dir, "in.s"), filepath.Join(dir, "out.o")
	if err := os.WriteFile(in, []byte(o.src.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	listing := filepath.Join(dir, "list")
	cmd := exec.Command("as", "--64", "-o", obj, "-aln="+listing, "--listing-lhs-width=8", in)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("GNU as: %v\n%s", err, firstLines(out, 20))
	}
	f, err := elf.Open(obj)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	want, err := f.Section(".text").Data()
	if err != nil {
		t.Fatal(err)
	}
	got := o.buf[:o.a.Len()]
	if bytes.Equal(got, want) {
		t.Logf("%d cases, %d bytes", len(o.lines), len(got))
		return
	}
	// Walk the listing to name the lines that differ.
	starts := lineStarts(t, listing, len(o.lines))
	starts = append(starts, len(want))
	begin, bad := 0, 0
	for i, l := range o.lines {
		g, w := got[begin:o.ends[i]], want[starts[i]:starts[i+1]]
		begin = o.ends[i]
		if !bytes.Equal(g, w) {
			if bad++; bad <= 25 {
				t.Errorf("%-50s got % x want % x", l, g, w)
			}
		}
	}
	t.Errorf("%d of %d cases differ", bad, len(o.lines))
}

// lineStarts reads the offset of each source line from as's listing, whose rows are: line, offset, bytes.
func lineStarts(t *testing.T, listing string, n int) []int {
	data, err := os.ReadFile(listing)
	if err != nil {
		t.Fatal(err)
	}
	starts := make([]int, n)
	last := 0
	for _, row := range strings.Split(string(data), "\n") {
		var line, off int
		if k, _ := fmt.Sscanf(row, "%d %x", &line, &off); k == 2 && line > 3 && line-4 < n && line != last {
			starts[line-4], last = off, line
		}
	}
	return starts
}

func firstLines(b []byte, n int) string {
	l := strings.SplitN(string(b), "\n", n+1)
	return strings.Join(l[:min(len(l), n)], "\n")
}
