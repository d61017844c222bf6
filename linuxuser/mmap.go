package linuxuser

import (
	"slices"

	"armature/syscalls"
	"armature/syscalls/host"
)

// More flags of mmap, and those of mremap.
const (
	mapShared         = 1
	mapSharedValidate = 3
	mapType           = 0xf
	mapHugetlb        = 0x40000
	mapLocked         = 0x2000
	mapStack          = 0x20000
	mapX86Only        = 0x40 | 0x80 // MAP_32BIT, MAP_ABOVE4G

	mremapMaymove   = 1
	mremapFixed     = 2
	mremapDontunmap = 4

	protGrowsdown = 0x01000000
	protGrowsup   = 0x02000000
	protSem       = 8

	hostMremap  = 25
	hostMsync   = 26
	hostMincore = 27
	hostMadvise = 28
	hostShmat   = 30
	hostShmctl  = 31
	hostShmdt   = 67
	hostMlock   = 149
	hostMunlock = 150
	hostMbind   = 237
	hostMlock2  = 325
	hostMseal   = 462

	hostSetHomeNode = 450
)

// taskSize is the end of the address space on arm64 with 48-bit addresses.
const taskSize = 1 << 48

// taken gives the error for a fixed range that meets the emulator's addresses or
// ends outside the guest's.
func taken(addr, n uint64) (syscalls.Errno, bool) {
	if reserved(addr, addr+n) {
		return syscalls.ENOMEM, true
	}
	return 0, false
}

// noMapping is e as the answer to mmap, or EBADF if the descriptor is bad, which the kernel finds
// before it looks at a length or an address.
func noMapping(a *[6]uint64, e syscalls.Errno) uint64 {
	if a[3]&mapAnon == 0 {
		const none = 0 // the length, so that it fails in any case
		if r := rawCall(host.SysMmap, 0, none, 0, mapPrivate, a[4], 0); r == syscalls.EBADF.Ret() {
			return r
		}
	}
	return e.Ret()
}

func sysMmap(t *Thread, a *[6]uint64) uint64 {
	addr, n, prot, flags, off := a[0], a[1], a[2], a[3]&0xffffffff, a[5]
	if off&pageMask != 0 {
		return syscalls.EINVAL.Ret()
	}
	if flags&mapAnon == 0 && host.Own(uint32(a[4])) {
		return syscalls.EBADF.Ret()
	}
	if n == 0 {
		return noMapping(a, syscalls.EINVAL)
	}
	n = pageUp(n)
	if n == 0 || n > syscalls.GuestTop {
		return noMapping(a, syscalls.ENOMEM)
	}
	if flags&mapType == mapSharedValidate && flags&mapAnon == 0 && flags&(mapX86Only|mapNoReplace) != 0 {
		return noMapping(a, syscalls.EOPNOTSUPP)
	}
	flags &^= mapX86Only
	if ty := flags & mapType; prot&protWrite != 0 && (ty == mapShared || ty == mapSharedValidate) {
		t.p.needsThreads()
	}
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	if flags&mapAnon == 0 && syscalls.IsRing(a[4]) {
		return s.mapRing(addr, n, prot, flags, a[4], off)
	}
	if s.lockFuture {
		flags |= mapLocked
	}
	s.grown()
	if s.denied(protExec, prot) {
		return noMapping(a, syscalls.EACCES)
	}
	f := &s.anon
	if flags&mapAnon == 0 || hostProt(prot) == 0 && flags&(mapNoreserve|mapStack) == 0 {
		f = &s.files // dynamic loaders take the room for a library that way
	}
	replace := false
	switch {
	case flags&(mapFixed|mapNoReplace) != 0:
		if addr&pageMask != 0 {
			return noMapping(a, syscalls.EINVAL)
		}
		if flags&mapNoReplace != 0 {
			if addr+n > syscalls.GuestTop || addr+n < addr {
				return noMapping(a, syscalls.ENOMEM)
			}
			if !s.free(addr, addr+n) && !s.onlyGuard(addr, addr+n) {
				return noMapping(a, syscalls.EEXIST)
			}
		} else if e, bad := taken(addr, n); bad {
			return noMapping(a, e)
		}
		replace = flags&mapFixed != 0 && flags&mapNoReplace == 0
	default:
		align := uint64(pageSize)
		if flags&mapHugetlb != 0 {
			shift := flags >> 26 & 0x3f
			if shift == 0 {
				shift = 21
			}
			align = 1 << min(shift, 40)
			n = (n + align - 1) &^ (align - 1)
		}
		addr = (addr + align - 1) &^ (align - 1)
		if addr < mmapBottom || !s.free(addr, addr+n) {
			if addr = s.gap(f, n, align); addr == 0 {
				return noMapping(a, syscalls.ENOMEM)
			}
		}
		flags |= mapNoReplace
	}
	more := n
	if replace {
		old, _ := s.usage(addr, addr+n)
		more -= min(n, old)
	}
	if !s.mayMap(more, prot&protWrite != 0 && flags&mapType == mapPrivate) {
		return noMapping(a, syscalls.ENOMEM)
	}
	ask := uint64(0)
	if flags&mapAnon == 0 {
		ask = prot & protExec // the kernel says whether the file may be executed from
	}
	for {
		r := place(addr, n, hostProt(prot)|ask, flags|mapFixed, a[4], off)
		if r == addr && ask != 0 {
			rawCall(hostMprotect, addr, n, hostProt(prot))
		}
		e, bad := syscalls.Failed(r)
		if !bad {
			break
		}
		if e != syscalls.EEXIST || a[3]&(mapFixed|mapNoReplace) != 0 {
			return r
		}
		// Something of the host's own is there: look elsewhere from now on.
		s.set(addr, addr+n, 0, areaForeign)
		if addr = s.gap(f, n, pageSize); addr == 0 {
			return noMapping(a, syscalls.ENOMEM)
		}
	}
	var af uint32
	if flags&mapGrowsdown != 0 {
		af |= areaGrows
		s.grows = true
	}
	if flags&mapAnon == 0 {
		af |= areaFile
	}
	if ty := flags & mapType; ty == mapShared || ty == mapSharedValidate {
		af |= areaShared
	}
	exec := replace && s.executable(addr, addr+n)
	s.set(addr, addr+n, uint32(prot&protAll), af)
	if exec {
		s.invalidate(addr, addr+n)
	}
	if prot&protExec != 0 {
		s.mappedFile(int(int32(a[4])), off, addr, addr+n)
	}
	return addr
}

