package host

import (
	"encoding/binary"
	"os"
	"runtime"
	"syscall"
	"testing"
	"unsafe"
)

// The assembly addresses these fields by offset.
func TestSlotLayout(t *testing.T) {
	var s Slot
	for _, f := range []struct {
		name      string
		got, want uintptr
	}{
		{"Pending", unsafe.Offsetof(s.Pending), 0}, {"TID", unsafe.Offsetof(s.TID), 4}, {"Stop", unsafe.Offsetof(s.Stop), 8},
		{"Kick", unsafe.Offsetof(s.Kick), 16}, {"Info", unsafe.Offsetof(s.Info), 24}, {"Sent", unsafe.Offsetof(s.Sent), 152},
		{"all", unsafe.Sizeof(s), 3 << 7},
	} {
		if f.got != f.want {
			t.Errorf("Slot.%s: %d, want %d", f.name, f.got, f.want)
		}
	}
}

// slot is a registered one, off the Go heap, whose thread is the caller's.
func slot(t *testing.T) (*Slot, *uint32) {
	runtime.LockOSThread()
	t.Cleanup(runtime.UnlockOSThread)
	mem, err := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	if err != nil {
		t.Fatal(err)
	}
	stop := (*uint32)(unsafe.Pointer(&mem[0]))
	s := Register(stop, 4)
	t.Cleanup(func() { s.TID = 0; leader = 0; syscall.Munmap(mem) })
	return s, stop
}

func TestGuarded(t *testing.T) {
	s, _ := slot(t)
	if r := Guarded(s, SysGetpid, 0, 0, 0, 0, 0, 0); r != uintptr(os.Getpid()) {
		t.Errorf("getpid: %d", r)
	}
	if r := Call(s, SysGetpid, 0, 0, 0, 0, 0, 0); r != uintptr(os.Getpid()) {
		t.Errorf("getpid: %d", r)
	}
	s.Pending = 1
	if r := Call(s, SysGetpid, 0, 0, 0, 0, 0, 0); r != NotEntered {
		t.Errorf("with a signal waiting: %d", int(r))
	}
	s.Pending = 0
	if r := Raw(SysTgkill, 0, 0, 99, 0, 0, 0); int(r) != -int(syscall.EINVAL) {
		t.Errorf("error: %d", int(r))
	}
}

// TestHandler sends this thread a signal: it must end up in the slot, block the
// next, and interrupt a call in the way that lets it be restarted.
func TestHandler(t *testing.T) {
	s, stop := slot(t)
	const sig = 40
	if r := Catch(sig, 0); r != 0 {
		t.Fatal(int(r))
	}
	defer Dispose(sig, Default, 0)
	old := Mask()
	defer SetMask(old)
	SetMask(old &^ Bit(sig))
	pid, tid := Raw(SysGetpid, 0, 0, 0, 0, 0, 0), Raw(SysGettid, 0, 0, 0, 0, 0, 0)
	Raw(SysTgkill, pid, tid, sig, 0, 0, 0)
	if s.Pending != 1 || *stop != 4 || binary.LittleEndian.Uint32(s.Info[:]) != sig || binary.LittleEndian.Uint32(s.Info[16:]) != uint32(pid) {
		t.Fatalf("pending %d, stop %d, info %x", s.Pending, *stop, s.Info[:24])
	}
	if m := Mask(); m&Bit(sig) == 0 || m&Owned != 0 {
		t.Errorf("mask %#x", m)
	}
	Raw(SysTgkill, pid, tid, sig, 0, 0, 0)
	if Pending()&Bit(sig) == 0 {
		t.Error("the second signal does not wait")
	}
	s.Pending, s.Info = 0, [128]byte{}
	SetMask(old &^ Bit(sig))
	if s.Pending != 1 || s.Info[0] != sig {
		t.Error("the second signal did not arrive")
	}
	s.Pending = 0
	SetMask(old &^ Bit(sig))

	// A read of an empty pipe, interrupted by another thread.
	var fds [2]int
	if err := syscall.Pipe(fds[:]); err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fds[0])
	defer syscall.Close(fds[1])
	mem, _ := syscall.Mmap(-1, 0, 4096, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
	defer syscall.Munmap(mem)
	go func() {
		for !sleeping(int(tid)) {
			runtime.Gosched()
		}
		Raw(SysTgkill, pid, tid, sig, 0, 0, 0)
	}()
	if r := Call(s, 0, uintptr(fds[0]), Addr(mem), 1, 0, 0, 0); r != Restart {
		t.Errorf("an interrupted read: %d, want %d", int(r), ^int(511))
	}
	// And one that fails with EINTR whatever the action: a sleep.
	s.Pending = 0
	SetMask(old &^ Bit(sig))
	go func() {
		for !sleeping(int(tid)) {
			runtime.Gosched()
		}
		Raw(SysTgkill, pid, tid, sig, 0, 0, 0)
	}()
	*(*[2]uint64)(unsafe.Pointer(&mem[0])) = [2]uint64{60, 0}
	if r := Call(s, 35, Addr(mem), 0, 0, 0, 0, 0); int(r) != -int(syscall.EINTR) {
		t.Errorf("an interrupted sleep: %d", int(r))
	}
	s.Pending = 0
}

