package code

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync/atomic"
	"syscall"
	"unsafe"

	"armature/tcg/hostfile"
)

// A snapshot is a file with the translations of modules, in the form in which they
// lie in the arena and in the tables, which refer to each other by number: it is
// used by mapping it over them, without copying. Code and TBs hold addresses in the
// arena, so the arena must lie where it lay when the file was written.
//
// From the file's start: a page with the header; then, each from a page's start on,
// the modules, the chunks' last TBs, and the sections of mappedSections.

// header begins a file.
type header struct {
	Magic  [8]byte
	Sum    uint64 // of the header, with 0 here
	Tables uint64 // of what is between the header and the code
	Code   uint64 // of the code
	Size   uint64 // of the file

	Base, Start, Next uint64 // the arena's address; offsets of its first chunk and after its last
	Room              [2]uint64

	TBs, Links, Metas, Maps, Modules, Bits uint32 // numbers used in the tables, with entry 0; log2 of the index
	Refined                                uint32 // how many times in a row a few TBs were added; the writer's own
	KeyLen                                 uint32
	Key                                    [pageSize - 112]byte // fills the page
}

const pageSize = 4096

var snapshotMagic = [8]byte{'A', 'R', 'M', 'C', 'O', 'D', 'E', '2'}

// MaxKey is the greatest length of a key in bytes.
const MaxKey = len(header{}.Key)

// MaxSnapshot bounds a snapshot's size in bytes, and that of the part of the arena
// that it fills.
const MaxSnapshot = 64 << 20

// minArena is how much of the arena a snapshot must leave free.
const minArena = 32 << 20

// ErrDamaged says that a file is no snapshot, or is not as it was written.
var ErrDamaged = errors.New("damaged snapshot")

// bytesOf is the memory of s.
func bytesOf[T any](s []T) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(unsafe.SliceData(s))), uintptr(len(s))*unsafe.Sizeof(s[0]))
}

func pages(n int) int { return (n + pageSize - 1) &^ (pageSize - 1) }

// chunkCount is the number of chunks that lie before h.Next, with those of the stubs.
func (h *header) chunkCount() int { return int(h.Next / ChunkSize) }

// layout gives the offsets in the file of the modules, of the chunks' TBs, and of
// the mapped sections, and its size.
func (h *header) layout() (modules, chunks, mapped, size int) {
	modules = pages(int(unsafe.Sizeof(*h)))
	chunks = modules + pages(int(h.Modules)*int(unsafe.Sizeof(module{})))
	mapped = chunks + pages(4*h.chunkCount())
	size = mapped + pages(int(h.TBs)*int(unsafe.Sizeof(TB{}))) + pages(int(h.Links)*int(unsafe.Sizeof(link{}))) +
		pages(int(h.Metas)*MetaWords*8) + pages(int(h.Maps)*8) + pages(4<<h.Bits) + int(h.Next-h.Start)
	return
}

// codeSection is the last of mappedSections.
const codeSection = 5

// mappedSections is the memory that the sections are mapped to, in the file's order.
func (c *Cache) mappedSections(h *header) [6][]byte {
	return [6][]byte{
		bytesOf(c.tbs[:h.TBs]), bytesOf(c.links[:h.Links]), bytesOf(c.metas[:h.Metas]), bytesOf(c.maps[:h.Maps]),
		bytesOf(c.sized(h.Bits)), codeSection: c.Window(c.Base+h.Start, int(h.Next-h.Start)),
	}
}

// sum is a checksum of the whole pages that hold b. It finds damage, not intent.
func sum(h uint64, b []byte) uint64 {
	const k = 0x9e3779b97f4a7c15
	w := unsafe.Slice((*[4]uint64)(unsafe.Pointer(unsafe.SliceData(b))), pages(len(b))/32)
	s0, s1, s2, s3 := h, h+k, h^k, h-k
	for i := range w {
		x := &w[i]
		s0 = (s0 ^ x[0]) * k
		s1 = (s1 ^ x[1]) * k
		s2 = (s2 ^ x[2]) * k
		s3 = (s3 ^ x[3]) * k
		s0 ^= s0 >> 29
		s1 ^= s1 >> 29
		s2 ^= s2 >> 29
		s3 ^= s3 >> 29
	}
	for _, x := range [3]uint64{s1, s2, s3} {
		s0 = (s0 ^ s0>>32 ^ x) * k
	}
	return s0 ^ s0>>32
}

