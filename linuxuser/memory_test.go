package linuxuser

import (
	"sync"
	"testing"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/fault"
)

var installFaults = sync.OnceValue(fault.Install)

// guestMemory maps [addr, addr+n) with nothing around it, for the test's time.
func guestMemory(t *testing.T, addr, n uint64) {
	t.Helper()
	if err := installFaults(); err != nil {
		t.Fatal(err)
	}
	const noReplace = 0x100000
	r := uint64(host.Raw(host.SysMmap, uintptr(addr-pageSize), uintptr(n+2*pageSize), 0, noReplace|mapPrivate|mapAnon, ^uintptr(0), 0))
	if r != addr-pageSize {
		t.Fatalf("no memory at %#x: %#x", addr, r)
	}
	t.Cleanup(func() { host.Raw(hostMunmap, uintptr(addr-pageSize), uintptr(n+2*pageSize), 0, 0, 0, 0) })
	if r := host.Raw(hostMprotect, uintptr(addr), uintptr(n), protRead|protWrite, 0, 0, 0); r != 0 {
		t.Fatalf("mprotect: %#x", r)
	}
}

// guestBytes reads guest memory.
func guestBytes(t *testing.T, addr uint64, n int) []byte {
	t.Helper()
	b := make([]byte, n)
	if !syscalls.CopyIn(b, addr) {
		t.Fatalf("cannot read %d bytes at %#x", n, addr)
	}
	return b
}
