package arm64

import (
	"bytes"
	"encoding/binary"
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"armature/tcg/interp"
	"armature/tcg/ir"
	"armature/tcg/state"
)

var (
	qemuCases = flag.Int("qemu.cases", 6000, "cases to compare with qemu-aarch64-static")
	qemuSeed  = flag.Uint64("qemu.seed", 1, "seed of the comparison with qemu-aarch64-static")
)

// The guest program that TestQEMU makes: for each case, code that loads the registers from
// inAt, the case's instructions, and code that stores the registers to outAt; at the end, the
// results and the data area are written to standard output. No compiler is needed.
const (
	codeAddr = 0x10000000
	inAddr   = 0x20000000
	outAddr  = 0x30000000 // the data area, then the results
	dataLen  = 1 << 14
	dataMid  = outAddr + dataLen/2
	stride   = 4 * 64      // bytes of code a case
	frame    = 33 * 8      // X0..X30, SP, NZCV
	bodyAt   = 4 * 24      // offset of a case's instructions in its code
	maxBody  = 4           // instructions in a case
	litAt    = stride - 16 // offset of its two literals
)

type regs [33]uint64

// qemuCase is a few instructions and the registers they begin with.
type qemuCase struct {
	words []uint32
	in    regs
	want  regs // by the interpreter
	op    Op   // what the case is about
}

// wrap is the code around words.
func wrap(words []uint32, n int) []byte {
	var c []uint32
	ldr := func(at int) { c = append(c, 0x58000000|uint32((at-4*len(c))/4)<<5|30) } // ldr x30, literal
	pair := func(op uint32) {
		for r := uint32(0); r < 30; r += 2 {
			c = append(c, op|r<<15|(r+1)<<10|30<<5|r) // ldp or stp xr, xr+1, [x30, #8*r]
		}
	}
	ldr(litAt)
	c = append(c, 0xf94083c0, 0xd51b4200, 0xf9407fc0, 0x9100001f) // ldr x0, [x30, #256]; msr nzcv, x0; ldr x0, [x30, #248]; mov sp, x0
	pair(0xa9400000)
	c = append(c, 0xf9407bde) // ldr x30, [x30, #240]
	for len(c) < bodyAt/4 {
		c = append(c, 0xd503201f)
	}
	c = append(c, words...)
	for len(c) < bodyAt/4+maxBody {
		c = append(c, 0xd503201f)
	}
	c = append(c, 0xd51bd05e) // msr tpidr_el0, x30
	ldr(litAt + 8)
	pair(0xa9000000)
	c = append(c,
		0xd53bd040, 0xf9007bc0, // mrs x0, tpidr_el0; str x0, [x30, #240]
		0x910003e0, 0xf9007fc0, // mov x0, sp; str x0, [x30, #248]
		0xd53b4200, 0xf90083c0) // mrs x0, nzcv; str x0, [x30, #256]
	c = append(c, 0x14000000|uint32(stride/4-len(c))) // to the next
	b := make([]byte, stride)
	for i, w := range c {
		binary.LittleEndian.PutUint32(b[4*i:], w)
	}
	binary.LittleEndian.PutUint64(b[litAt:], uint64(inAddr+n*frame))
	binary.LittleEndian.PutUint64(b[litAt+8:], uint64(outAddr+dataLen+n*frame))
	return b
}

// program is the ELF file for cases.
func program(cases []qemuCase, data []byte) []byte {
	var code, in []byte
	for n := range cases {
		code = append(code, wrap(cases[n].words, n)...)
		in = append(in, binaryRegs(&cases[n].in)...)
	}
	outLen := dataLen + len(cases)*frame
	for _, w := range []uint32{
		0x580001c1,                         // ldr x1, literal at +56
		0x580001e2,                         // ldr x2, literal at +64 (of the first)
		0xd2800020, 0xd2800808, 0xd4000001, // mov x0, #1; mov x8, #64 (write); svc #0
		0xb7f800a0,             // tbnz x0, #63, to the exit
		0x8b000021, 0xcb000042, // add x1, x1, x0; sub x2, x2, x0
		0xb5ffff42,             // cbnz x2, to mov x0, #1
		0xd2800000,             // mov x0, #0
		0xd2800ba8, 0xd4000001, // mov x8, #93 (exit); svc #0
		0xd503201f, 0xd503201f,
	} {
		code = binary.LittleEndian.AppendUint32(code, w)
	}
	code = binary.LittleEndian.AppendUint64(code, outAddr)
	code = binary.LittleEndian.AppendUint64(code, uint64(outLen))

	var f bytes.Buffer
	le := binary.LittleEndian
	put := func(v ...any) {
		for _, x := range v {
			binary.Write(&f, le, x)
		}
	}
	const page = 0x10000
	up := func(n int) int { return (n + page - 1) &^ (page - 1) }
	codeOff := page
	inOff := codeOff + up(len(code))
	dataOff := inOff + up(len(in))
	put([16]byte{0x7f, 'E', 'L', 'F', 2, 1, 1}, uint16(2), uint16(183), uint32(1), uint64(codeAddr), uint64(64), uint64(0),
		uint32(0), uint16(64), uint16(56), uint16(3), uint16(0), uint16(0), uint16(0))
	seg := func(flags uint32, off int, addr, filesz, memsz uint64) {
		put(uint32(1), flags, uint64(off), addr, addr, filesz, memsz, uint64(page))
	}
	seg(5, codeOff, codeAddr, uint64(len(code)), uint64(len(code)))
	seg(4, inOff, inAddr, uint64(len(in)), uint64(len(in)))
	seg(6, dataOff, outAddr, dataLen, uint64(outLen))
	out := make([]byte, dataOff+dataLen)
	copy(out, f.Bytes())
	copy(out[codeOff:], code)
	copy(out[inOff:], in)
	copy(out[dataOff:], data)
	return out
}

