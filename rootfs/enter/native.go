package enter

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"armature/rootfs/enter/wrap"
)

// Native tools: the host's cross compiler does the work of the tree's compiler, at
// the host's speed. The compiler driver (gcc), which knows where the tree has its
// headers, libraries and start files, stays the tree's; what it starts is mounted
// over: the compiler proper (cc1, cc1plus), the assembler, the linker and the other
// binutils. The compiler proper goes through package wrap, which tells it where
// the tree's headers are.
//
// A tool takes another's place only if it is the same: its version, and the versions
// of the libraries that it computes with, and what it makes of a sample are compared
// once for each pair of files.

const (
	crossRoot  = "/usr/lib/gcc-cross/aarch64-linux-gnu" // the host's, as Debian has it
	gccRoot    = "/usr/lib/gcc/aarch64-linux-gnu"       // the tree's
	toolPrefix = "/usr/bin/aarch64-linux-gnu-"          // of both
	hostLibs   = "/usr/lib/x86_64-linux-gnu"
	hostLoader = "/lib64/ld-linux-x86-64.so.2"
)

// compilers are what the driver starts to compile; what else of its folder the host
// has in its own form.
var (
	compilers = []string{"cc1", "cc1plus"}
	gccParts  = []string{"lto1", "liblto_plugin.so"}
	binutils  = []string{
		"as", "ld.bfd", "ld.gold", "ar", "ranlib", "nm", "strip", "objcopy", "objdump", "readelf",
		"size", "strings", "addr2line", "c++filt", "elfedit",
	}
)

// hostTools is what was found on the host, open to be mounted.
type hostTools struct {
	files  map[string]tree // by the tree's path
	stamps map[string]string
	libs   tree
	loader tree
	self   tree     // this program
	memory *os.Root // where results of checks are kept

	programs []*program        // see programs.go
	packages map[string]string // versions of the host's
}

// openTools opens the host's tools. memory is a folder of the host's.
func openTools(self, memory string) (*hostTools, error) {
	h := &hostTools{files: map[string]tree{}, stamps: map[string]string{}}
	add := func(host, inTree string) error {
		real, err := filepath.EvalSymlinks(host)
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err != nil {
			return err
		}
		if h.stamps[inTree], err = stamp(real); err != nil {
			return err
		}
		h.files[inTree], err = openTree(real)
		return err
	}
	dirs, err := filepath.Glob(crossRoot + "/*/cc1")
	if err != nil {
		return nil, err
	}
	if len(dirs) == 0 {
		return nil, errors.New("--native-tools: the host has no cross compiler (Debian's packages gcc-aarch64-linux-gnu and g++-aarch64-linux-gnu, of the tree's version)")
	}
	for _, d := range dirs {
		d = filepath.Dir(d)
		for _, name := range append(compilers, gccParts...) {
			if err := add(filepath.Join(d, name), filepath.Join(gccRoot, filepath.Base(d), name)); err != nil {
				return nil, err
			}
		}
	}
	for _, name := range binutils {
		if err := add(toolPrefix+name, toolPrefix+name); err != nil {
			return nil, err
		}
	}
	loader, err := filepath.EvalSymlinks(hostLoader)
	if err != nil {
		return nil, fmt.Errorf("--native-tools: the host's loader: %w", err)
	}
	if h.loader, err = openTree(loader); err != nil {
		return nil, err
	}
	if h.libs, err = openTree(hostLibs); err != nil {
		return nil, err
	}
	if h.self, err = openTree(self); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(memory, 0o755); err != nil {
		return nil, err
	}
	h.memory, err = os.OpenRoot(memory)
	return h, err
}

// stamp identifies the content of a file, as make does.
func stamp(path string) (string, error) {
	st, err := os.Stat(path)
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%s %d %d", path, st.Size(), st.ModTime().UnixNano()), nil
}

// tool is a tool of the tree that one of the host's may take the place of.
type tool struct {
	path     string // in the tree
	name     string // of its last part
	compiler bool   // one of compilers
	original string // where the tree's is still to be had
	native   string // where the host's is
	twin     tree
}

