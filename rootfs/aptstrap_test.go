package rootfs

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const packageList = `Package: dash
Essential: yes
Priority: required
Description: a shell
 Package: not-this

Package: base-passwd
Priority: required

Package: init
Essential: yes
Depends: usrmerge | usr-is-merged
Priority: important

Package: cron
Priority: important

Package: usr-is-merged
Priority: optional

Package: zsh
Priority: optional
`

func TestChoose(t *testing.T) {
	required := []string{"dash", "base-passwd", "init", "usr-is-merged"}
	for variant, want := range map[string][]string{"": {"cron"}, "minbase": {"apt"}, "buildd": {"apt", "build-essential"}} {
		r, m := choose([]byte(packageList), variant)
		if !slices.Equal(r, required) || !slices.Equal(m, want) {
			t.Errorf("%q: %q and %q, want %q", variant, r, m, want)
		}
	}
	// A suite that does not want it any more.
	if r, _ := choose([]byte(strings.ReplaceAll(packageList, "Depends", "Suggests")), ""); !slices.Equal(r, required[:3]) {
		t.Errorf("without the dependency: %q", r)
	}
	if r, _ := choose(nil, "buildd"); r != nil {
		t.Errorf("of nothing: %q", r)
	}
}

// TestBootstrapByApt has a false apt, which gives packages of one file.
func TestBootstrapByApt(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Log("root and nobody else gives files their owners")
		return
	}
	keys := filepath.Join(t.TempDir(), "keys")
	if err := os.WriteFile(keys, nil, 0o644); err != nil {
		t.Fatal(err)
	}
	const tool = `
[ "$1" != -q ] || shift
conf=$2; work=${conf%/*}; shift 2
case $* in
dumpavail) cat "$0.list" ;;
update) echo Get:1 news; echo nothing new; grep -q 'signed-by=.*/keys. copy:/srv/debian bookworm main' $work/etc/apt/sources.list ;;
"--download-only install"*) shift 2; [ "$FAIL" != "$*" ] || { echo E: why; exit 100; }
	for p; do cp "$0.deb" "$work/archives/${p}_1_arm64.deb"; done ;;
esac
`
	bin := t.TempDir()
	for _, name := range []string{"apt-get", "apt-cache"} {
		if err := errors.Join(
			os.WriteFile(filepath.Join(bin, name), []byte("#!/bin/sh\n"+tool), 0o755),
			os.WriteFile(filepath.Join(bin, name+".deb"), debOf(tarOf(t, dir("lib"), file("lib/loader"))), 0o644),
			os.WriteFile(filepath.Join(bin, name+".list"), []byte("Package: dash\nPriority: required\n"), 0o644),
		); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", bin+":/usr/bin:/bin")
	for _, c := range []struct{ name, fail, chroot, want string }{
		{"works", "", "", ""},
		{"download fails", "dash apt make", "", "apt-get: exit status 100"},
		{"second stage fails", "", "exit status 7", "installing the packages in the tree: exit status 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Setenv("FAIL", c.fail)
			tree := filepath.Join(t.TempDir(), "d")
			var logs []string
			var ran, required, others string
			o := BootstrapOptions{Mirror: "file:/srv/debian", Keyring: keys, Variant: "minbase", Include: []string{"make"},
				Log:   func(f string, a ...any) { logs = append(logs, fmt.Sprintf(f, a...)) },
				Start: startPlain,
				Chroot: func(d string, env, args []string, _ func(int) error) error {
					ran = args[2]
					required, others = read(t, d, aptWork+"/required"), read(t, d, aptWork+"/others")
					if got := read(t, d, "usr/lib/loader"); got == "" {
						t.Error("the required package is not there")
					}
					if c.chroot != "" {
						return errors.New(c.chroot)
					}
					return nil
				}}
			b := &bootstrapper{ctx: context.Background(), tool: filepath.Join(bin, "apt-get"), suite: "bookworm", o: o}
			err := b.apt(tree)
			if c.want != "" {
				if err == nil || !strings.Contains(err.Error(), c.want) {
					t.Errorf("got %v, want %q", err, c.want)
				}
				if _, err := os.Lstat(tree); err == nil {
					t.Error("something is left")
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if ran != aptSecond || required != "archives/dash_1_arm64.deb\n" || others != "archives/apt_1_arm64.deb\narchives/make_1_arm64.deb\n" {
				t.Errorf("ran %q with %q, %q", ran, required, others)
			}
			if !slices.Contains(logs, "Get:1 news") || slices.Contains(logs, "nothing new") {
				t.Errorf("messages %q", logs)
			}
			if got := read(t, tree, "etc/apt/sources.list"); got != "deb file:/srv/debian bookworm main\n" {
				t.Errorf("sources %q", got)
			}
			for _, gone := range []string{aptWork, Marker} {
				if _, err := os.Lstat(filepath.Join(tree, gone)); err == nil {
					t.Errorf("%s is left", gone)
				}
			}
			if st, err := os.Stat(filepath.Join(tree, "run/lock")); err == nil && st.Mode() != os.ModeDir|os.ModeSticky|0o777 {
				t.Errorf("run/lock: %v", st.Mode())
			}
		})
	}
}

func read(t *testing.T, dir, name string) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	if err != nil {
		t.Error(err)
	}
	return string(b)
}
