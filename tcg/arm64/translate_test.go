package arm64

import (
	"encoding/binary"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"armature/tcg/ir"
)

// TestEveryEncoding translates random words of every encoding in both tiers, verifies the ir, and
// compares it with what the table of flag effects says.
func TestEveryEncoding(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	var tr Translator
	var r ir.Region
	for o := Op(1); o < NumOps; o++ {
		if translate[o] == nil {
			t.Errorf("%v has no translate function", o)
			continue
		}
		for range 100 {
			w := RandomInst(rnd, o)
			const pc = 0x400000
			code := codeAt{pc, binary.LittleEndian.AppendUint32(nil, w)}
			tr.Translate(&r, pc, 0, 2, code)
			if err := ir.Verify(&r); err != nil {
				t.Fatalf("%v %08x: tier 2: %v", o, w, err)
			}
			tr.Translate(&r, pc, 0, 1, code)
			if err := ir.Verify(&r); err != nil {
				t.Fatalf("%v %08x: %v", o, w, err)
			}
			if len(r.Insts) > maxPerInst || r.Guest != 1 || len(r.Blocks) != 1 || r.Blocks[0].EndPC != pc+4 {
				t.Fatalf("%v %08x: %d instructions for %d of the guest, to %#x", o, w, len(r.Insts), r.Guest, r.Blocks[0].EndPC)
			}
			reads, writes := false, false
			for i := range r.Insts {
				switch r.Insts[i].Op {
				case ir.GetFlags:
					reads = true
				case ir.PutFlags:
					writes = true
				}
			}
			last := &r.Insts[len(r.Insts)-1]
			leaves := last.Op != ir.Br || r.Blocks[0].Succ[0].PC != pc+4
			switch effect := flagEffects[o]; {
			case effect == flagsNone && (reads || writes || leaves),
				effect == flagsWrite && (!writes || reads || leaves),
				(effect == flagsJump || effect == flagsBranch) && (reads || writes):
				t.Fatalf("%v %08x: its flag effect is not %d: reads %v, writes %v, leaves %v", o, w, effect, reads, writes, leaves)
			}
		}
	}
}

// assemble lays words out at pc.
func assemble(pc uint64, words ...uint32) codeAt {
	var b []byte
	for _, w := range words {
		b = binary.LittleEndian.AppendUint32(b, w)
	}
	return codeAt{pc, b}
}

