package rootfs

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSources(t *testing.T) {
	etc := t.TempDir()
	write := func(name, text string) {
		t.Helper()
		p := filepath.Join(etc, name)
		if err := os.MkdirAll(filepath.Dir(p), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("sources.list", `# deb http://commented/debian bookworm main
deb cdrom:[x]/ bookworm main
deb-src http://source/debian bookworm main
deb [ arch=amd64 signed-by=/k1 ] http://one/debian sid main contrib # note
deb [signed-by=/k2] http://two/tools stable main
deb
deb [arch=amd64
`)
	write("sources.list.d/x.sources", `Types: deb deb-src
URIs: http://three/debian/
Suites: bookworm bookworm-updates
Components: main
# a comment
Signed-By: /k3

Enabled: no
Types: deb
URIs: http://off/debian
Suites: trixie
Components: main

Types: deb
URIs: http://four/debian-security http://five/other
Suites: bookworm-security
Components: main
Signed-By:
 -----BEGIN PGP PUBLIC KEY BLOCK-----
 .
`)
	write("sources.list.d/x.save", "deb http://saved/debian bookworm main\n")
	list := aptSources(etc)
	var got []string
	for _, s := range list {
		got = append(got, s.uri+" "+strings.Join(s.suites, ",")+" "+s.keyring)
	}
	want := []string{
		"cdrom:[x]/ bookworm ", "http://one/debian sid /k1", "http://two/tools stable /k2",
		"http://three/debian/ bookworm,bookworm-updates /k3",
		"http://four/debian-security bookworm-security ", "http://five/other bookworm-security ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
	for suite, want := range map[string]string{
		"bookworm": "http://three/debian/", "sid": "http://one/debian", "trixie": "http://one/debian", "stable": "http://two/tools",
	} {
		if s, ok := mirrorFor(list, suite); !ok || s.uri != want {
			t.Errorf("%s: %+v, want %s", suite, s, want)
		}
	}
	if s, ok := mirrorFor(list[2:3], "bookworm"); ok {
		t.Errorf("bookworm from %+v", s)
	}
}

// startPlain starts a tool as it is.
func startPlain(cmd *exec.Cmd, started func(int) error) (io.Closer, error) {
	if err := cmd.Start(); err != nil {
		return nil, err
	}
	return io.NopCloser(nil), started(cmd.Process.Pid)
}

// fakeTool is a program in place of debootstrap.
func fakeTool(t *testing.T, name, script string) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script), 0o755); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
}

