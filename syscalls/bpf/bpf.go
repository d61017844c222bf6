package bpf

// Insn is an instruction, the kernel's struct sock_filter.
type Insn struct {
	Code   uint16
	JT, JF uint8 // how many instructions a conditional jump passes over
	K      uint32
}

// Data is struct seccomp_data in 32-bit words.
type Data [16]uint32

// Words of Data.
const (
	Nr   = 0
	Arch = 1
	IP   = 2 // and 3: low word, high word
	Args = 4 // two for each of six
)

// MaxInsns is the most instructions that a program may have.
const MaxInsns = 4096

const memWords = 16

// Parts of Insn.Code: class, size, mode, operation, source.
const (
	ld, ldx, st, stx = 0, 1, 2, 3
	alu, jmp         = 4, 5
	ret, misc        = 6, 7

	w = 0x00

	imm, abs, mem, length = 0x00, 0x20, 0x60, 0x80

	add, sub, mul, div = 0x00, 0x10, 0x20, 0x30
	or, and, lsh, rsh  = 0x40, 0x50, 0x60, 0x70
	neg, xor           = 0x80, 0xa0

	ja, jeq, jgt, jge, jset = 0x00, 0x10, 0x20, 0x30, 0x40

	k, x, a = 0x00, 0x08, 0x10

	tax, txa = 0x00, 0x80
)

const dataSize = 4 * uint32(len(Data{}))

// Check tells whether Linux would take the program.
func Check(p []Insn) bool {
	if len(p) == 0 || len(p) > MaxInsns {
		return false
	}
	for pc := range p {
		i := &p[pc]
		left := uint32(len(p) - pc - 1) // instructions behind it
		switch i.Code {
		case ld | w | abs:
			if i.K >= dataSize || i.K&3 != 0 {
				return false
			}
		case ld | w | length, ldx | w | length, ld | imm, ldx | imm, ret | k, ret | a, misc | tax, misc | txa,
			alu | neg, alu | add | k, alu | add | x, alu | sub | k, alu | sub | x, alu | mul | k, alu | mul | x, alu | div | x,
			alu | and | k, alu | and | x, alu | or | k, alu | or | x, alu | xor | k, alu | xor | x, alu | lsh | x, alu | rsh | x:
		case alu | div | k:
			if i.K == 0 {
				return false
			}
		case alu | lsh | k, alu | rsh | k:
			if i.K >= 32 {
				return false
			}
		case ld | mem, ldx | mem, st, stx:
			if i.K >= memWords {
				return false
			}
		case jmp | ja:
			if i.K >= left {
				return false
			}
		case jmp | jeq | k, jmp | jeq | x, jmp | jge | k, jmp | jge | x, jmp | jgt | k, jmp | jgt | x, jmp | jset | k, jmp | jset | x:
			if uint32(i.JT) >= left || uint32(i.JF) >= left {
				return false
			}
		default:
			return false
		}
	}
	last := p[len(p)-1].Code
	return (last == ret|k || last == ret|a) && stored(p)
}

// stored tells whether every word of memory is stored before it is loaded, on each
// path.
func stored(p []Insn) bool {
	at := make([]uint16, len(p)) // bit i: word i is stored on every path to here
	for i := range at {
		at[i] = 0xffff
	}
	at[0] = 0
	to := func(pc int, have uint16) { at[pc] &= have }
	for pc := range p {
		i, have := &p[pc], at[pc]
		switch i.Code {
		case st, stx:
			have |= 1 << i.K
		case ld | mem, ldx | mem:
			if have>>i.K&1 == 0 {
				return false
			}
		case jmp | ja:
			to(pc+1+int(i.K), have)
			continue
		case ret | k, ret | a:
			continue
		default:
			if i.Code&7 == jmp {
				to(pc+1+int(i.JT), have)
				to(pc+1+int(i.JF), have)
				continue
			}
		}
		if pc+1 < len(p) {
			to(pc+1, have)
		}
	}
	return true
}

// Run runs a program that Check accepts.
func Run(p []Insn, d *Data) uint32 {
	var a0, x0 uint32
	var m [memWords]uint32
	for pc := 0; ; pc++ {
		i := &p[pc]
		src := i.K
		if i.Code&x != 0 {
			src = x0
		}
		switch i.Code {
		case ld | w | abs:
			a0 = d[i.K/4]
		case ld | w | length:
			a0 = dataSize
		case ldx | w | length:
			x0 = dataSize
		case ld | imm:
			a0 = i.K
		case ldx | imm:
			x0 = i.K
		case ld | mem:
			a0 = m[i.K]
		case ldx | mem:
			x0 = m[i.K]
		case st:
			m[i.K] = a0
		case stx:
			m[i.K] = x0
		case ret | k:
			return i.K
		case ret | a:
			return a0
		case misc | tax:
			x0 = a0
		case misc | txa:
			a0 = x0
		case alu | neg:
			a0 = -a0
		case alu | add | k, alu | add | x:
			a0 += src
		case alu | sub | k, alu | sub | x:
			a0 -= src
		case alu | mul | k, alu | mul | x:
			a0 *= src
		case alu | div | k, alu | div | x:
			if src == 0 {
				return 0
			}
			a0 /= src
		case alu | and | k, alu | and | x:
			a0 &= src
		case alu | or | k, alu | or | x:
			a0 |= src
		case alu | xor | k, alu | xor | x:
			a0 ^= src
		case alu | lsh | k, alu | lsh | x:
			a0 <<= src & 31
		case alu | rsh | k, alu | rsh | x:
			a0 >>= src & 31
		case jmp | ja:
			pc += int(i.K)
		case jmp | jeq | k, jmp | jeq | x:
			pc += i.skip(a0 == src)
		case jmp | jgt | k, jmp | jgt | x:
			pc += i.skip(a0 > src)
		case jmp | jge | k, jmp | jge | x:
			pc += i.skip(a0 >= src)
		case jmp | jset | k, jmp | jset | x:
			pc += i.skip(a0&src != 0)
		}
	}
}

func (i *Insn) skip(cond bool) int {
	if cond {
		return int(i.JT)
	}
	return int(i.JF)
}
