package linuxuser

import (
	"sync"
	"unsafe"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/fault"
	"armature/tcg/state"
)

const (
	pageSize = 4096
	pageMask = pageSize - 1

	protRead  = 1
	protWrite = 2
	protExec  = 4
	protAll   = 7
)

// Area flags.
const (
	areaStack    = 1 << iota // the main thread's stack
	areaHeap                 // brk
	areaVDSO                 // the vDSO
	areaShared               // MAP_SHARED
	areaFile                 // backed by a file: a page of it may be beyond its end
	areaForeign              // not the guest's: something of the host was found there
	areaGuard                // kept free, below the stack
	areaDontfork             // a child does not have it
	areaGrows                // MAP_GROWSDOWN: see grown
)

// Area is one run of guest pages with the same protection.
type Area struct {
	Lo, Hi uint64
	Prot   uint32 // the guest's: the host mapping is never executable
	Flags  uint32
}

// counts tells how much of an area counts for RLIMIT_AS and RLIMIT_DATA.
func (a *Area) counts() (total, data uint64) {
	if a.Flags&(areaStack|areaForeign|areaGuard) != 0 {
		return 0, 0
	}
	total = a.Hi - a.Lo
	if a.Prot&protWrite != 0 && a.Flags&areaShared == 0 {
		data = total
	}
	return total, data
}

const (
	maxAreas = 1 << 18   // what there is room for
	mapCount = 65530 * 2 // what a guest may have: Linux's default limit, and as much again as areas may split where the kernel's do not
)

// Space is the record of what the guest has mapped, and where. It tells what is
// executable, since the host mappings of the guest are not, and where there is
// room; the host kernel keeps everything else. The list lies off the Go heap.
type Space struct {
	mu    sync.RWMutex
	areas []Area // sorted, not overlapping; capacity maxAreas, off the Go heap

	// Code may have changed in a range; set by the engine's owner.
	invalidate func(lo, hi uint64)

	keep keeper // nil: nobody wants to know which files are mapped

	brkStart, brk    uint64
	mmapTop          uint64 // free addresses are looked for below
	files            finder // for what has a file: at the same place each time, for the sake of the translations
	anon             finder // for other mappings
	stackLo, stackHi uint64
	stackExec        uint32 // protExec or 0
	lockFuture       bool
	dontfork         bool // there may be an area with areaDontfork
	grows            bool // there may be an area with areaGrows
	deny             uint32

	// What counts for RLIMIT_AS and RLIMIT_DATA, in bytes, without the stack.
	total, data uint64
	identity    *identity // gets the total; may be nil

	rings map[uint64]uint64 // mappings above the range, of io_uring and AIO: address -> size
	aio   map[uint64]uint64 // rings of AIO contexts, wherever they are: address -> size
	shm   map[uint64]uint64 // attached segments: address -> size
}

// finder looks for room from the top down.
type finder struct {
	top  uint64 // where it starts
	hint uint64 // no gap between hint and top is larger than hole
	hole uint64
}

func (f *finder) reset(top uint64) { *f = finder{top: top, hint: top} }

const (
	mmapBottom = 0x10000 // mmap_min_addr
	// The kernel puts an emulator's pages at the top of the host's address space;
	// these are the guest's.
	stackTop = syscalls.GuestTop - 0x100000
)

func newSpace() (*Space, error) {
	size := uintptr(maxAreas) * unsafe.Sizeof(Area{})
	p := host.Map(size)
	if e, bad := syscalls.Failed(uint64(p)); bad {
		return nil, e
	}
	s := &Space{areas: unsafe.Slice((*Area)(host.Pointer(p)), maxAreas)[:0], invalidate: func(lo, hi uint64) {}}
	return s, nil
}

// search gives the index of the first area that ends above addr.
func (s *Space) search(addr uint64) int {
	i, j := 0, len(s.areas)
	for i < j {
		if h := int(uint(i+j) >> 1); s.areas[h].Hi > addr {
			j = h
		} else {
			i = h + 1
		}
	}
	return i
}

// find gives the area at addr, nil if there is none.
func (s *Space) find(addr uint64) *Area {
	if i := s.search(addr); i < len(s.areas) && s.areas[i].Lo <= addr {
		return &s.areas[i]
	}
	return nil
}

