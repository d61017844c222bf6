package interp

import (
	"math/big"
	"math/bits"
	"math/rand/v2"
	"testing"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// evalV is Eval on vectors.
func evalV(t *testing.T, c *state.CPU, in ir.Inst, args ...state.V) state.V {
	t.Helper()
	copy(c.HelperArg[:], args)
	if !Eval(&in, c) {
		t.Fatalf("%v: not evaluated", in.Op)
	}
	return c.HelperRes[0]
}

// randomV has lanes of the size at the edges of their range more often than not.
func randomV(rng *rand.Rand, size uint8) (v state.V) {
	b := toBytes(v)
	for i := 0; i < 16; i += 1 << size {
		x := interesting(rng)
		switch rng.IntN(3) {
		case 0:
			x = uint64(int64(x) % 4)
		case 1:
			x = 1<<(8<<size-1) + x%3 - 1
		}
		for j := 0; j < 1<<size; j++ {
			b[i+j] = byte(x >> (8 * j))
		}
	}
	return fromBytes(b[:])
}

// num is lane i as a number.
func num(v state.V, i int, size uint8, isSigned bool) *big.Int {
	b := toBytes(v)
	n := new(big.Int)
	for j := 1<<size - 1; j >= 0; j-- {
		n.Lsh(n, 8).Or(n, big.NewInt(int64(b[i<<size+j])))
	}
	if isSigned && n.Bit(8<<size-1) != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), 8<<size))
	}
	return n
}

// put sets lane i to n modulo its width.
func put(v *state.V, i int, size uint8, n *big.Int) {
	b := toBytes(*v)
	for j := 0; j < 1<<size; j++ {
		b[i<<size+j] = byte(new(big.Int).And(new(big.Int).Rsh(n, uint(8*j)), big.NewInt(255)).Int64())
	}
	*v = fromBytes(b[:])
}

// satQ is SatQ of the manual.
func satQ(n *big.Int, width uint, isSigned bool) (*big.Int, bool) {
	one := big.NewInt(1)
	lo, hi := new(big.Int), new(big.Int).Lsh(one, width)
	if isSigned {
		hi.Lsh(one, width-1)
		lo.Neg(hi)
	}
	hi.Sub(hi, one)
	switch {
	case n.Cmp(lo) < 0:
		return lo, true
	case n.Cmp(hi) > 0:
		return hi, true
	}
	return n, false
}

func pow2(n uint) *big.Int { return new(big.Int).Lsh(big.NewInt(1), n) }

func pick(cond bool, x, y *big.Int) *big.Int {
	if cond {
		return x
	}
	return y
}

func mask(cond bool) *big.Int { return pick(cond, big.NewInt(-1), big.NewInt(0)) }

func poly(x, y *big.Int) *big.Int {
	r := new(big.Int)
	for i := 0; i < y.BitLen(); i++ {
		if y.Bit(i) != 0 {
			r.Xor(r, new(big.Int).Lsh(x, uint(i)))
		}
	}
	return r
}

// shl is n * 2^by, rounded down, or with round to nearest with halves up.
func shl(n *big.Int, by int, round bool) *big.Int {
	if by >= 0 {
		return new(big.Int).Lsh(n, uint(by))
	}
	if round {
		n = new(big.Int).Add(n, pow2(uint(-by-1)))
	}
	return new(big.Int).Rsh(n, uint(-by))
}

type model struct {
	op     ir.Op
	signed bool // how the operands are read
	sat    byte // 0: modulo; 's', 'u': how results saturate
	sizes  string
	shapes string
	f      func(x, y *big.Int, w uint, aux int) *big.Int
}

func add(x, y *big.Int) *big.Int { return new(big.Int).Add(x, y) }
func sub(x, y *big.Int) *big.Int { return new(big.Int).Sub(x, y) }
func half(x *big.Int) *big.Int   { return new(big.Int).Rsh(x, 1) }

var inc = big.NewInt(1)