func TestTerminators(t *testing.T) {
	const pc = 0x10000
	for _, c := range []struct {
		name string
		w    uint32
		op   ir.Op
		succ [2]uint64
		aux  uint32
		imm  int64
	}{
		{"b .-4", 0x17ffffff, ir.Br, [2]uint64{pc - 4}, 0, 0},
		{"bl .+8", 0x94000002, ir.Call, [2]uint64{pc + 8, pc + 4}, 0, 0},
		{"b.eq .+16", 0x54000080, ir.BrCond, [2]uint64{pc + 16, pc + 4}, 0, 0},
		{"b.al .+16", 0x5400008e, ir.Br, [2]uint64{pc + 16}, 0, 0},
		{"b.nv .+16", 0x5400008f, ir.Br, [2]uint64{pc + 16}, 0, 0},
		{"cbz w3, .-0x100000", 0x34800003, ir.BrZ, [2]uint64{pc + 1<<64 - 0x100000, pc + 4}, 0, 0},
		{"cbnz x3, .+0xffffc", 0xb57fffe3, ir.BrNZ, [2]uint64{pc + 0xffffc, pc + 4}, 0, 0},
		{"tbz w5, #7, .+8", 0x36380045, ir.BrBitZ, [2]uint64{pc + 8, pc + 4}, 7, 0},
		{"tbnz x5, #63, .-8", 0xb7ffffc5, ir.BrBitNZ, [2]uint64{pc - 8, pc + 4}, 63, 0},
		{"br x3", 0xd61f0060, ir.JmpInd, [2]uint64{}, 0, 0},
		{"blr x3", 0xd63f0060, ir.CallInd, [2]uint64{0, pc + 4}, 0, 0},
		{"ret", 0xd65f03c0, ir.Ret, [2]uint64{}, 0, 0},
		{"svc #5", 0xd40000a1, ir.Exit, [2]uint64{pc + 4}, 3, 5},
		{"brk #0xffff", 0xd43fffe0, ir.Exit, [2]uint64{pc}, 4, 0xffff},
		{"hlt #0", 0xd4400000, ir.Exit, [2]uint64{pc}, 5, 0xd4400000},
		{"udf #1", 0x00000001, ir.Exit, [2]uint64{pc}, 5, 1},
		{"undefined", 0xffffffff, ir.Exit, [2]uint64{pc}, 5, 0xffffffff},
		{"mrs x0, daif", 0xd53b4220, ir.Exit, [2]uint64{pc}, 5, 0xd53b4220},
		{"msr tpidrro_el0, x0", 0xd51bd060, ir.Exit, [2]uint64{pc}, 5, 0xd51bd060},
		{"mrs x0, sctlr_el1", 0xd5381000, ir.Exit, [2]uint64{pc}, 5, 0xd5381000},
		{"msr fpcr, x0", 0xd51b4400, ir.Exit, [2]uint64{pc + 4}, 1, 0},
		{"ic ivau, x0", 0xd50b7520, ir.ExitX, [2]uint64{pc + 4}, 9, 0},
	} {
		var tr Translator
		var r ir.Region
		tr.Translate(&r, pc, 0, 1, assemble(pc, c.w, 0xd503201f))
		if err := ir.Verify(&r); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		in := r.Insts[len(r.Insts)-1]
		b := &r.Blocks[0]
		if in.Op != c.op || in.Aux != c.aux || in.Imm != c.imm || b.Succ[0].PC != c.succ[0] || b.Succ[1].PC != c.succ[1] || r.Guest != 1 {
			t.Errorf("%s: %v aux %#x imm %#x to %#x, %#x", c.name, in.Op, in.Aux, in.Imm, b.Succ[0].PC, b.Succ[1].PC)
		}
	}
}

func TestFetch(t *testing.T) {
	var tr Translator
	var r ir.Region
	nop := uint32(0xd503201f)
	for _, c := range []struct {
		name   string
		pc     uint64
		code   codeAt
		op     ir.Op
		imm    int64
		succ   uint64
		guests int
	}{
		{"nothing there", 0x1000, codeAt{}, ir.Exit, 2, 0x1000, 0},
		{"misaligned", 0x1002, assemble(0x1000, nop, nop), ir.Exit, 1, 0x1002, 0},
		{"half a word", 0x1000, codeAt{0x1000, []byte{0x1f, 0x20, 3}}, ir.Exit, 2, 0x1000, 0},
		{"end of the mapping", 0x1000, assemble(0x1000, nop, nop), ir.Br, 0, 0x1008, 2},
	} {
		for tier := uint8(1); tier <= 2; tier++ {
			tr.Translate(&r, c.pc, 0, tier, c.code)
			if err := ir.Verify(&r); err != nil {
				t.Errorf("%s: %v", c.name, err)
				continue
			}
			in := r.Insts[len(r.Insts)-1]
			if in.Op != c.op || in.Imm != c.imm || r.Blocks[0].Succ[0].PC != c.succ || r.Guest != c.guests {
				t.Errorf("%s: %v %#x to %#x, %d instructions", c.name, in.Op, in.Imm, r.Blocks[0].Succ[0].PC, r.Guest)
			}
		}
	}
	// A block is no longer than the limit.
	words := make([]uint32, 100)
	for i := range words {
		words[i] = nop
	}
	tr.Translate(&r, 0x1000, 0, 1, assemble(0x1000, words...))
	if r.Guest != maxBlock || r.Blocks[0].Succ[0].PC != 0x1000+4*maxBlock {
		t.Errorf("%d instructions to %#x", r.Guest, r.Blocks[0].Succ[0].PC)
	}
}

