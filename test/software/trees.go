package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"armature/rootfs"
)

const suite = "bookworm"

// packages are what the items run; apt adds what they depend on.
var packages = []string{
	"gcc", "g++", "make", "cmake", "ninja-build", "zlib1g-dev", "file", "procps", "ca-certificates",
	"python3", "libpython3.11-testsuite", "perl", "openssl", "git", "golang", "nodejs", "default-jdk-headless",
	"postgresql", "redis-server", "redis-tools", "stress-ng",
}

// The trees, below the folder for them. Each is made from the one before it, and has its name only when it is complete.
const (
	stage1 = "stage1" // unpacked by debootstrap
	base   = "base"   // after the second stage
	full   = "tree"   // with the packages
	beside = "beside" // a copy of it for other emulators
)

// longStep is the limit of what makes a tree, under any emulator: far above what it takes on a busy machine.
const longStep = 3 * time.Hour

// trees is where the trees are.
type trees struct{ dir string }

func (t trees) path(name string) string {
	if name == full || name == beside {
		// Another list of packages is another tree.
		sum := sha256.Sum256([]byte(strings.Join(packages, " ")))
		name += "-" + hex.EncodeToString(sum[:4])
	}
	return filepath.Join(t.dir, name)
}

func (t trees) have(name string) bool {
	_, err := os.Stat(t.path(name))
	return err == nil
}

// begin removes what an interrupted run has left of a tree, and gives the place to make it.
func (t trees) begin(name, emulator string) (string, error) {
	dir := t.path(name) + "." + emulator
	return dir, os.RemoveAll(dir)
}

// copied copies a tree to where another one is to be made.
func (t trees) copied(ctx context.Context, from, name, emulator string) (string, error) {
	dir, err := t.begin(name, emulator)
	if err != nil {
		return "", err
	}
	cmd := exec.CommandContext(ctx, "cp", "-a", "--reflink=auto", t.path(from), dir)
	if msg, err := cmd.CombinedOutput(); err != nil {
		return "", errors.Join(fmt.Errorf("copying %s: %w\n%s", t.path(from), cmp.Or(context.Cause(ctx), err), msg), os.RemoveAll(dir))
	}
	return dir, nil
}

// finished gives a tree its name. Trees with packages that were complete before go.
func (t trees) finished(dir, name string) error {
	old := []string{t.path(name)}
	if name == full {
		for _, kind := range []string{full, beside} {
			list, err := filepath.Glob(filepath.Join(t.dir, kind+"-*"))
			if err != nil {
				return err
			}
			old = append(old, list...)
		}
	}
	for _, o := range old {
		if strings.Contains(filepath.Base(o), ".") { // being made
			continue
		}
		if err := os.RemoveAll(o); err != nil {
			return err
		}
	}
	return os.Rename(dir, t.path(name))
}

// firstStage has debootstrap download, check and unpack, with the machine's programs.
func (t trees) firstStage(ctx context.Context, log *os.File) error {
	mirror, keyring, err := rootfs.DebianMirror(suite)
	if err != nil {
		return err
	}
	tool, err := rootfs.FindTool("debootstrap")
	if err != nil {
		return err
	}
	dir, err := t.begin(stage1, "new")
	if err != nil {
		return err
	}
	o := order{
		Args: []string{tool, "--arch=arm64", "--foreign", "--variant=buildd", "--force-check-gpg", "--keyring=" + keyring, suite, dir, mirror},
		Dir:  t.dir, Env: environment("TMPDIR=" + t.dir), Network: true,
	}
	if _, err := o.run(ctx, longStep, log, log); err != nil {
		return errors.Join(fmt.Errorf("debootstrap's first stage: %w (%s)", err, log.Name()), os.RemoveAll(dir))
	}
	// In some containers it leaves a link to itself there.
	proc := filepath.Join(dir, "proc")
	if st, err := os.Lstat(proc); err == nil && st.Mode()&os.ModeSymlink != 0 {
		if err := errors.Join(os.Remove(proc), os.Mkdir(proc, 0o555)); err != nil {
			return err
		}
	}
	return t.finished(dir, stage1)
}

// settings gives a tree the machine's way to the network: name servers, and apt's transport.
func settings(ctx context.Context, dir string) error {
	hosts := "127.0.0.1 localhost\n127.0.1.1 " + hostName + "\n::1 localhost ip6-localhost\n"
	if err := os.WriteFile(filepath.Join(dir, "etc/hosts"), []byte(hosts), 0o644); err != nil {
		return err
	}
	resolv, err := os.ReadFile("/etc/resolv.conf")
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	file := filepath.Join(dir, "etc/resolv.conf")
	if err := os.Remove(file); err != nil && !errors.Is(err, os.ErrNotExist) {
		return err
	}
	if err := os.WriteFile(file, resolv, 0o644); err != nil {
		return err
	}
	dump, err := exec.CommandContext(ctx, "apt-config", "dump", "Acquire").Output()
	if err != nil {
		return fmt.Errorf("apt-config: %w", err)
	}
	return os.WriteFile(filepath.Join(dir, "etc/apt/apt.conf.d/90machine"), []byte(transport(string(dump))), 0o644)
}

// transport picks from what apt-config dumps how packages are fetched: proxies, retries, checks of dates.
func transport(dump string) string {
	var b strings.Builder
	for line := range strings.Lines(dump) {
		for _, name := range []string{"http", "Force", "Retries", "Check-", "Max-"} {
			if strings.HasPrefix(line, "Acquire::"+name) {
				b.WriteString(line)
			}
		}
	}
	return b.String()
}

// installed reads dpkg's list of packages: how many are installed, and which are not, of those or of needs.
func installed(status string, needs []string) (done int, missing []string) {
	have := map[string]bool{}
	for paragraph := range strings.SplitSeq(status, "\n\n") {
		name, is := "", ""
		for line := range strings.Lines(paragraph) {
			if v, ok := strings.CutPrefix(line, "Package: "); ok {
				name = strings.TrimSpace(v)
			} else if v, ok := strings.CutPrefix(line, "Status: "); ok {
				is = strings.TrimSpace(v)
			}
		}
		switch {
		case name == "":
		case is == "install ok installed":
			have[name] = true
		case strings.HasPrefix(is, "install "): // not one that was removed
			missing = append(missing, name)
		}
	}
	for _, n := range needs {
		if !have[n] && !slices.Contains(missing, n) {
			missing = append(missing, n)
		}
	}
	return len(have), missing
}

// removeAll removes all trees, complete or not.
func (t trees) removeAll() error {
	var errs []error
	for _, name := range []string{stage1, base, full, beside} {
		list, err := filepath.Glob(filepath.Join(t.dir, name+"*"))
		errs = append(errs, err)
		for _, dir := range list {
			errs = append(errs, os.RemoveAll(dir))
		}
	}
	return errors.Join(errs...)
}