// reserved tells whether [lo, hi) meets addresses that are the emulator's.
func reserved(lo, hi uint64) bool {
	return syscalls.Reserved(lo, hi)
}

// free tells whether [lo, hi) may be mapped without replacing anything.
func (s *Space) free(lo, hi uint64) bool {
	if reserved(lo, hi) {
		return false
	}
	i := s.search(lo)
	return i == len(s.areas) || s.areas[i].Lo >= hi
}

// covered tells up to where [lo, hi) is mapped without a gap.
func (s *Space) covered(lo, hi uint64) uint64 {
	for i := s.search(lo); i < len(s.areas) && s.areas[i].Lo <= lo && lo < hi; i++ {
		if s.areas[i].Flags&(areaForeign|areaGuard) != 0 {
			break
		}
		lo = s.areas[i].Hi
	}
	return min(lo, hi)
}

// executable tells whether [lo, hi) has executable pages.
func (s *Space) executable(lo, hi uint64) bool {
	for i := s.search(lo); i < len(s.areas) && s.areas[i].Lo < hi; i++ {
		if s.areas[i].Prot&protExec != 0 {
			return true
		}
	}
	return false
}

// splice replaces areas [i, j) by add.
func (s *Space) splice(i, j int, add ...Area) bool {
	n := len(s.areas) + len(add) - (j - i)
	if n > cap(s.areas) {
		return false
	}
	if s.identity != nil {
		s.identity.seq++
	}
	old := s.areas
	for _, a := range old[i:j] {
		total, data := a.counts()
		s.total -= total
		s.data -= data
	}
	for _, a := range add {
		total, data := a.counts()
		s.total += total
		s.data += data
	}
	s.areas = s.areas[:n]
	copy(s.areas[i+len(add):], old[j:])
	copy(s.areas[i:], add)
	if s.identity != nil {
		s.show()
		s.identity.seq++
	}
	return true
}

// set records that [lo, hi) is mapped as given, replacing what was there.
func (s *Space) set(lo, hi uint64, prot, flags uint32) {
	s.clear(lo, hi)
	i := s.search(lo)
	a := Area{lo, hi, prot, flags}
	j := i
	if i > 0 && s.areas[i-1].Hi == lo && s.areas[i-1].Prot == prot && s.areas[i-1].Flags == flags {
		i--
		a.Lo = s.areas[i].Lo
	}
	if j < len(s.areas) && s.areas[j].Lo == hi && s.areas[j].Prot == prot && s.areas[j].Flags == flags {
		a.Hi = s.areas[j].Hi
		j++
	}
	s.splice(i, j, a)
}

// clear records that [lo, hi) is not mapped.
func (s *Space) clear(lo, hi uint64) {
	if lo >= hi {
		return
	}
	i := s.search(lo)
	j := i
	var keep [2]Area
	n := 0
	for ; j < len(s.areas) && s.areas[j].Lo < hi; j++ {
		a := s.areas[j]
		if a.Lo < lo {
			keep[n] = a
			keep[n].Hi = lo
			n++
		}
		if a.Hi > hi {
			keep[n] = a
			keep[n].Lo = hi
			n++
		}
	}
	if j == i {
		return
	}
	s.splice(i, j, keep[:n]...)
	// The hole may now be larger than any that was passed over.
	for _, f := range [2]*finder{&s.files, &s.anon} {
		if hi > f.hint {
			f.reset(f.top)
		}
	}
}

// protect records a new protection for the mapped parts of [lo, hi).
func (s *Space) protect(lo, hi uint64, prot uint32) {
	for lo < hi {
		i := s.search(lo)
		if i == len(s.areas) || s.areas[i].Lo >= hi {
			return
		}
		a := s.areas[i]
		l, h := max(a.Lo, lo), min(a.Hi, hi)
		if a.Prot != prot {
			s.set(l, h, prot, a.Flags)
		}
		lo = h
	}
}

// show tells other processes where the list is.
func (s *Space) show() {
	s.identity.mapped, s.identity.data = s.total, s.data
	s.identity.areas, s.identity.nareas = uint64(uintptr(unsafe.Pointer(unsafe.SliceData(s.areas)))), uint64(len(s.areas))
}

// parts are the pieces of areas in [lo, hi).
func (s *Space) parts(lo, hi uint64) (list []Area) {
	for i := s.search(lo); i < len(s.areas) && s.areas[i].Lo < hi; i++ {
		a := s.areas[i]
		a.Lo, a.Hi = max(a.Lo, lo), min(a.Hi, hi)
		list = append(list, a)
	}
	return list
}

