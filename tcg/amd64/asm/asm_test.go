package asm

import (
	"fmt"
	"math"
	"os"
	"strings"
	"testing"
)

// TestJumps compares label jumps in both directions and at the edges of rel8 with as, which relaxes on its own; ours
// are rel32 forward, so the text asks for that.
func TestJumps(t *testing.T) {
	o := newOracle(t)
	a := &o.a
	for i, gap := range []int{0, 1, 120, 124, 125, 126, 127, 128, 129, 1000} {
		back, fwd := a.NewLabel(), a.NewLabel()
		a.Bind(back)
		o.line("B%d:", i)
		a.Jmp(fwd)
		o.line("{disp32} jmp F%d", i)
		a.Jcc(Cond(i), fwd)
		o.line("{disp32} j%s F%d", ccNames[i], i)
		a.Call(fwd)
		o.line("call F%d", i)
		for n := 0; n < gap; n++ {
			a.Byte(0x90)
			o.line("nop")
		}
		a.Jmp(back)
		o.line("jmp B%d", i)
		a.Jcc(CcLE, back)
		o.line("jle B%d", i)
		a.Call(back)
		o.line("call B%d", i)
		a.MI(CMP, 4, a.RipLabel(fwd), 1000)
		o.line("cmp dword ptr [rip+F%d], 1000", i)
		a.MI(CMP, 1, a.RipLabel(fwd), 10)
		o.line("cmp byte ptr [rip+F%d], 10", i)
		a.V2MI(PSHUFD, L128, XMM9, a.RipLabel(fwd), 10)
		o.line("vpshufd xmm9, [rip+F%d], 10", i)
		a.RM(LEA, 8, RAX, a.RipLabel(back))
		o.line("lea rax, [rip+B%d]", i)
		s := a.JccShort(CcB)
		o.line("jb S%d", i)
		u := a.JmpShort()
		o.line("jmp S%d", i)
		a.N(RET)
		o.line("ret")
		a.Land(s)
		a.Land(u)
		o.line("S%d:", i)
		a.Bind(fwd)
		o.line("F%d:", i)
	}
	a.JmpTo(a.Base() + 5)
	o.line("{disp32} jmp W0+5")
	a.CallTo(a.Base() + 0x100000)
	o.line("call W0+0x100000")
	a.JccTo(CcNE, a.Base()-7)
	o.line("{disp32} jne W0-7")
	o.check()
}

func TestAlign(t *testing.T) {
	o := newOracle(t)
	for n := 1; n <= 40; n++ {
		o.a.Nop(n)
	}
	for i := range 70 {
		o.a.Align(16)
		if o.a.PC()&15 != 0 {
			t.Fatal("not aligned")
		}
		o.a.Nop(i)
		o.a.AlignForPatch(1)
		pos := o.a.JmpTo(oracleBase)
		o.a.AlignForPatch(2)
		pos2 := o.a.JccTo(CcE, oracleBase)
		if (oracleBase+pos)&3 != 0 || (oracleBase+pos2)&3 != 0 {
			t.Fatal("field not aligned")
		}
		if !Patch(o.buf, oracleBase, pos, oracleBase+100) || Target(o.buf, oracleBase, pos) != oracleBase+100 {
			t.Fatal("not patched")
		}
		if Patch(o.buf, oracleBase, pos+1, oracleBase) || Patch(o.buf, oracleBase, len(o.buf)-3, oracleBase) ||
			Patch(o.buf, oracleBase, -4, oracleBase) || Patch(o.buf, oracleBase, pos, 1<<40) {
			t.Fatal("patched what it must not")
		}
	}
	// Every byte of padding must decode as NOPs of the length meant: as knows the same sequences.
	o2 := newOracle(t)
	for n, text := range []string{"nop", "xchg ax, ax", "nop dword ptr [rax]", "{disp8} nop dword ptr [rax]",
		"{disp8} nop dword ptr [rax+rax*1]", "{disp8} nop word ptr [rax+rax*1]", "{disp32} nop dword ptr [rax]",
		"{disp32} nop dword ptr [rax+rax*1]", "{disp32} nop word ptr [rax+rax*1]"} {
		o2.a.Nop(n + 1)
		o2.line("%s", text)
	}
	o2.check()
}

