package pattern

import (
	"strings"
	"testing"
)

func TestRead(t *testing.T) {
	encs, err := Read(strings.NewReader(`
%width Rd 5
%macro m !sf=0,imm=1x
## Section
### Class
# a comment
A  sf:1 0 imm:2 00000000000000000000000 Rd @m [FEAT_X] ; a title
B  sf:1 1 imm:2 00000000000000000000000 Rd
`))
	if err != nil || len(encs) != 2 {
		t.Fatal(encs, err)
	}
	a := encs[0]
	if a.Name != "A" || a.Title != "a title" || a.Feature != "FEAT_X" || a.Section != "Section" || a.Class != "Class" ||
		a.Mask != 0x4fffffe0 || a.Value != 0 || a.Bits != "sf 0 imm:2 00000000000000000000000 Rd:5" {
		t.Errorf("%+v", a)
	}
	for w, want := range map[uint32]bool{0: true, 0x1f: true, 0x10000000: true, 0x20000000: false, 0xb0000000: true, 0x20: false} {
		if got := a.Matches(w); got != want {
			t.Errorf("A matches %08x: %v", w, got)
		}
	}
	if Overlap(&encs[0], &encs[1]) {
		t.Error("A and B overlap")
	}
	if c := a; !Overlap(&c, &a) {
		t.Error("A does not overlap itself")
	}
}

func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"A 0101", "28 bits are missing"},
		{"A " + strings.Repeat("0", 33), "more than 32 bits"},
		{"A x:31 y:2", "more than 32 bits"},
		{"A x:32 @m", "unknown macro"},
		{"A x", "has no width"},
		{"A x:a", "invalid syntax"},
		{"A x:32 !x=1", "bad constraint"},
		{"A x:1 y:31 !z=1", "bad constraint"},
		{"A x:1 y:31 !x=2", "bad constraint"},
		{"%what 1", "unknown directive"},
		{"A x:32\nA x:32", "also on line 1"},
	} {
		if _, err := Read(strings.NewReader(c.text)); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%q: %v, want %q", c.text, err, c.want)
		}
	}
}
