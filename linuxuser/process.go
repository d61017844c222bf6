package linuxuser

import (
	"bufio"
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"armature/syscalls"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/fault"
)

// Config says what to run, and how.
type Config struct {
	Path string   // the program, as execve is given it
	Args []string // its arguments, with argv[0]
	Env  []string // its environment

	Sysroot string // where the guest's absolute paths are looked for first; "" for none

	Release string // of the kernel, as uname tells it; "": the host's

	Engine cpu.Config // Memory is filled in here

	Strace io.Writer // system calls and signals are written there; nil: not
	Crash  bool      // report fatal faults on stderr

	// Options are the emulator's own options, in the form of its command line, for
	// the programs that the guest executes.
	// The sysroot is not among them: chroot ends it.
	Options []string

	Seccomp int // descriptor with the filters of system calls to begin with; 0: none

	// Limits are RLIMIT_AS and RLIMIT_DATA, soft and hard; nil for those that this
	// process was started with.
	Limits *[2][2]uint64

	MDWE uint32 // what is in force of PR_SET_MDWE

	Secure bool   // the program gains privileges: AT_SECURE
	Flags  uint64 // AT_FLAGS

	Stats  bool   // tell on stderr at the end what the engine did
	ExecFD int    // the open program: it is loaded from here and closed; 0: open Path
	ExecFn string // the path as it was given to execve; "": Path

	// Debugger is the server of a debugger that the program runs under; nil: none.
	Debugger Debugger

	// Atexit is called before the process ends, also by a signal.
	Atexit func()
}

// Process is the guest process. A forked child has a copy of it, as of all memory
// (host.Fork).
type Process struct {
	cfg    Config
	fs     syscalls.FS
	space  *Space
	engine *cpu.Engine

	threads threadSet
	parks   bool       // a clone with CLONE_VM made it: its thread ends as threads do, for its worker's sake
	endMu   sync.Mutex // taken by the thread that ends the process

	sigMu    sync.Mutex
	actions  [65]host.Action
	catchAll bool // signals that would kill are caught, too: for a debugger or a trace

	debug atomic.Pointer[Debuggee] // nil: no debugger

	auxv       []auxEntry
	vdso       uint64
	sigreturn  uint64 // address of the vDSO's __kernel_rt_sigreturn
	strace     *bufio.Writer
	straceMu   sync.Mutex
	straceOver bool    // the process dies: no other thread writes behind that; under straceMu
	straceLast *Thread // whose call's line is not finished; under straceMu
	args       []string
	identity   *identity
	mapped     bool       // the kernel knows where arguments and the like are
	shares     bool       // memory and engine are another process's, too
	end        *host.Kept // of a pipe at whose other one the parent waits (CLONE_VFORK); nil: none
}

// Run runs the program in this process, in place of the caller, whose
// goroutine's thread becomes the guest's main thread. The goroutine must be
// locked to it, as it is during initialisation: runtime.LockOSThread starts one
// more thread. Run returns only if the program could not be started.
func Run(cfg Config) error {
	p := &Process{cfg: cfg}
	t, err := p.start()
	if err != nil {
		return err
	}
	if cfg.Debugger != nil {
		if err := p.startDebug(t); err != nil {
			return err
		}
	}
	host.DropPoller()
	syscalls.LimitThreads()
	t.run()
	t.leave()
	panic("the guest's main thread returned")
}