// mount puts the host's tools in place of the tree's, which is the root by now.
func (h *hostTools) mount() error {
	var tools []*tool
	key := sha256.New()
	for path, twin := range h.files {
		st, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !st.Mode().IsRegular() {
			continue
		}
		if err != nil {
			return err
		}
		name := filepath.Base(path)
		t := &tool{path: path, name: name, twin: twin, compiler: slices.Contains(compilers, name)}
		id := strings.ReplaceAll(strings.TrimPrefix(path, "/"), "/", "-")
		t.native, t.original = filepath.Join(wrap.Dir, id), filepath.Join(wrap.Dir, "tree-"+id)
		tools = append(tools, t)
	}
	slices.SortFunc(tools, func(a, b *tool) int { return strings.Compare(a.path, b.path) })
	if !slices.ContainsFunc(tools, func(t *tool) bool { return t.compiler }) {
		have, err := filepath.Glob(gccRoot + "/*/cc1")
		if err != nil || len(have) == 0 {
			return errors.New("--native-tools: the tree has no compiler (apt-get install gcc in it; `armature build --layer NAME` keeps that)")
		}
		return fmt.Errorf("--native-tools: the tree's compiler is version %s, which the host has no cross compiler of (Debian's package gcc-%[1]s-aarch64-linux-gnu)", filepath.Base(filepath.Dir(have[0])))
	}
	for _, t := range tools {
		s, err := stamp(t.path)
		if err != nil {
			return err
		}
		fmt.Fprintf(key, "%s\n%s\n", s, h.stamps[t.path])
	}
	if err := h.mountLibraries(); err != nil {
		return err
	}
	if err := os.MkdirAll(wrap.Dir, 0o755); err != nil {
		return err
	}
	for _, t := range tools {
		original, err := openTree(t.path)
		if err != nil {
			return err
		}
		for _, m := range []struct {
			tree
			path string
		}{{original, t.original}, {t.twin, t.native}} {
			if err := mountPoint(m.path, true); err != nil {
				return err
			}
			if err := m.place(m.path); err != nil {
				return err
			}
		}
	}
	// What the checks find is kept, since it takes a second.
	name := fmt.Sprintf("%x", key.Sum(nil)[:12])
	dirs, err := h.recall(name)
	if err != nil {
		if dirs, err = checkTools(tools); err != nil {
			return fmt.Errorf("--native-tools: %w", err)
		}
		if err := h.remember(name, dirs); err != nil {
			return err
		}
	}
	self := filepath.Join(wrap.Dir, "armature")
	if err := mountPoint(self, true); err != nil {
		return err
	}
	if err := h.self.place(self); err != nil {
		return err
	}
	for _, t := range tools {
		from := t.native
		if t.compiler {
			from = self
			if err := wrap.WriteConfig(t.path, wrap.Config{Native: t.native, Original: t.original, Dirs: dirs[t.path]}); err != nil {
				return err
			}
		}
		over, err := openTree(from)
		if err != nil {
			return err
		}
		if err := over.place(t.path); err != nil {
			return err
		}
	}
	return nil
}

// mountLibraries gives the host's programs their loader and libraries.
func (h *hostTools) mountLibraries() error {
	for _, p := range []string{hostLoader, hostLibs + "/libc.so.6"} {
		if st, err := os.Stat(p); err == nil && st.Size() > 0 {
			return fmt.Errorf("--native-tools: the tree has x86-64 libraries of its own (%s)", p)
		}
	}
	if err := mountPoint(hostLibs, false); err != nil {
		return err
	}
	if err := h.libs.readOnly(); err != nil {
		return err
	}
	if err := h.libs.place(hostLibs); err != nil {
		return err
	}
	if err := mountPoint(hostLoader, true); err != nil {
		return err
	}
	return h.loader.place(hostLoader)
}

func (h *hostTools) recall(name string) (dirs map[string]wrap.Dirs, err error) {
	f, err := h.memory.Open(name)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return dirs, json.NewDecoder(f).Decode(&dirs)
}

func (h *hostTools) remember(name string, dirs map[string]wrap.Dirs) error {
	return h.rememberAs(name, dirs)
}

func (h *hostTools) rememberAs(name string, what any) error {
	b, err := json.Marshal(what)
	if err != nil {
		return err
	}
	tmp := fmt.Sprintf("%s.%d", name, os.Getpid())
	if err := h.memory.WriteFile(tmp, b, 0o644); err != nil {
		return err
	}
	return h.memory.Rename(tmp, name)
}

// checkTools compares each tool with its twin, and gives the folders of headers
// that each compiler of the tree looks in.
func checkTools(tools []*tool) (map[string]wrap.Dirs, error) {
	dirs := map[string]wrap.Dirs{}
	for _, t := range tools {
		var err error
		switch {
		case t.compiler:
			dirs[t.path], err = t.checkCompiler()
		case t.name == "lto1", t.name == "liblto_plugin.so":
			// Of the same version as the compiler beside it.
		default:
			err = t.checkVersion()
		}
		if err != nil {
			return nil, err
		}
	}
	return dirs, nil
}

