package linuxuser

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"armature/syscalls"
)

// Values of the ELF header and the program headers (System V gABI, and the
// ELF for the Arm 64-bit Architecture).
const (
	etExec    = 2
	etDyn     = 3
	emAArch64 = 183

	ptLoad     = 1
	ptInterp   = 3
	ptPhdr     = 6
	ptGNUStack = 0x6474e551

	pfX = 1
	pfW = 2
	pfR = 4

	ehdrSize = 64
	phdrSize = 56
)

// Segment is a PT_LOAD program header.
type Segment struct {
	Off, VAddr     uint64
	FileSz, MemSz  uint64
	Flags          uint32 // pfR, pfW, pfX
	lo, hi, fileHi uint64 // page bounds, relative like VAddr: of it all, and of its file part
}

// Image describes an AArch64 ELF file, as far as loading needs it.
type Image struct {
	Type      uint16 // etExec or etDyn
	Entry     uint64
	Segments  []Segment
	Interp    string // PT_INTERP, "" if there is none
	PhdrAddr  uint64 // AT_PHDR without the load bias; 0 if the headers are not loaded
	PhdrCount uint64
	ExecStack bool
	Align     uint64 // the largest of the segments', a power of two, at least a page

	lo, hi uint64 // page bounds of all segments
}

// FormatError says what is wrong with an executable file.
type FormatError struct {
	What  string
	Errno syscalls.Errno // what execve would give
}

func (e *FormatError) Error() string { return e.What }
func (e *FormatError) Unwrap() error { return e.Errno }

// errNotELF is the FormatError of a file without ELF's magic number.
var errNotELF = &FormatError{"not an ELF file, nor a script that begins with #!", syscalls.ENOEXEC}

var machines = map[uint16]string{emAArch64: "AArch64", 2: "SPARC", 3: "i386", 8: "MIPS", 20: "PowerPC", 21: "PowerPC64", 22: "S390", 40: "32-bit ARM", 62: "x86-64", 243: "RISC-V", 258: "LoongArch"}

func bad(format string, a ...any) error {
	return &FormatError{fmt.Sprintf(format, a...), syscalls.ENOEXEC}
}

// pageUp and pageDown round to page bounds; pageUp wraps to 0 at the top.
func pageUp(v uint64) uint64   { return (v + pageMask) &^ pageMask }
func pageDown(v uint64) uint64 { return v &^ pageMask }

