// Package disasm shows instructions to people, for traces and crash reports. It is
// apart from its users because its tables take time at every start of a program
// that has them.
package disasm

import (
	"encoding/binary"
	"fmt"
	"strings"

	"golang.org/x/arch/arm64/arm64asm"
	"golang.org/x/arch/x86/x86asm"
)

// Guest disassembles one A64 instruction word.
func Guest(w uint32, pc uint64) string {
	var b [4]byte
	binary.LittleEndian.PutUint32(b[:], w)
	in, err := arm64asm.Decode(b[:])
	if err != nil {
		return fmt.Sprintf(".inst %#08x", w)
	}
	return arm64asm.GNUSyntax(in)
}

// Host disassembles amd64 code that lies at base, a line an instruction.
func Host(b []byte, base uint64) string {
	var s strings.Builder
	for off := 0; off < len(b); {
		pc := base + uint64(off)
		n, text := vex(b[off:])
		if n == 0 {
			if in, err := x86asm.Decode(b[off:], 64); err == nil {
				n, text = in.Len, x86asm.IntelSyntax(in, pc, nil)
			} else {
				n, text = 1, "(bad)"
			}
		}
		fmt.Fprintf(&s, "  %#x  %-20x\t%s\n", pc, b[off:off+n], text)
		off += n
	}
	return s.String()
}
