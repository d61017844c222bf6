package linuxuser

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestScript(t *testing.T) {
	long := func(n int) string { return "/" + strings.Repeat("x", n-1) }
	for _, c := range []struct {
		name, file  string
		ok          bool
		interp, arg string
	}{
		{"plain", "#!/bin/sh\necho", true, "/bin/sh", ""},
		{"no newline", "#!/bin/sh", true, "/bin/sh", ""},
		{"one argument", "#! /usr/bin/env  python3 -u \t\nx", true, "/usr/bin/env", "python3 -u"},
		{"tabs", "#!\t/bin/sh\t-e\t\n", true, "/bin/sh", "-e"},
		{"zero byte", "#!/bin/sh\x00junk junk\n", true, "/bin/sh", ""},
		{"zero byte in the argument", "#!/bin/sh a\x00b\n", true, "/bin/sh", "a"},
		{"empty", "#!\n", true, "", ""},
		{"blanks", "#!  \t \n", true, "", ""},
		{"carriage return", "#!/bin/sh\r\n", true, "/bin/sh\r", ""},
		{"longest name", "#!" + long(252) + "\n", true, long(252), ""},
		{"name too long", "#!" + long(253) + "\n", false, "", ""},
		{"argument cut", "#!/bin/sh " + strings.Repeat("y", 300) + "\n", true, "/bin/sh", strings.Repeat("y", 245)},
		{"not a script", "# /bin/sh\n", false, "", ""},
		{"one byte", "#", false, "", ""},
		{"no bytes", "", false, "", ""},
	} {
		path := filepath.Join(t.TempDir(), "script")
		if err := os.WriteFile(path, []byte(c.file), 0o755); err != nil {
			t.Fatal(err)
		}
		line, ok := scriptLine(path)
		if ok != c.ok {
			t.Errorf("%s: script %v", c.name, ok)
			continue
		}
		if interp, arg := parseScript(line); ok && (interp != c.interp || arg != c.arg) {
			t.Errorf("%s: %q %q, want %q %q", c.name, interp, arg, c.interp, c.arg)
		}
	}
}
