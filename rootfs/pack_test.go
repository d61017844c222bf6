package rootfs

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"armature/rootfs/tree"

	"golang.org/x/sys/unix"
)

// sample makes a tree with something of everything.
func sample(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "sample")
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(os.MkdirAll(at("usr/bin"), 0o755))
	must(os.MkdirAll(at(strings.Repeat("long/", 30)+strings.Repeat("x", 200)), 0o755))
	must(os.WriteFile(at("usr/bin/tool"), []byte("tool"), 0o644))
	must(os.Chmod(at("usr/bin/tool"), os.ModeSetuid|0o755))
	must(os.WriteFile(at("empty"), nil, 0o600))
	must(os.WriteFile(at("a new\nline \xff"), []byte("odd name"), 0o600))
	must(os.Link(at("usr/bin/tool"), at("usr/bin/zweit")))
	must(os.Link(at("usr/bin/tool"), at("another")))
	must(os.Symlink("usr/bin", at("bin")))
	must(os.Symlink(strings.Repeat("../", 60)+"etc", at("far")))
	must(unix.Mkfifo(at("fifo"), 0o640))
	f, err := os.Create(at("sparse"))
	must(err)
	_, err = f.WriteAt([]byte("data"), 1<<20)
	must(err)
	must(f.Truncate(2<<20 + 5))
	must(f.Close())
	must(os.Truncate(at("empty"), 0))
	f, err = os.Create(at("hole"))
	must(err)
	must(f.Truncate(1 << 20))
	must(f.Close())
	must(unix.Setxattr(at("sparse"), "user.note", []byte("a\nb"), 0))
	if os.Geteuid() == 0 {
		must(unix.Mknod(at("null"), unix.S_IFCHR|0o666, int(unix.Mkdev(1, 3))))
		must(os.Chown(at("empty"), 1000, 1<<31))
		must(os.Lchown(at("bin"), 3, 4))
	}
	i := 0
	must(filepath.WalkDir(dir, func(p string, _ os.DirEntry, err error) error {
		i++
		ts := []unix.Timespec{{Sec: 1, Nsec: 0}, {Sec: int64(1e9 + i), Nsec: int64(i * 1001)}}
		return unix.UtimesNanoAt(unix.AT_FDCWD, p, ts, unix.AT_SYMLINK_NOFOLLOW)
	}))
	return dir
}

// describe lists a tree, a line an entry.
func describe(t *testing.T, dir string, less bool) (lines []string) {
	t.Helper()
	entries, err := tree.Scan(dir, func(f string, a ...any) { t.Errorf(f, a...) })
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		blocks := ""
		var data []byte
		if e.Type == 0 { // a file
			var st unix.Stat_t
			if err := unix.Lstat(filepath.Join(dir, e.Name), &st); err != nil {
				t.Fatal(err)
			}
			blocks = fmt.Sprint(st.Blocks/64, " ")
			if data, err = os.ReadFile(filepath.Join(dir, e.Name)); err != nil {
				t.Fatal(err)
			}
		}
		if less {
			e.Xattrs, e.ModTime = nil, e.ModTime.Truncate(time.Second)
		}
		lines = append(lines, fmt.Sprintf("%s%q %v %o %d:%d %d %q %d,%d %v %d %x", blocks, e.Name, e.Type, e.Mode, e.UID, e.GID,
			e.ModTime.UnixNano(), e.Link, e.Major, e.Minor, e.Xattrs, e.Size, bytes.Trim(data, "\x00")))
	}
	return lines
}