// sleeping tells whether a thread of this process sleeps in a system call read or
// nanosleep.
func sleeping(tid int) bool {
	b, err := os.ReadFile("/proc/self/task/" + itoa(tid) + "/syscall")
	if err != nil {
		panic(err) // without it the test would wait for ever
	}
	return string(b[:2]) == "0 " || string(b[:3]) == "35 "
}

func itoa(n int) string {
	if n < 10 {
		return string(rune('0' + n))
	}
	return itoa(n/10) + string(rune('0'+n%10))
}

func TestClock(t *testing.T) {
	b, err := os.ReadFile("/proc/self/auxv")
	if err != nil {
		t.Fatal(err)
	}
	for ; len(b) >= 16; b = b[16:] {
		if binary.LittleEndian.Uint64(b) != 33 {
			continue
		}
		base := uintptr(binary.LittleEndian.Uint64(b[8:]))
		fn := FindSymbol(base, "__vdso_clock_gettime")
		if fn == 0 || FindSymbol(base, "__vdso_clock_gettim") != 0 {
			t.Fatal("the host's vDSO has no clock_gettime, or one too many")
		}
		mem, _ := syscall.Mmap(-1, 0, ClockStack, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_PRIVATE|syscall.MAP_ANON)
		defer syscall.Munmap(mem)
		if r := vdsoCall(fn, Addr(mem)+ClockStack, 0, Addr(mem)); r != 0 {
			t.Fatal(r)
		}
		var now syscall.Timeval
		syscall.Gettimeofday(&now)
		if sec := int64(binary.LittleEndian.Uint64(mem)); sec < now.Sec-5 || sec > now.Sec+5 {
			t.Errorf("the vDSO says %d, the kernel %d", sec, now.Sec)
		}
		return
	}
	t.Skip("the host has no vDSO")
}

// TestForeign: a signal that a thread of the runtime takes goes to the guest's, with
// the code that it had.
func TestForeign(t *testing.T) {
	s, _ := slot(t)
	const sig, tkill = 41, -6 // SI_TKILL
	if r := Catch(sig, 0); r != 0 {
		t.Fatal(int(r))
	}
	defer Dispose(sig, Default, 0)
	old := Mask()
	defer SetMask(old)
	SetMask(old &^ Bit(sig))
	done := make(chan uintptr)
	go func() {
		runtime.LockOSThread() // the thread ends, and its mask
		SetMask(Mask() &^ Bit(sig))
		pid, tid := Raw(SysGetpid, 0, 0, 0, 0, 0, 0), Raw(SysGettid, 0, 0, 0, 0, 0, 0)
		done <- Raw(SysTgkill, pid, tid, sig, 0, 0, 0)
	}()
	if r := <-done; r != 0 {
		t.Fatal(int(r))
	}
	for range 1000 {
		if s.Pending != 0 {
			break
		}
		Raw(SysGetpid, 0, 0, 0, 0, 0, 0)
	}
	if code := int32(binary.LittleEndian.Uint32(s.Info[8:])); s.Pending != 1 || code != tkill || binary.LittleEndian.Uint32(s.Info[:]) != sig {
		t.Errorf("pending %d, code %d", s.Pending, code)
	}
	s.Pending = 0
}
