package amd64

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"armature/tcg/amd64/asm"
	"armature/tcg/ir"
)

var update = flag.Bool("update", false, "write the files in testdata")

// models are typical machines of each level. Code for them is made, not run.
var models = []Features{
	{Level: V2, AES: true, PCLMUL: true},
	{Level: V3, AES: true, PCLMUL: true, SHA: true},
	{Level: V4, AES: true, PCLMUL: true, SHA: true, GFNI: true, VBMI: true, VNNI: true, BITALG: true, IFMA: true, VPOPCNTDQ: true},
}

var shapeNames = [...]string{"Q", "D", "S"}

// slowPaths lists the operations that take the slow path in line, with the lane sizes in bits and shapes where it is
// not for all; a star says that it depends on more than these.
func slowPaths(t *testing.T, f Features, m *machine) string {
	v := newCase(m, f, 0)
	var b strings.Builder
	for _, op := range vecOps() {
		slow, fast := map[string]bool{}, map[string]bool{}
		var order []string
		for _, in := range variants(op) {
			inline, ok := v.try(t, in, &situations[0])
			if !ok {
				continue
			}
			key := fmt.Sprintf("%d%s", 8<<in.Size, shapeNames[in.Shape&ir.ShapeMask])
			if !slow[key] && !fast[key] {
				order = append(order, key)
			}
			if inline {
				fast[key] = true
			} else {
				slow[key] = true
			}
		}
		var list []string
		all := true
		for _, k := range order {
			all = all && !fast[k]
			if slow[k] && fast[k] {
				list = append(list, k+"*")
			} else if slow[k] {
				list = append(list, k)
			}
		}
		switch {
		case len(list) == 0:
		case all:
			fmt.Fprintf(&b, "%v\n", op)
		default:
			fmt.Fprintf(&b, "%v %s\n", op, strings.Join(list, " "))
		}
	}
	return b.String()
}

// TestSlowPaths compares what has no inline lowering with the list in testdata, so that it cannot grow unseen.
func TestSlowPaths(t *testing.T) {
	m := newMachine(t)
	var b strings.Builder
	for _, f := range models {
		fmt.Fprintf(&b, "# %v\n%s", f.Level, slowPaths(t, f, m))
	}
	golden(t, "testdata/slow.txt", b.String())
}

// instructions counts those in code. It knows the encodings that the vector lowerings use.
func instructions(code []byte) (n int, err error) {
	for i := 0; i < len(code); n++ {
		start := i
		table, op := 0, byte(0)
		wide := false
		for code[i] == 0x66 || code[i] == 0xf2 || code[i] == 0xf3 {
			i++
		}
		switch code[i] {
		case 0xc5:
			table, op, i = 1, code[i+2], i+3
		case 0xc4:
			table, op, i = int(code[i+1]&31), code[i+3], i+4
		case 0x62:
			table, op, i = int(code[i+1]&7), code[i+4], i+5
		default:
			if code[i]&0xf0 == 0x40 {
				wide = code[i]&8 != 0
				i++
			}
			op = code[i]
			i++
			if op == 0x0f {
				table, op = 1, code[i]
				i++
				if op == 0x38 || op == 0x3a {
					table, op = 2+int(op>>1&1), code[i]
					i++
				}
			}
		}
		imm, modrm := 0, true
		switch {
		case table == 3, table == 1 && (op >= 0x70 && op <= 0x73 || op >= 0xc2 && op <= 0xc6 && op != 0xc3):
			imm = 1
		case table == 1 && op >= 0x80 && op < 0x90:
			imm, modrm = 4, false
		case table == 0 && (op == 0x83 || op == 0xc1):
			imm = 1
		case table == 0 && (op == 0x81 || op == 0xc7):
			imm = 4
		case table == 0 && op >= 0xb8 && op < 0xc0:
			imm, modrm = 4, false
			if wide {
				imm = 8
			}
		case table == 0 && op >= 0x70 && op < 0x80, table == 0 && (op == 0xeb || op == 0xa8 || op == 0x3c):
			imm, modrm = 1, false
		case table == 0 && (op == 0x3d || op == 0xa9):
			imm, modrm = 4, false
		case table == 0 && op == 0xf6:
			imm = 1 // TEST
		case table == 0 && op != 0x39 && op != 0x85 && op != 0x89 && op != 0x8b && op != 0x09 && op != 0x01 && op != 0xd1 && op != 0xf7 && op != 0x8d:
			return n, fmt.Errorf("unknown instruction % x", code[start:])
		}
		if modrm {
			m := code[i]
			i++
			if m>>6 != 3 {
				if m&7 == 4 {
					i++
				}
				switch {
				case m>>6 == 1:
					i++
				case m>>6 == 2, m&7 == 5:
					i += 4
				}
			}
		}
		i += imm
	}
	return n, nil
}

