package linuxuser

import (
	"encoding/binary"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/state"
)

// Layout of arm64's struct rt_sigframe: siginfo, then the ucontext (flags, link,
// stack, mask and room for more mask, then the sigcontext). After the fixed part
// of the sigcontext come records of a magic number and a size each, up to one of
// zeros.
const (
	frameInfo   = 0
	frameUC     = 128
	ucStack     = frameUC + 16
	ucMask      = frameUC + 40
	frameSC     = frameUC + 176
	scFault     = frameSC
	scRegs      = frameSC + 8
	scSP        = scRegs + 31*8
	scPC        = scSP + 8
	scPstate    = scPC + 8
	scReserved  = frameSC + 288
	reservedLen = 4096
	frameSize   = scReserved + reservedLen // 4688

	recordSize = 16 // the frame record (x29, x30) above the frame

	fpsimdMagic = 0x46508001
	fpsimdSize  = 528
	esrMagic    = 0x45535201
	esrSize     = 16
	extraMagic  = 0x45585401

	// minSigstksz is AT_MINSIGSTKSZ: frame, frame record, and padding.
	minSigstksz = frameSize + recordSize + 16
	// minStack is MINSIGSTKSZ, the least that sigaltstack takes.
	minStack = 5120

	ssOnstack    = 1
	ssDisable    = 2
	ssAutodisarm = 1 << 31
)

// altStack is a thread's alternate signal stack, as in stack_t.
type altStack struct {
	sp    uint64
	flags uint32
	_     uint32
	size  uint64
}

func (a *altStack) on(sp uint64) bool {
	return a.flags&ssAutodisarm == 0 && sp > a.sp && sp-a.sp <= a.size
}

// siginfo is struct siginfo.
type siginfo [128]byte

func (s *siginfo) put32(off int, v uint32) { binary.LittleEndian.PutUint32(s[off:], v) }
func (s *siginfo) put64(off int, v uint64) { binary.LittleEndian.PutUint64(s[off:], v) }
func (s *siginfo) sig() int                { return int(int32(binary.LittleEndian.Uint32(s[0:]))) }
func (s *siginfo) code() int               { return int(int32(binary.LittleEndian.Uint32(s[8:]))) }

// faultInfo makes the siginfo of a synchronous signal.
func faultInfo(sig, code int, addr uint64) (s siginfo) {
	s.put32(0, uint32(sig))
	s.put32(8, uint32(code))
	s.put64(16, addr)
	return s
}

// pushFrame makes the guest enter the handler of a signal: the frame goes to its
// stack, and registers are set. It reports false if the stack cannot take it.
func (t *Thread) pushFrame(info *siginfo, act *host.Action) bool {
	st := t.st
	sp := st.X[31]
	if act.Flags&host.SAOnStack != 0 && t.alt.size != 0 && !t.alt.on(sp) {
		sp = t.alt.sp + t.alt.size
	}
	// As the kernel places them: the frame record on top, then the frame.
	record := (sp - recordSize) &^ 15
	base := record - frameSize
	if base > sp {
		return false
	}

	le := binary.LittleEndian
	buf := &t.frame
	clear(buf[:])
	f := buf[:frameSize]
	copy(f[frameInfo:], info[:])
	le.PutUint64(f[ucStack:], t.alt.sp)
	le.PutUint32(f[ucStack+8:], t.alt.flags)
	le.PutUint64(f[ucStack+16:], t.alt.size)
	mask := t.Mask
	if t.Restore {
		mask = t.Saved
	}
	le.PutUint64(f[ucMask:], mask)
	le.PutUint64(f[scFault:], t.faultAddr)
	for i := range 31 {
		le.PutUint64(f[scRegs+8*i:], st.X[i])
	}
	le.PutUint64(f[scSP:], st.X[31])
	le.PutUint64(f[scPC:], st.PC)
	le.PutUint64(f[scPstate:], uint64(state.UnpackNZCV(st.Flags))<<28)

	r := f[scReserved:]
	le.PutUint32(r, fpsimdMagic)
	le.PutUint32(r[4:], fpsimdSize)
	le.PutUint32(r[8:], st.GetFPSR())
	le.PutUint32(r[12:], st.FPCR)
	for i := range st.V {
		le.PutUint64(r[16+16*i:], st.V[i].Lo)
		le.PutUint64(r[24+16*i:], st.V[i].Hi)
	}
	r = r[fpsimdSize:]
	if t.faultCode != 0 {
		le.PutUint32(r, esrMagic)
		le.PutUint32(r[4:], esrSize)
		le.PutUint64(r[8:], t.faultCode)
	}
	// The record that ends the list is zero already.
	le.PutUint64(buf[frameSize:], st.X[29])
	le.PutUint64(buf[frameSize+8:], st.X[30])
	if !syscalls.CopyOut(base, buf[:]) {
		return false
	}

	st.X[0] = uint64(info.sig())
	if act.Flags&host.SASiginfo != 0 {
		st.X[1] = base + frameInfo
		st.X[2] = base + frameUC
	}
	st.X[31] = base
	st.X[29] = record
	st.X[30] = p64(act.Flags&host.SARestorer != 0, act.Restorer, t.p.sigreturn)
	st.PC = act.Handler
	if t.alt.flags&ssAutodisarm != 0 {
		t.alt = altStack{flags: ssDisable}
	}
	return true
}

