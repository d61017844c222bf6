package difftest

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"

	"armature/tcg/arm64"
)

// Mismatch is a case on which two executors differ without an explanation.
type Mismatch struct {
	Index     int // in the batch
	Case      Case
	Page      *[DataSize]byte
	Want, Got Result
	Diff      []string // what differs
}

// Options are those of Soak.
type Options struct {
	N      int                 // cases
	Seed   uint64              //
	MaxLen int                 // greatest number of instructions of a case; 0: 4
	Loop   int                 // if not 0, each case is a loop of so many iterations
	Ops    func(arm64.Op) bool // which encodings; nil: all
	// LooseFlags ignores NZCV after a memory fault when nothing reads it before it is overwritten: the passes
	// drop flags that only a fault would show.
	LooseFlags bool
	// Explain gives the reason for a known difference, or "". See QEMU.
	Explain func(c *Case, want, got *Result) string
	Screen  *Local // the interpreter, to look at each batch first; see Local.Screen
}

func (o *Options) why(c *Case, want, got *Result) string {
	if o.Explain == nil {
		return ""
	}
	return o.Explain(c, want, got)
}

// Soak compares executors on o.N cases. reference gives the one for encodings of a Neoverse-N1, or of later
// processors. Differing cases, shrunk, go to differ, which stops it all by returning false.
func Soak(o Options, reference func(neoverse bool) Executor, got Executor, differ func(batch int, m *Mismatch) bool) (Stats, error) {
	const perBatch = 2000
	var st Stats
	gens := [2]*Generator{}
	for k := range gens {
		gens[k] = NewGenerator(o.Seed+uint64(k)<<32, func(op arm64.Op) bool {
			return (o.Ops == nil || o.Ops(op)) && Neoverse(op) == (k == 0)
		})
		gens[k].Loop = o.Loop
		if o.MaxLen > 0 {
			gens[k].MaxLen = o.MaxLen
		}
		st.Encodings += gens[k].Ops()
	}
	if st.Encodings == 0 {
		return st, errors.New("difftest: no encoding to draw from")
	}
	var b Batch
	for i := 0; st.Cases < o.N; i++ {
		k := 0
		if i%8 == 7 && gens[1].Ops() > 0 || gens[0].Ops() == 0 {
			k = 1
		}
		ref := reference(k == 0)
		gens[k].Fill(&b, min(perBatch, o.N-st.Cases))
		if o.Screen != nil {
			n, err := o.Screen.Screen(&b)
			st.Endless += n
			if err != nil {
				return st, err
			}
		}
		bad, err := Check(&b, ref, got, &o, &st)
		if err != nil {
			return st, err
		}
		for _, m := range bad {
			m = Shrink(m, ref, got, &o)
			if !differ(i, &m) {
				return st, nil
			}
		}
	}
	return st, nil
}

// Stats counts what Check has seen.
type Stats struct {
	Encodings int
	Cases     int
	Insts     int            // words before the filling
	Faults    int            // cases that ended by another signal than SIGTRAP
	Skipped   int            // cases that one of the executors has not run
	Endless   int            // cases that Screen has emptied
	Explained map[string]int // by reason
}

// Check runs b on both executors and gives the cases that differ. want is the reference. Of o, only Explain and
// LooseFlags matter.
func Check(b *Batch, want, got Executor, o *Options, st *Stats) ([]Mismatch, error) {
	wants, err := want.Run(b)
	if err != nil {
		return nil, err
	}
	gots, err := got.Run(b)
	if err != nil {
		return nil, err
	}
	var bad []Mismatch
	for i := range b.Cases {
		c, w, g := &b.Cases[i], &wants[i], &gots[i]
		if w.Skipped || g.Skipped {
			st.Skipped++
			continue
		}
		st.Cases++
		st.Insts += c.Len()
		if w.Sig != 5 {
			st.Faults++
		}
		if same(w, g) {
			continue
		}
		if why := o.why(c, w, g); why != "" {
			if st.Explained == nil {
				st.Explained = map[string]int{}
			}
			st.Explained[why]++
			continue
		}
		bad = append(bad, Mismatch{Index: i, Case: *c, Page: &b.Page, Want: clone(w), Got: clone(g), Diff: diff(w, g)})
	}
	if o.LooseFlags {
		bad = slices.DeleteFunc(bad, func(m Mismatch) bool { return o.onlyFlags(&m) && flagsAreDead(b, &m, want) })
	}
	return bad, nil
}

