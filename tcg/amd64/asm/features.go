package asm

// Feature is a set of host CPU features.
type Feature uint64

const (
	SSE3 Feature = 1 << iota
	SSSE3
	SSE41
	SSE42
	FeatPOPCNT
	CX16
	LAHF64
	AVX // with YMM state enabled by the operating system, as all that build on it
	AVX2
	FMA
	F16C
	BMI1
	BMI2
	FeatLZCNT
	FeatMOVBE
	AVX512F // with opmask and ZMM state enabled
	AVX512VL
	AVX512BW
	AVX512DQ
	AVX512CD
	// Features that belong to no level: each is used where the host has it and the level allows its encoding.
	AESNI
	PCLMUL
	SHANI
	GFNI
	VAES
	VPCLMUL
	ADX
	AVX512VBMI
	AVX512VBMI2
	AVX512VNNI
	AVX512BITALG
	AVX512VPOPCNT
	AVX512IFMA
	ERMS // fast REP MOVSB
)

// The x86-64 microarchitecture levels, as in the psABI: what a level demands.
const (
	V2 = SSE3 | SSSE3 | SSE41 | SSE42 | FeatPOPCNT | CX16 | LAHF64
	V3 = V2 | AVX | AVX2 | FMA | F16C | BMI1 | BMI2 | FeatLZCNT | FeatMOVBE
	V4 = V3 | AVX512F | AVX512VL | AVX512BW | AVX512DQ | AVX512CD
)

const (
	crypto128  = AESNI | PCLMUL | SHANI | GFNI | ADX | ERMS
	crypto256  = VAES | VPCLMUL
	extra512   = AVX512VBMI | AVX512VBMI2 | AVX512VNNI | AVX512BITALG | AVX512VPOPCNT | AVX512IFMA
	avx512Full = V4 &^ V3
)

// HostFeatures is what this machine has.
var HostFeatures = detect()

// Has tells whether all of the features want are there.
func (f Feature) Has(want Feature) bool { return f&want == want }

// Level is the highest level that the features satisfy: 2, 3 or 4, or 1 for less than V2.
func (f Feature) Level() int {
	switch {
	case f.Has(V4):
		return 4
	case f.Has(V3):
		return 3
	case f.Has(V2):
		return 2
	}
	return 1
}

// Limit restricts features to a level (V2, V3 or V4) and to those features outside the levels whose encodings the
// level has. V2 keeps AES-NI, PCLMULQDQ, SHA-NI and GFNI in their SSE forms; V4 keeps everything.
func (f Feature) Limit(level Feature) Feature {
	keep := level | crypto128
	if level.Has(V3) {
		keep |= crypto256
	}
	if level.Has(V4) {
		keep |= extra512
	}
	return f & keep
}

func cpuid(leaf, sub uint32) (a, b, c, d uint32)
func xgetbv() (lo, hi uint32)

// cpuidBits maps CPUID leaves to features. reg counts EAX, EBX, ECX, EDX.
var cpuidBits = [...]struct {
	leaf     uint32
	reg, bit uint8
	f        Feature
}{
	{1, 2, 0, SSE3}, {1, 2, 1, PCLMUL}, {1, 2, 9, SSSE3}, {1, 2, 12, FMA}, {1, 2, 13, CX16},
	{1, 2, 19, SSE41}, {1, 2, 20, SSE42}, {1, 2, 22, FeatMOVBE}, {1, 2, 23, FeatPOPCNT},
	{1, 2, 25, AESNI}, {1, 2, 28, AVX}, {1, 2, 29, F16C},
	{7, 1, 3, BMI1}, {7, 1, 5, AVX2}, {7, 1, 8, BMI2}, {7, 1, 9, ERMS}, {7, 1, 16, AVX512F},
	{7, 1, 17, AVX512DQ}, {7, 1, 19, ADX}, {7, 1, 21, AVX512IFMA}, {7, 1, 28, AVX512CD},
	{7, 1, 29, SHANI}, {7, 1, 30, AVX512BW}, {7, 1, 31, AVX512VL},
	{7, 2, 1, AVX512VBMI}, {7, 2, 6, AVX512VBMI2}, {7, 2, 8, GFNI}, {7, 2, 9, VAES},
	{7, 2, 10, VPCLMUL}, {7, 2, 11, AVX512VNNI}, {7, 2, 12, AVX512BITALG}, {7, 2, 14, AVX512VPOPCNT},
	{0x80000001, 2, 0, LAHF64}, {0x80000001, 2, 5, FeatLZCNT},
}

// detect asks the processor. Under a hypervisor each CPUID takes ten times as long
// as all else here, so no leaf is asked for twice. Every x86-64 processor has leaf
// 0x80000001.
func detect() Feature {
	var f Feature
	maxBasic, _, _, _ := cpuid(0, 0)
	var regs [4]uint32
	var leaf uint32 // of regs
	osxsave := false
	for _, e := range &cpuidBits {
		if e.leaf < 0x80000000 && e.leaf > maxBasic {
			continue
		}
		if e.leaf != leaf {
			leaf = e.leaf
			regs[0], regs[1], regs[2], regs[3] = cpuid(leaf, 0)
			if leaf == 1 {
				osxsave = regs[2]>>27&1 != 0
			}
		}
		if regs[e.reg]>>e.bit&1 != 0 {
			f |= e.f
		}
	}
	// The operating system must save the wider registers: XCR0 bits 1-2 for YMM, 5-7 for opmasks and ZMM.
	var xcr0 uint32
	if osxsave {
		xcr0, _ = xgetbv()
	}
	if xcr0&6 != 6 {
		f &^= AVX | AVX2 | FMA | F16C | crypto256
	}
	if xcr0&0xe6 != 0xe6 {
		f &^= avx512Full | extra512
	}
	return f
}
