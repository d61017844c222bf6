package ir

import "math/bits"

// Eval evaluates the integer operations Const..Crc32C on operands A and B and the carry, 0 or 1, of C. Upper halves
// of I32 operands may hold anything; that of an I32 result is zero. False: it is another operation.
func (in *Inst) Eval(a, b, carry uint64) (uint64, bool) {
	r, ok := in.eval(a, b, carry)
	if in.Type == I32 {
		r = uint64(uint32(r))
	}
	return r, ok
}

func (in *Inst) eval(a, b, carry uint64) (uint64, bool) {
	switch in.Op {
	// Those whose low half depends on low halves only.
	case Const:
		return uint64(in.Imm), true
	case Copy, Trunc:
		return a, true
	case Add:
		return a + b, true
	case Sub:
		return a - b, true
	case Adc:
		return a + b + carry, true
	case Sbc:
		return a + ^b + carry, true
	case And:
		return a & b, true
	case Or:
		return a | b, true
	case Xor:
		return a ^ b, true
	case AndNot:
		return a &^ b, true
	case OrNot:
		return a | ^b, true
	case XorNot:
		return a ^ ^b, true
	case Not:
		return ^a, true
	case Neg:
		return -a, true
	case Mul:
		return a * b, true
	case Rev16:
		return a<<8&0xff00ff00ff00ff00 | a>>8&0x00ff00ff00ff00ff, true
	case Rev32:
		return uint64(bits.ReverseBytes32(uint32(a))) | uint64(bits.ReverseBytes32(uint32(a>>32)))<<32, true
	case UMulH:
		hi, _ := bits.Mul64(a, b)
		return hi, true
	case SMulH:
		hi, _ := bits.Mul64(a, b)
		return hi - a&uint64(int64(b)>>63) - b&uint64(int64(a)>>63), true
	case ZExt:
		return a & sizeMask(in.Size), true
	case SExt:
		return uint64(signed(a, in.Size)), true
	case UBfx:
		return field(a, in.Aux), true
	case SBfx:
		unused := 64 - in.Aux>>8
		return uint64(int64(field(a, in.Aux)<<unused) >> unused), true
	case Bfi:
		mask := field(^uint64(0), in.Aux&^0xff) << (in.Aux & 0xff)
		return a&^mask | b<<(in.Aux&0xff)&mask, true
	case Crc32:
		return uint64(crc(uint32(a), b, in.Size, 0xedb88320)), true
	case Crc32C:
		return uint64(crc(uint32(a), b, in.Size, 0x82f63b78)), true
	}
	if in.Type == I32 {
		return uint64(in.eval32(uint32(a), uint32(b))), in.Op >= Const && in.Op <= Crc32C
	}
	switch in.Op {
	case Shl:
		return a << (b & 63), true
	case Shr:
		return a >> (b & 63), true
	case Sar:
		return uint64(int64(a) >> (b & 63)), true
	case Ror:
		return bits.RotateLeft64(a, -int(b&63)), true
	case Extr:
		return a<<(64-in.Imm) | b>>in.Imm, true
	case UDiv:
		if b == 0 {
			return 0, true
		}
		return a / b, true
	case SDiv:
		if b == 0 {
			return 0, true
		}
		return uint64(int64(a) / int64(b)), true // Go defines min / -1 = min, too
	case Clz:
		return uint64(bits.LeadingZeros64(a)), true
	case Cls:
		return uint64(bits.LeadingZeros64(a^uint64(int64(a)>>63))) - 1, true
	case RBit:
		return bits.Reverse64(a), true
	case Rev:
		return bits.ReverseBytes64(a), true
	}
	return 0, false
}

// eval32 is eval for those of I32 whose low half depends on upper halves, if these hold anything.
func (in *Inst) eval32(a, b uint32) uint32 {
	switch in.Op {
	case Shl:
		return a << (b & 31)
	case Shr:
		return a >> (b & 31)
	case Sar:
		return uint32(int32(a) >> (b & 31))
	case Ror:
		return bits.RotateLeft32(a, -int(b&31))
	case Extr:
		return a<<(32-in.Imm) | b>>in.Imm
	case UDiv:
		if b == 0 {
			return 0
		}
		return a / b
	case SDiv:
		if b == 0 {
			return 0
		}
		return uint32(int32(a) / int32(b))
	case Clz:
		return uint32(bits.LeadingZeros32(a))
	case Cls:
		return uint32(bits.LeadingZeros32(a^uint32(int32(a)>>31))) - 1
	case RBit:
		return bits.Reverse32(a)
	case Rev:
		return bits.ReverseBytes32(a)
	}
	return 0
}

// field extracts aux>>8 bits from bit aux&0xff of v.
func field(v uint64, aux uint32) uint64 {
	unused := 64 - aux>>8
	return v >> (aux & 0xff) << unused >> unused
}

// sizeMask has the low 1<<size bytes set; size up to 3.
func sizeMask(size uint8) uint64 { return ^uint64(0) >> (64 - 8<<(size&3)) }

// signed sign extends the low 1<<size bytes of v; size up to 3.
func signed(v uint64, size uint8) int64 {
	unused := 64 - 8<<(size&3)
	return int64(v<<unused) >> unused
}

// crc adds the low 1<<size bytes of v to acc, with the polynomial reflected.
func crc(acc uint32, v uint64, size uint8, poly uint32) uint32 {
	for n := 0; n < 1<<size; n++ {
		acc ^= uint32(v & 0xff)
		v >>= 8
		for bit := 0; bit < 8; bit++ {
			acc = acc>>1 ^ poly&-(acc&1)
		}
	}
	return acc
}

// NZCV is what FlagsOf gives for in, the definition of its operand, with the operands A and B of in, and the
// carry, 0 or 1, of C: a nibble, N=8 Z=4 C=2 V=1.
func (in *Inst) NZCV(a, b, carry uint64) uint32 {
	var cin uint64 // carry in; a subtraction adds the inverse
	switch in.Op {
	case Sub:
		b, cin = ^b, 1
	case Sbc:
		b, cin = ^b, carry
	case Adc:
		cin = carry
	case And, AndNot:
		if in.Op == AndNot {
			b = ^b
		}
		// The result plus 0 sets N and Z, and neither C nor V.
		a, b = a&b, 0
	}
	var r, c, v, n uint64
	if in.Type == I32 {
		a, b = uint64(uint32(a)), uint64(uint32(b))
		r = a + b + cin
		r, c = uint64(uint32(r)), r>>32
		v, n = (a^r)&(b^r)>>31, r>>31
	} else {
		r, c = bits.Add64(a, b, cin)
		v, n = (a^r)&(b^r)>>63, r>>63
	}
	nzcv := uint32(n<<3 | c<<1 | v)
	if r == 0 {
		nzcv |= 4
	}
	return nzcv
}
