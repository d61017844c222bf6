package e2e

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// packageScript is a packager's day: $A is Armature, $T an empty folder.
const packageScript = `
$A rootfs bootstrap --variant minbase debian:bookworm $T/tree
sed -n 's/^deb /deb-src /p' $T/tree/etc/apt/sources.list >$T/src
cat $T/src >>$T/tree/etc/apt/sources.list
tree() { $A chroot --env DEBIAN_FRONTEND=noninteractive --workdir /root $T/tree "$@"; }
tree apt-get -qq update
tree apt-get -qq -y --no-install-recommends install build-essential
tree apt-get -qq -y --no-install-recommends build-dep zlib
tree apt-get -qq source zlib
tree sh -c 'cd zlib-*/ && dpkg-buildpackage -us -uc -b'
tree sh -c 'dpkg -i zlib1g_*_arm64.deb zlib1g-dev_*_arm64.deb
printf "#include <zlib.h>\n#include <stdio.h>\nint main(void) { puts(zlibVersion()); }\n" >z.c
gcc z.c -lz -o z && echo "version $(./z) $(uname -m)"'
`

// TestPackage makes a Debian tree, and in it builds a package of Debian's from its
// source, with its test suite, and uses it.
func TestPackage(t *testing.T) {
	if *emuFlag != "" {
		t.Log("not Armature")
		return
	}
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	a := filepath.Join(root, "bin", "armature")
	cmd := exec.CommandContext(t.Context(), "/bin/sh", "-euc", packageScript)
	cmd.Env = append(os.Environ(), "A="+a, "T="+dir, "ARMATURE_CACHE="+filepath.Join(dir, "cache"))
	if err := os.Mkdir(filepath.Join(dir, "cache"), 0o700); err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	out, err := cmd.CombinedOutput()
	text := string(out)
	if err != nil {
		t.Fatalf("%v\n%s", err, tail(text, 60))
	}
	t.Logf("%v", time.Since(start).Round(time.Second))
	for _, want := range []string{"*** zlib test OK ***", "*** zlib 64-bit test OK ***", "dpkg-deb: building package 'zlib1g'", "version 1.2.13 aarch64"} {
		if !strings.Contains(text, want) {
			t.Errorf("no %q in\n%s", want, tail(text, 60))
		}
	}
	if mounts, err := os.ReadFile("/proc/self/mountinfo"); err != nil || strings.Contains(string(mounts), dir) {
		t.Errorf("left mounted: %v\n%s", err, mounts)
	}
	if out, err := exec.Command(a, "rootfs", "remove", filepath.Join(dir, "tree")).CombinedOutput(); err != nil {
		t.Errorf("remove: %v\n%s", err, out)
	}
	if _, err := os.Lstat(filepath.Join(dir, "tree")); !os.IsNotExist(err) {
		t.Errorf("the tree is still there: %v", err)
	}
}