// TestOverflow gives every window size up to one that is enough: no panic, no byte outside, a true status.
func TestOverflow(t *testing.T) {
	emit := func(a *Asm) {
		l := a.NewLabel()
		a.MovImm(RAX, 0x123456789abcdef0)
		a.Jcc(CcE, l)
		a.MI(ADD, 8, BI(R12, R13, 8, math.MaxInt32), math.MinInt32)
		s := a.JccShort(CcA)
		a.V3MI(VPTERNLOGD.Z(K1), L256, XMM31, XMM30, BI(RAX, RCX, 8, 12345), 7)
		a.Land(s)
		a.RM(LEA, 8, RAX, a.RipLabel(l))
		a.Align(64)
		a.Nop(100)
		a.Bind(l)
		a.Jmp(l)
		a.Bytes(make([]byte, 33))
	}
	back := make([]byte, 512)
	need := 0
	for n := 0; n <= 400; n++ {
		for i := range back {
			back[i] = 0xaa
		}
		var a Asm
		a.Reset(back[64:64+n:64+n], 0x400000)
		emit(&a)
		for i, b := range back {
			if (i < 64 || i >= 64+n) && b != 0xaa {
				t.Fatalf("window of %d: byte %d overwritten", n, i-64)
			}
		}
		switch s := a.Finish(); {
		case s == OK && need == 0:
			need = n
			if a.Len() > n || a.Len() < n-16 {
				t.Errorf("%d bytes written in a window of %d", a.Len(), n)
			}
		case s == OK, s == Overflow && need == 0:
		default:
			t.Fatalf("window of %d: %v", n, s)
		}
	}
	if need == 0 {
		t.Error("never enough")
	}
	var z Asm // without Reset
	emit(&z)
	if z.Finish() != Overflow {
		t.Error("zero value: no overflow")
	}
}

