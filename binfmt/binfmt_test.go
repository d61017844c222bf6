package binfmt

import (
	"encoding/hex"
	"io"
	"strings"
	"testing"
)

func TestParseFlags(t *testing.T) {
	for _, c := range []struct{ in, want string }{
		{"", "F"}, {"F", "F"}, {"P", "PF"}, {"FP", "PF"}, {"C", "OCF"}, {"FCOP", "POCF"}, {"OO", "OF"},
		{"f", ""}, {"PX", ""}, {" ", ""},
	} {
		got, err := ParseFlags(c.in)
		if string(got) != c.want || (err != nil) != (c.want == "") {
			t.Errorf("%q: %q, %v; want %q", c.in, got, err, c.want)
		}
	}
}

func TestRule(t *testing.T) {
	long := "/" + strings.Repeat("x", 255)
	for _, c := range []struct {
		interp string
		sep    string // "": refused
	}{
		{"/usr/bin/armature-aarch64", ":"},
		{"/a:b", "|"},
		{"/with space", ":"},
		{"/:|;!#%&~@,", ""},
		{"relative", ""},
		{"/new\nline", ""},
		{long, ""},
		{long[:255], ":"},
	} {
		got, err := rule(AArch64, c.interp, "PF")
		if c.sep == "" {
			if err == nil {
				t.Errorf("%q: %q, want an error", c.interp, got)
			}
			continue
		}
		f := strings.Split(got, c.sep)
		if err != nil || len(f) != 8 || f[1] != "armature-aarch64" || f[2] != "M" || f[6] != c.interp || f[7] != "PF" {
			t.Errorf("%q: %q, %v", c.interp, got, err)
		}
	}
}

// TestTakes: which entries handle ARM programs.
func TestTakes(t *testing.T) {
	const text = "enabled\ninterpreter /x/y z\nflags: POCF\noffset %OFF\nmagic %MAGIC\nmask %MASK\n"
	elf, mask := hex.EncodeToString([]byte(AArch64.Magic)), hex.EncodeToString([]byte(AArch64.Mask))
	for _, c := range []struct {
		name, off, magic, mask string
		want                   bool
	}{
		{"ours", "0", elf, mask, true},
		{"exact", "0", elf, "", true},
		{"x86-64", "0", strings.Replace(elf, "b700", "3e00", 1), mask, false},
		{"any ELF", "0", "7f454c46", "", true},
		{"machine only", "18", "b700", "ffff", true},
		{"too far", "255", "b700", "ffff", false},
		{"zeros", "0", "0000", "0000", true},
		{"MZ", "0", "4d5a", "", false},
	} {
		e, err := parseEntry(c.name, strings.NewReplacer("%OFF", c.off, "%MAGIC", c.magic, "%MASK", c.mask).Replace(text))
		if err != nil {
			t.Fatal(err)
		}
		if !e.Enabled || e.Interpreter != "/x/y z" || e.Flags != "POCF" {
			t.Errorf("%s: read as %+v", c.name, e)
		}
		if got := AArch64.takes(e); got != c.want {
			t.Errorf("%s: %t, want %t", c.name, got, c.want)
		}
	}
	e, err := parseEntry("ext", "disabled\ninterpreter /bin/x\nflags: \nextension .exe\n")
	if err != nil || e.Enabled || e.Extension != "exe" || AArch64.takes(e) {
		t.Errorf("extension: %+v, %v", e, err)
	}
	if _, err := parseEntry("bad", "enabled\nmagic zz\n"); err == nil {
		t.Error("a bad magic is read")
	}
}

// TestProbeImage: the program is one that the format takes.
func TestProbeImage(t *testing.T) {
	img := probeImage()
	if len(img) != 120+4*len(probeCode) || string(img[:len(AArch64.Magic)]) != AArch64.Magic {
		t.Errorf("%x", img)
	}
	self := &Entry{Magic: img[:20]}
	if !AArch64.takes(self) {
		t.Error("not an ARM program")
	}
}

// FuzzEntry reads what a kernel might say of an entry.
func FuzzEntry(f *testing.F) {
	f.Add("enabled\ninterpreter /x/y z\nflags: POCF\noffset 0\nmagic 7f454c46\nmask ffffffff\n")
	f.Add("disabled\ninterpreter /bin/x\nflags: \nextension .exe\n")
	f.Add("enabled\noffset -1\nmagic 00\nmask \n")
	f.Fuzz(func(t *testing.T, text string) {
		e, err := parseEntry("x", text)
		if err != nil {
			return
		}
		AArch64.takes(e)
		AArch64.same(e)
		var live Live
		s := &Status{Mounted: true, Handlers: []Handler{handler(AArch64, e, &live)}}
		s.Write(io.Discard, AArch64)
	})
}

// FuzzConf reads files of /etc/binfmt.d: what is hidden is a name, not a path.
func FuzzConf(f *testing.F) {
	f.Add(confHeader + maskLine + "qemu-aarch64.conf\n:x:M::a:b:/c:F\n")
	f.Add(maskLine + "../x\n" + maskLine + "..\n" + maskLine + "/\n")
	f.Fuzz(func(t *testing.T, text string) {
		for _, name := range maskedIn(text) {
			if strings.Contains(name, "/") || name == "" || name == "." || name == ".." {
				t.Errorf("%q names %q", text, name)
			}
		}
	})
}

// FuzzRule: what is written to the kernel has the interpreter that was asked for, and
// no more than one command.
func FuzzRule(f *testing.F) {
	f.Add("/usr/bin/armature", "POCF")
	f.Add("/a:b|c", "F")
	f.Fuzz(func(t *testing.T, interp, letters string) {
		flags, err := ParseFlags(letters)
		if err != nil {
			return
		}
		s, err := rule(AArch64, interp, flags)
		if err != nil {
			return
		}
		if p := strings.Split(s[1:], s[:1]); len(p) != 7 || p[5] != interp || p[6] != string(flags) || strings.Contains(s, "\n") {
			t.Errorf("%q %q: %q", interp, flags, s)
		}
	})
}
