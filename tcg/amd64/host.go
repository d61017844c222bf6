package amd64

import "armature/tcg/amd64/asm"

// Level is an x86-64 microarchitecture level of the System V psABI.
type Level uint8

// Levels. V2 (SSE4.2, POPCNT, CMPXCHG16B, LAHF) is the least that the back end runs on.
const (
	V2 Level = 2 + iota // x86-64-v2
	V3                  // AVX2, BMI1, BMI2, FMA, F16C, LZCNT, MOVBE
	V4                  // AVX-512 F, BW, CD, DQ, VL
)

func (l Level) String() string { return "v" + string('0'+rune(l)) }

// Features says what translated code may use: a level, and what no level implies.
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

	set asm.Feature
}

// Host detects what this machine has. ok is false when it is below V2.
func Host() (f Features, ok bool) {
	f = features(asm.HostFeatures)
	return f, f.Level >= V2
}

// At gives the features that remain when the host is taken for one of level l.
func (f Features) At(l Level) Features {
	if l >= f.Level {
		return f
	}
	return features(f.set.Limit([...]asm.Feature{asm.V2, asm.V3, asm.V4}[l-V2]))
}

// Bits tells apart sets of features: code made for one set is for no other.
func (f Features) Bits() uint64 { return uint64(f.set) }

func features(s asm.Feature) Features {
	return Features{
		Level: Level(s.Level()), set: s,
		AES: s.Has(asm.AESNI), PCLMUL: s.Has(asm.PCLMUL), SHA: s.Has(asm.SHANI), GFNI: s.Has(asm.GFNI),
		VBMI: s.Has(asm.AVX512VBMI), VNNI: s.Has(asm.AVX512VNNI), BITALG: s.Has(asm.AVX512BITALG),
		IFMA: s.Has(asm.AVX512IFMA), VPOPCNTDQ: s.Has(asm.AVX512VPOPCNT),
	}
}
