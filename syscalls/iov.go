package syscalls

import (
	"encoding/binary"
	"unsafe"

	"armature/syscalls/host"
)

func le64(b []byte) uint64     { return binary.LittleEndian.Uint64(b) }
func put64(b []byte, v uint64) { binary.LittleEndian.PutUint64(b, v) }
func le32(b []byte) uint32     { return binary.LittleEndian.Uint32(b) }
func put32(b []byte, v uint32) { binary.LittleEndian.PutUint32(b, v) }

const iovMax = 1024

// iovec copies the count entries of the vector at addr to where the guest cannot
// change them, with the addresses as Reach has them, and gives the copy's. What is
// wrong with a vector is for the kernel to say, which judges other arguments first: one
// that is too long or cannot be read is nowhere. It fails for want of memory only.
func (c *Ctx) iovec(addr, count uint64) (uint64, Errno) {
	if count > iovMax || count == 0 {
		return nobodys, 0
	}
	v := c.alloc(int(count) * 16)
	if v == nil {
		return 0, ENOMEM
	}
	if !CopyIn(v, addr) {
		return nobodys, 0
	}
	for i := 0; i < len(v); i += 16 {
		put64(v[i:], Reach(c.ptr(le64(v[i:]))))
	}
	return addrOf(v), 0
}

// judge gives the error for a vector that the kernel reads again itself.
func (c *Ctx) judge(addr, count uint64) Errno {
	mark := c.used
	defer func() { c.used = mark }()
	if count > iovMax {
		return EINVAL
	}
	v := c.alloc(int(count) * 16)
	if v == nil {
		return ENOMEM
	}
	if !CopyIn(v, addr) {
		return EFAULT
	}
	for ; len(v) != 0; v = v[16:] {
		switch {
		case int64(le64(v[8:])) < 0:
			return EINVAL
		case !OK(le64(v)):
			return EFAULT
		}
	}
	return 0
}

// vector makes call nr with the vector a[1], a[2] checked.
func (c *Ctx) vector(nr uintptr, a *[6]uint64) uint64 {
	v, e := c.iovec(a[1], a[2])
	if e != 0 {
		return e.Ret()
	}
	b := *a
	b[1] = v
	return c.Block(nr, &b)
}

func sysReadv(c *Ctx, a *[6]uint64) uint64    { return c.vector(hostReadv, a) }
func sysWritev(c *Ctx, a *[6]uint64) uint64   { return c.vector(hostWritev, a) }
func sysVmsplice(c *Ctx, a *[6]uint64) uint64 { return c.vector(hostVmsplice, a) }

// sysProcessMadvise: ranges that reach into the emulator are as if not mapped.
func sysProcessMadvise(c *Ctx, a *[6]uint64) uint64 {
	v, e := c.iovec(a[1], a[2])
	if e != 0 {
		return e.Ret()
	}
	n := a[2]
	if v == nobodys {
		n = 0
	}
	for i := range n {
		r := unsafe.Slice((*uint64)(host.Pointer(uintptr(v+16*i))), 2)
		if Reserved(r[0], r[0]+r[1]) {
			return ENOMEM.Ret()
		}
	}
	return raw(hostProcMadvise, a[0], v, a[2], a[3], a[4])
}

func sysProcessVmReadv(c *Ctx, a *[6]uint64) uint64  { return c.processVM(hostProcessReadv, a) }
func sysProcessVmWritev(c *Ctx, a *[6]uint64) uint64 { return c.processVM(hostProcessWritev, a) }

// processVM copies between processes: the remote addresses may be another
// emulator's guest, so they are held to the same bounds.
func (c *Ctx) processVM(nr uintptr, a *[6]uint64) uint64 {
	local, e := c.iovec(a[1], a[2])
	if e != 0 {
		return e.Ret()
	}
	remote, e := c.iovec(a[3], a[4])
	if e != 0 {
		return e.Ret()
	}
	return raw(nr, a[0], local, a[2], remote, a[4], a[5])
}

// Offsets in struct msghdr (56 bytes); in struct mmsghdr (64) msg_len follows it.
const (
	msgName    = 0
	msgIov     = 16
	msgIovlen  = 24
	msgControl = 32
	msgSize    = 56
	mmsgSize   = 64
)

// header replaces the addresses in a copy of a struct msghdr, as iovec does.
func (c *Ctx) header(h []byte) Errno {
	for _, at := range [2]int{msgName, msgControl} {
		put64(h[at:], Reach(c.ptr(le64(h[at:]))))
	}
	v, e := c.iovec(c.ptr(le64(h[msgIov:])), le64(h[msgIovlen:]))
	put64(h[msgIov:], v)
	return e
}

// msgAddresses are the addresses in a struct msghdr as the guest put them.
type msgAddresses struct{ name, iov, control uint64 }

func addresses(h []byte) msgAddresses {
	return msgAddresses{le64(h[msgName:]), le64(h[msgIov:]), le64(h[msgControl:])}
}

func (a msgAddresses) restore(h []byte) {
	put64(h[msgName:], a.name)
	put64(h[msgIov:], a.iov)
	put64(h[msgControl:], a.control)
}

