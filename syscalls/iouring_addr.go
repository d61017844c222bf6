package syscalls

import "encoding/binary"

// Addresses in the entries of io_uring's queue. One that is not the guest's is replaced by
// one that is bad to the kernel, too. As with the control blocks of io_submit a guest could change what
// is behind an address after that, and gains a write into its own emulator by it. What it puts into a ring
// of provided buffers itself is not looked at.

// Fields of an entry that are addresses, and what they point at.
const (
	sqeHasAddr   = 1 << iota // addr
	sqeHasAddr2              // addr2, in the place of the offset
	sqeHasAddr3              // addr3
	sqeHasVector             // addr: struct iovec, len of them
	sqeHasHeader             // addr: struct msghdr
	sqeHasOffset             // the offset may be one in a process's memory
	sqeHasRange              // addr: len bytes for madvise
	sqeHasWaits              // addr: struct futex_waitv, len of them
)

const sqeAddr3 = 48

var sqeAddresses = [...]uint8{
	1:         sqeHasAddr | sqeHasVector | sqeHasOffset, // READV
	2:         sqeHasAddr | sqeHasVector | sqeHasOffset, // WRITEV
	4:         sqeHasOffset,                             // READ_FIXED
	5:         sqeHasOffset,                             // WRITE_FIXED
	9:         sqeHasAddr | sqeHasHeader,                // SENDMSG
	10:        sqeHasAddr | sqeHasHeader,                // RECVMSG
	11:        sqeHasAddr,                               // TIMEOUT
	12:        sqeHasAddr2,                              // TIMEOUT_REMOVE
	13:        sqeHasAddr | sqeHasAddr2,                 // ACCEPT
	15:        sqeHasAddr,                               // LINK_TIMEOUT
	16:        sqeHasAddr,                               // CONNECT
	opOpenat:  sqeHasAddr,
	20:        sqeHasAddr, // FILES_UPDATE
	opStatx:   sqeHasAddr | sqeHasAddr2,
	22:        sqeHasAddr | sqeHasOffset,                // READ
	23:        sqeHasAddr | sqeHasOffset,                // WRITE
	25:        sqeHasRange,                              // MADVISE
	26:        sqeHasAddr | sqeHasAddr2,                 // SEND
	27:        sqeHasAddr,                               // RECV
	opOpenat2: sqeHasAddr,                               // how is copied
	31:        sqeHasAddr,                               // PROVIDE_BUFFERS
	35:        sqeHasAddr | sqeHasAddr2,                 // RENAMEAT
	36:        sqeHasAddr,                               // UNLINKAT
	37:        sqeHasAddr,                               // MKDIRAT
	38:        sqeHasAddr | sqeHasAddr2,                 // SYMLINKAT
	39:        sqeHasAddr | sqeHasAddr2,                 // LINKAT
	41:        sqeHasAddr | sqeHasAddr2,                 // FSETXATTR
	42:        sqeHasAddr | sqeHasAddr2 | sqeHasAddr3,   // SETXATTR
	43:        sqeHasAddr | sqeHasAddr2,                 // FGETXATTR
	44:        sqeHasAddr | sqeHasAddr2 | sqeHasAddr3,   // GETXATTR
	46:        sqeHasAddr3,                              // URING_CMD: a socket's option
	47:        sqeHasAddr | sqeHasAddr2,                 // SEND_ZC
	48:        sqeHasAddr | sqeHasHeader,                // SENDMSG_ZC
	49:        sqeHasOffset,                             // READ_MULTISHOT
	50:        sqeHasAddr2,                              // WAITID
	51:        sqeHasAddr,                               // FUTEX_WAIT
	52:        sqeHasAddr,                               // FUTEX_WAKE
	53:        sqeHasAddr | sqeHasWaits,                 // FUTEX_WAITV
	56:        sqeHasAddr,                               // BIND
	60:        sqeHasAddr | sqeHasVector | sqeHasOffset, // READV_FIXED
	61:        sqeHasAddr | sqeHasVector | sqeHasOffset, // WRITEV_FIXED
	opPipe:    sqeHasAddr,
}