// onlyFlags says that nothing but NZCV differs, or what has an explanation.
func (o *Options) onlyFlags(m *Mismatch) bool {
	w := m.Want
	w.NZCV = m.Got.NZCV
	return same(&w, &m.Got) || o.why(&m.Case, &w, &m.Got) != ""
}

// flagsAreDead says whether m, which is a memory fault after which only NZCV differs, comes to the same end with
// either when the guest goes on behind the faulting instruction, as it may: after a signal handler, or when the
// fault was due to an address' tag.
func flagsAreDead(b *Batch, m *Mismatch, ref Executor) bool {
	off := m.Want.PC - m.Case.PC&^(SlotSize-1)
	if m.Want.Sig != sigSEGV && m.Want.Sig != sigBUS || off >= SlotSize {
		return false
	}
	c := Batch{Page: b.Page, Cases: make([]Case, len(b.Cases))}
	copy(c.Cases, b.Cases) // for their words
	rest := &c.Cases[m.Index]
	rest.State = m.Want.State
	rest.Words[off/4] = nop
	var end [2]Result
	for k, nzcv := range [2]uint32{m.Want.NZCV, m.Got.NZCV} {
		rest.NZCV = nzcv
		for i := range c.Cases {
			if i != m.Index {
				c.Cases[i].PC = DataBase // ends at once
			}
		}
		res, err := ref.Run(&c)
		if err != nil {
			return false
		}
		end[k] = clone(&res[m.Index])
	}
	if end[0].Sig != sigTRAP {
		end[0].NZCV = end[1].NZCV // another fault
	}
	return same(&end[0], &end[1])
}

func clone(r *Result) Result {
	c := *r
	c.Dirty = append([]Line(nil), r.Dirty...)
	return c
}

// same is the quick comparison.
func same(a, b *Result) bool {
	if a.State != b.State || a.Sig != b.Sig || a.Code != b.Code || a.Addr != b.Addr || len(a.Dirty) != len(b.Dirty) {
		return false
	}
	for i := range a.Dirty {
		if a.Dirty[i] != b.Dirty[i] {
			return false
		}
	}
	return true
}

// diff lists what differs.
func diff(want, got *Result) []string {
	var d []string
	add := func(name string, w, g any) {
		if w != g {
			d = append(d, fmt.Sprintf("%-5s want %#018x\n      got  %#018x", name, w, g))
		}
	}
	for i := range want.X {
		name := fmt.Sprintf("x%d", i)
		if i == 31 {
			name = "sp"
		}
		add(name, want.X[i], got.X[i])
	}
	for i := range want.V {
		if w, g := want.V[i], got.V[i]; w != g {
			d = append(d, fmt.Sprintf("v%-4d want %016x_%016x\n      got  %016x_%016x", i, w.Hi, w.Lo, g.Hi, g.Lo))
		}
	}
	add("pc", want.PC, got.PC)
	add("nzcv", want.NZCV, got.NZCV)
	add("fpcr", want.FPCR, got.FPCR)
	add("fpsr", want.FPSR, got.FPSR)
	add("sig", want.Sig, got.Sig)
	add("code", want.Code, got.Code)
	add("addr", want.Addr, got.Addr)
	w, g := lines(want), lines(got)
	for off := uint64(0); off < DataSize; off += lineSize {
		if a, b := w[off], g[off]; (a == nil) != (b == nil) || a != nil && *a != *b {
			d = append(d, fmt.Sprintf("memory %#x: want %s\n                got  %s", DataBase+off, hexLine(a), hexLine(b)))
		}
	}
	return d
}

func lines(r *Result) map[uint64]*[lineSize]byte {
	m := map[uint64]*[lineSize]byte{}
	for i := range r.Dirty {
		m[r.Dirty[i].Off] = &r.Dirty[i].Data
	}
	return m
}

func hexLine(l *[lineSize]byte) string {
	if l == nil {
		return "unchanged"
	}
	return fmt.Sprintf("% x", l[:])
}

