package arm64

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"flag"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sort"
	"strconv"
	"strings"
	"testing"
)

var (
	oracleWords = flag.Int("oracle.words", 150000, "words to compare with objdump")
	oracleSeed  = flag.Uint64("oracle.seed", 1, "seed of the comparison with objdump")
)

// absent matches instructions of features that are not here, and those undefined at EL0.
var absent = regexp.MustCompile(`^(` + strings.Join([]string{
	`hvc|smc|eret|drps|dcps[123]|sysl?|wfet|wfit|bc\..*`,                                // EL1 and up; FEAT_WFxT, FEAT_HBC
	`t(start|commit|cancel|test)`,                                                       // FEAT_TME
	`(pac|aut)[id]z?[ab]|pacga|xpac[id]|br?l?ra[ab]z?|blra[ab]z?|(e?ret)a[ab]|ldra[ab]`, // PAuth, not in the hint space
	`addg|subg|irg|gmi|subps?|cmpp|ldgm?|stz?gm?|stz?2g|stgp|st2g`,                      // MTE
	`ld64b|st64b(v0?)?`,         // LS64
	`(cpy|set)[a-z]*`,           // MOPS; setf is handled apart
	`sm3.*|sm4.*`,               // SM3, SM4
	`ctz|cnt|abs|[su](max|min)`, // CSSC, on general registers; see classify
	`ldiapp|stilp|ldap1|stl1|rprfm|gcs.*|tlbip|sysp|msrr|mrrs|rcw.*|ldclrp.*|ldsetp.*|swpp.*`,
	`cfinvx|adr.*_sve|udf_sve`,
}, "|") + `)$`)

// classify says whether objdump's text is of an instruction that must be valid here.
func classify(text string) bool {
	text = strings.TrimSpace(text)
	mnemonic, ops, _ := strings.Cut(text, "\t")
	mnemonic = strings.TrimSpace(mnemonic)
	if strings.HasPrefix(mnemonic, ".") || strings.Contains(text, "undefined") {
		return false
	}
	if regexpScalable.MatchString(ops) || regexpPredicate.MatchString(mnemonic) {
		return false
	}
	switch mnemonic {
	case "setf8", "setf16":
		return true
	case "cnt", "abs", "smax", "smin", "umax", "umin":
		return ops[0] != 'x' && ops[0] != 'w' // CSSC
	case "sys":
		return maintenance.MatchString(ops)
	case "msr":
		// The immediate form: of PSTATE fields, EL0 has none here.
		return !regexpImm.MatchString(ops)
	}
	return !absent.MatchString(mnemonic)
}

// maintenance matches the operations of SYS that EL0 has: DC ZVA, CVAC, CVAU, CVAP, CIVAC, and IC IVAU.
var maintenance = regexp.MustCompile(`^#3, C7, C(4|5|10|11|12|14), #1(,|$)`)

var (
	regexpScalable  = regexp.MustCompile(`\b([zp][0-9]+|za[0-9]*[hv]?|zt0|pn[0-9]+)\b`)
	regexpPredicate = regexp.MustCompile(`^(rdvl|addvl|addpl|cnt[bhwd]|inc[bhwd]|dec[bhwd]|[su]q(inc|dec)[bhwd]|rdffr|setffr|wrffr|smstart|smstop|ctermeq|ctermne|rdsvl|addsvl|addspl|zero)$`)
	regexpImm       = regexp.MustCompile(`, #`)
)

