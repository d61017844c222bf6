package binfmt

import (
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"sort"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// mountPoint is where binfmt_misc is mounted.
const mountPoint = "/proc/sys/fs/binfmt_misc"

// Registry is a binfmt_misc file system.
type Registry struct {
	Dir string // where it is mounted
}

// Entry is one handler.
type Entry struct {
	Name        string
	Enabled     bool
	Interpreter string
	Flags       Flags
	Offset      int
	Magic, Mask []byte // no magic: by file name extension
	Extension   string
}

// NotMounted says that there is no binfmt_misc file system.
type NotMounted struct{ Dir string }

func (e *NotMounted) Error() string {
	return "binfmt_misc is not mounted at " + e.Dir
}

// Open finds the binfmt_misc file system of the tree root ("" or "/": the
// machine's). It returns a *NotMounted error if none is mounted.
func Open(root string) (*Registry, error) {
	r := &Registry{Dir: filepath.Join("/", root, mountPoint)}
	if _, err := os.Stat(filepath.Join(r.Dir, "register")); err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &NotMounted{r.Dir}
		}
		return nil, err
	}
	return r, nil
}

// OpenWritable is Open for those who want to register. It mounts the file system if
// it is not mounted, and one of its own in a user namespace where that of an outer
// one shows (Linux 6.7). How errors go on with what to do.
func OpenWritable(root string) (*Registry, error) {
	r, err := Open(root)
	var none *NotMounted
	switch {
	case err == nil:
		f, err := os.OpenFile(filepath.Join(r.Dir, "register"), os.O_WRONLY, 0)
		if err == nil {
			f.Close()
			return r, nil
		}
		if !errors.Is(err, fs.ErrPermission) || !inUserNamespace() {
			return nil, explain(err)
		}
		if merr := Mount(r.Dir); merr != nil {
			return nil, merr
		}
		return r, nil
	case errors.As(err, &none):
		if err := Mount(none.Dir); err != nil {
			return nil, err
		}
		return Open(root)
	}
	return nil, err
}

// Mount mounts binfmt_misc at dir, which is in user namespaces an instance of the
// namespace's own.
func Mount(dir string) error {
	const flags = unix.MS_NOSUID | unix.MS_NODEV | unix.MS_NOEXEC
	err := unix.Mount("binfmt_misc", dir, "binfmt_misc", flags, "")
	if err == unix.ENODEV && !inUserNamespace() {
		exec.Command("modprobe", "binfmt_misc").Run() // what it lacks, the mount tells
		err = unix.Mount("binfmt_misc", dir, "binfmt_misc", flags, "")
	}
	switch {
	case err == nil:
		return nil
	case err == unix.ENODEV, err == unix.ENOENT:
		return fmt.Errorf("this kernel has no binfmt_misc (CONFIG_BINFMT_MISC, module binfmt_misc): ARM programs run with `armature run` and in `armature chroot` only")
	case inUserNamespace():
		return fmt.Errorf("mounting binfmt_misc in this user namespace: %w (it takes Linux 6.7, and a mount namespace of its own: unshare -Urm)", err)
	}
	return explain(fmt.Errorf("mounting binfmt_misc at %s: %w", dir, err))
}

// explain adds to an error of permission what would be permitted.
func explain(err error) error {
	switch {
	case errors.Is(err, unix.EROFS):
		return fmt.Errorf("%w (in a container: it needs --privileged, or do it on the host)", err)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%w (it takes root: use sudo; or have handlers of your own in a user namespace: unshare -Urm, with Linux 6.7)", err)
	}
	return err
}

// inUserNamespace tells whether the process is in another user namespace than the
// machine's first.
func inUserNamespace() bool {
	b, err := os.ReadFile("/proc/self/uid_map")
	if err != nil {
		return false
	}
	f := strings.Fields(string(b))
	return len(f) != 3 || f[0] != "0" || f[1] != "0" || f[2] != "4294967295"
}

// Enabled tells whether handlers are used at all.
func (r *Registry) Enabled() (bool, error) {
	b, err := os.ReadFile(filepath.Join(r.Dir, "status"))
	return strings.TrimSpace(string(b)) == "enabled", err
}

