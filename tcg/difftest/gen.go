package difftest

import (
	"encoding/binary"
	"math/rand/v2"

	"armature/tcg/arm64"
	"armature/tcg/state"
)

// Generator draws batches by a seed.
type Generator struct {
	// MaxLen is the greatest number of instructions of a case.
	MaxLen int
	// Loop, if not 0, puts the instructions into a loop that runs so often.
	Loop int

	ops []arm64.Op
	r   *rand.Rand
}

// excluded are encodings that cannot be compared in this way.
var excluded = map[arm64.Op]string{
	arm64.OpSVC: "would call the kernel",
	arm64.OpHLT: "semihosting in qemu, undefined under Linux",
}

// n1 are the features of a Neoverse-N1 (Armv8.2-A).
var n1 = map[string]bool{
	"": true, "FEAT_AES": true, "FEAT_PMULL": true, "FEAT_SHA1": true, "FEAT_SHA256": true, "FEAT_CRC32": true,
	"FEAT_LSE": true, "FEAT_RDM": true, "FEAT_FP16": true, "FEAT_DotProd": true, "FEAT_LRCPC": true, "FEAT_DPB": true,
	"FEAT_LOR": true,
}

// Neoverse says whether o belongs to a Neoverse-N1; the others need a later reference.
func Neoverse(o arm64.Op) bool { return n1[o.Feature()] }

// NewGenerator draws from the encodings that keep accepts (nil: all) but those that cannot be compared.
func NewGenerator(seed uint64, keep func(arm64.Op) bool) *Generator {
	g := &Generator{MaxLen: 4, r: rand.New(rand.NewPCG(seed, 0x64))}
	for o := arm64.Op(1); o < arm64.NumOps; o++ {
		if _, no := excluded[o]; !no && (keep == nil || keep(o)) {
			g.ops = append(g.ops, o)
		}
	}
	return g
}

// Ops is the number of encodings that g draws from.
func (g *Generator) Ops() int { return len(g.ops) }

// Fill makes b a new batch of n cases.
func (g *Generator) Fill(b *Batch, n int) {
	for off := 0; off < DataSize; off += 16 {
		v := g.vector()
		copy(b.Page[off:], bytesOf(&v))
	}
	if cap(b.Cases) < n {
		b.Cases = make([]Case, n)
	}
	b.Cases = b.Cases[:n]
	for i := range b.Cases {
		g.fill(&b.Cases[i], Slot(i), &b.Page)
	}
}

func (g *Generator) one(n int) bool { return g.r.IntN(n) == 0 }

// fill draws a case for the slot at pc.
func (g *Generator) fill(c *Case, pc uint64, page *[DataSize]byte) {
	r := g.r
	*c = Case{}
	c.PC = pc
	c.NZCV = r.Uint32() & 15
	if g.one(2) {
		c.FPCR = r.Uint32() & state.FPCRMask
		if g.one(2) {
			c.FPCR &^= state.FPCRFZ | state.FPCRFZ16 | state.FPCRAHP // what translated code does without the slow path
		}
	}
	if g.one(4) {
		c.FPSR = r.Uint32() & state.FPSRMask
	}
	for i := range c.X {
		c.X[i] = g.integer()
	}
	c.X[31] = DataBase + uint64(r.IntN(DataSize/16))*16
	for i := range c.V {
		switch {
		case i > 0 && g.one(8):
			c.V[i] = g.near(c.V[r.IntN(i)])
		default:
			c.V[i] = g.vector()
		}
	}
	for i := range c.Words {
		c.Words[i] = brk
	}
	n := 1 + r.IntN(min(g.MaxLen, SlotWords-4))
	if g.one(3) {
		n = 1
	}
	if g.Loop > 0 {
		defer g.loop(c, n)
	}
	var branch, adr bool
	for i := 0; i < n; i++ {
		o := g.ops[r.IntN(len(g.ops))]
		kind := kindOf(o)
		if (kind == kindBranch || kind == kindIndirect) && (branch || kind == kindIndirect && adr) {
			i-- // a second one might make a loop
			if len(g.ops) < 20 {
				n = i + 1 // there may be nothing else to draw
			}
			continue
		}
		branch = branch || kind == kindBranch || kind == kindIndirect
		adr = adr || o == arm64.OpADR
		w := g.fit(c, o, kind, arm64.RandomInst(r, o), i, n)
		if n > 1 && solo(o, w) || g.Loop > 0 && (kind == kindIndirect || solo(o, w) || namesCounter(o, w)) {
			i--
			if len(g.ops) < 20 {
				n = i + 1
			}
			continue
		}
		c.Words[i] = w
		switch o {
		case arm64.OpLDXR, arm64.OpLDAXR, arm64.OpLDXP, arm64.OpLDAXP:
			if i+1 < n && !g.one(4) { // the store that belongs to it, now or one later
				if g.one(2) && i+2 < n {
					i++
					c.Words[i] = nop
				}
				i++
				c.Words[i] = g.storeExclusive(w)
			}
		case arm64.OpCAS, arm64.OpCASP:
			g.expect(c, w, o, page)
		}
	}
}

