package amd64_test

import (
	"debug/elf"
	"encoding/binary"
	"os"
	"syscall"
	"testing"

	"armature/tcg/amd64"
	"armature/tcg/arm64"
	"armature/tcg/ir"
)

type text struct {
	base uint64
	b    []byte
}

func (t *text) Fetch(pc uint64) []byte {
	if off := pc - t.base; off < uint64(len(t.b)) {
		return t.b[off:]
	}
	return nil
}

// function is a recursive one with a loop and calls, as a compiler makes it.
var function = []uint32{
	0xa9bd7bfd, 0x910003fd, 0xa90153f3, 0x2a0003f4, 0xa9025bf5, 0xd2800015, 0x7100041f, 0x540001c9, 0x51000800,
	0x51000e96, 0x121f7800, 0x51000693, 0x4b0002d6, 0xd2800015, 0x2a1303e0, 0x51000a73, 0x97fffff0, 0x8b0002b5,
	0x6b16027f, 0x54ffff61, 0x12000294, 0x8b3442a0, 0xa94153f3, 0xa9425bf5, 0xa8c37bfd, 0xd65f03c0,
}

// BenchmarkCompile compiles block after block of the program that ARMATURE_BENCH_ELF names, or else of a function.
func BenchmarkCompile(b *testing.B) {
	code := &text{base: 0x400000}
	for _, w := range function {
		code.b = binary.LittleEndian.AppendUint32(code.b, w)
	}
	if name := os.Getenv("ARMATURE_BENCH_ELF"); name != "" {
		f, err := elf.Open(name)
		if err != nil {
			b.Fatal(err)
		}
		s := f.Section(".text")
		if code.b, err = s.Data(); err != nil {
			b.Fatal(err)
		}
		code.base = s.Addr
	}
	var tr arm64.Translator
	var opt ir.Optimizer
	var regions []*ir.Region
	guest, insts := 0, 0
	for pc := code.base; pc < code.base+uint64(len(code.b)) && len(regions) < 400; {
		r := new(ir.Region)
		tr.Translate(r, pc, 0, 1, code)
		opt.Run(r, ir.AllPasses)
		pc = r.Blocks[0].EndPC
		if r.Guest == 0 {
			pc += 4
			continue
		}
		regions = append(regions, r)
		guest += r.Guest
		insts += len(r.Insts)
	}
	host, _ := amd64.Host()
	c := amd64.NewCompiler(host, amd64.Stubs{Enter: 0x10000000, Exit: 0x10000000, Chain: 0x10000000, Lookup: 0x10000000, Helper: 0x10000000, Misaligned: 0x10000000})
	buf := make([]byte, 1<<20)
	var out amd64.Code
	size := 0
	var before, after syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	for b.Loop() {
		size = 0
		for _, r := range regions {
			if err := c.Compile(r, buf, 0x10001000, &out); err != nil {
				b.Fatal(err)
			}
			size += out.Size
		}
	}
	syscall.Getrusage(syscall.RUSAGE_SELF, &after) // the wall clock says little on a busy machine
	ns := float64(after.Utime.Nano()-before.Utime.Nano()) / float64(b.N)
	b.ReportMetric(ns/float64(guest), "ns/guest")
	b.ReportMetric(ns/float64(insts), "ns/ir")
	b.ReportMetric(float64(size)/float64(guest), "bytes/guest")
	b.ReportMetric(float64(guest)/float64(len(regions)), "guest/region")
}
