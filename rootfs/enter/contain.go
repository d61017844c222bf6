package enter

import (
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// ContainArgument is what InitCommand is told to be InitContained.
const ContainArgument = "contain"

// containPatience is how long a tool has to clean up when it shall end.
const containPatience = 10 * time.Second

// StartContained starts cmd, one of the host's programs, so that its mounts and all processes that it
// starts end with it, and when this process ends, however that comes: it gets mount and
// process namespaces of its own, with this program as process 1. A SIGTERM to that
// process goes to the program's process group. started, if it is not nil, is told the process before
// the program runs. The end of hold, too, ends the program: close it after cmd.Wait.
func StartContained(cmd *exec.Cmd, started func(pid int) error) (hold io.Closer, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd.Args = append([]string{"armature", InitCommand, ContainArgument, cmd.Path}, cmd.Args...)
	cmd.Path = "/proc/self/exe"
	cmd.ExtraFiles = []*os.File{r}
	// Not by the parent's death signal: that may come only once, as SIGTERM, and is lost.
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID, Setpgid: true}
	err = cmd.Start()
	r.Close()
	if err != nil {
		w.Close()
		return nil, fmt.Errorf("making namespaces for it: %w", err)
	}
	if started != nil {
		err = started(cmd.Process.Pid)
	}
	if err == nil {
		_, err = w.Write([]byte{0})
	}
	if err != nil {
		w.Close()
		cmd.Process.Kill()
		cmd.Wait()
		return nil, err
	}
	return w, nil
}

// InitContained is process 1 for StartContained; it does not return.
func InitContained(args []string) {
	status, err := contained(args)
	if err != nil {
		fmt.Fprintf(os.Stderr, "armature: %v\n", err)
		status = statusBad
	}
	os.Exit(status)
}

func contained(args []string) (int, error) {
	unix.CloseOnExec(orderFD)
	pipe := os.NewFile(orderFD, "order")
	if _, err := io.ReadFull(pipe, make([]byte, 1)); err != nil || len(args) < 2 {
		return 0, errGone
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	if err := containedMounts(); err != nil {
		return 0, err
	}
	pid, err := syscall.ForkExec(args[0], args[1:], &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}, Sys: &syscall.SysProcAttr{Setpgid: true}})
	if err != nil {
		return 0, fmt.Errorf("starting %s: %w", args[0], err)
	}
	go func() {
		for range signals {
			syscall.Kill(-pid, syscall.SIGTERM)
		}
	}()
	go func() {
		io.Copy(io.Discard, pipe) // until the caller is gone
		syscall.Kill(-pid, syscall.SIGTERM)
		time.Sleep(containPatience)
		os.Exit(statusBad)
	}()
	return reap(pid)
}

// containedMounts makes all mounts this namespace's own, and /proc that of its processes.
func containedMounts() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	const binfmtDir = "/proc/sys/fs/binfmt_misc"
	handlers, herr := openTree(binfmtDir)
	// Where /proc is covered in part, as in containers, the kernel refuses another. Then
	// the host's does.
	if err := unix.Mount("proc", "/proc", "proc", unix.MS_NOSUID|unix.MS_NODEV|unix.MS_NOEXEC, ""); err != nil || herr != nil {
		return nil
	}
	return handlers.place(binfmtDir)
}

// reap waits for the process pid and for those that have become this one's, and gives
// the exit status of pid: 128 and the signal's number if one killed it.
func reap(pid int) (int, error) {
	for {
		var ws syscall.WaitStatus
		p, err := syscall.Wait4(-1, &ws, 0, nil)
		switch {
		case err == syscall.EINTR:
			continue
		case err != nil:
			return 0, fmt.Errorf("waiting for process %d: %w", pid, err)
		case p != pid:
			continue
		case ws.Signaled():
			return 128 + int(ws.Signal()), nil
		case ws.Exited():
			return ws.ExitStatus(), nil
		}
	}
}
