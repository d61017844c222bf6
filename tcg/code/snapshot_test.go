package code

import (
	"bytes"
	"math/rand"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"armature/tcg/ir"
)

const (
	testAddr  = 0x7dff40000000
	testArena = 64 << 20
)

var testKey = []byte("key")

// cacheAt makes a cache at testAddr, in place of any that is there.
func cacheAt(t testing.TB) *Cache {
	t.Helper()
	syscall.Syscall(syscall.SYS_MUNMAP, testAddr, 2<<30, 0)
	c, err := New(testAddr, testArena)
	if err != nil {
		t.Fatal(err)
	}
	c.SetStart(100)
	c.Track()
	return c
}

func all(FileID, bool) bool { return true }

func fileNo(i uint64) FileID { return FileID{Dev: 1, Ino: i, Size: 100000, Mtime: 10, Ctime: 20} }

const (
	textA = 0x400000
	textB = 0x7f0000000000
	jit   = 0x10000000
	later = 1 << 40 // ns since 1970
)

// insert adds a TB of 16 bytes of guest code at pc, and fills its 64 bytes of host code.
func insert(t testing.TB, c *Cache, at *uint64, pc uint64, meta bool) *TB {
	t.Helper()
	b := Block{
		PC: pc, Host: *at, Lo: *at, Hi: *at + 48, Tier: 1, Map: []uint64{pc&0xff<<32 | 3, 9<<32 | 20},
		Ranges: []ir.Range{{Lo: pc, Hi: pc + 16}}, Epoch: c.Epoch(),
	}
	if meta {
		b.Meta = &[MetaWords]uint64{pc, 5: 7}
	}
	for i := range c.Window(*at, 64) {
		c.Window(*at, 64)[i] = byte(pc>>4) + byte(i)
	}
	patch(*at+8, *at+40) // two jumps to their stubs
	patch(*at+16, *at+44)
	p, err := c.Insert(&b)
	if err != nil {
		t.Fatal(err)
	}
	*at += 64
	return p
}

// filled is a cache with two modules and code that is in none, linked in all ways.
// Entry i of each list is linked to entry i+1 of its own and to entry i of the next list.
func filled(t testing.TB) (c *Cache, at uint64) {
	c = cacheAt(t)
	at, _, _ = c.Chunk()
	c.Map(fileNo(1), 0x1000, textA, textA+0x10000, later)
	c.Map(fileNo(2), 0, textB, textB+0x10000, later)
	const n = 300
	var list [3][]*TB
	for i := range uint64(n) {
		for k, base := range []uint64{textA, textB, jit} {
			list[k] = append(list[k], insert(t, c, &at, base+i*16, i%50 == 0))
		}
	}
	for k := range list {
		for i := range n - 1 {
			lo, _ := c.Code(list[k][i])
			c.Link(lo+8, lo+40, list[k][i+1])
			c.Link(lo+16, lo+44, list[(k+1)%3][i])
		}
	}
	return c, at
}

func save(t testing.TB, c *Cache, at uint64) (path string) {
	t.Helper()
	path = filepath.Join(t.TempDir(), "snapshot")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	lo := at - c.Base
	size, err := c.Save(f, testKey, 3, all, [2]uint64{lo, (lo + ChunkSize - 1) &^ (ChunkSize - 1)}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Truncate(size); err != nil {
		t.Fatal(err)
	}
	return path
}

func load(t testing.TB, c *Cache, path string, full bool) (*Snapshot, error) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	st, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	return c.Load(int(f.Fd()), st.Size(), testKey, full, func(*[MetaWords]uint64) bool { return true })
}

