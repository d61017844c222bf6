package linuxuser

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"

	"armature/syscalls"
)

// limitsOf is /proc/PID/limits with the limits of memory that the host is not told of.
func limitsOf(raw []byte, id *identity, n procName) []byte {
	limits := [2][2]uint64{syscalls.Limits(syscalls.RlimitAS), syscalls.Limits(syscalls.RlimitData)}
	if !n.own {
		if limits = id.limits; id.limits == [2][2]uint64{} {
			return nil
		}
	}
	text := func(v uint64) string {
		if v == syscalls.Infinite {
			return "unlimited"
		}
		return strconv.FormatUint(v, 10)
	}
	var out []byte
	for line := range bytes.Lines(raw) {
		replaced := false
		for i, name := range [2]string{"Max address space", "Max data size"} {
			if bytes.HasPrefix(line, []byte(name)) {
				out = fmt.Appendf(out, "%-25s %-20s %-20s %-10s\n", name, text(limits[i][0]), text(limits[i][1]), "bytes")
				replaced = true
			}
		}
		if !replaced {
			out = append(out, line...)
		}
	}
	return out
}

// currentCall is /proc/PID/syscall: the call with the guest's number and, for a thread of this process,
// arguments, SP and PC. Those of another process are the host's, and SP and PC are left out.
func (p *Process) currentCall(raw []byte, n procName) []byte {
	f := strings.Fields(string(raw))
	if len(f) < 3 {
		return raw // running
	}
	if !n.own {
		nr, err := strconv.ParseInt(f[0], 10, 16)
		if err != nil {
			return nil
		}
		if nr >= 0 {
			guest := syscalls.OfHost(int16(nr))
			if guest < 0 {
				return []byte("running\n")
			}
			f[0] = strconv.Itoa(guest)
		}
		f[len(f)-1], f[len(f)-2] = "0x0", "0x0"
		return fmt.Appendln(nil, strings.Join(f, " "))
	}
	tid := n.tid
	if tid == "" {
		tid = n.pid
	}
	v, _ := strconv.ParseUint(tid, 10, 31)
	p.threads.mu.Lock()
	defer p.threads.mu.Unlock()
	t := p.threads.byTID[uint32(v)]
	switch {
	case t == nil:
		return nil
	case t.Slot.Asleep == 0 && v != selfTID(), f[0] == "-1":
		return []byte("running\n") // in translated code, or the emulator's own
	}
	x := &t.st.X
	return fmt.Appendf(nil, "%d 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x 0x%x\n", uint32(x[8]), x[0], x[1], x[2], x[3], x[4], x[5], x[31], t.st.PC)
}

// numaMaps is /proc/PID/numa_maps without the emulator's mappings.
func numaMaps(raw []byte) []byte {
	out := make([]byte, 0, len(raw))
	for line := range bytes.Lines(raw) {
		addr, _, _ := bytes.Cut(line, []byte(" "))
		if v, err := strconv.ParseUint(string(addr), 16, 64); err != nil || syscalls.OK(v) {
			out = append(out, line...)
		}
	}
	return out
}

// emulators tells whether name, of an entry in map_files, is of the emulator's memory.
func emulators(name string) bool {
	lo, _, _ := strings.Cut(name, "-")
	v, err := strconv.ParseUint(lo, 16, 64)
	return err == nil && !syscalls.OK(v)
}
