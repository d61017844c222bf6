package cpu

import "testing"

// Code is interpreted the first time it is met, and translated the second.
func TestOnce(t *testing.T) {
	m := newImage(t, 4096)
	pc := m.at(0).emit(addi(0, 0, 1), b(2))
	m.at(12).emit(addi(0, 0, 1), svc0)
	c := newCPU(t, Config{Lazy: true}, m)
	st := &c.e.Stats
	for i, want := range []struct{ once, regions int64 }{{2, 0}, {2, 2}, {2, 2}} {
		c.State.X[0] = 40
		wantSyscall(t, c, runTo(c, pc))
		if c.State.X[0] != 42 || st.Once.Load() != want.once || st.Regions.Load() != want.regions {
			t.Errorf("run %d: x0 %d, %d interpreted, %d translated; want 42, %d, %d", i, c.State.X[0], st.Once.Load(), st.Regions.Load(), want.once, want.regions)
		}
	}
}

// Calls and returns leave the JIT stack as deep as they found it, whichever side of them is
// translated; a stack that is full begins anew.
func TestOnceReturns(t *testing.T) {
	m := newImage(t, 4096)
	const callee, leaf = 256, 512
	m.at(callee).emit(stpPre(29, 30, 31, 16), bl((leaf-callee-4)/4), ldpPost(29, 30, 31, 16), ret)
	m.at(leaf).emit(addi(0, 0, 1), ret)
	calls := func(at uint64, n int) uint64 { // each is a block of its own
		pc := m.at(at).pc
		for range n {
			m.emit(bl((callee - int(m.pc-m.base())) / 4))
		}
		m.emit(svc0)
		return pc
	}
	first, second := calls(1024, 8), calls(2048, 8)
	c := newCPU(t, Config{Lazy: true}, m)
	s := c.State
	for i, pc := range []uint64{first, first, second, second, first} {
		s.X[0] = 0
		wantSyscall(t, c, runTo(c, pc))
		if s.X[0] != 8 {
			t.Errorf("run %d: %d calls, want 8", i, s.X[0])
		}
		if s.JITSP != 0 && s.JITSP != s.JITStack {
			t.Errorf("run %d: the JIT stack is %d bytes deep", i, int64(s.JITStack-s.JITSP))
		}
	}
	s.JITSP = 0
	for range jitStack/8 + 10 {
		c.pushReturn()
	}
	if s.JITSP < s.JITLimit || s.JITSP > s.JITStack {
		t.Errorf("JITSP %#x is not in the stack, %#x to %#x", s.JITSP, s.JITLimit, s.JITStack)
	}
}