// TestMisuse checks that what cannot be encoded is reported, and that the status is sticky.
func TestMisuse(t *testing.T) {
	m := B(RAX, 0)
	for name, c := range map[string]struct {
		want Status
		f    func(a *Asm)
	}{
		"form RR":          {BadForm, func(a *Asm) { a.RR(SHL, 4, RAX, RBX) }},
		"form RM":          {BadForm, func(a *Asm) { a.RM(XADD, 4, RAX, m) }},
		"form MR":          {BadForm, func(a *Asm) { a.MR(LEA, 8, m, RAX) }},
		"form RI":          {BadForm, func(a *Asm) { a.RI(IMUL, 4, RAX, 1) }},
		"form MI":          {BadForm, func(a *Asm) { a.MI(XCHG, 4, m, 1) }},
		"form R":           {BadForm, func(a *Asm) { a.R(ADD, 4, RAX) }},
		"form M":           {BadForm, func(a *Asm) { a.M(ADD, 4, m) }},
		"form RRI":         {BadForm, func(a *Asm) { a.RRI(ADD, 4, RAX, RBX, 1) }},
		"form MRI":         {BadForm, func(a *Asm) { a.MRI(BT, 4, m, RBX, 1) }},
		"lock reg":         {BadForm, func(a *Asm) { a.RR(LOCK|ADD, 4, RAX, RBX) }},
		"lock load":        {BadForm, func(a *Asm) { a.RM(LOCK|ADD, 4, RAX, m) }},
		"register":         {BadForm, func(a *Asm) { a.RR(ADD, 4, NoReg, RBX) }},
		"rsp index":        {BadForm, func(a *Asm) { a.RM(MOV, 8, RAX, BI(RAX, RSP, 1, 0)) }},
		"scale":            {BadForm, func(a *Asm) { a.RM(MOV, 8, RAX, BI(RAX, RBX, 3, 0)) }},
		"scale 17":         {BadForm, func(a *Asm) { a.RM(MOV, 8, RAX, BI(RAX, RBX, 17, 0)) }},
		"base":             {BadForm, func(a *Asm) { a.RM(MOV, 8, RAX, B(77, 0)) }},
		"VEX high":         {BadForm, func(a *Asm) { a.V3(PCMPEQB, L128, XMM0, XMM1, XMM16) }},
		"SSE high":         {BadForm, func(a *Asm) { a.S2(PADDB, XMM0, XMM16) }},
		"SSE only VEX":     {BadForm, func(a *Asm) { a.V3(SHA1MSG1, L128, XMM0, XMM1, XMM2) }},
		"no SSE":           {BadForm, func(a *Asm) { a.S2(VPERMD, XMM0, XMM1) }},
		"length":           {BadForm, func(a *Asm) { a.V3(ADDSD, L256, XMM0, XMM1, XMM2) }},
		"length 128":       {BadForm, func(a *Asm) { a.V3(VPERMD, L128, XMM0, XMM1, XMM2) }},
		"no imm":           {BadForm, func(a *Asm) { a.V3(SHUFPS, L128, XMM0, XMM1, XMM2) }},
		"imm":              {BadForm, func(a *Asm) { a.V3I(ADDPS, L128, XMM0, XMM1, XMM2, 1) }},
		"two as three":     {BadForm, func(a *Asm) { a.V3(MOVAPS, L128, XMM0, XMM1, XMM2) }},
		"mask":             {BadForm, func(a *Asm) { a.V3(PSADBW.M(K1), L128, XMM0, XMM1, XMM2) }},
		"broadcast reg":    {BadForm, func(a *Asm) { a.V3(PADDD.Bcst(), L128, XMM0, XMM1, XMM2) }},
		"broadcast byte":   {BadForm, func(a *Asm) { a.V3M(PADDB.Bcst(), L128, XMM0, XMM1, m) }},
		"rounding packed":  {BadForm, func(a *Asm) { a.V3(ADDPD.Round(RoundUp), L128, XMM0, XMM1, XMM2) }},
		"rounding memory":  {BadForm, func(a *Asm) { a.V3M(ADDSD.Round(RoundUp), L128, XMM0, XMM1, m) }},
		"shift in place":   {BadForm, func(a *Asm) { a.S2I(PSLLDi, XMM0, XMM1, 1) }},
		"movss load":       {BadForm, func(a *Asm) { a.V2(MOVSSld, L128, XMM0, XMM1) }},
		"BMI as vector":    {BadForm, func(a *Asm) { a.V3(ANDN, L128, XMM0, XMM1, XMM2) }},
		"bswap 2":          {BadForm, func(a *Asm) { a.Bswap(2, RAX) }},
		"bound twice":      {BadForm, func(a *Asm) { l := a.NewLabel(); a.Bind(l); a.Bind(l) }},
		"no label":         {BadForm, func(a *Asm) { a.Jmp(3) }},
		"not bound":        {Unbound, func(a *Asm) { a.Jmp(a.NewLabel()) }},
		"not bound memory": {Unbound, func(a *Asm) { a.RM(MOV, 8, RAX, a.RipLabel(a.NewLabel())) }},
		"far short":        {OutOfRange, func(a *Asm) { s := a.JmpShort(); a.Nop(128); a.Land(s) }},
		"far jump":         {OutOfRange, func(a *Asm) { a.JmpTo(1 << 40) }},
		"far rip":          {OutOfRange, func(a *Asm) { a.RM(MOV, 8, RAX, a.Rip(1<<40)) }},
	} {
		var a Asm
		a.Reset(make([]byte, 4096), 0x400000)
		c.f(&a)
		a.RR(MOV, 8, RAX, RBX)
		if s := a.Finish(); s != c.want {
			t.Errorf("%s: %v", name, s)
		}
	}
}

