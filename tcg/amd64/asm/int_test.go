package asm

import (
	"fmt"
	"math"
	"testing"
)

var regNames = map[Size][16]string{
	1: {"al", "cl", "dl", "bl", "spl", "bpl", "sil", "dil", "r8b", "r9b", "r10b", "r11b", "r12b", "r13b", "r14b", "r15b"},
	2: {"ax", "cx", "dx", "bx", "sp", "bp", "si", "di", "r8w", "r9w", "r10w", "r11w", "r12w", "r13w", "r14w", "r15w"},
	4: {"eax", "ecx", "edx", "ebx", "esp", "ebp", "esi", "edi", "r8d", "r9d", "r10d", "r11d", "r12d", "r13d", "r14d", "r15d"},
	8: {"rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15"},
}

var ptrNames = map[Size]string{1: "byte ptr ", 2: "word ptr ", 4: "dword ptr ", 8: "qword ptr ", 16: "xmmword ptr ",
	32: "ymmword ptr "}

var ccNames = [16]string{"o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"}

func rn(sz Size, r Reg) string { return regNames[sz][r] }

// text is a memory operand as GNU as reads it; tests give RIP-relative operands by Rip.
func (m Mem) text() string {
	s := ""
	switch {
	case m.Base == ripBase:
		return fmt.Sprintf("[rip+W0+%d]", m.Disp)
	case m.Base < 16:
		s = rn(8, m.Base)
	}
	if m.Scale != 0 {
		if s != "" {
			s += "+"
		}
		s += fmt.Sprintf("%s*%d", rn(8, m.Index), m.Scale)
	}
	if s == "" {
		return fmt.Sprintf("ds:[%d]", m.Disp)
	}
	return fmt.Sprintf("[%s%+d]", s, m.Disp)
}

// mems covers every way of encoding an operand: each base with each displacement size, indexes, no base, RIP.
func mems(a *Asm) []Mem {
	disps := []int32{0, 1, -1, 8, 16, 32, 64, 127, -128, 128, 0x800, 0x1010, -129, math.MaxInt32, math.MinInt32}
	var ms []Mem
	for b := RAX; b <= R15; b++ {
		for _, d := range disps {
			ms = append(ms, B(b, d))
		}
	}
	for i, b := range []Reg{RAX, RSP, RBP, RSI, R8, R12, R13, R15, NoReg} {
		for j, x := range []Reg{RCX, RBP, RDI, R9, R12, R13} {
			ms = append(ms, BI(b, x, 1<<((i+j)&3), disps[(i*5+j)%len(disps)]))
		}
	}
	return append(ms, Abs(0x1234), Abs(-64), a.Rip(a.Base()), a.Rip(a.Base()+0x12345), a.Rip(a.Base()-99))
}

var sizes = []Size{1, 2, 4, 8}

// pairs walks over registers so that each number comes up in each place, without the whole product.
func pairs(f func(x, y Reg)) {
	for x := RAX; x <= R15; x++ {
		for _, k := range []Reg{0, 1, 4, 7, 9, 12} {
			f(x, (x+k)&15)
		}
	}
}

var aluOps = []struct {
	name string
	op   Op
}{{"add", ADD}, {"or", OR}, {"adc", ADC}, {"sbb", SBB}, {"and", AND}, {"sub", SUB}, {"xor", XOR}, {"cmp", CMP}}

var imms = []int32{0, 1, -1, 127, -128, 128, 255, -129, 32767, -32768, math.MaxInt32, math.MinInt32}

// sized immediates: what as accepts for the operand size.
func immText(sz Size, v int32) string {
	switch sz {
	case 1:
		return fmt.Sprint(int8(v))
	case 2:
		return fmt.Sprint(int16(v))
	}
	return fmt.Sprint(v)
}

