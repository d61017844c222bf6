package interp

import (
	"math/bits"

	"armature/tcg/ir"
	"armature/tcg/state"
)

// integer evaluates the operations Const..Crc32C. Upper halves of I32 operands may hold anything, and so
// may that of the result: eval clears it.
func integer(in *ir.Inst, a, b uint64, flags uint32) (uint64, bool) {
	switch in.Op {
	// Those whose low half depends on low halves only.
	case ir.Const:
		return uint64(in.Imm), true
	case ir.Copy, ir.Trunc:
		return a, true
	case ir.Add:
		return a + b, true
	case ir.Sub:
		return a - b, true
	case ir.Adc:
		return a + b + carry(flags), true
	case ir.Sbc:
		return a + ^b + carry(flags), true
	case ir.And:
		return a & b, true
	case ir.Or:
		return a | b, true
	case ir.Xor:
		return a ^ b, true
	case ir.AndNot:
		return a &^ b, true
	case ir.OrNot:
		return a | ^b, true
	case ir.XorNot:
		return a ^ ^b, true
	case ir.Not:
		return ^a, true
	case ir.Neg:
		return -a, true
	case ir.Mul:
		return a * b, true
	case ir.Rev16:
		return a<<8&0xff00ff00ff00ff00 | a>>8&0x00ff00ff00ff00ff, true
	case ir.Rev32:
		return uint64(bits.ReverseBytes32(uint32(a))) | uint64(bits.ReverseBytes32(uint32(a>>32)))<<32, true
	case ir.UMulH:
		hi, _ := bits.Mul64(a, b)
		return hi, true
	case ir.SMulH:
		hi, _ := bits.Mul64(a, b)
		return hi - a&uint64(int64(b)>>63) - b&uint64(int64(a)>>63), true
	case ir.ZExt:
		return a & sizeMask(in.Size), true
	case ir.SExt:
		return uint64(signed(a, in.Size)), true
	case ir.UBfx:
		return field(a, in.Aux), true
	case ir.SBfx:
		unused := 64 - in.Aux>>8
		return uint64(int64(field(a, in.Aux)<<unused) >> unused), true
	case ir.Bfi:
		mask := field(^uint64(0), in.Aux&^0xff) << (in.Aux & 0xff)
		return a&^mask | b<<(in.Aux&0xff)&mask, true
	case ir.Crc32:
		return uint64(crc(uint32(a), b, in.Size, 0xedb88320)), true
	case ir.Crc32C:
		return uint64(crc(uint32(a), b, in.Size, 0x82f63b78)), true
	}
	if in.Type == ir.I32 {
		return uint64(integer32(in, uint32(a), uint32(b))), true
	}
	switch in.Op {
	case ir.Shl:
		return a << (b & 63), true
	case ir.Shr:
		return a >> (b & 63), true
	case ir.Sar:
		return uint64(int64(a) >> (b & 63)), true
	case ir.Ror:
		return bits.RotateLeft64(a, -int(b&63)), true
	case ir.Extr:
		return a<<(64-in.Imm) | b>>in.Imm, true
	case ir.UDiv:
		if b == 0 {
			return 0, true
		}
		return a / b, true
	case ir.SDiv:
		if b == 0 {
			return 0, true
		}
		return uint64(int64(a) / int64(b)), true // Go defines min / -1 = min, too
	case ir.Clz:
		return uint64(bits.LeadingZeros64(a)), true
	case ir.Cls:
		return uint64(bits.LeadingZeros64(a^uint64(int64(a)>>63))) - 1, true
	case ir.RBit:
		return bits.Reverse64(a), true
	case ir.Rev:
		return bits.ReverseBytes64(a), true
	}
	return 0, false
}

func integer32(in *ir.Inst, a, b uint32) uint32 {
	switch in.Op {
	case ir.Shl:
		return a << (b & 31)
	case ir.Shr:
		return a >> (b & 31)
	case ir.Sar:
		return uint32(int32(a) >> (b & 31))
	case ir.Ror:
		return bits.RotateLeft32(a, -int(b&31))
	case ir.Extr:
		return a<<(32-in.Imm) | b>>in.Imm
	case ir.UDiv:
		if b == 0 {
			return 0
		}
		return a / b
	case ir.SDiv:
		if b == 0 {
			return 0
		}
		return uint32(int32(a) / int32(b))
	case ir.Clz:
		return uint32(bits.LeadingZeros32(a))
	case ir.Cls:
		return uint32(bits.LeadingZeros32(a^uint32(int32(a)>>31))) - 1
	case ir.RBit:
		return bits.Reverse32(a)
	case ir.Rev:
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

// carry is the guest's C of flags in the host form.
func carry(flags uint32) uint64 { return uint64(state.UnpackNZCV(flags) >> 1 & 1) }

// flagsOf is FlagsOf for def, the definition of its operand, with the operands of def.
func flagsOf(def *ir.Inst, a, b uint64, flags uint32) uint32 {
	var in uint64 // carry in; a subtraction adds the inverse
	switch def.Op {
	case ir.Sub:
		b, in = ^b, 1
	case ir.Sbc:
		b, in = ^b, carry(flags)
	case ir.Adc:
		in = carry(flags)
	case ir.And, ir.AndNot:
		if def.Op == ir.AndNot {
			b = ^b
		}
		// The result plus 0 sets N and Z, and neither C nor V.
		a, b = a&b, 0
	}
	var r, c, v, n uint64
	if def.Type == ir.I32 {
		a, b = uint64(uint32(a)), uint64(uint32(b))
		r = a + b + in
		r, c = uint64(uint32(r)), r>>32
		v, n = (a^r)&(b^r)>>31, r>>31
	} else {
		r, c = bits.Add64(a, b, in)
		v, n = (a^r)&(b^r)>>63, r>>63
	}
	nzcv := uint32(n<<3 | c<<1 | v)
	if r == 0 {
		nzcv |= 4
	}
	return state.PackNZCV(nzcv)
}

// flagsOp evaluates the operations FlagsConst..CSetM.
func flagsOp(in *ir.Inst, a, b uint64, d uint32) (uint64, bool) {
	switch in.Op {
	case ir.FlagsConst:
		return uint64(state.PackNZCV(uint32(in.Imm))), true
	case ir.FlagsSel, ir.CSel:
		if in.Cond().Holds(state.UnpackNZCV(d)) {
			return a, true
		}
		return b, true
	case ir.FlagsToX:
		return uint64(state.UnpackNZCV(uint32(a))) << 28, true
	case ir.FlagsFromX:
		return uint64(state.PackNZCV(uint32(a >> 28 & 15))), true
	case ir.CSet, ir.CSetM:
		switch {
		case !in.Cond().Holds(state.UnpackNZCV(uint32(a))):
			return 0, true
		case in.Op == ir.CSet:
			return 1, true
		}
		return ^uint64(0), true
	}
	return 0, false
}
