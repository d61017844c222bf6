package arm64

import (
	"testing"

	"armature/tcg/interp"
	"armature/tcg/ir"
	"armature/tcg/state"
)

// run executes words, followed by BRK, in the interpreter.
func run(t *testing.T, c *state.CPU, m interp.Memory, words ...uint32) {
	t.Helper()
	const pc = 0x400000
	var tr Translator
	var r ir.Region
	for at := uint64(pc); ; at = c.PC {
		tr.Translate(&r, at, 0, 1, assemble(pc, append(words, 0xd4200000)...))
		if err := ir.Verify(&r); err != nil {
			t.Fatal(err)
		}
		interp.Run(&r, c, m)
		if c.ExitReason != state.ExitLookup {
			return
		}
	}
}

func TestSystemRegisters(t *testing.T) {
	c := new(state.CPU)
	c.Init()
	mrs := func(enc, rt uint32) uint32 { return 0xd5300000 | enc<<5 | rt }
	msr := func(enc, rt uint32) uint32 { return 0xd5100000 | enc<<5 | rt }
	const (
		nzcv   = 1<<14 | 3<<11 | 4<<7 | 2<<3
		fpcr   = 1<<14 | 3<<11 | 4<<7 | 4<<3
		fpsr   = fpcr + 1
		tpidr  = 1<<14 | 3<<11 | 13<<7 | 2
		ctr    = 1<<14 | 3<<11 | 1
		dczid  = 1<<14 | 3<<11 | 7
		midr   = 1 << 14
		isar0  = 1<<14 | 6<<3
		noname = 1<<14 | 7<<3 | 7
	)
	for _, x := range []struct {
		name     string
		enc      uint32
		set, get uint64 // a constant if set is 0
	}{
		{"NZCV", nzcv, 0xffffffffa0000001, 0xa0000000},
		{"FPCR", fpcr, ^uint64(0), state.FPCRMask},
		{"FPSR", fpsr, ^uint64(0), state.FPSRMask},
		{"FPCR", fpcr, 1 << 22, 1 << 22},
		{"TPIDR_EL0", tpidr, 0x123456789abcdef0, 0x123456789abcdef0},
		{"CTR_EL0", ctr, 0, 0x9444c004},
		{"DCZID_EL0", dczid, 0, 4},
		{"MIDR_EL1", midr, 0, 0x413fd0c1},
		{"ID_AA64ISAR0_EL1", isar0, 0, 0x0021100110212120},
		{"reserved", noname, 0, 0},
	} {
		c.X[0], c.X[1] = x.set, 0xdead
		words := []uint32{mrs(x.enc, 1)}
		if x.set != 0 {
			words = []uint32{msr(x.enc, 0), mrs(x.enc, 1)}
		}
		run(t, c, nil, words...)
		if c.ExitReason != state.ExitBreak || c.X[1] != x.get {
			t.Errorf("%s: exit %d, %#x, want %#x", x.name, c.ExitReason, c.X[1], x.get)
		}
	}
	run(t, c, nil, 0xd53be042, 0xd53be043) // mrs x2, cntvct_el0; mrs x3, cntvct_el0
	if c.ExitReason != state.ExitBreak || c.X[2] == 0 || c.X[3] < c.X[2] {
		t.Errorf("CNTVCT_EL0: %d, then %d", c.X[2], c.X[3])
	}
	for _, w := range []uint32{
		msr(ctr, 0), msr(midr, 0), msr(tpidr+1, 0), // read-only
		mrs(1<<14|3<<11|14<<7|1, 0),     // CNTPCT_EL0
		mrs(1<<14|3<<11|4<<7|2<<3|6, 0), // SSBS
		mrs(1<<14|1<<3, 0),              // an AArch32 register that Linux does not emulate
		mrs(1<<14|8<<3, 0),
		mrs(1<<14|1<<11|6<<3, 0),
	} {
		run(t, c, nil, w)
		if c.ExitReason != state.ExitUndefined || c.PC != 0x400000 || c.ExitArg != uint64(w) {
			t.Errorf("%08x: exit %d at %#x", w, c.ExitReason, c.PC)
		}
	}
}