// FuzzOperands feeds arbitrary operands to the emitters: no panic, and no instruction over 15 bytes.
func FuzzOperands(f *testing.F) {
	f.Add(uint64(ADD), uint64(PADDB), uint64(0x0102030405060708), int32(1))
	f.Fuzz(func(t *testing.T, op, vop, regs uint64, v int32) {
		var a Asm
		a.Reset(make([]byte, 256), 0x400000)
		r := func(i uint) uint8 { return uint8(regs >> (i * 8)) }
		m := Mem{Reg(r(0)), Reg(r(1)), r(2), v}
		sz := Size(r(3))
		for _, emit := range []func(){
			func() { a.RR(Op(op), sz, Reg(r(4)), Reg(r(5))) }, func() { a.RM(Op(op), sz, Reg(r(4)), m) },
			func() { a.MI(Op(op), sz, m, v) }, func() { a.RI(Op(op), sz, Reg(r(4)), v) },
			func() { a.V3(VOp(vop), VLen(r(3)), XReg(r(4)), XReg(r(5)), XReg(r(6))) },
			func() { a.V3MI(VOp(vop), VLen(r(3)), XReg(r(4)), XReg(r(5)), m, r(7)) },
			func() { a.S2MI(VOp(vop), XReg(r(4)), m, r(7)) }, func() { a.V2M(VOp(vop), VLen(r(3)), XReg(r(4)), m) },
		} {
			n := a.Len()
			emit()
			if d := a.Len() - n; d > 16 {
				t.Fatalf("%d bytes", d)
			}
		}
	})
}

func TestNoAllocations(t *testing.T) {
	var a Asm
	buf := make([]byte, 4096)
	a.Reset(buf, 0)
	if n := testing.AllocsPerRun(100, func() { block(&a, buf) }); n != 0 {
		t.Errorf("%v allocations", n)
	}
}

// TestFeatures compares detection with what the kernel reports.
func TestFeatures(t *testing.T) {
	data, err := os.ReadFile("/proc/cpuinfo")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(data), "\nflags")
	line, _, _ := strings.Cut(rest, "\n")
	flags := map[string]bool{}
	for _, w := range strings.Fields(line) {
		flags[w] = true
	}
	for name, f := range map[string]Feature{"pni": SSE3, "ssse3": SSSE3, "sse4_1": SSE41, "sse4_2": SSE42,
		"popcnt": FeatPOPCNT, "cx16": CX16, "lahf_lm": LAHF64, "avx": AVX, "avx2": AVX2, "fma": FMA, "f16c": F16C,
		"bmi1": BMI1, "bmi2": BMI2, "abm": FeatLZCNT, "movbe": FeatMOVBE, "avx512f": AVX512F, "avx512vl": AVX512VL,
		"avx512bw": AVX512BW, "avx512dq": AVX512DQ, "avx512cd": AVX512CD, "aes": AESNI, "pclmulqdq": PCLMUL,
		"sha_ni": SHANI, "gfni": GFNI, "vaes": VAES, "vpclmulqdq": VPCLMUL, "adx": ADX, "avx512vbmi": AVX512VBMI,
		"avx512_vbmi2": AVX512VBMI2, "avx512_vnni": AVX512VNNI, "avx512_bitalg": AVX512BITALG,
		"avx512_vpopcntdq": AVX512VPOPCNT, "avx512ifma": AVX512IFMA, "erms": ERMS} {
		if HostFeatures.Has(f) != flags[name] {
			t.Errorf("%s: detected %v", name, HostFeatures.Has(f))
		}
	}
	all := ^Feature(0)
	for level, f := range map[int]Feature{2: V2, 3: V3, 4: V4} {
		if all.Limit(f).Level() != level {
			t.Errorf("limit to %d gives %d", level, all.Limit(f).Level())
		}
	}
	if V2.Limit(V4) != V2 || all.Limit(V2).Has(AVX512VBMI) || !all.Limit(V2).Has(AESNI) {
		t.Error("limits")
	}
}

