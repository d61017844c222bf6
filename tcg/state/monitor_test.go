package state

import (
	"sync"
	"sync/atomic"
	"testing"
	"time"
	"unsafe"
)

// Low halves of code addresses.
const (
	pcLoad  = 0x1000
	pcStore = 0x1010
	pcOther = 0x2000
)

func pairOf(m *Monitor) (a, b *CPU) {
	a, b = new(CPU), new(CPU)
	for _, c := range []*CPU{a, b} {
		c.ExMonitor = uint64(uintptr(unsafe.Pointer(m)))
	}
	return a, b
}

// load is a load exclusive of 8 bytes.
func (c *CPU) load(addr uint64, pair uint32) {
	c.LoadEx(addr, pcLoad, pair)
	c.ExAddr, c.ExSize = addr, 8
}

// store tells whether the store exclusive at pc may be done, as far as the monitor knows.
func (c *CPU) store(addr uint64, pc uint32) bool {
	h, ok := c.StoreEx(addr, 8, pc)
	c.Release(h)
	c.ExSize = 0
	return ok
}

func TestAlone(t *testing.T) {
	m := new(Monitor)
	a, _ := pairOf(m)
	for _, c := range []*CPU{a, new(CPU)} {
		c.load(0x100, PairNone)
		if !c.store(0x100, pcStore) || c.Stop != 0 {
			t.Error("a CPU that has the memory for itself needs no more than the value")
		}
	}
}

func TestCompound(t *testing.T) {
	m := new(Monitor)
	m.Share(false)
	a, b := pairOf(m)
	const at, far = 0x5008, 0x9008

	a.load(at, PairNone)
	if a.store(at, pcStore) || a.Stop != StopStrict || a.ExWant != at || m.Strict() {
		t.Fatalf("the first compound sequence: stop %#x, want %#x, strict %v", a.Stop, a.ExWant, m.Strict())
	}
	a.Stop = 0
	m.Arm(a.ExWant)
	store := func(c *CPU, addr, n uint64) { c.Release(c.Hold(addr, n)) }
	for _, x := range []struct {
		name    string
		between func()
		ok      bool
	}{
		{"nothing", func() {}, true},
		{"a store", func() { store(b, at, 8) }, false},
		{"a byte of it", func() { store(b, at+7, 1) }, false},
		{"one that reaches into it", func() { store(b, at-9, 16) }, false},
		{"elsewhere", func() { store(b, at+8, 8) }, true},
		{"one of its own", func() { store(a, at, 8) }, true},
		{"its own and another's", func() { store(a, at, 8); store(b, at, 8) }, false},
		{"a plain sequence", func() { b.load(at, pcStore); b.store(at, pcStore) }, false},
		{"a system call", m.KernelStored, false},
		{"a store of its own and a system call", func() { store(a, at, 8); m.KernelStored() }, false},
		{"a store through another mapping", func() { m.Arm(at + 0x123000); store(b, at+0x123000, 8) }, false},
		{"a compound one", func() { b.load(at, PairNone); b.store(at, pcStore) }, false},
		{"one that is under way", func() { h := b.Hold(at, 8); go func() { time.Sleep(time.Millisecond); b.Release(h) }() }, false},
	} {
		a.load(at, PairNone)
		x.between()
		if ok := a.store(at, pcStore); ok != x.ok {
			t.Errorf("%s: %v", x.name, ok)
		}
	}
	if a.Stop != 0 {
		t.Error("its page is armed")
	}
	// Another page has to be armed as well.
	a.load(far, PairNone)
	if a.store(far, pcStore) || a.Stop != StopStrict || a.ExWant != far {
		t.Errorf("page not armed: stop %#x, want %#x", a.Stop, a.ExWant)
	}
	m.Arm(far)
	if a.load(far, PairNone); !a.store(far, pcStore) {
		t.Error("armed, but it fails")
	}
	if h := a.Hold(0x1234_0000_b008, 8); h.n != 0 {
		t.Error("a store to a page that is not armed counts")
	}
}

// TestMistaken is for loads whose store exclusive is another than the search found.
func TestMistaken(t *testing.T) {
	m := new(Monitor)
	m.Share(false)
	a, b := pairOf(m)
	const at = 0x5000
	m.Arm(at)
	a.load(at, pcOther)
	if a.store(at, pcStore) {
		t.Fatal("the store exclusive is not the load's")
	}
	a.load(at, pcOther)
	b.Release(b.Hold(at, 4))
	if a.store(at, pcStore) {
		t.Error("a store in between goes unseen")
	}
	if a.load(at, pcOther); !a.store(at, pcStore) {
		t.Error("it fails for ever")
	}
	// However many there are.
	for pc := uint32(0x10000); pc < 0x10400; pc += 4 {
		for try := 0; ; try++ {
			a.LoadEx(at, pc, pcOther)
			a.ExAddr, a.ExSize = at, 8
			if a.store(at, pcStore) {
				break
			}
			if try > 2 {
				t.Fatalf("%#x fails for ever", pc)
			}
		}
	}
}

// TestDead is for a count whose holder was killed.
func TestDead(t *testing.T) {
	defer func(d time.Duration) { holdTime = d }(holdTime)
	holdTime = time.Millisecond
	m := new(Monitor)
	m.Share(false)
	a, b := pairOf(m)
	const at = 0x5000
	m.Arm(at)
	dead := b.Hold(at, 8)
	h := a.Hold(at, 8)
	b.Release(dead) // it was not, and must not release what is another's now
	if e := m.count(at); atomic.LoadUint32(e)&1 == 0 {
		t.Error("released by another")
	}
	a.Release(h)
	if a.load(at, PairNone); !a.store(at, pcStore) {
		t.Error("it fails for ever")
	}
}

// TestCount increments a number that is not atomic under the counts.
func TestCount(t *testing.T) {
	m := new(Monitor)
	m.Share(false)
	m.Arm(0)
	const each, at = 20000, 24
	var n int
	var wg sync.WaitGroup
	for range 4 {
		c, _ := pairOf(m)
		wg.Go(func() {
			for range each {
				h := c.Hold(at, 16)
				n++
				c.Release(h)
			}
		})
	}
	wg.Wait()
	if n != 4*each {
		t.Errorf("%d, want %d", n, 4*each)
	}
}