// mapRing maps a ring of io_uring. The kernel alone chooses where, and takes no hint: that is
// above the guest's range, or if an unlimited stack makes it place mappings from the middle up,
// somewhere in it.
func (s *Space) mapRing(addr, n, prot, flags, fd, off uint64) uint64 {
	if flags&(mapFixed|mapNoReplace) != 0 {
		return syscalls.EINVAL.Ret()
	}
	r := rawCall(host.SysMmap, 0, n, hostProt(prot), flags, fd, off)
	if _, bad := syscalls.Failed(r); bad {
		return r
	}
	s.setRing(r, n, prot)
	return r
}

// place makes a mapping of the host at addr. MAP_SHARED_VALIDATE refuses
// MAP_FIXED_NOREPLACE, so there the place is taken first.
func place(addr, n, prot, flags, fd, off uint64) uint64 {
	if flags&mapType != mapSharedValidate || flags&mapNoReplace == 0 {
		return rawCall(host.SysMmap, addr, n, prot, flags, fd, off)
	}
	r := rawCall(host.SysMmap, addr, n, 0, mapPrivate|mapAnon|mapNoreserve|mapNoReplace|mapFixed, ^uint64(0), 0)
	if _, bad := syscalls.Failed(r); bad {
		return r
	}
	r = rawCall(host.SysMmap, addr, n, prot, flags&^mapNoReplace, fd, off)
	if _, bad := syscalls.Failed(r); bad {
		rawCall(hostMunmap, addr, n)
	}
	return r
}

// onlyGuard tells whether nothing but the stack's guard is in [lo, hi).
func (s *Space) onlyGuard(lo, hi uint64) bool {
	if reserved(lo, hi) {
		return false
	}
	for i := s.search(lo); i < len(s.areas) && s.areas[i].Lo < hi; i++ {
		if s.areas[i].Flags&areaGuard == 0 {
			return false
		}
	}
	return true
}

