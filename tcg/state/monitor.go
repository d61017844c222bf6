package state

import (
	"runtime"
	"sync/atomic"
	"syscall"
	"time"
	"unsafe"
)

// The exclusive monitor.
//
// A store exclusive is a compare-and-swap with what the load exclusive read. If
// nothing else is accessed between the two, that is exact: should others have changed
// the location and changed it back, it is as if the load had come after that, and
// nobody can tell. All that compilers make of atomics is of this kind. The
// front end finds the store that belongs to a load, and the load notes its
// address (CPU.ExPair).
//
// A store exclusive that finds another note ends a compound sequence: one that accesses
// more in between, such as the next node of a list. For that, a change matters which
// the value does not show. From the first one on, and if others can access the memory,
// the CPUs run strict code (ir.KeyStrict). In it every store looks whether its
// page is armed, as those are that a compound sequence begins in, and if so counts: it holds the
// count of its location, made odd, while it stores. The store exclusive of a compound sequence
// succeeds only if it can hold the count that its load has noted.
//
// A location's count is that of its place in the page, since what is shared may be
// mapped at several addresses. System calls count all together (KernelStored).
//
// What does not count, and is seen by its value only, are stores to shared memory through a page that is not armed, of this
// process or one that was forked from it or from which it was; all stores of other processes; and
// what the kernel stores for no system call, as for AIO and io_uring.

// granule is the log2 of the bytes that share a count, and so can make each other's store exclusives fail for
// no reason, which they may on any processor.
const granule = 4

// counts are shared by CPUs and forked processes. Each has a cache line to itself.
type counts struct {
	kernel atomic.Uint32
	_      [60]byte
	stores [1 << (PageShift - granule)]struct {
		n uint32
		_ [60]byte
	}
}

// PageShift and PageMask make of an address its index in the table of armed pages, which are bytes.
const (
	PageShift = 12
	PageMask  = 1<<12 - 1
)

// Values of CPU.ExPair, besides the low half of an address.
const (
	PairNone  = 1 // of no store exclusive: the sequence is compound
	pairCount = 2 // compound, with the count in ExGen
)

// StopStrict is the bit of CPU.Stop by which a CPU asks for Monitor.Arm.
const StopStrict = 1 << 3

// Monitor is what the CPUs of a process share. It must not move.
type Monitor struct {
	armed  [PageMask + 1]byte // first: strict code looks here
	counts atomic.Pointer[counts]
	strict atomic.Bool
	shared atomic.Bool // others can access the memory

	// Map gives zeroed memory that is shared with forked children, or 0. nil: there are no such children.
	Map func(bytes uintptr) uintptr

	compound [32]atomic.Uint32 // loads exclusive that PairNone does not tell of: the low half of their address
	found    atomic.Uint32     // how many; more than there is room for: all are taken to be
}

// Share says that from now on others can access the memory: CPUs, or processes that are going to be forked.
func (m *Monitor) Share(forked bool) {
	m.shared.Store(true)
	if forked {
		m.table()
	}
}

func (m *Monitor) table() *counts {
	t := m.counts.Load()
	if t != nil {
		return t
	}
	if m.Map != nil {
		t = (*counts)(unsafe.Pointer(m.Map(unsafe.Sizeof(*t))))
	}
	if t == nil {
		t = new(counts)
	}
	m.counts.CompareAndSwap(nil, t) // the loser's stays: it is 16 KiB, once
	return m.counts.Load()
}

// Strict tells whether the CPUs are to run strict code.
func (m *Monitor) Strict() bool { return m.strict.Load() }

// Arm makes the CPUs strict and arms the page of addr, and the one before it, from where a
// store may reach into it. No CPU may be in the run loop: what has been stored is then seen by all, and
// what is stored later finds the page armed.
func (m *Monitor) Arm(addr uint64) {
	m.table()
	page := addr >> PageShift
	m.armed[page&PageMask] = 1
	m.armed[(page-1)&PageMask] = 1
	m.strict.Store(true)
}

// KernelStored comes after a system call that may have stored to the guest's memory: a compound sequence that is under
// way is to fail.
//
//go:nosplit
func (m *Monitor) KernelStored() {
	if m.strict.Load() {
		m.counts.Load().kernel.Add(1)
	}
}

// counting tells whether a store to addr counts.
func (m *Monitor) counting(addr uint64) bool {
	return m != nil && m.strict.Load() && m.armed[addr>>PageShift&PageMask] != 0
}

// isCompound tells whether the load exclusive at pc was found to begin a compound sequence.
func (m *Monitor) isCompound(pc uint32) bool {
	n := m.found.Load()
	for i := range min(n, uint32(len(m.compound))) {
		if m.compound[i].Load() == pc {
			return true
		}
	}
	return n > uint32(len(m.compound))
}