// counted are frequent operations.
var counted = []ir.Inst{
	{Op: ir.FAdd, Size: 3, Shape: ir.ShapeS}, {Op: ir.FSub, Size: 3, Shape: ir.ShapeS}, {Op: ir.FMul, Size: 2, Shape: ir.ShapeS},
	{Op: ir.FDiv, Size: 3, Shape: ir.ShapeS}, {Op: ir.FNMul, Size: 3, Shape: ir.ShapeS}, {Op: ir.FSqrt, Size: 3, Shape: ir.ShapeS},
	{Op: ir.FAbs, Size: 3, Shape: ir.ShapeS}, {Op: ir.FNeg, Size: 3, Shape: ir.ShapeS},
	{Op: ir.FMla, Size: 3, Shape: ir.ShapeS}, {Op: ir.FNMls, Size: 3, Shape: ir.ShapeS},
	{Op: ir.FMax, Size: 3, Shape: ir.ShapeS}, {Op: ir.FMinNM, Size: 3, Shape: ir.ShapeS},
	{Op: ir.FRInt, Size: 3, Shape: ir.ShapeS, Aux: ir.RoundMinus}, {Op: ir.FRInt, Size: 3, Shape: ir.ShapeS, Aux: ir.RoundAway},
	{Op: ir.FCvt, Size: 2, Aux: 3, Shape: ir.ShapeS}, {Op: ir.FCvt, Size: 3, Aux: 2, Shape: ir.ShapeS},
	{Op: ir.FToSX, Size: 3, Aux: ir.RoundZero, Shape: ir.ShapeS}, {Op: ir.FToUX, Size: 3, Aux: ir.RoundZero, Shape: ir.ShapeS},
	{Op: ir.FToSX, Size: 3, Aux: ir.RoundMinus, Shape: ir.ShapeS},
	{Op: ir.FFromSX, Size: 3, Aux: 3, Shape: ir.ShapeS}, {Op: ir.FFromUX, Size: 3, Aux: 3, Shape: ir.ShapeS},
	{Op: ir.FAdd, Size: 2}, {Op: ir.FAdd, Size: 3}, {Op: ir.FMul, Size: 2, Shape: ir.ShapeD},
	{Op: ir.FMla, Size: 2}, {Op: ir.FMls, Size: 3}, {Op: ir.FAddP, Size: 2}, {Op: ir.FAddP, Size: 3, Shape: ir.ShapeS},
	{Op: ir.FCmGT, Size: 2}, {Op: ir.FToS, Size: 2, Aux: ir.RoundZero}, {Op: ir.FFromS, Size: 2},
	{Op: ir.FCvtL, Size: 2}, {Op: ir.FCvtN, Size: 2},
	{Op: ir.VFromX, Size: 3}, {Op: ir.XFromV, Size: 3}, {Op: ir.VDup, Size: 0}, {Op: ir.VDup, Size: 2}, {Op: ir.VDupL, Size: 2, Aux: 1},
	{Op: ir.VInsL, Size: 2, Aux: 0x0103}, {Op: ir.VMov, Size: 3, Shape: ir.ShapeD},
	{Op: ir.VZip1, Size: 0}, {Op: ir.VUzp1, Size: 0}, {Op: ir.VUzp2, Size: 1}, {Op: ir.VTrn1, Size: 2}, {Op: ir.VExt, Aux: 5},
	{Op: ir.VRev64, Size: 0}, {Op: ir.VTbl}, {Op: ir.VTbx, Aux: 16},
	{Op: ir.VAnd}, {Op: ir.VBsl}, {Op: ir.VNot}, {Op: ir.VOrNot},
	{Op: ir.VAdd, Size: 2}, {Op: ir.VAdd, Size: 0, Shape: ir.ShapeD}, {Op: ir.VMul, Size: 0}, {Op: ir.VMul, Size: 2},
	{Op: ir.VNeg, Size: 2}, {Op: ir.VUMin, Size: 0}, {Op: ir.VURHAdd, Size: 0}, {Op: ir.VUHAdd, Size: 0}, {Op: ir.VSABD, Size: 1},
	{Op: ir.VSQAdd, Size: 1}, {Op: ir.VUQSub, Size: 0}, {Op: ir.VSQAdd, Size: 2},
	{Op: ir.VAddP, Size: 0}, {Op: ir.VAddP, Size: 2}, {Op: ir.VUMaxP, Size: 0}, {Op: ir.VCnt}, {Op: ir.VClz, Size: 2}, {Op: ir.VRBit},
	{Op: ir.VAddV, Size: 0}, {Op: ir.VAddV, Size: 2}, {Op: ir.VUMaxV, Size: 0}, {Op: ir.VUAddLV, Size: 0},
	{Op: ir.VCmEQ, Size: 0}, {Op: ir.VCmGE, Size: 2}, {Op: ir.VCmHI, Size: 0}, {Op: ir.VCmHS, Size: 0}, {Op: ir.VCmTst, Size: 0},
	{Op: ir.VShlI, Size: 2, Aux: 3}, {Op: ir.VUShrI, Size: 0, Aux: 3}, {Op: ir.VSShrI, Size: 0, Aux: 3}, {Op: ir.VSShrI, Size: 3, Aux: 3},
	{Op: ir.VSRShrI, Size: 1, Aux: 3}, {Op: ir.VSliI, Size: 2, Aux: 3}, {Op: ir.VUShl, Size: 2}, {Op: ir.VSShl, Size: 2},
	{Op: ir.VSXtl, Size: 1}, {Op: ir.VUXtl, Size: 0, Shape: ir.ShapeHi}, {Op: ir.VSMull, Size: 1}, {Op: ir.VUMull, Size: 0}, {Op: ir.VUMull, Size: 2},
	{Op: ir.VPMull, Size: 3}, {Op: ir.VUABDL, Size: 0}, {Op: ir.VUAddLP, Size: 0}, {Op: ir.VSAddLP, Size: 1},
	{Op: ir.VXtn, Size: 1}, {Op: ir.VXtn, Size: 0, Aux: 4}, {Op: ir.VRShrn, Size: 0, Aux: 4}, {Op: ir.VSQXtun, Size: 0},
	{Op: ir.VAddHN, Size: 0}, {Op: ir.VSQDMulH, Size: 1}, {Op: ir.VSQRDMulH, Size: 1}, {Op: ir.VUDot}, {Op: ir.VSDot},
	{Op: ir.AESE}, {Op: ir.AESMC}, {Op: ir.SHA1C}, {Op: ir.SHA256H}, {Op: ir.SHA256SU1},
}

