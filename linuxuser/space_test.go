package linuxuser

import (
	"math/rand/v2"
	"testing"

	"armature/syscalls"
	"armature/tcg/state"
)

// recordOnly is a Space whose areas are only noted: nothing is mapped.
func recordOnly(t *testing.T) *Space {
	t.Helper()
	s, err := newSpace()
	if err != nil {
		t.Fatal(err)
	}
	s.mmapTop = stackTop
	s.files.reset(stackTop)
	s.anon.reset(stackTop)
	return s
}

// TestSpaceModel compares the record with one that notes each page.
func TestSpaceModel(t *testing.T) {
	const pages, base = 200, 0x500000000000
	type page struct{ prot, flags uint32 }
	for seed := range uint64(20) {
		r := rand.New(rand.NewPCG(seed, 1))
		s := recordOnly(t)
		model := map[uint64]page{}
		for range 400 {
			lo := base + uint64(r.IntN(pages))*pageSize
			hi := lo + uint64(1+r.IntN(20))*pageSize
			prot, flags := uint32(r.IntN(8)), uint32(r.IntN(2))*areaFile
			switch r.IntN(3) {
			case 0:
				s.set(lo, hi, prot, flags)
				for a := lo; a < hi; a += pageSize {
					model[a] = page{prot, flags}
				}
			case 1:
				s.clear(lo, hi)
				for a := lo; a < hi; a += pageSize {
					delete(model, a)
				}
			case 2:
				s.protect(lo, hi, prot)
				for a := lo; a < hi; a += pageSize {
					if p, ok := model[a]; ok {
						model[a] = page{prot, p.flags}
					}
				}
			}
			n := uint64(0)
			for i, a := range s.areas {
				if a.Lo >= a.Hi || i > 0 && a.Lo < s.areas[i-1].Hi {
					t.Fatalf("seed %d: area %d out of order: %x", seed, i, s.areas)
				}
				for p := a.Lo; p < a.Hi; p += pageSize {
					n++
					if m, ok := model[p]; !ok || m != (page{a.Prot, a.Flags}) {
						t.Fatalf("seed %d: page %#x is %v, want %v", seed, p, a, m)
					}
				}
			}
			if n != uint64(len(model)) {
				t.Fatalf("seed %d: %d pages, want %d", seed, n, len(model))
			}
			free := true
			for a := lo; a < hi; a += pageSize {
				_, used := model[a]
				free = free && !used
			}
			if s.free(lo, hi) != free {
				t.Fatalf("seed %d: free(%#x, %#x)", seed, lo, hi)
			}
		}
	}
}

// TestGap: what gap gives is free, aligned, and none is refused while there is room.
func TestGap(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 7))
	s := recordOnly(t)
	const low = 0x100000000
	s.mmapTop = low + 0x200000 // little room
	s.files.reset(s.mmapTop)
	s.set(mmapBottom, low, 3, 0)
	used := map[uint64]uint64{}
	refused := 0
	for range 2000 {
		if len(used) > 0 && r.IntN(3) == 0 { // less often than another is made, so that it grows full
			for a, n := range used {
				s.clear(a, a+n)
				delete(used, a)
				break
			}
			continue
		}
		n := uint64(1+r.IntN(16)) * pageSize
		align := uint64(pageSize) << r.IntN(3)
		a := s.gap(&s.files, n, align)
		if a == 0 {
			refused++
			for p := s.mmapTop - n; p >= low; p -= pageSize {
				if p%align == 0 && s.free(p, p+n) {
					t.Fatalf("gap(%#x, %#x) gives none, but %#x is free", n, align, p)
				}
			}
			continue
		}
		if a%align != 0 || !s.free(a, a+n) || a+n > s.mmapTop {
			t.Fatalf("gap(%#x, %#x) = %#x", n, align, a)
		}
		s.set(a, a+n, 3, 0)
		used[a] = n
	}
	if refused == 0 {
		t.Error("the test never filled the space")
	}
}

func TestFetch(t *testing.T) {
	s := testSpace(t)
	at := s.gap(&s.files, 3*pageSize, pageSize)
	if err := s.mapHost(at, 3*pageSize, protRead|protExec, mapPrivate|mapFixed|mapAnon|mapNoReplace, -1, 0, 0); err != nil {
		t.Fatal(err)
	}
	defer rawCall(hostMunmap, at, 3*pageSize)
	s.protect(at+pageSize, at+2*pageSize, protRead)
	if b := s.Fetch(at + 4); len(b) != pageSize-4 {
		t.Errorf("%d bytes to the end of the page", len(b))
	}
	if s.Fetch(at+pageSize) != nil || s.FetchFault(at+pageSize) != state.FetchNoExec {
		t.Error("data is executable")
	}
	if s.Fetch(at-4) != nil || s.FetchFault(at-4) != state.FetchUnmapped {
		t.Error("nothing is executable")
	}
}

func TestReserved(t *testing.T) {
	for _, c := range []struct {
		lo, hi uint64
		want   bool
	}{
		{0x400000, 0x500000, false}, {0xc000000000, 0xc000001000, false},
		{syscalls.GuestTop - 4096, syscalls.GuestTop, false}, {syscalls.GuestTop, syscalls.GuestTop + 1, true},
		{0x1000, 0x7f0000000000, true}, {^uint64(0) - 10, 5, true},
	} {
		if reserved(c.lo, c.hi) != c.want {
			t.Errorf("reserved(%#x, %#x) is not %v", c.lo, c.hi, c.want)
		}
	}
}
