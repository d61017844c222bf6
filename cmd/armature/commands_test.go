package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestUsageErrors: one line that tells what is wrong, and nothing on standard output.
func TestUsageErrors(t *testing.T) {
	for args, want := range map[string]string{
		"--foo":                    "unknown option -foo (armature --help lists the options)",
		"chroot --foo x":           "unknown option -foo (armature chroot --help lists the options)",
		"layer list --foo":         "unknown option -foo (armature layer list --help lists the options)",
		"rootfs unpack --max-size": "flag needs an argument: -max-size (armature rootfs unpack --help lists the options)",
		"binfmt status --json=x":   `invalid boolean value "x" for -json`,
		"rootfs image dir out":     "want --size SIZE",
		"rootfs nonsense":          `unknown command "nonsense" of rootfs`,
		"completion tcsh":          "want bash, zsh or fish",
		"syscalls nonsense":        `no system call "nonsense"`,
		"rootfs pack nonsense.":    "want DIR ARCHIVE",
	} {
		var out bytes.Buffer
		app := newApp()
		app.Writer = &out
		err := app.Run(append([]string{"armature"}, strings.Fields(args)...))
		if err == nil || !strings.HasPrefix(err.Error(), want) || strings.Contains(err.Error(), "\n") || out.Len() > 0 {
			t.Errorf("armature %s: %v, want %s; output %q", args, err, want, out.String())
		}
	}
}