func sysSendmsg(c *Ctx, a *[6]uint64) uint64 {
	h := c.alloc(msgSize)
	if !CopyIn(h, a[1]) {
		return c.Block(hostSendmsg, &[6]uint64{a[0], nobodys, a[2]})
	}
	if e := c.header(h); e != 0 {
		return e.Ret()
	}
	return c.Block(hostSendmsg, &[6]uint64{a[0], addrOf(h), a[2]})
}

func sysRecvmsg(c *Ctx, a *[6]uint64) uint64 {
	h := c.alloc(msgSize)
	if !CopyIn(h, a[1]) {
		return c.Block(hostRecvmsg, &[6]uint64{a[0], nobodys, a[2]})
	}
	was := addresses(h)
	if e := c.header(h); e != 0 {
		return e.Ret()
	}
	r := c.Block(hostRecvmsg, &[6]uint64{a[0], addrOf(h), a[2]})
	if _, bad := Failed(r); bad {
		return r
	}
	was.restore(h)
	if !CopyOut(a[1], h) {
		return EFAULT.Ret()
	}
	return r
}

// Restart and NotEntered are host's, as results.
const (
	Restart    = uint64(host.Restart)
	NotEntered = uint64(host.NotEntered)
)

func sysSendmmsg(c *Ctx, a *[6]uint64) uint64 { return c.messages(hostSendmmsg, a) }

func sysRecvmmsg(c *Ctx, a *[6]uint64) uint64 {
	b := *a
	b[4] = Reach(a[4])
	return c.messages(hostRecvmmsg, &b)
}

// messages makes sendmmsg or recvmmsg with a checked copy of the vector. As many
// headers as the scratch memory holds are done in one call; the kernel, too, may
// do fewer than were asked for.
func (c *Ctx) messages(nr uintptr, a *[6]uint64) uint64 {
	n := min(a[2]&0xffffffff, iovMax)
	v := c.alloc(int(n) * mmsgSize)
	if !CopyIn(v, a[1]) {
		return c.Block(nr, &[6]uint64{a[0], nobodys, n, a[3], a[4]})
	}
	was := make([]msgAddresses, 0, 16)
	for i := 0; i < int(n); i++ {
		h := v[i*mmsgSize:]
		was = append(was, addresses(h))
		if e := c.header(h); e != 0 {
			if i == 0 {
				return e.Ret()
			}
			n = uint64(i) // the error is for the next call, as in the kernel
			break
		}
	}
	r := c.Block(nr, &[6]uint64{a[0], addrOf(v), n, a[3], a[4]})
	if _, bad := Failed(r); bad {
		return r
	}
	for i := range int(min(r, n)) {
		h := v[i*mmsgSize : (i+1)*mmsgSize]
		was[i].restore(h)
		if !CopyOut(a[1]+uint64(i*mmsgSize), h) {
			return EFAULT.Ret()
		}
	}
	return r
}

// sysSetsockopt checks the address inside SO_ATTACH_FILTER's and
// SO_ATTACH_REUSEPORT_CBPF's struct sock_fprog, and passes all else.
func sysSetsockopt(c *Ctx, a *[6]uint64) uint64 {
	const solSocket, attachFilter, attachReuseport = 1, 26, 51
	val := Reach(a[3])
	if uint32(a[1]) == solSocket && (uint32(a[2]) == attachFilter || uint32(a[2]) == attachReuseport) && a[4] >= 16 {
		prog := c.alloc(16)
		if CopyIn(prog, a[3]) {
			put64(prog[8:], Reach(c.ptr(le64(prog[8:]))))
			val = addrOf(prog)
		}
	}
	return raw(hostSetsockopt, a[0], a[1], a[2], val, a[4])
}

// sysIoSubmit checks the addresses in each control block. The kernel reads the
// blocks again, so the guest could change one in between; what it gains by that
// is a write into its own emulator by a request it made itself.
func sysIoSubmit(c *Ctx, a *[6]uint64) uint64 {
	n := a[1]
	if int64(n) < 0 {
		return EINVAL.Ret()
	}
	n = min(n, 4096)
	list := c.alloc(int(n) * 8)
	if !CopyIn(list, a[2]) {
		return EFAULT.Ret()
	}
	for i := 0; i < len(list); i += 8 {
		var cb [64]byte
		p := c.ptr(le64(list[i:]))
		put64(list[i:], p)
		if !CopyIn(cb[:], p) || !OK(le64(cb[24:])) { // aio_buf
			if i == 0 {
				return EFAULT.Ret()
			}
			n = uint64(i / 8)
			break
		}
		if op := le32(cb[16:]) & 0xffff; op == 7 || op == 8 { // PREADV, PWRITEV
			if e := c.judge(le64(cb[24:]), le64(cb[32:])); e != 0 {
				if i == 0 {
					return e.Ret()
				}
				n = uint64(i / 8)
				break
			}
		}
	}
	return raw(hostIoSubmit, a[0], n, addrOf(list))
}
