package interp

import (
	"crypto/aes"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/binary"
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// machine runs crypto operations as an instruction sequence would.
type machine struct {
	t *testing.T
	c *state.CPU
}

func (m machine) do(op ir.Op, args ...state.V) state.V {
	m.t.Helper()
	return evalV(m.t, m.c, ir.Inst{Op: op, Type: ir.V128}, args...)
}

func xor(a, b state.V) state.V { return state.V{Lo: a.Lo ^ b.Lo, Hi: a.Hi ^ b.Hi} }

func random16(rng *rand.Rand) []byte {
	b := toBytes(state.V{Lo: rng.Uint64(), Hi: rng.Uint64()})
	return b[:]
}

// A block through AES-128 and back. The key schedule is made with AESE, as programs do.
func TestAES(t *testing.T) {
	m := machine{t, newCPU()}
	rng := rand.New(rand.NewPCG(8, 8))
	for range 50 {
		key, plain := random16(rng), random16(rng)
		cipher, err := aes.NewCipher(key)
		if err != nil {
			t.Fatal(err)
		}
		var want [16]byte
		cipher.Encrypt(want[:], plain)

		var keys [11]state.V
		keys[0] = fromBytes(key)
		rcon := uint32(1)
		for i := range 10 {
			k := keys[i]
			w := word(k, 3)
			// AESE of a word in all columns, with a zero key: ShiftRows does nothing to it.
			sub := word(m.do(ir.AESE, words(w, w, w, w), state.V{}), 0)
			w0 := word(k, 0) ^ ror(sub, 8) ^ rcon
			w1 := word(k, 1) ^ w0
			w2 := word(k, 2) ^ w1
			keys[i+1] = words(w0, w1, w2, word(k, 3)^w2)
			rcon <<= 1
			if rcon > 0xff {
				rcon ^= 0x11b
			}
		}
		x := fromBytes(plain)
		for i := range 9 {
			x = m.do(ir.AESMC, m.do(ir.AESE, x, keys[i]))
		}
		x = xor(m.do(ir.AESE, x, keys[9]), keys[10])
		if toBytes(x) != want {
			t.Fatalf("encrypts to %x, want %x", toBytes(x), want)
		}
		x = m.do(ir.AESIMC, m.do(ir.AESD, x, keys[10]))
		for i := 9; i > 1; i-- {
			x = m.do(ir.AESIMC, m.do(ir.AESD, x, m.do(ir.AESIMC, keys[i])))
		}
		x = xor(m.do(ir.AESD, x, m.do(ir.AESIMC, keys[1])), keys[0])
		if x != fromBytes(plain) {
			t.Fatalf("decrypts to %x, want %x", toBytes(x), plain)
		}
	}
}

func beWords(b []byte) state.V {
	be := binary.BigEndian
	return words(be.Uint32(b), be.Uint32(b[4:]), be.Uint32(b[8:]), be.Uint32(b[12:]))
}

// padded is a message of one block, with its SHA padding for blocks of the size.
func padded(msg []byte, size int) []byte {
	b := make([]byte, size)
	copy(b, msg)
	b[len(msg)] = 0x80
	binary.BigEndian.PutUint64(b[size-8:], uint64(len(msg))*8)
	return b
}

func add4(a, b state.V) state.V {
	return words(word(a, 0)+word(b, 0), word(a, 1)+word(b, 1), word(a, 2)+word(b, 2), word(a, 3)+word(b, 3))
}

func TestSHA1(t *testing.T) {
	m := machine{t, newCPU()}
	rng := rand.New(rand.NewPCG(9, 9))
	for n := range 56 {
		msg := append(append(append(random16(rng), random16(rng)...), random16(rng)...), random16(rng)...)[:n]
		block := padded(msg, 64)
		var w [20]state.V
		for i := range 4 {
			w[i] = beWords(block[16*i:])
		}
		for i := 4; i < 20; i++ {
			w[i] = m.do(ir.SHA1SU1, m.do(ir.SHA1SU0, w[i-4], w[i-3], w[i-2]), w[i-1])
		}
		abcd, e := words(0x67452301, 0xefcdab89, 0x98badcfe, 0x10325476), state.V{Lo: 0xc3d2e1f0}
		abcd0, e0 := abcd, e
		for i := range 20 {
			k := [4]uint32{0x5a827999, 0x6ed9eba1, 0x8f1bbcdc, 0xca62c1d6}[i/5]
			op := [4]ir.Op{ir.SHA1C, ir.SHA1P, ir.SHA1M, ir.SHA1P}[i/5]
			next := m.do(ir.SHA1H, abcd)
			abcd = m.do(op, abcd, e, add4(w[i], words(k, k, k, k)))
			e = next
		}
		abcd = add4(abcd, abcd0)
		var got [20]byte
		for i := range 4 {
			binary.BigEndian.PutUint32(got[4*i:], word(abcd, i))
		}
		binary.BigEndian.PutUint32(got[16:], word(e, 0)+word(e0, 0))
		if want := sha1.Sum(msg); got != want {
			t.Fatalf("%x: %x, want %x", msg, got, want)
		}
	}
}

// primes gives the first n.
func primes(n int) (p []int64) {
	for i := int64(2); len(p) < n; i++ {
		if big.NewInt(i).ProbablyPrime(0) {
			p = append(p, i)
		}
	}
	return p
}

// fraction is the first 64 bits of the fraction of the square or cube root of n.
func fraction(n int64, root int) uint64 {
	f := new(big.Int).Lsh(big.NewInt(n), uint(64*root))
	lo, hi := new(big.Int), new(big.Int).Lsh(big.NewInt(int64(math.Sqrt(float64(n)))+2), 64)
	for one := big.NewInt(1); new(big.Int).Sub(hi, lo).Cmp(one) > 0; {
		mid := new(big.Int).Add(lo, hi)
		mid.Rsh(mid, 1)
		if new(big.Int).Exp(mid, big.NewInt(int64(root)), nil).Cmp(f) <= 0 {
			lo = mid
		} else {
			hi = mid
		}
	}
	return new(big.Int).And(lo, new(big.Int).SetUint64(^uint64(0))).Uint64()
}

func TestSHA256(t *testing.T) {
	m := machine{t, newCPU()}
	rng := rand.New(rand.NewPCG(10, 10))
	p := primes(64)
	for n := range 56 {
		msg := append(append(append(random16(rng), random16(rng)...), random16(rng)...), random16(rng)...)[:n]
		block := padded(msg, 64)
		var w, k [16]state.V
		for i := range k {
			f := func(j int) uint32 { return uint32(fraction(p[4*i+j], 3) >> 32) }
			k[i] = words(f(0), f(1), f(2), f(3))
		}
		for i := range 4 {
			w[i] = beWords(block[16*i:])
		}
		for i := 4; i < 16; i++ {
			w[i] = m.do(ir.SHA256SU1, m.do(ir.SHA256SU0, w[i-4], w[i-3]), w[i-2], w[i-1])
		}
		h := func(i int) uint32 { return uint32(fraction(p[i], 2) >> 32) }
		x, y := words(h(0), h(1), h(2), h(3)), words(h(4), h(5), h(6), h(7))
		x0, y0 := x, y
		for i := range 16 {
			wk := add4(w[i], k[i])
			x, y = m.do(ir.SHA256H, x, y, wk), m.do(ir.SHA256H2, y, x, wk)
		}
		x, y = add4(x, x0), add4(y, y0)
		var got [32]byte
		for i := range 4 {
			binary.BigEndian.PutUint32(got[4*i:], word(x, i))
			binary.BigEndian.PutUint32(got[16+4*i:], word(y, i))
		}
		if want := sha256.Sum256(msg); got != want {
			t.Fatalf("%x: %x, want %x", msg, got, want)
		}
	}
}

func TestSHA512(t *testing.T) {
	m := machine{t, newCPU()}
	rng := rand.New(rand.NewPCG(11, 11))
	p := primes(80)
	add2 := func(a, b state.V) state.V { return state.V{Lo: a.Lo + b.Lo, Hi: a.Hi + b.Hi} }
	ext := func(a, b state.V) state.V { return state.V{Lo: a.Hi, Hi: b.Lo} }
	for n := 0; n < 112; n += 5 {
		var msg []byte
		for len(msg) < n {
			msg = append(msg, random16(rng)...)
		}
		msg = msg[:n]
		block := padded(msg, 128)
		var w [40]state.V
		be := binary.BigEndian
		for i := range 8 {
			w[i] = state.V{Lo: be.Uint64(block[16*i:]), Hi: be.Uint64(block[16*i+8:])}
		}
		for i := 8; i < 40; i++ {
			w[i] = m.do(ir.SHA512SU1, m.do(ir.SHA512SU0, w[i-8], w[i-7]), w[i-1], ext(w[i-4], w[i-3]))
		}
		h := func(i int) state.V { return state.V{Lo: fraction(p[i], 2), Hi: fraction(p[i+1], 2)} }
		ab, cd, ef, gh := h(0), h(2), h(4), h(6)
		ab0, cd0, ef0, gh0 := ab, cd, ef, gh
		for i := range 40 {
			// As the manual's example: two rounds, the working variables in pairs.
			wk := add2(w[i], state.V{Lo: fraction(p[2*i], 3), Hi: fraction(p[2*i+1], 3)})
			wk = state.V{Lo: wk.Hi, Hi: wk.Lo}
			t1 := m.do(ir.SHA512H, add2(gh, wk), ext(ef, gh), ext(cd, ef))
			gh, ef, cd, ab = ef, add2(cd, t1), ab, m.do(ir.SHA512H2, t1, cd, ab)
		}
		var got [64]byte
		for i, v := range [4]state.V{add2(ab, ab0), add2(cd, cd0), add2(ef, ef0), add2(gh, gh0)} {
			be.PutUint64(got[16*i:], v.Lo)
			be.PutUint64(got[16*i+8:], v.Hi)
		}
		if want := sha512.Sum512(msg); got != want {
			t.Fatalf("%x: %x, want %x", msg, got, want)
		}
	}
}
