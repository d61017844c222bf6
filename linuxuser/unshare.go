package linuxuser

import (
	"armature/syscalls"
	"armature/syscalls/host"
)

// unshares are the calls that the kernel makes for some flags only if the process has
// no other thread: the emulator has some.
var unshares = setOf(syscalls.NrUnshare, syscalls.NrSetns)

// unshare makes one of them: unshare with its flags, setns with a descriptor and flags.
func (t *Thread) unshare(nr uint64, a *[6]uint64) uint64 {
	flags := &a[0]
	if nr == syscalls.NrSetns {
		flags = &a[1]
	} else if t.p.threads.alone() && !t.p.shares {
		// Nothing to do for a process of one thread, as the guest's is.
		const whole = cloneThread | cloneSighand | cloneVM
		*flags &^= whole
	}
	// With another PID namespace for its children a process cannot have more threads.
	if t.own == nil && (*flags&cloneNewPID != 0 || nr == syscalls.NrSetns && *flags == 0) && host.MayClone() == 0 {
		host.Spare()
	}
	r := t.Do(nr, a)
	// EUSERS is setns's for a time namespace.
	if e, _ := syscalls.Failed(r); e != syscalls.EINVAL && e != syscalls.EUSERS || !t.p.threads.alone() || t.p.parks || t.own != nil {
		return r
	}
	if host.MayClone() != 0 { // nor could the threads that end be made again
		return r
	}
	pid := *flags & cloneNewPID
	if *flags &^= pid; *flags == 0 && pid != 0 {
		return r
	}
	r = uint64(host.Alone(t.Slot, uintptr(syscalls.Lookup(nr).Host), uintptr(a[0]), uintptr(a[1])))
	if r == 0 && pid != 0 {
		*flags = pid
		r = t.Do(nr, a)
	}
	return r
}
