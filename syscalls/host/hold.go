package host

import (
	"sync/atomic"
	"unsafe"
)

// Hold keeps the calling guest thread, which has no lock, while *word is v. To a fork
// it is asleep. Signals are taken to its slot meanwhile, and do not wake it.
//
//go:nosplit
func Hold(s *Slot, word *uint32, v uint32) {
	entersyscallblock()
	atomic.StoreUint32(&s.Asleep, 1)
	for atomic.LoadUint32(word) == v {
		raw(sysFutex, uintptr(unsafe.Pointer(word)), futexWait, uintptr(v), 0, 0, 0)
	}
	gate(s)
	exitsyscall()
}

// AwaitEnd keeps the calling guest thread, which has no lock and blocks all signals, until
// nobody has the other end of the pipe fd open. To a fork it is asleep.
//
//go:nosplit
func AwaitEnd(s *Slot, fd uintptr) {
	entersyscallblock()
	atomic.StoreUint32(&s.Asleep, 1)
	var b [8]byte
	eintr := ^uintptr(4 - 1)
	for r := eintr; r == eintr; {
		if p := current(); p != nil {
			r = p.do(callPlain, nil, sysRead, fd, uintptr(unsafe.Pointer(&b)), 1, 0, 0, 0)
		} else {
			r = raw(sysRead, fd, uintptr(unsafe.Pointer(&b)), 1, 0, 0, 0)
		}
	}
	gate(s)
	exitsyscall()
}

// Unhold wakes the threads that word holds, which has been changed.
func Unhold(word *uint32) {
	raw(sysFutex, uintptr(unsafe.Pointer(word)), futexWake, 1<<30, 0, 0, 0)
}

// BreakInCode is the si_code of the signal that BreakIn sends.
const BreakInCode = -0x4244

// BreakIn ends the system call that guest thread tid is in: a SIGBUS, which no mask
// holds back, comes to its slot with BreakInCode.
func BreakIn(tid uint32) {
	var info [16]uint64
	*(*int32)(unsafe.Pointer(&info[0])) = 7
	*(*int32)(unsafe.Pointer(&info[1])) = BreakInCode
	pid := raw(SysGetpid, 0, 0, 0, 0, 0, 0)
	raw(sysQueueinfo, pid, uintptr(tid), 7, uintptr(unsafe.Pointer(&info)), 0, 0)
}
