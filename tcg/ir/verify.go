package ir

import "fmt"

// HasSucc reports whether Succ[k] of the block that in terminates means anything. Of an Exit, it is
// only where the guest's PC goes.
func (in *Inst) HasSucc(k int) bool {
	switch in.Op {
	case Br, Exit, ExitX:
		return k == 0
	case BrCond, BrZ, BrNZ, BrBitZ, BrBitNZ, Call:
		return true
	case CallInd:
		return k == 1
	}
	return false
}

// accessesMemory reports whether Size and Flags of o are those of a memory access.
func (o Op) accessesMemory() bool { return o >= Load && o <= StoreExV }

// Verify reports the first violation of the rules of a Region: operands defined earlier in their block,
// with the types that Ops has; one terminator a block, the last of it; targets that exist; and
// immediates, sizes, shapes and flags within what Ops says.
func Verify(r *Region) error {
	if len(r.Insts) > MaxInsts {
		return fmt.Errorf("ir: %d instructions, at most %d", len(r.Insts), MaxInsts)
	}
	if len(r.Blocks) == 0 {
		return fmt.Errorf("ir: region %#x has no block", r.PC)
	}
	if r.Blocks[0].PC != r.PC {
		return fmt.Errorf("ir: the entry block is at %#x, the region at %#x", r.Blocks[0].PC, r.PC)
	}
	end := int32(1)
	for i := range r.Blocks {
		b := &r.Blocks[i]
		if b.First < end || b.End <= b.First || int(b.End) > len(r.Insts) {
			return fmt.Errorf("ir: block %d is [%d:%d] of %d, after %d", i, b.First, b.End, len(r.Insts), end)
		}
		end = b.End
		for ref := b.First; ref < b.End; ref++ {
			if err := r.verifyInst(b, Ref(ref)); err != nil {
				return fmt.Errorf("ir: block %d: %s: %w", i, r.FormatInst(Ref(ref)), err)
			}
		}
		if err := r.verifyTargets(b); err != nil {
			return fmt.Errorf("ir: block %d: %w", i, err)
		}
	}
	return nil
}

func (r *Region) verifyTargets(b *Block) error {
	last := &r.Insts[b.End-1]
	for k, t := range b.Succ {
		if !last.HasSucc(k) {
			continue
		}
		switch {
		case t.Block == External:
		case t.Block < 0 || int(t.Block) >= len(r.Blocks):
			return fmt.Errorf("target %d is block %d of %d", k, t.Block, len(r.Blocks))
		case r.Blocks[t.Block].PC != t.PC:
			return fmt.Errorf("target %d is %#x, but block %d is at %#x", k, t.PC, t.Block, r.Blocks[t.Block].PC)
		case last.Op == Exit || last.Op == ExitX || last.Op == Call && k == 0:
			return fmt.Errorf("target %d of %v is a block of the region", k, last.Op)
		}
	}
	return nil
}

func (r *Region) verifyInst(b *Block, ref Ref) error {
	in := &r.Insts[ref]
	if in.Op >= NumOps {
		return fmt.Errorf("no such operation")
	}
	if last := int32(ref) == b.End-1; last != in.Op.IsTerm() {
		if last {
			return fmt.Errorf("block ends without a terminator")
		}
		return fmt.Errorf("terminator inside of a block")
	}
	info := in.Op.Info()
	if err := resultType(in, info.Result); err != nil {
		return err
	}
	args := info.Args
	for _, a := range [3]Ref{in.A, in.B, in.C} {
		kind := byte(0)
		if args != "" {
			kind, args = args[0], args[1:]
		}
		optional := args != "" && args[0] == '?'
		if optional {
			args = args[1:]
		}
		switch {
		case kind == 0 && a != 0:
			return fmt.Errorf("too many operands")
		case a == 0 && (kind == 0 || optional):
			continue
		case a == 0:
			return fmt.Errorf("operand missing")
		case a >= ref || int32(a) < b.First:
			return fmt.Errorf("%%%d is not defined before, in this block", a)
		}
		if err := argType(in, kind, &r.Insts[a]); err != nil {
			return fmt.Errorf("%%%d: %w", a, err)
		}
	}
	return r.verifyFields(in)
}

