package binfmt

import (
	"bytes"
	"fmt"
	"strings"
)

// Format is a kind of program that a handler takes.
type Format struct {
	Arch     string // as the kernel names the machine
	Name     string // of our entry
	Platform string // as containers name it
	Magic    string // the first bytes of the file, and which bits of them count
	Mask     string
}

// AArch64 is 64-bit ARM. The mask leaves out OSABI, and takes executables and
// shared objects (position-independent executables).
var AArch64 = Format{
	Arch:     "aarch64",
	Name:     "armature-aarch64",
	Platform: "linux/arm64",
	Magic:    "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00",
	Mask:     "\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff",
}

// Flags are the letters that binfmt_misc knows, in its order: POCF.
type Flags string

const (
	allFlags = "POCF"
	// DefaultFlags work for chroots and containers (F), for programs that look at
	// argv[0] (P), for unreadable ones (O), and for sudo and su (C).
	DefaultFlags Flags = "POCF"
)

// ParseFlags reads a set of letters, in any order. F is always set, and O with C.
func ParseFlags(s string) (Flags, error) {
	for _, c := range s {
		if !strings.ContainsRune(allFlags, c) {
			return "", fmt.Errorf("unknown flag %q: want letters of %s", c, allFlags)
		}
	}
	s += "F"
	if strings.Contains(s, "C") {
		s += "O"
	}
	return canonical(s), nil
}

func canonical(s string) Flags {
	var b strings.Builder
	for _, c := range allFlags {
		if strings.ContainsRune(s, c) {
			b.WriteRune(c)
		}
	}
	return Flags(b.String())
}

// Has tells whether the flag is set.
func (f Flags) Has(letter byte) bool { return strings.IndexByte(string(f), letter) >= 0 }

// rule is what is written to the file register to make an entry.
func rule(f Format, interpreter string, flags Flags) (string, error) {
	switch {
	case !strings.HasPrefix(interpreter, "/"):
		return "", fmt.Errorf("the interpreter %q is not an absolute path", interpreter)
	case strings.ContainsAny(interpreter, "\n\x00"):
		return "", fmt.Errorf("the interpreter's path %q has a character that binfmt_misc cannot take", interpreter)
	case len(interpreter) > 255:
		return "", fmt.Errorf("the interpreter's path is longer than the 255 bytes that binfmt_misc takes")
	}
	// The first character is the separator.
	sep := ""
	for _, c := range ":|;!#%&~@," {
		if !strings.ContainsRune(interpreter, c) {
			sep = string(c)
			break
		}
	}
	if sep == "" {
		return "", fmt.Errorf("the interpreter's path %q has every character that could separate it", interpreter)
	}
	return sep + strings.Join([]string{f.Name, "M", "", hexEscape(f.Magic), hexEscape(f.Mask), interpreter, string(flags)}, sep), nil
}

func hexEscape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		fmt.Fprintf(&b, `\x%02x`, s[i])
	}
	return b.String()
}

// takes tells whether an entry's magic and mask match programs of the format.
func (f Format) takes(e *Entry) bool {
	if e.Magic == nil {
		return false
	}
	head := make([]byte, 256)
	copy(head, f.Magic)
	const etype = 16
	for _, kind := range []byte{2, 3} { // ET_EXEC, ET_DYN
		head[etype] = kind
		if len(e.Magic)+e.Offset > len(head) {
			continue
		}
		part := bytes.Clone(head[e.Offset:][:len(e.Magic)])
		want := bytes.Clone(e.Magic)
		for i := range part {
			m := byte(0xff)
			if i < len(e.Mask) {
				m = e.Mask[i]
			}
			part[i] &= m
			want[i] &= m
		}
		if bytes.Equal(part, want) {
			return true
		}
	}
	return false
}
