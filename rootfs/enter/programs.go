package enter

import (
	"bufio"
	"crypto/md5"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"armature/rootfs/enter/wrap"
)

// Native programs: beside the compiler, the host's shell, make and the other small
// programs that builds start by the thousand. One takes the place of the tree's if
// both files are those of the same Debian package, of the same version: the versions
// come from dpkg, and the files have the checksums that it knows. All others stay the
// tree's. What is started from them is what the tree has, by a handler for ARM
// programs, which must be this program.

// programs are the ones that give the same result on every machine, by package. Not
// among them: what tells the machine (uname, arch), what loads modules or libraries of
// the tree (perl, stdbuf), what knows users (id), and bash, which has the machine in a
// variable. So has make, but the environment can tell it otherwise.
var programs = map[string]string{
	"bzip2": "bzip2",
	"coreutils": "b2sum base32 base64 basename basenc cat chgrp chmod chown cksum comm cp csplit cut date dd dir dirname du " +
		"echo env expand expr factor false fmt fold head install join link ln ls md5sum mkdir mkfifo mknod mktemp mv nl nohup " +
		"numfmt od paste pathchk pr printenv printf ptx pwd readlink realpath rm rmdir seq sha1sum sha224sum sha256sum " +
		"sha384sum sha512sum shred shuf sleep sort split stat sum sync tac tail tee test [ timeout touch tr true truncate " +
		"tsort tty unexpand uniq unlink vdir wc yes",
	"dash":      "dash",
	"diffutils": "cmp diff diff3 sdiff",
	"findutils": "find xargs",
	"gawk":      "gawk",
	"grep":      "grep",
	"gzip":      "gzip",
	"m4":        "m4",
	"make":      "make",
	"mawk":      "mawk",
	"patch":     "patch",
	"sed":       "sed",
	"tar":       "tar",
	"xz-utils":  "xz",
}

// makeHost is what the tree's make has in the variable of this name.
const makeHost = "MAKE_HOST=aarch64-unknown-linux-gnu"

// ListFile has the paths of the tree's programs that the host's work in place of.
const ListFile = wrap.Dir + "/programs"

// database is what dpkg knows of a tree.
type database struct {
	root     string
	arch     string
	versions map[string]string // of the packages that are installed
}

const dpkgDir = "var/lib/dpkg"

