package cpu

import (
	"fmt"
	"io"
	"sync"

	"armature/tcg/code"
)

// perfMap writes what perf reads from /tmp/perf-PID.map: the names of code that is in no file.
type perfMap struct {
	mu sync.Mutex
	w  io.Writer
}

// add names the code of tb, from lo to hi, after its guest address and tier. perf reads the file
// after the program has ended, however it ends, so each line goes out at once.
func (p *perfMap) add(tb *code.TB, lo, hi uint64) {
	p.mu.Lock()
	defer p.mu.Unlock()
	fmt.Fprintf(p.w, "%x %x guest_%x_t%d\n", lo, hi-lo, tb.PC, tb.Tier)
}