func sysMunmap(t *Thread, a *[6]uint64) uint64 {
	lo, n := syscalls.Untag(a[0]), pageUp(a[1])
	if lo&pageMask != 0 || n == 0 || lo+n < lo || lo+n > 1<<48 {
		return syscalls.EINVAL.Ret()
	}
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grown()
	if s.rings[lo] == n {
		delete(s.rings, lo)
		return rawCall(hostMunmap, lo, n)
	}
	hi := min(lo+n, syscalls.GuestTop)
	if lo >= hi {
		return 0
	}
	exec := s.executable(lo, hi)
	r := rawCall(hostMunmap, lo, hi-lo)
	if r == 0 {
		s.clear(lo, hi)
		if exec {
			s.invalidate(lo, hi)
		}
	}
	return r
}

func sysMprotect(t *Thread, a *[6]uint64) uint64 {
	lo, prot := syscalls.Untag(a[0]), a[2]
	const grows = protGrowsdown | protGrowsup
	if prot&grows == grows || lo&pageMask != 0 {
		return syscalls.EINVAL.Ret()
	}
	if a[1] == 0 {
		return 0
	}
	n := pageUp(a[1])
	if n == 0 || lo+n <= lo {
		return syscalls.ENOMEM.Ret()
	}
	if prot&^(grows|protAll|protSem) != 0 {
		return syscalls.EINVAL.Ret()
	}
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grown()
	hi := lo + n
	if prot&grows != 0 {
		i := s.search(lo)
		if i == len(s.areas) || s.areas[i].Lo >= hi || prot&protGrowsup != 0 && s.areas[i].Lo > lo {
			return syscalls.ENOMEM.Ret()
		}
		ar := &s.areas[i]
		if prot&protGrowsup != 0 || ar.Flags&(areaStack|areaGrows) == 0 {
			return syscalls.EINVAL.Ret()
		}
		lo = ar.Lo // the host's stack mapping does not grow
	}
	end := hi
	if reserved(lo, hi) {
		end = lo
	} else {
		end = s.covered(lo, hi)
	}
	if end > lo {
		for _, p := range s.parts(lo, end) {
			if s.deny != 0 && s.denied(uint64(p.Prot), prot) {
				return syscalls.EACCES.Ret()
			}
		}
		if prot&protWrite != 0 && !s.mayExpand(0, s.gainsData(lo, end)) {
			return syscalls.ENOMEM.Ret()
		}
		if prot&protExec != 0 && s.ofFiles(lo, end) { // on a file system without programs, say
			if r := rawCall(hostMprotect, lo, end-lo, hostProt(prot)|protExec); r != 0 {
				return r
			}
		}
		if r := rawCall(hostMprotect, lo, end-lo, hostProt(prot)); r != 0 {
			return r
		}
		exec := s.executable(lo, end)
		s.protect(lo, end, uint32(prot&protAll))
		switch {
		case exec && prot&protExec == 0:
			s.invalidate(lo, end)
		case exec && prot&protWrite != 0 && s.keep != nil:
			s.keep.Unmap(lo, end)
		}
	}
	if end < hi {
		return syscalls.ENOMEM.Ret()
	}
	return 0
}

// sysRemapFilePages: the host replaces part of a shared mapping by another part of its file,
// with the protection as it is.
func sysRemapFilePages(t *Thread, a *[6]uint64) uint64 {
	const hostRemapFilePages = 216
	lo, n := pageDown(syscalls.Untag(a[0])), pageDown(a[1])
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	if reserved(lo, lo+n) {
		return syscalls.EINVAL.Ret()
	}
	r := rawCall(hostRemapFilePages, lo, n, a[2], a[3], a[4])
	if r == 0 && s.executable(lo, lo+n) {
		s.invalidate(lo, lo+n)
	}
	return r
}

func sysPkeyMprotect(t *Thread, a *[6]uint64) uint64 {
	if int32(a[3]) != -1 {
		return syscalls.EINVAL.Ret()
	}
	return sysMprotect(t, a)
}

