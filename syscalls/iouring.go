package syscalls

import (
	"sync"
	"sync/atomic"
	"unsafe"

	"armature/syscalls/host"
)

// io_uring: the rings are the guest's and the kernel's, and what lies in them is the
// same on both machines but for a few requests, which io_uring_enter translates in the
// submission queue just before it makes the host's call. So a kernel thread that takes
// submissions by itself (SQPOLL) is refused, and so are rings that this package would
// not see: those in memory of the guest's own, and registered ring descriptors.

// ring is one instance, by the number of its descriptor.
type ring struct {
	params  [120]byte // struct io_uring_params, as the kernel gave it
	pid     uintptr   // of the process that has the mappings below
	sq      []byte    // the submission ring
	sqes    []byte    // its entries
	claimed uint32    // up to where entries are translated
}

var (
	ringMu   sync.Mutex // not held over a call of the host that sleeps
	rings    map[uint32]*ring
	anyRings atomic.Bool // there has been one: spares others the look
)

const (
	uringSqpoll   = 1 << 1
	uringSQE128   = 1 << 10
	uringNoMmap   = 1 << 14
	uringRegFD    = 1 << 15
	uringNoArray  = 1 << 16
	uringKnown    = 1<<19 - 1
	uringSQEs     = 0x10000000 // offset at which the entries are mapped
	enterExtArg   = 8
	enterRegRing  = 16
	enterExtReg   = 64
	regProbe      = 8
	regRingFDs    = 20
	unregRingFDs  = 21
	regResize     = 33
	regUseRegRing = 1 << 31

	hostUringSetup    = 425
	hostUringEnter    = 426
	hostUringRegister = 427
	hostMmap          = 9
)

// Offsets in struct io_uring_params: numbers of entries, flags, and where in the ring
// what is (struct io_sqring_offsets).
const (
	paramEntries = 0
	paramFlags   = 8
	paramHead    = 40
	paramTail    = 44
	paramMask    = 48
	paramArray   = 64
)

func (r *ring) param(off int) uint32 { return le32(r.params[off:]) }

func sysIoUringSetup(c *Ctx, a *[6]uint64) uint64 {
	p := c.alloc(120)
	if !CopyIn(p, a[1]) {
		return EFAULT.Ret()
	}
	flags := le32(p[paramFlags:])
	switch {
	case flags&^uringKnown != 0, flags&(uringNoMmap|uringRegFD) != 0:
		return EINVAL.Ret()
	case flags&uringSqpoll != 0:
		return EPERM.Ret()
	}
	fd := raw(hostUringSetup, a[0], addrOf(p))
	if _, bad := Failed(fd); bad {
		return fd
	}
	r := &ring{}
	copy(r.params[:], p)
	if !r.mapped(fd) || !CopyOut(a[1], p) {
		r.unmap()
		raw(hostClose, fd)
		return EFAULT.Ret()
	}
	ringMu.Lock()
	if rings == nil {
		rings = map[uint32]*ring{}
	}
	rings[uint32(fd)] = r
	ringMu.Unlock()
	anyRings.Store(true)
	host.KernelWorkers.Store(true)
	return fd
}

// mapped makes the emulator's own mappings of the queue, which a forked child lacks.
func (r *ring) mapped(fd uint64) bool {
	pid := host.Raw(host.SysGetpid, 0, 0, 0, 0, 0, 0)
	if r.pid == pid {
		return true
	}
	const rw, shared, dontfork, madvise = 3, 1, 10, 28
	at := func(size, off uint64) []byte {
		p := raw(hostMmap, 0, size, rw, shared, fd, off)
		if _, bad := Failed(p); bad {
			return nil
		}
		raw(madvise, p, size, dontfork)
		return unsafe.Slice((*byte)(host.Pointer(uintptr(p))), size)
	}
	n := uint64(r.param(paramEntries))
	size := uint64(64)
	if r.param(paramFlags)&uringSQE128 != 0 {
		size = 128
	}
	end := uint64(max(r.param(paramTail), r.param(paramHead), r.param(paramMask)) + 4)
	if r.param(paramFlags)&uringNoArray == 0 {
		end = max(end, uint64(r.param(paramArray))+4*n)
	}
	r.sq, r.sqes = at(end, 0), at(n*size, uringSQEs)
	if r.sq == nil || r.sqes == nil {
		r.unmap()
		return false
	}
	r.pid = pid
	return true
}

