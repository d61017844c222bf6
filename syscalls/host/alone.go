package host

import (
	"sync/atomic"
	"unsafe"
)

// restart makes a thread for each of the frozen ones.
//
//go:noescape
func restart(f *frozenTable)

// Alone makes a system call that the kernel refuses to processes of several threads,
// such as one for another user namespace. The guest has one thread, that of s; those of
// the runtime end for the time of the call, and others go on from where they were. It
// gives NotEntered as Fork does.
func Alone(s *Slot, nr, a0, a1 uintptr) (r uintptr) {
	if e := beginFork(); e != 0 {
		return e
	}
	defer endFork()
	waitAsleep(s)
	tableMu.Lock()
	defer tableMu.Unlock()
	old, all := Mask(), ^Sigset(0)
	raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&all)), 0, 8, 0, 0)
	r = NotEntered
	if s.Pending == 0 {
		growStack()
		r = alone(s, nr, a0, a1)
	}
	raw(SysRtSigprocmsk, 2, uintptr(unsafe.Pointer(&old)), 0, 8, 0, 0)
	return r
}

// alone does that. It takes no lock of the runtime and allocates nothing.
func alone(s *Slot, nr, a0, a1 uintptr) (r uintptr) {
	procPin()
	if !freeze(s) {
		thaw()
		procUnpin()
		return ^uintptr(22 - 1) // EINVAL
	}
	f := frozen
	f.leave = 1
	thaw()
	const sysYield, sysKill = 24, 62
	for i := 0; i < f.n; {
		if int(raw(SysTgkill, uintptr(home), uintptr(f.tids[i]), 0, 0, 0, 0)) == -3 {
			i++
			continue
		}
		raw(sysYield, 0, 0, 0, 0, 0, 0)
	}
	// A thread loses its number a moment before it leaves the thread group, both under the
	// lock of the task list, which this takes as well: signal 0, which is none, to the group.
	raw(sysKill, 0, 0, 0, 0, 0, 0)
	atomic.StoreUint32(&f.leave, 0)
	r = raw(nr, a0, a1, 0, 0, 0, 0)
	restart(f)
	procUnpin()
	return r
}
