package difftest

import (
	"bytes"
	"fmt"
	"syscall"
	"unsafe"

	"armature/tcg/state"
)

// Engine runs guest code in this process.
type Engine interface {
	// Run goes on at c.PC until something happens that a kernel would have to handle. It deals with
	// ExitLookup, ExitStop, ExitHot, ExitFlush and ExitHelper by itself, and with ExitSPAlign: it goes
	// on, checking each access. It gives up with an error when the guest does not come to an end.
	Run(c *state.CPU) error
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
	// Skip, if set, says which cases of the next batch not to run.
	Skip func(i int) bool

	engine  Engine
	cpu     *state.CPU
	results []Result
	lines   []Line
}

// NewLocal gives an executor around e. There may be several, not running at once.
func NewLocal(e Engine) (*Local, error) {
	if err := mapMemory(); err != nil {
		return nil, err
	}
	mem, err := syscall.Mmap(-1, 0, int(state.Size), syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		return nil, err
	}
	c := (*state.CPU)(unsafe.Pointer(&mem[0]))
	c.Init()
	return &Local{engine: e, cpu: c}, nil
}

// CPU is the state that l runs on.
func (l *Local) CPU() *state.CPU { return l.cpu }

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
		if l.Skip != nil && l.Skip(i) {
			l.results[i] = Result{Skipped: true}
			continue
		}
		l.enter(&b.Cases[i])
		if err := l.engine.Run(l.cpu); err != nil {
			return nil, fmt.Errorf("case %d: %w", i, err)
		}
		if err := l.leave(&l.results[i], b); err != nil {
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
func (l *Local) leave(r *Result, b *Batch) error {
	c := l.cpu
	*r = Result{State: State{X: c.X, V: c.V, PC: c.PC, NZCV: state.UnpackNZCV(c.Flags), FPCR: c.FPCR, FPSR: c.GetFPSR()}}
	r.Addr = c.PC
	switch c.ExitReason {
	case state.ExitBreak:
		r.Sig, r.Code = int32(syscall.SIGTRAP), 1 // TRAP_BRKPT
	case state.ExitUndefined:
		r.Sig, r.Code = int32(syscall.SIGILL), 1 // ILL_ILLOPC
	case state.ExitFault:
		r.Sig, r.Code, r.Addr = int32(c.FaultSig), int32(c.FaultCode), untag(c.FaultAddr)
	case state.ExitFetch:
		switch c.ExitArg {
		case state.FetchMisaligned:
			r.Sig, r.Code = int32(syscall.SIGBUS), 1 // BUS_ADRALN
		case state.FetchNoExec:
			r.Sig, r.Code = int32(syscall.SIGSEGV), 2 // SEGV_ACCERR
		default:
			r.Sig, r.Code = int32(syscall.SIGSEGV), 1 // SEGV_MAPERR
		}
	default:
		return fmt.Errorf("left with reason %d at %#x", c.ExitReason, c.PC)
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

// Wild says that r is a fault at an address which may well be this process' own memory, so that code
// which really accesses it must not run here: a Skip for what the interpreter, which is confined, has shown.
func Wild(r *Result) bool {
	const near = 1 << 30
	return r.Sig == 11 && r.Addr < 1<<47 && r.Addr-(CodeBase-near) > DataBase-CodeBase+2*near
}

// Fetch is the view of the code that a translator needs: see arm64.Code.
type Fetch struct{}

// Fetch gives the code from pc to the end of the slots.
func (Fetch) Fetch(pc uint64) []byte {
	if off := pc - CodeBase; off < CodeSize {
		return code[off:]
	}
	return nil
}

// FetchReason says why nothing can be fetched at pc: an argument of state.ExitFetch.
func FetchReason(pc uint64) uint64 {
	switch {
	case pc&3 != 0:
		return state.FetchMisaligned
	case pc-DataBase < DataSize:
		return state.FetchNoExec
	}
	return state.FetchUnmapped
}
