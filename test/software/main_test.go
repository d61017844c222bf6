package main

import (
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSplitNotes(t *testing.T) {
	for _, c := range []struct{ out, text, notes string }{
		{"", "", ""},
		{"a\nb\n", "a\nb\n", ""},
		{"note: 5 tests\na\nnote: fast\n", "a\n", "5 tests|fast"},
		{"a note: b\n", "a note: b\n", ""},
		{"note: no end", "", "no end"},
	} {
		text, notes := splitNotes(c.out)
		if text != c.text || strings.Join(notes, "|") != c.notes {
			t.Errorf("%q: %q, %q", c.out, text, notes)
		}
	}
}

func TestFirstDifference(t *testing.T) {
	for _, c := range []struct{ got, want, diff string }{
		{"a\n", "a\n", ""},
		{"a\nb\n", "a\nc\n", `line 2 is "b", not "c"`},
		{"a\n", "a\nb\n", `line 2 is nothing, not "b"`},
		{"a\nb\n", "a\n", `line 2 is "b", not nothing`},
		{"", "a\n", `line 1 is nothing, not "a"`},
		{"a", "a\n", "line 2 is nothing, not nothing"},
	} {
		if diff := firstDifference(c.got, c.want); diff != c.diff {
			t.Errorf("%q, %q: %q, want %q", c.got, c.want, diff, c.diff)
		}
	}
}

func TestOnlyIn(t *testing.T) {
	for _, c := range []struct{ log, other, only string }{
		{"a\nb\n", "b\na\n", ""},
		{"a\na\n", "a\n", "a"},
		{"a\n", "a\na\n", ""},
		{"Setting up x (1) ...\narmature: no\n", "Setting up x (1) ...\n", "armature: no"},
		{"(Reading database ... 5%\r(Reading database ... 70 files)\nLocal time is now:  Mon\n\nGet:1 x\n", "", ""},
		{"10%\r20%\rdone\r\n", "done\n", ""},
	} {
		if got := strings.Join(onlyIn(c.log, c.other), "|"); got != c.only {
			t.Errorf("%q, %q: %q, want %q", c.log, c.other, got, c.only)
		}
	}
}

func TestMessages(t *testing.T) {
	for _, c := range []struct {
		log string
		all bool
		n   int
	}{
		{"Setting up armature-like (1) ...\n", true, 0},
		{"armature: unsupported\n", false, 1},
		{"x\narmature-aarch64: no\ny\n", true, 1},
		{"fatal error: all goroutines are asleep\n", false, 1},
		{"dpkg: Illegal instruction\n", false, 0},
		{"dpkg: Illegal instruction\n", true, 1},
		{"sh: 1: x: Function not implemented\nBad system call (core dumped)\n", true, 2},
	} {
		if got := messages(c.log, c.all); len(got) != c.n {
			t.Errorf("%q, %v: %q", c.log, c.all, got)
		}
	}
}

func TestSelected(t *testing.T) {
	for _, c := range []struct{ names, want string }{
		{"make", "make"},
		{"node,make", "make node/cpu node/threads"},
		{"java/Cpu, make", "make java/Cpu"},
		{"mak", "error"},
		{"java/", "error"},
		{"make,", "error"},
	} {
		list, err := selected(c.names)
		var got []string
		for _, it := range list {
			got = append(got, it.name)
		}
		if err != nil {
			got = []string{"error"}
		}
		if strings.Join(got, " ") != c.want {
			t.Errorf("%q: %q, %v", c.names, got, err)
		}
	}
	if list, err := selected(""); len(list) != len(items) || err != nil {
		t.Errorf("all: %d, %v", len(list), err)
	}
}

// exit is the error of a program that ended with a status.
func exit(t *testing.T, status string) error {
	t.Helper()
	err := exec.Command("/bin/sh", "-c", "exit "+status).Run()
	if err == nil {
		t.Fatal("no error")
	}
	return err
}

func TestJudge(t *testing.T) {
	for _, c := range []struct {
		emulator, out, said, want string
		err                       error
		verdict                   string
	}{
		{"armature", "a\nnote: n\n", "warning\n", "a\n", nil, "pass; n"},
		{"armature", "", "", "a\n", nil, `FAIL: output: line 1 is nothing, not "a"`},
		{"armature", "b\n", "", "a\n", nil, `FAIL: output: line 1 is "b", not "a"`},
		{"armature", "a\n", "", "a\n", exit(t, "3"), "FAIL: exit status 3"},
		{"armature", "", "software: no\nsoftware: mounting proc\n", "a\n", exit(t, "125"), "FAIL: could not be run: software: mounting proc"},
		{"armature", "a\n", "armature: what\n", "a\n", nil, "FAIL: message: armature: what"},
		{"qemu", "a\n", "armature: what\n", "a\n", nil, "pass"},
		{"qemu", "", "", "a\n", errLimit, "FAIL: not done"},
		{"qemu", strings.Repeat("note: x\n", mostNotes+2), "", "", nil, "pass" + strings.Repeat("; x", mostNotes) + "; and 2 more"},
	} {
		r := result{Emulator: c.emulator}
		r.judge(c.out, c.said, c.want, c.err)
		if r.verdict() != c.verdict {
			t.Errorf("%+v: %q", c, r.verdict())
		}
	}
}

func TestPair(t *testing.T) {
	for _, c := range []struct {
		wall, peerWall float64
		log, peerLog   string
		peerFailure    string
		failure        string
	}{
		{1, 2, "a\n", "a\n", "", ""},
		{1, 2, "a\n", "a\nqemu: more\n", "", ""},
		{2, 2, "a\n", "a\n", "", "not faster than qemu: 2 s, 2 s"},
		{1, 2, "a\nb\n", "a\n", "", "the log of qemu lacks: b"},
		{9, 2, "a\nb\n", "a\n", "exit status 1", ""}, // there is nothing to compare with
	} {
		ours := result{Emulator: "armature", Wall: c.wall}
		peer := result{Emulator: "qemu", Wall: c.peerWall, Failure: c.peerFailure}
		pair(&ours, &peer, c.log, c.peerLog)
		if ours.Failure != c.failure {
			t.Errorf("%+v: %q", c, ours.Failure)
		}
	}
}

func TestTable(t *testing.T) {
	var l results
	l.put(result{Item: "make", Emulator: "armature", Date: "2026-01-02", Failure: "old"})
	l.put(result{Item: "git", Emulator: "armature", Date: "2026-01-01", Failure: "a|b"})
	l.put(result{Item: "make", Emulator: "armature", Date: "2026-01-03", Wall: 1.25, User: 2, System: 0.5, Notes: []string{"n"}})
	want := `| item | what | Armature | wall, s | user + system, s |
|---|---|---|--:|--:|
| make | C library and programs, built and tested | pass; n | 1.2 | 2.0 + 0.5 |
| git | commits, merge, gc, fsck, clone, bisect | FAIL: a\|b | 0.0 | 0.0 + 0.0 |
`
	if got := l.table(); got != want {
		t.Errorf("%s", firstDifference(got, want))
	}
	if got := l.dates(); got != "2026-01-01 to 2026-01-03" {
		t.Error(got)
	}
	l.put(result{Item: "make", Emulator: "qemu", Wall: 3})
	if got := l.table(); !strings.Contains(got, "| 2.0 + 0.5 | pass | 3.0 | 0.0 + 0.0 |\n") || !strings.Contains(got, "0.0 + 0.0 |  | |  |\n") {
		t.Errorf("with a peer:\n%s", got)
	}

	path := filepath.Join(t.TempDir(), "results.json")
	if none, err := loadResults(path); none != nil || err != nil {
		t.Errorf("no file: %v, %v", none, err)
	}
	if err := l.save(path); err != nil {
		t.Fatal(err)
	}
	back, err := loadResults(path)
	if err != nil || back.table() != l.table() {
		t.Errorf("read again: %v, %v", back, err)
	}
	if err := os.WriteFile(path, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := loadResults(path); err == nil {
		t.Error("no error for a broken file")
	}
}

// TestScripts: each item has what it runs, and each folder an item.
func TestScripts(t *testing.T) {
	used := map[string][]string{}
	for _, it := range items[2:] {
		folder, arg, _ := strings.Cut(it.name, "/")
		used[folder] = append(used[folder], arg)
		want, err := unpack(folder, filepath.Join(t.TempDir(), "a", "b"))
		if err != nil {
			t.Error(err)
			continue
		}
		if want[arg] == "" && want[""] == "" {
			t.Errorf("%s: nothing is known that it should print", it.name)
		}
	}
	folders, err := fs.ReadDir(scripts, "testdata")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range folders {
		args, ok := used[f.Name()]
		if !ok {
			t.Errorf("testdata/%s: no item", f.Name())
		}
		wants, _ := fs.Glob(scripts, "testdata/"+f.Name()+"/want.*")
		for _, w := range wants {
			if !slices.Contains(args, strings.TrimPrefix(filepath.Ext(w), ".")) {
				t.Errorf("%s: no item", w)
			}
		}
		if out, err := exec.Command("/bin/sh", "-n", "testdata/"+f.Name()+"/run.sh").CombinedOutput(); err != nil {
			t.Errorf("%v\n%s", err, out)
		}
	}
}

// TestTransport: what says how packages are fetched goes into the tree, what is about the machine's own files does not.
func TestTransport(t *testing.T) {
	const want = "Acquire::http::Proxy \"http://proxy.example:3128\";\nAcquire::Check-Valid-Until \"false\";\n"
	got := transport("Acquire \"\";\nAcquire::cdrom::mount \"/media/cdrom/\";\n" + want + "Acquire::Languages \"none\";\n")
	if got != want {
		t.Errorf("%q", got)
	}
}

// TestTrees: a tree has its name only when it is complete, and another list of packages is another tree.
func TestTrees(t *testing.T) {
	tr := trees{t.TempDir()}
	if err := os.MkdirAll(filepath.Join(tr.path(base), "etc"), 0o755); err != nil {
		t.Fatal(err)
	}
	dir, err := tr.copied(t.Context(), base, full, "armature")
	if err != nil {
		t.Fatal(err)
	}
	if tr.have(full) {
		t.Error("it has its name before it is complete")
	}
	if dir, err = tr.copied(t.Context(), base, full, "armature"); err != nil {
		t.Fatalf("again: %v", err)
	}
	if err := tr.finished(dir, full); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(tr.path(full), "etc")); err != nil || !tr.have(full) {
		t.Errorf("not complete: %v", err)
	}
	was, list := tr.path(full), packages
	defer func() { packages = list }()
	if packages = append(slices.Clone(packages), "hello"); tr.path(full) == was {
		t.Error("the same tree for another list of packages")
	}
	// It takes the place of the other, and of what was copied from that.
	for _, name := range []string{base, beside} {
		if err := os.MkdirAll(tr.path(name), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	making, err := tr.copied(t.Context(), base, full, "qemu")
	if err != nil {
		t.Fatal(err)
	}
	if dir, err = tr.copied(t.Context(), base, full, "armature"); err != nil {
		t.Fatal(err)
	}
	if err := tr.finished(dir, full); err != nil || !tr.have(full) || tr.have(beside) || !tr.have(base) {
		t.Errorf("made anew: %v", err)
	}
	if _, err := os.Stat(making); err != nil {
		t.Errorf("another that is being made: %v", err)
	}
	if _, err := os.Stat(was); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the old one: %v", err)
	}
	if err := tr.removeAll(); err != nil || tr.have(full) || tr.have(base) {
		t.Errorf("not removed: %v", err)
	}
	if _, err := tr.copied(t.Context(), base, full, "armature"); err == nil {
		t.Error("a copy of nothing")
	}
}

func TestLock(t *testing.T) {
	path := filepath.Join(t.TempDir(), "lock")
	unlock, err := lock(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := lock(path); err == nil {
		t.Error("locked twice")
	}
	unlock()
	unlock, err = lock(path)
	if err != nil {
		t.Fatal(err)
	}
	unlock()
}

func TestFindEmulators(t *testing.T) {
	if _, err := findEmulators("armature,bochs"); err == nil {
		t.Error("no error for an unknown one")
	}
	*emuPath = "/bin/sh"
	if _, err := findEmulators("armature,armature"); err == nil {
		t.Error("no error for one twice")
	}
	list, err := findEmulators("armature")
	if err != nil || len(list) != 1 || !list[0].ours() || list[0].handler != "/bin/sh" {
		t.Errorf("%+v, %v", list, err)
	}
	*emuPath = "/nonexistent"
	if _, err := findEmulators("armature"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a missing program: %v", err)
	}
}

func TestInstalled(t *testing.T) {
	const status = "Package: a\nStatus: install ok installed\nDescription: x\n Package: no\n\n" +
		"Package: b\nStatus: install ok unpacked\n\nPackage: c\nStatus: install ok installed\n\nPackage: e\nStatus: deinstall ok config-files\n\n"
	for _, c := range []struct {
		status  string
		needs   []string
		done    int
		missing string
	}{
		{"", nil, 0, ""},
		{"", []string{"a"}, 0, "a"},
		{status, nil, 2, "b"},
		{status, []string{"a", "b", "d"}, 2, "b d"},
	} {
		done, missing := installed(c.status, c.needs)
		if done != c.done || strings.Join(missing, " ") != c.missing {
			t.Errorf("%q, %q: %d, %q", c.status, c.needs, done, missing)
		}
	}
}