// flag sets or clears a flag of the mapped parts of [lo, hi).
func (s *Space) flag(lo, hi uint64, flag uint32, on bool) {
	for _, a := range s.parts(lo, hi) {
		f := a.Flags &^ flag
		if on {
			f |= flag
			s.dontfork = s.dontfork || flag == areaDontfork
		}
		if f != a.Flags {
			s.set(a.Lo, a.Hi, a.Prot, f)
		}
	}
}

// forked takes out what the child of a fork does not have.
func (s *Space) forked() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.deny = s.inherited()
	for i := 0; s.dontfork && i < len(s.areas); {
		if a := s.areas[i]; a.Flags&areaDontfork != 0 {
			s.clear(a.Lo, a.Hi)
			s.invalidate(a.Lo, a.Hi)
			continue
		}
		i++
	}
}

// gap finds room for n bytes, aligned, as high as possible below where f starts. It gives 0 if there
// is none.
func (s *Space) gap(f *finder, n, align uint64) uint64 {
	if n == 0 || n > s.mmapTop {
		return 0
	}
	if n > f.hole && f.hint != f.top {
		if a := s.gapBelow(f, f.hint, n, align); a != 0 {
			return a
		}
	}
	f.reset(f.top)
	if a := s.gapBelow(f, f.top, n, align); a != 0 || f.top == s.mmapTop {
		return a
	}
	all := finder{}
	all.reset(s.mmapTop)
	return s.gapBelow(&all, all.top, n, align)
}

func (s *Space) gapBelow(f *finder, top, n, align uint64) uint64 {
	i := s.search(top-1) - 1 // the last area that may end at or below top
	if i+1 < len(s.areas) {
		top = min(top, s.areas[i+1].low())
	}
	for {
		bottom := uint64(mmapBottom)
		if i >= 0 {
			bottom = max(bottom, s.areas[i].Hi)
		}
		if top >= bottom && top-bottom >= n {
			if a := (top - n) &^ (align - 1); a >= bottom {
				f.hint = a
				f.hole = max(f.hole, top-n-a)
				return a
			}
		}
		if top >= bottom {
			f.hole = max(f.hole, top-bottom)
		}
		if i < 0 {
			return 0
		}
		top = min(top, s.areas[i].low())
		i--
	}
}

// low is up to where others may be mapped below a: what grows has room to do so.
func (a *Area) low() uint64 {
	if a.Flags&areaGrows != 0 {
		return a.Lo - min(a.Lo, stackGuard)
	}
	return a.Lo
}

// Fetch gives the executable bytes from pc to the end of its page. It is part of
// the engine's view of memory. The page may be beyond the end of its file.
func (s *Space) Fetch(pc uint64) []byte {
	s.mu.RLock()
	a := s.find(pc)
	exec := a != nil && a.Prot&protExec != 0
	s.mu.RUnlock()
	if !exec {
		return nil
	}
	return unsafe.Slice((*byte)(host.Pointer(uintptr(pc))), pageSize-pc&pageMask)
}

// fetchable tells whether there is code at pc.
func (s *Space) fetchable(pc uint64) bool {
	var probe [1]byte
	return s.Fetch(pc) != nil && fault.CopyIn(probe[:], pc) == 1
}

// fetchBeyond: the page is mapped and executable, but beyond the end of its file.
const fetchBeyond = state.FetchNoExec + 1

// FetchFault says why nothing can be fetched at pc: a state.Fetch constant, or
// fetchBeyond.
func (s *Space) FetchFault(pc uint64) uint64 {
	s.mu.RLock()
	defer s.mu.RUnlock()
	switch a := s.find(pc); {
	case a == nil, a.Flags&(areaForeign|areaGuard) != 0:
		return state.FetchUnmapped
	case a.Prot&protExec == 0:
		return state.FetchNoExec
	}
	return fetchBeyond
}

// hostProt is the protection of the host mapping: guest code is only read. It is executable for a
// moment, if of a file, so that the kernel says whether it may be.
func hostProt(prot uint64) uint64 {
	if prot&protExec != 0 {
		prot = prot&^protExec | protRead
	}
	return prot & protAll
}