// parseELF reads the headers of an AArch64 executable or shared object. Nothing
// in the file is trusted: whatever it returns can be mapped without overflow.
func parseELF(r io.ReaderAt) (*Image, error) {
	le := binary.LittleEndian
	var h [ehdrSize]byte
	n, err := r.ReadAt(h[:], 0)
	if n < 4 || string(h[:4]) != "\x7fELF" {
		if err != nil && err != io.EOF {
			return nil, err
		}
		return nil, errNotELF
	}
	if n < ehdrSize {
		return nil, bad("truncated ELF header: %d of %d bytes", n, ehdrSize)
	}
	m := le.Uint16(h[18:])
	if h[5] == 2 {
		m = binary.BigEndian.Uint16(h[18:])
	}
	name := machines[m]
	if name == "" {
		name = fmt.Sprintf("machine %d", m)
	}
	switch {
	case h[4] != 1 && h[4] != 2 || h[5] != 1 && h[5] != 2:
		return nil, bad("ELF file of unknown class %d or byte order %d", h[4], h[5])
	case m == emAArch64 && h[5] == 2:
		return nil, bad("a big-endian AArch64 program; only little-endian ones are supported")
	case m == emAArch64 && h[4] == 1:
		return nil, bad("a 32-bit (ILP32) AArch64 program; only 64-bit ones are supported")
	case m != emAArch64:
		return nil, bad("a program for %s, not AArch64", name)
	}
	img := &Image{Type: le.Uint16(h[16:]), Entry: le.Uint64(h[24:]), Align: pageSize}
	if img.Type != etExec && img.Type != etDyn {
		return nil, bad("ELF type %d is neither an executable nor a shared object", img.Type)
	}
	phoff, phent, phnum := le.Uint64(h[32:]), le.Uint16(h[54:]), le.Uint16(h[56:])
	if phent != phdrSize {
		return nil, bad("program headers of %d bytes, want %d", phent, phdrSize)
	}
	if phnum == 0 || phnum > 65536/phdrSize {
		return nil, bad("%d program headers", phnum)
	}
	img.PhdrCount = uint64(phnum)
	if phoff > 1<<62 {
		return nil, bad("program headers at offset %#x", phoff)
	}
	ph := make([]byte, int(phnum)*phdrSize)
	if _, err := r.ReadAt(ph, int64(phoff)); err != nil {
		if err == io.EOF || errors.Is(err, io.ErrUnexpectedEOF) {
			return nil, bad("truncated: the program headers are not there")
		}
		return nil, err
	}
	for ; len(ph) != 0; ph = ph[phdrSize:] {
		flags := le.Uint32(ph[4:])
		off, vaddr := le.Uint64(ph[8:]), le.Uint64(ph[16:])
		filesz, memsz, align := le.Uint64(ph[32:]), le.Uint64(ph[40:]), le.Uint64(ph[48:])
		switch le.Uint32(ph) {
		case ptLoad:
			if err := img.addLoad(Segment{Off: off, VAddr: vaddr, FileSz: filesz, MemSz: memsz, Flags: flags}, align); err != nil {
				return nil, err
			}
		case ptInterp:
			if img.Interp != "" {
				continue // the kernel takes the first
			}
			if filesz < 2 || filesz > 4096 || off > 1<<62 {
				return nil, bad("interpreter name of %d bytes", filesz)
			}
			b := make([]byte, filesz)
			if _, err := r.ReadAt(b, int64(off)); err != nil {
				return nil, bad("truncated: the interpreter name is not there")
			}
			if b[filesz-1] != 0 {
				return nil, bad("interpreter name without end")
			}
			for i, c := range b {
				if c == 0 {
					img.Interp = string(b[:i])
					break
				}
			}
			if img.Interp == "" {
				return nil, bad("empty interpreter name")
			}
		case ptGNUStack:
			img.ExecStack = flags&pfX != 0
		}
	}
	if len(img.Segments) == 0 {
		return nil, bad("nothing to load")
	}
	first := img.Segments[0]
	img.lo, img.hi = first.lo, first.hi
	for _, s := range img.Segments {
		img.lo, img.hi = min(img.lo, s.lo), max(img.hi, s.hi)
		// AT_PHDR is the address at which the headers happen to be loaded.
		if phoff >= s.Off && phoff < s.Off+s.FileSz {
			img.PhdrAddr = phoff - s.Off + s.VAddr
		}
	}
	if img.Type == etExec && img.hi > syscalls.GuestTop {
		return nil, bad("segment up to %#x is outside the address space", img.hi)
	}
	return img, nil
}

func (img *Image) addLoad(s Segment, align uint64) error {
	if s.MemSz == 0 {
		return nil
	}
	switch {
	case s.FileSz > s.MemSz:
		return &FormatError{fmt.Sprintf("segment at %#x: %#x bytes in the file, %#x in memory", s.VAddr, s.FileSz, s.MemSz), syscalls.EINVAL}
	case s.VAddr >= syscalls.GuestTop || s.MemSz >= syscalls.GuestTop || s.VAddr+s.MemSz > syscalls.GuestTop-pageSize:
		return &FormatError{fmt.Sprintf("segment at %#x of %#x bytes is outside the address space", s.VAddr, s.MemSz), syscalls.EINVAL}
	case s.Off > 1<<62 || s.FileSz > 1<<62:
		return bad("segment at %#x: offset %#x in the file", s.VAddr, s.Off)
	case s.FileSz != 0 && (s.VAddr^s.Off)&pageMask != 0:
		return &FormatError{fmt.Sprintf("segment at %#x: offset %#x is not congruent by pages", s.VAddr, s.Off), syscalls.EINVAL}
	}
	s.lo, s.hi = pageDown(s.VAddr), pageUp(s.VAddr+s.MemSz)
	s.fileHi = pageUp(s.VAddr + s.FileSz)
	if s.FileSz == 0 {
		s.fileHi = s.lo
	}
	if align&(align-1) == 0 && align > img.Align {
		img.Align = min(align, 1<<30)
	}
	img.Segments = append(img.Segments, s)
	return nil
}

// prot is the protection that a segment's flags ask for.
func (s *Segment) prot() uint32 {
	var p uint32
	if s.Flags&pfR != 0 {
		p |= protRead
	}
	if s.Flags&pfW != 0 {
		p |= protWrite
	}
	if s.Flags&pfX != 0 {
		p |= protExec
	}
	return p
}