func TestALU(t *testing.T) {
	o := newOracle(t)
	a := &o.a
	ms := mems(a)
	for _, e := range append(aluOps, struct {
		name string
		op   Op
	}{"mov", MOV}, struct {
		name string
		op   Op
	}{"test", TEST}) {
		for _, sz := range sizes {
			pairs(func(x, y Reg) {
				a.RR(e.op, sz, x, y)
				o.line("%s %s, %s", e.name, rn(sz, x), rn(sz, y))
			})
			for i, m := range ms {
				r := Reg(i*7) & 15
				if e.op != TEST {
					if e.op == MOV && r == RAX && m.Base == NoReg && m.Scale == 0 {
						r = RCX // as may use the moffs form
					}
					a.RM(e.op, sz, r, m)
					o.line("%s %s, %s", e.name, rn(sz, r), m.text())
				}
				a.MR(e.op, sz, m, r)
				o.line("%s %s, %s", e.name, m.text(), rn(sz, r))
				v := imms[i%len(imms)]
				a.MI(e.op, sz, m, v)
				o.line("%s %s%s, %s", e.name, ptrNames[sz], m.text(), immText(sz, v))
				if e.op != CMP && e.op != MOV && e.op != TEST {
					a.MR(LOCK|e.op, sz, m, r)
					o.line("lock %s %s, %s", e.name, m.text(), rn(sz, r))
				}
			}
			for r := RAX; r <= R15; r++ {
				for _, v := range imms {
					a.RI(e.op, sz, r, v)
					o.line("%s %s, %s", e.name, rn(sz, r), immText(sz, v))
				}
			}
		}
	}
	o.check()
}

func TestMovImm(t *testing.T) {
	o := newOracle(t)
	for r := RAX; r <= R15; r++ {
		for _, c := range []struct {
			v    uint64
			text string
		}{{0, "mov %[2]s, 0"}, {1 << 31, "mov %[2]s, 0x80000000"}, {math.MaxUint32, "mov %[2]s, 0xffffffff"},
			{math.MaxUint64, "mov %[1]s, -1"}, {math.MaxUint64 - 1<<31 + 1, "mov %[1]s, -0x80000000"},
			{1 << 32, "movabs %[1]s, 0x100000000"}, {0x123456789abcdef0, "movabs %[1]s, 0x123456789abcdef0"}} {
			o.a.MovImm(r, c.v)
			o.line(c.text, rn(8, r), rn(4, r))
		}
		o.a.Zero(r)
		o.line("xor %s, %s", rn(4, r), rn(4, r))
		o.a.Push(r)
		o.line("push %s", rn(8, r))
		o.a.Pop(r)
		o.line("pop %s", rn(8, r))
		o.a.JmpR(r)
		o.line("jmp %s", rn(8, r))
		o.a.CallR(r)
		o.line("call %s", rn(8, r))
		o.a.Bswap(4, r)
		o.line("bswap %s", rn(4, r))
		o.a.Bswap(8, r)
		o.line("bswap %s", rn(8, r))
	}
	for _, v := range imms {
		o.a.PushI(v)
		o.line("push %d", v)
	}
	for _, m := range mems(&o.a) {
		o.a.PushM(m)
		o.line("push qword ptr %s", m.text())
		o.a.PopM(m)
		o.line("pop qword ptr %s", m.text())
		o.a.JmpM(m)
		o.line("jmp qword ptr %s", m.text())
		o.a.CallM(m)
		o.line("call qword ptr %s", m.text())
		o.a.RM(LEA, 8, R9, m)
		o.line("lea r9, %s", m.text())
		o.a.RM(LEA, 4, RDX, m)
		o.line("lea edx, %s", m.text())
		if m.Base != ripBase {
			o.a.Byte(0x65)
			o.a.RM(MOV, 8, RBX, m)
			gs := m.text()
			if gs[0] == 'd' {
				gs = gs[3:]
			}
			o.line("mov rbx, gs:%s", gs)
		}
	}
	o.check()
}

