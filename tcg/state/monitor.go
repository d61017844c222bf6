package state

import (
	"sync/atomic"
	"unsafe"
)

// The exclusive monitor. A store exclusive is a compare-and-swap with what the
// load exclusive read, and that alone would not see a location that others have
// changed and changed back. So all CPUs share a table of counts, indexed by a hash
// of the address. A load exclusive notes the count; a store exclusive locks the
// entry (makes the count odd) if it is still the same, swaps, and releases the
// entry with the next even count. Stores of other kinds do not count: of those only
// the value is seen.
//
// Addresses with the same hash can make a store exclusive fail for no reason,
// which it may on any processor; one of them always succeeds.

// MonitorBits is the log2 of the number of entries; MonitorShift drops the address
// bits below a granule.
const (
	MonitorBits  = 12
	MonitorShift = 4
)

var monitors [1 << MonitorBits]uint32

func monitorEntry(addr uint64) *uint32 {
	return &monitors[addr>>MonitorShift&(1<<MonitorBits-1)]
}

// ResetMonitors frees what the CPUs of a process have locked whose memory this is a copy of.
func ResetMonitors() { clear(monitors[:]) }

// MonitorArm notes the count for a load exclusive from addr; it comes before the load.
func (c *CPU) MonitorArm(addr uint64) {
	c.ExGen = uint64(atomic.LoadUint32(monitorEntry(addr)))
}

// MonitorTake locks the entry of addr. It reports false if another CPU has stored
// since MonitorArm or is storing.
func (c *CPU) MonitorTake(addr uint64) bool {
	g, e := uint32(c.ExGen), monitorEntry(addr)
	if g&1 != 0 || !atomic.CompareAndSwapUint32(e, g, g+1) {
		return false
	}
	c.ExHeld = uint64(uintptr(unsafe.Pointer(e)))
	return true
}

// MonitorRelease unlocks what MonitorTake or translated code has locked, if
// anything; also after a fault of the store.
func (c *CPU) MonitorRelease() {
	if c.ExHeld != 0 {
		atomic.StoreUint32((*uint32)(unsafe.Pointer(uintptr(c.ExHeld))), uint32(c.ExGen)+2)
		c.ExGen += 2
		c.ExHeld = 0
	}
}