// badAddress is what the kernel, too, takes for a bad address; nothing is ever mapped at
// emptyPage.
const (
	badAddress = 1 << 63
	emptyPage  = GuestTop
)

// addresses checks the addresses in an entry.
func (c *Ctx) addresses(e []byte, set func(off, n int, v uint64)) {
	if int(e[0]) >= len(sqeAddresses) {
		return
	}
	has := sqeAddresses[e[0]]
	for _, f := range [...]struct {
		bit uint8
		off int
	}{{sqeHasAddr, sqeAddr}, {sqeHasAddr2, sqeOff}, {sqeHasAddr3, sqeAddr3}} {
		if has&f.bit == 0 {
			continue
		}
		if v := le64(e[f.off:]); !OK(v) {
			if v = c.ptr(v); !OK(v) {
				v = badAddress
			}
			set(f.off, 8, v)
		}
	}
	n := uint64(le32(e[sqeLen:]))
	addr := le64(e[sqeAddr:])
	switch {
	case has&sqeHasVector != 0 && !c.vectorOK(addr, n),
		has&sqeHasHeader != 0 && !c.headerOK(addr),
		has&sqeHasWaits != 0 && !c.waitsOK(addr, n):
		set(sqeAddr, 8, badAddress)
	case has&sqeHasRange != 0 && Reserved(addr, addr+n):
		set(sqeAddr, 8, emptyPage)
	}
	if off := le64(e[sqeOff:]); has&sqeHasOffset != 0 && !OK(off) && off != ^uint64(0) {
		const fixedFile = 1
		if e[sqeFlags]&fixedFile != 0 || c.isMemory(uint64(le32(e[sqeFD:]))) {
			set(sqeOff, 8, nowhere)
		}
	}
}

// vectorOK tells whether the n entries of a vector at addr have addresses of the guest's.
// What cannot be read is the kernel's to refuse.
func (c *Ctx) vectorOK(addr, n uint64) bool {
	var v [2]uint64
	for i := uint64(0); i < min(n, iovMax); i++ {
		if !In(&v, addr+16*i) {
			return true
		}
		if !OK(v[0]) {
			return false
		}
	}
	return true
}

func (c *Ctx) headerOK(addr uint64) bool {
	var h [msgSize]byte
	if !CopyIn(h[:], addr) {
		return true
	}
	return OK(le64(h[msgName:])) && OK(le64(h[msgIov:])) && OK(le64(h[msgControl:])) && c.vectorOK(le64(h[msgIov:]), le64(h[msgIovlen:]))
}

func (c *Ctx) waitsOK(addr, n uint64) bool {
	var w [3]uint64 // struct futex_waitv: value, address, flags
	for i := uint64(0); i < min(n, 128); i++ {
		if !In(&w, addr+24*i) {
			return true
		}
		if !OK(w[1]) {
			return false
		}
	}
	return true
}

// registered checks the addresses behind the argument of io_uring_register.
func (c *Ctx) registered(op uint32, arg, n uint64) bool {
	const (
		buffers       = 0
		buffers2      = 15
		buffersUpdate = 16
		bufferRing    = 22
		region        = 34
	)
	var b [32]byte
	word := func(off int) uint64 { return binary.LittleEndian.Uint64(b[off:]) }
	switch op {
	case buffers:
		return c.vectorOK(arg, n)
	case buffers2, bufferRing, region, buffersUpdate:
		if arg == 0 || !CopyIn(b[:], arg) {
			return true
		}
	default:
		return true
	}
	switch op {
	case buffers2: // struct io_uring_rsrc_register
		return OK(word(16)) && OK(word(24)) && c.vectorOK(word(16), uint64(le32(b[:])))
	case buffersUpdate: // struct io_uring_rsrc_update2: the number follows at 24
		return OK(word(8)) && OK(word(16)) && c.vectorOK(word(8), uint64(le32(b[24:])))
	case bufferRing: // struct io_uring_buf_reg
		return OK(word(0))
	}
	var at uint64 // struct io_uring_mem_region_reg, and io_uring_region_desc behind it
	return OK(word(0)) && (!In(&at, word(0)) || OK(at))
}
