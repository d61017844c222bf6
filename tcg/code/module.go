package code

import "slices"

// FileID names a state of a file: a file that was changed, or replaced by another
// of the same name, has another one. Times are in nanoseconds since 1970.
type FileID struct {
	Dev, Ino, Size uint64
	Mtime, Ctime   int64
}

// Made tells whether f is no file of the file system, but memory that the emulator
// has filled.
func (f *FileID) Made() bool { return f.Dev == ^uint64(0) }

// Settled tells whether the file has been left alone for a while at time now. A
// later change then shows in its times, however coarse these are.
func (f *FileID) Settled(now int64) bool {
	const while = 2e9
	return now-f.Mtime >= while && now-f.Ctime >= while
}

// maxModules bounds the modules, and is a power of two.
const maxModules = 1024

// A module is a part of a file that the guest has mapped privately, to execute
// but not to write: its code is known by the file's identity. Translations of it
// can be kept in a snapshot. They go together: a module is active while that part
// of the file is mapped at its place, and the TBs of one that is not are not found.
type module struct {
	File   FileID
	Bias   uint64 // guest address less offset in the file
	Lo, Hi uint64 // guest addresses that its TBs were made from; none: 0, 0
	TBs    uint64

	mapLo, mapHi uint64 // what is mapped, while it is active
	used         uint64 // 1: it has been active
}

// Epoch is for Block.Epoch.
func (c *Cache) Epoch() uint64 { return c.epoch.Load() }

// Kept tells whether t can be in a snapshot.
func (t *TB) Kept() bool { return t.module != 0 }

// Each calls f for all TBs.
func (c *Cache) Each(f func(t *TB)) {
	for i := range c.tbs[1:c.ntbs] {
		f(&c.tbs[i+1])
	}
}

// Track makes the cache remember what translations come from, so that they can be
// saved. Without it Map does nothing.
func (c *Cache) Track() {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.modules == nil {
		c.modules = make([]module, 1, 16)
	}
}

// Map says that the guest has mapped the file id from offset off on at [lo, hi),
// private, executable and not writable, and that the memory is as in the file. now
// is the time. What was there before has been invalidated.
func (c *Cache) Map(id FileID, off, lo, hi uint64, now int64) {
	if !id.Settled(now) {
		return
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.modules == nil {
		return
	}
	c.epoch.Add(1)
	n := 0
	for i := range c.modules[1:] {
		m := &c.modules[i+1]
		if m.File == id && m.Bias == lo-off && m.mapHi == 0 && (m.Hi == 0 || lo <= m.Lo && m.Hi <= hi) {
			n = i + 1
			break
		}
	}
	if n == 0 {
		if n = len(c.modules); n == maxModules {
			return
		}
		c.modules = append(c.modules, module{File: id, Bias: lo - off})
	}
	m := &c.modules[n]
	m.mapLo, m.mapHi, m.used = lo, hi, 1
	c.mapped = append(c.mapped, uint16(n))
	c.active[n].Store(1)
}

// Unmap says that what is mapped at [lo, hi) does not count as a file's any more,
// as it may be written. Invalidate does it as well. drop is as there.
func (c *Cache) Unmap(lo, hi uint64, drop func(pc uint64)) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.unmap(lo, hi, drop)
}

func (c *Cache) unmap(lo, hi uint64, drop func(pc uint64)) (n int) {
	if c.modules == nil {
		return 0
	}
	c.epoch.Add(1)
	for i := 0; i < len(c.mapped); {
		k := c.mapped[i]
		m := &c.modules[k]
		switch {
		case m.mapLo >= hi || lo >= m.mapHi:
			i++
			continue
		case m.Hi != 0 && m.Lo < hi && lo < m.Hi:
			m.mapHi = 0
		case m.Hi != 0 && m.Lo >= hi || m.Hi == 0 && lo <= m.mapLo: // code above
			m.mapLo = hi
		default:
			m.mapHi = lo
		}
		if m.mapLo < m.mapHi {
			i++
			continue
		}
		m.mapLo, m.mapHi = 0, 0
		c.mapped = slices.Delete(c.mapped, i, i+1)
		n += c.deactivate(k, drop)
	}
	return
}

// deactivate makes the TBs of a module unreachable. They stay for when it is mapped
// again, and to be saved.
func (c *Cache) deactivate(k uint16, drop func(pc uint64)) (n int) {
	c.active[k].Store(0)
	if c.modules[k].TBs == 0 {
		return
	}
	for i := range c.tbs[1:c.ntbs] {
		if t := &c.tbs[i+1]; t.module == k && t.dead == 0 {
			c.unlink(t)
			drop(t.PC)
			n++
		}
	}
	return
}

// moduleOf gives the module that all of b's guest code lies in, which then counts it.
func (c *Cache) moduleOf(b *Block) uint16 {
	if b.Epoch != c.epoch.Load() || c.modules == nil {
		return 0 // what was translated may not be what is mapped now
	}
next:
	for _, k := range c.mapped {
		m := &c.modules[k]
		for _, r := range b.Ranges {
			if r.Lo < m.mapLo || r.Hi > m.mapHi {
				continue next
			}
		}
		for _, r := range b.Ranges {
			if m.Hi == 0 {
				m.Lo = r.Lo
			}
			m.Lo, m.Hi = min(m.Lo, r.Lo), max(m.Hi, r.Hi)
		}
		m.TBs++
		return k
	}
	return 0
}
