package wrap

import (
	"slices"
	"strings"
	"testing"
)

func TestArguments(t *testing.T) {
	c := Config{Dirs: Dirs{CXX: []string{"/x"}, C: []string{"/a", "/b"}}}
	const c3, cxx = " -nostdinc -isystem /a -isystem /b", " -nostdinc -isystem /x -isystem /a -isystem /b"
	for _, test := range []struct{ in, want string }{
		{"cc1 f.c", "cc1 f.c" + cxx},
		{"cc1 -isystem /u f.c -o x", "cc1 -isystem /u f.c -o x" + cxx},
		{"cc1 -nostdinc f.c", "cc1 -nostdinc f.c"},
		{"cc1 -nostdinc++ f.c", "cc1 -nostdinc++ f.c" + c3},
		{"cc1 -fplugin=x.so f.c", ""},
		{"cc1 -isysroot /r f.c", ""},
		{"cc1 -iprefix /r f.c", ""},
		{"cc1 -iwithprefix r f.c", ""},
	} {
		got, ok := c.arguments(strings.Fields(test.in))
		if ok != (test.want != "") || ok && !slices.Equal(got, strings.Fields(test.want)) {
			t.Errorf("%s: %q, %t; want %s", test.in, got, ok, test.want)
		}
	}
}

func TestIs(t *testing.T) {
	for argv0, want := range map[string]bool{
		"/usr/lib/gcc/aarch64-linux-gnu/12/cc1": true, "/x/cc1plus": true,
		"cc1": false, "/usr/bin/armature": false, "/usr/bin/armature-aarch64": false, "/x/acc1": false,
	} {
		if Is(argv0) != want {
			t.Errorf("%s: %t", argv0, !want)
		}
	}
}