func TestShifts(t *testing.T) {
	o := newOracle(t)
	a := &o.a
	ms := mems(a)
	for _, e := range []struct {
		name string
		op   Op
	}{{"rol", ROL}, {"ror", ROR}, {"rcl", RCL}, {"rcr", RCR}, {"shl", SHL}, {"shr", SHR}, {"sar", SAR}} {
		for _, sz := range sizes {
			for r := RAX; r <= R15; r++ {
				a.R(e.op, sz, r)
				o.line("%s %s, cl", e.name, rn(sz, r))
				for _, c := range []int32{0, 1, 2, 31, 63} {
					a.RI(e.op, sz, r, c)
					o.line("%s %s, %d", e.name, rn(sz, r), c)
				}
			}
			for i, m := range ms {
				a.M(e.op, sz, m)
				o.line("%s %s%s, cl", e.name, ptrNames[sz], m.text())
				c := int32(i & 7)
				a.MI(e.op, sz, m, c)
				o.line("%s %s%s, %d", e.name, ptrNames[sz], m.text(), c)
			}
		}
	}
	for _, e := range []struct {
		name string
		op   Op
	}{{"shld", SHLD}, {"shrd", SHRD}} {
		for _, sz := range sizes[1:] {
			pairs(func(x, y Reg) {
				a.RR(e.op, sz, x, y)
				o.line("%s %s, %s, cl", e.name, rn(sz, x), rn(sz, y))
				a.RRI(e.op, sz, x, y, 5)
				o.line("%s %s, %s, 5", e.name, rn(sz, x), rn(sz, y))
			})
			for i, m := range ms {
				r := Reg(i) & 15
				a.MR(e.op, sz, m, r)
				o.line("%s %s, %s, cl", e.name, m.text(), rn(sz, r))
				a.MRI(e.op, sz, m, r, 9)
				o.line("%s %s, %s, 9", e.name, m.text(), rn(sz, r))
			}
		}
	}
	o.check()
}

func TestUnary(t *testing.T) {
	o := newOracle(t)
	a := &o.a
	ms := mems(a)
	for _, e := range []struct {
		name string
		op   Op
		lock bool
	}{{"not", NOT, true}, {"neg", NEG, true}, {"mul", MUL, false}, {"imul", IMUL1, false}, {"div", DIV, false},
		{"idiv", IDIV, false}, {"inc", INC, true}, {"dec", DEC, true}} {
		for _, sz := range sizes {
			for r := RAX; r <= R15; r++ {
				a.R(e.op, sz, r)
				o.line("%s %s", e.name, rn(sz, r))
			}
			for _, m := range ms {
				a.M(e.op, sz, m)
				o.line("%s %s%s", e.name, ptrNames[sz], m.text())
				if e.lock {
					a.M(LOCK|e.op, sz, m)
					o.line("lock %s %s%s", e.name, ptrNames[sz], m.text())
				}
			}
		}
	}
	for i, m := range ms {
		for _, e := range []struct {
			name string
			op   Op
		}{{"ldmxcsr", LDMXCSR}, {"stmxcsr", STMXCSR}, {"prefetchnta", PREFETCHNTA}, {"prefetcht0", PREFETCHT0},
			{"prefetcht1", PREFETCHT1}, {"prefetcht2", PREFETCHT2}, {"prefetchw", PREFETCHW}, {"cmpxchg8b", CMPXCHG16B}} {
			a.M(e.op, 4, m)
			o.line("%s %s", e.name, m.text())
		}
		a.M(LOCK|CMPXCHG16B, 8, m)
		o.line("lock cmpxchg16b %s", m.text())
		a.M(SET(Cond(i)), 1, m)
		o.line("set%s %s", ccNames[i&15], m.text())
	}
	for cc := Cond(0); cc < 16; cc++ {
		for r := RAX; r <= R15; r++ {
			a.R(SET(cc), 1, r)
			o.line("set%s %s", ccNames[cc], rn(1, r))
		}
	}
	o.check()
}

