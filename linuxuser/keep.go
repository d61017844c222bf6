package linuxuser

import (
	"syscall"

	"armature/linuxuser/vdso"
	"armature/syscalls"
	"armature/tcg/code"
)

// Translations that outlive the process: what the engine must know of the guest's
// mappings. See package code on modules.

// arenaAddr is where the code arena and its tables lie: between the guest's
// addresses and the emulator's own program, at the same place in each process.
const arenaAddr = syscalls.GuestTop + 0x10000000

// keeper is the engine's side.
type keeper interface {
	// Map: the file is mapped from off on at [lo, hi), private and not writable.
	Map(id code.FileID, off, lo, hi uint64)
	// Unmap: what is at [lo, hi) may differ from the file from now on.
	Unmap(lo, hi uint64)
}

// vdsoID stands for the vDSO, which is part of this program; see code.FileID.Made.
var vdsoID = code.FileID{Dev: ^uint64(0), Size: uint64(len(vdso.Image))}

// fileID gives the identity of an open regular file.
func fileID(fd int) (id code.FileID, ok bool) {
	var st syscall.Stat_t
	if file(fd).stat(&st) != nil || st.Mode&syscall.S_IFMT != syscall.S_IFREG {
		return id, false
	}
	return code.FileID{Dev: st.Dev, Ino: st.Ino, Size: uint64(st.Size), Mtime: st.Mtim.Nano(), Ctime: st.Ctim.Nano()}, true
}

// mappedFile tells the keeper that [lo, hi) is mapped from file fd, offset off on,
// if that is how code lies in memory that is only the file's: private, executable
// and not writable. The record is up to date.
func (s *Space) mappedFile(fd int, off, lo, hi uint64) {
	if s.keep == nil || lo >= hi {
		return
	}
	a := s.find(lo)
	if a == nil || a.Hi < hi || a.Prot&(protExec|protWrite) != protExec || a.Flags != areaFile {
		return
	}
	if id, ok := fileID(fd); ok {
		s.keep.Map(id, off, lo, hi)
	}
}

// mayChange says that memory may be changed regardless of its protection.
func (s *Space) mayChange() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.keep != nil {
		s.keep.Unmap(0, ^uint64(0))
		s.keep = nil
	}
}
