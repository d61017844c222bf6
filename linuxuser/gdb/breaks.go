package gdb

import (
	"slices"
	"strings"

	"armature/tcg/cpu"
)

// watch is watched memory, and what the debugger calls that.
type watch struct {
	cpu.Watch
	name string // in a stop reply
}

// Types of Z and z packets.
const (
	zSoftware = '0'
	zHardware = '1'
	zWrite    = '2'
	zRead     = '3'
	zAccess   = '4'
)

// The most that a debugger may set.
const (
	maxBreaks  = 100000
	maxWatches = 64
)

// breakpoint parses "type,addr,kind"; a condition after it is not supported.
func breakpoint(arg string) (typ byte, addr, kind uint64, valid bool) {
	if len(arg) < 3 || arg[1] != ',' {
		return 0, 0, 0, false
	}
	where, _, conditions := strings.Cut(arg[2:], ";")
	addr, kind, valid = pair(where)
	return arg[0], addr, kind, valid && !conditions
}

// newWatch makes what a packet asks for.
func newWatch(typ byte, addr, n uint64) watch {
	w := watch{cpu.Watch{Range: cpu.Range{Lo: addr, Hi: addr + n}, Load: typ != zWrite, Store: typ != zRead}, "watch"}
	switch typ {
	case zRead:
		w.name = "rwatch"
	case zAccess:
		w.name = "awatch"
	}
	return w
}

func insertBreak(s *Server, arg string) string {
	typ, addr, n, valid := breakpoint(arg)
	if !valid {
		return errSyntax
	}
	switch typ {
	case zSoftware, zHardware:
		if addr&3 != 0 || len(s.breaks) >= maxBreaks {
			return errMemory
		}
		if s.p.ReadMemory(make([]byte, 4), addr) != 4 {
			return errMemory
		}
		s.breaks[addr] |= 1 << (typ - zSoftware)
	case zWrite, zRead, zAccess:
		if n == 0 || addr+n < addr || len(s.watches) >= maxWatches {
			return errMemory
		}
		if w := newWatch(typ, addr, n); !slices.Contains(s.watches, w) {
			s.watches = append(s.watches, w)
		}
	default:
		return unknown
	}
	s.changed = true
	return ok
}

func removeBreak(s *Server, arg string) string {
	typ, addr, n, valid := breakpoint(arg)
	if !valid {
		return errSyntax
	}
	switch typ {
	case zSoftware, zHardware:
		if s.breaks[addr] &^= 1 << (typ - zSoftware); s.breaks[addr] == 0 {
			delete(s.breaks, addr)
		}
	case zWrite, zRead, zAccess:
		w := newWatch(typ, addr, n)
		s.watches = slices.DeleteFunc(s.watches, func(o watch) bool { return o == w })
	default:
		return unknown
	}
	s.changed = true
	return ok
}

// setBreaks tells the process, before it goes on, what has been set since it stopped. gdb
// takes everything out and puts it in again at each stop.
func (s *Server) setBreaks() {
	if !s.changed {
		return
	}
	s.changed = false
	var breaks []uint64
	for addr := range s.breaks {
		breaks = append(breaks, addr)
	}
	var watches []cpu.Watch
	for _, w := range s.watches {
		watches = append(watches, w.Watch)
	}
	s.p.SetBreakpoints(breaks, watches)
}
