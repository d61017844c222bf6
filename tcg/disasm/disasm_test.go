package disasm

import (
	"encoding/hex"
	"strings"
	"testing"
)

// TestHost checks that each encoding, as binutils assembled it, is one line.
func TestHost(t *testing.T) {
	for _, c := range []struct{ code, want string }{
		{"4889d8", "mov rax, rbx"},
		{"c5f877", "vzeroupper"},
		{"c5f158c2", "vex.66.map1 58"},             // vaddpd xmm0, xmm1, xmm2
		{"c4e2f1b8c2", "vex.66.map2 b8"},           // vfmadd231pd xmm0, xmm1, xmm2
		{"c5f91045f8", "vex.66.map1 10"},           // vmovupd xmm0, [rbp-8]
		{"c5f970c04e", "vex.66.map1 70"},           // vpshufd xmm0, xmm0, 0x4e
		{"c4e37d19c001", "vex.66.map3 19"},         // vextractf128 xmm0, ymm0, 1
		{"c5fa6f042578563412", "vex.f3.map1 6f"},   // vmovdqu xmm0, [0x12345678]
		{"62f1f50858c2", "evex.66.map1 58"},        // vaddpd xmm0, xmm1, xmm2
		{"62f3f50825c2ff", "evex.66.map3 25"},      // vpternlogq xmm0, xmm1, xmm2, 0xff
		{"c4e2f9f78500010000", "vex.66.map2 f7"},   // shlx rax, [rbp+0x100], rax
		{"c4c1796f8424d0000000", "vex.66.map1 6f"}, // vmovdqa xmm0, [r12+0xd0]
	} {
		b, err := hex.DecodeString(c.code)
		if err != nil {
			t.Fatal(err)
		}
		if got := Host(b, 0x1000); !strings.Contains(got, c.want) || strings.Count(got, "\n") != 1 {
			t.Errorf("%s: %q, want %s", c.code, got, c.want)
		}
		if got := Host(b[:len(b)-1], 0x1000); strings.Contains(got, c.want) {
			t.Errorf("%s without its last byte: %q", c.code, got)
		}
	}
}
