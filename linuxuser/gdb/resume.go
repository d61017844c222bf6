package gdb

import (
	"fmt"
	"strings"

	"armature/linuxuser"
)

// stopReply tells of an event that has stopped the process.
func (s *Server) stopReply(e linuxuser.Event) []byte {
	switch e.Kind {
	case linuxuser.EventNoThreads:
		return []byte("N")
	case linuxuser.EventBreakpoint:
		// gdb asks which it was, and does not mind the other name of a breakpoint that is both.
		if s.breaks[s.pc(e.TID)]&1 == 0 {
			return s.stopped(e.TID, gdbSignal(e.Signal), "hwbreak:;")
		}
		return s.stopped(e.TID, gdbSignal(e.Signal), "swbreak:;")
	case linuxuser.EventSyscall:
		return s.stopped(e.TID, gdbSignal(e.Signal), fmt.Sprintf("syscall_entry:%x;", e.Addr))
	case linuxuser.EventReturn:
		return s.stopped(e.TID, gdbSignal(e.Signal), fmt.Sprintf("syscall_return:%x;", e.Addr))
	case linuxuser.EventWatch:
		for _, w := range s.watches {
			if e.Addr >= w.Lo && e.Addr < w.Hi {
				return s.stopped(e.TID, gdbSignal(e.Signal), fmt.Sprintf("%s:%x;", w.name, e.Addr))
			}
		}
	}
	return s.stopped(e.TID, gdbSignal(e.Signal), "")
}

func (s *Server) pc(tid uint32) uint64 {
	if st := s.p.State(tid); st != nil {
		return st.PC
	}
	return 0
}

// stopped makes a stop reply of a thread, which becomes the current one. It tells the
// registers that gdb looks at first.
func (s *Server) stopped(tid uint32, sig uint8, reason string) []byte {
	s.current = tid
	b := fmt.Appendf(nil, "T%02x%sthread:%s;", sig, reason, s.id(tid))
	if st := s.p.State(tid); st != nil {
		for _, n := range []int{regFP, regSP, regPC} {
			b = fmt.Appendf(b, "%02x:%x;", n, oneRegister(st, n))
		}
	}
	return b
}

// resumption gives the actions of a packet that resumes the process, in the form of vCont's.
func resumption(text string) (actions string, is bool) {
	switch text[0] {
	case 'c', 's':
		return text, true
	case 'C', 'S':
		return text, true
	}
	return strings.CutPrefix(text, "vCont;")
}

// clause is one of vCont's: what the threads it names are to do.
type clause struct {
	tid uint32 // or allThreads
	linuxuser.Action
}

// resume lets the process go on. It gives an error, or "" if it does.
func (s *Server) resume(text string) string {
	var list []clause
	for part := range strings.SplitSeq(text, ";") {
		what, id, named := strings.Cut(part, ":")
		c := clause{tid: allThreads}
		if named {
			var valid bool
			if c.tid, valid = s.threadID(id); !valid {
				return errThread
			}
			if c.tid == 0 {
				c.tid = s.current
			}
		}
		if what == "" {
			return errSyntax
		}
		arg := what[1:]
		c.Run = true
		switch what[0] {
		case 't':
			c.Run = false
		case 's', 'S':
			c.Step = true
		case 'r':
			c.Step = true
			var valid bool
			if c.Lo, c.Hi, valid = pair(arg); !valid {
				return errSyntax
			}
		case 'c', 'C':
		default:
			return errSyntax
		}
		if what[0] == 'C' || what[0] == 'S' {
			n, valid := number(arg)
			if !valid || n != 0 && linuxSignal(n) == 0 {
				return errSyntax
			}
			c.Signal = linuxSignal(n)
		} else if arg != "" && what[0] != 'r' {
			return errSyntax // "c addr": gdb sets PC
		}
		list = append(list, c)
	}
	// Without vCont, Hc says which thread; the others stand still when one is to step.
	if len(list) == 1 && !strings.Contains(text, ":") && s.resumes != 0 {
		list[0].tid = s.resumes
	}
	signalled := false
	action := func(tid uint32) linuxuser.Action {
		for _, c := range list {
			if c.tid != allThreads && c.tid != tid {
				continue
			}
			// One thread gets the signal.
			if c.Signal != 0 && c.tid == allThreads && (signalled || tid != s.current) {
				c.Signal = 0
			}
			signalled = signalled || c.Signal != 0
			return c.Action
		}
		return linuxuser.Action{}
	}
	some := false
	for _, tid := range s.p.Threads() {
		some = some || action(tid).Run
	}
	if !some {
		return errThread
	}
	signalled = false
	s.setBreaks()
	s.p.Resume(action)
	return ""
}
