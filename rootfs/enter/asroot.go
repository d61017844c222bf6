package enter

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/signal"
	"strconv"
	"syscall"

	"golang.org/x/sys/unix"
)

// Hidden commands that AsRoot runs in its user namespace, one after the other: each has
// the caller's PID and then the arguments.
const (
	AgainCommand  = "enter-again"
	AsRootCommand = "enter-as-root"
)

// ErrNoIDs says that the caller has no subordinate IDs, or no user namespaces.
var ErrNoIDs = errors.New("no user namespace with several users can be made")

// AsRoot runs this program with args as root of a user namespace that has the users
// which `armature chroot` gives an unprivileged caller, so that owners in a tree are
// the same for both, and gives its exit status. The error wraps ErrNoIDs if that is
// not possible here; then nothing was run. It must be called on the main thread.
func AsRoot(args []string) (status int, err error) {
	r, w, err := os.Pipe()
	if err != nil {
		return 0, err
	}
	defer w.Close()
	cmd := exec.Command("/proc/self/exe", append([]string{AgainCommand, strconv.Itoa(os.Getpid())}, args...)...)
	cmd.Args[0] = "armature"
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{r}
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER, Pdeathsig: syscall.SIGTERM}
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	defer signal.Stop(signals)
	err = cmd.Start()
	r.Close()
	if err != nil {
		return 0, fmt.Errorf("%w: %w", ErrNoIDs, err)
	}
	why := errors.New("the maps cannot be written")
	single, err := mapIDs(cmd.Process.Pid, func(_ string, a ...any) {
		if e, ok := a[0].(error); ok {
			why = e
		}
	})
	if single || err != nil {
		cmd.Process.Kill()
		cmd.Wait()
		return 0, fmt.Errorf("%w: %w", ErrNoIDs, errors.Join(err, why))
	}
	go func() {
		for s := range signals {
			cmd.Process.Signal(s) // the terminal may have sent it there, too; the first one counts
		}
	}()
	w.Write([]byte{0})
	w.Close()
	var exit *exec.ExitError
	if err := cmd.Wait(); err != nil && !errors.As(err, &exit) {
		return 0, err
	}
	if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}

// Again is AgainCommand: it waits until the namespace has its users, and executes the
// program once more, which gives it the rights of root there.
func Again(args []string) error {
	f := os.NewFile(orderFD, "order")
	if _, err := io.ReadFull(f, make([]byte, 1)); err != nil {
		return errGone
	}
	f.Close()
	return syscall.Exec("/proc/self/exe", append([]string{"armature", AsRootCommand}, args...), os.Environ())
}

var errGone = errors.New("the caller is gone")

// AsRootArgs is the beginning of AsRootCommand. It sees to it that a SIGTERM comes when the
// caller is gone, since the kernel forgets that it was to send one when rights change, and
// gives the arguments that are to be carried out.
func AsRootArgs(args []string) ([]string, error) {
	if len(args) == 0 {
		return nil, errGone
	}
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGTERM), 0, 0, 0); err != nil {
		return nil, err
	}
	if args[0] != strconv.Itoa(os.Getppid()) {
		return nil, errGone
	}
	return args[1:], nil
}