// Ops names the encodings of m's instructions, without NOPs.
func (m *Mismatch) Ops() string {
	var names []string
	for _, w := range m.Case.Words[:m.Case.Len()] {
		if w != nop {
			names = append(names, arm64.Decode(w).String())
		}
	}
	return strings.Join(names, " ")
}

const nop = 0xd503201f

// Shrink replaces words by NOPs as long as the executors still differ, and drops those at the end.
func Shrink(m Mismatch, want, got Executor, o *Options) Mismatch {
	if m.Case.Len() <= 1 {
		return m
	}
	// The slot's address matters to the code, so it stays; the other slots are idle.
	b := Batch{Page: *m.Page, Cases: make([]Case, m.Index+1)}
	for i := range b.Cases {
		b.Cases[i].PC = Slot(i)
		for j := range b.Cases[i].Words {
			b.Cases[i].Words[j] = brk
		}
	}
	try := func(c Case) *Mismatch {
		b.Cases[m.Index] = c
		var st Stats
		bad, err := Check(&b, want, got, o, &st)
		if err != nil || len(bad) == 0 {
			return nil
		}
		return &bad[len(bad)-1]
	}
	best := try(m.Case)
	if best == nil {
		return m // it needs the others
	}
	for i := 0; i < best.Case.Len(); i++ {
		c := best.Case
		c.Words[i] = nop
		if n := try(c); n != nil {
			best = n
		}
	}
	for n := best.Case.Len(); n > 0 && best.Case.Words[n-1] == nop; n-- {
		c := best.Case
		c.Words[n-1] = brk
		if s := try(c); s != nil {
			best = s
		}
	}
	return *best
}

// String prints m so that it can be understood and run again.
func (m *Mismatch) String() string {
	var b strings.Builder
	words := m.Case.Words[:m.Case.Len()]
	texts := Disassemble(words, m.Case.PC)
	x, v := map[int]bool{}, map[int]bool{}
	for i, w := range words {
		o := arm64.Decode(w)
		fmt.Fprintf(&b, "%x: %08x  %-28s %v\n", m.Case.PC+4*uint64(i), w, texts[i], o)
		if w == nop {
			continue
		}
		for _, f := range o.Fields() {
			if f.Width == 5 && f.Name[0] == 'R' {
				x[int(get(w, f))], v[int(get(w, f))] = true, true
			} else if f.Name == "Rm4" {
				v[int(get(w, f))], v[int(get(w, f))+16] = true, true
			}
		}
	}
	fmt.Fprintf(&b, "before: %v\n", &m.Case.State)
	for i := range m.Case.X {
		if x[i] {
			fmt.Fprintf(&b, "  x%d = %#018x\n", i, m.Case.X[i])
		}
	}
	for i, r := range m.Case.V {
		if v[i] {
			fmt.Fprintf(&b, "  v%d = %016x_%016x\n", i, r.Hi, r.Lo)
		}
	}
	for _, d := range m.Diff {
		fmt.Fprintln(&b, d)
	}
	return b.String()
}

// Disassemble gives the text of each word as binutils has it, or the word if binutils is not there.
func Disassemble(words []uint32, pc uint64) []string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = fmt.Sprintf(".inst %#08x", w)
	}
	f, err := os.CreateTemp("", "words")
	if err != nil {
		return texts
	}
	defer os.Remove(f.Name())
	for _, w := range words {
		f.Write(bytesOf(&w))
	}
	f.Close()
	out, err := exec.Command("aarch64-linux-gnu-objdump", "-D", "-z", "-b", "binary", "-m", "aarch64",
		fmt.Sprintf("--adjust-vma=%#x", pc), f.Name()).Output()
	if err != nil {
		return texts
	}
	n := 0
	for _, line := range bytes.Split(out, []byte("\n")) {
		// "  address:\tword \ttext"
		part := bytes.SplitN(line, []byte("\t"), 3)
		if len(part) == 3 && bytes.HasSuffix(part[0], []byte(":")) && n < len(texts) {
			texts[n] = strings.ReplaceAll(string(part[2]), "\t", " ")
			n++
		}
	}
	return texts
}
