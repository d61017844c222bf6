package linuxuser

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"unsafe"

	"armature/syscalls"
	"armature/syscalls/host"
)

func appendf(b []byte, format string, a ...any) []byte { return fmt.Appendf(b, format, a...) }

// procName is a name on a proc file system: of a file or folder of a process, or with
// pid empty of one at the top.
type procName struct {
	pid, tid string // tid: of a file of one thread
	name     string
	own      bool // it is this process's
}

// procNameOf tells what the open file fd is.
func procNameOf(fd uint64) (n procName, ok bool) {
	path, ok := hostLink("/proc/thread-self/fd/" + strconv.FormatUint(fd, 10))
	if !ok {
		return n, false
	}
	parts := strings.Split(path, "/")
	take := func() string {
		if len(parts) == 0 {
			return ""
		}
		last := parts[len(parts)-1]
		parts = parts[:len(parts)-1]
		return last
	}
	number := func(s string) bool { return s != "" && strings.Trim(s, "0123456789") == "" }
	n.name = take()
	switch dir := take(); {
	case !number(dir):
		return n, n.name == "cpuinfo"
	default:
		n.pid = dir
	}
	if len(parts) >= 2 && parts[len(parts)-1] == "task" {
		take()
		n.tid, n.pid = n.pid, take()
	}
	// The number is that of the name space in which this file system was mounted.
	self, _ := hostLink(strings.Join(parts, "/") + "/thread-self")
	n.own = strings.HasPrefix(self, n.pid+"/")
	return n, number(n.pid)
}

func hostLink(path string) (string, bool) {
	const hostReadlinkat = 267
	b, out := append([]byte(path), 0), make([]byte, pathMax)
	r := rawCall(hostReadlinkat, atFDCWD, uint64(host.Addr(b)), uint64(host.Addr(out)), pathMax)
	runtime.KeepAlive(b)
	if _, bad := syscalls.Failed(r); bad {
		return "", false
	}
	return string(out[:r]), true
}

// procFile makes the content that the guest is to see of the open file fd in /proc.
func (p *Process) procFile(fd uint64) (name string, data []byte, ok bool) {
	n, ok := procNameOf(fd)
	if !ok {
		return "", nil, false
	}
	if n.pid == "" {
		return n.name, cpuinfo(runtime.NumCPU()), true
	}
	id := p.identity
	if !n.own {
		if id = identityOf(n.pid); id == nil {
			return "", nil, false
		}
	}
	switch n.name {
	case "cmdline", "environ", "auxv":
		if p.mapped || !n.own {
			return "", nil, false // the kernel has been told where they are
		}
		return n.name, p.started(n.name), true
	}
	raw, err := file(fd).readAll()
	if err != nil {
		return "", nil, false
	}
	switch n.name {
	case "maps", "smaps":
		data = p.memoryMap(raw, n, id)
	case "smaps_rollup":
		data = residentOf(n).rollup(p.memoryMap(raw, n, id))
	case "limits":
		data = limitsOf(raw, id, n)
	case "syscall":
		data = p.currentCall(raw, n)
	case "numa_maps":
		data = numaMaps(raw)
	case "stat":
		data = p.stat(raw, id, n)
	case "statm":
		data = p.statm(raw, id, n)
	case "status":
		data = p.status(raw, id, n)
	}
	return n.name, data, data != nil
}

// procHides gives what tells which names in the open folder fd of /proc are the
// emulator's.
func (p *Process) procHides(fd uint64) func(string) bool {
	n, ok := procNameOf(fd)
	if !ok || n.name != "fd" && n.name != "fdinfo" && n.name != "task" && n.name != "map_files" {
		return nil
	}
	id := p.identity
	if !n.own {
		id = identityOf(n.pid)
	}
	if id == nil {
		return nil
	}
	if n.name == "map_files" {
		return emulators
	}
	return func(s string) bool {
		v, err := strconv.ParseUint(s, 10, 31)
		switch {
		case err != nil:
			return false
		case n.name == "task" && n.own:
			p.threads.mu.Lock()
			defer p.threads.mu.Unlock()
			return s != n.pid && p.threads.byTID[uint32(v)] == nil
		case n.name == "task":
			return s != n.pid && !slices.Contains(id.tids[:id.nthread], uint32(v))
		case n.own:
			return host.Own(uint32(v))
		}
		return slices.Contains(id.own[:id.nown], uint32(v))
	}
}

