package linuxuser

import (
	"encoding/binary"
	"fmt"
	"runtime"
	"slices"
	"strconv"

	"armature/syscalls"
	"armature/syscalls/bpf"
	"armature/syscalls/host"
)

// Seccomp: filters see the guest's calls with the guest's numbers, so they are run
// here, before a call is made, and the host's kernel is not told of them (it would
// show them the emulator's calls). A thread's filters go to its children, and over
// exec in a memory file that the next emulator reads before it loads the program.
// Where they could not be handed on the exec is refused.

// seccompFilter is one filter with those that were set before it. It never changes.
type seccompFilter struct {
	prog   []bpf.Insn
	before *seccompFilter
	count  int // of all
	insns  int // of all, with four more for each filter
	nnp    bool
}

// seccompState is what a thread has; nil: nothing.
type seccompState struct {
	strict bool // only read, write, exit and rt_sigreturn
	filter *seccompFilter
}

const (
	seccompModeStrict = 1
	seccompModeFilter = 2

	seccompSetStrict = 0
	seccompSetFilter = 1
	seccompAvail     = 2

	seccompTsync      = 1
	seccompLog        = 2
	seccompSpecAllow  = 4
	seccompTsyncESRCH = 16

	maxFilterInsns = 32768 // of all filters of a thread

	auditArch = 0xc00000b7 // AUDIT_ARCH_AARCH64

	sigSYS     = 31
	sigKILL    = 9
	sysSeccomp = 1 // si_code
)

// Actions: the upper half of what a filter gives. The one that is lowest as a signed
// number wins.
const (
	retKillProcess = 0x80000000
	retKillThread  = 0
	retTrap        = 0x00030000
	retErrno       = 0x00050000
	retNotify      = 0x7fc00000
	retTrace       = 0x7ff00000
	retLog         = 0x7ffc0000
	retAllow       = 0x7fff0000

	retAction = 0xffff0000
	retData   = 0xffff
)

// seccomp tells whether call nr may be made. If not, it has done what the filters say
// instead.
func (t *Thread) seccomp(s *seccompState, nr uint32) bool {
	if s.strict {
		switch nr {
		case syscalls.NrRead, syscalls.NrWrite, syscalls.NrExit, syscalls.NrRtSigreturn:
			return true
		}
		t.endThread(sigKILL)
		return false
	}
	switch nr {
	case syscalls.NrClockGettime, syscalls.NrClockGetres, syscalls.NrGettimeofday:
		// The functions of Linux's vDSO are no calls.
		if t.st.PC-t.p.vdso < pageSize {
			return true
		}
	}
	ret := s.filter.run(t, nr)
	data := ret & retData
	switch ret & retAction {
	case retAllow, retLog:
		return true
	case retErrno:
		const maxErrno = 4095
		t.st.X[0] = -uint64(min(data, maxErrno))
	case retTrap:
		t.seccompSignal(nr, data)
	case retTrace, retNotify:
		t.st.X[0] = syscalls.ENOSYS.Ret() // nobody traces, nobody listens
	case retKillThread:
		t.endThread(sigSYS)
	default:
		info := t.seccompInfo(nr, data)
		t.die(sigSYS, &info)
	}
	return false
}

// run runs the filters on the call that t is about to make.
func (f *seccompFilter) run(t *Thread, nr uint32) uint32 {
	d := bpf.Data{bpf.Nr: nr, bpf.Arch: auditArch}
	d[bpf.IP], d[bpf.IP+1] = uint32(t.st.PC), uint32(t.st.PC>>32)
	for i, v := range t.st.X[:6] {
		d[bpf.Args+2*i], d[bpf.Args+2*i+1] = uint32(v), uint32(v>>32)
	}
	ret := uint32(retAllow)
	for ; f != nil; f = f.before {
		if r := bpf.Run(f.prog, &d); int32(r&retAction) < int32(ret&retAction) {
			ret = r
		}
	}
	return ret
}

// seccompInfo is the siginfo of SIGSYS.
func (t *Thread) seccompInfo(nr, data uint32) (s siginfo) {
	s.put32(0, sigSYS)
	s.put32(4, data)
	s.put32(8, sysSeccomp)
	s.put64(16, t.st.PC)
	s.put32(24, nr)
	s.put32(28, auditArch)
	return s
}

func (t *Thread) seccompSignal(nr, data uint32) {
	info := t.seccompInfo(nr, data)
	t.forceInfo(&info)
}