func openDatabase(root, arch string) (*database, error) {
	f, err := os.Open(filepath.Join(root, dpkgDir, "status"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	d := &database{root: root, arch: arch}
	d.versions, err = installed(f, arch)
	return d, err
}

// installed reads the versions of packages that are installed from dpkg's status file.
func installed(r io.Reader, arch string) (map[string]string, error) {
	versions := map[string]string{}
	fields := map[string]string{}
	flush := func() {
		if a := fields["Architecture"]; strings.HasSuffix(fields["Status"], " installed") && (a == arch || a == "all") {
			versions[fields["Package"]] = fields["Version"]
		}
		clear(fields)
	}
	s := bufio.NewScanner(r)
	s.Buffer(nil, 4<<20) // a field can be long
	for s.Scan() {
		line := s.Text()
		if line == "" {
			flush()
		} else if name, value, ok := strings.Cut(line, ": "); ok && line[0] != ' ' {
			switch name {
			case "Package", "Status", "Architecture", "Version":
				fields[name] = value
			}
		}
	}
	flush()
	return versions, s.Err()
}

var rebuild = regexp.MustCompile(`\+b[0-9]+$`)

// sameVersion tells whether packages are built of the same source.
func sameVersion(a, b string) bool {
	return a != "" && rebuild.ReplaceAllString(a, "") == rebuild.ReplaceAllString(b, "")
}

// upstream is a version without the epoch and Debian's revision.
func upstream(v string) string {
	if i := strings.IndexByte(v, ':'); i >= 0 {
		v = v[i+1:]
	}
	if i := strings.LastIndexByte(v, '-'); i >= 0 {
		v = v[:i]
	}
	return v
}

// sums gives the checksums of a package's files, by their names in /usr/bin.
func (d *database) sums(pkg string) map[string]string {
	sums := map[string]string{}
	for _, name := range []string{pkg, pkg + ":" + d.arch} {
		b, err := os.ReadFile(filepath.Join(d.root, dpkgDir, "info", name+".md5sums"))
		if err != nil {
			continue
		}
		for line := range strings.Lines(string(b)) {
			sum, path, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			if dir, base := filepath.Split(path); ok && (dir == "bin/" || dir == "usr/bin/") {
				sums[base] = sum
			}
		}
	}
	return sums
}

// program is one of the host's that may take a place in the tree.
type program struct {
	path  string // in both
	pkg   string
	twin  tree
	stamp string
}

// openPrograms opens those of the host that are what its packages have. memory is
// where checksums are kept.
func (h *hostTools) openPrograms() error {
	db, err := openDatabase("/", "amd64")
	if errors.Is(err, fs.ErrNotExist) {
		return nil // not a Debian
	}
	if err != nil {
		return err
	}
	h.packages = db.versions
	for pkg := range programs {
		if db.versions[pkg] == "" {
			continue
		}
		for _, path := range h.genuine(db, pkg) {
			twin, err := openTree(path)
			if err != nil {
				return err
			}
			s, err := stamp(path)
			if err != nil {
				return err
			}
			h.programs = append(h.programs, &program{path: path, pkg: pkg, twin: twin, stamp: s})
		}
	}
	slices.SortFunc(h.programs, func(a, b *program) int { return strings.Compare(a.path, b.path) })
	return nil
}

// genuine lists the package's programs whose files are what the package has.
func (h *hostTools) genuine(db *database, pkg string) (paths []string) {
	key := sha256.New()
	fmt.Fprintln(key, db.arch, pkg, db.versions[pkg])
	var there []string
	for name := range strings.FieldsSeq(programs[pkg]) {
		p := "/usr/bin/" + name
		if st, err := os.Lstat(p); err != nil || !st.Mode().IsRegular() || st.Mode()&(fs.ModeSetuid|fs.ModeSetgid) != 0 {
			continue
		}
		s, err := stamp(p)
		if err != nil {
			continue
		}
		fmt.Fprintln(key, s)
		there = append(there, p)
	}
	name := fmt.Sprintf("sums-%x", key.Sum(nil)[:12])
	if f, err := h.memory.Open(name); err == nil {
		defer f.Close()
		if json.NewDecoder(f).Decode(&paths) == nil {
			return paths
		}
		paths = nil
	}
	sums := db.sums(pkg)
	for _, p := range there {
		b, err := os.ReadFile(p)
		if sum := md5.Sum(b); err == nil && sums[filepath.Base(p)] == hex.EncodeToString(sum[:]) {
			paths = append(paths, p)
		}
	}
	h.rememberAs(name, paths) // otherwise it is done again
	return paths
}

// mountPrograms puts the host's programs in place of the tree's, which is the root by
// now. It gives the paths.
func (h *hostTools) mountPrograms() (list []string, err error) {
	db, err := openDatabase("/", "arm64")
	if errors.Is(err, fs.ErrNotExist) || len(h.programs) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	// Formats of locales and the like are the C library's.
	if v := db.versions["libc6"]; v == "" || upstream(v) != upstream(h.packages["libc6"]) {
		return nil, nil
	}
	genuine := map[string][]string{}
	for _, p := range h.programs {
		if _, known := genuine[p.pkg]; !known && sameVersion(db.versions[p.pkg], h.packages[p.pkg]) {
			genuine[p.pkg] = h.genuine(db, p.pkg)
		}
		if !slices.Contains(genuine[p.pkg], p.path) {
			continue
		}
		if err := p.mount(); err != nil {
			return nil, err
		}
		list = append(list, p.path)
	}
	return list, os.WriteFile(ListFile, []byte(strings.Join(append(list, ""), "\n")), 0o644)
}

// mount puts a stub for the two programs in place of the tree's.
func (p *program) mount() error {
	id := strings.ReplaceAll(strings.TrimPrefix(p.path, "/"), "/", "-")
	native, original, start := filepath.Join(wrap.Dir, id), filepath.Join(wrap.Dir, "tree-"+id), filepath.Join(wrap.Dir, "start-"+id)
	own, err := openTree(p.path)
	if err != nil {
		return err
	}
	for _, m := range []struct {
		tree
		path string
	}{{own, original}, {p.twin, native}} {
		if err := mountPoint(m.path, true); err != nil {
			return err
		}
		if err := m.place(m.path); err != nil {
			return err
		}
	}
	if err := os.WriteFile(start, stub(native, original), 0o755); err != nil {
		return err
	}
	over, err := openTree(start)
	if err != nil {
		return err
	}
	return over.place(p.path)
}
