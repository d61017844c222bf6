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
// the runtime is not as expected, the guest might close them. It gives 0, or -errno if
// they cannot be had; the runtime would end the process then.
func HidePoller() int {
	tryEP, tryEV := pollerFiles()
	closeIf(tryEP)
	closeIf(tryEV)
	if e := min(int(tryEP), int(tryEV)); e < 0 {
		return e
	}
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
		return 0
	}
	ep, ev := uintptr(*epollFD), *eventFD
	nep, nev := high(ep, pollerMin), high(ev, pollerMin)
	if e := min(nep, nev); e < 0 {
		return e
	}
	atomic.StoreInt32(epollFD, int32(nep))
	atomic.StoreUintptr(eventFD, uintptr(nev))
	oldPoller = []uintptr{ep, ev}
	return 0
}

// pollerFiles makes an epoll instance and an eventfd; each may be -errno.
func pollerFiles() (ep, ev uintptr) {
	const (
		sysEpollCreate1 = 291
		sysEventfd2     = 290
		nonblock        = 0x800
	)
	ep = raw(sysEpollCreate1, cloexec, 0, 0, 0, 0, 0)
	ev = raw(sysEventfd2, 0, cloexec|nonblock, 0, 0, 0, 0)
	return ep, ev
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

// newPoller gives a forked child a poller of its own in place of the parent's. Where the guest's limits
// do not allow that, the two share one, and may wake up late.
func newPoller() {
	if epollFD == nil {
		return
	}
	const (
		sysEpollCtl = 233
		sysDup3     = 292
	)
	ep, ev := pollerFiles()
	limit := filesLimit(nil)
	raised := [2]uint64{limit[1], limit[1]}
	if top := max(uint64(*epollFD), uint64(*eventFD)); min(int(ep), int(ev)) >= 0 && top < raised[0] {
		if top >= limit[0] {
			filesLimit(&raised)
		}
		raw(sysDup3, ev, *eventFD, cloexec, 0, 0, 0)
		event := struct {
			events uint32
			data   [2]uint32
		}{events: 1}
		*(*uintptr)(unsafe.Pointer(&event.data)) = uintptr(unsafe.Pointer(eventFD))
		raw(sysEpollCtl, ep, 1, *eventFD, uintptr(unsafe.Pointer(&event)), 0, 0)
		raw(sysDup3, ep, uintptr(*epollFD), cloexec, 0, 0, 0)
		if top >= limit[0] {
			filesLimit(&limit)
		}
	}
	closeIf(ep)
	closeIf(ev)
}
