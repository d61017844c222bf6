package linuxuser

import "armature/tcg/arm64"

// capability is one bit of AT_HWCAP or AT_HWCAP2 (arch/arm64's asm/hwcap.h).
type capability struct {
	name string // as in /proc/cpuinfo
	word int    // 0: AT_HWCAP, 1: AT_HWCAP2
	bit  uint
	feat string // the architectural feature that gives it, as a64.pat names it; "" for none of its own
}

// capabilities are those that the front end has. A test holds them against its
// table of instructions.
var capabilities = [...]capability{
	{"fp", 0, 0, ""}, {"asimd", 0, 1, ""}, {"evtstrm", 0, 2, ""},
	{"aes", 0, 3, "FEAT_AES"}, {"pmull", 0, 4, "FEAT_PMULL"},
	{"sha1", 0, 5, "FEAT_SHA1"}, {"sha2", 0, 6, "FEAT_SHA256"}, {"crc32", 0, 7, "FEAT_CRC32"},
	{"atomics", 0, 8, "FEAT_LSE"}, {"fphp", 0, 9, "FEAT_FP16"}, {"asimdhp", 0, 10, "FEAT_FP16"},
	{"cpuid", 0, 11, ""}, {"asimdrdm", 0, 12, "FEAT_RDM"}, {"jscvt", 0, 13, "FEAT_JSCVT"},
	{"fcma", 0, 14, "FEAT_FCMA"}, {"lrcpc", 0, 15, "FEAT_LRCPC"}, {"dcpop", 0, 16, "FEAT_DPB"},
	{"sha3", 0, 17, "FEAT_SHA3"}, {"asimddp", 0, 20, "FEAT_DotProd"}, {"sha512", 0, 21, "FEAT_SHA512"},
	{"asimdfhm", 0, 23, "FEAT_FHM"}, {"ilrcpc", 0, 26, "FEAT_LRCPC2"}, {"flagm", 0, 27, "FEAT_FlagM"},
	{"sb", 0, 29, "FEAT_SB"},
	{"flagm2", 1, 7, "FEAT_FlagM2"}, {"frint", 1, 8, "FEAT_FRINTTS"},
	{"i8mm", 1, 13, "FEAT_I8MM"}, {"bf16", 1, 14, "FEAT_BF16"},
}

// hwcap gives AT_HWCAP and AT_HWCAP2.
func hwcap() (w [2]uint64) {
	for _, c := range capabilities {
		w[c.word] |= 1 << c.bit
	}
	return w
}

// cpuinfo is /proc/cpuinfo of n such processors.
func cpuinfo(n int) []byte {
	const midr = arm64.MIDR
	var feats []byte
	for _, c := range capabilities {
		feats = append(append(feats, ' '), c.name...)
	}
	var out []byte
	for i := range n {
		out = appendf(out, "processor\t: %d\nBogoMIPS\t: 50.00\nFeatures\t:%s\nCPU implementer\t: 0x%02x\nCPU architecture: 8\n"+
			"CPU variant\t: 0x%x\nCPU part\t: 0x%03x\nCPU revision\t: %d\n\n",
			i, feats, midr>>24, midr>>20&0xf, midr>>4&0xfff, midr&0xf)
	}
	return out
}
