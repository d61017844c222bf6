package code

import (
	"errors"
	"fmt"
	"sort"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"armature/tcg/ir"
)

// ChunkSize is the bytes of the arena that a translating thread takes at a time.
const ChunkSize = 64 << 10

// MetaWords is the room for the back end's own data in a TB.
const MetaWords = 8

// TB describes one translation block (or region of them). It is small, as a
// short-lived program makes a thousand and pays for each page of memory that it
// touches.
type TB struct {
	PC   uint64 // guest address of its entry
	Host uint64 // host address of its entry

	lo, size uint32 // host code, from Cache.Base on
	meta     uint32 // number of the back end's own data; 0: none
	maps     uint32 // first entry of the PC map, and how many
	nmap     uint32
	in       uint32 // first incoming link
	prev     uint32 // previous TB in the same chunk
	dead     uint32 // atomic

	Key    uint8
	Tier   uint8
	module uint16 // file mapping that its guest code lies in; 0: none

	// Heat is for the engine, which counts how often t was found hot. Atomic.
	Heat uint32
}

// Block is what Insert makes a TB of.
type Block struct {
	PC, Host uint64             // entry
	Lo, Hi   uint64             // host range of its code
	Meta     *[MetaWords]uint64 // the back end's own data: its register map; may be nil
	Map      []uint64           // PC map: in the low half the offset from Lo, ascending; in the high half the back end's
	Ranges   []ir.Range         // guest addresses that it was made from
	Key      uint8
	Tier     uint8

	// Epoch is the cache's from before the guest code was read; 0 keeps the block
	// out of snapshots.
	Epoch uint64
}

// Dead reports whether t was invalidated or replaced.
func (c *Cache) Dead(t *TB) bool {
	return atomic.LoadUint32(&t.dead) != 0 || c.active[t.module&(maxModules-1)].Load() == 0
}

// link is a jump into a TB: site is where its displacement is, stub where it goes
// when it is not linked, both from Cache.Base on.
type link struct{ site, stub, next uint32 }

// span is a piece of a TB's guest code within one page.
type span struct {
	tb     uint32
	lo, hi uint16 // bytes within the page, hi exclusive
	next   uint32
}

type pageSlot struct {
	page uint64 // guest page number + 1; 0 is free
	head uint32 // first span
}

const (
	minIndex  = 12 // log2 of the entries of the index at first
	maxIndex  = 20 // and at most
	pageBits  = 18
	tombstone = ^uint32(0)
	pageShift = 12
)

// Cache is the code of one address space.
type Cache struct {
	Base, Size uint64 // the arena's host addresses

	mu     sync.Mutex
	start  uint64        // offset where chunks begin, behind the stubs
	next   atomic.Uint64 // offset of the next chunk
	room   [2]uint64     // what a snapshot left free of a chunk, as offsets; under mu
	chunks []uint32      // off heap: last TB of each chunk

	tbs   []TB                // 1-based
	index []uint32            // tables of TB numbers by hash of PC, of each size from the least on; atomic
	bits  atomic.Uint32       // log2 of the size of the one in use
	metas [][MetaWords]uint64 // 1-based
	maps  []uint64
	links []link // 1-based
	spans []span // 1-based
	pages []pageSlot
	used  []uint32 // slots of pages in use

	ntbs, nindex, nmetas, nmaps, nlinks, nspans uint32
	freeLink, freeSpan                          uint32
	full                                        bool

	modules []module // of files that the guest has mapped; 1-based; see Map
	mapped  []uint16 // the active ones
	active  [maxModules]atomic.Uint32
	epoch   atomic.Uint64 // changes when what the guest has mapped does
	file    *Snapshot     // where part of the tables and of the arena is mapped from

	Flushes     int // how often Flush ran
	Invalidated int // TBs that Invalidate dropped
}

// ErrFull says that Flush is needed.
var ErrFull = errors.New("code cache full")

const mapFixedNoreplace = 0x100000 // MAP_FIXED_NOREPLACE

func mapAnon(addr, n uintptr, prot int) (uintptr, error) {
	flags := syscall.MAP_PRIVATE | syscall.MAP_ANON | syscall.MAP_NORESERVE
	if addr != 0 {
		flags |= mapFixedNoreplace
	}
	r, _, e := syscall.Syscall6(syscall.SYS_MMAP, addr, n, uintptr(prot), uintptr(flags), ^uintptr(0), 0)
	if e != 0 {
		return 0, fmt.Errorf("mapping %d bytes for translated code: %w", n, e)
	}
	if addr != 0 && r != addr { // kernels before 4.17 take the address for a hint
		syscall.Syscall(syscall.SYS_MUNMAP, r, n, 0)
		return 0, fmt.Errorf("mapping %d bytes for translated code: %w", n, syscall.EEXIST)
	}
	return r, nil
}

