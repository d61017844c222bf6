package gdb

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
	"syscall"
	"unsafe"

	"armature/linuxuser"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/state"
)

// process is what is debugged: a linuxuser.Debuggee.
type process interface {
	Lock() bool
	Unlock()
	EventFD() int
	Event() (e linuxuser.Event, again bool)
	Release()

	Interrupt()
	Running() bool
	Stopping() bool
	Resume(func(tid uint32) linuxuser.Action)
	Detach()
	Kill()
	Pass(host.Sigset)
	Passed() host.Sigset
	Catch(*linuxuser.Calls)

	PID() uint32
	Threads() []uint32
	ThreadName(tid uint32) (name, call string)
	Alive(tid uint32) bool
	State(tid uint32) *state.CPU
	SetState(tid uint32, change func(*state.CPU)) bool
	Siginfo(tid uint32) ([]byte, bool)

	ReadMemory(b []byte, addr uint64) int
	WriteMemory(addr uint64, b []byte) bool
	SetBreakpoints(breaks []uint64, watches []cpu.Watch)

	Exe() string
	Path(path string) string
	Auxv() []byte
	Proc(fd int) ([]byte, bool)
}

// Server serves one debugger. It is a linuxuser.Debugger.
type Server struct {
	where string            // where to listen
	say   func(text string) // is told where that is
	from  *handover         // or what the program before this one left

	conn *host.Kept
	p    process
	dec  decoder

	noAck, multi, execEvents bool // what has been negotiated

	current  uint32 // the thread that registers are of
	resumes  uint32 // the thread that c and s are for; 0: all
	lastStop []byte // the reply to "?"
	lastSent []byte
	listed   []uint32 // threads that qsThreadInfo is yet to tell

	breaks  map[uint64]int // breakpoints, and how often they were set: by Z0 and Z1
	watches []watch
	changed bool // they, since the process was told

	modidAt uint64 // address of modidSymbol; 0: not known

	files [maxFiles]*openFile

	lost bool // the connection
	over bool // there is no more to serve
}

// New makes a server that listens at where, which it checks. say is told what to connect to.
func New(where string, say func(target string)) (*Server, error) {
	if _, err := address(where); err != nil {
		return nil, err
	}
	return &Server{where: where, say: say}, nil
}

// handover is what a server tells the one that goes on in the program that takes its program's place.
type handover struct {
	fd                       int
	noAck, multi, execEvents bool
	stop                     bool // a stop was asked for
	pass                     host.Sigset
}

// Option is the name of the command line option that hands a connection over, without dashes.
const Option = "gdb-connection"

func (h *handover) String() string {
	flags := ""
	for _, f := range []struct {
		letter string
		set    bool
	}{{"n", h.noAck}, {"m", h.multi}, {"e", h.execEvents}, {"s", h.stop}} {
		if f.set {
			flags += f.letter
		}
	}
	return fmt.Sprintf("%d,%s,%x", h.fd, flags, h.pass)
}

// Inherit makes the server that goes on with a connection. value is that of the option.
func Inherit(value string) (*Server, error) {
	part := strings.Split(value, ",")
	if len(part) != 3 {
		return nil, errors.New("want FD,FLAGS,SIGNALS")
	}
	fd, err := strconv.Atoi(part[0])
	if err != nil || fd < 3 {
		return nil, errors.New("want a file descriptor")
	}
	pass, err := strconv.ParseUint(part[2], 16, 64)
	if err != nil {
		return nil, err
	}
	has := func(f string) bool { return strings.Contains(part[1], f) }
	return &Server{from: &handover{fd, has("n"), has("m"), has("e"), has("s"), pass}}, nil
}

// sendTimeout is how long a debugger may let a reply lie, in seconds.
const sendTimeout = 30

// Connect is linuxuser.Debugger's.
func (s *Server) Connect(d *linuxuser.Debuggee) (run bool, err error) {
	var fd int
	if s.from != nil {
		fd = s.from.fd
	} else if fd, err = listen(s.where, s.say); err != nil {
		return false, err
	}
	syscall.SetsockoptTimeval(fd, syscall.SOL_SOCKET, syscall.SO_SNDTIMEO, &syscall.Timeval{Sec: sendTimeout})
	var e int
	s.conn, e = host.Keep(uintptr(fd))
	syscall.Close(fd)
	if e != 0 {
		return false, syscall.Errno(-e)
	}
	s.begin(d)
	if h := s.from; h != nil {
		s.noAck, s.multi, s.execEvents = h.noAck, h.multi, h.execEvents
		d.Pass(h.pass)
		run = !h.execEvents && !h.stop
		if !run {
			// The reply to what resumed the program before this one.
			if h.execEvents {
				s.lastStop = s.stopped(s.current, 5, fmt.Sprintf("exec:%x;", d.Exe()))
			}
			s.send(s.lastStop)
		}
	}
	go s.serve()
	return run, nil
}

