package linuxuser

import "armature/syscalls/host"

// Mappings made with MAP_GROWSDOWN. The host kernel makes them larger by itself when the
// guest touches what is below, so the record is brought up to date before it is used.

// grown finds out how far areas have grown. The caller has s.mu.
func (s *Space) grown() {
	if !s.grows {
		return
	}
	s.grows = false
	for i := 0; i < len(s.areas); i++ {
		a := s.areas[i]
		if a.Flags&areaGrows == 0 {
			continue
		}
		s.grows = true
		below := uint64(mmapBottom)
		if i > 0 {
			below = s.areas[i-1].Hi
			if p := s.areas[i-1]; p.Hi == a.Lo && p.Flags&areaGrows != 0 {
				continue // a piece of the same mapping
			}
		}
		// It is one mapping: what is mapped is next to what was.
		lo, step := a.Lo, uint64(pageSize)
		for lo-below >= step && mapped(lo-step) {
			lo -= step
			step *= 2
		}
		for ; step >= pageSize; step /= 2 {
			if lo-below >= step && mapped(lo-step) {
				lo -= step
			}
		}
		if lo != a.Lo {
			s.set(lo, a.Hi, a.Prot, a.Flags)
			i = s.search(lo)
		}
	}
}

// mapped tells whether the host has a page at addr mapped.
func mapped(addr uint64) bool {
	var v [1]byte
	return rawCall(hostMincore, addr, pageSize, uint64(host.Addr(v[:]))) == 0
}