// table carves an off-heap slice of n elements out of the mapping at *p.
func table[T any](p *uintptr, n int) []T {
	var t T
	s := unsafe.Slice((*T)(unsafe.Pointer(*p)), n)
	*p += (uintptr(n)*unsafe.Sizeof(t) + 4095) &^ 4095
	return s
}

// New maps a cache with size bytes for code (a multiple of ChunkSize, at least
// four chunks). Where addr is not 0, all of it lies at addr or New fails.
func New(addr uintptr, size int) (*Cache, error) {
	if size < 4*ChunkSize || size%ChunkSize != 0 || size > 1<<30 {
		return nil, fmt.Errorf("code cache size %d: want a multiple of %d from %d to %d", size, ChunkSize, 4*ChunkSize, 1<<30)
	}
	n := min(max(size/64, 4096), 1<<numberBits-1) // TBs
	mem, err := mapAnon(addr, uintptr(size), syscall.PROT_READ|syscall.PROT_WRITE|syscall.PROT_EXEC)
	if err != nil {
		return nil, err
	}
	nmetas, nmaps, nlinks, nspans := n/4, size/4, n*2, n*2
	bytes := uintptr(size/ChunkSize)*4 + uintptr(n)*unsafe.Sizeof(TB{}) + 4<<(maxIndex+1) + uintptr(nmetas)*MetaWords*8 +
		uintptr(nmaps)*8 + uintptr(nlinks)*unsafe.Sizeof(link{}) + uintptr(nspans)*unsafe.Sizeof(span{}) +
		unsafe.Sizeof(pageSlot{})<<pageBits + 9*4096
	if addr != 0 {
		addr += uintptr(size)
	}
	p, err := mapAnon(addr, bytes, syscall.PROT_READ|syscall.PROT_WRITE)
	if err != nil {
		syscall.Syscall(syscall.SYS_MUNMAP, mem, uintptr(size), 0)
		return nil, err
	}
	c := &Cache{Base: uint64(mem), Size: uint64(size)}
	c.chunks = table[uint32](&p, size/ChunkSize)
	c.tbs = table[TB](&p, n)
	c.index = table[uint32](&p, 1<<(maxIndex+1)-1<<minIndex)
	c.metas = table[[MetaWords]uint64](&p, nmetas)
	c.maps = table[uint64](&p, nmaps)
	c.links = table[link](&p, nlinks)
	c.spans = table[span](&p, nspans)
	c.pages = table[pageSlot](&p, 1<<pageBits)
	c.active[0].Store(1) // of what lies in no module
	c.epoch.Store(1)
	c.reset()
	return c, nil
}

func (c *Cache) reset() {
	c.next.Store(c.start)
	c.room = [2]uint64{}
	for i := range c.modules {
		m := &c.modules[i]
		m.Lo, m.Hi, m.TBs = 0, 0, 0
	}
	c.bits.Store(minIndex)
	c.ntbs, c.nindex, c.nmetas, c.nmaps, c.nlinks, c.nspans = 1, 0, 1, 0, 1, 1
	c.used = c.used[:0]
	c.freeLink, c.freeSpan, c.full = 0, 0, false
}

// Window gives the arena's bytes from host address base on.
func (c *Cache) Window(base uint64, n int) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(uintptr(base))), n)
}

// SetStart reserves the first n bytes of the arena (the stubs); Flush keeps them.
func (c *Cache) SetStart(n int) {
	c.start = (uint64(n) + ChunkSize - 1) &^ (ChunkSize - 1)
	c.next.Store(c.start)
}

// Chunk takes a chunk of the arena, or what a snapshot left of one; it fails when
// none is left.
func (c *Cache) Chunk() (lo, hi uint64, ok bool) {
	c.mu.Lock()
	r := c.room
	c.room = [2]uint64{}
	c.mu.Unlock()
	if r[0] != r[1] {
		return c.Base + r[0], c.Base + r[1], true
	}
	off := c.next.Add(ChunkSize) - ChunkSize
	if off+ChunkSize > c.Size {
		return 0, 0, false
	}
	return c.Base + off, c.Base + off + ChunkSize, true
}

