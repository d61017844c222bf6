package linuxuser

import (
	"encoding/binary"

	"armature/syscalls"
	"armature/syscalls/host"
)

// Tags of the auxiliary vector.
const (
	atPhdr        = 3
	atPhent       = 4
	atPhnum       = 5
	atPagesz      = 6
	atBase        = 7
	atFlags       = 8
	atEntry       = 9
	atUID         = 11
	atEUID        = 12
	atGID         = 13
	atEGID        = 14
	atPlatform    = 15
	atHwcap       = 16
	atClktck      = 17
	atSecure      = 23
	atRandom      = 25
	atHwcap2      = 26
	atExecfn      = 31
	atSysinfoEHDR = 33
	atMinSigstksz = 51
)

// auxEntry is one pair of the auxiliary vector.
type auxEntry struct{ tag, val uint64 }

// startInfo is what a new program finds on its stack.
type startInfo struct {
	args, env []string
	execFn    string // the path as given to execve
	random    [16]byte
	aux       []auxEntry // complete but for the values that are addresses on the stack; see fillStack
	flags     uint64     // AT_FLAGS

	argLo, argHi, envHi uint64 // where fillStack has put the arguments' strings, and then the environment's
}

// stackImage lays out the top of the stack as arm64 Linux does, for a stack that
// ends at top, and gives the bytes and the address where they go, the initial
// SP. From the top down: eight zero bytes, the path, the environment's and the
// arguments' strings, the platform's name, the random bytes, padding, the
// auxiliary vector, the two lists of pointers, and argc at SP.
func stackImage(si *startInfo, top uint64) (img []byte, sp uint64) {
	p := top - 8
	type str struct {
		at uint64
		s  string
	}
	var strs []str
	put := func(s string) uint64 {
		p -= uint64(len(s)) + 1
		strs = append(strs, str{p, s})
		return p
	}
	execFn := put(si.execFn)
	si.envHi = execFn
	env := make([]uint64, len(si.env))
	for i := len(env) - 1; i >= 0; i-- {
		env[i] = put(si.env[i])
	}
	si.argHi = p
	args := make([]uint64, len(si.args))
	for i := len(args) - 1; i >= 0; i-- {
		args[i] = put(si.args[i])
	}
	si.argLo = p
	p &^= 15
	platform := put("aarch64")
	p -= 16
	random := p
	aux := si.aux
	for i := range aux {
		switch aux[i].tag {
		case atRandom:
			aux[i].val = random
		case atExecfn:
			aux[i].val = execFn
		case atPlatform:
			aux[i].val = platform
		}
	}
	words := 1 + len(args) + 1 + len(env) + 1 + 2*len(aux)
	sp = (p - 8*uint64(words)) &^ 15

	img = make([]byte, top-sp)
	at := func(a uint64) []byte { return img[a-sp:] }
	for _, s := range strs {
		copy(at(s.at), s.s)
	}
	copy(at(random), si.random[:])
	w := img
	word := func(v uint64) {
		binary.LittleEndian.PutUint64(w, v)
		w = w[8:]
	}
	word(uint64(len(args)))
	for _, a := range args {
		word(a)
	}
	word(0)
	for _, e := range env {
		word(e)
	}
	word(0)
	for _, a := range aux {
		word(a.tag)
		word(a.val)
	}
	return img, sp
}

// stackSize is the size of the main thread's stack: RLIMIT_STACK's,
// between 128 KiB and 1 GiB ("unlimited" is not unlimited).
func stackSize() uint64 {
	n := syscalls.Limit(syscalls.RlimitStack)
	return pageUp(min(max(n, 128<<10), 1<<30))
}

const (
	stackGuard = 1 << 20   // Linux's stack_guard_gap
	stackRoom  = 128 << 20 // what Linux keeps free for a stack at the least
)

