package host

import (
	"sync/atomic"
	"unsafe"
)

// Waits is set for good when the guest has made a userfaultfd: any access to its memory,
// by whomever, may last until another guest thread has provided the page. So neither a
// processor of the Go scheduler nor a lock is held at one.
var Waits atomic.Bool

const (
	sysProcessReadv  = 310
	sysProcessWritev = 311
)

// self gives the slot of the calling thread, or of the vfork's child that it is, nil if that is no guest thread. As the
// handler does, it searches from the hash of the TID on.
//
//go:nosplit
func self() *Slot {
	if table == nil {
		return nil
	}
	var tid uint32
	if p := current(); p != nil {
		tid = p.tid
	} else {
		tid = uint32(raw(SysGettid, 0, 0, 0, 0, 0, 0))
	}
	for i := range uint32(maxThreads) {
		s := &table[(tid+i)&(maxThreads-1)]
		switch atomic.LoadUint32(&s.TID) {
		case tid:
			return s
		case 0:
			return nil
		}
	}
	return nil
}

// Doze tells a fork that the calling thread, for which entersyscall has been called, is
// asleep. It is undone by Wake with what Doze gave.
//
//go:nosplit
func Doze() uintptr {
	s := self()
	if s != nil {
		atomic.StoreUint32(&s.Asleep, 1)
	}
	return uintptr(unsafe.Pointer(s))
}

// Wake ends what Doze began, before exitsyscall.
//
//go:nosplit
func Wake(slot uintptr) {
	if slot != 0 {
		gate((*Slot)(Pointer(slot)))
	}
}

// Wait is Raw for a call that may have to wait for guest memory: to the Go scheduler
// and to a fork the thread is asleep. The caller has no lock. Pointers among the arguments must
// not be to Go memory that can be freed.
//
//go:nosplit
func Wait(nr, a0, a1, a2, a3, a4, a5 uintptr) uintptr {
	if Crowded.Load() {
		entersyscallblock()
	} else {
		entersyscall()
	}
	s := Doze()
	var r uintptr
	if p := current(); p != nil {
		r = p.do(callPlain, nil, nr, a0, a1, a2, a3, a4, a5)
	} else {
		r = raw(nr, a0, a1, a2, a3, a4, a5)
	}
	Wake(s)
	exitsyscall()
	return r
}

// Copy is what the kernel does when it copies between guest memory at addr and b, out to the
// guest or in: what a userfaultfd says of the kernel's own accesses holds for it. It gives
// the number of bytes copied; ok is false if a filter of the machine's does not let it.
func Copy(b []byte, addr uintptr, out bool) (n int, ok bool) {
	if len(b) == 0 {
		return 0, true
	}
	nr := uintptr(sysProcessWritev) // the local side is what the kernel accesses as a call would
	if out {
		nr = sysProcessReadv
	}
	return copyPages(nr, addr, uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)))
}

//go:nosplit
func copyPages(nr, guest, own, size uintptr) (n int, ok bool) {
	local, remote := [2]uintptr{guest, size}, [2]uintptr{own, size}
	tid := Raw(SysGettid, 0, 0, 0, 0, 0, 0)
	r := int(Wait(nr, tid, uintptr(unsafe.Pointer(&local)), 1, uintptr(unsafe.Pointer(&remote)), 1, 0))
	const eperm, efault, enosys = -1, -14, -38
	switch {
	case r >= 0:
		return r, true
	case r == eperm || r == enosys:
		return 0, false
	}
	return 0, true
}
