package binfmt

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"golang.org/x/sys/unix"
)

// Options say what Install is to do.
type Options struct {
	Format      Format
	Interpreter string // "": this program
	Flags       Flags  // "": DefaultFlags
	Root        string // the tree whose /proc and /etc are meant; "" for the machine's
	Replace     bool   // another emulator's handler gives way
	Persist     bool   // also at the next boot
}

// Foreign says that there is a handler of another emulator.
type Foreign struct {
	Arch string
	Entries
}

// Entries is a list of handlers.
type Entries []*Entry

func (l Entries) names() string {
	var s []string
	for _, e := range l {
		s = append(s, fmt.Sprintf("%s (%s)", e.Name, e.Interpreter))
	}
	return strings.Join(s, ", ")
}

func (e *Foreign) Error() string {
	return fmt.Sprintf("%s programs are handled by %s: use --replace to take its place until `armature binfmt remove`", e.Arch, e.names())
}

// Install registers this program, or o.Interpreter, for programs of a format. An
// earlier handler of ours is replaced; one of another emulator only with Replace,
// and is *Foreign otherwise. What it tells the user goes line by line to say.
func Install(o Options, say func(format string, a ...any)) error {
	interp, err := interpreter(o.Interpreter, o.Format)
	if err != nil {
		return err
	}
	flags := o.Flags
	if flags == "" {
		flags = DefaultFlags
	}
	if flags.Has('P') && !kernelAtLeast(5, 12) {
		// The emulator could not tell that there is another argument.
		if o.Flags != "" {
			return fmt.Errorf("flag P takes Linux 5.12: use --flags %s", strings.ReplaceAll(string(flags), "P", ""))
		}
		flags = canonical(strings.ReplaceAll(string(flags), "P", ""))
		say("Linux before 5.12: registered without the flag P, so programs see their path as argv[0]")
	}
	r, err := OpenWritable(o.Root)
	if err != nil {
		return err
	}
	foreign, err := r.foreign(o.Format)
	if err != nil {
		return err
	}
	if len(foreign) > 0 && !o.Replace {
		return &Foreign{o.Format.Arch, foreign}
	}
	old, err := r.Get(o.Format.Name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	// A new registration even if the old one is the same: the interpreter that it
	// has open may be an older file.
	if old != nil {
		if err := r.Remove(old.Name); err != nil {
			return fmt.Errorf("removing the former registration: %w", err)
		}
	}
	if err := r.Register(o.Format, interp, flags); err != nil {
		if old != nil {
			if rerr := r.Register(o.Format, old.Interpreter, old.Flags); rerr != nil {
				return fmt.Errorf("%w; and the former handler could not be put back: %w", err, rerr)
			}
		}
		return err
	}
	for _, e := range foreign {
		if err := r.displace(o.Format, e); err != nil {
			return err
		}
		say("disabled %s (%s); `armature binfmt remove` enables it again", e.Name, e.Interpreter)
	}
	if on, err := r.Enabled(); err == nil && !on {
		if err := r.SetEnabled(true); err != nil {
			return fmt.Errorf("binfmt_misc is switched off: %w", err)
		}
		say("binfmt_misc was switched off as a whole; it is on now")
	}
	switch {
	case old == nil:
		say("%s programs now run by %s (flags %s)", o.Format.Arch, interp, flags)
	case old.Interpreter == interp && old.Flags == flags:
		say("%s programs run by %s (flags %s), as before", o.Format.Arch, interp, flags)
	default:
		say("%s programs now run by %s (flags %s), before by %s (%s)", o.Format.Arch, interp, flags, old.Interpreter, old.Flags)
	}
	if o.Persist {
		displaced, err := r.displaced(o.Format)
		if err != nil {
			return err
		}
		return persist(o, interp, flags, displaced, say)
	}
	return nil
}

// Remove takes back what Install has done, as far as it is there.
func Remove(f Format, root string, say func(format string, a ...any)) error {
	if err := unpersist(f, root, say); err != nil {
		return err
	}
	r, err := Open(root)
	var none *NotMounted
	if errors.As(err, &none) {
		say("nothing is registered: %v", err)
		return nil
	}
	if err != nil {
		return err
	}
	displaced, err := r.displaced(f)
	if err != nil {
		return err
	}
	err = r.Remove(f.Name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		say("%s was not registered", f.Name)
	case err != nil:
		return fmt.Errorf("removing %s: %w", f.Name, err)
	default:
		say("removed %s", f.Name)
	}
	for _, name := range displaced {
		err := r.Enable(name, true)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			say("%s, which was disabled, is not there any more", name)
		case err != nil:
			return fmt.Errorf("enabling %s again: %w", name, err)
		default:
			say("enabled %s again", name)
		}
		if err := r.Remove(f.markerPrefix() + name); err != nil {
			return err
		}
	}
	return nil
}

