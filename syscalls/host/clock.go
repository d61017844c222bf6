package host

import (
	"sync"
	"unsafe"
)

// The host's vDSO answers clock_gettime without entering the kernel.

// vdsoCall calls fn(id, ts) by the C convention on the stack that ends at stack.
//
//go:noescape
func vdsoCall(fn, stack, id, ts uintptr) int32

var vdsoClock = sync.OnceValue(func() uintptr {
	const sysinfoEHDR = 33
	base, ok := Aux(sysinfoEHDR)
	if !ok || base < GuestTop {
		return 0
	}
	return FindSymbol(uintptr(base), "__vdso_clock_gettime")
})

// ClockStack is the size of the memory that ClockGettime needs.
const ClockStack = 16 << 10

// ClockGettime reads a clock by the vDSO: seconds and nanoseconds. mem is the
// address of ClockStack bytes off the Go heap for its use. It reports false if
// the kernel must be asked.
func ClockGettime(id uint32, mem uintptr) (ts [2]uint64, ok bool) {
	fn := vdsoClock()
	if fn == 0 || id > 7 && id != 11 || id == 2 || id == 3 { // CPU times are not there
		return ts, false
	}
	ok = vdsoCall(fn, mem+ClockStack, uintptr(id), mem) == 0
	return *(*[2]uint64)(Pointer(mem)), ok
}

// FindSymbol gives the address of a symbol of the ELF image at base, 0 if it has
// none. The image is a vDSO, trusted and well-formed.
func FindSymbol(base uintptr, name string) uintptr {
	u16 := func(p uintptr) uintptr { return uintptr(*(*uint16)(Pointer(p))) }
	u32 := func(p uintptr) uintptr { return uintptr(*(*uint32)(Pointer(p))) }
	u64 := func(p uintptr) uintptr { return *(*uintptr)(Pointer(p)) }
	ph := base + u64(base+32)
	var dyn uintptr
	for i := uintptr(0); i < u16(base+56); i++ {
		if p := ph + i*u16(base+54); u32(p) == 2 {
			dyn = base + u64(p+16)
		}
	}
	if dyn == 0 {
		return 0
	}
	var hash, gnu, str, sym uintptr
	for ; u64(dyn) != 0; dyn += 16 {
		v := u64(dyn + 8)
		if v < base {
			v += base
		}
		switch u64(dyn) {
		case 4:
			hash = v
		case 5:
			str = v
		case 6:
			sym = v
		case 0x6ffffef5:
			gnu = v
		}
	}
	var n uintptr
	switch {
	case hash != 0:
		n = u32(hash + 4)
	case gnu != 0: // one past the largest index in any chain
		nb, off, bloom := u32(gnu), u32(gnu+4), u32(gnu+8)
		buckets := gnu + 16 + 8*bloom
		for i := uintptr(0); i < nb; i++ {
			n = max(n, u32(buckets+4*i))
		}
		if n >= off {
			for u32(buckets+4*nb+4*(n-off))&1 == 0 {
				n++
			}
			n++
		}
	}
	for i := uintptr(0); i < n; i++ {
		s := sym + 24*i
		p := str + u32(s)
		if u64(s+8) != 0 && unsafe.String((*byte)(Pointer(p)), len(name)) == name && *(*byte)(Pointer(p + uintptr(len(name)))) == 0 {
			return base + u64(s+8)
		}
	}
	return 0
}
