package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestCompletions(t *testing.T) {
	commands := newApp().Commands
	for _, c := range []struct {
		line, kind string
		has        []string // of many
		all        []string // exactly
	}{
		{line: "", kind: "words", has: []string{"run", "rootfs", "binfmt", "doctor"}},
		{line: "ro", kind: "words", all: []string{"rootfs"}},
		{line: "rootfs un", kind: "words", all: []string{"unpack"}},
		{line: "rootfs unpack --max", kind: "words", all: []string{"--max-size"}},
		{line: "rootfs unpack --max-size ", kind: "files"},
		{line: "rootfs unpack --max-size 5 a.tar ", kind: "dirs"},
		{line: "rootfs unpack ", kind: "files"},
		{line: "rootfs pack ", kind: "dirs"},
		{line: "rootfs pack d ", kind: "files"},
		{line: "run --sys", kind: "words", all: []string{"--sysroot"}},
		{line: "run -L ", kind: "dirs"},
		{line: "run prog -", kind: "files"},
		{line: "completion ", kind: "words", all: []string{"bash", "fish", "zsh"}},
		{line: "chroot ", kind: "dirs"},
		{line: "chroot --user x --wo", kind: "words", all: []string{"--workdir"}},
		{line: "chroot tree -- ", kind: "files"},
		{line: "nonsense ", kind: "words"},
	} {
		kind, list := completions(commands, strings.Split(c.line, " "))
		var words []string
		for _, w := range list {
			w, _, _ = strings.Cut(w, "\t")
			words = append(words, w)
		}
		slices.Sort(words)
		ok := kind == c.kind && (c.all == nil || slices.Equal(words, c.all))
		for _, w := range c.has {
			ok = ok && slices.Contains(words, w)
		}
		if !ok || slices.Contains(words, completeCommand) {
			t.Errorf("%q: %s %q, want %s %q%q", c.line, kind, words, c.kind, c.has, c.all)
		}
	}
}

// TestShells runs the completions in the shells.
func TestShells(t *testing.T) {
	dir := t.TempDir()
	// In place of the program, what it would say.
	fake := "#!/bin/sh\necho words; printf 'unpack\\tit unpacks\\n'\necho \"$*\" > " + dir + "/asked\n"
	if err := os.WriteFile(filepath.Join(dir, "armature"), []byte(fake), 0o755); err != nil {
		t.Fatal(err)
	}
	for shell, script := range shells {
		if err := os.WriteFile(filepath.Join(dir, shell), []byte(script), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	run := func(shell, code string) {
		t.Helper()
		cmd := exec.Command(shell, "-c", code)
		cmd.Dir = dir
		cmd.Env = []string{"PATH=" + dir + ":/usr/bin:/bin", "HOME=" + dir}
		out, err := cmd.CombinedOutput()
		asked, _ := os.ReadFile(filepath.Join(dir, "asked"))
		if err != nil || strings.TrimSpace(string(out)) != "unpack" || string(asked) != "complete-words -- rootfs un\n" {
			t.Errorf("%s: %v, %q; asked for %q", shell, err, out, asked)
		}
	}
	run("bash", ". ./bash; COMP_WORDS=(armature rootfs un); COMP_CWORD=2; _armature; echo ${COMPREPLY[@]}")
	run("fish", `. ./fish; complete -C "armature rootfs un" | cut -f 1`)
	// zsh completes only at a terminal.
	if out, err := exec.Command("zsh", "-n", filepath.Join(dir, "zsh")).CombinedOutput(); err != nil {
		t.Errorf("zsh: %v\n%s", err, out)
	}
}
