package linuxuser

import "armature/syscalls"

// PR_SET_MDWE: memory may not become executable that is or was writable. The host is not
// asked, as the emulator's own code is both.
const (
	prSetMDWE = 65
	prGetMDWE = 66

	denyExecGain  = 1
	denyNoInherit = 2
)

func (t *Thread) setMDWE(a *[6]uint64) uint64 {
	s := t.p.space
	s.mu.Lock()
	defer s.mu.Unlock()
	bits := a[1]
	switch {
	case a[2]|a[3]|a[4] != 0, bits&^(denyExecGain|denyNoInherit) != 0, bits == denyNoInherit:
		return syscalls.EINVAL.Ret()
	case s.deny != 0 && uint64(s.deny) != bits:
		return syscalls.EPERM.Ret()
	}
	s.deny = uint32(bits)
	return 0
}

func (t *Thread) getMDWE(a *[6]uint64) uint64 {
	if a[1]|a[2]|a[3]|a[4] != 0 {
		return syscalls.EINVAL.Ret()
	}
	s := t.p.space
	s.mu.RLock()
	defer s.mu.RUnlock()
	return uint64(s.deny)
}

// denied tells whether a mapping may not get prot, which has was now. The caller has s.mu.
func (s *Space) denied(was, prot uint64) bool {
	if s.deny&denyExecGain == 0 || prot&protExec == 0 {
		return false
	}
	return prot&protWrite != 0 || was&protExec == 0
}

// inherited is what a child, or a program that is executed, has of it.
func (s *Space) inherited() uint32 {
	if s.deny&denyNoInherit != 0 {
		return 0
	}
	return s.deny
}