func p64(c bool, a, b uint64) uint64 {
	if c {
		return a
	}
	return b
}

// popFrame restores what rt_sigreturn finds at SP. It reports false, with nothing
// but the mask changed, if that is not a frame. mask is the one in the frame.
func (t *Thread) popFrame() (mask host.Sigset, ok bool) {
	le := binary.LittleEndian
	st := t.st
	base := st.X[31]
	if base&15 != 0 {
		return 0, false
	}
	f := t.frame[:frameSize]
	if !syscalls.CopyIn(f, base) {
		return 0, false
	}
	mask = le.Uint64(f[ucMask:]) &^ host.Unblockable
	pstate := le.Uint64(f[scPstate:])
	// Another exception level, AArch32 and masked exceptions are refused. The rest
	// is ignored, as the kernel does: reserved bits, and those of missing features.
	const modeDAIF = 0x3c0 | 0x1f
	if pstate&modeDAIF != 0 {
		return mask, false
	}
	var fpsimd []byte
	for r := f[scReserved:]; ; {
		if len(r) < 8 {
			return mask, false
		}
		magic, size := le.Uint32(r), int(le.Uint32(r[4:]))
		if magic == 0 {
			if size != 0 {
				return mask, false
			}
			break
		}
		if size < 16 || size > len(r) || size&15 != 0 {
			return mask, false
		}
		switch magic {
		case fpsimdMagic:
			if fpsimd != nil || size != fpsimdSize {
				return mask, false
			}
			fpsimd = r[:size]
		case esrMagic: // for the handler to read; any number of them
		default: // extraMagic, too: this kernel never writes one
			return mask, false
		}
		r = r[size:]
	}
	if fpsimd == nil {
		return mask, false
	}
	for i := range 31 {
		st.X[i] = le.Uint64(f[scRegs+8*i:])
	}
	st.X[31] = le.Uint64(f[scSP:])
	st.PC = le.Uint64(f[scPC:])
	st.Flags = state.PackNZCV(uint32(pstate >> 28 & 15))
	st.SetFPSR(le.Uint32(fpsimd[8:]))
	st.SetFPCR(le.Uint32(fpsimd[12:]))
	for i := range st.V {
		st.V[i].Lo = le.Uint64(fpsimd[16+16*i:])
		st.V[i].Hi = le.Uint64(fpsimd[24+16*i:])
	}
	st.ExSize = 0 // the exclusive monitor is open after an exception return
	a := altStack{sp: le.Uint64(f[ucStack:]), flags: le.Uint32(f[ucStack+8:]), size: le.Uint64(f[ucStack+16:])}
	t.setAltStack(&a) // errors are the guest's own business, as in the kernel
	return mask, true
}

// setAltStack is sigaltstack's second half.
func (t *Thread) setAltStack(a *altStack) syscalls.Errno {
	if t.alt.on(t.st.X[31]) {
		return syscalls.EPERM
	}
	switch mode := a.flags &^ ssAutodisarm; {
	case mode == ssDisable:
		t.alt = altStack{flags: a.flags}
		return 0
	case mode != ssOnstack && mode != 0:
		return syscalls.EINVAL
	case a.size < minStack:
		return syscalls.ENOMEM
	}
	t.alt = *a
	return 0
}
