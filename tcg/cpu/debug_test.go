package cpu

import (
	"testing"
	"time"

	"armature/tcg/state"
)

func TestBreakpoint(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		start := m.emit(movz(0, 0, 0), movz(1, 5000, 0))
		loop := m.emit(addi(0, 0, 1), addi(2, 2, 3), subsi(1, 1, 1), bne(-3), svc0)
		c := newCPU(t, cfg, m)
		wantSyscall(t, c, runTo(c, start)) // translated, and hot, before there is a breakpoint
		word := m.b[loop+4-m.base()]
		c.e.Debug([]uint64{loop + 4}, nil)
		if m.b[loop+4-m.base()] != word {
			t.Error("guest memory was changed")
		}
		x, pc := runTo(c, start), c.State.PC
		for i := uint64(1); i <= 3; i++ {
			if x.Reason != state.ExitBreak || pc != loop+4 || !c.e.Breakpoint(pc) || c.State.X[0] != i {
				t.Fatalf("round %d: %+v at %#x, x0 %d", i, x, pc-start, c.State.X[0])
			}
			if x = c.Step(); x.Reason != state.ExitNone || c.State.PC != loop+8 {
				t.Fatalf("step: %+v at %#x", x, c.State.PC-start)
			}
			x, pc = runTo(c, c.State.PC), c.State.PC
		}
		c.e.Debug(nil, nil)
		wantSyscall(t, c, runTo(c, c.State.PC))
		if c.State.X[0] != 5000 || c.State.X[2] != 2*15000 {
			t.Errorf("x0 %d, x2 %d", c.State.X[0], c.State.X[2])
		}
	})
}

// A breakpoint takes effect in a loop that runs.
func TestBreakpointWhileRunning(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		start := m.emit(addi(0, 0, 1), addi(1, 1, 1), b(-2))
		c := newCPU(t, cfg, m)
		go func() {
			time.Sleep(2 * time.Millisecond)
			c.e.Debug([]uint64{start + 4}, nil)
		}()
		if x := runTo(c, start); x.Reason != state.ExitBreak || c.State.PC != start+4 || c.State.X[0] != c.State.X[1]+1 {
			t.Errorf("%+v at %#x, x0 %d, x1 %d", x, c.State.PC-start, c.State.X[0], c.State.X[1])
		}
	})
}

func TestStep(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		f := m.emit(addi(0, 0, 7), ret)
		start := m.emit(movz(0, 1, 0))
		m.emit(bl(int(int64(f-m.pc)) / 4))
		after := m.emit(ldr(3, 1, 0), svc0, 0)
		c := newCPU(t, cfg, m)
		s := c.State
		s.PC, s.X[1] = start, m.base()
		for i, want := range []uint64{start + 4, f, f + 4, after, after + 4} {
			if x := c.Step(); x.Reason != state.ExitNone || s.PC != want {
				t.Fatalf("step %d: %+v at %#x, want %#x", i, x, s.PC-f, want-f)
			}
		}
		if s.X[0] != 8 {
			t.Errorf("x0 = %d", s.X[0])
		}
		if x := c.Step(); x.Reason != state.ExitSyscall || s.PC != after+8 {
			t.Errorf("SVC: %+v at %#x", x, s.PC-f)
		}
		if x := c.Step(); x.Reason != state.ExitUndefined {
			t.Errorf("UDF: %+v at %#x", x, s.PC-f)
		}
		s.PC, s.X[1] = after, 0x5000
		if x := c.Step(); x.Reason != state.ExitFault || x.Signal != 11 || s.PC != after {
			t.Errorf("fault: %+v at %#x", x, s.PC-f)
		}
		s.PC, s.X[1] = after, m.base()|0xab<<56
		if x := c.Step(); x.Reason != state.ExitNone || s.PC != after+4 {
			t.Errorf("tagged: %+v at %#x", x, s.PC-f)
		}
		s.PC = 0x6000
		if x := c.Step(); x.Reason != state.ExitFetch || s.PC != 0x6000 {
			t.Errorf("fetch: %+v at %#x", x, s.PC)
		}
		s.PC = start + 2
		if x := c.Step(); x.Reason != state.ExitFetch || x.Arg != state.FetchMisaligned {
			t.Errorf("misaligned: %+v at %#x", x, s.PC)
		}
	})
}

func TestWatch(t *testing.T) {
	configs(t, func(t *testing.T, cfg Config) {
		m := newImage(t, 4096)
		data := m.base() + 2048
		start := m.emit(str(2, 1, 8), ldr(3, 1, 16), stpPre(2, 2, 1, 16), ldxr(4, 1), stxr(5, 4, 1), svc0)
		c := newCPU(t, cfg, m)
		s := c.State
		for _, w := range []struct {
			watch Watch
			tag   uint64
			at    uint64 // distance of the instruction that stops; 20: none
		}{
			{Watch{Range{data + 8, data + 16}, false, true}, 0, 0},
			{Watch{Range{data + 15, data + 16}, false, true}, 0, 0},
			{Watch{Range{data + 15, data + 16}, false, true}, 0x12 << 56, 0},
			{Watch{Range{data + 8, data + 16}, true, false}, 0, 20},
			{Watch{Range{data + 16, data + 20}, true, false}, 0, 4},
			{Watch{Range{data + 16, data + 20}, true, true}, 0, 4},
			{Watch{Range{data + 16, data + 20}, false, true}, 0, 20},
			{Watch{Range{data - 4, data}, false, true}, 0, 8},
			{Watch{Range{data - 16, data - 8}, true, false}, 0, 12},
		} {
			s.X[1], s.X[2] = data|w.tag, 1
			c.e.Debug(nil, []Watch{w.watch})
			x := runTo(c, start)
			if w.at == 20 {
				wantSyscall(t, c, x)
				continue
			}
			if x.Reason != state.ExitFault || x.Signal != SignalWatch || s.PC != start+w.at || x.Addr < w.watch.Lo || x.Addr >= w.watch.Hi {
				t.Errorf("%+v: %+v at %#x", w, x, s.PC-start)
			}
		}
		c.e.Debug(nil, nil)
		s.X[1] = data
		wantSyscall(t, c, runTo(c, start))
	})
}