// Sum is the checksum of what is in b, for names of files.
func Sum(h uint64, b []byte) uint64 {
	p := make([]byte, pages(len(b)+8))
	copy(p, b)
	p[len(b)] = 1
	return sum(h, p)
}

// headerSum is what h.Sum must be.
func (h *header) headerSum() uint64 {
	x := *h
	x.Sum = 0
	return sum(1, unsafe.Slice((*byte)(unsafe.Pointer(&x)), pageSize))
}

// Snapshot describes a snapshot that was loaded.
type Snapshot struct {
	h header
}

// Regions is the number of TBs in it.
func (s *Snapshot) Regions() int { return int(s.h.TBs) - 1 }

// Refined is what Save was given.
func (s *Snapshot) Refined() int { return int(s.h.Refined) }

// readHeader reads and checks a header.
func readHeader(f io.ReaderAt, key []byte) (*header, error) {
	h := new(header)
	b := unsafe.Slice((*byte)(unsafe.Pointer(h)), unsafe.Sizeof(*h))
	if _, err := f.ReadAt(b, 0); err != nil {
		return nil, ErrDamaged
	}
	if h.Magic != snapshotMagic || h.Sum != h.headerSum() || int(h.KeyLen) > len(h.Key) {
		return nil, ErrDamaged
	}
	if !bytes.Equal(h.Key[:h.KeyLen], key) {
		return nil, errors.New("a snapshot of something else")
	}
	return h, nil
}

// RegionsIn reads how many TBs a snapshot file has, and what Refined gives: 0 if it is not a good one of key.
func RegionsIn(f io.ReaderAt, key []byte) (regions, refined int) {
	h, err := readHeader(f, key)
	if err != nil {
		return 0, 0
	}
	return int(h.TBs) - 1, int(h.Refined)
}

// fits checks the header's numbers against the file and the cache.
func (c *Cache) fits(h *header, size int64) bool {
	return h.Base == c.Base && h.Start == c.start && h.Next%ChunkSize == 0 && h.Next > h.Start && h.Next+minArena <= c.Size &&
		h.TBs > 1 && int(h.TBs) <= len(c.tbs)/2 && h.Links >= 1 && int(h.Links) <= len(c.links)/2 &&
		h.Metas >= 1 && int(h.Metas) <= len(c.metas)/2 && int(h.Maps) <= len(c.maps)/2 &&
		h.Modules > 1 && h.Modules <= maxModules && h.Bits >= minIndex && h.Bits <= maxIndex && h.TBs < 1<<h.Bits &&
		(h.Room == [2]uint64{} || h.Room[0] < h.Room[1] && h.Room[0]/ChunkSize == (h.Room[1]-1)/ChunkSize && h.Room[0] >= h.Start && h.Room[1] <= h.Next) &&
		h.Size == uint64(size) && func() bool { _, _, _, n := h.layout(); return int64(n) == size }()
}

