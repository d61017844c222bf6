package gdb

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"strconv"
	"strings"

	"armature/tcg/state"
)

// Error replies. gdb shows the number only.
const (
	errRunning  = "E01" // the process runs
	errSyntax   = "E02"
	errThread   = "E03" // no such thread, or it cannot be brought to a stop
	errRegister = "E04"
	errNothing  = "E05" // no such object
	errMemory   = "E0e" // EFAULT
)

// ok is the reply to what was done, and unknown to what is not supported.
const (
	ok      = "OK"
	unknown = ""
)

// commands has the packets that begin with one letter. They get what follows it, and give the
// reply.
var commands map[byte]func(s *Server, arg string) string

func init() {
	commands = map[byte]func(s *Server, arg string) string{
		'?': func(s *Server, _ string) string { return string(s.lastStop) },
		'g': readRegisters, 'G': writeRegisters, 'p': readRegister, 'P': writeRegister,
		'm': readMemory, 'x': readBinary, 'M': writeMemory, 'X': writeBinary,
		'H': selectThread, 'T': threadAlive,
		'Z': insertBreak, 'z': removeBreak,
		'q': query, 'Q': query,
	}
}

// command handles a packet.
func (s *Server) command(b []byte) {
	if len(b) == 0 {
		s.send(nil)
		return
	}
	text := string(b)
	switch {
	case text == "k":
		s.p.Kill()
		return
	case strings.HasPrefix(text, "vKill;"):
		s.send([]byte(ok))
		s.p.Kill()
		return
	case text == "D" || strings.HasPrefix(text, "D;"):
		s.send([]byte(ok))
		s.detach()
		return
	case s.p.Running():
		s.send([]byte(errRunning))
		return
	case strings.HasPrefix(text, "vFile:"):
		s.send(s.file(text[len("vFile:"):]))
		return
	case strings.HasPrefix(text, "qXfer:"):
		s.send(s.transfer(text[len("qXfer:"):]))
		return
	case text == "vCont?":
		s.send([]byte("vCont;c;C;s;S;t;r"))
		return
	}
	if actions, is := resumption(text); is {
		if reply := s.resume(actions); reply != "" {
			s.send([]byte(reply))
		}
		return // the reply is sent when it stops
	}
	do := commands[text[0]]
	if do == nil {
		s.send(nil)
		return
	}
	s.send([]byte(do(s, text[1:])))
}

// number parses a hexadecimal number.
func number(s string) (uint64, bool) {
	v, err := strconv.ParseUint(s, 16, 64)
	return v, err == nil
}

// pair parses "a,b" of two hexadecimal numbers.
func pair(s string) (a, b uint64, ok bool) {
	x, y, found := strings.Cut(s, ",")
	a, ok1 := number(x)
	b, ok2 := number(y)
	return a, b, found && ok1 && ok2
}

// Threads are numbered by TID; 0 is any, and anyThread all of them.
const allThreads = ^uint32(0)

// threadID parses "TID" or "pPID.TID".
func (s *Server) threadID(text string) (tid uint32, ok bool) {
	if p, found := strings.CutPrefix(text, "p"); found {
		pid, t, both := strings.Cut(p, ".")
		if n, ok := number(pid); pid != "-1" && (!ok || n != 0 && n != uint64(s.p.PID())) {
			return 0, false
		}
		if text = t; !both {
			return allThreads, true
		}
	}
	if text == "-1" {
		return allThreads, true
	}
	n, ok := number(text)
	return uint32(n), ok && n < 1<<31
}

// id formats a TID.
func (s *Server) id(tid uint32) string {
	if s.multi {
		return fmt.Sprintf("p%x.%x", s.p.PID(), tid)
	}
	return fmt.Sprintf("%x", tid)
}

func selectThread(s *Server, arg string) string {
	if len(arg) < 2 {
		return errSyntax
	}
	tid, valid := s.threadID(arg[1:])
	if !valid {
		return errThread
	}
	switch arg[0] {
	case 'c':
		if tid == allThreads {
			tid = 0
		}
		s.resumes = tid
	case 'g':
		if tid == 0 || tid == allThreads {
			if s.p.Alive(s.current) {
				return ok
			}
			tid = s.p.Threads()[0]
		}
		if !s.p.Alive(tid) {
			return errThread
		}
		s.current = tid
	default:
		return errSyntax
	}
	return ok
}

func threadAlive(s *Server, arg string) string {
	if tid, valid := s.threadID(arg); !valid || !s.p.Alive(tid) {
		return errThread
	}
	return ok
}

func readRegisters(s *Server, arg string) string {
	st := s.p.State(s.current)
	if st == nil {
		return errThread
	}
	return hex.EncodeToString(allRegisters(st))
}

func writeRegisters(s *Server, arg string) string {
	b, err := hex.DecodeString(arg)
	fits := false
	if err != nil || !s.p.SetState(s.current, func(st *state.CPU) { fits = setAll(st, b) }) {
		return errThread
	}
	if !fits {
		return errSyntax
	}
	return ok
}

func readRegister(s *Server, arg string) string {
	n, valid := number(arg)
	st := s.p.State(s.current)
	switch {
	case !valid || n >= uint64(len(registers)):
		return errRegister
	case st == nil:
		return errThread
	}
	return hex.EncodeToString(oneRegister(st, int(n)))
}

func oneRegister(st *state.CPU, n int) []byte {
	b := make([]byte, registers[n].size)
	registers[n].get(st, b)
	return b
}

func writeRegister(s *Server, arg string) string {
	num, val, found := strings.Cut(arg, "=")
	n, valid := number(num)
	b, err := hex.DecodeString(val)
	if !found || !valid || err != nil || n >= uint64(len(registers)) || len(b) != registers[n].size {
		return errRegister
	}
	if !s.p.SetState(s.current, func(st *state.CPU) { registers[n].set(st, b) }) {
		return errThread
	}
	return ok
}

// memory reads memory for "addr,length", as much as there is of it.
func (s *Server) memory(arg string, most int) ([]byte, string) {
	addr, n, valid := pair(arg)
	if !valid {
		return nil, errSyntax
	}
	b := make([]byte, min(n, uint64(most)))
	got := s.p.ReadMemory(b, addr)
	if got == 0 && n != 0 {
		return nil, errMemory
	}
	return b[:got], ""
}

func readMemory(s *Server, arg string) string {
	b, e := s.memory(arg, packetSize/2)
	if e != "" {
		return e
	}
	return hex.EncodeToString(b)
}

func readBinary(s *Server, arg string) string {
	b, e := s.memory(arg, packetSize/2-1)
	if e != "" {
		return e
	}
	out, _ := escape([]byte("b"), b, packetSize)
	return string(out)
}

// store writes memory for "addr,length:" and data.
func (s *Server) store(where string, data []byte) string {
	addr, n, valid := pair(where)
	if !valid || n != uint64(len(data)) {
		return errSyntax
	}
	if !s.p.WriteMemory(addr, data) {
		return errMemory
	}
	return ok
}

func writeMemory(s *Server, arg string) string {
	where, data, _ := strings.Cut(arg, ":")
	b, err := hex.DecodeString(data)
	if err != nil {
		return errSyntax
	}
	return s.store(where, b)
}

func writeBinary(s *Server, arg string) string {
	where, data, _ := bytes.Cut([]byte(arg), []byte(":"))
	return s.store(string(where), data)
}
