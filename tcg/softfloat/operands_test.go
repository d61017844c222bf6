package softfloat

import (
	"flag"
	"math/rand/v2"
)

var (
	cases = flag.Int("cases", 20000, "random cases for each operation and format")
	seed  = flag.Uint64("seed", 1, "seed of the random cases")
)

func newRand() *rand.Rand { return rand.New(rand.NewPCG(*seed, 0)) }

// randFPCR returns a random combination of the control bits; the plain one is frequent.
func randFPCR(r *rand.Rand) uint32 {
	if r.IntN(4) == 0 {
		return 0
	}
	return r.Uint32() & (FZ16 | RMode | FZ | DN | AHP)
}

// specials holds for each format the numbers at which something changes.
var specials = func() (t [numFormats][]uint64) {
	for f := F16; f <= BF16; f++ {
		ft := &formats[f]
		one := uint64(ft.bias) << ft.fbits
		minNormal := uint64(1) << ft.fbits
		list := []uint64{
			0, 1, 2, 3, minNormal >> 1, minNormal - 1, minNormal, minNormal + 1, 2 * minNormal, 2*minNormal - 1,
			one, one - 1, one + 1, one - minNormal, one + minNormal, one + minNormal/2, one + 3*minNormal/2,
			ft.inf - 1, ft.inf - minNormal, ft.inf - minNormal - 1, ft.inf,
			ft.inf + 1, ft.inf + ft.quiet - 1, ft.inf + ft.quiet, ft.inf + ft.quiet + 5, ft.inf + ft.frac,
		}
		for _, p := range []int32{7, 8, 14, 15, 16, 23, 24, 31, 32, 33, 52, 53, 62, 63, 64, 65, 126, 127, 128, 1022} {
			for _, p := range []int32{p, -p} {
				if exp := ft.bias + p; exp > 0 && exp < ft.ones {
					v := uint64(exp) << ft.fbits
					list = append(list, v-1, v, v+1)
				}
			}
		}
		for _, v := range list {
			t[f] = append(t[f], v, v|ft.sign)
		}
	}
	return t
}()

// randFloat returns a random operand, heavy in special numbers. near, if not zero, is another operand
// that it may be close to, so that sums cancel.
func randFloat(r *rand.Rand, f Format, near uint64) uint64 {
	ft := &formats[f]
	all := ft.sign | ft.mag
	switch r.IntN(8) {
	case 0, 1:
		return specials[f][r.IntN(len(specials[f]))]
	case 2:
		return r.Uint64() & all
	case 3: // around one
		exp := ft.bias + r.Int32N(8) - 4
		return (r.Uint64()&(ft.sign|ft.frac) | uint64(exp)<<ft.fbits)
	case 4: // around an integer, with few bits set
		exp := ft.bias + r.Int32N(min(ft.bias, 70))
		return r.Uint64()&ft.sign | uint64(exp)<<ft.fbits | (r.Uint64()&r.Uint64()&r.Uint64())&ft.frac
	case 5: // few or many bits set, any exponent
		frac := r.Uint64() & r.Uint64() & r.Uint64() & r.Uint64()
		if r.IntN(2) == 0 {
			frac = ^frac
		}
		return r.Uint64()&(ft.sign|ft.inf) | frac&ft.frac
	case 6: // tiny
		exp := uint64(r.IntN(4))
		return (r.Uint64()&(ft.sign|ft.frac) | exp<<ft.fbits)
	}
	if near == 0 {
		return r.Uint64() & all
	}
	d := uint64(r.IntN(5) - 2)
	if r.IntN(2) == 0 {
		d <<= r.UintN(ft.fbits + 3)
	}
	return ((near + d) ^ r.Uint64()&ft.sign) & all
}

// randInt returns a random integer of width bits, often near a power of two.
func randInt(r *rand.Rand, width uint) uint64 {
	v := r.Uint64()
	switch r.IntN(4) {
	case 0:
		v = 1<<r.UintN(width) + uint64(r.IntN(3)) - 1
	case 1:
		v >>= r.UintN(64)
	case 2:
		v = 1<<r.UintN(width) + 1<<r.UintN(width) + uint64(r.IntN(3)) - 1
	}
	if r.IntN(2) == 0 {
		v = -v
	}
	return v << (64 - width) >> (64 - width)
}
