package e2e

import (
	"encoding/binary"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"armature/test/cbuild"
)

func init() { otherSources["keep"], otherSources["detour"] = true, true }

// cacheRun is a run with --stats: what the programs printed, and the sums over all
// processes.
type cacheRun struct {
	outcome
	translated, loaded, saved int
}

var statLines = regexp.MustCompile(`(?m)^armature: (\d+) regions \(.*$|^armature: cache: (\d+) regions loaded, (\d+) saved.*$`)

// withCache runs a guest with the cache in dir.
func withCache(t *testing.T, dir string, opts, guest []string) cacheRun {
	t.Helper()
	j := job{argv: underTest(slices.Concat([]string{"--stats", "--cache=" + dir}, opts), guest)}
	r := cacheRun{outcome: run(t, j)}
	for _, m := range statLines.FindAllStringSubmatch(r.Stderr, -1) {
		for k, sum := range []*int{&r.translated, &r.loaded, &r.saved} {
			n, _ := strconv.Atoi(m[k+1])
			*sum += n
		}
	}
	if strings.Contains(r.Stderr, "goroutine ") || r.Hung {
		t.Errorf("%s: %s\n%s", quoteCommand(j), r.end(), tail(r.Stderr, 30))
	}
	return r
}

// age waits until files have been left alone for so long that translations of them
// are kept.
func age(t *testing.T, files ...string) {
	t.Helper()
	for _, f := range files {
		var st syscall.Stat_t
		if err := syscall.Stat(f, &st); err != nil {
			t.Fatal(err)
		}
		time.Sleep(2100*time.Millisecond - time.Since(time.Unix(st.Ctim.Unix())))
	}
}

func cachePrograms(t *testing.T, name string, flags ...string) string {
	t.Helper()
	i := slices.IndexFunc(programs, func(p program) bool { return p.name == name })
	if i < 0 {
		i, programs = len(programs), append(programs[:len(programs):len(programs)], program{name: name})
		defer func() { programs = programs[:i] }()
	}
	path := programs[i].build(t, cbuild.ARM64, flags)
	age(t, path)
	return path
}

// TestCacheWarm: the second run prints the same as the first and translates nothing,
// or next to nothing where threads, signals or addresses of the moment come in.
func TestCacheWarm(t *testing.T) {
	tree := debian(t).Path
	cross := []string{"-L", crossLibs}
	for _, c := range []struct {
		name  string
		opts  []string
		guest []string
		share int // percent of the regions that may be translated again
	}{
		{"static", nil, []string{cachePrograms(t, "args", "-O2", "-static"), "x"}, 0},
		{"dynamic", cross, []string{cachePrograms(t, "formats", "-O2")}, 1},
		{"libm", cross, []string{cachePrograms(t, "fp_libm", "-O2")}, 1},
		{"fork", cross, []string{cachePrograms(t, "processes", "-O2")}, 5},
		{"threads", cross, []string{cachePrograms(t, "threads", "-O2")}, 5},
		{"smc", nil, []string{cachePrograms(t, "smc", "-O2", "-static")}, 100},
		{"mapping", nil, []string{cachePrograms(t, "mapping", "-O2", "-static")}, 50},
		{"go", nil, []string{goGuest(t, "arm64")}, 25},
		{"shell", []string{"-L", tree}, []string{filepath.Join(tree, "bin/bash"), "-c", "x=$(echo a b | tr a-z A-Z); echo $x; sh -c 'echo $0'"}, 3},
		{"python3", []string{"-L", tree}, []string{filepath.Join(tree, "usr/bin/python3"), "-c", "import json; print(json.dumps([1, 2]))"}, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			age(t, c.guest[0])
			dir := filepath.Join(t.TempDir(), "cache")
			plain := run(t, job{argv: underTest(c.opts, c.guest)})
			cold := withCache(t, dir, c.opts, c.guest)
			if cold.Stdout != plain.Stdout || cold.end() != plain.end() || cold.loaded != 0 && c.share == 0 || cold.saved == 0 {
				t.Fatalf("cold: %d loaded, %d saved; %s, want %s: %s\n%s", cold.loaded, cold.saved, cold.end(), plain.end(), difference(plain.Stdout, cold.Stdout), tail(cold.Stderr, 10))
			}
			withCache(t, dir, c.opts, c.guest)
			withCache(t, dir, c.opts, c.guest) // forked children may have saved first
			warm := withCache(t, dir, c.opts, c.guest)
			if warm.Stdout != plain.Stdout || warm.end() != plain.end() {
				t.Errorf("warm: %s, want %s: %s\n%s", warm.end(), plain.end(), difference(plain.Stdout, warm.Stdout), tail(warm.Stderr, 10))
			}
			if most := cold.translated * c.share / 100; warm.translated > most || warm.loaded == 0 {
				t.Errorf("warm: %d loaded, %d translated, want at most %d of %d", warm.loaded, warm.translated, most, cold.translated)
			}
		})
	}
}