var laneModels = []model{
	{ir.VAdd, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return add(x, y) }},
	{ir.VSub, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return sub(x, y) }},
	{ir.VMul, false, 0, "012", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return new(big.Int).Mul(x, y) }},
	{ir.VPMul, false, 0, "0", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return poly(x, y) }},
	{ir.VNeg, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return new(big.Int).Neg(x) }},
	{ir.VAbs, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return new(big.Int).Abs(x) }},
	{ir.VSQNeg, true, 's', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return new(big.Int).Neg(x) }},
	{ir.VSQAbs, true, 's', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return new(big.Int).Abs(x) }},
	{ir.VSMax, true, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return pick(x.Cmp(y) > 0, x, y) }},
	{ir.VSMin, true, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return pick(x.Cmp(y) < 0, x, y) }},
	{ir.VUMax, false, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return pick(x.Cmp(y) > 0, x, y) }},
	{ir.VUMin, false, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return pick(x.Cmp(y) < 0, x, y) }},
	{ir.VSHAdd, true, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return half(add(x, y)) }},
	{ir.VUHAdd, false, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return half(add(x, y)) }},
	{ir.VSRHAdd, true, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return half(add(add(x, y), inc)) }},
	{ir.VURHAdd, false, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return half(add(add(x, y), inc)) }},
	{ir.VSHSub, true, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return half(sub(x, y)) }},
	{ir.VUHSub, false, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return half(sub(x, y)) }},
	{ir.VSQAdd, true, 's', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return add(x, y) }},
	{ir.VUQAdd, false, 'u', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return add(x, y) }},
	{ir.VSQSub, true, 's', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return sub(x, y) }},
	{ir.VUQSub, false, 'u', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return sub(x, y) }},
	{ir.VSUQAdd, true, 's', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int {
		return add(x, pick(y.Sign() < 0, add(y, pow2(w)), y))
	}},
	{ir.VUSQAdd, false, 'u', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int {
		return add(x, pick(y.Bit(int(w-1)) != 0, sub(y, pow2(w)), y))
	}},
	{ir.VSABD, true, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return new(big.Int).Abs(sub(x, y)) }},
	{ir.VUABD, false, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return new(big.Int).Abs(sub(x, y)) }},
	{ir.VCnt, false, 0, "0", "QD", func(x, y *big.Int, w uint, _ int) *big.Int {
		return big.NewInt(int64(bits.OnesCount64(x.Uint64())))
	}},
	{ir.VClz, false, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int { return big.NewInt(int64(w) - int64(x.BitLen())) }},
	{ir.VCls, true, 0, "012", "QD", func(x, y *big.Int, w uint, _ int) *big.Int {
		if x.Sign() < 0 {
			x = new(big.Int).Not(x)
		}
		return big.NewInt(int64(w) - int64(x.BitLen()) - 1)
	}},
	{ir.VRBit, false, 0, "0", "QD", func(x, y *big.Int, w uint, _ int) *big.Int {
		return big.NewInt(int64(bits.Reverse8(uint8(x.Uint64()))))
	}},
	{ir.VCmEQ, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return mask(x.Cmp(y) == 0) }},
	{ir.VCmGT, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return mask(x.Cmp(y) > 0) }},
	{ir.VCmGE, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return mask(x.Cmp(y) >= 0) }},
	{ir.VCmHI, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return mask(x.Cmp(y) > 0) }},
	{ir.VCmHS, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return mask(x.Cmp(y) >= 0) }},
	{ir.VCmTst, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int {
		return mask(new(big.Int).And(x, y).Sign() != 0)
	}},

	{ir.VShlI, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int { return shl(x, aux, false) }},
	{ir.VSShrI, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int { return shl(x, -aux, false) }},
	{ir.VUShrI, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int { return shl(x, -aux, false) }},
	{ir.VSRShrI, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int { return shl(x, -aux, true) }},
	{ir.VURShrI, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int { return shl(x, -aux, true) }},
	{ir.VSliI, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int {
		return add(shl(y, aux, false), new(big.Int).And(x, sub(pow2(uint(aux)), inc)))
	}},
	{ir.VSriI, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int {
		return add(shl(y, -aux, false), shl(shl(x, aux-int(w), false), int(w)-aux, false))
	}},
	{ir.VSQShlI, true, 's', "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int { return shl(x, aux, false) }},
	{ir.VUQShlI, false, 'u', "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int { return shl(x, aux, false) }},
	{ir.VSQShluI, true, 'u', "0123", "QDS", func(x, y *big.Int, w uint, aux int) *big.Int { return shl(x, aux, false) }},
	{ir.VSShl, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return shl(x, low8(y), false) }},
	{ir.VUShl, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return shl(x, low8(y), false) }},
	{ir.VSRShl, true, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return shl(x, low8(y), true) }},
	{ir.VURShl, false, 0, "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return shl(x, low8(y), true) }},
	{ir.VSQShl, true, 's', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return shl(x, low8(y), false) }},
	{ir.VUQShl, false, 'u', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return shl(x, low8(y), false) }},
	{ir.VSQRShl, true, 's', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return shl(x, low8(y), true) }},
	{ir.VUQRShl, false, 'u', "0123", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int { return shl(x, low8(y), true) }},

	{ir.VSQDMulH, true, 's', "12", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int {
		return shl(new(big.Int).Mul(x, y), 1-int(w), false)
	}},
	{ir.VSQRDMulH, true, 's', "12", "QDS", func(x, y *big.Int, w uint, _ int) *big.Int {
		return shl(new(big.Int).Mul(x, y), 1-int(w), true)
	}},
}