func resultType(in *Inst, result string) error {
	ok := false
	switch result {
	case "":
		// Type is the width of the operands, where it matters.
		switch in.Op {
		case BrZ, BrNZ, BrBitZ, BrBitNZ:
			ok = in.Type == I32 || in.Type == I64
		case Store:
			ok = in.Type == I32 || in.Type == I64 || in.Type == V128
		default:
			ok = true
		}
	case "=":
		ok = in.Type == I32 || in.Type == I64 || in.Type == V128 && in.Op == Load
	case "w":
		ok = in.Type == I32
	case "x":
		ok = in.Type == I64
	case "v":
		ok = in.Type == V128
	case "f":
		ok = in.Type == Flags
	}
	if !ok {
		return fmt.Errorf("type %v", in.Type)
	}
	return nil
}

// argType checks def, the definition of an operand of in, against its letter in Ops.
func argType(in *Inst, kind byte, def *Inst) error {
	if def.Op >= NumOps || def.Op.Info().Result == "" {
		return fmt.Errorf("has no value")
	}
	t := def.Type
	ok := false
	switch kind {
	case 'i':
		ok = t == I32 || t == I64
		switch in.Op {
		case ZExt, SExt, FlagsOf, VFromX, VDup, VInsX, StoreEx, FFromSX, FFromUX:
			// either: their Type is the result's
		case Crc32, Crc32C:
			ok = ok && (t == I64) == (in.Size == 3)
		default:
			ok = ok && t == in.Type
		}
	case 'w':
		ok = t == I32
	case 'x':
		ok = t == I64
	case 'v':
		ok = t == V128
	case 'f':
		ok = t == Flags
	case '*':
		ok = t == in.Type
	}
	if !ok {
		return fmt.Errorf("is %v", t)
	}
	return nil
}

// bits is the width of t.
func (t Type) bits() uint32 {
	switch t {
	case I32:
		return 32
	case I64:
		return 64
	case V128:
		return 128
	}
	return 0
}

// sizes and shapes that an operation takes, as sets of 1<<value.
const (
	sz0    = 1 << 0
	sz1    = 1 << 1
	sz2    = 1 << 2
	sz3    = 1 << 3
	sz012  = sz0 | sz1 | sz2
	sz12   = sz1 | sz2
	sz23   = sz2 | sz3
	sz123  = sz1 | sz2 | sz3
	szAll  = sz012 | sz3
	shQ    = 1 << ShapeQ
	shD    = 1 << ShapeD
	shS    = 1 << ShapeS
	shQD   = shQ | shD
	shAll  = shQ | shD | shS
	shHigh = 1 << ShapeHi // may be ored in
)

// vectorRule says which sizes and shapes are allowed to the operations First..Last.
type vectorRule struct {
	first, last   Op
	sizes, shapes uint8
}

