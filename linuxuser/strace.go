package linuxuser

import (
	"fmt"

	"armature/syscalls"
)

// straceEnter writes a call up to the first argument that its end decides.
func (t *Thread) straceEnter(nr uint64) {
	a := [6]uint64(t.st.X[:6])
	t.straceArgs = a
	w := t.p.strace
	fmt.Fprintf(w, "%d ", selfTID())
	w.WriteString(syscalls.FormatEnter(nr, &a))
	w.Flush()
}

// straceExit writes the rest and the result.
func (t *Thread) straceExit(nr, r uint64) {
	w := t.p.strace
	w.WriteString(syscalls.FormatExit(nr, &t.straceArgs, r))
	w.WriteByte('\n')
	w.Flush()
}

// straceSignal writes that a signal is delivered, and what becomes of it if it is
// not a handler.
func (t *Thread) straceSignal(info *siginfo, fate string) {
	w := t.p.strace
	if w == nil {
		return
	}
	if fate != "" {
		fate = " " + fate
	}
	fmt.Fprintf(w, "%d --- %s%s ---\n", selfTID(), syscalls.FormatSiginfo(info[:]), fate)
	w.Flush()
}
