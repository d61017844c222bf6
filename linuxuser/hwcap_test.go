package linuxuser

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"

	"armature/tcg/arm64"
)

// What is advertised is what the front end's table of instructions has.
func TestHwcapMatchesInstructions(t *testing.T) {
	b, err := os.ReadFile("../tcg/arm64/a64.pat")
	if err != nil {
		t.Fatal(err)
	}
	have := map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^[^#%\n]*\[(FEAT_\w+)\]`).FindAllStringSubmatch(string(b), -1) {
		have[m[1]] = true
	}
	delete(have, "FEAT_LOR") // Linux has no bit for it
	if len(have) < 10 {
		t.Fatalf("found but %d features", len(have))
	}
	want := map[string]bool{}
	for _, c := range capabilities {
		if c.feat != "" {
			want[c.feat] = true
		}
	}
	if !maps.Equal(have, want) {
		t.Errorf("instructions: %v\nadvertised: %v", slices.Sorted(maps.Keys(have)), slices.Sorted(maps.Keys(want)))
	}
}

// The bits are those of Linux's header.
func TestHwcapBits(t *testing.T) {
	cmd := exec.Command("aarch64-linux-gnu-gcc", "-E", "-dM", "-include", "asm/hwcap.h", "-x", "c", "/dev/null")
	out, err := cmd.Output()
	if err != nil {
		t.Fatal("needs the cross compiler: ", err)
	}
	for _, c := range capabilities {
		prefix := [2]string{"HWCAP_", "HWCAP2_"}[c.word]
		line := regexp.MustCompile(fmt.Sprintf(`(?m)^#define %s%s \(1 ?(?:U?L?)? ?<< ?(\d+)\)`, prefix, strings.ToUpper(c.name)))
		if m := line.FindSubmatch(out); m == nil || string(m[1]) != fmt.Sprint(c.bit) {
			t.Errorf("%s: bit %d, header %q", c.name, c.bit, m)
		}
	}
}

// idField says which value of a field of an identification register goes with a
// capability (Documentation/arch/arm64/elf_hwcaps.rst).
var idFields = []struct {
	name  string
	reg   uint64
	shift uint
	least uint64
}{
	{"aes", arm64.IDAA64ISAR0, 4, 1}, {"pmull", arm64.IDAA64ISAR0, 4, 2}, {"sha1", arm64.IDAA64ISAR0, 8, 1},
	{"sha2", arm64.IDAA64ISAR0, 12, 1}, {"sha512", arm64.IDAA64ISAR0, 12, 2}, {"crc32", arm64.IDAA64ISAR0, 16, 1},
	{"atomics", arm64.IDAA64ISAR0, 20, 2}, {"asimdrdm", arm64.IDAA64ISAR0, 28, 1}, {"sha3", arm64.IDAA64ISAR0, 32, 1},
	{"sm3", arm64.IDAA64ISAR0, 36, 1}, {"sm4", arm64.IDAA64ISAR0, 40, 1}, {"asimddp", arm64.IDAA64ISAR0, 44, 1},
	{"asimdfhm", arm64.IDAA64ISAR0, 48, 1}, {"flagm", arm64.IDAA64ISAR0, 52, 1}, {"flagm2", arm64.IDAA64ISAR0, 52, 2},
	{"rng", arm64.IDAA64ISAR0, 60, 1},
	{"dcpop", arm64.IDAA64ISAR1, 0, 1}, {"dcpodp", arm64.IDAA64ISAR1, 0, 2}, {"paca", arm64.IDAA64ISAR1, 4, 1},
	{"jscvt", arm64.IDAA64ISAR1, 12, 1}, {"fcma", arm64.IDAA64ISAR1, 16, 1}, {"lrcpc", arm64.IDAA64ISAR1, 20, 1},
	{"ilrcpc", arm64.IDAA64ISAR1, 20, 2}, {"pacg", arm64.IDAA64ISAR1, 24, 1}, {"frint", arm64.IDAA64ISAR1, 32, 1},
	{"sb", arm64.IDAA64ISAR1, 36, 1}, {"bf16", arm64.IDAA64ISAR1, 44, 1}, {"dgh", arm64.IDAA64ISAR1, 48, 1},
	{"i8mm", arm64.IDAA64ISAR1, 52, 1},
	{"fphp", arm64.IDAA64PFR0, 16, 1}, {"asimdhp", arm64.IDAA64PFR0, 20, 1},
	{"sve", arm64.IDAA64PFR0, 32, 1}, {"dit", arm64.IDAA64PFR0, 48, 1},
}

// A program finds the same by MRS as in AT_HWCAP.
func TestHwcapMatchesRegisters(t *testing.T) {
	named := map[string]bool{}
	for _, c := range capabilities {
		named[c.name] = true
	}
	for _, f := range idFields {
		if got := f.reg>>f.shift&15 >= f.least; got != named[f.name] {
			t.Errorf("%s: register says %v, AT_HWCAP %v", f.name, got, named[f.name])
		}
		delete(named, f.name)
	}
	for _, always := range []string{"fp", "asimd", "evtstrm", "cpuid"} {
		delete(named, always)
	}
	if len(named) != 0 {
		t.Errorf("no register field known for %v", slices.Sorted(maps.Keys(named)))
	}
}

func TestCPUInfo(t *testing.T) {
	got := string(cpuinfo(2))
	for _, want := range []string{"processor\t: 1\n", "CPU implementer\t: 0x41\n", "CPU architecture: 8\n", "CPU variant\t: 0x3\n", "CPU part\t: 0xd0c\n", "CPU revision\t: 1\n"} {
		if !strings.Contains(got, want) {
			t.Errorf("lacks %q:\n%s", want, got)
		}
	}
	if strings.Count(got, " atomics ") != 2 {
		t.Error(got)
	}
}
