package host

import (
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
)

// The runtime's variables and the offsets in its g are found, not declared: a new
// release of Go may move them.
func TestPoller(t *testing.T) {
	HidePoller()
	own := OwnFDs()
	if len(own) != 2 || own[0] < pollerMin {
		t.Fatalf("the poller has %v", own)
	}
	if !Own(uint32(own[0])) || Own(0) {
		t.Error("Own is wrong")
	}
	Vacate(uint32(own[0]))
	if now := OwnFDs(); now[0] == own[0] || !isPollServerDescriptor(uintptr(now[0])) || !isPollServerDescriptor(uintptr(now[1])) {
		t.Errorf("moved from %v to %v", own, now)
	}
}

// What the assembly knows of the runtime's g.
const (
	gSyscallSP = 104
	gSyscallPC = 112
	gSyscallBP = 120
	gStatus    = 144

	gInSyscall = 3
	gScan      = 0x1000
)

// TestG checks the offsets.
func TestG(t *testing.T) {
	inSyscall := func() bool {
		return atomic.LoadUint32((*uint32)(Pointer(getg()+gStatus)))&^gScan == gInSyscall
	}
	if inSyscall() {
		t.Error("a running goroutine looks as if it were in a system call")
	}
	var in bool
	var sp, pc, bp, lo uintptr
	func() {
		entersyscall()
		in, sp, pc, bp, lo = inSyscall(), *gWord(gSyscallSP), *gWord(gSyscallPC), *gWord(gSyscallBP), *gWord(0)
		exitsyscall()
	}()
	if !in {
		t.Error("a goroutine in a system call does not look so")
	}
	if sp < lo || sp > lo+64<<10 || bp < sp || bp > sp+64<<10 {
		t.Errorf("syscallsp %#x, syscallbp %#x, the stack begins at %#x", sp, bp, lo)
	}
	if f := runtime.FuncForPC(pc); f == nil || !strings.Contains(f.Name(), "TestG") {
		t.Errorf("syscallpc %#x, %v", pc, f)
	}
}
