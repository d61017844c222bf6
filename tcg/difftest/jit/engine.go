// Package jit compares the engines of package cpu with the interpreter of IR, on the random instructions of
// package difftest.
//
// The reference is difftest.Interp, which that package's test compares with qemu. What is tried here is
// the run loop with translated code at each level of host instructions, with and without the passes, and with the
// interpreter on real memory. The memory of the cases is mapped into this process.
package jit

import (
	"fmt"
	"runtime"

	"armature/tcg/cpu"
	"armature/tcg/difftest"
	"armature/tcg/state"
)

// real is an engine of package cpu: translated code, or the interpreter, with accesses to real memory.
type real struct {
	engine *cpu.Engine
	cpu    *cpu.CPU

	internal int64 // Stats.Internal as of the last case
}

// memory is the translator's view of the cases.
type memory struct{ difftest.View }

func (memory) FetchFault(pc uint64) uint64 { return difftest.FetchFault(pc) }

// New gives an executor around an engine of package cpu; cfg.Memory is set here. It runs no case that may
// access memory of this process by chance (Batch.Wild).
func New(cfg cpu.Config) (*difftest.Local, error) {
	cfg.Memory = memory{}
	e, err := cpu.New(cfg)
	if err != nil {
		return nil, err
	}
	c, err := e.NewCPU()
	if err != nil {
		return nil, err
	}
	l, err := difftest.NewLocalOn(&real{engine: e, cpu: c}, c.State)
	if err != nil {
		return nil, err
	}
	l.SkipWild = true
	return l, nil
}

func (r *real) Flush() { r.engine.InvalidateAll() }

func (r *real) Run(c *state.CPU) (reason uint32, arg uint64, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	pc := c.PC
	x := r.cpu.Run()
	c.FaultSig, c.FaultCode, c.FaultAddr = uint64(x.Signal), uint64(x.Code), x.Addr
	if n := r.engine.Stats.Internal.Load(); n != r.internal {
		r.internal = n
		return 0, 0, fmt.Errorf("internal error of the back end in the code at %#x: %x", pc, difftest.View{}.Fetch(pc)[:64])
	}
	return x.Reason, x.Arg, nil
}