// Load maps the snapshot in the open file fd, which has size bytes and the key
// given, into an empty cache. The code itself is checked with full only: that reads
// all of the file. check says whether a TB's own data are good. After an error the
// cache is empty as before.
func (c *Cache) Load(fd int, size int64, key []byte, full bool, check func(*[MetaWords]uint64) bool) (*Snapshot, error) {
	f := hostfile.File(fd)
	h, err := readHeader(f, key)
	if err != nil {
		return nil, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ntbs != 1 || c.modules == nil || len(c.modules) != 1 || c.nlinks != 1 {
		return nil, errors.New("a snapshot comes first")
	}
	if !c.fits(h, size) {
		return nil, ErrDamaged
	}
	atModules, atChunks, at, _ := h.layout()
	modules := make([]module, (atChunks-atModules)/int(unsafe.Sizeof(module{}))+1)
	chunks := make([]uint32, (at-atChunks)/4)
	if _, err := f.ReadAt(bytesOf(modules)[:atChunks-atModules], int64(atModules)); err != nil {
		return nil, err
	}
	if _, err := f.ReadAt(bytesOf(chunks), int64(atChunks)); err != nil {
		return nil, err
	}
	c.file = &Snapshot{h: *h}
	tables := sum(sum(2, bytesOf(modules)[:atChunks-atModules]), bytesOf(chunks))
	for i, s := range c.mappedSections(h) {
		err := mapOver(s, i == codeSection, syscall.MAP_PRIVATE, fd, at)
		if i == codeSection && errors.Is(err, syscall.EPERM) {
			_, err = f.ReadAt(s, int64(at)) // what is mapped from that file system must not be executed
		}
		if err != nil {
			c.unload()
			return nil, err
		}
		at += pages(len(s))
		if i != codeSection {
			tables = sum(tables, s)
		}
	}
	modules, chunks = modules[:h.Modules], chunks[:h.chunkCount()]
	if tables != h.Tables || !c.sound(h, modules, chunks, check) || full && c.codeSum(h, chunks) != h.Code {
		c.unload()
		return nil, ErrDamaged
	}
	c.modules = append(c.modules[:0], modules...)
	copy(c.chunks, chunks)
	c.ntbs, c.nlinks, c.nmetas, c.nmaps, c.nindex = h.TBs, h.Links, h.Metas, h.Maps, h.TBs-1
	c.bits.Store(h.Bits)
	c.next.Store(h.Next)
	c.room = h.Room
	return c.file, nil
}

// codeSum is what h.Code must be: chunks without TBs are holes.
func (c *Cache) codeSum(h *header, chunks []uint32) uint64 {
	s := uint64(3)
	for i, last := range chunks {
		if last != 0 {
			s = sum(s, c.Window(c.Base+uint64(i)*ChunkSize, ChunkSize))
		}
	}
	return s
}

// sound checks all numbers in the tables of a snapshot that is mapped.
func (c *Cache) sound(h *header, modules []module, chunks []uint32, check func(*[MetaWords]uint64) bool) bool {
	for i := range modules[1:] {
		if m := &modules[i+1]; m.File == (FileID{}) || m.Lo >= m.Hi || m.mapLo != 0 || m.mapHi != 0 || m.used != 0 {
			return false
		}
	}
	for i, n := range chunks {
		if n >= h.TBs || n != 0 && c.tbs[n].lo/ChunkSize != uint32(i) {
			return false
		}
	}
	// The lists of links follow each other without a gap, in the order of the TBs.
	link := uint32(1)
	for n := uint32(1); n < h.TBs; n++ {
		t := &c.tbs[n]
		end := uint64(t.lo) + uint64(t.size)
		if uint64(t.lo) < h.Start || t.size == 0 || uint64(t.lo)/ChunkSize != (end-1)/ChunkSize || end > h.Next ||
			t.Host-c.Base-uint64(t.lo) >= uint64(t.size) || t.prev >= n || t.dead != 0 ||
			uint64(t.maps)+uint64(t.nmap) > uint64(h.Maps) || t.meta >= h.Metas ||
			t.module == 0 || uint32(t.module) >= h.Modules {
			return false
		}
		if m := &modules[t.module]; t.PC < m.Lo || t.PC >= m.Hi {
			return false
		}
		if t.meta != 0 && !check(&c.metas[t.meta]) {
			return false
		}
		if t.in == 0 {
			continue
		}
		if t.in != link {
			return false
		}
		for {
			if link >= h.Links {
				return false
			}
			l := &c.links[link]
			if !inCode(h, l.site) || !inCode(h, l.stub) {
				return false
			}
			link++
			if l.next == 0 {
				break
			}
			if l.next != link {
				return false
			}
		}
	}
	if link != h.Links {
		return false
	}
	// An entry in the wrong place, or of a wrong hash, would only never be found; to look at
	// the TB of each takes time.
	used := uint32(0)
	for _, v := range c.sized(h.Bits) {
		if v == 0 {
			continue
		}
		if n := v & (1<<numberBits - 1); n == 0 || n >= h.TBs {
			return false
		}
		used++
	}
	return used == h.TBs-1
}

// inCode tells whether a 32-bit field may be at offset off.
func inCode(h *header, off uint32) bool { return uint64(off) >= h.Start && uint64(off)+4 <= h.Next }

// mapOver replaces the pages of s by a mapping of fd from off on, or by empty ones.
func mapOver(s []byte, exec bool, flags, fd, off int) error {
	if len(s) == 0 {
		return nil
	}
	prot := syscall.PROT_READ | syscall.PROT_WRITE
	if exec {
		prot |= syscall.PROT_EXEC
	}
	_, _, e := syscall.Syscall6(syscall.SYS_MMAP, uintptr(unsafe.Pointer(unsafe.SliceData(s))), uintptr(pages(len(s))), uintptr(prot),
		uintptr(flags|syscall.MAP_FIXED|syscall.MAP_NORESERVE), uintptr(fd), uintptr(off))
	if e != 0 {
		return fmt.Errorf("mapping a snapshot: %w", e)
	}
	return nil
}

// unload puts empty memory where a snapshot was mapped.
func (c *Cache) unload() {
	if c.file == nil {
		return
	}
	for i, s := range c.mappedSections(&c.file.h) {
		if err := mapOver(s, i == codeSection, syscall.MAP_PRIVATE|syscall.MAP_ANON, -1, 0); err != nil {
			panic(err) // what is mapped there is not what the cache now says
		}
	}
	c.file = nil
}

// Filter chooses what goes into a snapshot: the modules of file id, which were used
// in this process or have only been loaded with an earlier snapshot.
type Filter func(id FileID, used bool) bool

// chosen gives the modules that are to be saved, by number.
func (c *Cache) chosen(f Filter) (set [maxModules]bool) {
	for i := 1; i < len(c.modules); i++ {
		m := &c.modules[i]
		set[i] = f(m.File, m.used != 0)
	}
	return
}

// Saveable is the number of TBs that Save would write.
func (c *Cache) Saveable(f Filter) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n, set := 0, c.chosen(f)
	for i := range c.tbs[1:c.ntbs] {
		if t := &c.tbs[i+1]; t.dead == 0 && set[t.module] {
			n++
		}
	}
	return n
}