func TestSnapshot(t *testing.T) {
	c, at := filled(t)
	path := save(t, c, at)
	c = cacheAt(t)
	s, err := load(t, c, path, true)
	if err != nil {
		t.Fatal(err)
	}
	if s.Regions() != 600 || s.Refined() != 3 || c.Blocks() != 600 {
		t.Fatalf("%d regions loaded, refined %d, %d blocks, want 600, 3, 600", s.Regions(), s.Refined(), c.Blocks())
	}
	if c.Lookup(textA, 0) != nil || c.Lookup(textB, 0) != nil {
		t.Error("found before its file was mapped")
	}
	// Not the same file, place, part, or time.
	for _, m := range []struct {
		id          FileID
		off, lo, hi uint64
		now         int64
	}{
		{fileNo(3), 0x1000, textA, textA + 0x10000, later},
		{fileNo(1), 0, textA, textA + 0x10000, later},
		{fileNo(1), 0x2000, textA + 0x1000, textA + 0x10000, later},
		{fileNo(1), 0x1000, textA, textA + 0x1000, later},
		{fileNo(1), 0x1000, textA, textA + 0x10000, 1e9},
	} {
		c.Map(m.id, m.off, m.lo, m.hi, m.now)
		if c.Lookup(textA, 0) != nil {
			t.Errorf("found with %+v mapped", m)
		}
		c.Unmap(m.lo, m.hi, func(uint64) {})
	}
	c.Map(fileNo(1), 0x1000, textA, textA+0x8000, later)
	c.Map(fileNo(2), 0, textB, textB+0x10000, later)
	prev := [2]*TB{}
	for i := range uint64(300) {
		for k, base := range []uint64{textA, textB} {
			b := c.Lookup(base+i*16, 0)
			if b == nil {
				t.Fatalf("TB %d of module %d is lost", i, k)
			}
			lo, hi := c.Code(b)
			if c.Find(lo) != b || c.Find(hi-1) != b || hi-lo != 48 || b.Host != lo {
				t.Errorf("TB %d of module %d: code at %#x..%#x", i, k, lo, hi)
			}
			if v, ok := c.MapEntry(b, lo+5); !ok || v != uint32(base+i*16)&0xff {
				t.Errorf("TB %d of module %d: PC map %x", i, k, v)
			}
			if m := c.Meta(b); (m != nil) != (i%50 == 0) || m != nil && (m[0] != b.PC || m[5] != 7) {
				t.Errorf("TB %d of module %d: meta %x", i, k, m)
			}
			if w := c.Window(lo, 48); w[0] != byte(b.PC>>4) || w[47] != byte(b.PC>>4)+47 {
				t.Errorf("TB %d of module %d: code %x", i, k, w)
			}
			if prev[k] != nil {
				lo, _ := c.Code(prev[k])
				if target(lo+8) != b.Host {
					t.Errorf("TB %d of module %d: the link to it is lost", i, k)
				}
				if target(lo+16) != lo+44 {
					t.Errorf("TB %d of module %d: a link out of the module was kept", i, k)
				}
			}
			prev[k] = b
		}
	}
	if lo, hi, ok := c.Chunk(); !ok || lo != at || hi != (at+ChunkSize-1)&^(ChunkSize-1) {
		t.Errorf("room %#x..%#x, want from %#x", lo, hi, at)
	}
	if lo, hi, ok := c.Chunk(); !ok || lo != (at+ChunkSize-1)&^(ChunkSize-1) || hi != lo+ChunkSize {
		t.Errorf("chunk %#x..%#x", lo, hi)
	}

	// A better TB takes over the links of one that was loaded.
	old, before := c.Lookup(textA+16, 0), c.Lookup(textA, 0)
	b, err := c.Insert(&Block{PC: textA + 16, Host: at, Lo: at, Hi: at + 16, Tier: 2, Ranges: []ir.Range{{Lo: textA + 16, Hi: textA + 32}}, Epoch: c.Epoch()})
	if err != nil || !b.Kept() || !c.Dead(old) || c.Lookup(textA+16, 0) != b || target(before.Host+8) != b.Host {
		t.Error("not replaced")
	}
	// What is unmapped goes, and comes back with the file.
	told := 0
	if n := c.Invalidate(textA+0x1000, textA+0x1001, func(uint64) { told++ }); n != 300 || told != 300 {
		t.Errorf("%d dropped, told of %d, want 300", n, told)
	}
	if c.Lookup(textA, 0) != nil || !c.Dead(before) || target(before.Host+8) != before.Host+40 {
		t.Error("unmapped, but reachable")
	}
	c.Link(before.Host+8, before.Host+40, b)
	if target(before.Host+8) != before.Host+40 {
		t.Error("linked to what is unmapped")
	}
	if c.Lookup(textB, 0) == nil {
		t.Error("the other module went, too")
	}
	c.Map(fileNo(1), 0x1000, textA, textA+0x8000, later)
	if c.Lookup(textA, 0) != before || c.Lookup(textA+16, 0) != b {
		t.Error("mapped again, but not found")
	}
	// At the edges of the mapping nothing is lost.
	c.Unmap(textA+0x4000, textA+0x8000, func(uint64) {})
	if c.Lookup(textA, 0) != before {
		t.Error("lost with the unused end of the mapping")
	}

	// Another generation.
	path = save(t, c, at+64)
	c = cacheAt(t)
	if s, err := load(t, c, path, true); err != nil || s.Regions() != 600 {
		t.Fatalf("second generation: %v, %v", s, err)
	}
	c.Map(fileNo(1), 0x1000, textA, textA+0x8000, later)
	if b := c.Lookup(textA+16, 0); b == nil || b.Tier != 2 {
		t.Errorf("second generation: %+v", b)
	}
	c.Flush()
	if c.Blocks() != 0 || c.Used() != 0 || c.Lookup(textA, 0) != nil || c.Find(at-100) != nil {
		t.Error("flush left something")
	}
	for i, x := range c.tbs[:600] {
		if x != (TB{}) {
			t.Fatalf("flush left TB %d", i)
		}
	}
	if _, err := c.Save(nil, testKey, 0, all, [2]uint64{}, nil); err == nil {
		t.Error("saved after a flush")
	}
}

