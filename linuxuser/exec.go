package linuxuser

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"
	"unsafe"

	"armature/syscalls"
	"armature/syscalls/host"
)

const (
	hostClose     = 3
	hostExecveat  = 322
	hostFaccessat = 439
	hostFcntl     = 72

	atFDCWD     = ^uint64(99)
	atEmptyPath = 0x1000
	atEAccess   = 0x200
	accessX     = 1

	// argMax bounds what execve copies: Linux takes at most 6 MiB of strings.
	argMax = 6 << 20
)

// stringList reads a list of strings that ends with a null pointer; a null list
// is empty.
func (t *Thread) stringList(addr uint64) (list []string, e syscalls.Errno) {
	if addr == 0 {
		return nil, 0
	}
	total := 0
	for ; ; addr += 8 {
		var p uint64
		if !syscalls.In(&p, addr) {
			return nil, syscalls.EFAULT
		}
		if p == 0 {
			return list, 0
		}
		s, e := syscalls.String(t.pointer(p), 128<<10)
		if e == syscalls.ENAMETOOLONG {
			e = syscalls.E2BIG
		}
		if e != 0 {
			return nil, e
		}
		if total += len(s) + 9; total > argMax {
			return nil, syscalls.E2BIG
		}
		list = append(list, s)
	}
}

// cstrings makes an argument vector for the host kernel. The Go heap does not
// move; keep holds what the vector points to.
func cstrings(list []string) (vec []uintptr, keep [][]byte) {
	for _, s := range list {
		b := append([]byte(s), 0)
		keep = append(keep, b)
		vec = append(vec, host.Addr(b))
	}
	return append(vec, 0), keep
}

// hostExec replaces the process by the program at path, below the folder at. It
// returns only if that fails.
func (t *Thread) hostExec(at uint64, path string, args, env []string) uint64 {
	t.p.save()
	t.p.finish()
	return t.execCall(path, args, env, func(path, args, env uintptr) uint64 {
		return uint64(host.Guarded(t.Slot, hostExecveat, uintptr(at), path, args, env, 0, 0))
	})
}

// execCall makes a call that executes a program, with the strings as the host's kernel takes them, and
// with what of the emulator's own signals goes on over it.
func (t *Thread) execCall(path string, args, env []string, call func(path, args, env uintptr) uint64) uint64 {
	pb := append([]byte(path), 0)
	av, ak := cstrings(args)
	ev, ek := cstrings(env)
	undo := host.ForExec(t.Mask, t.ignoresOwned())
	r := call(host.Addr(pb), uintptr(unsafe.Pointer(&av[0])), uintptr(unsafe.Pointer(&ev[0])))
	undo(t.Mask)
	runtime.KeepAlive(pb)
	runtime.KeepAlive(av)
	runtime.KeepAlive(ev)
	runtime.KeepAlive(ak)
	runtime.KeepAlive(ek)
	return r
}

// ignoresOwned gives those of the emulator's own signals that the guest ignores and that an exec
// can hand on as ignored: not while others, which go on if it fails, need the handlers.
func (t *Thread) ignoresOwned() (set host.Sigset) {
	p := t.p
	if p.shares || !p.threads.alone() {
		return 0
	}
	p.sigMu.Lock()
	defer p.sigMu.Unlock()
	for sig := 1; sig <= 64; sig++ {
		if host.Owned&host.Bit(sig) != 0 && p.actions[sig].Handler == host.Ignore {
			set |= host.Bit(sig)
		}
	}
	return set
}

var unlimited = [2]uint64{syscalls.Infinite, syscalls.Infinite}

// emulatorName is argv[0] of an emulator that a guest's execve starts; under this
// name the command line is options, program, arguments.
const emulatorName = "armature-aarch64"