// counter is the register that counts the iterations of a loop.
const counter = 27

// namesCounter says whether w may write the counter.
func namesCounter(o arm64.Op, w uint32) bool {
	for _, f := range o.Fields() {
		if f.Width == 5 && f.Name[0] == 'R' && get(w, f)|1 == counter { // CASP writes the register after, too
			return true
		}
	}
	return false
}

// loop appends SUB and CBNZ to the n instructions.
func (g *Generator) loop(c *Case, n int) {
	c.X[counter] = uint64(g.Loop)
	c.Words[n] = 0xd1000400 | counter<<5 | counter                    // sub x27, x27, #1
	c.Words[n+1] = 0xb5000000 | uint32(-(n+1))&(1<<19-1)<<5 | counter // cbnz x27, the first
}

// storeExclusive is the STXR or STXP that belongs to a load exclusive, with other registers for status and data.
func (g *Generator) storeExclusive(load uint32) uint32 {
	const l, rs, rt = 1 << 22, 31 << 16, 31
	w := load&^(l|rs|rt) | g.r.Uint32N(32)<<16 | g.r.Uint32N(32)
	if load>>21&1 != 0 {
		w = w&^(31<<10) | g.r.Uint32N(32)<<10
	}
	rn, status := w>>5&31, w>>16&31
	if status == rn || status == w&31 || load>>21&1 != 0 && status == w>>10&31 || load&31 == rn {
		return nop // CONSTRAINED UNPREDICTABLE, or of another address
	}
	return w
}

// expect gives CAS and CASP what is in memory to compare with, mostly.
func (g *Generator) expect(c *Case, w uint32, o arm64.Op, page *[DataSize]byte) {
	rs, rn := w>>16&31, w>>5&31
	off := c.X[rn] - DataBase
	if g.one(3) || rs >= 30 || rs == rn || rs+1 == rn || off > DataSize-16 {
		return
	}
	at := func(off uint64) uint64 { return binary.LittleEndian.Uint64(page[off:]) }
	c.X[rs] = at(off)
	if o == arm64.OpCASP {
		if w>>30&1 == 0 { // a pair of W
			c.X[rs+1] = at(off) >> 32
		} else {
			c.X[rs+1] = at(off + 8)
		}
	}
}

// solo says that the reference is known to differ on w in a way that later instructions would carry on, so
// that explain could not tell. It stands alone in its case.
func solo(o arm64.Op, w uint32) bool {
	switch o {
	case arm64.OpFJCVTZS, arm64.OpMSR_reg:
		return true
	case arm64.OpFCVTZS_si:
		return w>>20&7 == 1 // half precision
	case arm64.OpLDXP, arm64.OpLDAXP:
		return w&31 == w>>10&31
	}
	return isFlagOp(o) && w>>8&15 != 0
}

type kind uint8

const (
	kindOther kind = iota
	kindLoad       // and store, with a base register
	kindLiteral
	kindBranch
	kindIndirect
	kindSystem
)

