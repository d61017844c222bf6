package linuxuser

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"

	"armature/syscalls"
)

// progHeader is a program header as the file has it.
type progHeader struct {
	Type, Flags                               uint32
	Off, VAddr, PAddr, FileSz, MemSz, PgAlign uint64
}

// elfFile makes an ELF file of size bytes with the given program headers after
// the file header. The change is made to it afterwards.
func elfFile(typ uint16, size int, phs []progHeader, change func([]byte)) []byte {
	b := make([]byte, max(size, ehdrSize+len(phs)*phdrSize))
	copy(b, "\x7fELF\x02\x01\x01")
	le := binary.LittleEndian
	le.PutUint16(b[16:], typ)
	le.PutUint16(b[18:], emAArch64)
	le.PutUint32(b[20:], 1)
	le.PutUint64(b[24:], 0x400100)
	le.PutUint64(b[32:], ehdrSize)
	le.PutUint16(b[52:], ehdrSize)
	le.PutUint16(b[54:], phdrSize)
	le.PutUint16(b[56:], uint16(len(phs)))
	for i, p := range phs {
		if n, err := binary.Encode(b[ehdrSize+i*phdrSize:], le, p); n != phdrSize || err != nil {
			panic("program header does not have its size")
		}
	}
	if change != nil {
		change(b)
	}
	return b
}

var (
	loadText = progHeader{ptLoad, pfR | pfX, 0, 0x400000, 0, 0x800, 0x800, 0x10000}
	loadData = progHeader{ptLoad, pfR | pfW, 0x800, 0x410800, 0, 0x300, 0x5000, 0x10000}
)

