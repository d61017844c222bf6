package amd64_test

import (
	"debug/elf"
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

// BenchmarkCompile translates the text of the program that ARMATURE_BENCH_ELF names, block after block.
func BenchmarkCompile(b *testing.B) {
	f, err := elf.Open(os.Getenv("ARMATURE_BENCH_ELF"))
	if err != nil {
		b.Fatal(err)
	}
	s := f.Section(".text")
	data, err := s.Data()
	if err != nil {
		b.Fatal(err)
	}
	code := &text{s.Addr, data}
	var tr arm64.Translator
	var opt ir.Optimizer
	var regions []*ir.Region
	guest, insts := 0, 0
	for pc := s.Addr; pc < s.Addr+uint64(len(data)) && len(regions) < 400; {
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