// endThread ends the thread, and if it is the only one the process, by a signal.
func (t *Thread) endThread(sig int) {
	t.p.threads.mu.Lock()
	alone := len(t.p.threads.byTID)+t.p.threads.coming == 1
	t.p.threads.mu.Unlock()
	if alone {
		info := t.seccompInfo(uint32(t.st.X[8]), 0)
		t.die(sig, &info)
	}
	if host.SetMaskGuarded(t.Slot, ^host.Sigset(0)) == host.NotEntered {
		t.st.PC -= 4 // what the handler has taken is delivered first
		return
	}
	t.gone, t.status = true, sig
}

func sysSeccompCall(t *Thread, a *[6]uint64) uint64 {
	op, flags := uint32(a[0]), uint32(a[1])
	switch op {
	case seccompSetStrict:
		if flags != 0 || a[2] != 0 {
			return syscalls.EINVAL.Ret()
		}
		return t.setStrict()
	case seccompSetFilter:
		return t.setFilter(flags, a[2])
	case seccompAvail:
		var action uint32
		switch {
		case flags != 0:
			return syscalls.EINVAL.Ret()
		case !syscalls.In(&action, a[2]):
			return syscalls.EFAULT.Ret()
		}
		switch action {
		case retKillProcess, retKillThread, retTrap, retErrno, retTrace, retLog, retAllow:
			return 0
		}
		return syscalls.EOPNOTSUPP.Ret()
	}
	return syscalls.EINVAL.Ret()
}

// prctlSeccomp is PR_SET_SECCOMP.
func (t *Thread) prctlSeccomp(mode, prog uint64) uint64 {
	switch mode {
	case seccompModeStrict:
		return t.setStrict()
	case seccompModeFilter:
		return t.setFilter(0, prog)
	}
	return syscalls.EINVAL.Ret()
}

func (t *Thread) setStrict() uint64 {
	if !t.filters.CompareAndSwap(nil, &seccompState{strict: true}) {
		return syscalls.EINVAL.Ret()
	}
	return 0
}

// seccompMode is what PR_GET_SECCOMP gives, with the number of filters.
func (t *Thread) seccompMode() (mode, count int) {
	switch s := t.filters.Load(); {
	case s == nil:
		return 0, 0
	case s.strict:
		return seccompModeStrict, 0
	default:
		return seccompModeFilter, s.filter.count
	}
}

func noNewPrivs() bool {
	const get = 39
	return rawCall(hostPrctl, get, 0, 0, 0, 0) == 1
}

// setFilter adds the filter whose struct sock_fprog is at addr.
func (t *Thread) setFilter(flags uint32, addr uint64) uint64 {
	const known = seccompTsync | seccompLog | seccompSpecAllow | seccompTsyncESRCH
	if flags&^known != 0 {
		return syscalls.EINVAL.Ret()
	}
	var fprog [2]uint64 // number of instructions in 16 bits, address
	if !syscalls.In(&fprog, addr) {
		return syscalls.EFAULT.Ret()
	}
	n := int(uint16(fprog[0]))
	nnp := noNewPrivs()
	switch {
	case n == 0 || n > bpf.MaxInsns:
		return syscalls.EINVAL.Ret()
	case !nnp && !syscalls.Capable(syscalls.CapSysAdmin):
		return syscalls.EACCES.Ret()
	}
	raw := make([]byte, 8*n)
	if !syscalls.CopyIn(raw, t.pointer(fprog[1])) {
		return syscalls.EFAULT.Ret()
	}
	prog := parseFilter(raw)
	if !bpf.Check(prog) {
		return syscalls.EINVAL.Ret()
	}
	var old *seccompFilter
	was := t.filters.Load()
	if was != nil {
		old = was.filter // one in strict mode does not come here
	}
	f := old.with(prog, nnp)
	if f.insns > maxFilterInsns {
		return syscalls.ENOMEM.Ret()
	}
	now := &seccompState{filter: f}
	if flags&seccompTsync == 0 {
		t.filters.Store(now)
		return 0
	}
	s := &t.p.threads
	s.mu.Lock()
	defer s.mu.Unlock()
	for tid, o := range s.byTID {
		if !o.filters.Load().leadsTo(old) {
			if flags&seccompTsyncESRCH != 0 {
				return syscalls.ESRCH.Ret()
			}
			return uint64(tid)
		}
	}
	for _, o := range s.byTID {
		o.filters.Store(now)
	}
	return 0
}

