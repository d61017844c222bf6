package enter

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"armature/binfmt"

	"golang.org/x/sys/unix"
)

// tree is a mount that is held open until it gets its place.
type tree int

// openTree copies what is mounted at path, with all below it.
func openTree(path string) (tree, error) {
	fd, err := unix.OpenTree(unix.AT_FDCWD, path, unix.OPEN_TREE_CLONE|unix.OPEN_TREE_CLOEXEC|unix.AT_RECURSIVE)
	if err == unix.ENOSYS {
		err = errors.New("this takes Linux 5.2")
	}
	if err != nil {
		return -1, fmt.Errorf("binding %s: %w", path, err)
	}
	return tree(fd), nil
}

// place mounts it at path.
func (t tree) place(path string) error {
	if err := unix.MoveMount(int(t), "", unix.AT_FDCWD, path, unix.MOVE_MOUNT_F_EMPTY_PATH); err != nil {
		return fmt.Errorf("mounting at %s: %w", path, err)
	}
	return unix.Close(int(t))
}

// readOnly makes it and what is mounted below it read-only.
func (t tree) readOnly() error {
	return unix.MountSetattr(int(t), "", unix.AT_EMPTY_PATH|unix.AT_RECURSIVE, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_RDONLY})
}

// deviceNodes are the devices of the host that the tree's /dev has.
var deviceNodes = []string{"null", "zero", "full", "random", "urandom", "tty"}

var deviceLinks = []struct{ name, target string }{
	{"fd", "/proc/self/fd"}, {"stdin", "/proc/self/fd/0"}, {"stdout", "/proc/self/fd/1"}, {"stderr", "/proc/self/fd/2"},
	{"ptmx", "pts/ptmx"},
}