// Used is the number of bytes of the arena in chunks taken.
func (c *Cache) Used() uint64 { return min(c.next.Load(), c.Size) - c.start }

// Blocks is the number of TBs made since the last Flush.
func (c *Cache) Blocks() int { return int(c.ntbs) - 1 }

// table is the index in use.
func (c *Cache) table() index { return c.sized(c.bits.Load()) }

// sized is the table of the index with 1<<bits entries.
func (c *Cache) sized(bits uint32) index {
	return c.index[1<<bits-1<<minIndex : 1<<(bits+1)-1<<minIndex]
}

// index is one table of TB numbers. A power of two long, and never full. Above the
// number an entry has some bits of the hash, so that a search that passes it need
// not touch the TB, which is a cache miss. There are fewer than 1<<numberBits TBs.
type index []uint32

const numberBits = 24

// hash gives where pc is in an index, in its low bits: the 64 bytes of guest code
// around it share a line of the host's cache, as they are often looked up together.
func hash(pc uint64) uint32 {
	const near = 64 / 4 // entries of a line
	return uint32(pc>>6*0x9e3779b97f4a7c15>>32)&^(near-1) | uint32(pc>>2)&(near-1)
}

// entry is what the index holds for TB n of pc.
func entry(pc uint64, n uint32) uint32 { return (hash(pc)*0x9e3779b1)&^(1<<numberBits-1) | n }

// slot is where the search for pc begins.
func (x index) slot(pc uint64) uint32 {
	return hash(pc) & (uint32(len(x)) - 1)
}

// next is where it goes on.
func (x index) next(i uint32) uint32 { return (i + 1) & (uint32(len(x)) - 1) }

// Lookup finds the TB of pc and key, or nil. It takes no lock.
func (c *Cache) Lookup(pc uint64, key uint8) *TB {
	x := c.table()
	want := entry(pc, 0)
	for i := x.slot(pc); ; i = x.next(i) {
		n := atomic.LoadUint32(&x[i])
		if n == 0 {
			return nil
		}
		if n ^= want; n >= 1<<numberBits || n == tombstone^want {
			continue
		}
		if t := &c.tbs[n]; t.PC == pc && t.Key == key && c.active[t.module&(maxModules-1)].Load() != 0 {
			return t
		}
	}
}

// enter puts TB n into the index, and makes that larger when it is half full. A
// look-up that goes on in the smaller table misses at most what comes after.
func (c *Cache) enter(n uint32) {
	x := c.table()
	if x.add(c.tbs[n].PC, n) {
		c.nindex++
	}
	bits := c.bits.Load()
	if c.nindex <= uint32(len(x))/2 || bits == maxIndex {
		return
	}
	y := c.sized(bits + 1)
	c.nindex = 0
	for _, n := range x {
		if n != 0 && n != tombstone {
			n &= 1<<numberBits - 1
			y.add(c.tbs[n].PC, n)
			c.nindex++
		}
	}
	c.bits.Store(bits + 1)
}

// add enters TB n of pc and tells whether that took a free entry.
func (x index) add(pc uint64, n uint32) bool {
	for i := x.slot(pc); ; i = x.next(i) {
		if v := x[i]; v == 0 || v == tombstone {
			atomic.StoreUint32(&x[i], entry(pc, n))
			return v == 0
		}
	}
}

// change puts TB v of the same PC, or tombstone, in place of TB n.
func (c *Cache) change(n, v uint32) {
	x := c.table()
	pc := c.tbs[n].PC
	if v != tombstone {
		v = entry(pc, v)
	}
	for i := x.slot(pc); x[i] != 0; i = x.next(i) {
		if x[i] == entry(pc, n) {
			atomic.StoreUint32(&x[i], v)
			return
		}
	}
}

// number is that of t.
func (c *Cache) number(t *TB) uint32 {
	return uint32((uintptr(unsafe.Pointer(t)) - uintptr(unsafe.Pointer(unsafe.SliceData(c.tbs)))) / unsafe.Sizeof(*t))
}

// Code is the host range of t's code.
func (c *Cache) Code(t *TB) (lo, hi uint64) {
	lo = c.Base + uint64(t.lo)
	return lo, lo + uint64(t.size)
}