// reserveStack maps the stack and keeps room below it free, in which it can grow
// if the program raises its limit; Linux does so as well. Mappings go below that.
//
// All of the stack is mapped at once (without reserving memory) in place of
// growing, so that no other mapping gets in its way; below it nothing is mapped,
// and an overflow is a SEGV_MAPERR as on Linux.
func (s *Space) reserveStack(exec bool, r *randomness) error {
	s.stackHi = stackTop - r.stack
	s.stackLo = s.stackHi - stackSize()
	if exec {
		s.stackExec = protExec
	}
	prot := protRead | protWrite | s.stackExec
	if err := s.mapHost(s.stackLo, s.stackHi-s.stackLo, prot, mapPrivate|mapFixed|mapAnon|mapNoreserve, -1, 0, areaStack); err != nil {
		return err
	}
	// The same wherever the stack is: libraries are found there.
	s.mmapTop = min(stackTop-stackSize(), stackTop-stackRoom) - stackGuard - stackRandom
	s.set(s.mmapTop, s.stackLo, 0, areaGuard)
	s.files.reset(s.mmapTop)
	s.anon.reset(s.mmapTop - r.anon)
	return nil
}

// Limits of what execve takes.
const (
	maxArgStrlen = 32 * pageSize   // of one string, with its zero byte
	argFloor     = 128 << 10       // what is always allowed for all
	argCeiling   = 8 << 20 / 4 * 3 // what is never exceeded
)

// tooBig tells whether execve would refuse the strings of si with E2BIG under a
// stack limit of rlimit bytes. The path, all strings and the pointers to them
// count; a quarter of the limit is theirs.
func (si *startInfo) tooBig(rlimit uint64) bool {
	limit := max(min(argCeiling, rlimit/4), argFloor)
	sum := 8 * uint64(max(len(si.args), 1)+len(si.env))
	if sum >= limit {
		return true
	}
	sum += uint64(len(si.execFn)) + 1
	for _, l := range [2][]string{si.args, si.env} {
		for _, s := range l {
			if len(s) >= maxArgStrlen {
				return true
			}
			sum += uint64(len(s)) + 1
		}
	}
	return sum > limit
}

// fillStack puts si at the top of the stack, and gives the initial SP. It fills
// in what si.aux lacks, which is then as /proc/self/auxv shows it, AT_NULL
// included. A program always gets an argv[0].
func (s *Space) fillStack(si *startInfo) (uint64, error) {
	if len(si.args) == 0 {
		si.args = []string{""}
	}
	if si.tooBig(syscalls.Limit(syscalls.RlimitStack)) {
		return 0, syscalls.E2BIG
	}
	img, sp := stackImage(si, s.stackHi)
	if uint64(len(img)) > (s.stackHi-s.stackLo)/4*3 {
		return 0, syscalls.E2BIG
	}
	if !syscalls.CopyOut(sp, img) {
		return 0, syscalls.EFAULT
	}
	return sp, nil
}

// auxv makes the auxiliary vector, in Linux's order. stackImage fills in what lies
// on the stack.
func auxv(main loaded, interp *loaded, vdsoAddr, flags uint64, secure bool) []auxEntry {
	caps := hwcap()
	var phdr, base uint64
	if main.img.PhdrAddr != 0 {
		phdr = main.img.PhdrAddr + main.bias
	}
	if interp != nil {
		base = interp.bias + interp.img.lo
	}
	id := func(nr uintptr) uint64 { return uint64(host.Raw(nr, 0, 0, 0, 0, 0, 0)) }
	var sec uint64
	if secure {
		sec = 1
	}
	return []auxEntry{
		{atSysinfoEHDR, vdsoAddr},
		{atMinSigstksz, minSigstksz},
		{atHwcap, caps[0]},
		{atPagesz, pageSize},
		{atClktck, 100},
		{atPhdr, phdr},
		{atPhent, phdrSize},
		{atPhnum, main.img.PhdrCount},
		{atBase, base},
		{atFlags, flags},
		{atEntry, main.entry()},
		{atUID, id(102)},
		{atEUID, id(107)},
		{atGID, id(104)},
		{atEGID, id(108)},
		{atSecure, sec},
		{atRandom, 0},
		{atHwcap2, caps[1]},
		{atExecfn, 0},
		{atPlatform, 0},
		{},
	}
}