func binaryRegs(r *regs) []byte {
	b := make([]byte, 0, frame)
	for _, v := range r {
		b = binary.LittleEndian.AppendUint64(b, v)
	}
	return b
}

// dataMem is the data area as the interpreter's memory.
type dataMem struct{ b []byte }

func (m *dataMem) at(c *state.CPU, addr uint64, size uint8) []byte {
	off := addr - outAddr
	if n := uint64(1) << size; off < dataLen && off+n <= dataLen {
		return m.b[off : off+n]
	}
	c.FaultSig, c.FaultCode, c.FaultAddr = 11, 1, addr
	return nil
}

func (m *dataMem) Load(c *state.CPU, addr uint64, size uint8) (v state.V, ok bool) {
	b := m.at(c, addr, size)
	if b == nil {
		return v, false
	}
	var buf [16]byte
	copy(buf[:], b)
	return state.V{Lo: binary.LittleEndian.Uint64(buf[:]), Hi: binary.LittleEndian.Uint64(buf[8:])}, true
}

func (m *dataMem) Store(c *state.CPU, addr uint64, size uint8, v state.V) bool {
	b := m.at(c, addr, size)
	if b == nil {
		return false
	}
	var buf [16]byte
	binary.LittleEndian.PutUint64(buf[:], v.Lo)
	binary.LittleEndian.PutUint64(buf[8:], v.Hi)
	copy(b, buf[:])
	return true
}

func (m *dataMem) Cas(c *state.CPU, addr uint64, size uint8, old, new state.V) (state.V, bool) {
	v, ok := m.Load(c, addr, size)
	if ok && v == old {
		ok = m.Store(c, addr, size, new)
	}
	return v, ok
}

var specialInts = [...]uint64{0, 1, ^uint64(0), 1 << 63, 1<<63 - 1, 1 << 31, 1<<31 - 1, 0xffffffff, 0x8000000080000000, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff}

func randomInt(r *rand.Rand) uint64 {
	switch v := r.Uint64(); r.IntN(4) {
	case 0:
		return specialInts[r.IntN(len(specialInts))]
	case 1:
		return v >> r.IntN(64)
	case 2:
		return uint64(int64(v) >> r.IntN(64))
	default:
		return v
	}
}

// compared says whether o is an integer instruction that goes on to the next and whose result
// does not depend on the processor's model or on time.
func compared(o Op) bool {
	switch o {
	case OpMRS, OpMSR_reg, OpIC_IVAU, OpUDF, OpHLT, OpBRK, OpSVC, OpBR, OpBLR, OpRET, OpB, OpBL, OpB_cond,
		OpCBZ, OpCBNZ, OpTBZ, OpTBNZ:
		return false // these have tests of their own
	case OpDC_CVAP, OpDC_ZVA:
		return false // QEMU 7.2 has the one in system mode only, and clears 512 bytes by the other
	case OpLDR_lit, OpLDRSW_lit:
		return false // their data would be the code
	}
	return !isVector(o)
}