// exec executes path: an ARM program by the emulator anew, anything else by the
// host kernel. extra are more options for the emulator.
func (t *Thread) exec(path string, args, env []string, extra ...string) uint64 {
	x, err := t.p.resolve(path, args)
	if err != nil {
		var le *LoadError
		if errors.As(err, &le) && errors.Is(err, syscalls.ELOOP) {
			return syscalls.ELOOP.Ret()
		}
		// Not an ARM program, or not there: the host kernel runs it or says why not.
		if e := t.nativeRefused(path, err); e != 0 {
			return e.Ret()
		}
		syscalls.TellHost(false)
		defer syscalls.TellHost(true)
		return t.hostExec(atFDCWD, t.p.fs.Redirect(path), args, env)
	}
	filtered := t.filters.Load() != nil
	privileged := x.file.gains()
	if x.path == t.p.fs.Redirect(path) && throughDescriptor(path) {
		fd := inheritable(uint64(x.file))
		if _, bad := syscalls.Failed(fd); bad {
			x.file.Close()
			return fd
		}
		defer rawCall(hostClose, fd)
		extra = append(extra, "--exec-fd="+strconv.FormatUint(fd, 10))
	}
	x.file.Close()
	for _, f := range []string{t.p.fs.Redirect(path), x.path} {
		b := append([]byte(f), 0)
		r := rawCall(hostFaccessat, atFDCWD, uint64(host.Addr(b)), accessX, atEAccess)
		runtime.KeepAlive(b)
		if r != 0 {
			return r
		}
	}
	if privileged && !filtered && t.p.fs.Sysroot == "" {
		// Only the kernel gives the program its owner's rights, and only if a handler
		// with binfmt_misc's flag C is there. It returns if there is none at all.
		t.hostExec(atFDCWD, path, args, env)
	}
	argv0 := "" // as Linux does since 5.18 for an empty list
	if len(args) > 0 {
		argv0 = args[0]
	}
	self := append([]string{emulatorName}, t.p.cfg.Options...)
	if t.p.fs.Sysroot != "" {
		self = append(self, "-L="+t.p.fs.Sysroot)
	}
	as, data := syscalls.Limits(syscalls.RlimitAS), syscalls.Limits(syscalls.RlimitData)
	if as != unlimited || data != unlimited {
		self = append(self, fmt.Sprintf("--limits=%x:%x:%x:%x", as[0], as[1], data[0], data[1]))
	}
	if deny := t.p.space.inherited(); deny != 0 {
		self = append(self, fmt.Sprintf("--mdwe=%d", deny))
	}
	if filtered {
		option, fd, e := t.handOn()
		if e != 0 {
			return e.Ret()
		}
		defer rawCall(hostClose, uint64(fd))
		self = append(self, option)
	}
	if !strings.Contains(path, "/") { // or the command line takes it for a name to search for
		extra = append(extra, "--exec-fn="+path)
	}
	self = append(self, extra...)
	if d := t.p.debug.Load(); d != nil {
		if !d.serve.TryLock() {
			runtime.Gosched()
			return syscalls.NotEntered
		}
		option, done := d.server.Handover()
		self = append(self, option)
		defer d.Unlock()
		defer done()
	}
	self = append(self, "-0", argv0, "--", path)
	if len(args) > 1 {
		self = append(self, args[1:]...)
	}
	// Not /proc/self: that is nothing once the process's first thread has ended.
	r := t.hostExec(atFDCWD, "/proc/thread-self/exe", self, env)
	if e, _ := syscalls.Failed(r); e == syscalls.ENOENT {
		if fd := host.Proc(); fd >= 0 {
			r = t.hostExec(uint64(fd), "thread-self/exe", self, env)
			e, _ = syscalls.Failed(r)
		}
		if e == syscalls.ENOENT && !filtered {
			// With a handler for ARM programs the kernel does it. Without, it says ENOEXEC, for
			// which shells and execvp take the program for a script.
			r = t.hostExec(atFDCWD, t.p.fs.Redirect(path), args, env)
			if e, _ := syscalls.Failed(r); e == syscalls.ENOEXEC {
				fmt.Fprintf(os.Stderr, "armature: %s cannot be executed: nothing is mounted on /proc, and no handler is registered (mount /proc, or armature binfmt install)\n", path)
				r = syscalls.EPERM.Ret()
			}
		}
	}
	return r
}

// throughDescriptor tells whether a path is that of an open file or goes through one.
// The emulator that loads the program may not find it: the descriptor may be closed by
// the exec, which does not concern the program.
func throughDescriptor(path string) bool {
	return strings.HasPrefix(path, "/dev/fd/") || strings.HasPrefix(path, "/proc/") && strings.Contains(path, "/fd/")
}

// inheritable duplicates a descriptor for the next emulator.
func inheritable(fd uint64) uint64 {
	const dupfd = 0
	r := rawCall(hostFcntl, fd, dupfd, 100) // out of the way of the program's
	if e, _ := syscalls.Failed(r); e == syscalls.EINVAL {
		r = rawCall(hostFcntl, fd, dupfd, 3) // RLIMIT_NOFILE is that low
	}
	return r
}