func sysMremap(t *Thread, a *[6]uint64) uint64 {
	addr, flags, to := syscalls.Untag(a[0]), a[3], a[4]
	if flags&^(mremapMaymove|mremapFixed|mremapDontunmap) != 0 || addr&pageMask != 0 ||
		flags&mremapFixed != 0 && flags&mremapMaymove == 0 ||
		flags&mremapDontunmap != 0 && (flags&mremapMaymove == 0 || pageUp(a[1]) != pageUp(a[2])) {
		return syscalls.EINVAL.Ret()
	}
	old, n := pageUp(a[1]), pageUp(a[2])
	if n == 0 {
		return syscalls.EINVAL.Ret()
	}
	if n > taskSize || old > taskSize {
		return rawCall(hostMremap, addr, old, n, flags&mremapMaymove) // EINVAL or ENOMEM, as of its version
	}
	if n > syscalls.GuestTop || old > syscalls.GuestTop {
		return syscalls.ENOMEM.Ret()
	}
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grown()
	if n == old && s.rings[addr] == n {
		return s.moveRing(addr, n, flags, to)
	}
	// Without MREMAP_FIXED the new address of MREMAP_DONTUNMAP is a hint.
	if flags&(mremapFixed|mremapDontunmap) != 0 && (to&pageMask != 0 || to > taskSize-n || to < addr+old && addr < to+n) {
		return syscalls.EINVAL.Ret()
	}
	ar := s.find(addr)
	if ar == nil || reserved(addr, addr+max(old, 1)) {
		return syscalls.EFAULT.Ret()
	}
	prot, af := ar.Prot, ar.Flags
	if old == 0 && af&areaShared == 0 {
		return syscalls.EINVAL.Ret()
	}
	if flags&mremapFixed == 0 && (n > old || flags&mremapDontunmap != 0) && !s.alike(addr, addr+old) {
		return syscalls.EFAULT.Ret()
	}
	if more := n - min(n, old); more != 0 || flags&mremapDontunmap != 0 {
		if flags&mremapDontunmap != 0 {
			more = n
		}
		added := Area{0, more, prot, af}
		if !s.mayExpand(added.counts()) {
			return syscalls.ENOMEM.Ret()
		}
	}
	exec := prot&protExec != 0
	done := func(r uint64) uint64 {
		if _, bad := syscalls.Failed(r); bad {
			return r
		}
		over := r != addr && s.executable(r, r+n)
		if size, ok := s.aio[addr]; ok && r != addr {
			delete(s.aio, addr)
			s.aio[r] = size
		}
		var parts []Area
		if n == old && r != addr {
			parts = s.parts(addr, addr+old) // Linux 6.17 and later move several at once
		}
		if flags&mremapDontunmap == 0 && old != 0 {
			s.clear(addr, addr+old)
		}
		if len(parts) < 2 {
			s.set(r, r+n, prot, af)
		} else {
			s.clear(r, r+n)
		}
		for i := 0; len(parts) > 1 && i < len(parts); i++ {
			p := parts[i]
			s.set(p.Lo-addr+r, p.Hi-addr+r, p.Prot, p.Flags)
			exec = exec || p.Prot&protExec != 0
		}
		if exec && old != 0 {
			s.invalidate(addr, addr+max(old, n))
		}
		if over {
			s.invalidate(r, r+n)
		}
		return r
	}
	if flags&mremapFixed != 0 {
		if e, bad := taken(to, n); bad {
			return e.Ret()
		}
		return done(rawCall(hostMremap, addr, old, n, flags, to))
	}
	if flags&mremapDontunmap == 0 && old != 0 {
		if n <= old || s.free(addr+old, addr+n) {
			r := rawCall(hostMremap, addr, old, n, 0)
			if e, bad := syscalls.Failed(r); !bad || e != syscalls.ENOMEM || flags&mremapMaymove == 0 {
				return done(r)
			}
		}
		if flags&mremapMaymove == 0 {
			return syscalls.ENOMEM.Ret()
		}
	}
	if flags&mremapMaymove == 0 {
		return rawCall(hostMremap, addr, 0, n, 0) // fails
	}
	f := &s.anon
	if af&areaFile != 0 {
		f = &s.files
	}
	if flags&mremapDontunmap == 0 || to < mmapBottom || !s.free(to, to+n) {
		if to = s.gap(f, n, pageSize); to == 0 {
			return syscalls.ENOMEM.Ret()
		}
	}
	return done(rawCall(hostMremap, addr, old, n, flags|mremapFixed, to))
}

// ofFiles tells whether a file is mapped in [lo, hi).
func (s *Space) ofFiles(lo, hi uint64) bool {
	for i := s.search(lo); i < len(s.areas) && s.areas[i].Lo < hi; i++ {
		if s.areas[i].Flags&areaFile != 0 {
			return true
		}
	}
	return false
}

// alike tells whether what is mapped in [lo, hi) has no hole and is one mapping to the kernel.
func (s *Space) alike(lo, hi uint64) bool {
	const kind = areaFile | areaShared | areaGrows | areaDontfork
	parts := s.parts(lo, hi)
	for _, p := range parts {
		if p.Lo != lo || p.Prot != parts[0].Prot || (p.Flags^parts[0].Flags)&kind != 0 {
			return false
		}
		lo = p.Hi
	}
	return lo >= hi
}