func (r *ring) unmap() {
	for _, b := range [][]byte{r.sq, r.sqes} {
		if b != nil {
			raw(hostMunmap, addrOf(b), uint64(len(b)))
		}
	}
	r.sq, r.sqes, r.pid = nil, nil, 0
}

// dropRings forgets the rings whose descriptors, lo to hi, are closed.
func dropRings(lo, hi uint32) {
	if !anyRings.Load() {
		return
	}
	ringMu.Lock()
	defer ringMu.Unlock()
	for fd, r := range rings {
		if fd >= lo && fd <= hi {
			if r.pid == host.Raw(host.SysGetpid, 0, 0, 0, 0, 0, 0) {
				r.unmap()
			}
			delete(rings, fd)
		}
	}
}

// IsRing tells whether fd is an io_uring instance of the guest: the kernel alone
// chooses where it is mapped.
func IsRing(fd uint64) bool {
	if !anyRings.Load() {
		return false
	}
	ringMu.Lock()
	defer ringMu.Unlock()
	return rings[uint32(fd)] != nil
}

func (r *ring) word(off uint32) *uint32 { return (*uint32)(unsafe.Pointer(&r.sq[off])) }

// patch is a field of an entry that was replaced: the entry's place in the queue, and
// what was there.
type patch struct {
	at    uint32
	field []byte
	was   [8]byte
}

// translate turns the requests that wait in the queue into the host's. It gives what
// it replaced.
func (r *ring) translate(c *Ctx) (patches []patch) {
	mask := *r.word(r.param(paramMask))
	head := atomic.LoadUint32(r.word(r.param(paramHead)))
	tail := atomic.LoadUint32(r.word(r.param(paramTail)))
	size := 64
	if r.param(paramFlags)&uringSQE128 != 0 {
		size = 128
	}
	if int32(r.claimed-head) < 0 {
		r.claimed = head
	}
	if tail-head > r.param(paramEntries) {
		return nil // the kernel sees no entries then
	}
	for ; int32(tail-r.claimed) > 0; r.claimed++ {
		i := r.claimed & mask
		if r.param(paramFlags)&uringNoArray == 0 {
			i = atomic.LoadUint32(r.word(r.param(paramArray) + 4*i))
		}
		if int(i+1)*size > len(r.sqes) || i >= r.param(paramEntries) {
			continue
		}
		e := r.sqes[int(i)*size:][:size]
		set := func(off, n int, v uint64) {
			p := patch{at: r.claimed, field: e[off : off+n]}
			copy(p.was[:], p.field)
			patches = append(patches, p)
			for k := range n {
				e[off+k] = byte(v >> (8 * k))
			}
		}
		c.submission(e, set)
	}
	return patches
}

// Fields of struct io_uring_sqe.
const (
	sqeFlags   = 1
	sqeFD      = 4
	sqeOff     = 8 // also addr2
	sqeAddr    = 16
	sqeLen     = 24
	sqeOpFlags = 28
	sqeFile    = 44

	opOpenat    = 18
	opClose     = 19
	opStatx     = 21
	opOpenat2   = 28
	opEpollCtl  = 29
	opEpollWait = 59
	opPipe      = 62
	opNone      = 0xff
)

