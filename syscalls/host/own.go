package host

import (
	"slices"
	"sync/atomic"
	"unsafe"
)

// The emulator's descriptors lie in the table that the guest uses, with high
// numbers. To the guest they are not open: calls on them give EBADF, close_range
// passes over them, and dup3 to one of their numbers moves them away.

const (
	keptMin      = 900  // lowest number of the emulator's descriptors
	pollerMin    = 1000 // of the poller's
	filesEnough  = 1024 // a limit of open files with which they can be had
	limitFiles   = 7    // RLIMIT_NOFILE
	dupfdCloexec = 1030
	cloexec      = 0x80000 // EPOLL_CLOEXEC, EFD_CLOEXEC, O_CLOEXEC
)

// ownMin is no higher than any descriptor of the emulator's.
var ownMin atomic.Uint32

func init() { ownMin.Store(keptMin) }

// OwnMin is the lowest number that Own may say yes to.
func OwnMin() uint32 { return ownMin.Load() }

// high gives a descriptor that is the file of fd, and is closed by exec: one from lowest on, or where
// the guest's limit of open files does not reach that far the highest that can be had. It gives
// -errno if that fails.
func high(fd, lowest uintptr) int {
	const einval, emfile, step = -22, -24, 8
	n := int(Raw(sysFcntl, fd, dupfdCloexec, lowest, 0, 0, 0))
	if n != einval && n != emfile {
		return n
	}
	limit := filesLimit(nil)
	for from := int(min(limit[0], uint64(lowest))); n < 0 && from > 0; {
		from = max(from-step, 0)
		n = int(Raw(sysFcntl, fd, dupfdCloexec, uintptr(from), 0, 0, 0))
	}
	for m := ownMin.Load(); n >= 0 && uint32(n) < m && !ownMin.CompareAndSwap(m, uint32(n)); m = ownMin.Load() {
	}
	return n
}

// filesLimit gives the limit of open files, soft and hard, and sets it to what set points at, if anything.
func filesLimit(set *[2]uint64) (old [2]uint64) {
	Raw(sysPrlimit, 0, limitFiles, uintptr(unsafe.Pointer(set)), uintptr(unsafe.Pointer(&old)), 0, 0)
	return old
}

// Kept is a descriptor of the emulator's. Its number may change.
type Kept struct{ num atomic.Int32 } // the number and 1; 0: free

// kept are the descriptors but the poller's. There is no lock: a vfork's child, which
// may be killed at any time, looks here as well.
var kept [8]Kept

// Keep gives descriptor fd, which it does not close, another number out of the
// guest's way. The new one is closed by exec. It gives -errno if that fails.
func Keep(fd uintptr) (*Kept, int) {
	return keep(high(fd, keptMin))
}

// KeepBeyond is Keep with a number that the guest's limit of open files does not reach, so that it
// lacks none, unless it has very many. It gives nil where that cannot be had.
func KeepBeyond(fd uintptr) *Kept {
	const many = 4096 // a higher number would make tables of descriptors large
	limit := filesLimit(nil)
	guests := limit[0]
	if rt0Ran != 0 {
		guests = rt0Files[0]
	}
	if guests > many {
		k, _ := Keep(fd)
		return k
	}
	lowest := max(guests, keptMin)
	if limit[0] <= lowest {
		raised := [2]uint64{lowest + 1, limit[1]}
		if raised[0] > raised[1] {
			return nil
		}
		filesLimit(&raised)
		defer filesLimit(&limit)
	}
	n := int(Raw(sysFcntl, fd, dupfdCloexec, uintptr(lowest), 0, 0, 0))
	k, _ := keep(n)
	return k
}

// keep notes descriptor n, which may be -errno.
func keep(n int) (*Kept, int) {
	if n < 0 {
		return nil, n
	}
	for i := range kept {
		if kept[i].num.CompareAndSwap(0, int32(n)+1) {
			return &kept[i], 0
		}
	}
	Raw(sysClose, uintptr(n), 0, 0, 0, 0, 0)
	return nil, -24 // EMFILE
}

// FD is the descriptor's number now.
func (k *Kept) FD() uintptr { return uintptr(k.num.Load() - 1) }

// Close closes the descriptor.
func (k *Kept) Close() {
	fd := k.num.Swap(0) - 1
	Raw(sysClose, uintptr(fd), 0, 0, 0, 0, 0)
}

// Own tells whether fd is the emulator's.
func Own(fd uint32) bool { return fd >= ownMin.Load() && int32(fd) > 0 && own(fd) }

func own(fd uint32) bool {
	if epollFD != nil && (fd == uint32(*epollFD) || uintptr(fd) == *eventFD) {
		return true
	}
	if fd == atomic.LoadUint32(&procFD) {
		return true
	}
	for i := range kept {
		if kept[i].num.Load() == int32(fd)+1 {
			return true
		}
	}
	return false
}

// OwnFDs are the emulator's descriptors in ascending order, none if they are not known.
func OwnFDs() []uint64 {
	var list []uint64
	if epollFD != nil {
		list = append(list, uint64(*epollFD), uint64(*eventFD))
	}
	if fd := atomic.LoadUint32(&procFD); fd != 0 {
		list = append(list, uint64(fd))
	}
	for i := range kept {
		if n := kept[i].num.Load(); n != 0 {
			list = append(list, uint64(n-1))
		}
	}
	slices.Sort(list)
	return list
}

// Vacate gives one of the emulator's descriptors another number: the guest wants
// fd. It reports whether that could be done.
func Vacate(fd uint32) bool {
	n := high(uintptr(fd), keptMin)
	if n < 0 {
		return false
	}
	switch {
	case fd == atomic.LoadUint32(&procFD):
		atomic.StoreUint32(&procFD, uint32(n))
	case epollFD != nil && fd == uint32(*epollFD):
		atomic.StoreInt32(epollFD, int32(n))
	case epollFD != nil && uintptr(fd) == *eventFD:
		atomic.StoreUintptr(eventFD, uintptr(n))
	default:
		for i := range kept {
			kept[i].num.CompareAndSwap(int32(fd)+1, int32(n)+1)
		}
	}
	return true
}