// start loads the program and makes its main thread.
func (p *Process) start() (*Thread, error) {
	p.fs = syscalls.FS{Sysroot: strings.TrimRight(p.cfg.Sysroot, "/"), ProcFile: p.procFile, ProcHides: p.procHides, ExeOf: exeOf, Release: p.cfg.Release}
	var filters *seccompState
	if p.cfg.Seccomp != 0 {
		var err error
		if filters, err = takeFilters(p.cfg.Seccomp); err != nil {
			return nil, err
		}
	}
	if e := host.HidePoller(); e < 0 {
		return nil, fmt.Errorf("the emulator's own descriptors: %w (see ulimit -n)", syscall.Errno(-e))
	}
	x, err := p.open()
	if err != nil {
		return nil, err
	}
	defer x.file.Close()
	p.args = x.args
	p.fs.Exe = realPath(x.path)
	if k := host.KeepBeyond(uintptr(x.file)); k != nil {
		p.fs.ExeFD = k.FD
	}

	// The file may end before its segments do.
	if err := fault.Install(); err != nil {
		return nil, err
	}
	if p.space, err = newSpace(); err != nil {
		return nil, err
	}
	var loader executable
	if x.img.Interp != "" {
		loader.path = p.fs.Redirect(x.img.Interp)
		if loader.file, loader.img, err = openProgram(loader.path); err != nil {
			return nil, &LoadError{x.path, p.interpreterError(err)}
		}
		defer loader.file.Close()
	}
	if err := p.startEngine(x, &loader); err != nil {
		return nil, err
	}
	p.cfg.takeLimits()
	p.fs.GrowStack = p.space.growStack
	si := &startInfo{args: x.args, env: p.cfg.Env, execFn: cmp.Or(p.cfg.ExecFn, p.cfg.Path)}
	random := newRandomness(p.cfg.Debugger != nil)
	p.space.deny = p.cfg.MDWE
	if err := p.space.reserveStack(x.img.ExecStack, random); err != nil {
		return nil, err
	}
	main, err := p.space.load(x.file, x.img, pieBase)
	if err != nil {
		return nil, &LoadError{x.path, err}
	}
	entry := main.entry()
	var interp *loaded
	if loader.img != nil {
		l, err := p.space.load(loader.file, loader.img, 0)
		if err != nil {
			return nil, &LoadError{loader.path, err}
		}
		interp, entry = &l, l.entry()
	}
	p.space.brkStart = main.img.hi + main.bias + random.brk
	p.space.brk = p.space.brkStart
	vd, err := p.space.loadVDSO()
	if err != nil {
		return nil, err
	}
	p.vdso = vd
	p.sigreturn = uint64(host.FindSymbol(uintptr(vd), "__kernel_rt_sigreturn"))
	const sysGetrandom = 318
	host.Raw(sysGetrandom, host.Addr(si.random[:]), uintptr(len(si.random)), 0, 0, 0, 0)
	si.aux = auxv(main, interp, vd, p.cfg.Flags, p.cfg.Secure)
	sp, err := p.space.fillStack(si)
	if err != nil {
		return nil, err
	}
	p.auxv = si.aux
	p.mapped = p.tellKernel(si, sp, main)
	p.identity = newIdentity(p.fs.Exe)
	p.threads.identity, p.space.identity = p.identity, p.identity
	if p.identity != nil {
		p.space.show()
	}
	setName(si.execFn, p.fs.Exe)

	if p.cfg.Strace != nil {
		p.strace = bufio.NewWriter(p.cfg.Strace)
	}
	t, err := p.newThread()
	if err != nil {
		return nil, err
	}
	t.filters.Store(filters)
	p.takeSignals(t)
	if p.strace != nil {
		p.catchFatal()
	}
	t.st.PC = entry
	t.st.X[31] = sp
	return t, nil
}

// startEngine makes the engine that runs the program x, which loader loads if it
// has an image.
func (p *Process) startEngine(x, loader *executable) (err error) {
	cfg := p.cfg.Engine
	cfg.Memory = p.space
	cfg.Place = host.Above
	cfg.Stats = p.cfg.Stats
	if cfg.Cache != nil {
		// A program that was only just made may be run just once.
		now := time.Now().UnixNano()
		if id, ok := fileID(int(x.file)); ok && id.Settled(now) {
			cfg.Program = id
		}
		if loader.img != nil {
			if id, ok := fileID(int(loader.file)); ok && id.Settled(now) {
				cfg.Base = id
			}
		}
		cfg.ArenaAddr = arenaAddr
	}
	if p.engine, err = cpu.New(cfg); err != nil {
		return err
	}
	p.space.invalidate = p.engine.Invalidate
	p.fs.Waits = func() {
		p.engine.Exclusive(func() {}) // all threads enter translated code anew
	}
	if p.engine.Keeps() {
		p.space.keep = p.engine
		p.fs.MemoryOpened = p.space.mayChange
	}
	return nil
}

// takeSignals gives the guest the mask and the dispositions that the process was
// started with.
func (p *Process) takeSignals(t *Thread) {
	mask, ign, _ := host.Inherited()
	t.Mask = mask &^ host.Unblockable
	for sig := 1; sig <= 64; sig++ {
		if ign&host.Bit(sig) != 0 {
			p.actions[sig].Handler = host.Ignore
		}
	}
	p.showOwned()
	host.TakeSignals()
	host.RestoreFiles()
	host.SetMask(t.Mask)
}

// exit ends the process with status.
func (p *Process) exit(status int) {
	p.endMu.Lock() // for good
	p.save()
	p.finish()
	host.Exit(status)
}

// save keeps what was translated, if the engine finds it worth while. A child of
// vfork leaves that to its parent.
func (p *Process) save() {
	if !p.shares {
		p.engine.Save()
	}
}

