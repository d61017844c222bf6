package ir

// backward is the sweep of DeadFlags, DeadStore and DeadCode over one block.
func (o *Optimizer) backward(r *Region, b *Block, s PassSet) {
	insts := r.Insts[:b.End]
	used := o.used[:b.End]
	clear(used[b.First:])
	// What is overwritten further on before anything sees it.
	var deadX, deadV uint32
	deadF := flagsDeadAtEnd(&insts[b.End-1], b)
	// A guest instruction further on uses flags that CopyProp has forwarded to it. If the block is left before,
	// by a fault or CheckSP, the guest may go on from there, and finds them in the guest state.
	forwarded := false
	for i := b.End - 1; i >= b.First; i-- {
		in := &insts[i]
		a := attrs[in.Op]
		if a&(Effect|FPEnv|SetsQC) == 0 {
			if !used[i] && s&DeadCode != 0 {
				forwarded = forwarded || in.Op == GetFlags || in.Op == Nop && in.Aux == flagReader
				in.Op = Nop
				in.A, in.B, in.C = 0, 0, 0
				continue
			}
			if a&ReadsX != 0 {
				switch in.Op {
				case GetX:
					deadX &^= 1 << (in.Aux & 31)
				case GetV:
					deadV &^= 1 << (in.Aux & 31)
				case GetFlags:
					deadF = false
				}
				continue
			}
			forwarded = forwarded || a&usesFlags != 0
		} else {
			switch in.Op {
			case Insn:
				continue
			case PutX:
				bit := uint32(1) << (in.Aux & 31)
				if deadX&bit != 0 && s&DeadStore != 0 {
					in.Op, in.A = Nop, 0
					continue
				}
				deadX |= bit
			case PutV:
				bit := uint32(1) << (in.Aux & 31)
				if deadV&bit != 0 && s&DeadStore != 0 {
					in.Op, in.A = Nop, 0
					continue
				}
				deadV |= bit
			case PutFlags:
				if deadF && s&DeadFlags != 0 {
					in.Op, in.A = Nop, 0
					continue
				}
				deadF, forwarded = true, false
			case CheckSP:
				deadX, deadV, deadF = 0, 0, false
			default:
				if a&Faults != 0 {
					deadX, deadV = 0, 0
					if forwarded {
						deadF = false
					}
				}
				forwarded = forwarded || a&usesFlags != 0
			}
		}
		used[in.A] = true
		used[in.B] = true
		used[in.C] = true
	}
}

// flagsDeadAtEnd reports whether NZCV is dead behind the terminator in of b.
func flagsDeadAtEnd(in *Inst, b *Block) bool {
	switch in.Op {
	case Br, Call: // after a call comes the callee
		return b.FlagsDead[0]
	case BrCond, BrZ, BrNZ, BrBitZ, BrBitNZ:
		return b.FlagsDead[0] && b.FlagsDead[1]
	}
	return false
}
