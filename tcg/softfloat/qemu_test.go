package softfloat

import (
	"bufio"
	"debug/elf"
	"encoding/binary"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// answer is what an instruction leaves behind: the low half of v0, x0, and the NZCV nibble.
type answer struct {
	v, x uint64
	nzcv uint8
}

func vector(v uint64) answer { return answer{v: v} }

// insn is an instruction and the operation that it should be equal to.
type insn struct {
	asm     string // reads v1 = a, v2 = b, v0 = v3 = c, x1 = a; writes v0, x0 or NZCV
	a, b, c byte   // kinds of operands: h, s, d or b (bf16) floats, w or x integers, 0 for none
	n       byte   // what a holds, if packed: number of 16-bit floats
	run     func(e *Env, a, b, c uint64) answer
	mask    uint64 // bits of v0 to look at, or 0 for all: vector forms have other elements
}

var kinds = map[byte]Format{'h': F16, 's': F32, 'd': F64, 'b': BF16}

// insns lists every instruction whose arithmetic is in this package.
func insns() (list []insn) {
	add := func(i insn) { list = append(list, i) }
	for k, f := range map[byte]Format{'h': F16, 's': F32, 'd': F64} {
		K := string(k)
		regs := func(format string) string { return strings.ReplaceAll(format, "$", K) }

		for name, op := range map[string]func(*Env, Format, uint64, uint64) uint64{
			"fadd": (*Env).Add, "fsub": (*Env).Sub, "fmul": (*Env).Mul, "fmulx": (*Env).MulX, "fdiv": (*Env).Div,
			"fmax": (*Env).Max, "fmin": (*Env).Min, "fmaxnm": (*Env).MaxNum, "fminnm": (*Env).MinNum,
			"frecps": (*Env).RecipStep, "frsqrts": (*Env).RSqrtStep,
		} {
			add(insn{asm: name + regs(" $0, $1, $2"), a: k, b: k, run: func(e *Env, a, b, _ uint64) answer {
				return vector(op(e, f, a, b))
			}})
		}
		sign := formats[f].sign
		for name, neg := range map[string][2]uint64{
			"fmadd": {0, 0}, "fmsub": {0, sign}, "fnmadd": {sign, sign}, "fnmsub": {sign, 0},
		} {
			add(insn{asm: name + regs(" $0, $1, $2, $3"), a: k, b: k, c: k, run: func(e *Env, a, b, c uint64) answer {
				return vector(e.MulAdd(f, c^neg[0], a^neg[1], b))
			}})
		}
		for name, op := range map[string]func(*Env, Format, uint64) uint64{
			"fsqrt": (*Env).Sqrt, "frecpe": (*Env).RecipEstimate, "frsqrte": (*Env).RSqrtEstimate,
			"frecpx": (*Env).RecpX,
		} {
			add(insn{asm: name + regs(" $0, $1"), a: k, run: func(e *Env, a, _, _ uint64) answer {
				return vector(op(e, f, a))
			}})
		}
		for suffix, rm := range map[string]Rounding{"n": TieEven, "p": PosInf, "m": NegInf, "z": Zero, "a": TieAway} {
			add(insn{asm: "frint" + suffix + regs(" $0, $1"), a: k, run: func(e *Env, a, _, _ uint64) answer {
				return vector(e.RoundInt(f, a, rm, false))
			}})
			for _, unsigned := range []bool{false, true} {
				name := "fcvt" + suffix + map[bool]string{false: "s", true: "u"}[unsigned]
				for reg, width := range map[string]uint{"w": 32, "x": 64} {
					add(insn{asm: name + " " + reg + "0, " + K + "1", a: k, run: func(e *Env, a, _, _ uint64) answer {
						return answer{x: e.ToFixed(f, a, 0, unsigned, rm, width)}
					}})
					if rm != Zero {
						continue
					}
					for _, fbits := range []uint{1, 7, width - 1, width} {
						asm := fmt.Sprintf("%s %s0, %c1, #%d", name, reg, k, fbits)
						add(insn{asm: asm, a: k, run: func(e *Env, a, _, _ uint64) answer {
							return answer{x: e.ToFixed(f, a, fbits, unsigned, rm, width)}
						}})
					}
				}
				// The vector forms convert to integers of the width of the element.
				add(insn{asm: name + regs(" $0, $1"), a: k, run: func(e *Env, a, _, _ uint64) answer {
					return vector(e.ToFixed(f, a, 0, unsigned, rm, f.Bits()))
				}})
				if rm == Zero {
					for _, fbits := range []uint{1, f.Bits()} {
						asm := fmt.Sprintf("%s %c0, %c1, #%d", name, k, k, fbits)
						add(insn{asm: asm, a: k, run: func(e *Env, a, _, _ uint64) answer {
							return vector(e.ToFixed(f, a, fbits, unsigned, rm, f.Bits()))
						}})
					}
				}
			}
		}
		for suffix, exact := range map[string]bool{"x": true, "i": false} {
			add(insn{asm: "frint" + suffix + regs(" $0, $1"), a: k, run: func(e *Env, a, _, _ uint64) answer {
				return vector(e.RoundInt(f, a, e.Rounding(), exact))
			}})
		}
		if f != F16 {
			for _, size := range []uint{32, 64} {
				add(insn{asm: fmt.Sprintf("frint%dz %c0, %c1", size, k, k), a: k, run: func(e *Env, a, _, _ uint64) answer {
					return vector(e.RoundIntN(f, a, Zero, size))
				}})
				add(insn{asm: fmt.Sprintf("frint%dx %c0, %c1", size, k, k), a: k, run: func(e *Env, a, _, _ uint64) answer {
					return vector(e.RoundIntN(f, a, e.Rounding(), size))
				}})
			}
		}
		for _, unsigned := range []bool{false, true} {
			name := map[bool]string{false: "scvtf", true: "ucvtf"}[unsigned]
			for reg, width := range map[byte]uint{'w': 32, 'x': 64} {
				for _, fbits := range []uint{0, 1, 16, width} {
					asm := fmt.Sprintf("%s %c0, %c1, #%d", name, k, reg, fbits)
					asm = strings.TrimSuffix(asm, ", #0")
					add(insn{asm: asm, a: reg, run: func(e *Env, a, _, _ uint64) answer {
						return vector(e.FromFixed(f, a, width, fbits, unsigned, e.Rounding()))
					}})
				}
			}
			for _, fbits := range []uint{0, 3, f.Bits()} {
				asm := fmt.Sprintf("%s %c0, %c1, #%d", name, k, k, fbits)
				asm = strings.TrimSuffix(asm, ", #0")
				add(insn{asm: asm, a: k, run: func(e *Env, a, _, _ uint64) answer {
					return vector(e.FromFixed(f, a, f.Bits(), fbits, unsigned, e.Rounding()))
				}})
			}
		}
		for name, all := range map[string]bool{"fcmp": false, "fcmpe": true} {
			add(insn{asm: name + regs(" $1, $2"), a: k, b: k, run: func(e *Env, a, b, _ uint64) answer {
				return answer{nzcv: e.Compare(f, a, b, all)}
			}})
		}
		for name, op := range map[string]func(*Env, Format, uint64, uint64) bool{
			"fcmeq": (*Env).CompareEQ, "fcmge": (*Env).CompareGE, "fcmgt": (*Env).CompareGT,
		} {
			add(insn{asm: name + regs(" $0, $1, $2"), a: k, b: k, run: func(e *Env, a, b, _ uint64) answer {
				if op(e, f, a, b) {
					return vector(formats[f].sign | formats[f].mag)
				}
				return answer{}
			}})
		}
		for k2, to := range map[byte]Format{'h': F16, 's': F32, 'd': F64} {
			if to != f {
				add(insn{asm: fmt.Sprintf("fcvt %c0, %c1", k2, k), a: k, run: func(e *Env, a, _, _ uint64) answer {
					return vector(e.Convert(to, f, a, e.Rounding()))
				}})
			}
		}
	}
	add(insn{asm: "fcvtxn s0, d1", a: 'd', run: func(e *Env, a, _, _ uint64) answer {
		return vector(e.Convert(F32, F64, a, Odd))
	}})
	add(insn{asm: "fjcvtzs w0, d1", a: 'd', run: func(e *Env, a, _, _ uint64) answer {
		r, exact := e.ToInt32JS(a)
		if exact {
			return answer{x: uint64(r), nzcv: 0b0100}
		}
		return answer{x: uint64(r)}
	}})
	add(insn{asm: "bfcvt h0, s1", a: 's', run: func(e *Env, a, _, _ uint64) answer {
		return vector(e.Convert(BF16, F32, a, e.Rounding()))
	}})
	add(insn{asm: "bfmlalb v0.4s, v1.8h, v2.8h", a: 'b', b: 'b', c: 's', run: func(e *Env, a, b, c uint64) answer {
		return vector(uint64(e.BFMulAdd(uint32(c), uint16(a), uint16(b))))
	}})
	add(insn{asm: "bfdot v0.2s, v1.4h, v2.4h", a: 'b', b: 'b', n: 2, c: 's', run: func(e *Env, a, b, c uint64) answer {
		return vector(uint64(BFDot(uint32(c), uint32(a), uint32(b))))
	}, mask: 1<<32 - 1})
	add(insn{asm: "bfmmla v0.4s, v1.8h, v2.8h", a: 'b', b: 'b', n: 4, c: 's', run: func(e *Env, a, b, c uint64) answer {
		return vector(uint64(BFMatMulAdd(uint32(c), a, b)))
	}, mask: 1<<32 - 1})
	add(insn{asm: "urecpe v0.2s, v1.2s", a: 'w', run: func(e *Env, a, _, _ uint64) answer {
		return vector(uint64(URecpE(uint32(a))))
	}, mask: 1<<32 - 1})
	add(insn{asm: "ursqrte v0.2s, v1.2s", a: 'w', run: func(e *Env, a, _, _ uint64) answer {
		return vector(uint64(URSqrtE(uint32(a))))
	}, mask: 1<<32 - 1})
	slices.SortFunc(list, func(x, y insn) int { return strings.Compare(x.asm, y.asm) })
	return list
}

// qemuWrong says why QEMU 7.2 differs from the manual in a case, if it is known to; fpsr is the correct
// one.
func qemuWrong(asm string, q request, fpsr uint32) string {
	switch {
	case strings.HasPrefix(asm, "fcvtzs h0, h1, #") && q.a&formats[F16].sign != 0:
		return "fixed-point FCVTZS (scalar, half precision) leaves the sign in bits 31:16 of the register, " +
			"where writes of an element clear what is above it"
	case asm == "fjcvtzs w0, d1" && fpsr == IDC && q.a>>63 == 0:
		return "FJCVTZS sets Z for a positive denormal flushed to zero; FPToFixedJS clears it, because " +
			"the operand was not an integer (QEMU issue 2375, fixed in 9.1)"
	}
	return ""
}

// maxBatch is MAX of testdata/exec.S.
const maxBatch = 32768

// request is one execution of an instruction.
type request struct {
	fpcr    uint32
	a, b, c uint64
}

// guest is a running testdata/exec.S.
type guest struct {
	in  io.Writer
	out io.Reader
	buf []byte
}

func tool(t *testing.T, name string) string {
	path, err := exec.LookPath(name)
	if err != nil {
		t.Fatalf("%v: the tests need Debian's qemu-user-static and gcc-aarch64-linux-gnu", err)
	}
	return path
}

func startGuest(t *testing.T, dir string) *guest {
	cc, qemu := tool(t, "aarch64-linux-gnu-gcc"), tool(t, "qemu-aarch64-static")
	prog := filepath.Join(dir, "exec")
	if out, err := exec.Command(cc, "-nostdlib", "-static", "-o", prog, "testdata/exec.S").CombinedOutput(); err != nil {
		t.Fatalf("testdata/exec.S: %v\n%s", err, out)
	}
	cmd := exec.Command(qemu, "-cpu", "max", prog)
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		in.Close()
		if err := cmd.Wait(); err != nil {
			t.Errorf("guest: %v", err)
		}
	})
	return &guest{in: in, out: bufio.NewReaderSize(out, 1<<20)}
}

