package gdb

import (
	"encoding/hex"
	"fmt"
	"strings"

	"armature/linuxuser"
	"armature/syscalls/host"
)

// queries has the q and Q packets by name; they get what follows it and a separator.
var queries map[string]func(s *Server, arg string) string

func init() {
	queries = map[string]func(s *Server, arg string) string{
		"Supported": supported,
		"C":         func(s *Server, _ string) string { return "QC" + s.id(s.current) },
		"Attached":  func(*Server, string) string { return "1" }, // gdb detaches when it ends
		"StartNoAckMode": func(s *Server, _ string) string {
			s.noAck = true
			return ok
		},
		"fThreadInfo": func(s *Server, _ string) string {
			s.listed = s.p.Threads()
			return s.listThreads()
		},
		"sThreadInfo":     func(s *Server, _ string) string { return s.listThreads() },
		"ThreadExtraInfo": extraInfo,
		"PassSignals":     passSignals,
		"Symbol":          symbol,
		"GetTLSAddr":      tlsAddress,
		"CatchSyscalls":   catchSyscalls,
	}
}

func query(s *Server, arg string) string {
	name := arg
	if i := strings.IndexAny(arg, ":,;"); i >= 0 {
		name, arg = arg[:i], arg[i+1:]
	} else {
		arg = ""
	}
	do := queries[name]
	if do == nil {
		return unknown
	}
	return do(s, arg)
}

// supported tells what the server can do, and takes what gdb can.
func supported(s *Server, arg string) string {
	for f := range strings.SplitSeq(arg, ";") {
		switch f {
		case "multiprocess+":
			s.multi = true
		case "exec-events+":
			s.execEvents = true
		}
	}
	return fmt.Sprintf("PacketSize=%x;QStartNoAckMode+;multiprocess+;vContSupported+;swbreak+;hwbreak+;exec-events+;no-resumed+;QPassSignals+;QCatchSyscalls+;"+
		"binary-upload+;qXfer:features:read+;qXfer:auxv:read+;qXfer:exec-file:read+;qXfer:siginfo:read+;qXfer:threads:read+", packetSize)
}

// listThreads gives the next few threads.
func (s *Server) listThreads() string {
	const some = 500
	n := min(some, len(s.listed))
	if n == 0 {
		return "l"
	}
	var ids []string
	for _, tid := range s.listed[:n] {
		ids = append(ids, s.id(tid))
	}
	s.listed = s.listed[n:]
	return "m" + strings.Join(ids, ",")
}

func extraInfo(s *Server, arg string) string {
	tid, valid := s.threadID(arg)
	if !valid || !s.p.Alive(tid) {
		return errThread
	}
	name, call := s.p.ThreadName(tid)
	if call != "" {
		name += ", in " + call
	}
	return hex.EncodeToString([]byte(name))
}

func passSignals(s *Server, arg string) string {
	var set host.Sigset
	for n := range strings.SplitSeq(arg, ";") {
		v, valid := number(n)
		if !valid && n != "" {
			return errSyntax
		}
		if sig := linuxSignal(v); sig != 0 {
			set |= host.Bit(sig)
		}
	}
	s.p.Pass(set)
	return ok
}

// catchSyscalls sets the system calls that stop the process: "0", "1" for all, or "1;NUMBER...".
func catchSyscalls(s *Server, arg string) string {
	on, list, some := strings.Cut(arg, ";")
	switch {
	case on == "0" && !some:
		s.p.Catch(nil)
	case on == "1":
		var calls linuxuser.Calls
		for n := range strings.SplitSeq(list, ";") {
			v, valid := number(n)
			switch {
			case !some:
				calls.AddAll()
			case !valid:
				return errSyntax
			default:
				calls.Add(v)
			}
		}
		s.p.Catch(&calls)
	default:
		return errSyntax
	}
	return ok
}

// objects are those that qXfer reads. They get the annex; false means that there is no such object.
var objects = map[string]func(s *Server, annex string) ([]byte, bool){
	"features": func(s *Server, annex string) ([]byte, bool) { return []byte(targetXML), annex == "target.xml" },
	"auxv":     func(s *Server, annex string) ([]byte, bool) { return s.p.Auxv(), true },
	"exec-file": func(s *Server, annex string) ([]byte, bool) {
		pid, valid := number(annex)
		return []byte(s.p.Exe()), annex == "" || valid && pid == uint64(s.p.PID())
	},
	"siginfo": func(s *Server, annex string) ([]byte, bool) { return s.p.Siginfo(s.current) },
	"threads": func(s *Server, annex string) ([]byte, bool) { return s.threadsXML(), true },
}

var xmlEscape = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\"", "&quot;")

func (s *Server) threadsXML() []byte {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\"?>\n<threads>\n")
	for _, tid := range s.p.Threads() {
		name, call := s.p.ThreadName(tid)
		if call != "" {
			call = "in " + call
		}
		fmt.Fprintf(&b, "<thread id=\"%s\" name=\"%s\">%s</thread>\n", s.id(tid), xmlEscape.Replace(name), call)
	}
	b.WriteString("</threads>\n")
	return []byte(b.String())
}

// transfer is qXfer: "object:read:annex:offset,length".
func (s *Server) transfer(text string) []byte {
	part := strings.Split(text, ":")
	if len(part) != 4 || part[1] != "read" || objects[part[0]] == nil {
		return nil
	}
	off, n, valid := pair(part[3])
	if !valid {
		return []byte(errSyntax)
	}
	data, exists := objects[part[0]](s, part[2])
	if !exists {
		return []byte(errNothing)
	}
	if off >= uint64(len(data)) {
		return []byte("l")
	}
	data = data[off:]
	room := int(min(n, packetSize-1, uint64(len(data))))
	out, took := escape([]byte("m"), data[:room], packetSize-1)
	if took == len(data) {
		out[0] = 'l'
	}
	return out
}