// mountAll makes the tree the root, and mounts in it what a system has. What comes
// from the host is opened before, by the host's paths, and placed after, by the
// tree's: no link in the tree leads out of it.
func (o *order) mountAll() error {
	if err := unix.Mount("", "/", "", unix.MS_REC|unix.MS_PRIVATE, ""); err != nil {
		return fmt.Errorf("making mounts private: %w", err)
	}
	type placed struct {
		tree
		path string
		file bool
	}
	var list []placed
	add := func(source, target string, ro bool) error {
		t, err := openTree(source)
		if err != nil {
			return err
		}
		if ro {
			if err := t.readOnly(); err != nil {
				return fmt.Errorf("making %s read-only: %w", source, err)
			}
		}
		st, err := os.Stat(source)
		if err != nil {
			return err
		}
		list = append(list, placed{t, target, !st.IsDir()})
		return nil
	}
	handler := o.ownHandler()
	root, err := openTree(o.Root)
	if err != nil {
		return err
	}
	layer := tree(-1)
	if o.Layer != "" {
		if layer, err = openTree(o.Layer); err != nil {
			return err
		}
	}
	proc, err := openTree("/proc")
	if err != nil {
		return err
	}
	if err := add("/sys", "/sys", true); err != nil {
		return err
	}
	for _, n := range deviceNodes {
		if err := add("/dev/"+n, "/dev/"+n, false); err != nil {
			return err
		}
	}
	if strings.HasPrefix(o.Terminal, "/dev/") {
		if err := add(o.Terminal, "/dev/console", false); err != nil {
			return err
		}
	}
	for _, b := range o.Binds {
		if err := add(b.Source, b.Target, b.ReadOnly); err != nil {
			return err
		}
	}
	if o.Project != "" {
		if err := add(o.Project, o.Project, false); err != nil {
			return err
		}
		if o.OwnerFD != 0 {
			t := list[len(list)-1].tree
			err := unix.MountSetattr(int(t), "", unix.AT_EMPTY_PATH, &unix.MountAttr{Attr_set: unix.MOUNT_ATTR_IDMAP, Userns_fd: uint64(o.OwnerFD)})
			if err != nil {
				return fmt.Errorf("%s: its file system cannot map its owner to root (%w): run this as its owner, not as root", o.Project, err)
			}
			unix.Close(o.OwnerFD)
		}
	}

	var tools *hostTools
	if o.NativeTools {
		if tools, err = openTools(o.Emulator, o.Memory); err != nil {
			return err
		}
		switch {
		case handler >= 0 || binfmt.HandledByUs(binfmt.AArch64):
			o.Handler = hasHandler
		case !o.UserNS && binfmt.Namespaced():
			o.Handler = canHandler
		}
		if o.Handler != noHandler && !o.OnlyCompiler {
			if err := tools.openPrograms(); err != nil {
				return fmt.Errorf("--native-tools: %w", err)
			}
		}
	}
	if err := o.enterRoot(root, layer); err != nil {
		return err
	}
	if err := mountProc(proc); err != nil {
		return err
	}
	if handler >= 0 {
		// A tree without the handler works, but for programs that native ones start.
		handler.place("/proc/sys/fs/binfmt_misc")
	}
	for _, m := range []struct{ target, data string }{
		{"/dev", "mode=0755,size=4m"},
		{"/tmp", "mode=1777"},
		{"/run", "mode=0755"},
		{"/dev/shm", "mode=1777"},
	} {
		if err := mountNew("tmpfs", m.target, unix.MS_NOSUID, m.data); err != nil {
			return err
		}
	}
	if err := os.Mkdir("/run/lock", 0o1777); err != nil {
		return err
	}
	os.Chmod("/run/lock", 0o1777|fs.ModeSticky)
	for _, l := range deviceLinks {
		if err := os.Symlink(l.target, "/dev/"+l.name); err != nil {
			return err
		}
	}
	const pts = unix.MS_NOSUID | unix.MS_NOEXEC
	err = mountNew("devpts", "/dev/pts", pts, "newinstance,ptmxmode=0666,mode=0620,gid=5")
	if err != nil { // where group 5, tty, does not exist
		err = mountNew("devpts", "/dev/pts", pts, "newinstance,ptmxmode=0666,mode=0620")
	}
	if err != nil {
		return err
	}
	for _, p := range list {
		if err := mountPoint(p.path, p.file); err != nil {
			return err
		}
		if err := p.place(p.path); err != nil {
			return err
		}
	}
	if tools != nil {
		if err := tools.mount(); err != nil {
			return err
		}
		list, err := tools.mountPrograms()
		if err != nil {
			return fmt.Errorf("--native-tools: %w", err)
		}
		if slices.Contains(list, "/usr/bin/make") {
			o.Kept = append(o.Kept, makeHost)
		}
	}
	return o.resolvConf()
}

// enterRoot makes the tree, or an overlay of it, the root of this mount namespace,
// and drops the former one.
func (o *order) enterRoot(root, layer tree) error {
	// A place to mount things at for the time being. It hides nothing that is needed.
	scratch := ""
	for _, d := range []string{"/sys", "/mnt", "/tmp"} {
		if st, err := os.Stat(d); err == nil && st.IsDir() {
			scratch = d
			break
		}
	}
	if scratch == "" {
		return errors.New("no directory /sys, /mnt or /tmp to mount at")
	}
	if err := unix.Mount("tmpfs", scratch, "tmpfs", 0, "mode=0755"); err != nil {
		return fmt.Errorf("mounting a tmpfs: %w", err)
	}
	at := func(name string) string { return filepath.Join(scratch, name) }
	for _, d := range []string{"root", "lower", "layer"} {
		if err := os.Mkdir(at(d), 0o755); err != nil {
			return err
		}
	}
	if !o.Overlay {
		if err := root.place(at("root")); err != nil {
			return err
		}
	} else {
		if err := root.place(at("lower")); err != nil {
			return err
		}
		if layer >= 0 {
			if err := layer.place(at("layer")); err != nil {
				return err
			}
		}
		for _, d := range []string{"layer/upper", "layer/work"} {
			if err := os.MkdirAll(at(d), 0o755); err != nil {
				return err
			}
		}
		data := fmt.Sprintf("lowerdir=%s,upperdir=%s,workdir=%s", at("lower"), at("layer/upper"), at("layer/work"))
		if o.UserNS {
			data += ",userxattr"
		}
		if err := unix.Mount("overlay", at("root"), "overlay", 0, data); err != nil {
			return fmt.Errorf("laying changes over the tree (overlayfs): %w (in a user namespace it takes Linux 6.6, and a layer's folder on a file system with user.* attributes)", err)
		}
	}
	if err := os.Chdir(at("root")); err != nil {
		return err
	}
	if err := unix.PivotRoot(".", "."); err != nil {
		// The machine's root is its initial one (initramfs), which stays.
		if err := unix.Mount(".", "/", "", unix.MS_MOVE, ""); err != nil {
			return fmt.Errorf("changing the root: %w", err)
		}
		if err := unix.Chroot("."); err != nil {
			return err
		}
		return os.Chdir("/")
	}
	// The former root lies over the new one now.
	if err := unix.Unmount(".", unix.MNT_DETACH); err != nil {
		return fmt.Errorf("leaving the former root: %w", err)
	}
	return os.Chdir("/")
}

