package linuxuser

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
)

func appendf(b []byte, format string, a ...any) []byte { return fmt.Appendf(b, format, a...) }

// proc makes the content of a file below /proc/self, or of /proc/cpuinfo, that
// would show the emulator or the host otherwise.
func (p *Process) proc(name string) ([]byte, bool) {
	switch name {
	case "maps":
		return p.maps(), true
	case "cmdline":
		return zeroEnded(p.args), true
	case "environ":
		return zeroEnded(p.cfg.Env), true
	case "auxv":
		var b []byte
		for _, a := range p.auxv {
			b = binary.LittleEndian.AppendUint64(b, a.tag)
			b = binary.LittleEndian.AppendUint64(b, a.val)
		}
		return b, true
	case "cpuinfo":
		return cpuinfo(runtime.NumCPU()), true
	}
	return nil, false
}

func (p *Process) proc0(name string) []byte {
	b, _ := p.proc(name)
	return b
}

func zeroEnded(list []string) []byte {
	var b []byte
	for _, s := range list {
		b = append(append(b, s...), 0)
	}
	return b
}

// maps is /proc/self/maps of the guest: what the host shows of the guest's
// addresses, with the guest's protection and names.
func (p *Process) maps() []byte {
	raw, err := readFile("/proc/thread-self/maps") // the main thread may have ended
	if err != nil {
		return nil
	}
	s := p.space
	s.mu.RLock()
	defer s.mu.RUnlock()
	var out []byte
	for line := range bytes.Lines(raw) {
		var lo, hi, off uint64
		var perm, dev string
		var ino uint64
		l := strings.TrimSuffix(string(line), "\n")
		if n, _ := fmt.Sscanf(l, "%x-%x %s %x %s %d", &lo, &hi, &perm, &off, &dev, &ino); n != 6 || len(perm) != 4 {
			continue
		}
		name := ""
		if i := strings.IndexAny(l, "/["); i >= 0 {
			name = l[i:]
		}
		for i := s.search(lo); i < len(s.areas) && s.areas[i].Lo < hi; i++ {
			a := s.areas[i]
			if a.Flags&(areaForeign|areaGuard) != 0 {
				continue
			}
			l, h := max(lo, a.Lo), min(hi, a.Hi)
			start := off
			if ino != 0 {
				start += l - lo
			}
			from := len(out)
			out = appendf(out, "%08x-%08x %s%c %08x %s %d ", l, h, permString(a.Prot), perm[3], start, dev, ino)
			if n := areaName(a.Flags, name); n != "" {
				for len(out)-from < 73 {
					out = append(out, ' ')
				}
				out = append(out, n...)
			}
			out = append(out, '\n')
		}
	}
	return out
}

func areaName(flags uint32, name string) string {
	switch {
	case flags&areaStack != 0:
		return "[stack]"
	case flags&areaHeap != 0:
		return "[heap]"
	case flags&areaVDSO != 0:
		return "[vdso]"
	}
	return name
}

func permString(prot uint32) string {
	b := []byte("---")
	for i, c := range "rwx" {
		if prot>>i&1 != 0 {
			b[i] = byte(c)
		}
	}
	return string(b)
}