// objdump disassembles words.
func objdump(t testing.TB, words []uint32) []string {
	t.Helper()
	bin := filepath.Join(t.TempDir(), "words")
	data := make([]byte, 0, 4*len(words))
	for _, w := range words {
		data = binary.LittleEndian.AppendUint32(data, w)
	}
	if err := os.WriteFile(bin, data, 0o666); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("aarch64-linux-gnu-objdump", "-D", "-z", "-b", "binary", "-m", "aarch64", "-M", "no-aliases,no-notes", bin)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	pipe, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal("needs binutils-aarch64-linux-gnu: ", err)
	}
	texts := make([]string, 0, len(words))
	sc := bufio.NewScanner(pipe)
	for sc.Scan() {
		line := sc.Text()
		colon := strings.IndexByte(line, ':')
		if colon < 0 || len(line) < colon+12 || line[colon+1] != '\t' {
			continue
		}
		w, err := strconv.ParseUint(line[colon+2:colon+10], 16, 32)
		if err != nil || len(texts) >= len(words) || uint32(w) != words[len(texts)] {
			t.Fatalf("unexpected line %q", line)
		}
		texts = append(texts, strings.TrimSpace(line[colon+11:]))
	}
	if err := cmd.Wait(); err != nil {
		t.Fatalf("objdump: %v\n%s", err, &stderr)
	}
	if len(texts) != len(words) {
		t.Fatalf("objdump gave %d lines for %d words", len(texts), len(words))
	}
	return texts
}

// TestValidity compares with binutils which words are defined.
func TestValidity(t *testing.T) {
	r := rand.New(rand.NewPCG(*oracleSeed, 0))
	words := make([]uint32, 0, *oracleWords)
	for len(words) < *oracleWords {
		words = append(words, r.Uint32())
		// A word of some encoding, its constraints ignored, so that its limits are tried too.
		o := Op(1 + r.IntN(int(NumOps)-1))
		mask, value := o.Bits()
		words = append(words, value|r.Uint32()&^mask)
		// Near misses: one literal bit turned round.
		if w := RandomInst(r, o); r.IntN(4) == 0 {
			words = append(words, w^1<<r.IntN(32))
		} else {
			words = append(words, w)
		}
	}
	type diff struct {
		n       int
		example string
	}
	diffs := map[string]*diff{}
	texts := objdump(t, words)
	defined := 0
	for i, w := range words {
		op := Decode(w)
		want := classify(texts[i])
		if want {
			defined++
		}
		if (op != OpUndefined) == want || explained(w, op, texts[i]) != "" {
			continue
		}
		mn, _, _ := strings.Cut(texts[i], "\t")
		key := fmt.Sprintf("%v for %q", op, mn)
		d := diffs[key]
		if d == nil {
			d = &diff{example: fmt.Sprintf("%08x %s", w, texts[i])}
			diffs[key] = d
		}
		d.n++
	}
	keys := make([]string, 0, len(diffs))
	for k := range diffs {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	for _, k := range keys {
		t.Errorf("decoded as %s: %d times, such as %s", k, diffs[k].n, diffs[k].example)
	}
	t.Logf("%d words, %d of them defined", len(words), defined)
}

// explained gives the reason why we differ from binutils on purpose, or "".
func explained(w uint32, op Op, text string) string {
	mnemonic, ops, _ := strings.Cut(text, "\t")
	switch op {
	case OpLDAR, OpLDLAR, OpSTLR, OpSTLLR:
		if w>>10&31 != 31 || w>>16&31 != 31 {
			return "Rs and Rt2 should be ones, and are ignored"
		}
	case OpLDPSW_off, OpLDPSW_post, OpLDPSW_pre:
		i := Inst(w)
		if i.Rt() == i.Rt2() || i.Rn() == i.Rt() || i.Rn() == i.Rt2() {
			return "CONSTRAINED UNPREDICTABLE: executes; see ldst.go for which result stays"
		}
	case OpUndefined:
		switch mnemonic {
		case "fmlal", "fmlal2", "fmlsl", "fmlsl2":
			if w>>22&1 == 1 {
				return "UNDEFINED in the manual when sz is 1"
			}
		case "dsb":
			if strings.HasSuffix(ops, "nxs") {
				return "FEAT_XS is not here"
			}
		case "mrs", "msr":
			if w>>20&1 == 0 {
				return "op0 is 0 or 1: not a system register"
			}
		}
	}
	return ""
}
