package syscalls

import "strings"

// /proc/PID/mem is a process's memory as a file, and offsets in it are addresses. At the
// emulator's, of this process or another, there is nothing for a guest to see. Offsets in
// other files are never that large, so that nobody else pays for it.

// nowhere is added to the position of a memory file that is the emulator's: nothing is
// mapped there.
const nowhere = 1 << 62

// isMemory tells whether fd is a process's memory.
func (c *Ctx) isMemory(fd uint64) bool {
	mark := c.used
	defer func() { c.used = mark }()
	if !c.isProc(fd) {
		return false
	}
	s, ok := c.readlink(fdLink(fd))
	return !ok || strings.HasSuffix(s, "/mem")
}

func sysLseek(c *Ctx, a *[6]uint64) uint64 {
	const seekSet, seekCur = 0, 1
	if a[1] == 0 && a[2]&0xffffffff == seekSet {
		c.remake(a[0])
	}
	if whence := a[2] & 0xffffffff; whence > seekCur && c.standsFor(a[0]) != 0 {
		return EINVAL.Ret() // such files have no end
	}
	r := raw(hostLseek, a[0], a[1], a[2])
	if OK(r) {
		return r
	}
	if _, bad := Failed(r); bad || !c.isMemory(a[0]) {
		return r
	}
	want := r &^ nowhere
	if !OK(want) {
		raw(hostLseek, a[0], want|nowhere, seekSet)
	} else {
		raw(hostLseek, a[0], want, seekSet)
	}
	return want
}

// at makes a call that reads or writes at the offset a[3].
func (c *Ctx) at(nr uintptr, a *[6]uint64) uint64 {
	if a[3] == 0 {
		c.remake(a[0])
	}
	if !OK(a[3]) && c.isMemory(a[0]) {
		return EIO.Ret()
	}
	return c.Block(nr, a)
}

func sysPread64(c *Ctx, a *[6]uint64) uint64  { return c.buffer(hostPread64, a) }
func sysPwrite64(c *Ctx, a *[6]uint64) uint64 { return c.buffer(hostPwrite64, a) }

// buffer is at with the buffer at a[1] checked.
func (c *Ctx) buffer(nr uintptr, a *[6]uint64) uint64 {
	b := *a
	b[1] = Reach(a[1])
	return c.at(nr, &b)
}

// vectorAt is vector at the offset a[3].
func (c *Ctx) vectorAt(nr uintptr, a *[6]uint64) uint64 {
	if !OK(a[3]) && c.isMemory(a[0]) {
		return EIO.Ret()
	}
	return c.vector(nr, a)
}

func sysPreadv(c *Ctx, a *[6]uint64) uint64   { return c.vectorAt(hostPreadv, a) }
func sysPwritev(c *Ctx, a *[6]uint64) uint64  { return c.vectorAt(hostPwritev, a) }
func sysPreadv2(c *Ctx, a *[6]uint64) uint64  { return c.vector2(hostPreadv2, a) }
func sysPwritev2(c *Ctx, a *[6]uint64) uint64 { return c.vector2(hostPwritev2, a) }

// vector2 is vectorAt, where -1 is the file's own position.
func (c *Ctx) vector2(nr uintptr, a *[6]uint64) uint64 {
	if a[3] == ^uint64(0) {
		return c.vector(nr, a)
	}
	return c.vectorAt(nr, a)
}
