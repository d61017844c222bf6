package binfmt

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"

	"golang.org/x/sys/unix"
)

// Status is what is registered, and whether it works. Its JSON begins as users of
// container tools know it: the platforms whose programs run, and the names of all
// enabled handlers.
type Status struct {
	Supported []string  `json:"supported"`
	Emulators []string  `json:"emulators"`
	Mounted   bool      `json:"mounted"`
	Enabled   bool      `json:"enabled"` // binfmt_misc as a whole
	Handlers  []Handler `json:"handlers"`
	Live      Live      `json:"live"`
	Persisted string    `json:"persisted,omitempty"` // the file that registers ours at boot
}

// Handler is a handler of ARM programs.
type Handler struct {
	Name        string `json:"name"`
	Interpreter string `json:"interpreter"`
	Flags       Flags  `json:"flags"`
	Enabled     bool   `json:"enabled"`
	Ours        bool   `json:"ours"`
	Running     bool   `json:"running"` // it is the one that ran the test program
	Stale       bool   `json:"stale"`   // its interpreter is gone or has been replaced
	Problem     string `json:"problem,omitempty"`
	ReplacedBy  string `json:"replaced_by,omitempty"`
}

// Inspect looks at the handlers for programs of a format.
func Inspect(f Format, root string) (*Status, error) {
	s := &Status{Supported: []string{"linux/amd64"}, Emulators: []string{}, Handlers: []Handler{}}
	r, err := Open(root)
	var none *NotMounted
	switch {
	case errors.As(err, &none):
		s.Live.Error = err.Error()
		return s, nil
	case err != nil:
		return nil, err
	}
	s.Mounted = true
	if s.Enabled, err = r.Enabled(); err != nil {
		return nil, err
	}
	entries, err := r.Entries()
	if err != nil {
		return nil, err
	}
	s.Live = Probe(f)
	replaced := map[string]bool{}
	for _, e := range entries {
		if name, ok := strings.CutPrefix(e.Name, f.markerPrefix()); ok {
			replaced[name] = true
			continue
		}
		if e.Enabled {
			s.Emulators = append(s.Emulators, e.Name)
		}
	}
	for _, e := range entries {
		if e.Name == f.Name || f.takes(e) {
			s.Handlers = append(s.Handlers, handler(f, e, &s.Live))
		}
	}
	for i := range s.Handlers {
		if h := &s.Handlers[i]; replaced[h.Name] && !h.Enabled {
			h.ReplacedBy = f.Name
		}
	}
	if s.Live.OK {
		s.Supported = append(s.Supported, f.Platform)
	}
	conf := filepath.Join("/", root, "etc/binfmt.d", f.Name+".conf")
	if _, err := os.Stat(conf); err == nil {
		s.Persisted = conf
	}
	return s, nil
}

// handler judges one entry by its file and by what ran the test program.
func handler(f Format, e *Entry, live *Live) Handler {
	h := Handler{Name: e.Name, Interpreter: e.Interpreter, Flags: e.Flags, Enabled: e.Enabled, Ours: e.Name == f.Name}
	// The process is named by the file that it runs, the entry perhaps by a link.
	file := strings.TrimSuffix(live.Interpreter, " (deleted)")
	real, err := filepath.EvalSymlinks(e.Interpreter)
	if err != nil {
		real = e.Interpreter
	}
	h.Running = e.Enabled && live.OK && (file == real || file == e.Interpreter)
	var st unix.Stat_t
	err = unix.Stat(e.Interpreter, &st)
	switch {
	case err != nil && h.Flags.Has('F'):
		h.Stale, h.Problem = true, "its interpreter is gone (it may be one of a container or an uninstalled package); it works from the copy that the kernel has open"
	case err != nil:
		h.Stale, h.Problem = true, "its interpreter is not there"
	case st.Mode&0o111 == 0:
		h.Problem = "its interpreter is not executable"
	case h.Running && live.ino != 0 && (st.Dev != live.dev || st.Ino != live.ino):
		h.Stale, h.Problem = true, "its interpreter has been replaced since it was registered; the kernel uses the older file"
	case h.Ours && !f.same(e):
		h.Problem = "it is registered for other files than " + f.Arch + " programs"
	case !h.Flags.Has('F'):
		h.Problem = "without the flag F it does not work in chroots and containers that lack its interpreter"
	}
	if h.Stale && h.Ours {
		h.Problem += "; `armature binfmt install` renews it"
	}
	return h
}

// same tells whether an entry takes exactly the programs of the format.
func (f Format) same(e *Entry) bool {
	return e.Offset == 0 && string(e.Magic) == f.Magic && string(e.Mask) == f.Mask
}

// Write shows the status to people.
func (s *Status) Write(w io.Writer, f Format) {
	switch {
	case !s.Mounted:
		fmt.Fprintf(w, "%s programs: not handled (%s; `armature binfmt install` mounts and registers)\n", f.Arch, s.Live.Error)
		return
	case !s.Enabled:
		fmt.Fprintf(w, "binfmt_misc is switched off as a whole (`armature binfmt install` switches it on)\n")
	}
	if s.Live.OK {
		fmt.Fprintf(w, "%s programs: run by %s\n", f.Arch, s.Live.Interpreter)
		if !s.Live.KeepsArgv0 {
			fmt.Fprintf(w, "   programs do not see their own argv[0] (flag P)\n")
		}
	} else {
		fmt.Fprintf(w, "%s programs: not handled: %s\n", f.Arch, s.Live.Error)
	}
	for _, h := range s.Handlers {
		state := "enabled"
		switch {
		case h.ReplacedBy != "":
			state = "disabled in favour of " + h.ReplacedBy
		case !h.Enabled:
			state = "disabled"
		}
		if h.Running {
			state += ", in use"
		}
		if h.Stale {
			state += ", stale"
		}
		fmt.Fprintf(w, "handler %s: %s, flags %s (%s)\n", h.Name, h.Interpreter, h.Flags, state)
		if h.Problem != "" {
			fmt.Fprintf(w, "   %s\n", h.Problem)
		}
	}
	if !slices.ContainsFunc(s.Handlers, func(h Handler) bool { return h.Ours }) {
		fmt.Fprintf(w, "handler %s: not registered (`armature binfmt install`)\n", f.Name)
	}
	if s.Persisted != "" {
		fmt.Fprintf(w, "registered at boot by %s\n", s.Persisted)
	}
}

func sorted(set map[string]bool) (keys []string) {
	for k := range set {
		keys = append(keys, k)
	}
	sort.Strings(keys)
	return keys
}
