package rootfs

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"armature/rootfs/lease"
	"armature/rootfs/tree"
)

// Marker is the name of the file that a directory holds while Unpack or Bootstrap
// works on it, and after it was killed.
const Marker = tree.Marker

// lostFound is what is in a new ext4 file system; it stays.
const lostFound = "lost+found"

// target is a directory that is being filled.
type target struct {
	dir   string
	lease *lease.Lease // the marker
	made  bool         // the directory was not there
	mode  fs.FileMode
	tmp   string // a directory in it that goes before it is done; "": none
	stop  func() // ends what still writes there, before all is removed; nil: nothing
}

// newTarget makes the directory and marks it. It must be empty but for what an
// interrupted run left, which is removed.
func newTarget(dir string, log func(string, ...any)) (*target, error) {
	t := &target{dir: dir, mode: 0o755}
	if err := os.Mkdir(dir, 0o755); err == nil {
		t.made = true
	} else if !errors.Is(err, fs.ErrExist) {
		return nil, err
	}
	st, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !st.IsDir() {
		return nil, &fs.PathError{Op: "unpack to", Path: dir, Err: syscall.ENOTDIR}
	}
	t.mode = st.Mode()
	old, err := t.mark()
	if errors.Is(err, lease.ErrRemoved) {
		// Somebody has completed it just now, or given up.
		old, err = t.mark()
	}
	if err != nil {
		if t.made {
			os.Remove(dir)
		}
		return nil, err
	}
	if old {
		log("%s holds what an interrupted run left; starting again", dir)
		if err := tree.Empty(dir, Marker, lostFound); err != nil {
			t.lease.Close()
			return nil, err
		}
	}
	return t, nil
}

// mark takes the marker, which is made if the directory is empty; old tells that it was there.
func (t *target) mark() (old bool, err error) {
	old = true
	f, err := os.OpenFile(t.marker(), os.O_RDWR|syscall.O_NOFOLLOW, 0)
	if errors.Is(err, fs.ErrNotExist) {
		old = false
		names, err := os.ReadDir(t.dir)
		if err != nil {
			return false, err
		}
		for _, n := range names {
			if n.Name() != lostFound {
				return false, fmt.Errorf("%s is not empty (it has %s): name a new directory, or empty this one", t.dir, n.Name())
			}
		}
		f, err = os.OpenFile(t.marker(), os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
		if err != nil {
			return false, err
		}
	} else if err != nil {
		return false, err
	}
	if t.lease, err = lease.Take(f); err != nil {
		f.Close()
		if errors.Is(err, lease.ErrHeld) {
			err = fmt.Errorf("%s: another armature is working on it: %w", t.dir, err)
		}
	}
	return old, err
}

func (t *target) marker() string { return filepath.Join(t.dir, Marker) }

// done removes the marker.
func (t *target) done() error {
	defer t.lease.Close()
	if t.tmp != "" {
		if err := os.RemoveAll(t.tmp); err != nil {
			return err
		}
	}
	return t.unmark()
}

// unmark removes the marker. That it is gone is fine: a layer of an image may have
// removed it through a link.
func (t *target) unmark() error {
	if err := os.Remove(t.marker()); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// failed gives err, if it is one, after all that there is was removed; what names that. A cancelled ctx
// is the cause of what went wrong.
func (t *target) failed(ctx context.Context, err error, what string) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		err = context.Cause(ctx)
	}
	if err2 := t.fail(); err2 != nil {
		err = fmt.Errorf("%w (and %s cannot be removed: %v)", err, what, err2)
	}
	return err
}

// fail removes all that there is, the directory too if it was made here.
func (t *target) fail() error {
	defer t.lease.Close()
	if t.stop != nil {
		t.stop()
	}
	if err := tree.Empty(t.dir, Marker, lostFound); err != nil {
		return err // with the marker: the next run tries again
	}
	if err := t.unmark(); err != nil {
		return err
	}
	if t.made {
		return os.Remove(t.dir)
	}
	return os.Chmod(t.dir, t.mode)
}

// Remove removes a tree with all that is in it. It follows no link, and refuses what cannot be
// meant: where something is mounted, and what the caller's home or working directory is in.
func Remove(dir string) error {
	st, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !st.IsDir() {
		return &fs.PathError{Op: "remove", Path: dir, Err: syscall.ENOTDIR}
	}
	if mounted, err := mountsBelow(dir); err != nil || mounted != "" {
		return cmp.Or(err, fmt.Errorf("%s is mounted there: umount it first", mounted))
	}
	if err := notHome(dir); err != nil {
		return err
	}
	if err := tree.Empty(dir); err != nil {
		return err
	}
	return os.Remove(dir)
}

// notHome gives an error if the caller's home or working directory is dir or below it.
func notHome(dir string) error {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return err
	}
	wd, _ := os.Getwd()
	for _, d := range []struct{ what, path string }{{"your home", os.Getenv("HOME")}, {"the working", wd}} {
		p, err := filepath.EvalSymlinks(d.path)
		if err == nil && p != "" && strings.HasPrefix(p+"/", strings.TrimSuffix(abs, "/")+"/") {
			return fmt.Errorf("%s directory %s is in %s, which therefore stays", d.what, p, abs)
		}
	}
	return nil
}

// mountsBelow gives the first mount point at or below dir.
func mountsBelow(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if abs, err = filepath.EvalSymlinks(abs); err != nil {
		return "", err
	}
	b, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		return "", err
	}
	// The fifth field is the mount point, with spaces and the like in octal.
	unescape := strings.NewReplacer(`\040`, " ", `\011`, "\t", `\012`, "\n", `\134`, `\`)
	for line := range strings.Lines(string(b)) {
		f := strings.Fields(line)
		if len(f) < 5 {
			continue
		}
		if p := unescape.Replace(f[4]); p == abs || strings.HasPrefix(p, abs+"/") {
			return p, nil
		}
	}
	return "", nil
}
