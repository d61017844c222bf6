package disasm

import "fmt"

// vex measures an instruction with a VEX or EVEX prefix (Intel SDM volume 2,
// sections 2.3 and 2.7), of which x86asm knows only VZEROUPPER. It returns its length in bytes, 0 if b
// does not start with a whole one, and a name made of its opcode map and opcode.
func vex(b []byte) (n int, name string) {
	var form string
	var space, prefix byte
	switch {
	case len(b) >= 2 && b[0] == 0xc5:
		form, space, prefix, n = "vex", 1, b[1]&3, 2
	case len(b) >= 3 && b[0] == 0xc4:
		form, space, prefix, n = "vex", b[1]&31, b[2]&3, 3
	case len(b) >= 4 && b[0] == 0x62:
		form, space, prefix, n = "evex", b[1]&7, b[2]&3, 4
	default:
		return 0, ""
	}
	if len(b) < n+2 {
		return 0, ""
	}
	op, modrm := b[n], b[n+1]
	n++
	n += operand(b[n:], modrm)
	if space == 3 || space == 1 && (op >= 0x70 && op <= 0x73 || op == 0xc2 || op >= 0xc4 && op <= 0xc6) {
		n++
	}
	if n > len(b) {
		return 0, ""
	}
	return n, fmt.Sprintf("%s.%s.map%d %02x /%d", form, [4]string{"np", "66", "f3", "f2"}[prefix], space, op, modrm>>3&7)
}

// operand returns the bytes that ModRM, SIB and displacement take.
func operand(b []byte, modrm byte) int {
	mod, rm := modrm>>6, modrm&7
	n := 1
	if mod == 3 {
		return n
	}
	base := rm
	if rm == 4 {
		n++
		if len(b) > 1 {
			base = b[1] & 7
		}
	}
	switch {
	case mod == 1:
		n++
	case mod == 2 || mod == 0 && base == 5:
		n += 4
	}
	return n
}