// TestCacheRefined: a few translations that a run lacks are there for the next one.
func TestCacheRefined(t *testing.T) {
	t.Parallel()
	prog := cachePrograms(t, "detour", "-O2", "-static")
	dir := filepath.Join(t.TempDir(), "cache")
	if r := withCache(t, dir, nil, []string{prog}); r.saved == 0 {
		t.Fatalf("nothing saved: %s", r.Stderr)
	}
	for i, args := range [][]string{{"ax"}, {"ax", "x"}, {"ax", "x", "y"}} {
		guest := append([]string{prog}, args...)
		first := withCache(t, dir, nil, guest)
		if i == 0 && (first.translated == 0 || first.translated > 32) {
			t.Errorf("the detour is %d regions, not a few", first.translated)
		}
		second := withCache(t, dir, nil, guest)
		if first.translated >= 4 && (first.saved == 0 || second.translated != 0) || second.translated > 3 || first.Stdout != second.Stdout {
			t.Errorf("%q: %d translated, %d saved, then %d translated", args, first.translated, first.saved, second.translated)
		}
	}
}

// codeFile writes a file with a function on each page that returns a number.
func codeFile(t *testing.T, path string, values ...int) {
	t.Helper()
	b := make([]byte, 4096*len(values))
	for i, v := range values {
		binary.LittleEndian.PutUint32(b[4096*i:], 0x52800000|uint32(v)<<5)
		binary.LittleEndian.PutUint32(b[4096*i+4:], 0xd65f03c0)
	}
	if err := os.WriteFile(path, b, 0o755); err != nil {
		t.Fatal(err)
	}
}

// library builds a shared object whose value is v.
func library(t *testing.T, path string, v int) {
	t.Helper()
	src := filepath.Join(t.TempDir(), "v.c")
	if err := os.WriteFile(src, fmt.Appendf(nil, "int value(void) { return %d; }\n", v), 0o644); err != nil {
		t.Fatal(err)
	}
	built, err := cbuild.Build(cbuild.Spec{Name: "libvalue", Target: cbuild.ARM64, Flags: []string{"-shared", "-fPIC", "-O2"}, Srcs: []string{src}})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(built)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, b, 0o755); err != nil {
		t.Fatal(err)
	}
}