func low8(y *big.Int) int {
	return int(int8(new(big.Int).And(y, big.NewInt(255)).Int64()))
}

func laneCount(shape byte, size uint8) (int, uint8) {
	switch shape {
	case 'Q':
		return 16 >> size, ir.ShapeQ
	case 'D':
		return 8 >> size, ir.ShapeD
	}
	return 1, ir.ShapeS
}

func checkQC(t *testing.T, c *state.CPU, op ir.Op, sat bool) {
	t.Helper()
	if got := c.FPSR&state.FPSRQC != 0; got != sat {
		t.Fatalf("%v: QC %v, want %v", op, got, sat)
	}
	c.FPSR = 0
}

// Every operation on lanes against unbounded integers.
func TestLanes(t *testing.T) {
	for _, m := range laneModels {
		rng := rand.New(rand.NewPCG(4, uint64(m.op)))
		c := newCPU()
		for _, s := range m.sizes {
			size := uint8(s - '0')
			w := uint(8) << size
			for _, sh := range m.shapes {
				n, shape := laneCount(byte(sh), size)
				for range 40 {
					a, b := randomV(rng, size), randomV(rng, size)
					aux := rng.IntN(int(w))
					switch m.op {
					case ir.VSShrI, ir.VUShrI, ir.VSRShrI, ir.VURShrI, ir.VSriI:
						aux++
					case ir.VSShl, ir.VUShl, ir.VSRShl, ir.VURShl, ir.VSQShl, ir.VUQShl, ir.VSQRShl, ir.VUQRShl:
						if rng.IntN(4) != 0 {
							for i := range 16 >> size {
								put(&b, i, size, big.NewInt(rng.Int64N(int64(2*w)+4)-int64(w)-2))
							}
						}
					}
					in := ir.Inst{Op: m.op, Type: ir.V128, Size: size, Shape: shape, Aux: uint32(aux)}
					var want state.V
					sat := false
					for i := range n {
						r := m.f(num(a, i, size, m.signed), num(b, i, size, m.signed), w, aux)
						if m.sat != 0 {
							var s bool
							r, s = satQ(r, w, m.sat == 's')
							sat = sat || s
						}
						put(&want, i, size, r)
					}
					if got := evalV(t, c, in, a, b); got != want {
						t.Fatalf("%v size %d shape %c aux %d %#x %#x: %#x, want %#x", m.op, size, sh, aux, a, b, got, want)
					}
					checkQC(t, c, m.op, sat)
				}
			}
		}
	}
}

