package linuxuser

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"armature/syscalls"
	"armature/syscalls/host"
)

// testSpace is a Space that hands out addresses below 0x7100000000.
func testSpace(t *testing.T) *Space {
	t.Helper()
	if err := installFaults(); err != nil {
		t.Fatal(err)
	}
	s, err := newSpace()
	if err != nil {
		t.Fatal(err)
	}
	s.mmapTop = 0x7100000000
	s.files.reset(s.mmapTop)
	s.anon.reset(s.mmapTop)
	t.Cleanup(func() {
		for _, a := range s.areas {
			host.Raw(hostMunmap, uintptr(a.Lo), uintptr(a.Hi-a.Lo), 0, 0, 0, 0)
		}
	})
	return s
}

func openImage(t *testing.T, data []byte) (file, *Image) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "prog")
	if err := os.WriteFile(path, data, 0o755); err != nil {
		t.Fatal(err)
	}
	f, img, err := openProgram(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f, img
}

// filled is an ELF file of size bytes in which each byte tells its page.
func filled(typ uint16, size int, phs []progHeader) []byte {
	return elfFile(typ, size, phs, func(b []byte) {
		for i := ehdrSize + len(phs)*phdrSize; i < len(b); i++ {
			b[i] = 0xa0 + byte(i/pageSize)
		}
	})
}

func TestLoad(t *testing.T) {
	phs := []progHeader{
		{ptLoad, pfR | pfX, 0, 0x0, 0, 0x1800, 0x1800, 0x10000},
		{ptLoad, pfR | pfW, 0x1800, 0x11800, 0, 0x300, 0x2a00, 0x10000},
		{ptLoad, pfR, 0x2000, 0x22000, 0, 0x800, 0x800, 0x10000},
		{ptLoad, pfR | pfW, 0, 0x30010, 0, 0, 0x20, 0x10000},
		{ptLoad, pfR | pfW, 0x2000, 0x40000, 0, 0x100, 0x180, 0x10000},
		{ptLoad, pfR | pfW, 0x2000, 0x50000, 0, 0x100, 0x100, 0x10000},
	}
	for _, typ := range []uint16{etExec, etDyn} {
		phs := append([]progHeader{}, phs...)
		var hint, want uint64
		if typ == etExec {
			for i := range phs {
				phs[i].VAddr += 0x20000000
			}
		} else {
			hint, want = 0x5500001000, 0x5500010000 // aligned up
		}
		s := testSpace(t)
		f, img := openImage(t, filled(typ, 0x3000, phs))
		l, err := s.load(f, img, hint)
		if err != nil {
			t.Fatal(err)
		}
		if l.bias != want || l.entry() != want+img.Entry {
			t.Errorf("bias %#x, want %#x", l.bias, want)
		}
		base := img.lo + l.bias
		type span struct {
			lo, hi uint64
			prot   uint32
		}
		var got []span
		for _, a := range s.areas {
			if n := len(got); n > 0 && got[n-1].hi == a.Lo-base && got[n-1].prot == a.Prot {
				got[n-1].hi = a.Hi - base // file and zeros
				continue
			}
			got = append(got, span{a.Lo - base, a.Hi - base, a.Prot})
		}
		wantSpans := []span{{0, 0x2000, protRead | protExec}, {0x11000, 0x15000, protRead | protWrite}, {0x22000, 0x23000, protRead}, {0x30000, 0x31000, protRead | protWrite},
			{0x40000, 0x41000, protRead | protWrite}, {0x50000, 0x51000, protRead | protWrite}}
		if len(got) != len(wantSpans) {
			t.Fatalf("areas %x", got)
		}
		for i := range got {
			if got[i] != wantSpans[i] {
				t.Errorf("area %d: %x, want %x", i, got[i], wantSpans[i])
			}
		}
		for _, c := range []struct {
			what string
			off  uint64
			n    int
			b    byte
		}{
			{"text", 0x1000, 0x1000, 0xa1}, // to the end of the page: the file's next bytes
			{"data", 0x11800, 0x300, 0xa1},
			{"before the data", 0x11000, 0x800, 0xa1},
			{"zeros in the page", 0x11b00, 0x500, 0},
			{"zeros in more pages", 0x12000, 0x3000, 0},
			{"constants", 0x22000, 0x1000, 0xa2}, // nothing is cleared after them
			{"zeros alone", 0x30000, 0x1000, 0},
			{"the page's rest after few zeros", 0x40100, 0xf00, 0}, // Linux clears it all
			{"the page's rest after no zeros", 0x50000, 0x1000, 0xa2},
		} {
			if b := guestBytes(t, base+c.off, c.n); !bytes.Equal(b, bytes.Repeat([]byte{c.b}, c.n)) {
				t.Errorf("type %d: %s at %#x is not all %#x", typ, c.what, c.off, c.b)
			}
		}
		for _, gap := range []uint64{0x2000, 0x10000, 0x15000, 0x21000} {
			if syscalls.CopyIn(make([]byte, 1), base+gap) {
				t.Errorf("%#x is mapped", gap)
			}
		}
		if code := s.Fetch(base + 0x1ff0); len(code) != 16 {
			t.Errorf("%d bytes of code", len(code))
		}
		if s.Fetch(base+0x11800) != nil {
			t.Error("data can be executed")
		}
		// The file stays as it was.
		syscalls.CopyOut(base+0x11800, []byte("written"))
		if onDisk, _ := os.ReadFile(fmt.Sprintf("/proc/self/fd/%d", f)); !bytes.Equal(onDisk, filled(typ, 0x3000, phs)) {
			t.Error("the program wrote to its file")
		}
	}
}