// TestCacheFiles: what lies at an address is another code than in the run that
// filled the cache, or becomes it.
func TestCacheFiles(t *testing.T) {
	keep := cachePrograms(t, "keep", "-O2")
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	codeFile(t, at("a"), 11, 12)
	codeFile(t, at("b"), 21, 22)
	library(t, at("one.so"), 1)
	library(t, at("two.so"), 2)
	age(t, at("a"), at("b"), at("one.so"), at("two.so"))
	cache := filepath.Join(t.TempDir(), "cache")
	step := func(want string, args ...string) {
		t.Helper()
		for k := range 2 {
			r := withCache(t, cache, []string{"-L", crossLibs}, append([]string{keep}, args...))
			if got := strings.Join(strings.Fields(r.Stdout), " "); got != want || r.end() != "exit status 0" {
				t.Errorf("%q, run %d: %q, %s, want %q\n%s", args, k, got, r.end(), want, tail(r.Stderr, 10))
			}
		}
	}
	all := func() {
		t.Helper()
		step("11", "page", at("a"), "0")
		step("12", "page", at("a"), "1")
		step("21", "page", at("b"), "0")
		step("22", "page", at("b"), "1")
		step("1 2 1", "lib", at("one.so"), at("two.so"), at("one.so"))
		step("2 1 2", "lib", at("two.so"), at("one.so"), at("two.so"))
	}
	all()
	all()
	step("501", "patch", at("a"))
	step("11 502 503", "repatch", at("a"))
	step("505", "mem", at("a"))
	step("11 21 11 21 506", "replace", at("a"), at("b"))
	step("21 11 21 11 506", "replace", at("b"), at("a"))
	all()
	// In place, with the same size. The second one at once: its times are too fresh
	// to tell it from what may follow.
	codeFile(t, at("a"), 31, 32)
	step("31", "page", at("a"), "0")
	codeFile(t, at("a"), 41, 42)
	step("41", "page", at("a"), "0")
	age(t, at("a"))
	step("42", "page", at("a"), "1")
	step("41", "page", at("a"), "0")
	codeFile(t, at("a"), 11, 12)
	age(t, at("a"))
	all()
	step("11 504 11", "write", at("a"))
	step("77 11", "shared", at("a"))
	age(t, at("a"))
	step("77 11", "shared", at("a"))
	step("11 504 11", "write", at("a"))
	// Code that was put over a file's, into memory that is read-only, is not kept as the file's.
	other := filepath.Join(t.TempDir(), "cache")
	for _, c := range [][2]string{{"mem-link", "505\n"}, {"page", "21\n"}} {
		if r := withCache(t, other, []string{"-L", crossLibs}, []string{keep, c[0], at("b"), "0"}); r.Stdout != c[1] || c[0] == "mem-link" && r.saved == 0 {
			t.Errorf("%s: %q, %d saved", c[0], r.Stdout, r.saved)
		}
	}
	// By another file of the same name, with the times of the old one.
	st, err := os.Stat(at("one.so"))
	if err != nil {
		t.Fatal(err)
	}
	library(t, at("new.so"), 3)
	if err := os.Chtimes(at("new.so"), st.ModTime(), st.ModTime()); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(at("new.so"), at("one.so")); err != nil {
		t.Fatal(err)
	}
	step("3 2 3", "lib", at("one.so"), at("two.so"), at("one.so"))
	age(t, at("one.so"))
	step("3 2 3", "lib", at("one.so"), at("two.so"), at("one.so"))
}

// cacheFiles lists a cache directory.
func cacheFiles(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	if err != nil && !os.IsNotExist(err) {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, filepath.Join(dir, e.Name()))
	}
	return names
}

// TestCacheTrust: what others could have written is not used, nor what is damaged;
// the program runs all the same.
func TestCacheTrust(t *testing.T) {
	hello := []string{cachePrograms(t, "args", "-O2", "-static"), "x"}
	fill := func(t *testing.T) (dir, file string) {
		t.Helper()
		dir = filepath.Join(t.TempDir(), "cache")
		if r := withCache(t, dir, nil, hello); r.saved == 0 {
			t.Fatalf("nothing saved:\n%s", r.Stderr)
		}
		files := cacheFiles(t, dir)
		if len(files) != 1 {
			t.Fatalf("%q, want one file", files)
		}
		if r := withCache(t, dir, nil, hello); r.loaded == 0 || r.translated != 0 || r.saved != 0 {
			t.Fatalf("%d loaded, %d translated, %d saved, want all loaded", r.loaded, r.translated, r.saved)
		}
		return dir, files[0]
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	edit := func(f func(b []byte) []byte) func(*testing.T, string, string) {
		return func(t *testing.T, dir, file string) {
			b, err := os.ReadFile(file)
			must(t, err)
			must(t, os.WriteFile(file, f(b), 0o644))
		}
	}
	for _, c := range []struct {
		name string
		do   func(t *testing.T, dir, file string)
		save bool // the file is replaced by a good one
	}{
		{"directory-writable", func(t *testing.T, dir, file string) { must(t, os.Chmod(dir, 0o777)) }, false},
		{"directory-group", func(t *testing.T, dir, file string) { must(t, os.Chmod(dir, 0o770)) }, false},
		{"file-writable", func(t *testing.T, dir, file string) { must(t, os.Chmod(file, 0o666)) }, true},
		{"link", func(t *testing.T, dir, file string) {
			other := filepath.Join(t.TempDir(), "other")
			must(t, os.Rename(file, other))
			must(t, os.Symlink(other, file))
		}, true},
		{"directory-link", func(t *testing.T, dir, file string) {
			must(t, os.Rename(dir, dir+"2"))
			must(t, os.Symlink(dir+"2", dir))
		}, false},
		{"owner", func(t *testing.T, dir, file string) {
			if os.Geteuid() == 0 {
				must(t, os.Chown(file, 12345, 12345))
			} else {
				must(t, os.Chmod(file, 0o646))
			}
		}, true},
		{"directory-owner", func(t *testing.T, dir, file string) {
			if os.Geteuid() == 0 {
				must(t, os.Chown(dir, 12345, 12345))
			} else {
				must(t, os.Chmod(dir, 0o707))
			}
		}, false},
		{"fifo", func(t *testing.T, dir, file string) { must(t, os.Remove(file)); must(t, syscall.Mkfifo(file, 0o644)) }, true},
		{"empty", edit(func(b []byte) []byte { return nil }), true},
		{"cut", edit(func(b []byte) []byte { return b[:len(b)-4096] }), true},
		{"header-only", edit(func(b []byte) []byte { return b[:4096] }), true},
		{"header", edit(func(b []byte) []byte { b[30] ^= 4; return b }), true},
		{"tables", edit(func(b []byte) []byte { b[4096*4] ^= 1; return b }), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			dir, file := fill(t)
			c.do(t, dir, file)
			for k := range 2 {
				r := withCache(t, dir, nil, hello)
				if r.end() != "exit status 0" || !strings.Contains(r.Stdout, "x") {
					t.Errorf("%s\n%s", r.end(), tail(r.Stderr, 10))
				}
				if good := k == 1 && c.save; good != (r.loaded != 0) || good != (r.translated == 0) {
					t.Errorf("run %d: %d loaded, %d translated\n%s", k, r.loaded, r.translated, tail(r.Stderr, 10))
				}
			}
		})
	}
}

