package cpu

import (
	"debug/elf"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"unsafe"

	"armature/tcg/ir"
	"armature/test/sysroot"

	"golang.org/x/sys/unix"
)

// file is the text of a program, mapped.
type file struct{ b []byte }

func (f *file) base() uint64 { return uint64(uintptr(unsafe.Pointer(unsafe.SliceData(f.b)))) }

func (f *file) Fetch(pc uint64) []byte {
	off := pc - f.base()
	if off >= uint64(len(f.b)) {
		return nil
	}
	return f.b[off:min((off|4095)+1, uint64(len(f.b)))]
}

func (f *file) FetchFault(uint64) uint64 { return 0 }

func openText(b testing.TB, name string) *file {
	x, err := elf.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer x.Close()
	s := x.Section(".text")
	fd, err := os.Open(name)
	if err != nil {
		b.Fatal(err)
	}
	defer fd.Close()
	all, err := unix.Mmap(int(fd.Fd()), 0, int(s.Offset+s.Size), unix.PROT_READ, unix.MAP_PRIVATE)
	if err != nil {
		b.Fatal(err)
	}
	return &file{all[s.Offset : s.Offset+s.Size]}
}

// BenchmarkPrograms translates pieces of Debian's programs, block after block, through the whole pipeline: front end,
// passes, back end, insertion. `make pgo` makes the profile for the compiler of it.
func BenchmarkPrograms(b *testing.B) {
	tree, err := sysroot.Ensure(filepath.Join("..", ".."))
	if err != nil {
		b.Fatal(err)
	}
	guest, regions := int64(0), int64(0)
	var before, after syscall.Rusage
	syscall.Getrusage(syscall.RUSAGE_SELF, &before)
	for _, p := range []struct {
		glob          string
		pieces, bytes int // of the text, evenly spread
	}{
		{"lib/aarch64-linux-gnu/libc.so.6", 16, 16 << 10},
		{"lib/ld-linux-aarch64.so.1", 2, 32 << 10},
		{"lib/aarch64-linux-gnu/libm.so.6", 4, 8 << 10},
		{"usr/bin/python3.*[0-9]", 32, 16 << 10},
		{"usr/lib/gcc/aarch64-linux-gnu/*/cc1", 64, 8 << 10},
	} {
		name, err := tree.Find(p.glob)
		if err != nil {
			b.Fatal(err)
		}
		m := openText(b, name)
		e, err := New(Config{Memory: m})
		if err != nil {
			b.Fatal(err)
		}
		for range b.N {
			e.cache.Flush()
			e.gen++
			for k := range p.pieces {
				pc := m.base() + uint64(len(m.b)/p.pieces*k)&^3
				end := min(pc+uint64(p.bytes), m.base()+uint64(len(m.b)))
				for pc < end {
					t := e.translator()
					if _, err := e.translate(t, pc, ir.Key(0), 1); err != nil {
						b.Fatal(err)
					}
					pc = max(t.ir.Blocks[0].EndPC, pc+4)
					e.release(t)
				}
			}
		}
		guest += e.Stats.GuestInsns.Load()
		regions += e.Stats.Regions.Load()
	}
	syscall.Getrusage(syscall.RUSAGE_SELF, &after) // the wall clock says little on a busy machine
	ns := float64(after.Utime.Nano() + after.Stime.Nano() - before.Utime.Nano() - before.Stime.Nano())
	b.ReportMetric(ns/float64(guest), "ns/guest")
	b.ReportMetric(ns/float64(regions), "ns/region")
	b.ReportMetric(float64(guest)/float64(regions), "guest/region")
}