// Meta is the back end's own data of t, nil if it gave none.
func (c *Cache) Meta(t *TB) *[MetaWords]uint64 {
	if t.meta == 0 {
		return nil
	}
	return &c.metas[t.meta]
}

// Insert adds b. A TB of the same PC and key that is in the index is replaced if
// its tier is lower; links to it are moved. Else it is returned in place of the
// new one. ErrFull asks for a Flush.
func (c *Cache) Insert(b *Block) (*TB, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	old := c.Lookup(b.PC, b.Key)
	if old != nil && old.Tier >= b.Tier {
		return old, nil
	}
	nspans := 0
	for _, r := range b.Ranges {
		nspans += int((r.Hi-1)>>pageShift-r.Lo>>pageShift) + 1
	}
	if c.full || int(c.ntbs) >= len(c.tbs) || int(c.nmaps)+len(b.Map) > len(c.maps) || int(c.nmetas) >= len(c.metas) ||
		int(c.nspans)+nspans >= len(c.spans) || c.nindex > 3<<maxIndex/4 || len(c.used) > 1<<pageBits/2 {
		c.full = true
		return nil, ErrFull
	}
	n := c.ntbs
	c.ntbs++
	t := &c.tbs[n]
	*t = TB{
		PC: b.PC, Host: b.Host, lo: uint32(b.Lo - c.Base), size: uint32(b.Hi - b.Lo),
		maps: c.nmaps, nmap: uint32(len(b.Map)), Key: b.Key, Tier: b.Tier, module: c.moduleOf(b),
	}
	copy(c.maps[c.nmaps:], b.Map)
	c.nmaps += t.nmap
	if b.Meta != nil {
		t.meta = c.nmetas
		c.metas[t.meta] = *b.Meta
		c.nmetas++
	}
	chunk := t.lo / ChunkSize
	t.prev = c.chunks[chunk]
	c.chunks[chunk] = n
	if t.module == 0 { // else it goes with the module
		for _, r := range b.Ranges {
			c.addSpans(n, r)
		}
	}
	if old != nil {
		c.replace(old, n)
	} else {
		c.enter(n)
	}
	return t, nil
}

// Keep makes t count as being of the highest tier, so that no better one is tried.
func (c *Cache) Keep(t *TB) {
	c.mu.Lock()
	t.Tier = ^uint8(0)
	c.mu.Unlock()
}

// replace puts TB n where old is in the index, and moves its incoming links.
func (c *Cache) replace(old *TB, n uint32) {
	t := &c.tbs[n]
	c.change(c.number(old), n)
	atomic.StoreUint32(&old.dead, 1)
	for l := old.in; l != 0; l = c.links[l].next {
		patch(c.Base+uint64(c.links[l].site), t.Host)
	}
	t.in, old.in = old.in, 0
}

// patch makes the displacement at site lead to target.
func patch(site, target uint64) {
	atomic.StoreUint32((*uint32)(unsafe.Pointer(uintptr(site))), uint32(target-site-4))
}

// target is where the displacement at site leads.
func target(site uint64) uint64 {
	d := atomic.LoadUint32((*uint32)(unsafe.Pointer(uintptr(site))))
	return site + 4 + uint64(int64(int32(d)))
}

// Link makes the jump at site, which goes to stub while it has no target, lead to t.
// It does nothing if t is dead.
func (c *Cache) Link(site, stub uint64, t *TB) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.Dead(t) {
		return
	}
	if target(site) != stub {
		return // another thread was quicker
	}
	n := c.freeLink
	if n != 0 {
		c.freeLink = c.links[n].next
	} else if int(c.nlinks) < len(c.links) {
		n = c.nlinks
		c.nlinks++
	} else {
		c.full = true
		return
	}
	c.links[n] = link{uint32(site - c.Base), uint32(stub - c.Base), t.in}
	t.in = n
	patch(site, t.Host)
}

func (c *Cache) pageSlot(page uint64, add bool) *pageSlot {
	for i := page & (1<<pageBits - 1); ; i = (i + 1) & (1<<pageBits - 1) {
		s := &c.pages[i]
		if s.page == page+1 {
			return s
		}
		if s.page == 0 {
			if !add {
				return nil
			}
			c.used = append(c.used, uint32(i))
			s.page = page + 1
			return s
		}
	}
}

