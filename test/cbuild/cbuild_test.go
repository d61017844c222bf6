package cbuild

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestBuild(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	write("h.h", "#define V 1\n")
	src := write("p.c", "#include \"h.h\"\nint main(void) { return V; }\n")
	spec := Spec{Name: "cbuild-test", Target: Native, Flags: []string{"-O1"}, Srcs: []string{src}}
	var made []string
	t.Cleanup(func() {
		for _, p := range made {
			os.Remove(p)
		}
	})
	build := func(s Spec) string {
		t.Helper()
		p, err := Build(s)
		if err != nil {
			t.Fatal(err)
		}
		made = append(made, p)
		return p
	}
	first := build(spec)
	if again := build(spec); again != first {
		t.Errorf("built again: %s and %s", first, again)
	}
	if other := build(Spec{Name: spec.Name, Target: Native, Flags: []string{"-O0"}, Srcs: spec.Srcs}); other == first {
		t.Error("other flags give the same program")
	}
	write("h.h", "#define V 2\n")
	if changed := build(spec); changed == first {
		t.Error("a changed header gives the same program")
	}
	write("p.c", "this is not C\n")
	if _, err := Build(spec); err == nil || !strings.Contains(err.Error(), "p.c") {
		t.Errorf("error %v does not name the source", err)
	}
}

// A program that is there is never replaced: it may run.
func TestPlace(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "out")
	for i, text := range []string{"first", "second"} {
		tmp := filepath.Join(dir, "tmp")
		if err := os.WriteFile(tmp, []byte(text), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := place(tmp, out); err != nil {
			t.Fatalf("place %d: %v", i, err)
		}
	}
	if b, err := os.ReadFile(out); err != nil || string(b) != "first" {
		t.Errorf("%q, %v; want the first", b, err)
	}
}
