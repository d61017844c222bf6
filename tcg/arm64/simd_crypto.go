package arm64

import "armature/tcg/ir"

// Cryptographic AES.

func (t *Translator) trAESE(i Inst) bool   { return t.vRmw(i, ir.AESE, 0, ir.ShapeQ) }
func (t *Translator) trAESD(i Inst) bool   { return t.vRmw(i, ir.AESD, 0, ir.ShapeQ) }
func (t *Translator) trAESMC(i Inst) bool  { return t.vUn(i, ir.AESMC, 0, ir.ShapeQ) }
func (t *Translator) trAESIMC(i Inst) bool { return t.vUn(i, ir.AESIMC, 0, ir.ShapeQ) }

// Cryptographic three-register SHA.

func (t *Translator) trSHA1C(i Inst) bool     { return t.vSHA(i, ir.SHA1C) }
func (t *Translator) trSHA1P(i Inst) bool     { return t.vSHA(i, ir.SHA1P) }
func (t *Translator) trSHA1M(i Inst) bool     { return t.vSHA(i, ir.SHA1M) }
func (t *Translator) trSHA1SU0(i Inst) bool   { return t.vSHA(i, ir.SHA1SU0) }
func (t *Translator) trSHA256H(i Inst) bool   { return t.vSHA(i, ir.SHA256H) }
func (t *Translator) trSHA256H2(i Inst) bool  { return t.vSHA(i, ir.SHA256H2) }
func (t *Translator) trSHA256SU1(i Inst) bool { return t.vSHA(i, ir.SHA256SU1) }

// Cryptographic two-register SHA.

func (t *Translator) trSHA1H(i Inst) bool     { return t.vUn(i, ir.SHA1H, single, ir.ShapeQ) }
func (t *Translator) trSHA1SU1(i Inst) bool   { return t.vRmw(i, ir.SHA1SU1, single, ir.ShapeQ) }
func (t *Translator) trSHA256SU0(i Inst) bool { return t.vRmw(i, ir.SHA256SU0, single, ir.ShapeQ) }

// Cryptographic SHA 512.

func (t *Translator) trSHA512H(i Inst) bool   { return t.vSHA(i, ir.SHA512H) }
func (t *Translator) trSHA512H2(i Inst) bool  { return t.vSHA(i, ir.SHA512H2) }
func (t *Translator) trSHA512SU1(i Inst) bool { return t.vSHA(i, ir.SHA512SU1) }
func (t *Translator) trSHA512SU0(i Inst) bool { return t.vRmw(i, ir.SHA512SU0, double, ir.ShapeQ) }

// vSHA is Vd = op(Vd, Vn, Vm).
func (t *Translator) vSHA(i Inst, op ir.Op) bool {
	return t.vPut(i.Rd(), t.vOp(op, single, ir.ShapeQ, t.V(i.Rd()), t.V(i.Rn()), t.V(i.Rm())))
}

// Cryptographic three and four-register (SHA3).

func (t *Translator) trRAX1(i Inst) bool { return t.vBin(i, ir.VRax1, double, ir.ShapeQ) }
func (t *Translator) trEOR3(i Inst) bool { return t.vFour(i, ir.VXor3) }
func (t *Translator) trBCAX(i Inst) bool { return t.vFour(i, ir.VBcax) }

func (t *Translator) trXAR(i Inst) bool {
	return t.vPut(i.Rd(), t.vOpAux(ir.VXar, double, ir.ShapeQ, i.imm6_15_10(), t.V(i.Rn()), t.V(i.Rm()), 0))
}

func (t *Translator) vFour(i Inst, op ir.Op) bool {
	return t.vPut(i.Rd(), t.vOp(op, double, ir.ShapeQ, t.V(i.Rn()), t.V(i.Rm()), t.V(i.Ra())))
}