// System registers as MRS and MSR have them in bits 19:5.
const (
	sysNZCV    = 1<<14 | 3<<11 | 4<<7 | 2<<3
	sysFPCR    = 1<<14 | 3<<11 | 4<<7 | 4<<3
	sysFPSR    = 1<<14 | 3<<11 | 4<<7 | 4<<3 | 1
	sysTPIDR   = 1<<14 | 3<<11 | 13<<7 | 0<<3 | 2
	sysTPIDRRO = 1<<14 | 3<<11 | 13<<7 | 0<<3 | 3
)

// kindOf tells the encoding groups apart by op0, bits 28:25.
func kindOf(o arm64.Op) kind {
	mask, v := o.Bits()
	switch o {
	case arm64.OpBR, arm64.OpBLR, arm64.OpRET:
		return kindIndirect
	case arm64.OpDC_ZVA, arm64.OpDC_CVAC, arm64.OpDC_CVAU, arm64.OpDC_CVAP, arm64.OpDC_CIVAC:
		return kindLoad
	case arm64.OpMRS, arm64.OpMSR_reg:
		return kindSystem
	}
	memory := mask>>27&1 != 0 && v>>27&1 != 0 && v>>25&1 == 0
	_, imm19 := field(o, "imm19")
	_, target := field(o, "imm26", "imm19", "imm14")
	switch {
	case memory && imm19:
		return kindLiteral
	case memory:
		return kindLoad
	case v>>26&7 == 5 && target:
		return kindBranch
	}
	return kindOther
}

// field finds a field by any of the names.
func field(o arm64.Op, names ...string) (arm64.Field, bool) {
	for _, f := range o.Fields() {
		for _, n := range names {
			if f.Name == n {
				return f, true
			}
		}
	}
	return arm64.Field{}, false
}

func get(w uint32, f arm64.Field) uint32 { return w >> f.Shift & (1<<f.Width - 1) }

func set(w uint32, f arm64.Field, v uint32) uint32 {
	m := uint32(1<<f.Width-1) << f.Shift
	return w&^m | v<<f.Shift&m
}

// fit makes word i of n useful: branches forwards within the slot, addresses that mostly are in the data page.
func (g *Generator) fit(c *Case, o arm64.Op, k kind, w uint32, i, n int) uint32 {
	r := g.r
	if k != kindSystem && g.one(24) {
		if f, ok := field(o, "imm26", "imm19"); ok && k == kindBranch {
			return set(w, f, 1<<(f.Width-1)) // out of all the code
		}
		if k != kindBranch {
			return w
		}
	}
	switch k {
	case kindBranch:
		f, _ := field(o, "imm26", "imm19", "imm14")
		return set(w, f, 1+r.Uint32N(uint32(n-i)+2))
	case kindLiteral:
		f, _ := field(o, "imm19")
		return set(w, f, r.Uint32N(SlotWords-4)-uint32(i))
	case kindIndirect:
		f, _ := field(o, "Rn")
		c.X[get(w, f)&31] = c.PC + 4*uint64(i+1+r.IntN(n-i+2))
		if get(w, f) == 31 {
			w = set(w, f, 30) // no target in XZR
			c.X[30] = c.PC + 4*uint64(i+1)
			c.X[31] = DataBase + 256
		}
		if o == arm64.OpBLR && get(w, f) == 30 {
			return w
		}
		return w
	case kindLoad:
		g.address(c, o, &w)
	case kindSystem: // o0, op1, CRn, CRm and op2 together
		regs := [...]uint32{sysNZCV, sysFPCR, sysFPSR, sysTPIDR, sysTPIDRRO}
		w = w&^0xfffe0 | regs[r.IntN(len(regs))]<<5
	}
	return w
}

