package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"armature/binfmt"
	"armature/rootfs/enter"

	"golang.org/x/sys/unix"
)

// insideCommand is the argument by which this program is process 1 of a command's namespaces.
const insideCommand = "inside"

// Of process 1.
const (
	aliveFD   = 3   // a pipe whose end says that the caller is gone
	statusBad = 125 // the command could not be started
)

// hostName is what the tree's programs see.
const hostName = "software"

// An order says what to run, and where.
type order struct {
	Root    string   // the tree; "": the machine's own
	Dir     string   // working directory in it
	Args    []string // the command
	Env     []string
	Handler string // interpreter of arm64 programs; "": none
	Network bool   // the machine's network, else a loopback device of its own
}

// usage is what a command took.
type usage struct {
	Wall, User, System time.Duration
}

// cpu is the processor time.
func (u usage) cpu() time.Duration { return u.User + u.System }

// errLimit says that a command was not done in its time.
var errLimit = errors.New("not done")

// run runs a command to its end, or to the end of ctx or limit, with standard output and error to files.
// Nothing that it started or mounted is left then, also if this process is killed.
func (o order) run(ctx context.Context, limit time.Duration, stdout, stderr *os.File) (u usage, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, limit, errLimit)
	defer cancel()
	text, err := json.Marshal(o)
	if err != nil {
		return u, err
	}
	uids, gids, err := enter.OwnIDs()
	if err != nil {
		return u, err
	}
	r, w, err := os.Pipe()
	if err != nil {
		return u, err
	}
	defer w.Close()
	cmd := exec.CommandContext(ctx, "/proc/self/exe", insideCommand, string(text))
	cmd.Stdout, cmd.Stderr = stdout, stderr
	cmd.ExtraFiles = []*os.File{r}
	cmd.Cancel = w.Close // which process 1 sees, and it has some time to end the others
	cmd.WaitDelay = time.Minute
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC | syscall.CLONE_NEWUTS,
		UidMappings: uids, GidMappings: gids, GidMappingsEnableSetgroups: true,
		Setpgid: true, // a Ctrl-C is for this process, which ends the command
	}
	if !o.Network {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWNET
	}
	start := time.Now()
	err = cmd.Start()
	r.Close()
	if err != nil {
		return u, fmt.Errorf("making namespaces: %w", err)
	}
	err = cmd.Wait()
	u = usage{time.Since(start), cmd.ProcessState.UserTime(), cmd.ProcessState.SystemTime()}
	if cause := context.Cause(ctx); cause == errLimit {
		err = fmt.Errorf("%w after %v", errLimit, limit)
	} else if cause != nil {
		err = cause
	}
	return u, err
}

// inside is process 1: it prepares the tree, starts the command, and reaps until that ends.
func inside(text string) {
	go func() {
		io.Copy(io.Discard, os.NewFile(aliveFD, "caller"))
		for ; ; time.Sleep(10 * time.Millisecond) { // in case the command is only just being started
			unix.Kill(-1, unix.SIGKILL)
		}
	}()
	unix.CloseOnExec(aliveFD)
	status, err := obey(text)
	if err != nil {
		fmt.Fprintln(os.Stderr, "software:", err)
		status = statusBad
	}
	os.Exit(status)
}

func obey(text string) (status int, err error) {
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		return 0, err
	}
	if err := o.prepare(); err != nil {
		return 0, err
	}
	attr := &syscall.ProcAttr{Dir: o.Dir, Env: o.Env, Files: []uintptr{0, 1, 2}}
	exe := o.Args[0]
	if o.Root != "" {
		attr.Sys = &syscall.SysProcAttr{Chroot: o.Root}
	}
	pid, err := syscall.ForkExec(exe, o.Args, attr)
	if err != nil {
		return 0, fmt.Errorf("starting %s: %w", exe, err)
	}
	// All that it leaves behind is ended and waited for, which counts its time.
	for {
		var ws syscall.WaitStatus
		p, err := syscall.Wait4(-1, &ws, 0, nil)
		switch {
		case err == syscall.EINTR:
		case err == syscall.ECHILD:
			return status, nil
		case err != nil:
			return 0, fmt.Errorf("waiting for %s: %w", exe, err)
		case p == pid:
			if status = ws.ExitStatus(); ws.Signaled() {
				status = 128 + int(ws.Signal())
			}
			unix.Kill(-1, unix.SIGKILL)
		}
	}
}

