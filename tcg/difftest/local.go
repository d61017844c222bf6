package difftest

import (
	"bytes"
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"armature/tcg/state"
)

// Engine runs guest code in this process.
type Engine interface {
	// Run goes on at c.PC until something happens that a kernel would have to handle: a state.Exit for
	// Break, Undefined, Fault (the Fault fields of c tell which) or Fetch (with its argument). All else it
	// deals with by itself. It gives up with ErrEndless when that takes too long, if it can.
	Run(c *state.CPU) (reason uint32, arg uint64, err error)
	// Flush forgets all translations, as the code has changed.
	Flush()
}

// Memory of the cases, mapped at its guest addresses once for the process.
var code, data []byte

func mapMemory() error {
	if code != nil {
		return nil
	}
	at := func(addr, size uintptr, prot int) ([]byte, error) {
		const flags = syscall.MAP_PRIVATE | syscall.MAP_ANON | 0x100000 // MAP_FIXED_NOREPLACE
		p, _, e := syscall.Syscall6(syscall.SYS_MMAP, addr, size, uintptr(prot), flags, ^uintptr(0), 0)
		if e != 0 || p != addr {
			return nil, fmt.Errorf("difftest: mmap at %#x: %v", addr, e)
		}
		return unsafe.Slice(*(**byte)(unsafe.Pointer(&p)), size), nil
	}
	c, err := at(CodeBase, CodeSize, syscall.PROT_READ|syscall.PROT_WRITE)
	if err != nil {
		return err
	}
	d, err := at(DataBase, DataSize, syscall.PROT_READ|syscall.PROT_WRITE)
	if err != nil {
		return err
	}
	code, data = c, d
	return nil
}

// Local runs batches on an Engine.
type Local struct {
	// SkipWild says that the engine is not confined to the cases' memory, so that it must not run the
	// cases of Batch.Wild.
	SkipWild bool

	engine  Engine
	cpu     *state.CPU
	results []Result
	lines   []Line
}

