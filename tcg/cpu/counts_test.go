package cpu

import (
	"fmt"
	"os"
	"strings"
	"testing"

	"armature/tcg/ir"

	"golang.org/x/arch/x86/x86asm"
)

// TestEmittedCounts compares, with testdata/counts.txt, how many host instructions and bytes
// the whole pipeline emits for a fixed set of guest blocks. Unlike time the count
// is exact: a change of it is meant, or a mistake. UPDATE=1 writes the file.
func TestEmittedCounts(t *testing.T) {
	blocks := []struct {
		name  string
		tier  uint8
		words []uint32
	}{
		{"sum loop", 2, []uint32{addr(0, 0, 1), subsi(1, 1, 1), bne(-2), ret}},
		{"copy loop", 2, []uint32{0xf8408423, 0xf8008403, 0xf1000442, 0x54ffffa1, ret}},               // ldr x3,[x1],#8; str x3,[x0],#8; subs; b.ne
		{"strlen loop", 2, []uint32{0x38401c01, 0x35ffffe1, ret}},                                     // ldrb w1,[x0,#1]!; cbnz w1
		{"list walk", 2, []uint32{0xf9400000, 0xb5ffffe0, ret}},                                       // ldr x0,[x0]; cbnz x0
		{"dot product", 2, []uint32{0xfc408400, 0xfc408421, 0x1f410042, 0xf1000442, 0x54ffff81, ret}}, // ldr d0; ldr d1; fmadd d2...
		{"add 4s loop", 2, []uint32{0x3cc10420, 0x3cc10441, 0x4ea18400, 0x3c810400, 0xf1000463, 0x54ffff61, ret}},
		{"prologue", 1, []uint32{stpPre(29, 30, 31, 32), 0x910003fd, 0xa90153f3, 0xaa0003f3, ret}},
		{"epilogue", 1, []uint32{0xaa1303e0, 0xa94153f3, ldpPost(29, 30, 31, 32), ret}},
		{"call", 1, []uint32{0x52800020, bl(16)}},
		{"compare and branch", 1, []uint32{subsi(31, 0, 10), 0x54000108}},
		{"csel", 1, []uint32{0xeb01001f, 0x9a81b000, ret}},
		{"ccmp", 1, []uint32{0xf100001f, 0xfa401820, 0x540000c1}},
		{"bit field", 1, []uint32{0xd3483c00, 0xb3781c20, ret}},
		{"madd", 1, []uint32{0x9b010800, ret}},
		{"switch", 1, []uint32{0xb8a15801, 0x8b010000, br(0)}},
	}
	m := newImage(t, 8192)
	e, err := New(Config{Memory: m, HostCPU: "v2"})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, blk := range blocks {
		pc := m.at(uint64(i) * 128).emit(blk.words...)
		tb := e.block(pc, ir.Key(0), blk.tier)
		if tb == nil {
			t.Fatalf("%s: not translated", blk.name)
		}
		tr := e.translator()
		text := tr.out.Text
		guest := tr.ir.Guest
		e.release(tr)
		lo, _ := e.cache.Code(tb)
		code := e.cache.Window(lo, text)
		n := 0
		for off := 0; off < len(code); n++ {
			in, err := x86asm.Decode(code[off:], 64)
			if err != nil {
				off++
				continue
			}
			off += in.Len
		}
		fmt.Fprintf(&b, "%s: %d guest, %d host instructions, %d bytes\n", blk.name, guest, n, text)
	}
	const name = "testdata/counts.txt"
	if os.Getenv("UPDATE") != "" {
		os.MkdirAll("testdata", 0o777)
		if err := os.WriteFile(name, []byte(b.String()), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(want) != b.String() {
		t.Errorf("got\n%swant\n%s", b.String(), want)
	}
}