// randomCase makes a case of encoding o, with base registers that point into the data area.
func randomCase(r *rand.Rand, o Op) qemuCase {
	w := RandomInst(r, o)
	switch o {
	case OpCFINV, OpXAFLAG, OpAXFLAG:
		w &^= 0xf00 // CRm should be zero; QEMU insists
	case OpHINT:
		w &^= 0xfe0 // just NOP: QEMU has pointer authentication
	}
	i := Inst(w)
	c := qemuCase{op: o, words: []uint32{w}}
	for n := range c.in {
		c.in[n] = randomInt(r)
	}
	c.in[32] &= 0xf0000000
	c.in[31] = dataMid + uint64(r.IntN(64))*16
	if _, value := o.Bits(); value>>25&5 == 4 || value>>24 == 0xd5 { // loads, stores, DC
		addr := dataMid + uint64(r.IntN(2048)) - 1024
		if r.IntN(4) != 0 {
			addr &^= 15
		}
		base := i.Rn()
		if value>>24 == 0xd5 {
			base = i.Rt()
		}
		if base != 31 {
			c.in[base] = addr
		}
		if _, ok := o.field("option"); ok && i.Rm() != base && i.Rm() != 31 {
			c.in[i.Rm()] = uint64(int64(r.IntN(512) - 256))
			if i.option() == 2 || i.option() == 6 { // the upper half does not matter
				c.in[i.Rm()] = c.in[i.Rm()]&0xffffffff | r.Uint64()<<32
			}
		}
		if o == OpCAS && r.IntN(2) == 0 && i.Rn() != 31 {
			// Make it likely to compare equal: load first.
			c.words = []uint32{0x38400000 | i.size_31_30()<<30 | i.Rn()<<5 | i.Rs(), w}
		}
		switch o {
		case OpLDXR, OpLDAXR, OpLDXP, OpLDAXP:
			// Mostly followed by the store to the same place.
			if r.IntN(4) != 0 && i.Rt() != i.Rn() && i.Rt2() != i.Rn() {
				st := w &^ (1<<22 | 0x1f<<16)
				c.words = append(c.words, st|uint32(r.IntN(31))<<16)
			}
		}
	}
	return c
}

func (o Op) field(name string) (Field, bool) {
	for _, f := range o.Fields() {
		if f.Name == name {
			return f, true
		}
	}
	return Field{}, false
}

// TestQEMU runs random integer instructions in the interpreter and in QEMU.
func TestQEMU(t *testing.T) {
	rnd := rand.New(rand.NewPCG(*qemuSeed, 0))
	var ops []Op
	for o := Op(1); o < NumOps; o++ {
		if compared(o) {
			ops = append(ops, o)
		}
	}
	data := make([]byte, dataLen)
	for i := range data {
		data[i] = byte(rnd.Uint32())
	}
	mem := dataMem{bytes.Clone(data)}
	var tr Translator
	var r ir.Region
	var run interp.Runner
	cpu := new(state.CPU)
	cpu.Init()
	var cases []qemuCase
	done := map[Op]int{}
	for tries := 0; len(cases) < *qemuCases; tries++ {
		c := randomCase(rnd, ops[tries%len(ops)])
		pc := uint64(codeAddr + len(cases)*stride + bodyAt)
		tr.Translate(&r, pc, 0, 1, assemble(pc, append(c.words, 0xd4200000)...))
		if err := ir.Verify(&r); err != nil {
			t.Fatal(err)
		}
		saved, savedMem := *cpu, bytes.Clone(mem.b)
		copy(cpu.X[:], c.in[:32])
		cpu.Flags = state.PackNZCV(uint32(c.in[32] >> 28))
		run.Run(&r, cpu, &mem)
		switch cpu.ExitReason {
		case state.ExitBreak, state.ExitSPAlign:
		default: // a fault, most likely
			*cpu, mem.b = saved, savedMem
			continue
		}
		copy(c.want[:], cpu.X[:])
		c.want[32] = uint64(state.UnpackNZCV(cpu.Flags)) << 28
		cases = append(cases, c)
		done[c.op]++
	}
	for _, o := range ops {
		if done[o] == 0 {
			t.Errorf("%v: no case without a fault", o)
		}
	}
	file := filepath.Join(t.TempDir(), "cases")
	if err := os.WriteFile(file, program(cases, data), 0o777); err != nil {
		t.Fatal(err)
	}
	var stderr bytes.Buffer
	cmd := exec.Command("qemu-aarch64-static", file)
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrNotFound) {
		t.Fatal("needs qemu-user-static: ", err)
	}
	if err != nil || len(out) != dataLen+len(cases)*frame {
		t.Fatalf("qemu: %v, %d bytes of output\n%s", err, len(out), &stderr)
	}
	bad := map[Op]bool{}
	for n := range cases {
		c := &cases[n]
		var got regs
		for k := range got {
			got[k] = binary.LittleEndian.Uint64(out[dataLen+n*frame+8*k:])
		}
		if got == c.want || bad[c.op] {
			continue
		}
		bad[c.op] = true
		text := ""
		for k := range got {
			if got[k] != c.want[k] {
				text += fmt.Sprintf("\n  x%d: was %#x, qemu %#x, here %#x", k, c.in[k], got[k], c.want[k])
			}
		}
		t.Errorf("case %d, %v %08x:%s", n, c.op, c.words, text)
	}
	if !bytes.Equal(out[:dataLen], mem.b) {
		for k := range mem.b {
			if mem.b[k] != out[k] {
				t.Errorf("memory differs at %#x", outAddr+k)
				break
			}
		}
	}
}