// assemble returns the instruction words of lines of assembly.
func assemble(t *testing.T, dir string, lines []string) []uint32 {
	src, obj := filepath.Join(dir, "insns.s"), filepath.Join(dir, "insns.o")
	text := ".arch armv8.6-a+fp16+bf16\n" + strings.Join(lines, "\n") + "\n"
	if err := os.WriteFile(src, []byte(text), 0o666); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command(tool(t, "aarch64-linux-gnu-gcc"), "-c", "-o", obj, src).CombinedOutput(); err != nil {
		t.Fatalf("assembler: %v\n%s", err, out)
	}
	file, err := elf.Open(obj)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	code, err := file.Section(".text").Data()
	if err != nil || len(code) != 4*len(lines) {
		t.Fatalf("assembler: %d bytes for %d lines: %v", len(code), len(lines), err)
	}
	words := make([]uint32, len(lines))
	for i := range words {
		words[i] = binary.LittleEndian.Uint32(code[4*i:])
	}
	return words
}

// run executes word for all requests, at most maxBatch, and returns the 32-byte answers.
func (g *guest) run(t *testing.T, word uint32, reqs []request) []byte {
	le := binary.LittleEndian
	g.buf = le.AppendUint32(le.AppendUint32(g.buf[:0], word), uint32(len(reqs)))
	for _, q := range reqs {
		g.buf = le.AppendUint64(g.buf, uint64(q.fpcr))
		g.buf = le.AppendUint64(le.AppendUint64(le.AppendUint64(g.buf, q.a), q.b), q.c)
	}
	if _, err := g.in.Write(g.buf); err != nil {
		t.Fatalf("guest: %v", err)
	}
	g.buf = g.buf[:32*len(reqs)]
	if _, err := io.ReadFull(g.out, g.buf); err != nil {
		t.Fatalf("guest: %v", err)
	}
	return g.buf
}

