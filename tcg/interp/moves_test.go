package interp

import (
	"math/bits"
	"math/rand/v2"
	"testing"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// Permutations, seen as lists of where each result lane comes from: lane i of A, B, C, or zero.
func TestPermutations(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	c := newCPU()
	type source struct {
		v    int // 0 A, 1 B, 2 C, -1 zero
		lane int
	}
	for range 20 {
		for size := uint8(0); size < 4; size++ {
			total := 16 >> size
			for _, sh := range "QDS" {
				n, shape := laneCount(byte(sh), size)
				args := [3]state.V{randomV(rng, 0), randomV(rng, 0), randomV(rng, 0)}
				i1, i2 := rng.IntN(total), rng.IntN(total)
				check := func(op ir.Op, size uint8, n int, aux uint32, f func(i int) source) {
					t.Helper()
					var want state.V
					for i := range n {
						if s := f(i); s.v >= 0 {
							put(&want, i, size, num(args[s.v], s.lane, size, false))
						}
					}
					got := evalV(t, c, ir.Inst{Op: op, Type: ir.V128, Size: size, Shape: shape, Aux: aux}, args[:]...)
					if got != want {
						t.Fatalf("%v size %d shape %c aux %#x %#x: %#x, want %#x", op, size, sh, aux, args, got, want)
					}
				}
				check(ir.VMov, size, n, 0, func(i int) source { return source{0, i} })
				check(ir.VDupL, size, n, uint32(i1), func(i int) source { return source{0, i1} })
				check(ir.VInsL, size, total, uint32(i1|i2<<8), func(i int) source {
					if i == i1 {
						return source{1, i2}
					}
					return source{0, i}
				})
				args[2].Lo = uint64(state.PackNZCV(4))
				check(ir.VCSel, size, n, 0, func(i int) source { return source{0, i} }) // EQ: Z is set
				args[2].Lo = uint64(state.PackNZCV(0))
				check(ir.VCSel, size, n, 0, func(i int) source { return source{1, i} })
				if sh == 'S' {
					continue
				}
				// LD3 and ST3 with their memory: element k of the structure j is at 3*j+k.
				for part := range 3 {
					check(ir.VDeint3, size, n, uint32(part), func(i int) source { return source{(3*i + part) / n, (3*i + part) % n} })
					check(ir.VInt3, size, n, uint32(part), func(i int) source { return source{(part*n + i) % 3, (part*n + i) / 3} })
				}
				if n > 1 {
					for part := range 2 {
						check(ir.VZip1+ir.Op(part), size, n, 0, func(i int) source { return source{i % 2, part*n/2 + i/2} })
						check(ir.VTrn1+ir.Op(part), size, n, 0, func(i int) source { return source{i % 2, i/2*2 + part} })
						check(ir.VUzp1+ir.Op(part), size, n, 0, func(i int) source {
							return source{i / (n / 2), 2*(i%(n/2)) + part}
						})
					}
				}
				for k, op := range []ir.Op{ir.VRev16, ir.VRev32, ir.VRev64} {
					if per := 2 << k >> size; per > 1 {
						check(op, size, n, 0, func(i int) source { return source{0, i/per*per + per - 1 - i%per} })
					}
				}
				if size == 0 {
					for aux := range n {
						check(ir.VExt, 0, n, uint32(aux), func(i int) source { return source{(i + aux) / n, (i + aux) % n} })
					}
					for i := range 16 {
						setLane(&args[1], i, 0, rng.Uint64N(24)) // indices in and out of range
					}
					check(ir.VTbl, 0, n, 0, func(i int) source {
						if x := lane(args[1], i, 0); x < 16 {
							return source{0, int(x)}
						}
						return source{v: -1}
					})
					check(ir.VTbx, 0, n, 5, func(i int) source {
						if x := lane(args[1], i, 0); x >= 5 && x < 21 {
							return source{0, int(x - 5)}
						}
						return source{2, i}
					})
				}
				if size == 3 {
					check(ir.VHigh, 3, 1, 0, func(i int) source { return source{0, 1} })
					check(ir.VCombine, 3, 2, 0, func(i int) source { return source{i, 0} })
				}
			}
		}
	}
}

func TestBitwise(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	c := newCPU()
	for op, f := range map[ir.Op]func(a, b, d uint64) uint64{
		ir.VAnd:    func(a, b, d uint64) uint64 { return a & b },
		ir.VOr:     func(a, b, d uint64) uint64 { return a | b },
		ir.VXor:    func(a, b, d uint64) uint64 { return a ^ b },
		ir.VAndNot: func(a, b, d uint64) uint64 { return a & (b ^ ^uint64(0)) },
		ir.VOrNot:  func(a, b, d uint64) uint64 { return a | (b ^ ^uint64(0)) },
		ir.VNot:    func(a, b, d uint64) uint64 { return a ^ ^uint64(0) },
		ir.VBsl:    func(a, b, d uint64) uint64 { return a&d | b&(d^^uint64(0)) },
		ir.VXor3:   func(a, b, d uint64) uint64 { return a ^ b ^ d },
		ir.VBcax:   func(a, b, d uint64) uint64 { return a ^ (b & (d ^ ^uint64(0))) },
		ir.VRax1:   func(a, b, d uint64) uint64 { return a ^ (b<<1 | b>>63) },
		ir.VXar:    func(a, b, d uint64) uint64 { return bits.RotateLeft64(a^b, -17) },
	} {
		for range 50 {
			a, b, d := randomV(rng, 0), randomV(rng, 0), randomV(rng, 0)
			full := state.V{Lo: f(a.Lo, b.Lo, d.Lo), Hi: f(a.Hi, b.Hi, d.Hi)}
			for shape, want := range []state.V{full, {Lo: full.Lo}, {Lo: full.Lo & 0xffff}} {
				in := ir.Inst{Op: op, Type: ir.V128, Size: 1, Shape: uint8(shape), Aux: 17}
				if got := evalV(t, c, in, a, b, d); got != want {
					t.Fatalf("%v shape %d: %#x, want %#x", op, shape, got, want)
				}
			}
		}
	}
}

func TestBetweenRegisterFiles(t *testing.T) {
	c := newCPU()
	const x = 0x8123456789abcdef
	a := state.V{Lo: 0x1122334455667788, Hi: 0x99aabbccddeeff00}
	for _, tc := range []struct {
		in      ir.Inst
		a, b, w state.V
	}{
		{ir.Inst{Op: ir.VFromX, Size: 1}, state.V{Lo: x}, state.V{}, state.V{Lo: 0xcdef}},
		{ir.Inst{Op: ir.VFromX, Size: 2}, state.V{Lo: x}, state.V{}, state.V{Lo: 0x89abcdef}},
		{ir.Inst{Op: ir.VFromX, Size: 3}, state.V{Lo: x, Hi: 5}, state.V{}, state.V{Lo: x}},
		{ir.Inst{Op: ir.VFromXX}, state.V{Lo: x, Hi: 5}, state.V{Lo: 3, Hi: 5}, state.V{Lo: x, Hi: 3}},
		{ir.Inst{Op: ir.XFromV, Type: ir.I64, Size: 3, Aux: 1}, a, state.V{}, state.V{Lo: a.Hi}},
		{ir.Inst{Op: ir.XFromV, Type: ir.I64, Size: 0, Aux: 15}, a, state.V{}, state.V{Lo: 0x99}},
		{ir.Inst{Op: ir.XFromV, Type: ir.I32, Size: 1, Aux: 1}, a, state.V{}, state.V{Lo: 0x5566}},
		{ir.Inst{Op: ir.XFromVS, Type: ir.I64, Size: 0, Aux: 15}, a, state.V{}, state.V{Lo: 0xffffffffffffff99}},
		{ir.Inst{Op: ir.XFromVS, Type: ir.I32, Size: 1, Aux: 5}, a, state.V{}, state.V{Lo: 0xffffddee}},
		{ir.Inst{Op: ir.VDup, Size: 1, Shape: ir.ShapeQ}, state.V{Lo: x}, state.V{}, state.V{Lo: 0xcdefcdefcdefcdef, Hi: 0xcdefcdefcdefcdef}},
		{ir.Inst{Op: ir.VDup, Size: 2, Shape: ir.ShapeD}, state.V{Lo: x}, state.V{}, state.V{Lo: 0x89abcdef89abcdef}},
		{ir.Inst{Op: ir.VInsX, Size: 0, Aux: 9}, a, state.V{Lo: x}, state.V{Lo: a.Lo, Hi: 0x99aabbccddeeef00}},
		{ir.Inst{Op: ir.VInsX, Size: 3, Aux: 0}, a, state.V{Lo: x}, state.V{Lo: x, Hi: a.Hi}},
		{ir.Inst{Op: ir.VConst, Imm: -3}, state.V{}, state.V{}, state.V{Lo: 1<<64 - 3, Hi: 1<<64 - 3}},
		{ir.Inst{Op: ir.VConst, Imm: -3, Shape: ir.ShapeD}, state.V{}, state.V{}, state.V{Lo: 1<<64 - 3}},
	} {
		if tc.in.Type == ir.Void {
			tc.in.Type = ir.V128
		}
		if got := evalV(t, c, tc.in, tc.a, tc.b); got != tc.w {
			t.Errorf("%v %+v: %#x, want %#x", tc.in.Op, tc.in, got, tc.w)
		}
	}
}
