package arm64

import (
	"testing"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// TestExPair is about which store exclusive a load exclusive finds.
func TestExPair(t *testing.T) {
	const pc = 0x10000
	const (
		ldxr  = 0xc85f7c20 // ldxr x0, [x1]
		stxr  = 0xc8037c22 // stxr w3, x2, [x1]
		other = 0xc8037c24 // stxr w3, x4, [x1]
		ldr   = 0xf9400002 // ldr x2, [x0]
		nop   = 0xd503201f
		ret   = 0xd65f03c0
	)
	many := make([]uint32, 20)
	for i := range many {
		many[i] = nop
	}
	for _, c := range []struct {
		name        string
		code        []uint32
		load, store int // which words; store -1: none
	}{
		{"at once", []uint32{ldxr, stxr, ret}, 0, 1},
		{"GCC's compare and swap: b.ne over it", []uint32{ldxr, 0xeb05001f, 0x54000061, stxr, 0x35ffff83, ret}, 0, 3},
		{"musl's: cbz back to it", []uint32{0x14000003, stxr, 0x34000083, ldxr, 0xb4ffffa0, 0xd5033bbf, ret}, 3, 1},
		{"of a pair, two branches", []uint32{0xc87f9424, 0xeb06009f, 0x54000081, 0xeb0700bf, 0x54000041, 0xc823a428, ret}, 0, 5},
		{"over a jump", []uint32{ldxr, 0x14000002, ldr, stxr, ret}, 0, 3},
		{"behind a loop", []uint32{ldxr, 0xf1000463, 0x54ffffe1, stxr, ret}, 0, 3},
		{"the other way, too, with an access", []uint32{ldxr, 0xb4000040, ldr, stxr, ret}, 0, -1},
		{"and behind a call", []uint32{ldxr, 0xb4000040, 0x94000002, stxr, ret}, 0, -1},
		{"an access on another way", []uint32{ldxr, 0xb4000060, stxr, ret, ldr, ret}, 0, 2},
		{"a load between", []uint32{ldxr, ldr, stxr}, 0, -1},
		{"a store between", []uint32{ldxr, 0xf9000002, stxr}, 0, -1},
		{"a pair of vectors", []uint32{ldxr, 0xad000400, stxr}, 0, -1},
		{"dc zva", []uint32{ldxr, 0xd50b7422, stxr}, 0, -1},
		{"another load exclusive", []uint32{ldxr, ldxr, stxr}, 0, -1},
		{"a call", []uint32{ldxr, 0x94000002, stxr, ret}, 0, -1},
		{"a system call", []uint32{ldxr, 0xd4000001, stxr}, 0, -1},
		{"two of them", []uint32{ldxr, 0xb4000060, stxr, ret, other, ret}, 0, -1},
		{"too far", append(append([]uint32{ldxr}, many...), stxr), 0, -1},
		{"the end of the mapping", []uint32{ldxr, nop}, 0, -1},
	} {
		var tr Translator
		var r ir.Region
		at := uint64(pc + 4*c.load)
		tr.Translate(&r, at, 0, 1, assemble(pc, c.code...))
		want := int64(state.PairNone)
		if c.store >= 0 {
			want = int64(pc + 4*c.store)
		}
		found := false
		for _, in := range r.Insts {
			if in.Op == ir.LoadEx || in.Op == ir.LoadExV {
				if found = true; in.Imm != want || in.Aux != uint32(at) {
					t.Errorf("%s: %#x of %#x, want %#x", c.name, in.Imm, in.Aux, want)
				}
				break
			}
		}
		if !found {
			t.Errorf("%s: no load exclusive", c.name)
		}
		// What it has seen is among what the translation depends on.
		if c.store >= 0 {
			seen := false
			for _, d := range r.Deps {
				seen = seen || d.Lo <= uint64(want) && uint64(want) < d.Hi
			}
			if !seen {
				t.Errorf("%s: depends on %#x", c.name, r.Deps)
			}
		}
	}
}
