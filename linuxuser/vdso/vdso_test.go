package vdso

import (
	"bytes"
	"debug/elf"
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The image is what its sources make.
func TestImageIsCurrent(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"vdso.S", "vdso.lds", "vdso.ver"} {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	doc, err := os.ReadFile("doc.go")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(doc)) {
		if args, ok := strings.CutPrefix(line, "//go:generate "); ok {
			f := strings.Fields(args)
			cmd := exec.Command(f[0], f[1:]...)
			cmd.Dir = dir
			if out, err := cmd.CombinedOutput(); err != nil {
				t.Fatalf("%s: needs the cross tool chain: %v\n%s", f[0], err, out)
			}
		}
	}
	got, err := os.ReadFile(filepath.Join(dir, "vdso.so"))
	if err != nil {
		t.Fatal(err)
	}
	// Another assembler or linker may lay out the file differently; what is mapped
	// must do the same.
	if !bytes.Equal(got, Image) && !bytes.Equal(text(t, got), text(t, Image)) {
		t.Error("vdso.so is not what vdso.S makes: run go generate")
	}
}

func text(t *testing.T, image []byte) []byte {
	f, err := elf.NewFile(bytes.NewReader(image))
	if err != nil {
		t.Fatal(err)
	}
	b, err := f.Section(".text").Data()
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// C libraries and Go look up the symbols with their version.
func TestSymbols(t *testing.T) {
	f, err := elf.NewFile(bytes.NewReader(Image))
	if err != nil {
		t.Fatal(err)
	}
	syms, err := f.DynamicSymbols()
	if err != nil {
		t.Fatal(err)
	}
	at := map[string]uint64{}
	for _, s := range syms {
		if s.Version == "LINUX_2.6.39" && elf.ST_TYPE(s.Info) == elf.STT_FUNC {
			at[s.Name] = s.Value
		}
	}
	const svc, ret = 0xd4000001, 0xd65f03c0
	for name, nr := range map[string]uint32{
		"__kernel_clock_gettime": 113, "__kernel_clock_getres": 114,
		"__kernel_gettimeofday": 169, "__kernel_rt_sigreturn": 139,
	} {
		a, ok := at[name]
		if !ok {
			t.Errorf("no function %s of version LINUX_2.6.39", name)
			continue
		}
		word := func(i uint64) uint32 { return binary.LittleEndian.Uint32(Image[a+4*i:]) }
		// Unwinders know the two words of rt_sigreturn.
		if w := 0xd2800008 | nr<<5; word(0) != w || word(1) != svc {
			t.Errorf("%s: %#x %#x, want %#x %#x", name, word(0), word(1), w, svc)
		}
		if name != "__kernel_rt_sigreturn" && word(2) != ret {
			t.Errorf("%s does not return", name)
		}
	}
	if name, err := f.DynString(elf.DT_SONAME); err != nil || len(name) != 1 || name[0] != "linux-vdso.so.1" {
		t.Errorf("soname %q, %v", name, err)
	}
}

// The image is mapped as it is, at any address, and never written.
func TestLayout(t *testing.T) {
	f, err := elf.NewFile(bytes.NewReader(Image))
	if err != nil {
		t.Fatal(err)
	}
	if f.Class != elf.ELFCLASS64 || f.Machine != elf.EM_AARCH64 || f.Type != elf.ET_DYN {
		t.Errorf("%v %v %v", f.Class, f.Machine, f.Type)
	}
	loads := 0
	for _, p := range f.Progs {
		switch p.Type {
		case elf.PT_LOAD:
			loads++
			if p.Off != 0 || p.Vaddr != 0 || p.Filesz != p.Memsz || p.Flags != elf.PF_R|elf.PF_X {
				t.Errorf("segment %+v", p.ProgHeader)
			}
		case elf.PT_GNU_EH_FRAME:
			t.Error("there is frame information, which leads unwinders astray in rt_sigreturn")
		}
	}
	if loads != 1 || len(Image) > 4096 {
		t.Errorf("%d segments, %d bytes; want one, in a page", loads, len(Image))
	}
	for _, s := range f.Sections {
		if s.Type == elf.SHT_RELA && s.Size != 0 {
			t.Error("the image has relocations")
		}
	}
}