func (m *Monitor) count(addr uint64) *uint32 {
	t := m.counts.Load()
	return &t.stores[addr>>granule%uint64(len(t.stores))].n
}

// hold makes a count odd, and gives what it was.
func hold(e *uint32) uint32 {
	var since time.Time
	for n := 1; ; n++ {
		g := atomic.LoadUint32(e)
		if g&1 == 0 {
			if atomic.CompareAndSwapUint32(e, g, g+1) {
				return g
			}
			continue
		}
		if n&63 != 0 {
			continue
		}
		runtime.Gosched()
		syscall.Syscall(syscall.SYS_SCHED_YIELD, 0, 0, 0)
		// Who holds it may have been killed, alone or with its process.
		if now := time.Now(); since.IsZero() {
			since = now
		} else if now.Sub(since) > holdTime && atomic.CompareAndSwapUint32(e, g, g+2) {
			return g + 1
		}
	}
}

// holdTime is for how long a count is waited for; tests change it. A CPU that stood still for longer with a count held
// sees the others' stores by their value.
var holdTime = 2 * time.Second

// release ends a hold that gave g.
func release(e *uint32, g uint32) { atomic.CompareAndSwapUint32(e, g+1, g+2) }

// Held are the counts of a store.
type Held struct {
	n   int
	e   [2]*uint32
	old [2]uint32
}

// Hold begins a store of n bytes, at most 16, to addr.
func (c *CPU) Hold(addr, n uint64) (h Held) {
	m := c.monitor()
	if !m.counting(addr) {
		return h
	}
	h.e[0], h.n = m.count(addr), 1
	if last := m.count(addr + n - 1); last != h.e[0] {
		h.e[1], h.n = last, 2
		if uintptr(unsafe.Pointer(last)) < uintptr(unsafe.Pointer(h.e[0])) { // one order for all
			h.e[0], h.e[1] = h.e[1], h.e[0]
		}
	}
	for i := range h.n {
		h.old[i] = hold(h.e[i])
	}
	return h
}

// Release ends it. The CPU's own store does not open its monitor.
func (c *CPU) Release(h Held) {
	for i := range h.n {
		if c.ExPair == pairCount && uint32(c.ExGen) == h.old[i] && c.monitor().count(c.ExAddr) == h.e[i] {
			c.ExGen += 2
		}
		release(h.e[i], h.old[i])
	}
}

func (c *CPU) monitor() *Monitor { return (*Monitor)(unsafe.Pointer(uintptr(c.ExMonitor))) }

// LoadEx comes before the load of the load exclusive at pc, an address's low half, from addr;
// pair is that of its store exclusive, or PairNone.
func (c *CPU) LoadEx(addr uint64, pc, pair uint32) {
	c.ExPair, c.ExLoad = pair, pc
	m := c.monitor()
	if m == nil || !m.strict.Load() || pair != PairNone && !m.isCompound(pc) {
		return
	}
	if !m.counting(addr) {
		c.ExPair = PairNone
		c.wantArmed(addr)
		return
	}
	kernel := m.counts.Load().kernel.Load()
	e := m.count(addr)
	g := atomic.LoadUint32(e)
	if g&1 != 0 { // a store is under way
		g = hold(e)
		release(e, g)
		g += 2
	}
	c.ExPair, c.ExGen = pairCount, uint64(kernel)<<32|uint64(g)
}

func (c *CPU) wantArmed(addr uint64) {
	c.ExWant = addr
	atomic.OrUint32(&c.Stop, StopStrict)
}

// StoreEx begins the store of the store exclusive at pc to addr, where the monitor has addr, and
// tells whether it may go on as a compare-and-swap; then Release ends it.
func (c *CPU) StoreEx(addr, n uint64, pc uint32) (h Held, ok bool) {
	m := c.monitor()
	switch {
	case c.ExPair == pc:
		return c.Hold(addr, n), true
	case m == nil || !m.shared.Load():
		return h, true
	case c.ExPair == pairCount:
		e, g := m.count(addr), uint32(c.ExGen)
		if m.counts.Load().kernel.Load() != uint32(c.ExGen>>32) || !atomic.CompareAndSwapUint32(e, g, g+1) {
			return h, false
		}
		return Held{n: 1, e: [2]*uint32{e}, old: [2]uint32{g}}, true
	}
	// A compound sequence, and its load did not know. It fails, and the next time the load does.
	if m.strict.Load() && c.ExPair != PairNone && !m.isCompound(c.ExLoad) {
		if i := m.found.Add(1) - 1; i < uint32(len(m.compound)) {
			m.compound[i].Store(c.ExLoad)
		}
	}
	c.wantArmed(addr)
	return h, false
}
