package code

import (
	"math/rand"
	"testing"

	"armature/tcg/ir"
)

func newCache(t *testing.T) *Cache {
	t.Helper()
	c, err := New(0, 8*ChunkSize)
	if err != nil {
		t.Fatal(err)
	}
	c.SetStart(100)
	return c
}

func TestInsertLookupLinkInvalidate(t *testing.T) {
	c := newCache(t)
	base, _, ok := c.Chunk()
	if !ok {
		t.Fatal("no chunk")
	}
	mk := func(pc, lo uint64, tier uint8) *TB {
		p, err := c.Insert(&Block{PC: pc, Host: lo, Lo: lo, Hi: lo + 64, Tier: tier, Map: []uint64{7<<32 | 3, 9<<32 | 20}, Ranges: []ir.Range{{Lo: pc, Hi: pc + 16}}})
		if err != nil {
			t.Fatal(err)
		}
		return p
	}
	a := mk(0x400000, base, 1)
	b := mk(0x400ff8, base+64, 1) // crosses a page
	if c.Lookup(0x400000, 0) != a || c.Lookup(0x400ff8, 0) != b || c.Lookup(0x400ff8, 1) != nil || c.Lookup(0x400004, 0) != nil {
		t.Fatal("look-up")
	}
	site, stub := base+32, base+40
	patch(site, stub)
	c.Link(site, stub, b)
	c.Link(site, stub, b)
	if got := target(site); got != b.Host {
		t.Errorf("linked to %x, want %x", got, b.Host)
	}
	lo, hi := c.Code(b)
	if lo != base+64 || hi != base+128 || c.Meta(b) != nil {
		t.Errorf("code at [%x,%x), meta %v", lo, hi, c.Meta(b))
	}
	if v, ok := c.MapEntry(b, lo+20); !ok || v != 9 {
		t.Errorf("map entry %d %v", v, ok)
	}
	if v, ok := c.MapEntry(b, lo+19); !ok || v != 7 {
		t.Errorf("map entry %d %v", v, ok)
	}
	if _, ok := c.MapEntry(b, lo); ok {
		t.Error("map entry before the first")
	}
	if c.Find(base+70) != b || c.Find(base+3) != a || c.Find(base+128) != nil {
		t.Error("find")
	}
	// A higher tier takes over the links.
	b2 := mk(0x400ff8, base+128, 2)
	if b2 == b || !c.Dead(b) || c.Lookup(0x400ff8, 0) != b2 || target(site) != b2.Host {
		t.Error("not replaced")
	}
	if mk(0x400ff8, base+192, 1) != b2 {
		t.Error("a lower tier replaced a higher")
	}
	var dropped []uint64
	if n := c.Invalidate(0x401004, 0x401008, func(pc uint64) { dropped = append(dropped, pc) }); n != 1 || dropped[0] != 0x400ff8 {
		t.Errorf("dropped %d: %x", n, dropped)
	}
	if c.Lookup(0x400ff8, 0) != nil || target(site) != stub || !c.Dead(b2) || c.Dead(a) {
		t.Error("invalidated TB still reachable")
	}
	c.Link(site, stub, b2)
	if target(site) != stub {
		t.Error("linked to a dead TB")
	}
	if n := c.Invalidate(0, 1<<47, func(uint64) {}); n != 1 {
		t.Errorf("dropped %d of the rest", n)
	}
	c.Flush()
	if c.Blocks() != 0 || c.Used() != 0 {
		t.Error("flush left something")
	}
}

// A program that rewrites its code for ever neither fills the side tables nor
// slows down: only the arena is used up, and Flush follows.
func TestRewriteDoesNotLeak(t *testing.T) {
	c := newCache(t)
	base, _, _ := c.Chunk()
	for i := 0; i < 4000; i++ {
		a, err := c.Insert(&Block{PC: 0x1000, Host: base, Lo: base, Hi: base + 16, Ranges: []ir.Range{{Lo: 0x1000, Hi: 0x1010}}})
		if err != nil {
			t.Fatal(i, err)
		}
		patch(base+4, base+8)
		c.Link(base+4, base+8, a)
		if c.Invalidate(0x1000, 0x1040, func(uint64) {}) != 1 {
			t.Fatal("not invalidated")
		}
	}
	if c.nlinks > 2 || c.nspans > 2 || len(c.used) > 1 || c.nindex > 1 {
		t.Errorf("leak: %d links, %d spans, %d pages, %d index slots", c.nlinks, c.nspans, len(c.used), c.nindex)
	}
}

func TestFull(t *testing.T) {
	c := newCache(t)
	n := 0
	for {
		if _, _, ok := c.Chunk(); !ok {
			break
		}
		n++
	}
	if n != 7 {
		t.Errorf("%d chunks, want 7", n)
	}
	c.Flush()
	base, _, ok := c.Chunk()
	if !ok {
		t.Fatal("no chunk after Flush")
	}
	rng := rand.New(rand.NewSource(1))
	for i := 0; ; i++ {
		pc := uint64(rng.Int63n(1<<46)) &^ 3
		_, err := c.Insert(&Block{PC: pc, Host: base, Lo: base, Hi: base + 1, Ranges: []ir.Range{{Lo: pc, Hi: pc + 4}}})
		if err == ErrFull {
			break
		}
		if err != nil || i > 1<<20 {
			t.Fatal(i, err)
		}
		if p := c.Lookup(pc, 0); p == nil || p.PC != pc {
			t.Fatal("lost", pc)
		}
	}
}

// The index grows, with tombstones in it, and finds everything before and after; a
// TB keeps its own data.
func TestIndexGrows(t *testing.T) {
	c, err := New(0, 64<<20)
	if err != nil {
		t.Fatal(err)
	}
	c.SetStart(1)
	base, _, _ := c.Chunk()
	const n = 40000
	pc := func(i int) uint64 { return 0x400000 + uint64(i)*4 + uint64(i%7)<<40 }
	for i := range n {
		b := Block{PC: pc(i), Host: base, Lo: base, Hi: base + 1, Ranges: []ir.Range{{Lo: pc(i), Hi: pc(i) + 4}}}
		if i%100 == 0 {
			b.Meta = &[MetaWords]uint64{uint64(i), 5: 7}
		}
		if _, err := c.Insert(&b); err != nil {
			t.Fatal(i, err)
		}
		if i%3 == 0 && c.Invalidate(pc(i), pc(i)+1, func(uint64) {}) != 1 {
			t.Fatal("not invalidated")
		}
	}
	for i := range n {
		b := c.Lookup(pc(i), 0)
		if (b == nil) != (i%3 == 0) {
			t.Fatalf("%d: %v", i, b)
		}
		if b == nil {
			continue
		}
		if m := c.Meta(b); i%100 == 0 && (m == nil || m[0] != uint64(i) || m[5] != 7) || i%100 != 0 && m != nil {
			t.Fatalf("%d: meta %v", i, m)
		}
	}
	if got := len(c.table()); got != 1<<16 {
		t.Errorf("%d entries for %d blocks", got, n)
	}
}
