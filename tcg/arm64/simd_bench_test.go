package arm64

import (
	"encoding/binary"
	"math/rand/v2"
	"testing"

	"armature/tcg/ir"
)

// BenchmarkVectorTranslate measures the translation of blocks of random vector instructions.
func BenchmarkVectorTranslate(b *testing.B) {
	rnd := rand.New(rand.NewPCG(1, 2))
	var ops []Op
	for o := Op(1); o < NumOps; o++ {
		if isVector(o) {
			ops = append(ops, o)
		}
	}
	const pc, n = 0x400000, 64
	var code []byte
	for range n {
		code = binary.LittleEndian.AppendUint32(code, RandomInst(rnd, ops[rnd.IntN(len(ops))]))
	}
	var tr Translator
	var r ir.Region
	b.ReportAllocs()
	for b.Loop() {
		tr.Translate(&r, pc, 0, 1, codeAt{pc, code})
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/n, "ns/insn")
	b.ReportMetric(float64(len(r.Insts))/n, "ir/insn")
}