func TestParseELF(t *testing.T) {
	interp := progHeader{Type: ptInterp, Off: 0xa00, FileSz: 10, MemSz: 10}
	data := elfFile(etExec, 0xb00, []progHeader{interp, loadText, loadData, {Type: ptGNUStack, Flags: pfR | pfW | pfX}},
		func(b []byte) { copy(b[0xa00:], "/lib/ld.so\x00"); b[0xa09] = 0 })
	img, err := parseELF(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	if img.Type != etExec || img.Entry != 0x400100 || img.PhdrAddr != 0x400040 || img.PhdrCount != 4 ||
		img.Interp != "/lib/ld.s" || !img.ExecStack || img.Align != 0x10000 || img.lo != 0x400000 || img.hi != 0x416000 {
		t.Errorf("%+v", img)
	}
	if len(img.Segments) != 2 {
		t.Fatalf("%d segments", len(img.Segments))
	}
	if s := img.Segments[1]; s.lo != 0x410000 || s.fileHi != 0x411000 || s.hi != 0x416000 || s.prot() != protRead|protWrite {
		t.Errorf("%+v", s)
	}
}

// What is odd, but not wrong.
func TestParseELFAccepts(t *testing.T) {
	with := func(p progHeader, f func(*progHeader)) progHeader { f(&p); return p }
	for _, c := range []struct {
		name string
		phs  []progHeader
	}{
		{"writable code", []progHeader{with(loadText, func(p *progHeader) { p.Flags = pfR | pfW | pfX })}},
		{"overlapping segments", []progHeader{loadText, loadText}},
		{"descending segments", []progHeader{loadData, loadText}},
		{"alignment that is not a power of two", []progHeader{with(loadText, func(p *progHeader) { p.PgAlign = 12345 })}},
		{"huge alignment", []progHeader{with(loadText, func(p *progHeader) { p.PgAlign = 1 << 63 })}},
		{"no memory in a segment", []progHeader{loadText, with(loadText, func(p *progHeader) { p.FileSz, p.MemSz = 0, 0 })}},
		{"a segment of zeros with any offset", []progHeader{with(loadData, func(p *progHeader) { p.FileSz, p.Off = 0, 0x123 })}},
		{"other headers with nonsense", []progHeader{loadText, {0x6fffffff, ^uint32(0), 1 << 63, 1 << 63, 0, 1 << 63, 1, 3}}},
	} {
		img, err := parseELF(bytes.NewReader(elfFile(etDyn, 0xb00, c.phs, nil)))
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		checkImage(t, img)
	}
}

func TestParseELFRefuses(t *testing.T) {
	with := func(p progHeader, f func(*progHeader)) []progHeader { f(&p); return []progHeader{p} }
	text := []progHeader{loadText}
	put16 := func(off int, v uint16) func([]byte) {
		return func(b []byte) { binary.LittleEndian.PutUint16(b[off:], v) }
	}
	for _, c := range []struct {
		name   string
		phs    []progHeader
		change func([]byte)
		cut    int    // bytes to keep; 0: all
		want   string // in the error
	}{
		{"magic", text, func(b []byte) { b[0] = 'E' }, 0, "not an ELF"},
		{"empty", text, nil, 2, "not an ELF"},
		{"short header", text, nil, 63, "truncated"},
		{"class 1", text, func(b []byte) { b[4] = 1 }, 0, "32-bit"},
		{"class 3", text, func(b []byte) { b[4] = 3 }, 0, "class 3"},
		{"byte order 0", text, func(b []byte) { b[5] = 0 }, 0, "byte order 0"},
		{"big-endian", text, func(b []byte) { b[5] = 2; b[18], b[19] = 0, emAArch64 }, 0, "big-endian"},
		{"big-endian PowerPC", text, func(b []byte) { b[5] = 2; b[18], b[19] = 0, 21 }, 0, "PowerPC64"},
		{"x86-64", text, put16(18, 62), 0, "x86-64"},
		{"i386", text, func(b []byte) { b[4] = 1; b[18], b[19] = 3, 0 }, 0, "i386"},
		{"32-bit ARM", text, func(b []byte) { b[4] = 1; b[18], b[19] = 40, 0 }, 0, "32-bit ARM"},
		{"unknown machine", text, put16(18, 0x7777), 0, "machine 30583"},
		{"object file", text, put16(16, 1), 0, "type 1"},
		{"core file", text, put16(16, 4), 0, "type 4"},
		{"size of program headers", text, put16(54, 57), 0, "57 bytes"},
		{"no program headers", text, put16(56, 0), 0, "0 program headers"},
		{"65535 program headers", text, put16(56, 65535), 0, "65535 program headers"},
		{"program headers beyond the end", text, put16(32, 0xfff0), 0, "truncated"},
		{"program headers cut", text, nil, ehdrSize + 55, "truncated"},
		{"program headers at a huge offset", text, func(b []byte) { b[39] = 0xff }, 0, "offset"},
		{"nothing to load", []progHeader{{Type: ptGNUStack}}, nil, 0, "nothing to load"},
		{"more in the file than in memory", with(loadText, func(p *progHeader) { p.MemSz = 0x7ff }), nil, 0, "in memory"},
		{"address plus size overflows", with(loadText, func(p *progHeader) { p.VAddr, p.MemSz = ^uint64(0xfff), 0x2000 }), nil, 0, "outside"},
		{"size overflows", with(loadText, func(p *progHeader) { p.MemSz = ^uint64(0) }), nil, 0, "outside"},
		{"both sizes overflow", with(loadText, func(p *progHeader) { p.FileSz, p.MemSz = 1<<63, 1<<63 }), nil, 0, "outside"},
		{"address in the kernel's half", with(loadText, func(p *progHeader) { p.VAddr = 0xffff000000000000 }), nil, 0, "outside"},
		{"the emulator's address", with(loadText, func(p *progHeader) { p.VAddr = syscalls.GuestTop }), nil, 0, "outside"},
		{"the end in the emulator's addresses", with(loadText, func(p *progHeader) { p.VAddr, p.MemSz = syscalls.GuestTop-0x2000, 0x3000 }), put16(16, etDyn), 0, "outside"},
		{"offset not congruent", with(loadText, func(p *progHeader) { p.Off = 0x10 }), nil, 0, "congruent"},
		{"negative offset", with(loadText, func(p *progHeader) { p.Off = 1 << 63 }), nil, 0, "offset"},
		{"interpreter's name without end", with(loadText, func(p *progHeader) { p.Type = ptInterp; p.FileSz = 4 }), nil, 0, "without end"},
		{"interpreter's name empty", with(loadText, func(p *progHeader) { p.Type = ptInterp; p.Off = 0x900; p.FileSz = 4 }), nil, 0, "empty"},
		{"interpreter's name too short", with(loadText, func(p *progHeader) { p.Type = ptInterp; p.FileSz = 1 }), nil, 0, "1 bytes"},
		{"interpreter's name too long", with(loadText, func(p *progHeader) { p.Type = ptInterp; p.FileSz = 4097 }), nil, 0, "4097 bytes"},
		{"interpreter's name beyond the end", with(loadText, func(p *progHeader) { p.Type = ptInterp; p.Off = 0x10000; p.FileSz = 4 }), nil, 0, "truncated"},
	} {
		b := elfFile(etExec, 0xb00, c.phs, c.change)
		if c.cut != 0 {
			b = b[:c.cut]
		}
		_, err := parseELF(bytes.NewReader(b))
		var fe *FormatError
		if !errors.As(err, &fe) || !strings.Contains(err.Error(), c.want) || fe.Errno == 0 {
			t.Errorf("%s: error %v, want %q", c.name, err, c.want)
		}
	}
}

type failingReader struct{ err error }

func (f failingReader) ReadAt([]byte, int64) (int, error) { return 0, f.err }

// A failing disk is not a wrong file.
func TestParseELFReadError(t *testing.T) {
	want := errors.New("disk on fire")
	if _, err := parseELF(failingReader{want}); !errors.Is(err, want) {
		t.Error(err)
	}
	if _, err := parseELF(failingReader{io.EOF}); err != errNotELF {
		t.Error(err)
	}
}

// checkImage holds an Image against what the loader relies on.
func checkImage(t *testing.T, img *Image) {
	t.Helper()
	if len(img.Segments) == 0 || img.lo >= img.hi || img.hi > syscalls.GuestTop || img.Align < pageSize || img.Align&(img.Align-1) != 0 {
		t.Errorf("%+v", img)
	}
	for _, s := range img.Segments {
		if s.FileSz > s.MemSz || s.MemSz == 0 || s.lo > s.VAddr || s.VAddr+s.MemSz > s.hi || s.hi < s.lo ||
			s.lo < img.lo || s.hi > img.hi || s.fileHi < s.lo || s.fileHi > s.hi ||
			(s.lo|s.hi|s.fileHi)&pageMask != 0 || s.FileSz != 0 && s.fileHi < s.VAddr+s.FileSz {
			t.Errorf("%+v", s)
		}
	}
	if strings.ContainsRune(img.Interp, 0) {
		t.Errorf("interpreter %q", img.Interp)
	}
}

func FuzzParseELF(f *testing.F) {
	interp := progHeader{Type: ptInterp, Off: 0xa00, FileSz: 11, MemSz: 11}
	f.Add(elfFile(etDyn, 0xb00, []progHeader{interp, loadText, loadData}, func(b []byte) { copy(b[0xa00:], "/lib/ld.so") }))
	f.Add(elfFile(etExec, 0xb00, []progHeader{loadText}, nil))
	f.Add([]byte("\x7fELF"))
	f.Add([]byte("#!/bin/sh\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		img, err := parseELF(bytes.NewReader(b))
		if err == nil {
			checkImage(t, img)
		} else if fe := (*FormatError)(nil); !errors.As(err, &fe) {
			t.Errorf("%T %v", err, err)
		}
	})
}