// ownHandler registers this program with the user namespace's own binfmt_misc, and
// gives that; -1 if there is none to be had, or it is the machine's.
func (o *order) ownHandler() tree {
	if !o.UserNS || binfmt.Mount("/proc/sys/fs/binfmt_misc") != nil {
		return -1
	}
	r, err := binfmt.Open("")
	if err != nil || r.Register(binfmt.AArch64, o.Emulator, binfmt.DefaultFlags) != nil {
		return -1
	}
	t, err := openTree(r.Dir)
	if err != nil {
		return -1
	}
	return t
}

// mountProc mounts /proc: that of the new process namespace, or where the kernel
// refuses it because the host's is covered in part, as in containers, the host's.
func mountProc(host tree) error {
	const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	err := mountNew("proc", "/proc", flags, "")
	if errors.Is(err, unix.EPERM) {
		return host.place("/proc")
	}
	unix.Close(int(host))
	return err
}

func mountNew(kind, target string, flags uintptr, data string) error {
	if err := mountPoint(target, false); err != nil {
		return err
	}
	if err := unix.Mount(kind, target, kind, flags, data); err != nil {
		return fmt.Errorf("mounting %s at %s: %w", kind, target, err)
	}
	return nil
}

// mountPoint makes a file or folder to mount at, if it is missing.
func mountPoint(path string, file bool) error {
	st, err := os.Stat(path)
	switch {
	case err == nil && st.IsDir() == file:
		return fmt.Errorf("%s is in the tree, but not of the kind that is to be mounted there", path)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return err
	case !file:
		return os.MkdirAll(path, 0o755)
	}
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_RDONLY, 0o644)
	if err != nil {
		return err
	}
	return f.Close()
}

// resolvConf gives the tree the host's name servers. In many trees the file is a
// link to one in /run that a service would write.
func (o *order) resolvConf() error {
	const file = "/etc/resolv.conf"
	if len(o.Resolv) == 0 {
		return nil
	}
	if _, err := os.Stat("/etc"); err != nil {
		return nil // not a tree that has it
	}
	for _, b := range o.Binds {
		if b.Target == file {
			return nil
		}
	}
	if target, err := os.Readlink(file); err == nil {
		if !filepath.IsAbs(target) {
			target = filepath.Join("/etc", target)
		}
		if strings.HasPrefix(target, "/run/") {
			if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
				return err
			}
			return os.WriteFile(target, o.Resolv, 0o644)
		}
	}
	const own = "/run/armature/resolv.conf"
	if err := os.MkdirAll(filepath.Dir(own), 0o755); err != nil {
		return err
	}
	if err := os.WriteFile(own, o.Resolv, 0o644); err != nil {
		return err
	}
	if err := mountPoint(file, true); err != nil {
		return err
	}
	if err := unix.Mount(own, file, "", unix.MS_BIND, ""); err != nil {
		return fmt.Errorf("mounting at %s: %w", file, err)
	}
	return nil
}