func sysBrk(t *Thread, a *[6]uint64) uint64 {
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	want := a[0]
	if want < s.brkStart || want > syscalls.GuestTop {
		return s.brk
	}
	lo, hi := pageUp(s.brk), pageUp(want)
	switch {
	case hi < lo:
		if rawCall(hostMunmap, hi, lo-hi) != 0 {
			return s.brk
		}
		exec := s.executable(hi, lo)
		s.clear(hi, lo)
		if exec {
			s.invalidate(hi, lo)
		}
	case hi > lo:
		if !s.free(lo, hi+pageSize) || !s.mayExpand(hi-lo, hi-lo) { // one page stays free above
			return s.brk
		}
		r := rawCall(host.SysMmap, lo, hi-lo, protRead|protWrite, mapPrivate|mapAnon|mapFixed|mapNoReplace, ^uint64(0), 0)
		if _, bad := syscalls.Failed(r); bad {
			return s.brk
		}
		s.set(lo, hi, protRead|protWrite, areaHeap)
	}
	s.brk = want
	return want
}

// within makes the host's call nr on guest addresses only. Calls that manage the
// address space take tagged addresses, but for those that would make a mapping.
func (t *Thread) within(nr uintptr, blocks bool, a *[6]uint64) uint64 {
	b := *a
	b[0] = syscalls.Untag(a[0])
	n := pageUp(b[1] + b[0]&pageMask)
	// What is wrong is for the kernel to say, each call with an error of its own: it sees nothing
	// mapped where the guest's addresses end, and refuses a range that wraps.
	if n != 0 && b[0]+n >= b[0] && reserved(b[0], b[0]+n) && !t.p.space.isRing(b[0], n) {
		const hole = 1 << 16 // of what is nobody's behind GuestTop
		if b[0] < syscalls.GuestTop {
			b[1] = syscalls.GuestTop + hole - b[0]
		} else {
			b[0], b[1] = syscalls.Reach(b[0]), min(b[1], hole)
		}
	}
	if blocks {
		return t.Block(nr, &b)
	}
	return touching(nr, &b)
}

// isRing tells whether [lo, lo+n) is a mapping of mapRing.
func (s *Space) isRing(lo, n uint64) bool {
	s.mu.RLock()
	defer s.mu.RUnlock()
	return s.rings[lo] == n
}

func sysMsync(t *Thread, a *[6]uint64) uint64   { return t.within(hostMsync, true, a) }
func sysMlock(t *Thread, a *[6]uint64) uint64   { return t.within(hostMlock, false, a) }
func sysMlock2(t *Thread, a *[6]uint64) uint64  { return t.within(hostMlock2, false, a) }
func sysMunlock(t *Thread, a *[6]uint64) uint64 { return t.within(hostMunlock, false, a) }
func sysMseal(t *Thread, a *[6]uint64) uint64   { return t.within(hostMseal, false, a) }

func sysMbind(t *Thread, a *[6]uint64) uint64 {
	a[3] = syscalls.Reach(a[3])
	return t.within(hostMbind, false, a)
}

func sysSetMempolicyHomeNode(t *Thread, a *[6]uint64) uint64 {
	return t.within(hostSetHomeNode, false, a)
}

func sysMincore(t *Thread, a *[6]uint64) uint64 {
	a[2] = syscalls.Reach(a[2])
	return t.within(hostMincore, false, a)
}

// Advice that changes what is in the pages.
const (
	madvDontneed       = 4
	madvFree           = 8
	madvRemove         = 9
	madvDontneedLocked = 24

	madvDontfork = 10
	madvDofork   = 11
)

func sysMadvise(t *Thread, a *[6]uint64) uint64 {
	lo, n := syscalls.Untag(a[0]), pageUp(a[1])
	r := t.within(hostMadvise, true, a)
	if n == 0 || r != 0 && r != syscalls.ENOMEM.Ret() { // with a hole, the rest is done
		return r
	}
	s := t.p.space
	switch a[2] {
	case madvDontneed, madvFree, madvRemove, madvDontneedLocked:
		s.mu.Lock()
		if s.executable(lo, lo+n) {
			s.invalidate(lo, lo+n)
		}
		s.mu.Unlock()
	case madvDontfork, madvDofork:
		s.mu.Lock()
		s.flag(lo, lo+n, areaDontfork, a[2] == madvDontfork)
		s.mu.Unlock()
	}
	return r
}

