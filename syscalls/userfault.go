package syscalls

import (
	"slices"

	"armature/syscalls/host"
	"armature/tcg/fault"
)

// userfaultfd. The guest's addresses are the host's, so ranges and messages are as they
// are; what is checked is that the ranges are the guest's. What it takes beside is that the
// emulator can be made to wait for a page: see host.Waits.

// uffdEvents are the features that make fork, mremap, madvise and munmap wait until a
// guest thread has read of them. Here those calls hold what that thread may need first,
// so the features are as unknown as to Linux 4.3 to 4.10.
const uffdEvents = 1<<1 | 1<<2 | 1<<3 | 1<<6 // UFFD_FEATURE_EVENT_FORK, REMAP, REMOVE, UNMAP

const (
	uffdNew = 0xaa00 // USERFAULTFD_IOC_NEW, on /dev/userfaultfd
	uffdAPI = 0xc018aa3f
)

// uffdRequest describes an ioctl of userfaultfd: the size of its structure, where in it
// the start of a range is, and of a second one, and where their length is.
type uffdRequest struct {
	req                 uint32
	size                int
	range1, range2, len int // -1: none
}

var uffdRequests = [...]uffdRequest{
	{uffdAPI, 24, -1, -1, 0},
	{0xc020aa00, 32, 0, -1, 8}, // UFFDIO_REGISTER
	{0x8010aa01, 16, 0, -1, 8}, // UFFDIO_UNREGISTER
	{0x8010aa02, 16, 0, -1, 8}, // UFFDIO_WAKE
	{0xc028aa03, 40, 0, 8, 16}, // UFFDIO_COPY
	{0xc020aa04, 32, 0, -1, 8}, // UFFDIO_ZEROPAGE
	{0xc028aa05, 40, 0, 8, 16}, // UFFDIO_MOVE
	{0xc018aa06, 24, 0, -1, 8}, // UFFDIO_WRITEPROTECT
	{0xc020aa07, 32, 0, -1, 8}, // UFFDIO_CONTINUE
	{0xc020aa08, 32, 0, -1, 8}, // UFFDIO_POISON
}

// mayWait prepares the emulator for guest memory that has to be waited for.
func (c *Ctx) mayWait() {
	if host.Waits.Load() {
		return
	}
	fault.SetWaits(host.Doze, host.Wake)
	host.Waits.Store(true)
	if c.FS.Waits != nil {
		c.FS.Waits()
	}
}

func sysUserfaultfd(c *Ctx, a *[6]uint64) uint64 {
	r := raw(hostUserfaultfd, a[0])
	if _, bad := Failed(r); !bad {
		c.mayWait()
	}
	return r
}

// userfault does an ioctl of userfaultfd's type.
func (c *Ctx) userfault(a *[6]uint64) uint64 {
	req := uint32(a[1])
	if req == uffdNew {
		r := raw(hostIoctl, a[0], a[1], a[2])
		if _, bad := Failed(r); !bad {
			c.mayWait()
		}
		return r
	}
	if !OK(a[2]) {
		return EFAULT.Ret()
	}
	i := slices.IndexFunc(uffdRequests[:], func(q uffdRequest) bool { return q.req == req })
	if i < 0 {
		return c.Block(hostIoctl, a) // the kernel says what is wrong with it, or with the file
	}
	q := &uffdRequests[i]
	b := c.alloc(q.size)
	if !CopyIn(b, a[2]) {
		return c.Block(hostIoctl, a)
	}
	for _, at := range [2]int{q.range1, q.range2} {
		if at < 0 {
			continue
		}
		if lo := le64(b[at:]); Reserved(lo, lo+le64(b[q.len:])) {
			return EINVAL.Ret()
		}
	}
	events := req == uffdAPI && le64(b[8:])&uffdEvents != 0
	if events {
		put64(b[8:], ^uint64(0)) // all features: unknown ones among them
	}
	r := c.Block(hostIoctl, &[6]uint64{a[0], a[1], addrOf(b)})
	if r == NotEntered || r == Restart || r == ENOTTY.Ret() {
		return r
	}
	if req == uffdAPI {
		put64(b[8:], le64(b[8:])&^uffdEvents)
	}
	if !CopyOut(a[2], b) {
		return EFAULT.Ret()
	}
	return r
}
