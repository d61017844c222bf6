package arm64

// Op is an encoding of a64.pat. 0 is undefined.
type Op uint16

// Inst is an instruction word; its methods (zfield.go) take the fields apart.
type Inst uint32

// String is the encoding's name in a64.pat.
func (o Op) String() string {
	if o >= NumOps {
		return "op?"
	}
	start := uint16(0)
	if o > 0 {
		start = opNameEnd[o-1]
	}
	return opNameText[start:opNameEnd[o]]
}

type maskValue struct{ mask, value uint32 }

// decodeNode indexes decodeCells with base + (w >> shift & mask).
type decodeNode struct {
	base  uint16
	shift uint8
	mask  uint16
}

// decodeCand is one encoding to try. rejects[rej:rejEnd] must not match.
type decodeCand struct {
	mask, value uint32
	op          Op
	rej, rejEnd uint16
}

// Decode finds the encoding of w, or OpUndefined.
func Decode(w uint32) Op {
	n := &decodeNodes[decodeTop[w>>21]]
	at := int(decodeCells[n.base+uint16(w>>n.shift)&n.mask])
next:
	for ; ; at++ {
		c := &decodeCands[at]
		if w&c.mask != c.value {
			continue
		}
		for _, r := range rejects[c.rej:c.rejEnd] {
			if w&r.mask == r.value {
				continue next
			}
		}
		return c.op
	}
}