// TestCacheAtOnce: several processes that save at the same time leave one good file.
func TestCacheAtOnce(t *testing.T) {
	guest := []string{cachePrograms(t, "formats", "-O2")}
	opts := []string{"-L", crossLibs}
	dir := filepath.Join(t.TempDir(), "cache")
	want := run(t, job{argv: underTest(opts, guest)})
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			if r := withCache(t, dir, opts, guest); r.Stdout != want.Stdout || r.end() != want.end() {
				t.Errorf("%s: %s", r.end(), difference(want.Stdout, r.Stdout))
			}
		})
	}
	wg.Wait()
	if files := cacheFiles(t, dir); len(files) != 2 {
		t.Errorf("%q, want two files: the program's, and what it has in common with others", files)
	}
	if r := withCache(t, dir, opts, guest); r.translated > r.loaded/100 || r.loaded == 0 || r.Stdout != want.Stdout {
		t.Errorf("%d translated, %d loaded, want next to none and all", r.translated, r.loaded)
	}
}

// TestCacheOff: when nothing must be saved, nothing is.
func TestCacheOff(t *testing.T) {
	hello := cachePrograms(t, "args", "-O2", "-static")
	die := cachePrograms(t, "die", "-O2", "-Wno-infinite-recursion")
	for _, c := range []struct {
		name  string
		opts  []string
		guest []string
		end   string
	}{
		{"interpreter", []string{"--engine=interp"}, []string{hello}, "exit status 0"},
		{"trace", []string{"--trace=in_asm", "--trace-file=/dev/null"}, []string{hello}, "exit status 0"},
		{"arena", []string{"--arena=64"}, []string{hello}, "exit status 0"},
		{"crash", []string{"-L", crossLibs}, []string{die, "null"}, "killed by SIGSEGV"},
		{"kill", []string{"-L", crossLibs}, []string{die, "kill"}, "killed by SIGKILL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "cache")
			if r := withCache(t, dir, c.opts, c.guest); r.end() != c.end || r.saved != 0 || r.loaded != 0 {
				t.Errorf("%s, %d saved, %d loaded\n%s", r.end(), r.saved, r.loaded, tail(r.Stderr, 5))
			}
			if files := cacheFiles(t, dir); files != nil {
				t.Errorf("files %q", files)
			}
		})
	}
	// A limit for the size of files must not become a signal.
	dir := filepath.Join(t.TempDir(), "cache")
	argv := slices.Concat([]string{"/bin/sh", "-c", `ulimit -f 10; exec "$@"`, "sh"}, underTest([]string{"--cache=" + dir}, []string{hello}))
	if o := run(t, job{argv: argv}); o.end() != "exit status 0" {
		t.Errorf("with a limit of the size of files: %s\n%s", o.end(), o.Stderr)
	}
	// Other options, another snapshot.
	for _, opts := range [][]string{nil, {"--opt=-all"}, {"--no-tier2"}, {"--host-cpu=v2"}} {
		if r := withCache(t, dir, opts, []string{hello}); r.loaded != 0 || r.saved == 0 {
			t.Errorf("%q: %d loaded, %d saved", opts, r.loaded, r.saved)
		}
		if r := withCache(t, dir, opts, []string{hello}); r.loaded == 0 || r.translated != 0 {
			t.Errorf("%q: %d loaded, %d translated", opts, r.loaded, r.translated)
		}
	}
	// A program that was made a moment ago, or later, is not kept.
	b, err := os.ReadFile(hello)
	if err != nil {
		t.Fatal(err)
	}
	fresh := filepath.Join(t.TempDir(), "fresh")
	if err := os.WriteFile(fresh, b, 0o755); err != nil {
		t.Fatal(err)
	}
	tomorrow := time.Now().Add(24 * time.Hour)
	if err := os.Chtimes(fresh, tomorrow, tomorrow); err != nil {
		t.Fatal(err)
	}
	if r := withCache(t, dir, nil, []string{fresh}); r.saved != 0 {
		t.Errorf("a program of tomorrow: %d saved", r.saved)
	}
}

