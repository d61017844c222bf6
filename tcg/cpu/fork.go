package cpu

import "syscall"

// Fork is to be called before a fork: from then on another process may share memory.
func (e *Engine) Fork() { e.monitor.Share(true) }

// Forked is for the child of a fork that has only the thread of c: the engine
// forgets all other CPUs. Translations stay.
func (e *Engine) Forked(c *CPU) {
	if e.persist != nil {
		e.persist.forked = true
	}
	e.cpuMu.Lock()
	defer e.cpuMu.Unlock()
	for _, o := range e.cpus {
		if o != c {
			syscall.Syscall(syscall.SYS_MUNMAP, o.mem, cpuBytes, 0)
		}
	}
	e.cpus = append(e.cpus[:0], c)
}

// Abandon says that c's thread was lost within Run.
func (c *CPU) Abandon() { c.end() }
