package cpu

import (
	"testing"

	"armature/tcg/state"
)

// NZCV of a conditional comparison is stored behind the branch that uses it where only one side wants it.
func TestConditionalCompareFlags(t *testing.T) {
	const mrs = 0xd53b4205                                // mrs x5, nzcv
	cmp := subsi(31, 0, 0)                                // x0 with 0
	ccmp := uint32(0xfa420025)                            // ccmp x1, x2, #5, eq
	fcmp, fccmp := uint32(0x1e602008), uint32(0x1e620426) // fcmp d0, #0; fccmp d1, d2, #6, eq
	over := subsi(31, 0, 5)
	for name, words := range map[string][]uint32{
		"taken":             {cmp, ccmp, bne(3), over, svc0, mrs, svc0},
		"not taken":         {cmp, ccmp, bne(3), mrs, svc0, over, svc0},
		"taken, FP":         {fcmp, fccmp, bne(3), over, svc0, mrs, svc0},
		"not taken, FP":     {fcmp, fccmp, bne(3), mrs, svc0, over, svc0},
		"taken, both":       {cmp, ccmp, fccmp, bne(3), over, svc0, mrs, svc0},
		"not taken, nested": {cmp, ccmp, ccmp &^ 0xf, bne(3), mrs, svc0, over, svc0},
	} {
		m := newImage(t, 4096)
		pc := m.at(0).emit(words...)
		var engines []*CPU
		for _, cfg := range []Config{{Interp: true}, {}, {HostCPU: "v2"}, {Opt: "-all"}} {
			engines = append(engines, newCPU(t, cfg, m))
		}
		for i := range uint64(3 * 3 * 3) {
			var want *state.CPU
			for k, c := range engines {
				s := c.State
				s.X[0], s.X[1], s.X[2], s.X[5] = i%3, i/3%3, i/9, 99
				for r := range 3 {
					s.V[r] = state.V{Lo: [3]uint64{0, 0x3ff0 << 48, 0x7ff8 << 48}[s.X[r]]}
				}
				runTo(c, pc)
				if k == 0 {
					want = s
				} else if s.X[5] != want.X[5] || s.PC != want.PC || state.UnpackNZCV(s.Flags) != state.UnpackNZCV(want.Flags) {
					t.Errorf("%s, case %d, engine %d: x5 %#x, flags %#x at %#x, want %#x, %#x at %#x", name, i, k,
						s.X[5], s.Flags, s.PC, want.X[5], want.Flags, want.PC)
				}
			}
		}
	}
}