// with gives f with one more filter.
func (f *seccompFilter) with(prog []bpf.Insn, nnp bool) *seccompFilter {
	n := &seccompFilter{prog: prog, before: f, count: 1, insns: len(prog), nnp: nnp}
	if f != nil {
		n.count, n.insns, n.nnp = f.count+1, f.insns+4+len(prog), nnp || f.nnp
	}
	return n
}

// leadsTo tells whether a thread with s may get the filters f and one more: what it has
// is among them.
func (s *seccompState) leadsTo(f *seccompFilter) bool {
	if s == nil {
		return true
	}
	for ; f != nil; f = f.before {
		if f == s.filter {
			return !s.strict
		}
	}
	return false
}

func parseFilter(raw []byte) (prog []bpf.Insn) {
	le := binary.LittleEndian
	prog = make([]bpf.Insn, 0, len(raw)/8)
	for ; len(raw) >= 8; raw = raw[8:] {
		prog = append(prog, bpf.Insn{Code: le.Uint16(raw), JT: raw[2], JF: raw[3], K: le.Uint32(raw[4:])})
	}
	return prog
}

// seccompMagic begins the file in which filters are handed on; it is followed by the
// filters, the first set first: length, flags, and the instructions.
const seccompMagic = 0x31706d6f63636573

// handOn gives an option for the emulator that a thread with filters executes, and the
// descriptor to close if that fails; -1 for a thread without any.
func (t *Thread) handOn() (option string, fd int, e syscalls.Errno) {
	s := t.filters.Load()
	if s == nil {
		return "", -1, 0
	}
	le := binary.LittleEndian
	b := le.AppendUint64(nil, seccompMagic)
	var list []*seccompFilter
	for f := s.filter; f != nil; f = f.before {
		list = append(list, f)
	}
	slices.Reverse(list)
	for _, f := range list {
		b = le.AppendUint32(b, uint32(len(f.prog)))
		flag := uint32(0)
		if f.nnp {
			flag = 1
		}
		b = le.AppendUint32(b, flag)
		for _, i := range f.prog {
			b = append(le.AppendUint16(b, i.Code), i.JT, i.JF)
			b = le.AppendUint32(b, i.K)
		}
	}
	const memfdCreate, write, cloexec = 319, 1, 1
	name := [8]byte{'f', 'i', 'l', 't', 'e', 'r'}
	low := rawCall(memfdCreate, ptr(&name), cloexec)
	if e, bad := syscalls.Failed(low); bad {
		return "", -1, e
	}
	n := rawCall(write, low, uint64(host.Addr(b)), uint64(len(b)))
	runtime.KeepAlive(b)
	const dupfd, high = 0, 950
	r := rawCall(hostFcntl, low, dupfd, high)
	rawCall(hostClose, low)
	if e, bad := syscalls.Failed(r); bad {
		return "", -1, e
	}
	if n != uint64(len(b)) {
		rawCall(hostClose, r)
		return "", -1, syscalls.ENOMEM
	}
	if s.filter != nil && s.filter.nnp {
		const set = 38
		rawCall(hostPrctl, set, 1, 0, 0, 0) // TSYNC gives it to all threads
	}
	return "--seccomp-fd=" + strconv.FormatUint(r, 10), int(r), 0
}

// takeFilters reads what handOn has written.
func takeFilters(fd int) (*seccompState, error) {
	f := file(fd)
	b, err := f.readAll()
	f.Close()
	le := binary.LittleEndian
	if err != nil || len(b) < 8 || le.Uint64(b) != seccompMagic {
		return nil, fmt.Errorf("the filters of system calls on descriptor %d cannot be read", fd)
	}
	var last *seccompFilter
	for b = b[8:]; len(b) >= 8; {
		n, flags := int(le.Uint32(b)), le.Uint32(b[4:])
		b = b[8:]
		if n > bpf.MaxInsns || 8*n > len(b) {
			break
		}
		prog := parseFilter(b[:8*n])
		if !bpf.Check(prog) {
			break
		}
		last = last.with(prog, flags != 0)
		b = b[8*n:]
	}
	if last == nil || len(b) != 0 {
		return nil, fmt.Errorf("the filters of system calls on descriptor %d are damaged", fd)
	}
	return &seccompState{filter: last}, nil
}