// TestQEMU compares every instruction with QEMU's user mode, on special-heavy random operands; and
// those with one half-precision operand on all of them.
func TestQEMU(t *testing.T) {
	dir := t.TempDir()
	list := insns()
	lines := make([]string, len(list))
	for i, in := range list {
		lines[i] = in.asm
	}
	words := assemble(t, dir, lines)
	g := startGuest(t, dir)
	r := newRand()
	reqs := make([]request, 0, maxBatch)
	operand := func(kind, n byte, near uint64) uint64 {
		switch kind {
		case 0:
			return 0
		case 'w':
			return randInt(r, 32)
		case 'x':
			return randInt(r, 64)
		}
		if kind == 'b' && n > 1 {
			var v uint64
			for i := byte(0); i < n; i++ {
				v |= randFloat(r, BF16, near>>(16*i)) << (16 * i)
			}
			return v
		}
		return randFloat(r, kinds[kind], near)
	}
	total, wrong := 0, map[string]int{}
	for i, in := range list {
		failures := 0
		flush := func() {
			got := g.run(t, words[i], reqs)
			total += len(reqs)
			for j, q := range reqs {
				a := got[32*j:]
				le := binary.LittleEndian
				qemu := answer{le.Uint64(a), le.Uint64(a[8:]), uint8(le.Uint32(a[20:]) >> 28)}
				if in.mask != 0 {
					qemu.v &= in.mask
				}
				e := Env{FPCR: q.fpcr}
				want := in.run(&e, q.a, q.b, q.c)
				fpsr := le.Uint32(a[16:])
				if qemu == want && fpsr == e.FPSR {
					continue
				}
				if why := qemuWrong(in.asm, q, e.FPSR); why != "" {
					wrong[why]++
					continue
				}
				if failures++; failures <= 5 {
					t.Errorf("%s: fpcr %08x a %x b %x c %x:\n\there %x %x nzcv %x fpsr %02x\n\tqemu %x %x nzcv %x fpsr %02x",
						in.asm, q.fpcr, q.a, q.b, q.c, want.v, want.x, want.nzcv, e.FPSR, qemu.v, qemu.x, qemu.nzcv, fpsr)
				}
			}
			reqs = reqs[:0]
		}
		push := func(q request) {
			if reqs = append(reqs, q); len(reqs) == maxBatch {
				flush()
			}
		}
		if in.a == 'h' && in.b == 0 {
			for a := range uint64(1 << 16) {
				push(request{fpcr: randFPCR(r), a: a})
			}
		}
		for range *cases {
			q := request{fpcr: randFPCR(r)}
			q.a = operand(in.a, in.n, 0)
			q.b = operand(in.b, in.n, q.a)
			near := q.a
			if in.c != 0 && in.a == in.c && r.IntN(2) == 0 {
				// An addend that nearly cancels the product.
				e := Env{FPCR: q.fpcr &^ (FZ | FZ16)}
				near = e.Mul(kinds[in.a], q.a, q.b)
			}
			q.c = operand(in.c, 0, near)
			push(q)
		}
		flush()
		if failures > 5 {
			t.Errorf("%s: %d failures", in.asm, failures)
		}
	}
	t.Logf("%d instructions, %d cases", len(list), total)
	for why, n := range wrong {
		t.Logf("QEMU is wrong in %d cases: %s", n, why)
	}
}