// count is the number of host instructions of one operation, its slow path behind the code not counted, or -1 when it has no other.
func (v *vecCase) count(t *testing.T, in ir.Inst, s *situation) int {
	t.Helper()
	v.ref = buildCase(&v.r, in, s)
	if err := ir.Verify(&v.r); err != nil {
		t.Fatal(err)
	}
	if err := v.m.compile(v.c, &v.r, &v.out); err != nil {
		t.Fatal(err)
	}
	if !v.c.inline(v.ref) {
		return -1
	}
	var a asm.Asm // the exit begins by setting ExitArg
	var b [32]byte
	a.Reset(b[:], 0)
	a.MI(asm.MOV, 8, cpuMem(offArg), 0)
	code := v.m.mem[v.m.code+int(v.out.Entry) : v.m.code+v.out.Text]
	end := bytes.Index(code, b[:a.Len()])
	if end < 0 {
		t.Fatalf("%v: no exit in % x", in.Op, code)
	}
	n, err := instructions(code[:end])
	if err != nil {
		t.Fatalf("%v: %v", in.Op, err)
	}
	if s.clean == 0 {
		return n
	}
	// Less what cleaned the operands: as for an operation on the same that takes none of them.
	for _, kind := range in.Op.Info().Args {
		if kind == 'v' {
			n--
		}
	}
	return n
}

// TestCounts compares the numbers of host instructions with those in testdata. A line has, for each level, that with
// operands and result in different registers, that with the result in the place of A (of C, if there is one), and that
// where nothing is known about what is beyond the shape of the operands.
func TestCounts(t *testing.T) {
	m := newMachine(t)
	var b strings.Builder
	fmt.Fprintf(&b, "# operation: at v2, v3, v4: apart/in place/unknown beyond the shape; - is the slow path\n")
	for _, in := range counted {
		switch in.Op.Info().Result {
		case "v":
			in.Type = ir.V128
		default:
			in.Type = ir.I64
		}
		fmt.Fprintf(&b, "%v %d%s", in.Op, 8<<in.Size, shapeNames[in.Shape&ir.ShapeMask])
		if in.Aux != 0 {
			fmt.Fprintf(&b, " %#x", in.Aux)
		}
		b.WriteByte(':')
		over := uint8(0)
		if len(in.Op.Info().Args) == 3 {
			over = 2
		}
		for _, f := range models {
			v := newCase(m, f, 0)
			sep := " "
			for _, s := range []situation{
				{a: 0, b: 1, c: 2, d: 3, clean: 7}, {a: 0, b: 1, c: 2, d: over, clean: 7}, {a: 0, b: 1, c: 2, d: 3},
			} {
				n := v.count(t, in, &s)
				if n < 0 {
					b.WriteString(sep + "-")
				} else {
					fmt.Fprintf(&b, "%s%d", sep, n)
				}
				sep = "/"
			}
		}
		b.WriteByte('\n')
	}
	golden(t, "testdata/counts.txt", b.String())
}

// golden compares text with a file.
func golden(t *testing.T, name, text string) {
	t.Helper()
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(name, []byte(text), 0o666); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	w, g := strings.Split(string(want), "\n"), strings.Split(text, "\n")
	for i := range min(len(w), len(g)) {
		if w[i] != g[i] {
			t.Fatalf("%s:%d: %q, now %q; run with -update if that is meant", name, i+1, w[i], g[i])
		}
	}
	if len(w) != len(g) {
		t.Fatalf("%s has %d lines, now there are %d; run with -update if that is meant", name, len(w), len(g))
	}
}