// begin makes p, which is stopped, the process that s serves.
func (s *Server) begin(p process) {
	s.p, s.breaks = p, map[uint64]int{}
	s.current = p.Threads()[0]
	s.lastStop = s.stopped(s.current, 5, "")
}

// Handover is linuxuser.Debugger's.
func (s *Server) Handover() (option string, done func()) {
	fd := s.conn.FD()
	h := handover{int(fd), s.noAck, s.multi, s.execEvents, s.p.Stopping(), s.p.Passed()}
	setCloexec := func(v uintptr) { syscall.Syscall(syscall.SYS_FCNTL, fd, syscall.F_SETFD, v) }
	setCloexec(0)
	return "--" + Option + "=" + h.String(), func() { setCloexec(syscall.FD_CLOEXEC) }
}

// Close is linuxuser.Debugger's.
func (s *Server) Close() {
	s.conn.Close()
	for i := range s.files {
		s.closeFile(i)
	}
}

// serve is the server's goroutine.
func (s *Server) serve() {
	buf := make([]byte, 4096)
	wait := -1
	for {
		readable := s.wait(wait)
		if !s.p.Lock() {
			return
		}
		wait = s.events()
		if readable && !s.over {
			s.read(buf)
		}
		if s.lost && !s.over {
			s.detach()
		}
		if s.over {
			s.Close()
		}
		s.p.Unlock()
		if s.over {
			return
		}
	}
}

// wait waits for the debugger or an event, at most ms milliseconds if that is not negative.
func (s *Server) wait(ms int) (readable bool) {
	type pollFD struct {
		fd              int32
		events, revents int16
	}
	const pollIn = 1
	fds := [2]pollFD{{fd: int32(s.conn.FD()), events: pollIn}, {fd: int32(s.p.EventFD()), events: pollIn}}
	var ts *syscall.Timespec
	if ms >= 0 {
		t := syscall.NsecToTimespec(int64(ms) * 1e6)
		ts = &t
	}
	// ppoll, unlike read, is not made again after a signal, such as the one before a fork.
	_, _, e := syscall.Syscall6(syscall.SYS_PPOLL, uintptr(unsafe.Pointer(&fds)), 2, uintptr(unsafe.Pointer(ts)), 0, 0, 0)
	return e == 0 && fds[0].revents != 0
}

// events tells the debugger what has happened. It gives the time after which to look again,
// in milliseconds, or -1.
func (s *Server) events() int {
	e, again := s.p.Event()
	switch e.Kind {
	case linuxuser.EventNone:
		if again {
			return 1
		}
	case linuxuser.EventExit, linuxuser.EventKill:
		text := fmt.Sprintf("W%02x", e.Status)
		if e.Kind == linuxuser.EventKill {
			text = fmt.Sprintf("X%02x", gdbSignal(e.Signal))
		}
		if s.multi {
			text += fmt.Sprintf(";process:%x", s.p.PID())
		}
		s.send([]byte(text))
		s.p.Release()
		s.over = true
	default:
		s.lastStop = s.stopReply(e)
		s.send(s.lastStop)
	}
	return -1
}

// read takes what the debugger has sent.
func (s *Server) read(buf []byte) {
	n, _, e := syscall.Syscall6(syscall.SYS_RECVFROM, s.conn.FD(), uintptr(unsafe.Pointer(&buf[0])), uintptr(len(buf)), syscall.MSG_DONTWAIT, 0, 0)
	switch {
	case e == syscall.EAGAIN || e == syscall.EINTR:
		return
	case e != 0 || n == 0:
		s.lost = true
		return
	}
	s.take(buf[:n])
}

// take handles bytes of the debugger's.
func (s *Server) take(b []byte) {
	for !s.over && !s.lost {
		kind, data, rest, ok := s.dec.next(b)
		if !ok {
			return
		}
		b = rest
		switch kind {
		case gotInterrupt:
			s.p.Interrupt()
		case gotResend:
			if !s.noAck && s.lastSent != nil {
				s.write(s.lastSent)
			}
		case gotBad:
			if !s.noAck {
				s.write([]byte("-"))
			}
		case gotPacket:
			if !s.noAck {
				s.write([]byte("+"))
			}
			s.command(data)
		}
	}
}

// send sends a packet.
func (s *Server) send(data []byte) {
	s.lastSent = frame(data)
	s.write(s.lastSent)
}

// write writes to the connection.
func (s *Server) write(b []byte) {
	for len(b) > 0 && !s.lost {
		n, _, e := syscall.Syscall6(syscall.SYS_SENDTO, s.conn.FD(), uintptr(unsafe.Pointer(&b[0])), uintptr(len(b)), syscall.MSG_NOSIGNAL, 0, 0)
		if e == syscall.EINTR {
			continue
		}
		if e != 0 {
			s.lost = true
			return
		}
		b = b[n:]
	}
}

// detach ends the debugging; the process goes on.
func (s *Server) detach() {
	s.p.Detach()
	s.over = true
}