// TestBootstrap has something else in place of debootstrap; the real one is too slow
// to be run each time.
func TestBootstrap(t *testing.T) {
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	base := BootstrapOptions{Mirror: "http://mirror/debian", Keyring: keys, Variant: "minbase", Include: []string{"make", "g++"},
		Start:  startPlain,
		Chroot: func(string, []string, []string, func(int) error) error { return nil }}
	ctx := context.Background()
	if os.Geteuid() == 0 {
		t.Run("works", func(t *testing.T) {
			fakeTool(t, "debootstrap", `echo "I: $*"; shift $(($# - 2)); mkdir "$1/debootstrap"; ln -s /proc "$1/proc"`)
			dir := filepath.Join(t.TempDir(), "d")
			var logs, ran []string
			o := base
			o.Log = func(f string, a ...any) { logs = append(logs, fmt.Sprintf(f, a...)) }
			o.Chroot = func(d string, env, args []string, _ func(int) error) error {
				if st, err := os.Lstat(filepath.Join(d, "proc")); err != nil || !st.IsDir() {
					t.Errorf("/proc: %v, %v", st, err)
				}
				ran = append(args, d)
				return nil
			}
			if err := Bootstrap(ctx, "debian:bookworm", dir, o); err != nil {
				t.Fatal(err)
			}
			want := "I: --arch=arm64 --foreign --force-check-gpg --keyring=" + keys + " --variant=minbase --include=make,g++ bookworm " + dir + " http://mirror/debian"
			if !slices.Contains(logs, want) {
				t.Errorf("messages %q, want %q", logs, want)
			}
			if !slices.Equal(ran, []string{"/debootstrap/debootstrap", "--second-stage", dir}) {
				t.Errorf("ran %q", ran)
			}
			if _, err := os.Lstat(filepath.Join(dir, Marker)); err == nil {
				t.Error("the marker is left")
			}
		})
		for name, c := range map[string]struct {
			script string
			chroot error
			want   string
		}{
			"first stage":  {`touch "$7/x"; exit 3`, nil, "exit status 3"},
			"second stage": {`shift $(($# - 2)); mkdir "$1/debootstrap"; echo why > "$1/debootstrap/debootstrap.log"`, errors.New("exit status 9"), "exit status 9\nwhy"},
		} {
			t.Run(name+" fails", func(t *testing.T) {
				fakeTool(t, "debootstrap", c.script)
				dir := filepath.Join(t.TempDir(), "d")
				o := base
				o.Log = t.Logf
				o.Chroot = func(string, []string, []string, func(int) error) error { return c.chroot }
				if err := Bootstrap(ctx, "debian:bookworm", dir, o); err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				if _, err := os.Lstat(dir); err == nil {
					t.Error("something is left")
				}
			})
		}
	}
	for _, c := range []struct {
		spec   string
		change func(*BootstrapOptions)
		want   string
	}{
		{"bookworm", nil, "want debian:SUITE"},
		{"ubuntu:noble", nil, "want debian:SUITE"},
		{"debian:--help", nil, "want debian:SUITE"},
		{"debian:../x", nil, "want debian:SUITE"},
		{"debian:bookworm", func(o *BootstrapOptions) { o.Include = []string{"--x"} }, "not the name of a package"},
		{"debian:bookworm", func(o *BootstrapOptions) { o.Variant = "x" }, "want minbase or buildd"},
		{"debian:bookworm", func(o *BootstrapOptions) { o.Keyring = "/nonexistent" }, "debian-archive-keyring"},
	} {
		o := base
		if c.change != nil {
			c.change(&o)
		}
		if err := Bootstrap(ctx, c.spec, filepath.Join(t.TempDir(), "d"), o); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.spec, err, c.want)
		}
	}
}

// TestBootstrapByMmdebstrap has something else in its place, whose archive is unpacked.
func TestBootstrapByMmdebstrap(t *testing.T) {
	data := tarOf(t, dir("etc"), file("etc/some"))
	for _, c := range []struct{ name, script, want string }{
		{"works", `touch "$TMPDIR/x"; cat "$0.tar"`, ""},
		{"fails first", `echo why >&2; exit 3`, "exit status 3"},
		{"fails last", `cat "$0.tar"; exit 4`, "exit status 4"},
		// It has to be ended, or would run on in a directory that is removed.
		{"no archive", `exec yes nonsense`, "unknown format"},
		{"cut off", `head -c 700 "$0.tar"`, "cut off"},
	} {
		t.Run(c.name, func(t *testing.T) {
			tool := filepath.Join(t.TempDir(), "tool")
			if err := errors.Join(os.WriteFile(tool, []byte("#!/bin/sh\n"+c.script), 0o755), os.WriteFile(tool+".tar", data, 0o644)); err != nil {
				t.Fatal(err)
			}
			d := filepath.Join(t.TempDir(), "d")
			b := &bootstrapper{ctx: context.Background(), tool: tool, suite: "bookworm", o: BootstrapOptions{Log: t.Logf, Start: startPlain}}
			err := b.mmdebstrap(d)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				if _, err := os.Lstat(d); err == nil {
					t.Error("something is left")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if got := names(t, d); !slices.Equal(got, []string{"etc", "etc/some"}) {
				t.Errorf("there are %q", got)
			}
		})
	}
}
