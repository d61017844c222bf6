package enter

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestStub: which program is started, with what arguments and environment.
func TestStub(t *testing.T) {
	dir := t.TempDir()
	script := func(name string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, []byte("#!/bin/sh\nprintf '%s,' "+name+" \"$@\" \"$LD_PRELOAD\" \"$MORE\"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
		return p
	}
	native, original := script("native"), script("tree")
	write := func(name, a, b string) string {
		p := filepath.Join(dir, name)
		if err := os.WriteFile(p, stub(a, b), 0o755); err != nil {
			t.Fatal(err)
		}
		return p
	}
	start, gone, none := write("start", native, original), write("gone", dir+"/nothing", original), write("none", dir+"/nothing", dir+"/nothing")
	for _, c := range []struct {
		exe  string
		env  []string
		want string
	}{
		{start, nil, "native,a,b c,,,"},
		{start, []string{"L=", "LD_PRELO=x", "LD_PRELOADED=x", "MORE=m"}, "native,a,b c,,m,"},
		{start, []string{"LD_PRELOAD=", "MORE=m"}, "native,a,b c,,m,"},
		{start, []string{"MORE=m", "LD_PRELOAD=/no.so"}, "tree,a,b c,/no.so,m,"},
		{gone, nil, "tree,a,b c,,,"},
	} {
		cmd := exec.Command(c.exe, "a", "b c")
		cmd.Env = append(c.env[:len(c.env):len(c.env)], "LAST=")
		if out, err := cmd.Output(); err != nil || string(out) != c.want {
			t.Errorf("%q: %q, %v; want %q", c.env, out, err, c.want)
		}
	}
	if err := exec.Command(none).Run(); err == nil || err.Error() != "exit status 126" {
		t.Errorf("with neither program: %v", err)
	}
}

func TestInstalled(t *testing.T) {
	got, err := installed(strings.NewReader(`Package: a
Status: install ok installed
Architecture: arm64
Description: x
 Version: 9
Version: 1:2.3-4+b1

Package: gone
Status: deinstall ok config-files
Architecture: arm64
Version: 1

Package: half
Status: install ok half-installed
Architecture: arm64
Version: 1

Package: other
Status: install ok installed
Architecture: amd64
Version: 1

Package: every
Status: hold ok installed
Architecture: all
Version: 7
`), "arm64")
	if err != nil || !maps.Equal(got, map[string]string{"a": "1:2.3-4+b1", "every": "7"}) {
		t.Errorf("%q, %v", got, err)
	}
}

func TestVersions(t *testing.T) {
	for _, c := range []struct {
		a, b string
		same bool
		up   string // of a
	}{
		{"5.2.15-2+b8", "5.2.15-2+b13", true, "5.2.15"},
		{"5.4.1-1", "5.4.1-1+deb12u1", false, "5.4.1"},
		{"1:3.8-4", "3.8-4", false, "3.8"},
		{"2.36-9+deb12u14", "2.36-9+deb12u14", true, "2.36"},
		{"7", "7+b1", true, "7"},
		{"", "", false, ""},
	} {
		if sameVersion(c.a, c.b) != c.same || upstream(c.a) != c.up {
			t.Errorf("%q, %q: %t, %q", c.a, c.b, sameVersion(c.a, c.b), upstream(c.a))
		}
	}
}
