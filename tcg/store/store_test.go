package store

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

func put(t *testing.T, s *Store, name, text string) error {
	t.Helper()
	return s.Replace(name, 1<<20, func(old *File) bool { return true }, func(w io.WriterAt) (int64, error) {
		_, err := w.WriteAt([]byte(text), 0)
		return int64(len(text)), err
	})
}

func get(t *testing.T, s *Store, name string) string {
	t.Helper()
	f, err := s.Open(name)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	b := make([]byte, f.Stat.Size)
	if _, err := f.ReadAt(b, 0); err != nil && err != io.EOF {
		t.Fatal(err)
	}
	return string(b)
}

func TestStore(t *testing.T) {
	base := t.TempDir()
	sys, own := filepath.Join(base, "sys"), filepath.Join(base, "own")
	s := &Store{Dirs: []Dir{{Path: sys}, {Path: own, Make: true}}}
	if got := get(t, s, "a"); got != syscall.ENOENT.Error() {
		t.Errorf("nothing there: %s", got)
	}
	if err := put(t, s, "a", "one"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "a"); got != "one" {
		t.Errorf("got %q", got)
	}
	if st, err := os.Stat(own); err != nil || st.Mode().Perm() != 0o700 {
		t.Errorf("directory: %v, %v", st, err)
	}
	if _, err := os.Stat(sys); err == nil {
		t.Error("the system's directory was made")
	}
	f, err := s.Open("a")
	if err != nil {
		t.Fatal(err)
	}
	if err := put(t, s, "a", "two, longer"); err != nil {
		t.Fatal(err)
	}
	var b [10]byte
	if n, _ := f.ReadAt(b[:], 0); string(b[:n]) != "one" {
		t.Errorf("the old file has changed: %q", b[:n])
	}
	f.Close()
	if got := get(t, s, "a"); got != "two, longer" {
		t.Errorf("got %q", got)
	}
	// The first directory that has it wins.
	if err := os.Mkdir(sys, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := put(t, s, "a", "three"); err != nil {
		t.Fatal(err)
	}
	if got := get(t, s, "a"); got != "three" {
		t.Errorf("got %q", got)
	}
	s.ReadOnly = true
	if err := put(t, s, "a", "four"); err == nil || get(t, s, "a") != "three" {
		t.Errorf("written to a store that is read only: %v", err)
	}
	s.ReadOnly = false
	// What fails leaves nothing.
	fail := errors.New("no")
	err = s.Replace("a", 1<<20, func(*File) bool { return true }, func(io.WriterAt) (int64, error) { return 0, fail })
	if err != fail || get(t, s, "a") != "three" {
		t.Errorf("failed writing: %v", err)
	}
	if err := s.Replace("a", 1<<20, func(old *File) bool { return old == nil }, nil); err != nil {
		t.Error(err)
	}
	if list, _ := os.ReadDir(sys); len(list) != 1 {
		t.Errorf("left behind: %v", list)
	}
	// Others could have written it.
	for _, x := range []struct {
		path  string
		mode  os.FileMode
		back  os.FileMode
		works string
	}{
		{filepath.Join(sys, "a"), 0o664, 0o644, "two, longer"}, {filepath.Join(sys, "a"), 0o646, 0o644, "two, longer"},
		{sys, 0o775, 0o755, "two, longer"}, {sys, 0o757, 0o755, "two, longer"}, {sys, os.ModeSticky | 0o777, 0o755, "two, longer"},
	} {
		if err := os.Chmod(x.path, x.mode); err != nil {
			t.Fatal(err)
		}
		if got := get(t, s, "a"); got != x.works {
			t.Errorf("%s with mode %v: %q, want %q", x.path, x.mode, got, x.works)
		}
		if err := os.Chmod(x.path, x.back); err != nil {
			t.Fatal(err)
		}
	}
	if got := get(t, s, "a"); got != "three" {
		t.Errorf("at last %q", got)
	}
}

func TestMakeDir(t *testing.T) {
	base := t.TempDir()
	s := &Store{Dirs: []Dir{{Path: filepath.Join(base, "no", "armature"), Make: true}}}
	if err := put(t, s, "a", "x"); err != syscall.ENOENT {
		t.Errorf("without the parent: %v", err)
	}
	if list, _ := os.ReadDir(base); len(list) != 0 {
		t.Errorf("made %v", list)
	}
}

func TestPrune(t *testing.T) {
	dir := t.TempDir()
	old := Limit
	defer func() { Limit = old }()
	Limit = 100 << 10
	for i := range 20 {
		path := filepath.Join(dir, fmt.Sprintf("f%02d", i))
		data := make([]byte, 8<<10)
		rand.Read(data)
		if err := os.WriteFile(path, data, 0o644); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(time.Duration(i-30) * time.Hour)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	for name, age := range map[string]time.Duration{"tmp.1": 2 * time.Hour, "tmp.2": 0} {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, nil, 0o644); err != nil {
			t.Fatal(err)
		}
		when := time.Now().Add(-age)
		if err := os.Chtimes(path, when, when); err != nil {
			t.Fatal(err)
		}
	}
	fd, _, err := openDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	defer syscall.Close(fd)
	prune(fd)
	list, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range list {
		names = append(names, e.Name())
	}
	// How many depends on the blocks of the file system.
	got := strings.Join(names, " ")
	if !strings.HasSuffix("f00 f01 f02 f03 f04 f05 f06 f07 f08 f09 f10 f11 f12 f13 f14 f15 f16 f17 f18 f19 tmp.2", got) || len(list) < 4 || len(list) > 14 {
		t.Errorf("left: %s", got)
	}
	prune(fd)
	if again, _ := os.ReadDir(dir); len(again) != len(list) {
		t.Errorf("then %d", len(again))
	}
}