// Where a position-independent program goes if its place is taken, and if it has none.
func TestLoadPlace(t *testing.T) {
	s := testSpace(t)
	data := filled(etDyn, 0x1000, []progHeader{{ptLoad, pfR, 0, 0, 0, 0x800, 0x800, 0x10000}})
	f, img := openImage(t, data)
	var got []uint64
	for range 2 {
		l, err := s.load(f, img, 0x5500000000)
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, l.bias)
	}
	l, err := s.load(f, img, 0)
	if err != nil {
		t.Fatal(err)
	}
	got = append(got, l.bias)
	if want := [...]uint64{0x5500000000, 0x70ffff0000, 0x70fffe0000}; [3]uint64(got) != want {
		t.Errorf("%x, want %x", got, want)
	}
}

func TestLoadRefuses(t *testing.T) {
	text := progHeader{ptLoad, pfR, 0, 0x20000000, 0, 0x800, 0x800, 0x1000}
	s := testSpace(t)
	f, img := openImage(t, filled(etExec, 0x1000, []progHeader{text}))
	if _, err := s.load(f, img, 0); err != nil {
		t.Fatal(err)
	}
	if _, err := s.load(f, img, 0); !errors.Is(err, error(syscalls.ENOMEM)) && !isFormat(err) {
		t.Errorf("over another program: %v", err)
	}
	// Larger than any gap.
	p := text
	p.VAddr, p.MemSz = 0, syscalls.GuestTop-0x10000
	f, img = openImage(t, filled(etDyn, 0x1000, []progHeader{p}))
	if _, err := s.load(f, img, 0x5500000000); err == nil {
		t.Error("a program larger than the address space was loaded")
	}
	// .bss begins in a page that the file does not have.
	p = progHeader{ptLoad, pfR | pfW, 0x10000, 0x20100000, 0, 0x800, 0x2000, 0x1000}
	f, img = openImage(t, filled(etExec, 0x1000, []progHeader{p}))
	if _, err := s.load(f, img, 0); !isFormat(err) {
		t.Errorf("truncated file: %v", err)
	}
}

func isFormat(err error) bool {
	var fe *FormatError
	return errors.As(err, &fe)
}

func TestOpenProgramErrors(t *testing.T) {
	dir := t.TempDir()
	script := filepath.Join(dir, "script")
	if err := os.WriteFile(script, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	for path, status := range map[string]int{filepath.Join(dir, "none"): 127, dir: 126, script: 126} {
		_, _, err := openProgram(path)
		var le *LoadError
		if !errors.As(err, &le) || le.Path != path || ExitStatus(err) != status {
			t.Errorf("%s: %v, status %d", path, err, ExitStatus(err))
		}
	}
}

func TestLoadVDSO(t *testing.T) {
	s := testSpace(t)
	at, err := s.loadVDSO()
	if err != nil {
		t.Fatal(err)
	}
	ret := uint64(host.FindSymbol(uintptr(at), "__kernel_rt_sigreturn"))
	if code := s.Fetch(ret); len(code) < 8 || !bytes.Equal(code[:8], []byte{0x68, 0x11, 0x80, 0xd2, 1, 0, 0, 0xd4}) {
		t.Errorf("vDSO at %#x, __kernel_rt_sigreturn at %#x", at, ret)
	}
	if syscalls.CopyOut(at, []byte{0}) {
		t.Error("the vDSO can be written")
	}
}