// NewLocal gives an executor around e. There may be several, not running at once.
func NewLocal(e Engine) (*Local, error) {
	mem, err := syscall.Mmap(-1, 0, int(state.Size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, err
	}
	c := (*state.CPU)(unsafe.Pointer(&mem[0]))
	c.Init()
	return NewLocalOn(e, c)
}

// NewLocalOn is NewLocal for an engine that has its own CPU.
func NewLocalOn(e Engine, c *state.CPU) (*Local, error) {
	if err := mapMemory(); err != nil {
		return nil, err
	}
	return &Local{engine: e, cpu: c}, nil
}

// Run runs the cases one after the other.
func (l *Local) Run(b *Batch) ([]Result, error) {
	if len(b.Cases) == 0 || len(b.Cases) > MaxCases {
		return nil, fmt.Errorf("difftest: %d cases", len(b.Cases))
	}
	if err := syscall.Mprotect(code, syscall.PROT_READ|syscall.PROT_WRITE); err != nil {
		return nil, err
	}
	for i := range b.Cases {
		copy(code[i*SlotSize:], bytesOf(&b.Cases[i].Words))
	}
	if err := syscall.Mprotect(code, syscall.PROT_READ); err != nil {
		return nil, err
	}
	l.engine.Flush()
	copy(data, b.Page[:])
	if cap(l.results) < len(b.Cases) {
		l.results = make([]Result, MaxCases)
	}
	l.results, l.lines = l.results[:len(b.Cases)], l.lines[:0]
	for i := range b.Cases {
		if l.SkipWild && b.Wild != nil && b.Wild[i] {
			l.results[i] = Result{Skipped: true}
			continue
		}
		l.enter(&b.Cases[i])
		reason, arg, err := l.engine.Run(l.cpu)
		if err == ErrEndless {
			return nil, &EndlessError{i}
		} else if err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
		if err := l.leave(&l.results[i], b, reason, arg); err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
	}
	return l.results, nil
}

func (l *Local) enter(k *Case) {
	c := l.cpu
	c.X, c.V, c.PC = k.X, k.V, k.PC
	c.Flags = state.PackNZCV(k.NZCV)
	c.SetFPCR(k.FPCR)
	c.SetFPSR(k.FPSR)
	c.Stop, c.ExitReason, c.ExitArg, c.TPIDR, c.TPIDRRO, c.ExSize = 0, 0, 0, 0, 0, 0
	c.FaultSig, c.FaultCode, c.FaultAddr = 0, 0, 0
}

// leave turns the exit into the signal that Linux would send.
func (l *Local) leave(r *Result, b *Batch, reason uint32, arg uint64) error {
	c := l.cpu
	*r = Result{State: State{X: c.X, V: c.V, PC: c.PC, NZCV: state.UnpackNZCV(c.Flags), FPCR: c.FPCR, FPSR: c.GetFPSR()}}
	r.Addr = c.PC
	switch reason {
	case state.ExitBreak:
		r.Sig, r.Code = int32(syscall.SIGTRAP), 1 // TRAP_BRKPT
	case state.ExitUndefined:
		r.Sig, r.Code = int32(syscall.SIGILL), 1 // ILL_ILLOPC
	case state.ExitFault:
		r.Sig, r.Code, r.Addr = int32(c.FaultSig), int32(c.FaultCode), untag(c.FaultAddr)
	case state.ExitFetch:
		switch arg {
		case state.FetchMisaligned:
			r.Sig, r.Code = int32(syscall.SIGBUS), 1 // BUS_ADRALN
		case state.FetchNoExec:
			r.Sig, r.Code = int32(syscall.SIGSEGV), 2 // SEGV_ACCERR
		default:
			r.Sig, r.Code = int32(syscall.SIGSEGV), 1 // SEGV_MAPERR
		}
	default:
		return fmt.Errorf("left with reason %d at %#x", reason, c.PC)
	}
	first := len(l.lines)
	for off := 0; off < DataSize; off += lineSize {
		if line, was := data[off:off+lineSize], b.Page[off:off+lineSize]; !bytes.Equal(line, was) {
			l.lines = append(l.lines, Line{Off: uint64(off), Data: [lineSize]byte(line)})
			copy(line, was)
		}
	}
	r.Dirty = l.lines[first:len(l.lines):len(l.lines)]
	return nil
}

// untag drops the tag of a user address, as Linux does in si_addr; other addresses keep theirs.
func untag(addr uint64) uint64 {
	if addr>>55&1 == 0 {
		addr &= 1<<56 - 1
	}
	return addr
}

// EndlessError says that a case does not come to an end.
type EndlessError struct{ Case int }

func (e *EndlessError) Error() string { return fmt.Sprintf("difftest: case %d does not end", e.Case) }

// Screen runs b on l, whose engine must be the interpreter: it is confined to the cases' memory, and notices
// what does not end. Cases that do not, it empties; those that must not run unconfined, it marks. It gives
// how many it has emptied.
func (l *Local) Screen(b *Batch) (emptied int, err error) {
	b.Wild = nil
	for {
		res, err := l.Run(b)
		if e := new(EndlessError); errors.As(err, &e) {
			for i := range b.Cases[e.Case].Words {
				b.Cases[e.Case].Words[i] = brk
			}
			emptied++
			continue
		}
		if err != nil {
			return emptied, err
		}
		b.Wild = make([]bool, len(res))
		for i := range res {
			b.Wild[i] = wild(&res[i])
		}
		return emptied, nil
	}
}

func wild(r *Result) bool {
	const near = 1 << 30
	return r.Sig == sigSEGV && r.Addr < 1<<47 && r.Addr-(CodeBase-near) > DataBase-CodeBase+2*near
}

// View is the cases' code as a translator needs it: see arm64.Code.
type View struct{}

// Fetch gives the code from pc to the end of the slots.
func (View) Fetch(pc uint64) []byte {
	if off := pc - CodeBase; off < CodeSize {
		return code[off:]
	}
	return nil
}

// FetchFault says why nothing can be fetched at pc: an argument of state.ExitFetch.
func FetchFault(pc uint64) uint64 {
	switch {
	case pc&3 != 0:
		return state.FetchMisaligned
	case pc-DataBase < DataSize:
		return state.FetchNoExec
	}
	return state.FetchUnmapped
}
