package amd64

import "armature/tcg/amd64/asm"

// Fixed registers.
const (
	rCPU = asm.RBP // state.CPU + state.Bias
	rPC  = asm.RAX // the guest PC at Lookup and at returns
)

// Temporaries: everything that is not a home. CMPXCHG16B, MUL, DIV and the shifts by CL have their fixed operands
// among them, so that no home ever has to give way.
const (
	tempsG = 1<<asm.RAX | 1<<asm.RCX | 1<<asm.RDX | 1<<asm.RBX
	tempsV = 1<<asm.XMM0 | 1<<asm.XMM1 | 1<<asm.XMM2 | 1<<asm.XMM3
)

// home pairs a guest register with a host register.
type home struct{ guest, host uint8 }

// The global map. Guest registers were chosen by how often they are operands in the distribution's libc, libm and
// libstdc++ and in the kernels of bench/, loops weighted by 8 a level: the ten below have 75 to 90 % of them. RSI and
// RDI go to the most frequent, as 32-bit operations on them need no REX prefix; R12 and R13, which cost a byte more
// as a base, to those that are seldom addresses.
var (
	homesG = [...]home{
		{0, uint8(asm.RDI)}, {1, uint8(asm.RSI)}, {2, uint8(asm.R8)}, {3, uint8(asm.R9)}, {19, uint8(asm.R10)},
		{20, uint8(asm.R11)}, {21, uint8(asm.R14)}, {22, uint8(asm.R12)}, {30, uint8(asm.R13)}, {31, uint8(asm.R15)},
	}
	homesV = [...]home{
		{0, 4}, {1, 5}, {2, 6}, {3, 7}, {4, 8}, {5, 9}, {6, 10}, {7, 11}, {8, 12}, {9, 13}, {10, 14}, {16, 15},
	}
)

// GlobalMap is the map with which every region is entered and left.
var GlobalMap = newRegMap()

func newRegMap() (m RegMap) {
	for i := range m.X {
		m.X[i], m.V[i] = InMemory, InMemory
	}
	for _, h := range homesG {
		m.X[h.guest] = h.host
	}
	for _, h := range homesV {
		m.V[h.guest] = h.host
	}
	return m
}
