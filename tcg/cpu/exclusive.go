package cpu

import (
	"runtime"
	"slices"
	"sync/atomic"

	"armature/tcg/state"
)

// Bits of state.CPU.Stop.
const (
	stopKick      = 1 << iota // the mode wants to see ExitStop
	stopExclusive             // another CPU waits in Exclusive
	stopDrop                  // code was dropped: come out and in again

	stopStrict = state.StopStrict // the exclusive monitor wants to be armed
)

// Exclusive runs f while no CPU of the engine is in translated code or in the
// run loop. It must not be called from within Run, nor from f.
func (e *Engine) Exclusive(f func()) {
	e.exMu.Lock()
	defer e.exMu.Unlock()
	e.pending.Store(true)
	// CPUs that come now wait in begin; none goes, as Close takes exMu. cpuMu must
	// be free meanwhile: a CPU that is busy may need it on its way out.
	e.cpuMu.Lock()
	cpus := slices.Clone(e.cpus)
	e.cpuMu.Unlock()
	for _, c := range cpus {
		atomic.OrUint32(&c.State.Stop, stopExclusive)
	}
	for _, c := range cpus {
		for atomic.LoadUint32(&c.busy) != 0 {
			runtime.Gosched()
		}
	}
	f()
	for _, c := range cpus {
		atomic.AndUint32(&c.State.Stop, ^uint32(stopExclusive))
	}
	e.pending.Store(false)
}

// arm does what c's monitor has asked for.
func (c *CPU) arm() {
	atomic.AndUint32(&c.State.Stop, ^uint32(stopStrict))
	c.end()
	c.e.Exclusive(func() { c.e.monitor.Arm(c.State.ExWant) })
	c.begin()
}

// KernelStored says that a system call was made that may have stored to memory.
//
//go:nosplit
func (c *CPU) KernelStored() { c.e.monitor.KernelStored() }

// begin marks c as inside the run loop, waiting while another CPU is exclusive.
func (c *CPU) begin() {
	for {
		atomic.StoreUint32(&c.busy, 1) // a fence as well: the other sets pending before it reads busy
		if !c.e.pending.Load() {
			return
		}
		c.end()
		c.e.exMu.Lock() // wait for the other to finish
		c.e.exMu.Unlock()
	}
}

// end needs no fence: on this host a store is seen after those before it.
func (c *CPU) end() { c.busy = 0 }

// Away is for a Caller: until Back the CPU is out of the run loop.
func (c *CPU) Away() { c.busy = 0 }

// Back ends what Away began, if the caller has a fence follow before Syscall returns.
func (c *CPU) Back() { c.busy = 1 }

// Kick makes c leave Run with ExitStop, soon if it is running, else on its next
// Run. It may be called from any thread.
func (c *CPU) Kick() { atomic.OrUint32(&c.State.Stop, stopKick) }
