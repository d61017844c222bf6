package linuxuser

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

func TestFile(t *testing.T) {
	dir, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(dir+"/a/b", 0o755))
	must(os.WriteFile(dir+"/a/b/f", []byte("0123456789"), 0o644))
	must(os.Symlink("../a/b", dir+"/a/l"))
	must(os.Symlink(dir+"/a/l/f", dir+"/abs"))
	must(os.Symlink("loop", dir+"/loop"))
	must(syscall.Mkfifo(dir+"/fifo", 0o644))
	for path, want := range map[string]string{
		"/a/b/f": "/a/b/f", "//a/./b/../b/f": "/a/b/f", "/a/l/f": "/a/b/f", "/abs": "/a/b/f", "/none": "/none", "/loop": "/loop",
	} {
		if got := realPath(dir + path); got != dir+want {
			t.Errorf("%s: %s, want %s", path, got, dir+want)
		}
		if path == "/none" || path == "/loop" {
			continue
		}
		f, err := openFile(dir + path)
		must(err)
		if got := realPath(fmt.Sprintf("/proc/self/fd/%d", f)); got != dir+want {
			t.Errorf("name of %s: %s, want %s", path, got, dir+want)
		}
		var b [8]byte
		if n, err := f.ReadAt(b[:], 4); n != 6 || err != io.EOF || string(b[:n]) != "456789" {
			t.Errorf("read %q, %v", b[:n], err)
		}
		must(f.Close())
	}
	t.Chdir(dir)
	if got := realPath("a/l/f"); got != dir+"/a/b/f" {
		t.Errorf("relative: %s", got)
	}
	if got := realPath("/.."); got != "/" {
		t.Errorf("the root: %s", got)
	}
	f, err := openFile(dir + "/fifo") // does not wait
	must(err)
	f.Close()
	if _, err := openFile(dir + "/none"); err != syscall.ENOENT {
		t.Errorf("%v", err)
	}
}