func sysMlockall(t *Thread, a *[6]uint64) uint64 {
	const current, future, onfault = 1, 2, 4
	f := a[0]
	if f == 0 || f&^(current|future|onfault) != 0 || f == onfault {
		return syscalls.EINVAL.Ret()
	}
	s := t.p.space
	s.mu.Lock()
	var areas []Area
	if f&current != 0 {
		areas = slices.Clone(s.areas)
	}
	s.mu.Unlock()
	for _, ar := range areas {
		if ar.Flags&(areaGuard|areaForeign) != 0 || ar.Prot == 0 {
			continue
		}
		if r := touching(hostMlock2, &[6]uint64{ar.Lo, ar.Hi - ar.Lo, f >> 2}); r == syscalls.EPERM.Ret() || r == syscalls.ENOMEM.Ret() {
			return r
		}
	}
	s.mu.Lock()
	s.lockFuture = f&future != 0
	s.mu.Unlock()
	return 0
}

func sysMunlockall(t *Thread, a *[6]uint64) uint64 {
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lockFuture = false
	for _, ar := range s.areas {
		if ar.Flags&(areaGuard|areaForeign) == 0 {
			rawCall(hostMunlock, ar.Lo, ar.Hi-ar.Lo)
		}
	}
	return 0
}

// Flags of shmat.
const (
	shmRdonly = 0o10000
	shmRnd    = 0o20000
	shmRemap  = 0o40000
	shmExec   = 0o100000
)

func sysShmat(t *Thread, a *[6]uint64) uint64 {
	const ipcStat = 2
	t.p.needsThreads()
	ds := t.Scratch(112) // struct shmid64_ds: the size follows the 48 bytes of ipc64_perm
	if r := rawCall(hostShmctl, a[0], ipcStat, uint64(host.Addr(ds))); r != 0 {
		if r == syscalls.EACCES.Ret() || r == syscalls.EINVAL.Ret() {
			return r
		}
		return syscalls.EINVAL.Ret()
	}
	n := pageUp(uint64(ds[48]) | uint64(ds[49])<<8 | uint64(ds[50])<<16 | uint64(ds[51])<<24 |
		uint64(ds[52])<<32 | uint64(ds[53])<<40)
	addr, flags := a[1], a[2]&0xffffffff
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	s.grown()
	if flags&shmExec != 0 && s.denied(protExec, protExec|(^flags&shmRdonly)>>12<<1) {
		return syscalls.EACCES.Ret()
	}
	if addr == 0 {
		if flags&shmRemap != 0 {
			return syscalls.EINVAL.Ret()
		}
		if addr = s.gap(&s.anon, n, pageSize); addr == 0 {
			return syscalls.ENOMEM.Ret()
		}
	} else {
		if addr&pageMask != 0 {
			if flags&shmRnd == 0 {
				return syscalls.EINVAL.Ret()
			}
			addr = pageDown(addr)
		}
		if flags&shmRemap == 0 && !s.free(addr, addr+n) || reserved(addr, addr+n) {
			return syscalls.EINVAL.Ret()
		}
	}
	r := rawCall(hostShmat, a[0], addr, flags&^shmExec)
	if _, bad := syscalls.Failed(r); bad {
		return r
	}
	prot := uint32(protRead | protWrite)
	if flags&shmRdonly != 0 {
		prot = protRead
	}
	if flags&shmExec != 0 {
		prot |= protExec
	}
	exec := s.executable(r, r+n)
	s.set(r, r+n, prot, areaShared)
	if exec {
		s.invalidate(r, r+n)
	}
	if s.shm == nil {
		s.shm = map[uint64]uint64{}
	}
	s.shm[r] = n
	return r
}

func sysShmdt(t *Thread, a *[6]uint64) uint64 {
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	if reserved(a[0], a[0]+1) {
		return syscalls.EINVAL.Ret()
	}
	r := rawCall(hostShmdt, a[0])
	if n, ok := s.shm[a[0]]; r == 0 && ok {
		delete(s.shm, a[0])
		exec := s.executable(a[0], a[0]+n)
		s.clear(a[0], a[0]+n)
		if exec {
			s.invalidate(a[0], a[0]+n)
		}
	}
	return r
}