// SetEnabled switches the use of all handlers on or off.
func (r *Registry) SetEnabled(on bool) error { return r.write("status", digit(on)) }

// Enable switches one handler on or off.
func (r *Registry) Enable(name string, on bool) error { return r.write(name, digit(on)) }

// Remove removes one handler.
func (r *Registry) Remove(name string) error { return r.write(name, "-1") }

func digit(on bool) string {
	if on {
		return "1"
	}
	return "0"
}

// write writes to a file of the file system; the kernel takes one write a command.
func (r *Registry) write(file, s string) error {
	f, err := os.OpenFile(filepath.Join(r.Dir, file), os.O_WRONLY, 0)
	if err != nil {
		return explain(err)
	}
	_, err = f.WriteString(s)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}

// Register makes an entry for the format. There must be none of its name.
func (r *Registry) Register(f Format, interpreter string, flags Flags) error {
	s, err := rule(f, interpreter, flags)
	if err != nil {
		return err
	}
	err = r.write("register", s)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("the interpreter %s is not there, or what runs it is not", interpreter)
	case errors.Is(err, unix.EACCES):
		return fmt.Errorf("the kernel may not execute the interpreter %s (its mode, or its file system is mounted noexec): %w", interpreter, err)
	case err != nil:
		return fmt.Errorf("registering %s: %w", f.Name, err)
	}
	return nil
}

// HandledByUs tells whether the enabled handlers of the machine, or of the process's own user
// namespace, that take programs of the format are Armature's, wherever its file is. It does
// not try them.
func HandledByUs(f Format) bool {
	r, err := Open("")
	if err != nil {
		return false
	}
	entries, err := r.Entries()
	ours := false
	for _, e := range entries {
		if !e.Enabled || !f.takes(e) {
			continue
		}
		if e.Name != f.Name || !e.Flags.Has('F') {
			return false
		}
		ours = true
	}
	return err == nil && ours
}

// Namespaced tells whether user namespaces have handlers of their own (Linux 6.7).
func Namespaced() bool {
	var u unix.Utsname
	var major, minor int
	if unix.Uname(&u) != nil {
		return false
	}
	fmt.Sscanf(unix.ByteSliceToString(u.Release[:]), "%d.%d", &major, &minor)
	return major > 6 || major == 6 && minor >= 7
}

// Get reads one entry; it returns an error of fs.ErrNotExist if there is none.
func (r *Registry) Get(name string) (*Entry, error) {
	b, err := os.ReadFile(filepath.Join(r.Dir, name))
	if err != nil {
		return nil, err
	}
	return parseEntry(name, string(b))
}

// Entries reads all entries, in the order of their names.
func (r *Registry) Entries() ([]*Entry, error) {
	list, err := os.ReadDir(r.Dir)
	if err != nil {
		return nil, err
	}
	var entries []*Entry
	for _, d := range list {
		if d.Name() == "register" || d.Name() == "status" {
			continue
		}
		e, err := r.Get(d.Name())
		if errors.Is(err, fs.ErrNotExist) {
			continue // removed meanwhile
		}
		if err != nil {
			return nil, err
		}
		entries = append(entries, e)
	}
	sort.Slice(entries, func(i, j int) bool { return entries[i].Name < entries[j].Name })
	return entries, nil
}

// parseEntry reads the text of an entry's file.
func parseEntry(name, text string) (*Entry, error) {
	e := &Entry{Name: name}
	for line := range strings.Lines(text) {
		line = strings.TrimSuffix(line, "\n")
		key, val, _ := strings.Cut(line, " ")
		var err error
		switch key {
		case "enabled":
			e.Enabled = true
		case "interpreter":
			e.Interpreter = val
		case "flags:":
			e.Flags = Flags(strings.TrimSpace(val))
		case "offset":
			var n uint64
			n, err = strconv.ParseUint(val, 10, 31)
			e.Offset = int(n)
		case "magic":
			e.Magic, err = hex.DecodeString(val)
		case "mask":
			e.Mask, err = hex.DecodeString(val)
		case "extension":
			e.Extension = strings.TrimPrefix(val, ".")
		}
		if err != nil {
			return nil, fmt.Errorf("entry %s: line %q: %w", name, line, err)
		}
	}
	return e, nil
}