// finish writes out what is buffered.
func (p *Process) finish() {
	if p.strace != nil {
		p.straceMu.Lock()
		p.strace.Flush()
		p.straceMu.Unlock()
	}
	if p.cfg.Atexit != nil {
		p.cfg.Atexit()
	}
	if p.cfg.Stats {
		p.engine.WriteStats(os.Stderr)
	}
}

// setName sets the name that ps and /proc/self/comm show: of the path that was
// executed, or of the program itself if that is a descriptor.
func setName(path, exe string) {
	const prSetName, sysPrctl = 15, 157
	if strings.HasPrefix(path, "/dev/fd/") {
		path = exe
	}
	b := append([]byte(path[strings.LastIndexByte(path, '/')+1:]), 0)
	host.Raw(sysPrctl, prSetName, host.Addr(b), 0, 0, 0, 0)
	runtime.KeepAlive(b)
}

// executable is a program that resolve has found.
type executable struct {
	path string // on the host
	file file
	img  *Image
	args []string
}

// open finds the program to load at the start.
func (p *Process) open() (*executable, error) {
	if p.cfg.ExecFD != 0 {
		f := file(p.cfg.ExecFD)
		img, err := parseFile(f)
		if err == nil {
			path := p.cfg.Path
			if throughDescriptor(path) { // it may be closed by now
				path = "/proc/self/fd/" + strconv.Itoa(p.cfg.ExecFD)
			}
			return &executable{path, f, img, p.cfg.Args}, nil
		}
		defer f.Close() // a script, perhaps
	}
	return p.resolve(p.cfg.Path, p.cfg.Args)
}

// maxFiles is how many files are looked at for one program: scripts, each the interpreter of the one
// before, and at last what is no script.
const maxFiles = 6

// resolve finds what is to be loaded to execute path: the file itself, or the
// interpreter that its first line names, with the arguments for it.
func (p *Process) resolve(path string, args []string) (*executable, error) {
	script := path
	for i := range maxFiles {
		hostPath := p.fs.Redirect(path)
		f, img, err := openProgram(hostPath)
		if err == nil {
			return &executable{hostPath, f, img, args}, nil
		}
		line, ok := scriptLine(hostPath)
		if !ok && i > 0 {
			return nil, &LoadError{script, p.interpreterError(err)}
		}
		if !ok {
			return nil, err
		}
		interp, arg := parseScript(line)
		if interp == "" {
			return nil, &LoadError{path, &FormatError{"a script whose first line names no interpreter", syscalls.ENOEXEC}}
		}
		rest := []string{path}
		if len(args) > 1 {
			rest = append(rest, args[1:]...)
		}
		args = []string{interp}
		if arg != "" {
			args = append(args, arg)
		}
		args = append(args, rest...)
		path = interp
	}
	return nil, &LoadError{script, &FormatError{"a script whose interpreter is a script, and so on: too deep", syscalls.ELOOP}}
}

// interpreterError explains err, of the interpreter of a program or script.
func (p *Process) interpreterError(err error) error {
	hint := ""
	if errors.Is(err, syscall.ENOENT) && p.fs.Sysroot == "" {
		hint = " (-L DIR or ARMATURE_LD_PREFIX names a folder that has it)"
	}
	return fmt.Errorf("its interpreter cannot be used: %w%s", err, hint)
}

// scriptLine gives the first line of a file that starts with "#!", without that.
func scriptLine(path string) (string, bool) {
	f, err := openFile(path)
	if err != nil {
		return "", false
	}
	defer f.Close()
	b := make([]byte, 255) // Linux's BINPRM_BUF_SIZE, less its last byte
	n, _ := f.ReadAt(b, 0)
	if n < 2 || b[0] != '#' || b[1] != '!' {
		return "", false
	}
	line, _, whole := strings.Cut(string(b[2:n]), "\n")
	if !whole && n == len(b) && !strings.ContainsAny(strings.TrimLeft(line, " \t"), " \t\x00") {
		return "", false // the interpreter's name may be cut
	}
	return line, true
}

// parseScript splits the line into the interpreter and its one argument.
func parseScript(line string) (interp, arg string) {
	line = strings.Trim(line, " \t")
	if i := strings.IndexAny(line, " \t\x00"); i >= 0 {
		if line[i] != 0 {
			arg = strings.Trim(line[i:], " \t")
			arg, _, _ = strings.Cut(arg, "\x00")
		}
		line = line[:i]
	}
	return line, arg
}
