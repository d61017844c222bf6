package difftest

import (
	"encoding/binary"
	"errors"
	"fmt"

	"armature/tcg/arm64"
	"armature/tcg/interp"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// Interp is the front end with the IR interpreter.
type Interp struct {
	Verify bool       // check each region, before and after the passes
	Passes ir.PassSet // run on each region
	Tier   uint8      // 0: 1

	opt    ir.Optimizer
	tr     arm64.Translator
	region ir.Region
	runner interp.Runner
}

// maxRegions bounds the regions that a case may enter. It has few words, and branches forwards only but for
// that of Generator.Loop.
const maxRegions = 20000

// ErrEndless says that guest code does not come to an end.
var ErrEndless = errors.New("does not end")

// Flush does nothing: nothing is kept.
func (e *Interp) Flush() {}

// Run implements Engine.
func (e *Interp) Run(c *state.CPU) (reason uint32, arg uint64, err error) {
	for range maxRegions {
		var key ir.Key
		if c.FPCR&(state.FPCRFZ|state.FPCRFZ16|state.FPCRAHP) != 0 {
			key = ir.KeySlowFP
		}
		e.tr.Translate(&e.region, c.PC, key, max(e.Tier, 1), View{})
		if err := e.check(); err != nil {
			return 0, 0, err
		}
		if e.Passes != 0 {
			e.opt.Run(&e.region, e.Passes)
			if err := e.check(); err != nil {
				return 0, 0, fmt.Errorf("after the passes: %w", err)
			}
		}
		e.runner.Run(&e.region, c, Memory{})
		c.PC = untag(c.PC) // as branches do with their targets
		switch c.ExitReason {
		case state.ExitLookup, state.ExitStop, state.ExitFlush, state.ExitHot, state.ExitSPAlign:
			continue
		case state.ExitFetch:
			return c.ExitReason, FetchFault(c.PC), nil
		}
		return c.ExitReason, c.ExitArg, nil
	}
	return 0, 0, ErrEndless
}

func (e *Interp) check() error {
	if !e.Verify {
		return nil
	}
	if err := ir.Verify(&e.region); err != nil {
		return fmt.Errorf("%w\n%s", err, e.region.String())
	}
	return nil
}

// Memory is the cases' memory for the interpreter: code and data, and faults elsewhere.
type Memory struct{}

// find gives the bytes at addr, or says what is wrong with the access.
func find(c *state.CPU, addr, n uint64, write bool) ([]byte, bool) {
	c.FaultSig, c.FaultCode, c.FaultErr = 11, 1, 0 // SEGV_MAPERR
	c.FaultAddr = addr
	if write {
		c.FaultErr = 2
	}
	addr = uint64(int64(addr) << 8 >> 8) // the top byte is ignored
	if off := addr - DataBase; off < DataSize {
		if n <= DataSize-off {
			return data[off : off+n], true
		}
		c.FaultAddr = DataBase + DataSize // where it runs off
	} else if off := addr - CodeBase; off < CodeSize {
		switch {
		case write:
			c.FaultCode = 2 // SEGV_ACCERR
		case n <= CodeSize-off:
			return code[off : off+n], true
		default:
			c.FaultAddr = CodeBase + CodeSize
		}
	}
	return nil, false
}

// Load implements interp.Memory.
func (Memory) Load(c *state.CPU, addr uint64, size uint8) (v state.V, ok bool) {
	p, ok := find(c, addr, 1<<size, false)
	if !ok {
		return v, false
	}
	var buf [16]byte
	copy(buf[:], p)
	return state.V{Lo: binary.LittleEndian.Uint64(buf[:]), Hi: binary.LittleEndian.Uint64(buf[8:])}, true
}

// Store implements interp.Memory.
func (Memory) Store(c *state.CPU, addr uint64, size uint8, v state.V) bool {
	p, ok := find(c, addr, 1<<size, true)
	if ok {
		var buf [16]byte
		binary.LittleEndian.PutUint64(buf[:], v.Lo)
		binary.LittleEndian.PutUint64(buf[8:], v.Hi)
		copy(p, buf[:])
	}
	return ok
}

// Cas implements interp.Memory; there is one thread only.
func (m Memory) Cas(c *state.CPU, addr uint64, size uint8, old, new state.V) (state.V, bool) {
	if _, ok := find(c, addr, 1<<size, true); !ok {
		return state.V{}, false
	}
	was, _ := m.Load(c, addr, size)
	if was == old {
		m.Store(c, addr, size, new)
	}
	return was, true
}