// TestFlagsDead looks at the bits of the terminator's successors.
func TestFlagsDead(t *testing.T) {
	const (
		cmp  = 0xeb01001f // cmp x0, x1
		beq  = 0x54000060 // b.eq .+12
		nop  = 0xd503201f
		cset = 0x9a9f17e0 // cset x0, eq
		ret  = 0xd65f03c0
		ldr  = 0xf9400041 // ldr x1, [x2]
		cbz  = 0xb4000040 // cbz x0, .+8
		b8   = 0x14000002 // b .+8
		svc  = 0xd4000001
		adcs = 0xba000000
		fcmp = 0x1e612000
	)
	for _, c := range []struct {
		name string
		code []uint32 // the block is cmp; b.eq to code[4]
		want [2]bool
	}{
		{"both overwritten", []uint32{cmp, beq, cmp, nop, cmp}, [2]bool{true, true}},
		{"by FCMP after a load", []uint32{cmp, beq, ldr, fcmp, nop, cmp}, [2]bool{true, true}},
		{"read", []uint32{cmp, beq, cset, nop, adcs}, [2]bool{false, false}},
		{"leaves", []uint32{cmp, beq, svc, nop, ret}, [2]bool{false, false}},
		{"not executable", []uint32{cmp, beq, nop, nop}, [2]bool{false, false}},
		{"over a jump", []uint32{cmp, beq, b8, cset, cmp}, [2]bool{true, true}},
		{"over a branch", []uint32{cmp, beq, cbz, cmp, cmp}, [2]bool{true, true}},
		{"one way reads", []uint32{cmp, beq, cbz, cset, cmp}, [2]bool{true, false}},
		{"too far", []uint32{cmp, beq, cmp, nop, nop, nop, nop, nop, nop, nop, nop, nop, cmp}, [2]bool{false, true}},
	} {
		const pc = 0x2000
		var tr Translator
		var r ir.Region
		tr.Translate(&r, pc, 0, 1, assemble(pc, c.code...))
		if got := r.Blocks[0].FlagsDead; got != c.want {
			t.Errorf("%s: dead %v, want %v", c.name, got, c.want)
		}
	}
}

// TestRegions looks at the blocks of tier-2 regions.
func TestRegions(t *testing.T) {
	const (
		nop  = 0xd503201f
		cbz3 = 0xb4000060 // cbz x0, .+12
		ret  = 0xd65f03c0
		svc  = 0xd4000001
	)
	b := func(words int32) uint32 { return 0x14000000 | uint32(words)&0x3ffffff }
	bl := func(words int32) uint32 { return 0x94000000 | uint32(words)&0x3ffffff }
	cbnz := func(words int32) uint32 { return 0xb5000000 | uint32(words)&0x7ffff<<5 }
	type block struct{ start, end, succ0, succ1 int } // in words from pc; of successors the block, or -1
	for _, c := range []struct {
		name  string
		words []uint32
		head  int
		want  []block
	}{
		{"no loop", []uint32{nop, ret}, 0, []block{{0, 2, -1, -1}}},
		{"self loop", []uint32{nop, cbnz(-1), ret}, 0, []block{{0, 2, 0, -1}}},
		{"while", []uint32{cbz3, nop, b(-2), ret}, 0, []block{{0, 1, -1, 1}, {1, 3, 0, -1}}},
		{"head in the middle", []uint32{nop, nop, cbnz(-2), ret}, 2, []block{{2, 3, 1, -1}, {0, 2, 0, -1}}},
		{"a branch into a block", []uint32{nop, nop, nop, cbnz(-2), b(-4), ret}, 0,
			[]block{{0, 1, 1, -1}, {1, 4, 1, 2}, {4, 5, 0, -1}}},
		{"if in a loop", []uint32{cbz3, nop, nop, nop, cbnz(-4), ret}, 0,
			[]block{{0, 1, 2, 1}, {1, 3, 2, -1}, {3, 5, 0, -1}}},
		{"call in a loop", []uint32{nop, bl(5), cbnz(-2), ret, nop, nop, ret}, 0,
			[]block{{0, 2, -1, 1}, {2, 3, 0, -1}}},
		{"call outside", []uint32{bl(5), nop, ret, nop, nop, ret}, 0, []block{{0, 1, -1, -1}}},
		// Without a loop, in TierNear.
		{"near: no loop", []uint32{cbz3, nop, nop, bl(5), ret, nop, nop}, 0, []block{{0, 1, 2, 1}, {1, 3, 2, -1}, {3, 4, -1, 3}, {4, 5, -1, -1}}},
		{"near: loop", []uint32{nop, cbnz(-1), ret}, 0, []block{{0, 2, 0, -1}}},
		{"system call on the way", []uint32{nop, svc, b(-2)}, 0, []block{{0, 2, -1, -1}}},
		{"undefined on the way out", []uint32{cbz3, b(-1), nop, 0xffffffff}, 0, []block{{0, 1, -1, 1}, {1, 2, 0, -1}}},
	} {
		const pc = 0x7f0000
		var tr Translator
		var r ir.Region
		tier := uint8(2)
		if strings.HasPrefix(c.name, "near") {
			tier = TierNear
		}
		loop := slices.ContainsFunc(c.want, func(b block) bool { return b.succ0 == 0 || b.succ1 == 0 })
		if ok := tr.Translate(&r, pc+4*uint64(c.head), 0, tier, assemble(pc, c.words...)); ok != (tier == TierNear || loop) {
			t.Errorf("%s: reports %v", c.name, ok)
		}
		if err := ir.Verify(&r); err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		var got []block
		for _, b := range r.Blocks {
			got = append(got, block{int(b.PC-pc) / 4, int(b.EndPC-pc) / 4, int(b.Succ[0].Block), int(b.Succ[1].Block)})
		}
		if len(got) != len(c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
			continue
		}
		for i := range got {
			if got[i] != c.want[i] {
				t.Errorf("%s: %v, want %v", c.name, got, c.want)
				break
			}
		}
	}
}

