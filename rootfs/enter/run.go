package enter

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"armature/binfmt"

	"golang.org/x/sys/unix"
)

// InitCommand is the hidden command that this program runs as process 1.
const InitCommand = "enter-init"

// Of process 1.
const (
	orderFD   = 3 // where the order comes from; its end is the caller's
	statusBad = 125
)

// Run runs the command, and gives its exit status: 128 and the signal's number if
// one killed it, and 125 with an error if it could not be started. It must be called
// on the main thread. What the user should know goes to warn.
func Run(cfg Config, warn func(format string, a ...any)) (status int, err error) {
	o, err := prepare(cfg)
	if err != nil {
		return statusBad, err
	}
	// The pipe's end tells process 1 that this process is gone.
	r, w, err := os.Pipe()
	if err != nil {
		return statusBad, err
	}
	defer w.Close()
	cmd := exec.Command("/proc/self/exe", InitCommand)
	cmd.Args[0] = "armature"
	cmd.Env = []string{}
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.ExtraFiles = []*os.File{r}
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags: syscall.CLONE_NEWNS | syscall.CLONE_NEWPID | syscall.CLONE_NEWIPC,
		Pdeathsig:  syscall.SIGKILL,
	}
	if o.UserNS = !privileged(); o.UserNS {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
	} else if o.Project != "" {
		owner, err := ownerNamespace(o.Project)
		if err != nil {
			return statusBad, err
		}
		if owner != nil {
			defer owner.Close()
			cmd.ExtraFiles = append(cmd.ExtraFiles, owner)
			o.OwnerFD = orderFD + 1
		}
	}
	if o.NativeTools && !o.UserNS && !binfmt.HandledByUs(binfmt.AArch64) && !binfmt.Namespaced() {
		warn("Armature is not the handler of ARM programs, so that of the native tools only the compiler works, and link-time optimisation (-flto), in which the host's linker starts the tree's compiler, will fail: `armature binfmt install`, or Linux 6.7")
	}
	// Signals are noted before there is somebody to hand them to.
	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP)
	err = cmd.Start()
	r.Close()
	if err != nil {
		if o.UserNS {
			err = fmt.Errorf("%w (this needs user namespaces, which the system may forbid: /proc/sys/user/max_user_namespaces, kernel.unprivileged_userns_clone, kernel.apparmor_restrict_unprivileged_userns; or root)", err)
		}
		return statusBad, fmt.Errorf("making namespaces: %w", err)
	}
	if cfg.Started != nil {
		if err := cfg.Started(cmd.Process.Pid); err != nil {
			cmd.Process.Kill()
			cmd.Wait()
			return statusBad, err
		}
	}
	if o.UserNS {
		if o.Single, err = mapIDs(cmd.Process.Pid, warn); err != nil {
			cmd.Process.Kill()
			cmd.Wait()
			return statusBad, fmt.Errorf("mapping user IDs: %w", err)
		}
	}
	go func() {
		for s := range signals {
			// The terminal sends these to the command as well.
			if (s == syscall.SIGINT || s == syscall.SIGQUIT) && o.Terminal != "" {
				continue
			}
			cmd.Process.Signal(s)
		}
	}()
	// It may end early and say why.
	msg, err := json.Marshal(o)
	if err != nil {
		return statusBad, err
	}
	head := byte('r') // ready: users are there
	if o.UserNS {
		head = 'u'
	}
	w.Write(append([]byte{head}, msg...))
	err = cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return statusBad, err
	}
	if ws := cmd.ProcessState.Sys().(syscall.WaitStatus); ws.Signaled() {
		return 128 + int(ws.Signal()), nil
	}
	return cmd.ProcessState.ExitCode(), nil
}

