package arm64

import (
	"bytes"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"armature/tcg/arm64/gen/pattern"
)

func readTable(t testing.TB) []pattern.Encoding {
	t.Helper()
	f, err := os.Open("a64.pat")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	encs, err := pattern.Read(f)
	if err != nil {
		t.Fatal(err)
	}
	if len(encs) != int(NumOps)-1 {
		t.Fatalf("a64.pat has %d encodings, the package %d: run go generate", len(encs), NumOps-1)
	}
	return encs
}

// TestFresh checks that the generated files are what the generator makes now.
func TestFresh(t *testing.T) {
	dir := t.TempDir()
	if out, err := exec.Command("go", "run", "./gen", "-o", dir).CombinedOutput(); err != nil {
		t.Fatalf("gen: %v\n%s", err, out)
	}
	for made, kept := range map[string]string{
		"zop.go": "zop.go", "zfield.go": "zfield.go", "zdecode.go": "zdecode.go",
		"zrandom.go": "zrandom.go", "ztranslate.go": "ztranslate.go",
		"docs/instructions.md": "../../docs/instructions.md",
	} {
		a, err := os.ReadFile(filepath.Join(dir, made))
		if err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile(kept)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Equal(a, b) {
			t.Errorf("%s is stale: run go generate in tcg/arm64", kept)
		}
	}
}

// TestDecodeLinear compares the decision tree with a plain walk over the table.
func TestDecodeLinear(t *testing.T) {
	encs := readTable(t)
	linear := func(w uint32) Op {
		for i := range encs {
			if encs[i].Matches(w) {
				return Op(i + 1)
			}
		}
		return OpUndefined
	}
	r := rand.New(rand.NewPCG(3, 4))
	for n := range 100000 {
		w := r.Uint32()
		if n%4 != 0 {
			o := Op(1 + r.IntN(int(NumOps)-1))
			w = RandomInst(r, o)
			if n%4 == 1 {
				w ^= 1 << r.IntN(32)
			} else if got := Decode(w); got != o {
				t.Fatalf("RandomInst(%v) = %08x, which decodes as %v", o, w, got)
			}
		}
		if got, want := Decode(w), linear(w); got != want {
			t.Fatalf("Decode(%08x) = %v, the table has %v", w, got, want)
		}
	}
}

func TestDecodeKnown(t *testing.T) {
	for _, c := range []struct {
		w  uint32
		op Op
	}{
		{0x91000421, OpADD_imm},       // add x1, x1, #1
		{0xd503201f, OpHINT},          // nop
		{0xd503233f, OpHINT},          // paciasp
		{0xd65f03c0, OpRET},           // ret
		{0xd4000001, OpSVC},           // svc #0
		{0xa9bf7bfd, OpSTP_pre},       // stp x29, x30, [sp, #-16]!
		{0x4e284820, OpAESE},          // aese v0.16b, v1.16b
		{0x00000000, OpUDF},           // udf #0
		{0x12400000, OpUndefined},     // and w0, w0 with N set
		{0xd4000002, OpUndefined},     // hvc
		{0xdac10000, OpUndefined},     // pacia x0, x0
		{0xd61f0800, OpUndefined},     // braaz x0
		{0xd69f03e0, OpUndefined},     // eret
		{0x04200000, OpUndefined},     // SVE
		{0x38e0c000, OpUndefined},     // ldapr with A = R = 1
		{0x1ee04000, OpFMOV_f},        // fmov h0, h0
		{0x1ea04000, OpUndefined},     // fmov with the reserved type
		{0x5f000000, OpUndefined},     // scalar x indexed, no such opcode
		{0xffffffff, OpUndefined},     //
		{0x0ee0e000, OpPMULL_vd},      // pmull v0.1q, v0.1d, v0.1d
		{0x7e21d800, OpUCVTF_s},       // ucvtf s0, s0
		{0xd5033fdf, OpISB},           // isb
		{0xd53bd040, OpMRS},           // mrs x0, tpidr_el0
		{0x9e660000, OpFMOV_togen},    // fmov x0, d0
		{0x9eaf0000, OpFMOV_fromhigh}, // fmov v0.d[1], x0
	} {
		if got := Decode(c.w); got != c.op {
			t.Errorf("Decode(%08x) = %v, want %v", c.w, got, c.op)
		}
	}
	if s := OpUndefined.String() + OpUDF.String() + OpFNMSUB.String() + NumOps.String(); s != "undefinedUDFFNMSUBop?" {
		t.Error("names: ", s)
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(uint32(0x91000421))
	f.Fuzz(func(t *testing.T, w uint32) {
		o := Decode(w)
		if o == OpUndefined {
			return
		}
		if mask, value := o.Bits(); w&mask != value || !o.Allocated(w) {
			t.Fatalf("%08x decodes as %v, which does not match it", w, o)
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	// The mix of real code matters more than random words: these are drawn from all encodings,
	// which is harder on the caches.
	r := rand.New(rand.NewPCG(1, 1))
	var words [4096]uint32
	for i := range words {
		words[i] = RandomInst(r, Op(1+r.IntN(int(NumOps)-1)))
	}
	var sum Op
	for i := 0; b.Loop(); i++ {
		sum += Decode(words[i&4095])
	}
	_ = sum
}