func TestCacheMaintenance(t *testing.T) {
	c := new(state.CPU)
	c.Init()
	m := &dataMem{make([]byte, dataLen)}
	for i := range m.b {
		m.b[i] = byte(i)
	}
	c.X[3] = outAddr + 200
	run(t, c, m, 0xd50b7423) // dc zva, x3
	for i := range 512 {
		if want := byte(i); (i < 192 || i >= 256) && m.b[i] != want || i >= 192 && i < 256 && m.b[i] != 0 {
			t.Fatalf("after DC ZVA byte %d is %d", i, m.b[i])
		}
	}
	for _, w := range []uint32{0xd50b7a23, 0xd50b7b23, 0xd50b7c23, 0xd50b7e23, 0xd50b7423} {
		c.X[3] = outAddr
		run(t, c, m, w)
		if c.ExitReason != state.ExitBreak {
			t.Errorf("%08x: exit %d", w, c.ExitReason)
		}
		c.X[3] = 0x1234
		run(t, c, m, w)
		if c.ExitReason != state.ExitFault || c.PC != 0x400000 {
			t.Errorf("%08x: exit %d for an address where nothing is", w, c.ExitReason)
		}
	}
	c.X[3] = 0x1234
	run(t, c, m, 0xd50b7523) // ic ivau, x3
	if c.ExitReason != state.ExitFlush || c.ExitArg != 0x1234 || c.PC != 0x400004 {
		t.Errorf("IC IVAU: exit %d, %#x, at %#x", c.ExitReason, c.ExitArg, c.PC)
	}
}

// TestStackAlignment writes SP in ways that keep and break its alignment, and uses it.
func TestStackAlignment(t *testing.T) {
	m := &dataMem{make([]byte, dataLen)}
	for _, x := range []struct {
		name   string
		words  []uint32
		reason uint32
		pc     uint64
	}{
		{"sub sp, sp, #16", []uint32{0xd10043ff, 0xf94003e0}, state.ExitBreak, 0x400008},
		{"sub sp, sp, #8", []uint32{0xd10023ff, 0xf94003e0}, state.ExitSPAlign, 0x400004},
		{"str x0, [sp, #-16]!", []uint32{0xf81f0fe0}, state.ExitBreak, 0x400004},
		{"str x0, [sp, #-8]!", []uint32{0xf81f8fe0, 0xd503201f}, state.ExitSPAlign, 0x400004},
		{"mov sp, x0 (misaligned)", []uint32{0x9100001f}, state.ExitSPAlign, 0x400004},
		{"and sp, x0, #~15", []uint32{0x927cec1f}, state.ExitBreak, 0x400004},
	} {
		c := new(state.CPU)
		c.Init()
		c.X[31] = dataMid
		c.X[0] = dataMid + 4
		run(t, c, m, x.words...)
		if c.ExitReason != x.reason || c.PC != x.pc {
			t.Errorf("%s: exit %d at %#x", x.name, c.ExitReason, c.PC)
		}
	}
	// With SP misaligned already, its use as a base faults; another use does not.
	c := new(state.CPU)
	c.Init()
	c.X[31] = dataMid + 8
	run(t, c, m, 0x910003e0, 0xf94003e1) // mov x0, sp; ldr x1, [sp]
	if c.ExitReason != state.ExitFault || c.PC != 0x400004 || c.X[0] != dataMid+8 || c.FaultSig != 7 {
		t.Errorf("misaligned base: exit %d at %#x", c.ExitReason, c.PC)
	}
}

