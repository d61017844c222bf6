package guest

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"runtime"
	"strings"
	"syscall"

	"armature/linuxuser"
	"armature/rootfs/enter/wrap"
	"armature/syscalls/host"
	"armature/tcg/cpu"
	"armature/tcg/ir"
)

// Version is set by the linker.
var Version = "unknown"

// VersionText is the line that tells it.
func VersionText() string {
	return fmt.Sprintf("armature %s (%s, AArch64 guests on %s)\n", Version, runtime.Version(), runtime.GOARCH)
}

// UsageStatus is the exit status for a wrong command line.
const UsageStatus = 2

// Fail tells what went wrong.
func Fail(format string, a ...any) {
	fmt.Fprintf(os.Stderr, "armature: "+format+"\n", a...)
}

// Of the auxiliary vector that this process was started with.
const (
	atExecFD          = 2
	atFlags           = 8
	atSecure          = 23
	flagPreserveArgv0 = 1
)

// Run runs a guest program in place of this one, if the command line argv asks
// for one. It returns if it does not, or with done set and the exit status if
// there is nothing to run. With early set it also leaves to a later call what
// needs more of this program than the engine: see package early.
func Run(argv []string, early bool) (status int, done bool) {
	name := ""
	if len(argv) > 0 {
		name = path.Base(argv[0])
	}
	if len(argv) > 0 && wrap.Is(argv[0]) {
		host.Plain()
		err := wrap.Exec(argv, environment())
		Fail("in place of %s: %v", argv[0], err)
		return 125, true
	}
	how := called(name)
	var args []string
	switch {
	case how != byCommand:
		args = argv[1:]
	case len(argv) > 1 && argv[1] == "run":
		name, args = name+" run", argv[2:]
	default:
		return 0, false
	}
	var o options
	var err error
	if how != byKernel || len(args) < 2 {
		args, err = o.parse(args)
	} // the kernel passes no options, but the program's name may begin with a dash
	if err == nil {
		err = o.fromEnvironment()
	}
	if early && (err != nil || o.help || o.version || o.list != "" || len(args) == 0 || o.trace != "" || o.crashes() || o.debugs()) {
		return 0, false
	}
	switch {
	case err != nil:
		Fail("%v (%s --help lists the options)", err, name)
		return UsageStatus, true
	case o.help:
		return show(Help(name)), true
	case o.version:
		return show(VersionText()), true
	case o.list != "":
		return show(o.list), true
	case len(args) == 0:
		Fail("no program (usage: %s [options] PROG [ARGS...])", name)
		return UsageStatus, true
	}
	cfg, err := o.config(args, how)
	if err != nil {
		Fail("%v", err)
		return UsageStatus, true
	}
	err = linuxuser.Run(*cfg)
	Fail("%v", err)
	var load *linuxuser.LoadError
	if !errors.As(err, &load) {
		return 125, true // the emulator's own failure
	}
	return linuxuser.ExitStatus(err), true
}

// show prints text, and gives the exit status.
func show(text string) int {
	if _, err := os.Stdout.WriteString(text); err != nil {
		Fail("%v", err)
		return 1
	}
	return 0
}

// caller is how the program was called.
type caller int

const (
	byCommand  caller = iota // "armature": a command follows
	byEmulator               // options, program, arguments
	byKernel                 // as binfmt_misc does with its flag P: program, argv[0], arguments
)

// emulatorNames are those under which this program takes what a user-mode emulator
// does. BuildKit calls the ones with its name, directly, for each program of a
// container.
var emulatorNames = [...]string{
	"armature-aarch64", "qemu-aarch64", "qemu-aarch64-static",
	"buildkit-qemu-aarch64", ".buildkit_qemu_emulator",
}

// called tells by whom, from the name that the program has and from what the kernel
// says: that argv[0] was kept (Linux 5.12). Debian's name for an interpreter that is
// registered so says it as well.
func called(name string) caller {
	if v, _ := host.Aux(atFlags); v&flagPreserveArgv0 != 0 || name == "aarch64-binfmt-P" {
		return byKernel
	}
	for _, n := range emulatorNames {
		if n == name {
			return byEmulator
		}
	}
	return byCommand
}

// crashes tells whether crashes are to be reported.
func (o *options) crashes() bool { return o.crash || getenv("CRASH", false) != "" }

// NewDebugger makes the server of a debugger: at where it is to wait for one, or going on with a
// connection. It is set by the program, so that others need not have package gdb.
var NewDebugger func(where, connection string) (linuxuser.Debugger, error)

// debugs tells whether the program is to run under a debugger.
func (o *options) debugs() bool { return o.gdbFrom != "" || o.debugger() != "" }

// debugger is where to wait for a debugger; "" for none.
func (o *options) debugger() string {
	where := getenv("GDB", true)
	if o.gdb != nil {
		where = *o.gdb
	}
	if where == "none" {
		return ""
	}
	return where
}

// fromEnvironment takes from variables what no option says.
func (o *options) fromEnvironment() error {
	if o.uname == "" {
		o.uname = getenv("UNAME", true)
	}
	if o.traceFile == "" {
		o.traceFile = getenv("LOG_FILENAME", true)
	}
	if v := getenv("LOG", true); v != "" && o.trace == "" {
		// The programs that the guest executes have the variable themselves.
		pass := o.pass
		if err := o.setTrace(v); err != nil {
			return err
		}
		o.pass = pass
	}
	return nil
}

