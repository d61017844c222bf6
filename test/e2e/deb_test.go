package e2e

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// TestDeb builds the Debian package twice, looks into it, and runs what it installs
// and its scripts, in namespaces of their own.
func TestDeb(t *testing.T) {
	dir := t.TempDir()
	root, err := filepath.Abs("../..")
	if err != nil {
		t.Fatal(err)
	}
	sh := func(script string) string {
		t.Helper()
		cmd := exec.Command("bash", "-euo", "pipefail", "-c", script)
		cmd.Dir = dir
		cmd.Env = append(os.Environ(), "SOURCE_DATE_EPOCH=1700000000", "REPO="+root, "LC_ALL=C")
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%s: %v\n%s", script, err, out)
		}
		return string(out)
	}
	// The second time in another directory, of files with other times and rights, by
	// somebody with other habits.
	sh(`"$REPO/packaging/deb/build.sh" "$PWD/a.deb" 1.2.3
mkdir -p copy/bin
cp -r "$REPO"/{Makefile,README.md,go.mod,docs,packaging} copy
cp "$REPO/bin/armature" copy/bin
find copy -exec touch -d 2001-01-01 {} +
touch copy/bin/armature
chmod -R go-rwx copy
umask 077; TZ=Asia/Tokyo LC_ALL=C.UTF-8 copy/packaging/deb/build.sh "$PWD/b.deb" 1.2.3`)
	a, _ := os.ReadFile(filepath.Join(dir, "a.deb"))
	b, _ := os.ReadFile(filepath.Join(dir, "b.deb"))
	if len(a) == 0 || !bytes.Equal(a, b) {
		t.Error("two builds differ")
	}
	list := sh("dpkg-deb -c a.deb")
	for _, want := range []string{
		"drwxr-xr-x root/root         0 2023-11-14 22:13 ./\n",
		"./usr/bin/armature\n", "./usr/bin/armature-aarch64 -> armature\n", "./usr/share/man/man1/armature.1.gz\n",
		"./usr/share/bash-completion/completions/armature\n", "./usr/share/zsh/vendor-completions/_armature\n",
		"./usr/share/fish/vendor_completions.d/armature.fish\n", "./usr/share/doc/armature/copyright\n",
	} {
		if !strings.Contains(list, want) {
			t.Errorf("no %q in\n%s", want, list)
		}
	}
	if info := sh("dpkg-deb -f a.deb Package Version Architecture"); info != "Package: armature\nVersion: 1.2.3\nArchitecture: amd64\n" {
		t.Errorf("control: %q", info)
	}
	if out := sh("dpkg-deb -x a.deb x && x/usr/bin/armature version && (cd x && md5sum --quiet -c <(dpkg-deb -I ../a.deb md5sums))"); !strings.HasPrefix(out, "armature ") {
		t.Errorf("the installed program: %q", out)
	}
	// Installed for real, then again, and removed, over the machine's files and with a
	// binfmt_misc of its own.
	out := sh(`mkdir over
cat > script <<'END'
mount -t tmpfs none over
for d in usr etc var; do
	mkdir -p over/$d/upper over/$d/work
	mount -t overlay none -o lowerdir=/$d,upperdir=over/$d/upper,workdir=over/$d/work,userxattr /$d
done
mount -t binfmt_misc none /proc/sys/fs/binfmt_misc
mkdir -p /etc/binfmt.d
dpkg --no-triggers -i a.deb
armature binfmt status
ls /etc/binfmt.d /proc/sys/fs/binfmt_misc
dpkg --no-triggers -i b.deb
armature binfmt status
dpkg --no-triggers -r armature
echo removed
ls /etc/binfmt.d /proc/sys/fs/binfmt_misc /usr/bin
END
unshare --user --map-root-user --mount bash -eu script`)
	before, after, _ := strings.Cut(out, "removed\n")
	if !strings.Contains(before, "armature-aarch64\n") || !strings.Contains(before, "armature-aarch64.conf\n") || strings.Contains(after, "armature") {
		t.Errorf("the scripts say\n%s", out)
	}
}

// TestInstall installs below a directory and uninstalls again.
func TestInstall(t *testing.T) {
	dir := t.TempDir()
	make := func(target string) {
		t.Helper()
		cmd := exec.Command("make", "-s", "-C", "../..", target, "DESTDIR="+dir, "PREFIX=/opt/a")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("make %s: %v\n%s", target, err, out)
		}
	}
	files := func() (list []string) {
		filepath.WalkDir(dir, func(p string, d os.DirEntry, err error) error {
			if err != nil {
				t.Error(err)
			} else if !d.IsDir() {
				list = append(list, p)
			}
			return nil
		})
		return list
	}
	make("install")
	if l := files(); len(l) != 7 {
		t.Errorf("installed: %q", l)
	}
	if out, err := exec.Command(filepath.Join(dir, "opt/a/bin/armature-aarch64"), "--version").Output(); err != nil || !strings.HasPrefix(string(out), "armature ") {
		t.Errorf("%q, %v", out, err)
	}
	make("uninstall")
	if l := files(); l != nil {
		t.Errorf("left: %q", l)
	}
}
