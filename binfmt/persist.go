package binfmt

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
)

// confHeader begins a file of ours; maskLine the lines in it that name files of
// other packages that it hides.
const (
	confHeader = "# Written by `armature binfmt install --persist`; `armature binfmt remove` removes it.\n"
	maskLine   = "# hides: "
)

// systemdTools are how it is known that systemd registers handlers at boot.
var systemdTools = []string{"usr/lib/systemd/systemd-binfmt", "lib/systemd/systemd-binfmt"}

// confDirs are where systemd looks for files of packages, besides /etc.
var confDirs = []string{"usr/local/lib/binfmt.d", "usr/lib/binfmt.d", "lib/binfmt.d", "run/binfmt.d"}

// persist writes the file from which systemd registers the handler at boot, and
// hides those that would register the displaced ones. Without systemd it says what
// to do.
func persist(o Options, interp string, flags Flags, displaced []string, say func(string, ...any)) error {
	root := filepath.Join("/", o.Root)
	line, err := rule(o.Format, interp, flags)
	if err != nil {
		return err
	}
	systemd := false
	for _, t := range systemdTools {
		if _, err := os.Stat(filepath.Join(root, t)); err == nil {
			systemd = true
		}
	}
	if !systemd {
		say("There is no systemd here to register handlers at boot. Let a boot script run\n    %s binfmt install%s\nor, where a service reads /etc/binfmt.d (OpenRC's binfmt), write to /etc/binfmt.d/%s.conf:\n    %s",
			o.selfCommand(), o.arguments(flags), o.Format.Name, line)
		return nil
	}
	etc := filepath.Join(root, "etc/binfmt.d")
	if err := os.MkdirAll(etc, 0o755); err != nil {
		return explain(err)
	}
	conf := filepath.Join(etc, o.Format.Name+".conf")
	masks := map[string]bool{}
	if b, err := os.ReadFile(conf); err == nil {
		for _, m := range maskedIn(string(b)) {
			masks[m] = true
		}
	}
	if o.Replace {
		for _, file := range rivals(root, displaced) {
			masks[file] = true
		}
	}
	text := confHeader
	for _, file := range sorted(masks) {
		text += maskLine + file + "\n"
	}
	// The record first, so that remove knows of every mask.
	if err := writeFile(conf, text+line+"\n"); err != nil {
		return explain(err)
	}
	say("wrote %s", conf)
	for _, file := range sorted(masks) {
		at := filepath.Join(etc, file)
		err := os.Symlink("/dev/null", at)
		switch {
		case err == nil:
			say("hid %s by %s", file, at)
		case errors.Is(err, fs.ErrExist):
			if l, _ := os.Readlink(at); l != "/dev/null" {
				say("%s registers another handler at boot, and is yours: remove it, or that one may come first", at)
			}
		default:
			return explain(err)
		}
	}
	if _, err := os.Stat(filepath.Join(root, "usr/sbin/update-binfmts")); err == nil {
		for _, name := range displaced {
			say("binfmt-support is installed and may register %s at boot: update-binfmts --disable %s", name, name)
		}
	}
	return nil
}

// unpersist removes what persist has written.
func unpersist(f Format, root string, say func(string, ...any)) error {
	etc := filepath.Join("/", root, "etc/binfmt.d")
	conf := filepath.Join(etc, f.Name+".conf")
	os.Remove(unfinished(conf)) // of an install that was killed
	b, err := os.ReadFile(conf)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, file := range maskedIn(string(b)) {
		at := filepath.Join(etc, file)
		if l, _ := os.Readlink(at); l == "/dev/null" {
			if err := os.Remove(at); err != nil {
				return explain(err)
			}
			say("removed %s", at)
		}
	}
	if err := os.Remove(conf); err != nil {
		return explain(err)
	}
	say("removed %s", conf)
	return nil
}

// maskedIn lists the files that a file of ours hides.
func maskedIn(text string) (files []string) {
	for line := range strings.Lines(text) {
		if f, ok := strings.CutPrefix(strings.TrimSpace(line), strings.TrimSpace(maskLine)+" "); ok && f != "" && f != "." && f != ".." && !strings.Contains(f, "/") {
			files = append(files, f)
		}
	}
	return files
}

// rivals lists the files of packages that register one of the handlers at boot.
func rivals(root string, handlers []string) (files []string) {
	for _, dir := range confDirs {
		list, err := filepath.Glob(filepath.Join(root, dir, "*.conf"))
		if err != nil {
			continue
		}
		for _, path := range list {
			b, err := os.ReadFile(path)
			if err != nil {
				continue
			}
			for line := range strings.Lines(string(b)) {
				if len(line) < 2 || line[0] == '#' {
					continue
				}
				name, _, _ := strings.Cut(line[1:], line[:1])
				if slices.Contains(handlers, name) {
					files = append(files, filepath.Base(path))
				}
			}
		}
	}
	return files
}

// selfCommand is how this program is called.
func (o Options) selfCommand() string {
	self, err := os.Executable()
	if err != nil {
		return "armature"
	}
	return self
}

// arguments are those of the command that gives the same registration.
func (o Options) arguments(flags Flags) (s string) {
	if flags != DefaultFlags {
		s += " --flags " + string(flags)
	}
	if o.Interpreter != "" {
		s += fmt.Sprintf(" --interpreter %q", o.Interpreter)
	}
	if o.Replace {
		s += " --replace"
	}
	return s
}

// unfinished is the name of a file that is to become path. It is the same each time, so that
// what is left of an install that was killed does not add up.
func unfinished(path string) string {
	return filepath.Join(filepath.Dir(path), ".new-"+filepath.Base(path))
}

// writeFile replaces a file as a whole.
func writeFile(path, text string) error {
	tmp, err := os.OpenFile(unfinished(path), os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NOFOLLOW, 0o644)
	if err != nil {
		return err
	}
	defer os.Remove(tmp.Name())
	if _, err = tmp.WriteString(text); err == nil {
		err = tmp.Chmod(0o644)
	}
	if cerr := tmp.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(tmp.Name(), path)
}
