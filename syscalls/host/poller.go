package host

import (
	"sync/atomic"
	"unsafe"
)

// The Go runtime's poller has two descriptors, an epoll instance and an eventfd,
// which it makes when a timer or a file first needs them, with the lowest numbers
// that are free: the guest's. HidePoller makes it now, and gives it high numbers.

//go:linkname pollServerInit internal/poll.runtime_pollServerInit
func pollServerInit()

//go:linkname isPollServerDescriptor internal/poll.runtime_isPollServerDescriptor
func isPollServerDescriptor(fd uintptr) bool

// Where the runtime keeps the numbers; nil if they were not found.
var (
	epollFD *int32
	eventFD *uintptr
)

// HidePoller moves the poller's descriptors out of the guest's way. Without it, or if
// the runtime is not as expected, the guest might close them.
func HidePoller() {
	pollServerInit()
	// The function compares its argument with both variables. They are the operands
	// that are relative to RIP.
	f := isPollServerDescriptor
	code := **(**uintptr)(unsafe.Pointer(&f))
	for p := code; p < code+64 && (epollFD == nil || eventFD == nil); p++ {
		b := (*[7]byte)(Pointer(p))
		if b[0]&0xf8 != 0x48 || b[2]&0xc7 != 5 {
			continue
		}
		addr := p + 7 + uintptr(int64(*(*int32)(Pointer(p + 3))))
		switch b[1] {
		case 0x63: // MOVSXD
			epollFD = (*int32)(Pointer(addr))
		case 0x39, 0x3b: // CMP
			eventFD = (*uintptr)(Pointer(addr))
		}
	}
	if epollFD == nil || eventFD == nil || !isPollServerDescriptor(uintptr(*epollFD)) || !isPollServerDescriptor(*eventFD) {
		epollFD, eventFD = nil, nil
		return
	}
	ep, ev := uintptr(*epollFD), *eventFD
	nep := raw(sysFcntl, ep, dupfdCloexec, pollerMin, 0, 0, 0)
	nev := raw(sysFcntl, ev, dupfdCloexec, pollerMin, 0, 0, 0)
	if int(nep) < 0 || int(nev) < 0 {
		return
	}
	atomic.StoreInt32(epollFD, int32(nep))
	atomic.StoreUintptr(eventFD, nev)
	oldPoller = []uintptr{ep, ev}
}

// oldPoller has the descriptors that HidePoller replaced.
var oldPoller []uintptr

// DropPoller closes what HidePoller replaced. It is called as late as can be, when the
// guest starts: the runtime's monitor, if it was about to poll, has done so.
func DropPoller() {
	for _, fd := range oldPoller {
		raw(sysClose, fd, 0, 0, 0, 0, 0)
	}
	oldPoller = nil
}

// newPoller gives a forked child a poller of its own in place of the parent's.
func newPoller() {
	if epollFD == nil {
		return
	}
	const (
		sysEpollCreate1 = 291
		sysEventfd2     = 290
		sysEpollCtl     = 233
		sysDup3         = 292
		cloexec         = 0x80000
		nonblock        = 0x800
	)
	ep := raw(sysEpollCreate1, cloexec, 0, 0, 0, 0, 0)
	ev := raw(sysEventfd2, 0, cloexec|nonblock, 0, 0, 0, 0)
	if int(ep) >= 0 && int(ev) >= 0 {
		raw(sysDup3, ev, *eventFD, cloexec, 0, 0, 0)
		event := struct {
			events uint32
			data   [2]uint32
		}{events: 1}
		*(*uintptr)(unsafe.Pointer(&event.data)) = uintptr(unsafe.Pointer(eventFD))
		raw(sysEpollCtl, ep, 1, *eventFD, uintptr(unsafe.Pointer(&event)), 0, 0)
		raw(sysDup3, ep, uintptr(*epollFD), cloexec, 0, 0, 0)
	}
	if int(ep) >= 0 {
		raw(sysClose, ep, 0, 0, 0, 0, 0)
	}
	if int(ev) >= 0 {
		raw(sysClose, ev, 0, 0, 0, 0, 0)
	}
}
