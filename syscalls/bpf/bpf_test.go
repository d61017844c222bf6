package bpf

import (
	"encoding/binary"
	"testing"
)

var data = Data{Nr: 63, Arch: 0xc00000b7, IP: 0x1000, 3: 1, Args: 5, 5: 0, 6: 0xffffffff, 7: 7}

func TestRun(t *testing.T) {
	retK := func(v uint32) Insn { return Insn{ret | k, 0, 0, v} }
	op := func(code uint16, v uint32) Insn { return Insn{code, 0, 0, v} }
	retA := op(ret|a, 0)
	for _, c := range []struct {
		name string
		p    []Insn
		want uint32
	}{
		{"ret k", []Insn{retK(7)}, 7},
		{"number", []Insn{op(ld|w|abs, 0), retA}, 63},
		{"arch", []Insn{op(ld|w|abs, 4), retA}, 0xc00000b7},
		{"ip", []Insn{op(ld|w|abs, 12), retA}, 1},
		{"third argument", []Insn{op(ld|w|abs, 24), retA}, 0xffffffff},
		{"length", []Insn{op(ld|w|length, 0), retA}, 64},
		{"length in X", []Insn{op(ldx|w|length, 0), op(misc|txa, 0), retA}, 64},
		{"memory", []Insn{op(ld|imm, 9), op(st, 15), op(ld|imm, 1), op(ldx|mem, 15), op(alu|add|x, 0), retA}, 10},
		{"stx", []Insn{op(ldx|imm, 9), op(stx, 0), op(ld|mem, 0), retA}, 9},
		{"arithmetic", []Insn{op(ld|imm, 100), op(alu|sub|k, 1), op(alu|mul|k, 3), op(alu|div|k, 2), op(alu|xor|k, 0xf), op(alu|or|k, 0x100), op(alu|and|k, 0xfff), op(alu|neg, 0), retA}, 0xfffffe65},
		{"division by zero", []Insn{op(ld|imm, 1), op(ldx|imm, 0), op(alu|div|x, 0), retK(5)}, 0},
		{"wide shift", []Insn{op(ld|imm, 1), op(ldx|imm, 33), op(alu|lsh|x, 0), retA}, 2},
		{"shift", []Insn{op(ld|imm, 0x80), op(alu|rsh|k, 3), op(alu|lsh|k, 1), retA}, 0x20},
		{"tax", []Insn{op(ld|imm, 6), op(misc|tax, 0), op(alu|mul|x, 0), retA}, 36},
		{"jump", []Insn{op(jmp|ja, 1), retK(1), retK(2)}, 2},
		{"equal", []Insn{op(ld|w|abs, 0), {jmp | jeq | k, 1, 0, 63}, retK(1), retK(2)}, 2},
		{"not equal", []Insn{op(ld|w|abs, 0), {jmp | jeq | k, 1, 0, 64}, retK(1), retK(2)}, 1},
		{"greater", []Insn{op(ld|imm, 0xffffffff), {jmp | jgt | k, 0, 1, 1}, retK(1), retK(2)}, 1},
		{"not greater", []Insn{op(ld|imm, 1), {jmp | jgt | k, 0, 1, 1}, retK(1), retK(2)}, 2},
		{"greater or equal", []Insn{op(ld|imm, 1), op(ldx|imm, 1), {jmp | jge | x, 0, 1, 0}, retK(1), retK(2)}, 1},
		{"bits", []Insn{op(ld|imm, 6), {jmp | jset | k, 0, 1, 4}, retK(1), retK(2)}, 1},
	} {
		if !Check(c.p) {
			t.Errorf("%s: not accepted", c.name)
		} else if got := Run(c.p, &data); got != c.want {
			t.Errorf("%s: %#x, want %#x", c.name, got, c.want)
		}
	}
}

func TestCheck(t *testing.T) {
	ok := Insn{ret | k, 0, 0, 0}
	for name, p := range map[string][]Insn{
		"empty":              {},
		"too long":           make([]Insn, MaxInsns+1),
		"no end":             {{ld | imm, 0, 0, 1}},
		"jump out":           {{jmp | ja, 0, 0, 1}, ok},
		"wrapping jump":      {{jmp | ja, 0, 0, ^uint32(0)}, ok},
		"branch out":         {{jmp | jeq, 1, 0, 0}, ok},
		"other branch out":   {{jmp | jeq, 0, 1, 0}, ok},
		"load beyond":        {{ld | abs, 0, 0, 64}, ok},
		"misaligned load":    {{ld | abs, 0, 0, 2}, ok},
		"byte load":          {{ld | abs | 0x10, 0, 0, 0}, ok},
		"modulo":             {{alu | 0x90, 0, 0, 1}, ok},
		"division by zero":   {{alu | div, 0, 0, 0}, ok},
		"shift too far":      {{alu | lsh, 0, 0, 32}, ok},
		"memory word 16":     {{st, 0, 0, 16}, ok},
		"load before store":  {{ld | mem, 0, 0, 3}, ok},
		"store on one path":  {{jmp | jeq, 0, 1, 0}, {st, 0, 0, 3}, {ld | mem, 0, 0, 3}, ok},
		"indirect load":      {{ld | 0x40, 0, 0, 0}, ok},
		"unknown class bits": {{0x106, 0, 0, 0}, ok},
	} {
		if Check(p) {
			t.Errorf("%s: accepted", name)
		}
	}
	if !Check([]Insn{{jmp | jeq, 0, 1, 0}, {st, 0, 0, 3}, ok}) || !Check([]Insn{{st, 0, 0, 3}, {jmp | jeq, 0, 1, 0}, {st, 0, 0, 2}, {ld | mem, 0, 0, 3}, ok}) {
		t.Error("a good program is not accepted")
	}
}

// FuzzRun: what Check accepts ends, and does nothing wild.
func FuzzRun(f *testing.F) {
	f.Add([]byte{0x20, 0, 0, 0, 0, 0, 0, 0, 0x16, 0, 0, 0, 0, 0, 0, 0})
	f.Add([]byte{0x15, 0, 0, 1, 0, 0, 0, 0, 0x02, 0, 0, 0, 3, 0, 0, 0, 0x06, 0, 0, 0, 0, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		var p []Insn
		for ; len(b) >= 8; b = b[8:] {
			p = append(p, Insn{binary.LittleEndian.Uint16(b), b[2], b[3], binary.LittleEndian.Uint32(b[4:])})
		}
		if Check(p) {
			d := data
			Run(p, &d)
		}
	})
}