// address chooses the base register's value (and the index's) so that the access is mostly in the data page.
func (g *Generator) address(c *Case, o arm64.Op, w *uint32) {
	r := g.r
	f, ok := field(o, "Rn")
	if !ok {
		if f, ok = field(o, "Rt"); !ok {
			return
		}
	}
	n := get(*w, f)
	if g.one(12) && n != 31 {
		c.X[n] = g.wild()
		return
	}
	// Displacement, in bytes; the scale is a guess, right for most.
	var disp int64
	scale := uint(0)
	if s, ok := field(o, "size"); ok && s.Shift == 30 {
		scale = uint(get(*w, s))
	}
	if q, ok := field(o, "q"); ok && get(*w, q) == 1 {
		scale = 4
	}
	if d, ok := field(o, "imm12"); ok {
		disp = int64(get(*w, d)) << scale
	} else if d, ok := field(o, "imm9"); ok {
		disp = int64(int32(get(*w, d)<<23)) >> 23
	} else if d, ok := field(o, "imm7"); ok {
		scale = 2
		if x, ok := field(o, "x"); ok {
			scale += uint(get(*w, x))
		} else if opc, ok := field(o, "opc"); ok {
			scale += uint(get(*w, opc))
		}
		disp = int64(int32(get(*w, d)<<25)) >> 25 << scale
	} else if opt, ok := field(o, "option"); ok {
		m, _ := field(o, "Rm")
		index := get(*w, m)
		if index == n {
			*w = set(*w, m, (index+1)&31)
			index = (index + 1) & 31
		}
		if index != 31 {
			v := uint64(r.IntN(64))
			if g.one(3) {
				v = -v
			}
			c.X[index] = v
			if get(*w, opt) == 2 { // UXTW
				c.X[index] &= 0xff
			}
			if get(*w, opt)&1 == 0 && g.one(2) {
				c.X[index] |= r.Uint64() << 32 // UXTW and SXTW do not look there
			}
		}
	}
	var at int64
	switch r.IntN(8) {
	case 0: // across one of the ends
		at = DataSize - int64(r.IntN(40))
	case 1:
		at = int64(r.IntN(40)) - 20
	case 2: // unaligned
		at = int64(r.IntN(DataSize-128)) + 64
	default:
		at = int64(r.IntN(DataSize/16)) * 16
	}
	addr := uint64(DataBase + at - disp)
	if n == 31 {
		addr &^= 15
	} else if g.one(64) {
		addr |= r.Uint64() << 56 // a tag
	}
	c.X[n] = addr
}

// wild draws an address where nothing is, or the code, which cannot be written.
func (g *Generator) wild() uint64 {
	r := g.r
	switch r.IntN(5) {
	case 0:
		return uint64(r.IntN(256))
	case 1:
		return -uint64(r.IntN(256))
	case 2:
		return CodeBase + uint64(r.IntN(SlotSize))
	case 3:
		return DataBase + [...]uint64{DataSize, 2 * DataSize, 0x100000, 1<<64 - DataSize}[r.IntN(4)] + uint64(r.IntN(64))
	}
	return r.Uint64()>>8 | 1<<uint(47+r.IntN(8)) // neither canonical on the host nor in the guest's space
}

// integer draws a general register.
func (g *Generator) integer() uint64 {
	r := g.r
	switch r.IntN(8) {
	case 0:
		return edges[r.IntN(len(edges))]
	case 1:
		return edges[r.IntN(len(edges))] + uint64(r.IntN(5)) - 2
	case 2:
		return uint64(r.IntN(128))
	case 3:
		return -uint64(r.IntN(128))
	case 4:
		return 1 << r.IntN(64)
	case 5:
		return uint64(r.Uint32())
	case 6:
		return DataBase + uint64(r.IntN(DataSize))
	}
	return r.Uint64()
}

var edges = []uint64{
	0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0x8000, 0xffff, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000,
	0x7fffffffffffffff, 0x8000000000000000, 0xffffffffffffffff, 0xffffffff80000000, 0xffffffffffff8000,
	0x5555555555555555, 0xaaaaaaaaaaaaaaaa, 0x0123456789abcdef, 0x8080808080808080, 0x7f7f7f7f7f7f7f7f,
}

// vector draws a vector register or 16 bytes of memory: lanes of one kind.
func (g *Generator) vector() state.V {
	r := g.r
	switch r.IntN(10) {
	case 0, 1:
		return state.V{Lo: g.float(f64), Hi: g.float(f64)}
	case 2, 3, 4:
		return state.V{Lo: g.float(f32) | g.float(f32)<<32, Hi: g.float(f32) | g.float(f32)<<32}
	case 5, 6:
		var v state.V
		for k := range 4 {
			v.Lo |= g.float(f16) << (16 * k)
			v.Hi |= g.float(f16) << (16 * k)
		}
		return v
	case 7:
		return state.V{Lo: g.integer(), Hi: g.integer()}
	case 8: // bytes out of a few
		var v state.V
		for k := range bytesOf(&v) {
			bytesOf(&v)[k] = [...]byte{0, 1, 2, 15, 16, 0x7f, 0x80, 0x81, 0xff, byte(r.Uint32())}[r.IntN(10)]
		}
		return v
	}
	return state.V{Lo: r.Uint64(), Hi: r.Uint64()}
}

