package host

import "testing"

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

func TestG(t *testing.T) {
	if inSyscall() {
		t.Error("a running goroutine looks as if it were in a system call")
	}
	in, sp, lo := false, uintptr(0), uintptr(0)
	func() {
		entersyscall()
		in, sp, lo = inSyscall(), *gWord(gSyscallSP), *gWord(0)
		exitsyscall()
	}()
	if !in {
		t.Error("a goroutine in a system call does not look so")
	}
	if sp < lo || sp > lo+64<<10 {
		t.Errorf("syscallsp %#x, the stack begins at %#x", sp, lo)
	}
}
