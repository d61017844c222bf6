package linuxuser

import (
	"errors"
	"fmt"
	"io"
	"syscall"
	"unsafe"

	"armature/linuxuser/vdso"
	"armature/syscalls"
	"armature/syscalls/host"
)

// Where position-independent programs go, as high as two thirds of the address
// space like Linux, with room for brk above.
const (
	pieBase    = 0x555555550000
	interpHint = 0 // the interpreter goes where mmap puts it
)

const (
	mapPrivate   = 2
	mapFixed     = 0x10
	mapAnon      = 0x20
	mapGrowsdown = 0x100
	mapNoreserve = 0x4000
	mapNoReplace = 0x100000
)

// loaded is a program in memory.
type loaded struct {
	img  *Image
	bias uint64 // what was added to the file's addresses
}

func (l loaded) entry() uint64 { return l.img.Entry + l.bias }

// LoadError says which file could not be loaded, and why.
type LoadError struct {
	Path string
	Err  error
}

func (e *LoadError) Error() string { return e.Path + ": " + e.Err.Error() }
func (e *LoadError) Unwrap() error { return e.Err }

// ExitStatus is what a shell reports for a program that cannot be run: 127 if it
// is not there, 126 otherwise.
func ExitStatus(err error) int {
	if errors.Is(err, syscall.ENOENT) {
		return 127
	}
	return 126
}

// openProgram opens and parses an executable file.
func openProgram(path string) (file, *Image, error) {
	f, err := openFile(path)
	if err != nil {
		return -1, nil, &LoadError{path, err}
	}
	img, err := parseFile(f)
	if err != nil {
		f.Close()
		return -1, nil, &LoadError{path, err}
	}
	return f, img, nil
}

func parseFile(f file) (*Image, error) {
	var st syscall.Stat_t
	if err := f.stat(&st); err != nil {
		return nil, err
	}
	switch st.Mode & syscall.S_IFMT {
	case syscall.S_IFREG:
	case syscall.S_IFDIR:
		return nil, &FormatError{"a directory, not a program", syscalls.EACCES}
	default:
		return nil, &FormatError{"not a regular file", syscalls.EACCES}
	}
	img, err := parseELF(f)
	if errors.Is(err, io.EOF) {
		err = errNotELF
	}
	return img, err
}

// mapHost maps guest memory at a place that is known to be free, and records it.
func (s *Space) mapHost(addr, n uint64, prot uint32, hostFlags uint64, fd int, off uint64, flags uint32) error {
	r := rawCall(host.SysMmap, addr, n, hostProt(uint64(prot)), hostFlags, uint64(int64(fd)), off)
	if e, bad := syscalls.Failed(r); bad {
		return fmt.Errorf("mapping %#x bytes at %#x: %w", n, addr, e)
	}
	s.set(addr, addr+n, prot, flags)
	return nil
}

// rawCall is host.Raw. It is not for calls that are given addresses of the guest: see
// touching. What arguments point to may be on the stack, which must not grow here.
//
//go:nosplit
func rawCall(nr uintptr, a ...uint64) uint64 {
	var b [6]uintptr
	for i, v := range a {
		b[i] = uintptr(v)
	}
	return uint64(host.Raw(nr, b[0], b[1], b[2], b[3], b[4], b[5]))
}

// touching is rawCall for a call that reads or writes guest memory. The caller has no lock.
func touching(nr uintptr, a *[6]uint64) uint64 {
	if host.Waits.Load() {
		return uint64(host.Wait(nr, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5])))
	}
	return rawCall(nr, a[:]...)
}

const (
	hostMprotect = 10
	hostMunmap   = 11
)

// load maps img from f. hint is the wanted base of a position-independent one, 0
// for the highest free place.
func (s *Space) load(f file, img *Image, hint uint64) (loaded, error) {
	l := loaded{img: img}
	span := img.hi - img.lo
	if img.Type == etDyn {
		base := (hint + img.Align - 1) &^ (img.Align - 1)
		if hint == 0 || !s.free(base, base+span) {
			if base = s.gap(&s.files, span, img.Align); base == 0 {
				return l, syscalls.ENOMEM
			}
		}
		l.bias = base - img.lo
	}
	lo, hi := img.lo+l.bias, img.hi+l.bias
	if !s.free(lo, hi) {
		return l, &FormatError{fmt.Sprintf("its segments [%#x,%#x) meet addresses that are taken", lo, hi), syscalls.ENOMEM}
	}
	fd := int(f)
	end := uint64(0) // of what is mapped; nothing of the host may be replaced
	mapPart := func(at, n uint64, prot uint32, flags uint64, fd int, off uint64, af uint32) error {
		if at >= end {
			flags |= mapNoReplace
		}
		end = max(end, at+n)
		return s.mapHost(at, n, prot, mapPrivate|mapFixed|flags, fd, off, af)
	}
	for i := range img.Segments {
		g := &img.Segments[i]
		prot := g.prot()
		at, fileHi, memHi := g.lo+l.bias, g.fileHi+l.bias, g.hi+l.bias
		zero := g.VAddr + g.FileSz + l.bias // .bss from here on
		if fileHi > at {
			// Segments may share a page in the file, so later ones go over earlier ones.
			if err := mapPart(at, fileHi-at, prot, 0, fd, pageDown(g.Off), areaFile); err != nil {
				return l, err
			}
			if g.MemSz > g.FileSz && zero < fileHi && prot&protWrite != 0 {
				if !syscalls.CopyOut(zero, make([]byte, min(fileHi, g.VAddr+g.MemSz+l.bias)-zero)) {
					return l, bad("truncated: the segment at %#x ends before its file part does", g.VAddr)
				}
				if rest := g.VAddr + g.MemSz + l.bias; rest < fileHi { // the kernel clears to the end of the page
					syscalls.CopyOut(rest, make([]byte, fileHi-rest))
				}
			}
		}
		if memHi > fileHi {
			if err := mapPart(max(at, fileHi), memHi-max(at, fileHi), prot, mapAnon, -1, 0, 0); err != nil {
				return l, err
			}
		}
	}
	for i := range img.Segments {
		g := &img.Segments[i]
		s.mappedFile(fd, pageDown(g.Off), g.lo+l.bias, g.fileHi+l.bias)
	}
	return l, nil
}

// loadVDSO maps the vDSO and gives its address.
func (s *Space) loadVDSO() (uint64, error) {
	n := pageUp(uint64(len(vdso.Image)))
	at := s.gap(&s.files, n, pageSize)
	if at == 0 {
		return 0, syscalls.ENOMEM
	}
	if err := s.mapHost(at, n, protRead|protWrite, mapPrivate|mapFixed|mapAnon, -1, 0, areaVDSO); err != nil {
		return 0, err
	}
	copy(unsafe.Slice((*byte)(host.Pointer(uintptr(at))), n), vdso.Image)
	rawCall(hostMprotect, at, n, protRead)
	s.set(at, at+n, protRead|protExec, areaVDSO)
	if s.keep != nil {
		s.keep.Map(vdsoID, 0, at, at+n)
	}
	return at, nil
}
