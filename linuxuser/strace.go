package linuxuser

import (
	"fmt"

	"armature/syscalls"
)

// straceEnter writes a call up to the first argument that its end decides.
func (t *Thread) straceEnter(nr uint64) {
	a := [6]uint64(t.st.X[:6])
	t.straceArgs = a
	text := syscalls.FormatEnter(nr, &a)
	p := t.p
	p.straceMu.Lock()
	defer p.straceMu.Unlock()
	if p.straceOver {
		return
	}
	t.straceBegin()
	p.strace.WriteString(text)
	p.strace.Flush()
	p.straceLast = t
}

// straceBegin begins a line, cutting off that of another thread's call.
func (t *Thread) straceBegin() {
	p := t.p
	if p.straceLast != nil {
		p.strace.WriteString(" <unfinished ...>\n")
		p.straceLast = nil
	}
	fmt.Fprintf(p.strace, "%d ", selfTID())
}

// straceExit writes the rest and the result.
func (t *Thread) straceExit(nr, r uint64) {
	text := syscalls.FormatExit(nr, &t.straceArgs, r)
	p := t.p
	p.straceMu.Lock()
	defer p.straceMu.Unlock()
	if p.straceOver {
		return
	}
	if p.straceLast != t {
		t.straceBegin()
		name := fmt.Sprint(nr)
		if row := syscalls.Lookup(nr); row != nil {
			name = row.Name
		}
		fmt.Fprintf(p.strace, "<... %s resumed>", name)
	}
	p.straceLast = nil
	p.strace.WriteString(text)
	p.strace.WriteByte('\n')
	p.strace.Flush()
}

// straceSignal writes that a signal is delivered, and what becomes of it if it is
// not a handler.
func (t *Thread) straceSignal(info *siginfo, fate string) {
	p := t.p
	if p.strace == nil {
		return
	}
	over := fate == "killed"
	if fate != "" {
		fate = " " + fate
	}
	text := syscalls.FormatSiginfo(info[:])
	p.straceMu.Lock()
	defer p.straceMu.Unlock()
	if p.straceOver {
		return
	}
	p.straceOver = over
	t.straceBegin()
	fmt.Fprintf(p.strace, "--- %s%s ---\n", text, fate)
	p.strace.Flush()
}
