package asm

import (
	"fmt"
	"go/ast"
	"go/constant"
	"go/parser"
	"go/token"
	"go/types"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

type namedVOp struct {
	name string
	op   VOp
}

// allVOps reads the names and values of every VOp constant from the package's source, so that none goes untested.
func allVOps(t *testing.T) []namedVOp {
	fset := token.NewFileSet()
	var files []*ast.File
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range names {
		if strings.HasSuffix(n, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(fset, n, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	// Constants need no imports, so the errors about missing ones do not matter.
	conf := types.Config{IgnoreFuncBodies: true, Error: func(error) {}}
	pkg, _ := conf.Check("asm", fset, files, nil)
	var ops []namedVOp
	for _, n := range pkg.Scope().Names() {
		c, ok := pkg.Scope().Lookup(n).(*types.Const)
		if !ok || !c.Exported() || !strings.HasSuffix(c.Type().String(), "asm.VOp") {
			continue
		}
		v, ok := constant.Uint64Val(c.Val())
		if !ok {
			t.Fatalf("%s: value", n)
		}
		ops = append(ops, namedVOp{n, VOp(v)})
	}
	if len(ops) < 500 {
		t.Fatalf("only %d operations found", len(ops))
	}
	return ops
}

// Operand kinds: v vector of the operation's length, x XMM, d and q general, k mask.
type spec struct {
	mnem, evexMnem string
	dst, x, rm     byte
	ptr            string // memory size where as cannot infer it; V: by length
}

var evexNames = map[string]string{"PAND": "vpandd", "PANDN": "vpandnd", "POR": "vpord", "PXOR": "vpxord",
	"MOVDQA": "vmovdqa32", "MOVDQU": "vmovdqu32", "ROUNDPS": "vrndscaleps", "ROUNDPD": "vrndscalepd",
	"ROUNDSS": "vrndscaless", "ROUNDSD": "vrndscalesd", "VBROADCASTF128": "vbroadcastf32x4",
	"VBROADCASTI128": "vbroadcasti32x4", "VINSERTF128": "vinsertf32x4", "VINSERTI128": "vinserti32x4",
	"VEXTRACTF128": "vextractf32x4", "VEXTRACTI128": "vextracti32x4"}

var halfDst = []string{"CVTPD2DQ", "CVTTPD2DQ", "CVTPD2PS", "VCVTQQ2PS", "VCVTUQQ2PS", "VCVTPD2UDQ", "VCVTTPD2UDQ",
	"VCVTNEPS2BF16"}

// describe works out an operation's text from its name and shape.
func describe(n namedVOp) spec {
	base := strings.TrimRight(n.name, "abcdefghijklmnopqrstuvwxyz")
	suffix := n.name[len(base):]
	s := spec{mnem: strings.ToLower(base), dst: 'v', x: 'v', rm: 'v'}
	switch base {
	case "MOVDX", "MOVDG", "MOVQX", "MOVQG":
		s.mnem = s.mnem[:4]
	}
	if n.op.HasSSE() {
		s.evexMnem = "v" + s.mnem
	} else {
		s.evexMnem = s.mnem
	}
	if e, ok := evexNames[base]; ok {
		s.evexMnem = e
	}
	if t := n.op >> 17 & 15; t >= 2 && t <= 5 || t >= t1>>17 && t <= t16>>17 {
		s.rm = 'x'
	}
	if slices.Contains(halfDst, n.name) {
		s.dst, s.ptr = 'x', "V"
	}
	has := func(p string) bool { return strings.HasPrefix(n.name, p) }
	gpr := byte('d')
	if suffix == "q" || has("PINSRQ") || has("PEXTRQ") || base == "MOVQX" || base == "MOVQG" ||
		n.name == "VPBROADCASTQr" || n.name == "KMOVQk" || n.name == "KMOVQg" {
		gpr = 'q'
	}
	switch {
	case has("CVTSI2") || has("VCVTUSI2"):
		s.rm = gpr
		s.ptr = map[byte]string{'d': "dword ptr ", 'q': "qword ptr "}[gpr]
	case has("PINSR") || base == "MOVDX" || base == "MOVQX" || has("VPBROADCAST") && suffix == "r":
		s.rm = gpr
	case has("PEXTR") && n.op&shapeBits == mr2, base == "MOVDG", base == "MOVQG", base == "EXTRACTPS":
		s.rm = gpr
	case strings.HasSuffix(base, "SI") && strings.Contains(base, "CVT"), has("MOVMSK"), has("PMOVMSKB"),
		base == "PEXTRW":
		s.dst = gpr
	case suffix == "k" && has("VCMP"), has("VPCMP"), has("VPTESTM"), has("VPTESTNM"), strings.HasSuffix(base, "2M"):
		s.dst = 'k'
	case has("VFPCLASS"):
		s.dst, s.ptr = 'k', "V"
		if n.op&l256 == 0 {
			s.ptr = ""
		}
	case has("VPMOVM2"):
		s.rm = 'k'
	case has("KMOV") && suffix == "k":
		s.dst, s.rm = 'k', gpr
	case has("KMOV") && suffix == "g":
		s.dst, s.rm = gpr, 'k'
	case base[0] == 'K':
		s.dst, s.x, s.rm = 'k', 'k', 'k'
	}
	return s
}

func regText(kind byte, l VLen, r XReg) string {
	switch kind {
	case 'd':
		return rn(4, Reg(r))
	case 'q':
		return rn(8, Reg(r))
	case 'k':
		return fmt.Sprintf("k%d", r)
	case 'v':
		if l == L256 {
			return fmt.Sprintf("ymm%d", r)
		}
	}
	return fmt.Sprintf("xmm%d", r)
}

// limit maps a register number to one that the kind has; hi is the last vector register.
func limit(kind byte, r, hi XReg) XReg {
	switch kind {
	case 'k':
		return r & 7
	case 'd', 'q':
		return r & 15
	}
	return r & hi
}

type vecTest struct {
	*oracle
	n    namedVOp
	s    spec
	seed uint32
	ms   []Mem
}

func (v *vecTest) next(kind byte, hi XReg) XReg {
	v.seed = v.seed*1664525 + 1013904223
	return limit(kind, XReg(v.seed>>24), hi)
}

func (v *vecTest) mem() Mem {
	v.seed = v.seed*1664525 + 1013904223
	return v.ms[int(v.seed>>8)%len(v.ms)]
}

// mode is one encoding under test, with what it adds to the text.
type mode struct {
	enc          string // pseudo-prefix for as
	hi           XReg
	op           VOp
	mask, around string // after the destination; after a register source
}

func (v *vecTest) text(m mode, l VLen, src string, d, x string, imm int) {
	mn := v.s.evexMnem
	if strings.Contains(m.enc, "{vex") && v.n.op.HasSSE() {
		mn = "v" + v.s.mnem
	} else if strings.Contains(m.enc, "{vex") || m.enc == "" {
		mn = v.s.mnem
	}
	s := m.enc + mn + " " + d + m.mask
	if x != "" {
		s += ", " + x
	}
	s += ", " + src + m.around
	if imm >= 0 {
		s += fmt.Sprintf(", %d", imm)
	}
	v.line("%s", s)
}

func (v *vecTest) ptr(l VLen) string {
	if v.s.ptr == "V" {
		return [2]string{"xmmword ptr ", "ymmword ptr "}[l]
	}
	return v.s.ptr
}

// vector emits register and memory forms of VEX or EVEX operations.
func (v *vecTest) vector(m mode, l VLen, regs, memory int, bcst bool) {
	op, s, a := m.op, v.s, &v.a
	shape, imm := op&shapeBits, -1
	if op&ib != 0 {
		imm = 3
	}
	dir := ""
	if strings.Contains(s.mnem, "mov") && shape <= mr2 && op&noMem == 0 {
		dir = map[VOp]string{rm2: "{load} ", mr2: "{store} "}[shape]
	}
	if v.n.name == "MOVSS" || v.n.name == "MOVSD" {
		dir = "{load} "
	}
	for range regs {
		if op&noReg != 0 {
			break
		}
		dk, rk := s.dst, s.rm
		if shape == mr2 {
			dk = s.rm
			rk = s.dst
		}
		d, x, r := v.next(dk, m.hi), v.next(s.x, m.hi), v.next(rk, m.hi)
		mm := m
		mm.enc = dir + m.enc
		rt, xt := regText(rk, l, r), regText(s.x, l, x)
		dt := regText(dk, l, d)
		switch shape {
		case rm2, mr2:
			xt = ""
			if imm >= 0 {
				a.V2I(op, l, d, r, uint8(imm))
			} else {
				a.V2(op, l, d, r)
			}
		case vmi:
			xt = ""
			a.V2I(op, l, d, r, uint8(imm))
		case rvm:
			if imm >= 0 {
				a.V3I(op, l, d, x, r, uint8(imm))
			} else {
				a.V3(op, l, d, x, r)
			}
			if op.Commutes() && r > 7 && x < 8 {
				rt, xt = xt, rt
			}
		case rvmr:
			z := v.next('v', 15)
			a.V4(op, l, d, x, r, z)
			mm.around = ", " + regText('v', l, z)
		}
		v.text(mm, l, rt, dt, xt, imm)
	}
	for range memory {
		start := a.Len()
		if op&noMem != 0 || shape == vmi && strings.Contains(m.enc, "{vex") {
			break
		}
		m := m
		mem := v.mem()
		reg, x := v.next(s.dst, m.hi), v.next(s.x, m.hi)
		mt := v.ptr(l) + mem.text()
		o := op
		if bcst {
			o = op.Bcst()
			el, bytes := 4<<(op>>13&1), 16<<l
			if op>>17&15 == tHV>>17 {
				bytes /= 2
			}
			mt = fmt.Sprintf("%s%s{1to%d}", ptrNames[Size(el)], mem.text(), bytes/int(el))
		}
		dt := regText(s.dst, l, reg)
		switch shape {
		case rm2, vmi:
			if imm >= 0 {
				a.V2MI(o, l, reg, mem, uint8(imm))
			} else {
				a.V2M(o, l, reg, mem)
			}
			v.text(m, l, mt, dt, "", imm)
		case mr2:
			if imm >= 0 {
				a.V2MI(o, l, reg, mem, uint8(imm))
			} else {
				a.V2M(o, l, reg, mem)
			}
			v.text(m, l, dt, mt, "", imm)
		case rvm:
			if imm >= 0 {
				a.V3MI(o, l, reg, x, mem, uint8(imm))
			} else {
				a.V3M(o, l, reg, x, mem)
			}
			v.text(m, l, mt, dt, regText(s.x, l, x), imm)
		case rvmr:
			z := v.next('v', 15)
			a.V4M(o, l, reg, x, mem, z)
			m.around = ", " + regText('v', l, z)
			v.text(m, l, mt, dt, regText(s.x, l, x), imm)
		}
		// Of two opcodes for EVEX VMOVQ with memory as takes the other one; everything else must agree.
		if f := v.buf[start:]; f[0] == 0x62 && v.n.name == "MOVQ" {
			f[2], f[4] = f[2]^3, 0x6e
		} else if f[0] == 0x62 && v.n.name == "MOVQst" {
			f[4] = 0x7e
		}
	}
}

func (v *vecTest) lens() []VLen {
	switch {
	case v.n.op&only6 != 0:
		return []VLen{L256}
	case v.n.op&l256 != 0:
		return []VLen{L128, L256}
	}
	return []VLen{L128}
}

func eachVOp(t *testing.T, f func(v *vecTest)) {
	o := newOracle(t)
	v := &vecTest{oracle: o, seed: 1, ms: mems(&o.a)}
	for _, n := range allVOps(t) {
		if n.op&shapeBits >= gRVM {
			continue // TestBMI
		}
		v.n, v.s = n, describe(n)
		f(v)
		if o.a.Status != OK {
			t.Fatalf("%s: %v", n.name, o.a.Status)
		}
	}
	o.check()
}

func TestVEX(t *testing.T) {
	eachVOp(t, func(v *vecTest) {
		if !v.n.op.HasVEX() {
			return
		}
		for _, l := range v.lens() {
			enc := "{vex} "
			if v.s.mnem[0] == 'k' {
				enc = ""
			}
			v.vector(mode{enc: enc, hi: 15, op: v.n.op}, l, 16, 16, false)
		}
	})
}

func TestEVEX(t *testing.T) {
	eachVOp(t, func(v *vecTest) {
		if !v.n.op.HasEVEX() {
			return
		}
		for _, l := range v.lens() {
			v.vector(mode{enc: "{evex} ", hi: 31, op: v.n.op.EVEX()}, l, 16, 16, false)
			if t := v.n.op >> 17 & 15; v.n.op&noMem == 0 && (t == tFV>>17 || t == tHV>>17) {
				v.vector(mode{enc: "{evex} ", hi: 31, op: v.n.op.EVEX()}, l, 0, 8, true)
			}
			if v.n.op&noK == 0 {
				k := KReg(v.seed%7) + 1
				v.vector(mode{enc: "{evex} ", hi: 31, op: v.n.op.M(k), mask: fmt.Sprintf("{k%d}", k)}, l, 4, 4, false)
				if v.s.dst != 'k' {
					n := 4
					if v.n.op&shapeBits == mr2 {
						n = 0
					}
					v.vector(mode{enc: "{evex} ", hi: 31, op: v.n.op.Z(k), mask: fmt.Sprintf("{k%d}{z}", k)}, l, 4, n, false)
				}
			}
		}
	})
}

// TestHighRegisters checks that xmm16-31 alone make an operation EVEX.
func TestHighRegisters(t *testing.T) {
	o := newOracle(t)
	for r := XMM0; r <= XMM31; r++ {
		enc, mn := "", "vpxor"
		if r > 15 {
			enc, mn = "{evex} ", "vpxord"
		}
		o.a.V3(PXOR, L256, r, XMM1, XMM2)
		o.line("%s%s ymm%d, ymm1, ymm2", enc, mn, r)
		o.a.V3(PXOR, L256, XMM1, r, XMM2)
		o.line("%s%s ymm1, ymm%d, ymm2", enc, mn, r)
		o.a.V3(PSUBB, L128, XMM1, XMM2, r)
		o.line("%svpsubb xmm1, xmm2, xmm%d", enc, r)
		o.a.V2M(MOVUPSst, L128, r, B(RAX, 32))
		o.line("%svmovups [rax+32], xmm%d", enc, r)
	}
	for rc, name := range []string{"rn", "rd", "ru", "rz"} {
		o.a.V3(ADDSD.Round(Rounding(rc)), L128, XMM1, XMM20, XMM3)
		o.line("vaddsd xmm1, xmm20, xmm3, {%s-sae}", name)
		o.a.V3(SQRTSS.Round(Rounding(rc)).Z(K3), L128, XMM1, XMM2, XMM30)
		o.line("vsqrtss xmm1{k3}{z}, xmm2, xmm30, {%s-sae}", name)
		o.a.V2(CVTSD2SIq.Round(Rounding(rc)), L128, G(R9), XMM2)
		o.line("vcvtsd2si r9, xmm2, {%s-sae}", name)
	}
	o.a.V3I(VRANGESD.SAE(), L128, XMM1, XMM2, XMM3, 5)
	o.line("vrangesd xmm1, xmm2, xmm3, {sae}, 5")
	o.a.V2(CVTTSS2SI.SAE(), L128, G(RDX), XMM3)
	o.line("vcvttss2si edx, xmm3, {sae}")
	o.check()
}

func TestSSE(t *testing.T) {
	eachVOp(t, func(v *vecTest) {
		op, s, a := v.n.op, v.s, &v.a
		if !op.HasSSE() {
			return
		}
		shape, imm := op&shapeBits, ""
		if op&ib != 0 {
			imm = ", 5"
		}
		dir := ""
		if strings.Contains(s.mnem, "mov") && shape <= mr2 && op&(noReg|noMem) == 0 {
			dir = map[VOp]string{rm2: "{load} ", mr2: "{store} "}[shape]
		}
		for range 16 {
			if op&noReg != 0 {
				break
			}
			dk, rk := s.dst, s.rm
			if shape == mr2 {
				dk, rk = rk, dk
			}
			d, r := v.next(dk, 15), v.next(rk, 15)
			rt := ", " + regText(rk, L128, r)
			if shape == vmi {
				r, rt = d, ""
			}
			if imm != "" {
				a.S2I(op, d, r, 5)
			} else {
				a.S2(op, d, r)
			}
			v.line("%s%s %s%s%s", dir, s.mnem, regText(dk, L128, d), rt, imm)
		}
		for range 24 {
			if op&noMem != 0 || shape == vmi {
				break
			}
			m := v.mem()
			r := v.next(s.dst, 15)
			if imm != "" {
				a.S2MI(op, r, m, 5)
			} else {
				a.S2M(op, r, m)
			}
			mt, rt := v.ptr(L128)+m.text(), regText(s.dst, L128, r)
			if shape == mr2 {
				mt, rt = rt, mt
			}
			v.line("%s %s, %s%s", s.mnem, rt, mt, imm)
		}
	})
}

func TestBMI(t *testing.T) {
	o := newOracle(t)
	a := &o.a
	ms := mems(a)
	seen := 0
	for _, n := range allVOps(t) {
		mn := strings.ToLower(n.name)
		shape := n.op & shapeBits
		if shape < gRVM {
			continue
		}
		seen++
		for _, sz := range sizes[2:] {
			pairs(func(x, y Reg) {
				d := (x*3 + y) & 15
				switch shape {
				case gRVM, gRMV:
					a.X3(n.op, sz, d, x, y)
					o.line("%s %s, %s, %s", mn, rn(sz, d), rn(sz, x), rn(sz, y))
				case gRM:
					a.X2I(n.op, sz, x, y, 7)
					o.line("%s %s, %s, 7", mn, rn(sz, x), rn(sz, y))
				case gVM:
					a.X2(n.op, sz, x, y)
					o.line("%s %s, %s", mn, rn(sz, x), rn(sz, y))
				}
			})
			for i, m := range ms {
				d, x := Reg(i)&15, Reg(i*7+3)&15
				switch shape {
				case gRVM:
					a.X3M(n.op, sz, d, x, m)
					o.line("%s %s, %s, %s", mn, rn(sz, d), rn(sz, x), m.text())
				case gRMV:
					a.X3M(n.op, sz, d, x, m)
					o.line("%s %s, %s, %s", mn, rn(sz, d), m.text(), rn(sz, x))
				case gRM:
					a.X2MI(n.op, sz, d, m, 7)
					o.line("%s %s, %s, 7", mn, rn(sz, d), m.text())
				case gVM:
					a.X2M(n.op, sz, d, m)
					o.line("%s %s, %s", mn, rn(sz, d), m.text())
				}
			}
		}
	}
	if seen != 13 {
		t.Errorf("%d operations", seen)
	}
	o.check()
}
