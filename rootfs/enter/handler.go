package enter

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"syscall"
	"unsafe"

	"armature/binfmt"
	"armature/rootfs/enter/wrap"
)

// The host's programs can start those of the tree only where the kernel has a handler.
// If root's machine has none, the command gets a user namespace with all users that there
// are, and in it a handler of its own, which ends with it. In exchange its root has no
// power over the machine: no device nodes, no mounts of disks.

// HandlerArgument is what InitCommand is told to be InitHandler.
const HandlerArgument = "handler"

// become is what InitHandler does after registering.
type become struct {
	UID, GID uint32
	Groups   []uint32
	Exe      string
	Argv     []string
}

// withHandler gives what starts exe in such a namespace.
func withHandler(exe string, argv []string, u *account) (string, []string, *syscall.SysProcAttr, error) {
	b, err := json.Marshal(become{u.uid, u.gid, u.groups, exe, argv})
	if err != nil {
		return "", nil, nil, err
	}
	uids, gids, err := OwnIDs()
	if err != nil {
		return "", nil, nil, err
	}
	return "/proc/self/exe", []string{"armature", InitCommand, HandlerArgument, string(b)}, &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNS,
		UidMappings: uids, GidMappings: gids, GidMappingsEnableSetgroups: true,
	}, nil
}

// InitHandler registers this program in the user namespace that it was started in, and
// becomes the command. It does not return.
func InitHandler(arg string) {
	err := initHandler(arg)
	fmt.Fprintf(os.Stderr, "armature: %v\n", err)
	os.Exit(statusBad)
}

func initHandler(arg string) error {
	var b become
	if err := json.Unmarshal([]byte(arg), &b); err != nil {
		return err
	}
	const dir = "/proc/sys/fs/binfmt_misc"
	if err := binfmt.Mount(dir); err != nil {
		return err
	}
	r := &binfmt.Registry{Dir: dir}
	if err := r.Register(binfmt.AArch64, filepath.Join(wrap.Dir, "armature"), binfmt.DefaultFlags); err != nil {
		return err
	}
	// On this thread alone, which is the one that executes: there is no need to have
	// the others follow.
	var groups *uint32
	if len(b.Groups) > 0 {
		groups = &b.Groups[0]
	}
	for _, c := range []struct {
		what        string
		nr, a, b, c uintptr
	}{
		{"groups", syscall.SYS_SETGROUPS, uintptr(len(b.Groups)), uintptr(unsafe.Pointer(groups)), 0},
		{"the group", syscall.SYS_SETRESGID, uintptr(b.GID), uintptr(b.GID), uintptr(b.GID)},
		{"the user", syscall.SYS_SETRESUID, uintptr(b.UID), uintptr(b.UID), uintptr(b.UID)},
	} {
		if _, _, e := syscall.RawSyscall(c.nr, c.a, c.b, c.c); e != 0 {
			return fmt.Errorf("setting %s: %w", c.what, e)
		}
	}
	runtime.KeepAlive(b.Groups)
	return fmt.Errorf("starting %s: %w", b.Argv[0], syscall.Exec(b.Exe, b.Argv, os.Environ()))
}
