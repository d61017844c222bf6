package cpu

import (
	"bufio"
	"fmt"
	"io"
	"strings"
	"sync"

	"armature/tcg/code"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Tracer writes what the engine does. One is shared by all CPUs.
type Tracer struct {
	mu                     sync.Mutex
	w                      *bufio.Writer
	in, ir, out, exec, cpu bool
}

// TraceItems are the things a Tracer can show.
var TraceItems = []struct{ Name, Help string }{
	{"in_asm", "guest instructions of each translation block"},
	{"ir", "its IR after the passes"},
	{"out_asm", "the host code"},
	{"exec", "each block as it is entered (switches chaining off)"},
	{"cpu", "with exec: the registers as well"},
}

// NewTracer makes a tracer of the comma-separated items that writes to w.
func NewTracer(w io.Writer, items string) (*Tracer, error) {
	t := &Tracer{w: bufio.NewWriter(w)}
	flag := map[string]*bool{"in_asm": &t.in, "ir": &t.ir, "out_asm": &t.out, "exec": &t.exec, "cpu": &t.cpu}
	for _, s := range strings.Split(items, ",") {
		p := flag[s]
		if p == nil {
			var names []string
			for _, i := range TraceItems {
				names = append(names, i.Name)
			}
			return nil, fmt.Errorf("trace item %q: want one of %s", s, strings.Join(names, ", "))
		}
		*p = true
	}
	return t, nil
}

// Flush writes out what is buffered.
func (t *Tracer) Flush() {
	t.mu.Lock()
	t.w.Flush()
	t.mu.Unlock()
}

// Disassembler has the functions of package disasm, in a program that shows
// instructions; without them they are shown as numbers.
var Disassembler struct {
	Guest func(w uint32, pc uint64) string
	Host  func(b []byte, base uint64) string
}

// Guest disassembles one A64 instruction word.
func Guest(w uint32, pc uint64) string {
	if f := Disassembler.Guest; f != nil {
		return f(w, pc)
	}
	return fmt.Sprintf(".inst %#08x", w)
}

// Host disassembles amd64 code that lies at base, a line an instruction.
func Host(b []byte, base uint64) string {
	if f := Disassembler.Host; f != nil {
		return f(b, base)
	}
	return fmt.Sprintf("  %#x  %x\n", base, b)
}

func (t *Tracer) traceIn(g *ir.Region) {
	if !t.in {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, "IN: %#x tier %d\n", g.PC, g.Tier)
	for i := range g.Insts {
		if in := &g.Insts[i]; in.Op == ir.Insn {
			fmt.Fprintf(t.w, "  %#x  %08x  %s\n", uint64(in.Imm), in.Aux, Guest(in.Aux, uint64(in.Imm)))
		}
	}
	t.w.Flush()
}

func (t *Tracer) traceIR(g *ir.Region) {
	if !t.ir {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, "IR: %#x\n", g.PC)
	ir.Print(t.w, g)
	t.w.Flush()
}

func (t *Tracer) traceOut(e *Engine, g *ir.Region, tb *code.TB, text int) {
	if !t.out {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	lo, _ := e.cache.Code(tb)
	fmt.Fprintf(t.w, "OUT: %#x: %d guest instructions, %d bytes\n%s", g.PC, g.Guest, text,
		Host(e.cache.Window(lo, text), lo))
	t.w.Flush()
}

// traceRejected tells, whatever is traced, that a region could not be translated.
func (t *Tracer) traceRejected(pc uint64, tier uint8, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, "REJECTED: %#x tier %d: %v\n", pc, tier, err)
	t.w.Flush()
}

func (t *Tracer) traceExec(c *CPU) {
	s := c.State
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Fprintf(t.w, "EXEC: %#x\n", s.PC)
	if t.cpu {
		for i, v := range s.X {
			fmt.Fprintf(t.w, " x%-2d=%016x", i, v)
			if i%4 == 3 {
				fmt.Fprintln(t.w)
			}
		}
		fmt.Fprintf(t.w, " nzcv=%x fpcr=%08x fpsr=%08x\n", state.UnpackNZCV(s.Flags), s.FPCR, s.GetFPSR())
	}
	t.w.Flush()
}
