package ir

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// Print writes r for people: a line for each operation, values as %n.
func Print(w io.Writer, r *Region) error {
	var b bytes.Buffer
	fmt.Fprintf(&b, "region %#x tier %d key %d: %d guest instructions\n", r.PC, r.Tier, r.Key, r.Guest)
	for i := range r.Blocks {
		blk := &r.Blocks[i]
		fmt.Fprintf(&b, "b%d: %#x..%#x\n", i, blk.PC, blk.EndPC)
		for j := blk.First; j < blk.End && int(j) < len(r.Insts); j++ {
			in := &r.Insts[j]
			if in.Op == Nop {
				continue
			}
			b.WriteString("  ")
			b.WriteString(r.FormatInst(Ref(j)))
			if in.Op < NumOps && in.Op.IsTerm() {
				printTargets(&b, in, blk)
			}
			b.WriteByte('\n')
		}
	}
	_, err := w.Write(b.Bytes())
	return err
}

// String is what Print writes.
func (r *Region) String() string {
	var b strings.Builder
	_ = Print(&b, r) // a Builder's writes do not fail
	return b.String()
}

func printTargets(b *bytes.Buffer, in *Inst, blk *Block) {
	sep := " ->"
	for k, t := range blk.Succ {
		if !in.HasSucc(k) {
			continue
		}
		b.WriteString(sep)
		if t.Block >= 0 {
			fmt.Fprintf(b, " b%d", t.Block)
		} else {
			b.WriteString(" out")
		}
		fmt.Fprintf(b, " %#x", t.PC)
		if blk.FlagsDead[k] {
			b.WriteString(" (flags dead)")
		}
		sep = ","
	}
}

// FormatInst is one operation in the format of Print, without the targets of a terminator.
func (r *Region) FormatInst(ref Ref) string {
	in := &r.Insts[ref]
	if in.Op == Insn {
		return fmt.Sprintf("; %#x: %08x", uint64(in.Imm), in.Aux)
	}
	var b strings.Builder
	if in.Op >= NumOps {
		fmt.Fprintf(&b, "op%d?", in.Op)
		return b.String()
	}
	info := in.Op.Info()
	if info.Result != "" {
		fmt.Fprintf(&b, "%%%d = %v ", ref, in.Type)
	}
	b.WriteString(info.Name)
	b.WriteString(suffix(in))
	switch {
	case in.Op == Load || in.Op == Store:
		b.WriteByte(' ')
		writeAddress(&b, in)
		if in.Op == Store {
			fmt.Fprintf(&b, ", %%%d", in.C)
		}
		writeMemFlags(&b, in.Flags)
		return b.String()
	case in.Op.accessesMemory():
		writeMemFlags(&b, in.Flags)
	}
	sep := " "
	if s := immediate(in); s != "" {
		b.WriteString(sep + s)
		sep = ", "
	}
	for _, a := range [3]Ref{in.A, in.B, in.C} {
		if a != 0 {
			fmt.Fprintf(&b, "%s%%%d", sep, a)
			sep = ", "
		}
	}
	return b.String()
}

var (
	sizeSuffix = [...]string{".8", ".16", ".32", ".64", ".128"}
	laneLetter = [...]string{"b", "h", "s", "d", "q"}
	sysNames   = [...]string{"tpidr", "tpidrro", "fpcr", "fpsr", "cntvct", "cntfrq"}
	fenceNames = [...]string{"full", "load", "store", "isb"}
	roundNames = [...]string{"nearest", "plus", "minus", "zero", "away", "cur"}
)

func name(names []string, i uint32) string {
	if int(i) < len(names) {
		return names[i]
	}
	return fmt.Sprintf("?%d", i)
}