// kept is a TB that goes into a snapshot.
type kept struct {
	lo, hi uint32 // its code
	n      uint32 // its number there
	module uint16
}

// Save writes a snapshot of what f chooses to w. room is a part of the arena that is free, two
// offsets. clean tells whether memory that a file is mapped to is still as it was
// mapped; nil: it is. refined is for the caller's own use. It gives the size of the file, which is to be truncated to that.
func (c *Cache) Save(w io.WriterAt, key []byte, refined int, f Filter, room [2]uint64, clean func(id FileID, lo, hi uint64) bool) (int64, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	h := &header{Magic: snapshotMagic, Base: c.Base, Start: c.start, Next: c.next.Load(), Room: room, Refined: uint32(refined), KeyLen: uint32(len(key))}
	if len(key) > MaxKey || c.Flushes != 0 || h.Next-h.Start > MaxSnapshot || h.Next+minArena > c.Size {
		return 0, errors.New("not to be saved")
	}
	copy(h.Key[:], key)

	// New numbers. Entry 0 of each table is unused.
	renumber := make([]uint32, c.ntbs)
	var moduleNumber [maxModules]uint16
	modules := make([]module, 1, len(c.modules))
	set := c.chosen(f)
	for _, k := range c.mapped {
		if m := &c.modules[k]; set[k] && m.Hi != 0 && clean != nil {
			set[k] = clean(m.File, m.Lo, m.Hi)
		}
	}
	tbs := make([]TB, 1, c.ntbs)
	metas := make([][MetaWords]uint64, 1)
	maps := make([]uint64, 0, c.nmaps)
	chunks := make([]uint32, h.chunkCount())
	byCode := make([]kept, 0, c.ntbs)
	for i := uint32(1); i < c.ntbs; i++ {
		t := c.tbs[i]
		if t.dead != 0 || !set[t.module] {
			continue
		}
		n := uint32(len(tbs))
		renumber[i] = n
		k := moduleNumber[t.module]
		if k == 0 {
			k = uint16(len(modules))
			moduleNumber[t.module] = k
			m := c.modules[t.module]
			m.mapLo, m.mapHi, m.TBs, m.used = 0, 0, 0, 0
			modules = append(modules, m)
		}
		modules[k].TBs++
		maps = append(maps, c.maps[t.maps:t.maps+t.nmap]...)
		if t.meta != 0 {
			metas = append(metas, c.metas[t.meta])
			t.meta = uint32(len(metas) - 1)
		}
		if uint64(t.lo) < room[1] && uint64(t.lo)+uint64(t.size) > room[0] {
			return 0, errors.New("the room is taken")
		}
		chunk := t.lo / ChunkSize
		t.maps, t.in, t.prev, t.module = uint32(len(maps))-t.nmap, 0, chunks[chunk], k
		chunks[chunk] = n
		tbs = append(tbs, t)
		byCode = append(byCode, kept{t.lo, t.lo + t.size, n, k})
	}
	if len(tbs) == 1 {
		return 0, errors.New("nothing to save")
	}
	slices.SortFunc(byCode, func(a, b kept) int { return cmp.Compare(a.lo, b.lo) })

	// Of the links those within a module stay; the others go back to their stubs.
	links := make([]link, 1, c.nlinks)
	var undo []link
	for i := uint32(1); i < c.ntbs; i++ {
		if c.tbs[i].dead != 0 {
			continue
		}
		var to *TB
		if n := renumber[i]; n != 0 {
			to = &tbs[n]
		}
		first := len(links)
		for l := c.tbs[i].in; l != 0; l = c.links[l].next {
			x := c.links[l]
			switch k := owner(byCode, x.site); {
			case k == 0:
			case to != nil && k == to.module:
				if to.in == 0 {
					to.in = uint32(first)
				}
				x.next = uint32(len(links)) + 1
				links = append(links, x)
			default:
				undo = append(undo, x)
			}
		}
		if len(links) > first {
			links[len(links)-1].next = 0
		}
	}
	slices.SortFunc(undo, func(a, b link) int { return cmp.Compare(a.site, b.site) })

	h.Bits = minIndex
	for len(tbs) > 1<<h.Bits/2 && h.Bits < maxIndex {
		h.Bits++
	}
	x := make(index, 1<<h.Bits)
	for n := range tbs[1:] {
		x.add(tbs[n+1].PC, uint32(n)+1)
	}
	h.TBs, h.Links, h.Metas, h.Maps, h.Modules = uint32(len(tbs)), uint32(len(links)), uint32(len(metas)), uint32(len(maps)), uint32(len(modules))
	atModules, _, _, size := h.layout()
	h.Size = uint64(size)
	at := int64(atModules)
	h.Tables = 2
	for _, b := range [][]byte{bytesOf(modules), bytesOf(chunks), bytesOf(tbs), bytesOf(links), bytesOf(metas), bytesOf(maps), bytesOf(x)} {
		b = append(b[:len(b):len(b)], make([]byte, pages(len(b))-len(b))...)
		h.Tables = sum(h.Tables, b)
		if _, err := w.WriteAt(b, at); err != nil {
			return 0, err
		}
		at += int64(len(b))
	}
	h.Code = 3
	buf := make([]byte, ChunkSize)
	total := at
	for i, last := range chunks {
		lo := uint64(i) * ChunkSize
		if last == 0 {
			continue
		}
		copy(buf, c.Window(c.Base+lo, ChunkSize))
		if room[0] >= lo && room[1] <= lo+ChunkSize && room[0] < room[1] {
			clear(buf[room[0]-lo : room[1]-lo])
		}
		for ; len(undo) > 0 && uint64(undo[0].site) < lo+ChunkSize; undo = undo[1:] {
			u := undo[0]
			atomic.StoreUint32((*uint32)(unsafe.Pointer(&buf[uint64(u.site)-lo])), u.stub-u.site-4)
		}
		h.Code = sum(h.Code, buf)
		if total += ChunkSize; total > MaxSnapshot {
			return 0, errors.New("too large to be saved")
		}
		if _, err := w.WriteAt(buf, at+int64(lo-h.Start)); err != nil {
			return 0, err
		}
	}
	h.Sum = h.headerSum()
	_, err := w.WriteAt(unsafe.Slice((*byte)(unsafe.Pointer(h)), unsafe.Sizeof(*h)), 0)
	return int64(size), err
}

// owner gives the module of the TB whose code a jump's field at offset site is in.
func owner(byCode []kept, site uint32) uint16 {
	i, found := slices.BinarySearchFunc(byCode, site, func(k kept, s uint32) int { return cmp.Compare(k.lo, s) })
	if !found {
		i--
	}
	if i < 0 || site >= byCode[i].hi {
		return 0
	}
	return byCode[i].module
}

var _ [pageSize]byte = [unsafe.Sizeof(header{})]byte{}