// nativeRefused gives the error for a program that is not ARM's, err tells why, if the
// thread has filters of system calls: nobody would hold that program to them.
func (t *Thread) nativeRefused(path string, err error) syscalls.Errno {
	if t.filters.Load() == nil {
		return 0
	}
	b := append([]byte(t.p.fs.Redirect(path)), 0)
	r := rawCall(hostFaccessat, atFDCWD, uint64(host.Addr(b)), accessX, atEAccess)
	runtime.KeepAlive(b)
	if e, bad := syscalls.Failed(r); bad {
		return e
	}
	if errors.Is(err, errNotELF) {
		return syscalls.ENOEXEC
	}
	return syscalls.EACCES
}

// execArgs reads what execve and execveat have in common.
func (t *Thread) execArgs(pathAddr, argv, envp uint64) (path string, args, env []string, e syscalls.Errno) {
	if path, e = syscalls.String(pathAddr, 4096); e != 0 {
		return
	}
	if args, e = t.stringList(argv); e != 0 {
		return
	}
	env, e = t.stringList(envp)
	return
}

func sysExecve(t *Thread, a *[6]uint64) uint64 {
	path, args, env, e := t.execArgs(a[0], a[1], a[2])
	if e != 0 {
		return e.Ret()
	}
	if path == "" {
		return syscalls.ENOENT.Ret()
	}
	return t.execPath(path, args, env)
}

// execPath is exec, and follows the link to a guest's program, /proc/self/exe, which names the
// process that executes it.
func (t *Thread) execPath(path string, args, env []string) uint64 {
	if exe, ok := t.Program(path); ok {
		return t.exec(exe, args, env, "--exec-fn="+path)
	}
	return t.exec(path, args, env)
}

// isLink tells whether path below the folder fd is a symbolic link.
func (t *Thread) isLink(fd int64, path string) bool {
	const hostReadlinkat = 267
	b, out := append([]byte(t.p.fs.Redirect(path)), 0), make([]byte, 1)
	r := rawCall(hostReadlinkat, uint64(fd), uint64(host.Addr(b)), uint64(host.Addr(out)), 1)
	runtime.KeepAlive(b)
	runtime.KeepAlive(out)
	return r == 1
}

func sysExecveat(t *Thread, a *[6]uint64) uint64 {
	path, args, env, e := t.execArgs(a[1], a[2], a[3])
	if e != 0 {
		return e.Ret()
	}
	fd, flags := int64(int32(a[0])), a[4]
	const nofollow = 0x100
	if flags&^uint64(atEmptyPath|nofollow) != 0 {
		return syscalls.EINVAL.Ret()
	}
	switch {
	case path == "" && flags&atEmptyPath == 0:
		return syscalls.ENOENT.Ret()
	case path != "" && flags&nofollow != 0 && t.isLink(fd, path):
		return syscalls.ELOOP.Ret()
	case path != "" && (path[0] == '/' || fd == -100):
		return t.execPath(path, args, env)
	}
	const getfd, cloexec = 1, 1
	fdFlags := rawCall(hostFcntl, uint64(fd), getfd)
	if e, bad := syscalls.Failed(fdFlags); bad {
		return e.Ret() // EBADF
	}
	closes := fdFlags == cloexec
	name := "/dev/fd/" + strconv.FormatInt(fd, 10)
	if path != "" {
		name += "/" + path
		if closes {
			if x, err := t.p.resolve(name, args); err == nil {
				x.file.Close()
				if t.p.scripted(name, x) {
					return syscalls.ENOENT.Ret()
				}
			}
		}
		return t.exec(name, args, env)
	}
	x, err := t.p.resolve(name, args)
	if err != nil {
		if t.filters.Load() != nil {
			return syscalls.EACCES.Ret() // see nativeRefused
		}
		return t.execCall(path, args, env, func(path, args, env uintptr) uint64 {
			return rawCall(hostExecveat, uint64(fd), uint64(path), uint64(args), uint64(env), flags)
		})
	}
	x.file.Close()
	if closes && t.p.scripted(name, x) {
		return syscalls.ENOENT.Ret()
	}
	return t.exec(name, args, env)
}

// scripted tells whether name is a script, whose interpreter is x: it cannot open a name that
// leads through a descriptor which the exec closes.
func (p *Process) scripted(name string, x *executable) bool {
	return x.path != p.fs.Redirect(name)
}