// suffix is the width of a memory access, or the lanes of a vector operation: "4s", "2s" in
// the low 64 bits, "s" for the scalar, "!" for the high half of the source.
func suffix(in *Inst) string {
	size := uint32(in.Size)
	switch {
	case in.Op.accessesMemory(), in.Op == ZExt, in.Op == SExt, in.Op == Crc32, in.Op == Crc32C:
		return name(sizeSuffix[:], size)
	case in.Op < VFromX:
		return ""
	}
	l := "." + name(laneLetter[:], size)
	switch in.Shape & ShapeMask {
	case ShapeQ:
		l = fmt.Sprintf(".%d%s", 16>>size, name(laneLetter[:], size))
	case ShapeD:
		l = fmt.Sprintf(".%d%s", 8>>size, name(laneLetter[:], size))
	}
	if in.Shape&ShapeHi != 0 {
		l += "!"
	}
	return l
}

func writeAddress(b *strings.Builder, in *Inst) {
	fmt.Fprintf(b, "[%%%d", in.A)
	if in.B != 0 {
		fmt.Fprintf(b, " + %%%d<<%d", in.B, in.Aux&7)
	}
	switch {
	case in.Imm > 0:
		fmt.Fprintf(b, " + %#x", in.Imm)
	case in.Imm < 0:
		fmt.Fprintf(b, " - %#x", -uint64(in.Imm))
	}
	b.WriteByte(']')
}

func writeMemFlags(b *strings.Builder, f uint8) {
	for i, n := range [...]string{"signed", "acquire", "release", "align", "sp", "user", "acqpc"} {
		if f>>i&1 != 0 {
			b.WriteString(" " + n)
		}
	}
}

// immediate is what an operation takes beside its operands.
func immediate(in *Inst) string {
	switch in.Op {
	case GetX, PutX:
		if in.Aux == 31 {
			return "sp"
		}
		return fmt.Sprintf("x%d", in.Aux)
	case GetV, PutV:
		return fmt.Sprintf("v%d", in.Aux)
	case GetSys, PutSys:
		return name(sysNames[:], in.Aux)
	case Fence:
		return name(fenceNames[:], in.Aux)
	case Const, VConst:
		return fmt.Sprintf("%#x", uint64(in.Imm))
	case FlagsConst:
		return fmt.Sprintf("%04b", in.Imm)
	case CSel, CSet, CSetM, FlagsSel, BrCond, VCSel:
		return in.Cond().String()
	case Extr:
		return fmt.Sprintf("%d", in.Imm)
	case UBfx, SBfx, Bfi:
		return fmt.Sprintf("%d:%d", in.Aux&0xff, in.Aux>>8)
	case VInsL:
		return fmt.Sprintf("[%d]=[%d]", in.Aux&0xff, in.Aux>>8)
	case CheckSP:
		return fmt.Sprintf("%#x", uint64(in.Imm))
	case Exit:
		return fmt.Sprintf("%d(%#x)", in.Aux, uint64(in.Imm))
	case ExitX, BrBitZ, BrBitNZ, XFromV, XFromVS, VInsX, VDupL, VExt, VTbx, VXar,
		VShlI, VSShrI, VUShrI, VSRShrI, VURShrI, VSliI, VSriI, VSQShlI, VUQShlI, VSQShluI,
		VXtn, VRShrn, VSQXtn, VUQXtn, VSQXtun, VSQRShrn, VUQRShrn, VSQRShrun,
		FCAdd, FCMla, BFMlal, FCvt, VDeint3, VInt3, FFromSX, FFromUX, FFromS, FFromU:
		if in.Imm != 0 {
			return fmt.Sprintf("%d #%d", in.Aux, in.Imm)
		}
		return fmt.Sprintf("%d", in.Aux)
	case FRInt, FRInt32, FRInt64, FToS, FToU, FToSX, FToUX:
		s := name(roundNames[:], in.Aux&^RoundExact)
		if in.Aux&RoundExact != 0 {
			s += " exact"
		}
		if in.Imm != 0 {
			s += fmt.Sprintf(" #%d", in.Imm)
		}
		return s
	}
	return ""
}