// TestRegionLimits translates random code with many branches; it must stay within the limits.
func TestRegionLimits(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 9))
	var tr Translator
	var r ir.Region
	for range 300 {
		words := make([]uint32, 1000)
		for i := range words {
			words[i] = RandomInst(rnd, Op(1+rnd.IntN(int(NumOps)-1)))
			if rnd.IntN(6) == 0 {
				words[i] = 0xb4000000 | uint32(rnd.IntN(200)-100)&0x7ffff<<5 | uint32(rnd.IntN(31))
			}
		}
		const pc = 0x10000
		tr.Translate(&r, pc+4*uint64(rnd.IntN(len(words))), 0, 2, assemble(pc, words...))
		if err := ir.Verify(&r); err != nil {
			t.Fatal(err)
		}
		if len(r.Blocks) > maxBlocks || r.Guest > maxRegion {
			t.Fatalf("%d blocks, %d instructions", len(r.Blocks), r.Guest)
		}
	}
}

func TestAllocations(t *testing.T) {
	var tr Translator
	var r ir.Region
	code := benchCode()
	for tier := uint8(1); tier <= 2; tier++ {
		f := func() { tr.Translate(&r, code.pc, 0, tier, code) }
		f()
		if n := testing.AllocsPerRun(10, f); n > 1 { // the Code interface of this test
			t.Errorf("tier %d: %v allocations", tier, n)
		}
	}
}

// benchCode is a loop of common instructions.
func benchCode() codeAt {
	loop := []uint32{
		0xa9bf7bfd, // stp x29, x30, [sp, #-16]!
		0x910003fd, // mov x29, sp
		0xf9400001, // ldr x1, [x0]
		0x8b020021, // add x1, x1, x2
		0xb9400823, // ldr w3, [x1, #8]
		0x11000463, // add w3, w3, #1
		0xb9000823, // str w3, [x1, #8]
		0x7100287f, // cmp w3, #10
		0x1a9f17e4, // cset w4, eq
		0x53037c84, // lsr w4, w4, #3
		0x92401c84, // and x4, x4, #0xff
		0xf8647805, // ldr x5, [x0, x4, lsl #3]
		0xaa0503e0, // mov x0, x5
		0xf100001f, // cmp x0, #0
		0xa8c17bfd, // ldp x29, x30, [sp], #16
		0x54fffe21, // b.ne .-60
		0xd65f03c0, // ret
	}
	return assemble(0x400000, loop...)
}

func BenchmarkTranslate(b *testing.B) {
	for _, tier := range []uint8{1, 2} {
		b.Run(string('0'+rune(tier)), func(b *testing.B) {
			var tr Translator
			var r ir.Region
			var code Code = benchCode()
			n := 0
			for b.Loop() {
				tr.Translate(&r, 0x400000, 0, tier, code)
				n += r.Guest
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/guest")
		})
	}
}
