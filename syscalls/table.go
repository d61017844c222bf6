package syscalls

import (
	"math/bits"

	"armature/syscalls/host"
)

// How says what is done with a call.
type How uint8

const (
	Absent    How = iota // no such number: ENOSYS
	Pass                 // the host's call of the same name
	Translate            // a function of this package
	Emulate              // a function of package linuxuser
	Refuse               // Errno
)

// Row describes one system call.
type Row struct {
	Name   string
	Args   string // name:type ... ; the types are those of strace.go
	Ret    string // type of the result
	Note   string
	Host   int16 // number of the host's call of the same name; -1: it has none
	Errno  Errno // of a refused call
	How    How
	Blocks bool // may sleep

	// Bit i: argument i is a pointer, a path, a path that the sysroot does not
	// redirect, a descriptor.
	ptr, path, newpath, fd uint8
	// link: such a path names the link itself, if it is one. at is the number of the argument
	// with AT_ flags, 0 if there is none.
	link, at uint8
}

// follows tells whether a call with the arguments a follows a link at the end of the path that is
// argument i.
func (r *Row) follows(i int, a *[6]uint64) bool {
	var flags uint64
	if r.at != 0 {
		flags = a[r.at]
	}
	if r.link>>i&1 != 0 {
		return flags&atSymlinkFollow != 0
	}
	return flags&atSymlinkNofollow == 0
}

// Lookup gives the row of call nr, nil if there is none.
func Lookup(nr uint64) *Row {
	if nr > MaxNr || Table[nr].How == Absent {
		return nil
	}
	return &Table[nr]
}

// Quick tells whether call nr with the arguments a is one that the host's call number does,
// with these very arguments: then nothing is missing if that is made in the place of Do.
// It needs no stack, and says no when in doubt.
//
//go:nosplit
func (c *Ctx) Quick(nr uint64, a *[6]uint64) (number uintptr, ok bool) {
	if nr > MaxNr || c.Tagged {
		return 0, false
	}
	r := &Table[nr]
	if r.How != Pass && nr != NrFutex || r.path != 0 {
		return 0, false
	}
	for m := r.ptr; m != 0; m &= m - 1 {
		if !OK(a[bits.TrailingZeros8(m)]) {
			return 0, false
		}
	}
	if nr == NrFutex && (!(OK(a[3]) && OK(a[4])) || restartsAlways(a[1])) { // pointers or not
		return 0, false
	}
	for m := r.fd; m != 0; m &= m - 1 {
		if a[bits.TrailingZeros8(m)] >= uint64(host.OwnMin()) {
			return 0, false
		}
	}
	return uintptr(r.Host), true
}

// MayStore tells whether call nr, whose second argument is a1, may store to memory.
//
//go:nosplit
func MayStore(nr, a1 uint64) bool {
	switch {
	case nr > MaxNr:
		return false
	case nr == NrFutex:
		return futexStores(a1)
	}
	r := &Table[nr]
	return r.ptr != 0 || r.How != Pass
}

// OfHost gives the guest's number of a call of the host, -1 if the guest has none.
func OfHost(nr int16) int {
	for i := range Table {
		if Table[i].How != Absent && Table[i].Host == nr {
			return i
		}
	}
	return -1
}

// closed is a descriptor that nobody can have.
const closed = 1<<31 - 1

// Do makes call nr with the arguments a, unless it is one to Emulate, and gives
// what goes to X0, or Restart or NotEntered.
func (c *Ctx) Do(nr uint64, a *[6]uint64) uint64 {
	r := Lookup(nr)
	if r == nil {
		return ENOSYS.Ret()
	}
	if c.Tagged {
		r.UntagArgs(a)
	}
	for m := r.fd; m != 0; m &= m - 1 {
		if i := bits.TrailingZeros8(m); host.Own(uint32(a[i])) {
			a[i] = closed // the kernel says EBADF, in its turn and where it looks at the descriptor
		}
	}
	switch r.How {
	case Pass:
		return c.pass(r, *a)
	case Translate:
		c.used = 0
		return translators[nr](c, a)
	case Refuse:
		return r.Errno.Ret()
	}
	return ENOSYS.Ret()
}

// reaches replaces the pointers among the arguments of r as Reach does.
func (r *Row) reaches(a *[6]uint64) {
	for m := r.ptr; m != 0; m &= m - 1 {
		i := bits.TrailingZeros8(m)
		a[i] = Reach(a[i])
	}
}

// pass makes the host's call of row r with checked pointers and mapped paths.
func (c *Ctx) pass(r *Row, a [6]uint64) uint64 {
	r.reaches(&a)
	if r.path != 0 {
		c.used = 0
		for m := r.path; m != 0; m &= m - 1 {
			i := bits.TrailingZeros8(m)
			a[i] = c.path(a[i], r.newpath>>i&1 == 0, r.follows(i, &a))
		}
	}
	if r.Blocks {
		return c.Block(uintptr(r.Host), &a)
	}
	if host.Waits.Load() {
		return raw(uintptr(r.Host), a[:]...)
	}
	return uint64(host.Raw(uintptr(r.Host), uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5])))
}

// Block makes a call of the host that may sleep.
func (c *Ctx) Block(nr uintptr, a *[6]uint64) uint64 {
	return uint64(host.Call(c.Slot, nr, uintptr(a[0]), uintptr(a[1]), uintptr(a[2]), uintptr(a[3]), uintptr(a[4]), uintptr(a[5])))
}

// raw makes a call of the host that does not sleep, other than for guest memory. The
// caller has no lock if there is guest memory among the arguments. What they point to may be
// on the stack, which must not grow here.
//
//go:nosplit
func raw(nr uintptr, a ...uint64) uint64 {
	var b [6]uintptr
	for i, v := range a {
		b[i] = uintptr(v)
	}
	if host.Waits.Load() {
		return uint64(host.Wait(nr, b[0], b[1], b[2], b[3], b[4], b[5]))
	}
	return uint64(host.Raw(nr, b[0], b[1], b[2], b[3], b[4], b[5]))
}
