package host

import "testing"

// The runtime's variables are found, not declared: a new release of Go may move them.
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