// TestRoundTrip packs a tree in each format and unpacks it again.
func TestRoundTrip(t *testing.T) {
	src := sample(t)
	root := os.Geteuid() == 0
	for _, name := range []string{"t.tar", "t.tar.gz", "t.tgz", "t.tar.xz", "t.tar.zst", "t.cpio", "t.cpio.gz", "t.cpio.xz", "t.cpio.zst"} {
		t.Run(name, func(t *testing.T) {
			less := strings.Contains(name, "cpio")
			out := filepath.Join(t.TempDir(), name)
			again := filepath.Join(t.TempDir(), name)
			for _, o := range []string{out, again} {
				if err := Pack(context.Background(), src, o, PackOptions{}); err != nil {
					t.Fatal(err)
				}
			}
			a, _ := os.ReadFile(out)
			if b, _ := os.ReadFile(again); !bytes.Equal(a, b) {
				t.Error("packed twice, the archives differ")
			}
			dir := filepath.Join(t.TempDir(), "d")
			if _, err := Unpack(context.Background(), out, dir, UnpackOptions{KeepOwners: root, Log: t.Logf}); err != nil {
				t.Fatal(err)
			}
			want, got := describe(t, src, less), describe(t, dir, less)
			if !slices.Equal(want, got) {
				t.Errorf("want\n%s\ngot\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
			}
		})
	}
}

// TestOtherPrograms has the usual programs read what Pack writes.
func TestOtherPrograms(t *testing.T) {
	src := sample(t)
	for name, cmd := range map[string]string{
		"t.tar":  "tar --xattrs --xattrs-include='*' -xpf",
		"t.cpio": "cpio -idm --quiet -F",
	} {
		t.Run(name, func(t *testing.T) {
			out := filepath.Join(t.TempDir(), name)
			if err := Pack(context.Background(), src, out, PackOptions{}); err != nil {
				t.Fatal(err)
			}
			dir := t.TempDir()
			sh := exec.Command("sh", "-c", cmd+" "+out)
			sh.Dir = dir
			if msg, err := sh.CombinedOutput(); err != nil {
				t.Fatalf("%v\n%s", err, msg)
			}
			less := name != "t.tar"
			want, got := describe(t, src, less), describe(t, dir, less)
			if less { // it makes no holes, and restores the times of files only
				time := regexp.MustCompile(`^[0-9]* *|1\d{18} `)
				want, got = want[1:], got[1:]
				for i := range want {
					want[i], got[i] = time.ReplaceAllString(want[i], ""), time.ReplaceAllString(got[i], "")
				}
			}
			if !slices.Equal(want, got) {
				t.Errorf("want\n%s\ngot\n%s", strings.Join(want, "\n"), strings.Join(got, "\n"))
			}
		})
	}
}

func TestPackTimes(t *testing.T) {
	src := t.TempDir()
	if err := os.WriteFile(filepath.Join(src, "f"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	old := time.Unix(1000, 0)
	if err := os.Chtimes(filepath.Join(src, "f"), old, old); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		o          PackOptions
		root, file int64
	}{
		{PackOptions{Latest: time.Unix(5000, 0)}, 5000, 1000},
		{PackOptions{ModTime: time.Unix(77, 0), Latest: time.Unix(5000, 0)}, 77, 77},
	} {
		out := filepath.Join(t.TempDir(), "o.tar")
		if err := Pack(context.Background(), src, out, c.o); err != nil {
			t.Fatal(err)
		}
		dir := filepath.Join(t.TempDir(), "d")
		if _, err := Unpack(context.Background(), out, dir, UnpackOptions{}); err != nil {
			t.Fatal(err)
		}
		for p, want := range map[string]int64{"": c.root, "f": c.file} {
			if st, err := os.Stat(filepath.Join(dir, p)); err != nil || st.ModTime().Unix() != want {
				t.Errorf("%+v: %q: %v, %v; want %d", c.o, p, st.ModTime().Unix(), err, want)
			}
		}
	}
}

func TestPackRefuses(t *testing.T) {
	ctx := context.Background()
	src := t.TempDir()
	other := t.TempDir()
	for out, want := range map[string]string{
		filepath.Join(src, "a.tar"):         "lies within",
		filepath.Join(other, "a.zip"):       "must end in",
		filepath.Join(other, "a.tar.bz2"):   "cannot compress",
		filepath.Join(other, "none/a.tar"):  "no such file",
		filepath.Join("/dev", "null.tar/x"): "must end in",
	} {
		if err := Pack(ctx, src, out, PackOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %q", out, err, want)
		}
	}
	if err := os.WriteFile(filepath.Join(src, Marker), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := Pack(ctx, src, filepath.Join(other, "a.tar"), PackOptions{}); err == nil || !strings.Contains(err.Error(), "incomplete") {
		t.Errorf("an incomplete tree: %v", err)
	}
	if names, _ := os.ReadDir(other); len(names) > 0 {
		t.Errorf("left behind: %v", names)
	}
}

func TestImage(t *testing.T) {
	src := sample(t)
	out := filepath.Join(t.TempDir(), "t.img")
	ctx := context.Background()
	if err := Image(ctx, src, out, 64<<20, t.Logf); err != nil {
		t.Fatal(err)
	}
	var st unix.Stat_t
	if err := unix.Stat(out, &st); err != nil || st.Size != 64<<20 || st.Blocks*512 > 16<<20 {
		t.Errorf("size %d, %d blocks, %v", st.Size, st.Blocks, err)
	}
	debugfs, err := FindTool("debugfs")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := exec.Command(debugfs, "-R", "cat /usr/bin/tool", out).Output(); err != nil || string(b) != "tool" {
		t.Errorf("%q, %v", b, err)
	}
	if err := os.WriteFile(filepath.Join(src, "big"), bytes.Repeat([]byte("x"), 20<<20), 0o644); err != nil {
		t.Fatal(err)
	}
	small := filepath.Join(t.TempDir(), "s.img")
	if err := Image(ctx, src, small, 8<<20, t.Logf); err == nil || !strings.Contains(err.Error(), "does not fit") {
		t.Errorf("too small: %v", err)
	}
	if _, err := os.Lstat(small); err == nil {
		t.Error("a failed image is left")
	}
}

// TestReplaceFile: with and without names for files that are not complete.
func TestReplaceFile(t *testing.T) {
	for name, replace := range map[string]func(string, func(*os.File) error) error{"nameless": replaceFile, "by name": replaceByName} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			out := filepath.Join(dir, "out")
			for _, text := range []string{"first", "second"} {
				err := replace(out, func(f *os.File) error {
					if before, _ := os.ReadFile(out); string(before) == text {
						t.Error("it is there too early")
					}
					_, err := f.WriteString(text)
					return err
				})
				if got, err2 := os.ReadFile(out); err != nil || err2 != nil || string(got) != text {
					t.Errorf("%q, %v, %v", got, err, err2)
				}
			}
			why := errors.New("why")
			if err := replace(out, func(*os.File) error { return why }); !errors.Is(err, why) {
				t.Errorf("got %v", err)
			}
			if names, _ := os.ReadDir(dir); len(names) != 1 {
				t.Errorf("there are %v", names)
			}
			var st unix.Stat_t
			mask := unix.Umask(0)
			unix.Umask(mask)
			if err := unix.Stat(out, &st); err != nil || st.Mode&0o777 != 0o666&^uint32(mask) {
				t.Errorf("mode %o, %v", st.Mode, err)
			}
		})
	}
}