// foreign lists the enabled handlers of others that take programs of the format.
func (r *Registry) foreign(f Format) (Entries, error) {
	entries, err := r.Entries()
	if err != nil {
		return nil, err
	}
	var list Entries
	for _, e := range entries {
		if e.Enabled && e.Name != f.Name && f.takes(e) {
			list = append(list, e)
		}
	}
	return list, nil
}

// markerPrefix begins the names of the entries that record which handlers are
// disabled on our behalf.
func (f Format) markerPrefix() string { return f.Name + "-replaces-" }

// displaced lists the names of handlers that are disabled on our behalf.
func (r *Registry) displaced(f Format) (names []string, err error) {
	entries, err := r.Entries()
	for _, e := range entries {
		if name, ok := strings.CutPrefix(e.Name, f.markerPrefix()); ok {
			names = append(names, name)
		}
	}
	return names, err
}

// displace disables another's handler and records that.
func (r *Registry) displace(f Format, e *Entry) error {
	name := f.markerPrefix() + e.Name
	if _, err := r.Get(name); errors.Is(err, fs.ErrNotExist) {
		// By an extension that no file has, and disabled besides.
		if err := r.write("register", ":"+name+":E::armature-record-only::/:"); err != nil {
			return fmt.Errorf("recording that %s gives way: %w", e.Name, err)
		}
	} else if err != nil {
		return err
	}
	if err := r.Enable(name, false); err != nil {
		return err
	}
	if err := r.Enable(e.Name, false); err != nil {
		return fmt.Errorf("disabling %s: %w", e.Name, err)
	}
	return nil
}

// interpreter is the absolute path to register.
func interpreter(path string, f Format) (string, error) {
	if path == "" {
		self, err := os.Executable()
		if err != nil {
			return "", err
		}
		return ownName(self, f), nil
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	st, err := os.Stat(path)
	switch {
	case err != nil:
		return "", fmt.Errorf("the interpreter: %w", err)
	case !st.Mode().IsRegular() || st.Mode()&0o111 == 0:
		return "", fmt.Errorf("the interpreter %s is not an executable file", path)
	}
	return path, nil
}

// ownName prefers the emulator's name for this program, if it is beside it: it says
// in lists of processes what it is, and it is understood by kernels that do not tell
// an interpreter that it is one.
func ownName(self string, f Format) string {
	st, err := os.Stat(self)
	if err != nil {
		return self
	}
	link := filepath.Join(filepath.Dir(self), f.Name)
	if other, err := os.Stat(link); err == nil && os.SameFile(st, other) {
		return link
	}
	return self
}

// kernelAtLeast compares the kernel's version.
func kernelAtLeast(major, minor int) bool {
	var u unix.Utsname
	if unix.Uname(&u) != nil {
		return true
	}
	release, _, _ := bytes.Cut(u.Release[:], []byte{0})
	var a, b int
	if n, _ := fmt.Sscanf(string(release), "%d.%d", &a, &b); n != 2 {
		return true
	}
	return a > major || a == major && b >= minor
}