// Widening, narrowing, pairs, across, multiply-accumulate: the shapes in which lanes change places.
func TestLanesReshaped(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 5))
	c := newCPU()
	type get func(i int) *big.Int
	// want computes n result lanes of the size.
	check := func(in ir.Inst, n int, size uint8, sat byte, f func(i int) *big.Int, args ...state.V) {
		t.Helper()
		in.Type = ir.V128
		var want state.V
		saturated := false
		for i := range n {
			r := f(i)
			if sat != 0 {
				var s bool
				r, s = satQ(r, 8<<size, sat == 's')
				saturated = saturated || s
			}
			put(&want, i, size, r)
		}
		if got := evalV(t, c, in, args...); got != want {
			t.Fatalf("%v %+v %#x: %#x, want %#x", in.Op, in, args, got, want)
		}
		checkQC(t, c, in.Op, saturated)
	}
	mulBig := func(x, y *big.Int) *big.Int { return new(big.Int).Mul(x, y) }
	dist := func(x, y *big.Int) *big.Int { return new(big.Int).Abs(sub(x, y)) }
	for range 200 {
		for size := uint8(0); size < 3; size++ {
			a, b, d := randomV(rng, size), randomV(rng, size), randomV(rng, size)
			n := 8 >> size
			for hi := range 2 {
				shape := ir.ShapeQ | uint8(hi)*ir.ShapeHi
				at := func(v state.V, s bool) get {
					return func(i int) *big.Int { return num(v, i+hi*n, size, s) }
				}
				sa, sb, ua, ub := at(a, true), at(b, true), at(a, false), at(b, false)
				in := ir.Inst{Size: size, Shape: shape}
				for _, m := range []struct {
					op  ir.Op
					sat byte
					f   func(i int) *big.Int
				}{
					{ir.VSXtl, 0, sa},
					{ir.VUXtl, 0, ua},
					{ir.VSMull, 0, func(i int) *big.Int { return mulBig(sa(i), sb(i)) }},
					{ir.VUMull, 0, func(i int) *big.Int { return mulBig(ua(i), ub(i)) }},
					{ir.VPMull, 0, func(i int) *big.Int { return poly(ua(i), ub(i)) }},
					{ir.VSQDMull, 's', func(i int) *big.Int { return shl(mulBig(sa(i), sb(i)), 1, false) }},
					{ir.VSABDL, 0, func(i int) *big.Int { return dist(sa(i), sb(i)) }},
					{ir.VUABDL, 0, func(i int) *big.Int { return dist(ua(i), ub(i)) }},
				} {
					if m.op == ir.VPMull && size != 0 || m.op == ir.VSQDMull && size == 0 {
						continue
					}
					in.Op = m.op
					check(in, n, size+1, m.sat, m.f, a, b)
					if m.op == ir.VSQDMull && hi == 0 {
						in.Shape = ir.ShapeS
						check(in, 1, size+1, m.sat, m.f, a, b)
						in.Shape = shape
					}
				}
			}
			// Narrowing, from size+1.
			wa, wb := randomV(rng, size+1), randomV(rng, size+1)
			w := 8 << size
			aux := rng.IntN(w + 1)
			for _, m := range []struct {
				op     ir.Op
				signed bool
				sat    byte
				round  bool
				scalar bool
			}{
				{ir.VXtn, false, 0, false, false},
				{ir.VRShrn, false, 0, true, false},
				{ir.VSQXtn, true, 's', false, true},
				{ir.VUQXtn, false, 'u', false, true},
				{ir.VSQXtun, true, 'u', false, true},
				{ir.VSQRShrn, true, 's', true, true},
				{ir.VUQRShrn, false, 'u', true, true},
				{ir.VSQRShrun, true, 'u', true, true},
			} {
				f := func(i int) *big.Int { return shl(num(wa, i, size+1, m.signed), -aux, m.round && aux > 0) }
				check(ir.Inst{Op: m.op, Size: size, Aux: uint32(aux)}, n, size, m.sat, f, wa)
				if m.scalar {
					check(ir.Inst{Op: m.op, Size: size, Aux: uint32(aux), Shape: ir.ShapeS}, 1, size, m.sat, f, wa)
				}
			}
			ua, ub := func(i int) *big.Int { return num(wa, i, size+1, false) }, func(i int) *big.Int { return num(wb, i, size+1, false) }
			in := ir.Inst{Size: size}
			for _, m := range []struct {
				op    ir.Op
				round bool
				f     func(x, y *big.Int) *big.Int
			}{{ir.VAddHN, false, add}, {ir.VRAddHN, true, add}, {ir.VSubHN, false, sub}, {ir.VRSubHN, true, sub}} {
				in.Op = m.op
				check(in, n, size, 0, func(i int) *big.Int { return shl(m.f(ua(i), ub(i)), -w, m.round) }, wa, wb)
			}
			for _, sh := range "QD" {
				n, shape := laneCount(byte(sh), size)
				in := ir.Inst{Size: size, Shape: shape}
				s := func(v state.V, i int) *big.Int { return num(v, i, size, true) }
				u := func(v state.V, i int) *big.Int { return num(v, i, size, false) }
				in.Op = ir.VSAddLP
				check(in, n/2, size+1, 0, func(i int) *big.Int { return add(s(a, 2*i), s(a, 2*i+1)) }, a)
				in.Op = ir.VUAddLP
				check(in, n/2, size+1, 0, func(i int) *big.Int { return add(u(a, 2*i), u(a, 2*i+1)) }, a)
				for _, m := range []struct {
					op, across ir.Op
					signed     bool
					f          func(x, y *big.Int) *big.Int
				}{
					{ir.VAddP, ir.VAddV, false, add},
					{ir.VSMaxP, ir.VSMaxV, true, func(x, y *big.Int) *big.Int { return pick(x.Cmp(y) > 0, x, y) }},
					{ir.VSMinP, ir.VSMinV, true, func(x, y *big.Int) *big.Int { return pick(x.Cmp(y) < 0, x, y) }},
					{ir.VUMaxP, ir.VUMaxV, false, func(x, y *big.Int) *big.Int { return pick(x.Cmp(y) > 0, x, y) }},
					{ir.VUMinP, ir.VUMinV, false, func(x, y *big.Int) *big.Int { return pick(x.Cmp(y) < 0, x, y) }},
				} {
					in.Op = m.op
					check(in, n, size, 0, func(i int) *big.Int {
						if i < n/2 {
							return m.f(num(a, 2*i, size, m.signed), num(a, 2*i+1, size, m.signed))
						}
						i -= n / 2
						return m.f(num(b, 2*i, size, m.signed), num(b, 2*i+1, size, m.signed))
					}, a, b)
					all := func(int) *big.Int {
						r := num(a, 0, size, m.signed)
						for i := 1; i < n; i++ {
							r = m.f(r, num(a, i, size, m.signed))
						}
						return r
					}
					in.Op = m.across
					check(in, 1, size, 0, all, a)
				}
				for _, m := range []struct {
					op     ir.Op
					signed bool
				}{{ir.VSAddLV, true}, {ir.VUAddLV, false}} {
					in.Op = m.op
					check(in, 1, size+1, 0, func(int) *big.Int {
						r := new(big.Int)
						for i := range n {
							r.Add(r, num(a, i, size, m.signed))
						}
						return r
					}, a)
				}
				if size == 0 {
					for _, m := range []struct {
						op     ir.Op
						sa, sb bool
					}{{ir.VSDot, true, true}, {ir.VUDot, false, false}, {ir.VUSDot, false, true}} {
						in.Op = m.op
						check(in, n/4, 2, 0, func(i int) *big.Int {
							r := num(d, i, 2, false)
							for k := 4 * i; k < 4*i+4; k++ {
								r.Add(r, mulBig(num(a, k, 0, m.sa), num(b, k, 0, m.sb)))
							}
							return r
						}, a, b, d)
					}
				}
			}
			if size == 0 {
				for _, m := range []struct {
					op     ir.Op
					sa, sb bool
				}{{ir.VSMmla, true, true}, {ir.VUMmla, false, false}, {ir.VUSMmla, false, true}} {
					check(ir.Inst{Op: m.op}, 4, 2, 0, func(i int) *big.Int {
						r := num(d, i, 2, false)
						for k := range 8 {
							r.Add(r, mulBig(num(a, i/2*8+k, 0, m.sa), num(b, i%2*8+k, 0, m.sb)))
						}
						return r
					}, a, b, d)
				}
				continue
			}
			for _, sh := range "QDS" {
				n, shape := laneCount(byte(sh), size)
				for _, m := range []struct {
					op ir.Op
					f  func(x, y *big.Int) *big.Int
				}{{ir.VSQRDMLAH, add}, {ir.VSQRDMLSH, sub}} {
					check(ir.Inst{Op: m.op, Size: size, Shape: shape}, n, size, 's', func(i int) *big.Int {
						p := shl(mulBig(num(a, i, size, true), num(b, i, size, true)), 1, false)
						return shl(m.f(shl(num(d, i, size, true), w, false), p), -w, true)
					}, a, b, d)
				}
			}
		}
		// The two of 64 bits.
		a, b := randomV(rng, 3), randomV(rng, 3)
		check(ir.Inst{Op: ir.VAddP, Size: 3}, 2, 3, 0, func(i int) *big.Int {
			v := [2]state.V{a, b}[i]
			return add(num(v, 0, 3, false), num(v, 1, 3, false))
		}, a, b)
		check(ir.Inst{Op: ir.VAddP, Size: 3, Shape: ir.ShapeS}, 1, 3, 0, func(i int) *big.Int {
			return add(num(a, 0, 3, false), num(a, 1, 3, false))
		}, a)
		for hi := range 2 {
			got := evalV(t, c, ir.Inst{Op: ir.VPMull, Type: ir.V128, Size: 3, Shape: uint8(hi) * ir.ShapeHi}, a, b)
			p := poly(num(a, hi, 3, false), num(b, hi, 3, false))
			var want state.V
			put(&want, 0, 3, p)
			put(&want, 1, 3, new(big.Int).Rsh(p, 64))
			if got != want {
				t.Fatalf("vpmull.d: %#x, want %#x", got, want)
			}
		}
	}
}
