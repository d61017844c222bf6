package arm64

import "math/rand/v2"

// Field is a run of bits of an encoding that varies.
type Field struct {
	Name  string
	Shift uint8 // position of the lowest bit
	Width uint8 // in bits
}

type opData struct {
	mask, value   uint32
	rej, nrej     uint16
	field, nfield uint16
	feature       string
}

// Feature is the architectural feature (FEAT_...) which o belongs to, "" for Armv8.0.
func (o Op) Feature() string { return opInfo[o].feature }

// Fields lists the fields of o from the highest bit down.
func (o Op) Fields() []Field {
	d := &opInfo[o]
	return opFields[d.field : d.field+d.nfield]
}

// Bits gives the literal bits of o: every word of it has w&mask == value.
func (o Op) Bits() (mask, value uint32) { return opInfo[o].mask, opInfo[o].value }

// Allocated says whether w, which must have the literal bits of o, breaks none of its constraints.
func (o Op) Allocated(w uint32) bool {
	d := &opInfo[o]
	for _, r := range rejects[d.rej : d.rej+d.nrej] {
		if w&r.mask == r.value {
			return false
		}
	}
	return true
}

// RandomInst draws a word of encoding o. Register fields favour register 31 and the registers
// that the word has named before; other fields favour zero, one and all ones.
func RandomInst(r *rand.Rand, o Op) uint32 {
	d := &opInfo[o]
	for {
		w := d.value
		var regs [5]uint32
		n := 0
		for _, f := range o.Fields() {
			v := r.Uint32() >> (32 - f.Width)
			roll := r.Uint32() & 15
			switch {
			case isRegField(f):
				if roll < 2 {
					v = 31
				} else if roll < 4 && n > 0 {
					v = regs[r.IntN(n)]
				}
				if n < len(regs) {
					regs[n] = v
					n++
				}
			case f.Width < 3 || roll > 4:
			case roll == 0:
				v = 0
			case roll == 1:
				v = 1
			case roll == 2:
				v = 1<<f.Width - 1
			case roll == 3:
				v = 1 << (f.Width - 1) // the most negative, or a half
			default:
				v &= 1<<(f.Width/2) - 1 // small
			}
			w |= v << f.Shift
		}
		if o.Allocated(w) {
			return w
		}
	}
}

func isRegField(f Field) bool { return f.Width == 5 && f.Name[0] == 'R' }
