package linuxuser

import (
	"encoding/binary"
	"slices"
	"strings"
	"testing"

	"armature/syscalls"
)

// startStack is a stack image read as a program reads it.
type startStack struct {
	args, env []string
	aux       []auxEntry
}

func readStack(t *testing.T, img []byte, sp uint64) (s startStack) {
	t.Helper()
	word := func(i int) uint64 { return binary.LittleEndian.Uint64(img[8*i:]) }
	text := func(p uint64) string {
		if p < sp || p >= sp+uint64(len(img)) {
			t.Fatalf("pointer %#x outside [%#x,%#x)", p, sp, sp+uint64(len(img)))
		}
		before, _, ok := strings.Cut(string(img[p-sp:]), "\x00")
		if !ok {
			t.Fatalf("string at %#x has no end", p)
		}
		return before
	}
	argc := int(word(0))
	i := 1
	for ; word(i) != 0; i++ {
		s.args = append(s.args, text(word(i)))
	}
	if len(s.args) != argc {
		t.Errorf("argc %d, %d arguments", argc, len(s.args))
	}
	for i++; word(i) != 0; i++ {
		s.env = append(s.env, text(word(i)))
	}
	for i++; ; i += 2 {
		s.aux = append(s.aux, auxEntry{word(i), word(i + 1)})
		if word(i) == 0 {
			return s
		}
	}
}

func testAux() []auxEntry {
	main := loaded{img: &Image{PhdrAddr: 0x40, PhdrCount: 9, Entry: 0x1234}, bias: pieBase}
	interp := loaded{img: &Image{}, bias: 0x7000000000}
	return auxv(main, &interp, 0x7100000000, 0, false)
}

func TestStackImage(t *testing.T) {
	const top = 0x7dfefff00000
	for _, c := range []struct {
		name      string
		args, env []string
	}{
		{"plain", []string{"prog", "a", "bc"}, []string{"HOME=/root", "X="}},
		{"empty strings", []string{"", ""}, []string{""}},
		{"no environment", []string{"prog"}, nil},
		{"no arguments", nil, []string{"A=b"}},
		{"odd number of words", []string{"p", "q"}, []string{"A=b"}},
		{"many", slices.Repeat([]string{"argument"}, 1000), slices.Repeat([]string{"NAME=value"}, 333)},
		{"long", []string{strings.Repeat("x", 100000)}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			si := &startInfo{args: c.args, env: c.env, execFn: "./prog", aux: testAux()}
			copy(si.random[:], "0123456789abcdef")
			img, sp := stackImage(si, top)
			if sp&15 != 0 || sp+uint64(len(img)) != top {
				t.Errorf("SP %#x, %d bytes", sp, len(img))
			}
			s := readStack(t, img, sp)
			if !slices.Equal(s.args, c.args) || !slices.Equal(s.env, c.env) {
				t.Errorf("arguments %.100q, environment %.100q", s.args, s.env)
			}
			if !slices.Equal(s.aux, si.aux) {
				t.Errorf("on the stack: %v\nkept: %v", s.aux, si.aux)
			}
			at := func(tag uint64) uint64 {
				i := slices.IndexFunc(s.aux, func(a auxEntry) bool { return a.tag == tag })
				if i < 0 {
					t.Fatalf("no entry %d", tag)
				}
				return s.aux[i].val
			}
			for tag, want := range map[uint64]string{atExecfn: "./prog\x00", atPlatform: "aarch64\x00", atRandom: "0123456789abcdef"} {
				if got := string(img[at(tag)-sp:][:len(want)]); got != want {
					t.Errorf("entry %d: %q, want %q", tag, got, want)
				}
			}
			if at(atPhdr) != pieBase+0x40 || at(atEntry) != pieBase+0x1234 || at(atBase) != 0x7000000000 || at(atPhnum) != 9 ||
				at(atPhent) != 56 || at(atPagesz) != 4096 || at(atClktck) != 100 || at(atMinSigstksz) != 4720 {
				t.Errorf("%v", s.aux)
			}
			// The path is the last string, eight zero bytes from the top; programs that
			// overwrite their arguments rely on one run of strings.
			if end := string(img[len(img)-8-len("./prog\x00"):]); end != "./prog"+strings.Repeat("\x00", 9) {
				t.Errorf("top of the stack: %q", end)
			}
			run := strings.Join(append(append(slices.Clone(c.args), c.env...), "./prog"), "\x00")
			if !strings.Contains(string(img), run) {
				t.Error("the strings do not follow each other")
			}
		})
	}
}

// Linux's order of the auxiliary vector (create_elf_tables, arm64's ARCH_DLINFO).
func TestAuxvOrder(t *testing.T) {
	var tags []uint64
	for _, a := range testAux() {
		tags = append(tags, a.tag)
	}
	want := []uint64{atSysinfoEHDR, atMinSigstksz, atHwcap, atPagesz, atClktck, atPhdr, atPhent, atPhnum, atBase, atFlags, atEntry,
		atUID, atEUID, atGID, atEGID, atSecure, atRandom, atHwcap2, atExecfn, atPlatform, 0}
	if !slices.Equal(tags, want) {
		t.Errorf("%v\nwant %v", tags, want)
	}
}

func TestTooBig(t *testing.T) {
	const mb = 1 << 20
	// n strings of 1000 bytes, pointer and end included.
	list := func(n int) []string { return slices.Repeat([]string{strings.Repeat("x", 991)}, n) }
	for _, c := range []struct {
		name   string
		si     startInfo
		rlimit uint64
		want   bool
	}{
		{"empty", startInfo{}, 8 * mb, false},
		{"longest string", startInfo{args: []string{strings.Repeat("x", 131071)}}, 8 * mb, false},
		{"a string too long", startInfo{args: []string{strings.Repeat("x", 131072)}}, 8 * mb, true},
		{"a variable too long", startInfo{env: []string{strings.Repeat("x", 131072)}}, 8 * mb, true},
		{"a quarter of the limit", startInfo{args: list(2090)}, 8 * mb, false},
		{"more", startInfo{args: list(2100)}, 8 * mb, true},
		{"arguments and variables", startInfo{args: list(1050), env: list(1050)}, 8 * mb, true},
		{"no limit", startInfo{args: list(6200)}, ^uint64(0), false},
		{"6 MiB", startInfo{args: list(6300)}, ^uint64(0), true},
		{"small stack", startInfo{args: list(130)}, 0, false},
		{"small stack, more", startInfo{args: list(132)}, 0, true},
		{"pointers alone", startInfo{args: make([]string, 16384)}, 0, true},
	} {
		if got := c.si.tooBig(c.rlimit); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}

func TestFillStack(t *testing.T) {
	guestMemory(t, testStack, 256<<10)
	s := &Space{stackLo: testStack, stackHi: testStack + 256<<10}
	sp, err := s.fillStack(&startInfo{execFn: "p", aux: testAux()})
	if err != nil {
		t.Fatal(err)
	}
	got := readStack(t, guestBytes(t, sp, int(s.stackHi-sp)), sp)
	if len(got.args) != 1 || got.args[0] != "" {
		t.Errorf("arguments %q, want one that is empty", got.args)
	}
	if _, err := s.fillStack(&startInfo{args: []string{strings.Repeat("x", 200<<10)}, aux: testAux()}); err != syscalls.E2BIG {
		t.Errorf("too big: %v", err)
	}
	s.stackHi += pageSize
	if _, err := s.fillStack(&startInfo{aux: testAux()}); err != syscalls.EFAULT {
		t.Errorf("stack not mapped: %v", err)
	}
}