// A module whose memory was changed behind the back of its protection is not saved.
func TestSnapshotChanged(t *testing.T) {
	c, _ := filled(t)
	path := filepath.Join(t.TempDir(), "snapshot")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	size, err := c.Save(f, testKey, 3, all, [2]uint64{}, func(id FileID, lo, hi uint64) bool {
		if lo != textA && lo != textB || hi-lo != 300*16 {
			t.Errorf("asked for %#x..%#x", lo, hi)
		}
		return id != fileNo(1)
	})
	if err != nil || f.Truncate(size) != nil {
		t.Fatal(err)
	}
	c = cacheAt(t)
	if s, err := load(t, c, path, true); err != nil || s.Regions() != 300 {
		t.Fatalf("%v, %v, want 300 regions", s, err)
	}
	c.Map(fileNo(1), 0x1000, textA, textA+0x8000, later)
	c.Map(fileNo(2), 0, textB, textB+0x8000, later)
	if c.Lookup(textA, 0) != nil || c.Lookup(textB, 0) == nil {
		t.Error("the wrong module was left out")
	}
}

// A filter chooses modules by their file and by whether they were used.
func TestSnapshotFilter(t *testing.T) {
	c, at := filled(t)
	path := save(t, c, at)
	c = cacheAt(t)
	if _, err := load(t, c, path, true); err != nil {
		t.Fatal(err)
	}
	c.Map(fileNo(1), 0x1000, textA, textA+0x8000, later)
	c.Unmap(textA, textA+0x8000, func(uint64) {})
	for _, f := range []struct {
		f Filter
		n int
	}{
		{all, 600},
		{func(id FileID, used bool) bool { return used }, 300},
		{func(id FileID, used bool) bool { return !used && id == fileNo(2) }, 300},
		{func(id FileID, used bool) bool { return used && id == fileNo(2) }, 0},
	} {
		if n := c.Saveable(f.f); n != f.n {
			t.Errorf("%d to be saved, want %d", n, f.n)
		}
		out, err := os.Create(filepath.Join(t.TempDir(), "snapshot"))
		if err != nil {
			t.Fatal(err)
		}
		defer out.Close()
		if _, err := c.Save(out, testKey, 5, f.f, [2]uint64{}, nil); (err == nil) != (f.n != 0) {
			t.Fatal(err)
		}
		if n, refined := RegionsIn(out, testKey); n != f.n || n != 0 && refined != 5 {
			t.Errorf("%d saved, refined %d, want %d, 5", n, refined, f.n)
		}
	}
}

// What was translated while the mappings changed belongs to no module.
func TestSnapshotEpoch(t *testing.T) {
	c := cacheAt(t)
	at, _, _ := c.Chunk()
	epoch := c.Epoch()
	c.Map(fileNo(1), 0, textA, textA+0x1000, later)
	b, err := c.Insert(&Block{PC: textA, Host: at, Lo: at, Hi: at + 16, Ranges: []ir.Range{{Lo: textA, Hi: textA + 4}}, Epoch: epoch})
	if err != nil || b.Kept() {
		t.Error("kept though the file was mapped later", err)
	}
	at += 64
	for _, r := range [][]ir.Range{
		{{Lo: textA + 0xff0, Hi: textA + 0x1004}},
		{{Lo: textA, Hi: textA + 4}, {Lo: textB, Hi: textB + 4}},
		{{Lo: jit, Hi: jit + 4}},
	} {
		b, err := c.Insert(&Block{PC: r[0].Lo + 4, Host: at, Lo: at, Hi: at + 16, Ranges: r, Epoch: c.Epoch()})
		if err != nil || b.Kept() {
			t.Errorf("%x: kept, though it is not all in the file: %v", r, err)
		}
		if c.Invalidate(r[len(r)-1].Lo, r[len(r)-1].Lo+4, func(uint64) {}) == 0 {
			t.Errorf("%x: not invalidated", r)
		}
		at += 64
		c.Map(fileNo(1), 0, textA, textA+0x1000, later)
	}
}

