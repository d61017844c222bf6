// Package cbuild compiles the C sources of the tests and benchmarks for the
// host and for AArch64 with the distribution's compilers, and keeps the results
// in a folder keyed by a hash of everything that goes into them.
package cbuild

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"

	"golang.org/x/sys/unix"
)

// Target is a machine that programs are compiled for.
type Target int

// The targets.
const (
	Native Target = iota
	ARM64
)

// String returns a short name, used in file names.
func (t Target) String() string { return [...]string{"native", "arm64"}[t] }

// Compiler returns the name of the C compiler driver for the target.
func (t Target) Compiler() string {
	if t == Native {
		return "gcc"
	}
	return "aarch64-linux-gnu-gcc"
}

// Spec says what to build. Headers that a source includes by #include "..." and
// that lie beside it are found and made part of the key.
type Spec struct {
	Name   string   // base name of the result
	Target Target   // machine to build for
	Flags  []string // compiler and linker flags, before the sources
	Srcs   []string // C or assembly sources, in link order
	Libs   []string // flags after the sources, such as -lm
}

// Root returns the repository's root folder: the nearest parent of the working
// directory that holds go.mod.
func Root() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for d := dir; ; d = filepath.Dir(d) {
		if _, err := os.Stat(filepath.Join(d, "go.mod")); err == nil {
			return d, nil
		}
		if d == filepath.Dir(d) {
			return "", fmt.Errorf("no go.mod above %s", dir)
		}
	}
}

// Dir returns the folder that built guests are kept in, build/guests below the
// repository's root, and creates it.
func Dir() (string, error) {
	root, err := Root()
	if err != nil {
		return "", err
	}
	dir := filepath.Join(root, "build", "guests")
	return dir, os.MkdirAll(dir, 0o755)
}

var (
	versions sync.Map // compiler name -> version line
	slots    = make(chan struct{}, runtime.NumCPU())
)

// version returns the first line that the compiler prints about itself, so that
// an upgraded compiler rebuilds everything.
func version(cc string) (string, error) {
	if v, ok := versions.Load(cc); ok {
		return v.(string), nil
	}
	out, err := exec.Command(cc, "--version").Output()
	if err != nil {
		return "", fmt.Errorf("%s: %w (test/setup.sh installs it)", cc, err)
	}
	v, _, _ := strings.Cut(string(out), "\n")
	versions.Store(cc, v)
	return v, nil
}

// Build compiles and links the program unless an up-to-date one exists, and
// returns its path. It may be called from several goroutines and processes at
// once. A compiler error is returned with the compiler's messages.
func Build(s Spec) (string, error) {
	dir, err := Dir()
	if err != nil {
		return "", err
	}
	cc := s.Target.Compiler()
	v, err := version(cc)
	if err != nil {
		return "", err
	}
	h := sha256.New()
	fmt.Fprintf(h, "%s\n%s\n%q\n%q\n", v, s.Target, s.Flags, s.Libs)
	for _, src := range s.Srcs {
		if err := hashSource(h, src, map[string]bool{}); err != nil {
			return "", err
		}
	}
	out := filepath.Join(dir, fmt.Sprintf("%s.%s.%s", s.Name, s.Target, hex.EncodeToString(h.Sum(nil)[:8])))
	lock, _ := building.LoadOrStore(out, new(sync.Mutex))
	lock.(*sync.Mutex).Lock()
	defer lock.(*sync.Mutex).Unlock()
	if _, err := os.Stat(out); err == nil {
		return out, nil
	}
	slots <- struct{}{}
	defer func() { <-slots }()
	// The final name appears only by rename, so that an interrupted build never leaves half a
	// program under it.
	tmp, err := os.CreateTemp(dir, "tmp-")
	if err != nil {
		return "", err
	}
	tmp.Close()
	defer os.Remove(tmp.Name())
	args := append([]string{}, s.Flags...)
	args = append(args, "-o", tmp.Name())
	args = append(args, s.Srcs...)
	args = append(args, s.Libs...)
	cmd := exec.Command(cc, args...)
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	if msg, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s", cc, strings.Join(args, " "), err, msg)
	}
	if err := os.Chmod(tmp.Name(), 0o755); err != nil {
		return "", err
	}
	return out, place(tmp.Name(), out)
}

// building has a mutex for each file that is built, or was.
var building sync.Map

// place gives the file tmp the name out. One that has it by then, made by another process, stays: somebody may run
// it already, and a program can tell that its file is gone.
func place(tmp, out string) error {
	err := unix.Renameat2(unix.AT_FDCWD, tmp, unix.AT_FDCWD, out, unix.RENAME_NOREPLACE)
	switch err {
	case unix.EEXIST:
		return nil
	case unix.EINVAL, unix.ENOSYS: // the file system cannot do that
		return os.Rename(tmp, out)
	}
	return err
}

type writer interface{ Write([]byte) (int, error) }

// hashSource feeds a source and the local headers it includes to h.
func hashSource(h writer, path string, seen map[string]bool) error {
	if seen[path] {
		return nil
	}
	seen[path] = true
	text, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	fmt.Fprintf(h, "%s %d\n", filepath.Base(path), len(text))
	h.Write(text)
	for line := range strings.SplitSeq(string(text), "\n") {
		rest, ok := strings.CutPrefix(strings.TrimSpace(line), "#include \"")
		if !ok {
			continue
		}
		name, _, _ := strings.Cut(rest, "\"")
		err := hashSource(h, filepath.Join(filepath.Dir(path), name), seen)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	return nil
}
