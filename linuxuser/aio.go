package linuxuser

import (
	"encoding/binary"

	"armature/syscalls"
	"armature/tcg/fault"
)

// The ring of an AIO context's completions is mapped by io_setup, where the kernel likes: above
// the guest's range, or in it if an unlimited stack makes it place mappings from the middle up.
// Its address names the context, and programs read the ring. One that moves it with mremap
// (a checkpoint's restorer) has the context under the new address.
const (
	hostIoSetup    = 206
	hostIoDestroy  = 207
	ringHeader     = 32 // bytes, before the events
	ringEvent      = 32 // bytes of one event
	ringEventCount = 4  // where the header has the number of events
)

func sysIoSetup(t *Thread, a *[6]uint64) uint64 {
	if !syscalls.OK(a[1]) {
		return syscalls.EFAULT.Ret()
	}
	t.p.needsThreads() // the kernel writes to the ring meanwhile
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	r := rawCall(hostIoSetup, a[0], a[1])
	b := t.Scratch(ringHeader)
	if r != 0 || !syscalls.CopyIn(b[:8], a[1]) {
		return r
	}
	ctx := binary.LittleEndian.Uint64(b)
	if fault.CopyIn(b, ctx) != len(b) {
		return r
	}
	// The kernel rounds the number of events up to fill the last page.
	n := pageUp(ringHeader + ringEvent*uint64(binary.LittleEndian.Uint32(b[ringEventCount:])))
	s.setRing(ctx, n, protRead|protWrite)
	if s.aio == nil {
		s.aio = map[uint64]uint64{}
	}
	s.aio[ctx] = n
	return r
}

func sysIoDestroy(t *Thread, a *[6]uint64) uint64 {
	r := t.Block(hostIoDestroy, a)
	if r != 0 {
		return r
	}
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	if n, ok := s.aio[a[0]]; ok {
		s.clear(a[0], a[0]+n)
		s.forgetRing(a[0])
	}
	return r
}

// setRing records a mapping that the kernel has placed.
func (s *Space) setRing(lo, n, prot uint64) {
	if !reserved(lo, lo+n) {
		s.set(lo, lo+n, uint32(prot&protAll), areaFile|areaShared)
		return
	}
	if s.rings == nil {
		s.rings = map[uint64]uint64{}
	}
	s.rings[lo] = n
}

func (s *Space) forgetRing(lo uint64) {
	delete(s.rings, lo)
	delete(s.aio, lo)
}

// moveRing is mremap of a ring above the guest's range, which is refused another size.
func (s *Space) moveRing(lo, n, flags, to uint64) uint64 {
	if flags&mremapDontunmap != 0 {
		return syscalls.EINVAL.Ret()
	}
	if flags&mremapFixed == 0 {
		return lo
	}
	if to&pageMask != 0 || to > taskSize-n || to < lo+n && lo < to+n {
		return syscalls.EINVAL.Ret()
	}
	if e, bad := taken(to, n); bad {
		return e.Ret()
	}
	r := rawCall(hostMremap, lo, n, n, flags, to)
	if _, bad := syscalls.Failed(r); bad {
		return r
	}
	if s.executable(r, r+n) {
		s.invalidate(r, r+n)
	}
	s.setRing(r, n, protRead|protWrite)
	if _, ok := s.aio[lo]; ok {
		s.aio[r] = n
	}
	s.forgetRing(lo)
	return r
}