// Of every file that is cut short, or changed anywhere but in holes, nothing is used.
func TestSnapshotDamage(t *testing.T) {
	c, at := filled(t)
	data, err := os.ReadFile(save(t, c, at))
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "damaged")
	try := func(what string, n int, data []byte, full bool) {
		t.Helper()
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := load(t, c, path, full); err == nil {
			t.Fatalf("%s at %d of %d: loaded", what, n, len(data))
		}
		if c.Blocks() != 0 || c.tbs[1] != (TB{}) || c.Window(c.Base+c.start, 1)[0] != 0 {
			t.Fatalf("%s at %d of %d: something stays behind", what, n, len(data))
		}
	}
	c = cacheAt(t)
	h := (*header)(unsafe.Pointer(unsafe.SliceData(data)))
	code := len(data) - int(h.Next-h.Start)
	for n := 0; n < len(data); n += 1000 {
		try("cut", n, data[:n], false)
	}
	try("longer", len(data), append(bytes.Clone(data), make([]byte, 4096)...), false)
	rng := rand.New(rand.NewSource(1))
	for range 400 {
		n, bit := rng.Intn(code), byte(1)<<rng.Intn(8)
		data[n] ^= bit
		try("changed", n, data, false)
		data[n] ^= bit
	}
	for range 100 {
		n, bit := code+rng.Intn(len(data)-code), byte(1)<<rng.Intn(8)
		data[n] ^= bit
		try("changed", n, data, true)
		data[n] ^= bit
	}
	if err := os.WriteFile(path, data, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := load(t, c, path, true); err != nil {
		t.Fatal("undamaged:", err)
	}
}

// FuzzSnapshot: whatever is in a file, no cache that takes it panics or hangs. The
// checksums are made to fit, so that the checks behind them are reached.
func FuzzSnapshot(f *testing.F) {
	c, at := filled(f)
	data, err := os.ReadFile(save(f, c, at))
	if err != nil {
		f.Fatal(err)
	}
	tables := len(data) - int((*header)(unsafe.Pointer(unsafe.SliceData(data))).Next) + int(c.start)
	f.Add(uint32(0), uint64(0), uint32(0), uint64(0))
	path := filepath.Join(f.TempDir(), "fuzzed")
	f.Fuzz(func(t *testing.T, at1 uint32, x1 uint64, at2 uint32, x2 uint64) {
		b := bytes.Clone(data)
		for _, e := range []struct {
			at uint32
			x  uint64
		}{{at1, x1}, {at2, x2}} {
			p := int(e.at) % (tables - 8)
			*(*uint64)(unsafe.Pointer(&b[p])) ^= e.x
		}
		reseal(b)
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		c := cacheAt(t)
		if _, err := load(t, c, path, false); err != nil {
			return
		}
		for i := range c.modules[1:] {
			m := c.modules[i+1]
			c.Map(m.File, m.Lo-m.Bias, m.Lo, m.Hi, later)
		}
		for i := range c.tbs[1:c.ntbs] {
			tb := &c.tbs[i+1]
			lo, hi := c.Code(tb)
			c.Lookup(tb.PC, tb.Key)
			c.Find(lo)
			c.MapEntry(tb, hi-1)
			c.Meta(tb)
		}
		c.Invalidate(textA, textA+1, func(uint64) {})
		c.Invalidate(0, ^uint64(0), func(uint64) {})
		c.Flush()
	})
}

// reseal makes the checksums of a snapshot fit.
func reseal(b []byte) {
	h := (*header)(unsafe.Pointer(unsafe.SliceData(b)))
	if h.Modules <= maxModules && h.TBs < 1<<20 && h.Links < 1<<20 && h.Metas < 1<<20 && h.Maps < 1<<20 && h.Bits <= maxIndex && h.Next < 1<<30 && h.Next >= h.Start {
		atModules, atChunks, at, size := h.layout()
		if size == len(b) {
			s := sum(sum(2, b[atModules:atChunks]), b[atChunks:at])
			for _, n := range []int{int(h.TBs) * int(unsafe.Sizeof(TB{})), int(h.Links) * int(unsafe.Sizeof(link{})), int(h.Metas) * MetaWords * 8, int(h.Maps) * 8, 4 << h.Bits} {
				s = sum(s, b[at:at+pages(n)])
				at += pages(n)
			}
			h.Tables = s
		}
	}
	h.Sum = h.headerSum()
}
