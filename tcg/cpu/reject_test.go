package cpu

import (
	"path/filepath"
	"testing"

	"armature/tcg/ir"
	"armature/test/sysroot"
)

// Blocks that compilers make and that the back end once could not translate.
func TestNothingRejected(t *testing.T) {
	for _, tc := range []struct {
		name  string
		words []uint32
	}{
		// f32mulf32x of the C library: FCMP s0, #0; FCCMP d1, d2, #4, eq; FCCMP d9, d2, #4, ne; B.NE
		{"nested FCCMP", []uint32{0x2f00e402, 0x1e202008, 0x1e620424, 0x1e621524, bne(4), ret}},
		{"FCCMP for CSEL", []uint32{0x1e202008, 0x1e620424, 0x1e621524, 0x9a811000, ret}},
		{"FCCMP for CSET", []uint32{0x1e202008, 0x1e620424, 0x1e621524, 0x9a9f17e0, ret}},
		{"FCCMP and CCMP", []uint32{0x1e202008, 0x1e620424, 0xfa411024, 0x1e621524, bne(4), ret}},
	} {
		for _, level := range []string{"v2", "v3", "v4"} {
			for _, tier := range []uint8{1, 3} {
				m := newImage(t, 4096)
				e, err := New(Config{Memory: m, HostCPU: level})
				if err != nil {
					t.Log(err)
					continue
				}
				e.block(m.at(0).emit(tc.words...), ir.Key(0), tier)
				if n := e.Stats.Rejected.Load(); n != 0 {
					t.Errorf("%s, %s, tier %d: rejected", tc.name, level, tier)
				}
			}
		}
	}
}

// Nor is any block of Debian's C library, taken one after the other from its start.
func TestLibrariesNotRejected(t *testing.T) {
	tree, err := sysroot.Ensure(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for _, glob := range []string{"lib/aarch64-linux-gnu/libc.so.6", "lib/aarch64-linux-gnu/libm.so.6"} {
		name, err := tree.Find(glob)
		if err != nil {
			t.Fatal(err)
		}
		m := openText(t, name)
		e, err := New(Config{Memory: m})
		if err != nil {
			t.Fatal(err)
		}
		tr := e.translator()
		for pc := m.base(); pc < m.base()+uint64(len(m.b)); pc = max(tr.ir.Blocks[0].EndPC, pc+4) {
			if _, err := e.translate(tr, pc, ir.Key(0), 1); err != nil {
				t.Fatalf("%s: block at .text+%#x: %v", glob, pc-m.base(), err)
			}
		}
	}
}