// output runs one of the two programs, and gives what it says.
func output(native bool, path string, args ...string) (string, error) {
	exe, argv := path, append([]string{path}, args...)
	if !native {
		exe, argv = "/proc/self/exe", append([]string{"armature-aarch64", "-0", path, "--"}, argv...)
	}
	cmd := exec.Command(exe)
	cmd.Args = argv
	cmd.Env = []string{"PATH=/usr/bin:/bin", "LC_ALL=C"}
	cmd.Dir = "/"
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Run(); err != nil {
		return "", fmt.Errorf("%s: %w: %s", path, err, strings.TrimSpace(out.String()))
	}
	return out.String(), nil
}

// both runs the tree's tool and its twin.
func (t *tool) both(args ...string) (ours, theirs string, err error) {
	if ours, err = output(false, t.original, args...); err != nil {
		return "", "", err
	}
	theirs, err = output(true, t.native, args...)
	return ours, theirs, err
}

func (t *tool) checkVersion() error {
	in, host, err := t.both("--version")
	if err != nil {
		return err
	}
	first := func(s string) string {
		line, _, _ := strings.Cut(s, "\n")
		return line
	}
	if first(in) != first(host) {
		return fmt.Errorf("%s is of another version: in the tree %q, on the host %q", t.path, first(in), first(host))
	}
	return nil
}

// sample is compiled by both compilers; it is C and C++.
const sample = `
struct s { double d; int a[5]; char c; };
static inline unsigned long mix(unsigned long x) { x ^= x >> 31; return x * 0x9e3779b97f4a7c15ul; }
double sum(const struct s *p, int n) { double t = 0.1; for (int i = 0; i < n; i++) t += p[i].d * p[i].a[i & 3] / 3.0; return t; }
int choose(int x) { switch (x) { case 1: return 7; case 2: return -3; case 9: return 1 << 20; case 10: return 44; case 11: return 45; case 12: return 0; } return x % 10; }
unsigned long hash(const char *s) { unsigned long h = 5381; while (*s) h = mix(h + (unsigned char)*s++); return h; }
void add(float *restrict_a, const float *b, int n) { for (int i = 0; i < n; i++) restrict_a[i] = restrict_a[i] * 1.5f + b[i]; }
_Complex double rotate(_Complex double z) { return z * (0.6 + 0.8i) / 7; }
long double wide(long double x) { return x * 1.1L + 2; }
`

func (t *tool) checkCompiler() (d wrap.Dirs, err error) {
	in, host, err := t.both("-quiet", "-v", "-version", "-imultiarch", "aarch64-linux-gnu", "-E", "/dev/null", "-o", "/dev/null")
	if err != nil {
		return d, err
	}
	if a, b := versionLines(in), versionLines(host); a == "" || a != b {
		return d, fmt.Errorf("%s is of another version:\nin the tree:\n%son the host:\n%s", t.path, a, b)
	}
	if d = searchDirs(in); len(d.C) == 0 {
		return d, fmt.Errorf("%s does not say where it looks for headers", t.path)
	}
	source := filepath.Join(wrap.Dir, "sample.c")
	if err := os.WriteFile(source, []byte(sample), 0o644); err != nil {
		return d, err
	}
	a, b, err := t.both("-quiet", "-O2", "-fPIE", "-imultiarch", "aarch64-linux-gnu", source, "-o", "-")
	if err != nil {
		return d, err
	}
	if a, b := withoutIdent(a), withoutIdent(b); a != b {
		return d, fmt.Errorf("%s and the host's make different code of a sample", t.path)
	}
	return d, nil
}

// versionLines picks from the output of -v what tells versions apart, without the
// distribution's revision.
func versionLines(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		switch {
		case strings.HasPrefix(line, "GNU C"):
			if i, j := strings.IndexByte(line, '('), strings.Index(line, ") version"); i > 0 && j > i {
				line = line[:i] + line[j+2:]
			}
			b.WriteString(line)
		case strings.Contains(line, "compiled by") && strings.Contains(line, "GMP version"):
			b.WriteString(line)
			return b.String()
		}
	}
	return b.String()
}

// searchDirs picks the folders from the output of -v, those of C++ apart.
func searchDirs(s string) (d wrap.Dirs) {
	_, list, _ := strings.Cut(s, "#include <...> search starts here:\n")
	list, _, _ = strings.Cut(list, "End of search list.")
	for line := range strings.Lines(list) {
		dir := filepath.Clean(strings.TrimSpace(line))
		if strings.Contains(dir, "/c++/") {
			d.CXX = append(d.CXX, dir)
		} else {
			d.C = append(d.C, dir)
		}
	}
	return d
}

// withoutIdent leaves out the line that names the compiler.
func withoutIdent(s string) string {
	var b strings.Builder
	for line := range strings.Lines(s) {
		if !strings.Contains(line, ".ident") {
			b.WriteString(line)
		}
	}
	return b.String()
}
