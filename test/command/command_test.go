package command

import (
	"os"
	"path/filepath"
	"testing"
)

func TestProgram(t *testing.T) {
	dir := t.TempDir()
	prog := filepath.Join(dir, "prog")
	if err := os.WriteFile(prog, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir)
	t.Chdir(dir)
	for _, name := range []string{"prog", "./prog", prog} {
		if got, err := Program(name); got != prog || err != nil {
			t.Errorf("%s: %s, %v", name, got, err)
		}
	}
	if got, err := Program("none"); err == nil {
		t.Errorf("none: %s", got)
	}
}

func TestReplaceSection(t *testing.T) {
	for _, c := range []struct{ old, want string }{
		{"head\n<b>\nold\n<e>\ntail\n", "head\n<b>\n\ntext\n\n<e>\ntail\n"},
		{"<b><e>", "<b>\n\ntext\n\n<e>"},
		{"no marks", ""},
		{"<b> no end", ""},
		{"<e> before <b>", ""},
	} {
		path := filepath.Join(t.TempDir(), "doc.md")
		if err := os.WriteFile(path, []byte(c.old), 0o644); err != nil {
			t.Fatal(err)
		}
		err := ReplaceSection(path, "<b>", "<e>", "text\n")
		got, _ := os.ReadFile(path)
		switch {
		case c.want == "" && (err == nil || string(got) != c.old):
			t.Errorf("%q: %v, became %q", c.old, err, got)
		case c.want != "" && (err != nil || string(got) != c.want):
			t.Errorf("%q: %v, %q", c.old, err, got)
		}
	}
}