// exeOf gives the program of another guest.
func exeOf(pid string) (string, bool) {
	if id := identityOf(pid); id != nil {
		return id.program(), true
	}
	return "", false
}

// started is what the process was started with, where the kernel could not be told.
func (p *Process) started(name string) []byte {
	switch name {
	case "cmdline":
		return zeroEnded(p.args)
	case "environ":
		return zeroEnded(p.cfg.Env)
	}
	var b []byte
	for _, a := range p.auxv {
		b = binary.LittleEndian.AppendUint64(b, a.tag)
		b = binary.LittleEndian.AppendUint64(b, a.val)
	}
	return b
}

func zeroEnded(list []string) []byte {
	var b []byte
	for _, s := range list {
		b = append(append(b, s...), 0)
	}
	return b
}

// tellKernel makes the kernel take the guest's program, arguments, environment and
// auxiliary vector for the process's, so that everybody sees them in /proc. It reports
// whether that worked: the kernel needs CONFIG_CHECKPOINT_RESTORE.
func (p *Process) tellKernel(si *startInfo, sp uint64, main loaded) bool {
	const prSetMM, setMap = 35, 14
	m := struct {
		startCode, endCode, startData, endData, startBrk, brk, startStack uint64
		argStart, argEnd, envStart, envEnd                                uint64
		auxv                                                              uint64
		auxvSize, exeFD                                                   uint32
	}{
		startBrk: p.space.brkStart, brk: p.space.brk, startStack: sp,
		argStart: si.argLo, argEnd: si.argHi, envStart: si.argHi, envEnd: si.envHi, exeFD: ^uint32(0),
	}
	m.startCode = ^uint64(0)
	for _, g := range main.img.Segments {
		lo, hi := g.VAddr+main.bias, g.VAddr+g.FileSz+main.bias
		if g.prot()&protExec != 0 {
			m.startCode, m.endCode = min(m.startCode, lo), max(m.endCode, hi)
		}
		if hi >= m.endData {
			m.startData, m.endData = lo, hi
		}
	}
	aux := make([]uint64, 0, 64)
	for _, a := range si.aux {
		aux = append(aux, a.tag, a.val)
	}
	m.auxv, m.auxvSize = ptr(&aux[0]), uint32(8*len(aux))
	r := rawCall(hostPrctl, prSetMM, setMap, ptr(&m), uint64(unsafe.Sizeof(m)), 0)
	runtime.KeepAlive(aux)
	return r == 0
}

// maps is /proc/self/maps of the guest.
func (p *Process) maps() []byte {
	raw, err := readFile("/proc/thread-self/maps") // the main thread may have ended
	if err != nil {
		return nil
	}
	return p.memoryMap(raw, procName{own: true}, p.identity)
}

// memoryMap is what the host shows of the guest's addresses in maps or smaps, with
// the guest's protection and names; of a guest whose list cannot be read, as the host
// has them. What smaps tells of a mapping of the host that is several of the guest's comes
// with the first of them.
func (p *Process) memoryMap(raw []byte, n procName, id *identity) []byte {
	s := p.space
	if n.own {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.grown()
	} else {
		s = &Space{areas: id.mappings(n.pid)}
		for i := range s.areas {
			if s.areas[i].Flags&areaStack != 0 {
				s.stackHi = s.areas[i].Hi
			}
		}
	}
	own := len(s.areas) != 0
	var out []byte
	shown := false // the mapping that the lines are about
	for line := range bytes.Lines(raw) {
		m, ok := parseMapping(line)
		if !ok {
			if shown {
				out = append(out, line...)
			}
			continue
		}
		lo, hi, perm, off, dev, ino, name := m.lo, m.hi, m.perm, m.off, m.dev, m.ino, string(m.name)
		if name == "[rollup]" {
			// One line for all that is mapped.
			shown, out = true, appendf(out, "%08x-%08x %s", lo, s.stackHi, line[bytes.IndexByte(line, ' ')+1:])
			continue
		}
		if shown = false; !own {
			if shown = !reserved(lo, hi); shown {
				out = append(out, line...)
			}
			continue
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
			out = append(appendHex(append(appendHex(out, l), '-'), h), ' ')
			out = append(append(out, permString(a.Prot)...), perm[3], ' ')
			out = append(append(append(appendHex(out, start), ' '), dev...), ' ')
			out = append(strconv.AppendUint(out, ino, 10), ' ')
			if n := areaName(a.Flags, name); n != "" {
				for len(out)-from < 73 {
					out = append(out, ' ')
				}
				out = append(out, n...)
			}
			out = append(out, '\n')
			shown = true
		}
	}
	return out
}

