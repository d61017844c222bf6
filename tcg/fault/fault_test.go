package fault

import (
	"bytes"
	"syscall"
	"testing"
	"unsafe"

	"armature/tcg/state"
)

func page(t *testing.T) uint64 {
	t.Helper()
	m, err := syscall.Mmap(-1, 0, 8192, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { syscall.Munmap(m) })
	if err := syscall.Mprotect(m[4096:], syscall.PROT_NONE); err != nil {
		t.Fatal(err)
	}
	return uint64(uintptr(unsafe.Pointer(&m[0])))
}

func TestAccess(t *testing.T) {
	if err := Install(); err != nil {
		t.Fatal(err)
	}
	p := page(t)
	want := state.V{Lo: 0x1122334455667788, Hi: 0x99aabbccddeeff00}
	for size := uint8(0); size <= 4; size++ {
		var f Info
		mask := state.V{Lo: ^uint64(0), Hi: ^uint64(0)}
		if size < 4 {
			mask.Hi = 0
		}
		if size < 3 {
			mask.Lo = 1<<(8<<size) - 1
		}
		if !Store(p+256, size, want, &f) {
			t.Fatalf("store of size %d failed: %+v", size, f)
		}
		w := state.V{Lo: want.Lo & mask.Lo, Hi: want.Hi & mask.Hi}
		if v, ok := Load(p+256, size, &f); !ok || v != w {
			t.Errorf("load of size %d: %x %v", size, v, ok)
		}
		if v, ok := Cas(p+256, size, w, state.V{}, &f); !ok || v != w {
			t.Errorf("cas of size %d: %x %v, want %x", size, v, ok, w)
		}
		if v, ok := Load(p+256, size, &f); !ok || v != (state.V{}) {
			t.Errorf("after cas of size %d: %x", size, v)
		}
		if _, ok := Load(p+4096, size, &f); ok || f.Sig != 11 || f.Code != 2 || f.Addr != p+4096 || f.Err&2 != 0 {
			t.Errorf("load of a forbidden page: %v %+v", ok, f)
		}
		if ok := Store(p+4096, size, want, &f); ok || f.Sig != 11 || f.Code != 2 || f.Err&2 == 0 {
			t.Errorf("store to a forbidden page: %v %+v", ok, f)
		}
		if _, ok := Cas(p+4096, size, want, want, &f); ok {
			t.Error("cas on a forbidden page succeeded")
		}
		if _, ok := Load(8, size, &f); ok || f.Code != 1 || f.Addr != 8 {
			t.Errorf("load near null: %+v", f)
		}
		if _, ok := Load(0x1234567890abcdef, size, &f); ok || f.Code != 0x80 {
			t.Errorf("load of a non-canonical address: %+v", f)
		}
	}
}

func TestCopy(t *testing.T) {
	if err := Install(); err != nil {
		t.Fatal(err)
	}
	p := page(t)
	b := make([]byte, 100)
	for i := range b {
		b[i] = byte(i)
	}
	if n := CopyOut(p+4000, b); n != 96 {
		t.Errorf("copied out %d", n)
	}
	c := make([]byte, 200)
	if n := CopyIn(c, p+4000); n != 96 || c[95] != 95 || c[96] != 0 {
		t.Errorf("copied in %d", n)
	}
	if n := CopyIn(c, ^uint64(0)); n != 0 {
		t.Errorf("copied %d from nowhere", n)
	}
	if n := CopyOut(p, b[:0]); n != 0 {
		t.Errorf("copied %d of nothing", n)
	}
}

func TestFetch(t *testing.T) {
	if err := Install(); err != nil {
		t.Fatal(err)
	}
	p := page(t)
	b := make([]byte, 4096)
	for i := range b {
		b[i] = byte(i * 7 >> 2)
	}
	CopyOut(p, b)
	for n := 0; n <= 132; n += 4 {
		c := make([]byte, 140)
		if !Fetch(c[:n], p+4096-uint64(n)) || !bytes.Equal(c[:n], b[4096-n:]) || !bytes.Equal(c[n:], make([]byte, 140-n)) {
			t.Errorf("%d bytes: %x", n, c)
		}
		if n > 0 && Fetch(c[:n], p+4096-uint64(n)+4) {
			t.Errorf("%d bytes from beyond the page", n)
		}
	}
}

// A bug in Go code must still be a Go panic.
func TestGoPanicStillWorks(t *testing.T) {
	if err := Install(); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if recover() == nil {
			t.Error("no panic")
		}
	}()
	var p *int
	*p = 1
}

func BenchmarkLoad(b *testing.B) {
	Install()
	x := new(uint64)
	var f Info
	for b.Loop() {
		Load(uint64(uintptr(unsafe.Pointer(x))), 3, &f)
	}
}
