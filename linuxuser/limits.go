package linuxuser

import (
	"armature/syscalls"
	"armature/syscalls/host"
)

// What Linux counts of a stack that has hardly been used.
const stackUse = 132 << 10

// mayExpand tells whether the guest may map total bytes more, of which data are
// private and writable, in RLIMIT_AS and RLIMIT_DATA; the kernel's rule, but for the
// stack, of which the first pages count.
func (s *Space) mayExpand(total, data uint64) bool {
	return len(s.areas) <= mapCount && (total == 0 || s.fits(total)) && (data == 0 || s.fitsData(data))
}

// mayMap tells whether the guest may make a mapping that is n bytes larger than what it replaces,
// and private and writable or not: the kernel's rule, which refuses it even if n is 0 when a limit
// has been exceeded.
func (s *Space) mayMap(n uint64, data bool) bool {
	return len(s.areas) <= mapCount && s.fits(n) && (!data || s.fitsData(n))
}

// fits tells whether n bytes more are within RLIMIT_AS, fitsData whether they are within RLIMIT_DATA.
func (s *Space) fits(n uint64) bool {
	return s.total+n+stackUse <= pageDown(syscalls.SoftLimit(syscalls.RlimitAS))
}

func (s *Space) fitsData(n uint64) bool {
	return s.data+n <= pageDown(syscalls.SoftLimit(syscalls.RlimitData))
}

// usage sums up what counts of [lo, hi).
func (s *Space) usage(lo, hi uint64) (total, data uint64) {
	for i := s.search(lo); i < len(s.areas) && s.areas[i].Lo < hi; i++ {
		a := s.areas[i]
		a.Lo, a.Hi = max(a.Lo, lo), min(a.Hi, hi)
		t, d := a.counts()
		total, data = total+t, data+d
	}
	return total, data
}

// gainsData is how much of [lo, hi) counts as data once it is writable.
func (s *Space) gainsData(lo, hi uint64) (n uint64) {
	for i := s.search(lo); i < len(s.areas) && s.areas[i].Lo < hi; i++ {
		a := s.areas[i]
		if a.Prot&protWrite == 0 {
			a.Lo, a.Hi, a.Prot = max(a.Lo, lo), min(a.Hi, hi), protWrite
			_, d := a.counts()
			n += d
		}
	}
	return n
}

// takeLimits gives the guest the limits of memory that the process was started with,
// or that the emulator which executed it hands on.
func (c *Config) takeLimits() {
	as, data, ok := host.MemoryLimits()
	if !ok {
		return
	}
	if c.Limits != nil {
		as, data = c.Limits[0], c.Limits[1]
	}
	syscalls.SetLimit(syscalls.RlimitAS, as)
	syscalls.SetLimit(syscalls.RlimitData, data)
}

// growStack makes the main thread's stack as large as its limit now is, as far as
// what reserveStack has kept free allows. It never shrinks.
func (s *Space) growStack(limit uint64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if limit > stackRoom {
		limit = stackRoom
	}
	lo := s.stackHi - pageUp(limit)
	if lo >= s.stackLo {
		return
	}
	if g := s.find(s.stackLo - 1); g == nil || g.Flags&areaGuard == 0 {
		return
	} else if lo < g.Lo+stackGuard {
		lo = g.Lo + stackGuard
	}
	top := s.find(s.stackLo)
	if lo >= s.stackLo || top == nil || top.Flags&areaStack == 0 {
		return
	}
	prot := uint32(protRead|protWrite) | s.stackExec
	if s.mapHost(lo, s.stackLo-lo, prot, mapPrivate|mapFixed|mapAnon|mapNoreserve|mapNoReplace, -1, 0, areaStack) == nil {
		s.stackLo = lo
	}
}
