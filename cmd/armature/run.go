package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"armature/linuxuser"
	"armature/syscalls/host"
	"armature/tcg/cpu"
)

const usageStatus = 2

// Of the auxiliary vector that this process was started with.
const (
	atExecFD          = 2
	atFlags           = 8
	flagPreserveArgv0 = 1
)

// runGuest runs a guest program in place of this one. It returns only if that is
// not possible, with the exit status.
func runGuest(name string, args []string, emulator bool) int {
	var o options
	args, err := o.parse(args)
	if err != nil {
		fail("%v (%s --help lists the options)", err, name)
		return usageStatus
	}
	switch {
	case o.help:
		fmt.Print(runHelp(name))
		return 0
	case o.version:
		printVersion()
		return 0
	case len(args) == 0:
		fail("no program (usage: %s [options] PROG [ARGS...])", name)
		return usageStatus
	}
	cfg, err := o.config(args, emulator)
	if err != nil {
		fail("%v", err)
		return usageStatus
	}
	err = linuxuser.Run(*cfg)
	fail("%v", err)
	var load *linuxuser.LoadError
	if !errors.As(err, &load) {
		return 125 // the emulator's own failure
	}
	return linuxuser.ExitStatus(err)
}

// config turns options into what linuxuser runs.
func (o *options) config(args []string, emulator bool) (*linuxuser.Config, error) {
	c := &linuxuser.Config{Path: args[0], Args: args, Secure: secure()}
	if emulator {
		// From binfmt_misc: the path that was executed, and with its P flag, which
		// AT_FLAGS shows, argv[0] behind it; with O or C the program is open.
		if v, _ := host.Aux(atFlags); v&flagPreserveArgv0 != 0 && len(args) > 1 {
			args = args[1:]
			c.Args = args
		}
		if fd, ok := host.Aux(atExecFD); ok {
			c.ExecFD = int(fd)
		}
	}
	if o.execFD != 0 {
		c.ExecFD = o.execFD
	}
	if !strings.Contains(c.Path, "/") {
		if _, err := os.Stat(c.Path); err == nil {
			c.Path = "./" + c.Path
		} else if p, err := exec.LookPath(c.Path); err == nil {
			c.Path = p
		}
	}
	if o.argv0 != nil {
		c.Args = append([]string{*o.argv0}, args[1:]...)
	}
	c.Env = environ(o.env)
	c.Sysroot = o.sysroot
	if c.Sysroot == "" {
		c.Sysroot = getenv("LD_PREFIX", true)
	}
	if c.Sysroot != "" && c.Sysroot[0] != '/' {
		abs, err := filepath.Abs(c.Sysroot) // the guest may change its directory
		if err != nil {
			return nil, fmt.Errorf("sysroot %s: %w", c.Sysroot, err)
		}
		c.Sysroot = abs
	}
	c.Crash = o.crash || getenv("CRASH", false) != ""

	switch o.engine {
	case "", "jit":
	case "interp":
		c.Engine.Interp = true
	default:
		return nil, fmt.Errorf("--engine=%s: want jit or interp", o.engine)
	}
	c.Engine.Opt, c.Engine.HostCPU, c.Engine.ArenaSize = o.opt, o.hostCPU, o.arena
	c.Engine.NoTier2, c.Engine.PerfMap = o.noTier2, o.perfMap

	if o.trace != "" || o.strace || getenv("STRACE", true) != "" {
		w, err := traceWriter(o.traceFile)
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
	c.Options = o.pass
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
	const dupfdCloexec = 1030
	high := host.Raw(72, uintptr(fd), dupfdCloexec, 900, 0, 0, 0)
	if int(high) < 0 {
		return nil, fmt.Errorf("trace file: %w", syscall.Errno(-high))
	}
	if fd != 2 {
		syscall.Close(fd)
	}
	return fdWriter(high), nil
}

// fdWriter writes to a descriptor without the os package's poller.
type fdWriter int

func (fd fdWriter) Write(b []byte) (int, error) {
	for n := 0; n < len(b); {
		k, err := syscall.Write(int(fd), b[n:])
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
