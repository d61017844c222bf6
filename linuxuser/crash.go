package linuxuser

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"os"

	"armature/syscalls"
	"armature/tcg/cpu"
	"armature/tcg/state"
)

// crash reports on stderr where and how the guest died: PC, module, symbol, the
// code there, and the registers.
func (t *Thread) crash(sig int, info *siginfo) {
	st := t.st
	var b []byte
	b = appendf(b, "armature: %s: killed by %s\n", t.p.fs.Exe, syscalls.FormatSiginfo(info[:]))
	b = appendf(b, "  pc  %s\n  lr  %s\n", t.where(st.PC), t.where(st.X[30]))
	if tb := t.cpu.Block(st.PC); tb != "" {
		b = appendf(b, "  translation block %s\n", tb)
	}
	var code [12]byte
	if from := st.PC - 4; syscalls.CopyIn(code[:], from) || syscalls.CopyIn(code[4:8], st.PC) {
		for i := 0; i < len(code); i += 4 {
			mark := "   "
			if i == 4 {
				mark = "=> "
			}
			w := binary.LittleEndian.Uint32(code[i:])
			b = appendf(b, "  %s%#x: %08x  %s\n", mark, from+uint64(i), w, cpu.Guest(w, from+uint64(i)))
		}
	}
	for i := 0; i < 31; i++ {
		b = appendf(b, "  x%-2d %016x", i, st.X[i])
		if i%4 == 3 {
			b = append(b, '\n')
		}
	}
	b = appendf(b, "  sp %016x\n  nzcv %04b  fpcr %08x  fpsr %08x\n", st.X[31], state.UnpackNZCV(st.Flags), st.FPCR, st.GetFPSR())
	os.Stderr.Write(b)
}

// where names an address: module and offset, and the symbol if there is one.
func (t *Thread) where(pc uint64) string {
	for line := range bytes.Lines(t.p.maps()) {
		var lo, hi, off uint64
		var perm, dev, name string
		var ino uint64
		fmt.Sscanf(string(line), "%x-%x %s %x %s %d %s", &lo, &hi, &perm, &off, &dev, &ino, &name)
		if pc < lo || pc >= hi {
			continue
		}
		s := fmt.Sprintf("%#x in %s+%#x", pc, name, off+pc-lo)
		if ino != 0 {
			if sym := symbolAt(name, off+pc-lo); sym != "" {
				s += " <" + sym + ">"
			}
		}
		return s
	}
	return fmt.Sprintf("%#x, not mapped", pc)
}

// symbolAt finds the symbol of an ELF file that covers a file offset.
func symbolAt(path string, off uint64) string {
	f, err := openFile(path)
	if err != nil {
		return ""
	}
	defer f.Close()
	img, err := parseELF(f)
	if err != nil {
		return ""
	}
	var vaddr uint64
	for _, s := range img.Segments {
		if off >= s.Off && off-s.Off < s.FileSz {
			vaddr = s.VAddr + off - s.Off
		}
	}
	for _, typ := range []uint32{2, 11} { // SHT_SYMTAB, SHT_DYNSYM
		if s := lookupSymbol(f, typ, vaddr); s != "" {
			return s
		}
	}
	return ""
}

// lookupSymbol searches the symbol table of the given section type. The file may
// be anything: whatever does not fit ends the search.
func lookupSymbol(f io.ReaderAt, typ uint32, addr uint64) string {
	le := binary.LittleEndian
	read := func(off, n uint64) []byte {
		if n > 64<<20 || off > 1<<40 {
			return nil
		}
		b := make([]byte, n)
		if _, err := f.ReadAt(b, int64(off)); err != nil {
			return nil
		}
		return b
	}
	h := read(0, ehdrSize)
	if h == nil || le.Uint16(h[58:]) != 64 {
		return ""
	}
	shoff, n := le.Uint64(h[40:]), uint64(le.Uint16(h[60:]))
	sh := read(shoff, 64*n)
	for i := uint64(0); i < n && sh != nil; i++ {
		s := sh[64*i:]
		link := uint64(le.Uint32(s[40:]))
		if le.Uint32(s[4:]) != typ || link >= n {
			continue
		}
		syms, str := read(le.Uint64(s[24:]), le.Uint64(s[32:])), sh[64*link:]
		names := read(le.Uint64(str[24:]), le.Uint64(str[32:]))
		for ; len(syms) >= 24; syms = syms[24:] {
			name, val, size := uint64(le.Uint32(syms)), le.Uint64(syms[8:]), le.Uint64(syms[16:])
			if syms[4]&15 != 2 || addr < val || addr-val >= max(size, 1) || name >= uint64(len(names)) {
				continue
			}
			s, _, _ := bytes.Cut(names[name:], []byte{0})
			if addr == val {
				return string(s)
			}
			return fmt.Sprintf("%s+%#x", s, addr-val)
		}
	}
	return ""
}