// In the order of the operations. Where an operation does not look at its size or shape, any will do.
var vectorRules = [...]vectorRule{
	{VFromX, VFromX, szAll, shAll},
	{VFromXX, VFromXX, szAll, shAll},
	{XFromV, XFromVS, szAll, shAll},
	{VDup, VDup, szAll, shQD},
	{VInsX, VInsX, szAll, shAll},
	{VConst, VConst, szAll, shQD},
	{VMov, VMov, szAll, shAll},
	{VDupL, VDupL, szAll, shAll},
	{VInsL, VInsL, szAll, shAll},
	{VZip1, VTrn2, szAll, shQD},
	{VExt, VExt, szAll, shQD},
	{VRev16, VRev16, sz0, shQD},
	{VRev32, VRev32, sz0 | sz1, shQD},
	{VRev64, VRev64, sz012, shQD},
	{VTbl, VTbx, szAll, shQD},
	{VHigh, VCombine, szAll, shAll},
	{VAnd, VBsl, szAll, shAll},
	{VXor3, VXar, szAll, shAll},
	{VAdd, VSub, szAll, shAll},
	{VMul, VMul, sz012, shAll},
	{VPMul, VPMul, sz0, shQD},
	{VNeg, VSQAbs, szAll, shAll},
	{VSMax, VUMin, sz012, shQD},
	{VSHAdd, VUHSub, sz012, shQD},
	{VSQAdd, VUSQAdd, szAll, shAll},
	{VSABD, VUABD, sz012, shQD},
	{VAddP, VAddP, szAll, shAll},
	{VSMaxP, VUMinP, sz012, shQD},
	{VCnt, VCnt, sz0, shQD},
	{VClz, VCls, sz012, shQD},
	{VRBit, VRBit, sz0, shQD},
	{VAddV, VUMinV, sz012, shQD},
	{VSAddLV, VUAddLV, sz012, shQD},
	{VCmEQ, VCmTst, szAll, shAll},
	{VShlI, VSQShluI, szAll, shAll},
	{VSShl, VUQRShl, szAll, shAll},
	{VSXtl, VUXtl, sz012, shQD | shHigh},
	{VSMull, VUMull, sz012, shQD | shHigh},
	{VPMull, VPMull, sz0 | sz3, shQD | shHigh},
	{VSQDMull, VSQDMull, sz12, shAll | shHigh},
	{VSABDL, VUABDL, sz012, shQD | shHigh},
	{VSAddLP, VUAddLP, sz012, shQD},
	{VXtn, VRShrn, sz012, shQD},
	{VSQXtn, VSQRShrun, sz012, shAll},
	{VAddHN, VRSubHN, sz012, shQD},
	{VSQDMulH, VSQRDMLSH, sz12, shAll},
	{VSDot, VUSDot, sz0, shQD},
	{VSMmla, VUSMmla, szAll, shQ},
	{VURecpe, VURsqrte, sz2, shQD},
	{AESE, SHA512SU1, szAll, shAll},
	{FAdd, FSub, sz123, shAll},
	{FMul, FMulX, sz123, shAll},
	{FNMul, FNMul, sz123, shS},
	{FDiv, FSqrt, sz123, shAll},
	{FAbs, FNeg, sz123, shAll},
	{FMla, FMls, sz123, shAll},
	{FNMla, FNMls, sz123, shS},
	{FMlal, FMlsl, sz1, shQD | shHigh},
	{FCAdd, FCMla, sz123, shQD},
	{FRecpe, FRsqrte, sz123, shAll},
	{FRecpx, FRecpx, sz123, shS},
	{FRecps, FAcGT, sz123, shAll},
	{FAddP, FMinNMP, sz123, shAll},
	{FMaxV, FMinNMV, sz12, shQD},
	{FCmp, FCmpE, sz123, shAll},
	{FRInt, FRInt, sz123, shAll},
	{FRInt32, FRInt64, sz23, shAll},
	{FToS, FFromU, sz123, shAll},
	{FToSX, FFromUX, sz123, shAll},
	{FJcvt, FJcvtZ, szAll, shAll},
	{FCvt, FCvt, sz123, shAll},
	{FCvtL, FCvtL, sz12, shQD | shHigh},
	{FCvtN, FCvtN, sz12, shQD},
	{FCvtXN, FCvtXN, szAll, shAll},
	{BFCvt, BFCvtN, szAll, shAll},
	{BFDot, BFDot, szAll, shQD},
	{BFMmla, BFMlal, szAll, shAll},
	{VCSel, VCSel, szAll, shAll},
	{VDeint3, VInt3, szAll, shQD},
}

func vectorShape(in *Inst) error {
	for i := range vectorRules {
		if v := &vectorRules[i]; in.Op >= v.first && in.Op <= v.last {
			switch {
			case in.Size > 3 || v.sizes>>in.Size&1 == 0:
				return fmt.Errorf("size %d", in.Size)
			case in.Shape >= 8 || in.Shape&ShapeMask > ShapeS || v.shapes>>(in.Shape&ShapeMask)&1 == 0,
				in.Shape&ShapeHi != 0 && v.shapes&shHigh == 0:
				return fmt.Errorf("shape %d", in.Shape)
			}
			return nil
		}
	}
	return fmt.Errorf("no rule for its size and shape")
}