// mapping is a line of maps, or the first of a mapping in smaps.
type mapping struct {
	lo, hi, off, ino uint64
	perm             []byte // four letters
	dev, name        []byte
}

// parseMapping reads one; it reports false for any other line.
func parseMapping(line []byte) (m mapping, ok bool) {
	if len(line) == 0 || line[0] >= 'A' && line[0] <= 'Z' {
		return m, false // of smaps, as most are
	}
	rest := bytes.TrimSuffix(line, []byte("\n"))
	field := func(sep byte) (f []byte) {
		f, rest, _ = bytes.Cut(rest, []byte{sep})
		return f
	}
	number := func(sep byte, base int) uint64 {
		v, err := strconv.ParseUint(string(field(sep)), base, 64)
		ok = ok && err == nil
		return v
	}
	ok = true
	m.lo, m.hi = number('-', 16), number(' ', 16)
	m.perm = field(' ')
	m.off = number(' ', 16)
	m.dev = field(' ')
	m.ino = number(' ', 10)
	m.name = bytes.TrimLeft(rest, " ")
	return m, ok && len(m.perm) == 4
}

// appendHex appends v as maps has addresses, with eight digits at the least.
func appendHex(b []byte, v uint64) []byte {
	for limit := uint64(1) << 28; v < limit && limit > 1; limit >>= 4 {
		b = append(b, '0')
	}
	return strconv.AppendUint(b, v, 16)
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

// vmSize is the size of a guest's address space in bytes.
func (id *identity) vmSize() uint64 { return id.mapped + stackUse }

// statm replaces the sizes of all, of what is resident and of that what is of files, and of the data, in pages.
func (p *Process) statm(raw []byte, id *identity, n procName) []byte {
	f := strings.Fields(string(raw))
	if len(f) < 7 || id == nil {
		return nil
	}
	if r := residentOf(n); r != nil {
		f[1], f[2] = strconv.FormatUint(r.all()/(pageSize>>10), 10), strconv.FormatUint(r.files()/(pageSize>>10), 10)
	}
	f[0], f[5] = strconv.FormatUint(id.vmSize()/pageSize, 10), strconv.FormatUint((id.data+stackUse)/pageSize, 10)
	return appendf(nil, "%s\n", strings.Join(f, " "))
}

// Fields of /proc/PID/stat, counted from 1.
const (
	statThreads  = 20
	statVsize    = 23
	statRSS      = 24
	statIgnored  = 33
	statCaught   = 34
	statAfterCmd = 3
)

func (p *Process) stat(raw []byte, id *identity, n procName) []byte {
	i := bytes.LastIndexByte(raw, ')')
	f := strings.Fields(string(raw[i+1:]))
	if i < 0 || id == nil || len(f) < statCaught {
		return nil
	}
	set := func(field int, v uint64) { f[field-statAfterCmd] = strconv.FormatUint(v, 10) }
	set(statThreads, uint64(p.threadCount(id, n)))
	set(statVsize, id.vmSize())
	if r := residentOf(n); r != nil {
		set(statRSS, r.all()/(pageSize>>10))
	}
	if n.own {
		ign, caught := p.dispositions()
		set(statIgnored, ign&0x7fffffff)
		set(statCaught, caught&0x7fffffff)
	} else {
		get := func(field int) (v uint64) { v, _ = strconv.ParseUint(f[field-statAfterCmd], 10, 64); return v }
		set(statIgnored, get(statIgnored)&^host.Owned|id.ignored)
		set(statCaught, get(statCaught)&^host.Owned|id.caught)
	}
	return appendf(nil, "%s %s\n", raw[:i+1], strings.Join(f, " "))
}

// status is /proc/PID/status: no threads, memory and signals of the emulator's, and
// none of the lines that only x86-64 has.
func (p *Process) status(raw []byte, id *identity, n procName) []byte {
	if id == nil {
		return nil
	}
	ign, caught := p.signalsOf(raw, id, n)
	var exe uint64 // in kB
	var out []byte
	for line := range bytes.Lines(residentOf(n).status(raw)) {
		key, _, _ := strings.Cut(string(line), ":")
		switch {
		case strings.HasPrefix(key, "x86_"):
		case key == "Threads":
			out = appendf(out, "Threads:\t%d\n", p.threadCount(id, n))
		case key == "VmSize", key == "VmPeak":
			out = appendf(out, "%s:\t%8d kB\n", key, id.vmSize()>>10)
		case n.own && (key == "Seccomp" || key == "Seccomp_filters"):
			mode, count := p.seccompOf(n)
			if key == "Seccomp" {
				count = mode
			}
			out = appendf(out, "%s:\t%d\n", key, count)
		case key == "VmExe":
			_, exe, _ = kilobytes(line)
			out = append(out, line...)
		case key == "VmLib": // comes after it
			lib := p.executable(n, id) >> 10
			out = appendf(out, "VmLib:\t%8d kB\n", lib-min(lib, exe))
		case key == "VmData":
			out = appendf(out, "VmData:\t%8d kB\n", id.data>>10)
		case key == "SigIgn":
			out = appendf(out, "SigIgn:\t%016x\n", ign)
		case key == "SigCgt":
			out = appendf(out, "SigCgt:\t%016x\n", caught)
		default:
			out = append(out, line...)
		}
	}
	return out
}

// executable is how many bytes of a guest are executable and not writable.
func (p *Process) executable(n procName, id *identity) (sum uint64) {
	var areas []Area
	if n.own {
		p.space.mu.RLock()
		defer p.space.mu.RUnlock()
		areas = p.space.areas
	} else {
		areas = id.mappings(n.pid)
	}
	for i := range areas {
		if a := &areas[i]; a.Prot&(protExec|protWrite) == protExec && a.Flags&(areaForeign|areaGuard|areaVDSO) == 0 {
			sum += a.Hi - a.Lo
		}
	}
	return sum
}

// seccompOf gives the mode and the number of filters of the thread that n is about.
func (p *Process) seccompOf(n procName) (mode, count int) {
	tid := n.tid
	if tid == "" {
		tid = n.pid
	}
	v, _ := strconv.ParseUint(tid, 10, 31)
	p.threads.mu.Lock()
	defer p.threads.mu.Unlock()
	if t := p.threads.byTID[uint32(v)]; t != nil {
		return t.seccompMode()
	}
	return 0, 0
}

// threadCount is the number of threads of the guest process that n is about.
func (p *Process) threadCount(id *identity, n procName) int {
	if !n.own {
		return max(int(id.nthread), 1)
	}
	p.threads.mu.Lock()
	defer p.threads.mu.Unlock()
	return len(p.threads.byTID)
}

// signalsOf are the signals that the process which n is about ignores, and those that it
// handles; raw is its status.
func (p *Process) signalsOf(raw []byte, id *identity, n procName) (ign, caught host.Sigset) {
	if n.own {
		return p.dispositions()
	}
	for line := range bytes.Lines(raw) {
		key, v, _ := strings.Cut(string(line), ":")
		set, _ := strconv.ParseUint(strings.TrimSpace(v), 16, 64)
		switch key {
		case "SigIgn":
			ign = set&^host.Owned | id.ignored
		case "SigCgt":
			caught = set&^host.Owned | id.caught
		}
	}
	return ign, caught
}

// dispositions are the signals that the guest ignores, and those that it handles.
func (p *Process) dispositions() (ign, caught host.Sigset) {
	p.sigMu.Lock()
	defer p.sigMu.Unlock()
	for sig := 1; sig <= 64; sig++ {
		switch p.actions[sig].Handler {
		case host.Default:
		case host.Ignore:
			ign |= host.Bit(sig)
		default:
			caught |= host.Bit(sig)
		}
	}
	return ign, caught
}