// TestCacheBase: a program that never ran before finds what it has in common with
// another, also when it may not be kept itself.
func TestCacheBase(t *testing.T) {
	opts := []string{"-L", crossLibs}
	first, second := cachePrograms(t, "formats", "-O2"), cachePrograms(t, "args", "-O2")
	dir := filepath.Join(t.TempDir(), "cache")
	plain := withCache(t, "off", opts, []string{second, "x"})
	if r := withCache(t, dir, opts, []string{first}); r.saved == 0 {
		t.Fatalf("nothing saved\n%s", tail(r.Stderr, 10))
	}
	before := cacheFiles(t, dir)
	fresh := filepath.Join(t.TempDir(), "fresh")
	b, err := os.ReadFile(second)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(fresh, b, 0o755); err != nil {
		t.Fatal(err)
	}
	tomorrow := time.Now().Add(24 * time.Hour)
	if err := os.Chtimes(fresh, tomorrow, tomorrow); err != nil {
		t.Fatal(err)
	}
	for _, guest := range []string{fresh, second} {
		r := withCache(t, dir, opts, []string{guest, "x"})
		if r.end() != plain.end() || r.loaded == 0 || r.translated > plain.translated/4 {
			t.Errorf("%s: %s, %d loaded, %d translated of %d\n%s", guest, r.end(), r.loaded, r.translated, plain.translated, tail(r.Stderr, 10))
		}
		if guest == fresh && !slices.Equal(before, cacheFiles(t, dir)) {
			t.Errorf("a program of tomorrow: files %q, before %q", cacheFiles(t, dir), before)
		}
	}
}

// TestCachePassed: the programs that a program executes keep their translations as
// well, whether it was told so by option or by environment.
func TestCachePassed(t *testing.T) {
	tree := debian(t).Path
	guest := []string{filepath.Join(tree, "bin/bash"), "-c", "/bin/true; exec /bin/echo done"}
	dir := t.TempDir()
	for _, c := range []struct{ opt, env string }{
		{"--cache=" + dir + "/a", "A=1"}, {"", "ARMATURE_CACHE=" + dir + "/b"}, {"", "XDG_CACHE_HOME=" + dir},
	} {
		opts := []string{"--stats", "-L", tree}
		if c.opt != "" {
			opts = append(opts, c.opt)
		}
		var o outcome
		for range 3 {
			o = run(t, job{argv: underTest(opts, guest), env: []string{"PATH=/bin", c.env}})
			if o.Stdout != "done\n" {
				t.Errorf("%v: %q\n%s", c, o.Stdout, o.Stderr)
			}
		}
		loaded := 0
		for _, m := range statLines.FindAllStringSubmatch(o.Stderr, -1) {
			if m[2] != "" && m[2] != "0" {
				loaded++
			}
		}
		if loaded != 3 {
			t.Errorf("%v: %d of three programs have loaded something\n%s", c, loaded, tail(o.Stderr, 20))
		}
	}
	if _, err := os.Stat("/var/cache/armature"); err != nil && *emuFlag == "" && len(cacheFiles(t, filepath.Join(dir, "armature"))) == 0 {
		t.Error("nothing in the user's directory")
	}
}