// near changes v little, so that subtraction cancels and comparisons are close.
func (g *Generator) near(v state.V) state.V {
	r := g.r
	switch r.IntN(5) {
	case 0:
		return v
	case 1:
		v.Lo ^= 1 << r.IntN(64)
	case 2:
		v.Lo += uint64(r.IntN(3)) - 1
		v.Hi += uint64(r.IntN(3)) - 1
	case 3: // the signs
		v.Lo ^= 0x8000000080008000 & r.Uint64()
		v.Hi ^= 0x8000000080008000 & r.Uint64()
	case 4:
		v.Lo, v.Hi = v.Hi, v.Lo
	}
	return v
}

// format is a floating-point format.
type format struct{ exp, frac uint }

var (
	f16  = format{5, 10}
	f32  = format{8, 23}
	f64  = format{11, 52}
	bf16 = format{8, 7}
)

// float draws a number: zeros, infinities, NaNs of both kinds, subnormals, the ends of the range, integers and
// halves around the edges of the integer types, and numbers of every exponent.
func (g *Generator) float(f format) uint64 {
	r := g.r
	if f == f16 && g.one(8) {
		f = bf16
	}
	bias := uint64(1)<<(f.exp-1) - 1
	maxExp := uint64(1)<<f.exp - 1
	fracMask := uint64(1)<<f.frac - 1
	sign := uint64(r.IntN(2)) << (f.exp + f.frac)
	var exp, frac uint64
	switch r.IntN(16) {
	case 0: // zero
	case 1: // infinity
		exp = maxExp
	case 2: // quiet NaN
		exp, frac = maxExp, 1<<(f.frac-1)|r.Uint64()&fracMask
	case 3: // signalling NaN
		exp, frac = maxExp, r.Uint64()&(fracMask>>1)|1
	case 4: // subnormal
		frac = r.Uint64() & fracMask >> r.IntN(int(f.frac))
	case 5: // least normal and around
		exp, frac = uint64(r.IntN(3)), [...]uint64{0, 1, fracMask}[r.IntN(3)]
	case 6: // greatest
		exp, frac = maxExp-1-uint64(r.IntN(2)), fracMask-uint64(r.IntN(2))
	case 7: // 1, 1.5, 2 and near
		exp, frac = bias+uint64(r.IntN(2)), [...]uint64{0, 1 << (f.frac - 1), 1, fracMask}[r.IntN(4)]
	case 8, 9: // an integer or a half
		e := uint64(r.IntN(int(f.frac) + 3))
		exp, frac = bias+e-1, r.Uint64()&fracMask
		if e < uint64(f.frac) {
			frac &^= fracMask >> e
		}
	case 10: // around the ends of the integers
		e := [...]uint64{7, 8, 15, 16, 31, 32, 63, 64}[r.IntN(8)]
		exp, frac = bias+e-uint64(r.IntN(2)), [...]uint64{0, 1, fracMask, fracMask - 1, r.Uint64() & fracMask}[r.IntN(5)]
	case 11: // moderate
		exp, frac = bias-4+uint64(r.IntN(8)), r.Uint64()&fracMask
	case 12: // near where results become subnormal or overflow when multiplied
		exp, frac = [...]uint64{bias / 2, bias + bias/2}[r.IntN(2)]+uint64(r.IntN(5))-2, r.Uint64()&fracMask
	default:
		exp, frac = r.Uint64()&maxExp, r.Uint64()&fracMask
		if g.one(2) {
			frac &^= fracMask >> r.IntN(int(f.frac)) // few bits: exact results
		}
	}
	return sign | min(exp, maxExp)<<f.frac | frac
}
