package linuxuser

import (
	"encoding/binary"

	"armature/syscalls/host"
)

// Where stack, heap and anonymous mappings lie is random, as on Linux. Programs and
// libraries are at the same place each time: their translations, which are kept, are for
// that. All moves are by pages, not less as that of Linux's stack, so that a program whose
// way depends on how its strings are aligned goes the way that is translated.

// How far each may be moved, in bytes: as on arm64.
const (
	stackRandom = 1 << 30
	brkRandom   = 1 << 30
	anonRandom  = 1 << 30
	libraryRoom = 1 << 34 // what is free for libraries above anonymous mappings at the least
)

// randomness is how far the parts of an address space are moved, in bytes, whole pages.
type randomness struct {
	stack uint64 // down
	brk   uint64 // up
	anon  uint64 // down; also when nothing is random
}

// newRandomness draws it, as personality and the system's setting say; fixed: not at all.
func newRandomness(fixed bool) *randomness {
	r := &randomness{anon: libraryRoom}
	const (
		sysPersonality, addrNoRandomize = 135, 0x0040000
		sysGetrandom                    = 318
	)
	if fixed || host.Raw(sysPersonality, 0xffffffff, 0, 0, 0, 0, 0)&addrNoRandomize != 0 {
		return r
	}
	setting := byte('2')
	if f, err := openFile("/proc/sys/kernel/randomize_va_space"); err == nil {
		var b [1]byte
		if n, _ := f.ReadAt(b[:], 0); n == 1 {
			setting = b[0]
		}
		f.Close()
	}
	if setting == '0' {
		return r
	}
	var b [24]byte
	host.Raw(sysGetrandom, host.Addr(b[:]), uintptr(len(b)), 0, 0, 0, 0)
	pages := func(i int, n uint64) uint64 { return pageDown(binary.LittleEndian.Uint64(b[8*i:]) % n) }
	r.stack = pages(0, stackRandom)
	r.anon += pages(1, anonRandom)
	if setting != '1' {
		r.brk = pages(2, brkRandom)
	}
	return r
}
