package e2e

import (
	"archive/tar"
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// someTar is a small tree with several owners.
func someTar(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Name: "./", Typeflag: tar.TypeDir, Mode: 0o755},
		{Name: "./locked/", Typeflag: tar.TypeDir, Mode: 0o700, Uid: 33, Gid: 44},
		{Name: "./locked/f", Typeflag: tar.TypeReg, Mode: 0o4600, Uid: 1000, Gid: 50, Size: 4},
		{Name: "./null", Typeflag: tar.TypeChar, Mode: 0o666, Devmajor: 1, Devminor: 3},
		{Name: "./long", Typeflag: tar.TypeReg, Mode: 0o644, Size: 1 << 20},
	} {
		if err := w.WriteHeader(&h); err != nil {
			t.Fatal(err)
		}
		if h.Size > 0 {
			w.Write(bytes.Repeat([]byte("data"), int(h.Size)/4))
		}
	}
	w.Close()
	return b.Bytes()
}

// TestRootfsUnprivileged unpacks, packs and removes a tree as a user with subordinate
// IDs, and as one without.
func TestRootfsUnprivileged(t *testing.T) {
	needRoot(t)
	dir, err := os.MkdirTemp("", "rootfs")
	if err != nil {
		t.Fatal(err)
	}
	defer os.RemoveAll(dir)
	exe, err := os.ReadFile(filepath.Join(root, "bin/armature"))
	if err != nil {
		t.Fatal(err)
	}
	for name, f := range map[string]struct {
		data []byte
		mode os.FileMode
	}{
		"armature": {exe, 0o755}, "in.tar": {someTar(t), 0o644}, "sub": {[]byte("nobody:100000:65536\n"), 0o644},
	} {
		if err := os.WriteFile(filepath.Join(dir, name), f.data, f.mode); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chmod(dir, 0o777); err != nil {
		t.Fatal(err)
	}
	run := func(script string) string {
		t.Helper()
		cmd := exec.Command("bash", "-ec", script)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
		out, err := cmd.CombinedOutput()
		if err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		return string(out)
	}
	const steps = `
setpriv --reuid 65534 --regid 65534 --clear-groups bash -ec '
	./armature rootfs unpack in.tar tree
	stat -c "%n %u:%g %a" tree/locked
	./armature rootfs pack tree out.tar
	./armature rootfs remove tree
	test ! -e tree
'
tar -tvf out.tar --numeric-owner
rm out.tar
`
	got := run("mount --bind sub /etc/subuid; mount --bind sub /etc/subgid\n" + steps)
	for _, want := range []string{"tree/locked 100032:100043 700", "-rws------ 1000/50", "drwx------ 33/44", "device nodes left out"} {
		if !strings.Contains(strings.ReplaceAll(got, "-rwS", "-rws"), want) {
			t.Errorf("with subordinate IDs: no %q in\n%s", want, got)
		}
	}
	got = run("mount --bind /dev/null /etc/subuid; mount --bind /dev/null /etc/subgid\n" + steps)
	for _, want := range []string{"all files will belong to you", "tree/locked 65534:65534 700", "has no range for nobody"} {
		if !strings.Contains(got, want) {
			t.Errorf("without: no %q in\n%s", want, got)
		}
	}
}

// TestRootfsKilled kills a run midway, and another by an interrupt.
func TestRootfsKilled(t *testing.T) {
	armature := filepath.Join(root, "bin/armature")
	data := someTar(t)
	for _, sig := range []syscall.Signal{syscall.SIGKILL, syscall.SIGINT} {
		dir := filepath.Join(t.TempDir(), "tree")
		cmd := exec.Command(armature, "rootfs", "unpack", "--no-same-owner", "-", dir)
		in, err := cmd.StdinPipe()
		if err != nil {
			t.Fatal(err)
		}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		in.Write(data[:len(data)/2])
		for end := time.Now().Add(runLimit); ; time.Sleep(10 * time.Millisecond) {
			if _, err := os.Stat(filepath.Join(dir, "locked")); err == nil {
				break
			}
			if time.Now().After(end) {
				t.Fatal("it has made nothing")
			}
		}
		cmd.Process.Signal(sig)
		cmd.Wait()
		_, err = os.Stat(dir)
		if left := err == nil; left != (sig == syscall.SIGKILL) {
			t.Errorf("%v: the directory is there: %v", sig, left)
		}
		again := exec.Command(armature, "rootfs", "unpack", "--no-same-owner", "-", dir)
		again.Stdin = bytes.NewReader(data)
		out, err := again.CombinedOutput()
		if err != nil || strings.Contains(string(out), "starting again") != (sig == syscall.SIGKILL) {
			t.Errorf("%v: once more: %v\n%s", sig, err, out)
		}
		if b, err := os.ReadFile(filepath.Join(dir, "locked/f")); err != nil || string(b) != "data" {
			t.Errorf("%v: %q, %v", sig, b, err)
		}
	}
}