func TestTwoOperand(t *testing.T) {
	o := newOracle(t)
	a := &o.a
	ms := mems(a)
	type row struct {
		name   string
		op     Op
		dst    Size // 0: as the size
		src    Size
		forms  string // r: register, m: load, s: store, l: locked store
		sizes  []Size
		swapRR bool
	}
	w := sizes[1:]
	rows := []row{
		{"movzx", MOVZX8, 0, 1, "rm", w, false}, {"movzx", MOVZX16, 0, 2, "rm", sizes[2:], false},
		{"movsx", MOVSX8, 0, 1, "rm", w, false}, {"movsx", MOVSX16, 0, 2, "rm", sizes[2:], false},
		{"movsxd", MOVSXD, 0, 4, "rm", sizes[3:], false}, {"movbe", MOVBE, 0, 0, "ms", w, false},
		{"movnti", MOVNTI, 0, 0, "s", sizes[2:], false},
		{"imul", IMUL, 0, 0, "rm", w, false}, {"bsf", BSF, 0, 0, "rm", w, false}, {"bsr", BSR, 0, 0, "rm", w, false},
		{"tzcnt", TZCNT, 0, 0, "rm", w, false}, {"lzcnt", LZCNT, 0, 0, "rm", w, false},
		{"popcnt", POPCNT, 0, 0, "rm", w, false}, {"adcx", ADCX, 0, 0, "rm", sizes[2:], false},
		{"adox", ADOX, 0, 0, "rm", sizes[2:], false}, {"crc32", CRC32, 4, 0, "rm", sizes[:3], false},
		{"crc32", CRC32, 8, 8, "rm", sizes[3:], false},
		{"bt", BT, 0, 0, "rs", w, false}, {"bts", BTS, 0, 0, "rsl", w, false}, {"btr", BTR, 0, 0, "rsl", w, false},
		{"btc", BTC, 0, 0, "rsl", w, false},
		{"xchg", XCHG, 0, 0, "rms", sizes, false}, {"xadd", XADD, 0, 0, "rsl", sizes, false},
		{"cmpxchg", CMPXCHG, 0, 0, "rsl", sizes, false},
	}
	for cc := Cond(0); cc < 16; cc++ {
		rows = append(rows, row{"cmov" + ccNames[cc], CMOV(cc), 0, 0, "rm", w, false})
	}
	for _, e := range rows {
		for _, sz := range e.sizes {
			ds, ss := sz, sz
			if e.dst != 0 {
				ds = e.dst
			}
			if e.src != 0 {
				ss = e.src
			}
			for _, f := range e.forms {
				if f == 'r' {
					pairs(func(x, y Reg) {
						if e.op == XCHG && (x == RAX || y == RAX) && sz != 1 {
							return // as has the shorter 0x90+r here
						}
						a.RR(e.op, sz, x, y)
						o.line("%s %s, %s", e.name, rn(ds, x), rn(ss, y))
					})
					continue
				}
				for i, m := range ms {
					r := Reg(i*5) & 15
					switch f {
					case 'm':
						a.RM(e.op, sz, r, m)
						o.line("%s %s, %s%s", e.name, rn(ds, r), ptrNames[ss], m.text())
					case 's':
						a.MR(e.op, sz, m, r)
						o.line("%s %s, %s", e.name, m.text(), rn(ss, r))
					case 'l':
						a.MR(LOCK|e.op, sz, m, r)
						o.line("lock %s %s, %s", e.name, m.text(), rn(ss, r))
					}
				}
			}
		}
	}
	for _, sz := range w {
		for i, m := range ms {
			v := imms[i%len(imms)]
			r := Reg(i*3) & 15
			a.ImulRMI(sz, r, m, v)
			o.line("imul %s, %s, %s", rn(sz, r), m.text(), immText(sz, v))
			for name, op := range map[string]Op{"bt": BT, "bts": BTS, "btr": BTR, "btc": BTC} {
				a.MI(op, sz, m, int32(i&7))
				o.line("%s %s%s, %d", name, ptrNames[sz], m.text(), i&7)
				a.RI(op, sz, r, int32(i&7))
				o.line("%s %s, %d", name, rn(sz, r), i&7)
			}
		}
		pairs(func(x, y Reg) {
			v := imms[(x+y)%Reg(len(imms))]
			a.ImulRRI(sz, x, y, v)
			o.line("imul %s, %s, %s", rn(sz, x), rn(sz, y), immText(sz, v))
		})
	}
	o.check()
}

func TestNoOperands(t *testing.T) {
	o := newOracle(t)
	for _, e := range []struct {
		text string
		op   NOp
	}{{"ret", RET}, {"pushf", PUSHF}, {"popf", POPF}, {"lahf", LAHF}, {"sahf", SAHF}, {"cmc", CMC}, {"clc", CLC},
		{"stc", STC}, {"cld", CLD}, {"cwd", CWD}, {"cdq", CDQ}, {"cqo", CQO}, {"cbw", CBW}, {"cwde", CWDE},
		{"cdqe", CDQE}, {"int3", INT3}, {"ud2", UD2}, {"pause", PAUSE}, {"mfence", MFENCE}, {"lfence", LFENCE},
		{"sfence", SFENCE}, {"rdtsc", RDTSC}, {"rdtscp", RDTSCP}, {"cpuid", CPUID}, {"leave", LEAVE},
		{"rep movsb", REPMOVSB}, {"rep stosq", REPSTOSQ}, {"vzeroupper", VZEROUPPER}, {"endbr64", ENDBR64}} {
		o.a.N(e.op)
		o.line("%s", e.text)
	}
	o.check()
}
