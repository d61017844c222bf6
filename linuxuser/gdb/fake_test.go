package gdb

import (
	"fmt"
	"net"
	"os"
	"strings"
	"sync"
	"syscall"
	"testing"

	"armature/linuxuser"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/state"
)

// fake is a process of two threads with 64 KiB of memory at fakeBase.
type fake struct {
	mu      sync.Mutex
	cpus    map[uint32]*state.CPU
	mem     []byte
	running bool
	events  []linuxuser.Event
	log     []string
	breaks  []uint64
	watches []cpu.Watch
	pass    host.Sigset
	catch   *linuxuser.Calls
	aux     []uint64
	jail    bool     // there is but one file
	wake    *os.File // what EventFD gives
}

const fakeBase = 0x10000

func newFake() *fake {
	f := &fake{mem: make([]byte, 64<<10), cpus: map[uint32]*state.CPU{}}
	for tid := uint32(100); tid <= 101; tid++ {
		f.cpus[tid] = new(state.CPU)
		f.cpus[tid].Init()
		f.cpus[tid].PC = fakeBase + uint64(tid)<<2
	}
	return f
}

func (f *fake) note(format string, a ...any) { f.log = append(f.log, fmt.Sprintf(format, a...)) }

func (f *fake) Lock() bool { f.mu.Lock(); return true }
func (f *fake) Unlock()    { f.mu.Unlock() }
func (f *fake) EventFD() int {
	if f.wake == nil {
		return -1
	}
	return int(f.wake.Fd())
}
func (f *fake) Event() (linuxuser.Event, bool) {
	if len(f.events) == 0 {
		return linuxuser.Event{}, false
	}
	e := f.events[0]
	f.events = f.events[1:]
	f.running = false
	return e, false
}
func (f *fake) Release()       { f.note("release") }
func (f *fake) Interrupt()     { f.note("interrupt") }
func (f *fake) Running() bool  { return f.running }
func (f *fake) Stopping() bool { return !f.running }
func (f *fake) Resume(action func(uint32) linuxuser.Action) {
	for _, tid := range f.Threads() {
		f.note("%d %+v", tid, action(tid))
	}
	f.running = true
}
func (f *fake) Detach()                  { f.note("detach"); f.running = true }
func (f *fake) Kill()                    { f.note("kill") }
func (f *fake) Pass(s host.Sigset)       { f.pass = s }
func (f *fake) Passed() host.Sigset      { return f.pass }
func (f *fake) Catch(c *linuxuser.Calls) { f.catch = c }
func (f *fake) PID() uint32              { return 100 }
func (f *fake) Threads() []uint32        { return []uint32{100, 101} }
func (f *fake) ThreadName(tid uint32) (string, string) {
	if tid == 101 {
		return "a<b", "futex"
	}
	return "main", ""
}
func (f *fake) Alive(tid uint32) bool       { return f.cpus[tid] != nil }
func (f *fake) State(tid uint32) *state.CPU { return f.cpus[tid] }
func (f *fake) SetState(tid uint32, change func(*state.CPU)) bool {
	if f.cpus[tid] == nil {
		return false
	}
	change(f.cpus[tid])
	return true
}
func (f *fake) Siginfo(tid uint32) ([]byte, bool) { return make([]byte, 128), true }
func (f *fake) ReadMemory(b []byte, addr uint64) int {
	if addr < fakeBase || addr >= fakeBase+uint64(len(f.mem)) {
		return 0
	}
	return copy(b, f.mem[addr-fakeBase:])
}
func (f *fake) WriteMemory(addr uint64, b []byte) bool {
	if addr < fakeBase || addr > fakeBase+uint64(len(f.mem)) || uint64(len(b)) > fakeBase+uint64(len(f.mem))-addr {
		return false
	}
	copy(f.mem[addr-fakeBase:], b)
	return true
}
func (f *fake) SetBreakpoints(b []uint64, w []cpu.Watch) { f.breaks, f.watches = b, w }
func (f *fake) Exe() string                              { return "/bin/true" }
func (f *fake) Path(path string) string {
	if f.jail {
		return os.DevNull
	}
	return path
}
func (f *fake) Auxv() (b []byte) {
	if f.aux == nil {
		return []byte("made auxv")
	}
	for _, v := range f.aux {
		b = le.AppendUint64(b, v)
	}
	return b
}
func (f *fake) Proc(fd int) ([]byte, bool) {
	name, _ := os.Readlink(fmt.Sprint("/proc/self/fd/", fd))
	return []byte("made maps"), strings.HasSuffix(name, "/maps")
}

// client is a server for a fake, and the debugger's end of the connection.
type client struct {
	t *testing.T
	*fake
	s *Server
	c net.Conn
}

func newClient(t *testing.T) *client {
	t.Helper()
	l, err := net.Listen("unix", t.TempDir()+"/s")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c, err := net.Dial("unix", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	a, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	file, err := a.(*net.UnixConn).File()
	if err != nil {
		t.Fatal(err)
	}
	a.Close()
	k := &client{t: t, fake: newFake(), s: &Server{}, c: c}
	fd, e := host.Keep(file.Fd())
	if e != 0 {
		t.Fatal(syscall.Errno(-e))
	}
	file.Close()
	k.s.conn = fd
	k.s.noAck = true
	k.s.begin(k.fake)
	t.Cleanup(func() { c.Close(); k.s.Close() })
	return k
}

// ask handles a packet and gives the reply; "none" if there is none.
func (k *client) ask(packet string) string {
	k.s.lastSent = nil
	k.s.take(frame([]byte(packet)))
	if k.s.lastSent == nil {
		return "none"
	}
	var d decoder
	kind, data, _, ok := d.next(k.s.lastSent)
	if !ok || kind != gotPacket {
		k.t.Fatalf("%s: reply %q", packet, k.s.lastSent)
	}
	// Take it out of the connection.
	b := make([]byte, len(k.s.lastSent))
	for n := 0; n < len(b); {
		got, err := k.c.Read(b[n:])
		if err != nil {
			k.t.Fatal(err)
		}
		n += got
	}
	return string(data)
}
