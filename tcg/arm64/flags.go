package arm64

import "armature/tcg/ir"

// flagEffect is what an instruction means to a search for the next use of NZCV.
type flagEffect uint8

const (
	flagsNone   flagEffect = iota // neither reads nor writes them, and goes on to the next instruction
	flagsRead                     // reads them, or leaves translated code
	flagsWrite                    // writes all four without reading them
	flagsJump                     // goes to another place that is known
	flagsBranch                   // goes to one of two places
)

// flagEffects lists the encodings that are not flagsNone.
var flagEffects = [NumOps]flagEffect{
	OpUndefined: flagsRead, OpUDF: flagsRead, OpSVC: flagsRead, OpBRK: flagsRead, OpHLT: flagsRead,
	OpBR: flagsRead, OpBLR: flagsRead, OpRET: flagsRead,
	OpIC_IVAU: flagsRead, OpMSR_reg: flagsRead, OpMRS: flagsRead,

	OpB_cond: flagsRead,
	OpCSEL:   flagsRead, OpCSINC: flagsRead, OpCSINV: flagsRead, OpCSNEG: flagsRead, OpFCSEL: flagsRead,
	OpCCMN_reg: flagsRead, OpCCMP_reg: flagsRead, OpCCMN_imm: flagsRead, OpCCMP_imm: flagsRead,
	OpFCCMP: flagsRead, OpFCCMPE: flagsRead,
	OpADC: flagsRead, OpADCS: flagsRead, OpSBC: flagsRead, OpSBCS: flagsRead,
	OpCFINV: flagsRead, OpXAFLAG: flagsRead, OpAXFLAG: flagsRead,
	OpRMIF: flagsRead, OpSETF8: flagsRead, OpSETF16: flagsRead,

	OpADDS_imm: flagsWrite, OpSUBS_imm: flagsWrite, OpANDS_imm: flagsWrite,
	OpADDS_shift: flagsWrite, OpSUBS_shift: flagsWrite, OpANDS_shift: flagsWrite, OpBICS_shift: flagsWrite,
	OpADDS_ext: flagsWrite, OpSUBS_ext: flagsWrite,
	OpFCMP: flagsWrite, OpFCMP_z: flagsWrite, OpFCMPE: flagsWrite, OpFCMPE_z: flagsWrite,
	OpFJCVTZS: flagsWrite,

	OpB: flagsJump, OpBL: flagsJump,
	OpCBZ: flagsBranch, OpCBNZ: flagsBranch, OpTBZ: flagsBranch, OpTBNZ: flagsBranch,
}

// lookahead bounds the instructions that flagsDead looks at along one path, hotLookahead in tier 2.
const (
	lookahead    = 8
	hotLookahead = 16
)

// look sets FlagsDead of b, the block just translated. A block that wrote no flags has no use
// for it.
func (t *Translator) look(b *ir.Block) {
	if !t.flagged {
		return
	}
	n := lookahead
	if t.r.Tier > 1 {
		n = hotLookahead
	}
	switch last := &t.r.Insts[b.End-1]; last.Op {
	case ir.Br, ir.Call:
		b.FlagsDead[0] = t.flagsDead(b.Succ[0].PC, n, 1)
	case ir.BrCond, ir.BrZ, ir.BrNZ, ir.BrBitZ, ir.BrBitNZ:
		b.FlagsDead[0] = t.flagsDead(b.Succ[0].PC, n, 1)
		b.FlagsDead[1] = t.flagsDead(b.Succ[1].PC, n, 1)
	}
}

// flagsDead reports whether NZCV is overwritten from pc on before it is read, as far as n
// instructions show, looking past that many two-way branches. When it is, the code that it has
// seen is added to the region's Deps.
func (t *Translator) flagsDead(pc uint64, n, branches int) bool {
	mark := len(t.r.Deps)
	dead := t.overwritten(pc, n, branches)
	if !dead {
		t.r.Deps = t.r.Deps[:mark]
	}
	return dead
}

func (t *Translator) overwritten(pc uint64, n, branches int) bool {
	from := pc
	for ; n > 0; n-- {
		w, ok := t.word(pc)
		if !ok {
			return false
		}
		op := Decode(w)
		switch flagEffects[op] {
		case flagsRead:
			return false
		case flagsWrite:
			t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc + 4})
			return true
		case flagsJump, flagsBranch:
			_, succ, ns := flow(w, pc)
			if op == OpBL { // flow gives the return address
				succ[0] = pc + uint64(signExtend(Inst(w).imm26(), 26)*4)
			}
			if ns == 2 {
				if branches == 0 || !t.overwritten(succ[1], n-1, branches-1) {
					return false
				}
				branches--
			}
			t.r.Deps = append(t.r.Deps, ir.Range{Lo: from, Hi: pc + 4})
			pc = succ[0]
			from = pc
		default:
			if translate[op] == nil {
				return false
			}
			pc += 4
		}
	}
	return false
}
