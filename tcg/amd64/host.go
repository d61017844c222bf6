package amd64

// Level is an x86-64 microarchitecture level of the System V psABI.
type Level uint8

// Levels. V2 (SSE4.2, POPCNT, CMPXCHG16B, LAHF) is the least that the back end runs on.
const (
	V2 Level = 2 + iota // x86-64-v2
	V3                  // AVX2, BMI1, BMI2, FMA, F16C, LZCNT, MOVBE
	V4                  // AVX-512 F, BW, CD, DQ, VL
)

func (l Level) String() string { return "v" + string('0'+rune(l)) }

// Features says what the translated code may use. Levels nest; the flags stand for what no level implies.
type Features struct {
	Level     Level
	AES       bool // AES-NI
	PCLMUL    bool
	SHA       bool // SHA-NI
	GFNI      bool
	VBMI      bool // AVX-512 VBMI: VPERMB
	VNNI      bool // AVX-512 VNNI: VPDPBUSD
	BITALG    bool // AVX-512 BITALG: VPOPCNTB
	IFMA      bool // AVX-512 IFMA
	VPOPCNTDQ bool
}

// At gives the features that remain when the host is taken for one of level l: above V2 everything that the host has
// goes; at V2 also AES and PCLMUL stay, as every such processor had them, but nothing that needs VEX.
func (f Features) At(l Level) Features {
	if l >= f.Level {
		return f
	}
	f.Level = l
	if l < V4 {
		f.VBMI, f.VNNI, f.BITALG, f.IFMA, f.VPOPCNTDQ = false, false, false, false, false
	}
	return f
}

func cpuid(leaf, sub uint32) (a, b, c, d uint32)
func xgetbv() uint32

// Host detects what this machine has. ok is false when it is below V2.
func Host() (f Features, ok bool) {
	const (
		leaf1C  = 1<<0 | 1<<9 | 1<<13 | 1<<19 | 1<<20 | 1<<23 // SSE3 SSSE3 CX16 SSE4.1 SSE4.2 POPCNT
		leaf1C3 = 1<<12 | 1<<22 | 1<<27 | 1<<28 | 1<<29       // FMA MOVBE OSXSAVE AVX F16C
		leaf7B3 = 1<<3 | 1<<5 | 1<<8                          // BMI1 AVX2 BMI2
		leaf7B4 = 1<<16 | 1<<17 | 1<<28 | 1<<30 | 1<<31       // AVX512F DQ CD BW VL
		lahf    = 1 << 0                                      // leaf 80000001, ECX
		lzcnt   = 1 << 5                                      // likewise
		xcrAVX  = 1<<1 | 1<<2                                 // SSE and AVX state
		xcr512  = xcrAVX | 1<<5 | 1<<6 | 1<<7                 // opmask and ZMM state
	)
	maxLeaf, _, _, _ := cpuid(0, 0)
	_, _, c1, _ := cpuid(1, 0)
	_, _, cx, _ := cpuid(0x80000001, 0)
	if c1&leaf1C != leaf1C || cx&lahf == 0 {
		return f, false
	}
	f.Level = V2
	f.PCLMUL = c1>>1&1 != 0
	f.AES = c1>>25&1 != 0
	if maxLeaf < 7 {
		return f, true
	}
	_, b7, c7, _ := cpuid(7, 0)
	f.SHA = b7>>29&1 != 0
	f.GFNI = c7>>8&1 != 0
	if c1&leaf1C3 != leaf1C3 || b7&leaf7B3 != leaf7B3 || cx&lzcnt == 0 || xgetbv()&xcrAVX != xcrAVX {
		return f, true
	}
	f.Level = V3
	if b7&leaf7B4 != leaf7B4 || xgetbv()&xcr512 != xcr512 {
		return f, true
	}
	f.Level = V4
	f.VBMI = c7>>1&1 != 0
	f.VNNI = c7>>11&1 != 0
	f.BITALG = c7>>12&1 != 0
	f.VPOPCNTDQ = c7>>14&1 != 0
	f.IFMA = b7>>21&1 != 0
	return f, true
}