// prepare makes the mounts, the handler, and the network.
func (o order) prepare() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	if err := unix.Sethostname([]byte(hostName)); err != nil {
		return fmt.Errorf("setting the host's name: %w", err)
	}
	if !o.Network {
		if err := upLoopback(); err != nil {
			return fmt.Errorf("the loopback device: %w", err)
		}
	}
	if err := mount("proc", "/proc", 0, ""); err != nil {
		return err
	}
	if o.Handler != "" {
		r := &binfmt.Registry{Dir: "/proc/sys/fs/binfmt_misc"}
		if err := binfmt.Mount(r.Dir); err != nil {
			return err
		}
		if err := r.Register(binfmt.AArch64, o.Handler, binfmt.DefaultFlags); err != nil {
			return err
		}
	}
	if o.Root == "" {
		return nil
	}
	return o.mounts()
}

// mounts puts into the tree what its programs look for beside its files.
func (o order) mounts() error {
	in := func(path string) string { return filepath.Join(o.Root, path) }
	if err := mount("proc", in("/proc"), 0, ""); err != nil {
		return err
	}
	if err := bind("/sys", in("/sys")); err != nil {
		return err
	}
	if err := mount("tmpfs", in("/dev"), unix.MS_NOSUID, "mode=0755,size=4m"); err != nil {
		return err
	}
	for _, n := range []string{"null", "zero", "full", "random", "urandom", "tty"} {
		if err := os.WriteFile(in("/dev/"+n), nil, 0o666); err != nil {
			return err
		}
		if err := bind("/dev/"+n, in("/dev/"+n)); err != nil {
			return err
		}
	}
	for name, target := range map[string]string{
		"ptmx": "pts/ptmx", "fd": "/proc/self/fd", "stdin": "/proc/self/fd/0", "stdout": "/proc/self/fd/1", "stderr": "/proc/self/fd/2",
	} {
		if err := os.Symlink(target, in("/dev/"+name)); err != nil {
			return err
		}
	}
	for _, m := range []struct{ kind, target, data string }{
		{"devpts", "/dev/pts", "newinstance,ptmxmode=0666,mode=0620,gid=5"},
		{"tmpfs", "/dev/shm", "mode=1777,size=50%"},
		{"tmpfs", "/tmp", "mode=1777,size=50%"},
	} {
		if err := os.MkdirAll(in(m.target), 0o755); err != nil {
			return err
		}
		if err := mount(m.kind, in(m.target), unix.MS_NOSUID, m.data); err != nil {
			return err
		}
	}
	return nil
}

func mount(kind, target string, flags uintptr, data string) error {
	if err := unix.Mount(kind, target, kind, flags, data); err != nil {
		return fmt.Errorf("mounting %s at %s: %w", kind, target, err)
	}
	return nil
}

func bind(source, target string) error {
	if err := unix.Mount(source, target, "", unix.MS_BIND|unix.MS_REC, ""); err != nil {
		return fmt.Errorf("mounting %s at %s: %w", source, target, err)
	}
	return nil
}

// upLoopback switches the loopback device of a new network namespace on.
func upLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFFLAGS, req); err != nil {
		return err
	}
	req.SetUint16(req.Uint16() | unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req)
}

// environment is what commands see, beside more: nothing of the caller's but the proxies of its network.
func environment(more ...string) (env []string) {
	env = []string{
		"HOME=/root", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL=C.UTF-8", "TERM=dumb",
		"DEBIAN_FRONTEND=noninteractive", "DEBCONF_NONINTERACTIVE_SEEN=true",
		"container=lxc", // debootstrap: device nodes may not be made in a user namespace
	}
	for _, kv := range os.Environ() {
		if name, _, _ := strings.Cut(kv, "="); strings.HasSuffix(strings.ToLower(name), "_proxy") {
			env = append(env, kv)
		}
	}
	return append(env, more...)
}