// block emits 24 instructions such as a translation block has.
func block(a *Asm, buf []byte) {
	a.Reset(buf, 0x400000)
	l := a.NewLabel()
	a.RM(MOV, 8, RAX, B(RBP, 16))
	a.RM(MOV, 8, RCX, B(RBP, 24))
	a.RR(ADD, 8, RAX, RCX)
	a.RI(AND, 4, RAX, 0xff)
	a.MR(MOV, 8, B(RBP, 32), RAX)
	a.RM(LEA, 8, RDX, BI(RAX, RCX, 4, 8))
	a.RM(MOVZX8, 4, R9, BI(RDX, R10, 1, 0))
	a.RI(SHL, 8, R9, 3)
	a.RR(CMP, 8, R9, R12)
	a.Jcc(CcA, l)
	a.V2M(MOVUPS, L128, XMM1, B(RBP, 256))
	a.V3M(PADDD, L128, XMM1, XMM2, B(RBP, 272))
	a.V3(MULPD, L128, XMM3, XMM1, XMM8)
	a.V3I(VPTERNLOGD, L128, XMM3, XMM17, XMM1, 0x96)
	a.V2M(MOVUPSst, L128, XMM3, B(RBP, 288))
	a.S2(PXOR, XMM4, XMM5)
	a.R(SET(CcE), 1, RBX)
	a.RR(CMOV(CcL), 8, RAX, R13)
	a.X3(SHLX, 8, RAX, R13, RCX)
	a.MI(MOV, 4, B(RBP, 100), 77)
	a.MovImm(RSI, 0x12345678)
	a.Bind(l)
	a.RR(TEST, 8, RAX, RAX)
	a.JccTo(CcE, 0x500000)
	a.N(RET)
}

func BenchmarkBlock(b *testing.B) {
	var a Asm
	buf := make([]byte, 4096)
	for b.Loop() {
		block(&a, buf)
	}
	if a.Finish() != OK {
		b.Fatal(a.Status)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/24, "ns/insn")
}

func BenchmarkOne(b *testing.B) {
	buf := make([]byte, 1<<20)
	for _, c := range []struct {
		name string
		f    func(a *Asm)
	}{
		{"RR", func(a *Asm) { a.RR(ADD, 8, RAX, R9) }}, {"RM", func(a *Asm) { a.RM(MOV, 8, RAX, B(RBP, 16)) }},
		{"RI", func(a *Asm) { a.RI(ADD, 8, RCX, 5) }}, {"V3", func(a *Asm) { a.V3(PADDD, L128, XMM1, XMM2, XMM3) }},
		{"V3M", func(a *Asm) { a.V3M(PADDD, L128, XMM1, XMM2, B(RBP, 256)) }},
		{"V3-EVEX", func(a *Asm) { a.V3(PADDD, L128, XMM1, XMM17, XMM3) }},
		{"S2", func(a *Asm) { a.S2(PADDD, XMM1, XMM2) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			var a Asm
			a.Reset(buf, 0x400000)
			for b.Loop() {
				if a.Len() > 1<<19 {
					a.Reset(buf, 0x400000)
				}
				c.f(&a)
			}
		})
	}
}

func Example() {
	var a Asm
	buf := make([]byte, 64)
	a.Reset(buf, 0x400000)
	a.RM(MOV, 4, RAX, B(RDI, 8))
	a.RI(ADD, 4, RAX, 1)
	a.N(RET)
	fmt.Printf("%v % x\n", a.Finish(), buf[:a.Len()])
	// Output: ok 8b 47 08 83 c0 01 c3
}