// config turns options into what linuxuser runs.
func (o *options) config(args []string, how caller) (*linuxuser.Config, error) {
	var err error
	c := &linuxuser.Config{Path: args[0], Args: args, Secure: secure()}
	if how == byKernel && len(args) > 1 {
		args = args[1:]
		c.Args = args
	}
	if fd, ok := host.Aux(atExecFD); ok && how != byCommand {
		c.ExecFD = int(fd) // binfmt_misc with flag O or C
	}
	if o.execFD != 0 {
		c.ExecFD = o.execFD
	}
	if how != byKernel && !strings.Contains(c.Path, "/") {
		if _, err := os.Stat(c.Path); err == nil {
			c.Path = "./" + c.Path
		} else if p := lookPath(c.Path); p != "" {
			c.Path = p
		}
	}
	if v := getenv("ARGV0", true); v != "" && o.argv0 == nil && how != byKernel {
		o.argv0 = &v
	}
	if o.argv0 != nil {
		c.Args = append([]string{*o.argv0}, args[1:]...)
	}
	var changes []string
	if v := getenv("SET_ENV", true); v != "" {
		changes = strings.Split(v, ",")
	}
	if v := getenv("UNSET_ENV", true); v != "" {
		changes = append(changes, strings.Split(v, ",")...)
	}
	c.Env = environ(append(changes, o.env...))
	for _, n := range o.notes {
		Fail("note: %s", n)
	}
	c.Sysroot = o.sysroot
	if c.Sysroot == "" {
		c.Sysroot = getenv("LD_PREFIX", true)
	}
	if c.Sysroot != "" && c.Sysroot[0] != '/' {
		wd, err := os.Getwd() // the guest may change its directory
		if err != nil {
			return nil, fmt.Errorf("sysroot %s: %w", c.Sysroot, err)
		}
		c.Sysroot = path.Join(wd, c.Sysroot)
	}
	c.Crash = o.crashes()
	c.Release = o.uname

	switch o.engine {
	case "", "auto":
		c.Engine.Lazy = true
	case "jit":
	case "interp":
		c.Engine.Interp = true
	default:
		return nil, fmt.Errorf("--engine=%s: want auto, jit or interp", o.engine)
	}
	if _, err := ir.ParsePasses(o.opt); err != nil {
		return nil, fmt.Errorf("--opt=%s: %w", o.opt, err)
	}
	c.Engine.Opt, c.Engine.HostCPU, c.Engine.ArenaSize = o.opt, o.hostCPU, o.arena
	c.Engine.NoTier2 = o.noTier2
	if o.perfMap {
		if c.Engine.PerfMap, err = traceWriter("/tmp/perf-%d.map"); err != nil {
			return nil, err
		}
	}
	if c.Engine.Cache, err = o.store(); err != nil {
		return nil, err
	}

	if o.trace != "" || o.strace || getenv("STRACE", true) != "" {
		var w io.Writer
		w, err = traceWriter(o.traceFile)
		if err != nil {
			return nil, err
		}
		if o.strace || getenv("STRACE", true) != "" {
			c.Strace = w
		}
		if o.trace != "" {
			if c.Engine.Tracer, err = cpu.NewTracer(w, o.trace); err != nil {
				return nil, err
			}
			c.Atexit = c.Engine.Tracer.Flush
		}
	}
	c.Stats = o.stats
	c.ExecFn, c.Limits, c.Seccomp, c.MDWE = o.execFn, o.limits, o.seccomp, o.mdwe
	c.Options = o.pass
	if o.debugs() {
		where := o.debugger()
		var err error
		if c.Debugger, err = NewDebugger(where, o.gdbFrom); err != nil {
			return nil, fmt.Errorf("-g %s: %w", where, err)
		}
		if o.gdb == nil {
			// The variable is for this program, not for those that it executes.
			c.Options = append(c.Options, "-g=none")
		}
	}
	return c, nil
}

// traceWriter opens the trace file, on a descriptor that the guest is not likely
// to use.
func traceWriter(name string) (io.Writer, error) {
	fd := 2
	if name != "" {
		flags := syscall.O_WRONLY | syscall.O_CREAT | syscall.O_CLOEXEC
		if rest, ok := strings.CutPrefix(name, "+"); ok {
			name, flags = rest, flags|syscall.O_APPEND
		} else {
			flags |= syscall.O_TRUNC
		}
		name = strings.ReplaceAll(name, "%d", fmt.Sprint(os.Getpid()))
		var err error
		if fd, err = syscall.Open(name, flags, 0o666); err != nil {
			return nil, fmt.Errorf("trace file %s: %w", name, err)
		}
	}
	kept, e := host.Keep(uintptr(fd))
	if e != 0 {
		return nil, fmt.Errorf("trace file: %w", syscall.Errno(-e))
	}
	if fd != 2 {
		syscall.Close(fd)
	}
	return fdWriter{kept}, nil
}

// fdWriter writes to a descriptor without the os package's poller.
type fdWriter struct{ *host.Kept }

func (w fdWriter) Write(b []byte) (int, error) {
	for n := 0; n < len(b); {
		k, err := syscall.Write(int(w.FD()), b[n:])
		if err == syscall.EINTR {
			continue
		}
		if err != nil {
			return n, err
		}
		n += k
	}
	return len(b), nil
}

// environ is the environment that this process was given, changed as the options
// say.
func environ(changes []string) []string {
	env := environment()
	for _, c := range changes {
		name, _, set := strings.Cut(c, "=")
		keep := env[:0:0]
		for _, e := range env {
			if n, _, _ := strings.Cut(e, "="); n != name {
				keep = append(keep, e)
			}
		}
		if set {
			keep = append(keep, c)
		}
		env = keep
	}
	return env
}