// submission translates one entry.
func (c *Ctx) submission(e []byte, set func(off, n int, v uint64)) {
	const fixedFile = 1
	if fd := le32(e[sqeFD:]); e[sqeFlags]&fixedFile == 0 && host.Own(fd) {
		set(sqeFD, 4, ^uint64(0))
	}
	path := func() {
		if p := le64(e[sqeAddr:]); OK(p) {
			if q := c.Path(p, true); q != p {
				set(sqeAddr, 8, q)
			}
		}
	}
	c.addresses(e, set)
	switch e[0] {
	case opOpenat:
		set(sqeOpFlags, 4, openToHost(uint64(le32(e[sqeOpFlags:]))))
		path()
	case opOpenat2:
		n := le32(e[sqeLen:])
		if n < 8 || n > 4096 {
			return // the kernel refuses it
		}
		how := c.alloc(int(n))
		if how == nil || !CopyIn(how, le64(e[sqeOff:])) {
			set(sqeOff, 8, 0)
			return
		}
		put64(how, openToHost(le64(how)))
		set(sqeOff, 8, addrOf(how))
		path()
	case opStatx:
		path()
	case opPipe:
		set(sqeOpFlags, 4, openToHost(uint64(le32(e[sqeOpFlags:]))))
	case opEpollCtl:
		const del = 2
		if le32(e[sqeLen:]) == del {
			return
		}
		var g [epollGuest]byte
		ev := c.alloc(epollHost)
		if ev == nil || !CopyIn(g[:], le64(e[sqeAddr:])) {
			set(sqeAddr, 8, 0)
			return
		}
		copy(ev, g[:4])
		copy(ev[4:], g[8:])
		set(sqeAddr, 8, addrOf(ev))
	case opEpollWait:
		set(0, 1, opNone) // its events would come packed, later
	case opClose:
		if le32(e[sqeFile:]) == 0 {
			fd := le32(e[sqeFD:])
			if r := rings[fd]; r != nil {
				delete(rings, fd) // the mappings stay: this may be the ring itself
			}
		}
	}
}

func sysIoUringEnter(c *Ctx, a *[6]uint64) uint64 {
	flags := uint32(a[3])
	if flags&(enterRegRing|enterExtReg) != 0 {
		return EINVAL.Ret()
	}
	b := *a
	var set, size uint64
	var arg []byte
	if flags&enterExtArg != 0 {
		if a[5] != 24 { // struct io_uring_getevents_arg: mask, its size and more, timeout
			return EINVAL.Ret()
		}
		arg = c.alloc(24)
		if !CopyIn(arg, a[4]) || !OK(c.ptr(le64(arg[16:]))) {
			return EFAULT.Ret()
		}
		put64(arg[16:], c.ptr(le64(arg[16:])))
		set, size = c.ptr(le64(arg)), uint64(le32(arg[8:]))
		b[4] = addrOf(arg)
	} else {
		set, size = a[4], a[5]
	}
	var r *ring
	var patches []patch
	if uint32(a[1]) != 0 {
		ringMu.Lock()
		if r = rings[uint32(a[0])]; r != nil && r.mapped(a[0]) {
			patches = r.translate(c)
		} else if r = nil; !c.isUring(a[0]) {
			ringMu.Unlock()
			return raw(hostUringEnter, a[0], 0, 0, 0, 0, 0) // says what is wrong with it
		} else {
			ringMu.Unlock()
			return EOPNOTSUPP.Ret() // another number for a ring: its queue is not known
		}
		ringMu.Unlock()
	}
	res := c.Masked(set, size, func(m, size uint64) uint64 {
		if arg != nil {
			put64(arg, m)
			put32(arg[8:], uint32(size))
		} else {
			b[4], b[5] = m, size
		}
		return c.Block(hostUringEnter, &b)
	})
	if len(patches) != 0 {
		// Entries that the kernel has not taken are the guest's again.
		ringMu.Lock()
		if r.sq != nil {
			head := atomic.LoadUint32(r.word(r.param(paramHead)))
			for i := range patches {
				if p := &patches[i]; int32(p.at-head) >= 0 {
					copy(p.field, p.was[:])
					if int32(r.claimed-head) > 0 {
						r.claimed = head
					}
				}
			}
		}
		ringMu.Unlock()
	}
	return res
}

// isUring tells whether a descriptor is an io_uring instance.
func (c *Ctx) isUring(fd uint64) bool {
	s, ok := c.readlink(fdLink(fd))
	return ok && s == "anon_inode:[io_uring]"
}

func sysIoUringRegister(c *Ctx, a *[6]uint64) uint64 {
	op := uint32(a[1])
	if !OK(a[2]) {
		return EFAULT.Ret()
	}
	switch {
	case op&regUseRegRing != 0, op == regRingFDs, op == unregRingFDs, op == regResize:
		return EINVAL.Ret()
	case !c.registered(op, a[2], uint64(uint32(a[3]))):
		return EFAULT.Ret()
	}
	res := c.Block(hostUringRegister, a)
	if op == regProbe && res == 0 {
		// struct io_uring_probe: 16 bytes, then 8 for each request, flags at 2.
		off := a[2] + 16 + 8*opEpollWait
		if uint32(a[3]) > opEpollWait {
			CopyOut(off+2, []byte{0, 0})
		}
	}
	return res
}
