package enter

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// Init is process 1 of the namespaces that Run makes. It does not return.
func Init() {
	status, err := initMain()
	if err != nil {
		fmt.Fprintf(os.Stderr, "armature: %v\n", err)
		status = statusBad
		if errors.Is(err, errNoCommand) {
			status = 127
		}
	}
	os.Exit(status)
}

// errNoCommand says that the command is not in the tree.
var errNoCommand = errors.New("no such command in the tree")

func initMain() (int, error) {
	unix.CloseOnExec(orderFD)
	pipe := os.NewFile(orderFD, "order")
	// The kernel ends this process when the caller's thread does. It was asked to
	// before, but forgets that when rights change.
	if err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0); err != nil {
		return 0, err
	}
	var head [1]byte
	if _, err := io.ReadFull(pipe, head[:]); err != nil {
		return 0, errGone
	}
	if head[0] == 'u' && !privileged() {
		// The namespace has its users by now, and this process is its root, but has
		// rights there only after an exec. It reads on where this one stops.
		unix.FcntlInt(orderFD, unix.F_SETFD, 0)
		return 0, fmt.Errorf("starting in the user namespace: %w",
			syscall.Exec("/proc/self/exe", []string{"armature", InitCommand, "again"}, nil))
	}
	return serve(pipe)
}

// InitAgain is Init after the exec that gives it rights.
func InitAgain() {
	unix.CloseOnExec(orderFD)
	err := unix.Prctl(unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL), 0, 0, 0)
	var status int
	if err == nil {
		status, err = serve(os.NewFile(orderFD, "order"))
	}
	if err != nil {
		fmt.Fprintf(os.Stderr, "armature: %v\n", err)
		status = statusBad
		if errors.Is(err, errNoCommand) {
			status = 127
		}
	}
	os.Exit(status)
}

// serve takes the order, and carries it out.
func serve(pipe *os.File) (int, error) {
	var o order
	if err := json.NewDecoder(pipe).Decode(&o); err != nil {
		return 0, errGone
	}
	go func() {
		// Nothing more comes but the end.
		io.Copy(io.Discard, pipe)
		os.Exit(statusBad)
	}()
	if err := o.mountAll(); err != nil {
		return 0, err
	}
	return o.run()
}

// run starts the command and waits for it, and for what others leave behind.
func (o *order) run() (int, error) {
	u, err := lookupUser(o.User)
	if err != nil {
		return 0, err
	}
	if o.Single && (u.uid != 0 || u.gid != 0) {
		return 0, fmt.Errorf("user %s cannot be had: only root exists inside (see the note on subordinate IDs)", o.User)
	}
	env := o.environment(u)
	args := o.Args
	if len(args) == 0 {
		args = []string{u.shell}
	}
	dir := o.Dir
	if dir == "" {
		dir = u.home
		if st, err := os.Stat(dir); err != nil || !st.IsDir() {
			dir = "/"
		}
	}
	if err := os.Chdir(dir); err != nil {
		return 0, fmt.Errorf("working directory: %w", err)
	}
	path, err := findCommand(args[0], env)
	if err != nil {
		return 0, err
	}
	exe, argv := o.command(path, args)

	signals := make(chan os.Signal, 16)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP)
	sys := &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: u.uid, Gid: u.gid, Groups: u.groups, NoSetGroups: o.Single}}
	if o.Handler == canHandler {
		if exe, argv, sys, err = withHandler(exe, argv, u); err != nil {
			return 0, err
		}
	}
	pid, err := syscall.ForkExec(exe, argv, &syscall.ProcAttr{Env: env, Files: []uintptr{0, 1, 2}, Sys: sys})
	if err != nil {
		return 0, fmt.Errorf("starting %s: %w", path, err)
	}
	go func() {
		for s := range signals {
			if (s == syscall.SIGINT || s == syscall.SIGQUIT) && o.Terminal != "" {
				continue
			}
			syscall.Kill(pid, s.(syscall.Signal))
		}
	}()
	return reap(pid)
}

// command is what starts the program at path: this program, which runs it if it is
// an ARM one, or a script of one; or the program itself if it is the host's.
func (o *order) command(path string, args []string) (exe string, argv []string) {
	if native(path) {
		return path, args
	}
	argv = append([]string{"armature-aarch64"}, o.Options...)
	argv = append(argv, "-0", args[0], "--", path)
	return "/proc/self/exe", append(argv, args[1:]...)
}

// native tells whether a file is an x86-64 program, or a script of one.
func native(path string) bool {
	for range 4 {
		f, err := os.Open(path)
		if err != nil {
			return false
		}
		head := make([]byte, 255)
		n, _ := io.ReadFull(f, head)
		f.Close()
		head = head[:n]
		if len(head) > 20 && string(head[:5]) == "\x7fELF\x02" {
			return head[18] == 62 // EM_X86_64
		}
		line, ok := bytes.CutPrefix(head, []byte("#!"))
		if !ok {
			return false
		}
		line, _, _ = bytes.Cut(line, []byte("\n"))
		words := strings.Fields(string(line))
		if len(words) == 0 {
			return false
		}
		path = words[0]
	}
	return false
}

// environment is the command's: small and the same for everybody, but for what was
// asked for.
func (o *order) environment(u *account) []string {
	path := "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
	if u.uid == 0 {
		path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	}
	env := []string{
		"PATH=" + path, "HOME=" + u.home, "USER=" + u.name, "LOGNAME=" + u.name, "SHELL=" + u.shell,
		"LANG=C.UTF-8",
	}
	for _, e := range append(o.Kept, o.Env...) {
		name, _, _ := strings.Cut(e, "=")
		kept := env[:0]
		for _, old := range env {
			if n, _, _ := strings.Cut(old, "="); n != name {
				kept = append(kept, old)
			}
		}
		env = append(kept, e)
	}
	return env
}

// findCommand looks for a program as a shell in the tree would.
func findCommand(name string, env []string) (string, error) {
	executable := func(p string) bool {
		st, err := os.Stat(p)
		return err == nil && st.Mode().IsRegular() && st.Mode()&0o111 != 0
	}
	if strings.Contains(name, "/") {
		switch st, err := os.Stat(name); {
		case errors.Is(err, fs.ErrNotExist):
			return "", fmt.Errorf("%s: %w", name, errNoCommand)
		case err != nil:
			return "", err
		case !st.Mode().IsRegular():
			return "", fmt.Errorf("%s is not a program", name)
		}
		return name, nil
	}
	for _, e := range env {
		dirs, ok := strings.CutPrefix(e, "PATH=")
		if !ok {
			continue
		}
		for _, dir := range filepath.SplitList(dirs) {
			if p := filepath.Join("/", dir, name); executable(p) {
				return p, nil
			}
		}
	}
	return "", fmt.Errorf("%s: %w", name, errNoCommand)
}
