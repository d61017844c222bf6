package arm64

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"armature/tcg/ir"
)

// codeAt is code that lies at one address.
type codeAt struct {
	pc   uint64
	code []byte
}

func (c codeAt) Fetch(pc uint64) []byte {
	if off := pc - c.pc; off < uint64(len(c.code)) {
		return c.code[off:]
	}
	return nil
}

// isVector says whether o is among the encodings that the simd_ and fp_ files translate.
func isVector(o Op) bool {
	_, value := o.Bits()
	return value>>26&3 == 3 // of op0, bits 28:25: x111, or x1x0 with the load's V bit set
}

// TestVectorTranslation translates random words of every vector encoding and verifies the result.
func TestVectorTranslation(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var tr Translator
	var r ir.Region
	n := 0
	for o := Op(1); o < NumOps; o++ {
		if !isVector(o) {
			continue
		}
		n++
		if translate[o] == nil {
			t.Errorf("%v has no translate function", o)
			continue
		}
		for range 200 {
			w := RandomInst(rnd, o)
			const pc = 0x400000
			tr.Translate(&r, pc, 0, 1, codeAt{pc, binary.LittleEndian.AppendUint32(nil, w)})
			if err := ir.Verify(&r); err != nil {
				t.Errorf("%v %08x: %v", o, w, err)
				break
			}
			if r.Insts[len(r.Insts)-1].Op != ir.Br {
				t.Errorf("%v %08x: undefined", o, w)
				break
			}
			if len(r.Insts) > maxPerInst {
				t.Errorf("%v %08x: %d instructions", o, w, len(r.Insts))
			}
		}
	}
	if n < 600 {
		t.Errorf("only %d encodings tried", n)
	}
}

func TestModifiedImmediate(t *testing.T) {
	for _, c := range []struct {
		size uint8
		imm8 uint32
		want uint64
	}{
		{double, 0x70, 0x3ff0000000000000}, // 1.0
		{double, 0x00, 0x4000000000000000}, // 2.0
		{double, 0xff, 0xbfff000000000000}, // -1.9375
		{single, 0x70, 0x3f800000},
		{single, 0x3f, 0x41f80000}, // 31.0
		{half, 0x70, 0x3c00},
		{half, 0xc0, 0xb000}, // -0.125
	} {
		if got := fpImm(c.imm8, c.size); got != c.want {
			t.Errorf("fpImm(%#x, %d) = %#x, want %#x", c.imm8, c.size, got, c.want)
		}
	}
}
