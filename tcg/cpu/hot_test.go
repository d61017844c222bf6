package cpu

import (
	"testing"

	"armature/tcg/state"
)

// A function without a loop that is called backward from one becomes a region of its own, though the loop is one before.
func TestHotFunction(t *testing.T) {
	m := newImage(t, 4096)
	f := m.at(0).emit(cbz(0, 2), addi(1, 1, 1), addi(1, 1, 2), ret)
	start := m.at(256).emit(movz(2, 30000, 0), movz(1, 0, 0))
	m.emit(bl(int(int64(f-m.pc))/4), subsi(2, 2, 1), bne(-2), svc0)
	c := newCPU(t, Config{}, m)
	if x := runTo(c, start); x.Reason != state.ExitSyscall {
		t.Fatalf("exit %d", x.Reason)
	}
	if got := c.State.X[1]; got != 2*30000 {
		t.Errorf("x1 = %d", got)
	}
	if n := c.e.Stats.Hot.Load(); n != 2 {
		t.Errorf("%d hot regions, want the loop's and the function's", n)
	}
	if tb := c.e.cache.Lookup(f, 0); tb == nil || tb.Tier != 2 {
		t.Error("no region of tier 2 at the function")
	}
}