func (c *Cache) addSpans(tb uint32, r ir.Range) {
	for lo := r.Lo; lo < r.Hi; {
		page := lo >> pageShift
		hi := r.Hi
		if end := (page + 1) << pageShift; end != 0 { // but for the last page
			hi = min(hi, end)
		}
		n := c.freeSpan
		if n != 0 {
			c.freeSpan = c.spans[n].next
		} else {
			n = c.nspans
			c.nspans++
		}
		s := c.pageSlot(page, true)
		base := page << pageShift
		c.spans[n] = span{tb, uint16(lo - base), uint16(hi - base), s.head}
		s.head = n
		lo = hi
	}
}

// Invalidate drops all TBs made from guest addresses in [lo, hi): no look-up
// finds them and no link leads to them. drop is called with the PC of each, under
// the cache's lock. It gives the number dropped.
func (c *Cache) Invalidate(lo, hi uint64, drop func(pc uint64)) int {
	if lo >= hi {
		return 0
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	n := c.unmap(lo, hi, drop)
	first, last := lo>>pageShift, (hi-1)>>pageShift
	if last-first >= uint64(len(c.used)) {
		// A large range: go through the pages that have code.
		for _, i := range c.used {
			if s := &c.pages[i]; s.page-1 >= first && s.page-1 <= last {
				n += c.invalidatePage(s, lo, hi, drop)
			}
		}
	} else {
		for p := first; p <= last; p++ {
			if s := c.pageSlot(p, false); s != nil {
				n += c.invalidatePage(s, lo, hi, drop)
			}
		}
	}
	c.Invalidated += n
	return n
}

func (c *Cache) invalidatePage(s *pageSlot, lo, hi uint64, drop func(pc uint64)) (n int) {
	base := (s.page - 1) << pageShift
	for p := &s.head; *p != 0; {
		i := *p
		sp := &c.spans[i]
		t := &c.tbs[sp.tb]
		if t.dead == 0 && base+uint64(sp.lo) < hi && base+uint64(sp.hi) > lo {
			c.kill(t)
			drop(t.PC)
			n++
		}
		if t.dead != 0 {
			*p = sp.next
			sp.next, c.freeSpan = c.freeSpan, i
			continue
		}
		p = &sp.next
	}
	return
}

func (c *Cache) kill(t *TB) {
	atomic.StoreUint32(&t.dead, 1)
	c.change(c.number(t), tombstone)
	c.unlink(t)
}

// unlink makes all jumps to t lead to their stubs.
func (c *Cache) unlink(t *TB) {
	if t.in == 0 {
		return // nothing is written to memory that may be shared
	}
	for l := t.in; l != 0; {
		x := &c.links[l]
		patch(c.Base+uint64(x.site), c.Base+uint64(x.stub))
		l, x.next, c.freeLink = x.next, c.freeLink, l
	}
	t.in = 0
}

// Find gives the TB whose code holds host address a, dead or alive, or nil.
func (c *Cache) Find(a uint64) *TB {
	if a < c.Base+c.start || a >= c.Base+c.Size {
		return nil
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	for n := c.chunks[(a-c.Base)/ChunkSize]; n != 0; n = c.tbs[n].prev {
		if t := &c.tbs[n]; a-c.Base-uint64(t.lo) < uint64(t.size) {
			return t
		}
	}
	return nil
}

// MapEntry gives the back end's half of the last PC map entry at or before host
// address a in t.
func (c *Cache) MapEntry(t *TB, a uint64) (v uint32, ok bool) {
	m := c.maps[t.maps : t.maps+t.nmap]
	off := a - c.Base - uint64(t.lo)
	i := sort.Search(len(m), func(i int) bool { return m[i]&(1<<32-1) > off })
	if i == 0 {
		return 0, false
	}
	return uint32(m[i-1] >> 32), true
}

// Flush forgets everything but the stubs. No CPU may be in translated code, and
// every jump cache must be cleared. Chunks taken before are gone.
func (c *Cache) Flush() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.unload()
	drop(c.chunks)
	drop(c.tbs)
	drop(c.index)
	drop(c.metas)
	drop(c.links)
	drop(c.spans)
	drop(c.pages)
	c.reset()
	c.Flushes++
}

// drop zeroes an off-heap table and gives its memory back.
func drop[T any](s []T) {
	n := (uintptr(len(s))*unsafe.Sizeof(s[0]) + 4095) &^ 4095
	b := unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), n)
	if syscall.Madvise(b, syscall.MADV_DONTNEED) != nil {
		clear(s)
	}
}