// verifyFields checks what is neither type nor operand.
func (r *Region) verifyFields(in *Inst) error {
	if in.Op >= VFromX {
		if err := vectorShape(in); err != nil {
			return err
		}
	}
	aux := func(ok bool) error {
		if !ok {
			return fmt.Errorf("aux %#x", in.Aux)
		}
		return nil
	}
	imm := func(ok bool) error {
		if !ok {
			return fmt.Errorf("immediate %#x", in.Imm)
		}
		return nil
	}
	width := in.Type.bits()
	lanes := uint32(16) >> min(in.Size, 4)
	lane := uint32(8) << min(in.Size, 4) // bits
	if in.Op.accessesMemory() {
		return verifyAccess(r, in)
	}
	switch in.Op {
	case GetX, PutX, GetV, PutV:
		return aux(in.Aux < 32)
	case GetSys:
		return aux(in.Aux <= SysCNTFRQ)
	case PutSys:
		return aux(in.Aux == SysTPIDR || in.Aux == SysFPCR || in.Aux == SysFPSR)
	case Extr:
		return imm(in.Imm > 0 && in.Imm < int64(width))
	case ZExt, SExt:
		if in.Size > 2 {
			return fmt.Errorf("size %d", in.Size)
		}
	case Crc32, Crc32C:
		if in.Size > 3 {
			return fmt.Errorf("size %d", in.Size)
		}
	case UBfx, SBfx, Bfi:
		return aux(in.Aux>>8 > 0 && in.Aux>>8 <= width && in.Aux&0xff+in.Aux>>8 <= width)
	case FlagsOf:
		switch r.Insts[in.A].Op {
		case Add, Sub, Adc, Sbc, And, AndNot:
		default:
			return fmt.Errorf("its operand is %v", r.Insts[in.A].Op)
		}
	case FlagsConst:
		return imm(in.Imm >= 0 && in.Imm < 16)
	case FlagsSel, CSel, CSet, CSetM, BrCond, VCSel:
		if in.Flags > uint8(NV) {
			return fmt.Errorf("condition %d", in.Flags)
		}
	case Fence:
		return aux(in.Aux <= FenceISB)
	case BrBitZ, BrBitNZ:
		return aux(in.Aux < width)
	case Exit, ExitX:
		return aux(in.Aux != 0)
	case XFromV, XFromVS, VInsX, VDupL:
		return aux(in.Aux < lanes)
	case VInsL:
		return aux(in.Aux&0xff < lanes && in.Aux>>8 < lanes)
	case VExt:
		return aux(in.Aux < 16 && (in.Shape == ShapeQ || in.Aux < 8))
	case VXar:
		return aux(in.Aux < 64)
	case VShlI, VSliI, VSQShlI, VUQShlI, VSQShluI:
		return aux(in.Aux < lane)
	case VSShrI, VUShrI, VSRShrI, VURShrI, VSriI:
		return aux(in.Aux >= 1 && in.Aux <= lane)
	case VXtn, VRShrn, VSQXtn, VUQXtn, VSQXtun, VSQRShrn, VUQRShrn, VSQRShrun:
		return aux(in.Aux <= lane)
	case FCAdd:
		return aux(in.Aux == 1 || in.Aux == 3)
	case FCMla:
		return aux(in.Aux < 4)
	case BFMlal:
		return aux(in.Aux < 2)
	case VDeint3, VInt3:
		return aux(in.Aux < 3)
	case FRInt:
		return aux(in.Aux&^RoundExact <= RoundCur)
	case FRInt32, FRInt64:
		return aux(in.Aux == RoundZero || in.Aux == RoundCur)
	case FToS, FToU, FToSX, FToUX:
		if err := aux(in.Aux <= RoundCur); err != nil {
			return err
		}
		return imm(in.Imm >= 0 && in.Imm <= 64)
	case FFromS, FFromU:
		return imm(in.Imm >= 0 && in.Imm <= 64)
	case FFromSX, FFromUX:
		if err := aux(in.Aux == 2 || in.Aux == 3); err != nil {
			return err
		}
		if in.Aux == 3 != (r.Insts[in.A].Type == I64) {
			return fmt.Errorf("aux %d, but its operand is %v", in.Aux, r.Insts[in.A].Type)
		}
		return imm(in.Imm >= 0 && in.Imm <= 64)
	case FCvt:
		return aux(in.Aux >= 1 && in.Aux <= 3 && in.Aux != uint32(in.Size))
	}
	return nil
}

func verifyAccess(r *Region, in *Inst) error {
	t := in.Type
	switch in.Op {
	case Load:
		if in.Flags&MemSigned != 0 && (t == V128 || 8<<in.Size >= t.bits()) {
			return fmt.Errorf("nothing to sign extend")
		}
	case StoreEx:
		t = r.Insts[in.B].Type
	case StoreExV:
		t = V128
	}
	if in.Op != Load && in.Flags&MemSigned != 0 {
		return fmt.Errorf("sign extension")
	}
	whole := in.Op == CasP || in.Op == LoadExV || in.Op == StoreExV
	if in.Size > 4 || 8<<in.Size > t.bits() || whole && in.Size != 4 {
		return fmt.Errorf("size %d of %v", in.Size, t)
	}
	if in.Op == Load || in.Op == Store {
		if in.Aux > 4 || in.B == 0 && in.Aux != 0 {
			return fmt.Errorf("scale %d", in.Aux)
		}
	} else if ex := in.Op >= LoadEx && in.Op <= StoreExV; !ex && (in.Aux != 0 || in.Imm != 0) {
		return fmt.Errorf("displacement")
	}
	return nil
}
