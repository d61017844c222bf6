package arm64

import "armature/tcg/ir"

// What a program reads from the identification registers, directly or through Linux, which
// emulates them for EL0 and shows the fields of interest only. They agree with a64.pat.
const (
	// MIDR is the Neoverse N1 r3p1.
	MIDR = 0x413fd0c1

	// CTR has 64-byte cache lines and IDC: DC CVAU is not needed before IC IVAU.
	CTR = 1<<31 | 1<<28 | 4<<24 | 4<<20 | 4<<16 | 3<<14 | 4

	// DCZID: DC ZVA clears 64 bytes.
	DCZID = 4

	IDAA64PFR0 = 0x1111 | // EL0 to EL3 are AArch64 only
		1<<16 | // FP: with half precision
		1<<20 // AdvSIMD: likewise

	IDAA64ISAR0 = 2<<4 | // AES: with PMULL
		1<<8 | // SHA1
		2<<12 | // SHA2: SHA256 and SHA512
		1<<16 | // CRC32
		2<<20 | // Atomic: LSE
		1<<28 | // RDM
		1<<32 | // SHA3
		1<<44 | // DP
		1<<48 | // FHM
		2<<52 // TS: FlagM2

	IDAA64ISAR1 = 1 | // DPB: DC CVAP
		1<<12 | // JSCVT
		1<<16 | // FCMA
		2<<20 | // LRCPC
		1<<32 | // FRINTTS
		1<<36 | // SB
		1<<44 | // BF16
		1<<52 // I8MM

	// Hidden fields have the values with which Linux stands in for them.
	idAA64DFR0  = 6
	idAA64MMFR0 = 0xff << 24
)

type regKind uint8

const (
	regConst regKind = iota // reads as value
	regNZCV
	regSys // value is an ir.Sys constant
)

type sysReg struct {
	enc      uint32 // see Inst.sysreg
	kind     regKind
	writable bool
	value    uint64
}

// sysOp0 is op0 = 3 in an encoding; then come op1, CRn, CRm and op2.
const sysOp0 = 1 << 14

// sysRegs are the registers that EL0 may read, by encoding. There is no access to the physical
// counter, the timers, DAIF and the performance monitors: Linux traps them.
var sysRegs = [...]sysReg{
	{sysOp0 | 0<<11 | 0<<7 | 0<<3 | 0, regConst, false, MIDR},
	{sysOp0 | 0<<11 | 0<<7 | 0<<3 | 5, regConst, false, 1 << 31}, // MPIDR_EL1, as Linux shows it
	{sysOp0 | 0<<11 | 0<<7 | 0<<3 | 6, regConst, false, 0},       // REVIDR_EL1
	{sysOp0 | 0<<11 | 0<<7 | 4<<3 | 0, regConst, false, IDAA64PFR0},
	{sysOp0 | 0<<11 | 0<<7 | 5<<3 | 0, regConst, false, idAA64DFR0},
	{sysOp0 | 0<<11 | 0<<7 | 6<<3 | 0, regConst, false, IDAA64ISAR0},
	{sysOp0 | 0<<11 | 0<<7 | 6<<3 | 1, regConst, false, IDAA64ISAR1},
	{sysOp0 | 0<<11 | 0<<7 | 7<<3 | 0, regConst, false, idAA64MMFR0},
	{sysOp0 | 3<<11 | 0<<7 | 0<<3 | 1, regConst, false, CTR},
	{sysOp0 | 3<<11 | 0<<7 | 0<<3 | 7, regConst, false, DCZID},
	{sysOp0 | 3<<11 | 4<<7 | 2<<3 | 0, regNZCV, true, 0},
	{sysOp0 | 3<<11 | 4<<7 | 4<<3 | 0, regSys, true, uint64(ir.SysFPCR)},
	{sysOp0 | 3<<11 | 4<<7 | 4<<3 | 1, regSys, true, uint64(ir.SysFPSR)},
	{sysOp0 | 3<<11 | 13<<7 | 0<<3 | 2, regSys, true, uint64(ir.SysTPIDR)},
	{sysOp0 | 3<<11 | 13<<7 | 0<<3 | 3, regSys, false, uint64(ir.SysTPIDRRO)},
	{sysOp0 | 3<<11 | 14<<7 | 0<<3 | 0, regSys, false, uint64(ir.SysCNTFRQ)},
	{sysOp0 | 3<<11 | 14<<7 | 0<<3 | 2, regSys, false, uint64(ir.SysCNTVCT)},
}

// findSysReg gives the register of an encoding, or nil. Accesses are rare in code; the common
// ones, TPIDR_EL0 and the counter, are at the end.
func findSysReg(enc uint32) *sysReg {
	for i := len(sysRegs) - 1; i >= 0; i-- {
		if sysRegs[i].enc == enc {
			return &sysRegs[i]
		}
	}
	return nil
}

// isIDSpace says whether Linux emulates reads of the register: S3_0_C0_C2_0 to S3_0_C0_C7_7.
// Those without a name read as zero.
func isIDSpace(enc uint32) bool {
	return enc>>7 == sysOp0>>7 && enc>>3&15 >= 2 && enc>>3&15 <= 7
}
