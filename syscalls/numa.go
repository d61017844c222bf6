package syscalls

// sysGetMempolicy: the address is used with MPOL_F_ADDR only.
func sysGetMempolicy(c *Ctx, a *[6]uint64) uint64 {
	const fAddr = 2
	if !OK(a[0]) || !OK(a[1]) || a[4]&fAddr != 0 && !OK(c.ptr(a[3])) {
		return EFAULT.Ret()
	}
	return raw(hostGetMempolicy, a[0], a[1], a[2], c.ptr(a[3]), a[4])
}

// sysMovePages passes the addresses on but for the emulator's, which become one where
// nothing is mapped, as many at a time as the scratch memory holds.
func sysMovePages(c *Ctx, a *[6]uint64) uint64 {
	if !OK(a[2]) || !OK(a[3]) || !OK(a[4]) {
		return EFAULT.Ret()
	}
	const batch = scratchSize / 16
	b := c.alloc(int(min(a[1], batch)) * 8)
	left := uint64(0) // pages that were not moved
	for done := uint64(0); ; {
		n := min(a[1]-done, batch)
		p := b[:8*n]
		if !CopyIn(p, a[2]+8*done) {
			return EFAULT.Ret()
		}
		for i := 0; i < len(p); i += 8 {
			at := Untag(le64(p[i:]))
			if !OK(at) {
				at = 0
			}
			put64(p[i:], at)
		}
		h := [6]uint64{a[0], n, addrOf(p), 0, a[4] + 4*done, a[5]}
		if a[3] != 0 {
			h[3] = a[3] + 4*done
		}
		r := c.Block(hostMovePages, &h)
		if int64(r) < 0 {
			return r
		}
		left += r
		if done += n; done >= a[1] {
			return left
		}
	}
}