// TestLiterals loads from the code's own place, and makes addresses of it.
func TestLiterals(t *testing.T) {
	c := new(state.CPU)
	c.Init()
	m := &dataMem{make([]byte, dataLen)}
	m.b[0x18], m.b[0x1b], m.b[0x1f] = 1, 0x80, 0x40
	var tr Translator
	var r ir.Region
	const pc = outAddr + 0x1008
	tr.Translate(&r, pc, 0, 1, assemble(pc,
		0x58ff8081, // ldr x1, .-0xff0
		0x18ff8062, // ldr w2, .-0xff4
		0x98ff8043, // ldrsw x3, .-0xff8
		0x10ff8024, // adr x4, .-0xffc
		0xf0ffffe5, // adrp x5, .-0x1000
		0xd4200000))
	interp.Run(&r, c, m)
	want := [6]uint64{0, 0x4000000080000001, 0x80000001, 0xffffffff80000001, outAddr + 0x18, outAddr}
	for i := 1; i <= 5; i++ {
		if c.X[i] != want[i] {
			t.Errorf("x%d is %#x, want %#x", i, c.X[i], want[i])
		}
	}
	if c.ExitReason != state.ExitBreak {
		t.Errorf("exit %d", c.ExitReason)
	}
}

// TestBranches runs each way of every branch.
func TestBranches(t *testing.T) {
	const pc = 0x400000
	for _, x := range []struct {
		name string
		w    uint32
		x0   uint64
		nzcv uint32
		to   uint64
		x30  uint64
	}{
		{"b.ne taken", 0x54000041, 0, 0, pc + 8, 0},
		{"b.ne not taken", 0x54000041, 0, 4, pc + 4, 0},
		{"cbz w0 of a high half", 0x34000040, 1 << 32, 0, pc + 8, 0},
		{"cbz x0 of a high half", 0xb4000040, 1 << 32, 0, pc + 4, 0},
		{"cbnz x0", 0xb5000040, 1 << 32, 0, pc + 8, 0},
		{"tbz x0, #33", 0xb6080040, 1 << 32, 0, pc + 8, 0},
		{"tbnz x0, #32", 0xb7000040, 1 << 32, 0, pc + 8, 0},
		{"tbnz w0, #31", 0x37f80040, 1 << 32, 0, pc + 4, 0},
		{"b", 0x14000400, 0, 0, pc + 0x1000, 0},
		{"bl", 0x97ffffff, 0, 0, pc - 4, pc + 4},
		{"br x0", 0xd61f0000, 0x123456, 0, 0x123456, 0},
		{"blr x0", 0xd63f0000, 0x123456, 0, 0x123456, pc + 4},
		{"blr x30", 0xd63f03c0, 0, 0, 0, pc + 4},
		{"ret x0", 0xd65f0000, 0x123456, 0, 0x123456, 0},
	} {
		c := new(state.CPU)
		c.Init()
		c.X[0] = x.x0
		c.Flags = state.PackNZCV(x.nzcv)
		var tr Translator
		var r ir.Region
		tr.Translate(&r, pc, 0, 1, assemble(pc, x.w))
		interp.Run(&r, c, nil)
		if c.ExitReason != state.ExitLookup || c.PC != x.to || c.X[30] != x.x30 {
			t.Errorf("%s: exit %d to %#x, x30 %#x", x.name, c.ExitReason, c.PC, c.X[30])
		}
	}
}

// FuzzTranslate translates arbitrary code in both tiers.
func FuzzTranslate(f *testing.F) {
	f.Add([]byte{0x1f, 0x20, 0x03, 0xd5, 0x20, 0, 0x80, 0xb4, 0xff, 0xff, 0xff, 0x17}, uint8(0))
	f.Fuzz(func(t *testing.T, code []byte, at uint8) {
		var tr Translator
		var r ir.Region
		const pc = 0x400000
		for tier := uint8(1); tier <= 2; tier++ {
			tr.Translate(&r, pc+uint64(at), 0, tier, codeAt{pc, code})
			if err := ir.Verify(&r); err != nil {
				t.Fatal(err)
			}
		}
	})
}