// prepare checks what can be checked outside, and collects what is known there only.
func prepare(cfg Config) (*order, error) {
	o := &order{Config: cfg}
	root, err := filepath.Abs(cfg.Root)
	if err != nil {
		return nil, err
	}
	if o.Root, err = filepath.EvalSymlinks(root); err != nil {
		return nil, err
	}
	st, err := os.Stat(o.Root)
	switch {
	case err != nil:
		return nil, err
	case !st.IsDir():
		return nil, fmt.Errorf("%s is not a directory (`armature rootfs unpack` unpacks archives and images)", cfg.Root)
	case o.Root == "/":
		return nil, errors.New("the tree is this system's own root")
	}
	if o.Layer != "" {
		if o.Layer, err = filepath.Abs(o.Layer); err != nil {
			return nil, err
		}
		for _, d := range []string{"upper", "work"} {
			if err := os.MkdirAll(filepath.Join(o.Layer, d), 0o755); err != nil {
				return nil, err
			}
		}
	}
	if o.Project != "" {
		if o.Project, err = filepath.Abs(o.Project); err != nil {
			return nil, err
		}
		if o.Project, err = filepath.EvalSymlinks(o.Project); err != nil {
			return nil, err
		}
	}
	if o.Resolv, err = os.ReadFile("/etc/resolv.conf"); err != nil && !os.IsNotExist(err) {
		return nil, err
	}
	for _, name := range keptVariables {
		if v, ok := os.LookupEnv(name); ok {
			o.Kept = append(o.Kept, name+"="+v)
		}
	}
	if _, err := unix.IoctlGetTermios(0, unix.TCGETS); err == nil {
		o.Terminal, _ = os.Readlink("/proc/self/fd/0")
	}
	if o.Emulator, err = os.Executable(); err != nil {
		return nil, err
	}
	return o, nil
}

// privileged tells whether the process may make and use mount namespaces as it is.
func privileged() bool {
	h := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var d [2]unix.CapUserData
	if os.Geteuid() != 0 || unix.Capget(&h, &d[0]) != nil {
		return false
	}
	const need = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_SYS_CHROOT | 1<<unix.CAP_CHOWN
	return d[0].Effective&need == need
}

// ownerNamespace makes a user namespace for a mount of the project, in which root
// and the project's owner have changed places; nil if the owner is root.
func ownerNamespace(project string) (*os.File, error) {
	var st unix.Stat_t
	if err := unix.Stat(project, &st); err != nil {
		return nil, err
	}
	if st.Uid == 0 && st.Gid == 0 {
		return nil, nil
	}
	uids, gids, err := OwnIDs()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command("/proc/self/exe", InitCommand)
	cmd.Args[0] = "armature"
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER,
		Pdeathsig:   syscall.SIGKILL,
		UidMappings: swapped(int(st.Uid), uids), GidMappings: swapped(int(st.Gid), gids),
	}
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close() // which ends it
	cmd.ExtraFiles = []*os.File{r}
	err = cmd.Start()
	r.Close()
	if err != nil {
		return nil, fmt.Errorf("making a user namespace for the project's owner: %w", err)
	}
	defer func() {
		w.Close()
		cmd.Process.Kill()
		cmd.Wait()
	}()
	return os.Open(fmt.Sprintf("/proc/%d/ns/user", cmd.Process.Pid))
}

// swapped maps every ID of the process's user namespace to itself, but id and 0 to
// each other.
func swapped(id int, own []syscall.SysProcIDMap) (m []syscall.SysProcIDMap) {
	add := func(in, out, size int) {
		if size > 0 {
			m = append(m, syscall.SysProcIDMap{ContainerID: in, HostID: out, Size: size})
		}
	}
	if id == 0 {
		return own
	}
	add(0, id, 1)
	add(id, 0, 1)
	for _, r := range own {
		lo, hi := max(r.ContainerID, 1), r.ContainerID+r.Size
		if lo <= id && id < hi {
			add(lo, lo, id-lo)
			lo = id + 1
		}
		add(lo, lo, hi-lo)
	}
	return m
}

// OwnIDs gives the users and groups that exist in the process's user namespace, each mapped to itself.
func OwnIDs() (uids, gids []syscall.SysProcIDMap, err error) {
	if uids, err = ownIDs("/proc/self/uid_map"); err != nil {
		return nil, nil, err
	}
	gids, err = ownIDs("/proc/self/gid_map")
	return uids, gids, err
}

func ownIDs(file string) (m []syscall.SysProcIDMap, err error) {
	b, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	for line := range strings.Lines(string(b)) {
		var in, out, size int
		if _, err := fmt.Sscan(line, &in, &out, &size); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
		m = append(m, syscall.SysProcIDMap{ContainerID: in, HostID: in, Size: size})
	}
	return m, nil
}
