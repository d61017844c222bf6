package syscalls

// sysGetMempolicy: the address in a[3] may have a tag, always.
func sysGetMempolicy(c *Ctx, a *[6]uint64) uint64 {
	return raw(hostGetMempolicy, Reach(a[0]), Reach(a[1]), a[2], Reach(c.ptr(a[3])), a[4])
}

// sysMovePages passes the addresses on but for the emulator's, which become one where
// nothing is mapped, as many at a time as the scratch memory holds.
func sysMovePages(c *Ctx, a *[6]uint64) uint64 {
	nodes, status := Reach(a[3]), Reach(a[4])
	if r := raw(hostMovePages, a[0], 0, 0, nodes, status, a[5]); r != 0 {
		return r // the process or the flags
	}
	const batch = scratchSize / 16
	b := c.alloc(int(min(a[1], batch)) * 8)
	left := uint64(0) // pages that were not moved
	for done := uint64(0); ; {
		n := min(a[1]-done, batch)
		p := b[:8*n]
		if at := a[2] + 8*done; OK(at) && OK(at+8*n) {
			n = uint64(copyIn(p, at)) / 8 // with less than all, those that can be read come first
			p = p[:8*n]
		} else {
			n = 0
		}
		if n == 0 && done < a[1] {
			return EFAULT.Ret()
		}
		for i := 0; i < len(p); i += 8 {
			at := Untag(le64(p[i:]))
			if !OK(at) {
				at = 0
			}
			put64(p[i:], at)
		}
		h := [6]uint64{a[0], n, addrOf(p), 0, status + 4*done, a[5]}
		if nodes != 0 {
			h[3] = nodes + 4*done
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
